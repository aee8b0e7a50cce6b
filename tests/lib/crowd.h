/*
 * crowd.h - several processes at once, which share what was mapped before they began
 *
 *     Crowd crowd;
 *
 *     crowd_begin(&crowd, 4, work, &shared);
 *     crowd_kill(&crowd, 2);
 *     CU_ASSERT_EQUAL(crowd_end(&crowd), 3);
 *
 * A member whose function returns has done well; one that raises says so on standard error. It
 * begins as a child of the server does: without slot and locks.
 */
#ifndef LIB_CROWD_H
#define LIB_CROWD_H

#include "common/base/base.h"

#define CROWD_MAX 64

/* What a member runs: number is 0 for the first. */
typedef void (*CrowdWork)(void *arg, unsigned number);

typedef struct Crowd {
    unsigned count;
    int pids[CROWD_MAX]; /* 0: has ended and was collected */
} Crowd;

/* Start count members. Not to be called while the process has other threads. */
void crowd_begin(Crowd *crowd, unsigned count, CrowdWork work, void *arg);

/* End a member by SIGKILL and collect it. */
void crowd_kill(Crowd *crowd, unsigned number);

/*
 * Wait for all, for a minute at most, after which the rest are killed. How many have done well.
 */
unsigned crowd_end(Crowd *crowd);

/* Both at once. */
unsigned crowd_run(unsigned count, CrowdWork work, void *arg);

#endif

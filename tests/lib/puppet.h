/*
 * puppet.h - processes that do what the test tells them, one thing after the other
 *
 * Each runs functions of the test in a loop, as a backend of the rig that the test has opened, with
 * handlers for interrupts. What it raises is told, and the transaction is aborted as a session
 * does.
 *
 *     Puppets p;
 *
 *     puppets_begin(&p, 2);
 *     puppet_do(&p, 0, begin_block, &args);          waits until it is done
 *     puppet_start(&p, 1, lock_table, &args);        does not
 *     puppet_wait_blocked(&p, 1);                    until it waits for a lock
 *     CU_ASSERT_EQUAL(puppet_wait(&p, 1)->sqlstate, 0);
 *     puppets_end(&p);
 */
#ifndef LIB_PUPPET_H
#define LIB_PUPPET_H

#include "common/base/base.h"

#include <stdatomic.h>

#include "tests/lib/crowd.h"

#define PUPPET_ARGS_MAX 64
#define PUPPET_TEXT_MAX 1000

typedef uint64_t (*PuppetAct)(const void *args);

/* What came of the newest act. */
typedef struct PuppetResult {
    uint64_t value;    /* that it returned */
    uint32_t sqlstate; /* 0: it did not raise; else the SqlState, with the report's texts */
    char message[PUPPET_TEXT_MAX], detail[PUPPET_TEXT_MAX], detail_log[PUPPET_TEXT_MAX];
    char hint[PUPPET_TEXT_MAX], context[PUPPET_TEXT_MAX];
} PuppetResult;

typedef struct Puppet {
    _Atomic int pid;
    _Atomic uint32_t started, done; /* counts of acts; futexes */
    PuppetAct act;
    _Alignas(8) uint8_t args[PUPPET_ARGS_MAX];
    PuppetResult result;
} Puppet;

typedef struct Puppets {
    unsigned count;
    Puppet *all; /* shared */
    Crowd crowd;
} Puppets;

void puppets_begin(Puppets *p, unsigned count);
unsigned puppets_end(Puppets *p); /* how many have done well: count, or something is wrong */

/* args are copied; NULL and 0: none. */
void puppet_start(Puppets *p, unsigned number, PuppetAct act, const void *args, size_t size);
const PuppetResult *puppet_do(Puppets *p, unsigned number, PuppetAct act, const void *args,
                              size_t size);
bool puppet_is_done(const Puppets *p, unsigned number);

/* For ten seconds at most, after which the result is that of an error 58000. */
const PuppetResult *puppet_wait(Puppets *p, unsigned number);

/* True when it is soon blocked by a heavyweight lock; false when it has come to an end. */
bool puppet_wait_blocked(const Puppets *p, unsigned number);
int puppet_pid(const Puppets *p, unsigned number);

#endif

/*
 * supervisor.h - the parent of all server processes: starts them, sees them end, takes connections
 *
 *     INIT --fork startup--> STARTUP --ended well------------------------> RUN
 *                               |  \--archive recovery--> RECOVERY --ended well--^  |
 *                               |                             | consistent       |  |
 *                               |                             v                  |  |
 *                               |                        HOT_STANDBY --ended well   |
 *                               |                             |                     |
 *                               |                      smart, fast or immediate shutdown, crash
 *                               v                      v
 *                            (fails)            STOP_BACKENDS --told--> WAIT_BACKENDS
 *                               |                                          | none is left
 *                               v                                          v
 *                              exit          SHUTDOWN: the checkpointer writes the last checkpoint
 *                                                                          | ended well
 *                                                                          v
 *                                            WAIT_DEAD_END --none is left--> NO_CHILDREN
 *                                                                          |        | a crash
 *                                                                        exit   STARTUP again
 *
 * Promises
 *   1. A child that ends otherwise than in order may have damaged shared memory: all others are
 *      ended at once, memory is made anew, and the cluster recovers.
 *   2. The supervisor touches no shared memory that others lock: they cannot stop it.
 */
#ifndef POSTMASTER_SUPERVISOR_H
#define POSTMASTER_SUPERVISOR_H

#include "common/base/base.h"

#include "server/ipc/proc.h"
#include "server/ipc/shmem.h"

/* What main/ knows and the supervisor has to run. */
typedef struct SupervisorPlan {
    ShmemPart *shmem_parts;
    void (*at_start)(void); /* once shared memory is there, before the first child; may be NULL */
    struct {
        void (*run)(void *arg); /* main of the child; NULL: there is no such process */
    } mains[PROC_KIND_COUNT];
} SupervisorPlan;

/* What the main of a backend gets. */
typedef struct BackendStart {
    int fd;
    const void *peer; /* OsPeer */
    bool is_refused;  /* it only says why: cannot_connect */
    const char *refusal, *refusal_detail;
    uint32_t refusal_state; /* SqlState */
} BackendStart;

/* Run until shutdown, in the data directory; returns the exit code. */
int supervisor_run(const SupervisorPlan *plan);

#endif

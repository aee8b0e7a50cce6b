/*
 * child.h - how a child of the supervisor begins and ends
 */
#ifndef POSTMASTER_CHILD_H
#define POSTMASTER_CHILD_H

#include "common/base/base.h"

#include "server/ipc/proc.h"

/*
 * Fork; the child lets go of what is the supervisor's, runs main(arg) and ends with code 0 if that
 * returns. Returns the child's pid; raises when there can be no more processes.
 */
int child_fork(ProcKind kind, void (*main)(void *arg), void *arg);

/* What the child closes first, which belongs to the supervisor: its listening sockets. */
void child_set_cleanup(void (*cleanup)(void));

/*
 * End this process: gives back its slot and what hangs on it, then leaves. 0 and 1 are ends in
 * order; any other code tells the supervisor that shared memory may be damaged.
 */
_Noreturn void child_exit(int code);

/* Install child_exit() as the end of err_fatal() and of raises that nobody catches. */
void child_catch_ends(void);

/* The kind that this process is; PROC_KIND_COUNT in the supervisor. */
ProcKind child_kind(void);

#endif

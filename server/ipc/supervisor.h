/*
 * supervisor.h - what each process knows of the supervisor: whether it lives, how to ask it
 *
 * The interlock that keeps a second server off the data directory is in postmaster/interlock.h.
 */
#ifndef IPC_SUPERVISOR_H
#define IPC_SUPERVISOR_H

#include "common/base/base.h"

/*
 * In the supervisor before it forks; children keep the reading end. A standalone server has none.
 * Children are also told by a signal (SIGPWR), which ends the waits of this folder.
 */
void supervisor_open_lifeline(void);

/* In each child after the fork, first of all, also without a supervisor. */
void supervisor_enter_child(void);

bool supervisor_is_alive(void);      /* always true without a supervisor */
void supervisor_leave_if_gone(void); /* end this process at once when the supervisor has ended */
int supervisor_lifeline_fd(void);    /* readable when it has ended; -1 without one */
int supervisor_pid(void);            /* 0 without one */
PgTime supervisor_start_time(void);  /* when it opened its lifeline; 0 without one */

/* What a child asks of it: a bit in shared memory, then SIGUSR1. */
typedef enum SupervisorRequest {
    SUPERVISOR_RECOVERY_STARTED,
    SUPERVISOR_BEGIN_HOT_STANDBY,
    SUPERVISOR_WAKE_ARCHIVER,
    SUPERVISOR_ROTATE_LOG,
    SUPERVISOR_START_AUTOVACUUM_LAUNCHER,
    SUPERVISOR_START_AUTOVACUUM_WORKER,
    SUPERVISOR_START_WAL_RECEIVER,
    SUPERVISOR_ADVANCE_STATE,
    SUPERVISOR_REQUEST_COUNT,
} SupervisorRequest;

void supervisor_request(SupervisorRequest what);
bool supervisor_take_request(SupervisorRequest what); /* in the supervisor: was it asked? */

/* Why it sends SIGQUIT to its children, who may ask in the handler of it. */
typedef enum QuitReason { QUIT_UNASKED, QUIT_STOP, QUIT_CRASH } QuitReason;

void supervisor_set_quit_reason(QuitReason reason);
QuitReason supervisor_quit_reason(void); /* QUIT_UNASKED: it has sent none */

size_t supervisor_shmem_size(void);
void supervisor_shmem_init(void *place);

#endif

/*
 * wait_event.h - what a process waits for, as pg_stat_activity shows it
 *
 * Locks show their rank's name under the type LWLock, heavyweight locks their kind under Lock; what
 * else there is to wait for is a row of wait_event.def.
 */
#ifndef IPC_WAIT_EVENT_H
#define IPC_WAIT_EVENT_H

#include "common/base/base.h"

/* ROW(event, type, name) */
typedef enum WaitEvent {
    WAIT_EVENT_NONE,
#define ROW(event, type, name) WAIT_EVENT_##event,
#include "server/ipc/wait_event.def"
#undef ROW
    WAIT_EVENT_COUNT,
    WAIT_EVENT_LWLOCK = 0x10000, /* plus the rank */
    WAIT_EVENT_LOCK = 0x20000,   /* plus the kind of the lock's tag */
} WaitEvent;

/* Around a wait; the ones of latch_wait() and of locks are said there. */
void wait_event_begin(uint32_t event);
void wait_event_end(void);

/* NULL for none. */
const char *wait_event_type(uint32_t event);
const char *wait_event_name(uint32_t event);

#endif

/*
 * wait_set.h - wait for sockets, pipes, and a signal that wakes
 *
 * A set belongs to a process (never used in a child that was forked after it was made) and to the
 * current memory context. The waking signal is SIGURG, whose default is to be ignored: it is kept
 * blocked and seen through the set alone, so none is lost between looking and sleeping.
 */
#ifndef OS_WAIT_SET_H
#define OS_WAIT_SET_H

#include "common/base/base.h"

typedef struct OsWaitSet OsWaitSet;

typedef enum OsWaitFor {
    OS_WAIT_READ = 1,
    OS_WAIT_WRITE = 2,
    OS_WAIT_CLOSED = 4, /* the other side is gone; where the system can tell */
} OsWaitFor;

typedef struct OsWaitEvent {
    int position; /* as os_wait_set_add() returned; OS_WAIT_WOKEN for the signal */
    unsigned events;
} OsWaitEvent;

#define OS_WAIT_WOKEN (-1)

/* with_signal: SIGURG ends a wait. */
OsWaitSet *os_wait_set_new(unsigned fd_max, bool with_signal);
void os_wait_set_free(OsWaitSet *set);

int os_wait_set_add(OsWaitSet *set, int fd, unsigned events);
void os_wait_set_change(OsWaitSet *set, int position, unsigned events); /* 0: none for now */
void os_wait_set_remove(OsWaitSet *set, int position); /* the next to be added takes its place */

/* Up to max events; 0 after timeout_ms (-1: never) or another signal that has a handler. */
unsigned os_wait_set_wait(OsWaitSet *set, int64_t timeout_ms, OsWaitEvent *out, unsigned max);

/* Block SIGURG for this process and those it forks; before the first wait set. */
void os_wait_signal_init(void);

#endif

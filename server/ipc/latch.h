/*
 * latch.h - wake a process that waits, whoever it waits for
 *
 * A latch stays set until its owner resets it, so a wake that comes before the wait is not lost:
 *
 *     for (;;) {
 *         latch_reset(&proc_self()->latch);
 *         if (there_is_work())
 *             work();
 *         latch_wait(LATCH_SET | LATCH_TIMEOUT, 1000, WAIT_EVENT_WAL_WRITER_MAIN);
 *     }
 *
 * Every wait also ends when the supervisor has ended: the process then leaves at once, unless the
 * caller asks for LATCH_SUPERVISOR_DEATH to do so itself.
 */
#ifndef IPC_LATCH_H
#define IPC_LATCH_H

#include "common/base/base.h"

#include <stdatomic.h>

#include "common/os/wait_set.h"
#include "server/ipc/wait_event.h"

typedef struct Latch {
    _Atomic uint32_t is_set;   /* futex */
    _Atomic uint32_t waits_by; /* how its owner wants to be woken: latch.c has the values */
    _Atomic int owner_pid;     /* 0: nobody */
} Latch;

typedef enum LatchEvent {
    LATCH_SET = 1,
    LATCH_SOCKET_READABLE = 2,
    LATCH_SOCKET_WRITABLE = 4,
    LATCH_SOCKET_CLOSED = 8,
    LATCH_TIMEOUT = 16,
    LATCH_SUPERVISOR_DEATH = 32,
} LatchEvent;

void latch_init(Latch *latch);
void latch_own(Latch *latch); /* this process waits on it from now on */
void latch_disown(Latch *latch);

/* From any process, and from signal handlers. */
void latch_set(Latch *latch);
void latch_reset(Latch *latch);
bool latch_is_set(const Latch *latch);

/*
 * Wait for this process's own latch, which latch_use() named (proc_attach() does that), or a local
 * one before it has a slot. Returns which of events came. timeout_ms counts with LATCH_TIMEOUT.
 */
unsigned latch_wait(unsigned events, int64_t timeout_ms, WaitEvent wait_event);

/* The same with a socket, of which latch_wait_set_socket() told. */
void latch_wait_set_socket(int fd); /* -1: none any more */

/*
 * For a process that waits for more than one file: set is its own, made with the signal. Returns
 * what came of the files, and at once when the latch is set: look at that in any case. The end of
 * the supervisor is not looked for.
 */
unsigned latch_wait_set(OsWaitSet *set, int64_t timeout_ms, OsWaitEvent *out, unsigned max,
                        WaitEvent wait_event);

void latch_use(Latch *latch); /* NULL: the local one */
Latch *latch_own_one(void);   /* the one that latch_wait() waits for */

#endif

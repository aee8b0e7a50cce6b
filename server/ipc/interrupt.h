/*
 * interrupt.h - what a process is told to do, and the places where it looks
 *
 * Signal handlers and other processes only set flags; check_interrupts() stands in every loop that
 * can be long and acts on them, by a raise (57014, 57P01 and the like) or by calling a handler.
 * Nothing happens while interrupts are held off: inside critical sections, with a short lock held.
 */
#ifndef IPC_INTERRUPT_H
#define IPC_INTERRUPT_H

#include "common/base/base.h"

#include <stdatomic.h>

/* The one flag that is looked at in loops; the particulars are in interrupt.c. */
extern volatile _Atomic uint32_t interrupt_is_pending;

void interrupt_process(void); /* what check_interrupts() calls */

static inline void check_interrupts(void)
{
    if (UNLIKELY(atomic_load_explicit(&interrupt_is_pending, memory_order_relaxed) != 0))
        interrupt_process();
}

/* May nest; a raise to a frame puts the depth back through interrupt_reset_holds(). */
void interrupt_hold(void);
void interrupt_resume(void);
void interrupt_reset_holds(void);
bool interrupt_is_held(void);

/* ---- What can come ---- */

/* ROW(name, sentence) of proc_signal.def: told by one process to another. */
typedef enum ProcSignal {
#define ROW(name, what) PROC_SIGNAL_##name,
#include "server/ipc/proc_signal.def"
#undef ROW
    PROC_SIGNAL_COUNT,
} ProcSignal;

/* Tell the process in that slot; false when it is not pid any more. */
bool proc_signal_send(int slot, int pid, ProcSignal reason);

/* As SIGINT and SIGTERM do; for pg_cancel_backend() and the like, and for timeouts. */
typedef enum InterruptKind {
    INTERRUPT_CANCEL,      /* the statement: 57014 */
    INTERRUPT_DIE,         /* the process: 57P01 */
    INTERRUPT_TIMER,       /* a timer has gone off: timer.h */
    INTERRUPT_RELOAD,      /* read the settings again; acted on between statements only */
    INTERRUPT_PROC_SIGNAL, /* bits in proc_self()->signals */
    INTERRUPT_CLIENT_GONE, /* 08006 */
    INTERRUPT_KIND_COUNT,
} InterruptKind;

void interrupt_set(InterruptKind kind);  /* from handlers too: flag and latch */
bool interrupt_take(InterruptKind kind); /* was it set? clears it */

/*
 * What interrupt_process() calls for a kind, or for a reason of INTERRUPT_PROC_SIGNAL; may raise.
 * Upper modules set them when their process starts; without one the kind stays pending.
 */
typedef void (*InterruptHandler)(void);
void interrupt_set_handler(InterruptKind kind, InterruptHandler handler);
void proc_signal_set_handler(ProcSignal reason, InterruptHandler handler);

/*
 * Install the handlers of SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2 and SIGALRM, end at once on
 * SIGQUIT, ignore SIGPIPE, and unblock signals; forgets what has come so far. In each child, before
 * proc_attach(). SIGUSR2 is for those that have a meaning of their own for it:
 * interrupt_take_usr2() asks.
 */
void interrupt_install(void);

/*
 * Called by the handler of SIGQUIT just before the process ends: may send its client bytes that
 * were made before, and nothing else. NULL: nobody is told.
 */
void interrupt_set_last_words(void (*say)(void));
bool interrupt_take_usr2(void);
bool interrupt_has_usr2(void); /* the same, but it stays */

#endif

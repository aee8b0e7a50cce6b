/*
 * interrupt.c - what a process is told to do, and the places where it looks
 *
 * interrupt_is_pending is set when anything may have come that a handler waits for. Kinds for which
 * there is no handler stay in `kinds`, where interrupt_take() finds them, and do not make
 * check_interrupts() slow.
 */
#include "common/base/base.h"

#include "server/ipc/interrupt.h"

#include <signal.h>

#include "common/err/err.h"
#include "common/os/child.h"
#include "common/os/process.h"
#include "server/ipc/ipc_int.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/proc.h"

#define BIT(n)         (UINT32_C(1) << (n))
#define EXIT_IMMEDIATE 2 /* as PostgreSQL's processes on SIGQUIT */

volatile _Atomic uint32_t interrupt_is_pending;

static struct {
    _Atomic uint32_t kinds; /* bits of InterruptKind that were set and not taken */
    _Atomic uint32_t usr2;
    unsigned hold_depth;
    void (*say_last_words)(void); /* NULL: none */
    InterruptHandler handlers[INTERRUPT_KIND_COUNT];
    InterruptHandler signal_handlers[PROC_SIGNAL_COUNT];
} interrupts;

/* What is most urgent comes first: who is to end need not look at the rest. */
static const InterruptKind by_urgency[] = {
    INTERRUPT_DIE,   INTERRUPT_CLIENT_GONE, INTERRUPT_PROC_SIGNAL,
    INTERRUPT_TIMER, INTERRUPT_CANCEL,      INTERRUPT_RELOAD,
};
STATIC_ASSERT(ARRAY_LEN(by_urgency) == INTERRUPT_KIND_COUNT);

static bool find_most_urgent(InterruptKind *kind);
static void handle(InterruptKind kind);
static void handle_proc_signal(void);
static uint32_t handled_proc_signals(void);
static void on_signal(int signal_no);
static void on_quit(int signal_no);

void interrupt_process(void)
{
    InterruptKind kind;

    if (interrupt_is_held())
        return;
    for (;;) {
        /* Before the look: what comes from here on sets it again. */
        atomic_store(&interrupt_is_pending, 0);
        if (!find_most_urgent(&kind))
            return;
        /* A handler may raise: what is left is for the next check. */
        atomic_store(&interrupt_is_pending, 1);
        handle(kind);
    }
}

/* Of what has come and has a handler. */
static bool find_most_urgent(InterruptKind *kind)
{
    uint32_t kinds = atomic_load(&interrupts.kinds);

    for (size_t i = 0; i < ARRAY_LEN(by_urgency); i++) {
        *kind = by_urgency[i];
        if (*kind == INTERRUPT_PROC_SIGNAL
                ? handled_proc_signals() != 0
                : (kinds & BIT(*kind)) != 0 && interrupts.handlers[*kind] != NULL)
            return true;
    }
    return false;
}

static void handle(InterruptKind kind)
{
    if (kind == INTERRUPT_PROC_SIGNAL)
        handle_proc_signal();
    else if (interrupt_take(kind))
        interrupts.handlers[kind]();
}

/* One of those that have come. */
static void handle_proc_signal(void)
{
    uint32_t come = handled_proc_signals();
    unsigned reason = (unsigned)__builtin_ctz(come);

    atomic_fetch_and(&proc_self()->signals, ~BIT(reason));
    interrupts.signal_handlers[reason]();
}

/* Those that have come and have a handler. */
static uint32_t handled_proc_signals(void)
{
    uint32_t come = proc_is_attached() ? atomic_load(&proc_self()->signals) : 0;
    uint32_t handled = 0;

    for (unsigned reason = 0; come >> reason != 0; reason++)
        if ((come & BIT(reason)) != 0 && interrupts.signal_handlers[reason] != NULL)
            handled |= BIT(reason);
    return handled;
}

void interrupt_hold(void)
{
    interrupts.hold_depth++;
}

void interrupt_resume(void)
{
    ASSERT(interrupts.hold_depth > 0);
    interrupts.hold_depth--;
}

void interrupt_reset_holds(void)
{
    interrupts.hold_depth = 0;
}

bool interrupt_is_held(void)
{
    return interrupts.hold_depth > 0 || lwlock_held_count() > 0 || crit_is_inside();
}

/* ---- What can come ---- */

bool proc_signal_send(int slot, int pid, ProcSignal reason)
{
    Proc *proc = proc_at(slot);

    if (pid == 0 || atomic_load(&proc->pid) != pid)
        return false;
    atomic_fetch_or(&proc->signals, BIT(reason));
    if (pid != process_id())
        return os_signal_send(pid, SIGUSR1);
    interrupt_set(INTERRUPT_PROC_SIGNAL);
    return true;
}

void interrupt_set(InterruptKind kind)
{
    atomic_fetch_or(&interrupts.kinds, BIT(kind));
    atomic_store(&interrupt_is_pending, 1);
    interrupt_wake_self();
}

bool interrupt_take(InterruptKind kind)
{
    /* Loops ask for each record: a look costs less than an exchange. */
    if (LIKELY((atomic_load(&interrupts.kinds) & BIT(kind)) == 0))
        return false;
    return (atomic_fetch_and(&interrupts.kinds, ~BIT(kind)) & BIT(kind)) != 0;
}

void interrupt_wake_self(void)
{
    condvar_disturb();
    latch_set(latch_own_one());
}

void interrupt_set_handler(InterruptKind kind, InterruptHandler handler)
{
    ASSERT(kind != INTERRUPT_PROC_SIGNAL);
    interrupts.handlers[kind] = handler;
    atomic_store(&interrupt_is_pending, 1);
}

void proc_signal_set_handler(ProcSignal reason, InterruptHandler handler)
{
    interrupts.signal_handlers[reason] = handler;
    atomic_store(&interrupt_is_pending, 1);
}

/* ---- signals ---- */

void interrupt_install(void)
{
    static const int all[] = {SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM};

    atomic_store(&interrupts.kinds, 0);
    atomic_store(&interrupts.usr2, 0);
    interrupts.hold_depth = 0;
    interrupts.say_last_words = NULL;
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        os_signal_handle(all[i], on_signal);
    os_signal_handle(SIGQUIT, on_quit);
    os_signal_handle(SIGPIPE, OS_SIGNAL_IGNORE);
    os_signal_handle(SIGCHLD, NULL);
    os_signals_unblock();
}

void interrupt_set_last_words(void (*say)(void))
{
    interrupts.say_last_words = say;
}

bool interrupt_has_usr2(void)
{
    return atomic_load(&interrupts.usr2) != 0;
}

bool interrupt_take_usr2(void)
{
    return atomic_exchange(&interrupts.usr2, 0) != 0;
}

static void on_signal(int signal_no)
{
    switch (signal_no) {
    case SIGHUP:
        interrupt_set(INTERRUPT_RELOAD);
        break;
    case SIGINT:
        interrupt_set(INTERRUPT_CANCEL);
        break;
    case SIGTERM:
        interrupt_set(INTERRUPT_DIE);
        break;
    case SIGUSR1:
        interrupt_set(INTERRUPT_PROC_SIGNAL);
        break;
    case SIGALRM:
        interrupt_set(INTERRUPT_TIMER);
        break;
    case SIGUSR2:
        atomic_store(&interrupts.usr2, 1);
        interrupt_wake_self();
        break;
    default:
        break;
    }
}

/* The server goes down at once, or another process has crashed: touch nothing that is shared. */
static void on_quit(int signal_no)
{
    (void)signal_no;
    if (interrupts.say_last_words != NULL)
        interrupts.say_last_words();
    os_exit_now(EXIT_IMMEDIATE);
}

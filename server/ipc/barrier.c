/*
 * barrier.c - all processes do something before one of them goes on
 *
 * Barriers are numbered. A process notes in its slot the newest that it has taken part in; one that
 * takes part for a number has done so for all below. The slot of a process that attaches counts as
 * behind until the process has read the number, which it does after others can see it: so either it
 * is told, or it reads the new number and has nothing of before.
 */
#include "common/base/base.h"

#include "server/ipc/barrier.h"

#include "common/err/err.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/ipc_int.h"
#include "server/ipc/proc.h"

#define COMPLAIN_MS 5000

static void (*take_part)(void);

static void on_signal(void);
static void note(uint64_t number);
static void wait_for_slot(Proc *proc, uint64_t number);

void barrier_set_handler(void (*fn)(void))
{
    take_part = fn;
}

void barrier_attach(void)
{
    proc_signal_set_handler(PROC_SIGNAL_BARRIER, on_signal);
    note(atomic_load(&proc_barrier()->number));
}

static void on_signal(void)
{
    /* Before it takes part: what is emitted meanwhile needs another time. */
    uint64_t number = atomic_load(&proc_barrier()->number);

    if (take_part != NULL)
        take_part();
    note(number);
}

/* This process has taken part in those up to number. */
static void note(uint64_t number)
{
    atomic_store(&proc_self()->barrier_seen, number);
    condvar_broadcast(&proc_barrier()->noted);
}

uint64_t barrier_emit(void)
{
    uint64_t number = atomic_fetch_add(&proc_barrier()->number, 1) + 1;

    for (unsigned i = 0; i < proc_slot_count(); i++) {
        int pid = atomic_load(&proc_at((int)i)->pid);

        if (pid != 0)
            (void)proc_signal_send((int)i, pid, PROC_SIGNAL_BARRIER);
    }
    return number;
}

void barrier_wait(uint64_t number)
{
    ASSERT(!interrupt_is_held());
    for (unsigned i = 0; i < proc_slot_count(); i++)
        wait_for_slot(proc_at((int)i), number);
}

static void wait_for_slot(Proc *proc, uint64_t number)
{
    uint32_t seen = condvar_begin(&proc_barrier()->noted);
    int pid;

    while ((pid = atomic_load(&proc->pid)) != 0 && atomic_load(&proc->barrier_seen) < number)
        if (!condvar_wait_ms(&proc_barrier()->noted, &seen, COMPLAIN_MS,
                             WAIT_EVENT_PROC_SIGNAL_BARRIER))
            err_log(ERR_LOG, .message = err_fmt(
                                 "still waiting for process %d to take part in a barrier", pid));
}

/*
 * condvar.c - wait until something in shared memory is so
 *
 * Promises
 *   1. A broadcast after condvar_begin() ends the wait: it changes the generation before it looks
 *      for waiters, and a waiter counts itself before the system looks at the generation.
 *   2. So does an interrupt, although its handler may run just before the process goes to sleep:
 *      condvar_disturb() changes the generation that the process is about to sleep on.
 *   3. A waiter that is killed leaves a count that is too high, which costs a system call.
 */
#include "common/base/base.h"

#include "server/ipc/condvar.h"

#include "common/os/clock.h"
#include "common/os/futex.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/ipc_int.h"
#include "server/ipc/supervisor.h"

#define RECHECK_MS \
 10000 /* how late the end of the supervisor may be seen, should its signal fail */

/* What this process sleeps on, or is about to; for the handlers of signals. */
static CondVar *_Atomic waiting_for;

static void sleep_once(CondVar *cv, uint32_t seen, int64_t timeout_ms);

void condvar_init(CondVar *cv)
{
    atomic_init(&cv->generation, 0);
    atomic_init(&cv->waiter_count, 0);
}

uint32_t condvar_begin(CondVar *cv)
{
    return atomic_load(&cv->generation);
}

void condvar_wait(CondVar *cv, uint32_t *seen, WaitEvent wait_event)
{
    (void)condvar_wait_ms(cv, seen, -1, wait_event);
}

bool condvar_wait_ms(CondVar *cv, uint32_t *seen, int64_t timeout_ms, WaitEvent wait_event)
{
    uint64_t start_us = timeout_ms < 0 ? 0 : clock_monotonic_us();
    int64_t left_ms = RECHECK_MS;
    bool is_over = false;

    check_interrupts();
    atomic_fetch_add(&cv->waiter_count, 1);
    wait_event_begin(wait_event);
    while (atomic_load(&cv->generation) == *seen && !is_over) {
        if (timeout_ms >= 0) {
            left_ms = timeout_ms - (int64_t)((clock_monotonic_us() - start_us) / 1000);
            is_over = left_ms <= 0;
        }
        if (!is_over)
            sleep_once(cv, *seen, left_ms < RECHECK_MS ? left_ms : RECHECK_MS);
    }
    wait_event_end();
    atomic_fetch_sub(&cv->waiter_count, 1);
    *seen = atomic_load(&cv->generation);
    check_interrupts();
    return !is_over;
}

/* From naming the variable to taking its name back, handlers see to promise 2. */
static void sleep_once(CondVar *cv, uint32_t seen, int64_t timeout_ms)
{
    atomic_store(&waiting_for, cv);
    supervisor_leave_if_gone();
    if (atomic_load(&interrupt_is_pending) == 0 || interrupt_is_held())
        os_futex_wait(&cv->generation, seen, timeout_ms);
    else
        condvar_disturb();
    atomic_store(&waiting_for, NULL);
    supervisor_leave_if_gone();
}

void condvar_broadcast(CondVar *cv)
{
    atomic_fetch_add(&cv->generation, 1);
    if (atomic_load(&cv->waiter_count) > 0)
        os_futex_wake(&cv->generation, OS_FUTEX_ALL);
}

void condvar_disturb(void)
{
    CondVar *cv = atomic_load(&waiting_for);

    if (cv != NULL)
        atomic_fetch_add(&cv->generation, 1);
}

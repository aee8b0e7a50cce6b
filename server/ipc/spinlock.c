/* spinlock.c - wait for a spinlock that another process has taken */
#include "common/base/base.h"

#include "server/ipc/spinlock.h"

#include "common/err/err.h"
#include "common/os/clock.h"
#include "server/ipc/wait_event.h"

#define SPIN_COUNT   200
#define PAUSE_MIN_MS 1
#define PAUSE_MAX_MS 100
#define STUCK_US     UINT64_C(60000000)

static bool try_lock(SpinLock *lock);

void spin_lock_slow(SpinLock *lock)
{
    uint32_t pause_ms = PAUSE_MIN_MS;
    uint64_t since_us = 0;

    for (;;) {
        for (int i = 0; i < SPIN_COUNT; i++) {
            if (try_lock(lock))
                return;
            spin_pause();
        }
        /* The holder does not run: let it. */
        if (since_us == 0)
            since_us = clock_monotonic_us();
        else if (clock_monotonic_us() - since_us > STUCK_US)
            err_panic(SQLSTATE_INTERNAL_ERROR, .message = "stuck spinlock detected");
        wait_event_begin(WAIT_EVENT_SPIN_DELAY);
        clock_sleep_ms(pause_ms);
        wait_event_end();
        pause_ms = pause_ms * 2 > PAUSE_MAX_MS ? PAUSE_MAX_MS : pause_ms * 2;
    }
}

/* Look before swapping, so that the line of memory is fought for only when it may be won. */
static bool try_lock(SpinLock *lock)
{
    return atomic_load_explicit(&lock->is_taken, memory_order_relaxed) == 0 &&
           atomic_exchange_explicit(&lock->is_taken, 1, memory_order_acquire) == 0;
}

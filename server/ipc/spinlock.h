/*
 * spinlock.h - for a few instructions: no calls, no waits and no raises while one is held
 */
#ifndef IPC_SPINLOCK_H
#define IPC_SPINLOCK_H

#include "common/base/base.h"

#include <stdatomic.h>

typedef struct SpinLock {
    _Atomic uint32_t is_taken;
} SpinLock;

/* Spin, then sleep for ever longer pauses; a lock that is stuck for a minute is a panic. */
void spin_lock_slow(SpinLock *lock);

/* Tell the processor that this is a loop that waits for another one. */
static inline void spin_pause(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static inline void spin_init(SpinLock *lock)
{
    atomic_init(&lock->is_taken, 0);
}

static inline void spin_lock(SpinLock *lock)
{
    if (UNLIKELY(atomic_exchange_explicit(&lock->is_taken, 1, memory_order_acquire) != 0))
        spin_lock_slow(lock);
}

static inline void spin_unlock(SpinLock *lock)
{
    atomic_store_explicit(&lock->is_taken, 0, memory_order_release);
}

#endif

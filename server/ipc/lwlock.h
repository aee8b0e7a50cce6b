/*
 * lwlock.h - short locks in shared memory, shared or exclusive
 *
 * Held for a short time, never across a wait for a user. A raise gives back none of them: whoever
 * handles it calls lwlock_release_all(). Interrupts are held off while one is held.
 *
 * Order: each lock has a rank (lock_order.def); debug builds assert that ranks are taken upwards.
 * Locks of one rank are taken by ascending number (lwlock_init's), so partitions have an order too.
 * Buffer content locks have the rank LW_CONTENT, which stands outside: see the access methods.
 */
#ifndef IPC_LWLOCK_H
#define IPC_LWLOCK_H

#include "common/base/base.h"

#include <stdatomic.h>

/* server/ipc/lock_order.def: ROW(rank name, name for pg_stat_activity, sentence), lowest first. */
typedef enum LwRank {
#define ROW(rank, name, what) LW_##rank,
#include "server/ipc/lock_order.def"
#undef ROW
    LW_RANK_COUNT,
} LwRank;

typedef enum LwMode { LW_SHARED, LW_EXCLUSIVE } LwMode;

typedef struct LwLock {
    _Atomic uint32_t state;    /* who has it and whether anybody waits; lwlock.c has the bits */
    _Atomic uint32_t wakes;    /* futex: counts the times that sleepers were woken */
    _Atomic uint32_t sleepers; /* who sleep for it to take it exclusively */
    uint16_t rank;
    uint16_t number; /* among those of its rank */
} LwLock;

void lwlock_init(LwLock *lock, LwRank rank, unsigned number);

void lwlock_acquire(LwLock *lock, LwMode mode);
bool lwlock_try_acquire(LwLock *lock, LwMode mode) MUST_USE;

/*
 * Acquire it, or wait until whoever has it releases it: false in the second case. For work that the
 * holder may have done for us, as a flush of the log.
 */
bool lwlock_acquire_or_wait(LwLock *lock, LwMode mode) MUST_USE;

void lwlock_release(LwLock *lock);
void lwlock_release_all(void);
bool lwlock_is_held(const LwLock *lock, LwMode mode); /* by this process, in that mode at least */
unsigned lwlock_held_count(void);

const char *lwlock_rank_name(LwRank rank);

#endif

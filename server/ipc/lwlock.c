/*
 * lwlock.c - short locks in shared memory, shared or exclusive
 *
 * To take a free lock is one compare-and-swap of its state, to give it back one more. Who does not
 * get it spins for a moment, then notes in the state that somebody sleeps, and sleeps on `wakes`.
 *
 *     state   EXCLUSIVE   one has it alone; the lowest bits count those who share it
 *             SHARERS     some sleep to share it
 *             TAKERS      some sleep to have it alone
 *             WATCHERS    some sleep until it is given back
 *             CLAIMED     one that has waited for too long is the next, the others stay back
 *
 * Whoever gives it back, so that nobody has it, wakes: after an exclusive hold all that want to
 * share it, else one that wants it alone. It is not handed over: who runs may take it before those
 * who wake up, which keeps a busy lock busy. What that costs in fairness is made good by claims.
 *
 * Promises
 *   1. No wake is lost. A sleeper reads `wakes`, then sets its bit by a compare-and-swap that fails
 *      when the lock has come free, then sleeps unless `wakes` has changed. Who wakes clears the
 *      bit first, then changes `wakes`. A taker that was woken sets TAKERS again for those that
 *      still sleep; sharers are woken all at once, so none is left.
 *   2. Nobody starves: after CLAIM_AFTER_MS a sleeper claims the lock.
 *   3. Nothing here depends on a process that sleeps or was just woken to live: bits and counts
 *      that a dead one has left cost a system call now and then, and a wake that was given to a
 *      dead one is made good after RECHECK_MS.
 */
#include "common/base/base.h"

#include "server/ipc/lwlock.h"

#include "common/err/err.h"
#include "common/os/clock.h"
#include "common/os/futex.h"
#include "server/ipc/ipc_int.h"
#include "server/ipc/spinlock.h"
#include "server/ipc/supervisor.h"
#include "server/ipc/wait_event.h"

#define EXCLUSIVE    (UINT32_C(1) << 31)
#define SHARERS      (UINT32_C(1) << 30)
#define TAKERS       (UINT32_C(1) << 29)
#define WATCHERS     (UINT32_C(1) << 28)
#define CLAIMED      (UINT32_C(1) << 27)
#define SHARED_COUNT (CLAIMED - 1)
#define HELD         (EXCLUSIVE | SHARED_COUNT)

/* Groups of sleepers; a claimant is in two. */
#define GROUP_SHARERS  1
#define GROUP_TAKERS   2
#define GROUP_WATCHERS 4
#define GROUP_CLAIMANT 8

#define HELD_MAX       256
#define SPIN_COUNT     60
#define CLAIM_AFTER_MS 10
#define RECHECK_MS     250

typedef struct HeldLock {
    LwLock *lock;
    LwMode mode;
} HeldLock;

/* What this process has, oldest first. */
static struct {
    unsigned count;
    HeldLock held[HELD_MAX];
} lwlocks;

static const char *const rank_names[] = {
#define ROW(rank, name, what) name,
#include "server/ipc/lock_order.def"
#undef ROW
};

static void check_may_take(const LwLock *lock, bool may_wait);
static void void_stale_claim(LwLock *lock);
static uint32_t blockers(LwMode mode, bool is_claimant);
static bool try_take(LwLock *lock, LwMode mode, bool is_claimant, uint32_t also);
static void note_taken(LwLock *lock, LwMode mode);
static void take_slowly(LwLock *lock, LwMode mode);
static bool try_take_spinning(LwLock *lock, LwMode mode, bool is_claimant, bool has_slept);
static void sleep_if_blocked(LwLock *lock, LwMode mode, bool is_claimant);
static bool sleep_on(LwLock *lock, uint32_t wakes, uint32_t groups, int64_t timeout_ms);
static void give_back(LwLock *lock, LwMode mode);
static void wake_watchers(LwLock *lock);
static void wake_some(LwLock *lock, LwMode was_held);
static uint32_t whom_to_wake(uint32_t state, LwMode was_held);

void lwlock_init(LwLock *lock, LwRank rank, unsigned number)
{
    ASSERT(rank < LW_RANK_COUNT && number <= UINT16_MAX);
    atomic_init(&lock->state, 0);
    atomic_init(&lock->wakes, 0);
    atomic_init(&lock->sleepers, 0);
    lock->rank = (uint16_t)rank;
    lock->number = (uint16_t)number;
}

void lwlock_acquire(LwLock *lock, LwMode mode)
{
    check_may_take(lock, true);
    if (UNLIKELY(!try_take(lock, mode, false, 0)))
        take_slowly(lock, mode);
    note_taken(lock, mode);
}

bool lwlock_try_acquire(LwLock *lock, LwMode mode)
{
    check_may_take(lock, false);
    if (!try_take(lock, mode, false, 0))
        return false;
    note_taken(lock, mode);
    return true;
}

bool lwlock_acquire_or_wait(LwLock *lock, LwMode mode)
{
    uint32_t wakes = atomic_load(&lock->wakes);
    uint32_t state = atomic_load(&lock->state);

    check_may_take(lock, true);
    while ((state & blockers(mode, false)) != 0) {
        if (!atomic_compare_exchange_weak(&lock->state, &state, state | WATCHERS))
            continue;
        while (atomic_load(&lock->wakes) == wakes &&
               (atomic_load(&lock->state) & (HELD | CLAIMED)) != 0)
            if (!sleep_on(lock, wakes, GROUP_WATCHERS, RECHECK_MS)) {
                void_stale_claim(lock);
                break;
            }
        return false;
    }
    if (!try_take(lock, mode, false, 0))
        return false;
    note_taken(lock, mode);
    return true;
}

void lwlock_release(LwLock *lock)
{
    unsigned i = lwlocks.count;
    LwMode mode;

    /* Mostly the newest. */
    while (i > 0 && lwlocks.held[i - 1].lock != lock)
        i--;
    if (UNLIKELY(i == 0))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("lock %s is not held", lwlock_rank_name(lock->rank)));
    mode = lwlocks.held[i - 1].mode;
    for (; i < lwlocks.count; i++)
        lwlocks.held[i - 1] = lwlocks.held[i];
    lwlocks.count--;
    give_back(lock, mode);
}

void lwlock_release_all(void)
{
    while (lwlocks.count > 0)
        lwlock_release(lwlocks.held[lwlocks.count - 1].lock);
}

void lwlock_forget(void)
{
    lwlocks.count = 0;
}

bool lwlock_is_held(const LwLock *lock, LwMode mode)
{
    for (unsigned i = lwlocks.count; i > 0; i--)
        if (lwlocks.held[i - 1].lock == lock)
            return mode == LW_SHARED || lwlocks.held[i - 1].mode == LW_EXCLUSIVE;
    return false;
}

unsigned lwlock_held_count(void)
{
    return lwlocks.count;
}

const char *lwlock_rank_name(LwRank rank)
{
    ASSERT(rank < LW_RANK_COUNT);
    return rank_names[rank];
}

/* Promise 3: a claimant that has not come by now never will. */
static void void_stale_claim(LwLock *lock)
{
    uint32_t state = atomic_load(&lock->state);

    while ((state & HELD) == 0 && (state & CLAIMED) != 0)
        if (atomic_compare_exchange_weak(&lock->state, &state, state & ~CLAIMED))
            return;
}

/*
 * Who waits must take ranks upwards, and those of one rank by number; who only tries cannot be part
 * of a deadlock, and may find that it is he who holds it. Locks of contents have an order of their
 * own, but none is taken twice.
 */
static void check_may_take(const LwLock *lock, bool may_wait)
{
#ifdef HOLDFAST_DEBUG
    for (unsigned i = 0; i < lwlocks.count; i++) {
        const LwLock *held = lwlocks.held[i].lock;

        ASSERT(!may_wait || held != lock);
        if (!may_wait || held->rank == LW_CONTENT || lock->rank == LW_CONTENT)
            continue;
        ASSERT(held->rank < lock->rank ||
               (held->rank == lock->rank && held->number < lock->number));
    }
#else
    (void)lock;
    (void)may_wait;
#endif
    if (UNLIKELY(lwlocks.count == HELD_MAX))
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "too many short locks are held");
}

static ALWAYS_INLINE void note_taken(LwLock *lock, LwMode mode)
{
    lwlocks.held[lwlocks.count++] = (HeldLock){.lock = lock, .mode = mode};
}

/* The bits that keep it from being taken. */
static ALWAYS_INLINE uint32_t blockers(LwMode mode, bool is_claimant)
{
    return (mode == LW_EXCLUSIVE ? HELD : EXCLUSIVE) | (is_claimant ? 0 : CLAIMED);
}

/* Take it if nothing is in the way; bits of also are set with that. A claimant ends all claims. */
static ALWAYS_INLINE bool try_take(LwLock *lock, LwMode mode, bool is_claimant, uint32_t also)
{
    uint32_t state = atomic_load_explicit(&lock->state, memory_order_relaxed);

    while ((state & blockers(mode, is_claimant)) == 0) {
        uint32_t taken = mode == LW_EXCLUSIVE ? state | EXCLUSIVE : state + 1;

        if (is_claimant)
            taken &= ~CLAIMED;
        if (LIKELY(atomic_compare_exchange_weak(&lock->state, &state, taken | also)))
            return true;
    }
    return false;
}

NOINLINE static void take_slowly(LwLock *lock, LwMode mode)
{
    uint64_t since_us = 0;
    bool is_claimant = false;

    while (!try_take_spinning(lock, mode, is_claimant, since_us != 0)) {
        if (since_us == 0)
            since_us = clock_monotonic_us();
        else
            is_claimant = clock_monotonic_us() - since_us >= CLAIM_AFTER_MS * 1000;
        sleep_if_blocked(lock, mode, is_claimant);
    }
    /* Those that this one's claim has kept out may share the lock with it. */
    if (mode == LW_SHARED && (atomic_load(&lock->state) & SHARERS) != 0)
        wake_some(lock, LW_EXCLUSIVE);
}

static bool try_take_spinning(LwLock *lock, LwMode mode, bool is_claimant, bool has_slept)
{
    for (int i = 0; i < SPIN_COUNT; i++) {
        bool others_sleep = has_slept && mode == LW_EXCLUSIVE && atomic_load(&lock->sleepers) != 0;

        if (try_take(lock, mode, is_claimant, others_sleep ? TAKERS : 0))
            return true;
        spin_pause();
    }
    return false;
}

/* The sleeper's half of promise 1. */
static void sleep_if_blocked(LwLock *lock, LwMode mode, bool is_claimant)
{
    uint32_t bits = (mode == LW_EXCLUSIVE ? TAKERS : SHARERS) | (is_claimant ? CLAIMED : 0);
    uint32_t groups =
        (mode == LW_EXCLUSIVE ? GROUP_TAKERS : GROUP_SHARERS) | (is_claimant ? GROUP_CLAIMANT : 0);
    uint32_t wakes = atomic_load(&lock->wakes);
    uint32_t state = atomic_load(&lock->state);

    do
        if ((state & blockers(mode, is_claimant)) == 0)
            return;
    while (!atomic_compare_exchange_weak(&lock->state, &state, state | bits));
    if (mode == LW_EXCLUSIVE)
        atomic_fetch_add(&lock->sleepers, 1);
    (void)sleep_on(lock, wakes, groups, is_claimant ? RECHECK_MS : CLAIM_AFTER_MS);
    if (mode == LW_EXCLUSIVE)
        atomic_fetch_sub(&lock->sleepers, 1);
}

/* False when there was no wake in time. */
static bool sleep_on(LwLock *lock, uint32_t wakes, uint32_t groups, int64_t timeout_ms)
{
    bool is_woken;

    wait_event_begin(WAIT_EVENT_LWLOCK + lock->rank);
    is_woken = os_futex_wait_as(&lock->wakes, wakes, timeout_ms, groups);
    wait_event_end();
    supervisor_leave_if_gone();
    return is_woken;
}

static ALWAYS_INLINE void give_back(LwLock *lock, LwMode mode)
{
    uint32_t share = mode == LW_EXCLUSIVE ? EXCLUSIVE : 1;
    uint32_t left = atomic_fetch_sub(&lock->state, share) - share;

    if (LIKELY((left & (SHARERS | TAKERS | WATCHERS)) == 0 || (left & HELD) != 0))
        return;
    if ((left & WATCHERS) != 0)
        wake_watchers(lock);
    wake_some(lock, mode);
}

static void wake_watchers(LwLock *lock)
{
    atomic_fetch_and(&lock->state, ~WATCHERS);
    atomic_fetch_add(&lock->wakes, 1);
    (void)os_futex_wake_those(&lock->wakes, OS_FUTEX_ALL, GROUP_WATCHERS);
}

/* The waker's half of promise 1. */
NOINLINE static void wake_some(LwLock *lock, LwMode was_held)
{
    uint32_t state = atomic_load(&lock->state);
    uint32_t group, bit;

    do {
        group = whom_to_wake(state, was_held);
        bit = group == GROUP_SHARERS ? SHARERS : group == GROUP_TAKERS ? TAKERS : 0;
    } while (bit != 0 && !atomic_compare_exchange_weak(&lock->state, &state, state & ~bit));
    if (group == 0)
        return;
    atomic_fetch_add(&lock->wakes, 1);
    if (os_futex_wake_those(&lock->wakes, group == GROUP_SHARERS ? OS_FUTEX_ALL : 1, group) == 0 &&
        group == GROUP_SHARERS)
        /* They have helped themselves before: it is the others' turn. */
        wake_some(lock, LW_SHARED);
}

/* The group of those who could take a lock in that state, 0 for none. */
static uint32_t whom_to_wake(uint32_t state, LwMode was_held)
{
    /* Whoever has it alone by now wakes when giving it back. */
    if ((state & EXCLUSIVE) != 0)
        return 0;
    if ((state & CLAIMED) != 0)
        return (state & SHARED_COUNT) != 0 ? 0 : GROUP_CLAIMANT;
    if ((state & SHARED_COUNT) != 0)
        return (state & SHARERS) != 0 ? GROUP_SHARERS : 0;
    if ((state & SHARERS) != 0 && (was_held == LW_EXCLUSIVE || (state & TAKERS) == 0))
        return GROUP_SHARERS;
    return (state & TAKERS) != 0 ? GROUP_TAKERS : 0;
}

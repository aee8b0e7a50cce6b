/* lwlock_test.c - short locks: alone, and fought for by several processes. */
#include "common/base/base.h"

#include <signal.h>

#include "common/os/child.h"
#include "common/os/clock.h"
#include "common/os/shared_memory.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/lwlock.h"
#include "tests/lib/child.h"
#include "tests/lib/crowd.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

#define WORDS 8

/* What the tests' processes share: words that are all equal whenever the lock is free. */
typedef struct Shared {
    LwLock lock;
    LwLock other;
    uint64_t words[WORDS];
    _Atomic uint32_t is_over;
    _Atomic uint32_t reached;
    _Atomic uint64_t done[CROWD_MAX];
    uint64_t rounds;
    Seed seed;
} Shared;

static Shared *shared_new(void)
{
    Shared *s = os_shared_map(sizeof *s, OS_HUGE_OFF);

    lwlock_init(&s->lock, LW_PROC_ARRAY, 0);
    lwlock_init(&s->other, LW_WAL_WRITE, 0);
    return s;
}

static void shared_free(Shared *s)
{
    os_shared_unmap(s, sizeof *s);
}

/* ---- alone ---- */

static void sharers_share_and_takers_do_not(void)
{
    LwLock lock;

    lwlock_init(&lock, LW_SLRU, 3);
    CU_ASSERT_TRUE(lwlock_try_acquire(&lock, LW_SHARED));
    CU_ASSERT_TRUE(lwlock_is_held(&lock, LW_SHARED));
    CU_ASSERT_FALSE(lwlock_is_held(&lock, LW_EXCLUSIVE));
    lwlock_release(&lock);
    CU_ASSERT_FALSE(lwlock_is_held(&lock, LW_SHARED));
    lwlock_acquire(&lock, LW_EXCLUSIVE);
    CU_ASSERT_TRUE(lwlock_is_held(&lock, LW_SHARED));
    CU_ASSERT_TRUE(lwlock_is_held(&lock, LW_EXCLUSIVE));
    CU_ASSERT_EQUAL(lwlock_held_count(), 1);
    lwlock_release(&lock);
    CU_ASSERT_EQUAL(lwlock_held_count(), 0);
    CU_ASSERT_TRUE(lwlock_acquire_or_wait(&lock, LW_EXCLUSIVE));
    lwlock_release(&lock);
}

static void interrupts_are_held_off_while_one_is_held(void)
{
    LwLock lock;

    lwlock_init(&lock, LW_SLRU, 0);
    CU_ASSERT_FALSE(interrupt_is_held());
    lwlock_acquire(&lock, LW_SHARED);
    CU_ASSERT_TRUE(interrupt_is_held());
    lwlock_release(&lock);
    CU_ASSERT_FALSE(interrupt_is_held());
}

static void all_are_given_back_at_once(void)
{
    LwLock locks[3];

    for (unsigned i = 0; i < ARRAY_LEN(locks); i++) {
        lwlock_init(&locks[i], LW_BUFFER_MAPPING, i);
        lwlock_acquire(&locks[i], LW_EXCLUSIVE);
    }
    /* Not the newest. */
    lwlock_release(&locks[1]);
    CU_ASSERT_EQUAL(lwlock_held_count(), 2);
    lwlock_release_all();
    CU_ASSERT_EQUAL(lwlock_held_count(), 0);
    for (unsigned i = 0; i < ARRAY_LEN(locks); i++) {
        CU_ASSERT_TRUE(lwlock_try_acquire(&locks[i], LW_EXCLUSIVE));
        lwlock_release(&locks[i]);
    }
}

static void what_is_not_held_cannot_be_given_back(void)
{
    LwLock lock;

    lwlock_init(&lock, LW_PROC_ARRAY, 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INTERNAL_ERROR, "lock ProcArray is not held",
                               lwlock_release(&lock));
}

static void not_more_than_the_list_holds_are_taken(void)
{
    LwLock locks[257];

    for (unsigned i = 0; i < ARRAY_LEN(locks); i++)
        lwlock_init(&locks[i], LW_BUFFER_MAPPING, i);
    for (unsigned i = 0; i < 256; i++)
        lwlock_acquire(&locks[i], LW_SHARED);
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, lwlock_acquire(&locks[256], LW_SHARED));
    lwlock_release_all();
    CU_ASSERT_TRUE(lwlock_try_acquire(&locks[256], LW_EXCLUSIVE));
    lwlock_release_all();
}

#ifdef HOLDFAST_DEBUG
static void take_downwards(void *arg)
{
    LwLock low, high;

    (void)arg;
    lwlock_init(&low, LW_PROC_ARRAY, 0);
    lwlock_init(&high, LW_WAL_WRITE, 0);
    lwlock_acquire(&high, LW_SHARED);
    /* To try is no crime. */
    if (!lwlock_try_acquire(&low, LW_SHARED))
        exit(3);
    lwlock_release(&low);
    lwlock_acquire(&low, LW_SHARED);
}

static void take_a_lower_number(void *arg)
{
    LwLock locks[2];

    (void)arg;
    lwlock_init(&locks[0], LW_BUFFER_MAPPING, 0);
    lwlock_init(&locks[1], LW_BUFFER_MAPPING, 1);
    lwlock_acquire(&locks[1], LW_SHARED);
    lwlock_acquire(&locks[0], LW_SHARED);
}

static void take_contents_in_any_order(void *arg)
{
    LwLock contents[2], low;

    (void)arg;
    lwlock_init(&contents[0], LW_CONTENT, 0);
    lwlock_init(&contents[1], LW_CONTENT, 0);
    lwlock_init(&low, LW_OID_GENERATION, 0);
    lwlock_acquire(&contents[1], LW_EXCLUSIVE);
    lwlock_acquire(&contents[0], LW_EXCLUSIVE);
    lwlock_acquire(&low, LW_EXCLUSIVE);
    lwlock_release_all();
}
#endif

static void ranks_are_taken_upwards(void)
{
#ifdef HOLDFAST_DEBUG
    CU_ASSERT_EQUAL(child_run(take_downwards, NULL).signal_no, SIGABRT);
    CU_ASSERT_EQUAL(child_run(take_a_lower_number, NULL).signal_no, SIGABRT);
    CU_ASSERT_EQUAL(child_run(take_contents_in_any_order, NULL).exit_code, 0);
#else
    unit_skip("the order is looked at in debug builds only");
#endif
}

static void each_rank_has_a_name(void)
{
    for (LwRank rank = 0; rank < LW_RANK_COUNT; rank++)
        CU_ASSERT_TRUE(strlen(lwlock_rank_name(rank)) > 2);
    CU_ASSERT_STRING_EQUAL(lwlock_rank_name(LW_WAL_INSERT), "WALInsert");
}

/* ---- several processes ---- */

static void take_somehow(LwLock *lock, LwMode mode, Seed *seed)
{
    switch (seed_below(seed, 8)) {
    case 0:
        if (!lwlock_try_acquire(lock, mode))
            lwlock_acquire(lock, mode);
        break;
    case 1:
        while (!lwlock_acquire_or_wait(lock, mode))
            continue;
        break;
    default:
        lwlock_acquire(lock, mode);
        break;
    }
}

/* Change and look, by turns of the seed; what is seen half changed ends the process. */
static void hammer(void *arg, unsigned number)
{
    Shared *s = arg;
    Seed seed = {.state = s->seed.state + number};

    for (uint64_t i = 0; i < s->rounds; i++) {
        bool is_change = seed_below(&seed, 3) == 0;

        take_somehow(&s->lock, is_change ? LW_EXCLUSIVE : LW_SHARED, &seed);
        for (int w = 0; w < WORDS; w++) {
            if (is_change)
                s->words[w]++;
            else if (s->words[w] != s->words[0])
                exit(4);
        }
        /* Now and then whoever has it loses the processor. */
        if (seed_below(&seed, 1000) == 0)
            clock_sleep_ms(1);
        lwlock_release(&s->lock);
        s->done[number] += is_change;
    }
}

static void many_processes_see_nothing_half_done(void)
{
    Shared *s = shared_new();
    uint64_t changes = 0;

    s->seed = seed_new("lwlock");
    s->rounds = 20000;
    CU_ASSERT_EQUAL(crowd_run(8, hammer, s), 8);
    for (int i = 0; i < 8; i++)
        changes += s->done[i];
    CU_ASSERT_EQUAL(s->words[0], changes);
    CU_ASSERT_EQUAL(atomic_load(&s->lock.sleepers), 0);
    CU_ASSERT_TRUE(lwlock_try_acquire(&s->lock, LW_EXCLUSIVE));
    lwlock_release(&s->lock);
    shared_free(s);
}

static void ring_again(int signal_no)
{
    (void)signal_no;
    os_alarm_set(300);
}

/* Each sleep is ended by a signal again and again. */
static void hammer_under_signals(void *arg, unsigned number)
{
    os_signal_handle(SIGALRM, ring_again);
    os_alarm_set(300);
    hammer(arg, number);
    os_signal_handle(SIGALRM, OS_SIGNAL_IGNORE);
}

static void signals_disturb_nobody(void)
{
    Shared *s = shared_new();
    uint64_t changes = 0;

    s->seed = seed_new("lwlock signals");
    s->rounds = 5000;
    CU_ASSERT_EQUAL(crowd_run(6, hammer_under_signals, s), 6);
    for (int i = 0; i < 6; i++)
        changes += s->done[i];
    CU_ASSERT_EQUAL(s->words[0], changes);
    CU_ASSERT_EQUAL(atomic_load(&s->lock.sleepers), 0);
    shared_free(s);
}

static void wait_for_release(void *arg, unsigned number)
{
    Shared *s = arg;

    atomic_fetch_add(&s->reached, 1);
    if (lwlock_acquire_or_wait(&s->lock, LW_EXCLUSIVE))
        exit(5);
    if (s->words[0] != 1)
        exit(6);
    s->done[number] = 1;
}

static void who_waits_for_a_release_does_not_get_the_lock(void)
{
    Shared *s = shared_new();
    Crowd crowd;

    lwlock_acquire(&s->lock, LW_EXCLUSIVE);
    crowd_begin(&crowd, 3, wait_for_release, s);
    while (atomic_load(&s->reached) < 3)
        clock_sleep_ms(1);
    clock_sleep_ms(20);
    s->words[0] = 1;
    lwlock_release(&s->lock);
    CU_ASSERT_EQUAL(crowd_end(&crowd), 3);
    shared_free(s);
}

/* Readers that overlap, so that one has it at any time. */
static void read_without_end(void *arg, unsigned number)
{
    Shared *s = arg;

    while (atomic_load(&s->is_over) == 0) {
        lwlock_acquire(&s->lock, LW_SHARED);
        if (number == 0)
            atomic_store(&s->reached, 1);
        clock_sleep_ms(2);
        lwlock_release(&s->lock);
    }
}

static void a_taker_gets_past_readers_without_end(void)
{
    Shared *s = shared_new();
    Crowd crowd;
    uint64_t since_us, took_us = 0;

    crowd_begin(&crowd, 6, read_without_end, s);
    while (atomic_load(&s->reached) == 0)
        clock_sleep_ms(1);
    for (int i = 0; i < 20; i++) {
        since_us = clock_monotonic_us();
        lwlock_acquire(&s->lock, LW_EXCLUSIVE);
        lwlock_release(&s->lock);
        took_us += clock_monotonic_us() - since_us;
        clock_sleep_ms(1);
    }
    atomic_store(&s->is_over, 1);
    CU_ASSERT_EQUAL(crowd_end(&crowd), 6);
    /* With the claim after 10 ms each takes some 15 ms; without it they would wait for ever. */
    CU_ASSERT_TRUE(took_us < 20 * 200000);
    shared_free(s);
}

static void take_and_stay(void *arg, unsigned number)
{
    Shared *s = arg;

    atomic_fetch_add(&s->reached, 1);
    lwlock_acquire(&s->lock, number % 2 == 0 ? LW_EXCLUSIVE : LW_SHARED);
    s->done[number] = 1;
    lwlock_release(&s->lock);
}

static void sleepers_that_are_killed_do_not_keep_others_from_it(void)
{
    Shared *s = shared_new();
    Crowd crowd;

    for (unsigned round = 0; round < 3; round++) {
        atomic_store(&s->reached, 0);
        lwlock_acquire(&s->lock, LW_EXCLUSIVE);
        crowd_begin(&crowd, 8, take_and_stay, s);
        while (atomic_load(&s->reached) < 8)
            clock_sleep_ms(1);
        /* In the last round they have slept for long enough to claim it. */
        clock_sleep_ms(round == 2 ? 40 : 5);
        crowd_kill(&crowd, 0);
        crowd_kill(&crowd, 3);
        lwlock_release(&s->lock);
        CU_ASSERT_EQUAL(crowd_end(&crowd), 6);
    }
    lwlock_acquire(&s->lock, LW_EXCLUSIVE);
    lwlock_release(&s->lock);
    shared_free(s);
}

/* Killed while it has claimed the lock, or was just woken: the wake is made good. */
static void a_stale_claim_is_made_good(void)
{
    Shared *s = shared_new();
    Crowd crowd;

    lwlock_acquire(&s->lock, LW_EXCLUSIVE);
    crowd_begin(&crowd, 1, take_and_stay, s);
    while (atomic_load(&s->reached) < 1)
        clock_sleep_ms(1);
    clock_sleep_ms(40);
    crowd_kill(&crowd, 0);
    lwlock_release(&s->lock);
    CU_ASSERT_EQUAL(crowd_run(4, take_and_stay, s), 4);
    CU_ASSERT_TRUE(lwlock_try_acquire(&s->lock, LW_EXCLUSIVE));
    lwlock_release(&s->lock);
    shared_free(s);
}

static void who_only_waits_gets_past_a_stale_claim_too(void)
{
    Shared *s = shared_new();
    Crowd crowd;

    lwlock_acquire(&s->lock, LW_EXCLUSIVE);
    crowd_begin(&crowd, 1, take_and_stay, s);
    while (atomic_load(&s->reached) < 1)
        clock_sleep_ms(1);
    clock_sleep_ms(40);
    crowd_kill(&crowd, 0);
    lwlock_release(&s->lock);
    CU_ASSERT_FALSE(lwlock_try_acquire(&s->lock, LW_SHARED));
    CU_ASSERT_FALSE(lwlock_acquire_or_wait(&s->lock, LW_EXCLUSIVE));
    CU_ASSERT_TRUE(lwlock_acquire_or_wait(&s->lock, LW_EXCLUSIVE));
    lwlock_release(&s->lock);
    shared_free(s);
}

UNIT_SUITE(lwlock)
{
    UNIT_TEST(sharers_share_and_takers_do_not);
    UNIT_TEST(interrupts_are_held_off_while_one_is_held);
    UNIT_TEST(all_are_given_back_at_once);
    UNIT_TEST(what_is_not_held_cannot_be_given_back);
    UNIT_TEST(not_more_than_the_list_holds_are_taken);
    UNIT_TEST(ranks_are_taken_upwards);
    UNIT_TEST(each_rank_has_a_name);
    UNIT_TEST(many_processes_see_nothing_half_done);
    UNIT_TEST(signals_disturb_nobody);
    UNIT_TEST(who_waits_for_a_release_does_not_get_the_lock);
    UNIT_TEST(a_taker_gets_past_readers_without_end);
    UNIT_TEST(sleepers_that_are_killed_do_not_keep_others_from_it);
    UNIT_TEST(a_stale_claim_is_made_good);
    UNIT_TEST(who_only_waits_gets_past_a_stale_claim_too);
}

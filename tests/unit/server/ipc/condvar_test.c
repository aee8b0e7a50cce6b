/* condvar_test.c - condition variables: no broadcast is lost, interrupts end a wait. */
#include "common/base/base.h"

#include <signal.h>
#include <unistd.h>

#include "common/os/clock.h"
#include "common/os/shared_memory.h"
#include "server/ipc/condvar.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/proc.h"
#include "tests/lib/crowd.h"
#include "tests/lib/handlers.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

#define MEMBERS 6

typedef struct Shared {
    CondVar changed;
    _Atomic uint32_t turn; /* whose it is */
    uint32_t rounds;
    _Atomic uint32_t reached;
    _Atomic uint32_t canceled;
    Seed seed;
} Shared;

static Shared *shared_new(void)
{
    Shared *s = os_shared_map(sizeof *s, OS_HUGE_OFF);

    condvar_init(&s->changed);
    return s;
}

static void a_broadcast_before_the_wait_ends_it(void)
{
    CondVar cv;
    uint32_t seen;

    condvar_init(&cv);
    seen = condvar_begin(&cv);
    condvar_broadcast(&cv);
    condvar_wait(&cv, &seen, WAIT_EVENT_CHECKPOINT_DONE);
    CU_ASSERT_EQUAL(seen, condvar_begin(&cv));
    CU_ASSERT_EQUAL(atomic_load(&cv.waiter_count), 0);
}

static void a_wait_has_an_end(void)
{
    CondVar cv;
    uint64_t start_us = clock_monotonic_us();
    uint32_t seen;

    condvar_init(&cv);
    seen = condvar_begin(&cv);
    CU_ASSERT_FALSE(condvar_wait_ms(&cv, &seen, 30, WAIT_EVENT_CHECKPOINT_DONE));
    CU_ASSERT_TRUE(clock_monotonic_us() - start_us >= 29000);
    CU_ASSERT_FALSE(condvar_wait_ms(&cv, &seen, 0, WAIT_EVENT_CHECKPOINT_DONE));
    condvar_broadcast(&cv);
    CU_ASSERT_TRUE(condvar_wait_ms(&cv, &seen, 60000, WAIT_EVENT_CHECKPOINT_DONE));
}

/* A turn goes round; one broadcast that is lost, and all wait for ever. */
static void take_turns(void *arg, unsigned number)
{
    Shared *s = arg;
    Seed seed = {.state = s->seed.state + number};
    uint32_t end = s->rounds * MEMBERS;

    for (uint32_t mine = number; mine < end; mine += MEMBERS) {
        uint32_t seen = condvar_begin(&s->changed);

        while (atomic_load(&s->turn) != mine)
            condvar_wait(&s->changed, &seen, WAIT_EVENT_CHECKPOINT_DONE);
        /* Now and then the others are asleep by the time of the broadcast, mostly not. */
        if (seed_below(&seed, 50) == 0)
            usleep((useconds_t)seed_below(&seed, 300));
        atomic_store(&s->turn, mine + 1);
        condvar_broadcast(&s->changed);
    }
}

static void no_broadcast_is_lost(void)
{
    Shared *s = shared_new();

    s->seed = seed_new("condvar");
    s->rounds = 3000;
    CU_ASSERT_EQUAL(crowd_run(MEMBERS, take_turns, s), MEMBERS);
    CU_ASSERT_EQUAL(atomic_load(&s->turn), s->rounds * MEMBERS);
    CU_ASSERT_EQUAL(atomic_load(&s->changed.waiter_count), 0);
    os_shared_unmap(s, sizeof *s);
}

static void cancel(void)
{
    err_raise(SQLSTATE_QUERY_CANCELED, .message = "canceling statement due to user request");
}

/* Wait for what never comes, and be canceled again and again. */
static void wait_until_canceled(Shared *s)
{
    uint32_t seen = condvar_begin(&s->changed);

    atomic_fetch_add(&s->reached, 1);
    for (;;)
        condvar_wait(&s->changed, &seen, WAIT_EVENT_CHECKPOINT_DONE);
}

static void be_canceled(void *arg, unsigned number)
{
    Shared *s = arg;

    (void)number;
    interrupt_install();
    interrupt_set_handler(INTERRUPT_CANCEL, cancel);
    for (uint32_t i = 0; i < s->rounds; i++) {
        ERR_TRY() {
            wait_until_canceled(s);
        }
        ERR_CATCH() {
            atomic_fetch_add(&s->canceled, 1);
        }
        ERR_END();
    }
}

static void an_interrupt_ends_a_wait_whenever_it_comes(void)
{
    Shared *s = shared_new();
    Crowd crowd;

    s->rounds = 1000;
    s->seed = seed_new("condvar interrupts");
    crowd_begin(&crowd, 1, be_canceled, s);
    for (uint32_t i = 0; i < s->rounds; i++) {
        /* When it is about to wait, so that the signal comes before, in and after the call. */
        while (atomic_load(&s->reached) <= i)
            continue;
        for (uint64_t spin = seed_below(&s->seed, 400); spin > 0; spin--)
            atomic_load(&s->turn);
        kill(crowd.pids[0], SIGINT);
        while (atomic_load(&s->canceled) <= i)
            continue;
    }
    CU_ASSERT_EQUAL(crowd_end(&crowd), 1);
    CU_ASSERT_EQUAL(atomic_load(&s->canceled), s->rounds);
    CU_ASSERT_EQUAL(atomic_load(&s->changed.waiter_count), 0);
    os_shared_unmap(s, sizeof *s);
}

static void wait_for_turn(void *arg, unsigned number)
{
    Shared *s = arg;
    uint32_t seen = condvar_begin(&s->changed);

    (void)number;
    atomic_fetch_add(&s->reached, 1);
    while (atomic_load(&s->turn) == 0)
        condvar_wait(&s->changed, &seen, WAIT_EVENT_CHECKPOINT_DONE);
}

static void one_that_is_killed_does_not_keep_the_others(void)
{
    Shared *s = shared_new();
    Crowd crowd;

    crowd_begin(&crowd, 4, wait_for_turn, s);
    while (atomic_load(&s->changed.waiter_count) < 4)
        clock_sleep_ms(1);
    crowd_kill(&crowd, 1);
    atomic_store(&s->turn, 1);
    condvar_broadcast(&s->changed);
    CU_ASSERT_EQUAL(crowd_end(&crowd), 3);
    os_shared_unmap(s, sizeof *s);
}

UNIT_SUITE(condvar)
{
    UNIT_TEST(a_broadcast_before_the_wait_ends_it);
    UNIT_TEST(a_wait_has_an_end);
    UNIT_TEST(no_broadcast_is_lost);
    UNIT_TEST(an_interrupt_ends_a_wait_whenever_it_comes);
    UNIT_TEST(one_that_is_killed_does_not_keep_the_others);
}

/* futex_test.c - sleep until a word changes: time limits, groups, and no wake that is lost. */
#include "common/base/base.h"

#include "common/os/clock.h"
#include "common/os/futex.h"
#include "common/os/shared_memory.h"
#include "tests/lib/crowd.h"
#include "tests/unit/unit.h"

#define ROUNDS 20000

typedef struct Shared {
    _Atomic uint32_t word;
    _Atomic uint32_t asleep;
    _Atomic uint32_t woken[2];
} Shared;

static void a_sleep_has_an_end(void)
{
    _Atomic uint32_t word = 5;
    uint64_t start_us = clock_monotonic_us();

    CU_ASSERT_FALSE(os_futex_wait_as(&word, 5, 20, OS_FUTEX_ANY));
    CU_ASSERT_TRUE(clock_monotonic_us() - start_us >= 20000);
    os_futex_wait(&word, 5, 1);
}

static void another_value_is_not_slept_on(void)
{
    _Atomic uint32_t word = 5;

    CU_ASSERT_TRUE(os_futex_wait_as(&word, 4, 60000, OS_FUTEX_ANY));
    os_futex_wait(&word, 4, OS_FUTEX_FOREVER);
    CU_ASSERT_EQUAL(os_futex_wake_those(&word, OS_FUTEX_ALL, OS_FUTEX_ANY), 0);
}

static void count_up(void *arg, unsigned number)
{
    Shared *s = arg;
    uint32_t value;

    while ((value = atomic_load(&s->word)) < ROUNDS) {
        if (value % 2 == number) {
            atomic_store(&s->word, value + 1);
            os_futex_wake(&s->word, 1);
        } else {
            os_futex_wait(&s->word, value, OS_FUTEX_FOREVER);
        }
    }
}

static void no_wake_is_lost(void)
{
    Shared *s = os_shared_map(sizeof *s, OS_HUGE_OFF);

    CU_ASSERT_EQUAL(crowd_run(2, count_up, s), 2);
    CU_ASSERT_EQUAL(atomic_load(&s->word), ROUNDS);
    os_shared_unmap(s, sizeof *s);
}

static void sleep_in_a_group(void *arg, unsigned number)
{
    Shared *s = arg;

    atomic_fetch_add(&s->asleep, 1);
    if (os_futex_wait_as(&s->word, 0, 20000, UINT32_C(1) << number % 2))
        atomic_fetch_add(&s->woken[number % 2], 1);
}

static void a_wake_is_for_its_group(void)
{
    Shared *s = os_shared_map(sizeof *s, OS_HUGE_OFF);
    unsigned woken = 0;
    Crowd crowd;

    crowd_begin(&crowd, 6, sleep_in_a_group, s);
    while (atomic_load(&s->asleep) < 6)
        clock_sleep_ms(1);
    while (woken < 2)
        woken += os_futex_wake_those(&s->word, 2 - woken, 1);
    while (atomic_load(&s->woken[0]) < 2)
        clock_sleep_ms(1);
    CU_ASSERT_EQUAL(atomic_load(&s->woken[1]), 0);
    while (woken < 6)
        woken += os_futex_wake_those(&s->word, OS_FUTEX_ALL, 3);
    CU_ASSERT_EQUAL(crowd_end(&crowd), 6);
    CU_ASSERT_EQUAL(atomic_load(&s->woken[0]), 3);
    CU_ASSERT_EQUAL(atomic_load(&s->woken[1]), 3);
    os_shared_unmap(s, sizeof *s);
}

UNIT_SUITE(futex)
{
    UNIT_TEST(a_sleep_has_an_end);
    UNIT_TEST(another_value_is_not_slept_on);
    UNIT_TEST(no_wake_is_lost);
    UNIT_TEST(a_wake_is_for_its_group);
}

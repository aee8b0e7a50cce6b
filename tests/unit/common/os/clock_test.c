/* clock_test.c - what time it is, and waiting. */
#include "common/base/base.h"

#include <sys/time.h>

#include "common/os/clock.h"
#include "tests/unit/unit.h"

static void now_counts_from_the_year_2000(void)
{
    PgTime before = clock_now();
    int64_t unix_seconds = clock_unix_seconds();
    PgTime after = clock_now();

    CU_ASSERT_TRUE(before / 1000000 + PG_EPOCH_UNIX <= unix_seconds);
    CU_ASSERT_TRUE(after / 1000000 + PG_EPOCH_UNIX >= unix_seconds);
    CU_ASSERT_TRUE(unix_seconds > INT64_C(1700000000));
}

static void intervals_are_measured_in_microseconds(void)
{
    uint64_t start = clock_monotonic_us();
    uint64_t took;

    clock_sleep_ms(12);
    took = clock_monotonic_us() - start;
    CU_ASSERT_TRUE(took >= 12000);
    CU_ASSERT_TRUE(took < 5000000);
    clock_sleep_ms(0);
    clock_sleep_us(0);
}

UNIT_SUITE(clock)
{
    UNIT_TEST(now_counts_from_the_year_2000);
    UNIT_TEST(intervals_are_measured_in_microseconds);
}

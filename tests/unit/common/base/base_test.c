/* base_test.c - the small helpers that every file has. */
#include "common/base/base.h"

#include <signal.h>

#include "common/base/bytes.h"
#include "tests/lib/child.h"
#include "tests/unit/unit.h"

static void powers_of_two_have_one_bit(void)
{
    CU_ASSERT_FALSE(u32_is_power_of_two(0));
    CU_ASSERT_TRUE(u32_is_power_of_two(1));
    CU_ASSERT_TRUE(u32_is_power_of_two(UINT32_C(1) << 31));
    CU_ASSERT_FALSE(u32_is_power_of_two(3));
    CU_ASSERT_FALSE(u32_is_power_of_two(UINT32_MAX));
}

static void sizes_are_compared_and_rounded_up(void)
{
    CU_ASSERT_EQUAL(size_min(1, 2), 1);
    CU_ASSERT_EQUAL(size_min(2, 1), 1);
    CU_ASSERT_EQUAL(size_max(1, 2), 2);
    CU_ASSERT_EQUAL(size_max(2, 1), 2);
    CU_ASSERT_EQUAL(size_align_up(0, 8), 0);
    CU_ASSERT_EQUAL(size_align_up(1, 8), 8);
    CU_ASSERT_EQUAL(size_align_up(8, 8), 8);
    CU_ASSERT_EQUAL(u64_align_up(UINT64_C(0x1000000001), 8192), UINT64_C(0x1000002000));
    CU_ASSERT_EQUAL(GIB(3), INT64_C(3221225472));
}

static void xids_wrap_around_but_the_special_ones_do_not(void)
{
    CU_ASSERT_TRUE(xid_precedes(3, 4));
    CU_ASSERT_FALSE(xid_precedes(4, 3));
    CU_ASSERT_FALSE(xid_precedes(4, 4));
    CU_ASSERT_TRUE(xid_precedes(UINT32_MAX, 3));
    CU_ASSERT_FALSE(xid_precedes(3, UINT32_MAX));
    CU_ASSERT_TRUE(xid_precedes(100, UINT32_C(100) + INT32_MAX));
    CU_ASSERT_TRUE(xid_precedes(2, UINT32_MAX));
    CU_ASSERT_FALSE(xid_precedes(UINT32_MAX, 2));
}

static void fail_an_assertion(void *arg)
{
    (void)arg;
    base_assert_failed("1 == 2", "x.c", 7);
}

static void a_failed_assertion_says_where_and_aborts(void)
{
    ChildEnd end = child_run(fail_an_assertion, NULL);

    CU_ASSERT_EQUAL(end.signal_no, SIGABRT);
    CU_ASSERT_STRING_EQUAL(end.err, "assertion failed: 1 == 2, at x.c:7\n");
}

UNIT_SUITE(base)
{
    UNIT_TEST(powers_of_two_have_one_bit);
    UNIT_TEST(sizes_are_compared_and_rounded_up);
    UNIT_TEST(xids_wrap_around_but_the_special_ones_do_not);
    UNIT_TEST(a_failed_assertion_says_where_and_aborts);
}

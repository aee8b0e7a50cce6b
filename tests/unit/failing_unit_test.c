/*
 * failing_unit_test.c - tests that fail, each in a way of its own
 *
 * runner_test.sh runs this suite by name and wants to see each of them reported; a plain run leaves
 * it out.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "tests/unit/unit.h"

static void a_false_assertion_fails(void)
{
    CU_ASSERT_EQUAL(1, 2);
}

static void a_fatal_assertion_ends_the_test(void)
{
    CU_ASSERT_EQUAL_FATAL(3, 4);
    CU_FAIL("not reached");
}

static void a_fatal_assertion_leaves_a_frame(void)
{
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, CU_ASSERT_EQUAL_FATAL(5, 6));
    CU_FAIL("not reached");
}

static void a_stray_raise_fails(void)
{
    err_raise(SQLSTATE_INVALID_NAME, .message = "stray");
}

static void another_sqlstate_fails(void)
{
    UNIT_ASSERT_RAISES(SQLSTATE_SYNTAX_ERROR, err_raise(SQLSTATE_INVALID_NAME, .message = "other"));
}

static void another_message_fails(void)
{
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INVALID_NAME, "this",
                               err_raise(SQLSTATE_INVALID_NAME, .message = "that"));
}

static void no_raise_fails(void)
{
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_NAME, (void)0);
}

static void a_leak_into_the_root_fails(void)
{
    mem_alloc_in(mem_root(), 1000000);
}

static void a_good_test_passes_all_the_same(void)
{
    CU_ASSERT_EQUAL(7, 7);
}

UNIT_SUITE(failing_unit)
{
    UNIT_TEST(a_false_assertion_fails);
    UNIT_TEST(a_fatal_assertion_ends_the_test);
    UNIT_TEST(a_fatal_assertion_leaves_a_frame);
    UNIT_TEST(a_stray_raise_fails);
    UNIT_TEST(another_sqlstate_fails);
    UNIT_TEST(another_message_fails);
    UNIT_TEST(no_raise_fails);
    UNIT_TEST(a_leak_into_the_root_fails);
    UNIT_TEST(a_good_test_passes_all_the_same);
}

/* unit_test.c - what unit.h promises to a test, as far as a test can see it that passes. */
#include "common/base/base.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/mem/mem.h"
#include "tests/unit/unit.h"

static struct {
    int runs;
    char temp_dir[64]; /* that of the test before */
} before;

static void tests_run_in_the_order_of_the_table(void)
{
    CU_ASSERT_EQUAL(before.runs, 0);
    before.runs++;
}

static void each_test_runs_once(void)
{
    CU_ASSERT_EQUAL(before.runs, 1);
    CU_ASSERT_STRING_EQUAL(CU_get_current_test()->pName, "each_test_runs_once");
}

static void a_test_has_a_memory_context_of_its_own(void)
{
    CU_ASSERT_PTR_NOT_EQUAL(mem_current(), mem_root());
    CU_ASSERT_PTR_NOT_NULL(mem_alloc(1000000));
}

static void an_expected_raise_passes(void)
{
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_NAME, err_raise(SQLSTATE_INVALID_NAME, .message = "no"));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INVALID_NAME, "no",
                               err_raise(SQLSTATE_INVALID_NAME, .message = "no"));
}

static void a_folder_is_made_when_asked_for(void)
{
    snprintf(before.temp_dir, sizeof(before.temp_dir), "%s", unit_temp_dir());
    CU_ASSERT_EQUAL(access(before.temp_dir, W_OK), 0);
    CU_ASSERT_STRING_EQUAL(unit_temp_dir(), before.temp_dir);
}

static void a_folder_is_gone_with_its_test(void)
{
    CU_ASSERT_NOT_EQUAL(before.temp_dir[0], '\0');
    CU_ASSERT_NOT_EQUAL(access(before.temp_dir, F_OK), 0);
}

UNIT_SUITE(unit)
{
    UNIT_TEST(tests_run_in_the_order_of_the_table);
    UNIT_TEST(each_test_runs_once);
    UNIT_TEST(a_test_has_a_memory_context_of_its_own);
    UNIT_TEST(an_expected_raise_passes);
    UNIT_TEST(a_folder_is_made_when_asked_for);
    UNIT_TEST(a_folder_is_gone_with_its_test);
}

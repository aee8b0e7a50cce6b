/* dynlib_test.c - optional libraries, opened at first use. */
#include "common/base/base.h"

#include "common/os/dynlib.h"
#include "tests/unit/unit.h"

static void symbols_of_a_library_are_filled(void)
{
    static struct {
        double (*cos)(double);
        double (*sqrt)(double);
    } math;
    const DynlibSymbol symbols[] = {{"cos", (void **)&math.cos}, {"sqrt", (void **)&math.sqrt}};

    dynlib_load("libm.so.6", "libc6", symbols, ARRAY_LEN(symbols));
    CU_ASSERT_EQUAL(math.cos(0), 1);
    CU_ASSERT_EQUAL(math.sqrt(16), 4);
    dynlib_load("libm.so.6", "libc6", symbols, ARRAY_LEN(symbols));
    CU_ASSERT_EQUAL(math.sqrt(25), 5);
}

static void a_library_that_is_missing_is_named_with_its_package(void)
{
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_FEATURE_NOT_SUPPORTED,
                               "could not load library \"libnone.so.1\"",
                               dynlib_load("libnone.so.1", "libnone1", NULL, 0));
    ERR_TRY() {
        dynlib_load("libnone.so.1", "libnone1", NULL, 0);
    }
    ERR_CATCH() {
        CU_ASSERT_STRING_EQUAL(err_caught()->hint, "Install the package libnone1.");
        CU_ASSERT_PTR_NOT_NULL(strstr(err_caught()->detail, "libnone.so.1"));
    }
    ERR_END();
}

static void a_symbol_that_is_missing_is_named(void)
{
    void *address = NULL;
    const DynlibSymbol symbols[] = {{"no_such_function", &address}};

    ERR_TRY() {
        dynlib_load("libm.so.6", "libc6", symbols, ARRAY_LEN(symbols));
        CU_FAIL("no raise");
    }
    ERR_CATCH() {
        CU_ASSERT_EQUAL(err_caught()->sqlstate, SQLSTATE_FEATURE_NOT_SUPPORTED);
        CU_ASSERT_PTR_NOT_NULL(strstr(err_caught()->detail, "no_such_function"));
    }
    ERR_END();
}

UNIT_SUITE(dynlib)
{
    UNIT_TEST(symbols_of_a_library_are_filled);
    UNIT_TEST(a_library_that_is_missing_is_named_with_its_package);
    UNIT_TEST(a_symbol_that_is_missing_is_named);
}

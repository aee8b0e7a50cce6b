/* builtin_test.c - functions are found by number, their code by what is bound */
#include "common/base/base.h"

#include "server/catalog/builtin.h"

#include "tests/unit/unit.h"

#define PROC_BYTEAOUT 31
#define PROC_INT4IN   42
#define PROC_UPPER    871

static int called;

static void note_call(void)
{
    called++;
}

static void functions_are_found_by_number(void)
{
    const BuiltinFunction *f = builtin_find(PROC_INT4IN);

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL(f->oid, PROC_INT4IN);
    CU_ASSERT_STRING_EQUAL(f->name, "int4in");
    CU_ASSERT_EQUAL(f->arg_count, 1);
    CU_ASSERT_TRUE(f->is_strict);
    CU_ASSERT_FALSE(f->returns_set);
    CU_ASSERT_STRING_EQUAL(builtin_find(3)->name, "heap_tableam_handler");
    CU_ASSERT_PTR_NULL(builtin_find(0));
    CU_ASSERT_PTR_NULL(builtin_find(1));
    CU_ASSERT_PTR_NULL(builtin_find(UINT32_MAX));
}

/* ts_debug is written in SQL. */
static void functions_of_other_languages_are_none(void)
{
    CU_ASSERT_PTR_NULL(builtin_find(6183));
}

static void what_is_not_written_names_itself(void)
{
    static const BuiltinBinding bindings[] = {{"byteaout", note_call}, {"int4in", note_call}};

    builtin_bind(bindings, ARRAY_LEN(bindings));
    builtin_code(builtin_find(PROC_INT4IN))();
    builtin_code(builtin_find(PROC_BYTEAOUT))();
    CU_ASSERT_EQUAL(called, 2);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_FEATURE_NOT_SUPPORTED,
                               "function \"upper\" is not available yet",
                               builtin_code(builtin_find(PROC_UPPER)));
    builtin_bind(NULL, 0);
    UNIT_ASSERT_RAISES(SQLSTATE_FEATURE_NOT_SUPPORTED, builtin_code(builtin_find(PROC_INT4IN)));
}

UNIT_SUITE(builtin)
{
    UNIT_TEST(functions_are_found_by_number);
    UNIT_TEST(functions_of_other_languages_are_none);
    UNIT_TEST(what_is_not_written_names_itself);
}

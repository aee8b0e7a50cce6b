/* builtin_test.c - functions of pg_proc get the code that is bound to their names */
#include "common/base/base.h"

#include "server/catalog/builtin.h"
#include "tests/unit/unit.h"

#define PROC_BYTEAOUT 31
#define PROC_INT4IN   42
#define PROC_UPPER    871
#define PROC_TS_DEBUG 6183 /* written in SQL */

static Datum eleven(FmgrCall *call)
{
    (void)call;
    return datum_of_i32(11);
}

static Datum twelve(FmgrCall *call)
{
    (void)call;
    return datum_of_i32(12);
}

static int32_t call_by_number(Oid oid)
{
    FmgrSite site;

    fmgr_site_init(&site, oid, mem_current());
    return datum_i32(fmgr_call(&site, 0, 0, NULL));
}

static void functions_are_found_by_number(void)
{
    const FmgrBuiltin *f;

    builtin_bind(NULL, 0);
    f = fmgr_find_builtin(PROC_INT4IN);
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_STRING_EQUAL(f->name, "int4in");
    CU_ASSERT_EQUAL(f->nargs, 1);
    CU_ASSERT_TRUE(f->strict);
    CU_ASSERT_FALSE(f->retset);
    CU_ASSERT_PTR_NULL(fmgr_find_builtin(PROC_TS_DEBUG));
    CU_ASSERT_PTR_NULL(fmgr_find_builtin(1));
    fmgr_set_builtins(NULL, 0);
}

static void code_is_bound_by_name(void)
{
    static const BuiltinBinding bindings[] = {{"byteaout", eleven}, {"int4in", twelve}};

    builtin_bind(bindings, ARRAY_LEN(bindings));
    CU_ASSERT_EQUAL(call_by_number(PROC_BYTEAOUT), 11);
    CU_ASSERT_EQUAL(call_by_number(PROC_INT4IN), 12);
    UNIT_ASSERT_RAISES(SQLSTATE_FEATURE_NOT_SUPPORTED, call_by_number(PROC_UPPER));
    builtin_bind(NULL, 0);
    UNIT_ASSERT_RAISES(SQLSTATE_FEATURE_NOT_SUPPORTED, call_by_number(PROC_INT4IN));
    fmgr_set_builtins(NULL, 0);
}

static void bad_bindings_are_refused(void)
{
    static const BuiltinBinding reversed[] = {{"int4in", twelve}, {"byteaout", eleven}};
    static const BuiltinBinding misspelt[] = {{"byteaout", eleven}, {"int5in", twelve}};

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INTERNAL_ERROR,
                               "built-in function \"byteaout\" is bound out of order",
                               builtin_bind(reversed, ARRAY_LEN(reversed)));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INTERNAL_ERROR,
                               "there is no function \"int5in\" to bind code to",
                               builtin_bind(misspelt, ARRAY_LEN(misspelt)));
}

UNIT_SUITE(builtin)
{
    UNIT_TEST(functions_are_found_by_number);
    UNIT_TEST(code_is_bound_by_name);
    UNIT_TEST(bad_bindings_are_refused);
}

/* fmgr_test.c - functions are found by OID and name, and called through frames. */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "server/fmgr/fmgr.h"
#include "tests/unit/unit.h"

static Datum add(FmgrCall *call)
{
    return datum_of_i32(fmgr_i32(call, 0) + fmgr_i32(call, 1));
}

static Datum nothing(FmgrCall *call)
{
    return fmgr_null(call);
}

/* Counts its calls in memory of the site. */
static Datum count_calls(FmgrCall *call)
{
    int *count = call->site->extra;

    if (count == NULL)
        count = call->site->extra = mem_alloc_in(call->site->mem, sizeof(*count));
    return datum_of_i32(++*count);
}

static Datum length(FmgrCall *call)
{
    return datum_of_i32((int32_t)varlena_len(fmgr_packed(call, 0)));
}

static const FmgrBuiltin rows[] = {
    {.oid = 3, .name = "nothing", .fn = nothing},
    {.oid = 7, .name = "add", .nargs = 2, .strict = true, .fn = add},
    {.oid = 9, .name = "later", .nargs = 1},
    {.oid = 12, .name = "count_calls", .fn = count_calls},
    {.oid = 20, .name = "length", .nargs = 1, .strict = true, .fn = length},
};

static bool resolve(Oid oid, FmgrSite *site)
{
    if (oid != 16384)
        return false;
    site->fn = fmgr_find_builtin_by_name("add")->fn;
    site->nargs = 2;
    return true;
}

static void functions_are_found_by_oid_and_name(void)
{
    fmgr_set_builtins(rows, ARRAY_LEN(rows));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CU_ASSERT_PTR_EQUAL(fmgr_find_builtin(rows[i].oid), &rows[i]);
        CU_ASSERT_PTR_EQUAL(fmgr_find_builtin_by_name(rows[i].name), &rows[i]);
    }
    CU_ASSERT_PTR_NULL(fmgr_find_builtin(0));
    CU_ASSERT_PTR_NULL(fmgr_find_builtin(8));
    CU_ASSERT_PTR_NULL(fmgr_find_builtin(21));
    CU_ASSERT_PTR_NULL(fmgr_find_builtin_by_name("subtract"));
    fmgr_set_builtins(NULL, 0);
    CU_ASSERT_PTR_NULL(fmgr_find_builtin(7));
}

static void a_table_out_of_order_is_refused(void)
{
    const FmgrBuiltin bad[] = {{.oid = 7, .name = "a"}, {.oid = 7, .name = "b"}};

    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, fmgr_set_builtins(bad, 2));
}

static void a_frame_serves_many_calls(void)
{
    FmgrSite site;
    FMGR_CALL_LOCAL(call, 2);

    fmgr_set_builtins(rows, ARRAY_LEN(rows));
    fmgr_site_init(&site, 7, mem_current());
    CU_ASSERT_TRUE(site.strict);
    CU_ASSERT_EQUAL(site.nargs, 2);
    fmgr_call_init(call, &site, 2, 0);
    for (int i = 0; i < 3; i++) {
        call->args[0] = (NullableDatum){.value = datum_of_i32(i)};
        call->args[1] = (NullableDatum){.value = datum_of_i32(10)};
        CU_ASSERT_EQUAL(datum_i32(fmgr_invoke(call)), i + 10);
        CU_ASSERT_FALSE(call->is_null);
    }
    fmgr_site_init(&site, 3, mem_current());
    fmgr_invoke(call);
    CU_ASSERT_TRUE(call->is_null);
    fmgr_set_builtins(NULL, 0);
}

static void a_site_keeps_memory_for_its_function(void)
{
    FmgrSite site;

    fmgr_set_builtins(rows, ARRAY_LEN(rows));
    fmgr_site_init(&site, 12, mem_current());
    CU_ASSERT_EQUAL(datum_i32(fmgr_call(&site, 0, 0, NULL)), 1);
    CU_ASSERT_EQUAL(datum_i32(fmgr_call(&site, 0, 0, NULL)), 2);
    fmgr_set_builtins(NULL, 0);
}

static void what_is_not_there_or_not_written_raises(void)
{
    FmgrSite site;
    const Datum arg = 0;

    fmgr_set_builtins(rows, ARRAY_LEN(rows));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INTERNAL_ERROR, "cache lookup failed for function 8",
                               fmgr_site_init(&site, 8, mem_current()));
    fmgr_site_init(&site, 9, mem_current());
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_FEATURE_NOT_SUPPORTED,
                               "function \"later\" is not supported yet",
                               fmgr_call(&site, 0, 1, &arg));
    fmgr_site_init(&site, 3, mem_current());
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INTERNAL_ERROR, "function 3 returned NULL",
                               fmgr_call(&site, 0, 0, NULL));
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, fmgr_call_direct(nothing, 0, 0, NULL));
    fmgr_set_builtins(NULL, 0);
}

static void other_oids_are_resolved_by_the_hook(void)
{
    FmgrSite site;
    const Datum args[] = {datum_of_i32(1), datum_of_i32(2)};

    fmgr_set_builtins(rows, ARRAY_LEN(rows));
    fmgr_set_resolver(resolve);
    fmgr_site_init(&site, 16384, mem_current());
    CU_ASSERT_EQUAL(datum_i32(fmgr_call(&site, 0, 2, args)), 3);
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, fmgr_site_init(&site, 16385, mem_current()));
    fmgr_set_resolver(NULL);
    fmgr_set_builtins(NULL, 0);
}

static void arguments_are_unpacked_on_the_way(void)
{
    char text[500];
    Datum arg;

    memset(text, 'x', sizeof(text));
    arg = datum_of_pointer(varlena_compress(varlena_new(text, sizeof(text)), TOAST_PGLZ));
    CU_ASSERT_EQUAL(datum_i32(fmgr_call_direct(length, 0, 1, &arg)), 500);
}

UNIT_SUITE(fmgr)
{
    UNIT_TEST(functions_are_found_by_oid_and_name);
    UNIT_TEST(a_table_out_of_order_is_refused);
    UNIT_TEST(a_frame_serves_many_calls);
    UNIT_TEST(a_site_keeps_memory_for_its_function);
    UNIT_TEST(what_is_not_there_or_not_written_raises);
    UNIT_TEST(other_oids_are_resolved_by_the_hook);
    UNIT_TEST(arguments_are_unpacked_on_the_way);
}

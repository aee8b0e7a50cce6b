/*
 * array_slice_test.c - assignment to slices: cases with the results of a real server, which a
 * script made at random
 */
#include "common/base/base.h"

#include <stdlib.h>
#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/catalog/catalog_oid.h"
#include "server/fmgr/fmgr.h"
#include "server/types/array_slice.h"
#include "server/types/types.h"
#include "tests/unit/unit.h"

#define FN_ARRAY_IN  750
#define FN_ARRAY_OUT 751

typedef struct SliceCase {
    const char *array, *slice, *source, *expected; /* array NULL: NULL */
} SliceCase;

static const SliceCase cases[] = {
    {"{{1,2,3},{4,5,6}}", "[2:][:5]", "{{9,8},{7,6}}", "2202E array subscript out of range"},
    {NULL, "[1:]", "{9,8,7,6}", "2202E array slice subscript must provide both boundaries"},
    {NULL, "[:2]", "{NULL,5,4}", "2202E array slice subscript must provide both boundaries"},
    {"[-1:0][2:3]={{1,2},{3,4}}", "[:2]", "{9,8,7,6}", "2202E array subscript out of range"},
    {"[-1:0][2:3]={{1,2},{3,4}}", "[:0][2:3]", "{9,8}", "2202E source array too small"},
    {NULL, "[1:0]", "{{9,8},{7,6}}", "{}"},
    {NULL, "[0:2][3:3]", "{9,8,7,6}", "[0:2][3:3]={{9},{8},{7}}"},
    {"[0:2]={1,2,3}", "[1:3][-1:1]", "{9,8,7,6}", "2202E wrong number of array subscripts"},
    {"{1,2,3}", "[:2][-1:2]", "{9,8,7,6}", "2202E wrong number of array subscripts"},
    {NULL, "[1:2]", "{1,2,3,4,5,6,7,8}", "{1,2}"},
    {"{7}", "[-1:5]", "{42}", "2202E source array too small"},
    {"[0:2]={1,2,3}", "[1:1]", "{NULL,5,4}", "[0:2]={1,NULL,3}"},
    {"{{1,2},{3,4}}", "[1:2]", "{9,8,7,6}", "{{9,8},{7,6}}"},
    {"[0:2]={1,2,3}", "[1:2]", "{42}", "2202E source array too small"},
    {"{1,2,3}", "[1:3]", "{9,8,7,6}", "{9,8,7}"},
    {"{1,2,3}", "[2:1][2:2][2:5]", "{9,8}", "2202E wrong number of array subscripts"},
    {"{7}", "[1:3][0:][1:1]", "{}", "2202E wrong number of array subscripts"},
    {"{1,2,3}", "[-1:3]", "{{9,8},{7,6}}", "2202E source array too small"},
    {"{{1,2,3},{4,5,6}}", "[2:5]", "{42}", "2202E array subscript out of range"},
    {"{7}", "[0:2]", "{{9,8},{7,6}}", "[0:2]={9,8,7}"},
    {"{}", "[1:0]", "{9,8,7,6}", "{}"},
    {"{{1,2,3},{4,5,6}}", "[3:3][-1:2]", "{}", "2202E array subscript out of range"},
    {"{}", "[0:0][2:2]", "{NULL,5,4}", "[0:0][2:2]={{NULL}}"},
    {"[0:2]={1,2,3}", "[:0]", "{{9,8},{7,6}}", "[0:2]={9,2,3}"},
    {"[0:2]={1,2,3}", "[1:2]", "{1,2,3,4,5,6,7,8}", "[0:2]={1,1,2}"},
    {"{1,2,3}", "[:1]", "{NULL,5,4}", "{NULL,2,3}"},
    {"[0:2]={1,2,3}", "[0:]", "{1,2,3,4,5,6,7,8}", "[0:2]={1,2,3}"},
    {"{1,NULL,3}", "[3:]", "{9,8,7,6}", "{1,NULL,9}"},
    {"{7}", "[1:2]", "{9,8}", "{9,8}"},
    {"{1,NULL,3}", "[0:]", "{9,8,7,6}", "[0:3]={9,8,7,6}"},
    {NULL, "[1:2]", "{NULL,5,4}", "{NULL,5}"},
    {"[0:2]={1,2,3}", "[:5]", "{1,2,3,4,5,6,7,8}", "[0:5]={1,2,3,4,5,6}"},
    {"[0:2]={1,2,3}", "[2:3]", "{9,8}", "[0:3]={1,2,9,8}"},
    {"{{1,2},{3,4}}", "[:]", "{1,2,3,4,5,6,7,8}", "{{1,2},{3,4}}"},
    {"[0:2]={1,2,3}", "[2:2]", "{1,2,3,4,5,6,7,8}", "[0:2]={1,2,1}"},
    {"{{1,2},{3,4}}", "[1:]", "{{9,8},{7,6}}", "{{9,8},{7,6}}"},
    {NULL, "[3:1]", "{42}", "54000 array size exceeds the maximum allowed (134217727)"},
    {"[0:2]={1,2,3}", "[:0]", "{NULL,5,4}", "[0:2]={NULL,2,3}"},
    {"{1,NULL,3}", "[-1:2]", "{9,8,7,6}", "[-1:3]={9,8,7,6,3}"},
    {"{}", "[1:3]", "{{9,8},{7,6}}", "{9,8,7}"},
    {"{1,2,3}", "[0:2]", "{9,8,7,6}", "[0:3]={9,8,7,3}"},
    {"{1,NULL,3}", "[-1:5]", "{1,2,3,4,5,6,7,8}", "[-1:5]={1,2,3,4,5,6,7}"},
    {"{7}", "[0:0]", "{1,2,3,4,5,6,7,8}", "[0:1]={1,7}"},
    {"{{1,2,3},{4,5,6}}", "[2:2]", "{1,2,3,4,5,6,7,8}", "{{1,2,3},{1,2,3}}"},
    {"[0:2]={1,2,3}", "[-1:]", "{1,2,3,4,5,6,7,8}", "[-1:2]={1,2,3,4}"},
    {"[0:2]={1,2,3}", "[2:]", "{1,2,3,4,5,6,7,8}", "[0:2]={1,2,1}"},
    {"{1,2,3}", "[-1:0]", "{{9,8},{7,6}}", "[-1:3]={9,8,1,2,3}"},
    {"{1,NULL,3}", "[3:5]", "{1,2,3,4,5,6,7,8}", "{1,NULL,1,2,3}"},
    {"{7}", "[1:2]", "{NULL,5,4}", "{NULL,5}"},
    {"{1,NULL,3}", "[2:2]", "{42}", "{1,42,3}"},
    {"{}", "[3:3]", "{1,2,3,4,5,6,7,8}", "[3:3]={1}"},
    {"{1,2,3}", "[:2]", "{9,8}", "{9,8,3}"},
    {"{7}", "[1:5]", "{1,2,3,4,5,6,7,8}", "{1,2,3,4,5}"},
    {NULL, "[0:1]", "{{9,8},{7,6}}", "[0:1]={9,8}"},
    {"[0:2]={1,2,3}", "[:2]", "{{9,8},{7,6}}", "[0:2]={9,8,7}"},
    {"[0:2]={1,2,3}", "[1:2]", "{NULL,5,4}", "[0:2]={1,NULL,5}"},
    {"{1,2,3}", "[1:1]", "{NULL,5,4}", "{NULL,2,3}"},
    {"{{1,2},{3,4}}", "[1:1]", "{{9,8},{7,6}}", "{{9,8},{3,4}}"},
    {"{7}", "[1:2]", "{{9,8},{7,6}}", "{9,8}"},
};

static const ArrayElement element = {.type = TYPE_INT4, .len = 4, .by_value = true, .align = 'i'};

static ArrayView read_array(const char *text)
{
    FmgrSite site;
    ArrayView v;

    fmgr_site_init(&site, FN_ARRAY_IN, mem_current());
    array_open(datum_pointer(fmgr_call(&site, 0, 3,
                                       (const Datum[]){datum_of_pointer(text),
                                                       datum_of_u32(TYPE_INT4), datum_of_i32(-1)})),
               &v);
    return v;
}

static bool read_bound(const char **p, int32_t *out)
{
    char *end;

    *out = (int32_t)strtol(*p, &end, 10);
    if (end == *p)
        return false;
    *p = end;
    return true;
}

/* [lower:upper]... */
static ArraySlice read_slice(const char *p)
{
    ArraySlice s = {0};

    for (; *p == '['; s.count++) {
        p++;
        s.lower_there[s.count] = read_bound(&p, &s.lower[s.count]);
        p++;
        s.upper_there[s.count] = read_bound(&p, &s.upper[s.count]);
        p++;
    }
    return s;
}

static const char *assigned(const SliceCase *c)
{
    ArrayView array = read_array(c->array == NULL ? "{}" : c->array);
    ArrayView source = read_array(c->source);
    ArraySlice slice = read_slice(c->slice);
    FmgrSite site;
    const Datum result = datum_of_pointer(array_set_slice(&array, &element, &slice, &source));

    fmgr_site_init(&site, FN_ARRAY_OUT, mem_current());
    return datum_pointer(fmgr_call(&site, 0, 1, &result));
}

static const char *outcome(const SliceCase *c)
{
    static const char *volatile text;

    ERR_TRY() {
        text = assigned(c);
    }
    ERR_CATCH() {
        text =
            mem_printf("%s %s", err_sqlstate_text(err_caught()->sqlstate), err_caught()->message);
    }
    ERR_END();
    return text;
}

static void slices_become_what_a_server_makes_of_them(void)
{
    builtin_bind(types_builtins, types_builtin_count);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const SliceCase *c = &cases[i];
        const char *found = outcome(c);

        if (strcmp(found, c->expected) != 0)
            printf("%s%s = %s: %s, not %s\n", c->array, c->slice, c->source, found, c->expected);
        CU_ASSERT_STRING_EQUAL(found, c->expected);
    }
    builtin_bind(NULL, 0);
    fmgr_set_builtins(NULL, 0);
}

UNIT_SUITE(array_slice)
{
    UNIT_TEST(slices_become_what_a_server_makes_of_them);
}

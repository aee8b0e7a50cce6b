/* number_test.c - floating-point and random numbers, identifiers, places in the log. */
#include "common/base/base.h"

#include <math.h>

#include "common/mem/mem.h"
#include "common/text/str.h"
#include "server/fmgr/array_value.h"
#include "server/types/builtin.h"
#include "server/types/numeric.h"
#include "tests/unit/unit.h"

#define TYPE_OID_FLOAT8 701

static double f1(FmgrFunction fn, double v)
{
    const Datum arg = datum_of_f8(v);

    return datum_f8(fmgr_call_direct(fn, 0, 1, &arg));
}

static double f2(FmgrFunction fn, double a, double b)
{
    return datum_f8(fmgr_call_direct(fn, 0, 2, (const Datum[]){datum_of_f8(a), datum_of_f8(b)}));
}

static void degrees_are_exact_where_they_ought_to_be(void)
{
    CU_ASSERT_EQUAL(f1(dsind, 30), 0.5);
    CU_ASSERT_EQUAL(f1(dsind, -150), -0.5);
    CU_ASSERT_EQUAL(f1(dcosd, 60), 0.5);
    CU_ASSERT_EQUAL(f1(dcosd, 270), 0);
    CU_ASSERT_EQUAL(f1(dtand, 45), 1);
    CU_ASSERT_EQUAL(f1(dtand, 135), -1);
    CU_ASSERT_FALSE(signbit(f1(dtand, 180)));
    CU_ASSERT_EQUAL(f1(dcotd, 225), 1);
    CU_ASSERT_EQUAL(f1(dasind, 0.5), 30);
    CU_ASSERT_EQUAL(f1(dacosd, -0.5), 120);
    CU_ASSERT_EQUAL(f2(datan2d, 1, -1), 135);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE, "input is out of range",
                               f1(dsind, (double)INFINITY));
}

static void angles_of_nan_lose_its_bits(void)
{
    const FmgrFunction functions[] = {dsin,  dcos,  dtan,  dcot,  dasin,  dacos,  datan,
                                      dsind, dcosd, dtand, dcotd, dasind, dacosd, datand};
    const Datum given = UINT64_C(0xFFF8003C00000000), plain = UINT64_C(0x7FF8000000000000);

    for (size_t i = 0; i < ARRAY_LEN(functions); i++)
        CU_ASSERT_EQUAL(fmgr_call_direct(functions[i], 0, 1, &given), plain);
    CU_ASSERT_EQUAL(fmgr_call_direct(datan2, 0, 2, (const Datum[]){given, datum_of_f8(1)}), plain);
    CU_ASSERT_EQUAL(fmgr_call_direct(datan2d, 0, 2, (const Datum[]){datum_of_f8(1), given}),
                    plain);
    CU_ASSERT_EQUAL(fmgr_call_direct(dsinh, 0, 1, &given), given);
}

static void powers_of_infinity_follow_posix(void)
{
    double inf = (double)INFINITY;

    CU_ASSERT_EQUAL(f2(dpow, -inf, 3), -inf);
    CU_ASSERT_EQUAL(f2(dpow, -inf, 2), inf);
    CU_ASSERT_TRUE(signbit(f2(dpow, -inf, -3)));
    CU_ASSERT_EQUAL(f2(dpow, 0.5, inf), 0);
    CU_ASSERT_EQUAL(f2(dpow, -1, -inf), 1);
    CU_ASSERT_EQUAL(f2(dpow, (double)NAN, 0), 1);
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_ARGUMENT_FOR_POWER_FUNCTION, f2(dpow, 0, -1));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_ARGUMENT_FOR_POWER_FUNCTION, f2(dpow, -8, 0.5));
    UNIT_ASSERT_RAISES(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE, f2(dpow, 1e300, 2));
    UNIT_ASSERT_RAISES(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE, f1(dexp, -800));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_ARGUMENT_FOR_LOGARITHM, f1(dlog1, 0));
}

/* As a real server's SELECT setseed(0.5), random(), random(). */
static void a_seed_gives_the_numbers_of_postgresql(void)
{
    const Datum seed = datum_of_f8(0.5);

    fmgr_call_direct(setseed, 0, 1, &seed);
    CU_ASSERT_EQUAL(datum_f8(fmgr_call_direct(drandom, 0, 0, NULL)), 0.9851677175347999);
    CU_ASSERT_EQUAL(datum_f8(fmgr_call_direct(drandom, 0, 0, NULL)), 0.825301858027981);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INVALID_PARAMETER_VALUE,
                               "setseed parameter 1.5 is out of allowed range [-1,1]",
                               f1(setseed, 1.5));
}

static Datum uuid(const char *text)
{
    const Datum arg = datum_of_pointer(text);

    return fmgr_call_direct(uuid_in, 0, 1, &arg);
}

static void identifiers_are_read_with_hyphens_and_braces(void)
{
    const Datum a = uuid("{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}");
    const Datum b = uuid("a0eebc999c0b4ef8bb6d6bb9bd380a11");

    CU_ASSERT_STRING_EQUAL(datum_pointer(fmgr_call_direct(uuid_out, 0, 1, &a)),
                           "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
    CU_ASSERT_TRUE(datum_bool(fmgr_call_direct(uuid_eq, 0, 2, (const Datum[]){a, b})));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_TEXT_REPRESENTATION,
                       uuid("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1"));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_TEXT_REPRESENTATION,
                       uuid("a-0eebc999c0b4ef8bb6d6bb9bd380a11"));
}

static void random_identifiers_are_of_version_4(void)
{
    const uint8_t *bytes = datum_pointer(fmgr_call_direct(gen_random_uuid, 0, 0, NULL));

    CU_ASSERT_EQUAL(bytes[6] >> 4, 4);
    CU_ASSERT_EQUAL(bytes[8] >> 6, 2);
}

static Datum lsn(const char *text)
{
    const Datum arg = datum_of_pointer(text);

    return fmgr_call_direct(pg_lsn_in, 0, 1, &arg);
}

static void distances_in_the_log_need_65_bits(void)
{
    const Datum ends[] = {lsn("0/0"), lsn("FFFFFFFF/FFFFFFFF")};

    CU_ASSERT_STRING_EQUAL(numeric_to_text(fmgr_call_direct(pg_lsn_mi, 0, 2, ends)),
                           "-18446744073709551615");
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_INVALID_PARAMETER_VALUE, "pg_lsn out of range",
        fmgr_call_direct(pg_lsn_pli, 0, 2, (const Datum[]){ends[1], numeric_of_i64(1)}));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_TEXT_REPRESENTATION, lsn("0/123456789"));
}

static void an_aggregate_changes_its_state_in_place(void)
{
    const ArrayElement element = {
        .type = TYPE_OID_FLOAT8, .len = 8, .by_value = true, .align = 'd'};
    const FmgrCaller caller = {.kind = FMGR_CALLER_AGGREGATE, .mem = mem_current()};
    const uint8_t *state = array_make_list(&element, (const Datum[]){0, 0, 0}, NULL, 3);
    FmgrSite site = {.fn = float8_accum};
    FMGR_CALL_LOCAL(call, 2);

    fmgr_call_init(call, &site, 2, 0);
    call->context = &caller;
    call->args[0] = (NullableDatum){.value = datum_of_pointer(state)};
    for (int i = 1; i <= 5; i++) {
        call->args[1] = (NullableDatum){.value = datum_of_f8(1e9 + i)};
        CU_ASSERT_PTR_EQUAL(datum_pointer(fmgr_invoke(call)), state);
    }
    site.fn = float8_var_samp;
    CU_ASSERT_EQUAL(datum_f8(fmgr_invoke(call)), 2.5);
    site.fn = float8_regr_sxx;
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INTERNAL_ERROR,
                               "float8_regr_sxx: expected 6-element float8 array",
                               fmgr_invoke(call));
}

UNIT_SUITE(number)
{
    UNIT_TEST(degrees_are_exact_where_they_ought_to_be);
    UNIT_TEST(angles_of_nan_lose_its_bits);
    UNIT_TEST(powers_of_infinity_follow_posix);
    UNIT_TEST(a_seed_gives_the_numbers_of_postgresql);
    UNIT_TEST(identifiers_are_read_with_hyphens_and_braces);
    UNIT_TEST(random_identifiers_are_of_version_4);
    UNIT_TEST(distances_in_the_log_need_65_bits);
    UNIT_TEST(an_aggregate_changes_its_state_in_place);
}

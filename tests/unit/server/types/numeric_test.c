/* numeric_test.c - texts, arithmetic, storage and sums of numerics, by values of a real server. */
#include "common/base/base.h"

#include <stdio.h>

#include "common/base/bytes.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "server/types/builtin.h"
#include "server/types/numeric.h"
#include "tests/unit/unit.h"

static Datum num(const char *text)
{
    return numeric_of_text(text);
}

static const char *text1(FmgrFunction fn, const char *a)
{
    return numeric_to_text(fmgr_call_direct(fn, 0, 1, (const Datum[]){num(a)}));
}

static const char *text2(FmgrFunction fn, const char *a, const char *b)
{
    return numeric_to_text(fmgr_call_direct(fn, 0, 2, (const Datum[]){num(a), num(b)}));
}

typedef struct Case2 {
    const char *a, *b, *want;
} Case2;

static void check2(FmgrFunction fn, const Case2 *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *got = text2(fn, cases[i].a, cases[i].b);

        if (!str_equal(got, cases[i].want)) {
            printf("\n%s, %s: %s, not %s\n", cases[i].a, cases[i].b, got, cases[i].want);
            CU_FAIL("a result differs");
        }
    }
}

static void texts_are_read_and_written(void)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"0", "0"},
        {"-0.00", "0.00"},
        {" 12345.678900 ", "12345.678900"},
        {"1e5", "100000"},
        {"1.5e-3", "0.0015"},
        {"-.5", "-0.5"},
        {"5.", "5"},
        {"00010000", "10000"},
        {"0.00001234", "0.00001234"},
        {"100000000", "100000000"},
        {"nan", "NaN"},
        {"-inf", "-Infinity"},
        {"+Infinity", "Infinity"},
        {"0e1000", "0"},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CU_ASSERT_STRING_EQUAL(numeric_to_text(num(cases[i].in)), cases[i].out);
    }
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INVALID_TEXT_REPRESENTATION,
                               "invalid input syntax for type numeric: \"1e\"", num("1e"));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_TEXT_REPRESENTATION, num("."));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_TEXT_REPRESENTATION, num("1.2.3"));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE,
                               "value overflows numeric format", num("1e131072"));
    UNIT_ASSERT_RAISES(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE, num("1e-16384"));
}

static void storage_is_short_where_it_can_be(void)
{
    const uint8_t *v = datum_varlena(num("12345.678"));

    CU_ASSERT_EQUAL(varlena_size(v), 4 + 2 + 3 * 2);
    CU_ASSERT_EQUAL(load_u16(v + 4), 0x8000 | 3 << 7 | 1);
    CU_ASSERT_EQUAL(load_u16(v + 6), 1);
    CU_ASSERT_EQUAL(load_u16(v + 8), 2345);
    CU_ASSERT_EQUAL(load_u16(v + 10), 6780);
    v = datum_varlena(num("-0.0001"));
    CU_ASSERT_EQUAL(load_u16(v + 4), 0xA000 | 4 << 7 | 0x7F);
    v = datum_varlena(num("1e-64"));
    CU_ASSERT_EQUAL(varlena_size(v), 4 + 4 + 2);
    CU_ASSERT_EQUAL(load_u16(v + 4), 64);
    CU_ASSERT_EQUAL(load_u16(v + 6), (uint16_t)-16);
    CU_ASSERT_EQUAL(varlena_size(datum_varlena(num("0"))), 6);
    CU_ASSERT_EQUAL(load_u16(datum_varlena(num("nan")) + 4), 0xC000);
    CU_ASSERT_EQUAL(load_u16(datum_varlena(num("inf")) + 4), 0xD000);
    CU_ASSERT_EQUAL(load_u16(datum_varlena(num("-inf")) + 4), 0xF000);
}

static void sums_and_products_are_exact(void)
{
    static const Case2 sums[] = {
        {"1", "2", "3"},
        {"9999", "1", "10000"},
        {"99999999.9999", "0.0001", "100000000.0000"},
        {"1e30", "-1e-30", "999999999999999999999999999999.999999999999999999999999999999"},
        {"1.50", "-1.5", "0.00"},
        {"-5", "3.25", "-1.75"},
        {"inf", "-inf", "NaN"},
        {"inf", "1", "Infinity"},
    };
    static const Case2 products[] = {
        {"12345678.9", "98765432.1", "1219326311126352.69"},
        {"-9999", "9999", "-99980001"},
        {"0.0001", "0.0001", "0.00000001"},
        {"inf", "0", "NaN"},
        {"inf", "-2", "-Infinity"},
    };

    check2(numeric_add, sums, ARRAY_LEN(sums));
    check2(numeric_mul, products, ARRAY_LEN(products));
}

static void quotients_have_the_scale_of_postgresql(void)
{
    static const Case2 quotients[] = {
        {"1", "3", "0.33333333333333333333"},
        {"1e20", "3", "33333333333333333333"},
        {"1e-20", "3", "0.0000000000000000000033333333333333333333"},
        {"-7", "2", "-3.5000000000000000"},
        {"123456789012345678901234567890", "98765432109876543", "1249999988609.3750"},
        {"inf", "-2", "-Infinity"},
        {"2.5", "inf", "0"},
    };
    static const Case2 rests[] = {{"5", "3.20", "1.80"}, {"-5", "3", "-2"}, {"2.5", "inf", "2.5"}};

    check2(numeric_div, quotients, ARRAY_LEN(quotients));
    check2(numeric_mod, rests, ARRAY_LEN(rests));
    UNIT_ASSERT_RAISES(SQLSTATE_DIVISION_BY_ZERO, text2(numeric_div, "1", "0"));
    UNIT_ASSERT_RAISES(SQLSTATE_DIVISION_BY_ZERO, text2(numeric_mod, "inf", "0"));
}

static void functions_round_as_postgresql(void)
{
    static const Case2 powers[] = {
        {"2", "100", "1267650600228229401496703205376.0000000000000000"},
        {"0.1", "20", "0.0000000000000000"},
        {"1.5", "3", "3.3750000000000000"},
        {"2.5", "0.5", "1.5811388300841897"},
        {"0", "0", "1.0000000000000000"},
        {"-inf", "3", "-Infinity"},
    };

    CU_ASSERT_STRING_EQUAL(text1(numeric_sqrt, "2"), "1.414213562373095");
    CU_ASSERT_STRING_EQUAL(text1(numeric_sqrt, "12345678901234567890"), "3513641828.8201443");
    CU_ASSERT_STRING_EQUAL(text1(numeric_sqrt, "99999999.0"), "9999.9999499999999");
    CU_ASSERT_STRING_EQUAL(text1(numeric_sqrt, "1e-40"),
                           "0.0000000000000000000100000000000000000000");
    CU_ASSERT_STRING_EQUAL(text1(numeric_exp, "1"), "2.7182818284590452");
    CU_ASSERT_STRING_EQUAL(text1(numeric_exp, "-20"), "0.000000002061153622438558");
    CU_ASSERT_STRING_EQUAL(text1(numeric_exp, "100.5"),
                           "44319559098458954160107061979564816895899481.9");
    CU_ASSERT_STRING_EQUAL(text1(numeric_ln, "2"), "0.6931471805599453");
    CU_ASSERT_STRING_EQUAL(text1(numeric_ln, "1.00000000001"), "0.000000000009999999999950000");
    CU_ASSERT_STRING_EQUAL(text1(numeric_ln, "1e50"), "115.12925464970228");
    CU_ASSERT_STRING_EQUAL(text2(numeric_log, "2.0", "64.0"), "6.0000000000000000");
    check2(numeric_power, powers, ARRAY_LEN(powers));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_ARGUMENT_FOR_POWER_FUNCTION,
                       text2(numeric_power, "-8", "0.5"));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_ARGUMENT_FOR_LOGARITHM, text1(numeric_ln, "0"));
}

static void a_sum_takes_values_in_and_out(void)
{
    const FmgrCaller caller = {.kind = FMGR_CALLER_AGGREGATE, .mem = mem_current()};
    FmgrSite site = {.fn = numeric_accum};
    FMGR_CALL_LOCAL(call, 2);

    fmgr_call_init(call, &site, 2, 0);
    call->context = &caller;
    call->args[0] = (NullableDatum){.is_null = true};
    for (int i = -3; i <= 100; i++) {
        call->args[1] = (NullableDatum){.value = num(mem_printf("%d.5", i))};
        call->args[0] = (NullableDatum){.value = fmgr_invoke(call)};
    }
    site.fn = numeric_sum;
    CU_ASSERT_STRING_EQUAL(numeric_to_text(fmgr_invoke(call)), "5093.0");
    site.fn = numeric_avg;
    CU_ASSERT_STRING_EQUAL(numeric_to_text(fmgr_invoke(call)), "48.9711538461538462");
    site.fn = numeric_accum_inv;
    call->args[1] = (NullableDatum){.value = num("99.5")};
    fmgr_invoke(call);
    site.fn = numeric_sum;
    CU_ASSERT_STRING_EQUAL(numeric_to_text(fmgr_invoke(call)), "4993.5");
}

UNIT_SUITE(numeric)
{
    UNIT_TEST(texts_are_read_and_written);
    UNIT_TEST(storage_is_short_where_it_can_be);
    UNIT_TEST(sums_and_products_are_exact);
    UNIT_TEST(quotients_have_the_scale_of_postgresql);
    UNIT_TEST(functions_round_as_postgresql);
    UNIT_TEST(a_sum_takes_values_in_and_out);
}

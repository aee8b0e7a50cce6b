/* num_test.c - numbers, sizes, booleans and LSNs from and to text. */
#include "common/base/base.h"

#include "common/text/num.h"
#include "tests/unit/unit.h"

static void whole_numbers_are_read_to_the_limit(void)
{
    uint64_t u = 7;
    uint32_t v = 7;

    CU_ASSERT_TRUE(num_try_parse_u64("18446744073709551615", &u));
    CU_ASSERT_EQUAL(u, UINT64_MAX);
    CU_ASSERT_FALSE(num_try_parse_u64("18446744073709551616", &u));
    CU_ASSERT_FALSE(num_try_parse_u64("99999999999999999999", &u));
    CU_ASSERT_EQUAL(u, UINT64_MAX);
    CU_ASSERT_TRUE(num_try_parse_u64("007", &u));
    CU_ASSERT_EQUAL(u, 7);
    CU_ASSERT_TRUE(num_try_parse_u32("4294967295", &v));
    CU_ASSERT_EQUAL(v, UINT32_MAX);
    CU_ASSERT_FALSE(num_try_parse_u32("4294967296", &v));
    CU_ASSERT_FALSE(num_try_parse_u32("x", &v));
    CU_ASSERT_EQUAL(v, UINT32_MAX);
}

static void nothing_but_digits_is_a_number(void)
{
    static const char *const wrong[] = {"", " 1", "1 ", "+1", "-1", "0x1", "1.0", "1e3", "one"};
    uint64_t u = 7;

    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        CU_ASSERT_FALSE(num_try_parse_u64(wrong[i], &u));
    CU_ASSERT_EQUAL(u, 7);
}

static void signed_numbers_have_one_sign_and_their_limits(void)
{
    int64_t i = 7;

    CU_ASSERT_TRUE(num_try_parse_i64("-9223372036854775808", &i));
    CU_ASSERT_EQUAL(i, INT64_MIN);
    CU_ASSERT_TRUE(num_try_parse_i64("+9223372036854775807", &i));
    CU_ASSERT_EQUAL(i, INT64_MAX);
    CU_ASSERT_FALSE(num_try_parse_i64("9223372036854775808", &i));
    CU_ASSERT_FALSE(num_try_parse_i64("-9223372036854775809", &i));
    CU_ASSERT_FALSE(num_try_parse_i64("--1", &i));
    CU_ASSERT_FALSE(num_try_parse_i64("+-1", &i));
    CU_ASSERT_FALSE(num_try_parse_i64("-", &i));
    CU_ASSERT_FALSE(num_try_parse_i64("", &i));
    CU_ASSERT_EQUAL(i, INT64_MAX);
    CU_ASSERT_TRUE(num_try_parse_i64("-0", &i));
    CU_ASSERT_EQUAL(i, 0);
}

static void sizes_have_units(void)
{
    uint64_t size = 7;

    CU_ASSERT_TRUE(num_try_parse_size("12", 1024, &size));
    CU_ASSERT_EQUAL(size, 12288);
    CU_ASSERT_TRUE(num_try_parse_size("12B", 1024, &size));
    CU_ASSERT_EQUAL(size, 12);
    CU_ASSERT_TRUE(num_try_parse_size("1kB", 1, &size));
    CU_ASSERT_EQUAL(size, 1024);
    CU_ASSERT_TRUE(num_try_parse_size("3 MB", 1, &size));
    CU_ASSERT_EQUAL(size, 3145728);
    CU_ASSERT_TRUE(num_try_parse_size("2GB", 1, &size));
    CU_ASSERT_EQUAL(size, UINT64_C(2147483648));
    CU_ASSERT_TRUE(num_try_parse_size("16777215TB", 1, &size));
    CU_ASSERT_EQUAL(size, UINT64_C(0xFFFFFF0000000000));
    CU_ASSERT_FALSE(num_try_parse_size("16777216TB", 1, &size));
    CU_ASSERT_FALSE(num_try_parse_size("18446744073709551615", 2, &size));
    CU_ASSERT_EQUAL(size, UINT64_C(0xFFFFFF0000000000));
}

static void wrong_sizes_are_refused(void)
{
    static const char *const wrong[] = {"",    "kB",   " 1kB", "1kB ", "1 ",
                                        "1KB", "1 kb", "-1kB", "1PB",  "1.5GB"};
    uint64_t size = 7;

    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        CU_ASSERT_FALSE(num_try_parse_size(wrong[i], 1, &size));
    CU_ASSERT_EQUAL(size, 7);
}

static void booleans_are_words_or_their_beginnings(void)
{
    static const char *const yes[] = {"true", "T", "tr", "yes", "y", "on", "ON", "1"};
    static const char *const no[] = {"false", "f", "FAL", "no", "n", "off", "of", "0"};
    static const char *const wrong[] = {"", "o", "truee", "2", "10", "maybe", " on", "on "};
    bool b;

    for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
        b = false;
        CU_ASSERT_TRUE(num_try_parse_bool(yes[i], &b) && b);
    }
    for (size_t i = 0; i < ARRAY_LEN(no); i++) {
        b = true;
        CU_ASSERT_TRUE(num_try_parse_bool(no[i], &b) && !b);
    }
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        CU_ASSERT_FALSE(num_try_parse_bool(wrong[i], &b));
}

static void lsns_have_two_halves(void)
{
    static const char *const wrong[] = {"",      "/",           "1",           "1/",
                                        "/1",    "1/g",         "1 /1",        "1/1 ",
                                        "1/1/1", "123456789/0", "0/123456789", "-1/0"};
    Lsn lsn = 7;
    char text[LSN_TEXT_SIZE];

    CU_ASSERT_TRUE(lsn_try_parse("16/B3748", &lsn));
    CU_ASSERT_EQUAL(lsn, UINT64_C(0x16000B3748));
    CU_ASSERT_TRUE(lsn_try_parse("ffffffff/FFFFFFFF", &lsn));
    CU_ASSERT_EQUAL(lsn, UINT64_MAX);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        CU_ASSERT_FALSE(lsn_try_parse(wrong[i], &lsn));
    CU_ASSERT_EQUAL(lsn, UINT64_MAX);
    CU_ASSERT_EQUAL(snprintf(text, sizeof text, LSN_FMT, LSN_ARG(lsn)), LSN_TEXT_SIZE - 1);
    CU_ASSERT_STRING_EQUAL(text, "FFFFFFFF/FFFFFFFF");
    CU_ASSERT_TRUE(lsn_try_parse("0/0", &lsn));
    CU_ASSERT_EQUAL(lsn, 0);
}

static void sizes_are_printed_for_people(void)
{
    CU_ASSERT_STRING_EQUAL(num_size_text(0), "0 bytes");
    CU_ASSERT_STRING_EQUAL(num_size_text(1023), "1023 bytes");
    CU_ASSERT_STRING_EQUAL(num_size_text(1024), "1.0 kB");
    CU_ASSERT_STRING_EQUAL(num_size_text(1536), "1.5 kB");
    CU_ASSERT_STRING_EQUAL(num_size_text(10239), "10 kB");
    CU_ASSERT_STRING_EQUAL(num_size_text(1048575), "1.0 MB");
    CU_ASSERT_STRING_EQUAL(num_size_text(16777216), "16 MB");
    CU_ASSERT_STRING_EQUAL(num_size_text(UINT64_C(1) << 40), "1.0 TB");
    CU_ASSERT_STRING_EQUAL(num_size_text(UINT64_MAX), "16 EB");
}

UNIT_SUITE(num)
{
    UNIT_TEST(whole_numbers_are_read_to_the_limit);
    UNIT_TEST(nothing_but_digits_is_a_number);
    UNIT_TEST(signed_numbers_have_one_sign_and_their_limits);
    UNIT_TEST(sizes_have_units);
    UNIT_TEST(wrong_sizes_are_refused);
    UNIT_TEST(booleans_are_words_or_their_beginnings);
    UNIT_TEST(lsns_have_two_halves);
    UNIT_TEST(sizes_are_printed_for_people);
}

/* hex_test.c - hexadecimal digits. */
#include "common/base/base.h"

#include "common/text/hex.h"
#include "tests/unit/unit.h"

static void digits_of_both_cases_have_values(void)
{
    int count = 0;

    for (int c = -128; c < 128; c++)
        count += hex_digit((char)c) >= 0;
    CU_ASSERT_EQUAL(count, 22);
    CU_ASSERT_EQUAL(hex_digit('0'), 0);
    CU_ASSERT_EQUAL(hex_digit('9'), 9);
    CU_ASSERT_EQUAL(hex_digit('a'), 10);
    CU_ASSERT_EQUAL(hex_digit('F'), 15);
    CU_ASSERT_EQUAL(hex_digit('g'), -1);
}

static void bytes_are_written_in_lower_case_and_read_back(void)
{
    static const uint8_t bytes[] = {0x00, 0x7F, 0xAB, 0xFF};
    uint8_t back[4] = {0};
    char text[9];

    hex_write(bytes, 4, text);
    CU_ASSERT_STRING_EQUAL(text, "007fabff");
    CU_ASSERT_TRUE(hex_try_read(text, back, 4));
    CU_ASSERT_EQUAL(memcmp(bytes, back, 4), 0);
    CU_ASSERT_TRUE(hex_try_read("ABcd", back, 2));
    CU_ASSERT_EQUAL(back[0], 0xAB);
    hex_write(bytes, 0, text);
    CU_ASSERT_STRING_EQUAL(text, "");
}

static void what_is_no_digit_is_refused(void)
{
    uint8_t bytes[4];

    CU_ASSERT_FALSE(hex_try_read("0", bytes, 1));
    CU_ASSERT_FALSE(hex_try_read("", bytes, 1));
    CU_ASSERT_FALSE(hex_try_read("0g", bytes, 1));
    CU_ASSERT_FALSE(hex_try_read("g0", bytes, 1));
    CU_ASSERT_FALSE(hex_try_read("00 1", bytes, 2));
}

static void file_names_have_eight_upper_case_digits(void)
{
    uint32_t value = 7;

    CU_ASSERT_TRUE(hex_read_u32("FEDCBA98rest", &value));
    CU_ASSERT_EQUAL(value, 0xFEDCBA98);
    CU_ASSERT_FALSE(hex_read_u32("fedcba98", &value));
    CU_ASSERT_FALSE(hex_read_u32("1234567", &value));
    CU_ASSERT_FALSE(hex_read_u32("1234567G", &value));
    CU_ASSERT_FALSE(hex_read_u32("+1234567", &value));
    CU_ASSERT_EQUAL(value, 0xFEDCBA98);
}

UNIT_SUITE(hex)
{
    UNIT_TEST(digits_of_both_cases_have_values);
    UNIT_TEST(bytes_are_written_in_lower_case_and_read_back);
    UNIT_TEST(what_is_no_digit_is_refused);
    UNIT_TEST(file_names_have_eight_upper_case_digits);
}

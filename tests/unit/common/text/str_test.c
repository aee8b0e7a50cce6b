/* str_test.c - small questions about strings, splitting, UTF-8. */
#include "common/base/base.h"

#include "common/text/str.h"
#include "tests/unit/unit.h"

static void beginnings_and_ends_are_seen(void)
{
    CU_ASSERT_TRUE(str_equal("a", "a"));
    CU_ASSERT_FALSE(str_equal("a", "A"));
    CU_ASSERT_TRUE(str_starts_with("backup_label", "backup"));
    CU_ASSERT_TRUE(str_starts_with("x", ""));
    CU_ASSERT_FALSE(str_starts_with("back", "backup"));
    CU_ASSERT_TRUE(str_ends_with("x.partial", ".partial"));
    CU_ASSERT_TRUE(str_ends_with("x", ""));
    CU_ASSERT_FALSE(str_ends_with("partial", ".partial"));
    CU_ASSERT_FALSE(str_ends_with("x.partial.", ".partial"));
}

static void digits_are_digits_only(void)
{
    CU_ASSERT_TRUE(str_is_digits("0123456789"));
    CU_ASSERT_FALSE(str_is_digits(""));
    CU_ASSERT_FALSE(str_is_digits("12a"));
    CU_ASSERT_FALSE(str_is_digits("-1"));
}

static void a_split_gives_every_piece(void)
{
    const char *rest = "a,,b,";

    CU_ASSERT_STRING_EQUAL(str_split(&rest, ','), "a");
    CU_ASSERT_STRING_EQUAL(str_split(&rest, ','), "");
    CU_ASSERT_STRING_EQUAL(str_split(&rest, ','), "b");
    CU_ASSERT_STRING_EQUAL(str_split(&rest, ','), "");
    CU_ASSERT_PTR_NULL(rest);
    CU_ASSERT_PTR_NULL(str_split(&rest, ','));
    rest = "";
    CU_ASSERT_STRING_EQUAL(str_split(&rest, ','), "");
    CU_ASSERT_PTR_NULL(str_split(&rest, ','));
}

static void blanks_at_both_ends_are_trimmed(void)
{
    CU_ASSERT_STRING_EQUAL(str_trim(" \t\r\na b\n "), "a b");
    CU_ASSERT_STRING_EQUAL(str_trim("a"), "a");
    CU_ASSERT_STRING_EQUAL(str_trim(" \n"), "");
    CU_ASSERT_STRING_EQUAL(str_trim(""), "");
}

static bool is_utf8(const char *text)
{
    return str_is_utf8(text, strlen(text));
}

static void utf8_is_told_from_other_bytes(void)
{
    CU_ASSERT_TRUE(str_is_utf8("", 0));
    CU_ASSERT_TRUE(str_is_utf8("a\0b", 3));
    CU_ASSERT_TRUE(is_utf8("\x7F"));
    CU_ASSERT_TRUE(is_utf8("\xC2\x80"));
    CU_ASSERT_TRUE(is_utf8("\xDF\xBF"));
    CU_ASSERT_TRUE(is_utf8("\xE0\xA0\x80"));
    CU_ASSERT_TRUE(is_utf8("\xED\x9F\xBF"));
    CU_ASSERT_TRUE(is_utf8("\xEE\x80\x80"));
    CU_ASSERT_TRUE(is_utf8("\xEF\xBF\xBF"));
    CU_ASSERT_TRUE(is_utf8("\xF0\x90\x80\x80"));
    CU_ASSERT_TRUE(is_utf8("x\xF4\x8F\xBF\xBFy"));
}

static void broken_utf8_is_refused(void)
{
    CU_ASSERT_FALSE(is_utf8("\x80"));
    CU_ASSERT_FALSE(is_utf8("\xC0\x80")); /* overlong */
    CU_ASSERT_FALSE(is_utf8("\xC1\xBF"));
    CU_ASSERT_FALSE(is_utf8("\xE0\x9F\xBF"));
    CU_ASSERT_FALSE(is_utf8("\xF0\x8F\xBF\xBF"));
    CU_ASSERT_FALSE(is_utf8("\xED\xA0\x80")); /* surrogates */
    CU_ASSERT_FALSE(is_utf8("\xED\xBF\xBF"));
    CU_ASSERT_FALSE(is_utf8("\xF4\x90\x80\x80")); /* above U+10FFFF */
    CU_ASSERT_FALSE(is_utf8("\xF5\x80\x80\x80"));
    CU_ASSERT_FALSE(is_utf8("\xFF"));
    CU_ASSERT_FALSE(is_utf8("\xC2")); /* cut */
    CU_ASSERT_FALSE(is_utf8("\xE0\xA0"));
    CU_ASSERT_FALSE(is_utf8("\xF0\x90\x80"));
    CU_ASSERT_FALSE(is_utf8("\xC2z"));
    CU_ASSERT_FALSE(str_is_utf8("\xC2\x80", 1));
    CU_ASSERT_FALSE(is_utf8("gr\xFC"
                            "n"));
}

static void a_word_for_the_shell_stays_one(void)
{
    CU_ASSERT_STRING_EQUAL(str_shell_word("file:///srv/repo-1_a.b"), "file:///srv/repo-1_a.b");
    CU_ASSERT_STRING_EQUAL(str_shell_word(""), "''");
    CU_ASSERT_STRING_EQUAL(str_shell_word("a b"), "'a b'");
    CU_ASSERT_STRING_EQUAL(str_shell_word("$HOME;x"), "'$HOME;x'");
    CU_ASSERT_STRING_EQUAL(str_shell_word("o'brien"), "'o'\\''brien'");
    CU_ASSERT_STRING_EQUAL(str_shell_word("~"), "'~'");
    CU_ASSERT_STRING_EQUAL(str_shell_word("\xC3\xA4"), "'\xC3\xA4'");
}

UNIT_SUITE(str)
{
    UNIT_TEST(beginnings_and_ends_are_seen);
    UNIT_TEST(digits_are_digits_only);
    UNIT_TEST(a_split_gives_every_piece);
    UNIT_TEST(blanks_at_both_ends_are_trimmed);
    UNIT_TEST(a_word_for_the_shell_stays_one);
    UNIT_TEST(utf8_is_told_from_other_bytes);
    UNIT_TEST(broken_utf8_is_refused);
}

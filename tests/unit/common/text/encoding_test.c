/* encoding_test.c - names as PostgreSQL 15.20 takes them, validity, conversion there and back. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/text/encoding.h"
#include "common/text/str.h"
#include "tests/unit/unit.h"

/* Answers of pg_char_to_encoding(). */
static const struct {
    const char *name;
    int number;
} names[] = {
    {"UTF8", 6},       {"utf-8", 6},         {"Utf 8", 6},     {"unicode", 6},       {"latin-1", 8},
    {"iso_8859-1", 8}, {"ISO 8859-16", 17},  {"sqlascii", 0},  {"windows-1252", 24}, {"win", 23},
    {"koi8", 22},      {"abc", 19},          {"tcvn5712", 19}, {"alt", 20},          {"euc-jp", 1},
    {"mskanji", 35},   {"shiftjis2004", 41}, {"iso88595", 25}, {"gb18030", 39},      {"johab", 40},
};

static void names_are_found_however_written(void)
{
    Encoding e;

    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        CU_ASSERT_TRUE(encoding_try_find(names[i].name, &e));
        CU_ASSERT_EQUAL((int)e, names[i].number);
    }
    CU_ASSERT_FALSE(encoding_try_find("", &e));
    CU_ASSERT_FALSE(encoding_try_find("-", &e));
    CU_ASSERT_FALSE(encoding_try_find("utf9", &e));
    CU_ASSERT_FALSE(encoding_try_find("win125", &e));
    for (int i = 0; i < ENCODING_COUNT; i++) {
        CU_ASSERT_TRUE(encoding_try_find(encoding_name((Encoding)i), &e));
        CU_ASSERT_EQUAL((int)e, i);
    }
    CU_ASSERT_TRUE(encoding_is_for_server(ENCODING_KOI8U));
    CU_ASSERT_FALSE(encoding_is_for_server(ENCODING_SJIS));
    CU_ASSERT_EQUAL(encoding_max_len(ENCODING_UTF8), 4);
}

/* As a server with a database in UTF8 complains of them. */
static const struct {
    const char *bytes;
    const char *text;
} invalid[] = {
    {"\xff", "0xff"},
    {"a\xc3", "0xc3"},
    {"a\xc3(", "0xc3 0x28"},
    {"\xc0\x80", "0xc0 0x80"},
    {"abcdefghijkl\xed\xa0\x80", "0xed 0xa0 0x80"},
    {"\xe0\x80\x80x", "0xe0 0x80 0x80"},
    {"\xf4\x90\x80\x80", "0xf4 0x90 0x80 0x80"},
    {"\xf0\x8f\xbf\xbf", "0xf0 0x8f 0xbf 0xbf"},
    {"\x80", "0x80"},
};

static void check_one(size_t i)
{
    ERR_TRY() {
        encoding_check(ENCODING_UTF8, invalid[i].bytes, strlen(invalid[i].bytes));
        CU_FAIL("taken");
    }
    ERR_CATCH() {
        CU_ASSERT_EQUAL(err_caught()->sqlstate, SQLSTATE_CHARACTER_NOT_IN_REPERTOIRE);
        CU_ASSERT_TRUE(str_starts_with(err_caught()->message,
                                       "invalid byte sequence for encoding \"UTF8\": "));
        CU_ASSERT_TRUE(str_ends_with(err_caught()->message, invalid[i].text));
    }
    ERR_END();
}

static void invalid_bytes_are_named(void)
{
    for (size_t i = 0; i < ARRAY_LEN(invalid); i++)
        check_one(i);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_CHARACTER_NOT_IN_REPERTOIRE,
                               "invalid byte sequence for encoding \"UTF8\": 0x00",
                               encoding_check(ENCODING_UTF8, "a\0b", 3));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_CHARACTER_NOT_IN_REPERTOIRE,
                               "invalid byte sequence for encoding \"LATIN1\": 0x00",
                               encoding_check(ENCODING_LATIN1, "abcdefgh\0b", 10));
    encoding_check(ENCODING_UTF8, "", 0);
    encoding_check(ENCODING_SQL_ASCII, "\xff\xfe", 2);
    encoding_check(ENCODING_UTF8, "\xf4\x8f\xbf\xbf\xee\x80\x80\xed\x9f\xbf", 10);
    UNIT_ASSERT_RAISES(SQLSTATE_FEATURE_NOT_SUPPORTED, encoding_check(ENCODING_SJIS, "a", 1));
}

/* Each byte of each single-byte encoding, by way of UTF-8 and back. */
static void single_bytes_come_back(void)
{
    for (int e = ENCODING_LATIN1; e <= ENCODING_KOI8U; e++) {
        unsigned known = 0;

        for (int byte = 1; byte < 256; byte++) {
            char in = (char)byte;
            size_t len, back_len;
            const char *utf8 = encoding_convert_any((Encoding)e, ENCODING_UTF8, &in, 1, &len);
            const char *back;

            CU_ASSERT_EQUAL(encoding_valid_len(ENCODING_UTF8, utf8, len), len);
            if (len == 1 && *utf8 == '?' && in != '?')
                continue;
            known++;
            back = encoding_convert(ENCODING_UTF8, (Encoding)e, utf8, len, &back_len);
            CU_ASSERT_EQUAL(back_len, 1);
            CU_ASSERT_EQUAL(*back, in);
        }
        CU_ASSERT_TRUE(known >= 127 + 80);
    }
}

static void text_is_converted_or_left_alone(void)
{
    static const char ascii[] = "plain text of more than eight bytes";
    const char *out;
    size_t len;

    out = encoding_convert(ENCODING_UTF8, ENCODING_LATIN1, ascii, strlen(ascii), &len);
    CU_ASSERT_PTR_EQUAL(out, ascii);
    out = encoding_convert(ENCODING_SQL_ASCII, ENCODING_LATIN1, "\xff", 1, &len);
    CU_ASSERT_STRING_EQUAL(out, "\xff");
    out = encoding_convert(ENCODING_UTF8, ENCODING_WIN1252, "x\xe2\x82\xac y", 6, &len);
    CU_ASSERT_EQUAL(len, 4);
    CU_ASSERT_STRING_EQUAL(out, "x\x80 y");
    out = encoding_convert(ENCODING_KOI8R, ENCODING_WIN1251, "\xc1", 1, &len);
    CU_ASSERT_STRING_EQUAL(out, "\xe0");
    out = encoding_convert_any(ENCODING_UTF8, ENCODING_LATIN1,
                               "a\xe2\x82\xac"
                               "b",
                               5, &len);
    CU_ASSERT_STRING_EQUAL(out, "a?b");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_UNTRANSLATABLE_CHARACTER,
                               "character with byte sequence 0x81 in encoding \"WIN1252\" has no "
                               "equivalent in encoding \"UTF8\"",
                               encoding_convert(ENCODING_WIN1252, ENCODING_UTF8, "\x81", 1, &len));
    CU_ASSERT_TRUE(encoding_can_convert(ENCODING_UTF8, ENCODING_KOI8R));
    CU_ASSERT_TRUE(encoding_can_convert(ENCODING_SJIS, ENCODING_SJIS));
    CU_ASSERT_FALSE(encoding_can_convert(ENCODING_SJIS, ENCODING_UTF8));
    CU_ASSERT_FALSE(encoding_is_supported(ENCODING_BIG5));
}

static void characters_are_counted_and_kept_whole(void)
{
    CU_ASSERT_EQUAL(encoding_count(ENCODING_UTF8, "a\xc3\xa9\xe2\x82\xac", 6), 3);
    CU_ASSERT_EQUAL(encoding_count(ENCODING_LATIN1, "a\xe9", 2), 2);
    CU_ASSERT_EQUAL(encoding_clip(ENCODING_UTF8, "a\xc3\xa9\xe2\x82\xac", 6, 5), 3);
    CU_ASSERT_EQUAL(encoding_clip(ENCODING_UTF8, "a\xc3\xa9\xe2\x82\xac", 6, 3), 3);
    CU_ASSERT_EQUAL(encoding_clip(ENCODING_UTF8, "a\xc3\xa9\xe2\x82\xac", 6, 6), 6);
    CU_ASSERT_EQUAL(encoding_clip(ENCODING_LATIN1, "abc", 3, 2), 2);
    CU_ASSERT_EQUAL(encoding_char_len(ENCODING_UTF8, "\xf0"), 4);
    CU_ASSERT_EQUAL(encoding_char_len(ENCODING_UTF8, "\xff"), 1);
    UNIT_ASSERT_RAISES(SQLSTATE_FEATURE_NOT_SUPPORTED, encoding_count(ENCODING_SJIS, "a", 1));
    UNIT_ASSERT_RAISES(SQLSTATE_FEATURE_NOT_SUPPORTED, encoding_clip(ENCODING_SJIS, "ab", 2, 1));
}

UNIT_SUITE(encoding)
{
    UNIT_TEST(names_are_found_however_written);
    UNIT_TEST(invalid_bytes_are_named);
    UNIT_TEST(single_bytes_come_back);
    UNIT_TEST(text_is_converted_or_left_alone);
    UNIT_TEST(characters_are_counted_and_kept_whole);
}

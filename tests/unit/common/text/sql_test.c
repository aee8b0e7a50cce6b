/* sql_test.c - names and texts in SQL. */
#include "common/base/base.h"

#include "common/text/sql.h"
#include "tests/unit/unit.h"

static void names_are_quoted_where_they_must_be(void)
{
    CU_ASSERT_STRING_EQUAL(sql_identifier("plain_1", SQL_QUOTE_NEEDED), "plain_1");
    CU_ASSERT_STRING_EQUAL(sql_identifier("_x", SQL_QUOTE_NEEDED), "_x");
    CU_ASSERT_STRING_EQUAL(sql_identifier("Mixed", SQL_QUOTE_NEEDED), "\"Mixed\"");
    CU_ASSERT_STRING_EQUAL(sql_identifier("1st", SQL_QUOTE_NEEDED), "\"1st\"");
    CU_ASSERT_STRING_EQUAL(sql_identifier("a$b", SQL_QUOTE_NEEDED), "\"a$b\"");
    CU_ASSERT_STRING_EQUAL(sql_identifier("", SQL_QUOTE_NEEDED), "\"\"");
    CU_ASSERT_STRING_EQUAL(sql_identifier("a\"b", SQL_QUOTE_NEEDED), "\"a\"\"b\"");
    CU_ASSERT_STRING_EQUAL(sql_identifier("gr\xC3\xBCn", SQL_QUOTE_NEEDED), "\"gr\xC3\xBCn\"");
    CU_ASSERT_STRING_EQUAL(sql_identifier("plain", SQL_QUOTE_ALWAYS), "\"plain\"");
}

static void key_words_are_quoted_unless_they_are_names_too(void)
{
    CU_ASSERT_EQUAL(sql_keyword_category("select"), 'R');
    CU_ASSERT_EQUAL(sql_keyword_category("between"), 'C');
    CU_ASSERT_EQUAL(sql_keyword_category("authorization"), 'T');
    CU_ASSERT_EQUAL(sql_keyword_category("abort"), 'U');
    CU_ASSERT_EQUAL(sql_keyword_category("zone"), 'U');
    CU_ASSERT_EQUAL(sql_keyword_category("nonesuch"), 0);
    CU_ASSERT_STRING_EQUAL(sql_identifier("select", SQL_QUOTE_NEEDED), "\"select\"");
    CU_ASSERT_STRING_EQUAL(sql_identifier("between", SQL_QUOTE_NEEDED), "\"between\"");
    CU_ASSERT_STRING_EQUAL(sql_identifier("abort", SQL_QUOTE_NEEDED), "abort");
}

static const char *literal(const char *text, void (*add)(StrBuf *, const char *))
{
    StrBuf out;

    strbuf_init(&out);
    add(&out, text);
    return out.text;
}

static void texts_double_their_quotes(void)
{
    CU_ASSERT_STRING_EQUAL(literal("it's \\ so", sql_add_literal), "'it''s \\ so'");
    CU_ASSERT_STRING_EQUAL(literal("it's \\ so", sql_add_literal_escaped), "'it''s \\\\ so'");
    CU_ASSERT_STRING_EQUAL(literal("it's", sql_add_literal_any), "'it''s'");
    CU_ASSERT_STRING_EQUAL(literal("a\\b'", sql_add_literal_any), "E'a\\\\b'''");
    CU_ASSERT_STRING_EQUAL(literal("", sql_add_literal), "''");
}

static void dollars_grow_until_the_text_has_none_of_them(void)
{
    StrBuf out;

    strbuf_init(&out);
    sql_add_dollar_quoted(&out, "select 1", "");
    CU_ASSERT_STRING_EQUAL(out.text, "$$select 1$$");
    strbuf_clear(&out);
    sql_add_dollar_quoted(&out, "costs $5", "");
    CU_ASSERT_STRING_EQUAL(out.text, "$_$costs $5$_$");
    strbuf_clear(&out);
    sql_add_dollar_quoted(&out, "$ and $_ and $_X", "");
    CU_ASSERT_STRING_EQUAL(out.text, "$_XX$$ and $_ and $_X$_XX$");
}

UNIT_SUITE(sql)
{
    UNIT_TEST(names_are_quoted_where_they_must_be);
    UNIT_TEST(key_words_are_quoted_unless_they_are_names_too);
    UNIT_TEST(texts_double_their_quotes);
    UNIT_TEST(dollars_grow_until_the_text_has_none_of_them);
}

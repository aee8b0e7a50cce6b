/* parser_test.c - trees, errors and the settings that literals depend on. */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "server/config/setting.h"
#include "server/parser/parser.h"
#include "tests/unit/unit.h"

static List *parse(const char *text)
{
    return parser_parse(text, PARSE_STATEMENTS, ENCODING_UTF8);
}

/* The expression of "select TEXT". */
static Node *expression(const char *text)
{
    RawStmt *raw = list_at(parse(mem_printf("select %s", text)), 0);
    SelectStmt *select = (SelectStmt *)(void *)raw->stmt;

    return ((Target *)list_at(select->targets, 0))->value;
}

static const char *literal(const char *text)
{
    return ((RawConst *)(void *)expression(text))->value;
}

static bool are_same(const char *plain, const char *parenthesized)
{
    return node_equal(expression(plain), expression(parenthesized));
}

static void operators_bind_as_the_manual_says(void)
{
    CU_ASSERT_TRUE(are_same("a or b and not c = d", "(a or (b and (not (c = d))))"));
    CU_ASSERT_TRUE(are_same("a + b * c ^ d ^ e", "a + (b * ((c ^ d) ^ e))"));
    CU_ASSERT_TRUE(are_same("- a ^ b", "(- a) ^ b"));
    CU_ASSERT_TRUE(are_same("- a::int[1]", "- (a::int[1])"));
    CU_ASSERT_TRUE(are_same("a || b + c < d", "(a || (b + c)) < d"));
    CU_ASSERT_TRUE(are_same("a is null = b", "(a is null) = b"));
    CU_ASSERT_TRUE(are_same("a = b is null", "(a = b) is null"));
    CU_ASSERT_TRUE(are_same("a < b in (c)", "a < (b in (c))"));
    CU_ASSERT_TRUE(are_same("a between b and c and d", "(a between b and c) and d"));
    CU_ASSERT_TRUE(
        are_same("a collate x at time zone b * c", "((a collate x) at time zone b) * c"));
    CU_ASSERT_TRUE(are_same("not a is true", "not (a is true)"));
    CU_ASSERT_TRUE(are_same("a operator(s.*) b * c", "a operator(s.*) (b * c)"));
    CU_ASSERT_FALSE(are_same("a - b - c", "a - (b - c)"));
}

static void statements_know_their_place(void)
{
    List *list = parse("select 1 ; ;\n select 2;select 3");
    const RawStmt *second;

    CU_ASSERT_EQUAL_FATAL(list_count(list), 3);
    second = list_at(list, 1);
    CU_ASSERT_EQUAL(((RawStmt *)list_at(list, 0))->length, 9);
    CU_ASSERT_EQUAL(second->loc, 12);
    CU_ASSERT_EQUAL(second->length, 10);
    CU_ASSERT_EQUAL(((RawStmt *)list_at(list, 2))->length, 0);
    CU_ASSERT_PTR_NULL(parse(" ; ;; -- nothing\n"));
}

static void other_entries_read_types_and_expressions(void)
{
    List *list = parser_parse("numeric(10, 2)[]", PARSE_TYPE_NAME, ENCODING_UTF8);
    const TypeName *type = list_at(list, 0);

    CU_ASSERT_EQUAL(type->tag, NODE_TypeName);
    CU_ASSERT_EQUAL(list_count(type->typmods), 2);
    CU_ASSERT_EQUAL(list_count(type->array_bounds), 1);
    list = parser_parse("a + 1 from t where b", PARSE_EXPRESSION, ENCODING_UTF8);
    CU_ASSERT_TRUE(node_equal(((RawStmt *)list_at(list, 0))->stmt,
                              ((RawStmt *)list_at(parse("select a + 1 from t where b"), 0))->stmt));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_SYNTAX_ERROR, "syntax error at or near \"x\"",
                               parser_parse("int x", PARSE_TYPE_NAME, ENCODING_UTF8));
}

static int error_position(const char *text)
{
    volatile int position = -1;

    ERR_TRY() {
        parse(text);
    }
    ERR_CATCH() {
        position = err_caught()->position;
    }
    ERR_END();
    return position;
}

static void errors_say_where_in_characters(void)
{
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_SYNTAX_ERROR, "syntax error at or near \"from\"",
                               parse("select 'é' from from"));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_SYNTAX_ERROR, "syntax error at end of input",
                               parse("select 1 +"));
    CU_ASSERT_EQUAL(error_position("select 'éé' from from"), 18);
    CU_ASSERT_EQUAL(error_position("select 1 +"), 11);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_SYNTAX_ERROR,
                               "unterminated quoted string at or near \"'abc\"",
                               parse("select 'abc"));
}

static void deep_nesting_is_refused_not_crashed(void)
{
    StrBuf text;

    strbuf_init(&text);
    strbuf_add(&text, "select ");
    strbuf_add_chars(&text, '(', 100000);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_SYNTAX_ERROR, "memory exhausted at or near \"(\"",
                               parse(text.text));
    strbuf_clear(&text);
    strbuf_add(&text, "select 1");
    for (int i = 0; i < 50000; i++)
        strbuf_add(&text, "+1");
    CU_ASSERT_EQUAL(list_count(parse(text.text)), 1);
    UNIT_ASSERT_RAISES(SQLSTATE_STATEMENT_TOO_COMPLEX, node_copy(parse(text.text)));
}

static void literals_follow_the_settings(void)
{
    bool standard_before = setting.standard_conforming_strings;

    CU_ASSERT_STRING_EQUAL(literal("'a\\nb'"), "a\\nb");
    CU_ASSERT_STRING_EQUAL(literal("e'a\\nb\\x41\\102\\u00e9'"), "a\nbAB\xC3\xA9");
    CU_ASSERT_STRING_EQUAL(literal("'a'\n 'b'"), "ab");
    CU_ASSERT_STRING_EQUAL(literal("$x$a$$'$x$"), "a$$'");
    CU_ASSERT_STRING_EQUAL(literal("U&'d!0061t!+0000E9!!' uescape '!'"), "dat\xC3\xA9!");
    setting.standard_conforming_strings = false;
    setting.escape_string_warning = false;
    CU_ASSERT_STRING_EQUAL(literal("'a\\nb'"), "a\nb");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_FEATURE_NOT_SUPPORTED,
                               "unsafe use of string constant with Unicode escapes",
                               parse("select U&'a'"));
    setting.backslash_quote = BACKSLASH_QUOTE_OFF;
    UNIT_ASSERT_RAISES(SQLSTATE_NONSTANDARD_USE_OF_ESCAPE_CHARACTER, parse("select 'a\\''"));
    setting.backslash_quote = BACKSLASH_QUOTE_SAFE_ENCODING;
    setting.escape_string_warning = true;
    setting.standard_conforming_strings = standard_before;
    UNIT_ASSERT_RAISES(SQLSTATE_CHARACTER_NOT_IN_REPERTOIRE, parse("select e'\\xff'"));
}

static void names_are_folded_and_cut(void)
{
    RangeVar *var;
    SelectStmt *select;
    const char *text = "table ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJ"
                       "\xC3\xA9x";

    err_set_log_level(ERR_WARNING);
    select = (SelectStmt *)(void *)((RawStmt *)list_at(parse(text), 0))->stmt;
    err_set_log_level(ERR_NOTICE);
    var = list_at(select->from, 0);
    /* 62 letters and a character of two bytes: it does not fit, and is not cut in half. */
    CU_ASSERT_EQUAL(strlen(var->relation), 62);
    CU_ASSERT_STRING_EQUAL(var->relation + 52, "abcdefghij");
}

static void numbers_become_what_holds_them(void)
{
    CU_ASSERT_EQUAL(((RawConst *)(void *)expression("-2147483647"))->number, -2147483647);
    CU_ASSERT_EQUAL(((RawConst *)(void *)expression("2147483648"))->kind, CONST_FLOAT);
    CU_ASSERT_STRING_EQUAL(literal("-1.50e3"), "-1.50e3");
    CU_ASSERT_STRING_EQUAL(literal("-99999999999"), "-99999999999");
}

UNIT_SUITE(parser)
{
    UNIT_TEST(operators_bind_as_the_manual_says);
    UNIT_TEST(statements_know_their_place);
    UNIT_TEST(other_entries_read_types_and_expressions);
    UNIT_TEST(errors_say_where_in_characters);
    UNIT_TEST(deep_nesting_is_refused_not_crashed);
    UNIT_TEST(literals_follow_the_settings);
    UNIT_TEST(names_are_folded_and_cut);
    UNIT_TEST(numbers_become_what_holds_them);
}

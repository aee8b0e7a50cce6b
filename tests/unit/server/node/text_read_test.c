/* text_read_test.c - stored text becomes trees, and damaged text an error. */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "server/config/setting.h"
#include "server/fmgr/varlena.h"
#include "server/node/bitset.h"
#include "server/node/text_read.h"
#include "tests/unit/unit.h"

#define VAR                                                                            \
 "{VAR :varno 1 :varattno -3 :vartype 4294967295 :vartypmod -1 :varcollid 100 "        \
 ":varlevelsup 0 :varnosyn 2 :varattnosyn 4 :location 17}"
#define CONST_OF(len, by_value, value)                                                    \
 "{CONST :consttype 23 :consttypmod -1 :constcollid 0 :constlen " len " :constbyval "     \
 by_value " :constisnull false :location -1 :constvalue " value "}"

static void fields_get_their_values(void)
{
    const Var *var = node_read_text_exact(VAR);

    CU_ASSERT_TRUE_FATAL(node_is(var, Var));
    CU_ASSERT_EQUAL(var->rt_index, 1);
    CU_ASSERT_EQUAL(var->attno, -3);
    CU_ASSERT_EQUAL(var->type, UINT32_MAX);
    CU_ASSERT_EQUAL(var->typmod, -1);
    CU_ASSERT_EQUAL(var->collation, 100);
    CU_ASSERT_EQUAL(var->syntax_rt_index, 2);
    CU_ASSERT_EQUAL(var->loc, 17);
}

static void locations_are_forgotten_unless_asked_for(void)
{
    const List *list = node_read_text("(" VAR " {RANGETBLREF :rtindex 7})");

    CU_ASSERT_EQUAL_FATAL(list_count(list), 2);
    CU_ASSERT_EQUAL(((const Var *)list_at(list, 0))->loc, NODE_NO_LOCATION);
    CU_ASSERT_EQUAL(((const RangeTblRef *)list_at(list, 1))->rt_index, 7);
}

static void blanks_may_be_of_any_kind_and_number(void)
{
    const RangeTblRef *ref = node_read_text(" \n{RANGETBLREF\t  :rtindex\n\n7 \t} ");

    CU_ASSERT_EQUAL(ref->rt_index, 7);
}

static void texts_lose_their_backslashes(void)
{
    const Alias *alias = node_read_text(
        "{ALIAS :aliasname \\<a\\ b\\\\\\{c\\\n :colnames (\"\" \"\\1x\" \"q\"uo\" \"\\\"\\)\")}");

    CU_ASSERT_STRING_EQUAL(alias->name, "<a b\\{c\n");
    CU_ASSERT_EQUAL_FATAL(list_count(alias->columns), 4);
    CU_ASSERT_STRING_EQUAL(((const String *)list_at(alias->columns, 0))->value, "");
    CU_ASSERT_STRING_EQUAL(((const String *)list_at(alias->columns, 1))->value, "1x");
    CU_ASSERT_STRING_EQUAL(((const String *)list_at(alias->columns, 2))->value, "q\"uo");
    CU_ASSERT_STRING_EQUAL(((const String *)list_at(alias->columns, 3))->value, "\")");
}

static void no_text_is_not_the_empty_text(void)
{
    const NotifyStmt *stmt = node_read_text("{NOTIFYSTMT :conditionname \"\" :payload <>}");

    CU_ASSERT_STRING_EQUAL(stmt->channel, "");
    CU_ASSERT_PTR_NULL(stmt->payload);
    CU_ASSERT_PTR_NULL(node_read_text("<>"));
}

static void values_stand_in_lists_as_tokens(void)
{
    const List *list = node_read_text("(1 -2147483648 2147483648 1.5 .5 true false b101 x1F <>)");

    CU_ASSERT_EQUAL_FATAL(list_count(list), 10);
    CU_ASSERT_EQUAL(((const Integer *)list_at(list, 0))->value, 1);
    CU_ASSERT_EQUAL(((const Integer *)list_at(list, 1))->value, INT32_MIN);
    CU_ASSERT_TRUE(node_is(list_at(list, 2), Float));
    CU_ASSERT_STRING_EQUAL(((const Float *)list_at(list, 2))->value, "2147483648");
    CU_ASSERT_STRING_EQUAL(((const Float *)list_at(list, 3))->value, "1.5");
    CU_ASSERT_STRING_EQUAL(((const Float *)list_at(list, 4))->value, ".5");
    CU_ASSERT_TRUE(((const Boolean *)list_at(list, 5))->value);
    CU_ASSERT_FALSE(((const Boolean *)list_at(list, 6))->value);
    CU_ASSERT_STRING_EQUAL(((const BitString *)list_at(list, 7))->value, "b101");
    CU_ASSERT_STRING_EQUAL(((const BitString *)list_at(list, 8))->value, "x1F");
    CU_ASSERT_PTR_NULL(list_at(list, 9));
}

static void bit_strings_are_digits(void)
{
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, node_read_text("(b102)"));
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, node_read_text("(b10\\ 1)"));
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, node_read_text("(x1G)"));
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, node_read_text("(x\\))"));
    CU_ASSERT_EQUAL(list_count(node_read_text("(b x)")), 2);
}

static void lists_of_numbers_keep_their_kind(void)
{
    const List *list = node_read_text("((i -1 2) (o 4294967295) ((i 1)))");

    CU_ASSERT_EQUAL(((const List *)list_at(list, 0))->tag, NODE_IntList);
    CU_ASSERT_EQUAL(list_int_at(list_at(list, 0), 0), -1);
    CU_ASSERT_EQUAL(((const List *)list_at(list, 1))->tag, NODE_OidList);
    CU_ASSERT_EQUAL(list_oid_at(list_at(list, 1), 0), UINT32_MAX);
    CU_ASSERT_EQUAL(((const List *)list_at(list, 2))->tag, NODE_List);
    CU_ASSERT_PTR_NULL(node_read_text("()"));
    CU_ASSERT_PTR_NULL(node_read_text("(i )"));
}

static void datums_come_in_three_forms(void)
{
    const Const *constant = node_read_text(CONST_OF("4", "true", "4 [ -1 -1 -1 -1 -1 -1 -1 -1 ]"));

    CU_ASSERT_EQUAL(datum_i32(constant->value), -1);
    constant = node_read_text(CONST_OF("-1", "false", "6 [ 24 0 0 0 -61 97 ]"));
    CU_ASSERT_EQUAL(varlena_len(datum_varlena(constant->value)), 2);
    CU_ASSERT_EQUAL(varlena_bytes(datum_varlena(constant->value))[0], 0xC3);
    constant = node_read_text(CONST_OF("-2", "false", "2 [ 97 0 ]"));
    CU_ASSERT_STRING_EQUAL((const char *)datum_pointer(constant->value), "a");
    constant = node_read_text(CONST_OF("3", "false", "3 [ 1 2 3 ]"));
    CU_ASSERT_EQUAL(memcmp(datum_pointer(constant->value), "\1\2\3", 3), 0);
}

static void words_and_numbers_stand_for_choices(void)
{
    const BoolExpr *expr = node_read_text("{BOOLEXPR :boolop or :args <> :location 1}");
    const NullTest *test =
        node_read_text("{NULLTEST :arg <> :nulltesttype 1 :argisrow true :location 1}");
    const PartitionRangeDatum *bound =
        node_read_text("{PARTITIONRANGEDATUM :kind -1 :value <> :location -1}");

    CU_ASSERT_EQUAL(expr->kind, BOOL_OR);
    CU_ASSERT_TRUE(test->is_not && test->is_row);
    CU_ASSERT_EQUAL(bound->kind, RANGE_BOUND_MIN);
}

static bool is_refused(const char *text)
{
    volatile bool is_raised = false;

    ERR_TRY() {
        node_read_text(text);
    }
    ERR_CATCH() {
        is_raised = err_caught()->sqlstate == SQLSTATE_INTERNAL_ERROR;
    }
    ERR_END();
    return is_raised;
}

/* Each line is damaged in one place. */
static void damage_is_an_error(void)
{
    static const char *const texts[] = {
        "",
        " ",
        "nonsense",
        "{",
        "{}",
        "{VAR",
        "{VAR}",
        "{SELECTSTMT}",
        "{FOO :a 1}",
        "{RANGETBLREF :rtindex 1",
        "{RANGETBLREF :rtindex 1}}",
        "{RANGETBLREF :rtindex 1} x",
        "{RANGETBLREF :rtindex}",
        "{RANGETBLREF :rtindex }",
        "{RANGETBLREF :rtindex 1x}",
        "{RANGETBLREF :rtindex -}",
        "{RANGETBLREF :rtindex 2147483648}",
        "{RANGETBLREF :rtindex -2147483649}",
        "{RANGETBLREF :rtindex 99999999999999999999999999999}",
        "{RANGETBLREF :rtindexx 1}",
        "{RANGETBLREF :varno 1}",
        "{RANGETBLREFF :rtindex 1}",
        "{rangetblref :rtindex 1}",
        "(",
        "(1",
        "(i 1",
        "(i x)",
        "(o -1)",
        "1x",
        "-",
        "+-1",
        "tru",
        "<",
        "<>x",
        "\"",
        "\"abc",
        "\"abc\\\"",
        "\"\\\\\\\"",
        "{ALIAS :aliasname \\",
        "{ALIAS :aliasname  :colnames <>}",
        "{ALIAS :aliasname a :colnames (i 1)}",
        "{ALIAS :aliasname a :colnames (1)}",
        "{ALIAS :aliasname a :colnames (<>)}",
        "{ALIAS :aliasname a :colnames {RANGETBLREF :rtindex 1}}",
        "{BOOLEXPR :boolop xor :args <> :location 1}",
        "{BOOLEXPR :boolop an :args <> :location 1}",
        "{BOOLEXPR :boolop <> :args <> :location 1}",
        "{NULLTEST :arg <> :nulltesttype 2 :argisrow true :location 1}",
        "{NULLTEST :arg <> :nulltesttype 1 :argisrow yes :location 1}",
        "{PARTITIONRANGEDATUM :kind -2 :value <> :location -1}",
        "{PARTITIONRANGEDATUM :kind 2 :value <> :location -1}",
        "{PARTITIONBOUNDSPEC :strategy rr :is_default false :modulus 0 :remainder 0 :listdatums <> "
        ":lowerdatums <> :upperdatums <> :location -1}",
        "{GROUPINGSET :kind 1 :content {RANGETBLREF :rtindex 1} :location 1}",
        "{RANGETBLFUNCTION :funcexpr <> :funccolcount 1 :funccolnames <> :funccoltypes <> "
        ":funccoltypmods <> :funccolcollations <> :funcparams (b 65536)}",
        "{RANGETBLFUNCTION :funcexpr <> :funccolcount 1 :funccolnames <> :funccoltypes <> "
        ":funccoltypmods <> :funccolcollations <> :funcparams (i 1)}",
        CONST_OF("4", "true", "4 [ 1 0 0 0 0 0 0 ]"),
        CONST_OF("4", "true", "4 [ 1 0 0 0 0 0 0 0 0 ]"),
        CONST_OF("4", "true", "4 [ 1 0 0 0 0 0 0 128 ]"),
        CONST_OF("4", "true", "8 [ 1 0 0 0 0 0 0 0 ]"),
        CONST_OF("16", "true", "16 [ 1 0 0 0 0 0 0 0 ]"),
        CONST_OF("4", "true", "<>"),
        CONST_OF("-1", "false", "3 [ 12 0 0 ]"),
        CONST_OF("-1", "false", "5 [ 16 0 0 0 1 ]"),
        CONST_OF("-1", "false", "5 [ 18 0 0 0 1 ]"),
        CONST_OF("-1", "false", "2 [ 5 0 ]"),
        CONST_OF("-1", "false", "1073741823 [ -4 -1 -1 -1 ]"),
        CONST_OF("-1", "false", "-5 [ 16 0 0 0 1 ]"),
        CONST_OF("-2", "false", "2 [ 97 97 ]"),
        CONST_OF("-2", "false", "3 [ 97 0 0 ]"),
        CONST_OF("-2", "false", "0 [ ]"),
        CONST_OF("-3", "false", "4 [ 1 2 3 4 ]"),
        CONST_OF("0", "false", "0 [ ]"),
        CONST_OF("3", "false", "4 [ 1 2 3 4 ]"),
        CONST_OF("3", "false", "3 ( 1 2 3 )"),
        CONST_OF("40000", "true", "4 [ 1 0 0 0 0 0 0 0 ]"),
        "{CONST :consttype 23 :consttypmod -1 :constcollid 0 :constlen 4 :constbyval true "
        ":constisnull true :location -1 :constvalue 4 [ 1 0 0 0 0 0 0 0 ]}",
    };

    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        if (!is_refused(texts[i]))
            CU_FAIL(texts[i]);
    }
}

static void errors_say_what_was_expected_where(void)
{
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INTERNAL_ERROR,
                               "could not read stored tree: a number expected at byte 22",
                               node_read_text("{RANGETBLREF :rtindex x}"));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INTERNAL_ERROR,
                               "could not read stored tree: \":rtindex\" expected at byte 13",
                               node_read_text("{RANGETBLREF :rt 1}"));
}

static void a_cut_text_is_never_a_tree(void)
{
    const char *whole = "({JOINEXPR :jointype 0 :isNatural false :larg " VAR " :rarg <> "
                        ":usingClause (\"a\") :join_using_alias <> :quals " CONST_OF(
                            "-1", "false", "5 [ 20 0 0 0 1 ]") " :alias {ALIAS :aliasname x "
                        ":colnames <>} :rtindex 3})";

    CU_ASSERT_PTR_NOT_NULL(node_read_text(whole));
    for (size_t len = 0; len < strlen(whole); len++) {
        char *cut = mem_strndup(whole, len);

        UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, node_read_text(cut));
        mem_free(cut);
    }
}

static void depth_is_refused(void)
{
    int before = setting.max_stack_depth;
    StrBuf text;

    strbuf_init(&text);
    strbuf_add_chars(&text, '(', 1000000);
    setting.max_stack_depth = 500;
    UNIT_ASSERT_RAISES(SQLSTATE_STATEMENT_TOO_COMPLEX, node_read_text(text.text));
    setting.max_stack_depth = before;
}

UNIT_SUITE(text_read)
{
    UNIT_TEST(fields_get_their_values);
    UNIT_TEST(locations_are_forgotten_unless_asked_for);
    UNIT_TEST(blanks_may_be_of_any_kind_and_number);
    UNIT_TEST(texts_lose_their_backslashes);
    UNIT_TEST(no_text_is_not_the_empty_text);
    UNIT_TEST(values_stand_in_lists_as_tokens);
    UNIT_TEST(bit_strings_are_digits);
    UNIT_TEST(lists_of_numbers_keep_their_kind);
    UNIT_TEST(datums_come_in_three_forms);
    UNIT_TEST(words_and_numbers_stand_for_choices);
    UNIT_TEST(damage_is_an_error);
    UNIT_TEST(errors_say_what_was_expected_where);
    UNIT_TEST(a_cut_text_is_never_a_tree);
    UNIT_TEST(depth_is_refused);
}

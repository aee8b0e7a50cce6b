/* text_write_test.c - trees become the text that PostgreSQL would store. */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/node/bitset.h"
#include "server/node/node.h"
#include "server/node/node_kind.h"
#include "server/node/text_read.h"
#include "server/node/text_write.h"
#include "tests/unit/unit.h"

static char *written(const char *name)
{
    Alias *alias = node_new(Alias);

    alias->name = name;
    return node_write_text(alias);
}

/* What a real server makes of such names. */
static void texts_get_backslashes_where_they_would_mislead(void)
{
    static const char *const pairs[][2] = {
        {NULL, "<>"},         {"", "\"\""},       {"a b", "a\\ b"},
        {"<>", "\\<>"},       {"a<", "a<"},       {"1x", "\\1x"},
        {"x1", "x1"},         {"-5", "\\-5"},     {"-", "-"},
        {"-x", "-x"},         {"+.5", "\\+.5"},   {"-.x", "\\-.x"},
        {".5", ".5"},         {"\"", "\\\""},     {"quo\"te", "quo\"te"},
        {"\\", "\\\\"},       {"({", "\\(\\{"},   {"x)}", "x\\)\\}"},
        {"a\tb", "a\\\tb"},   {"a\nb", "a\\\nb"}, {"a\rb", "a\rb"},
        {"[ 1 ]", "[\\ 1\\ ]"}, {"~", "~"},       {":label", ":label"},
    };

    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        const char *expected = mem_printf("{ALIAS :aliasname %s :colnames <>}", pairs[i][1]);
        const Alias *again;

        CU_ASSERT_STRING_EQUAL(written(pairs[i][0]), expected);
        again = node_read_text(expected);
        if (pairs[i][0] != NULL)
            CU_ASSERT_STRING_EQUAL(again->name, pairs[i][0]);
    }
}

static void values_are_tokens(void)
{
    List *list = list_of3(node_string(""), node_string("-5"), node_integer(INT32_MIN));
    Boolean *boolean = node_new(Boolean);
    Float *number = node_new(Float);
    BitString *bits = node_new(BitString);

    boolean->value = true;
    number->value = "1e100";
    bits->value = "b101";
    list = list_add(list_add(list_add(list_add(list, boolean), number), bits), NULL);
    CU_ASSERT_STRING_EQUAL(node_write_text(list),
                           "(\"\" \"\\-5\" -2147483648 true 1e100 b101 <>)");
}

static void lists_of_numbers_say_what_they_are(void)
{
    List *ints = list_add_int(list_add_int(NULL, -1), 2);

    CU_ASSERT_STRING_EQUAL(node_write_text(ints), "(i -1 2)");
    CU_ASSERT_STRING_EQUAL(node_write_text(list_add_oid(NULL, UINT32_MAX)), "(o 4294967295)");
    CU_ASSERT_STRING_EQUAL(node_write_text(list_new(NODE_IntList)), "<>");
    CU_ASSERT_STRING_EQUAL(node_write_text(NULL), "<>");
}

static void an_entry_has_the_fields_of_its_kind_alone(void)
{
    RangeTblEntry *entry = node_new(RangeTblEntry);
    const char *rest = "false :inh false :inFromCl false :requiredPerms 0 :checkAsUser 0 "
                       ":selectedCols (b) :insertedCols (b 1 70) :updatedCols (b) "
                       ":extraUpdatedCols (b) :securityQuals <>}";

    entry->inserted_columns = bitset_add(bitset_add(NULL, 70), 1);
    entry->kind = RTE_NAMED_STORE;
    entry->store = "s";
    entry->store_rows = 1e6;
    entry->relation = 5;
    CU_ASSERT_STRING_EQUAL(
        node_write_text(entry),
        mem_printf("{RANGETBLENTRY :alias <> :eref <> :rtekind 7 :enrname s :enrtuples 1000000 "
                   ":relid 5 :coltypes <> :coltypmods <> :colcollations <> :lateral %s",
                   rest));
    entry->kind = RTE_RESULT;
    CU_ASSERT_STRING_EQUAL(
        node_write_text(entry),
        mem_printf("{RANGETBLENTRY :alias <> :eref <> :rtekind 8 :lateral %s", rest));
}

static void bytes_of_datums_have_signs(void)
{
    Const *constant = node_new(Const);

    constant->len = 2;
    constant->by_value = true;
    constant->value = datum_of_i16(-2);
    CU_ASSERT_STRING_EQUAL(node_write_text(constant),
                           "{CONST :consttype 0 :consttypmod 0 :constcollid 0 :constlen 2 "
                           ":constbyval true :constisnull false :location 0 :constvalue 2 [ -2 -1 "
                           "-1 -1 -1 -1 -1 -1 ]}");
    constant->is_null = true;
    CU_ASSERT_STRING_EQUAL(node_write_text(constant),
                           "{CONST :consttype 0 :consttypmod 0 :constcollid 0 :constlen 2 "
                           ":constbyval true :constisnull true :location 0 :constvalue <>}");
}

static void what_cannot_be_stored_is_refused(void)
{
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INTERNAL_ERROR,
                               "a node of kind SelectStmt cannot be stored",
                               node_write_text(node_new(SelectStmt)));
}

/* By the table: whatever kind, with nothing set. */
static void empty_nodes_of_all_kinds_read_back(void)
{
    for (unsigned tag = NODE_OidList + 1; tag < NODE_TAG_COUNT; tag++) {
        const NodeKind *kind = &node_kinds[tag];
        Node *node, *again;

        if (kind->label == NULL)
            continue;
        node = node_alloc(kind->size, (NodeTag)tag);
        /* Zero is no value of this choice; a Const's value must have a length. */
        if (tag == NODE_RowCompareExpr)
            ((RowCompareExpr *)(void *)node)->kind = ROW_COMPARE_LT;
        if (tag == NODE_Const)
            ((Const *)(void *)node)->is_null = true;
        again = node_read_text_exact(node_write_text(node));
        CU_ASSERT_EQUAL(again->tag, tag);
        CU_ASSERT_TRUE(node_equal(node, again));
    }
}

static void depth_is_refused(void)
{
    int before = setting.max_stack_depth;
    Node *node = NULL;

    for (int i = 0; i < 100000; i++) {
        CollateExpr *expr = node_new(CollateExpr);

        expr->arg = node;
        node = (Node *)(void *)expr;
    }
    setting.max_stack_depth = 500;
    UNIT_ASSERT_RAISES(SQLSTATE_STATEMENT_TOO_COMPLEX, node_write_text(node));
    setting.max_stack_depth = before;
}

UNIT_SUITE(text_write)
{
    UNIT_TEST(texts_get_backslashes_where_they_would_mislead);
    UNIT_TEST(values_are_tokens);
    UNIT_TEST(lists_of_numbers_say_what_they_are);
    UNIT_TEST(an_entry_has_the_fields_of_its_kind_alone);
    UNIT_TEST(bytes_of_datums_have_signs);
    UNIT_TEST(what_cannot_be_stored_is_refused);
    UNIT_TEST(empty_nodes_of_all_kinds_read_back);
    UNIT_TEST(depth_is_refused);
}

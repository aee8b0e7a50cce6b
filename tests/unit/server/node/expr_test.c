/* expr_test.c - what expressions yield where fields alone do not say it, and where they begin. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/node/expr.h"
#include "tests/unit/unit.h"

static Const *constant(Oid type, int typmod, int location)
{
    Const *c = node_new(Const);

    c->type = type;
    c->typmod = typmod;
    c->collation = 100;
    c->len = 4;
    c->by_value = true;
    c->value = datum_of_i32(5);
    c->loc = location;
    return c;
}

static TargetEntry *target(void *expr)
{
    TargetEntry *entry = node_new(TargetEntry);

    entry->expr = expr;
    return entry;
}

static SubLink *sublink(SubLinkKind kind, void *column)
{
    SubLink *link = node_new(SubLink);
    Query *query = node_new(Query);

    query->targets = list_of(target(column));
    query->loc = 1;
    link->kind = kind;
    link->query = (Node *)(void *)query;
    link->loc = 40;
    return link;
}

static Oid array_of(Oid type)
{
    return type == 1043 ? 1015 : 0;
}

static void nothing_has_no_type(void)
{
    CU_ASSERT_EQUAL(node_expr_type(NULL), 0);
    CU_ASSERT_EQUAL(node_expr_typmod(NULL), NODE_NO_TYPMOD);
    CU_ASSERT_EQUAL(node_expr_collation(NULL), 0);
    CU_ASSERT_EQUAL(node_expr_input_collation(NULL), 0);
    CU_ASSERT_EQUAL(node_expr_location(NULL), NODE_NO_LOCATION);
}

static void what_is_no_expression_is_refused(void)
{
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INTERNAL_ERROR, "a node of kind Alias is no expression",
                               node_expr_type(node_new(Alias)));
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, node_expr_collation(node_new(Alias)));
}

static void sublinks_yield_what_their_kind_says(void)
{
    Const *column = constant(1043, 14, 50);

    CU_ASSERT_EQUAL(node_expr_type(sublink(SUBLINK_EXISTS, column)), 16);
    CU_ASSERT_EQUAL(node_expr_typmod(sublink(SUBLINK_ANY, column)), NODE_NO_TYPMOD);
    CU_ASSERT_EQUAL(node_expr_collation(sublink(SUBLINK_ANY, column)), 0);
    CU_ASSERT_EQUAL(node_expr_type(sublink(SUBLINK_MULTI_EXPR, column)), 2249);
    CU_ASSERT_EQUAL(node_expr_type(sublink(SUBLINK_EXPR, column)), 1043);
    CU_ASSERT_EQUAL(node_expr_typmod(sublink(SUBLINK_EXPR, column)), 14);
    CU_ASSERT_EQUAL(node_expr_collation(sublink(SUBLINK_EXPR, column)), 100);
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_OBJECT, node_expr_type(sublink(SUBLINK_ARRAY, column)));
    node_expr_bind(array_of);
    CU_ASSERT_EQUAL(node_expr_type(sublink(SUBLINK_ARRAY, column)), 1015);
    CU_ASSERT_EQUAL(node_expr_typmod(sublink(SUBLINK_ARRAY, column)), 14);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_UNDEFINED_OBJECT,
                               "could not find array type for data type 23",
                               node_expr_type(sublink(SUBLINK_ARRAY, constant(23, -1, 0))));
    node_expr_bind(NULL);
}

static void sublinks_that_were_not_analyzed_are_refused(void)
{
    SubLink *link = sublink(SUBLINK_EXPR, NULL);

    ((Query *)(void *)link->query)->targets = NULL;
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, node_expr_type(link));
    link->query = node_alloc(sizeof(SelectStmt), NODE_SelectStmt);
    UNIT_ASSERT_RAISES(SQLSTATE_INTERNAL_ERROR, node_expr_type(link));
}

/* A cast that makes a varchar 5 characters long: varchar(value, typmod + 4, explicit). */
static FuncExpr *length_cast(CoerceForm form)
{
    FuncExpr *call = node_new(FuncExpr);

    call->type = 1043;
    call->form = form;
    call->args = list_of3(constant(1043, -1, 3), constant(23, -1, -1), constant(16, -1, -1));
    call->loc = 9;
    return call;
}

static void casts_to_a_length_have_a_typmod(void)
{
    FuncExpr *call = length_cast(COERCE_IMPLICIT);
    ArrayCoerceExpr *array = node_new(ArrayCoerceExpr);
    int typmod = 0;

    CU_ASSERT_EQUAL(node_expr_typmod(call), 5);
    CU_ASSERT_TRUE(node_expr_is_length_cast(call, &typmod));
    CU_ASSERT_EQUAL(typmod, 5);
    CU_ASSERT_FALSE(node_expr_is_length_cast(length_cast(COERCE_CALL), NULL));
    ((Const *)list_at(call->args, 1))->is_null = true;
    CU_ASSERT_EQUAL(node_expr_typmod(call), NODE_NO_TYPMOD);
    call->args = list_of(constant(1043, -1, 3));
    CU_ASSERT_FALSE(node_expr_is_length_cast(call, NULL));
    CU_ASSERT_FALSE(node_expr_is_length_cast(NULL, NULL));

    array->typmod = 9;
    CU_ASSERT_TRUE(node_expr_is_length_cast(array, &typmod));
    CU_ASSERT_EQUAL(typmod, 9);
    array->typmod = -1;
    CU_ASSERT_FALSE(node_expr_is_length_cast(array, NULL));
}

static void a_typmod_counts_when_all_branches_share_it(void)
{
    CoalesceExpr *coalesce = node_new(CoalesceExpr);
    CaseExpr *either = node_new(CaseExpr);
    CaseWhen *when = node_new(CaseWhen);

    coalesce->type = 1043;
    coalesce->args = list_of2(constant(1043, 14, 0), constant(1043, 14, 0));
    CU_ASSERT_EQUAL(node_expr_typmod(coalesce), 14);
    coalesce->args = list_of2(constant(1043, 14, 0), constant(1043, 15, 0));
    CU_ASSERT_EQUAL(node_expr_typmod(coalesce), NODE_NO_TYPMOD);
    coalesce->args = list_of2(constant(1043, 14, 0), constant(25, 14, 0));
    CU_ASSERT_EQUAL(node_expr_typmod(coalesce), NODE_NO_TYPMOD);

    either->type = 1043;
    when->result = (Node *)(void *)constant(1043, 14, 0);
    either->whens = list_of(when);
    CU_ASSERT_EQUAL(node_expr_typmod(either), NODE_NO_TYPMOD);
    either->default_result = (Node *)(void *)constant(1043, 14, 0);
    CU_ASSERT_EQUAL(node_expr_typmod(either), 14);
    either->default_result = (Node *)(void *)constant(1043, -1, 0);
    CU_ASSERT_EQUAL(node_expr_typmod(either), NODE_NO_TYPMOD);
}

static void collations_are_set_where_there_is_a_field(void)
{
    OpExpr *op = node_new(OpExpr);
    NamedArgExpr *named = node_new(NamedArgExpr);
    CollateExpr *collate = node_new(CollateExpr);
    BoolExpr *boolean = node_new(BoolExpr);

    node_expr_set_collation(op, 950);
    node_expr_set_input_collation(op, 100);
    CU_ASSERT_EQUAL(node_expr_collation(op), 950);
    CU_ASSERT_EQUAL(node_expr_input_collation(op), 100);
    named->arg = (Node *)(void *)op;
    node_expr_set_collation(named, 12);
    CU_ASSERT_EQUAL(node_expr_collation(op), 12);
    CU_ASSERT_EQUAL(node_expr_collation(named), 12);
    collate->collation = 950;
    node_expr_set_collation(collate, 950);
    CU_ASSERT_EQUAL(node_expr_collation(collate), 950);
    node_expr_set_collation(boolean, 0);
    node_expr_set_input_collation(boolean, 100);
    CU_ASSERT_EQUAL(node_expr_collation(boolean), 0);
    CU_ASSERT_EQUAL(node_expr_input_collation(boolean), 0);
}

static void an_expression_begins_at_its_leftmost_part(void)
{
    OpExpr *op = node_new(OpExpr);

    op->args = list_of2(length_cast(COERCE_CAST), constant(23, -1, 12));
    op->loc = 10;
    CU_ASSERT_EQUAL(node_expr_location(op), 3);
    CU_ASSERT_EQUAL(node_expr_location(list_of2(constant(23, -1, -1), op)), 3);
    CU_ASSERT_EQUAL(node_expr_location(constant(23, -1, -1)), NODE_NO_LOCATION);
    CU_ASSERT_EQUAL(node_expr_location(sublink(SUBLINK_EXPR, constant(23, -1, 2))), 40);
}

UNIT_SUITE(expr)
{
    UNIT_TEST(nothing_has_no_type);
    UNIT_TEST(what_is_no_expression_is_refused);
    UNIT_TEST(sublinks_yield_what_their_kind_says);
    UNIT_TEST(sublinks_that_were_not_analyzed_are_refused);
    UNIT_TEST(casts_to_a_length_have_a_typmod);
    UNIT_TEST(a_typmod_counts_when_all_branches_share_it);
    UNIT_TEST(collations_are_set_where_there_is_a_field);
    UNIT_TEST(an_expression_begins_at_its_leftmost_part);
}

/* expr_op.c - operators as they are written: a + b, IN, BETWEEN, IS DISTINCT FROM, ANY, NULLIF */
#include "common/base/base.h"

#include "common/text/str.h"
#include "server/analyzer/analyzer_int.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/config/setting.h"

static bool is_null_constant(const Node *raw)
{
    return node_is(raw, RawConst) && ((const RawConst *)(const void *)raw)->kind == CONST_NULL;
}

static Node *test_for_null(Scope *scope, Node *raw, bool is_not, int location)
{
    NullTest *test = node_new(NullTest);

    test->arg = raw;
    test->is_not = is_not;
    test->loc = location;
    return expr_transform_in(scope, (Node *)(void *)test);
}

/* ---- Plain operators ---- */

/* For old clients: x = NULL asks whether x is NULL. */
static bool is_equals_null(const RawExpr *raw)
{
    const String *name = list_at(raw->name, 0);

    return setting.transform_null_equals && list_count(raw->name) == 1 &&
           str_equal(name->value, "=") && !node_is(raw->left, CaseTestExpr) &&
           !node_is(raw->right, CaseTestExpr) &&
           (is_null_constant(raw->left) || is_null_constant(raw->right));
}

/* (a, b) = (SELECT ...): the subquery's only row is compared as a whole. */
static Node *compare_row_with_query(Scope *scope, const RawExpr *raw)
{
    SubLink *link = mem_dup(raw->right, sizeof(SubLink));

    link->kind = SUBLINK_ROW_COMPARE;
    link->test = raw->left;
    link->operator_name = raw->name;
    link->loc = raw->loc;
    return expr_sublink(scope, link);
}

static List *row_args(const Node *expr)
{
    ASSERT(node_is(expr, RowExpr));
    return ((const RowExpr *)(const void *)expr)->args;
}

static Node *plain(Scope *scope, const RawExpr *raw)
{
    Node *last_set = scope->last_set, *left, *right;

    if (is_equals_null(raw))
        return test_for_null(scope, is_null_constant(raw->left) ? raw->right : raw->left, false,
                             raw->loc);
    if (node_is(raw->left, RowExpr) && node_is(raw->right, SubLink) &&
        ((const SubLink *)(const void *)raw->right)->kind == SUBLINK_EXPR)
        return compare_row_with_query(scope, raw);
    left = expr_transform_in(scope, raw->left);
    right = expr_transform_in(scope, raw->right);
    if (node_is(raw->left, RowExpr) && node_is(raw->right, RowExpr))
        return expr_row_compare(scope, raw->name, row_args(left), row_args(right), raw->loc);
    return oper_make(scope, raw->name, left, right, last_set, raw->loc);
}

static Node *any_or_all(Scope *scope, const RawExpr *raw)
{
    Node *left = expr_transform_in(scope, raw->left);
    Node *right = expr_transform_in(scope, raw->right);

    return oper_make_array(scope, raw->name, raw->kind == RAW_OP_ANY, left, right, raw->loc);
}

/* A row is something, also when all that is in it is NULL. */
static Node *distinct_from_null(Scope *scope, Node *raw, bool is_not, int location)
{
    Node *test = test_for_null(scope, raw, is_not, location);

    ((NullTest *)(void *)test)->is_row = false;
    return test;
}

static Node *distinct(Scope *scope, const RawExpr *raw)
{
    bool is_not = raw->kind == RAW_NOT_DISTINCT;
    Node *left, *made;

    if (is_null_constant(raw->right))
        return distinct_from_null(scope, raw->left, !is_not, raw->loc);
    if (is_null_constant(raw->left))
        return distinct_from_null(scope, raw->right, !is_not, raw->loc);
    left = expr_transform_in(scope, raw->left);
    made = expr_distinct(scope, raw->name, left, expr_transform_in(scope, raw->right), raw->loc);
    return is_not ? (Node *)(void *)make_bool_expr(BOOL_NOT, list_of(made), raw->loc) : made;
}

static Node *null_if(Scope *scope, const RawExpr *raw)
{
    Node *last_set = scope->last_set;
    Node *left = expr_transform_in(scope, raw->left);
    Node *right = expr_transform_in(scope, raw->right);
    OpExpr *made = (OpExpr *)(void *)oper_make(scope, raw->name, left, right, last_set, raw->loc);

    if (made->type != TYPE_BOOL)
        scope_fail(scope, raw->loc, SQLSTATE_DATATYPE_MISMATCH,
                   .message = "NULLIF requires = operator to yield boolean");
    if (made->is_set)
        scope_fail(scope, raw->loc, SQLSTATE_DATATYPE_MISMATCH,
                   .message = "NULLIF must not return a set");
    made->type = node_expr_type(list_at(made->args, 0));
    made->tag = NODE_NullIfExpr;
    return (Node *)(void *)made;
}

/* ---- IN ---- */

/* The array that the constant members of an IN list can be; 0 when they cannot. */
static Oid in_array_type(Scope *scope, Node *left, const List *members, Oid *common)
{
    List *all = list_concat(list_of(left), members);

    *common = select_common_type(scope, all, NULL, NULL);
    if (*common == 0 || *common == TYPE_RECORD)
        return 0;
    list_foreach(const Node *, member, all) {
        Oid type = node_expr_type(member);

        if (!coerce_is_possible(1, &type, common, COERCE_AS_IMPLICIT))
            return 0;
    }
    return type_array(*common);
}

static Node *in_as_array(Scope *scope, const RawExpr *raw, bool is_any, Node *left,
                         const List *members)
{
    Oid common, type = in_array_type(scope, left, members, &common);
    ArrayExpr *array;

    if (type == 0)
        return NULL;
    array = node_new(ArrayExpr);
    list_foreach(Node *, member, members)
        array->elements = list_add(array->elements, coerce_to_common(scope, member, common, "IN"));
    array->type = type;
    array->element_type = common;
    array->loc = NODE_NO_LOCATION;
    return oper_make_array(scope, raw->name, is_any, left, (Node *)(void *)array, raw->loc);
}

static Node *in_member(Scope *scope, const RawExpr *raw, const Node *left, Node *member)
{
    Node *made;

    if (node_is(left, RowExpr) && node_is(member, RowExpr))
        made = expr_row_compare(scope, raw->name, node_copy(row_args(left)), row_args(member),
                                raw->loc);
    else
        made = oper_make(scope, raw->name, node_copy(left), member, scope->last_set, raw->loc);
    return coerce_to_boolean(scope, made, "IN");
}

static Node *in(Scope *scope, const RawExpr *raw)
{
    bool is_any = !str_equal(((const String *)list_last(raw->name))->value, "<>");
    Node *left = expr_transform_in(scope, raw->left), *made = NULL;
    List *all = NULL, *with_vars = NULL, *without_vars = NULL;

    list_foreach(Node *, item, (const List *)(const void *)raw->right) {
        Node *member = expr_transform_in(scope, item);

        all = list_add(all, member);
        if (expr_has_vars_of_level(member, 0))
            with_vars = list_add(with_vars, member);
        else
            without_vars = list_add(without_vars, member);
    }
    if (list_count(without_vars) > 1) {
        made = in_as_array(scope, raw, is_any, left, without_vars);
        if (made != NULL)
            all = with_vars;
    }
    list_foreach(Node *, member, all) {
        Node *one = in_member(scope, raw, left, member);

        made = made == NULL ? one
                            : (Node *)(void *)make_bool_expr(is_any ? BOOL_OR : BOOL_AND,
                                                             list_of2(made, one), raw->loc);
    }
    return made;
}

/* ---- BETWEEN ---- */

static Node *raw_compare(const char *name, Node *left, Node *right, int location)
{
    RawExpr *raw = node_new(RawExpr);

    raw->kind = RAW_OP;
    raw->name = list_of(node_string(name));
    raw->left = left;
    raw->right = right;
    raw->loc = location;
    return (Node *)(void *)raw;
}

static Node *raw_range(const RawExpr *raw, Node *low, Node *high, bool is_not)
{
    Node *a = raw_compare(is_not ? "<" : ">=", raw->left, low, raw->loc);
    Node *b = raw_compare(is_not ? ">" : "<=", raw->left, high, raw->loc);

    return (Node *)(void *)make_bool_expr(is_not ? BOOL_OR : BOOL_AND, list_of2(a, b), raw->loc);
}

static Node *between(Scope *scope, const RawExpr *raw)
{
    const List *bounds = (const List *)(const void *)raw->right;
    Node *low = list_at(bounds, 0), *high = list_at(bounds, 1);
    bool is_not = raw->kind == RAW_NOT_BETWEEN || raw->kind == RAW_NOT_BETWEEN_SYM;
    Node *range = raw_range(raw, low, high, is_not);

    if (raw->kind == RAW_BETWEEN_SYM || raw->kind == RAW_NOT_BETWEEN_SYM)
        range = (Node *)(void *)make_bool_expr(is_not ? BOOL_AND : BOOL_OR,
                                               list_of2(range, raw_range(raw, high, low, is_not)),
                                               raw->loc);
    return expr_transform_in(scope, range);
}

Node *expr_operator(Scope *scope, const RawExpr *raw)
{
    switch (raw->kind) {
    case RAW_OP_ANY:
    case RAW_OP_ALL:
        return any_or_all(scope, raw);
    case RAW_DISTINCT:
    case RAW_NOT_DISTINCT:
        return distinct(scope, raw);
    case RAW_NULLIF:
        return null_if(scope, raw);
    case RAW_IN:
        return in(scope, raw);
    case RAW_BETWEEN:
    case RAW_NOT_BETWEEN:
    case RAW_BETWEEN_SYM:
    case RAW_NOT_BETWEEN_SYM:
        return between(scope, raw);
    default:
        return plain(scope, raw);
    }
}

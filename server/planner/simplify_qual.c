/*
 * simplify_qual.c - conditions: what all arms of an OR share, and long lists of constants
 *
 * (a AND b) OR (a AND c) is a AND (b OR c): then a can be looked for in an index, or joined by.
 */
#include "common/base/base.h"

#include "server/planner/simplify.h"

#include "server/catalog/catalog_oid.h"
#include "server/fmgr/array_value.h"
#include "server/fmgr/varlena.h"
#include "server/node/expr.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"

#define ARRAY_COUNT_UNKNOWN 10
#define HASHED_ARRAY_MIN    9 /* elements: below, comparing one by one is faster */

static Node *factor(Node *qual);

static bool is_const_not_true(const Node *node)
{
    const Const *value = (const void *)node;

    return node_is(node, Const) && (value->is_null || !datum_bool(value->value));
}

static bool is_const_true(const Node *node)
{
    const Const *value = (const void *)node;

    return node_is(node, Const) && !value->is_null && datum_bool(value->value);
}

static List *flat_args(BoolKind kind, const List *args)
{
    List *flat = NULL;

    list_foreach(Node *, arg, args) {
        if (node_is(arg, BoolExpr) && ((BoolExpr *)(void *)arg)->kind == kind)
            flat = list_concat(flat, flat_args(kind, ((BoolExpr *)(void *)arg)->args));
        else
            flat = list_add(flat, arg);
    }
    return flat;
}

/* The arms of an AND, or the thing itself as the only one. */
static List *arms_of(Node *node)
{
    return expr_is_and(node) ? ((BoolExpr *)(void *)node)->args : list_of(node);
}

/* An OR of these arms with what all share taken out. */
static Node *factor_or(List *arms)
{
    List *shortest = NULL, *shared = NULL, *rest = NULL;

    if (list_count(arms) == 0)
        return expr_bool(false);
    if (list_count(arms) == 1)
        return list_at(arms, 0);
    list_foreach(Node *, arm, arms) {
        if (!expr_is_and(arm)) {
            shortest = list_of(arm);
            break;
        }
        if (shortest == NULL || list_count(arms_of(arm)) < list_count(shortest))
            shortest = arms_of(arm);
    }
    list_foreach(Node *, candidate, shortest) {
        bool is_everywhere = true;

        list_foreach(Node *, arm, arms) {
            if (!list_has_equal(arms_of(arm), candidate)) {
                is_everywhere = false;
                break;
            }
        }
        if (is_everywhere)
            shared = list_add_new(shared, candidate);
    }
    if (shared == NULL)
        return expr_or(arms);
    list_foreach(Node *, arm, arms) {
        List *left = NULL;

        list_foreach(Node *, part, arms_of(arm)) {
            if (!list_has_equal(shared, part))
                left = list_add(left, part);
        }
        if (left == NULL) {
            /* One arm is just what is shared: the others add nothing. */
            rest = NULL;
            break;
        }
        rest = list_add(rest, expr_and(left));
    }
    shared = list_copy(shared);
    if (rest != NULL)
        shared = list_add(shared, expr_or(flat_args(BOOL_OR, rest)));
    return expr_and(flat_args(BOOL_AND, shared));
}

static Node *factor(Node *qual)
{
    List *arms = NULL;

    if (expr_is_or(qual)) {
        list_foreach(Node *, arm, ((BoolExpr *)(void *)qual)->args) {
            arm = factor(arm);
            if (is_const_true(arm))
                return arm;
            if (!is_const_not_true(arm))
                arms = list_add(arms, arm);
        }
        return factor_or(flat_args(BOOL_OR, arms));
    }
    if (expr_is_and(qual)) {
        list_foreach(Node *, arm, ((BoolExpr *)(void *)qual)->args) {
            arm = factor(arm);
            if (is_const_not_true(arm))
                return expr_bool(false);
            if (!is_const_true(arm))
                arms = list_add(arms, arm);
        }
        return expr_and(flat_args(BOOL_AND, arms));
    }
    return qual;
}

Node *simplify_qual(Node *qual)
{
    return qual == NULL ? NULL : factor(qual);
}

int simplify_array_count(const Node *array)
{
    array = expr_strip_relabel(array);
    while (node_is(array, ArrayCoerceExpr))
        array = expr_strip_relabel(((const ArrayCoerceExpr *)(const void *)array)->arg);
    if (node_is(array, Const)) {
        const Const *value = (const void *)array;
        ArrayView view;

        if (value->is_null)
            return 0;
        array_open(varlena_plain(datum_pointer(value->value)), &view);
        return (int)view.count;
    }
    if (node_is(array, ArrayExpr) && !((const ArrayExpr *)(const void *)array)->is_nested)
        return list_count(((const ArrayExpr *)(const void *)array)->elements);
    return ARRAY_COUNT_UNKNOWN;
}

static bool set_hash(Node *node, void *arg)
{
    ScalarArrayOpExpr *op = (ScalarArrayOpExpr *)(void *)node;
    const Node *array;
    Oid left, right, equal;

    if (!node_is(node, ScalarArrayOpExpr))
        return node_walk(node, set_hash, arg);
    array = list_at(op->args, 1);
    if (node_is(array, Const) && !((const Const *)(const void *)array)->is_null &&
        simplify_array_count(array) >= HASHED_ARRAY_MIN) {
        equal = op->is_any ? op->operator: facts_negator(op->operator);
        if (equal != 0 && facts_can_hash(equal, node_expr_type(list_at(op->args, 0))) &&
            facts_hash_functions(equal, &left, &right) && left == right) {
            op->hash_function = left;
            if (!op->is_any)
                op->negator_function = facts_operator_function(equal);
        }
    }
    return node_walk(node, set_hash, arg);
}

void simplify_hash_arrays(Node *expr)
{
    if (expr == NULL)
        return;
    if (expr->tag <= NODE_OidList)
        node_walk(expr, set_hash, NULL);
    else
        set_hash(expr, NULL);
}

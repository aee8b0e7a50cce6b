/*
 * strictness.c - what rows of NULLs do to a condition
 *
 * "Not true" is what is asked of a condition, "NULL" of an argument in it: a function that is
 * strict hands NULL on, so that any of its arguments will do.
 */
#include "common/base/base.h"

#include "server/planner/expr_util.h"

#include "server/fmgr/array_value.h"
#include "server/fmgr/varlena.h"
#include "server/planner/facts.h"

typedef struct NullResult {
    BitSet *rels;
    List *vars;
} NullResult;

static NullResult find(const Node *node, bool is_top, bool of_rels);

static NullResult joined(NullResult a, NullResult b)
{
    a.rels = bitset_union(a.rels, b.rels);
    list_foreach(Var *, var, b.vars)
        a.vars = list_add_new(a.vars, var);
    return a;
}

static NullResult common(NullResult a, NullResult b)
{
    List *vars = NULL;

    a.rels = bitset_intersect(a.rels, b.rels);
    list_foreach(Var *, var, a.vars) {
        if (list_has_equal(b.vars, var))
            vars = list_add(vars, var);
    }
    a.vars = vars;
    return a;
}

static NullResult find_in_all(const List *list, bool is_top, bool of_rels)
{
    NullResult result = {0};

    list_foreach(Node *, item, list)
        result = joined(result, find(item, is_top, of_rels));
    return result;
}

static NullResult find_in_each(const List *list, bool is_top, bool of_rels)
{
    NullResult result = {0};

    list_foreach(Node *, item, list) {
        NullResult one = find(item, is_top, of_rels);

        result = item_i == 0 ? one : common(result, one);
        if (result.rels == NULL && result.vars == NULL)
            break;
    }
    return result;
}

/* With a NULL on its left side: not true (may_be_false), or NULL? */
static bool is_strict_array_op(const ScalarArrayOpExpr *op, bool may_be_false)
{
    const Node *array = list_at(op->args, 1);

    if (!facts_is_operator_strict(op->operator))
        return false;
    if (op->is_any && may_be_false)
        return true;
    /* Over an empty array it is false, or true, whatever the left side. */
    if (node_is(array, Const)) {
        const Const *value = (const void *)array;
        ArrayView view;

        if (value->is_null)
            return false;
        array_open(varlena_plain(datum_pointer(value->value)), &view);
        return view.count > 0;
    }
    return node_is(array, ArrayExpr) && !((const ArrayExpr *)(const void *)array)->is_nested &&
           list_count(((const ArrayExpr *)(const void *)array)->elements) > 0;
}

static NullResult find_in_bool(const BoolExpr *expr, bool is_top, bool of_rels)
{
    switch (expr->kind) {
    case BOOL_AND:
        if (is_top)
            return find_in_all(expr->args, is_top, of_rels);
        /* Not at the top a false arm hides a NULL one: all must be NULL. */
        return find_in_each(expr->args, false, of_rels);
    case BOOL_OR:
        return find_in_each(expr->args, is_top, of_rels);
    default:
        return find_in_all(expr->args, false, of_rels);
    }
}

static NullResult find(const Node *node, bool is_top, bool of_rels)
{
    NullResult result = {0};

    if (node == NULL)
        return result;
    switch (node->tag) {
    case NODE_List:
        return find_in_all((const List *)(const void *)node, is_top, of_rels);
    case NODE_Var: {
        const Var *var = (const void *)node;

        if (var->levels_up == 0 && of_rels)
            result.rels = bitset_of(var->rt_index);
        else if (var->levels_up == 0)
            result.vars = list_of(as_node(node));
        return result;
    }
    case NODE_FuncExpr:
        if (facts_is_strict(((const FuncExpr *)(const void *)node)->function))
            return find_in_all(((const FuncExpr *)(const void *)node)->args, false, of_rels);
        return result;
    case NODE_OpExpr:
        if (facts_is_strict(expr_op_function((const OpExpr *)(const void *)node)))
            return find_in_all(((const OpExpr *)(const void *)node)->args, false, of_rels);
        return result;
    case NODE_ScalarArrayOpExpr:
        if (is_strict_array_op((const void *)node, true))
            return find_in_all(((const ScalarArrayOpExpr *)(const void *)node)->args, false,
                               of_rels);
        return result;
    case NODE_BoolExpr:
        return find_in_bool((const void *)node, is_top, of_rels);
    case NODE_RelabelType:
        return find(((const RelabelType *)(const void *)node)->arg, is_top, of_rels);
    case NODE_CoerceViaIO:
        return find(((const CoerceViaIO *)(const void *)node)->arg, false, of_rels);
    case NODE_ArrayCoerceExpr:
        return find(((const ArrayCoerceExpr *)(const void *)node)->arg, is_top, of_rels);
    case NODE_ConvertRowtypeExpr:
        return find(((const ConvertRowtypeExpr *)(const void *)node)->arg, is_top, of_rels);
    case NODE_CollateExpr:
        return find(((const CollateExpr *)(const void *)node)->arg, is_top, of_rels);
    case NODE_NullTest: {
        const NullTest *test = (const void *)node;

        if (is_top && test->is_not && !test->is_row)
            return find(test->arg, false, of_rels);
        return result;
    }
    case NODE_BooleanTest: {
        const BooleanTest *test = (const void *)node;

        if (is_top &&
            (test->kind == IS_TRUE || test->kind == IS_FALSE || test->kind == IS_NOT_UNKNOWN))
            return find(test->arg, false, of_rels);
        return result;
    }
    case NODE_SubPlan: {
        const SubPlan *plan = (const void *)node;

        if ((is_top && plan->form == SUBPLAN_ANY) || plan->form == SUBPLAN_ROW_COMPARE)
            return find(plan->test, is_top, of_rels);
        return result;
    }
    default:
        return result;
    }
}

BitSet *expr_nonnullable_rels(const void *expr)
{
    return find(expr, true, true).rels;
}

List *expr_nonnullable_vars(const void *expr)
{
    return find(expr, true, false).vars;
}

List *expr_forced_null_vars(const void *expr)
{
    const Node *node = expr;
    const Node *arg = NULL;

    if (node == NULL)
        return NULL;
    if (node->tag == NODE_List || expr_is_and(node)) {
        const List *items =
            node->tag == NODE_List ? expr : ((const BoolExpr *)(const void *)node)->args;
        List *vars = NULL;

        list_foreach(Node *, item, items) {
            list_foreach(Node *, var, expr_forced_null_vars(item))
                vars = list_add_new(vars, var);
        }
        return vars;
    }
    if (node->tag == NODE_NullTest && !((const NullTest *)(const void *)node)->is_not &&
        !((const NullTest *)(const void *)node)->is_row)
        arg = ((const NullTest *)(const void *)node)->arg;
    else if (node->tag == NODE_BooleanTest &&
             ((const BooleanTest *)(const void *)node)->kind == IS_UNKNOWN)
        arg = ((const BooleanTest *)(const void *)node)->arg;
    if (node_is(arg, Var) && ((const Var *)(const void *)arg)->levels_up == 0)
        return list_of(as_node(arg));
    return NULL;
}

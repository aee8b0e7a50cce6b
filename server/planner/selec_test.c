/* selec_test.c - truth of boolean columns, tests for NULL and truth, and = ANY (array). */
#include "common/base/base.h"

#include "server/planner/selec.h"

#include "server/catalog/catalog_oid.h"
#include "server/expr/catalog_info.h"
#include "server/fmgr/varlena.h"
#include "server/node/expr.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/simplify.h"

#define OP_BOOL_EQUAL   91
#define ARRAY_UNKNOWN   10 /* elements */
#define DEFAULT_BOOLEAN 0.5

double selec_bool_var(const SelecScope *scope, const Node *expr)
{
    VarStats stats;
    double s;

    stats_open(scope->root, expr, scope->only_rel, &stats);
    if (stats.row != NULL)
        s = selec_equal_const(&stats, OP_BOOL_EQUAL, 0, datum_of_bool(true), false, true, false);
    else
        s = DEFAULT_BOOLEAN;
    stats_close(&stats);
    return s;
}

double selec_null_test(const SelecScope *scope, const Node *arg, bool is_not)
{
    VarStats stats;
    double s;

    stats_open(scope->root, arg, scope->only_rel, &stats);
    if (stats.row != NULL)
        s = stats_null_fraction(&stats);
    else if (node_is(stats.var, Var) && ((const Var *)(const void *)stats.var)->attno < 0)
        s = 0; /* system columns never are */
    else
        s = SELEC_DEFAULT_NULL;
    stats_close(&stats);
    return selec_clamp(is_not ? 1.0 - s : s);
}

static double test_by_fractions(BoolTestKind kind, double of_true, double of_null)
{
    double of_false = 1.0 - of_true - of_null;

    switch (kind) {
    case IS_TRUE:
        return of_true;
    case IS_NOT_TRUE:
        return 1.0 - of_true;
    case IS_FALSE:
        return of_false;
    case IS_NOT_FALSE:
        return 1.0 - of_false;
    case IS_UNKNOWN:
        return of_null;
    default:
        return 1.0 - of_null;
    }
}

static double test_without_stats(const SelecScope *scope, const BooleanTest *test)
{
    switch (test->kind) {
    case IS_UNKNOWN:
        return SELEC_DEFAULT_NULL;
    case IS_NOT_UNKNOWN:
        return 1.0 - SELEC_DEFAULT_NULL;
    case IS_TRUE:
    case IS_NOT_FALSE:
        return selec_expr(scope, test->arg);
    default:
        return 1.0 - selec_expr(scope, test->arg);
    }
}

double selec_boolean_test(const SelecScope *scope, const BooleanTest *test)
{
    VarStats stats;
    StatsSlot slot;
    double s, of_null, of_true;

    stats_open(scope->root, test->arg, scope->only_rel, &stats);
    of_null = stats_null_fraction(&stats);
    if (stats.row == NULL) {
        s = test_without_stats(scope, test);
    } else {
        if (stats_slot(&stats, STATS_MCV, 0, true, &slot) && slot.number_count > 0)
            of_true =
                datum_bool(slot.values[0]) ? slot.numbers[0] : 1.0 - slot.numbers[0] - of_null;
        else
            of_true = (1.0 - of_null) / 2.0;
        s = test_by_fractions(test->kind, of_true, of_null);
    }
    stats_close(&stats);
    return selec_clamp(s);
}

/* ---- = ANY (array) ---- */

/* Elements one after the other, each met or not by itself. */
typedef struct ArrayEstimate {
    bool is_any, is_equal, is_not_equal;
    double s, disjoint;
} ArrayEstimate;

static void add_element(ArrayEstimate *e, double one)
{
    if (e->is_any) {
        e->s = e->s + one - e->s * one;
        if (e->is_equal)
            e->disjoint += one;
    } else {
        e->s = e->s * one;
        if (e->is_not_equal)
            e->disjoint += one - 1.0;
    }
}

static double selec_element(const SelecScope *scope, const ScalarArrayOpExpr *op, Node *element,
                            bool is_join)
{
    SelecCall call = {.scope = scope,
                      .op = op->operator,
                      .collation = op->input_collation,
                      .args = list_of2(list_at(op->args, 0), element)};

    return selec_operator(&call, is_join);
}

static bool estimator_is(Oid op, bool is_join, SelecEstimator restriction, SelecEstimator join)
{
    PgOperator row;
    SelecEstimator found;

    facts_operator(op, &row);
    if ((is_join ? row.oprjoin : row.oprrest) == 0)
        return false;
    found = is_join ? selec_find_join(row.oprjoin) : selec_find_restriction(row.oprrest);
    return found == restriction || found == join;
}

static Const *element_const(Oid type, Oid collation, Datum value, bool is_null)
{
    Const *element = (Const *)(void *)expr_null(type, NODE_NO_TYPMOD, collation);

    element->is_null = is_null;
    element->value = value;
    return element;
}

static void add_constants(const SelecScope *scope, const ScalarArrayOpExpr *op, const Const *array,
                          bool is_join, ArrayEstimate *e)
{
    ArrayElement element;
    ArrayView view;
    Datum *values;
    bool *nulls;

    array_open(varlena_plain(datum_pointer(array->value)), &view);
    element = catalog_info_element(view.element_type);
    array_take_apart(&view, &element, &values, &nulls);
    for (size_t i = 0; i < view.count; i++)
        add_element(e, selec_element(scope, op,
                                     as_node(element_const(element.type, op->input_collation,
                                                           values[i], nulls[i])),
                                     is_join));
}

double selec_array_op(const SelecScope *scope, const ScalarArrayOpExpr *op, bool is_join)
{
    ArrayEstimate e = {.is_any = op->is_any};
    Node *array = simplify_for_estimate(list_at(op->args, 1), scope->root->global->bound);
    Oid element_type = facts_element_type(facts_base_type(node_expr_type(array)));

    array = expr_strip_relabel(array);
    e.is_equal = estimator_is(op->operator, is_join, selec_equal, selec_equal_join);
    e.is_not_equal = estimator_is(op->operator, is_join, selec_not_equal, selec_not_equal_join);
    e.s = e.disjoint = op->is_any ? 0.0 : 1.0;
    if (node_is(array, Const)) {
        const Const *value = (const Const *)(void *)array;

        if (value->is_null)
            return 0.0;
        add_constants(scope, op, value, is_join, &e);
    } else if (node_is(array, ArrayExpr) && !((ArrayExpr *)(void *)array)->is_nested) {
        list_foreach(Node *, element, ((ArrayExpr *)(void *)array)->elements)
            add_element(&e, selec_element(scope, op, element, is_join));
    } else {
        CaseTestExpr *unknown = node_new(CaseTestExpr);
        double one;

        unknown->type = element_type;
        unknown->typmod = NODE_NO_TYPMOD;
        unknown->collation = op->input_collation;
        one = selec_element(scope, op, as_node(unknown), is_join);
        for (int i = 0; i < ARRAY_UNKNOWN; i++)
            e.s = op->is_any ? e.s + one - e.s * one : e.s * one;
        return selec_clamp(e.s);
    }
    /* Elements are likely all different: then no row meets two of them. */
    if ((op->is_any ? e.is_equal : e.is_not_equal) && e.disjoint >= 0 && e.disjoint <= 1)
        return e.disjoint;
    return selec_clamp(e.s);
}

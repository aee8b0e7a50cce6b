/* selec_clause.c - conditions of all kinds, and lists of them. */
#include "common/base/base.h"

#include <string.h>

#include "server/planner/selec.h"

#include "server/catalog/catalog_oid.h"
#include "server/node/expr.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/rel.h"
#include "server/planner/simplify.h"

#define DEFAULT_UNKNOWN_OPERATOR 0.5
#define DEFAULT_FUNCTION         0.3333333

double selec_clamp(double s)
{
    return s < 0 ? 0 : s > 1 ? 1 : s;
}

/* ---- Pairs of inequalities: x > a AND x < b ---- */

typedef struct RangePair {
    const Node *var;
    bool has_low, has_high;
    double low, high; /* fractions above the one, below the other */
} RangePair;

typedef struct RangePairs {
    RangePair *pairs;
    int count;
} RangePairs;

static void add_range(RangePairs *pairs, const Node *expr, bool is_var_left, bool is_less, double s)
{
    const Node *var = is_var_left ? expr_left(expr) : expr_right(expr);
    bool is_low = is_var_left != is_less;
    RangePair *pair = NULL;

    for (int i = 0; i < pairs->count && pair == NULL; i++) {
        if (node_equal(pairs->pairs[i].var, var))
            pair = &pairs->pairs[i];
    }
    if (pair == NULL) {
        pair = &pairs->pairs[pairs->count++];
        *pair = (RangePair){.var = var};
    }
    if (is_low) {
        pair->low = pair->has_low ? min_double(pair->low, s) : s;
        pair->has_low = true;
    } else {
        pair->high = pair->has_high ? min_double(pair->high, s) : s;
        pair->has_high = true;
    }
}

static double pair_selectivity(const SelecScope *scope, const RangePair *pair)
{
    double s;

    if (!pair->has_low || !pair->has_high)
        return pair->has_low ? pair->low : pair->high;
    if (pair->low == SELEC_DEFAULT_RANGE || pair->high == SELEC_DEFAULT_RANGE)
        return SELEC_DEFAULT_INTERVAL;
    /* NULLs are in neither, and were taken off twice. */
    s = pair->low + pair->high - 1.0;
    s += selec_null_test(scope, pair->var, false);
    if (s > 0)
        return s;
    /* Both bounds are nearly the same, or one of the estimates is bad. */
    return s < -0.01 ? SELEC_DEFAULT_INTERVAL : 1.0e-10;
}

static const Clause *clause_of(const void *item, bool is_clause)
{
    return is_clause ? item : NULL;
}

/* Lists hold either Clauses or nodes. */
static bool is_clause_list(const List *list)
{
    const Clause *first = list_count(list) == 0 ? NULL : list_at(list, 0);

    return first != NULL && first->tag == CLAUSE_TAG;
}

/* Does it compare one relation's column with a constant? Then on which side is the column? */
static bool is_range_clause(const Clause *clause, const Node *expr, bool *is_var_left)
{
    if (!expr_is_binary(expr))
        return false;
    if (clause != NULL) {
        if (bitset_only(clause->relids) < 0)
            return false;
        if (clause->right == NULL && !clause->has_volatile) {
            *is_var_left = true;
            return true;
        }
        *is_var_left = false;
        return clause->left == NULL && !clause->has_volatile;
    }
    if (bitset_only(expr_rels(expr)) < 0)
        return false;
    *is_var_left = expr_is_pseudoconstant(expr_right(expr));
    return *is_var_left || expr_is_pseudoconstant(expr_left(expr));
}

/* Does a range estimator serve the operator? Then is it < or <=? */
static bool is_range_operator(Oid op, bool *is_less)
{
    PgOperator row;
    SelecEstimator estimator;

    facts_operator(op, &row);
    if (row.oprrest == 0)
        return false;
    estimator = selec_find_restriction(row.oprrest);
    *is_less = estimator == selec_less || estimator == selec_less_equal;
    return *is_less || estimator == selec_greater || estimator == selec_greater_equal;
}

static double selec_item(const SelecScope *scope, const Clause *clause, const Node *expr)
{
    return clause != NULL ? selec_clause(scope, clause) : selec_expr(scope, expr);
}

double selec_list(const SelecScope *scope, const List *clauses)
{
    bool is_clause = is_clause_list(clauses), is_var_left, is_less;
    RangePairs pairs = {0};
    double s = 1.0;

    if (list_count(clauses) == 1)
        return selec_item(scope, clause_of(list_at(clauses, 0), is_clause), list_at(clauses, 0));
    if (list_count(clauses) > 1)
        pairs.pairs = mem_new_array(RangePair, (size_t)list_count(clauses));
    list_foreach(void *, item, clauses) {
        const Clause *clause = clause_of(item, is_clause);
        const Node *expr = clause != NULL ? clause->expr : item;
        double one = selec_item(scope, clause, expr);

        if ((clause == NULL || !clause->is_pseudoconstant) &&
            is_range_clause(clause, expr, &is_var_left) &&
            is_range_operator(((const OpExpr *)(const void *)expr)->operator, & is_less))
            add_range(&pairs, expr, is_var_left, is_less, one);
        else
            s *= one;
    }
    for (int i = 0; i < pairs.count; i++)
        s *= pair_selectivity(scope, &pairs.pairs[i]);
    return s;
}

double selec_list_of_rel(Planner *root, const List *clauses, int only_rel)
{
    SelecScope scope = {.root = root, .only_rel = only_rel, .kind = JOIN_INNER};

    return selec_list(&scope, clauses);
}

/* ---- One condition ---- */

static double selec_or(const SelecScope *scope, const List *arms, bool is_clause)
{
    double s = 0;

    list_foreach(void *, arm, arms) {
        double one = is_clause ? selec_list(scope, arm) : selec_expr(scope, arm);

        s = s + one - s * one;
    }
    return s;
}

static double selec_clause_anew(const SelecScope *scope, const Clause *clause)
{
    if (clause->is_pseudoconstant && !node_is(clause->expr, Const))
        return 1.0;
    if (clause->or_arms != NULL)
        return selec_or(scope, clause->or_arms, true);
    return selec_expr(scope, clause->expr);
}

double selec_clause(const SelecScope *scope, const Clause *clause)
{
    union {
        const Clause *from;
        Clause *to;
    } cache = {clause};
    double *known, s;

    if (clause->is_pseudoconstant && !node_is(clause->expr, Const))
        return 1.0;
    /* With all columns varying, or its only relation's: good for all times. */
    if (scope->only_rel != 0 && clause->rel_count != 0 &&
        !(clause->rel_count == 1 && bitset_has(clause->relids, scope->only_rel)))
        return selec_clause_anew(scope, clause);
    if (clause->selectivity > 1)
        return 1.0; /* another one says the same */
    known = scope->kind == JOIN_INNER ? &cache.to->selectivity : &cache.to->outer_selectivity;
    if (*known >= 0)
        return *known;
    s = selec_clause_anew(scope, clause);
    *known = s;
    return s;
}

/* Is the condition to be estimated as one of a join? */
static bool is_join_clause(const SelecScope *scope, const Node *expr)
{
    return scope->only_rel == 0 && scope->join != NULL && bitset_count(expr_rels(expr)) > 1;
}

static double selec_op(const SelecScope *scope, const OpExpr *op)
{
    SelecCall call = {
        .scope = scope, .op = op->operator, .collation = op->input_collation, .args = op->args};
    double s = selec_operator(&call, is_join_clause(scope, as_node(op)));

    return op->tag == NODE_DistinctExpr ? 1.0 - s : s;
}

static double selec_row_compare(const SelecScope *scope, const RowCompareExpr *compare)
{
    SelecCall call = {.scope = scope,
                      .op = list_oid_at(compare->operators, 0),
                      .collation = list_oid_at(compare->input_collations, 0),
                      .args = list_of2(list_at(compare->left, 0), list_at(compare->right, 0))};

    return selec_operator(&call, is_join_clause(scope, as_node(compare)));
}

static double selec_param(const SelecScope *scope, const Node *expr)
{
    Node *value = simplify_for_estimate(expr, scope->root->global->bound);

    return node_is(value, Const) ? selec_expr(scope, value) : 0.5;
}

double selec_expr(const SelecScope *scope, const Node *expr)
{
    double s = 0.5;

    if (expr == NULL)
        return s;
    switch (expr->tag) {
    case NODE_Var:
        if (((const Var *)(const void *)expr)->levels_up == 0 &&
            (scope->only_rel == 0 ||
             scope->only_rel == ((const Var *)(const void *)expr)->rt_index))
            s = selec_bool_var(scope, expr);
        return s;
    case NODE_Const: {
        const Const *value = (const void *)expr;

        return value->is_null || !datum_bool(value->value) ? 0.0 : 1.0;
    }
    case NODE_Param:
        return selec_param(scope, expr);
    case NODE_BoolExpr: {
        const BoolExpr *logic = (const void *)expr;

        if (logic->kind == BOOL_NOT)
            s = 1.0 - selec_expr(scope, list_at(logic->args, 0));
        else if (logic->kind == BOOL_AND)
            s = selec_list(scope, logic->args);
        else
            s = selec_or(scope, logic->args, false);
        return s;
    }
    case NODE_OpExpr:
    case NODE_DistinctExpr:
        return selec_op(scope, (const void *)expr);
    case NODE_FuncExpr:
        s = selec_pattern_call(scope, (const void *)expr);
        return s < 0 ? DEFAULT_FUNCTION : s;
    case NODE_ScalarArrayOpExpr:
        return selec_array_op(scope, (const void *)expr, is_join_clause(scope, expr));
    case NODE_RowCompareExpr:
        return selec_row_compare(scope, (const void *)expr);
    case NODE_NullTest:
        return selec_null_test(scope, ((const NullTest *)(const void *)expr)->arg,
                               ((const NullTest *)(const void *)expr)->is_not);
    case NODE_BooleanTest:
        return selec_boolean_test(scope, (const void *)expr);
    case NODE_CurrentOfExpr: {
        const PlanRel *rel =
            plan_rel(scope->root, (int)((const CurrentOfExpr *)(const void *)expr)->rt_index);

        return rel->tuples > 0 ? 1.0 / rel->tuples : s;
    }
    case NODE_RelabelType:
        return selec_expr(scope, ((const RelabelType *)(const void *)expr)->arg);
    case NODE_CoerceToDomain:
        return selec_expr(scope, ((const CoerceToDomain *)(const void *)expr)->arg);
    default:
        return selec_bool_var(scope, expr);
    }
}

/* ---- Estimators by name ---- */

static double selec_containment(const SelecCall *call)
{
    (void)call;
    return 0.001;
}

static double selec_area(const SelecCall *call)
{
    (void)call;
    return 0.005;
}

static double selec_position(const SelecCall *call)
{
    (void)call;
    return 0.1;
}

static double selec_range_join(const SelecCall *call)
{
    (void)call;
    return SELEC_DEFAULT_RANGE;
}

static double selec_match_join(const SelecCall *call)
{
    (void)call;
    return SELEC_DEFAULT_MATCH;
}

static double selec_not_match_join(const SelecCall *call)
{
    (void)call;
    return 1.0 - SELEC_DEFAULT_MATCH;
}

static double selec_matching_join(const SelecCall *call)
{
    (void)call;
    return 0.010;
}

typedef struct SelecRow {
    const char *name;
    SelecEstimator estimator;
} SelecRow;

/* By name of the function, sorted. */
static const SelecRow rows[] = {
    {"areajoinsel", selec_area},
    {"areasel", selec_area},
    {"arraycontjoinsel", selec_match_join},
    {"arraycontsel", selec_match_join},
    {"contjoinsel", selec_containment},
    {"contsel", selec_containment},
    {"eqjoinsel", selec_equal_join},
    {"eqsel", selec_equal},
    {"iclikejoinsel", selec_match_join},
    {"iclikesel", selec_ilike},
    {"icnlikejoinsel", selec_not_match_join},
    {"icnlikesel", selec_not_ilike},
    {"icregexeqjoinsel", selec_match_join},
    {"icregexeqsel", selec_regex_icase},
    {"icregexnejoinsel", selec_not_match_join},
    {"icregexnesel", selec_not_regex_icase},
    {"likejoinsel", selec_match_join},
    {"likesel", selec_like},
    {"matchingjoinsel", selec_matching_join},
    {"matchingsel", selec_matching_join},
    {"neqjoinsel", selec_not_equal_join},
    {"neqsel", selec_not_equal},
    {"nlikejoinsel", selec_not_match_join},
    {"nlikesel", selec_not_like},
    {"positionjoinsel", selec_position},
    {"positionsel", selec_position},
    {"prefixjoinsel", selec_match_join},
    {"prefixsel", selec_prefix},
    {"regexeqjoinsel", selec_match_join},
    {"regexeqsel", selec_regex},
    {"regexnejoinsel", selec_not_match_join},
    {"regexnesel", selec_not_regex},
    {"scalargejoinsel", selec_range_join},
    {"scalargesel", selec_greater_equal},
    {"scalargtjoinsel", selec_range_join},
    {"scalargtsel", selec_greater},
    {"scalarlejoinsel", selec_range_join},
    {"scalarlesel", selec_less_equal},
    {"scalarltjoinsel", selec_range_join},
    {"scalarltsel", selec_less},
};

static SelecEstimator find_estimator(Oid function)
{
    PgProc row;

    facts_function(function, &row);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (strcmp(rows[i].name, row.proname) == 0)
            return rows[i].estimator;
    }
    return NULL;
}

SelecEstimator selec_find_restriction(Oid function)
{
    return find_estimator(function);
}

SelecEstimator selec_find_join(Oid function)
{
    return find_estimator(function);
}

double selec_operator(const SelecCall *call, bool is_join)
{
    PgOperator row;
    Oid function;
    SelecEstimator estimator;

    facts_operator(call->op, &row);
    function = is_join ? row.oprjoin : row.oprrest;
    if (function == 0)
        return DEFAULT_UNKNOWN_OPERATOR;
    estimator = find_estimator(function);
    /* Of types whose statistics are not looked at yet: as contained, matching things are. */
    return estimator == NULL ? SELEC_DEFAULT_MATCH : selec_clamp(estimator(call));
}

/* scan_path.c - paths that read one relation, of whatever kind; tables by place of rows, too. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/catalog/catalog_oid.h"
#include "server/node/expr.h"
#include "server/planner/clause.h"
#include "server/planner/cost.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"
#include "server/planner/path.h"
#include "server/planner/rel.h"
#include "server/planner/selec.h"

#define COLUMN_SELF    (-1)
#define OP_TID_EQUAL   387
#define OP_TID_GREATER 2800
#define OP_TID_LESS    2799
#define OP_TID_LE      2801
#define OP_TID_GE      2802

/* ---- By place ---- */

static bool is_self(const Node *node, const PlanRel *rel)
{
    const Var *var = (const void *)node;

    return node_is(node, Var) && var->attno == COLUMN_SELF && var->levels_up == 0 &&
           var->rt_index == (int)rel->rt_index;
}

/* ctid = value, value = ctid, with a value that is there before the row. */
static bool is_place(const Clause *clause, const PlanRel *rel)
{
    const Node *expr = clause->expr;
    const Node *value = NULL;

    if (expr_is_binary(expr) && ((const OpExpr *)(const void *)expr)->operator== OP_TID_EQUAL) {
        if (is_self(expr_left(expr), rel) && !bitset_has(clause->right, (int)rel->rt_index))
            value = expr_right(expr);
        else if (is_self(expr_right(expr), rel) && !bitset_has(clause->left, (int)rel->rt_index))
            value = expr_left(expr);
        return value != NULL && !expr_has_volatile(value);
    }
    if (node_is(expr, ScalarArrayOpExpr)) {
        const ScalarArrayOpExpr *op = (const void *)expr;

        return op->operator== OP_TID_EQUAL && op->is_any && is_self(list_at(op->args, 0), rel) &&
               expr_is_pseudoconstant(list_at(op->args, 1));
    }
    return node_is(expr, CurrentOfExpr) &&
           ((const CurrentOfExpr *)(const void *)expr)->rt_index == rel->rt_index;
}

static List *places_in(const Clause *clause, const PlanRel *rel);

static List *places_in_all(const List *clauses, const PlanRel *rel)
{
    list_foreach(Clause *, clause, clauses) {
        List *found = places_in(clause, rel);

        if (found != NULL)
            return found;
    }
    return NULL;
}

/* An OR gives places when all of its arms do. */
static List *places_in(const Clause *clause, const PlanRel *rel)
{
    List *all = NULL;

    if (clause->is_pseudoconstant)
        return NULL;
    if (is_place(clause, rel) && bitset_count(clause->relids) <= 1)
        return list_of((void *)as_node(clause));
    list_foreach(List *, arm, clause->or_arms) {
        List *found = places_in_all(arm, rel);

        if (found == NULL)
            return NULL;
        all = list_concat(all, found);
    }
    return all;
}

static bool is_place_range(const Clause *clause, const PlanRel *rel)
{
    const OpExpr *op = (const void *)clause->expr;

    if (!expr_is_binary(op) || clause->is_pseudoconstant)
        return false;
    if (op->operator!= OP_TID_LESS && op->operator!= OP_TID_GREATER &&
        op->
        operator!= OP_TID_LE && op->
        operator!= OP_TID_GE)
        return false;
    return (is_self(expr_left(op), rel) && expr_is_pseudoconstant(expr_right(op))) ||
           (is_self(expr_right(op), rel) && expr_is_pseudoconstant(expr_left(op)));
}

void path_add_tids(Planner *root, PlanRel *rel)
{
    List *places = places_in_all(rel->restrict_clauses, rel), *ranges = NULL;
    Path *path;

    if (places != NULL) {
        path = path_new(PATH_TID, rel, &rel->target);
        path->param = rel_base_param(root, rel, rel->lateral);
        path->u.tid.quals = places;
        cost_tid(root, path);
        path_add(rel, path);
    }
    list_foreach(Clause *, clause, rel->restrict_clauses) {
        if (is_place_range(clause, rel))
            ranges = list_add(ranges, clause);
    }
    if (ranges != NULL) {
        path = path_new(PATH_TID_RANGE, rel, &rel->target);
        path->param = rel_base_param(root, rel, rel->lateral);
        path->u.tid.quals = ranges;
        cost_tid_range(root, path);
        path_add(rel, path);
    }
}

/* ---- All scans of a relation ---- */

static Path *plain_path(Planner *root, PlanRel *rel, PathKind kind, void (*cost)(Planner *, Path *))
{
    Path *path = path_new(kind, rel, &rel->target);

    path->param = rel_base_param(root, rel, rel->lateral);
    cost(root, path);
    return path;
}

/* WITH ORDINALITY numbers rows in the order that they come in. */
static List *ordinality_keys(Planner *root, const PlanRel *rel, const RangeTblEntry *rte)
{
    const List *exprs = rel->target.exprs;

    if (!rte->has_ordinality)
        return NULL;
    list_foreach(Var *, var, exprs) {
        if (node_is(var, Var) && var->attno == rel->max_column)
            return keys_of_expr(root, as_node(var), 412 /* int8 < */);
    }
    return NULL;
}

static void add_simple(Planner *root, PlanRel *rel, const RangeTblEntry *rte)
{
    static const PathKind kinds[] = {[RTE_FUNCTION] = PATH_FUNCTION,
                                     [RTE_TABLE_FUNC] = PATH_TABLE_FUNC,
                                     [RTE_VALUES] = PATH_VALUES,
                                     [RTE_CTE] = PATH_CTE,
                                     [RTE_NAMED_STORE] = PATH_NAMED_STORE};
    PathKind kind = kinds[rte->kind];
    Path *path;

    if (rte->kind == RTE_CTE && rte->is_self_reference)
        kind = PATH_WORK_TABLE;
    path = plain_path(root, rel, kind, cost_simple_scan);
    if (rte->kind == RTE_FUNCTION)
        path->keys = ordinality_keys(root, rel, rte);
    path_add(rel, path);
}

void path_add_scans(Planner *root, PlanRel *rel)
{
    const RangeTblEntry *rte = root->entries[rel->rt_index];

    switch (rte->kind) {
    case RTE_RELATION:
        if (rte->sample != NULL) {
            path_add(rel, plain_path(root, rel, PATH_SAMPLE, cost_sample));
            break;
        }
        path_add(rel, plain_path(root, rel, PATH_SEQ_SCAN, cost_seq_scan));
        path_add_indexes(root, rel);
        path_add_tids(root, rel);
        break;
    case RTE_RESULT:
        path_add(rel, plain_path(root, rel, PATH_RESULT_SCAN, cost_result_scan));
        break;
    case RTE_FUNCTION:
    case RTE_TABLE_FUNC:
    case RTE_VALUES:
    case RTE_CTE:
    case RTE_NAMED_STORE:
        add_simple(root, rel, rte);
        break;
    default:
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "a relation that cannot be scanned");
    }
}

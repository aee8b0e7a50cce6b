/* query.c - from FROM and WHERE to the join of all relations, with its paths. */
#include "common/base/base.h"

#include "server/planner/query.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/node/expr.h"
#include "server/planner/clause.h"
#include "server/planner/cost.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"
#include "server/planner/jointree.h"
#include "server/planner/level.h"
#include "server/planner/path.h"
#include "server/planner/predicate.h"
#include "server/planner/rel.h"
#include "server/planner/simplify.h"

#define TABLE_FUNC_ROWS 100
#define SAMPLE_PART     0.1

/* ---- No relations ---- */

static PlanRel *plan_nothing(Planner *root, int rt_index)
{
    PlanRel *rel = rel_build(root, rt_index, NULL);
    Path *path = path_new(PATH_RESULT, rel, &rel->target);
    List *quals = (List *)(void *)root->query->from->where;
    Cost cost = cost_expr(root, quals);

    root->base_rels = bitset_of(rt_index);
    path->u.result.quals = quals;
    path->rows = 1;
    path->startup = rel->target.cost.startup;
    path->total = rel->target.cost.startup + setting.cpu_tuple_cost + rel->target.cost.per_tuple;
    if (quals != NULL) {
        path->startup += cost.startup + cost.per_tuple;
        path->total += cost.startup + cost.per_tuple;
    }
    path_add(rel, path);
    path_set_cheapest(rel);
    return rel;
}

/* The number of the only item of FROM, when that is a row of nothing; 0. */
static int only_result(const Planner *root)
{
    const FromExpr *from = root->query->from;
    const RangeTblRef *ref;

    if (list_count(from->items) != 1)
        return 0;
    ref = list_at(from->items, 0);
    if (!node_is(ref, RangeTblRef) || root->entries[ref->rt_index]->kind != RTE_RESULT)
        return 0;
    return ref->rt_index;
}

/* ---- Sizes ---- */

/* Partial indexes of which the conditions say enough. */
static void check_predicates(Planner *root, PlanRel *rel)
{
    List *clauses = NULL;
    bool is_target = (int)rel->rt_index == root->query->result_relation;

    list_foreach(PlanIndex *, index, rel->indexes) {
        index->restrict_clauses = rel->restrict_clauses;
        if (index->predicate == NULL)
            continue;
        if (clauses == NULL)
            clauses = clause_all_exprs(rel->restrict_clauses);
        index->is_predicate_ok = predicate_is_implied(index->predicate, clauses);
        if (is_target || !index->is_predicate_ok)
            continue;
        index->restrict_clauses = NULL;
        list_foreach(Clause *, clause, rel->restrict_clauses) {
            if (expr_has_mutable(clause->expr) ||
                !predicate_is_implied(list_of(clause->expr), index->predicate))
                index->restrict_clauses = list_add(index->restrict_clauses, clause);
        }
    }
}

static void size_function(Planner *root, PlanRel *rel, const RangeTblEntry *rte)
{
    rel->tuples = 0;
    list_foreach(RangeTblFunction *, function, rte->functions)
        rel->tuples = max_double(rel->tuples, expr_set_rows(function->call));
    rel_size_base(root, rel);
}

/* Of TABLESAMPLE: the part that is named, or a tenth. */
static void size_sample(const Planner *root, PlanRel *rel, const TableSampleClause *sample)
{
    const Node *arg = simplify_for_estimate(list_at(sample->args, 0), root->global->bound);
    const Const *value = (const Const *)(const void *)arg;
    double part = SAMPLE_PART;

    if (node_is(arg, Const) && !value->is_null) {
        double percent = (double)datum_f4(value->value);

        if (percent >= 0 && percent <= 100)
            part = percent / 100;
    }
    if (sample->handler == SAMPLE_SYSTEM)
        rel->pages = cost_clamp_rows(rel->pages * part);
    rel->tuples = cost_clamp_rows(rel->tuples * part);
}

static void size_rel(Planner *root, PlanRel *rel)
{
    const RangeTblEntry *rte = root->entries[rel->rt_index];

    if (rel_is_excluded(root, rel)) {
        rel_mark_dummy(rel);
        return;
    }
    switch (rte->kind) {
    case RTE_RELATION:
        if (rte->is_inherited)
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = "tables with children are not supported");
        check_predicates(root, rel);
        if (rte->sample != NULL)
            size_sample(root, rel, rte->sample);
        rel_size_base(root, rel);
        break;
    case RTE_SUBQUERY:
        query_plan_subquery(root, rel);
        break;
    case RTE_FUNCTION:
        size_function(root, rel, rte);
        break;
    case RTE_TABLE_FUNC:
        rel->tuples = TABLE_FUNC_ROWS;
        rel_size_base(root, rel);
        break;
    case RTE_VALUES:
        rel->tuples = list_count(rte->values);
        rel_size_base(root, rel);
        break;
    case RTE_CTE:
        query_size_cte(root, rel);
        break;
    case RTE_NAMED_STORE:
        rel->tuples = rte->store_rows < 0 ? 1000 : rte->store_rows;
        rel_size_base(root, rel);
        break;
    case RTE_RESULT:
        rel->tuples = 1;
        rel_size_base(root, rel);
        break;
    default:
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "a relation of an unknown kind");
    }
}

/* Right sides of semi- and antijoins are mostly read in part when there are parameters. */
static void set_startup_wishes(Planner *root)
{
    list_foreach(OuterJoin *, join, root->outer_joins) {
        int only = bitset_only(join->right);

        if ((join->kind == JOIN_SEMI || join->kind == JOIN_ANTI) && only >= 0 &&
            root->rels[only] != NULL)
            root->rels[only]->wants_param_startup = true;
    }
}

static void plan_base_rels(Planner *root)
{
    set_startup_wishes(root);
    for (int i = -1; (i = bitset_next(root->base_rels, i)) >= 0;) {
        if (root->rels[i]->type == REL_BASE)
            size_rel(root, root->rels[i]);
    }
    root->total_pages = 0;
    for (int i = -1; (i = bitset_next(root->base_rels, i)) >= 0;) {
        if (!rel_is_dummy(root->rels[i]))
            root->total_pages += root->rels[i]->pages;
    }
    for (int i = -1; (i = bitset_next(root->base_rels, i)) >= 0;) {
        PlanRel *rel = root->rels[i];

        if (rel_is_dummy(rel) || rel->type != REL_BASE)
            continue;
        if (rel->kind != RTE_SUBQUERY)
            path_add_scans(root, rel);
        path_set_cheapest(rel);
    }
}

PlanRel *query_plan_joins(Planner *root, void (*set_keys)(Planner *root))
{
    int nothing = only_result(root);
    List *items;
    PlanRel *rel;

    if (nothing != 0) {
        rel = plan_nothing(root, nothing);
        set_keys(root);
        return rel;
    }
    jointree_build_rels(root, as_node(root->query->from));
    jointree_add_targets(root);
    jointree_find_lateral(root);
    items = jointree_split(root);
    equiv_reconsider_outer(root);
    equiv_finish_base(root);
    set_keys(root);
    items = jointree_remove_joins(root, items);
    jointree_reduce_semi(root);
    jointree_finish_lateral(root);
    plan_base_rels(root);
    rel = join_search(root, items);
    if (rel == NULL || rel->cheapest_total == NULL || rel->cheapest_total->param != NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "failed to construct the join relation");
    return rel;
}

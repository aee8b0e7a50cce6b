/* create_join.c - joins as plan nodes, and what stands right below them. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/node/expr.h"
#include "server/planner/clause.h"
#include "server/planner/cost.h"
#include "server/planner/create.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/level.h"
#include "server/planner/path.h"

/* Conditions that decide what matches, and those that filter; without those in the list. */
static void split_quals(Planner *root, const Path *path, const List *without, Join *join)
{
    List *joins = NULL, *others = NULL;
    JoinKind kind = path->u.join.kind;
    bool is_outer =
        kind == JOIN_LEFT || kind == JOIN_FULL || kind == JOIN_RIGHT || kind == JOIN_ANTI;

    list_foreach(Clause *, clause, path->u.join.clauses) {
        if (list_has(without, clause))
            continue;
        if (is_outer && clause_is_pushed_down(clause, path->rel->relids))
            others = list_add(others, clause);
        else
            joins = list_add(joins, clause);
    }
    join->kind = kind;
    join->is_inner_unique = path->u.join.is_inner_unique;
    join->join_quals = create_quals(root, joins, path);
    join->quals = create_quals(root, others, path);
}

/* Conditions that need no row go above the join. */
static Plan *gated(Planner *root, Plan *plan, const Path *path)
{
    List *quals = root->has_pseudoconstants ? clause_exprs(path->u.join.clauses, true) : NULL;
    Result *result;

    if (quals == NULL)
        return plan;
    result = create_plan_node(Result, path, node_copy(plan->targets));
    result->constant_quals = quals;
    result->left = plan;
    return (Plan *)result;
}

/* The parameters that this join gives to its inner side; others are for joins further up. */
static List *take_params(Planner *root, const BitSet *outer)
{
    List *mine = NULL, *rest = NULL;

    list_foreach(NestLoopParam *, param, root->outer_param_items) {
        if (bitset_has(outer, param->value->rt_index))
            mine = list_add(mine, param);
        else
            rest = list_add(rest, param);
    }
    root->outer_param_items = rest;
    return mine;
}

static Plan *create_nest_loop(Planner *root, Path *path)
{
    BitSet *before = root->outer_rels;
    Plan *outer = create_node(root, path->outer, 0), *inner;
    NestLoop *join = create_plan_node(NestLoop, path, create_targets(root, path));

    root->outer_rels = bitset_union(before, path->outer->rel->relids);
    inner = create_node(root, path->inner, 0);
    root->outer_rels = before;
    join->left = outer;
    join->right = inner;
    join->params = take_params(root, path->outer->rel->relids);
    split_quals(root, path, NULL, (Join *)join);
    return (Plan *)join;
}

/* A key with the outer side's expression on the left. */
static JoinKey *new_key(Planner *root, const Path *path, Clause *clause, Oid *op)
{
    bool is_outer_left = bitset_is_subset(clause->left, path->outer->rel->relids);
    JoinKey *key = node_new(JoinKey);
    const OpExpr *expr = (const void *)clause->expr;

    *op = is_outer_left ? expr->operator: facts_commutator(expr->operator);
    key->left = node_copy(is_outer_left ? expr_left(expr) : expr_right(expr));
    key->right = node_copy(is_outer_left ? expr_right(expr) : expr_left(expr));
    if (path->param != NULL) {
        key->left = create_replace_outer(root, key->left);
        key->right = create_replace_outer(root, key->right);
    }
    key->operator= * op;
    key->equal = facts_operator_function(*op);
    key->collation = expr->input_collation;
    return key;
}

static List *merge_keys(Planner *root, const Path *path)
{
    const List *order =
        path->u.join.outer_keys != NULL ? path->u.join.outer_keys : path->outer->keys;
    List *keys = NULL;

    list_foreach(Clause *, clause, path->u.join.keys) {
        bool is_outer_left = bitset_is_subset(clause->left, path->outer->rel->relids);
        EquivClass *ec = equiv_root(is_outer_left ? clause->left_class : clause->right_class);
        Oid op, left, right;
        JoinKey *key = new_key(root, path, clause, &op);

        list_foreach(PathKey *, item, order) {
            if (item->ec != ec)
                continue;
            facts_strategy(op, item->family, &left, &right);
            key->compare = facts_family_function(item->family, left, right, 1);
            key->is_descending = item->is_descending;
            key->is_nulls_first = item->is_nulls_first;
            break;
        }
        keys = list_add(keys, key);
    }
    return keys;
}

static Plan *materialized(Plan *plan, double run_more)
{
    Material *material = node_new(Material);

    material->left = plan;
    material->targets = node_copy(plan->targets);
    material->startup_cost = plan->startup_cost;
    material->total_cost = plan->total_cost + run_more;
    material->rows = plan->rows;
    material->width = plan->width;
    return (Plan *)material;
}

static Plan *create_merge(Planner *root, Path *path)
{
    bool sorts_outer = path->u.join.outer_keys != NULL;
    bool sorts_inner = path->u.join.inner_keys != NULL;
    Plan *outer = create_node(root, path->outer, sorts_outer ? CREATE_SMALL : 0);
    Plan *inner = create_node(root, path->inner, sorts_inner ? CREATE_SMALL : 0);
    MergeJoin *join = create_plan_node(MergeJoin, path, create_targets(root, path));

    if (sorts_outer)
        outer = create_sort(root, outer, path->u.join.outer_keys, path->outer->rel->relids, NULL);
    if (sorts_inner)
        inner = create_sort(root, inner, path->u.join.inner_keys, path->inner->rel->relids, NULL);
    if (path->u.join.materializes_inner)
        inner = materialized(inner, setting.cpu_operator_cost * inner->rows);
    join->left = outer;
    join->right = inner;
    join->keys = merge_keys(root, path);
    join->skips_mark = path->u.join.skips_mark;
    split_quals(root, path, path->u.join.keys, (Join *)join);
    return (Plan *)join;
}

static Plan *create_hash(Planner *root, Path *path)
{
    /* Of several batches the outer side's rows are put away, too. */
    Plan *outer = create_node(root, path->outer, path->u.join.batches > 1 ? CREATE_SMALL : 0);
    Plan *inner = create_node(root, path->inner, CREATE_SMALL);
    HashJoin *join = create_plan_node(HashJoin, path, create_targets(root, path));
    Hash *hash = node_new(Hash);

    hash->left = inner;
    hash->targets = node_copy(inner->targets);
    hash->startup_cost = hash->total_cost = inner->total_cost;
    hash->rows = inner->rows;
    hash->width = inner->width;
    list_foreach(Clause *, clause, path->u.join.keys) {
        Oid op;
        JoinKey *key = new_key(root, path, clause, &op);

        facts_hash_functions(op, &key->left_hash, &key->right_hash);
        join->keys = list_add(join->keys, key);
    }
    join->left = outer;
    join->right = (Plan *)hash;
    split_quals(root, path, path->u.join.keys, (Join *)join);
    return (Plan *)join;
}

static Plan *create_memoize(Planner *root, Path *path, unsigned wants)
{
    Plan *sub = create_node(root, path->outer, wants | CREATE_SMALL);
    Memoize *memoize = create_plan_node(Memoize, path, node_copy(sub->targets));

    memoize->left = sub;
    memoize->keys = (List *)(void *)create_replace_outer(root, node_copy(path->u.memoize.exprs));
    list_foreach(Node *, expr, path->u.memoize.exprs) {
        Oid op = list_oid_at(path->u.memoize.operators, expr_i), left = 0, right = 0;

        facts_hash_functions(op, &left, &right);
        memoize->hashes = list_add_oid(memoize->hashes, left);
        memoize->equals = list_add_oid(memoize->equals, facts_operator_function(op));
        memoize->collations = list_add_oid(memoize->collations, node_expr_collation(expr));
    }
    memoize->is_single_row = path->u.memoize.is_single_row;
    memoize->is_binary = path->u.memoize.is_binary;
    memoize->entries = (int)path->u.memoize.entries;
    return (Plan *)memoize;
}

/* ---- A right side without duplicates ---- */

/* Its expressions as columns of the plan; rows that are sorted have no others than are needed. */
static Plan *with_columns(Planner *root, Plan *plan, const Path *path)
{
    List *targets = create_targets(root, path);
    int count = list_count(targets);

    list_foreach(Node *, expr, path->u.unique.exprs) {
        if (create_target_place(targets, expr) == 0)
            targets = list_add(
                targets, expr_target(node_copy(expr), list_count(targets) + 1, NULL, false));
    }
    if (list_count(targets) == count && path->u.unique.is_hashed)
        return plan;
    return create_give(plan, targets);
}

static GroupKey *unique_key(const List *targets, const Node *expr, Oid op, bool is_hashed)
{
    GroupKey *key = node_new(GroupKey);
    Oid left = 0, right = 0;

    /* The operator compares the left side's type with this one's; here it is this one's alone. */
    if (is_hashed) {
        Oid equal_left, equal_right;

        facts_hash_equalities(op, &equal_left, &equal_right);
        key->equal_operator = equal_right;
        facts_hash_functions(op, &left, &right);
        key->hash = right;
    } else {
        Oid less = facts_ordering_for_equality(op, false);

        key->equal_operator = less == 0 ? op : facts_equality_for_ordering(less, NULL);
    }
    key->column = create_target_place(targets, expr);
    key->equal = facts_operator_function(key->equal_operator);
    key->collation = node_expr_collation(expr);
    return key;
}

static Plan *create_unique(Planner *root, Path *path, unsigned wants)
{
    Plan *plan = create_node(root, path->outer, wants);
    List *keys = NULL;

    if (path->u.unique.is_noop)
        return plan;
    plan = with_columns(root, plan, path);
    list_foreach(Node *, expr, path->u.unique.exprs)
        keys = list_add(keys, unique_key(plan->targets, expr,
                                         list_oid_at(path->u.unique.operators, expr_i),
                                         path->u.unique.is_hashed));
    if (path->u.unique.is_hashed) {
        Agg *agg = create_plan_node(Agg, path, create_targets(root, path));

        agg->left = plan;
        agg->strategy = AGG_HASHED;
        agg->keys = keys;
        agg->groups = path->rows;
        return (Plan *)agg;
    }
    Sort *sort = node_new(Sort);
    Path cost = {0};
    PathTarget target = {.width = plan->width};
    Unique *unique;

    list_foreach(GroupKey *, key, keys) {
        SortKey *by = node_new(SortKey);
        Oid less = facts_ordering_for_equality(key->equal_operator, false), family, input;
        bool is_descending;

        facts_ordering(less, &family, &input, &is_descending);
        by->column = key->column;
        by->operator= less;
        by->compare = facts_family_function(family, input, input, 1);
        by->collation = key->collation;
        sort->keys = list_add(sort->keys, by);
    }
    cost.target = &target;
    cost_sort(&cost, plan->startup_cost, plan->total_cost, plan->rows, plan->width, -1, 0);
    create_set_cost((Plan *)sort, &cost);
    sort->left = plan;
    sort->targets = node_copy(plan->targets);
    unique = create_plan_node(Unique, path, node_copy(plan->targets));
    unique->left = (Plan *)sort;
    unique->keys = keys;
    return (Plan *)unique;
}

Plan *create_join(Planner *root, Path *path, unsigned wants)
{
    switch (path->kind) {
    case PATH_NEST_LOOP:
        return gated(root, create_nest_loop(root, path), path);
    case PATH_MERGE_JOIN:
        return gated(root, create_merge(root, path), path);
    case PATH_HASH_JOIN:
        return gated(root, create_hash(root, path), path);
    case PATH_MEMOIZE:
        return create_memoize(root, path, wants);
    case PATH_UNIQUE:
        return create_unique(root, path, wants);
    default:
        return create_stage(root, path, wants);
    }
}

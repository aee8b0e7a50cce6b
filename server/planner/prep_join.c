/*
 * prep_join.c - joins before anything is planned: their columns named by relations, outer joins
 * that are none, joins that are for nothing
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/node/expr.h"
#include "server/node/tree.h"
#include "server/planner/clause.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"
#include "server/planner/jointree.h"
#include "server/planner/level.h"
#include "server/planner/rel.h"

/* ---- Columns of joins ---- */

typedef struct FlattenWalk {
    const Query *query;
    int begin; /* level of the query itself in the walk */
} FlattenWalk;

static Node *flatten(Node *node, int level, void *arg)
{
    const FlattenWalk *walk = arg;
    const Var *var = (const Var *)(void *)node;
    const RangeTblEntry *rte;
    Node *column;

    if (!node_is(node, Var))
        return node_mutate_levels(node, level, flatten, arg);
    if (var->levels_up != (uint32_t)(level - walk->begin) || var->rt_index <= 0)
        return node_copy(node);
    rte = list_at(walk->query->range_table, var->rt_index - 1);
    if (rte->kind != RTE_JOIN)
        return node_copy(node);
    if (var->attno <= 0)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "whole rows of joins are not supported");
    column = node_copy(list_at(rte->join_columns, var->attno - 1));
    if (level > walk->begin)
        node_shift_levels(column, level - walk->begin, 0);
    /* It may be a column of another join. */
    return flatten(column, level, arg);
}

Node *prep_flatten_join_vars(Planner *root, Query *query, void *expr)
{
    FlattenWalk walk = {.query = query};
    Node *node = expr;

    (void)root;
    if (node == NULL)
        return NULL;
    if (node_is(node, Query)) {
        walk.begin = -1;
        return node_mutate_levels(node, -1, flatten, &walk);
    }
    if (node->tag <= NODE_OidList)
        return node_mutate_levels(node, 0, flatten, &walk);
    return flatten(node, 0, &walk);
}

/* ---- Outer joins that are none ---- */

/* What is known above a place in the tree. */
typedef struct Above {
    BitSet *nonnullable; /* rows of NULLs of these relations are not wanted */
    List *nonnull_vars, *null_vars;
} Above;

static List *vars_of_both(List *a, const List *b)
{
    a = list_copy(a);
    list_foreach(Node *, var, b)
        a = list_add_new(a, var);
    return a;
}

static Above with_quals(const Above *above, const Node *quals)
{
    return (Above){.nonnullable = bitset_union(above->nonnullable, expr_nonnullable_rels(quals)),
                   .nonnull_vars = vars_of_both(above->nonnull_vars, expr_nonnullable_vars(quals)),
                   .null_vars = vars_of_both(above->null_vars, expr_forced_null_vars(quals))};
}

static JoinKind reduced_kind(const JoinExpr *join, const Above *above)
{
    bool left = bitset_overlaps(above->nonnullable, jointree_rels(join->left, false));
    bool right = bitset_overlaps(above->nonnullable, jointree_rels(join->right, false));

    switch (join->kind) {
    case JOIN_LEFT:
        return right ? JOIN_INNER : JOIN_LEFT;
    case JOIN_RIGHT:
        return left ? JOIN_INNER : JOIN_RIGHT;
    case JOIN_FULL:
        if (left)
            return right ? JOIN_INNER : JOIN_LEFT;
        return right ? JOIN_RIGHT : JOIN_FULL;
    default:
        return join->kind;
    }
}

/* A column of the right side that a match cannot have as NULL must be NULL: no match is wanted. */
static bool is_anti(const JoinExpr *join, const Above *above)
{
    BitSet *right = jointree_rels(join->right, false);

    list_foreach(Var *, var, expr_nonnullable_vars(join->condition)) {
        if (bitset_has(right, var->rt_index) && list_has_equal(above->null_vars, var))
            return true;
    }
    return false;
}

static void reduce(Planner *root, Node *tree, const Above *above)
{
    static const Above nothing;
    JoinExpr *join = (JoinExpr *)(void *)tree;
    Above local, own;

    if (tree->tag == NODE_FromExpr) {
        FromExpr *from = (FromExpr *)(void *)tree;

        local = with_quals(above, from->where);
        list_foreach(Node *, item, from->items)
            reduce(root, item, &local);
        return;
    }
    if (tree->tag != NODE_JoinExpr)
        return;
    join->kind = reduced_kind(join, above);
    if (join->kind == JOIN_RIGHT) {
        Node *swap = join->left;

        join->left = join->right;
        join->right = swap;
        join->kind = JOIN_LEFT;
    }
    if (join->kind == JOIN_LEFT && is_anti(join, above))
        join->kind = JOIN_ANTI;
    if (join->rt_index != 0)
        ((RangeTblEntry *)list_at(root->query->range_table, join->rt_index - 1))->join_kind =
            join->kind;
    own = with_quals(&nothing, join->condition);
    local = join->kind == JOIN_INNER || join->kind == JOIN_SEMI ? with_quals(above, join->condition)
                                                                : own;
    if (join->kind == JOIN_INNER || join->kind == JOIN_SEMI)
        reduce(root, join->left, &local);
    else
        reduce(root, join->left, join->kind == JOIN_FULL ? &nothing : above);
    reduce(root, join->right, join->kind == JOIN_FULL ? &nothing : &local);
}

void prep_reduce_outer_joins(Planner *root)
{
    Above nothing = {0};

    reduce(root, as_node(root->query->from), &nothing);
}

/* ---- Rows of nothing beside others ---- */

static bool is_result(const Planner *root, const Node *item)
{
    const RangeTblRef *ref = (const void *)item;
    const RangeTblEntry *rte;

    if (!node_is(item, RangeTblRef))
        return false;
    rte = list_at(root->query->range_table, ref->rt_index - 1);
    return rte->kind == RTE_RESULT;
}

/* quals: where conditions of a FROM that goes belong; NULL: it must stay. */
static Node *remove_results(const Planner *root, Node *tree, List **quals)
{
    if (tree->tag == NODE_FromExpr) {
        FromExpr *from = (FromExpr *)(void *)tree;
        List *items = NULL, *more = NULL;

        list_foreach(Node *, item, from->items)
            items = list_add(items, remove_results(root, item, &more));
        from->items = NULL;
        list_foreach(Node *, kept, items) {
            /* One must be left. */
            if (is_result(root, kept) && (from->items != NULL || kept_i + 1 < list_count(items)))
                continue;
            from->items = list_add(from->items, kept);
        }
        from->where = as_node(list_concat(list_copy((List *)(void *)from->where), more));
        if (quals == NULL || list_count(from->items) != 1)
            return tree;
        *quals = list_concat(*quals, (List *)(void *)from->where);
        return list_at(from->items, 0);
    }
    if (tree->tag == NODE_JoinExpr) {
        JoinExpr *join = (JoinExpr *)(void *)tree;
        List *left = NULL, *right = NULL;

        join->left = remove_results(root, join->left, join->kind == JOIN_FULL ? NULL : &left);
        join->right = remove_results(root, join->right, join->kind == JOIN_FULL ? NULL : &right);
        if (join->kind == JOIN_INNER) {
            right = list_concat(left, right);
            left = NULL;
        }
        /* Conditions of what went belong where they filter the same rows. */
        if (right != NULL)
            join->condition =
                as_node(list_concat(list_copy((List *)(void *)join->condition), right));
        if (left != NULL) {
            FromExpr *from = node_new(FromExpr);

            from->items = list_of(join->left);
            from->where = as_node(left);
            join->left = as_node(from);
        }
        if (join->kind != JOIN_INNER || quals == NULL)
            return tree;
        if (is_result(root, join->left)) {
            *quals = list_concat(*quals, (List *)(void *)join->condition);
            return join->right;
        }
        if (is_result(root, join->right)) {
            *quals = list_concat(*quals, (List *)(void *)join->condition);
            return join->left;
        }
    }
    return tree;
}

void prep_remove_results(Planner *root)
{
    remove_results(root, as_node(root->query->from), NULL);
}

/* ---- Joins that are for nothing ---- */

/* Is nothing of the right side asked for above, and does it give one row at most? */
static bool is_useless(Planner *root, const OuterJoin *join)
{
    int only = bitset_only(join->min_right);
    BitSet *all = bitset_union(join->min_left, join->min_right);
    List *keys = NULL;
    PlanRel *inner;

    if (join->kind != JOIN_LEFT || join->delays_upper || only < 0 ||
        only == root->query->result_relation)
        return false;
    inner = plan_rel(root, only);
    if (inner->type != REL_BASE || (inner->indexes == NULL && inner->kind != RTE_SUBQUERY))
        return false;
    for (int i = inner->min_column; i <= inner->max_column; i++) {
        if (!bitset_is_subset(inner->needed[i - inner->min_column], all))
            return false;
    }
    list_foreach(Clause *, clause, inner->join_clauses) {
        if (clause_is_pushed_down(clause, all)) {
            if (bitset_has(clause->relids, only))
                return false;
            continue;
        }
        if (!clause->can_join || clause->merge_families == NULL ||
            !clause_sides_match(clause, join->min_left, inner->relids))
            continue;
        keys = list_add(keys, clause);
    }
    if (inner->kind == RTE_SUBQUERY)
        return rel_subquery_is_unique_for(root, inner, keys);
    return keys != NULL && inner->kind == RTE_RELATION &&
           rel_is_unique_for(root, inner, keys, NULL, NULL);
}

static List *without_item(List *items, int rt_index)
{
    List *rest = NULL;

    list_foreach(Node *, item, items) {
        if (item->tag == NODE_List) {
            List *inner = without_item((List *)(void *)item, rt_index);

            if (inner != NULL)
                rest = list_add(rest, inner);
        } else if (((RangeTblRef *)(void *)item)->rt_index != rt_index) {
            rest = list_add(rest, item);
        }
    }
    return rest;
}

/* Conditions of joins above, which ask nothing of what is gone, stay. */
static void forget_clauses(Planner *root, const PlanRel *gone, const OuterJoin *join)
{
    BitSet *all = bitset_union(join->min_left, join->min_right);

    list_foreach(Clause *, clause, gone->join_clauses) {
        if (!clause_is_pushed_down(clause, all))
            continue;
        clause->required = bitset_minus(clause->required, gone->relids);
        clause_distribute(root, clause);
    }
}

static void forget_rel(Planner *root, int rt_index, const OuterJoin *join)
{
    PlanRel *gone = plan_rel(root, rt_index);
    BitSet *bit = bitset_of(rt_index);

    root->base_rels = bitset_minus(root->base_rels, bit);
    for (int i = -1; (i = bitset_next(root->base_rels, i)) >= 0;) {
        PlanRel *rel = plan_rel(root, i);
        List *clauses = NULL;

        for (int c = rel->min_column; c <= rel->max_column; c++)
            rel->needed[c - rel->min_column] = bitset_minus(rel->needed[c - rel->min_column], bit);
        list_foreach(Clause *, clause, rel->join_clauses) {
            if (!bitset_has(clause->required, rt_index))
                clauses = list_add(clauses, clause);
        }
        rel->join_clauses = clauses;
    }
    forget_clauses(root, gone, join);
    root->outer_joins = list_without(root->outer_joins, join);
    list_foreach(OuterJoin *, other, root->outer_joins) {
        other->min_left = bitset_minus(other->min_left, bit);
        other->min_right = bitset_minus(other->min_right, bit);
        other->left = bitset_minus(other->left, bit);
        other->right = bitset_minus(other->right, bit);
    }
    gone->type = REL_DEAD;
}

List *jointree_remove_joins(Planner *root, List *items)
{
    bool again = true;

    while (again) {
        again = false;
        list_foreach(OuterJoin *, join, root->outer_joins) {
            int only = bitset_only(join->min_right);

            if (!is_useless(root, join))
                continue;
            forget_rel(root, only, join);
            items = without_item(items, only);
            again = true;
            break;
        }
    }
    return items;
}

void jointree_reduce_semi(Planner *root)
{
    List *joins = NULL;

    list_foreach(OuterJoin *, join, root->outer_joins) {
        int only = bitset_only(join->min_right);
        PlanRel *inner = only < 0 ? NULL : plan_rel(root, only);
        bool is_unique = false;

        if (join->kind == JOIN_SEMI && inner != NULL && inner->kind == RTE_RELATION) {
            BitSet *all = bitset_union(join->min_left, join->min_right);
            List *clauses = list_concat(list_copy(inner->join_clauses),
                                        equiv_join_clauses(root, all, join->min_left, inner));
            List *fit = NULL;

            list_foreach(Clause *, clause, clauses) {
                if (bitset_is_subset(clause->required, all))
                    fit = list_add(fit, clause);
            }
            is_unique = rel_inner_is_unique(root, all, join->min_left, inner, JOIN_SEMI, fit);
        }
        if (!is_unique)
            joins = list_add(joins, join);
    }
    root->outer_joins = joins;
}

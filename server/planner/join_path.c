/* join_path.c - the ways to join two relations: nested loops, merging, hashing. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/node/expr.h"
#include "server/planner/clause.h"
#include "server/planner/cost.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/path.h"
#include "server/planner/query.h"
#include "server/planner/rel.h"
#include "server/planner/selec.h"

typedef struct JoinTry {
    Planner *root;
    PlanRel *rel, *outer, *inner;
    JoinKind kind;      /* as it will be done */
    JoinKind save_kind; /* with JOIN_UNIQUE_* */
    const OuterJoin *join;
    List *clauses;
    List *merge_clauses;
    JoinFacts facts;
    BitSet *sources; /* relations from which parameters may come */
    bool may_merge;
} JoinTry;

static bool is_bound_by(const Path *path, const PlanRel *rel)
{
    return bitset_overlaps(path_outer(path), rel->relids);
}

static bool is_outer_kind(JoinKind kind)
{
    return kind == JOIN_LEFT || kind == JOIN_FULL || kind == JOIN_RIGHT || kind == JOIN_ANTI;
}

/* ---- Unique right sides of semijoins ---- */

static Path *unique_noop(Path *path, PlanRel *rel, const Path *sub)
{
    path->u.unique.is_noop = true;
    path->rows = rel->rows;
    path->startup = sub->startup;
    path->total = sub->total;
    path->keys = sub->keys;
    return path;
}

Path *join_unique_path(Planner *root, PlanRel *rel, Path *sub, const OuterJoin *join)
{
    Path *path, sort, agg;
    int count = list_count(join->semi_exprs);
    bool can_hash = join->semi_can_hash, can_sort = join->semi_can_sort;
    PathTarget target;

    if (rel->cheapest_unique != NULL)
        return rel->cheapest_unique;
    if ((!can_sort && !can_hash) || sub->param != NULL)
        return NULL;
    path = path_new(PATH_UNIQUE, rel, &rel->target);
    path->outer = sub;
    path->u.unique.exprs = join->semi_exprs;
    path->u.unique.operators = join->semi_operators;
    rel->cheapest_unique = path;
    if (rel->kind == RTE_RELATION && can_sort &&
        rel_is_unique_for(root, rel, NULL, join->semi_exprs, join->semi_operators))
        return unique_noop(path, rel, sub);
    path->rows = selec_group_count(root, join->semi_exprs, rel->rows, NULL);
    sort = agg = *path;
    if (can_sort) {
        cost_sort(&sort, sub->startup, sub->total, rel->rows, sub->target->width, -1, 0);
        sort.total += setting.cpu_operator_cost * rel->rows * count;
    }
    if (can_hash) {
        if ((sub->target->width + 64) * path->rows > cost_hash_memory()) {
            can_hash = false;
        } else {
            AggInput input = {sub->startup, sub->total, rel->rows, sub->target->width};

            target = rel->target;
            agg.target = &target;
            cost_agg(root, &agg, AGG_HASHED, NULL, count, path->rows, NULL, &input);
        }
    }
    if (!can_sort && !can_hash) {
        rel->cheapest_unique = NULL;
        return NULL;
    }
    path->u.unique.is_hashed = can_hash && (!can_sort || agg.total < sort.total);
    path->startup = path->u.unique.is_hashed ? agg.startup : sort.startup;
    path->total = path->u.unique.is_hashed ? agg.total : sort.total;
    return path;
}

/* ---- Nested loops ---- */

static List *without_moved(const JoinTry *t, const Path *outer, const Path *inner)
{
    List *rest = NULL;

    if (!bitset_overlaps(path_outer(inner), outer->rel->relids))
        return t->clauses;
    list_foreach(Clause *, clause, t->clauses) {
        if (!clause_can_move_into(clause, inner->rel->relids, path_outer(inner)))
            rest = list_add(rest, clause);
    }
    return rest;
}

static Path *new_join(const JoinTry *t, PathKind kind, Path *outer, Path *inner)
{
    Path *path = path_new(kind, t->rel, &t->rel->target);

    path->outer = outer;
    path->inner = inner;
    path->u.join.kind = t->kind;
    path->u.join.is_inner_unique = t->facts.is_inner_unique;
    return path;
}

/* May parameters come from there, or does the join serve as the middle of a star? */
static bool are_sources_fine(const JoinTry *t, const BitSet *required, const Path *inner)
{
    if (required == NULL || bitset_overlaps(required, t->sources))
        return true;
    return bitset_overlaps(path_outer(inner), t->outer->relids) &&
           !bitset_is_subset(path_outer(inner), t->outer->relids);
}

static void try_nest_loop(const JoinTry *t, Path *outer, Path *inner, List *keys)
{
    BitSet *required =
        bitset_minus(bitset_union(path_outer(outer), path_outer(inner)), outer->rel->relids);
    JoinCost cost;
    List *clauses;
    Path *path;

    required = bitset_minus(required, inner->rel->relids);
    if (!are_sources_fine(t, required, inner))
        return;
    cost_nest_loop_first(t->root, &cost, t->kind, outer, inner, &t->facts);
    if (!path_is_promising(t->rel, cost.startup, cost.total, keys, required))
        return;
    path = new_join(t, PATH_NEST_LOOP, outer, inner);
    clauses = list_copy(without_moved(t, outer, inner));
    path->param = rel_join_param(t->root, t->rel, outer, inner, t->join, required, &clauses);
    path->u.join.clauses = clauses;
    path->keys = keys;
    cost_nest_loop(t->root, path, &cost, &t->facts);
    path_add(t->rel, path);
}

/* ---- Memoize ---- */

/* The outer sides of the inner path's conditions, and how they are hashed and compared. */
static bool memoize_keys(const Path *inner, Path *path)
{
    path->u.memoize.is_binary = false;
    list_foreach(Clause *, clause, inner->param->clauses) {
        const Node *expr;
        Oid op;

        if (!expr_is_binary(clause->expr))
            return false;
        if (bitset_overlaps(clause->left, inner->rel->relids)) {
            expr = expr_right(clause->expr);
            op = clause->right_hash_equal;
        } else {
            expr = expr_left(clause->expr);
            op = clause->left_hash_equal;
        }
        if (op == 0)
            return false;
        path->u.memoize.exprs = list_add(path->u.memoize.exprs, as_node(expr));
        path->u.memoize.operators = list_add_oid(path->u.memoize.operators, op);
        if (clause->hash_operator == 0)
            path->u.memoize.is_binary = true;
    }
    list_foreach(Node *, var, inner->rel->lateral_vars) {
        TypeOrder order;

        facts_type_order(node_expr_type(var), &order);
        if (!order.is_hashable)
            return false;
        path->u.memoize.exprs = list_add(path->u.memoize.exprs, var);
        path->u.memoize.operators = list_add_oid(path->u.memoize.operators, order.equal);
        path->u.memoize.is_binary = true;
    }
    return path->u.memoize.exprs != NULL;
}

static Path *memoize_path(const JoinTry *t, const Path *outer, Path *inner)
{
    Path *path;

    if (!setting.enable_memoize || outer->rows < 2 || inner->param == NULL ||
        (inner->param->clauses == NULL && inner->rel->lateral_vars == NULL))
        return NULL;
    if (!t->facts.is_inner_unique && (t->kind == JOIN_SEMI || t->kind == JOIN_ANTI))
        return NULL;
    if (t->facts.is_inner_unique && list_count(inner->param->clauses) < list_count(t->clauses))
        return NULL;
    if (inner->rel->type != REL_BASE || expr_has_volatile(inner->rel->target.exprs) ||
        expr_has_volatile(clause_all_exprs(inner->rel->restrict_clauses)))
        return NULL;
    path = path_new(PATH_MEMOIZE, inner->rel, inner->target);
    if (!memoize_keys(inner, path))
        return NULL;
    path->outer = inner;
    path->param = inner->param;
    path->keys = inner->keys;
    path->u.memoize.is_single_row = t->facts.is_inner_unique;
    path->u.memoize.calls = outer->rows;
    path->rows = inner->rows;
    path->startup = inner->startup + setting.cpu_tuple_cost;
    path->total = inner->total + setting.cpu_tuple_cost;
    return path;
}

/* ---- Merging ---- */

static List *join_keys(const JoinTry *t, List *outer_keys)
{
    if (t->kind == JOIN_FULL || t->kind == JOIN_RIGHT)
        return NULL; /* rows of NULLs come in anywhere */
    return keys_useful(t->root, t->rel, outer_keys);
}

static void try_merge(const JoinTry *t, Path *outer, Path *inner, List *keys, List *clauses,
                      List *outer_sort, List *inner_sort)
{
    BitSet *required = bitset_union(path_outer(outer), path_outer(inner));
    JoinCost cost;
    List *all;
    Path *path;

    if (required != NULL && !bitset_overlaps(required, t->sources))
        return;
    if (outer_sort != NULL && keys_contain(outer->keys, outer_sort))
        outer_sort = NULL;
    if (inner_sort != NULL && keys_contain(inner->keys, inner_sort))
        inner_sort = NULL;
    path = new_join(t, PATH_MERGE_JOIN, outer, inner);
    path->keys = keys;
    path->u.join.keys = clauses;
    path->u.join.outer_keys = outer_sort;
    path->u.join.inner_keys = inner_sort;
    cost_merge_first(t->root, &cost, path, &t->facts);
    if (!path_is_promising(t->rel, cost.startup, cost.total, keys, required))
        return;
    all = list_copy(t->clauses);
    path->param = rel_join_param(t->root, t->rel, outer, inner, t->join, required, &all);
    path->u.join.clauses = all;
    cost_merge(t->root, path, &cost, &t->facts);
    path_add(t->rel, path);
}

/* Both sides sorted for it, in each order that begins with another clause. */
static void sort_both(const JoinTry *t)
{
    Path *outer = t->outer->cheapest_total, *inner = t->inner->cheapest_total;
    List *all;

    if (is_bound_by(outer, t->inner) || is_bound_by(inner, t->outer))
        return;
    if (t->save_kind == JOIN_UNIQUE_OUTER)
        outer = join_unique_path(t->root, t->outer, outer, t->join);
    else if (t->save_kind == JOIN_UNIQUE_INNER)
        inner = join_unique_path(t->root, t->inner, inner, t->join);
    all = keys_select_outer(t->root, t->merge_clauses, t->rel);
    list_foreach(PathKey *, front, all) {
        List *outer_keys =
            front_i == 0 ? all : list_concat(list_of(front), list_without(all, front));
        List *clauses = keys_merge_clauses(t->root, outer_keys, t->merge_clauses);
        List *inner_keys = keys_make_inner(t->root, clauses, outer_keys);

        try_merge(t, outer, inner, join_keys(t, outer_keys), clauses, outer_keys, inner_keys);
    }
}

/* An inner side that is in order already, as far as it is; once by total, once by startup cost. */
static void merge_sorted_inner(const JoinTry *t, Path *outer, Path *inner_cheapest, List *clauses,
                               const List *inner_keys, List *keys, bool use_all)
{
    bool is_sorted = keys_contain(inner_cheapest->keys, inner_keys);
    Path *best_total = is_sorted ? inner_cheapest : NULL;
    Path *best_startup = best_total;

    for (int count = list_count(inner_keys); count > 0; count--) {
        List *trial = NULL, *used = NULL;
        Path *inner;

        for (int i = 0; i < count; i++)
            trial = list_add(trial, list_at(inner_keys, i));
        inner = keys_cheapest(t->inner->paths, trial, NULL, true);
        if (inner != NULL && (best_total == NULL || path_compare(inner, best_total, true) < 0)) {
            used = count < list_count(inner_keys) ? keys_trim_clauses_inner(t->root, clauses, trial)
                                                  : clauses;
            try_merge(t, outer, inner, keys, used, NULL, NULL);
            best_total = inner;
        }
        inner = keys_cheapest(t->inner->paths, trial, NULL, false);
        if (inner != NULL &&
            (best_startup == NULL || path_compare(inner, best_startup, false) < 0)) {
            if (inner != best_total) {
                if (used == NULL)
                    used = count < list_count(inner_keys)
                               ? keys_trim_clauses_inner(t->root, clauses, trial)
                               : clauses;
                try_merge(t, outer, inner, keys, used, NULL, NULL);
            }
            best_startup = inner;
        }
        if (use_all)
            break;
    }
}

static void merge_outer(const JoinTry *t, Path *outer, Path *inner, List *keys, bool use_all)
{
    List *clauses = keys_merge_clauses(t->root, outer->keys, t->merge_clauses), *inner_keys;

    if (clauses == NULL && t->kind != JOIN_FULL)
        return;
    if (use_all && list_count(clauses) != list_count(t->merge_clauses))
        return;
    inner_keys = keys_make_inner(t->root, clauses, outer->keys);
    try_merge(t, outer, inner, keys, clauses, NULL, inner_keys);
    if (t->save_kind != JOIN_UNIQUE_INNER)
        merge_sorted_inner(t, outer, inner, clauses, inner_keys, keys, use_all);
}

bool path_is_kept(const Path *path)
{
    switch (path->kind) {
    case PATH_MATERIAL:
    case PATH_FUNCTION:
    case PATH_TABLE_FUNC:
    case PATH_CTE:
    case PATH_NAMED_STORE:
    case PATH_WORK_TABLE:
    case PATH_SORT:
        return true;
    default:
        return false;
    }
}

/* ---- For each outer path ---- */

static void loop_over_inner(const JoinTry *t, Path *outer, Path *inner_cheapest, Path *material,
                            List *keys)
{
    if (t->save_kind == JOIN_UNIQUE_INNER) {
        try_nest_loop(t, outer, inner_cheapest, keys);
        return;
    }
    list_foreach(Path *, inner, t->inner->cheapest_params) {
        Path *memoize;

        try_nest_loop(t, outer, inner, keys);
        memoize = memoize_path(t, outer, inner);
        if (memoize != NULL)
            try_nest_loop(t, outer, memoize, keys);
    }
    if (material != NULL)
        try_nest_loop(t, outer, material, keys);
}

static void match_outer(const JoinTry *t)
{
    bool may_loop = t->kind != JOIN_RIGHT && t->kind != JOIN_FULL;
    Path *inner = t->inner->cheapest_total, *material = NULL;

    if (is_bound_by(inner, t->outer))
        inner = NULL;
    if (t->save_kind == JOIN_UNIQUE_INNER) {
        if (inner == NULL)
            return;
        inner = join_unique_path(t->root, t->inner, inner, t->join);
    } else if (may_loop && setting.enable_material && inner != NULL && !path_is_kept(inner)) {
        material = path_material(t->inner, inner);
    }
    list_foreach(Path *, outer, t->outer->paths) {
        List *keys;

        if (is_bound_by(outer, t->inner))
            continue;
        if (t->save_kind == JOIN_UNIQUE_OUTER) {
            if (outer != t->outer->cheapest_total)
                continue;
            outer = join_unique_path(t->root, t->outer, outer, t->join);
        }
        keys = join_keys(t, outer->keys);
        if (may_loop)
            loop_over_inner(t, outer, inner, material, keys);
        if (t->save_kind == JOIN_UNIQUE_OUTER || inner == NULL)
            continue;
        merge_outer(t, outer, inner, keys, !may_loop);
    }
}

/* ---- Hashing ---- */

static void try_hash(const JoinTry *t, Path *outer, Path *inner, List *keys)
{
    BitSet *required = bitset_union(path_outer(outer), path_outer(inner));
    JoinCost cost;
    List *all;
    Path *path;

    if (required != NULL && !bitset_overlaps(required, t->sources))
        return;
    path = new_join(t, PATH_HASH_JOIN, outer, inner);
    path->u.join.keys = keys;
    cost_hash_first(t->root, &cost, path, &t->facts);
    if (!path_is_promising(t->rel, cost.startup, cost.total, NULL, required))
        return;
    all = list_copy(t->clauses);
    path->param = rel_join_param(t->root, t->rel, outer, inner, t->join, required, &all);
    path->u.join.clauses = all;
    cost_hash(t->root, path, &cost, &t->facts);
    path_add(t->rel, path);
}

static List *hash_clauses(const JoinTry *t)
{
    List *keys = NULL;

    list_foreach(Clause *, clause, t->clauses) {
        if (is_outer_kind(t->kind) && clause_is_pushed_down(clause, t->rel->relids))
            continue;
        if (!clause->can_join || clause->hash_operator == 0 ||
            !clause_sides_match(clause, t->outer->relids, t->inner->relids))
            continue;
        keys = list_add(keys, clause);
    }
    return keys;
}

static void hash_all(const JoinTry *t)
{
    List *keys = hash_clauses(t);
    Path *startup = t->outer->cheapest_startup, *outer = t->outer->cheapest_total;
    Path *inner = t->inner->cheapest_total;

    if (keys == NULL || is_bound_by(outer, t->inner) || is_bound_by(inner, t->outer))
        return;
    if (t->save_kind == JOIN_UNIQUE_OUTER) {
        try_hash(t, join_unique_path(t->root, t->outer, outer, t->join), inner, keys);
        return;
    }
    if (t->save_kind == JOIN_UNIQUE_INNER) {
        inner = join_unique_path(t->root, t->inner, inner, t->join);
        try_hash(t, outer, inner, keys);
        if (startup != NULL && startup != outer)
            try_hash(t, startup, inner, keys);
        return;
    }
    if (startup != NULL)
        try_hash(t, startup, inner, keys);
    list_foreach(Path *, o, t->outer->cheapest_params) {
        if (is_bound_by(o, t->inner))
            continue;
        list_foreach(Path *, i, t->inner->cheapest_params) {
            if (is_bound_by(i, t->outer) || (o == startup && i == inner))
                continue;
            try_hash(t, o, i, keys);
        }
    }
}

/* ---- All ---- */

static void select_merge_clauses(JoinTry *t)
{
    bool has_other = false;

    list_foreach(Clause *, clause, t->clauses) {
        if (is_outer_kind(t->kind) && clause_is_pushed_down(clause, t->rel->relids))
            continue;
        if (!clause->can_join || clause->merge_families == NULL) {
            has_other |= !node_is(clause->expr, Const);
            continue;
        }
        if (!clause_sides_match(clause, t->outer->relids, t->inner->relids)) {
            has_other = true;
            continue;
        }
        clause->left_class = equiv_root(clause->left_class);
        clause->right_class = equiv_root(clause->right_class);
        if (equiv_is_constant(clause->left_class) || equiv_is_constant(clause->right_class)) {
            has_other = true;
            continue;
        }
        t->merge_clauses = list_add(t->merge_clauses, clause);
    }
    t->may_merge = (t->kind != JOIN_RIGHT && t->kind != JOIN_FULL) || !has_other;
}

static void find_sources(JoinTry *t)
{
    list_foreach(OuterJoin *, join, t->root->outer_joins) {
        if (bitset_overlaps(t->rel->relids, join->min_right) &&
            !bitset_overlaps(t->rel->relids, join->min_left))
            t->sources =
                bitset_union(t->sources, bitset_minus(t->root->base_rels, join->min_right));
        if (join->kind == JOIN_FULL && bitset_overlaps(t->rel->relids, join->min_left) &&
            !bitset_overlaps(t->rel->relids, join->min_right))
            t->sources = bitset_union(t->sources, bitset_minus(t->root->base_rels, join->min_left));
    }
    t->sources = bitset_union(t->sources, t->rel->lateral);
}

static bool find_unique(const JoinTry *t)
{
    switch (t->save_kind) {
    case JOIN_SEMI:
    case JOIN_ANTI:
        return false;
    default:
        if (t->save_kind == JOIN_UNIQUE_INNER)
            return bitset_is_subset(t->join->min_left, t->outer->relids);
        return rel_inner_is_unique(t->root, t->rel->relids, t->outer->relids, t->inner, t->kind,
                                   t->clauses);
    }
}

void join_add_paths(Planner *root, PlanRel *rel, PlanRel *outer, PlanRel *inner, JoinKind kind,
                    const OuterJoin *join, List *clauses)
{
    JoinTry t = {.root = root,
                 .rel = rel,
                 .outer = outer,
                 .inner = inner,
                 .kind = kind,
                 .save_kind = kind,
                 .join = join,
                 .clauses = clauses,
                 .may_merge = true};

    if (kind == JOIN_UNIQUE_INNER || kind == JOIN_UNIQUE_OUTER)
        t.kind = JOIN_INNER;
    t.facts.join = join;
    t.facts.clauses = clauses;
    t.facts.is_inner_unique = find_unique(&t);
    if (setting.enable_mergejoin || t.kind == JOIN_FULL)
        select_merge_clauses(&t);
    if (t.kind == JOIN_SEMI || t.kind == JOIN_ANTI || t.facts.is_inner_unique)
        cost_join_factors(root, rel, outer, inner, kind, &t.facts);
    find_sources(&t);
    if (t.may_merge) {
        sort_both(&t);
        match_outer(&t);
    }
    if (setting.enable_hashjoin || t.kind == JOIN_FULL)
        hash_all(&t);
}

/*
 * jointree.c - FROM and WHERE taken apart; jointree.h has the how
 *
 * A condition goes to the lowest place where all its columns are there and all outer joins that may
 * make them NULL are done. Outer joins note what must be joined before them, which is all that the
 * search of join orders has to respect.
 */
#include "common/base/base.h"

#include "server/planner/jointree.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/catalog/catalog_oid.h"
#include "server/config/setting.h"
#include "server/node/expr.h"
#include "server/planner/clause.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"
#include "server/planner/facts.h"
#include "server/planner/rel.h"

/* What a part of the tree tells the one above. */
typedef struct Part {
    List *items;     /* to be joined */
    BitSet *rels;    /* all below */
    BitSet *inner;   /* those that are below an inner join here */
    List *postponed; /* Postponed */
} Part;

typedef struct Postponed {
    Node *qual;
    BitSet *rels;
} Postponed;

/* Where a condition stands. */
typedef struct QualPlace {
    bool is_below_outer;
    JoinKind kind;
    const BitSet *scope;       /* all below */
    const BitSet *outer_scope; /* of an outer join's own conditions: what it must have */
    const BitSet *nonnullable; /* the sides that it keeps */
    List **postponed;
    int security_level;
} QualPlace;

static Part split(Planner *root, const Node *tree, bool is_below_outer);
static void add_qual(Planner *root, Node *qual, const QualPlace *place);

void jointree_build_rels(Planner *root, const Node *tree)
{
    if (tree == NULL)
        return;
    if (tree->tag == NODE_RangeTblRef) {
        int rt_index = ((const RangeTblRef *)(const void *)tree)->rt_index;

        rel_build(root, rt_index, NULL);
        root->base_rels = bitset_add(root->base_rels, rt_index);
    } else if (tree->tag == NODE_FromExpr) {
        list_foreach(Node *, item, ((const FromExpr *)(const void *)tree)->items)
            jointree_build_rels(root, item);
    } else if (tree->tag == NODE_JoinExpr) {
        jointree_build_rels(root, ((const JoinExpr *)(const void *)tree)->left);
        jointree_build_rels(root, ((const JoinExpr *)(const void *)tree)->right);
    }
}

BitSet *jointree_rels(const Node *tree, bool include_joins)
{
    BitSet *rels = NULL;

    if (tree == NULL)
        return NULL;
    if (tree->tag == NODE_RangeTblRef)
        return bitset_of(((const RangeTblRef *)(const void *)tree)->rt_index);
    if (tree->tag == NODE_FromExpr) {
        list_foreach(Node *, item, ((const FromExpr *)(const void *)tree)->items)
            rels = bitset_union(rels, jointree_rels(item, include_joins));
        return rels;
    }
    if (tree->tag == NODE_JoinExpr) {
        const JoinExpr *join = (const void *)tree;

        rels = bitset_union(jointree_rels(join->left, include_joins),
                            jointree_rels(join->right, include_joins));
        if (include_joins && join->rt_index != 0)
            rels = bitset_add(rels, join->rt_index);
    }
    return rels;
}

void jointree_add_targets(Planner *root)
{
    BitSet *output = bitset_of(0);

    rel_add_needed(root, expr_vars(root->targets, 0), output);
    rel_add_needed(root, expr_vars(root->query->having, 0), output);
}

/* ---- LATERAL ---- */

static List *lateral_vars(const RangeTblEntry *rte)
{
    switch (rte->kind) {
    case RTE_RELATION:
        return rte->sample == NULL ? NULL : expr_vars(rte->sample, 0);
    case RTE_SUBQUERY:
        return expr_vars_of_level(rte->subquery, 1);
    case RTE_FUNCTION:
        return expr_vars(rte->functions, 0);
    case RTE_TABLE_FUNC:
        return expr_vars(rte->table_func, 0);
    case RTE_VALUES:
        return expr_vars(rte->values, 0);
    default:
        return NULL;
    }
}

void jointree_find_lateral(Planner *root)
{
    for (int i = -1; (i = bitset_next(root->base_rels, i)) >= 0;) {
        const RangeTblEntry *rte = root->entries[i];
        PlanRel *rel = plan_rel(root, i);
        BitSet *where = bitset_of(i);

        if (!rte->is_lateral)
            continue;
        list_foreach(Var *, var, lateral_vars(rte)) {
            Var *copy = node_copy(var);

            copy->levels_up = 0;
            rel->lateral_vars = list_add_new(rel->lateral_vars, copy);
        }
        rel_add_needed(root, rel->lateral_vars, where);
        root->has_lateral |= rel->lateral_vars != NULL;
    }
}

void jointree_finish_lateral(Planner *root)
{
    bool changed = true;

    if (!root->has_lateral)
        return;
    for (int i = -1; (i = bitset_next(root->base_rels, i)) >= 0;) {
        PlanRel *rel = plan_rel(root, i);

        rel->lateral_direct = bitset_minus(expr_rels(rel->lateral_vars), rel->relids);
        rel->lateral = rel->lateral_direct;
    }
    while (changed) {
        changed = false;
        for (int i = -1; (i = bitset_next(root->base_rels, i)) >= 0;) {
            PlanRel *rel = plan_rel(root, i);

            for (int j = -1; (j = bitset_next(rel->lateral, j)) >= 0;) {
                const PlanRel *other = plan_rel(root, j);

                if (!bitset_is_subset(other->lateral, rel->lateral)) {
                    rel->lateral = bitset_union(rel->lateral, other->lateral);
                    changed = true;
                }
            }
        }
    }
    for (int i = -1; (i = bitset_next(root->base_rels, i)) >= 0;) {
        for (int j = -1; (j = bitset_next(plan_rel(root, i)->lateral, j)) >= 0;) {
            PlanRel *other = plan_rel(root, j);

            other->lateral_referencers = bitset_union(other->lateral_referencers, bitset_of(i));
        }
    }
}

/* ---- The tree ---- */

List *jointree_split(Planner *root)
{
    Part part;

    list_foreach(const RangeTblEntry *, rte, root->query->range_table) {
        int count = list_count(rte->security_conditions);

        root->security_level = count > root->security_level ? count : root->security_level;
    }
    part = split(root, as_node(root->query->from), false);
    ASSERT(part.postponed == NULL);
    return part.items;
}

static void add_quals(Planner *root, const List *quals, const QualPlace *place)
{
    list_foreach(Node *, qual, quals)
        add_qual(root, qual, place);
}

/* Conditions from below that had to wait for other relations: here, or further up. */
static List *take_postponed(Part *part, const List *from)
{
    List *quals = NULL;

    list_foreach(Postponed *, item, from) {
        if (bitset_is_subset(item->rels, part->rels))
            quals = list_add(quals, item->qual);
        else
            part->postponed = list_add(part->postponed, item);
    }
    return quals;
}

static Part split_from(Planner *root, const FromExpr *from, bool is_below_outer)
{
    int remaining = list_count(from->items);
    List *postponed = NULL, *quals;
    Part part = {0};

    list_foreach(Node *, item, from->items) {
        Part sub = split(root, item, is_below_outer);
        int count = list_count(sub.items);

        part.rels = bitset_union(part.rels, sub.rels);
        part.inner = sub.inner;
        postponed = list_concat(postponed, sub.postponed);
        remaining--;
        if (count <= 1 || list_count(part.items) + count + remaining <= setting.from_collapse_limit)
            part.items = list_concat(part.items, sub.items);
        else
            part.items = list_add(part.items, sub.items);
    }
    if (list_count(from->items) > 1)
        part.inner = part.rels;
    quals = take_postponed(&part, postponed);
    quals = list_concat(quals, (List *)(void *)from->where);
    add_quals(root, quals,
              &(QualPlace){.is_below_outer = is_below_outer,
                           .kind = JOIN_INNER,
                           .scope = part.rels,
                           .postponed = &part.postponed,
                           .security_level = root->security_level});
    return part;
}

/* ---- Outer joins ---- */

/* Operators and expressions by which the right side of a semijoin could be made unique. */
static void find_unique_operators(OuterJoin *join, const List *quals)
{
    List *operators = NULL, *exprs = NULL;
    bool can_sort = true, can_hash = true;

    list_foreach(Node *, qual, quals) {
        const OpExpr *op = (const OpExpr *)(void *)qual;
        BitSet *all, *left, *right;
        Node *expr;
        Oid oid;

        if (!expr_is_binary(op)) {
            all = expr_rels(qual);
            if (bitset_overlaps(all, join->right) && !bitset_is_subset(all, join->right))
                return;
            if (expr_has_volatile(qual))
                return;
            continue;
        }
        left = expr_rels(expr_left(op));
        right = expr_rels(expr_right(op));
        all = bitset_union(left, right);
        oid = op->operator;
        if (!bitset_overlaps(all, join->right) || bitset_is_subset(all, join->right)) {
            if (expr_has_volatile(qual))
                return;
            continue;
        }
        if (right != NULL && bitset_is_subset(right, join->right) &&
            !bitset_overlaps(left, join->right)) {
            expr = expr_right(op);
        } else if (left != NULL && bitset_is_subset(left, join->right) &&
                   !bitset_overlaps(right, join->right)) {
            oid = facts_commutator(oid);
            expr = expr_left(op);
        } else {
            return;
        }
        if (oid == 0)
            return;
        can_sort = can_sort && facts_can_merge(oid, node_expr_type(expr_left(op))) &&
                   facts_merge_families(oid) != NULL;
        can_hash = can_hash && facts_can_hash(oid, node_expr_type(expr_left(op)));
        if (!can_sort && !can_hash)
            return;
        operators = list_add_oid(operators, oid);
        exprs = list_add(exprs, node_copy(expr));
    }
    if (exprs == NULL || expr_has_volatile(exprs))
        return;
    join->semi_can_sort = can_sort;
    join->semi_can_hash = can_hash;
    join->semi_operators = operators;
    join->semi_exprs = exprs;
}

/* An outer join below, on the left or the right: must it be done before this one? */
static void order_with(OuterJoin *join, const OuterJoin *other, const BitSet *clause,
                       const BitSet *strict)
{
    BitSet *all = bitset_union(other->left, other->right);
    bool is_semi = join->kind == JOIN_SEMI || join->kind == JOIN_ANTI;

    if (other->kind == JOIN_FULL) {
        if (bitset_overlaps(join->left, all))
            join->min_left = bitset_union(join->min_left, all);
        if (bitset_overlaps(join->right, all))
            join->min_right = bitset_union(join->min_right, all);
        return;
    }
    if (bitset_overlaps(join->left, other->right) && bitset_overlaps(clause, other->right) &&
        (is_semi || !bitset_overlaps(strict, other->min_right)))
        join->min_left = bitset_union(join->min_left, all);
    if (bitset_overlaps(join->right, other->right) &&
        (bitset_overlaps(clause, other->right) || !bitset_overlaps(clause, other->min_left) ||
         is_semi || other->kind == JOIN_SEMI || other->kind == JOIN_ANTI ||
         !other->is_left_strict || other->delays_upper))
        join->min_right = bitset_union(join->min_right, all);
}

static void check_row_marks(const Planner *root, const BitSet *left, const BitSet *right,
                            JoinKind kind)
{
    list_foreach(RowMarkClause *, mark, root->query->row_marks) {
        if (bitset_has(right, (int)mark->rt_index) ||
            (kind == JOIN_FULL && bitset_has(left, (int)mark->rt_index)))
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message =
                          err_fmt("%s cannot be applied to the nullable side of an outer join",
                                  mark->strength == ROW_LOCK_UPDATE          ? "FOR UPDATE"
                                  : mark->strength == ROW_LOCK_NO_KEY_UPDATE ? "FOR NO KEY UPDATE"
                                  : mark->strength == ROW_LOCK_SHARE         ? "FOR SHARE"
                                                                             : "FOR KEY SHARE"));
    }
}

static OuterJoin *make_outer_join(Planner *root, const Part *left, const Part *right,
                                  const BitSet *inner, JoinKind kind, const List *quals)
{
    OuterJoin *join = mem_new(OuterJoin);
    BitSet *clause, *strict;

    if (kind != JOIN_SEMI && kind != JOIN_ANTI)
        check_row_marks(root, left->rels, right->rels, kind);
    *join = (OuterJoin){.left = left->rels, .right = right->rels, .kind = kind};
    if (kind == JOIN_SEMI)
        find_unique_operators(join, quals);
    if (kind == JOIN_FULL) {
        join->min_left = join->left;
        join->min_right = join->right;
        return join;
    }
    clause = expr_rels(quals);
    strict = expr_nonnullable_rels(quals);
    join->is_left_strict = bitset_overlaps(strict, join->left);
    join->min_left = bitset_intersect(clause, join->left);
    join->min_right = bitset_intersect(bitset_union(clause, inner), join->right);
    list_foreach(OuterJoin *, other, root->outer_joins)
        order_with(join, other, clause, strict);
    if (join->min_left == NULL)
        join->min_left = join->left;
    if (join->min_right == NULL)
        join->min_right = join->right;
    return join;
}

/* What is to be joined: both lists as one, unless that makes it too long. */
static List *combine_items(const Part *left, const Part *right, JoinKind kind)
{
    void *l = left->items, *r = right->items;

    if (kind == JOIN_FULL)
        return list_of(list_of2(l, r));
    if (list_count(left->items) + list_count(right->items) <= setting.join_collapse_limit)
        return list_concat(left->items, right->items);
    if (list_count(left->items) == 1)
        l = list_at(left->items, 0);
    if (list_count(right->items) == 1)
        r = list_at(right->items, 0);
    return list_of2(l, r);
}

static Part split_join(Planner *root, const JoinExpr *expr, bool is_below_outer)
{
    bool is_outer = expr->kind == JOIN_LEFT || expr->kind == JOIN_ANTI || expr->kind == JOIN_FULL;
    Part left = split(root, expr->left, is_below_outer || expr->kind == JOIN_FULL);
    Part right = split(root, expr->right, is_below_outer || is_outer);
    Part part = {.rels = bitset_union(left.rels, right.rels)};
    QualPlace place = {.is_below_outer = is_below_outer,
                       .kind = expr->kind,
                       .postponed = &part.postponed,
                       .security_level = root->security_level};
    OuterJoin *join = NULL;
    List *quals;

    part.inner = expr->kind == JOIN_INNER ? part.rels : bitset_union(left.inner, right.inner);
    place.scope = part.rels;
    if (expr->kind == JOIN_LEFT || expr->kind == JOIN_ANTI) {
        place.nonnullable = left.rels;
        root->nullable = bitset_union(root->nullable, right.rels);
    } else if (expr->kind == JOIN_FULL) {
        place.nonnullable = part.rels;
        root->nullable = bitset_union(root->nullable, part.rels);
    }
    quals = take_postponed(&part, list_concat(list_copy(left.postponed), right.postponed));
    quals = list_concat(quals, (List *)(void *)expr->condition);
    if (expr->kind != JOIN_INNER) {
        join = make_outer_join(root, &left, &right, part.inner, expr->kind, quals);
        if (expr->kind != JOIN_SEMI)
            place.outer_scope = bitset_union(join->min_left, join->min_right);
    }
    add_quals(root, quals, &place);
    if (join != NULL)
        root->outer_joins = list_add(root->outer_joins, join);
    part.items = combine_items(&left, &right, expr->kind);
    return part;
}

/* Conditions of views with security_barrier that a change of the table came through. */
static Part split_ref(Planner *root, const RangeTblRef *ref, bool is_below_outer)
{
    Part part = {.rels = bitset_of(ref->rt_index), .items = list_of(as_node(ref))};

    list_foreach(const List *, quals, root->entries[ref->rt_index]->security_conditions)
        add_quals(root, quals,
                  &(QualPlace){.is_below_outer = is_below_outer,
                               .kind = JOIN_INNER,
                               .scope = part.rels,
                               .postponed = &part.postponed,
                               .security_level = quals_i});
    return part;
}

static Part split(Planner *root, const Node *tree, bool is_below_outer)
{
    if (tree->tag == NODE_FromExpr)
        return split_from(root, (const void *)tree, is_below_outer);
    if (tree->tag == NODE_JoinExpr)
        return split_join(root, (const void *)tree, is_below_outer);
    ASSERT(tree->tag == NODE_RangeTblRef);
    return split_ref(root, (const void *)tree, is_below_outer);
}

/* ---- Conditions ---- */

/* Widen *rels to all outer joins that must come before; true when any had to be added. */
static bool delay_by_outer_joins(Planner *root, BitSet **rels, BitSet **nullable,
                                 bool is_pushed_down)
{
    BitSet *all = *rels, *nulls = NULL;
    bool is_delayed = false, changed = root->outer_joins != NULL;

    *nullable = NULL;
    while (changed) {
        changed = false;
        list_foreach(OuterJoin *, join, root->outer_joins) {
            if (!bitset_overlaps(all, join->min_right) &&
                !(join->kind == JOIN_FULL && bitset_overlaps(all, join->min_left)))
                continue;
            if (!bitset_is_subset(join->min_left, all) || !bitset_is_subset(join->min_right, all)) {
                all = bitset_union(all, bitset_union(join->min_left, join->min_right));
                is_delayed = changed = true;
            }
            nulls = bitset_union(nulls, join->min_right);
            if (join->kind == JOIN_FULL)
                nulls = bitset_union(nulls, join->min_left);
            if (join->kind != JOIN_FULL && is_pushed_down && bitset_overlaps(all, join->min_left))
                join->delays_upper = true;
        }
    }
    *nullable = bitset_intersect(nulls, *rels);
    *rels = all;
    return is_delayed;
}

/* IS NULL of a column that an antijoin below has already made sure of. */
static bool is_known_null(Planner *root, Node *qual)
{
    List *vars = expr_forced_null_vars(qual);
    const Var *var;

    if (!node_is(qual, NullTest) || list_count(vars) != 1)
        return false;
    var = list_at(vars, 0);
    list_foreach(OuterJoin *, join, root->outer_joins) {
        if (join->kind == JOIN_ANTI && bitset_has(join->right, var->rt_index))
            return true;
    }
    return false;
}

/* Without any column: at its place, or at the top when it holds for all rows or none. */
static BitSet *scope_of_constant(Planner *root, Node *qual, const QualPlace *place,
                                 bool *is_pseudoconstant)
{
    if (place->outer_scope != NULL)
        return bitset_copy(place->outer_scope);
    if (expr_has_volatile(qual))
        return bitset_copy(place->scope);
    *is_pseudoconstant = true;
    root->has_pseudoconstants = true;
    return place->is_below_outer ? bitset_copy(place->scope)
                                 : jointree_rels(as_node(root->query->from), false);
}

/* A clause that can be merged by: to the classes, or to the lists of outer joins; true: taken. */
static bool take_mergeable(Planner *root, Clause **clause, const QualPlace *place,
                           bool may_be_class, bool may_be_outer, bool is_below_outer)
{
    Clause *c = *clause;

    if (may_be_class) {
        if (equiv_take(root, clause, is_below_outer))
            return true;
        if (*clause == c)
            equiv_set_sides(root, c);
        return false;
    }
    equiv_set_sides(root, c);
    if (!may_be_outer || !c->can_join)
        return false;
    if (place->kind == JOIN_FULL) {
        root->full_clauses = list_add(root->full_clauses, c);
        return true;
    }
    if (bitset_is_subset(c->left, place->nonnullable) &&
        !bitset_overlaps(c->right, place->nonnullable)) {
        root->left_clauses = list_add(root->left_clauses, c);
        return true;
    }
    if (bitset_is_subset(c->right, place->nonnullable) &&
        !bitset_overlaps(c->left, place->nonnullable)) {
        root->right_clauses = list_add(root->right_clauses, c);
        return true;
    }
    return false;
}

static void postpone(Node *qual, BitSet *rels, const QualPlace *place)
{
    Postponed *item = mem_new(Postponed);

    *item = (Postponed){qual, rels};
    *place->postponed = list_add(*place->postponed, item);
}

static void add_qual(Planner *root, Node *qual, const QualPlace *place)
{
    BitSet *rels = expr_rels(qual), *nullable;
    bool is_pseudoconstant = false, is_pushed_down, is_delayed;
    bool may_be_class = false, may_be_outer = false, is_below_outer = place->is_below_outer;
    Clause *clause;

    if (!bitset_is_subset(rels, place->scope)) {
        postpone(qual, rels, place);
        return;
    }
    if (rels == NULL)
        rels = scope_of_constant(root, qual, place, &is_pseudoconstant);
    if (bitset_overlaps(rels, place->nonnullable)) {
        /* It decides about matches of an outer join: not to be tested before. */
        is_pushed_down = false;
        may_be_outer = true;
        is_delayed = delay_by_outer_joins(root, &rels, &nullable, false);
        rels = bitset_copy(place->outer_scope);
    } else {
        is_pushed_down = true;
        is_delayed = delay_by_outer_joins(root, &rels, &nullable, true);
        if (is_delayed) {
            if (is_known_null(root, qual))
                return;
        } else {
            may_be_class = true;
            if (place->nonnullable != NULL)
                is_below_outer = true;
        }
    }
    clause = clause_new(qual, &(ClauseSpec){.is_pushed_down = is_pushed_down,
                                            .is_delayed = is_delayed,
                                            .is_pseudoconstant = is_pseudoconstant,
                                            .security_level = place->security_level,
                                            .required = rels,
                                            .outer = place->nonnullable,
                                            .nullable = nullable});
    if (bitset_count(rels) > 1)
        rel_add_needed(root, expr_vars(qual, 0), rels);
    clause_check_merge(clause);
    if (clause->merge_families != NULL &&
        take_mergeable(root, &clause, place, may_be_class && clause->security_level == 0,
                       may_be_outer, is_below_outer))
        return;
    clause_distribute(root, clause);
}

/*
 * join_order.c - which relations are joined with which, by the number of relations in a join
 *
 * Each join of n is made of smaller ones, those with a condition first; plain products only where
 * nothing else is left. Beyond geqo_threshold relations the search is greedy: again and again the
 * two whose join is the cheapest.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/planner/clause.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"
#include "server/planner/path.h"
#include "server/planner/query.h"
#include "server/planner/rel.h"

/* ---- Which joins make sense ---- */

static bool has_clause(Planner *root, const PlanRel *a, const PlanRel *b)
{
    const PlanRel *fewer = list_count(a->join_clauses) <= list_count(b->join_clauses) ? a : b;
    const PlanRel *other = fewer == a ? b : a;

    list_foreach(Clause *, clause, fewer->join_clauses) {
        if (bitset_overlaps(other->relids, clause->required))
            return true;
    }
    return a->has_class_joins && b->has_class_joins && equiv_has_join(root, a, b);
}

/* Is there an outer join, or a LATERAL, with one side in rel and the other one not? */
static bool is_restricted(const Planner *root, const PlanRel *rel)
{
    if (rel->lateral != NULL || rel->lateral_referencers != NULL)
        return true;
    list_foreach(OuterJoin *, join, root->outer_joins) {
        if (join->kind == JOIN_FULL)
            continue;
        if (bitset_is_subset(join->min_left, rel->relids) &&
            bitset_is_subset(join->min_right, rel->relids))
            continue;
        if (bitset_overlaps(join->min_left, rel->relids) ||
            bitset_overlaps(join->min_right, rel->relids))
            return true;
    }
    return false;
}

/* How two relations may be joined; false: not at all. */
typedef struct Legal {
    OuterJoin *join; /* NULL: an inner join */
    bool is_reversed, is_unique;
} Legal;

static bool lateral_allows(const PlanRel *a, const PlanRel *b, const Legal *legal)
{
    bool forward = bitset_overlaps(a->relids, b->lateral);
    bool back = bitset_overlaps(b->relids, a->lateral);

    if (forward && back)
        return false;
    if (!forward && !back)
        return true;
    if (legal->join != NULL &&
        (legal->is_reversed == forward || legal->is_unique || legal->join->kind == JOIN_FULL))
        return false;
    return true;
}

/*
 * What the two together still need of others (LATERAL) must not come from the right side of an
 * outer join whose left side they are part of: it could never be made.
 */
static bool lateral_can_be_had(Planner *root, const PlanRel *a, const PlanRel *b,
                               const BitSet *both)
{
    BitSet *needed = bitset_minus(bitset_union(a->lateral, b->lateral), both);
    BitSet *too_late = bitset_copy(both);
    bool grows = !bitset_is_empty(needed);

    while (grows) {
        grows = false;
        list_foreach(OuterJoin *, join, root->outer_joins) {
            if (join->kind != JOIN_FULL && bitset_overlaps(join->min_left, too_late) &&
                !bitset_is_subset(join->min_right, too_late)) {
                too_late = bitset_union(too_late, join->min_right);
                grows = true;
            }
        }
    }
    return !bitset_overlaps(too_late, needed);
}

/* Is it the join's right side, made unique, that one of the two is? */
static bool is_unique_side(Planner *root, const OuterJoin *join, PlanRel *rel)
{
    return join->kind == JOIN_SEMI && bitset_equal(join->right, rel->relids) &&
           join_unique_path(root, rel, rel->cheapest_total, join) != NULL;
}

static bool is_done_within(const OuterJoin *join, const PlanRel *rel)
{
    if (bitset_is_subset(join->min_left, rel->relids) &&
        bitset_is_subset(join->min_right, rel->relids))
        return true;
    return join->kind == JOIN_SEMI && bitset_is_subset(join->right, rel->relids) &&
           !bitset_equal(join->right, rel->relids);
}

/* One outer join's say; false: it forbids the join. */
static bool join_allows(Planner *root, OuterJoin *join, PlanRel *a, PlanRel *b, const BitSet *both,
                        Legal *legal, bool *must_be_left)
{
    Legal match = {.join = join};

    if (!bitset_overlaps(join->min_right, both) || bitset_is_subset(both, join->min_right) ||
        is_done_within(join, a) || is_done_within(join, b))
        return true;
    if (bitset_is_subset(join->min_left, a->relids) &&
        bitset_is_subset(join->min_right, b->relids)) {
        match.is_reversed = false;
    } else if (bitset_is_subset(join->min_left, b->relids) &&
               bitset_is_subset(join->min_right, a->relids)) {
        match.is_reversed = true;
    } else if (is_unique_side(root, join, b)) {
        match.is_unique = true;
    } else if (is_unique_side(root, join, a)) {
        match.is_unique = match.is_reversed = true;
    } else {
        if (bitset_overlaps(a->relids, join->min_right) &&
            bitset_overlaps(b->relids, join->min_right))
            return true;
        if (join->kind != JOIN_LEFT || bitset_overlaps(both, join->min_left))
            return false;
        *must_be_left = true;
        return true;
    }
    if (legal->join != NULL)
        return false;
    *legal = match;
    return true;
}

static bool is_legal(Planner *root, PlanRel *a, PlanRel *b, const BitSet *both, Legal *legal)
{
    bool must_be_left = false;

    *legal = (Legal){0};
    list_foreach(OuterJoin *, join, root->outer_joins) {
        if (!join_allows(root, join, a, b, both, legal, &must_be_left))
            return false;
    }
    if (must_be_left &&
        (legal->join == NULL || legal->join->kind != JOIN_LEFT || !legal->join->is_left_strict))
        return false;
    return !root->has_lateral ||
           (lateral_allows(a, b, legal) && lateral_can_be_had(root, a, b, both));
}

static bool has_legal_clause(Planner *root, PlanRel *rel)
{
    list_foreach(PlanRel *, other, root->join_levels[1]) {
        Legal legal;

        if (bitset_overlaps(rel->relids, other->relids) || !has_clause(root, rel, other))
            continue;
        if (is_legal(root, rel, other, bitset_union(rel->relids, other->relids), &legal))
            return true;
    }
    return false;
}

/* Must the two be joined though there is no condition, so that an outer join can be done? */
static bool has_restriction(Planner *root, PlanRel *a, PlanRel *b)
{
    bool result = false;

    if (bitset_overlaps(a->relids, b->lateral) || bitset_overlaps(b->relids, a->lateral))
        return true;
    list_foreach(OuterJoin *, join, root->outer_joins) {
        if (join->kind == JOIN_FULL)
            continue;
        result = (bitset_is_subset(join->min_left, a->relids) &&
                  bitset_is_subset(join->min_right, b->relids)) ||
                 (bitset_is_subset(join->min_left, b->relids) &&
                  bitset_is_subset(join->min_right, a->relids)) ||
                 (bitset_overlaps(a->relids, join->min_right) &&
                  bitset_overlaps(b->relids, join->min_right)) ||
                 (bitset_overlaps(a->relids, join->min_left) &&
                  bitset_overlaps(b->relids, join->min_left));
        if (result)
            break;
    }
    return result && !has_legal_clause(root, a) && !has_legal_clause(root, b);
}

/* ---- One join ---- */

/* A condition that is never true; only_pushed: of those that filter the join. */
static bool is_never_true(const List *clauses, const PlanRel *rel, bool only_pushed)
{
    list_foreach(Clause *, clause, clauses) {
        const Const *value = (const Const *)(void *)clause->expr;

        if (only_pushed && !clause_is_pushed_down(clause, rel->relids))
            continue;
        if (node_is(value, Const) && (value->is_null || !datum_bool(value->value)))
            return true;
    }
    return false;
}

static void add_semi(Planner *root, PlanRel *rel, PlanRel *a, PlanRel *b, OuterJoin *join,
                     List *clauses)
{
    if (bitset_is_subset(join->min_left, a->relids) &&
        bitset_is_subset(join->min_right, b->relids)) {
        if (rel_is_dummy(a) || rel_is_dummy(b) || is_never_true(clauses, rel, false)) {
            rel_mark_dummy(rel);
            return;
        }
        join_add_paths(root, rel, a, b, JOIN_SEMI, join, clauses);
    }
    if (is_unique_side(root, join, b)) {
        if (rel_is_dummy(a) || rel_is_dummy(b) || is_never_true(clauses, rel, false)) {
            rel_mark_dummy(rel);
            return;
        }
        join_add_paths(root, rel, a, b, JOIN_UNIQUE_INNER, join, clauses);
        join_add_paths(root, rel, b, a, JOIN_UNIQUE_OUTER, join, clauses);
    }
}

static void populate(Planner *root, PlanRel *rel, PlanRel *a, PlanRel *b, OuterJoin *join,
                     List *clauses)
{
    bool a_empty = rel_is_dummy(a), b_empty = rel_is_dummy(b);

    switch (join->kind) {
    case JOIN_INNER:
        if (a_empty || b_empty || is_never_true(clauses, rel, false)) {
            rel_mark_dummy(rel);
            return;
        }
        join_add_paths(root, rel, a, b, JOIN_INNER, join, clauses);
        join_add_paths(root, rel, b, a, JOIN_INNER, join, clauses);
        break;
    case JOIN_LEFT:
    case JOIN_ANTI:
        if (a_empty || is_never_true(clauses, rel, true)) {
            rel_mark_dummy(rel);
            return;
        }
        if (is_never_true(clauses, rel, false) && bitset_is_subset(b->relids, join->right))
            rel_mark_dummy(b);
        join_add_paths(root, rel, a, b, join->kind, join, clauses);
        if (join->kind == JOIN_LEFT)
            join_add_paths(root, rel, b, a, JOIN_RIGHT, join, clauses);
        break;
    case JOIN_FULL:
        if ((a_empty && b_empty) || is_never_true(clauses, rel, true)) {
            rel_mark_dummy(rel);
            return;
        }
        join_add_paths(root, rel, a, b, JOIN_FULL, join, clauses);
        join_add_paths(root, rel, b, a, JOIN_FULL, join, clauses);
        if (rel->paths == NULL)
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = "FULL JOIN is only supported with merge-joinable or "
                                 "hash-joinable join conditions");
        break;
    default:
        add_semi(root, rel, a, b, join, clauses);
        break;
    }
}

PlanRel *join_make(Planner *root, PlanRel *a, PlanRel *b)
{
    BitSet *both = bitset_union(a->relids, b->relids);
    OuterJoin *join;
    List *clauses;
    PlanRel *rel;
    Legal legal;

    check_interrupts();
    if (!is_legal(root, a, b, both, &legal))
        return NULL;
    if (legal.is_reversed) {
        PlanRel *swap = a;

        a = b;
        b = swap;
    }
    join = legal.join;
    if (join == NULL) {
        join = mem_new(OuterJoin);
        *join = (OuterJoin){.min_left = a->relids,
                            .min_right = b->relids,
                            .left = a->relids,
                            .right = b->relids,
                            .kind = JOIN_INNER};
    }
    rel = rel_join(root, both, a, b, join, &clauses);
    if (!rel_is_dummy(rel))
        populate(root, rel, a, b, join, clauses);
    return rel;
}

/* ---- Level by level ---- */

static void note(Planner *root, int level, PlanRel *rel)
{
    if (rel != NULL && !list_has(root->join_levels[level], rel))
        root->join_levels[level] = list_add(root->join_levels[level], rel);
}

static void join_with_clauses(Planner *root, int level, PlanRel *old, const List *others, int first)
{
    for (int i = first; i < list_count(others); i++) {
        PlanRel *other = list_at(others, i);

        if (!bitset_overlaps(old->relids, other->relids) &&
            (has_clause(root, old, other) || has_restriction(root, old, other)))
            note(root, level, join_make(root, old, other));
    }
}

static void join_without_clauses(Planner *root, int level, PlanRel *old, const List *others)
{
    list_foreach(PlanRel *, other, others) {
        if (!bitset_overlaps(old->relids, other->relids))
            note(root, level, join_make(root, old, other));
    }
}

static bool can_use_clauses(const Planner *root, const PlanRel *rel)
{
    return rel->join_clauses != NULL || rel->has_class_joins || is_restricted(root, rel);
}

/* Both sides joins themselves. */
static void join_bushy(Planner *root, int level)
{
    for (int k = 2; k <= level - k; k++) {
        const List *ones = root->join_levels[k], *others = root->join_levels[level - k];

        list_foreach(PlanRel *, old, ones) {
            if (can_use_clauses(root, old))
                join_with_clauses(root, level, old, others, k == level - k ? old_i + 1 : 0);
        }
    }
}

static void join_level(Planner *root, int level)
{
    const List *singles = root->join_levels[1];

    list_foreach(PlanRel *, old, root->join_levels[level - 1]) {
        if (can_use_clauses(root, old))
            join_with_clauses(root, level, old, singles, level == 2 ? old_i + 1 : 0);
        else
            join_without_clauses(root, level, old, singles);
    }
    join_bushy(root, level);
    if (root->join_levels[level] != NULL)
        return;
    list_foreach(PlanRel *, last, root->join_levels[level - 1])
        join_without_clauses(root, level, last, singles);
    if (root->join_levels[level] == NULL && root->outer_joins == NULL && !root->has_lateral)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("failed to build any %d-way joins", level));
}

static PlanRel *search_by_level(Planner *root, List *singles, int count)
{
    List **before = root->join_levels;
    PlanRel *result;

    root->join_levels = mem_new_array(List *, (size_t)count + 1);
    root->join_levels[1] = singles;
    for (int level = 2; level <= count; level++) {
        join_level(root, level);
        list_foreach(PlanRel *, rel, root->join_levels[level]) {
            if (!rel_is_dummy(rel))
                path_set_cheapest(rel);
        }
    }
    if (list_count(root->join_levels[count]) != 1)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "failed to build all joins");
    result = list_at(root->join_levels[count], 0);
    root->join_levels = before;
    return result;
}

/* ---- Greedy ---- */

/* The two whose join costs least; those with a condition before products. */
static PlanRel *best_pair(Planner *root, const List *parts, PlanRel **left, PlanRel **right)
{
    PlanRel *best = NULL;

    for (int with_clause = 1; with_clause >= 0 && best == NULL; with_clause--) {
        for (int i = 0; i < list_count(parts); i++) {
            for (int j = i + 1; j < list_count(parts); j++) {
                PlanRel *a = list_at(parts, i), *b = list_at(parts, j), *rel;

                if (with_clause && !has_clause(root, a, b) && !has_restriction(root, a, b))
                    continue;
                rel = join_make(root, a, b);
                if (rel == NULL)
                    continue;
                if (!rel_is_dummy(rel))
                    path_set_cheapest(rel);
                if (best != NULL && rel->cheapest_total->total >= best->cheapest_total->total)
                    continue;
                best = rel;
                *left = a;
                *right = b;
            }
        }
    }
    if (best == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "failed to join all relations together");
    return best;
}

static PlanRel *search_greedily(Planner *root, List *parts)
{
    List **before = root->join_levels;
    List *levels[2] = {NULL, parts};

    root->join_levels = levels;
    while (list_count(parts) > 1) {
        PlanRel *left, *right, *rel = best_pair(root, parts, &left, &right);
        List *rest = NULL;

        list_foreach(PlanRel *, part, parts) {
            if (part != left && part != right)
                rest = list_add(rest, part);
        }
        parts = list_add(rest, rel);
    }
    root->join_levels = before;
    return list_at(parts, 0);
}

PlanRel *join_search(Planner *root, List *items)
{
    List *rels = NULL;
    int count = list_count(items);

    list_foreach(Node *, item, items) {
        if (item->tag == NODE_List)
            rels = list_add(rels, join_search(root, (List *)(void *)item));
        else
            rels = list_add(rels, plan_rel(root, ((RangeTblRef *)(void *)item)->rt_index));
    }
    if (count == 1)
        return list_at(rels, 0);
    if (setting.geqo && count >= setting.geqo_threshold)
        return search_greedily(root, rels);
    return search_by_level(root, rels, count);
}

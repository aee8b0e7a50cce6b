/*
 * index_path.c - paths through indexes: for conditions on the table, and with values of others
 */
#include "common/base/base.h"

#include "server/planner/path.h"

#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/planner/clause.h"
#include "server/planner/cost.h"
#include "server/planner/equiv.h"
#include "server/planner/expr_util.h"
#include "server/planner/rel.h"
#include "server/planner/selec.h"

#define SETS_PER_CLAUSE 10 /* of outer relations that are tried at most */

/* ---- Clauses ---- */

static void match_clause(Planner *root, Clause *clause, PlanIndex *index, IndexClauses *out)
{
    if (clause->is_pseudoconstant)
        return;
    for (int column = 0; column < index->key_count; column++) {
        IndexClause *match;

        list_foreach(IndexClause *, known, out->columns[column]) {
            if (known->clause == clause)
                return;
        }
        match = path_match_index(root, clause, column, index);
        if (match == NULL)
            continue;
        out->columns[column] = list_add(out->columns[column], match);
        out->is_empty = false;
        return;
    }
}

static void match_clauses(Planner *root, const List *clauses, PlanIndex *index, IndexClauses *out)
{
    list_foreach(Clause *, clause, clauses)
        match_clause(root, clause, index, out);
}

/* ---- One index with certain clauses ---- */

static bool is_index_only(const PlanRel *rel, const PlanIndex *index)
{
    BitSet *columns = NULL, *there = NULL;

    if (!setting.enable_indexonlyscan)
        return false;
    columns = expr_columns(rel->target.exprs, rel->rt_index, columns);
    list_foreach(Clause *, clause, index->restrict_clauses)
        columns = expr_columns(clause->expr, rel->rt_index, columns);
    for (int i = 0; i < index->column_count; i++) {
        if (index->columns[i] != 0)
            there = bitset_add(there, index->columns[i] + EXPR_COLUMN_BASE);
    }
    return bitset_is_subset(columns, there);
}

static double semijoin_rows(Planner *root, int rel, int outer, double rows)
{
    list_foreach(OuterJoin *, join, root->outer_joins) {
        double left = 1;

        if (join->kind != JOIN_SEMI || !bitset_has(join->left, rel) ||
            !bitset_has(join->right, outer))
            continue;
        /* Not more than there are different values on the right side. */
        for (int i = -1; (i = bitset_next(join->right, i)) >= 0;)
            left *= root->rels[i] != NULL ? root->rels[i]->rows : 1;
        left = selec_group_count(root, join->semi_exprs, left, NULL);
        if (rows > left)
            rows = left;
    }
    return rows;
}

double path_loops(Planner *root, const PlanRel *rel, const BitSet *outer)
{
    double least = 0;

    for (int i = -1; (i = bitset_next(outer, i)) >= 0;) {
        const PlanRel *other = i < root->rel_room ? root->rels[i] : NULL;
        double rows;

        if (other == NULL || i == (int)rel->rt_index || rel_is_dummy(other))
            continue;
        rows = semijoin_rows(root, (int)rel->rt_index, i, other->rows);
        if (least == 0 || rows < least)
            least = rows;
    }
    return least > 0 ? least : 1;
}

typedef struct IndexBuild {
    Planner *root;
    PlanRel *rel;
    PlanIndex *index;
    List *clauses; /* IndexClause */
    BitSet *outer;
    double loops;
    bool is_only;
} IndexBuild;

static Path *new_path(const IndexBuild *b, List *keys, bool is_backward)
{
    Path *path = path_new(PATH_INDEX, b->rel, &b->rel->target);

    path->param = rel_base_param(b->root, b->rel, b->outer);
    path->keys = keys;
    path->u.index.index = b->index;
    path->u.index.clauses = b->clauses;
    path->u.index.is_backward = is_backward;
    path->u.index.is_only = b->is_only;
    cost_index(b->root, path, b->loops);
    return path;
}

/* The clauses that one scan uses. */
static void gather(IndexBuild *b, const IndexClauses *clauses, bool *skips_lower, bool *has_lower)
{
    b->outer = b->rel->lateral;
    for (int column = 0; column < b->index->key_count; column++) {
        list_foreach(IndexClause *, match, clauses->columns[column]) {
            if (column > 0 && node_is(match->clause->expr, ScalarArrayOpExpr)) {
                /* What it finds is not in the index's order. */
                if (skips_lower != NULL) {
                    *skips_lower = true;
                    continue;
                }
                *has_lower = true;
            }
            b->clauses = list_add(b->clauses, match);
            b->outer = bitset_union(b->outer, match->clause->relids);
        }
    }
    b->outer = bitset_minus(b->outer, b->rel->relids);
}

List *path_index_paths(Planner *root, PlanRel *rel, PlanIndex *index, const IndexClauses *clauses,
                       bool is_predicate_useful, bool for_bitmap, bool *skips_lower_arrays)
{
    IndexBuild b = {.root = root, .rel = rel, .index = index};
    bool has_lower = false, may_order;
    List *keys = NULL, *paths = NULL;

    gather(&b, clauses, skips_lower_arrays, &has_lower);
    b.loops = path_loops(root, rel, b.outer);
    may_order =
        !for_bitmap && !has_lower && !index->is_hypothetical_order && keys_may_be_useful(root, rel);
    if (may_order)
        keys = keys_useful(root, rel, keys_of_index(root, index, false));
    b.is_only = !for_bitmap && is_index_only(rel, index);
    if (b.clauses != NULL || keys != NULL || is_predicate_useful || b.is_only)
        paths = list_of(new_path(&b, keys, false));
    if (may_order) {
        keys = keys_useful(root, rel, keys_of_index(root, index, true));
        if (keys != NULL)
            paths = list_add(paths, new_path(&b, keys, true));
    }
    return paths;
}

/* Paths of their own at once; what bitmaps can be made of to *bitmaps. */
static void add_paths(Planner *root, PlanRel *rel, PlanIndex *index, const IndexClauses *clauses,
                      List **bitmaps)
{
    bool skips_lower = false;
    List *paths =
        path_index_paths(root, rel, index, clauses, index->is_predicate_ok, false, &skips_lower);

    if (skips_lower)
        paths = list_concat(paths, path_index_paths(root, rel, index, clauses,
                                                    index->is_predicate_ok, false, NULL));
    list_foreach(Path *, path, paths) {
        path_add(rel, path);
        if (path->keys == NULL || path->u.index.selectivity < 1.0)
            *bitmaps = list_add(*bitmaps, path);
    }
}

/* ---- Clauses with other relations ---- */

typedef struct JoinSearch {
    Planner *root;
    PlanRel *rel;
    PlanIndex *index;
    const IndexClauses *own, *joins, *classes;
    List *tried; /* BitSet */
    List **bitmaps;
} JoinSearch;

static bool was_tried(const JoinSearch *s, const BitSet *outer)
{
    list_foreach(BitSet *, set, s->tried) {
        if (bitset_equal(set, outer))
            return true;
    }
    return false;
}

static void try_outer(JoinSearch *s, BitSet *relids)
{
    IndexClauses clauses = {.is_empty = true};

    if (was_tried(s, relids))
        return;
    for (int column = 0; column < s->index->key_count; column++) {
        list_foreach(IndexClause *, match, s->joins->columns[column]) {
            if (bitset_is_subset(match->clause->relids, relids))
                clauses.columns[column] = list_add(clauses.columns[column], match);
        }
        /* Of a class any one clause will do. */
        list_foreach(IndexClause *, match, s->classes->columns[column]) {
            if (bitset_is_subset(match->clause->relids, relids)) {
                clauses.columns[column] = list_add(clauses.columns[column], match);
                break;
            }
        }
        clauses.columns[column] = list_concat(clauses.columns[column], s->own->columns[column]);
        clauses.is_empty &= clauses.columns[column] == NULL;
    }
    add_paths(s->root, s->rel, s->index, &clauses, s->bitmaps);
    s->tried = list_add(s->tried, relids);
}

/* Is a clause of that class among those that such outer relations give already? */
static bool is_class_used(const EquivClass *parent, const BitSet *relids, const List *matches)
{
    if (parent == NULL)
        return false;
    list_foreach(IndexClause *, match, matches) {
        if (match->clause->parent_class == parent &&
            bitset_is_subset(match->clause->relids, relids))
            return true;
    }
    return false;
}

static void try_with_known(JoinSearch *s, const List *matches, const IndexClause *match,
                           int clause_count)
{
    int known = list_count(s->tried);

    for (int i = 0; i < known; i++) {
        BitSet *set = list_at(s->tried, i);

        if (bitset_is_subset(set, match->clause->relids) ||
            bitset_is_subset(match->clause->relids, set) ||
            is_class_used(match->clause->parent_class, set, matches))
            continue;
        if (list_count(s->tried) >= SETS_PER_CLAUSE * clause_count)
            break;
        try_outer(s, bitset_union(match->clause->relids, set));
    }
}

static void try_matches(JoinSearch *s, const List *matches, int clause_count)
{
    list_foreach(IndexClause *, match, matches) {
        if (was_tried(s, match->clause->relids))
            continue;
        try_with_known(s, matches, match, clause_count);
        try_outer(s, match->clause->relids);
    }
}

static void add_join_paths(JoinSearch *s)
{
    int clause_count = 0;

    for (int column = 0; column < s->index->key_count; column++) {
        clause_count += list_count(s->joins->columns[column]);
        clause_count += list_count(s->classes->columns[column]);
        try_matches(s, s->joins->columns[column], clause_count);
        try_matches(s, s->classes->columns[column], clause_count);
    }
}

typedef struct ColumnMatch {
    const PlanIndex *index;
    int column;
} ColumnMatch;

static bool is_member_of_column(Planner *root, PlanRel *rel, EquivClass *ec, EquivMember *em,
                                void *arg)
{
    const ColumnMatch *m = arg;
    Oid family = m->index->families[m->column], collation = m->index->collations[m->column];

    (void)root;
    (void)rel;
    /* An index of another kind may find what is equal by a rule of its own. */
    if (!m->index->is_hypothetical_order && !list_has_oid(ec->families, family))
        return false;
    if (collation != 0 && collation != ec->collation)
        return false;
    return path_operand_is_column(m->index, m->column, em->expr);
}

static void match_classes(Planner *root, PlanRel *rel, PlanIndex *index, IndexClauses *out)
{
    if (!rel->has_class_joins)
        return;
    for (int column = 0; column < index->key_count; column++) {
        ColumnMatch match = {index, column};

        match_clauses(
            root,
            equiv_column_clauses(root, rel, is_member_of_column, &match, rel->lateral_referencers),
            index, out);
    }
}

static void match_joins(Planner *root, PlanRel *rel, PlanIndex *index, IndexClauses *out)
{
    list_foreach(Clause *, clause, rel->join_clauses) {
        if (clause_can_move_to(clause, rel) && clause->or_arms == NULL)
            match_clause(root, clause, index, out);
    }
}

/* ---- All indexes of a table ---- */

static void add_bitmap(Planner *root, PlanRel *rel, List *bitmaps, const BitSet *outer,
                       double loops)
{
    path_add(rel,
             path_bitmap_heap(root, rel, path_choose_bitmap(root, rel, bitmaps), outer, loops));
}

/* For each set of outer relations the bitmaps that it, or less, allows. */
static void add_join_bitmaps(Planner *root, PlanRel *rel, const List *own, const List *joins)
{
    List *sets = NULL;

    list_foreach(Path *, path, joins) {
        BitSet *outer = path_bitmap_outer(path);
        bool known = false;

        list_foreach(BitSet *, set, sets)
            known |= bitset_equal(set, outer);
        if (!known)
            sets = list_add(sets, outer);
    }
    list_foreach(BitSet *, outer, sets) {
        List *paths = NULL;
        Path *bitmap;
        BitSet *needed;

        list_foreach(Path *, path, joins) {
            if (bitset_is_subset(path_bitmap_outer(path), outer))
                paths = list_add(paths, path);
        }
        paths = list_concat(paths, own);
        bitmap = path_choose_bitmap(root, rel, paths);
        needed = path_bitmap_outer(bitmap);
        path_add(rel, path_bitmap_heap(root, rel, bitmap, needed, path_loops(root, rel, needed)));
    }
}

void path_add_indexes(Planner *root, PlanRel *rel)
{
    List *bitmaps = NULL, *join_bitmaps = NULL;

    if (rel->indexes == NULL)
        return;
    list_foreach(PlanIndex *, index, rel->indexes) {
        IndexClauses own = {.is_empty = true}, joins = {.is_empty = true};
        IndexClauses classes = {.is_empty = true};

        if (index->predicate != NULL && !index->is_predicate_ok)
            continue;
        match_clauses(root, index->restrict_clauses, index, &own);
        add_paths(root, rel, index, &own, &bitmaps);
        match_joins(root, rel, index, &joins);
        match_classes(root, rel, index, &classes);
        if (!joins.is_empty || !classes.is_empty) {
            JoinSearch s = {.root = root,
                            .rel = rel,
                            .index = index,
                            .own = &own,
                            .joins = &joins,
                            .classes = &classes,
                            .bitmaps = &join_bitmaps};

            add_join_paths(&s);
        }
    }
    bitmaps = list_concat(bitmaps, path_bitmap_ors(root, rel, rel->restrict_clauses, NULL));
    if (rel->join_clauses != NULL) {
        List *ors = NULL;

        list_foreach(Clause *, clause, rel->join_clauses) {
            if (clause->or_arms != NULL && clause_can_move_to(clause, rel))
                ors = list_add(ors, clause);
        }
        if (ors != NULL)
            join_bitmaps =
                list_concat(join_bitmaps, path_bitmap_ors(root, rel, ors, rel->restrict_clauses));
    }
    if (bitmaps != NULL)
        add_bitmap(root, rel, bitmaps, rel->lateral, 1.0);
    if (join_bitmaps != NULL)
        add_join_bitmaps(root, rel, bitmaps, join_bitmaps);
}

/* ---- For bitmaps of OR ---- */

static List *paths_of_arm(Planner *root, PlanRel *rel, const List *arm, const List *all)
{
    List *paths = NULL;

    list_foreach(PlanIndex *, index, rel->indexes) {
        IndexClauses clauses = {.is_empty = true};

        if (index->predicate != NULL && !index->is_predicate_ok)
            continue;
        match_clauses(root, arm, index, &clauses);
        if (clauses.is_empty)
            continue;
        match_clauses(root, all, index, &clauses);
        paths = list_concat(paths, path_index_paths(root, rel, index, &clauses, false, true, NULL));
    }
    return paths;
}

List *path_bitmap_ors(Planner *root, PlanRel *rel, const List *clauses, const List *others)
{
    List *all = list_concat(list_copy(clauses), others), *result = NULL;

    list_foreach(Clause *, clause, clauses) {
        List *arms = NULL;
        Path *either;

        list_foreach(List *, arm, clause->or_arms) {
            List *paths = paths_of_arm(root, rel, arm, all);

            paths = list_concat(paths, path_bitmap_ors(root, rel, arm, all));
            if (paths == NULL) {
                arms = NULL;
                break;
            }
            arms = list_add(arms, path_choose_bitmap(root, rel, paths));
        }
        if (arms == NULL)
            continue;
        either = path_new(PATH_BITMAP_OR, rel, &rel->target);
        either->u.bitmap.paths = arms;
        either->param = rel_base_param(root, rel, path_bitmap_outer(either));
        cost_bitmap_or(either);
        result = list_add(result, either);
    }
    return result;
}

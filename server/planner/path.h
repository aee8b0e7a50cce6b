/* path.h - ways to get the rows of a relation: made, compared, kept when they may be of use */
#ifndef PLANNER_PATH_H
#define PLANNER_PATH_H

#include "common/base/base.h"

#include "server/planner/planner_int.h"

#define PATH_INDEX_KEYS_MAX     32
#define PATH_BITMAP_ENTRY_BYTES 64 /* of a page in a bitmap, with what finds it */

struct AggCost;

/* Less than, equal to, more than 0; of the total (or startup) cost, ties by the other one. */
int path_compare(const Path *a, const Path *b, bool is_total);
int path_compare_fraction(const Path *a, const Path *b, double fraction);

/* Keep the path if nothing beats it in all respects; forget those that it beats. */
void path_add(PlanRel *rel, Path *path);
bool path_is_promising(const PlanRel *rel, double startup, double total, const List *keys,
                       const BitSet *outer);
void path_set_cheapest(PlanRel *rel);

Path *path_new(PathKind kind, PlanRel *rel, PathTarget *target);

/* ---- Scans ---- */

void path_add_scans(Planner *root, PlanRel *rel); /* all there are, for any kind of relation */
void path_add_indexes(Planner *root, PlanRel *rel);
void path_add_tids(Planner *root, PlanRel *rel);
Path *path_bitmap_heap(Planner *root, PlanRel *rel, Path *bitmap, const BitSet *outer,
                       double loops);
double path_loops(Planner *root, const PlanRel *rel, const BitSet *outer);

/* ---- Indexes ---- */

typedef struct IndexClauses {
    bool is_empty;
    List *columns[PATH_INDEX_KEYS_MAX]; /* IndexClause */
} IndexClauses;

typedef struct IndexCost {
    double startup, total, selectivity, correlation;
} IndexCost;
void path_index_cost(Planner *root, const Path *path, double loops, IndexCost *out);

/* How a clause serves a column of the index; NULL: it does not. */
IndexClause *path_match_index(Planner *root, Clause *clause, int column, const PlanIndex *index);
/* A pattern with a beginning that the index can look for; args: of its operator or function. */
IndexClause *path_match_pattern(Clause *clause, Oid function, const List *args, int column,
                                const PlanIndex *index);
bool path_operand_is_column(const PlanIndex *index, int column, const Node *operand);
bool path_index_binds_bool(Planner *root, const PlanIndex *index, int column);
List *path_index_paths(Planner *root, PlanRel *rel, PlanIndex *index, const IndexClauses *clauses,
                       bool is_predicate_useful, bool for_bitmap, bool *skips_lower_arrays);
List *path_index_quals(const List *index_clauses); /* Clause */

/* ---- Bitmaps ---- */

List *path_bitmap_ors(Planner *root, PlanRel *rel, const List *clauses, const List *others);
Path *path_choose_bitmap(Planner *root, PlanRel *rel, List *paths);
BitSet *path_bitmap_outer(const Path *path);

/* ---- Others ---- */

Path *path_project(Planner *root, PlanRel *rel, Path *sub, PathTarget *target);
Path *path_project_set(Planner *root, PlanRel *rel, Path *sub, PathTarget *target);
Path *path_apply_target(Planner *root, PlanRel *rel, Path *path, PathTarget *target);
Path *path_sort(PlanRel *rel, Path *sub, List *keys, double limit);
Path *path_incremental_sort(Planner *root, PlanRel *rel, Path *sub, List *keys, int presorted,
                            double limit);
Path *path_material(PlanRel *rel, Path *sub);
Path *path_append(Planner *root, PlanRel *rel, List *paths, const BitSet *outer, List *keys);
Path *path_merge_append(Planner *root, PlanRel *rel, List *paths, List *keys, const BitSet *outer);
Path *path_limit(PlanRel *rel, Path *sub, Node *offset, Node *count, LimitOption option,
                 double offset_rows, double count_rows);
Path *path_distinct(PlanRel *rel, Path *sub, int key_count, double rows);
Path *path_agg(Planner *root, PlanRel *rel, Path *sub, PathTarget *target, AggStrategy strategy,
               List *group_by, List *having, const struct AggCost *costs, double groups);
bool path_can_project(const Path *path);
bool path_is_kept(const Path *path); /* its rows are in a store already */

/* The same rows with other parameters bound from outside; NULL: it cannot. */
Path *path_reparameterize(Planner *root, Path *path, const BitSet *outer, double loops);

#endif

/*
 * cost.h - what it costs to get rows, in the unit of the settings (a page read in order is 1)
 *
 * The functions set startup and total of a path whose other members are there; rows, too, where it
 * is the path that decides them.
 */
#ifndef PLANNER_COST_H
#define PLANNER_COST_H

#include "common/base/base.h"

#include "server/planner/planner_int.h"

double cost_clamp_rows(double rows);

/* Of evaluating an expression, a list of them, a list of clauses. */
Cost cost_expr(Planner *root, const void *expr);
Cost cost_clauses(Planner *root, const List *clauses);
void cost_set_target(Planner *root, PathTarget *target); /* cost and width */

/* Scans */
void cost_seq_scan(Planner *root, Path *path);
void cost_index(Planner *root, Path *path, double loops);
void cost_bitmap_heap(Planner *root, Path *path, double loops);
double cost_bitmap_tree(const Path *path, double *selectivity);
void cost_bitmap_and(Path *path);
void cost_bitmap_or(Path *path);
double cost_bitmap_pages(Planner *root, const PlanRel *rel, const Path *bitmap, double loops,
                         double *total, double *tuples);
void cost_tid(Planner *root, Path *path);
void cost_tid_range(Planner *root, Path *path);
void cost_sample(Planner *root, Path *path);
void cost_subquery(Planner *root, Path *path);
void cost_simple_scan(Planner *root, Path *path); /* functions, VALUES, CTEs, stores */
void cost_result_scan(Planner *root, Path *path);
double cost_index_pages(const Planner *root, double tuples, double pages, double index_pages);

/* Above */
void cost_sort(Path *path, double startup, double total, double rows, int width, double limit,
               double comparison);
void cost_incremental_sort(Planner *root, Path *path, const Path *input, int presorted,
                           double limit);
void cost_material(Path *path, const Path *input, int width);
void cost_append(Path *path);
void cost_merge_append(Path *path, int key_count, double startup, double total, double rows);

typedef struct AggCost AggCost;
struct AggCost {
    Cost transition, final;
    double space; /* bytes of states that are not in the hash entry itself */
    int transition_count;
};
typedef struct AggInput {
    double startup, total, rows;
    int width;
} AggInput;
void cost_agg(Planner *root, Path *path, AggStrategy strategy, const AggCost *aggs, int key_count,
              double groups, const List *having, const AggInput *input);
void cost_group(Planner *root, Path *path, int key_count, double groups, const List *having,
                const Path *input);
void cost_window(Planner *root, Path *path, const List *calls, int key_count, int order_count,
                 const Path *input);
void cost_limit(double *rows, double *startup, double *total, double offset, double count);
void cost_recursive_union(Path *path, const Path *first, const Path *again);
void cost_subplan(Planner *root, SubPlan *subplan, const Path *path);
void cost_rescan(Planner *root, const Path *path, double *startup, double *total);
void cost_memoize_rescan(Planner *root, const Path *path, double *startup, double *total);
double cost_hash_agg_entry(int transition_count, double width, double space);

/* Joins */
typedef struct JoinCost JoinCost;
struct JoinCost {
    double startup, total; /* at least */
    double run, inner_run, inner_rescan;
    double outer_rows, inner_rows, outer_skip, inner_skip;
    int buckets, batches;
    double inner_rows_total;
};
typedef struct JoinFacts {
    const OuterJoin *join;
    bool is_inner_unique;
    double outer_match, match_count; /* of semi- and antijoins and unique inner sides */
    const List *clauses;
} JoinFacts;
void cost_nest_loop_first(Planner *root, JoinCost *cost, JoinKind kind, const Path *outer,
                          const Path *inner, const JoinFacts *facts);
void cost_nest_loop(Planner *root, Path *path, const JoinCost *cost, const JoinFacts *facts);
void cost_merge_first(Planner *root, JoinCost *cost, const Path *join, const JoinFacts *facts);
void cost_merge(Planner *root, Path *path, JoinCost *cost, const JoinFacts *facts);
void cost_hash_first(Planner *root, JoinCost *cost, const Path *join, const JoinFacts *facts);
void cost_hash(Planner *root, Path *path, const JoinCost *cost, const JoinFacts *facts);
void cost_join_factors(Planner *root, PlanRel *rel, const PlanRel *outer, const PlanRel *inner,
                       JoinKind kind, JoinFacts *facts);

/* How many buckets and batches a hash table of these rows has. */
void cost_hash_size(double rows, int width, int *buckets, int *batches);

double cost_page_size(double rows, int width); /* in pages */
double cost_byte_size(double rows, int width);
double cost_hash_memory(void); /* bytes */

#endif

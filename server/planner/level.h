/* level.h - one level of query: prepared, its joins found, what stands above them added */
#ifndef PLANNER_LEVEL_H
#define PLANNER_LEVEL_H

#include "common/base/base.h"

#include "server/planner/planner_int.h"

/* Plan a query, which is taken apart; its paths are those of upper[UPPER_FINAL]. */
Planner *level_plan(PlanGlobal *global, Query *query, Planner *parent, bool has_recursion,
                    double tuple_fraction);

/* Of paths that read tuple_fraction of the rows, the cheapest. */
Path *level_best_path(PlanRel *rel, double tuple_fraction);

/* A stage above the joins; made at first use. */
PlanRel *level_upper(Planner *root, UpperKind kind);

/* ---- Preparing: prep_*.c ---- */

typedef enum ExprKind {
    EXPR_KIND_QUAL,
    EXPR_KIND_TARGET,
    EXPR_KIND_OTHER,
} ExprKind;
Node *prep_expr(Planner *root, void *expr, ExprKind kind);

/* Vars of joins become those of what is joined. */
Node *prep_flatten_join_vars(Planner *root, Query *query, void *expr);

void prep_pull_up_sublinks(Planner *root);
void prep_pull_up_subqueries(Planner *root);
void prep_reduce_outer_joins(Planner *root);
void prep_remove_results(Planner *root);
void prep_process_ctes(Planner *root);

/* ---- The relations: query.c ---- */

/* The join of all relations with its paths; set_keys is called when classes are known. */
PlanRel *query_plan_joins(Planner *root, void (*set_keys)(Planner *root));

/* ---- Targets: targets.c ---- */

/* All that must come out of the plan, with what is needed to change and lock rows. */
void targets_prepare(Planner *root);
PathTarget *targets_make(Planner *root, const List *targets); /* of TargetEntry */
PathTarget *targets_new(void);
void targets_add(PathTarget *target, Node *expr, uint32_t ref);
bool targets_add_new(PathTarget *target, Node *expr); /* unless there */
PathTarget *targets_for_grouping(Planner *root, const PathTarget *final);
PathTarget *targets_for_windows(Planner *root, const PathTarget *final);
PathTarget *targets_for_sort(Planner *root, const PathTarget *final, bool *has_postponed);
List *targets_entries(const PathTarget *target); /* TargetEntry */

/* ---- Functions that return sets: target_sets.c ---- */

/*
 * The columns below those functions; then all of them, on paths that give these. input: what is
 * there to make them of; NULL: Vars.
 */
bool target_has_sets(const PathTarget *target, const PathTarget *input);
PathTarget *target_without_sets(Planner *root, const PathTarget *target, const PathTarget *input);
void target_add_sets(Planner *root, PlanRel *rel, PathTarget *target, const PathTarget *input);

/* ---- Above: upper.c and others ---- */

void upper_plan(Planner *root, double tuple_fraction);
PlanRel *upper_group(Planner *root, PlanRel *input, PathTarget *target);
PlanRel *upper_window(Planner *root, PlanRel *input, PathTarget *in, PathTarget *out);
PlanRel *upper_distinct(Planner *root, PlanRel *input);
PlanRel *upper_ordered(Planner *root, PlanRel *input, PathTarget *target, double limit);
PlanRel *setop_plan(Planner *root);
void upper_add_recursive(Planner *root);

/* Windows that have functions, in the order that saves sorts. */
List *window_select(Planner *root);

/* PlanRowMarks of rows that are locked, or looked at anew when others change rows meanwhile. */
void row_marks_make(Planner *root);

/* Can all be sorted, or hashed? */
bool upper_is_sortable(const List *clauses);
bool upper_is_hashable(const List *clauses);

/* ---- Aggregates: agg.c ---- */

typedef struct AggTransition {
    Aggref *first;
    Oid function, type;
    int16_t len;
    bool by_value, can_share;
    int space;
    List *args;
    Node *filter, *initial;
} AggTransition;

struct AggNumbers {
    List *aggs;        /* Aggref, by number */
    List *transitions; /* AggTransition, by number */
    int ordered_count; /* with DISTINCT or ORDER BY */
};
void agg_number(Planner *root, Node *expr);
struct AggCost;
void agg_costs(Planner *root, struct AggCost *out);

/* ---- Grouping sets: grouping_sets.c ---- */

/* Chains of sets that one order serves; sets group_by to the keys of the first. */
void grouping_sets_prepare(Planner *root);
void grouping_sets_add_paths(Planner *root, PlanRel *rel, PlanRel *input,
                             const struct AggCost *costs);

/* ---- min() and max() by indexes: min_max.c ---- */

/* Sets min_max_path, where all aggregates can be had so. */
void min_max_prepare(Planner *root);

/* What stands for the aggregate in such a plan; NULL: it is none. */
Node *min_max_param(const Planner *root, const Aggref *agg);

/* ---- Subplans: subselect.c ---- */

/* SubLinks of an expression to SubPlans; Vars of outer levels to parameters. */
Node *subselect_process(Planner *root, Node *expr, bool is_qual);
/* What EXISTS does not look at is left out; false: more than rows of joins is asked for. */
bool subselect_simplify_exists(Query *sub);
Node *subselect_replace_outer(Planner *root, Node *expr);
/* Params for columns of SET (a, b) = (SELECT ...), when the sublinks are processed. */
List *subselect_replace_multi(Planner *root, List *targets);
int subselect_new_param(Planner *root, Oid type);
Param *subselect_param(Planner *root, Oid type, int typmod, Oid collation);
/* The plan of another planner gives param once, when it is first wanted. */
void subselect_add_init_plan(Planner *root, Planner *sub, Path *path, Plan *plan, Param *param);
void subselect_charge_init_plans(Planner *root, PlanRel *final);
List *subselect_find_params_of_paths(Planner *root);

#endif

/* create.h - the cheapest path becomes a tree of plan nodes */
#ifndef PLANNER_CREATE_H
#define PLANNER_CREATE_H

#include "common/base/base.h"

#include "server/planner/planner_int.h"

/* The plan of a level; its root has the level's targets. */
Plan *create_plan(Planner *root, Path *path);

/* What the node above wants of a node's columns; 0: that those it needs are among them. */
enum {
    CREATE_EXACT = 1,   /* those of the path, in their order */
    CREATE_SMALL = 2,   /* rows are kept: no others than are needed */
    CREATE_LABELED = 4, /* with the sort group references of the path's */
};

/* Inside: a node for a path. */
Plan *create_node(Planner *root, Path *path, unsigned wants);
Plan *create_join(Planner *root, Path *path, unsigned wants);
/* Windows, set operations and what else stands above joins. */
Plan *create_stage(Planner *root, Path *path, unsigned wants);
void create_set_cost(Plan *plan, const Path *path);
void *create_new(size_t size, NodeTag tag, const Path *path, List *targets);
#define create_plan_node(Kind, path, targets) \
 ((Kind *)create_new(sizeof(Kind), NODE_##Kind, path, targets))
List *create_targets(Planner *root, const Path *path);

/* Of a scan: all there are, where that is good enough. */
List *create_scan_targets(Planner *root, const Path *path, unsigned wants);

/* Is it? The path may be a projection of a scan. */
bool create_gives_all(const Path *path, unsigned wants);

/* A plan that gives these columns, which its own are enough for. */
Plan *create_give(Plan *plan, List *targets);

/* The sort group references of these, put to the same columns. */
void create_label(List *targets, const PathTarget *labels);

Plan *create_min_max(Planner *root, Path *path);

/* Columns of a plan's targets by which it is sorted or grouped. */
Plan *create_sort(Planner *root, Plan *plan, const List *keys, const BitSet *relids,
                  const Path *path);
List *create_group_keys(const List *clauses, const List *targets);
List *create_sort_keys(Planner *root, const List *keys, Plan **plan, const BitSet *relids,
                       bool may_add);
Plan *create_grouping_sets(Planner *root, Path *path);
/* What GROUPING() asks for, once it is known what the node gives: columns of its input. */
void create_grouping_columns(const Planner *root, Agg *agg);
int create_target_place(const List *targets, const Node *expr);

/* Vars of relations outside of what is made are parameters from here on. */
Node *create_replace_outer(Planner *root, Node *expr);
List *create_quals(Planner *root, const List *clauses, const Path *path);

/* For scans of CTEs and work tables: which plan, or which parameter, tells them. */
void create_cte(Planner *root, const RangeTblEntry *rte, CteScan *scan);
int create_work_table(const Planner *root, const RangeTblEntry *rte);

/* A subquery's parameters that stand for columns of what is outside of its scan. */
void create_bind_subquery(Planner *root, const PlanRel *rel);

/* Is a clause of that class looked for in the bitmap? */
bool bitmap_uses_class(const Path *bitmap, const EquivClass *parent);

/* Names, origins and junk of columns as the query has them. */
void targets_label(List *targets, const List *labels);

/* What is done with rows that are there already. */
void conflict_fill(Planner *root, const OnConflictExpr *conflict, ModifyTable *modify);

/* References: what stands above scans speaks of columns of the nodes below. */
void refs_set(Planner *root, Plan **plan);

/* The parameters that each node needs. */
void params_finish(PlanGlobal *global, PlannedStmt *statement);

#endif

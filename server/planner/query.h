/* query.h - relations that need planning of their own: subqueries, CTEs, children */
#ifndef PLANNER_QUERY_H
#define PLANNER_QUERY_H

#include "common/base/base.h"

#include "server/planner/planner_int.h"

/* Plan the subquery of a range table entry, with conditions that can go into it; add its paths. */
void query_plan_subquery(Planner *root, PlanRel *rel);
void query_size_cte(Planner *root, PlanRel *rel);

/* All ways to join items (RangeTblRefs and lists of such). */
PlanRel *join_search(Planner *root, List *items);

/*
 * Kinds of joins that only the search knows: a semijoin as an inner join, with its right side, as
 * the inner or the outer one, made unique before.
 */
#define JOIN_UNIQUE_OUTER ((JoinKind)(JOIN_ANTI + 1))
#define JOIN_UNIQUE_INNER ((JoinKind)(JOIN_ANTI + 2))

/* Is the join of these two to be made at all, and then how. */
PlanRel *join_make(Planner *root, PlanRel *a, PlanRel *b);
void join_add_paths(Planner *root, PlanRel *rel, PlanRel *outer, PlanRel *inner, JoinKind kind,
                    const OuterJoin *join, List *clauses);

/* The cheapest way to have no two equal rows of a semijoin's right side; NULL: there is none. */
Path *join_unique_path(Planner *root, PlanRel *rel, Path *sub, const OuterJoin *join);

#endif

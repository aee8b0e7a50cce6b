/*
 * planner.h - queries to plans: which way of getting the rows is the cheapest
 *
 * A Query, as the analyzer made and the rewriter left it, becomes a PlannedStmt that the executor
 * runs (server/node/plan.def). Costs are PostgreSQL's: by its settings, the sizes that relations
 * have now, and pg_statistic. The caller has locks on all relations of the query.
 */
#ifndef PLANNER_PLANNER_H
#define PLANNER_PLANNER_H

#include "common/base/base.h"

#include "server/expr/expr.h"
#include "server/node/node.h"

/*
 * The plan, in the current context; needs a transaction. The query is taken apart and must not be
 * used again: who plans it more than once gives a copy. text is what locations count in, for
 * errors, and may be NULL. cursor_options are bits CURSOR_* of node.h and PLAN_* below. bound are
 * the values that the plan may rely on: it is good for them alone; NULL for a plan that serves all
 * values. Raises what constant parts of the query raise; 0A000 for what is not written.
 */
PlannedStmt *planner_plan(Query *query, const char *text, int cursor_options,
                          const ExternParams *bound);

/* Can it give its rows in the other direction, too? */
bool plan_goes_backward(const Plan *plan);

/* More bits of cursor_options, beyond those of DECLARE. */
enum {
    PLAN_GENERIC = 0x200, /* estimates are made without looking at the parameters' values */
    PLAN_CUSTOM = 0x400,  /* with */
};

#endif

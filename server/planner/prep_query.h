/* prep_query.h - moving parts of queries between levels */
#ifndef PLANNER_PREP_QUERY_H
#define PLANNER_PREP_QUERY_H

#include "common/base/base.h"

#include "server/node/node.h"

/* Add to all numbers of range table entries, in place; of the query's own, or of an expression. */
void prep_offset_rels(Node *node, int offset);

/*
 * A copy of the query in which Vars of rt_index are the expressions of targets (TargetEntry), in
 * subqueries, too.
 */
Query *prep_replace_rel(const Query *query, int rt_index, const List *targets);

/* The same for Params that stand for the columns of a sublink's rows, by exprs. */
Node *prep_replace_sublink_params(const Node *test, const List *exprs);

#endif

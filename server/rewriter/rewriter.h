/*
 * rewriter.h - queries to queries without views: what views and rules stand for is put in
 *
 * A view that is read becomes the subquery that it is; one that is changed, if it is simple, the
 * change of its table. Defaults are filled in, rules add queries or take the place of one. What
 * comes out is PostgreSQL's rewritten tree, field by field.
 */
#ifndef REWRITER_REWRITER_H
#define REWRITER_REWRITER_H

#include "common/base/base.h"

#include "server/access/common/relation.h"
#include "server/node/bitset.h"
#include "server/node/node.h"

/*
 * The queries that take the place of query, in the order in which they run; none when a rule says
 * NOTHING. query is used up. A command comes back as it is. Relations that views bring in are
 * locked until the transaction ends; those of query are already, or must be by
 * rewriter_lock_relations().
 */
List *rewriter_query(Query *query);

/*
 * Lock the relations of a query that was analyzed before: by another transaction, or stored in a
 * catalog. Columns of joins that were dropped since become NULL in the list of the join's columns.
 */
void rewriter_lock_relations(Query *query);

/* The query that a view is, with rights checked as its owner's; fresh memory. */
Query *rewriter_view_query(const Relation *view);

/* What has old and new of a rule's action as its first entries: the action, or INSERT's SELECT. */
Query *rewriter_rule_rows(Query *action);

/*
 * Which commands may change the relation, itself, by rules, by triggers, or as a simple view:
 * bits of 1 << COMMAND_INSERT and so on, which pg_relation_is_updatable() shows. columns: only
 * those matter, counted as in RangeTblEntry.updated_columns; NULL: all. 0: it is not there.
 */
#define REWRITER_ALL_CHANGES (1U << COMMAND_UPDATE | 1U << COMMAND_INSERT | 1U << COMMAND_DELETE)
unsigned rewriter_changes(Oid relation, bool with_triggers, const BitSet *columns);

/*
 * Why a view with such a query is not as a table to INSERT and UPDATE, as a sentence; NULL: it is.
 * Rules and triggers that it may have do not count.
 */
const char *rewriter_view_problem(const Query *query);

/* The value that a column gets when none is given, as its type; NULL: none. */
Node *rewriter_column_default(const Relation *rel, int attno);

#endif

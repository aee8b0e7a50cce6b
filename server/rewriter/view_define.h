/*
 * view_define.h - the query of a new view as its rule holds it
 */
#ifndef REWRITER_VIEW_DEFINE_H
#define REWRITER_VIEW_DEFINE_H

#include "common/base/base.h"

#include "server/access/common/relation.h"
#include "server/node/node.h"

/*
 * The query with two more entries in front of its range table, both for the view itself, which
 * rules call old and new; what leads to the others is moved on. The query is changed and used.
 */
Query *view_rule_query(Query *query, const Relation *view);

#endif

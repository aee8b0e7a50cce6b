/* predicate.h - what follows from conditions: for partial indexes and constraints */
#ifndef PLANNER_PREDICATE_H
#define PLANNER_PREDICATE_H

#include "common/base/base.h"

#include "server/node/node.h"

/* Is each of predicate (expressions) true wherever all of clauses (expressions) are? */
bool predicate_is_implied(const List *predicate, const List *clauses);

/* Can the clauses never be true with the predicate true as well? */
bool predicate_is_refuted(const List *predicate, const List *clauses);

#endif

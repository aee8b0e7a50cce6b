/*
 * call.h - calls of functions made ready: all arguments in their places, bodies in SQL put in
 */
#ifndef PLANNER_CALL_H
#define PLANNER_CALL_H

#include "common/base/base.h"

#include "server/node/node.h"

/*
 * The arguments in the order of the parameters: named ones where they belong, defaults for those
 * that were not given. Returns args itself when nothing is to be done.
 */
List *call_all_args(Oid function, List *args);

/*
 * The body of a function of language SQL with the arguments in it, when that is one expression that
 * may stand for the call: as volatile and as strict as the function says, and no argument that must
 * be evaluated just once is there twice. NULL: it may not, or is of another language. The result is
 * not simplified.
 */
Node *call_body(Oid function, const List *args, Oid type, Oid collation);

#endif

/*
 * set_call.h - calls of functions that return sets
 *
 * A call goes on giving rows until it is over; what the function keeps meanwhile lies in a context
 * of the call, so that one that is given up leaves nothing.
 */
#ifndef EXECUTOR_SET_CALL_H
#define EXECUTOR_SET_CALL_H

#include "common/base/base.h"

#include "server/expr/expr.h"
#include "server/node/node.h"

typedef struct SetCall SetCall;

/* Is it a call of such a function? */
bool set_call_is(const Node *expr);

/* expr may be one that is no set: then there is one row. In the current context. */
SetCall *set_call_new(const Node *expr, const ExprScope *scope);

/*
 * Evaluate the arguments and begin. c's row memory is left alone until the call is over: values of
 * arguments lie there. expected: the columns that are wanted; NULL: not known.
 */
void set_call_begin(SetCall *s, EvalContext *c, const TupleDesc *expected);

/* The next value; false: there is none any more. In the current context. */
bool set_call_next(SetCall *s, EvalContext *c, Datum *value, bool *is_null);
void set_call_end(SetCall *s); /* given up, or over */
bool set_call_is_begun(const SetCall *s);

#endif

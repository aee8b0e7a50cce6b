/*
 * simplify.h - expressions made simpler: constants evaluated, AND, OR and NOT laid flat
 */
#ifndef PLANNER_SIMPLIFY_H
#define PLANNER_SIMPLIFY_H

#include "common/base/base.h"

#include "server/expr/expr.h"
#include "server/node/node.h"

/*
 * A copy with all evaluated that is the same in each run. params: values of $n that the plan may
 * rely on; NULL: none.
 */
Node *simplify(const void *expr, const ExternParams *params);

/*
 * The value as it is now, for estimates: stable functions are evaluated, too, and parameters whose
 * values are known. What comes out must not be a part of the plan.
 */
Node *simplify_for_estimate(const void *expr, const ExternParams *params);

/* A condition, already simplified, with what all arms of an OR have in common before it. */
Node *simplify_qual(Node *qual);

/* Let long lists of constants be found by hashing: sets hash_function of ScalarArrayOpExprs. */
void simplify_hash_arrays(Node *expr);

/* How many elements the array has, as far as can be seen; 10 when it cannot. */
int simplify_array_count(const Node *array);

#endif

/*
 * subplan_hash.h - x IN (SELECT ...), by a hash table of the subquery's rows
 *
 * The answer of IN is unknown when there is no equal row but one that might be, for a NULL in it or
 * in what is looked for. Rows with a NULL are kept beside the others.
 */
#ifndef EXECUTOR_SUBPLAN_HASH_H
#define EXECUTOR_SUBPLAN_HASH_H

#include "common/base/base.h"

#include "server/executor/exec_int.h"

typedef struct SubPlanHash SubPlanHash;

SubPlanHash *subplan_hash_new(Exec *e, const SubPlan *plan, const ExprScope *scope);
void subplan_hash_fill(SubPlanHash *h, ExecNode *tree); /* once in a run */
Datum subplan_hash_probe(SubPlanHash *h, EvalContext *c, bool *is_null);

#endif

/* explain_int.h - what the files of EXPLAIN share. */
#ifndef EXPLAIN_EXPLAIN_INT_H
#define EXPLAIN_EXPLAIN_INT_H

#include "common/base/base.h"

#include "server/explain/explain.h"
#include "server/explain/explain_out.h"
#include "server/node/bitset.h"
#include "server/node/plan.h"

/* The nodes from the root down to the one whose expressions are shown. */
typedef struct ExplainPath {
    const struct ExplainPath *above;
    const Plan *plan;
    const SubPlan *sub; /* not NULL: plan is its root, and it stands in the node above */
} ExplainPath;

typedef struct Explain {
    const ExplainOptions *options;
    const PlannedStmt *plan;
    const Exec *exec; /* NULL: it was not run */
    ExplainOut out;
    const char **names; /* of the range table's entries that are used, each its own; else NULL */
    bool is_single;     /* there is but one relation: columns need no name before them */
} Explain;

/* ---- explain_expr.c ---- */

/* An expression (or the AND of a list of them) of that node as SQL, in the current context. */
const char *explain_expr(const Explain *x, const ExplainPath *path, const void *expr,
                         bool is_qualified);
const char *explain_quals(const Explain *x, const ExplainPath *path, const List *quals,
                          bool is_qualified);

/* What an output column of a plan's child is. */
const char *explain_column(const Explain *x, const ExplainPath *path, int column,
                           bool is_qualified);

/* The same as the child computes it, without parentheses around it. */
const char *explain_input(const Explain *x, const ExplainPath *path, int column,
                          bool is_qualified);

/* ---- explain_usage.c ---- */

/* Blocks, and the time that they took; people are shown what is not 0. */
bool explain_has_buffers(const Usage *usage);
void explain_buffers(ExplainOut *out, const Usage *usage);

/* What was written into the log. */
void explain_wal(ExplainOut *out, const Usage *usage);

/* ---- explain_trigger.c ---- */

/* Those that the run has called. */
void explain_triggers(Explain *x);

/* ---- explain_node.c ---- */

/* Entries of the range table (from 1) that the plan reads or writes. */
BitSet *explain_used_entries(const PlannedStmt *plan);

/* path: of the node itself. */
void explain_plan_tree(Explain *x, const ExplainPath *path, const char *relation,
                       const char *label);

#endif

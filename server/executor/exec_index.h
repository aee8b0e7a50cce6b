/*
 * exec_index.h - the scans of access/index, which have the name of a plan's node
 *
 * node.h calls the node of a plan IndexScan, index.h the scan itself. Here, where both are needed,
 * the latter is an IndexRows.
 */
#ifndef EXECUTOR_EXEC_INDEX_H
#define EXECUTOR_EXEC_INDEX_H

#include "common/base/base.h"

#include "server/executor/exec_int.h"

#define IndexScan IndexRows
#include "server/access/index/index.h"
#undef IndexScan

/*
 * Keys of an index scan, as a plan has them: their arguments are evaluated when a scan begins.
 */
typedef struct ExecIndexKeys {
    ScanKey *keys;
    unsigned count;
    IndexArray *arrays;
    unsigned array_count;
    struct ExecIndexValue *values; /* what is to be evaluated: an item for each key */
    EvalContext *eval;
    bool is_constant; /* it was evaluated, and will never be otherwise */
    bool is_empty;    /* an argument is NULL: nothing can match */
} ExecIndexKeys;

/* list: of IndexKey. */
void exec_index_keys_init(ExecNode *n, ExecIndexKeys *k, const List *list);
void exec_index_keys_evaluate(ExecIndexKeys *k);

static inline void exec_index_keys_end(ExecIndexKeys *k)
{
    if (k->eval != NULL && !k->is_constant)
        eval_reset(k->eval);
}

#endif

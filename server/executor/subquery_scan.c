/* subquery_scan.c - the rows of a subquery in FROM. */
#include "common/base/base.h"

#include "server/executor/exec_int.h"

static void init(ExecNode *n, unsigned flags)
{
    const SubqueryScan *plan = (const SubqueryScan *)(const void *)n->plan;

    n->left = exec_make(n->exec, plan->subplan, flags);
    exec_init_query_scan(n, n->left, (int)plan->rt_index);
    if (n->exec->recheck != NULL)
        recheck_init_scan(n, exec_desc_of(n->left));
}

static Slot *next(ExecNode *n)
{
    Slot *row;

    while ((row = exec_next(n->left)) != NULL) {
        Slot *out;

        if (n->eval != NULL)
            n->eval->scan = row;
        out = exec_pass_scan(n, row);
        if (out != NULL)
            return out;
    }
    return NULL;
}

static void rewind_scan(ExecNode *n, const BitSet *changed)
{
    exec_rewind_node(n->left, changed);
}

static void bound(ExecNode *n, uint64_t count)
{
    if (n->qual == NULL)
        exec_bound(n->left, count);
}

const ExecOps subquery_scan_ops = {
    .size = sizeof(ExecNode), .init = init, .next = next, .rewind = rewind_scan, .bound = bound};

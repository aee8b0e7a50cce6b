/* seq_scan.c - all rows of a table, as they lie. */
#include "common/base/base.h"

#include "server/executor/exec_heap.h"

typedef struct SeqScanNode {
    ExecNode n;
    unsigned rel;
    Slot *row;
    HeapScan *scan; /* NULL: not begun */
} SeqScanNode;

static void init(ExecNode *n, unsigned flags UNUSED)
{
    SeqScanNode *s = (SeqScanNode *)n;
    const Scan *plan = (const Scan *)(const void *)n->plan;

    s->rel = exec_range_relation(n->exec, plan->rt_index);
    s->row = slot_new(exec_relation_desc(n->exec, s->rel));
    exec_init_scan(n, s->row->desc, (int)plan->rt_index);
    if (n->eval != NULL)
        n->eval->scan = s->row;
    if (n->exec->recheck != NULL)
        recheck_init_scan(n, s->row->desc);
}

static NOINLINE void begin(SeqScanNode *s)
{
    Exec *e = s->n.exec;

    MEM_SCOPE(e->run_mem) {
        s->scan = heap_scan_begin(exec_heap(exec_relation(e, s->rel)), e->snapshot);
    }
}

static Slot *next(ExecNode *n)
{
    SeqScanNode *s = (SeqScanNode *)n;

    if (UNLIKELY(s->scan == NULL))
        begin(s);
    return exec_next_of_heap(n, s->scan, s->row);
}

static void rewind_scan(ExecNode *n, const BitSet *changed UNUSED)
{
    SeqScanNode *s = (SeqScanNode *)n;

    if (s->scan != NULL)
        heap_scan_restart(s->scan);
}

static void end(ExecNode *n)
{
    SeqScanNode *s = (SeqScanNode *)n;

    if (s->scan != NULL)
        heap_scan_end(s->scan);
    s->scan = NULL;
    slot_clear(s->row);
}

static bool place(const ExecNode *n, Tid *tid)
{
    return exec_slot_place(((const SeqScanNode *)n)->row, tid);
}

const ExecOps seq_scan_ops = {.size = sizeof(SeqScanNode),
                              .init = init,
                              .next = next,
                              .rewind = rewind_scan,
                              .end = end,
                              .place = place};

/*
 * sample_scan.c - TABLESAMPLE: a part of a table's rows, or of its blocks, by chance
 *
 * Whether a row (BERNOULLI) or block (SYSTEM) is in the sample is told by a hash of its place and a
 * seed, so that REPEATABLE gives the same part again as long as nothing changes; the same that
 * PostgreSQL gives.
 */
#include "common/base/base.h"

#include <math.h>

#include "common/crypt/random.h"
#include "common/err/err.h"
#include "server/executor/exec_heap.h"
#include "server/fmgr/hash_any.h"
#include "server/node/expr.h"
#include "server/types/builtin.h"

#define HASH_VALUES 4294967296.0

typedef struct SampleScanNode {
    ExecNode n;
    HeapSample sample;
    unsigned rel;
    Slot *row;
    Oid method;
    Expr *percent, *repeatable; /* the latter NULL: not asked for */
    bool has_seed;              /* by chance, for all of a run */
    uint32_t seed;
    uint64_t limit; /* hashes below are in */
    HeapScan *scan; /* NULL: not begun */
} SampleScanNode;

static void init(ExecNode *n, unsigned flags UNUSED)
{
    SampleScanNode *s = (SampleScanNode *)n;
    const SampleScan *plan = (const SampleScan *)(const void *)n->plan;
    ExprScope scope = exec_scope(n);

    s->rel = exec_range_relation(n->exec, plan->rt_index);
    s->row = slot_new(exec_relation_desc(n->exec, s->rel));
    exec_init_scan(n, s->row->desc, (int)plan->rt_index);
    exec_eval(n)->scan = s->row;
    s->method = plan->sample->handler;
    s->percent = expr_compile(list_at(plan->sample->args, 0), &scope);
    if (plan->sample->repeatable != NULL)
        s->repeatable = expr_compile(plan->sample->repeatable, &scope);
    if (n->exec->recheck != NULL)
        recheck_init_scan(n, s->row->desc);
}

/* ---- What is in it ---- */

static const SampleScanNode *node_of(const HeapSample *sample)
{
    return (const SampleScanNode *)(const void *)((const uint8_t *)sample -
                                                  offsetof(SampleScanNode, sample));
}

static bool has_block(const HeapSample *sample, BlockNo block)
{
    const SampleScanNode *s = node_of(sample);
    const uint32_t place[] = {block, s->seed};

    return hash_any(place, sizeof place) < s->limit;
}

static bool has_row(const HeapSample *sample, BlockNo block, OffsetNo offset)
{
    const SampleScanNode *s = node_of(sample);
    const uint32_t place[] = {block, offset, s->seed};

    return hash_any(place, sizeof place) < s->limit;
}

static void set_limit(SampleScanNode *s)
{
    bool is_null;
    double percent = (double)datum_f4(expr_eval(s->percent, s->n.eval, &is_null));

    if (is_null)
        err_raise(SQLSTATE_INVALID_TABLESAMPLE_ARGUMENT,
                  .message = "TABLESAMPLE parameter cannot be null");
    if (percent < 0 || percent > 100 || isnan(percent))
        err_raise(SQLSTATE_INVALID_TABLESAMPLE_ARGUMENT,
                  .message = "sample percentage must be between 0 and 100");
    s->limit = (uint64_t)rint(HASH_VALUES * percent / 100);
}

static void set_seed(SampleScanNode *s)
{
    bool is_null;
    Datum value;

    if (s->repeatable == NULL) {
        if (!s->has_seed)
            s->seed = (uint32_t)random_u64();
        s->has_seed = true;
        return;
    }
    value = expr_eval(s->repeatable, s->n.eval, &is_null);
    if (is_null)
        err_raise(SQLSTATE_INVALID_TABLESAMPLE_REPEAT,
                  .message = "TABLESAMPLE REPEATABLE parameter cannot be null");
    s->seed = datum_u32(fmgr_call_direct(hashfloat8, 0, 1, &value));
}

static NOINLINE void begin(SampleScanNode *s)
{
    Exec *e = s->n.exec;

    set_limit(s);
    set_seed(s);
    s->sample = s->method == SAMPLE_SYSTEM ? (HeapSample){.has_block = has_block}
                                           : (HeapSample){.has_row = has_row};
    MEM_SCOPE(e->run_mem) {
        s->scan = heap_scan_begin(exec_heap(exec_relation(e, s->rel)), e->snapshot);
    }
    heap_scan_set_sample(s->scan, &s->sample);
}

/* ---- Running ---- */

static Slot *next(ExecNode *n)
{
    SampleScanNode *s = (SampleScanNode *)n;

    if (s->scan == NULL)
        begin(s);
    return exec_next_of_heap(n, s->scan, s->row);
}

/* With other parameters it is another sample, but what is by chance stays. */
static void rewind_scan(ExecNode *n, const BitSet *changed UNUSED)
{
    SampleScanNode *s = (SampleScanNode *)n;

    if (s->scan != NULL)
        heap_scan_end(s->scan);
    s->scan = NULL;
    slot_clear(s->row);
}

static void end(ExecNode *n)
{
    rewind_scan(n, NULL);
    ((SampleScanNode *)n)->has_seed = false;
}

static bool place(const ExecNode *n, Tid *tid)
{
    return exec_slot_place(((const SampleScanNode *)n)->row, tid);
}

const ExecOps sample_scan_ops = {.size = sizeof(SampleScanNode),
                                 .init = init,
                                 .next = next,
                                 .rewind = rewind_scan,
                                 .end = end,
                                 .place = place};

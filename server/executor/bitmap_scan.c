/*
 * bitmap_scan.c - rows by way of a bitmap of their places: what indexes say, united and
 * intersected, then the table's pages in their order
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/executor/exec_bitmap.h"
#include "server/executor/exec_index.h"

/* ---- Bitmaps ---- */

typedef struct BitmapIndexScanNode {
    ExecNode n;
    unsigned index;
    ExecIndexKeys keys;
    IndexRows *scan;
} BitmapIndexScanNode;

typedef struct BitmapCombineNode {
    ExecNode n;
    ExecNode **parts;
    unsigned count;
} BitmapCombineNode;

static Slot *next_of_bitmap(ExecNode *n)
{
    err_raise(SQLSTATE_INTERNAL_ERROR,
              .message = err_fmt("%s gives no rows", node_kind_name(n->plan->tag)));
}

static void init_index(ExecNode *n, unsigned flags UNUSED)
{
    BitmapIndexScanNode *s = (BitmapIndexScanNode *)n;
    const BitmapIndexScan *plan = (const BitmapIndexScan *)(const void *)n->plan;

    s->index = exec_add_index(n->exec, plan->index, plan->rt_index);
    exec_index_keys_init(n, &s->keys, plan->keys);
}

static uint64_t collect(BitmapIndexScanNode *s, TidBitmap *bitmap)
{
    const IndexArray *arrays;
    Exec *e = s->n.exec;

    exec_index_keys_evaluate(&s->keys);
    if (s->keys.is_empty)
        return 0;
    arrays = s->keys.array_count > 0 ? s->keys.arrays : NULL;
    if (s->scan != NULL) {
        index_scan_restart(s->scan, s->keys.keys, arrays);
    } else {
        MEM_SCOPE(e->run_mem) {
            s->scan =
                index_scan_begin(&(IndexScanSpec){.index = exec_btree(exec_relation(e, s->index)),
                                                  .snapshot = e->snapshot,
                                                  .keys = s->keys.keys,
                                                  .key_count = s->keys.count,
                                                  .arrays = arrays,
                                                  .array_count = s->keys.array_count});
        }
    }
    return index_scan_collect(s->scan, bitmap);
}

void exec_bitmap_collect(ExecNode *n, TidBitmap *bitmap)
{
    BitmapIndexScanNode *s = (BitmapIndexScanNode *)n;
    ExecSpan span;

    if (n->count == NULL) {
        collect(s, bitmap);
        return;
    }
    exec_span_begin(n, &span);
    n->loop_rows += collect(s, bitmap);
    exec_span_end(n, &span);
}

static void end_index(ExecNode *n)
{
    BitmapIndexScanNode *s = (BitmapIndexScanNode *)n;

    if (s->scan != NULL)
        index_scan_end(s->scan);
    s->scan = NULL;
    exec_index_keys_end(&s->keys);
}

static void rewind_nothing(ExecNode *n UNUSED, const BitSet *changed UNUSED)
{
}

static void init_combine(ExecNode *n, unsigned flags)
{
    BitmapCombineNode *c = (BitmapCombineNode *)n;
    const List *plans = n->plan->tag == NODE_BitmapAnd
                            ? ((const BitmapAnd *)(const void *)n->plan)->plans
                            : ((const BitmapOr *)(const void *)n->plan)->plans;

    c->parts = mem_new_array(ExecNode *, (size_t)list_count(plans));
    list_foreach(const Plan *, plan, plans)
        c->parts[c->count++] = exec_make(n->exec, plan, flags);
}

static void rewind_combine(ExecNode *n, const BitSet *changed)
{
    BitmapCombineNode *c = (BitmapCombineNode *)n;

    for (unsigned i = 0; i < c->count; i++)
        exec_rewind_node(c->parts[i], changed);
}

static TidBitmap *combine(BitmapCombineNode *c)
{
    bool is_and = c->n.plan->tag == NODE_BitmapAnd;
    TidBitmap *all = NULL;

    for (unsigned i = 0; i < c->count; i++) {
        TidBitmap *part;

        /* Unions grow in place. */
        if (!is_and && all != NULL && c->parts[i]->plan->tag == NODE_BitmapIndexScan) {
            exec_bitmap_collect(c->parts[i], all);
            continue;
        }
        part = exec_bitmap(c->parts[i]);
        if (all == NULL) {
            all = part;
            continue;
        }
        if (is_and)
            tid_bitmap_intersect(all, part);
        else
            tid_bitmap_unite(all, part);
        tid_bitmap_free(part);
        if (is_and && tid_bitmap_is_empty(all))
            break;
    }
    return all;
}

static TidBitmap *combine_counted(BitmapCombineNode *c)
{
    TidBitmap *all;
    ExecSpan span;

    if (c->n.count == NULL)
        return combine(c);
    exec_span_begin(&c->n, &span);
    all = combine(c);
    exec_span_end(&c->n, &span);
    return all;
}

TidBitmap *exec_bitmap(ExecNode *n)
{
    TidBitmap *bitmap = NULL;

    if (n->plan->tag != NODE_BitmapIndexScan)
        return combine_counted((BitmapCombineNode *)n);
    MEM_SCOPE(n->exec->run_mem) {
        bitmap = tid_bitmap_new(exec_work_mem());
    }
    exec_bitmap_collect(n, bitmap);
    return bitmap;
}

const ExecOps bitmap_index_scan_ops = {.size = sizeof(BitmapIndexScanNode),
                                       .init = init_index,
                                       .next = next_of_bitmap,
                                       .rewind = rewind_nothing,
                                       .end = end_index};

const ExecOps bitmap_and_ops = {.size = sizeof(BitmapCombineNode),
                                .init = init_combine,
                                .next = next_of_bitmap,
                                .rewind = rewind_combine};

const ExecOps bitmap_or_ops = {.size = sizeof(BitmapCombineNode),
                               .init = init_combine,
                               .next = next_of_bitmap,
                               .rewind = rewind_combine};

/* ---- The table ---- */

typedef struct BitmapHeapScanNode {
    ExecNode n;
    unsigned table;
    Slot *row;
    Expr *recheck_qual;
    TidBitmap *bitmap; /* NULL: not begun */
    BitmapScan *scan;
} BitmapHeapScanNode;

static void init_heap(ExecNode *n, unsigned flags)
{
    BitmapHeapScanNode *s = (BitmapHeapScanNode *)n;
    const BitmapHeapScan *plan = (const BitmapHeapScan *)(const void *)n->plan;
    ExprScope scope = exec_scope(n);

    s->table = exec_range_relation(n->exec, plan->rt_index);
    s->row = slot_new(exec_relation_desc(n->exec, s->table));
    n->left = exec_make(n->exec, n->plan->left, flags);
    exec_init_scan(n, s->row->desc, (int)plan->rt_index);
    exec_eval(n)->scan = s->row;
    s->recheck_qual = expr_compile_qual(plan->recheck_quals, &scope);
    if (n->exec->recheck != NULL)
        recheck_init_scan(n, s->row->desc);
}

static void begin_heap(BitmapHeapScanNode *s)
{
    Exec *e = s->n.exec;

    s->bitmap = exec_bitmap(s->n.left);
    MEM_SCOPE(e->run_mem) {
        s->scan = bitmap_scan_begin(exec_heap(exec_relation(e, s->table)), e->snapshot, s->bitmap,
                                    (unsigned)setting.effective_io_concurrency);
    }
}

static Slot *next_heap(ExecNode *n)
{
    BitmapHeapScanNode *s = (BitmapHeapScanNode *)n;
    const HeapTuple *tuple;
    bool needs_recheck;

    if (UNLIKELY(s->bitmap == NULL))
        begin_heap(s);
    while ((tuple = bitmap_scan_next(s->scan, &needs_recheck)) != NULL) {
        Slot *out;

        slot_set_heap(s->row, tuple);
        eval_reset(n->eval);
        if (needs_recheck && !expr_check(s->recheck_qual, n->eval)) {
            if (n->count != NULL)
                n->count->removed_by_join_filter++;
            continue;
        }
        out = exec_pass(n, s->row);
        if (out != NULL)
            return out;
        check_interrupts();
    }
    slot_clear(s->row);
    return NULL;
}

static void end_heap(ExecNode *n)
{
    BitmapHeapScanNode *s = (BitmapHeapScanNode *)n;

    if (s->scan != NULL)
        bitmap_scan_end(s->scan);
    if (s->bitmap != NULL)
        tid_bitmap_free(s->bitmap);
    s->scan = NULL;
    s->bitmap = NULL;
    slot_clear(s->row);
}

static void rewind_heap(ExecNode *n, const BitSet *changed)
{
    BitmapHeapScanNode *s = (BitmapHeapScanNode *)n;

    if (n->count != NULL && s->scan != NULL) {
        uint64_t exact, lossy;

        bitmap_scan_counts(s->scan, &exact, &lossy);
        n->count->exact_pages += exact;
        n->count->lossy_pages += lossy;
    }
    end_heap(n);
    exec_rewind_node(n->left, changed);
}

static bool recheck_heap(ExecNode *n, Slot *row)
{
    BitmapHeapScanNode *s = (BitmapHeapScanNode *)n;

    n->eval->scan = row;
    return expr_check(s->recheck_qual, n->eval);
}

static void count_heap(const ExecNode *n, ExecCount *out)
{
    const BitmapHeapScanNode *s = (const BitmapHeapScanNode *)n;
    uint64_t exact, lossy;

    if (s->scan == NULL)
        return;
    bitmap_scan_counts(s->scan, &exact, &lossy);
    out->exact_pages += exact;
    out->lossy_pages += lossy;
}

static bool place(const ExecNode *n, Tid *tid)
{
    return exec_slot_place(((const BitmapHeapScanNode *)n)->row, tid);
}

const ExecOps bitmap_heap_scan_ops = {.size = sizeof(BitmapHeapScanNode),
                                      .init = init_heap,
                                      .next = next_heap,
                                      .rewind = rewind_heap,
                                      .end = end_heap,
                                      .recheck = recheck_heap,
                                      .count = count_heap,
                                      .place = place};

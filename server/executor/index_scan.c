/*
 * index_scan.c - rows of a table that an index leads to, in its order; and rows of the index alone
 *
 * An index-only scan gives rows of what the index has; the table is looked at where the visibility
 * map does not vouch for a page.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "server/executor/exec_index.h"

typedef struct IndexScanNode {
    ExecNode n;
    unsigned table, index;
    ScanDirection direction;
    ExecIndexKeys keys;
    Slot *row;
    IndexRows *scan; /* NULL: not begun */
    bool is_begun;
    Expr *index_qual; /* for rechecks */

    /* Of an index-only scan: */
    bool is_index_only;
    const TupleDesc *index_desc;
    bool has_names; /* columns of type name, whose entries are shorter */
    uint8_t *names; /* room for them: NAME_SIZE for each column */
} IndexScanNode;

static void begin(IndexScanNode *s);

/* ---- Making ---- */

static void init_common(IndexScanNode *s, Oid index, const List *keys, bool is_backward)
{
    ExecNode *n = &s->n;
    const Scan *plan = (const Scan *)(const void *)n->plan;

    s->table = exec_range_relation(n->exec, plan->rt_index);
    s->index = exec_add_index(n->exec, index, plan->rt_index);
    s->direction = is_backward ? SCAN_BACKWARD : SCAN_FORWARD;
    exec_index_keys_init(n, &s->keys, keys);
}

static void init_scan(ExecNode *n, unsigned flags UNUSED)
{
    IndexScanNode *s = (IndexScanNode *)n;
    const IndexScan *plan = (const IndexScan *)(const void *)n->plan;
    ExprScope scope = exec_scope(n);

    init_common(s, plan->index, plan->keys, plan->is_backward);
    s->row = slot_new(exec_relation_desc(n->exec, s->table));
    exec_init_scan(n, s->row->desc, (int)plan->rt_index);
    if (n->exec->recheck != NULL) {
        exec_eval(n);
        recheck_init_scan(n, s->row->desc);
        s->index_qual = expr_compile_qual(plan->index_quals, &scope);
    }
    if (n->eval != NULL)
        n->eval->scan = s->row;
}

/*
 * The columns have the types of the index's targets: what the index keeps of a name is shorter than
 * a name.
 */
static void init_only(ExecNode *n, unsigned flags UNUSED)
{
    IndexScanNode *s = (IndexScanNode *)n;
    const IndexOnlyScan *plan = (const IndexOnlyScan *)(const void *)n->plan;
    ExprScope scope = exec_scope(n);
    TupleDesc *desc;

    init_common(s, plan->index, plan->keys, plan->is_backward);
    s->is_index_only = true;
    s->index_desc = exec_relation_desc(n->exec, s->index);
    desc = expr_tuple_desc(plan->index_targets, false);
    s->row = slot_new(desc);
    for (unsigned i = 0; i < desc->count; i++)
        s->has_names = s->has_names || desc->columns[i].len == NAME_SIZE;
    if (s->has_names)
        s->names = mem_alloc((size_t)desc->count * NAME_SIZE);
    exec_init_scan(n, desc, VAR_INDEX);
    if (n->exec->recheck != NULL) {
        exec_eval(n);
        recheck_init_scan(n, s->row->desc);
        s->index_qual = expr_compile_qual(plan->index_quals, &scope);
    }
    if (n->eval != NULL)
        n->eval->scan = s->row;
}

/* ---- Running ---- */

static NOINLINE void begin(IndexScanNode *s)
{
    Exec *e = s->n.exec;

    exec_index_keys_evaluate(&s->keys);
    s->is_begun = true;
    if (s->keys.is_empty)
        return;
    if (s->scan != NULL) {
        index_scan_restart(s->scan, s->keys.keys, s->keys.arrays);
        return;
    }
    MEM_SCOPE(e->run_mem) {
        s->scan = index_scan_begin(&(IndexScanSpec){
            .table = exec_heap(exec_relation(e, s->table)),
            .index = exec_btree(exec_relation(e, s->index)),
            .snapshot = e->snapshot,
            .keys = s->keys.keys,
            .key_count = s->keys.count,
            .arrays = s->keys.array_count > 0 ? s->keys.arrays : NULL,
            .array_count = s->keys.array_count,
            .wants_entries = s->is_index_only,
        });
    }
}

static inline ScanDirection direction_of(const IndexScanNode *s)
{
    return s->n.exec->is_backward ? (ScanDirection)-s->direction : s->direction;
}

static Slot *next_row(ExecNode *n)
{
    IndexScanNode *s = (IndexScanNode *)n;
    HeapTuple tuple;

    if (UNLIKELY(!s->is_begun))
        begin(s);
    while (!s->keys.is_empty && index_scan_next(s->scan, direction_of(s), &tuple)) {
        Slot *out;

        slot_set_heap(s->row, &tuple);
        out = exec_pass_scan(n, s->row);
        if (out != NULL)
            return out;
        check_interrupts();
    }
    slot_clear(s->row);
    return NULL;
}

static void pad_names(IndexScanNode *s)
{
    Slot *row = s->row;

    for (unsigned i = 0; i < row->desc->count; i++) {
        uint8_t *name = s->names + (size_t)i * NAME_SIZE;

        if (row->desc->columns[i].len != NAME_SIZE || row->nulls[i])
            continue;
        memset(name, 0, NAME_SIZE);
        memcpy(name, datum_pointer(row->values[i]),
               strnlen(datum_pointer(row->values[i]), NAME_SIZE - 1));
        row->values[i] = datum_of_pointer(name);
    }
}

static Slot *next_entry(ExecNode *n)
{
    IndexScanNode *s = (IndexScanNode *)n;
    const IndexTuple *entry;

    if (UNLIKELY(!s->is_begun))
        begin(s);
    while (!s->keys.is_empty && (entry = index_scan_next_entry(s->scan, direction_of(s))) != NULL) {
        Slot *out;

        slot_clear(s->row);
        index_deform(entry, s->index_desc, s->row->values, s->row->nulls);
        if (s->has_names)
            pad_names(s);
        slot_set_virtual(s->row);
        out = exec_pass_scan(n, s->row);
        if (out != NULL)
            return out;
        check_interrupts();
    }
    slot_clear(s->row);
    return NULL;
}

static bool recheck(ExecNode *n, Slot *row)
{
    IndexScanNode *s = (IndexScanNode *)n;

    if (s->is_index_only)
        exec_raise_not_written("index-only scans of rows that changed meanwhile");
    n->eval->scan = row;
    return expr_check(s->index_qual, n->eval);
}

/* Keys may depend on what changed: they are evaluated when the next row is wanted. */
static void rewind_scan(ExecNode *n, const BitSet *changed UNUSED)
{
    ((IndexScanNode *)n)->is_begun = false;
}

static void end(ExecNode *n)
{
    IndexScanNode *s = (IndexScanNode *)n;

    if (s->scan != NULL)
        index_scan_end(s->scan);
    s->scan = NULL;
    s->is_begun = false;
    exec_index_keys_end(&s->keys);
    slot_clear(s->row);
}

static void mark(ExecNode *n)
{
    IndexScanNode *s = (IndexScanNode *)n;

    if (s->scan != NULL)
        index_scan_mark(s->scan);
}

static void restore(ExecNode *n)
{
    IndexScanNode *s = (IndexScanNode *)n;

    if (s->scan != NULL)
        index_scan_restore(s->scan);
}

static void count_only(const ExecNode *n, ExecCount *out)
{
    const IndexScanNode *s = (const IndexScanNode *)n;

    if (s->scan != NULL)
        out->heap_fetches = index_scan_heap_fetches(s->scan);
}

static bool place_of_entry(const ExecNode *n, Tid *tid)
{
    const IndexScanNode *s = (const IndexScanNode *)n;

    if (s->row->is_empty)
        return false;
    *tid = index_scan_tid(s->scan);
    return true;
}

static bool place(const ExecNode *n, Tid *tid)
{
    return exec_slot_place(((const IndexScanNode *)n)->row, tid);
}

const ExecOps index_scan_ops = {.size = sizeof(IndexScanNode),
                                .init = init_scan,
                                .next = next_row,
                                .rewind = rewind_scan,
                                .end = end,
                                .recheck = recheck,
                                .mark = mark,
                                .restore = restore,
                                .place = place};

const ExecOps index_only_scan_ops = {.size = sizeof(IndexScanNode),
                                     .init = init_only,
                                     .next = next_entry,
                                     .rewind = rewind_scan,
                                     .end = end,
                                     .recheck = recheck,
                                     .count = count_only,
                                     .mark = mark,
                                     .restore = restore,
                                     .place = place_of_entry};

/* tid_scan.c - rows by their places: WHERE ctid = ... */
#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/mem/mem.h"
#include "server/executor/exec_int.h"
#include "server/expr/catalog_info.h"
#include "server/fmgr/varlena.h"
#include "server/node/expr.h"

typedef struct TidScanNode {
    ExecNode n;
    unsigned table;
    Slot *row;
    const char *cursor; /* of WHERE CURRENT OF; NULL: none */
    Expr **exprs;
    bool *are_arrays;
    unsigned expr_count;
    ArrayElement element;
    Array tids; /* Tid, in their order, each once */
    bool is_begun;
    int64_t at; /* the one that was looked at last */
    Buffer b;   /* the page of the row */
} TidScanNode;

static void init(ExecNode *n, unsigned flags UNUSED)
{
    TidScanNode *s = (TidScanNode *)n;
    const TidScan *plan = (const TidScan *)(const void *)n->plan;
    ExprScope scope = exec_scope(n);

    s->table = exec_range_relation(n->exec, plan->rt_index);
    s->row = slot_new(exec_relation_desc(n->exec, s->table));
    exec_init_scan(n, s->row->desc, (int)plan->rt_index);
    exec_eval(n)->scan = s->row;
    s->exprs = mem_new_array(Expr *, (size_t)list_count(plan->tids) + 1);
    s->are_arrays = mem_new_array(bool, (size_t)list_count(plan->tids) + 1);
    list_foreach(const Node *, tid, plan->tids) {
        const IndexKey *key = (const IndexKey *)(const void *)tid;

        if (node_is(tid, CurrentOfExpr)) {
            s->cursor = ((const CurrentOfExpr *)(const void *)tid)->cursor;
            continue;
        }
        if (node_is(tid, IndexKey)) {
            s->are_arrays[s->expr_count] = key->is_array;
            tid = key->value;
            if (key->is_array) {
                TypeInfo type;

                catalog_info()->type(node_expr_type(tid), &type);
                s->element = catalog_info_element(type.element);
            }
        }
        s->exprs[s->expr_count++] = expr_compile(tid, &scope);
    }
    array_init(&s->tids, sizeof(Tid));
    s->b = BUFFER_NONE;
    if (n->exec->recheck != NULL)
        recheck_init_scan(n, s->row->desc);
}

static int compare_tids(const void *a, const void *b)
{
    const Tid *x = a, *y = b;

    if (tid_block(*x) != tid_block(*y))
        return tid_block(*x) < tid_block(*y) ? -1 : 1;
    return (int)x->offset - (int)y->offset;
}

static void add_array(TidScanNode *s, Datum array)
{
    ArrayView view;
    ArrayWalk walk;
    Datum value;
    bool is_null;

    array_open(varlena_plain(datum_varlena(array)), &view);
    array_walk_begin(&walk, &view, &s->element);
    while (array_walk_next(&walk, &value, &is_null)) {
        if (!is_null)
            *(Tid *)array_push(&s->tids) = *(const Tid *)datum_pointer(value);
    }
}

static void leave_page(TidScanNode *s)
{
    if (s->b != BUFFER_NONE)
        buffer_unpin(s->b);
    s->b = BUFFER_NONE;
}

/* The row as it is now, if our own statements have changed it since. */
static void add_current(TidScanNode *s)
{
    Relation *rel = exec_relation(s->n.exec, s->table);
    Tid tid;

    if (exec_cursor_row(s->cursor, rel, &tid) &&
        heap_find_newest(exec_heap(rel), s->n.exec->snapshot, &tid))
        *(Tid *)array_push(&s->tids) = tid;
}

static void begin(TidScanNode *s)
{
    size_t kept = 0;

    array_clear(&s->tids);
    if (s->cursor != NULL)
        add_current(s);
    for (unsigned i = 0; i < s->expr_count; i++) {
        bool is_null;
        Datum value = expr_eval(s->exprs[i], s->n.eval, &is_null);

        if (is_null)
            continue;
        if (!s->are_arrays[i]) {
            *(Tid *)array_push(&s->tids) = *(const Tid *)datum_pointer(value);
            continue;
        }
        MEM_SCOPE(s->n.eval->row_mem) {
            add_array(s, value);
        }
    }
    array_sort(&s->tids, compare_tids);
    for (size_t i = 0; i < s->tids.count; i++) {
        Tid *tids = s->tids.items;

        if (kept == 0 || compare_tids(&tids[kept - 1], &tids[i]) != 0)
            tids[kept++] = tids[i];
    }
    s->tids.count = kept;
    s->is_begun = true;
    s->at = s->n.exec->is_backward ? (int64_t)kept : -1;
}

static Slot *next(ExecNode *n)
{
    TidScanNode *s = (TidScanNode *)n;
    HeapRel *table = exec_heap(exec_relation(n->exec, s->table));
    BlockNo block_count = smgr_block_count(table->smgr, FORK_MAIN);

    eval_reset(n->eval);
    if (!s->is_begun)
        begin(s);
    for (;;) {
        HeapTuple tuple = {.table = table->table};
        Slot *out;

        s->at += n->exec->is_backward ? -1 : 1;
        if (s->at < 0 || s->at >= (int64_t)s->tids.count)
            break;
        leave_page(s);
        tuple.self = *(Tid *)array_at(&s->tids, (size_t)s->at);
        if (tid_block(tuple.self) >= block_count ||
            !heap_fetch(table, n->exec->snapshot, &tuple, &s->b))
            continue;
        slot_set_heap(s->row, &tuple);
        eval_reset(n->eval);
        out = exec_pass(n, s->row);
        if (out != NULL)
            return out;
    }
    s->at = s->at < 0 ? -1 : (int64_t)s->tids.count;
    leave_page(s);
    slot_clear(s->row);
    return NULL;
}

/* The plan's quals have the condition too. */
static bool recheck(ExecNode *n UNUSED, Slot *row UNUSED)
{
    return true;
}

static void end(ExecNode *n)
{
    TidScanNode *s = (TidScanNode *)n;

    leave_page(s);
    slot_clear(s->row);
    s->is_begun = false;
}

static void rewind_scan(ExecNode *n, const BitSet *changed UNUSED)
{
    end(n);
}

static bool place(const ExecNode *n, Tid *tid)
{
    return exec_slot_place(((const TidScanNode *)n)->row, tid);
}

const ExecOps tid_scan_ops = {.size = sizeof(TidScanNode),
                              .init = init,
                              .next = next,
                              .rewind = rewind_scan,
                              .end = end,
                              .recheck = recheck,
                              .place = place};

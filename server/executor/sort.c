/*
 * sort.c - the rows of a plan in another order; and of one whose order is a beginning of it
 *
 * An incremental sort takes rows that are equal in the keys they are ordered by, and sorts them by
 * all keys; few rows at a time would cost more than they spare, so a batch has some at least.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/executor/exec_int.h"
#include "server/executor/row_order.h"

typedef struct SortNode {
    ExecNode n;
    RowSortSpec spec;
    Slot *row;
    RowSort *sort;     /* NULL: not begun */
    uint64_t bound;    /* 0: all rows are wanted; of the run to come */
    uint64_t is_bound; /* what the sort was made with */

    /* Of the sort that was, for who counts. */
    size_t memory_max;
    uint64_t disk_max;
    const char *method;
} SortNode;

static void init_common(SortNode *s, const List *keys, unsigned flags)
{
    ExecNode *n = &s->n;

    n->desc = exec_desc_of(n->left);
    s->row = slot_new(n->desc);
    s->spec =
        (RowSortSpec){.desc = n->desc,
                      .keys = row_order_sort_keys(keys),
                      .key_count = (unsigned)list_count(keys),
                      .is_read_at_will = (flags & (EXEC_BACKWARD | EXEC_REWIND | EXEC_MARK)) != 0};
}

static void init(ExecNode *n, unsigned flags)
{
    n->left = exec_make(n->exec, n->plan->left, flags & EXEC_FLAGS_DOWN);
    init_common((SortNode *)n, ((const Sort *)(const void *)n->plan)->keys, flags);
}

static void begin_sort(SortNode *s, uint64_t bound)
{
    MEM_SCOPE(s->n.exec->run_mem) {
        s->spec.memory_max = exec_work_mem();
        s->spec.bound = bound;
        s->sort = row_sort_new(&s->spec);
    }
}

static void end_sort(SortNode *s)
{
    if (s->sort == NULL)
        return;
    s->method = row_sort_method(s->sort);
    s->memory_max = size_max(s->memory_max, row_sort_memory(s->sort));
    if (row_sort_disk(s->sort) > s->disk_max)
        s->disk_max = row_sort_disk(s->sort);
    row_sort_free(s->sort);
    s->sort = NULL;
}

static inline void put_row(RowSort *sort, Slot *row)
{
    size_t size = slot_minimal_size(row);

    slot_minimal_fill(row, row_sort_add(sort, size), size);
}

static void begin(SortNode *s)
{
    bool was_backward = s->n.exec->is_backward;
    Slot *row;

    /* All is read forward, whichever way the rows are wanted. */
    s->n.exec->is_backward = false;
    begin_sort(s, s->bound);
    s->is_bound = s->bound;
    while ((row = exec_next(s->n.left)) != NULL)
        put_row(s->sort, row);
    row_sort_run(s->sort);
    s->n.exec->is_backward = was_backward;
}

static Slot *next(ExecNode *n)
{
    SortNode *s = (SortNode *)n;
    const MinimalTuple *row;

    if (UNLIKELY(s->sort == NULL))
        begin(s);
    row = row_sort_next(s->sort, n->exec->is_backward);
    if (row == NULL) {
        slot_clear(s->row);
        return NULL;
    }
    slot_set_minimal(s->row, row);
    return s->row;
}

static void end(ExecNode *n)
{
    SortNode *s = (SortNode *)n;

    end_sort(s);
    slot_clear(s->row);
    s->bound = 0;
}

static void rewind_sort(ExecNode *n, const BitSet *changed)
{
    SortNode *s = (SortNode *)n;

    slot_clear(s->row);
    if (s->sort != NULL && s->spec.is_read_at_will && s->is_bound == s->bound &&
        !exec_is_changed(n, changed)) {
        row_sort_rewind(s->sort);
        return;
    }
    end_sort(s);
    exec_rewind_node(n->left, changed);
}

static void bound(ExecNode *n, uint64_t count)
{
    ((SortNode *)n)->bound = count;
}

static void mark(ExecNode *n)
{
    row_sort_mark(((SortNode *)n)->sort);
}

static void restore(ExecNode *n)
{
    row_sort_restore(((SortNode *)n)->sort);
}

static void count(const ExecNode *n, ExecCount *out)
{
    const SortNode *s = (const SortNode *)n;

    out->method = s->sort != NULL ? row_sort_method(s->sort) : s->method;
    out->memory_bytes = (int64_t)(s->sort != NULL ? row_sort_memory(s->sort) : s->memory_max);
    out->disk_bytes = (int64_t)(s->sort != NULL ? row_sort_disk(s->sort) : s->disk_max);
}

const ExecOps sort_ops = {.size = sizeof(SortNode),
                          .init = init,
                          .next = next,
                          .rewind = rewind_sort,
                          .end = end,
                          .bound = bound,
                          .count = count,
                          .mark = mark,
                          .restore = restore};

/* ---- Incremental ---- */

#define BATCH_MIN 32

typedef struct IncrementalNode {
    SortNode s; /* whose sort has the batch that is read */
    RowOrder *prefix;
    Slot *last;  /* the newest row of the batch, while it grows */
    Slot *first; /* of the next batch */
    bool has_first, is_over;
    uint64_t given;
} IncrementalNode;

static void init_incremental(ExecNode *n, unsigned flags)
{
    IncrementalNode *i = (IncrementalNode *)n;
    const IncrementalSort *plan = (const IncrementalSort *)(const void *)n->plan;

    n->left = exec_make(n->exec, n->plan->left, flags & EXEC_FLAGS_DOWN);
    init_common(&i->s, plan->keys, 0);
    i->prefix = row_order_new(plan->keys, (unsigned)plan->presorted_count);
    i->last = slot_new(n->desc);
    i->first = slot_new(n->desc);
}

/* Rows up to the first that begins another group, once there are enough. */
static void read_batch(IncrementalNode *i)
{
    ExecNode *n = &i->s.n;
    uint64_t bound = i->s.bound > i->given ? i->s.bound - i->given : i->s.bound > 0;
    unsigned rows = 0;
    Slot *row;

    begin_sort(&i->s, bound);
    if (i->has_first) {
        put_row(i->s.sort, i->first);
        slot_copy(i->last, i->first);
        rows = 1;
    }
    i->has_first = false;
    while ((row = exec_next(n->left)) != NULL) {
        if (rows >= BATCH_MIN && row_order_compare(i->prefix, i->last, row) != 0) {
            slot_copy(i->first, row);
            i->has_first = true;
            break;
        }
        put_row(i->s.sort, row);
        rows++;
        if (rows <= BATCH_MIN)
            slot_copy(i->last, row);
    }
    i->is_over = row == NULL;
    row_sort_run(i->s.sort);
    if (n->count != NULL)
        n->count->full_sort_groups++;
}

static Slot *next_incremental(ExecNode *n)
{
    IncrementalNode *i = (IncrementalNode *)n;
    const MinimalTuple *row;

    for (;;) {
        if (i->s.sort != NULL) {
            row = row_sort_next(i->s.sort, false);
            if (row != NULL) {
                i->given++;
                slot_set_minimal(i->s.row, row);
                return i->s.row;
            }
            slot_clear(i->s.row);
            if (i->is_over)
                return NULL;
            end_sort(&i->s);
        }
        read_batch(i);
    }
}

static void forget(IncrementalNode *i)
{
    end_sort(&i->s);
    slot_clear(i->s.row);
    i->has_first = i->is_over = false;
    i->given = 0;
}

static void end_incremental(ExecNode *n)
{
    forget((IncrementalNode *)n);
    ((IncrementalNode *)n)->s.bound = 0;
}

static void rewind_incremental(ExecNode *n, const BitSet *changed)
{
    forget((IncrementalNode *)n);
    exec_rewind_node(n->left, changed);
}

const ExecOps incremental_sort_ops = {.size = sizeof(IncrementalNode),
                                      .init = init_incremental,
                                      .next = next_incremental,
                                      .rewind = rewind_incremental,
                                      .end = end_incremental,
                                      .bound = bound,
                                      .count = count};

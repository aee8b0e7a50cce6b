/* append.c - the rows of several plans: one plan after the other, or as one order wants them. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/executor/exec_int.h"
#include "server/executor/row_order.h"

/* ---- One after the other ---- */

typedef struct AppendNode {
    ExecNode n;
    ExecNode **parts;
    int count;
    int at; /* -1: before the first; count: behind the last */
    bool is_begun;
} AppendNode;

static void make_parts(AppendNode *a, const List *plans, unsigned flags)
{
    a->parts = mem_new_array(ExecNode *, (size_t)list_count(plans) + 1);
    list_foreach(const Plan *, plan, plans)
        a->parts[a->count++] = exec_make(a->n.exec, plan, flags);
}

static void init(ExecNode *n, unsigned flags)
{
    make_parts((AppendNode *)n, ((const Append *)(const void *)n->plan)->plans, flags);
}

static Slot *next(ExecNode *n)
{
    AppendNode *a = (AppendNode *)n;
    int step = n->exec->is_backward ? -1 : 1;

    if (!a->is_begun) {
        a->is_begun = true;
        a->at = step > 0 ? 0 : a->count - 1;
    } else if (a->at < 0 || a->at >= a->count) {
        a->at += step;
    }
    while (a->at >= 0 && a->at < a->count) {
        Slot *row = exec_next(a->parts[a->at]);

        if (row != NULL)
            return row;
        a->at += step;
    }
    a->at = a->at < 0 ? -1 : a->count;
    return NULL;
}

ExecNode *const *append_parts(const ExecNode *n, unsigned *count)
{
    const AppendNode *a = (const AppendNode *)n;

    *count = (unsigned)a->count;
    return a->parts;
}

static void end(ExecNode *n)
{
    ((AppendNode *)n)->is_begun = false;
}

static void rewind_append(ExecNode *n, const BitSet *changed)
{
    AppendNode *a = (AppendNode *)n;

    for (int i = 0; i < a->count; i++)
        exec_rewind_node(a->parts[i], changed);
    end(n);
}

static void bound(ExecNode *n, uint64_t count)
{
    AppendNode *a = (AppendNode *)n;

    for (int i = 0; i < a->count; i++)
        exec_bound(a->parts[i], count);
}

const ExecOps append_ops = {.size = sizeof(AppendNode),
                            .init = init,
                            .next = next,
                            .rewind = rewind_append,
                            .end = end,
                            .bound = bound};

/* ---- Merged: a heap of the parts, by the row that each has next ---- */

typedef struct MergeAppendNode {
    AppendNode a;
    Slot **rows; /* of each part; NULL: it has no more */
    RowOrder *order;
    int *heap;
    int heap_count;
} MergeAppendNode;

static void init_merge(ExecNode *n, unsigned flags)
{
    MergeAppendNode *m = (MergeAppendNode *)n;
    const MergeAppend *plan = (const MergeAppend *)(const void *)n->plan;
    size_t room = (size_t)list_count(plan->plans) + 1;

    make_parts(&m->a, plan->plans, flags & ~(unsigned)EXEC_BACKWARD);
    m->rows = mem_new_array(Slot *, room);
    m->heap = mem_new_array(int, room);
    m->order = row_order_new(plan->keys, (unsigned)list_count(plan->keys));
}

static bool is_before(MergeAppendNode *m, int a, int b)
{
    return row_order_compare(m->order, m->rows[a], m->rows[b]) < 0;
}

static void sift_down(MergeAppendNode *m, int at)
{
    int moved = m->heap[at];

    for (;;) {
        int child = 2 * at + 1;

        if (child >= m->heap_count)
            break;
        if (child + 1 < m->heap_count && is_before(m, m->heap[child + 1], m->heap[child]))
            child++;
        if (!is_before(m, m->heap[child], moved))
            break;
        m->heap[at] = m->heap[child];
        at = child;
    }
    m->heap[at] = moved;
}

static void begin_merge(MergeAppendNode *m)
{
    m->a.is_begun = true;
    m->heap_count = 0;
    for (int i = 0; i < m->a.count; i++) {
        m->rows[i] = exec_next(m->a.parts[i]);
        if (m->rows[i] != NULL)
            m->heap[m->heap_count++] = i;
    }
    for (int i = m->heap_count / 2; i > 0; i--)
        sift_down(m, i - 1);
}

static Slot *next_merged(ExecNode *n)
{
    MergeAppendNode *m = (MergeAppendNode *)n;

    if (!m->a.is_begun) {
        begin_merge(m);
    } else if (m->heap_count > 0) {
        int first = m->heap[0];

        m->rows[first] = exec_next(m->a.parts[first]);
        if (m->rows[first] == NULL)
            m->heap[0] = m->heap[--m->heap_count];
        if (m->heap_count > 0)
            sift_down(m, 0);
    }
    return m->heap_count > 0 ? m->rows[m->heap[0]] : NULL;
}

const ExecOps merge_append_ops = {.size = sizeof(MergeAppendNode),
                                  .init = init_merge,
                                  .next = next_merged,
                                  .rewind = rewind_append,
                                  .end = end,
                                  .bound = bound};

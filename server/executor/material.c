/* material.c - the rows of a plan are kept, to be read again and again. */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/access/common/tuple_store.h"
#include "server/executor/exec_int.h"

typedef struct MaterialNode {
    ExecNode n;
    Slot *row;
    TupleStore *store; /* NULL: not begun */
    bool is_complete;  /* there is nothing more below */
    unsigned marked;   /* the reader that stands at the mark */
} MaterialNode;

static void init(ExecNode *n, unsigned flags)
{
    MaterialNode *m = (MaterialNode *)n;

    n->left = exec_make(n->exec, n->plan->left, flags & EXEC_FLAGS_DOWN);
    n->desc = exec_desc_of(n->left);
    m->row = slot_new(n->desc);
}

static void begin(MaterialNode *m)
{
    MEM_SCOPE(m->n.exec->run_mem) {
        m->store = tuple_store_new(exec_work_mem(), false);
    }
    m->marked = tuple_store_reader(m->store);
}

/* A row more from below; false: there is none. */
static bool add(MaterialNode *m)
{
    Exec *e = m->n.exec;
    bool was_backward = e->is_backward;
    Slot *row;
    size_t size;

    if (m->is_complete)
        return false;
    e->is_backward = false;
    row = exec_next(m->n.left);
    e->is_backward = was_backward;
    if (row == NULL) {
        m->is_complete = true;
        return false;
    }
    size = slot_minimal_size(row);
    slot_minimal_fill(row, tuple_store_add(m->store, size), size);
    return true;
}

static Slot *next(ExecNode *n)
{
    MaterialNode *m = (MaterialNode *)n;
    bool is_backward = n->exec->is_backward;
    const MinimalTuple *row;

    if (UNLIKELY(m->store == NULL))
        begin(m);
    if (!is_backward && tuple_store_is_at_end(m->store, 0))
        add(m);
    row = tuple_store_next(m->store, 0, is_backward);
    if (row == NULL) {
        slot_clear(m->row);
        return NULL;
    }
    slot_set_minimal(m->row, row);
    return m->row;
}

static void end(ExecNode *n)
{
    MaterialNode *m = (MaterialNode *)n;

    if (m->store != NULL)
        tuple_store_free(m->store);
    m->store = NULL;
    m->is_complete = false;
    slot_clear(m->row);
}

static void rewind_material(ExecNode *n, const BitSet *changed)
{
    MaterialNode *m = (MaterialNode *)n;

    if (m->store != NULL && !exec_is_changed(n, changed)) {
        tuple_store_rewind(m->store, 0);
        slot_clear(m->row);
        return;
    }
    end(n);
    exec_rewind_node(n->left, changed);
}

static void mark(ExecNode *n)
{
    MaterialNode *m = (MaterialNode *)n;

    tuple_store_set_reader(m->store, m->marked, 0);
}

static void restore(ExecNode *n)
{
    MaterialNode *m = (MaterialNode *)n;

    tuple_store_set_reader(m->store, 0, m->marked);
}

static void count(const ExecNode *n, ExecCount *out)
{
    const MaterialNode *m = (const MaterialNode *)n;

    if (m->store == NULL)
        return;
    out->memory_bytes = (int64_t)tuple_store_memory(m->store);
    out->disk_bytes = (int64_t)tuple_store_disk(m->store);
}

const ExecOps material_ops = {.size = sizeof(MaterialNode),
                              .init = init,
                              .next = next,
                              .rewind = rewind_material,
                              .end = end,
                              .count = count,
                              .mark = mark,
                              .restore = restore};

/*
 * modify_conflict.c - INSERT ... ON CONFLICT
 *
 * First the arbiters are looked into for a row in the way. When there is none, the new row is put
 * in speculatively: entries are made in the indexes, and if in the meantime somebody else had the
 * same idea, it is taken back, and all begins again.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/format/heap_tuple.h"
#include "common/mem/mem.h"
#include "server/executor/exec_index.h"
#include "server/executor/modify_int.h"
#include "server/executor/row_wait.h"
#include "server/txn/txn.h"

struct ModifyConflict {
    bool is_update;
    Oid *arbiters;
    unsigned arbiter_count;
    EvalContext *eval; /* scan: the row in the way; inner: the one that was to be put in */
    Slot *excluded;
    Slot *proposed; /* the row that triggers made; empty: there are none */
    Expr *where;
    Expr *set;      /* a projection into: */
    Slot *set_slot; /* the new values, in the order of columns */
    unsigned *columns;
    unsigned column_count;
    HeapLockMode mode;
};

static void init_update(ModifyNode *m, ModifyConflict *c, const ModifyTable *plan)
{
    ModifyTarget *t = &m->targets[0];
    ExprScope scope = exec_scope(&m->n);
    const TupleDesc *desc = result_rel_desc(t->rel);
    uint64_t *words = mem_new_array(uint64_t, desc->count / 64u + 1);

    scope.scan_desc = scope.inner_desc = desc;
    c->eval = exec_new_eval(m->n.exec);
    scope.eval = c->eval;
    c->excluded = slot_new(desc);
    c->where = expr_compile_qual(plan->conflict_where, &scope);
    c->set_slot = slot_new(expr_tuple_desc(plan->conflict_set, false));
    c->set = expr_compile_projection(plan->conflict_set, c->set_slot, &scope);
    c->columns = mem_new_array(unsigned, (size_t)list_count(plan->conflict_columns) + 1);
    for (int i = 0; i < list_count(plan->conflict_columns); i++) {
        unsigned number = (unsigned)list_int_at(plan->conflict_columns, i);

        c->columns[c->column_count++] = number;
        words[(number - 1) / 64] |= UINT64_C(1) << ((number - 1) % 64);
    }
    c->mode = result_rel_lock_mode(t->rel, words);
    result_rel_set_columns(t->rel, c->columns, c->column_count);
}

void modify_conflict_init(ModifyNode *m)
{
    const ModifyTable *plan = (const ModifyTable *)(const void *)m->n.plan;
    ModifyConflict *c = mem_new(ModifyConflict);

    c->is_update = plan->on_conflict == ON_CONFLICT_UPDATE;
    c->arbiters = mem_new_array(Oid, (size_t)list_count(plan->arbiter_indexes) + 1);
    for (int i = 0; i < list_count(plan->arbiter_indexes); i++)
        c->arbiters[c->arbiter_count++] = list_oid_at(plan->arbiter_indexes, i);
    c->proposed = slot_new(result_rel_desc(m->targets[0].rel));
    if (c->is_update)
        init_update(m, c, plan);
    m->conflict = c;
}

bool modify_conflict_updates(const ModifyNode *m)
{
    return m->conflict != NULL && m->conflict->is_update;
}

/* ---- The row in the way ---- */

static bool shows(ModifyNode *m, HeapRel *heap, Tid tid)
{
    HeapTuple tuple = {.self = tid, .table = heap->table};
    Buffer b;

    if (!heap_fetch(heap, m->n.exec->snapshot, &tuple, &b))
        return false;
    buffer_unpin(b);
    return true;
}

_Noreturn static void raise_concurrent(void)
{
    err_raise(SQLSTATE_SERIALIZATION_FAILURE,
              .message = "could not serialize access due to concurrent update");
}

/* A row that a snapshot of the whole transaction does not show must not decide what is done. */
static void refuse_unseen(ModifyNode *m, HeapRel *heap, Tid tid)
{
    HeapTuple tuple = {.self = tid, .table = heap->table};
    bool is_own;
    Buffer b;

    if (txn_isolation() < TXN_REPEATABLE_READ || shows(m, heap, tid))
        return;
    if (!heap_fetch(heap, &snapshot_any, &tuple, &b))
        return;
    is_own = txn_is_own_xid(((const HeapTupleHeader *)tuple.bytes)->xmin);
    buffer_unpin(b);
    if (!is_own)
        raise_concurrent();
}

_Noreturn static void raise_twice(void)
{
    err_raise(SQLSTATE_CARDINALITY_VIOLATION,
              .message = "ON CONFLICT DO UPDATE command cannot affect row a second time",
              .hint = "Ensure that no rows proposed for insertion within the same command have "
                      "duplicate constrained values.");
}

/* Lock the row in the way; *old has it then. False: it is gone, or another one: look again. */
static bool lock_existing(ModifyNode *m, ModifyTarget *t, Tid tid)
{
    Relation *rel = result_rel_relation(t->rel);
    const RowLock lock = {.rel = rel,
                          .heap = exec_heap(rel),
                          .command = m->n.exec->command,
                          .mode = m->conflict->mode,
                          .wait = ROW_WAIT_BLOCK,
                          .purpose = LOCK_TO_LOCK};
    HeapTuple tuple = {.self = tid, .table = lock.heap->table};
    HeapObstacle why;
    Buffer b;

    switch (row_lock(&lock, &tuple, &b, &why)) {
    case ROW_LOCKED:
    case ROW_LOCKED_NEWEST:
        slot_set_heap(t->old, &tuple);
        slot_keep(t->old);
        buffer_unpin(b);
        return true;
    case ROW_INVISIBLE:
        if (!heap_fetch(lock.heap, &snapshot_any, &tuple, &b))
            return false;
        if (txn_is_own_xid(((const HeapTupleHeader *)tuple.bytes)->xmin))
            raise_twice();
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "attempted to lock invisible tuple");
    case ROW_CHANGED_BY_SELF:
        raise_twice();
    default:
        return false;
    }
}

static void fill_set(ModifyTarget *t, ModifyConflict *c)
{
    Slot *new = result_rel_row(t->rel);
    unsigned count = new->desc->count;

    expr_project(c->set, c->eval);
    slot_need_all(t->old);
    slot_clear(new);
    memcpy(new->values, t->old->values, count * sizeof(Datum));
    memcpy(new->nulls, t->old->nulls, count * sizeof(bool));
    for (unsigned i = 0; i < c->column_count; i++) {
        new->values[c->columns[i] - 1] = c->set_slot->values[i];
        new->nulls[c->columns[i] - 1] = c->set_slot->nulls[i];
    }
    slot_set_virtual(new);
}

/* False: the row is not there any more. */
static bool update_existing(ModifyNode *m, ModifyTarget *t, Slot *row, Tid tid, Slot **out)
{
    ModifyConflict *c = m->conflict;
    HeapRel *heap = exec_heap(result_rel_relation(t->rel));
    HeapObstacle why;

    *out = NULL;
    slot_clear(c->excluded);
    memcpy(c->excluded->values, result_rel_row(t->rel)->values,
           c->excluded->desc->count * sizeof(Datum));
    memcpy(c->excluded->nulls, result_rel_row(t->rel)->nulls,
           c->excluded->desc->count * sizeof(bool));
    slot_set_virtual(c->excluded);
    slot_keep(c->excluded);
    if (!lock_existing(m, t, tid))
        return false;
    refuse_unseen(m, heap, tid);
    if (t->check_count > 0)
        modify_check_conflicting(m, t);
    eval_reset(c->eval);
    c->eval->scan = t->old;
    c->eval->inner = c->excluded;
    if (!expr_check(c->where, c->eval)) {
        if (m->n.count != NULL)
            m->n.count->removed_by_filter++;
        return true;
    }
    fill_set(t, c);
    switch (result_rel_update(t->rel, tid, &why)) {
    case HEAP_CHANGE_OK:
        *out = modify_finish_row(m, t, row);
        return true;
    case HEAP_CHANGE_SELF_MODIFIED:
        raise_twice();
    case HEAP_CHANGE_REFUSED:
        return true;
    default:
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "a row that is locked was changed");
    }
}

/* What BEFORE triggers make of the row, once, whoever comes in between. False: nothing. */
static bool propose(ModifyNode *m, ModifyTarget *t, Slot *row)
{
    ModifyConflict *c = m->conflict;
    bool goes_on = false;

    slot_clear(c->proposed);
    if (!result_rel_fires(t->rel, FIRES_BEFORE_ROW(ROW_INSERT)))
        return true;
    modify_fill_row(t, row);
    MEM_SCOPE(m->n.eval->row_mem) {
        goes_on = result_rel_before_insert(t->rel);
    }
    slot_copy(c->proposed, result_rel_row(t->rel));
    return goes_on;
}

Slot *modify_conflict_insert(ModifyNode *m, ModifyTarget *t, Slot *row)
{
    ModifyConflict *c = m->conflict;
    IndexInsert how = {.arbiters = c->arbiters,
                       .arbiter_count = c->arbiter_count,
                       .all_are_arbiters = c->arbiter_count == 0};
    Slot *out;
    Tid tid;

    if (!propose(m, t, row))
        return NULL;
    for (;;) {
        check_interrupts();
        modify_fill_row(t, c->proposed->is_empty ? row : c->proposed);
        if (!result_rel_find_conflict(t->rel, &how, &tid)) {
            if (result_rel_insert_speculative(t->rel, &how))
                return modify_finish_row(m, t, row);
            continue;
        }
        if (m->n.count != NULL)
            m->n.count->conflicts++;
        if (!c->is_update) {
            refuse_unseen(m, exec_heap(result_rel_relation(t->rel)), tid);
            return NULL;
        }
        if (update_existing(m, t, row, tid, &out))
            return out;
    }
}

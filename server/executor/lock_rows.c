/* lock_rows.c - SELECT ... FOR UPDATE and its like: rows are locked as they pass. */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/executor/exec_int.h"
#include "server/executor/row_wait.h"
#include "server/txn/txn.h"

typedef struct LockedRel {
    const PlanRowMark *mark;
    unsigned rel;
    int column;  /* ctid, from 1 */
    Tid current; /* of the row that was locked last; offset 0: none */
} LockedRel;

typedef struct LockRowsNode {
    ExecNode n;
    LockedRel *rels;
    unsigned count;
    Recheck *recheck; /* NULL until it is needed */
} LockRowsNode;

static const HeapLockMode modes[] = {[ROW_LOCK_KEY_SHARE] = HEAP_LOCK_KEY_SHARE,
                                     [ROW_LOCK_SHARE] = HEAP_LOCK_SHARE,
                                     [ROW_LOCK_NO_KEY_UPDATE] = HEAP_LOCK_NO_KEY_UPDATE,
                                     [ROW_LOCK_UPDATE] = HEAP_LOCK_UPDATE};

static int find_place(const List *targets, const PlanRowMark *mark)
{
    char name[NAME_SIZE];

    snprintf(name, sizeof(name), PLAN_JUNK_TID "%u", mark->id);
    list_foreach(const TargetEntry *, target, targets) {
        if (target->is_junk && target->name != NULL && strcmp(target->name, name) == 0)
            return (int)target->number;
    }
    err_raise(SQLSTATE_INTERNAL_ERROR, .message = err_fmt("could not find junk %s column", name));
}

static void init(ExecNode *n, unsigned flags)
{
    LockRowsNode *l = (LockRowsNode *)n;
    const LockRows *plan = (const LockRows *)(const void *)n->plan;

    n->left = exec_make(n->exec, n->plan->left, flags);
    n->desc = exec_desc_of(n->left);
    l->rels = mem_new_array(LockedRel, (size_t)list_count(plan->row_marks) + 1);
    list_foreach(const PlanRowMark *, mark, plan->row_marks) {
        if (mark->kind != ROW_MARK_LOCK || mark->is_parent)
            continue;
        l->rels[l->count++] = (LockedRel){.mark = mark,
                                          .rel = exec_range_relation(n->exec, mark->rt_index),
                                          .column = find_place(n->plan->left->targets, mark)};
    }
}

static Recheck *recheck_of(LockRowsNode *l)
{
    const LockRows *plan = (const LockRows *)(const void *)l->n.plan;

    if (l->recheck == NULL)
        l->recheck = recheck_new(l->n.exec, plan->left, plan->row_marks);
    return l->recheck;
}

typedef enum LockOutcome { LOCKED, LOCKED_NEWER, LEFT_OUT } LockOutcome;

static LockOutcome lock_one(LockRowsNode *l, LockedRel *r, Tid tid, bool is_first_newer)
{
    Exec *e = l->n.exec;
    Relation *rel = exec_relation(e, r->rel);
    const RowLock lock = {.rel = rel,
                          .heap = exec_heap(rel),
                          .command = exec_command(e),
                          .mode = modes[r->mark->strength],
                          .wait = r->mark->wait,
                          .is_of_newest = txn_isolation() < TXN_REPEATABLE_READ,
                          .purpose = LOCK_TO_LOCK};
    HeapTuple tuple = {.self = tid, .table = lock.heap->table};
    HeapObstacle why;
    Buffer b;

    switch (row_lock(&lock, &tuple, &b, &why)) {
    case ROW_LOCKED:
        r->current = tuple.self;
        buffer_unpin(b);
        return LOCKED;
    case ROW_LOCKED_NEWEST:
        r->current = tuple.self;
        if (is_first_newer)
            recheck_clear(recheck_of(l));
        recheck_set(recheck_of(l), r->mark->rt_index, &tuple);
        buffer_unpin(b);
        return LOCKED_NEWER;
    case ROW_INVISIBLE:
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "attempted to lock invisible tuple");
    default:
        return LEFT_OUT;
    }
}

/* The row, or what has become of it; NULL: it is none any more, or skipped. */
static Slot *lock_row(LockRowsNode *l, Slot *row)
{
    bool has_newer = false;

    for (unsigned i = 0; i < l->count; i++) {
        bool is_null;
        Datum place = slot_get(row, l->rels[i].column, &is_null);
        LockOutcome outcome;

        l->rels[i].current = (Tid){.offset = 0};
        /* The side of an outer join that has no row. */
        if (is_null)
            continue;
        outcome = lock_one(l, &l->rels[i], *(const Tid *)datum_pointer(place), !has_newer);
        if (outcome == LEFT_OUT)
            return NULL;
        has_newer = has_newer || outcome == LOCKED_NEWER;
    }
    return has_newer ? recheck_run(l->recheck, row) : row;
}

static Slot *next(ExecNode *n)
{
    LockRowsNode *l = (LockRowsNode *)n;
    Slot *row, *out = NULL;

    while (out == NULL && (row = exec_next(n->left)) != NULL)
        out = lock_row(l, row);
    return out;
}

unsigned lock_rows_place(const ExecNode *n, Oid table, Tid *tid)
{
    const LockRowsNode *l = (const LockRowsNode *)n;
    unsigned count = 0;

    for (unsigned i = 0; i < l->count; i++) {
        if (exec_range_entry(n->exec, l->rels[i].mark->rt_index)->relation != table)
            continue;
        *tid = l->rels[i].current;
        count++;
    }
    return count;
}

static void end(ExecNode *n)
{
    recheck_end(((LockRowsNode *)n)->recheck);
}

static void rewind_rows(ExecNode *n, const BitSet *changed)
{
    exec_rewind_node(n->left, changed);
}

const ExecOps lock_rows_ops = {
    .size = sizeof(LockRowsNode), .init = init, .next = next, .rewind = rewind_rows, .end = end};

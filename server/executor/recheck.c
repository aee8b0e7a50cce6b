/*
 * recheck.c - is a row that somebody changed meanwhile still one of the answer?
 *
 * Under READ COMMITTED, who comes to change or lock a row that another transaction has changed
 * since the snapshot goes on with its newest version, if the statement would still have chosen it.
 * So the plan is run again in a tree of its own, in which the scan of that relation gives nothing
 * but the newest version, and those of the others the rows that took part in the row before.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/executor/exec_int.h"
#include "server/fmgr/varlena.h"

typedef struct RecheckRow {
    Slot *slot;    /* NULL until one is needed */
    bool is_set;   /* the scan gives it, and nothing else */
    bool is_there; /* false: the scan gives nothing */
    bool is_given;
    const PlanRowMark *mark; /* NULL: its rows are not known by place or copy */
    int column;              /* of the part's row: ctid or whole row, from 1 */
} RecheckRow;

struct Recheck {
    Exec *parent;
    const Plan *part;
    Exec *exec;       /* NULL until it is run first */
    RecheckRow *rows; /* by rt_index - 1 */
    unsigned row_count;
};

static int find_column(const List *targets, const char *name, unsigned id)
{
    char wanted[NAME_SIZE];

    snprintf(wanted, sizeof(wanted), "%s%u", name, id);
    list_foreach(const TargetEntry *, target, targets) {
        if (target->is_junk && target->name != NULL && strcmp(target->name, wanted) == 0)
            return (int)target->number;
    }
    err_raise(SQLSTATE_INTERNAL_ERROR, .message = err_fmt("could not find junk %s column", wanted));
}

Recheck *recheck_new(Exec *parent, const Plan *part, const List *row_marks)
{
    Recheck *r = NULL;

    MEM_SCOPE(parent->mem) {
        r = mem_new(Recheck);
        r->parent = parent;
        r->part = part;
        r->row_count = (unsigned)list_count(parent->plan->range_table);
        r->rows = mem_new_array(RecheckRow, r->row_count + 1);
        list_foreach(const PlanRowMark *, mark, row_marks) {
            RecheckRow *row = &r->rows[mark->rt_index - 1];

            if (mark->is_parent)
                continue;
            row->mark = mark;
            row->column = find_column(part->targets,
                                      mark->kind == ROW_MARK_COPY ? "wholerow" : "ctid", mark->id);
        }
    }
    return r;
}

void recheck_clear(Recheck *r)
{
    for (unsigned i = 0; i < r->row_count; i++)
        r->rows[i].is_set = false;
}

static Slot *slot_of(Recheck *r, uint32_t rt_index)
{
    RecheckRow *row = &r->rows[rt_index - 1];

    if (row->slot == NULL) {
        MEM_SCOPE(r->parent->mem) {
            unsigned number = exec_range_relation(r->parent, rt_index);

            row->slot = slot_new(exec_relation_desc(r->parent, number));
        }
    }
    return row->slot;
}

void recheck_set(Recheck *r, uint32_t rt_index, const HeapTuple *tuple)
{
    RecheckRow *row = &r->rows[rt_index - 1];
    Slot *slot = slot_of(r, rt_index);

    slot_set_heap(slot, tuple);
    slot_keep(slot);
    row->is_set = row->is_there = true;
}

/* ---- The rows of the other relations ---- */

static void set_by_place(Recheck *r, uint32_t rt_index, Tid tid)
{
    unsigned number = exec_range_relation(r->parent, rt_index);
    HeapRel *heap = exec_heap(exec_relation(r->parent, number));
    HeapTuple tuple = {.self = tid, .table = heap->table};
    Buffer b;

    if (!heap_fetch(heap, &snapshot_any, &tuple, &b))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = "failed to fetch tuple for EvalPlanQual recheck");
    recheck_set(r, rt_index, &tuple);
    buffer_unpin(b);
}

static void set_by_copy(RecheckRow *row, Datum record)
{
    int32_t mod;
    Oid type;
    HeapTuple tuple = heap_of_record(record, &type, &mod);

    if (row->slot == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "a copied row belongs to no scan");
    slot_set_heap(row->slot, &tuple);
    slot_keep(row->slot);
    row->slot->is_stored = false;
}

static void set_others(Recheck *r, Slot *from)
{
    for (unsigned i = 0; i < r->row_count; i++) {
        RecheckRow *row = &r->rows[i];
        bool is_null;
        Datum value;

        if (row->is_set || row->mark == NULL)
            continue;
        value = slot_get(from, row->column, &is_null);
        if (!is_null && row->mark->kind == ROW_MARK_COPY)
            set_by_copy(row, value);
        else if (!is_null)
            set_by_place(r, i + 1, *(const Tid *)datum_pointer(value));
        row->is_set = true;
        row->is_there = !is_null;
    }
}

/* ---- Running ---- */

/* Parameters that are set above the part have the values that they have there. */
static void copy_params(Recheck *r)
{
    const BitSet *needed = r->part->outer_params;

    for (int i = bitset_next(needed, -1); i >= 0; i = bitset_next(needed, i)) {
        ExecParam *param = &r->parent->params[i];

        if (param->make != NULL) {
            void (*make)(ExecParam *, void *) = param->make;

            make(param, param->arg);
        }
        r->exec->params[i] = (ExecParam){.value = param->value, .is_null = param->is_null};
    }
}

Slot *recheck_run(Recheck *r, Slot *row)
{
    Slot *out = NULL;

    if (r->exec == NULL) {
        MEM_SCOPE(r->parent->mem) {
            r->exec = exec_new_part(r->parent, r->part, r);
        }
    }
    if (r->exec->is_open)
        exec_close(r->exec, false);
    exec_open(r->exec,
              &(ExecOpen){.snapshot = r->parent->snapshot, .params = &r->parent->extern_params});
    copy_params(r);
    for (unsigned i = 0; i < r->row_count; i++)
        r->rows[i].is_given = false;
    MEM_SCOPE(r->exec->run_mem) {
        set_others(r, row);
        out = exec_next(r->exec->root);
    }
    return out;
}

void recheck_end(Recheck *r)
{
    if (r != NULL && r->exec != NULL)
        exec_close(r->exec, false);
}

/* ---- Scans ---- */

static RecheckRow *row_of(const ExecNode *scan)
{
    return &scan->exec->recheck->rows[((const Scan *)(const void *)scan->plan)->rt_index - 1];
}

static Slot *next_set(ExecNode *scan)
{
    RecheckRow *row = row_of(scan);

    if (!row->is_set)
        return scan->ops->next(scan);
    if (row->is_given || !row->is_there)
        return NULL;
    row->is_given = true;
    exec_reset_row(scan);
    if (scan->ops->recheck != NULL && !scan->ops->recheck(scan, row->slot))
        return NULL;
    if (scan->eval == NULL)
        return row->slot;
    scan->eval->scan = row->slot;
    return exec_pass(scan, row->slot);
}

void recheck_init_scan(ExecNode *scan, const TupleDesc *desc)
{
    RecheckRow *row = row_of(scan);

    scan->next = next_set;
    if (row->slot == NULL) {
        MEM_SCOPE(scan->exec->recheck->parent->mem) {
            row->slot = slot_new(desc);
        }
    }
}

void recheck_scan_rewind(ExecNode *scan)
{
    if (scan->next == next_set)
        row_of(scan)->is_given = false;
}

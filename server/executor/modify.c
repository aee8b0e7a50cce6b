/*
 * modify.c - INSERT, UPDATE and DELETE: what is done with the rows of the plan below
 *
 * Rows of an insert are rows of the table. Those of an update begin with the new values, columns by
 * update_columns; a junk column tells the place of the row to be changed. When another transaction
 * was there first, the row's newest version is looked at anew (recheck.c).
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/executor/exec_index.h"
#include "server/executor/modify_int.h"
#include "server/executor/row_wait.h"
#include "server/txn/txn.h"

static void init_target(ModifyNode *m, unsigned place, uint32_t rt_index);
static Slot *insert_row(ModifyNode *m, ModifyTarget *t, Slot *row);
static Slot *update_row(ModifyNode *m, ModifyTarget *t, Slot *row);
static Slot *delete_row(ModifyNode *m, ModifyTarget *t, Slot *row);

/* ---- Making ---- */

static int find_junk(const List *targets, const char *name)
{
    list_foreach(const TargetEntry *, target, targets) {
        if (target->is_junk && target->name != NULL && strcmp(target->name, name) == 0)
            return (int)target->number;
    }
    return 0;
}

static void init(ExecNode *n, unsigned flags)
{
    ModifyNode *m = (ModifyNode *)n;
    const ModifyTable *plan = (const ModifyTable *)(const void *)n->plan;
    unsigned count = (unsigned)list_count(plan->result_relations);

    if (plan->operation == COMMAND_MERGE)
        exec_raise_not_written("MERGE");
    n->left = exec_make(n->exec, n->plan->left, flags);
    exec_eval(n);
    m->targets = mem_new_array(ModifyTarget, count + 1);
    m->count = count;
    for (unsigned i = 0; i < count; i++)
        init_target(m, i, (uint32_t)list_int_at(plan->result_relations, (int)i));
    if (plan->operation != COMMAND_INSERT) {
        m->tid_column = find_junk(n->plan->left->targets, PLAN_JUNK_TID);
        m->table_column = find_junk(n->plan->left->targets, PLAN_JUNK_TABLE);
        if (m->tid_column == 0)
            err_raise(SQLSTATE_INTERNAL_ERROR, .message = "could not find junk ctid column");
    }
    if (plan->on_conflict != ON_CONFLICT_NONE)
        modify_conflict_init(m);
    m->recheck = recheck_new(n->exec, n->plan->left, plan->row_marks);
}

static void init_returning(ModifyNode *m, ModifyTarget *t, const List *targets)
{
    ExprScope scope = exec_scope(&m->n);
    const TupleDesc *desc = expr_tuple_desc(targets, false);

    scope.scan_desc = result_rel_desc(t->rel);
    scope.outer_desc = exec_desc_of(m->n.left);
    t->returning = expr_compile_projection(targets, slot_new(desc), &scope);
    if (m->n.desc == NULL)
        m->n.desc = desc;
}

static void init_checks(ModifyNode *m, ModifyTarget *t, const List *options)
{
    ExprScope scope = exec_scope(&m->n);

    scope.scan_desc = result_rel_desc(t->rel);
    t->checks = mem_new_array(ModifyCheck, (size_t)list_count(options) + 1);
    list_foreach(const WithCheckOption *, option, options) {
        ModifyCheck *check = &t->checks[t->check_count++];

        check->option = option;
        check->qual = expr_compile_qual(option->condition, &scope);
    }
}

static void init_target(ModifyNode *m, unsigned place, uint32_t rt_index)
{
    const ModifyTable *plan = (const ModifyTable *)(const void *)m->n.plan;
    Exec *e = m->n.exec;
    ModifyTarget *t = &m->targets[place];
    Relation *rel;

    t->rt_index = rt_index;
    t->number = exec_range_relation(e, rt_index);
    rel = exec_pin(exec_range_entry(e, rt_index)->relation);
    t->oid = rel->oid;
    t->rel = result_rel_new(rel);
    if (e->trigger_counts != NULL)
        result_rel_count_triggers(t->rel,
                                  trigger_counts_add(e->trigger_counts, rel->oid, rel->name));
    exec_unpin(rel);
    t->old = slot_new(result_rel_desc(t->rel));
    if (plan->update_columns != NULL) {
        const List *columns = list_at(plan->update_columns, (int)place);

        t->column_count = (unsigned)list_count(columns);
        t->columns = mem_new_array(unsigned, t->column_count + 1);
        for (unsigned i = 0; i < t->column_count; i++)
            t->columns[i] = (unsigned)list_int_at(columns, (int)i);
        result_rel_set_columns(t->rel, t->columns, t->column_count);
    }
    if (plan->returning != NULL)
        init_returning(m, t, list_at(plan->returning, (int)place));
    if (plan->check_options != NULL)
        init_checks(m, t, list_at(plan->check_options, (int)place));
}

/* ---- Running ---- */

void modify_open_target(ModifyNode *m, ModifyTarget *t)
{
    Exec *e = m->n.exec;

    result_rel_begin(t->rel, exec_relation(e, t->number), exec_command(e), e->run_mem);
    t->is_open = true;
}

static RowChange change_of(const ModifyNode *m)
{
    switch (((const ModifyTable *)(const void *)m->n.plan)->operation) {
    case COMMAND_INSERT:
        return ROW_INSERT;
    case COMMAND_UPDATE:
        return ROW_UPDATE;
    default:
        return ROW_DELETE;
    }
}

/* Triggers of statements are those of the table that was named. */
static void begin(ModifyNode *m)
{
    ResultRel *rel = m->targets[0].rel;

    m->is_begun = true;
    modify_open_target(m, &m->targets[0]);
    result_rel_before_statement(rel, change_of(m));
    if (modify_conflict_updates(m))
        result_rel_before_statement(rel, ROW_UPDATE);
}

static void finish(ModifyNode *m)
{
    ResultRel *rel = m->targets[0].rel;

    m->is_done = true;
    if (modify_conflict_updates(m))
        result_rel_after_statement(rel, ROW_UPDATE);
    result_rel_after_statement(rel, change_of(m));
}

static ModifyTarget *target_of(ModifyNode *m, Slot *row)
{
    ModifyTarget *t = &m->targets[0];
    bool is_null;
    Oid table;

    if (m->count == 1)
        return t;
    if (m->table_column == 0)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "could not find junk tableoid column");
    table = datum_u32(slot_get(row, m->table_column, &is_null));
    for (unsigned i = 0; i < m->count; i++) {
        if (m->targets[i].oid == table) {
            if (!m->targets[i].is_open)
                modify_open_target(m, &m->targets[i]);
            return &m->targets[i];
        }
    }
    err_raise(SQLSTATE_INTERNAL_ERROR,
              .message = err_fmt("incorrect result rel OID %u for junk tableoid", table));
}

static Slot *change_row(ModifyNode *m, Slot *row)
{
    ModifyTarget *t = target_of(m, row);

    switch (((const ModifyTable *)(const void *)m->n.plan)->operation) {
    case COMMAND_INSERT:
        return insert_row(m, t, row);
    case COMMAND_UPDATE:
        return update_row(m, t, row);
    default:
        return delete_row(m, t, row);
    }
}

static Slot *next(ExecNode *n)
{
    ModifyNode *m = (ModifyNode *)n;
    Slot *row;

    if (m->is_done)
        return NULL;
    if (!m->is_begun)
        begin(m);
    while ((row = exec_next(n->left)) != NULL) {
        Slot *out;

        eval_reset(n->eval);
        out = change_row(m, row);
        if (out != NULL)
            return out;
    }
    finish(m);
    return NULL;
}

static void end(ExecNode *n)
{
    ModifyNode *m = (ModifyNode *)n;

    for (unsigned i = 0; i < m->count; i++) {
        if (m->targets[i].is_open)
            result_rel_end(m->targets[i].rel);
        m->targets[i].is_open = false;
        slot_clear(m->targets[i].old);
    }
    recheck_end(m->recheck);
    m->is_begun = m->is_done = false;
}

static void rewind_modify(ExecNode *n UNUSED, const BitSet *changed UNUSED)
{
    err_raise(SQLSTATE_INTERNAL_ERROR, .message = "changes of rows cannot be made again");
}

/* ---- What follows a change ---- */

void modify_check_conflicting(ModifyNode *m, ModifyTarget *t)
{
    m->n.eval->scan = t->old;
    for (unsigned i = 0; i < t->check_count; i++) {
        const WithCheckOption *option = t->checks[i].option;

        if (option->kind == CHECK_VIEW_CONFLICT && !expr_check(t->checks[i].qual, m->n.eval))
            err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                      .message = err_fmt("conflicting row is not visible through view \"%s\"",
                                         option->relation));
    }
}

static void check_options(ModifyNode *m, ModifyTarget *t)
{
    Slot *row = result_rel_row(t->rel);

    m->n.eval->scan = row;
    for (unsigned i = 0; i < t->check_count; i++) {
        const WithCheckOption *option = t->checks[i].option;

        if (option->kind == CHECK_VIEW_CONFLICT || expr_check(t->checks[i].qual, m->n.eval))
            continue;
        if (option->kind != CHECK_VIEW)
            exec_raise_not_written("row security");
        err_raise(SQLSTATE_WITH_CHECK_OPTION_VIOLATION,
                  .message =
                      err_fmt("new row violates check option for view \"%s\"", option->relation),
                  .detail = result_rel_describe_row(t->rel, row));
    }
}

Slot *modify_finish_row(ModifyNode *m, ModifyTarget *t, Slot *row)
{
    if (((const ModifyTable *)(const void *)m->n.plan)->can_set_tag)
        m->n.exec->changed_rows++;
    if (t->check_count > 0)
        check_options(m, t);
    if (t->returning == NULL)
        return NULL;
    m->n.eval->scan = result_rel_row(t->rel);
    m->n.eval->outer = row;
    return expr_project(t->returning, m->n.eval);
}

/* ---- Insert ---- */

void modify_fill_row(ModifyTarget *t, Slot *row)
{
    Slot *new = result_rel_row(t->rel);
    unsigned count = new->desc->count;

    slot_need(row, count);
    slot_clear(new);
    memcpy(new->values, row->values, count * sizeof(Datum));
    memcpy(new->nulls, row->nulls, count * sizeof(bool));
    slot_set_virtual(new);
}

static Slot *insert_row(ModifyNode *m, ModifyTarget *t, Slot *row)
{
    modify_fill_row(t, row);
    if (m->conflict != NULL)
        return modify_conflict_insert(m, t, row);
    if (!result_rel_insert(t->rel, NULL))
        return NULL;
    return modify_finish_row(m, t, row);
}

/* ---- Update and delete ---- */

static Tid place_of(ModifyNode *m, Slot *row)
{
    bool is_null;
    Datum place = slot_get(row, m->tid_column, &is_null);

    if (is_null)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "ctid is NULL");
    return *(const Tid *)datum_pointer(place);
}

/* What a change by this very command, or a trigger of it, means for who comes later. */
static void refuse_self_modified(const ModifyNode *m, const HeapObstacle *why, const char *what)
{
    if (why->cmax == m->n.exec->command)
        return;
    err_raise(SQLSTATE_TRIGGERED_DATA_CHANGE_VIOLATION,
              .message = err_fmt("tuple to be %s was already modified by an operation triggered by "
                                 "the current command",
                                 what),
              .hint = "Consider using an AFTER trigger instead of a BEFORE trigger to propagate "
                      "changes to other rows.");
}

/*
 * The row was changed by another transaction: what the plan gives for its newest version, which is
 * locked; NULL: nothing. *tid becomes its place.
 */
static Slot *follow(ModifyNode *m, ModifyTarget *t, Slot *row, HeapLockMode mode, HeapObstacle *why,
                    Tid *tid)
{
    Relation *rel = result_rel_relation(t->rel);
    const RowLock lock = {.rel = rel,
                          .heap = exec_heap(rel),
                          .command = m->n.exec->command,
                          .mode = mode,
                          .wait = ROW_WAIT_BLOCK,
                          .is_of_newest = true,
                          .purpose = LOCK_TO_RECHECK_UPDATED};
    HeapTuple tuple = {.table = lock.heap->table};
    Buffer b;

    row_refuse_concurrent(why, HEAP_CHANGE_UPDATED);
    if (row_lock_newest(&lock, why, &tuple, &b) != ROW_LOCKED_NEWEST)
        return NULL;
    *tid = tuple.self;
    recheck_clear(m->recheck);
    recheck_set(m->recheck, t->rt_index, &tuple);
    buffer_unpin(b);
    return recheck_run(m->recheck, row);
}

/* The new row: of the old one, but for the columns that are set. The old one's page is pinned. */
static Buffer fill_update(ModifyTarget *t, Slot *row, Tid tid)
{
    HeapRel *heap = exec_heap(result_rel_relation(t->rel));
    HeapTuple old = {.self = tid, .table = heap->table};
    Slot *new = result_rel_row(t->rel);
    unsigned count = new->desc->count;
    Buffer b;

    if (!heap_fetch(heap, &snapshot_any, &old, &b))
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "failed to fetch tuple being updated");
    slot_set_heap(t->old, &old);
    slot_need_all(t->old);
    slot_clear(new);
    memcpy(new->values, t->old->values, count * sizeof(Datum));
    memcpy(new->nulls, t->old->nulls, count * sizeof(bool));
    slot_need(row, t->column_count);
    for (unsigned i = 0; i < t->column_count; i++) {
        new->values[t->columns[i] - 1] = row->values[i];
        new->nulls[t->columns[i] - 1] = row->nulls[i];
    }
    slot_set_virtual(new);
    return b;
}

static HeapLockMode update_mode(const ModifyTarget *t)
{
    unsigned words = result_rel_desc(t->rel)->count / 64u + 1;
    uint64_t columns[COLUMNS_MAX / 64 + 1];

    memset(columns, 0, words * sizeof(uint64_t));
    for (unsigned i = 0; i < t->column_count; i++)
        columns[(t->columns[i] - 1) / 64] |= UINT64_C(1) << ((t->columns[i] - 1) % 64);
    return result_rel_lock_mode(t->rel, columns);
}

static Slot *update_row(ModifyNode *m, ModifyTarget *t, Slot *row)
{
    Tid tid = place_of(m, row);

    for (;;) {
        Buffer old = fill_update(t, row, tid);
        HeapObstacle why;
        HeapResult result = result_rel_update(t->rel, tid, &why);

        buffer_unpin(old);
        slot_clear(t->old);
        switch (result) {
        case HEAP_CHANGE_OK:
            return modify_finish_row(m, t, row);
        case HEAP_CHANGE_SELF_MODIFIED:
            refuse_self_modified(m, &why, "updated");
            return NULL;
        case HEAP_CHANGE_UPDATED:
            row = follow(m, t, row, update_mode(t), &why, &tid);
            if (row == NULL)
                return NULL;
            break;
        case HEAP_CHANGE_DELETED:
            row_refuse_concurrent(&why, result);
            return NULL;
        case HEAP_CHANGE_REFUSED:
            return NULL;
        default:
            err_raise(SQLSTATE_INTERNAL_ERROR, .message = "attempted to update invisible tuple");
        }
    }
}

/* RETURNING shows the row as it was. */
static void show_deleted(ModifyTarget *t, Tid tid)
{
    HeapRel *heap = exec_heap(result_rel_relation(t->rel));
    HeapTuple old = {.self = tid, .table = heap->table};
    Slot *shown = result_rel_row(t->rel);
    Buffer b;

    if (!heap_fetch(heap, &snapshot_any, &old, &b))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = "failed to fetch deleted tuple for DELETE RETURNING");
    slot_set_heap(shown, &old);
    slot_keep(shown);
    buffer_unpin(b);
}

static Slot *delete_row(ModifyNode *m, ModifyTarget *t, Slot *row)
{
    Tid tid = place_of(m, row);

    for (;;) {
        HeapObstacle why;
        HeapResult result = result_rel_delete(t->rel, tid, &why);

        switch (result) {
        case HEAP_CHANGE_OK:
            if (t->returning != NULL)
                show_deleted(t, tid);
            return modify_finish_row(m, t, row);
        case HEAP_CHANGE_SELF_MODIFIED:
            refuse_self_modified(m, &why, "deleted");
            return NULL;
        case HEAP_CHANGE_UPDATED:
            row = follow(m, t, row, HEAP_LOCK_UPDATE, &why, &tid);
            if (row == NULL)
                return NULL;
            break;
        case HEAP_CHANGE_DELETED:
            row_refuse_concurrent(&why, result);
            return NULL;
        case HEAP_CHANGE_REFUSED:
            return NULL;
        default:
            err_raise(SQLSTATE_INTERNAL_ERROR, .message = "attempted to delete invisible tuple");
        }
    }
}

const ExecOps modify_table_ops = {
    .size = sizeof(ModifyNode), .init = init, .next = next, .rewind = rewind_modify, .end = end};

/*
 * result_rel.c - rows are put into a table; result_rel.h has the promises
 *
 * What follows from the catalogs alone is made once: checks and generated columns compiled, sets of
 * columns turned into words. A run has pins; indexes and the toast table are opened by the first
 * row that needs them, so that what changes no key costs nothing for them.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "server/access/toast/toast.h"
#include "server/catalog/catalog_struct.h"
#include "server/config/setting.h"
#include "server/executor/exec_index.h"
#include "server/executor/result_rel_int.h"
#include "server/executor/row_wait.h"
#include "server/expr/catalog_info.h"
#include "server/lock/lock_object.h"
#include "server/node/text_read.h"
#include "server/txn/txn.h"

static void compile_checks(ResultRel *r);
static void compile_generated(ResultRel *r);
static void check_kind(const Relation *rel);

/* ---- Making ---- */

/* Sets of columns as heap/ has them: bit number - 1. */
static uint64_t *words_of(const ColumnSet *set, unsigned column_count)
{
    uint64_t *words = mem_new_array(uint64_t, column_count / 64 + 1);

    for (unsigned number = 1; number <= column_count; number++) {
        if (column_set_has(set, (int)number))
            words[(number - 1) / 64] |= UINT64_C(1) << ((number - 1) % 64);
    }
    return words;
}

ResultRel *result_rel_new(Relation *rel)
{
    ResultRel *r = mem_new(ResultRel);
    const RelationColumns *columns;

    check_kind(rel);
    columns = exec_columns(rel);
    r->mem = mem_current();
    r->desc = tuple_desc_copy(rel->desc);
    r->row = slot_new(r->desc);
    r->row_mem = mem_context_new(r->mem, "row to be stored");
    r->key_columns = words_of(columns->keys, r->desc->count);
    r->indexed_columns = words_of(columns->hot, r->desc->count);
    r->has_triggers = rel->row != NULL && rel->row->relhastriggers;
    if (r->has_triggers && result_rel_trigger_functions() == NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "changes of tables with triggers are not supported yet");
    r->toast_table = rel->row != NULL ? rel->row->reltoastrelid : 0;
    r->is_shortened = rel->kind == RELATION_TABLE || rel->kind == RELATION_MATERIALIZED_VIEW;
    for (unsigned i = 0; i < r->desc->count; i++)
        r->has_not_null = r->has_not_null || r->desc->columns[i].not_null;
    compile_generated(r);
    compile_checks(r);
    return r;
}

static void check_kind(const Relation *rel)
{
    const char *what;

    switch (rel->kind) {
    case RELATION_TABLE:
    case RELATION_TOAST:
        return;
    case RELATION_PARTITIONED_TABLE:
        what = "partitioned tables";
        break;
    case RELATION_FOREIGN_TABLE:
        what = "foreign tables";
        break;
    case RELATION_VIEW:
        what = "views by triggers";
        break;
    default:
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message =
                      err_fmt(rel->kind == RELATION_SEQUENCE ? "cannot change sequence \"%s\""
                              : rel->kind == RELATION_MATERIALIZED_VIEW
                                  ? "cannot change materialized view \"%s\""
                                  : "cannot change relation \"%s\"",
                              rel->name));
    }
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = err_fmt("changes of %s are not supported yet", what));
}

static EvalContext *eval_of(ResultRel *r)
{
    if (r->eval == NULL) {
        r->eval = eval_new();
        r->eval->scan = r->row;
    }
    return r->eval;
}

static void compile_checks(ResultRel *r)
{
    const struct TupleExtra *extra = r->desc->extra;
    const ExprScope scope = {.scan_desc = r->desc};

    if (extra == NULL || extra->check_count == 0)
        return;
    eval_of(r);
    r->checks = mem_new_array(ResultCheck, extra->check_count);
    for (unsigned i = 0; i < extra->check_count; i++) {
        r->checks[i].name = extra->checks[i].name;
        r->checks[i].expr = expr_compile(node_read_text(extra->checks[i].expression), &scope);
    }
    r->check_count = extra->check_count;
}

static void compile_generated(ResultRel *r)
{
    const struct TupleExtra *extra = r->desc->extra;
    const ExprScope scope = {.scan_desc = r->desc};

    if (extra == NULL || !extra->has_stored_generated)
        return;
    eval_of(r);
    r->generated = mem_new_array(ResultGenerated, extra->default_count);
    for (unsigned i = 0; i < extra->default_count; i++) {
        const Column *column = &r->desc->columns[extra->defaults[i].number - 1];
        ResultGenerated *g;

        if (column->generated != 's')
            continue;
        g = &r->generated[r->generated_count++];
        g->number = (unsigned)extra->defaults[i].number;
        g->expr = expr_compile(node_read_text(extra->defaults[i].expression), &scope);
    }
}

/* ---- A run ---- */

void result_rel_begin(ResultRel *r, Relation *rel, Cid command, MemContext *run_mem)
{
    r->rel = rel;
    r->heap = exec_heap(rel);
    r->command = command;
    r->run_mem = run_mem;
    r->indexes = NULL;
    r->index_count = 0;
    r->toast = NULL;
    r->fire = NULL;
    if (r->has_triggers)
        result_rel_open_triggers(r);
}

void result_rel_set_command(ResultRel *r, Cid command)
{
    r->command = command;
}

static void close_indexes(ResultRel *r)
{
    for (unsigned i = 0; i < r->index_count; i++) {
        Oid oid = r->index_rels[i]->oid;

        exec_unpin(r->index_rels[i]);
        lock_relation_unlock(oid, LOCK_ROW_EXCLUSIVE);
    }
    r->indexes = NULL;
    r->index_count = 0;
}

static void close_toast(ResultRel *r)
{
    if (r->toast == NULL)
        return;
    for (unsigned i = 0; i < r->toast->rel.index_count; i++)
        exec_unpin(r->toast->indexes[i]);
    exec_unpin(r->toast->table);
    r->toast = NULL;
}

void result_rel_end(ResultRel *r)
{
    if (r->rel == NULL)
        return;
    close_indexes(r);
    close_toast(r);
    slot_clear(r->row);
    mem_reset(r->row_mem);
    if (r->eval != NULL)
        eval_reset(r->eval);
    r->rel = NULL;
}

/* Those that take entries, locked and pinned till the end of the run. */
IndexSet *result_rel_open_indexes(ResultRel *r)
{
    const RelationIndexes *all;
    const Oid *oids;
    unsigned count;

    if (r->indexes != NULL)
        return r->indexes;
    all = exec_indexes(r->rel);
    count = all->count;
    MEM_SCOPE(r->run_mem) {
        oids = mem_dup(all->oids, count * sizeof(Oid));
        r->index_rels = mem_new_array(Relation *, count + 1);
        for (unsigned i = 0; i < count; i++) {
            Relation *index;

            lock_relation(oids[i], LOCK_ROW_EXCLUSIVE);
            index = exec_pin(oids[i]);
            if (!index->index->row->indisready) {
                exec_unpin(index);
                lock_relation_unlock(oids[i], LOCK_ROW_EXCLUSIVE);
                continue;
            }
            (void)exec_btree(index); /* opens its files */
            r->index_rels[r->index_count++] = index;
        }
        r->indexes = index_set_new(r->rel, r->index_rels, r->index_count);
    }
    return r->indexes;
}

Slot *result_rel_row(ResultRel *r)
{
    return r->row;
}

const TupleDesc *result_rel_desc(const ResultRel *r)
{
    return r->desc;
}

Relation *result_rel_relation(const ResultRel *r)
{
    return r->rel;
}

/* ---- What a row must be like ---- */

static void compute_generated(ResultRel *r)
{
    Slot *row = r->row;

    if (r->generated_count == 0)
        return;
    /* The values computed stay until the next row: with them the row is stored. */
    for (unsigned i = 0; i < r->generated_count; i++) {
        const ResultGenerated *g = &r->generated[i];
        bool is_null;
        Datum value = expr_eval(g->expr, r->eval, &is_null);

        row->values[g->number - 1] = value;
        row->nulls[g->number - 1] = is_null;
    }
}

_Noreturn static NOINLINE void raise_null(ResultRel *r, const Column *column)
{
    const char *row = result_rel_describe_row(r, r->row);

    err_raise(SQLSTATE_NOT_NULL_VIOLATION,
              .message = err_fmt("null value in column \"%s\" of relation \"%s\" violates not-null "
                                 "constraint",
                                 column->name, r->rel->name),
              .detail = row, .table = r->rel->name, .column = column->name,
              .schema = result_rel_schema(r));
}

_Noreturn static NOINLINE void raise_check(ResultRel *r, const ResultCheck *check)
{
    const char *row = result_rel_describe_row(r, r->row);

    err_raise(SQLSTATE_CHECK_VIOLATION,
              .message = err_fmt("new row for relation \"%s\" violates check constraint \"%s\"",
                                 r->rel->name, check->name),
              .detail = row, .table = r->rel->name, .constraint = check->name,
              .schema = result_rel_schema(r));
}

static void check_row(ResultRel *r)
{
    if (r->has_not_null) {
        for (unsigned i = 0; i < r->desc->count; i++) {
            if (UNLIKELY(r->row->nulls[i] && r->desc->columns[i].not_null))
                raise_null(r, &r->desc->columns[i]);
        }
    }
    for (unsigned i = 0; i < r->check_count; i++) {
        if (!expr_holds(r->checks[i].expr, r->eval))
            raise_check(r, &r->checks[i]);
    }
}

/* ---- Long values ---- */

static ToastRel *open_toast(ResultRel *r)
{
    const RelationIndexes *indexes;
    ResultToast *t;

    if (r->toast != NULL || r->toast_table == 0)
        return r->toast != NULL ? &r->toast->rel : NULL;
    lock_relation(r->toast_table, LOCK_ROW_EXCLUSIVE);
    t = mem_alloc_in(r->run_mem, sizeof(*t));
    t->table = exec_pin(r->toast_table);
    t->rel.heap = exec_heap(t->table);
    t->rel.name = t->table->name;
    indexes = exec_indexes(t->table);
    for (unsigned i = 0; i < indexes->count && i < TOAST_INDEXES_MAX; i++) {
        lock_relation(indexes->oids[i], LOCK_ROW_EXCLUSIVE);
        t->indexes[i] = exec_pin(indexes->oids[i]);
        t->rel.indexes[i] = exec_btree(t->indexes[i]);
        t->rel.is_unique[i] = t->indexes[i]->index->row->indisunique;
        t->rel.index_count++;
    }
    r->toast = t;
    return &t->rel;
}

static ToastPlan toast_plan(ResultRel *r, unsigned flags)
{
    const RelationOptions *options = r->rel->options;

    return (ToastPlan){
        .desc = r->desc,
        .toast = open_toast(r),
        .target = options != NULL ? (size_t)options->toast_tuple_target : 0,
        .command = r->command,
        .flags = flags,
        .method = (ToastMethod)setting.default_toast_compression,
    };
}

HeapTuple *result_rel_shorten(ResultRel *r, HeapTuple *tuple, unsigned flags)
{
    ToastPlan plan;

    if (LIKELY(!toast_is_due(tuple)) || !r->is_shortened)
        return tuple;
    plan = toast_plan(r, flags);
    return toast_shorten(&plan, tuple, NULL);
}

static HeapTuple *shorten_update(void *arg, HeapTuple *row, const HeapTuple *old)
{
    ToastPlan plan = toast_plan(arg, 0);

    return toast_shorten(&plan, row, old);
}

/* ---- Insert ---- */

HeapTuple *result_rel_form(ResultRel *r, unsigned flags)
{
    HeapTuple *tuple;

    compute_generated(r);
    check_row(r);
    tuple = heap_form(r->desc, r->row->values, r->row->nulls);
    tuple->table = r->heap->table;
    return result_rel_shorten(r, tuple, flags);
}

void result_rel_add_entries(ResultRel *r, Tid tid, IndexInsert *how)
{
    IndexSet *set = result_rel_open_indexes(r);

    if (r->index_count == 0)
        return;
    slot_need_all(r->row);
    index_set_insert(set, r->row->values, r->row->nulls, tid, how);
}

static void begin_row(ResultRel *r)
{
    mem_reset(r->row_mem);
    if (r->eval != NULL)
        eval_reset(r->eval);
}

/* The slot's values stay what they were: entries are made of them. Then it is the stored row. */
static void become_stored(ResultRel *r, const HeapTuple *tuple)
{
    slot_set_heap(r->row, tuple);
}

bool result_rel_insert(ResultRel *r, HeapBulk *bulk)
{
    bool is_done = false;

    begin_row(r);
    MEM_SCOPE(r->row_mem) {
        if (result_rel_before_insert(r)) {
            HeapTuple *tuple = result_rel_form(r, 0);
            IndexInsert entries = {.recheck_count = 0};

            heap_insert(r->heap, tuple, r->command, 0, bulk);
            result_rel_note_catalog(r, NO_ROW, tuple);
            result_rel_add_entries(r, tuple->self, &entries);
            become_stored(r, tuple);
            result_rel_after_insert(r, &entries);
            is_done = true;
        }
    }
    return is_done;
}

bool result_rel_find_conflict(ResultRel *r, const IndexInsert *how, Tid *tid)
{
    IndexSet *set = result_rel_open_indexes(r);
    bool is_found = false;

    begin_row(r);
    MEM_SCOPE(r->row_mem) {
        compute_generated(r);
        check_row(r);
        is_found = index_set_find_conflict(set, r->row->values, r->row->nulls, how, tid);
    }
    return is_found;
}

bool result_rel_insert_speculative(ResultRel *r, IndexInsert *how)
{
    Xid xid = txn_xid();
    uint32_t token;
    HeapTuple *tuple = NULL;

    begin_row(r);
    MEM_SCOPE(r->row_mem) {
        tuple = result_rel_form(r, 0);
        token = lock_take_speculative(xid);
        heap_insert_speculative(r->heap, tuple, r->command, token);
        how->has_conflict = false;
        result_rel_add_entries(r, tuple->self, how);
        if (how->has_conflict) {
            heap_abort_speculative(r->heap, tuple->self);
            if (r->toast_table != 0 && heap_has_external(tuple))
                toast_delete_row(open_toast(r), r->desc, tuple, r->command, true);
        } else {
            heap_confirm_speculative(r->heap, tuple->self);
            result_rel_note_catalog(r, NO_ROW, tuple);
        }
        lock_give_speculative(xid);
        if (!how->has_conflict) {
            become_stored(r, tuple);
            result_rel_after_insert(r, how);
        }
    }
    return !how->has_conflict;
}

/* ---- Update and delete ---- */

static HeapResult put_update(ResultRel *r, Tid tid, HeapUpdate *u, HeapObstacle *why)
{
    IndexInsert entries = {.recheck_count = 0};
    HeapTuple *tuple;
    HeapResult result;

    compute_generated(r);
    check_row(r);
    tuple = heap_form(r->desc, r->row->values, r->row->nulls);
    tuple->table = r->heap->table;
    result = row_update(r->rel, r->heap, tid, tuple, r->command, u, why);
    if (result != HEAP_CHANGE_OK)
        return result;
    result_rel_note_catalog(r, tid, u->stored);
    if (!u->is_hot)
        result_rel_add_entries(r, u->stored->self, &entries);
    become_stored(r, u->stored);
    if (result_rel_fires(r, FIRES_AFTER_ROW(ROW_UPDATE)))
        result_rel_trigger_functions()->after_update(r->fire, tid, r->row, &entries);
    return result;
}

HeapResult result_rel_update(ResultRel *r, Tid tid, HeapObstacle *why)
{
    HeapResult result = HEAP_CHANGE_OK;

    begin_row(r);
    MEM_SCOPE(r->row_mem) {
        HeapUpdate u = {.desc = r->desc,
                        .key_columns = r->key_columns,
                        .indexed_columns = r->indexed_columns,
                        .shorten = r->is_shortened ? shorten_update : NULL,
                        .arg = r};

        if (result_rel_fires(r, FIRES_BEFORE_ROW(ROW_UPDATE)))
            result = result_rel_before_change(r, ROW_UPDATE, tid, why);
        if (result == HEAP_CHANGE_OK)
            result = put_update(r, tid, &u, why);
    }
    return result;
}

/* Values that the row has out of line go with it. */
static void delete_long_values(ResultRel *r, Tid tid)
{
    HeapTuple tuple = {.self = tid, .table = r->heap->table};
    Buffer b;

    if (!heap_fetch(r->heap, &snapshot_any, &tuple, &b))
        return;
    if (heap_has_external(&tuple)) {
        HeapTuple *copy = heap_copy(&tuple);

        buffer_unpin(b);
        toast_delete_row(open_toast(r), r->desc, copy, r->command, false);
        return;
    }
    buffer_unpin(b);
}

HeapResult result_rel_delete(ResultRel *r, Tid tid, HeapObstacle *why)
{
    HeapResult result = HEAP_CHANGE_OK;

    begin_row(r);
    MEM_SCOPE(r->row_mem) {
        if (result_rel_fires(r, FIRES_BEFORE_ROW(ROW_DELETE)))
            result = result_rel_before_change(r, ROW_DELETE, tid, why);
        if (result == HEAP_CHANGE_OK)
            result = row_delete(r->rel, r->heap, tid, r->command, why);
        if (result == HEAP_CHANGE_OK)
            result_rel_note_catalog(r, tid, NULL);
        if (result == HEAP_CHANGE_OK && r->toast_table != 0)
            delete_long_values(r, tid);
        if (result == HEAP_CHANGE_OK && result_rel_fires(r, FIRES_AFTER_ROW(ROW_DELETE)))
            result_rel_trigger_functions()->after_delete(r->fire, tid);
    }
    return result;
}

HeapLockMode result_rel_lock_mode(const ResultRel *r, const uint64_t *columns)
{
    for (unsigned i = 0; i <= r->desc->count / 64u; i++) {
        if ((columns[i] & r->key_columns[i]) != 0)
            return HEAP_LOCK_UPDATE;
    }
    return HEAP_LOCK_NO_KEY_UPDATE;
}

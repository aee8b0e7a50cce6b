/*
 * ri_fire.c - what the triggers of foreign keys do
 *
 * A check looks for the row that is referred to. The triggers of the other table look for rows that
 * refer to the one that has gone, and refuse, delete or update them, as a query of its owner
 * would. In a transaction whose snapshot stays, rows are searched as they are now, but none is
 * changed that the snapshot does not show.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/format/heap_tuple.h"
#include "common/mem/mem.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/catalog/catalog_struct.h"
#include "server/executor/row_wait.h"
#include "server/expr/expr.h"
#include "server/fmgr/datum_image.h"
#include "server/lock/lock_object.h"
#include "server/node/expr.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/rewriter/rewriter.h"
#include "server/trigger/trigger_int.h"

struct RiRun {
    const RiInfo *info;
    RiKind kind;
    bool is_update;
    Relation *rel; /* of the trigger */
    MemContext *mem;
    RiLookup *lookup; /* the row referred to; of NO ACTION by own values; NULL: not opened */
    RiSearch *search; /* NULL: not opened, as the next */
    ResultRel *target;
    unsigned column_count; /* that are set */
    int16_t columns[RI_KEYS_MAX];
    Expr *values[RI_KEYS_MAX]; /* NULL: NULL */
    EvalContext *eval;
    Slot *new; /* row of the referenced table, of which values are computed */
    Oid owner; /* of the table that is looked into or changed */
    const char *text, *own_text;
};

/* ---- When must it be called? ---- */

static bool is_same_key(const RiInfo *info, const Relation *pk, const RiRow *old, const RiRow *new)
{
    for (unsigned k = 0; k < info->key_count; k++) {
        const Column *column = &pk->desc->columns[info->pk[k] - 1];

        if (new->nulls[k] ||
            !datum_content_equal(old->values[k], new->values[k], column->by_value, column->len))
            return false;
    }
    return true;
}

/* By the operators: what is equal to them refers to the same row. */
static bool is_same_reference(const RiInfo *info, const Relation *fk, const RiRow *old,
                              const RiRow *new)
{
    for (unsigned k = 0; k < info->key_count; k++) {
        const Column *column = &fk->desc->columns[info->fk[k] - 1];
        RiEqual equal;

        if (old->nulls[k] || new->nulls[k])
            return false;
        /* Equal bytes are equal to any operator of equality. */
        if (datum_image_equal(old->values[k], new->values[k], column->by_value, column->len))
            continue;
        ri_equal_init(&equal, info->ff[k], column->type, column->type, column->collation,
                      mem_current());
        if (!ri_equal(&equal, old->values[k], new->values[k]))
            return false;
    }
    return true;
}

/* An insert is looked at in any case, if only to see that its key is null. */
static bool check_is_wanted(const RiInfo *info, const Relation *rel, const HeapTuple *old,
                            const HeapTuple *new)
{
    RiRow before, after;

    if (old == NULL)
        return true;
    ri_row_read(rel, new, info->fk, info->key_count, &after);
    if (after.null_count == info->key_count)
        return false;
    if (after.null_count > 0)
        return info->match == 'f';
    /* Of a row of our own the check may be yet to come, and finds this version then. */
    if (txn_is_own_xid(((const HeapTupleHeader *)old->bytes)->xmin))
        return true;
    ri_row_read(rel, old, info->fk, info->key_count, &before);
    return !is_same_reference(info, rel, &before, &after);
}

bool ri_is_wanted(const RelationTrigger *t, RiKind kind, const Relation *rel, RowChange change,
                  const HeapTuple *old, const HeapTuple *new)
{
    const RiInfo *info = ri_info(t, rel);
    RiRow before, after;

    if (kind == RI_CHECK)
        return change == ROW_DELETE || check_is_wanted(info, rel, old, new);
    if (change == ROW_INSERT)
        return true;
    ri_row_read(rel, old, info->pk, info->key_count, &before);
    if (before.null_count > 0)
        return false;
    if (change == ROW_DELETE)
        return true;
    ri_row_read(rel, new, info->pk, info->key_count, &after);
    return !is_same_key(info, rel, &before, &after);
}

/* ---- Rights, as the owner of the table has them ---- */

static void require_columns(Oid table, Oid role, const int16_t *columns, unsigned count,
                            Rights right)
{
    Rights has = rights_of(PG_CLASS_CATALOG, table, role, right, false);
    bool has_all = has == right;

    for (unsigned i = 0; i < count && !has_all; i++) {
        if (rights_of_column(table, columns[i], role, right, false) == 0) {
            rights_require(PG_CLASS_CATALOG, table, role, right);
            return;
        }
    }
}

/* A SELECT ... FOR KEY SHARE wants the right to update, of any column. */
static void require_select(const Relation *rel, Oid role, const int16_t *columns, unsigned count)
{
    require_columns(rel->oid, role, columns, count, RIGHT_SELECT);
    if (!rights_has(PG_CLASS_CATALOG, rel->oid, role, RIGHT_UPDATE) &&
        !rights_of_any_column(rel->oid, role, RIGHT_UPDATE))
        rights_require(PG_CLASS_CATALOG, rel->oid, role, RIGHT_UPDATE);
}

static void require_rights(RiRun *run, const Relation *rel)
{
    const RiInfo *info = run->info;
    bool is_of_pk = rel->oid == info->pk_table && run->kind == RI_CHECK;

    if (role_is_superuser(run->owner))
        return;
    rights_require(PG_NAMESPACE_CATALOG, rel->schema, run->owner, RIGHT_USAGE);
    switch (run->kind) {
    case RI_CHECK:
    case RI_NO_ACTION:
    case RI_RESTRICT:
        require_select(rel, run->owner, is_of_pk ? info->pk : info->fk, info->key_count);
        return;
    default:
        require_columns(rel->oid, run->owner, info->fk, info->key_count, RIGHT_SELECT);
        if (run->kind == RI_CASCADE && !run->is_update)
            rights_require(PG_CLASS_CATALOG, rel->oid, run->owner, RIGHT_DELETE);
        else
            require_columns(rel->oid, run->owner, run->columns, run->column_count, RIGHT_UPDATE);
    }
}

/* ---- Opening ---- */

static const char *describe_query(void *arg)
{
    return err_fmt("SQL statement \"%s\"", (const char *)arg);
}

static void enter(ErrContext *context, const char *text)
{
    *context = (ErrContext){.describe = describe_query, .arg = (void *)(uintptr_t)text};
    err_context_push(context);
}

static void choose_columns(RiRun *run)
{
    const RiInfo *info = run->info;
    bool is_list = !run->is_update && info->delete_count > 0;

    run->column_count = is_list ? info->delete_count : info->key_count;
    memcpy(run->columns, is_list ? info->delete_columns : info->fk,
           run->column_count * sizeof(int16_t));
}

/* The new key as a value of the column that refers to it. */
static Node *new_value(const RiRun *run, const Column *column, unsigned k)
{
    const Column *own = &run->rel->desc->columns[run->info->pk[k] - 1];
    Var *var = node_new(Var);

    var->rt_index = 1;
    var->attno = own->number;
    var->type = own->type;
    var->typmod = own->type_mod;
    var->collation = own->collation;
    var->loc = NODE_NO_LOCATION;
    return analyzer_fit_default((Node *)(void *)var, column->name, column->type, column->type_mod);
}

static void compile_values(RiRun *run)
{
    const Relation *fk = ri_search_table(run->search);
    const ExprScope scope = {.scan_desc = run->rel->desc};

    for (unsigned i = 0; i < run->column_count; i++) {
        const Column *column = &fk->desc->columns[run->columns[i] - 1];
        const Node *expr = NULL;

        if (run->kind == RI_CASCADE)
            expr = new_value(run, column, i);
        else if (run->kind == RI_SET_DEFAULT)
            expr = rewriter_column_default(fk, column->number);
        run->values[i] = expr != NULL ? expr_compile(expr, &scope) : NULL;
    }
}

static void open_target(RiRun *run)
{
    Relation *fk = ri_search_table(run->search);
    unsigned columns[RI_KEYS_MAX];

    run->target = result_rel_new(fk);
    run->eval = eval_new();
    run->new = slot_new(run->rel->desc);
    run->eval->scan = run->new;
    if (run->kind != RI_CASCADE || run->is_update) {
        for (unsigned i = 0; i < run->column_count; i++)
            columns[i] = (unsigned)run->columns[i];
        result_rel_set_columns(run->target, columns, run->column_count);
        compile_values(run);
    }
    result_rel_begin(run->target, fk, txn_command(true), run->mem);
}

static RiQuery query_of_change(const RiRun *run)
{
    switch (run->kind) {
    case RI_CASCADE:
        return run->is_update ? RI_QUERY_CASCADE_UPDATE : RI_QUERY_CASCADE_DELETE;
    case RI_SET_NULL:
        return run->is_update ? RI_QUERY_SET_NULL_UPDATE : RI_QUERY_SET_NULL_DELETE;
    default:
        return run->is_update ? RI_QUERY_SET_DEFAULT_UPDATE : RI_QUERY_SET_DEFAULT_DELETE;
    }
}

static void open_search(RiRun *run, RiQuery query, LockMode mode)
{
    MEM_SCOPE(run->mem) {
        run->search = ri_search_new(run->info, run->rel, query, mode);
    }
    run->owner = ri_search_table(run->search)->row->relowner;
    require_rights(run, ri_search_table(run->search));
}

/* The tables are locked before the query begins: who waits for them, or dies of it, names none. */
static void open_action(RiRun *run)
{
    ErrContext context;

    lock_relation(run->info->fk_table, LOCK_ROW_EXCLUSIVE);
    enter(&context, run->text);
    open_search(run, query_of_change(run), LOCK_ROW_EXCLUSIVE);
    open_target(run);
    err_context_pop(&context);
}

RiRun *ri_run_new(Relation *rel, const RelationTrigger *t, RiKind kind, bool is_update)
{
    RiRun *run = mem_new(RiRun);

    *run = (RiRun){.info = ri_info(t, rel),
                   .kind = kind,
                   .is_update = is_update,
                   .rel = rel,
                   .mem = mem_current()};
    choose_columns(run);
    run->text = ri_query_text(run->info, kind, is_update);
    if (kind != RI_CHECK && kind != RI_NO_ACTION && kind != RI_RESTRICT)
        open_action(run);
    return run;
}

void ri_run_end(RiRun *run)
{
    if (run->lookup != NULL)
        ri_lookup_end(run->lookup);
    if (run->target != NULL)
        result_rel_end(run->target);
    if (run->search != NULL)
        ri_search_end(run->search);
}

/* ---- Of the referencing table ---- */

/* A row that is gone again needs no check; of one that was updated the new version has its own. */
static bool is_still_there(Relation *rel, Tid tid)
{
    HeapTuple tuple = {.self = tid, .table = rel->oid};
    Buffer b;

    if (!heap_fetch(relation_heap(rel), &snapshot_self, &tuple, &b))
        return false;
    buffer_unpin(b);
    return true;
}

static void open_check(RiRun *run)
{
    ErrContext context;

    enter(&context, run->text);
    MEM_SCOPE(run->mem) {
        run->lookup = ri_lookup_new(run->info, RI_QUERY_CHECK);
    }
    run->owner = ri_lookup_table(run->lookup)->row->relowner;
    require_rights(run, ri_lookup_table(run->lookup));
    err_context_pop(&context);
}

/*
 * The key of a row that has one to look for. The other table is locked before that is known; of a
 * row that has none it is not kept locked.
 */
static bool take_key(RiRun *run, const HeapTuple *row, RiRow *out)
{
    const RiInfo *info = run->info;
    bool is_first = run->lookup == NULL;

    if (is_first)
        lock_relation(info->pk_table, LOCK_ROW_SHARE);
    ri_row_read(run->rel, row, info->fk, info->key_count, out);
    if (out->null_count == info->key_count || (out->null_count > 0 && info->match != 'f')) {
        if (is_first)
            lock_relation_unlock(info->pk_table, LOCK_ROW_SHARE);
        return false;
    }
    if (out->null_count > 0)
        ri_raise_mixed(info, run->rel);
    return true;
}

static void check(RiRun *run, const TriggerCall *call)
{
    const RiInfo *info = run->info;
    const HeapTuple *row = call->new_row != NULL ? call->new_row : call->row;
    ErrContext context;
    bool is_found;
    RiRow key;

    if (!is_still_there(run->rel, row->self) || !take_key(run, row, &key))
        return;
    if (run->lookup == NULL)
        open_check(run);
    enter(&context, run->text);
    is_found = ri_lookup(run->lookup, &key, false);
    err_context_pop(&context);
    if (!is_found)
        ri_raise_missing(info, run->rel, ri_lookup_table(run->lookup), &key);
}

/* ---- Of the referenced table: refusals ---- */

/* Has another row that key now? Then all is well for those who look when all is done. */
static bool is_replaced(RiRun *run, const RiRow *key)
{
    ErrContext context;
    bool is_found;

    if (run->lookup == NULL) {
        MEM_SCOPE(run->mem) {
            run->own_text = ri_query_text(run->info, RI_NONE, false);
            run->lookup = ri_lookup_new(run->info, RI_QUERY_IS_REPLACED);
        }
    }
    enter(&context, run->own_text);
    is_found = ri_lookup(run->lookup, key, true);
    err_context_pop(&context);
    return is_found;
}

static bool lock_reference(RiRun *run, const HeapTuple *row)
{
    Relation *fk = ri_search_table(run->search);
    const RowLock lock = {.rel = fk,
                          .heap = relation_heap(fk),
                          .command = txn_command(false),
                          .mode = HEAP_LOCK_KEY_SHARE,
                          .wait = ROW_WAIT_BLOCK,
                          .is_of_newest = true,
                          .purpose = LOCK_TO_LOCK};
    HeapTuple tuple = {.self = row->self, .table = row->table};
    bool is_it = true;
    HeapObstacle why;
    Buffer b;

    switch (row_lock(&lock, &tuple, &b, &why)) {
    case ROW_LOCKED:
        buffer_unpin(b);
        return true;
    case ROW_LOCKED_NEWEST:
        is_it = ri_search_matches(run->search, &tuple);
        buffer_unpin(b);
        return is_it;
    case ROW_INVISIBLE:
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "attempted to lock invisible tuple");
    default:
        return false;
    }
}

static void refuse(RiRun *run, const RiRow *key, bool may_be_replaced)
{
    const HeapTuple *row;
    bool is_referenced = false;
    ErrContext context;

    lock_relation(run->info->fk_table, LOCK_ROW_SHARE);
    if (may_be_replaced && is_replaced(run, key))
        return;
    enter(&context, run->text);
    if (run->search == NULL)
        open_search(run, RI_QUERY_REFUSE, LOCK_ROW_SHARE);
    else if (run->kind == RI_SET_DEFAULT)
        ri_search_set_query(run->search, RI_QUERY_REFUSE, LOCK_ROW_SHARE);
    ri_search_begin(run->search, key);
    while (!is_referenced && (row = ri_search_next(run->search)) != NULL)
        is_referenced = lock_reference(run, row);
    ri_search_stop(run->search);
    err_context_pop(&context);
    if (is_referenced)
        ri_raise_referenced(run->info, run->rel, ri_search_table(run->search), key);
}

/* ---- Of the referenced table: changes ---- */

static void fill_row(RiRun *run, const HeapTuple *row)
{
    Slot *slot = result_rel_row(run->target);

    slot_clear(slot);
    heap_deform(row, result_rel_desc(run->target), slot->values, slot->nulls);
    for (unsigned i = 0; i < run->column_count; i++) {
        int place = run->columns[i] - 1;

        slot->nulls[place] = true;
        if (run->values[i] != NULL)
            slot->values[place] = expr_eval(run->values[i], run->eval, &slot->nulls[place]);
    }
    slot_set_virtual(slot);
}

/* A row that the transaction's snapshot does not show was put there meanwhile. */
static void refuse_unseen(Relation *fk, Tid tid)
{
    HeapTuple tuple = {.self = tid, .table = fk->oid};
    Buffer b;

    if (txn_isolation() < TXN_REPEATABLE_READ)
        return;
    if (!heap_fetch(relation_heap(fk), snapshot_take(), &tuple, &b))
        err_raise(SQLSTATE_SERIALIZATION_FAILURE,
                  .message = "could not serialize access due to concurrent update");
    buffer_unpin(b);
}

/* The newest version, locked and copied; NULL: it does not refer to the key any more. */
static HeapTuple *follow(RiRun *run, HeapLockMode mode, HeapObstacle *why, Cid command)
{
    Relation *fk = ri_search_table(run->search);
    const RowLock lock = {.rel = fk,
                          .heap = relation_heap(fk),
                          .command = command,
                          .mode = mode,
                          .wait = ROW_WAIT_BLOCK,
                          .is_of_newest = true,
                          .purpose = LOCK_TO_RECHECK_UPDATED};
    HeapTuple tuple = {.table = fk->oid};
    HeapTuple *copy = NULL;
    Buffer b;

    row_refuse_concurrent(why, HEAP_CHANGE_UPDATED);
    if (row_lock_newest(&lock, why, &tuple, &b) != ROW_LOCKED_NEWEST)
        return NULL;
    if (ri_search_matches(run->search, &tuple))
        copy = heap_copy(&tuple);
    buffer_unpin(b);
    return copy;
}

static void refuse_self_modified(const HeapObstacle *why, Cid command, bool is_delete)
{
    if (why->cmax == command)
        return;
    err_raise(SQLSTATE_TRIGGERED_DATA_CHANGE_VIOLATION,
              .message = err_fmt("tuple to be %s was already modified by an operation triggered by "
                                 "the current command",
                                 is_delete ? "deleted" : "updated"),
              .hint = "Consider using an AFTER trigger instead of a BEFORE trigger to propagate "
                      "changes to other rows.");
}

static void change_row(RiRun *run, const HeapTuple *row, Cid command)
{
    bool is_delete = run->kind == RI_CASCADE && !run->is_update;

    refuse_unseen(ri_search_table(run->search), row->self);
    while (row != NULL) {
        HeapObstacle why;
        HeapResult result;

        if (!is_delete)
            fill_row(run, row);
        result = is_delete ? result_rel_delete(run->target, row->self, &why)
                           : result_rel_update(run->target, row->self, &why);
        switch (result) {
        case HEAP_CHANGE_OK:
        case HEAP_CHANGE_REFUSED:
            return;
        case HEAP_CHANGE_SELF_MODIFIED:
            refuse_self_modified(&why, command, is_delete);
            return;
        case HEAP_CHANGE_UPDATED:
            row =
                follow(run, is_delete ? HEAP_LOCK_UPDATE : HEAP_LOCK_NO_KEY_UPDATE, &why, command);
            break;
        case HEAP_CHANGE_DELETED:
            row_refuse_concurrent(&why, result);
            return;
        default:
            err_raise(SQLSTATE_INTERNAL_ERROR, .message = err_fmt("attempted to %s invisible tuple",
                                                                  is_delete ? "delete" : "update"));
        }
    }
}

typedef struct Cascade {
    RiRun *run;
    const RiRow *key;
    RowChange change;
} Cascade;

static void change_rows(const Cascade *c)
{
    RiRun *run = c->run;
    const HeapTuple *row;
    Cid command;

    ri_search_set_query(run->search, query_of_change(run), LOCK_ROW_EXCLUSIVE);
    ri_search_begin(run->search, c->key);
    command = txn_command(true);
    result_rel_set_command(run->target, command);
    result_rel_before_statement(run->target, c->change);
    while ((row = ri_search_next(run->search)) != NULL)
        change_row(run, row, command);
    result_rel_after_statement(run->target, c->change);
    ri_search_stop(run->search);
}

/* As the table's owner. */
static void cascade(RiRun *run, const RiRow *key, const HeapTuple *new)
{
    const Cascade c = {.run = run,
                       .key = key,
                       .change =
                           run->kind == RI_CASCADE && !run->is_update ? ROW_DELETE : ROW_UPDATE};
    Oid role = role_current();
    unsigned flags = role_flags();
    ErrContext context;

    eval_reset(run->eval);
    slot_clear(run->new);
    if (new != NULL)
        slot_set_heap(run->new, new);
    else
        slot_set_nulls(run->new);
    enter(&context, run->text);
    role_switch(run->owner, flags | ROLE_LOCAL_CHANGE | ROLE_NO_FORCE_RLS);
    ERR_TRY() {
        change_rows(&c);
    }
    ERR_FINALLY() {
        role_switch(role, flags);
    }
    ERR_END();
    err_context_pop(&context);
    if (run->kind == RI_SET_DEFAULT)
        refuse(run, key, true);
}

void ri_run(RiRun *run, const TriggerCall *call)
{
    const RiInfo *info = run->info;
    RiRow key;

    if (run->kind == RI_CHECK) {
        check(run, call);
        return;
    }
    ri_row_read(run->rel, call->row, info->pk, info->key_count, &key);
    if (key.null_count > 0)
        return;
    if (run->kind == RI_NO_ACTION || run->kind == RI_RESTRICT)
        refuse(run, &key, run->kind == RI_NO_ACTION);
    else
        cascade(run, &key, run->is_update ? call->new_row : NULL);
}

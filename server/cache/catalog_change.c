/* catalog_change.c - changes of catalogs; catalog_change.h has the how. */
#include "common/base/base.h"

#include "server/cache/catalog_change.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/index_entry.h"
#include "server/cache/inval.h"
#include "server/cache/relation_open.h"
#include "server/cache/relation_toast.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/varlena.h"
#include "server/ipc/interrupt.h"
#include "server/lock/lock_object.h"
#include "server/lock/lock_wait_for.h"
#include "server/txn/snapshot.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"

#define INDEXES_MAX 8 /* of a catalog; the most that one has is 3 */

struct CatalogChange {
    Relation *catalog;
    Relation *indexes[INDEXES_MAX];
    unsigned index_count;
};

static ToastRel *open_toast(const CatalogChange *change);
static void insert_entries(CatalogChange *change, const HeapTuple *tuple);
static void wait_for_row(const Relation *rel, Tid tid, LockPurpose purpose, const HeapObstacle *why,
                         bool *has_lock);
static void give_row(const Relation *rel, Tid tid, bool has_lock);
_Noreturn static void raise_obstacle(HeapResult result);

/* ---- Rows ---- */

void catalog_row_init(CatalogRow *row)
{
    memset(row, 0, sizeof *row);
    memset(row->nulls, true, sizeof row->nulls);
}

void catalog_set_name(CatalogRow *row, int column, const char *name)
{
    char *copy = mem_alloc(NAME_SIZE);

    memcpy(copy, name, size_min(strlen(name), NAME_SIZE - 1));
    catalog_set(row, column, datum_of_pointer(copy));
}

void catalog_set_text(CatalogRow *row, int column, const char *text)
{
    if (text == NULL)
        catalog_set_null(row, column);
    else
        catalog_set(row, column, datum_of_pointer(varlena_new(text, strlen(text))));
}

/* ---- Life ---- */

CatalogChange *catalog_change_begin(Oid catalog)
{
    CatalogChange *change = mem_new(CatalogChange);
    const RelationIndexes *listed;
    Oid oids[INDEXES_MAX];

    change->catalog = relation_open(catalog, LOCK_ROW_EXCLUSIVE);
    listed = relation_indexes(change->catalog);
    if (listed->count > INDEXES_MAX)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("\"%s\" has too many indexes", change->catalog->name));
    change->index_count = listed->count;
    memcpy(oids, listed->oids, listed->count * sizeof(Oid));
    for (unsigned i = 0; i < change->index_count; i++)
        change->indexes[i] = index_open(oids[i], LOCK_ROW_EXCLUSIVE);
    return change;
}

Relation *catalog_change_catalog(const CatalogChange *change)
{
    return change->catalog;
}

void catalog_change_end(CatalogChange *change)
{
    for (unsigned i = change->index_count; i > 0; i--)
        relation_close(change->indexes[i - 1], LOCK_ROW_EXCLUSIVE);
    relation_close(change->catalog, LOCK_ROW_EXCLUSIVE);
    mem_free(change);
}

/* ---- Inserting ---- */

Tid catalog_insert(CatalogChange *change, const CatalogRow *row)
{
    HeapTuple *tuple = heap_form(change->catalog->desc, row->values, row->nulls);

    catalog_insert_tuple(change, tuple);
    return tuple->self;
}

/*
 * With long values out of line, as in any table. A catalog without a toast table has its values
 * compressed at most.
 */
static HeapTuple *shorten(const CatalogChange *change, HeapTuple *tuple, const HeapTuple *old)
{
    ToastPlan plan = {
        .desc = change->catalog->desc, .toast = open_toast(change), .command = txn_command(true)};
    HeapTuple *result = toast_shorten(&plan, tuple, old);

    if (plan.toast != NULL)
        relation_toast_close(plan.toast);
    return result;
}

static HeapTuple *shorten_update(void *arg, HeapTuple *row, const HeapTuple *old)
{
    return shorten(arg, row, old);
}

static ToastRel *open_toast(const CatalogChange *change)
{
    Oid toast = change->catalog->row->reltoastrelid;

    return toast != 0 ? relation_toast_open(toast, LOCK_ROW_EXCLUSIVE) : NULL;
}

/* The row as it is on its page, if values of it are out of line: those go with it. */
static HeapTuple *row_with_values(const CatalogChange *change, Tid place)
{
    HeapTuple tuple = {.self = place}, *copy = NULL;
    Buffer b;

    if (change->catalog->row->reltoastrelid == 0)
        return NULL;
    if (!heap_fetch(relation_heap(change->catalog), &snapshot_any, &tuple, &b))
        return NULL;
    if (heap_has_external(&tuple))
        copy = heap_copy(&tuple);
    buffer_unpin(b);
    return copy;
}

static void delete_values(const CatalogChange *change, const HeapTuple *row)
{
    ToastRel *toast = open_toast(change);

    toast_delete_row(toast, change->catalog->desc, row, txn_command(true), false);
    relation_toast_close(toast);
}

void catalog_insert_tuple(CatalogChange *change, HeapTuple *tuple)
{
    HeapTuple *stored = toast_is_due(tuple) ? shorten(change, tuple, NULL) : tuple;

    heap_insert(relation_heap(change->catalog), stored, txn_command(true), 0, NULL);
    tuple->self = stored->self;
    inval_note_row(change->catalog, NULL, stored);
    insert_entries(change, stored);
}

void catalog_insert_many(CatalogChange *change, const CatalogRow *rows, size_t count)
{
    HeapTuple **tuples = mem_new_array(HeapTuple *, count);

    for (size_t i = 0; i < count; i++) {
        tuples[i] = heap_form(change->catalog->desc, rows[i].values, rows[i].nulls);
        if (toast_is_due(tuples[i]))
            tuples[i] = shorten(change, tuples[i], NULL);
    }
    heap_insert_many(relation_heap(change->catalog), tuples, count, txn_command(true), 0, NULL);
    for (size_t i = 0; i < count; i++) {
        inval_note_row(change->catalog, NULL, tuples[i]);
        insert_entries(change, tuples[i]);
    }
}

static void insert_entries(CatalogChange *change, const HeapTuple *tuple)
{
    const TupleDesc *desc = change->catalog->desc;
    Datum row_values[CATALOG_COLUMNS_MAX], values[INDEX_COLUMNS_MAX];
    bool row_nulls[CATALOG_COLUMNS_MAX], nulls[INDEX_COLUMNS_MAX];

    ASSERT(desc->count <= CATALOG_COLUMNS_MAX);
    heap_deform(tuple, desc, row_values, row_nulls);
    for (unsigned i = 0; i < change->index_count; i++) {
        Relation *index = change->indexes[i];

        index_values(index, row_values, row_nulls, values, nulls);
        index_entry_insert(change->catalog, index, values, nulls, tuple->self,
                           index->index->row->indisunique ? BTREE_UNIQUE_YES : BTREE_UNIQUE_NO,
                           index_key_text);
    }
}

/* ---- Changing and deleting ---- */

void catalog_update(CatalogChange *change, const HeapTuple *old, const CatalogRow *row)
{
    catalog_update_tuple(
        change, old,
        heap_modify(old, change->catalog->desc, row->values, row->nulls, row->replaces));
}

void catalog_update_tuple(CatalogChange *change, const HeapTuple *old, HeapTuple *fresh)
{
    const RelationColumns *columns = relation_columns(change->catalog);
    const Tid place = old->self;
    HeapUpdate update = {.desc = change->catalog->desc,
                         .key_columns = columns->key_words,
                         .indexed_columns = columns->hot_words,
                         .shorten = shorten_update,
                         .arg = change};
    HeapObstacle why;
    HeapResult result;
    bool has_lock = false;

    /* A message after the change, but of the row as it was: old may be on the page. */
    inval_note_row(change->catalog, old, fresh);
    while ((result = heap_update(relation_heap(change->catalog), place, fresh, txn_command(true),
                                 &update, &why)) == HEAP_CHANGE_MUST_WAIT)
        wait_for_row(change->catalog, place, LOCK_TO_UPDATE, &why, &has_lock);
    give_row(change->catalog, place, has_lock);
    if (result != HEAP_CHANGE_OK)
        raise_obstacle(result);
    if (!update.is_hot)
        insert_entries(change, update.stored);
}

void catalog_delete(CatalogChange *change, const HeapTuple *old)
{
    const Tid place = old->self;
    HeapTuple *long_row = row_with_values(change, place);
    HeapObstacle why;
    HeapResult result;
    bool has_lock = false;

    inval_note_row(change->catalog, old, NULL);
    while ((result = heap_delete(relation_heap(change->catalog), place, txn_command(true), 0,
                                 &why)) == HEAP_CHANGE_MUST_WAIT)
        wait_for_row(change->catalog, place, LOCK_TO_DELETE, &why, &has_lock);
    give_row(change->catalog, place, has_lock);
    if (result != HEAP_CHANGE_OK)
        raise_obstacle(result);
    if (long_row != NULL)
        delete_values(change, long_row);
}

/* In a queue: who comes first gets the row first. */
static void wait_for_row(const Relation *rel, Tid tid, LockPurpose purpose, const HeapObstacle *why,
                         bool *has_lock)
{
    const LockWhy reason = {.purpose = purpose, .relation = rel->name, .tid = tid};

    check_interrupts();
    if (!*has_lock) {
        lock_tuple(rel->oid, tid, LOCK_EXCLUSIVE);
        *has_lock = true;
    }
    lock_wait_for_xid(why->waits_for, &reason);
}

static void give_row(const Relation *rel, Tid tid, bool has_lock)
{
    if (has_lock)
        lock_tuple_unlock(rel->oid, tid, LOCK_EXCLUSIVE);
}

static void raise_obstacle(HeapResult result)
{
    const char *message = "unexpected state of a row";

    switch (result) {
    case HEAP_CHANGE_SELF_MODIFIED:
        message = "tuple already updated by self";
        break;
    case HEAP_CHANGE_UPDATED:
        message = "tuple concurrently updated";
        break;
    case HEAP_CHANGE_DELETED:
        message = "tuple concurrently deleted";
        break;
    default:
        break;
    }
    err_raise(SQLSTATE_INTERNAL_ERROR, .message = message);
}

void catalog_overwrite(CatalogChange *change, const HeapTuple *old, const CatalogRow *row)
{
    const Tid place = old->self;
    HeapTuple *fresh =
        heap_modify(old, change->catalog->desc, row->values, row->nulls, row->replaces);
    InvalInPlace *messages;

    lock_tuple(change->catalog->oid, place, LOCK_EXCLUSIVE);
    messages = inval_prepare_in_place(change->catalog, fresh);
    heap_overwrite(relation_heap(change->catalog), place, fresh);
    inval_send_in_place(messages);
    lock_tuple_unlock(change->catalog->oid, place, LOCK_EXCLUSIVE);
}

/* ---- Numbers ---- */

/* Of any row, whoever can see it. */
static bool is_taken(Relation *catalog, Oid index, int16_t column, Oid oid)
{
    const CatalogKey key = {.column = column, .value = datum_of_u32(oid)};
    CatalogScan *scan = catalog_scan_begin_rel(catalog, index, &snapshot_any, 1, &key);
    bool is_found = catalog_scan_next(scan) != NULL;

    catalog_scan_end(scan);
    return is_found;
}

Oid catalog_new_oid(Oid catalog, Oid index, int16_t column)
{
    Relation *rel = relation_open(catalog, LOCK_ACCESS_SHARE);
    Oid oid;

    do {
        check_interrupts();
        oid = oid_assign();
    } while (is_taken(rel, index, column, oid));
    relation_close(rel, LOCK_ACCESS_SHARE);
    return oid;
}

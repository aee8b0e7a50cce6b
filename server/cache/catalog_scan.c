/* catalog_scan.c - rows of catalogs by index; catalog_scan.h has the how. */
#include "common/base/base.h"

#include "server/cache/catalog_scan.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/cache_hash.h"
#include "server/cache/cache_int.h"
#include "server/cache/inval.h"
#include "server/cache/relcache.h"
#include "server/catalog/catalog_struct.h"
#include "server/lock/lock_object.h"
#include "server/storage/buffer/buffer.h"
#include "server/wal/wal.h"

struct CatalogScan {
    Relation *catalog, *index;
    bool owns_catalog; /* we have pinned it */
    const Snapshot *snapshot;
    const Snapshot *registered; /* by us; NULL: it is the caller's */
    ScanKey keys[CATALOG_SCAN_KEYS_MAX];
    unsigned key_count;
    BtreeScan *rows; /* of the index */
    HeapScan *pages; /* without one */
    Buffer buffer;   /* of the row that came last, pinned */
    HeapTuple tuple;
};

static void begin_by_index(CatalogScan *scan, Oid index, const CatalogKey *keys);
static void begin_by_pages(CatalogScan *scan, const CatalogKey *keys);
static const HeapTuple *next_by_index(CatalogScan *scan);
static const HeapTuple *next_by_pages(CatalogScan *scan);

/* ---- Snapshots ---- */

/* Catalogs without a cache whose changes are told to all all the same. */
bool catalog_tells_snapshots_only(Oid catalog)
{
    switch (catalog) {
    case PG_DB_ROLE_SETTING_CATALOG:
    case PG_DEPEND_CATALOG:
    case PG_SHDEPEND_CATALOG:
    case PG_DESCRIPTION_CATALOG:
    case PG_SHDESCRIPTION_CATALOG:
    case PG_SECLABEL_CATALOG:
    case PG_SHSECLABEL_CATALOG:
        return true;
    default:
        return false;
    }
}

bool catalog_has_messages(Oid catalog)
{
    unsigned position = 0;
    CacheId id;

    return catalog_tells_snapshots_only(catalog) || cache_next_of_catalog(catalog, &position, &id);
}

const Snapshot *catalog_snapshot(Oid catalog)
{
    if (!catalog_has_messages(catalog))
        snapshot_forget_catalog();
    return snapshot_catalog();
}

/* ---- Indexes that are not to be used ---- */

static struct {
    Oid indexes[CATALOG_SUSPENDED_MAX];
    unsigned count;
} suspended;

static bool is_suspended(Oid index)
{
    for (unsigned i = 0; i < suspended.count; i++) {
        if (suspended.indexes[i] == index)
            return true;
    }
    return false;
}

void catalog_suspend_indexes(const Oid *indexes, unsigned count)
{
    if (suspended.count + count > CATALOG_SUSPENDED_MAX)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "too many indexes are not to be used");
    for (unsigned i = 0; i < count; i++)
        suspended.indexes[suspended.count++] = indexes[i];
}

void catalog_resume_index(Oid index)
{
    for (unsigned i = 0; i < suspended.count; i++) {
        if (suspended.indexes[i] == index) {
            suspended.indexes[i] = suspended.indexes[--suspended.count];
            return;
        }
    }
}

void catalog_resume_indexes(void)
{
    suspended.count = 0;
}

/* ---- Scans ---- */

CatalogScan *catalog_scan_begin(Oid catalog, Oid index, unsigned key_count, const CatalogKey *keys)
{
    CatalogScan *scan;
    Relation *rel;

    /* Its rows may go to another file, with who does that it is ACCESS EXCLUSIVE. */
    lock_relation(catalog, LOCK_ACCESS_SHARE);
    inval_accept();
    rel = relation_pin_catalog(catalog);
    scan = catalog_scan_begin_rel(rel, index, NULL, key_count, keys);
    scan->owns_catalog = true;
    return scan;
}

CatalogScan *catalog_scan_begin_rel(Relation *catalog, Oid index, const Snapshot *s,
                                    unsigned key_count, const CatalogKey *keys)
{
    CatalogScan *scan = mem_new(CatalogScan);

    ASSERT(key_count <= CATALOG_SCAN_KEYS_MAX);
    scan->catalog = catalog;
    scan->key_count = key_count;
    /* A copy: a message may make the common one be filled anew while this scan goes on. */
    if (s == NULL)
        s = scan->registered = snapshot_register(catalog_snapshot(catalog->oid));
    scan->snapshot = s;
    if (index != 0 && !is_suspended(index))
        begin_by_index(scan, index, keys);
    else
        begin_by_pages(scan, keys);
    return scan;
}

static void begin_by_index(CatalogScan *scan, Oid index, const CatalogKey *keys)
{
    const RelationIndex *info;

    scan->index = relation_pin_catalog(index);
    info = scan->index->index;
    for (unsigned i = 0; i < scan->key_count; i++) {
        unsigned k = 0;

        while (k < info->key_count && info->columns[k] != keys[i].column)
            k++;
        if (k == info->key_count)
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = err_fmt("column %d is not in index \"%s\"", keys[i].column,
                                         scan->index->name));
        scan->keys[i] = (ScanKey){
            .column = (int16_t)(k + 1),
            .strategy = keys[i].strategy != 0 ? keys[i].strategy : SCAN_EQUAL,
            .argument = keys[i].value,
            .order = info->btree.keys.orders[k],
        };
    }
    relation_heap(scan->catalog);
    scan->rows = btree_scan_begin(relation_btree(scan->index), scan->keys, scan->key_count, false);
    if (!wal_is_started())
        btree_scan_as_standby(scan->rows);
}

/* The order of a column's type is that of an index it is in. */
static void begin_by_pages(CatalogScan *scan, const CatalogKey *keys)
{
    const Catalog *catalog = catalog_find(scan->catalog->oid);

    for (unsigned i = 0; i < scan->key_count; i++) {
        Oid compare = 0;

        for (unsigned n = 0; catalog != NULL && n < catalog->index_count && compare == 0; n++) {
            for (unsigned k = 0; k < catalog->indexes[n].key_count; k++) {
                if (catalog->indexes[n].keys[k] == keys[i].column)
                    compare = catalog->indexes[n].compare[k];
            }
        }
        if (compare == 0)
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = err_fmt("column %d of \"%s\" has no order", keys[i].column,
                                         scan->catalog->name));
        scan_key_init(&scan->keys[i], keys[i].column,
                      keys[i].strategy != 0 ? keys[i].strategy : SCAN_EQUAL, compare,
                      scan->catalog->desc->columns[keys[i].column - 1].collation, keys[i].value);
    }
    scan->pages = heap_scan_begin(relation_heap(scan->catalog), scan->snapshot);
}

const HeapTuple *catalog_scan_next(CatalogScan *scan)
{
    return scan->rows != NULL ? next_by_index(scan) : next_by_pages(scan);
}

static const HeapTuple *next_by_index(CatalogScan *scan)
{
    const HeapRel *rel = relation_heap(scan->catalog);
    Tid tid;

    while (btree_scan_next(scan->rows, SCAN_FORWARD, &tid)) {
        bool is_all_dead = false, is_found;

        STATS_ADD(scan->index->stats, rows_returned, 1);
        if (scan->buffer != BUFFER_NONE && buffer_block(scan->buffer) != tid_block(tid)) {
            buffer_unpin(scan->buffer);
            scan->buffer = BUFFER_NONE;
        }
        if (scan->buffer == BUFFER_NONE)
            scan->buffer = buffer_read(rel->smgr, FORK_MAIN, tid_block(tid), BUFFER_NORMAL, NULL,
                                       rel->is_permanent);
        buffer_lock(scan->buffer, BUFFER_SHARED);
        is_found =
            heap_search_chain(rel, scan->snapshot, scan->buffer, &tid, &scan->tuple, &is_all_dead);
        buffer_unlock(scan->buffer);
        if (is_found) {
            STATS_ADD(scan->index->stats, rows_fetched, 1);
            return &scan->tuple;
        }
        if (is_all_dead)
            btree_scan_mark_dead(scan->rows);
    }
    return NULL;
}

static const HeapTuple *next_by_pages(CatalogScan *scan)
{
    const HeapTuple *tuple;

    while ((tuple = heap_scan_next(scan->pages, false)) != NULL) {
        if (scan_keys_match(scan->keys, scan->key_count, tuple, scan->catalog->desc))
            return tuple;
    }
    return NULL;
}

const TupleDesc *catalog_scan_desc(const CatalogScan *scan)
{
    return scan->catalog->desc;
}

void catalog_scan_end(CatalogScan *scan)
{
    if (scan->buffer != BUFFER_NONE)
        buffer_unpin(scan->buffer);
    if (scan->rows != NULL)
        btree_scan_end(scan->rows);
    if (scan->pages != NULL)
        heap_scan_end(scan->pages);
    if (scan->registered != NULL)
        snapshot_unregister(scan->registered);
    if (scan->index != NULL)
        relation_unpin(scan->index);
    if (scan->owns_catalog) {
        Oid catalog = scan->catalog->oid;

        relation_unpin(scan->catalog);
        lock_relation_unlock(catalog, LOCK_ACCESS_SHARE);
    }
    mem_free(scan);
}

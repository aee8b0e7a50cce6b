/*
 * scan.c - rows by key: from entries to what the snapshot shows of their rows
 *
 * A key with an array is as many scans as the array has values, one after the other in the index's
 * order; with several arrays, the last one turns fastest. So rows still come in order where arrays
 * are on leading columns, which is what planners count on.
 */
#include "common/base/base.h"

#include <stdlib.h>
#include <string.h>

#include "common/err/err.h"
#include "common/format/vm_page.h"
#include "common/mem/mem.h"
#include "server/access/index/index.h"
#include "server/storage/vm/vm.h"
#include "server/wal/wal.h"

/* The values of one key, in the index's order, none twice. */
typedef struct ScanArray {
    unsigned key;
    unsigned count, at;
    Datum *values;
} ScanArray;

#define ARRAYS_MAX 32

struct IndexScan {
    MemContext *mem;
    HeapFetch fetch;
    BtreeScan *scan;
    BtreeIndex *index;
    const Snapshot *s;
    ScanKey *keys;
    unsigned key_count;
    ScanArray *arrays;
    unsigned array_count;
    bool has_run;  /* a row was asked for since the start */
    bool is_empty; /* some array has no values */
    Tid tid;
    Buffer map; /* of the visibility map, kept; by the index alone */
    uint64_t heap_fetches;
    unsigned marked[ARRAYS_MAX]; /* where arrays stood at the mark */
};

static void take_arrays(IndexScan *scan, const IndexArray *arrays);
static bool next_entry(IndexScan *scan, ScanDirection direction);
static bool find_entry(IndexScan *scan, ScanDirection direction);
static bool turn_arrays(IndexScan *scan, ScanDirection direction);
static void set_arguments(IndexScan *scan);

IndexScan *index_scan_begin(const IndexScanSpec *spec)
{
    IndexScan *scan = mem_new(IndexScan);

    if (spec->snapshot != NULL && spec->snapshot->kind == SNAPSHOT_DIRTY)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "a scan cannot tell who is in the way");
    if (spec->array_count > ARRAYS_MAX)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = err_fmt("a scan of an index has %u arrays", spec->array_count));
    scan->mem = mem_current();
    scan->index = spec->index;
    scan->s = spec->snapshot;
    scan->key_count = spec->key_count;
    scan->array_count = spec->array_count;
    if (spec->table != NULL)
        scan->fetch = heap_fetch_begin(spec->table);
    if (spec->array_count > 0) {
        scan->keys = mem_new_array(ScanKey, spec->key_count);
        memcpy(scan->keys, spec->keys, spec->key_count * sizeof(ScanKey));
        scan->arrays = mem_new_array(ScanArray, spec->array_count);
        take_arrays(scan, spec->arrays);
    }
    scan->scan = btree_scan_begin(spec->index, scan->keys != NULL ? scan->keys : spec->keys,
                                  spec->key_count, spec->wants_entries);
    if (!wal_is_started() || (spec->snapshot != NULL && spec->snapshot->was_in_recovery))
        btree_scan_as_standby(scan->scan);
    if (spec->snapshot != NULL && spec->snapshot->kind != SNAPSHOT_MVCC)
        btree_scan_keep_pins(scan->scan);
    return scan;
}

void index_scan_restart(IndexScan *scan, const ScanKey *keys, const IndexArray *arrays)
{
    heap_fetch_end(&scan->fetch);
    scan->has_run = false;
    if (scan->array_count == 0) {
        btree_scan_restart(scan->scan, keys);
        return;
    }
    if (keys != NULL)
        memcpy(scan->keys, keys, scan->key_count * sizeof(ScanKey));
    if (arrays != NULL)
        take_arrays(scan, arrays);
    btree_scan_restart(scan->scan, NULL);
}

void index_scan_end(IndexScan *scan)
{
    heap_fetch_end(&scan->fetch);
    if (scan->map != BUFFER_NONE)
        buffer_unpin(scan->map);
    btree_scan_end(scan->scan);
    for (unsigned i = 0; i < scan->array_count; i++)
        mem_free(scan->arrays[i].values);
    mem_free(scan->arrays);
    mem_free(scan->keys);
    mem_free(scan);
}

/* ---- Rows ---- */

bool index_scan_next(IndexScan *scan, ScanDirection direction, HeapTuple *row)
{
    while (next_entry(scan, direction)) {
        bool is_all_dead;

        if (heap_fetch_row(&scan->fetch, scan->s, scan->tid, row, &is_all_dead)) {
            scan->tid = row->self;
            STATS_ADD(scan->index->stats, rows_fetched, 1);
            return true;
        }
        if (is_all_dead)
            btree_scan_mark_dead(scan->scan);
    }
    return false;
}

const IndexTuple *index_scan_next_entry(IndexScan *scan, ScanDirection direction)
{
    HeapTuple row;

    while (next_entry(scan, direction)) {
        bool is_all_dead;

        if ((vm_get(scan->fetch.rel->smgr, tid_block(scan->tid), &scan->map) & VM_ALL_VISIBLE) != 0)
            return btree_scan_tuple(scan->scan);
        scan->heap_fetches++;
        if (heap_fetch_row(&scan->fetch, scan->s, scan->tid, &row, &is_all_dead)) {
            STATS_ADD(scan->index->stats, rows_fetched, 1);
            return btree_scan_tuple(scan->scan);
        }
        if (is_all_dead)
            btree_scan_mark_dead(scan->scan);
    }
    return NULL;
}

uint64_t index_scan_collect(IndexScan *scan, TidBitmap *bitmap)
{
    uint64_t count = 0;

    for (; next_entry(scan, SCAN_FORWARD); count++)
        tid_bitmap_add(bitmap, scan->tid, false);
    return count;
}

uint64_t index_scan_heap_fetches(const IndexScan *scan)
{
    return scan->heap_fetches;
}

Tid index_scan_tid(const IndexScan *scan)
{
    return scan->tid;
}

static bool next_entry(IndexScan *scan, ScanDirection direction)
{
    if (!find_entry(scan, direction))
        return false;
    STATS_ADD(scan->index->stats, rows_returned, 1);
    return true;
}

static bool find_entry(IndexScan *scan, ScanDirection direction)
{
    if (LIKELY(scan->array_count == 0))
        return btree_scan_next(scan->scan, direction, &scan->tid);
    if (scan->is_empty)
        return false;
    if (!scan->has_run) {
        for (unsigned i = 0; i < scan->array_count; i++)
            scan->arrays[i].at = direction == SCAN_FORWARD ? 0 : scan->arrays[i].count - 1;
        set_arguments(scan);
        scan->has_run = true;
    }
    do {
        if (btree_scan_next(scan->scan, direction, &scan->tid))
            return true;
    } while (turn_arrays(scan, direction));
    return false;
}

/* ---- Marks ---- */

void index_scan_mark(IndexScan *scan)
{
    for (unsigned i = 0; i < scan->array_count; i++)
        scan->marked[i] = scan->arrays[i].at;
    btree_scan_mark(scan->scan);
}

void index_scan_restore(IndexScan *scan)
{
    /* A planner that needs the order of rows has at most one array that could part them. */
    for (unsigned i = 0; i < scan->array_count; i++)
        if (scan->marked[i] != scan->arrays[i].at)
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = "a scan of an index cannot go back to another value of an array");
    btree_scan_restore(scan->scan);
}

/* ---- Arrays ---- */

static int compare_values(const void *a, const void *b, void *order)
{
    return sort_apply(*(const Datum *)a, false, *(const Datum *)b, false, order);
}

/* In the index's order, none twice: a row is to come once. */
static void sort_values(const IndexScan *scan, ScanArray *array, const SortSupport *order_of_values)
{
    const ScanKey *key = &scan->keys[array->key];
    const SortSupport *of_column = &scan->index->keys.orders[key->column - 1];
    SortSupport order = order_of_values != NULL ? *order_of_values : *of_column;
    unsigned kept = 0;

    if (order_of_values == NULL && key->order.compare != of_column->compare)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = "values of another type than the column's have no order");
    order.is_reverse = of_column->is_reverse;
    qsort_r(array->values, array->count, sizeof(Datum), compare_values, &order);
    for (unsigned i = 0; i < array->count; i++)
        if (kept == 0 || compare_values(&array->values[kept - 1], &array->values[i], &order) != 0)
            array->values[kept++] = array->values[i];
    array->count = kept;
    if (key->strategy == SCAN_EQUAL)
        return;
    if ((key->strategy <= SCAN_LESS_EQUAL) != order.is_reverse)
        array->values[0] = array->values[kept - 1];
    array->count = 1;
}

static void take_arrays(IndexScan *scan, const IndexArray *arrays)
{
    scan->is_empty = false;
    for (unsigned i = 0; i < scan->array_count; i++) {
        ScanArray *array = &scan->arrays[i];
        const IndexArray *from = &arrays[i];

        mem_free(array->values);
        MEM_SCOPE(scan->mem) {
            array->values = mem_new_array(Datum, from->count);
        }
        if (from->count > 0)
            memcpy(array->values, from->values, from->count * sizeof(Datum));
        array->key = from->key;
        array->count = from->count;
        array->at = 0;
        scan->is_empty |= from->count == 0;
        if (from->count > 1)
            sort_values(scan, array, from->order);
    }
}

static void set_arguments(IndexScan *scan)
{
    for (unsigned i = 0; i < scan->array_count; i++)
        scan->keys[scan->arrays[i].key].argument =
            scan->arrays[i].values[scan->arrays[i].at];
    btree_scan_restart(scan->scan, scan->keys);
}

/* On to the next values; false at the end, where all stays as it is, for a scan that turns. */
static bool turn_arrays(IndexScan *scan, ScanDirection direction)
{
    bool is_forward = direction == SCAN_FORWARD;
    unsigned turned = scan->array_count;

    while (turned > 0) {
        const ScanArray *array = &scan->arrays[turned - 1];

        if (is_forward ? array->at + 1 < array->count : array->at > 0)
            break;
        turned--;
    }
    if (turned == 0)
        return false;
    for (unsigned i = turned; i < scan->array_count; i++)
        scan->arrays[i].at = is_forward ? 0 : scan->arrays[i].count - 1;
    if (is_forward)
        scan->arrays[turned - 1].at++;
    else
        scan->arrays[turned - 1].at--;
    set_arguments(scan);
    return true;
}

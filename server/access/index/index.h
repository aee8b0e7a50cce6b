/*
 * index.h - tables by way of their indexes: rows by key, entries for rows, whole indexes
 *
 * All of a table without an index is heap.h's: heap_scan_begin() for all rows, heap_fetch() for one
 * by its place.
 *
 * Access methods other than btree raise 0A000.
 */
#ifndef INDEX_INDEX_H
#define INDEX_INDEX_H

#include "common/base/base.h"

#include "server/access/btree/btree.h"
#include "server/access/common/relation.h"
#include "server/access/heap/heap.h"
#include "server/access/index/tid_bitmap.h"

/* ---- Rows by key (scan.c) ---- */

/*
 * "= ANY (array)": each of the values stands for the argument of a key. With another operator than
 * equality the value that lets most pass does. NULLs of the array are left out by the caller.
 */
typedef struct IndexArray {
    unsigned key; /* of the scan's keys, from 0 */
    unsigned count;
    const Datum *values;
    const SortSupport *order; /* among the values; NULL: their type is the column's, and so is it */
} IndexArray;

typedef struct IndexScanSpec {
    HeapRel *table; /* may be NULL for index_scan_collect() alone */
    BtreeIndex *index;
    const Snapshot *snapshot; /* not DIRTY; must stay */
    const ScanKey *keys;      /* of columns of the index */
    unsigned key_count;
    const IndexArray *arrays; /* NULL: none */
    unsigned array_count;
    bool wants_entries; /* index_scan_next_entry() will be called */
} IndexScanSpec;

typedef struct IndexScan IndexScan;

/*
 * Rows whose columns match all keys, in the index's order. What the scan holds is in the current
 * context; keys are copied, what their arguments point to must stay.
 */
IndexScan *index_scan_begin(const IndexScanSpec *spec);

/* From the start again; with other arguments for the same keys where keys or arrays are given. */
void index_scan_restart(IndexScan *scan, const ScanKey *keys, const IndexArray *arrays);

/*
 * The next row in that direction; false at the end, where the scan may turn round. *row points to
 * its page, which stays pinned until the next call. Entries that lead to nothing are marked dead.
 */
bool index_scan_next(IndexScan *scan, ScanDirection direction, HeapTuple *row);

/*
 * The same by the index alone (wants_entries): the entry's columns are those of the index, valid
 * until the next call. The table is looked at only where the visibility map does not say that all
 * see the row's page.
 */
const IndexTuple *index_scan_next_entry(IndexScan *scan, ScanDirection direction);
uint64_t index_scan_heap_fetches(const IndexScan *scan); /* how often the table was looked at */

/* The place of the row that came last. */
Tid index_scan_tid(const IndexScan *scan);

/* Where the scan is, to come back to it: one place at a time, for merge joins. */
void index_scan_mark(IndexScan *scan);
void index_scan_restore(IndexScan *scan);

/* All that match to a bitmap, visible or not; how many. */
uint64_t index_scan_collect(IndexScan *scan, TidBitmap *bitmap);
void index_scan_end(IndexScan *scan);

/* ---- Rows by bitmap (bitmap_scan.c) ---- */

typedef struct BitmapScan BitmapScan;

/*
 * Rows that the snapshot (MVCC) shows of those in the bitmap, in the table's order. prefetch: how
 * many blocks are asked for in advance (effective_io_concurrency); 0: none. What it holds is in the
 * current context; the bitmap must stay.
 */
BitmapScan *bitmap_scan_begin(HeapRel *table, const Snapshot *s, TidBitmap *bitmap,
                              unsigned prefetch);
void bitmap_scan_restart(BitmapScan *scan, TidBitmap *bitmap);

/*
 * The next row, valid until the next call; NULL at the end. *needs_recheck: the condition is to be
 * tested.
 */
const HeapTuple *bitmap_scan_next(BitmapScan *scan, bool *needs_recheck);
void bitmap_scan_counts(const BitmapScan *scan, uint64_t *exact_pages, uint64_t *lossy_pages);
void bitmap_scan_end(BitmapScan *scan);

/* ---- Entries of rows (form.c, set.c) ---- */

/*
 * What upper layers compute of a row; set by main. Rows are given as the values of all columns of
 * the table.
 */
typedef struct IndexFunctions {
    /* What the next two need of an index with expressions or a predicate, in the context */
    void *(*prepare)(const Relation *table, const Relation *index);
    bool (*is_wanted)(void *prepared, const Datum *row, const bool *row_nulls);

    /* Values of columns that are expressions, in their order; in the current context. */
    void (*compute)(void *prepared, const Datum *row, const bool *row_nulls, Datum *values,
                    bool *nulls);

    /* "(a, b)=(1, 2)" for a detail; NULL: the user may not see the columns. */
    const char *(*describe_key)(const Relation *index, const Datum *values, const bool *nulls);
    const char *(*schema_name)(Oid schema); /* for messages */
} IndexFunctions;

void index_set_functions(const IndexFunctions *functions);

/* How the entries of an index are made of rows. */
typedef struct IndexForm IndexForm;

/* In the current context. Both must stay pinned. */
IndexForm *index_form_new(const Relation *table, const Relation *index);

/* The highest column that is needed of a row. */
unsigned index_form_column_max(const IndexForm *form);

/* Does the row belong into the index (is its predicate true)? */
bool index_form_wants(IndexForm *form, const Datum *row, const bool *row_nulls);

/* The index's columns; values and nulls have room for them. */
void index_form_values(IndexForm *form, const Datum *row, const bool *row_nulls, Datum *values,
                       bool *nulls);

/* The indexes of a table, for who changes its rows. */
typedef struct IndexSet IndexSet;

/*
 * In the current context, which must live as long. The indexes are those of relation_indexes() that
 * take entries (indisready), locked and pinned by the caller.
 */
IndexSet *index_set_new(Relation *table, Relation *const *indexes, unsigned count);
unsigned index_set_count(const IndexSet *set);

/* How unique indexes are kept; of an insert. */
typedef struct IndexInsert {
    /* In these a duplicate is told in has_conflict, not raised (ON CONFLICT); by OID. */
    const Oid *arbiters;
    unsigned arbiter_count;
    bool all_are_arbiters; /* ON CONFLICT DO NOTHING without a target */

    /*
     * Out: indexes of deferrable constraints that may have a duplicate, to be looked at again; the
     * set's, until the next insert.
     */
    const Oid *rechecks;
    unsigned recheck_count;
    bool has_conflict;
} IndexInsert;

/*
 * Entries for a row that was put at tid (not for what heap_update() calls hot). Raises 23505
 * "duplicate key value violates unique constraint". Waits for transactions that insert the same
 * key. how may be NULL. Values that are computed stay in the current context until the caller
 * resets it.
 */
void index_set_insert(IndexSet *set, const Datum *row, const bool *row_nulls, Tid tid,
                      IndexInsert *how);

/*
 * The same for a row that has been there for a while. It is nobody's duplicate when it is not alive
 * any more.
 */
void index_set_insert_late(IndexSet *set, const Datum *row, const bool *row_nulls, Tid tid,
                           bool is_alive);

/*
 * Before a speculative insert: is there a row in the way in one of the arbiters (*tid: where)?
 * Waits for transactions that are about to put one there or take it away.
 */
bool index_set_find_conflict(IndexSet *set, const Datum *row, const bool *row_nulls,
                             const IndexInsert *how, Tid *tid);

/*
 * A deferred look at an entry that is there: raises 23505 when another row has its key. The index
 * is one of the set's.
 */
void index_set_recheck(IndexSet *set, Oid index, const Datum *row, const bool *row_nulls, Tid tid);

/* ---- Whole indexes (build.c) ---- */

typedef struct IndexBuild {
    /* NULL: all rows that anybody may see; else those that it shows (CREATE INDEX CONCURRENTLY). */
    const Snapshot *snapshot;

    /* Equal keys of a unique one are let be: the rows have only moved, or it never was whole. */
    bool is_unchecked;

    /* Out: */
    double table_rows, index_rows;
    BlockNo pages;

    /*
     * Somebody's snapshot may see a row that the index does not lead to: unless it is a reindex,
     * pg_index.indcheckxmin is to be set.
     */
    bool has_broken_chain;
} IndexBuild;

/*
 * Make an index whose file is there and empty. The caller has locked the table against changes
 * (ShareLock) unless there is a snapshot. Raises 23505 "could not create unique index".
 */
void index_build(Relation *table, Relation *index, IndexBuild *build);

/*
 * An index that was built with a snapshot, and has been kept since by all who write: entries for
 * the rows that another, later snapshot shows and that have none. Raises 23505.
 */
void index_validate(Relation *table, Relation *index, const Snapshot *s);

/* An index of no rows in that fork: for the init fork of unlogged ones, which is logged. */
void index_build_empty(Relation *index, ForkNo fork);

#endif

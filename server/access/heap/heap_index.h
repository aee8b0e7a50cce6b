/*
 * heap_index.h - a table and an index on it, together: rows by key, and who is in the way of a key
 */
#ifndef HEAP_HEAP_INDEX_H
#define HEAP_HEAP_INDEX_H

#include "common/base/base.h"

#include "server/access/btree/btree.h"
#include "server/access/heap/heap.h"

/* ---- Rows by key ---- */

typedef struct HeapIndexScan {
    HeapFetch fetch;
    BtreeScan *scan;
    const Snapshot *s;
} HeapIndexScan;

/*
 * Rows that the snapshot (not DIRTY) shows and whose columns match all keys, in the index's order.
 * What it holds is in the current context; the snapshot and the keys' arguments must stay.
 */
HeapIndexScan *heap_index_begin(HeapRel *rel, BtreeIndex *index, const ScanKey *keys,
                                unsigned key_count, const Snapshot *s);
void heap_index_restart(HeapIndexScan *scan, const ScanKey *keys);

/*
 * False at the end. *row points to its page, which stays pinned until the next call. Entries that
 * turn out to lead to nothing are marked.
 */
bool heap_index_next(HeapIndexScan *scan, ScanDirection direction, HeapTuple *row);
void heap_index_end(HeapIndexScan *scan);

/* ---- Who is in the way of a key ---- */

/* What an insert into an index asks of the table. */
typedef struct HeapKeyOwner {
    HeapRel *rel;
    void (*wait)(void *arg, Xid xid, uint32_t token);                /* until it has ended */
    const char *(*describe_key)(void *arg, const IndexTuple *tuple); /* detail of 23505; or NULL */
    void *arg;
} HeapKeyOwner;

/* For btree_insert(); owner must stay meanwhile. */
BtreeTable heap_index_table(HeapKeyOwner *owner);

#endif

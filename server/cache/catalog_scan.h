/*
 * catalog_scan.h - rows of a catalog that match keys, through an index of it
 *
 *     CatalogScan *scan = catalog_scan_begin(PG_ATTRIBUTE_CATALOG, PG_ATTRIBUTE_RELID_ATTNUM_INDEX,
 *                                            1, &(CatalogKey){PG_ATTRIBUTE_COL_ATTRELID, oid});
 *     while ((row = catalog_scan_next(scan)) != NULL)
 *         ...
 *     catalog_scan_end(scan);
 *
 * Rows are those that a fresh catalog snapshot shows: all that is committed now, and what commands
 * of ours before this one did. The catalog is locked ACCESS SHARE from begin to end.
 */
#ifndef CACHE_CATALOG_SCAN_H
#define CACHE_CATALOG_SCAN_H

#include "common/base/base.h"

#include "server/access/common/heap_form.h"
#include "server/access/common/relation.h"
#include "server/access/common/scan_key.h"
#include "server/txn/snapshot.h"

typedef struct CatalogKey {
    int16_t column;        /* of the catalog, from 1 */
    Datum value;           /* what is a pointer must stay until the end */
    ScanStrategy strategy; /* 0: SCAN_EQUAL */
} CatalogKey;

#define CATALOG_SCAN_KEYS_MAX 6

typedef struct CatalogScan CatalogScan;

/*
 * index: one of the catalog's, and rows come in its order; keys must then be columns of it. 0: all
 * pages are read, keys are any columns of a type with an order. What it holds is in the current
 * context, what it pins is the current owner's.
 */
CatalogScan *catalog_scan_begin(Oid catalog, Oid index, unsigned key_count, const CatalogKey *keys);

/* The same for a catalog that is open, with another snapshot when s is not NULL. */
CatalogScan *catalog_scan_begin_rel(Relation *catalog, Oid index, const Snapshot *s,
                                    unsigned key_count, const CatalogKey *keys);

/*
 * These indexes lead to places that are no more, or are being made: all scans of ours go by pages
 * until they are resumed, the transaction ends, or a subtransaction is rolled back.
 */
#define CATALOG_SUSPENDED_MAX 8
void catalog_suspend_indexes(const Oid *indexes, unsigned count);
void catalog_resume_index(Oid index);
void catalog_resume_indexes(void);

/* Valid until the next call; NULL at the end. Its self is where it is. */
const HeapTuple *catalog_scan_next(CatalogScan *scan);

const TupleDesc *catalog_scan_desc(const CatalogScan *scan);
void catalog_scan_end(CatalogScan *scan);

/*
 * The snapshot for looking into that catalog: the one there is, while messages tell when it is too
 * old; a new one for catalogs of which they do not.
 */
const Snapshot *catalog_snapshot(Oid catalog);

/* Does some cache, or a message for snapshots, tell of each change in that catalog? */
bool catalog_has_messages(Oid catalog);

/* Of those: only for snapshots, it has no cache. */
bool catalog_tells_snapshots_only(Oid catalog);

#endif

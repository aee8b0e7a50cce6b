/*
 * frozen.c - the oldest xid of a database, and of all: what is older than that is not kept
 *
 * Each table's relfrozenxid says what is frozen in it; the oldest of them is the database's, the
 * oldest of these is what pg_xact and the like are kept for.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/cache/cache.h"
#include "server/cache/catalog_change.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/lock/lock_object.h"
#include "server/txn/clog.h"
#include "server/txn/commit_ts.h"
#include "server/txn/multixact.h"
#include "server/txn/proc_array.h"
#include "server/txn/xid.h"
#include "server/vacuum/vacuum_int.h"

typedef struct Oldest {
    Xid xid;
    MultiXid multi;
    Oid xid_database, multi_database;
} Oldest;

static Oldest now_at_most(void)
{
    Horizons h;

    proc_array_horizons(&h);
    return (Oldest){.xid = h.shared, .multi = multixact_oldest_needed()};
}

/* False: a row is of the future, so nothing is certain. */
static bool take(Oldest *o, Xid xid, MultiXid multi, Oid database)
{
    MultiLimits limits;

    multixact_get_limits(&limits);
    if (xid_is_normal(xid)) {
        if (xid_precedes((Xid)xid_next(), xid))
            return false;
        if (xid_precedes(xid, o->xid)) {
            o->xid = xid;
            o->xid_database = database;
        }
    }
    if (multi != 0) {
        if (multixact_precedes(limits.next, multi))
            return false;
        if (multixact_precedes(multi, o->multi)) {
            o->multi = multi;
            o->multi_database = database;
        }
    }
    return true;
}

static bool of_tables(Oldest *o)
{
    CatalogScan *scan = catalog_scan_begin(PG_CLASS_CATALOG, 0, 0, NULL);
    const HeapTuple *tuple;
    bool is_certain = true;

    while (is_certain && (tuple = catalog_scan_next(scan)) != NULL) {
        const PgClass *row = CACHE_ROW(PgClass, tuple);

        if (row->relkind == RELATION_TABLE || row->relkind == RELATION_MATERIALIZED_VIEW ||
            row->relkind == RELATION_TOAST)
            is_certain = take(o, row->relfrozenxid, row->relminmxid, 0);
    }
    catalog_scan_end(scan);
    return is_certain;
}

static bool is_xid_to_be_set(Xid is, Xid wanted)
{
    return is != wanted && (xid_precedes(is, wanted) || xid_precedes((Xid)xid_next(), is));
}

static bool is_multi_to_be_set(MultiXid is, MultiXid wanted)
{
    MultiLimits limits;

    multixact_get_limits(&limits);
    return is != wanted &&
           (multixact_precedes(is, wanted) || multixact_precedes(limits.next, is));
}

/* True when pg_database says something new. */
static bool set_database(const Oldest *o)
{
    CatalogChange *change = catalog_change_begin(PG_DATABASE_CATALOG);
    const CatalogKey key = {.column = PG_DATABASE_COL_OID, .value = datum_of_u32(cache_database())};
    CatalogScan *scan = catalog_scan_begin(PG_DATABASE_CATALOG, PG_DATABASE_OID_INDEX, 1, &key);
    const HeapTuple *found = catalog_scan_next(scan);
    HeapTuple *tuple = found == NULL ? NULL : heap_copy(found);
    const PgDatabase *is;
    bool is_changed = false;
    CatalogRow row;

    catalog_scan_end(scan);
    if (tuple == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("could not find tuple for database %u", cache_database()));
    is = CACHE_ROW(PgDatabase, tuple);
    catalog_row_init(&row);
    if (is_xid_to_be_set(is->datfrozenxid, o->xid)) {
        catalog_set_u32(&row, PG_DATABASE_COL_DATFROZENXID, o->xid);
        is_changed = true;
    }
    if (is_multi_to_be_set(is->datminmxid, o->multi)) {
        catalog_set_u32(&row, PG_DATABASE_COL_DATMINMXID, o->multi);
        is_changed = true;
    }
    if (is_changed)
        catalog_overwrite(change, tuple, &row);
    catalog_change_end(change);
    return is_changed;
}

/* ---- All databases ---- */

static bool of_databases(Oldest *o)
{
    CatalogScan *scan = catalog_scan_begin(PG_DATABASE_CATALOG, 0, 0, NULL);
    const HeapTuple *tuple;
    bool is_certain = true;

    while (is_certain && (tuple = catalog_scan_next(scan)) != NULL) {
        const PgDatabase *row = CACHE_ROW(PgDatabase, tuple);

        is_certain = take(o, row->datfrozenxid, row->datminmxid, row->oid);
    }
    catalog_scan_end(scan);
    return is_certain;
}

/* What is said in pg_database holds; others may be at it, so one after the other. */
static void truncate_logs(const Oldest *database)
{
    Oldest o = *database;

    o.xid_database = o.multi_database = cache_database();
    if (!of_databases(&o)) {
        err_log(ERR_WARNING,
                .message = "some databases have not been vacuumed in over 2 billion transactions",
                .detail = "You might have already suffered transaction-wraparound data loss.");
        return;
    }
    commit_ts_advance_oldest(o.xid);
    clog_truncate(o.xid, o.xid_database);
    commit_ts_truncate(o.xid);
    multixact_truncate(o.multi, o.multi_database);
    xid_set_limits(o.xid, o.xid_database);
    multixact_set_oldest(o.multi, o.multi_database);
}

void vacuum_advance_database(void)
{
    Oldest o;

    lock_frozen_ids(LOCK_EXCLUSIVE);
    o = now_at_most();
    if (!of_tables(&o))
        return;
    if (set_database(&o) || xid_precedes(xid_limits().vacuum, (Xid)xid_next()))
        truncate_logs(&o);
}

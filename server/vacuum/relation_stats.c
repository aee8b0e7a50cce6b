/* relation_stats.c - pg_class is told what was found, in place; vacuum_int.h has the how. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/cache/catalog_change.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/txn/multixact.h"
#include "server/txn/xid.h"
#include "server/vacuum/vacuum_int.h"

/* Forward, or back from the future, where damage has put it. */
static bool is_xid_to_be_set(Xid is, Xid wanted)
{
    return xid_is_normal(wanted) && is != wanted &&
           (xid_precedes(is, wanted) || xid_precedes((Xid)xid_next(), is));
}

static bool is_multi_to_be_set(MultiXid is, MultiXid wanted)
{
    MultiLimits limits;

    multixact_get_limits(&limits);
    return wanted != 0 && is != wanted &&
           (multixact_precedes(is, wanted) || multixact_precedes(limits.next, is));
}

static bool set_changed(const PgClass *is, const RelationStats *stats, CatalogRow *row)
{
    float rows = (float)stats->rows;
    bool is_changed = false;

    catalog_row_init(row);
    if (is->relpages != (int32_t)stats->pages) {
        catalog_set_i32(row, PG_CLASS_COL_RELPAGES, (int32_t)stats->pages);
        is_changed = true;
    }
    if (is->reltuples != rows) {
        catalog_set(row, PG_CLASS_COL_RELTUPLES, datum_of_f4(rows));
        is_changed = true;
    }
    if (is->relallvisible != (int32_t)stats->all_visible) {
        catalog_set_i32(row, PG_CLASS_COL_RELALLVISIBLE, (int32_t)stats->all_visible);
        is_changed = true;
    }
    /* Only that there is none any more: who makes one says so itself. */
    if (!stats->is_in_outer && is->relhasindex && !stats->has_index) {
        catalog_set_bool(row, PG_CLASS_COL_RELHASINDEX, false);
        is_changed = true;
    }
    if (is_xid_to_be_set(is->relfrozenxid, stats->frozen_xid)) {
        catalog_set_u32(row, PG_CLASS_COL_RELFROZENXID, stats->frozen_xid);
        is_changed = true;
    }
    if (is_multi_to_be_set(is->relminmxid, stats->min_multi)) {
        catalog_set_u32(row, PG_CLASS_COL_RELMINMXID, stats->min_multi);
        is_changed = true;
    }
    return is_changed;
}

void vacuum_set_stats(Relation *rel, const RelationStats *stats)
{
    CatalogChange *change = catalog_change_begin(PG_CLASS_CATALOG);
    const Datum keys[CATALOG_KEYS_MAX] = {datum_of_u32(rel->oid)};
    HeapTuple *tuple = syscache_copy(CACHE_RELOID, keys);
    CatalogRow row;

    if (tuple == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("pg_class entry for relid %u vanished during vacuuming",
                                     rel->oid));
    if (set_changed(CACHE_ROW(PgClass, tuple), stats, &row))
        catalog_overwrite(change, tuple, &row);
    catalog_change_end(change);
}

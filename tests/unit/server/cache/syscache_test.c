/* syscache_test.c - rows of catalogs by their keys: all that a new cluster has, and none besides */
#include "common/base/base.h"

#include <string.h>

#include "common/format/heap_tuple.h"
#include "common/mem/mem.h"
#include "server/access/heap/heap.h"
#include "server/cache/cache.h"
#include "server/cache/cache_hash.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/relcache.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "tests/lib/cache_rig.h"
#include "tests/unit/unit.h"

static CacheRig rig;

static void a_row_is_found_by_its_key(void)
{
    const HeapTuple *row;

    cache_rig_open(&rig);
    cache_rig_begin();
    row = syscache_pin(CACHE_RELOID, datum_of_u32(PG_PROC_CATALOG));
    CU_ASSERT_PTR_NOT_NULL_FATAL(row);
    CU_ASSERT_STRING_EQUAL(CACHE_ROW(PgClass, row)->relname, "pg_proc");
    syscache_unpin(row);
    row =
        syscache_pin2(CACHE_RELNAMENSP, datum_of_pointer("pg_type"), datum_of_u32(SCHEMA_CATALOG));
    CU_ASSERT_PTR_NOT_NULL_FATAL(row);
    CU_ASSERT_EQUAL(CACHE_ROW(PgClass, row)->oid, PG_TYPE_CATALOG);
    syscache_unpin(row);
    CU_ASSERT_PTR_NULL(syscache_pin(CACHE_RELOID, datum_of_u32(4000000000u)));
    cache_rig_commit();
    cache_rig_close(&rig);
}

/* Through the cache each row that a scan of all pages finds is the same to the byte. */
static unsigned compare_cache(CacheId id)
{
    const CacheShape *shape = cache_shape(id);
    const TupleDesc *desc = syscache_desc(id);
    CatalogScan *scan = catalog_scan_begin(shape->catalog->oid, 0, 0, NULL);
    const HeapTuple *tuple;
    unsigned count = 0;

    while ((tuple = catalog_scan_next(scan)) != NULL) {
        Datum keys[CATALOG_KEYS_MAX] = {0};
        const HeapTuple *row;

        for (unsigned i = 0; i < shape->key_count; i++) {
            bool is_null;

            keys[i] = heap_get(tuple, shape->keys[i].column, desc, &is_null);
        }
        if ((((const HeapTupleHeader *)tuple->bytes)->infomask & HEAP_HAS_EXTERNAL) != 0)
            continue;
        row = syscache_pin_keys(id, keys);
        CU_ASSERT_PTR_NOT_NULL_FATAL(row);
        if (row->len != tuple->len || memcmp(row->bytes, tuple->bytes, row->len) != 0)
            CU_FAIL("another row");
        syscache_unpin(row);
        count++;
    }
    catalog_scan_end(scan);
    return count;
}

static void all_rows_of_all_caches_are_those_of_the_pages(void)
{
    unsigned count = 0;

    cache_rig_open(&rig);
    cache_rig_begin();
    for (CacheId id = 0; id < CACHE_COUNT; id++)
        count += compare_cache(id);
    CU_ASSERT_TRUE(count > 17000);
    cache_rig_commit();
    cache_rig_close(&rig);
}

UNIT_SUITE(syscache)
{
    UNIT_TEST(a_row_is_found_by_its_key);
    UNIT_TEST(all_rows_of_all_caches_are_those_of_the_pages);
}

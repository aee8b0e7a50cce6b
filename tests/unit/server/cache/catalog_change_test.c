/* catalog_change_test.c - rows of catalogs are made, changed and deleted, and all caches know */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/catalog_change.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/varlena.h"
#include "server/txn/txn.h"
#include "tests/lib/cache_rig.h"
#include "tests/lib/child.h"
#include "tests/unit/unit.h"

static CacheRig rig;

static void insert_schema(Oid oid, const char *name)
{
    CatalogChange *change = catalog_change_begin(PG_NAMESPACE_CATALOG);
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set_u32(&row, PG_NAMESPACE_COL_OID, oid);
    catalog_set_name(&row, PG_NAMESPACE_COL_NSPNAME, name);
    catalog_set_u32(&row, PG_NAMESPACE_COL_NSPOWNER, ROLE_SUPERUSER);
    catalog_insert(change, &row);
    catalog_change_end(change);
}

static Oid schema_called(const char *name)
{
    const HeapTuple *row = syscache_peek(CACHE_NAMESPACENAME, datum_of_pointer(name));

    return row != NULL ? CACHE_ROW(PgNamespace, row)->oid : 0;
}

static void rename_schema(Oid oid, const char *name)
{
    CatalogChange *change = catalog_change_begin(PG_NAMESPACE_CATALOG);
    const HeapTuple *old = syscache_pin(CACHE_NAMESPACEOID, datum_of_u32(oid));
    CatalogRow row;

    CU_ASSERT_PTR_NOT_NULL_FATAL(old);
    catalog_row_init(&row);
    catalog_set_name(&row, PG_NAMESPACE_COL_NSPNAME, name);
    catalog_update(change, old, &row);
    syscache_unpin(old);
    catalog_change_end(change);
}

static void delete_schema(Oid oid)
{
    CatalogChange *change = catalog_change_begin(PG_NAMESPACE_CATALOG);
    const HeapTuple *old = syscache_pin(CACHE_NAMESPACEOID, datum_of_u32(oid));

    CU_ASSERT_PTR_NOT_NULL_FATAL(old);
    catalog_delete(change, old);
    syscache_unpin(old);
    catalog_change_end(change);
}

static void what_is_inserted_is_seen_by_the_next_command(void)
{
    cache_rig_open(&rig);
    cache_rig_begin();
    CU_ASSERT_EQUAL(schema_called("s"), 0);
    insert_schema(20000, "s");
    CU_ASSERT_EQUAL(schema_called("s"), 0);
    txn_advance_command();
    CU_ASSERT_EQUAL(schema_called("s"), 20000);
    cache_rig_commit();
    cache_rig_begin();
    CU_ASSERT_EQUAL(schema_called("s"), 20000);
    rename_schema(20000, "t");
    txn_advance_command();
    CU_ASSERT_EQUAL(schema_called("s"), 0);
    CU_ASSERT_EQUAL(schema_called("t"), 20000);
    delete_schema(20000);
    txn_advance_command();
    CU_ASSERT_EQUAL(schema_called("t"), 0);
    cache_rig_commit();
    cache_rig_close(&rig);
}

static void what_is_rolled_back_was_never_there(void)
{
    cache_rig_open(&rig);
    cache_rig_begin();
    insert_schema(20000, "s");
    txn_advance_command();
    CU_ASSERT_EQUAL(schema_called("s"), 20000);
    cache_rig_abort();
    cache_rig_begin();
    CU_ASSERT_EQUAL(schema_called("s"), 0);
    cache_rig_commit();
    cache_rig_close(&rig);
}

static void insert_twice(void)
{
    insert_schema(20001, "s");
}

static void a_name_that_is_taken_is_refused(void)
{
    cache_rig_open(&rig);
    cache_rig_begin();
    insert_schema(20000, "s");
    ERR_TRY() {
        insert_twice();
        CU_FAIL("nothing was raised");
    }
    ERR_CATCH() {
        CU_ASSERT_EQUAL(err_caught()->sqlstate, SQLSTATE_UNIQUE_VIOLATION);
        CU_ASSERT_STRING_EQUAL(
            err_caught()->message,
            "duplicate key value violates unique constraint \"pg_namespace_nspname_index\"");
        CU_ASSERT_STRING_EQUAL(err_caught()->detail, "Key (nspname)=(s) already exists.");
    }
    ERR_END();
    cache_rig_abort();
    cache_rig_close(&rig);
}

static void a_change_in_place_stays_when_rolled_back(void)
{
    CatalogChange *change;
    const HeapTuple *old;
    CatalogRow row;

    cache_rig_open(&rig);
    cache_rig_begin();
    change = catalog_change_begin(PG_CLASS_CATALOG);
    old = syscache_pin(CACHE_RELOID, datum_of_u32(PG_CLASS_CATALOG));
    catalog_row_init(&row);
    catalog_set_i32(&row, PG_CLASS_COL_RELPAGES, 4711);
    catalog_overwrite(change, old, &row);
    syscache_unpin(old);
    catalog_change_end(change);
    cache_rig_abort();
    cache_rig_begin();
    old = syscache_peek(CACHE_RELOID, datum_of_u32(PG_CLASS_CATALOG));
    CU_ASSERT_EQUAL(CACHE_ROW(PgClass, old)->relpages, 4711);
    cache_rig_commit();
    cache_rig_close(&rig);
}

static void many_rows_have_their_entries(void)
{
    CatalogChange *change;
    CatalogRow rows[40];

    cache_rig_open(&rig);
    cache_rig_begin();
    change = catalog_change_begin(PG_NAMESPACE_CATALOG);
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
        catalog_row_init(&rows[i]);
        catalog_set_u32(&rows[i], PG_NAMESPACE_COL_OID, 20000 + i);
        catalog_set_name(&rows[i], PG_NAMESPACE_COL_NSPNAME, mem_printf("s%u", i));
        catalog_set_u32(&rows[i], PG_NAMESPACE_COL_NSPOWNER, ROLE_SUPERUSER);
    }
    catalog_insert_many(change, rows, ARRAY_LEN(rows));
    catalog_change_end(change);
    txn_advance_command();
    for (unsigned i = 0; i < ARRAY_LEN(rows); i++)
        CU_ASSERT_EQUAL(schema_called(mem_printf("s%u", i)), 20000 + i);
    cache_rig_commit();
    cache_rig_close(&rig);
}

/* A default of a table: pg_attrdef has a toast table. */
static void insert_default(Oid oid, const char *text)
{
    CatalogChange *change = catalog_change_begin(PG_ATTRDEF_CATALOG);
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set_u32(&row, PG_ATTRDEF_COL_OID, oid);
    catalog_set_u32(&row, PG_ATTRDEF_COL_ADRELID, oid);
    catalog_set_i16(&row, PG_ATTRDEF_COL_ADNUM, 1);
    catalog_set_text(&row, PG_ATTRDEF_COL_ADBIN, text);
    catalog_insert(change, &row);
    catalog_change_end(change);
}

static size_t count_rows(Oid catalog)
{
    CatalogScan *scan = catalog_scan_begin(catalog, 0, 0, NULL);
    size_t count = 0;

    while (catalog_scan_next(scan) != NULL)
        count++;
    catalog_scan_end(scan);
    return count;
}

/* Text that does not get much shorter. */
static char *long_text(size_t len)
{
    char *text = mem_alloc(len + 1);
    uint32_t seed = 1;

    for (size_t i = 0; i < len; i++) {
        seed = seed * 1103515245 + 12345;
        text[i] = (char)('!' + (seed >> 16) % 90);
    }
    return text;
}

static void require(bool is_so)
{
    if (!is_so)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "a long value is not as it should be");
}

/* In a child: the module of toast tables keeps memory as long as the process. */
static void store_long_value(void *arg UNUSED)
{
    const CatalogKey key = {.column = PG_ATTRDEF_COL_OID, .value = datum_of_u32(30000)};
    char *text = long_text(20000);
    CatalogChange *change;
    CatalogScan *scan;
    const HeapTuple *row;
    const uint8_t *value;
    bool is_null;

    cache_rig_open(&rig);
    cache_rig_begin();
    insert_default(30000, text);
    txn_advance_command();
    require(count_rows(PG_ATTRDEF_TOAST) >= 10);
    change = catalog_change_begin(PG_ATTRDEF_CATALOG);
    scan = catalog_scan_begin(PG_ATTRDEF_CATALOG, PG_ATTRDEF_OID_INDEX, 1, &key);
    row = catalog_scan_next(scan);
    require(row != NULL && row->len < 2032);
    value = varlena_plain(
        datum_varlena(heap_get(row, PG_ATTRDEF_COL_ADBIN, catalog_scan_desc(scan), &is_null)));
    require(varlena_len(value) == 20000 && memcmp(varlena_bytes(value), text, 20000) == 0);
    catalog_delete(change, row);
    catalog_scan_end(scan);
    catalog_change_end(change);
    txn_advance_command();
    require(count_rows(PG_ATTRDEF_TOAST) == 0);
    cache_rig_commit();
    cache_rig_close(&rig);
}

static void long_values_are_out_of_line(void)
{
    ChildEnd end = child_run(store_long_value, NULL);

    CU_ASSERT_EQUAL(end.exit_code, 0);
    CU_ASSERT_STRING_EQUAL(end.err, "");
}

static void new_numbers_are_free(void)
{
    Oid first;

    cache_rig_open(&rig);
    cache_rig_begin();
    first = catalog_new_oid(PG_NAMESPACE_CATALOG, PG_NAMESPACE_OID_INDEX, PG_NAMESPACE_COL_OID);
    insert_schema(first + 1, "s");
    CU_ASSERT_EQUAL(
        catalog_new_oid(PG_NAMESPACE_CATALOG, PG_NAMESPACE_OID_INDEX, PG_NAMESPACE_COL_OID),
        first + 2);
    cache_rig_commit();
    cache_rig_close(&rig);
}

static void relations_are_opened_by_kind(void)
{
    Relation *rel;

    cache_rig_open(&rig);
    cache_rig_begin();
    rel = table_open(PG_CLASS_CATALOG, LOCK_ACCESS_SHARE);
    relation_close(rel, LOCK_NONE);
    rel = index_open(PG_CLASS_OID_INDEX, LOCK_ACCESS_SHARE);
    relation_close(rel, LOCK_ACCESS_SHARE);
    CU_ASSERT_PTR_NULL(relation_open_if_any(99999, LOCK_ACCESS_SHARE));
    ERR_TRY() {
        table_open(PG_CLASS_OID_INDEX, LOCK_ACCESS_SHARE);
        CU_FAIL("nothing was raised");
    }
    ERR_CATCH() {
        CU_ASSERT_STRING_EQUAL(err_caught()->message, "\"pg_class_oid_index\" is an index");
        CU_ASSERT_PTR_NULL(err_caught()->detail);
    }
    ERR_END();
    cache_rig_abort();
    cache_rig_close(&rig);
}

UNIT_SUITE(catalog_change)
{
    UNIT_TEST(what_is_inserted_is_seen_by_the_next_command);
    UNIT_TEST(what_is_rolled_back_was_never_there);
    UNIT_TEST(a_name_that_is_taken_is_refused);
    UNIT_TEST(a_change_in_place_stays_when_rolled_back);
    UNIT_TEST(many_rows_have_their_entries);
    UNIT_TEST(long_values_are_out_of_line);
    UNIT_TEST(new_numbers_are_free);
    UNIT_TEST(relations_are_opened_by_kind);
}

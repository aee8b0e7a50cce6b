/* relcache_test.c - relations: what catalogs say of them, pins, and what stays when they change */
#include "common/base/base.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/mem/mem.h"
#include "server/cache/cache.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/inval.h"
#include "server/cache/relcache.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "tests/lib/cache_rig.h"
#include "tests/unit/unit.h"

static CacheRig rig;

static void all_relations(Array *oids)
{
    CatalogScan *scan = catalog_scan_begin(PG_CLASS_CATALOG, 0, 0, NULL);
    const HeapTuple *tuple;

    array_init(oids, sizeof(Oid));
    while ((tuple = catalog_scan_next(scan)) != NULL) {
        Oid *oid = array_push(oids);

        *oid = CACHE_ROW(PgClass, tuple)->oid;
    }
    catalog_scan_end(scan);
}

static bool column_is(const Column *column, const PgAttribute *row)
{
    return strcmp(column->name, row->attname) == 0 && column->type == row->atttypid &&
           column->len == row->attlen && column->by_value == row->attbyval &&
           column->align == row->attalign && column->storage == row->attstorage &&
           column->not_null == row->attnotnull && column->collation == row->attcollation &&
           column->type_mod == row->atttypmod && column->number == row->attnum &&
           column->is_dropped == row->attisdropped && column->dimensions == row->attndims;
}

/* What is compiled in, or was read, is what pg_attribute says. */
static void check_columns(const Relation *rel)
{
    for (unsigned i = 0; i < rel->desc->count; i++) {
        const HeapTuple *row =
            syscache_pin2(CACHE_ATTNUM, datum_of_u32(rel->oid), datum_of_i16((int16_t)(i + 1)));

        CU_ASSERT_PTR_NOT_NULL_FATAL(row);
        CU_ASSERT_TRUE(column_is(&rel->desc->columns[i], CACHE_ROW(PgAttribute, row)));
        syscache_unpin(row);
    }
}

static void check_index(const Relation *rel)
{
    const HeapTuple *row = syscache_pin(CACHE_INDEXRELID, datum_of_u32(rel->oid));
    const PgIndex *index;
    const uint8_t *columns;

    CU_ASSERT_PTR_NOT_NULL_FATAL(row);
    index = CACHE_ROW(PgIndex, row);
    CU_ASSERT_EQUAL(rel->index->table, index->indrelid);
    CU_ASSERT_EQUAL(rel->index->key_count, index->indnkeyatts);
    CU_ASSERT_EQUAL(rel->index->row->indisunique, index->indisunique);
    CU_ASSERT_EQUAL(rel->index->row->indisprimary, index->indisprimary);
    columns = datum_varlena(syscache_get_set(CACHE_INDEXRELID, row, PG_INDEX_COL_INDKEY));
    CU_ASSERT_EQUAL(memcmp(columns + 24, rel->index->columns, (size_t)index->indnatts * 2), 0);
    columns = datum_varlena(syscache_get_set(CACHE_INDEXRELID, row, PG_INDEX_COL_INDCLASS));
    CU_ASSERT_EQUAL(memcmp(columns + 24, rel->index->op_classes, (size_t)index->indnatts * 4), 0);
    columns = datum_varlena(syscache_get_set(CACHE_INDEXRELID, row, PG_INDEX_COL_INDCOLLATION));
    CU_ASSERT_EQUAL(memcmp(columns + 24, rel->index->collations, (size_t)index->indnatts * 4), 0);
    syscache_unpin(row);
}

static void relations_are_what_their_rows_say(void)
{
    Array oids;

    cache_rig_open(&rig);
    cache_rig_begin();
    all_relations(&oids);
    array_foreach(Oid, oid, &oids) {
        Relation *rel = relation_pin_existing(*oid);

        CU_ASSERT_EQUAL(rel->row->oid, *oid);
        CU_ASSERT_EQUAL(rel->row->relnatts, rel->desc->count);
        CU_ASSERT_EQUAL(rel->kind, rel->row->relkind);
        CU_ASSERT_TRUE(rel->is_row_real);
        check_columns(rel);
        if (rel->index != NULL)
            check_index(rel);
        relation_unpin(rel);
    }
    cache_rig_commit();
    cache_rig_close(&rig);
}

static void a_table_knows_its_indexes(void)
{
    Relation *rel;
    const RelationIndexes *indexes;
    const RelationColumns *columns;

    cache_rig_open(&rig);
    cache_rig_begin();
    rel = relation_pin_existing(PG_CLASS_CATALOG);
    indexes = relation_indexes(rel);
    CU_ASSERT_EQUAL(indexes->count, 3);
    CU_ASSERT_EQUAL(indexes->oids[0], PG_CLASS_OID_INDEX);
    CU_ASSERT_EQUAL(indexes->oids[2], PG_CLASS_TBLSPC_RELFILENODE_INDEX);
    CU_ASSERT_EQUAL(indexes->primary, PG_CLASS_OID_INDEX);
    CU_ASSERT_EQUAL(indexes->replica_identity, 0);
    columns = relation_columns(rel);
    CU_ASSERT_TRUE(column_set_has(columns->hot, PG_CLASS_COL_RELNAME));
    CU_ASSERT_TRUE(column_set_has(columns->hot, PG_CLASS_COL_RELFILENODE));
    CU_ASSERT_FALSE(column_set_has(columns->hot, PG_CLASS_COL_RELPAGES));
    CU_ASSERT_TRUE(column_set_has(columns->keys, PG_CLASS_COL_OID));
    CU_ASSERT_FALSE(column_set_has(columns->keys, PG_CLASS_COL_RELTABLESPACE));
    CU_ASSERT_TRUE(column_set_has(columns->primary, PG_CLASS_COL_OID));
    CU_ASSERT_FALSE(column_set_has(columns->primary, PG_CLASS_COL_RELNAME));
    relation_unpin(rel);
    cache_rig_commit();
    cache_rig_close(&rig);
}

/* As when the ring has overtaken this process. */
static void a_reset_leaves_what_is_pinned_where_it_is(void)
{
    Relation *rel, *other;
    const PgClass *row;

    cache_rig_open(&rig);
    cache_rig_begin();
    rel = relation_pin_existing(PG_AMOP_CATALOG);
    other = relation_pin_existing(PG_CLASS_CATALOG);
    row = rel->row;
    inval_reset_all();
    CU_ASSERT_TRUE(rel->is_valid);
    CU_ASSERT_PTR_NOT_EQUAL(rel->row, row);
    CU_ASSERT_STRING_EQUAL(row->relname, "pg_amop");
    CU_ASSERT_STRING_EQUAL(rel->name, "pg_amop");
    CU_ASSERT_TRUE(other->is_valid && other->is_row_real);
    CU_ASSERT_PTR_EQUAL(relation_pin_existing(PG_AMOP_CATALOG), rel);
    relation_unpin(rel);
    relation_unpin(rel);
    relation_unpin(other);
    cache_rig_commit();
    cache_rig_close(&rig);
}

static void what_is_not_there_is_not_opened(void)
{
    cache_rig_open(&rig);
    cache_rig_begin();
    CU_ASSERT_PTR_NULL(relation_pin(70000));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INTERNAL_ERROR, "could not open relation with OID 70000",
                               relation_pin_existing(70000));
    cache_rig_commit();
    cache_rig_close(&rig);
}

UNIT_SUITE(relcache)
{
    UNIT_TEST(relations_are_what_their_rows_say);
    UNIT_TEST(a_table_knows_its_indexes);
    UNIT_TEST(a_reset_leaves_what_is_pinned_where_it_is);
    UNIT_TEST(what_is_not_there_is_not_opened);
}

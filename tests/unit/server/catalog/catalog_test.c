/* catalog_test.c - the tables of catalogs hold together, and say what PostgreSQL says */
#include "common/base/base.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem/mem.h"
#include "server/catalog/catalog.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "tests/unit/unit.h"

static int compare_oids(const void *a, const void *b)
{
    Oid x = *(const Oid *)a, y = *(const Oid *)b;

    return (x > y) - (x < y);
}

static void all_catalogs_are_there_by_name(void)
{
    CU_ASSERT_EQUAL(catalog_count(), 64);
    for (size_t i = 1; i < catalog_count(); i++)
        CU_ASSERT_TRUE(strcmp(catalog_at(i - 1)->name, catalog_at(i)->name) < 0);
    CU_ASSERT_STRING_EQUAL(catalog_find(PG_CLASS_CATALOG)->name, "pg_class");
    CU_ASSERT_PTR_NULL(catalog_find(16384));
}

/* Tables, indexes and toast tables share one space of numbers. */
static void no_number_is_given_twice(void)
{
    Oid *oids = mem_new_array(Oid, 1000);
    size_t count = 0;

    for (size_t i = 0; i < catalog_count(); i++) {
        const Catalog *catalog = catalog_at(i);

        oids[count++] = catalog->oid;
        if (catalog->toast != 0) {
            oids[count++] = catalog->toast;
            oids[count++] = catalog->toast_index;
        }
        for (unsigned k = 0; k < catalog->index_count; k++)
            oids[count++] = catalog->indexes[k].oid;
    }
    qsort(oids, count, sizeof *oids, compare_oids);
    for (size_t i = 1; i < count; i++)
        CU_ASSERT_NOT_EQUAL(oids[i - 1], oids[i]);
}

static void indexes_lead_to_their_catalog(void)
{
    const Catalog *of = NULL;
    const CatalogIndex *index = catalog_find_index(PG_CLASS_RELNAME_NSP_INDEX, &of);

    CU_ASSERT_PTR_NOT_NULL_FATAL(index);
    CU_ASSERT_EQUAL(of->oid, PG_CLASS_CATALOG);
    CU_ASSERT_EQUAL(index->key_count, 2);
    CU_ASSERT_EQUAL(index->keys[0], PG_CLASS_COL_RELNAME);
    CU_ASSERT_EQUAL(index->keys[1], PG_CLASS_COL_RELNAMESPACE);
    CU_ASSERT_TRUE(index->is_unique);
    CU_ASSERT_FALSE(index->is_primary);
    CU_ASSERT_PTR_NULL(catalog_find_index(PG_CLASS_CATALOG, NULL));
}

static void shared_are_catalogs_with_all_that_is_theirs(void)
{
    CU_ASSERT_TRUE(catalog_is_shared(PG_AUTHID_CATALOG));
    CU_ASSERT_TRUE(catalog_is_shared(PG_AUTHID_ROLNAME_INDEX));
    CU_ASSERT_TRUE(catalog_is_shared(PG_AUTHID_TOAST));
    CU_ASSERT_TRUE(catalog_is_shared(PG_AUTHID_TOAST_INDEX));
    CU_ASSERT_FALSE(catalog_is_shared(PG_CLASS_CATALOG));
    CU_ASSERT_FALSE(catalog_is_shared(PG_CLASS_OID_INDEX));
    CU_ASSERT_FALSE(catalog_is_shared(0));
}

static void every_cache_has_a_unique_index(void)
{
    for (unsigned id = 0; id < CACHE_COUNT; id++) {
        const CatalogIndex *index = catalog_find_index(catalog_cache_index((CacheId)id), NULL);

        CU_ASSERT_PTR_NOT_NULL_FATAL(index);
        CU_ASSERT_TRUE(index->is_unique);
    }
    CU_ASSERT_EQUAL(catalog_cache_index(CACHE_RELOID), PG_CLASS_OID_INDEX);
    CU_ASSERT_EQUAL(catalog_cache_index(CACHE_USERMAPPINGUSERSERVER),
                    PG_USER_MAPPING_USER_SERVER_INDEX);
}

/* Where a column of fixed length lies in a row, by lengths and alignments. */
static size_t offset_of(const Catalog *catalog, unsigned number)
{
    size_t at = 0;

    for (unsigned i = 0; i < number; i++) {
        const CatalogColumn *column = &catalog->columns[i];
        size_t align = column->align == 'c'   ? 1
                       : column->align == 's' ? 2
                       : column->align == 'i' ? 4
                                              : 8;

        at = size_align_up(at, align);
        if (i + 1 < number)
            at += (size_t)column->len;
    }
    return at;
}

#define SAME_PLACE(type, catalog, field, number) \
 CU_ASSERT_EQUAL(offsetof(type, field), offset_of(catalog_find(catalog), number))

static void structs_lie_as_rows_do(void)
{
    SAME_PLACE(PgClass, PG_CLASS_CATALOG, relnatts, PG_CLASS_COL_RELNATTS);
    SAME_PLACE(PgClass, PG_CLASS_CATALOG, relminmxid, PG_CLASS_COL_RELMINMXID);
    SAME_PLACE(PgAttribute, PG_ATTRIBUTE_CATALOG, attcollation, PG_ATTRIBUTE_COL_ATTCOLLATION);
    SAME_PLACE(PgProc, PG_PROC_CATALOG, prorettype, PG_PROC_COL_PRORETTYPE);
    SAME_PLACE(PgType, PG_TYPE_CATALOG, typcollation, PG_TYPE_COL_TYPCOLLATION);
    SAME_PLACE(PgIndex, PG_INDEX_CATALOG, indisreplident, PG_INDEX_COL_INDISREPLIDENT);
    SAME_PLACE(PgDatabase, PG_DATABASE_CATALOG, dattablespace, PG_DATABASE_COL_DATTABLESPACE);
    SAME_PLACE(PgSequence, PG_SEQUENCE_CATALOG, seqcycle, PG_SEQUENCE_COL_SEQCYCLE);
    SAME_PLACE(PgSubscription, PG_SUBSCRIPTION_CATALOG, subdisableonerr,
               PG_SUBSCRIPTION_COL_SUBDISABLEONERR);
}

static void descriptors_say_what_columns_are(void)
{
    const Catalog *catalog = catalog_find(PG_CLASS_CATALOG);
    TupleDesc *desc = catalog_tuple_desc(catalog);
    Column *name = &desc->columns[PG_CLASS_COL_RELNAME - 1];
    TupleDesc *keys =
        catalog_index_desc(catalog, catalog_find_index(PG_CLASS_RELNAME_NSP_INDEX, NULL));

    CU_ASSERT_EQUAL(desc->count, PG_CLASS_COLUMN_COUNT);
    CU_ASSERT_EQUAL(desc->row_type, PG_CLASS_ROW_TYPE);
    CU_ASSERT_STRING_EQUAL(name->name, "relname");
    CU_ASSERT_EQUAL(name->type, TYPE_NAME);
    CU_ASSERT_EQUAL(name->len, 64);
    CU_ASSERT_TRUE(name->not_null);
    CU_ASSERT_EQUAL(name->collation, COLLATION_C);
    CU_ASSERT_EQUAL(desc->columns[PG_CLASS_COL_RELACL - 1].dimensions, 1);

    /* An index keeps names as C strings. */
    CU_ASSERT_EQUAL(keys->count, 2);
    CU_ASSERT_EQUAL(keys->columns[0].type, TYPE_CSTRING);
    CU_ASSERT_EQUAL(keys->columns[0].len, -2);
    CU_ASSERT_EQUAL(keys->columns[1].type, TYPE_OID);
}

UNIT_SUITE(catalog)
{
    UNIT_TEST(all_catalogs_are_there_by_name);
    UNIT_TEST(no_number_is_given_twice);
    UNIT_TEST(indexes_lead_to_their_catalog);
    UNIT_TEST(shared_are_catalogs_with_all_that_is_theirs);
    UNIT_TEST(every_cache_has_a_unique_index);
    UNIT_TEST(structs_lie_as_rows_do);
    UNIT_TEST(descriptors_say_what_columns_are);
}

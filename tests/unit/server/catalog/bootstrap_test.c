/* bootstrap_test.c - the files of a new cluster: whole pages, what names and copies they hold */
#include "common/base/base.h"

#include <string.h>

#include "common/format/btree_page.h"
#include "common/format/checksum.h"
#include "common/format/heap_tuple.h"
#include "common/format/page.h"
#include "common/format/relmap.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "server/access/common/heap_form.h"
#include "server/catalog/bootstrap.h"
#include "server/catalog/catalog.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/varlena.h"
#include "tests/unit/unit.h"

#define FILE_MAX MIB(4)

static const BootstrapOptions options = {.superuser = "owner",
                                         .password = "SCRAM-SHA-256$4096:salt$stored:server",
                                         .encoding = 6,
                                         .locale_provider = 'i',
                                         .collate = "C",
                                         .ctype = "C.UTF-8",
                                         .icu_locale = "de",
                                         .collation_version = "153.120",
                                         .has_checksums = true,
                                         .no_sync = true};

static uint8_t *read_file(const char *dir, const char *name, size_t *len)
{
    return (uint8_t *)os_file_read_all(mem_printf("%s/%s", dir, name), FILE_MAX, len);
}

/* The rows of a catalog's file that holds a page or two; returns how many. */
static size_t read_rows(const char *dir, const char *name, HeapTuple *tuples, size_t max)
{
    size_t len, count = 0;
    uint8_t *bytes = read_file(dir, name, &len);

    for (size_t at = 0; at < len; at += BLOCK_SIZE) {
        for (OffsetNo n = 1; n <= page_item_count(bytes + at) && count < max; n++) {
            size_t size;

            tuples[count].bytes = page_get_item_rw(bytes + at, n, &size);
            tuples[count++].len = (uint32_t)size;
        }
    }
    return count;
}

static bool text_is(const HeapTuple *tuple, Oid catalog, int column, const char *text)
{
    bool is_null;
    Datum value = heap_get(tuple, column, catalog_tuple_desc(catalog_find(catalog)), &is_null);
    const uint8_t *v = datum_varlena(value);

    if (text == NULL || is_null)
        return text == NULL && is_null;
    return varlena_len(v) == strlen(text) && memcmp(varlena_bytes(v), text, strlen(text)) == 0;
}

static const char *make(void)
{
    const char *dir = mem_printf("%s/data", unit_temp_dir());

    os_dir_make(dir);
    bootstrap_write(dir, &options);
    bootstrap_copy_template(dir, &options);
    return dir;
}

static void files_are_whole_pages_with_checksums(const char *dir, const char *folder)
{
    Array names;

    os_dir_list(mem_printf("%s/%s", dir, folder), &names);
    array_foreach(char *, name, &names) {
        size_t len;
        uint8_t *bytes;

        if ((*name)[0] == 'P' || (*name)[0] == 'p')
            continue;
        bytes = read_file(mem_printf("%s/%s", dir, folder), *name, &len);
        CU_ASSERT_EQUAL(len % BLOCK_SIZE, 0);
        for (size_t at = 0; at < len; at += BLOCK_SIZE) {
            CU_ASSERT_TRUE(page_header_is_sane(bytes + at));
            CU_ASSERT_TRUE(checksum_page_is_valid(bytes + at, (BlockNo)(at / BLOCK_SIZE)));
        }
    }
}

static void maps_list_what_is_mapped(const char *dir)
{
    RelMap map;
    size_t len;
    uint8_t *bytes = read_file(dir, "global/pg_filenode.map", &len);

    relmap_parse(bytes, len, "global", &map);
    CU_ASSERT_EQUAL(map.count, 48);
    CU_ASSERT_EQUAL(relmap_find(&map, PG_AUTHID_ROLNAME_INDEX), PG_AUTHID_ROLNAME_INDEX);
    bytes = read_file(dir, "base/4/pg_filenode.map", &len);
    relmap_parse(bytes, len, "base/4", &map);
    CU_ASSERT_EQUAL(map.count, 17);
    CU_ASSERT_EQUAL(relmap_find(&map, PG_PROC_TOAST_INDEX), PG_PROC_TOAST_INDEX);
    CU_ASSERT_STRING_EQUAL(read_file(dir, "base/5/PG_VERSION", &len), "15\n");
}

static void roles_hold_the_superuser(const char *dir)
{
    HeapTuple tuples[20];
    size_t count = read_rows(dir, "global/1260", tuples, ARRAY_LEN(tuples));
    const HeapTupleHeader *header = (const HeapTupleHeader *)tuples[0].bytes;
    const PgAuthid *role = (const PgAuthid *)(tuples[0].bytes + header->hoff);

    CU_ASSERT_EQUAL(count, 13);
    CU_ASSERT_EQUAL(role->oid, ROLE_SUPERUSER);
    CU_ASSERT_STRING_EQUAL(role->rolname, "owner");
    CU_ASSERT_TRUE(role->rolsuper);
    CU_ASSERT_TRUE(
        text_is(&tuples[0], PG_AUTHID_CATALOG, PG_AUTHID_COL_ROLPASSWORD, options.password));
    CU_ASSERT_TRUE(text_is(&tuples[1], PG_AUTHID_CATALOG, PG_AUTHID_COL_ROLPASSWORD, NULL));
    CU_ASSERT_EQUAL(header->xmin, 1);
    CU_ASSERT_EQUAL(header->infomask & 0x0FF0, HEAP_XMIN_FROZEN | HEAP_XMAX_INVALID);
    CU_ASSERT_EQUAL(header->ctid.offset, 1);
}

static void databases_have_the_locale(const char *dir)
{
    HeapTuple tuples[4];

    CU_ASSERT_EQUAL(read_rows(dir, "global/1262", tuples, ARRAY_LEN(tuples)), 3);
    for (unsigned i = 0; i < 3; i++) {
        const HeapTupleHeader *header = (const HeapTupleHeader *)tuples[i].bytes;
        const PgDatabase *database = (const PgDatabase *)(tuples[i].bytes + header->hoff);
        bool is_template0 = database->oid == DATABASE_TEMPLATE0;

        CU_ASSERT_EQUAL(database->encoding, 6);
        CU_ASSERT_EQUAL(database->datlocprovider, 'i');
        CU_ASSERT_EQUAL(database->datfrozenxid, 3);
        CU_ASSERT_EQUAL(database->datallowconn, !is_template0);
        CU_ASSERT_TRUE(
            text_is(&tuples[i], PG_DATABASE_CATALOG, PG_DATABASE_COL_DATCTYPE, "C.UTF-8"));
        CU_ASSERT_TRUE(
            text_is(&tuples[i], PG_DATABASE_CATALOG, PG_DATABASE_COL_DATICULOCALE, "de"));
        CU_ASSERT_TRUE(text_is(&tuples[i], PG_DATABASE_CATALOG, PG_DATABASE_COL_DATCOLLVERSION,
                               is_template0 ? NULL : "153.120"));
    }
}

/* An index without rows has no root; one of a few rows is a leaf. */
static void small_indexes_are_a_leaf(const char *dir)
{
    size_t len;
    uint8_t *bytes = read_file(dir, mem_printf("base/1/%u", PG_TRIGGER_OID_INDEX), &len);
    const BtreeMeta *meta = (const BtreeMeta *)(bytes + PAGE_HEADER_SIZE);

    CU_ASSERT_EQUAL(len, BLOCK_SIZE);
    CU_ASSERT_EQUAL(meta->magic, BTREE_MAGIC);
    CU_ASSERT_EQUAL(meta->root, BTREE_NO_BLOCK);
    bytes = read_file(dir, mem_printf("global/%u", PG_AUTHID_ROLNAME_INDEX), &len);
    meta = (const BtreeMeta *)(bytes + PAGE_HEADER_SIZE);
    CU_ASSERT_EQUAL(len, 2 * BLOCK_SIZE);
    CU_ASSERT_EQUAL(meta->root, 1);
    CU_ASSERT_EQUAL(meta->all_equal_image, 1);
    CU_ASSERT_EQUAL(page_item_count(bytes + BLOCK_SIZE), 13);
}

static void a_new_cluster_has_its_files(void)
{
    const char *dir = make();

    files_are_whole_pages_with_checksums(dir, "global");
    files_are_whole_pages_with_checksums(dir, "base/1");
    maps_list_what_is_mapped(dir);
    roles_hold_the_superuser(dir);
    databases_have_the_locale(dir);
    small_indexes_are_a_leaf(dir);
    UNIT_ASSERT_RAISES(SQLSTATE_DUPLICATE_FILE, bootstrap_write(dir, &options));
}

static void reserved_names_are_refused(void)
{
    BootstrapOptions bad = options;

    bad.superuser = "pg_me";
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_RESERVED_NAME, "superuser name \"pg_me\" is disallowed",
                               bootstrap_write(unit_temp_dir(), &bad));
    bad.superuser = "a_name_of_sixty_four_bytes_is_one_byte_longer_than_a_name_may_be";
    UNIT_ASSERT_RAISES(SQLSTATE_NAME_TOO_LONG, bootstrap_write(unit_temp_dir(), &bad));
}

UNIT_SUITE(bootstrap)
{
    UNIT_TEST(a_new_cluster_has_its_files);
    UNIT_TEST(reserved_names_are_refused);
}

/* pg_version_test.c - versions, PG_VERSION files and tablespace folders. */
#include "common/base/base.h"

#include "common/format/pg_version.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "tests/unit/unit.h"

static const char *dir_with(const char *bytes, size_t len)
{
    os_write_durable(path_join(unit_temp_dir(), "PG_VERSION"), bytes, len);
    return unit_temp_dir();
}

static void the_table_is_sorted_and_unambiguous(void)
{
    for (unsigned major = PG_VERSION_MIN; major <= PG_VERSION_MAX; major++) {
        const PgVersion *version = pg_version_find(major);

        CU_ASSERT_PTR_NOT_NULL_FATAL(version);
        CU_ASSERT_EQUAL(version->major, major);
        CU_ASSERT_PTR_EQUAL(pg_version_find_by_catalog(version->catalog_version), version);
        CU_ASSERT_PTR_EQUAL(pg_version_find_by_wal_magic(version->wal_magic), version);
    }
    CU_ASSERT_PTR_NULL(pg_version_find(12));
    CU_ASSERT_PTR_NULL(pg_version_find(19));
    CU_ASSERT_PTR_NULL(pg_version_find_by_catalog(0));
    CU_ASSERT_PTR_NULL(pg_version_find_by_wal_magic(0));
}

static void a_version_file_is_a_number_and_a_line_end(void)
{
    unsigned major = 0;

    CU_ASSERT_TRUE(pg_version_try_parse("15\n", &major));
    CU_ASSERT_EQUAL(major, 15);
    CU_ASSERT_TRUE(pg_version_try_parse("9", &major));
    CU_ASSERT_FALSE(pg_version_try_parse("", &major));
    CU_ASSERT_FALSE(pg_version_try_parse("9.6\n", &major));
    CU_ASSERT_FALSE(pg_version_try_parse("15\n\n", &major));
    CU_ASSERT_FALSE(pg_version_try_parse(" 15\n", &major));
    CU_ASSERT_FALSE(pg_version_try_parse("015\n", &major));
    CU_ASSERT_FALSE(pg_version_try_parse("-15\n", &major));
    CU_ASSERT_FALSE(pg_version_try_parse("9999999999\n", &major));
    CU_ASSERT_EQUAL(major, 9);
}

static void a_folder_s_version_is_read(void)
{
    CU_ASSERT_EQUAL(pg_version_read(dir_with("17\n", 3)), 17);
}

static void a_folder_without_a_version_is_no_data_directory(void)
{
    const char *dir = unit_temp_dir();

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INVALID_PARAMETER_VALUE,
                               mem_printf("\"%s\" is not a valid data directory", dir),
                               pg_version_read(dir));
    dir_with("15\0\n", 4);
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_PARAMETER_VALUE, pg_version_read(dir));
    dir_with("fifteen\n", 8);
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_PARAMETER_VALUE, pg_version_read(dir));
}

static void tablespace_folders_name_version_and_catalog(void)
{
    uint32_t catalog;
    unsigned major;

    CU_ASSERT_STRING_EQUAL(pg_version_tablespace_folder(pg_version_find(15)), "PG_15_202209061");
    CU_ASSERT_TRUE(pg_version_try_parse_tablespace_folder("PG_15_202209061", &major, &catalog));
    CU_ASSERT_EQUAL(major, 15);
    CU_ASSERT_EQUAL(catalog, 202209061);
    CU_ASSERT_FALSE(pg_version_try_parse_tablespace_folder("PG_15", &major, &catalog));
    CU_ASSERT_FALSE(pg_version_try_parse_tablespace_folder("PG_15_", &major, &catalog));
    CU_ASSERT_FALSE(pg_version_try_parse_tablespace_folder("PG_15_202209061x", &major, &catalog));
    CU_ASSERT_FALSE(pg_version_try_parse_tablespace_folder("PG__202209061", &major, &catalog));
    CU_ASSERT_FALSE(pg_version_try_parse_tablespace_folder("pg_15_202209061", &major, &catalog));
}

UNIT_SUITE(pg_version)
{
    UNIT_TEST(the_table_is_sorted_and_unambiguous);
    UNIT_TEST(a_version_file_is_a_number_and_a_line_end);
    UNIT_TEST(a_folder_s_version_is_read);
    UNIT_TEST(a_folder_without_a_version_is_no_data_directory);
    UNIT_TEST(tablespace_folders_name_version_and_catalog);
}

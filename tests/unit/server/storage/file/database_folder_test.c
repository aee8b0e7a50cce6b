/* database_folder_test.c - the folder of a database: written to, copied, on a disk that fails */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "server/storage/file/database_folder.h"
#include "server/storage/file/vfd.h"
#include "tests/unit/unit.h"

#define TEMP VFD_TEMP_PREFIX ".map"

static char *place(const char *name)
{
    return path_join(unit_temp_dir(), name);
}

static void assert_content(const char *path, const char *expected)
{
    size_t len;
    char *content = os_file_read_all(path, KIB(1), &len);

    CU_ASSERT_STRING_EQUAL(content, expected);
}

static void a_file_is_written_whole_and_nothing_else_stays(void)
{
    const char *folder = place("5");

    os_dir_make(folder);
    /* Longer than what is written: of a process that was killed. */
    os_write_durable(path_join(folder, TEMP), "left by a crash", 15);
    database_folder_write(folder, "map", "old", 3);
    assert_content(path_join(folder, "map"), "old");
    database_folder_write(folder, "map", "newer", 5);
    assert_content(path_join(folder, "map"), "newer");
    CU_ASSERT_FALSE(os_exists(path_join(folder, TEMP)));
}

static void a_file_that_cannot_be_written_leaves_the_old_one(void)
{
    const char *folder = place("6");

    os_dir_make(folder);
    database_folder_write(folder, "map", "old", 3);
    os_dir_make(path_join(folder, TEMP));
    UNIT_ASSERT_RAISES(SQLSTATE_WRONG_OBJECT_TYPE, database_folder_write(folder, "map", "new", 3));
    assert_content(path_join(folder, "map"), "old");
}

static void a_copy_has_the_files_but_temporary_ones(void)
{
    const char *from = place("7"), *to = place("8");
    Array names;

    os_dir_make(from);
    database_folder_write_version(from);
    database_folder_write(from, "1249", "rows", 4);
    os_write_durable(path_join(from, TEMP), "x", 1);
    os_dir_make(path_join(from, "folder"));
    database_folder_copy(from, to);
    os_dir_list(to, &names);
    CU_ASSERT_EQUAL(names.count, 2);
    assert_content(path_join(to, "PG_VERSION"), "15\n");
    assert_content(path_join(to, "1249"), "rows");
    UNIT_ASSERT_RAISES(SQLSTATE_DUPLICATE_FILE, database_folder_copy(from, to));
}

static void paths_are_those_of_tablespaces(void)
{
    CU_ASSERT_STRING_EQUAL(database_folder_path(5, 1663), "base/5");
    CU_ASSERT_STRING_EQUAL(database_folder_path(0, 1664), "global");
    CU_ASSERT_STRING_EQUAL(database_folder_path(5, 16400), "pg_tblspc/16400/PG_15_202209061/5");
}

UNIT_SUITE(database_folder)
{
    UNIT_TEST(a_file_is_written_whole_and_nothing_else_stays);
    UNIT_TEST(a_file_that_cannot_be_written_leaves_the_old_one);
    UNIT_TEST(a_copy_has_the_files_but_temporary_ones);
    UNIT_TEST(paths_are_those_of_tablespaces);
}

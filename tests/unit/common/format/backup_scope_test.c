/* backup_scope_test.c - what goes into a base backup. */
#include "common/base/base.h"

#include "common/format/backup_scope.h"
#include "tests/unit/unit.h"

static void the_rows_are_sorted(void)
{
    static const char *const names[] = {
#define ROW(name, match, scope) name,
#include "common/format/backup_scope.def"
#undef ROW
    };

    for (size_t i = 1; i < ARRAY_LEN(names); i++)
        CU_ASSERT_TRUE(strcmp(names[i - 1], names[i]) < 0);
}

/* Seen on 15.20: all but pg_wal are known by their name alone, wherever they are. */
static void some_folders_are_emptied(void)
{
    CU_ASSERT_EQUAL(backup_scope_of("base/pg_subtrans", true), BACKUP_SCOPE_EMPTY);
    CU_ASSERT_EQUAL(backup_scope_of("pg_subtrans", false), BACKUP_SCOPE_TAKE);
    CU_ASSERT_EQUAL(backup_scope_of("pg_subtrans2", true), BACKUP_SCOPE_TAKE);
    CU_ASSERT_EQUAL(backup_scope_of("pg_wal", true), BACKUP_SCOPE_EMPTY);
    CU_ASSERT_EQUAL(backup_scope_of("pg_replslot", true), BACKUP_SCOPE_EMPTY);
    CU_ASSERT_EQUAL(backup_scope_of("pg_stat", true), BACKUP_SCOPE_TAKE);
    CU_ASSERT_EQUAL(backup_scope_of("sub/pg_wal", true), BACKUP_SCOPE_TAKE);
    CU_ASSERT_EQUAL(backup_scope_of("pg_wal", false), BACKUP_SCOPE_TAKE);
}

static void files_are_left_out_anywhere(void)
{
    CU_ASSERT_EQUAL(backup_scope_of("postmaster.pid", false), BACKUP_SCOPE_OMIT);
    CU_ASSERT_EQUAL(backup_scope_of("base/5/backup_label", false), BACKUP_SCOPE_OMIT);
    CU_ASSERT_EQUAL(backup_scope_of("backup_label", true), BACKUP_SCOPE_TAKE);
    CU_ASSERT_EQUAL(backup_scope_of("backup_label.old", false), BACKUP_SCOPE_TAKE);
    CU_ASSERT_EQUAL(backup_scope_of("postgresql.auto.conf", false), BACKUP_SCOPE_TAKE);
}

static void names_that_begin_so_are_left_out(void)
{
    CU_ASSERT_EQUAL(backup_scope_of("global/pg_internal.init", false), BACKUP_SCOPE_OMIT);
    CU_ASSERT_EQUAL(backup_scope_of("base/5/pg_internal.init.123", false), BACKUP_SCOPE_OMIT);
    CU_ASSERT_EQUAL(backup_scope_of("base/pgsql_tmp", true), BACKUP_SCOPE_OMIT);
    CU_ASSERT_EQUAL(backup_scope_of("base/5/pgsql_tmp12.0", false), BACKUP_SCOPE_OMIT);
    CU_ASSERT_EQUAL(backup_scope_of("base/5/xpgsql_tmp", false), BACKUP_SCOPE_TAKE);
}

static void relations_alone_carry_checksums(void)
{
    CU_ASSERT_TRUE(backup_scope_has_checksums("base/5/16388_vm.1"));
    CU_ASSERT_TRUE(backup_scope_has_checksums("global/1262"));
    CU_ASSERT_FALSE(backup_scope_has_checksums("global/pg_control"));
    CU_ASSERT_FALSE(backup_scope_has_checksums("base/5/pg_filenode.map"));
    CU_ASSERT_FALSE(backup_scope_has_checksums("pg_xact/0000"));
}

UNIT_SUITE(backup_scope)
{
    UNIT_TEST(the_rows_are_sorted);
    UNIT_TEST(some_folders_are_emptied);
    UNIT_TEST(files_are_left_out_anywhere);
    UNIT_TEST(names_that_begin_so_are_left_out);
    UNIT_TEST(relations_alone_carry_checksums);
}

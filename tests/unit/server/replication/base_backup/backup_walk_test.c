/* backup_walk_test.c - which files of a cluster a base backup takes, in which order */
#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/format/tablespace_map.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/path.h"
#include "common/text/strbuf.h"
#include "server/recovery/recovery.h"
#include "server/replication/base_backup/walk.h"
#include "tests/unit/unit.h"

static char shared[65536];
static StrBuf visited;
static char *before;
static int warnings;

static void touch(const char *path)
{
    os_file_close(os_file_open(path, OS_WRITE | OS_CREATE));
}

static void enter(void)
{
    char *dir = mem_strdup(unit_temp_dir());

    ASSERT(recovery_shmem_size() <= sizeof shared);
    recovery_shmem_init(shared);
    before = path_absolute(".");
    strbuf_init(&visited);
    os_dir_enter(dir);
    warnings = 0;
}

static void note(void *arg UNUSED, const WalkEntry *entry)
{
    strbuf_add_fmt(&visited, "%s%s%s ", entry->name,
                   entry->kind == OS_KIND_DIR ? "/"
                   : entry->link != NULL      ? "@"
                                              : "",
                   entry->link != NULL ? entry->link : "");
}

static void walk(const Array *spaces, bool has_links)
{
    BackupWalk w = {
        .visit = note, .has_links = has_links, .tablespaces = spaces, .was_standby = true};

    strbuf_clear(&visited);
    walk_cluster(&w);
}

static void count_warning(const ErrReport *report)
{
    warnings++;
    CU_ASSERT_STRING_EQUAL(report->message, "skipping special file \"./a_link\"");
}

/* Of a database's folder; elsewhere the same names are files like any other. */
static void relations_that_do_not_last_stay(void)
{
    static const char *const names[] = {"100",        "100_fsm",  "100.1",     "100_init",
                                        "1000",       "101",      "t3_102",    "foo",
                                        "t3_102_fsm", "100_vm.2", "101_init.1"};
    Array none;

    enter();
    array_init(&none, sizeof(TablespaceMapEntry));
    os_dir_make_all("base/5");
    os_dir_make_all("other/5");
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        touch(path_join("base/5", names[i]));
        touch(path_join("other/5", names[i]));
    }
    walk(&none, true);
    CU_ASSERT_STRING_EQUAL(visited.text,
                           "base/ base/5/ base/5/1000 base/5/100_init base/5/101 "
                           "base/5/101_init.1 base/5/foo other/ other/5/ other/5/100 "
                           "other/5/100.1 other/5/1000 other/5/100_fsm other/5/100_init "
                           "other/5/100_vm.2 other/5/101 other/5/101_init.1 other/5/foo "
                           "other/5/t3_102 other/5/t3_102_fsm ");
    os_dir_enter(before);
}

static void what_is_made_anew_is_left_out(void)
{
    Array none;

    enter();
    array_init(&none, sizeof(TablespaceMapEntry));
    os_dir_make_all("pg_wal/archive_status");
    touch("pg_wal/000000010000000000000001");
    os_dir_make_all("elsewhere");
    touch("elsewhere/x");
    os_symlink("elsewhere", "pg_replslot");
    os_symlink("elsewhere", "a_link");
    os_dir_make_all("global");
    touch("global/pg_control");
    touch("postmaster.pid");
    touch("backup_label");
    err_set_sink(count_warning);
    walk(&none, true);
    CU_ASSERT_STRING_EQUAL(visited.text, "elsewhere/ elsewhere/x global/ pg_replslot/ pg_wal/ "
                                         "./pg_wal/archive_status/ ");
    CU_ASSERT_EQUAL(warnings, 1);
    os_dir_enter(before);
}

static void tablespaces_have_archives_of_their_own(void)
{
    Array spaces;
    BackupWalk w = {.visit = note, .tablespaces = &spaces, .was_standby = true};

    enter();
    array_init(&spaces, sizeof(TablespaceMapEntry));
    os_dir_make_all("inside/PG_15_202209061/5");
    touch("inside/PG_15_202209061/5/7");
    os_dir_make_all("inside/PG_14_202107181/5");
    os_dir_make_all("pg_tblspc");
    os_symlink(path_absolute("inside"), "pg_tblspc/99");
    *(TablespaceMapEntry *)array_push(&spaces) =
        (TablespaceMapEntry){.oid = 99, .path = path_absolute("inside/")};
    walk(&spaces, true);
    CU_ASSERT_STRING_EQUAL(
        visited.text, mem_printf("inside/ pg_tblspc/ pg_tblspc/99@%s ", path_absolute("inside")));
    walk(&spaces, false);
    CU_ASSERT_STRING_EQUAL(visited.text, "inside/ pg_tblspc/ ");
    strbuf_clear(&visited);
    walk_tablespace(&w, 99);
    CU_ASSERT_STRING_EQUAL(visited.text,
                           "PG_15_202209061/ PG_15_202209061/5/ PG_15_202209061/5/7 ");
    strbuf_clear(&visited);
    walk_tablespace(&w, 98);
    CU_ASSERT_EQUAL(visited.len, 0);
    os_dir_enter(before);
}

static void a_promotion_ends_it(void)
{
    Array none;
    BackupWalk w = {.visit = note, .tablespaces = &none, .was_standby = false};

    enter();
    array_init(&none, sizeof(TablespaceMapEntry));
    touch("x");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                               "the standby was promoted during online backup", walk_cluster(&w));
    os_dir_enter(before);
}

UNIT_SUITE(backup_walk)
{
    UNIT_TEST(relations_that_do_not_last_stay);
    UNIT_TEST(what_is_made_anew_is_left_out);
    UNIT_TEST(tablespaces_have_archives_of_their_own);
    UNIT_TEST(a_promotion_ends_it);
}

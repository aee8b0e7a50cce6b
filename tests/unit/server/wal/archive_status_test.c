/* archive_status_test.c - which files wait for the archiver, and in which order. */
#include "common/base/base.h"

#include <stdio.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/path.h"
#include "server/config/setting.h"
#include "server/wal/archive_status.h"
#include "server/wal/wal.h"
#include "tests/lib/wal_rig.h"
#include "tests/unit/unit.h"

#define FIRST  "000000010000000000000001"
#define SECOND "000000010000000000000002"
#define THIRD  "000000020000000000000001"

static struct {
    WalRig rig;
    int wakes;
    bool is_in_recovery;
} t;

static void count_wake(void)
{
    t.wakes++;
}

static bool is_in_recovery(void)
{
    return t.is_in_recovery;
}

static void open_log(void)
{
    wal_rig_open(&t.rig, &(WalRigConfig){.dir = unit_temp_dir()});
    setting.archive_mode = ARCHIVE_MODE_ON;
    t.wakes = 0;
    t.is_in_recovery = false;
    wal_set_hooks(
        &(WalHooks){.wake_archiver = count_wake, .is_in_archive_recovery = is_in_recovery});
}

static void close_log(void)
{
    char name[64];

    while (archive_status_next(name, sizeof name))
        archive_status_remove(name);
    setting.archive_mode = ARCHIVE_MODE_OFF;
    setting.wal_level = WAL_LEVEL_REPLICA;
    wal_set_hooks(&(WalHooks){.wake_archiver = NULL});
    wal_rig_close(&t.rig);
}

static const char *next(void)
{
    static char name[64];

    return archive_status_next(name, sizeof name) ? name : "(none)";
}

static void a_file_is_ready_then_done(void)
{
    open_log();
    CU_ASSERT_FALSE(archive_status_is_ready_or_done(FIRST));
    archive_status_set_ready(FIRST);
    CU_ASSERT_EQUAL(t.wakes, 1);
    CU_ASSERT_TRUE(archive_status_is_ready(FIRST));
    CU_ASSERT_FALSE(archive_status_is_done(FIRST));
    CU_ASSERT_TRUE(
        os_exists(path_join(t.rig.wal_dir, "archive_status/000000010000000000000001.ready")));
    archive_status_set_done(FIRST);
    CU_ASSERT_FALSE(archive_status_is_ready(FIRST));
    CU_ASSERT_TRUE(archive_status_is_done(FIRST));
    CU_ASSERT_TRUE(archive_status_is_ready_or_done(FIRST));
    archive_status_set_done(FIRST);
    archive_status_set_done(SECOND);
    CU_ASSERT_TRUE(archive_status_is_done(SECOND));
    archive_status_remove(FIRST);
    archive_status_remove(FIRST);
    CU_ASSERT_FALSE(archive_status_is_ready_or_done(FIRST));
    close_log();
}

static void history_goes_first_then_by_name(void)
{
    open_log();
    CU_ASSERT_STRING_EQUAL(next(), "(none)");
    archive_status_set_ready(THIRD);
    archive_status_set_ready(SECOND);
    archive_status_set_ready(FIRST);
    CU_ASSERT_STRING_EQUAL(next(), FIRST);
    archive_status_set_done(FIRST);

    /* A history file goes before those that were found already. */
    archive_status_set_ready("00000003.history");
    archive_status_set_ready("00000002.history");
    CU_ASSERT_STRING_EQUAL(next(), "00000002.history");
    archive_status_set_done("00000002.history");
    CU_ASSERT_STRING_EQUAL(next(), "00000003.history");
    archive_status_set_done("00000003.history");
    archive_status_remove(SECOND);
    CU_ASSERT_STRING_EQUAL(next(), THIRD);
    archive_status_set_done(THIRD);
    CU_ASSERT_STRING_EQUAL(next(), "(none)");
    close_log();
}

/* More than one look brings, and files that are none of the log's. */
static void all_come_in_order(void)
{
    OsFile *f;

    open_log();
    f = os_file_open(path_join(t.rig.wal_dir, "archive_status/strange.ready"),
                     OS_WRITE | OS_CREATE);
    os_file_close(f);
    f = os_file_open(path_join(t.rig.wal_dir, "archive_status/.ready"), OS_WRITE | OS_CREATE);
    os_file_close(f);
    for (unsigned i = 200; i > 0; i--)
        archive_status_set_ready(mem_printf("0000000100000000%08X", i));
    archive_status_set_ready("000000010000000000000007.00000028.backup");
    for (unsigned i = 1; i <= 200; i++) {
        const char *name = next();

        CU_ASSERT_STRING_EQUAL(name, mem_printf("0000000100000000%08X", i));
        archive_status_set_done(name);
        if (i == 7) {
            name = next();
            CU_ASSERT_STRING_EQUAL(name, "000000010000000000000007.00000028.backup");
            archive_status_set_done(name);
        }
    }
    CU_ASSERT_STRING_EQUAL(next(), "(none)");
    close_log();
}

static void what_may_be_removed_follows_the_settings(void)
{
    open_log();
    CU_ASSERT_TRUE(archive_is_on());
    CU_ASSERT_FALSE(archive_is_always_on());
    CU_ASSERT_FALSE(archive_status_may_remove(FIRST));
    CU_ASSERT_TRUE(archive_status_is_ready(FIRST));
    CU_ASSERT_FALSE(archive_status_may_remove(FIRST));
    archive_status_set_done(FIRST);
    CU_ASSERT_TRUE(archive_status_may_remove(FIRST));

    /* In recovery only archive_mode = always archives. */
    t.is_in_recovery = true;
    CU_ASSERT_TRUE(archive_status_may_remove(SECOND));
    setting.archive_mode = ARCHIVE_MODE_ALWAYS;
    CU_ASSERT_TRUE(archive_is_always_on());
    CU_ASSERT_FALSE(archive_status_may_remove(SECOND));
    setting.wal_level = WAL_LEVEL_MINIMAL;
    CU_ASSERT_FALSE(archive_is_on());
    CU_ASSERT_FALSE(archive_is_always_on());
    CU_ASSERT_TRUE(archive_status_may_remove(SECOND));
    setting.wal_level = WAL_LEVEL_REPLICA;
    setting.archive_mode = ARCHIVE_MODE_OFF;
    CU_ASSERT_FALSE(archive_is_on());
    CU_ASSERT_TRUE(archive_status_may_remove(THIRD));
    CU_ASSERT_FALSE(archive_status_is_ready(THIRD));
    close_log();
}

static void busy_is_what_is_there_and_not_done(void)
{
    OsFile *f;

    open_log();
    CU_ASSERT_FALSE(archive_status_is_busy(FIRST));
    f = os_file_open(path_join(t.rig.wal_dir, FIRST), OS_WRITE | OS_CREATE);
    os_file_close(f);
    CU_ASSERT_TRUE(archive_status_is_busy(FIRST));
    archive_status_set_ready(FIRST);
    CU_ASSERT_TRUE(archive_status_is_busy(FIRST));
    archive_status_set_done(FIRST);
    CU_ASSERT_FALSE(archive_status_is_busy(FIRST));
    close_log();
}

static void full_segments_are_ready_by_themselves(void)
{
    open_log();
    wal_rig_insert(0, 0);
    wal_switch(false);
    CU_ASSERT_STRING_EQUAL(next(), FIRST);
    CU_ASSERT_EQUAL(t.wakes, 1);
    setting.archive_mode = ARCHIVE_MODE_OFF;
    wal_rig_insert(0, 1);
    wal_switch(false);
    CU_ASSERT_FALSE(archive_status_is_ready_or_done(SECOND));
    setting.archive_mode = ARCHIVE_MODE_ON;
    close_log();
}

static void what_cannot_be_said_is_logged(void)
{
    open_log();
    os_dir_remove_tree(path_join(t.rig.wal_dir, "archive_status"), false);
    err_set_log_level(ERR_PANIC);
    archive_status_set_ready(FIRST);
    err_set_log_level(ERR_NOTICE);
    CU_ASSERT_EQUAL(t.wakes, 0);
    os_dir_make(path_join(t.rig.wal_dir, "archive_status"));
    close_log();
}

UNIT_SUITE(wal_archive_status)
{
    UNIT_TEST(a_file_is_ready_then_done);
    UNIT_TEST(history_goes_first_then_by_name);
    UNIT_TEST(all_come_in_order);
    UNIT_TEST(what_may_be_removed_follows_the_settings);
    UNIT_TEST(busy_is_what_is_there_and_not_done);
    UNIT_TEST(full_segments_are_ready_by_themselves);
    UNIT_TEST(what_cannot_be_said_is_logged);
}

/* sync_test.c - requests on their way to the checkpointer, and what it makes of them */
#include "common/base/base.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "server/config/setting.h"
#include "server/ipc/proc.h"
#include "server/storage/smgr/smgr.h"
#include "server/storage/sync/sync.h"
#include "tests/lib/bad_disk.h"
#include "tests/lib/child.h"
#include "tests/lib/crowd.h"
#include "tests/lib/storage_rig.h"
#include "tests/unit/unit.h"

#define BUFFERS 64 /* as much room the queue has */

static StorageRig rig;

static void begin(void)
{
    storage_rig_open(&rig, &(StorageRigConfig){.dir = unit_temp_dir(), .buffers = BUFFERS});
    storage_rig_rel(1);
    storage_rig_rel(2);
    storage_rig_rel(3);
    sync_process();
    bad_disk_begin();
}

static void end(void)
{
    bad_disk_end();
    storage_rig_close(&rig);
}

static SyncFile file_of(RelFileNo rel)
{
    return (SyncFile){.handler = SYNC_RELATION, .tag = storage_rig_tag(rel)};
}

static void ask(RelFileNo rel)
{
    SyncFile file = file_of(rel);

    CU_ASSERT_TRUE(sync_request(&file));
}

static void a_file_is_synced_once_however_often_it_is_asked_for(void)
{
    SyncStats stats;

    begin();
    for (int i = 0; i < 10; i++) {
        ask(1);
        ask(2);
    }
    stats = sync_process();
    CU_ASSERT_EQUAL(stats.count, 2);
    CU_ASSERT_TRUE(stats.longest_us <= stats.total_us);
    CU_ASSERT_EQUAL(bad_disk_count(BAD_DISK_FSYNC), 2);
    CU_ASSERT_EQUAL(sync_process().count, 0);
    end();
}

static void no_file_is_synced_when_that_is_off(void)
{
    begin();
    setting.fsync = false;
    ask(1);
    CU_ASSERT_EQUAL(sync_process().count, 0);
    setting.fsync = true;
    CU_ASSERT_EQUAL(sync_process().count, 0);
    end();
}

static bool has_asked;

static void ask_meanwhile(void)
{
    if (!has_asked)
        ask(3);
    has_asked = true;
}

static void what_is_asked_for_meanwhile_waits_for_the_next_round(void)
{
    begin();
    ask(1);
    has_asked = false;
    bad_disk_on_fsync(ask_meanwhile);
    CU_ASSERT_EQUAL(sync_process().count, 1);
    bad_disk_on_fsync(NULL);
    CU_ASSERT_EQUAL(sync_process().count, 1);
    end();
}

static void a_removed_file_is_no_failure_when_its_request_was_taken_back(void)
{
    SyncFile file = file_of(2);

    begin();
    ask(1);
    ask(2);
    sync_forget(&file);
    os_unlink("base/5/2");
    smgr_close_all();
    CU_ASSERT_EQUAL(sync_process().count, 1);
    ask(2); /* it is wanted again */
    ask(1);
    sync_forget_database(STORAGE_RIG_DATABASE + 1);
    sync_forget_database(STORAGE_RIG_DATABASE);
    CU_ASSERT_EQUAL(sync_process().count, 0);
    end();
}

static void sync_missing(void *arg)
{
    (void)arg;
    sync_keep_requests();
    ask(4);
    sync_process();
}

static void a_file_that_is_missing_is_a_panic(void)
{
    ChildEnd child;

    begin();
    child = child_run(sync_missing, NULL);
    CU_ASSERT_NOT_EQUAL(child.exit_code, 0);
    CU_ASSERT_NOT_EQUAL(child.exit_code, CHILD_RAISED);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(child.err, "could not fsync file \"base/5/4\": No such file or directory"));
    end();
}

static void a_sync_that_fails_is_tried_again_only_where_that_is_asked_for(void)
{
    begin();
    ask(1);
    ask(2);
    setting.data_sync_retry = true;
    bad_disk_fail(BAD_DISK_FSYNC, EIO, 1);
    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, sync_process());
    setting.data_sync_retry = false;
    bad_disk_fail(BAD_DISK_FSYNC, 0, 0);
    CU_ASSERT_EQUAL(sync_process().count, 1);
    end();
}

static void unlinks_wait_for_the_checkpoint_after_them(void)
{
    SyncFile one = file_of(1), two = file_of(2);

    begin();
    sync_request_unlink(&one);
    sync_before_checkpoint();
    sync_request_unlink(&two);
    CU_ASSERT_TRUE(os_exists("base/5/1"));
    sync_after_checkpoint();
    CU_ASSERT_FALSE(os_exists("base/5/1"));
    CU_ASSERT_TRUE(os_exists("base/5/2"));
    sync_before_checkpoint();
    sync_after_checkpoint();
    CU_ASSERT_FALSE(os_exists("base/5/2"));
    end();
}

/* ---- from other processes ---- */

static void ask_for_many(void *arg, unsigned number)
{
    (void)arg;
    storage_rig_enter_child();
    for (RelFileNo rel = 1; rel <= 3; rel++) {
        SyncFile file = file_of(rel);

        if (number == 0 && !sync_request(&file))
            exit(1);
    }
    proc_detach();
}

static void requests_of_others_come_through_the_queue(void)
{
    begin();
    CU_ASSERT_EQUAL(crowd_run(1, ask_for_many, NULL), 1);
    CU_ASSERT_EQUAL(sync_process().count, 3);
    end();
}

static void fill_the_queue(void *arg, unsigned number)
{
    unsigned taken = 0;

    (void)arg;
    (void)number;
    storage_rig_enter_child();
    /* The same again and again finds room for ever, others do not. */
    for (unsigned i = 0; i < 10 * BUFFERS; i++) {
        SyncFile file = file_of(1 + i % 3);

        if (!sync_request(&file))
            exit(1);
    }
    for (unsigned i = 0; i < 2 * BUFFERS; i++) {
        SyncFile file = file_of(1);

        file.segment = i;
        taken += sync_request(&file);
    }
    proc_detach();
    if (taken != BUFFERS - 2)
        exit(2);
}

static void a_full_queue_drops_what_is_there_twice_then_refuses(void)
{
    begin();
    CU_ASSERT_EQUAL(crowd_run(1, fill_the_queue, NULL), 1);
    sync_forget_database(STORAGE_RIG_DATABASE);
    sync_process();
    end();
}

static void write_with_a_full_queue(void *arg, unsigned number)
{
    static const uint8_t page[BLOCK_SIZE];

    (void)arg;
    (void)number;
    storage_rig_enter_child();
    for (unsigned i = 0; i < 2 * BUFFERS; i++) {
        SyncFile file = file_of(1);

        file.segment = i;
        if (!sync_request(&file))
            break;
    }
    bad_disk_begin();
    smgr_extend(storage_rig_rel(2), FORK_MAIN, 0, page, false);
    proc_detach();
    if (bad_disk_count(BAD_DISK_FSYNC) != 1)
        exit(2);
}

static void whoever_finds_the_queue_full_syncs_the_file_himself(void)
{
    begin();
    CU_ASSERT_EQUAL(crowd_run(1, write_with_a_full_queue, NULL), 1);
    sync_forget_database(STORAGE_RIG_DATABASE);
    end();
}

static void a_request_stands_until_a_round_begins_or_one_is_taken_back(void)
{
    SyncFile file = file_of(1);
    uint32_t round;

    begin();
    CU_ASSERT_FALSE(sync_is_asked(SYNC_ROUND_NONE));
    round = sync_round();
    CU_ASSERT_TRUE(sync_is_asked(round));
    sync_process();
    CU_ASSERT_FALSE(sync_is_asked(round));
    round = sync_round();
    CU_ASSERT_TRUE(sync_is_asked(round));
    sync_forget(&file);
    CU_ASSERT_FALSE(sync_is_asked(round));
    end();
}

static uint32_t round_inside;

static void note_round(void)
{
    round_inside = sync_round();
    CU_ASSERT_FALSE(sync_is_asked(round_inside));
}

static void no_request_stands_while_files_are_synced(void)
{
    begin();
    ask(1);
    round_inside = SYNC_ROUND_NONE;
    bad_disk_on_fsync(note_round);
    sync_process();
    CU_ASSERT_NOT_EQUAL(round_inside, SYNC_ROUND_NONE);
    CU_ASSERT_FALSE(sync_is_asked(round_inside));
    end();
}

static void the_folder_of_a_new_file_is_synced(void)
{
    begin();
    storage_rig_rel(9);
    storage_rig_rel(10);
    CU_ASSERT_EQUAL(sync_process().count, 1);
    os_dir_make_all("base/6");
    CU_ASSERT_TRUE(sync_request(
        &(SyncFile){.handler = SYNC_FOLDER, .tag = {.tablespace = 1663, .database = 6}}));
    os_dir_remove("base/6");
    CU_ASSERT_EQUAL(sync_process().count, 1);
    end();
}

static bool path_of_clog(const SyncFile *file, char *path, size_t size)
{
    snprintf(path, size, "xact.%u", file->segment);
    return true;
}

static void other_rooms_tell_the_paths_of_their_files(void)
{
    begin();
    sync_set_handler(SYNC_CLOG, path_of_clog);
    os_file_close(os_file_open("xact.7", OS_WRITE | OS_CREATE));
    CU_ASSERT_TRUE(sync_request(&(SyncFile){.handler = SYNC_CLOG, .segment = 7}));
    CU_ASSERT_EQUAL(sync_process().count, 1);
    sync_set_handler(SYNC_CLOG, NULL);
    end();
}

UNIT_SUITE(sync)
{
    UNIT_TEST(a_file_is_synced_once_however_often_it_is_asked_for);
    UNIT_TEST(no_file_is_synced_when_that_is_off);
    UNIT_TEST(what_is_asked_for_meanwhile_waits_for_the_next_round);
    UNIT_TEST(a_removed_file_is_no_failure_when_its_request_was_taken_back);
    UNIT_TEST(a_file_that_is_missing_is_a_panic);
    UNIT_TEST(a_sync_that_fails_is_tried_again_only_where_that_is_asked_for);
    UNIT_TEST(unlinks_wait_for_the_checkpoint_after_them);
    UNIT_TEST(requests_of_others_come_through_the_queue);
    UNIT_TEST(a_full_queue_drops_what_is_there_twice_then_refuses);
    UNIT_TEST(whoever_finds_the_queue_full_syncs_the_file_himself);
    UNIT_TEST(a_request_stands_until_a_round_begins_or_one_is_taken_back);
    UNIT_TEST(no_request_stands_while_files_are_synced);
    UNIT_TEST(the_folder_of_a_new_file_is_synced);
    UNIT_TEST(other_rooms_tell_the_paths_of_their_files);
}

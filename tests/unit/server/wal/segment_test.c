/* segment_test.c - files of the log: made, recycled, removed, forked, also on a disk that fails. */
#include "common/base/base.h"

#include <errno.h>
#include <string.h>

#include "common/err/err.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "common/os/simdisk.h"
#include "common/text/str.h"
#include "server/config/setting.h"
#include "server/wal/archive_status.h"
#include "server/wal/segment.h"
#include "server/wal/wal.h"
#include "tests/lib/child.h"
#include "tests/lib/crowd.h"
#include "tests/lib/wal_rig.h"
#include "tests/unit/unit.h"

#define SEGMENT_SIZE MIB(1)

static WalRig rig;

static void open_log_at(const char *dir)
{
    wal_rig_open(&rig, &(WalRigConfig){.dir = dir, .segment_size = SEGMENT_SIZE});
}

static void open_log(void)
{
    open_log_at(unit_temp_dir());
}

static void close_log(void)
{
    setting.archive_mode = ARCHIVE_MODE_OFF;
    setting.wal_recycle = true;
    setting.wal_init_zero = true;
    setting.min_wal_size = 80;
    setting.max_wal_size = 1024;
    setting.checkpoint_completion_target = 0.9;
    wal_rig_close(&rig);
}

static char *name_of(TimelineId tli, uint64_t seg_no)
{
    return wal_seg_name_at(tli, wal_seg_start(seg_no, SEGMENT_SIZE), SEGMENT_SIZE);
}

static bool has_file(const char *name)
{
    return os_exists(path_join(rig.wal_dir, name));
}

static bool has_segment(TimelineId tli, uint64_t seg_no)
{
    return has_file(name_of(tli, seg_no));
}

/* Segments by number, those of timeline 1, as a text: "3-7 9". */
static const char *segments(void)
{
    const char *text = "";
    Array names;
    int64_t first = -1, last = -1;
    size_t i;

    os_dir_list(rig.wal_dir, &names);
    for (i = 0; i <= names.count; i++) {
        WalSeg seg = {.seg_no = 0};

        if (i < names.count &&
            (!wal_seg_name_try_parse(*(char **)array_at(&names, i), SEGMENT_SIZE, &seg) ||
             seg.tli != 1))
            continue;
        if (first >= 0 && i < names.count && (int64_t)seg.seg_no == last + 1) {
            last++;
            continue;
        }
        if (first >= 0)
            text =
                mem_printf("%s%s%" PRId64 "-%" PRId64, text, *text == '\0' ? "" : " ", first, last);
        first = last = (int64_t)seg.seg_no;
    }
    return text;
}

static void make(TimelineId tli, uint64_t seg_no)
{
    os_file_close(wal_segment_open(seg_no, tli, NULL));
}

static void put_file(const char *name, const char *text)
{
    os_write_durable(path_join(rig.wal_dir, name), text, strlen(text));
}

/* ---- making ---- */

static void a_new_segment_is_zeros_and_is_made_once(void)
{
    char *bytes;
    size_t len;
    bool was_made;
    OsFile *f;

    open_log();
    for (unsigned i = 0; i < 2; i++) {
        setting.wal_init_zero = i == 0;
        f = wal_segment_open(5 + i, 3, &was_made);
        CU_ASSERT_TRUE(was_made);
        os_file_write_at(f, "x", 1, 77);
        os_file_close(f);
        f = wal_segment_open(5 + i, 3, &was_made);
        CU_ASSERT_FALSE(was_made);
        os_file_close(f);
        bytes = os_file_read_all(path_join(rig.wal_dir, name_of(3, 5 + i)), MIB(2), &len);
        CU_ASSERT_EQUAL(len, SEGMENT_SIZE);
        CU_ASSERT_EQUAL(bytes[77], 'x');
        bytes[77] = 0;
        CU_ASSERT_TRUE(bytes[0] == 0 && memcmp(bytes, bytes + 1, len - 1) == 0);
    }
    f = wal_segment_try_open(5, 3);
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    os_file_close(f);
    CU_ASSERT_PTR_NULL(wal_segment_try_open(5, 2));
    close_log();
}

static void make_the_same(void *arg, unsigned number)
{
    (void)arg;
    (void)number;
    for (uint64_t seg_no = 10; seg_no < 20; seg_no++)
        make(1, seg_no);
}

static void many_may_make_the_same_segment(void)
{
    Array names;

    open_log();
    CU_ASSERT_EQUAL(crowd_run(4, make_the_same, NULL), 4);
    CU_ASSERT_STRING_EQUAL(segments(), "10-19");
    os_dir_list(rig.wal_dir, &names);
    CU_ASSERT_EQUAL(names.count, 11); /* nothing is left beside archive_status */
    close_log();
}

static void the_next_segment_is_made_when_the_end_is_near(void)
{
    open_log();
    wal_segments_preallocate(SEGMENT_SIZE * 5 / 2, 1);
    CU_ASSERT_STRING_EQUAL(segments(), "");
    wal_segments_preallocate(SEGMENT_SIZE * 3 - 100, 1);
    CU_ASSERT_STRING_EQUAL(segments(), "3-3");
    wal_segments_preallocate(SEGMENT_SIZE * 3, 1);
    CU_ASSERT_STRING_EQUAL(segments(), "3-3");
    wal_segments_preallocate(SEGMENT_SIZE * 4, 1);
    CU_ASSERT_STRING_EQUAL(segments(), "3-4");
    close_log();
}

static void a_timeline_begins_as_a_copy(void)
{
    OsFile *f;
    char *bytes;
    size_t len;

    open_log();
    f = wal_segment_open(7, 1, NULL);
    for (uint32_t at = 0; at < SEGMENT_SIZE; at += 4)
        os_file_write_at(f, "abcd", 4, at);
    os_file_close(f);
    wal_segment_fork(7, 1, 2, 100002);
    bytes = os_file_read_all(path_join(rig.wal_dir, name_of(2, 7)), MIB(2), &len);
    CU_ASSERT_EQUAL(len, SEGMENT_SIZE);
    CU_ASSERT_EQUAL(memcmp(bytes + 99998, "cdab\0\0", 6), 0);
    CU_ASSERT_TRUE(memcmp(bytes + 100002, bytes + 100003, len - 100003) == 0);
    UNIT_ASSERT_RAISES(SQLSTATE_DUPLICATE_FILE, wal_segment_fork(7, 1, 2, 8));
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, wal_segment_fork(8, 1, 2, 8));
    CU_ASSERT_FALSE(has_segment(2, 8));
    close_log();
}

/* ---- removing ---- */

static void old_segments_become_future_ones(void)
{
    OsFile *f;

    open_log();
    setting.min_wal_size = 5;
    setting.max_wal_size = 10;
    for (uint64_t i = 1; i <= 8; i++)
        make(1, i);
    f = wal_segment_open(2, 1, NULL);
    os_file_write_at(f, "old", 3, 0);
    os_file_close(f);

    /* The redo point is in 7, the end in 8: five from 7 on are to be there, 9 to 11 are missing. */
    wal_segments_remove_old(7, 7 * (Lsn)SEGMENT_SIZE + 100, 8 * (Lsn)SEGMENT_SIZE + 100, 1);
    CU_ASSERT_STRING_EQUAL(segments(), "7-11");
    CU_ASSERT_EQUAL(wal_last_removed_segment(), 6);
    close_log();
}

static void the_estimate_says_how_many_are_kept(void)
{
    open_log();
    setting.min_wal_size = 2;
    setting.max_wal_size = 100;
    setting.checkpoint_completion_target = 0.5;
    CU_ASSERT_EQUAL(wal_checkpoint_distance_estimate(), 0);
    wal_note_checkpoint_distance(4 * SEGMENT_SIZE);
    CU_ASSERT_EQUAL(wal_checkpoint_distance_estimate(), 4 * SEGMENT_SIZE);
    for (uint64_t i = 1; i <= 40; i++)
        make(1, i);

    /* From the redo point in 35: 4 segments, half as much more, a tenth on top: 6.6. */
    wal_segments_remove_old(35, 35 * (Lsn)SEGMENT_SIZE, 35 * (Lsn)SEGMENT_SIZE + 100, 1);
    CU_ASSERT_STRING_EQUAL(segments(), "35-42");
    wal_note_checkpoint_distance(0);
    CU_ASSERT_EQUAL(wal_checkpoint_distance_estimate(), (uint64_t)(0.9 * 4 * SEGMENT_SIZE));
    wal_note_checkpoint_distance(MIB(7));
    CU_ASSERT_EQUAL(wal_checkpoint_distance_estimate(), MIB(7));
    close_log();
}

static void max_wal_size_bounds_what_is_kept(void)
{
    open_log();
    setting.min_wal_size = 2;
    setting.max_wal_size = 4;
    wal_note_checkpoint_distance(GIB(1));
    for (uint64_t i = 1; i <= 10; i++)
        make(1, i);
    wal_segments_remove_old(10, 10 * (Lsn)SEGMENT_SIZE, 10 * (Lsn)SEGMENT_SIZE + 100, 1);
    CU_ASSERT_STRING_EQUAL(segments(), "10-13");
    close_log();
}

static void without_recycling_they_go(void)
{
    open_log();
    setting.wal_recycle = false;
    for (uint64_t i = 1; i <= 4; i++)
        make(1, i);
    wal_segments_remove_old(3, 3 * (Lsn)SEGMENT_SIZE, 4 * (Lsn)SEGMENT_SIZE, 1);
    CU_ASSERT_STRING_EQUAL(segments(), "3-4");
    close_log();
}

static void files_of_another_size_are_not_recycled(void)
{
    open_log();
    put_file(name_of(1, 1), "short");
    put_file(mem_printf("%s.partial", name_of(1, 2)), "short");
    put_file("00000002.history", "1");
    put_file("other", "x");
    make(1, 3);
    wal_segments_remove_old(3, 3 * (Lsn)SEGMENT_SIZE, 3 * (Lsn)SEGMENT_SIZE, 1);
    CU_ASSERT_STRING_EQUAL(segments(), "3-3");
    CU_ASSERT_FALSE(has_file(mem_printf("%s.partial", name_of(1, 2))));
    CU_ASSERT_TRUE(has_file("00000002.history"));
    CU_ASSERT_TRUE(has_file("other"));
    close_log();
}

static void what_is_not_archived_stays(void)
{
    open_log();
    setting.archive_mode = ARCHIVE_MODE_ON;
    setting.min_wal_size = 2;
    for (uint64_t i = 1; i <= 5; i++)
        make(1, i);
    archive_status_set_ready(name_of(1, 1));
    archive_status_set_done(name_of(1, 2));
    archive_status_set_done(name_of(1, 3));
    wal_segments_remove_old(5, 5 * (Lsn)SEGMENT_SIZE, 5 * (Lsn)SEGMENT_SIZE + 100, 1);
    CU_ASSERT_STRING_EQUAL(segments(), "1-1 4-6");
    CU_ASSERT_TRUE(archive_status_is_ready(name_of(1, 4))); /* nobody had said so */
    CU_ASSERT_FALSE(archive_status_is_ready_or_done(name_of(1, 2)));
    CU_ASSERT_EQUAL(wal_last_removed_segment(), 3);
    close_log();
}

static void abandoned_futures_go(void)
{
    open_log();
    setting.wal_recycle = false;
    for (uint64_t i = 3; i <= 6; i++) {
        make(1, i);
        make(2, i);
        make(3, i);
    }
    setting.archive_mode = ARCHIVE_MODE_ON;
    archive_status_set_ready(name_of(1, 6));
    wal_segments_remove_other_timelines(5 * (Lsn)SEGMENT_SIZE, 2);
    CU_ASSERT_TRUE(has_segment(1, 4));
    CU_ASSERT_FALSE(has_segment(1, 5));
    CU_ASSERT_TRUE(has_segment(1, 6));
    CU_ASSERT_TRUE(has_segment(2, 5));
    CU_ASSERT_TRUE(has_segment(3, 6));
    close_log();
}

static void what_a_crash_left_goes(void)
{
    open_log();
    put_file("xlogtemp.123", "x");
    make(1, 1);
    wal_segments_remove_temp();
    CU_ASSERT_FALSE(has_file("xlogtemp.123"));
    CU_ASSERT_TRUE(has_segment(1, 1));
    close_log();
}

static void checkpoints_come_before_max_wal_size(void)
{
    open_log();
    setting.max_wal_size = 100;
    setting.checkpoint_completion_target = 0.5;
    CU_ASSERT_EQUAL(wal_checkpoint_segments(), 66);
    setting.max_wal_size = 2;
    setting.checkpoint_completion_target = 0.9;
    CU_ASSERT_EQUAL(wal_checkpoint_segments(), 1);
    close_log();
}

static int requests;

static void count_request(void)
{
    requests++;
}

static void a_checkpoint_is_asked_for_when_enough_is_written(void)
{
    open_log();
    setting.max_wal_size = 6;
    setting.checkpoint_completion_target = 0.5; /* 4 segments */
    wal_set_hooks(&(WalHooks){.request_checkpoint = count_request});
    requests = 0;
    for (uint32_t i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(requests, 0);
        wal_rig_insert(0, i);
        wal_switch(false);
    }
    wal_rig_insert(0, 3);
    wal_switch(false);
    CU_ASSERT_EQUAL(requests, 1);
    wal_begin_checkpoint();
    wal_rig_insert(0, 4);
    wal_switch(false);
    CU_ASSERT_EQUAL(requests, 1);
    wal_set_hooks(&(WalHooks){.request_checkpoint = NULL});
    close_log();
}

/* ---- a disk that fails ---- */

/* Whatever fails while segments are made and recycled: none is there that is not whole. */
static void work_on_failing_disk(void *arg)
{
    const uint64_t change = *(uint64_t *)arg;
    const bool is_cut = change % 2 == 0;
    SimDisk *disk = simdisk_new("/sim", change);
    volatile bool has_failed = false;
    Array names;

    simdisk_bind(disk);
    open_log_at("/sim");
    os_dir_sync("/sim/pg_wal");
    os_dir_sync("/sim");
    setting.min_wal_size = 3;
    if (is_cut)
        simdisk_cut_at(disk, simdisk_change_count(disk) + change / 2);
    else
        simdisk_fail_at(disk, simdisk_change_count(disk) + change / 2, ENOSPC);
    ERR_TRY() {
        for (uint64_t i = 1; i <= 4; i++)
            make(1, i);
        wal_segments_remove_old(4, 4 * (Lsn)SEGMENT_SIZE, 4 * (Lsn)SEGMENT_SIZE, 1);
        make(2, 4);
        wal_segments_preallocate(5 * (Lsn)SEGMENT_SIZE - 1, 2);
    }
    ERR_CATCH() {
        has_failed = true;
    }
    ERR_END();
    if (is_cut) {
        simdisk_power_cut(disk);
        simdisk_power_on(disk);
    }
    wal_segments_remove_temp();
    os_dir_list("/sim/pg_wal", &names);
    array_foreach(char *, name, &names) {
        WalSeg seg;
        OsStat st;

        if (str_equal(*name, "archive_status"))
            continue;
        if (!wal_seg_name_try_parse(*name, SEGMENT_SIZE, &seg))
            err_raise(SQLSTATE_INTERNAL_ERROR, .message = err_fmt("%s is left", *name));
        os_stat(path_join("/sim/pg_wal", *name), &st);
        if (st.size != SEGMENT_SIZE)
            err_raise(SQLSTATE_INTERNAL_ERROR, .message = err_fmt("%s is not whole", *name));
    }
    if (!is_cut && has_failed)
        make(1, 1);
}

static void no_segment_is_there_in_part(void)
{
    const uint64_t step = process_env("HOLDFAST_WORLD") != NULL ? 1 : 7;

    for (uint64_t change = 2; change < 160; change += step) {
        ChildEnd end = child_run(work_on_failing_disk, &change);

        CU_ASSERT_EQUAL(end.exit_code, 0);
        if (end.exit_code != 0)
            printf("change %" PRIu64 ": %s\n", change, end.err);
    }
}

UNIT_SUITE(wal_segment)
{
    UNIT_TEST(a_new_segment_is_zeros_and_is_made_once);
    UNIT_TEST(many_may_make_the_same_segment);
    UNIT_TEST(the_next_segment_is_made_when_the_end_is_near);
    UNIT_TEST(a_timeline_begins_as_a_copy);
    UNIT_TEST(old_segments_become_future_ones);
    UNIT_TEST(the_estimate_says_how_many_are_kept);
    UNIT_TEST(max_wal_size_bounds_what_is_kept);
    UNIT_TEST(without_recycling_they_go);
    UNIT_TEST(files_of_another_size_are_not_recycled);
    UNIT_TEST(what_is_not_archived_stays);
    UNIT_TEST(abandoned_futures_go);
    UNIT_TEST(what_a_crash_left_goes);
    UNIT_TEST(checkpoints_come_before_max_wal_size);
    UNIT_TEST(a_checkpoint_is_asked_for_when_enough_is_written);
    UNIT_TEST(no_segment_is_there_in_part);
}

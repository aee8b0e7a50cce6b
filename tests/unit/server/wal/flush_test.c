/* flush_test.c - what is flushed is on disk: by many, in the background, when the disk fails. */
#include "common/base/base.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/err/err.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/dir.h"
#include "common/os/fault.h"
#include "common/os/process.h"
#include "common/os/shared_memory.h"
#include "common/os/simdisk.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/wal/segment.h"
#include "server/wal/wal.h"
#include "tests/lib/child.h"
#include "tests/lib/crowd.h"
#include "tests/lib/seed.h"
#include "tests/lib/wal_rig.h"
#include "tests/unit/unit.h"

#define TAKEN_MAX MIB(16)

static struct {
    WalRig rig;
    Lsn asked; /* of the hooks */
    int calls;
    bool answer;
} t;

static void open_log(void)
{
    wal_rig_open(&t.rig, &(WalRigConfig){.dir = unit_temp_dir()});
    t.calls = 0;
}

static void close_log(void)
{
    wal_set_hooks(&(WalHooks){.wake_archiver = NULL});
    setting.wal_sync_method = WAL_SYNC_METHOD_FDATASYNC;
    setting.wal_writer_flush_after = 128;
    setting.wal_writer_delay = 200;
    setting.commit_delay = 0;
    setting.fsync = true;
    setting.track_wal_io_timing = false;
    wal_rig_close(&t.rig);
}

static void ignore_record(void *arg, const WalRecord *record)
{
    (void)record;
    ++*(size_t *)arg;
}

/* ---- alone ---- */

static void what_is_flushed_needs_no_flush(void)
{
    size_t count = 0;
    uint64_t syncs;
    Lsn first, second;

    open_log();
    setting.track_wal_io_timing = true;
    first = wal_rig_insert(0, 0);
    second = wal_rig_insert(0, 1);
    CU_ASSERT_TRUE(wal_needs_flush(first));
    wal_flush(first);
    CU_ASSERT_FALSE(wal_needs_flush(second)); /* whatever was complete went along */
    syncs = wal_usage()->syncs;
    wal_flush(second);
    CU_ASSERT_EQUAL(wal_usage()->syncs, syncs);
    CU_ASSERT_EQUAL(wal_rig_read(&t.rig, ignore_record, &count), second);
    CU_ASSERT_EQUAL(count, 2);
    close_log();
}

static void a_flush_past_the_end_is_an_error(void)
{
    Lsn end;

    open_log();
    end = wal_rig_insert(0, 0);
    err_set_log_level(ERR_PANIC);
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_INTERNAL_ERROR,
        mem_printf("xlog flush request %X/%X is not satisfied --- flushed only to 0/%X", 1, 0,
                   (uint32_t)end),
        wal_flush(UINT64_C(1) << 32));
    err_set_log_level(ERR_NOTICE);
    CU_ASSERT_EQUAL(wal_flush_lsn(), end);
    close_log();
}

static void note_recovery_end(Lsn lsn)
{
    t.asked = lsn;
    t.calls++;
}

static bool is_past_recovery_end(Lsn lsn)
{
    t.asked = lsn;
    return t.answer;
}

static void in_recovery_others_are_asked(void)
{
    open_log();
    wal_rig_reset(&t.rig);
    CU_ASSERT_FALSE(wal_needs_flush(5));
    wal_flush(5);
    wal_set_hooks(&(WalHooks){.advance_min_recovery_end = note_recovery_end,
                              .is_past_min_recovery_end = is_past_recovery_end});
    wal_flush(77);
    CU_ASSERT_EQUAL(t.asked, 77);
    CU_ASSERT_EQUAL(t.calls, 1);
    t.answer = true;
    CU_ASSERT_TRUE(wal_needs_flush(78));
    CU_ASSERT_EQUAL(t.asked, 78);
    t.answer = false;
    CU_ASSERT_FALSE(wal_needs_flush(78));
    CU_ASSERT_FALSE(wal_flush_background());
    close_log();
}

/* ---- in the background ---- */

static void count_call(void)
{
    t.calls++;
}

static void the_writer_writes_whole_pages_and_syncs_now_and_then(void)
{
    Lsn page;

    open_log();
    wal_set_hooks(&(WalHooks){.wake_senders = count_call});
    setting.wal_writer_delay = 10000;
    setting.wal_writer_flush_after = 4;
    CU_ASSERT_FALSE(wal_flush_background());
    wal_rig_set_size(100);
    wal_rig_insert(0, 0);
    CU_ASSERT_FALSE(wal_flush_background()); /* a part of a page, that nobody waits for */
    wal_rig_set_size(9000);
    wal_rig_insert(0, 1);
    page = t.rig.start + BLOCK_SIZE;
    CU_ASSERT_TRUE(wal_flush_background());
    CU_ASSERT_EQUAL(wal_write_lsn(), page);
    CU_ASSERT_EQUAL(wal_flush_lsn(), page); /* the first time */
    wal_rig_insert(0, 2);
    CU_ASSERT_TRUE(wal_flush_background());
    CU_ASSERT_EQUAL(wal_write_lsn(), page + BLOCK_SIZE);
    CU_ASSERT_EQUAL(wal_flush_lsn(), page); /* neither late nor much */
    wal_rig_set_size(40000);
    wal_rig_insert(0, 3);
    CU_ASSERT_TRUE(wal_flush_background());
    CU_ASSERT_EQUAL(wal_flush_lsn(), wal_insert_lsn() - wal_insert_lsn() % BLOCK_SIZE);
    CU_ASSERT_EQUAL(wal_flush_lsn(), wal_write_lsn());
    CU_ASSERT_TRUE(t.calls > 0);
    wal_rig_set_size(0);
    close_log();
}

static void what_was_committed_without_waiting_is_flushed_soon(void)
{
    Lsn end;

    open_log();
    setting.wal_writer_flush_after = 0;
    wal_rig_set_size(100);
    end = wal_rig_insert(0, 0);
    wal_rig_insert(0, 1);
    wal_note_writer_sleeps(true);
    wal_set_async_lsn(end);
    wal_note_writer_sleeps(false);
    wal_set_async_lsn(end - 8);
    CU_ASSERT_EQUAL(wal_async_lsn(), end);
    CU_ASSERT_TRUE(wal_flush_background());
    CU_ASSERT_TRUE(wal_flush_lsn() >= end);
    CU_ASSERT_FALSE(wal_flush_background());
    wal_rig_set_size(0);
    close_log();
}

/* ---- from the buffers ---- */

static void what_is_in_the_buffers_can_be_read_there(void)
{
    uint8_t bytes[3 * BLOCK_SIZE];
    uint8_t from_file[3 * BLOCK_SIZE];
    OsFile *f;
    Lsn end;

    open_log();
    wal_rig_set_size(9000);
    CU_ASSERT_EQUAL(wal_read_buffers(t.rig.start, bytes, sizeof bytes), 0);
    wal_rig_insert(0, 0);
    end = wal_rig_insert(0, 1);
    wal_flush(end);
    CU_ASSERT_EQUAL(wal_read_buffers(t.rig.start, bytes, sizeof bytes), end - t.rig.start);
    f = wal_segment_try_open(1, 1);
    os_file_read_exact_at(f, from_file, end - t.rig.start, 0);
    CU_ASSERT_EQUAL(memcmp(bytes, from_file, end - t.rig.start), 0);
    CU_ASSERT_EQUAL(wal_read_buffers(t.rig.start + 5000, bytes, 7000), 7000);
    CU_ASSERT_EQUAL(memcmp(bytes, from_file + 5000, 7000), 0);
    for (uint32_t i = 2; i < 20; i++)
        wal_rig_insert(0, i);
    wal_flush(wal_insert_lsn());
    CU_ASSERT_EQUAL(wal_read_buffers(t.rig.start, bytes, sizeof bytes), 0);
    wal_rig_set_size(0);
    close_log();
}

/* Bytes that a reader got from the buffers while others inserted and the ring went round. */
typedef struct Taken {
    _Atomic uint32_t writers_left;
    Lsn start;
    size_t len; /* bytes of the log that the reader has come by */
    uint8_t is_taken[TAKEN_MAX];
    uint8_t bytes[TAKEN_MAX];
} Taken;

static void read_or_insert(void *arg, unsigned number)
{
    Taken *taken = arg;

    if (number > 0) {
        for (uint32_t i = 0; i < 1500; i++) {
            wal_rig_insert(number, i);
            if (i % 50 == 0)
                wal_flush(wal_insert_lsn());
        }
        taken->writers_left--;
        return;
    }
    while (taken->writers_left > 0 && taken->len < TAKEN_MAX - BLOCK_SIZE) {
        const size_t n = wal_read_buffers(taken->start + taken->len, taken->bytes + taken->len,
                                          1 + taken->len % BLOCK_SIZE);

        memset(taken->is_taken + taken->len, 1, n);
        taken->len += n;

        /* It may be too late: then from where others write now. */
        if (n == 0 && wal_write_lsn() > taken->start + taken->len + 4 * BLOCK_SIZE)
            taken->len = size_min(wal_write_lsn() - taken->start, TAKEN_MAX - BLOCK_SIZE);
    }
}

static void buffers_that_are_used_again_are_not_mixed_up(void)
{
    Taken *taken = os_shared_map(sizeof *taken, OS_HUGE_OFF);
    size_t count = 0, wrong = 0;

    wal_rig_open(&t.rig, &(WalRigConfig){.dir = unit_temp_dir(), .segment_size = MIB(64)});
    taken->start = t.rig.start;
    taken->writers_left = 3;
    CU_ASSERT_EQUAL(crowd_run(4, read_or_insert, taken), 4);
    wal_flush(wal_insert_lsn());
    {
        OsFile *f = wal_segment_try_open(1, 1);
        uint8_t *bytes = mem_alloc(TAKEN_MAX);

        os_file_read_at(f, bytes, TAKEN_MAX, 0);
        for (size_t i = 0; i < TAKEN_MAX; i++) {
            count += taken->is_taken[i];
            wrong += taken->is_taken[i] && bytes[i] != taken->bytes[i];
        }
        os_file_close(f);
    }
    CU_ASSERT_TRUE(count > 1000);
    CU_ASSERT_EQUAL(wrong, 0);
    close_log();
}

/* ---- many ---- */

typedef struct Group {
    _Atomic uint64_t flushes, syncs;
} Group;

static void insert_and_flush(void *arg, unsigned number)
{
    Group *g = arg;
    const uint64_t before = wal_usage()->syncs;

    for (uint32_t i = 0; i < 200; i++) {
        const Lsn end = wal_rig_insert(number, i);

        wal_flush(end);
        g->flushes++;
        if (wal_needs_flush(end))
            err_raise(SQLSTATE_INTERNAL_ERROR, .message = "not flushed");
    }
    g->syncs += wal_usage()->syncs - before;
}

static bool has_siblings(int count)
{
    return count <= 8;
}

/* With a delay for it one sync serves several. */
static void one_sync_serves_many(void)
{
    Group *group = os_shared_map(sizeof *group, OS_HUGE_OFF);
    size_t count = 0;

    open_log();
    wal_rig_set_size(50);
    setting.commit_delay = 1000;
    setting.commit_siblings = 5;
    wal_set_hooks(&(WalHooks){.has_busy_siblings = has_siblings});
    CU_ASSERT_EQUAL(crowd_run(8, insert_and_flush, group), 8);
    CU_ASSERT_EQUAL(group->flushes, 1600);
    CU_ASSERT_TRUE(group->syncs > 0);
    CU_ASSERT_TRUE(group->syncs < 800);
    CU_ASSERT_EQUAL(wal_rig_read(&t.rig, ignore_record, &count), wal_insert_lsn());
    CU_ASSERT_EQUAL(count, 1600);
    wal_rig_set_size(0);
    close_log();
}

static void write_in_the_background(void *arg, unsigned number)
{
    Group *g = arg;

    if (number > 0) {
        insert_and_flush(arg, number);
        return;
    }
    while (g->flushes < 600)
        wal_flush_background();
}

static void the_writer_works_beside_others(void)
{
    Group *group = os_shared_map(sizeof *group, OS_HUGE_OFF);
    size_t count = 0;

    open_log();
    CU_ASSERT_EQUAL(crowd_run(4, write_in_the_background, group), 4);
    CU_ASSERT_EQUAL(wal_rig_read(&t.rig, ignore_record, &count), wal_insert_lsn());
    CU_ASSERT_EQUAL(count, 600);
    close_log();
}

/* ---- power cuts: each method keeps what it says ---- */

typedef struct Cut {
    int method;
    uint64_t seed;
    uint64_t change; /* at which the power fails, or a call; 0: none does */
    int error;       /* of a call that fails; 0: the power */
    Lsn *flushed;    /* as far as was promised; shared */
    SimDisk *disk;
    bool is_checked;
} Cut;

static Cut cut;

/* After a power cut the files must have all that was promised. Leaves the process. */
static void check_after_cut(void)
{
    const Lsn flushed = *cut.flushed;
    size_t count = 0;
    Lsn end;

    cut.is_checked = true;
    simdisk_cut_at(cut.disk, 0);
    simdisk_fail_at(cut.disk, 0, 0);
    simdisk_power_cut(cut.disk);
    simdisk_power_on(cut.disk);
    end = wal_rig_read(&t.rig, ignore_record, &count);
    if (flushed > end) {
        fprintf(stderr, "flushed to %" PRIX64 ", the files end at %" PRIX64 "\n", flushed, end);
        _exit(1);
    }
    _exit(end >= flushed ? 0 : 1);
}

/* A panic is how the failure shows. */
static void on_report(const ErrReport *report)
{
    if (report->level == ERR_PANIC && !cut.is_checked)
        check_after_cut();
}

static void work_until_the_cut(void *arg)
{
    (void)arg;
    err_set_sink(on_report);
    setting.wal_sync_method = cut.method;
    cut.disk = simdisk_new("/sim", cut.seed);
    simdisk_bind(cut.disk);
    *cut.flushed = 0;
    wal_rig_open(&t.rig, &(WalRigConfig){.dir = "/sim", .buffers = 8});
    os_dir_sync("/sim/pg_wal");
    os_dir_sync("/sim");
    if (cut.change != 0 && cut.error == 0)
        simdisk_cut_at(cut.disk, simdisk_change_count(cut.disk) + cut.change);
    else if (cut.change != 0)
        simdisk_fail_at(cut.disk, simdisk_change_count(cut.disk) + cut.change, cut.error);
    for (uint32_t i = 0; i < 60; i++) {
        const Lsn end = wal_rig_insert(0, i);

        if (i % 3 == 0) {
            wal_flush(end);
            *cut.flushed = end;
        }
        if (i == 20 || i == 40) {
            wal_switch(false);
            *cut.flushed = wal_flush_lsn();
        }
        if (i % 7 == 0)
            wal_flush_background();
    }
    check_after_cut();
}

/* At each step-th, or at every one when there is time. */
static void fail_at_every_change(int method, int error, unsigned step)
{
    ChildEnd end = {.exit_code = 0};
    uint64_t change;

    cut.method = method;
    cut.error = error;
    cut.flushed = os_shared_map(sizeof *cut.flushed, OS_HUGE_OFF);
    if (process_env("HOLDFAST_WORLD") != NULL)
        step = 1;
    for (change = 1 + cut.seed % step; change < 250; change += step) {
        cut.change = change;
        end = child_run(work_until_the_cut, NULL);
        if (end.exit_code != 0) {
            CU_FAIL("something that was flushed is lost");
            printf("method %d, change %" PRIu64 ", seed %" PRIu64 ": %s\n", method, change,
                   cut.seed, end.err);
            break;
        }
    }
    os_shared_unmap(cut.flushed, sizeof *cut.flushed);
}

static void what_was_flushed_survives_a_power_cut(void)
{
    Seed seed = seed_new("what_was_flushed_survives_a_power_cut");

    cut.seed = seed_u64(&seed);
    fail_at_every_change(WAL_SYNC_METHOD_FDATASYNC, 0, 7);
    fail_at_every_change(WAL_SYNC_METHOD_FSYNC, 0, 23);
    fail_at_every_change(WAL_SYNC_METHOD_OPEN_DATASYNC, 0, 23);
    fail_at_every_change(WAL_SYNC_METHOD_OPEN_SYNC, 0, 23);
}

static void what_was_flushed_survives_calls_that_fail(void)
{
    Seed seed = seed_new("what_was_flushed_survives_calls_that_fail");

    cut.seed = seed_u64(&seed);
    fail_at_every_change(WAL_SYNC_METHOD_FDATASYNC, EIO, 11);
    fail_at_every_change(WAL_SYNC_METHOD_FDATASYNC, ENOSPC, 17);
}

/* ---- dying at every fault point ---- */

#ifdef HOLDFAST_FAULT_POINTS

# define PASSAGES_MAX 40 /* of a point, in the work below */

typedef struct Fault {
    const char *spec;
    _Atomic Lsn flushed;
    bool is_over; /* the work was done before the fault came */
} Fault;

static void work_until_the_fault(void *arg)
{
    Fault *f = arg;

    fault_arm(f->spec);
    for (uint32_t i = 0; i < 30; i++) {
        const Lsn end = wal_rig_insert(0, i);

        if (i % 2 == 0) {
            wal_flush(end);
            f->flushed = end;
        }
        if (i % 10 == 5) {
            wal_switch(false);
            f->flushed = wal_flush_lsn();
            wal_begin_checkpoint();
            ERR_TRY() {
                wal_segments_remove_old(wal_seg_no(wal_redo_lsn(), MIB(1)) - 1, wal_redo_lsn(),
                                        wal_insert_lsn(), 1);
            }
            ERR_CATCH() {
                /* A checkpoint that fails here is tried again. */
            }
            ERR_END();
        }
    }
    fault_arm("");
    f->is_over = true;
}

/* What is there must be a log whose end is as promised and which can go on. */
static void check_after_fault(const Fault *f)
{
    size_t count = 0;
    Lsn end;

    t.rig.start = wal_seg_start(wal_last_removed_segment() + 1, MIB(1));
    if (wal_last_removed_segment() == 0)
        t.rig.start = MIB(1);
    wal_segments_remove_temp();
    end = wal_rig_restart(&t.rig);
    CU_ASSERT_TRUE(end >= f->flushed);
    wal_rig_insert(1, 0);
    wal_flush(wal_insert_lsn());
    CU_ASSERT_EQUAL(wal_rig_read(&t.rig, ignore_record, &count), wal_insert_lsn());
    if (end < f->flushed)
        printf("%s: flushed to %" PRIX64 ", the files end at %" PRIX64 "\n", f->spec, f->flushed,
               end);
}

static void the_log_can_die_anywhere(void)
{
    static const char *const points[] = {
        "os.file.create", "os.file.write_at",       "os.file.sync",
        "os.file.close",  "os.file.publish",        "os.file.unlink",
        "os.dir.sync",    "wal.flush.before_write", "wal.flush.before_sync"};
    static const char *const actions[] = {"kill", "error", "enospc"};
    const unsigned step = process_env("HOLDFAST_WORLD") != NULL ? 1 : 5;
    Fault *f = os_shared_map(sizeof *f, OS_HUGE_OFF);

    setting.min_wal_size = 3;
    for (size_t p = 0; p < ARRAY_LEN(points); p++) {
        for (size_t a = 0; a < ARRAY_LEN(actions); a++) {
            for (unsigned i = 1 + (unsigned)p % step; i <= PASSAGES_MAX; i += step) {
                f->is_over = false;
                f->flushed = 0;
                f->spec = mem_printf("%s=%s@%u", points[p], actions[a], i);
                wal_rig_open(&t.rig,
                             &(WalRigConfig){.dir = mem_printf("%s/%s", unit_temp_dir(), f->spec)});
                child_run(work_until_the_fault, f);
                check_after_fault(f);
                os_dir_remove_tree(mem_printf("%s/%s", unit_temp_dir(), f->spec), false);
                wal_rig_close(&t.rig);
                if (f->is_over)
                    break;
            }
        }
    }
    setting.min_wal_size = 80;
}

#else

static void the_log_can_die_anywhere(void)
{
    unit_skip("this build has no fault points");
}

#endif

/* ---- a full disk, a sync that fails: the server must not go on ---- */

static void flush_on_a_bad_disk(void *arg)
{
    SimDisk *disk = simdisk_new("/sim", 1);
    const bool is_full = *(const bool *)arg;
    Lsn end;

    simdisk_bind(disk);
    wal_rig_open(&t.rig, &(WalRigConfig){.dir = "/sim"});
    end = wal_rig_insert(0, 0);
    wal_flush(end);
    if (is_full) {
        simdisk_set_room(disk, MIB(1) + KIB(100));
        for (uint32_t i = 0; i < 1000; i++)
            wal_flush(wal_rig_insert(0, i));
        return;
    }
    end = wal_rig_insert(0, 1);
    simdisk_fail_at(disk, simdisk_change_count(disk) + 2, EIO); /* a write, then the sync */
    wal_flush(end);
}

static void a_sync_that_fails_is_a_panic(void)
{
    const bool is_full = false;
    ChildEnd end = child_run(flush_on_a_bad_disk, (void *)(uintptr_t)&is_full);

    CU_ASSERT_EQUAL(end.signal_no, SIGABRT);
    CU_ASSERT_PTR_NOT_NULL(strstr(end.err, "panic: could not fsync file \"/sim/pg_wal/"
                                           "000000010000000000000001\": Input/output error"));
}

static void a_full_disk_is_a_panic(void)
{
    const bool is_full = true;
    ChildEnd end = child_run(flush_on_a_bad_disk, (void *)(uintptr_t)&is_full);

    CU_ASSERT_EQUAL(end.signal_no, SIGABRT);
    CU_ASSERT_PTR_NOT_NULL(strstr(end.err, "No space left on device"));
}

static void without_fsync_nothing_is_synced(void)
{
    uint64_t before;

    open_log();
    setting.fsync = false;
    before = wal_usage()->syncs;
    for (uint32_t i = 0; i < 10; i++)
        wal_flush(wal_rig_insert(0, i));
    CU_ASSERT_EQUAL(wal_usage()->syncs, before);
    CU_ASSERT_EQUAL(wal_flush_lsn(), wal_insert_lsn());
    close_log();
}

static void the_method_may_change_while_it_runs(void)
{
    static const int methods[] = {WAL_SYNC_METHOD_FDATASYNC, WAL_SYNC_METHOD_OPEN_DATASYNC,
                                  WAL_SYNC_METHOD_FSYNC, WAL_SYNC_METHOD_OPEN_SYNC};
    size_t count = 0;

    open_log();
    for (uint32_t i = 0; i < 40; i++) {
        setting.wal_sync_method = methods[i % ARRAY_LEN(methods)];
        wal_flush(wal_rig_insert(0, i));
    }
    CU_ASSERT_EQUAL(wal_rig_read(&t.rig, ignore_record, &count), wal_insert_lsn());
    CU_ASSERT_EQUAL(count, 40);
    close_log();
}

UNIT_SUITE(wal_flush)
{
    UNIT_TEST(what_is_flushed_needs_no_flush);
    UNIT_TEST(a_flush_past_the_end_is_an_error);
    UNIT_TEST(in_recovery_others_are_asked);
    UNIT_TEST(the_writer_writes_whole_pages_and_syncs_now_and_then);
    UNIT_TEST(what_was_committed_without_waiting_is_flushed_soon);
    UNIT_TEST(what_is_in_the_buffers_can_be_read_there);
    UNIT_TEST(buffers_that_are_used_again_are_not_mixed_up);
    UNIT_TEST(one_sync_serves_many);
    UNIT_TEST(the_writer_works_beside_others);
    UNIT_TEST(what_was_flushed_survives_a_power_cut);
    UNIT_TEST(what_was_flushed_survives_calls_that_fail);
    UNIT_TEST(the_log_can_die_anywhere);
    UNIT_TEST(a_sync_that_fails_is_a_panic);
    UNIT_TEST(a_full_disk_is_a_panic);
    UNIT_TEST(without_fsync_nothing_is_synced);
    UNIT_TEST(the_method_may_change_while_it_runs);
}

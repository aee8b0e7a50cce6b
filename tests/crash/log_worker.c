/*
 * log_worker.c - use the server's log until a fault point ends it, or look what is left of it
 *
 *     log_worker work DIR         insert, flush, switch, recycle in DIR/pg_wal; prints how far the
 *                                 log was flushed, a number of bytes a line
 *     log_worker check DIR BYTES  the log in DIR ends there or later, is whole, and can go on
 */
#include "common/base/base.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/err/err.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/path.h"
#include "common/text/str.h"
#include "server/config/setting.h"
#include "server/wal/segment.h"
#include "server/wal/wal.h"
#include "tests/lib/wal_rig.h"

#define SEGMENT_SIZE MIB(1)
#define ROUNDS       40

static void run(int argc, char **argv);
static void work(const char *dir);
static void tell(Lsn lsn);
static void check(const char *dir, Lsn flushed);
static Lsn oldest_segment(const char *dir);
static void count_record(void *arg, const WalRecord *record);

int main(int argc, char **argv)
{
    volatile int code = 0;

    err_set_program("log_worker");
    ERR_TRY() {
        run(argc, argv);
    }
    ERR_CATCH() {
        err_log_report(err_caught());
        code = 1;
    }
    ERR_END();
    return code;
}

static void run(int argc, char **argv)
{
    setting.min_wal_size = 3;
    setting.archive_mode = ARCHIVE_MODE_ON;
    if (argc == 3 && str_equal(argv[1], "work"))
        work(argv[2]);
    else if (argc == 4 && str_equal(argv[1], "check"))
        check(argv[2], strtoull(argv[3], NULL, 10));
    else
        err_raise(SQLSTATE_USAGE, .message = "work DIR or check DIR BYTES is wanted");
}

static void work(const char *dir)
{
    WalRig rig;

    wal_rig_open(&rig, &(WalRigConfig){.dir = dir, .segment_size = SEGMENT_SIZE});
    for (uint32_t i = 0; i < ROUNDS; i++) {
        const Lsn end = wal_rig_insert(0, i);

        if (i % 3 == 0) {
            wal_flush(end);
            tell(end);
        }
        if (i % 5 == 0)
            wal_flush_background();
        if (i % 10 == 9) {
            wal_switch(false);
            tell(wal_flush_lsn());
            setting.archive_mode = i % 20 == 9 ? ARCHIVE_MODE_OFF : ARCHIVE_MODE_ON;
            wal_begin_checkpoint();
            wal_segments_remove_old(wal_seg_no(wal_redo_lsn(), SEGMENT_SIZE) - 1, wal_redo_lsn(),
                                    wal_insert_lsn(), 1);
        }
    }
    wal_rig_close(&rig);
}

static void tell(Lsn lsn)
{
    printf("%" PRIu64 "\n", lsn);
    fflush(stdout);
}

static void check(const char *dir, Lsn flushed)
{
    size_t count = 0;
    WalRig rig;
    Lsn end;

    wal_rig_open(&rig, &(WalRigConfig){.dir = dir, .segment_size = SEGMENT_SIZE});
    wal_segments_remove_temp();
    rig.start = oldest_segment(rig.wal_dir);
    if (rig.start == LSN_NONE && flushed == 0)
        return;
    end = wal_rig_restart(&rig);
    if (end < flushed)
        err_raise(SQLSTATE_CHECK_FAILED,
                  .message = err_fmt("the log ends at %" PRIu64 ", it was flushed up to %" PRIu64,
                                     end, flushed));
    wal_rig_insert(1, 0);
    wal_flush(wal_insert_lsn());
    if (wal_rig_read(&rig, count_record, &count) != wal_insert_lsn())
        err_raise(SQLSTATE_CHECK_FAILED, .message = "the log does not go on");
    printf("%zu records\n", count);
}

/* Where the log begins. */
static Lsn oldest_segment(const char *dir)
{
    Array names;

    os_dir_list(dir, &names);
    array_foreach(char *, name, &names) {
        WalSeg seg;

        if (wal_seg_name_try_parse(*name, SEGMENT_SIZE, &seg))
            return wal_seg_start(seg.seg_no, SEGMENT_SIZE);
    }
    return LSN_NONE;
}

static void count_record(void *arg, const WalRecord *record)
{
    uint32_t writer, number;
    bool is_right;

    ++*(size_t *)arg;
    if (wal_rig_check(record, &writer, &number, &is_right) && !is_right)
        err_raise(SQLSTATE_CHECK_FAILED,
                  .message = err_fmt("record %u of %u is not what it was", number, writer));
}

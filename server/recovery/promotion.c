/*
 * promotion.c - from archive recovery to a timeline of its own
 *
 * First the new timeline's first segment and its history file, then the signal files go: should a
 * crash come in between, archive recovery begins again, and chooses the next number.
 */
#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/file.h"
#include "common/text/num.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/ipc/wait_event.h"
#include "server/recovery/checkpoint/control.h"
#include "server/recovery/recovery_int.h"
#include "server/recovery/source/log_source.h"
#include "server/recovery/source/restore.h"
#include "server/recovery/source/timelines.h"
#include "server/wal/archive_status.h"
#include "server/wal/segment.h"
#include "server/wal/wal.h"

#define END_OF_RECOVERY_SIZE 16

static void make_first_segment(const LogEnd *log_end, TimelineId tli);

TimelineId promotion_begin_timeline(const StartPoint *start, const LogEnd *log_end)
{
    TimelineId tli = timeline_newest(log_source_target()) + 1;

    err_log(ERR_LOG, .message = err_fmt("selected new timeline ID: %u", tli));
    make_first_segment(log_end, tli);
    timeline_write(tli, log_source_target(), log_end->end,
                   target_reason(&start->target, &log_end->stop));
    os_try_unlink("pg_wal/" RESTORED_SEGMENT);
    os_try_unlink("pg_wal/" RESTORED_HISTORY);
    if (os_exists(STANDBY_SIGNAL_FILE))
        os_unlink_durable(STANDBY_SIGNAL_FILE);
    if (os_exists(RECOVERY_SIGNAL_FILE))
        os_unlink_durable(RECOVERY_SIGNAL_FILE);
    err_log(ERR_LOG, .message = "archive recovery complete");
    return tli;
}

/*
 * What lies before the end in that segment is the new timeline's too. No history names the timeline
 * yet: what has the segment's name is of a promotion that a crash has cut short.
 */
static void make_first_segment(const LogEnd *log_end, TimelineId tli)
{
    uint32_t size = wal_identity()->segment_size;
    uint32_t offset = wal_seg_offset(log_end->end, size);
    char *name = wal_seg_name_at(tli, log_end->end, size);
    char *path = mem_printf("pg_wal/%s", name);

    if (offset != 0) {
        if (os_exists(path))
            os_unlink_durable(path);
        wal_segment_fork(wal_seg_no(log_end->end, size), log_end->file_tli, tli, offset);
    }
    archive_status_remove(name);
}

/* A crash before that leaves the history file alone; it is archived by what the checkpoint does. */
static void keep_partial_segment(const LogEnd *log_end)
{
    char *name = wal_seg_name_at(log_end->file_tli, log_end->end, wal_identity()->segment_size);
    char *partial = mem_printf("%s.partial", name);
    char *path = mem_printf("pg_wal/%s", name);

    if (wal_seg_offset(log_end->end, wal_identity()->segment_size) == 0 || !archive_is_on() ||
        archive_status_is_ready_or_done(name) || !os_exists(path))
        return;
    os_rename_durable(path, mem_printf("pg_wal/%s", partial));
    archive_status_set_ready(partial);
}

void promotion_clean_up(const LogEnd *log_end, TimelineId tli)
{
    if (*setting.recovery_end_command != '\0')
        restore_run_command(setting.recovery_end_command, "recovery_end_command", true,
                            WAIT_EVENT_RECOVERY_END_COMMAND);
    wal_segments_remove_other_timelines(log_end->end, tli);
    keep_partial_segment(log_end);
}

static void note_end(ControlFile *file, void *arg)
{
    const Lsn *end = arg;

    file->min_recovery_lsn = *end;
    file->min_recovery_tli = wal_timeline();
}

/* In place of a checkpoint: replay of the new timeline may begin at the last restartpoint. */
void promotion_log_end_of_recovery(TimelineId tli, TimelineId prev_tli)
{
    uint8_t bytes[END_OF_RECOVERY_SIZE];
    Lsn end;

    store_u64(bytes, (uint64_t)clock_now());
    store_u32(bytes + 8, tli);
    store_u32(bytes + 12, prev_tli);
    wal_begin_insert();
    wal_register_data(bytes, sizeof bytes);
    crit_begin();
    end = wal_insert(RMGR_XLOG, WAL_XLOG_END_OF_RECOVERY);
    wal_flush(end);
    crit_end();
    control_update(note_end, &end);
}

/*
 * restartpoint.c - what a checkpoint is on a standby: replay can begin anew at one of the primary's
 *
 * Nothing is inserted into the log: the newest checkpoint that was replayed is made good, by
 * writing all that was changed before its redo point, and then stands in pg_control.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/checkpoint.h"
#include "common/format/wal_seg_name.h"
#include "common/os/clock.h"
#include "common/text/num.h"
#include "server/config/setting.h"
#include "server/ipc/wait_event.h"
#include "server/recovery/checkpoint/checkpoint.h"
#include "server/recovery/checkpoint/checkpoint_int.h"
#include "server/recovery/checkpoint/control.h"
#include "server/recovery/progress.h"
#include "server/recovery/recovery.h"
#include "server/recovery/source/restore.h"
#include "server/recovery/target.h"
#include "server/txn/proc_array.h"
#include "server/txn/subtrans.h"
#include "server/wal/segment.h"
#include "server/wal/wal.h"

typedef struct Restartpoint {
    unsigned flags;
    Lsn start, end; /* of the checkpoint's record */
    Checkpoint record;
    Lsn previous_redo;
    uint64_t began_us;
    BufferSyncStats buffers;
    SyncStats syncs;
    bool is_noted; /* pg_control has it */
} Restartpoint;

static void skip(const Restartpoint *r);
static void log_it(const Restartpoint *r);
static void remove_old_segments(const Restartpoint *r);

static void note_shut_down(ControlFile *file, void *arg UNUSED)
{
    file->state = CONTROL_SHUT_DOWN_IN_RECOVERY;
}

/* A recovery that came to its end meanwhile has written a newer checkpoint, or will. */
static void note_restartpoint(ControlFile *file, void *arg)
{
    Restartpoint *r = arg;

    if (file->state != CONTROL_IN_ARCHIVE_RECOVERY || file->checkpoint.redo >= r->record.redo)
        return;
    r->is_noted = true;
    file->checkpoint_lsn = r->start;
    file->checkpoint = r->record;
    /* What is on disk is that new at least, since its record was replayed. */
    if (file->min_recovery_lsn < r->end) {
        file->min_recovery_lsn = r->end;
        file->min_recovery_tli = r->record.tli;
    }
    if ((r->flags & CHECKPOINT_IS_SHUTDOWN) != 0)
        file->state = CONTROL_SHUT_DOWN_IN_RECOVERY;
}

bool restartpoint_make(unsigned flags)
{
    Restartpoint r = {.flags = flags, .began_us = clock_monotonic_us()};
    bool is_there = recovery_last_checkpoint(&r.start, &r.end, &r.record);
    ControlFile before;

    if (!recovery_is_running()) {
        err_log(ERR_DEBUG, .message = "skipping restartpoint, recovery has already ended");
        return false;
    }
    control_get(&before);
    r.previous_redo = before.checkpoint.redo;
    if (!is_there || r.record.redo <= before.checkpoint.redo) {
        skip(&r);
        return false;
    }
    if (setting.log_checkpoints)
        err_log(ERR_LOG,
                .message = err_fmt("restartpoint starting:%s", checkpoint_flag_text(flags)));
    sync_before_checkpoint();
    checkpoint_flush(flags, r.record.redo, &r.buffers, &r.syncs);
    control_update(note_restartpoint, &r);
    recovery_reread_min();
    sync_after_checkpoint();
    /* Else a crash is still recovered from the older checkpoint: its segments are needed. */
    if (r.is_noted)
        remove_old_segments(&r);
    if (setting.hot_standby) {
        Horizons horizons;

        proc_array_horizons(&horizons);
        subtrans_truncate(horizons.oldest_running);
    }
    log_it(&r);
    if (*setting.archive_cleanup_command != '\0') {
        restore_know_restart();
        restore_run_command(setting.archive_cleanup_command, "archive_cleanup_command", false,
                            WAIT_EVENT_ARCHIVE_CLEANUP_COMMAND);
    }
    return true;
}

/* There is none newer; but a recovery that begins anew need not go on beyond what is on disk. */
static void skip(const Restartpoint *r)
{
    err_log(ERR_DEBUG, .message = err_fmt("skipping restartpoint, already performed at " LSN_FMT,
                                          LSN_ARG(r->record.redo)));
    recovery_advance_min_to_now();
    if ((r->flags & CHECKPOINT_IS_SHUTDOWN) != 0)
        control_update(note_shut_down, NULL);
}

static void remove_old_segments(const Restartpoint *r)
{
    uint32_t size = wal_identity()->segment_size;
    uint64_t keep = wal_seg_no(r->record.redo, size);
    RecoveryProgress p;
    Lsn end = recovery_received();

    recovery_progress(&p);
    if (end < p.replayed_end)
        end = p.replayed_end;
    if (r->previous_redo != LSN_NONE && r->record.redo > r->previous_redo)
        wal_note_checkpoint_distance(r->record.redo - r->previous_redo);
    keep = checkpoint_first_segment(keep, end);
    wal_segments_remove_old(keep, r->record.redo, end, p.replayed_tli);
}

static void log_it(const Restartpoint *r)
{
    RecoveryProgress p;
    char *text;

    if (setting.log_checkpoints)
        err_log(
            ERR_LOG,
            .message = err_fmt(
                "restartpoint complete: wrote %u buffers (%.1f%%); total=%.3f s; sync files=%u, "
                "longest=%.3f s; distance=%" PRIu64 " kB; lsn=" LSN_FMT ", redo lsn=" LSN_FMT,
                r->buffers.written, 100.0 * r->buffers.written / setting.shared_buffers,
                (double)(clock_monotonic_us() - r->began_us) / 1e6, r->syncs.count,
                (double)r->syncs.longest_us / 1e6, (r->record.redo - r->previous_redo) / 1024,
                LSN_ARG(r->start), LSN_ARG(r->record.redo)));
    recovery_progress(&p);
    text = p.last_xact_time != 0 ? target_time_text(p.last_xact_time) : NULL;
    err_log(setting.log_checkpoints ? ERR_LOG : ERR_DEBUG,
            .message = err_fmt("recovery restart point at " LSN_FMT, LSN_ARG(r->record.redo)),
            .detail = text == NULL
                          ? NULL
                          : err_fmt("Last completed transaction was at log time %s.", text));
}

/*
 * recovery.c - the startup process: what recovery.h promises, step by step
 *
 *     find the start point > bring counters there > clean up > redo > end of the log
 *       > wal_start > checkpoint > in production
 */
#include "common/base/base.h"

#include "server/recovery/recovery.h"

#include "common/err/err.h"
#include "common/format/wal_page.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/text/num.h"
#include "server/config/setting.h"
#include "server/ipc/supervisor.h"
#include "server/recovery/checkpoint/checkpoint.h"
#include "server/recovery/checkpoint/control.h"
#include "server/recovery/progress.h"
#include "server/recovery/recovery_int.h"
#include "server/recovery/source/log_source.h"
#include "server/recovery/source/restore.h"
#include "server/recovery/standby/standby.h"
#include "server/recovery/unlogged.h"
#include "server/stats/stats.h"
#include "server/storage/file/vfd.h"
#include "server/storage/slru/slru.h"
#include "server/txn/clog.h"
#include "server/txn/commit_ts.h"
#include "server/txn/multixact.h"
#include "server/txn/snapshot_export.h"
#include "server/txn/subtrans.h"
#include "server/txn/twophase.h"
#include "server/txn/xid.h"
#include "server/wal/segment.h"
#include "server/wal/wal.h"

static bool full_page_writes; /* as the log has it so far */

static void check_folders(void);
static void sync_data_directory(void);
static void set_counters(const Checkpoint *c);
static void begin(const StartPoint *start);
static void end(const StartPoint *start, LogEnd *log_end);
static void finish_log(const StartPoint *start, const LogEnd *log_end, TimelineId prev_tli);
static void say_limits(void);
static const uint8_t *read_last_page(const LogEnd *log_end);

void recovery_run(void)
{
    StartPoint start;
    LogEnd log_end;

    check_folders();
    start_point_find(&start);
    set_counters(&start.checkpoint);
    vfd_remove_temp_files();
    wal_segments_remove_temp();
    if (start.needs_recovery)
        begin(&start);
    else
        stats_load();
    xid_set_latest_completed(full_xid_before(start.checkpoint.next_xid));
    if (start.needs_recovery)
        recovery_note_begin(start.checkpoint.redo, start.checkpoint.tli);
    restore_know_restart();
    redo_loop(&start, &log_end);
    consistency_require(&start, log_end.end);
    missing_pages_check();
    end(&start, &log_end);
}

/* ---- Before ---- */

/* What a careless copy may have left out, and what is made anew without harm. */
static void check_folders(void)
{
    OsStat stat;

    if (!os_try_stat("pg_wal", &stat) || stat.kind != OS_KIND_DIR)
        err_fatal(SQLSTATE_UNDEFINED_FILE,
                  .message = "required WAL directory \"pg_wal\" does not exist");
    if (!os_try_stat("pg_wal/archive_status", &stat)) {
        err_log(ERR_LOG, .message = "creating missing WAL directory \"pg_wal/archive_status\"");
        os_dir_make("pg_wal/archive_status");
    }
}

/*
 * The counters as of the checkpoint. What is kept for each xid is opened for looking things up in
 * it; it is cut to size when the end of the log is known.
 */
static void set_counters(const Checkpoint *c)
{
    ControlFile file;

    control_get(&file);
    xid_set_next(c->next_xid);
    oid_set_next(c->next_oid, 0);
    multixact_set_next(c->next_multi, c->next_multi_offset);
    xid_advance_oldest_clog(c->oldest_xid);
    xid_set_limits(c->oldest_xid, c->oldest_xid_db);
    multixact_set_oldest(c->oldest_multi, c->oldest_multi_db);
    full_page_writes = c->full_page_writes;
    clog_start();
    snapshot_export_clear();
    multixact_start();
    commit_ts_set_limits(c->oldest_commit_ts_xid, c->newest_commit_ts_xid);
    commit_ts_start(file.track_commit_timestamp);
    twophase_restore();
}

static void note_begin(ControlFile *file, void *arg)
{
    const StartPoint *start = arg;

    file->state = start->is_in_archive ? CONTROL_IN_ARCHIVE_RECOVERY : CONTROL_IN_CRASH_RECOVERY;
    file->checkpoint_lsn = start->checkpoint_start;
    file->checkpoint = start->checkpoint;
    if (start->is_in_archive && file->min_recovery_lsn < start->checkpoint.redo) {
        file->min_recovery_lsn = start->checkpoint.redo;
        file->min_recovery_tli = start->checkpoint.tli;
    }
    if (!start->has_label)
        return;
    file->backup_start_lsn = start->checkpoint.redo;
    file->backup_end_required = start->needs_backup_end;
    /* No record tells the end of one of a standby: pg_control, which was copied last, does. */
    if (start->is_from_standby)
        file->backup_end_lsn = file->min_recovery_lsn;
}

/*
 * From here on pg_control says that a recovery is under way, and, for a backup, what must be seen
 * before it may end; then the label is not needed any more.
 */
static void begin(const StartPoint *start)
{
    StartPoint copy = *start;

    if (!start->is_in_archive) {
        err_log(ERR_LOG, .message =
                             "database system was not properly shut down; automatic recovery "
                             "in progress");
        if (log_source_target() > start->checkpoint.tli)
            err_log(ERR_LOG,
                    .message = err_fmt("crash recovery starts in timeline %u and has target "
                                       "timeline %u",
                                       start->checkpoint.tli, log_source_target()));
    }
    if (start->state != CONTROL_SHUT_DOWN)
        sync_data_directory();
    control_update(note_begin, &copy);
    if (start->has_label)
        start_point_forget_label();
    if (start->is_in_archive)
        recovery_set_state(RECOVERY_ARCHIVE);
    consistency_begin(start);
    if (start->is_requested)
        supervisor_request(SUPERVISOR_RECOVERY_STARTED);
    consistency_check_parameters();
    os_try_unlink("pg_stat/pgstat.stat");
    unlogged_reset(UNLOGGED_REMOVE);
}

/* What the system had not written before the crash must not be read now and be gone later. */
static void sync_data_directory(void)
{
    if (setting.fsync)
        os_dir_sync_tree(".", true);
}

/* ---- After ---- */

static void note_end(ControlFile *file, void *arg)
{
    (void)arg;
    file->state = CONTROL_IN_PRODUCTION;
    file->max_connections = (uint32_t)setting.max_connections;
    file->max_worker_processes = (uint32_t)setting.max_worker_processes;
    file->max_wal_senders = (uint32_t)setting.max_wal_senders;
    file->max_prepared_xacts = (uint32_t)setting.max_prepared_transactions;
    file->max_locks_per_xact = (uint32_t)setting.max_locks_per_transaction;
    file->wal_level = (uint32_t)setting.wal_level;
    file->wal_log_hints = setting.wal_log_hints;
    file->track_commit_timestamp = setting.track_commit_timestamp;
}

static void end(const StartPoint *start, LogEnd *log_end)
{
    TimelineId prev_tli = log_end->tli;
    WalStart wal = {.end = log_end->end,
                    .last_record = log_end->last_record,
                    .aborted_record = log_end->aborted_record,
                    .missing_continuation = log_end->missing_continuation,
                    .redo = start->checkpoint.redo,
                    .full_page_writes = full_page_writes};

    if (start->needs_recovery)
        unlogged_reset(UNLOGGED_INIT);
    wal.last_page = read_last_page(log_end);
    if (start->is_requested)
        log_end->tli = promotion_begin_timeline(start, log_end);
    log_source_close();
    wal.tli = log_end->tli;
    recovery_set_previous_timeline(prev_tli);
    wal_start(&wal);
    wal_set_full_page_writes(setting.full_page_writes); /* logged when it is another than before */
    xid_set_latest_completed(full_xid_before(xid_next()));
    subtrans_start(twophase_oldest());
    clog_trim();
    multixact_trim();
    twophase_recover();
    wal_segments_preallocate(wal.end, wal.tli);
    finish_log(start, log_end, prev_tli);
}

/*
 * A standby that was promoted takes clients at once, with a record that says on which timeline it
 * is now; a checkpoint can come later, since replay can begin where its last restartpoint is.
 */
static void finish_log(const StartPoint *start, const LogEnd *log_end, TimelineId prev_tli)
{
    bool is_promoted = start->is_requested && recovery_is_promoted() && supervisor_pid() != 0;

    if (is_promoted)
        promotion_log_end_of_recovery(log_end->tli, prev_tli);
    else if (start->needs_recovery)
        checkpoint_request(CHECKPOINT_END_OF_RECOVERY | CHECKPOINT_IMMEDIATE | CHECKPOINT_WAIT);
    if (start->is_requested)
        promotion_clean_up(log_end, log_end->tli);
    log_parameter_change();
    commit_ts_finish_start();
    control_update(note_end, NULL);
    wal_open_to_all();
    standby_stop();
    recovery_set_state(RECOVERY_DONE);
    /* Their timeline has ended: they have to hear of the one that goes on. */
    recovery_tell_followers();
    say_limits();
    if (is_promoted)
        checkpoint_request(CHECKPOINT_FORCE);
}

/* From here on autovacuum can be asked for, should the numbers have come near their end. */
static void say_limits(void)
{
    MultiLimits multis;
    Oid database;
    Xid oldest = xid_oldest(&database);

    xid_set_limits(oldest, database);
    multixact_get_limits(&multis);
    multixact_set_oldest(multis.oldest, multis.oldest_database);
}

/* The page that the next record begins on, as far as it is filled; NULL: it begins a new one. */
static const uint8_t *read_last_page(const LogEnd *log_end)
{
    uint32_t size = wal_identity()->segment_size;
    uint32_t filled = (uint32_t)(log_end->end % WAL_PAGE_SIZE);
    uint8_t *page;
    OsFile *file;

    if (filled == 0 || log_end->missing_continuation != LSN_NONE)
        return NULL;
    file = wal_segment_try_open(log_end->end / size, log_end->file_tli);
    if (file == NULL)
        err_raise(SQLSTATE_UNDEFINED_FILE,
                  .message = err_fmt("the segment in which the log ends at " LSN_FMT " is gone",
                                     LSN_ARG(log_end->end)));
    page = mem_alloc(WAL_PAGE_SIZE);
    os_file_read_exact_at(file, page, WAL_PAGE_SIZE, (log_end->end - filled) % size);
    os_file_close(file);
    memset(page + filled, 0, WAL_PAGE_SIZE - filled);
    return page;
}

void recovery_note_full_page_writes(bool is_on)
{
    full_page_writes = is_on;
}

/*
 * recovery.c - the startup process: what recovery.h promises, step by step
 *
 *     find the start point > bring counters there > clean up > redo > end of the log
 *       > wal_start > checkpoint > in production
 */
#include "common/base/base.h"

#include "server/recovery/recovery.h"

#include <stdatomic.h>

#include "common/err/err.h"
#include "common/format/wal_page.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/text/num.h"
#include "server/config/setting.h"
#include "server/ipc/spinlock.h"
#include "server/recovery/checkpoint.h"
#include "server/recovery/control.h"
#include "server/recovery/recovery_int.h"
#include "server/recovery/unlogged.h"
#include "server/storage/file/vfd.h"
#include "server/storage/slru/slru.h"
#include "server/txn/clog.h"
#include "server/txn/commit_ts.h"
#include "server/txn/multixact.h"
#include "server/txn/subtrans.h"
#include "server/txn/twophase.h"
#include "server/txn/xid.h"
#include "server/wal/segment.h"
#include "server/wal/wal.h"

typedef struct RecoveryShared {
    _Atomic uint32_t state; /* RecoveryState; written by the startup process */
    SpinLock lock;
    RecoveryProgress progress; /* guarded by lock, as the next */
    struct {
        bool is_there;
        Lsn start, end;
        Checkpoint checkpoint;
    } last_checkpoint;
} RecoveryShared;

static struct {
    RecoveryShared *shared;
    bool is_over;          /* seen by this process: it stays so */
    bool full_page_writes; /* as the log has it so far */
} recovery;

static void check_folders(void);
static void sync_data_directory(void);
static void set_counters(const Checkpoint *c);
static void begin(const StartPoint *start);
static void end(const StartPoint *start, const LogEnd *log_end);
static const uint8_t *read_last_page(const LogEnd *log_end);

size_t recovery_shmem_size(void)
{
    return sizeof(RecoveryShared);
}

void recovery_shmem_init(void *place)
{
    recovery.shared = place;
    recovery.is_over = false;
    atomic_init(&recovery.shared->state, RECOVERY_CRASH);
    spin_init(&recovery.shared->lock);
}

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
    redo_loop(&start, &log_end);
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
    recovery.full_page_writes = c->full_page_writes;
    clog_start();
    multixact_start();
    commit_ts_set_limits(c->oldest_commit_ts_xid, c->newest_commit_ts_xid);
    commit_ts_start(file.track_commit_timestamp);
    twophase_restore();
}

static void note_begin(ControlFile *file, void *arg)
{
    const StartPoint *start = arg;

    file->state = CONTROL_IN_CRASH_RECOVERY;
    file->checkpoint_lsn = start->checkpoint_start;
    file->checkpoint = start->checkpoint;
    if (!start->has_label)
        return;
    file->min_recovery_lsn = start->checkpoint.redo;
    file->min_recovery_tli = start->checkpoint.tli;
    file->backup_start_lsn = start->checkpoint.redo;
    file->backup_end_required = !start->is_from_standby;
}

/*
 * From here on pg_control says that a recovery is under way, and, for a backup, what must be seen
 * before it may end; then the label is not needed any more.
 */
static void begin(const StartPoint *start)
{
    StartPoint copy = *start;

    err_log(ERR_LOG, .message = "database system was not properly shut down; automatic recovery in "
                                "progress");
    sync_data_directory();
    control_update(note_begin, &copy);
    if (start->has_label)
        start_point_forget_label();
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

static bool backup_is_incomplete(const ControlFile *file)
{
    return file->backup_end_required || file->backup_start_lsn != LSN_NONE;
}

static void end(const StartPoint *start, const LogEnd *log_end)
{
    WalStart wal = {.tli = log_end->tli,
                    .end = log_end->end,
                    .last_record = log_end->last_record,
                    .aborted_record = log_end->aborted_record,
                    .missing_continuation = log_end->missing_continuation,
                    .redo = start->checkpoint.redo,
                    .full_page_writes = recovery.full_page_writes};
    ControlFile file;

    control_get(&file);
    if (start->has_label && backup_is_incomplete(&file))
        err_fatal(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "WAL ends before end of online backup",
                  .hint = "All WAL generated while online backup was taken must be available at "
                          "recovery.");
    if (start->needs_recovery)
        unlogged_reset(UNLOGGED_INIT);
    wal.last_page = read_last_page(log_end);
    wal_start(&wal);
    wal_set_full_page_writes(setting.full_page_writes); /* logged when it is another than before */
    xid_set_latest_completed(full_xid_before(xid_next()));
    subtrans_start(twophase_oldest());
    clog_trim();
    multixact_trim();
    twophase_recover();
    wal_segments_preallocate(wal.end, wal.tli);
    if (start->needs_recovery)
        checkpoint_request(CHECKPOINT_END_OF_RECOVERY | CHECKPOINT_IMMEDIATE | CHECKPOINT_WAIT);
    log_parameter_change();
    commit_ts_finish_start();
    control_update(note_end, NULL);
    atomic_store(&recovery.shared->state, RECOVERY_DONE);
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
    file = wal_segment_try_open(log_end->end / size, log_end->tli);
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

/* ---- What others ask ---- */

RecoveryState recovery_state(void)
{
    return (RecoveryState)atomic_load(&recovery.shared->state);
}

bool recovery_is_running(void)
{
    if (!recovery.is_over)
        recovery.is_over = recovery_state() == RECOVERY_DONE;
    return !recovery.is_over;
}

void recovery_progress(RecoveryProgress *out)
{
    spin_lock(&recovery.shared->lock);
    *out = recovery.shared->progress;
    spin_unlock(&recovery.shared->lock);
}

bool recovery_last_checkpoint(Lsn *start, Lsn *end_lsn, void *checkpoint)
{
    bool is_there;

    spin_lock(&recovery.shared->lock);
    is_there = recovery.shared->last_checkpoint.is_there;
    *start = recovery.shared->last_checkpoint.start;
    *end_lsn = recovery.shared->last_checkpoint.end;
    *(Checkpoint *)checkpoint = recovery.shared->last_checkpoint.checkpoint;
    spin_unlock(&recovery.shared->lock);
    return is_there;
}

/* ---- What the redo loop tells ---- */

void recovery_note_applying(const WalRecord *record, TimelineId tli)
{
    spin_lock(&recovery.shared->lock);
    recovery.shared->progress.applying_end = record->end;
    recovery.shared->progress.replayed_tli = tli;
    spin_unlock(&recovery.shared->lock);
}

void recovery_note_applied(const WalRecord *record, TimelineId tli)
{
    spin_lock(&recovery.shared->lock);
    recovery.shared->progress.replayed_start = record->start;
    recovery.shared->progress.replayed_end = record->end;
    recovery.shared->progress.replayed_tli = tli;
    spin_unlock(&recovery.shared->lock);
}

void recovery_note_xact_time(PgTime time)
{
    spin_lock(&recovery.shared->lock);
    recovery.shared->progress.last_xact_time = time;
    spin_unlock(&recovery.shared->lock);
}

void recovery_note_full_page_writes(bool is_on)
{
    recovery.full_page_writes = is_on;
}

void recovery_note_checkpoint(const WalRecord *record, const Checkpoint *checkpoint)
{
    if (missing_pages_are_there())
        return; /* a restart from here would not know of them */
    spin_lock(&recovery.shared->lock);
    recovery.shared->last_checkpoint.is_there = true;
    recovery.shared->last_checkpoint.start = record->start;
    recovery.shared->last_checkpoint.end = record->end;
    recovery.shared->last_checkpoint.checkpoint = *checkpoint;
    spin_unlock(&recovery.shared->lock);
}

/*
 * checkpoint.c - make a checkpoint: redo point, flush of everything, record, pg_control
 *
 *     sync_before_checkpoint   from here on files to unlink wait for the next one
 *     wal_begin_checkpoint     the redo point: later changes log whole pages again
 *     counters                 read behind it; replay finds later ones in the log
 *     flush                    all that was changed before it
 *     record, wal_flush
 *     pg_control
 *     sync_after_checkpoint    unlink what waited, remove old segments
 */
#include "common/base/base.h"

#include "server/recovery/checkpoint/checkpoint.h"

#include <stdatomic.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/text/num.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/ipc/condvar.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "server/ipc/spinlock.h"
#include "server/recovery/checkpoint/checkpoint_int.h"
#include "server/recovery/checkpoint/control.h"
#include "server/recovery/progress.h"
#include "server/stats/stats.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/smgr/smgr.h"
#include "server/storage/sync/sync.h"
#include "server/txn/clog.h"
#include "server/txn/commit_ts.h"
#include "server/txn/multixact.h"
#include "server/txn/proc_array.h"
#include "server/txn/subtrans.h"
#include "server/txn/twophase.h"
#include "server/txn/xid.h"
#include "server/wal/segment.h"
#include "server/wal/wal.h"

#define DELAYER_WAIT_MS 10
#define START_TRIES     600 /* of 100 ms, for the checkpointer to come up */
#define START_WAIT_MS   100

typedef struct CheckpointShared {
    SpinLock lock;
    unsigned asked;                 /* flags; guarded by lock, as the next three */
    uint64_t started, done, failed; /* how many */
    _Atomic int server_slot;        /* proc slot of the checkpointer; PROC_NONE */
    _Atomic int64_t last_time;      /* Unix µs by PgTime: when the last one began */
    CondVar start_cv, done_cv;
} CheckpointShared;

typedef struct Making {
    unsigned flags;
    bool is_shutdown; /* or the end of recovery: nobody writes meanwhile */
    Checkpoint record;
    Lsn start, end; /* of the record */
    Lsn previous_redo;
    uint64_t began_us;
    BufferSyncStats buffers;
    SyncStats syncs;
} Making;

static struct {
    CheckpointShared *shared;
    CheckpointHooks hooks;
    void (*pause)(unsigned flags, double done);
    unsigned flags; /* of the one that is being made */
} checkpoint;

static bool is_idle(const Making *m);
static void log_begin(const Making *m);
static void count(unsigned flags, unsigned written, uint64_t write_us, uint64_t sync_us);
static void log_end(const Making *m);
static void fill_counters(Checkpoint *c, bool is_shutdown);
static void wait_for_delayers(ProcDelay kind);
static void write_record(Making *m);
static void remove_old_segments(const Making *m);

size_t checkpoint_shmem_size(void)
{
    return sizeof(CheckpointShared);
}

void checkpoint_shmem_init(void *place)
{
    CheckpointShared *s = place;

    spin_init(&s->lock);
    condvar_init(&s->start_cv);
    condvar_init(&s->done_cv);
    atomic_init(&s->server_slot, PROC_NONE);
    checkpoint.shared = s;
}

void checkpoint_set_pause(void (*pause)(unsigned flags, double done))
{
    checkpoint.pause = pause;
}

void checkpoint_set_hooks(const CheckpointHooks *hooks)
{
    checkpoint.hooks = *hooks;
}

uint64_t checkpoint_first_segment(uint64_t first, Lsn end)
{
    return checkpoint.hooks.first_segment == NULL ? first
                                                  : checkpoint.hooks.first_segment(first, end);
}

static void pause_between_buffers(double done)
{
    if (checkpoint.pause != NULL)
        checkpoint.pause(checkpoint.flags, done);
}

/* ---- Making one ---- */

static void note_shutting_down(ControlFile *file, void *arg UNUSED)
{
    file->state = CONTROL_SHUTTING_DOWN;
}

bool checkpoint_make(unsigned flags)
{
    ControlFile before;
    Horizons horizons;
    Making m = {.flags = flags,
                .is_shutdown = (flags & (CHECKPOINT_IS_SHUTDOWN | CHECKPOINT_END_OF_RECOVERY)) != 0,
                .began_us = clock_monotonic_us()};

    if ((flags & CHECKPOINT_END_OF_RECOVERY) != 0)
        wal_allow_early();
    control_get(&before);
    m.previous_redo = before.checkpoint.redo;
    sync_before_checkpoint();
    if ((flags & CHECKPOINT_IS_SHUTDOWN) != 0)
        control_update(note_shutting_down, NULL);
    if (is_idle(&m))
        return false;
    log_begin(&m);
    m.record.time = clock_unix_seconds();
    atomic_store(&checkpoint.shared->last_time, clock_now());
    m.record.redo = wal_begin_checkpoint();
    m.record.tli = wal_timeline();
    m.record.prev_tli = m.record.tli;
    /* The first checkpoint of a timeline tells which one it left. */
    if ((flags & CHECKPOINT_END_OF_RECOVERY) != 0)
        m.record.prev_tli = recovery_previous_timeline();
    m.record.full_page_writes = wal_full_page_writes();
    fill_counters(&m.record, m.is_shutdown);
    if (!m.is_shutdown && setting.wal_level >= WAL_LEVEL_REPLICA)
        m.record.oldest_active_xid = proc_array_oldest_running();
    wait_for_delayers(PROC_DELAY_START);
    checkpoint_flush(flags, m.record.redo, &m.buffers, &m.syncs);
    wait_for_delayers(PROC_DELAY_COMPLETE);
    if (!m.is_shutdown && setting.wal_level >= WAL_LEVEL_REPLICA)
        log_standby_snapshot();
    write_record(&m);
    sync_after_checkpoint();
    remove_old_segments(&m);
    proc_array_horizons(&horizons);
    subtrans_truncate(horizons.oldest_running);
    log_end(&m);
    return true;
}

static bool is_idle(const Making *m)
{
    ControlFile file;

    if (m->is_shutdown || (m->flags & CHECKPOINT_FORCE) != 0)
        return false;
    control_get(&file);
    return !wal_has_news_since(file.checkpoint_lsn);
}

/* Read after the redo point: whatever is drawn from them later is in the log behind it. */
static void fill_counters(Checkpoint *c, bool is_shutdown)
{
    MultiLimits multi;

    c->next_xid = xid_next();
    c->oldest_xid = xid_oldest(&c->oldest_xid_db);
    /* Those that were logged ahead are not used again while the server runs. */
    c->next_oid = is_shutdown ? oid_next() : oid_next_logged();
    multixact_get_limits(&multi);
    c->next_multi = multi.next;
    c->next_multi_offset = multi.next_offset;
    c->oldest_multi = multi.oldest;
    c->oldest_multi_db = multi.oldest_database;
    commit_ts_limits(&c->oldest_commit_ts_xid, &c->newest_commit_ts_xid);
}

/*
 * A commit whose record lies before the redo point may not have set its status yet: redo would not
 * do it, so it must be done before the status is flushed. Who begins later is behind the point.
 */
static void wait_for_delayers(ProcDelay kind)
{
    VirtualXid *delayers;
    size_t count = proc_array_delayers(kind, &delayers);

    while (count > 0 && proc_array_still_delays(kind, delayers, count)) {
        sync_absorb();
        clock_sleep_ms(DELAYER_WAIT_MS);
    }
}

void checkpoint_flush(unsigned flags, Lsn redo, BufferSyncStats *buffers, SyncStats *syncs)
{
    bool takes_unlogged =
        (flags & (CHECKPOINT_IS_SHUTDOWN | CHECKPOINT_END_OF_RECOVERY | CHECKPOINT_FLUSH_ALL)) != 0;
    uint64_t began_us, written_us;

    checkpoint.flags = flags;
    clog_checkpoint();
    commit_ts_checkpoint();
    subtrans_checkpoint();
    multixact_checkpoint();
    began_us = clock_monotonic_us();
    *buffers = buffer_sync(takes_unlogged ? BUFFER_SYNC_ALL : BUFFER_SYNC_PERMANENT,
                           pause_between_buffers);
    written_us = clock_monotonic_us();
    *syncs = sync_process();
    count(flags, buffers->written, written_us - began_us, clock_monotonic_us() - written_us);
    twophase_checkpoint(redo);
    if (checkpoint.hooks.save != NULL)
        checkpoint.hooks.save();
}

/* As asked for, unless the time alone has asked. */
static void count(unsigned flags, unsigned written, uint64_t write_us, uint64_t sync_us)
{
    bool is_timed = (flags & CHECKPOINT_CAUSE_TIME) != 0;

    stats_report_checkpointer(&(StatsCheckpointer){.timed = is_timed,
                                                   .requested = !is_timed,
                                                   .write_ms = (int64_t)write_us / 1000,
                                                   .sync_ms = (int64_t)sync_us / 1000,
                                                   .written = written});
}

static void note_checkpoint(ControlFile *file, void *arg)
{
    const Making *m = arg;

    if ((m->flags & CHECKPOINT_IS_SHUTDOWN) != 0)
        file->state = CONTROL_SHUT_DOWN;
    file->checkpoint_lsn = m->start;
    file->checkpoint = m->record;
    file->min_recovery_lsn = LSN_NONE;
    file->min_recovery_tli = 0;
}

static void write_record(Making *m)
{
    uint8_t bytes[CHECKPOINT_SIZE] = {0};

    checkpoint_encode(&m->record, bytes);
    wal_begin_insert();
    wal_register_data(bytes, sizeof bytes);
    crit_begin();
    m->end = wal_insert(RMGR_XLOG,
                        m->is_shutdown ? WAL_XLOG_CHECKPOINT_SHUTDOWN : WAL_XLOG_CHECKPOINT_ONLINE);
    m->start = wal_proc_last_record_start();
    wal_flush(m->end);
    if (m->is_shutdown && m->start != m->record.redo)
        err_panic(SQLSTATE_INTERNAL_ERROR,
                  .message = "concurrent write-ahead log activity while database system is "
                             "shutting down");
    crit_end();
    control_update(note_checkpoint, m);
}

/* What recovery would begin with stays, and what others still need. */
static void remove_old_segments(const Making *m)
{
    uint32_t size = wal_identity()->segment_size;
    uint64_t keep = m->record.redo / size;

    if (m->previous_redo != LSN_NONE && m->record.redo > m->previous_redo)
        wal_note_checkpoint_distance(m->record.redo - m->previous_redo);
    keep = checkpoint_first_segment(keep, m->end);
    wal_segments_remove_old(keep, m->record.redo, m->end, wal_timeline());
    if (!m->is_shutdown)
        wal_segments_preallocate(m->end, wal_timeline());
}

/* ---- What is said of it ---- */

const char *checkpoint_flag_text(unsigned flags)
{
    static const struct {
        unsigned flag;
        const char *text;
    } rows[] = {
        {CHECKPOINT_IS_SHUTDOWN, " shutdown"},
        {CHECKPOINT_END_OF_RECOVERY, " end-of-recovery"},
        {CHECKPOINT_IMMEDIATE, " immediate"},
        {CHECKPOINT_FORCE, " force"},
        {CHECKPOINT_WAIT, " wait"},
        {CHECKPOINT_CAUSE_WAL, " wal"},
        {CHECKPOINT_CAUSE_TIME, " time"},
        {CHECKPOINT_FLUSH_ALL, " flush-all"},
    };
    const char *text = "";

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if ((flags & rows[i].flag) != 0)
            text = mem_printf("%s%s", text, rows[i].text);
    return text;
}

static void log_begin(const Making *m)
{
    if (setting.log_checkpoints)
        err_log(ERR_LOG,
                .message = err_fmt("checkpoint starting:%s", checkpoint_flag_text(m->flags)));
}

static void log_end(const Making *m)
{
    if (!setting.log_checkpoints)
        return;
    err_log(ERR_LOG,
            .message = err_fmt(
                "checkpoint complete: wrote %u buffers (%.1f%%); total=%.3f s; sync files=%u, "
                "longest=%.3f s; distance=%" PRIu64 " kB; lsn=" LSN_FMT ", redo lsn=" LSN_FMT,
                m->buffers.written, 100.0 * m->buffers.written / setting.shared_buffers,
                (double)(clock_monotonic_us() - m->began_us) / 1e6, m->syncs.count,
                (double)m->syncs.longest_us / 1e6,
                (m->record.redo > m->previous_redo ? m->record.redo - m->previous_redo : 0) / 1024,
                LSN_ARG(m->start), LSN_ARG(m->record.redo)));
}

/* ---- Settings that standbys must know ---- */

void log_parameter_change(void)
{
    const ControlFile *fixed;
    ControlFile file;
    uint32_t numbers[6] = {
        (uint32_t)setting.max_connections,           (uint32_t)setting.max_worker_processes,
        (uint32_t)setting.max_wal_senders,           (uint32_t)setting.max_prepared_transactions,
        (uint32_t)setting.max_locks_per_transaction, (uint32_t)setting.wal_level,
    };
    uint8_t bytes[28] = {0};

    control_get(&file);
    fixed = &file;
    if (fixed->max_connections == numbers[0] && fixed->max_worker_processes == numbers[1] &&
        fixed->max_wal_senders == numbers[2] && fixed->max_prepared_xacts == numbers[3] &&
        fixed->max_locks_per_xact == numbers[4] && fixed->wal_level == numbers[5] &&
        fixed->wal_log_hints == setting.wal_log_hints &&
        fixed->track_commit_timestamp == setting.track_commit_timestamp)
        return;
    /* At the level minimal there can be no standby, neither before nor after. */
    if (fixed->wal_level == WAL_LEVEL_MINIMAL && setting.wal_level == WAL_LEVEL_MINIMAL)
        return;
    memcpy(bytes, numbers, sizeof numbers);
    bytes[24] = setting.wal_log_hints;
    bytes[25] = setting.track_commit_timestamp;
    wal_begin_insert();
    wal_register_data(bytes, sizeof bytes);
    wal_flush(wal_insert(RMGR_XLOG, WAL_XLOG_PARAMETER_CHANGE));
}

/* ---- Asking ---- */

/* How many there have been. */
typedef struct Counts {
    uint64_t started, done, failed;
} Counts;

static Counts counts_of(CheckpointShared *s)
{
    Counts counts;

    spin_lock(&s->lock);
    counts = (Counts){.started = s->started, .done = s->done, .failed = s->failed};
    spin_unlock(&s->lock);
    return counts;
}

/* Wake the checkpointer, which may still be coming up; false when there is none. */
static bool wake_server(CheckpointShared *s, bool waits)
{
    int slot;

    for (int i = 0; (slot = atomic_load(&s->server_slot)) == PROC_NONE; i++) {
        if (i == START_TRIES || !waits)
            return false;
        check_interrupts();
        clock_sleep_ms(START_WAIT_MS);
    }
    latch_set(&proc_at(slot)->latch);
    return true;
}

/* First until one has begun after it was asked for, then until that one is done. */
static void wait_until_made(CheckpointShared *s, const Counts *before)
{
    uint32_t seen = condvar_begin(&s->start_cv);
    Counts now;
    uint64_t mine;

    while ((mine = counts_of(s).started) == before->started)
        condvar_wait(&s->start_cv, &seen, WAIT_EVENT_CHECKPOINT_START);
    seen = condvar_begin(&s->done_cv);
    while ((now = counts_of(s)).done < mine)
        condvar_wait(&s->done_cv, &seen, WAIT_EVENT_CHECKPOINT_DONE);
    if (now.failed != before->failed)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "checkpoint request failed",
                  .hint = "Consult recent messages in the server log for details.");
}

void checkpoint_request(unsigned flags)
{
    CheckpointShared *s = checkpoint.shared;
    bool waits = (flags & CHECKPOINT_WAIT) != 0;
    Counts before;

    if (proc_self() == NULL || proc_self()->kind == PROC_STANDALONE) {
        checkpoint_make(flags | CHECKPOINT_IMMEDIATE);
        smgr_close_all();
        return;
    }
    before = counts_of(s);
    spin_lock(&s->lock);
    s->asked |= flags | CHECKPOINT_REQUESTED;
    spin_unlock(&s->lock);
    if (wake_server(s, waits)) {
        if (waits)
            wait_until_made(s, &before);
        return;
    }
    if (waits)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = "could not signal for checkpoint: checkpointer is not running");
    err_log(ERR_LOG, .message = "could not signal for checkpoint: checkpointer is not running");
}

void checkpoint_wake(void)
{
    wake_server(checkpoint.shared, false);
}

static void stop_serving(void *arg UNUSED)
{
    atomic_store(&checkpoint.shared->server_slot, PROC_NONE);
}

void checkpoint_serve(void)
{
    proc_on_detach(stop_serving, NULL);
    atomic_store(&checkpoint.shared->server_slot, proc_self()->slot);
}

bool checkpoint_is_asked_for(void)
{
    bool is_asked;

    spin_lock(&checkpoint.shared->lock);
    is_asked = checkpoint.shared->asked != 0;
    spin_unlock(&checkpoint.shared->lock);
    return is_asked;
}

unsigned checkpoint_begin_asked(void)
{
    CheckpointShared *s = checkpoint.shared;
    unsigned flags;

    spin_lock(&s->lock);
    flags = s->asked;
    s->asked = 0;
    s->started++;
    spin_unlock(&s->lock);
    condvar_broadcast(&s->start_cv);
    return flags;
}

void checkpoint_end_asked(bool is_done)
{
    CheckpointShared *s = checkpoint.shared;

    spin_lock(&s->lock);
    s->done = s->started;
    if (!is_done)
        s->failed++;
    spin_unlock(&s->lock);
    condvar_broadcast(&s->done_cv);
}

PgTime checkpoint_last_time(void)
{
    return atomic_load(&checkpoint.shared->last_time);
}

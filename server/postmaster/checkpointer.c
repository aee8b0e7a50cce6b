/*
 * checkpointer.c - the process that makes checkpoints: by time, by size of the log, when asked
 *
 * While it writes buffers it keeps the pace that checkpoint_completion_target asks for, looks after
 * requests, and takes the queue of files to sync over.
 */
#include "common/base/base.h"

#include "server/postmaster/aux.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/mem/owner.h"
#include "common/os/clock.h"
#include "server/config/guc.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "server/recovery/checkpoint/checkpoint.h"
#include "server/recovery/recovery.h"
#include "server/replication/sync_rep.h"
#include "server/replication/wal_sender.h"
#include "server/stats/activity.h"
#include "server/stats/stats.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/file/vfd.h"
#include "server/storage/smgr/smgr.h"
#include "server/storage/sync/sync.h"
#include "server/wal/archive_status.h"
#include "server/wal/segment.h"
#include "server/wal/wal.h"

#define NAP_MS  100 /* between two buffers, when there is time */
#define RETRY_S 15  /* after a restartpoint that could not be made */

static struct {
    PgTime last;  /* when the last one began, by our clock */
    PgTime began; /* the one that is being made */
    Lsn began_at; /* end of the log then */
    bool is_making;
} checkpointer;

static bool round_once(void);
static void take_settings(void);
static bool is_due(unsigned *flags);
static void make(unsigned flags);
static Lsn end_of_log(void);
static void switch_old_segment(void);
static void pace(unsigned flags, double done);
static bool is_on_schedule(double done);

void checkpointer_main(void *arg UNUSED)
{
    proc_attach(PROC_CHECKPOINTER);
    activity_begin();
    vfd_init();
    buffer_init();
    sync_keep_requests();
    checkpoint_set_pause(pace);
    checkpointer.last = clock_now();
    sync_rep_update();
    checkpoint_serve();
    aux_loop(round_once);
}

/* False after the last one. */
static bool round_once(void)
{
    unsigned flags;

    if (checkpointer.is_making) { /* an error ended it */
        checkpointer.is_making = false;
        checkpoint_end_asked(false);
    }
    latch_reset(&proc_self()->latch);
    sync_absorb();
    take_settings();
    if (interrupt_take_usr2()) {
        wal_sender_stop_all();
        /* What was written last is to be in the archive too. */
        if (archive_is_on() && !recovery_is_running())
            wal_switch(false);
        make(CHECKPOINT_IS_SHUTDOWN | CHECKPOINT_IMMEDIATE);
        stats_flush(STATS_NOW);
        stats_save();
        return false;
    }
    if (is_due(&flags))
        make(flags);
    switch_old_segment();
    latch_wait(LATCH_SET | LATCH_TIMEOUT, 1000, WAIT_EVENT_CHECKPOINTER_MAIN);
    return true;
}

/* Those that count for all processes as soon as this one says so. */
static void take_settings(void)
{
    if (interrupt_take(INTERRUPT_RELOAD)) {
        guc_load_files(GUC_LOAD_RELOAD_IN_CHILD);
        sync_rep_update();
    }
    /* Not only then: what came while recovery was about to end is for this process, too. */
    if (!recovery_is_running())
        wal_set_full_page_writes(setting.full_page_writes);
}

static bool is_due(unsigned *flags)
{
    *flags = 0;
    /* A crash is recovered from as a whole: no restartpoint on the way. */
    if (recovery_is_running() && !recovery_is_archive())
        return checkpoint_is_asked_for(); /* that of the end of recovery */
    if (clock_now() - checkpointer.last >= (int64_t)setting.checkpoint_timeout * 1000000)
        *flags = CHECKPOINT_CAUSE_TIME;
    return *flags != 0 || checkpoint_is_asked_for();
}

static void make(unsigned flags)
{
    bool is_done;

    flags |= checkpoint_begin_asked();
    checkpointer.is_making = true;
    checkpointer.began = clock_now();
    checkpointer.began_at = end_of_log();
    if ((flags & CHECKPOINT_IS_SHUTDOWN) != 0)
        err_log(ERR_LOG, .message = "shutting down");
    is_done = true;
    if (recovery_is_running() && (flags & CHECKPOINT_END_OF_RECOVERY) == 0)
        is_done = restartpoint_make(flags);
    else
        checkpoint_make(flags);
    smgr_close_all();
    checkpointer.is_making = false;
    checkpointer.last = checkpointer.began;
    if (!is_done) /* there is no newer checkpoint to begin at: look again soon */
        checkpointer.last -= ((int64_t)setting.checkpoint_timeout - RETRY_S) * 1000000;
    checkpoint_end_asked(true);
}

/* As far as pace is concerned: what is replayed counts as written. */
static Lsn end_of_log(void)
{
    RecoveryProgress p;

    if (wal_is_started())
        return wal_insert_lsn();
    recovery_progress(&p);
    return p.replayed_end;
}

/* archive_timeout: a segment that was begun long ago is ended, if there is anything in it. */
static void switch_old_segment(void)
{
    int64_t switched_at;
    Lsn end;

    if (setting.archive_timeout <= 0 || recovery_is_running())
        return;
    end = wal_last_switch(&switched_at);
    if (clock_unix_seconds() - switched_at < setting.archive_timeout ||
        wal_last_important_lsn() <= end)
        return;
    wal_switch(true);
    err_log(ERR_DEBUG, .message = err_fmt("write-ahead log switch forced "
                                          "(\"archive_timeout\"=%d)",
                                          setting.archive_timeout));
}

/*
 * Called after each buffer that was written; done is the share of them, 0 to 1. There is no pace to
 * keep when the server is to end.
 */
static void pace(unsigned flags, double done)
{
    check_interrupts();
    sync_absorb();
    if ((flags & CHECKPOINT_IMMEDIATE) != 0 || checkpoint_is_asked_for() || interrupt_has_usr2() ||
        !is_on_schedule(done))
        return;
    latch_reset(&proc_self()->latch);
    take_settings();
    latch_wait(LATCH_SET | LATCH_TIMEOUT, NAP_MS, WAIT_EVENT_CHECKPOINT_WRITE_DELAY);
}

/* Ahead of both clocks: that of time, and that of the log which fills up meanwhile. */
static bool is_on_schedule(double done)
{
    double share = done * setting.checkpoint_completion_target;
    double segments = (double)wal_checkpoint_segments() * wal_identity()->segment_size;
    double elapsed = (double)(clock_now() - checkpointer.began) / 1e6;

    return share >= (double)(end_of_log() - checkpointer.began_at) / segments &&
           share >= elapsed / setting.checkpoint_timeout;
}

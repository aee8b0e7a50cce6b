/*
 * progress.c - what all processes may know of recovery: how far it is, minRecoveryPoint, pauses
 *
 * minRecoveryPoint in pg_control is moved before a page goes to disk that is newer, and moved as
 * far as the record that is being applied, so that it is written seldom. While a crash is recovered
 * from there is none: all of pg_wal is redone in any case.
 */
#include "common/base/base.h"

#include "server/recovery/progress.h"

#include <stdatomic.h>

#include "common/err/err.h"
#include "common/format/checkpoint.h"
#include "common/text/num.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "server/ipc/spinlock.h"
#include "server/recovery/checkpoint/checkpoint.h"
#include "server/recovery/checkpoint/control.h"
#include "server/recovery/recovery_int.h"
#include "server/wal/segment.h"
#include "server/wal/wal.h"

typedef struct RecoveryShared {
    _Atomic uint32_t state; /* RecoveryState; written by the startup process, as the next four */
    _Atomic bool has_min;   /* minRecoveryPoint counts */
    _Atomic bool is_promoted;
    _Atomic bool takes_queries;
    _Atomic uint64_t min;            /* as pg_control has it; written with its lock held */
    _Atomic uint32_t pause;          /* RecoveryPause; asked for by anybody */
    _Atomic uint64_t replaced_files; /* written by the startup process */
    _Atomic TimelineId previous_tli; /* written by the startup process at its end */
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
    bool is_over; /* seen by this process: it stays so */
} progress;

static void ask_for_restartpoint(Lsn redo);

size_t recovery_shmem_size(void)
{
    return sizeof(RecoveryShared);
}

void recovery_shmem_init(void *place)
{
    progress.shared = place;
    progress.is_over = false;
    atomic_init(&progress.shared->state, RECOVERY_CRASH);
    spin_init(&progress.shared->lock);
}

/* ---- State ---- */

bool recovery_has_memory(void)
{
    return progress.shared != NULL;
}

RecoveryState recovery_state(void)
{
    return (RecoveryState)atomic_load(&progress.shared->state);
}

bool recovery_is_running(void)
{
    if (!progress.is_over)
        progress.is_over = recovery_state() == RECOVERY_DONE;
    return !progress.is_over;
}

bool recovery_is_archive(void)
{
    return recovery_state() == RECOVERY_ARCHIVE;
}

void recovery_set_state(RecoveryState state)
{
    atomic_store(&progress.shared->state, state);
}

void recovery_progress(RecoveryProgress *out)
{
    spin_lock(&progress.shared->lock);
    *out = progress.shared->progress;
    spin_unlock(&progress.shared->lock);
}

bool recovery_last_checkpoint(Lsn *start, Lsn *end_lsn, void *checkpoint)
{
    bool is_there;

    spin_lock(&progress.shared->lock);
    is_there = progress.shared->last_checkpoint.is_there;
    *start = progress.shared->last_checkpoint.start;
    *end_lsn = progress.shared->last_checkpoint.end;
    *(Checkpoint *)checkpoint = progress.shared->last_checkpoint.checkpoint;
    spin_unlock(&progress.shared->lock);
    return is_there;
}

bool recovery_takes_queries(void)
{
    return atomic_load(&progress.shared->takes_queries);
}

void recovery_set_takes_queries(bool takes_queries)
{
    atomic_store(&progress.shared->takes_queries, takes_queries);
}

TimelineId recovery_previous_timeline(void)
{
    return atomic_load(&progress.shared->previous_tli);
}

void recovery_set_previous_timeline(TimelineId tli)
{
    atomic_store(&progress.shared->previous_tli, tli);
}

/* ---- What the redo loop tells ---- */

void recovery_note_begin(Lsn redo, TimelineId tli)
{
    spin_lock(&progress.shared->lock);
    progress.shared->progress.replayed_end = redo;
    progress.shared->progress.replayed_tli = tli;
    progress.shared->progress.applying_end = redo;
    progress.shared->progress.applying_tli = tli;
    spin_unlock(&progress.shared->lock);
}

void recovery_note_applying(const WalRecord *record, TimelineId tli)
{
    spin_lock(&progress.shared->lock);
    progress.shared->progress.applying_end = record->end;
    progress.shared->progress.applying_tli = tli;
    spin_unlock(&progress.shared->lock);
}

void recovery_note_applied(const WalRecord *record, TimelineId tli)
{
    spin_lock(&progress.shared->lock);
    progress.shared->progress.replayed_start = record->start;
    progress.shared->progress.replayed_end = record->end;
    progress.shared->progress.replayed_tli = tli;
    spin_unlock(&progress.shared->lock);
}

void recovery_note_xact_time(PgTime time)
{
    spin_lock(&progress.shared->lock);
    progress.shared->progress.last_xact_time = time;
    spin_unlock(&progress.shared->lock);
}

void recovery_note_chunk_time(PgTime time)
{
    spin_lock(&progress.shared->lock);
    progress.shared->progress.chunk_time = time;
    spin_unlock(&progress.shared->lock);
}

void recovery_note_images_off(Lsn lsn)
{
    spin_lock(&progress.shared->lock);
    progress.shared->progress.images_off = lsn;
    spin_unlock(&progress.shared->lock);
}

void recovery_note_replaced_file(void)
{
    atomic_fetch_add(&progress.shared->replaced_files, 1);
}

uint64_t recovery_replaced_files(void)
{
    return atomic_load(&progress.shared->replaced_files);
}

void recovery_note_consistent(void)
{
    spin_lock(&progress.shared->lock);
    progress.shared->progress.is_consistent = true;
    spin_unlock(&progress.shared->lock);
}

void recovery_note_checkpoint(const WalRecord *record, const Checkpoint *checkpoint)
{
    if (missing_pages_are_there())
        return; /* a restart from here would not know of them */
    spin_lock(&progress.shared->lock);
    progress.shared->last_checkpoint.is_there = true;
    progress.shared->last_checkpoint.start = record->start;
    progress.shared->last_checkpoint.end = record->end;
    progress.shared->last_checkpoint.checkpoint = *checkpoint;
    spin_unlock(&progress.shared->lock);
    ask_for_restartpoint(checkpoint->redo);
}

/* As much was replayed since the last one as a checkpoint on the primary is made for. */
static void ask_for_restartpoint(Lsn redo)
{
    ControlFile file;

    if (recovery_state() != RECOVERY_ARCHIVE)
        return;
    control_get(&file);
    if (redo >=
        file.checkpoint.redo + (uint64_t)wal_checkpoint_segments() * wal_identity()->segment_size)
        checkpoint_request(CHECKPOINT_CAUSE_WAL);
}

/* ---- minRecoveryPoint ---- */

void recovery_begin_min(Lsn min)
{
    atomic_store(&progress.shared->min, min);
    atomic_store(&progress.shared->has_min, true);
}

/* With the control file's lock held, in a critical section. */
static void move_min(ControlFile *file, void *arg)
{
    const Lsn *wanted = arg;
    RecoveryProgress p;

    recovery_progress(&p);
    if (file->min_recovery_lsn < *wanted && file->min_recovery_lsn < p.applying_end) {
        file->min_recovery_lsn = p.applying_end;
        file->min_recovery_tli = p.applying_tli;
    }
    atomic_store(&progress.shared->min, file->min_recovery_lsn);
}

/*
 * A page that is newer than what is being applied says of itself what cannot be; that recovery goes
 * on is better than that it never ends, and checksums tell of such pages.
 */
void recovery_advance_min(Lsn lsn)
{
    Lsn after;

    if (!recovery_is_past_min(lsn))
        return;
    control_update(move_min, &lsn);
    after = atomic_load(&progress.shared->min);
    if (after < lsn)
        err_log(ERR_WARNING, .message = err_fmt("xlog min recovery request " LSN_FMT
                                                " is past current point " LSN_FMT,
                                                LSN_ARG(lsn), LSN_ARG(after)));
}

bool recovery_is_past_min(Lsn lsn)
{
    return atomic_load(&progress.shared->has_min) && lsn > atomic_load(&progress.shared->min);
}

void recovery_advance_min_to_now(void)
{
    RecoveryProgress p;

    recovery_progress(&p);
    recovery_advance_min(p.applying_end);
}

/* What others wrote to pg_control is what counts from now on. */
void recovery_reread_min(void)
{
    ControlFile file;

    control_get(&file);
    atomic_store(&progress.shared->min, file.min_recovery_lsn);
}

/* ---- Pause and promotion ---- */

RecoveryPause recovery_pause(void)
{
    return (RecoveryPause)atomic_load(&progress.shared->pause);
}

void recovery_set_pause(bool is_paused)
{
    uint32_t not_paused = RECOVERY_NOT_PAUSED;

    if (is_paused)
        atomic_compare_exchange_strong(&progress.shared->pause, &not_paused, RECOVERY_PAUSE_ASKED);
    else
        atomic_store(&progress.shared->pause, RECOVERY_NOT_PAUSED);
    recovery_wake();
}

void recovery_confirm_pause(void)
{
    uint32_t asked = RECOVERY_PAUSE_ASKED;

    atomic_compare_exchange_strong(&progress.shared->pause, &asked, RECOVERY_PAUSED);
}

bool recovery_is_promoted(void)
{
    return atomic_load(&progress.shared->is_promoted);
}

/* Whoever is paused is not any more. */
void recovery_note_promoted(void)
{
    atomic_store(&progress.shared->is_promoted, true);
    atomic_store(&progress.shared->pause, RECOVERY_NOT_PAUSED);
}

void recovery_wake(void)
{
    Proc *startup = proc_of_kind(PROC_STARTUP);

    if (startup != NULL)
        latch_set(&startup->latch);
}

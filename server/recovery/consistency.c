/*
 * consistency.c - when is what is on disk one state of the cluster, in archive recovery?
 *
 * A base backup is one when its end has been replayed: that of a primary says so by a record
 * (BACKUP_END), that of a standby has minRecoveryPoint of its pg_control as its end. A recovery
 * that was cut short is one when minRecoveryPoint has been passed. Until then no target may be met,
 * and nobody may read.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/timeline_history.h"
#include "common/mem/mem.h"
#include "common/text/num.h"
#include "server/config/setting.h"
#include "server/recovery/checkpoint/control.h"
#include "server/recovery/pause.h"
#include "server/recovery/progress.h"
#include "server/recovery/recovery_int.h"
#include "server/recovery/source/log_source.h"

static struct {
    Lsn min; /* LSN_NONE: a crash is recovered from, so that all of the log must be redone */
    TimelineId min_tli;
    bool is_reached;
    bool is_requested;
    Lsn backup_start, backup_end; /* LSN_NONE: no backup; its end is not known yet */
    bool needs_backup_end;        /* the log must come as far as that */
} state;

static void check_backup(Lsn replayed);

void consistency_begin(const StartPoint *start)
{
    ControlFile file;

    control_get(&file);
    state.is_reached = false;
    state.is_requested = start->is_requested;
    state.backup_start = file.backup_start_lsn;
    state.backup_end = file.backup_end_lsn;
    state.needs_backup_end = file.backup_end_required;
    state.min = start->is_in_archive ? file.min_recovery_lsn : LSN_NONE;
    state.min_tli = file.min_recovery_tli;
    if (state.min != LSN_NONE)
        recovery_begin_min(state.min);
}

static void note_archive(ControlFile *file, void *arg)
{
    const Lsn *end = arg;

    file->state = CONTROL_IN_ARCHIVE_RECOVERY;
    if (file->min_recovery_lsn < *end) {
        file->min_recovery_lsn = *end;
        file->min_recovery_tli = log_source_file_tli();
    }
}

/* After a crash all of pg_wal is needed for it, and is there. */
void consistency_enter_archive(Lsn end)
{
    ControlFile file;

    control_update(note_archive, &end);
    control_get(&file);
    state.min = file.min_recovery_lsn;
    state.min_tli = file.min_recovery_tli;
    recovery_begin_min(state.min);
    recovery_set_state(RECOVERY_ARCHIVE);
    consistency_check();
}

void consistency_note_backup_end(Lsn backup_start, Lsn end)
{
    if (state.backup_start != LSN_NONE && state.backup_start == backup_start)
        state.backup_end = end;
}

bool consistency_is_reached(void)
{
    return state.is_reached;
}

static void end_backup(ControlFile *file, void *arg)
{
    const Lsn *replayed = arg;

    if (file->min_recovery_lsn < *replayed) {
        RecoveryProgress p;

        recovery_progress(&p);
        file->min_recovery_lsn = *replayed;
        file->min_recovery_tli = p.replayed_tli;
    }
    file->backup_start_lsn = LSN_NONE;
    file->backup_end_lsn = LSN_NONE;
    file->backup_end_required = false;
}

static void check_backup(Lsn replayed)
{
    Lsn start = state.backup_start, end = state.backup_end;

    if (end == LSN_NONE || end > replayed)
        return;
    control_update(end_backup, &replayed);
    recovery_reread_min();
    err_log(ERR_LOG, .message = err_fmt("completed backup recovery with redo LSN " LSN_FMT
                                        " and end LSN " LSN_FMT,
                                        LSN_ARG(start), LSN_ARG(end)));
    state.backup_start = state.backup_end = LSN_NONE;
    state.needs_backup_end = false;
    if (state.min < replayed)
        state.min = replayed;
}

void consistency_check(void)
{
    RecoveryProgress p;

    if (state.is_reached || state.min == LSN_NONE)
        return;
    recovery_progress(&p);
    check_backup(p.replayed_end);
    if (state.needs_backup_end || state.backup_start != LSN_NONE || state.min > p.replayed_end)
        return;
    missing_pages_check();
    state.is_reached = true;
    recovery_note_consistent();
    err_log(ERR_LOG, .message = err_fmt("consistent recovery state reached at " LSN_FMT,
                                        LSN_ARG(p.replayed_end)));
}

void consistency_require(const StartPoint *start, Lsn end)
{
    if (!start->needs_recovery ||
        (state.backup_start == LSN_NONE && (state.min == LSN_NONE || end >= state.min)))
        return;
    if (!start->is_requested && !state.needs_backup_end)
        return;
    if (state.backup_start != LSN_NONE || state.needs_backup_end)
        err_fatal(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "WAL ends before end of online backup",
                  .hint = "All WAL generated while online backup was taken must be available at "
                          "recovery.");
    err_fatal(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
              .message = "WAL ends before consistent recovery point");
}

/* ---- Settings of the primary ---- */

typedef struct Required {
    const char *name;
    int ours;
    uint32_t theirs;
} Required;

static void refuse(const Required *r)
{
    err_fatal(SQLSTATE_INVALID_PARAMETER_VALUE,
              .message = "recovery aborted because of insufficient parameter settings",
              .detail = err_fmt("%s = %d is a lower setting than on the primary server, where its "
                                "value was %u.",
                                r->name, r->ours, r->theirs),
              .hint = "You can restart the server after making the necessary configuration "
                      "changes.");
}

/* With readers it stops, so that they can go on reading; it cannot go any further. */
static void pause_for(const Required *r)
{
    bool is_warned = false;

    err_log(ERR_WARNING,
            .message = "hot standby is not possible because of insufficient parameter settings",
            .detail = err_fmt("%s = %d is a lower setting than on the primary server, where its "
                              "value was %u.",
                              r->name, r->ours, r->theirs));
    recovery_set_pause(true);
    err_log(ERR_LOG, .message = "recovery has paused",
            .detail = "If recovery is unpaused, the server will shut down.",
            .hint = "You can then restart the server after making the necessary configuration "
                    "changes.");
    while (recovery_pause() != RECOVERY_NOT_PAUSED) {
        recovery_confirm_pause();
        if (recovery_wait_paused() && !is_warned) {
            err_log(ERR_WARNING,
                    .message = "promotion is not possible because of insufficient parameter "
                               "settings",
                    .hint = "Restart the server after making the necessary configuration changes.");
            is_warned = true;
            recovery_set_pause(true);
        }
    }
}

void consistency_check_parameters(void)
{
    ControlFile f;

    control_get(&f);
    if (state.is_requested && f.wal_level == WAL_LEVEL_MINIMAL)
        err_fatal(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "WAL was generated with wal_level=minimal, cannot continue recovering",
                  .detail = "This happens if you temporarily set wal_level=minimal on the server.",
                  .hint = "Use a backup taken after setting wal_level to higher than minimal.");
    if (!state.is_requested || !setting.hot_standby)
        return;
    const Required all[] = {
        {"max_connections", setting.max_connections, f.max_connections},
        {"max_worker_processes", setting.max_worker_processes, f.max_worker_processes},
        {"max_wal_senders", setting.max_wal_senders, f.max_wal_senders},
        {"max_prepared_transactions", setting.max_prepared_transactions, f.max_prepared_xacts},
        {"max_locks_per_transaction", setting.max_locks_per_transaction, f.max_locks_per_xact},
    };
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        if (all[i].ours >= (int)all[i].theirs)
            continue;
        if (recovery_takes_queries())
            pause_for(&all[i]);
        refuse(&all[i]);
    }
}

/* ---- Timelines ---- */

void timeline_check_switch(Lsn lsn, TimelineId tli, TimelineId prev_tli, TimelineId current)
{
    if (prev_tli != current)
        err_panic(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("unexpected previous timeline ID %u (current timeline ID %u) "
                                     "in checkpoint record",
                                     prev_tli, current));
    if (tli < current || timeline_history_find(log_source_spans(), tli) == NULL)
        err_panic(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("unexpected timeline ID %u (after %u) in checkpoint record",
                                     tli, current));
    /* What was replayed before is behind the switch then: it is not of this line. */
    if (state.min != LSN_NONE && !state.is_reached && lsn < state.min && tli > state.min_tli)
        err_panic(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("unexpected timeline ID %u in checkpoint record, before "
                                     "reaching minimum recovery point " LSN_FMT " on timeline %u",
                                     tli, LSN_ARG(state.min), state.min_tli));
}

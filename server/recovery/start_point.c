/*
 * start_point.c - where recovery begins: the checkpoint that pg_control or backup_label names
 *
 * And on whose line of descent it goes on: signal files, recovery_target_timeline, history files.
 * A label wins: the files around it are a base backup's, whose pg_control may be newer than parts
 * of the copy. It is read before the checkpoint is, and kept until pg_control says the same.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/backup_label.h"
#include "common/format/tablespace_map.h"
#include "common/format/timeline_history.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/text/timestamp.h"
#include "common/text/timezone.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/ipc/supervisor.h"
#include "server/recovery/checkpoint/control.h"
#include "server/recovery/recovery_int.h"
#include "server/recovery/source/log_source.h"
#include "server/recovery/source/restore.h"
#include "server/recovery/source/timelines.h"
#include "server/wal/wal.h"

static void say_state(const ControlFile *control);
static void read_signals(StartPoint *out);
static void check_settings(const StartPoint *out);
static TimelineId choose_timeline(const StartPoint *out, const ControlFile *control);
static bool read_label(StartPoint *out);
static void make_links(void);
static void set_aside(const char *name);
static void read_checkpoint(StartPoint *out);
_Noreturn static void refuse_checkpoint(const StartPoint *out);
static const WalRecord *read_record(WalReader *reader, const StartPoint *out);
static void check(const StartPoint *out, const ControlFile *control);
static void check_timelines(const StartPoint *out, const ControlFile *control);

void start_point_find(StartPoint *out)
{
    ControlFile control;
    TimelineId wanted;

    control_get(&control);
    *out = (StartPoint){.checkpoint_start = control.checkpoint_lsn,
                        .tli = control.checkpoint.tli,
                        .state = control.state};
    say_state(&control);
    read_signals(out);
    target_read(&out->target);
    restore_configure(
        &(RestoreConfig){.is_wanted = out->is_requested, .is_standby = out->is_standby});
    if (out->is_requested)
        check_settings(out);
    wanted = choose_timeline(out, &control);
    if (out->is_standby)
        err_log(ERR_LOG, .message = "entering standby mode");
    else if (out->is_requested)
        target_log(&out->target);
    /* With a label it is known how far the log must be replayed: the archive may come first. */
    out->is_in_archive =
        read_label(out) ||
        (out->is_requested &&
         (control.min_recovery_lsn != LSN_NONE || control.backup_end_required ||
          control.backup_end_lsn != LSN_NONE || control.state == CONTROL_SHUT_DOWN));
    log_source_open(&(LogSourceConfig){.target_tli = wanted,
                                       .follows_newest = out->target.goal == TIMELINE_LATEST,
                                       .is_in_archive = out->is_in_archive,
                                       .is_archive_wanted = out->is_requested,
                                       .is_standby = out->is_standby,
                                       .enter_archive = consistency_enter_archive});
    read_checkpoint(out);
    check(out, &control);
    check_timelines(out, &control);
    if (out->is_requested)
        timeline_restore_histories(out->checkpoint.tli, wanted);
    out->needs_recovery = out->has_label || out->is_requested ||
                          control.state != CONTROL_SHUT_DOWN ||
                          out->checkpoint.redo < out->checkpoint_start;
}

/* ---- What is wanted ---- */

/* Files that only were there for a moment must not begin another recovery: they are synced. */
static void read_signals(StartPoint *out)
{
    static const char *const old = "recovery.conf";

    if (os_exists(old))
        err_fatal(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("using recovery command file \"%s\" is not supported", old));
    os_try_unlink("recovery.done");
    out->is_standby = os_exists(STANDBY_SIGNAL_FILE);
    out->is_requested = out->is_standby || os_exists(RECOVERY_SIGNAL_FILE);
    if (out->is_requested) {
        OsFile *file = os_file_open(out->is_standby ? STANDBY_SIGNAL_FILE : RECOVERY_SIGNAL_FILE,
                                    OS_READ | OS_WRITE);

        os_file_sync(file);
        os_file_close(file);
    }
    if (out->is_standby && supervisor_pid() == 0)
        err_fatal(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "standby mode is not supported by single-user servers");
}

static void check_settings(const StartPoint *out)
{
    if (*setting.restore_command != '\0')
        return;
    if (!out->is_standby)
        err_fatal(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "must specify restore_command when standby mode is not enabled");
    if (*setting.primary_conninfo == '\0')
        err_log(ERR_WARNING, .message = "specified neither primary_conninfo nor restore_command",
                .hint = "The database server will regularly poll the pg_wal subdirectory to check "
                        "for files placed there.");
}

/* Recovery that was cut short may have gone on to a timeline newer than the checkpoint's. */
static TimelineId choose_timeline(const StartPoint *out, const ControlFile *control)
{
    TimelineId tli = control->checkpoint.tli;

    if (control->min_recovery_tli > tli)
        tli = control->min_recovery_tli;
    if (!out->is_requested || out->target.goal == TIMELINE_CURRENT)
        return tli;
    if (out->target.goal == TIMELINE_LATEST)
        return timeline_newest(tli);
    if (out->target.tli != 1 && !timeline_exists(out->target.tli))
        err_fatal(SQLSTATE_INTERNAL_ERROR,
                  .message =
                      err_fmt("recovery target timeline %u does not exist", out->target.tli));
    return out->target.tli;
}

void start_point_forget_label(void)
{
    if (os_exists(BACKUP_LABEL_FILE_NAME))
        os_rename_durable(BACKUP_LABEL_FILE_NAME, BACKUP_LABEL_FILE_NAME ".old");
    if (os_exists(TABLESPACE_MAP_FILE_NAME))
        os_rename_durable(TABLESPACE_MAP_FILE_NAME, TABLESPACE_MAP_FILE_NAME ".old");
}

/* How the last run ended, in the server's words. */
static void say_state(const ControlFile *control)
{
    const char *time = time_format(time_from_unix(control->time), TIME_LABEL, timezone_local());

    switch ((ControlState)control->state) {
    case CONTROL_SHUT_DOWN:
        err_log(ERR_LOG, .message = err_fmt("database system was shut down at %s", time));
        break;
    case CONTROL_SHUT_DOWN_IN_RECOVERY:
        err_log(ERR_LOG,
                .message = err_fmt("database system was shut down in recovery at %s", time));
        break;
    case CONTROL_SHUTTING_DOWN:
        err_log(ERR_LOG, .message = err_fmt("database system shutdown was interrupted; last known "
                                            "up at %s",
                                            time));
        break;
    case CONTROL_IN_CRASH_RECOVERY:
        err_log(ERR_LOG,
                .message = err_fmt("database system was interrupted while in recovery at %s", time),
                .hint = "This probably means that some data is corrupted and you will have to use "
                        "the last backup for recovery.");
        break;
    case CONTROL_IN_ARCHIVE_RECOVERY:
        err_log(ERR_LOG,
                .message = err_fmt("database system was interrupted while in recovery at log time "
                                   "%s",
                                   time_format(time_from_unix(control->checkpoint.time), TIME_LABEL,
                                               timezone_local())),
                .hint = "If this has occurred more than once some data might be corrupted and you "
                        "might need to choose an earlier recovery target.");
        break;
    case CONTROL_IN_PRODUCTION:
        err_log(ERR_LOG,
                .message = err_fmt("database system was interrupted; last known up at %s", time));
        break;
    default:
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = "control file contains invalid database cluster state");
    }
}

/* ---- The label ---- */

static bool read_label(StartPoint *out)
{
    size_t len;
    char *text = os_file_try_read_all(BACKUP_LABEL_FILE_NAME, BACKUP_LABEL_SIZE_MAX, &len);
    BackupLabel label;

    if (text == NULL) {
        ControlFile control;

        control_get(&control);
        if (control.backup_start_lsn != LSN_NONE)
            err_log(ERR_LOG, .message = err_fmt("restarting backup recovery with redo LSN " LSN_FMT,
                                                LSN_ARG(control.backup_start_lsn)));
        /* A map alone means that the label was taken away: what links there are is right. */
        if (os_exists(TABLESPACE_MAP_FILE_NAME))
            set_aside(TABLESPACE_MAP_FILE_NAME);
        return false;
    }
    backup_label_parse(text, len, BACKUP_LABEL_FILE_NAME, &label);
    out->has_label = true;
    out->is_from_standby = backup_label_is_from_standby(&label);
    out->needs_backup_end = label.method != NULL && str_equal(label.method, "streamed");
    out->checkpoint_start = label.checkpoint_lsn;
    if (label.start_tli != 0)
        out->tli = label.start_tli;
    else
        out->tli = wal_seg_name_parse(label.start_file, wal_identity()->segment_size).tli;
    err_log(ERR_LOG,
            .message = err_fmt("starting backup recovery with redo LSN " LSN_FMT
                               ", checkpoint LSN " LSN_FMT ", on timeline ID %u",
                               LSN_ARG(label.start_lsn), LSN_ARG(label.checkpoint_lsn), out->tli));
    make_links();
    return true;
}

/* The links of a backup in tar form: what lies in their place makes way, if it is nothing. */
static void make_links(void)
{
    size_t len;
    char *text = os_file_try_read_all(TABLESPACE_MAP_FILE_NAME, BACKUP_LABEL_SIZE_MAX, &len);
    Array entries;

    if (text == NULL)
        return;
    array_init(&entries, sizeof(TablespaceMapEntry));
    tablespace_map_parse(text, len, TABLESPACE_MAP_FILE_NAME, &entries);
    array_foreach(const TablespaceMapEntry, entry, &entries) {
        char *link = mem_printf("pg_tblspc/%u", entry->oid);
        OsStat stat;

        if (os_try_lstat(link, &stat)) {
            if (stat.kind == OS_KIND_DIR)
                os_dir_remove(link);
            else
                os_unlink(link);
        }
        os_symlink(entry->path, link);
    }
    if (entries.count > 0)
        os_dir_sync("pg_tblspc");
}

static void set_aside(const char *name)
{
    char *old = mem_printf("%s.old", name);

    os_rename_durable(name, old);
    err_log(ERR_LOG,
            .message = err_fmt("ignoring file \"%s\" because no file \"%s\" exists", name,
                               BACKUP_LABEL_FILE_NAME),
            .detail = err_fmt("File \"%s\" was renamed to \"%s\".", name, old));
}

/* ---- The checkpoint ---- */

static void read_checkpoint(StartPoint *out)
{
    const WalRecord *record = read_record(log_source_reader(out->tli), out);
    WalEffect effect;

    walrec_effect(record, &effect);
    if (effect.kind != WAL_EFFECT_CHECKPOINT)
        err_raise(SQLSTATE_DATA_CORRUPTED, .message = "could not locate a valid checkpoint record",
                  .detail = err_fmt("The record at " LSN_FMT " is no checkpoint.",
                                    LSN_ARG(out->checkpoint_start)));
    checkpoint_decode(effect.checkpoint.bytes, &out->checkpoint);
    out->is_shutdown = effect.checkpoint.is_shutdown;
    out->checkpoint_end = record->end;
}

/* A standby waits for it. */
static const WalRecord *read_record(WalReader *reader, const StartPoint *out)
{
    const WalRecord *record;
    const WalEnd *end;

    wal_reader_seek(reader, out->checkpoint_start);
    do {
        if (wal_reader_next(reader, &record)) {
            if (record->start == out->checkpoint_start)
                return record;
            break;
        }
    } while (out->is_in_archive && log_source_wait(wal_reader_end(reader)));
    end = wal_reader_end(reader);
    if (end->kind == WAL_END_INVALID)
        err_log(ERR_LOG, .message = end->reason);
    refuse_checkpoint(out);
}

/* What the record should be, and is not; where it cannot be read the log says why. */
_Noreturn static void refuse_checkpoint(const StartPoint *out)
{
    const char *dir = setting.data_directory;

    err_log(ERR_LOG, .message = out->has_label ? "invalid checkpoint record"
                                               : "invalid primary checkpoint record");
    if (!out->has_label)
        err_panic(SQLSTATE_DATA_CORRUPTED, .message = "could not locate a valid checkpoint record");
    err_fatal(SQLSTATE_DATA_CORRUPTED, .message = "could not locate required checkpoint record",
              .hint =
                  err_fmt("If you are restoring from a backup, touch \"%s/recovery.signal\" and "
                          "add required recovery options.\n"
                          "If you are not restoring from a backup, try removing the file "
                          "\"%s/backup_label\".\n"
                          "Be careful: removing \"%s/backup_label\" will result in a corrupt "
                          "cluster if restoring from a backup.",
                          dir, dir, dir));
}

/* Checkpoint and control file must fit each other, or one of them is not of this cluster. */
static void check(const StartPoint *out, const ControlFile *control)
{
    const Checkpoint *c = &out->checkpoint;

    if (c->redo > out->checkpoint_start)
        err_raise(SQLSTATE_DATA_CORRUPTED, .message = "invalid redo in checkpoint record");
    if (c->next_xid < 3 || (Xid)c->next_xid < 3)
        err_raise(SQLSTATE_DATA_CORRUPTED, .message = "invalid next transaction ID");
    if (control->state == CONTROL_SHUT_DOWN && !out->has_label &&
        (!out->is_shutdown || c->redo != out->checkpoint_start))
        err_raise(SQLSTATE_DATA_CORRUPTED, .message = "invalid redo record in shutdown checkpoint");
    if (out->has_label && out->is_from_standby && control->state != CONTROL_IN_ARCHIVE_RECOVERY &&
        control->state != CONTROL_SHUT_DOWN_IN_RECOVERY)
        err_fatal(SQLSTATE_DATA_CORRUPTED,
                  .message = "backup_label contains data inconsistent with control file",
                  .hint =
                      "This means that the backup is corrupted and you will have to use another "
                      "backup for recovery.");
}

/* The checkpoint, and all that may be on disk, must lie on the line of descent that is wanted. */
static void check_timelines(const StartPoint *out, const ControlFile *control)
{
    const Array *spans = log_source_spans();
    const TimelineSpan *at = timeline_history_at(spans, out->checkpoint_start);
    const TimelineSpan *own = timeline_history_find(spans, out->checkpoint.tli);

    if (at == NULL || at->tli != out->checkpoint.tli) {
        Lsn left = own != NULL ? own->end : LSN_NONE;

        err_fatal(
            SQLSTATE_INTERNAL_ERROR,
            .message = err_fmt("requested timeline %u is not a child of this server's history",
                               log_source_target()),
            .detail = err_fmt("Latest checkpoint is at " LSN_FMT
                              " on timeline %u, but in the history of the requested timeline, "
                              "the server forked off from that timeline at " LSN_FMT ".",
                              LSN_ARG(out->checkpoint_start), out->checkpoint.tli, LSN_ARG(left)));
    }
    if (control->min_recovery_lsn == LSN_NONE)
        return;
    at = timeline_history_at(spans, control->min_recovery_lsn - 1);
    if (at == NULL || at->tli != control->min_recovery_tli)
        err_fatal(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt(
                      "requested timeline %u does not contain minimum recovery point " LSN_FMT
                      " on timeline %u",
                      log_source_target(), LSN_ARG(control->min_recovery_lsn),
                      control->min_recovery_tli));
}

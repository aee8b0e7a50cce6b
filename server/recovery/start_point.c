/*
 * start_point.c - where recovery begins: the checkpoint that pg_control or backup_label names
 *
 * A label wins: the files around it are a base backup's, whose pg_control may be newer than parts
 * of the copy. It is read before the checkpoint is, and kept until pg_control says the same.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/backup_label.h"
#include "common/format/tablespace_map.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/text/num.h"
#include "common/text/timestamp.h"
#include "common/text/timezone.h"
#include "common/walrec/rmgr.h"
#include "server/recovery/control.h"
#include "server/recovery/recovery_int.h"

static void say_state(const ControlFile *control);
static void read_label(StartPoint *out);
static void read_checkpoint(StartPoint *out);
static void check(const StartPoint *out, const ControlFile *control);

void start_point_find(StartPoint *out)
{
    ControlFile control;

    control_get(&control);
    *out = (StartPoint){.checkpoint_start = control.checkpoint_lsn, .tli = control.checkpoint.tli};
    say_state(&control);
    read_label(out);
    read_checkpoint(out);
    check(out, &control);
    out->needs_recovery = out->has_label || control.state != CONTROL_SHUT_DOWN ||
                          out->checkpoint.redo < out->checkpoint_start;
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

static void read_label(StartPoint *out)
{
    size_t len;
    char *text = os_file_try_read_all(BACKUP_LABEL_FILE_NAME, BACKUP_LABEL_SIZE_MAX, &len);
    BackupLabel label;

    if (text == NULL)
        return;
    backup_label_parse(text, len, BACKUP_LABEL_FILE_NAME, &label);
    out->has_label = true;
    out->is_from_standby = backup_label_is_from_standby(&label);
    out->checkpoint_start = label.checkpoint_lsn;
    if (label.start_tli != 0)
        out->tli = label.start_tli;
    out->backup_start = label.start_lsn;
}

static void read_checkpoint(StartPoint *out)
{
    WalReader *reader = recovery_open_log(out->tli);
    const WalRecord *record;
    WalEffect effect;

    wal_reader_seek(reader, out->checkpoint_start);
    if (!wal_reader_next(reader, &record) || record->start != out->checkpoint_start) {
        const char *reason = wal_reader_end(reader)->reason;

        if (out->has_label)
            err_raise(SQLSTATE_DATA_CORRUPTED,
                      .message = "could not locate required checkpoint record", .detail = reason,
                      .hint = err_fmt("If you are restoring from a backup, touch \"%s\" and add "
                                      "required recovery options.\n"
                                      "If you are not restoring from a backup, try removing the "
                                      "file \"%s\".\n"
                                      "Be careful: removing it will result in a corrupt cluster if "
                                      "restoring from a backup.",
                                      "recovery.signal", BACKUP_LABEL_FILE_NAME));
        err_raise(SQLSTATE_DATA_CORRUPTED, .message = "could not locate a valid checkpoint record",
                  .detail = reason);
    }
    walrec_effect(record, &effect);
    if (effect.kind != WAL_EFFECT_CHECKPOINT)
        err_raise(SQLSTATE_DATA_CORRUPTED, .message = "could not locate a valid checkpoint record",
                  .detail = err_fmt("The record at " LSN_FMT " is no checkpoint.",
                                    LSN_ARG(out->checkpoint_start)));
    checkpoint_decode(effect.checkpoint.bytes, &out->checkpoint);
    out->is_shutdown = effect.checkpoint.is_shutdown;
    out->checkpoint_end = record->end;
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
}

/*
 * wal_func.c - the log as SQL sees it: where it ends, its files, marks in it, how far recovery is
 *
 * While the server recovers nothing can be inserted, so what is asked of the inserting end raises
 * 55000; what is asked of recovery is NULL, or raises the same, when none runs.
 */
#include "common/base/base.h"

#include <signal.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/child.h"
#include "common/os/clock.h"
#include "common/os/file.h"
#include "common/text/num.h"
#include "common/walrec/rmgr.h"
#include "server/catalog/catalog_oid.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "server/ipc/supervisor.h"
#include "server/recovery/recovery.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/value.h"
#include "server/wal/wal.h"

#define RESTORE_POINT_NAME_SIZE 64 /* in the record, with its NUL */
#define LOOKS_PER_SECOND        10

static void require_no_recovery(const char *what);
static void require_recovery(void);
static char *name_before(Lsn lsn);
static Lsn log_restore_point(const char *name);

/* ---- The end of the log ---- */

Datum pg_current_wal_lsn(FmgrCall *call UNUSED)
{
    require_no_recovery("WAL control functions");
    return value_of_lsn(wal_write_lsn());
}

Datum pg_current_wal_insert_lsn(FmgrCall *call UNUSED)
{
    require_no_recovery("WAL control functions");
    return value_of_lsn(wal_insert_lsn());
}

Datum pg_current_wal_flush_lsn(FmgrCall *call UNUSED)
{
    require_no_recovery("WAL control functions");
    return value_of_lsn(wal_flush_lsn());
}

Datum pg_switch_wal(FmgrCall *call UNUSED)
{
    require_no_recovery("WAL control functions");
    return value_of_lsn(wal_switch(false));
}

static void require_no_recovery(const char *what)
{
    if (recovery_is_running())
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE, .message = "recovery is in progress",
                  .hint = err_fmt("%s cannot be executed during recovery.", what));
}

/* ---- Its files ---- */

/* A place between two files belongs to the first: that is the one that is complete. */
static char *name_before(Lsn lsn)
{
    return wal_seg_name_at(wal_timeline(), lsn - 1, wal_identity()->segment_size);
}

Datum pg_walfile_name(FmgrCall *call)
{
    require_no_recovery("pg_walfile_name()");
    return value_of_text(name_before((Lsn)fmgr_i64(call, 0)));
}

Datum pg_walfile_name_offset(FmgrCall *call)
{
    static const SetColumn columns[] = {{"file_name", TYPE_TEXT}, {"file_offset", TYPE_INT4}};
    Lsn lsn = (Lsn)fmgr_i64(call, 0);

    require_no_recovery("pg_walfile_name_offset()");
    return value_of_row(
        columns, ARRAY_LEN(columns),
        (const Datum[]){value_of_text(name_before(lsn)),
                        datum_of_i32((int32_t)wal_seg_offset(lsn, wal_identity()->segment_size))},
        NULL);
}

/* ---- Marks ---- */

Datum pg_create_restore_point(FmgrCall *call)
{
    const char *name = value_cstring(call, 0);
    Lsn lsn;

    require_no_recovery("WAL control functions");
    if (setting.wal_level < WAL_LEVEL_REPLICA)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "WAL level not sufficient for creating a restore point",
                  .hint = "wal_level must be set to \"replica\" or \"logical\" at server start.");
    if (strlen(name) >= RESTORE_POINT_NAME_SIZE)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("value too long for restore point (maximum %d characters)",
                                     RESTORE_POINT_NAME_SIZE - 1));
    lsn = log_restore_point(name);
    err_log(ERR_LOG,
            .message = err_fmt("restore point \"%s\" created at " LSN_FMT, name, LSN_ARG(lsn)));
    return value_of_lsn(lsn);
}

/* The record: when it was made, and its name in 64 bytes. */
static Lsn log_restore_point(const char *name)
{
    uint8_t bytes[8 + RESTORE_POINT_NAME_SIZE] = {0};

    store_u64(bytes, (uint64_t)clock_now());
    memcpy(bytes + 8, name, strlen(name));
    wal_begin_insert();
    wal_register_data(bytes, sizeof bytes);
    return wal_insert(RMGR_XLOG, WAL_XLOG_RESTORE_POINT);
}

/* ---- Recovery ---- */

Datum pg_is_in_recovery(FmgrCall *call UNUSED)
{
    return datum_of_bool(recovery_is_running());
}

Datum pg_last_wal_receive_lsn(FmgrCall *call)
{
    Lsn lsn = recovery_received();

    return lsn == LSN_NONE ? fmgr_null(call) : value_of_lsn(lsn);
}

Datum pg_last_wal_replay_lsn(FmgrCall *call)
{
    RecoveryProgress p;

    recovery_progress(&p);
    return p.replayed_end == LSN_NONE ? fmgr_null(call) : value_of_lsn(p.replayed_end);
}

Datum pg_last_xact_replay_timestamp(FmgrCall *call)
{
    RecoveryProgress p;

    recovery_progress(&p);
    return p.last_xact_time == 0 ? fmgr_null(call) : datum_of_i64(p.last_xact_time);
}

static void require_recovery(void)
{
    if (!recovery_is_running())
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "recovery is not in progress",
                  .hint = "Recovery control functions can only be executed during recovery.");
}

static void require_no_promotion(const char *name)
{
    if (recovery_is_promoted())
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "standby promotion is ongoing",
                  .hint = err_fmt("%s cannot be executed after promotion is triggered.", name));
}

Datum pg_wal_replay_pause(FmgrCall *call UNUSED)
{
    require_recovery();
    require_no_promotion("pg_wal_replay_pause()");
    recovery_set_pause(true);
    return 0;
}

Datum pg_wal_replay_resume(FmgrCall *call UNUSED)
{
    require_recovery();
    require_no_promotion("pg_wal_replay_resume()");
    recovery_set_pause(false);
    return 0;
}

/* Asked for counts, though what is being applied may still go on. */
Datum pg_is_wal_replay_paused(FmgrCall *call UNUSED)
{
    require_recovery();
    return datum_of_bool(recovery_pause() != RECOVERY_NOT_PAUSED);
}

Datum pg_get_wal_replay_pause_state(FmgrCall *call UNUSED)
{
    static const char *const names[] = {[RECOVERY_NOT_PAUSED] = "not paused",
                                        [RECOVERY_PAUSE_ASKED] = "pause requested",
                                        [RECOVERY_PAUSED] = "paused"};

    require_recovery();
    return value_of_text(names[recovery_pause()]);
}

/* ---- Promotion ---- */

/* As pg_ctl does: a file says what is wanted, a signal makes the supervisor look. */
static void ask_for_promotion(void)
{
    const char *why = os_file_touch(PROMOTE_SIGNAL_FILE);

    if (why != NULL)
        err_raise(SQLSTATE_IO_ERROR,
                  .message = err_fmt("could not create file \"%s\": %s", PROMOTE_SIGNAL_FILE, why));
    if (os_signal_send(supervisor_pid(), SIGUSR1))
        return;
    os_try_unlink(PROMOTE_SIGNAL_FILE);
    err_raise(SQLSTATE_SYSTEM_ERROR, .message = "failed to send signal to postmaster");
}

Datum pg_promote(FmgrCall *call)
{
    bool waits = fmgr_bool(call, 0);
    int32_t seconds = fmgr_i32(call, 1);

    require_recovery();
    if (seconds <= 0)
        err_raise(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE,
                  .message = "\"wait_seconds\" must not be negative or zero");
    ask_for_promotion();
    if (!waits)
        return datum_of_bool(true);
    for (int64_t i = 0; i < (int64_t)seconds * LOOKS_PER_SECOND; i++) {
        latch_reset(&proc_self()->latch);
        if (!recovery_is_running())
            return datum_of_bool(true);
        check_interrupts();
        latch_wait(LATCH_SET | LATCH_TIMEOUT, 1000 / LOOKS_PER_SECOND, WAIT_EVENT_PROMOTE);
    }
    err_log(ERR_WARNING,
            .message = err_fmt(seconds == 1 ? "server did not promote within %d second"
                                            : "server did not promote within %d seconds",
                               seconds));
    return datum_of_bool(false);
}

/* backup.c - a base backup under way; backup.h has its promises. */
#include "common/base/base.h"

#include "server/recovery/backup/backup.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/format/backup_label.h"
#include "common/format/tablespace_map.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/text/num.h"
#include "common/text/strbuf.h"
#include "common/text/timestamp.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "server/ipc/spinlock.h"
#include "server/recovery/checkpoint/checkpoint.h"
#include "server/recovery/checkpoint/control.h"
#include "server/recovery/recovery.h"
#include "server/wal/archive_status.h"
#include "server/wal/wal.h"

#define TABLESPACE_DIR "pg_tblspc"
#define WAIT_NOTICE_S  5  /* seconds after which the client is told that it waits, */
#define WAIT_WARNING_S 60 /* and warned; then after twice, four times as many */

typedef struct BackupShared {
    SpinLock lock;
    Lsn last_start; /* guarded by lock: where the newest backup of all began */
} BackupShared;

static struct {
    BackupShared *shared;
    bool is_registered; /* for the end of the process */
    bool forces_images; /* is in the count of wal_force_page_images() */
    BackupBy by;
    bool is_of_standby;
    MemContext *mem;   /* of the backup; NULL: none is running */
    BackupLabel label; /* texts are in mem; places stay for the wait at the end */
    Array tablespaces; /* TablespaceMapEntry */
} backup;

static void check_allowed(const char *label);
static void force_images(void);
static void release_images(void);
static void find_start(bool is_fast);
static void make_checkpoint(bool is_fast, ControlFile *out);
static void check_images(bool had_images, Lsn start, const char *when);
static bool take_start(Lsn lsn);
static void note_start(const char *label);
static void list_tablespaces(void);
static void end_with_process(void *arg);
static void end_on_primary(void);
static void end_on_standby(void);
static void note_stop(Lsn stop, TimelineId tli);
static Lsn log_end(Lsn start);
static void write_history(void);
static void remove_old_histories(void);
static void wait_for_archive(void);
static const char *time_text(void);

size_t backup_shmem_size(void)
{
    return sizeof(BackupShared);
}

void backup_shmem_init(void *place)
{
    backup.shared = place;
    spin_init(&backup.shared->lock);
    backup.shared->last_start = LSN_NONE;
}

bool backup_is_running(void)
{
    return backup.mem != NULL;
}

const Array *backup_tablespaces(void)
{
    return &backup.tablespaces;
}

/* ---- Begin ---- */

BackupStart backup_begin(const char *label, bool is_fast, BackupBy by)
{
    ASSERT(!backup_is_running());
    check_allowed(label);
    backup.by = by;
    backup.is_of_standby = recovery_is_running();
    force_images();
    ERR_TRY() {
        find_start(is_fast);
        note_start(label);
    }
    ERR_CATCH() {
        backup_abort();
        err_raise_again();
    }
    ERR_END();
    return (BackupStart){.lsn = backup.label.start_lsn, .tli = backup.label.start_tli};
}

static void check_allowed(const char *label)
{
    if (!recovery_is_running() && setting.wal_level < WAL_LEVEL_REPLICA)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "WAL level not sufficient for making an online backup",
                  .hint = "wal_level must be set to \"replica\" or \"logical\" at server start.");
    if (strlen(label) > BACKUP_LABEL_LEN_MAX)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("backup label too long (max %d bytes)", BACKUP_LABEL_LEN_MAX));
}

static void force_images(void)
{
    if (!backup.is_registered)
        proc_on_detach(end_with_process, NULL);
    backup.is_registered = true;
    wal_force_page_images(1);
    backup.forces_images = true;
}

static void release_images(void)
{
    if (!backup.forces_images)
        return;
    backup.forces_images = false;
    wal_force_page_images(-1);
}

static void find_start(bool is_fast)
{
    ControlFile control;

    if (backup.is_of_standby) {
        make_checkpoint(is_fast, &control);
        check_images(control.checkpoint.full_page_writes, control.checkpoint.redo,
                     "since last restartpoint");
    } else {
        /*
         * In a segment that begins after the images do, so that no tool that reads the log from the
         * segment's start meets pages that were changed without them.
         */
        wal_switch(false);
        do {
            check_interrupts();
            make_checkpoint(is_fast, &control);
        } while (!take_start(control.checkpoint.redo));
    }
    backup.label = (BackupLabel){.start_lsn = control.checkpoint.redo,
                                 .start_tli = control.checkpoint.tli,
                                 .checkpoint_lsn = control.checkpoint_lsn};
}

/* What pg_control says behind it; on a standby there may have been no newer one to make. */
static void make_checkpoint(bool is_fast, ControlFile *out)
{
    checkpoint_request(CHECKPOINT_FORCE | CHECKPOINT_WAIT | (is_fast ? CHECKPOINT_IMMEDIATE : 0));
    control_get(out);
}

/* Each page must have had an image after its first change: on a standby the log tells. */
static void check_images(bool had_images, Lsn start, const char *when)
{
    RecoveryProgress progress;

    recovery_progress(&progress);
    if (had_images && (progress.images_off == LSN_NONE || progress.images_off < start))
        return;
    err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
              .message =
                  err_fmt("WAL generated with full_page_writes=off was replayed %s", when),
              .hint = "This means that the backup being taken on the standby is corrupt and should "
                      "not be used. Enable full_page_writes and run CHECKPOINT on the primary, and "
                      "then try an online backup again.");
}

/* False: another backup began with that checkpoint. */
static bool take_start(Lsn lsn)
{
    BackupShared *s = backup.shared;
    bool is_new;

    spin_lock(&s->lock);
    is_new = s->last_start < lsn;
    if (is_new)
        s->last_start = lsn;
    spin_unlock(&s->lock);
    return is_new;
}

static void note_start(const char *label)
{
    BackupLabel *l = &backup.label;

    backup.mem = mem_context_new(mem_root(), "base backup");
    MEM_SCOPE(backup.mem) {
        wal_seg_name_write(
            (WalSeg){l->start_tli, wal_seg_no(l->start_lsn, wal_identity()->segment_size)},
            wal_identity()->segment_size, l->start_file);
        l->method = mem_strdup("streamed");
        l->from = mem_strdup(backup.is_of_standby ? "standby" : "primary");
        l->start_time = mem_strdup(time_text());
        l->label = mem_strdup(label);
        list_tablespaces();
    }
}

static void list_tablespaces(void)
{
    Array names;
    Oid oid;
    OsStat stat;

    array_init(&backup.tablespaces, sizeof(TablespaceMapEntry));
    os_dir_list(TABLESPACE_DIR, &names);
    array_foreach(char *, name, &names) {
        const char *path = path_join(TABLESPACE_DIR, *name);
        TablespaceMapEntry *entry;

        if (!num_try_parse_u32(*name, &oid) || !os_try_lstat(path, &stat) ||
            stat.kind != OS_KIND_LINK)
            continue;
        entry = array_push(&backup.tablespaces);
        *entry = (TablespaceMapEntry){.oid = oid, .path = os_readlink(path)};
    }
}

/* As labels have it, in the zone of the log. */
static const char *time_text(void)
{
    const TimeZone *zone = timezone_find(setting.log_timezone);

    return time_format(clock_now(), TIME_LABEL, zone != NULL ? zone : timezone_utc());
}

char *backup_label_text(void)
{
    StrBuf text;

    strbuf_init(&text);
    backup_label_write(&backup.label, &text);
    return text.text;
}

char *backup_map_text(void)
{
    StrBuf text;

    strbuf_init(&text);
    tablespace_map_write(&backup.tablespaces, &text);
    return text.text;
}

/* ---- End ---- */

void backup_abort(void)
{
    release_images();
    if (backup.mem != NULL)
        mem_delete(backup.mem);
    backup.mem = NULL;
}

static void end_with_process(void *arg UNUSED)
{
    bool was_running = backup_is_running();

    backup_abort();
    if (was_running && backup.by == BACKUP_BY_FUNCTIONS)
        err_log(ERR_WARNING, .sqlstate = SQLSTATE_WARNING,
                .message = "aborting backup due to backend exiting before "
                           "pg_backup_stop was called");
}

void backup_end(bool waits, BackupEnd *out)
{
    ASSERT(backup_is_running());
    *out = (BackupEnd){.label_text = backup_label_text(), .map_text = backup_map_text()};
    ERR_TRY() {
        release_images();
        if (backup.is_of_standby)
            end_on_standby();
        else
            end_on_primary();
    }
    ERR_FINALLY() {
        backup_abort();
    }
    ERR_END();
    out->lsn = backup.label.stop_lsn;
    out->tli = backup.label.stop_tli;
    if (!backup.is_of_standby)
        remove_old_histories();
    if (waits)
        wait_for_archive();
}

static void end_on_primary(void)
{
    BackupLabel *l = &backup.label;

    note_stop(log_end(l->start_lsn), wal_timeline());
    wal_switch(false);
    write_history();
}

/* What was copied is no newer than minRecoveryPoint, which is on disk before any page that is. */
static void end_on_standby(void)
{
    ControlFile control;

    if (!recovery_is_running())
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "the standby was promoted during online backup",
                  .hint = "This means that the backup being taken is corrupt and should not be "
                          "used. Try taking another online backup.");
    check_images(true, backup.label.start_lsn, "during online backup");
    control_get(&control);
    note_stop(control.min_recovery_lsn, control.min_recovery_tli);
}

/* A place between two segments belongs to the first. */
static void note_stop(Lsn stop, TimelineId tli)
{
    BackupLabel *l = &backup.label;
    uint32_t size = wal_identity()->segment_size;

    l->stop_lsn = stop;
    l->stop_tli = tli;
    wal_seg_name_write((WalSeg){tli, wal_seg_no(stop - 1, size)}, size, l->stop_file);
}

static Lsn log_end(Lsn start)
{
    uint8_t bytes[8];

    store_u64(bytes, start);
    wal_begin_insert();
    wal_register_data(bytes, sizeof bytes);
    return wal_insert(RMGR_XLOG, WAL_XLOG_BACKUP_END);
}

static const char *wal_directory(void)
{
    return wal_identity()->directory == NULL ? "pg_wal" : wal_identity()->directory;
}

static void write_history(void)
{
    BackupLabel *l = &backup.label;
    const char *name = wal_backup_name(l->start_tli, l->start_lsn, wal_identity()->segment_size);
    StrBuf text;

    l->is_history = true;
    l->stop_time = mem_strdup(time_text());
    strbuf_init(&text);
    backup_label_write(l, &text);
    os_write_durable(path_join(wal_directory(), name), text.text, text.len);
}

/* Those that the archive has, or that there is no archive for; others are told to the archiver. */
static void remove_old_histories(void)
{
    Array names;

    os_dir_list(wal_directory(), &names);
    array_foreach(char *, name, &names) {
        if (wal_name_kind(*name) != WAL_NAME_BACKUP || !archive_status_may_remove(*name))
            continue;
        os_try_unlink(path_join(wal_directory(), *name));
        archive_status_remove(*name);
    }
}

static void wait_for_archive(void)
{
    const BackupLabel *label = &backup.label;
    const char *history =
        wal_backup_name(label->start_tli, label->start_lsn, wal_identity()->segment_size);
    bool is_told = false;
    int next_warning = WAIT_WARNING_S;

    /* On a standby the primary archives, unless both do. */
    if (backup.is_of_standby ? !archive_is_always_on() : !archive_is_on()) {
        err_log(ERR_NOTICE,
                .message = "WAL archiving is not enabled; you must ensure that all required WAL "
                           "segments are copied through other means to complete the backup");
        return;
    }
    for (int seconds = 0;
         archive_status_is_busy(label->stop_file) ||
         (!backup.is_of_standby && archive_status_is_busy(history));) {
        check_interrupts();
        if (!is_told && seconds > WAIT_NOTICE_S) {
            is_told = true;
            err_log(ERR_NOTICE, .message = "base backup done, waiting for required WAL segments "
                                           "to be archived");
        }
        latch_wait(LATCH_SET | LATCH_TIMEOUT, 1000, WAIT_EVENT_BACKUP_WAIT_WAL_ARCHIVE);
        latch_reset(latch_own_one());
        if (++seconds < next_warning)
            continue;
        next_warning *= 2;
        err_log(ERR_WARNING, .sqlstate = SQLSTATE_WARNING,
                .message = err_fmt("still waiting for all required WAL segments to be archived "
                                   "(%d seconds elapsed)",
                                   seconds),
                .hint = "Check that your archive_command is executing properly.  You can safely "
                        "cancel this backup, but the database backup will not be usable without "
                        "all the WAL segments.");
    }
    err_log(ERR_NOTICE, .message = "all required WAL segments have been archived");
}

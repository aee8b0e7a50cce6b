/*
 * base_backup.c - the course of a base backup
 *
 *     begin > sizes > result sets > archive of each tablespace > archive of the data directory
 *           > end (with the log: before it goes into that archive) > manifest > end of the log
 *
 * Bad pages do not stop it: who asked gets all of it, and an error at the end.
 */
#include "common/base/base.h"

#include "server/replication/base_backup/base_backup.h"

#include <inttypes.h>

#include "common/err/err.h"
#include "common/format/backup_label.h"
#include "common/format/control_file.h"
#include "common/format/tablespace_map.h"
#include "common/format/tar.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "server/net/copy.h"
#include "server/recovery/backup/backup.h"
#include "server/recovery/checkpoint/control.h"
#include "server/recovery/recovery.h"
#include "server/replication/answer.h"
#include "server/replication/base_backup/archive.h"
#include "server/replication/base_backup/backup_wal.h"
#include "server/replication/base_backup/manifest_spool.h"
#include "server/replication/base_backup/output.h"
#include "server/replication/base_backup/progress.h"
#include "server/replication/base_backup/walk.h"
#include "server/wal/wal.h"

#define CONTROL_PATH   "global/pg_control"
#define SENDS_A_SECOND 8 /* at least, when they are slowed down */

typedef struct BaseBackup {
    const BackupOptions *options;
    BackupStart start;
    BackupEnd end;
    uint64_t *sizes; /* of tablespaces, then of the data directory; NULL: not wanted */
    BackupWalk walk;
    BackupOutput output;
    ManifestSpool manifest;
    BackupArchive archive;
} BaseBackup;

static void run(BaseBackup *b);
static void open_targets(BaseBackup *b);
static size_t piece_size(const BackupOptions *options);
static void begin(BaseBackup *b);
static void answer_position(Lsn lsn, TimelineId tli);
static void measure(BaseBackup *b);
static void answer_sizes(const BaseBackup *b);
static void answer_size(Oid oid, const char *path, const uint64_t *size);
static void add_size(void *arg, const WalkEntry *entry);
static void send_tablespace(BaseBackup *b, const TablespaceMapEntry *space);
static void end_archive(BaseBackup *b);
static void send_cluster(BaseBackup *b);
static void send_entry(void *arg, const WalkEntry *entry);
static void send_control_file(BaseBackup *b);
static void end(BaseBackup *b);
static BackupSpan span_of(const BaseBackup *b);
static void send_manifest(BaseBackup *b);
static void report_bad_pages(const BaseBackup *b);

void base_backup_run(const BackupOptions *options)
{
    MemContext *mem = mem_context_new(mem_current(), "base backup");
    BaseBackup *b;

    if (backup_is_running())
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "a backup is already in progress in this session");
    MEM_SCOPE(mem) {
        b = mem_new(BaseBackup);
        b->options = options;
        ERR_TRY() {
            run(b);
        }
        ERR_FINALLY() {
            backup_abort();
            manifest_spool_end(&b->manifest);
            command_progress_end();
        }
        ERR_END();
    }
    mem_delete(mem);
}

static void run(BaseBackup *b)
{
    open_targets(b);
    command_progress_begin(PROGRESS_BASE_BACKUP, 0);
    command_progress_set(PROGRESS_BACKUP_TOTAL, -1);
    begin(b);
    if (b->options->wants_sizes)
        measure(b);
    answer_position(b->start.lsn, b->start.tli);
    answer_sizes(b);
    copy_out_begin(COPY_TEXT, 0);
    progress_set_phase(BACKUP_PHASE_STREAM);
    command_progress_set(PROGRESS_TABLESPACES_TOTAL, (int64_t)b->walk.tablespaces->count + 1);
    array_foreach(const TablespaceMapEntry, space, b->walk.tablespaces)
        send_tablespace(b, space);
    send_cluster(b);
    if (!b->options->includes_wal)
        end(b);
    if (b->options->has_manifest)
        send_manifest(b);
    output_finish(&b->output);
    copy_out_end();
    answer_position(b->end.lsn, b->end.tli);
    report_bad_pages(b);
}

/* What cannot be written to is told of before the checkpoint, which takes its time. */
static void open_targets(BaseBackup *b)
{
    const BackupOptions *o = b->options;
    BackupTarget *client = backup_target_client(o->destination == BACKUP_TO_CLIENT, piece_size(o));

    b->output = (BackupOutput){.target = client,
                               .listener = client,
                               .compression = o->compression,
                               .max_rate_kb = o->max_rate_kb};
    if (o->destination == BACKUP_TO_SERVER)
        b->output.target = backup_target_server(o->folder);
    else if (o->destination == BACKUP_TO_NOWHERE)
        b->output.target = backup_target_nowhere();
    output_begin(&b->output);
}

/* A slow stream goes out in small messages, so that it flows. */
static size_t piece_size(const BackupOptions *options)
{
    size_t share = (size_t)options->max_rate_kb * 1024 / SENDS_A_SECOND;

    if (options->max_rate_kb == 0 || share > BACKUP_PIECE_SIZE)
        return BACKUP_PIECE_SIZE;
    return size_max(share, BACKUP_ROOM_MIN);
}

static void begin(BaseBackup *b)
{
    const BackupOptions *o = b->options;

    progress_set_phase(BACKUP_PHASE_CHECKPOINT);
    b->walk.was_standby = recovery_is_running();
    b->start = backup_begin(o->label, o->is_fast, BACKUP_BY_COMMAND);
    b->walk.tablespaces = backup_tablespaces();
    b->walk.has_links = !o->has_map;
    if (o->has_manifest)
        manifest_spool_begin(&b->manifest, o->encodes_paths);
    b->archive =
        (BackupArchive){.output = &b->output,
                        .manifest = o->has_manifest ? &b->manifest : NULL,
                        .has_checksums = o->has_checksums,
                        .checksum = o->checksum,
                        .verifies_pages = o->verifies_pages && wal_identity()->has_checksums,
                        .start = b->start.lsn,
                        .prefix = ""};
}

/* ---- What is told before ---- */

static void answer_position(Lsn lsn, TimelineId tli)
{
    static const AnswerColumn columns[] = {{"recptr", ANSWER_TEXT}, {"tli", ANSWER_INT8_UNSIZED}};

    answer_begin_unmodified(columns, ARRAY_LEN(columns));
    answer_row();
    answer_lsn(lsn);
    answer_number(tli);
    answer_row_end();
    answer_tag("SELECT");
}

/* Also of what compression makes smaller. */
static void measure(BaseBackup *b)
{
    const Array *spaces = b->walk.tablespaces;

    progress_set_phase(BACKUP_PHASE_SIZES);
    b->sizes = mem_new_array(uint64_t, spaces->count + 1);
    b->walk.visit = add_size;
    for (size_t i = 0; i < spaces->count; i++) {
        b->walk.arg = &b->sizes[i];
        walk_tablespace(&b->walk, ((TablespaceMapEntry *)array_at(spaces, i))->oid);
    }
    b->walk.arg = &b->sizes[spaces->count];
    walk_cluster(&b->walk);
    for (size_t i = 0; i <= spaces->count; i++)
        b->output.total += b->sizes[i];
    command_progress_set(PROGRESS_BACKUP_TOTAL, (int64_t)b->output.total);
}

static void answer_sizes(const BaseBackup *b)
{
    static const AnswerColumn columns[] = {
        {"spcoid", ANSWER_OID}, {"spclocation", ANSWER_TEXT}, {"size", ANSWER_INT8}};
    const Array *spaces = b->walk.tablespaces;

    answer_begin_unmodified(columns, ARRAY_LEN(columns));
    for (size_t i = 0; i < spaces->count; i++) {
        const TablespaceMapEntry *space = array_at(spaces, i);

        answer_size(space->oid, space->path, b->sizes == NULL ? NULL : &b->sizes[i]);
    }
    answer_size(0, NULL, b->sizes == NULL ? NULL : &b->sizes[spaces->count]);
    answer_tag("SELECT");
}

/* path NULL: of the data directory. In kB, as the sizes of the archive. */
static void answer_size(Oid oid, const char *path, const uint64_t *size)
{
    answer_row();
    if (path == NULL)
        answer_text(NULL);
    else
        answer_number(oid);
    answer_text(path);
    if (size == NULL)
        answer_text(NULL);
    else
        answer_number((int64_t)(*size / 1024));
    answer_row_end();
}

static void add_size(void *arg, const WalkEntry *entry)
{
    uint64_t *sum = arg;

    *sum += TAR_BLOCK;
    if (entry->kind == OS_KIND_FILE)
        *sum += entry->stat.size + tar_padding(entry->stat.size);
}

/* ---- Archives ---- */

static void send_tablespace(BaseBackup *b, const TablespaceMapEntry *space)
{
    b->archive.prefix = mem_printf("pg_tblspc/%u", space->oid);
    output_begin_archive(&b->output, mem_printf("%u.tar", space->oid), space->path);
    b->walk.visit = send_entry;
    b->walk.arg = b;
    walk_tablespace(&b->walk, space->oid);
    end_archive(b);
}

static void end_archive(BaseBackup *b)
{
    output_write_zeros(&b->output, TAR_END_SIZE);
    output_end_archive(&b->output);
    command_progress_add(PROGRESS_TABLESPACES_STREAMED, 1);
}

static void send_cluster(BaseBackup *b)
{
    const char *label = backup_label_text();
    const char *map = backup_map_text();

    b->archive.prefix = "";
    output_begin_archive(&b->output, "base.tar", "");
    archive_add_bytes(&b->archive, BACKUP_LABEL_FILE_NAME, label, strlen(label));
    if (b->options->has_map && *map != '\0')
        archive_add_bytes(&b->archive, TABLESPACE_MAP_FILE_NAME, map, strlen(map));
    b->walk.visit = send_entry;
    b->walk.arg = b;
    walk_cluster(&b->walk);
    send_control_file(b);
    if (b->options->includes_wal) {
        BackupSpan span;

        end(b);
        span = span_of(b);
        progress_set_phase(BACKUP_PHASE_WAL);
        backup_wal_add(&b->archive, &span);
    }
    end_archive(b);
}

static void send_entry(void *arg, const WalkEntry *entry)
{
    BaseBackup *b = arg;

    switch (entry->kind) {
    case OS_KIND_DIR:
        archive_add_folder(&b->archive, entry->name, &entry->stat);
        break;
    case OS_KIND_LINK:
        archive_add_link(&b->archive, entry->name, entry->link, &entry->stat);
        break;
    case OS_KIND_FILE:
        (void)archive_add_file(&b->archive, entry->path, entry->name);
        break;
    case OS_KIND_OTHER:
        break;
    }
}

/* As it is in memory, which was on disk: a file that is being written could be read half. */
static void send_control_file(BaseBackup *b)
{
    uint8_t bytes[CONTROL_FILE_SIZE];
    ControlFile control;
    OsStat stat;

    os_stat(CONTROL_PATH, &stat);
    control_get(&control);
    control_file_encode(&control, bytes);
    archive_add_bytes_as(&b->archive, CONTROL_PATH, bytes, sizeof bytes, &stat);
}

/* ---- The end ---- */

static void end(BaseBackup *b)
{
    progress_set_phase(BACKUP_PHASE_ARCHIVE_WAIT);
    backup_end(b->options->waits, &b->end);
}

static BackupSpan span_of(const BaseBackup *b)
{
    return (BackupSpan){
        .start_tli = b->start.tli, .end_tli = b->end.tli, .start = b->start.lsn, .end = b->end.lsn};
}

static void send_manifest(BaseBackup *b)
{
    BackupSpan span = span_of(b);

    backup_wal_list(&b->manifest, &span);
    manifest_spool_send(&b->manifest, &b->output);
}

static void report_bad_pages(const BaseBackup *b)
{
    if (b->archive.bad_pages == 0)
        return;
    err_log(ERR_WARNING, .sqlstate = SQLSTATE_WARNING,
            .message = err_fmt("%" PRIu64 " total checksum verification failure%s",
                               b->archive.bad_pages, b->archive.bad_pages == 1 ? "" : "s"));
    err_raise(SQLSTATE_DATA_CORRUPTED,
              .message = "checksum verification failure during base backup");
}

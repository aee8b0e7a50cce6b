/*
 * archive.c - one tar archive of a base backup
 *
 * Content is read to where it goes out from, checked and digested there while it is in the
 * processor's cache; nothing is copied on the way.
 */
#include "common/base/base.h"

#include "server/replication/base_backup/archive.h"

#include <inttypes.h>

#include "common/err/err.h"
#include "common/format/backup_scope.h"
#include "common/format/rel_path.h"
#include "common/format/tar.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/path.h"
#include "common/os/user.h"
#include "server/ipc/interrupt.h"
#include "server/replication/base_backup/page_check.h"
#include "server/stats/stats.h"

/* One file on its way. */
typedef struct FileCopy {
    BackupArchive *archive;
    OsFile *file;
    uint64_t size; /* as the header has it */
    uint64_t done;
    bool is_at_end;   /* it became shorter: zeros from here on */
    Digest *digest;   /* NULL: none */
    PageCheck *check; /* NULL: it has no pages */
} FileCopy;

static void put_header(BackupArchive *a, const TarEntry *entry);
static void send_file(BackupArchive *a, OsFile *file, const char *path, const char *name,
                      const OsStat *stat);
static bool has_pages(const BackupArchive *a, const char *path, uint32_t *segment);
static Oid database_of(const char *path);
static void send_content(FileCopy *c);
static size_t send_piece(FileCopy *c);
static void list_file(BackupArchive *a, const char *name, const OsStat *stat, Digest *digest);

void archive_add_folder(BackupArchive *a, const char *name, const OsStat *stat)
{
    put_header(a, &(TarEntry){.kind = TAR_DIR,
                              .name = name,
                              .mode = stat->mode,
                              .mtime = stat->mtime,
                              .uid = stat->uid,
                              .gid = stat->gid});
}

void archive_add_link(BackupArchive *a, const char *name, const char *target, const OsStat *stat)
{
    put_header(a, &(TarEntry){.kind = TAR_LINK,
                              .name = name,
                              .link = target,
                              .mode = stat->mode,
                              .mtime = stat->mtime,
                              .uid = stat->uid,
                              .gid = stat->gid});
}

void archive_add_bytes(BackupArchive *a, const char *name, const void *bytes, size_t len)
{
    archive_add_bytes_as(a, name, bytes, len,
                         &(OsStat){.mode = os_file_mode(),
                                   .mtime = clock_unix_seconds(),
                                   .uid = os_user_id(),
                                   .gid = os_group_id()});
}

void archive_add_bytes_as(BackupArchive *a, const char *name, const void *bytes, size_t len,
                          const OsStat *stat)
{
    OsStat file = *stat;
    Digest digest;

    file.size = len;
    put_header(a, &(TarEntry){.kind = TAR_FILE,
                              .name = name,
                              .size = len,
                              .mode = file.mode,
                              .mtime = file.mtime,
                              .uid = file.uid,
                              .gid = file.gid});
    output_write(a->output, bytes, len);
    output_write_zeros(a->output, tar_padding(len));
    digest_init(&digest, a->checksum);
    digest_update(&digest, bytes, len);
    list_file(a, name, &file, &digest);
}

bool archive_add_file(BackupArchive *a, const char *path, const char *name)
{
    OsFile *file = os_file_try_open(path, OS_READ);
    OsStat stat;

    if (file == NULL)
        return false;
    os_file_stat(file, &stat);
    send_file(a, file, path, name, &stat);
    os_file_close(file);
    return true;
}

bool archive_add_segment(BackupArchive *a, const char *path, uint64_t size)
{
    OsFile *file = os_file_try_open(path, OS_READ);
    FileCopy copy = {.archive = a, .file = file, .size = size};
    OsStat stat;

    if (file == NULL)
        return false;
    os_file_stat(file, &stat);
    if (stat.size != size)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("unexpected WAL file size \"%s\"", path_base(path)));
    put_header(a, &(TarEntry){.kind = TAR_FILE,
                              .name = path,
                              .size = size,
                              .mode = stat.mode,
                              .mtime = stat.mtime,
                              .uid = stat.uid,
                              .gid = stat.gid});
    send_content(&copy);
    output_write_zeros(a->output, tar_padding(size));
    os_file_close(file);
    return true;
}

static void put_header(BackupArchive *a, const TarEntry *entry)
{
    size_t room;

    tar_header_write(entry, output_room(a->output, TAR_BLOCK, &room));
    output_take(a->output, TAR_BLOCK);
}

static void send_file(BackupArchive *a, OsFile *file, const char *path, const char *name,
                      const OsStat *stat)
{
    FileCopy copy = {.archive = a, .file = file, .size = stat->size};
    uint32_t segment;
    PageCheck check;
    Digest digest;

    put_header(a, &(TarEntry){.kind = TAR_FILE,
                              .name = name,
                              .size = stat->size,
                              .mode = stat->mode,
                              .mtime = stat->mtime,
                              .uid = stat->uid,
                              .gid = stat->gid});
    if (a->manifest != NULL && a->has_checksums) {
        digest_init(&digest, a->checksum);
        copy.digest = &digest;
    }
    if (has_pages(a, path, &segment)) {
        page_check_begin(&check, file, mem_printf("./%s", path), segment, a->start);
        copy.check = &check;
    }
    send_content(&copy);
    output_write_zeros(a->output, tar_padding(stat->size));
    if (copy.check != NULL) {
        page_check_end(&check);
        a->bad_pages += check.failures;
        if (check.failures > 0)
            stats_report_checksum_failure(database_of(path), (int64_t)check.failures);
    }
    list_file(a, name, stat, copy.digest);
}

static bool has_pages(const BackupArchive *a, const char *path, uint32_t *segment)
{
    RelFileName name;

    if (!a->verifies_pages || !backup_scope_has_checksums(path) ||
        !rel_file_name_try_parse(path_base(path), &name))
        return false;
    *segment = name.segment;
    return true;
}

/* 0: what all databases share. */
static Oid database_of(const char *path)
{
    RelPath rel;

    return rel_path_try_parse(path, &rel) ? rel.tag.database : 0;
}

static void send_content(FileCopy *c)
{
    if (c->size > BACKUP_PIECE_SIZE)
        os_file_advise_sequential(c->file);
    while (c->done < c->size) {
        c->done += send_piece(c);
        if (c->check != NULL)
            page_check_report(c->check);
        check_interrupts();
    }
}

/* Whole pages, where they are checked. */
static size_t send_piece(FileCopy *c)
{
    BackupOutput *output = c->archive->output;
    uint64_t left = c->size - c->done;
    size_t room;
    uint8_t *bytes = output_room(output, BACKUP_ROOM_MIN, &room);
    size_t got = 0;

    if (left < room)
        room = (size_t)left;
    else if (c->check != NULL)
        room -= room % BLOCK_SIZE;
    if (!c->is_at_end)
        got = os_file_read_at(c->file, bytes, room, c->done);
    if (got < room) {
        memset(bytes + got, 0, room - got);
        c->is_at_end = true;
    }
    if (c->check != NULL)
        page_check_piece(c->check, bytes, room, c->done);
    if (c->digest != NULL)
        digest_update(c->digest, bytes, room);
    output_take(output, room);
    return room;
}

static void list_file(BackupArchive *a, const char *name, const OsStat *stat, Digest *digest)
{
    if (a->manifest != NULL)
        manifest_spool_add(a->manifest, path_join(a->prefix, name), stat->size, stat->mtime,
                           a->has_checksums ? digest : NULL);
}

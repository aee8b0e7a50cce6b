/* manifest_spool.c - the manifest of a base backup, gathered while its files are sent */
#include "common/base/base.h"

#include "server/replication/base_backup/manifest_spool.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/ipc/interrupt.h"

#define SPOOL_PIECE BACKUP_PIECE_SIZE

static void spool_write(void *arg, const void *bytes, size_t len);
static void save(ManifestSpool *s);
static void send_saved(ManifestSpool *s, BackupOutput *output);

void manifest_spool_begin(ManifestSpool *s, bool encodes_paths)
{
    *s = (ManifestSpool){.buffer = mem_alloc_aligned(SPOOL_PIECE, 64)};
    manifest_writer_begin(&s->writer, (ByteSink){spool_write, s}, 1, 0);
    s->writer.is_encoding_forced = encodes_paths;
}

void manifest_spool_add(ManifestSpool *s, const char *path, uint64_t size, int64_t mtime,
                        Digest *digest)
{
    uint8_t checksum[DIGEST_SIZE_MAX];
    ManifestFile file = {.path = path, .size = size, .has_mtime = true, .mtime = mtime};

    if (digest != NULL) {
        digest_final(digest, checksum);
        file.has_checksum = true;
        file.kind = digest->kind;
        file.checksum = checksum;
        file.checksum_len = digest_size(digest->kind);
    }
    manifest_writer_add_file(&s->writer, &file);
}

void manifest_spool_add_wal_range(ManifestSpool *s, const ManifestWalRange *range)
{
    manifest_writer_add_wal_range(&s->writer, range);
}

void manifest_spool_send(ManifestSpool *s, BackupOutput *output)
{
    manifest_writer_end(&s->writer);
    output_begin_manifest(output);
    send_saved(s, output);
    output_write(output, s->buffer, s->used);
    output_end_manifest(output);
}

void manifest_spool_end(ManifestSpool *s)
{
    if (s->file != NULL)
        vfd_close(s->file);
    s->file = NULL;
}

static void send_saved(ManifestSpool *s, BackupOutput *output)
{
    for (uint64_t sent = 0; sent < s->saved;) {
        size_t room;
        uint8_t *to = output_room(output, BACKUP_ROOM_MIN, &room);
        size_t wanted = (size_t)(s->saved - sent < room ? s->saved - sent : room);
        size_t n = vfd_read(s->file, to, wanted, sent, WAIT_EVENT_BUFFILE_READ);

        if (n == 0)
            err_raise(SQLSTATE_DATA_CORRUPTED,
                      .message = "could not read from backup manifest's temporary file: it is "
                                 "shorter than what was written");
        output_take(output, n);
        sent += n;
        check_interrupts();
    }
}

static void spool_write(void *arg, const void *bytes, size_t len)
{
    ManifestSpool *s = arg;
    const uint8_t *from = bytes;

    while (len > 0) {
        size_t n = size_min(len, SPOOL_PIECE - s->used);

        memcpy(s->buffer + s->used, from, n);
        s->used += n;
        from += n;
        len -= n;
        if (s->used == SPOOL_PIECE)
            save(s);
    }
}

static void save(ManifestSpool *s)
{
    if (s->file == NULL)
        s->file = vfd_open_temp(true);
    vfd_write(s->file, s->buffer, s->used, s->saved, WAIT_EVENT_BUFFILE_WRITE);
    s->saved += s->used;
    s->used = 0;
}

/* wal_files.c - where a backup's WAL is written; wal_files.h says how. */
#include "common/base/base.h"

#include "pgbasebackup/wal_files.h"

#include <unistd.h>

#include "common/base/bytes.h"
#include "common/compress/stream.h"
#include "common/format/tar.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/dir.h"
#include "common/os/fault.h"
#include "common/os/file.h"
#include "common/os/path.h"

#define ZEROS_SIZE KIB(64)

struct WalFiles {
    const BackupOptions *options;
    uint32_t segment_size;
    char name[WAL_SEG_NAME_LEN + 1]; /* of the current segment; empty: none */
    uint32_t filled;                 /* bytes of it that came */
    OsFile *file;                    /* plain: the segment; tar: pg_wal.tar.tmp */

    const char *tar_path; /* NULL: plain */
    ByteSink sink;        /* tar: the file, or the compressor in front of it */
    Compressor *compressor;
};

static void begin_segment(WalFiles *f, TimelineId tli, Lsn lsn);
static void mark_done(WalFiles *f, const char *name);
static void add_member(WalFiles *f, const char *name, uint64_t size);
static void add_zeros(WalFiles *f, uint64_t count);
static void open_tar(WalFiles *f);
static void write_bytes(void *arg, const void *bytes, size_t len);
static const char *plain_path(const WalFiles *f, const char *name);

WalFiles *wal_files_new(const BackupOptions *b, uint32_t segment_size)
{
    WalFiles *f = mem_new(WalFiles);

    f->options = b;
    f->segment_size = segment_size;
    if (b->format == FORMAT_TAR)
        open_tar(f);
    return f;
}

void wal_files_write(WalFiles *f, TimelineId tli, Lsn lsn, const void *bytes, size_t len)
{
    if (f->name[0] == '\0')
        begin_segment(f, tli, lsn);
    ASSERT(wal_seg_offset(lsn, f->segment_size) == f->filled);
    if (f->tar_path != NULL)
        byte_sink_write(&f->sink, bytes, len);
    else
        os_file_write(f->file, bytes, len);
    f->filled += (uint32_t)len;
    if (f->filled == f->segment_size)
        wal_files_end_segment(f);
}

void wal_files_end_segment(WalFiles *f)
{
    if (f->name[0] == '\0')
        return;
    FAULT_POINT("pgbasebackup.wal.before_segment_end");
    if (f->tar_path != NULL) {
        add_zeros(f, f->segment_size - f->filled);
    } else {
        if (!f->options->no_sync)
            os_file_flush_hint(f->file, 0, f->segment_size);
        os_file_close(f->file);
        f->file = NULL;
    }
    if (f->filled == f->segment_size)
        mark_done(f, f->name);
    f->name[0] = '\0';
}

void wal_files_add_history(WalFiles *f, const char *name, const void *content, size_t len)
{
    OsFile *file;

    wal_files_end_segment(f);
    if (f->tar_path != NULL) {
        add_member(f, name, len);
        byte_sink_write(&f->sink, content, len);
        add_zeros(f, tar_padding(len));
    } else {
        file = os_file_open(plain_path(f, name), OS_WRITE | OS_CREATE | OS_EXCLUSIVE);
        os_file_write(file, content, len);
        os_file_close(file);
    }
    mark_done(f, name);
}

void wal_files_finish(WalFiles *f)
{
    wal_files_end_segment(f);
    if (f->tar_path == NULL)
        return; /* what lies in the data directory is synced with all of it */
    add_zeros(f, TAR_END_SIZE);
    if (f->compressor != NULL)
        compressor_finish(f->compressor);
    if (!f->options->no_sync)
        os_file_sync(f->file);
    os_file_close(f->file);
    os_rename(mem_printf("%s.tmp", f->tar_path), f->tar_path);
}

static void begin_segment(WalFiles *f, TimelineId tli, Lsn lsn)
{
    WalSeg segment = {.tli = tli, .seg_no = wal_seg_no(lsn, f->segment_size)};

    wal_seg_name_write(segment, f->segment_size, f->name);
    f->filled = 0;
    if (f->tar_path != NULL) {
        add_member(f, f->name, f->segment_size);
        return;
    }
    f->file = os_file_open(plain_path(f, f->name), OS_WRITE | OS_CREATE | OS_EXCLUSIVE);
    os_file_preallocate(f->file, f->segment_size);
}

static void mark_done(WalFiles *f, const char *name)
{
    const char *mark = mem_printf("archive_status/%s.done", name);

    if (f->tar_path != NULL)
        add_member(f, mark, 0);
    else
        os_file_close(os_file_open(plain_path(f, mark), OS_WRITE | OS_CREATE | OS_EXCLUSIVE));
}

static void add_member(WalFiles *f, const char *name, uint64_t size)
{
    TarEntry entry = {.kind = TAR_FILE,
                      .name = name,
                      .size = size,
                      .mode = os_file_mode(),
                      .mtime = clock_unix_seconds(),
                      .uid = geteuid(),
                      .gid = getegid()};
    uint8_t header[TAR_BLOCK];

    tar_header_write(&entry, header);
    byte_sink_write(&f->sink, header, TAR_BLOCK);
}

static void add_zeros(WalFiles *f, uint64_t count)
{
    static const uint8_t zeros[ZEROS_SIZE];

    while (count > 0) {
        size_t n = (size_t)(count < ZEROS_SIZE ? count : ZEROS_SIZE);

        byte_sink_write(&f->sink, zeros, n);
        count -= n;
    }
}

/* pg_wal.tar, or pg_wal.tar.gz: the other methods do not apply to it, as with pg_basebackup. */
static void open_tar(WalFiles *f)
{
    const CompressSpec *spec = &f->options->client_compress;
    bool is_gzip = spec->method == COMPRESS_GZIP;

    f->tar_path = path_join(f->options->dir, is_gzip ? "pg_wal.tar.gz" : "pg_wal.tar");
    f->file = os_file_open(mem_printf("%s.tmp", f->tar_path), OS_WRITE | OS_CREATE | OS_EXCLUSIVE);
    f->sink = (ByteSink){write_bytes, f};
    if (is_gzip) {
        f->compressor = compressor_new(spec, f->sink);
        f->sink = compressor_sink(f->compressor);
    }
}

static void write_bytes(void *arg, const void *bytes, size_t len)
{
    WalFiles *f = arg;

    os_file_write(f->file, bytes, len);
}

static const char *plain_path(const WalFiles *f, const char *name)
{
    return path_join(path_join(f->options->dir, "pg_wal"), name);
}

/*
 * tar.c - a backup as tar archives, in files or on standard output, compressed or not
 *
 * An archive passes through as it comes unless something must be put in: the recovery configuration
 * (-R), or on standard output the manifest, for which there is no other place. Then it is read and
 * written anew, entry by entry, with the server's own headers. Files end in .tmp until all of them
 * are safe; standard output cannot be that careful.
 */
#include "common/base/base.h"

#include <unistd.h>

#include "common/base/bytes.h"
#include "common/compress/stream.h"
#include "common/err/err.h"
#include "common/format/tar.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/dir.h"
#include "common/os/fault.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "pgbasebackup/output.h"

#define AUTO_CONF      "postgresql.auto.conf"
#define WRITEBACK_STEP MIB(4) /* as in plain.c */
#define MANIFEST       "backup_manifest"
#define TEMP_SUFFIX    ".tmp"

typedef struct TarOutput {
    Output base;
    OsFile *file;  /* of the current archive */
    ByteSink sink; /* where its bytes go: the file, or the compressor before it */
    Compressor *compressor;
    uint64_t written, hinted;
    TarReader *reader; /* NULL: bytes pass as they are */
    bool is_main;
    StrBuf auto_conf; /* content of postgresql.auto.conf while it is collected */
    TarEntry auto_entry;
    bool is_auto_conf; /* the current entry is that file */
    bool has_auto_conf;
    uint64_t entry_size;
    OsFile *manifest;
    StrBuf manifest_text; /* on standard output */
    Array finals;         /* of const char *: names without .tmp, the manifest's not among them */
} TarOutput;

static void begin_archive(Output *out, const BackupSpace *space, const char *name);
static void open_archive(TarOutput *t, const char *name);
static void write_archive(Output *out, const void *bytes, size_t len);
static void end_archive(Output *out);
static void close_archive(TarOutput *t);
static void write_manifest(Output *out, const void *bytes, size_t len);
static void end_manifest(Output *out);
static void finish(Output *out);
static void write_bytes(void *arg, const void *bytes, size_t len);
static void begin_entry(void *arg, const TarEntry *entry);
static void write_entry(void *arg, const void *bytes, size_t len);
static void end_entry(void *arg);
static void add_file(TarOutput *t, const TarEntry *like, const char *name, const void *bytes,
                     size_t len);
static void add_zeros(TarOutput *t, size_t count);
static void add_recovery_conf(TarOutput *t);
static TarEntry own_entry(void);

static const OutputForm tar_form = {begin_archive,  write_archive, end_archive,
                                    write_manifest, end_manifest,  finish};

Output *tar_output_new(const Output *base)
{
    TarOutput *t = mem_new(TarOutput);

    t->base = *base;
    t->base.form = &tar_form;
    strbuf_init(&t->auto_conf);
    strbuf_init(&t->manifest_text);
    array_init(&t->finals, sizeof(const char *));
    return &t->base;
}

static void begin_archive(Output *out, const BackupSpace *space, const char *name)
{
    TarOutput *t = (TarOutput *)out;
    const BackupOptions *b = out->options;
    const TarVisitor visitor = {begin_entry, write_entry, end_entry, t};
    bool is_injected;

    FAULT_POINT("pgbasebackup.tar.before_archive");
    t->is_main = space->location == NULL;
    open_archive(t, name);
    is_injected = t->is_main && (out->recovery_conf != NULL || (b->is_stdout && !b->no_manifest));
    t->reader = is_injected ? tar_reader_new(&visitor, mem_strdup(name)) : NULL;
}

/* The file, and the compressor in front of it. */
static void open_archive(TarOutput *t, const char *name)
{
    const BackupOptions *b = t->base.options;

    if (b->is_stdout) {
        t->file = os_file_from_fd(STDOUT_FILENO, "standard output");
        report_set_name(t->base.report, "-");
    } else {
        const char *final = mem_printf("%s%s", path_join(b->dir, name),
                                       compress_method_suffix(b->client_compress.method));

        *(const char **)array_push(&t->finals) = final;
        t->file = os_file_open(mem_printf("%s%s", final, TEMP_SUFFIX),
                               OS_WRITE | OS_CREATE | OS_EXCLUSIVE);
        report_set_name(t->base.report, final);
    }
    t->written = t->hinted = 0;
    t->sink = (ByteSink){write_bytes, t};
    t->compressor = NULL;
    if (b->client_compress.method != COMPRESS_NONE) {
        t->compressor = compressor_new(&b->client_compress, t->sink);
        t->sink = compressor_sink(t->compressor);
    }
}

static void write_archive(Output *out, const void *bytes, size_t len)
{
    TarOutput *t = (TarOutput *)out;

    if (t->reader != NULL)
        tar_reader_write(t->reader, bytes, len);
    else
        byte_sink_write(&t->sink, bytes, len);
}

static void end_archive(Output *out)
{
    TarOutput *t = (TarOutput *)out;
    bool waits_for_manifest = t->is_main && out->options->is_stdout && !out->options->no_manifest;

    if (t->reader != NULL) {
        tar_reader_finish(t->reader);
        tar_reader_free(t->reader);
        if (out->recovery_conf != NULL)
            add_recovery_conf(t);
    }
    if (waits_for_manifest)
        return;
    if (t->reader != NULL || !out->has_own_end)
        add_zeros(t, TAR_END_SIZE);
    close_archive(t);
}

static void close_archive(TarOutput *t)
{
    if (t->compressor != NULL) {
        compressor_finish(t->compressor);
        compressor_free(t->compressor);
    }
    FAULT_POINT("pgbasebackup.tar.before_archive_sync");
    if (!t->base.options->is_stdout && !t->base.options->no_sync)
        os_file_sync(t->file);
    os_file_close(t->file);
    t->file = NULL;
    report_set_name(t->base.report, NULL);
}

static void write_manifest(Output *out, const void *bytes, size_t len)
{
    TarOutput *t = (TarOutput *)out;

    if (out->options->is_stdout) {
        strbuf_add_bytes(&t->manifest_text, bytes, len);
        return;
    }
    if (t->manifest == NULL)
        t->manifest = os_file_open(path_join(out->options->dir, MANIFEST TEMP_SUFFIX),
                                   OS_WRITE | OS_CREATE | OS_EXCLUSIVE);
    os_file_write(t->manifest, bytes, len);
}

static void end_manifest(Output *out)
{
    TarOutput *t = (TarOutput *)out;
    TarEntry like = own_entry();

    if (out->options->is_stdout) {
        add_file(t, &like, MANIFEST, t->manifest_text.text, t->manifest_text.len);
        add_zeros(t, TAR_END_SIZE);
        close_archive(t);
        return;
    }
    if (t->manifest == NULL)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION, .message = "the server sent an empty manifest");
    if (!out->options->no_sync)
        os_file_sync(t->manifest);
    os_file_close(t->manifest);
    t->manifest = NULL;
}

static void finish(Output *out)
{
    TarOutput *t = (TarOutput *)out;
    const BackupOptions *b = out->options;

    if (b->is_stdout)
        return;
    FAULT_POINT("pgbasebackup.tar.before_names");
    folders_unmark(out->folders);
    array_foreach(const char *, final, &t->finals) {
        os_rename(mem_printf("%s%s", *final, TEMP_SUFFIX), *final);
    }
    if (!b->no_sync) {
        err_log(ERR_INFO, .message = "syncing data to disk ...");
        FAULT_POINT("pgbasebackup.tar.before_sync");
        folders_sync(out->folders);
    }
    if (b->no_manifest || out->is_damaged)
        return;
    err_log(ERR_INFO, .message = "renaming backup_manifest.tmp to backup_manifest");
    FAULT_POINT("pgbasebackup.tar.before_manifest");
    os_rename(path_join(b->dir, MANIFEST TEMP_SUFFIX), path_join(b->dir, MANIFEST));
    if (!b->no_sync)
        os_dir_sync(b->dir);
}

/* The end of the chain. */
static void write_bytes(void *arg, const void *bytes, size_t len)
{
    TarOutput *t = arg;

    os_file_write(t->file, bytes, len);
    t->written += len;
    if (t->written - t->hinted >= WRITEBACK_STEP && !t->base.options->is_stdout &&
        !t->base.options->no_sync) {
        os_file_flush_hint(t->file, t->hinted, t->written - t->hinted);
        t->hinted = t->written;
    }
}

/* ---- Entries, when an archive is written anew ---- */

static void begin_entry(void *arg, const TarEntry *entry)
{
    TarOutput *t = arg;

    t->entry_size = entry->size;
    t->is_auto_conf = t->base.recovery_conf != NULL && entry->kind == TAR_FILE &&
                      str_equal(entry->name, AUTO_CONF);
    if (!t->is_auto_conf) {
        byte_sink_write(&t->sink, entry->header, TAR_BLOCK);
        return;
    }
    /* Its size is known when all of it has come: the header waits. */
    t->has_auto_conf = true;
    t->auto_entry = *entry;
    strbuf_clear(&t->auto_conf);
}

static void write_entry(void *arg, const void *bytes, size_t len)
{
    TarOutput *t = arg;

    if (t->is_auto_conf)
        strbuf_add_bytes(&t->auto_conf, bytes, len);
    else
        byte_sink_write(&t->sink, bytes, len);
}

static void end_entry(void *arg)
{
    TarOutput *t = arg;

    if (!t->is_auto_conf) {
        add_zeros(t, tar_padding(t->entry_size));
        return;
    }
    strbuf_add(&t->auto_conf, t->base.recovery_conf);
    add_file(t, &t->auto_entry, AUTO_CONF, t->auto_conf.text, t->auto_conf.len);
    t->is_auto_conf = false;
}

/* A file of our own, with mode and owner like those of another. */
static void add_file(TarOutput *t, const TarEntry *like, const char *name, const void *bytes,
                     size_t len)
{
    TarEntry entry = *like;
    uint8_t header[TAR_BLOCK];

    entry.kind = TAR_FILE;
    entry.name = name;
    entry.size = len;
    entry.mtime = clock_unix_seconds();
    tar_header_write(&entry, header);
    byte_sink_write(&t->sink, header, TAR_BLOCK);
    byte_sink_write(&t->sink, bytes, len);
    add_zeros(t, tar_padding(len));
}

static void add_zeros(TarOutput *t, size_t count)
{
    static const uint8_t zeros[TAR_END_SIZE];

    ASSERT(count <= sizeof zeros);
    byte_sink_write(&t->sink, zeros, count);
}

/* What -R wants at the end of the data directory's archive. */
static void add_recovery_conf(TarOutput *t)
{
    TarEntry like = t->has_auto_conf ? t->auto_entry : own_entry();

    if (!t->has_auto_conf)
        add_file(t, &like, AUTO_CONF, t->base.recovery_conf, strlen(t->base.recovery_conf));
    add_file(t, &like, "standby.signal", "", 0);
}

static TarEntry own_entry(void)
{
    return (TarEntry){.kind = TAR_FILE, .mode = os_file_mode(), .uid = geteuid(), .gid = getegid()};
}

/*
 * plain.c - a backup as folders: the archives are taken apart as they come
 *
 * Promises
 *   1. Nothing is written outside of the data directory, the mapped tablespaces and --waldir: names
 *      come checked from the tar reader, links lead to announced tablespaces only, and no file that
 *      is there already is opened.
 *   2. global/pg_control gets its name last of all, so no server starts on what an interrupt left.
 */
#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/compress/stream.h"
#include "common/err/err.h"
#include "common/format/tar.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/fault.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "pgbasebackup/output.h"

#define CONTROL_FILE   "global/pg_control"
#define CONTROL_TEMP   CONTROL_FILE ".tmp"
#define WRITEBACK_STEP MIB(4) /* dirty bytes of one file after which the disk is told to begin */
#define MANIFEST       "backup_manifest"
#define MANIFEST_TEMP  MANIFEST ".tmp"

typedef struct PlainOutput {
    Output base;
    const char *root; /* of the current archive */
    bool is_main;     /* it is the data directory's */
    TarReader *reader;
    Decompressor *decompressor; /* NULL: the server does not compress */
    MemContext *entry_mem;      /* of the current file */
    OsFile *file;
    uint64_t written, hinted; /* bytes of the file; and those that the disk was told of */
    OsFile *manifest;
    bool has_control;
} PlainOutput;

static void begin_archive(Output *out, const BackupSpace *space, const char *name);
static const char *make_space_in_place(const char *dir, const char *location);
static void write_archive(Output *out, const void *bytes, size_t len);
static void end_archive(Output *out);
static void write_manifest(Output *out, const void *bytes, size_t len);
static void end_manifest(Output *out);
static void finish(Output *out);
static void give_name(const BackupOptions *options, const char *from, const char *to);
static void begin_entry(void *arg, const TarEntry *entry);
static void make_folder(PlainOutput *p, const TarEntry *entry, const char *path);
static void make_link(PlainOutput *p, const TarEntry *entry, const char *path);
static void make_file(PlainOutput *p, const TarEntry *entry, const char *path);
static void write_entry(void *arg, const void *bytes, size_t len);
static void end_entry(void *arg);
static void feed_reader(void *arg, const void *bytes, size_t len);
static void write_recovery_conf(const PlainOutput *p);

static const OutputForm plain_form = {begin_archive,  write_archive, end_archive,
                                      write_manifest, end_manifest,  finish};

Output *plain_output_new(const Output *base)
{
    PlainOutput *p = mem_new(PlainOutput);

    p->base = *base;
    p->base.form = &plain_form;
    p->entry_mem = mem_context_new(mem_current(), "backup file");
    return &p->base;
}

static void begin_archive(Output *out, const BackupSpace *space, const char *name)
{
    PlainOutput *p = (PlainOutput *)out;
    const TarVisitor visitor = {begin_entry, write_entry, end_entry, p};
    const char *dir = out->options->dir;
    CompressMethod method = compress_method_of_name(name);

    FAULT_POINT("pgbasebackup.plain.before_archive");
    p->is_main = space->location == NULL;
    if (p->is_main)
        p->root = dir;
    else if (path_is_absolute(space->location))
        p->root = backup_options_map(out->options, space->location);
    else
        p->root = make_space_in_place(dir, space->location);
    p->reader = tar_reader_new(&visitor, mem_strdup(name));
    p->decompressor = NULL;
    if (method != COMPRESS_NONE)
        p->decompressor = decompressor_new(method, (ByteSink){feed_reader, p}, DECOMPRESS_NO_LIMIT);
}

/* Such a tablespace lies in the data directory, whose own archive comes later. */
static const char *make_space_in_place(const char *dir, const char *location)
{
    const char *root = path_join(dir, location);

    os_dir_make_all(root);
    return root;
}

static void write_archive(Output *out, const void *bytes, size_t len)
{
    PlainOutput *p = (PlainOutput *)out;

    if (p->decompressor != NULL)
        decompressor_write(p->decompressor, bytes, len);
    else
        tar_reader_write(p->reader, bytes, len);
}

static void end_archive(Output *out)
{
    PlainOutput *p = (PlainOutput *)out;

    if (p->decompressor != NULL) {
        decompressor_finish(p->decompressor);
        decompressor_free(p->decompressor);
    }
    tar_reader_finish(p->reader);
    tar_reader_free(p->reader);
}

static void write_manifest(Output *out, const void *bytes, size_t len)
{
    PlainOutput *p = (PlainOutput *)out;

    if (p->manifest == NULL)
        p->manifest = os_file_open(path_join(out->options->dir, MANIFEST_TEMP),
                                   OS_WRITE | OS_CREATE | OS_EXCLUSIVE);
    os_file_write(p->manifest, bytes, len);
}

static void end_manifest(Output *out)
{
    PlainOutput *p = (PlainOutput *)out;

    if (p->manifest == NULL)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION, .message = "the server sent an empty manifest");
    os_file_close(p->manifest);
    p->manifest = NULL;
}

/* All is there. The last names are given when everything else is safe. */
static void finish(Output *out)
{
    PlainOutput *p = (PlainOutput *)out;
    const BackupOptions *options = out->options;

    if (!p->has_control)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = "the server sent no file \"" CONTROL_FILE "\"");
    if (out->recovery_conf != NULL)
        write_recovery_conf(p);
    folders_unmark(out->folders);
    if (!options->no_sync) {
        err_log(ERR_INFO, .message = "syncing data to disk ...");
        FAULT_POINT("pgbasebackup.plain.before_sync");
        folders_sync(out->folders);
    }
    FAULT_POINT("pgbasebackup.plain.before_control");
    give_name(options, CONTROL_TEMP, CONTROL_FILE);
    if (options->no_manifest || out->is_damaged)
        return;
    err_log(ERR_INFO, .message = "renaming backup_manifest.tmp to backup_manifest");
    FAULT_POINT("pgbasebackup.plain.before_manifest");
    give_name(options, MANIFEST_TEMP, MANIFEST);
}

static void give_name(const BackupOptions *options, const char *from, const char *to)
{
    if (options->no_sync)
        os_rename(path_join(options->dir, from), path_join(options->dir, to));
    else
        os_rename_durable(path_join(options->dir, from), path_join(options->dir, to));
}

/* ---- Entries of an archive ---- */

static void begin_entry(void *arg, const TarEntry *entry)
{
    PlainOutput *p = arg;

    MEM_SCOPE(p->entry_mem) {
        const char *path = path_join(p->root, entry->name);

        report_set_name(p->base.report, path);
        switch (entry->kind) {
        case TAR_DIR:
            make_folder(p, entry, path);
            break;
        case TAR_LINK:
            make_link(p, entry, path);
            break;
        case TAR_FILE:
            make_file(p, entry, path);
            break;
        }
    }
}

/* There already are those that we need: pg_wal and what is in it, tablespaces in place. */
static void make_folder(PlainOutput *p, const TarEntry *entry, const char *path)
{
    bool is_wal = p->is_main && (str_equal(entry->name, "pg_wal") ||
                                 str_equal(entry->name, "pg_wal/archive_status") ||
                                 str_equal(entry->name, "pg_wal/summaries"));
    bool is_new = os_dir_try_make(path);

    if (!is_new && !is_wal && !str_equal(entry->name, "pg_tblspc") &&
        !str_starts_with(entry->name, "pg_tblspc/"))
        err_raise(SQLSTATE_DUPLICATE_FILE,
                  .message = err_fmt("could not create directory \"%s\": File exists", path));
    if (is_new && entry->mode != os_dir_mode())
        os_set_mode(path, entry->mode);
}

/* Only pg_tblspc holds links; each leads to where its tablespace was put. */
static void make_link(PlainOutput *p, const TarEntry *entry, const char *path)
{
    const char *number = entry->name + strlen("pg_tblspc/");
    uint32_t oid;

    if (!p->is_main || !str_starts_with(entry->name, "pg_tblspc/") ||
        !num_try_parse_u32(number, &oid) || !path_is_absolute(entry->link))
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("unexpected symbolic link \"%s\" to \"%s\" in the backup",
                                     entry->name, entry->link));
    os_symlink(backup_options_map(p->base.options, entry->link), path);
}

static void make_file(PlainOutput *p, const TarEntry *entry, const char *path)
{
    if (p->is_main && str_equal(entry->name, CONTROL_FILE)) {
        path = path_join(p->root, CONTROL_TEMP);
        p->has_control = true;
    }
    p->file = os_file_open(path, OS_WRITE | OS_CREATE | OS_EXCLUSIVE);
    p->written = p->hinted = 0;
    if (entry->mode != os_file_mode())
        os_file_set_mode(p->file, entry->mode);
}

static void write_entry(void *arg, const void *bytes, size_t len)
{
    PlainOutput *p = arg;

    os_file_write(p->file, bytes, len);
    p->written += len;

    /* The disk works while the network brings more, so that the syncs at the end are short. */
    if (p->written - p->hinted >= WRITEBACK_STEP && !p->base.options->no_sync) {
        os_file_flush_hint(p->file, p->hinted, p->written - p->hinted);
        p->hinted = p->written;
    }
}

static void end_entry(void *arg)
{
    PlainOutput *p = arg;

    if (p->file != NULL)
        os_file_close(p->file);
    p->file = NULL;
    mem_reset(p->entry_mem);
}

static void feed_reader(void *arg, const void *bytes, size_t len)
{
    PlainOutput *p = arg;

    tar_reader_write(p->reader, bytes, len);
}

static void write_recovery_conf(const PlainOutput *p)
{
    const char *dir = p->base.options->dir;
    OsFile *file =
        os_file_open(path_join(dir, "postgresql.auto.conf"), OS_WRITE | OS_CREATE | OS_APPEND);

    os_file_write(file, p->base.recovery_conf, strlen(p->base.recovery_conf));
    os_file_close(file);
    os_file_close(os_file_open(path_join(dir, "standby.signal"), OS_WRITE | OS_CREATE));
}

/*
 * tar_backup.c - a backup in tar form against the manifest: base.tar, OID.tar, pg_wal.tar
 *
 * Each archive is read once, by one thread: names, sizes and checksums are compared as its entries
 * come. Archives may end in .gz, .lz4 or .zst. The WAL's own archive is no matter of the manifest.
 */
#include "common/base/base.h"

#include "common/compress/spec.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/text/str.h"
#include "tools/pgverifybackup/tar_stream.h"
#include "tools/pgverifybackup/verify.h"

#define STEP KIB(256)

typedef struct TarJob {
    Verify *v;
    const char *name;   /* base name of the archive */
    const char *prefix; /* of its entries' paths: "" or "pg_tblspc/16400/" */
    VerifyFile *file;   /* the entry at hand; NULL when its content is not looked at */
    uint64_t len;
    Digest digest;
} TarJob;

static void add_archives(Verify *v, Array *jobs);
static const char *stem_of(const char *name);
static void run_job(void *arg);
static void read_archive(TarJob *job);
static void begin_entry(void *arg, const TarEntry *entry);
static VerifyFile *claim_file(TarJob *job, const char *path, bool *is_twice);
static void take_data(void *arg, const void *bytes, size_t len);
static void end_entry(void *arg);

bool tar_is_backup(const char *dir)
{
    return !os_exists(mem_printf("%s/PG_VERSION", dir)) && tar_find_archive(dir, "base") != NULL;
}

char *tar_find_archive(const char *dir, const char *stem)
{
    for (int method = 0; method < COMPRESS_METHOD_COUNT; method++) {
        char *path =
            mem_printf("%s/%s.tar%s", dir, stem, compress_method_suffix((CompressMethod)method));

        if (os_exists(path))
            return path;
    }
    return NULL;
}

void tar_verify_archives(Verify *v)
{
    Array jobs;

    array_init(&jobs, sizeof(TarJob));
    add_archives(v, &jobs);
    verify_run_jobs(v, run_job, jobs.items, jobs.count, sizeof(TarJob));
    verify_report_missing(v);
}

static void add_archives(Verify *v, Array *jobs)
{
    Array names;

    os_dir_list(v->config->dir, &names);
    array_foreach(char *, name, &names) {
        const char *stem = stem_of(*name);
        bool is_tablespace = stem != NULL && str_is_digits(stem);
        OsStat stat;
        TarJob *job;

        if (verify_is_ignored(v, *name) || (stem != NULL && str_equal(stem, "pg_wal")))
            continue;
        if (stem == NULL || (!is_tablespace && !str_equal(stem, "base"))) {
            verify_report(v, err_fmt("file \"%s\" is not expected in a tar format backup", *name));
            continue;
        }
        os_stat(mem_printf("%s/%s", v->config->dir, *name), &stat);
        v->total += stat.size;
        job = array_push(jobs);
        job->v = v;
        job->name = *name;
        job->prefix = is_tablespace ? mem_printf("pg_tblspc/%s/", stem) : "";
    }
}

/* "16400" of "16400.tar.gz"; NULL when it is no archive's name. */
static const char *stem_of(const char *name)
{
    size_t len = strlen(name) - strlen(compress_method_suffix(compress_method_of_name(name)));
    size_t tar = strlen(".tar");

    if (len <= tar || strncmp(name + len - tar, ".tar", tar) != 0)
        return NULL;
    return mem_strndup(name, len - tar);
}

static void run_job(void *arg)
{
    TarJob *job = arg;
    const char *volatile message = NULL;

    /* A damaged archive is one finding among others. */
    ERR_TRY() {
        read_archive(job);
    }
    ERR_CATCH() {
        if (err_caught()->sqlstate == SQLSTATE_QUERY_CANCELED ||
            err_caught()->sqlstate == SQLSTATE_CHECK_FAILED)
            err_raise_again();
        message = mem_strdup(err_caught()->message);
    }
    ERR_END();
    if (message != NULL)
        verify_report(job->v, err_fmt("could not read archive \"%s\": %s", job->name, message));
    verify_end_job(job->v);
}

static void read_archive(TarJob *job)
{
    TarVisitor visitor = {begin_entry, take_data, end_entry, job};
    TarStream *stream =
        tar_stream_open(mem_printf("%s/%s", job->v->config->dir, job->name), &visitor);
    size_t len;

    while ((len = tar_stream_step(stream, STEP)) > 0) {
        verify_add_done(job->v, len);
        thread_pool_check_cancel();
    }
    tar_stream_close(stream);
}

static void begin_entry(void *arg, const TarEntry *entry)
{
    TarJob *job = arg;
    const char *path;
    VerifyFile *file;
    bool is_twice;

    job->file = NULL;
    if (entry->kind != TAR_FILE)
        return;
    path = mem_printf("%s%s", job->prefix, entry->name);
    if (verify_is_ignored(job->v, path))
        return;
    file = claim_file(job, path, &is_twice);
    if (file == NULL) {
        verify_report(job->v, err_fmt("\"%s\" is present in archive \"%s\" but not in the manifest",
                                      path, job->name));
        return;
    }
    if (is_twice) {
        verify_report(job->v, err_fmt("\"%s\" is present in archive \"%s\" for the second time",
                                      path, job->name));
        return;
    }
    if (entry->size != file->size) {
        verify_report(job->v, err_fmt("\"%s\" has size %" PRIu64
                                      " in archive \"%s\" but size %" PRIu64 " in the manifest",
                                      path, entry->size, job->name, file->size));
        return;
    }
    if (job->v->config->skips_checksums || !file->has_checksum)
        return;
    job->file = file;
    digest_init(&job->digest, file->kind);
}

/* Mark the file as found: two archives may claim to hold it. */
static VerifyFile *claim_file(TarJob *job, const char *path, bool *is_twice)
{
    VerifyFile *file = verify_find(job->v, path);

    *is_twice = false;
    if (file == NULL)
        return NULL;
    thread_lock(job->v->lock);
    *is_twice = file->is_found;
    file->is_found = true;
    thread_unlock(job->v->lock);
    return file;
}

static void take_data(void *arg, const void *bytes, size_t len)
{
    TarJob *job = arg;

    if (job->file != NULL)
        digest_update(&job->digest, bytes, len);
}

static void end_entry(void *arg)
{
    TarJob *job = arg;

    if (job->file != NULL)
        hash_compare(job->v, job->file, &job->digest, job->name);
}

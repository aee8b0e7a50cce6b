/*
 * hash.c - the checksums of a plain backup's files, on several threads
 *
 * Large files come first, so that no thread is left with one at the end; small ones share jobs.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/text/str.h"
#include "tools/pgverifybackup/verify.h"

#define READ_SIZE    KIB(256)
#define JOB_SIZE_MIN MIB(4)
#define FILE_COST    KIB(64) /* what opening a file costs, in bytes read */

typedef struct HashJob {
    Verify *v;
    VerifyFile **files;
    size_t count;
} HashJob;

static int compare_by_size(const void *a, const void *b);
static void run_job(void *arg);
static void verify_file(Verify *v, VerifyFile *file, uint8_t *buffer);
static bool try_digest(Verify *v, const VerifyFile *file, uint8_t *buffer, Digest *digest);
static uint64_t read_file(Verify *v, const VerifyFile *file, uint8_t *buffer, Digest *digest);
static const char *without_dir(const Verify *v, const char *message);

void hash_verify_files(Verify *v)
{
    Array files, jobs;
    uint64_t job_size = JOB_SIZE_MIN;

    array_init(&files, sizeof(VerifyFile *));
    array_foreach(VerifyFile *, file, &v->ordered) {
        if (!(*file)->is_found || (*file)->is_bad || !(*file)->has_checksum ||
            verify_is_ignored(v, (*file)->path))
            continue;
        *(VerifyFile **)array_push(&files) = *file;
        v->total += (*file)->size;
    }
    array_sort(&files, compare_by_size);

    array_init(&jobs, sizeof(HashJob));
    array_foreach(VerifyFile *, file, &files) {
        if (job_size >= JOB_SIZE_MIN) {
            *(HashJob *)array_push(&jobs) = (HashJob){.v = v, .files = file};
            job_size = 0;
        }
        ((HashJob *)array_at(&jobs, jobs.count - 1))->count++;
        job_size += (*file)->size + FILE_COST;
    }
    verify_run_jobs(v, run_job, jobs.items, jobs.count, sizeof(HashJob));
}

void hash_compare(Verify *v, const VerifyFile *file, Digest *digest, const char *archive)
{
    uint8_t computed[DIGEST_SIZE_MAX];
    size_t size = digest_size(file->kind);
    const char *in;

    digest_final(digest, computed);
    if (file->checksum_len == size && memcmp(computed, file->checksum, size) == 0)
        return;
    in = archive == NULL ? "" : err_fmt(" in archive \"%s\"", archive);
    if (file->checksum_len != size)
        verify_report(v, err_fmt("file \"%s\"%s has checksum of length %zu, but expected %zu",
                                 file->path, in, file->checksum_len, size));
    else
        verify_report(v, err_fmt("checksum mismatch for file \"%s\"%s", file->path, in));
}

static int compare_by_size(const void *a, const void *b)
{
    const VerifyFile *left = *(VerifyFile *const *)a, *right = *(VerifyFile *const *)b;

    if (left->size != right->size)
        return left->size > right->size ? -1 : 1;
    return strcmp(left->path, right->path);
}

static void run_job(void *arg)
{
    const HashJob *job = arg;
    uint8_t *buffer = mem_alloc_aligned(READ_SIZE, 4096);

    for (size_t i = 0; i < job->count; i++)
        verify_file(job->v, job->files[i], buffer);
    mem_free(buffer);
    verify_end_job(job->v);
}

static void verify_file(Verify *v, VerifyFile *file, uint8_t *buffer)
{
    Digest digest;

    digest_init(&digest, file->kind);
    if (try_digest(v, file, buffer, &digest))
        hash_compare(v, file, &digest, NULL);
}

/* False, and reported, when the file cannot be read or is not as long as it was. */
static bool try_digest(Verify *v, const VerifyFile *file, uint8_t *buffer, Digest *digest)
{
    const char *volatile message = NULL;
    volatile uint64_t len = 0;

    ERR_TRY() {
        len = read_file(v, file, buffer, digest);
    }
    ERR_CATCH() {
        /* A signal, or another thread's end, ends this one too. */
        if (err_caught()->sqlstate == SQLSTATE_QUERY_CANCELED)
            err_raise_again();
        message = mem_strdup(without_dir(v, err_caught()->message));
    }
    ERR_END();
    if (message != NULL)
        verify_report(v, message);
    else if (len != file->size)
        verify_report(v, err_fmt("file \"%s\" should contain %" PRIu64 " bytes, but read %" PRIu64
                                 " bytes",
                                 file->path, file->size, len));
    return message == NULL && len == file->size;
}

static uint64_t read_file(Verify *v, const VerifyFile *file, uint8_t *buffer, Digest *digest)
{
    OsFile *f = os_file_open(mem_printf("%s/%s", v->config->dir, file->path), OS_READ);
    uint64_t done = 0;
    size_t len;

    os_file_advise_sequential(f);
    while ((len = os_file_read(f, buffer, READ_SIZE)) > 0) {
        digest_update(digest, buffer, len);
        done += len;
        verify_add_done(v, len);
        thread_pool_check_cancel();
    }
    os_file_close(f);
    return done;
}

/* PostgreSQL's messages name the file as the manifest does. */
static const char *without_dir(const Verify *v, const char *message)
{
    const char *prefix = mem_printf("\"%s/", v->config->dir);
    const char *at = strstr(message, prefix);

    if (at == NULL)
        return message;
    return mem_printf("%.*s\"%s", (int)(at - message), message, at + strlen(prefix));
}

/* verify_jobs.c - jobs on threads, and the progress line meanwhile. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/os/clock.h"
#include "tools/pgverifybackup/verify.h"

#define POLL_MS 50

static bool is_done(Verify *v);
static void print_progress(Verify *v);
static void progress_text(const Verify *v, char *line, size_t size);

void verify_add_done(Verify *v, uint64_t bytes)
{
    thread_lock(v->lock);
    v->done += bytes;
    thread_unlock(v->lock);
}

void verify_run_jobs(Verify *v, void (*fn)(void *job), void *jobs, size_t count, size_t size)
{
    ThreadPool *pool = thread_pool_new(v->config->thread_count);
    char line[128];

    v->progress = progress_new(v->config->shows_progress, "verified", v->total);
    v->jobs_left = count;
    for (size_t i = 0; i < count; i++) {
        thread_pool_add(pool, fn, (char *)jobs + i * size);
        if (progress_is_due(v->progress))
            print_progress(v);
    }
    while (v->config->shows_progress && !is_done(v) && !thread_pool_has_failed(pool)) {
        if (progress_is_due(v->progress))
            print_progress(v);
        clock_sleep_ms(POLL_MS);
        thread_pool_check_cancel();
    }
    thread_pool_wait(pool);
    thread_pool_free(pool);
    if (!v->config->shows_progress)
        return;
    progress_text(v, line, sizeof(line));
    progress_hide();
    fprintf(stderr, "%s\n", line);
}

void verify_end_job(Verify *v)
{
    thread_lock(v->lock);
    v->jobs_left--;
    thread_unlock(v->lock);
}

static bool is_done(Verify *v)
{
    bool is_last;

    thread_lock(v->lock);
    is_last = v->jobs_left == 0;
    thread_unlock(v->lock);
    return is_last;
}

static void print_progress(Verify *v)
{
    char line[128];

    thread_lock(v->lock);
    progress_text(v, line, sizeof(line));
    progress_line(v->progress, line);
    thread_unlock(v->lock);
}

/* In the form of pg_verifybackup 16. */
static void progress_text(const Verify *v, char *line, size_t size)
{
    int percent = v->total == 0 ? 0 : (int)(v->done * 100 / v->total);
    char total[32];

    snprintf(total, sizeof(total), "%" PRIu64, v->total / KIB(1));
    snprintf(line, size, "%*" PRIu64 "/%s kB (%d%%) verified", (int)strlen(total), v->done / KIB(1),
             total, percent);
}

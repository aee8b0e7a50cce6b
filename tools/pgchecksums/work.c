/*
 * work.c - threads that read pieces of files and look at their pages; work.h has the promises
 *
 * A job takes neighbouring pieces, so that small files do not cost a job each. Threads share the
 * counters, the files' states and standard error, all under one lock; everything else is theirs.
 */
#include "common/base/base.h"

#include "tools/pgchecksums/work.h"

#include "common/err/err.h"
#include "common/format/checksum.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/fault.h"
#include "common/os/file.h"
#include "common/os/thread_pool.h"
#include "common/tool/progress.h"

#define READ_SIZE        KIB(256) /* fits a processor's second cache */
#define JOBS_PER_THREAD  8        /* so that threads end at about the same time */
#define JOB_SIZE_MAX     MIB(64)
#define JOB_SIZE_MIN     MIB(1)
#define FILE_COST        KIB(64) /* what opening a file costs, in bytes read */
#define PROGRESS_POLL_MS 50

typedef struct Work {
    const WorkConfig *config;
    Scan *scan;
    ThreadLock *lock;
    Progress *progress; /* all that follows is guarded by lock */
    WorkResult result;
    uint64_t done; /* bytes */
    size_t pieces_left;
} Work;

typedef struct Job {
    Work *work;
    const ScanPiece *pieces;
    size_t piece_count;
} Job;

/* What one thread knows of the piece it is at. */
typedef struct PieceRun {
    Work *work;
    const ScanPiece *piece;
    OsFile *file;
    uint8_t *bytes; /* READ_SIZE */
    uint64_t blocks_scanned, bad_blocks, blocks_written;
} PieceRun;

static void add_jobs(Work *work, ThreadPool *pool);
static size_t job_length(const Work *work, size_t first, uint64_t target);
static void show_progress(Work *work, ThreadPool *pool);
static void print_progress(Work *work);
static void print_last_progress(const Work *work);
static void progress_text(const Work *work, char *line, size_t size);
static void run_job(void *arg);
static void run_piece(PieceRun *run);
static void look_at_blocks(PieceRun *run, BlockNo first, size_t count);
static bool check_block(PieceRun *run, const uint8_t *page, BlockNo block);
static void report_block(PieceRun *run, const uint8_t *page, BlockNo block, uint16_t computed);
static void write_blocks(PieceRun *run, const uint8_t *bytes, BlockNo first, size_t count);
static void end_piece(PieceRun *run);
static BlockNo block_in_fork(const PieceRun *run, BlockNo block);

WorkResult work_run(const WorkConfig *config, Scan *scan)
{
    Work work = {.config = config,
                 .scan = scan,
                 .lock = thread_lock_new(),
                 .progress = progress_new(config->shows_progress, "computed", scan->total),
                 .pieces_left = scan->pieces.count};
    ThreadPool *pool = thread_pool_new(config->thread_count);

    add_jobs(&work, pool);
    if (config->shows_progress)
        show_progress(&work, pool);
    thread_pool_wait(pool);
    thread_pool_free(pool);
    if (config->shows_progress)
        print_last_progress(&work);
    work.result.files_scanned = scan->file_count;
    return work.result;
}

static void add_jobs(Work *work, ThreadPool *pool)
{
    uint64_t target = work->scan->total / (work->config->thread_count * JOBS_PER_THREAD);

    target = size_min(JOB_SIZE_MAX, size_max(JOB_SIZE_MIN, target));
    for (size_t first = 0; first < work->scan->pieces.count;) {
        Job *job = mem_new(Job);

        *job = (Job){.work = work,
                     .pieces = array_at(&work->scan->pieces, first),
                     .piece_count = job_length(work, first, target)};
        first += job->piece_count;
        thread_pool_add(pool, run_job, job);
        if (progress_is_due(work->progress))
            print_progress(work);
    }
}

/* How many pieces from first on make a job of about target bytes. */
static size_t job_length(const Work *work, size_t first, uint64_t target)
{
    uint64_t size = 0;
    size_t count = 0;

    while (first + count < work->scan->pieces.count && size < target) {
        const ScanPiece *piece = array_at(&work->scan->pieces, first + count);

        size += piece->len + FILE_COST;
        count++;
    }
    return count;
}

/* Until all is done, or a job failed. */
static void show_progress(Work *work, ThreadPool *pool)
{
    bool is_done = false;

    while (!is_done && !thread_pool_has_failed(pool)) {
        if (progress_is_due(work->progress))
            print_progress(work);
        clock_sleep_ms(PROGRESS_POLL_MS);
        thread_pool_check_cancel();
        thread_lock(work->lock);
        is_done = work->pieces_left == 0;
        thread_unlock(work->lock);
    }
}

static void print_progress(Work *work)
{
    char line[128];

    thread_lock(work->lock);
    progress_text(work, line, sizeof(line));
    progress_line(work->progress, line);
    thread_unlock(work->lock);
}

/* The line that stays, after all threads ended. */
static void print_last_progress(const Work *work)
{
    char line[128];

    progress_text(work, line, sizeof(line));
    progress_hide();
    fprintf(stderr, "%s\n", line);
}

static void progress_text(const Work *work, char *line, size_t size)
{
    uint64_t total = work->scan->total;
    int percent = total == 0 ? 0 : (int)(work->done * 100 / total);
    char text[32];

    snprintf(text, sizeof(text), "%" PRIu64, total / MIB(1));
    snprintf(line, size, "%*" PRIu64 "/%s MB (%d%%) computed", (int)strlen(text),
             work->done / MIB(1), text, percent);
}

static void run_job(void *arg)
{
    const Job *job = arg;
    PieceRun run = {.work = job->work};

    run.bytes = mem_alloc_aligned(READ_SIZE, 4096);
    for (size_t i = 0; i < job->piece_count; i++) {
        run.piece = &job->pieces[i];
        run.blocks_scanned = run.bad_blocks = run.blocks_written = 0;
        run_piece(&run);
        end_piece(&run);
    }
    mem_free(run.bytes);
}

static void run_piece(PieceRun *run)
{
    const ScanPiece *piece = run->piece;
    const char *path = piece->file->path;
    uint64_t done = 0;

    thread_pool_check_cancel();
    run->file = os_file_open(path, run->work->config->is_writing ? OS_READ | OS_WRITE : OS_READ);
    if (piece->len > READ_SIZE)
        os_file_advise_will_need(run->file, piece->offset, piece->len);
    while (done < piece->len) {
        size_t wanted = size_min(READ_SIZE, piece->len - done);
        size_t len = os_file_read_at(run->file, run->bytes, wanted, piece->offset + done);
        BlockNo first = (BlockNo)((piece->offset + done) / BLOCK_SIZE);

        look_at_blocks(run, first, len / BLOCK_SIZE);
        if (len % BLOCK_SIZE != 0)
            err_raise(SQLSTATE_DATA_CORRUPTED,
                      .message = err_fmt("could not read block %u in file \"%s\": read %zu of %d",
                                         first + (BlockNo)(len / BLOCK_SIZE), path,
                                         len % BLOCK_SIZE, BLOCK_SIZE));
        if (len < wanted)
            break; /* it became shorter: what is gone needs no checksum */
        done += len;
        thread_pool_check_cancel();
    }
    os_file_close(run->file);
}

/* first counts in the file. Neighbours that need another checksum are written together. */
static void look_at_blocks(PieceRun *run, BlockNo first, size_t count)
{
    size_t changed = 0; /* blocks before i that wait to be written */

    run->blocks_scanned += count;
    for (size_t i = 0; i < count; i++) {
        uint8_t *page = run->bytes + i * BLOCK_SIZE;
        BlockNo block = first + (BlockNo)i;

        if (check_block(run, page, block)) {
            write_blocks(run, page - changed * BLOCK_SIZE, block - (BlockNo)changed, changed);
            changed = 0;
            continue;
        }
        if (!run->work->config->is_writing) {
            run->bad_blocks++;
            continue;
        }
        checksum_set_page(page, block_in_fork(run, block));
        changed++;
    }
    write_blocks(run, run->bytes + (count - changed) * BLOCK_SIZE,
                 first + (BlockNo)(count - changed), changed);
}

/* True when nothing is to be done about the block; when checking, what is wrong is said. */
static bool check_block(PieceRun *run, const uint8_t *page, BlockNo block)
{
    uint16_t computed;

    if (page_is_new(page)) {
        /* No server minds such a page until it reads it; a checksum would have told. */
        if (!page_is_all_zero(page))
            report_block(run, page, block, 0);
        return true;
    }
    computed = checksum_compute_page(page, block_in_fork(run, block));
    if (computed == page_checksum(page))
        return true;
    if (!run->work->config->is_writing)
        report_block(run, page, block, computed);
    return false;
}

/* computed 0, which is no checksum, stands for a page that is new by its header alone. */
static void report_block(PieceRun *run, const uint8_t *page, BlockNo block, uint16_t computed)
{
    const char *path = run->piece->file->path;

    thread_lock(run->work->lock);
    if (computed == 0)
        err_log(ERR_WARNING,
                .message = err_fmt("page without header is not empty in file \"%s\", block %u",
                                   path, block));
    else
        err_log(ERR_ERROR,
                .message = err_fmt("checksum verification failed in file \"%s\", block %u: "
                                   "calculated checksum %X but block contains %X",
                                   path, block, computed, page_checksum(page)));
    thread_unlock(run->work->lock);
}

static void write_blocks(PieceRun *run, const uint8_t *bytes, BlockNo first, size_t count)
{
    if (count == 0)
        return;
    FAULT_POINT("pgchecksums.write.before");
    os_file_write_at(run->file, bytes, count * BLOCK_SIZE, (uint64_t)first * BLOCK_SIZE);
    if (run->work->config->is_synced)
        os_file_flush_hint(run->file, (uint64_t)first * BLOCK_SIZE, count * BLOCK_SIZE);
    run->blocks_written += count;
}

static void end_piece(PieceRun *run)
{
    Work *work = run->work;
    ScanFile *file = run->piece->file;

    thread_lock(work->lock);
    work->result.blocks_scanned += run->blocks_scanned;
    work->result.bad_blocks += run->bad_blocks;
    work->result.blocks_written += run->blocks_written;
    work->done += run->piece->len;
    work->pieces_left--;
    if (run->blocks_written > 0 && !file->is_changed) {
        file->is_changed = true;
        work->result.files_written++;
    }
    if (--file->left == 0 && work->config->is_verbose)
        err_log(ERR_INFO,
                .message = err_fmt(work->config->is_writing ? "checksums enabled in file \"%s\""
                                                            : "checksums verified in file \"%s\"",
                                   file->path));
    thread_unlock(work->lock);
}

static BlockNo block_in_fork(const PieceRun *run, BlockNo block)
{
    return run->piece->file->first + block;
}

/*
 * io.c - one page from its file and to it: who does it, who waits, what is checked
 *
 * One process at a time reads or writes a buffer; it is marked in the state word, and the others
 * wait for the condition variable of the buffer. If it raises in between, its owner ends the mark.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/checksum.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "server/config/setting.h"
#include "server/storage/buffer/buffer_int.h"
#include "server/wal/wal.h"

static void release_io(uintptr_t item);
static void flush_page(BufferDesc *d, SmgrRel *rel, Lsn lsn);
static uint64_t io_clock(void);
static bool is_page_good(const uint8_t *page, BlockNo block);
static const char *path_of(const BlockTag *tag);
static const char *describe_flush(void *arg);

const OwnerKind buffer_io_kind = {
    .name = "buffer io", .phase = OWNER_BEFORE_LOCKS, .order = 10, .release = release_io};

bool io_start(BufferDesc *d, BufferIo what)
{
    uint32_t state;

    owner_room(&buffer_io_kind);
    while (((state = desc_lock(d)) & BUF_IO_IN_PROGRESS) != 0) {
        desc_unlock(d);
        io_wait(d);
    }
    if (what == IO_INPUT ? (state & BUF_VALID) != 0 : (state & BUF_DIRTY) == 0) {
        desc_unlock(d);
        return false;
    }
    owner_note(&buffer_io_kind, (uintptr_t)buf_number(d));
    desc_unlock_with(d, 0, BUF_IO_IN_PROGRESS, 0);
    return true;
}

void io_end(BufferDesc *d, bool clears_dirty, uint32_t set_flags)
{
    uint32_t old = atomic_load(&d->state);
    uint32_t now;

    ASSERT((old & BUF_IO_IN_PROGRESS) != 0);
    do {
        uint32_t clear = BUF_IO_IN_PROGRESS | BUF_IO_ERROR;

        if (clears_dirty && (old & BUF_JUST_DIRTIED) == 0)
            clear |= BUF_DIRTY | BUF_CHECKPOINT_NEEDED;
        now = (old & ~clear) | set_flags;
    } while (!atomic_compare_exchange_weak(&d->state, &old, now));
    owner_forget(&buffer_io_kind, (uintptr_t)buf_number(d));
    condvar_broadcast(&buffer_pool.io_done[d - buffer_pool.descs]);
}

void io_wait(BufferDesc *d)
{
    CondVar *done = &buffer_pool.io_done[d - buffer_pool.descs];
    uint32_t seen = condvar_begin(done);

    while ((atomic_load(&d->state) & BUF_IO_IN_PROGRESS) != 0)
        condvar_wait(done, &seen, WAIT_EVENT_BUFFER_IO);
}

void io_flush(BufferDesc *d, SmgrRel *rel)
{
    ErrContext context = {.describe = describe_flush, .arg = &d->tag};
    Lsn lsn;

    if (!io_start(d, IO_OUTPUT))
        return;
    err_context_push(&context);
    /* Whoever sets a hint from here on makes it dirty anew, and its LSN is another's business. */
    desc_lock(d);
    lsn = page_lsn(buf_page(d));
    desc_unlock_with(d, BUF_JUST_DIRTIED, 0, 0);
    flush_page(d, rel == NULL ? smgr_open(&d->tag.rel, SMGR_PERMANENT) : rel, lsn);
    io_end(d, true, 0);
    err_context_pop(&context);
}

void io_read(SmgrRel *rel, ForkNo fork, BlockNo block, BufferMode mode, uint8_t *page)
{
    BlockTag tag = {.rel = *smgr_tag(rel), .fork = fork, .block = block};
    uint64_t start = io_clock();
    const char *path;

    smgr_read(rel, fork, block, page);
    buffer_counters_here.read_ns += io_clock() - start;
    if (LIKELY(is_page_good(page, block)))
        return;
    path = smgr_path(&tag.rel, smgr_temp_backend(rel), fork, 0);
    if (mode != BUFFER_ZERO_ON_ERROR && !setting.zero_damaged_pages)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("invalid page in block %u of relation %s", block, path));
    err_log(ERR_WARNING, .sqlstate = SQLSTATE_DATA_CORRUPTED,
            .message =
                err_fmt("invalid page in block %u of relation %s; zeroing out page", block, path));
    memset(page, 0, BLOCK_SIZE);
}

const uint8_t *io_checksummed(const uint8_t *page, BlockNo block)
{
    static uint8_t copy[BLOCK_SIZE] __attribute__((aligned(4096)));

    if (!wal_identity()->has_checksums || page_is_new(page))
        return page;
    /* Hint bits may be set meanwhile: what is summed has to be what is written. */
    memcpy(copy, page, BLOCK_SIZE);
    checksum_set_page(copy, block);
    return copy;
}

Lsn buffer_lsn(Buffer b)
{
    BufferDesc *d;
    Lsn lsn;

    if (b < 0 || !(wal_identity()->has_checksums || setting.wal_log_hints))
        return page_lsn(buffer_page(b));
    /* With a shared lock a hint's image may change it: the two halves are not one read. */
    d = buf_desc(b);
    desc_lock(d);
    lsn = page_lsn(buf_page(d));
    desc_unlock(d);
    return lsn;
}

static void flush_page(BufferDesc *d, SmgrRel *rel, Lsn lsn)
{
    uint64_t start;

    /* Promise 1. What is not logged has no place in the log that its page could be held against. */
    if ((atomic_load(&d->state) & BUF_PERMANENT) != 0)
        wal_flush(lsn);
    start = io_clock();
    smgr_write(rel, (ForkNo)d->tag.fork, d->tag.block, io_checksummed(buf_page(d), d->tag.block),
               false);
    buffer_counters_here.write_ns += io_clock() - start;
    buffer_counters_here.written++;
}

/* Now, where the time of reading and writing is asked for; else it stands still. */
static uint64_t io_clock(void)
{
    return UNLIKELY(setting.track_io_timing) ? clock_monotonic_ns() : 0;
}

/* Complains of a wrong checksum; the caller of the page. */
static bool is_page_good(const uint8_t *page, BlockNo block)
{
    bool is_sum_good = true;

    if (!page_is_new(page)) {
        if (wal_identity()->has_checksums)
            is_sum_good = checksum_page_is_valid(page, block);
        if (is_sum_good && page_header_is_sane(page))
            return true;
    }
    if (page_is_all_zero(page))
        return true;
    if (is_sum_good)
        return false;
    err_log(ERR_WARNING, .sqlstate = SQLSTATE_DATA_CORRUPTED,
            .message = err_fmt("page verification failed, calculated checksum %u but expected %u",
                               checksum_compute_page(page, block), page_checksum(page)));
    return setting.ignore_checksum_failure && page_header_is_sane(page);
}

/* The owner ends before the reading or writing did: it failed. */
static void release_io(uintptr_t item)
{
    BufferDesc *d = buf_desc((Buffer)item);
    uint32_t old = atomic_load(&d->state);
    bool is_write = (old & BUF_VALID) != 0;
    uint32_t now;

    if (is_write && (old & BUF_IO_ERROR) != 0)
        err_log(ERR_WARNING, .sqlstate = SQLSTATE_IO_ERROR,
                .message =
                    err_fmt("could not write block %u of %s", d->tag.block, path_of(&d->tag)),
                .detail = "Multiple failures --- write error might be permanent.");
    do
        now = (old & ~BUF_IO_IN_PROGRESS) | (is_write ? BUF_IO_ERROR : 0);
    while (!atomic_compare_exchange_weak(&d->state, &old, now));
    condvar_broadcast(&buffer_pool.io_done[d - buffer_pool.descs]);
}

static const char *path_of(const BlockTag *tag)
{
    return smgr_path(&tag->rel, SMGR_PERMANENT, (ForkNo)tag->fork, 0);
}

static const char *describe_flush(void *arg)
{
    const BlockTag *tag = arg;

    return err_fmt("writing block %u of relation %s", tag->block, path_of(tag));
}

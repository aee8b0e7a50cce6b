/*
 * buffers.c - the newest pages of the log in memory
 *
 * A ring: the page at LSN p has the buffer p / WAL_PAGE_SIZE modulo their count, if page_ends of
 * that buffer says so. Pages get their buffers in the order of the log, zeroed and with a header.
 * A buffer whose page is not written out yet cannot be used again: who needs it writes, together
 * with all that is complete by then.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "server/wal/wal_int.h"

typedef enum Prepare { PREPARE_FREE_ONLY, PREPARE_WRITING } Prepare;

static inline size_t buffer_of(Lsn page);
static void prepare_until(Lsn page, Prepare how);
static bool is_written(Lsn end);
static void write_out_until(Lsn end);
static void page_begin(Lsn page);

uint8_t *wal_buffer_at(WalSlot *slot, Lsn lsn)
{
    const Lsn page = wal_page_of(lsn);
    size_t buffer;

    /*
     * A page in which we have room that is not copied to yet cannot lose its buffer, so if it was
     * ours to write to once, it is where it was.
     */
    if (LIKELY(page == wal_process.near_page))
        return wal_process.near_bytes + (lsn - page);

    buffer = buffer_of(page);
    if (atomic_load_explicit(&wal_process.page_ends[buffer], memory_order_acquire) !=
        page + WAL_PAGE_SIZE) {
        /* Not behind a header that is not there yet: nobody may write out a page without one. */
        wal_slot_move(slot, lsn - page <= wal_header_size(page) ? page : lsn);
        prepare_until(page, PREPARE_WRITING);
    }
    ASSERT(wal_process.page_ends[buffer] == page + WAL_PAGE_SIZE);
    wal_process.near_page = page;
    wal_process.near_bytes = wal_process.pages + buffer * WAL_PAGE_SIZE;
    return wal_process.near_bytes + (lsn - page);
}

void wal_buffers_prepare(void)
{
    prepare_until(UINT64_MAX, PREPARE_FREE_ONLY);
}

void wal_buffers_begin(Lsn end, const uint8_t *page)
{
    const size_t used = end % WAL_PAGE_SIZE;
    const size_t buffer = buffer_of(wal_page_of(end));
    uint8_t *to = wal_process.pages + buffer * WAL_PAGE_SIZE;

    wal_process.near_page = UINT64_MAX;
    for (size_t i = 0; i < wal_process.page_count; i++)
        atomic_store(&wal_process.page_ends[i], LSN_NONE);
    atomic_store(&wal_process.shared->ready, u64_align_up(end, WAL_PAGE_SIZE));
    if (used == 0)
        return;
    memcpy(to, page, used);
    memset(to + used, 0, WAL_PAGE_SIZE - used);
    atomic_store(&wal_process.page_ends[buffer], wal_page_of(end) + WAL_PAGE_SIZE);
}

size_t wal_read_buffers(Lsn lsn, void *bytes, size_t size)
{
    const Lsn copied = atomic_load(&wal_process.shared->copied);
    uint8_t *to = bytes;
    size_t done = 0;

    while (done < size && lsn < copied) {
        const Lsn page = wal_page_of(lsn);
        const size_t buffer = buffer_of(page);
        _Atomic Lsn *end = &wal_process.page_ends[buffer];
        size_t n = size_min(size - done, page + WAL_PAGE_SIZE - lsn);

        n = size_min(n, copied - lsn);
        if (atomic_load_explicit(end, memory_order_acquire) != page + WAL_PAGE_SIZE)
            break;
        memcpy(to + done, wal_process.pages + buffer * WAL_PAGE_SIZE + (lsn - page), n);

        /* Was it that page's until now? Partner: the fence in page_begin(). */
        atomic_thread_fence(memory_order_acquire);
        if (atomic_load_explicit(end, memory_order_relaxed) != page + WAL_PAGE_SIZE)
            break;
        done += n;
        lsn += n;
    }
    return done;
}

static inline size_t buffer_of(Lsn page)
{
    return page / WAL_PAGE_SIZE % wal_process.page_count;
}

/* Give all pages up to page a buffer. */
static void prepare_until(Lsn page, Prepare how)
{
    WalShared *shared = wal_process.shared;
    Lsn next;

    lwlock_acquire(&shared->mapping_lock, LW_EXCLUSIVE);
    while ((next = atomic_load(&shared->ready)) <= page) {
        const Lsn in_the_way = atomic_load(&wal_process.page_ends[buffer_of(next)]);

        if (is_written(in_the_way)) {
            page_begin(next);
            continue;
        }
        if (how == PREPARE_FREE_ONLY)
            break;

        /* Others may use what is ready while we write; then look again. */
        lwlock_release(&shared->mapping_lock);
        write_out_until(in_the_way);
        lwlock_acquire(&shared->mapping_lock, LW_EXCLUSIVE);
    }
    lwlock_release(&shared->mapping_lock);
}

static bool is_written(Lsn end)
{
    return end <= atomic_load(&wal_process.shared->written);
}

/* Have the system write at least all before end. */
static void write_out_until(Lsn end)
{
    WalShared *shared = wal_process.shared;
    const Lsn copied = wal_wait_copied(end);

    lwlock_acquire(&shared->write_lock, LW_EXCLUSIVE);
    if (!is_written(end)) {
        crit_begin();
        wal_write_out(copied);
        crit_end();
        wal_process.usage.buffers_full++;
    }
    lwlock_release(&shared->write_lock);
}

/* With mapping_lock: the buffer is this page's from now on, empty. */
static void page_begin(Lsn page)
{
    WalShared *shared = wal_process.shared;
    const size_t buffer = buffer_of(page);
    uint8_t *bytes = wal_process.pages + buffer * WAL_PAGE_SIZE;
    WalPageHeader header = {
        .magic = wal_page_magic(15),
        .tli = atomic_load(&shared->timeline),
        .address = page,
        .system_id = wal_process.identity.system_id,
        .seg_size = wal_process.identity.segment_size,
        .page_size = WAL_PAGE_SIZE,
    };

    atomic_store(&wal_process.page_ends[buffer], LSN_NONE);
    atomic_thread_fence(memory_order_seq_cst);
    memset(bytes, 0, WAL_PAGE_SIZE);
    if (atomic_load(&shared->forced_images) == 0)
        header.info |= WAL_PAGE_REMOVABLE_IMAGES;
    if (page == shared->overwriting_page)
        header.info |= WAL_PAGE_OVERWRITES;
    if (wal_header_size(page) == WAL_PAGE_HEADER_LONG)
        header.info |= WAL_PAGE_LONG;
    wal_page_write_header(bytes, &header);
    atomic_store(&wal_process.page_ends[buffer], page + WAL_PAGE_SIZE);
    atomic_store(&shared->ready, page + WAL_PAGE_SIZE);
}

/*
 * wal.c - the life of the log: shared memory, start, redo point; wal.h has the promises
 *
 * Shared memory is one part: WalShared, the table of which page is in which buffer, the buffers,
 * aligned to pages.
 */
#include "common/base/base.h"

#include "server/wal/wal.h"

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/wal/wal_int.h"

#define BUFFERS_MIN          4  /* pages */
#define BUFFERS_AUTO_MIN     8  /* pages, of the automatic size */
#define BUFFERS_SHARE        32 /* the part of shared_buffers that the log gets */
#define OVERWRITE_RECORD_LEN 16

WalProcess wal_process;

static void mem_begin(MemContext *parent);
static void forget_process(void *arg);
static size_t page_count(void);
static size_t pages_offset(void);
static void start_after_lost(const WalStart *start);
static void log_full_page_writes(bool is_on);

size_t wal_shmem_size(void)
{
    return size_add(pages_offset(), size_mul(page_count(), WAL_PAGE_SIZE));
}

void wal_shmem_init(void *place)
{
    WalShared *shared = place;

    if (wal_process.mem != NULL)
        mem_delete(wal_process.mem);
    mem_begin(mem_current());
    wal_process.shared = shared;
    wal_process.is_early = false;
    wal_process.page_count = page_count();
    wal_process.page_ends =
        (void *)((uint8_t *)place + size_align_up(sizeof(WalShared), WAL_LINE_PAIR));
    wal_process.pages = (uint8_t *)place + pages_offset();
    wal_process.near_page = UINT64_MAX;

    *shared = (WalShared){.page_count = wal_process.page_count, .full_page_writes = true};
    spin_init(&shared->place_lock);
    lwlock_init(&shared->write_lock, LW_WAL_WRITE, 0);
    lwlock_init(&shared->mapping_lock, LW_WAL_BUFFER_MAPPING, 0);
}

void wal_set_identity(const WalIdentity *identity)
{
    wal_process.identity = *identity;
}

const WalIdentity *wal_identity(void)
{
    return &wal_process.identity;
}

void wal_set_hooks(const WalHooks *hooks)
{
    wal_process.hooks = *hooks;
}

int wal_buffers_automatic(void)
{
    const int most = (int)(wal_process.identity.segment_size / WAL_PAGE_SIZE);
    const int count = setting.shared_buffers / BUFFERS_SHARE;

    if (count < BUFFERS_AUTO_MIN)
        return BUFFERS_AUTO_MIN;
    return count > most ? most : count;
}

void wal_start(const WalStart *start)
{
    WalShared *shared = wal_process.shared;
    Lsn end = start->missing_continuation != LSN_NONE ? start->missing_continuation : start->end;

    ASSERT(!wal_is_started());

    /* Nothing but its header is on the page: it is made anew. */
    if (end % WAL_PAGE_SIZE == wal_header_size(wal_page_of(end)))
        end = wal_page_of(end);
    if (end % WAL_PAGE_SIZE != 0 && (end % WAL_PAGE_SIZE < WAL_PAGE_HEADER || end % 8 != 0))
        err_raise(SQLSTATE_DATA_CORRUPTED, .message = "invalid end of WAL",
                  .detail = err_fmt("A record cannot end at %X/%X.", (uint32_t)(end >> 32),
                                    (uint32_t)end));
    atomic_store(&shared->timeline, start->tli);
    shared->overwriting_page = start->missing_continuation;
    wal_buffers_begin(end, start->last_page);
    atomic_store(&shared->written, end);
    atomic_store(&shared->synced, end);
    atomic_store(&shared->copied, end);
    shared->last_start = start->last_record;
    atomic_store(&shared->redo, start->redo);
    atomic_store(&shared->full_page_writes, start->full_page_writes);
    atomic_store(&shared->place, end);
    atomic_store(&shared->switch_time, clock_unix_seconds());
    atomic_store(&shared->is_ready, true);
    wal_process.is_early = true;
    if (start->missing_continuation != LSN_NONE)
        start_after_lost(start);
}

void wal_open_to_all(void)
{
    atomic_store(&wal_process.shared->is_started, true);
}

void wal_allow_early(void)
{
    wal_process.is_early = atomic_load(&wal_process.shared->is_ready);
}

bool wal_is_started(void)
{
    return wal_process.is_early ||
           atomic_load_explicit(&wal_process.shared->is_started, memory_order_acquire);
}

TimelineId wal_timeline(void)
{
    return atomic_load(&wal_process.shared->timeline);
}

/* ---- Positions ---- */

Lsn wal_insert_lsn(void)
{
    return atomic_load(&wal_process.shared->place);
}

Lsn wal_write_lsn(void)
{
    return atomic_load(&wal_process.shared->written);
}

Lsn wal_flush_lsn(void)
{
    return atomic_load(&wal_process.shared->synced);
}

Lsn wal_redo_lsn(void)
{
    return atomic_load(&wal_process.shared->redo);
}

Lsn wal_last_important_lsn(void)
{
    Lsn newest = LSN_NONE;

    for (unsigned i = 0; i < WAL_SLOT_COUNT; i++) {
        const Lsn lsn = atomic_load(&wal_process.shared->slots[i].last_important);

        newest = lsn > newest ? lsn : newest;
    }
    return newest;
}

Lsn wal_last_switch(int64_t *unix_seconds)
{
    *unix_seconds = atomic_load(&wal_process.shared->switch_time);
    return atomic_load(&wal_process.shared->switch_end);
}

Lsn wal_proc_last_record_start(void)
{
    return wal_process.last_start;
}

Lsn wal_proc_last_record_end(void)
{
    return wal_process.last_end;
}

void wal_proc_forget_last_record(void)
{
    wal_process.last_start = LSN_NONE;
    wal_process.last_end = LSN_NONE;
}

const WalUsage *wal_usage(void)
{
    return &wal_process.usage;
}

/* ---- Redo point and page images ---- */

Lsn wal_begin_checkpoint(void)
{
    WalShared *shared = wal_process.shared;
    Lsn redo;

    crit_begin();
    wal_slot_take_all();
    redo = wal_start_after(atomic_load(&shared->place));
    atomic_store(&shared->redo, redo);
    wal_slot_give_all();
    crit_end();
    return redo;
}

bool wal_has_news_since(Lsn lsn)
{
    return wal_last_important_lsn() > lsn;
}

void wal_set_full_page_writes(bool is_on)
{
    WalShared *shared = wal_process.shared;

    if (atomic_load(&shared->full_page_writes) == is_on)
        return;

    /* Whoever reads the log may rely on images from the record on that says so, until the other. */
    if (!is_on)
        log_full_page_writes(is_on);
    crit_begin();
    wal_slot_take_all();
    atomic_store(&shared->full_page_writes, is_on);
    wal_slot_give_all();
    crit_end();
    if (is_on)
        log_full_page_writes(is_on);
}

bool wal_full_page_writes(void)
{
    return atomic_load(&wal_process.shared->full_page_writes);
}

void wal_force_page_images(int delta)
{
    WalShared *shared = wal_process.shared;

    crit_begin();
    wal_slot_take_all();
    atomic_fetch_add(&shared->forced_images, delta);
    ASSERT(atomic_load(&shared->forced_images) >= 0);
    wal_slot_give_all();
    crit_end();
}

MemContext *wal_mem(void)
{
    /* The context around it may have gone, as that of a parent does in its child. */
    if (UNLIKELY(wal_process.mem == NULL))
        mem_begin(mem_root());
    return wal_process.mem;
}

static void mem_begin(MemContext *parent)
{
    wal_process.mem = mem_context_new(parent, "WAL");
    mem_on_reset(wal_process.mem, forget_process, NULL);
}

static void forget_process(void *arg)
{
    (void)arg;
    wal_process.mem = NULL;
    wal_forget_file();
    wal_forget_room();
}

static size_t page_count(void)
{
    const int wanted = setting.wal_buffers;

    if (wanted < 0)
        return (size_t)wal_buffers_automatic();
    return wanted < BUFFERS_MIN ? BUFFERS_MIN : (size_t)wanted;
}

static size_t pages_offset(void)
{
    const size_t ends = size_mul(page_count(), sizeof(_Atomic Lsn));

    return size_align_up(size_align_up(sizeof(WalShared), WAL_LINE_PAIR) + ends, WAL_PAGE_SIZE);
}

/* Say which record it is that does not go on. */
static void start_after_lost(const WalStart *start)
{
    uint8_t data[OVERWRITE_RECORD_LEN];
    Lsn end;

    store_u64(data, start->aborted_record);
    store_u64(data + 8, (uint64_t)clock_now());
    wal_begin_insert();
    wal_register_data(data, sizeof data);
    end = wal_insert(RMGR_XLOG, WAL_XLOG_OVERWRITE_CONTRECORD);
    wal_flush(end);
}

/* A standby can take a backup only where all pages got images. */
static void log_full_page_writes(bool is_on)
{
    const uint8_t data = is_on;

    if (!wal_is_started() || setting.wal_level < WAL_LEVEL_REPLICA)
        return;
    wal_begin_insert();
    wal_register_data(&data, sizeof data);
    wal_insert(RMGR_XLOG, WAL_XLOG_FPW_CHANGE);
}

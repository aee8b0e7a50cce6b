/*
 * buffer.c - the pool itself, reading a block, locks of pages, dirty pages; buffer.h has the rest.
 */
#include "common/base/base.h"

#include "server/storage/buffer/buffer.h"

#include "common/ds/hash.h"
#include "common/err/err.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "server/stats/stats.h"
#include "server/storage/buffer/buffer_int.h"
#include "server/wal/wal.h"

BufferPool buffer_pool;
BufferCounters buffer_counters_here;

static struct {
    void (*pin_wait_hook)(Buffer b);
} hooks;

static SharedHashConfig table_config(uint32_t count);
static size_t place_parts(BufferPool *pool, uint8_t *place, uint32_t count);
static Buffer extend(SmgrRel *rel, ForkNo fork, BufferMode mode, BufferRing *ring,
                     bool is_permanent);
static BufferDesc *claim_new(const BlockTag *tag, BufferRing *ring, bool is_permanent);
static void fill(SmgrRel *rel, BufferDesc *d, BufferMode mode);
static void lock_for_mode(Buffer b, BufferMode mode);
static bool try_be_alone(BufferDesc *d);
static void wait_for_wake(Buffer b);
static void wait_to_be_alone(Buffer b);
static void stop_waiting(BufferDesc *d);

size_t buffer_shmem_size(void)
{
    BufferPool pool;

    return size_add(place_parts(&pool, NULL, (uint32_t)setting.shared_buffers), BLOCK_SIZE);
}

void buffer_shmem_init(void *place)
{
    uint32_t count = (uint32_t)setting.shared_buffers;
    SharedHashConfig config = table_config(count);
    BufferPool *pool = &buffer_pool;

    place_parts(pool, place, count);
    pool->shared->count = pool->count = count;
    pool->table = shared_hash_init(pool->table, &config);
    for (unsigned i = 0; i < BUF_PARTITIONS; i++)
        lwlock_init(&pool->shared->mapping[i].lock, LW_BUFFER_MAPPING, i);
    for (unsigned i = 0; i < EXTENSION_LOCKS; i++)
        lwlock_init(&pool->shared->extension[i].lock, LW_RELATION_EXTENSION, i);
    for (uint32_t i = 0; i < count; i++) {
        lwlock_init(&pool->descs[i].content, LW_CONTENT, i & UINT16_MAX);
        condvar_init(&pool->io_done[i]);
    }
    strategy_init(&pool->shared->strategy, count);
}

void buffer_init(void)
{
    pin_init();
    local_init();
    writeback_of_backend()->count = 0;
    memset(&buffer_counters_here, 0, sizeof buffer_counters_here);
}

Buffer buffer_read(SmgrRel *rel, ForkNo fork, BlockNo block, BufferMode mode, BufferRing *ring,
                   bool is_permanent)
{
    BlockTag tag = {.rel = *smgr_tag(rel), .fork = fork, .block = block};
    BufferDesc *d;
    bool is_found;

    STATS_ADD(smgr_stats(rel), blocks_fetched, 1);
    if (UNLIKELY(smgr_is_temp(rel)))
        return local_read(rel, fork, block, mode);
    if (UNLIKELY(block == BLOCK_NONE))
        return extend(rel, fork, mode, ring, is_permanent);
    d = victim_find_or_claim(&tag, ring, is_permanent, &is_found);
    if (LIKELY(is_found)) {
        buffer_counters_here.hits++;
        STATS_ADD(smgr_stats(rel), blocks_hit, 1);
        if (UNLIKELY(mode >= BUFFER_ZERO_AND_LOCK))
            lock_for_mode(buf_number(d), mode);
    } else {
        fill(rel, d, mode);
    }
    return buf_number(d);
}

/* The maps' are the later ones: they are taken while the relation's is held. */
static LwLock *extension_lock(const SmgrRel *rel, bool is_map)
{
    uint64_t hash = hash_bytes(smgr_tag(rel), sizeof(RelTag));
    size_t first = is_map ? EXTENSION_LOCKS / 2 : 0;

    return &buffer_pool.shared->extension[first + hash % (EXTENSION_LOCKS / 2)].lock;
}

void buffer_lock_extension(const SmgrRel *rel)
{
    if (!smgr_is_temp(rel))
        lwlock_acquire(extension_lock(rel, false), LW_EXCLUSIVE);
}

bool buffer_try_lock_extension(const SmgrRel *rel)
{
    return smgr_is_temp(rel) || lwlock_try_acquire(extension_lock(rel, false), LW_EXCLUSIVE);
}

unsigned buffer_extension_waiters(const SmgrRel *rel)
{
    return smgr_is_temp(rel) ? 0 : atomic_load(&extension_lock(rel, false)->sleepers);
}

void buffer_unlock_extension(const SmgrRel *rel)
{
    if (!smgr_is_temp(rel))
        lwlock_release(extension_lock(rel, false));
}

void buffer_lock_map_extension(const SmgrRel *rel)
{
    if (!smgr_is_temp(rel))
        lwlock_acquire(extension_lock(rel, true), LW_EXCLUSIVE);
}

void buffer_unlock_map_extension(const SmgrRel *rel)
{
    if (!smgr_is_temp(rel))
        lwlock_release(extension_lock(rel, true));
}

bool buffer_is_cached(SmgrRel *rel, ForkNo fork, BlockNo block)
{
    BlockTag tag = {.rel = *smgr_tag(rel), .fork = fork, .block = block};

    return smgr_is_temp(rel) ? local_has(rel, fork, block) : victim_peek(&tag) != NULL;
}

void buffer_prefetch(SmgrRel *rel, ForkNo fork, BlockNo block)
{
    if (setting.effective_io_concurrency != 0 && !buffer_is_cached(rel, fork, block))
        smgr_prefetch(rel, fork, block);
}

void buffer_unlock_unpin(Buffer b)
{
    buffer_unlock(b);
    buffer_unpin(b);
}

void buffer_lock(Buffer b, BufferLock mode)
{
    ASSERT(buffer_is_pinned(b));
    if (b > 0)
        lwlock_acquire(&buf_desc(b)->content, mode == BUFFER_SHARED ? LW_SHARED : LW_EXCLUSIVE);
}

void buffer_unlock(Buffer b)
{
    if (b > 0)
        lwlock_release(&buf_desc(b)->content);
}

bool buffer_try_lock_exclusive(Buffer b)
{
    ASSERT(buffer_is_pinned(b));
    return b < 0 || lwlock_try_acquire(&buf_desc(b)->content, LW_EXCLUSIVE);
}

bool buffer_is_locked_exclusive(Buffer b)
{
    return b < 0 || lwlock_is_held(&buf_desc(b)->content, LW_EXCLUSIVE);
}

void buffer_lock_cleanup(Buffer b)
{
    if (b < 0) {
        if (local_pin_count(b) != 1)
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = err_fmt("incorrect local pin count: %d", local_pin_count(b)));
        return;
    }
    if (pin_count(b) != 1)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("incorrect local pin count: %d", pin_count(b)));
    for (;;) {
        buffer_lock(b, BUFFER_EXCLUSIVE);
        if (try_be_alone(buf_desc(b)))
            return;
        buffer_unlock(b);
        wait_to_be_alone(b);
    }
}

bool buffer_try_lock_cleanup(Buffer b)
{
    if (b < 0)
        return local_pin_count(b) == 1;
    if (pin_count(b) != 1 || !buffer_try_lock_exclusive(b))
        return false;
    if (buf_refs(atomic_load(&buf_desc(b)->state)) == 1)
        return true;
    buffer_unlock(b);
    return false;
}

bool buffer_is_cleanup_ok(Buffer b)
{
    if (b < 0)
        return local_pin_count(b) == 1;
    ASSERT(buffer_is_locked_exclusive(b));
    return pin_count(b) == 1 && buf_refs(atomic_load(&buf_desc(b)->state)) == 1;
}

uint8_t *buffer_page(Buffer b)
{
    return LIKELY(b > 0) ? buf_page(buf_desc(b)) : local_page(b);
}

void buffer_tag(Buffer b, BlockTag *tag)
{
    *tag = b < 0 ? *local_tag(b) : buf_desc(b)->tag;
}

BlockNo buffer_block(Buffer b)
{
    return b < 0 ? local_tag(b)->block : buf_desc(b)->tag.block;
}

bool buffer_is_permanent(Buffer b)
{
    return b > 0 && (atomic_load(&buf_desc(b)->state) & BUF_PERMANENT) != 0;
}

void buffer_mark_dirty(Buffer b)
{
    const uint32_t bits = BUF_DIRTY | BUF_JUST_DIRTIED;
    BufferDesc *d;

    if (b < 0) {
        local_mark_dirty(b);
        return;
    }
    d = buf_desc(b);
    ASSERT(pin_count(b) > 0 && buffer_is_locked_exclusive(b));
    if ((atomic_load_explicit(&d->state, memory_order_relaxed) & bits) == bits)
        return;
    if ((atomic_fetch_or(&d->state, bits) & BUF_DIRTY) == 0)
        buffer_counters_here.dirtied++;
}

void buffer_register_wal(unsigned ref_id, Buffer b, unsigned flags)
{
    const BufferDesc *d = buf_desc(b);

    ASSERT(buffer_is_locked_exclusive(b) || (flags & WAL_REF_NO_IMAGE) != 0);
    wal_register_page(ref_id, &d->tag, buf_page(d), flags);
}

void buffer_at_end_of_transaction(bool is_commit)
{
    local_at_end_of_transaction(is_commit);
}

void buffer_set_pin_wait_hook(void (*hook)(Buffer b))
{
    hooks.pin_wait_hook = hook;
}

const BufferCounters *buffer_counters(void)
{
    return &buffer_counters_here;
}

uint32_t buffer_count(void)
{
    return buffer_pool.count;
}

bool buffer_info(uint32_t index, BufferInfo *out)
{
    BufferDesc *d = buf_desc((Buffer)index + 1);
    uint32_t state = desc_lock(d);

    *out = (BufferInfo){.tag = d->tag,
                        .is_valid = (state & BUF_VALID) != 0,
                        .is_dirty = (state & BUF_DIRTY) != 0,
                        .usage = buf_usage(state),
                        .pin_count = buf_refs(state)};
    desc_unlock(d);
    return (state & BUF_TAG_VALID) != 0;
}

/* Room for one block more in each partition's hands: a block is entered before another leaves. */
static SharedHashConfig table_config(uint32_t count)
{
    return (SharedHashConfig){.key_size = sizeof(BlockTag),
                              .entry_size = sizeof(MappingEntry),
                              .capacity = count + BUF_PARTITIONS,
                              .partition_count = BUF_PARTITIONS};
}

/* Where each part lies behind place (which may be NULL: for the size); returns their end. */
static size_t place_parts(BufferPool *pool, uint8_t *place, uint32_t count)
{
    SharedHashConfig config = table_config(count);
    size_t at = 0;

    pool->shared = (BufferShared *)((uintptr_t)place + at);
    at = size_align_up(size_add(at, sizeof(BufferShared)), 64);
    pool->descs = (BufferDesc *)((uintptr_t)place + at);
    at = size_add(at, size_mul(count, sizeof(BufferDesc)));
    pool->io_done = (CondVar *)((uintptr_t)place + at);
    at = size_align_up(size_add(at, size_mul(count, sizeof(CondVar))), 64);
    pool->table = (SharedHash *)((uintptr_t)place + at);
    at = size_add(at, shared_hash_size(&config));
    /*
     * Pages at multiples of their size from the mapping's beginning: one page of memory holds them.
     */
    at = size_align_up(at, BLOCK_SIZE);
    pool->pages = (uint8_t *)((uintptr_t)place + at);
    return size_add(at, size_mul(count, BLOCK_SIZE));
}

/* A block more at the end of the fork. */
static Buffer extend(SmgrRel *rel, ForkNo fork, BufferMode mode, BufferRing *ring,
                     bool is_permanent)
{
    BlockTag tag = {.rel = *smgr_tag(rel), .fork = fork, .block = smgr_block_count(rel, fork)};
    BufferDesc *d;

    if (tag.block == BLOCK_NONE)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = err_fmt("cannot extend relation %s beyond %u blocks",
                                     smgr_path(&tag.rel, SMGR_PERMANENT, fork, 0), BLOCK_NONE));
    d = claim_new(&tag, ring, is_permanent);
    memset(buf_page(d), 0, BLOCK_SIZE);
    smgr_extend(rel, fork, tag.block, buf_page(d), false);
    buffer_counters_here.written++;
    if (mode >= BUFFER_ZERO_AND_LOCK)
        lwlock_acquire(&d->content, LW_EXCLUSIVE);
    io_end(d, false, BUF_VALID);
    return buf_number(d);
}

/* A buffer for a block that is not there yet; its page is to be made. */
static BufferDesc *claim_new(const BlockTag *tag, BufferRing *ring, bool is_permanent)
{
    bool is_found;
    BufferDesc *d = victim_find_or_claim(tag, ring, is_permanent, &is_found);

    while (is_found) {
        /* Only a page of zeros can be behind the end: one whose extension failed half way. */
        if (!page_is_new(buf_page(d)))
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = err_fmt(
                          "unexpected data beyond EOF in block %u of relation %s", tag->block,
                          smgr_path(&tag->rel, SMGR_PERMANENT, (ForkNo)tag->fork, 0)),
                      .hint = "This has been seen to occur with buggy kernels; consider updating "
                              "your system.");
        desc_lock(d);
        desc_unlock_with(d, BUF_VALID, 0, 0);
        is_found = !io_start(d, IO_INPUT);
    }
    return d;
}

/* Make the page of a buffer that was claimed, and let the others have it. */
static void fill(SmgrRel *rel, BufferDesc *d, BufferMode mode)
{
    uint8_t *page = buf_page(d);

    if (mode >= BUFFER_ZERO_AND_LOCK) {
        memset(page, 0, BLOCK_SIZE);
        /* Before anybody can see it: a page of zeros is none that others may look at. */
        lwlock_acquire(&d->content, LW_EXCLUSIVE);
    } else {
        buffer_counters_here.reads++;
        io_read(rel, (ForkNo)d->tag.fork, d->tag.block, mode, page);
    }
    io_end(d, false, BUF_VALID);
}

static void lock_for_mode(Buffer b, BufferMode mode)
{
    if (mode == BUFFER_ZERO_AND_CLEANUP_LOCK)
        buffer_lock_cleanup(b);
    else
        buffer_lock(b, BUFFER_EXCLUSIVE);
}

/*
 * With the page locked exclusively: is this process the only one that has it pinned? If not, it has
 * become the one to be woken when it is: in one step with looking, so that no wake is lost.
 */
static bool try_be_alone(BufferDesc *d)
{
    uint32_t old = desc_lock(d);

    if (buf_refs(old) > 1 && (old & BUF_PIN_COUNT_WAITER) != 0) {
        desc_unlock(d);
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = "multiple backends attempting to wait for pincount 1");
    }
    d->waiter = proc_self()->slot;
    latch_reset(&proc_self()->latch);
    do {
        if (buf_refs(old) == 1) {
            desc_unlock(d);
            return true;
        }
    } while (
        !atomic_compare_exchange_weak(&d->state, &old, (old | BUF_PIN_COUNT_WAITER) & ~BUF_LOCKED));
    return false;
}

/* The frame's first block is one call: nothing leaves it by a jump. */
static void wait_for_wake(Buffer b)
{
    const BufferDesc *d = buf_desc(b);

    if (hooks.pin_wait_hook != NULL) {
        hooks.pin_wait_hook(b);
        return;
    }
    while ((atomic_load(&d->state) & BUF_PIN_COUNT_WAITER) != 0 && d->waiter == proc_self()->slot) {
        latch_wait(LATCH_SET, 0, WAIT_EVENT_BUFFER_PIN);
        latch_reset(&proc_self()->latch);
        check_interrupts();
    }
}

static void wait_to_be_alone(Buffer b)
{
    ERR_TRY() {
        wait_for_wake(b);
    }
    ERR_FINALLY() {
        stop_waiting(buf_desc(b));
    }
    ERR_END();
}

/* Only ours: whoever woke us has cleared it, and another may wait by now. */
static void stop_waiting(BufferDesc *d)
{
    uint32_t state = desc_lock(d);

    if ((state & BUF_PIN_COUNT_WAITER) != 0 && d->waiter == proc_self()->slot)
        desc_unlock_with(d, BUF_PIN_COUNT_WAITER, 0, 0);
    else
        desc_unlock(d);
}

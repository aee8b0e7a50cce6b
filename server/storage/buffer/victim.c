/*
 * victim.c - from a block to its buffer, and taking a buffer from one block to give it to another
 *
 * A buffer is taken in three steps, none of which holds two mapping partitions: pin one that nobody
 * uses, writing its page if it is dirty; take it out of the table; enter it for the new block. If
 * anybody has come to use it meanwhile, or has entered the new block, the buffer is left alone.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/page.h"
#include "common/os/clock.h"
#include "server/storage/buffer/buffer_int.h"
#include "server/wal/wal.h"

#define PINNED_WAIT_MS 1

static BufferDesc *find(const BlockTag *tag, uint32_t code);
static BufferDesc *claim(BufferRing *ring);
static bool write_out(BufferDesc *d, BufferRing *ring, bool is_from_ring);
static bool leave_table(BufferDesc *d);
static BufferDesc *enter(BufferDesc *d, const BlockTag *tag, uint32_t code, bool is_permanent);
static void remove_mapping(const BlockTag *tag, uint32_t code);

BufferDesc *victim_find_or_claim(const BlockTag *tag, BufferRing *ring, bool is_permanent,
                                 bool *is_found)
{
    uint32_t code = shared_hash_code(buffer_pool.table, tag);
    LwLock *lock = mapping_lock(code);
    BufferDesc *d, *other;

    pin_room();
    lwlock_acquire(lock, LW_SHARED);
    d = find(tag, code);
    if (LIKELY(d != NULL)) {
        bool is_valid = pin_shared(d, ring);

        lwlock_release(lock);
        /* Not valid: it is being read, or reading it failed. */
        *is_found = is_valid || !io_start(d, IO_INPUT);
        return d;
    }
    lwlock_release(lock);

    d = claim(ring);
    lwlock_acquire(lock, LW_EXCLUSIVE);
    other = enter(d, tag, code, is_permanent);
    if (other != NULL) {
        /* Another was faster. Give ours back first: there is room for one pin. */
        pin_release(d);
        pin_shared(other, ring);
        strategy_free(d);
        d = other;
    }
    lwlock_release(lock);
    *is_found = !io_start(d, IO_INPUT);
    return d;
}

BufferDesc *victim_peek(const BlockTag *tag)
{
    uint32_t code = shared_hash_code(buffer_pool.table, tag);
    LwLock *lock = mapping_lock(code);
    BufferDesc *d;

    lwlock_acquire(lock, LW_SHARED);
    d = find(tag, code);
    lwlock_release(lock);
    return d;
}

Buffer buffer_try_find(SmgrRel *rel, ForkNo fork, BlockNo block)
{
    BlockTag tag = {.rel = *smgr_tag(rel), .fork = fork, .block = block};
    uint32_t code;
    LwLock *lock;
    BufferDesc *d;
    bool is_valid = false;

    if (smgr_is_temp(rel))
        return local_try_find(rel, fork, block);
    code = shared_hash_code(buffer_pool.table, &tag);
    lock = mapping_lock(code);
    pin_room();
    lwlock_acquire(lock, LW_SHARED);
    d = find(&tag, code);
    if (d != NULL)
        is_valid = pin_shared(d, NULL);
    lwlock_release(lock);
    if (d == NULL || is_valid)
        return d == NULL ? BUFFER_NONE : buf_number(d);
    pin_release(d);
    return BUFFER_NONE;
}

bool buffer_try_pin_recent(Buffer recent, const SmgrRel *rel, ForkNo fork, BlockNo block)
{
    const BlockTag tag = {.rel = *smgr_tag(rel), .fork = fork, .block = block};
    BufferDesc *d;
    uint32_t state;

    if (recent <= 0 || (uint32_t)recent > buffer_pool.count)
        return false;
    d = buf_desc(recent);
    pin_room();
    if (pin_count(recent) > 0) {
        /* Nobody can take it away. */
        if (!block_tag_equal(&d->tag, &tag))
            return false;
        if (pin_shared(d, NULL)) {
            buffer_counters_here.hits++;
            return true;
        }
        pin_release(d);
        return false;
    }
    state = desc_lock(d);
    if ((state & BUF_VALID) == 0 || !block_tag_equal(&d->tag, &tag)) {
        desc_unlock(d);
        return false;
    }
    pin_unlock_used(d);
    buffer_counters_here.hits++;
    return true;
}

void victim_drop(BufferDesc *d)
{
    BlockTag tag = d->tag;
    uint32_t code = shared_hash_code(buffer_pool.table, &tag);
    LwLock *lock = mapping_lock(code);
    uint32_t state;

    desc_unlock(d); /* the partition comes first */
    for (;;) {
        lwlock_acquire(lock, LW_EXCLUSIVE);
        state = desc_lock(d);
        if ((state & BUF_TAG_VALID) == 0 || !block_tag_equal(&d->tag, &tag)) {
            desc_unlock(d); /* somebody took it meanwhile */
            lwlock_release(lock);
            return;
        }
        if (buf_refs(state) == 0)
            break;
        /* The checkpointer or the background writer has it: nobody else may use the relation. */
        desc_unlock(d);
        lwlock_release(lock);
        if (pin_count(buf_number(d)) > 0)
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = "a buffer of a relation that is dropped is still pinned");
        io_wait(d);
        if (buf_refs(atomic_load(&d->state)) != 0)
            clock_sleep_ms(PINNED_WAIT_MS);
    }
    memset(&d->tag, 0, sizeof d->tag);
    desc_unlock_with(d, ~(BUF_REF_MASK | BUF_LOCKED), 0, 0);
    remove_mapping(&tag, code);
    lwlock_release(lock);
    strategy_free(d);
}

/* With the partition locked. */
static BufferDesc *find(const BlockTag *tag, uint32_t code)
{
    const MappingEntry *entry = shared_hash_find(buffer_pool.table, tag, code);

    return entry == NULL ? NULL : &buffer_pool.descs[entry->index];
}

/* A buffer that is pinned by us alone and is not in the table. */
static BufferDesc *claim(BufferRing *ring)
{
    for (;;) {
        bool is_from_ring;
        BufferDesc *d = strategy_take(ring, &is_from_ring);
        uint32_t state = atomic_load(&d->state);

        if ((state & BUF_DIRTY) == 0 || write_out(d, ring, is_from_ring)) {
            if ((state & BUF_TAG_VALID) == 0 || leave_table(d))
                return d;
        }
        pin_release(d);
        pin_room();
    }
}

/* False: take another. */
static bool write_out(BufferDesc *d, BufferRing *ring, bool is_from_ring)
{
    BlockTag tag;

    /* Not to wait: whoever has it locked may wait for what we have locked. */
    if (!lwlock_try_acquire(&d->content, LW_SHARED))
        return false;
    if (ring != NULL && (atomic_load(&d->state) & BUF_PERMANENT) != 0 &&
        wal_needs_flush(buffer_lsn(buf_number(d))) && ring_gives_up(ring, d, is_from_ring)) {
        lwlock_release(&d->content);
        return false;
    }
    tag = d->tag;
    io_flush(d, NULL);
    lwlock_release(&d->content);
    writeback_add(writeback_of_backend(), &tag);
    return true;
}

/* False: somebody uses it again. */
static bool leave_table(BufferDesc *d)
{
    BlockTag tag = d->tag;
    uint32_t code = shared_hash_code(buffer_pool.table, &tag);
    LwLock *lock = mapping_lock(code);
    uint32_t state;

    lwlock_acquire(lock, LW_EXCLUSIVE);
    state = desc_lock(d);
    if (buf_refs(state) != 1 || (state & BUF_DIRTY) != 0) {
        desc_unlock(d);
        lwlock_release(lock);
        return false;
    }
    memset(&d->tag, 0, sizeof d->tag);
    desc_unlock_with(d, ~(BUF_REF_MASK | BUF_LOCKED), 0, 0);
    remove_mapping(&tag, code);
    lwlock_release(lock);
    return true;
}

/* With the partition locked exclusively: NULL, or the buffer that the block has already. */
static BufferDesc *enter(BufferDesc *d, const BlockTag *tag, uint32_t code, bool is_permanent)
{
    bool is_new;
    MappingEntry *entry = shared_hash_try_enter(buffer_pool.table, tag, code, &is_new);

    if (entry == NULL)
        err_raise(SQLSTATE_OUT_OF_MEMORY, .message = "out of shared memory",
                  .detail = "The table of buffers is full.");
    if (!is_new)
        return &buffer_pool.descs[entry->index];
    entry->index = (uint32_t)(d - buffer_pool.descs);
    desc_lock(d);
    d->tag = *tag;
    desc_unlock_with(d, BUF_USAGE_MASK,
                     BUF_TAG_VALID | BUF_USAGE_ONE |
                         (is_permanent || tag->fork == FORK_INIT ? BUF_PERMANENT : 0),
                     0);
    return NULL;
}

static void remove_mapping(const BlockTag *tag, uint32_t code)
{
    bool was_there = shared_hash_remove(buffer_pool.table, tag, code);

    ASSERT(was_there);
    (void)was_there;
}

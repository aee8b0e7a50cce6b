/*
 * extend.c - a table grows; and what a bulk insert keeps between rows
 *
 * One page at a time as long as nobody else wants one. Processes that wait for each other to add a
 * page are a sign of more to come: then one of them adds some for each that waits, notes them in
 * the free space map, and the others find them there.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/heap/heap_int.h"
#include "server/storage/fsm/fsm.h"

#define EXTRA_PER_WAITER 20
#define EXTRA_MAX        512

struct HeapBulk {
    BufferRing *ring;
    Buffer current; /* pinned, or none */
};

static void add_extra(HeapRel *rel);

Buffer heap_extend(HeapRel *rel, const HeapRoom *room, size_t wanted, BlockNo *block)
{
    Buffer b;

    if (!buffer_try_lock_extension(rel->smgr)) {
        buffer_lock_extension(rel->smgr);
        if ((room->flags & HEAP_INSERT_SKIP_FSM) == 0) {
            /* Whoever had the lock may have added a page for us. */
            *block = fsm_find(rel->smgr, wanted);
            if (*block != BLOCK_NONE) {
                buffer_unlock_extension(rel->smgr);
                return BUFFER_NONE;
            }
            add_extra(rel);
        }
    }
    b = heap_bulk_read(rel, room->bulk, BLOCK_NONE, BUFFER_ZERO_AND_LOCK);
    buffer_unlock_extension(rel->smgr);
    heap_init_if_new(b);
    return b;
}

static void add_extra(HeapRel *rel)
{
    unsigned waiters = buffer_extension_waiters(rel->smgr);
    BlockNo first, count = (BlockNo)size_min((size_t)waiters * EXTRA_PER_WAITER, EXTRA_MAX);

    if (count == 0)
        return;
    first = smgr_block_count(rel->smgr, FORK_MAIN);
    smgr_zero_extend(rel->smgr, FORK_MAIN, first, count, smgr_is_temp(rel->smgr));
    for (BlockNo i = 0; i < count; i++)
        fsm_note(rel->smgr, first + i, BLOCK_SIZE - PAGE_HEADER_SIZE - PAGE_ITEM_ID_SIZE);
    /* So that searches, which begin at the top, come to them. */
    fsm_vacuum_range(rel->smgr, first, first + count);
}

/* Who extended the table stopped before the page was made: a crash, an error, or it was extra. */
void heap_init_if_new(Buffer b)
{
    if (LIKELY(!page_is_new(buffer_page(b))))
        return;
    crit_begin();
    page_init(buffer_page(b), 0);
    buffer_mark_dirty(b);
    crit_end();
}

/* ---- Bulk ---- */

HeapBulk *heap_bulk_begin(void)
{
    HeapBulk *bulk = mem_new(HeapBulk);

    bulk->ring = buffer_ring_new(RING_BULK_WRITE);
    return bulk;
}

void heap_bulk_release(HeapBulk *bulk)
{
    if (bulk->current != BUFFER_NONE)
        buffer_unpin(bulk->current);
    bulk->current = BUFFER_NONE;
}

void heap_bulk_end(HeapBulk *bulk)
{
    heap_bulk_release(bulk);
    buffer_ring_free(bulk->ring);
    mem_free(bulk);
}

BlockNo heap_bulk_block(const HeapBulk *bulk)
{
    return bulk->current != BUFFER_NONE ? buffer_block(bulk->current) : BLOCK_NONE;
}

Buffer heap_bulk_read(HeapRel *rel, HeapBulk *bulk, BlockNo block, BufferMode mode)
{
    Buffer b;

    if (bulk == NULL)
        return buffer_read(rel->smgr, FORK_MAIN, block, mode, NULL, rel->is_permanent);
    if (bulk->current != BUFFER_NONE && block != BLOCK_NONE &&
        buffer_block(bulk->current) == block) {
        buffer_pin(bulk->current);
        return bulk->current;
    }
    heap_bulk_release(bulk);
    b = buffer_read(rel->smgr, FORK_MAIN, block, mode, bulk->ring, rel->is_permanent);
    buffer_pin(b);
    bulk->current = b;
    return b;
}

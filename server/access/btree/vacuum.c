/*
 * vacuum.c - take away the entries of rows that are dead to everybody
 *
 * Leaves are visited from left to right along their right links. A split moves entries to the
 * right only, so none is missed, whatever is inserted meanwhile. Each leaf is locked for cleanup,
 * also where nothing is to be done: a scan that holds a pin on it still counts on its rows.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/walrec/rmgr.h"
#include "server/access/btree/btree_int.h"
#include "server/ipc/interrupt.h"
#include "server/wal/wal.h"

#define ROWS_MAX (BLOCK_SIZE / (int)sizeof(Tid)) /* of all entries of a page */

/* What is to be done to a leaf. */
typedef struct LeafWork {
    BtreeIndex *index;
    BtreeVacuum *vacuum;
    OffsetNo deleted[PAGE_ITEM_MAX];
    OffsetNo updated[PAGE_ITEM_MAX]; /* posting tuples that lose some of their rows */
    IndexTuple *replacements[PAGE_ITEM_MAX];
    unsigned deleted_count, updated_count;

    /* For the record: for each that is updated how many rows go, then their places in its list. */
    uint16_t places[PAGE_ITEM_MAX + ROWS_MAX];
    unsigned place_count;
} LeafWork;

static bool vacuum_leaf(LeafWork *w, Buffer b);
static void look_at_item(LeafWork *w, const IndexTuple *tuple, OffsetNo offnum);
static void apply(LeafWork *w, Buffer b);
static Lsn log_vacuum(const LeafWork *w, Buffer b);

/* The leaf again, locked for cleanup. */
static Buffer cleanup_buffer(const BtreeIndex *index, BlockNo block)
{
    Buffer b = btree_buffer(index, block, BUFFER_SHARED);

    buffer_unlock(b);
    buffer_lock_cleanup(b);
    return b;
}

void btree_vacuum(BtreeIndex *index, BtreeVacuum *v)
{
    MemContext *leaf_mem = mem_context_new(mem_current(), "btree vacuum");
    Buffer b = btree_end_of_level(index, 0, false, BUFFER_SHARED);
    BlockNo block = b == BUFFER_NONE ? BTREE_NO_BLOCK : buffer_block(b);

    v->rows_removed = v->rows_left = 0;
    v->pages_deleted = 0;
    if (b != BUFFER_NONE)
        buffer_unlock_unpin(b);
    while (block != BTREE_NO_BLOCK) {
        if (v->pause != NULL)
            v->pause();
        else
            check_interrupts();
        b = cleanup_buffer(index, block);
        block = btree_special(buffer_page(b))->next;
        MEM_SCOPE(leaf_mem) {
            LeafWork *w = mem_new(LeafWork);

            w->index = index;
            w->vacuum = v;
            if (vacuum_leaf(w, b))
                v->pages_deleted += btree_delete_page(index, b, v->next_xid);
            else
                buffer_unlock_unpin(b);
        }
        mem_reset(leaf_mem);
    }
    mem_delete(leaf_mem);
    btree_note_free_pages(index, v);
    v->page_count = smgr_block_count(index->rel, FORK_MAIN);
}

/* More than a twentieth of it, that were not free when they were looked at last. */
bool btree_needs_cleanup(const BtreeIndex *index)
{
    Buffer meta = btree_buffer(index, BTREE_META_BLOCK, BUFFER_SHARED);
    BlockNo deleted = btree_meta(buffer_page(meta))->deleted_page_count;

    buffer_unlock_unpin(meta);
    return deleted > 0 && deleted > smgr_block_count(index->rel, FORK_MAIN) / 20;
}

static Lsn log_cleanup(Buffer meta)
{
    wal_begin_insert();
    btree_meta_register_as(0, meta);
    return wal_insert(RMGR_BTREE, WAL_BTREE_META_CLEANUP);
}

void btree_note_cleanup(const BtreeIndex *index, const BtreeVacuum *v)
{
    BlockNo waiting = v->pages_deleted_all - v->pages_free;
    Buffer b = btree_meta_lock(index);
    BtreeMeta *meta = btree_meta(buffer_page(b));

    if (meta->deleted_page_count != waiting) {
        crit_begin();
        meta->deleted_page_count = waiting;
        meta->heap_tuple_count = -1;
        buffer_mark_dirty(b);
        if (index->is_permanent)
            page_set_lsn(buffer_page(b), log_cleanup(b));
        crit_end();
    }
    buffer_unlock_unpin(b);
}

/* True when nothing is left on it, and it may be taken away. */
static bool vacuum_leaf(LeafWork *w, Buffer b)
{
    uint8_t *page = buffer_page(b);
    const BtreeSpecial *special = btree_special(page);
    OffsetNo first = btree_first_data(special);

    if (btree_page_is_gone(special))
        return (special->flags & BTREE_HALF_DEAD) != 0;
    for (OffsetNo offnum = first; offnum <= page_item_count(page); offnum++)
        look_at_item(w, btree_item(w->index, page, offnum), offnum);
    if (w->deleted_count > 0 || w->updated_count > 0 || special->cycle_id != 0)
        apply(w, b);
    return page_item_count(page) < first;
}

static void look_at_item(LeafWork *w, const IndexTuple *tuple, OffsetNo offnum)
{
    unsigned count = btree_tuple_is_posting(tuple) ? btree_posting_count(tuple) : 1;
    const Tid *tids = btree_tuple_tid(tuple);
    Tid *kept = mem_new_array(Tid, count);
    unsigned kept_count = 0, head = w->place_count++;

    for (unsigned i = 0; i < count; i++) {
        if (w->vacuum->is_dead(w->vacuum->arg, &tids[i]))
            w->places[w->place_count++] = (uint16_t)i;
        else
            kept[kept_count++] = tids[i];
    }
    w->vacuum->rows_left += kept_count;
    w->vacuum->rows_removed += count - kept_count;
    if (kept_count > 0 && kept_count < count) {
        IndexTuple *out = mem_alloc(BTREE_TUPLE_ROOM);

        btree_form_posting(tuple, kept, kept_count, out);
        w->places[head] = (uint16_t)(count - kept_count);
        w->replacements[w->updated_count] = out;
        w->updated[w->updated_count++] = offnum;
        return;
    }
    w->place_count = head;
    if (kept_count == 0)
        w->deleted[w->deleted_count++] = offnum;
}

/* Items that lose some of their rows come first, while line pointers still have their numbers. */
static void apply(LeafWork *w, Buffer b)
{
    uint8_t *page = buffer_page(b);
    BtreeSpecial *special = btree_special(page);

    crit_begin();
    for (unsigned i = 0; i < w->updated_count; i++) {
        const IndexTuple *tuple = w->replacements[i];

        if (!page_index_tuple_overwrite(page, w->updated[i], tuple, index_tuple_size(tuple)))
            btree_raise_damaged(w->index, buffer_block(b), "no room for a shorter tuple");
    }
    if (w->deleted_count > 0)
        page_index_multi_delete(page, w->deleted, w->deleted_count);
    special->cycle_id = 0;
    special->flags = (uint16_t)(special->flags & ~(unsigned)BTREE_HAS_GARBAGE);
    buffer_mark_dirty(b);
    if (w->index->is_permanent)
        page_set_lsn(page, log_vacuum(w, b));
    crit_end();
}

static Lsn log_vacuum(const LeafWork *w, Buffer b)
{
    const uint16_t main[2] = {(uint16_t)w->deleted_count, (uint16_t)w->updated_count};

    wal_begin_insert();
    wal_register_data(main, sizeof(main));
    buffer_register_wal(0, b, WAL_REF_STANDARD);
    if (w->deleted_count > 0)
        wal_register_page_data(0, w->deleted, w->deleted_count * sizeof(OffsetNo));
    if (w->updated_count > 0) {
        wal_register_page_data(0, w->updated, w->updated_count * sizeof(OffsetNo));
        wal_register_page_data(0, w->places, w->place_count * sizeof(uint16_t));
    }
    return wal_insert(RMGR_BTREE, WAL_BTREE_VACUUM);
}

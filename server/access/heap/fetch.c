/* fetch.c - rows by their place, and along the versions of one on its page */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/access/heap/heap_int.h"

/* What a chain is searched for: one of the two. */
typedef struct Wanted {
    const Snapshot *s;
    Snapshot *dirty;
} Wanted;

static bool search_chain(const HeapRel *rel, Wanted wanted, Buffer b, Tid *tid, HeapTuple *tuple,
                         bool *is_all_dead);
static bool leads_on(const HeapTuple *tuple, BlockNo block);

void heap_point_to(const HeapRel *rel, Buffer b, OffsetNo offnum, HeapTuple *out)
{
    uint8_t *page = buffer_page(b);
    size_t len = 0;

    if (page_item_id(page, offnum).state == ITEM_NORMAL)
        out->bytes = page_get_item_rw(page, offnum, &len);
    if (len < HEAP_TUPLE_HEADER_SIZE)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("line pointer %u of block %u of table %u has no tuple", offnum,
                                     buffer_block(b), rel->table));
    out->len = (uint32_t)len;
    out->self = tid_make(buffer_block(b), offnum);
    out->table = rel->table;
}

bool heap_fetch(const HeapRel *rel, const Snapshot *s, HeapTuple *tuple, Buffer *b)
{
    OffsetNo offnum = tuple->self.offset;
    const uint8_t *page;
    bool is_visible = false;

    *b = buffer_read(rel->smgr, FORK_MAIN, tid_block(tuple->self), BUFFER_NORMAL, NULL,
                     rel->is_permanent);
    page = buffer_page(*b);
    buffer_lock(*b, BUFFER_SHARED);
    if (offnum >= 1 && offnum <= page_item_count(page) &&
        page_item_id(page, offnum).state == ITEM_NORMAL) {
        heap_point_to(rel, *b, offnum, tuple);
        is_visible = heap_is_visible(rel, tuple, s, *b);
    }
    buffer_unlock(*b);
    if (!is_visible) {
        buffer_unpin(*b);
        *b = BUFFER_NONE;
    }
    return is_visible;
}

bool heap_search_chain(const HeapRel *rel, const Snapshot *s, Buffer b, Tid *tid, HeapTuple *tuple,
                       bool *is_all_dead)
{
    return search_chain(rel, (Wanted){.s = s}, b, tid, tuple, is_all_dead);
}

bool heap_search_chain_dirty(const HeapRel *rel, Snapshot *s, Buffer b, Tid *tid, HeapTuple *tuple,
                             bool *is_all_dead)
{
    return search_chain(rel, (Wanted){.dirty = s}, b, tid, tuple, is_all_dead);
}

/*
 * A chain ends where a version was not updated on its page, and where the next one is not what its
 * xmax made: then the line pointer serves another row already.
 */
static bool search_chain(const HeapRel *rel, Wanted wanted, Buffer b, Tid *tid, HeapTuple *tuple,
                         bool *is_all_dead)
{
    const uint8_t *page = buffer_page(b);
    OffsetNo offnum = tid->offset, count = page_item_count(page);
    Xid before = XID_NONE;
    bool is_start = true, all_dead = true, is_found = false;

    for (unsigned steps = 0; offnum >= 1 && offnum <= count && steps <= count; steps++) {
        ItemId id = page_item_id(page, offnum);

        if (id.state == ITEM_REDIRECT && is_start) {
            offnum = id.offset;
            is_start = false;
            continue;
        }
        if (id.state != ITEM_NORMAL)
            break;
        heap_point_to(rel, b, offnum, tuple);
        /* A version that no index leads to begins no chain: the one that did is gone. */
        if (is_start && (heap_header(tuple)->infomask2 & HEAP_ONLY_TUPLE) != 0)
            break;
        if (before != XID_NONE && before != heap_header(tuple)->xmin)
            break;
        is_found = wanted.dirty != NULL ? heap_is_visible_dirty(tuple, wanted.dirty, b)
                                        : heap_is_visible(rel, tuple, wanted.s, b);
        if (is_found) {
            *tid = tuple->self;
            all_dead = false;
            break;
        }
        all_dead = all_dead && is_all_dead != NULL && heap_is_surely_dead(rel, tuple);
        if (!leads_on(tuple, buffer_block(b)))
            break;
        before = heap_update_xid(tuple);
        offnum = heap_header(tuple)->ctid.offset;
        is_start = false;
    }
    if (is_all_dead != NULL)
        *is_all_dead = all_dead;
    return is_found;
}

/* Is the next version one that was made on the same page? */
static bool leads_on(const HeapTuple *tuple, BlockNo block)
{
    const HeapTupleHeader *h = heap_header(tuple);

    if ((h->infomask2 & HEAP_HOT_UPDATED) == 0 || (h->infomask & HEAP_XMAX_INVALID) != 0)
        return false;
    if ((h->infomask & HEAP_XMIN_FROZEN) == HEAP_XMIN_INVALID)
        return false; /* its maker aborted, and so did who updated it */
    return tid_block(h->ctid) == block;
}

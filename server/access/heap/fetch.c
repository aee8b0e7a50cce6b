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
static bool fetch_row(HeapFetch *f, Wanted wanted, Tid tid, HeapTuple *tuple, bool *is_all_dead);
static void move_to(HeapFetch *f, BlockNo block);
static void advance_newest_of_chain(const HeapRel *rel, Buffer b, OffsetNo offnum, Xid *newest);

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

bool heap_has_external(const HeapTuple *tuple)
{
    return (heap_header(tuple)->infomask & HEAP_HAS_EXTERNAL) != 0;
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

/* The place of the version that an update made of that one, and who made it; false: none did. */
static bool next_version(const HeapTuple *tuple, Tid *tid, Xid *maker)
{
    const HeapTupleHeader *h = heap_header(tuple);

    if ((h->infomask & HEAP_XMAX_INVALID) != 0 || heap_xmax_is_lock_only(h->infomask) ||
        (tid_block(h->ctid) == tid_block(tuple->self) && h->ctid.offset == tuple->self.offset))
        return false;
    *maker = heap_update_xid(tuple);
    *tid = h->ctid;
    return *maker != XID_NONE;
}

bool heap_find_newest(const HeapRel *rel, const Snapshot *s, Tid *tid)
{
    Tid at = *tid;
    Xid maker = XID_NONE; /* of the version at hand; none: any will do */
    bool is_found = false, has_next = true;

    while (has_next) {
        HeapTuple tuple = {.self = at, .table = rel->table};
        Buffer b;

        if (!heap_fetch(rel, &snapshot_any, &tuple, &b))
            break;
        buffer_lock(b, BUFFER_SHARED);
        /* The line pointer may serve another row by now. */
        if (maker != XID_NONE && heap_header(&tuple)->xmin != maker) {
            buffer_unlock_unpin(b);
            break;
        }
        has_next = next_version(&tuple, &at, &maker);
        if (heap_is_visible(rel, &tuple, s, b)) {
            *tid = tuple.self;
            is_found = true;
        }
        buffer_unlock_unpin(b);
    }
    return is_found;
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
        if (!heap_leads_on(heap_header(tuple)) ||
            tid_block(heap_header(tuple)->ctid) != buffer_block(b))
            break;
        before = heap_update_xid(tuple);
        offnum = heap_header(tuple)->ctid.offset;
        is_start = false;
    }
    if (is_all_dead != NULL)
        *is_all_dead = all_dead;
    return is_found;
}

/* ---- For indexes ---- */

bool heap_fetch_row(HeapFetch *f, const Snapshot *s, Tid tid, HeapTuple *tuple, bool *is_all_dead)
{
    return fetch_row(f, (Wanted){.s = s}, tid, tuple, is_all_dead);
}

bool heap_fetch_row_dirty(HeapFetch *f, Snapshot *dirty, Tid tid, HeapTuple *tuple,
                          bool *is_all_dead)
{
    return fetch_row(f, (Wanted){.dirty = dirty}, tid, tuple, is_all_dead);
}

static bool fetch_row(HeapFetch *f, Wanted wanted, Tid tid, HeapTuple *tuple, bool *is_all_dead)
{
    bool is_found;

    move_to(f, tid_block(tid));
    buffer_lock(f->b, BUFFER_SHARED);
    is_found = search_chain(f->rel, wanted, f->b, &tid, tuple, is_all_dead);
    buffer_unlock(f->b);
    return is_found;
}

/* The page of a block, pinned; whoever comes to a page prunes it. */
static void move_to(HeapFetch *f, BlockNo block)
{
    if (f->b != BUFFER_NONE) {
        if (LIKELY(buffer_block(f->b) == block))
            return;
        buffer_unpin(f->b);
        f->b = BUFFER_NONE;
    }
    f->b = buffer_read(f->rel->smgr, FORK_MAIN, block, BUFFER_NORMAL, NULL, f->rel->is_permanent);
    heap_try_prune(f->rel, f->b);
}

void heap_fetch_end(HeapFetch *f)
{
    if (f->b != BUFFER_NONE)
        buffer_unpin(f->b);
    f->b = BUFFER_NONE;
}

Xid heap_newest_xid(HeapRel *rel, const Tid *tids, size_t count)
{
    HeapFetch f = heap_fetch_begin(rel);
    Xid newest = XID_NONE;

    for (size_t i = 0; i < count; i++) {
        move_to(&f, tid_block(tids[i]));
        buffer_lock(f.b, BUFFER_SHARED);
        advance_newest_of_chain(rel, f.b, tids[i].offset, &newest);
        buffer_unlock(f.b);
    }
    heap_fetch_end(&f);
    return newest;
}

/* What was pruned away has told standbys of itself then. */
static void advance_newest_of_chain(const HeapRel *rel, Buffer b, OffsetNo offnum, Xid *newest)
{
    const uint8_t *page = buffer_page(b);
    OffsetNo count = page_item_count(page);
    Xid before = XID_NONE;

    for (unsigned steps = 0; offnum >= 1 && offnum <= count && steps <= count; steps++) {
        ItemId id = page_item_id(page, offnum);
        HeapTuple tuple;

        if (id.state == ITEM_REDIRECT) {
            offnum = id.offset;
            continue;
        }
        if (id.state != ITEM_NORMAL)
            return;
        heap_point_to(rel, b, offnum, &tuple);
        if (before != XID_NONE && heap_header(&tuple)->xmin != before)
            return;
        heap_advance_newest(&tuple, newest);
        if (!heap_leads_on(heap_header(&tuple)))
            return;
        before = heap_update_xid(&tuple);
        offnum = heap_header(&tuple)->ctid.offset;
    }
}

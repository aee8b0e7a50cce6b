/*
 * rewrite.c - the versions of rows that somebody may need go to another file
 *
 * A version that was replaced leads to the newer one by its place, and that is known only when the
 * newer one has got its place. Versions come in any order, so
 *
 *     old one first: it waits in `waiting`, by who made the newer one and where that was
 *     new one first: where it went is kept in `moved`, by the same key
 *
 * Pages are filled one after the other, past the buffers: each goes into the log whole and then to
 * the file, which is synced at the end.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/ds/hash.h"
#include "common/err/err.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "server/access/common/rel_file.h"
#include "server/access/heap/heap_int.h"
#include "server/access/heap/heap_rewrite.h"
#include "server/ipc/interrupt.h"
#include "server/txn/xid.h"

#define IO_ALIGN   4096
#define MOVED_AWAY 0xFFFD /* offset of a ctid: the row went to another partition */

/* A version: by who made it and where it was. */
typedef struct VersionKey {
    Xid xmin;
    Tid tid;
    uint16_t padding;
} VersionKey;

STATIC_ASSERT(sizeof(VersionKey) == 12);

typedef struct Waiting {
    VersionKey next; /* first: the key */
    Tid old;         /* where it was */
    HeapTuple *row;
} Waiting;

typedef struct Moved {
    VersionKey key;
    Tid to;
} Moved;

struct HeapRewrite {
    HeapRewriteSpec spec;
    MemContext *mem;
    Hash waiting, moved;
    uint8_t *page;
    bool has_page; /* something is on it */
    BlockNo block;
};

static void take_header(const HeapRewrite *r, const HeapTuple *old, HeapTuple *row);
static void place_chain(HeapRewrite *r, HeapTuple *row, Tid old);
static Tid put(HeapRewrite *r, HeapTuple *row);
static void write_page(HeapRewrite *r);

HeapRewrite *heap_rewrite_begin(const HeapRewriteSpec *spec)
{
    MemContext *mem = mem_context_new(mem_current(), "table rewrite");
    HeapRewrite *r = mem_alloc_in(mem, sizeof(*r));

    r->spec = *spec;
    r->mem = mem;
    MEM_SCOPE(mem) {
        hash_init(&r->waiting, sizeof(VersionKey), sizeof(Waiting));
        hash_init(&r->moved, sizeof(VersionKey), sizeof(Moved));
        r->page = mem_alloc_aligned(BLOCK_SIZE, IO_ALIGN);
    }
    r->block = smgr_block_count(spec->to->smgr, FORK_MAIN);
    return r;
}

/* ---- Rows ---- */

static VersionKey key_of(Xid xmin, Tid tid)
{
    VersionKey key;

    memset(&key, 0, sizeof(key));
    key.xmin = xmin;
    key.tid = tid;
    return key;
}

static bool is_same_place(Tid a, Tid b)
{
    return a.offset == b.offset && tid_block(a) == tid_block(b);
}

/* Does the version lead to a newer one? */
static bool leads_on(const HeapTuple *old, VersionKey *next)
{
    const HeapTupleHeader *h = heap_header(old);

    if ((h->infomask & HEAP_XMAX_INVALID) != 0 || heap_xmax_is_lock_only(h->infomask) ||
        h->ctid.offset == MOVED_AWAY || is_same_place(h->ctid, old->self))
        return false;
    *next = key_of(heap_update_xid(old), h->ctid);
    return next->xmin != XID_NONE;
}

void heap_rewrite_put(HeapRewrite *r, const HeapTuple *old, HeapTuple *row)
{
    VersionKey next;
    Moved *moved;
    Waiting *w;

    take_header(r, old, row);
    if (!leads_on(old, &next)) {
        place_chain(r, row, old->self);
        return;
    }
    moved = hash_find(&r->moved, &next);
    if (moved != NULL) {
        heap_header(row)->ctid = moved->to;
        hash_remove(&r->moved, &next);
        place_chain(r, row, old->self);
        return;
    }
    w = hash_enter(&r->waiting, &next, NULL);
    w->old = old->self;
    MEM_SCOPE(r->mem) {
        w->row = heap_copy(row);
    }
}

/* What transactions say of it, frozen where they are old; offset 0: it leads to nothing newer. */
static void take_header(const HeapRewrite *r, const HeapTuple *old, HeapTuple *row)
{
    HeapOldest oldest = {r->spec.cutoffs->freeze_limit, r->spec.cutoffs->multi_cutoff};
    const HeapTupleHeader *from = heap_header(old);
    HeapTupleHeader *h = heap_header(row);
    FreezePlan plan;
    bool is_all_frozen;

    h->xmin = from->xmin;
    h->xmax = from->xmax;
    h->cid = from->cid;
    h->infomask =
        (uint16_t)((h->infomask & ~(unsigned)HEAP_XACT_BITS) | (from->infomask & HEAP_XACT_BITS));
    h->infomask2 = (uint16_t)(h->infomask2 & ~(unsigned)HEAP_XACT_BITS2);
    row->self = old->self;
    row->table = old->table;
    if (heap_plan_freeze(row, r->spec.cutoffs, &plan, &is_all_frozen, &oldest))
        heap_apply_freeze(h, &plan);
    h->ctid = from->ctid.offset == MOVED_AWAY ? from->ctid : tid_none();
}

/* May another version lead to it, which somebody needs? */
static bool may_have_older(const HeapRewrite *r, const HeapTuple *row)
{
    const HeapTupleHeader *h = heap_header(row);

    return (h->infomask & HEAP_UPDATED) != 0 &&
           !xid_precedes(h->xmin, r->spec.cutoffs->oldest_xmin);
}

/* The row, and all that have waited for it, one for the other. */
static void place_chain(HeapRewrite *r, HeapTuple *row, Tid old)
{
    HeapTuple *waited = NULL;

    for (;;) {
        Tid to = put(r, row);
        VersionKey key = key_of(heap_header(row)->xmin, old);
        bool has_older = may_have_older(r, row);
        Waiting *w;

        if (waited != NULL)
            mem_free(waited);
        if (!has_older)
            return;
        w = hash_find(&r->waiting, &key);
        if (w == NULL) {
            Moved *moved = hash_enter(&r->moved, &key, NULL);

            moved->to = to;
            return;
        }
        row = waited = w->row;
        old = w->old;
        heap_header(row)->ctid = to;
        hash_remove(&r->waiting, &key);
    }
}

bool heap_rewrite_drop(HeapRewrite *r, const HeapTuple *old)
{
    const VersionKey key = key_of(heap_header(old)->xmin, old->self);
    const Waiting *w = hash_find(&r->waiting, &key);

    if (w == NULL)
        return false;
    mem_free(w->row);
    hash_remove(&r->waiting, &key);
    return true;
}

/* ---- Pages ---- */

static Tid put(HeapRewrite *r, HeapTuple *row)
{
    HeapTuple *stored = r->spec.shorten != NULL ? r->spec.shorten(r->spec.arg, row) : row;
    size_t len = size_align_up(stored->len, PAGE_ALIGN), kept = heap_kept_room(r->spec.to);
    OffsetNo offnum;
    HeapTupleHeader *h;

    if (len > HEAP_TUPLE_SIZE_MAX)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = err_fmt("row is too big: size %zu, maximum size %d", len,
                                     HEAP_TUPLE_SIZE_MAX));
    if (r->has_page && len + kept > heap_free_space(r->page))
        write_page(r);
    if (!r->has_page)
        page_init(r->page, 0);
    r->has_page = true;
    offnum = (OffsetNo)(page_item_count(r->page) + 1);
    stored->self = tid_make(r->block, offnum);
    h = heap_header(stored);
    /* The newest version leads to itself. */
    if (h->ctid.offset == 0)
        h->ctid = stored->self;
    page_add_item(r->page, stored->bytes, stored->len, offnum, PAGE_ADD_AT);
    return stored->self;
}

static void write_page(HeapRewrite *r)
{
    check_interrupts();
    rel_file_append(r->spec.to->smgr, FORK_MAIN, r->block, r->page, r->spec.to->is_permanent);
    r->block++;
    r->has_page = false;
}

BlockNo heap_rewrite_end(HeapRewrite *r)
{
    BlockNo count;
    size_t position = 0;
    Waiting *w;

    /* What they have waited for was gone before anybody could need it. */
    while ((w = hash_next(&r->waiting, &position)) != NULL) {
        heap_header(w->row)->ctid = tid_none();
        put(r, w->row);
    }
    if (r->has_page)
        write_page(r);
    if (!smgr_is_temp(r->spec.to->smgr))
        smgr_sync_now(r->spec.to->smgr, FORK_MAIN);
    count = r->block;
    mem_delete(r->mem);
    return count;
}

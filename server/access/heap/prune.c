/*
 * prune.c - dead versions leave their page
 *
 * A chain of versions on a page begins at a line pointer that indexes know and goes on, by way of
 * ctid, through versions that they do not. What is dead at its beginning goes: the line pointer
 * then leads ("redirect") to the first one that stays, or is dead itself until vacuum has taken
 * the index entries away. Line pointers that no index knows are free at once.
 *
 * First all is decided, then done in one critical section and logged as one record. The fates of
 * all tuples are asked for before any chain is walked, so that one that ends meanwhile does not
 * have two answers.
 *
 * Promises
 *   1. After it a page with the same tuples has them where PostgreSQL 15 puts them.
 *   2. A version that somebody may see stays where it is reached.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/walrec/rmgr.h"
#include "server/access/heap/heap_int.h"
#include "server/txn/clog.h"
#include "server/txn/xid.h"
#include "server/wal/wal.h"

/* The main data of HEAP2 PRUNE. */
typedef struct PruneRecord {
    Xid newest_removed;
    uint16_t redirected_count, dead_count;
} PruneRecord;

STATIC_ASSERT(sizeof(PruneRecord) == 8);

#define FATE_NONE (-1) /* no tuple */

/* What is to be done. */
typedef struct Prune {
    const HeapRel *rel;
    Buffer b;
    uint8_t *page;
    Xid oldest;
    Xid prunable; /* of what stays: from when on pruning may pay again */
    Xid newest_removed;
    unsigned removed;
    uint16_t redirected_count, dead_count, unused_count;
    OffsetNo redirected[2 * HEAP_ITEM_MAX], dead[HEAP_ITEM_MAX], unused[HEAP_ITEM_MAX];
    bool is_done[HEAP_ITEM_MAX + 1];
    int8_t fates[HEAP_ITEM_MAX + 1];
} Prune;

static bool is_worth_it(const HeapRel *rel, const uint8_t *page);
static void find_fates(Prune *p, OffsetNo count);
static HeapFate fate_of(const Prune *p, const HeapTuple *tuple);
static void prune_chain(Prune *p, OffsetNo root, OffsetNo count);
static unsigned walk_chain(Prune *p, OffsetNo root, OffsetNo count, OffsetNo *chain,
                           unsigned *dead_count);
static void cut_chain(Prune *p, const OffsetNo *chain, unsigned chain_count, unsigned dead_count);
static void point_to(const Prune *p, OffsetNo offnum, HeapTuple *out);
static void note_unused(Prune *p, OffsetNo offnum);
static void note_dead(Prune *p, OffsetNo offnum);
static void note_prunable(Prune *p, Xid xid);
static void carry_out(Prune *p);
static Lsn log_prune(const Prune *p);

void heap_try_prune(const HeapRel *rel, Buffer b)
{
    const uint8_t *page = buffer_page(b);
    Xid prunable = page_prune_xid(page);
    unsigned new_dead, removed;

    if (LIKELY(prunable == XID_NONE) || !wal_is_started() || !is_worth_it(rel, page) ||
        !proc_array_is_removable(rel->horizon, prunable))
        return;
    /* Somebody is at it, or has its rows in use: another time. */
    if (!buffer_try_lock_cleanup(b))
        return;
    if (is_worth_it(rel, page)) {
        removed = heap_prune(rel, b, XID_NONE, &new_dead);
        /* Line pointers that stay are vacuum's to count. */
        if (removed > new_dead)
            stats_count_pruned(rel->stats, removed - new_dead);
    }
    buffer_unlock(b);
}

/* Little room is left: less than fillfactor keeps, or than a tenth. */
static bool is_worth_it(const HeapRel *rel, const uint8_t *page)
{
    return page_has_flag(page, PAGE_FULL) ||
           heap_free_space(page) < size_max(heap_kept_room(rel), BLOCK_SIZE / 10);
}

unsigned heap_prune(const HeapRel *rel, Buffer b, Xid oldest, unsigned *new_dead)
{
    Prune p;
    OffsetNo count = page_item_count(buffer_page(b));

    p.rel = rel;
    p.b = b;
    p.page = buffer_page(b);
    p.oldest = oldest;
    p.prunable = p.newest_removed = XID_NONE;
    p.removed = 0;
    p.redirected_count = p.dead_count = p.unused_count = 0;
    if (count > HEAP_ITEM_MAX)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("block %u of table %u has %u line pointers", buffer_block(b),
                                     rel->table, count));
    memset(p.is_done, 0, count + 1U);
    find_fates(&p, count);
    for (OffsetNo offnum = 1; offnum <= count; offnum++) {
        ItemState state = page_item_id(p.page, offnum).state;

        if (!p.is_done[offnum] && state != ITEM_UNUSED && state != ITEM_DEAD)
            prune_chain(&p, offnum, count);
    }
    carry_out(&p);
    *new_dead = p.dead_count;
    return p.removed;
}

/* ---- Deciding ---- */

static void find_fates(Prune *p, OffsetNo count)
{
    HeapTuple tuple;

    /* From the last one on: their places on the page ascend then. */
    for (OffsetNo offnum = count; offnum >= 1; offnum--) {
        if (page_item_id(p->page, offnum).state != ITEM_NORMAL) {
            p->fates[offnum] = FATE_NONE;
            continue;
        }
        point_to(p, offnum, &tuple);
        p->fates[offnum] = (int8_t)fate_of(p, &tuple);
    }
}

static HeapFate fate_of(const Prune *p, const HeapTuple *tuple)
{
    Xid dead_after;
    HeapFate fate = heap_fate(tuple, p->b, &dead_after);

    if (fate != HEAP_FATE_RECENTLY_DEAD)
        return fate;
    if ((p->oldest != XID_NONE && xid_precedes(dead_after, p->oldest)) ||
        proc_array_is_removable(p->rel->horizon, dead_after))
        return HEAP_FATE_DEAD;
    return fate;
}

/* From a line pointer that may be the beginning of a chain. */
static void prune_chain(Prune *p, OffsetNo root, OffsetNo count)
{
    OffsetNo chain[HEAP_ITEM_MAX];
    bool is_redirect = page_item_id(p->page, root).state == ITEM_REDIRECT;
    unsigned chain_count, dead_count;
    HeapTuple tuple;

    if (!is_redirect) {
        const HeapTupleHeader *h;

        point_to(p, root, &tuple);
        h = heap_header(&tuple);
        if ((h->infomask2 & HEAP_ONLY_TUPLE) != 0) {
            /*
             * It goes with the chain that leads to it. One that was rolled back is in no chain by
             * now; if it leads on itself, what follows must be taken with it, later.
             */
            if (p->fates[root] == HEAP_FATE_DEAD && !heap_leads_on(h)) {
                note_unused(p, root);
                heap_advance_newest(&tuple, &p->newest_removed);
                p->removed++;
            }
            return;
        }
    }
    chain_count = walk_chain(p, root, count, chain, &dead_count);
    if (dead_count > 0) {
        p->removed += !is_redirect;
        cut_chain(p, chain, chain_count, dead_count);
    } else if (chain_count < 2 && is_redirect) {
        /* What it led to was rolled back, and is gone already. */
        note_dead(p, root);
    }
}

/*
 * The line pointers of a chain, as far as it matters; returns how many. *dead_count: up to the last
 * one that is dead; 0 when none is.
 */
static unsigned walk_chain(Prune *p, OffsetNo root, OffsetNo count, OffsetNo *chain,
                           unsigned *dead_count)
{
    OffsetNo offnum = root;
    unsigned n = 0;
    Xid before = XID_NONE;
    HeapTuple tuple;

    *dead_count = 0;
    while (offnum >= 1 && offnum <= count && !p->is_done[offnum] && n < HEAP_ITEM_MAX) {
        ItemId id = page_item_id(p->page, offnum);
        bool may_go_on = false;

        if (id.state == ITEM_REDIRECT && n == 0) {
            chain[n++] = offnum;
            offnum = id.offset;
            continue;
        }
        if (id.state != ITEM_NORMAL)
            break;
        point_to(p, offnum, &tuple);
        if (before != XID_NONE && heap_header(&tuple)->xmin != before)
            break;
        chain[n++] = offnum;
        switch ((HeapFate)p->fates[offnum]) {
        case HEAP_FATE_DEAD:
            *dead_count = n;
            heap_advance_newest(&tuple, &p->newest_removed);
            may_go_on = true;
            break;
        case HEAP_FATE_RECENTLY_DEAD:
            note_prunable(p, heap_update_xid(&tuple));
            may_go_on = true; /* one that follows may be dead: it was updated in the other order */
            break;
        case HEAP_FATE_DELETING:
            note_prunable(p, heap_update_xid(&tuple));
            break;
        case HEAP_FATE_ALIVE:
        case HEAP_FATE_INSERTING:
            break;
        }
        if (!may_go_on || !heap_leads_on(heap_header(&tuple)))
            break;
        before = heap_update_xid(&tuple);
        offnum = heap_header(&tuple)->ctid.offset;
    }
    return n;
}

/* All up to the last dead one goes; the root stays as line pointer, for the indexes. */
static void cut_chain(Prune *p, const OffsetNo *chain, unsigned chain_count, unsigned dead_count)
{
    for (unsigned i = 1; i < dead_count; i++) {
        note_unused(p, chain[i]);
        p->removed++;
    }
    if (dead_count == chain_count) {
        note_dead(p, chain[0]);
        return;
    }
    p->redirected[2 * p->redirected_count] = chain[0];
    p->redirected[2 * p->redirected_count + 1] = chain[dead_count];
    p->redirected_count++;
    p->is_done[chain[0]] = p->is_done[chain[dead_count]] = true;
}

bool heap_leads_on(const HeapTupleHeader *h)
{
    /* Not when its updater, or its maker and so its updater, was rolled back. */
    return (h->infomask2 & HEAP_HOT_UPDATED) != 0 && (h->infomask & HEAP_XMAX_INVALID) == 0 &&
           (h->infomask & HEAP_XMIN_FROZEN) != HEAP_XMIN_INVALID;
}

void heap_advance_newest(const HeapTuple *tuple, Xid *newest)
{
    const HeapTupleHeader *h = heap_header(tuple);
    Xid xmax = heap_update_xid(tuple);
    bool was_seen = (h->infomask & HEAP_XMIN_COMMITTED) != 0 ||
                    ((h->infomask & HEAP_XMIN_INVALID) == 0 && xact_did_commit(h->xmin));

    /* What was rolled back, or ended by its own maker, nobody saw. */
    if (was_seen && xmax != h->xmin && xmax != XID_NONE &&
        (*newest == XID_NONE || xid_precedes(*newest, xmax)))
        *newest = xmax;
}

static void point_to(const Prune *p, OffsetNo offnum, HeapTuple *out)
{
    heap_point_to(p->rel, p->b, offnum, out);
}

static void note_unused(Prune *p, OffsetNo offnum)
{
    p->unused[p->unused_count++] = offnum;
    p->is_done[offnum] = true;
}

static void note_dead(Prune *p, OffsetNo offnum)
{
    p->dead[p->dead_count++] = offnum;
    p->is_done[offnum] = true;
}

static void note_prunable(Prune *p, Xid xid)
{
    if (p->prunable == XID_NONE || xid_precedes(xid, p->prunable))
        p->prunable = xid;
}

/* ---- Doing ---- */

static void carry_out(Prune *p)
{
    if (p->redirected_count + p->dead_count + p->unused_count == 0) {
        if (page_prune_xid(p->page) == p->prunable && !page_has_flag(p->page, PAGE_FULL))
            return;
        page_set_prune_xid(p->page, p->prunable);
        page_clear_flag(p->page, PAGE_FULL);
        buffer_mark_dirty_hint(p->b, true);
        return;
    }
    if (p->rel->is_permanent)
        wal_begin_insert();

    crit_begin();
    for (unsigned i = 0; i < p->redirected_count; i++)
        page_set_item_redirect(p->page, p->redirected[2 * i], p->redirected[2 * i + 1]);
    for (unsigned i = 0; i < p->dead_count; i++)
        page_set_item_dead(p->page, p->dead[i]);
    for (unsigned i = 0; i < p->unused_count; i++)
        page_set_item_unused(p->page, p->unused[i]);
    page_repair_fragmentation(p->page);
    page_set_prune_xid(p->page, p->prunable);
    page_clear_flag(p->page, PAGE_FULL);
    buffer_mark_dirty(p->b);
    if (p->rel->is_permanent)
        page_set_lsn(p->page, log_prune(p));
    crit_end();
}

static Lsn log_prune(const Prune *p)
{
    const PruneRecord record = {
        .newest_removed = p->newest_removed,
        .redirected_count = p->redirected_count,
        .dead_count = p->dead_count,
    };

    wal_register_data(&record, sizeof record);
    buffer_register_wal(0, p->b, WAL_REF_STANDARD);
    if (p->redirected_count > 0)
        wal_register_page_data(0, p->redirected, 2 * p->redirected_count * sizeof(OffsetNo));
    if (p->dead_count > 0)
        wal_register_page_data(0, p->dead, p->dead_count * sizeof(OffsetNo));
    if (p->unused_count > 0)
        wal_register_page_data(0, p->unused, p->unused_count * sizeof(OffsetNo));
    return wal_insert(RMGR_HEAP2, WAL_HEAP2_PRUNE);
}

bool heap_is_hot_updated(const HeapTuple *tuple)
{
    return heap_leads_on(heap_header(tuple));
}

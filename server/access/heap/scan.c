/*
 * scan.c - all rows of a table, a page at a time, either way
 *
 * A page is locked once: what the snapshot shows of it is noted by line pointer. Then the pin alone
 * keeps these tuples in place, since pruning waits until nobody else has the page pinned.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/heap/heap_int.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"

struct HeapScan {
    HeapRel *rel;
    const Snapshot *s;
    const HeapSample *sample; /* NULL: all rows */
    BufferRing *ring;         /* NULL: the table is small */
    int64_t count;    /* blocks */
    int64_t block;    /* the current one; -1 before the first, count behind the last */
    bool is_begun;
    Buffer b;
    int at;                          /* in offnums: the current row; -1 and shown at the edges */
    int shown;                       /* how many the page has */
    OffsetNo offnums[HEAP_PAGE_LINES_MAX]; /* that the snapshot shows */
    HeapTuple tuple;
};

static bool move_to_next_page(HeapScan *scan, int step);
static void read_page(HeapScan *scan);
static void read_sample(HeapScan *scan);
static void leave_page(HeapScan *scan);

HeapScan *heap_scan_begin(HeapRel *rel, const Snapshot *s)
{
    HeapScan *scan = mem_new(HeapScan);

    if (s->kind == SNAPSHOT_DIRTY)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "a scan cannot tell who is in the way");
    scan->rel = rel;
    scan->s = s;
    heap_scan_restart(scan);
    return scan;
}

void heap_scan_restart(HeapScan *scan)
{
    leave_page(scan);
    scan->count = smgr_block_count(scan->rel->smgr, FORK_MAIN);
    scan->is_begun = false;
    STATS_ADD(scan->rel->stats, scans, 1);
    /* What would push a good part of all buffers out has to do with a few. */
    if (scan->ring == NULL && scan->count > setting.shared_buffers / 4)
        scan->ring = buffer_ring_new(RING_BULK_READ);
}

void heap_scan_set_sample(HeapScan *scan, const HeapSample *sample)
{
    scan->sample = sample;
}

const HeapTuple *heap_scan_next(HeapScan *scan, bool is_backward)
{
    int step = is_backward ? -1 : 1;

    if (!scan->is_begun) {
        scan->block = is_backward ? scan->count : -1;
        scan->is_begun = true;
    }
    scan->at += step;
    while (scan->at < 0 || scan->at >= scan->shown) {
        if (!move_to_next_page(scan, step))
            return NULL;
    }
    heap_point_to(scan->rel, scan->b, scan->offnums[scan->at], &scan->tuple);
    STATS_ADD(scan->rel->stats, rows_returned, 1);
    return &scan->tuple;
}

void heap_scan_end(HeapScan *scan)
{
    leave_page(scan);
    buffer_ring_free(scan->ring);
    mem_free(scan);
}

/* To its edge; false: there is none. */
static bool move_to_next_page(HeapScan *scan, int step)
{
    leave_page(scan);
    if (scan->block >= 0 && scan->block < scan->count)
        scan->block += step;
    else
        scan->block = step > 0 ? (scan->block < 0 ? 0 : scan->count)
                               : (scan->block < 0 ? -1 : scan->count - 1);
    if (scan->block < 0 || scan->block >= scan->count)
        return false;
    check_interrupts();
    if (LIKELY(scan->sample == NULL))
        read_page(scan);
    else
        read_sample(scan);
    scan->at = step > 0 ? 0 : scan->shown - 1;
    return true;
}

/* Nothing is shown of a block that is not in the sample. */
static void read_sample(HeapScan *scan)
{
    const HeapSample *sample = scan->sample;
    BlockNo block = (BlockNo)scan->block;
    int kept = 0;

    if (sample->has_block != NULL && !sample->has_block(sample, block))
        return;
    read_page(scan);
    for (int i = 0; sample->has_row != NULL && i < scan->shown; i++) {
        if (sample->has_row(sample, block, scan->offnums[i]))
            scan->offnums[kept++] = scan->offnums[i];
    }
    scan->shown = sample->has_row != NULL ? kept : scan->shown;
}

static void read_page(HeapScan *scan)
{
    scan->b = buffer_read(scan->rel->smgr, FORK_MAIN, (BlockNo)scan->block, BUFFER_NORMAL,
                          scan->ring, scan->rel->is_permanent);
    scan->shown = (int)heap_look_at_rows(scan->rel, scan->s, scan->b, scan->offnums);
}

static void leave_page(HeapScan *scan)
{
    if (scan->b != BUFFER_NONE)
        buffer_unpin(scan->b);
    scan->b = BUFFER_NONE;
    scan->shown = 0;
    scan->at = 0;
}

/* ---- One page ---- */

static OffsetNo checked_line_count(const HeapRel *rel, Buffer b)
{
    OffsetNo count = page_item_count(buffer_page(b));

    if (UNLIKELY(count > HEAP_PAGE_LINES_MAX))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("block %u of table %u has %u line pointers", buffer_block(b),
                                     rel->table, count));
    return count;
}

unsigned heap_look_at_rows(const HeapRel *rel, const Snapshot *s, Buffer b, OffsetNo *offnums)
{
    unsigned shown = 0;
    const uint8_t *page = buffer_page(b);
    HeapTuple tuple;
    OffsetNo count;
    bool shows_all;

    heap_try_prune(rel, b);
    buffer_lock(b, BUFFER_SHARED);
    count = checked_line_count(rel, b);
    /* A primary's "visible to all" is not a standby's. */
    shows_all =
        page_has_flag(page, PAGE_ALL_VISIBLE) && s->kind == SNAPSHOT_MVCC && !s->was_in_recovery;
    for (OffsetNo offnum = 1; offnum <= count; offnum++) {
        if (page_item_id(page, offnum).state != ITEM_NORMAL)
            continue;
        if (shows_all) {
            offnums[shown++] = offnum;
            continue;
        }
        heap_point_to(rel, b, offnum, &tuple);
        if (heap_is_visible(rel, &tuple, s, b))
            offnums[shown++] = offnum;
    }
    buffer_unlock(b);
    return shown;
}

unsigned heap_look_at_chains(const HeapRel *rel, const Snapshot *s, Buffer b, const OffsetNo *roots,
                             unsigned root_count, OffsetNo *offnums)
{
    BlockNo block = buffer_block(b);
    unsigned shown = 0;
    HeapTuple tuple;

    heap_try_prune(rel, b);
    buffer_lock(b, BUFFER_SHARED);
    checked_line_count(rel, b);
    for (unsigned i = 0; i < root_count; i++) {
        Tid tid = tid_make(block, roots[i]);

        if (heap_search_chain(rel, s, b, &tid, &tuple, NULL))
            offnums[shown++] = tid.offset;
    }
    buffer_unlock(b);
    return shown;
}

/* What a chain leads to from the version before. */
static void follow_chain(const HeapRel *rel, Buffer b, OffsetNo offnum, Xid before, OffsetNo root,
                         OffsetNo *roots)
{
    const uint8_t *page = buffer_page(b);
    OffsetNo count = page_item_count(page);

    for (unsigned steps = 0; offnum >= 1 && offnum <= count && steps < count; steps++) {
        const HeapTupleHeader *h;
        HeapTuple tuple;

        if (page_item_id(page, offnum).state != ITEM_NORMAL)
            return;
        heap_point_to(rel, b, offnum, &tuple);
        h = heap_header(&tuple);
        if (before != XID_NONE && h->xmin != before)
            return;
        roots[offnum] = root;
        if (!heap_leads_on(h))
            return;
        before = heap_update_xid(&tuple);
        offnum = h->ctid.offset;
    }
}

void heap_find_roots(const HeapRel *rel, Buffer b, OffsetNo *roots)
{
    const uint8_t *page = buffer_page(b);
    OffsetNo count = checked_line_count(rel, b);

    memset(roots, 0, (count + 1U) * sizeof(*roots));
    for (OffsetNo offnum = 1; offnum <= count; offnum++) {
        ItemId id = page_item_id(page, offnum);
        const HeapTupleHeader *h;
        HeapTuple tuple;

        if (id.state == ITEM_REDIRECT) {
            follow_chain(rel, b, id.offset, XID_NONE, offnum, roots);
            continue;
        }
        if (id.state != ITEM_NORMAL)
            continue;
        heap_point_to(rel, b, offnum, &tuple);
        h = heap_header(&tuple);
        /* Whoever comes later in a chain is found from its root. */
        if ((h->infomask2 & HEAP_ONLY_TUPLE) != 0)
            continue;
        roots[offnum] = offnum;
        if (heap_leads_on(h))
            follow_chain(rel, b, h->ctid.offset, heap_update_xid(&tuple), offnum, roots);
    }
}

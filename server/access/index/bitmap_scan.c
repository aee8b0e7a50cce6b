/*
 * bitmap_scan.c - rows of a table that a bitmap tells of, page by page
 *
 * As in a scan of all rows, a page is locked once, and what the snapshot shows of it is noted.
 * Blocks are asked for in advance, a few more with each page until there are enough, so that a
 * scan that soon stops has not read much for nothing.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/index/index.h"
#include "server/ipc/interrupt.h"

struct BitmapScan {
    HeapRel *table;
    const Snapshot *s;
    TidBitmap *bitmap;
    TidBitmapReader reader, ahead;
    unsigned prefetch_max, prefetch_wanted, prefetched; /* blocks between ahead and reader */
    BlockNo block_count; /* rows behind that were put there after the snapshot */
    uint64_t exact_pages, lossy_pages;
    Buffer b;
    unsigned at, shown;
    OffsetNo offnums[HEAP_PAGE_LINES_MAX];
    HeapTuple tuple;
    TidBitmapPage page;
};

static bool move_to_next_page(BitmapScan *scan);
static void prefetch(BitmapScan *scan);

BitmapScan *bitmap_scan_begin(HeapRel *table, const Snapshot *s, TidBitmap *bitmap,
                              unsigned prefetch_max)
{
    BitmapScan *scan = mem_new(BitmapScan);

    if (s->kind != SNAPSHOT_MVCC)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = "rows of a bitmap may be gone for that snapshot");
    scan->table = table;
    scan->s = s;
    scan->prefetch_max = prefetch_max;
    bitmap_scan_restart(scan, bitmap);
    return scan;
}

static void leave_page(BitmapScan *scan)
{
    if (scan->b != BUFFER_NONE)
        buffer_unpin(scan->b);
    scan->b = BUFFER_NONE;
    scan->at = scan->shown = 0;
}

void bitmap_scan_restart(BitmapScan *scan, TidBitmap *bitmap)
{
    leave_page(scan);
    scan->bitmap = bitmap;
    scan->reader = scan->ahead = (TidBitmapReader){.page = 0};
    scan->prefetched = scan->prefetch_wanted = 0;
    scan->block_count = smgr_block_count(scan->table->smgr, FORK_MAIN);
}

void bitmap_scan_end(BitmapScan *scan)
{
    leave_page(scan);
    mem_free(scan);
}

void bitmap_scan_counts(const BitmapScan *scan, uint64_t *exact_pages, uint64_t *lossy_pages)
{
    *exact_pages = scan->exact_pages;
    *lossy_pages = scan->lossy_pages;
}

const HeapTuple *bitmap_scan_next(BitmapScan *scan, bool *needs_recheck)
{
    while (scan->at >= scan->shown)
        if (!move_to_next_page(scan))
            return NULL;
    heap_point_to(scan->table, scan->b, scan->offnums[scan->at++], &scan->tuple);
    *needs_recheck = scan->page.needs_recheck;
    STATS_ADD(scan->table->stats, rows_fetched, 1);
    return &scan->tuple;
}

static bool move_to_next_page(BitmapScan *scan)
{
    TidBitmapPage *page = &scan->page;

    leave_page(scan);
    do {
        check_interrupts();
        if (!tid_bitmap_next(scan->bitmap, &scan->reader, page))
            return false;
        if (scan->prefetched > 0)
            scan->prefetched--;
        else
            scan->ahead = scan->reader;
    } while (page->block >= scan->block_count);
    if (page->is_lossy)
        scan->lossy_pages++;
    else
        scan->exact_pages++;
    prefetch(scan);
    scan->b = buffer_read(scan->table->smgr, FORK_MAIN, page->block, BUFFER_NORMAL, NULL,
                          scan->table->is_permanent);
    scan->shown = page->is_lossy
                      ? heap_look_at_rows(scan->table, scan->s, scan->b, scan->offnums)
                      : heap_look_at_chains(scan->table, scan->s, scan->b, page->offnums,
                                            page->count, scan->offnums);
    return true;
}

static void prefetch(BitmapScan *scan)
{
    BlockNo block;

    if (scan->prefetch_wanted < scan->prefetch_max)
        scan->prefetch_wanted++;
    while (scan->prefetched < scan->prefetch_wanted &&
           tid_bitmap_next_block(scan->bitmap, &scan->ahead, &block)) {
        scan->prefetched++;
        buffer_prefetch(scan->table->smgr, FORK_MAIN, block);
    }
}

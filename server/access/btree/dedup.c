/*
 * dedup.c - merge the duplicates of a leaf into posting tuples, so that it need not be split
 *
 * Items stay in their order; each run of items with one key becomes a posting tuple of limited
 * length. Where a single key fills the page and more of it is to come, the last items are left
 * alone: the split that follows leaves them for the right half.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "common/walrec/rmgr.h"
#include "server/access/btree/btree_int.h"
#include "server/wal/wal.h"

#define POSTING_MAX        (BTREE_ITEM_MAX / 2)
#define ONE_KEY_FILLFACTOR 96
#define FULL_TUPLES        5 /* posting tuples of full size, on a page with a single key */

/* Which items became one, as a record has it. */
typedef struct Merged {
    OffsetNo first;
    uint16_t count;
} Merged;

typedef struct Dedup {
    const BtreeIndex *index;
    uint8_t *page;
    uint8_t *merged_page;
    BtreeRun run;
    OffsetNo run_first;
    bool is_merging;
    bool is_one_key;
    Merged merged[PAGE_ITEM_MAX];
    uint16_t merged_count;
} Dedup;

static bool has_one_key(const BtreeIndex *index, uint8_t *page, const IndexTuple *tuple);
static void begin_page(Dedup *d);
static void merge_items(Dedup *d, size_t size);
static void finish_run(Dedup *d);
static void mind_one_key(Dedup *d, size_t size);
static Lsn log_dedup(const Dedup *d, Buffer b);

void btree_dedup_page(const BtreeIndex *index, Buffer b, const IndexTuple *tuple, size_t size,
                      bool is_checking_unique)
{
    uint8_t *page = buffer_page(b);
    Dedup *d = mem_new(Dedup);

    d->index = index;
    d->page = page;
    d->merged_page = mem_alloc_aligned(BLOCK_SIZE, PAGE_ALIGN);
    d->run.keys = &index->keys;
    d->run.posting_max = POSTING_MAX;
    d->is_merging = true;
    d->is_one_key = !is_checking_unique && has_one_key(index, page, tuple);
    begin_page(d);
    merge_items(d, size);
    if (d->merged_count > 0) {
        crit_begin();
        btree_page_take(page, d->merged_page);
        buffer_mark_dirty(b);
        if (index->is_permanent)
            page_set_lsn(page, log_dedup(d, b));
        crit_end();
    }
    mem_free(d->merged_page);
    mem_free(d);
}

static bool has_one_key(const BtreeIndex *index, uint8_t *page, const IndexTuple *tuple)
{
    OffsetNo first = btree_first_data(btree_special(page)), count = page_item_count(page);

    return first <= count &&
           btree_keys_same_image(&index->keys, btree_item(index, page, first), tuple) &&
           btree_keys_same_image(&index->keys, btree_item(index, page, count), tuple);
}

static void add(Dedup *d, const IndexTuple *tuple)
{
    page_add_item(d->merged_page, tuple, index_tuple_size(tuple),
                  (OffsetNo)(page_item_count(d->merged_page) + 1), PAGE_ADD_AT);
}

static void begin_page(Dedup *d)
{
    const BtreeSpecial *special = btree_special(d->page);

    page_init(d->merged_page, sizeof(BtreeSpecial));
    *btree_special(d->merged_page) = *special;
    btree_special(d->merged_page)->flags =
        (uint16_t)(special->flags & ~(unsigned)BTREE_HAS_GARBAGE);
    if (!btree_page_is_rightmost(special))
        add(d, btree_item(d->index, d->page, BTREE_HIGH_KEY));
}

static void merge_items(Dedup *d, size_t size)
{
    OffsetNo first = btree_first_data(btree_special(d->page)), count = page_item_count(d->page);

    for (OffsetNo offnum = first; offnum <= count; offnum++) {
        const IndexTuple *tuple = btree_item(d->index, d->page, offnum);

        if (offnum > first) {
            if (d->is_merging && btree_run_try_add(&d->run, tuple))
                continue;
            finish_run(d);
            mind_one_key(d, size);
        }
        btree_run_start(&d->run, tuple);
        d->run_first = offnum;
    }
    if (first <= count)
        finish_run(d);
}

static void finish_run(Dedup *d)
{
    BtreeRun *run = &d->run;

    if (run->tuple_count > 1) {
        btree_form_posting(&run->base, run->tids, run->tid_count, &run->base);
        d->merged[d->merged_count++] =
            (Merged){.first = d->run_first, .count = (uint16_t)run->tuple_count};
    }
    add(d, &run->base);
}

/* The last full posting tuple is kept shorter, by what the split will leave free on the left. */
static void mind_one_key(Dedup *d, size_t size)
{
    size_t space = BLOCK_SIZE - PAGE_HEADER_SIZE - sizeof(BtreeSpecial);
    size_t less;

    if (!d->is_one_key)
        return;
    if (d->run.full_count == FULL_TUPLES) {
        less = (space - size - BTREE_PIVOT_TID_SIZE) * (100 - ONE_KEY_FILLFACTOR) / 100;
        d->run.posting_max -= size_min(d->run.posting_max, less);
    } else if (d->run.full_count > FULL_TUPLES) {
        d->is_merging = d->is_one_key = false;
    }
}

static Lsn log_dedup(const Dedup *d, Buffer b)
{
    wal_begin_insert();
    wal_register_data(&d->merged_count, sizeof(d->merged_count));
    buffer_register_wal(0, b, WAL_REF_STANDARD);
    wal_register_page_data(0, d->merged, d->merged_count * sizeof(Merged));
    return wal_insert(RMGR_BTREE, WAL_BTREE_DEDUP);
}

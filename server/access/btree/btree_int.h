/*
 * btree_int.h - what the files of this room share: tuples and pages of version 4
 *
 * common/format/btree_page.h has the layout. A leaf tuple leads to one row, or is a posting tuple;
 * all others are pivots, which hold a downlink and as many key columns as they need. A column that
 * is cut off is less than any value.
 */
#ifndef BTREE_BTREE_INT_H
#define BTREE_BTREE_INT_H

#include "common/base/base.h"

#include "common/format/btree_page.h"
#include "common/format/page.h"
#include "server/access/btree/btree.h"

#define BTREE_HIGH_KEY   1 /* line pointer, on pages that are not rightmost */
#define BTREE_FIRST_KEY  2 /* of data behind a high key */
#define BTREE_TUPLE_ROOM (INDEX_SIZE_MASK + 1)

/* Bytes that a pivot needs more for a heap TID, and the longest tuple without and with it. */
#define BTREE_PIVOT_TID_SIZE 8
#define BTREE_ITEM_MAX_PIVOT 2712 /* a third of a page, with line pointers */
#define BTREE_ITEM_MAX       (BTREE_ITEM_MAX_PIVOT - BTREE_PIVOT_TID_SIZE)

/* ---- Tuples ---- */

static inline bool btree_tuple_is_pivot(const IndexTuple *tuple)
{
    return (tuple->info & BTREE_ALT_TID) != 0 && (tuple->tid.offset & BTREE_IS_POSTING) == 0;
}

static inline unsigned btree_posting_count(const IndexTuple *tuple)
{
    return tuple->tid.offset & BTREE_TID_COUNT_MASK;
}

/* Bytes before the list of TIDs. */
static inline size_t btree_posting_offset(const IndexTuple *tuple)
{
    return tid_block(tuple->tid);
}

static inline Tid *btree_posting_tids(const IndexTuple *tuple)
{
    return (Tid *)((uintptr_t)tuple + btree_posting_offset(tuple));
}

/* Key columns that a tuple has: fewer in a pivot that was cut. */
static inline unsigned btree_tuple_column_count(const IndexTuple *tuple, const BtreeKeys *keys)
{
    return btree_tuple_is_pivot(tuple) ? tuple->tid.offset & BTREE_TID_COUNT_MASK
                                       : keys->desc->count;
}

static inline BlockNo btree_downlink(const IndexTuple *pivot)
{
    return tid_block(pivot->tid);
}

static inline void btree_set_downlink(IndexTuple *pivot, BlockNo block)
{
    pivot->tid.block_high = (uint16_t)(block >> 16);
    pivot->tid.block_low = (uint16_t)block;
}

/* Make a pivot of it, with that many columns. */
static inline void btree_set_column_count(IndexTuple *tuple, unsigned count, bool has_tid)
{
    tuple->info |= BTREE_ALT_TID;
    tuple->tid.offset = (OffsetNo)(count | (has_tid ? BTREE_PIVOT_HAS_TID : 0));
}

/* The row that a tuple stands for: the lowest and highest of a posting tuple; NULL: cut off. */
const Tid *btree_tuple_tid(const IndexTuple *tuple);
const Tid *btree_tuple_max_tid(const IndexTuple *tuple);

static inline int btree_compare_tids(const Tid *a, const Tid *b)
{
    if (tid_block(*a) != tid_block(*b))
        return tid_block(*a) < tid_block(*b) ? -1 : 1;
    return (int)a->offset - (int)b->offset;
}

/* How many leading key columns of two leaf tuples are equal, up to all. */
unsigned btree_equal_columns(const BtreeKeys *keys, const IndexTuple *a, const IndexTuple *b);

/* The order of two leaf tuples: keys, then TIDs. */
int btree_compare_leaf(const BtreeKeys *keys, const IndexTuple *a, const IndexTuple *b);

/* Are all key columns of two leaf tuples equal in their bytes? For what may be merged. */
bool btree_keys_same_image(const BtreeKeys *keys, const IndexTuple *a, const IndexTuple *b);

/*
 * The shortest pivot that parts the page of last_left from that of first_right, new, with
 * first_right's block number for a downlink.
 */
IndexTuple *btree_truncate(const BtreeKeys *keys, const IndexTuple *last_left,
                           const IndexTuple *first_right);

/*
 * Write to out, BTREE_TUPLE_ROOM bytes, the tuple with base's key and those rows; a plain one for
 * a single row. Returns its size.
 */
size_t btree_form_posting(const IndexTuple *base, const Tid *tids, unsigned count, IndexTuple *out);

/* Raise 54000 for a leaf tuple that is too long to be indexed. */
_Noreturn void btree_raise_too_long(const BtreeKeys *keys, const IndexTuple *tuple);

/* ---- Pages ---- */

static inline BtreeSpecial *btree_special(uint8_t *page)
{
    return (BtreeSpecial *)(page + BLOCK_SIZE - sizeof(BtreeSpecial));
}

/* An empty page of that level. */
void btree_page_init(uint8_t *page, uint32_t level);

/* The metapage of an index whose root is that block (0: it is empty). */
void btree_meta_init(uint8_t *page, BlockNo root, uint32_t level, bool all_equal_image);

/* Bytes that one more item may take, its line pointer reckoned. */
static inline size_t btree_free_space(const uint8_t *page)
{
    size_t hole = page_hole_size(page);

    return hole < PAGE_ITEM_ID_SIZE ? 0 : hole - PAGE_ITEM_ID_SIZE;
}

/* ---- Merging duplicates ---- */

/* Leaf tuples with one key that are collected to become one posting tuple. */
typedef struct BtreeRun {
    const BtreeKeys *keys;
    size_t posting_max; /* bytes of a posting tuple */
    size_t key_size;    /* of base without its rows */
    unsigned tuple_count, tid_count;
    union {
        IndexTuple base;
        uint8_t room[BTREE_TUPLE_ROOM];
    };
    Tid tids[BLOCK_SIZE / sizeof(Tid)];
} BtreeRun;

void btree_run_start(BtreeRun *run, const IndexTuple *tuple);

/* False when it has another key, or the posting tuple would be too long: start anew with it. */
bool btree_run_try_add(BtreeRun *run, const IndexTuple *tuple) MUST_USE;

#endif

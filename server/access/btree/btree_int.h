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
#include "server/storage/buffer/buffer.h"

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
_Noreturn void btree_raise_too_long(const BtreeKeys *keys, const IndexTuple *tuple,
                                    const BtreeConflict *table);

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
    unsigned full_count; /* runs that ended because the posting tuple was long enough */
    union {
        IndexTuple base;
        uint8_t room[BTREE_TUPLE_ROOM];
    };
    Tid tids[BLOCK_SIZE / sizeof(Tid)];
} BtreeRun;

void btree_run_start(BtreeRun *run, const IndexTuple *tuple);

/* False when it has another key, or the posting tuple would be too long: start anew with it. */
bool btree_run_try_add(BtreeRun *run, const IndexTuple *tuple) MUST_USE;

/* Replace the items of a page by those that other, made aside, has; flags and links too. */
void btree_page_take(uint8_t *page, const uint8_t *other);

static inline bool btree_page_is_leaf(const BtreeSpecial *special)
{
    return (special->flags & BTREE_LEAF) != 0;
}

static inline bool btree_page_is_rightmost(const BtreeSpecial *special)
{
    return special->next == BTREE_NO_BLOCK;
}

/* Deleted, or about to be: who comes here goes on to the right. */
static inline bool btree_page_is_gone(const BtreeSpecial *special)
{
    return (special->flags & (BTREE_DELETED | BTREE_HALF_DEAD)) != 0;
}

/* No longer among its neighbours; one that is half dead still is, and their links lead to it. */
static inline bool btree_page_is_unlinked(const BtreeSpecial *special)
{
    return (special->flags & BTREE_DELETED) != 0;
}

static inline OffsetNo btree_first_data(const BtreeSpecial *special)
{
    return btree_page_is_rightmost(special) ? BTREE_HIGH_KEY : BTREE_FIRST_KEY;
}

/*
 * An item, after a look at its kind and its lengths: nothing that a damaged one says of itself
 * leads outside of it. Raises XX002.
 */
IndexTuple *btree_item(const BtreeIndex *index, uint8_t *page, OffsetNo offnum);

/* ---- Pages in buffers (page.c) ---- */

/* Pinned, locked, checked. */
Buffer btree_buffer(const BtreeIndex *index, BlockNo block, BufferLock lock);

/* Give one up and take another, which may be the same. */
Buffer btree_buffer_move(const BtreeIndex *index, Buffer from, BlockNo to, BufferLock lock);

/*
 * A page for a new use, locked exclusively; its content is not defined. One that was deleted long
 * ago, if the free space map has any.
 */
Buffer btree_buffer_new(const BtreeIndex *index);

/* Tell the free space map of all pages that may be used anew, and count them. */
void btree_note_free_pages(const BtreeIndex *index, BtreeVacuum *v);

/*
 * The page where a search begins, locked for reading: the lowest that is alone on its level. 0 when
 * the index is empty and for_write is false; else a root is made.
 */
Buffer btree_root(BtreeIndex *index, bool for_write);

/* The true root or the leftmost or rightmost page of a level, locked. */
Buffer btree_end_of_level(BtreeIndex *index, uint32_t level, bool is_rightmost, BufferLock lock);

/* Lock the metapage exclusively, checked. */
Buffer btree_meta_lock(const BtreeIndex *index);
BtreeMeta *btree_meta(uint8_t *page);

/* The metapage's content as records have it; register it as ref 2. */
void btree_meta_register(Buffer meta);
void btree_meta_register_as(unsigned ref_id, Buffer meta);

_Noreturn void btree_raise_damaged(const BtreeIndex *index, BlockNo block, const char *what);

/* ---- Searching (search.c) ---- */

/* What is searched for: the first entry that is not less, or with after_equal, that is more. */
typedef struct BtreeProbe {
    unsigned column_count; /* leading ones that are given */
    bool after_equal;
    bool is_pivot;  /* it is a high key: an equal one is not less */
    const Tid *tid; /* tells equal keys apart; NULL: not given */
    SortSupport
        *orders; /* of a tuple's value and the probe's; the index's, if types are the same */
    Datum values[INDEX_COLUMNS_MAX];
    bool nulls[INDEX_COLUMNS_MAX];
} BtreeProbe;

/* The way down: an item on each page above the one that was reached. */
typedef struct BtreeStack {
    BlockNo block;
    OffsetNo offnum;
    struct BtreeStack *parent; /* NULL: where the search began */
} BtreeStack;

/* Less than, equal to or more than 0 as the probe is to the item. */
int btree_compare(const BtreeIndex *index, const BtreeProbe *probe, uint8_t *page, OffsetNo offnum);

/* On a leaf: where the first entry is that is searched for. Above: the item to go down by. */
OffsetNo btree_find_on_page(const BtreeIndex *index, const BtreeProbe *probe, uint8_t *page);

/*
 * The leaf for the probe, locked; 0: the index is empty. *stack may be NULL; for_write: locked
 * exclusively, and unfinished splits on the way are finished.
 */
Buffer btree_search(BtreeIndex *index, const BtreeProbe *probe, bool for_write, BtreeStack **stack);

/* From a page to the one that the probe belongs to: it may have been split meanwhile. */
Buffer btree_move_right(BtreeIndex *index, const BtreeProbe *probe, Buffer b, bool for_write,
                        BtreeStack *stack, BufferLock lock);

/* ---- Changing (insert.c, split.c) ---- */

/* Where and what to insert on a page. */
typedef struct BtreePlace {
    Buffer buffer; /* locked exclusively */
    OffsetNo offnum;
    unsigned posting_index; /* into the rows of the posting tuple before offnum; 0: beside it */
    IndexTuple *tuple;
} BtreePlace;

/*
 * Put the tuple there, splitting the page if need be. child: the left half of a split whose right
 * half the tuple leads to, locked exclusively; 0 on leaves. Gives up the locks of both.
 */
void btree_insert_on_page(BtreeIndex *index, BtreePlace *place, Buffer child, BtreeStack *stack,
                          bool child_was_alone);

/*
 * A copy of a posting tuple with tuple's row at that place; tuple becomes the entry of the row that
 * was last.
 */
IndexTuple *btree_posting_swap(const IndexTuple *posting, unsigned at, IndexTuple *tuple);

/*
 * As btree_insert_on_page(), for a page without room. original is the tuple as it came, posting the
 * changed posting tuple before it, or NULL.
 */
void btree_split(BtreeIndex *index, const BtreePlace *place, const IndexTuple *original,
                 const IndexTuple *posting, Buffer child, BtreeStack *stack);

/* Give the right half of an unfinished split its downlink; b is the left half, locked exclusively,
 * and given up. */
void btree_finish_split(BtreeIndex *index, Buffer b, BtreeStack *stack);

/* Take away the entries of a leaf that are marked dead. */
void btree_delete_marked(const BtreeIndex *index, Buffer b, const BtreeTable *table);

/* Merge duplicates on a leaf to make room for size more bytes; nothing may come of it. */
void btree_dedup_page(const BtreeIndex *index, Buffer b, const IndexTuple *tuple, size_t size,
                      bool is_checking_unique);

/* Where to split a full page. */
typedef struct BtreeSplitPoint {
    OffsetNo first_right; /* of the items there are */
    bool new_is_left;     /* when the new one goes right there */
} BtreeSplitPoint;

BtreeSplitPoint btree_choose_split(const BtreeIndex *index, uint8_t *page, OffsetNo new_offnum,
                                   const IndexTuple *tuple);

/* How many leading key columns have the same bytes, plus one: what a pivot between them needs. */
unsigned btree_columns_to_part(const BtreeKeys *keys, const IndexTuple *a, const IndexTuple *b);

/* ---- Taking pages away (page_delete.c) ---- */

/*
 * Take a leaf without items out of the tree, if it may go: not a root, not the rightmost of its
 * level or of its parent. b is locked exclusively, and given up. True when the page is gone.
 */
bool btree_delete_page(BtreeIndex *index, Buffer b, FullXid (*next_xid)(void));

/* The page with the downlink of child, locked exclusively, *stack set to where it is; 0: none. */
Buffer btree_find_parent(BtreeIndex *index, BtreeStack *stack, BlockNo child);

#endif

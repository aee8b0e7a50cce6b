/*
 * btree_page.h - pages and tuples of B-tree indexes, version 4
 *
 * Block 0 is the metapage. A page that is not the rightmost of its level holds its high key as item
 * 1, data items follow. On leaf pages a tuple leads to one row, or, as posting tuple, to several:
 * then the TID's offset holds their count and its block the position of the TID array inside the
 * tuple. High keys and the tuples of inner pages are pivots, whose TID holds a block number (the
 * downlink) and the number of key columns that are left.
 *
 * Source: access/nbtree.h of PostgreSQL 15, checked on pages of a real server.
 */
#ifndef FORMAT_BTREE_PAGE_H
#define FORMAT_BTREE_PAGE_H

#include "common/base/base.h"

#include "common/format/index_tuple.h"

#define BTREE_META_BLOCK 0
#define BTREE_NO_BLOCK   0 /* the sibling of an outermost page */

typedef struct BtreeSpecial {
    BlockNo prev; /* BTREE_NO_BLOCK at the end of a level */
    BlockNo next;
    uint32_t level; /* 0 is the leaves */
    uint16_t flags;
    uint16_t cycle_id; /* of the vacuum that the page was split in */
} BtreeSpecial;

STATIC_ASSERT(sizeof(BtreeSpecial) == 16);

#define BTREE_LEAF             0x0001
#define BTREE_ROOT             0x0002
#define BTREE_DELETED          0x0004
#define BTREE_META             0x0008
#define BTREE_HALF_DEAD        0x0010 /* empty, its downlink gone, not yet unlinked */
#define BTREE_SPLIT_END        0x0020 /* hint for vacuum */
#define BTREE_HAS_GARBAGE      0x0040 /* hint: some item is marked dead */
#define BTREE_INCOMPLETE_SPLIT 0x0080 /* the right sibling has no downlink yet */
#define BTREE_HAS_FULL_XID     0x0100 /* a deleted page that says when it was deleted */

/* From offset 24 of the metapage; lower is right behind it. */
typedef struct BtreeMeta {
    uint32_t magic;
    uint32_t version;
    BlockNo root;
    uint32_t level;
    BlockNo fast_root;
    uint32_t fast_level;
    uint32_t deleted_page_count; /* of the last cleanup */
    double heap_tuple_count;     /* no longer used: -1 */
    uint8_t all_equal_image;     /* equal keys are equal bytes: duplicates may be merged */
} BtreeMeta;

STATIC_ASSERT(sizeof(BtreeMeta) == 48);

#define BTREE_MAGIC   0x053162
#define BTREE_VERSION 4

/* index tuple's info */
#define BTREE_ALT_TID 0x2000 /* the TID is no row's */

/* the TID's offset, when it is none */
#define BTREE_TID_COUNT_MASK 0x0FFF
#define BTREE_PIVOT_HAS_TID  0x1000
#define BTREE_IS_POSTING     0x2000

static inline bool btree_tuple_is_posting(const IndexTuple *tuple)
{
    return (tuple->info & BTREE_ALT_TID) != 0 && (tuple->tid.offset & BTREE_IS_POSTING) != 0;
}

#endif

/*
 * gin_page.h - pages of GIN indexes, version 2
 *
 * Block 0 is the metapage, block 1 the root of the entry tree, a tree of index tuples. The rows of
 * a frequent entry have a posting tree of their own, whose pages have no line pointers: from offset
 * 24 the right bound (a TID, padded to 8), then items. Leaves hold compressed lists of TIDs, one
 * after the other up to lower; inner pages hold downlinks, as many as the special area counts.
 *
 * In a list, a TID is the number block << 11 | offset. The list begins with its first TID and the
 * count of the bytes that follow: differences to the TID before, seven bits a byte, low bits first,
 * the top bit set in all bytes but the last. A list has an even number of bytes.
 *
 * Source: access/ginblock.h of PostgreSQL 15, checked on pages of a real server.
 */
#ifndef FORMAT_GIN_PAGE_H
#define FORMAT_GIN_PAGE_H

#include "common/base/base.h"

#include "common/format/page.h"
#include "common/format/tid.h"

#define GIN_META_BLOCK 0
#define GIN_ROOT_BLOCK 1

typedef struct GinSpecial {
    BlockNo right_link;  /* BLOCK_NONE at the end */
    uint16_t item_count; /* of downlinks, or rows on a page of the pending list */
    uint16_t flags;
} GinSpecial;

STATIC_ASSERT(sizeof(GinSpecial) == 8);

#define GIN_DATA             0x0001 /* of a posting tree */
#define GIN_LEAF             0x0002
#define GIN_DELETED          0x0004
#define GIN_META             0x0008
#define GIN_LIST             0x0010 /* of the pending list */
#define GIN_LIST_FULL_ROW    0x0020
#define GIN_INCOMPLETE_SPLIT 0x0040 /* the right sibling has no downlink yet */
#define GIN_COMPRESSED       0x0080 /* a leaf whose TIDs are compressed; before 9.4 they were not */

#define GIN_META_SIZE        56 /* bytes from offset 24 of the metapage */

#define GIN_DATA_AT          (PAGE_HEADER_SIZE + 8) /* items of posting-tree pages begin here */

typedef struct GinDownlink {
    uint16_t block_high;
    uint16_t block_low;
    Tid key; /* the highest TID below it */
} GinDownlink;

STATIC_ASSERT(sizeof(GinDownlink) == 10);

#define GIN_LIST_HEADER_SIZE 8 /* first TID, uint16 count of the bytes behind */
#define GIN_OFFSET_BITS      11

static inline uint64_t gin_tid_to_u64(Tid tid)
{
    return (uint64_t)tid_block(tid) << GIN_OFFSET_BITS | tid.offset;
}

static inline Tid gin_tid_from_u64(uint64_t number)
{
    return tid_make((BlockNo)(number >> GIN_OFFSET_BITS),
                    (OffsetNo)(number & ((1u << GIN_OFFSET_BITS) - 1)));
}

#endif

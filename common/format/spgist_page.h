/*
 * spgist_page.h - pages and tuples of SP-GiST indexes
 *
 * Block 0 is the metapage, 1 the root, 2 the root of the tree for nulls. A page holds leaf tuples,
 * which are chained by line pointer numbers, or inner tuples, whose nodes lead to others. Dead
 * tuples keep line pointers in place: a redirection leads to where a tuple went, a placeholder only
 * holds a number that may be used again.
 *
 * All tuples begin with a word whose two low bits are the state; leaf and dead tuples have their
 * size in the other 30, inner tuples have it in the uint16 behind.
 *
 * Source: access/spgist_private.h of PostgreSQL 15, checked on pages of a real server.
 */
#ifndef FORMAT_SPGIST_PAGE_H
#define FORMAT_SPGIST_PAGE_H

#include "common/base/base.h"

#include "common/format/tid.h"

#define SPGIST_META_BLOCK 0
#define SPGIST_PAGE_ID    0xFF82

typedef struct SpgistSpecial {
    uint16_t flags;
    uint16_t redirect_count;
    uint16_t placeholder_count;
    uint16_t page_id;
} SpgistSpecial;

STATIC_ASSERT(sizeof(SpgistSpecial) == 8);

#define SPGIST_META    0x0001
#define SPGIST_DELETED 0x0002
#define SPGIST_LEAF    0x0004
#define SPGIST_NULLS   0x0008

typedef enum SpgistState {
    SPGIST_LIVE,
    SPGIST_REDIRECT,
    SPGIST_DEAD,
    SPGIST_PLACEHOLDER,
} SpgistState;

#define SPGIST_STATE_MASK 3u

/* A leaf tuple is alike, with data in place of the xid. */
typedef struct SpgistDeadTuple {
    uint32_t state_size; /* state, size << 2 */
    uint16_t next;       /* of a leaf tuple: 14 bits line pointer number, 2 bits flags */
    Tid target;          /* of a redirection; of a leaf tuple: its row */
    Xid xid;             /* of a redirection: who made it */
} SpgistDeadTuple;

STATIC_ASSERT(sizeof(SpgistDeadTuple) == 16);

#define SPGIST_NEXT_MASK 0x3FFFu

typedef struct SpgistInnerTuple {
    uint32_t bits; /* state 2, all-the-same 1, count of nodes 13, size of the prefix 16 */
    uint16_t size;
    uint16_t padding;
} SpgistInnerTuple;

STATIC_ASSERT(sizeof(SpgistInnerTuple) == 8);

/* Prefix, then nodes, each with the header of an index tuple (format/index_tuple.h). */
static inline unsigned spgist_node_count(const SpgistInnerTuple *tuple)
{
    return tuple->bits >> 3 & 0x1FFF;
}

static inline size_t spgist_prefix_size(const SpgistInnerTuple *tuple)
{
    return tuple->bits >> 16;
}

#endif

/*
 * tid.h - a tuple's place: block number and line pointer, in the 6 bytes that pages hold
 *
 * The block number is stored as two halves, the high one first, so that a Tid needs alignment to 2
 * only.
 */
#ifndef FORMAT_TID_H
#define FORMAT_TID_H

#include "common/base/base.h"

typedef struct Tid {
    uint16_t block_high;
    uint16_t block_low;
    OffsetNo offset;
} Tid;

STATIC_ASSERT(sizeof(Tid) == 6);

static inline Tid tid_make(BlockNo block, OffsetNo offset)
{
    return (Tid){
        .block_high = (uint16_t)(block >> 16), .block_low = (uint16_t)block, .offset = offset};
}

static inline BlockNo tid_block(Tid tid)
{
    return (BlockNo)tid.block_high << 16 | tid.block_low;
}

/* What stands where there is no tuple. */
static inline Tid tid_none(void)
{
    return tid_make(BLOCK_NONE, 0);
}

#endif

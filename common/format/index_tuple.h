/*
 * index_tuple.h - the header of an index tuple, which all access methods but SP-GiST and BRIN use
 *
 * The access method decides what the TID means. Data begins at 8, or at 16 when a null bitmap is
 * between.
 *
 * Source: access/itup.h of PostgreSQL 15.
 */
#ifndef FORMAT_INDEX_TUPLE_H
#define FORMAT_INDEX_TUPLE_H

#include "common/base/base.h"

#include "common/format/tid.h"

#define INDEX_TUPLE_HEADER_SIZE 8

#define INDEX_SIZE_MASK         0x1FFF /* bits of info: the tuple's length in bytes */
#define INDEX_AM_RESERVED       0x2000
#define INDEX_HAS_VAR           0x4000
#define INDEX_HAS_NULLS         0x8000

typedef struct IndexTuple {
    Tid tid;
    uint16_t info;
} IndexTuple;

STATIC_ASSERT(sizeof(IndexTuple) == INDEX_TUPLE_HEADER_SIZE);

static inline size_t index_tuple_size(const IndexTuple *tuple)
{
    return tuple->info & INDEX_SIZE_MASK;
}

static inline void index_tuple_set_size(IndexTuple *tuple, size_t size)
{
    tuple->info = (uint16_t)((tuple->info & ~(unsigned)INDEX_SIZE_MASK) | (size & INDEX_SIZE_MASK));
}

#endif

/*
 * heap_tuple.h - the header of a tuple on a heap page
 *
 * 23 bytes, then the null bitmap if there is one (a set bit is a value), padding, and at hoff, a
 * multiple of 8, the data.
 *
 * Source: access/htup_details.h of PostgreSQL 15.
 */
#ifndef FORMAT_HEAP_TUPLE_H
#define FORMAT_HEAP_TUPLE_H

#include "common/base/base.h"

#include "common/format/tid.h"

#define HEAP_TUPLE_HEADER_SIZE 23

typedef struct HeapTupleHeader {
    Xid xmin;
    Xid xmax; /* or a multixact id */
    Cid cid;  /* or the xid of an old-style VACUUM FULL */
    Tid ctid; /* of the next version; of the tuple itself in the newest */
    uint16_t infomask2;
    uint16_t infomask;
    uint8_t hoff;
    uint8_t bits; /* of the null bitmap, or padding: the first byte after the header */
} HeapTupleHeader;

STATIC_ASSERT(offsetof(HeapTupleHeader, bits) == HEAP_TUPLE_HEADER_SIZE);
STATIC_ASSERT(sizeof(HeapTupleHeader) == 24);

/* infomask */
#define HEAP_HAS_NULLS        0x0001
#define HEAP_HAS_VAR          0x0002 /* some column has no fixed length */
#define HEAP_HAS_EXTERNAL     0x0004 /* some value is stored out of line */
#define HEAP_XMAX_KEYSHR_LOCK 0x0010
#define HEAP_COMBO_CID        0x0020
#define HEAP_XMAX_EXCL_LOCK   0x0040
#define HEAP_XMAX_LOCK_ONLY   0x0080
#define HEAP_XMIN_COMMITTED   0x0100
#define HEAP_XMIN_INVALID     0x0200
#define HEAP_XMIN_FROZEN      0x0300
#define HEAP_XMAX_COMMITTED   0x0400
#define HEAP_XMAX_INVALID     0x0800
#define HEAP_XMAX_IS_MULTI    0x1000
#define HEAP_UPDATED          0x2000
#define HEAP_MOVED            0xC000 /* off or in, by a VACUUM FULL before 9.0 */

/* infomask2 */
#define HEAP_ATTR_COUNT_MASK 0x07FF
#define HEAP_KEYS_UPDATED    0x2000
#define HEAP_HOT_UPDATED     0x4000
#define HEAP_ONLY_TUPLE      0x8000

/* Line pointer numbers that mark a ctid as something else. */
#define HEAP_CTID_SPECULATIVE 0xFFFE /* the block number is a token */
#define HEAP_CTID_MOVED       0xFFFD /* the row went to another partition */

#define HEAP_XMAX_LOCK_MASK   (HEAP_XMAX_EXCL_LOCK | HEAP_XMAX_KEYSHR_LOCK)

/* True when xmax, if it is anything, only locks the tuple. */
static inline bool heap_xmax_is_lock_only(uint16_t infomask)
{
    return (infomask & HEAP_XMAX_LOCK_ONLY) != 0 ||
           (infomask & (HEAP_XMAX_IS_MULTI | HEAP_XMAX_LOCK_MASK)) == HEAP_XMAX_EXCL_LOCK;
}

static inline bool heap_xmin_is_frozen(uint16_t infomask)
{
    return (infomask & HEAP_XMIN_FROZEN) == HEAP_XMIN_FROZEN;
}

#endif

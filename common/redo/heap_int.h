/* heap_int.h - what heap.c and heap2.c share: tuples on a page, and what records say of them */
#ifndef REDO_HEAP_INT_H
#define REDO_HEAP_INT_H

#include "common/base/base.h"

#include "common/format/heap_tuple.h"
#include "common/redo/redo_int.h"

/* The parts of a tuple's header that records carry, and the bytes from the null bitmap on. */
typedef struct HeapNewTuple {
    uint16_t infomask2;
    uint16_t infomask;
    uint8_t hoff;
} HeapNewTuple;

/* The tuple of a normal line pointer, at least a header long; *len (may be NULL) is its length. */
HeapTupleHeader *heap_get_tuple(uint8_t *page, OffsetNo offnum, size_t *len);

/*
 * Room for a tuple of len bytes at a free line pointer, its header filled in: xmin is the record's
 * xid, xmax 0, and it points to itself.
 */
HeapTupleHeader *heap_add_tuple(const RedoBlock *b, const HeapNewTuple *new_tuple, size_t len,
                                OffsetNo offnum);

/*
 * Say of a new xmax what a record carries in one byte. All that the tuple said of an earlier one
 * goes, hints too.
 */
void heap_set_infobits(HeapTupleHeader *tuple, unsigned infobits);

/* Begin with an empty page when the record says so; that bit and the reference must agree. */
void heap_begin_page(const RedoBlock *b);

/* Say of the page what the flags of an insert or multi-insert say. */
void heap_set_page_flags(uint8_t *page, unsigned insert_flags);

#define HEAP_OP_MASK                0x70

#define HEAP_INSERT_CLEARED_VISIBLE 0x01
#define HEAP_INSERT_SET_FROZEN      0x20
#define HEAP_LOCK_CLEARED_FROZEN    0x01

#endif

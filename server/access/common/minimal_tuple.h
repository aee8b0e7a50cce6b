/*
 * minimal_tuple.h - a row without a place: what stores, sorts and hash tables keep
 *
 * It is a heap tuple whose fields of transactions and place are left out: what begins at infomask2
 * lies as in a heap tuple that would begin 8 bytes before. So all that takes heap tuples apart
 * reads it by way of minimal_view(). What goes to temporary files are these bytes; len counts them.
 */
#ifndef COMMON_MINIMAL_TUPLE_H
#define COMMON_MINIMAL_TUPLE_H

#include "common/base/base.h"

#include "server/access/common/heap_form.h"

#define MINIMAL_SKIP 8 /* bytes of a heap tuple that are not there */

typedef struct MinimalTuple {
    uint32_t len;
    uint32_t hash; /* for who keeps it: 0 at first, as the next */
    uint16_t flags;
    uint16_t infomask2;
    uint16_t infomask;
    uint8_t hoff; /* counted as in a heap tuple */
    uint8_t bits;
} MinimalTuple;

STATIC_ASSERT(sizeof(MinimalTuple) == 16);

/* Bytes of a tuple of those values, a multiple of 8. Raises 54000 for what no tuple can hold. */
size_t minimal_size(const TupleDesc *desc, const Datum *values, const bool *nulls);

/* Write it into memory of minimal_size() bytes, aligned to 8; what was there does not matter. */
void minimal_fill(const TupleDesc *desc, const Datum *values, const bool *nulls, void *out,
                  size_t size);

/* In the current context. */
MinimalTuple *minimal_form(const TupleDesc *desc, const Datum *values, const bool *nulls);

/* The row of a heap tuple: its size, and the bytes. */
size_t minimal_size_of_heap(const HeapTuple *tuple);
void minimal_fill_of_heap(const HeapTuple *tuple, void *out, size_t size);

/* A heap tuple to be read, not to be asked for system columns. */
static inline void minimal_view(const MinimalTuple *tuple, HeapTuple *view)
{
    view->len = tuple->len + MINIMAL_SKIP;
    view->self = tid_none();
    view->table = 0;
    view->bytes = (uint8_t *)(uintptr_t)tuple - MINIMAL_SKIP;
}

#endif

/* minimal_tuple.c - rows without a place; minimal_tuple.h has how they lie. */
#include "common/base/base.h"

#include "server/access/common/minimal_tuple.h"

#include <string.h>

#include "common/err/err.h"
#include "common/format/heap_tuple.h"
#include "common/mem/mem.h"
#include "server/access/common/common_int.h"

#define TUPLE_ALIGN 8

STATIC_ASSERT(offsetof(MinimalTuple, infomask2) + MINIMAL_SKIP ==
              offsetof(HeapTupleHeader, infomask2));
STATIC_ASSERT(offsetof(MinimalTuple, bits) + MINIMAL_SKIP == offsetof(HeapTupleHeader, bits));

static bool has_null(const bool *nulls, unsigned count)
{
    return count > 0 && memchr(nulls, true, count) != NULL;
}

/* As in a heap tuple. */
static size_t header_size(unsigned column_count, bool has_nulls)
{
    size_t size = HEAP_TUPLE_HEADER_SIZE + (has_nulls ? (column_count + 7) / 8 : 0);

    return size_align_up(size, TUPLE_ALIGN);
}

static size_t checked_size(size_t size)
{
    if (UNLIKELY(size > VARLENA_SIZE_MAX))
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = err_fmt("row of %zu bytes is too long", size));
    return size_align_up(size, TUPLE_ALIGN);
}

size_t minimal_size(const TupleDesc *desc, const Datum *values, const bool *nulls)
{
    size_t head = header_size(desc->count, has_null(nulls, desc->count)) - MINIMAL_SKIP;

    return checked_size(head + tuple_data_size(desc, values, nulls));
}

void minimal_fill(const TupleDesc *desc, const Datum *values, const bool *nulls, void *out,
                  size_t size)
{
    MinimalTuple *tuple = memset(out, 0, size);
    bool with_bitmap = has_null(nulls, desc->count);
    TupleFill fill;

    tuple->len = (uint32_t)size;
    tuple->hoff = (uint8_t)header_size(desc->count, with_bitmap);
    fill = tuple_data_fill(desc, values, nulls, (uint8_t *)tuple + (tuple->hoff - MINIMAL_SKIP),
                           with_bitmap ? (uint8_t *)tuple + offsetof(MinimalTuple, bits) : NULL);
    tuple->infomask2 = desc->count;
    tuple->infomask =
        (uint16_t)((fill.has_nulls ? HEAP_HAS_NULLS : 0) | (fill.has_var ? HEAP_HAS_VAR : 0) |
                   (fill.has_external ? HEAP_HAS_EXTERNAL : 0));
}

MinimalTuple *minimal_form(const TupleDesc *desc, const Datum *values, const bool *nulls)
{
    size_t size = minimal_size(desc, values, nulls);
    MinimalTuple *tuple = mem_alloc(size);

    minimal_fill(desc, values, nulls, tuple, size);
    return tuple;
}

size_t minimal_size_of_heap(const HeapTuple *tuple)
{
    return checked_size(tuple->len - MINIMAL_SKIP);
}

void minimal_fill_of_heap(const HeapTuple *tuple, void *out, size_t size)
{
    const HeapTupleHeader *header = (const HeapTupleHeader *)tuple->bytes;
    size_t len = tuple->len - MINIMAL_SKIP;
    MinimalTuple *copy = out;

    memcpy((uint8_t *)out + offsetof(MinimalTuple, infomask2), &header->infomask2,
           len - offsetof(MinimalTuple, infomask2));
    memset((uint8_t *)out + len, 0, size - len);
    copy->len = (uint32_t)size;
    copy->hash = 0;
    copy->flags = 0;
    copy->infomask2 &= HEAP_ATTR_COUNT_MASK;
    copy->infomask &= HEAP_HAS_NULLS | HEAP_HAS_VAR | HEAP_HAS_EXTERNAL;
}

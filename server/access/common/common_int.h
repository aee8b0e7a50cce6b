/*
 * common_int.h - the data part of tuples, which heap and index tuples share
 *
 * Data are the columns one after the other, each aligned as its type says, NULLs left out. A value
 * of variable length with a short header, or one that is stored out of line, is not aligned; so a
 * reader takes a zero byte where such a value should begin for padding.
 */
#ifndef COMMON_COMMON_INT_H
#define COMMON_COMMON_INT_H

#include "common/base/base.h"

#include "server/access/common/tuple_desc.h"
#include "server/fmgr/varlena.h"

/* Bytes of data that the values take. */
size_t tuple_data_size(const TupleDesc *desc, const Datum *values, const bool *nulls);

/* What tuple_data_fill() found. */
typedef struct TupleFill {
    bool has_nulls, has_var, has_external;
} TupleFill;

/*
 * Write the values to data, zeroed memory of tuple_data_size() bytes, and the null bitmap (zeroed
 * too; NULL when no value is NULL).
 */
TupleFill tuple_data_fill(const TupleDesc *desc, const Datum *values, const bool *nulls,
                          uint8_t *data, uint8_t *bitmap);

/* The data of a tuple that is taken apart. */
typedef struct TupleData {
    const uint8_t *bytes;
    uint32_t size;
    const uint8_t *bitmap; /* of NULLs, a set bit is a value; NULL: all are values */
} TupleData;

/* One column (from 0) that is not NULL; only what is before it is looked at. */
Datum tuple_data_get(TupleData data, const struct TupleLayout *layout, unsigned number);

static inline bool tuple_bitmap_is_null(const uint8_t *bitmap, unsigned column)
{
    return (bitmap[column >> 3] >> (column & 7) & 1) == 0;
}

_Noreturn void tuple_raise_overrun(unsigned column, size_t size);

/* The C string at *offset, which moves past it. */
const uint8_t *tuple_data_cstring(TupleData data, unsigned column, size_t *offset);

/* ---- Reading: the hottest loop there is, so all of it is inlined where tuples are opened ---- */

static ALWAYS_INLINE Datum tuple_data_fetch(const uint8_t *p, unsigned kind)
{
    switch (kind) {
    case COLUMN_BYTE:
        return datum_of_char((char)*p);
    case COLUMN_INT2:
        return datum_of_i16((int16_t)load_u16(p));
    case COLUMN_INT4:
        return datum_of_i32((int32_t)load_u32(p));
    case COLUMN_INT8:
        return load_u64(p);
    default:
        return datum_of_pointer(p);
    }
}

/* How many of the first count columns come before the first NULL. */
static ALWAYS_INLINE unsigned tuple_count_before_null(const uint8_t *bitmap, unsigned count)
{
    unsigned i;

    for (i = 0; i < count; i += 8) {
        uint8_t nulls = (uint8_t)~bitmap[i >> 3];

        if (nulls != 0)
            return (unsigned)size_min(count, i + (unsigned)__builtin_ctz(nulls));
    }
    return count;
}

/*
 * Find the value of variable length at *offset, which moves past it. The data are passed by value,
 * here and below: what is written meanwhile might else be taken for a change of them.
 */
static ALWAYS_INLINE const uint8_t *tuple_take_varlena(TupleData data, size_t align,
                                                       unsigned number, size_t *offset)
{
    size_t at = *offset, size;
    unsigned first;

    if (UNLIKELY(at >= data.size))
        tuple_raise_overrun(number, data.size);
    first = data.bytes[at];
    if (LIKELY((first & 1) != 0 && first != 0x01)) {
        size = first >> 1;
    } else if (first == 0x01) {
        if (data.size - at < 2)
            tuple_raise_overrun(number, data.size);
        size = varlena_external_size(data.bytes + at);
    } else {
        if (first == 0)
            at = size_align_up(at, align);
        if (UNLIKELY(at + VARLENA_HEADER > data.size))
            tuple_raise_overrun(number, data.size);
        size = load_u32(data.bytes + at) >> 2;
        if (UNLIKELY(size < VARLENA_HEADER))
            tuple_raise_overrun(number, data.size);
    }
    *offset = at + size;
    if (UNLIKELY(*offset > data.size))
        tuple_raise_overrun(number, data.size);
    return data.bytes + at;
}

static ALWAYS_INLINE Datum tuple_data_take(TupleData data, const ColumnLayout *column,
                                           unsigned number, size_t *offset)
{
    unsigned kind = column->kind;
    size_t at;

    if (kind == COLUMN_VARLENA)
        return datum_of_pointer(tuple_take_varlena(data, column->align, number, offset));
    if (UNLIKELY(kind == COLUMN_CSTRING))
        return datum_of_pointer(tuple_data_cstring(data, number, offset));
    at = size_align_up(*offset, column->align);
    *offset = at + (size_t)column->len;
    if (UNLIKELY(*offset > data.size))
        tuple_raise_overrun(number, data.size);
    return tuple_data_fetch(data.bytes + at, kind);
}

/*
 * Columns from done up to until (counted from 0, not until itself), going on at start; returns
 * where the next one goes on. Raises XX001 when a value runs over the end.
 *
 * Leading columns of fixed length lie where the layout says, as far as no NULL is before them: one
 * check of the end serves them all, and none waits for the column before it. From the first other
 * column on, each is found behind the one before.
 */
static ALWAYS_INLINE uint32_t tuple_data_read(TupleData data, const struct TupleLayout *layout,
                                              Datum *values, bool *nulls, unsigned done,
                                              unsigned until, uint32_t start)
{
    unsigned fixed = (unsigned)size_min(layout->fixed_count, until), i = done;
    size_t offset = start;

    if (data.bitmap != NULL)
        fixed = tuple_count_before_null(data.bitmap, fixed);
    if (i < fixed) {
        const ColumnLayout *last = &layout->columns[fixed - 1];

        offset = (size_t)last->fixed_offset + (size_t)last->len;
        if (UNLIKELY(offset > data.size))
            tuple_raise_overrun(fixed - 1, data.size);
        for (; i < fixed; i++) {
            const ColumnLayout *column = &layout->columns[i];

            nulls[i] = false;
            values[i] = tuple_data_fetch(data.bytes + column->fixed_offset, column->kind);
        }
    }
    if (data.bitmap == NULL) {
        for (; i < until; i++) {
            nulls[i] = false;
            values[i] = tuple_data_take(data, &layout->columns[i], i, &offset);
        }
        return (uint32_t)offset;
    }
    for (; i < until; i++) {
        nulls[i] = tuple_bitmap_is_null(data.bitmap, i);
        values[i] = nulls[i] ? 0 : tuple_data_take(data, &layout->columns[i], i, &offset);
    }
    return (uint32_t)offset;
}

#endif

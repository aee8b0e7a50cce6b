/*
 * tuple_data.c - the data part of tuples; common_int.h says how it lies
 *
 * Reading is the hottest loop there is. Leading columns of fixed length lie where the layout says,
 * as far as no NULL is before them: one check of the end serves them all, and none waits for the
 * column before it. From the first other column on, each is found behind the one before.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "server/access/common/common_int.h"
#include "server/fmgr/varlena.h"

/* ---- Writing ---- */

static inline size_t varlena_start(const uint8_t *v, const ColumnLayout *column, size_t offset)
{
    if (varlena_is_external(v) || varlena_is_short(v))
        return offset;
    return size_align_up(offset, column->align);
}

size_t tuple_data_size(const TupleDesc *desc, const Datum *values, const bool *nulls)
{
    const struct TupleLayout *layout = tuple_desc_layout(desc);
    size_t size = 0;

    for (unsigned i = 0; i < desc->count; i++) {
        const ColumnLayout *column = &layout->columns[i];
        const uint8_t *v;

        if (nulls[i])
            continue;
        switch (column->kind) {
        case COLUMN_VARLENA:
            v = datum_varlena(values[i]);
            if (column->can_be_short && varlena_can_be_short(v))
                size += varlena_len(v) + VARLENA_SHORT_HEADER;
            else
                size = varlena_start(v, column, size) + varlena_size(v);
            break;
        case COLUMN_CSTRING:
            size += strlen(datum_pointer(values[i])) + 1;
            break;
        default:
            size = size_align_up(size, column->align) + (size_t)column->len;
        }
    }
    return size;
}

/* Returns the end of the value at out. */
static uint8_t *fill_varlena(const uint8_t *v, const ColumnLayout *column, uint8_t *data,
                             size_t offset, TupleFill *fill)
{
    size_t size;

    if (column->can_be_short && varlena_can_be_short(v)) {
        size = varlena_len(v) + VARLENA_SHORT_HEADER;
        varlena_set_size_short(data + offset, size);
        memcpy(data + offset + VARLENA_SHORT_HEADER, varlena_bytes(v), size - VARLENA_SHORT_HEADER);
        return data + offset + size;
    }
    if (varlena_is_external(v))
        fill->has_external = true;
    offset = varlena_start(v, column, offset);
    size = varlena_size(v);
    memcpy(data + offset, v, size);
    return data + offset + size;
}

TupleFill tuple_data_fill(const TupleDesc *desc, const Datum *values, const bool *nulls,
                          uint8_t *data, uint8_t *bitmap)
{
    const struct TupleLayout *layout = tuple_desc_layout(desc);
    TupleFill fill = {.has_nulls = false};
    uint8_t *out = data;

    for (unsigned i = 0; i < desc->count; i++) {
        const ColumnLayout *column = &layout->columns[i];
        size_t size = (size_t)column->len;

        if (nulls[i]) {
            fill.has_nulls = true;
            continue;
        }
        if (bitmap != NULL)
            bitmap[i >> 3] = (uint8_t)(bitmap[i >> 3] | 1U << (i & 7));
        if (column->kind == COLUMN_VARLENA) {
            fill.has_var = true;
            out = fill_varlena(datum_varlena(values[i]), column, data, (size_t)(out - data), &fill);
            continue;
        }
        out = data + size_align_up((size_t)(out - data), column->align);
        switch (column->kind) {
        case COLUMN_BYTE:
            *out = (uint8_t)values[i];
            break;
        case COLUMN_INT2:
            store_u16(out, (uint16_t)values[i]);
            break;
        case COLUMN_INT4:
            store_u32(out, (uint32_t)values[i]);
            break;
        case COLUMN_INT8:
            store_u64(out, values[i]);
            break;
        case COLUMN_CSTRING:
            fill.has_var = true;
            size = strlen(datum_pointer(values[i])) + 1;
            memcpy(out, datum_pointer(values[i]), size);
            break;
        default:
            memcpy(out, datum_pointer(values[i]), size);
        }
        out += size;
    }
    return fill;
}

/* ---- Reading ---- */

_Noreturn static NOINLINE void raise_overrun(unsigned column, uint32_t size)
{
    err_raise(SQLSTATE_DATA_CORRUPTED,
              .message = err_fmt("tuple is damaged: column %u runs over the end of its %u bytes",
                                 column + 1, size));
}

static ALWAYS_INLINE Datum fetch_fixed(const uint8_t *p, unsigned kind)
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
static inline unsigned count_before_null(const uint8_t *bitmap, unsigned count)
{
    unsigned i;

    for (i = 0; i < count; i += 8) {
        uint8_t nulls = (uint8_t)~bitmap[i >> 3];

        if (nulls != 0)
            return (unsigned)size_min(count, i + (unsigned)__builtin_ctz(nulls));
    }
    return count;
}

/* Find the value of variable length at *offset, which moves past it. */
static ALWAYS_INLINE const uint8_t *take_varlena(const TupleData *data, const ColumnLayout *column,
                                                 unsigned number, uint32_t *offset)
{
    uint32_t at = *offset, size;
    const uint8_t *v = data->bytes + at;

    if (UNLIKELY(at >= data->size))
        raise_overrun(number, data->size);
    if ((*v & 1) != 0) {
        if (LIKELY(*v != 0x01)) {
            size = *v >> 1;
        } else {
            if (data->size - at < 2)
                raise_overrun(number, data->size);
            size = (uint32_t)varlena_external_size(v);
        }
    } else {
        if (*v == 0)
            at = (uint32_t)size_align_up(at, column->align);
        if (UNLIKELY(at + VARLENA_HEADER > data->size))
            raise_overrun(number, data->size);
        v = data->bytes + at;
        size = load_u32(v) >> 2;
        if (UNLIKELY(size < VARLENA_HEADER))
            raise_overrun(number, data->size);
    }
    if (UNLIKELY(size > data->size - at))
        raise_overrun(number, data->size);
    *offset = at + size;
    return v;
}

static const uint8_t *take_cstring(const TupleData *data, unsigned number, uint32_t *offset)
{
    const uint8_t *s = data->bytes + *offset, *nul;

    nul = *offset < data->size ? memchr(s, 0, data->size - *offset) : NULL;
    if (nul == NULL)
        raise_overrun(number, data->size);
    *offset += (uint32_t)(nul - s) + 1;
    return s;
}

static ALWAYS_INLINE Datum take_value(const TupleData *data, const ColumnLayout *column,
                                      unsigned number, uint32_t *offset)
{
    uint32_t at;

    if (column->kind == COLUMN_VARLENA)
        return datum_of_pointer(take_varlena(data, column, number, offset));
    if (UNLIKELY(column->kind == COLUMN_CSTRING))
        return datum_of_pointer(take_cstring(data, number, offset));
    at = (uint32_t)size_align_up(*offset, column->align);
    *offset = at + (uint32_t)column->len;
    if (UNLIKELY(*offset > data->size))
        raise_overrun(number, data->size);
    return fetch_fixed(data->bytes + at, column->kind);
}

uint32_t tuple_data_read(const TupleData *data, const struct TupleLayout *layout, Datum *values,
                         bool *nulls, unsigned done, unsigned until, uint32_t offset)
{
    unsigned fixed = (unsigned)size_min(layout->fixed_count, until), i = done;

    if (data->bitmap != NULL)
        fixed = count_before_null(data->bitmap, fixed);
    if (i < fixed) {
        const ColumnLayout *last = &layout->columns[fixed - 1];

        offset = (uint32_t)(last->fixed_offset + last->len);
        if (UNLIKELY(offset > data->size))
            raise_overrun(fixed - 1, data->size);
        memset(nulls + i, 0, fixed - i);
        for (; i < fixed; i++) {
            const ColumnLayout *column = &layout->columns[i];

            values[i] = fetch_fixed(data->bytes + column->fixed_offset, column->kind);
        }
    }
    if (data->bitmap == NULL) {
        if (i < until)
            memset(nulls + i, 0, until - i);
        for (; i < until; i++)
            values[i] = take_value(data, &layout->columns[i], i, &offset);
        return offset;
    }
    for (; i < until; i++) {
        nulls[i] = tuple_bitmap_is_null(data->bitmap, i);
        values[i] = nulls[i] ? 0 : take_value(data, &layout->columns[i], i, &offset);
    }
    return offset;
}

Datum tuple_data_get(const TupleData *data, const struct TupleLayout *layout, unsigned number)
{
    unsigned i = (unsigned)size_min(layout->fixed_count, number + 1);
    uint32_t offset = 0;

    if (data->bitmap != NULL)
        i = count_before_null(data->bitmap, i);
    if (i > 0) {
        const ColumnLayout *last = &layout->columns[i - 1];

        offset = (uint32_t)(last->fixed_offset + last->len);
        if (UNLIKELY(offset > data->size))
            raise_overrun(i - 1, data->size);
        if (i > number)
            return fetch_fixed(data->bytes + last->fixed_offset, last->kind);
    }
    for (; i < number; i++) {
        if (data->bitmap == NULL || !tuple_bitmap_is_null(data->bitmap, i))
            take_value(data, &layout->columns[i], i, &offset);
    }
    return take_value(data, &layout->columns[number], number, &offset);
}

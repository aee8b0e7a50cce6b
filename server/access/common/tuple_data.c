/*
 * tuple_data.c - the data part of tuples; common_int.h says how it lies
 *
 * The loop that reads is in the header, to be part of the functions that take whole tuples apart.
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

void tuple_raise_overrun(unsigned column, size_t size)
{
    err_raise(SQLSTATE_DATA_CORRUPTED,
              .message = err_fmt("tuple is damaged: column %u runs over the end of its %zu bytes",
                                 column + 1, size));
}

const uint8_t *tuple_data_cstring(TupleData data, unsigned column, size_t *offset)
{
    const uint8_t *s = data.bytes + *offset, *nul;

    nul = *offset < data.size ? memchr(s, 0, data.size - *offset) : NULL;
    if (nul == NULL)
        tuple_raise_overrun(column, data.size);
    *offset += (size_t)(nul - s) + 1;
    return s;
}

Datum tuple_data_get(TupleData data, const struct TupleLayout *layout, unsigned number)
{
    unsigned i = (unsigned)size_min(layout->fixed_count, number + 1);
    size_t offset = 0;

    if (data.bitmap != NULL)
        i = tuple_count_before_null(data.bitmap, i);
    if (i > 0) {
        const ColumnLayout *last = &layout->columns[i - 1];

        offset = (size_t)last->fixed_offset + (size_t)last->len;
        if (UNLIKELY(offset > data.size))
            tuple_raise_overrun(i - 1, data.size);
        if (i > number)
            return tuple_data_fetch(data.bytes + last->fixed_offset, last->kind);
    }
    for (; i < number; i++) {
        if (data.bitmap == NULL || !tuple_bitmap_is_null(data.bitmap, i))
            tuple_data_take(data, &layout->columns[i], i, &offset);
    }
    return tuple_data_take(data, &layout->columns[number], number, &offset);
}

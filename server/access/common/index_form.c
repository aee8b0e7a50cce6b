/*
 * index_form.c - index tuples from values, and back; common/format/index_tuple.h has the header
 *
 * The null bitmap has room for all columns that an index can have, whatever this one has.
 */
#include "common/base/base.h"

#include "server/access/common/index_form.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/common_int.h"
#include "server/fmgr/varlena.h"

#define TUPLE_ALIGN     8
#define BITMAP_SIZE     (INDEX_COLUMNS_MAX / 8)
#define COMPRESS_TARGET 510 /* total size of a value from which on it is compressed */

typedef struct IndexValues {
    Datum values[INDEX_COLUMNS_MAX];
    bool is_own[INDEX_COLUMNS_MAX]; /* was made here, to be given back */
} IndexValues;

static void prepare_values(const TupleDesc *desc, const Datum *values, const bool *nulls,
                           IndexValues *out);
static size_t data_start(bool has_nulls);
static TupleData open_data(const IndexTuple *tuple);

IndexTuple *index_form(const TupleDesc *desc, const Datum *values, const bool *nulls)
{
    IndexValues prepared;
    size_t start, size;
    bool has_nulls;
    IndexTuple *tuple;
    TupleFill fill;

    if (desc->count > INDEX_COLUMNS_MAX)
        err_raise(SQLSTATE_TOO_MANY_COLUMNS,
                  .message = err_fmt("number of index columns (%u) exceeds limit (%d)", desc->count,
                                     INDEX_COLUMNS_MAX));
    prepare_values(desc, values, nulls, &prepared);
    has_nulls = memchr(nulls, true, desc->count) != NULL;
    start = data_start(has_nulls);
    size = start + tuple_data_size(desc, prepared.values, nulls);
    size = size_align_up(size, TUPLE_ALIGN);
    if (size > INDEX_SIZE_MASK)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = err_fmt("index row requires %zu bytes, maximum size is %d", size,
                                     INDEX_SIZE_MASK));

    tuple = mem_alloc(size);
    fill = tuple_data_fill(desc, prepared.values, nulls, (uint8_t *)tuple + start,
                           has_nulls ? (uint8_t *)tuple + INDEX_TUPLE_HEADER_SIZE : NULL);
    tuple->info = (uint16_t)(size | (fill.has_nulls ? INDEX_HAS_NULLS : 0) |
                             (fill.has_var ? INDEX_HAS_VAR : 0));
    for (unsigned i = 0; i < desc->count; i++) {
        if (prepared.is_own[i])
            mem_free(datum_pointer(prepared.values[i]));
    }
    return tuple;
}

void index_deform(const IndexTuple *tuple, const TupleDesc *desc, Datum *values, bool *nulls)
{
    TupleData data = open_data(tuple);

    tuple_data_read(data, tuple_desc_layout(desc), values, nulls, 0, desc->count, 0);
}

Datum index_get(const IndexTuple *tuple, unsigned number, const TupleDesc *desc, bool *is_null)
{
    TupleData data = open_data(tuple);

    ASSERT(number >= 1 && number <= desc->count);
    *is_null = data.bitmap != NULL && tuple_bitmap_is_null(data.bitmap, number - 1);
    return *is_null ? 0 : tuple_data_get(data, tuple_desc_layout(desc), number - 1);
}

IndexTuple *index_truncate(const IndexTuple *tuple, const TupleDesc *desc, unsigned count)
{
    Datum values[INDEX_COLUMNS_MAX];
    bool nulls[INDEX_COLUMNS_MAX];
    TupleData data = open_data(tuple);
    TupleDesc *kept;
    IndexTuple *out;

    ASSERT(count <= desc->count);
    if (count == desc->count)
        return index_copy(tuple);
    kept = tuple_desc_new(count);
    memcpy(kept->columns, desc->columns, count * sizeof(Column));
    tuple_data_read(data, tuple_desc_layout(desc), values, nulls, 0, count, 0);
    out = index_form(kept, values, nulls);
    out->tid = tuple->tid;
    mem_free(kept->layout);
    mem_free(kept);
    return out;
}

IndexTuple *index_copy(const IndexTuple *tuple)
{
    return mem_dup(tuple, index_tuple_size(tuple));
}

/* What cannot stay as it is: nothing in an index lies elsewhere, and long values are compressed. */
static void prepare_values(const TupleDesc *desc, const Datum *values, const bool *nulls,
                           IndexValues *out)
{
    for (unsigned i = 0; i < desc->count; i++) {
        const Column *column = &desc->columns[i];
        const uint8_t *v;
        uint8_t *compressed;

        out->values[i] = values[i];
        out->is_own[i] = false;
        if (nulls[i] || column->len != -1)
            continue;
        v = varlena_fetched(datum_varlena(values[i]));
        out->values[i] = datum_of_pointer(v);
        out->is_own[i] = v != datum_varlena(values[i]);
        if (!varlena_is_plain(v) || varlena_size(v) <= COMPRESS_TARGET ||
            (column->storage != 'x' && column->storage != 'm'))
            continue;
        compressed = varlena_compress(v, column->compression == 'l' ? TOAST_LZ4 : TOAST_PGLZ);
        if (compressed == NULL)
            continue;
        if (out->is_own[i])
            mem_free(datum_pointer(out->values[i]));
        out->values[i] = datum_of_pointer(compressed);
        out->is_own[i] = true;
    }
}

static size_t data_start(bool has_nulls)
{
    return has_nulls ? size_align_up(INDEX_TUPLE_HEADER_SIZE + BITMAP_SIZE, TUPLE_ALIGN)
                     : INDEX_TUPLE_HEADER_SIZE;
}

static TupleData open_data(const IndexTuple *tuple)
{
    const uint8_t *bytes = (const uint8_t *)tuple;
    bool has_nulls = (tuple->info & INDEX_HAS_NULLS) != 0;
    size_t size = index_tuple_size(tuple), start = data_start(has_nulls);

    if (UNLIKELY(size < start))
        err_raise(SQLSTATE_INDEX_CORRUPTED,
                  .message = err_fmt("index tuple of %zu bytes is shorter than its header", size));
    return (TupleData){.bytes = bytes + start,
                       .size = (uint32_t)(size - start),
                       .bitmap = has_nulls ? bytes + INDEX_TUPLE_HEADER_SIZE : NULL};
}

/*
 * heap_form.c - heap tuples from values, and back; heap_form.h has the promises
 *
 * A tuple on a page may be damaged in any way, so that where its data begin is checked each time
 * before tuple_data.c walks over them.
 */
#include "common/base/base.h"

#include "server/access/common/heap_form.h"

#include <string.h>

#include "common/err/err.h"
#include "common/format/heap_tuple.h"
#include "common/mem/mem.h"
#include "server/access/common/common_int.h"
#include "server/fmgr/varlena.h"

#define TUPLE_ALIGN   8
#define TUPLE_MAX     ((size_t)VARLENA_SIZE_MAX)
#define AT_RECORD_MOD 4 /* of a composite value, in place of xmin, xmax, cid */
#define AT_RECORD_ROW 8

static size_t header_size(unsigned column_count, bool has_nulls);
static HeapTuple *new_tuple(size_t len);
static const HeapTupleHeader *header_of(const HeapTuple *tuple);
static TupleData open_data(const HeapTuple *tuple, unsigned *column_count);
static void fill_missing(const TupleDesc *desc, Datum *values, bool *nulls, unsigned from,
                         unsigned until);
static Datum get_missing(const TupleDesc *desc, unsigned column, bool *is_null);
static Datum get_system(const HeapTuple *tuple, int number);

/* ---- Writing ---- */

static bool has_null(const bool *nulls, unsigned count)
{
    return count > 0 && memchr(nulls, true, count) != NULL;
}

HeapTuple *heap_form(const TupleDesc *desc, const Datum *values, const bool *nulls)
{
    bool with_bitmap = has_null(nulls, desc->count);
    size_t hoff = header_size(desc->count, with_bitmap);
    HeapTuple *tuple = new_tuple(hoff + tuple_data_size(desc, values, nulls));
    HeapTupleHeader *header = (HeapTupleHeader *)tuple->bytes;
    TupleFill fill;

    header->ctid = tid_none();
    header->hoff = (uint8_t)hoff;
    fill = tuple_data_fill(desc, values, nulls, tuple->bytes + hoff,
                           with_bitmap ? &header->bits : NULL);
    header->infomask2 = desc->count;
    header->infomask =
        (uint16_t)((fill.has_nulls ? HEAP_HAS_NULLS : 0) | (fill.has_var ? HEAP_HAS_VAR : 0) |
                   (fill.has_external ? HEAP_HAS_EXTERNAL : 0));
    return tuple;
}

size_t heap_data_size(const TupleDesc *desc, const Datum *values, const bool *nulls)
{
    return tuple_data_size(desc, values, nulls);
}

HeapTuple *heap_modify(const HeapTuple *tuple, const TupleDesc *desc, const Datum *values,
                       const bool *nulls, const bool *replaces)
{
    Datum *new_values = mem_new_array(Datum, desc->count);
    bool *new_nulls = mem_new_array(bool, desc->count);
    HeapTuple *out;

    heap_deform(tuple, desc, new_values, new_nulls);
    for (unsigned i = 0; i < desc->count; i++) {
        if (replaces[i]) {
            new_values[i] = values[i];
            new_nulls[i] = nulls[i];
        }
    }
    out = heap_form(desc, new_values, new_nulls);
    mem_free(new_values);
    mem_free(new_nulls);
    out->self = tuple->self;
    out->table = tuple->table;
    ((HeapTupleHeader *)out->bytes)->ctid = header_of(tuple)->ctid;
    return out;
}

HeapTuple *heap_copy(const HeapTuple *tuple)
{
    HeapTuple *copy = new_tuple(tuple->len);

    copy->self = tuple->self;
    copy->table = tuple->table;
    memcpy(copy->bytes, tuple->bytes, tuple->len);
    return copy;
}

/* A composite value must stand on its own: nothing in it may lie in a TOAST table. */
static HeapTuple *fetch_externals(const HeapTuple *tuple, const TupleDesc *desc)
{
    Datum *values = mem_new_array(Datum, desc->count);
    bool *nulls = mem_new_array(bool, desc->count);
    HeapTuple *out;

    heap_deform(tuple, desc, values, nulls);
    for (unsigned i = 0; i < desc->count; i++) {
        if (!nulls[i] && desc->columns[i].len == -1 && varlena_is_toasted(datum_varlena(values[i])))
            values[i] = datum_of_pointer(varlena_packed(datum_varlena(values[i])));
    }
    out = heap_form(desc, values, nulls);
    mem_free(values);
    mem_free(nulls);
    return out;
}

Datum heap_to_record(const HeapTuple *tuple, const TupleDesc *desc)
{
    bool has_external = (header_of(tuple)->infomask & HEAP_HAS_EXTERNAL) != 0;
    HeapTuple *copy = has_external ? fetch_externals(tuple, desc) : heap_copy(tuple);

    varlena_set_size(copy->bytes, copy->len);
    store_u32(copy->bytes + AT_RECORD_MOD, (uint32_t)desc->row_type_mod);
    store_u32(copy->bytes + AT_RECORD_ROW, desc->row_type);
    return datum_of_pointer(copy->bytes);
}

HeapTuple heap_of_record(Datum record, Oid *row_type, int32_t *row_type_mod)
{
    const uint8_t *bytes = varlena_plain(datum_varlena(record));

    if (varlena_size(bytes) < sizeof(HeapTupleHeader))
        err_raise(SQLSTATE_DATA_CORRUPTED, .message = "row is damaged");
    *row_type = load_u32(bytes + AT_RECORD_ROW);
    *row_type_mod = (int32_t)load_u32(bytes + AT_RECORD_MOD);
    return (HeapTuple){.len = (uint32_t)varlena_size(bytes),
                       .self = tid_none(),
                       .bytes = (uint8_t *)(uintptr_t)bytes};
}

static size_t header_size(unsigned column_count, bool has_nulls)
{
    size_t size = HEAP_TUPLE_HEADER_SIZE + (has_nulls ? (column_count + 7) / 8 : 0);

    return size_align_up(size, TUPLE_ALIGN);
}

/* The struct and its bytes as one piece. */
static HeapTuple *new_tuple(size_t len)
{
    size_t head = size_align_up(sizeof(HeapTuple), TUPLE_ALIGN);
    HeapTuple *tuple;

    if (len > TUPLE_MAX)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = err_fmt("row of %zu bytes is too long", len));
    tuple = mem_alloc(head + len);
    tuple->len = (uint32_t)len;
    tuple->self = tid_none();
    tuple->bytes = (uint8_t *)tuple + head;
    return tuple;
}

/* ---- Reading ---- */

void heap_deform(const HeapTuple *tuple, const TupleDesc *desc, Datum *values, bool *nulls)
{
    unsigned done = 0;
    uint32_t offset = 0;

    heap_deform_some(tuple, desc, values, nulls, &done, desc->count, &offset);
}

void heap_deform_some(const HeapTuple *tuple, const TupleDesc *desc, Datum *values, bool *nulls,
                      unsigned *done, unsigned until, uint32_t *offset)
{
    const struct TupleLayout *layout = tuple_desc_layout(desc);
    unsigned column_count, there;
    TupleData data = open_data(tuple, &column_count);

    ASSERT(until <= desc->count);
    there = (unsigned)size_min(column_count, until);
    if (*done < there) {
        *offset = tuple_data_read(data, layout, values, nulls, *done, there, *offset);
        *done = there;
    }
    if (*done < until) {
        fill_missing(desc, values, nulls, *done, until);
        *done = until;
    }
}

Datum heap_get(const HeapTuple *tuple, int number, const TupleDesc *desc, bool *is_null)
{
    unsigned column_count, column = (unsigned)number - 1;
    TupleData data;

    *is_null = false;
    if (number <= 0)
        return get_system(tuple, number);
    ASSERT(number <= desc->count);
    data = open_data(tuple, &column_count);
    if (column >= column_count)
        return get_missing(desc, column, is_null);
    *is_null = data.bitmap != NULL && tuple_bitmap_is_null(data.bitmap, column);
    return *is_null ? 0 : tuple_data_get(data, tuple_desc_layout(desc), column);
}

bool heap_is_null(const HeapTuple *tuple, int number, const TupleDesc *desc)
{
    unsigned column_count, column = (unsigned)number - 1;
    TupleData data;
    bool is_null = false;

    if (number <= 0) {
        get_system(tuple, number);
        return false;
    }
    data = open_data(tuple, &column_count);
    if (column < column_count)
        return data.bitmap != NULL && tuple_bitmap_is_null(data.bitmap, column);
    get_missing(desc, column, &is_null);
    return is_null;
}

static const HeapTupleHeader *header_of(const HeapTuple *tuple)
{
    return (const HeapTupleHeader *)tuple->bytes;
}

_Noreturn static NOINLINE void raise_bad_header(const HeapTuple *tuple)
{
    unsigned hoff = tuple->len < HEAP_TUPLE_HEADER_SIZE ? 0 : header_of(tuple)->hoff;

    err_raise(SQLSTATE_DATA_CORRUPTED,
              .message = err_fmt("tuple (%u,%u) is damaged: its header of %u bytes does not fit "
                                 "its length of %u",
                                 tid_block(tuple->self), tuple->self.offset, hoff, tuple->len));
}

static ALWAYS_INLINE TupleData open_data(const HeapTuple *tuple, unsigned *column_count)
{
    const HeapTupleHeader *header = header_of(tuple);
    TupleData data = {.bitmap = NULL};
    unsigned hoff;

    if (UNLIKELY(tuple->len < HEAP_TUPLE_HEADER_SIZE))
        raise_bad_header(tuple);
    hoff = header->hoff;
    *column_count = header->infomask2 & HEAP_ATTR_COUNT_MASK;
    if (UNLIKELY(hoff < HEAP_TUPLE_HEADER_SIZE || hoff > tuple->len))
        raise_bad_header(tuple);
    if ((header->infomask & HEAP_HAS_NULLS) != 0) {
        data.bitmap = &header->bits;
        if (UNLIKELY(hoff - HEAP_TUPLE_HEADER_SIZE < (*column_count + 7) / 8))
            raise_bad_header(tuple);
    }
    data.bytes = tuple->bytes + hoff;
    data.size = tuple->len - hoff;
    return data;
}

/* Columns that were added after the tuple was made. */
static NOINLINE void fill_missing(const TupleDesc *desc, Datum *values, bool *nulls, unsigned from,
                                  unsigned until)
{
    for (unsigned i = from; i < until; i++)
        values[i] = get_missing(desc, i, &nulls[i]);
}

static Datum get_missing(const TupleDesc *desc, unsigned column, bool *is_null)
{
    const struct TupleExtra *extra = desc->extra;

    *is_null = true;
    if (extra == NULL || extra->missing == NULL || !desc->columns[column].has_missing)
        return 0;
    *is_null = extra->missing[column].is_null;
    return *is_null ? 0 : extra->missing[column].value;
}

static Datum get_system(const HeapTuple *tuple, int number)
{
    const HeapTupleHeader *header = header_of(tuple);

    switch (number) {
    case HEAP_COLUMN_TID:
        return datum_of_pointer(&tuple->self);
    case HEAP_COLUMN_XMIN:
        return datum_of_u32(header->xmin);
    case HEAP_COLUMN_XMAX:
        return datum_of_u32(header->xmax);
    case HEAP_COLUMN_CMIN:
    case HEAP_COLUMN_CMAX:
        return datum_of_u32(header->cid);
    case HEAP_COLUMN_TABLE:
        return datum_of_u32(tuple->table);
    default:
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("there is no system column %d", number));
    }
}

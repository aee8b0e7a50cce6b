/* array_value.c - arrays as values; array_value.h has how they lie. */
#include "common/base/base.h"

#include "server/fmgr/array_value.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/fmgr/datum_image.h"
#include "server/fmgr/varlena.h"

#define AT_DIMENSIONS 4
#define AT_DATA       8
#define AT_TYPE       12
#define AT_SIZES      16
#define DATA_ALIGN    8

_Noreturn static void raise_damaged(void)
{
    err_raise(SQLSTATE_DATA_CORRUPTED, .message = "array is damaged");
}

size_t array_item_count(unsigned dimensions, const int32_t *sizes)
{
    size_t count = dimensions == 0 ? 0 : 1;

    for (unsigned i = 0; i < dimensions; i++) {
        /* A negative one is a large one to PostgreSQL, too. */
        count *= (size_t)(uint32_t)sizes[i];
        if (sizes[i] < 0 || count > ARRAY_ITEMS_MAX)
            err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                      .message = err_fmt("array size exceeds the maximum allowed (%d)",
                                         (int)ARRAY_ITEMS_MAX));
    }
    return count;
}

void array_open(const uint8_t *plain, ArrayView *out)
{
    size_t size = varlena_size(plain), head, start;
    uint32_t data;

    if (size < AT_SIZES || load_u32(plain + AT_DIMENSIONS) > ARRAY_DIMENSIONS_MAX)
        raise_damaged();
    *out = (ArrayView){.dimensions = load_u32(plain + AT_DIMENSIONS),
                       .element_type = load_u32(plain + AT_TYPE)};
    head = AT_SIZES + out->dimensions * 2 * sizeof(int32_t);
    if (size < head)
        raise_damaged();
    for (unsigned i = 0; i < out->dimensions; i++) {
        out->sizes[i] = (int32_t)load_u32(plain + AT_SIZES + i * 4);
        out->lower[i] = (int32_t)load_u32(plain + AT_SIZES + (out->dimensions + i) * 4);
    }
    out->count = array_item_count(out->dimensions, out->sizes);
    data = load_u32(plain + AT_DATA);
    start = data != 0 ? data : size_align_up(head, DATA_ALIGN);
    if (out->count > 0 && (start > size || start < head))
        raise_damaged();
    if (data != 0) {
        if (out->count > 0 && start - head < (out->count + 7) / 8)
            raise_damaged();
        out->bitmap = plain + head;
    }
    out->items = plain + size_min(start, size);
    out->end = plain + size;
}

void array_walk_begin(ArrayWalk *walk, const ArrayView *array, const ArrayElement *element)
{
    *walk = (ArrayWalk){.array = array, .element = *element, .at = array->items};
}

static size_t align_of(char align)
{
    return align == 'd' ? 8 : align == 'i' ? 4 : align == 's' ? 2 : 1;
}

Datum array_element_at(const uint8_t *at, const ArrayElement *e)
{
    if (!e->by_value)
        return datum_of_pointer(at);
    switch (e->len) {
    case 1:
        return datum_of_char((char)*at);
    case 2:
        return datum_of_i16((int16_t)load_u16(at));
    case 4:
        return datum_of_i32((int32_t)load_u32(at));
    default:
        return load_u64(at);
    }
}

/* Elements begin at a multiple of 8 from the array's start, which is aligned so itself. */
static const uint8_t *align_item(const uint8_t *start, const uint8_t *at, const ArrayElement *e)
{
    if (e->len == -1 && at[0] != 0)
        return at; /* a short header, or one that is aligned already */
    return start + size_align_up((size_t)(at - start), align_of(e->align));
}

bool array_walk_next(ArrayWalk *walk, Datum *value, bool *is_null)
{
    const ArrayView *a = walk->array;
    const ArrayElement *e = &walk->element;
    size_t room, size;

    if (walk->next >= a->count)
        return false;
    *is_null = a->bitmap != NULL && (a->bitmap[walk->next >> 3] >> (walk->next & 7) & 1) == 0;
    walk->next++;
    *value = 0;
    if (*is_null)
        return true;
    if (walk->at >= a->end)
        raise_damaged();
    walk->at = align_item(a->items, walk->at, e);
    room = walk->at < a->end ? (size_t)(a->end - walk->at) : 0;
    if (e->len > 0) {
        size = (size_t)e->len;
    } else if (e->len == -2) {
        size = strnlen((const char *)walk->at, room) + 1;
    } else {
        if (room < 1 || ((walk->at[0] & 1) == 0 && room < 4) || (walk->at[0] == 1 && room < 2))
            raise_damaged();
        size = varlena_size(walk->at);
    }
    if (size > room)
        raise_damaged();
    *value = array_element_at(walk->at, e);
    walk->at += size;
    return true;
}

void array_take_apart(const ArrayView *array, const ArrayElement *element, Datum **values,
                      bool **nulls)
{
    ArrayWalk walk;
    size_t room = array->count > 0 ? array->count : 1;

    *values = mem_new_array(Datum, room);
    *nulls = mem_new_array(bool, room);
    array_walk_begin(&walk, array, element);
    for (size_t i = 0; array_walk_next(&walk, &(*values)[i], &(*nulls)[i]); i++)
        ;
}

/* ---- Making ---- */

/*
 * Values of variable length are stored plain, whatever form they come in, and the end of each
 * element is aligned as its begin is: arrays with equal elements have equal bytes.
 */
static size_t stored_size(Datum value, const ArrayElement *e)
{
    const uint8_t *v = datum_pointer(value);

    if (e->len > 0)
        return (size_t)e->len;
    return e->len == -1 ? varlena_raw_size(v) : strlen(datum_pointer(value)) + 1;
}

static void store_varlena(uint8_t *to, const uint8_t *v, size_t size)
{
    if (varlena_is_toasted(v))
        v = varlena_plain(v);
    varlena_set_size(to, size);
    memcpy(to + VARLENA_HEADER, varlena_bytes(v), size - VARLENA_HEADER);
}

static void store_item(uint8_t *to, Datum value, const ArrayElement *e, size_t size)
{
    if (!e->by_value) {
        if (e->len == -1)
            store_varlena(to, datum_varlena(value), size);
        else
            memcpy(to, datum_pointer(value), size);
        return;
    }
    switch (e->len) {
    case 1:
        *to = (uint8_t)value;
        break;
    case 2:
        store_u16(to, (uint16_t)value);
        break;
    case 4:
        store_u32(to, (uint32_t)value);
        break;
    default:
        store_u64(to, value);
    }
}

static size_t items_size(const ArrayElement *e, const Datum *values, const bool *nulls,
                         size_t count)
{
    size_t size = 0;

    for (size_t i = 0; i < count; i++) {
        if (nulls != NULL && nulls[i])
            continue;
        size += size_align_up(stored_size(values[i], e), align_of(e->align));
        if (size > VARLENA_SIZE_MAX)
            err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                      .message = err_fmt("array size exceeds the maximum allowed (%d)",
                                         VARLENA_SIZE_MAX));
    }
    return size;
}

static uint8_t *make_empty(const ArrayElement *element)
{
    uint8_t *array = mem_alloc(AT_SIZES);

    varlena_set_size(array, AT_SIZES);
    store_u32(array + AT_TYPE, element->type);
    return array;
}

uint8_t *array_make(const ArrayElement *element, const Datum *values, const bool *nulls,
                    unsigned dimensions, const int32_t *sizes, const int32_t *lower)
{
    size_t count = array_item_count(dimensions, sizes);
    bool has_nulls = nulls != NULL && count > 0 && memchr(nulls, true, count) != NULL;

    return array_make_with(element, values, nulls, dimensions, sizes, lower, has_nulls);
}

uint8_t *array_make_with(const ArrayElement *element, const Datum *values, const bool *nulls,
                         unsigned dimensions, const int32_t *sizes, const int32_t *lower,
                         bool has_nulls)
{
    size_t count = array_item_count(dimensions, sizes);
    size_t head = AT_SIZES + dimensions * 2 * sizeof(int32_t), data, size, at;
    uint8_t *array;

    if (count == 0)
        return make_empty(element);
    data = size_align_up(head + (has_nulls ? (count + 7) / 8 : 0), DATA_ALIGN);
    size = data + items_size(element, values, nulls, count);
    if (size > VARLENA_SIZE_MAX)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("invalid memory alloc request size %zu", size));
    at = data;
    array = mem_alloc(size);
    varlena_set_size(array, size);
    store_u32(array + AT_DIMENSIONS, dimensions);
    store_u32(array + AT_DATA, has_nulls ? (uint32_t)data : 0);
    store_u32(array + AT_TYPE, element->type);
    for (unsigned i = 0; i < dimensions; i++) {
        store_u32(array + AT_SIZES + i * 4, (uint32_t)sizes[i]);
        store_u32(array + AT_SIZES + (dimensions + i) * 4, (uint32_t)lower[i]);
    }
    for (size_t i = 0; i < count; i++) {
        size_t item_size;

        if (has_nulls && nulls[i])
            continue;
        if (has_nulls)
            array[head + (i >> 3)] = (uint8_t)(array[head + (i >> 3)] | 1U << (i & 7));
        item_size = stored_size(values[i], element);
        store_item(array + at, values[i], element, item_size);
        at += size_align_up(item_size, align_of(element->align));
    }
    return array;
}

uint8_t *array_make_list(const ArrayElement *element, const Datum *values, const bool *nulls,
                         size_t count)
{
    const int32_t size = (int32_t)count, lower = 1;

    if (count > ARRAY_ITEMS_MAX)
        array_item_count(2, (const int32_t[]){INT32_MAX, INT32_MAX});
    return array_make(element, values, nulls, 1, &size, &lower);
}

bool array_find(const ArrayView *array, const ArrayElement *element, const int32_t *subscripts,
                Datum *value, bool *is_null)
{
    size_t index = 0;
    ArrayWalk walk;

    if (array->dimensions == 0)
        return false;
    for (unsigned i = 0; i < array->dimensions; i++) {
        int64_t at = (int64_t)subscripts[i] - array->lower[i];

        if (at < 0 || at >= array->sizes[i])
            return false;
        index = index * (size_t)array->sizes[i] + (size_t)at;
    }
    array_walk_begin(&walk, array, element);
    if (element->len > 0 && array->bitmap == NULL) {
        size_t step = size_align_up((size_t)element->len, align_of(element->align));

        walk.next = index;
        walk.at += index * step;
        return array_walk_next(&walk, value, is_null);
    }
    for (size_t i = 0; i <= index; i++) {
        if (!array_walk_next(&walk, value, is_null))
            return false;
    }
    return true;
}

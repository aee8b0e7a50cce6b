/* array_slice.c - assignment to slices of arrays. */
#include "common/base/base.h"

#include "server/types/array_slice.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/types/array_int.h"

static _Noreturn void raise_subscript(const char *message, const char *detail)
{
    err_raise(SQLSTATE_ARRAY_SUBSCRIPT_ERROR, .message = message, .detail = detail);
}

static _Noreturn void raise_size(void)
{
    err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
              .message =
                  err_fmt("array size exceeds the maximum allowed (%d)", (int)ARRAY_ITEMS_MAX));
}

static void check_source(const ArrayView *source, size_t wanted)
{
    if (source->count < wanted)
        raise_subscript("source array too small", NULL);
}

/* The slice is all there is. */
static uint8_t *make_from_nothing(const ArrayElement *element, const ArraySlice *slice,
                                  const ArrayView *source)
{
    ArrayShape shape = {.dims = (int)slice->count};
    Datum *values;
    bool *nulls;

    for (unsigned i = 0; i < slice->count; i++) {
        if (!slice->lower_there[i] || !slice->upper_there[i])
            raise_subscript("array slice subscript must provide both boundaries",
                            "When assigning to a slice of an empty array value, slice boundaries "
                            "must be fully specified.");
        if (__builtin_sub_overflow(slice->upper[i], slice->lower[i], &shape.sizes[i]) ||
            __builtin_add_overflow(shape.sizes[i], 1, &shape.sizes[i]))
            raise_size();
        shape.lower[i] = slice->lower[i];
    }
    check_source(source, array_item_count(slice->count, shape.sizes));
    array_check_bounds(&shape);
    array_take_apart(source, element, &values, &nulls);
    return array_make(element, values, nulls, slice->count, shape.sizes, shape.lower);
}

/* Missing bounds filled in; the slice lies within the array, but that a list may grow. */
static void complete(const ArrayView *array, ArraySlice *slice)
{
    for (unsigned i = 0; i < array->dimensions; i++) {
        int32_t last = array->lower[i] + array->sizes[i] - 1;

        if (i >= slice->count || !slice->lower_there[i])
            slice->lower[i] = array->lower[i];
        if (i >= slice->count || !slice->upper_there[i])
            slice->upper[i] = last;
        if (slice->lower[i] > slice->upper[i])
            raise_subscript("upper bound cannot be less than lower bound", NULL);
        if (array->dimensions > 1 && (slice->lower[i] < array->lower[i] || slice->upper[i] > last))
            raise_subscript("array subscript out of range", NULL);
    }
    slice->count = array->dimensions;
}

static uint8_t *set_in_list(const ArrayView *array, const ArrayElement *element,
                            const ArraySlice *slice, const ArrayView *source)
{
    int64_t low = array->lower[0], high = low + array->sizes[0] - 1;
    int64_t new_low = slice->lower[0] < low ? slice->lower[0] : low;
    int64_t new_high = slice->upper[0] > high ? slice->upper[0] : high;
    size_t count = (size_t)(new_high - new_low + 1);
    size_t wanted = (size_t)((int64_t)slice->upper[0] - slice->lower[0] + 1);
    ArrayShape shape = {.dims = 1, .sizes = {(int32_t)count}, .lower = {(int32_t)new_low}};
    Datum *old, *values, *new_values;
    bool *old_nulls, *nulls, *new_nulls;

    if (count > ARRAY_ITEMS_MAX)
        raise_size();
    array_check_bounds(&shape);
    check_source(source, wanted);
    array_take_apart(array, element, &old, &old_nulls);
    array_take_apart(source, element, &values, &nulls);
    new_values = mem_new_array(Datum, count);
    new_nulls = mem_new_array(bool, count);
    memset(new_nulls, true, count);
    memcpy(new_values + (low - new_low), old, array->count * sizeof(Datum));
    memcpy(new_nulls + (low - new_low), old_nulls, array->count);
    memcpy(new_values + (slice->lower[0] - new_low), values, wanted * sizeof(Datum));
    memcpy(new_nulls + (slice->lower[0] - new_low), nulls, wanted);
    return array_make_with(element, new_values, new_nulls, 1, shape.sizes, shape.lower,
                           array->bitmap != NULL || source->bitmap != NULL ||
                               memchr(new_nulls, true, count) != NULL);
}

/* Row by row through the slice. */
static uint8_t *set_within(const ArrayView *array, const ArrayElement *element,
                           const ArraySlice *slice, const ArrayView *source)
{
    int32_t at[ARRAY_DIMENSIONS_MAX], sizes[ARRAY_DIMENSIONS_MAX];
    size_t wanted, next = 0;
    Datum *values, *new_values;
    bool *nulls, *new_nulls;

    for (unsigned i = 0; i < array->dimensions; i++) {
        sizes[i] = slice->upper[i] - slice->lower[i] + 1;
        at[i] = 0;
    }
    wanted = array_item_count(array->dimensions, sizes);
    check_source(source, wanted);
    array_take_apart(array, element, &new_values, &new_nulls);
    array_take_apart(source, element, &values, &nulls);
    while (next < wanted) {
        size_t index = 0;
        unsigned d = array->dimensions;

        for (unsigned i = 0; i < array->dimensions; i++)
            index = index * (size_t)array->sizes[i] +
                    (size_t)(slice->lower[i] - array->lower[i] + at[i]);
        new_values[index] = values[next];
        new_nulls[index] = nulls[next++];
        while (d > 0 && ++at[d - 1] == sizes[d - 1])
            at[--d] = 0;
    }
    return array_make_with(element, new_values, new_nulls, array->dimensions, array->sizes,
                           array->lower, array->bitmap != NULL || source->bitmap != NULL);
}

uint8_t *array_set_slice(const ArrayView *array, const ArrayElement *element,
                         const ArraySlice *slice, const ArrayView *source)
{
    ArraySlice whole = *slice;

    if (array->dimensions == 0)
        return make_from_nothing(element, slice, source);
    if (array->dimensions < slice->count)
        raise_subscript("wrong number of array subscripts", NULL);
    complete(array, &whole);
    return array->dimensions == 1 ? set_in_list(array, element, &whole, source)
                                  : set_within(array, element, &whole, source);
}

/*
 * array_slice.h - assignment to slices of arrays: a[1:2] = ...
 */
#ifndef TYPES_ARRAY_SLICE_H
#define TYPES_ARRAY_SLICE_H

#include "common/base/base.h"

#include "server/fmgr/array_value.h"

/* Bounds as they were given; those that are not there are the array's own. */
typedef struct ArraySlice {
    unsigned count; /* of dimensions */
    bool lower_there[ARRAY_DIMENSIONS_MAX], upper_there[ARRAY_DIMENSIONS_MAX];
    int32_t lower[ARRAY_DIMENSIONS_MAX], upper[ARRAY_DIMENSIONS_MAX];
} ArraySlice;

/*
 * A copy of the array with the slice's elements taken from source, in their order whatever its
 * shape. A list grows where the slice goes beyond it; an array without elements takes the slice's
 * shape. Raises 2202E when the slice is none of the array's, or source has too few elements.
 */
uint8_t *array_set_slice(const ArrayView *array, const ArrayElement *element,
                         const ArraySlice *slice, const ArrayView *source);

#endif

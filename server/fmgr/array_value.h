/*
 * array_value.h - arrays as values: taken apart, walked, made
 *
 * An array is a varlena: number of dimensions, where its data begin (0: no NULL in it), the type
 * of its elements, the size and the lower bound of each dimension, a bitmap where there are NULLs
 * (a set bit is a value), and the elements, each aligned as its type says. An array without
 * elements has no dimensions.
 *
 * Source: utils/array.h of PostgreSQL 15.
 */
#ifndef FMGR_ARRAY_VALUE_H
#define FMGR_ARRAY_VALUE_H

#include "common/base/base.h"

#include "server/fmgr/datum.h"

#define ARRAY_DIMENSIONS_MAX 6
#define ARRAY_ITEMS_MAX      ((size_t)0x3FFFFFFF / sizeof(Datum))

/* What pg_type says of the elements. */
typedef struct ArrayElement {
    Oid type;
    int16_t len;
    bool by_value;
    char align;
} ArrayElement;

typedef struct ArrayView {
    unsigned dimensions;
    int32_t sizes[ARRAY_DIMENSIONS_MAX], lower[ARRAY_DIMENSIONS_MAX];
    Oid element_type;
    size_t count;          /* of all elements */
    const uint8_t *bitmap; /* NULL: no NULLs */
    const uint8_t *items, *end;
} ArrayView;

/* An array with a header of 4 bytes (fmgr_plain()). Raises XX001 for what is none. */
void array_open(const uint8_t *plain, ArrayView *out);

typedef struct ArrayWalk {
    const ArrayView *array;
    ArrayElement element;
    size_t next; /* which element comes next */
    const uint8_t *at;
} ArrayWalk;

void array_walk_begin(ArrayWalk *walk, const ArrayView *array, const ArrayElement *element);

/* The next element, which points into the array; false at the end. */
bool array_walk_next(ArrayWalk *walk, Datum *value, bool *is_null);

/* All of them, in new memory of the current context; *nulls is never NULL. */
void array_take_apart(const ArrayView *array, const ArrayElement *element, Datum **values,
                      bool **nulls);

/*
 * A new array in the current context; nulls NULL: there are none. Values of variable length may
 * have any form. Raises 54000 above 1 GB. No dimensions, or one of size 0: the empty array.
 */
uint8_t *array_make(const ArrayElement *element, const Datum *values, const bool *nulls,
                    unsigned dimensions, const int32_t *sizes, const int32_t *lower);

/*
 * As array_make(), but a bitmap is made as the caller says: PostgreSQL keeps that of an array whose
 * part, or longer brother, it makes.
 */
uint8_t *array_make_with(const ArrayElement *element, const Datum *values, const bool *nulls,
                         unsigned dimensions, const int32_t *sizes, const int32_t *lower,
                         bool has_nulls);

/* As array_make(), of one dimension from 1. */
uint8_t *array_make_list(const ArrayElement *element, const Datum *values, const bool *nulls,
                         size_t count);

/* How many elements an array of these sizes has; 54000 when too many. */
size_t array_item_count(unsigned dimensions, const int32_t *sizes);

/* The element at those subscripts, one for each dimension; false when there is none. */
bool array_find(const ArrayView *array, const ArrayElement *element, const int32_t *subscripts,
                Datum *value, bool *is_null);

/* The value of an element whose bytes begin there. */
Datum array_element_at(const uint8_t *at, const ArrayElement *e);

#endif

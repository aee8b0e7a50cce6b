/*
 * array_int.h - what the files about arrays share
 */
#ifndef TYPES_ARRAY_INT_H
#define TYPES_ARRAY_INT_H

#include "common/base/base.h"

#include "server/catalog/type_facts.h"
#include "server/fmgr/array_value.h"
#include "server/fmgr/fmgr.h"

/* How many elements in each dimension, and where subscripts begin. */
typedef struct ArrayShape {
    int dims; /* 0: no elements */
    int32_t sizes[ARRAY_DIMENSIONS_MAX], lower[ARRAY_DIMENSIONS_MAX];
} ArrayShape;

/* Argument n of a function. */
static inline ArrayView array_arg(const FmgrCall *call, int n)
{
    ArrayView v;

    array_open(fmgr_plain(call, n), &v);
    return v;
}

/* Raises 54000 when an upper bound is above the largest int4. */
void array_check_bounds(const ArrayShape *shape);

/*
 * What a place that calls keeps about the element type it met last: the type, and one of its
 * functions, ready to be called.
 */
typedef struct ElementType {
    Oid oid; /* 0: none yet */
    const TypeFacts *facts;
    ArrayElement form;
    Oid io_param;
    FmgrSite site;
} ElementType;

typedef enum ElementNeed {
    ELEMENT_NEEDS_TYPE,
    ELEMENT_NEEDS_INPUT,
    ELEMENT_NEEDS_OUTPUT,
    ELEMENT_NEEDS_RECEIVE,
    ELEMENT_NEEDS_SEND,
    ELEMENT_NEEDS_EQUAL,
    ELEMENT_NEEDS_COMPARE,
    ELEMENT_NEEDS_HASH,
    ELEMENT_NEEDS_HASH_EXTENDED,
} ElementNeed;

/* Kept in the site of the call; raises 42883 when the type has no such function. */
ElementType *element_type(FmgrCall *call, Oid oid, ElementNeed need);

/* As above, into *e, whose oid is 0 at first; functions keep what they need in mem. */
void element_type_find(ElementType *e, Oid oid, ElementNeed need, MemContext *mem);

/* A result. */
static inline Datum array_result(const ElementType *e, const Datum *values, const bool *nulls,
                                 unsigned dims, const int32_t *sizes, const int32_t *lower)
{
    return datum_of_pointer(array_make(&e->form, values, nulls, dims, sizes, lower));
}

static inline Datum array_result_list(const ElementType *e, const Datum *values, const bool *nulls,
                                      size_t count)
{
    return datum_of_pointer(array_make_list(&e->form, values, nulls, count));
}

/* Call a function of two arguments that are not NULL, made ready in the frame. */
static inline Datum element_call(FmgrCall *frame, Datum a, Datum b)
{
    frame->args[0] = (NullableDatum){.value = a};
    frame->args[1] = (NullableDatum){.value = b};
    return fmgr_invoke(frame);
}

/* The form of elements of that type. */
ArrayElement element_form(const TypeFacts *t);

#endif

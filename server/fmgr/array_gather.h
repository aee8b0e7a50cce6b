/*
 * array_gather.h - an array made of values that come one by one, or of arrays of one shape
 *
 * Of values it has one dimension; of arrays it has one more than they, and what they hold.
 */
#ifndef FMGR_ARRAY_GATHER_H
#define FMGR_ARRAY_GATHER_H

#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/fmgr/array_value.h"

typedef struct ArrayGather ArrayGather;

/* In a context of its own below mem. */
ArrayGather *array_gather_new(const ArrayElement *element, MemContext *mem);
void array_gather_free(ArrayGather *g);

void array_gather_value(ArrayGather *g, Datum value, bool is_null);

/* Raises 2202E when it is empty or not of the shape of the first, 54000 for too many dimensions. */
void array_gather_array(ArrayGather *g, const ArrayView *array);

/* Of all that came, in the current context; there may come more. */
uint8_t *array_gather_result(ArrayGather *g);

#endif

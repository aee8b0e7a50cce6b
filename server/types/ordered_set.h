/*
 * ordered_set.h - the state of an ordered-set aggregate: its inputs, sorted
 *
 * The executor makes it when a group is over; final functions read it, each from the first row.
 */
#ifndef TYPES_ORDERED_SET_H
#define TYPES_ORDERED_SET_H

#include "common/base/base.h"

#include "server/access/common/row_sort.h"

typedef struct OrderedSet {
    RowSort *sort;  /* run, to be read at will; NULL: there are no rows */
    uint64_t count; /* of rows */
    const TupleDesc *desc;
} OrderedSet;

#endif

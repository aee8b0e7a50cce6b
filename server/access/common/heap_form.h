/*
 * heap_form.h - rows in PostgreSQL's bytes: values to a tuple, and back
 *
 * A HeapTuple points to the bytes of a tuple, in memory of its own or on a page that is pinned.
 * common/format/heap_tuple.h has the fields of its header.
 */
#ifndef COMMON_HEAP_FORM_H
#define COMMON_HEAP_FORM_H

#include "common/base/base.h"

#include "common/format/tid.h"
#include "server/access/common/tuple_desc.h"

typedef struct HeapTuple {
    uint32_t len;
    Tid self;  /* where it is, or invalid */
    Oid table; /* 0: none */
    uint8_t *bytes;
} HeapTuple;

/*
 * A tuple of those values, one allocation in the current context. Varlena values that are external
 * or compressed go in as they are; short ones get short headers where the column's storage allows.
 * The transaction fields are zero, ctid is none.
 */
HeapTuple *heap_form(const TupleDesc *desc, const Datum *values, const bool *nulls);

/* Bytes of data behind the header that heap_form() needs. */
size_t heap_data_size(const TupleDesc *desc, const Datum *values, const bool *nulls);

/* All columns; values that are pointers point into the tuple. Damage raises XX001. */
void heap_deform(const HeapTuple *tuple, const TupleDesc *desc, Datum *values, bool *nulls);

/* Columns from *done up to until, going on at *offset: what a slot needs lazily. */
void heap_deform_some(const HeapTuple *tuple, const TupleDesc *desc, Datum *values, bool *nulls,
                      unsigned *done, unsigned until, uint32_t *offset);

/* System columns. Both cmin and cmax are the raw command number, which a combo id may stand for. */
enum {
    HEAP_COLUMN_TID = -1,
    HEAP_COLUMN_XMIN = -2,
    HEAP_COLUMN_CMIN = -3,
    HEAP_COLUMN_XMAX = -4,
    HEAP_COLUMN_CMAX = -5,
    HEAP_COLUMN_TABLE = -6,
};

/* One column; system columns (numbers below 0) too. A TID's value points into *tuple. */
Datum heap_get(const HeapTuple *tuple, int number, const TupleDesc *desc, bool *is_null);
bool heap_is_null(const HeapTuple *tuple, int number, const TupleDesc *desc);

/* A copy with the values of some columns replaced; place, table and ctid stay. */
HeapTuple *heap_modify(const HeapTuple *tuple, const TupleDesc *desc, const Datum *values,
                       const bool *nulls, const bool *replaces);
HeapTuple *heap_copy(const HeapTuple *tuple);

/*
 * A composite value (varlena whose header is a tuple's) of a tuple, in the current context; values
 * that are stored out of line or, then, compressed, become plain in it.
 */
Datum heap_to_record(const HeapTuple *tuple, const TupleDesc *desc);

/*
 * A composite value as a tuple, and the row type that it says it is of. Points into the value, or
 * to a plain copy in the current context. Raises XX001 when it cannot be one.
 */
HeapTuple heap_of_record(Datum record, Oid *row_type, int32_t *row_type_mod);

#endif

/* record.h - composite values taken apart, when they are what they must be */
#ifndef EXPR_RECORD_H
#define EXPR_RECORD_H

#include "common/base/base.h"

#include "server/access/common/tuple_desc.h"

/*
 * The values of a composite value whose columns must be those of row: as many, of types that can be
 * taken for theirs. Raises 42804 when they are others. values and nulls have a place for each
 * column; what they point to is as in heap_of_record().
 */
void record_take_apart(Datum record, const TupleDesc *row, Datum *values, bool *nulls);

/* The columns that it says it has; valid for the session. */
const TupleDesc *record_desc(Datum record);

#endif

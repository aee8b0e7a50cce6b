/*
 * index_form.h - tuples of indexes in PostgreSQL's bytes
 */
#ifndef ACCESS_INDEX_FORM_H
#define ACCESS_INDEX_FORM_H

#include "common/base/base.h"

#include "common/format/tid.h"
#include "server/access/common/tuple_desc.h"

/*
 * In the current context, its size rounded up to 8; the TID is the caller's to set. Values must be
 * plain (detoasted); long ones are compressed where the storage allows. Raises 54000 above 8191 bytes.
 */
uint8_t *index_form(const TupleDesc *desc, const Datum *values, const bool *nulls);
size_t index_tuple_size(const uint8_t *tuple);

void index_deform(const uint8_t *tuple, const TupleDesc *desc, Datum *values, bool *nulls);
Datum index_get(const uint8_t *tuple, int number, const TupleDesc *desc, bool *is_null);

/* The first count columns of it, for pivot tuples. */
uint8_t *index_truncate(const uint8_t *tuple, const TupleDesc *desc, unsigned count);

#endif

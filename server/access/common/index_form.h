/*
 * index_form.h - tuples of indexes in PostgreSQL's bytes
 */
#ifndef COMMON_INDEX_FORM_H
#define COMMON_INDEX_FORM_H

#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/format/index_tuple.h"
#include "server/access/common/tuple_desc.h"

#define INDEX_COLUMNS_MAX 32

/*
 * In the current context, its size rounded up to 8; the TID is the caller's to set. Values that are
 * stored out of line are fetched; long ones are compressed where the storage allows. Raises 54000
 * above 8191 bytes.
 */
IndexTuple *index_form(const TupleDesc *desc, const Datum *values, const bool *nulls);

/* Values that are pointers point into the tuple. Damage raises XX001. */
void index_deform(const IndexTuple *tuple, const TupleDesc *desc, Datum *values, bool *nulls);
Datum index_get(const IndexTuple *tuple, unsigned number, const TupleDesc *desc, bool *is_null);

/*
 * The first column of a tuple that has one, when it is there and a number: as most keys are. False:
 * ask index_get().
 */
static ALWAYS_INLINE bool index_get_first_number(const IndexTuple *tuple, const TupleDesc *desc,
                                                 Datum *value)
{
    const ColumnLayout *first = &tuple_desc_layout(desc)->columns[0];
    const uint8_t *bytes = (const uint8_t *)(tuple + 1);

    if ((tuple->info & INDEX_HAS_NULLS) != 0 ||
        index_tuple_size(tuple) < sizeof *tuple + sizeof(Datum))
        return false;
    if (first->kind == COLUMN_INT4)
        *value = datum_of_i32((int32_t)load_u32(bytes));
    else if (first->kind == COLUMN_INT8)
        *value = load_u64(bytes);
    else
        return false;
    return true;
}

/*
 * A copy that keeps the first count columns, which must be there; the whole tuple when that is all
 * there are. The TID is copied.
 */
IndexTuple *index_truncate(const IndexTuple *tuple, const TupleDesc *desc, unsigned count);
IndexTuple *index_copy(const IndexTuple *tuple);

#endif

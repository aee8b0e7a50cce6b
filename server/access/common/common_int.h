/*
 * common_int.h - the data part of tuples, which heap and index tuples share
 *
 * Data are the columns one after the other, each aligned as its type says, NULLs left out. A value
 * of variable length with a short header, or one that is stored out of line, is not aligned; so a
 * reader takes a zero byte where such a value should begin for padding.
 */
#ifndef COMMON_COMMON_INT_H
#define COMMON_COMMON_INT_H

#include "common/base/base.h"

#include "server/access/common/tuple_desc.h"

/* Bytes of data that the values take. */
size_t tuple_data_size(const TupleDesc *desc, const Datum *values, const bool *nulls);

/* What tuple_data_fill() found. */
typedef struct TupleFill {
    bool has_nulls, has_var, has_external;
} TupleFill;

/*
 * Write the values to data, zeroed memory of tuple_data_size() bytes, and the null bitmap (zeroed
 * too; NULL when no value is NULL).
 */
TupleFill tuple_data_fill(const TupleDesc *desc, const Datum *values, const bool *nulls,
                          uint8_t *data, uint8_t *bitmap);

/* The data of a tuple that is taken apart. */
typedef struct TupleData {
    const uint8_t *bytes;
    uint32_t size;
    const uint8_t *bitmap; /* of NULLs, a set bit is a value; NULL: all are values */
} TupleData;

/*
 * Columns from done up to until (counted from 0, not until itself), going on at offset; returns
 * where the next one goes on. Raises XX001 when a value runs over the end.
 */
uint32_t tuple_data_read(const TupleData *data, const struct TupleLayout *layout, Datum *values,
                         bool *nulls, unsigned done, unsigned until, uint32_t offset);

/* One column (from 0) that is not NULL; only what is before it is looked at. */
Datum tuple_data_get(const TupleData *data, const struct TupleLayout *layout, unsigned number);

static inline bool tuple_bitmap_is_null(const uint8_t *bitmap, unsigned column)
{
    return (bitmap[column >> 3] >> (column & 7) & 1) == 0;
}

#endif

/*
 * tuple_store.h - rows that are kept to be read again, in memory or, when they are many, in a file
 *
 * Rows are added at the end and read by any number of readers, each with a place of its own, in
 * both directions. What is more than the memory allowed goes to a temporary file as a whole.
 */
#ifndef COMMON_TUPLE_STORE_H
#define COMMON_TUPLE_STORE_H

#include "common/base/base.h"

#include "server/access/common/minimal_tuple.h"

typedef struct TupleStore TupleStore;

/*
 * In a context below the current one; the file is the current owner's. outlives_transaction: the
 * file goes only with the store, for cursors that are held. One reader, 0, is there.
 */
TupleStore *tuple_store_new(size_t memory_max, bool outlives_transaction);
void tuple_store_free(TupleStore *s);
void tuple_store_clear(TupleStore *s); /* empty again, with all readers at the beginning */

/* Add a row: the copy's bytes are to be written by the caller, size of them (minimal_size()). */
void *tuple_store_add(TupleStore *s, size_t size);
void tuple_store_put(TupleStore *s, const MinimalTuple *row);
void tuple_store_put_values(TupleStore *s, const TupleDesc *desc, const Datum *values,
                            const bool *nulls);

uint64_t tuple_store_count(const TupleStore *s);

/* Another reader, at the beginning; and one that stands where from does. */
unsigned tuple_store_reader(TupleStore *s);
void tuple_store_set_reader(TupleStore *s, unsigned reader, unsigned from);
void tuple_store_rewind(TupleStore *s, unsigned reader);

/*
 * The next row, or the one before the row that came last; NULL at the end, from which the way back
 * begins with the last row. Valid until that reader reads again or a row is added.
 */
const MinimalTuple *tuple_store_next(TupleStore *s, unsigned reader, bool is_backward);

/* All rows that are there have been read by it. */
bool tuple_store_is_at_end(const TupleStore *s, unsigned reader);

/* What it takes: bytes in memory, and in the file. */
size_t tuple_store_memory(const TupleStore *s);
uint64_t tuple_store_disk(const TupleStore *s);

#endif

/*
 * row_sort.h - put rows in order
 *
 * Rows are copied in, sorted by any of their columns, and read from the first to the last, again
 * from the start, and back. What is more than the memory allowed goes to sorted runs in a
 * temporary file, which are merged. When only the first rows are wanted (a bound), no more of them
 * are kept than that.
 */
#ifndef COMMON_ROW_SORT_H
#define COMMON_ROW_SORT_H

#include "common/base/base.h"

#include "server/access/common/minimal_tuple.h"
#include "server/access/common/sort_support.h"

typedef struct RowSort RowSort;

typedef struct RowSortKey {
    unsigned column; /* from 1 */
    Oid compare;     /* support function 1 of its order */
    Oid collation;
    bool is_descending, nulls_first;
} RowSortKey;

typedef struct RowSortSpec {
    const TupleDesc *desc;
    const RowSortKey *keys;
    unsigned key_count;
    size_t memory_max;
    uint64_t bound;       /* 0: all rows are wanted */
    bool is_read_at_will; /* back, and again from the start or from a mark */
} RowSortSpec;

/* In a context below the current one; a file is the current owner's. The desc must stay. */
RowSort *row_sort_new(const RowSortSpec *spec);
void row_sort_free(RowSort *s);

/* A row's room, to be written by the caller before anything else is done with the sort. */
void *row_sort_add(RowSort *s, size_t size);
void row_sort_put(RowSort *s, const MinimalTuple *row);
void row_sort_put_values(RowSort *s, const Datum *values, const bool *nulls);

/* Sort what was put; nothing more may be. */
void row_sort_run(RowSort *s);

/* As tuple_store_next(): valid until the next call. */
const MinimalTuple *row_sort_next(RowSort *s, bool is_backward);
void row_sort_rewind(RowSort *s);
void row_sort_mark(RowSort *s);
void row_sort_restore(RowSort *s); /* to the mark */

/* How two rows stand to each other. */
int row_sort_compare(RowSort *s, const MinimalTuple *a, const MinimalTuple *b);

uint64_t row_sort_count(const RowSort *s);
size_t row_sort_memory(const RowSort *s); /* bytes, at most */
uint64_t row_sort_disk(const RowSort *s);
const char *row_sort_method(const RowSort *s); /* "quicksort", "top-N heapsort", "external merge" */

#endif

/*
 * tuple_sort.h - put index tuples in order: by their keys, then by their TIDs
 *
 * Tuples are copied in, sorted, and read once from the first to the last. What is too much for the
 * memory that is allowed is kept in sorted runs in a temporary file (sort_runs.h), which are merged
 * when they are read.
 */
#ifndef COMMON_TUPLE_SORT_H
#define COMMON_TUPLE_SORT_H

#include "common/base/base.h"

#include "server/access/common/index_form.h"
#include "server/access/common/sort_support.h"

typedef struct TupleSort TupleSort;

/*
 * Order by the first key_count columns. orders must stay. memory_max is how many bytes may be held
 * (64 kB at least are taken); what is more goes to files.
 */
TupleSort *tuple_sort_new(const TupleDesc *desc, SortSupport *orders, unsigned key_count,
                          size_t memory_max);
void tuple_sort_free(TupleSort *s);

void tuple_sort_put(TupleSort *s, const IndexTuple *tuple);

/*
 * The same for a tuple of one column that is not NULL, without making it. False: nothing was put,
 * as tuples here are not such, or values not numbers that their ranks tell.
 */
bool tuple_sort_put_number(TupleSort *s, Datum value, Tid tid);

/* Sort what was put; nothing more may be. */
void tuple_sort_run(TupleSort *s);

/* The next tuple, valid until the next call; NULL at the end. */
const IndexTuple *tuple_sort_next(TupleSort *s);

uint64_t tuple_sort_count(const TupleSort *s);

/* How many runs were written; 0: all stayed in memory. */
unsigned tuple_sort_run_count(const TupleSort *s);

#endif

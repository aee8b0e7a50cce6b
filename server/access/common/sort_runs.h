/*
 * sort_runs.h - sorted runs of index tuples, kept in a temporary file and read again run by run
 *
 * A run is written from its first tuple to its last; when all are written, any number of them are
 * read at once, each through a buffer of its own. The file goes with its SortRuns, or with the
 * current resource owner.
 */
#ifndef COMMON_SORT_RUNS_H
#define COMMON_SORT_RUNS_H

#include "common/base/base.h"

#include "common/format/index_tuple.h"

typedef struct SortRuns SortRuns;
typedef struct SortRunReader SortRunReader;

#define SORT_RUN_BUFFER_MIN (2 * 8192) /* bytes: the longest tuple fits */

/* In the current context. No file yet. */
SortRuns *sort_runs_new(void);
void sort_runs_free(SortRuns *r);

void sort_runs_begin(SortRuns *r);
void sort_runs_put(SortRuns *r, const IndexTuple *tuple);
void sort_runs_end(SortRuns *r);
unsigned sort_runs_count(const SortRuns *r);

/* buffer_size is SORT_RUN_BUFFER_MIN at least. */
SortRunReader *sort_run_reader_new(SortRuns *r, unsigned run, size_t buffer_size);
void sort_run_reader_free(SortRunReader *reader);

/* The next tuple, valid until the next call; NULL at the end. Raises XX001 for a damaged file. */
IndexTuple *sort_run_reader_next(SortRunReader *reader);

#endif

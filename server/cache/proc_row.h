/* proc_row.h - the arguments of a function, as its row of pg_proc has them */
#ifndef CACHE_PROC_ROW_H
#define CACHE_PROC_ROW_H

#include "common/base/base.h"

#include "server/access/common/heap_form.h"

/* All parameters: IN, OUT and the columns of a returned table. */
typedef struct ProcArgs {
    int all_count;
    const Oid *types;
    const char *modes;        /* i o b v t; NULL: all i */
    const char *const *names; /* NULL where one has none; NULL: none has */
} ProcArgs;

/* In the current context; row is one of CACHE_PROCOID or CACHE_PROCNAMEARGSNSP. */
void proc_row_args(const HeapTuple *row, ProcArgs *out);

/* Types of the arguments it is called with; include_out: with OUT parameters, as CALL counts. */
Oid *proc_row_types(const HeapTuple *row, bool include_out, int *count);

/* pg_node_tree of the defaults; NULL: none. */
const char *proc_row_defaults(const HeapTuple *row);

#endif

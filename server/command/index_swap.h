/*
 * index_swap.h - an index and a copy of it that takes its place
 */
#ifndef COMMAND_INDEX_SWAP_H
#define COMMAND_INDEX_SWAP_H

#include "common/base/base.h"

/*
 * Of the same columns, under a name of its own ("x_ccnew"), neither built nor valid. tablespace 0:
 * in that of the index.
 */
Oid index_swap_make_copy(Oid table, Oid index, Oid tablespace);

/*
 * The copy gets name, marks, constraint, dependencies, comment and statistics, and is valid; the
 * old one is "x_ccold" and is not.
 */
void index_swap(Oid table, Oid index, Oid copy);

#endif

/*
 * heap_rewrite.h - the versions of rows that somebody may need go to another file, each with what
 * transactions say of it: for VACUUM FULL and CLUSTER
 */
#ifndef HEAP_HEAP_REWRITE_H
#define HEAP_HEAP_REWRITE_H

#include "common/base/base.h"

#include "server/access/heap/heap.h"

typedef struct HeapRewriteSpec {
    HeapRel *to;                /* new: nobody else has it */
    const HeapCutoffs *cutoffs; /* must stay; what ended before oldest_xmin nobody needs */

    /* The row as it is to be stored, when it is too long or has values out of line; NULL: as is. */
    HeapTuple *(*shorten)(void *arg, HeapTuple *row);
    void *arg;
} HeapRewriteSpec;

typedef struct HeapRewrite HeapRewrite;

/* In the current context. */
HeapRewrite *heap_rewrite_begin(const HeapRewriteSpec *spec);

/*
 * old: the version as it lies; row: its values, in a tuple whose header is filled here. In any
 * order, each version once.
 */
void heap_rewrite_put(HeapRewrite *r, const HeapTuple *old, HeapTuple *row);

/* A version that nobody needs. True: one that was put is not needed then, either. */
bool heap_rewrite_drop(HeapRewrite *r, const HeapTuple *old);

/* All is in the file, and synced. How many blocks there are. */
BlockNo heap_rewrite_end(HeapRewrite *r);

#endif

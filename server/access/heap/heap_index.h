/*
 * heap_index.h - what a table tells an insert into one of its indexes: who is in the way of a key
 */
#ifndef HEAP_HEAP_INDEX_H
#define HEAP_HEAP_INDEX_H

#include "common/base/base.h"

#include "server/access/btree/btree.h"
#include "server/access/heap/heap.h"

/* What an insert into an index asks of the table. */
typedef struct HeapKeyOwner {
    HeapRel *rel;
    void (*wait)(void *arg, Xid xid, uint32_t token); /* until it has ended */

    /* As BtreeTable's; may be NULL. */
    void (*describe_key)(void *arg, const IndexTuple *tuple, BtreeConflict *out);
    void (*describe_table)(void *arg, BtreeConflict *out);
    void *arg;
} HeapKeyOwner;

/* For btree_insert(); owner must stay meanwhile. */
BtreeTable heap_index_table(HeapKeyOwner *owner);

#endif

/*
 * btree_rig.h - an empty index on a storage rig, and a check of all that must hold of a tree
 */
#ifndef LIB_BTREE_RIG_H
#define LIB_BTREE_RIG_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "server/access/btree/btree.h"

/* Make the files of an index whose keys are set, with the metapage of an empty index. */
void btree_rig_create(BtreeIndex *index, RelFileNo number);

/*
 * Walk all levels: links, levels, order of items, high keys and downlinks. Raises XX002 with what
 * is wrong. Adds a BtreeRigRow to rows (may be NULL) for each row of the leaves, in order.
 */
typedef struct BtreeRigRow {
    Tid tid;
    Datum first; /* key column, when by value */
    bool is_null;
} BtreeRigRow;
void btree_rig_check(BtreeIndex *index, Array *rows);

/* What the index looks like. */
typedef struct BtreeRigShape {
    unsigned level;
    unsigned leaf_count, posting_count, tuple_count;
} BtreeRigShape;
BtreeRigShape btree_rig_shape(BtreeIndex *index);

#endif

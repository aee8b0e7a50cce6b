/*
 * btree_rig.h - an empty index on a storage rig, and a check of all that must hold of a tree
 */
#ifndef LIB_BTREE_RIG_H
#define LIB_BTREE_RIG_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "server/access/btree/btree.h"
#include "tests/lib/wal_rig.h"

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

/*
 * The pages of relations as the log of a rig makes them from nothing. opcodes (a bit for each, by
 * its high half): when that many records of them have been replayed, the rest is left out; 0: all.
 */
#define BTREE_RIG_PAGES 1500

typedef struct BtreeRigReplay {
    uint8_t *pages; /* BTREE_RIG_PAGES; those that are not there are zero */
    unsigned kinds[256];
    unsigned opcodes, count_left;
    bool is_over;
} BtreeRigReplay;

BtreeRigReplay *btree_rig_replay(const WalRig *wal, unsigned opcodes, unsigned count);

/* How many pages of the index are not what was replayed, apart from what redo does not make. */
unsigned btree_rig_count_different(const BtreeIndex *index, const BtreeRigReplay *r);

#endif

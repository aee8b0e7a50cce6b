/*
 * heap_rig.h - an empty table on a transaction rig, and its pages as the log makes them
 */
#ifndef LIB_HEAP_RIG_H
#define LIB_HEAP_RIG_H

#include "common/base/base.h"

#include "server/access/heap/heap.h"
#include "tests/lib/txn_rig.h"

typedef struct HeapRig {
    TxnRig txn;
    HeapRel rel;
} HeapRig;

/* Its table is 16384, permanent. Prepared transactions, up to 4, are allowed. */
void heap_rig_open(HeapRig *rig);
void heap_rig_close(HeapRig *rig);

/* A transaction of its own, that does nothing but have an xid. */
Xid heap_rig_end_xid(bool is_commit);
Xid heap_rig_prepare_xid(const char *gid);

/* A tuple of len bytes with value in its one column (int4) and its padding. */
HeapTuple *heap_rig_tuple(int32_t value, uint32_t len);
int32_t heap_rig_value(const HeapTuple *tuple);

/*
 * Replay the log onto pages of nothing. How many pages of the table are not the same then, apart
 * from what redo does not make. *inits: how many records made a page.
 */
unsigned heap_rig_count_different(HeapRig *rig, unsigned *inits);

#endif

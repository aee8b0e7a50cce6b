/*
 * cache_rig.h - catalogs of a new cluster, on a transaction rig, with the caches begun
 */
#ifndef LIB_CACHE_RIG_H
#define LIB_CACHE_RIG_H

#include "common/base/base.h"

#include "tests/lib/txn_rig.h"

typedef struct CacheRig {
    TxnRig txn;
} CacheRig;

/* Database 5, which this process is in. */
void cache_rig_open(CacheRig *rig);
void cache_rig_close(CacheRig *rig);

/* In a child. */
void cache_rig_enter_child(void);

/* BEGIN, in a process that works for itself. */
void cache_rig_begin(void);
void cache_rig_commit(void);
void cache_rig_abort(void);

#endif

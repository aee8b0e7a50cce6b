/*
 * txn_rig.h - transactions for tests: a data directory, shared memory, a log, counters
 *
 *     TxnRig rig;
 *     txn_rig_open(&rig, &(TxnRigConfig){.dir = unit_temp_dir()});
 *     txn_start_command();
 *     ...
 *     txn_rig_close(&rig);
 *
 * The process works in the directory meanwhile, as a backend that keeps sync requests too. A child
 * calls txn_rig_enter_child() first.
 */
#ifndef LIB_TXN_RIG_H
#define LIB_TXN_RIG_H

#include "common/base/base.h"

#include "tests/lib/wal_rig.h"

#define TXN_RIG_DATABASE 5

typedef struct TxnRigConfig {
    const char *dir;           /* an absolute path */
    FullXid next_xid;          /* 0: 1000 */
    MultiXid next_multi;       /* 0: 1 */
    MultiOffset next_offset;   /* 0: 1, unless there is a next_multi */
    uint32_t wal_segment_size; /* 0: 1 MiB */
    int buffers;               /* for relations in base/TXN_RIG_DATABASE; 0: there are none */
    bool has_locks;            /* transactions take heavyweight locks, as in a server */
} TxnRigConfig;

typedef struct TxnRig {
    TxnRigConfig config;
    WalRig wal;
    char *dir_before;
} TxnRig;

void txn_rig_open(TxnRig *rig, const TxnRigConfig *config);
void txn_rig_close(TxnRig *rig);

void txn_rig_enter_child(void);

/*
 * After a crash: shared memory anew, the log replayed from its beginning over the files as they
 * are, and started where it ends. visit (may be NULL) sees each record before it is replayed.
 */
void txn_rig_recover(TxnRig *rig, void (*visit)(void *arg, const WalRecord *record), void *arg);

/* What a checkpoint writes of folders of small pages, synced. */
void txn_rig_checkpoint(void);

#endif

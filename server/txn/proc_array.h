/*
 * proc_array.h - which transactions run, and what nobody needs any more
 */
#ifndef TXN_PROC_ARRAY_H
#define TXN_PROC_ARRAY_H

#include "common/base/base.h"

#include "server/txn/snapshot.h"

#define PROC_SUBXIDS_MAX 64

size_t proc_array_shmem_size(void);
void proc_array_shmem_init(void *place);

void proc_array_join(void); /* after proc_attach() */

/* This process's transaction. */
void proc_array_set_xid(Xid xid);
void proc_array_add_subxid(Xid xid);
void proc_array_remove_subxids(Xid xid, const Xid *children, size_t count, Xid latest);
void proc_array_end(Xid latest); /* top-level commit or abort: visible to new snapshots */
Xid proc_array_own_xmin(void);
void proc_array_set_own_xmin(Xid xmin); /* never back */

void proc_array_take_snapshot(Snapshot *out); /* out->xids and subxids have room for all */
size_t proc_array_xid_max(void);
size_t proc_array_subxid_max(void);

bool proc_array_is_running(Xid xid); /* or a subtransaction of one that runs */
Xid proc_array_oldest_running(void);

typedef struct Horizons {
    FullXid latest_completed;
    Xid oldest_running;
    Xid shared;  /* rows that ended before are removable: in shared catalogs, */
    Xid catalog; /* in catalogs of this database, */
    Xid data;    /* in other tables, */
    Xid temp;    /* in our temporary ones */
} Horizons;
void proc_array_horizons(Horizons *out);

/* What a running-xacts record holds; arrays in the current context. */
typedef struct RunningXacts {
    Xid *xids; /* tops, then subtransactions */
    uint32_t top_count, sub_count;
    bool is_overflowed;
    Xid next, oldest_running, latest_completed;
} RunningXacts;
void proc_array_running(RunningXacts *out);
void log_standby_snapshot(void); /* running xacts and locks, at checkpoints */

/* Commits that must not straddle a checkpoint's redo point: between the record and the status. */
void proc_array_delay_checkpoint(bool begin);
bool proc_array_has_delayers(void);

typedef struct VirtualXid {
    int slot;
    uint32_t local; /* 0: none */
} VirtualXid;
VirtualXid proc_array_own_vxid(void);
void proc_array_begin_local(void); /* a new local transaction id */
size_t proc_array_virtual_xids(Xid older_than, Oid database, VirtualXid **out);

#endif

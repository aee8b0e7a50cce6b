/*
 * proc_array.h - which transactions run, and what nobody needs any more
 *
 * An entry for each process that joined, and one for each prepared transaction. Entries have the
 * number of the process's slot; those of prepared transactions follow behind the last slot.
 */
#ifndef TXN_PROC_ARRAY_H
#define TXN_PROC_ARRAY_H

#include "common/base/base.h"

#include "server/txn/snapshot.h"

#define PROC_SUBXIDS_MAX 64

size_t proc_array_shmem_size(void);
void proc_array_shmem_init(void *place);

/* After proc_attach(); proc_detach() undoes it. The process's database is told later, or never. */
void proc_array_join(void);

/* ---- This process's transaction ---- */

void proc_array_set_xid(Xid xid);
void proc_array_add_subxid(Xid xid);

/* Subtransactions that are rolled back: xid with its children (ascending), the newest is latest. */
void proc_array_remove_subxids(Xid xid, const Xid *children, size_t count, Xid latest);

/*
 * Top-level commit or abort: from here on new snapshots see that it has ended. latest is the newest
 * xid of its tree, 0 when it has none.
 */
void proc_array_end(Xid latest);
void proc_array_clear(void); /* prepared: another entry has it now */

Xid proc_array_own_xmin(void);
void proc_array_set_own_xmin(Xid xmin); /* never back; 0: no snapshot is in use */

/* All before have ended: since the transaction's first snapshot, and as of its newest one. */
Xid proc_array_transaction_xmin(void);
Xid proc_array_recent_xmin(void);

/* What this process is allowed to ignore, for horizons of others. */
typedef enum ProcFlag {
    PROC_IN_VACUUM = 2,      /* its own xmin holds nobody back */
    PROC_IN_SAFE_INDEX = 4,  /* builds an index concurrently that needs nobody's rows */
    PROC_FOR_WRAPAROUND = 8, /* a vacuum that must not be cancelled */
    PROC_IN_DECODING = 16,   /* logical decoding: the slot has its horizon */
    PROC_AFFECTS_ALL = 32,   /* its xmin counts in all databases (feedback of a standby) */
} ProcFlag;
void proc_array_set_flags(unsigned flags); /* until the transaction ends (DECODING: the process) */
unsigned proc_array_flags_of(int slot);     /* 0 when no process of that slot has joined */

/* The top-level xid of who has a slot, and the xmin of his snapshots; 0: none, or nobody has it. */
void proc_array_xids_of(int slot, Xid *xid, Xid *xmin);

/* ---- Snapshots ---- */

/* out->xids and subxids have room for all: proc_array_xid_max(), _subxid_max(). */
void proc_array_take_snapshot(Snapshot *out);
size_t proc_array_xid_max(void);
size_t proc_array_subxid_max(void);

bool proc_array_is_running(Xid xid); /* or a subtransaction of one that runs */
bool proc_array_is_active(Xid xid);  /* a top-level transaction of a process, not a prepared one */
Xid proc_array_oldest_running(void);

/* How many processes have an xid, beside this one, up to max of them. */
bool proc_array_has_active_others(unsigned max);

/* ---- Horizons ---- */

typedef struct Horizons {
    FullXid latest_completed;
    Xid oldest_running;
    Xid shared;  /* rows that ended before are removable: in shared catalogs, */
    Xid catalog; /* in catalogs of this database, */
    Xid data;    /* in other tables, */
    Xid temp;    /* in our temporary ones */
} Horizons;
void proc_array_horizons(Horizons *out);

/* Which rows those are of whose removal proc_array_is_removable() is asked: see Horizons. */
typedef enum HorizonKind {
    HORIZON_SHARED,
    HORIZON_CATALOG,
    HORIZON_DATA,
    HORIZON_TEMP
} HorizonKind;

/*
 * May a row go that xid, which has ended, deleted? Looks at horizons again when its last look does
 * not tell and the newest snapshot of this process is younger than that.
 */
bool proc_array_is_removable(HorizonKind kind, Xid xid);

/* What replication slots hold back; 0: nothing. Guarded by the lock of the slots as well. */
void proc_array_set_slot_xmin(Xid data, Xid catalog);
void proc_array_slot_xmin(Xid *data, Xid *catalog);

/* ---- For the log ---- */

/* What a running-xacts record holds; arrays in the current context. */
typedef struct RunningXacts {
    Xid *xids; /* tops, then subtransactions */
    uint32_t top_count, sub_count;
    bool is_overflowed;
    Xid next, oldest_running, latest_completed;
} RunningXacts;
void proc_array_running(RunningXacts *out);

/* Running xacts and locks, at checkpoints; returns the end of the last record. */
Lsn log_standby_snapshot(void);

/*
 * Logs the AccessExclusive locks that are held, for log_standby_snapshot(); set by the lock module.
 */
void log_standby_set_locks(void (*log_locks)(void));

/*
 * Work that must not straddle a checkpoint: START between a record and what it says (commit
 * status), which has to be on the same side of the redo point; COMPLETE from a record to what has
 * to be done before the checkpoint is complete (truncation of files). Kinds nest into each other,
 * not into themselves.
 */
typedef enum ProcDelay { PROC_DELAY_START = 1, PROC_DELAY_COMPLETE = 2 } ProcDelay;

typedef struct VirtualXid {
    int slot;
    uint32_t local; /* 0: none */
} VirtualXid;

void proc_array_delay_checkpoint(ProcDelay kind, bool begin);

/* Those that delay now, in the current context: a checkpoint waits until none of them does. */
size_t proc_array_delayers(ProcDelay kind, VirtualXid **out);
bool proc_array_still_delays(ProcDelay kind, const VirtualXid *delayers, size_t count);

/* ---- Virtual ids: of transactions that may have no xid ---- */

VirtualXid proc_array_own_vxid(void);
void proc_array_begin_local(void); /* a new local transaction id */

/*
 * Transactions whose snapshots may see what ended before older_than (0: all that have a snapshot or
 * not), in a database (0: any), other than this one; in the current context.
 */
size_t proc_array_virtual_xids(Xid older_than, Oid database, VirtualXid **out);
bool proc_array_vxid_runs(VirtualXid vxid);

/* Our xmin becomes xmin, if that transaction runs in our database and holds it back already. */
bool proc_array_take_over_xmin(Xid xmin, VirtualXid source);

/* How many processes are connected to a database, and how many prepared transactions it has. */
void proc_array_count_database(Oid database, unsigned *processes, unsigned *prepared);

/*
 * ---- Prepared transactions: entries without a process, number 0 to max_prepared_transactions - 1
 * ----
 */

void proc_array_enter_prepared(unsigned number, Xid xid, Oid database, const Xid *children,
                               size_t count);
void proc_array_leave_prepared(unsigned number, Xid latest);

#endif

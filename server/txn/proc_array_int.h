/*
 * proc_array_int.h - the table of those that run, as the files of proc_array share it
 */
#ifndef TXN_PROC_ARRAY_INT_H
#define TXN_PROC_ARRAY_INT_H

#include "common/base/base.h"

#include <stdatomic.h>

#include "server/ipc/lwlock.h"
#include "server/ipc/proc.h"
#include "server/txn/proc_array.h"

/*
 * What is known of a transaction's children. The count is in the dense array, the xids here; both
 * are written by the process itself without the lock: a snapshot takes the count first.
 */
typedef struct SubxidState {
    _Atomic uint8_t count;
    _Atomic bool is_overflowed; /* there are more than fit */
} SubxidState;

/* One of a process or a prepared transaction; entry n is that of slot n. */
typedef struct TxnEntry {
    unsigned position;    /* in the dense arrays; to read it the xid lock or the table's is held */
    _Atomic Xid xid;      /* as in the dense array */
    _Atomic Xid xmin;     /* 0: no snapshot; written by its process, as the next five */
    _Atomic Oid database; /* 0 none */
    _Atomic uint32_t local;  /* virtual id, 0 none */
    _Atomic uint32_t delays; /* ProcDelay bits */
    uint32_t last_local;     /* the slot's next process goes on from there */
    Xid group_latest;        /* before it is on the list of those who wait to end */
    _Atomic uint32_t next_in_group;
    _Atomic uint32_t waits_in_group; /* futex */
    Xid subxids[PROC_SUBXIDS_MAX];   /* see SubxidState */
} TxnEntry;

/*
 * Joined entries stand in the dense arrays without gaps, in the order of their numbers. They are
 * moved with both the xid lock and this lock held exclusively, so that either is enough to find an
 * entry's place. A process sets its xid with the xid lock held: snapshots, which take this lock
 * only, look no further than the newest xid that has ended, so they need not see newer ones. It
 * clears its xid with this lock held exclusively.
 */
typedef struct ProcArrayShared {
    LwLock lock;
    _Atomic uint64_t
        completion_count;             /* of ends of transactions with xids; written with the lock */
    _Atomic uint32_t group_first;     /* entry of the newest who waits to end; NOBODY */
    Xid slot_xmin, slot_catalog_xmin; /* guarded by the lock */
    unsigned entry_count;             /* fixed */
    unsigned joined_count;            /* guarded by both locks */
    uint32_t *numbers;                /* dense: number of the entry; guarded by both locks */
    _Atomic Xid *xids;                /* dense */
    SubxidState *subxids;             /* dense */
    _Atomic uint8_t *flags;           /* dense: ProcFlag; written with the lock held */
    TxnEntry *entries;                /* by number */

    /*
     * On a standby: the primary's transactions that run, as the log tells, children among them;
     * written by the startup process with the lock held exclusively. Ascending from known_begin to
     * known_end; those that ended in between are zero until the next clean-up.
     */
    _Atomic bool is_standby; /* snapshots are made of these */
    Xid *known;
    size_t known_max, known_begin, known_end;
    size_t known_count;  /* that are not zero */
    Xid last_overflowed; /* children up to here may be missing: look into subtrans */
} ProcArrayShared;

#define NOBODY UINT32_MAX

/* What a process knows of itself. */
typedef struct ProcArrayLocal {
    TxnEntry *entry; /* NULL before proc_array_join() */
    uint8_t flags;   /* ProcFlag, as in the dense array */
    Xid transaction_xmin, recent_xmin;
} ProcArrayLocal;

extern ProcArrayShared *proc_array;
extern ProcArrayLocal proc_own;

static inline bool proc_number_is_prepared(uint32_t number)
{
    return number >= proc_slot_count();
}

/* What was found out about single xids. */
void proc_snapshot_forget(void);

/* For horizons that were computed in this transaction. */
void proc_horizons_forget(void);

/* ---- proc_standby.c; with the lock held ---- */

size_t proc_known_max(void);
void proc_known_collect(Snapshot *out); /* xmax is known; lists and xmin are filled */
bool proc_known_has(Xid xid);
Xid proc_known_oldest(void); /* 0: none */

#endif

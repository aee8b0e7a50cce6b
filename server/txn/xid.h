/*
 * xid.h - giving out transaction ids and OIDs; which of them may still be looked up
 *
 * The counters are shared; a checkpoint writes them, recovery sets and advances them.
 */
#ifndef TXN_XID_H
#define TXN_XID_H

#include "common/base/base.h"

#include "server/ipc/lwlock.h"

#define XID_BOOTSTRAP UINT32_C(1) /* committed, as the next */
#define XID_FROZEN    UINT32_C(2)
#define XID_FIRST     UINT32_C(3) /* that is given out, after each turn of the numbers */

size_t xid_shmem_size(void);
void xid_shmem_init(void *place);

/*
 * The next xid, for a top-level or a subtransaction; extends what is kept for each, and enters it
 * into the table of those that run. 54000 near wraparound.
 */
FullXid xid_assign(bool is_subtransaction);

FullXid xid_next(void); /* the one that xid_assign would give */
void xid_set_next(FullXid next);
void xid_advance_next_past(Xid xid); /* recovery, before a record is redone */

/* A 32-bit xid of the recent past as a full one. */
FullXid xid_widen(Xid xid);

Oid oid_assign(void); /* logs a run of them ahead */
Oid oid_next(void);
void oid_set_next(Oid next, uint32_t prefetched);

/* For a checkpoint: the next OID as its record has to tell, behind those that were logged ahead. */
Oid oid_next_logged(void);

/* The oldest datfrozenxid and of which database; sets the limits for warnings and for the stop. */
void xid_set_limits(Xid oldest, Oid oldest_database);
Xid xid_oldest(Oid *database);
Xid xid_oldest_clog(void); /* nothing older has a commit status */
void xid_advance_oldest_clog(Xid oldest);

typedef struct XidLimits {
    Xid vacuum; /* from here on autovacuum is asked for, */
    Xid warn;   /* each assignment warns, */
    Xid stop;   /* nothing is given out any more, */
    Xid wrap;   /* the oldest would seem to be in the future */
} XidLimits;
XidLimits xid_limits(void);

/* The newest xid that has ended; snapshots take it for their upper end. */
FullXid xid_latest_completed(void);
void xid_set_latest_completed(FullXid latest); /* at start-up */
void xid_advance_latest_completed(Xid latest); /* with the lock of proc_array held exclusively */

/* The lock of the next xid, which proc_array takes for a consistent look; and of the clog's end. */
LwLock *xid_lock(void);
LwLock *xid_truncation_lock(void);

/* For messages: how a database is called; set by main. NULL or no name: its OID is told. */
void xid_set_database_namer(const char *(*name)(Oid database));

/* `database "x"` or `database with OID 5`, in the current context. */
char *xid_database_text(Oid database);

static inline bool xid_is_normal(Xid xid)
{
    return xid >= XID_FIRST;
}

static inline bool xid_follows_or_equal(Xid a, Xid b)
{
    return !xid_precedes(a, b);
}

/* 3 after the last. */
static inline Xid xid_after(Xid xid)
{
    return xid == UINT32_MAX ? XID_FIRST : xid + 1;
}

static inline Xid xid_before(Xid xid)
{
    return xid == XID_FIRST ? UINT32_MAX : xid - 1;
}

static inline FullXid full_xid_after(FullXid xid)
{
    return (Xid)(xid + 1) < XID_FIRST ? xid + 1 + XID_FIRST : xid + 1;
}

static inline FullXid full_xid_before(FullXid xid)
{
    return (Xid)xid <= XID_FIRST ? xid - XID_FIRST - 1 : xid - 1;
}

#endif

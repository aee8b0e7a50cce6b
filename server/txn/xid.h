/*
 * xid.h - giving out transaction ids and OIDs; which of them may still be looked up
 *
 * The counters are shared; a checkpoint writes them, recovery sets and advances them.
 */
#ifndef TXN_XID_H
#define TXN_XID_H

#include "common/base/base.h"

size_t xid_shmem_size(void);
void xid_shmem_init(void *place);

/* The next xid, for a top-level or a subtransaction; extends what is kept for each. 54000 near wraparound. */
FullXid xid_assign(bool is_subtransaction);

FullXid xid_next(void); /* the one that xid_assign would give */
void xid_set_next(FullXid next);
void xid_advance_next_past(Xid xid); /* recovery, before a record is redone */

/* A 32-bit xid of the recent past as a full one. */
FullXid xid_widen(Xid xid);

Oid oid_assign(void); /* logs a run of them ahead */
Oid oid_next(void);
void oid_set_next(Oid next, uint32_t prefetched);

/* The oldest datfrozenxid and of which database; sets the limits for warnings and for the stop. */
void xid_set_limits(Xid oldest, Oid oldest_database);
Xid xid_oldest(Oid *database);
Xid xid_oldest_clog(void); /* nothing older has a commit status */
void xid_advance_oldest_clog(Xid oldest);

/* The newest xid that has ended; snapshots take it for their upper end. */
FullXid xid_latest_completed(void);

static inline bool xid_is_normal(Xid xid)
{
    return xid >= 3;
}

static inline bool xid_follows_or_equal(Xid a, Xid b)
{
    return !xid_precedes(a, b);
}

/* 3 after the last. */
static inline Xid xid_after(Xid xid)
{
    return xid == UINT32_MAX ? 3 : xid + 1;
}

static inline Xid xid_before(Xid xid)
{
    return xid == 3 ? UINT32_MAX : xid - 1;
}

#endif

/*
 * xid.c - the counters of transaction ids and OIDs
 *
 * Promises
 *   1. An xid is in the table of those that run before the next one can be given out: a snapshot
 *      whose upper end lies behind it sees it there, or it has ended.
 *   2. Pages of what is kept for each xid are there before the xid is.
 *   3. OIDs that were given out are not given out again after a crash: the log says that a run of
 *      them is taken before the first of it is.
 */
#include "common/base/base.h"

#include "server/txn/xid.h"

#include <stdatomic.h>

#include "common/err/err.h"
#include "common/format/oid_range.h"
#include "common/mem/mem.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/proc.h"
#include "server/ipc/supervisor.h"
#include "server/txn/clog.h"
#include "server/txn/commit_ts.h"
#include "server/txn/proc_array.h"
#include "server/txn/subtrans.h"
#include "server/wal/wal.h"

#define OID_RUN          8192 /* logged ahead */
#define STOP_BEFORE_WRAP 3000000
#define WARN_BEFORE_WRAP 40000000
#define ASK_VACUUM_EACH  65536 /* xids */

typedef struct XidShared {
    LwLock xid_lock, oid_lock, truncation_lock;
    _Atomic FullXid next; /* written with the xid lock held exclusively */
    Xid oldest;           /* guarded by the xid lock, as the next two */
    Oid oldest_database;
    XidLimits limits;
    Oid next_oid; /* guarded by the OID lock, as the next */
    uint32_t oid_left;
    _Atomic Xid oldest_clog;          /* written with the truncation lock held */
    _Atomic FullXid latest_completed; /* written with the lock of proc_array held */
} XidShared;

static XidShared *shared;
static const char *(*database_namer)(Oid database);

static void check_limits(Xid xid);
static void check_limits_apart(Xid xid, XidLimits limits, Oid database);
static Xid xid_minus(Xid xid, uint32_t count);
static void skip_reserved_oids(void);
static void log_oid_run(void);
static FullXid widen(Xid xid, FullXid near);

size_t xid_shmem_size(void)
{
    return sizeof(XidShared);
}

void xid_shmem_init(void *place)
{
    shared = place;
    lwlock_init(&shared->xid_lock, LW_XID_GENERATION, 0);
    lwlock_init(&shared->oid_lock, LW_OID_GENERATION, 0);
    lwlock_init(&shared->truncation_lock, LW_XACT_TRUNCATION, 0);
}

LwLock *xid_lock(void)
{
    return &shared->xid_lock;
}

LwLock *xid_truncation_lock(void)
{
    return &shared->truncation_lock;
}

/* ---- Xids ---- */

FullXid xid_assign(bool is_subtransaction)
{
    FullXid xid;

    if (!wal_is_started())
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = "cannot assign TransactionIds during recovery");
    lwlock_acquire(&shared->xid_lock, LW_EXCLUSIVE);
    check_limits((Xid)atomic_load(&shared->next));

    /* The limits may have been looked at without the lock. */
    xid = atomic_load(&shared->next);
    clog_extend((Xid)xid);
    commit_ts_extend((Xid)xid);
    subtrans_extend((Xid)xid);
    atomic_store(&shared->next, full_xid_after(xid));
    if (is_subtransaction)
        proc_array_add_subxid((Xid)xid);
    else
        proc_array_set_xid((Xid)xid);
    lwlock_release(&shared->xid_lock);
    return xid;
}

static void check_limits(Xid xid)
{
    XidLimits limits = shared->limits;
    Oid database = shared->oldest_database;

    if (LIKELY(xid_precedes(xid, limits.vacuum)) || limits.vacuum == XID_NONE)
        return;
    /* Messages take their time, and the name of the database takes locks. */
    lwlock_release(&shared->xid_lock);
    check_limits_apart(xid, limits, database);
    lwlock_acquire(&shared->xid_lock, LW_EXCLUSIVE);
}

static void check_limits_apart(Xid xid, XidLimits limits, Oid database)
{
    if (supervisor_pid() != 0 && xid % ASK_VACUUM_EACH == 0)
        supervisor_request(SUPERVISOR_START_AUTOVACUUM_LAUNCHER);
    if (supervisor_pid() != 0 && xid_follows_or_equal(xid, limits.stop))
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = err_fmt("database is not accepting commands to avoid wraparound data "
                                     "loss in %s",
                                     xid_database_text(database)),
                  .hint = "Stop the postmaster and vacuum that database in single-user mode.\n"
                          "You might also need to commit or roll back old prepared transactions, "
                          "or drop stale replication slots.");
    if (xid_follows_or_equal(xid, limits.warn))
        err_log(ERR_WARNING,
                .message = err_fmt("%s must be vacuumed within %u transactions",
                                   xid_database_text(database), limits.wrap - xid),
                .hint = "To avoid a database shutdown, execute a database-wide VACUUM in that "
                        "database.\n"
                        "You might also need to commit or roll back old prepared transactions, or "
                        "drop stale replication slots.");
}

FullXid xid_next(void)
{
    return atomic_load(&shared->next);
}

void xid_set_next(FullXid next)
{
    lwlock_acquire(&shared->xid_lock, LW_EXCLUSIVE);
    atomic_store(&shared->next, next);
    lwlock_release(&shared->xid_lock);
}

/* Only recovery moves the counter meanwhile, so it may look without the lock. */
void xid_advance_next_past(Xid xid)
{
    FullXid next = atomic_load(&shared->next);

    if (!xid_is_normal(xid) || xid_precedes(xid, (Xid)next))
        return;
    xid_set_next(full_xid_after(widen(xid, next)));
}

FullXid xid_widen(Xid xid)
{
    return widen(xid, xid_next());
}

/* The full xid with these low bits that lies within half a turn of near. */
static FullXid widen(Xid xid, FullXid near)
{
    if (!xid_is_normal(xid))
        return xid;
    return near + (FullXid)(int64_t)(int32_t)(xid - (Xid)near);
}

FullXid xid_latest_completed(void)
{
    return atomic_load_explicit(&shared->latest_completed, memory_order_acquire);
}

void xid_set_latest_completed(FullXid latest)
{
    atomic_store(&shared->latest_completed, latest);
}

void xid_advance_latest_completed(Xid latest)
{
    FullXid current = atomic_load_explicit(&shared->latest_completed, memory_order_relaxed);

    if (xid_precedes((Xid)current, latest))
        atomic_store(&shared->latest_completed, widen(latest, current));
}

/* ---- Limits ---- */

void xid_set_limits(Xid oldest, Oid oldest_database)
{
    XidLimits limits;
    Xid next;

    ASSERT(xid_is_normal(oldest));
    limits.wrap = oldest + (UINT32_MAX >> 1);
    if (!xid_is_normal(limits.wrap))
        limits.wrap += XID_FIRST;
    limits.stop = xid_minus(limits.wrap, STOP_BEFORE_WRAP);
    limits.warn = xid_minus(limits.wrap, WARN_BEFORE_WRAP);
    limits.vacuum = oldest + (uint32_t)setting.autovacuum_freeze_max_age;
    if (!xid_is_normal(limits.vacuum))
        limits.vacuum += XID_FIRST;

    lwlock_acquire(&shared->xid_lock, LW_EXCLUSIVE);
    shared->oldest = oldest;
    shared->oldest_database = oldest_database;
    shared->limits = limits;
    next = (Xid)atomic_load(&shared->next);
    lwlock_release(&shared->xid_lock);

    err_log(ERR_DEBUG,
            .message = err_fmt("transaction ID wrap limit is %u, limited by database with OID %u",
                               limits.wrap, oldest_database));
    /* The next assignments that ask may be far away. */
    if (wal_is_started() && supervisor_pid() != 0 && xid_follows_or_equal(next, limits.vacuum))
        supervisor_request(SUPERVISOR_START_AUTOVACUUM_LAUNCHER);
    if (wal_is_started() && xid_follows_or_equal(next, limits.warn))
        check_limits_apart(next, (XidLimits){limits.vacuum, limits.warn, next + 1, limits.wrap},
                           oldest_database);
}

static Xid xid_minus(Xid xid, uint32_t count)
{
    Xid result = xid - count;

    return xid_is_normal(result) ? result : result - XID_FIRST;
}

Xid xid_oldest(Oid *database)
{
    Xid oldest;

    lwlock_acquire(&shared->xid_lock, LW_SHARED);
    oldest = shared->oldest;
    if (database != NULL)
        *database = shared->oldest_database;
    lwlock_release(&shared->xid_lock);
    return oldest;
}

XidLimits xid_limits(void)
{
    XidLimits limits;

    lwlock_acquire(&shared->xid_lock, LW_SHARED);
    limits = shared->limits;
    lwlock_release(&shared->xid_lock);
    return limits;
}

Xid xid_oldest_clog(void)
{
    return atomic_load(&shared->oldest_clog);
}

void xid_advance_oldest_clog(Xid oldest)
{
    lwlock_acquire(&shared->truncation_lock, LW_EXCLUSIVE);
    if (xid_precedes(atomic_load(&shared->oldest_clog), oldest))
        atomic_store(&shared->oldest_clog, oldest);
    lwlock_release(&shared->truncation_lock);
}

void xid_set_database_namer(const char *(*name)(Oid database))
{
    database_namer = name;
}

char *xid_database_text(Oid database)
{
    const char *name = database_namer == NULL ? NULL : database_namer(database);

    return name != NULL ? mem_printf("database \"%s\"", name)
                        : mem_printf("database with OID %u", database);
}

/* ---- OIDs ---- */

Oid oid_assign(void)
{
    Oid oid;

    if (!wal_is_started())
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "cannot assign OIDs during recovery");
    lwlock_acquire(&shared->oid_lock, LW_EXCLUSIVE);
    skip_reserved_oids();
    if (shared->oid_left == 0)
        log_oid_run();
    oid = shared->next_oid++;
    shared->oid_left--;
    lwlock_release(&shared->oid_lock);
    return oid;
}

/*
 * Low numbers are for the system catalogs: behind the last OID, and in a cluster that was just
 * made, a server goes on with 16384. A standalone one may be at making the cluster.
 */
static void skip_reserved_oids(void)
{
    Oid first = proc_is_attached() && proc_self()->kind == PROC_STANDALONE ? OID_FIRST_GENBKI
                                                                           : OID_FIRST_NORMAL;

    if (shared->next_oid >= first)
        return;
    shared->next_oid = OID_FIRST_NORMAL;
    shared->oid_left = 0;
}

static void log_oid_run(void)
{
    Oid last = shared->next_oid + OID_RUN;

    wal_begin_insert();
    wal_register_data(&last, sizeof last);
    wal_insert(RMGR_XLOG, WAL_XLOG_NEXTOID);
    shared->oid_left = OID_RUN;
}

Oid oid_next(void)
{
    Oid next;

    lwlock_acquire(&shared->oid_lock, LW_SHARED);
    next = shared->next_oid;
    lwlock_release(&shared->oid_lock);
    return next;
}

Oid oid_next_logged(void)
{
    Oid next;

    lwlock_acquire(&shared->oid_lock, LW_SHARED);
    next = shared->next_oid + shared->oid_left;
    lwlock_release(&shared->oid_lock);
    return next;
}

void oid_set_next(Oid next, uint32_t prefetched)
{
    lwlock_acquire(&shared->oid_lock, LW_EXCLUSIVE);
    shared->next_oid = next;
    shared->oid_left = prefetched;
    lwlock_release(&shared->oid_lock);
}

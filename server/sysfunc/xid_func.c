/* xid_func.c - the id of the transaction that asks, and how others ended */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/cache/cache.h"
#include "server/ipc/lwlock.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/value.h"
#include "server/txn/clog.h"
#include "server/txn/proc_array.h"
#include "server/txn/snapshot_export.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"

static const char *status_of(FullXid xid);
static const char *status_of_recent(Xid xid);

Datum pg_current_xact_id(FmgrCall *call UNUSED)
{
    txn_forbid_in_recovery("pg_current_xact_id()");
    txn_top_xid();
    return datum_of_i64((int64_t)txn_top_full_xid_if_any());
}

Datum pg_current_xact_id_if_assigned(FmgrCall *call)
{
    FullXid xid = txn_top_full_xid_if_any();

    return (Xid)xid == XID_NONE ? fmgr_null(call) : datum_of_i64((int64_t)xid);
}

Datum pg_xact_status(FmgrCall *call)
{
    const char *status;

    /* Meanwhile nothing may be cut off of what is looked up. */
    lwlock_acquire(xid_truncation_lock(), LW_SHARED);
    status = status_of((FullXid)fmgr_i64(call, 0));
    lwlock_release(xid_truncation_lock());
    return status == NULL ? fmgr_null(call) : value_of_text(status);
}

/* NULL: it is too long ago. */
static const char *status_of(FullXid xid)
{
    FullXid next = xid_next();

    if ((Xid)xid == XID_NONE)
        return NULL;
    if (xid >= next)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message =
                      err_fmt("transaction ID %llu is in the future", (unsigned long long)xid));
    if (xid < XID_FIRST)
        return "committed";
    if (xid < xid_widen(xid_oldest_clog()))
        return NULL;
    return status_of_recent((Xid)xid);
}

static const char *status_of_recent(Xid xid)
{
    if (proc_array_is_running(xid))
        return "in progress";
    return xact_did_commit(xid) ? "committed" : "aborted";
}

/* ---- Snapshots for others ---- */

Datum pg_export_snapshot(FmgrCall *call UNUSED)
{
    return value_of_text(snapshot_export(cache_database()));
}

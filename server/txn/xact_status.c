/* xact_status.c - did a transaction commit? clog.h says more; the last answer is at hand here. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/txn/clog.h"
#include "server/txn/clog_int.h"
#include "server/txn/proc_array.h"
#include "server/txn/subtrans.h"
#include "server/txn/xid.h"

/* Only what never changes any more: committed or aborted. */
static struct {
    Xid xid;
    XactStatus status;
    Lsn lsn;
} last;

static XactStatus status_of(Xid xid);
static Xid parent_of(Xid xid);

bool xact_did_commit(Xid xid)
{
    XactStatus status = status_of(xid);
    Xid parent;

    if (status != XACT_SUB_COMMITTED)
        return status == XACT_COMMITTED;
    parent = parent_of(xid);
    return parent != XID_NONE && xact_did_commit(parent);
}

bool xact_did_abort(Xid xid)
{
    XactStatus status = status_of(xid);
    Xid parent;

    if (status != XACT_SUB_COMMITTED)
        return status == XACT_ABORTED;
    parent = parent_of(xid);
    return parent == XID_NONE || xact_did_abort(parent);
}

Lsn xact_commit_lsn(Xid xid)
{
    Lsn lsn;

    if (!xid_is_normal(xid))
        return LSN_NONE;
    if (xid == last.xid)
        return last.lsn;
    clog_get(xid, &lsn);
    return lsn;
}

void xact_status_forget(void)
{
    last.xid = XID_NONE;
}

static XactStatus status_of(Xid xid)
{
    XactStatus status;
    Lsn lsn;

    if (xid == last.xid && xid != XID_NONE)
        return last.status;
    if (!xid_is_normal(xid))
        return xid == XID_NONE ? XACT_ABORTED : XACT_COMMITTED;
    status = clog_get(xid, &lsn);
    if (status == XACT_COMMITTED || status == XACT_ABORTED) {
        last.xid = xid;
        last.status = status;
        last.lsn = lsn;
    }
    return status;
}

/*
 * Of one that is marked sub-committed; 0: its parent crashed before it could commit, which is so
 * when it is too old for any that runs.
 */
static Xid parent_of(Xid xid)
{
    Xid parent;

    if (xid_precedes(xid, proc_array_transaction_xmin()))
        return XID_NONE;
    parent = subtrans_parent(xid);
    if (parent == XID_NONE)
        err_log(ERR_WARNING,
                .message = err_fmt("no pg_subtrans entry for subcommitted XID %u", xid));
    return parent;
}

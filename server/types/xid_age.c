/* xid_age.c - how many transactions, or multixacts, ago a number was given out. */
#include "common/base/base.h"

#include "server/txn/multixact.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"
#include "server/types/types_int.h"

/* The same during one transaction: its own, if it has one when it is first asked for. */
static Xid latest_xid(void)
{
    static PgTime asked_in; /* the transaction, by when it began */
    static Xid latest;

    if (latest == 0 || asked_in != txn_start_time()) {
        asked_in = txn_start_time();
        latest = txn_top_xid_if_any();
        if (latest == 0)
            latest = (Xid)xid_next();
    }
    return latest;
}

/* Those that are frozen for good are infinitely old. */
Datum xid_age(FmgrCall *call)
{
    Xid xid = fmgr_u32(call, 0);

    return datum_of_i32(xid_is_normal(xid) ? (int32_t)(latest_xid() - xid) : INT32_MAX);
}

Datum mxid_age(FmgrCall *call)
{
    MultiXid multi = fmgr_u32(call, 0);
    MultiLimits limits;

    if (multi == 0)
        return datum_of_i32(INT32_MAX);
    multixact_get_limits(&limits);
    return datum_of_i32((int32_t)(limits.next - multi));
}

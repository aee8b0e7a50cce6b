/*
 * freeze.c - xids that are about to become too old to be told apart leave their tuples
 *
 * What is decided for a tuple that stays is a plan: new values for xmax and the two masks. xmin
 * keeps its value under a bit that says "frozen". xmax goes when it only locked or was rolled back;
 * of a multixact what counts yet becomes an xid or a new multixact.
 *
 * Before it is frozen, what a tuple says is held against what pg_class says of its table and
 * against the commit status: what does not fit is damage, and raises rather than becomes for ever
 * visible.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/heap/heap_int.h"
#include "server/txn/clog.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"

/* What becomes of a multixact. */
typedef enum MultiFate {
    MULTI_STAYS,
    MULTI_GOES,
    MULTI_BECOMES_XID,
    MULTI_BECOMES_MULTI
} MultiFate;

typedef struct MultiPlan {
    MultiFate fate;
    Xid xmax;          /* the xid or the multixact that it becomes */
    bool is_committed; /* the xid */
    Xid oldest;        /* of the members that stay, or later */
} MultiPlan;

static bool plan_xmin(const HeapTupleHeader *h, const HeapCutoffs *c, FreezePlan *plan,
                      HeapOldest *oldest, bool *is_frozen);
static bool plan_xmax(const HeapTupleHeader *h, const HeapCutoffs *c, FreezePlan *plan,
                      HeapOldest *oldest, bool *is_frozen);
static bool plan_multi(const HeapTupleHeader *h, const HeapCutoffs *c, FreezePlan *plan,
                       HeapOldest *oldest, bool *is_frozen);
static void plan_no_xmax(FreezePlan *plan);
static MultiPlan judge_multi(const HeapTupleHeader *h, const HeapCutoffs *c, Xid oldest);
static MultiPlan judge_old_multi(const HeapTupleHeader *h, const HeapCutoffs *c, Xid oldest);
static MultiPlan keep_members(const MultiMember *members, size_t count, const HeapCutoffs *c,
                              Xid oldest);
static bool is_running(Xid xid);
static void keep_xid(HeapOldest *oldest, Xid xid);
static void keep_multi(HeapOldest *oldest, MultiXid multi);

bool heap_plan_freeze(const HeapTuple *tuple, const HeapCutoffs *cutoffs, FreezePlan *plan,
                      bool *is_all_frozen, HeapOldest *oldest)
{
    const HeapTupleHeader *h = heap_header(tuple);
    bool xmin_changes, xmax_changes, is_xmin_frozen, is_xmax_frozen;

    *plan = (FreezePlan){.xmax = h->xmax,
                         .offnum = tuple->self.offset,
                         .infomask2 = h->infomask2,
                         .infomask = h->infomask};
    if ((h->infomask & HEAP_MOVED) != 0)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "rows moved by VACUUM FULL before version 9.0 are not supported");
    xmin_changes = plan_xmin(h, cutoffs, plan, oldest, &is_xmin_frozen);
    xmax_changes = plan_xmax(h, cutoffs, plan, oldest, &is_xmax_frozen);
    *is_all_frozen = is_xmin_frozen && is_xmax_frozen;
    return xmin_changes || xmax_changes;
}

void heap_apply_freeze(HeapTupleHeader *h, const FreezePlan *plan)
{
    h->xmax = plan->xmax;
    h->infomask = plan->infomask;
    h->infomask2 = plan->infomask2;
}

static bool plan_xmin(const HeapTupleHeader *h, const HeapCutoffs *c, FreezePlan *plan,
                      HeapOldest *oldest, bool *is_frozen)
{
    *is_frozen = true;
    if (heap_xmin_is_frozen(h->infomask) || !xid_is_normal(h->xmin))
        return false;
    if (xid_precedes(h->xmin, c->relfrozenxid))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("found xmin %u from before relfrozenxid %u", h->xmin,
                                     c->relfrozenxid));
    *is_frozen = xid_precedes(h->xmin, c->freeze_limit);
    if (!*is_frozen) {
        keep_xid(oldest, h->xmin);
        return false;
    }
    if (!xact_did_commit(h->xmin))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message =
                      err_fmt("uncommitted xmin %u from before xid cutoff %u needs to be frozen",
                              h->xmin, c->freeze_limit));
    plan->infomask |= HEAP_XMIN_FROZEN;
    return true;
}

static bool plan_xmax(const HeapTupleHeader *h, const HeapCutoffs *c, FreezePlan *plan,
                      HeapOldest *oldest, bool *is_frozen)
{
    *is_frozen = true;
    if ((h->infomask & HEAP_XMAX_IS_MULTI) != 0)
        return plan_multi(h, c, plan, oldest, is_frozen);
    if (!xid_is_normal(h->xmax)) {
        if ((h->infomask & HEAP_XMAX_INVALID) == 0 && h->xmax != XID_NONE)
            err_raise(SQLSTATE_DATA_CORRUPTED,
                      .message = err_fmt("found xmax %u (infomask 0x%04x) not frozen, not multi, "
                                         "not normal",
                                         h->xmax, h->infomask));
        return false;
    }
    if (xid_precedes(h->xmax, c->relfrozenxid))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("found xmax %u from before relfrozenxid %u", h->xmax,
                                     c->relfrozenxid));
    *is_frozen = xid_precedes(h->xmax, c->freeze_limit);
    if (!*is_frozen) {
        keep_xid(oldest, h->xmax);
        return false;
    }
    /* A lock ends with its holder. But a row that was ended and stays all the same is damage. */
    if (!heap_xmax_is_lock_only(h->infomask) && xact_did_commit(h->xmax))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("cannot freeze committed xmax %u", h->xmax));
    plan_no_xmax(plan);
    return true;
}

static void plan_no_xmax(FreezePlan *plan)
{
    plan->xmax = XID_NONE;
    plan->infomask = (uint16_t)((plan->infomask & ~(unsigned)HEAP_XMAX_BITS) | HEAP_XMAX_INVALID);
    plan->infomask2 =
        (uint16_t)(plan->infomask2 & ~(unsigned)(HEAP_HOT_UPDATED | HEAP_KEYS_UPDATED));
}

/* ---- Multixacts ---- */

static bool plan_multi(const HeapTupleHeader *h, const HeapCutoffs *c, FreezePlan *plan,
                       HeapOldest *oldest, bool *is_frozen)
{
    MultiPlan m = judge_multi(h, c, oldest->xid);

    *is_frozen = m.fate == MULTI_GOES;
    switch (m.fate) {
    case MULTI_STAYS:
        keep_multi(oldest, h->xmax);
        keep_xid(oldest, m.oldest);
        return false;
    case MULTI_GOES:
        plan_no_xmax(plan);
        return true;
    case MULTI_BECOMES_XID:
        plan->xmax = m.xmax;
        plan->infomask = (uint16_t)((plan->infomask & ~(unsigned)HEAP_XMAX_BITS) |
                                    (m.is_committed ? HEAP_XMAX_COMMITTED : 0));
        keep_xid(oldest, m.xmax);
        return true;
    case MULTI_BECOMES_MULTI: {
        NewXmax set = heap_multi_xmax(m.xmax);

        plan->xmax = m.xmax;
        plan->infomask = (uint16_t)((plan->infomask & ~(unsigned)HEAP_XMAX_BITS) | set.infomask);
        plan->infomask2 =
            (uint16_t)((plan->infomask2 & ~(unsigned)HEAP_KEYS_UPDATED) | set.infomask2);
        keep_multi(oldest, m.xmax);
        keep_xid(oldest, m.oldest);
        return true;
    }
    }
    return false;
}

static MultiPlan judge_multi(const HeapTupleHeader *h, const HeapCutoffs *c, Xid oldest)
{
    const MultiPlan goes = {.fate = MULTI_GOES};
    MultiPlan plan = {.fate = MULTI_STAYS, .oldest = oldest};
    MultiMember *members;
    bool has_old = false;
    size_t count;

    if (h->xmax == 0 || heap_xmax_is_upgraded_lock(h->infomask))
        return goes;
    if (multixact_precedes(h->xmax, c->relminmxid))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("found multixact %u from before relminmxid %u", h->xmax,
                                     c->relminmxid));
    if (multixact_precedes(h->xmax, c->multi_cutoff))
        return judge_old_multi(h, c, oldest);

    count = multixact_members(h->xmax, &members, false, heap_xmax_is_lock_only(h->infomask));
    if (count == 0)
        return goes;
    for (size_t i = 0; i < count && !has_old; i++) {
        has_old = xid_precedes(members[i].xid, c->freeze_limit);
        if (xid_precedes(members[i].xid, plan.oldest))
            plan.oldest = members[i].xid;
    }
    if (has_old)
        plan = keep_members(members, count, c, oldest);
    mem_free(members);
    return plan;
}

/* None of its members can run; one that updated may count yet. */
static MultiPlan judge_old_multi(const HeapTupleHeader *h, const HeapCutoffs *c, Xid oldest)
{
    bool is_lock_only = heap_xmax_is_lock_only(h->infomask);
    MultiPlan plan = {.fate = MULTI_GOES, .oldest = oldest};
    Xid updater;

    if (multixact_is_running(h->xmax, is_lock_only))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("multixact %u from before cutoff %u found to be still running",
                                     h->xmax, c->multi_cutoff));
    updater = is_lock_only ? XID_NONE : heap_multi_updater(h->xmax);
    if (updater == XID_NONE)
        return plan;
    if (xid_precedes(updater, c->relfrozenxid))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("found update xid %u from before relfrozenxid %u", updater,
                                     c->relfrozenxid));
    if (!xid_precedes(updater, c->freeze_limit)) {
        plan.fate = MULTI_BECOMES_XID;
        plan.xmax = updater;
    } else if (xact_did_commit(updater)) {
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("cannot freeze committed update xid %u", updater));
    }
    return plan;
}

/* What counts of a multixact with members that are too old: locks of those that run, the update. */
static MultiPlan keep_members(const MultiMember *members, size_t count, const HeapCutoffs *c,
                              Xid oldest)
{
    MultiPlan plan = {.fate = MULTI_GOES, .oldest = oldest};
    MultiMember *kept = mem_new_array(MultiMember, count);
    size_t kept_count = 0;
    bool has_lockers = false;

    for (size_t i = 0; i < count; i++) {
        Xid xid = members[i].xid;
        bool is_update = multixact_is_update(members[i].status);

        if (is_update && xid_precedes(xid, c->relfrozenxid))
            err_raise(SQLSTATE_DATA_CORRUPTED,
                      .message = err_fmt("found update xid %u from before relfrozenxid %u", xid,
                                         c->relfrozenxid));
        if (!is_running(xid)) {
            if (!is_update || !xact_did_commit(xid))
                continue;
            plan.is_committed = true;
        }
        if (is_update && xid_precedes(xid, c->freeze_limit))
            err_raise(SQLSTATE_DATA_CORRUPTED,
                      .message = err_fmt("found update xid %u from before xid cutoff %u", xid,
                                         c->freeze_limit));
        if (is_update)
            plan.xmax = xid;
        has_lockers = has_lockers || !is_update;
        kept[kept_count++] = members[i];
        if (xid_precedes(xid, plan.oldest))
            plan.oldest = xid;
    }
    if (plan.xmax != XID_NONE && !has_lockers) {
        plan.fate = MULTI_BECOMES_XID;
    } else if (kept_count > 0) {
        multixact_set_oldest_member();
        plan.fate = MULTI_BECOMES_MULTI;
        plan.xmax = multixact_create(kept, kept_count);
    }
    mem_free(kept);
    return plan;
}

static bool is_running(Xid xid)
{
    return txn_is_own_xid(xid) || proc_array_is_running(xid);
}

static void keep_xid(HeapOldest *oldest, Xid xid)
{
    if (xid_precedes(xid, oldest->xid))
        oldest->xid = xid;
}

static void keep_multi(HeapOldest *oldest, MultiXid multi)
{
    if (multixact_precedes(multi, oldest->multi))
        oldest->multi = multi;
}

/* ---- Only looking ---- */

bool heap_needs_freeze(const HeapTuple *tuple, const HeapCutoffs *cutoffs, HeapOldest *oldest)
{
    const HeapTupleHeader *h = heap_header(tuple);
    bool is_needed = false;
    MultiMember *members;
    size_t count;

    if (!heap_xmin_is_frozen(h->infomask) && xid_is_normal(h->xmin)) {
        keep_xid(oldest, h->xmin);
        is_needed = xid_precedes(h->xmin, cutoffs->freeze_limit);
    }
    if ((h->infomask & HEAP_XMAX_IS_MULTI) == 0) {
        if (!xid_is_normal(h->xmax))
            return is_needed;
        keep_xid(oldest, h->xmax);
        return is_needed || xid_precedes(h->xmax, cutoffs->freeze_limit);
    }
    if (h->xmax == 0)
        return is_needed;
    keep_multi(oldest, h->xmax);
    if (heap_xmax_is_upgraded_lock(h->infomask))
        return true;
    is_needed = is_needed || multixact_precedes(h->xmax, cutoffs->multi_cutoff);
    count = multixact_members(h->xmax, &members, false, heap_xmax_is_lock_only(h->infomask));
    for (size_t i = 0; i < count; i++) {
        keep_xid(oldest, members[i].xid);
        is_needed = is_needed || xid_precedes(members[i].xid, cutoffs->freeze_limit);
    }
    mem_free(members);
    return is_needed;
}

/*
 * visibility.c - which row versions count: for a snapshot, for who wants to change them, for vacuum
 *
 * A tuple names the transaction that made it (xmin) and one that ended or locked it (xmax). What
 * has become of them is one of a few states, found once; all questions here are tables over pairs
 * of states.
 *
 * Of an xid one asks, in this order: is it ours, does it run, did it commit. A transaction that
 * ends is first marked in the commit status, then leaves the table of those that run; so who finds
 * it in neither asked too early, and to ask "did it commit" first would take it for crashed. For
 * an MVCC snapshot "does it run" is the snapshot's to answer: what is not in it has ended.
 *
 * What is found is kept in hint bits on the tuple, with a shared lock. That xid committed may not
 * get to disk before the commit record itself: of a commit that did not wait for the disk the hint
 * is left out, unless the page has to wait for a later record anyway.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/heap/heap_int.h"
#include "server/txn/clog.h"
#include "server/txn/combo_cid.h"
#include "server/txn/txn.h"
#include "server/wal/wal.h"

/* The next one is what counts. */
typedef enum Holders { HOLD_NOBODY, HOLD_BESIDE, HOLD_IN_THE_WAY } Holders;

static bool runs(const Snapshot *s, Xid xid);
static void refuse_moved(const HeapTuple *tuple);
static XmaxState updater_state(const HeapTuple *tuple, const Snapshot *s, Xid *xid);
static bool shows(const HeapTuple *tuple, const Snapshot *s, Buffer b);
static bool lives_now(const HeapTuple *tuple, Buffer b, Snapshot *dirty);
static bool toast_shows(const HeapTuple *tuple);
static bool leaves_key_alone(const HeapTupleHeader *h, HeapLockMode mode);
static HeapResult check_locked(const HeapTuple *tuple, HeapLockMode mode, Buffer b,
                               HeapObstacle *why);
static Holders find_holders(const HeapTuple *tuple, HeapLockMode mode, HeapObstacle *why);
static Holders judge(MultiMember m, HeapLockMode mode, HeapObstacle *why);
static HeapResult ended_by(const HeapTuple *tuple, Xid xmax, HeapObstacle *why);
static HeapFate fate_of_locked(const HeapTuple *tuple, Buffer b);

/* ---- States ---- */

XminState heap_xmin_state(const HeapTuple *tuple, const Snapshot *s, Buffer b)
{
    const HeapTupleHeader *h = heap_header(tuple);

    if (LIKELY((h->infomask & HEAP_XMIN_COMMITTED) != 0)) {
        if (s != NULL && !heap_xmin_is_frozen(h->infomask) && snapshot_shows_running(s, h->xmin))
            return XMIN_RUNS;
        return XMIN_COMMITTED;
    }
    if ((h->infomask & HEAP_XMIN_INVALID) != 0)
        return XMIN_ABORTED;
    refuse_moved(tuple);
    if (txn_is_own_xid(h->xmin))
        return XMIN_OURS;
    if (runs(s, h->xmin))
        return XMIN_RUNS;
    if (xact_did_commit(h->xmin)) {
        heap_set_hint(tuple, b, HEAP_XMIN_COMMITTED, h->xmin);
        return XMIN_COMMITTED;
    }
    /* It aborted, or the server crashed while it ran. */
    heap_set_hint(tuple, b, HEAP_XMIN_INVALID, XID_NONE);
    return XMIN_ABORTED;
}

XmaxState heap_xmax_state(const HeapTuple *tuple, const Snapshot *s, Buffer b, Xid *xid)
{
    const HeapTupleHeader *h = heap_header(tuple);
    Xid ignored;

    if (xid == NULL)
        xid = &ignored;
    *xid = XID_NONE;
    if (LIKELY((h->infomask & HEAP_XMAX_INVALID) != 0))
        return XMAX_NONE;
    if (heap_xmax_is_upgraded_lock(h->infomask))
        return XMAX_NONE;
    if (heap_xmax_is_lock_only(h->infomask))
        return XMAX_LOCKED;
    if ((h->infomask & HEAP_XMAX_IS_MULTI) != 0)
        return updater_state(tuple, s, xid);

    *xid = h->xmax;
    if ((h->infomask & HEAP_XMAX_COMMITTED) != 0)
        return s != NULL && snapshot_shows_running(s, *xid) ? XMAX_RUNS : XMAX_COMMITTED;
    if (txn_is_own_xid(*xid))
        return XMAX_OURS;
    if (runs(s, *xid))
        return XMAX_RUNS;
    if (xact_did_commit(*xid)) {
        heap_set_hint(tuple, b, HEAP_XMAX_COMMITTED, *xid);
        return XMAX_COMMITTED;
    }
    heap_set_hint(tuple, b, HEAP_XMAX_INVALID, XID_NONE);
    *xid = XID_NONE;
    return XMAX_NONE;
}

/* Of the one member of a multixact that changed the row. No hint can say what became of it. */
static XmaxState updater_state(const HeapTuple *tuple, const Snapshot *s, Xid *xid)
{
    Xid updater = heap_multi_updater(heap_header(tuple)->xmax);

    if (updater == XID_NONE)
        return XMAX_LOCKED;
    *xid = updater;
    if (txn_is_own_xid(updater))
        return XMAX_OURS;
    if (runs(s, updater))
        return XMAX_RUNS;
    if (xact_did_commit(updater))
        return XMAX_COMMITTED;
    *xid = XID_NONE;
    return XMAX_LOCKED; /* the other members may hold their locks yet */
}

static bool runs(const Snapshot *s, Xid xid)
{
    return s != NULL ? snapshot_shows_running(s, xid) : proc_array_is_running(xid);
}

/* Rows that a VACUUM FULL before 9.0 was moving when it stopped. */
static void refuse_moved(const HeapTuple *tuple)
{
    if (UNLIKELY((heap_header(tuple)->infomask & HEAP_MOVED) != 0))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "rows moved by VACUUM FULL before version 9.0 are not supported",
                  .detail = err_fmt("Tuple (%u,%u) of table %u is one.", tid_block(tuple->self),
                                    tuple->self.offset, tuple->table));
}

void heap_set_hint(const HeapTuple *tuple, Buffer b, uint16_t bits, Xid committed)
{
    HeapTupleHeader *h = heap_header(tuple);

    if (committed != XID_NONE) {
        Lsn lsn = xact_commit_lsn(committed);

        if (lsn != LSN_NONE && buffer_is_permanent(b) && wal_needs_flush(lsn) &&
            buffer_lsn(b) < lsn)
            return;
    }
    h->infomask = (uint16_t)(h->infomask | bits);
    buffer_mark_dirty_hint(b, true);
}

Xid heap_update_xid(const HeapTuple *tuple)
{
    const HeapTupleHeader *h = heap_header(tuple);

    if ((h->infomask & HEAP_XMAX_INVALID) != 0 || heap_xmax_is_lock_only(h->infomask))
        return XID_NONE;
    return (h->infomask & HEAP_XMAX_IS_MULTI) == 0 ? h->xmax : heap_multi_updater(h->xmax);
}

Xid heap_multi_updater(MultiXid multi)
{
    MultiMember *members;
    Xid xid = XID_NONE;
    size_t count = multixact_members(multi, &members, false, false);

    for (size_t i = 0; i < count && xid == XID_NONE; i++) {
        if (multixact_is_update(members[i].status))
            xid = members[i].xid;
    }
    mem_free(members);
    return xid;
}

Cid heap_cmin(const HeapTuple *tuple)
{
    const HeapTupleHeader *h = heap_header(tuple);

    return (h->infomask & HEAP_COMBO_CID) != 0 ? combo_cid_min(h->cid) : h->cid;
}

Cid heap_cmax(const HeapTuple *tuple)
{
    const HeapTupleHeader *h = heap_header(tuple);

    return (h->infomask & HEAP_COMBO_CID) != 0 ? combo_cid_max(h->cid) : h->cid;
}

/* ---- Snapshots ---- */

bool heap_is_visible(const HeapRel *rel, const HeapTuple *tuple, const Snapshot *s, Buffer b)
{
    Xid dead_after;

    switch (s->kind) {
    case SNAPSHOT_MVCC:
        return shows(tuple, s, b);
    case SNAPSHOT_SELF:
        return lives_now(tuple, b, NULL);
    case SNAPSHOT_ANY:
        return true;
    case SNAPSHOT_TOAST:
        return toast_shows(tuple);
    case SNAPSHOT_NON_VACUUMABLE:
        switch (heap_fate(tuple, b, &dead_after)) {
        case HEAP_FATE_DEAD:
            return false;
        case HEAP_FATE_RECENTLY_DEAD:
            return !proc_array_is_removable(rel->horizon, dead_after);
        default:
            return true;
        }
    case SNAPSHOT_DIRTY:
        break;
    }
    err_raise(SQLSTATE_INTERNAL_ERROR,
              .message = err_fmt("snapshot of kind %d cannot be used here", (int)s->kind));
}

/* As of the snapshot; of our own work what commands before the snapshot's did. */
static bool shows(const HeapTuple *tuple, const Snapshot *s, Buffer b)
{
    switch (heap_xmin_state(tuple, s, b)) {
    case XMIN_ABORTED:
    case XMIN_RUNS:
        return false;
    case XMIN_OURS:
        if (heap_cmin(tuple) >= s->command)
            return false;
        break;
    case XMIN_COMMITTED:
        break;
    }
    switch (heap_xmax_state(tuple, s, b, NULL)) {
    case XMAX_NONE:
    case XMAX_LOCKED:
    case XMAX_RUNS:
        return true;
    case XMAX_OURS:
        return heap_cmax(tuple) >= s->command;
    case XMAX_COMMITTED:
        break;
    }
    return false;
}

bool heap_is_visible_dirty(const HeapTuple *tuple, Snapshot *s, Buffer b)
{
    ASSERT(s->kind == SNAPSHOT_DIRTY);
    s->dirty_xmin = s->xmax = XID_NONE;
    s->token = 0;
    return lives_now(tuple, b, s);
}

/* As of now, whatever command of ours it was; dirty (may be NULL) takes also what may yet be. */
static bool lives_now(const HeapTuple *tuple, Buffer b, Snapshot *dirty)
{
    const HeapTupleHeader *h = heap_header(tuple);
    Xid updater;

    switch (heap_xmin_state(tuple, NULL, b)) {
    case XMIN_ABORTED:
        return false;
    case XMIN_RUNS:
        if (dirty == NULL)
            return false;
        if (h->ctid.offset == HEAP_CTID_SPECULATIVE)
            dirty->token = tid_block(h->ctid);
        dirty->dirty_xmin = h->xmin;
        return true;
    case XMIN_OURS:
    case XMIN_COMMITTED:
        break;
    }
    switch (heap_xmax_state(tuple, NULL, b, &updater)) {
    case XMAX_OURS:
    case XMAX_COMMITTED:
        return false;
    case XMAX_RUNS:
        if (dirty != NULL)
            dirty->xmax = updater;
        return true;
    case XMAX_NONE:
    case XMAX_LOCKED:
        break;
    }
    return true;
}

/*
 * Chunks of a value are found by way of the row that owns them, whose visibility is theirs: all
 * count that were not taken back, even by an abort that no hint tells of yet.
 */
static bool toast_shows(const HeapTuple *tuple)
{
    const HeapTupleHeader *h = heap_header(tuple);

    if ((h->infomask & HEAP_XMIN_COMMITTED) != 0)
        return true;
    if ((h->infomask & HEAP_XMIN_INVALID) != 0)
        return false;
    refuse_moved(tuple);
    return h->xmin != XID_NONE; /* a speculative insert that was taken back has none */
}

/* ---- Who wants to change it ---- */

HeapResult heap_check_change(const HeapTuple *tuple, Cid command, HeapLockMode mode, Buffer b,
                             HeapObstacle *why)
{
    const HeapTupleHeader *h = heap_header(tuple);
    Xid xmax;

    *why = (HeapObstacle){.next = tuple->self, .mode = mode};
    switch (heap_xmin_state(tuple, NULL, b)) {
    case XMIN_ABORTED:
    case XMIN_RUNS:
        return HEAP_CHANGE_INVISIBLE;
    case XMIN_OURS:
        if (heap_cmin(tuple) >= command)
            return HEAP_CHANGE_INVISIBLE;
        break;
    case XMIN_COMMITTED:
        break;
    }
    for (;;) {
        switch (heap_xmax_state(tuple, NULL, b, &xmax)) {
        case XMAX_NONE:
            return HEAP_CHANGE_OK;
        case XMAX_LOCKED:
            return check_locked(tuple, mode, b, why);
        case XMAX_RUNS:
            if (find_holders(tuple, mode, why) == HOLD_IN_THE_WAY)
                return HEAP_CHANGE_MUST_WAIT;
            if (leaves_key_alone(h, mode))
                return HEAP_CHANGE_OK;
            continue; /* it has ended meanwhile */
        case XMAX_OURS:
            if (heap_cmax(tuple) < command)
                return HEAP_CHANGE_INVISIBLE;
            why->next = h->ctid;
            why->xmax = xmax;
            why->cmax = heap_cmax(tuple);
            return HEAP_CHANGE_SELF_MODIFIED;
        case XMAX_COMMITTED:
            return leaves_key_alone(h, mode) ? HEAP_CHANGE_OK : ended_by(tuple, xmax, why);
        }
    }
}

/* Is the key all that is to be kept, and it is the same in the newer version? */
static bool leaves_key_alone(const HeapTupleHeader *h, HeapLockMode mode)
{
    return mode == HEAP_LOCK_KEY_SHARE && (h->infomask2 & HEAP_KEYS_UPDATED) == 0;
}

/* Does a lock stand in the way? Our own do not. */
static HeapResult check_locked(const HeapTuple *tuple, HeapLockMode mode, Buffer b,
                               HeapObstacle *why)
{
    switch (find_holders(tuple, mode, why)) {
    case HOLD_IN_THE_WAY:
        return HEAP_CHANGE_MUST_WAIT;
    case HOLD_NOBODY:
        heap_set_hint(tuple, b, HEAP_XMAX_INVALID, XID_NONE);
        break;
    case HOLD_BESIDE:
        break;
    }
    return HEAP_CHANGE_OK;
}

/* Who runs of those that xmax names; if one is in the way, why takes it. */
static Holders find_holders(const HeapTuple *tuple, HeapLockMode mode, HeapObstacle *why)
{
    const HeapTupleHeader *h = heap_header(tuple);
    Holders holders = HOLD_NOBODY;
    MultiMember *members;
    size_t count;

    if ((h->infomask & HEAP_XMAX_IS_MULTI) == 0)
        return judge((MultiMember){.xid = h->xmax, .status = heap_xmax_status(h)}, mode, why);
    count = multixact_members(h->xmax, &members, false, heap_xmax_is_lock_only(h->infomask));
    for (size_t i = 0; i < count && holders != HOLD_IN_THE_WAY; i++) {
        Holders one = judge(members[i], mode, why);

        if (one > holders)
            holders = one;
    }
    mem_free(members);
    if (holders == HOLD_IN_THE_WAY)
        why->waits_for_multi = h->xmax;
    return holders;
}

static Holders judge(MultiMember m, HeapLockMode mode, HeapObstacle *why)
{
    if (txn_is_own_xid(m.xid))
        return HOLD_BESIDE;
    if (!proc_array_is_running(m.xid))
        return HOLD_NOBODY;
    if (!heap_modes_conflict(heap_mode_of(m.status), mode))
        return HOLD_BESIDE;
    why->waits_for = m.xid;
    return HOLD_IN_THE_WAY;
}

static HeapResult ended_by(const HeapTuple *tuple, Xid xmax, HeapObstacle *why)
{
    const HeapTupleHeader *h = heap_header(tuple);

    why->next = h->ctid;
    why->xmax = xmax;
    return tid_block(h->ctid) == tid_block(tuple->self) && h->ctid.offset == tuple->self.offset
               ? HEAP_CHANGE_DELETED
               : HEAP_CHANGE_UPDATED;
}

/* ---- Vacuum ---- */

HeapFate heap_fate(const HeapTuple *tuple, Buffer b, Xid *dead_after)
{
    Xid xmax;

    *dead_after = XID_NONE;
    switch (heap_xmin_state(tuple, NULL, b)) {
    case XMIN_ABORTED:
        return HEAP_FATE_DEAD;
    case XMIN_RUNS:
        return HEAP_FATE_INSERTING;
    case XMIN_OURS:
        return heap_xmax_state(tuple, NULL, b, NULL) == XMAX_OURS ? HEAP_FATE_DELETING
                                                                  : HEAP_FATE_INSERTING;
    case XMIN_COMMITTED:
        break;
    }
    switch (heap_xmax_state(tuple, NULL, b, &xmax)) {
    case XMAX_NONE:
        return HEAP_FATE_ALIVE;
    case XMAX_LOCKED:
        return fate_of_locked(tuple, b);
    case XMAX_OURS:
    case XMAX_RUNS:
        return HEAP_FATE_DELETING;
    case XMAX_COMMITTED:
        break;
    }
    *dead_after = xmax;
    return HEAP_FATE_RECENTLY_DEAD;
}

/* It lives; when nobody has it locked any more, the next one need not ask. */
static HeapFate fate_of_locked(const HeapTuple *tuple, Buffer b)
{
    const HeapTupleHeader *h = heap_header(tuple);
    bool is_multi = (h->infomask & HEAP_XMAX_IS_MULTI) != 0;
    bool is_held = is_multi ? multixact_is_running(h->xmax, heap_xmax_is_lock_only(h->infomask))
                            : proc_array_is_running(h->xmax);

    if (!is_held)
        heap_set_hint(tuple, b, HEAP_XMAX_INVALID, XID_NONE);
    return HEAP_FATE_ALIVE;
}

HeapFate heap_fate_at(const HeapTuple *tuple, Buffer b, Xid oldest)
{
    Xid dead_after;
    HeapFate fate = heap_fate(tuple, b, &dead_after);

    if (fate == HEAP_FATE_RECENTLY_DEAD && xid_precedes(dead_after, oldest))
        return HEAP_FATE_DEAD;
    return fate;
}

bool heap_is_surely_dead(const HeapRel *rel, const HeapTuple *tuple)
{
    const HeapTupleHeader *h = heap_header(tuple);

    if ((h->infomask & HEAP_XMIN_COMMITTED) == 0)
        return (h->infomask & HEAP_XMIN_INVALID) != 0;
    if ((h->infomask & HEAP_XMAX_INVALID) != 0 || heap_xmax_is_lock_only(h->infomask) ||
        (h->infomask & HEAP_XMAX_IS_MULTI) != 0 || (h->infomask & HEAP_XMAX_COMMITTED) == 0)
        return false;
    return proc_array_is_removable(rel->horizon, h->xmax);
}

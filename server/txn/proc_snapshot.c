/*
 * proc_snapshot.c - who runs, as of now: snapshots, and questions about one xid
 *
 * A snapshot is the list of the xids that run, up to the newest that has ended; it is made by one
 * pass over the dense array. As long as no transaction with an xid ends, a new one would say the
 * same, so the old one is taken again, without the lock:
 *
 *     publish its xmin as ours (if we have none), then look at the completion count
 *
 * When the count is still that of the snapshot, all that runs for it runs yet. Who computed a
 * horizon without seeing our xmin held the lock all the time and saw those running too, so the
 * horizon lies before our xmin all the same; who comes later sees our xmin. When the count is
 * another one, the xmin was older than it need be for a moment, which harms nobody.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/txn/clog.h"
#include "server/txn/proc_array_int.h"
#include "server/txn/subtrans.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"
#include "server/wal/wal.h"

static bool take_again(Snapshot *s);
static void use_xmin(Xid xmin);
static void collect(Snapshot *out);
static void collect_subxids(Snapshot *out, unsigned at);
static bool find_running(Xid xid, Xid *overflowed, unsigned *overflowed_count,
                         bool *is_overflowed_standby);
static bool is_known(Xid xid);
static bool has_subxid(unsigned at, Xid xid);

/* The newest xid that was found to run no more. */
static Xid last_ended;

void proc_snapshot_forget(void)
{
    last_ended = XID_NONE;
}

size_t proc_array_xid_max(void)
{
    return proc_array->entry_count;
}

size_t proc_array_subxid_max(void)
{
    /* On a standby all of them are there, tops and children. */
    return (size_t)proc_array->entry_count * (PROC_SUBXIDS_MAX + 1);
}

/* ---- Snapshots ---- */

void proc_array_take_snapshot(Snapshot *out)
{
    if (!take_again(out)) {
        lwlock_acquire(&proc_array->lock, LW_SHARED);
        out->completion_count = atomic_load(&proc_array->completion_count);
        collect(out);
        if (proc_array_own_xmin() == XID_NONE)
            use_xmin(out->xmin);
        lwlock_release(&proc_array->lock);
    }
    proc_own.recent_xmin = out->xmin;
    out->kind = SNAPSHOT_MVCC;
    out->active_count = out->registered_count = 0;
    out->is_copied = false;
}

static bool take_again(Snapshot *s)
{
    bool has_xmin = proc_array_own_xmin() != XID_NONE;

    if (s->completion_count == 0 ||
        atomic_load(&proc_array->completion_count) != s->completion_count)
        return false;
    if (has_xmin)
        return true;
    use_xmin(s->xmin);
    if (LIKELY(atomic_load(&proc_array->completion_count) == s->completion_count))
        return true;
    atomic_store(&proc_own.entry->xmin, XID_NONE);
    return false;
}

static void use_xmin(Xid xmin)
{
    atomic_store(&proc_own.entry->xmin, xmin);
    proc_own.transaction_xmin = xmin;
}

/* With the lock held. Our own xid is none of those that run for us, but holds xmin back. */
static void collect(Snapshot *out)
{
    unsigned count = proc_array->joined_count, self = proc_own.entry->position;
    Xid own = atomic_load_explicit(&proc_own.entry->xid, memory_order_relaxed);

    out->xmax = xid_after((Xid)xid_latest_completed());
    out->was_in_recovery = atomic_load_explicit(&proc_array->is_standby, memory_order_relaxed);
    if (UNLIKELY(out->was_in_recovery)) {
        proc_known_collect(out);
        return;
    }
    out->xmin = own != XID_NONE && xid_precedes(own, out->xmax) ? own : out->xmax;
    out->xid_count = out->subxid_count = 0;
    out->is_overflowed = false;
    for (unsigned i = 0; i < count; i++) {
        Xid xid = atomic_load_explicit(&proc_array->xids[i], memory_order_relaxed);

        if (LIKELY(xid == XID_NONE) || i == self || !xid_precedes(xid, out->xmax))
            continue;
        if ((atomic_load_explicit(&proc_array->flags[i], memory_order_relaxed) &
             (PROC_IN_VACUUM | PROC_IN_DECODING)) != 0)
            continue;
        if (xid_precedes(xid, out->xmin))
            out->xmin = xid;
        out->xids[out->xid_count++] = xid;
        if (!out->is_overflowed)
            collect_subxids(out, i);
    }
}

/* The count is taken first: what is entered meanwhile is newer than the snapshot's end. */
static void collect_subxids(Snapshot *out, unsigned at)
{
    const SubxidState *state = &proc_array->subxids[at];
    uint8_t count;

    if (atomic_load_explicit(&state->is_overflowed, memory_order_relaxed)) {
        out->is_overflowed = true;
        return;
    }
    count = atomic_load_explicit(&state->count, memory_order_acquire);
    if (count == 0)
        return;
    memcpy(out->subxids + out->subxid_count, proc_array->entries[proc_array->numbers[at]].subxids,
           count * sizeof(Xid));
    out->subxid_count += count;
}

/* ---- One xid ---- */

/*
 * From the cheap to the dear: old ones and our own, then the table; when a transaction has more
 * children than fit there, the commit status and the parent.
 */
bool proc_array_is_running(Xid xid)
{
    MemContext *scratch;
    Xid *overflowed, top;
    unsigned count = 0;
    bool is_running, is_overflowed_standby = false;

    if (xid_precedes(xid, proc_own.recent_xmin))
        return false;
    if (xid == last_ended && xid != XID_NONE)
        return false;
    if (txn_is_own_xid(xid))
        return true;

    scratch = mem_context_new(mem_current(), "running transactions");
    overflowed = mem_alloc_in(scratch, proc_array->entry_count * sizeof(Xid));
    is_running = find_running(xid, overflowed, &count, &is_overflowed_standby);
    if (!is_running && is_overflowed_standby && !xact_did_abort(xid)) {
        top = subtrans_top(xid);
        is_running = top != xid && is_known(top);
    }
    if (!is_running && count > 0 && !xact_did_abort(xid)) {
        top = subtrans_top(xid);
        for (unsigned i = 0; top != xid && i < count && !is_running; i++)
            is_running = overflowed[i] == top;
    }
    mem_delete(scratch);
    if (!is_running)
        last_ended = xid;
    return is_running;
}

/*
 * Is it in the table? Else overflowed takes the transactions whose child it may be. What is newer
 * than the newest that has ended runs, or will.
 */
static bool find_running(Xid xid, Xid *overflowed, unsigned *overflowed_count,
                         bool *is_overflowed_standby)
{
    bool is_found = false;

    lwlock_acquire(&proc_array->lock, LW_SHARED);
    if (xid_precedes((Xid)xid_latest_completed(), xid)) {
        lwlock_release(&proc_array->lock);
        return true;
    }
    if (atomic_load_explicit(&proc_array->is_standby, memory_order_relaxed)) {
        is_found = proc_known_has(xid);
        /* Whose parent runs, runs; the parent is looked for when it is not listed itself. */
        if (!is_found && proc_array->last_overflowed != XID_NONE &&
            !xid_precedes(proc_array->last_overflowed, xid))
            *is_overflowed_standby = true;
    }
    for (unsigned i = 0; i < proc_array->joined_count && !is_found; i++) {
        Xid top = atomic_load_explicit(&proc_array->xids[i], memory_order_relaxed);

        if (top == XID_NONE || i == proc_own.entry->position || xid_precedes(xid, top))
            continue;
        is_found = top == xid || has_subxid(i, xid);
        if (atomic_load(&proc_array->subxids[i].is_overflowed))
            overflowed[(*overflowed_count)++] = top;
    }
    lwlock_release(&proc_array->lock);
    return is_found;
}

static bool is_known(Xid xid)
{
    bool has;

    lwlock_acquire(&proc_array->lock, LW_SHARED);
    has = proc_known_has(xid);
    lwlock_release(&proc_array->lock);
    return has;
}

static bool has_subxid(unsigned at, Xid xid)
{
    const Xid *subxids = proc_array->entries[proc_array->numbers[at]].subxids;
    unsigned count = atomic_load_explicit(&proc_array->subxids[at].count, memory_order_acquire);

    for (unsigned i = count; i > 0; i--)
        if (subxids[i - 1] == xid)
            return true;
    return false;
}

bool proc_array_is_active(Xid xid)
{
    bool is_found = false;

    if (xid_precedes(xid, proc_own.recent_xmin))
        return false;
    lwlock_acquire(&proc_array->lock, LW_SHARED);
    for (unsigned i = 0; i < proc_array->joined_count && !is_found; i++)
        is_found = atomic_load(&proc_array->xids[i]) == xid &&
                   !proc_number_is_prepared(proc_array->numbers[i]);
    lwlock_release(&proc_array->lock);
    return is_found;
}

/* The xid lock comes first, so that none is given out while the table is read. */
Xid proc_array_oldest_running(void)
{
    Xid oldest;

    lwlock_acquire(xid_lock(), LW_SHARED);
    oldest = (Xid)xid_next();
    lwlock_release(xid_lock());

    lwlock_acquire(&proc_array->lock, LW_SHARED);
    for (unsigned i = 0; i < proc_array->joined_count; i++) {
        Xid xid = atomic_load(&proc_array->xids[i]);

        if (xid != XID_NONE && xid_precedes(xid, oldest))
            oldest = xid;
    }
    lwlock_release(&proc_array->lock);
    return oldest;
}

/* For the delay of commits, where a guess will do: no lock is taken. */
bool proc_array_has_active_others(unsigned wanted)
{
    unsigned count = 0;

    for (unsigned i = 0; i < proc_slot_count() && count < wanted; i++) {
        const TxnEntry *e = &proc_array->entries[i];

        if (e != proc_own.entry && atomic_load_explicit(&e->xid, memory_order_relaxed) != XID_NONE)
            count++;
    }
    return count >= wanted;
}

/* proc_standby.c - which of the primary's transactions run; proc_standby.h says what for. */
#include "common/base/base.h"

#include "server/txn/proc_standby.h"

#include <stdlib.h>
#include <string.h>

#include "common/err/err.h"
#include "server/config/setting.h"
#include "server/txn/clog.h"
#include "server/txn/proc_array_int.h"
#include "server/txn/subtrans.h"
#include "server/txn/xid.h"

typedef enum StandbyState {
    STANDBY_OFF,
    STANDBY_WAITS,
    STANDBY_PENDING,
    STANDBY_READY
} StandbyState;

/* Of the startup process alone. */
static struct {
    StandbyState state;
    Xid newest;       /* that a record has named */
    Xid pending_xmin; /* PENDING: when all up to here have ended, nothing is untold */
} standby;

static void extend_to(Xid xid);
static void add(Xid first, Xid last);
static void add_running(const RunningXacts *running);
static void make_room(size_t count);
static size_t find(Xid xid);
static void remove_one(Xid xid);
static void remove_old(Xid oldest_running);
static void trim(void);

size_t proc_known_max(void)
{
    return (size_t)(proc_slot_count() + (unsigned)setting.max_prepared_transactions) *
           (PROC_SUBXIDS_MAX + 1);
}

static void lock(void)
{
    lwlock_acquire(&proc_array->lock, LW_EXCLUSIVE);
}

static void unlock(void)
{
    lwlock_release(&proc_array->lock);
}

/* ---- Life ---- */

void standby_begin(Xid next, Xid oldest_active)
{
    standby.state = STANDBY_WAITS;
    standby.newest = xid_before(next);
    subtrans_start(oldest_active);
    lock();
    proc_array->known_begin = proc_array->known_end = proc_array->known_count = 0;
    proc_array->last_overflowed = XID_NONE;
    atomic_store(&proc_array->is_standby, true);
    unlock();
}

bool standby_is_on(void)
{
    return standby.state != STANDBY_OFF;
}

bool standby_is_ready(void)
{
    return standby.state == STANDBY_READY;
}

void standby_end(void)
{
    if (standby.state == STANDBY_OFF)
        return;
    standby.state = STANDBY_OFF;
    lock();
    atomic_store(&proc_array->is_standby, false);
    proc_array->known_begin = proc_array->known_end = proc_array->known_count = 0;
    proc_array->last_overflowed = XID_NONE;
    atomic_fetch_add(&proc_array->completion_count, 1);
    unlock();
}

/* ---- What records tell ---- */

void standby_note_xid(Xid xid)
{
    Xid first = xid_after(standby.newest);

    if (standby.state == STANDBY_OFF || !xid_is_normal(xid) || !xid_precedes(standby.newest, xid))
        return;
    extend_to(xid);
    /* Before the first list it is not known which of them have ended. */
    if (standby.state != STANDBY_WAITS) {
        lock();
        add(first, xid);
        unlock();
    }
    standby.newest = xid;
}

/* pg_subtrans is not in the log: its pages are made as xids come. */
static void extend_to(Xid xid)
{
    for (Xid at = standby.newest; at != xid;) {
        at = xid_after(at);
        subtrans_extend(at);
    }
}

void standby_note_children(Xid top, const Xid *children, size_t count)
{
    Xid newest = top;

    if (standby.state == STANDBY_OFF)
        return;
    for (size_t i = 0; i < count; i++)
        if (xid_precedes(newest, children[i]))
            newest = children[i];
    standby_note_xid(newest);
    if (standby.state == STANDBY_WAITS)
        return;
    for (size_t i = 0; i < count; i++)
        subtrans_set_parent(children[i], top);
    /* From now on they are found by their parent: a list of all would not have room for them. */
    lock();
    for (size_t i = 0; i < count; i++)
        remove_one(children[i]);
    trim();
    if (proc_array->last_overflowed == XID_NONE ||
        xid_precedes(proc_array->last_overflowed, newest))
        proc_array->last_overflowed = newest;
    atomic_fetch_add(&proc_array->completion_count, 1);
    unlock();
}

void standby_note_end(Xid xid, const Xid *children, size_t count)
{
    Xid newest = count > 0 && xid_precedes(xid, children[count - 1]) ? children[count - 1] : xid;

    if (standby.state == STANDBY_OFF)
        return;
    if (standby.state != STANDBY_WAITS)
        standby_note_xid(newest);
    lock();
    remove_one(xid);
    for (size_t i = 0; i < count; i++)
        remove_one(children[i]);
    trim();
    if (xid_precedes((Xid)xid_latest_completed(), newest))
        xid_advance_latest_completed(newest);
    atomic_fetch_add(&proc_array->completion_count, 1);
    unlock();
}

/*
 * The first list that tells of all makes snapshots possible. One that does not (a transaction has
 * more children than are known) will do when all that it had untold have ended.
 */
void standby_apply_running(const RunningXacts *running)
{
    if (standby.state == STANDBY_OFF)
        return;
    lock();
    remove_old(running->oldest_running);
    atomic_fetch_add(&proc_array->completion_count, 1);
    unlock();
    if (standby.state == STANDBY_READY)
        return;
    if (standby.state == STANDBY_PENDING) {
        if (running->is_overflowed && running->top_count > 0) {
            if (xid_precedes(standby.pending_xmin, running->oldest_running))
                standby.state = STANDBY_READY;
            return;
        }
        standby.state = STANDBY_WAITS; /* this one tells of all: take it */
    }
    lock();
    proc_array->known_begin = proc_array->known_end = proc_array->known_count = 0;
    add_running(running);
    unlock();
    if (xid_precedes(standby.newest, xid_before(running->next))) {
        extend_to(xid_before(running->next));
        standby.newest = xid_before(running->next);
    }
    lock();
    proc_array->last_overflowed = running->is_overflowed ? standby.newest : XID_NONE;
    if (xid_precedes((Xid)xid_latest_completed(), running->latest_completed))
        xid_advance_latest_completed(running->latest_completed);
    atomic_fetch_add(&proc_array->completion_count, 1);
    unlock();
    standby.pending_xmin = standby.newest;
    standby.state = running->is_overflowed ? STANDBY_PENDING : STANDBY_READY;
}

static int compare_xids(const void *a, const void *b)
{
    Xid x = *(const Xid *)a, y = *(const Xid *)b;

    return x == y ? 0 : xid_precedes(x, y) ? -1 : 1;
}

/* A transaction may have ended between the making of the list and its place in the log. */
static void add_running(const RunningXacts *running)
{
    size_t count = (size_t)running->top_count + running->sub_count;

    qsort(running->xids, count, sizeof(Xid), compare_xids);
    for (size_t i = 0; i < count; i++) {
        Xid xid = running->xids[i];

        if ((i > 0 && xid == running->xids[i - 1]) || xact_did_commit(xid) || xact_did_abort(xid))
            continue;
        make_room(1);
        proc_array->known[proc_array->known_end++] = xid;
        proc_array->known_count++;
    }
}

/* ---- The list; with the lock held ---- */

static void add(Xid first, Xid last)
{
    make_room((size_t)(last - first) + 1);
    for (Xid xid = first;; xid = xid_after(xid)) {
        proc_array->known[proc_array->known_end++] = xid;
        proc_array->known_count++;
        if (xid == last)
            break;
    }
}

static void make_room(size_t count)
{
    Xid *known = proc_array->known;
    size_t to = 0;

    if (proc_array->known_end + count <= proc_array->known_max)
        return;
    for (size_t i = proc_array->known_begin; i < proc_array->known_end; i++)
        if (known[i] != XID_NONE)
            known[to++] = known[i];
    proc_array->known_begin = 0;
    proc_array->known_end = to;
    if (to + count > proc_array->known_max)
        err_panic(SQLSTATE_INTERNAL_ERROR, .message = "too many KnownAssignedXids",
                  .detail = "The primary runs more transactions than this server has room for.");
}

/*
 * Its place; known_end when it is not there. Zeros have no order: the search goes past them to the
 * next that is none.
 */
static size_t find(Xid xid)
{
    size_t low = proc_array->known_begin, high = proc_array->known_end;

    while (low < high) {
        size_t middle = low + (high - low) / 2, at = middle;

        while (at < high && proc_array->known[at] == XID_NONE)
            at++;
        if (at == high || xid_precedes(xid, proc_array->known[at]))
            high = middle;
        else if (proc_array->known[at] == xid)
            return at;
        else
            low = at + 1;
    }
    return proc_array->known_end;
}

static void remove_one(Xid xid)
{
    size_t at = find(xid);

    if (at == proc_array->known_end)
        return;
    proc_array->known[at] = XID_NONE;
    proc_array->known_count--;
}

static void remove_old(Xid oldest_running)
{
    for (size_t i = proc_array->known_begin; i < proc_array->known_end; i++) {
        Xid xid = proc_array->known[i];

        if (xid == XID_NONE)
            continue;
        if (!xid_precedes(xid, oldest_running))
            break;
        /* A prepared one is among those that run, and so never older than the oldest. */
        proc_array->known[i] = XID_NONE;
        proc_array->known_count--;
    }
    trim();
}

/* Zeros at both ends, and everywhere when they are most: searches go over them one by one. */
static void trim(void)
{
    ProcArrayShared *p = proc_array;

    while (p->known_begin < p->known_end && p->known[p->known_begin] == XID_NONE)
        p->known_begin++;
    while (p->known_end > p->known_begin && p->known[p->known_end - 1] == XID_NONE)
        p->known_end--;
    if (p->known_begin == p->known_end)
        p->known_begin = p->known_end = 0;
    if (p->known_end - p->known_begin > 2 * p->known_count + PROC_SUBXIDS_MAX) {
        size_t to = 0;

        for (size_t i = p->known_begin; i < p->known_end; i++)
            if (p->known[i] != XID_NONE)
                p->known[to++] = p->known[i];
        p->known_begin = 0;
        p->known_end = to;
    }
}

/* ---- For those who look; with the lock held ---- */

void proc_known_collect(Snapshot *out)
{
    out->xmin = out->xmax;
    out->xid_count = out->subxid_count = 0;
    for (size_t i = proc_array->known_begin; i < proc_array->known_end; i++) {
        Xid xid = proc_array->known[i];

        if (xid == XID_NONE)
            continue;
        if (!xid_precedes(xid, out->xmax))
            break;
        if (out->subxid_count == 0)
            out->xmin = xid;
        out->subxids[out->subxid_count++] = xid;
    }
    out->is_overflowed = proc_array->last_overflowed != XID_NONE &&
                         !xid_precedes(proc_array->last_overflowed, out->xmin);
}

bool proc_known_has(Xid xid)
{
    return find(xid) != proc_array->known_end;
}

Xid proc_known_oldest(void)
{
    for (size_t i = proc_array->known_begin; i < proc_array->known_end; i++)
        if (proc_array->known[i] != XID_NONE)
            return proc_array->known[i];
    return XID_NONE;
}

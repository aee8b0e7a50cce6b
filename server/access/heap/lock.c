/*
 * lock.c - rows that are locked, with their newer versions
 *
 * A lock is on the row's version, in its xmax. A KEY SHARE lock may be had while the row is, or
 * was, updated without a change of its key: then the newer versions have to be locked as well, as
 * whoever changes the key next looks at these alone. A version that was made while a lock was held
 * takes the lock over (update.c), so the chain has no gap.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/heap/heap_int.h"
#include "server/ipc/interrupt.h"
#include "server/storage/vm/vm.h"
#include "server/txn/clog.h"
#include "server/txn/txn.h"
#include "server/wal/wal.h"

/* What a newer version needs before the chain goes on. */
typedef enum Step { STEP_LOCK, STEP_SKIP, STEP_END, STEP_STOP } Step;

typedef struct Chain {
    HeapRel *rel;
    Xid xid;
    HeapLockMode mode;
    HeapObstacle *why;
    HeapResult result; /* of STEP_STOP */
    Buffer map;
} Chain;

static bool holds_already(const HeapTuple *tuple, HeapLockMode mode);
static bool is_updated(const HeapTuple *tuple);
static void set_lock(HeapRel *rel, Buffer b, Buffer map, const HeapTuple *tuple, HeapLockMode mode,
                     bool is_newer_version);
static HeapResult lock_newer(HeapRel *rel, Tid next, Xid before, HeapLockMode mode,
                             HeapObstacle *why);
static Step look_at_newer(Chain *c, Buffer b, const HeapTuple *tuple, Xid before);
static Step judge_newer(Chain *c, const HeapTuple *tuple, Xid xid, MultiStatus status);
static bool is_same_place(Tid a, Tid b);

HeapResult heap_lock(HeapRel *rel, HeapTuple *tuple, Cid command, HeapLockMode mode,
                     bool follows_updates, Buffer *b, HeapObstacle *why)
{
    Tid tid = tuple->self, chased = tid;
    Buffer map = BUFFER_NONE;
    HeapResult result;

    *b = buffer_read(rel->smgr, FORK_MAIN, tid_block(tid), BUFFER_NORMAL, NULL, rel->is_permanent);
    for (;;) {
        const HeapTupleHeader *h;
        Xid updater;

        heap_lock_with_map(rel, *b, &map);
        heap_point_to(rel, *b, tid.offset, tuple);
        h = heap_header(tuple);
        result = heap_check_change(tuple, command, mode, *b, why);
        if (result != HEAP_CHANGE_OK || holds_already(tuple, mode))
            break;
        if (txn_xid_if_any() == XID_NONE) {
            /* Giving one out may take long: not with the page locked. */
            buffer_unlock(*b);
            txn_xid();
            continue;
        }
        if (!follows_updates || !is_updated(tuple) || is_same_place(h->ctid, chased)) {
            set_lock(rel, *b, map, tuple, mode, false);
            break;
        }
        /* The newer ones first, without this page's lock; then look whether there are more. */
        chased = h->ctid;
        updater = heap_update_xid(tuple);
        buffer_unlock(*b);
        result = lock_newer(rel, chased, updater, mode, why);
        if (result != HEAP_CHANGE_OK)
            break;
    }
    if (buffer_is_locked_exclusive(*b))
        buffer_unlock(*b);
    heap_unpin_map(map);
    if (result != HEAP_CHANGE_OK) {
        buffer_unpin(*b);
        *b = BUFFER_NONE;
    }
    return result;
}

/* Has the transaction a lock on it that is as strong? */
static bool holds_already(const HeapTuple *tuple, HeapLockMode mode)
{
    const HeapTupleHeader *h = heap_header(tuple);
    MultiMember *members;
    bool is_held = false;
    size_t count;

    if ((h->infomask & HEAP_XMAX_INVALID) != 0 || heap_xmax_is_upgraded_lock(h->infomask))
        return false;
    if ((h->infomask & HEAP_XMAX_IS_MULTI) == 0)
        return txn_is_own_xid(h->xmax) && heap_mode_of(heap_xmax_status(h)) >= mode;
    count = multixact_members(h->xmax, &members, false, heap_xmax_is_lock_only(h->infomask));
    for (size_t i = 0; i < count && !is_held; i++)
        is_held = heap_mode_of(members[i].status) >= mode && txn_is_own_xid(members[i].xid);
    mem_free(members);
    return is_held;
}

/* Is there, or may there be, a newer version? */
static bool is_updated(const HeapTuple *tuple)
{
    const HeapTupleHeader *h = heap_header(tuple);

    return (h->infomask & HEAP_XMAX_INVALID) == 0 && !heap_xmax_is_lock_only(h->infomask) &&
           !is_same_place(h->ctid, tuple->self) && h->ctid.offset != HEAP_CTID_MOVED;
}

static bool is_same_place(Tid a, Tid b)
{
    return a.offset == b.offset && tid_block(a) == tid_block(b);
}

/* The page is locked exclusively, and nothing stands in the way. */
static void set_lock(HeapRel *rel, Buffer b, Buffer map, const HeapTuple *tuple, HeapLockMode mode,
                     bool is_newer_version)
{
    HeapTupleHeader *h = heap_header(tuple);
    Xid xid = txn_xid();
    NewXmax set;
    bool was_all_frozen;

    multixact_set_oldest_member();
    set = heap_xmax_for(tuple, xid, mode, false);
    if (rel->is_permanent)
        wal_begin_insert();

    crit_begin();
    /* The map's frozen bit says that no xid is on the page; the locked row counts for all yet. */
    was_all_frozen = heap_clear_all_frozen(b, map);
    heap_set_xmax(h, set);
    if (!is_newer_version && heap_xmax_is_lock_only(set.infomask)) {
        /* An update whose transaction was rolled back may have been there. */
        h->infomask2 = (uint16_t)(h->infomask2 & ~(unsigned)HEAP_HOT_UPDATED);
        h->ctid = tuple->self;
    }
    buffer_mark_dirty(b);
    if (rel->is_permanent)
        page_set_lsn(buffer_page(b),
                     heap_log_lock(b, tuple, set, was_all_frozen, is_newer_version));
    crit_end();
}

/* ---- Newer versions ---- */

/* Lock the version at next, which before has made, and those that came after it. */
static HeapResult lock_newer(HeapRel *rel, Tid next, Xid before, HeapLockMode mode,
                             HeapObstacle *why)
{
    Chain c = {.rel = rel, .xid = txn_xid(), .mode = mode, .why = why, .map = BUFFER_NONE};
    Step step = STEP_LOCK;

    while (step != STEP_END && step != STEP_STOP) {
        HeapTuple tuple;
        Buffer b;

        check_interrupts();
        b = buffer_read(rel->smgr, FORK_MAIN, tid_block(next), BUFFER_NORMAL, NULL,
                        rel->is_permanent);
        heap_lock_with_map(rel, b, &c.map);
        if (next.offset == 0 || next.offset > page_item_count(buffer_page(b)) ||
            page_item_id(buffer_page(b), next.offset).state != ITEM_NORMAL) {
            step = STEP_END; /* rolled back, and pruned away */
        } else {
            heap_point_to(rel, b, next.offset, &tuple);
            step = look_at_newer(&c, b, &tuple, before);
            if (step == STEP_LOCK)
                set_lock(rel, b, c.map, &tuple, mode, true);
            if (step == STEP_LOCK || step == STEP_SKIP) {
                before = heap_update_xid(&tuple);
                next = heap_header(&tuple)->ctid;
                if (!is_updated(&tuple))
                    step = STEP_END;
            }
        }
        buffer_unlock_unpin(b);
    }
    heap_unpin_map(c.map);
    return step == STEP_STOP ? c.result : HEAP_CHANGE_OK;
}

static Step look_at_newer(Chain *c, Buffer b, const HeapTuple *tuple, Xid before)
{
    const HeapTupleHeader *h = heap_header(tuple);
    Step step = STEP_LOCK;
    MultiMember *members;
    size_t count;

    /* Another row has its line pointer; or what made it was rolled back. */
    if (before != XID_NONE && h->xmin != before)
        return STEP_END;
    if (heap_xmin_state(tuple, NULL, b) == XMIN_ABORTED)
        return STEP_END;
    if ((h->infomask & HEAP_XMAX_INVALID) != 0 || heap_xmax_is_upgraded_lock(h->infomask))
        return STEP_LOCK;
    if ((h->infomask & HEAP_XMAX_IS_MULTI) == 0)
        return judge_newer(c, tuple, h->xmax, heap_xmax_status(h));
    count = multixact_members(h->xmax, &members, false, heap_xmax_is_lock_only(h->infomask));
    for (size_t i = 0; i < count && step == STEP_LOCK; i++)
        step = judge_newer(c, tuple, members[i].xid, members[i].status);
    mem_free(members);
    if (step == STEP_STOP && c->result == HEAP_CHANGE_MUST_WAIT)
        c->why->waits_for_multi = h->xmax;
    return step;
}

static Step judge_newer(Chain *c, const HeapTuple *tuple, Xid xid, MultiStatus status)
{
    const HeapTupleHeader *h = heap_header(tuple);
    bool conflicts = heap_modes_conflict(heap_mode_of(status), c->mode);

    /* Ours: from the last time that we came by, before we had to wait. */
    if (txn_is_own_xid(xid))
        return STEP_SKIP;
    if (proc_array_is_running(xid)) {
        if (!conflicts)
            return STEP_LOCK;
        *c->why = (HeapObstacle){
            .next = tuple->self, .waits_for = xid, .mode = c->mode, .is_of_newer_version = true};
        c->result = HEAP_CHANGE_MUST_WAIT;
        return STEP_STOP;
    }
    if (!conflicts || !multixact_is_update(status) || !xact_did_commit(xid))
        return STEP_LOCK;
    *c->why = (HeapObstacle){.next = h->ctid, .xmax = xid, .mode = c->mode};
    c->result = is_same_place(h->ctid, tuple->self) ? HEAP_CHANGE_DELETED : HEAP_CHANGE_UPDATED;
    return STEP_STOP;
}

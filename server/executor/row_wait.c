/*
 * row_wait.c - wait for who holds a row; row_wait.h has the promises
 *
 * heap/ tells what is in the way and changes nothing; here is the loop that waits and tries again.
 * The heavyweight lock on a row is kept until the row is had, so that nobody overtakes.
 */
#include "common/base/base.h"

#include "server/executor/row_wait.h"

#include "common/err/err.h"
#include "common/format/heap_tuple.h"
#include "common/mem/mem.h"
#include "server/lock/lock_object.h"
#include "server/txn/txn.h"

typedef struct Turn {
    Relation *rel;
    Tid tid;
    LockWait wait;
    LockPurpose purpose;
    LockMode mode; /* of the heavyweight lock that is held; LOCK_NONE */
} Turn;

/* The heavyweight lock that stands for how a row is locked. */
static LockMode mode_of(HeapLockMode mode)
{
    static const LockMode modes[] = {[HEAP_LOCK_KEY_SHARE] = LOCK_ACCESS_SHARE,
                                     [HEAP_LOCK_SHARE] = LOCK_ROW_SHARE,
                                     [HEAP_LOCK_NO_KEY_UPDATE] = LOCK_EXCLUSIVE,
                                     [HEAP_LOCK_UPDATE] = LOCK_ACCESS_EXCLUSIVE};

    return modes[mode];
}

static bool member_conflicts(MultiStatus status, void *arg)
{
    static const HeapLockMode modes[] = {
        [MULTI_FOR_KEY_SHARE] = HEAP_LOCK_KEY_SHARE,         [MULTI_FOR_SHARE] = HEAP_LOCK_SHARE,
        [MULTI_FOR_NO_KEY_UPDATE] = HEAP_LOCK_NO_KEY_UPDATE, [MULTI_FOR_UPDATE] = HEAP_LOCK_UPDATE,
        [MULTI_NO_KEY_UPDATE] = HEAP_LOCK_NO_KEY_UPDATE,     [MULTI_UPDATE] = HEAP_LOCK_UPDATE};
    const HeapLockMode *wanted = arg;

    return lock_modes_conflict(mode_of(modes[status]), mode_of(*wanted));
}

/* ---- Waiting ---- */

/* What is not to be waited for: skipped (false), or an error. */
static bool give_up(const Turn *t)
{
    if (t->wait == ROW_WAIT_ERROR)
        err_raise(SQLSTATE_LOCK_NOT_AVAILABLE,
                  .message =
                      err_fmt("could not obtain lock on row in relation \"%s\"", t->rel->name));
    return false;
}

static bool take_turn(Turn *t, HeapLockMode mode)
{
    if (t->wait == ROW_WAIT_BLOCK)
        lock_tuple(t->rel->oid, t->tid, mode_of(mode));
    else if (!lock_tuple_try(t->rel->oid, t->tid, mode_of(mode)))
        return give_up(t);
    t->mode = mode_of(mode);
    return true;
}

static void end_turn(Turn *t)
{
    if (t->mode != LOCK_NONE)
        lock_tuple_unlock(t->rel->oid, t->tid, t->mode);
    t->mode = LOCK_NONE;
}

static bool wait_for_multi(const Turn *t, const HeapObstacle *why, const LockWhy *purpose)
{
    HeapLockMode mode = why->mode;
    MultiMember *members = NULL;
    size_t count = multixact_members(why->waits_for_multi, &members, false, false);
    bool is_over = true;

    if (t->wait == ROW_WAIT_BLOCK)
        lock_wait_for_members(members, count, member_conflicts, &mode, purpose);
    else
        is_over = lock_wait_for_members_try(members, count, member_conflicts, &mode);
    mem_free(members);
    return is_over || give_up(t);
}

/*
 * Have we locked the row already, beside others? Then whoever has the turn waits for us: we must
 * not wait for him.
 */
static bool has_weaker_lock(const HeapObstacle *why)
{
    MultiMember *members = NULL;
    size_t count;
    bool is_own = false;

    if (why->waits_for_multi == 0)
        return false;
    count = multixact_members(why->waits_for_multi, &members, false, false);
    for (size_t i = 0; i < count && !is_own; i++)
        is_own = txn_is_own_xid(members[i].xid);
    mem_free(members);
    return is_own;
}

/* False: it is to be skipped. */
static bool wait_for(Turn *t, const HeapObstacle *why)
{
    const LockWhy purpose = {.purpose = t->purpose, .relation = t->rel->name, .tid = t->tid};

    if (t->mode == LOCK_NONE && !why->is_of_newer_version && !has_weaker_lock(why) &&
        !take_turn(t, why->mode))
        return false;
    if (why->waits_for_multi != 0)
        return wait_for_multi(t, why, &purpose);
    if (t->wait == ROW_WAIT_BLOCK)
        lock_wait_for_xid(why->waits_for, &purpose);
    else if (!lock_wait_for_xid_try(why->waits_for))
        return give_up(t);
    return true;
}

/* ---- Changes ---- */

HeapResult row_delete(Relation *rel, HeapRel *heap, Tid tid, Cid command, HeapObstacle *why)
{
    Turn turn = {.rel = rel, .tid = tid, .wait = ROW_WAIT_BLOCK, .purpose = LOCK_TO_DELETE};
    HeapResult result;

    while ((result = heap_delete(heap, tid, command, 0, why)) == HEAP_CHANGE_MUST_WAIT)
        wait_for(&turn, why);
    end_turn(&turn);
    return result;
}

HeapResult row_update(Relation *rel, HeapRel *heap, Tid tid, HeapTuple *row, Cid command,
                      HeapUpdate *u, HeapObstacle *why)
{
    Turn turn = {.rel = rel, .tid = tid, .wait = ROW_WAIT_BLOCK, .purpose = LOCK_TO_UPDATE};
    HeapResult result;

    while ((result = heap_update(heap, tid, row, command, u, why)) == HEAP_CHANGE_MUST_WAIT)
        wait_for(&turn, why);
    end_turn(&turn);
    return result;
}

void row_refuse_concurrent(const HeapObstacle *why, HeapResult result)
{
    if (txn_isolation() < TXN_REPEATABLE_READ)
        return;
    err_raise(SQLSTATE_SERIALIZATION_FAILURE,
              .message = result == HEAP_CHANGE_UPDATED && !heap_was_moved(why)
                             ? "could not serialize access due to concurrent update"
                             : "could not serialize access due to concurrent delete");
}

/* ---- Locks ---- */

/* One version, whatever has become of it. */
static HeapResult lock_version(const RowLock *lock, HeapTuple *tuple, Buffer *b, HeapObstacle *why,
                               bool *is_skipped)
{
    Turn turn = {
        .rel = lock->rel, .tid = tuple->self, .wait = lock->wait, .purpose = lock->purpose};
    HeapResult result;

    while ((result = heap_lock(lock->heap, tuple, lock->command, lock->mode, true, b, why)) ==
           HEAP_CHANGE_MUST_WAIT) {
        if (!wait_for(&turn, why)) {
            *is_skipped = true;
            break;
        }
    }
    end_turn(&turn);
    return result;
}

HeapResult row_lock_version(const RowLock *lock, HeapTuple *tuple, Buffer *b, HeapObstacle *why)
{
    bool is_skipped = false;

    ASSERT(lock->wait != ROW_WAIT_SKIP);
    return lock_version(lock, tuple, b, why, &is_skipped);
}

RowLockResult row_lock(const RowLock *lock, HeapTuple *tuple, Buffer *b, HeapObstacle *why)
{
    bool is_skipped = false;
    HeapResult result = lock_version(lock, tuple, b, why, &is_skipped);

    if (is_skipped)
        return ROW_BUSY;
    switch (result) {
    case HEAP_CHANGE_OK:
        return ROW_LOCKED;
    case HEAP_CHANGE_INVISIBLE:
        return ROW_INVISIBLE;
    case HEAP_CHANGE_SELF_MODIFIED:
        return ROW_CHANGED_BY_SELF;
    case HEAP_CHANGE_UPDATED:
        row_refuse_concurrent(why, result);
        return lock->is_of_newest ? row_lock_newest(lock, why, tuple, b) : ROW_GONE;
    default:
        /* In PostgreSQL's words, who only wants to lock a row met an update, whatever it was. */
        row_refuse_concurrent(why, HEAP_CHANGE_UPDATED);
        return ROW_GONE;
    }
}

/* Is the row at that place the version that this transaction made when it ended another one? */
static bool is_made_by(const HeapTuple *tuple, Xid xid)
{
    return ((const HeapTupleHeader *)tuple->bytes)->xmin == xid;
}

RowLockResult row_lock_newest(const RowLock *lock, HeapObstacle *why, HeapTuple *tuple, Buffer *b)
{
    for (;;) {
        Xid made_by = why->xmax;
        bool is_skipped = false;
        HeapResult result;

        if (heap_was_moved(why))
            err_raise(SQLSTATE_SERIALIZATION_FAILURE,
                      .message = "tuple to be locked was already moved to another partition due "
                                 "to concurrent update");
        tuple->self = why->next;
        if (!heap_fetch(lock->heap, &snapshot_any, tuple, b))
            return ROW_GONE;
        if (!is_made_by(tuple, made_by)) {
            buffer_unpin(*b);
            return ROW_GONE;
        }
        buffer_unpin(*b);
        result = lock_version(lock, tuple, b, why, &is_skipped);
        if (is_skipped)
            return ROW_BUSY;
        switch (result) {
        case HEAP_CHANGE_OK:
            /* Meanwhile the place may have been given to another row. */
            if (is_made_by(tuple, made_by))
                return ROW_LOCKED_NEWEST;
            buffer_unpin(*b);
            return ROW_GONE;
        case HEAP_CHANGE_UPDATED:
            continue;
        case HEAP_CHANGE_SELF_MODIFIED:
            return ROW_CHANGED_BY_SELF;
        case HEAP_CHANGE_INVISIBLE:
            return ROW_INVISIBLE;
        default:
            return ROW_GONE;
        }
    }
}

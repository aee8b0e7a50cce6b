/*
 * lock.c - taking and giving back heavyweight locks
 *
 * The way of a lock that is taken for the first time:
 *
 *     fast path      a word of the process's own, for weak locks on relations
 *     table          the partition locked: no conflict with holders or with those who wait
 *     queue          lock_wait.c; it ends with the lock granted, or with a raise
 *
 * Promises
 *   1. No two that are not of one group hold a lock in modes that conflict.
 *   2. A raise while a lock is being taken leaves nothing of it behind.
 *   3. What is held already is taken again without a look at shared memory.
 */
#include "common/base/base.h"

#include "server/lock/lock.h"

#include "common/err/err.h"
#include "common/os/clock.h"
#include "server/ipc/supervisor.h"
#include "server/lock/lock_int.h"
#include "server/wal/wal.h"

#define GROUP_POLL_MS 1

LockHooks lock_hooks;

static const char *const mode_names[] = {
    "INVALID",
#define ROW(mode, name, conflicts) name,
#include "server/lock/lock_mode.def"
#undef ROW
};

static LockResult take_first(const LockTag *tag, LockMode mode, uint32_t hash, LockOwner *by,
                             unsigned flags);
static void refuse_in_recovery(const LockTag *tag, LockMode mode);
static bool take(LocalLock *l, bool may_wait);
static bool take_in_table(LocalLock *l, bool may_wait);
static Hold *enter_table(LocalLock *l);
static void give_up(LocalLock *l);
static void warn_not_held(LockMode mode);

const char *lock_mode_name(LockMode mode)
{
    return mode < LOCK_MODE_COUNT ? mode_names[mode] : mode_names[LOCK_NONE];
}

bool lock_modes_conflict(LockMode a, LockMode b)
{
    return (lock_conflict_masks[a] & LOCK_BIT(b)) != 0;
}

void lock_set_hooks(const LockHooks *hooks)
{
    lock_hooks = *hooks;
}

/* What a parent had, whose memory this process is a copy of, is not ours. */
void lock_join(void)
{
    lock_local_begin();
}

void lock_on_txn_event(TxnEvent event)
{
    switch (event) {
    case TXN_START:
        if (UNLIKELY(lock_local.me == NULL))
            lock_join();
        (void)lock_owner_current();
        lock_vxid_begin();
        break;
    case TXN_ABORT:
        lock_local.is_aborting = true;
        break;
    case TXN_PREPARE:
    case TXN_PREPARED:
        lock_prepared_on_event(event);
        break;
    default:
        break;
    }
}

/* ---- Taking ---- */

LockResult lock_acquire(const LockTag *tag, LockMode mode, unsigned flags)
{
    uint32_t hash = lock_tag_hash(tag);
    LockOwner *by;
    LocalLock *l;

    ASSERT(mode > LOCK_NONE && mode < LOCK_MODE_COUNT);
    if (UNLIKELY(lock_local.me == NULL))
        lock_join();
    by = (flags & LOCK_SESSION) != 0 ? &lock_local.session : lock_owner_current();
    lock_use_room();
    l = lock_local_find(tag, mode, hash);
    if (l == NULL)
        return take_first(tag, mode, hash, by, flags);
    lock_use_add(l, by);
    return l->is_clear ? LOCK_ALREADY_CLEAR : LOCK_ALREADY_HELD;
}

/*
 * A lock that standbys have too is logged while it is held; for that the transaction needs an xid,
 * whose own lock is taken before.
 */
static LockResult take_first(const LockTag *tag, LockMode mode, uint32_t hash, LockOwner *by,
                             unsigned flags)
{
    bool is_logged = lock_is_logged(tag, mode);
    Xid xid = XID_NONE;
    LocalLock *l;

    refuse_in_recovery(tag, mode);
    if (is_logged) {
        xid = txn_xid();
        lock_use_room();
    }
    l = lock_local_new(tag, mode, hash);
    if (!take(l, (flags & LOCK_DONT_WAIT) == 0)) {
        give_up(l);
        return LOCK_NOT_AVAILABLE;
    }
    lock_use_add(l, by);
    if (is_logged)
        lock_log_exclusive(tag, xid);
    return LOCK_OK;
}

/* The startup process alone changes what such locks guard. */
static void refuse_in_recovery(const LockTag *tag, LockMode mode)
{
    if (mode > LOCK_ROW_EXCLUSIVE && !wal_is_started() &&
        (tag->kind == LOCK_KIND_RELATION || tag->kind == LOCK_KIND_OBJECT) &&
        tag->method == LOCK_METHOD_DEFAULT && proc_self()->kind != PROC_STARTUP)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("cannot acquire lock mode %s on database objects while "
                                     "recovery is in progress",
                                     lock_mode_name(mode)),
                  .hint = "Only RowExclusiveLock or less can be acquired on database objects "
                          "during recovery.");
}

static bool take(LocalLock *l, bool may_wait)
{
    if (UNLIKELY(lock_local.database == 0)) {
        lock_local.database = atomic_load(&proc_self()->database);
        atomic_store(&lock_local.me->database, lock_local.database);
    }
    if (lock_fast_fits(&l->tag, l->mode) && lock_fast_take(l))
        return true;
    l->is_strong = lock_is_strong(&l->tag, l->mode);
    if (l->is_strong)
        lock_strong_begin(l->hash);
    return take_in_table(l, may_wait);
}

static bool take_in_table(LocalLock *l, bool may_wait)
{
    LwLock *partition = lock_partition(l->hash);
    LockEntry *entry;
    Hold *hold;

    lwlock_acquire(partition, LW_EXCLUSIVE);
    if (l->is_strong && !lock_fast_move_all(&l->tag, l->hash))
        hold = NULL;
    else
        hold = enter_table(l);
    if (hold == NULL) {
        lwlock_release(partition);
        give_up(l);
        lock_raise_full();
    }
    entry = hold->entry;
    l->entry = entry;
    l->hold = hold;
    /* Somebody may have moved our word, when we had just begun. */
    if (UNLIKELY((hold->held & LOCK_BIT(l->mode)) != 0)) {
        lwlock_release(partition);
        return true;
    }
    lock_request(entry, l->mode);
    if ((lock_conflict_masks[l->mode] & entry->waited_any) == 0 &&
        !lock_has_conflict(entry, hold, l->mode)) {
        lock_grant(entry, hold, l->mode);
        lwlock_release(partition);
        return true;
    }
    if (may_wait) {
        lock_wait(l, entry, hold);
        return true;
    }
    lock_unrequest(entry, l->mode);
    lock_table_clean(entry, hold, l->hash, false);
    lwlock_release(partition);
    return false;
}

/* Only words that others have moved make Holds of which no other mode of the tag knows. */
static Hold *enter_table(LocalLock *l)
{
    LocalLock *sibling = lock_local_sibling(l);
    bool may_have_moved = lock_fast_fits(&l->tag, LOCK_ACCESS_SHARE);

    if (sibling != NULL)
        return sibling->hold;
    return lock_table_enter(&l->tag, l->hash, lock_local.number,
                            may_have_moved ? HOLD_MAY_EXIST : HOLD_IS_NEW);
}

/* Not taken after all. */
static void give_up(LocalLock *l)
{
    if (l->is_strong)
        lock_strong_end(&l->tag);
    lock_local_drop(l);
}

/* ---- Giving back ---- */

bool lock_release(const LockTag *tag, LockMode mode, unsigned flags)
{
    LocalLock *l = NULL;
    LockUse *use = NULL;

    if (lock_local.me != NULL)
        l = lock_local_find(tag, mode, lock_tag_hash(tag));
    if (l != NULL)
        use = lock_use_find(l, (flags & LOCK_SESSION) != 0 ? &lock_local.session
                                                           : lock_owner_current());
    if (use == NULL) {
        warn_not_held(mode);
        return false;
    }
    l->count--;
    if (--use->count > 0)
        return true;
    lock_use_drop(use);
    if (l->count == 0)
        lock_drop_granted(l);
    return true;
}

static void warn_not_held(LockMode mode)
{
    err_log(ERR_WARNING,
            .message = err_fmt("you don't own a lock of type %s", lock_mode_name(mode)));
}

void lock_drop_granted(LocalLock *l)
{
    LwLock *partition = lock_partition(l->hash);

    if (l->fast_slot >= 0 && lock_fast_release(l)) {
        lock_local_drop(l);
        return;
    }
    lwlock_acquire(partition, LW_EXCLUSIVE);
    if (l->hold == NULL) {
        l->entry = lock_entry_find(&l->tag, l->hash);
        l->hold = l->entry != NULL ? lock_hold_find(l->entry, lock_local.number) : NULL;
    }
    if (l->hold == NULL || (l->hold->held & LOCK_BIT(l->mode)) == 0)
        err_panic(SQLSTATE_INTERNAL_ERROR, .message = "failed to re-find shared lock object");
    lock_table_clean(l->entry, l->hold, l->hash, lock_ungrant(l->entry, l->hold, l->mode));
    lwlock_release(partition);
    give_up(l);
}

void lock_release_session(LockMethod method)
{
    if (lock_local.me == NULL)
        return;
    link_foreach(link, &lock_local.session.uses) {
        LockUse *use = LINK_OWNER(LockUse, of_owner, link);
        LocalLock *l = use->lock;

        if (l->tag.method != method)
            continue;
        l->count -= use->count;
        lock_use_drop(use);
        if (l->count == 0)
            lock_drop_granted(l);
    }
}

void lock_take_xid(Xid xid)
{
    LockTag tag = lock_tag_xid(xid);

    (void)lock_acquire(&tag, LOCK_EXCLUSIVE, 0);
}

void lock_give_xid(Xid xid)
{
    LockTag tag = lock_tag_xid(xid);

    lock_release(&tag, LOCK_EXCLUSIVE, 0);
}

/* ---- What is held ---- */

void lock_mark_clear(const LockTag *tag, LockMode mode)
{
    LocalLock *l = lock_local_find(tag, mode, lock_tag_hash(tag));

    ASSERT(l != NULL);
    l->is_clear = true;
}

bool lock_is_held(const LockTag *tag, LockMode mode)
{
    return lock_local.me != NULL && lock_local_find(tag, mode, lock_tag_hash(tag)) != NULL;
}

bool lock_is_held_at_least(const LockTag *tag, LockMode mode)
{
    for (LockMode m = mode; m < LOCK_MODE_COUNT; m++)
        if (lock_is_held(tag, m))
            return true;
    return false;
}

bool lock_has_waiters(const LockTag *tag, LockMode mode)
{
    uint32_t hash = lock_tag_hash(tag);
    const LockEntry *entry;
    bool has_some;

    if (!lock_is_held(tag, mode)) {
        warn_not_held(mode);
        return false;
    }
    lwlock_acquire(lock_partition(hash), LW_SHARED);
    entry = lock_entry_find(tag, hash);
    has_some = entry != NULL && (lock_conflict_masks[mode] & entry->waited_any) != 0;
    lwlock_release(lock_partition(hash));
    return has_some;
}

bool lock_has_logged_exclusive(void)
{
    return lock_local.has_logged_exclusive;
}

/* ---- Groups ---- */

static LwLock *group_lock(uint32_t leader)
{
    return lock_partition(leader);
}

void lock_group_lead(void)
{
    LockProc *me;

    if (lock_local.me == NULL)
        lock_join();
    me = lock_local.me;
    if (me->leader == lock_local.number)
        return;
    lwlock_acquire(group_lock(lock_local.number), LW_EXCLUSIVE);
    me->leader = lock_local.number;
    link_add_before(&me->members, &me->of_leader);
    lwlock_release(group_lock(lock_local.number));
}

/* The slot may have another process by now. */
bool lock_group_join(int leader_slot, int leader_pid)
{
    LockProc *leader = &lock_shared->procs[leader_slot];
    bool is_there;

    if (lock_local.me == NULL)
        lock_join();
    ASSERT(lock_local.me->leader == NOBODY && lock_local.lock_count == 0);
    lwlock_acquire(group_lock((uint32_t)leader_slot), LW_EXCLUSIVE);
    is_there =
        lock_pid_of((uint32_t)leader_slot) == leader_pid && leader->leader == (uint32_t)leader_slot;
    if (is_there) {
        lock_local.me->leader = (uint32_t)leader_slot;
        link_add_before(&leader->members, &lock_local.me->of_leader);
    }
    lwlock_release(group_lock((uint32_t)leader_slot));
    return is_there;
}

/*
 * The leader's number names the group, so its slot must not be another's while there are members.
 * They end soon, since they serve the leader.
 */
void lock_group_leave(void)
{
    LockProc *me = lock_local.me;
    uint32_t leader = me->leader;

    if (leader == NOBODY)
        return;
    lwlock_acquire(group_lock(leader), LW_EXCLUSIVE);
    link_remove(&me->of_leader);
    while (!link_is_empty(&me->members)) {
        lwlock_release(group_lock(leader));
        supervisor_leave_if_gone();
        clock_sleep_ms(GROUP_POLL_MS);
        lwlock_acquire(group_lock(leader), LW_EXCLUSIVE);
    }
    me->leader = NOBODY;
    lwlock_release(group_lock(leader));
}

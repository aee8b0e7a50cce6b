/* standby.c - what redo does for those who read meanwhile; standby.h says what. */
#include "common/base/base.h"

#include "server/recovery/standby/standby.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/ipc/supervisor.h"
#include "server/lock/lock_standby.h"
#include "server/recovery/checkpoint/control.h"
#include "server/recovery/progress.h"
#include "server/recovery/standby/conflict.h"
#include "server/storage/buffer/buffer.h"
#include "server/txn/proc_standby.h"
#include "server/txn/twophase.h"
#include "server/txn/xid.h"

static StandbyHooks hooks;

static Xid *copy_xids(const WalList *list);
static void apply_prepared(void);
static void note_locks(const WalList *locks);
static void send_messages(const WalList *messages);

void standby_set_hooks(const StandbyHooks *h)
{
    hooks = *h;
}

void standby_start(const Checkpoint *checkpoint, bool is_shutdown)
{
    Xid oldest = checkpoint->oldest_active_xid;

    if (!setting.hot_standby || supervisor_pid() == 0)
        return;
    /* At wal_level minimal nothing says who runs. */
    if (is_shutdown || !xid_is_normal(oldest))
        oldest = twophase_oldest();
    standby_begin((Xid)checkpoint->next_xid, oldest);
    buffer_set_pin_wait_hook(conflict_with_pin);
    if (is_shutdown)
        apply_prepared();
}

/* After a shutdown prepared transactions are all that run. */
static void apply_prepared(void)
{
    Array rows;
    RunningXacts running = {.next = (Xid)xid_next(), .oldest_running = twophase_oldest()};

    twophase_list(&rows);
    running.xids = mem_new_array(Xid, rows.count);
    array_foreach(const TwophaseRow, row, &rows)
        running.xids[running.top_count++] = row->xid;
    running.latest_completed = xid_before(running.next);
    standby_apply_running(&running);
}

static bool is_prepared(Xid xid)
{
    bool is_found = false;
    Array rows;

    twophase_list(&rows);
    array_foreach(const TwophaseRow, row, &rows)
        is_found |= row->xid == xid;
    return is_found;
}

/* ---- Records ---- */

void standby_before(const WalRecord *record, const WalEffect *effect)
{
    if (!standby_is_on())
        return;
    standby_note_xid(record->xid);
    if (recovery_takes_queries())
        conflict_before(record, effect);
}

static void apply_list(const WalEffect *effect)
{
    RunningXacts running = {
        .xids = copy_xids(&effect->running.xids),
        .top_count = effect->running.top_count,
        .sub_count = effect->running.xids.count - effect->running.top_count,
        .is_overflowed = effect->running.subxids_overflowed,
        .next = effect->running.next_xid,
        .oldest_running = effect->running.oldest_running_xid,
        .latest_completed = effect->running.latest_completed_xid,
    };

    standby_apply_running(&running);
    lock_standby_release_old(running.oldest_running, is_prepared);
}

/* Locks go last: who waits for one must find the caches of what it is on out of date. */
static void apply_end(const WalXactEffect *x, bool is_commit)
{
    Xid *children = copy_xids(&x->subxacts);

    standby_note_end(x->xid, children, x->subxacts.count);
    if (is_commit)
        send_messages(&x->messages);
    lock_standby_release(x->xid, children, x->subxacts.count);
}

void standby_after(const WalRecord *record UNUSED, const WalEffect *effect)
{
    if (!standby_is_on())
        return;
    switch (effect->kind) {
    case WAL_EFFECT_COMMIT:
    case WAL_EFFECT_ABORT:
        apply_end(&effect->xact, effect->kind == WAL_EFFECT_COMMIT);
        break;
    case WAL_EFFECT_XID_ASSIGN: {
        Xid *children = copy_xids(&effect->assign.subxacts);

        standby_note_children(effect->assign.top_xid, children, effect->assign.subxacts.count);
        break;
    }
    case WAL_EFFECT_RUNNING_XACTS:
        apply_list(effect);
        break;
    case WAL_EFFECT_LOCK:
        note_locks(&effect->locks);
        break;
    case WAL_EFFECT_INVALIDATE:
        send_messages(&effect->invalidate.messages);
        break;
    case WAL_EFFECT_CHECKPOINT:
        if (effect->checkpoint.is_shutdown) {
            apply_prepared();
            lock_standby_release_old(twophase_oldest(), is_prepared);
        }
        break;
    default:
        break;
    }
}

static Xid *copy_xids(const WalList *list)
{
    Xid *xids = mem_new_array(Xid, list->count);

    for (uint32_t i = 0; i < list->count; i++)
        xids[i] = walrec_list_xid(list, i);
    return xids;
}

/* Those of transactions that the list before did not name have ended already. */
static void note_locks(const WalList *locks)
{
    for (uint32_t i = 0; i < locks->count; i++) {
        WalLock lock = walrec_list_lock(locks, i);

        lock_standby_take(lock.xid, lock.database, lock.rel);
    }
}

static void send_messages(const WalList *messages)
{
    if (messages->count > 0 && hooks.send_invalidations != NULL)
        hooks.send_invalidations(messages->items, messages->count);
}

void standby_send_relmap(Oid database)
{
    if (standby_is_on() && hooks.send_relmap != NULL)
        hooks.send_relmap(database);
}

/* ---- Clients ---- */

void standby_let_in(void)
{
    if (!standby_is_ready() || recovery_takes_queries())
        return;
    recovery_set_takes_queries(true);
    supervisor_request(SUPERVISOR_BEGIN_HOT_STANDBY);
}

void standby_stop(void)
{
    if (!standby_is_on())
        return;
    standby_end();
    lock_standby_release_all();
    buffer_set_pin_wait_hook(NULL);
}

/*
 * proc_array.c - the table of those that run: joining, beginning, ending
 *
 * Promises
 *   1. An end is one step for whoever takes a snapshot: the xid with all its children goes, the
 *      newest that has ended moves on, and the completion count grows, all with the lock held.
 *   2. What has no xid takes no lock to begin or end.
 *   3. Under contention the ends of many cost one taking of the lock.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/os/futex.h"
#include "server/config/setting.h"
#include "server/ipc/supervisor.h"
#include "server/ipc/wait_event.h"
#include "server/txn/proc_array_int.h"
#include "server/txn/xid.h"

/* Flags that end with the transaction; the others are the process's. */
#define TRANSACTION_FLAGS (PROC_IN_VACUUM | PROC_IN_SAFE_INDEX | PROC_FOR_WRAPAROUND)

#define GROUP_RECHECK_MS  1000 /* does the supervisor live? A leader may have left without us */

ProcArrayShared *proc_array;
ProcArrayLocal proc_own = {.transaction_xmin = XID_FIRST, .recent_xmin = XID_FIRST};

static unsigned all_entries(void);
static void *carve(uint8_t **at, size_t size);
static void lock_both(void);
static void unlock_both(void);
static void enter(uint32_t number, Xid xid);
static void leave(void *arg);
static void remove_entry(uint32_t number);
static void move_entries(unsigned to, unsigned from, unsigned count);
static void end_locked(TxnEntry *e, Xid latest);
static void end_in_group(Xid latest);
static void end_all(uint32_t first);
static void wake_all(uint32_t first);
static void remove_own_subxid(Xid xid);

/* ---- Shared memory ---- */

size_t proc_array_shmem_size(void)
{
    size_t n = all_entries();
    uint8_t *at = NULL;

    carve(&at, sizeof(ProcArrayShared));
    carve(&at, n * sizeof(TxnEntry));
    carve(&at, n * sizeof(Xid));
    carve(&at, n * sizeof(uint32_t));
    carve(&at, n * sizeof(SubxidState));
    carve(&at, n);
    carve(&at, proc_known_max() * sizeof(Xid));
    return (uintptr_t)at;
}

void proc_array_shmem_init(void *place)
{
    unsigned n = all_entries();
    uint8_t *at = place;

    proc_array = carve(&at, sizeof(ProcArrayShared));
    proc_array->entries = carve(&at, n * sizeof(TxnEntry));
    proc_array->xids = carve(&at, n * sizeof(Xid));
    proc_array->numbers = carve(&at, n * sizeof(uint32_t));
    proc_array->subxids = carve(&at, n * sizeof(SubxidState));
    proc_array->flags = carve(&at, n);
    proc_array->known = carve(&at, proc_known_max() * sizeof(Xid));
    proc_array->known_max = proc_known_max();

    lwlock_init(&proc_array->lock, LW_PROC_ARRAY, 0);
    atomic_init(&proc_array->completion_count, 1);
    atomic_init(&proc_array->group_first, NOBODY);
    proc_array->entry_count = n;
}

/* The next piece of memory, on cache lines of its own. */
static void *carve(uint8_t **at, size_t size)
{
    uint8_t *piece = *at;

    *at = (uint8_t *)((uintptr_t)piece + size_align_up(size, 64));
    return piece;
}

static unsigned all_entries(void)
{
    return proc_slot_count() + (unsigned)setting.max_prepared_transactions;
}

/* ---- Joining ---- */

static void lock_both(void)
{
    lwlock_acquire(xid_lock(), LW_EXCLUSIVE);
    lwlock_acquire(&proc_array->lock, LW_EXCLUSIVE);
}

static void unlock_both(void)
{
    lwlock_release(&proc_array->lock);
    lwlock_release(xid_lock());
}

void proc_array_join(void)
{
    uint32_t number = (uint32_t)proc_self()->slot;

    proc_own.entry = &proc_array->entries[number];
    proc_own.transaction_xmin = proc_own.recent_xmin = XID_FIRST;
    proc_own.flags = 0;
    proc_snapshot_forget();
    proc_horizons_forget();
    lock_both();
    enter(number, XID_NONE);
    atomic_store(&proc_own.entry->database, atomic_load(&proc_self()->database));
    unlock_both();
    proc_on_detach(leave, NULL);
}

static void enter(uint32_t number, Xid xid)
{
    TxnEntry *e = &proc_array->entries[number];
    unsigned position = 0;

    while (position < proc_array->joined_count && proc_array->numbers[position] < number)
        position++;
    move_entries(position + 1, position, proc_array->joined_count - position);
    proc_array->joined_count++;

    proc_array->numbers[position] = number;
    atomic_store(&proc_array->subxids[position].count, 0);
    atomic_store(&proc_array->subxids[position].is_overflowed, false);
    atomic_store(&proc_array->flags[position], 0);
    atomic_store(&proc_array->xids[position], xid);
    e->position = position;
    atomic_store(&e->xid, xid);
    atomic_store(&e->xmin, XID_NONE);
    atomic_store(&e->local, 0);
    atomic_store(&e->delays, 0);
}

/* At the end of the process, which has ended its transaction before; unless it could not. */
static void leave(void *arg)
{
    TxnEntry *e = proc_own.entry;

    (void)arg;
    lock_both();
    if (atomic_load(&e->xid) != XID_NONE)
        end_locked(e, atomic_load(&e->xid));
    remove_entry((uint32_t)(e - proc_array->entries));
    atomic_store(&e->xmin, XID_NONE);
    atomic_store(&e->local, 0);
    atomic_store(&e->delays, 0);
    unlock_both();
    proc_own.entry = NULL;
}

static void remove_entry(uint32_t number)
{
    unsigned position = proc_array->entries[number].position;

    proc_array->joined_count--;
    move_entries(position, position + 1, proc_array->joined_count - position);
}

static void move_entries(unsigned to, unsigned from, unsigned count)
{
    memmove(proc_array->numbers + to, proc_array->numbers + from, count * sizeof(uint32_t));
    memmove(proc_array->xids + to, proc_array->xids + from, count * sizeof(Xid));
    memmove(proc_array->subxids + to, proc_array->subxids + from, count * sizeof(SubxidState));
    memmove(proc_array->flags + to, proc_array->flags + from, count);
    for (unsigned i = to; i < to + count; i++)
        proc_array->entries[proc_array->numbers[i]].position = i;
}

/* ---- Prepared transactions ---- */

void proc_array_enter_prepared(unsigned number, Xid xid, Oid database, const Xid *children,
                               size_t count)
{
    TxnEntry *e = &proc_array->entries[proc_slot_count() + number];
    size_t known = size_min(count, PROC_SUBXIDS_MAX);

    ASSERT(proc_slot_count() + number < proc_array->entry_count);
    lock_both();
    enter(proc_slot_count() + number, xid);
    if (known > 0)
        memcpy(e->subxids, children, known * sizeof(Xid));
    atomic_store(&proc_array->subxids[e->position].count, (uint8_t)known);
    atomic_store(&proc_array->subxids[e->position].is_overflowed, count > known);
    atomic_store(&e->database, database);
    unlock_both();
}

void proc_array_leave_prepared(unsigned number, Xid latest)
{
    lock_both();
    end_locked(&proc_array->entries[proc_slot_count() + number], latest);
    remove_entry(proc_slot_count() + number);
    unlock_both();
}

/*
 * The prepared transaction's own entry has the xid already, so nobody sees it end: the completion
 * count stays.
 */
void proc_array_clear(void)
{
    TxnEntry *e = proc_own.entry;

    lwlock_acquire(&proc_array->lock, LW_EXCLUSIVE);
    atomic_store(&proc_array->xids[e->position], XID_NONE);
    atomic_store(&e->xid, XID_NONE);
    atomic_store(&proc_array->subxids[e->position].count, 0);
    atomic_store(&proc_array->subxids[e->position].is_overflowed, false);
    /* A snapshot that is taken again without a look would leave the new entry out: it was us. */
    atomic_fetch_add(&proc_array->completion_count, 1);
    lwlock_release(&proc_array->lock);
    proc_array_end(XID_NONE);
}

/* ---- Beginning ---- */

void proc_array_begin_local(void)
{
    TxnEntry *e = proc_own.entry;

    e->last_local = e->last_local == UINT32_MAX ? 1 : e->last_local + 1;
    atomic_store(&e->local, e->last_local);
    if (atomic_load(&e->database) != atomic_load(&proc_self()->database))
        atomic_store(&e->database, atomic_load(&proc_self()->database));
}

VirtualXid proc_array_own_vxid(void)
{
    return (VirtualXid){.slot = proc_self()->slot, .local = atomic_load(&proc_own.entry->local)};
}

/* With the xid lock held. */
void proc_array_set_xid(Xid xid)
{
    atomic_store(&proc_own.entry->xid, xid);
    atomic_store(&proc_array->xids[proc_own.entry->position], xid);
}

/* With the xid lock held. The xid is there before the count says so. */
void proc_array_add_subxid(Xid xid)
{
    SubxidState *state = &proc_array->subxids[proc_own.entry->position];
    uint8_t count = atomic_load_explicit(&state->count, memory_order_relaxed);

    if (count < PROC_SUBXIDS_MAX) {
        proc_own.entry->subxids[count] = xid;
        atomic_store(&state->count, (uint8_t)(count + 1));
    } else {
        atomic_store(&state->is_overflowed, true);
    }
}

void proc_array_set_flags(unsigned flags)
{
    lwlock_acquire(&proc_array->lock, LW_EXCLUSIVE);
    atomic_fetch_or(&proc_array->flags[proc_own.entry->position], (uint8_t)flags);
    lwlock_release(&proc_array->lock);
    proc_own.flags |= (uint8_t)flags;
}

void proc_array_xids_of(int slot, Xid *xid, Xid *xmin)
{
    const TxnEntry *entry = &proc_array->entries[slot];

    *xid = atomic_load(&entry->xid);
    *xmin = atomic_load(&entry->xmin);
}

unsigned proc_array_flags_of(int slot)
{
    unsigned flags = 0;

    lwlock_acquire(&proc_array->lock, LW_SHARED);
    for (unsigned i = 0; i < proc_array->joined_count; i++)
        if (proc_array->numbers[i] == (uint32_t)slot)
            flags = atomic_load(&proc_array->flags[i]);
    lwlock_release(&proc_array->lock);
    return flags;
}

/* ---- Ending ---- */

void proc_array_end(Xid latest)
{
    TxnEntry *e = proc_own.entry;

    if (latest == XID_NONE) {
        ASSERT(atomic_load(&e->xid) == XID_NONE);
        atomic_store(&e->local, 0);
        atomic_store_explicit(&e->delays, 0, memory_order_relaxed);
        atomic_store_explicit(&e->xmin, XID_NONE, memory_order_release);
        if (UNLIKELY((proc_own.flags & TRANSACTION_FLAGS) != 0)) {
            lwlock_acquire(&proc_array->lock, LW_EXCLUSIVE);
            atomic_fetch_and(&proc_array->flags[e->position], (uint8_t)~TRANSACTION_FLAGS);
            lwlock_release(&proc_array->lock);
        }
    } else if (lwlock_try_acquire(&proc_array->lock, LW_EXCLUSIVE)) {
        end_locked(e, latest);
        lwlock_release(&proc_array->lock);
    } else {
        end_in_group(latest);
    }
    proc_own.flags &= (uint8_t)~TRANSACTION_FLAGS;
    proc_horizons_forget();
}

static void end_locked(TxnEntry *e, Xid latest)
{
    unsigned at = e->position;

    atomic_store_explicit(&proc_array->xids[at], XID_NONE, memory_order_relaxed);
    atomic_store_explicit(&e->xid, XID_NONE, memory_order_relaxed);
    atomic_store_explicit(&e->local, 0, memory_order_relaxed);
    atomic_store_explicit(&e->delays, 0, memory_order_relaxed);
    atomic_store_explicit(&e->xmin, XID_NONE, memory_order_relaxed);
    atomic_store_explicit(&proc_array->subxids[at].count, 0, memory_order_relaxed);
    atomic_store_explicit(&proc_array->subxids[at].is_overflowed, false, memory_order_relaxed);
    if (atomic_load_explicit(&proc_array->flags[at], memory_order_relaxed) != 0)
        atomic_fetch_and(&proc_array->flags[at], (uint8_t)~TRANSACTION_FLAGS);

    xid_advance_latest_completed(latest);
    atomic_fetch_add(&proc_array->completion_count, 1);
}

/* The first of a group waits for the lock and ends all that have come by then. */
static void end_in_group(Xid latest)
{
    TxnEntry *e = proc_own.entry;
    uint32_t self = (uint32_t)(e - proc_array->entries);
    uint32_t before = atomic_load(&proc_array->group_first);

    e->group_latest = latest;
    atomic_store(&e->waits_in_group, 1);
    do {
        atomic_store(&e->next_in_group, before);
    } while (!atomic_compare_exchange_weak(&proc_array->group_first, &before, self));

    if (before == NOBODY) {
        lwlock_acquire(&proc_array->lock, LW_EXCLUSIVE);
        before = atomic_exchange(&proc_array->group_first, NOBODY);
        end_all(before);
        lwlock_release(&proc_array->lock);
        wake_all(before);
        return;
    }
    wait_event_begin(WAIT_EVENT_PROC_ARRAY_GROUP_UPDATE);
    while (atomic_load(&e->waits_in_group) != 0) {
        os_futex_wait(&e->waits_in_group, 1, GROUP_RECHECK_MS);
        supervisor_leave_if_gone();
    }
    wait_event_end();
}

static void end_all(uint32_t first)
{
    while (first != NOBODY) {
        TxnEntry *e = &proc_array->entries[first];

        end_locked(e, e->group_latest);
        first = atomic_load(&e->next_in_group);
    }
}

static void wake_all(uint32_t first)
{
    while (first != NOBODY) {
        TxnEntry *e = &proc_array->entries[first];

        first = atomic_load(&e->next_in_group); /* before it wakes, and may come again */
        if (e == proc_own.entry)
            continue;
        atomic_store(&e->waits_in_group, 0);
        os_futex_wake(&e->waits_in_group, 1);
    }
}

void proc_array_remove_subxids(Xid xid, const Xid *children, size_t count, Xid latest)
{
    lwlock_acquire(&proc_array->lock, LW_EXCLUSIVE);
    for (size_t i = count; i > 0; i--)
        remove_own_subxid(children[i - 1]);
    remove_own_subxid(xid);
    xid_advance_latest_completed(latest);
    atomic_fetch_add(&proc_array->completion_count, 1);
    lwlock_release(&proc_array->lock);
}

/* The newest stand at the end, and those are rolled back. */
static void remove_own_subxid(Xid xid)
{
    SubxidState *state = &proc_array->subxids[proc_own.entry->position];
    Xid *subxids = proc_own.entry->subxids;
    uint8_t count = atomic_load(&state->count);

    for (unsigned i = count; i > 0; i--) {
        if (subxids[i - 1] != xid)
            continue;
        subxids[i - 1] = subxids[count - 1];
        atomic_store(&state->count, (uint8_t)(count - 1));
        return;
    }
    if (!atomic_load(&state->is_overflowed))
        err_log(ERR_WARNING, .message = err_fmt("did not find subXID %u in MyProc", xid));
}

/* ---- Oldest xids in use ---- */

Xid proc_array_own_xmin(void)
{
    return atomic_load_explicit(&proc_own.entry->xmin, memory_order_relaxed);
}

void proc_array_set_own_xmin(Xid xmin)
{
    ASSERT(xmin == XID_NONE || proc_array_own_xmin() == XID_NONE ||
           !xid_precedes(xmin, proc_array_own_xmin()));
    if (xmin != XID_NONE)
        proc_own.transaction_xmin = xmin;
    atomic_store(&proc_own.entry->xmin, xmin);
}

Xid proc_array_transaction_xmin(void)
{
    return proc_own.transaction_xmin;
}

Xid proc_array_recent_xmin(void)
{
    return proc_own.recent_xmin;
}

/* proc_running.c - lists of those that run: for the log, for checkpoints, by virtual id. */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/txn/proc_array_int.h"
#include "server/txn/xid.h"
#include "server/wal/wal.h"

static void (*log_locks)(void);

static void lock_and_collect(RunningXacts *out);
static void collect(RunningXacts *out);
static Lsn log_running(const RunningXacts *running);
static bool is_wanted(const TxnEntry *e, Xid older_than, Oid database);

/* ---- Running xacts ---- */

void proc_array_running(RunningXacts *out)
{
    lock_and_collect(out);
    lwlock_release(&proc_array->lock);
    lwlock_release(xid_lock());
}

/* Room is made before, since it can fail; with both locks held nothing begins or ends. */
static void lock_and_collect(RunningXacts *out)
{
    out->xids = mem_new_array(Xid, proc_array_xid_max() + proc_array_subxid_max());
    lwlock_acquire(xid_lock(), LW_SHARED);
    lwlock_acquire(&proc_array->lock, LW_SHARED);
    collect(out);
}

/*
 * When one has more children than are known, the others' are left out too: nobody could use them.
 */
static void collect(RunningXacts *out)
{
    Xid next = (Xid)xid_next();
    uint32_t tops = 0, subs = 0;

    out->is_overflowed = false;
    out->oldest_running = next;
    for (unsigned i = 0; i < proc_array->joined_count; i++) {
        Xid xid = atomic_load(&proc_array->xids[i]);

        if (xid == XID_NONE)
            continue;
        if (xid_precedes(xid, out->oldest_running))
            out->oldest_running = xid;
        out->is_overflowed |= atomic_load(&proc_array->subxids[i].is_overflowed);
        out->xids[tops++] = xid;
    }
    for (unsigned i = 0; i < proc_array->joined_count && !out->is_overflowed; i++) {
        uint8_t count = atomic_load(&proc_array->subxids[i].count);

        memcpy(out->xids + tops + subs, proc_array->entries[proc_array->numbers[i]].subxids,
               count * sizeof(Xid));
        subs += count;
    }
    out->top_count = tops;
    out->sub_count = subs;
    out->next = next;
    out->latest_completed = (Xid)xid_latest_completed();
}

void log_standby_set_locks(void (*log)(void))
{
    log_locks = log;
}

/*
 * No xid is given out before the record is in the log: whoever follows it has then seen all that is
 * older than its next xid. Ends may come in between, but for logical decoding, which takes the list
 * for exact.
 */
Lsn log_standby_snapshot(void)
{
    MemContext *scratch = mem_context_new(mem_current(), "running transactions");
    Lsn end = 0;

    if (log_locks != NULL)
        log_locks();
    MEM_SCOPE(scratch) {
        bool is_logical = setting.wal_level >= WAL_LEVEL_LOGICAL;
        RunningXacts running;

        wal_begin_insert();
        lock_and_collect(&running);
        if (!is_logical)
            lwlock_release(&proc_array->lock);
        end = log_running(&running);
        if (is_logical)
            lwlock_release(&proc_array->lock);
        lwlock_release(xid_lock());
    }
    mem_delete(scratch);
    wal_set_async_lsn(end);
    return end;
}

static Lsn log_running(const RunningXacts *running)
{
    struct {
        uint32_t top_count, sub_count;
        uint32_t is_overflowed; /* one byte, then padding */
        Xid next, oldest_running, latest_completed;
    } head = {running->top_count, running->sub_count,      running->is_overflowed ? 1 : 0,
              running->next,      running->oldest_running, running->latest_completed};

    STATIC_ASSERT(sizeof head == 24);
    wal_set_insert_flags(WAL_INSERT_UNIMPORTANT);
    wal_register_data(&head, sizeof head);
    if (running->top_count > 0)
        wal_register_data(running->xids, (running->top_count + running->sub_count) * sizeof(Xid));
    return wal_insert(RMGR_STANDBY, WAL_STANDBY_RUNNING_XACTS);
}

/* ---- Delays of checkpoints ---- */

void proc_array_delay_checkpoint(ProcDelay kind, bool begin)
{
    _Atomic uint32_t *delays = &proc_own.entry->delays;
    uint32_t now = atomic_load_explicit(delays, memory_order_relaxed);

    ASSERT(((now & kind) != 0) != begin);
    atomic_store(delays, begin ? now | kind : now & ~(uint32_t)kind);
}

size_t proc_array_delayers(ProcDelay kind, VirtualXid **out)
{
    VirtualXid *list = mem_new_array(VirtualXid, proc_array->entry_count);
    size_t count = 0;

    lwlock_acquire(&proc_array->lock, LW_SHARED);
    for (unsigned i = 0; i < proc_array->joined_count; i++) {
        const TxnEntry *e = &proc_array->entries[proc_array->numbers[i]];
        uint32_t local = atomic_load(&e->local);

        if ((atomic_load(&e->delays) & kind) != 0 && local != 0)
            list[count++] = (VirtualXid){.slot = (int)proc_array->numbers[i], .local = local};
    }
    lwlock_release(&proc_array->lock);
    *out = list;
    return count;
}

bool proc_array_still_delays(ProcDelay kind, const VirtualXid *delayers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const TxnEntry *e = &proc_array->entries[delayers[i].slot];

        if ((atomic_load(&e->delays) & kind) != 0 && atomic_load(&e->local) == delayers[i].local)
            return true;
    }
    return false;
}

/* ---- Virtual ids ---- */

size_t proc_array_virtual_xids(Xid older_than, Oid database, VirtualXid **out)
{
    VirtualXid *list = mem_new_array(VirtualXid, proc_array->entry_count);
    size_t count = 0;

    lwlock_acquire(&proc_array->lock, LW_SHARED);
    for (unsigned i = 0; i < proc_array->joined_count; i++) {
        const TxnEntry *e = &proc_array->entries[proc_array->numbers[i]];

        if (e != proc_own.entry && is_wanted(e, older_than, database))
            list[count++] =
                (VirtualXid){.slot = (int)proc_array->numbers[i], .local = atomic_load(&e->local)};
    }
    lwlock_release(&proc_array->lock);
    *out = list;
    return count;
}

/* One without a snapshot that was asked for an xmin sees nothing old: it takes a newer one. */
static bool is_wanted(const TxnEntry *e, Xid older_than, Oid database)
{
    Xid xmin = atomic_load(&e->xmin);
    Oid theirs = atomic_load(&e->database);

    if (atomic_load(&e->local) == 0)
        return false;
    if (database != 0 && theirs != 0 && theirs != database)
        return false;
    return older_than == XID_NONE || (xmin != XID_NONE && xid_precedes(xmin, older_than));
}

bool proc_array_vxid_runs(VirtualXid vxid)
{
    return vxid.slot >= 0 && (unsigned)vxid.slot < proc_slot_count() && vxid.local != 0 &&
           atomic_load(&proc_array->entries[vxid.slot].local) == vxid.local;
}

/* The lock keeps horizons from being looked for between its xmin and ours. */
bool proc_array_take_over_xmin(Xid xmin, VirtualXid source)
{
    bool is_held = false;

    lwlock_acquire(&proc_array->lock, LW_SHARED);
    if (proc_array_vxid_runs(source) &&
        atomic_load(&proc_at(source.slot)->database) ==
            atomic_load(&proc_at(proc_array_own_vxid().slot)->database)) {
        Xid theirs = atomic_load(&proc_array->entries[source.slot].xmin);

        is_held = theirs != XID_NONE && !xid_precedes(xmin, theirs);
    }
    if (is_held) {
        atomic_store(&proc_own.entry->xmin, xmin);
        proc_own.transaction_xmin = xmin;
    }
    lwlock_release(&proc_array->lock);
    return is_held;
}

void proc_array_count_database(Oid database, unsigned *processes, unsigned *prepared)
{
    *processes = *prepared = 0;
    lwlock_acquire(&proc_array->lock, LW_SHARED);
    for (unsigned i = 0; i < proc_array->joined_count; i++) {
        uint32_t number = proc_array->numbers[i];
        bool is_prepared = proc_number_is_prepared(number);
        Oid theirs = is_prepared ? atomic_load(&proc_array->entries[number].database)
                                 : atomic_load(&proc_at((int)number)->database);

        if (theirs == database)
            ++*(is_prepared ? prepared : processes);
    }
    lwlock_release(&proc_array->lock);
}

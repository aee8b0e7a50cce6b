/*
 * repl_slot_wal.c - log that slots hold: which segments stay, and when a slot holds too much
 *
 * wal_keep_size asks for a number of segments behind the end of the log, whoever needs them. Slots
 * ask for what is behind their position, but not for more than max_slot_wal_keep_size.
 */
#include "common/base/base.h"

#include <signal.h>

#include "common/err/err.h"
#include "common/os/child.h"
#include "common/os/process.h"
#include "common/text/num.h"
#include "server/config/setting.h"
#include "server/replication/repl_slot_int.h"
#include "server/wal/segment.h"
#include "server/wal/wal.h"

static uint64_t first_held(uint64_t first, Lsn end);
static bool invalidate_before(uint64_t seg_no);
static bool invalidate(ReplSlot *slot, Lsn oldest);
static bool try_take(ReplSlot *slot, Lsn oldest, ReplSlotData *before, int *pid, uint32_t *seen);
static uint64_t segments_of_mb(int mb);

uint64_t repl_slot_first_segment(uint64_t first, Lsn end)
{
    uint64_t held = first_held(first, end);

    /* What was held by those that are no longer may go as well. */
    return invalidate_before(held) ? first_held(first, end) : held;
}

static uint64_t first_held(uint64_t first, Lsn end)
{
    const uint32_t size = wal_identity()->segment_size;
    const uint64_t current = end / size, kept = segments_of_mb(setting.wal_keep_size);
    const Lsn oldest = repl_slot_oldest_lsn();
    uint64_t seg_no = current;

    if (oldest != LSN_NONE && oldest < end) {
        seg_no = oldest / size;
        if (setting.max_slot_wal_keep_size >= 0) {
            const uint64_t most = segments_of_mb(setting.max_slot_wal_keep_size);

            if (current - seg_no > most)
                seg_no = current - most;
        }
    }
    if (kept > 0 && current - seg_no < kept)
        seg_no = current <= kept ? 1 : current - kept;
    return seg_no < first ? seg_no : first;
}

/* Whole segments that a size in MB is. */
static uint64_t segments_of_mb(int mb)
{
    return (uint64_t)mb * MIB(1) / wal_identity()->segment_size;
}

/* ---- Invalidating ---- */

/* True when there was any to be invalidated. */
static bool invalidate_before(uint64_t seg_no)
{
    const Lsn oldest = seg_no * wal_identity()->segment_size;
    bool is_any = false;

    for (int i = 0; i < setting.max_replication_slots; i++) {
        ReplSlot *slot = &repl_slot_shared()->slots[i];

        if (invalidate(slot, oldest))
            is_any = true;
    }
    return is_any;
}

static bool invalidate(ReplSlot *slot, Lsn oldest)
{
    int told = 0; /* whom we have ended already */

    for (;;) {
        ReplSlotData before;
        uint32_t seen;
        int pid;

        if (!try_take(slot, oldest, &before, &pid, &seen))
            return false;
        if (pid == 0) {
            repl_slot_write(slot, ERR_LOG);
            spin_lock(&slot->lock);
            slot->pid = 0;
            spin_unlock(&slot->lock);
            condvar_broadcast(&slot->released);
            repl_slot_spread_xmin();
            err_log(ERR_LOG,
                    .message = err_fmt("invalidating slot \"%s\" because its restart_lsn " LSN_FMT
                                       " exceeds max_slot_wal_keep_size",
                                       before.name, LSN_ARG(before.restart_lsn)));
            return true;
        }
        if (pid != told) {
            err_log(ERR_LOG,
                    .message = err_fmt("terminating process %d to release replication slot \"%s\"",
                                       pid, before.name));
            os_signal_send(pid, SIGTERM);
            told = pid;
        }
        condvar_wait(&slot->released, &seen, WAIT_EVENT_REPLICATION_SLOT_DROP);
    }
}

/*
 * False: it holds nothing before oldest. *pid 0: it is invalid, and ours until it is saved; else
 * who has it.
 */
static bool try_take(ReplSlot *slot, Lsn oldest, ReplSlotData *before, int *pid, uint32_t *seen)
{
    bool is_obsolete;

    lwlock_acquire(&repl_slot_shared()->control_lock, LW_SHARED);
    *seen = condvar_begin(&slot->released);
    spin_lock(&slot->lock);
    *before = slot->data;
    *pid = slot->pid;
    is_obsolete =
        slot->is_used && slot->data.restart_lsn != LSN_NONE && slot->data.restart_lsn < oldest;
    if (is_obsolete && slot->pid == 0) {
        slot->pid = process_id();
        slot->data.invalidated_at = slot->data.restart_lsn;
        slot->data.restart_lsn = LSN_NONE;
        slot->is_dirty = slot->was_dirtied = true;
    }
    spin_unlock(&slot->lock);
    lwlock_release(&repl_slot_shared()->control_lock);
    return is_obsolete;
}

/* ---- Telling ---- */

const char *repl_slot_wal_status(const ReplSlotRow *row, Lsn end, bool *is_removed)
{
    const uint32_t size = wal_identity()->segment_size;
    const uint64_t current = end / size, seg_no = row->data.restart_lsn / size;
    const uint64_t most = segments_of_mb(setting.max_wal_size) + 1;

    *is_removed = false;
    if (row->data.restart_lsn == LSN_NONE) {
        *is_removed = row->data.invalidated_at != LSN_NONE;
        return *is_removed ? "lost" : NULL;
    }
    if (seg_no >= first_held(current, end))
        return seg_no >= (current > most ? current - most : 1) ? "reserved" : "extended";
    if (seg_no > wal_last_removed_segment() || row->pid != 0)
        return "unreserved";
    *is_removed = true;
    return "lost";
}

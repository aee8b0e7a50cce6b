/*
 * slot.c - the few places from which the log is inserted, and waiting for those who have one
 *
 * wal_int.h has the protocol. A slot is a word: taken by one exchange, moved by a store, given back
 * by a store. Only who finds it in the way longer than a moment sleeps, and says so in the slot, so
 * that the holder knows to wake.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/os/futex.h"
#include "common/os/process.h"
#include "server/ipc/proc.h"
#include "server/ipc/supervisor.h"
#include "server/ipc/wait_event.h"
#include "server/wal/wal_int.h"

#define RECHECK_MS  1000 /* a holder that died does not wake: who sleeps looks for the supervisor */
#define SPIN_ROUNDS 100  /* looks before sleeping: a copy takes less than a microsecond */

static struct {
    unsigned number; /* of the slot that was free last time */
    bool is_chosen;
} slot_local;

static inline bool try_take(WalSlot *slot, uint64_t at);
static WalSlot *take_another(unsigned first);
static void take_waiting(WalSlot *slot, uint64_t at);
NOINLINE static void wake(WalSlot *slot);
static uint64_t wait_until_past(WalSlot *slot, Lsn lsn);
static void raise_copied(Lsn lsn);

WalSlot *wal_slot_take(void)
{
    WalSlot *slot;

    if (UNLIKELY(!slot_local.is_chosen)) {
        const Proc *self = proc_self();

        slot_local.number = (unsigned)(self != NULL ? self->slot : process_id()) % WAL_SLOT_COUNT;
        slot_local.is_chosen = true;
    }
    slot = &wal_process.shared->slots[slot_local.number];
    if (LIKELY(try_take(slot, WAL_SLOT_TAKEN)))
        return slot;
    return take_another(slot_local.number);
}

void wal_slot_take_all(void)
{
    /* All but the last are out of everybody's way at once: who holds them has nothing to copy. */
    for (unsigned i = 0; i < WAL_SLOT_COUNT - 1; i++)
        take_waiting(&wal_process.shared->slots[i], WAL_SLOT_AHEAD);
    take_waiting(wal_slot_last(), WAL_SLOT_TAKEN);
}

WalSlot *wal_slot_last(void)
{
    return &wal_process.shared->slots[WAL_SLOT_COUNT - 1];
}

void wal_slot_move(WalSlot *slot, Lsn lsn)
{
    atomic_store(&slot->at, lsn);
    if (UNLIKELY(atomic_load(&slot->sleepers) != 0))
        wake(slot);
}

void wal_slot_give(WalSlot *slot)
{
    wal_slot_move(slot, WAL_SLOT_FREE);
}

void wal_slot_give_all(void)
{
    for (unsigned i = WAL_SLOT_COUNT; i-- > 0;)
        wal_slot_give(&wal_process.shared->slots[i]);
}

Lsn wal_wait_copied(Lsn lsn)
{
    Lsn copied = atomic_load(&wal_process.shared->place);

    if (UNLIKELY(lsn > copied)) {
        err_log(ERR_LOG, .sqlstate = SQLSTATE_DATA_CORRUPTED,
                .message = err_fmt("request to flush past end of generated WAL; request %X/%X, "
                                   "current position %X/%X",
                                   (uint32_t)(lsn >> 32), (uint32_t)lsn, (uint32_t)(copied >> 32),
                                   (uint32_t)copied));
        lsn = copied;
    }
    for (unsigned i = 0; i < WAL_SLOT_COUNT; i++) {
        WalSlot *slot = &wal_process.shared->slots[i];
        uint64_t at = atomic_load(&slot->at);

        if (at == WAL_SLOT_FREE)
            continue;
        if (at < lsn)
            at = wait_until_past(slot, lsn);
        if (at != WAL_SLOT_FREE && at < copied)
            copied = at;
    }
    raise_copied(copied);
    return copied;
}

static inline bool try_take(WalSlot *slot, uint64_t at)
{
    uint64_t expected = WAL_SLOT_FREE;

    return atomic_load_explicit(&slot->at, memory_order_relaxed) == WAL_SLOT_FREE &&
           atomic_compare_exchange_strong(&slot->at, &expected, at);
}

/* The first one is busy: stay with one that is free, rather than wait behind who may sleep. */
static WalSlot *take_another(unsigned first)
{
    WalSlot *slot;

    for (unsigned i = 1; i < WAL_SLOT_COUNT; i++) {
        unsigned number = (first + i) % WAL_SLOT_COUNT;

        slot = &wal_process.shared->slots[number];
        if (try_take(slot, WAL_SLOT_TAKEN)) {
            slot_local.number = number;
            return slot;
        }
    }
    slot = &wal_process.shared->slots[first];
    take_waiting(slot, WAL_SLOT_TAKEN);
    return slot;
}

static void take_waiting(WalSlot *slot, uint64_t at)
{
    while (!try_take(slot, at)) {
        /* Until it is free, whatever it says meanwhile. */
        wait_until_past(slot, UINT64_MAX);
    }
}

NOINLINE static void wake(WalSlot *slot)
{
    atomic_fetch_add(&slot->change, 1);
    os_futex_wake(&slot->change, INT32_MAX);
}

/* Wait until the slot is free, or at lsn or past it; returns what it said then. */
static uint64_t wait_until_past(WalSlot *slot, Lsn lsn)
{
    uint64_t at;

    for (unsigned i = 0; i < SPIN_ROUNDS; i++) {
        at = atomic_load(&slot->at);
        if (at == WAL_SLOT_FREE || (at >= lsn && lsn != UINT64_MAX))
            return at;
        spin_pause();
    }
    wait_event_begin(WAIT_EVENT_LWLOCK + LW_WAL_INSERT);
    atomic_fetch_add(&slot->sleepers, 1);
    for (;;) {
        uint32_t change = atomic_load(&slot->change);

        at = atomic_load(&slot->at);
        if (at == WAL_SLOT_FREE || (at >= lsn && lsn != UINT64_MAX))
            break;
        os_futex_wait(&slot->change, change, RECHECK_MS);
        supervisor_leave_if_gone();
    }
    atomic_fetch_sub(&slot->sleepers, 1);
    wait_event_end();
    return at;
}

static void raise_copied(Lsn lsn)
{
    Lsn before = atomic_load(&wal_process.shared->copied);

    while (before < lsn && !atomic_compare_exchange_weak(&wal_process.shared->copied, &before, lsn))
        continue;
}

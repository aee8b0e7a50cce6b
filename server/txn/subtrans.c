/*
 * subtrans.c - who is the parent of a subtransaction
 *
 * Nothing here is logged or synced: only transactions that run have subtransactions whose parents
 * matter, and after a crash none of them does. Pages go to disk when memory is short.
 */
#include "common/base/base.h"

#include "server/txn/subtrans.h"

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/format/slru.h"
#include "server/ipc/lwlock.h"
#include "server/storage/slru/slru.h"
#include "server/txn/proc_array.h"
#include "server/txn/xid.h"

#define BUFFERS 32

static const SlruKind slru_subtrans = {"pg_subtrans", BLOCK_SIZE / sizeof(Xid)};
static Slru *subtrans;

static SlruConfig subtrans_config(void);
static bool precedes(uint32_t page, uint32_t other);
static uint8_t *entry_of(unsigned slot, Xid xid);

size_t subtrans_shmem_size(void)
{
    SlruConfig config = subtrans_config();

    return slru_size(&config);
}

void subtrans_shmem_init(void *place)
{
    SlruConfig config = subtrans_config();

    subtrans = slru_init(place, &config);
}

static SlruConfig subtrans_config(void)
{
    return (SlruConfig){
        .kind = &slru_subtrans,
        .buffer_count = BUFFERS,
        .lock_number = SLRU_LOCK_SUBTRANS,
        .precedes = precedes,
    };
}

static bool precedes(uint32_t page, uint32_t other)
{
    return slru_page_precedes(&slru_subtrans, page, other);
}

/* ---- Entries ---- */

void subtrans_set_parent(Xid xid, Xid parent)
{
    unsigned slot;
    uint8_t *entry;

    ASSERT(xid_is_normal(parent) && xid_precedes(parent, xid));
    lwlock_acquire(slru_lock(subtrans), LW_EXCLUSIVE);
    slot = slru_read_page(subtrans, slru_page_of(&slru_subtrans, xid), false, xid);
    entry = entry_of(slot, xid);
    /* Replay may say it again. */
    if (load_u32(entry) != parent) {
        ASSERT(load_u32(entry) == XID_NONE);
        store_u32(entry, parent);
        slru_mark_dirty(subtrans, slot);
    }
    lwlock_release(slru_lock(subtrans));
}

Xid subtrans_parent(Xid xid)
{
    unsigned slot;
    Xid parent;

    if (!xid_is_normal(xid))
        return XID_NONE;
    slot = slru_read_page_shared(subtrans, slru_page_of(&slru_subtrans, xid), xid);
    parent = load_u32(entry_of(slot, xid));
    lwlock_release(slru_lock(subtrans));
    return parent;
}

/*
 * Parents older than what this process may ask for are not followed: their pages may be gone. One
 * that is not older than its child is damage, and would lead in circles.
 */
Xid subtrans_top(Xid xid)
{
    Xid oldest = proc_array_transaction_xmin();
    Xid top = xid, parent = xid;

    while (parent != XID_NONE) {
        top = parent;
        if (xid_precedes(parent, oldest))
            break;
        parent = subtrans_parent(parent);
        if (parent != XID_NONE && !xid_precedes(parent, top))
            err_raise(SQLSTATE_DATA_CORRUPTED,
                      .message = err_fmt("pg_subtrans contains invalid entry: xid %u points to "
                                         "parent xid %u",
                                         top, parent));
    }
    return top;
}

static uint8_t *entry_of(unsigned slot, Xid xid)
{
    return slru_slot_page(subtrans, slot) + xid % slru_subtrans.items_per_page * sizeof(Xid);
}

/* ---- Life of the folder ---- */

void subtrans_bootstrap(void)
{
    lwlock_acquire(slru_lock(subtrans), LW_EXCLUSIVE);
    slru_write_page(subtrans, slru_zero_page(subtrans, 0));
    lwlock_release(slru_lock(subtrans));
}

void subtrans_start(Xid oldest_active)
{
    uint32_t page = slru_page_of(&slru_subtrans, oldest_active);
    uint32_t last = slru_page_of(&slru_subtrans, (Xid)xid_next());

    lwlock_acquire(slru_lock(subtrans), LW_EXCLUSIVE);
    for (;;) {
        slru_zero_page(subtrans, page);
        if (page == last)
            break;
        page = page == slru_page_max(&slru_subtrans) ? 0 : page + 1;
    }
    lwlock_release(slru_lock(subtrans));
}

void subtrans_extend(Xid newest)
{
    if (newest % slru_subtrans.items_per_page != 0 && newest != XID_FIRST)
        return;
    lwlock_acquire(slru_lock(subtrans), LW_EXCLUSIVE);
    slru_zero_page(subtrans, slru_page_of(&slru_subtrans, newest));
    lwlock_release(slru_lock(subtrans));
}

/* The page of the xid before counts: oldest itself may be one that was not given out yet. */
void subtrans_truncate(Xid oldest)
{
    slru_truncate(subtrans, slru_page_of(&slru_subtrans, xid_before(oldest)));
}

void subtrans_checkpoint(void)
{
    slru_write_all(subtrans);
}

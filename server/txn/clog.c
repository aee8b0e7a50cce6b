/*
 * clog.c - pages of commit status: setting a whole tree, extension, truncation
 *
 * Promises
 *   1. Who looks sees all of a tree commit at once, or nothing of it. Children on other pages than
 *      their parent are first marked sub-committed: for their fate the parent is asked, until they
 *      are marked themselves.
 *   2. A status is set after the record that says so is in the log; when that is not flushed, the
 *      page remembers its LSN and is not written before.
 *   3. A page is there, in memory or on disk, before the first of its xids is given out.
 */
#include "common/base/base.h"

#include "server/txn/clog.h"

#include <string.h>

#include "common/err/err.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/ipc/lwlock.h"
#include "server/txn/clog_int.h"
#include "server/txn/xid.h"
#include "server/wal/wal.h"

#define XIDS_PER_BYTE     4
#define BUFFERS_MIN       4
#define BUFFERS_MAX       128
#define SHARED_PER_BUFFER 512 /* one for so many of shared_buffers */

static Slru *statuses;

static SlruConfig clog_config(void);
static bool precedes(uint32_t page, uint32_t other);
static size_t run_of_page(const Xid *children, size_t count, uint32_t page);
static void set_children(const Xid *children, size_t count, XactStatus status, Lsn lsn);
static void set_page(const ClogChange *change);
static void set_status(uint8_t *page, Xid xid, XactStatus status);

/* ---- Shared memory ---- */

size_t clog_shmem_size(void)
{
    SlruConfig config = clog_config();

    return size_align_up(slru_size(&config), 64) + clog_group_size();
}

void clog_shmem_init(void *place)
{
    SlruConfig config = clog_config();

    xact_status_forget();
    statuses = slru_init(place, &config);
    clog_group_init((uint8_t *)place + size_align_up(slru_size(&config), 64));
}

static SlruConfig clog_config(void)
{
    size_t buffers = (size_t)setting.shared_buffers / SHARED_PER_BUFFER;

    buffers = size_min(size_max(buffers, BUFFERS_MIN), BUFFERS_MAX);
    return (SlruConfig){
        .kind = &slru_xact,
        .buffer_count = (unsigned)buffers,
        .lock_number = SLRU_LOCK_XACT,
        .has_lsns = true,
        .is_synced = true,
        .sync_handler = SYNC_CLOG,
        .precedes = precedes,
    };
}

static bool precedes(uint32_t page, uint32_t other)
{
    return slru_page_precedes(&slru_xact, page, other);
}

Slru *clog_slru(void)
{
    return statuses;
}

/* ---- Setting ---- */

void clog_set_tree(Xid xid, const Xid *children, size_t child_count, XactStatus status, Lsn lsn)
{
    uint32_t page = slru_page_of(&slru_xact, xid);
    size_t with_parent = run_of_page(children, child_count, page);

    ASSERT(status == XACT_COMMITTED || status == XACT_ABORTED);
    /* An abort may be seen in parts: who runs no more and is not committed has aborted anyway. */
    if (with_parent < child_count && status == XACT_COMMITTED)
        set_children(children + with_parent, child_count - with_parent, XACT_SUB_COMMITTED, lsn);
    set_page(&(ClogChange){.page = page,
                           .xid = xid,
                           .children = children,
                           .child_count = with_parent,
                           .status = status,
                           .lsn = lsn});
    if (with_parent < child_count)
        set_children(children + with_parent, child_count - with_parent, status, lsn);
}

/* How many of the first children lie on the page. */
static size_t run_of_page(const Xid *children, size_t count, uint32_t page)
{
    size_t n = 0;

    while (n < count && slru_page_of(&slru_xact, children[n]) == page)
        n++;
    return n;
}

/* Page by page. */
static void set_children(const Xid *children, size_t count, XactStatus status, Lsn lsn)
{
    while (count > 0) {
        uint32_t page = slru_page_of(&slru_xact, children[0]);
        size_t run = run_of_page(children, count, page);

        set_page(&(ClogChange){
            .page = page, .children = children, .child_count = run, .status = status, .lsn = lsn});
        children += run;
        count -= run;
    }
}

static void set_page(const ClogChange *change)
{
    LwLock *lock = slru_lock(statuses);

    if (!lwlock_try_acquire(lock, LW_EXCLUSIVE)) {
        if (clog_group_set(change))
            return;
        lwlock_acquire(lock, LW_EXCLUSIVE);
    }
    clog_apply(change);
    lwlock_release(lock);
}

/* A commit whose record may be lost must not get to disk with a write that is under way. */
void clog_apply(const ClogChange *change)
{
    unsigned slot = slru_read_page(statuses, change->page, change->lsn != LSN_NONE, change->xid);
    uint8_t *page = slru_slot_page(statuses, slot);

    for (size_t i = 0; i < change->child_count; i++)
        set_status(page, change->children[i], change->status);
    if (change->xid != XID_NONE)
        set_status(page, change->xid, change->status);
    if (change->lsn != LSN_NONE) {
        if (change->xid != XID_NONE)
            slru_set_lsn(statuses, slot, change->xid, change->lsn);
        for (size_t i = 0; i < change->child_count; i++)
            slru_set_lsn(statuses, slot, change->children[i], change->lsn);
    }
    slru_mark_dirty(statuses, slot);
}

/*
 * In one store of its byte, children before their parent, so that whoever reads beside us sees one
 * status or the other. Replay of what is done already must not undo a commit.
 */
static void set_status(uint8_t *page, Xid xid, XactStatus status)
{
    XactStatus old = xact_status_get(page, xid);

    ASSERT(old == XACT_IN_PROGRESS || old == status || !wal_is_started() ||
           (old == XACT_SUB_COMMITTED && status != XACT_IN_PROGRESS));
    if (status != XACT_SUB_COMMITTED || old != XACT_COMMITTED)
        xact_status_set(page, xid, status);
}

/* ---- Reading ---- */

XactStatus clog_get(Xid xid, Lsn *lsn)
{
    unsigned slot = slru_read_page_shared(statuses, slru_page_of(&slru_xact, xid), xid);
    XactStatus status = xact_status_get(slru_slot_page(statuses, slot), xid);

    *lsn = slru_lsn(statuses, slot, xid);
    lwlock_release(slru_lock(statuses));
    return status;
}

/* ---- Life of the folder ---- */

void clog_bootstrap(void)
{
    unsigned slot;

    lwlock_acquire(slru_lock(statuses), LW_EXCLUSIVE);
    slot = slru_zero_page(statuses, 0);
    slru_write_page(statuses, slot);
    lwlock_release(slru_lock(statuses));
}

void clog_start(void)
{
    lwlock_acquire(slru_lock(statuses), LW_EXCLUSIVE);
    slru_set_latest_page(statuses, slru_page_of(&slru_xact, (Xid)xid_next()));
    lwlock_release(slru_lock(statuses));
}

/*
 * Behind the next xid may be what a crash left: of transactions that the log does not know any
 * more. When the next xid begins a page, that is made when the xid is given out.
 */
void clog_trim(void)
{
    Xid next = (Xid)xid_next();
    uint32_t at = next % slru_xact.items_per_page;
    unsigned slot;
    uint8_t *page;

    clog_start();
    if (at == 0)
        return;
    lwlock_acquire(slru_lock(statuses), LW_EXCLUSIVE);
    slot = slru_read_page(statuses, slru_page_of(&slru_xact, next), false, next);
    page = slru_slot_page(statuses, slot);
    page[at / XIDS_PER_BYTE] &= (uint8_t)((1u << (2 * (at % XIDS_PER_BYTE))) - 1);
    memset(page + at / XIDS_PER_BYTE + 1, 0, BLOCK_SIZE - at / XIDS_PER_BYTE - 1);
    slru_mark_dirty(statuses, slot);
    lwlock_release(slru_lock(statuses));
}

/* The record goes in while the lock is held: whoever finds the page finds it logged. */
void clog_extend(Xid newest)
{
    int32_t logged = (int32_t)slru_page_of(&slru_xact, newest);

    if (newest % slru_xact.items_per_page != 0 && newest != XID_FIRST)
        return;
    lwlock_acquire(slru_lock(statuses), LW_EXCLUSIVE);
    slru_zero_page(statuses, (uint32_t)logged);
    wal_begin_insert();
    wal_register_data(&logged, sizeof logged);
    wal_insert(RMGR_CLOG, WAL_CLOG_ZEROPAGE);
    lwlock_release(slru_lock(statuses));
}

void clog_redo_zero_page(int64_t page)
{
    lwlock_acquire(slru_lock(statuses), LW_EXCLUSIVE);
    slru_write_page(statuses, slru_zero_page(statuses, (uint32_t)page));
    lwlock_release(slru_lock(statuses));
}

void clog_checkpoint(void)
{
    slru_write_all(statuses);
}

/* ---- Truncation ---- */

/* First nobody may ask any more, then the log says so, then the files go. */
void clog_truncate(Xid oldest, Oid oldest_database)
{
    uint32_t cutoff = slru_page_of(&slru_xact, oldest);
    struct {
        int32_t page;
        Xid oldest;
        Oid oldest_database;
    } head = {(int32_t)cutoff, oldest, oldest_database};

    STATIC_ASSERT(sizeof head == 12);
    if (!slru_has_segment_before(statuses, cutoff))
        return;
    xid_advance_oldest_clog(oldest);
    wal_begin_insert();
    wal_register_data(&head, sizeof head);
    wal_flush(wal_insert(RMGR_CLOG, WAL_CLOG_TRUNCATE));
    slru_truncate(statuses, cutoff);
}

void clog_redo_truncate(int64_t page, Xid oldest)
{
    xid_advance_oldest_clog(oldest);
    lwlock_acquire(slru_lock(statuses), LW_EXCLUSIVE);
    slru_set_latest_page(statuses, (uint32_t)page); /* it may be behind while the log is replayed */
    lwlock_release(slru_lock(statuses));
    slru_truncate(statuses, (uint32_t)page);
}

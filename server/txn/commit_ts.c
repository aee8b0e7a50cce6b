/*
 * commit_ts.c - pages of commit timestamps
 *
 * The folder is in use or it is not, and the log says so (PARAMETER_CHANGE). When it is switched on
 * in the middle of a page, that page is made then; later ones come with their first xid, logged.
 */
#include "common/base/base.h"

#include "server/txn/commit_ts.h"

#include "common/err/err.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/ipc/lwlock.h"
#include "server/storage/slru/slru.h"
#include "server/txn/xid.h"
#include "server/wal/wal.h"

#define BUFFERS_MIN       4
#define BUFFERS_MAX       256
#define SHARED_PER_BUFFER 256 /* one for so many of shared_buffers */

typedef struct CommitTsShared {
    LwLock lock;
    bool is_on;         /* guarded by the lock, as the rest; read by writers without it */
    Xid oldest, newest; /* 0: none */
    Xid last_xid;       /* the newest commit, and its entry */
    CommitTs last;
} CommitTsShared;

static CommitTsShared *shared;
static Slru *times;

static SlruConfig commit_ts_config(void);
static bool precedes(uint32_t page, uint32_t other);
static void switch_on(void);
static void switch_off(void);
static bool remove_segment(Slru *s, uint32_t segment, void *arg);
static void set_page(uint32_t page, Xid xid, const Xid *children, size_t count, CommitTs value);
static size_t run_of_page(const Xid *children, size_t count, uint32_t page);
static void raise_off(void);

size_t commit_ts_shmem_size(void)
{
    SlruConfig config = commit_ts_config();

    return 64 + slru_size(&config);
}

void commit_ts_shmem_init(void *place)
{
    SlruConfig config = commit_ts_config();

    STATIC_ASSERT(sizeof(CommitTsShared) <= 64);
    shared = place;
    lwlock_init(&shared->lock, LW_COMMIT_TS, 0);
    times = slru_init((uint8_t *)place + 64, &config);
}

static SlruConfig commit_ts_config(void)
{
    size_t buffers = (size_t)setting.shared_buffers / SHARED_PER_BUFFER;

    buffers = size_min(size_max(buffers, BUFFERS_MIN), BUFFERS_MAX);
    return (SlruConfig){
        .kind = &slru_commit_ts,
        .buffer_count = (unsigned)buffers,
        .lock_number = SLRU_LOCK_COMMIT_TS,
        .is_synced = true,
        .sync_handler = SYNC_COMMIT_TS,
        .precedes = precedes,
    };
}

static bool precedes(uint32_t page, uint32_t other)
{
    return slru_page_precedes(&slru_commit_ts, page, other);
}

/* ---- On and off ---- */

void commit_ts_start(bool is_on)
{
    if (is_on)
        switch_on();
}

void commit_ts_finish_start(void)
{
    if (setting.track_commit_timestamp)
        switch_on();
    else
        switch_off();
}

void commit_ts_redo_parameter(bool is_on)
{
    if (is_on)
        switch_on();
    else if (shared->is_on)
        switch_off();
}

/* The oldest is the next xid, unless a checkpoint told of an older one. */
static void switch_on(void)
{
    Xid next = (Xid)xid_next();
    uint32_t page = slru_page_of(&slru_commit_ts, next);
    bool was_on;

    lwlock_acquire(&shared->lock, LW_EXCLUSIVE);
    was_on = shared->is_on;
    if (!was_on && shared->oldest == XID_NONE) {
        shared->oldest = next;
        shared->newest = xid_before(next);
    }
    lwlock_release(&shared->lock);
    if (was_on)
        return;

    lwlock_acquire(slru_lock(times), LW_EXCLUSIVE);
    slru_set_latest_page(times, page);
    lwlock_release(slru_lock(times));
    if (!slru_page_exists(times, page)) {
        lwlock_acquire(slru_lock(times), LW_EXCLUSIVE);
        slru_write_page(times, slru_zero_page(times, page));
        lwlock_release(slru_lock(times));
    }
    lwlock_acquire(&shared->lock, LW_EXCLUSIVE);
    shared->is_on = true;
    lwlock_release(&shared->lock);
}

static void switch_off(void)
{
    lwlock_acquire(&shared->lock, LW_EXCLUSIVE);
    shared->is_on = false;
    shared->oldest = shared->newest = shared->last_xid = XID_NONE;
    lwlock_release(&shared->lock);
    slru_visit_segments(times, remove_segment, NULL);
}

static bool remove_segment(Slru *s, uint32_t segment, void *arg)
{
    (void)arg;
    slru_remove_segment(s, segment);
    return false;
}

/* ---- Entries ---- */

void commit_ts_set_tree(Xid xid, const Xid *children, size_t count, PgTime time, uint16_t origin)
{
    CommitTs value = {.time = time, .origin = origin};
    uint32_t page = slru_page_of(&slru_commit_ts, xid);
    Xid newest = count > 0 ? children[count - 1] : xid;
    size_t run = run_of_page(children, count, page);

    if (!shared->is_on)
        return;
    set_page(page, xid, children, run, value);
    for (size_t done = run; done < count; done += run) {
        page = slru_page_of(&slru_commit_ts, children[done]);
        run = run_of_page(children + done, count - done, page);
        set_page(page, XID_NONE, children + done, run, value);
    }
    lwlock_acquire(&shared->lock, LW_EXCLUSIVE);
    shared->last_xid = xid;
    shared->last = value;
    if (xid_precedes(shared->newest, newest))
        shared->newest = newest;
    lwlock_release(&shared->lock);
}

static size_t run_of_page(const Xid *children, size_t count, uint32_t page)
{
    size_t n = 0;

    while (n < count && slru_page_of(&slru_commit_ts, children[n]) == page)
        n++;
    return n;
}

static void set_page(uint32_t page, Xid xid, const Xid *children, size_t count, CommitTs value)
{
    unsigned slot;
    uint8_t *bytes;

    lwlock_acquire(slru_lock(times), LW_EXCLUSIVE);
    slot = slru_read_page(times, page, false, xid);
    bytes = slru_slot_page(times, slot);
    if (xid != XID_NONE)
        commit_ts_set(bytes, xid, value);
    for (size_t i = 0; i < count; i++)
        commit_ts_set(bytes, children[i], value);
    slru_mark_dirty(times, slot);
    lwlock_release(slru_lock(times));
}

bool commit_ts_get_of(Xid xid, CommitTs *out)
{
    Xid oldest, newest;
    unsigned slot;

    if (xid == XID_NONE)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("cannot retrieve commit timestamp for transaction %u", xid));
    if (!xid_is_normal(xid))
        return false;

    lwlock_acquire(&shared->lock, LW_SHARED);
    if (!shared->is_on) {
        lwlock_release(&shared->lock);
        raise_off();
    }
    if (shared->last_xid == xid) {
        *out = shared->last;
        lwlock_release(&shared->lock);
        return out->time != 0;
    }
    oldest = shared->oldest;
    newest = shared->newest;
    lwlock_release(&shared->lock);
    if (oldest == XID_NONE || newest == XID_NONE || xid_precedes(xid, oldest) ||
        xid_precedes(newest, xid))
        return false;

    slot = slru_read_page_shared(times, slru_page_of(&slru_commit_ts, xid), xid);
    *out = commit_ts_get(slru_slot_page(times, slot), xid);
    lwlock_release(slru_lock(times));
    return out->time != 0;
}

Xid commit_ts_last(CommitTs *out)
{
    Xid xid;

    lwlock_acquire(&shared->lock, LW_SHARED);
    if (!shared->is_on) {
        lwlock_release(&shared->lock);
        raise_off();
    }
    xid = shared->last_xid;
    *out = xid != XID_NONE ? shared->last : (CommitTs){0};
    lwlock_release(&shared->lock);
    return xid;
}

static void raise_off(void)
{
    err_raise(
        SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE, .message = "could not get commit timestamp data",
        .hint = wal_is_started()
                    ? "Make sure the configuration parameter \"track_commit_timestamp\" is set."
                    : "Make sure the configuration parameter \"track_commit_timestamp\" is set "
                      "on the primary server.");
}

/* ---- Limits ---- */

void commit_ts_limits(Xid *oldest, Xid *newest)
{
    lwlock_acquire(&shared->lock, LW_SHARED);
    *oldest = shared->oldest;
    *newest = shared->newest;
    lwlock_release(&shared->lock);
}

void commit_ts_set_limits(Xid oldest, Xid newest)
{
    lwlock_acquire(&shared->lock, LW_EXCLUSIVE);
    if (shared->oldest != XID_NONE) {
        if (xid_precedes(shared->oldest, oldest))
            shared->oldest = oldest;
        if (xid_precedes(shared->newest, newest))
            shared->newest = newest;
    } else {
        shared->oldest = oldest;
        shared->newest = newest;
    }
    lwlock_release(&shared->lock);
}

void commit_ts_advance_oldest(Xid oldest)
{
    lwlock_acquire(&shared->lock, LW_EXCLUSIVE);
    if (shared->oldest != XID_NONE && xid_precedes(shared->oldest, oldest))
        shared->oldest = oldest;
    lwlock_release(&shared->lock);
}

/* ---- Life of the folder ---- */

/* At the turn of the numbers the first normal xid opens the first page. */
void commit_ts_extend(Xid newest)
{
    int32_t logged = (int32_t)slru_page_of(&slru_commit_ts, newest);

    if (!shared->is_on || (newest % slru_commit_ts.items_per_page != 0 && newest != XID_FIRST))
        return;
    lwlock_acquire(slru_lock(times), LW_EXCLUSIVE);
    slru_zero_page(times, (uint32_t)logged);
    wal_begin_insert();
    wal_register_data(&logged, sizeof logged);
    wal_insert(RMGR_COMMIT_TS, WAL_COMMIT_TS_ZEROPAGE);
    lwlock_release(slru_lock(times));
}

void commit_ts_redo_zero_page(int64_t page)
{
    lwlock_acquire(slru_lock(times), LW_EXCLUSIVE);
    slru_write_page(times, slru_zero_page(times, (uint32_t)page));
    lwlock_release(slru_lock(times));
}

void commit_ts_checkpoint(void)
{
    slru_write_all(times);
}

void commit_ts_truncate(Xid oldest)
{
    uint32_t cutoff = slru_page_of(&slru_commit_ts, oldest);
    struct {
        int32_t page;
        Xid oldest;
    } head = {(int32_t)cutoff, oldest};

    if (!slru_has_segment_before(times, cutoff))
        return;
    wal_begin_insert();
    wal_register_data(&head, sizeof head);
    wal_insert(RMGR_COMMIT_TS, WAL_COMMIT_TS_TRUNCATE);
    slru_truncate(times, cutoff);
}

void commit_ts_redo_truncate(int64_t page, Xid oldest)
{
    commit_ts_advance_oldest(oldest);
    lwlock_acquire(slru_lock(times), LW_EXCLUSIVE);
    slru_set_latest_page(times, (uint32_t)page);
    lwlock_release(slru_lock(times));
    slru_truncate(times, (uint32_t)page);
}

/*
 * lock_prepared.c - the locks of prepared transactions
 *
 * A record of state is the tag and the mode, PostgreSQL's 20 bytes. Locks of the session stay with
 * it, so the two must not hold the same thing: a Hold goes over as a whole.
 */
#include "common/base/base.h"

#include "server/lock/lock_prepared.h"

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "server/lock/lock_int.h"
#include "server/txn/twophase.h"

typedef struct LockRecord {
    LockTag tag;
    int32_t mode;
} LockRecord;
STATIC_ASSERT(sizeof(LockRecord) == 20);

static void write_records(void);
static void refuse_mixed(const LocalLock *l);
static bool is_of_session(const LocalLock *l);
static void hand_over(uint32_t to);
static void read_record(const uint8_t *bytes, size_t len, LockRecord *out);
static uint32_t holder_of(unsigned number);
static void at_end(unsigned number, Xid xid, uint16_t info, const uint8_t *bytes, size_t len);
static void at_recovery(unsigned number, Xid xid, uint16_t info, const uint8_t *bytes, size_t len);

/* Of all locks of this process, whatever their order. */
#define local_lock_foreach(l)                                                         \
 for (size_t bucket = 0; bucket < lock_local.bucket_count; bucket++)                  \
  for (LocalLock *l = lock_local.buckets[bucket], *l##_next; l != NULL; l = l##_next) \
   if (l##_next = l->next, true)

void lock_prepared_install(void)
{
    static const TwophaseHandler handler = {at_end, at_end, at_recovery};

    twophase_set_handler(TWOPHASE_LOCK, &handler);
}

void lock_prepared_on_event(TxnEvent event)
{
    if (event == TXN_PREPARE)
        write_records();
    else
        hand_over(holder_of(twophase_own_number()));
}

/* ---- At PREPARE ---- */

/* From here on all of them are in the table: handing over cannot fail. */
static void write_records(void)
{
    local_lock_foreach(l)
        refuse_mixed(l);
    local_lock_foreach(l) {
        LockRecord record = {.tag = l->tag, .mode = (int32_t)l->mode};

        if (is_of_session(l))
            continue;
        if (!lock_fast_move_own(l))
            lock_raise_full();
        twophase_add(TWOPHASE_LOCK, 0, &record, sizeof record);
    }
}

static bool is_of_session(const LocalLock *l)
{
    return lock_use_find(l, &lock_local.session) != NULL;
}

/* In whatever modes. */
static void refuse_mixed(const LocalLock *l)
{
    bool has_session = false, has_transaction = false;

    for (LockMode mode = LOCK_NONE + 1; mode < LOCK_MODE_COUNT; mode++) {
        const LocalLock *other = lock_local_find(&l->tag, mode, l->hash);

        for (const LockUse *use = other != NULL ? other->uses : NULL; use != NULL; use = use->next)
            if (use->by == &lock_local.session)
                has_session = true;
            else
                has_transaction = true;
    }
    if (has_session && has_transaction)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot PREPARE while holding both session-level and "
                             "transaction-level locks on the same object");
}

/* Holds have another holder from here on, and strong ones still count as such. */
static void hand_over(uint32_t to)
{
    LockProc *p = &lock_shared->procs[to];

    atomic_store(&p->xid, txn_top_xid_if_any());
    p->was = (VirtualXid){
        .slot = (int)lock_local.number,
        .local = (uint32_t)(atomic_load(&lock_local.me->vxid) >> VXID_SHIFT),
    };
    local_lock_foreach(l) {
        if (is_of_session(l))
            continue;
        lwlock_acquire(lock_partition(l->hash), LW_EXCLUSIVE);
        l->hold->holder = l->hold->leader = to;
        lwlock_release(lock_partition(l->hash));
        while (l->uses != NULL)
            lock_use_drop(l->uses);
        l->count = 0;
        lock_local_drop(l);
    }
}

/* ---- Later ---- */

static uint32_t holder_of(unsigned number)
{
    return proc_slot_count() + number;
}

static void read_record(const uint8_t *bytes, size_t len, LockRecord *out)
{
    if (len < sizeof *out)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("lock record of a prepared transaction has %zu bytes", len));
    memcpy(out, bytes, sizeof *out);
    if (out->mode <= LOCK_NONE || out->mode >= LOCK_MODE_COUNT || out->tag.kind >= LOCK_KIND_COUNT)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("lock record of a prepared transaction has kind %d, mode %d",
                                     out->tag.kind, out->mode));
}

static void at_end(unsigned number, Xid xid UNUSED, uint16_t info UNUSED, const uint8_t *bytes,
                   size_t len)
{
    LockRecord record;

    read_record(bytes, len, &record);
    lock_ungrant_of(holder_of(number), &record.tag, (LockMode)record.mode);
    atomic_store(&lock_shared->procs[holder_of(number)].xid, XID_NONE);
}

/* Nobody else holds anything yet that it conflicts with: it had the lock before. */
static void at_recovery(unsigned number, Xid xid, uint16_t info UNUSED, const uint8_t *bytes,
                        size_t len)
{
    LockProc *p = &lock_shared->procs[holder_of(number)];
    LockRecord record;
    uint32_t hash;
    Hold *hold;

    read_record(bytes, len, &record);
    hash = lock_tag_hash(&record.tag);
    atomic_store(&p->xid, xid);
    p->was = (VirtualXid){.slot = -1, .local = xid};
    if (lock_is_strong(&record.tag, (LockMode)record.mode))
        lock_strong_begin(hash);
    lwlock_acquire(lock_partition(hash), LW_EXCLUSIVE);
    hold = lock_table_enter(&record.tag, hash, holder_of(number), HOLD_MAY_EXIST);
    if (hold == NULL) {
        lwlock_release(lock_partition(hash));
        lock_raise_full();
    }
    if ((hold->held & LOCK_BIT(record.mode)) == 0) {
        lock_request(hold->entry, (LockMode)record.mode);
        lock_grant(hold->entry, hold, (LockMode)record.mode);
    }
    lwlock_release(lock_partition(hash));
}

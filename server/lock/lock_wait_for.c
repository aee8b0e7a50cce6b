/*
 * lock_wait_for.c - wait for others: transactions, members of multixacts, speculative inserts
 *
 * Who waits takes a share of the lock that the other one holds exclusively until it ends, and gives
 * it back at once.
 */
#include "common/base/base.h"

#include "server/lock/lock_wait_for.h"

#include "common/err/err.h"
#include "common/os/clock.h"
#include "server/ipc/interrupt.h"
#include "server/lock/lock_int.h"
#include "server/txn/subtrans.h"

#define RECHECK_MS 1

static const char *describe_why(void *arg);
static void wait_for_xid(Xid xid);
static bool pass(const LockTag *tag, unsigned flags);
static bool wait_for_members(const MultiMember *members, size_t count,
                             LockMemberConflicts conflicts, void *arg, const LockWhy *why,
                             bool may_wait);
static Xid prepared_from(VirtualXid vxid);

/* ---- Transactions ---- */

void lock_wait_for_xid(Xid xid, const LockWhy *why)
{
    LockWhy copy;
    ErrContext context = {.describe = describe_why, .arg = &copy};

    if (why == NULL || why->purpose == LOCK_FOR_NOTHING) {
        wait_for_xid(xid);
        return;
    }
    copy = *why;
    err_context_push(&context);
    wait_for_xid(xid);
    err_context_pop(&context);
}

static const char *describe_why(void *arg)
{
    static const char *const acts[LOCK_PURPOSE_COUNT][2] = {
        [LOCK_TO_UPDATE] = {"updating tuple", ""},
        [LOCK_TO_DELETE] = {"deleting tuple", ""},
        [LOCK_TO_LOCK] = {"locking tuple", ""},
        [LOCK_TO_LOCK_UPDATED] = {"locking updated version", " of tuple"},
        [LOCK_TO_INSERT_INDEX] = {"inserting index tuple", ""},
        [LOCK_TO_CHECK_UNIQUE] = {"checking uniqueness of tuple", ""},
        [LOCK_TO_RECHECK_UPDATED] = {"rechecking updated tuple", ""},
        [LOCK_TO_CHECK_EXCLUSION] = {"checking exclusion constraint on tuple", ""},
    };
    const LockWhy *why = arg;

    return err_fmt("while %s (%u,%u)%s in relation \"%s\"", acts[why->purpose][0],
                   tid_block(why->tid), why->tid.offset, acts[why->purpose][1], why->relation);
}

/*
 * A subtransaction that became part of its parent has given its lock back. An xid whose lock is
 * free may still run for the moment between the two: then look again.
 */
static void wait_for_xid(Xid xid)
{
    for (bool is_first = true;; is_first = false) {
        LockTag tag = lock_tag_xid(xid);

        (void)pass(&tag, 0);
        if (!proc_array_is_running(xid))
            return;
        if (!is_first) {
            check_interrupts();
            clock_sleep_ms(RECHECK_MS);
        }
        xid = subtrans_top(xid);
    }
}

bool lock_wait_for_xid_try(Xid xid)
{
    for (bool is_first = true;; is_first = false) {
        LockTag tag = lock_tag_xid(xid);

        if (!pass(&tag, LOCK_DONT_WAIT))
            return false;
        if (!proc_array_is_running(xid))
            return true;
        if (!is_first) {
            check_interrupts();
            clock_sleep_ms(RECHECK_MS);
        }
        xid = subtrans_top(xid);
    }
}

/* Wait for whoever holds it exclusively. */
static bool pass(const LockTag *tag, unsigned flags)
{
    if (lock_acquire(tag, LOCK_SHARE, flags) == LOCK_NOT_AVAILABLE)
        return false;
    lock_release(tag, LOCK_SHARE, 0);
    return true;
}

/* ---- Members of multixacts ---- */

void lock_wait_for_members(const MultiMember *members, size_t count, LockMemberConflicts conflicts,
                           void *arg, const LockWhy *why)
{
    (void)wait_for_members(members, count, conflicts, arg, why, true);
}

bool lock_wait_for_members_try(const MultiMember *members, size_t count,
                               LockMemberConflicts conflicts, void *arg)
{
    return wait_for_members(members, count, conflicts, arg, NULL, false);
}

static bool wait_for_members(const MultiMember *members, size_t count,
                             LockMemberConflicts conflicts, void *arg, const LockWhy *why,
                             bool may_wait)
{
    for (size_t i = 0; i < count; i++) {
        if (txn_is_own_xid(members[i].xid) || !conflicts(members[i].status, arg))
            continue;
        if (may_wait)
            lock_wait_for_xid(members[i].xid, why);
        else if (!lock_wait_for_xid_try(members[i].xid))
            return false;
    }
    return true;
}

/* ---- Virtual ids ---- */

/* Its own word holds the lock until somebody waits for it. */
void lock_wait_for_vxid(VirtualXid vxid)
{
    Xid xid;

    if (vxid.slot >= 0 && lock_vxid_move(vxid)) {
        LockTag tag = lock_tag_vxid(vxid);

        (void)pass(&tag, 0);
    }
    xid = prepared_from(vxid);
    if (xid != XID_NONE) {
        LockTag tag = lock_tag_xid(xid);

        (void)pass(&tag, 0);
    }
}

bool lock_wait_for_vxid_try(VirtualXid vxid)
{
    Xid xid;
    LockTag tag;

    if (vxid.slot >= 0 &&
        atomic_load(&lock_shared->procs[vxid.slot].vxid) >> VXID_SHIFT == vxid.local)
        return false;
    xid = prepared_from(vxid);
    tag = lock_tag_xid(xid);
    return xid == XID_NONE || pass(&tag, LOCK_DONT_WAIT);
}

/* The prepared transaction that it has become, which goes on; 0: none. */
static Xid prepared_from(VirtualXid vxid)
{
    for (unsigned i = proc_slot_count(); i < lock_shared->proc_count; i++) {
        const LockProc *p = &lock_shared->procs[i];
        Xid xid = atomic_load(&p->xid);

        if (xid != XID_NONE && p->was.slot == vxid.slot && p->was.local == vxid.local)
            return xid;
    }
    return XID_NONE;
}

void lock_wait_for_holders(const LockTag *tag, LockMode mode)
{
    VirtualXid *holders;
    size_t count = lock_conflicts(tag, mode, &holders);

    for (size_t i = 0; i < count; i++)
        lock_wait_for_vxid(holders[i]);
    mem_free(holders);
}

/* ---- Speculative inserts ---- */

/* 0 is no token. */
uint32_t lock_take_speculative(Xid xid)
{
    LockTag tag;

    if (++lock_local.speculative_token == 0)
        lock_local.speculative_token = 1;
    tag = lock_tag_speculative(xid, lock_local.speculative_token);
    (void)lock_acquire(&tag, LOCK_EXCLUSIVE, 0);
    return lock_local.speculative_token;
}

void lock_give_speculative(Xid xid)
{
    LockTag tag = lock_tag_speculative(xid, lock_local.speculative_token);

    lock_release(&tag, LOCK_EXCLUSIVE, 0);
}

void lock_wait_for_speculative(Xid xid, uint32_t token)
{
    LockTag tag = lock_tag_speculative(xid, token);

    (void)pass(&tag, 0);
}

/*
 * clog_group.c - many commits at once, one taking of the lock
 *
 * Who finds the lock taken puts its change on a list. The first on the list is the leader: it waits
 * for the lock, takes the whole list, applies it and wakes the others, which had nothing to do but
 * to sleep. All of a list are of one page, so that the leader waits for the disk once at most.
 */
#include "common/base/base.h"

#include <stdatomic.h>
#include <string.h>

#include "common/os/futex.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/proc.h"
#include "server/ipc/supervisor.h"
#include "server/ipc/wait_event.h"
#include "server/txn/clog_int.h"

#define NOBODY           UINT32_MAX
#define GROUP_RECHECK_MS 1000 /* does the supervisor live? A leader may have left without us */

/* Written by its process before it is on the list, read by the leader after. */
typedef struct Member {
    _Atomic uint32_t next;       /* slot of the one that came before */
    _Atomic uint32_t is_waiting; /* futex */
    uint32_t page;
    Xid xid;
    XactStatus status;
    Lsn lsn;
    uint32_t child_count;
    Xid children[CLOG_GROUP_CHILDREN];
} Member;

typedef struct GroupShared {
    _Atomic uint32_t first; /* slot of the newest on the list */
    Member members[];
} GroupShared;

static GroupShared *shared;

static void fill(Member *m, const ClogChange *change);
static void apply(const Member *m);
static void lead(void);
static void wake(Member *m);
static void sleep_until_done(Member *m);

size_t clog_group_size(void)
{
    return sizeof(GroupShared) + proc_slot_count() * sizeof(Member);
}

void clog_group_init(void *place)
{
    shared = place;
    atomic_init(&shared->first, NOBODY);
}

bool clog_group_set(const ClogChange *change)
{
    uint32_t self, before;
    Member *m;

    if (change->child_count > CLOG_GROUP_CHILDREN || !proc_is_attached())
        return false;
    self = (uint32_t)proc_self()->slot;
    m = &shared->members[self];
    fill(m, change);

    before = atomic_load(&shared->first);
    do {
        /* Should the same process have come again with another page, that costs a read, no more. */
        if (before != NOBODY && shared->members[before].page != change->page)
            return false;
        atomic_store(&m->next, before);
    } while (!atomic_compare_exchange_weak(&shared->first, &before, self));

    if (before == NOBODY)
        lead();
    else
        sleep_until_done(m);
    return true;
}

static void fill(Member *m, const ClogChange *change)
{
    m->page = change->page;
    m->xid = change->xid;
    m->status = change->status;
    m->lsn = change->lsn;
    m->child_count = (uint32_t)change->child_count;
    if (change->child_count > 0)
        memcpy(m->children, change->children, change->child_count * sizeof(Xid));
    atomic_store(&m->is_waiting, 1);
}

static void lead(void)
{
    uint32_t first;

    lwlock_acquire(slru_lock(clog_slru()), LW_EXCLUSIVE);
    first = atomic_exchange(&shared->first, NOBODY);
    for (uint32_t at = first; at != NOBODY; at = atomic_load(&shared->members[at].next))
        apply(&shared->members[at]);
    lwlock_release(slru_lock(clog_slru()));

    while (first != NOBODY) {
        Member *m = &shared->members[first];

        first = atomic_load(&m->next); /* before it is woken, since it may then come again */
        wake(m);
    }
}

static void apply(const Member *m)
{
    clog_apply(&(ClogChange){.page = m->page,
                             .xid = m->xid,
                             .children = m->children,
                             .child_count = m->child_count,
                             .status = m->status,
                             .lsn = m->lsn});
}

static void wake(Member *m)
{
    if (m == &shared->members[proc_self()->slot])
        return;
    atomic_store(&m->is_waiting, 0);
    os_futex_wake(&m->is_waiting, 1);
}

static void sleep_until_done(Member *m)
{
    wait_event_begin(WAIT_EVENT_XACT_GROUP_UPDATE);
    while (atomic_load(&m->is_waiting) != 0) {
        os_futex_wait(&m->is_waiting, 1, GROUP_RECHECK_MS);
        supervisor_leave_if_gone();
    }
    wait_event_end();
}

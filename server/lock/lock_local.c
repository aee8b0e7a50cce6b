/*
 * lock_local.c - what a process knows of its own locks: how often each is held, and by whom
 *
 * Memory for locks, uses and owners is kept for the next ones. A mode of a tag that is held is
 * found in some nanoseconds; modes of one tag stand in one bucket.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/lock/lock_int.h"

#define BUCKETS_MIN 64
#define BATCH       16 /* that are allocated at once */

LockLocal lock_local;

static void on_detach(void *arg);
static LockOwner *owner_enter(Owner *owner);
static void release_owner(uintptr_t item);
static void inherit(uintptr_t item, Owner *parent);
static void release_uses(LockOwner *by);
static void release_default(LockOwner *by);
static void owner_drop(LockOwner *by);
static void grow_buckets(void);
static LockUse *use_new(void);

static const OwnerKind kind = {
    .name = "lock",
    .phase = OWNER_LOCKS,
    .order = 10,
    .release = release_owner,
    .inherit = inherit,
};

/* ---- Life ---- */

void lock_local_begin(void)
{
    LockProc *me = &lock_shared->procs[proc_self()->slot];

    lock_local = (LockLocal){.me = me, .number = (uint32_t)proc_self()->slot};
    lock_local.mem = mem_context_new(NULL, "locks");
    lock_local.bucket_count = BUCKETS_MIN;
    lock_local.buckets = mem_alloc_in(lock_local.mem, BUCKETS_MIN * sizeof(LocalLock *));
    link_init(&lock_local.session.uses);
    me->leader = NOBODY;
    link_init(&me->members);
    link_init(&me->of_leader);
    atomic_store(&me->database, 0);
    atomic_store(&me->xid, XID_NONE);
    atomic_store(&me->waits_since, 0);
    atomic_store(&me->wait_state, WAIT_NONE);
    proc_on_detach(on_detach, NULL);
}

static void on_detach(void *arg)
{
    (void)arg;
    lock_local_end();
}

/* Owners that are left have things that belong to a process which is about to be none. */
void lock_local_end(void)
{
    lock_wait_cancel();
    for (LockOwner *by = lock_local.owners; by != NULL; by = by->below)
        release_uses(by);
    release_uses(&lock_local.session);
    lock_vxid_end();
    lock_group_leave();
    atomic_store(&lock_local.me->database, 0);
    atomic_store(&lock_local.me->xid, XID_NONE);
    mem_delete(lock_local.mem);
    lock_local = (LockLocal){.me = NULL};
}

/* ---- Owners ---- */

/* Mostly the newest. Without an owner, as in processes without transactions, it is the session. */
LockOwner *lock_owner_current(void)
{
    Owner *owner = owner_current();

    if (owner == NULL)
        return &lock_local.session;
    for (LockOwner *by = lock_local.owners; by != NULL; by = by->below)
        if (by->owner == owner)
            return by;
    return owner_enter(owner);
}

/* With all above it, so that a commit that hands locks on needs no memory. */
static LockOwner *owner_enter(Owner *owner)
{
    LockOwner *by;
    Owner *before;

    for (by = lock_local.owners; by != NULL; by = by->below)
        if (by->owner == owner)
            return by;
    if (owner_parent(owner) != NULL)
        owner_enter(owner_parent(owner));

    by = lock_local.free_owners;
    if (by == NULL) {
        by = mem_alloc_in(lock_local.mem, sizeof *by);
        by->below = NULL;
    }
    before = owner_switch(owner);
    lock_local.free_owners = by;
    owner_room(&kind);
    lock_local.free_owners = by->below;
    owner_note(&kind, (uintptr_t)by);
    owner_switch(before);

    by->owner = owner;
    link_init(&by->uses);
    by->below = lock_local.owners;
    lock_local.owners = by;
    return by;
}

/* A top-level transaction has ended, or what was an error in anything below it is undone. */
static void release_owner(uintptr_t item)
{
    LockOwner *by = (LockOwner *)item;
    bool is_top;

    if (lock_local.me == NULL)
        return; /* the process has given up its slot, and all locks with it */
    is_top = owner_parent(by->owner) == NULL;
    release_uses(by);
    owner_drop(by);
    if (!is_top)
        return;
    lock_vxid_end();
    lock_local.has_logged_exclusive = false;
    if (atomic_load_explicit(&lock_local.me->xid, memory_order_relaxed) != XID_NONE)
        atomic_store(&lock_local.me->xid, XID_NONE);
    if (lock_local.is_aborting)
        release_default(&lock_local.session);
    lock_local.is_aborting = false;
}

/* The parent may have uses of the same locks. */
static void inherit(uintptr_t item, Owner *parent)
{
    LockOwner *by = (LockOwner *)item, *to = lock_local.owners;

    while (to->owner != parent)
        to = to->below;
    link_foreach(link, &by->uses) {
        LockUse *use = LINK_OWNER(LockUse, of_owner, link);
        LockUse *same = lock_use_find(use->lock, to);

        link_remove(link);
        if (same == NULL) {
            use->by = to;
            link_add_before(&to->uses, link);
        } else {
            same->count += use->count;
            lock_use_drop(use);
        }
    }
    owner_drop(by);
}

static void release_uses(LockOwner *by)
{
    link_foreach(link, &by->uses) {
        LockUse *use = LINK_OWNER(LockUse, of_owner, link);
        LocalLock *l = use->lock;

        l->count -= use->count;
        lock_use_drop(use);
        if (l->count == 0)
            lock_drop_granted(l);
    }
}

/* An aborted transaction takes with it what a command has locked for several transactions. */
static void release_default(LockOwner *by)
{
    link_foreach(link, &by->uses) {
        LockUse *use = LINK_OWNER(LockUse, of_owner, link);
        LocalLock *l = use->lock;

        if (l->tag.method != LOCK_METHOD_DEFAULT)
            continue;
        l->count -= use->count;
        lock_use_drop(use);
        if (l->count == 0)
            lock_drop_granted(l);
    }
}

static void owner_drop(LockOwner *by)
{
    LockOwner **link = &lock_local.owners;

    ASSERT(link_is_empty(&by->uses));
    while (*link != by)
        link = &(*link)->below;
    *link = by->below;
    by->owner = NULL;
    by->below = lock_local.free_owners;
    lock_local.free_owners = by;
}

/* ---- Locks ---- */

LocalLock *lock_local_find(const LockTag *tag, LockMode mode, uint32_t hash)
{
    LocalLock *l = lock_local.buckets[hash & (lock_local.bucket_count - 1)];

    while (l != NULL && (l->hash != hash || l->mode != mode || !lock_tag_equal(&l->tag, tag)))
        l = l->next;
    return l;
}

LocalLock *lock_local_sibling(const LocalLock *l)
{
    LocalLock *other = lock_local.buckets[l->hash & (lock_local.bucket_count - 1)];

    while (other != NULL &&
           (other->hold == NULL || other->hash != l->hash || !lock_tag_equal(&other->tag, &l->tag)))
        other = other->next;
    return other;
}

LocalLock *lock_local_new(const LockTag *tag, LockMode mode, uint32_t hash)
{
    LocalLock *l, **bucket;

    if (lock_local.lock_count == 2 * lock_local.bucket_count)
        grow_buckets();
    l = lock_local.free_locks;
    if (l == NULL) {
        l = mem_alloc_in(lock_local.mem, BATCH * sizeof *l);
        for (unsigned i = 1; i < BATCH; i++)
            l[i - 1].next = &l[i];
    }
    lock_local.free_locks = l->next;
    bucket = &lock_local.buckets[hash & (lock_local.bucket_count - 1)];
    *l = (LocalLock){.tag = *tag, .mode = mode, .hash = hash, .next = *bucket, .fast_slot = -1};
    *bucket = l;
    lock_local.lock_count++;
    return l;
}

static void grow_buckets(void)
{
    size_t count = 2 * lock_local.bucket_count;
    LocalLock **buckets = mem_alloc_in(lock_local.mem, size_mul(count, sizeof *buckets));

    for (size_t i = 0; i < lock_local.bucket_count; i++)
        for (LocalLock *l = lock_local.buckets[i], *next; l != NULL; l = next) {
            LocalLock **bucket = &buckets[l->hash & (count - 1)];

            next = l->next;
            l->next = *bucket;
            *bucket = l;
        }
    mem_free(lock_local.buckets);
    lock_local.buckets = buckets;
    lock_local.bucket_count = count;
}

void lock_local_drop(LocalLock *l)
{
    LocalLock **link = &lock_local.buckets[l->hash & (lock_local.bucket_count - 1)];

    ASSERT(l->count == 0 && l->uses == NULL);
    while (*link != l)
        link = &(*link)->next;
    *link = l->next;
    l->next = lock_local.free_locks;
    lock_local.free_locks = l;
    lock_local.lock_count--;
}

/* ---- Uses ---- */

LockUse *lock_use_find(const LocalLock *l, const LockOwner *by)
{
    LockUse *use = l->uses;

    while (use != NULL && use->by != by)
        use = use->next;
    return use;
}

void lock_use_room(void)
{
    LockUse *use;

    if (LIKELY(lock_local.free_uses != NULL))
        return;
    use = mem_alloc_in(lock_local.mem, BATCH * sizeof *use);
    for (unsigned i = 1; i < BATCH; i++)
        use[i - 1].next = &use[i];
    lock_local.free_uses = use;
}

static LockUse *use_new(void)
{
    LockUse *use = lock_local.free_uses;

    lock_local.free_uses = use->next;
    return use;
}

void lock_use_add(LocalLock *l, LockOwner *by)
{
    LockUse *use = lock_use_find(l, by);

    if (use == NULL) {
        use = use_new();
        *use = (LockUse){.next = l->uses, .lock = l, .by = by};
        l->uses = use;
        link_add_before(&by->uses, &use->of_owner);
    }
    use->count++;
    l->count++;
}

/* Its count is no longer the lock's. */
void lock_use_drop(LockUse *use)
{
    LockUse **link = &use->lock->uses;

    while (*link != use)
        link = &(*link)->next;
    *link = use->next;
    link_remove(&use->of_owner);
    use->next = lock_local.free_uses;
    lock_local.free_uses = use;
}

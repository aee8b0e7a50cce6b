/* lock_object.c - the common things to lock: relations, their pages and rows, other objects. */
#include "common/base/base.h"

#include "server/lock/lock_object.h"

#include "common/format/oid_range.h"
#include "server/lock/lock_int.h"

static Oid database_of(Oid relation);
static bool is_shared(Oid relation);
static Oid own_database(void);
static void take(LockTag tag, LockMode mode, unsigned flags);
static bool try_take(LockTag tag, LockMode mode);
static void give(LockTag tag, LockMode mode, unsigned flags);
static LockMode advisory_mode(bool is_shared);
static unsigned advisory_flags(AdvisoryScope scope);

static Oid own_database(void)
{
    return atomic_load_explicit(&proc_self()->database, memory_order_relaxed);
}

static Oid database_of(Oid relation)
{
    return relation < OID_FIRST_NORMAL && is_shared(relation) ? 0 : own_database();
}

/* The answers are kept, since catalogs are locked all the time. */
static bool is_shared(Oid relation)
{
    static struct {
        uint64_t is_known[OID_FIRST_NORMAL / 64], is_shared[OID_FIRST_NORMAL / 64];
    } answers;
    uint64_t bit = UINT64_C(1) << relation % 64;
    unsigned i = relation / 64;

    if (lock_hooks.is_shared == NULL)
        return false;
    if ((answers.is_known[i] & bit) == 0) {
        answers.is_shared[i] |= lock_hooks.is_shared(relation) ? bit : 0;
        answers.is_known[i] |= bit;
    }
    return (answers.is_shared[i] & bit) != 0;
}

static void take(LockTag tag, LockMode mode, unsigned flags)
{
    (void)lock_acquire(&tag, mode, flags);
}

static bool try_take(LockTag tag, LockMode mode)
{
    return lock_acquire(&tag, mode, LOCK_DONT_WAIT) != LOCK_NOT_AVAILABLE;
}

static void give(LockTag tag, LockMode mode, unsigned flags)
{
    lock_release(&tag, mode, flags);
}

/* ---- Relations ---- */

LockTag lock_tag_of_relation(Oid relation)
{
    return lock_tag_relation(database_of(relation), relation);
}

/* Once for each time that it is taken after nobody here held it. */
static bool take_relation(Oid relation, LockMode mode, unsigned flags)
{
    LockTag tag = lock_tag_of_relation(relation);
    LockResult result = lock_acquire(&tag, mode, flags);

    if (result == LOCK_NOT_AVAILABLE)
        return false;
    if (result != LOCK_ALREADY_CLEAR) {
        if (lock_hooks.accept_invalidations != NULL)
            lock_hooks.accept_invalidations();
        lock_mark_clear(&tag, mode);
    }
    return true;
}

void lock_relation(Oid relation, LockMode mode)
{
    (void)take_relation(relation, mode, 0);
}

bool lock_relation_try(Oid relation, LockMode mode)
{
    return take_relation(relation, mode, LOCK_DONT_WAIT);
}

void lock_relation_unlock(Oid relation, LockMode mode)
{
    give(lock_tag_of_relation(relation), mode, 0);
}

bool lock_relation_is_held(Oid relation, LockMode mode, bool or_stronger)
{
    LockTag tag = lock_tag_of_relation(relation);

    return or_stronger ? lock_is_held_at_least(&tag, mode) : lock_is_held(&tag, mode);
}

bool lock_relation_has_waiters(Oid relation, LockMode mode)
{
    LockTag tag = lock_tag_of_relation(relation);

    return lock_has_waiters(&tag, mode);
}

void lock_relation_for_session(Oid relation, LockMode mode)
{
    take(lock_tag_of_relation(relation), mode, LOCK_SESSION);
}

void lock_relation_unlock_for_session(Oid relation, LockMode mode)
{
    give(lock_tag_of_relation(relation), mode, LOCK_SESSION);
}

/* ---- Rows, pages, extension ---- */

static LockTag tuple_tag(Oid relation, Tid tid)
{
    return lock_tag_tuple(database_of(relation), relation, tid_block(tid), tid.offset);
}

void lock_tuple(Oid relation, Tid tid, LockMode mode)
{
    take(tuple_tag(relation, tid), mode, 0);
}

bool lock_tuple_try(Oid relation, Tid tid, LockMode mode)
{
    return try_take(tuple_tag(relation, tid), mode);
}

void lock_tuple_unlock(Oid relation, Tid tid, LockMode mode)
{
    give(tuple_tag(relation, tid), mode, 0);
}

static LockTag extension_tag(Oid relation)
{
    return lock_tag_extension(database_of(relation), relation);
}

void lock_extension(Oid relation, LockMode mode)
{
    take(extension_tag(relation), mode, 0);
}

bool lock_extension_try(Oid relation, LockMode mode)
{
    return try_take(extension_tag(relation), mode);
}

void lock_extension_unlock(Oid relation, LockMode mode)
{
    give(extension_tag(relation), mode, 0);
}

unsigned lock_extension_waiters(Oid relation)
{
    LockTag tag = extension_tag(relation);
    uint32_t hash = lock_tag_hash(&tag);
    const LockEntry *entry;
    unsigned count;

    lwlock_acquire(lock_partition(hash), LW_SHARED);
    entry = lock_entry_find(&tag, hash);
    count = entry == NULL ? 0 : entry->request_count - entry->grant_count;
    lwlock_release(lock_partition(hash));
    return count;
}

static LockTag page_tag(Oid relation, BlockNo block)
{
    return lock_tag_page(database_of(relation), relation, block);
}

void lock_page(Oid relation, BlockNo block, LockMode mode)
{
    take(page_tag(relation, block), mode, 0);
}

bool lock_page_try(Oid relation, BlockNo block, LockMode mode)
{
    return try_take(page_tag(relation, block), mode);
}

void lock_page_unlock(Oid relation, BlockNo block, LockMode mode)
{
    give(page_tag(relation, block), mode, 0);
}

/* ---- Other objects ---- */

static void take_object(LockTag tag, LockMode mode, unsigned flags)
{
    take(tag, mode, flags);
    if (lock_hooks.accept_invalidations != NULL)
        lock_hooks.accept_invalidations();
}

void lock_object(Oid class_id, Oid object, uint16_t sub_object, LockMode mode)
{
    take_object(lock_tag_object(own_database(), class_id, object, sub_object), mode, 0);
}

void lock_object_unlock(Oid class_id, Oid object, uint16_t sub_object, LockMode mode)
{
    give(lock_tag_object(own_database(), class_id, object, sub_object), mode, 0);
}

void lock_shared_object(Oid class_id, Oid object, uint16_t sub_object, LockMode mode)
{
    take_object(lock_tag_object(0, class_id, object, sub_object), mode, 0);
}

void lock_shared_object_unlock(Oid class_id, Oid object, uint16_t sub_object, LockMode mode)
{
    give(lock_tag_object(0, class_id, object, sub_object), mode, 0);
}

void lock_shared_object_for_session(Oid class_id, Oid object, uint16_t sub_object, LockMode mode)
{
    take(lock_tag_object(0, class_id, object, sub_object), mode, LOCK_SESSION);
}

void lock_shared_object_unlock_for_session(Oid class_id, Oid object, uint16_t sub_object,
                                           LockMode mode)
{
    give(lock_tag_object(0, class_id, object, sub_object), mode, LOCK_SESSION);
}

void lock_frozen_ids(LockMode mode)
{
    take(lock_tag_frozen_ids(own_database()), mode, 0);
}

/* ---- Advisory locks ---- */

static LockMode advisory_mode(bool is_shared)
{
    return is_shared ? LOCK_SHARE : LOCK_EXCLUSIVE;
}

static unsigned advisory_flags(AdvisoryScope scope)
{
    return scope == ADVISORY_SESSION ? LOCK_SESSION : 0;
}

void lock_advisory(const LockTag *tag, bool is_shared, AdvisoryScope scope)
{
    (void)lock_acquire(tag, advisory_mode(is_shared), advisory_flags(scope));
}

bool lock_advisory_try(const LockTag *tag, bool is_shared, AdvisoryScope scope)
{
    return lock_acquire(tag, advisory_mode(is_shared), advisory_flags(scope) | LOCK_DONT_WAIT) !=
           LOCK_NOT_AVAILABLE;
}

bool lock_advisory_unlock(const LockTag *tag, bool is_shared)
{
    return lock_release(tag, advisory_mode(is_shared), LOCK_SESSION);
}

void lock_advisory_unlock_all(void)
{
    lock_release_session(LOCK_METHOD_USER);
}

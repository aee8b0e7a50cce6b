/*
 * lock_fast.c - weak locks on relations, and on virtual ids, without the shared table
 *
 * lock_int.h says how it works and why it is safe. Stores and loads that have to be seen in order
 * by the other side are sequentially consistent.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/os/fault.h"
#include "server/lock/lock_int.h"

#define FREE       UINT64_C(0)
#define MODE_SHIFT 32

static uint64_t word_of(Oid relation, LockMode mode);
static _Atomic uint32_t *strong_count(uint32_t hash);
static bool move_word(LockProc *p, _Atomic uint64_t *word, const LockTag *tag, uint32_t hash);

bool lock_fast_fits(const LockTag *tag, LockMode mode)
{
    return tag->kind == LOCK_KIND_RELATION && mode < LOCK_SHARE_UPDATE_EXCLUSIVE && tag->a != 0 &&
           tag->a == lock_local.database && tag->method == LOCK_METHOD_DEFAULT;
}

/* What a mode on the fast path conflicts with. */
bool lock_is_strong(const LockTag *tag, LockMode mode)
{
    return tag->kind == LOCK_KIND_RELATION && mode > LOCK_SHARE_UPDATE_EXCLUSIVE && tag->a != 0 &&
           tag->method == LOCK_METHOD_DEFAULT;
}

static uint64_t word_of(Oid relation, LockMode mode)
{
    return (uint64_t)relation << MODE_SHIFT | mode;
}

static _Atomic uint32_t *strong_count(uint32_t hash)
{
    return &lock_shared->strong[hash / LOCK_PARTITIONS % STRONG_BUCKETS];
}

bool lock_fast_take(LocalLock *l)
{
    _Atomic uint32_t *strong = strong_count(l->hash);
    uint64_t word = word_of(l->tag.b, l->mode);
    unsigned slot;

    if (lock_local.is_used == UINT64_MAX ||
        UNLIKELY(atomic_load_explicit(strong, memory_order_relaxed) != 0))
        return false;
    slot = (unsigned)__builtin_ctzll(~lock_local.is_used);
    FAULT_POINT("lock.fast.before_word");
    atomic_store(&lock_local.me->fast[slot], word);
    FAULT_POINT("lock.fast.before_check");
    if (UNLIKELY(atomic_load(strong) != 0)) {
        /* It fails when somebody has taken the word: then the table tells whether it is ours. */
        (void)atomic_compare_exchange_strong(&lock_local.me->fast[slot], &word, FREE);
        return false;
    }
    lock_local.is_used |= UINT64_C(1) << slot;
    l->fast_slot = (int)slot;
    return true;
}

bool lock_fast_release(LocalLock *l)
{
    uint64_t word = word_of(l->tag.b, l->mode);
    unsigned slot = (unsigned)l->fast_slot;
    bool is_there = atomic_compare_exchange_strong(&lock_local.me->fast[slot], &word, FREE);

    lock_local.is_used &= ~(UINT64_C(1) << slot);
    l->fast_slot = -1;
    return is_there;
}

/* ---- To the table ---- */

void lock_strong_begin(uint32_t hash)
{
    atomic_fetch_add(strong_count(hash), 1);
}

void lock_strong_end(const LockTag *tag)
{
    atomic_fetch_sub(strong_count(lock_tag_hash(tag)), 1);
}

bool lock_fast_move_all(const LockTag *tag, uint32_t hash)
{
    for (unsigned i = 0; i < proc_slot_count(); i++) {
        LockProc *p = &lock_shared->procs[i];

        if (atomic_load(&p->database) != tag->a)
            continue;
        for (unsigned slot = 0; slot < FAST_SLOTS; slot++)
            if (atomic_load(&p->fast[slot]) >> MODE_SHIFT == tag->b &&
                !move_word(p, &p->fast[slot], tag, hash))
                return false;
    }
    return true;
}

/* With the partition locked. The owner may take the word back at any moment before it is struck. */
static bool move_word(LockProc *p, _Atomic uint64_t *at, const LockTag *tag, uint32_t hash)
{
    uint64_t word = atomic_load(at);
    LockMode mode = (LockMode)(word & UINT32_MAX);
    Hold *hold;

    if (word >> MODE_SHIFT != tag->b)
        return true;
    hold = lock_table_enter(tag, hash, lock_proc_number(p), HOLD_MAY_EXIST);
    if (hold == NULL)
        return false;
    if (lock_has_conflict(hold->entry, hold, mode)) {
        /* The strong lock was granted when the word was not there: its owner will see the count. */
        (void)atomic_compare_exchange_strong(at, &word, FREE);
    } else if (atomic_compare_exchange_strong(at, &word, FREE) &&
               (hold->held & LOCK_BIT(mode)) == 0) {
        lock_request(hold->entry, mode);
        lock_grant(hold->entry, hold, mode);
        return true;
    }
    lock_table_clean(hold->entry, hold, hash, false);
    return true;
}

bool lock_fast_move_own(LocalLock *l)
{
    LwLock *partition = lock_partition(l->hash);
    bool has_room = true;

    if (l->fast_slot < 0)
        return true;
    lwlock_acquire(partition, LW_EXCLUSIVE);
    has_room = move_word(lock_local.me, &lock_local.me->fast[l->fast_slot], &l->tag, l->hash);
    if (has_room) {
        l->entry = lock_entry_find(&l->tag, l->hash);
        l->hold = lock_hold_find(l->entry, lock_local.number);
        lock_local.is_used &= ~(UINT64_C(1) << l->fast_slot);
        l->fast_slot = -1;
    }
    lwlock_release(partition);
    return has_room;
}

/* ---- Virtual ids ---- */

void lock_vxid_begin(void)
{
    uint64_t local = proc_array_own_vxid().local;

    ASSERT(atomic_load(&lock_local.me->vxid) == 0);
    atomic_store_explicit(&lock_local.me->vxid, local << VXID_SHIFT | VXID_FAST,
                          memory_order_release);
}

/* By its process alone. */
void lock_vxid_end(void)
{
    uint64_t word = atomic_exchange(&lock_local.me->vxid, 0);

    if (UNLIKELY((word & VXID_STATE) == VXID_MOVED)) {
        LockTag tag = lock_tag_vxid(
            (VirtualXid){.slot = (int)lock_local.number, .local = (uint32_t)(word >> VXID_SHIFT)});

        lock_ungrant_of(lock_local.number, &tag, LOCK_EXCLUSIVE);
    }
}

bool lock_vxid_move(VirtualXid vxid)
{
    LockProc *p = &lock_shared->procs[vxid.slot];
    LockTag tag = lock_tag_vxid(vxid);
    uint32_t hash = lock_tag_hash(&tag);
    uint64_t fast = (uint64_t)vxid.local << VXID_SHIFT | VXID_FAST;
    uint64_t moved = (uint64_t)vxid.local << VXID_SHIFT | VXID_MOVED;
    Hold *hold = NULL;

    lwlock_acquire(lock_partition(hash), LW_EXCLUSIVE);
    if (atomic_load(&p->vxid) == fast) {
        hold = lock_table_enter(&tag, hash, (uint32_t)vxid.slot, HOLD_IS_NEW);
        if (hold == NULL) {
            lwlock_release(lock_partition(hash));
            lock_raise_full();
        }
        lock_request(hold->entry, LOCK_EXCLUSIVE);
        lock_grant(hold->entry, hold, LOCK_EXCLUSIVE);
        if (!atomic_compare_exchange_strong(&p->vxid, &fast, moved))
            lock_table_clean(hold->entry, hold, hash,
                             lock_ungrant(hold->entry, hold, LOCK_EXCLUSIVE));
    }
    lwlock_release(lock_partition(hash));
    return atomic_load(&p->vxid) == moved;
}

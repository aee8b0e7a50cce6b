/*
 * lock_table.c - the shared table of heavyweight locks: its memory, entries, Holds
 *
 * Nothing here waits. An entry's counts are those of its Holds and of its queue: `requests` has
 * both, `grants` the Holds alone.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/config/setting.h"
#include "server/lock/lock_int.h"

LockShared *lock_shared;

#define C(a, b, c, d, e, f, g, h) \
 ((a) << 1 | (b) << 2 | (c) << 3 | (d) << 4 | (e) << 5 | (f) << 6 | (g) << 7 | (h) << 8)
const uint32_t lock_conflict_masks[LOCK_MODE_COUNT] = {
    0,
#define ROW(mode, name, conflicts) conflicts,
#include "server/lock/lock_mode.def"
#undef ROW
};
#undef C

static size_t entry_max(void);
static size_t hold_max(void);
static SharedHashConfig entries_config(void);
static unsigned proc_max(void);
static void init_proc(LockProc *p);
static Hold *hold_new(uint32_t hash);
static void hold_free(Hold *hold, uint32_t hash);
static Hold *pop_free(LockPartition *p);
static bool conflicts_in_group(const LockEntry *entry, const Hold *hold, LockMode mode,
                               uint32_t left);

/* ---- Shared memory ---- */

#define SPARE_ENTRIES 500 /* more than the memory that PostgreSQL keeps for whatever comes */

/*
 * At least as many as fit into PostgreSQL's memory. There locks grow past what the setting
 * promises, by half of that and more, and into what predicate locks were promised and have not
 * taken: with 20 to 1000 connections the sum below was found to be enough.
 */
static size_t entry_max(void)
{
    size_t backends = (size_t)setting.max_connections + (size_t)setting.autovacuum_max_workers + 1 +
                      (size_t)setting.max_worker_processes + (size_t)setting.max_wal_senders;
    size_t transactions = size_add(backends, (size_t)setting.max_prepared_transactions);
    size_t count = size_mul((size_t)setting.max_locks_per_transaction, transactions);
    size_t unused = size_mul((size_t)setting.max_pred_locks_per_transaction / 4, transactions);

    return size_add(size_add(count, count - count / 4), size_add(unused, SPARE_ENTRIES));
}

static size_t hold_max(void)
{
    return size_mul(2, entry_max());
}

static unsigned proc_max(void)
{
    return proc_slot_count() + (unsigned)setting.max_prepared_transactions;
}

static SharedHashConfig entries_config(void)
{
    return (SharedHashConfig){.key_size = sizeof(LockTag),
                              .entry_size = sizeof(LockEntry),
                              .capacity = entry_max(),
                              .partition_count = LOCK_PARTITIONS};
}

static size_t entries_at(void)
{
    return size_align_up(sizeof(LockShared), 64);
}

static size_t procs_at(void)
{
    SharedHashConfig config = entries_config();

    return size_add(entries_at(), size_align_up(shared_hash_size(&config), 64));
}

static size_t holds_at(void)
{
    return size_add(procs_at(), size_mul(proc_max(), sizeof(LockProc)));
}

size_t lock_shmem_size(void)
{
    return size_add(holds_at(), size_mul(hold_max(), sizeof(Hold)));
}

void lock_shmem_init(void *place)
{
    char *at = place;
    SharedHashConfig config = entries_config();
    Hold *holds = (Hold *)(at + holds_at());

    lock_shared = place;
    lock_shared->entries = shared_hash_init(at + entries_at(), &config);
    lock_shared->procs = (LockProc *)(at + procs_at());
    lock_shared->proc_count = proc_max();
    for (unsigned i = 0; i < LOCK_PARTITIONS; i++) {
        lwlock_init(&lock_shared->partitions[i].lock, LW_LOCK_MANAGER, i);
        spin_init(&lock_shared->partitions[i].free_lock);
    }
    for (unsigned i = 0; i < lock_shared->proc_count; i++)
        init_proc(&lock_shared->procs[i]);
    for (size_t i = hold_max(); i > 0; i--)
        hold_free(&holds[i - 1], (uint32_t)(i - 1));
}

static void init_proc(LockProc *p)
{
    link_init(&p->in_queue);
    link_init(&p->members);
    link_init(&p->of_leader);
    p->leader = NOBODY;
}

/* ---- Holds that are free ---- */

static Hold *hold_new(uint32_t hash)
{
    for (unsigned i = 0; i < LOCK_PARTITIONS; i++) {
        Hold *hold = pop_free(&lock_shared->partitions[(hash + i) % LOCK_PARTITIONS]);

        if (hold != NULL)
            return hold;
    }
    return NULL;
}

static Hold *pop_free(LockPartition *p)
{
    Hold *hold;

    spin_lock(&p->free_lock);
    hold = p->free;
    if (hold != NULL)
        p->free = (Hold *)hold->of_entry.next;
    spin_unlock(&p->free_lock);
    return hold;
}

static void hold_free(Hold *hold, uint32_t hash)
{
    LockPartition *p = &lock_shared->partitions[hash % LOCK_PARTITIONS];

    STATIC_ASSERT(offsetof(Hold, of_entry) == 0);
    spin_lock(&p->free_lock);
    hold->of_entry.next = (LockLink *)p->free;
    p->free = hold;
    spin_unlock(&p->free_lock);
}

/* ---- Entries ---- */

Hold *lock_table_enter(const LockTag *tag, uint32_t hash, uint32_t holder, HoldSearch search)
{
    bool is_new;
    LockEntry *entry = shared_hash_try_enter(lock_shared->entries, tag, hash, &is_new);
    Hold *hold = NULL;

    if (entry == NULL)
        return NULL;
    if (is_new) {
        link_init(&entry->holds);
        link_init(&entry->queue);
    } else if (search == HOLD_MAY_EXIST) {
        hold = lock_hold_find(entry, holder);
    }
    if (hold != NULL)
        return hold;
    hold = hold_new(hash);
    if (hold == NULL) {
        if (is_new)
            shared_hash_remove(lock_shared->entries, tag, hash);
        return NULL;
    }
    hold->entry = entry;
    hold->holder = holder;
    hold->leader = lock_leader_of(holder);
    hold->held = 0;
    link_add_before(&entry->holds, &hold->of_entry);
    return hold;
}

Hold *lock_hold_find(const LockEntry *entry, uint32_t holder)
{
    for (LockLink *link = entry->holds.next; link != &entry->holds; link = link->next) {
        Hold *hold = LINK_OWNER(Hold, of_entry, link);

        if (hold->holder == holder)
            return hold;
    }
    return NULL;
}

void lock_request(LockEntry *entry, LockMode mode)
{
    entry->request_count++;
    entry->requests[mode]++;
}

void lock_unrequest(LockEntry *entry, LockMode mode)
{
    ASSERT(entry->request_count > 0 && entry->requests[mode] > 0);
    entry->request_count--;
    entry->requests[mode]--;
    if (entry->requests[mode] == entry->grants[mode])
        entry->waited_any &= ~LOCK_BIT(mode);
}

/* What was requested before. */
void lock_grant(LockEntry *entry, Hold *hold, LockMode mode)
{
    ASSERT((hold->held & LOCK_BIT(mode)) == 0);
    entry->grant_count++;
    entry->grants[mode]++;
    entry->granted_any |= LOCK_BIT(mode);
    if (entry->requests[mode] == entry->grants[mode])
        entry->waited_any &= ~LOCK_BIT(mode);
    hold->held |= LOCK_BIT(mode);
}

bool lock_ungrant(LockEntry *entry, Hold *hold, LockMode mode)
{
    ASSERT((hold->held & LOCK_BIT(mode)) != 0);
    entry->request_count--;
    entry->requests[mode]--;
    entry->grant_count--;
    entry->grants[mode]--;
    if (entry->grants[mode] == 0)
        entry->granted_any &= ~LOCK_BIT(mode);
    hold->held &= ~LOCK_BIT(mode);
    return (lock_conflict_masks[mode] & entry->waited_any) != 0;
}

void lock_table_clean(LockEntry *entry, Hold *hold, uint32_t hash, bool may_wake)
{
    if (hold->held == 0 && lock_shared->procs[hold->holder].wait_hold != hold) {
        link_remove(&hold->of_entry);
        hold_free(hold, hash);
    }
    if (entry->request_count == 0) {
        LockTag tag = entry->tag;

        ASSERT(link_is_empty(&entry->holds) && link_is_empty(&entry->queue));
        shared_hash_remove(lock_shared->entries, &tag, hash);
    } else if (may_wake) {
        lock_wake(entry);
    }
}

/* Would a grant conflict with what others hold? Those who wait do not count here. */
bool lock_has_conflict(const LockEntry *entry, const Hold *hold, LockMode mode)
{
    uint32_t conflicts = lock_conflict_masks[mode];
    uint32_t others = 0;

    if ((entry->granted_any & conflicts) == 0)
        return false;
    for (LockMode m = LOCK_NONE + 1; m < LOCK_MODE_COUNT; m++)
        if ((conflicts & LOCK_BIT(m)) != 0)
            others += entry->grants[m] - ((hold->held & LOCK_BIT(m)) != 0);
    if (others == 0)
        return false;
    if (lock_shared->procs[hold->holder].leader == NOBODY)
        return true;
    return conflicts_in_group(entry, hold, mode, others);
}

/*
 * What the holder's group has is no conflict, but where two processes must not do the same at once
 * all the same.
 */
static bool conflicts_in_group(const LockEntry *entry, const Hold *hold, LockMode mode,
                               uint32_t left)
{
    uint32_t conflicts = lock_conflict_masks[mode];

    if (entry->tag.kind == LOCK_KIND_EXTEND || entry->tag.kind == LOCK_KIND_PAGE)
        return true;
    for (LockLink *link = entry->holds.next; link != &entry->holds; link = link->next) {
        const Hold *other = LINK_OWNER(Hold, of_entry, link);

        if (other != hold && other->leader == hold->leader)
            left -= (uint32_t)__builtin_popcount(other->held & conflicts);
    }
    return left > 0;
}

void lock_ungrant_of(uint32_t holder, const LockTag *tag, LockMode mode)
{
    uint32_t hash = lock_tag_hash(tag);
    LockEntry *entry;
    Hold *hold;

    lwlock_acquire(lock_partition(hash), LW_EXCLUSIVE);
    entry = lock_entry_find(tag, hash);
    hold = entry != NULL ? lock_hold_find(entry, holder) : NULL;
    if (hold != NULL && (hold->held & LOCK_BIT(mode)) != 0)
        lock_table_clean(entry, hold, hash, lock_ungrant(entry, hold, mode));
    else
        err_log(ERR_WARNING, .message = err_fmt("failed to re-find shared lock object"));
    lwlock_release(lock_partition(hash));
    if (lock_is_strong(tag, mode))
        lock_strong_end(tag);
}

void lock_raise_full(void)
{
    err_raise(SQLSTATE_OUT_OF_MEMORY, .message = "out of shared memory",
              .hint = "You might need to increase max_locks_per_transaction.");
}

/* ---- All of it ---- */

void lock_acquire_all_partitions(LwMode mode)
{
    for (unsigned i = 0; i < LOCK_PARTITIONS; i++)
        lwlock_acquire(&lock_shared->partitions[i].lock, mode);
}

void lock_release_all_partitions(void)
{
    for (unsigned i = LOCK_PARTITIONS; i > 0; i--)
        lwlock_release(&lock_shared->partitions[i - 1].lock);
}

int lock_pid_of(uint32_t number)
{
    return number < proc_slot_count() ? atomic_load(&proc_at((int)number)->pid) : 0;
}

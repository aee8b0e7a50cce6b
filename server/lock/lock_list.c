/* lock_list.c - who holds and waits for what, as pg_locks and its like show it. */
#include "common/base/base.h"

#include "server/lock/lock_int.h"

#define FAST_MODE(word)     ((LockMode)((word)&UINT32_MAX))
#define FAST_RELATION(word) ((Oid)((word) >> 32))

static void add_fast_rows(Array *rows, uint32_t number);
static void add_table_rows(Array *rows, const LockEntry *entry);
static LockRow *add_row(Array *rows, uint32_t number, const LockTag *tag, LockMode mode);
static void add_blockers_of(Array *pids, uint32_t number, uint32_t group);
static void add_blocker(Array *pids, uint32_t number);
static size_t add_vxid(VirtualXid *list, size_t count, uint32_t number);

/* ---- All ---- */

/* With all partitions locked nothing moves from words to the table, so all is seen just once. */
void lock_list(Array *rows)
{
    size_t position = 0;
    const LockEntry *entry;

    array_init(rows, sizeof(LockRow));
    lock_acquire_all_partitions(LW_SHARED);
    for (uint32_t i = 0; i < proc_slot_count(); i++)
        add_fast_rows(rows, i);
    while ((entry = shared_hash_next(lock_shared->entries, &position)) != NULL)
        add_table_rows(rows, entry);
    lock_release_all_partitions();
}

static void add_fast_rows(Array *rows, uint32_t number)
{
    LockProc *p = &lock_shared->procs[number];
    uint64_t vxid = atomic_load(&p->vxid);
    Oid database = atomic_load(&p->database);
    LockTag tag;

    for (unsigned slot = 0; slot < FAST_SLOTS && database != 0; slot++) {
        uint64_t word = atomic_load(&p->fast[slot]);

        if (word == 0)
            continue;
        tag = lock_tag_relation(database, FAST_RELATION(word));
        add_row(rows, number, &tag, FAST_MODE(word))->is_fast_path = true;
    }
    if ((vxid & VXID_STATE) != VXID_FAST)
        return;
    tag = lock_tag_vxid((VirtualXid){.slot = (int)number, .local = (uint32_t)(vxid >> VXID_SHIFT)});
    add_row(rows, number, &tag, LOCK_EXCLUSIVE)->is_fast_path = true;
}

static void add_table_rows(Array *rows, const LockEntry *entry)
{
    for (const LockLink *link = entry->holds.next; link != &entry->holds; link = link->next) {
        const Hold *hold = LINK_OWNER(Hold, of_entry, link);
        const LockProc *p = &lock_shared->procs[hold->holder];

        for (LockMode mode = LOCK_NONE + 1; mode < LOCK_MODE_COUNT; mode++)
            if ((hold->held & LOCK_BIT(mode)) != 0)
                add_row(rows, hold->holder, &entry->tag, mode);
        if (p->wait_hold == hold) {
            LockRow *row = add_row(rows, hold->holder, &entry->tag, p->wait_mode);

            row->is_granted = false;
            row->waits_since = atomic_load(&p->waits_since);
        }
    }
}

static LockRow *add_row(Array *rows, uint32_t number, const LockTag *tag, LockMode mode)
{
    LockProc *p = &lock_shared->procs[number];
    LockRow *row = array_push(rows);

    *row = (LockRow){.tag = *tag, .mode = mode, .is_granted = true};
    row->pid = lock_pid_of(number);
    row->leader_pid = lock_pid_of(lock_leader_of(number));
    if (number < proc_slot_count()) {
        row->backend = (int)number + 1;
        row->local = (uint32_t)(atomic_load(&p->vxid) >> VXID_SHIFT);
    } else {
        row->backend = p->was.slot < 0 ? -1 : p->was.slot + 1;
        row->local = p->was.local;
    }
    return row;
}

/* ---- Who blocks whom ---- */

/* Of a group: whoever keeps any of it from going on. */
void lock_blockers(int pid, Array *pids)
{
    Proc *proc = proc_find_pid(pid);
    uint32_t group;

    array_init(pids, sizeof(int));
    if (proc == NULL)
        return;
    lock_acquire_all_partitions(LW_SHARED);
    group = lock_leader_of((uint32_t)proc->slot);
    for (uint32_t i = 0; i < proc_slot_count(); i++)
        if (lock_leader_of(i) == group && lock_shared->procs[i].waits_for != NULL)
            add_blockers_of(pids, i, group);
    lock_release_all_partitions();
}

static void add_blockers_of(Array *pids, uint32_t number, uint32_t group)
{
    const LockProc *p = &lock_shared->procs[number];
    const LockEntry *entry = p->waits_for;
    uint32_t conflicts = lock_conflict_masks[p->wait_mode];

    for (const LockLink *link = entry->holds.next; link != &entry->holds; link = link->next) {
        const Hold *hold = LINK_OWNER(Hold, of_entry, link);

        if (hold->leader != group && (hold->held & conflicts) != 0)
            add_blocker(pids, hold->holder);
    }
    for (const LockLink *link = entry->queue.next; link != &p->in_queue; link = link->next) {
        const LockProc *other = LINK_OWNER(LockProc, in_queue, link);

        if (other->wait_hold->leader != group && (LOCK_BIT(other->wait_mode) & conflicts) != 0)
            add_blocker(pids, lock_proc_number(other));
    }
}

/* Users know the leader's. */
static void add_blocker(Array *pids, uint32_t number)
{
    *(int *)array_push(pids) = lock_pid_of(lock_leader_of(number));
}

bool lock_is_blocked_by(int pid, const int *pids, size_t count)
{
    Array blockers;

    lock_blockers(pid, &blockers);
    array_foreach(int, blocker, &blockers)
        for (size_t i = 0; i < count; i++)
            if (*blocker == pids[i])
                return true;
    return false;
}

/* ---- Who would be waited for ---- */

size_t lock_conflicts(const LockTag *tag, LockMode mode, VirtualXid **out)
{
    uint32_t hash = lock_tag_hash(tag);
    uint32_t group = lock_local.me != NULL ? lock_leader_of(lock_local.number) : NOBODY;
    const LockEntry *entry;
    VirtualXid *list = mem_new_array(VirtualXid, lock_shared->proc_count);
    size_t count = 0;

    lwlock_acquire(lock_partition(hash), LW_SHARED);
    for (uint32_t i = 0; i < proc_slot_count() && lock_is_strong(tag, mode); i++) {
        LockProc *p = &lock_shared->procs[i];

        if (lock_leader_of(i) == group || atomic_load(&p->database) != tag->a)
            continue;
        for (unsigned slot = 0; slot < FAST_SLOTS; slot++) {
            uint64_t word = atomic_load(&p->fast[slot]);

            if (FAST_RELATION(word) == tag->b &&
                (lock_conflict_masks[mode] & LOCK_BIT(FAST_MODE(word))) != 0)
                count = add_vxid(list, count, i);
        }
    }
    entry = lock_entry_find(tag, hash);
    for (const LockLink *link = entry != NULL ? entry->holds.next : NULL;
         link != NULL && link != &entry->holds; link = link->next) {
        const Hold *hold = LINK_OWNER(Hold, of_entry, link);

        if (hold->leader != group && (hold->held & lock_conflict_masks[mode]) != 0)
            count = add_vxid(list, count, hold->holder);
    }
    lwlock_release(lock_partition(hash));
    *out = list;
    return count;
}

/* Once; not of a process that holds it for its session alone, and runs nothing. */
static size_t add_vxid(VirtualXid *list, size_t count, uint32_t number)
{
    const LockProc *p = &lock_shared->procs[number];
    VirtualXid vxid = {.slot = (int)number,
                       .local = (uint32_t)(atomic_load(&p->vxid) >> VXID_SHIFT)};

    if (number >= proc_slot_count())
        vxid = p->was;
    if (vxid.local == 0)
        return count;
    for (size_t i = 0; i < count; i++)
        if (list[i].slot == vxid.slot && list[i].local == vxid.local)
            return count;
    list[count] = vxid;
    return count + 1;
}

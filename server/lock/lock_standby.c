/*
 * lock_standby.c - AccessExclusive locks on relations in the log, and on standbys
 *
 * A record LOCK is a count, then xid, database and relation of each lock. The startup process holds
 * the locks of each transaction for its session, beside a list of which they are.
 */
#include "common/base/base.h"

#include "server/lock/lock_standby.h"

#include "common/ds/hash.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/lock/lock_int.h"
#include "server/txn/xid.h"
#include "server/wal/wal.h"

typedef struct LoggedLock {
    Xid xid;
    Oid database, relation;
} LoggedLock;
STATIC_ASSERT(sizeof(LoggedLock) == 12);

/* What a transaction of the primary holds. */
typedef struct StandbyXid {
    Xid xid;     /* the key */
    Array locks; /* LoggedLock */
} StandbyXid;

static struct {
    MemContext *mem; /* NULL: nothing is held */
    Hash xids;
} standby;

static void log_locks(const LoggedLock *locks, size_t count);
static void collect(Array *locks);
static void release_xid(Xid xid);
static void release_locks(const StandbyXid *s);

/* ---- On a primary ---- */

bool lock_is_logged(const LockTag *tag, LockMode mode)
{
    return mode >= LOCK_ACCESS_EXCLUSIVE && tag->kind == LOCK_KIND_RELATION &&
           setting.wal_level >= WAL_LEVEL_REPLICA && wal_is_started();
}

/* While it is held: whoever follows the log has it before it sees what the holder does. */
void lock_log_exclusive(const LockTag *tag, Xid xid)
{
    LoggedLock lock = {.xid = xid, .database = tag->a, .relation = tag->b};

    atomic_store(&lock_local.me->xid, txn_top_xid());
    lock_local.has_logged_exclusive = true;
    log_locks(&lock, 1);
}

static void log_locks(const LoggedLock *locks, size_t count)
{
    uint32_t n = (uint32_t)count;

    wal_begin_insert();
    wal_set_insert_flags(WAL_INSERT_UNIMPORTANT);
    wal_register_data(&n, sizeof n);
    wal_register_data(locks, count * sizeof *locks);
    wal_insert(RMGR_STANDBY, WAL_STANDBY_LOCK);
}

/*
 * Those that are taken meanwhile are logged by their holders, later. One whose holder ends
 * meanwhile is given back by the list of those that run, which comes next in the log.
 */
void lock_log_standby(void)
{
    MemContext *scratch = mem_context_new(mem_current(), "exclusive locks");

    MEM_SCOPE(scratch) {
        Array locks;

        collect(&locks);
        if (locks.count > 0)
            log_locks(locks.items, locks.count);
    }
    mem_delete(scratch);
}

static void collect(Array *locks)
{
    size_t position = 0;
    const LockEntry *entry;

    array_init(locks, sizeof(LoggedLock));
    lock_acquire_all_partitions(LW_SHARED);
    while ((entry = shared_hash_next(lock_shared->entries, &position)) != NULL) {
        if (entry->tag.kind != LOCK_KIND_RELATION || entry->grants[LOCK_ACCESS_EXCLUSIVE] == 0)
            continue;
        for (const LockLink *link = entry->holds.next; link != &entry->holds; link = link->next) {
            const Hold *hold = LINK_OWNER(Hold, of_entry, link);
            Xid xid = atomic_load(&lock_shared->procs[hold->holder].xid);

            /* One that has none yet will log its lock. */
            if ((hold->held & LOCK_BIT(LOCK_ACCESS_EXCLUSIVE)) != 0 && xid != XID_NONE)
                *(LoggedLock *)array_push(locks) =
                    (LoggedLock){.xid = xid, .database = entry->tag.a, .relation = entry->tag.b};
        }
    }
    lock_release_all_partitions();
}

/* ---- On a standby ---- */

void lock_standby_take(Xid xid, Oid database, Oid relation)
{
    LockTag tag = lock_tag_relation(database, relation);
    StandbyXid *s;
    bool is_new;

    if (xid == XID_NONE)
        return;
    if (standby.mem == NULL) {
        standby.mem = mem_context_new(NULL, "locks of a primary");
        MEM_SCOPE(standby.mem) {
            hash_init(&standby.xids, sizeof(Xid), sizeof(StandbyXid));
        }
    }
    s = hash_enter(&standby.xids, &xid, &is_new);
    if (is_new)
        MEM_SCOPE(standby.mem) {
            array_init(&s->locks, sizeof(LoggedLock));
        }
    array_foreach(LoggedLock, held, &s->locks)
        if (held->database == database && held->relation == relation)
            return;
    (void)lock_acquire(&tag, LOCK_ACCESS_EXCLUSIVE, LOCK_SESSION);
    *(LoggedLock *)array_push(&s->locks) =
        (LoggedLock){.xid = xid, .database = database, .relation = relation};
}

void lock_standby_release(Xid xid, const Xid *children, size_t count)
{
    release_xid(xid);
    for (size_t i = 0; i < count; i++)
        release_xid(children[i]);
}

static void release_xid(Xid xid)
{
    StandbyXid *s = standby.mem != NULL ? hash_find(&standby.xids, &xid) : NULL;

    if (s == NULL)
        return;
    release_locks(s);
    hash_remove(&standby.xids, &xid);
}

static void release_locks(const StandbyXid *s)
{
    array_foreach(const LoggedLock, held, &s->locks) {
        LockTag tag = lock_tag_relation(held->database, held->relation);

        (void)lock_release(&tag, LOCK_ACCESS_EXCLUSIVE, LOCK_SESSION);
    }
    mem_free(s->locks.items);
}

void lock_standby_release_old(Xid oldest_running, bool (*is_prepared)(Xid xid))
{
    Array ended;
    size_t position = 0;
    const StandbyXid *s;

    if (standby.mem == NULL)
        return;
    array_init(&ended, sizeof(Xid));
    while ((s = hash_next(&standby.xids, &position)) != NULL)
        if (xid_precedes(s->xid, oldest_running) && !is_prepared(s->xid))
            *(Xid *)array_push(&ended) = s->xid;
    array_foreach(const Xid, xid, &ended)
        release_xid(*xid);
    mem_free(ended.items);
}

void lock_standby_release_all(void)
{
    size_t position = 0;
    const StandbyXid *s;

    if (standby.mem == NULL)
        return;
    while ((s = hash_next(&standby.xids, &position)) != NULL)
        release_locks(s);
    mem_delete(standby.mem);
    standby.mem = NULL;
}

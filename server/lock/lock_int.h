/*
 * lock_int.h - heavyweight locks, as the files of lock share them
 *
 *     LockEntry   a thing that is locked: who holds it (Holds), who waits for it (LockProcs)
 *     Hold        a process's, or prepared transaction's, modes on an entry
 *     LockProc    what all see of a process's locks; prepared transactions have theirs behind the
 *                 last slot's, as in proc_array
 *     LocalLock   a mode of a tag as its process knows it: how often, by whom (LockUse)
 *     LockOwner   what a resource owner, or the session, has taken
 *
 * Entries and Holds are guarded by the lwlock of the partition that the tag's hash gives. A process
 * holds an entry exactly when there is a Hold of it.
 *
 * The fast path. Modes up to RowExclusive do not conflict with each other, so a process notes them
 * in words of its own, without an entry, as long as nobody holds or wants a stronger one: `strong`
 * counts these by hash. It writes the word, then looks at the count; who wants a strong one raises
 * the count, then looks at the words. So one of them sees the other. The one who raised the count
 * moves words to the table, with the partition locked: where a strong lock is granted already the
 * word's owner is about to see the count, and its word is struck out instead. All change a word by
 * compare-and-swap, and the owner learns from its failure that the word is gone: then the table
 * tells whether it holds the lock.
 */
#ifndef LOCK_LOCK_INT_H
#define LOCK_LOCK_INT_H

#include "common/base/base.h"

#include <stdatomic.h>
#include <string.h>

#include "common/mem/mem.h"
#include "common/mem/owner.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/proc.h"
#include "server/ipc/shared_hash.h"
#include "server/ipc/spinlock.h"
#include "server/lock/lock.h"

#define LOCK_PARTITIONS 32
#define FAST_SLOTS      64
#define STRONG_BUCKETS  1024
#define NOBODY          UINT32_MAX

#define LOCK_BIT(mode)  (UINT32_C(1) << (mode))

/* Lists are rings: a head points to itself when it is empty. */
typedef struct LockLink {
    struct LockLink *next, *prev;
} LockLink;

#define LINK_OWNER(type, member, link) ((type *)((uintptr_t)(link)-offsetof(type, member)))

/* link walks the ring while the one after it is known before the body may take it out. */
#define link_foreach(link, head)                                                \
 for (LockLink *link = (head)->next, *link##_next = link->next; link != (head); \
      link = link##_next, link##_next = link->next)

static inline void link_init(LockLink *l)
{
    l->next = l->prev = l;
}

static inline bool link_is_empty(const LockLink *l)
{
    return l->next == l;
}

static inline void link_add_before(LockLink *at, LockLink *l)
{
    l->next = at;
    l->prev = at->prev;
    at->prev->next = l;
    at->prev = l;
}

static inline void link_remove(LockLink *l)
{
    l->prev->next = l->next;
    l->next->prev = l->prev;
    link_init(l);
}

/* ---- Shared ---- */

/* A tag that is held or waited for; it goes with its last request. Guarded by its partition. */
typedef struct LockEntry {
    LockTag tag;          /* the key */
    uint32_t granted_any; /* LOCK_BITs of modes that somebody has */
    uint32_t waited_any;  /* that somebody waits for */
    uint32_t request_count, grant_count;
    uint32_t requests[LOCK_MODE_COUNT]; /* granted ones and those that wait */
    uint32_t grants[LOCK_MODE_COUNT];
    LockLink holds; /* Hold.of_entry, oldest first */
    LockLink queue; /* LockProc.in_queue; the first is served first */
} LockEntry;

typedef struct Hold {
    LockLink of_entry; /* or next alone: on a free list */
    LockEntry *entry;
    uint32_t holder; /* number of its LockProc */
    uint32_t leader; /* of the holder's group; the holder when it has none */
    uint32_t held;   /* LOCK_BITs; 0 while it waits for its first */
} Hold;

typedef enum WaitState { WAIT_NONE, WAIT_ON, WAIT_GRANTED, WAIT_DEADLOCK } WaitState;

/* How the vxid lock of a process is held: by its word, or by a Hold that somebody else made. */
enum { VXID_FAST = 1, VXID_MOVED = 2, VXID_STATE = 3, VXID_SHIFT = 2 };

typedef struct LockProc {
    _Alignas(64) _Atomic uint64_t vxid; /* local id << VXID_SHIFT | state; 0: none */
    _Atomic Oid database;               /* of fast */
    _Atomic Xid xid;            /* top-level, once it has logged an exclusive lock; or prepared */
    VirtualXid was;             /* of a prepared one: what it was before; fixed while prepared */
    _Atomic PgTime waits_since; /* 0: does not wait */
    _Atomic uint32_t wait_state;

    /* Guarded by the partition of what it waits for. */
    LockLink in_queue;
    LockEntry *waits_for; /* NULL: it does not wait */
    Hold *wait_hold;
    LockMode wait_mode;
    uint32_t wait_held; /* what it, and its group, had of the entry when it began to wait */

    /* Guarded by the partition that the leader's number gives. */
    uint32_t leader;    /* NOBODY: no group */
    LockLink members;   /* of a leader: LockProc.of_leader of all, its own among them */
    LockLink of_leader; /* empty: none */

    _Atomic uint64_t fast[FAST_SLOTS]; /* relation << 32 | mode; 0: free */
} LockProc;

typedef struct LockPartition {
    _Alignas(64) LwLock lock;
    SpinLock free_lock;
    Hold *free; /* guarded by free_lock */
} LockPartition;

typedef struct LockShared {
    LockPartition partitions[LOCK_PARTITIONS];
    _Atomic uint32_t strong[STRONG_BUCKETS]; /* see the fast path */
    SharedHash *entries;
    LockProc *procs;
    unsigned proc_count; /* slots, then prepared transactions; fixed */
} LockShared;

extern LockShared *lock_shared;

/* ---- Of the process ---- */

typedef struct LockOwner {
    struct LockOwner *below; /* the one that was made before */
    Owner *owner;            /* NULL: the session */
    LockLink uses;           /* LockUse.of_owner */
} LockOwner;

typedef struct LocalLock {
    LockTag tag;
    LockMode mode;
    uint32_t hash;
    struct LocalLock *next; /* in its bucket, or free */
    struct LockUse *uses;   /* LockUse.next */
    uint64_t count;         /* of all uses; 0 only while it is being taken */
    LockEntry *entry;       /* NULL: on the fast path, as far as is known */
    Hold *hold;
    int fast_slot;  /* -1: none */
    bool is_strong; /* it counts in `strong` */
    bool is_clear;
} LocalLock;

typedef struct LockUse {
    struct LockUse *next; /* of the same lock, or free */
    LockLink of_owner;
    LocalLock *lock;
    LockOwner *by;
    uint64_t count;
} LockUse;

typedef struct LockLocal {
    LockProc *me; /* NULL before lock_join() */
    uint32_t number;
    Oid database;     /* as far as fast words say */
    uint64_t is_used; /* of fast slots, a bit each */
    MemContext *mem;
    LocalLock **buckets;
    size_t bucket_count; /* a power of two */
    size_t lock_count;
    LocalLock *free_locks;
    LockUse *free_uses;
    LockOwner session;
    LockOwner *owners; /* the newest */
    LockOwner *free_owners;
    bool has_deadlock_room, deadlock_is_pair;
    Hold *wait_hold; /* of the newest wait, with the hash of what it was for */
    uint32_t wait_hash;
    bool has_logged_exclusive;
    bool is_aborting;
    uint32_t speculative_token;
} LockLocal;

extern LockLocal lock_local;
extern LockHooks lock_hooks;
extern const uint32_t lock_conflict_masks[LOCK_MODE_COUNT];

static inline uint32_t lock_tag_hash(const LockTag *tag)
{
    uint64_t low, high;

    memcpy(&low, tag, sizeof low);
    memcpy(&high, (const char *)tag + sizeof low, sizeof high);
    low = (low ^ (high << 29 | high >> 35)) * UINT64_C(0x9E3779B97F4A7C15);
    low = (low ^ low >> 32 ^ high) * UINT64_C(0xD6E8FEB86659FD93);
    return (uint32_t)(low >> 32);
}

static inline LwLock *lock_partition(uint32_t hash)
{
    return &lock_shared->partitions[hash % LOCK_PARTITIONS].lock;
}

static inline uint32_t lock_proc_number(const LockProc *p)
{
    return (uint32_t)(p - lock_shared->procs);
}

/* NOBODY's group is itself. */
static inline uint32_t lock_leader_of(uint32_t number)
{
    uint32_t leader = lock_shared->procs[number].leader;

    return leader == NOBODY ? number : leader;
}

static inline LockEntry *lock_entry_find(const LockTag *tag, uint32_t hash)
{
    return shared_hash_find(lock_shared->entries, tag, hash);
}

int lock_pid_of(uint32_t number); /* 0: a prepared transaction */
void lock_acquire_all_partitions(LwMode mode);
void lock_release_all_partitions(void);

/* ---- lock_table.c: entries and Holds; with the partition locked exclusively ---- */

/* The holder's Hold of a tag, made, with its entry, when missing; NULL: there is no room. */
typedef enum HoldSearch { HOLD_MAY_EXIST, HOLD_IS_NEW } HoldSearch;
Hold *lock_table_enter(const LockTag *tag, uint32_t hash, uint32_t holder, HoldSearch search);
Hold *lock_hold_find(const LockEntry *entry, uint32_t holder);
void lock_request(LockEntry *entry, LockMode mode);
void lock_unrequest(LockEntry *entry, LockMode mode);
void lock_grant(LockEntry *entry, Hold *hold, LockMode mode);
bool lock_ungrant(LockEntry *entry, Hold *hold, LockMode mode); /* somebody may go on now */

/* A Hold without modes goes, an entry without requests too; else those who may go on are woken. */
void lock_table_clean(LockEntry *entry, Hold *hold, uint32_t hash, bool may_wake);
bool lock_has_conflict(const LockEntry *entry, const Hold *hold, LockMode mode);

_Noreturn void lock_raise_full(void);

/* Of any holder, by its number; takes the partition's lock itself. */
void lock_ungrant_of(uint32_t holder, const LockTag *tag, LockMode mode);

/* ---- lock_fast.c ---- */

bool lock_fast_fits(const LockTag *tag, LockMode mode);
bool lock_is_strong(const LockTag *tag, LockMode mode);
bool lock_fast_take(LocalLock *l);    /* false: not so */
bool lock_fast_release(LocalLock *l); /* false: it is in the table by now */

/* With the tag's partition locked: words of all processes to the table; false: no room. */
bool lock_fast_move_all(const LockTag *tag, uint32_t hash);
bool lock_fast_move_own(LocalLock *l); /* its entry and hold are known afterwards */
void lock_strong_begin(uint32_t hash);
void lock_strong_end(const LockTag *tag);
void lock_vxid_begin(void);
void lock_vxid_end(void);
bool lock_vxid_move(VirtualXid vxid); /* to the table, to be waited for; false: it has ended */

/* ---- lock_local.c ---- */

void lock_local_begin(void);
void lock_local_end(void); /* gives back all that is left, and the memory */
void lock_group_leave(void);
LockOwner *lock_owner_current(void);
LocalLock *lock_local_find(const LockTag *tag, LockMode mode, uint32_t hash);
LocalLock *lock_local_new(const LockTag *tag, LockMode mode, uint32_t hash);
void lock_local_drop(LocalLock *l);
LocalLock *lock_local_sibling(const LocalLock *l); /* of its tag, with a hold; or NULL */
LockUse *lock_use_find(const LocalLock *l, const LockOwner *by);
void lock_use_room(void); /* the next lock_use_add() cannot fail */
void lock_use_add(LocalLock *l, LockOwner *by);
void lock_use_drop(LockUse *use);

/* ---- lock.c ---- */

void lock_drop_granted(LocalLock *l); /* what nobody here has any use of */

/* ---- lock_wait.c ---- */

/*
 * With the partition locked and the request counted; the partition is unlocked when it returns or
 * raises. When it raises nothing is left of the request.
 */
void lock_wait(const LocalLock *l, LockEntry *entry, Hold *hold);
void lock_wake(LockEntry *entry); /* those first in the queue who may have it now */

/* Takes a process from its queue, with its request. */
void lock_queue_leave(LockProc *p);
void lock_wait_cancel(void); /* of this process, should it be in a queue */

/* ---- lock_deadlock.c ---- */

typedef enum DeadlockState {
    DEADLOCK_UNKNOWN,
    DEADLOCK_NONE,
    DEADLOCK_SOFT, /* queues were put in a new order */
    DEADLOCK_HARD,
    DEADLOCK_BY_AUTOVACUUM, /* it waits for an autovacuum worker, which can be asked to leave */
} DeadlockState;

/* With all partitions locked exclusively; scratch has room that lock_deadlock_room() made. */
void lock_deadlock_room(void);
DeadlockState lock_deadlock_check(uint32_t number);
uint32_t lock_deadlock_autovacuum(void); /* the worker found, or NOBODY */
void lock_deadlock_note_pair(const LockTag *tag, LockMode mode, const LockProc *other);
_Noreturn void lock_deadlock_raise(void); /* what the check of this process found */

/* ---- lock_report.c ---- */

void lock_report_wait(const LocalLock *l, DeadlockState deadlock, WaitState state,
                      uint64_t waited_us);

/* ---- lock_standby.c ---- */

bool lock_is_logged(const LockTag *tag, LockMode mode);
void lock_log_exclusive(const LockTag *tag, Xid xid);

/* ---- lock_prepared.c ---- */

void lock_prepared_on_event(TxnEvent event);

#endif

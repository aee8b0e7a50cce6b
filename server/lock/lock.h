/*
 * lock.h - heavyweight locks: on what SQL knows, held to the end of a transaction, deadlocks found
 *
 * A lock is held by a process, as often as it was taken, each time by the current resource owner
 * (a portal, a subtransaction, a transaction) or by the session. Owners give theirs back when they
 * are released; one that commits hands them to its parent. Who holds a lock never conflicts with
 * itself, nor with the processes of its group.
 *
 * Who has to wait stands in a queue; it gets ahead only of those who wait for a lock that it holds
 * on the same thing. After deadlock_timeout it looks for a circle of processes that wait for each
 * other, which is opened by a new order of queues, or by its own error.
 *
 * lock_object.h has the common things to lock, lock_wait_for.h how to wait for a transaction.
 */
#ifndef LOCK_LOCK_H
#define LOCK_LOCK_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "server/lock/lock_tag.h"
#include "server/txn/txn.h"

/* server/lock/lock_mode.def: ROW(mode, name, conflicts), from 1 on. */
typedef enum LockMode {
    LOCK_NONE,
#define ROW(mode, name, conflicts) LOCK_##mode,
#include "server/lock/lock_mode.def"
#undef ROW
    LOCK_MODE_COUNT,
} LockMode;

const char *lock_mode_name(LockMode mode); /* "AccessShareLock" */
bool lock_modes_conflict(LockMode a, LockMode b);

/* ---- Life ---- */

size_t lock_shmem_size(void);
void lock_shmem_init(void *place);

/*
 * After proc_attach() and before the first lock (which does it otherwise). proc_detach() gives back
 * whatever is left.
 */
void lock_join(void);

/* What this module asks of others; set by main. Each may be NULL. */
typedef struct LockHooks {
    bool (*is_shared)(Oid relation); /* is it in all databases? NULL: none is */
    void (*accept_invalidations)(
        void);                        /* a relation's lock was taken: others may have changed it */
    const char *(*activity)(int pid); /* what it runs, for the log of deadlocks; or NULL */
    void (*count_deadlock)(void);

    /* In the startup process, in place of a wait: see that those who hold it end. */
    void (*resolve_conflict)(const LockTag *tag);
} LockHooks;
void lock_set_hooks(const LockHooks *hooks);

/* For the table of txn_set_hooks(). */
void lock_on_txn_event(TxnEvent event);

/* For txn_set_xid_lock(): the lock that a transaction has on its own xid. */
void lock_take_xid(Xid xid);
void lock_give_xid(Xid xid);

/* ---- Taking and giving back ---- */

enum {
    LOCK_SESSION = 1,   /* until it is given back, or the session ends */
    LOCK_DONT_WAIT = 2, /* LOCK_NOT_AVAILABLE instead */
};

typedef enum LockResult {
    LOCK_NOT_AVAILABLE,
    LOCK_OK,
    LOCK_ALREADY_HELD,
    LOCK_ALREADY_CLEAR, /* and lock_mark_clear() was called since it was taken first */
} LockResult;

/*
 * Raises 53200 (no room in shared memory), 40P01 (deadlock), 55P03 (lock_timeout), 55000 (a strong
 * one in recovery), and whatever interrupts the wait.
 */
LockResult lock_acquire(const LockTag *tag, LockMode mode, unsigned flags);

/* Once; warns when it is not held so (by the current owner, or the session), and is false then. */
bool lock_release(const LockTag *tag, LockMode mode, unsigned flags);

void lock_release_session(LockMethod method); /* all that the session has */

/* What is known of the thing is up to date as long as the lock is held. */
void lock_mark_clear(const LockTag *tag, LockMode mode);

bool lock_is_held(const LockTag *tag, LockMode mode); /* by this process, in that very mode */
bool lock_is_held_at_least(const LockTag *tag, LockMode mode);
bool lock_is_waiting(void); /* this process, for one */
bool lock_has_waiters(const LockTag *tag, LockMode mode); /* of one that is held */

/* Has this transaction logged an AccessExclusive lock? For TxnParts. */
bool lock_has_logged_exclusive(void);

/* ---- Groups: a leader and its parallel workers, who do not conflict with each other ---- */

void lock_group_lead(void);
bool lock_group_join(int leader_slot, int leader_pid); /* false: it is gone; then do not work */

/* ---- Looking ---- */

/* One row of pg_locks. */
typedef struct LockRow {
    LockTag tag;
    LockMode mode;
    bool is_granted, is_fast_path;
    int backend; /* virtualtransaction: "backend/local"; 1 and up */
    uint32_t local;
    int pid;            /* 0: a prepared transaction */
    int leader_pid;     /* of its group; its own when there is none */
    PgTime waits_since; /* 0: does not wait, or has only just begun */
} LockRow;
void lock_list(Array *rows); /* LockRow; the array is made here */

/*
 * Who keeps that process from going on: holders that conflict, and waiters ahead of it; 0 is a
 * prepared transaction. int, the array is made here; duplicates are possible.
 */
void lock_blockers(int pid, Array *pids);
bool lock_is_blocked_by(int pid, const int *pids, size_t count);

/*
 * Transactions that hold the lock in modes that conflict with mode, but for our own; in the current
 * context.
 */
size_t lock_conflicts(const LockTag *tag, LockMode mode, VirtualXid **out);

#endif

/*
 * row_wait.h - change and lock rows that others may hold: wait for them, find the newest version
 *
 * Those who want a row that somebody has stand in a queue: the first of them has the row's
 * heavyweight lock, and alone waits for the transaction that is in the way.
 */
#ifndef EXECUTOR_ROW_WAIT_H
#define EXECUTOR_ROW_WAIT_H

#include "common/base/base.h"

#include "server/access/common/relation.h"
#include "server/lock/lock_wait_for.h"
#include "server/node/node.h"

/*
 * As heap_delete() and heap_update(), but never MUST_WAIT. mode of update: of u, afterwards.
 */
HeapResult row_delete(Relation *rel, HeapRel *heap, Tid tid, Cid command, HeapObstacle *why);
HeapResult row_update(Relation *rel, HeapRel *heap, Tid tid, HeapTuple *row, Cid command,
                      HeapUpdate *u, HeapObstacle *why);

typedef struct RowLock {
    Relation *rel;
    HeapRel *heap;
    Cid command;
    HeapLockMode mode;
    LockWait wait;
    bool is_of_newest;   /* of READ COMMITTED: follow updates to the newest version */
    LockPurpose purpose; /* for the context of errors */
} RowLock;

typedef enum RowLockResult {
    ROW_LOCKED,        /* as it was */
    ROW_LOCKED_NEWEST, /* a newer version than the one asked for */
    ROW_GONE,          /* deleted, or updated and !is_of_newest; *why tells */
    ROW_CHANGED_BY_SELF,
    ROW_INVISIBLE, /* made by this command */
    ROW_BUSY,      /* ROW_WAIT_SKIP: somebody has it */
} RowLockResult;

/*
 * Lock the row at tuple->self. When it is locked *b is pinned and *tuple points to its page, with
 * its place in self. ROW_WAIT_ERROR raises 55P03 where it would wait.
 */
RowLockResult row_lock(const RowLock *lock, HeapTuple *tuple, Buffer *b, HeapObstacle *why);

/* The version at tuple->self and no other, whatever has become of it; waits for who holds it. */
HeapResult row_lock_version(const RowLock *lock, HeapTuple *tuple, Buffer *b, HeapObstacle *why);

/* From an update or a row lock that came to *why, go to the newest version and lock it. */
RowLockResult row_lock_newest(const RowLock *lock, HeapObstacle *why, HeapTuple *tuple, Buffer *b);

/* 40001 where another transaction changed a row that this one's snapshot shows as it was. */
void row_refuse_concurrent(const HeapObstacle *why, HeapResult result);

#endif

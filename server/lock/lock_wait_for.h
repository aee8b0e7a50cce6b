/*
 * lock_wait_for.h - wait for others: transactions, members of multixacts, speculative inserts
 */
#ifndef LOCK_LOCK_WAIT_FOR_H
#define LOCK_LOCK_WAIT_FOR_H

#include "common/base/base.h"

#include "common/format/slru.h"
#include "server/lock/lock.h"

/* What is done with a row meanwhile, for the context of errors. */
typedef enum LockPurpose {
    LOCK_FOR_NOTHING, /* no context */
    LOCK_TO_UPDATE,
    LOCK_TO_DELETE,
    LOCK_TO_LOCK,
    LOCK_TO_LOCK_UPDATED,
    LOCK_TO_INSERT_INDEX,
    LOCK_TO_CHECK_UNIQUE,
    LOCK_TO_RECHECK_UPDATED,
    LOCK_TO_CHECK_EXCLUSION,
    LOCK_PURPOSE_COUNT,
} LockPurpose;

typedef struct LockWhy {
    LockPurpose purpose;
    const char *relation; /* its name */
    Tid tid;
} LockWhy;

/* Until it has ended, with all above it when it is a subtransaction. why may be NULL. */
void lock_wait_for_xid(Xid xid, const LockWhy *why);
bool lock_wait_for_xid_try(Xid xid) MUST_USE; /* has it ended? */

/* Until all of a multixact's members have ended but ourselves and those that conflicts() spares. */
typedef bool (*LockMemberConflicts)(MultiStatus status, void *arg);
void lock_wait_for_members(const MultiMember *members, size_t count, LockMemberConflicts conflicts,
                           void *arg, const LockWhy *why);
bool lock_wait_for_members_try(const MultiMember *members, size_t count,
                               LockMemberConflicts conflicts, void *arg) MUST_USE;

/* Until a transaction with or without an xid has ended, or been committed after being prepared. */
void lock_wait_for_vxid(VirtualXid vxid);
bool lock_wait_for_vxid_try(VirtualXid vxid) MUST_USE;

/* Until all that hold the lock now, in modes that conflict with mode, have ended. */
void lock_wait_for_holders(const LockTag *tag, LockMode mode);

/*
 * Speculative inserts: take before the row is there, which carries the token; give when it is
 * confirmed or killed. Others who meet the token wait.
 */
uint32_t lock_take_speculative(Xid xid);
void lock_give_speculative(Xid xid);
void lock_wait_for_speculative(Xid xid, uint32_t token);

#endif

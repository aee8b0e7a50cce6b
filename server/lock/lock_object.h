/*
 * lock_object.h - the common things to lock: relations, their pages and rows, other objects
 *
 * Relations and objects are those of this process's database, or shared ones, as their OIDs and
 * LockHooks tell. `try` returns false where the other one would wait.
 */
#ifndef LOCK_LOCK_OBJECT_H
#define LOCK_LOCK_OBJECT_H

#include "common/base/base.h"

#include "server/lock/lock.h"

LockTag lock_tag_of_relation(Oid relation);

/*
 * Afterwards invalidations are accepted, when others may have changed the relation since this
 * process looked at it.
 */
void lock_relation(Oid relation, LockMode mode);
bool lock_relation_try(Oid relation, LockMode mode) MUST_USE;
void lock_relation_unlock(Oid relation, LockMode mode);
bool lock_relation_is_held(Oid relation, LockMode mode, bool or_stronger);
bool lock_relation_has_waiters(Oid relation, LockMode mode);

/* For work in several transactions, beside the lock of each of them. */
void lock_relation_for_session(Oid relation, LockMode mode);
void lock_relation_unlock_for_session(Oid relation, LockMode mode);

/*
 * A row, while one of several who want it waits for the transaction that has it: so each gets it in
 * its turn.
 */
void lock_tuple(Oid relation, Tid tid, LockMode mode);
bool lock_tuple_try(Oid relation, Tid tid, LockMode mode) MUST_USE;
void lock_tuple_unlock(Oid relation, Tid tid, LockMode mode);

/*
 * For access methods that need one across waits. Tables and B-trees are extended under a lock of
 * the buffers.
 */
void lock_extension(Oid relation, LockMode mode);
bool lock_extension_try(Oid relation, LockMode mode) MUST_USE;
void lock_extension_unlock(Oid relation, LockMode mode);
unsigned lock_extension_waiters(Oid relation);
void lock_page(Oid relation, BlockNo block, LockMode mode);
bool lock_page_try(Oid relation, BlockNo block, LockMode mode) MUST_USE;
void lock_page_unlock(Oid relation, BlockNo block, LockMode mode);

/* By the OID of the catalog that has it; of this database, or a shared one. */
void lock_object(Oid class_id, Oid object, uint16_t sub_object, LockMode mode);
void lock_object_unlock(Oid class_id, Oid object, uint16_t sub_object, LockMode mode);
void lock_shared_object(Oid class_id, Oid object, uint16_t sub_object, LockMode mode);
void lock_shared_object_unlock(Oid class_id, Oid object, uint16_t sub_object, LockMode mode);
void lock_shared_object_for_session(Oid class_id, Oid object, uint16_t sub_object, LockMode mode);
void lock_shared_object_unlock_for_session(Oid class_id, Oid object, uint16_t sub_object,
                                           LockMode mode);

/* Who advances this database's datfrozenxid. */
void lock_frozen_ids(LockMode mode);

/* pg_advisory_lock() and its family: tags are those of lock_tag_advisory() and its like. */
typedef enum AdvisoryScope { ADVISORY_SESSION, ADVISORY_TRANSACTION } AdvisoryScope;

void lock_advisory(const LockTag *tag, bool is_shared, AdvisoryScope scope);
bool lock_advisory_try(const LockTag *tag, bool is_shared, AdvisoryScope scope) MUST_USE;
bool lock_advisory_unlock(const LockTag *tag, bool is_shared); /* warns when it is not held */
void lock_advisory_unlock_all(void);

#endif

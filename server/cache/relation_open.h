/*
 * relation_open.h - relations under a lock: what statements and commands work with
 *
 *     Relation *rel = relation_open(oid, LOCK_ACCESS_SHARE);
 *     ...
 *     relation_close(rel, LOCK_NONE);     the lock stays until the transaction ends
 *
 * The lock is taken before the relation is looked at, so what it says holds as long as the lock
 * does. LOCK_NONE stands for a lock that the caller has already, or has no need of. A name is found
 * in namespace.h.
 */
#ifndef CACHE_RELATION_OPEN_H
#define CACHE_RELATION_OPEN_H

#include "common/base/base.h"

#include "server/cache/relcache.h"
#include "server/lock/lock.h"

/* Raises XX000 "could not open relation with OID 1" for what is not there. */
Relation *relation_open(Oid oid, LockMode mode);

/* NULL when it is not there, or was dropped while we waited; then no lock is held. */
Relation *relation_open_if_any(Oid oid, LockMode mode);

/* Unpin, and give the lock back that it was opened with; LOCK_NONE: keep it. */
void relation_close(Relation *rel, LockMode mode);

/* The same for what has rows: raises 42809 for indexes and composite types. */
Relation *table_open(Oid oid, LockMode mode);
Relation *table_open_if_any(Oid oid, LockMode mode);

/* The same for indexes: raises 42809 for all else. */
Relation *index_open(Oid oid, LockMode mode);

/* "This operation is not supported for indexes.": the detail of a refusal by kind. */
const char *relation_kind_refusal(char kind);

#endif

/*
 * lock_standby.h - AccessExclusive locks on relations, as standbys have them too
 *
 * A standby's startup process holds the locks of the primary's transactions, whose records come
 * before what they guard; it gives them back when the transaction's end is redone, or when a list
 * of those that run leaves it out.
 */
#ifndef LOCK_LOCK_STANDBY_H
#define LOCK_LOCK_STANDBY_H

#include "common/base/base.h"

/* Log all that are held now; for log_standby_set_locks(). */
void lock_log_standby(void);

/* ---- In the startup process of a standby ---- */

/* Of a record; also of those that a prepared transaction has when it is recovered. */
void lock_standby_take(Xid xid, Oid database, Oid relation);

/* The transaction and its children have ended. */
void lock_standby_release(Xid xid, const Xid *children, size_t count);

/* Of all that began before oldest_running, but for prepared ones; the record said who runs. */
void lock_standby_release_old(Xid oldest_running, bool (*is_prepared)(Xid xid));
void lock_standby_release_all(void); /* recovery has come to its end */

#endif

/*
 * proc_standby.h - which of the primary's transactions run, as a standby knows it from the log
 *
 *     OFF --standby_begin()--> WAITS --running xacts, all children told--> READY
 *                                 \--some children untold--> PENDING --those have ended--^
 *
 * Every xid below the newest that a record has named was given out, and runs until a record says
 * otherwise; records of running xacts say which of them ended without one. Snapshots can be taken
 * when all that run are known.
 *
 * All of it is called by the startup process.
 */
#ifndef TXN_PROC_STANDBY_H
#define TXN_PROC_STANDBY_H

#include "common/base/base.h"

#include "server/txn/proc_array.h"

/* Before redo, when clients may come later; next is the next xid of the checkpoint. */
void standby_begin(Xid next, Xid oldest_active);
bool standby_is_on(void);
bool standby_is_ready(void); /* snapshots may be taken */
void standby_end(void);      /* those that were known have all ended; prepared ones are entered */

/* A record names it. */
void standby_note_xid(Xid xid);

/* A record of running xacts; also what a shutdown leaves: prepared transactions alone. */
void standby_apply_running(const RunningXacts *running);

/* Children are told of. */
void standby_note_children(Xid top, const Xid *children, size_t count);

/* A transaction has ended, after its commit status was set. */
void standby_note_end(Xid xid, const Xid *children, size_t count);

#endif

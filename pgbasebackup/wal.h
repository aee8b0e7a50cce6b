/*
 * wal.h - the WAL that belongs to a backup, received beside it
 *
 * A second connection and a thread of its own (-X stream), so that the server need not keep the WAL
 * until the backup's end. Segments go to pg_wal of the data directory, or to pg_wal.tar.
 *
 * Promises
 *   1. wal_receiver_join() returns when all WAL up to the end that was set is written.
 *   2. What fails in the thread is raised by wal_receiver_check() and wal_receiver_join().
 *   3. The slot is a temporary one, unless the user named one: it goes with the connection.
 */
#ifndef PGBASEBACKUP_WAL_H
#define PGBASEBACKUP_WAL_H

#include "common/base/base.h"

#include "pgbasebackup/options.h"

typedef struct WalReceiver WalReceiver;

typedef struct WalWanted {
    Lsn start;
    TimelineId tli;
    uint32_t segment_size;
    uint64_t system_id; /* of the server that sends the backup */
} WalWanted;

/* Nothing is done yet: what fails in its start can be undone. b is read until its end. */
WalReceiver *wal_receiver_new(BackupOptions *b);

/*
 * Connect (perhaps asking for the password again) and make the slot, before the backup begins: WAL
 * from its start on cannot go before it is asked for then, however fast checkpoints follow.
 */
void wal_receiver_hold(WalReceiver *w, uint64_t system_id, int backup_pid);

/* Start the thread. */
void wal_receiver_start(WalReceiver *w, const WalWanted *wanted);

/* Raise what the thread raised, if it did. */
void wal_receiver_check(WalReceiver *w);

/* Receive up to end, then stop; waits for it. */
void wal_receiver_finish(WalReceiver *w, Lsn end);

/* Stop at once; never raises. NULL is fine. */
void wal_receiver_abort(WalReceiver *w);

/* After that: remove the slot that was made, if it was; never raises. NULL is fine. */
void wal_receiver_undo(WalReceiver *w);

#endif

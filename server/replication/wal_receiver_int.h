/* wal_receiver_int.h - what the receiver's process and those who speak with it share. */
#ifndef REPLICATION_WAL_RECEIVER_INT_H
#define REPLICATION_WAL_RECEIVER_INT_H

#include "common/base/base.h"

#include <stdatomic.h>

#include "server/ipc/condvar.h"
#include "server/ipc/spinlock.h"
#include "server/replication/wal_receiver.h"

#define WAL_RECEIVER_TEXT_SIZE 1024 /* of a connection string */

/* In shared memory: all guarded by lock but the last ones. */
typedef struct WalReceiverShared {
    SpinLock lock;
    WalReceiverRow row;
    char conninfo[WAL_RECEIVER_TEXT_SIZE]; /* as asked for, with its passwords */
    bool makes_slot;
    int64_t asked_at_us; /* monotonic, while it is STARTING */
    Lsn chunk_start;
    PgTime chunk_time;
    CondVar changed; /* the state */
    _Atomic bool wants_reply;
    _Atomic Lsn written; /* of row, for those who look often */
} WalReceiverShared;

WalReceiverShared *wal_receiver_shared(void);
void wal_receiver_set_state(WalReceiverState state);

/* ---- receive_log.c ---- */

/* Bytes of the log that have come: into the file of their segment. Not on disk by then. */
void receive_write(TimelineId tli, Lsn lsn, const uint8_t *bytes, size_t len);
bool receive_flush(TimelineId tli); /* all that was written; false: it was on disk */
Lsn receive_written(void);
Lsn receive_flushed(void);
void receive_begin(Lsn lsn);
void receive_end(void); /* the file is closed */

#endif

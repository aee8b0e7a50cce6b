/*
 * wal_sender.h - the processes that send log to others: who they are and how far they have come
 *
 *     STARTUP --START_REPLICATION--> CATCHUP --all was sent--> STREAMING --server ends--> STOPPING
 *        |                              |                         |
 *        +--BASE_BACKUP--> BACKUP       +---- end of the stream --+--> STARTUP
 *
 * Each connection for replication has an entry in shared memory. A sender that has nothing to send
 * sleeps; whoever has flushed log, or applied some on a standby, wakes those that sleep.
 *
 * At a shutdown the checkpointer tells senders to stop before it makes its last checkpoint: those
 * that stream nothing end, the others go on, and take no new commands. The supervisor's last signal
 * (SIGUSR2) comes after that checkpoint: they send what is left and end.
 *
 * Promises
 *   1. What is sent is on disk here.
 *   2. In an orderly shutdown a standby that still answers has all of the log, the last checkpoint
 *      too.
 */
#ifndef REPLICATION_WAL_SENDER_H
#define REPLICATION_WAL_SENDER_H

#include "common/base/base.h"

#include "common/ds/array.h"

size_t wal_sender_shmem_size(void);
void wal_sender_shmem_init(void *place);

typedef enum WalSenderState {
    WAL_SENDER_STARTUP,
    WAL_SENDER_BACKUP,
    WAL_SENDER_CATCHUP,
    WAL_SENDER_STREAMING,
    WAL_SENDER_STOPPING,
} WalSenderState;

const char *wal_sender_state_text(WalSenderState state);

/* In the process of a connection for replication: take an entry, which goes with the process. */
void wal_sender_begin(void);
void wal_sender_set_state(WalSenderState state);

/* Raises 55000 when the server is about to end: no new command is taken. */
void wal_sender_check_stopping(void);

/* There is more on disk: from any process, without locks. */
void wal_sender_wake_all(void);

/* ---- For the checkpointer, before the last checkpoint ---- */

void wal_sender_stop_all(void); /* tell them, and wait until they have taken note, or are gone */

/* ---- What they have done ---- */

#define WAL_LAG_UNKNOWN (-1)

typedef struct WalSenderRow {
    int pid, proc_slot;
    WalSenderState state;
    Lsn sent, written, flushed, applied; /* 0: not known */
    int64_t write_lag_us, flush_lag_us, apply_lag_us;
    int sync_priority; /* 0: not a synchronous one */
    PgTime reply_time; /* 0: none yet */
} WalSenderRow;

void wal_sender_list(Array *rows); /* WalSenderRow, in the current context */

#endif

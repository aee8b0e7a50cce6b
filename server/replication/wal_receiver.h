/*
 * wal_receiver.h - log that comes from another server: for recovery, which applies it
 *
 *     NONE --request: the supervisor is asked for the process--> STARTING --it runs--> STREAMING
 *       ^                                                                                |
 *       |                                           the other server has nothing more of |
 *       |                                           that timeline                        v
 *       +------------ told to stop, or an error <------------ RESTARTING <--request-- WAITING
 *
 * The startup process says from where on and of which timeline it wants log; the receiver connects,
 * writes what comes into pg_wal, flushes it, and sets the latch of the startup process. That looks
 * how far is flushed and reads the files. Since recovery is the lower room, main hands these
 * functions to it as its RecoveryStream.
 *
 * Promises
 *   1. What wal_receiver_tell() tells is on disk.
 *   2. Requests are made by the startup process alone, and only while nothing streams.
 *   3. When the receiver ends, for whatever reason, the startup process is woken.
 */
#ifndef REPLICATION_WAL_RECEIVER_H
#define REPLICATION_WAL_RECEIVER_H

#include "common/base/base.h"

#include "server/recovery/recovery.h"

size_t wal_receiver_shmem_size(void);
void wal_receiver_shmem_init(void *place);

typedef enum WalReceiverState {
    WAL_RECEIVER_NONE,
    WAL_RECEIVER_STARTING,
    WAL_RECEIVER_STREAMING,
    WAL_RECEIVER_WAITING,
    WAL_RECEIVER_RESTARTING,
    WAL_RECEIVER_STOPPING,
} WalReceiverState;

/* ---- For the startup process; main gives these to recovery as its RecoveryStream ---- */

/*
 * Ask for a stream from lsn on, which is moved back to its segment's start: a process that waits
 * goes on with it, else one is started. slot "" or NULL: none; makes_slot: then a temporary one.
 */
void wal_receiver_request(TimelineId tli, Lsn lsn, const char *conninfo, const char *slot,
                          bool makes_slot);
void wal_receiver_tell(RecoveryStreamState *out);

/* End it, and wait until it has ended; fine when there is none. */
void wal_receiver_shut_down(void);

/* Tell the other server soon how far this one is: something was applied that it may wait for. */
void wal_receiver_wake(void);

/* ---- For those who look at it ---- */

typedef struct WalReceiverRow {
    int pid; /* 0: there is none */
    WalReceiverState state;
    Lsn start; /* of the stream */
    TimelineId start_tli;
    Lsn flushed; /* 0: nothing yet */
    TimelineId tli;
    PgTime sent_at, received_at; /* of the newest message; 0: none */
    Lsn latest_end;              /* that was told to the other server */
    PgTime latest_end_time;
    char slot[64]; /* "": none */
    char host[256];
    int port;
    char shown_conninfo[1024]; /* without passwords; "": not connected yet */
} WalReceiverRow;

void wal_receiver_look(WalReceiverRow *out, Lsn *written);
const char *wal_receiver_state_text(WalReceiverState state);

void wal_receiver_main(void *arg);

#endif

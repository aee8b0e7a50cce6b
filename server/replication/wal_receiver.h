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
 * functions to it as a table.
 *
 * Promises
 *   1. What wal_receiver_flushed() tells is on disk.
 *   2. Requests are made by the startup process alone, and only while nothing streams.
 *   3. When the receiver ends, for whatever reason, the startup process is woken.
 */
#ifndef REPLICATION_WAL_RECEIVER_H
#define REPLICATION_WAL_RECEIVER_H

#include "common/base/base.h"

size_t wal_receiver_shmem_size(void);
void wal_receiver_shmem_init(void *place);

typedef struct WalReceiverRequest {
    Lsn start; /* moved back to its segment's start */
    TimelineId tli;
    const char *conninfo;
    const char *slot; /* "" or NULL: none */
    bool makes_slot;  /* a temporary one, when none is named */
} WalReceiverRequest;

/* Ask for a stream: a process that waits goes on with it, else one is started. */
void wal_receiver_request(const WalReceiverRequest *request);

bool wal_receiver_is_running(void);   /* there is such a process, or will be soon */
bool wal_receiver_is_streaming(void); /* and more may come of it: not one that waits for orders */

/* End it, and wait until it has ended; fine when there is none. */
void wal_receiver_shut_down(void);

/*
 * One past the newest byte that is on disk of what came; *chunk_start (may be NULL) where the
 * newest piece began, *tli (may be NULL) whose it is. 0 before the first.
 */
Lsn wal_receiver_flushed(Lsn *chunk_start, TimelineId *tli);

/* Tell the other server soon how far this one is: something was applied that it may wait for. */
void wal_receiver_wake(void);

void wal_receiver_main(void *arg);

#endif

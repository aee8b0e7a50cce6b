/* wal_sender_int.h - what the files of a sender share: its entry, its stream. */
#ifndef REPLICATION_WAL_SENDER_INT_H
#define REPLICATION_WAL_SENDER_INT_H

#include "common/base/base.h"

#include <stdatomic.h>

#include "common/os/file.h"
#include "server/ipc/spinlock.h"
#include "server/replication/wal_sender.h"

/* A sender in shared memory. */
typedef struct WalSender {
    _Alignas(64) _Atomic int pid; /* 0: free */
    _Atomic bool is_asleep;       /* wants to be woken when there is more */
    SpinLock lock;
    WalSenderRow row; /* guarded by lock, written by the sender itself */
} WalSender;

/* The one of this process; NULL: it is none. */
WalSender *wal_sender_own(void);
unsigned wal_sender_count(void); /* of entries, free ones too */
WalSender *wal_sender_at(unsigned i);

/* A stream of this process, while it lasts. */
typedef struct SendStream {
    TimelineId tli;
    bool is_historic;   /* the timeline ends at valid_to, where next_tli begins */
    Lsn valid_to;
    TimelineId next_tli;
    Lsn sent;           /* one past what was handed to the connection */
    bool is_caught_up;  /* there was nothing more when we looked last */
    bool has_sent_done, has_got_done; /* CopyDone */
    bool is_last_round; /* the server ends: send what there is, then go */
    bool waits_for_answer;
    PgTime last_reply;  /* when the other side was heard last */
    OsFile *file;       /* of the segment that was read last; NULL: none */
    uint64_t seg_no;
    TimelineId file_tli;
    uint64_t replaced_files; /* recovery_replaced_files() when it was opened */
} SendStream;

extern SendStream send_stream;

/* ---- send_log.c ---- */
void send_keepalive(bool wants_reply);
void send_clean_up(void); /* after an error in a stream; fine when there was none */

/* ---- send_chunk.c ---- */
void send_chunk(void); /* a piece, if there is any; or the end of the timeline */
void send_forget_file(void);

/* ---- send_reply.c ---- */
void send_take_replies(void); /* all that have come; does not wait for more */

/* How far behind the other side is: when was what it has now told of flushed here? */
void send_lag_note(Lsn lsn, PgTime now);
void send_lag_reset(void);

#endif

/*
 * repl_message.h - what walsender and receiver say to each other inside CopyData, in bytes
 *
 * The server sends w (WAL) and k (where it stands), the client r (where it stands) and h (what its
 * queries still need). Each message begins with its letter; integers are big-endian. Parsers raise
 * SQLSTATE_PROTOCOL_VIOLATION for other letters and wrong lengths.
 *
 * Source: PostgreSQL 15 manual, "Streaming Replication Protocol"; bytes of real servers in the
 * tests.
 */
#ifndef PROTO_REPL_MESSAGE_H
#define PROTO_REPL_MESSAGE_H

#include "common/base/base.h"

typedef enum ReplKind {
    REPL_WAL = 'w',
    REPL_KEEPALIVE = 'k',
    REPL_STATUS = 'r',
    REPL_FEEDBACK = 'h',
} ReplKind;

#define REPL_WAL_HEAD_SIZE  25
#define REPL_KEEPALIVE_SIZE 18
#define REPL_STATUS_SIZE    34
#define REPL_FEEDBACK_SIZE  25

/* From the server: w or k. */
typedef struct ReplFromServer {
    ReplKind kind;
    Lsn start;            /* w: where bytes begin */
    Lsn server_end;       /* w: current end of WAL on the server; k: what it has sent of it */
    PgTime sent_at;       /* by the server's clock */
    bool wants_reply;     /* k */
    const uint8_t *bytes; /* w: WAL, in the message; it may cross the end of a segment */
    size_t len;
} ReplFromServer;

/* From the client: r or h. */
typedef struct ReplFromClient {
    ReplKind kind;
    Lsn written, flushed, applied; /* r: one past the last byte; 0 for none */
    PgTime sent_at;
    bool wants_reply; /* r: the server answers with k at once */
    Xid xmin;         /* h: 0 when nothing is needed, as the others */
    uint32_t xmin_epoch;
    Xid catalog_xmin;
    uint32_t catalog_xmin_epoch;
} ReplFromClient;

ReplFromServer repl_parse_from_server(const void *bytes, size_t len);
ReplFromClient repl_parse_from_client(const void *bytes, size_t len);

/* Write a message; return its length. Behind the head of w come m->bytes, which are not copied. */
size_t repl_write_wal_head(uint8_t out[REPL_WAL_HEAD_SIZE], const ReplFromServer *m);
size_t repl_write_keepalive(uint8_t out[REPL_KEEPALIVE_SIZE], const ReplFromServer *m);
size_t repl_write_status(uint8_t out[REPL_STATUS_SIZE], const ReplFromClient *m);
size_t repl_write_feedback(uint8_t out[REPL_FEEDBACK_SIZE], const ReplFromClient *m);

#endif

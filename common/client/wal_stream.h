/*
 * wal_stream.h - receive WAL over a replication connection, across segments and timelines
 *
 *     WalStream s = {.start = lsn, .tli = tli, .segment_size = size, .sink = {...}};
 *     wal_stream_run(c, &s);
 *
 * The stream asks for WAL at the start of a segment, hands it to the sink in order and in pieces
 * that never cross a segment's end, tells the server how far it is, follows the server to newer
 * timelines, and ends when the sink says so.
 *
 * Promises
 *   1. Every byte from start on is handed out exactly once per timeline, without gaps: a message
 *      that does not begin where the last one ended raises.
 *   2. The server hears of us at least every status_interval_ms, at once when it asks, and when a
 *      flush moved on with reports_flush.
 *   3. On a new timeline the segment of the switch is handed out again from its start.
 *   4. The functions of the sink may raise; the connection is then only good for closing.
 */
#ifndef CLIENT_WAL_STREAM_H
#define CLIENT_WAL_STREAM_H

#include "common/base/base.h"

#include "common/client/client.h"
#include "common/client/replication.h"

#define WAL_STATUS_INTERVAL_MS 10000 /* what PostgreSQL's programs do unless told otherwise */

typedef struct WalSink {
    /* len bytes of WAL at lsn; all in one segment. */
    void (*write)(void *arg, TimelineId tli, Lsn lsn, const void *bytes, size_t len);

    /*
     * Asked after each message and every ask_interval_ms while waiting: true to end here.
     * received is one past the last byte.
     */
    bool (*is_done)(void *arg, TimelineId tli, Lsn received);

    /* How far WAL is safe on disk: told to the server; NULL: never told. */
    Lsn (*flushed)(void *arg);

    /* The history file of a timeline that is about to be received; NULL: not wanted. */
    void (*history)(void *arg, const TimelineFile *file);

    /* A timeline ends at lsn and another begins; NULL: nothing to do. */
    void (*switched)(void *arg, TimelineId from, TimelineId to, Lsn lsn);

    void *arg;
} WalSink;

typedef struct WalStream {
    const char *slot; /* NULL: none */
    TimelineId tli;
    Lsn start; /* the first byte of a segment */
    uint32_t segment_size;
    unsigned status_interval_ms; /* 0: only when the server asks */
    unsigned ask_interval_ms;    /* 0: a second */
    bool reports_flush;          /* tell each new flush at once: for synchronous replication */
    WalSink sink;
} WalStream;

typedef enum WalStreamEnd {
    WAL_STREAM_DONE,        /* the sink said so; the connection can be used again */
    WAL_STREAM_SERVER_ENDS, /* the server shuts down */
} WalStreamEnd;

WalStreamEnd wal_stream_run(Client *c, const WalStream *stream);

#endif

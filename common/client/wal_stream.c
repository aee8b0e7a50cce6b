/*
 * wal_stream.c - the receiving end of streaming replication; wal_stream.h has the promises
 *
 *     run ──START_REPLICATION──> COPY BOTH ──receive()──> done       > finish_copy() > DONE
 *      ^            │                │                     server ends > finish_copy() > ...
 *      │            └── rows ────────┴── rows (next timeline) ──┐
 *      └──────────────── switch_timeline() <────────────────────┘
 */
#include "common/base/base.h"

#include "common/client/wal_stream.h"

#include "common/err/err.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/proto/repl_command.h"
#include "common/proto/repl_message.h"
#include "common/text/num.h"

#define ASK_INTERVAL_MS 1000 /* is_done is asked so often unless the caller says otherwise */

static const char ended[] = "unexpected termination of replication stream";

/* Where the stream is. */
typedef struct Receiver {
    Client *client;
    const WalStream *stream;
    TimelineId tli;
    Lsn next;         /* the first byte that is still to come */
    Lsn told_flushed; /* in the last status */
    uint64_t told_us; /* when that was, monotonic */
} Receiver;

typedef enum CopyEnd { COPY_DONE, COPY_SERVER_ENDED } CopyEnd;

static bool start(Receiver *r);
static CopyEnd receive(Receiver *r);
static void take_message(Receiver *r, const char *bytes, size_t len);
static void take_wal(Receiver *r, const ReplFromServer *m);
static void report_if_due(Receiver *r);
static void report(Receiver *r);
static int wait_ms(const Receiver *r);
static void finish_done(Receiver *r);
static bool finish_timeline(Receiver *r);
static void switch_timeline(Receiver *r, const ClientResult *rows);
static void fetch_history(Receiver *r);
static void drain(Receiver *r);

WalStreamEnd wal_stream_run(Client *c, const WalStream *stream)
{
    Receiver r = {.client = c, .stream = stream, .tli = stream->tli, .next = stream->start};

    ASSERT(wal_seg_offset(stream->start, stream->segment_size) == 0);
    for (;;) {
        if (!start(&r))
            continue;
        if (receive(&r) == COPY_DONE) {
            finish_done(&r);
            return WAL_STREAM_DONE;
        }
        if (!finish_timeline(&r))
            return WAL_STREAM_SERVER_ENDS;
    }
}

/* Ask for WAL. False when the timeline ended exactly here, and we are on the next one now. */
static bool start(Receiver *r)
{
    StartReplication command = {.slot = r->stream->slot, .start = r->next, .tli = r->tli};
    const char *what = "could not send replication command \"START_REPLICATION\"";
    StrBuf text;
    ClientResult *result;

    fetch_history(r);
    strbuf_init(&text);
    repl_command_start(&text, &command);
    client_send(r->client, text.text);
    result = client_next_result(r->client, what);
    if (result != NULL && client_result_kind(result) == CLIENT_COPY_BOTH) {
        client_result_free(result);
        r->told_us = clock_monotonic_us();
        return true;
    }
    if (result == NULL || client_result_kind(result) != CLIENT_ROWS)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = "unexpected answer to replication command \"START_REPLICATION\"");
    switch_timeline(r, result);
    drain(r);
    return false;
}

/* Take what comes until the sink has enough or the server ends the copy. */
static CopyEnd receive(Receiver *r)
{
    const WalSink *sink = &r->stream->sink;
    const char *bytes;
    size_t len;

    for (;;) {
        if (sink->is_done(sink->arg, r->tli, r->next))
            return COPY_DONE;
        report_if_due(r);
        switch (client_copy_read(r->client, &bytes, &len, wait_ms(r))) {
        case CLIENT_COPY_DATA:
            take_message(r, bytes, len);
            break;
        case CLIENT_COPY_NOTHING:
            break;
        case CLIENT_COPY_END:
            return COPY_SERVER_ENDED;
        }
    }
}

static void take_message(Receiver *r, const char *bytes, size_t len)
{
    ReplFromServer m = repl_parse_from_server(bytes, len);

    switch (m.kind) {
    case REPL_WAL:
        take_wal(r, &m);
        break;
    default:
        if (m.wants_reply)
            report(r);
        break;
    }
}

/* Hand WAL to the sink, cut at the ends of segments. */
static void take_wal(Receiver *r, const ReplFromServer *m)
{
    const WalSink *sink = &r->stream->sink;
    const uint8_t *bytes = m->bytes;
    size_t len = m->len;

    if (m->start != r->next)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("got WAL data at " LSN_FMT ", expected " LSN_FMT,
                                     LSN_ARG(m->start), LSN_ARG(r->next)));
    while (len > 0) {
        uint32_t size = r->stream->segment_size;
        size_t n = size_min(len, size - wal_seg_offset(r->next, size));

        sink->write(sink->arg, r->tli, r->next, bytes, n);
        r->next += n;
        bytes += n;
        len -= n;
    }
}

static void report_if_due(Receiver *r)
{
    const WalStream *s = r->stream;
    bool is_due = s->status_interval_ms > 0 &&
                  clock_monotonic_us() - r->told_us >= (uint64_t)s->status_interval_ms * 1000;

    if (!is_due && s->reports_flush && s->sink.flushed != NULL)
        is_due = s->sink.flushed(s->sink.arg) != r->told_flushed;
    if (is_due)
        report(r);
}

static void report(Receiver *r)
{
    const WalSink *sink = &r->stream->sink;
    ReplFromClient m = {.written = r->next, .sent_at = clock_now()};
    uint8_t bytes[REPL_STATUS_SIZE];

    m.flushed = sink->flushed == NULL ? LSN_NONE : sink->flushed(sink->arg);
    client_copy_write(r->client, bytes, repl_write_status(bytes, &m));
    r->told_flushed = m.flushed;
    r->told_us = clock_monotonic_us();
}

/* How long to wait for the server: until the next status is due, or is_done is to be asked. */
static int wait_ms(const Receiver *r)
{
    const WalStream *s = r->stream;
    uint64_t since_ms = (clock_monotonic_us() - r->told_us) / 1000;
    unsigned ask_ms = s->ask_interval_ms == 0 ? ASK_INTERVAL_MS : s->ask_interval_ms;

    if (s->status_interval_ms == 0)
        return (int)ask_ms;
    if (since_ms >= s->status_interval_ms)
        return 1;
    return (int)size_min((size_t)(s->status_interval_ms - since_ms) + 1, ask_ms);
}

/* The sink has enough: end the copy from our side. What still comes is dropped. */
static void finish_done(Receiver *r)
{
    const char *bytes;
    size_t len;

    report(r);
    client_copy_end(r->client);
    while (client_copy_read(r->client, &bytes, &len, CLIENT_WAIT_EVER) != CLIENT_COPY_END)
        ;
    drain(r);
}

/* The server ended the copy: true when it goes on with another timeline, to which we switched. */
static bool finish_timeline(Receiver *r)
{
    ClientResult *result;

    result = client_next_result(r->client, ended);
    /* Unless the server is shutting down, it now waits for us to end the copy as well. */
    if (result != NULL && client_result_kind(result) == CLIENT_COPY_IN) {
        client_copy_end(r->client);
        result = client_next_result(r->client, ended);
    }
    if (result == NULL || client_result_kind(result) != CLIENT_ROWS)
        return false;
    switch_timeline(r, result);
    drain(r);
    return true;
}

static void switch_timeline(Receiver *r, const ClientResult *rows)
{
    const WalStream *s = r->stream;
    TimelineId to;
    Lsn at;

    if (client_row_count(rows) != 1 || client_column_count(rows) < 2)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = "unexpected result set after end-of-timeline");
    to = client_value_tli(rows, 0, 0);
    at = client_value_lsn(rows, 0, 1);
    if (to <= r->tli)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("server reported unexpected next timeline %u, following "
                                     "timeline %u",
                                     to, r->tli));
    if (at > r->next)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("server stopped streaming timeline %u at " LSN_FMT
                                     ", but reported next timeline %u to begin at " LSN_FMT,
                                     r->tli, LSN_ARG(r->next), to, LSN_ARG(at)));
    if (s->sink.switched != NULL)
        s->sink.switched(s->sink.arg, r->tli, to, at);

    /* The new timeline has a segment of its own from the switch on, with the old content before. */
    r->tli = to;
    r->next = at - wal_seg_offset(at, s->segment_size);
}

static void fetch_history(Receiver *r)
{
    const WalSink *sink = &r->stream->sink;
    TimelineFile file;

    if (r->tli <= 1 || sink->history == NULL)
        return;
    file = client_timeline_history(r->client, r->tli);
    sink->history(sink->arg, &file);
}

/* Take the rest of the server's answer. */
static void drain(Receiver *r)
{
    ClientResult *result;

    while ((result = client_next_result(r->client, ended)) != NULL)
        client_result_free(result);
}

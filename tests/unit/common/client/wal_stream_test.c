/*
 * wal_stream_test.c - a WAL stream from its start over timelines to its end, by a scripted server
 *
 * Segments are the smallest there are, 1 MiB; the order of messages is that of real servers.
 */
#include "common/base/base.h"

#include "common/client/wal_stream.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/proto/repl_message.h"
#include "common/text/num.h"
#include "tests/lib/fake_server.h"
#include "tests/unit/common/client/peer.h"
#include "tests/unit/unit.h"

#define SEGMENT MIB(1)

static FakeServer *server;

/* What the sink saw, as text. */
static struct {
    StrBuf log;
    Lsn done_at; /* is_done from there on */
    Lsn flushed;
    unsigned asked;
    TimelineId done_tli; /* and on that timeline */
} sink;

static void see_write(void *arg, TimelineId tli, Lsn lsn, const void *bytes, size_t len)
{
    CU_ASSERT_PTR_EQUAL(arg, &sink);
    if (len <= 8)
        strbuf_add_fmt(&sink.log, "%u " LSN_FMT " [%.*s]\n", tli, LSN_ARG(lsn), (int)len,
                       (const char *)bytes);
    else
        strbuf_add_fmt(&sink.log, "%u " LSN_FMT " %zu\n", tli, LSN_ARG(lsn), len);
}

static bool see_done(void *arg, TimelineId tli, Lsn received)
{
    CU_ASSERT_PTR_EQUAL(arg, &sink);
    sink.asked++;
    return received >= sink.done_at && tli >= sink.done_tli;
}

static Lsn see_flushed(void *arg)
{
    CU_ASSERT_PTR_EQUAL(arg, &sink);
    return sink.flushed;
}

static void see_history(void *arg, const TimelineFile *file)
{
    CU_ASSERT_PTR_EQUAL(arg, &sink);
    strbuf_add_fmt(&sink.log, "history %s\n", file->name);
}

static void see_switch(void *arg, TimelineId from, TimelineId to, Lsn lsn)
{
    CU_ASSERT_PTR_EQUAL(arg, &sink);
    strbuf_add_fmt(&sink.log, "switch %u to %u at " LSN_FMT "\n", from, to, LSN_ARG(lsn));
}

static WalStream stream(Lsn start, Lsn done_at)
{
    strbuf_init(&sink.log);
    sink.done_at = done_at;
    sink.done_tli = 0;
    sink.flushed = LSN_NONE;
    sink.asked = 0;
    return (WalStream){
        .tli = 1,
        .start = start,
        .segment_size = SEGMENT,
        .status_interval_ms = WAL_STATUS_INTERVAL_MS,
        .ask_interval_ms = 10,
        .sink = {see_write, see_done, see_flushed, see_history, see_switch, &sink},
    };
}

static Client *connect_steps(const FakeStep *steps)
{
    return peer_connect(&(FakeScript){.steps = steps}, &server);
}

static void end(Client *c)
{
    peer_end(c, server);
}

static void add_wal(StrBuf *out, Lsn start, const void *bytes, size_t len)
{
    ReplFromServer m = {.start = start, .server_end = start + len};
    uint8_t head[REPL_WAL_HEAD_SIZE];
    StrBuf body;

    strbuf_init(&body);
    strbuf_add_bytes(&body, head, repl_write_wal_head(head, &m));
    strbuf_add_bytes(&body, bytes, len);
    fake_data(out, body.text, body.len);
}

static void add_keepalive(StrBuf *out, bool wants_reply)
{
    ReplFromServer m = {.wants_reply = wants_reply};
    uint8_t bytes[REPL_KEEPALIVE_SIZE];

    fake_data(out, bytes, repl_write_keepalive(bytes, &m));
}

/* What a server says when both sides have ended the copy. */
static void add_end(StrBuf *out)
{
    fake_message(out, 'c', "", 0);
    fake_complete(out, "START_STREAMING");
    fake_complete(out, "START_REPLICATION");
    fake_ready(out);
}

static void add_next_timeline(StrBuf *out, const char *row)
{
    fake_columns(out, "next_tli,next_tli_startpos");
    fake_row(out, row);
    fake_complete(out, "START_STREAMING");
    fake_complete(out, "START_REPLICATION");
    fake_ready(out);
}

static void wal_comes_until_the_sink_has_enough(void)
{
    StrBuf *wal = peer_buffer(), *rest = peer_buffer();
    WalStream s = stream(0x100000, 0x100005);
    Client *c;

    fake_copy(wal, 'W');
    add_wal(wal, 0x100000, "abc", 3);
    add_wal(wal, 0x100003, "de", 2);
    add_wal(rest, 0x100005, "late", 4);
    add_end(rest);
    s.slot = "slot";
    c = connect_steps(
        (const FakeStep[]){{'Q', "START_REPLICATION SLOT \"slot\" 0/100000 TIMELINE 1", wal},
                           {'d', "r", NULL},
                           {'c', NULL, rest},
                           {'Q', "IDENTIFY_SYSTEM", NULL},
                           FAKE_END});
    CU_ASSERT_EQUAL(wal_stream_run(c, &s), WAL_STREAM_DONE);
    CU_ASSERT_STRING_EQUAL(sink.log.text, "1 0/100000 [abc]\n1 0/100003 [de]\n");
    /* The connection can be used again. */
    client_send(c, "IDENTIFY_SYSTEM");
    end(c);
}

static void messages_are_cut_at_the_ends_of_segments(void)
{
    StrBuf *wal = peer_buffer(), *rest = peer_buffer();
    size_t len = 2 * SEGMENT + 5;
    char *bytes = mem_alloc(len);
    WalStream s = stream(0x100000, 0x300005);
    Client *c;

    memset(bytes, '.', len);
    fake_copy(wal, 'W');
    add_wal(wal, 0x100000, bytes, 10);
    add_wal(wal, 0x10000A, bytes, len - 10);
    add_end(rest);
    c = connect_steps(
        (const FakeStep[]){{'Q', NULL, wal}, {'d', NULL, NULL}, {'c', NULL, rest}, FAKE_END});
    CU_ASSERT_EQUAL(wal_stream_run(c, &s), WAL_STREAM_DONE);
    CU_ASSERT_STRING_EQUAL(sink.log.text, "1 0/100000 10\n1 0/10000A 1048566\n"
                                          "1 0/200000 1048576\n1 0/300000 [.....]\n");
    end(c);
}

static void a_server_that_asks_is_answered_at_once(void)
{
    StrBuf *ask = peer_buffer(), *more = peer_buffer(), *rest = peer_buffer();
    WalStream s = stream(0x100000, 0x100006);
    Client *c;

    fake_copy(ask, 'W');
    add_wal(ask, 0x100000, "abcde", 5);
    add_keepalive(ask, false);
    add_keepalive(ask, true);
    add_wal(more, 0x100005, "f", 1);
    add_end(rest);
    s.status_interval_ms = 0;
    c = connect_steps((const FakeStep[]){
        {'Q', NULL, ask}, {'d', "r", more}, {'d', "r", NULL}, {'c', NULL, rest}, FAKE_END});
    CU_ASSERT_EQUAL(wal_stream_run(c, &s), WAL_STREAM_DONE);
    end(c);
}

static void reports_come_by_themselves(void)
{
    StrBuf *start = peer_buffer();
    WalStream s = stream(0x100000, 0x100001);
    Client *c;

    fake_copy(start, 'W');
    s.status_interval_ms = 1;
    c = connect_steps((const FakeStep[]){{'Q', NULL, start},
                                         {'d', "r", NULL},
                                         {'d', "r", NULL},
                                         {FAKE_HANG_UP, NULL, NULL},
                                         FAKE_END});
    UNIT_ASSERT_RAISES(SQLSTATE_CONNECTION_FAILURE, wal_stream_run(c, &s));
    CU_ASSERT_TRUE(sink.asked > 1);
    end(c);
}

static void flushes_are_reported_when_the_server_waits_for_them(void)
{
    StrBuf *start = peer_buffer(), *more = peer_buffer(), *rest = peer_buffer();
    WalStream s = stream(0x100000, 0x100001);
    Client *c;

    fake_copy(start, 'W');
    add_wal(more, 0x100000, "a", 1);
    add_end(rest);
    s.reports_flush = true;
    sink.flushed = 0x100000;
    c = connect_steps((const FakeStep[]){
        {'Q', NULL, start}, {'d', "r", more}, {'d', "r", NULL}, {'c', NULL, rest}, FAKE_END});
    CU_ASSERT_EQUAL(wal_stream_run(c, &s), WAL_STREAM_DONE);
    end(c);
}

static void the_stream_follows_to_the_next_timeline(void)
{
    StrBuf *old = peer_buffer(), *next = peer_buffer(), *history = peer_buffer(),
           *wal = peer_buffer(), *rest = peer_buffer();
    WalStream s = stream(0x100000, 0x100004);
    Client *c;

    fake_copy(old, 'W');
    add_wal(old, 0x100000, "abc", 3);
    fake_message(old, 'c', "", 0);
    add_next_timeline(next, "2,0/100003");
    fake_answer(history, "filename,content", "00000002.history,x", "TIMELINE_HISTORY");
    fake_copy(wal, 'W');
    add_wal(wal, 0x100000, "abcD", 4);
    add_end(rest);
    sink.done_tli = 2;
    c = connect_steps((const FakeStep[]){{'Q', "START_REPLICATION 0/100000 TIMELINE 1", old},
                                         {'c', NULL, next},
                                         {'Q', "TIMELINE_HISTORY 2", history},
                                         {'Q', "START_REPLICATION 0/100000 TIMELINE 2", wal},
                                         {'d', NULL, NULL},
                                         {'c', NULL, rest},
                                         FAKE_END});
    CU_ASSERT_EQUAL(wal_stream_run(c, &s), WAL_STREAM_DONE);
    CU_ASSERT_STRING_EQUAL(sink.log.text, "1 0/100000 [abc]\nswitch 1 to 2 at 0/100003\n"
                                          "history 00000002.history\n2 0/100000 [abcD]\n");
    end(c);
}

static void a_timeline_may_end_where_we_begin(void)
{
    StrBuf *next = peer_buffer(), *wal = peer_buffer(), *rest = peer_buffer();
    WalStream s = stream(0x100000, 0x100001);
    Client *c;

    add_next_timeline(next, "3,0/100000");
    fake_copy(wal, 'W');
    add_wal(wal, 0x100000, "a", 1);
    add_end(rest);
    s.sink.history = NULL;
    s.sink.switched = NULL;
    s.sink.flushed = NULL;
    c = connect_steps((const FakeStep[]){{'Q', "START_REPLICATION 0/100000 TIMELINE 1", next},
                                         {'Q', "START_REPLICATION 0/100000 TIMELINE 3", wal},
                                         {'d', NULL, NULL},
                                         {'c', NULL, rest},
                                         FAKE_END});
    CU_ASSERT_EQUAL(wal_stream_run(c, &s), WAL_STREAM_DONE);
    CU_ASSERT_STRING_EQUAL(sink.log.text, "3 0/100000 [a]\n");
    end(c);
}

static void a_server_that_shuts_down_ends_the_stream(void)
{
    StrBuf *wal = peer_buffer();
    WalStream s = stream(0x100000, UINT64_MAX);
    Client *c;

    fake_copy(wal, 'W');
    add_wal(wal, 0x100000, "abc", 3);
    fake_complete(wal, "COPY 0");
    c = connect_steps((const FakeStep[]){{'Q', NULL, wal}, {FAKE_HANG_UP, NULL, NULL}, FAKE_END});
    CU_ASSERT_EQUAL(wal_stream_run(c, &s), WAL_STREAM_SERVER_ENDS);
    CU_ASSERT_STRING_EQUAL(sink.log.text, "1 0/100000 [abc]\n");
    end(c);
}

/* A script of one answer, to which the stream raises. */
static void refused(const StrBuf *bytes, SqlState state, const char *message)
{
    WalStream s = stream(0x100000, UINT64_MAX);
    Client *c = connect_steps((const FakeStep[]){{'Q', NULL, bytes}, FAKE_END});

    UNIT_ASSERT_RAISES_MESSAGE(state, message, wal_stream_run(c, &s));
    client_close(c);
    fake_server_end(server);
}

static void gaps_are_refused(void)
{
    StrBuf *wal = peer_buffer();

    fake_copy(wal, 'W');
    add_wal(wal, 0x100000, "abc", 3);
    add_wal(wal, 0x100004, "d", 1);
    refused(wal, SQLSTATE_PROTOCOL_VIOLATION, "got WAL data at 0/100004, expected 0/100003");
}

static void errors_of_the_server_are_raised(void)
{
    StrBuf *at_once = peer_buffer(), *later = peer_buffer();

    fake_error(at_once, "42704", "replication slot \"nix\" does not exist");
    refused(at_once, SQLSTATE_UNDEFINED_OBJECT,
            "could not send replication command \"START_REPLICATION\": ERROR:  replication slot "
            "\"nix\" does not exist");
    fake_copy(later, 'W');
    fake_error(later, "58P01", "requested WAL segment X has already been removed");
    refused(later, SQLSTATE_UNDEFINED_FILE,
            "could not read COPY data: ERROR:  requested WAL segment X has already been removed");
}

static void impossible_timelines_are_refused(void)
{
    StrBuf *same = peer_buffer(), *gap = peer_buffer(), *empty = peer_buffer(),
           *command = peer_buffer();

    add_next_timeline(same, "1,0/100000");
    refused(same, SQLSTATE_PROTOCOL_VIOLATION,
            "server reported unexpected next timeline 1, following timeline 1");
    add_next_timeline(gap, "2,0/100001");
    refused(gap, SQLSTATE_PROTOCOL_VIOLATION,
            "server stopped streaming timeline 1 at 0/100000, but reported next timeline 2 to "
            "begin at 0/100001");
    fake_answer(empty, "next_tli", "2", "START_STREAMING");
    refused(empty, SQLSTATE_PROTOCOL_VIOLATION, "unexpected result set after end-of-timeline");
    fake_complete(command, "START_REPLICATION");
    fake_ready(command);
    refused(command, SQLSTATE_PROTOCOL_VIOLATION,
            "unexpected answer to replication command \"START_REPLICATION\"");
}

UNIT_SUITE(wal_stream)
{
    UNIT_TEST(wal_comes_until_the_sink_has_enough);
    UNIT_TEST(messages_are_cut_at_the_ends_of_segments);
    UNIT_TEST(a_server_that_asks_is_answered_at_once);
    UNIT_TEST(reports_come_by_themselves);
    UNIT_TEST(flushes_are_reported_when_the_server_waits_for_them);
    UNIT_TEST(the_stream_follows_to_the_next_timeline);
    UNIT_TEST(a_timeline_may_end_where_we_begin);
    UNIT_TEST(a_server_that_shuts_down_ends_the_stream);
    UNIT_TEST(gaps_are_refused);
    UNIT_TEST(errors_of_the_server_are_raised);
    UNIT_TEST(impossible_timelines_are_refused);
}

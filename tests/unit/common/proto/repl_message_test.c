/* repl_message_test.c - messages of a WAL stream; the bytes are those of a 15.20 server. */
#include "common/base/base.h"

#include "common/proto/repl_message.h"
#include "common/text/hex.h"
#include "tests/unit/unit.h"

/* START_REPLICATION 0/2000000 of a server that stands at 0/3048728; the WAL itself is cut. */
static const char wal_head[] = "77000000000200000000000000030487"
                               "28000303e62d97c40010d102000100000000000002";
static const char keepalive[] = "6b0000000002040000000303e62d97c4da00";

static size_t bytes_of(const char *hex, uint8_t *out)
{
    size_t len = strlen(hex) / 2;

    CU_ASSERT_TRUE_FATAL(hex_try_read(hex, out, len));
    return len;
}

static void wal_of_a_real_server_is_read(void)
{
    uint8_t bytes[64];
    size_t len = bytes_of(wal_head, bytes);
    ReplFromServer m = repl_parse_from_server(bytes, len);

    CU_ASSERT_EQUAL(m.kind, REPL_WAL);
    CU_ASSERT_EQUAL(m.start, 0x2000000);
    CU_ASSERT_EQUAL(m.server_end, 0x3048728);
    CU_ASSERT_EQUAL(m.sent_at, INT64_C(0x000303e62d97c400));
    CU_ASSERT_PTR_EQUAL(m.bytes, bytes + REPL_WAL_HEAD_SIZE);
    CU_ASSERT_EQUAL(m.len, len - REPL_WAL_HEAD_SIZE);
}

static void wal_may_be_empty(void)
{
    uint8_t bytes[64];

    bytes_of(wal_head, bytes);
    CU_ASSERT_EQUAL(repl_parse_from_server(bytes, REPL_WAL_HEAD_SIZE).len, 0);
}

static void a_keepalive_of_a_real_server_is_read(void)
{
    uint8_t bytes[64];
    size_t len = bytes_of(keepalive, bytes);
    ReplFromServer m = repl_parse_from_server(bytes, len);

    CU_ASSERT_EQUAL(m.kind, REPL_KEEPALIVE);
    CU_ASSERT_EQUAL(m.server_end, 0x2040000);
    CU_ASSERT_EQUAL(m.sent_at, INT64_C(0x000303e62d97c4da));
    CU_ASSERT_FALSE(m.wants_reply);
    bytes[17] = 1;
    CU_ASSERT_TRUE(repl_parse_from_server(bytes, len).wants_reply);
}

static void what_is_read_can_be_written(void)
{
    uint8_t bytes[64], out[64];
    ReplFromServer m;

    bytes_of(wal_head, bytes);
    m = repl_parse_from_server(bytes, REPL_WAL_HEAD_SIZE);
    CU_ASSERT_EQUAL(repl_write_wal_head(out, &m), REPL_WAL_HEAD_SIZE);
    CU_ASSERT_EQUAL(memcmp(out, bytes, REPL_WAL_HEAD_SIZE), 0);

    bytes_of(keepalive, bytes);
    m = repl_parse_from_server(bytes, REPL_KEEPALIVE_SIZE);
    CU_ASSERT_EQUAL(repl_write_keepalive(out, &m), REPL_KEEPALIVE_SIZE);
    CU_ASSERT_EQUAL(memcmp(out, bytes, REPL_KEEPALIVE_SIZE), 0);
}

/* The server answered these bytes with a keepalive. */
static void a_status_is_written_as_a_server_takes_it(void)
{
    ReplFromClient m = {
        .written = 1, .flushed = 2, .applied = 3, .sent_at = 4, .wants_reply = true};
    uint8_t out[REPL_STATUS_SIZE], expected[REPL_STATUS_SIZE];

    bytes_of("72"
             "0000000000000001"
             "0000000000000002"
             "0000000000000003"
             "0000000000000004"
             "01",
             expected);
    CU_ASSERT_EQUAL(repl_write_status(out, &m), REPL_STATUS_SIZE);
    CU_ASSERT_EQUAL(memcmp(out, expected, sizeof out), 0);
    m = repl_parse_from_client(out, sizeof out);
    CU_ASSERT_EQUAL(m.kind, REPL_STATUS);
    CU_ASSERT_EQUAL(m.written, 1);
    CU_ASSERT_EQUAL(m.flushed, 2);
    CU_ASSERT_EQUAL(m.applied, 3);
    CU_ASSERT_EQUAL(m.sent_at, 4);
    CU_ASSERT_TRUE(m.wants_reply);
}

static void feedback_is_written_and_read(void)
{
    ReplFromClient m = {
        .xmin = 700, .xmin_epoch = 1, .catalog_xmin = 600, .catalog_xmin_epoch = 2, .sent_at = 5};
    uint8_t out[REPL_FEEDBACK_SIZE], expected[REPL_FEEDBACK_SIZE];

    bytes_of("68"
             "0000000000000005"
             "000002bc"
             "00000001"
             "00000258"
             "00000002",
             expected);
    CU_ASSERT_EQUAL(repl_write_feedback(out, &m), REPL_FEEDBACK_SIZE);
    CU_ASSERT_EQUAL(memcmp(out, expected, sizeof out), 0);
    m = repl_parse_from_client(out, sizeof out);
    CU_ASSERT_EQUAL(m.kind, REPL_FEEDBACK);
    CU_ASSERT_EQUAL(m.xmin, 700);
    CU_ASSERT_EQUAL(m.xmin_epoch, 1);
    CU_ASSERT_EQUAL(m.catalog_xmin, 600);
    CU_ASSERT_EQUAL(m.catalog_xmin_epoch, 2);
    CU_ASSERT_EQUAL(m.sent_at, 5);
}

static void foreign_messages_are_refused(void)
{
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION,
                               "unrecognized replication message type 0x78",
                               repl_parse_from_server("x", 1));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION,
                               "unrecognized replication message type 0x77",
                               repl_parse_from_client("w", 1));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "unexpected end of replication message",
                               repl_parse_from_server("", 0));
}

static void too_short(const void *bytes, size_t len)
{
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, repl_parse_from_server(bytes, len));
}

static void wrong_lengths_are_refused(void)
{
    uint8_t bytes[64] = {0};

    bytes_of(keepalive, bytes);
    for (size_t len = 1; len < REPL_KEEPALIVE_SIZE; len++)
        too_short(bytes, len);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION,
                               "replication message \"k\" is 1 bytes too long",
                               repl_parse_from_server(bytes, REPL_KEEPALIVE_SIZE + 1));
    bytes[0] = 'r';
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED,
                       repl_parse_from_client(bytes, REPL_STATUS_SIZE - 1));
    UNIT_ASSERT_RAISES(SQLSTATE_PROTOCOL_VIOLATION,
                       repl_parse_from_client(bytes, REPL_STATUS_SIZE + 1));
    bytes_of(wal_head, bytes);
    for (size_t len = 1; len < REPL_WAL_HEAD_SIZE; len++)
        too_short(bytes, len);
}

static void wal_beyond_the_last_position_is_refused(void)
{
    uint8_t bytes[REPL_WAL_HEAD_SIZE + 2] = {'w', 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION, "WAL at FFFFFFFF/FFFFFFFF does not end",
                               repl_parse_from_server(bytes, sizeof bytes));
}

UNIT_SUITE(repl_message)
{
    UNIT_TEST(wal_of_a_real_server_is_read);
    UNIT_TEST(wal_may_be_empty);
    UNIT_TEST(a_keepalive_of_a_real_server_is_read);
    UNIT_TEST(what_is_read_can_be_written);
    UNIT_TEST(a_status_is_written_as_a_server_takes_it);
    UNIT_TEST(feedback_is_written_and_read);
    UNIT_TEST(foreign_messages_are_refused);
    UNIT_TEST(wrong_lengths_are_refused);
    UNIT_TEST(wal_beyond_the_last_position_is_refused);
}

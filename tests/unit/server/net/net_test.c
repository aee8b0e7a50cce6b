/* net_test.c - messages in and out over a pair of sockets; the test is the client. */
#include "common/base/base.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/child.h"
#include "common/os/socket.h"
#include "common/text/strbuf.h"
#include "server/ipc/interrupt.h"
#include "server/net/net.h"
#include "tests/lib/child.h"
#include "tests/unit/unit.h"

static int client_fd;

static void open_connection(void)
{
    int fds[2];

    os_socket_pair(fds);
    client_fd = fds[1];
    net_init(fds[0], &(OsPeer){.is_unix = true});
    (void)interrupt_take(INTERRUPT_CLIENT_GONE);
}

static void close_connection(void)
{
    net_close();
    os_socket_close(client_fd);
}

static void client_sends(const void *bytes, size_t len)
{
    const char *at = bytes;

    while (len > 0) {
        ssize_t n = write(client_fd, at, len);

        CU_ASSERT_TRUE_FATAL(n > 0);
        at += n;
        len -= (size_t)n;
    }
}

static void client_sends_message(char type, const void *body, size_t len)
{
    uint8_t head[5];

    head[0] = (uint8_t)type;
    store_be32(head + 1, (uint32_t)len + 4);
    client_sends(head, sizeof head);
    client_sends(body, len);
}

/* All that is there, up to size bytes. */
static size_t client_gets(uint8_t *bytes, size_t size)
{
    struct pollfd wait = {.fd = client_fd, .events = POLLIN};
    size_t have = 0;

    while (have < size && poll(&wait, 1, 5) > 0) {
        ssize_t n = read(client_fd, bytes + have, size - have);

        if (n <= 0)
            break;
        have += (size_t)n;
    }
    return have;
}

static void messages_come_one_by_one(void)
{
    ByteReader body;

    open_connection();
    client_sends_message('Q', "select 1", 9);
    client_sends_message('S', "", 0);
    CU_ASSERT_EQUAL(net_read_message(&body, 0), 'Q');
    CU_ASSERT_STRING_EQUAL(net_get_cstring(&body), "select 1");
    net_end_body(&body);
    CU_ASSERT_TRUE(net_has_input());
    CU_ASSERT_EQUAL(net_read_message(&body, 0), 'S');
    net_end_body(&body);
    CU_ASSERT_FALSE(net_has_input());
    CU_ASSERT_FALSE(net_is_mid_message());
    close_connection();
}

/* Of each size around the input buffer's, behind another message, in one go and in two. */
static void messages_of_all_sizes_arrive_whole(void)
{
    static const size_t sizes[] = {0, 1, 8180, 8186, 8187, 8188, 8191, 8192, 8193, 20000, 65537};
    uint8_t *bytes = mem_alloc(65537);

    for (size_t i = 0; i < 65537; i++)
        bytes[i] = (uint8_t)(i * 7);
    open_connection();
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        ByteReader body;

        client_sends_message('H', "", 0);
        client_sends_message('d', bytes, sizes[i]);
        client_sends_message('S', "", 0);
        CU_ASSERT_EQUAL(net_read_message(&body, 0), 'H');
        CU_ASSERT_EQUAL(net_read_message(&body, 0), 'd');
        CU_ASSERT_EQUAL_FATAL(byte_reader_left(&body), sizes[i]);
        CU_ASSERT_EQUAL(memcmp(body.pos, bytes, sizes[i]), 0);
        CU_ASSERT_EQUAL(net_read_message(&body, 0), 'S');
    }
    close_connection();
}

static void a_length_that_lies_ends_the_connection(void)
{
    static const char *const bad[] = {"Q\0\0\0\3", "S\0\0\x27\x11", "Q\x3f\xff\xff\xff",
                                      "d\xff\xff\xff\xff"};
    ByteReader body;

    err_set_log_level(ERR_ERROR);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        open_connection();
        client_sends(bad[i], 5);
        CU_ASSERT_EQUAL(net_read_message(&body, 0), 0);
        CU_ASSERT_TRUE(net_is_mid_message());
        close_connection();
    }
    open_connection();
    client_sends("p\0\0\1\0", 5);
    CU_ASSERT_EQUAL(net_read_message(&body, 100), 0);
    close_connection();
    err_set_log_level(ERR_NOTICE);
}

static void a_client_that_leaves_ends_the_messages(void)
{
    static const char *const cut[] = {"", "Q", "Q\0\0", "Q\0\0\0\010ab"};
    static const size_t lens[] = {0, 1, 3, 7};
    ByteReader body;

    err_set_log_level(ERR_ERROR);
    for (size_t i = 0; i < ARRAY_LEN(cut); i++) {
        open_connection();
        client_sends(cut[i], lens[i]);
        os_socket_shutdown(client_fd);
        CU_ASSERT_EQUAL(net_read_message(&body, 0), 0);
        close_connection();
    }
    err_set_log_level(ERR_NOTICE);
}

static void bodies_that_are_short_or_long_are_refused(void)
{
    ByteReader body;

    open_connection();
    client_sends_message('Q', "ab", 2);
    net_read_message(&body, 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION, "invalid string in message",
                               net_get_cstring(&body));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION, "insufficient data left in message",
                               net_get_u32(&body));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION, "invalid message format",
                               net_end_body(&body));
    CU_ASSERT_EQUAL(net_get_u16(&body), 0x6162);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION, "no data left in message",
                               net_get_u8(&body));
    close_connection();
}

static void output_is_sent_by_flush_or_when_it_is_full(void)
{
    static uint8_t bytes[40000];
    static const uint8_t expected[] = {'D', 0, 0,  0,  23, 1,  2,  3,  4,   5,   6, 7,
                                       8,   9, 10, 11, 12, 13, 14, 15, 'a', 'b', 0, 'x'};

    open_connection();
    net_begin('D');
    net_put_u8(1);
    net_put_u16(0x0203);
    net_put_u32(0x04050607);
    net_put_u64(UINT64_C(0x08090A0B0C0D0E0F));
    net_put_cstring("ab");
    net_put_bytes("x", 1);
    net_end();
    CU_ASSERT_TRUE(net_has_output());
    net_flush();
    CU_ASSERT_FALSE(net_has_output());
    CU_ASSERT_EQUAL(client_gets(bytes, sizeof bytes), sizeof expected);
    CU_ASSERT_EQUAL(memcmp(bytes, expected, sizeof expected), 0);

    net_begin('d');
    net_put_bytes(bytes, 30000);
    net_end();
    CU_ASSERT_FALSE(net_has_output());
    CU_ASSERT_EQUAL(client_gets(bytes, sizeof bytes), 30005);
    close_connection();
}

static void a_message_that_is_dropped_leaves_the_others(void)
{
    uint8_t bytes[100];

    open_connection();
    net_send_empty('1');
    net_begin('D');
    net_put_u32(7);
    CU_ASSERT_TRUE(net_is_in_message());
    net_discard_message();
    CU_ASSERT_FALSE(net_is_in_message());
    net_send_empty('2');
    net_flush();
    CU_ASSERT_EQUAL(client_gets(bytes, sizeof bytes), 10);
    CU_ASSERT_EQUAL(memcmp(bytes,
                           "1\0\0\0\4"
                           "2\0\0\0\4",
                           10),
                    0);
    close_connection();
}

static void a_report_has_its_fields_in_order(void)
{
    static const char expected[] =
        "SERROR\0VERROR\0C42601\0Mm\0Dd\0Hh\0P3\0p4\0qq\0Ww\0ss\0tt\0cc\0"
        "dd\0nn\0Ff.c\0L9\0";
    uint8_t bytes[200];
    size_t len;

    open_connection();
    net_send_report(&(ErrReport){.level = ERR_ERROR,
                                 .sqlstate = SQLSTATE_SYNTAX_ERROR,
                                 .message = "m",
                                 .detail = "d",
                                 .hint = "h",
                                 .position = 3,
                                 .internal_position = 4,
                                 .internal_query = "q",
                                 .context = "w",
                                 .schema = "s",
                                 .table = "t",
                                 .column = "c",
                                 .data_type = "d",
                                 .constraint = "n",
                                 .file = "f.c",
                                 .line = 9});
    len = client_gets(bytes, sizeof bytes);
    CU_ASSERT_EQUAL(len, 5 + sizeof expected);
    CU_ASSERT_EQUAL(bytes[0], 'E');
    CU_ASSERT_EQUAL(load_be32(bytes + 1), len - 1);
    CU_ASSERT_EQUAL(memcmp(bytes + 5, expected, sizeof expected), 0);
    close_connection();
}

static void a_notice_stands_before_the_message_that_is_written(void)
{
    uint8_t bytes[200];
    size_t len;

    open_connection();
    net_begin('D');
    net_put_u32(7);
    net_send_report(
        &(ErrReport){.level = ERR_NOTICE, .sqlstate = SQLSTATE_WARNING, .message = "m"});
    net_put_u32(8);
    net_end();
    net_flush();
    len = client_gets(bytes, sizeof bytes);
    CU_ASSERT_EQUAL(bytes[0], 'N');
    CU_ASSERT_EQUAL_FATAL(len, 1 + load_be32(bytes + 1) + 13);
    CU_ASSERT_EQUAL(memcmp(bytes + len - 13, "D\0\0\0\x0c\0\0\0\7\0\0\0\x08", 13), 0);

    net_begin('D');
    net_put_u32(7);
    net_send_report(&(ErrReport){.level = ERR_ERROR, .sqlstate = SQLSTATE_WARNING, .message = "m"});
    CU_ASSERT_FALSE(net_is_in_message());
    len = client_gets(bytes, sizeof bytes);
    CU_ASSERT_EQUAL(bytes[0], 'E');
    CU_ASSERT_EQUAL(len, 1 + load_be32(bytes + 1));
    close_connection();
}

static void text_is_converted_on_its_way(void)
{
    uint8_t bytes[100];
    ByteReader body;
    size_t len;

    open_connection();
    net_set_encodings(ENCODING_LATIN1, ENCODING_UTF8);
    client_sends_message('Q', "caf\xe9", 5);
    net_read_message(&body, 0);
    CU_ASSERT_STRING_EQUAL(net_get_cstring(&body), "caf\xc3\xa9");
    net_begin('D');
    net_put_cstring("caf\xc3\xa9");
    net_put_counted_text("\xc3\xa9", 2);
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_UNTRANSLATABLE_CHARACTER,
        "character with byte sequence 0xe2 0x82 0xac in encoding \"UTF8\" has no equivalent in "
        "encoding \"LATIN1\"",
        net_put_cstring("\xe2\x82\xac"));
    net_end();
    net_flush();
    len = client_gets(bytes, sizeof bytes);
    CU_ASSERT_EQUAL(len, 15);
    CU_ASSERT_EQUAL(memcmp(bytes + 5, "caf\xe9\0\0\0\0\1\xe9", 10), 0);

    /* A report is told with what can be told. */
    net_send_report(&(ErrReport){.level = ERR_ERROR, .message = "\xe2\x82\xac\xc3\xa9"});
    len = client_gets(bytes, sizeof bytes);
    CU_ASSERT_PTR_NOT_NULL(memmem(bytes, len, "M?\xe9", 4));

    net_set_encodings(ENCODING_UTF8, ENCODING_UTF8);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_CHARACTER_NOT_IN_REPERTOIRE,
                               "invalid byte sequence for encoding \"UTF8\": 0xe9",
                               net_text_in("caf\xe9", 4, &len));
    close_connection();
}

static void a_client_that_is_gone_is_told_of_once(void)
{
    static uint8_t bytes[9000];

    err_set_log_level(ERR_ERROR);
    open_connection();
    os_socket_close(client_fd);
    for (int i = 0; i < 3; i++) {
        net_begin('d');
        net_put_bytes(bytes, sizeof bytes);
        net_end();
    }
    CU_ASSERT_TRUE(net_is_lost());
    CU_ASSERT_TRUE(interrupt_take(INTERRUPT_CLIENT_GONE));
    CU_ASSERT_FALSE(net_has_output());
    net_close();
    err_set_log_level(ERR_NOTICE);
}

/* ---- Start-up ---- */

static void sends_a_report(const ErrReport *report)
{
    net_send_report(report);
}

static void read_startup(void *arg)
{
    StartupPacket packet;

    (void)arg;
    err_set_log_level(ERR_WARNING);
    err_set_sink(sends_a_report);
    if (!net_read_startup(&packet))
        os_exit_now(3);
    net_flush();
    os_exit_now(packet.kind == STARTUP_CANCEL ? 4 : 0);
}

static ChildEnd start(const void *bytes, size_t len, uint8_t answer[300], size_t *answer_len)
{
    ChildEnd end;

    open_connection();
    client_sends(bytes, len);
    shutdown(client_fd, SHUT_WR);
    end = child_run(read_startup, NULL);
    *answer_len = client_gets(answer, 300);
    close_connection();
    return end;
}

static const struct {
    const char *bytes;
    size_t len;
    int exit_code;
    const char *answer; /* what is in it */
    size_t answer_len;
} starts[] = {
    {"\0\0\0\x12\0\3\0\0user\0bob\0", 18, 0, "", 0},
    {"", 0, 3, "", 0},
    {"\0\0", 2, 3, "", 0},
    {"\0\0\0\7\0\0\0", 7, 3, "", 0},
    {"\0\0\x27\x15\0\3\0\0", 8, 3, "", 0},
    {"\0\0\0\x12\0\3\0\0user", 12, 3, "", 0},
    {"\0\0\0\x10\x04\xd2\x16\x2e\0\0\0\1\0\0\0\2", 16, 4, "", 0},
    {"\0\0\0\x08\x04\xd2\x16\x2f\0\0\0\x12\0\3\0\0user\0bob\0", 26, 1, "N", 1},
    {"\0\0\0\x12\0\2\0\0user\0bob\0", 18, 1,
     "EFATAL:  unsupported frontend protocol 2.0: server supports 3.0 to 3.0\n\0", 71},
    {"\0\0\0\x12\0\3\0\2user\0bob\0", 18, 0, "v\0\0\0\x0c\0\3\0\0\0\0\0\0", 13},
};

static void start_up_packets_are_answered(void)
{
    for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
        uint8_t answer[300];
        size_t len;
        ChildEnd end = start(starts[i].bytes, starts[i].len, answer, &len);

        if (end.exit_code != starts[i].exit_code || len < starts[i].answer_len ||
            memcmp(answer, starts[i].answer, starts[i].answer_len) != 0 ||
            (starts[i].answer_len == 0 && len != 0))
            err_raise(SQLSTATE_CHECK_FAILED,
                      .message = err_fmt("start %zu: exit %d, %zu bytes", i, end.exit_code, len));
    }
}

UNIT_SUITE(net)
{
    UNIT_TEST(messages_come_one_by_one);
    UNIT_TEST(messages_of_all_sizes_arrive_whole);
    UNIT_TEST(a_length_that_lies_ends_the_connection);
    UNIT_TEST(a_client_that_leaves_ends_the_messages);
    UNIT_TEST(bodies_that_are_short_or_long_are_refused);
    UNIT_TEST(output_is_sent_by_flush_or_when_it_is_full);
    UNIT_TEST(a_message_that_is_dropped_leaves_the_others);
    UNIT_TEST(a_report_has_its_fields_in_order);
    UNIT_TEST(a_notice_stands_before_the_message_that_is_written);
    UNIT_TEST(text_is_converted_on_its_way);
    UNIT_TEST(a_client_that_is_gone_is_told_of_once);
    UNIT_TEST(start_up_packets_are_answered);
}

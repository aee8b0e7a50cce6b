/* copy_test.c - data of a copy between a command and a client, over a pair of sockets. */
#include "common/base/base.h"

#include <unistd.h>

#include "common/err/err.h"
#include "common/os/socket.h"
#include "server/net/copy.h"
#include "server/net/net.h"
#include "tests/unit/unit.h"

static int client_fd;

static void open_connection(void)
{
    int fds[2];

    os_socket_pair(fds);
    client_fd = fds[1];
    net_init(fds[0], &(OsPeer){.is_unix = true});
}

static void close_connection(void)
{
    net_close();
    os_socket_close(client_fd);
}

static void client_sends(const char *bytes, size_t len)
{
    CU_ASSERT_EQUAL_FATAL(write(client_fd, bytes, len), (ssize_t)len);
}

static void client_gets(const char *expected, size_t len)
{
    char bytes[100];

    CU_ASSERT_EQUAL(read(client_fd, bytes, sizeof bytes), (ssize_t)len);
    CU_ASSERT_EQUAL(memcmp(bytes, expected, len), 0);
}

static void pieces_come_until_the_client_is_done(void)
{
    ByteReader data;

    open_connection();
    copy_in_begin(COPY_BINARY, 2);
    client_gets("G\0\0\0\x0b\1\0\2\0\1\0\1", 12);
    client_sends("d\0\0\0\7abcS\0\0\0\4H\0\0\0\4d\0\0\0\4c\0\0\0\4", 28);
    CU_ASSERT_TRUE(copy_in_next(&data));
    CU_ASSERT_EQUAL(byte_reader_left(&data), 3);
    CU_ASSERT_EQUAL(memcmp(data.pos, "abc", 3), 0);
    CU_ASSERT_TRUE(copy_in_next(&data));
    CU_ASSERT_EQUAL(byte_reader_left(&data), 0);
    CU_ASSERT_FALSE(copy_in_next(&data));
    close_connection();
}

static void a_client_may_give_up_or_leave(void)
{
    ByteReader data;

    open_connection();
    client_sends("f\0\0\0\x0c"
                 "no more",
                 13);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_QUERY_CANCELED, "COPY from stdin failed: no more",
                               copy_in_next(&data));
    CU_ASSERT_FALSE(net_is_mid_message());
    os_socket_close(client_fd);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_CONNECTION_FAILURE,
                               "unexpected EOF on client connection with an open transaction",
                               copy_in_next(&data));
    net_close();
}

static void what_is_no_data_loses_the_connection(void)
{
    ByteReader data;

    open_connection();
    client_sends("Q\0\0\0\5", 6);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROTOCOL_VIOLATION,
                               "unexpected message type 0x51 during COPY from stdin",
                               copy_in_next(&data));
    CU_ASSERT_TRUE(net_is_mid_message());
    close_connection();
}

static void data_goes_out_in_pieces(void)
{
    open_connection();
    copy_out_begin(COPY_TEXT, 1);
    copy_out_piece();
    net_put_bytes("1\n", 2);
    net_end();
    copy_out_end();
    net_flush();
    client_gets("H\0\0\0\x09\0\0\1\0\0d\0\0\0\6"
                "1\nc\0\0\0\4",
                22);
    copy_both_begin();
    client_gets("W\0\0\0\7\0\0\0", 8);
    close_connection();
}

UNIT_SUITE(copy)
{
    UNIT_TEST(pieces_come_until_the_client_is_done);
    UNIT_TEST(a_client_may_give_up_or_leave);
    UNIT_TEST(what_is_no_data_loses_the_connection);
    UNIT_TEST(data_goes_out_in_pieces);
}

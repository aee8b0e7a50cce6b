/* socket_test.c - sockets that listen, are accepted, do not block, and end. */
#include "common/base/base.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/socket.h"
#include "tests/unit/unit.h"

static void bytes_go_both_ways_without_blocking(void)
{
    int fds[2];
    char bytes[16];
    const char *why = "";
    size_t len;

    os_socket_pair(fds);
    CU_ASSERT_EQUAL(os_socket_receive(fds[0], bytes, sizeof bytes, &len, &why), OS_IO_WOULD_BLOCK);
    CU_ASSERT_EQUAL(os_socket_send(fds[1], "abc", 3, &len, &why), OS_IO_DONE);
    CU_ASSERT_EQUAL(len, 3);
    CU_ASSERT_EQUAL(os_socket_receive(fds[0], bytes, sizeof bytes, &len, &why), OS_IO_DONE);
    CU_ASSERT_EQUAL(len, 3);
    CU_ASSERT_EQUAL(memcmp(bytes, "abc", 3), 0);
    os_socket_close(fds[1]);
    CU_ASSERT_EQUAL(os_socket_receive(fds[0], bytes, sizeof bytes, &len, &why), OS_IO_CLOSED);
    CU_ASSERT_PTR_NULL(why);
    CU_ASSERT_EQUAL(os_socket_send(fds[0], "abc", 3, &len, &why), OS_IO_CLOSED);
    CU_ASSERT_PTR_NOT_NULL(why);
    os_socket_close(fds[0]);
}

static void a_full_socket_would_block(void)
{
    static char bytes[65536];
    const char *why;
    int fds[2];
    size_t len;
    OsIo io;

    os_socket_pair(fds);
    CU_ASSERT_TRUE(os_socket_buffer_size(fds[0]) > 0);
    do
        io = os_socket_send(fds[0], bytes, sizeof bytes, &len, &why);
    while (io == OS_IO_DONE);
    CU_ASSERT_EQUAL(io, OS_IO_WOULD_BLOCK);
    os_socket_shutdown(fds[0]);
    os_socket_close(fds[0]);
    os_socket_close(fds[1]);
}

static int connect_to_port(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static uint16_t port_of(int fd)
{
    struct sockaddr_in address;
    socklen_t len = sizeof address;

    getsockname(fd, (struct sockaddr *)&address, &len);
    return ntohs(address.sin_port);
}

static void a_client_over_ip_has_an_address(void)
{
    Array fds;
    OsPeer peer;
    uint32_t uid, gid;
    int listening, client, server;

    array_init(&fds, sizeof(int));
    CU_ASSERT_TRUE_FATAL(os_listen_tcp("127.0.0.1", 0, 5, &fds));
    CU_ASSERT_EQUAL_FATAL(fds.count, 1);
    listening = *(int *)fds.items;
    CU_ASSERT_EQUAL(os_accept(listening, &peer), -1);
    client = connect_to_port(port_of(listening));
    server = os_accept(listening, &peer);
    CU_ASSERT_TRUE_FATAL(server >= 0);
    CU_ASSERT_FALSE(peer.is_unix);
    CU_ASSERT_STRING_EQUAL(peer.host, "127.0.0.1");
    CU_ASSERT_EQUAL(peer.port, port_of(client));
    CU_ASSERT_EQUAL(peer.address_len, 4);
    CU_ASSERT_EQUAL(peer.address[0], 127);
    CU_ASSERT_EQUAL(peer.local_address_len, 4);
    os_socket_set_nodelay(server);
    os_socket_set_keepalive(server, 60, 10, 3, 1000);
    (void)os_socket_peer_user(server, &uid, &gid);
    close(client);
    os_socket_close(server);
    os_socket_close(listening);
}

static const char *logged;

static void note_log(const ErrReport *report)
{
    logged = mem_strdup(report->message);
}

static void addresses_that_cannot_be_used_are_logged(void)
{
    Array fds;
    uint16_t port;

    array_init(&fds, sizeof(int));
    CU_ASSERT_TRUE_FATAL(os_listen_tcp("127.0.0.1", 0, 5, &fds));
    port = port_of(*(int *)fds.items);
    err_set_sink(note_log);
    err_set_log_level(ERR_LOG);
    CU_ASSERT_FALSE(os_listen_tcp("127.0.0.1", port, 5, &fds));
    CU_ASSERT_STRING_EQUAL(logged,
                           "could not bind IPv4 address \"127.0.0.1\": Address already in use");
    CU_ASSERT_FALSE(os_listen_tcp("no such host.invalid", 0, 5, &fds));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(logged, "could not translate host name \"no such host.invalid\""));
    CU_ASSERT_EQUAL(fds.count, 1);
    err_set_sink(NULL);
    err_set_log_level(ERR_NOTICE);
    os_socket_close(*(int *)fds.items);
}

static void a_unix_socket_replaces_the_one_left_behind(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char *path = mem_printf("%s/.s.PGSQL.5432", unit_temp_dir());
    struct stat facts;
    uint32_t uid, gid;
    OsPeer peer;
    int listening, client, server;

    os_socket_close(os_listen_unix(path, 5, 0700, ""));
    listening = os_listen_unix(path, 5, 0760, mem_printf("%u", (unsigned)getgid()));
    CU_ASSERT_EQUAL(stat(path, &facts), 0);
    CU_ASSERT_EQUAL(facts.st_mode & 0777, 0760);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    client = socket(AF_UNIX, SOCK_STREAM, 0);
    CU_ASSERT_EQUAL(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    server = os_accept(listening, &peer);
    CU_ASSERT_TRUE_FATAL(server >= 0);
    CU_ASSERT_TRUE(peer.is_unix);
    CU_ASSERT_STRING_EQUAL(peer.host, "");
    CU_ASSERT_TRUE(os_socket_peer_user(server, &uid, &gid));
    CU_ASSERT_EQUAL(uid, getuid());
    CU_ASSERT_EQUAL(gid, getgid());
    close(client);
    os_socket_close(server);
    os_socket_close(listening);
}

static void a_unix_socket_that_cannot_be_is_an_error(void)
{
    char long_path[200];

    memset(long_path, 'x', sizeof long_path);
    long_path[199] = '\0';
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_PARAMETER_VALUE, os_listen_unix(long_path, 5, 0700, ""));
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_FILE, os_listen_unix("/nowhere/at/all", 5, 0700, ""));
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_INVALID_PARAMETER_VALUE, "group \"no such group\" does not exist",
        os_listen_unix(mem_printf("%s/s", unit_temp_dir()), 5, 0700, "no such group"));
}

UNIT_SUITE(socket)
{
    UNIT_TEST(bytes_go_both_ways_without_blocking);
    UNIT_TEST(a_full_socket_would_block);
    UNIT_TEST(a_client_over_ip_has_an_address);
    UNIT_TEST(addresses_that_cannot_be_used_are_logged);
    UNIT_TEST(a_unix_socket_replaces_the_one_left_behind);
    UNIT_TEST(a_unix_socket_that_cannot_be_is_an_error);
}

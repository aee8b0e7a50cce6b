/* socket.c - listening, accepting, sending and receiving; socket.h has the promises. */
#include "common/base/base.h"

#include "common/os/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/os_int.h"
#include "common/text/num.h"
#include "common/text/str.h"

static bool listen_at(const struct addrinfo *address, unsigned backlog, int *fd);
static bool warn_listen(const char *what, const struct addrinfo *address, int error, int fd);
static void set_group(const char *path, const char *group);
static void copy_address(const struct sockaddr_storage *from, uint8_t out[16], unsigned *len,
                         uint16_t *port);
static OsIo tell_failure(int error, const char **why);

bool os_listen_tcp(const char *host, uint16_t port, unsigned backlog, Array *fds)
{
    struct addrinfo wanted = {.ai_flags = AI_PASSIVE, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char service[6];
    size_t before = fds->count;
    int rc;

    snprintf(service, sizeof service, "%u", (unsigned)port);
    rc = getaddrinfo(str_equal(host, "*") ? NULL : host, service, &wanted, &found);
    if (rc != 0) {
        err_log(ERR_LOG,
                .message = err_fmt("could not translate host name \"%s\", service \"%s\" to "
                                   "address: %s",
                                   host, service, gai_strerror(rc)));
        return false;
    }
    /* Nothing between here and the end raises, so that the list is always freed. */
    for (const struct addrinfo *a = found; a != NULL; a = a->ai_next) {
        int fd;

        if (!listen_at(a, backlog, &fd))
            continue;
        *(int *)array_push(fds) = fd;
    }
    freeaddrinfo(found);
    return fds->count > before;
}

int os_listen_unix(const char *path, unsigned backlog, uint32_t mode, const char *group)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(path);
    int fd;

    if (len >= sizeof address.sun_path)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("Unix-domain socket path \"%s\" is too long (maximum %zu "
                                     "bytes)",
                                     path, sizeof address.sun_path - 1));
    memcpy(address.sun_path, path, len);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        os_raise(errno, "could not create Unix-domain socket for address \"%s\"", path);
    if (os_ops->unlink(path) != 0 && errno != ENOENT)
        os_raise(errno, "could not remove file \"%s\"", path);
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) != 0)
        os_raise(errno, "could not bind Unix address \"%s\"", path);
    if (*group != '\0')
        set_group(path, group);
    if (chmod(path, mode) != 0)
        os_raise(errno, "could not set permissions of file \"%s\"", path);
    if (listen(fd, (int)backlog) != 0)
        os_raise(errno, "could not listen on Unix address \"%s\"", path);
    return fd;
}

int os_accept(int listen_fd, OsPeer *peer)
{
    struct sockaddr_storage remote = {.ss_family = AF_UNSPEC};
    struct sockaddr_storage local = {.ss_family = AF_UNSPEC};
    socklen_t remote_len = sizeof remote;
    socklen_t local_len = sizeof local;
    int fd =
        accept4(listen_fd, (struct sockaddr *)&remote, &remote_len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    uint16_t local_port;

    *peer = (OsPeer){.is_unix = false};
    if (fd < 0) {
        /* A client that left again is its own affair, as is an interrupted call. */
        if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
            err_log(ERR_LOG, .sqlstate = SQLSTATE_CONNECTION_EXCEPTION,
                    .message = err_fmt("could not accept new connection: %s", strerror(errno)));
        return -1;
    }
    peer->is_unix = remote.ss_family == AF_UNIX;
    if (peer->is_unix)
        return fd;
    copy_address(&remote, peer->address, &peer->address_len, &peer->port);
    if (getsockname(fd, (struct sockaddr *)&local, &local_len) == 0)
        copy_address(&local, peer->local_address, &peer->local_address_len, &local_port);
    inet_ntop(remote.ss_family, peer->address, peer->host, sizeof peer->host);
    return fd;
}

bool os_socket_peer_user(int fd, uint32_t *uid, uint32_t *gid)
{
    struct ucred cred;
    socklen_t len = sizeof cred;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) != 0)
        return false;
    *uid = cred.uid;
    *gid = cred.gid;
    return true;
}

void os_socket_set_nodelay(int fd)
{
    int on = 1;

    /* Without it the connection is slower, and works. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void os_socket_set_keepalive(int fd, int idle_s, int interval_s, int count, int user_timeout_ms)
{
    int on = 1;

    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    if (idle_s > 0)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s);
    if (interval_s > 0)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval_s, sizeof interval_s);
    if (count > 0)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
    if (user_timeout_ms > 0)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &user_timeout_ms,
                         sizeof user_timeout_ms);
}

int os_socket_buffer_size(int fd)
{
    int size = 0;
    socklen_t len = sizeof size;

    return getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, &len) == 0 ? size : 0;
}

OsIo os_socket_receive(int fd, void *bytes, size_t size, size_t *len, const char **why)
{
    ssize_t n;

    do
        n = recv(fd, bytes, size, MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    *len = n > 0 ? (size_t)n : 0;
    if (n > 0)
        return OS_IO_DONE;
    if (n == 0) {
        *why = NULL;
        return OS_IO_CLOSED;
    }
    return tell_failure(errno, why);
}

OsIo os_socket_send(int fd, const void *bytes, size_t size, size_t *len, const char **why)
{
    ssize_t n;

    do
        n = send(fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    *len = n > 0 ? (size_t)n : 0;
    return n >= 0 ? OS_IO_DONE : tell_failure(errno, why);
}

void os_socket_close(int fd)
{
    close(fd);
}

void os_socket_shutdown(int fd)
{
    shutdown(fd, SHUT_RDWR);
}

void os_socket_pair(int fds[2])
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0)
        os_raise(errno, "could not create a pair of sockets");
}

static bool listen_at(const struct addrinfo *address, unsigned backlog, int *fd)
{
    bool is_v6 = address->ai_family == AF_INET6;
    int on = 1;

    *fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (*fd < 0)
        return warn_listen("create socket for", address, errno, -1);
    if (setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        (is_v6 && setsockopt(*fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0) ||
        bind(*fd, address->ai_addr, address->ai_addrlen) != 0)
        return warn_listen("bind", address, errno, *fd);
    if (listen(*fd, (int)backlog) != 0)
        return warn_listen("listen on", address, errno, *fd);
    return true;
}

static bool warn_listen(const char *what, const struct addrinfo *address, int error, int fd)
{
    struct sockaddr_storage whole = {.ss_family = AF_UNSPEC};
    uint8_t bytes[16] = {0};
    char host[64];
    unsigned len;
    uint16_t port = 0;

    memcpy(&whole, address->ai_addr, size_min(address->ai_addrlen, sizeof whole));
    copy_address(&whole, bytes, &len, &port);
    inet_ntop(address->ai_family, bytes, host, sizeof host);
    if (fd >= 0)
        close(fd);
    err_log(ERR_LOG, .sqlstate = SQLSTATE_CONNECTION_EXCEPTION,
            .message =
                err_fmt("could not %s %s address \"%s\": %s", what,
                        address->ai_family == AF_INET6 ? "IPv6" : "IPv4", host, strerror(error)),
            .hint = error == EADDRINUSE
                        ? err_fmt("Is another postmaster already running on port %u? If not, wait "
                                  "a few seconds and retry.",
                                  (unsigned)port)
                        : NULL);
    return false;
}

/* group is a name or a number. */
static void set_group(const char *path, const char *group)
{
    uint32_t gid;

    if (!num_try_parse_u32(group, &gid)) {
        const struct group *row = getgrnam(group);

        if (row == NULL)
            err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                      .message = err_fmt("group \"%s\" does not exist", group));
        gid = row->gr_gid;
    }
    if (chown(path, (uid_t)-1, gid) != 0)
        os_raise(errno, "could not set group of file \"%s\"", path);
}

/* IPv4 inside of IPv6 does not come, since sockets of one family listen. */
static void copy_address(const struct sockaddr_storage *from, uint8_t out[16], unsigned *len,
                         uint16_t *port)
{
    if (from->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)from;

        *len = 4;
        *port = ntohs(in->sin_port);
        memcpy(out, &in->sin_addr, 4);
    } else if (from->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in = (const void *)from;

        *len = 16;
        *port = ntohs(in->sin6_port);
        memcpy(out, &in->sin6_addr, 16);
    }
}

static OsIo tell_failure(int error, const char **why)
{
    if (error == EAGAIN || error == EWOULDBLOCK)
        return OS_IO_WOULD_BLOCK;
    *why = strerror(error);
    return OS_IO_CLOSED;
}

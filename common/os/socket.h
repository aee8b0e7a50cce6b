/*
 * socket.h - listening, accepting, sending and receiving
 *
 * Sockets do not block: what would is told by OS_IO_WOULD_BLOCK, and the caller waits with a wait
 * set. Numbers of descriptors are plain, since they are handed to children and libraries.
 */
#ifndef OS_SOCKET_H
#define OS_SOCKET_H

#include "common/base/base.h"

#include "common/ds/array.h"

/*
 * Listen on each address that host and port resolve to ("*": all of the machine). Fills fds (int);
 * addresses that cannot be used are logged. False when none can.
 */
bool os_listen_tcp(const char *host, uint16_t port, unsigned backlog, Array *fds);

/*
 * Listen on dir/.s.PGSQL.PORT, replacing a socket that nobody listens on; mode is that of the
 * file, group its group ("": the process's). The caller holds the lock file beside it.
 */
int os_listen_unix(const char *path, unsigned backlog, uint32_t mode, const char *group);

typedef struct OsPeer {
    bool is_unix;
    char host[64]; /* numeric; "" over a Unix socket */
    uint16_t port; /* 0 over a Unix socket */
    uint8_t address[16];
    unsigned address_len; /* 4, 16, or 0 over a Unix socket */
    uint8_t local_address[16];
    unsigned local_address_len;
} OsPeer;

/* The next connection, set not to block; -1 when there is none (any more). Fills *peer. */
int os_accept(int listen_fd, OsPeer *peer);

/* Who runs the other end of a Unix socket; false where it cannot be told. */
bool os_socket_peer_user(int fd, uint32_t *uid, uint32_t *gid);

void os_socket_set_nodelay(int fd);
void os_socket_set_keepalive(int fd, int idle_s, int interval_s, int count, int user_timeout_ms);
int os_socket_buffer_size(int fd); /* bytes that a send can leave to the system */

typedef enum OsIo { OS_IO_DONE, OS_IO_WOULD_BLOCK, OS_IO_CLOSED } OsIo;

/* *len is what was moved. CLOSED: the other side is gone, in whatever way; *why says (static). */
OsIo os_socket_receive(int fd, void *bytes, size_t size, size_t *len, const char **why);
OsIo os_socket_send(int fd, const void *bytes, size_t size, size_t *len, const char **why);

void os_socket_close(int fd);
void os_socket_shutdown(int fd);

/* Two connected sockets that do not block, for tests and for talking to children. */
void os_socket_pair(int fds[2]);

#endif

/* listener.c - open the sockets that settings name, and tell of them in postmaster.pid. */
#include "common/base/base.h"

#include "server/postmaster/listener.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/path.h"
#include "common/os/socket.h"
#include "common/text/str.h"
#include "server/config/setting.h"
#include "server/postmaster/interlock.h"

#define BACKLOG_MAX 10000

static struct {
    Array sockets; /* int */
} listener;

static unsigned backlog(void);
static void split_list(const char *text, Array *out);
static void open_tcp(void);
static void open_unix(void);

void listener_open(void)
{
    MEM_SCOPE(mem_root()) {
        array_init(&listener.sockets, sizeof(int));
    }
    open_tcp();
    open_unix();
    if (listener.sockets.count == 0)
        err_fatal(SQLSTATE_CONNECTION_FAILURE, .message = "no socket created for listening");
}

static unsigned backlog(void)
{
    unsigned wanted = (unsigned)setting.max_connections * 2;

    return wanted < BACKLOG_MAX ? wanted : BACKLOG_MAX;
}

/* The entries of a list with commas; quotes around one are taken off. */
static void split_list(const char *text, Array *out)
{
    const char *rest = text;
    char *piece;

    array_init(out, sizeof(char *));
    while ((piece = str_split(&rest, ',')) != NULL) {
        size_t len;

        piece = str_trim(piece);
        len = strlen(piece);
        if (len >= 2 && piece[0] == '"' && piece[len - 1] == '"')
            piece = mem_strndup(piece + 1, len - 2);
        if (*piece != '\0')
            *(char **)array_push(out) = piece;
    }
}

static void open_tcp(void)
{
    bool is_told = false;
    Array hosts;

    split_list(setting.listen_addresses, &hosts);
    array_foreach(char *, host, &hosts) {
        if (!os_listen_tcp(*host, (uint16_t)setting.port, backlog(), &listener.sockets)) {
            err_log(ERR_WARNING,
                    .message = err_fmt("could not create listen socket for \"%s\"", *host));
            continue;
        }
        if (!is_told)
            interlock_set_line(PID_LINE_ADDRESS, *host);
        is_told = true;
    }
    if (hosts.count > 0 && !is_told)
        err_fatal(SQLSTATE_CONNECTION_FAILURE, .message = "could not create any TCP/IP sockets");
}

static void open_unix(void)
{
    bool is_told = false;
    Array dirs;

    split_list(setting.unix_socket_directories, &dirs);
    array_foreach(char *, dir, &dirs) {
        char *path = mem_printf("%s/.s.PGSQL.%d", *dir, setting.port);

        interlock_take_socket(path, *dir, setting.port);
        *(int *)array_push(&listener.sockets) = os_listen_unix(
            path, backlog(), (uint32_t)setting.unix_socket_permissions, setting.unix_socket_group);
        err_log(ERR_LOG, .message = err_fmt("listening on Unix socket \"%s\"", path));
        if (!is_told)
            interlock_set_line(PID_LINE_SOCKET_DIR, *dir);
        is_told = true;
    }
    if (!is_told)
        interlock_set_line(PID_LINE_SOCKET_DIR, "");
}

void listener_close(void)
{
    array_foreach(int, fd, &listener.sockets)
        os_socket_close(*fd);
    array_clear(&listener.sockets);
}

const Array *listener_sockets(void)
{
    return &listener.sockets;
}

/*
 * bad_wire.c - a wire between a client and a server that breaks, or changes a byte
 *
 *     bad_wire PORT SOCKET [ACTION CONNECTION OFFSET]
 *
 * It takes connections on 127.0.0.1:PORT and passes their bytes to and from the server at the Unix
 * socket SOCKET. When the server has sent OFFSET bytes over the CONNECTION-th connection (1 is the
 * first) it acts, once:
 *
 *     reset   the client's connection is reset, as by a machine that has gone down
 *     close   it is closed in order
 *     flip    a bit of the next byte is changed
 *
 * After a flip both sides may wait for each other: a connection is closed when nothing has passed
 * for SILENCE_MS. When a connection ends, a line "CONNECTION BYTES" tells what the server sent. The
 * first line is "ready".
 */
#include "common/base/base.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PIECE      65536
#define SILENCE_MS 3000

typedef enum Action { ACT_NONE, ACT_RESET, ACT_CLOSE, ACT_FLIP } Action;

/* One connection; each has a process of its own, so that none waits for another. */
typedef struct Wire {
    unsigned number;
    int client, server;
    uint64_t sent; /* bytes of the server */
    bool is_flipped;
} Wire;

static struct {
    const char *server;
    Action action;
    unsigned connection;
    uint64_t offset;
} plan;

static int listen_at(const char *port);
static int connect_server(void);
_Noreturn static void run(Wire *w);
static void pass_to_client(Wire *w);
static void pass_to_server(Wire *w);
_Noreturn static void end_wire(Wire *w, bool is_reset);
static bool send_all(int fd, const char *bytes, size_t len);
_Noreturn static void give_up(const char *what);

int main(int argc, char **argv)
{
    static const char *const names[] = {"none", "reset", "close", "flip"};
    int listener;

    if (argc != 3 && argc != 6)
        give_up("usage");
    plan.server = argv[2];
    for (int i = 0; argc == 6 && i < (int)ARRAY_LEN(names); i++)
        if (strcmp(argv[3], names[i]) == 0)
            plan.action = (Action)i;
    if (argc == 6) {
        plan.connection = (unsigned)strtoul(argv[4], NULL, 10);
        plan.offset = strtoull(argv[5], NULL, 10);
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_IGN);
    listener = listen_at(argv[1]);
    puts("ready");
    fflush(stdout);

    for (unsigned number = 1;; number++) {
        Wire w = {.number = number, .client = accept(listener, NULL, NULL)};

        if (fork() == 0) {
            close(listener);
            w.server = connect_server();
            run(&w);
        }
        close(w.client);
    }
}

static int listen_at(const char *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)strtoul(port, NULL, 10))};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int yes = 1;

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 16) != 0)
        give_up("could not listen");
    return fd;
}

static int connect_server(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(at.sun_path, sizeof at.sun_path, "%s", plan.server);
    if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) != 0)
        give_up("could not connect to the server");
    return fd;
}

static void run(Wire *w)
{
    for (;;) {
        struct pollfd fds[] = {{.fd = w->client, .events = POLLIN},
                               {.fd = w->server, .events = POLLIN}};

        if (poll(fds, ARRAY_LEN(fds), w->is_flipped ? SILENCE_MS : -1) == 0)
            end_wire(w, false);
        if (fds[0].revents != 0)
            pass_to_server(w);
        if (fds[1].revents != 0)
            pass_to_client(w);
    }
}

static void pass_to_client(Wire *w)
{
    char piece[PIECE];
    ssize_t len = read(w->server, piece, sizeof piece);
    size_t whole;

    if (len <= 0)
        end_wire(w, false);
    whole = (size_t)len;
    if (plan.action != ACT_NONE && w->number == plan.connection && w->sent <= plan.offset &&
        w->sent + whole > plan.offset) {
        size_t at = (size_t)(plan.offset - w->sent);

        if (plan.action != ACT_FLIP) {
            send_all(w->client, piece, at);
            w->sent += at;
            end_wire(w, plan.action == ACT_RESET);
        }
        piece[at] = (char)(piece[at] ^ (1 << (plan.offset % 8)));
        w->is_flipped = true;
    }
    w->sent += whole;
    if (!send_all(w->client, piece, whole))
        end_wire(w, false);
}

static void pass_to_server(Wire *w)
{
    char piece[PIECE];
    ssize_t len = read(w->client, piece, sizeof piece);

    if (len <= 0 || !send_all(w->server, piece, (size_t)len))
        end_wire(w, false);
}

static void end_wire(Wire *w, bool is_reset)
{
    const struct linger none = {.l_onoff = 1, .l_linger = 0};

    if (is_reset)
        setsockopt(w->client, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close(w->client);
    printf("%u %" PRIu64 "\n", w->number, w->sent);
    exit(0);
}

static bool send_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t done = write(fd, bytes, len);

        if (done <= 0)
            return false;
        bytes += done;
        len -= (size_t)done;
    }
    return true;
}

static void give_up(const char *what)
{
    fprintf(stderr, "bad_wire: %s\n", what);
    exit(2);
}

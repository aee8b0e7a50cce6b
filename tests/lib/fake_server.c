/* fake_server.c - the server of a script; fake_server.h says how it is used. */
#include "common/base/base.h"

#include "tests/lib/fake_server.h"

#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/base/bytes.h"
#include "common/mem/mem.h"
#include "common/text/str.h"

#define BODY_MAX       65536
#define PATIENCE_MS    10000 /* for whatever the client is to do */
#define WAIT_MS        50    /* FAKE_WAIT */
#define CANCEL_REQUEST 80877102
#define SSL_REQUEST    80877103
#define GSS_REQUEST    80877104

struct FakeServer {
    FakeScript script;
    pthread_t thread;
    int listener, connection;
    atomic_uint steps_done;
    char startup[BODY_MAX]; /* names and values, each with its NUL */
    size_t startup_len;
    char body[BODY_MAX]; /* of the last message */
    size_t body_len;
    char complaint[1024];
};

static void *play(void *arg);
static bool play_connection(FakeServer *s);
static bool play_step(FakeServer *s, const FakeStep *step);
static void hang_up(FakeServer *s);
static bool welcome(FakeServer *s);
static bool read_startup(FakeServer *s);
static bool take_message(FakeServer *s, char letter, const char *text);
static bool take_cancel(FakeServer *s, const StrBuf *answer);
static bool take_close(FakeServer *s);
static bool accept_client(FakeServer *s, int *out);
static bool read_bytes(FakeServer *s, int fd, void *bytes, size_t len);
static bool send_bytes(FakeServer *s, const void *bytes, size_t len);
static bool complain(FakeServer *s, const char *format, ...) PRINTF_LIKE(2, 3);

FakeServer *fake_server_start(const char *dir, const FakeScript *script)
{
    FakeServer *s = mem_new(FakeServer);
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    s->script = *script;
    s->connection = -1;
    snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", dir);
    unlink(address.sun_path);
    s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(s->listener, (const struct sockaddr *)&address, sizeof address) != 0 ||
        listen(s->listener, 5) != 0 || pthread_create(&s->thread, NULL, play, s) != 0)
        abort();
    return s;
}

const char *fake_server_end(FakeServer *s)
{
    pthread_join(s->thread, NULL);
    close(s->listener);
    return s->complaint;
}

unsigned fake_server_steps_done(const FakeServer *s)
{
    return atomic_load(&s->steps_done);
}

void fake_server_stop(FakeServer *s)
{
    shutdown(s->listener, SHUT_RDWR);
    fake_server_end(s);
}

const char *fake_server_parameter(const FakeServer *s, const char *name)
{
    const char *at = s->startup;
    const char *end = s->startup + s->startup_len;

    while (at < end && *at != '\0') {
        const char *value = at + strlen(at) + 1;

        if (str_equal(at, name))
            return value;
        at = value + strlen(value) + 1;
    }
    return "";
}

static void *play(void *arg)
{
    FakeServer *s = arg;

    play_connection(s);
    if (s->connection >= 0)
        close(s->connection);
    return NULL;
}

static bool play_connection(FakeServer *s)
{
    if (!accept_client(s, &s->connection) || !welcome(s))
        return false;
    for (const FakeStep *step = s->script.steps; step->expect != FAKE_LAST; step++) {
        if (!play_step(s, step))
            return false;
        atomic_fetch_add(&s->steps_done, 1);
    }
    return take_close(s);
}

static bool play_step(FakeServer *s, const FakeStep *step)
{
    bool is_right = true;

    switch (step->expect) {
    case FAKE_SEND:
    case FAKE_HANG_UP:
        break;
    case FAKE_WAIT:
        poll(NULL, 0, WAIT_MS);
        break;
    case FAKE_CANCEL:
        return take_cancel(s, step->answer);
    case FAKE_RECONNECT:
        is_right = take_close(s) && accept_client(s, &s->connection) && welcome(s);
        break;
    default:
        is_right = take_message(s, step->expect, step->text);
    }
    if (is_right && step->answer != NULL)
        is_right = send_bytes(s, step->answer->text, step->answer->len);
    if (step->expect == FAKE_HANG_UP)
        hang_up(s);
    return is_right;
}

/* What was under way meanwhile is nobody's any more. */
static void hang_up(FakeServer *s)
{
    shutdown(s->connection, SHUT_RDWR);
    while (recv(s->connection, s->body, sizeof s->body, MSG_DONTWAIT) > 0)
        ;
}

/* From the start-up packet to the first ReadyForQuery. */
static bool welcome(FakeServer *s)
{
    static const uint8_t ask_password[] = {'R', 0, 0, 0, 8, 0, 0, 0, 3};
    static const uint8_t accepted[] = {'R', 0, 0, 0, 8, 0, 0, 0, 0};
    static const uint8_t key[] = {'K', 0, 0, 0, 12, 0, 0, 0x11, 0x22, 0, 0, 0x33, 0x44};
    static const uint8_t ready[] = {'Z', 0, 0, 0, 5, 'I'};
    const char *version = s->script.version == NULL ? "15.20" : s->script.version;
    uint8_t parameter[64] = {'S'};
    size_t name_len = sizeof "server_version";

    if (!read_startup(s))
        return false;
    if (s->script.refusal != NULL)
        return send_bytes(s, s->script.refusal->text, s->script.refusal->len);
    if (s->script.password != NULL) {
        if (!send_bytes(s, ask_password, sizeof ask_password))
            return false;
        /* A client without one leaves, and comes again when it has one. */
        while (!take_message(s, 'p', s->script.password)) {
            if (s->body_len != 0)
                return false;
            s->complaint[0] = '\0';
            close(s->connection);
            if (!accept_client(s, &s->connection) || !read_startup(s) ||
                !send_bytes(s, ask_password, sizeof ask_password))
                return false;
        }
    }
    memcpy(parameter + 5, "server_version", name_len);
    memcpy(parameter + 5 + name_len, version, strlen(version) + 1);
    store_be32(parameter + 1, (uint32_t)(4 + name_len + strlen(version) + 1));
    return send_bytes(s, accepted, sizeof accepted) &&
           send_bytes(s, parameter, 5 + name_len + strlen(version) + 1) &&
           send_bytes(s, key, sizeof key) && send_bytes(s, ready, sizeof ready);
}

static bool read_startup(FakeServer *s)
{
    uint8_t head[8];

    for (;;) {
        uint32_t len, code;

        if (!read_bytes(s, s->connection, head, sizeof head))
            return false;
        len = load_be32(head);
        code = load_be32(head + 4);
        if (code == SSL_REQUEST || code == GSS_REQUEST) {
            if (!send_bytes(s, "N", 1))
                return false;
            continue;
        }
        if (len < sizeof head || len - sizeof head > sizeof s->startup)
            return complain(s, "start-up packet of %u bytes", len);
        s->startup_len = len - sizeof head;
        return read_bytes(s, s->connection, s->startup, s->startup_len);
    }
}

/* Read a message into body; it must be as said. */
static bool take_message(FakeServer *s, char letter, const char *text)
{
    uint8_t head[5];
    uint32_t len;

    s->body_len = 0;
    if (!read_bytes(s, s->connection, head, sizeof head))
        return false;
    len = load_be32(head + 1);
    if (len < 4 || len - 4 > sizeof s->body)
        return complain(s, "message '%c' of %u bytes", head[0], len);
    s->body_len = len - 4;
    if (!read_bytes(s, s->connection, s->body, s->body_len))
        return false;
    if (head[0] != (uint8_t)letter)
        return complain(s, "message '%c' instead of '%c': %.*s", head[0], letter, (int)s->body_len,
                        s->body);
    if (text != NULL && (s->body_len < strlen(text) || memcmp(s->body, text, strlen(text)) != 0))
        return complain(s, "\"%.*s\" instead of \"%s\"", (int)s->body_len, s->body, text);
    return true;
}

/*
 * The client waits until the connection of its request is closed, and may leave then: what the
 * cancelled statement is answered goes before.
 */
static bool take_cancel(FakeServer *s, const StrBuf *answer)
{
    uint8_t packet[16];
    int fd;
    bool is_right;

    if (!accept_client(s, &fd))
        return false;
    is_right = read_bytes(s, fd, packet, sizeof packet);
    if (is_right && (load_be32(packet + 4) != CANCEL_REQUEST || load_be32(packet + 8) != 0x1122))
        is_right = complain(s, "no cancel request");
    is_right = is_right && (answer == NULL || send_bytes(s, answer->text, answer->len));
    close(fd);
    return is_right;
}

/* The client takes its leave, or just closes. */
static bool take_close(FakeServer *s)
{
    struct pollfd fd = {.fd = s->connection, .events = POLLIN};
    char letter;

    for (;;) {
        ssize_t n;

        if (poll(&fd, 1, PATIENCE_MS) <= 0)
            return complain(s, "the client does not close");
        n = recv(s->connection, &letter, 1, MSG_PEEK);
        if (n <= 0) {
            close(s->connection);
            s->connection = -1;
            return true;
        }
        if (!take_message(s, 'X', NULL))
            return false;
    }
}

static bool accept_client(FakeServer *s, int *out)
{
    struct pollfd fd = {.fd = s->listener, .events = POLLIN};

    if (poll(&fd, 1, PATIENCE_MS) <= 0)
        return complain(s, "nobody connects");
    *out = accept(s->listener, NULL, NULL);
    return *out >= 0 || complain(s, "nobody may connect any more");
}

static bool read_bytes(FakeServer *s, int fd, void *bytes, size_t len)
{
    char *next = bytes;

    while (len > 0) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        ssize_t n = poll(&ready, 1, PATIENCE_MS) > 0 ? recv(fd, next, len, 0) : -1;

        if (n <= 0)
            return complain(s, n < 0 ? "the client is silent" : "the client left too early");
        next += n;
        len -= (size_t)n;
    }
    return true;
}

static bool send_bytes(FakeServer *s, const void *bytes, size_t len)
{
    const char *next = bytes;

    while (len > 0) {
        ssize_t n = send(s->connection, next, len, MSG_NOSIGNAL);

        if (n <= 0)
            return complain(s, "the client does not listen");
        next += n;
        len -= (size_t)n;
    }
    return true;
}

/* Keep the first complaint; false, so that callers can end with it. */
static bool complain(FakeServer *s, const char *format, ...)
{
    va_list args;

    if (s->complaint[0] != '\0')
        return false;
    va_start(args, format);
    vsnprintf(s->complaint, sizeof s->complaint, format, args);
    va_end(args);
    return false;
}

/* ---- Messages ---- */

void fake_message(StrBuf *out, char letter, const void *body, size_t len)
{
    uint8_t size[4];

    store_be32(size, (uint32_t)len + 4);
    strbuf_add_char(out, letter);
    strbuf_add_bytes(out, size, sizeof size);
    strbuf_add_bytes(out, body, len);
}

void fake_columns(StrBuf *out, const char *names)
{
    static const uint8_t text_type[18] = {0,  0,    0,    0,    0,    0,    0,    0, 0,
                                          25, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0};
    const char *rest = names;
    const char *name;
    uint8_t count[2] = {0, 0};
    StrBuf body;

    strbuf_init(&body);
    strbuf_add_bytes(&body, count, sizeof count);
    while ((name = str_split(&rest, ',')) != NULL) {
        strbuf_add_bytes(&body, name, strlen(name) + 1);
        strbuf_add_bytes(&body, text_type, sizeof text_type);
        body.text[1]++;
    }
    fake_message(out, 'T', body.text, body.len);
}

void fake_row(StrBuf *out, const char *values)
{
    const char *rest = values;
    const char *value;
    uint8_t size[4];
    StrBuf body;

    strbuf_init(&body);
    strbuf_add_bytes(&body, "\0\0", 2);
    while ((value = str_split(&rest, ',')) != NULL) {
        bool is_null = str_equal(value, "\\N");

        store_be32(size, is_null ? UINT32_MAX : (uint32_t)strlen(value));
        strbuf_add_bytes(&body, size, sizeof size);
        strbuf_add(&body, is_null ? "" : value);
        body.text[1]++;
    }
    fake_message(out, 'D', body.text, body.len);
}

void fake_complete(StrBuf *out, const char *tag)
{
    fake_message(out, 'C', tag, strlen(tag) + 1);
}

void fake_ready(StrBuf *out)
{
    fake_message(out, 'Z', "I", 1);
}

void fake_report(StrBuf *out, char letter, const char *const *fields)
{
    StrBuf body;

    strbuf_init(&body);
    for (; *fields != NULL; fields += 2) {
        strbuf_add_char(&body, fields[0][0]);
        strbuf_add_bytes(&body, fields[1], strlen(fields[1]) + 1);
    }
    strbuf_add_char(&body, '\0');
    fake_message(out, letter, body.text, body.len);
}

void fake_answer(StrBuf *out, const char *names, const char *values, const char *tag)
{
    fake_columns(out, names);
    fake_row(out, values);
    fake_complete(out, tag);
    fake_ready(out);
}

void fake_error(StrBuf *out, const char *code, const char *message)
{
    fake_report(out, 'E',
                (const char *const[]){"S", "ERROR", "V", "ERROR", "C", code, "M", message, NULL});
    fake_ready(out);
}

void fake_copy(StrBuf *out, char letter)
{
    fake_message(out, letter, "\0\0\0", 3);
}

void fake_data(StrBuf *out, const void *bytes, size_t len)
{
    fake_message(out, 'd', bytes, len);
}

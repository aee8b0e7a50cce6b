/*
 * net.c - bytes to and from the client: waiting, the input and the output buffer, framing
 *
 * Promises
 *   1. The output buffer holds whole messages, but for one at its end that is being written: a
 *      raise while that one is made costs it alone (net_discard_message).
 *   2. A message's length is checked against its type's limit first, and memory for it is taken
 *      only as its bytes arrive.
 *   3. Nothing is sent once the connection is lost, and nobody waits for it.
 */
#include "common/base/base.h"

#include "server/net/net.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/net/net_int.h"

#define LARGE_STEP  MIB(1)  /* of memory for a large message, before its bytes have come */
#define LARGE_KEPT  KIB(64) /* for the next one */
#define LENGTH_SIZE 4
#define OUT_KEPT    KIB(256) /* a buffer that grew beyond is given back */

NetLocal net = {.fd = -1, .message = NET_NO_MESSAGE};

static void (*after_wait)(void);

static void grow_out(size_t extra);
static bool read_exactly(void *bytes, size_t len);
static bool read_large(size_t len);
static void set_socket_options(void);
static int lose_message(const char *what);
_Noreturn static void raise_bad_message(const char *text);

void net_init(int fd, const OsPeer *peer)
{
    net = (NetLocal){.fd = fd, .peer = *peer, .is_open = true, .message = NET_NO_MESSAGE};
    net.mem = mem_context_new(mem_root(), "connection");
    net.out_size = NET_OUT_SIZE + 1024; /* a message that crosses the mark fits as a rule */
    net.out = mem_alloc_in(net.mem, net.out_size);
    set_socket_options();
    latch_wait_set_socket(fd);
}

bool net_is_open(void)
{
    return net.is_open;
}

void net_close(void)
{
    if (!net.is_open)
        return;
    net_tls_close();
    latch_wait_set_socket(-1);
    os_socket_close(net.fd);
    mem_delete(net.mem);
    net = (NetLocal){.fd = -1, .message = NET_NO_MESSAGE};
}

bool net_is_lost(void)
{
    return net.is_lost;
}

const OsPeer *net_peer(void)
{
    return &net.peer;
}

int net_socket(void)
{
    return net.fd;
}

static void set_socket_options(void)
{
    if (net.peer.is_unix)
        return;
    os_socket_set_nodelay(net.fd);
    os_socket_set_keepalive(net.fd, setting.tcp_keepalives_idle, setting.tcp_keepalives_interval,
                            setting.tcp_keepalives_count, setting.tcp_user_timeout);
}

/* ---- Moving bytes ---- */

void net_wait(unsigned latch_events, WaitEvent wait_event)
{
    unsigned came = latch_wait(latch_events | LATCH_SET, 0, wait_event);

    if ((came & LATCH_SET) != 0) {
        latch_reset(latch_own_one());
        check_interrupts();
    }
}

OsIo net_receive(void *bytes, size_t size, size_t *len, unsigned *wants, const char **why)
{
    if (net.tls != NULL)
        return net_tls_receive(bytes, size, len, wants, why);
    *wants = LATCH_SOCKET_READABLE;
    return os_socket_receive(net.fd, bytes, size, len, why);
}

OsIo net_send(const void *bytes, size_t size, size_t *len, unsigned *wants, const char **why)
{
    if (net.tls != NULL)
        return net_tls_send(bytes, size, len, wants, why);
    *wants = LATCH_SOCKET_WRITABLE;
    return os_socket_send(net.fd, bytes, size, len, why);
}

/* Into place, at least a byte; 0 at the end of the connection. */
static size_t receive(void *bytes, size_t size)
{
    for (;;) {
        const char *why = NULL;
        unsigned wants;
        size_t len;

        switch (net_receive(bytes, size, &len, &wants, &why)) {
        case OS_IO_DONE:
            return len;
        case OS_IO_WOULD_BLOCK:
            net.has_waited = true;
            net_wait(wants, WAIT_EVENT_CLIENT_READ);
            break;
        case OS_IO_CLOSED:
            if (why != NULL)
                err_log(ERR_LOG, .sqlstate = SQLSTATE_CONNECTION_FAILURE,
                        .message = err_fmt("could not receive data from client: %s", why));
            return 0;
        }
    }
}

bool net_fill(void)
{
    size_t len;

    if (net.in_pos > 0) {
        memmove(net.in, net.in + net.in_pos, net.in_end - net.in_pos);
        net.in_end -= net.in_pos;
        net.in_pos = 0;
    }
    ASSERT(net.in_end < NET_IN_SIZE);
    len = receive(net.in + net.in_end, NET_IN_SIZE - net.in_end);
    net.in_end += len;
    return len > 0;
}

void net_note_lost(const char *why)
{
    if (net.is_lost)
        return;
    net.is_lost = true;
    net.out_sent = net.out_used = 0;
    if (why != NULL)
        err_log(ERR_LOG, .sqlstate = SQLSTATE_CONNECTION_FAILURE,
                .message = err_fmt("could not send data to client: %s", why));
    interrupt_set(INTERRUPT_CLIENT_GONE);
}

/* ---- Output ---- */

static void grow_out(size_t extra)
{
    size_t pending = net.out_used - net.out_sent;
    size_t wanted = size_add(pending, extra);

    /* What was sent makes room first. */
    if (net.out_sent > 0) {
        memmove(net.out, net.out + net.out_sent, pending);
        if (net.message != NET_NO_MESSAGE)
            net.message -= net.out_sent;
        net.out_sent = 0;
        net.out_used = pending;
    }
    if (wanted > net.out_size) {
        if (wanted > MESSAGE_LARGE_MAX)
            err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, .message = "out of memory",
                      .detail = err_fmt("Cannot enlarge string buffer containing %zu bytes by %zu "
                                        "more bytes.",
                                        pending, extra));
        wanted = size_max(wanted, net.out_size * 2);
        net.out = mem_realloc(net.out, wanted);
        net.out_size = wanted;
    }
}

char *net_room(size_t size)
{
    ASSERT(net.message != NET_NO_MESSAGE);
    if (UNLIKELY(net.out_size - net.out_used < size))
        grow_out(size);
    return (char *)net.out + net.out_used;
}

void net_take_room(size_t len)
{
    ASSERT(net.out_size - net.out_used >= len);
    net.out_used += len;
}

void net_begin(char type)
{
    ASSERT(net.message == NET_NO_MESSAGE);
    net.message = net.out_used;
    *net_room(1 + LENGTH_SIZE) = type;
    net_take_room(1 + LENGTH_SIZE);
}

void net_put_u8(uint8_t v)
{
    *(uint8_t *)net_room(1) = v;
    net_take_room(1);
}

void net_put_u16(uint16_t v)
{
    store_be16(net_room(2), v);
    net_take_room(2);
}

void net_put_u32(uint32_t v)
{
    store_be32(net_room(4), v);
    net_take_room(4);
}

void net_put_u64(uint64_t v)
{
    store_be64(net_room(8), v);
    net_take_room(8);
}

void net_put_bytes(const void *bytes, size_t len)
{
    if (len == 0)
        return;
    memcpy(net_room(len), bytes, len);
    net_take_room(len);
}

void net_put_cstring(const char *s)
{
    size_t len;
    const char *text = encoding_convert(net.server, net.client, s, strlen(s), &len);

    net_put_bytes(text, len);
    net_put_u8(0);
}

void net_put_counted_text(const char *s, size_t len)
{
    size_t text_len;
    const char *text = encoding_convert(net.server, net.client, s, len, &text_len);

    net_put_u32((uint32_t)text_len);
    net_put_bytes(text, text_len);
}

void net_end_unsent(void)
{
    ASSERT(net.message != NET_NO_MESSAGE);
    store_be32(net.out + net.message + 1, (uint32_t)(net.out_used - net.message - 1));
    net.message = NET_NO_MESSAGE;
}

void net_end(void)
{
    net_end_unsent();
    if (net.out_used - net.out_sent >= NET_OUT_SIZE)
        net_flush();
}

void net_send_empty(char type)
{
    net_begin(type);
    net_end();
}

bool net_is_in_message(void)
{
    return net.message != NET_NO_MESSAGE;
}

void net_discard_message(void)
{
    if (net.message == NET_NO_MESSAGE)
        return;
    net.out_used = net.message;
    net.message = NET_NO_MESSAGE;
}

bool net_has_output(void)
{
    return net.out_used > net.out_sent;
}

void net_flush(void)
{
    ASSERT(net.message == NET_NO_MESSAGE);
    while (!net_try_flush())
        net_wait(net.send_wants, WAIT_EVENT_CLIENT_WRITE);
    if (UNLIKELY(net.out_size > OUT_KEPT)) {
        net.out = mem_realloc(net.out, OUT_KEPT);
        net.out_size = OUT_KEPT;
    }
}

bool net_try_flush(void)
{
    ASSERT(net.message == NET_NO_MESSAGE);
    net.is_sending = true;
    while (net_has_output() && !net.is_lost) {
        const char *why = NULL;
        size_t len;

        switch (net_send(net.out + net.out_sent, net.out_used - net.out_sent, &len, &net.send_wants,
                         &why)) {
        case OS_IO_DONE:
            net.out_sent += len;
            break;
        case OS_IO_WOULD_BLOCK:
            return false;
        case OS_IO_CLOSED:
            net_note_lost(why);
            break;
        }
    }
    net.out_sent = net.out_used = 0;
    net.is_sending = false;
    return true;
}

/* ---- Input ---- */

bool net_has_input(void)
{
    return net.in_end > net.in_pos || net_tls_has_pending();
}

bool net_poll_input(void)
{
    const char *why = NULL;
    unsigned wants;
    size_t len;

    if (net_has_input())
        return true;
    net.in_pos = net.in_end = 0;
    switch (net_receive(net.in, NET_IN_SIZE, &len, &wants, &why)) {
    case OS_IO_DONE:
        net.in_end = len;
        return true;
    case OS_IO_CLOSED:
        return true; /* whoever reads finds it */
    default:
        return false;
    }
}

void net_set_after_wait(void (*fn)(void))
{
    after_wait = fn;
}

bool net_is_mid_message(void)
{
    return net.is_mid_message;
}

int net_read_message(ByteReader *body, size_t max)
{
    uint8_t type;
    uint8_t length_bytes[LENGTH_SIZE];
    size_t length;

    if (net.large_size > LARGE_KEPT) {
        mem_free(net.large);
        net.large = NULL;
        net.large_size = 0;
    }
    /* Between messages the client may leave, and errors may be raised. */
    if (net.in_pos == net.in_end && !net_fill())
        return 0;
    type = net.in[net.in_pos++];
    if (max == 0 && message_client_max(type) == 0)
        err_fatal(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("invalid frontend message type %d", (int)type));
    net.is_mid_message = true;
    net.has_waited = false;
    if (!read_exactly(length_bytes, LENGTH_SIZE))
        return lose_message("unexpected EOF within message length word");
    length = load_be32(length_bytes);
    if (length < LENGTH_SIZE || length > (max != 0 ? max : message_client_max(type)))
        return lose_message("invalid message length");
    length -= LENGTH_SIZE;
    if (length <= NET_IN_SIZE) {
        while (net.in_end - net.in_pos < length)
            if (!net_fill())
                return lose_message("incomplete message from client");
        *body = byte_reader(net.in + net.in_pos, length, "message");
        net.in_pos += length;
    } else {
        if (!read_large(length))
            return lose_message("incomplete message from client");
        *body = byte_reader(net.large, length, "message");
    }
    net.is_mid_message = false;
    if (net.has_waited && after_wait != NULL)
        after_wait();
    return type;
}

static bool read_exactly(void *bytes, size_t len)
{
    while (net.in_end - net.in_pos < len)
        if (!net_fill())
            return false;
    memcpy(bytes, net.in + net.in_pos, len);
    net.in_pos += len;
    return true;
}

/* Memory is taken as bytes come, so that a length alone costs the server nothing. */
static bool read_large(size_t len)
{
    size_t have = size_min(net.in_end - net.in_pos, len);

    if (net.large == NULL) {
        net.large_size = size_min(len, LARGE_STEP);
        net.large = mem_alloc_in(net.mem, net.large_size);
    }
    ASSERT(net.large_size >= have);
    memcpy(net.large, net.in + net.in_pos, have);
    net.in_pos += have;
    while (have < len) {
        size_t n;

        if (have == net.large_size) {
            net.large_size = size_min(len, net.large_size * 2);
            net.large = mem_realloc(net.large, net.large_size);
        }
        n = receive(net.large + have, size_min(len, net.large_size) - have);
        if (n == 0)
            return false;
        have += n;
    }
    return true;
}

/* The connection cannot go on, and nothing can be said about it but in the log. */
static int lose_message(const char *what)
{
    err_log(ERR_LOG, .sqlstate = SQLSTATE_PROTOCOL_VIOLATION, .message = what);
    return 0;
}

/* ---- Bodies ---- */

uint8_t net_get_u8(ByteReader *body)
{
    if (byte_reader_left(body) < 1)
        raise_bad_message("no data left in message");
    return byte_reader_u8(body);
}

uint16_t net_get_u16(ByteReader *body)
{
    return load_be16(net_get_bytes(body, 2));
}

uint32_t net_get_u32(ByteReader *body)
{
    return load_be32(net_get_bytes(body, 4));
}

const uint8_t *net_get_bytes(ByteReader *body, size_t len)
{
    if (byte_reader_left(body) < len)
        raise_bad_message("insufficient data left in message");
    return byte_reader_take(body, len);
}

const char *net_get_raw_cstring(ByteReader *body)
{
    if (memchr(body->pos, '\0', byte_reader_left(body)) == NULL)
        raise_bad_message("invalid string in message");
    return byte_reader_cstring(body);
}

const char *net_get_cstring(ByteReader *body)
{
    const char *raw = net_get_raw_cstring(body);
    size_t len;

    return net_text_in(raw, strlen(raw), &len);
}

void net_end_body(const ByteReader *body)
{
    if (byte_reader_left(body) > 0)
        raise_bad_message("invalid message format");
}

static void raise_bad_message(const char *text)
{
    err_raise(SQLSTATE_PROTOCOL_VIOLATION, .message = text);
}

/* ---- Encodings ---- */

void net_set_encodings(Encoding client, Encoding server)
{
    net.client = client;
    net.server = server;
}

Encoding net_client_encoding(void)
{
    return net.client;
}

const char *net_text_in(const char *bytes, size_t len, size_t *out_len)
{
    /* What the client calls SQL_ASCII is taken to be in the server's encoding. */
    encoding_check(net.client == ENCODING_SQL_ASCII ? net.server : net.client, bytes, len);
    return encoding_convert(net.client, net.server, bytes, len, out_len);
}

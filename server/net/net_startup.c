/*
 * net_startup.c - from an accepted socket to a start-up packet
 *
 * A client may ask for GSS encryption, which is declined, and for TLS, each once; then comes the
 * packet. Port scanners and health checks that leave early are not worth a line in the log.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/proto/startup.h"
#include "server/net/net.h"
#include "server/net/net_int.h"

#define LENGTH_SIZE 4

static bool read_packet(uint8_t **body, size_t *len);
static void parse(const void *body, size_t len, bool tls_is_done, bool gss_is_done,
                  StartupPacket *out);
static bool answer_tls(bool *is_accepted);
static void answer(char letter);
static void refuse_bytes_in_clear(const char *what);
static void negotiate(const StartupPacket *packet);
_Noreturn static void raise_fatally(const ErrReport *report);

bool net_read_startup(StartupPacket *out)
{
    bool tls_is_done = false;
    bool gss_is_done = false;

    for (;;) {
        uint8_t *body;
        size_t len;
        bool is_accepted;

        if (!read_packet(&body, &len))
            return false;
        parse(body, len, tls_is_done, gss_is_done, out);
        switch (out->kind) {
        case STARTUP_TLS:
            if (!answer_tls(&is_accepted))
                return false;
            /* Inside TLS there is no asking for GSS. */
            tls_is_done = true;
            gss_is_done = gss_is_done || is_accepted;
            break;
        case STARTUP_GSS:
            answer('N');
            gss_is_done = true;
            refuse_bytes_in_clear("GSSAPI encryption");
            break;
        case STARTUP_NONSENSE:
            err_log(ERR_LOG, .sqlstate = SQLSTATE_PROTOCOL_VIOLATION,
                    .message = "invalid length of startup packet");
            return false;
        case STARTUP_CANCEL:
            return true;
        case STARTUP_SESSION:
            if (startup_needs_negotiation(out))
                negotiate(out);
            if (out->user[0] == '\0')
                err_fatal(SQLSTATE_INVALID_AUTHORIZATION,
                          .message = "no PostgreSQL user name specified in startup packet");
            out->version = PROTO_LATEST;
            return true;
        }
    }
}

/* One packet's body, in the current context; false when there is none to be answered. */
static bool read_packet(uint8_t **body, size_t *len)
{
    uint32_t length;

    while (net.in_end - net.in_pos < LENGTH_SIZE) {
        if (net_fill())
            continue;
        if (net.in_end > net.in_pos)
            err_log(ERR_LOG, .sqlstate = SQLSTATE_PROTOCOL_VIOLATION,
                    .message = "incomplete startup packet");
        return false;
    }
    length = load_be32(net.in + net.in_pos);
    net.in_pos += LENGTH_SIZE;
    if (!startup_length_is_fine(length)) {
        err_log(ERR_LOG, .sqlstate = SQLSTATE_PROTOCOL_VIOLATION,
                .message = "invalid length of startup packet");
        return false;
    }
    *len = length - LENGTH_SIZE;
    *body = mem_alloc(*len);
    for (size_t have = 0; have < *len;) {
        size_t n = size_min(net.in_end - net.in_pos, *len - have);

        memcpy(*body + have, net.in + net.in_pos, n);
        net.in_pos += n;
        have += n;
        if (have < *len && !net_fill()) {
            err_log(ERR_LOG, .sqlstate = SQLSTATE_PROTOCOL_VIOLATION,
                    .message = "incomplete startup packet");
            return false;
        }
    }
    return true;
}

/* Whatever is wrong before a session exists ends the connection. */
static void parse(const void *body, size_t len, bool tls_is_done, bool gss_is_done,
                  StartupPacket *out)
{
    ERR_TRY() {
        startup_parse(body, len, tls_is_done, gss_is_done, out);
    }
    ERR_CATCH() {
        net.speaks_version_2 = PROTO_MAJOR(out->version) < PROTO_MAJOR(PROTO_LATEST);
        raise_fatally(err_caught());
    }
    ERR_END();
}

static void raise_fatally(const ErrReport *report)
{
    ErrReport fatal = *report;

    fatal.level = ERR_FATAL;
    err_end_process(&fatal);
}

/* False when the client is not to be talked to any more. */
static bool answer_tls(bool *is_accepted)
{
    *is_accepted = net_tls_is_loaded() && !net.peer.is_unix;
    answer(*is_accepted ? 'S' : 'N');
    if (*is_accepted) {
        /* Else somebody between could have put them there, to be taken for what came encrypted. */
        refuse_bytes_in_clear("SSL");
        if (!net_tls_accept())
            return false;
    }
    refuse_bytes_in_clear("SSL");
    return !net.is_lost;
}

/* A bare byte, without a length. */
static void answer(char letter)
{
    net.message = net.out_used;
    net_put_u8((uint8_t)letter);
    net.message = NET_NO_MESSAGE;
    net_flush();
}

static void refuse_bytes_in_clear(const char *what)
{
    if (net.in_end == net.in_pos)
        return;
    err_fatal(SQLSTATE_PROTOCOL_VIOLATION,
              .message = err_fmt("received unencrypted data after %s request", what),
              .detail = "This could be either a client-software bug or evidence of an attempted "
                        "man-in-the-middle attack.");
}

/* Which version it gets, and the options that it asked for in vain. */
static void negotiate(const StartupPacket *packet)
{
    net_begin(MESSAGE_NEGOTIATE_PROTOCOL_VERSION);
    net_put_u32(PROTO_LATEST);
    net_put_u32((uint32_t)packet->unknown_options.count);
    array_foreach(const char *, name, &packet->unknown_options)
        net_put_cstring(*name);
    net_end();
}

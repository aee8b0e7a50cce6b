/* repl_message.c - codecs of the messages inside a WAL stream; repl_message.h has the list. */
#include "common/base/base.h"

#include "common/proto/repl_message.h"

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/text/num.h"

static void check_end(const ByteReader *r, uint8_t kind);
_Noreturn static void raise_unknown(uint8_t kind);

ReplFromServer repl_parse_from_server(const void *bytes, size_t len)
{
    ByteReader r = byte_reader(bytes, len, "replication message");
    ReplFromServer m = {.kind = byte_reader_u8(&r)};

    switch (m.kind) {
    case REPL_WAL:
        m.start = byte_reader_be64(&r);
        m.server_end = byte_reader_be64(&r);
        m.sent_at = (PgTime)byte_reader_be64(&r);
        m.len = byte_reader_left(&r);
        m.bytes = byte_reader_take(&r, m.len);
        if (m.start > UINT64_MAX - m.len)
            err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                      .message = err_fmt("WAL at " LSN_FMT " does not end", LSN_ARG(m.start)));
        break;
    case REPL_KEEPALIVE:
        m.server_end = byte_reader_be64(&r);
        m.sent_at = (PgTime)byte_reader_be64(&r);
        m.wants_reply = byte_reader_u8(&r) != 0;
        break;
    default:
        raise_unknown((uint8_t)m.kind);
    }
    check_end(&r, (uint8_t)m.kind);
    return m;
}

ReplFromClient repl_parse_from_client(const void *bytes, size_t len)
{
    ByteReader r = byte_reader(bytes, len, "replication message");
    ReplFromClient m = {.kind = byte_reader_u8(&r)};

    switch (m.kind) {
    case REPL_STATUS:
        m.written = byte_reader_be64(&r);
        m.flushed = byte_reader_be64(&r);
        m.applied = byte_reader_be64(&r);
        m.sent_at = (PgTime)byte_reader_be64(&r);
        m.wants_reply = byte_reader_u8(&r) != 0;
        break;
    case REPL_FEEDBACK:
        m.sent_at = (PgTime)byte_reader_be64(&r);
        m.xmin = byte_reader_be32(&r);
        m.xmin_epoch = byte_reader_be32(&r);
        m.catalog_xmin = byte_reader_be32(&r);
        m.catalog_xmin_epoch = byte_reader_be32(&r);
        break;
    default:
        raise_unknown((uint8_t)m.kind);
    }
    check_end(&r, (uint8_t)m.kind);
    return m;
}

size_t repl_write_wal_head(uint8_t out[REPL_WAL_HEAD_SIZE], const ReplFromServer *m)
{
    out[0] = REPL_WAL;
    store_be64(out + 1, m->start);
    store_be64(out + 9, m->server_end);
    store_be64(out + 17, (uint64_t)m->sent_at);
    return REPL_WAL_HEAD_SIZE;
}

size_t repl_write_keepalive(uint8_t out[REPL_KEEPALIVE_SIZE], const ReplFromServer *m)
{
    out[0] = REPL_KEEPALIVE;
    store_be64(out + 1, m->server_end);
    store_be64(out + 9, (uint64_t)m->sent_at);
    out[17] = m->wants_reply;
    return REPL_KEEPALIVE_SIZE;
}

size_t repl_write_status(uint8_t out[REPL_STATUS_SIZE], const ReplFromClient *m)
{
    out[0] = REPL_STATUS;
    store_be64(out + 1, m->written);
    store_be64(out + 9, m->flushed);
    store_be64(out + 17, m->applied);
    store_be64(out + 25, (uint64_t)m->sent_at);
    out[33] = m->wants_reply;
    return REPL_STATUS_SIZE;
}

size_t repl_write_feedback(uint8_t out[REPL_FEEDBACK_SIZE], const ReplFromClient *m)
{
    out[0] = REPL_FEEDBACK;
    store_be64(out + 1, (uint64_t)m->sent_at);
    store_be32(out + 9, m->xmin);
    store_be32(out + 13, m->xmin_epoch);
    store_be32(out + 17, m->catalog_xmin);
    store_be32(out + 21, m->catalog_xmin_epoch);
    return REPL_FEEDBACK_SIZE;
}

static void check_end(const ByteReader *r, uint8_t kind)
{
    if (byte_reader_left(r) != 0)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("replication message \"%c\" is %zu bytes too long", kind,
                                     byte_reader_left(r)));
}

static void raise_unknown(uint8_t kind)
{
    err_raise(SQLSTATE_PROTOCOL_VIOLATION,
              .message = err_fmt("unrecognized replication message type 0x%02X", kind));
}

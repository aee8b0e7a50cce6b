/* copy.c - the copy modes of the protocol. */
#include "common/base/base.h"

#include "server/net/copy.h"

#include "common/err/err.h"
#include "server/ipc/interrupt.h"
#include "server/net/net.h"
#include "server/net/net_int.h"

static void announce(char type, CopyFormat format, unsigned columns);
_Noreturn static void raise_failed(ByteReader *body);
_Noreturn static void raise_unexpected(int type);

void copy_in_begin(CopyFormat format, unsigned columns)
{
    announce(MESSAGE_COPY_IN_RESPONSE, format, columns);
    net_flush();
}

bool copy_in_next(ByteReader *data)
{
    for (;;) {
        int type = net_read_message(data, MESSAGE_LARGE_MAX);

        check_interrupts();
        switch (type) {
        case MESSAGE_COPY_DATA:
            return true;
        case MESSAGE_COPY_DONE:
            return false;
        case MESSAGE_FLUSH:
        case MESSAGE_SYNC:
            /* Of a client that did not know yet that its statement is a copy. */
            break;
        case MESSAGE_COPY_FAIL:
            raise_failed(data);
        case 0:
            net.is_mid_message = true; /* nothing more can come */
            err_raise(SQLSTATE_CONNECTION_FAILURE,
                      .message = "unexpected EOF on client connection with an open transaction");
        default:
            raise_unexpected(type);
        }
    }
}

void copy_out_begin(CopyFormat format, unsigned columns)
{
    announce(MESSAGE_COPY_OUT_RESPONSE, format, columns);
}

void copy_out_piece(void)
{
    net_begin(MESSAGE_COPY_DATA);
}

void copy_out_end(void)
{
    net_send_empty(MESSAGE_COPY_DONE);
}

void copy_both_begin(void)
{
    announce(MESSAGE_COPY_BOTH_RESPONSE, COPY_TEXT, 0);
    net_flush();
}

static void announce(char type, CopyFormat format, unsigned columns)
{
    net_begin(type);
    net_put_u8((uint8_t)format);
    net_put_u16((uint16_t)columns);
    for (unsigned i = 0; i < columns; i++)
        net_put_u16((uint16_t)format);
    net_end();
}

static void raise_failed(ByteReader *body)
{
    err_raise(SQLSTATE_QUERY_CANCELED,
              .message = err_fmt("COPY from stdin failed: %s", net_get_cstring(body)));
}

/* Such a client speaks of something else than we do: no message after it can be trusted. */
static void raise_unexpected(int type)
{
    net.is_mid_message = true;
    err_raise(SQLSTATE_PROTOCOL_VIOLATION,
              .message =
                  err_fmt("unexpected message type 0x%02X during COPY from stdin", (unsigned)type));
}

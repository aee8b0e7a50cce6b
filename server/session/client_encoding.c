/* client_encoding.c - the setting client_encoding: which are taken, and what follows from one. */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/encoding.h"
#include "server/net/net.h"
#include "server/session/session.h"

static Encoding server_encoding; /* of the database; SQL_ASCII before it is known */

void session_set_server_encoding(Encoding encoding)
{
    server_encoding = encoding;
    net_set_encodings(net_client_encoding(), encoding);
}

/* Names are shown as PostgreSQL writes them, however they were given. */
bool session_check_client_encoding(GucValue *value, GucSource source, GucRefusal *why)
{
    Encoding encoding;

    (void)source;
    if (!encoding_try_find(value->s, &encoding))
        return false;
    if (!encoding_can_convert(encoding, server_encoding)) {
        why->sqlstate = SQLSTATE_FEATURE_NOT_SUPPORTED;
        why->detail = mem_printf("Conversion between %s and %s is not supported.",
                                 encoding_name(encoding), encoding_name(server_encoding));
        return false;
    }
    value->s = encoding_name(encoding);
    return true;
}

void session_assign_client_encoding(GucValue value)
{
    Encoding encoding;

    if (encoding_try_find(value.s, &encoding))
        net_set_encodings(encoding, server_encoding);
}

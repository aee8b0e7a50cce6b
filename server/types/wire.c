/* wire.c - numbers and text of binary forms; wire.h has the rules. */
#include "common/base/base.h"

#include "server/types/wire.h"

#include "common/text/encoding.h"
#include "server/net/net.h"
#include "server/types/database_text.h"

const uint8_t *wire_take(ByteReader *r, size_t len)
{
    return net_get_bytes(r, len);
}

uint8_t wire_u8(ByteReader *r)
{
    return net_get_u8(r);
}

const char *wire_text(ByteReader *r, size_t len, size_t *out_len)
{
    return net_text_in((const char *)wire_take(r, len), len, out_len);
}

const char *wire_cstring(ByteReader *r)
{
    return net_get_cstring(r);
}

Datum wire_result_text(const char *text, size_t len)
{
    size_t out_len;
    const char *out = encoding_convert(text_encoding(), net_client_encoding(), text, len, &out_len);

    return datum_of_pointer(varlena_new(out, out_len));
}

Datum wire_result_u8(uint8_t v)
{
    return datum_of_pointer(varlena_new(&v, sizeof v));
}

Datum wire_result_u16(uint16_t v)
{
    v = __builtin_bswap16(v);
    return datum_of_pointer(varlena_new(&v, sizeof v));
}

Datum wire_result_u32(uint32_t v)
{
    v = __builtin_bswap32(v);
    return datum_of_pointer(varlena_new(&v, sizeof v));
}

Datum wire_result_u64(uint64_t v)
{
    v = __builtin_bswap64(v);
    return datum_of_pointer(varlena_new(&v, sizeof v));
}

void wire_put_u8(StrBuf *b, uint8_t v)
{
    strbuf_add_char(b, (char)v);
}

void wire_put_u16(StrBuf *b, uint16_t v)
{
    v = __builtin_bswap16(v);
    strbuf_add_bytes(b, &v, sizeof v);
}

void wire_put_u32(StrBuf *b, uint32_t v)
{
    v = __builtin_bswap32(v);
    strbuf_add_bytes(b, &v, sizeof v);
}

void wire_put_u64(StrBuf *b, uint64_t v)
{
    v = __builtin_bswap64(v);
    strbuf_add_bytes(b, &v, sizeof v);
}

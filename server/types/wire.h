/*
 * wire.h - binary forms: what receive functions read, and what send functions give
 *
 * Argument 0 of a receive function is a pointer to a ByteReader over the value's bytes, behind
 * which the caller checks that all was read (22P03). A send function gives a bytea. Integers are
 * big-endian.
 */
#ifndef TYPES_WIRE_H
#define TYPES_WIRE_H

#include "common/base/base.h"

#include "common/base/bytes.h"
#include "common/text/strbuf.h"
#include "server/fmgr/fmgr.h"

static inline ByteReader *wire_message(const FmgrCall *call)
{
    return fmgr_pointer(call, 0);
}

/* The next bytes, in place; raises 08P01 when there are fewer, as the next functions do. */
const uint8_t *wire_take(ByteReader *r, size_t len);

uint8_t wire_u8(ByteReader *r);

static inline uint16_t wire_u16(ByteReader *r)
{
    return load_be16(wire_take(r, 2));
}

static inline uint32_t wire_u32(ByteReader *r)
{
    return load_be32(wire_take(r, 4));
}

static inline uint64_t wire_u64(ByteReader *r)
{
    return load_be64(wire_take(r, 8));
}

/* The rest or the next len bytes as text in the server's encoding, checked; *out_len bytes. */
const char *wire_text(ByteReader *r, size_t len, size_t *out_len);

/* A NUL-terminated string; 08P01 when no NUL is left. */
const char *wire_cstring(ByteReader *r);

/* ---- Sending: a single number at once ---- */

/* Text in the encoding of the client. */
Datum wire_result_text(const char *text, size_t len);

Datum wire_result_u8(uint8_t v);
Datum wire_result_u16(uint16_t v);
Datum wire_result_u32(uint32_t v);
Datum wire_result_u64(uint64_t v);

/* ---- Sending: several of them between text_begin() and text_end() of types_int.h ---- */

void wire_put_u8(StrBuf *b, uint8_t v);
void wire_put_u16(StrBuf *b, uint16_t v);
void wire_put_u32(StrBuf *b, uint32_t v);
void wire_put_u64(StrBuf *b, uint64_t v);

#endif

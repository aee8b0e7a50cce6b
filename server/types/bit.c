/*
 * bit.c - bit strings: bit(n) and bit varying(n)
 *
 * A value is its length in bits and the bits, the first being the highest of its byte; what is left
 * of the last byte is 0.
 */
#include "common/base/base.h"

#include "server/types/comparisons.h"
#include "server/types/text_arg.h"
#include "server/types/types_int.h"
#include "server/types/typmod.h"
#include "server/types/wire.h"

#define BITS_MAX     (INT32_MAX - 7)
#define DECLARED_MAX 83886080 /* of bit(n) */

typedef struct Bits {
    const uint8_t *bytes;
    int32_t len; /* in bits */
} Bits;

static Bits bits_arg(const FmgrCall *call, int n)
{
    const uint8_t *v = fmgr_packed(call, n);

    if (varlena_len(v) < 4)
        err_raise(SQLSTATE_DATA_CORRUPTED, .message = "bit string is damaged");
    return (Bits){varlena_bytes(v) + 4, (int32_t)load_u32(varlena_bytes(v))};
}

static size_t byte_count(int32_t len)
{
    return ((size_t)len + 7) / 8;
}

/* All zeros; *bytes is where they are. */
static Datum bits_new(int32_t len, uint8_t **bytes)
{
    uint8_t *v = text_new_room(4 + byte_count(len));

    store_u32(v + VARLENA_HEADER, (uint32_t)len);
    *bytes = v + VARLENA_HEADER + 4;
    memset(*bytes, 0, byte_count(len));
    return datum_of_pointer(v);
}

static bool bit_at(const uint8_t *bytes, int64_t n)
{
    return (bytes[n / 8] >> (7 - n % 8) & 1) != 0;
}

static void put_bit(uint8_t *bytes, int64_t n)
{
    bytes[n / 8] = (uint8_t)(bytes[n / 8] | 0x80 >> n % 8);
}

static void clear_rest(uint8_t *bytes, int32_t len)
{
    if (len % 8 != 0)
        bytes[len / 8] = (uint8_t)(bytes[len / 8] & 0xFF << (8 - len % 8));
}

/* Bits of a source, in place of those from `to` on. */
static void copy_bits(uint8_t *out, int64_t to, const uint8_t *from, int64_t start, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        if (bit_at(from, start + i))
            put_bit(out, to + i);
    }
}

static _Noreturn void raise_too_long(void)
{
    err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
              .message = err_fmt("bit string length exceeds the maximum allowed (%d)", BITS_MAX));
}

/* ---- Lengths that types ask for ---- */

static void check_fixed(int32_t len, int32_t wanted)
{
    if (wanted > 0 && len != wanted)
        err_raise(SQLSTATE_STRING_DATA_LENGTH_MISMATCH,
                  .message =
                      err_fmt("bit string length %d does not match type bit(%d)", len, wanted));
}

static void check_varying(int32_t len, int32_t max)
{
    if (max > 0 && len > max)
        err_raise(SQLSTATE_STRING_DATA_RIGHT_TRUNCATION,
                  .message = err_fmt("bit string too long for type bit varying(%d)", max));
}

static Datum read_type_mod(FmgrCall *call, const char *type)
{
    int32_t length;

    if (typmod_read(fmgr_packed(call, 0), &length, 1) != 1)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "invalid type modifier");
    if (length < 1)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("length for type %s must be at least 1", type));
    if (length > DECLARED_MAX)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("length for type %s cannot exceed %d", type, DECLARED_MAX));
    return datum_of_i32(length);
}

Datum bittypmodin(FmgrCall *call)
{
    return read_type_mod(call, "bit");
}

Datum varbittypmodin(FmgrCall *call)
{
    return read_type_mod(call, "varbit");
}

Datum bittypmodout(FmgrCall *call)
{
    int32_t type_mod = fmgr_i32(call, 0);

    return datum_of_pointer(type_mod < 0 ? mem_strdup("") : mem_printf("(%d)", type_mod));
}

Datum varbittypmodout(FmgrCall *call)
{
    return bittypmodout(call);
}

/* ---- Forms ---- */

static _Noreturn void raise_digit(const char *p, const char *kind)
{
    err_raise(SQLSTATE_INVALID_TEXT_REPRESENTATION,
              .message =
                  err_fmt("\"%.*s\" is not a valid %s digit", (int)text_char_len(p), p, kind));
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* B or X before the digits says what they are. */
static Datum read_bits(const char *text, int32_t type_mod, void (*check)(int32_t, int32_t))
{
    bool is_hex = *text == 'x' || *text == 'X';
    const char *p = is_hex || *text == 'b' || *text == 'B' ? text + 1 : text;
    size_t digits = strlen(p);
    uint8_t *bytes;
    int32_t len;
    Datum result;

    if (digits > BITS_MAX / (is_hex ? 4 : 1))
        raise_too_long();
    len = (int32_t)(is_hex ? digits * 4 : digits);
    check(len, type_mod);
    result = bits_new(len, &bytes);
    for (size_t i = 0; i < digits; i++) {
        int value = hex_value(p[i]);

        if (is_hex) {
            if (value < 0)
                raise_digit(p + i, "hexadecimal");
            bytes[i / 2] = (uint8_t)(bytes[i / 2] | value << (i % 2 == 0 ? 4 : 0));
        } else if (p[i] == '1') {
            put_bit(bytes, (int64_t)i);
        } else if (p[i] != '0') {
            raise_digit(p + i, "binary");
        }
    }
    return result;
}

static Datum receive_bits(FmgrCall *call, void (*check)(int32_t, int32_t))
{
    ByteReader *r = wire_message(call);
    int32_t len = (int32_t)wire_u32(r);
    uint8_t *bytes;
    const uint8_t *from;
    Datum result;

    if (len < 0 || len > BITS_MAX)
        err_raise(SQLSTATE_INVALID_BINARY_REPRESENTATION,
                  .message = "invalid length in external bit string");
    check(len, fmgr_i32(call, 2));
    from = wire_take(r, byte_count(len));
    result = bits_new(len, &bytes);
    memcpy(bytes, from, byte_count(len));
    clear_rest(bytes, len);
    return result;
}

Datum bit_in(FmgrCall *call)
{
    return read_bits(fmgr_cstring(call, 0), fmgr_i32(call, 2), check_fixed);
}

Datum varbit_in(FmgrCall *call)
{
    return read_bits(fmgr_cstring(call, 0), fmgr_i32(call, 2), check_varying);
}

Datum bit_out(FmgrCall *call)
{
    Bits b = bits_arg(call, 0);
    char *out = mem_alloc((size_t)b.len + 1);

    for (int32_t i = 0; i < b.len; i++)
        out[i] = bit_at(b.bytes, i) ? '1' : '0';
    return datum_of_pointer(out);
}

Datum varbit_out(FmgrCall *call)
{
    return bit_out(call);
}

Datum bit_recv(FmgrCall *call)
{
    return receive_bits(call, check_fixed);
}

Datum varbit_recv(FmgrCall *call)
{
    return receive_bits(call, check_varying);
}

Datum bit_send(FmgrCall *call)
{
    Bits b = bits_arg(call, 0);
    StrBuf out;

    text_begin(&out);
    wire_put_u32(&out, (uint32_t)b.len);
    strbuf_add_bytes(&out, b.bytes, byte_count(b.len));
    return text_end(&out);
}

Datum varbit_send(FmgrCall *call)
{
    return bit_send(call);
}

/* ---- Casts ---- */

static Datum part(Bits b, int64_t start, int64_t count)
{
    uint8_t *bytes;
    Datum result = bits_new((int32_t)count, &bytes);

    copy_bits(bytes, 0, b.bytes, start, count);
    return result;
}

/* To a length: zeros are added, or bits cut, when it was asked for. */
Datum bit(FmgrCall *call)
{
    Bits b = bits_arg(call, 0);
    int32_t len = fmgr_i32(call, 1);
    uint8_t *bytes;
    Datum result;

    if (len <= 0 || len > BITS_MAX || len == b.len)
        return fmgr_arg(call, 0);
    if (!fmgr_bool(call, 2))
        check_fixed(b.len, len);
    result = bits_new(len, &bytes);
    copy_bits(bytes, 0, b.bytes, 0, b.len < len ? b.len : len);
    return result;
}

Datum varbit(FmgrCall *call)
{
    Bits b = bits_arg(call, 0);
    int32_t len = fmgr_i32(call, 1);

    if (len <= 0 || len >= b.len)
        return fmgr_arg(call, 0);
    if (!fmgr_bool(call, 2))
        check_varying(b.len, len);
    return part(b, 0, len);
}

/* The lowest bits of a number; above them its sign goes on. */
static Datum of_number(int64_t n, int32_t width, int32_t len)
{
    uint8_t *bytes;
    Datum result;

    if (len <= 0 || len > BITS_MAX)
        len = 1;
    result = bits_new(len, &bytes);
    for (int32_t i = 0; i < len; i++) {
        int32_t place = len - 1 - i;

        if (((uint64_t)n >> (place >= width ? width - 1 : place) & 1) != 0)
            put_bit(bytes, i);
    }
    return result;
}

Datum bitfromint4(FmgrCall *call)
{
    return of_number(fmgr_i32(call, 0), 32, fmgr_i32(call, 1));
}

Datum bitfromint8(FmgrCall *call)
{
    return of_number(fmgr_i64(call, 0), 64, fmgr_i32(call, 1));
}

static uint64_t to_number(Bits b, int32_t max, const char *type)
{
    uint64_t n = 0;

    if (b.len > max)
        types_raise_range(type);
    for (int32_t i = 0; i < b.len; i++)
        n = n << 1 | bit_at(b.bytes, i);
    return n;
}

Datum bittoint4(FmgrCall *call)
{
    return datum_of_i32((int32_t)to_number(bits_arg(call, 0), 32, "integer"));
}

Datum bittoint8(FmgrCall *call)
{
    return datum_of_i64((int64_t)to_number(bits_arg(call, 0), 64, "bigint"));
}

/* ---- Orders ---- */

static int compare(const FmgrCall *call)
{
    Bits a = bits_arg(call, 0), b = bits_arg(call, 1);
    int order = memcmp(a.bytes, b.bytes, size_min(byte_count(a.len), byte_count(b.len)));

    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

COMPARISONS(bit, , compare(call) == 0, compare(call))

Datum bitcmp(FmgrCall *call)
{
    return datum_of_i32(compare(call));
}

/* ---- Parts ---- */

Datum bitlength(FmgrCall *call)
{
    return datum_of_i32(bits_arg(call, 0).len);
}

Datum bitoctetlength(FmgrCall *call)
{
    return datum_of_i32((int32_t)byte_count(bits_arg(call, 0).len));
}

Datum bit_bit_count(FmgrCall *call)
{
    Bits b = bits_arg(call, 0);
    int64_t count = 0;

    for (size_t i = 0; i < byte_count(b.len); i++)
        count += __builtin_popcount(b.bytes[i]);
    return datum_of_i64(count);
}

Datum bitcat(FmgrCall *call)
{
    Bits a = bits_arg(call, 0), b = bits_arg(call, 1);
    uint8_t *bytes;
    Datum result;

    if (a.len > BITS_MAX - b.len)
        raise_too_long();
    result = bits_new(a.len + b.len, &bytes);
    copy_bits(bytes, 0, a.bytes, 0, a.len);
    copy_bits(bytes, a.len, b.bytes, 0, b.len);
    return result;
}

static _Noreturn void raise_negative_length(void)
{
    err_raise(SQLSTATE_SUBSTRING_ERROR, .message = "negative substring length not allowed");
}

/* From bit start (1 is the first) up to bit end, which does not belong to it: into start, end. */
static void clip(Bits b, int64_t *start, int64_t *end)
{
    if (*start < 1)
        *start = 1;
    if (*end > (int64_t)b.len + 1)
        *end = (int64_t)b.len + 1;
    if (*end < *start)
        *end = *start;
}

static Datum slice(Bits b, int64_t start, int64_t end)
{
    clip(b, &start, &end);
    return part(b, start - 1, end - start);
}

Datum bitsubstr(FmgrCall *call)
{
    int64_t start = fmgr_i32(call, 1), len = fmgr_i32(call, 2);

    if (len < 0)
        raise_negative_length();
    return slice(bits_arg(call, 0), start, start + len);
}

Datum bitsubstr_no_len(FmgrCall *call)
{
    return slice(bits_arg(call, 0), fmgr_i32(call, 1), INT64_MAX);
}

static Datum overlay(FmgrCall *call, int32_t start, int32_t count)
{
    Bits b = bits_arg(call, 0), with = bits_arg(call, 1);
    int64_t first = 1, before = start, after, last = INT64_MAX, len;
    int32_t end;
    uint8_t *bytes;
    Datum result;

    if (start <= 0)
        raise_negative_length();
    if (__builtin_add_overflow(start, count, &end))
        types_raise_range("integer");
    after = end;
    clip(b, &first, &before);
    clip(b, &after, &last);
    len = before - 1 + with.len + (last - after);
    if (len > BITS_MAX)
        raise_too_long();
    result = bits_new((int32_t)len, &bytes);
    copy_bits(bytes, 0, b.bytes, 0, before - 1);
    copy_bits(bytes, before - 1, with.bytes, 0, with.len);
    copy_bits(bytes, before - 1 + with.len, b.bytes, after - 1, last - after);
    return result;
}

Datum bitoverlay(FmgrCall *call)
{
    return overlay(call, fmgr_i32(call, 2), fmgr_i32(call, 3));
}

Datum bitoverlay_no_len(FmgrCall *call)
{
    return overlay(call, fmgr_i32(call, 2), bits_arg(call, 1).len);
}

Datum bitposition(FmgrCall *call)
{
    Bits b = bits_arg(call, 0), wanted = bits_arg(call, 1);

    if (b.len == 0 || wanted.len > b.len)
        return datum_of_i32(0);
    for (int32_t at = 0; at + wanted.len <= b.len; at++) {
        int32_t i = 0;

        while (i < wanted.len && bit_at(b.bytes, at + i) == bit_at(wanted.bytes, i))
            i++;
        if (i == wanted.len)
            return datum_of_i32(at + 1);
    }
    return datum_of_i32(0);
}

/* ---- Bit by bit ---- */

typedef enum BitOperation { BIT_AND, BIT_OR, BIT_XOR } BitOperation;

static Datum combine(FmgrCall *call, BitOperation operation, const char *name)
{
    Bits a = bits_arg(call, 0), b = bits_arg(call, 1);
    uint8_t *bytes;
    Datum result;

    if (a.len != b.len)
        err_raise(SQLSTATE_STRING_DATA_LENGTH_MISMATCH,
                  .message = err_fmt("cannot %s bit strings of different sizes", name));
    result = bits_new(a.len, &bytes);
    for (size_t i = 0; i < byte_count(a.len); i++)
        bytes[i] = (uint8_t)(operation == BIT_AND  ? a.bytes[i] & b.bytes[i]
                             : operation == BIT_OR ? a.bytes[i] | b.bytes[i]
                                                   : a.bytes[i] ^ b.bytes[i]);
    return result;
}

Datum bit_and(FmgrCall *call)
{
    return combine(call, BIT_AND, "AND");
}

Datum bit_or(FmgrCall *call)
{
    return combine(call, BIT_OR, "OR");
}

Datum bitxor(FmgrCall *call)
{
    return combine(call, BIT_XOR, "XOR");
}

Datum bitnot(FmgrCall *call)
{
    Bits b = bits_arg(call, 0);
    uint8_t *bytes;
    Datum result = bits_new(b.len, &bytes);

    for (size_t i = 0; i < byte_count(b.len); i++)
        bytes[i] = (uint8_t)~b.bytes[i];
    clear_rest(bytes, b.len);
    return result;
}

/* To the left by places; below 0 to the right. */
static Datum shift(Bits b, int64_t places)
{
    uint8_t *bytes;
    Datum result = bits_new(b.len, &bytes);

    if (places >= 0 && places < b.len)
        copy_bits(bytes, 0, b.bytes, places, b.len - places);
    else if (places < 0 && -places < b.len)
        copy_bits(bytes, -places, b.bytes, 0, b.len + places);
    return result;
}

Datum bitshiftleft(FmgrCall *call)
{
    return shift(bits_arg(call, 0), fmgr_i32(call, 1));
}

Datum bitshiftright(FmgrCall *call)
{
    return shift(bits_arg(call, 0), -(int64_t)fmgr_i32(call, 1));
}

static void check_index(int32_t index, int32_t len)
{
    if (index < 0 || index >= len)
        err_raise(SQLSTATE_ARRAY_SUBSCRIPT_ERROR,
                  .message = err_fmt("bit index %d out of valid range (0..%d)", index, len - 1));
}

Datum bitgetbit(FmgrCall *call)
{
    Bits b = bits_arg(call, 0);

    check_index(fmgr_i32(call, 1), b.len);
    return datum_of_i32(bit_at(b.bytes, fmgr_i32(call, 1)));
}

Datum bitsetbit(FmgrCall *call)
{
    Bits b = bits_arg(call, 0);
    int32_t n = fmgr_i32(call, 1), value = fmgr_i32(call, 2);
    uint8_t *bytes;
    Datum result;

    check_index(n, b.len);
    if (value != 0 && value != 1)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "new bit must be 0 or 1");
    result = bits_new(b.len, &bytes);
    memcpy(bytes, b.bytes, byte_count(b.len));
    bytes[n / 8] = (uint8_t)(bytes[n / 8] & ~(0x80 >> n % 8));
    if (value == 1)
        put_bit(bytes, n);
    return result;
}

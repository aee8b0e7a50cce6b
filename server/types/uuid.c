/* uuid.c - universally unique identifiers: 16 bytes. */
#include "common/base/base.h"

#include "common/crypt/random.h"
#include "common/text/hex.h"
#include "server/types/types_int.h"
#include "server/types/wire.h"

#define UUID_LEN      16
#define UUID_TEXT_LEN 36

static Datum uuid_result(const uint8_t *bytes)
{
    return datum_of_pointer(mem_dup(bytes, UUID_LEN));
}

/* 32 digits, in braces or not, with a hyphen behind any four of them. */
static bool read_uuid(const char *text, uint8_t *out)
{
    bool has_brace = *text == '{';

    text += has_brace;
    for (int i = 0; i < UUID_LEN; i++) {
        int high = hex_digit(text[0]);
        int low = high < 0 ? -1 : hex_digit(text[1]);

        if (low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
        text += 2;
        if (*text == '-' && i % 2 == 1 && i < UUID_LEN - 1)
            text++;
    }
    if (has_brace && *text++ != '}')
        return false;
    return *text == '\0';
}

Datum uuid_in(FmgrCall *call)
{
    const char *text = fmgr_cstring(call, 0);
    uint8_t bytes[UUID_LEN];

    if (!read_uuid(text, bytes))
        types_raise_syntax("uuid", text);
    return uuid_result(bytes);
}

Datum uuid_out(FmgrCall *call)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *bytes = fmgr_pointer(call, 0);
    char *text = mem_alloc(UUID_TEXT_LEN + 1), *to = text;

    for (int i = 0; i < UUID_LEN; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *to++ = '-';
        *to++ = digits[bytes[i] >> 4];
        *to++ = digits[bytes[i] & 15];
    }
    return datum_of_pointer(text);
}

Datum uuid_recv(FmgrCall *call)
{
    return uuid_result(wire_take(wire_message(call), UUID_LEN));
}

Datum uuid_send(FmgrCall *call)
{
    return datum_of_pointer(varlena_new(fmgr_pointer(call, 0), UUID_LEN));
}

/* Version 4: all but six bits are random. */
Datum gen_random_uuid(FmgrCall *call)
{
    uint8_t bytes[UUID_LEN];

    (void)call;
    random_bytes(bytes, sizeof bytes);
    bytes[6] = (uint8_t)((bytes[6] & 0x0F) | 0x40);
    bytes[8] = (uint8_t)((bytes[8] & 0x3F) | 0x80);
    return uuid_result(bytes);
}

static int order(const FmgrCall *call)
{
    return memcmp(fmgr_pointer(call, 0), fmgr_pointer(call, 1), UUID_LEN);
}

#define COMPARISON(name, operation)              \
 Datum name(FmgrCall *call)                      \
 {                                               \
  return datum_of_bool(order(call) operation 0); \
 }

COMPARISON(uuid_eq, ==)
COMPARISON(uuid_ne, !=)
COMPARISON(uuid_lt, <)
COMPARISON(uuid_le, <=)
COMPARISON(uuid_gt, >)
COMPARISON(uuid_ge, >=)

Datum uuid_cmp(FmgrCall *call)
{
    return datum_of_i32(order(call));
}

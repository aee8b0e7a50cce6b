/* char.c - the type "char", a single byte: forms, comparisons, casts from and to text. */
#include "common/base/base.h"

#include "server/types/types_int.h"
#include "server/types/wire.h"

#define CHAR_TEXT_SIZE 5
#define IS_OCTAL(c)    ((c) >= '0' && (c) <= '7')

/* A byte beyond ASCII is a backslash and three octal digits, \0 to \377; NUL is nothing. */
static size_t print(char c, char out[CHAR_TEXT_SIZE])
{
    uint8_t v = (uint8_t)c;

    if (v >= 0x80) {
        out[0] = '\\';
        out[1] = (char)('0' + (v >> 6));
        out[2] = (char)('0' + (v >> 3 & 7));
        out[3] = (char)('0' + (v & 7));
        out[4] = '\0';
        return 4;
    }
    out[0] = c;
    out[1] = '\0';
    return c == '\0' ? 0 : 1;
}

static char read(const char *text, size_t len)
{
    if (len == 4 && text[0] == '\\' && IS_OCTAL(text[1]) && IS_OCTAL(text[2]) && IS_OCTAL(text[3]))
        return (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0'));
    return len == 0 ? '\0' : text[0];
}

Datum charin(FmgrCall *call)
{
    const char *text = fmgr_cstring(call, 0);

    return datum_of_char(read(text, strlen(text)));
}

Datum charout(FmgrCall *call)
{
    char text[CHAR_TEXT_SIZE];

    print(fmgr_char(call, 0), text);
    return cstring_result(text);
}

Datum charrecv(FmgrCall *call)
{
    return datum_of_char((char)wire_u8(wire_message(call)));
}

Datum charsend(FmgrCall *call)
{
    return wire_result_u8((uint8_t)fmgr_char(call, 0));
}

Datum text_char(FmgrCall *call)
{
    const uint8_t *v = fmgr_packed(call, 0);

    return datum_of_char(read((const char *)varlena_bytes(v), varlena_len(v)));
}

Datum char_text(FmgrCall *call)
{
    char text[CHAR_TEXT_SIZE];

    return text_result(text, print(fmgr_char(call, 0), text));
}

#define COMPARISON(name, operation)                                                        \
 Datum name(FmgrCall *call)                                                                \
 {                                                                                         \
  return datum_of_bool((uint8_t)fmgr_char(call, 0) operation(uint8_t) fmgr_char(call, 1)); \
 }

COMPARISON(chareq, ==)
COMPARISON(charne, !=)
COMPARISON(charlt, <)
COMPARISON(charle, <=)
COMPARISON(chargt, >)
COMPARISON(charge, >=)

Datum btcharcmp(FmgrCall *call)
{
    return datum_of_i32((uint8_t)fmgr_char(call, 0) - (uint8_t)fmgr_char(call, 1));
}

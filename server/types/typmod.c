/* typmod.c - read the array of words that a typmodin function is given. */
#include "common/base/base.h"

#include "server/types/typmod.h"

#include "common/base/bytes.h"
#include "server/types/types_int.h"

#define TYPE_OID_CSTRING 2275
#define ARRAY_HEAD       12 /* number of dimensions, offset of data, type; behind the length word */
#define ARRAY_DIMENSION  8  /* size and lower bound */

static int32_t read_number(const char *text)
{
    const char *p = skip_spaces(text);
    bool is_negative = *p == '-';
    int64_t value = 0;
    const char *first;

    p += *p == '-' || *p == '+';
    for (first = p; *p >= '0' && *p <= '9'; p++)
        if (value <= INT32_MAX)
            value = value * 10 + (*p - '0');
    if (p == first || *skip_spaces(p) != '\0')
        types_raise_syntax("integer", text);
    if (is_negative)
        value = -value;
    if (value > INT32_MAX || value < INT32_MIN)
        types_raise_input_range("integer", text);
    return (int32_t)value;
}

int typmod_read(const uint8_t *packed, int32_t *out, int max)
{
    ByteReader r = byte_reader(varlena_bytes(packed), varlena_len(packed), "array");
    const uint8_t *head = byte_reader_take(&r, ARRAY_HEAD);
    int32_t count;

    if (load_u32(head + 8) != TYPE_OID_CSTRING)
        err_raise(SQLSTATE_ARRAY_SUBSCRIPT_ERROR, .message = "typmod array must be type cstring[]");
    if (load_u32(head) != 1)
        err_raise(SQLSTATE_ARRAY_SUBSCRIPT_ERROR,
                  .message = "typmod array must be one-dimensional");
    if (load_u32(head + 4) != 0)
        err_raise(SQLSTATE_NULL_VALUE_NOT_ALLOWED,
                  .message = "typmod array must not contain nulls");
    count = (int32_t)load_u32(byte_reader_take(&r, ARRAY_DIMENSION));
    for (int32_t i = 0; i < count; i++) {
        const char *text = (const char *)r.pos;
        int32_t value;

        while (*byte_reader_take(&r, 1) != '\0') {
        }
        value = read_number(text);
        if (i < max)
            out[i] = value;
    }
    return count;
}

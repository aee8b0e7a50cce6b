/*
 * bytea.c - the type bytea: forms, orders, parts, single bytes and bits
 *
 * Text is \x with digits, or what can be printed with the rest as \ooo.
 */
#include "common/base/base.h"

#include "server/config/setting.h"
#include "server/types/bytes_text.h"
#include "server/types/comparisons.h"
#include "server/types/text_arg.h"
#include "server/types/text_part.h"
#include "server/types/types_int.h"
#include "server/types/wire.h"

/* ---- Forms ---- */

Datum byteain(FmgrCall *call)
{
    const char *text = fmgr_cstring(call, 0);
    StrBuf out;

    text_begin(&out);
    if (text[0] == '\\' && text[1] == 'x')
        bytes_read_hex(&out, text + 2, strlen(text + 2));
    else
        bytes_read_escaped(&out, text, strlen(text));
    return text_end(&out);
}

Datum byteaout(FmgrCall *call)
{
    CollationText t = text_arg(call, 0);
    StrBuf out;

    strbuf_init(&out);
    if (setting.bytea_output == BYTEA_OUTPUT_HEX) {
        strbuf_add(&out, "\\x");
        strbuf_add_hex(&out, t.bytes, t.len);
    } else {
        for (size_t i = 0; i < t.len; i++) {
            if (t.bytes[i] == '\\')
                strbuf_add(&out, "\\\\");
            else if ((uint8_t)t.bytes[i] < 0x20 || (uint8_t)t.bytes[i] > 0x7E)
                strbuf_add_fmt(&out, "\\%03o", (uint8_t)t.bytes[i]);
            else
                strbuf_add_char(&out, t.bytes[i]);
        }
    }
    return datum_of_pointer(out.text);
}

Datum bytearecv(FmgrCall *call)
{
    ByteReader *r = wire_message(call);
    size_t len = byte_reader_left(r);

    return text_result(wire_take(r, len), len);
}

Datum byteasend(FmgrCall *call)
{
    return text_of(text_arg(call, 0));
}

/* ---- Orders ---- */

static int compare(const FmgrCall *call)
{
    CollationText a = text_arg(call, 0), b = text_arg(call, 1);
    int order = memcmp(a.bytes, b.bytes, size_min(a.len, b.len));

    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

/* Other lengths are told without fetching. */
static bool is_equal(const FmgrCall *call)
{
    if (varlena_raw_size(datum_varlena(fmgr_arg(call, 0))) !=
        varlena_raw_size(datum_varlena(fmgr_arg(call, 1))))
        return false;
    return compare(call) == 0;
}

COMPARISONS(bytea, , is_equal(call), compare(call))

Datum byteacmp(FmgrCall *call)
{
    return datum_of_i32(compare(call));
}

/* ---- Parts ---- */

Datum byteaoctetlen(FmgrCall *call)
{
    return datum_of_i32(
        (int32_t)(varlena_raw_size(datum_varlena(fmgr_arg(call, 0))) - VARLENA_HEADER));
}

Datum byteacat(FmgrCall *call)
{
    return textcat(call);
}

/* From byte start (1 is the first) up to byte end, which does not belong to it. */
static CollationText slice(CollationText t, int64_t start, int64_t end)
{
    if (start < 1)
        start = 1;
    if (end > (int64_t)t.len + 1)
        end = (int64_t)t.len + 1;
    if (end <= start)
        return (CollationText){t.bytes, 0};
    return (CollationText){t.bytes + start - 1, (size_t)(end - start)};
}

Datum bytea_substr(FmgrCall *call)
{
    return text_part(call, slice);
}

Datum bytea_substr_no_len(FmgrCall *call)
{
    return text_part_rest(call, slice);
}

Datum byteaoverlay(FmgrCall *call)
{
    return text_overlay(call, fmgr_i32(call, 2), fmgr_i32(call, 3), slice);
}

Datum byteaoverlay_no_len(FmgrCall *call)
{
    return text_overlay(call, fmgr_i32(call, 2), (int32_t)text_arg(call, 1).len, slice);
}

Datum byteapos(FmgrCall *call)
{
    CollationText t = text_arg(call, 0), wanted = text_arg(call, 1);
    const char *found;

    if (wanted.len == 0)
        return datum_of_i32(1);
    found = memmem(t.bytes, t.len, wanted.bytes, wanted.len);
    return datum_of_i32(found == NULL ? 0 : (int32_t)(found - t.bytes) + 1);
}

static Datum trim(FmgrCall *call, bool at_begin, bool at_end)
{
    CollationText t = text_arg(call, 0), set = text_arg(call, 1);

    if (set.len == 0)
        return text_of(t);
    while (at_begin && t.len > 0 && memchr(set.bytes, *t.bytes, set.len) != NULL) {
        t.bytes++;
        t.len--;
    }
    while (at_end && t.len > 0 && memchr(set.bytes, t.bytes[t.len - 1], set.len) != NULL)
        t.len--;
    return text_of(t);
}

Datum byteatrim(FmgrCall *call)
{
    return trim(call, true, true);
}

Datum bytealtrim(FmgrCall *call)
{
    return trim(call, true, false);
}

Datum byteartrim(FmgrCall *call)
{
    return trim(call, false, true);
}

/* ---- Single bytes and bits ---- */

static void check_index(int64_t index, int64_t count)
{
    if (index < 0 || index >= count)
        err_raise(SQLSTATE_ARRAY_SUBSCRIPT_ERROR,
                  .message = err_fmt("index %" PRId64 " out of valid range, 0..%" PRId64, index,
                                     count - 1));
}

Datum byteaGetByte(FmgrCall *call)
{
    CollationText t = text_arg(call, 0);

    check_index(fmgr_i32(call, 1), (int64_t)t.len);
    return datum_of_i32((uint8_t)t.bytes[fmgr_i32(call, 1)]);
}

Datum byteaGetBit(FmgrCall *call)
{
    CollationText t = text_arg(call, 0);
    int64_t n = fmgr_i64(call, 1);

    check_index(n, (int64_t)t.len * 8);
    return datum_of_i32((uint8_t)t.bytes[n / 8] >> n % 8 & 1);
}

Datum byteaSetByte(FmgrCall *call)
{
    CollationText t = text_arg(call, 0);
    uint8_t *out;

    check_index(fmgr_i32(call, 1), (int64_t)t.len);
    out = datum_pointer(text_of(t));
    out[VARLENA_HEADER + fmgr_i32(call, 1)] = (uint8_t)fmgr_i32(call, 2);
    return datum_of_pointer(out);
}

Datum byteaSetBit(FmgrCall *call)
{
    CollationText t = text_arg(call, 0);
    int64_t n = fmgr_i64(call, 1);
    int32_t bit = fmgr_i32(call, 2);
    uint8_t *out, *byte;

    check_index(n, (int64_t)t.len * 8);
    if (bit != 0 && bit != 1)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "new bit must be 0 or 1");
    out = datum_pointer(text_of(t));
    byte = out + VARLENA_HEADER + n / 8;
    *byte = (uint8_t)((*byte & ~(1 << n % 8)) | bit << n % 8);
    return datum_of_pointer(out);
}

Datum bytea_bit_count(FmgrCall *call)
{
    CollationText t = text_arg(call, 0);
    int64_t count = 0;

    for (size_t i = 0; i < t.len; i++)
        count += __builtin_popcount((uint8_t)t.bytes[i]);
    return datum_of_i64(count);
}

/* text_change.c - texts with other characters: case, trimmed, padded, repeated, translated. */
#include "common/base/base.h"

#include "server/types/text_arg.h"
#include "server/types/types_int.h"

#define REPEATED_MAX 0x3FFFFFFF /* bytes of a result, with its header */

/* ---- Case ---- */

static Datum change_case(FmgrCall *call, CollationCase to)
{
    size_t len;
    char *out = collation_change_case(call->collation, to, text_arg(call, 0), &len);
    Datum result = text_result(out, len);

    mem_free(out);
    return result;
}

Datum lower(FmgrCall *call)
{
    return change_case(call, CASE_LOWER);
}

Datum upper(FmgrCall *call)
{
    return change_case(call, CASE_UPPER);
}

Datum initcap(FmgrCall *call)
{
    return change_case(call, CASE_INITCAP);
}

/* ---- Trimmed ---- */

static bool has_char(CollationText set, const char *c, size_t len)
{
    for (size_t at = 0; at < set.len;) {
        size_t here = size_min(text_char_len(set.bytes + at), set.len - at);

        if (here == len && memcmp(set.bytes + at, c, len) == 0)
            return true;
        at += here;
    }
    return false;
}

static CollationText trim_begin(CollationText t, CollationText set)
{
    while (t.len > 0) {
        size_t len = size_min(text_char_len(t.bytes), t.len);

        if (!has_char(set, t.bytes, len))
            break;
        t.bytes += len;
        t.len -= len;
    }
    return t;
}

/* Where characters begin is only known from the start in some encodings. */
static CollationText trim_end(CollationText t, CollationText set)
{
    size_t kept = 0;

    for (size_t at = 0; at < t.len;) {
        size_t len = size_min(text_char_len(t.bytes + at), t.len - at);

        if (!has_char(set, t.bytes + at, len))
            kept = at + len;
        at += len;
    }
    return (CollationText){t.bytes, kept};
}

static const CollationText blank = {" ", 1};

Datum btrim(FmgrCall *call)
{
    CollationText set = text_arg(call, 1);

    return text_of(trim_end(trim_begin(text_arg(call, 0), set), set));
}

Datum ltrim(FmgrCall *call)
{
    return text_of(trim_begin(text_arg(call, 0), text_arg(call, 1)));
}

Datum rtrim(FmgrCall *call)
{
    return text_of(trim_end(text_arg(call, 0), text_arg(call, 1)));
}

Datum btrim1(FmgrCall *call)
{
    return text_of(trim_end(trim_begin(text_arg(call, 0), blank), blank));
}

Datum ltrim1(FmgrCall *call)
{
    return text_of(trim_begin(text_arg(call, 0), blank));
}

Datum rtrim1(FmgrCall *call)
{
    return text_of(trim_end(text_arg(call, 0), blank));
}

/* ---- Padded, repeated ---- */

static _Noreturn void raise_too_large(void)
{
    err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, .message = "requested length too large");
}

/* So many characters of what is repeated without end. */
static void add_padding(StrBuf *out, CollationText with, size_t count)
{
    size_t at = 0;

    for (; count > 0; count--) {
        size_t len = size_min(text_char_len(with.bytes + at), with.len - at);

        strbuf_add_bytes(out, with.bytes + at, len);
        at = at + len == with.len ? 0 : at + len;
    }
}

static Datum pad(FmgrCall *call, bool is_left)
{
    CollationText t = text_arg(call, 0), with = text_arg(call, 2);
    int64_t wanted = fmgr_i32(call, 1) < 0 ? 0 : fmgr_i32(call, 1);
    int64_t have = (int64_t)text_char_count(t), taken = have > wanted ? wanted : have;
    StrBuf out;

    if (with.len == 0)
        wanted = taken;
    if (wanted * (int64_t)encoding_max_len(text_encoding()) + VARLENA_HEADER > REPEATED_MAX)
        raise_too_large();
    text_begin(&out);
    if (is_left)
        add_padding(&out, with, (size_t)(wanted - taken));
    strbuf_add_bytes(&out, t.bytes, text_chars_len(t, (size_t)taken));
    if (!is_left)
        add_padding(&out, with, (size_t)(wanted - taken));
    return text_end(&out);
}

Datum lpad(FmgrCall *call)
{
    return pad(call, true);
}

Datum rpad(FmgrCall *call)
{
    return pad(call, false);
}

Datum repeat(FmgrCall *call)
{
    CollationText t = text_arg(call, 0);
    int64_t count = fmgr_i32(call, 1) < 0 ? 0 : fmgr_i32(call, 1);
    uint8_t *out;

    if ((int64_t)t.len * count + VARLENA_HEADER > REPEATED_MAX)
        raise_too_large();
    out = text_new_room(t.len * (size_t)count);
    for (int64_t i = 0; i < count; i++)
        memcpy(out + VARLENA_HEADER + t.len * (size_t)i, t.bytes, t.len);
    return datum_of_pointer(out);
}

/* ---- Translated ---- */

/* The number of a character in a set; -1. */
static int64_t number_of(CollationText set, const char *c, size_t len)
{
    int64_t n = 0;

    for (size_t at = 0; at < set.len; n++) {
        size_t here = size_min(text_char_len(set.bytes + at), set.len - at);

        if (here == len && memcmp(set.bytes + at, c, len) == 0)
            return n;
        at += here;
    }
    return -1;
}

Datum translate(FmgrCall *call)
{
    CollationText t = text_arg(call, 0), from = text_arg(call, 1), to = text_arg(call, 2);
    StrBuf out;

    text_begin(&out);
    for (size_t at = 0; at < t.len;) {
        size_t len = size_min(text_char_len(t.bytes + at), t.len - at), start;
        int64_t n = number_of(from, t.bytes + at, len);

        if (n < 0) {
            strbuf_add_bytes(&out, t.bytes + at, len);
        } else {
            start = text_chars_len(to, (size_t)n);
            if (start < to.len)
                strbuf_add_bytes(&out, to.bytes + start,
                                 size_min(text_char_len(to.bytes + start), to.len - start));
        }
        at += len;
    }
    return text_end(&out);
}

/* ---- Single characters by number ---- */

Datum ascii(FmgrCall *call)
{
    CollationText t = text_arg(call, 0);
    const char *p = t.bytes;

    if (t.len == 0)
        return datum_of_i32(0);
    if (text_encoding() == ENCODING_UTF8)
        return datum_of_i32((int32_t)utf8_read(&p));
    if (encoding_max_len(text_encoding()) > 1 && (*p & 0x80) != 0)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, .message = "requested character too large");
    return datum_of_i32((uint8_t)*p);
}

static _Noreturn void raise_char_too_large(int32_t c)
{
    err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
              .message = err_fmt("requested character too large for encoding: %u", (uint32_t)c));
}

Datum chr(FmgrCall *call)
{
    int32_t c = fmgr_i32(call, 0);
    char out[UTF8_MAX];

    if (c < 0)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "character number must be positive");
    if (c == 0)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED, .message = "null character not permitted");
    if (text_encoding() == ENCODING_UTF8) {
        if (c > 0x10FFFF)
            raise_char_too_large(c);
        if (c >= 0xD800 && c <= 0xDFFF)
            err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                      .message = err_fmt("requested character not valid for encoding: %d", c));
        return text_result(out, utf8_write((uint32_t)c, out));
    }
    if (c > (encoding_max_len(text_encoding()) > 1 ? 127 : 255))
        raise_char_too_large(c);
    out[0] = (char)c;
    return text_result(out, 1);
}

static Datum hexadecimal(uint64_t n)
{
    char out[17];
    int len = snprintf(out, sizeof out, "%" PRIx64, n);

    return text_result(out, (size_t)len);
}

Datum to_hex32(FmgrCall *call)
{
    return hexadecimal(fmgr_u32(call, 0));
}

Datum to_hex64(FmgrCall *call)
{
    return hexadecimal((uint64_t)fmgr_i64(call, 0));
}

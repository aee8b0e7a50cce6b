/* bytes_text.c - encode() and decode(), and what the input of bytea shares with them. */
#include "common/base/base.h"

#include "server/types/bytes_text.h"

#include <strings.h>

#include "common/text/base64.h"
#include "common/text/hex.h"
#include "server/types/text_arg.h"
#include "server/types/types_int.h"

#define BASE64_LINE 76 /* characters */

#define TEXT_MAX    (MIB(1024) - 1 - 4) /* bytes of a value, without their length */

/* ---- Hexadecimal ---- */

static int read_digit(const char *p)
{
    int d = hex_digit(*p);

    if (d < 0)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message =
                      err_fmt("invalid hexadecimal digit: \"%.*s\"", (int)text_char_len(p), p));
    return d;
}

void bytes_read_hex(StrBuf *out, const char *text, size_t len)
{
    const char *p = text, *end = text + len;

    while (p < end) {
        int high;

        if (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r') {
            p++;
            continue;
        }
        high = read_digit(p++);
        if (p == end)
            err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                      .message = "invalid hexadecimal data: odd number of digits");
        strbuf_add_char(out, (char)(high << 4 | read_digit(p)));
        p++;
    }
}

static void write_hex(StrBuf *out, const char *bytes, size_t len)
{
    strbuf_add_hex(out, bytes, len);
}

static size_t hex_length(const char *bytes UNUSED, size_t len)
{
    return 2 * len;
}

/* ---- Escapes ---- */

static bool is_octal(const char *p, const char *end)
{
    return end - p >= 4 && p[1] >= '0' && p[1] <= '3' && p[2] >= '0' && p[2] <= '7' &&
           p[3] >= '0' && p[3] <= '7';
}

void bytes_read_escaped(StrBuf *out, const char *text, size_t len)
{
    const char *p = text, *end = text + len;

    while (p < end) {
        if (*p != '\\') {
            strbuf_add_char(out, *p++);
        } else if (is_octal(p, end)) {
            strbuf_add_char(out, (char)((p[1] - '0') << 6 | (p[2] - '0') << 3 | (p[3] - '0')));
            p += 4;
        } else if (end - p >= 2 && p[1] == '\\') {
            strbuf_add_char(out, '\\');
            p += 2;
        } else {
            err_raise(SQLSTATE_INVALID_TEXT_REPRESENTATION,
                      .message = "invalid input syntax for type bytea");
        }
    }
}

/* Only what no text can hold is written as a number. */
static bool is_octal_written(uint8_t c)
{
    return c == 0 || c >= 0x80;
}

static size_t escaped_length(const char *bytes, size_t len)
{
    size_t count = 0;

    for (size_t i = 0; i < len; i++)
        count += is_octal_written((uint8_t)bytes[i]) ? 4 : bytes[i] == '\\' ? 2 : 1;
    return count;
}

static void write_escaped(StrBuf *out, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        uint8_t c = (uint8_t)bytes[i];

        if (is_octal_written(c))
            strbuf_add_fmt(out, "\\%03o", c);
        else if (c == '\\')
            strbuf_add(out, "\\\\");
        else
            strbuf_add_char(out, (char)c);
    }
}

/* ---- Base64, in lines ---- */

static void write_base64(StrBuf *out, const char *bytes, size_t len)
{
    const size_t line_bytes = BASE64_LINE / 4 * 3;
    char line[BASE64_LINE + 1];

    for (size_t at = 0; at < len; at += line_bytes) {
        size_t count = base64_write(bytes + at, size_min(line_bytes, len - at), line);

        if (at > 0)
            strbuf_add_char(out, '\n');
        strbuf_add_bytes(out, line, count);
    }

    /* A line that is full ends, even the last. */
    if (len > 0 && len % line_bytes == 0)
        strbuf_add_char(out, '\n');
}

static int base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four digits at a time; = may stand for the last of them. */
static void read_base64(StrBuf *out, const char *text, size_t len)
{
    const char *end = text + len;
    uint32_t group = 0;
    int count = 0, missing = 0;

    for (const char *p = text; p < end; p++) {
        int d = base64_digit(*p);

        if (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')
            continue;
        if (*p == '=') {
            if (missing == 0) {
                if (count < 2)
                    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                              .message = "unexpected \"=\" while decoding base64 sequence");
                missing = 4 - count;
            }
            d = 0;
        } else if (d < 0) {
            err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                      .message = err_fmt("invalid symbol \"%.*s\" found while decoding base64 "
                                         "sequence",
                                         (int)text_char_len(p), p));
        }
        group = group << 6 | (uint32_t)d;
        if (++count < 4)
            continue;
        strbuf_add_char(out, (char)(group >> 16));
        if (missing < 2)
            strbuf_add_char(out, (char)(group >> 8));
        if (missing < 1)
            strbuf_add_char(out, (char)group);
        group = 0;
        count = 0;
    }
    if (count != 0)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "invalid base64 end sequence",
                  .hint = "Input data is missing padding, is truncated, or is otherwise "
                          "corrupted.");
}

static size_t base64_length(const char *bytes UNUSED, size_t len)
{
    return (len + 2) / 3 * 4 + len / (BASE64_LINE / 4 * 3);
}

/* ---- By name ---- */

typedef struct BytesForm {
    const char *name;
    size_t (*length)(const char *bytes, size_t len); /* of what is written */
    void (*write)(StrBuf *out, const char *bytes, size_t len);
    void (*read)(StrBuf *out, const char *text, size_t len);
} BytesForm;

static const BytesForm *find_form(const FmgrCall *call)
{
    static const BytesForm forms[] = {
        {"hex", hex_length, write_hex, bytes_read_hex},
        {"base64", base64_length, write_base64, read_base64},
        {"escape", escaped_length, write_escaped, bytes_read_escaped},
    };
    const char *name = text_cstring(fmgr_packed(call, 1));

    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        if (strcasecmp(forms[i].name, name) == 0)
            return &forms[i];
    }
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
              .message = err_fmt("unrecognized encoding: \"%s\"", name));
}

Datum binary_encode(FmgrCall *call)
{
    const BytesForm *form = find_form(call);
    CollationText t = text_arg(call, 0);
    StrBuf out;

    if (form->length(t.bytes, t.len) > TEXT_MAX)
        err_raise(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                  .message = "result of encoding conversion is too large");
    text_begin(&out);
    form->write(&out, t.bytes, t.len);
    return text_end(&out);
}

Datum binary_decode(FmgrCall *call)
{
    const BytesForm *form = find_form(call);
    CollationText t = text_arg(call, 0);
    StrBuf out;

    text_begin(&out);
    form->read(&out, t.bytes, t.len);
    return text_end(&out);
}

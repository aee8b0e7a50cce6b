/* unicode.c - escapes and forms of Unicode: unistr(), normalize(), IS NORMALIZED. */
#include "common/base/base.h"

#include <strings.h>

#include "common/text/encoding.h"
#include "common/text/hex.h"
#include "server/types/collation_int.h"
#include "server/types/text_arg.h"
#include "server/types/types_int.h"

/* ---- unistr() ---- */

typedef struct UnicodeReader {
    const char *at, *end;
    uint32_t first; /* the first half of a pair; 0: none */
    StrBuf out;
} UnicodeReader;

static _Noreturn void raise_pair(void)
{
    err_raise(SQLSTATE_SYNTAX_ERROR, .message = "invalid Unicode surrogate pair");
}

static bool read_hex(const UnicodeReader *r, size_t skip, size_t digits, uint32_t *code)
{
    if ((size_t)(r->end - r->at) < skip + digits)
        return false;
    *code = 0;
    for (size_t i = 0; i < digits; i++) {
        int value = hex_digit(r->at[skip + i]);

        if (value < 0)
            return false;
        *code = *code << 4 | (uint32_t)value;
    }
    return true;
}

/* Bytes of the escape that is here: \XXXX, \uXXXX, \+XXXXXX, \UXXXXXXXX. */
static size_t read_escape(const UnicodeReader *r, uint32_t *code)
{
    if (read_hex(r, 1, 4, code))
        return 5;
    if (r->end - r->at > 1 && r->at[1] == 'u' && read_hex(r, 2, 4, code))
        return 6;
    if (r->end - r->at > 1 && r->at[1] == '+' && read_hex(r, 2, 6, code))
        return 8;
    if (r->end - r->at > 1 && r->at[1] == 'U' && read_hex(r, 2, 8, code))
        return 10;
    err_raise(SQLSTATE_SYNTAX_ERROR, .message = "invalid Unicode escape",
              .hint = "Unicode escapes must be \\XXXX, \\+XXXXXX, \\uXXXX, or \\UXXXXXXXX.");
}

static void add_code(UnicodeReader *r, uint32_t code)
{
    char utf8[UTF8_MAX];
    const char *text;
    size_t len;

    len = utf8_write(code, utf8);
    text = encoding_convert(ENCODING_UTF8, text_encoding(), utf8, len, &len);
    strbuf_add_bytes(&r->out, text, len);
}

static void take_code(UnicodeReader *r, uint32_t code)
{
    bool is_second = code >= 0xDC00 && code <= 0xDFFF;

    if (code == 0 || code > 0x10FFFF)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("invalid Unicode code point: %04X", code));
    if ((r->first != 0) != is_second)
        raise_pair();
    if (is_second) {
        code = 0x10000 + ((r->first & 0x3FF) << 10 | (code & 0x3FF));
        r->first = 0;
    } else if (code >= 0xD800 && code <= 0xDBFF) {
        r->first = code;
        return;
    }
    add_code(r, code);
}

Datum unistr(FmgrCall *call)
{
    CollationText text = text_arg(call, 0);
    UnicodeReader r = {.at = text.bytes, .end = text.bytes + text.len};

    text_begin(&r.out);
    while (r.at < r.end) {
        uint32_t code;

        if (*r.at == '\\' && r.end - r.at > 1 && r.at[1] != '\\') {
            r.at += read_escape(&r, &code);
            take_code(&r, code);
            continue;
        }
        if (r.first != 0)
            raise_pair();
        if (*r.at == '\\' && r.end - r.at == 1)
            read_escape(&r, &code);
        strbuf_add_char(&r.out, *r.at);
        r.at += *r.at == '\\' ? 2 : 1;
    }
    if (r.first != 0)
        raise_pair();
    return text_end(&r.out);
}

/* ---- Forms ---- */

static UnicodeForm form_arg(const FmgrCall *call)
{
    static const char *const names[] = {[UNICODE_NFC] = "NFC",
                                        [UNICODE_NFD] = "NFD",
                                        [UNICODE_NFKC] = "NFKC",
                                        [UNICODE_NFKD] = "NFKD"};
    const char *name = text_cstring(fmgr_packed(call, 1));

    if (text_encoding() != ENCODING_UTF8)
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = "Unicode normalization can only be performed if server encoding is "
                             "UTF8");
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcasecmp(name, names[i]) == 0)
            return (UnicodeForm)i;
    }
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
              .message = err_fmt("invalid normalization form: %s", name));
}

/* ASCII is as it is in all forms. */
static bool is_ascii(CollationText text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (((uint8_t)text.bytes[i] & 0x80) != 0)
            return false;
    }
    return true;
}

static CollationText normalized(CollationText text, UnicodeForm form)
{
    CollationText made = text;

    if (!is_ascii(text))
        made.bytes = collation_icu_normalize(form, text, &made.len);
    return made;
}

Datum unicode_normalize_func(FmgrCall *call)
{
    UnicodeForm form = form_arg(call);

    return text_of(normalized(text_arg(call, 0), form));
}

Datum unicode_is_normalized(FmgrCall *call)
{
    UnicodeForm form = form_arg(call);
    CollationText text = text_arg(call, 0), made = normalized(text, form);

    return datum_of_bool(made.len == text.len && memcmp(made.bytes, text.bytes, text.len) == 0);
}

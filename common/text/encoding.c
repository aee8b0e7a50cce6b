/*
 * encoding.c - names, validity and conversion of encodings; encoding.h has what is promised
 *
 * Nearly all text is ASCII, so each function first passes over what is, eight bytes at a time.
 */
#include "common/base/base.h"

#include "common/text/encoding.h"

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"

#define HIGH_BITS      UINT64_C(0x8080808080808080)
#define LOW_BITS       UINT64_C(0x0101010101010101)
#define SERVER_LAST    ENCODING_KOI8U /* those after it are for clients only */
#define BYTES_SHOWN    8              /* of a character, in messages */
#define NO_CODE        UINT32_MAX
#define MAP_FIRST_BYTE 0x80

typedef enum EncodingKind { KIND_SQL_ASCII, KIND_UTF8, KIND_SINGLE, KIND_MULTI } EncodingKind;

typedef struct EncodingRow {
    const char *name;
    unsigned max_len;
    EncodingKind kind;
    const char *aliases;
} EncodingRow;

static const EncodingRow rows[] = {
#define ROW(number, name, bytes, kind, aliases) [number] = {#name, bytes, KIND_##kind, aliases},
#include "common/text/encoding.def"
#undef ROW
};

#define ROW(encoding, ...) static const uint16_t map_##encoding[128] = {__VA_ARGS__};
#include "common/text/encoding_map.def"
#undef ROW

static const uint16_t *const maps[ENCODING_COUNT] = {
#define ROW(encoding, ...) [ENCODING_##encoding] = map_##encoding,
#include "common/text/encoding_map.def"
#undef ROW
};

typedef struct CodePair {
    uint16_t code;
    uint8_t byte;
} CodePair;

/* The way back from code points, sorted, for the encoding that was asked for last. */
static _Thread_local struct {
    Encoding of;
    unsigned count;
    CodePair pairs[128];
} back;

static void squeeze_name(const char *name, char out[64]);
static bool has_alias(const char *aliases, const char *name);
static size_t ascii_len(const char *bytes, size_t len);
static size_t utf8_valid_len(const char *bytes, size_t len);
static size_t utf8_char_valid_len(const uint8_t *p, size_t left);
static const char *convert(Encoding from, Encoding to, const char *bytes, size_t len,
                           size_t *out_len, bool is_strict);
static uint32_t read_code(Encoding e, const char *bytes, size_t len);
static bool add_code(Encoding e, uint32_t code, StrBuf *out);
static void add_utf8(uint32_t code, StrBuf *out);
static int find_byte(Encoding e, uint32_t code);
static void fill_back(Encoding e);
static const char *bytes_text(const char *bytes, size_t len);
_Noreturn static void raise_unsupported(Encoding e);

bool encoding_try_find(const char *name, Encoding *out)
{
    char wanted[64], known[64];

    squeeze_name(name, wanted);
    if (wanted[0] == '\0')
        return false;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        squeeze_name(rows[i].name, known);
        if (str_equal(wanted, known) || has_alias(rows[i].aliases, wanted)) {
            *out = (Encoding)i;
            return true;
        }
    }
    return false;
}

const char *encoding_name(Encoding e)
{
    return rows[e].name;
}

unsigned encoding_max_len(Encoding e)
{
    return rows[e].max_len;
}

bool encoding_is_for_server(Encoding e)
{
    return e <= SERVER_LAST;
}

bool encoding_is_supported(Encoding e)
{
    return rows[e].kind != KIND_MULTI;
}

size_t encoding_char_len(Encoding e, const char *p)
{
    uint8_t first = (uint8_t)*p;

    if (rows[e].kind == KIND_MULTI)
        raise_unsupported(e);
    if (rows[e].kind != KIND_UTF8 || first < 0xC0 || first >= 0xF8)
        return 1;
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

size_t encoding_count(Encoding e, const char *bytes, size_t len)
{
    size_t count = 0;

    if (rows[e].max_len == 1)
        return len;
    if (rows[e].kind == KIND_MULTI)
        raise_unsupported(e);
    for (size_t i = 0; i < len; i++)
        count += ((uint8_t)bytes[i] & 0xC0) != 0x80;
    return count;
}

size_t encoding_clip(Encoding e, const char *bytes, size_t len, size_t max)
{
    if (len <= max)
        return len;
    if (rows[e].kind == KIND_MULTI)
        raise_unsupported(e);
    if (rows[e].kind == KIND_UTF8)
        while (max > 0 && ((uint8_t)bytes[max] & 0xC0) == 0x80)
            max--;
    return max;
}

size_t encoding_valid_len(Encoding e, const char *bytes, size_t len)
{
    const char *nul;

    switch (rows[e].kind) {
    case KIND_UTF8:
        return utf8_valid_len(bytes, len);
    case KIND_SQL_ASCII:
    case KIND_SINGLE:
        nul = len == 0 ? NULL : memchr(bytes, '\0', len);
        return nul == NULL ? len : (size_t)(nul - bytes);
    case KIND_MULTI:
        break;
    }
    raise_unsupported(e);
}

void encoding_check(Encoding e, const char *bytes, size_t len)
{
    size_t valid = encoding_valid_len(e, bytes, len);

    if (LIKELY(valid == len))
        return;
    err_raise(SQLSTATE_CHARACTER_NOT_IN_REPERTOIRE,
              .message =
                  err_fmt("invalid byte sequence for encoding \"%s\": %s", rows[e].name,
                          bytes_text(bytes + valid,
                                     size_min(encoding_char_len(e, bytes + valid), len - valid))));
}

bool encoding_can_convert(Encoding from, Encoding to)
{
    return from == to || from == ENCODING_SQL_ASCII || to == ENCODING_SQL_ASCII ||
           (rows[from].kind != KIND_MULTI && rows[to].kind != KIND_MULTI);
}

const char *encoding_convert(Encoding from, Encoding to, const char *bytes, size_t len,
                             size_t *out_len)
{
    return convert(from, to, bytes, len, out_len, true);
}

const char *encoding_convert_any(Encoding from, Encoding to, const char *bytes, size_t len,
                                 size_t *out_len)
{
    return convert(from, to, bytes, len, out_len, false);
}

/* Lower-case letters and digits of a name; "" when it is longer than any. */
static void squeeze_name(const char *name, char out[64])
{
    size_t n = 0;

    for (; *name != '\0' && n < 63; name++) {
        char c = *name;

        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            out[n++] = c;
    }
    out[*name == '\0' ? n : 0] = '\0';
}

static bool has_alias(const char *aliases, const char *name)
{
    size_t len = strlen(name);

    for (const char *at = aliases; *at != '\0'; at += *at == ' ') {
        size_t alias_len = strcspn(at, " ");

        if (alias_len == len && memcmp(at, name, len) == 0)
            return true;
        at += alias_len;
    }
    return false;
}

/* Bytes from the start that are ASCII and not NUL. */
static size_t ascii_len(const char *bytes, size_t len)
{
    size_t i = 0;

    for (; len - i >= 8; i += 8) {
        uint64_t eight = load_u64(bytes + i);

        /* The difference has a high bit where a byte is 0. */
        if (((eight | (eight - LOW_BITS)) & HIGH_BITS) != 0)
            break;
    }
    while (i < len && bytes[i] > 0)
        i++;
    return i;
}

static size_t utf8_valid_len(const char *bytes, size_t len)
{
    size_t i = ascii_len(bytes, len);

    while (i < len) {
        size_t n = utf8_char_valid_len((const uint8_t *)bytes + i, len - i);

        if (n == 0)
            return i;
        i += n;
        i += ascii_len(bytes + i, len - i);
    }
    return i;
}

/* Bytes of the character at p, 0 when it is not valid. */
static size_t utf8_char_valid_len(const uint8_t *p, size_t left)
{
    uint8_t low = 0x80;
    uint8_t high = 0xBF;
    size_t len;

    if (p[0] < 0x80)
        return p[0] == 0 ? 0 : 1;
    if (p[0] < 0xC2 || p[0] > 0xF4)
        return 0;
    len = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (len > left)
        return 0;
    /* The second byte tells overlong forms, surrogates and what lies beyond Unicode. */
    if (p[0] == 0xE0)
        low = 0xA0;
    else if (p[0] == 0xED)
        high = 0x9F;
    else if (p[0] == 0xF0)
        low = 0x90;
    else if (p[0] == 0xF4)
        high = 0x8F;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return len;
}

static const char *convert(Encoding from, Encoding to, const char *bytes, size_t len,
                           size_t *out_len, bool is_strict)
{
    size_t at;
    StrBuf out;

    *out_len = len;
    if (from == to || from == ENCODING_SQL_ASCII || to == ENCODING_SQL_ASCII)
        return bytes;
    at = ascii_len(bytes, len);
    if (at == len)
        return bytes;
    strbuf_init(&out);
    while (at < len) {
        size_t n = size_min(encoding_char_len(from, bytes + at), len - at);
        uint32_t code = read_code(from, bytes + at, n);

        if (out.len == 0)
            strbuf_add_bytes(&out, bytes, at);
        if (code == NO_CODE || !add_code(to, code, &out)) {
            if (is_strict)
                err_raise(SQLSTATE_UNTRANSLATABLE_CHARACTER,
                          .message =
                              err_fmt("character with byte sequence %s in encoding \"%s\" "
                                      "has no equivalent in encoding \"%s\"",
                                      bytes_text(bytes + at, n), rows[from].name, rows[to].name));
            strbuf_add_char(&out, '?');
        }
        at += n;
        n = ascii_len(bytes + at, len - at);
        strbuf_add_bytes(&out, bytes + at, n);
        at += n;
    }
    *out_len = out.len;
    return out.text;
}

static uint32_t read_code(Encoding e, const char *bytes, size_t len)
{
    const uint8_t *p = (const uint8_t *)bytes;
    uint32_t code;

    if (p[0] < 0x80)
        return p[0];
    if (maps[e] != NULL) {
        code = maps[e][p[0] - MAP_FIRST_BYTE];
        return code == 0 ? NO_CODE : code;
    }
    if (utf8_char_valid_len(p, len) != len)
        return NO_CODE;
    code = p[0] & (0xFFU >> (len + 1));
    for (size_t i = 1; i < len; i++)
        code = code << 6 | (p[i] & 0x3F);
    return code;
}

static bool add_code(Encoding e, uint32_t code, StrBuf *out)
{
    int byte;

    if (e == ENCODING_UTF8) {
        add_utf8(code, out);
        return true;
    }
    byte = find_byte(e, code);
    if (byte < 0)
        return false;
    strbuf_add_char(out, (char)byte);
    return true;
}

static void add_utf8(uint32_t code, StrBuf *out)
{
    if (code < 0x80) {
        strbuf_add_char(out, (char)code);
    } else if (code < 0x800) {
        strbuf_add_char(out, (char)(0xC0 | code >> 6));
        strbuf_add_char(out, (char)(0x80 | (code & 0x3F)));
    } else {
        /* Maps of single-byte encodings have no code points beyond the basic plane. */
        ASSERT(code < 0x10000);
        strbuf_add_char(out, (char)(0xE0 | code >> 12));
        strbuf_add_char(out, (char)(0x80 | (code >> 6 & 0x3F)));
        strbuf_add_char(out, (char)(0x80 | (code & 0x3F)));
    }
}

/* The byte that stands for a code point; -1 when none does. */
static int find_byte(Encoding e, uint32_t code)
{
    unsigned low = 0;
    unsigned high;

    if (code < 0x80)
        return (int)code;
    if (back.count == 0 || back.of != e)
        fill_back(e);
    high = back.count;
    while (low < high) {
        unsigned middle = (low + high) / 2;

        if (back.pairs[middle].code == code)
            return back.pairs[middle].byte;
        if (back.pairs[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

static void fill_back(Encoding e)
{
    back.of = e;
    back.count = 0;
    for (unsigned i = 0; i < 128; i++) {
        CodePair pair = {.code = maps[e][i], .byte = (uint8_t)(MAP_FIRST_BYTE + i)};
        unsigned at = back.count;

        if (pair.code == 0)
            continue;
        for (; at > 0 && back.pairs[at - 1].code > pair.code; at--)
            back.pairs[at] = back.pairs[at - 1];
        back.pairs[at] = pair;
        back.count++;
    }
}

/* "0xc3 0x28" */
static const char *bytes_text(const char *bytes, size_t len)
{
    static _Thread_local char text[5 * BYTES_SHOWN + 1];
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < size_min(len, BYTES_SHOWN); i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s0x%02x", i == 0 ? "" : " ",
                                 (unsigned)(uint8_t)bytes[i]);
    return text;
}

static void raise_unsupported(Encoding e)
{
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = err_fmt("encoding \"%s\" is not supported", rows[e].name));
}

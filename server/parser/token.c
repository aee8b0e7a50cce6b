/*
 * token.c - the tokens that the grammar sees
 *
 * One token of lookahead is all that the grammar has. Where it would need two, the first token is
 * given another kind by what follows: NOT before BETWEEN, IN, LIKE, ILIKE and SIMILAR, NULLS before
 * FIRST and LAST, WITH before TIME and ORDINALITY. U& texts are put together with their UESCAPE.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/parser/gram.h"
#include "server/parser/parser_int.h"

#define UTF8_MAX 4
#define CODE_MAX UINT32_C(0x10FFFF)

static void token_read(Parser *p, Token *token);
static const Token *token_ahead(Parser *p);
static int kind_by_next(Parser *p, int kind);
static void join_unicode(Parser *p, Token *token);
static char read_escape(Parser *p);
static bool is_escape_char(unsigned char c);
static char *unescape(Parser *p, const char *text, char escape, int start);
static size_t escape_read(const char *text, uint32_t *code);
_Noreturn static void fail_plain(Parser *p, const char *message, int location);
static size_t hex_digits(const char *text, size_t want);

int token_next(TokenValue *value, TokenLocation *location, Parser *p)
{
    Token *token = &p->current;

    if (!p->is_begun) {
        static const int firsts[] = {
            [PARSE_STATEMENTS] = 0,
            [PARSE_TYPE_NAME] = MODE_TYPE_NAME,
            [PARSE_EXPRESSION] = MODE_EXPRESSION,
        };

        p->is_begun = true;
        if (firsts[p->mode] != 0) {
            *location = 0;
            return firsts[p->mode];
        }
    }

    token_read(p, token);
    switch (token->kind) {
    case K_NOT:
    case K_NULLS:
    case K_WITH:
        token->kind = kind_by_next(p, token->kind);
        break;
    case UNICODE_IDENT:
    case UNICODE_LITERAL:
        join_unicode(p, token);
        break;
    default:
        break;
    }
    *value = token->value;
    *location = token->start;
    return token->kind;
}

/* The next token: the one that was read ahead, or a new one. */
static void token_read(Parser *p, Token *token)
{
    if (p->has_ahead) {
        *token = p->ahead;
        p->has_ahead = false;
        return;
    }
    scan_token(p, token);
}

static const Token *token_ahead(Parser *p)
{
    if (!p->has_ahead) {
        scan_token(p, &p->ahead);
        p->has_ahead = true;
    }
    return &p->ahead;
}

static int kind_by_next(Parser *p, int kind)
{
    int next = token_ahead(p)->kind;

    if (kind == K_NOT && (next == K_BETWEEN || next == K_IN || next == K_LIKE || next == K_ILIKE ||
                          next == K_SIMILAR))
        return NOT_BEFORE_TEST;
    if (kind == K_NULLS && (next == K_FIRST || next == K_LAST))
        return NULLS_BEFORE_ORDER;
    if (kind == K_WITH && (next == K_TIME || next == K_ORDINALITY))
        return WITH_BEFORE_TYPE;
    return kind;
}

static void join_unicode(Parser *p, Token *token)
{
    char escape = '\\';
    char *text;

    if (token_ahead(p)->kind == K_UESCAPE)
        escape = read_escape(p);
    text = unescape(p, token->value.text, escape, token->start);
    if (token->kind == UNICODE_IDENT) {
        token->kind = IDENT;
        token->value.text = identifier_clip(p, text, strlen(text), false);
    } else {
        token->kind = LITERAL;
        token->value.text = text;
    }
}

/* The character of UESCAPE 'c'; the word itself is the token ahead. */
static char read_escape(Parser *p)
{
    Token literal;

    scan_token(p, &literal);
    if (literal.kind != LITERAL)
        parser_fail_at(p, "UESCAPE must be followed by a simple string literal", literal.start,
                       literal.end);
    if (strlen(literal.value.text) != 1 || !is_escape_char((unsigned char)literal.value.text[0]))
        parser_fail_at(p, "invalid Unicode escape character", literal.start, literal.end);
    p->has_ahead = false;
    p->current.end = literal.end;
    return literal.value.text[0];
}

static bool is_escape_char(unsigned char c)
{
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
        return false;
    return strchr("+'\" \t\n\r\f\v", c) == NULL;
}

/* text with \XXXX, \+XXXXXX and \\ replaced, escape standing for the backslash. */
static char *unescape(Parser *p, const char *text, char escape, int start)
{
    uint32_t first = 0; /* of two surrogates */
    const char *at = text;
    StrBuf out;

    strbuf_init(&out);
    while (*at != '\0') {
        /* Behind the prefix U&' or U&", which is where the text begins if nothing is doubled. */
        int place = start + (int)(at - text) + 3;
        uint32_t code;
        size_t length;

        if (*at != escape || at[1] == escape) {
            if (first != 0)
                fail_plain(p, "invalid Unicode surrogate pair", place);
            strbuf_add_char(&out, *at);
            at += *at == escape ? 2 : 1;
            continue;
        }
        length = escape_read(at, &code);
        if (length == 0)
            err_raise(SQLSTATE_SYNTAX_ERROR, .message = "invalid Unicode escape",
                      .hint = "Unicode escapes must be \\XXXX or \\+XXXXXX.",
                      .position = parser_position(p, place));
        if (code == 0 || code > CODE_MAX)
            fail_plain(p, "invalid Unicode escape value", place);
        if (token_is_surrogate_second(code) != (first != 0))
            fail_plain(p, "invalid Unicode surrogate pair", place);
        if (token_is_surrogate_first(code)) {
            first = code;
        } else {
            if (first != 0)
                code = token_join_surrogates(first, code);
            token_add_unicode(p, &out, code, place, p->current.end);
            first = 0;
        }
        at += length;
    }
    if (first != 0)
        fail_plain(p, "invalid Unicode surrogate pair", start + (int)(at - text) + 3);
    return out.text;
}

/* The code of the escape at text, \XXXX or \+XXXXXX; returns its length, 0 when it is none. */
static size_t escape_read(const char *text, uint32_t *code)
{
    char hex[7] = "";
    size_t prefix = text[1] == '+' ? 2 : 1;
    size_t digits = text[1] == '+' ? 6 : 4;

    if (hex_digits(text + prefix, digits) < digits)
        return 0;
    memcpy(hex, text + prefix, digits);
    *code = (uint32_t)strtoul(hex, NULL, 16);
    return prefix + digits;
}

static void fail_plain(Parser *p, const char *message, int location)
{
    err_raise(SQLSTATE_SYNTAX_ERROR, .message = message, .position = parser_position(p, location));
}

/* How many hexadecimal digits begin text, at most want. */
static size_t hex_digits(const char *text, size_t want)
{
    size_t count = strspn(text, "0123456789abcdefABCDEF");

    return size_min(count, want);
}

bool token_is_surrogate_first(uint32_t code)
{
    return code >= 0xD800 && code <= 0xDBFF;
}

bool token_is_surrogate_second(uint32_t code)
{
    return code >= 0xDC00 && code <= 0xDFFF;
}

uint32_t token_join_surrogates(uint32_t first, uint32_t second)
{
    return ((first & 0x3FF) << 10) + 0x10000 + (second & 0x3FF);
}

void token_add_unicode(Parser *p, StrBuf *out, uint32_t code, int start, int end)
{
    char utf8[UTF8_MAX];
    const char *bytes;
    size_t length;

    if (code == 0 || code > CODE_MAX)
        parser_fail_at(p, "invalid Unicode escape value", start, end);
    if (code < 0x80) {
        utf8[0] = (char)code;
        length = 1;
    } else if (code < 0x800) {
        utf8[0] = (char)(0xC0 | code >> 6);
        utf8[1] = (char)(0x80 | (code & 0x3F));
        length = 2;
    } else if (code < 0x10000) {
        utf8[0] = (char)(0xE0 | code >> 12);
        utf8[1] = (char)(0x80 | (code >> 6 & 0x3F));
        utf8[2] = (char)(0x80 | (code & 0x3F));
        length = 3;
    } else {
        utf8[0] = (char)(0xF0 | code >> 18);
        utf8[1] = (char)(0x80 | (code >> 12 & 0x3F));
        utf8[2] = (char)(0x80 | (code >> 6 & 0x3F));
        utf8[3] = (char)(0x80 | (code & 0x3F));
        length = 4;
    }
    bytes = encoding_convert(ENCODING_UTF8, p->encoding, utf8, length, &length);
    strbuf_add_bytes(out, bytes, length);
}

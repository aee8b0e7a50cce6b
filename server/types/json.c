/*
 * json.c - the type json: a text that is known to be JSON, kept as it was written
 *
 * The lexer reads a token ahead of the parser, so that what is no token is told before what stands
 * at a wrong place.
 */
#include "common/base/base.h"

#include "server/types/json.h"

#include "server/ipc/interrupt.h"
#include "server/node/node.h"
#include "server/types/text_arg.h"
#include "server/types/types_int.h"
#include "server/types/wire.h"

#define CONTEXT_SIZE 50 /* bytes of a line that errors show */

/* ---- Errors ---- */

/* The line up to where reading ended, or the last of it. */
static const char *context_of(const JsonLexer *l)
{
    const char *start = l->line_start, *end = l->token_end;

    while (end - start >= CONTEXT_SIZE)
        start += text_char_len(start);
    if (start - l->line_start <= 3)
        start = l->line_start;
    return mem_printf("JSON data, line %u: %s%.*s%s", l->line, start > l->line_start ? "..." : "",
                      (int)(end - start), start,
                      l->token != JSON_END && end < l->end && *end != '\n' && *end != '\r' ? "..."
                                                                                           : "");
}

static _Noreturn void raise_syntax(const JsonLexer *l, const char *detail)
{
    err_raise(SQLSTATE_INVALID_TEXT_REPRESENTATION, .message = "invalid input syntax for type json",
              .detail = detail, .context = context_of(l));
}

static _Noreturn void raise_token(const JsonLexer *l)
{
    raise_syntax(l, mem_printf("Token \"%.*s\" is invalid.", (int)(l->token_end - l->token_start),
                               l->token_start));
}

static _Noreturn void raise_expected(const JsonLexer *l, const char *what)
{
    if (l->token == JSON_END)
        raise_syntax(l, "The input string ended unexpectedly.");
    raise_syntax(l, mem_printf("Expected %s, but found \"%.*s\".", what,
                               (int)(l->token_end - l->token_start), l->token_start));
}

/* ---- Tokens ---- */

void json_begin(JsonLexer *l, const char *text, size_t len)
{
    *l = (JsonLexer){.text = text, .end = text + len, .line = 1, .line_start = text};
    l->token_start = l->token_end = text;
}

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (c & 0x80) != 0;
}

static bool is_digit_at(const JsonLexer *l, const char *p)
{
    return p < l->end && *p >= '0' && *p <= '9';
}

static const char *behind_digits(const JsonLexer *l, const char *p)
{
    while (is_digit_at(l, p))
        p++;
    return p;
}

/* From behind the sign. */
static void read_number(JsonLexer *l, const char *p)
{
    bool is_wrong = !is_digit_at(l, p);

    if (p < l->end && *p == '0')
        p++;
    else
        p = behind_digits(l, p);
    if (p < l->end && *p == '.') {
        p++;
        is_wrong |= !is_digit_at(l, p);
        p = behind_digits(l, p);
    }
    if (p < l->end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < l->end && (*p == '+' || *p == '-'))
            p++;
        is_wrong |= !is_digit_at(l, p);
        p = behind_digits(l, p);
    }
    for (; p < l->end && is_word_char(*p); p++)
        is_wrong = true;
    l->token_end = p;
    if (is_wrong)
        raise_token(l);
    l->token = JSON_NUMBER;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static _Noreturn void raise_at(JsonLexer *l, const char *p)
{
    l->token_end = p;
    raise_token(l);
}

/* p is at the backslash; the last character of the escape is the result. */
static const char *read_escape(JsonLexer *l, const char *p)
{
    if (++p >= l->end)
        raise_at(l, p);
    if (*p == 'u') {
        for (int i = 0; i < 4; i++) {
            if (++p >= l->end)
                raise_at(l, p);
            if (!is_hex(*p)) {
                l->token_end = p + size_min(text_char_len(p), (size_t)(l->end - p));
                raise_syntax(l, "\"\\u\" must be followed by four hexadecimal digits.");
            }
        }
        return p;
    }
    if (strchr("\"\\/bfnrt", *p) == NULL || *p == '\0') {
        l->token_start = p;
        l->token_end = p + size_min(text_char_len(p), (size_t)(l->end - p));
        raise_syntax(
            l, mem_printf("Escape sequence \"\\%.*s\" is invalid.", (int)(l->token_end - p), p));
    }
    return p;
}

static void read_string(JsonLexer *l, const char *p)
{
    for (p++;; p++) {
        if (p >= l->end)
            raise_at(l, p);
        if (*p == '"')
            break;
        if (*p == '\\') {
            p = read_escape(l, p);
        } else if ((uint8_t)*p < 0x20) {
            l->token_end = p;
            raise_syntax(l,
                         mem_printf("Character with value 0x%02x must be escaped.", (uint8_t)*p));
        }
    }
    l->token_end = p + 1;
    l->token = JSON_STRING;
}

static void read_word(JsonLexer *l, const char *p)
{
    size_t len;

    while (p < l->end && is_word_char(*p))
        p++;
    len = (size_t)(p - l->token_start);
    if (len == 0)
        raise_at(l, p + 1);
    l->token_end = p;
    if (len == 4 && memcmp(l->token_start, "true", 4) == 0)
        l->token = JSON_TRUE;
    else if (len == 4 && memcmp(l->token_start, "null", 4) == 0)
        l->token = JSON_NULL;
    else if (len == 5 && memcmp(l->token_start, "false", 5) == 0)
        l->token = JSON_FALSE;
    else
        raise_token(l);
}

static const char *skip_blanks(JsonLexer *l, const char *p)
{
    for (; p < l->end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'); p++) {
        if (*p == '\n') {
            l->line++;
            l->line_start = p + 1;
        }
    }
    return p;
}

void json_next(JsonLexer *l)
{
    static const char marks[] = "{}[],:";
    static const JsonToken tokens[] = {JSON_OBJECT_BEGIN, JSON_OBJECT_END, JSON_ARRAY_BEGIN,
                                       JSON_ARRAY_END,    JSON_COMMA,      JSON_COLON};
    const char *p = skip_blanks(l, l->token_end), *mark;

    l->token_start = p;
    if (p >= l->end) {
        l->token_end = p;
        l->token = JSON_END;
        return;
    }
    mark = *p == '\0' ? NULL : strchr(marks, *p);
    if (mark != NULL) {
        l->token_end = p + 1;
        l->token = tokens[mark - marks];
    } else if (*p == '"') {
        read_string(l, p);
    } else if (*p == '-') {
        read_number(l, p + 1);
    } else if (*p >= '0' && *p <= '9') {
        read_number(l, p);
    } else {
        read_word(l, p);
    }
}

/* ---- The order of tokens ---- */

static void check_value(JsonLexer *l);

static void expect(JsonLexer *l, JsonToken token, const char *what)
{
    if (l->token != token)
        raise_expected(l, what);
    json_next(l);
}

static void check_field(JsonLexer *l)
{
    expect(l, JSON_STRING, "string");
    expect(l, JSON_COLON, "\":\"");
    check_value(l);
}

static void check_object(JsonLexer *l)
{
    json_next(l);
    if (l->token == JSON_STRING) {
        check_field(l);
        while (l->token == JSON_COMMA) {
            json_next(l);
            check_field(l);
        }
    } else if (l->token != JSON_OBJECT_END) {
        raise_expected(l, "string or \"}\"");
    }
    expect(l, JSON_OBJECT_END, "\",\" or \"}\"");
}

static void check_array(JsonLexer *l)
{
    json_next(l);
    if (l->token != JSON_ARRAY_END) {
        check_value(l);
        while (l->token == JSON_COMMA) {
            json_next(l);
            check_value(l);
        }
    }
    expect(l, JSON_ARRAY_END, "\",\" or \"]\"");
}

static void check_value(JsonLexer *l)
{
    check_interrupts();
    node_check_depth();
    switch (l->token) {
    case JSON_OBJECT_BEGIN:
        check_object(l);
        break;
    case JSON_ARRAY_BEGIN:
        check_array(l);
        break;
    case JSON_STRING:
    case JSON_NUMBER:
    case JSON_TRUE:
    case JSON_FALSE:
    case JSON_NULL:
        json_next(l);
        break;
    default:
        raise_expected(l, "JSON value");
    }
}

void json_check(const char *text, size_t len)
{
    JsonLexer l;

    json_begin(&l, text, len);
    json_next(&l);
    check_value(&l);
    if (l.token != JSON_END)
        raise_expected(&l, "end of input");
}

/* ---- Forms ---- */

Datum json_in(FmgrCall *call)
{
    const char *text = fmgr_cstring(call, 0);
    size_t len = strlen(text);

    json_check(text, len);
    return text_result(text, len);
}

Datum json_out(FmgrCall *call)
{
    return textout(call);
}

Datum json_recv(FmgrCall *call)
{
    ByteReader *r = wire_message(call);
    size_t len;
    const char *text = wire_text(r, byte_reader_left(r), &len);

    json_check(text, len);
    return text_result(text, len);
}

Datum json_send(FmgrCall *call)
{
    return textsend(call);
}

Datum json_typeof(FmgrCall *call)
{
    CollationText t = text_arg(call, 0);
    JsonLexer l;

    json_begin(&l, t.bytes, t.len);
    json_next(&l);
    switch (l.token) {
    case JSON_OBJECT_BEGIN:
        return text_result_of("object");
    case JSON_ARRAY_BEGIN:
        return text_result_of("array");
    case JSON_STRING:
        return text_result_of("string");
    case JSON_NUMBER:
        return text_result_of("number");
    case JSON_TRUE:
    case JSON_FALSE:
        return text_result_of("boolean");
    case JSON_NULL:
        return text_result_of("null");
    default:
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "unexpected json token");
    }
}

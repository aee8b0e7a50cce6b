/* regexp_replace.c - regexp_replace(); patterns of SIMILAR TO as regular expressions. */
#include "common/base/base.h"

#include "server/types/database_text.h"
#include "server/types/regexp.h"
#include "server/types/text_arg.h"
#include "server/types/types_int.h"

#define PARTS_MAX 10 /* the whole match, \1 to \9 */

/* ---- Replacing ---- */

/* A replacement under way: where in the text we are, by characters and bytes. */
typedef struct Replacement {
    Regex *re;
    WideText wide;
    CollationText text, with;
    int64_t at; /* what is before was copied */
    size_t at_byte;
    StrBuf out;
} Replacement;

/* The byte where a character at r->at or behind it begins. */
static size_t byte_of(const Replacement *r, int64_t place)
{
    size_t byte = r->at_byte;

    if (r->wide.len == r->text.len)
        return (size_t)place;
    for (int64_t i = r->at; i < place; i++)
        byte += encoding_char_len(text_encoding(), r->text.bytes + byte);
    return byte;
}

/* As above, for a place that may be before. */
static size_t byte_of_any(const Replacement *r, int64_t place)
{
    Replacement begin = *r;

    if (place >= r->at)
        return byte_of(r, place);
    begin.at = 0;
    begin.at_byte = 0;
    return byte_of(&begin, place);
}

static void add_part(Replacement *r, RegexSpan span)
{
    size_t from;

    if (span.start < 0)
        return;
    from = byte_of_any(r, span.start);
    strbuf_add_bytes(&r->out, r->text.bytes + from, byte_of_any(r, span.end) - from);
}

/* \1 to \9 and \& stand for what matched, \\ for a backslash. */
static void add_replacement(Replacement *r, const RegexSpan *spans)
{
    const char *p = r->with.bytes, *end = p + r->with.len;

    while (p < end) {
        const char *mark = memchr(p, '\\', (size_t)(end - p));

        if (mark == NULL || mark + 1 == end) {
            strbuf_add_bytes(&r->out, p, (size_t)(end - p));
            return;
        }
        strbuf_add_bytes(&r->out, p, (size_t)(mark - p));
        p = mark + 2;
        if (mark[1] >= '1' && mark[1] <= '9') {
            add_part(r, spans[mark[1] - '0']);
        } else if (mark[1] == '&') {
            add_part(r, spans[0]);
        } else {
            strbuf_add_char(&r->out, '\\');

            /* Before anything else a backslash stands for itself. */
            if (mark[1] != '\\')
                p = mark + 1;
        }
    }
}

static void copy_to(Replacement *r, int64_t place)
{
    size_t byte = byte_of(r, place);

    strbuf_add_bytes(&r->out, r->text.bytes + r->at_byte, byte - r->at_byte);
    r->at = place;
    r->at_byte = byte;
}

/* From character start on; the n-th match alone, or all when n is 0. */
static Datum replace(FmgrCall *call, unsigned flags, int64_t start, int32_t n)
{
    Replacement r = {.text = text_arg(call, 0), .with = text_arg(call, 2)};
    RegexSpan spans[PARTS_MAX];
    int32_t count = 0;

    r.re = regexp_get(text_arg(call, 1), flags, call->collation);
    text_begin(&r.out);
    wide_text_begin(&r.wide, r.text);
    while (start <= (int64_t)r.wide.len &&
           regex_search(r.re, r.wide.chars, r.wide.len, (size_t)start, spans, PARTS_MAX)) {
        count++;
        start = spans[0].end + (spans[0].start == spans[0].end ? 1 : 0);
        if (n > 0 && count != n)
            continue;
        copy_to(&r, spans[0].start);
        add_replacement(&r, spans);
        r.at_byte = byte_of(&r, spans[0].end);
        r.at = spans[0].end;
        if (n > 0)
            break;
    }
    strbuf_add_bytes(&r.out, r.text.bytes + r.at_byte, r.text.len - r.at_byte);
    wide_text_end(&r.wide);
    return text_end(&r.out);
}

Datum textregexreplace_noopt(FmgrCall *call)
{
    return replace(call, REGEX_ARE, 0, 1);
}

Datum textregexreplace(FmgrCall *call)
{
    CollationText options = text_arg(call, 3);
    RegexpFlags f;

    if (options.len > 0 && options.bytes[0] >= '0' && options.bytes[0] <= '9')
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("invalid regular expression option: \"%c\"", options.bytes[0]),
                  .hint = "If you meant to use regexp_replace() with a start parameter, cast the "
                          "fourth argument to integer explicitly.");
    f = regexp_flags(options);
    return replace(call, f.flags, 0, f.is_global ? 0 : 1);
}

static int32_t number_arg(const FmgrCall *call, int n, int32_t min, const char *name)
{
    int32_t value = fmgr_i32(call, n);

    if (value < min)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("invalid value for parameter \"%s\": %d", name, value));
    return value;
}

static Datum replace_extended(FmgrCall *call)
{
    int32_t start = number_arg(call, 3, 1, "start");
    int32_t n = call->nargs > 4 ? number_arg(call, 4, 0, "n") : 1;
    RegexpFlags f = {.flags = REGEX_ARE};

    if (call->nargs > 5)
        f = regexp_flags(text_arg(call, 5));
    return replace(call, f.flags, start - 1, n);
}

Datum textregexreplace_extended(FmgrCall *call)
{
    return replace_extended(call);
}

Datum textregexreplace_extended_no_n(FmgrCall *call)
{
    return replace_extended(call);
}

Datum textregexreplace_extended_no_flags(FmgrCall *call)
{
    return replace_extended(call);
}

/* ---- SIMILAR TO ---- */

typedef struct SimilarReader {
    const char *p, *end;
    CollationText escape; /* len 0: there is none */
    int brackets;         /* that are open */
    int in_bracket_start; /* 1 behind the first of them, 2 behind ^ there, 3: neither */
    int quotes;           /* escaped ones that were met: they part the pattern */
    StrBuf out;
} SimilarReader;

static _Noreturn void raise_escape(void)
{
    err_raise(SQLSTATE_INVALID_ESCAPE_SEQUENCE, .message = "invalid escape string",
              .hint = "Escape string must be empty or one character.");
}

static void add_escaped(SimilarReader *r)
{
    size_t len = encoding_char_len(text_encoding(), r->p);

    if (*r->p == '"' && r->brackets == 0) {
        if (r->quotes == 0)
            strbuf_add(&r->out, "){1,1}?(");
        else if (r->quotes == 1)
            strbuf_add(&r->out, "){1,1}(?:");
        else
            err_raise(SQLSTATE_INVALID_USE_OF_ESCAPE_CHARACTER,
                      .message = "SQL regular expression may not contain more than two "
                                 "escape-double-quote separators");
        r->quotes++;
    } else {
        strbuf_add_char(&r->out, '\\');
        strbuf_add_bytes(&r->out, r->p, len);
        r->in_bracket_start = 3;
    }
    r->p += len;
}

/* At the start of a set, ] belongs to it. */
static void add_in_brackets(SimilarReader *r, char c)
{
    if (c == '\\')
        strbuf_add_char(&r->out, '\\');
    strbuf_add_char(&r->out, c);
    if (c == '[')
        r->brackets++;
    else if (c == ']' && r->in_bracket_start == 3)
        r->brackets--;
    r->in_bracket_start = c == '^' && r->in_bracket_start < 3 ? r->in_bracket_start + 1 : 3;
}

static void add_plain(SimilarReader *r)
{
    char c = *r->p++;

    if (r->brackets > 0) {
        add_in_brackets(r, c);
        return;
    }
    switch (c) {
    case '[':
        strbuf_add_char(&r->out, c);
        r->brackets = 1;
        r->in_bracket_start = 1;
        break;
    case '%':
        strbuf_add(&r->out, ".*");
        break;
    case '_':
        strbuf_add_char(&r->out, '.');
        break;
    case '(':
        strbuf_add(&r->out, "(?:");
        break;
    case '\\':
    case '.':
    case '^':
    case '$':
        strbuf_add_char(&r->out, '\\');
        strbuf_add_char(&r->out, c);
        break;
    default:
        strbuf_add_char(&r->out, c);
    }
}

static bool is_escape(const SimilarReader *r)
{
    return r->escape.len > 0 && (size_t)(r->end - r->p) >= r->escape.len &&
           memcmp(r->p, r->escape.bytes, r->escape.len) == 0;
}

static Datum similar(CollationText pattern, CollationText escape)
{
    SimilarReader r = {.p = pattern.bytes, .end = pattern.bytes + pattern.len, .escape = escape};

    if (escape.len > 0 && encoding_count(text_encoding(), escape.bytes, escape.len) > 1)
        raise_escape();
    text_begin(&r.out);
    strbuf_add(&r.out, "^(?:");
    while (r.p < r.end) {
        if (is_escape(&r)) {
            r.p += escape.len;
            if (r.p < r.end)
                add_escaped(&r);
        } else {
            add_plain(&r);
        }
    }
    strbuf_add(&r.out, ")$");
    return text_end(&r.out);
}

Datum similar_to_escape_1(FmgrCall *call)
{
    return similar(text_arg(call, 0), (CollationText){"\\", 1});
}

Datum similar_to_escape_2(FmgrCall *call)
{
    return similar(text_arg(call, 0), text_arg(call, 1));
}

Datum similar_escape(FmgrCall *call)
{
    if (fmgr_arg_is_null(call, 0))
        return fmgr_null(call);
    return fmgr_arg_is_null(call, 1) ? similar_to_escape_1(call) : similar_to_escape_2(call);
}

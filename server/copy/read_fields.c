/*
 * read_fields.c - the fields of a line
 *
 * Most have nothing to undo and stay where they are. The others are written, undone, one behind the
 * other to memory that is as large as the line.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/copy/copy_int.h"
#include "server/types/database_text.h"

static void undo_extra(CopyScan *s, char *spare);
static char *make_spare(CopyScan *s);
static size_t unescape(const char *at, const char *end, char *out);
static const char *read_octal(const char *at, const char *end, char *value);
static const char *read_hex(const char *at, const char *end, char *value);
static size_t unquote(const CopyOptions *o, const char *at, const char *end, char *out);

static bool is_null_text(const CopyScan *s, const char *text, size_t len)
{
    return len == s->options->null_len && memcmp(text, s->options->null_text, len) == 0;
}

void copy_scan_fields(CopyScan *s)
{
    bool is_csv = s->options->form == COPY_AS_CSV;
    char *line = s->line, *spare = NULL;
    size_t begin = 0;
    size_t count = s->mark_count < s->column_count ? s->mark_count + 1 : s->column_count;

    s->field_count = s->mark_count + 1;
    if (s->is_unterminated)
        err_raise(SQLSTATE_BAD_COPY_FILE_FORMAT, .message = "unterminated CSV quoted field");
    for (size_t i = 0; i < count; i++) {
        bool is_last = i == s->mark_count;
        size_t end = is_last ? s->line_len : s->marks[i].end;
        bool has_escapes = is_last ? s->last_has_escapes : s->marks[i].has_escapes;
        CopyField *field = &s->fields[i];

        line[end] = '\0';
        end -= is_last && s->ends_in_backslash; /* it stands for nothing */
        *field = (CopyField){.text = line + begin, .len = end - begin};
        if (!(is_csv && has_escapes) && is_null_text(s, field->text, field->len)) {
            field->text = NULL;
        } else if (has_escapes) {
            if (spare == NULL)
                spare = make_spare(s);
            field->len = is_csv ? unquote(s->options, line + begin, line + end, spare)
                                : unescape(line + begin, line + end, spare);
            field->text = spare;
            spare += field->len + 1;
        }
        begin = end + 1;
    }
    if (s->field_count > s->column_count)
        undo_extra(s, spare != NULL ? spare : make_spare(s));
}

/* There are fields too many, which is an error; but first comes what is wrong in them. */
static void undo_extra(CopyScan *s, char *spare)
{
    const char *at = s->line + s->marks[s->column_count - 1].end + 1;
    const char *end = s->line + s->line_len;

    while (s->options->form == COPY_AS_TEXT && at < end) {
        const char *field_end = at;

        while (field_end < end && *field_end != s->options->delimiter)
            field_end += *field_end == '\\' ? 2 : 1;
        if (field_end > end)
            field_end = end;
        (void)unescape(at, field_end, spare);
        at = field_end + 1;
    }
}

static char *make_spare(CopyScan *s)
{
    size_t need = s->line_len + s->column_count + 2;

    if (need > s->spare_size) {
        mem_free(s->spare);
        s->spare_size = need * 2;
        s->spare = mem_alloc_in(s->in.mem, s->spare_size);
    }
    return s->spare + 1; /* as on the line, a byte before each field may be written to */
}

/* What a letter behind a backslash stands for; other characters stand for themselves. */
static char letter_value(char c)
{
    switch (c) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'v':
        return '\v';
    default:
        return c;
    }
}

/* Bytes that were made of numbers must make characters; a NUL is put behind. */
static size_t unescape(const char *at, const char *end, char *out)
{
    char *to = out;
    bool is_doubtful = false;

    while (at < end) {
        const char *backslash = memchr(at, '\\', (size_t)(end - at));
        size_t plain = (size_t)((backslash != NULL ? backslash : end) - at);
        char value;

        memcpy(to, at, plain);
        to += plain;
        at += plain;
        if (at == end)
            break;
        if (++at == end)
            break;
        value = *at++;
        if (value >= '0' && value <= '7')
            at = read_octal(at - 1, end, &value);
        else if (value == 'x')
            at = read_hex(at, end, &value);
        else
            value = letter_value(value);
        is_doubtful |= value <= 0;
        *to++ = value;
    }
    *to = '\0';
    if (is_doubtful)
        encoding_check(text_encoding(), out, (size_t)(to - out));
    return (size_t)(to - out);
}

/* One to three digits; the ninth bit is lost. */
static const char *read_octal(const char *at, const char *end, char *value)
{
    unsigned number = 0;

    for (unsigned n = 0; n < 3 && at < end && *at >= '0' && *at <= '7'; n++)
        number = number << 3 | (unsigned)(*at++ - '0');
    *value = (char)(number & 0xFF);
    return at;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

/* Up to two digits; without any the x is one. */
static const char *read_hex(const char *at, const char *end, char *value)
{
    int number = 0;

    if (at == end || hex_value(*at) < 0)
        return at;
    for (unsigned n = 0; n < 2 && at < end && hex_value(*at) >= 0; n++)
        number = number << 4 | hex_value(*at++);
    *value = (char)number;
    return at;
}

/* Quotes may begin and end anywhere in a field; outside of them nothing is undone. */
static size_t unquote(const CopyOptions *o, const char *at, const char *end, char *out)
{
    char quote = o->quote, escape = o->escape;
    bool is_inside = false;
    char *to = out;

    for (; at < end; at++) {
        if (is_inside && *at == escape && at + 1 < end && (at[1] == escape || at[1] == quote))
            *to++ = *++at;
        else if (*at == quote)
            is_inside = !is_inside;
        else
            *to++ = *at;
    }
    *to = '\0';
    return (size_t)(to - out);
}

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

static void split_at_marks(CopyScan *s);
static void split_quoted(CopyScan *s);
static void undo_extra(CopyScan *s, char *spare);
static char *make_spare(CopyScan *s);
static size_t unescape(const char *at, const char *end, char *out);
static const char *read_octal(const char *at, const char *end, char *value);
static const char *read_hex(const char *at, const char *end, char *value);
static const char *read_quoted_field(const CopyScan *s, const char *at, CopyField *field,
                                     bool *has_next);

void copy_scan_fields(CopyScan *s)
{
    if (s->has_quotes)
        split_quoted(s);
    else
        split_at_marks(s);
}

static bool is_null_text(const CopyScan *s, const char *text, size_t len)
{
    return len == s->options->null_len && memcmp(text, s->options->null_text, len) == 0;
}

/* ---- Without quotes ---- */

static void split_at_marks(CopyScan *s)
{
    char *line = s->line, *spare = NULL;
    size_t begin = 0;
    size_t count = s->mark_count < s->column_count ? s->mark_count + 1 : s->column_count;

    s->field_count = s->mark_count + 1;
    for (size_t i = 0; i < count; i++) {
        bool is_last = i == s->mark_count;
        size_t end = is_last ? s->line_len : s->marks[i].end;
        bool has_escapes = is_last ? s->last_has_escapes : s->marks[i].has_escapes;
        CopyField *field = &s->fields[i];

        line[end] = '\0';
        end -= is_last && s->ends_in_backslash; /* it stands for nothing */
        *field = (CopyField){.text = line + begin, .len = end - begin};
        if (is_null_text(s, field->text, field->len)) {
            field->text = NULL;
        } else if (has_escapes) {
            if (spare == NULL)
                spare = make_spare(s);
            field->len = unescape(line + begin, line + end, spare);
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

/* ---- With quotes ---- */

static void split_quoted(CopyScan *s)
{
    const char *at = s->line;
    char *spare = make_spare(s);
    bool has_next = true;
    CopyField extra;

    s->field_count = 0;
    while (has_next) {
        CopyField *field = s->field_count < s->column_count ? &s->fields[s->field_count] : &extra;

        /* What is too much is only counted; it is written where the last one began. */
        field->text = spare;
        at = read_quoted_field(s, at, field, &has_next);
        if (field != &extra && field->text != NULL)
            spare += field->len + 1;
        s->field_count++;
    }
}

/* Text is where to write it; behind it stands a NUL. */
static const char *read_quoted_field(const CopyScan *s, const char *at, CopyField *field,
                                     bool *has_next)
{
    const CopyOptions *o = s->options;
    const char *begin = at, *end = s->line + s->line_len, *field_end;
    bool is_inside = false, was_inside = false;
    char *to = field->text;

    for (;; at++) {
        if (at == end) {
            if (is_inside)
                err_raise(SQLSTATE_BAD_COPY_FILE_FORMAT,
                          .message = "unterminated CSV quoted field");
            break;
        }
        if (!is_inside && *at == o->delimiter)
            break;
        if (!is_inside && *at == o->quote) {
            is_inside = was_inside = true;
            continue;
        }
        if (is_inside && *at == o->escape && at + 1 < end &&
            (at[1] == o->escape || at[1] == o->quote)) {
            *to++ = *++at;
            continue;
        }
        if (is_inside && *at == o->quote) {
            is_inside = false;
            continue;
        }
        *to++ = *at;
    }
    field_end = at;
    *has_next = at < end;
    *to = '\0';
    field->len = (size_t)(to - field->text);
    if (!was_inside && is_null_text(s, begin, (size_t)(field_end - begin)))
        field->text = NULL;
    return at + 1;
}

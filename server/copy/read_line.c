/*
 * read_line.c - lines of text and of CSV
 *
 * A line ends as the first one did: in a newline, a carriage return, or both. In text a backslash
 * takes the meaning from what follows; in CSV quotes do from what is between them. Delimiters are
 * marked on the way, so that most lines are looked at once only.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/copy/copy_int.h"
#include "server/copy/stops.h"
#include "server/ipc/interrupt.h"

typedef enum Ending { ENDING_NONE, ENDING_LINE, ENDING_LAST } Ending;

static bool read_plain(CopyScan *s);
static bool read_quoted(CopyScan *s, size_t at);
static void mark(CopyScan *s, size_t at);
static bool see_line_break(CopyScan *s, size_t at);
static bool see_line_end(CopyScan *s, size_t at);
static bool see_backslash(CopyScan *s, size_t *at);
static Ending see_end_mark(CopyScan *s, size_t at);
static bool see_last_line(CopyScan *s, size_t len);

void copy_scan_init(CopyScan *s, const CopyFromTask *task)
{
    *s = (CopyScan){.options = task->options, .column_count = task->column_count};
    copy_input_init(&s->in, task->source, task->options);
    s->marks = mem_new_array(FieldMark, (size_t)task->column_count + 1);
    s->fields = mem_new_array(CopyField, (size_t)task->column_count + 1);
}

bool copy_scan_line(CopyScan *s)
{
    Ending ending = ENDING_NONE;

    s->line = NULL;
    s->line_number++;
    if (s->is_done)
        return false;
    s->mark_count = 0;
    s->last_has_escapes = s->is_unterminated = false;
    s->ends_in_backslash = s->has_end_mark = false;
    if (s->options->form == COPY_AS_CSV) {
        /* Elsewhere than at its beginning a backslash is nothing to CSV. */
        if (s->in.valid == s->in.begin)
            (void)copy_input_more(&s->in);
        if (s->in.valid > s->in.begin && s->in.bytes[s->in.begin] == '\\')
            ending = see_end_mark(s, 0);
        if (ending != ENDING_NONE)
            return ending == ENDING_LINE;
    }
    return read_plain(s);
}

static inline uint8_t *line_begin(const CopyScan *s)
{
    return s->in.bytes + s->in.begin;
}

static inline size_t line_left(const CopyScan *s)
{
    return s->in.valid - s->in.begin;
}

/* Is there a byte at that place of the line? */
static bool has_byte(CopyScan *s, size_t at)
{
    while (line_left(s) <= at)
        if (!copy_input_more(&s->in))
            return false;
    return true;
}

/* ---- Lines ---- */

/*
 * Text, and CSV but for escapes that are no quotes: where those are the same, two of them are out
 * of the quotes and in again.
 */
static bool read_plain(CopyScan *s)
{
    bool is_csv = s->options->form == COPY_AS_CSV;
    uint8_t delimiter = (uint8_t)s->options->delimiter;
    uint8_t escape = (uint8_t)(is_csv ? s->options->quote : '\\');
    const CopyStops stops = {{delimiter, '\n', '\r', escape}};
    bool is_inside = false; /* quotes */
    size_t at = 0;          /* what comes before is done */

    for (;;) {
        uint8_t *line = line_begin(s);
        size_t left = line_left(s), base = at;
        uint32_t mask;

        if (at >= left) {
            if (copy_input_more(&s->in))
                continue;
            s->is_unterminated = is_inside;
            return see_last_line(s, at);
        }
        mask = copy_stops_in(line + base, &stops);
        if (left - base < COPY_BLOCK)
            mask &= (UINT32_C(1) << (left - base)) - 1;
        at = left - base < COPY_BLOCK ? left : base + COPY_BLOCK;
        for (; mask != 0; mask &= mask - 1) {
            size_t i = base + (size_t)__builtin_ctz(mask);
            uint8_t c = line[i];

            if (LIKELY(c == delimiter)) {
                if (!is_inside)
                    mark(s, i);
                continue;
            }
            if (c == '\n' || c == '\r') {
                if (!is_inside)
                    return see_line_end(s, i);
                if (!see_line_break(s, i))
                    continue;
                at = i + 1; /* the line may have moved */
                break;
            }
            s->last_has_escapes = true;
            if (is_csv && s->options->escape == s->options->quote) {
                is_inside = !is_inside;
                continue;
            }
            if (is_csv)
                return read_quoted(s, i);
            at = i;
            if (see_backslash(s, &at))
                break;
            return s->line != NULL;
        }
    }
}

static void mark(CopyScan *s, size_t at)
{
    if (s->mark_count < s->column_count)
        s->marks[s->mark_count] =
            (FieldMark){.end = (uint32_t)at, .has_escapes = s->last_has_escapes};
    s->mark_count++;
    s->last_has_escapes = false;
}

/*
 * A newline or a carriage return between quotes: true when more was read. Such lines are counted
 * by what ends them.
 */
static bool see_line_break(CopyScan *s, size_t at)
{
    uint8_t c = line_begin(s)[at];

    if (c == (s->line_end == LINE_END_NL ? '\n' : '\r'))
        s->line_number++;
    if (c == '\n' || line_left(s) > at + 1)
        return false;
    (void)has_byte(s, at + 1);
    return true;
}

/* CSV from the first quote of a line on, when something else is the escape between quotes. */
static bool read_quoted(CopyScan *s, size_t at)
{
    char quote = s->options->quote, escape = s->options->escape, delimiter = s->options->delimiter;
    bool is_inside = false, is_escaped = false;

    for (;; at++) {
        char c;

        if (UNLIKELY(at >= line_left(s)) && !has_byte(s, at)) {
            s->is_unterminated = is_inside;
            return see_last_line(s, at);
        }
        c = (char)line_begin(s)[at];
        if (is_inside && (c == '\n' || c == '\r'))
            (void)see_line_break(s, at);
        if (is_inside && c == escape)
            is_escaped = !is_escaped;
        if (c == quote && !is_escaped) {
            is_inside = !is_inside;
            s->last_has_escapes = true;
        }
        if (c != escape)
            is_escaped = false;
        if (!is_inside && c == delimiter)
            mark(s, at);
        if (!is_inside && (c == '\n' || c == '\r'))
            return see_line_end(s, at);
    }
}

static void finish(CopyScan *s, size_t len, size_t end_len)
{
    uint8_t *line = line_begin(s);

    line[len] = '\0';
    s->line = (char *)line;
    s->line_len = len;
    s->in.begin += len + end_len;
}

static _Noreturn void raise_literal(const CopyScan *s, char c)
{
    bool is_csv = s->options->form == COPY_AS_CSV;
    const char *what = c == '\n' ? "newline" : "carriage return";

    err_raise(SQLSTATE_BAD_COPY_FILE_FORMAT,
              .message = err_fmt("%s %s found in data", is_csv ? "unquoted" : "literal", what),
              .hint = is_csv
                          ? err_fmt("Use quoted CSV field to represent %s.", what)
                          : err_fmt("Use \"\\%c\" to represent %s.", c == '\n' ? 'n' : 'r', what));
}

void copy_scan_empty_line(CopyScan *s)
{
    s->mark_count = 0;
    finish(s, 0, 0);
}

/*
 * A newline or a carriage return, which may be the wrong one. What comes behind it is looked at
 * before, in CSV also where it does not matter: if that is not valid, it is raised for this line.
 */
static bool see_line_end(CopyScan *s, size_t at)
{
    bool looks_ahead;

    if (line_begin(s)[at] == '\n') {
        if (s->line_end != LINE_END_UNKNOWN && s->line_end != LINE_END_NL)
            raise_literal(s, '\n');
        s->line_end = LINE_END_NL;
        finish(s, at, 1);
        return true;
    }
    if (s->line_end == LINE_END_NL)
        raise_literal(s, '\r');
    looks_ahead = s->line_end != LINE_END_CR || s->options->form == COPY_AS_CSV;
    if (looks_ahead && has_byte(s, at + 1) && s->line_end != LINE_END_CR &&
        line_begin(s)[at + 1] == '\n') {
        s->line_end = LINE_END_CRNL;
        finish(s, at, 2);
        return true;
    }
    if (s->line_end == LINE_END_CRNL)
        raise_literal(s, '\r');
    s->line_end = LINE_END_CR;
    finish(s, at, 1);
    return true;
}

static bool is_hex_digit(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

/* Goes on behind what it stands for; false: the line is at its end, or there is none. */
static bool see_backslash(CopyScan *s, size_t *at)
{
    size_t i = *at;

    s->last_has_escapes = true;
    *at = i + 1;
    s->ends_in_backslash = !has_byte(s, i + 1);
    if (s->ends_in_backslash)
        return true;
    if (line_begin(s)[i + 1] == '.') {
        if (see_end_mark(s, i) == ENDING_LAST)
            s->line = NULL;
        return false;
    }
    *at = i + 2;
    /* Digits of a number may look like the delimiter. */
    if (line_begin(s)[i + 1] == 'x')
        for (unsigned n = 0; n < 2 && has_byte(s, *at) && is_hex_digit(line_begin(s)[*at]); n++)
            (*at)++;
    return true;
}

/* ---- The end ---- */

/* The last line has no end; nothing at all is no line. */
static bool see_last_line(CopyScan *s, size_t len)
{
    s->is_done = true;
    if (len == 0)
        return false;
    finish(s, len, 0);
    return true;
}

static _Noreturn void raise_mark(const char *what)
{
    err_raise(SQLSTATE_BAD_COPY_FILE_FORMAT, .message = err_fmt("end-of-copy marker %s", what));
}

/*
 * A backslash, and perhaps a dot: the mark of the end, if the line ends behind it. What stands
 * before it counts. In CSV anything else is data.
 */
static Ending see_end_mark(CopyScan *s, size_t at)
{
    bool is_csv = s->options->form == COPY_AS_CSV;
    size_t next = at + 2;
    uint8_t c;

    if (!has_byte(s, at + 1) || line_begin(s)[at + 1] != '.')
        return ENDING_NONE;
    if (s->line_end == LINE_END_CRNL) {
        c = has_byte(s, next) ? line_begin(s)[next] : 0;
        next++;
        if (c != '\r') {
            if (is_csv)
                return ENDING_NONE;
            raise_mark(c == '\n' ? "does not match previous newline style" : "corrupt");
        }
    }
    c = has_byte(s, next) ? line_begin(s)[next] : 0;
    if (c != '\r' && c != '\n') {
        if (is_csv)
            return ENDING_NONE;
        raise_mark("corrupt");
    }
    if ((s->line_end == LINE_END_NL && c != '\n') || (s->line_end == LINE_END_CRNL && c != '\n') ||
        (s->line_end == LINE_END_CR && c != '\r'))
        raise_mark("does not match previous newline style");
    /* In a file lines go on behind a mark that had something before it. */
    s->is_done = at == 0 || s->in.source->must_be_read;
    s->has_end_mark = true;
    finish(s, at, next + 1 - at);
    return at == 0 ? ENDING_LAST : ENDING_LINE;
}

/* datetime_field.c - split the text of a date, time or interval into fields, and read numbers. */
#include "common/base/base.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "server/types/datetime_int.h"
#include "server/types/types_int.h"

typedef struct Splitter {
    const char *at;
    char *to, *end; /* where the next character goes; one past the room */
    bool is_full;
} Splitter;

static void put(Splitter *s, char c)
{
    if (s->to >= s->end) {
        s->is_full = true;
        return;
    }
    *s->to++ = c;
}

static void take(Splitter *s)
{
    put(s, *s->at++);
}

static void take_digits(Splitter *s)
{
    while (is_digit_char(*s->at))
        take(s);
}

static bool is_word_char(char c)
{
    return is_digit_char(c) || is_letter_char(c);
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

/* After digits: a time, a date with its own marks, or a number. */
static FieldKind split_number(Splitter *s)
{
    FieldKind kind;
    char mark;

    take(s);
    take_digits(s);
    mark = *s->at;
    if (mark == ':') {
        take(s);
        while (is_digit_char(*s->at) || is_one_of(*s->at, ":."))
            take(s);
        return FIELD_TIME;
    }
    if (!is_one_of(mark, "-/."))
        return FIELD_NUMBER;
    take(s);
    if (is_digit_char(*s->at)) {
        /* One point makes a fraction, two a date. */
        kind = mark == '.' ? FIELD_NUMBER : FIELD_DATE;
        take_digits(s);
        if (*s->at != mark)
            return kind;
        while (is_digit_char(*s->at) || *s->at == mark)
            take(s);
        return FIELD_DATE;
    }
    while (is_word_char(*s->at) || *s->at == mark) {
        put(s, lower_char(*s->at));
        s->at++;
    }
    return FIELD_DATE;
}

/* A word, a date that begins with one, or a zone's name with its punctuation. */
static FieldKind split_word(Splitter *s)
{
    const char *start = s->to;
    bool is_long = false;
    int value;

    while (is_letter_char(*s->at)) {
        put(s, lower_char(*s->at));
        s->at++;
    }
    if (is_one_of(*s->at, "-/.")) {
        is_long = true;
    } else if ((*s->at == '+' || is_digit_char(*s->at)) && s->to < s->end) {
        *s->to = '\0';
        is_long = word_find(start, &value) == WORD_UNKNOWN;
    }
    if (!is_long)
        return FIELD_WORD;
    do {
        put(s, lower_char(*s->at));
        s->at++;
    } while (is_word_char(*s->at) || is_one_of(*s->at, "+-/_.:"));
    return FIELD_DATE;
}

/* A sign, and a number or a word behind it. */
static bool split_signed(Splitter *s, FieldKind *kind)
{
    take(s);
    s->at = skip_spaces(s->at);
    if (is_digit_char(*s->at)) {
        *kind = FIELD_ZONE;
        take(s);
        while (is_digit_char(*s->at) || is_one_of(*s->at, ":.-"))
            take(s);
        return true;
    }
    if (!is_letter_char(*s->at))
        return false;
    *kind = FIELD_SIGNED_WORD;
    while (is_letter_char(*s->at)) {
        put(s, lower_char(*s->at));
        s->at++;
    }
    return true;
}

static bool is_punctuation(char c)
{
    return c > ' ' && c < 0x7F && !is_word_char(c);
}

DateError fields_split(const char *text, size_t room, Fields *out)
{
    Splitter s = {.at = text, .to = out->room, .end = out->room + room};

    out->count = 0;
    ASSERT(room < FIELD_TEXT);
    while (*s.at != '\0') {
        FieldKind kind = FIELD_NUMBER;

        if (is_space(*s.at)) {
            s.at++;
            continue;
        }
        if (out->count >= FIELDS_MAX)
            return DATE_BAD_FORMAT;
        out->text[out->count] = s.to;
        if (is_digit_char(*s.at)) {
            kind = split_number(&s);
        } else if (*s.at == '.') {
            take(&s);
            take_digits(&s);
        } else if (is_letter_char(*s.at)) {
            kind = split_word(&s);
        } else if (*s.at == '+' || *s.at == '-') {
            if (!split_signed(&s, &kind))
                return DATE_BAD_FORMAT;
        } else if (is_punctuation(*s.at)) {
            s.at++;
            continue;
        } else {
            return DATE_BAD_FORMAT;
        }
        put(&s, '\0');
        if (s.is_full)
            return DATE_BAD_FORMAT;
        out->kind[out->count++] = kind;
    }
    return DATE_OK;
}

bool read_i64(char **text, int64_t *out)
{
    char *p = *text;
    bool is_negative = *p == '-';
    bool is_fine = true;
    int64_t value = 0;

    p += *p == '-' || *p == '+';
    *out = 0;
    if (!is_digit_char(*p))
        return true;
    for (; is_digit_char(*p); p++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, *p - '0', &value))
            is_fine = false;
    *text = p;
    if (!is_negative && value == INT64_MIN)
        is_fine = false;
    if (is_fine)
        *out = is_negative ? value : -value;
    return is_fine;
}

bool read_i32(char **text, int *out)
{
    int64_t value;

    if (!read_i64(text, &value) || value > INT32_MAX || value < INT32_MIN)
        return false;
    *out = (int)value;
    return true;
}

bool read_fraction(const char *text, double *out)
{
    char *end;

    *out = 0;
    if (text[1] == '\0')
        return true;
    *out = strtod(text, &end);
    return *end == '\0';
}

static bool read_second_fraction(const char *text, int *usec)
{
    double fraction;

    if (!read_fraction(text, &fraction))
        return false;
    *usec = (int)rint(fraction * 1000000);
    return true;
}

/* Two numbers alone are minutes and seconds where nothing larger is wanted. */
static void shift_down(ClockRead *c)
{
    c->second = c->minute;
    c->minute = (int)c->hour;
    c->hour = 0;
}

DateError read_clock(char *text, int32_t range, ClockRead *out)
{
    char *p = text;

    *out = (ClockRead){0};
    if (!read_i64(&p, &out->hour))
        return DATE_BAD_FIELD;
    if (*p++ != ':')
        return DATE_BAD_FORMAT;
    if (!read_i32(&p, &out->minute))
        return DATE_BAD_FIELD;
    if (*p == '\0') {
        if (range == (RANGE_MINUTE | RANGE_SECOND)) {
            if (out->hour > INT32_MAX || out->hour < INT32_MIN)
                return DATE_BAD_FIELD;
            shift_down(out);
        }
    } else if (*p == '.') {
        if (!read_second_fraction(p, &out->usec))
            return DATE_BAD_FORMAT;
        if (out->hour > INT32_MAX || out->hour < INT32_MIN)
            return DATE_BAD_FIELD;
        shift_down(out);
    } else if (*p == ':') {
        p++;
        if (!read_i32(&p, &out->second))
            return DATE_BAD_FIELD;
        if (*p == '.') {
            if (!read_second_fraction(p, &out->usec))
                return DATE_BAD_FORMAT;
        } else if (*p != '\0') {
            return DATE_BAD_FORMAT;
        }
    } else {
        return DATE_BAD_FORMAT;
    }
    if (out->hour < 0 || out->minute < 0 || out->minute > 59 || out->second < 0 ||
        out->second > 60 || out->usec < 0 || out->usec > USECS_PER_SEC)
        return DATE_BAD_FIELD;
    return DATE_OK;
}

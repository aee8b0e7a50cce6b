/*
 * interval_read.c - spans from text: numbers with units, times, SQL's form, ISO 8601's two forms
 *
 * Fields are read from right to left, because a unit stands behind its number; a number without one
 * has the unit that the typmod, or the field behind it, lets expect. A bit for each unit refuses
 * what comes twice.
 */
#include "common/base/base.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "server/config/guc_enum.h"
#include "server/config/setting.h"
#include "server/types/datetime_int.h"
#include "server/types/types_int.h"

#define TEXT_ROOM   255

#define GOT_SECONDS (1u << UNIT_SECOND | 1u << UNIT_MILLISECOND | 1u << UNIT_MICROSECOND)
#define GOT_TIME    (1u << UNIT_HOUR | 1u << UNIT_MINUTE | GOT_SECONDS)

/* What was read so far; years are apart, for they overflow later. */
typedef struct Sum {
    int32_t years, months, days;
    int64_t usec;
} Sum;

typedef struct Reader {
    Fields fields;
    int32_t range;
    Sum sum;
    unsigned got; /* bits by DateUnit */
    DateUnit unit;
    bool is_ago;
    bool all_negative; /* one sign in front is for all fields */
} Reader;

/* ---- Sums; false: it is too large ---- */

static bool add_fraction_usec(Sum *s, double fraction, int64_t scale)
{
    double usec = fraction * (double)scale, rest;

    if (fraction == 0)
        return true;
    if (__builtin_add_overflow(s->usec, (int64_t)usec, &s->usec))
        return false;
    rest = usec - (double)(int64_t)usec;
    if (rest > 0.5)
        return !__builtin_add_overflow(s->usec, 1, &s->usec);
    if (rest < -0.5)
        return !__builtin_sub_overflow(s->usec, 1, &s->usec);
    return true;
}

static bool add_usec(Sum *s, int64_t value, double fraction, int64_t scale)
{
    int64_t usec;

    return !__builtin_mul_overflow(value, scale, &usec) &&
           !__builtin_add_overflow(s->usec, usec, &s->usec) &&
           add_fraction_usec(s, fraction, scale);
}

static bool add_scaled(int32_t *sum, int64_t value, int32_t scale)
{
    int32_t product;

    return value >= INT32_MIN && value <= INT32_MAX &&
           !__builtin_mul_overflow((int32_t)value, scale, &product) &&
           !__builtin_add_overflow(*sum, product, sum);
}

/* What is left of whole days goes on to microseconds. */
static bool add_fraction_days(Sum *s, double fraction, int32_t scale)
{
    double days = fraction * scale;

    if (fraction == 0)
        return true;
    if (__builtin_add_overflow(s->days, (int32_t)days, &s->days))
        return false;
    return add_fraction_usec(s, days - (double)(int32_t)days, USECS_PER_DAY);
}

static bool add_days(Sum *s, int64_t value, double fraction)
{
    return add_scaled(&s->days, value, 1) && add_fraction_usec(s, fraction, USECS_PER_DAY);
}

static bool add_months(Sum *s, int64_t value, double fraction)
{
    return add_scaled(&s->months, value, 1) && add_fraction_days(s, fraction, DAYS_PER_MONTH);
}

/* Parts of years are rounded to months. */
static bool add_years(Sum *s, int64_t value, double fraction, int32_t scale)
{
    int32_t months = (int32_t)rint(fraction * scale * MONTHS_PER_YEAR);

    return add_scaled(&s->years, value, scale) &&
           !__builtin_add_overflow(s->months, months, &s->months);
}

static bool add_unit(Sum *s, DateUnit unit, int64_t value, double fraction)
{
    switch (unit) {
    case UNIT_MICROSECOND:
        return add_usec(s, value, fraction, 1);
    case UNIT_MILLISECOND:
        return add_usec(s, value, fraction, 1000);
    case UNIT_SECOND:
        return add_usec(s, value, fraction, USECS_PER_SEC);
    case UNIT_MINUTE:
        return add_usec(s, value, fraction, USECS_PER_MINUTE);
    case UNIT_HOUR:
        return add_usec(s, value, fraction, USECS_PER_HOUR);
    case UNIT_DAY:
        return add_days(s, value, fraction);
    case UNIT_WEEK:
        return add_scaled(&s->days, value, 7) && add_fraction_days(s, fraction, 7);
    case UNIT_MONTH:
        return add_months(s, value, fraction);
    case UNIT_YEAR:
        return add_years(s, value, fraction, 1);
    case UNIT_DECADE:
        return add_years(s, value, fraction, 10);
    case UNIT_CENTURY:
        return add_years(s, value, fraction, 100);
    default:
        return add_years(s, value, fraction, 1000);
    }
}

/* ---- Fields ---- */

/* The unit of a number at the end that has none: the smallest that the type keeps. */
static DateUnit unit_of_range(int32_t range)
{
    if (range == INTERVAL_ANY || (range & RANGE_SECOND) != 0)
        return UNIT_SECOND;
    if ((range & RANGE_MINUTE) != 0)
        return UNIT_MINUTE;
    if ((range & RANGE_HOUR) != 0)
        return UNIT_HOUR;
    if ((range & RANGE_DAY) != 0)
        return UNIT_DAY;
    return (range & RANGE_MONTH) != 0 ? UNIT_MONTH : UNIT_YEAR;
}

static DateError take_clock(Reader *r, char *text, bool is_negative)
{
    ClockRead c;
    DateError error = read_clock(text, r->range, &c);
    int64_t usec = c.usec + c.second * USECS_PER_SEC + c.minute * USECS_PER_MINUTE, hours;

    if (error != DATE_OK)
        return error;
    if (__builtin_mul_overflow(c.hour, USECS_PER_HOUR, &hours) ||
        __builtin_add_overflow(usec, hours, &usec))
        return DATE_BAD_FIELD;
    if (is_negative || (r->all_negative && usec > 0))
        usec = -usec;
    if ((r->got & GOT_TIME) != 0)
        return DATE_BAD_FORMAT;
    r->sum.usec = usec;
    r->got |= GOT_TIME;
    r->unit = UNIT_DAY;
    return DATE_OK;
}

/* SQL's years-months; value are the years. */
static DateError read_year_month(char *text, bool is_negative, int64_t *value)
{
    int months;

    if (!read_i32(&text, &months) || months < 0 || months >= MONTHS_PER_YEAR)
        return DATE_BAD_FIELD;
    if (*text != '\0')
        return DATE_BAD_FORMAT;
    if (__builtin_mul_overflow(*value, MONTHS_PER_YEAR, value) ||
        __builtin_add_overflow(*value, is_negative ? -months : months, value))
        return DATE_BAD_FIELD;
    return DATE_OK;
}

static DateError read_value(Reader *r, char *text, int64_t *value, double *fraction)
{
    bool is_negative = *text == '-';
    char *p = text;

    *fraction = 0;
    if (!read_i64(&p, value))
        return DATE_BAD_FIELD;
    if (*p == '-') {
        DateError error = read_year_month(p + 1, is_negative, value);

        if (error != DATE_OK)
            return error;
        r->unit = UNIT_MONTH;
    } else if (*p == '.') {
        if (!read_fraction(p, fraction))
            return DATE_BAD_FORMAT;
        if (is_negative)
            *fraction = -*fraction;
    } else if (*p != '\0') {
        return DATE_BAD_FORMAT;
    }
    if (r->all_negative) {
        *value = *value > 0 ? -*value : *value;
        *fraction = *fraction > 0 ? -*fraction : *fraction;
    }
    return DATE_OK;
}

static DateError take_number(Reader *r, char *text)
{
    int64_t value;
    double fraction;
    DateError error;
    unsigned mask;

    if (r->unit == UNIT_NONE)
        r->unit = unit_of_range(r->range);
    error = read_value(r, text, &value, &fraction);
    if (error != DATE_OK)
        return error;
    if (r->unit > UNIT_MILLENNIUM || r->unit == UNIT_QUARTER)
        return DATE_BAD_FORMAT;
    if (!add_unit(&r->sum, r->unit, value, fraction))
        return DATE_BAD_FIELD;
    mask = 1u << r->unit;
    if (r->unit == UNIT_SECOND && fraction != 0)
        mask = GOT_SECONDS;

    /* "1 2 hours" is a day and two hours. */
    if (r->unit == UNIT_HOUR)
        r->unit = UNIT_DAY;
    if ((r->got & mask) != 0)
        return DATE_BAD_FORMAT;
    r->got |= mask;
    return DATE_OK;
}

static DateError take_word(Reader *r, const char *text)
{
    int value;

    switch (word_find_unit(text, &value)) {
    case WORD_IGNORED:
        return DATE_OK;
    case WORD_UNIT:
    case WORD_ZONE: /* which no number can have */
        r->unit = (DateUnit)value;
        return DATE_OK;
    case WORD_AGO:
        /* A number right before it would have no unit. */
        r->is_ago = true;
        r->unit = UNIT_TIME;
        return DATE_OK;
    default:
        return DATE_BAD_FORMAT;
    }
}

static DateError take_field(Reader *r, int i)
{
    char *text = r->fields.text[i];

    switch (r->fields.kind[i]) {
    case FIELD_TIME:
        return take_clock(r, text, false);
    case FIELD_ZONE:
        /* A sign: before a time, or else before a number. */
        if (strchr(text + 1, ':') != NULL && take_clock(r, text + 1, *text == '-') == DATE_OK)
            return DATE_OK;
        return take_number(r, text);
    case FIELD_DATE:
    case FIELD_NUMBER:
        return take_number(r, text);
    default:
        return take_word(r, text);
    }
}

/* In SQL's style a sign in front is for all fields, unless another has one too. */
static bool has_one_sign(const Fields *f)
{
    if (setting.IntervalStyle != INTERVAL_STYLE_SQL_STANDARD || f->count == 0 || *f->text[0] != '-')
        return false;
    for (int i = 1; i < f->count; i++)
        if (*f->text[i] == '-' || *f->text[i] == '+')
            return false;
    return true;
}

static DateError negate(Sum *s)
{
    if (s->usec == INT64_MIN || s->days == INT32_MIN || s->months == INT32_MIN ||
        s->years == INT32_MIN)
        return DATE_BAD_FIELD;
    s->usec = -s->usec;
    s->days = -s->days;
    s->months = -s->months;
    s->years = -s->years;
    return DATE_OK;
}

static DateError read_fields(const char *text, int32_t range, Sum *out)
{
    Reader r = {.range = range, .unit = UNIT_NONE};
    DateError error = fields_split(text, TEXT_ROOM, &r.fields);

    if (error != DATE_OK)
        return error;
    r.all_negative = has_one_sign(&r.fields);
    for (int i = r.fields.count - 1; i >= 0 && error == DATE_OK; i--)
        error = take_field(&r, i);
    if (error == DATE_OK && r.got == 0)
        error = DATE_BAD_FORMAT;
    if (error == DATE_OK && r.is_ago)
        error = negate(&r.sum);
    *out = r.sum;
    return error;
}

/* ---- ISO 8601: P1Y2M3DT4H5M6S, P0001-02-03T04:05:06, P00010203T040506 ---- */

typedef struct IsoNumber {
    const char *start;
    int64_t whole;
    double fraction;
} IsoNumber;

static DateError iso_number(const char **text, IsoNumber *out)
{
    char *end;
    double v;

    out->start = *text;
    if (!is_digit_char(**text) && **text != '-' && **text != '.')
        return DATE_BAD_FORMAT;
    v = strtod(*text, &end);
    if (end == *text)
        return DATE_BAD_FORMAT;

    /* What a double cannot hold at all is no number; words such as "-infinity" are too large. */
    if (isinf(v) && is_digit_char(end[-1]))
        return DATE_BAD_FORMAT;
    if (fabs(v) < DBL_MIN && strcspn(*text, "123456789") < strcspn(*text, "eE") &&
        strcspn(*text, "123456789") < (size_t)(end - *text))
        return DATE_BAD_FORMAT;
    *text = end;
    if (isnan(v) || v < -1.0e15 || v > 1.0e15)
        return DATE_BAD_FIELD;
    out->whole = (int64_t)v;
    out->fraction = v - (double)out->whole;
    return DATE_OK;
}

static size_t iso_width(const IsoNumber *n)
{
    return strspn(n->start + (*n->start == '-'), "0123456789");
}

static DateError iso_result(bool is_fine)
{
    return is_fine ? DATE_OK : DATE_BAD_FIELD;
}

/* Behind the first number of y-m-d, of which the end may be missing; *text is at 'T' or the end. */
static DateError iso_extended_date(Sum *s, const char **text)
{
    IsoNumber n;
    DateError error = iso_number(text, &n);

    if (error == DATE_OK)
        error = iso_result(add_months(s, n.whole, n.fraction));
    if (error != DATE_OK || **text == '\0' || **text == 'T')
        return error;
    if (*(*text)++ != '-')
        return DATE_BAD_FORMAT;
    error = iso_number(text, &n);
    if (error == DATE_OK)
        error = iso_result(add_days(s, n.whole, n.fraction));
    if (error != DATE_OK || **text == '\0' || **text == 'T')
        return error;
    return DATE_BAD_FORMAT;
}

/* A number and its unit; *text goes behind both. */
static DateError iso_date(Sum *s, const char **text, bool is_first)
{
    IsoNumber n;
    DateError error = iso_number(text, &n);
    char unit = **text;

    if (error != DATE_OK)
        return error;
    switch (unit) {
    case 'Y':
        error = iso_result(add_years(s, n.whole, n.fraction, 1));
        break;
    case 'M':
        error = iso_result(add_months(s, n.whole, n.fraction));
        break;
    case 'W':
        error = iso_result(add_unit(s, UNIT_WEEK, n.whole, n.fraction));
        break;
    case 'D':
        error = iso_result(add_days(s, n.whole, n.fraction));
        break;
    case 'T':
    case '\0':
        if (is_first && iso_width(&n) == 8)
            return iso_result(add_years(s, n.whole / 10000, 0, 1) &&
                              add_months(s, n.whole / 100 % 100, 0) &&
                              add_days(s, n.whole % 100, n.fraction));
        return !is_first ? DATE_BAD_FORMAT : iso_result(add_years(s, n.whole, n.fraction, 1));
    case '-':
        if (!is_first)
            return DATE_BAD_FORMAT;
        ++*text;
        error = iso_result(add_years(s, n.whole, n.fraction, 1));
        return error == DATE_OK ? iso_extended_date(s, text) : error;
    default:
        return DATE_BAD_FORMAT;
    }
    ++*text;
    return error;
}

/* Behind the hours of h:m:s, of which the end may be missing. */
static DateError iso_extended_time(Sum *s, const char **text)
{
    IsoNumber n;
    DateError error = iso_number(text, &n);

    if (error == DATE_OK)
        error = iso_result(add_usec(s, n.whole, n.fraction, USECS_PER_MINUTE));
    if (error != DATE_OK || **text == '\0')
        return error;
    if (*(*text)++ != ':')
        return DATE_BAD_FORMAT;
    error = iso_number(text, &n);
    if (error == DATE_OK)
        error = iso_result(add_usec(s, n.whole, n.fraction, USECS_PER_SEC));
    return error == DATE_OK && **text != '\0' ? DATE_BAD_FORMAT : error;
}

static DateError iso_time(Sum *s, const char **text, bool is_first)
{
    IsoNumber n;
    DateError error = iso_number(text, &n);
    int64_t scale;

    if (error != DATE_OK)
        return error;
    switch (**text) {
    case 'H':
        scale = USECS_PER_HOUR;
        break;
    case 'M':
        scale = USECS_PER_MINUTE;
        break;
    case 'S':
        scale = USECS_PER_SEC;
        break;
    case '\0':
        if (is_first && iso_width(&n) == 6)
            return iso_result(add_usec(s, n.whole / 10000, 0, USECS_PER_HOUR) &&
                              add_usec(s, n.whole / 100 % 100, 0, USECS_PER_MINUTE) &&
                              add_usec(s, n.whole % 100, 0, USECS_PER_SEC) &&
                              add_fraction_usec(s, n.fraction, 1));
        return !is_first ? DATE_BAD_FORMAT
                         : iso_result(add_usec(s, n.whole, n.fraction, USECS_PER_HOUR));
    case ':':
        if (!is_first)
            return DATE_BAD_FORMAT;
        ++*text;
        error = iso_result(add_usec(s, n.whole, n.fraction, USECS_PER_HOUR));
        return error == DATE_OK ? iso_extended_time(s, text) : error;
    default:
        return DATE_BAD_FORMAT;
    }
    ++*text;
    return iso_result(add_usec(s, n.whole, n.fraction, scale));
}

static DateError read_iso(const char *text, Sum *out)
{
    bool is_time = false, is_first = true;
    DateError error = DATE_OK;

    *out = (Sum){0};
    if (*text++ != 'P' || *text == '\0')
        return DATE_BAD_FORMAT;
    while (*text != '\0' && error == DATE_OK) {
        if (*text == 'T') {
            text++;
            is_time = true;
            is_first = true;
            continue;
        }
        error = is_time ? iso_time(out, &text, is_first) : iso_date(out, &text, is_first);
        is_first = false;
    }
    return error;
}

DateError interval_read(const char *text, int32_t range, Interval *out)
{
    Sum sum;
    DateError error = read_fields(text, range, &sum);
    int64_t months;

    if (error == DATE_BAD_FORMAT)
        error = read_iso(text, &sum);
    if (error != DATE_OK)
        return error == DATE_BAD_FIELD ? DATE_BAD_INTERVAL : error;
    months = (int64_t)sum.years * MONTHS_PER_YEAR + sum.months;
    if (months > INT32_MAX || months < INT32_MIN)
        interval_raise_range();
    *out = (Interval){.months = (int32_t)months, .days = sum.days, .usec = sum.usec};
    return DATE_OK;
}

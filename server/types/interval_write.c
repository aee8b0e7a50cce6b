/*
 * interval_write.c - spans as text, in each IntervalStyle
 *
 * A span may have units of both signs; each style has its own way to say so.
 */
#include "common/base/base.h"

#include <string.h>

#include "server/config/guc_enum.h"
#include "server/types/datetime.h"
#include "server/types/int_text.h"
#include "server/types/text_put.h"

typedef struct Writer {
    char *to;
    bool is_empty;    /* nothing was written yet */
    bool is_negative; /* what was written last; in the verbose style, what was written first */
} Writer;

static void put(Writer *w, const char *text)
{
    size_t len = strlen(text);

    memcpy(w->to, text, len);
    w->to += len;
}

static void put_number(Writer *w, int64_t v)
{
    w->to += int_print_i64(v, w->to);
}

static uint64_t magnitude(int64_t v)
{
    return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

/* Seconds, with at least two digits if asked for; without a sign. */
static void put_seconds(Writer *w, const IntervalParts *p, bool two_digits)
{
    unsigned second = (unsigned)magnitude(p->second);

    if (second < 10 && !two_digits)
        *w->to++ = (char)('0' + second);
    else
        w->to = put_two(w->to, second);
    w->to = put_fraction(w->to, (unsigned)magnitude(p->usec));
}

static bool has_time(const IntervalParts *p)
{
    return p->hour != 0 || p->minute != 0 || p->second != 0 || p->usec != 0;
}

static bool is_time_negative(const IntervalParts *p)
{
    return p->hour < 0 || p->minute < 0 || p->second < 0 || p->usec < 0;
}

/* hours:minutes:seconds without a sign; is_wide: two digits of hours at least. */
static void put_clock(Writer *w, const IntervalParts *p, bool is_wide)
{
    uint64_t hour = magnitude(p->hour);

    if (is_wide && hour < 10)
        *w->to++ = '0';
    w->to += int_print_u64(hour, w->to);
    *w->to++ = ':';
    w->to = put_two(w->to, (unsigned)magnitude(p->minute));
    *w->to++ = ':';
    put_seconds(w, p, true);
}

/* ---- postgres: 1 year -2 mons +3 days -04:05:06 ---- */

static void put_unit(Writer *w, int64_t v, const char *unit)
{
    if (v == 0)
        return;
    if (!w->is_empty)
        *w->to++ = ' ';
    if (w->is_negative && v > 0)
        *w->to++ = '+';
    put_number(w, v);
    *w->to++ = ' ';
    put(w, unit);
    if (v != 1)
        *w->to++ = 's';
    w->is_negative = v < 0;
    w->is_empty = false;
}

static void write_postgres(Writer *w, const IntervalParts *p)
{
    put_unit(w, p->year, "year");
    put_unit(w, p->month, "mon");
    put_unit(w, p->day, "day");
    if (!w->is_empty && !has_time(p))
        return;
    if (!w->is_empty)
        *w->to++ = ' ';
    if (is_time_negative(p))
        *w->to++ = '-';
    else if (w->is_negative)
        *w->to++ = '+';
    put_clock(w, p, true);
}

/* ---- postgres_verbose: @ 1 year -2 mons 3 days ago ---- */

/* The first unit that is not zero decides whether all is "ago". */
static void put_verbose(Writer *w, int64_t v, const char *unit)
{
    if (v == 0)
        return;
    if (w->is_empty)
        w->is_negative = v < 0;
    if (w->is_negative)
        v = -v;
    w->is_empty = false;
    *w->to++ = ' ';
    put_number(w, v);
    *w->to++ = ' ';
    put(w, unit);
    if (v != 1)
        *w->to++ = 's';
}

static void put_verbose_seconds(Writer *w, const IntervalParts *p)
{
    bool is_below = p->second < 0 || p->usec < 0;

    if (p->second == 0 && p->usec == 0)
        return;
    if (w->is_empty)
        w->is_negative = is_below;
    w->is_empty = false;
    *w->to++ = ' ';
    if (is_below != w->is_negative)
        *w->to++ = '-';
    put_seconds(w, p, false);
    put(w, magnitude(p->second) != 1 || p->usec != 0 ? " secs" : " sec");
}

static void write_verbose(Writer *w, const IntervalParts *p)
{
    *w->to++ = '@';
    put_verbose(w, p->year, "year");
    put_verbose(w, p->month, "mon");
    put_verbose(w, p->day, "day");
    put_verbose(w, p->hour, "hour");
    put_verbose(w, p->minute, "min");
    put_verbose_seconds(w, p);
    if (w->is_empty)
        put(w, " 0");
    if (w->is_negative)
        put(w, " ago");
}

/* ---- sql_standard: 1-2 or 3 4:05:06, or all of it with signs ---- */

static void put_signed(Writer *w, bool is_negative)
{
    *w->to++ = is_negative ? '-' : '+';
}

static void put_year_month(Writer *w, const IntervalParts *p)
{
    w->to += int_print_u64(magnitude(p->year), w->to);
    *w->to++ = '-';
    w->to += int_print_u64(magnitude(p->month), w->to);
}

static void put_days(Writer *w, const IntervalParts *p)
{
    w->to += int_print_u64(magnitude(p->day), w->to);
    *w->to++ = ' ';
}

static void write_sql(Writer *w, const IntervalParts *p)
{
    bool is_months_negative = p->year < 0 || p->month < 0;
    bool has_negative = is_months_negative || p->day < 0 || is_time_negative(p);
    bool has_positive = p->year > 0 || p->month > 0 || p->day > 0 || p->hour > 0 || p->minute > 0 ||
                        p->second > 0 || p->usec > 0;
    bool has_months = p->year != 0 || p->month != 0;
    bool has_rest = p->day != 0 || has_time(p);

    if (!has_negative && !has_positive) {
        *w->to++ = '0';
        return;
    }
    if ((has_negative && has_positive) || (has_months && has_rest)) {
        put_signed(w, is_months_negative);
        put_year_month(w, p);
        *w->to++ = ' ';
        put_signed(w, p->day < 0);
        put_days(w, p);
        put_signed(w, is_time_negative(p));
        put_clock(w, p, false);
        return;
    }
    if (has_negative)
        *w->to++ = '-';
    if (has_months) {
        put_year_month(w, p);
        return;
    }
    if (p->day != 0)
        put_days(w, p);
    put_clock(w, p, false);
}

/* ---- iso_8601: P1Y2M3DT4H5M6.7S ---- */

static void put_iso(Writer *w, int64_t v, char unit)
{
    if (v == 0)
        return;
    put_number(w, v);
    *w->to++ = unit;
}

static void write_iso(Writer *w, const IntervalParts *p)
{
    *w->to++ = 'P';
    put_iso(w, p->year, 'Y');
    put_iso(w, p->month, 'M');
    put_iso(w, p->day, 'D');
    if (has_time(p)) {
        *w->to++ = 'T';
        put_iso(w, p->hour, 'H');
        put_iso(w, p->minute, 'M');
        if (p->second == 0 && p->usec == 0)
            return;
        if (p->second < 0 || p->usec < 0)
            *w->to++ = '-';
        put_seconds(w, p, false);
        *w->to++ = 'S';
    } else if (p->year == 0 && p->month == 0 && p->day == 0) {
        put(w, "T0S");
    }
}

char *interval_write(char *to, const Interval *i, int style)
{
    Writer w = {.to = to, .is_empty = true};
    IntervalParts parts;

    interval_to_parts(i, &parts);
    switch (style) {
    case INTERVAL_STYLE_SQL_STANDARD:
        write_sql(&w, &parts);
        break;
    case INTERVAL_STYLE_ISO_8601:
        write_iso(&w, &parts);
        break;
    case INTERVAL_STYLE_POSTGRES_VERBOSE:
        write_verbose(&w, &parts);
        break;
    default:
        write_postgres(&w, &parts);
    }
    return w.to;
}

/*
 * date_to_char.c - to_char() of timestamps and intervals
 *
 * An interval has no date, but its years, months and days are shown as if they were one where a
 * number is asked for; names, eras and zones raise 22007. Names are in English, whatever lc_time
 * is; with TM their capitals and small letters are those of the collation.
 */
#include "common/base/base.h"

#include <ctype.h>

#include "server/types/collation.h"
#include "server/types/datetime.h"
#include "server/types/template.h"
#include "server/types/template_names.h"
#include "server/types/types_int.h"

#define HALF_DAY           12
#define JULIAN_YEAR_OFFSET 4800
#define JULIAN_DAY_OFFSET  32167
#define SHORT_NAME         3
#define ROMAN_WIDTH        4

const char *const template_months[12] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
const char *const template_weekdays[7] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                          "Thursday", "Friday", "Saturday"};
const char *const template_roman_months[12] = {"I",   "II",   "III", "IV", "V",  "VI",
                                               "VII", "VIII", "IX",  "X",  "XI", "XII"};

/* What is to be shown. */
typedef struct Shown {
    int64_t year; /* 0 is 1 BC, but in an interval */
    int month, day;
    int64_t hour;
    int minute, second, usec;
    int weekday;  /* 0 is Sunday */
    int year_day; /* of an interval roughly all its days */
    int32_t offset;
    const char *zone; /* NULL: none */
    Oid collation;
    bool is_interval;
} Shown;

/* ---- Calendar ---- */

/*
 * The Julian day; of an interval, whose month may be 0 or negative, what the same sum gives: months
 * are counted from March, 30.6 days each.
 */
static int64_t julian_day(int64_t year, int64_t month, int64_t day)
{
    int64_t y = year + JULIAN_YEAR_OFFSET - (month <= 2), m = month + (month <= 2 ? 13 : 1);
    int64_t leap_days = y / 4 - y / 100 + y / 100 / 4;

    return (int32_t)(y * 365 - JULIAN_DAY_OFFSET + leap_days + 7834 * m / 256 + day);
}

/* An interval's days may be further apart than PostgreSQL counts, which wraps. */
static int64_t days_between(int64_t from, int64_t to)
{
    return (int32_t)(to - from);
}

/* The Monday of week 1, which has January 4. */
static int64_t first_monday(int64_t year)
{
    int64_t day = julian_day(year, 1, 4), weekday = day % 7;

    return days_between(weekday < 0 ? weekday + 7 : weekday, day);
}

/* The Monday of week 1 of the year, by ISO 8601, that a day belongs to. */
static int64_t iso_year_start(const Shown *s, int64_t day, int64_t *year)
{
    int64_t start = first_monday(s->year), next;

    *year = s->year;
    if (day < start) {
        *year -= 1;
        return first_monday(*year);
    }
    next = first_monday(s->year + 1);
    if (days_between(start, day) / 7 < 51 || day < next)
        return start;
    *year += 1;
    return next;
}

static int64_t iso_year(const Shown *s)
{
    int64_t year;

    iso_year_start(s, julian_day(s->year, s->month, s->day), &year);
    return year;
}

static int64_t iso_week_number(const Shown *s)
{
    int64_t year, day = julian_day(s->year, s->month, s->day);

    return days_between(iso_year_start(s, day, &year), day) / 7 + 1;
}

static int64_t iso_year_day(const Shown *s)
{
    int64_t day = julian_day(s->year, s->month, s->day);

    return days_between(first_monday(iso_year(s)) - 1, day);
}

/* Of a day that counts from 1; an interval may have the lowest of all, which PostgreSQL wraps. */
static int week_of(int day)
{
    return (int32_t)(day - INT64_C(1)) / 7 + 1;
}

/* There is no year 0: 1 BC is 1. */
static int64_t shown_year(const Shown *s, int64_t year)
{
    return s->is_interval || year > 0 ? year : 1 - year;
}

static int64_t century(const Shown *s)
{
    if (s->is_interval)
        return s->year / 100;
    return s->year > 0 ? (s->year - 1) / 100 + 1 : s->year / 100 - 1;
}

/* ---- Putting ---- */

static bool has_mark(const TemplateItem *item, unsigned mark)
{
    return (item->marks & mark) != 0;
}

static void put_ordinal(StrBuf *out, const TemplateItem *item, size_t from)
{
    if (has_mark(item, MARK_TH))
        strbuf_add(out, template_ordinal(out->text + from, out->len - from,
                                         has_mark(item, MARK_TH_LOWER)));
}

/* At least width characters, a sign among them; no zeros with FM. */
static void put_number(StrBuf *out, const TemplateItem *item, int width, int64_t value)
{
    size_t from = out->len;

    strbuf_add_fmt(out, "%0*" PRId64, has_mark(item, MARK_FILL) ? 0 : width, value);
    put_ordinal(out, item, from);
}

/* A place more where what the value is taken from is negative. */
static void put_signed(StrBuf *out, const TemplateItem *item, int width, int64_t value,
                       bool is_negative)
{
    put_number(out, item, width + is_negative, value);
}

/* FM leaves no zeros out here. */
static void put_fraction_digits(StrBuf *out, const TemplateItem *item, int digits, int usec)
{
    size_t from = out->len;

    for (int i = digits; i < 6; i++)
        usec /= 10;
    strbuf_add_fmt(out, "%0*d", digits, usec);
    put_ordinal(out, item, from);
}

typedef enum Letters { LETTERS_UPPER, LETTERS_LOWER, LETTERS_MIXED } Letters;

static Letters letters_of(const TemplateItem *item)
{
    if (item->is_lower)
        return LETTERS_LOWER;
    return item->len > 1 && item->text[1] >= 'a' ? LETTERS_MIXED : LETTERS_UPPER;
}

/* A name, all of it or its first letters; with blanks to the width. */
static void put_name(StrBuf *out, const TemplateItem *item, const char *name, size_t len,
                     size_t width)
{
    Letters letters = letters_of(item);

    for (size_t i = 0; i < len; i++) {
        int c = (unsigned char)name[i];

        strbuf_add_char(out, (char)(letters == LETTERS_UPPER   ? toupper(c)
                                    : letters == LETTERS_LOWER ? tolower(c)
                                                               : c));
    }
    if (len < width && !has_mark(item, MARK_FILL))
        strbuf_add_chars(out, ' ', width - len);
}

static void put_word(StrBuf *out, const TemplateItem *item, const char *word)
{
    put_name(out, item, word, strlen(word), 0);
}

/* Of a month or a weekday: its first len letters. */
static void put_date_name(StrBuf *out, const TemplateItem *item, const Shown *s, const char *name,
                          size_t len, size_t width)
{
    static const CollationCase cases[] = {[LETTERS_UPPER] = CASE_UPPER,
                                          [LETTERS_LOWER] = CASE_LOWER,
                                          [LETTERS_MIXED] = CASE_INITCAP};

    if (has_mark(item, MARK_LOCAL)) {
        name = collation_change_case(s->collation, cases[letters_of(item)],
                                     (CollationText){name, len}, &len);
        strbuf_add_bytes(out, name, len);
        return;
    }
    put_name(out, item, name, len, width);
}

static void put_long_name(StrBuf *out, const TemplateItem *item, const Shown *s, const char *name)
{
    put_date_name(out, item, s, name, strlen(name), TEMPLATE_NAME_MAX);
}

static void put_short_name(StrBuf *out, const TemplateItem *item, const Shown *s, const char *name)
{
    put_date_name(out, item, s, name, SHORT_NAME, 0);
}

/* ---- Patterns ---- */

/* A span of whole years is month 12, or I when it is negative; months below 0 count backwards. */
static void put_roman(StrBuf *out, const TemplateItem *item, const Shown *s)
{
    int month = s->month > 0 ? s->month : s->month + 13;
    const char *name;

    if (s->month == 0 && s->year == 0)
        return;
    if (s->month == 0)
        month = s->year >= 0 ? 12 : 1;
    name = template_roman_months[month - 1];
    put_name(out, item, name, strlen(name), ROMAN_WIDTH);
}

static void put_offset(StrBuf *out, const TemplateItem *item, const Shown *s)
{
    int32_t offset = abs(s->offset);

    strbuf_add_fmt(out, "%c%0*d", s->offset < 0 ? '-' : '+', has_mark(item, MARK_FILL) ? 0 : 2,
                   offset / 3600);
    if (offset % 3600 != 0)
        strbuf_add_fmt(out, ":%02d", offset % 3600 / 60);
}

static void put_zone(StrBuf *out, const TemplateItem *item, const Shown *s)
{
    switch ((DatePattern)item->pattern) {
    case DATE_PATTERN_ZONE:
        for (const char *p = s->zone; p != NULL && *p != '\0'; p++)
            strbuf_add_char(out, (char)(item->is_lower ? tolower((unsigned char)*p) : *p));
        break;
    case DATE_PATTERN_ZONE_HOUR:
        strbuf_add_fmt(out, "%c%02d", s->offset < 0 ? '-' : '+', abs(s->offset) / 3600);
        break;
    case DATE_PATTERN_ZONE_MINUTE:
        strbuf_add_fmt(out, "%02d", abs(s->offset) % 3600 / 60);
        break;
    default:
        put_offset(out, item, s);
        break;
    }
}

static bool put_name_pattern(StrBuf *out, const TemplateItem *item, const Shown *s)
{
    bool is_bc = s->year <= 0;

    switch ((DatePattern)item->pattern) {
    case DATE_PATTERN_AD:
    case DATE_PATTERN_BC:
        put_word(out, item, is_bc ? "BC" : "AD");
        return true;
    case DATE_PATTERN_AD_DOTS:
    case DATE_PATTERN_BC_DOTS:
        put_word(out, item, is_bc ? "B.C." : "A.D.");
        return true;
    case DATE_PATTERN_MONTH_NAME:
    case DATE_PATTERN_MONTH_NAME_MIXED:
        put_long_name(out, item, s, template_months[s->month - 1]);
        return true;
    case DATE_PATTERN_MONTH_SHORT:
    case DATE_PATTERN_MONTH_SHORT_MIXED:
        put_short_name(out, item, s, template_months[s->month - 1]);
        return true;
    case DATE_PATTERN_DAY_NAME:
    case DATE_PATTERN_DAY_NAME_MIXED:
        put_long_name(out, item, s, template_weekdays[s->weekday]);
        return true;
    case DATE_PATTERN_DAY_SHORT:
    case DATE_PATTERN_DAY_SHORT_MIXED:
        put_short_name(out, item, s, template_weekdays[s->weekday]);
        return true;
    case DATE_PATTERN_OFFSET:
    case DATE_PATTERN_ZONE:
    case DATE_PATTERN_ZONE_HOUR:
    case DATE_PATTERN_ZONE_MINUTE:
        put_zone(out, item, s);
        return true;
    default:
        return false;
    }
}

static bool put_clock(StrBuf *out, const TemplateItem *item, const Shown *s)
{
    bool is_afternoon = s->hour % (2 * HALF_DAY) >= HALF_DAY;

    switch ((DatePattern)item->pattern) {
    case DATE_PATTERN_AM:
    case DATE_PATTERN_PM:
        put_word(out, item, is_afternoon ? "PM" : "AM");
        return true;
    case DATE_PATTERN_AM_DOTS:
    case DATE_PATTERN_PM_DOTS:
        put_word(out, item, is_afternoon ? "P.M." : "A.M.");
        return true;
    case DATE_PATTERN_HOUR:
    case DATE_PATTERN_HOUR_12:
        put_signed(out, item, 2, s->hour % HALF_DAY == 0 ? HALF_DAY : s->hour % HALF_DAY,
                   s->hour < 0);
        return true;
    case DATE_PATTERN_HOUR_24:
        put_signed(out, item, 2, s->hour, s->hour < 0);
        return true;
    case DATE_PATTERN_MINUTE:
        put_signed(out, item, 2, s->minute, s->minute < 0);
        return true;
    case DATE_PATTERN_SECOND:
        put_signed(out, item, 2, s->second, s->second < 0);
        return true;
    case DATE_PATTERN_DAY_SECOND:
    case DATE_PATTERN_DAY_SECOND_4:
        put_number(out, item, 1, s->hour * 3600 + s->minute * 60 + s->second);
        return true;
    case DATE_PATTERN_MILLISECOND:
        put_fraction_digits(out, item, 3, s->usec);
        return true;
    case DATE_PATTERN_MICROSECOND:
        put_fraction_digits(out, item, 6, s->usec);
        return true;
    default:
        if (item->pattern < DATE_PATTERN_FRACTION_1 || item->pattern > DATE_PATTERN_FRACTION_6)
            return false;
        put_fraction_digits(out, item, item->pattern - DATE_PATTERN_FRACTION_1 + 1, s->usec);
        return true;
    }
}

/* The last digits of a year, all of them when there are four. */
static void put_year(StrBuf *out, const TemplateItem *item, const Shown *s, int64_t year,
                     int digits)
{
    static const int cut[] = {1, 10, 100, 1000};
    int64_t shown = shown_year(s, year);

    if (digits == 1)
        put_number(out, item, 1, shown % 10);
    else
        put_signed(out, item, digits, digits == 4 ? shown : shown % cut[digits],
                   shown_year(s, s->year) < 0);
}

static void put_year_comma(StrBuf *out, const TemplateItem *item, const Shown *s)
{
    int64_t year = shown_year(s, s->year);
    size_t from = out->len;

    strbuf_add_fmt(out, "%" PRId64 ",%03" PRId64, year / 1000, year % 1000);
    put_ordinal(out, item, from);
}

static void put_century(StrBuf *out, const TemplateItem *item, const Shown *s)
{
    int64_t c = century(s);

    if (c <= 99 && c >= -99)
        put_signed(out, item, 2, c, c < 0);
    else
        put_number(out, item, 1, c);
}

static bool put_year_pattern(StrBuf *out, const TemplateItem *item, const Shown *s)
{
    switch ((DatePattern)item->pattern) {
    case DATE_PATTERN_CENTURY:
        put_century(out, item, s);
        return true;
    case DATE_PATTERN_YEAR_COMMA:
        put_year_comma(out, item, s);
        return true;
    case DATE_PATTERN_YEAR:
    case DATE_PATTERN_YEAR_3:
    case DATE_PATTERN_YEAR_2:
    case DATE_PATTERN_YEAR_1:
        put_year(out, item, s, s->year, item->len);
        return true;
    case DATE_PATTERN_ISO_YEAR:
    case DATE_PATTERN_ISO_YEAR_3:
    case DATE_PATTERN_ISO_YEAR_2:
    case DATE_PATTERN_ISO_YEAR_1:
        put_year(out, item, s, iso_year(s), item->len);
        return true;
    default:
        return false;
    }
}

static void put_date(StrBuf *out, const TemplateItem *item, const Shown *s)
{
    switch ((DatePattern)item->pattern) {
    case DATE_PATTERN_WEEKDAY:
        put_number(out, item, 1, s->weekday + 1);
        break;
    case DATE_PATTERN_ISO_WEEKDAY:
        put_number(out, item, 1, s->weekday == 0 ? 7 : s->weekday);
        break;
    case DATE_PATTERN_MONTH:
        put_signed(out, item, 2, s->month, s->month < 0);
        break;
    case DATE_PATTERN_DAY:
        put_number(out, item, 2, s->day);
        break;
    case DATE_PATTERN_YEAR_DAY:
        put_number(out, item, 3, s->year_day);
        break;
    case DATE_PATTERN_ISO_YEAR_DAY:
        put_number(out, item, 3, iso_year_day(s));
        break;
    case DATE_PATTERN_WEEK:
        put_number(out, item, 2, week_of(s->year_day));
        break;
    case DATE_PATTERN_ISO_WEEK:
        put_number(out, item, 2, iso_week_number(s));
        break;
    case DATE_PATTERN_QUARTER:
        if (s->month != 0)
            put_number(out, item, 1, (s->month - 1) / 3 + 1);
        break;
    case DATE_PATTERN_MONTH_ROMAN:
        put_roman(out, item, s);
        break;
    case DATE_PATTERN_MONTH_WEEK:
        put_number(out, item, 1, week_of(s->day));
        break;
    case DATE_PATTERN_JULIAN:
        put_number(out, item, 1, julian_day(s->year, s->month, s->day));
        break;
    default:
        break; /* FX, which is for reading */
    }
}

static void put_pattern(StrBuf *out, const TemplateItem *item, const Shown *s)
{
    if (s->is_interval && item->wants_date)
        err_raise(SQLSTATE_INVALID_DATETIME_FORMAT,
                  .message = "invalid format specification for an interval value",
                  .hint = "Intervals are not tied to specific calendar dates.");
    if (!put_clock(out, item, s) && !put_year_pattern(out, item, s) &&
        !put_name_pattern(out, item, s))
        put_date(out, item, s);
}

static Datum write_shown(FmgrCall *call, const Shown *s)
{
    const Template *t = template_arg(call, 1, TEMPLATE_DATE);
    StrBuf out;

    text_begin(&out);
    for (size_t i = 0; i < t->count; i++) {
        const TemplateItem *item = &t->items[i];

        if (item->kind == ITEM_PATTERN)
            put_pattern(&out, item, s);
        else
            strbuf_add_bytes(&out, item->text, item->len);
    }
    return text_end(&out);
}

/* ---- Functions ---- */

static bool is_template_empty(const FmgrCall *call)
{
    return varlena_len(fmgr_packed(call, 1)) == 0;
}

static Datum write_timestamp(FmgrCall *call, const TimeZone *zone)
{
    Timestamp t = fmgr_i64(call, 0);
    DateTime d;
    Date date;

    if (is_template_empty(call) || !timestamp_is_finite(t))
        return fmgr_null(call);
    timestamp_to_parts(t, zone, &d);
    date = date_of_civil(d.year, d.month, d.day);
    return write_shown(call, &(Shown){.year = d.year,
                                      .month = d.month,
                                      .day = d.day,
                                      .hour = d.hour,
                                      .minute = d.minute,
                                      .second = d.second,
                                      .usec = d.usec,
                                      .weekday = date_weekday(date),
                                      .year_day = date - date_of_civil(d.year, 1, 1) + 1,
                                      .offset = d.offset,
                                      .zone = d.abbreviation,
                                      .collation = call->collation});
}

Datum timestamp_to_char(FmgrCall *call)
{
    return write_timestamp(call, NULL);
}

Datum timestamptz_to_char(FmgrCall *call)
{
    return write_timestamp(call, zone_session());
}

Datum interval_to_char(FmgrCall *call)
{
    const Interval *i = fmgr_interval(call, 0);
    IntervalParts p;

    if (is_template_empty(call))
        return fmgr_null(call);
    interval_to_parts(i, &p);
    return write_shown(
        call,
        &(Shown){.year = p.year,
                 .month = p.month,
                 .day = p.day,
                 .hour = p.hour,
                 .minute = p.minute,
                 .second = p.second,
                 .usec = p.usec,
                 .year_day =
                     (int)(((int64_t)p.year * MONTHS_PER_YEAR + p.month) * DAYS_PER_MONTH + p.day),
                 .is_interval = true});
}

/*
 * datetime_read.c - dates, timestamps and times from text
 *
 * Fields are taken from left to right. What a number means depends on what there is already, on
 * DateStyle's order, and on words before it ("julian", "t"); a bit for each part that was read
 * refuses what comes twice. Validity of dates and the offset of a zone can only be told at the end.
 */
#include "common/base/base.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/err/err.h"
#include "server/txn/txn.h"
#include "server/types/datetime_int.h"
#include "server/types/types_int.h"

enum {
    GOT_YEAR = 1 << 0,
    GOT_MONTH = 1 << 1,
    GOT_DAY = 1 << 2,
    GOT_DOY = 1 << 3,
    GOT_HOUR = 1 << 4,
    GOT_MINUTE = 1 << 5,
    GOT_SECOND = 1 << 6,
    GOT_FRACTION = 1 << 15, /* of a second; without one, labelled parts are no whole time */
    GOT_ZONE = 1 << 7,
    GOT_DAYLIGHT = 1 << 8, /* a zone that is daylight saving by its name, or by DST */
    GOT_DST = 1 << 9,      /* the word */
    GOT_AMPM = 1 << 10,
    GOT_ERA = 1 << 11,
    GOT_WEEKDAY = 1 << 12,
    GOT_SPECIAL = 1 << 13,
    GOT_DYNAMIC = 1 << 14,
    GOT_DATE = GOT_YEAR | GOT_MONTH | GOT_DAY,
    GOT_TIME = GOT_HOUR | GOT_MINUTE | GOT_SECOND | GOT_FRACTION,
};

typedef enum HalfDay { HALF_NONE, HALF_AM, HALF_PM } HalfDay;

typedef struct Reader {
    Fields fields;
    bool is_time; /* a time of the day is wanted, a date only to tell the zone */
    DateTime parts;
    int got;
    int yday;
    SpecialDate special;
    int unit; /* that a word announced for the next field */
    bool is_julian, is_two_digits, is_bc, has_text_month;
    HalfDay half;
    const TimeZone *zone; /* by name */
    bool has_abbrev;
    ZoneAbbrev abbrev; /* dynamic */
} Reader;

/* ---- Numbers ---- */

/* The digits up to the end; of what is too large for an int the lower bits, as by atoi(). */
static int digits_value(const char *text)
{
    int64_t value = 0;

    for (; is_digit_char(*text); text++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, *text - '0', &value))
            return -1;
    return (int)(uint32_t)value;
}

/*
 * A run of digits that is a whole date or time: yymmdd, yyyymmdd, hhmmss[.fraction], hhmm. has is
 * what is known already; what was read goes to *mask.
 */
static DateError read_run(Reader *r, char *text, int has, int *mask)
{
    size_t len = strlen(text);
    char *point = strchr(text, '.');

    *mask = 0;
    if (point != NULL) {
        double fraction;

        fraction = point[1] == '\0' ? 0 : strtod(point, NULL);
        r->parts.usec = (int32_t)rint(fraction * 1000000);
        *point = '\0';
        len = strlen(text);
    } else if ((has & GOT_DATE) != GOT_DATE && len >= 6) {
        r->parts.day = digits_value(text + len - 2);
        text[len - 2] = '\0';
        r->parts.month = digits_value(text + len - 4);
        text[len - 4] = '\0';
        r->parts.year = digits_value(text);
        if (len - 4 == 2)
            r->is_two_digits = true;
        *mask = GOT_DATE;
        return DATE_OK;
    }
    if ((has & GOT_TIME) == GOT_TIME || (len != 6 && len != 4))
        return DATE_BAD_FORMAT;
    r->parts.second = 0;
    if (len == 6) {
        r->parts.second = digits_value(text + 4);
        text[4] = '\0';
    }
    r->parts.minute = digits_value(text + 2);
    text[2] = '\0';
    r->parts.hour = digits_value(text);
    *mask = GOT_TIME;
    return DATE_OK;
}

/* Which part of a date a number is, by what is there already; 0: none. */
static int date_part_of(Reader *r, size_t len, int value, int has)
{
    DateOrder order = datetime_order();
    bool is_year = len >= 3 || order == ORDER_YMD;

    switch (has & GOT_DATE) {
    case 0:
        return is_year ? GOT_YEAR : order == ORDER_DMY ? GOT_DAY : GOT_MONTH;
    case GOT_YEAR:
    case GOT_DAY:
        return GOT_MONTH;
    case GOT_MONTH:
        return r->has_text_month && is_year ? GOT_YEAR : GOT_DAY;
    case GOT_YEAR | GOT_MONTH:
        if (r->has_text_month && len >= 3 && r->is_two_digits) {
            /* What was taken for a year was the day. */
            r->parts.day = (int)r->parts.year;
            r->parts.year = value;
            r->is_two_digits = false;
            return GOT_DAY;
        }
        r->parts.day = value;
        return GOT_DAY;
    case GOT_MONTH | GOT_DAY:
        return GOT_YEAR;
    default:
        return 0;
    }
}

/* One number; has as for read_run(). */
static DateError read_number(Reader *r, char *text, int has, int *mask)
{
    size_t len = strlen(text);
    char *p = text;
    int value;

    *mask = 0;
    if (!read_i32(&p, &value))
        return DATE_BAD_FIELD;
    if (p == text)
        return DATE_BAD_FORMAT;
    if (*p == '.') {
        double fraction;

        if (p - text > 2)
            return read_run(r, text, has | GOT_DATE, mask);
        if (!read_fraction(p, &fraction))
            return DATE_BAD_FORMAT;
        r->parts.usec = (int32_t)rint(fraction * 1000000);
    } else if (*p != '\0') {
        return DATE_BAD_FORMAT;
    }
    if (len == 3 && (has & GOT_DATE) == GOT_YEAR && value >= 1 && value <= 366) {
        *mask = GOT_DOY | GOT_MONTH | GOT_DAY;
        r->yday = value;
        return DATE_OK;
    }
    if ((has & GOT_DATE) == GOT_DATE)
        return read_run(r, text, has, mask);
    *mask = date_part_of(r, len, value, has);
    switch (*mask) {
    case GOT_YEAR:
        r->parts.year = value;
        r->is_two_digits = len <= 2;
        break;
    case GOT_MONTH:
        r->parts.month = value;
        break;
    case GOT_DAY:
        /* With year and month known it is set already, and may have changed places. */
        if ((has & GOT_DATE) != (GOT_YEAR | GOT_MONTH))
            r->parts.day = value;
        break;
    default:
        return DATE_BAD_FORMAT;
    }
    return DATE_OK;
}

/* ---- Dates with marks ---- */

#define DATE_PIECES 25

/* Numbers and words of "2001-02-03" or "03-feb-2001"; what parts them is cut out. */
static DateError split_pieces(char *text, char **pieces, int *count)
{
    *count = 0;
    while (*text != '\0' && *count < DATE_PIECES) {
        while (*text != '\0' && !is_digit_char(*text) && !is_letter_char(*text))
            text++;
        if (*text == '\0')
            return DATE_BAD_FORMAT;
        pieces[(*count)++] = text;
        if (is_digit_char(*text))
            while (is_digit_char(*text))
                text++;
        else
            while (is_letter_char(*text))
                text++;
        if (*text != '\0')
            *text++ = '\0';
    }
    return DATE_OK;
}

static DateError read_date(Reader *r, char *text, int *mask)
{
    char *pieces[DATE_PIECES];
    int count, has = r->got, part, value;
    bool has_text_month = r->has_text_month;
    DateError error = split_pieces(text, pieces, &count);

    *mask = 0;
    r->has_text_month = false;
    for (int i = 0; i < count && error == DATE_OK; i++) {
        if (!is_letter_char(*pieces[i]))
            continue;
        switch (word_find(pieces[i], &value)) {
        case WORD_IGNORED:
            continue;
        case WORD_MONTH:
            break;
        default:
            error = DATE_BAD_FORMAT;
            continue;
        }
        if ((has & GOT_MONTH) != 0)
            error = DATE_BAD_FORMAT;
        r->parts.month = value;
        r->has_text_month = true;
        has |= GOT_MONTH;
        *mask |= GOT_MONTH;
        pieces[i] = NULL;
    }
    for (int i = 0; i < count && error == DATE_OK; i++) {
        if (pieces[i] == NULL)
            continue;
        error = read_number(r, pieces[i], has, &part);
        if (error == DATE_OK && (has & part) != 0)
            error = DATE_BAD_FORMAT;
        has |= part;
        *mask |= part;
    }
    r->has_text_month = has_text_month;
    if (error == DATE_OK && (has & GOT_DATE) != GOT_DATE)
        error = DATE_BAD_FORMAT;
    if (error == DATE_OK && (has & ~(GOT_DATE | GOT_DOY | GOT_ZONE)) != 0)
        error = DATE_BAD_FORMAT;
    return error;
}

/* ---- Zones ---- */

DateError zone_read_offset(const char *text, int32_t *offset)
{
    char *p;
    int hour, minute = 0, second = 0;

    if (*text != '+' && *text != '-')
        return DATE_BAD_FORMAT;
    p = (char *)(uintptr_t)(text + 1);
    if (!read_i32(&p, &hour))
        return DATE_BAD_DISPLACEMENT;
    if (*p == ':') {
        p++;
        if (!read_i32(&p, &minute))
            return DATE_BAD_DISPLACEMENT;
        if (*p == ':') {
            p++;
            if (!read_i32(&p, &second))
                return DATE_BAD_DISPLACEMENT;
        }
    } else if (*p == '\0' && strlen(text) > 3) {
        minute = hour % 100;
        hour /= 100;
    }
    if (hour < 0 || hour > 15 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return DATE_BAD_DISPLACEMENT;
    *offset = (hour * 60 + minute) * 60 + second;
    if (*text == '-')
        *offset = -*offset;
    return *p == '\0' ? DATE_OK : DATE_BAD_FORMAT;
}

static DateError read_zone_name(Reader *r, const char *name)
{
    r->zone = zone_find(name);
    if (r->zone == NULL)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("time zone \"%s\" not recognized", name));
    return DATE_OK;
}

/* "hhmmss-zz": a run of digits as time, with its offset behind. */
static DateError read_run_and_zone(Reader *r, char *text, int has, int *mask)
{
    char *minus = strchr(text, '-');
    DateError error;

    if (minus == NULL)
        return DATE_BAD_FORMAT;
    error = zone_read_offset(minus, &r->parts.offset);
    if (error != DATE_OK)
        return error;
    *minus = '\0';
    error = read_run(r, text, has, mask);
    *mask |= GOT_ZONE;
    return error;
}

/* ---- One field ---- */

static void set_julian(Reader *r, int value)
{
    date_to_civil((int64_t)value - EPOCH_JULIAN, &r->parts);
    r->is_julian = true;
}

/* A field with marks in it: a date, or a zone, or a time with a zone. */
static DateError take_date(Reader *r, int i, int *mask)
{
    char *text = r->fields.text[i];

    if (r->unit == UNIT_JULIAN) {
        int value;
        DateError error;

        if (!read_i32(&text, &value) || value < 0)
            return DATE_BAD_FIELD;
        set_julian(r, value);
        error = zone_read_offset(text, &r->parts.offset);
        *mask = GOT_DATE | GOT_TIME | GOT_ZONE;
        r->unit = UNIT_NONE;
        return error;
    }
    if (r->unit == UNIT_NONE && (r->got & (GOT_MONTH | GOT_DAY)) != (GOT_MONTH | GOT_DAY))
        return read_date(r, text, mask);
    if (is_digit_char(*text) || r->unit != UNIT_NONE) {
        if (r->unit != UNIT_NONE && r->unit != UNIT_TIME)
            return DATE_BAD_FORMAT;
        r->unit = UNIT_NONE;
        if ((r->got & GOT_TIME) == GOT_TIME)
            return DATE_BAD_FORMAT;
        return read_run_and_zone(r, text, r->got, mask);
    }
    *mask = GOT_ZONE;
    return read_zone_name(r, text);
}

/* The same where a time is wanted: a date may stand in front, and only with a zone behind. */
static DateError take_date_of_time(Reader *r, int i, int *mask)
{
    const Fields *f = &r->fields;
    char *text = f->text[i];

    if (i == 0 && f->count >= 2 &&
        (f->kind[f->count - 1] == FIELD_DATE || f->kind[1] == FIELD_TIME))
        return read_date(r, text, mask);
    if (is_digit_char(*text)) {
        if ((r->got & GOT_TIME) == GOT_TIME)
            return DATE_BAD_FORMAT;
        return read_run_and_zone(r, text, r->got | GOT_DATE, mask);
    }
    *mask = GOT_ZONE;
    return read_zone_name(r, text);
}

static DateError take_clock(Reader *r, char *text, int *mask)
{
    ClockRead c;
    DateError error;

    if (!r->is_time && r->unit != UNIT_NONE && r->unit != UNIT_TIME)
        return DATE_BAD_FORMAT;

    /* In a time alone, what was announced is still to come: J 02:09:00 2451545. */
    if (!r->is_time)
        r->unit = UNIT_NONE;
    error = read_clock(text, INTERVAL_ANY, &c);
    if (error != DATE_OK)
        return error;
    if (c.hour > INT32_MAX)
        return DATE_BAD_FIELD;

    /* A time alone is checked at the end. */
    if (!r->is_time && time_is_overflow((int)c.hour, c.minute, c.second, c.usec))
        return DATE_BAD_FIELD;
    r->parts.hour = (int)c.hour;
    r->parts.minute = c.minute;
    r->parts.second = c.second;
    r->parts.usec = c.usec;
    *mask = GOT_TIME;
    return DATE_OK;
}

/* y2001, m02, d04, h05, mm06, s07.8; a month behind month and hour are minutes. */
static DateError take_labelled(Reader *r, int unit, int value, const char *fraction, int *mask)
{
    double part = 0;

    if (unit == UNIT_MONTH && (r->got & GOT_MONTH) != 0 && (r->got & GOT_HOUR) != 0)
        unit = UNIT_MINUTE;
    switch (unit) {
    case UNIT_YEAR:
        r->parts.year = value;
        *mask = GOT_YEAR;
        break;
    case UNIT_MONTH:
        r->parts.month = value;
        *mask = GOT_MONTH;
        break;
    case UNIT_MINUTE:
        r->parts.minute = value;
        *mask = GOT_MINUTE;
        break;
    case UNIT_DAY:
        r->parts.day = value;
        *mask = GOT_DAY;
        break;
    case UNIT_HOUR:
        r->parts.hour = value;
        *mask = GOT_HOUR;
        break;
    case UNIT_SECOND:
        r->parts.second = value;
        *mask = GOT_SECOND;
        if (*fraction != '.')
            break;
        if (!read_fraction(fraction, &part))
            return DATE_BAD_FORMAT;
        r->parts.usec = (int32_t)rint(part * 1000000);
        *mask |= GOT_FRACTION;
        break;
    default:
        return DATE_BAD_FORMAT;
    }
    return DATE_OK;
}

/* A number behind "julian", with a part of a day, behind "t", or behind the label of a part. */
static DateError take_announced(Reader *r, char *text, int *mask)
{
    char *p = text;
    int value;
    double fraction;
    DateError error;
    int unit = r->unit;

    r->unit = UNIT_NONE;
    if (!read_i32(&p, &value))
        return DATE_BAD_FIELD;
    if (*p != '.' && *p != '\0')
        return DATE_BAD_FORMAT;
    if (*p == '.' && unit != UNIT_JULIAN && unit != UNIT_TIME && unit != UNIT_SECOND)
        return DATE_BAD_FORMAT;
    r->special = SPECIAL_NONE;
    if (unit == UNIT_TIME) {
        error = read_run(r, text, r->got | GOT_DATE, mask);
        return error == DATE_OK && *mask != GOT_TIME ? DATE_BAD_FORMAT : error;
    }
    if (unit != UNIT_JULIAN)
        return take_labelled(r, unit, value, p, mask);
    if (value < 0)
        return DATE_BAD_FIELD;
    set_julian(r, value);
    *mask = GOT_DATE;
    if (*p == '.') {
        if (!read_fraction(p, &fraction))
            return DATE_BAD_FORMAT;
        time_to_clock((int64_t)(fraction * USECS_PER_DAY), &r->parts);
        *mask |= GOT_TIME;
    }
    return DATE_OK;
}

static DateError take_number(Reader *r, char *text, int *mask)
{
    size_t len = strlen(text);
    const char *point = strchr(text, '.');

    if (point != NULL && (r->got & GOT_DATE) == 0)
        return read_date(r, text, mask);
    if (point != NULL && point - text > 2)
        return read_run(r, text, r->got, mask);
    if (len >= 6 && ((r->got & GOT_DATE) == 0 || (r->got & GOT_TIME) == 0))
        return read_run(r, text, r->got, mask);
    return read_number(r, text, r->got, mask);
}

static DateError take_number_of_time(Reader *r, int i, int *mask)
{
    const Fields *f = &r->fields;
    char *text = f->text[i];
    const char *point = strchr(text, '.');

    if (point != NULL) {
        if (i == 0 && f->count >= 2 && f->kind[f->count - 1] == FIELD_DATE)
            return read_date(r, text, mask);
        if (point - text <= 2)
            return DATE_BAD_FORMAT;
        return read_run(r, text, r->got | GOT_DATE, mask);
    }
    if (strlen(text) > 4)
        return read_run(r, text, r->got | GOT_DATE, mask);
    return read_number(r, text, r->got | GOT_DATE, mask);
}

/* ---- Words ---- */

static void set_now(Reader *r)
{
    timestamp_to_parts(txn_start_time(), zone_session(), &r->parts);
}

/* Today in the session's zone, and so many days on. */
static void set_day(Reader *r, int days)
{
    DateTime now;

    timestamp_to_parts(txn_start_time(), zone_session(), &now);
    date_to_civil((int64_t)date_of_civil(now.year, now.month, now.day) + days, &r->parts);
}

static DateError take_special_of_time(Reader *r, int value, int *mask)
{
    DateTime date = r->parts;

    if (value == SPECIAL_NOW) {
        set_now(r);
        r->parts.year = date.year;
        r->parts.month = date.month;
        r->parts.day = date.day;
        r->parts.offset = date.offset;
        *mask = GOT_TIME;
        return DATE_OK;
    }
    if (value != SPECIAL_ZULU)
        return DATE_BAD_FORMAT;
    r->parts.hour = r->parts.minute = r->parts.second = 0;
    r->parts.offset = 0;
    *mask = GOT_TIME | GOT_ZONE;
    return DATE_OK;
}

static DateError take_special(Reader *r, int value, int *mask)
{
    if (r->is_time)
        return take_special_of_time(r, value, mask);
    r->special = SPECIAL_NONE;
    switch (value) {
    case SPECIAL_NOW:
        set_now(r);
        *mask = GOT_DATE | GOT_TIME | GOT_ZONE;
        break;
    case SPECIAL_YESTERDAY:
    case SPECIAL_TODAY:
    case SPECIAL_TOMORROW:
        set_day(r, value - SPECIAL_TODAY);
        *mask = GOT_DATE;
        break;
    case SPECIAL_ZULU:
        r->parts.hour = r->parts.minute = r->parts.second = 0;
        r->parts.offset = 0;
        *mask = GOT_TIME | GOT_ZONE;
        break;
    default:
        r->special = (SpecialDate)value;
        *mask = GOT_SPECIAL;
    }
    return DATE_OK;
}

static DateError take_abbrev(Reader *r, const ZoneAbbrev *abbrev, int *mask)
{
    *mask = GOT_ZONE;
    if (abbrev->zone != NULL) {
        r->abbrev = *abbrev;
        r->has_abbrev = true;
        *mask |= GOT_DYNAMIC;
        return DATE_OK;
    }
    r->parts.offset = abbrev->offset;
    if (abbrev->is_daylight)
        *mask |= GOT_DAYLIGHT;
    return DATE_OK;
}

/* A month's name may make the number before it a day. */
static void take_month(Reader *r, int value, int *mask)
{
    *mask = GOT_MONTH;
    if ((r->got & GOT_MONTH) != 0 && !r->has_text_month && (r->got & GOT_DAY) == 0 &&
        r->parts.month >= 1 && r->parts.month <= 31) {
        r->parts.day = r->parts.month;
        *mask = GOT_DAY;
    }
    r->has_text_month = true;
    r->parts.month = value;
}

/* "t" wants a time behind it, in some form, and a date before it. */
static DateError take_iso_time(Reader *r, int i, int value)
{
    const Fields *f = &r->fields;

    if (!r->is_time && (r->got & GOT_DATE) != GOT_DATE)
        return DATE_BAD_FORMAT;
    if (i >= f->count - 1 || (f->kind[i + 1] != FIELD_NUMBER && f->kind[i + 1] != FIELD_TIME &&
                              f->kind[i + 1] != FIELD_DATE))
        return DATE_BAD_FORMAT;
    r->unit = value;
    return DATE_OK;
}

static DateError take_word(Reader *r, int i, int *mask)
{
    const char *text = r->fields.text[i];
    ZoneAbbrev abbrev;
    int value;

    *mask = 0;
    if (zone_find_abbrev(text, &abbrev))
        return take_abbrev(r, &abbrev, mask);
    switch (word_find(text, &value)) {
    case WORD_IGNORED:
        return DATE_OK;
    case WORD_SPECIAL:
        return take_special(r, value, mask);
    case WORD_MONTH:
        if (r->is_time)
            return DATE_BAD_FORMAT;
        take_month(r, value, mask);
        return DATE_OK;
    case WORD_WEEKDAY:
        *mask = GOT_WEEKDAY;
        return r->is_time ? DATE_BAD_FORMAT : DATE_OK;
    case WORD_DAYLIGHT:
        r->parts.offset += value;
        *mask = GOT_DAYLIGHT | GOT_DST;
        return DATE_OK;
    case WORD_AMPM:
        r->half = value == 0 ? HALF_AM : HALF_PM;
        *mask = GOT_AMPM;
        return DATE_OK;
    case WORD_ERA:
        r->is_bc = value == 1;
        *mask = GOT_ERA;
        return DATE_OK;
    case WORD_ISO_TIME:
        return take_iso_time(r, i, value);
    case WORD_UNIT:
        r->unit = value;
        return DATE_OK;
    default:
        r->zone = zone_find(text);
        *mask = GOT_ZONE;
        return r->zone == NULL ? DATE_BAD_FORMAT : DATE_OK;
    }
}

static DateError take_field(Reader *r, int i, int *mask)
{
    char *text = r->fields.text[i];

    *mask = 0;
    switch (r->fields.kind[i]) {
    case FIELD_DATE:
        return r->is_time ? take_date_of_time(r, i, mask) : take_date(r, i, mask);
    case FIELD_TIME:
        return take_clock(r, text, mask);
    case FIELD_ZONE:
        *mask = GOT_ZONE;
        return zone_read_offset(text, &r->parts.offset);
    case FIELD_NUMBER:
        if (r->unit != UNIT_NONE)
            return take_announced(r, text, mask);
        return r->is_time ? take_number_of_time(r, i, mask) : take_number(r, text, mask);
    default:
        return take_word(r, i, mask);
    }
}

/* ---- All of them ---- */

/* 1 BC is year 0; two digits are from 1970 to 2069. */
static DateError settle_date(Reader *r)
{
    DateTime *p = &r->parts;

    if ((r->got & GOT_YEAR) != 0 && !r->is_julian) {
        if (r->is_bc) {
            if (p->year <= 0)
                return DATE_BAD_FIELD;
            p->year = -(p->year - 1);
        } else if (r->is_two_digits) {
            if (p->year < 0)
                return DATE_BAD_FIELD;
            p->year += p->year < 70 ? 2000 : p->year < 100 ? 1900 : 0;
        } else if (p->year <= 0) {
            return DATE_BAD_FIELD;
        }
    }
    if ((r->got & GOT_DOY) != 0)
        date_to_civil((int64_t)date_of_civil(p->year, 1, 1) + r->yday - 1, p);
    if ((r->got & GOT_MONTH) != 0 && (p->month < 1 || p->month > MONTHS_PER_YEAR))
        return DATE_BAD_MONTH_DAY;
    if ((r->got & GOT_DAY) != 0 && (p->day < 1 || p->day > 31))
        return DATE_BAD_MONTH_DAY;
    if ((r->got & GOT_DATE) == GOT_DATE && !date_exists(p->year, p->month, p->day))
        return DATE_BAD_FIELD;
    return DATE_OK;
}

static DateError settle_half(Reader *r)
{
    if (r->half == HALF_NONE)
        return DATE_OK;
    if (r->parts.hour > 12)
        return DATE_BAD_FIELD;
    if (r->half == HALF_AM && r->parts.hour == 12)
        r->parts.hour = 0;
    else if (r->half == HALF_PM && r->parts.hour != 12)
        r->parts.hour += 12;
    return DATE_OK;
}

static DateError take_fields(Reader *r)
{
    for (int i = 0; i < r->fields.count; i++) {
        int mask;
        DateError error = take_field(r, i, &mask);

        if (error != DATE_OK)
            return error;
        if ((mask & r->got) != 0)
            return DATE_BAD_FORMAT;
        r->got |= mask;
    }
    return DATE_OK;
}

/* The offset, where none was written, for what the clock shows. */
static DateError settle_zone(Reader *r, const DateTime *clock)
{
    bool has_dst = (r->got & GOT_DST) != 0;

    if (has_dst && (r->zone != NULL || r->has_abbrev || (r->got & GOT_ZONE) == 0))
        return DATE_BAD_FORMAT;
    if (r->zone != NULL)
        r->parts.offset = zone_offset_of(r->zone, clock, NULL);
    if (r->has_abbrev)
        r->parts.offset = zone_abbrev_offset_of(&r->abbrev, clock);
    if ((r->got & GOT_ZONE) == 0)
        r->parts.offset = zone_offset_of(zone_session(), clock, NULL);
    return DATE_OK;
}

static DateError settle(Reader *r)
{
    DateError error = settle_date(r);

    if (error == DATE_OK)
        error = settle_half(r);
    if (r->special != SPECIAL_NONE)
        return error;
    if (error == DATE_OK && (r->got & GOT_DATE) != GOT_DATE)
        error = DATE_BAD_FORMAT;
    if (error == DATE_OK)
        error = settle_zone(r, &r->parts);
    return error;
}

/* ---- The usual form: 2001-02-03[ 04:05:06[.789]][+01[:30]], where all is in range ---- */

/* Two digits; false when they are not there. */
static bool usual_two(const char **text, int *out)
{
    const char *p = *text;

    if (!is_digit_char(p[0]) || !is_digit_char(p[1]))
        return false;
    *out = (p[0] - '0') * 10 + (p[1] - '0');
    *text = p + 2;
    return true;
}

/* A mark and two digits. */
static bool usual_marked(const char **text, char mark, int *out)
{
    if (**text != mark)
        return false;
    ++*text;
    return usual_two(text, out);
}

/* Up to six digits behind a point; none is fine, but the point needs one. */
static bool usual_fraction(const char **text, int32_t *usec)
{
    int32_t scale = 100000;

    *usec = 0;
    if (**text != '.')
        return true;
    ++*text;
    if (!is_digit_char(**text))
        return false;
    for (; is_digit_char(**text); ++*text) {
        if (scale == 0)
            return false;
        *usec += (**text - '0') * scale;
        scale /= 10;
    }
    return true;
}

static bool usual_zone(const char **text, DateTime *out, bool *has_zone)
{
    bool is_west = **text == '-';
    int hours, minutes = 0;

    *has_zone = is_west || **text == '+';
    if (!*has_zone)
        return true;
    ++*text;
    if (!usual_two(text, &hours) || hours > 15 ||
        (**text == ':' && (!usual_marked(text, ':', &minutes) || minutes > 59)))
        return false;
    out->offset = (hours * 60 + minutes) * 60;
    if (is_west)
        out->offset = -out->offset;
    return true;
}

static bool read_usual(const char *text, DateTime *out, bool *has_zone)
{
    int century, year;

    *has_zone = false;
    if (!usual_two(&text, &century) || !usual_two(&text, &year) || century + year == 0)
        return false;
    out->year = century * 100 + year;
    if (!usual_marked(&text, '-', &out->month) || !usual_marked(&text, '-', &out->day) ||
        !date_exists(out->year, out->month, out->day))
        return false;
    out->hour = out->minute = out->second = out->usec = 0;
    if (*text == '\0')
        return true;
    return usual_marked(&text, ' ', &out->hour) && out->hour < 24 &&
           usual_marked(&text, ':', &out->minute) && out->minute < 60 &&
           usual_marked(&text, ':', &out->second) && out->second < 60 &&
           usual_fraction(&text, &out->usec) && usual_zone(&text, out, has_zone) && *text == '\0';
}

DateError datetime_read(const char *text, size_t text_max, bool needs_offset, DateRead *out)
{
    Reader r;
    DateError error;
    bool has_zone;

    if (LIKELY(read_usual(text, &out->parts, &has_zone))) {
        out->special = SPECIAL_NONE;
        if (needs_offset && !has_zone)
            out->parts.offset = zone_offset_of(zone_session(), &out->parts, NULL);
        return DATE_OK;
    }
    r = (Reader){.is_time = false};

    r.special = SPECIAL_NONE;
    error = fields_split(text, text_max, &r.fields);
    if (error == DATE_OK)
        error = take_fields(&r);
    if (error == DATE_OK)
        error = settle(&r);
    out->parts = r.parts;
    out->special = r.special;
    return error;
}

/* A zone whose offset changes wants a date; today's will do unless a part of one was given. */
static DateError settle_zone_of_time(Reader *r)
{
    DateTime clock = r->parts;
    int32_t fixed;

    if (r->zone != NULL && (r->got & GOT_DST) != 0)
        return DATE_BAD_FORMAT;
    if (r->zone != NULL && timezone_is_fixed(r->zone, &fixed)) {
        r->parts.offset = fixed;
        return DATE_OK;
    }
    if (r->zone != NULL && (r->got & GOT_DATE) != GOT_DATE)
        return DATE_BAD_FORMAT;
    if (r->zone == NULL && !r->has_abbrev && (r->got & GOT_ZONE) != 0)
        return DATE_OK;
    if ((r->got & GOT_DATE) == 0) {
        DateTime now;

        timestamp_to_parts(txn_start_time(), zone_session(), &now);
        clock.year = now.year;
        clock.month = now.month;
        clock.day = now.day;
    } else if ((r->got & GOT_DATE) != GOT_DATE) {
        return DATE_BAD_FORMAT;
    }
    return settle_zone(r, &clock);
}

DateError time_read(const char *text, DateRead *out)
{
    Reader r = {.is_time = true};
    DateError error;

    r.special = SPECIAL_NONE;
    error = fields_split(text, 129, &r.fields);
    if (error == DATE_OK)
        error = take_fields(&r);
    if (error == DATE_OK)
        error = settle_date(&r);
    if (error == DATE_OK)
        error = settle_half(&r);
    if (error == DATE_OK &&
        time_is_overflow(r.parts.hour, r.parts.minute, r.parts.second, r.parts.usec))
        error = DATE_BAD_FIELD;
    if (error == DATE_OK && (r.got & GOT_TIME) != GOT_TIME)
        error = DATE_BAD_FORMAT;
    if (error == DATE_OK)
        error = settle_zone_of_time(&r);
    out->parts = r.parts;
    out->special = r.special;
    return error;
}

/*
 * date_from_fields.c - to_date(), to_timestamp(): a date and a time from what was read in a text
 *
 * What is not given is the first of its kind: year 1 BC, month 1, day 1, midnight. Of what
 * contradicts itself, weeks and days of the year give way to days of the month, and centuries to
 * years of four digits.
 */
#include "common/base/base.h"

#include "common/text/civil.h"
#include "server/types/date_fields.h"
#include "server/types/datetime.h"
#include "server/types/types_int.h"

#define HALF_DAY      12
#define ZONE_HOUR_MAX 15

typedef struct DateMaker {
    DateFields f;
    DateTime d;
    const char *text;
    bool has_year, has_month, has_day;
} DateMaker;

static _Noreturn void raise_range(const DateMaker *m)
{
    datetime_raise(DATE_BAD_FIELD, m->text, "timestamp");
}

/* ---- Clock ---- */

static void set_half_day(DateMaker *m)
{
    if (m->d.hour < 1 || m->d.hour > HALF_DAY)
        err_raise(SQLSTATE_INVALID_DATETIME_FORMAT,
                  .message = err_fmt("hour \"%d\" is invalid for the 12-hour clock", m->d.hour),
                  .hint = "Use the 24-hour clock, or give an hour between 1 and 12.");
    m->d.hour = m->d.hour % HALF_DAY + (m->f.is_afternoon != 0 ? HALF_DAY : 0);
}

static void set_clock(DateMaker *m)
{
    const DateFields *f = &m->f;

    m->d.hour = f->hour != 0 ? f->hour : f->day_second / 3600;
    m->d.minute = f->minute != 0 ? f->minute : f->day_second % 3600 / 60;
    m->d.second = f->second != 0 ? f->second : f->day_second % 60;
    if (f->is_half_clock)
        set_half_day(m);
}

static void set_fraction(DateMaker *m)
{
    int64_t usec = m->f.millisecond * INT64_C(1000) + m->f.microsecond;
    const DateTime *d = &m->d;

    if (d->hour < 0 || d->hour >= 24 || d->minute < 0 || d->minute >= 60 || d->second < 0 ||
        d->second >= 60 || usec < 0 || usec >= USECS_PER_SEC)
        raise_range(m);
    m->d.usec = (int32_t)usec;
}

/* ---- Year ---- */

/* The last two digits of a year of this century. */
static int64_t year_of_century(int64_t century, int64_t year)
{
    if (year == 0)
        return century * 100 + (century >= 0 ? 0 : 1);
    return century >= 0 ? year + (century - 1) * 100 : (century + 1) * 100 - year + 1;
}

static void set_year(DateMaker *m)
{
    const DateFields *f = &m->f;
    int64_t century = f->is_bc != 0 ? -(int64_t)f->century : f->century;

    if (f->year != 0 && f->century != 0 && f->year_digits <= 2) {
        m->d.year = year_of_century(century, f->year % 100);
    } else if (f->year != 0) {
        m->d.year = f->is_bc != 0 ? -(int64_t)f->year : f->year;
        m->d.year += m->d.year < 0;
    } else if (f->century != 0) {
        /* Its first year; of one BC that is 1 above a number ending in 00. */
        m->d.year = (century >= 0 ? century - 1 : century) * 100 + 1;
    } else {
        return;
    }
    m->has_year = true;
}

/* ---- Day ---- */

/* Julian days have 32 bits, and turn over as PostgreSQL's do. */
static void set_date(DateMaker *m, int64_t days)
{
    int32_t julian = (int32_t)(uint32_t)(days + EPOCH_JULIAN);

    date_to_civil((int64_t)julian - EPOCH_JULIAN, &m->d);
    m->has_year = m->has_month = m->has_day = true;
}

/* The Monday of a week, by ISO 8601; week 1 has January 4. */
static int64_t iso_monday(int64_t year, int64_t week)
{
    int64_t january_4 = civil_to_days(year, 1, 4) - EPOCH_UNIX_DAYS;

    return january_4 - (date_weekday(january_4) + 6) % 7 + (week - 1) * 7;
}

static void set_iso_week(DateMaker *m)
{
    int weekday = m->f.weekday; /* 1 is Sunday, which ends the week */
    int64_t day = iso_monday(m->d.year, m->f.week);

    if (weekday != 0)
        day += weekday > 1 ? weekday - 2 : 6;
    set_date(m, day);
}

static void set_year_day(DateMaker *m, int day)
{
    int month = 1;

    if (m->d.year == 0 && m->f.is_bc == 0)
        err_raise(SQLSTATE_INVALID_DATETIME_FORMAT,
                  .message = "cannot calculate day of year without year information");
    if (m->f.convention == CONVENTION_ISO) {
        set_date(m, iso_monday(m->d.year, 1) - 1 + day);
        return;
    }
    while (month <= MONTHS_PER_YEAR && day > civil_month_days(m->d.year, month))
        day -= civil_month_days(m->d.year, month++);
    if (m->d.month <= 1)
        m->d.month = month;
    if (m->d.day <= 1)
        m->d.day = day;
    m->has_month = m->has_day = true;
}

/* The first day of a week, which turns over as PostgreSQL's does: it is only taken mod 2^32. */
static int week_start(int week)
{
    return (int)(((uint32_t)week - 1) * 7 + 1);
}

static void set_days(DateMaker *m)
{
    const DateFields *f = &m->f;
    int year_day = f->year_day, day = f->day;

    if (f->julian != 0)
        set_date(m, (int64_t)f->julian - EPOCH_JULIAN);
    if (f->week != 0 && f->convention == CONVENTION_ISO)
        set_iso_week(m);
    else if (f->week != 0)
        year_day = week_start(f->week);
    if (f->month_week != 0)
        day = week_start(f->month_week);
    if (day != 0) {
        m->d.day = day;
        m->has_day = true;
    }
    if (f->month != 0) {
        m->d.month = f->month;
        m->has_month = true;
    }
    if (year_day != 0 && (m->d.month <= 1 || m->d.day <= 1))
        set_year_day(m, year_day);
}

static void check_date(const DateMaker *m)
{
    const DateTime *d = &m->d;

    if (m->has_month && (d->month < 1 || d->month > MONTHS_PER_YEAR))
        raise_range(m);
    if (m->has_day && (d->day < 1 || d->day > 31))
        raise_range(m);
    if (m->has_year && m->has_month && m->has_day && !date_exists(d->year, d->month, d->day))
        raise_range(m);
}

/* ---- Zone ---- */

static void set_zone(DateMaker *m)
{
    const DateFields *f = &m->f;

    if (f->zone_sign == 0)
        return;
    if (f->zone_hour < 0 || f->zone_hour > ZONE_HOUR_MAX || f->zone_minute < 0 ||
        f->zone_minute >= 60)
        datetime_raise(DATE_BAD_DISPLACEMENT, m->text, "timestamp");
    m->d.offset = f->zone_sign * (f->zone_hour * 3600 + f->zone_minute * 60);
}

static void make(DateMaker *m, FmgrCall *call)
{
    *m = (DateMaker){.d = {.month = 1, .day = 1}, .text = text_cstring(fmgr_packed(call, 0))};
    date_fields_read(template_arg(call, 1, TEMPLATE_DATE), m->text, call->collation,
                     &m->f);
    set_clock(m);
    set_year(m);
    set_days(m);
    check_date(m);
    set_fraction(m);
    set_zone(m);
}

/* ---- Functions ---- */

Datum to_timestamp(FmgrCall *call)
{
    DateMaker m;
    Timestamp t;

    make(&m, call);
    if (m.f.zone_sign == 0 && date_is_civil_valid(m.d.year, m.d.month))
        m.d.offset = zone_offset_of(zone_session(), &m.d, NULL);
    if (!timestamp_of_parts(&m.d, true, &t))
        timestamp_raise_range();
    if (m.f.fraction_digits != 0)
        timestamp_apply_typmod(&t, m.f.fraction_digits);
    return datum_of_i64(t);
}

Datum to_date(FmgrCall *call)
{
    DateMaker m;
    Date date;

    make(&m, call);
    if (date_is_civil_valid(m.d.year, m.d.month)) {
        date = date_of_civil(m.d.year, m.d.month, m.d.day);
        if (date_is_valid(date))
            return datum_of_i32(date);
    }
    err_raise(SQLSTATE_DATETIME_FIELD_OVERFLOW,
              .message = err_fmt("date out of range: \"%s\"", m.text));
}

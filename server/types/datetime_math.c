/*
 * datetime_math.c - sums and differences of dates, times and timestamps
 *
 * Months are added first, where a day that the month lacks becomes its last; then days, then the
 * time. With a zone, months and days are those of its clocks, the time is time that passes.
 */
#include "common/base/base.h"

#include "common/text/civil.h"
#include "server/types/datetime.h"
#include "server/types/types_int.h"

/* ---- date ---- */

static Datum date_result(int64_t d)
{
    if (!date_is_valid(d))
        date_raise_range();
    return datum_of_i32((Date)d);
}

Datum date_pli(FmgrCall *call)
{
    Date d = fmgr_i32(call, 0);

    if (!date_is_finite(d))
        return datum_of_i32(d);
    return date_result((int64_t)d + fmgr_i32(call, 1));
}

Datum date_mii(FmgrCall *call)
{
    Date d = fmgr_i32(call, 0);

    if (!date_is_finite(d))
        return datum_of_i32(d);
    return date_result((int64_t)d - fmgr_i32(call, 1));
}

Datum date_mi(FmgrCall *call)
{
    Date a = fmgr_i32(call, 0), b = fmgr_i32(call, 1);

    if (!date_is_finite(a) || !date_is_finite(b))
        err_raise(SQLSTATE_DATETIME_FIELD_OVERFLOW, .message = "cannot subtract infinite dates");
    return datum_of_i32(a - b);
}

/* ---- timestamp and interval ---- */

static void add_months(DateTime *parts, int32_t months)
{
    int64_t month = (int64_t)parts->month - 1 + months;
    int last;

    parts->year += month / MONTHS_PER_YEAR;
    month %= MONTHS_PER_YEAR;
    if (month < 0) {
        month += MONTHS_PER_YEAR;
        parts->year--;
    }
    parts->month = (int)month + 1;
    last = civil_month_days(parts->year, parts->month);
    if (parts->day > last)
        parts->day = last;
}

static Timestamp of_clock(DateTime *parts, const TimeZone *zone)
{
    Timestamp t;

    if (zone != NULL)
        parts->offset = zone_offset_of(zone, parts, NULL);
    if (!timestamp_of_parts(parts, zone != NULL, &t))
        timestamp_raise_range();
    return t;
}

/* zone NULL: there is none. */
static Timestamp plus(Timestamp t, const Interval *i, const TimeZone *zone)
{
    DateTime parts;

    if (!timestamp_is_finite(t))
        return t;
    if (i->months != 0) {
        timestamp_to_parts(t, zone, &parts);
        add_months(&parts, i->months);
        t = of_clock(&parts, zone);
    }
    if (i->days != 0 && zone == NULL) {
        int64_t usec;

        if (__builtin_mul_overflow(i->days, USECS_PER_DAY, &usec) ||
            __builtin_add_overflow(t, usec, &t) || !timestamp_is_valid(t))
            timestamp_raise_range();
    } else if (i->days != 0) {
        timestamp_to_parts(t, zone, &parts);
        date_to_civil((int64_t)date_of_civil(parts.year, parts.month, parts.day) + i->days, &parts);
        t = of_clock(&parts, zone);
    }
    if (__builtin_add_overflow(t, i->usec, &t) || !timestamp_is_valid(t))
        timestamp_raise_range();
    return t;
}

Timestamp timestamp_plus(Timestamp t, const Interval *i)
{
    return plus(t, i, NULL);
}

Timestamp timestamptz_plus(Timestamp t, const Interval *i, const TimeZone *zone)
{
    return plus(t, i, zone);
}

/* What is least stays so, as in PostgreSQL. */
Interval interval_reverse(const Interval *i)
{
    return (Interval){.usec = (int64_t)(0 - (uint64_t)i->usec),
                      .days = (int32_t)(0 - (uint32_t)i->days),
                      .months = (int32_t)(0 - (uint32_t)i->months)};
}

Datum timestamp_pl_interval(FmgrCall *call)
{
    return datum_of_i64(plus(fmgr_i64(call, 0), fmgr_interval(call, 1), NULL));
}

Datum timestamp_mi_interval(FmgrCall *call)
{
    Interval i = interval_reverse(fmgr_interval(call, 1));

    return datum_of_i64(plus(fmgr_i64(call, 0), &i, NULL));
}

Datum timestamptz_pl_interval(FmgrCall *call)
{
    return datum_of_i64(plus(fmgr_i64(call, 0), fmgr_interval(call, 1), zone_session()));
}

Datum timestamptz_mi_interval(FmgrCall *call)
{
    Interval i = interval_reverse(fmgr_interval(call, 1));

    return datum_of_i64(plus(fmgr_i64(call, 0), &i, zone_session()));
}

Datum date_pl_interval(FmgrCall *call)
{
    return datum_of_i64(plus(timestamp_of_date(fmgr_i32(call, 0)), fmgr_interval(call, 1), NULL));
}

Datum date_mi_interval(FmgrCall *call)
{
    Interval i = interval_reverse(fmgr_interval(call, 1));

    return datum_of_i64(plus(timestamp_of_date(fmgr_i32(call, 0)), &i, NULL));
}

/* In days and hours. What 64 bits cannot hold is an error; it does not wrap as in PostgreSQL 15. */
Datum timestamp_mi(FmgrCall *call)
{
    Timestamp a = fmgr_i64(call, 0), b = fmgr_i64(call, 1);
    int64_t usec;
    Interval r = {0};

    if (!timestamp_is_finite(a) || !timestamp_is_finite(b))
        err_raise(SQLSTATE_DATETIME_FIELD_OVERFLOW,
                  .message = "cannot subtract infinite timestamps");
    if (__builtin_sub_overflow(a, b, &usec))
        interval_raise_range();
    r.days = (int32_t)(usec / USECS_PER_DAY);
    r.usec = usec % USECS_PER_DAY;
    return interval_result(&r);
}

/* ---- time and timetz ---- */

/* Around the clock. */
static int64_t around(int64_t usec, int64_t by)
{
    int64_t sum = (int64_t)((uint64_t)usec + (uint64_t)by);

    timestamp_days(sum, &usec);
    return usec;
}

Datum time_pl_interval(FmgrCall *call)
{
    return datum_of_i64(around(fmgr_i64(call, 0), fmgr_interval(call, 1)->usec));
}

Datum time_mi_interval(FmgrCall *call)
{
    Interval i = interval_reverse(fmgr_interval(call, 1));

    return datum_of_i64(around(fmgr_i64(call, 0), i.usec));
}

Datum time_mi_time(FmgrCall *call)
{
    return interval_result(&(Interval){.usec = fmgr_i64(call, 0) - fmgr_i64(call, 1)});
}

Datum timetz_pl_interval(FmgrCall *call)
{
    const TimeTz *t = fmgr_timetz(call, 0);

    return timetz_result(
        &(TimeTz){.usec = around(t->usec, fmgr_interval(call, 1)->usec), .zone = t->zone});
}

Datum timetz_mi_interval(FmgrCall *call)
{
    const TimeTz *t = fmgr_timetz(call, 0);
    Interval i = interval_reverse(fmgr_interval(call, 1));

    return timetz_result(&(TimeTz){.usec = around(t->usec, i.usec), .zone = t->zone});
}

/* ---- age(): years, months and days between two clocks ---- */

/* The later less the earlier, by units, each made not negative by the one above. */
static void count_units(const DateTime *late, const DateTime *early, bool by_early,
                        IntervalParts *out)
{
    const DateTime *month_of = by_early ? early : late;
    int64_t hour = late->hour - early->hour;

    *out = (IntervalParts){.year = late->year - early->year,
                           .month = late->month - early->month,
                           .day = late->day - early->day,
                           .minute = late->minute - early->minute,
                           .second = late->second - early->second,
                           .usec = late->usec - early->usec};
    if (out->usec < 0) {
        out->usec += (int)USECS_PER_SEC;
        out->second--;
    }
    if (out->second < 0) {
        out->second += 60;
        out->minute--;
    }
    if (out->minute < 0) {
        out->minute += 60;
        hour--;
    }
    if (hour < 0) {
        hour += 24;
        out->day--;
    }
    out->hour = hour;
    while (out->day < 0) {
        out->day += civil_month_days(month_of->year, month_of->month);
        out->month--;
    }
    while (out->month < 0) {
        out->month += MONTHS_PER_YEAR;
        out->year--;
    }
}

static Datum age(Timestamp a, Timestamp b, const TimeZone *zone)
{
    DateTime parts_a, parts_b;
    IntervalParts units;
    Interval r;

    if (a == TIMESTAMP_MINUS || b == TIMESTAMP_MINUS)
        timestamp_raise_range();
    timestamp_to_parts(a, zone, &parts_a);
    timestamp_to_parts(b, zone, &parts_b);
    if (a < b)
        count_units(&parts_b, &parts_a, true, &units);
    else
        count_units(&parts_a, &parts_b, true, &units);
    if (!interval_of_parts(&units, &r))
        interval_raise_range();
    if (a < b)
        r = interval_reverse(&r);
    return interval_result(&r);
}

Datum timestamp_age(FmgrCall *call)
{
    return age(fmgr_i64(call, 0), fmgr_i64(call, 1), NULL);
}

Datum timestamptz_age(FmgrCall *call)
{
    return age(fmgr_i64(call, 0), fmgr_i64(call, 1), zone_session());
}

/* datetime_trunc.c - timestamps and intervals cut to a unit, and timestamps sorted into bins. */
#include "common/base/base.h"

#include "server/types/datetime.h"
#include "server/types/datetime_part.h"
#include "server/types/types_int.h"

static void clear_clock(DateTime *d)
{
    d->hour = d->minute = d->second = d->usec = 0;
}

static void to_monday(DateTime *d)
{
    Date day = date_of_civil(d->year, d->month, d->day);

    date_to_civil(day - (date_weekday(day) + 6) % 7, d);
}

/* The first year of a period that begins with a year 1. */
static int64_t first_of_period(int64_t year, int64_t length)
{
    if (year > 0)
        return (year + length - 1) / length * length - length + 1;
    return -((length - year) / length) * length + 1;
}

static int64_t first_of_decade(int64_t year)
{
    return year > 0 ? year / 10 * 10 : -((9 - year) / 10) * 10;
}

static void to_year(DateTime *d, DateUnit unit)
{
    if (unit == UNIT_MILLENNIUM)
        d->year = first_of_period(d->year, 1000);
    else if (unit == UNIT_CENTURY)
        d->year = first_of_period(d->year, 100);
    else if (unit == UNIT_DECADE)
        d->year = first_of_decade(d->year);
    d->month = 1;
    d->day = 1;
}

/* A day or more; false when it is another unit. */
static bool cut_date(DateTime *d, DateUnit unit)
{
    switch (unit) {
    case UNIT_WEEK:
        to_monday(d);
        break;
    case UNIT_MILLENNIUM:
    case UNIT_CENTURY:
    case UNIT_DECADE:
    case UNIT_YEAR:
        to_year(d, unit);
        break;
    case UNIT_QUARTER:
        d->month = (d->month - 1) / 3 * 3 + 1;
        d->day = 1;
        break;
    case UNIT_MONTH:
        d->day = 1;
        break;
    case UNIT_DAY:
        break;
    default:
        return false;
    }
    clear_clock(d);
    return true;
}

/* Less than a day. */
static bool cut_clock(DateTime *d, DateUnit unit)
{
    switch (unit) {
    case UNIT_HOUR:
        d->minute = d->second = d->usec = 0;
        return true;
    case UNIT_MINUTE:
        d->second = d->usec = 0;
        return true;
    case UNIT_SECOND:
        d->usec = 0;
        return true;
    case UNIT_MILLISECOND:
        d->usec = d->usec / 1000 * 1000;
        return true;
    case UNIT_MICROSECOND:
        return true;
    default:
        return false;
    }
}

/* zone NULL: there is none. Where a day is cut, the zone is asked anew; hours keep their offset. */
static Timestamp cut(const PartName *name, Timestamp t, const TimeZone *zone)
{
    DateTime d;

    timestamp_to_parts(t, zone, &d);
    if (cut_date(&d, name->unit)) {
        if (zone != NULL)
            d.offset = zone_offset_of(zone, &d, NULL);
    } else if (!cut_clock(&d, name->unit)) {
        part_raise(name, zone != NULL ? "timestamp with time zone" : "timestamp without time zone");
    }
    if (!timestamp_of_parts(&d, zone != NULL, &t))
        timestamp_raise_range();
    return t;
}

Datum timestamp_trunc(FmgrCall *call)
{
    Timestamp t = fmgr_i64(call, 1);
    PartName name;

    if (!timestamp_is_finite(t))
        return datum_of_i64(t);
    part_name_read(fmgr_packed(call, 0), false, &name);
    return datum_of_i64(cut(&name, t, NULL));
}

Datum timestamptz_trunc(FmgrCall *call)
{
    Timestamp t = fmgr_i64(call, 1);
    PartName name;

    if (!timestamp_is_finite(t))
        return datum_of_i64(t);
    part_name_read(fmgr_packed(call, 0), false, &name);
    return datum_of_i64(cut(&name, t, zone_session()));
}

Datum timestamptz_trunc_zone(FmgrCall *call)
{
    Timestamp t = fmgr_i64(call, 1);
    ZoneNamed named;
    PartName name;

    if (!timestamp_is_finite(t))
        return datum_of_i64(t);
    zone_read_name(fmgr_packed(call, 2), &named);
    part_name_read(fmgr_packed(call, 0), false, &name);
    return datum_of_i64(cut(&name, t, zone_of_name(&named)));
}

/* ---- interval ---- */

/* The order of the units is that of DateUnit; a week is none. */
static bool cut_interval(IntervalParts *p, DateUnit unit)
{
    int64_t years = unit == UNIT_MILLENNIUM ? 1000
                    : unit == UNIT_CENTURY  ? 100
                    : unit == UNIT_DECADE   ? 10
                                            : 1;

    if (unit < UNIT_MICROSECOND || unit > UNIT_MILLENNIUM || unit == UNIT_WEEK)
        return false;
    p->year = p->year / years * years;
    if (unit >= UNIT_YEAR)
        p->month = 0;
    else if (unit == UNIT_QUARTER)
        p->month = p->month / 3 * 3;
    if (unit >= UNIT_MONTH)
        p->day = 0;
    if (unit >= UNIT_DAY)
        p->hour = 0;
    if (unit >= UNIT_HOUR)
        p->minute = 0;
    if (unit >= UNIT_MINUTE)
        p->second = 0;
    if (unit >= UNIT_SECOND)
        p->usec = 0;
    else if (unit == UNIT_MILLISECOND)
        p->usec = p->usec / 1000 * 1000;
    return true;
}

Datum interval_trunc(FmgrCall *call)
{
    PartName name;
    IntervalParts parts;
    Interval r;

    part_name_read(fmgr_packed(call, 0), false, &name);
    interval_to_parts(fmgr_interval(call, 1), &parts);
    if (!cut_interval(&parts, name.unit)) {
        if (name.unit == UNIT_WEEK)
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = err_fmt("unit \"%s\" not supported for type interval", name.name),
                      .detail = "Months usually have fractional weeks.");
        part_raise(&name, "interval");
    }
    if (!interval_of_parts(&parts, &r))
        interval_raise_range();
    return interval_result(&r);
}

/* ---- date_bin() ---- */

static int64_t stride_of(const Interval *stride)
{
    int64_t usec;

    if (stride->months != 0)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "timestamps cannot be binned into intervals containing months or "
                             "years");
    if (__builtin_mul_overflow(stride->days, USECS_PER_DAY, &usec) ||
        __builtin_add_overflow(usec, stride->usec, &usec))
        interval_raise_range();
    if (usec <= 0)
        err_raise(SQLSTATE_DATETIME_FIELD_OVERFLOW, .message = "stride must be greater than zero");
    return usec;
}

/* The start of the bin that a moment is in: bins before the origin too. */
static Datum bin(FmgrCall *call)
{
    const Interval *stride = fmgr_interval(call, 0);
    Timestamp t = fmgr_i64(call, 1), origin = fmgr_i64(call, 2);
    int64_t usec, distance, rest;

    if (!timestamp_is_finite(t))
        return datum_of_i64(t);
    if (!timestamp_is_finite(origin))
        err_raise(SQLSTATE_DATETIME_FIELD_OVERFLOW, .message = "origin out of range");
    usec = stride_of(stride);
    if (__builtin_sub_overflow(t, origin, &distance))
        interval_raise_range();
    rest = distance % usec;
    if (rest < 0)
        rest += usec;
    if (__builtin_sub_overflow(distance, rest, &distance) ||
        __builtin_add_overflow(origin, distance, &t) || !timestamp_is_valid(t))
        timestamp_raise_range();
    return datum_of_i64(t);
}

Datum timestamp_bin(FmgrCall *call)
{
    return bin(call);
}

Datum timestamptz_bin(FmgrCall *call)
{
    return bin(call);
}

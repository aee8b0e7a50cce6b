/* datetime_make.c - dates, times and timestamps made of numbers. */
#include "common/base/base.h"

#include <math.h>

#include "server/types/datetime.h"
#include "server/types/datetime_int.h"
#include "server/types/types_int.h"

#define UNIX_EPOCH_SECONDS 946684800.0 /* from 1970 to 2000 */

/* ---- make_date(), make_time(), make_timestamp() ---- */

typedef struct Given {
    int32_t year, month, day, hour, minute;
    double second;
} Given;

static _Noreturn void raise_date(const char *format, const Given *g)
{
    err_raise(SQLSTATE_DATETIME_FIELD_OVERFLOW,
              .message = err_fmt("%s: %d-%02d-%02d", format, g->year, g->month, g->day));
}

/* Below 0 is BC; there is no year 0. make_date() shows such a year in its error one too high. */
static Date make_day(const Given *g, bool is_date)
{
    Given shown = *g;
    int64_t year = g->year < 0 ? (int64_t)g->year + 1 : g->year;

    if (is_date && g->year < 0)
        shown.year++;
    if (g->year == 0 || !date_exists(year, g->month, g->day))
        raise_date("date field value out of range", &shown);
    if (!date_is_civil_valid(year, g->month) ||
        (is_date && !date_is_valid(date_of_civil(year, g->month, g->day))))
        raise_date("date out of range", g);
    return date_of_civil(year, g->month, g->day);
}

static const char *seconds_text(double second)
{
    if (isnan(second))
        return "NaN";
    if (isinf(second))
        return second > 0 ? "Infinity" : "-Infinity";
    return err_fmt("%02g", second);
}

static int64_t make_clock(const Given *g)
{
    double usec = rint(g->second * (double)USECS_PER_SEC);
    int64_t result;

    if (g->hour < 0 || g->hour > 24 || g->minute < 0 || g->minute > 59 || isnan(usec) || usec < 0 ||
        usec > 60.0 * (double)USECS_PER_SEC)
        goto refuse;
    result = g->hour * USECS_PER_HOUR + g->minute * USECS_PER_MINUTE + (int64_t)usec;
    if (result <= USECS_PER_DAY)
        return result;
refuse:
    err_raise(SQLSTATE_DATETIME_FIELD_OVERFLOW,
              .message = err_fmt("time field value out of range: %d:%02d:%s", g->hour, g->minute,
                                 seconds_text(g->second)));
}

Datum make_date(FmgrCall *call)
{
    Given g = {.year = fmgr_i32(call, 0), .month = fmgr_i32(call, 1), .day = fmgr_i32(call, 2)};

    return datum_of_i32(make_day(&g, true));
}

Datum make_time(FmgrCall *call)
{
    Given g = {.hour = fmgr_i32(call, 0), .minute = fmgr_i32(call, 1), .second = fmgr_f8(call, 2)};

    return datum_of_i64(make_clock(&g));
}

static Timestamp make_moment(const FmgrCall *call)
{
    Given g = {.year = fmgr_i32(call, 0),
               .month = fmgr_i32(call, 1),
               .day = fmgr_i32(call, 2),
               .hour = fmgr_i32(call, 3),
               .minute = fmgr_i32(call, 4),
               .second = fmgr_f8(call, 5)};
    Date day = make_day(&g, false);
    int64_t usec = make_clock(&g), t;

    if (__builtin_mul_overflow(day, USECS_PER_DAY, &t) || __builtin_add_overflow(t, usec, &t) ||
        !timestamp_is_valid(t))
        err_raise(SQLSTATE_DATETIME_FIELD_OVERFLOW,
                  .message = err_fmt("timestamp out of range: %d-%02d-%02d %d:%02d:%s", g.year,
                                     g.month, g.day, g.hour, g.minute, seconds_text(g.second)));
    return t;
}

Datum make_timestamp(FmgrCall *call)
{
    return datum_of_i64(make_moment(call));
}

Datum make_timestamptz(FmgrCall *call)
{
    return datum_of_i64(timestamptz_of_local(make_moment(call)));
}

/* Numeric with a sign, or a name; the offset when clocks there show that. */
static int32_t named_offset(const uint8_t *packed, Timestamp local)
{
    char *name = text_cstring(packed);
    int32_t offset;
    DateTime clock;
    ZoneNamed named;

    if (is_digit_char(*name))
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message =
                      err_fmt("invalid input syntax for type numeric time zone: \"%s\"", name),
                  .hint = "Numeric time zones must have \"-\" or \"+\" as first character.");
    switch (zone_read_offset(name, &offset)) {
    case DATE_OK:
        return offset;
    case DATE_BAD_DISPLACEMENT:
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("numeric time zone \"%s\" out of range", name));
    default:
        break;
    }
    zone_read_name(packed, &named);
    if (named.zone == NULL && named.abbrev.zone == NULL)
        return named.abbrev.offset;
    timestamp_to_parts(local, NULL, &clock);
    if (named.zone != NULL)
        return zone_offset_of(named.zone, &clock, NULL);
    return zone_abbrev_offset_of(&named.abbrev, &clock);
}

Datum make_timestamptz_at_timezone(FmgrCall *call)
{
    Timestamp t = make_moment(call);

    t -= named_offset(fmgr_packed(call, 6), t) * USECS_PER_SEC;
    if (!timestamp_is_valid(t))
        timestamp_raise_range();
    return datum_of_i64(t);
}

/* ---- make_interval(): where PostgreSQL 15 wraps, it is out of range here ---- */

Datum make_interval(FmgrCall *call)
{
    double seconds = fmgr_f8(call, 6);
    int64_t months = (int64_t)fmgr_i32(call, 0) * MONTHS_PER_YEAR + fmgr_i32(call, 1);
    int64_t days = (int64_t)fmgr_i32(call, 2) * 7 + fmgr_i32(call, 3);
    Interval r = {.months = (int32_t)months, .days = (int32_t)days};

    if (!isfinite(seconds) || r.months != months || r.days != days)
        interval_raise_range();
    seconds = rint(seconds * (double)USECS_PER_SEC);
    r.usec = fmgr_i32(call, 4) * USECS_PER_HOUR + fmgr_i32(call, 5) * USECS_PER_MINUTE;
    if (seconds < -0x1p63 || seconds >= 0x1p63 ||
        __builtin_add_overflow(r.usec, (int64_t)seconds, &r.usec))
        interval_raise_range();
    return interval_result(&r);
}

/* ---- to_timestamp(): seconds since 1970 ---- */

Datum float8_timestamptz(FmgrCall *call)
{
    double seconds = fmgr_f8(call, 0), usec;

    if (isnan(seconds))
        err_raise(SQLSTATE_DATETIME_FIELD_OVERFLOW, .message = "timestamp cannot be NaN");
    if (isinf(seconds))
        return datum_of_i64(seconds > 0 ? TIMESTAMP_INFINITY : TIMESTAMP_MINUS);
    usec = rint((seconds - UNIX_EPOCH_SECONDS) * (double)USECS_PER_SEC);
    if (usec < (double)TIMESTAMP_MIN || usec >= (double)TIMESTAMP_END)
        err_raise(SQLSTATE_DATETIME_FIELD_OVERFLOW,
                  .message = err_fmt("timestamp out of range: \"%g\"", seconds));
    return datum_of_i64((int64_t)usec);
}

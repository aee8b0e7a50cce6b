/* timestamp_cast.c - days and moments, with and without a zone, into each other. */
#include "common/base/base.h"

#include "server/txn/txn.h"
#include "server/types/datetime.h"
#include "server/types/types_int.h"

#define ABOVE_FINITE           (TIMESTAMP_INFINITY - 1)
#define BELOW_FINITE           (TIMESTAMP_MINUS + 1)
#define DATE_END_OF_TIMESTAMPS (TIMESTAMP_END / USECS_PER_DAY)

static _Noreturn void raise_date(void)
{
    err_raise(SQLSTATE_DATETIME_FIELD_OVERFLOW, .message = "date out of range for timestamp");
}

static bool is_clamped(Timestamp t)
{
    return t == ABOVE_FINITE || t == BELOW_FINITE;
}

static Timestamp clamp(Timestamp t)
{
    return t >= TIMESTAMP_END ? ABOVE_FINITE : t < TIMESTAMP_MIN ? BELOW_FINITE : t;
}

Timestamp timestamp_of_date_clamped(Date d)
{
    if (!date_is_finite(d))
        return d == DATE_INFINITY ? TIMESTAMP_INFINITY : TIMESTAMP_MINUS;
    return d >= DATE_END_OF_TIMESTAMPS ? ABOVE_FINITE : d * USECS_PER_DAY;
}

Timestamp timestamp_of_date(Date d)
{
    Timestamp t = timestamp_of_date_clamped(d);

    if (is_clamped(t))
        raise_date();
    return t;
}

Timestamp timestamptz_of_date_clamped(Date d)
{
    Timestamp t = timestamp_of_date_clamped(d);
    DateTime midnight = {0};

    if (is_clamped(t) || !timestamp_is_finite(t))
        return t;
    date_to_civil(d, &midnight);
    return clamp(t - zone_offset_of(zone_session(), &midnight, NULL) * USECS_PER_SEC);
}

Timestamp timestamptz_of_date(Date d)
{
    Timestamp t = timestamptz_of_date_clamped(d);

    if (is_clamped(t))
        raise_date();
    return t;
}

Date date_of_timestamp(Timestamp t)
{
    int64_t usec;

    if (!timestamp_is_finite(t))
        return t == TIMESTAMP_INFINITY ? DATE_INFINITY : DATE_MINUS;
    return (Date)timestamp_days(t, &usec);
}

/* Near an end of the range it may be what no timestamp can hold. */
static Timestamp shown_to_session(Timestamp t)
{
    return t + timezone_offset_at(zone_session(), unix_of_timestamp(t)).seconds * USECS_PER_SEC;
}

Date date_of_timestamptz(Timestamp t)
{
    return date_of_timestamp(timestamp_is_finite(t) ? shown_to_session(t) : t);
}

Timestamp timestamptz_of_local_clamped(Timestamp local)
{
    DateTime clock;

    if (!timestamp_is_finite(local))
        return local;
    timestamp_to_parts(local, NULL, &clock);
    return clamp(local - zone_offset_of(zone_session(), &clock, NULL) * USECS_PER_SEC);
}

Timestamp timestamptz_of_local(Timestamp local)
{
    Timestamp t = timestamptz_of_local_clamped(local);

    if (is_clamped(t))
        timestamp_raise_range();
    return t;
}

Timestamp timestamp_of_tz(Timestamp t)
{
    if (!timestamp_is_finite(t))
        return t;
    t = shown_to_session(t);
    if (!timestamp_is_valid(t))
        timestamp_raise_range();
    return t;
}

void datetime_now(DateTime *out)
{
    timestamp_to_parts(txn_start_time(), zone_session(), out);
}

/* ---- As functions ---- */

Datum date_timestamp(FmgrCall *call)
{
    return datum_of_i64(timestamp_of_date(fmgr_i32(call, 0)));
}

Datum date_timestamptz(FmgrCall *call)
{
    return datum_of_i64(timestamptz_of_date(fmgr_i32(call, 0)));
}

Datum timestamp_date(FmgrCall *call)
{
    return datum_of_i32(date_of_timestamp(fmgr_i64(call, 0)));
}

Datum timestamptz_date(FmgrCall *call)
{
    return datum_of_i32(date_of_timestamptz(fmgr_i64(call, 0)));
}

Datum timestamp_timestamptz(FmgrCall *call)
{
    return datum_of_i64(timestamptz_of_local(fmgr_i64(call, 0)));
}

Datum timestamptz_timestamp(FmgrCall *call)
{
    return datum_of_i64(timestamp_of_tz(fmgr_i64(call, 0)));
}

/* The time of the day; infinity has none. */
static Datum time_of(Timestamp local)
{
    int64_t usec;

    timestamp_days(local, &usec);
    return datum_of_i64(usec);
}

Datum timestamp_time(FmgrCall *call)
{
    Timestamp t = fmgr_i64(call, 0);

    return timestamp_is_finite(t) ? time_of(t) : fmgr_null(call);
}

Datum timestamptz_time(FmgrCall *call)
{
    Timestamp t = fmgr_i64(call, 0);

    return timestamp_is_finite(t) ? time_of(shown_to_session(t)) : fmgr_null(call);
}

Datum timestamptz_timetz(FmgrCall *call)
{
    Timestamp t = fmgr_i64(call, 0);
    DateTime clock;

    if (!timestamp_is_finite(t))
        return fmgr_null(call);
    timestamp_to_parts(t, zone_session(), &clock);
    return timetz_result(&(TimeTz){.usec = time_of_clock(&clock), .zone = -clock.offset});
}

Datum time_timetz(FmgrCall *call)
{
    int64_t usec = fmgr_i64(call, 0);
    DateTime clock;

    datetime_now(&clock);
    time_to_clock(usec, &clock);
    return timetz_result(
        &(TimeTz){.usec = usec, .zone = -zone_offset_of(zone_session(), &clock, NULL)});
}

Datum timetz_time(FmgrCall *call)
{
    return datum_of_i64(fmgr_timetz(call, 0)->usec);
}

Datum interval_time(FmgrCall *call)
{
    int64_t usec;

    timestamp_days(fmgr_interval(call, 0)->usec, &usec);
    return datum_of_i64(usec);
}

Datum time_interval(FmgrCall *call)
{
    return interval_result(&(Interval){.usec = fmgr_i64(call, 0)});
}

/* ---- A date and a time make a moment ---- */

Datum datetime_timestamp(FmgrCall *call)
{
    Timestamp t = timestamp_of_date(fmgr_i32(call, 0));

    if (timestamp_is_finite(t)) {
        t += fmgr_i64(call, 1);
        if (!timestamp_is_valid(t))
            timestamp_raise_range();
    }
    return datum_of_i64(t);
}

Datum datetimetz_timestamptz(FmgrCall *call)
{
    Timestamp t = timestamp_of_date(fmgr_i32(call, 0));
    const TimeTz *time = fmgr_timetz(call, 1);

    if (timestamp_is_finite(t)) {
        t += time->usec + time->zone * USECS_PER_SEC;
        if (!timestamp_is_valid(t))
            raise_date();
    }
    return datum_of_i64(t);
}

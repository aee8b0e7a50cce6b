/*
 * datetime_range.c - spans of time: OVERLAPS, bounds of windows, series
 */
#include "common/base/base.h"

#include "server/types/datetime.h"
#include "server/types/set.h"
#include "server/types/types_int.h"

/* ---- OVERLAPS ---- */

typedef int (*Order)(Datum a, Datum b);

/* An end may not be known; what is known comes first, and is the lesser. */
typedef struct Span {
    Datum start, end;
    bool has_end;
} Span;

static bool take_span(const FmgrCall *call, int n, Order order, Span *out)
{
    bool has_start = !fmgr_arg_is_null(call, n);

    *out = (Span){fmgr_arg(call, n), fmgr_arg(call, n + 1), !fmgr_arg_is_null(call, n + 1)};
    if (!has_start) {
        if (!out->has_end)
            return false;
        out->start = out->end;
        out->has_end = false;
    } else if (out->has_end && order(out->start, out->end) > 0) {
        Datum start = out->start;

        out->start = out->end;
        out->end = start;
    }
    return true;
}

/* late does not start before early. */
static Datum late_starts_within(FmgrCall *call, const Span *early, const Span *late, Order order)
{
    if (!early->has_end)
        return fmgr_null(call);
    if (order(late->start, early->end) < 0)
        return datum_of_bool(true);
    if (!late->has_end)
        return fmgr_null(call);
    return datum_of_bool(false);
}

static Datum overlaps(FmgrCall *call, Order order)
{
    Span a, b;
    int which;

    if (!take_span(call, 0, order, &a) || !take_span(call, 2, order, &b))
        return fmgr_null(call);
    which = order(a.start, b.start);
    if (which > 0)
        return late_starts_within(call, &b, &a, order);
    if (which < 0)
        return late_starts_within(call, &a, &b, order);
    if (!a.has_end || !b.has_end)
        return fmgr_null(call);
    return datum_of_bool(true);
}

static int order_i64(Datum a, Datum b)
{
    int64_t x = datum_i64(a), y = datum_i64(b);

    return (x > y) - (x < y);
}

static int order_timetz(Datum a, Datum b)
{
    return timetz_compare(datum_pointer(a), datum_pointer(b));
}

Datum overlaps_time(FmgrCall *call)
{
    return overlaps(call, order_i64);
}

Datum overlaps_timestamp(FmgrCall *call)
{
    return overlaps(call, order_i64);
}

Datum overlaps_timetz(FmgrCall *call)
{
    return overlaps(call, order_timetz);
}

/* ---- Bounds of windows: in_range(value, base, offset, is_before, is_less) ---- */

static _Noreturn void raise_offset(void)
{
    err_raise(SQLSTATE_INVALID_PRECEDING_OR_FOLLOWING_SIZE,
              .message = "invalid preceding or following size in window function");
}

static const Interval *offset_arg(const FmgrCall *call)
{
    const Interval *offset = fmgr_interval(call, 2);

    if (interval_span(offset) < 0)
        raise_offset();
    return offset;
}

static Datum is_within(const FmgrCall *call, int order)
{
    return datum_of_bool(fmgr_bool(call, 4) ? order <= 0 : order >= 0);
}

static Datum timestamp_range(const FmgrCall *call, Timestamp value, Timestamp base,
                             const TimeZone *zone)
{
    Interval offset = *offset_arg(call);
    Timestamp bound;

    if (fmgr_bool(call, 3))
        offset = interval_reverse(&offset);
    bound = zone == NULL ? timestamp_plus(base, &offset) : timestamptz_plus(base, &offset, zone);
    return is_within(call, (value > bound) - (value < bound));
}

Datum in_range_timestamp_interval(FmgrCall *call)
{
    return timestamp_range(call, fmgr_i64(call, 0), fmgr_i64(call, 1), NULL);
}

Datum in_range_timestamptz_interval(FmgrCall *call)
{
    return timestamp_range(call, fmgr_i64(call, 0), fmgr_i64(call, 1), zone_session());
}

Datum in_range_date_interval(FmgrCall *call)
{
    return timestamp_range(call, timestamp_of_date(fmgr_i32(call, 0)),
                           timestamp_of_date(fmgr_i32(call, 1)), NULL);
}

/* Of the offset only the time counts, and times do not go around the clock. */
static bool time_bound(const FmgrCall *call, int64_t base, int64_t *out)
{
    int64_t usec = fmgr_interval(call, 2)->usec;

    if (usec < 0)
        raise_offset();
    return fmgr_bool(call, 3) ? !__builtin_sub_overflow(base, usec, out)
                              : !__builtin_add_overflow(base, usec, out);
}

Datum in_range_time_interval(FmgrCall *call)
{
    int64_t value = fmgr_i64(call, 0), bound;

    if (!time_bound(call, fmgr_i64(call, 1), &bound))
        return datum_of_bool(fmgr_bool(call, 4));
    return is_within(call, (value > bound) - (value < bound));
}

Datum in_range_timetz_interval(FmgrCall *call)
{
    const TimeTz *base = fmgr_timetz(call, 1);
    TimeTz bound = {.zone = base->zone};
    int64_t usec;

    if (!time_bound(call, base->usec, &usec))
        return datum_of_bool(fmgr_bool(call, 4));
    bound.usec = usec;
    return is_within(call, timetz_compare(fmgr_timetz(call, 0), &bound));
}

Datum in_range_interval_interval(FmgrCall *call)
{
    const Interval *offset = offset_arg(call);
    Interval bound;

    if (fmgr_bool(call, 3))
        interval_difference(fmgr_interval(call, 1), offset, &bound);
    else
        interval_sum(fmgr_interval(call, 1), offset, &bound);
    return is_within(call, interval_compare(fmgr_interval(call, 0), &bound));
}

/* ---- generate_series() ---- */

typedef struct Series {
    Timestamp next, last;
    Interval step;
    int direction;
    const TimeZone *zone; /* NULL: none */
} Series;

static Series *series_begin(FmgrCall *call, const TimeZone *zone)
{
    const Interval *step = fmgr_interval(call, 2);
    int direction = interval_compare(step, &(Interval){0});
    Series *s;

    if (direction == 0)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "step size cannot equal zero");
    s = set_begin(call, sizeof *s);
    *s = (Series){.next = fmgr_i64(call, 0),
                  .last = fmgr_i64(call, 1),
                  .step = *step,
                  .direction = direction,
                  .zone = zone};
    return s;
}

static Datum series_step(FmgrCall *call, Series *s)
{
    Timestamp t = s->next;

    if (s->direction > 0 ? t > s->last : t < s->last)
        return set_end(call);
    s->next =
        s->zone == NULL ? timestamp_plus(t, &s->step) : timestamptz_plus(t, &s->step, s->zone);
    return set_row(call, datum_of_i64(t));
}

Datum generate_series_timestamp(FmgrCall *call)
{
    Series *s = set_state(call);

    return series_step(call, s != NULL ? s : series_begin(call, NULL));
}

Datum generate_series_timestamptz(FmgrCall *call)
{
    Series *s = set_state(call);

    return series_step(call, s != NULL ? s : series_begin(call, zone_session()));
}

/*
 * interval_math.c - arithmetic of intervals
 *
 * Months, days and microseconds are counted apart. A factor leaves parts of months and days, which
 * go on to the next lower unit.
 */
#include "common/base/base.h"

#include <limits.h>
#include <math.h>

#include "server/types/datetime.h"
#include "server/types/types_int.h"

/*
 * *out may be an operand. The sums are made in a local: gcc 12 adds once more for the overflow when
 * it may have stored over an operand.
 */
void interval_sum(const Interval *a, const Interval *b, Interval *out)
{
    Interval r;

    if (__builtin_add_overflow(a->usec, b->usec, &r.usec) ||
        __builtin_add_overflow(a->days, b->days, &r.days) ||
        __builtin_add_overflow(a->months, b->months, &r.months))
        interval_raise_range();
    *out = r;
}

void interval_difference(const Interval *a, const Interval *b, Interval *out)
{
    Interval r;

    if (__builtin_sub_overflow(a->usec, b->usec, &r.usec) ||
        __builtin_sub_overflow(a->days, b->days, &r.days) ||
        __builtin_sub_overflow(a->months, b->months, &r.months))
        interval_raise_range();
    *out = r;
}

void interval_negate(const Interval *i, Interval *out)
{
    interval_difference(&(const Interval){0}, i, out);
}

Datum interval_um(FmgrCall *call)
{
    Interval r;

    interval_negate(fmgr_interval(call, 0), &r);
    return interval_result(&r);
}

Datum interval_pl(FmgrCall *call)
{
    Interval r;

    interval_sum(fmgr_interval(call, 0), fmgr_interval(call, 1), &r);
    return interval_result(&r);
}

Datum interval_mi(FmgrCall *call)
{
    Interval r;

    interval_difference(fmgr_interval(call, 0), fmgr_interval(call, 1), &r);
    return interval_result(&r);
}

/* ---- By a factor ---- */

/* Parts of units as microseconds of precision leave them. */
static double rounded(double v)
{
    return rint(v * 1000000.0) / 1000000.0;
}

static int32_t whole_units(double v)
{
    if (isnan(v) || v > INT_MAX || v < INT_MIN)
        interval_raise_range();
    return (int32_t)v;
}

/*
 * months, days and usec are the products (or quotients) that *out gets whole units of; what is
 * left of a month becomes days and seconds, what is left of a day seconds.
 */
static void cascade(double months, double days, double usec, Interval *out)
{
    double rest_days = rounded((months - out->months) * DAYS_PER_MONTH);
    double seconds = rounded((days - out->days + rest_days - (int)rest_days) * SECS_PER_DAY);
    double whole;

    if (fabs(seconds) >= SECS_PER_DAY) {
        int extra = (int)(seconds / SECS_PER_DAY);

        if (__builtin_add_overflow(out->days, extra, &out->days))
            interval_raise_range();
        seconds -= (double)extra * SECS_PER_DAY;
    }
    if (__builtin_add_overflow(out->days, (int32_t)rest_days, &out->days))
        interval_raise_range();
    whole = rint(usec + seconds * (double)USECS_PER_SEC);
    if (isnan(whole) || whole < -0x1p63 || whole >= 0x1p63)
        interval_raise_range();
    out->usec = (int64_t)whole;
}

static Datum multiply(const Interval *i, double factor)
{
    Interval r = {.months = whole_units(i->months * factor), .days = whole_units(i->days * factor)};

    cascade(i->months * factor, i->days * factor, (double)i->usec * factor, &r);
    return interval_result(&r);
}

Datum interval_mul(FmgrCall *call)
{
    return multiply(fmgr_interval(call, 0), fmgr_f8(call, 1));
}

Datum mul_d_interval(FmgrCall *call)
{
    return multiply(fmgr_interval(call, 1), fmgr_f8(call, 0));
}

Datum interval_div(FmgrCall *call)
{
    const Interval *i = fmgr_interval(call, 0);
    double divisor = fmgr_f8(call, 1);
    Interval r;

    if (divisor == 0)
        types_raise_division_by_zero();
    r.months = whole_units(i->months / divisor);
    r.days = whole_units(i->days / divisor);
    cascade(i->months / divisor, i->days / divisor, (double)i->usec / divisor, &r);
    return interval_result(&r);
}

/* ---- Units carried over ---- */

static void carry_hours(Interval *i)
{
    int64_t days = i->usec / USECS_PER_DAY;

    i->usec -= days * USECS_PER_DAY;
    if (__builtin_add_overflow(i->days, days, &i->days))
        interval_raise_range();
}

static void carry_days(Interval *i)
{
    int32_t months = i->days / DAYS_PER_MONTH;

    i->days -= months * DAYS_PER_MONTH;
    if (__builtin_add_overflow(i->months, months, &i->months))
        interval_raise_range();
}

/* Days and time of one sign, as far as days go. */
static void align_hours(Interval *i)
{
    if (i->days > 0 && i->usec < 0) {
        i->usec += USECS_PER_DAY;
        i->days--;
    } else if (i->days < 0 && i->usec > 0) {
        i->usec -= USECS_PER_DAY;
        i->days++;
    }
}

Datum interval_justify_hours(FmgrCall *call)
{
    Interval r = *fmgr_interval(call, 0);

    carry_hours(&r);
    align_hours(&r);
    return interval_result(&r);
}

Datum interval_justify_days(FmgrCall *call)
{
    Interval r = *fmgr_interval(call, 0);

    carry_days(&r);
    if (r.months > 0 && r.days < 0) {
        r.days += DAYS_PER_MONTH;
        r.months--;
    } else if (r.months < 0 && r.days > 0) {
        r.days -= DAYS_PER_MONTH;
        r.months++;
    }
    return interval_result(&r);
}

Datum interval_justify_interval(FmgrCall *call)
{
    Interval r = *fmgr_interval(call, 0);

    /* Days of one sign with the time might overflow, if they did not go first. */
    if ((r.days > 0 && r.usec > 0) || (r.days < 0 && r.usec < 0))
        carry_days(&r);
    carry_hours(&r);
    carry_days(&r);
    if (r.months > 0 && (r.days < 0 || (r.days == 0 && r.usec < 0))) {
        r.days += DAYS_PER_MONTH;
        r.months--;
    } else if (r.months < 0 && (r.days > 0 || (r.days == 0 && r.usec > 0))) {
        r.days -= DAYS_PER_MONTH;
        r.months++;
    }
    align_hours(&r);
    return interval_result(&r);
}

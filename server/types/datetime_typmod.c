/*
 * datetime_typmod.c - precision and fields: read, shown and applied
 *
 * The typmod of an interval has its fields in the upper half and its precision in the lower; each
 * half says by all its bits that nothing is kept off.
 */
#include "common/base/base.h"

#include "server/types/datetime.h"
#include "server/types/types_int.h"
#include "server/types/typmod.h"

#define PRECISION_ANY 0xFFFF

static const int64_t scales[] = {1000000, 100000, 10000, 1000, 100, 10, 1};

/* Away from zero at the half; wraps at the ends of the range, as PostgreSQL does. */
static int64_t round_usec(int64_t usec, int precision)
{
    int64_t scale = scales[precision];
    uint64_t half = (uint64_t)(precision == TIME_PRECISION_MAX ? 0 : scale / 2);

    if (usec >= 0)
        return (int64_t)((uint64_t)usec + half) / scale * scale;
    return (int64_t)(0 - (uint64_t)((int64_t)(half - (uint64_t)usec) / scale * scale));
}

int64_t time_apply_typmod(int64_t usec, int32_t typmod)
{
    return typmod >= 0 && typmod <= TIME_PRECISION_MAX ? round_usec(usec, typmod) : usec;
}

void timestamp_apply_typmod(Timestamp *t, int32_t typmod)
{
    if (typmod == -1 || typmod == TIME_PRECISION_MAX || !timestamp_is_finite(*t))
        return;
    if (typmod < 0 || typmod > TIME_PRECISION_MAX)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("timestamp(%d) precision must be between %d and %d", typmod, 0,
                                     TIME_PRECISION_MAX));
    *t = round_usec(*t, typmod);
}

/* ---- Intervals ---- */

typedef struct RangeRow {
    int32_t range;
    const char *text;
    bool keeps_days; /* false: only whole months are kept */
    int64_t scale;   /* what the time is cut to; 0: nothing of it is kept */
} RangeRow;

#define DAY_TO_HOUR    (RANGE_DAY | RANGE_HOUR)
#define DAY_TO_MINUTE  (DAY_TO_HOUR | RANGE_MINUTE)
#define HOUR_TO_MINUTE (RANGE_HOUR | RANGE_MINUTE)

static const RangeRow ranges[] = {
    {RANGE_YEAR, " year", false, 0},
    {RANGE_MONTH, " month", false, 0},
    {RANGE_DAY, " day", true, 0},
    {RANGE_HOUR, " hour", true, USECS_PER_HOUR},
    {RANGE_MINUTE, " minute", true, USECS_PER_MINUTE},
    {RANGE_SECOND, " second", true, 1},
    {RANGE_YEAR | RANGE_MONTH, " year to month", false, 0},
    {DAY_TO_HOUR, " day to hour", true, USECS_PER_HOUR},
    {DAY_TO_MINUTE, " day to minute", true, USECS_PER_MINUTE},
    {DAY_TO_MINUTE | RANGE_SECOND, " day to second", true, 1},
    {HOUR_TO_MINUTE, " hour to minute", true, USECS_PER_MINUTE},
    {HOUR_TO_MINUTE | RANGE_SECOND, " hour to second", true, 1},
    {RANGE_MINUTE | RANGE_SECOND, " minute to second", true, 1},
    {INTERVAL_ANY, "", true, 1},
};

/* NULL: there is no such. */
static const RangeRow *find_range(int32_t range)
{
    for (size_t i = 0; i < ARRAY_LEN(ranges); i++)
        if (ranges[i].range == range)
            return &ranges[i];
    return NULL;
}

int32_t interval_range(int32_t typmod)
{
    return typmod < 0 ? INTERVAL_ANY : typmod >> 16 & INTERVAL_ANY;
}

static int32_t interval_precision(int32_t typmod)
{
    return typmod & PRECISION_ANY;
}

void interval_apply_typmod(Interval *i, int32_t typmod)
{
    int32_t precision = interval_precision(typmod);
    const RangeRow *row;

    if (typmod < 0)
        return;
    row = find_range(interval_range(typmod));
    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("unrecognized interval typmod: %d", typmod));
    if (row->range == RANGE_YEAR)
        i->months = i->months / MONTHS_PER_YEAR * MONTHS_PER_YEAR;
    if (!row->keeps_days)
        i->days = 0;
    if (row->scale == 0)
        i->usec = 0;
    else if (row->scale > 1)
        i->usec = i->usec / row->scale * row->scale;
    if (precision == PRECISION_ANY)
        return;
    if (precision > TIME_PRECISION_MAX)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("interval(%d) precision must be between %d and %d", precision,
                                     0, TIME_PRECISION_MAX));
    i->usec = round_usec(i->usec, precision);
}

/* ---- Reading and showing ---- */

/* What is too large is cut, with a warning. */
static int32_t check_precision(int32_t precision, const char *type, const char *zone)
{
    if (precision < 0)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message =
                      err_fmt("%s(%d)%s precision must not be negative", type, precision, zone));
    if (precision <= TIME_PRECISION_MAX)
        return precision;
    err_log(ERR_WARNING, .sqlstate = SQLSTATE_INVALID_PARAMETER_VALUE,
            .message = err_fmt("%s(%d)%s precision reduced to maximum allowed, %d", type, precision,
                               zone, TIME_PRECISION_MAX));
    return TIME_PRECISION_MAX;
}

static Datum typmod_in(FmgrCall *call, const char *type, const char *zone)
{
    int32_t precision;

    if (typmod_read(fmgr_packed(call, 0), &precision, 1) != 1)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "invalid type modifier");
    return datum_of_i32(check_precision(precision, type, zone));
}

static Datum typmod_out(FmgrCall *call, const char *zone)
{
    int32_t typmod = fmgr_i32(call, 0);

    if (typmod < 0)
        return cstring_result(zone);
    return datum_of_pointer(mem_printf("(%d)%s", typmod, zone));
}

Datum timetypmodin(FmgrCall *call)
{
    return typmod_in(call, "TIME", "");
}

Datum timetypmodout(FmgrCall *call)
{
    return typmod_out(call, " without time zone");
}

Datum timetztypmodin(FmgrCall *call)
{
    return typmod_in(call, "TIME", " WITH TIME ZONE");
}

Datum timetztypmodout(FmgrCall *call)
{
    return typmod_out(call, " with time zone");
}

Datum timestamptypmodin(FmgrCall *call)
{
    return typmod_in(call, "TIMESTAMP", "");
}

Datum timestamptypmodout(FmgrCall *call)
{
    return typmod_out(call, " without time zone");
}

Datum timestamptztypmodin(FmgrCall *call)
{
    return typmod_in(call, "TIMESTAMP", " WITH TIME ZONE");
}

Datum timestamptztypmodout(FmgrCall *call)
{
    return typmod_out(call, " with time zone");
}

Datum intervaltypmodin(FmgrCall *call)
{
    int32_t mods[2] = {0, PRECISION_ANY};
    int count = typmod_read(fmgr_packed(call, 0), mods, 2);

    if (count < 1 || find_range(mods[0]) == NULL || count > 2)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "invalid INTERVAL type modifier");
    if (count == 1 && mods[0] == INTERVAL_ANY)
        return datum_of_i32(-1);
    if (count == 2)
        mods[1] = check_precision(mods[1], "INTERVAL", "");
    return datum_of_i32((mods[0] & INTERVAL_ANY) << 16 | (mods[1] & PRECISION_ANY));
}

Datum intervaltypmodout(FmgrCall *call)
{
    int32_t typmod = fmgr_i32(call, 0), precision = interval_precision(typmod);
    const RangeRow *row;

    if (typmod < 0)
        return cstring_result("");
    row = find_range(interval_range(typmod));
    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("invalid INTERVAL typmod: 0x%x", (unsigned)typmod));
    if (precision == PRECISION_ANY)
        return cstring_result(row->text);
    return datum_of_pointer(mem_printf("%s(%d)", row->text, precision));
}

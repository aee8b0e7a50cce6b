/* datetime_part.c - parts of dates and times: extract(), which gives numerics, and date_part(). */
#include "common/base/base.h"

#include "server/types/datetime_part.h"

#include <math.h>

#include "server/types/numeric.h"
#include "server/types/types_int.h"

#define DAYS_PER_YEAR_TIMES_4 1461 /* 365.25 */
#define UNIX_EPOCH            (-EPOCH_UNIX_DAYS * USECS_PER_DAY)

#define TYPE_TIMESTAMP        "timestamp without time zone"
#define TYPE_TIMESTAMPTZ      "timestamp with time zone"

/* ---- Names ---- */

void part_name_read(const uint8_t *packed, bool are_special, PartName *out)
{
    const char *text = (const char *)varlena_bytes(packed);
    size_t len = varlena_len(packed);
    WordKind kind;
    int value;

    if (len >= PART_NAME_SIZE)
        len = PART_NAME_SIZE - 1;
    for (size_t i = 0; i < len; i++)
        out->name[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] - 'A' + 'a' : text[i]);
    out->name[len] = '\0';
    kind = word_find_unit(out->name, &value);
    if (kind == WORD_UNKNOWN && are_special)
        kind = word_find(out->name, &value);
    out->unit = UNIT_NONE;
    out->is_known = kind == WORD_UNIT || kind == WORD_ZONE || kind == WORD_SPECIAL;
    if (kind == WORD_SPECIAL)
        out->unit = value == SPECIAL_EPOCH ? UNIT_EPOCH : UNIT_NONE;
    else if (out->is_known)
        out->unit = (DateUnit)value;
}

void part_raise(const PartName *part, const char *type)
{
    if (part->is_known)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("unit \"%s\" not supported for type %s", part->name, type));
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
              .message = err_fmt("unit \"%s\" not recognized for type %s", part->name, type));
}

/* ---- Values: a count, at a scale; or what only one of the two can say ---- */

typedef struct Part {
    int64_t value;
    int scale;      /* value is in units of 10^-scale, which are shown */
    double real;    /* what date_part() gives */
    bool is_julian; /* value are microseconds behind the day */
    int32_t julian_day;
} Part;

static Part count(int64_t value)
{
    return (Part){.value = value, .real = (double)value};
}

static Part microseconds(int64_t value)
{
    return (Part){.value = value, .scale = 6, .real = (double)value / 1000000.0};
}

static Part seconds_of_clock(int second, int usec)
{
    return (Part){
        .value = second * USECS_PER_SEC + usec, .scale = 6, .real = second + usec / 1000000.0};
}

static Part milliseconds_of_clock(int second, int usec)
{
    return (Part){.value = second * USECS_PER_SEC + usec,
                  .scale = 3,
                  .real = second * 1000.0 + usec / 1000.0};
}

/* day + usec / a day, with the digits that a quotient of numerics has. */
static Datum julian_numeric(const Part *p)
{
    Datum quotient =
        fmgr_call_direct(numeric_div, 0, 2,
                         (const Datum[]){numeric_of_i64(p->value), numeric_of_i64(USECS_PER_DAY)});

    return fmgr_call_direct(numeric_add, 0, 2,
                            (const Datum[]){numeric_of_i64(p->julian_day), quotient});
}

static Datum part_result(const Part *p, bool is_numeric)
{
    if (!is_numeric)
        return datum_of_f8(p->real);
    if (p->is_julian)
        return julian_numeric(p);
    return p->scale == 0 ? numeric_of_i64(p->value) : numeric_of_scaled(p->value, p->scale);
}

/* ---- Parts of a date ---- */

int iso_week(const DateTime *date, int64_t *year)
{
    Date day = date_of_civil(date->year, date->month, date->day);

    /* A week belongs to the year of its Thursday. */
    Date thursday = day - (date_weekday(day) + 6) % 7 + 3;
    DateTime t;

    date_to_civil(thursday, &t);
    *year = t.year;
    return (thursday - date_of_civil(t.year, 1, 1)) / 7 + 1;
}

/* There is no year 0: 1 BC is -1. */
static int64_t shown_year(int64_t year)
{
    return year > 0 ? year : year - 1;
}

/* Centuries and millennia begin with their year 1. */
static int64_t period(int64_t year, int64_t length)
{
    return year > 0 ? (year + length - 1) / length : -((length - year) / length);
}

static int64_t decade(int64_t year)
{
    return year >= 0 ? year / 10 : -((9 - year) / 10);
}

static Part iso_year(const DateTime *date)
{
    int64_t year;

    iso_week(date, &year);
    return count(year <= 0 ? year - 1 : year);
}

static Part weekday(const DateTime *date, int sunday)
{
    int day = date_weekday(date_of_civil(date->year, date->month, date->day));

    return count(day == 0 ? sunday : day);
}

static Part day_of_year(const DateTime *date)
{
    return count((int64_t)date_of_civil(date->year, date->month, date->day) -
                 date_of_civil(date->year, 1, 1) + 1);
}

static bool date_part_of(DateUnit unit, const DateTime *d, Part *out)
{
    int64_t year;

    switch (unit) {
    case UNIT_DAY:
        *out = count(d->day);
        return true;
    case UNIT_MONTH:
        *out = count(d->month);
        return true;
    case UNIT_QUARTER:
        *out = count((d->month - 1) / 3 + 1);
        return true;
    case UNIT_WEEK:
        *out = count(iso_week(d, &year));
        return true;
    case UNIT_YEAR:
        *out = count(shown_year(d->year));
        return true;
    case UNIT_DECADE:
        *out = count(decade(d->year));
        return true;
    case UNIT_CENTURY:
        *out = count(period(d->year, 100));
        return true;
    case UNIT_MILLENNIUM:
        *out = count(period(d->year, 1000));
        return true;
    case UNIT_ISOYEAR:
        *out = iso_year(d);
        return true;
    case UNIT_DOW:
        *out = weekday(d, 0);
        return true;
    case UNIT_ISODOW:
        *out = weekday(d, 7);
        return true;
    case UNIT_DOY:
        *out = day_of_year(d);
        return true;
    default:
        return false;
    }
}

static bool clock_part_of(DateUnit unit, const DateTime *d, Part *out)
{
    switch (unit) {
    case UNIT_MICROSECOND:
        *out = count(d->second * USECS_PER_SEC + d->usec);
        return true;
    case UNIT_MILLISECOND:
        *out = milliseconds_of_clock(d->second, d->usec);
        return true;
    case UNIT_SECOND:
        *out = seconds_of_clock(d->second, d->usec);
        return true;
    case UNIT_MINUTE:
        *out = count(d->minute);
        return true;
    case UNIT_HOUR:
        *out = count(d->hour);
        return true;
    default:
        return false;
    }
}

static bool zone_part_of(DateUnit unit, int32_t offset, Part *out)
{
    switch (unit) {
    case UNIT_TIMEZONE:
        *out = count(offset);
        return true;
    case UNIT_TIMEZONE_MINUTE:
        *out = count(offset / 60 % 60);
        return true;
    case UNIT_TIMEZONE_HOUR:
        *out = count(offset / 3600);
        return true;
    default:
        return false;
    }
}

/* ---- Infinity: what only grows is infinite, what comes again is NULL ---- */

static bool only_grows(DateUnit unit)
{
    return unit == UNIT_YEAR || unit == UNIT_DECADE || unit == UNIT_CENTURY ||
           unit == UNIT_MILLENNIUM || unit == UNIT_JULIAN || unit == UNIT_ISOYEAR ||
           unit == UNIT_EPOCH;
}

static Datum infinite_result(bool is_above, bool is_numeric)
{
    if (is_numeric)
        return numeric_of_text(is_above ? "Infinity" : "-Infinity");
    return datum_of_f8(is_above ? (double)INFINITY : -(double)INFINITY);
}

/* ---- timestamp and timestamptz ---- */

static Part julian(const DateTime *d)
{
    int64_t usec = time_of_clock(d);
    int32_t day = date_of_civil(d->year, d->month, d->day) + EPOCH_JULIAN;

    return (Part){.value = usec,
                  .is_julian = true,
                  .julian_day = day,
                  .real = day +
                          ((((d->hour * 60) + d->minute) * 60) + d->second + d->usec / 1000000.0) /
                              (double)SECS_PER_DAY};
}

/* With as many digits as a quotient has there, and then zeros. */
static Datum numeric_beyond(Timestamp t)
{
    Datum usec = fmgr_call_direct(numeric_sub, 0, 2,
                                  (const Datum[]){numeric_of_i64(t), numeric_of_i64(UNIX_EPOCH)});
    Datum seconds =
        fmgr_call_direct(numeric_div, 0, 2, (const Datum[]){usec, numeric_of_i64(USECS_PER_SEC)});

    return fmgr_call_direct(numeric_round, 0, 2, (const Datum[]){seconds, datum_of_i32(6)});
}

static Datum epoch_result(Timestamp t, bool is_numeric)
{
    Part p = microseconds(0);

    if (!__builtin_sub_overflow(t, UNIX_EPOCH, &p.value)) {
        p.real = (double)p.value / 1000000.0;
        return part_result(&p, is_numeric);
    }

    /* Beyond 64 bits, which only the end of the range is. */
    if (!is_numeric)
        return datum_of_f8(((double)t - (double)UNIX_EPOCH) / 1000000.0);
    return numeric_beyond(t);
}

static Datum timestamp_parts(FmgrCall *call, bool has_zone, bool is_numeric)
{
    const char *type = has_zone ? TYPE_TIMESTAMPTZ : TYPE_TIMESTAMP;
    Timestamp t = fmgr_i64(call, 1);
    PartName name;
    DateTime d = {0};
    Part part;
    bool is_there;

    part_name_read(fmgr_packed(call, 0), true, &name);
    if (name.unit == UNIT_EPOCH && timestamp_is_finite(t))
        return epoch_result(t, is_numeric);
    if (timestamp_is_finite(t))
        timestamp_to_parts(t, has_zone ? zone_session() : NULL, &d);
    else
        d.month = d.day = 1;
    is_there = clock_part_of(name.unit, &d, &part) || date_part_of(name.unit, &d, &part) ||
               (has_zone && zone_part_of(name.unit, d.offset, &part));
    if (name.unit == UNIT_JULIAN) {
        part = julian(&d);
        is_there = true;
    }
    if (!timestamp_is_finite(t)) {
        if (only_grows(name.unit))
            return infinite_result(t > 0, is_numeric);

        /* Zones count as parts here, even where there is none. */
        if (is_there || zone_part_of(name.unit, 0, &part))
            return fmgr_null(call);
    }
    if (!is_there)
        part_raise(&name, type);
    return part_result(&part, is_numeric);
}

Datum timestamp_part(FmgrCall *call)
{
    return timestamp_parts(call, false, false);
}

Datum extract_timestamp(FmgrCall *call)
{
    return timestamp_parts(call, false, true);
}

Datum timestamptz_part(FmgrCall *call)
{
    return timestamp_parts(call, true, false);
}

Datum extract_timestamptz(FmgrCall *call)
{
    return timestamp_parts(call, true, true);
}

/* ---- date ---- */

Datum extract_date(FmgrCall *call)
{
    Date date = fmgr_i32(call, 1);
    PartName name;
    DateTime d = {.month = 1, .day = 1};
    Part part;

    part_name_read(fmgr_packed(call, 0), true, &name);
    if (!date_is_finite(date) && only_grows(name.unit))
        return infinite_result(date > 0, true);
    if (date_is_finite(date))
        date_to_civil(date, &d);
    if (name.unit == UNIT_EPOCH)
        return numeric_of_i64(((int64_t)date + EPOCH_UNIX_DAYS) * SECS_PER_DAY);
    if (name.unit == UNIT_JULIAN)
        return numeric_of_i64((int64_t)date + EPOCH_JULIAN);
    if (!date_part_of(name.unit, &d, &part))
        part_raise(&name, "date");
    return date_is_finite(date) ? part_result(&part, true) : fmgr_null(call);
}

/* ---- time and timetz ---- */

static Datum time_parts(FmgrCall *call, bool is_numeric)
{
    int64_t usec = fmgr_i64(call, 1);
    PartName name;
    DateTime d;
    Part part;

    part_name_read(fmgr_packed(call, 0), true, &name);
    time_to_clock(usec, &d);
    if (name.unit == UNIT_EPOCH)
        part = microseconds(usec);
    else if (!clock_part_of(name.unit, &d, &part))
        part_raise(&name, "time without time zone");
    return part_result(&part, is_numeric);
}

Datum time_part(FmgrCall *call)
{
    return time_parts(call, false);
}

Datum extract_time(FmgrCall *call)
{
    return time_parts(call, true);
}

static Datum timetz_parts(FmgrCall *call, bool is_numeric)
{
    const TimeTz *t = fmgr_timetz(call, 1);
    PartName name;
    DateTime d;
    Part part;

    part_name_read(fmgr_packed(call, 0), true, &name);
    time_to_clock(t->usec, &d);
    if (name.unit == UNIT_EPOCH) {
        part = microseconds(t->usec + t->zone * USECS_PER_SEC);
        part.real = (double)t->usec / 1000000.0 + t->zone;
    } else if (!clock_part_of(name.unit, &d, &part) && !zone_part_of(name.unit, -t->zone, &part)) {
        part_raise(&name, "time with time zone");
    }
    return part_result(&part, is_numeric);
}

Datum timetz_part(FmgrCall *call)
{
    return timetz_parts(call, false);
}

Datum extract_timetz(FmgrCall *call)
{
    return timetz_parts(call, true);
}

/* ---- interval ---- */

static bool interval_part_of(DateUnit unit, const IntervalParts *p, Part *out)
{
    switch (unit) {
    case UNIT_MICROSECOND:
        *out = count(p->second * USECS_PER_SEC + p->usec);
        return true;
    case UNIT_MILLISECOND:
        *out = milliseconds_of_clock(p->second, p->usec);
        return true;
    case UNIT_SECOND:
        *out = seconds_of_clock(p->second, p->usec);
        return true;
    case UNIT_MINUTE:
        *out = count(p->minute);
        return true;
    case UNIT_HOUR:
        *out = count(p->hour);
        return true;
    case UNIT_DAY:
        *out = count(p->day);
        return true;
    case UNIT_MONTH:
        *out = count(p->month);
        return true;
    case UNIT_QUARTER:
        *out = count(p->month / 3 + 1);
        return true;
    case UNIT_YEAR:
        *out = count(p->year);
        return true;
    case UNIT_DECADE:
        *out = count(p->year / 10);
        return true;
    case UNIT_CENTURY:
        *out = count(p->year / 100);
        return true;
    case UNIT_MILLENNIUM:
        *out = count(p->year / 1000);
        return true;
    default:
        return false;
    }
}

/* Years of 365.25 days, months of 30. */
static Datum interval_epoch(const Interval *i, bool is_numeric)
{
    int64_t days_times_4 = (int64_t)DAYS_PER_YEAR_TIMES_4 * (i->months / MONTHS_PER_YEAR) +
                           INT64_C(4) * DAYS_PER_MONTH * (i->months % MONTHS_PER_YEAR) +
                           INT64_C(4) * i->days;
    int64_t seconds = days_times_4 * (SECS_PER_DAY / 4);
    Part part = microseconds(0);

    if (!is_numeric)
        return datum_of_f8((double)i->usec / 1000000.0 +
                           365.25 * SECS_PER_DAY * (i->months / MONTHS_PER_YEAR) +
                           (double)DAYS_PER_MONTH * SECS_PER_DAY * (i->months % MONTHS_PER_YEAR) +
                           (double)SECS_PER_DAY * i->days);
    if (!__builtin_mul_overflow(seconds, USECS_PER_SEC, &part.value) &&
        !__builtin_add_overflow(part.value, i->usec, &part.value))
        return part_result(&part, true);
    return fmgr_call_direct(
        numeric_add, 0, 2, (const Datum[]){numeric_of_scaled(i->usec, 6), numeric_of_i64(seconds)});
}

static Datum interval_parts(FmgrCall *call, bool is_numeric)
{
    const Interval *i = fmgr_interval(call, 1);
    PartName name;
    IntervalParts parts;
    Part part;

    part_name_read(fmgr_packed(call, 0), true, &name);
    if (name.unit == UNIT_EPOCH)
        return interval_epoch(i, is_numeric);
    interval_to_parts(i, &parts);
    if (!interval_part_of(name.unit, &parts, &part))
        part_raise(&name, "interval");
    return part_result(&part, is_numeric);
}

Datum interval_part(FmgrCall *call)
{
    return interval_parts(call, false);
}

Datum extract_interval(FmgrCall *call)
{
    return interval_parts(call, true);
}

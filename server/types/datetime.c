/* datetime.c - days, clocks and spans: together and apart. */
#include "common/base/base.h"

#include "server/types/datetime.h"

#include <strings.h>

#include "common/err/err.h"
#include "common/text/civil.h"
#include "common/text/str.h"
#include "server/config/setting.h"
#include "server/types/types_int.h"

#define JULIAN_YEAR_MIN  (-4713)
#define JULIAN_MONTH_MIN 11
#define JULIAN_YEAR_MAX  5874898
#define JULIAN_MONTH_MAX 6

void datetime_raise(DateError error, const char *text, const char *type)
{
    switch (error) {
    case DATE_BAD_FIELD:
        err_raise(SQLSTATE_DATETIME_FIELD_OVERFLOW,
                  .message = err_fmt("date/time field value out of range: \"%s\"", text));
    case DATE_BAD_MONTH_DAY:
        err_raise(SQLSTATE_DATETIME_FIELD_OVERFLOW,
                  .message = err_fmt("date/time field value out of range: \"%s\"", text),
                  .hint = "Perhaps you need a different \"datestyle\" setting.");
    case DATE_BAD_INTERVAL:
        err_raise(SQLSTATE_INTERVAL_FIELD_OVERFLOW,
                  .message = err_fmt("interval field value out of range: \"%s\"", text));
    case DATE_BAD_DISPLACEMENT:
        err_raise(SQLSTATE_INVALID_TIME_ZONE_DISPLACEMENT,
                  .message = err_fmt("time zone displacement out of range: \"%s\"", text));
    default:
        err_raise(SQLSTATE_INVALID_DATETIME_FORMAT,
                  .message = err_fmt("invalid input syntax for type %s: \"%s\"", type, text));
    }
}

void date_raise_range(void)
{
    err_raise(SQLSTATE_DATETIME_FIELD_OVERFLOW, .message = "date out of range");
}

void time_raise_range(void)
{
    err_raise(SQLSTATE_DATETIME_FIELD_OVERFLOW, .message = "time out of range");
}

void timestamp_raise_range(void)
{
    err_raise(SQLSTATE_DATETIME_FIELD_OVERFLOW, .message = "timestamp out of range");
}

void interval_raise_range(void)
{
    err_raise(SQLSTATE_DATETIME_FIELD_OVERFLOW, .message = "interval out of range");
}

/* ---- DateStyle ---- */

/* The setting is "ISO, MDY"; its check lets nothing else through. */
typedef struct StyleCache {
    char text[32];
    DateStyle style;
    DateOrder order;
} StyleCache;

static const StyleCache *style_now(void)
{
    static StyleCache cache = {.style = STYLE_ISO, .order = ORDER_MDY};
    const char *text = setting.DateStyle;

    if (LIKELY(strcmp(cache.text, text) == 0))
        return &cache;
    cache.style = strncasecmp(text, "SQL", 3) == 0      ? STYLE_SQL
                  : strncasecmp(text, "German", 6) == 0 ? STYLE_GERMAN
                  : strncasecmp(text, "ISO", 3) == 0    ? STYLE_ISO
                                                        : STYLE_POSTGRES;
    cache.order = str_ends_with(text, "YMD")   ? ORDER_YMD
                  : str_ends_with(text, "DMY") ? ORDER_DMY
                                               : ORDER_MDY;
    if (strlen(text) < sizeof cache.text)
        memcpy(cache.text, text, strlen(text) + 1);
    return &cache;
}

DateStyle datetime_style(void)
{
    return style_now()->style;
}

DateOrder datetime_order(void)
{
    return style_now()->order;
}

/* ---- Days ---- */

Date date_of_civil(int64_t year, int month, int day)
{
    return (Date)(civil_to_days(year, month, 1) + day - 1 - EPOCH_UNIX_DAYS);
}

void date_to_civil(int64_t date, DateTime *out)
{
    CivilDate civil = civil_from_days(date + EPOCH_UNIX_DAYS);

    out->year = civil.year;
    out->month = civil.month;
    out->day = civil.day;
}

/* Can its Julian day be counted? */
bool date_is_civil_valid(int64_t year, int month)
{
    return (year > JULIAN_YEAR_MIN || (year == JULIAN_YEAR_MIN && month >= JULIAN_MONTH_MIN)) &&
           (year < JULIAN_YEAR_MAX || (year == JULIAN_YEAR_MAX && month < JULIAN_MONTH_MAX));
}

bool date_exists(int64_t year, int month, int day)
{
    return month >= 1 && month <= MONTHS_PER_YEAR && day >= 1 &&
           day <= civil_month_days(year, month);
}

int date_weekday(int64_t date)
{
    return civil_weekday(date + EPOCH_UNIX_DAYS);
}

/* ---- Clocks ---- */

void time_to_clock(int64_t usec, DateTime *out)
{
    int64_t seconds = usec / USECS_PER_SEC;

    out->usec = (int32_t)(usec - seconds * USECS_PER_SEC);
    out->hour = (int)(seconds / 3600);
    out->minute = (int)(seconds / 60 % 60);
    out->second = (int)(seconds % 60);
}

bool time_is_overflow(int hour, int minute, int second, int64_t usec)
{
    if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 60 ||
        usec < 0 || usec > USECS_PER_SEC)
        return true;
    return ((hour * INT64_C(60) + minute) * 60 + second) * USECS_PER_SEC + usec > USECS_PER_DAY;
}

void timestamp_to_parts(Timestamp t, const TimeZone *zone, DateTime *out)
{
    int64_t usec, days = timestamp_days(t, &usec);

    out->offset = 0;
    out->abbreviation = NULL;
    if (zone != NULL) {
        ZoneOffset offset = timezone_offset_at(zone, unix_of_timestamp(t));
        int64_t extra;

        out->offset = offset.seconds;
        out->abbreviation = offset.abbreviation;

        /* Infinity has no room for an offset as a whole. */
        extra = timestamp_days(usec + offset.seconds * USECS_PER_SEC, &usec);
        days += extra;
    }
    date_to_civil(days, out);
    time_to_clock(usec, out);
}

bool timestamp_of_parts(const DateTime *parts, bool has_offset, Timestamp *out)
{
    int64_t result;

    if (!date_is_civil_valid(parts->year, parts->month))
        return false;
    if (__builtin_mul_overflow((int64_t)date_of_civil(parts->year, parts->month, parts->day),
                               USECS_PER_DAY, &result) ||
        __builtin_add_overflow(result, time_of_clock(parts), &result))
        return false;
    if (has_offset && __builtin_sub_overflow(result, parts->offset * USECS_PER_SEC, &result))
        return false;
    *out = result;
    return timestamp_is_valid(result);
}

/* ---- Spans ---- */

void interval_to_parts(const Interval *i, IntervalParts *out)
{
    int64_t rest = i->usec;

    out->year = i->months / MONTHS_PER_YEAR;
    out->month = i->months % MONTHS_PER_YEAR;
    out->day = i->days;
    out->hour = rest / USECS_PER_HOUR;
    rest %= USECS_PER_HOUR;
    out->minute = (int)(rest / USECS_PER_MINUTE);
    rest %= USECS_PER_MINUTE;
    out->second = (int)(rest / USECS_PER_SEC);
    out->usec = (int)(rest % USECS_PER_SEC);
}

bool interval_of_parts(const IntervalParts *parts, Interval *out)
{
    int64_t months = parts->year * MONTHS_PER_YEAR + parts->month;

    if (months > INT32_MAX || months < INT32_MIN)
        return false;
    out->months = (int32_t)months;
    out->days = parts->day;
    out->usec = parts->usec;
    return !__builtin_add_overflow(out->usec, parts->second * USECS_PER_SEC, &out->usec) &&
           !__builtin_add_overflow(out->usec, parts->minute * USECS_PER_MINUTE, &out->usec) &&
           !__builtin_mul_overflow(parts->hour, USECS_PER_HOUR, &months) &&
           !__builtin_add_overflow(out->usec, months, &out->usec);
}

Datum interval_result(const Interval *i)
{
    return datum_of_pointer(mem_dup(i, sizeof(*i)));
}

Datum timetz_result(const TimeTz *t)
{
    return datum_of_pointer(mem_dup(t, sizeof *t));
}

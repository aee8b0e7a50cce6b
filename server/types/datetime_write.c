/* datetime_write.c - dates, times, timestamps and offsets of zones as text. */
#include "common/base/base.h"

#include <string.h>

#include "server/types/datetime.h"
#include "server/types/int_text.h"
#include "server/types/text_put.h"

#define ABBREVIATION_MAX 10

/* 1 BC is written as 1. */
static uint64_t shown_year(int64_t year)
{
    return (uint64_t)(year > 0 ? year : 1 - year);
}

static char *put_year(char *to, int64_t year)
{
    uint64_t shown = shown_year(year);

    if (LIKELY(shown < 10000)) {
        to = put_two(to, (unsigned)shown / 100);
        return put_two(to, (unsigned)shown % 100);
    }
    return to + int_print_u64(shown, to);
}

static char *put_three(char *to, const char *letters)
{
    memcpy(to, letters, 3);
    return to + 3;
}

static char *put_era(char *to, int64_t year)
{
    if (LIKELY(year > 0))
        return to;
    memcpy(to, " BC", 3);
    return to + 3;
}

char *put_fraction(char *to, unsigned usec)
{
    if (usec == 0)
        return to;
    *to++ = '.';
    to = put_two(to, usec / 10000);
    to = put_two(to, usec / 100 % 100);
    to = put_two(to, usec % 100);
    while (to[-1] == '0')
        to--;
    return to;
}

static char *put_clock(char *to, const DateTime *parts)
{
    to = put_two(to, (unsigned)parts->hour);
    *to++ = ':';
    to = put_two(to, (unsigned)parts->minute);
    *to++ = ':';
    to = put_two(to, (unsigned)parts->second);
    return put_fraction(to, (unsigned)parts->usec);
}

char *zone_write_offset(char *to, int32_t offset, DateStyle style)
{
    unsigned seconds = (unsigned)(offset < 0 ? -offset : offset);

    *to++ = offset < 0 ? '-' : '+';
    if (UNLIKELY(seconds >= 360000)) /* a rule may have up to 167 hours */
        to += int_print_u64(seconds / 3600, to);
    else
        to = put_two(to, seconds / 3600);
    if (seconds % 3600 == 0 && style != STYLE_XSD)
        return to;
    *to++ = ':';
    to = put_two(to, seconds / 60 % 60);
    if (seconds % 60 == 0)
        return to;
    *to++ = ':';
    return put_two(to, seconds % 60);
}

/* Day and month in the wanted order, with a mark between. */
static char *put_day_month(char *to, const DateTime *parts, DateOrder order, char mark)
{
    to = put_two(to, (unsigned)(order == ORDER_DMY ? parts->day : parts->month));
    *to++ = mark;
    return put_two(to, (unsigned)(order == ORDER_DMY ? parts->month : parts->day));
}

static char *put_date(char *to, const DateTime *parts, DateStyle style, DateOrder order)
{
    char mark = style == STYLE_SQL ? '/' : style == STYLE_GERMAN ? '.' : '-';

    if (style == STYLE_ISO || style == STYLE_XSD) {
        to = put_year(to, parts->year);
        *to++ = '-';
        to = put_two(to, (unsigned)parts->month);
        *to++ = '-';
        return put_two(to, (unsigned)parts->day);
    }
    to = put_day_month(to, parts, style == STYLE_GERMAN ? ORDER_DMY : order, mark);
    *to++ = mark;
    return put_year(to, parts->year);
}

char *date_write(char *to, const DateTime *parts, DateStyle style, DateOrder order)
{
    return put_era(put_date(to, parts, style, order), parts->year);
}

char *time_write(char *to, const DateTime *parts, bool has_zone, DateStyle style)
{
    to = put_clock(to, parts);
    return has_zone ? zone_write_offset(to, parts->offset, style) : to;
}

/* By its name where it has one. */
static char *put_zone(char *to, const DateTime *parts, DateStyle style)
{
    size_t len;

    if (parts->abbreviation == NULL) {
        if (style == STYLE_POSTGRES)
            *to++ = ' ';
        return zone_write_offset(to, parts->offset, style);
    }
    *to++ = ' ';
    len = strnlen(parts->abbreviation, ABBREVIATION_MAX);
    memcpy(to, parts->abbreviation, len);
    return to + len;
}

/* Sat Jan 01 04:05:06 2000 */
static char *put_postgres(char *to, const DateTime *parts, DateOrder order)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    static const char weekdays[] = "SunMonTueWedThuFriSat";
    const char *month = months + 3 * (parts->month - 1);
    Date date = date_of_civil(parts->year, parts->month, parts->day);

    to = put_three(to, weekdays + 3 * date_weekday(date));
    *to++ = ' ';
    if (order == ORDER_DMY) {
        to = put_two(to, (unsigned)parts->day);
        *to++ = ' ';
        to = put_three(to, month);
    } else {
        to = put_three(to, month);
        *to++ = ' ';
        to = put_two(to, (unsigned)parts->day);
    }
    *to++ = ' ';
    to = put_clock(to, parts);
    *to++ = ' ';
    return put_year(to, parts->year);
}

char *datetime_write(char *to, const DateTime *parts, bool has_zone, DateStyle style,
                     DateOrder order)
{
    if (style == STYLE_POSTGRES) {
        to = put_postgres(to, parts, order);
    } else {
        to = put_date(to, parts, style, order);
        *to++ = style == STYLE_XSD ? 'T' : ' ';
        to = put_clock(to, parts);
    }
    if (has_zone)
        to = style == STYLE_ISO || style == STYLE_XSD ? zone_write_offset(to, parts->offset, style)
                                                      : put_zone(to, parts, style);
    return put_era(to, parts->year);
}

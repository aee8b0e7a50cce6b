/*
 * datetime.h - points in time and spans taken apart, put together, read and written
 *
 * A date counts days from 2000-01-01, a timestamp microseconds from its midnight; a time counts
 * microseconds of the day. In DateTime, year 0 is 1 BC. Offsets are seconds east of UTC, but for
 * TimeTz, which has PostgreSQL's form.
 *
 * Readers return a DateError and raise nothing but what only they know of (a zone without a name);
 * datetime_raise() says it in PostgreSQL's words.
 */
#ifndef TYPES_DATETIME_H
#define TYPES_DATETIME_H

#include "common/base/base.h"

#include "common/text/strbuf.h"
#include "common/text/timezone.h"
#include "server/fmgr/fmgr.h"

#define USECS_PER_SEC      INT64_C(1000000)
#define USECS_PER_MINUTE   INT64_C(60000000)
#define USECS_PER_HOUR     INT64_C(3600000000)
#define USECS_PER_DAY      INT64_C(86400000000)
#define SECS_PER_DAY       86400
#define DAYS_PER_MONTH     30
#define MONTHS_PER_YEAR    12

#define TIMESTAMP_INFINITY INT64_MAX
#define TIMESTAMP_MINUS    INT64_MIN
#define TIMESTAMP_MIN      INT64_C(-211813488000000000) /* 4714-11-24 00:00:00 BC */
#define TIMESTAMP_END      INT64_C(9223371331200000000) /* one past 294276-12-31 */
#define DATE_INFINITY      INT32_MAX
#define DATE_MINUS         INT32_MIN
#define DATE_MIN           (-2451545)
#define DATE_END           2145031949 /* one past 5874897-12-31 */
#define EPOCH_JULIAN       2451545    /* Julian day of 2000-01-01 */
#define EPOCH_UNIX_DAYS    10957
#define ZONE_SECONDS_MAX   57600 /* no offset may be that large */
#define INTERVAL_ANY       0x7FFF
#define TIME_PRECISION_MAX 6

typedef int32_t Date;
typedef int64_t Timestamp;

typedef struct Interval {
    int64_t usec;
    int32_t days;
    int32_t months;
} Interval;

/* As it is stored: no more than its 12 bytes may be read. */
typedef struct __attribute__((packed, aligned(4))) TimeTz {
    int64_t usec;
    int32_t zone; /* seconds west of UTC */
} TimeTz;
STATIC_ASSERT(sizeof(TimeTz) == 12);

typedef struct DateTime {
    int64_t year; /* 0 is 1 BC */
    int month, day;
    int hour, minute, second;
    int32_t usec;
    int32_t offset;
    const char *abbreviation; /* NULL: none */
} DateTime;

/* A span by its units; as PostgreSQL cuts it, all have the same sign or are zero, by part. */
typedef struct IntervalParts {
    int64_t year;
    int month, day;
    int64_t hour;
    int minute, second, usec;
} IntervalParts;

/* Bits of an interval's fields, as its typmod has them. */
enum {
    RANGE_MONTH = 1 << 1,
    RANGE_YEAR = 1 << 2,
    RANGE_DAY = 1 << 3,
    RANGE_HOUR = 1 << 10,
    RANGE_MINUTE = 1 << 11,
    RANGE_SECOND = 1 << 12,
};

typedef enum DateError {
    DATE_OK,
    DATE_BAD_FORMAT,
    DATE_BAD_FIELD,     /* out of range */
    DATE_BAD_MONTH_DAY, /* that too, and another order might help */
    DATE_BAD_INTERVAL,
    DATE_BAD_DISPLACEMENT /* of a zone */
} DateError;

_Noreturn void datetime_raise(DateError error, const char *text, const char *type);

/* ---- Settings of the session ---- */

typedef enum DateStyle { STYLE_POSTGRES, STYLE_ISO, STYLE_SQL, STYLE_GERMAN, STYLE_XSD } DateStyle;
typedef enum DateOrder { ORDER_YMD, ORDER_DMY, ORDER_MDY } DateOrder;

DateStyle datetime_style(void);
DateOrder datetime_order(void);

/* ---- Days and clocks (datetime.c) ---- */

Date date_of_civil(int64_t year, int month, int day);
void date_to_civil(int64_t date, DateTime *out); /* year, month and day */
bool date_is_civil_valid(int64_t year, int month);
bool date_exists(int64_t year, int month, int day);
int date_weekday(int64_t date); /* 0 is Sunday */

static inline bool date_is_finite(Date d)
{
    return d != DATE_INFINITY && d != DATE_MINUS;
}

static inline bool date_is_valid(int64_t d)
{
    return d >= DATE_MIN && d < DATE_END;
}

static inline bool timestamp_is_finite(Timestamp t)
{
    return t != TIMESTAMP_INFINITY && t != TIMESTAMP_MINUS;
}

static inline bool timestamp_is_valid(Timestamp t)
{
    return t >= TIMESTAMP_MIN && t < TIMESTAMP_END;
}

static inline int64_t time_of_clock(const DateTime *t)
{
    return ((t->hour * INT64_C(60) + t->minute) * 60 + t->second) * USECS_PER_SEC + t->usec;
}

void time_to_clock(int64_t usec, DateTime *out); /* hour to usec */
bool time_is_overflow(int hour, int minute, int second, int64_t usec);

/* Days and the rest of a timestamp, which is never negative. */
static inline int64_t timestamp_days(Timestamp t, int64_t *usec)
{
    int64_t days = t / USECS_PER_DAY;

    *usec = t - days * USECS_PER_DAY;
    if (*usec < 0) {
        *usec += USECS_PER_DAY;
        days--;
    }
    return days;
}

/* zone NULL: as it is, without a zone. */
void timestamp_to_parts(Timestamp t, const TimeZone *zone, DateTime *out);

/* False when it is out of range. With has_offset, offset is taken off. */
bool timestamp_of_parts(const DateTime *parts, bool has_offset, Timestamp *out);

void interval_to_parts(const Interval *i, IntervalParts *out);
bool interval_of_parts(const IntervalParts *parts, Interval *out);

_Noreturn void date_raise_range(void);
_Noreturn void time_raise_range(void);
_Noreturn void timestamp_raise_range(void);
_Noreturn void interval_raise_range(void);

/* ---- Zones (timezone_session.c) ---- */

const TimeZone *zone_session(void);

/* By name, or by a POSIX rule; NULL when there is none. Lives as long as the process. */
const TimeZone *zone_find(const char *name);

/* Forget all zones; for tests. */
void zone_forget(void);

/* The offset that a zone has when its clocks show that; *unix_seconds (may be NULL) is when. */
int32_t zone_offset_of(const TimeZone *zone, const DateTime *clock, int64_t *unix_seconds);

typedef struct ZoneAbbrev {
    int32_t offset;
    bool is_daylight;
    const TimeZone *zone; /* NULL: offset is all; else the zone tells */
    const char *name;
} ZoneAbbrev;

/* name in any case. */
bool zone_find_abbrev(const char *name, ZoneAbbrev *out);

/* All of them, by number from 0; false: there is none with that number. */
bool zone_abbrev_at(size_t number, ZoneAbbrev *out);

/* What a dynamic one is when clocks of the zone show that, and at a moment. */
int32_t zone_abbrev_offset_of(const ZoneAbbrev *abbrev, const DateTime *clock);
int32_t zone_abbrev_offset_at(const ZoneAbbrev *abbrev, Timestamp t, bool *is_daylight);

static inline int64_t unix_of_timestamp(Timestamp t)
{
    int64_t usec;
    int64_t days = timestamp_days(t, &usec);

    return (days + EPOCH_UNIX_DAYS) * SECS_PER_DAY + usec / USECS_PER_SEC;
}

/* ---- Words (datetime_word.c) ---- */

typedef enum WordKind {
    WORD_UNKNOWN,
    WORD_IGNORED,
    WORD_MONTH,
    WORD_WEEKDAY,
    WORD_AMPM,
    WORD_ERA,
    WORD_SPECIAL, /* SpecialDate */
    WORD_UNIT,    /* DateUnit */
    WORD_ISO_TIME,
    WORD_DAYLIGHT, /* DST behind a zone */
    WORD_AGO,
    WORD_ZONE,
} WordKind;

typedef enum DateUnit {
    UNIT_NONE,
    UNIT_MICROSECOND,
    UNIT_MILLISECOND,
    UNIT_SECOND,
    UNIT_MINUTE,
    UNIT_HOUR,
    UNIT_DAY,
    UNIT_WEEK,
    UNIT_MONTH,
    UNIT_QUARTER,
    UNIT_YEAR,
    UNIT_DECADE,
    UNIT_CENTURY,
    UNIT_MILLENNIUM,
    UNIT_JULIAN,
    UNIT_DOW,
    UNIT_DOY,
    UNIT_ISODOW,
    UNIT_ISOYEAR,
    UNIT_TIMEZONE,
    UNIT_TIMEZONE_HOUR,
    UNIT_TIMEZONE_MINUTE,
    UNIT_EPOCH,
    UNIT_TIME, /* "t", that a time follows */
} DateUnit;

/* The numbers are PostgreSQL's, which an error text shows. */
typedef enum SpecialDate {
    SPECIAL_NONE = 2,
    SPECIAL_EARLY = 9,
    SPECIAL_LATE = 10,
    SPECIAL_EPOCH = 11,
    SPECIAL_NOW = 12,
    SPECIAL_YESTERDAY = 13,
    SPECIAL_TODAY = 14,
    SPECIAL_TOMORROW = 15,
    SPECIAL_ZULU = 16,
} SpecialDate;

/* Words of dates and those of spans; in lower case, of which ten letters count. */
WordKind word_find(const char *word, int *value);
WordKind word_find_unit(const char *word, int *value);

/* ---- From text (datetime_read.c, interval_read.c) ---- */

typedef struct DateRead {
    DateTime parts;
    SpecialDate special; /* SPECIAL_NONE: parts has it */
} DateRead;

/*
 * A date with or without a time. parts.offset is that of the zone in the text; without one, that of
 * the session's, if needs_offset says so.
 */
DateError datetime_read(const char *text, size_t text_max, bool needs_offset, DateRead *out);

/* A time of the day; parts.offset as well. */
DateError time_read(const char *text, DateRead *out);

DateError interval_read(const char *text, int32_t range, Interval *out);

/* A zone that is named after AT TIME ZONE and the like: an abbreviation, a name or a rule. */
typedef struct ZoneNamed {
    const TimeZone *zone; /* NULL: it is an abbreviation */
    ZoneAbbrev abbrev;
} ZoneNamed;
void zone_read_name(const uint8_t *packed, ZoneNamed *out); /* 22023 when there is none */

/* As a zone: that of a dynamic abbreviation, or one with the offset that it has. */
const TimeZone *zone_of_name(const ZoneNamed *named);

/* +hh[:mm[:ss]] */
DateError zone_read_offset(const char *text, int32_t *offset);

/* ---- To text (datetime_write.c) ---- */

#define DATETIME_TEXT_MAX 128
#define INTERVAL_TEXT_MAX 192

/* Each returns the end; nothing is behind it. */
char *date_write(char *to, const DateTime *parts, DateStyle style, DateOrder order);
char *time_write(char *to, const DateTime *parts, bool has_zone, DateStyle style);
char *datetime_write(char *to, const DateTime *parts, bool has_zone, DateStyle style,
                     DateOrder order);
char *interval_write(char *to, const Interval *i, int style);
char *zone_write_offset(char *to, int32_t offset, DateStyle style);

/* ---- Rounding to a typmod ---- */

int64_t time_apply_typmod(int64_t usec, int32_t typmod);
void timestamp_apply_typmod(Timestamp *t, int32_t typmod);
void interval_apply_typmod(Interval *i, int32_t typmod);
int32_t interval_range(int32_t typmod);

/* ---- Days and moments, with and without a zone (timestamp_cast.c) ---- */

Timestamp timestamp_of_date(Date d);   /* 22008 when there is none */
Timestamp timestamptz_of_date(Date d); /* in the session's zone */
Date date_of_timestamp(Timestamp t);
Date date_of_timestamptz(Timestamp t);           /* in the session's zone */
Timestamp timestamptz_of_local(Timestamp local); /* in the session's zone */
Timestamp timestamp_of_tz(Timestamp t);          /* what clocks of the session show */

/* For comparisons: what is out of range lies between the finite ones and infinity. */
Timestamp timestamp_of_date_clamped(Date d);
Timestamp timestamptz_of_date_clamped(Date d);
Timestamp timestamptz_of_local_clamped(Timestamp local);

/* What clocks of the session show now, that is, when the transaction began. */
void datetime_now(DateTime *out);

/* ---- Operations that several types use ---- */

Timestamp timestamp_plus(Timestamp t, const Interval *i);
Timestamp timestamptz_plus(Timestamp t, const Interval *i, const TimeZone *zone);
void interval_negate(const Interval *i, Interval *out);
Interval interval_reverse(const Interval *i); /* as interval_negate(), but raises nothing */
void interval_sum(const Interval *a, const Interval *b, Interval *out);
void interval_difference(const Interval *a, const Interval *b, Interval *out);
int interval_compare(const Interval *a, const Interval *b);
__int128 interval_span(const Interval *i); /* microseconds, months of 30 days */
int timetz_compare(const TimeTz *a, const TimeTz *b);
Datum interval_result(const Interval *i);
Datum timetz_result(const TimeTz *t);

static inline const Interval *fmgr_interval(const FmgrCall *call, int n)
{
    return fmgr_pointer(call, n);
}

static inline const TimeTz *fmgr_timetz(const FmgrCall *call, int n)
{
    return fmgr_pointer(call, n);
}

#endif

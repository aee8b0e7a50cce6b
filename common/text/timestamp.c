/*
 * timestamp.c - points in time from and to text
 *
 * Reading goes from left to right over a copy in lower case: date or word, time, zone. Each reader
 * takes what it understands and leaves the rest, which in the end must be nothing.
 */
#include "common/base/base.h"

#include "common/text/timestamp.h"

#include <ctype.h>
#include <strings.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/civil.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"

#define USECS           1000000
#define FRACTION_DIGITS 15 /* that are looked at: what a double keeps */
#define OFFSET_HOURS    15 /* the largest, and 59 minutes and seconds */
#define ABBREV_VARIES   9999

typedef struct AbbrevRow {
    const char *name;
    int32_t offset;
    int since; /* the year from which on it means that */
} AbbrevRow;

typedef struct TimeReader {
    const char *text; /* as it was given, for errors */
    const char *at;   /* what is left, in lower case */
    const TimeZone *zone;
    const AbbrevRow *abbrev; /* that was in place of a zone */
    bool has_offset;
    int32_t offset;    /* when has_offset is set, which zone then does not count */
    int64_t day;       /* from 1970-01-01 */
    int64_t usec;      /* of the day, up to 24 hours */
    bool has_time;     /* not only a date */
    bool is_compact;   /* hours and minutes are not parted, and no fraction follows */
    bool is_bad_field; /* a part of date or time is out of range */
} TimeReader;

static const AbbrevRow abbrevs[] = {
#define ROW(name, offset, since) {#name, offset, since},
#include "common/text/zone_abbrev.def"
#undef ROW
};

static void add_clock(StrBuf *b, int64_t local_seconds);
static void add_fraction(StrBuf *b, int64_t usec);
static void add_offset(StrBuf *b, int32_t offset);
static PgTime now(void);
static bool read_special_day(TimeReader *r);
static bool read_date(TimeReader *r);
static bool read_time(TimeReader *r);
static int read_fraction(TimeReader *r);
static void check_minus(const TimeReader *r);
static void read_zone(TimeReader *r);
static void read_offset(TimeReader *r);
static void read_named_zone(TimeReader *r);
static bool is_zone_name(const char *name);
static const AbbrevRow *find_abbrev(const char *name);
static bool read_number(TimeReader *r, size_t digits_max, int *out);
static bool read_char(TimeReader *r, char c);
static bool skip_blanks(TimeReader *r);
static bool at_digit(const TimeReader *r);
static PgTime moment(const TimeReader *r);
static int32_t abbrev_offset(const AbbrevRow *abbrev, int64_t day);
_Noreturn static void raise_syntax(const TimeReader *r);

/* ---- to text ---- */

char *time_format(PgTime t, TimeForm form, const TimeZone *zone)
{
    int64_t unix_seconds = time_to_unix(t);
    int64_t usec = t % USECS + (t % USECS < 0 ? USECS : 0);
    ZoneOffset offset;
    StrBuf b;

    if (form == TIME_MANIFEST)
        zone = timezone_utc();
    if (form == TIME_ISO && (t == PG_TIME_INFINITY || t == PG_TIME_MINUS_INFINITY))
        return mem_strdup(t > 0 ? "infinity" : "-infinity");
    offset = timezone_offset_at(zone != NULL ? zone : timezone_local(), unix_seconds);
    strbuf_init(&b);
    add_clock(&b, unix_seconds + offset.seconds);
    switch (form) {
    case TIME_ISO:
        add_fraction(&b, usec);
        add_offset(&b, offset.seconds);
        break;
    case TIME_FULL:
        strbuf_add_fmt(&b, ".%06d %s", (int)usec, offset.abbreviation);
        break;
    case TIME_LOG:
        strbuf_add_fmt(&b, ".%03d %s", (int)(usec / 1000), offset.abbreviation);
        break;
    case TIME_LABEL:
        strbuf_add_fmt(&b, " %s", offset.abbreviation);
        break;
    case TIME_MANIFEST:
        strbuf_add(&b, " GMT");
        break;
    }
    if (civil_from_days(civil_days_of(unix_seconds + offset.seconds)).year < 1)
        strbuf_add(&b, " BC");
    return b.text;
}

/* "2026-11-22 07:16:44"; there is no year 0 in this, but BC. */
static void add_clock(StrBuf *b, int64_t local_seconds)
{
    int64_t days = civil_days_of(local_seconds);
    int second = (int)(local_seconds - days * DAY_SECONDS);
    CivilDate date = civil_from_days(days);

    strbuf_add_fmt(b, "%04" PRId64 "-%02d-%02d %02d:%02d:%02d",
                   date.year > 0 ? date.year : 1 - date.year, date.month, date.day, second / 3600,
                   second / 60 % 60, second % 60);
}

/* As many digits as it takes. */
static void add_fraction(StrBuf *b, int64_t usec)
{
    if (usec == 0)
        return;
    strbuf_add_fmt(b, ".%06d", (int)usec);
    while (b->text[b->len - 1] == '0')
        strbuf_cut(b, b->len - 1);
}

/* "+01", "+05:30" or "+00:53:28". */
static void add_offset(StrBuf *b, int32_t offset)
{
    int seconds = offset < 0 ? -offset : offset;

    strbuf_add_fmt(b, "%c%02d", offset < 0 ? '-' : '+', seconds / 3600);
    if (seconds % 3600 != 0)
        strbuf_add_fmt(b, ":%02d", seconds / 60 % 60);
    if (seconds % 60 != 0)
        strbuf_add_fmt(b, ":%02d", seconds % 60);
}

int64_t time_to_unix(PgTime t)
{
    return t / USECS - (t % USECS < 0) + PG_EPOCH_UNIX;
}

PgTime time_from_unix(int64_t unix_seconds)
{
    return (unix_seconds - PG_EPOCH_UNIX) * USECS;
}

/* ---- from text ---- */

PgTime time_parse(const char *text, const TimeZone *zone)
{
    TimeReader r = {.text = text, .zone = zone != NULL ? zone : timezone_local()};
    char *lower = str_trim(text);
    bool has_gap;

    for (char *c = lower; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    r.at = lower;
    if (str_equal(lower, "now"))
        return now();
    if (str_equal(lower, "epoch"))
        return time_from_unix(0);
    if (str_equal(lower, "infinity") || str_equal(lower, "-infinity"))
        err_raise(SQLSTATE_DATETIME_FIELD_OVERFLOW,
                  .message = err_fmt("timestamp is not finite: \"%s\"", text));

    if (!read_special_day(&r) && !read_date(&r))
        raise_syntax(&r);
    has_gap = skip_blanks(&r);
    if (!has_gap && r.at[0] == 't' && r.at[1] >= '0' && r.at[1] <= '9')
        has_gap = read_char(&r, 't');
    if (at_digit(&r) && (!has_gap || !read_time(&r)))
        raise_syntax(&r);
    if (!skip_blanks(&r) && (r.has_time || !has_gap))
        check_minus(&r);
    if (*r.at != '\0')
        read_zone(&r);
    if (*r.at != '\0')
        raise_syntax(&r);
    return moment(&r);
}

static PgTime now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return time_from_unix(t.tv_sec) + t.tv_nsec / 1000;
}

/* The date is that of today in the reader's zone, also when another zone follows. */
static bool read_special_day(TimeReader *r)
{
    static const struct {
        const char *word;
        int days;
    } words[] = {{"today", 0}, {"tomorrow", 1}, {"yesterday", -1}};
    size_t len = strcspn(r->at, " \t\r\n");
    int64_t unix_seconds = time_to_unix(now());

    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strlen(words[i].word) == len && memcmp(words[i].word, r->at, len) == 0) {
            int32_t offset = timezone_offset_at(r->zone, unix_seconds).seconds;

            r->at += len;
            r->day = civil_days_of(unix_seconds + offset) + words[i].days;
            return true;
        }
    return false;
}

/* YYYY-MM-DD with three digits of the year or more, or YYYYMMDD. */
static bool read_date(TimeReader *r)
{
    size_t digit_count = strspn(r->at, "0123456789");
    int year, month, day;

    if (digit_count < 3 || !read_number(r, 8, &year))
        return false;
    if (digit_count == 8) {
        day = year % 100;
        month = year / 100 % 100;
        year /= 10000;
    } else if (!read_char(r, '-') || !read_number(r, 2, &month) || !read_char(r, '-') ||
               !read_number(r, 2, &day)) {
        return false;
    }
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > civil_month_days(year, month))
        r->is_bad_field = true;
    else
        r->day = civil_to_days(year, month, day);
    return true;
}

/* HH:MM, HH:MM:SS.FFF, HHMM or HHMMSS.FFF. */
static bool read_time(TimeReader *r)
{
    size_t digit_count = strspn(r->at, "0123456789");
    int hour, minute, second = 0, usec = 0;
    bool has_seconds = false;

    r->has_time = true;
    r->is_compact = digit_count > 2;
    if (!read_number(r, 6, &hour))
        return false;
    if (digit_count <= 2) {
        if (!read_char(r, ':') || !read_number(r, 2, &minute))
            return false;
        has_seconds = read_char(r, ':');
        if (has_seconds && !read_number(r, 2, &second))
            return false;
    } else if (digit_count == 4) {
        minute = hour % 100;
        hour /= 100;
    } else if (digit_count == 6) {
        has_seconds = true;
        second = hour % 100;
        minute = hour / 100 % 100;
        hour /= 10000;
    } else {
        return false;
    }
    if (has_seconds && read_char(r, '.')) {
        if (r->is_compact && !at_digit(r))
            return false;
        usec = read_fraction(r);
        r->is_compact = false;
    }

    /* A minute may have a second 60, a day may end at 24:00:00 and no later. */
    r->usec = ((hour * 60 + minute) * INT64_C(60) + second) * USECS + usec;
    if (minute > 59 || second > 60 || r->usec > INT64_C(24) * 3600 * USECS)
        r->is_bad_field = true;
    return true;
}

/* Digits behind the point in microseconds, rounded as PostgreSQL's arithmetic rounds. */
static int read_fraction(TimeReader *r)
{
    double value = 0, scale = 1;
    int whole;
    double rest;

    for (int i = 0; at_digit(r); r->at++)
        if (i++ < FRACTION_DIGITS) {
            value = value * 10 + (*r->at - '0');
            scale *= 10;
        }
    value = value / scale * USECS;
    whole = (int)value;
    rest = value - whole;
    return whole + (rest > 0.5 || (rest == 0.5 && whole % 2 == 1));
}

/* A minus right behind digits could part them from more of a date: PostgreSQL takes it so. */
static void check_minus(const TimeReader *r)
{
    if (*r->at == '-' && (!r->has_time || (r->is_compact && strchr(r->at, ':') != NULL)))
        raise_syntax(r);
}

static void read_zone(TimeReader *r)
{
    if (*r->at == '+' || *r->at == '-')
        read_offset(r);
    else if (*r->at >= 'a' && *r->at <= 'z')
        read_named_zone(r);
    else
        raise_syntax(r);
}

/* +HH, +HHMM, +HH:MM or +HH:MM:SS. */
static void read_offset(TimeReader *r)
{
    bool is_negative = *r->at++ == '-';
    size_t digit_count = strspn(r->at, "0123456789");
    int hours, minutes = 0, seconds = 0;

    if (!read_number(r, 4, &hours))
        raise_syntax(r);
    if (digit_count > 2) {
        minutes = hours % 100;
        hours /= 100;
    } else if (read_char(r, ':')) {
        if (!read_number(r, 2, &minutes) || (read_char(r, ':') && !read_number(r, 2, &seconds)))
            raise_syntax(r);
    }
    if (hours > OFFSET_HOURS || minutes > 59 || seconds > 59)
        err_raise(SQLSTATE_INVALID_TIME_ZONE_DISPLACEMENT,
                  .message = err_fmt("time zone displacement out of range: \"%s\"", r->text));
    r->has_offset = true;
    r->offset = (hours * 60 + minutes) * 60 + seconds;
    if (is_negative)
        r->offset = -r->offset;
}

/* Abbreviations come first: "CET" is one hour also in summer, other than the zone of that name. */
static void read_named_zone(TimeReader *r)
{
    char *name = mem_strndup(r->at, strcspn(r->at, " \t\r\n"));

    if (!is_zone_name(name))
        raise_syntax(r);
    r->at += strlen(name);
    r->abbrev = find_abbrev(name);
    if (r->abbrev != NULL)
        return;
    /* What follows a T is a time, a wrong one here, though "T:30" might be a zone's rule. */
    if ((*name == 'T' || *name == 't') && !isalpha((unsigned char)name[1]))
        raise_syntax(r);
    r->zone = timezone_find(name);
    if (r->zone == NULL && strpbrk(name, "/0123456789") == NULL)
        raise_syntax(r);
    if (r->zone == NULL)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("time zone \"%s\" not recognized", name));
}

/*
 * Would PostgreSQL take all of it for one word? Not where another character comes first behind the
 * letters, and not digits behind a word of dates, which are a field of their own.
 */
static bool is_zone_name(const char *name)
{
    static const char *const date_words[] = {
        "apr",       "april",     "aug",      "august",   "dec",      "december", "dow",
        "doy",       "epoch",     "feb",      "february", "fri",      "friday",   "isodow",
        "isoyear",   "jan",       "january",  "jul",      "july",     "jun",      "june",
        "mar",       "march",     "may",      "mon",      "monday",   "nov",      "november",
        "now",       "oct",       "october",  "sat",      "saturday", "sep",      "sept",
        "september", "sun",       "sunday",   "thu",      "thur",     "thurs",    "thursday",
        "today",     "tomorrow",  "tue",      "tues",     "tuesday",  "wed",      "weds",
        "wednesday", "yesterday", "infinity", "allballs",
    };
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz");

    if (name[len] == '\0')
        return true;
    if (strchr("-/.+0123456789", name[len]) == NULL ||
        name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789+-/_.:")] != '\0')
        return false;
    if (name[len] != '+' && !isdigit((unsigned char)name[len]))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(date_words); i++)
        if (strlen(date_words[i]) == len && memcmp(date_words[i], name, len) == 0)
            return false;
    return len > 2; /* shorter ones are units and such */
}

static const AbbrevRow *find_abbrev(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(abbrevs); i++)
        if (strcasecmp(abbrevs[i].name, name) == 0)
            return &abbrevs[i];
    return NULL;
}

/* A number of one to digits_max digits, at most eight. */
static bool read_number(TimeReader *r, size_t digits_max, int *out)
{
    size_t len = strspn(r->at, "0123456789");
    int value = 0;

    if (len == 0 || len > digits_max)
        return false;
    for (const char *end = r->at + len; r->at < end; r->at++)
        value = value * 10 + (*r->at - '0');
    *out = value;
    return true;
}

static bool read_char(TimeReader *r, char c)
{
    if (*r->at != c)
        return false;
    r->at++;
    return true;
}

/* True when there was any. */
static bool skip_blanks(TimeReader *r)
{
    size_t len = strspn(r->at, " \t\r\n");

    r->at += len;
    return len > 0;
}

static bool at_digit(const TimeReader *r)
{
    return *r->at >= '0' && *r->at <= '9';
}

/* What was read, as a point in time. */
static PgTime moment(const TimeReader *r)
{
    int64_t local_seconds = r->day * DAY_SECONDS + r->usec / USECS;
    int64_t unix_seconds;

    if (r->is_bad_field)
        err_raise(SQLSTATE_DATETIME_FIELD_OVERFLOW,
                  .message = err_fmt("date/time field value out of range: \"%s\"", r->text));
    if (r->abbrev != NULL)
        unix_seconds = local_seconds - abbrev_offset(r->abbrev, r->day);
    else if (r->has_offset)
        unix_seconds = local_seconds - r->offset;
    else
        unix_seconds = timezone_to_unix(r->zone, local_seconds);

    /* Year 1, where reading begins, is far from the other end. */
    if (unix_seconds >= time_to_unix(PG_TIME_END))
        err_raise(SQLSTATE_DATETIME_FIELD_OVERFLOW,
                  .message = err_fmt("timestamp out of range: \"%s\"", r->text));
    return time_from_unix(unix_seconds) + r->usec % USECS;
}

static int32_t abbrev_offset(const AbbrevRow *abbrev, int64_t day)
{
    if (abbrev->since == ABBREV_VARIES || civil_from_days(day).year < abbrev->since)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("time zone abbreviation \"%s\" is ambiguous at that time",
                                     abbrev->name),
                  .hint = "Use an offset such as +03, or the full name of the time zone.");
    return abbrev->offset;
}

static void raise_syntax(const TimeReader *r)
{
    err_raise(SQLSTATE_INVALID_DATETIME_FORMAT,
              .message = err_fmt("invalid input syntax for type timestamp with time zone: \"%s\"",
                                 r->text));
}

/*
 * values_time.c - values of dates, times, timestamps and intervals, in the forms that people write
 *
 * "now" is left out: two processes do not call at the same moment.
 */
#include "common/base/base.h"

#include "tests/types/values.h"

static int pick(Seed *s, int min, int max)
{
    return min + (int)seed_below(s, (uint64_t)(max - min + 1));
}

/* Mostly of our time, but also where eras and ranges end. */
static int year(Seed *s)
{
    switch (seed_below(s, 12)) {
    case 0:
        return pick(s, 0, 120);
    case 1:
        return pick(s, 1, 9999);
    case 2:
        return pick(s, 4700, 4716);
    case 3:
        return pick(s, 294270, 294280);
    case 4:
        return pick(s, 10000, 5874899);
    case 5:
        return pick(s, 0, 5) * 400 + pick(s, 0, 1) * 100;
    case 6:
        return pick(s, 1880, 1950);
    default:
        return pick(s, 1960, 2060);
    }
}

static int month(Seed *s)
{
    return value_chance(s, 2) ? pick(s, 0, 14) : pick(s, 1, 12);
}

static int day(Seed *s)
{
    return value_chance(s, 3)    ? pick(s, 0, 33)
           : value_chance(s, 15) ? pick(s, 28, 31)
                                 : pick(s, 1, 28);
}

/* Parts with labels: y2001m02d04. */
static void add_labels(Seed *s, StrBuf *out, const char *labels, size_t count)
{
    for (; *labels != '\0' && count > 0; labels++, count--) {
        strbuf_add_fmt(out, "%s%c%d", value_chance(s, 40) ? " " : "", *labels,
                       *labels == 'y' ? year(s) : pick(s, 0, value_chance(s, 10) ? 70 : 14));
        if (value_chance(s, 6))
            strbuf_add(out, ".5");
        if (value_chance(s, 4))
            strbuf_add(out, VALUE_PICK(s, "m", "mm", "h", "s", "d ", "j", "t"));
    }
}

static const char *month_name(Seed *s)
{
    return VALUE_PICK(s, "Jan", "feb", "MAR", "april", "May", "June", "july", "Aug", "Sept", "sep",
                      "October", "november", "Dec", "Decembre");
}

static void add_date(Seed *s, StrBuf *out)
{
    int y = year(s), m = month(s), d = day(s);

    switch (seed_below(s, 21)) {
    case 20:
        add_labels(s, out, VALUE_PICK(s, "ymd", "dmy", "mdy", "yd"), 4);
        break;
    case 0:
        strbuf_add_fmt(out, "%d/%d/%d", m, d, y);
        break;
    case 1:
        strbuf_add_fmt(out, "%d.%d.%d", d, m, y);
        break;
    case 2:
        strbuf_add_fmt(out, "%d-%d-%d", d, m, y % 100);
        break;
    case 3:
        strbuf_add_fmt(out, "%04d%02d%02d", y, m, d);
        break;
    case 4:
        strbuf_add_fmt(out, "%02d%02d%02d", y % 100, m, d);
        break;
    case 5:
        strbuf_add_fmt(out, "%s %d, %d", month_name(s), d, y);
        break;
    case 6:
        strbuf_add_fmt(out, "%d-%s-%d", d, month_name(s), y);
        break;
    case 7:
        strbuf_add_fmt(out, "%d %s %d", value_chance(s, 50) ? y : d, month_name(s),
                       value_chance(s, 50) ? y : d);
        break;
    case 8:
        strbuf_add_fmt(out, "J%d", pick(s, 0, 3000000));
        break;
    case 9:
        /* Before 4714 BC PostgreSQL makes another date of a day of the year. */
        strbuf_add_fmt(out, "%d.%03d", y % 4700, pick(s, 0, 367));
        break;
    case 10:
        strbuf_add_fmt(out, "%s %s %d %d", VALUE_PICK(s, "Mon", "tuesday", "Wed,", "fri."),
                       month_name(s), d, y);
        break;
    case 11:
        strbuf_add_fmt(out, "%d-%d", y, m);
        break;
    case 12:
        strbuf_add_fmt(out, "%d %d %d", y, m, d);
        break;
    default:
        strbuf_add_fmt(out, "%04d-%02d-%02d", y, m, d);
    }
    if (value_chance(s, 6))
        strbuf_add(out, VALUE_PICK(s, " BC", " AD", " bc", "BC"));
}

static void add_fraction(Seed *s, StrBuf *out)
{
    uint64_t v = seed_u64(s);

    switch (seed_below(s, 5)) {
    case 0:
        strbuf_add_fmt(out, ".%06d", (int)(v % 1000000));
        break;
    case 1:
        strbuf_add_fmt(out, ".%d", (int)(v % 1000));
        break;
    case 2:
        strbuf_add_fmt(out, ".%09d", (int)(v % 1000000000));
        break;
    case 3:
        strbuf_add(out, VALUE_PICK(s, ".", ".9999999", ".999999", ".9999995", ".0000005", ".5"));
        break;
    default:
        break;
    }
}

static void add_clock(Seed *s, StrBuf *out)
{
    int h = value_chance(s, 4) ? pick(s, 0, 26) : pick(s, 0, 23);
    int m = value_chance(s, 3) ? pick(s, 55, 61) : pick(s, 0, 59);
    int sec = value_chance(s, 8) ? pick(s, 58, 61) : pick(s, 0, 59);

    switch (seed_below(s, 13)) {
    case 12:
        add_labels(s, out, VALUE_PICK(s, "hms", "hs", "smh", "hmms"), seed_below(s, 5));
        break;
    case 0:
        strbuf_add_fmt(out, "%02d:%02d", h, m);
        break;
    case 1:
        strbuf_add_fmt(out, "%02d%02d%02d", h, m, sec);
        add_fraction(s, out);
        break;
    case 2:
        strbuf_add_fmt(out, "%d:%02d:%02d", pick(s, 0, 13), m, sec);
        add_fraction(s, out);
        strbuf_add(out, VALUE_PICK(s, " AM", " PM", "pm", "am", " a.m."));
        break;
    case 3:
        strbuf_add_fmt(out, "%02d%02d", h, m);
        break;
    case 4:
        strbuf_add(out, VALUE_PICK(s, "24:00:00", "24:00", "23:59:60", "00:00:00", "allballs",
                                   "24:00:01", "23:59:59.9999999", "240000", "00:00:60"));
        break;
    default:
        strbuf_add_fmt(out, "%02d:%02d:%02d", h, m, sec);
        add_fraction(s, out);
    }
}

void value_zone(Seed *s, StrBuf *out)
{
    switch (seed_below(s, 6)) {
    case 0:
        strbuf_add_fmt(out, "%c%02d", value_chance(s, 50) ? '-' : '+', pick(s, 0, 17));
        break;
    case 1:
        strbuf_add_fmt(out, "%c%02d:%02d", value_chance(s, 50) ? '-' : '+', pick(s, 0, 16),
                       pick(s, 0, 60));
        break;
    case 2:
        strbuf_add_fmt(out, "%c%02d%02d", value_chance(s, 50) ? '-' : '+', pick(s, 0, 16),
                       pick(s, 0, 60));
        break;
    case 3:
        strbuf_add(out, VALUE_PICK(s, "EST", "pdt", "UTC", "Z", "z", "CET", "CEST", "MSK", "IST",
                                   "EST5EDT", "GMT", "zulu", "BST", "MESZ", "LMT", "ARST", "FJST",
                                   "MSD", "YEKT", "+05:45:10", "PST8PDT", "EST DST", "MET DST",
                                   "HST", "NZDT", "UCT", "XYZ", "EET", "WGST"));
        break;
    default:
        strbuf_add(out, VALUE_PICK(s, "America/New_York", "Europe/Berlin", "asia/kolkata",
                                   "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Tehran",
                                   "Pacific/Apia", "Europe/London", "Africa/Casablanca",
                                   "Etc/GMT+5", "America/Caracas", "Europe/Moscow", "Nowhere/Land",
                                   "UTC+3", "Antarctica/Troll", "Europe/Dublin"));
    }
}

static bool add_special(Seed *s, StrBuf *out)
{
    if (!value_chance(s, 8))
        return false;
    strbuf_add(out, VALUE_PICK(s, "infinity", "-infinity", "epoch", "today", "tomorrow",
                               "yesterday", "+infinity", "Infinity", " EPOCH ", "infinity BC",
                               "today 12:00", "tomorrow allballs", "epoch 12:00", "",
                               "yesterday zulu", "infinitely", "-infinit"));
    return true;
}

static void add_space(Seed *s, StrBuf *out)
{
    strbuf_add(out, value_chance(s, 90) ? " " : VALUE_PICK(s, "", "  ", "\t", ",", ", "));
}

void value_date(Seed *s, StrBuf *out)
{
    if (add_special(s, out))
        return;
    add_date(s, out);
    if (value_chance(s, 5)) {
        add_space(s, out);
        add_clock(s, out);
    }
}

void value_time(Seed *s, StrBuf *out)
{
    if (value_chance(s, 4)) {
        add_date(s, out);
        add_space(s, out);
    } else if (value_chance(s, 3)) {
        strbuf_add(out, "T");
    }
    add_clock(s, out);
    if (value_chance(s, 10)) {
        add_space(s, out);
        value_zone(s, out);
    }
}

void value_timetz(Seed *s, StrBuf *out)
{
    if (value_chance(s, 20)) {
        add_date(s, out);
        add_space(s, out);
    }
    add_clock(s, out);
    if (value_chance(s, 80)) {
        strbuf_add(out, value_chance(s, 50) ? "" : " ");
        value_zone(s, out);
    }
}

/* Clocks near the changes of some zones, where they skip or repeat an hour. */
static void add_change(Seed *s, StrBuf *out)
{
    strbuf_add(out, VALUE_PICK(s, "2024-03-10 0", "2024-11-03 0", "2024-03-31 0", "2024-10-27 0",
                               "2018-11-04 0", "2018-02-17 2", "2011-12-30 1", "1995-04-02 0",
                               "2040-03-25 0", "2040-10-28 0", "2100-03-14 0", "1883-11-18 1",
                               "2014-10-26 0", "1940-06-14 2", "2016-05-01 0", "2023-03-26 0"));
    strbuf_add_fmt(out, "%d:%02d:%02d", pick(s, 0, 3), pick(s, 0, 59), pick(s, 0, 59));
}

static void add_timestamp(Seed *s, StrBuf *out)
{
    if (add_special(s, out))
        return;
    if (value_chance(s, 8)) {
        add_change(s, out);
        return;
    }
    add_date(s, out);
    if (value_chance(s, 10))
        return;
    strbuf_add(out, value_chance(s, 10) ? "T" : " ");
    add_clock(s, out);
}

void value_timestamp(Seed *s, StrBuf *out)
{
    add_timestamp(s, out);
    if (value_chance(s, 5))
        value_zone(s, out);
}

void value_timestamptz(Seed *s, StrBuf *out)
{
    add_timestamp(s, out);
    if (value_chance(s, 60)) {
        strbuf_add(out, value_chance(s, 50) ? "" : " ");
        value_zone(s, out);
    }
    if (value_chance(s, 3))
        strbuf_add(out, " BC");
}

static void add_number(Seed *s, StrBuf *out)
{
    if (value_chance(s, 30))
        strbuf_add(out, value_chance(s, 80) ? "-" : "+");
    switch (seed_below(s, 12)) {
    case 0:
        strbuf_add_fmt(out, "%" PRIu64, seed_u64(s) >> seed_below(s, 64));
        break;
    case 1:
        strbuf_add(out, VALUE_PICK(s, "0", "1", "178956970", "178956971", "2147483647",
                                   "2147483648", "9223372036854775807", "2562047788"));
        break;
    default:
        strbuf_add_fmt(out, "%d", pick(s, 0, 70));
    }
    if (value_chance(s, 25))
        add_fraction(s, out);
}

static void add_units(Seed *s, StrBuf *out)
{
    static const char *const units[] = {
        "year",   "years",     "y",       "mons",    "month", "mon",          "days",
        "day",    "d",         "weeks",   "week",    "w",     "hours",        "hour",
        "h",      "hr",        "min",     "minutes", "m",     "sec",          "seconds",
        "s",      "ms",        "msec",    "us",      "usec",  "milliseconds", "microseconds",
        "decade", "centuries", "century", "c",       "mil",   "millennium",   "dec",
        "qtr",    "quarter",   "timezone"};

    if (value_chance(s, 10))
        strbuf_add(out, "@ ");
    for (uint64_t i = 1 + seed_below(s, 4); i > 0; i--) {
        add_number(s, out);
        if (value_chance(s, 80))
            strbuf_add_char(out, ' ');
        if (value_chance(s, 95))
            strbuf_add(out, value_pick(s, units, ARRAY_LEN(units)));
        strbuf_add_char(out, ' ');
    }
    if (value_chance(s, 30)) {
        if (value_chance(s, 30))
            strbuf_add(out, value_chance(s, 50) ? "-" : "+");
        add_clock(s, out);
    }
    if (value_chance(s, 8))
        strbuf_add(out, " ago");
}

static void add_iso(Seed *s, StrBuf *out)
{
    static const char *const before[] = {"Y", "M", "W", "D", "-"};
    static const char *const behind[] = {"H", "M", "S", ":"};

    strbuf_add_char(out, 'P');
    if (value_chance(s, 15)) {
        strbuf_add_fmt(out, "%04d%02d%02d", pick(s, 0, 9999), pick(s, 0, 13), pick(s, 0, 40));
        if (value_chance(s, 60))
            strbuf_add_fmt(out, "T%02d%02d%02d", pick(s, 0, 30), pick(s, 0, 60), pick(s, 0, 61));
        if (value_chance(s, 30))
            add_fraction(s, out);
        return;
    }
    if (value_chance(s, 15)) {
        strbuf_add_fmt(out, "%04d-%02d-%02d", pick(s, 0, 9999), pick(s, 0, 13), pick(s, 0, 40));
        if (value_chance(s, 60))
            strbuf_add_fmt(out, "T%02d:%02d:%02d", pick(s, 0, 30), pick(s, 0, 60), pick(s, 0, 61));
        return;
    }
    for (uint64_t i = seed_below(s, 4); i > 0; i--) {
        add_number(s, out);
        strbuf_add(out, value_pick(s, before, ARRAY_LEN(before)));
    }
    if (value_chance(s, 70)) {
        strbuf_add_char(out, 'T');
        for (uint64_t i = 1 + seed_below(s, 3); i > 0; i--) {
            add_number(s, out);
            strbuf_add(out, value_pick(s, behind, ARRAY_LEN(behind)));
        }
    }
}

void value_interval(Seed *s, StrBuf *out)
{
    switch (seed_below(s, 8)) {
    case 0:
        add_iso(s, out);
        break;
    case 1:
        strbuf_add_fmt(out, "%s%d-%d", VALUE_PICK(s, "", "-", "+"), pick(s, 0, 200),
                       pick(s, 0, 12));
        if (value_chance(s, 60)) {
            strbuf_add_fmt(out, " %s%d %s", VALUE_PICK(s, "", "-", "+"), pick(s, 0, 40),
                           VALUE_PICK(s, "", "-", "+"));
            add_clock(s, out);
        }
        break;
    case 2:
        strbuf_add(out, VALUE_PICK(s, "0", "1 mon", "30 days", "24:00:00", "-1 day 24:00:00", "",
                                   "2147483647 days", "-2147483648 days", "178956970 years",
                                   "-178956970 years -8 mons", "9223372036854775807 us",
                                   "-9223372036854775808 us", "1 mon -30 days", "infinity", "P",
                                   "PT", "PT1e5S", "P1e400Y", "P-infY", "P1e-400D", "00:00:00.1e3",
                                   "2562047788:00:54.775807", "-2562047788:00:54.775808"));
        break;
    case 3:
        strbuf_add_fmt(out, "%s%d:%02d:%02d", VALUE_PICK(s, "", "-", "+"), pick(s, 0, 1000),
                       pick(s, 0, 60), pick(s, 0, 60));
        add_fraction(s, out);
        break;
    case 4:
        strbuf_add_fmt(out, "%d", pick(s, -1000, 1000));
        add_fraction(s, out);
        break;
    default:
        add_units(s, out);
    }
}

/* Where PostgreSQL wraps when values are farther apart than 64 bits can say. */
void value_timestamp_usual(Seed *s, StrBuf *out)
{
    if (value_chance(s, 3)) {
        strbuf_add(out, VALUE_PICK(s, "infinity", "-infinity"));
        return;
    }
    strbuf_add_fmt(out, "%04d-%02d-%02d ", year(s) % 100000 + 1, pick(s, 1, 12), pick(s, 1, 28));
    add_clock(s, out);
}

/* Where PostgreSQL has a time of more than a day for a span at the end of its range. */
void value_interval_usual(Seed *s, StrBuf *out)
{
    strbuf_add_fmt(out, "%d days %d seconds", pick(s, -40, 40), pick(s, -1000000, 1000000));
    add_fraction(s, out);
}

/* Numbers that dates are made of. */
void value_date_number(Seed *s, StrBuf *out)
{
    strbuf_add_fmt(out, "%d", value_chance(s, 20) ? pick(s, -5000, 300000) : pick(s, 0, 29));
}

void value_seconds(Seed *s, StrBuf *out)
{
    strbuf_add_fmt(out, "%d", pick(s, value_chance(s, 10) ? -100000 : 0, 60));
    add_fraction(s, out);
    if (value_chance(s, 3))
        strbuf_add(out, "e5");
}

/* Seconds since 1970. */
void value_epoch(Seed *s, StrBuf *out)
{
    if (value_chance(s, 30))
        value_float8(s, out);
    else
        strbuf_add_fmt(out, "%.17g",
                       ((double)(int64_t)seed_u64(s)) / (double)(INT64_C(1) << seed_below(s, 50)));
}

/* Series that are not long. */
void value_series_bound(Seed *s, StrBuf *out)
{
    strbuf_add_fmt(out, "2024-%02d-%02d ", pick(s, 3, 5), pick(s, 1, 30));
    strbuf_add_fmt(out, "%02d:%02d", pick(s, 0, 23), pick(s, 0, 59));
}

void value_series_step(Seed *s, StrBuf *out)
{
    if (value_chance(s, 5))
        strbuf_add(out, VALUE_PICK(s, "0", "1 mon -30 days", "-1 mon 30 days"));
    else
        strbuf_add_fmt(out, "%s%d %s", value_chance(s, 30) ? "-" : "", pick(s, 1, 50),
                       VALUE_PICK(s, "hours", "days", "weeks", "mons", "years", "days 3 hours"));
}

/* Precision of times, with what is out of range. */
void value_precision(Seed *s, StrBuf *out)
{
    strbuf_add_fmt(out, "%d", value_chance(s, 8) ? pick(s, -3, 9) : pick(s, -1, 6));
}

void value_interval_typmod(Seed *s, StrBuf *out)
{
    static const int ranges[] = {0x7FFF, 4,    2,    8,    1024, 2048, 4096, 6,
                                 1032,   3080, 7176, 3072, 7168, 6144, 12};
    int precision = value_chance(s, 50) ? 0xFFFF : pick(s, 0, value_chance(s, 10) ? 9 : 6);

    strbuf_add_fmt(
        out, "%d",
        value_chance(s, 10) ? -1 : ranges[seed_below(s, ARRAY_LEN(ranges))] << 16 | precision);
}

/* Fields of extract() and the like. */
void value_field(Seed *s, StrBuf *out)
{
    strbuf_add(out,
               VALUE_PICK(s, "microseconds", "us", "milliseconds", "ms", "second", "minute", "hour",
                          "day", "week", "month", "quarter", "year", "decade", "century",
                          "millennium", "julian", "dow", "isodow", "doy", "isoyear", "epoch",
                          "timezone", "timezone_hour", "timezone_m", "timezone_minute", "Year",
                          "DAYS", "mons", "j", "m", "mm", "h", "d", "hours", "usec", "fortnight",
                          "", "millenia", "isod", "timezone_h", "w", "c", "dec"));
}

/* The state of an average. */
void value_interval_state(Seed *s, StrBuf *out)
{
    if (value_chance(s, 4)) {
        strbuf_add(out, VALUE_PICK(s, "{}", "{1 day}", "{1 day,2 days,3 days}"));
        return;
    }
    strbuf_add_fmt(out, "{%d mons %d days %d seconds,%d us}", pick(s, -100, 1000), pick(s, -10, 99),
                   pick(s, -100000, 100000), pick(s, 0, 100));
}

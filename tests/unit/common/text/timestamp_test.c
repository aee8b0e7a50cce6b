/*
 * timestamp_test.c - points in time from and to text
 *
 * tests/scenario/text/times_are_read_as_the_server_does.sh holds far more of them against a server.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "common/text/timestamp.h"
#include "tests/unit/unit.h"

#define T UINT64_C(848646000400749) /* 2026-11-22 07:00:00.400749 UTC */

static const TimeZone *zone(const char *name)
{
    const TimeZone *z = timezone_find(name);

    CU_ASSERT_PTR_NOT_NULL_FATAL(z);
    return z;
}

/* ---- to text ---- */

static void each_form_has_its_fraction_and_zone(void)
{
    const TimeZone *berlin = zone("Europe/Berlin");

    CU_ASSERT_STRING_EQUAL(time_format(T, TIME_ISO, berlin), "2026-11-22 08:00:00.400749+01");
    CU_ASSERT_STRING_EQUAL(time_format(T, TIME_FULL, berlin), "2026-11-22 08:00:00.400749 CET");
    CU_ASSERT_STRING_EQUAL(time_format(T, TIME_LOG, berlin), "2026-11-22 08:00:00.400 CET");
    CU_ASSERT_STRING_EQUAL(time_format(T, TIME_LABEL, berlin), "2026-11-22 08:00:00 CET");
    CU_ASSERT_STRING_EQUAL(time_format(T, TIME_MANIFEST, berlin), "2026-11-22 07:00:00 GMT");
    CU_ASSERT_STRING_EQUAL(time_format(T, TIME_LABEL, timezone_utc()), "2026-11-22 07:00:00 UTC");
    CU_ASSERT_STRING_EQUAL(time_format(T, TIME_ISO, NULL),
                           time_format(T, TIME_ISO, timezone_local()));
}

static void fractions_and_offsets_are_as_long_as_needed(void)
{
    const TimeZone *utc = timezone_utc();

    CU_ASSERT_STRING_EQUAL(time_format(0, TIME_ISO, utc), "2000-01-01 00:00:00+00");
    CU_ASSERT_STRING_EQUAL(time_format(500000, TIME_ISO, utc), "2000-01-01 00:00:00.5+00");
    CU_ASSERT_STRING_EQUAL(time_format(10, TIME_ISO, utc), "2000-01-01 00:00:00.00001+00");
    CU_ASSERT_STRING_EQUAL(time_format(10, TIME_FULL, utc), "2000-01-01 00:00:00.000010 UTC");
    CU_ASSERT_STRING_EQUAL(time_format(-1, TIME_ISO, utc), "1999-12-31 23:59:59.999999+00");
    CU_ASSERT_STRING_EQUAL(time_format(0, TIME_ISO, zone("Asia/Kolkata")),
                           "2000-01-01 05:30:00+05:30");
    CU_ASSERT_STRING_EQUAL(time_format(0, TIME_ISO, zone("America/New_York")),
                           "1999-12-31 19:00:00-05");
    CU_ASSERT_STRING_EQUAL(time_format(INT64_C(-3786825600000000), TIME_ISO, zone("Europe/Berlin")),
                           "1880-01-01 00:53:28+00:53:28");
}

static void the_ends_of_time_are_written(void)
{
    const TimeZone *utc = timezone_utc();

    CU_ASSERT_STRING_EQUAL(time_format(PG_TIME_INFINITY, TIME_ISO, utc), "infinity");
    CU_ASSERT_STRING_EQUAL(time_format(PG_TIME_MINUS_INFINITY, TIME_ISO, utc), "-infinity");
    CU_ASSERT_STRING_EQUAL(time_format(PG_TIME_MIN, TIME_ISO, utc), "4714-11-24 00:00:00+00 BC");
    CU_ASSERT_STRING_EQUAL(time_format(PG_TIME_END - 1, TIME_ISO, utc),
                           "294276-12-31 23:59:59.999999+00");
    CU_ASSERT_STRING_EQUAL(time_format(INT64_C(-63113904000000000), TIME_FULL, utc),
                           "0001-01-01 00:00:00.000000 UTC BC");
    CU_ASSERT_STRING_EQUAL(time_format(INT64_MAX, TIME_LABEL, utc), "294277-01-09 04:00:54 UTC");
    CU_ASSERT_STRING_EQUAL(time_format(INT64_MIN, TIME_LABEL, utc), "290279-12-22 19:59:05 UTC BC");
}

static void unix_seconds_are_rounded_down(void)
{
    CU_ASSERT_EQUAL(time_to_unix(0), PG_EPOCH_UNIX);
    CU_ASSERT_EQUAL(time_to_unix(999999), PG_EPOCH_UNIX);
    CU_ASSERT_EQUAL(time_to_unix(-1), PG_EPOCH_UNIX - 1);
    CU_ASSERT_EQUAL(time_to_unix(-1000000), PG_EPOCH_UNIX - 1);
    CU_ASSERT_EQUAL(time_from_unix(0), -PG_EPOCH_UNIX * 1000000);
}

/* ---- from text ---- */

/* What text means in Berlin, shown in UTC. */
static const char *read_in_berlin(const char *text)
{
    return time_format(time_parse(text, zone("Europe/Berlin")), TIME_ISO, timezone_utc());
}

static void dates_and_times_are_read_in_the_local_zone(void)
{
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-11-20 10:00:00"), "2026-11-20 09:00:00+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-07-20 10:00:00"), "2026-07-20 08:00:00+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-11-20T10:00"), "2026-11-20 09:00:00+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("  2026-11-20\t10:00  "), "2026-11-20 09:00:00+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-11-20"), "2026-11-19 23:00:00+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("20261120"), "2026-11-19 23:00:00+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("20261120T100000"), "2026-11-20 09:00:00+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("20261120 1000"), "2026-11-20 09:00:00+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-1-2 3:4:5"), "2026-01-02 02:04:05+00");
}

static void fractions_are_rounded_to_microseconds(void)
{
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-11-20 10:00:00.5"), "2026-11-20 09:00:00.5+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-11-20 10:00:00."), "2026-11-20 09:00:00+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-11-20 10:00:00.1234564"),
                           "2026-11-20 09:00:00.123456+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-11-20 10:00:00.1234567890123456789"),
                           "2026-11-20 09:00:00.123457+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-11-20 10:00:00.9999999"), "2026-11-20 09:00:01+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-11-20 10:00:00.0000005"), "2026-11-20 09:00:00+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-11-20 10:00:00.0000015"),
                           "2026-11-20 09:00:00.000002+00");
}

static void a_zone_may_follow(void)
{
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-11-20T10:00:00Z"), "2026-11-20 10:00:00+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-11-20 10:00:00 UTC"), "2026-11-20 10:00:00+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-11-20 10:00:00 gmt"), "2026-11-20 10:00:00+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-11-20 10:00:00+01"), "2026-11-20 09:00:00+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-11-20 10:00:00-01:30"), "2026-11-20 11:30:00+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-11-20 10:00:00 +0130"), "2026-11-20 08:30:00+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-11-20 10:00+01:30:15"), "2026-11-20 08:29:45+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-11-20+01"), "2026-11-19 23:00:00+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-11-20 -05"), "2026-11-20 05:00:00+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-11-20 10:00 Asia/Tokyo"), "2026-11-20 01:00:00+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-11-20 100000-0500"), "2026-11-20 15:00:00+00");
}

static void abbreviations_are_offsets(void)
{
    /* As a zone it would be two hours in summer. */
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-07-20 10:00 CET"), "2026-07-20 09:00:00+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-07-20 10:00 MSK"), "2026-07-20 07:00:00+00");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_FEATURE_NOT_SUPPORTED,
                               "time zone abbreviation \"MSK\" is ambiguous at that time",
                               time_parse("2012-07-20 10:00 MSK", NULL));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_FEATURE_NOT_SUPPORTED,
                               "time zone abbreviation \"CLT\" is ambiguous at that time",
                               time_parse("2026-07-20 10:00 clt", NULL));
}

static void the_ends_of_days_and_minutes_are_read(void)
{
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-11-20 24:00:00Z"), "2026-11-21 00:00:00+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-11-20 23:59:60Z"), "2026-11-21 00:00:00+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("2026-11-20 10:59:60.5Z"), "2026-11-20 11:00:00.5+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("294276-12-31 23:59:59.999999Z"),
                           "294276-12-31 23:59:59.999999+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("294277-01-01 00:00:00+01"), "294276-12-31 23:00:00+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("0001-01-01Z"), "0001-01-01 00:00:00+00");
    CU_ASSERT_STRING_EQUAL(read_in_berlin("0001-01-01+15"), "0001-12-31 09:00:00+00 BC");
}

static void words_stand_for_days_and_moments(void)
{
    const TimeZone *tokyo = zone("Asia/Tokyo");
    PgTime midnight = time_parse("today", tokyo);
    PgTime now = time_parse(" NOW ", tokyo);
    const PgTime day = INT64_C(86400000000);

    CU_ASSERT_TRUE(now >= midnight && now < midnight + 2 * day);
    CU_ASSERT_EQUAL((midnight + 9 * (day / 24)) % day, 0);
    CU_ASSERT_EQUAL(time_parse("tomorrow", tokyo), midnight + day);
    CU_ASSERT_EQUAL(time_parse("Yesterday 12:00", tokyo), midnight - day / 2);
    CU_ASSERT_EQUAL(time_parse("today 00:00 Z", tokyo), midnight + 9 * (day / 24));
    CU_ASSERT_EQUAL(time_parse("epoch", tokyo), time_from_unix(0));
}

static void refuse(SqlState state, const char *text)
{
    UNIT_ASSERT_RAISES(state, time_parse(text, timezone_utc()));
}

static void fields_out_of_range_are_refused(void)
{
    static const char *const wrong[] = {
        "2026-02-29",
        "2026-00-01",
        "2026-13-01",
        "2026-01-00",
        "2026-04-31",
        "0000-01-01",
        "2026-01-01 24:00:01",
        "2026-01-01 25:00",
        "2026-01-01 10:60",
        "2026-01-01 10:00:61",
        "2026-01-01 23:59:60.5",
        "2026-01-01 24:00:00.000001",
        "2026-01-01 106000",
        "2026-01-01 100061",
    };

    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        refuse(SQLSTATE_DATETIME_FIELD_OVERFLOW, wrong[i]);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATETIME_FIELD_OVERFLOW,
                               "date/time field value out of range: \"2026-02-30\"",
                               time_parse("2026-02-30", NULL));
}

static void times_out_of_range_are_refused(void)
{
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATETIME_FIELD_OVERFLOW,
                               "timestamp out of range: \"294277-01-01Z\"",
                               time_parse("294277-01-01Z", NULL));
    refuse(SQLSTATE_DATETIME_FIELD_OVERFLOW, "294276-12-31 23:59:59.9999999Z");
    refuse(SQLSTATE_DATETIME_FIELD_OVERFLOW, "9999999-01-01");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATETIME_FIELD_OVERFLOW,
                               "timestamp is not finite: \"infinity\"",
                               time_parse("infinity", NULL));
    refuse(SQLSTATE_DATETIME_FIELD_OVERFLOW, "-Infinity");
}

static void wrong_zones_are_refused(void)
{
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INVALID_TIME_ZONE_DISPLACEMENT,
                               "time zone displacement out of range: \"2026-01-01 10:00+16\"",
                               time_parse("2026-01-01 10:00+16", NULL));
    refuse(SQLSTATE_INVALID_TIME_ZONE_DISPLACEMENT, "2026-01-01 10:00+01:60");
    refuse(SQLSTATE_INVALID_TIME_ZONE_DISPLACEMENT, "2026-01-01 10:00+01:00:60");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INVALID_PARAMETER_VALUE,
                               "time zone \"nowhere/x\" not recognized",
                               time_parse("2026-01-01 10:00 Nowhere/X", NULL));
    refuse(SQLSTATE_INVALID_PARAMETER_VALUE, "2026-01-01 10:00 EST5EDT4");
    refuse(SQLSTATE_INVALID_DATETIME_FORMAT, "2026-01-01 10:00 nowhere");
}

static void another_syntax_is_refused(void)
{
    static const char *const wrong[] = {
        "",
        " ",
        "x",
        "2026-11-20 22:0Z:15",
        "2026-11-20 10:00 may3",
        "2026-11-20 10:00 U>C+3",
        "2026",
        "2026-11",
        "2026-11-",
        "26-11-20",
        "2026-011-20",
        "2026-11-020",
        "2026/11/20",
        "20-Nov-2026",
        "2026-11-20 10",
        "2026-11-20T10",
        "2026-11-20T",
        "2026-11-20 10:",
        "2026-11-20 10:00:",
        "2026-11-20 10:000",
        "2026-11-20 10:00,5",
        "2026-11-20 10:00.5",
        "2026-11-20 100",
        "2026-11-20 10000",
        "2026-11-20 1000000",
        "2026-11-20 100000.",
        "2026-11-20 10:00 AM",
        "2026-11-20 10:00 BC",
        "2026-11-2010:00",
        "2026-11-20 10:00+",
        "2026-11-20 10:00+x",
        "2026-11-20 10:00+00000",
        "2026-11-20 10:00+01:",
        "2026-11-20 10:00+01:00:",
        "2026-11-20 10:00 UTC UTC",
        "2026-11-20 10:00+01 UTC",
        "2026-11-20-05",
        "20261120 100000-05:00",
        "now UTC",
        "today10:00",
        "todayt10:00",
        "todays",
        "epoch 10:00",
        "2026-11-20 10:00 <",
        "2026-11-20T 10:00",
        "123456789",
        "J2461365",
    };

    for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
        refuse(SQLSTATE_INVALID_DATETIME_FORMAT, wrong[i]);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INVALID_DATETIME_FORMAT,
                               "invalid input syntax for type timestamp with time zone: \"Soon\"",
                               time_parse("Soon", NULL));
}

static void abbreviations_are_sorted_and_unique(void)
{
    static const char *const names[] = {
#define ROW(name, offset, since) #name,
#include "common/text/zone_abbrev.def"
#undef ROW
    };

    for (size_t i = 1; i < ARRAY_LEN(names); i++)
        CU_ASSERT_TRUE(strcmp(names[i - 1], names[i]) < 0);
}

UNIT_SUITE(timestamp)
{
    UNIT_TEST(each_form_has_its_fraction_and_zone);
    UNIT_TEST(fractions_and_offsets_are_as_long_as_needed);
    UNIT_TEST(the_ends_of_time_are_written);
    UNIT_TEST(unix_seconds_are_rounded_down);
    UNIT_TEST(dates_and_times_are_read_in_the_local_zone);
    UNIT_TEST(fractions_are_rounded_to_microseconds);
    UNIT_TEST(a_zone_may_follow);
    UNIT_TEST(abbreviations_are_offsets);
    UNIT_TEST(the_ends_of_days_and_minutes_are_read);
    UNIT_TEST(words_stand_for_days_and_moments);
    UNIT_TEST(fields_out_of_range_are_refused);
    UNIT_TEST(times_out_of_range_are_refused);
    UNIT_TEST(wrong_zones_are_refused);
    UNIT_TEST(another_syntax_is_refused);
    UNIT_TEST(abbreviations_are_sorted_and_unique);
}

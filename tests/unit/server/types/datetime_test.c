/* datetime_test.c - dates, times and intervals read and written, by values of a real server. */
#include "common/base/base.h"

#include <stdio.h>

#include "common/mem/mem.h"
#include "common/text/str.h"
#include "server/config/guc_enum.h"
#include "server/config/setting.h"
#include "server/types/builtin.h"
#include "server/types/datetime.h"
#include "tests/unit/unit.h"

static void set_style(const char *date_style, const char *zone, int interval_style)
{
    setting.DateStyle = date_style;
    setting.TimeZone = zone;
    setting.IntervalStyle = interval_style;
}

static Datum read_as(FmgrFunction in, const char *text, int32_t typmod)
{
    return fmgr_call_direct(in, 0, 3,
                            (const Datum[]){datum_of_pointer(text), 0, datum_of_i32(typmod)});
}

static const char *in_out(FmgrFunction in, FmgrFunction out, const char *text, int32_t typmod)
{
    return datum_pointer(fmgr_call_direct(out, 0, 1, (const Datum[]){read_as(in, text, typmod)}));
}

typedef struct Form {
    const char *in, *out;
} Form;

static void check(FmgrFunction in, FmgrFunction out, const Form *forms, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *got = in_out(in, out, forms[i].in, -1);

        if (!str_equal(got, forms[i].out)) {
            printf("\n%s: %s, not %s\n", forms[i].in, got, forms[i].out);
            CU_FAIL("a value differs");
        }
    }
}

static void forms_end(void)
{
    set_style("ISO, MDY", "GMT", INTERVAL_STYLE_POSTGRES);
    zone_forget();
}

static void dates_are_read_in_many_forms(void)
{
    static const Form forms[] = {
        {"2024-02-29", "2024-02-29"},
        {"1/8/1999", "1999-01-08"},
        {"19990108", "1999-01-08"},
        {"990108", "1999-01-08"},
        {"J2451187", "1999-01-08"},
        {"1999.008", "1999-01-08"},
        {"January 8, 99 BC", "0099-01-08 BC"},
        {"8-Jan-1999", "1999-01-08"},
        {"y2001m02d04", "2001-02-04"},
        {"5874897-12-31", "5874897-12-31"},
        {"4714-11-24 BC", "4714-11-24 BC"},
        {"epoch", "1970-01-01"},
        {"infinity", "infinity"},
        {"-infinity", "-infinity"},
    };

    set_style("ISO, MDY", "UTC", INTERVAL_STYLE_POSTGRES);
    check(date_in, date_out, forms, ARRAY_LEN(forms));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATETIME_FIELD_OVERFLOW,
                               "date/time field value out of range: \"2023-02-29\"",
                               read_as(date_in, "2023-02-29", -1));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATETIME_FIELD_OVERFLOW,
                               "date out of range: \"5874898-01-01\"",
                               read_as(date_in, "5874898-01-01", -1));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INVALID_DATETIME_FORMAT,
                               "invalid input syntax for type date: \"soon\"",
                               read_as(date_in, "soon", -1));
    forms_end();
}

static void the_style_says_how_dates_look(void)
{
    set_style("SQL, DMY", "America/New_York", INTERVAL_STYLE_POSTGRES);
    CU_ASSERT_STRING_EQUAL(in_out(timestamptz_in, timestamptz_out, "8/1/1999 12:00:00.5+00", -1),
                           "08/01/1999 07:00:00.5 EST");
    set_style("Postgres, MDY", "America/New_York", INTERVAL_STYLE_POSTGRES);
    CU_ASSERT_STRING_EQUAL(in_out(timestamptz_in, timestamptz_out, "1999-07-08 12:00Z", -1),
                           "Thu Jul 08 08:00:00 1999 EDT");
    set_style("German, DMY", "UTC", INTERVAL_STYLE_POSTGRES);
    CU_ASSERT_STRING_EQUAL(in_out(date_in, date_out, "0044-03-15 BC", -1), "15.03.0044 BC");
    forms_end();
}

static void skipped_and_repeated_hours_follow_postgresql(void)
{
    static const Form forms[] = {
        {"2024-03-31 02:30", "2024-03-31 03:30:00+02"},
        {"2024-10-27 02:30", "2024-10-27 02:30:00+01"},
        {"2024-10-27 02:30 CEST", "2024-10-27 02:30:00+02"},
        {"2024-07-01 12:00 America/New_York", "2024-07-01 18:00:00+02"},
        {"1890-01-01 00:00", "1890-01-01 00:00:00+00:53:28"},
        {"2100-07-01 00:00", "2100-07-01 00:00:00+02"},
        {"2024-01-01 24:00:00", "2024-01-02 00:00:00+01"},
    };

    set_style("ISO, MDY", "Europe/Berlin", INTERVAL_STYLE_POSTGRES);
    check(timestamptz_in, timestamptz_out, forms, ARRAY_LEN(forms));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INVALID_PARAMETER_VALUE,
                               "time zone \"nowhere/land\" not recognized",
                               read_as(timestamptz_in, "2024-01-01 00:00 Nowhere/Land", -1));
    forms_end();
}

static void times_keep_to_a_day(void)
{
    static const Form forms[] = {
        {"24:00:00", "24:00:00"},   {"allballs", "00:00:00"}, {"04:05 PM", "16:05:00"},
        {"040506.5", "04:05:06.5"}, {"23:59:60", "24:00:00"},
    };

    set_style("ISO, MDY", "UTC", INTERVAL_STYLE_POSTGRES);
    check(time_in, time_out, forms, ARRAY_LEN(forms));
    CU_ASSERT_STRING_EQUAL(in_out(time_in, time_out, "12:00:00.995", 2), "12:00:01");
    UNIT_ASSERT_RAISES(SQLSTATE_DATETIME_FIELD_OVERFLOW, read_as(time_in, "24:00:01", -1));
    CU_ASSERT_STRING_EQUAL(in_out(timetz_in, timetz_out, "12:00 -05:30", -1), "12:00:00-05:30");
    forms_end();
}

static void intervals_are_read_in_many_forms(void)
{
    static const Form forms[] = {
        {"1 year 2 mons 3 days 04:05:06.7", "1 year 2 mons 3 days 04:05:06.7"},
        {"P1Y2M3DT4H5M6.7S", "1 year 2 mons 3 days 04:05:06.7"},
        {"1-2 3 4:05:06", "1 year 2 mons 3 days 04:05:06"},
        {"-1.5 months", "-1 mons -15 days"},
        {"@ 1 day ago", "-1 days"},
        {"1 day -1 hour", "1 day -01:00:00"},
        {"P00010203T040506", "1 year 2 mons 3 days 04:05:06"},
        {"90", "00:01:30"},
    };

    set_style("ISO, MDY", "UTC", INTERVAL_STYLE_POSTGRES);
    check(interval_in, interval_out, forms, ARRAY_LEN(forms));
    CU_ASSERT_STRING_EQUAL(in_out(interval_in, interval_out, "90", RANGE_MINUTE << 16 | 0xFFFF),
                           "01:30:00");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INTERVAL_FIELD_OVERFLOW,
                               "interval field value out of range: \"99999999999 days\"",
                               read_as(interval_in, "99999999999 days", -1));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_DATETIME_FORMAT, read_as(interval_in, "5 ago", -1));
    forms_end();
}

static void each_style_of_intervals_tells_signs(void)
{
    static const char *const wanted[] = {
        "-1 years -2 mons +3 days -04:05:06.7",
        "@ 1 year 2 mons -3 days 4 hours 5 mins 6.7 secs ago",
        "-1-2 +3 -4:05:06.7",
        "P-1Y-2M3DT-4H-5M-6.7S",
    };
    Datum d;

    set_style("ISO, MDY", "UTC", INTERVAL_STYLE_POSTGRES);
    d = read_as(interval_in, "-1 years -2 mons +3 days -04:05:06.7", -1);
    for (int style = 0; style < (int)ARRAY_LEN(wanted); style++) {
        setting.IntervalStyle = style;
        CU_ASSERT_STRING_EQUAL(datum_pointer(fmgr_call_direct(interval_out, 0, 1, &d)),
                               wanted[style]);
    }
    forms_end();
}

static void a_month_equals_thirty_days(void)
{
    Datum pair[2] = {read_as(interval_in, "1 mon", -1), read_as(interval_in, "30 days", -1)};

    CU_ASSERT_TRUE(datum_bool(fmgr_call_direct(interval_eq, 0, 2, pair)));
    CU_ASSERT_EQUAL(fmgr_call_direct(interval_hash, 0, 1, pair),
                    fmgr_call_direct(interval_hash, 0, 1, pair + 1));
    forms_end();
}

static void a_day_beyond_timestamps_is_above_all_but_infinity(void)
{
    Datum day = read_as(date_in, "300000-01-01", -1);

    CU_ASSERT_TRUE(datum_bool(fmgr_call_direct(
        date_gt_timestamp, 0, 2,
        (const Datum[]){day, read_as(timestamp_in, "294276-12-31 23:59:59", -1)})));
    CU_ASSERT_TRUE(datum_bool(fmgr_call_direct(
        date_lt_timestamptz, 0, 2, (const Datum[]){day, read_as(timestamptz_in, "infinity", -1)})));
    UNIT_ASSERT_RAISES(SQLSTATE_DATETIME_FIELD_OVERFLOW,
                       fmgr_call_direct(date_timestamp, 0, 1, &day));
    forms_end();
}

static void zones_stay_until_they_are_forgotten(void)
{
    const TimeZone *zone = zone_find("europe/BERLIN");

    CU_ASSERT_PTR_NOT_NULL(zone);
    CU_ASSERT_PTR_EQUAL(zone_find("Europe/Berlin"), zone);
    CU_ASSERT_PTR_NULL(zone_find("Nowhere/Land"));
    zone_forget();
}

UNIT_SUITE(datetime)
{
    UNIT_TEST(dates_are_read_in_many_forms);
    UNIT_TEST(the_style_says_how_dates_look);
    UNIT_TEST(skipped_and_repeated_hours_follow_postgresql);
    UNIT_TEST(times_keep_to_a_day);
    UNIT_TEST(intervals_are_read_in_many_forms);
    UNIT_TEST(each_style_of_intervals_tells_signs);
    UNIT_TEST(a_month_equals_thirty_days);
    UNIT_TEST(zones_stay_until_they_are_forgotten);
    UNIT_TEST(a_day_beyond_timestamps_is_above_all_but_infinity);
}

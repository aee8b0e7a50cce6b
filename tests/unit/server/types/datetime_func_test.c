/* datetime_func_test.c - arithmetic, parts and zones of dates, by values of a real server. */
#include "common/base/base.h"

#include <stdio.h>

#include "common/mem/mem.h"
#include "common/text/str.h"
#include "server/config/guc_enum.h"
#include "server/config/setting.h"
#include "server/types/builtin.h"
#include "server/types/datetime.h"
#include "server/types/numeric.h"
#include "tests/unit/unit.h"

static void begin(const char *zone)
{
    setting.DateStyle = "ISO, MDY";
    setting.TimeZone = zone;
    setting.IntervalStyle = INTERVAL_STYLE_POSTGRES;
}

static void end(void)
{
    begin("GMT");
    zone_forget();
}

static Datum value(FmgrFunction in, const char *text)
{
    return fmgr_call_direct(in, 0, 3, (const Datum[]){datum_of_pointer(text), 0, datum_of_i32(-1)});
}

static Datum name(const char *text)
{
    return datum_of_pointer(varlena_new(text, strlen(text)));
}

static const char *text_of(FmgrFunction out, Datum d)
{
    return datum_pointer(fmgr_call_direct(out, 0, 1, &d));
}

static const char *moment_plus(FmgrFunction plus, const char *moment, const char *interval)
{
    bool has_zone = plus == timestamptz_pl_interval;
    Datum sum =
        fmgr_call_direct(plus, 0, 2,
                         (const Datum[]){value(has_zone ? timestamptz_in : timestamp_in, moment),
                                         value(interval_in, interval)});

    return text_of(has_zone ? timestamptz_out : timestamp_out, sum);
}

static void months_end_where_they_end(void)
{
    begin("GMT");
    CU_ASSERT_STRING_EQUAL(moment_plus(timestamp_pl_interval, "2024-01-31", "1 mon"),
                           "2024-02-29 00:00:00");
    CU_ASSERT_STRING_EQUAL(moment_plus(timestamp_pl_interval, "2024-03-31 10:00", "-13 mons"),
                           "2023-02-28 10:00:00");
    CU_ASSERT_STRING_EQUAL(moment_plus(timestamp_pl_interval, "infinity", "1 day"), "infinity");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATETIME_FIELD_OVERFLOW, "timestamp out of range",
                               moment_plus(timestamp_pl_interval, "2024-01-01", "2147483647 days"));
    end();
}

static void a_day_is_not_always_24_hours(void)
{
    begin("Europe/Berlin");
    CU_ASSERT_STRING_EQUAL(moment_plus(timestamptz_pl_interval, "2024-03-30 12:00", "1 day"),
                           "2024-03-31 12:00:00+02");
    CU_ASSERT_STRING_EQUAL(moment_plus(timestamptz_pl_interval, "2024-03-30 12:00", "24 hours"),
                           "2024-03-31 13:00:00+02");
    end();
}

static void ages_are_counted_in_years_months_and_days(void)
{
    const Datum moments[] = {value(timestamp_in, "2024-03-01"), value(timestamp_in, "2023-01-31")};
    const Datum reverse[] = {moments[1], moments[0]};

    begin("GMT");
    CU_ASSERT_STRING_EQUAL(text_of(interval_out, fmgr_call_direct(timestamp_age, 0, 2, moments)),
                           "1 year 1 mon 1 day");
    CU_ASSERT_STRING_EQUAL(text_of(interval_out, fmgr_call_direct(timestamp_age, 0, 2, reverse)),
                           "-1 years -1 mons -1 days");
    end();
}

static void factors_go_on_to_lower_units(void)
{
    const Datum args[] = {value(interval_in, "1 mon 1 day"), datum_of_f8(1.5)};
    const Datum zero[] = {args[0], datum_of_f8(0)};

    begin("GMT");
    CU_ASSERT_STRING_EQUAL(text_of(interval_out, fmgr_call_direct(interval_mul, 0, 2, args)),
                           "1 mon 16 days 12:00:00");
    UNIT_ASSERT_RAISES(SQLSTATE_DIVISION_BY_ZERO, fmgr_call_direct(interval_div, 0, 2, zero));
    end();
}

static const char *part(const char *field, const char *moment)
{
    return numeric_to_text(fmgr_call_direct(
        extract_timestamp, 0, 2, (const Datum[]){name(field), value(timestamp_in, moment)}));
}

static void parts_have_their_digits(void)
{
    begin("GMT");
    CU_ASSERT_STRING_EQUAL(part("Second", "2024-02-29 12:34:56.5"), "56.500000");
    CU_ASSERT_STRING_EQUAL(part("ms", "2024-02-29 12:34:56.5"), "56500.000");
    CU_ASSERT_STRING_EQUAL(part("epoch", "2000-01-01"), "946684800.000000");
    CU_ASSERT_STRING_EQUAL(part("julian", "2000-01-01 12:00"), "2451545.50000000000000000000");
    CU_ASSERT_STRING_EQUAL(part("century", "2000-12-31"), "20");
    CU_ASSERT_STRING_EQUAL(part("week", "2021-01-03"), "53");
    CU_ASSERT_STRING_EQUAL(part("isoyear", "2021-01-03"), "2020");
    CU_ASSERT_STRING_EQUAL(part("year", "0044-03-15 BC"), "-44");
    CU_ASSERT_STRING_EQUAL(part("year", "-infinity"), "-Infinity");
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_INVALID_PARAMETER_VALUE,
        "unit \"fortnight\" not recognized for type timestamp without time zone",
        part("fortnight", "2000-01-01"));
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_FEATURE_NOT_SUPPORTED,
        "unit \"timezone\" not supported for type timestamp without time zone",
        part("timezone", "2000-01-01"));
    end();
}

static const char *cut(const char *unit, const char *moment)
{
    return text_of(timestamptz_out,
                   fmgr_call_direct(timestamptz_trunc, 0, 2,
                                    (const Datum[]){name(unit), value(timestamptz_in, moment)}));
}

static void moments_are_cut_by_clocks_of_the_zone(void)
{
    begin("Europe/Berlin");
    CU_ASSERT_STRING_EQUAL(cut("day", "2024-03-31 12:00"), "2024-03-31 00:00:00+01");
    CU_ASSERT_STRING_EQUAL(cut("week", "2024-03-03 12:00"), "2024-02-26 00:00:00+01");
    CU_ASSERT_STRING_EQUAL(cut("century", "2000-06-01"), "1901-01-01 00:00:00+01");
    CU_ASSERT_STRING_EQUAL(cut("hour", "2024-10-27 02:30 CEST"), "2024-10-27 02:00:00+02");
    end();
}

static void zones_are_found_by_name_and_by_abbreviation(void)
{
    Datum moment;

    begin("GMT");
    moment = value(timestamptz_in, "2024-07-01 12:00");
    CU_ASSERT_STRING_EQUAL(
        text_of(timestamp_out, fmgr_call_direct(timestamptz_zone, 0, 2,
                                                (const Datum[]){name("America/New_York"), moment})),
        "2024-07-01 08:00:00");
    CU_ASSERT_STRING_EQUAL(
        text_of(timestamp_out,
                fmgr_call_direct(timestamptz_zone, 0, 2, (const Datum[]){name("msk"), moment})),
        "2024-07-01 15:00:00");
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_INVALID_PARAMETER_VALUE, "time zone \"Mars\" not recognized",
        fmgr_call_direct(timestamptz_zone, 0, 2, (const Datum[]){name("Mars"), moment}));
    end();
}

static void spans_without_an_end_may_overlap_or_not(void)
{
    FmgrSite site = {.fn = overlaps_timestamp};
    FMGR_CALL_LOCAL(call, 4);

    fmgr_call_init(call, &site, 4, 0);
    call->args[0] = (NullableDatum){.value = datum_of_i64(10)};
    call->args[1] = (NullableDatum){.is_null = true};
    call->args[2] = (NullableDatum){.value = datum_of_i64(5)};
    call->args[3] = (NullableDatum){.value = datum_of_i64(20)};
    CU_ASSERT_TRUE(datum_bool(fmgr_invoke(call)));
    CU_ASSERT_FALSE(call->is_null);
    call->args[2] = (NullableDatum){.value = datum_of_i64(15)};
    fmgr_invoke(call);
    CU_ASSERT_TRUE(call->is_null);
}

/* How many rows it has, and in *found how often there is one whose text is that name. */
static unsigned count_rows(FmgrFunction fn, const char *wanted, unsigned *found)
{
    FmgrSite site = {.fn = fn, .mem = mem_current()};
    FmgrResultInfo result = {.allowed_modes = FMGR_SET_STEPS};
    unsigned count = 0;
    FMGR_CALL_LOCAL(call, 0);

    fmgr_call_init(call, &site, 0, 0);
    call->result = &result;
    for (*found = 0;; count++) {
        const uint8_t *record = datum_pointer(fmgr_invoke(call));

        if (result.step == FMGR_STEP_END)
            return count;
        record += 24; /* the header; the first column follows, a short text */
        *found += varlena_len(record) == strlen(wanted) &&
                  memcmp(varlena_bytes(record), wanted, strlen(wanted)) == 0;
    }
}

static void zones_and_abbreviations_are_listed(void)
{
    unsigned found;

    begin("GMT");
    CU_ASSERT_EQUAL(count_rows(pg_timezone_abbrevs, "CEST", &found), 195);
    CU_ASSERT_EQUAL(found, 1);
    CU_ASSERT_TRUE(count_rows(pg_timezone_names, "Europe/Berlin", &found) > 300);
    CU_ASSERT_EQUAL(found, 1);
    end();
}

UNIT_SUITE(datetime_func)
{
    UNIT_TEST(months_end_where_they_end);
    UNIT_TEST(a_day_is_not_always_24_hours);
    UNIT_TEST(ages_are_counted_in_years_months_and_days);
    UNIT_TEST(factors_go_on_to_lower_units);
    UNIT_TEST(parts_have_their_digits);
    UNIT_TEST(moments_are_cut_by_clocks_of_the_zone);
    UNIT_TEST(zones_are_found_by_name_and_by_abbreviation);
    UNIT_TEST(zones_and_abbreviations_are_listed);
    UNIT_TEST(spans_without_an_end_may_overlap_or_not);
}

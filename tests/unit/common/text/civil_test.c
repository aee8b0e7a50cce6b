/* civil_test.c - days and calendar dates. */
#include "common/base/base.h"

#include "common/text/civil.h"
#include "tests/unit/unit.h"

static void known_days_have_their_dates(void)
{
    CU_ASSERT_EQUAL(civil_to_days(1970, 1, 1), 0);
    CU_ASSERT_EQUAL(civil_to_days(2000, 1, 1), 10957);
    CU_ASSERT_EQUAL(civil_to_days(2000, 2, 29), 11016);
    CU_ASSERT_EQUAL(civil_to_days(1969, 12, 31), -1);
    CU_ASSERT_EQUAL(civil_to_days(-4713, 11, 24), -2440588); /* day 0 of the Julian count */
    CU_ASSERT_EQUAL(civil_to_days(1, 1, 1), -719162);
}

static void every_day_follows_the_one_before(void)
{
    /* Three eras and a bit, around year 0. */
    int64_t day = civil_to_days(-450, 1, 1);
    int weekday = civil_weekday(day);

    for (int64_t year = -450; year <= 850; year++)
        for (int month = 1; month <= 12; month++)
            for (int d = 1; d <= civil_month_days(year, month); d++, day++) {
                CivilDate date = civil_from_days(day);

                if (date.year != year || date.month != month || date.day != d ||
                    civil_to_days(year, month, d) != day || civil_weekday(day) != weekday) {
                    CU_FAIL("a day is not where it should be");
                    return;
                }
                weekday = (weekday + 1) % 7;
            }
}

static void months_and_leap_years_have_their_length(void)
{
    CU_ASSERT_TRUE(civil_is_leap_year(2000));
    CU_ASSERT_FALSE(civil_is_leap_year(1900));
    CU_ASSERT_TRUE(civil_is_leap_year(2024));
    CU_ASSERT_FALSE(civil_is_leap_year(2026));
    CU_ASSERT_TRUE(civil_is_leap_year(0));
    CU_ASSERT_TRUE(civil_is_leap_year(-4));
    CU_ASSERT_EQUAL(civil_month_days(2024, 2), 29);
    CU_ASSERT_EQUAL(civil_month_days(2026, 2), 28);
    CU_ASSERT_EQUAL(civil_month_days(2026, 12), 31);
    CU_ASSERT_EQUAL(civil_month_days(2026, 4), 30);
}

static void seconds_are_rounded_down_to_days(void)
{
    CU_ASSERT_EQUAL(civil_days_of(0), 0);
    CU_ASSERT_EQUAL(civil_days_of(86399), 0);
    CU_ASSERT_EQUAL(civil_days_of(86400), 1);
    CU_ASSERT_EQUAL(civil_days_of(-1), -1);
    CU_ASSERT_EQUAL(civil_days_of(-86400), -1);
    CU_ASSERT_EQUAL(civil_days_of(-86401), -2);
    CU_ASSERT_EQUAL(civil_weekday(0), 4);
    CU_ASSERT_EQUAL(civil_weekday(-4), 0);
    CU_ASSERT_EQUAL(civil_weekday(-5), 6);
}

UNIT_SUITE(civil)
{
    UNIT_TEST(known_days_have_their_dates);
    UNIT_TEST(every_day_follows_the_one_before);
    UNIT_TEST(months_and_leap_years_have_their_length);
    UNIT_TEST(seconds_are_rounded_down_to_days);
}

/*
 * civil.c - days and calendar dates
 *
 * Both ways count in years that begin with March, so that a leap day is the last of its year, and
 * in eras of 400 years, which all have the same number of days.
 */
#include "common/base/base.h"

#include "common/text/civil.h"

#define ERA_YEARS      400
#define ERA_DAYS       146097
#define MARCH_TO_EPOCH 719468 /* days from 0000-03-01 to 1970-01-01 */

bool civil_is_leap_year(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int civil_month_days(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    ASSERT(month >= 1 && month <= 12);
    return days[month - 1] + (month == 2 && civil_is_leap_year(year));
}

/* The quotient towards minus infinity, so that the remainder is never negative. */
static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Days from the first of March to the first of a month; months count from March as 0. */
static int64_t march_month_days(int64_t month)
{
    return (153 * month + 2) / 5;
}

int64_t civil_to_days(int64_t year, int month, int day)
{
    int64_t march_month = (month + 9) % 12;
    int64_t march_year = year - (month <= 2);
    int64_t era = floor_div(march_year, ERA_YEARS);
    int64_t year_of_era = march_year - era * ERA_YEARS;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
                         march_month_days(march_month) + day - 1;

    return era * ERA_DAYS + day_of_era - MARCH_TO_EPOCH;
}

CivilDate civil_from_days(int64_t days)
{
    int64_t since_march = days + MARCH_TO_EPOCH;
    int64_t era = floor_div(since_march, ERA_DAYS);
    int64_t day_of_era = since_march - era * ERA_DAYS;
    /* Without leap days, which come every 4, not every 100, but every 400 years. */
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (year_of_era * 365 + year_of_era / 4 - year_of_era / 100);
    int64_t march_month = (5 * day_of_year + 2) / 153;
    int month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);

    return (CivilDate){
        .year = era * ERA_YEARS + year_of_era + (month <= 2),
        .month = month,
        .day = (int)(day_of_year - march_month_days(march_month)) + 1,
    };
}

int64_t civil_days_of(int64_t seconds)
{
    return floor_div(seconds, DAY_SECONDS);
}

int civil_weekday(int64_t days)
{
    int64_t weeks = floor_div(days + 4, 7); /* 1970-01-01 was a Thursday */

    return (int)(days + 4 - weeks * 7);
}

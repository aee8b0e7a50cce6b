/*
 * civil.h - days and calendar dates
 *
 * The Gregorian calendar, also for the time before there was one; year 0 is 1 BC, and years below
 * are negative.
 */
#ifndef TEXT_CIVIL_H
#define TEXT_CIVIL_H

#include "common/base/base.h"

#define DAY_SECONDS 86400

typedef struct CivilDate {
    int64_t year;
    int month; /* 1 to 12 */
    int day;   /* 1 to 31 */
} CivilDate;

bool civil_is_leap_year(int64_t year);
int civil_month_days(int64_t year, int month);

/* Days since 1970-01-01; the date must exist. */
int64_t civil_to_days(int64_t year, int month, int day);
CivilDate civil_from_days(int64_t days);

int64_t civil_days_of(int64_t seconds); /* whole days, rounded down */
int civil_weekday(int64_t days);        /* 0 is Sunday */

#endif

/*
 * date_fields.h - what to_date() and to_timestamp() found in a text, field by field
 */
#ifndef TYPES_DATE_FIELDS_H
#define TYPES_DATE_FIELDS_H

#include "common/base/base.h"

#include "server/types/template.h"

/* 0 where nothing was found. */
typedef struct DateFields {
    DateConvention convention;
    int hour, minute, second, millisecond, microsecond, day_second;
    int is_afternoon;   /* 0 or 1 */
    bool is_half_clock; /* hour is one of 12 */
    int year, century;
    int is_bc;       /* 0 or 1 */
    int year_digits; /* of the template */
    int month, day, year_day, week, month_week, julian;
    int weekday;         /* 1 is Sunday */
    int fraction_digits; /* of FF1 and so on */
    int zone_sign;       /* -1, 1 */
    int zone_hour, zone_minute;
} DateFields;

/*
 * Raises 22007 and 22008 for what is not as the template has it. The collation tells which letters
 * of names of TM are the same.
 */
void date_fields_read(const Template *t, const char *text, Oid collation, DateFields *out);

#endif

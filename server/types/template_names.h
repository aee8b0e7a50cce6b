/*
 * template_names.h - names of months and days in templates of dates, in English
 */
#ifndef TYPES_TEMPLATE_NAMES_H
#define TYPES_TEMPLATE_NAMES_H

#include "common/base/base.h"

#define TEMPLATE_NAME_MAX 9 /* bytes of the longest, September */

extern const char *const template_months[12];
extern const char *const template_weekdays[7];      /* from Sunday */
extern const char *const template_roman_months[12]; /* in capitals */

#endif

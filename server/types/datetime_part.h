/*
 * datetime_part.h - the names of parts of dates and times, as extract() and date_trunc() take them
 */
#ifndef TYPES_DATETIME_PART_H
#define TYPES_DATETIME_PART_H

#include "common/base/base.h"

#include "server/types/datetime.h"

#define PART_NAME_SIZE 64

typedef struct PartName {
    char name[PART_NAME_SIZE]; /* in lower case, cut as names are */
    DateUnit unit;             /* UNIT_NONE: there is such a name, but it is no part */
    bool is_known;
} PartName;

/* Units of spans, and with are_special what only dates have: dow, epoch... */
void part_name_read(const uint8_t *packed, bool are_special, PartName *out);

/* 0A000 or, where nothing has such a part, 22023. */
_Noreturn void part_raise(const PartName *part, const char *type);

/* The number of the week by ISO 8601, and its year. */
int iso_week(const DateTime *date, int64_t *year);

#endif

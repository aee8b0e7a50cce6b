/*
 * timestamp.h - points in time from and to text, as PostgreSQL writes and reads them
 *
 * A PgTime counts microseconds from 2000-01-01 00:00:00 UTC. A zone of NULL is that of this process
 * (timezone_local()).
 */
#ifndef TEXT_TIMESTAMP_H
#define TEXT_TIMESTAMP_H

#include "common/base/base.h"

#include "common/text/timezone.h"

#define PG_TIME_INFINITY       INT64_MAX
#define PG_TIME_MINUS_INFINITY INT64_MIN
#define PG_TIME_MIN            INT64_C(-211813488000000000) /* 4714-11-24 00:00:00 BC */
#define PG_TIME_END            INT64_C(9223371331200000000) /* one past 294276-12-31 */

typedef enum TimeForm {
    TIME_ISO,      /* 2026-11-22 07:16:44.4+00: as SELECT shows it, fraction and offset as needed */
    TIME_FULL,     /* 2026-11-22 07:16:44.400000 UTC: as pg_waldump shows it */
    TIME_LOG,      /* 2026-11-22 07:16:44.400 UTC: as server logs show it */
    TIME_LABEL,    /* 2026-11-22 07:16:44 UTC: as backup_label has it */
    TIME_MANIFEST, /* 2026-11-22 07:16:44 GMT: as backup_manifest has it, whatever the zone is */
} TimeForm;

/* In the current memory context. The fraction is cut, not rounded, where a form has less of it. */
char *time_format(PgTime t, TimeForm form, const TimeZone *zone);

/*
 * A moment that a user names, e.g. as a recovery target:
 *
 *     DATE [TIME] [ZONE]   date and time parted by blanks or T
 *     today, tomorrow, yesterday [TIME] [ZONE]
 *     now, epoch
 *
 *     DATE   2026-11-20, 20261120
 *     TIME   10:00, 10:00:00, 10:00:00.123456, 100000, 1000; midnight when there is none
 *     ZONE   Z, +01, +01:30, +0130, +01:30:15, an abbreviation (CET), a name (Europe/Berlin)
 *
 * What is understood means what it means to PostgreSQL 15 with its default settings; its other
 * forms are refused. Raises with its words 22007 for another syntax, 22008 for a field or a time
 * out of range, 22009 for such an offset, 22023 for a zone that is not known; 0A000 for an
 * abbreviation that means another offset at another time, and 22008 for infinity.
 */
PgTime time_parse(const char *text, const TimeZone *zone);

/* Unix seconds, rounded down. */
int64_t time_to_unix(PgTime t);
PgTime time_from_unix(int64_t unix_seconds);

#endif

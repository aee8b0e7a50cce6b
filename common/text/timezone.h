/*
 * timezone.h - time zones: which offset from UTC holds when
 *
 * A zone comes from the system's tz database or from a POSIX rule ("CET-1CEST,M3.5.0,M10.5.0/3").
 * It is read by our own reader and not by the C library's, which knows one zone at a time for the
 * whole process and takes its name from the environment: here threads may use any number.
 *
 * Source: RFC 8536 (TZif), POSIX.1-2008 "Environment Variables" (TZ).
 */
#ifndef TEXT_TIMEZONE_H
#define TEXT_TIMEZONE_H

#include "common/base/base.h"

#include "common/ds/array.h"

typedef struct TimeZone TimeZone;

typedef struct ZoneOffset {
    int32_t seconds; /* east of UTC */
    bool is_daylight;
    const char *abbreviation; /* e.g. "CEST"; lives as long as the zone */
} ZoneOffset;

const TimeZone *timezone_utc(void);

/*
 * The zone of this process, as the C library has it: the environment's TZ, else /etc/localtime. A
 * TZ that names no zone is UTC, with a warning. Read at the first call; thread-safe.
 */
const TimeZone *timezone_local(void);

/* Forget what timezone_local() has read; no thread may hold it. For tests. */
void timezone_forget_local(void);

/*
 * The zone that the tz database has under a name such as "Europe/Berlin", in any case, or that a
 * POSIX rule without daylight saving gives ("UTC+3" lies west!). NULL when there is none. In the
 * current memory context.
 */
const TimeZone *timezone_find(const char *name);

/*
 * As above, but a rule may have daylight saving ("CET-1CEST"): what PostgreSQL's setting TimeZone
 * takes. *spelling is the name as PostgreSQL shows it: as the database has it, a rule in capitals.
 */
const TimeZone *timezone_find_any(const char *name, char **spelling);

/*
 * A zone from the bytes of a compiled file of the tz database; name is for errors. Raises
 * SQLSTATE_DATA_CORRUPTED when they are none, 0A000 when the zone counts leap seconds.
 */
TimeZone *timezone_parse(const void *bytes, size_t len, const char *name);

ZoneOffset timezone_offset_at(const TimeZone *zone, int64_t unix_seconds);

/* The next moment after that one at which the type of time changes; false: it stays. */
bool timezone_next_change(const TimeZone *zone, int64_t unix_seconds, int64_t *out);

/* Has the zone always had that one offset? */
bool timezone_is_fixed(const TimeZone *zone, int32_t *seconds);

/*
 * What an abbreviation, in any case, meant in the zone when it was last in use at that moment or
 * before; if it was not yet, when it came into use. False when it never was.
 */
bool timezone_find_abbreviation(const TimeZone *zone, const char *name, int64_t unix_seconds,
                                ZoneOffset *out);

/*
 * The Unix time at which clocks of the zone show local_seconds (counted as if they showed UTC). A
 * time that is skipped is read with the offset before the gap, one that comes twice with the offset
 * after it, as PostgreSQL does.
 */
int64_t timezone_to_unix(const TimeZone *zone, int64_t local_seconds);

/*
 * The bytes of a file of the tz database, in the current context; NULL when there is none. name is
 * relative to the database and matched in any case, or an absolute path. Defined in common/os.
 */
char *timezone_read_file(const char *name, size_t *len);

/*
 * Fill names, made by this call, with the paths (char *) of all files of the database, sorted by
 * folder; not all of them are zones.
 */
void timezone_list(Array *names);

/* The path below the database of the file that a name in any case finds; NULL: there is none. */
char *timezone_spelling(const char *name);

/*
 * What a new server should take for its zone: what TZ says if that is one, else the file that
 * /etc/localtime leads to; "GMT" when neither tells. In the current context.
 */
char *timezone_system_name(void);

#endif

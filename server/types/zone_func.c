/*
 * zone_func.c - AT TIME ZONE, and the lists of zones and of abbreviations
 *
 * A name is looked for among the abbreviations first. One that follows a zone means what clocks
 * there called so at that moment.
 */
#include "common/base/base.h"

#include "common/text/str.h"
#include "server/txn/txn.h"
#include "server/types/datetime.h"
#include "server/types/types_int.h"

#define NAME_MAX_LEN 255

static void copy_name(const uint8_t *packed, char *out)
{
    size_t len = varlena_len(packed);

    if (len > NAME_MAX_LEN)
        len = NAME_MAX_LEN;
    memcpy(out, varlena_bytes(packed), len);
    out[len] = '\0';
}

static _Noreturn void raise_unknown(const char *name)
{
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
              .message = err_fmt("time zone \"%s\" not recognized", name));
}

void zone_read_name(const uint8_t *packed, ZoneNamed *out)
{
    char name[NAME_MAX_LEN + 1];

    copy_name(packed, name);
    *out = (ZoneNamed){.zone = NULL};
    if (zone_find_abbrev(name, &out->abbrev))
        return;
    out->zone = zone_find(name);
    if (out->zone == NULL)
        raise_unknown(name);
}

const TimeZone *zone_of_name(const ZoneNamed *named)
{
    int32_t offset = named->abbrev.offset;
    char rule[32];

    if (named->zone != NULL)
        return named->zone;
    if (named->abbrev.zone != NULL)
        return named->abbrev.zone;

    /* There are not many offsets of abbreviations; rules count westwards. */
    snprintf(rule, sizeof rule, "<>%c%02d:%02d:%02d", offset < 0 ? '+' : '-', abs(offset) / 3600,
             abs(offset) / 60 % 60, abs(offset) % 60);
    return zone_find(rule);
}

/* What clocks of the zone show at that moment. */
static int32_t offset_at(const ZoneNamed *named, Timestamp t)
{
    bool is_daylight;

    if (named->zone != NULL)
        return timezone_offset_at(named->zone, unix_of_timestamp(t)).seconds;
    if (named->abbrev.zone != NULL)
        return zone_abbrev_offset_at(&named->abbrev, t, &is_daylight);
    return named->abbrev.offset;
}

/* When clocks of the zone show that. */
static int32_t offset_of(const ZoneNamed *named, Timestamp local)
{
    DateTime clock;

    if (named->zone == NULL && named->abbrev.zone == NULL)
        return named->abbrev.offset;
    timestamp_to_parts(local, NULL, &clock);
    if (named->zone != NULL)
        return zone_offset_of(named->zone, &clock, NULL);
    return zone_abbrev_offset_of(&named->abbrev, &clock);
}

static Datum shifted(Timestamp t, int64_t seconds)
{
    t += seconds * USECS_PER_SEC;
    if (!timestamp_is_valid(t))
        timestamp_raise_range();
    return datum_of_i64(t);
}

Datum timestamp_zone(FmgrCall *call)
{
    Timestamp t = fmgr_i64(call, 1);
    ZoneNamed named;

    if (!timestamp_is_finite(t))
        return datum_of_i64(t);
    zone_read_name(fmgr_packed(call, 0), &named);
    return shifted(t, -(int64_t)offset_of(&named, t));
}

Datum timestamptz_zone(FmgrCall *call)
{
    Timestamp t = fmgr_i64(call, 1);
    ZoneNamed named;

    if (!timestamp_is_finite(t))
        return datum_of_i64(t);
    zone_read_name(fmgr_packed(call, 0), &named);
    return shifted(t, offset_at(&named, t));
}

/* The same moment of the day in another zone. */
static Datum moved(const TimeTz *t, int32_t zone)
{
    int64_t usec;

    timestamp_days(t->usec + ((int64_t)t->zone - zone) * USECS_PER_SEC, &usec);
    return timetz_result(&(TimeTz){.usec = usec, .zone = zone});
}

Datum timetz_zone(FmgrCall *call)
{
    ZoneNamed named;

    zone_read_name(fmgr_packed(call, 0), &named);
    return moved(fmgr_timetz(call, 1), -offset_at(&named, txn_start_time()));
}

/* ---- An interval as zone ---- */

static int64_t seconds_east(const FmgrCall *call)
{
    const Interval *i = fmgr_interval(call, 0);

    if (i->months != 0 || i->days != 0)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("interval time zone \"%s\" must not include months or days",
                                     (const char *)datum_pointer(fmgr_call_direct(
                                         interval_out, 0, 1, (const Datum[]){fmgr_arg(call, 0)}))));
    if (i->usec / USECS_PER_SEC > INT32_MAX || i->usec / USECS_PER_SEC < -INT32_MAX)
        interval_raise_range();
    return i->usec / USECS_PER_SEC;
}

Datum timestamp_izone(FmgrCall *call)
{
    Timestamp t = fmgr_i64(call, 1);

    if (!timestamp_is_finite(t))
        return datum_of_i64(t);
    return shifted(t, -seconds_east(call));
}

Datum timestamptz_izone(FmgrCall *call)
{
    Timestamp t = fmgr_i64(call, 1);

    if (!timestamp_is_finite(t))
        return datum_of_i64(t);
    return shifted(t, seconds_east(call));
}

Datum timetz_izone(FmgrCall *call)
{
    return moved(fmgr_timetz(call, 1), (int32_t)-seconds_east(call));
}

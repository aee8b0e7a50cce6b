/*
 * timezone_session.c - the zone of the session, zones by name, abbreviations of zones
 *
 * A zone that was once read stays for the life of the process. The setting is compared with what
 * was last looked up instead of being told of changes, so nothing depends on hooks.
 */
#include "common/base/base.h"

#include <string.h>
#include <strings.h>

#include "common/ds/hash.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/civil.h"
#include "common/text/str.h"
#include "server/config/setting.h"
#include "server/types/datetime.h"

#define ZONE_NAME_MAX  256
#define ABBREV_LETTERS 10 /* of a word that count */

typedef struct ZoneEntry {
    char name[ZONE_NAME_MAX]; /* in lower case; the key */
    const TimeZone *zone;
} ZoneEntry;

typedef struct AbbrevRow {
    const char *name;
    int32_t offset;
    bool is_daylight;
    const char *zone; /* NULL: fixed */
} AbbrevRow;

static const AbbrevRow abbrevs[] = {
#define FIXED(name, offset, is_daylight) {#name, offset, is_daylight, NULL},
#define DYNAMIC(name, zone)              {#name, 0, false, zone},
#include "server/types/timezone_abbrev.def"
#undef FIXED
#undef DYNAMIC
};

static struct {
    MemContext *mem;
    Hash zones; /* of ZoneEntry */
    char session_name[ZONE_NAME_MAX];
    const TimeZone *session;
} state;

static void state_init(void)
{
    if (state.mem != NULL)
        return;
    state.mem = mem_context_new(mem_root(), "time zones");
    MEM_SCOPE(state.mem) {
        hash_init(&state.zones, ZONE_NAME_MAX, sizeof(ZoneEntry));
    }
}

const TimeZone *zone_find(const char *name)
{
    char key[ZONE_NAME_MAX] = {0};
    size_t len = strlen(name);
    ZoneEntry *entry;
    const TimeZone *volatile zone = NULL;

    if (len >= ZONE_NAME_MAX)
        return NULL;
    for (size_t i = 0; i < len; i++)
        key[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] - 'A' + 'a' : name[i]);
    state_init();
    entry = hash_find(&state.zones, key);
    if (entry != NULL)
        return entry->zone;
    MEM_SCOPE(state.mem) {
        char *spelling;

        zone = timezone_find_any(name, &spelling);
    }
    if (zone == NULL)
        return NULL;
    entry = hash_enter(&state.zones, key, NULL);
    entry->zone = zone;
    return zone;
}

const TimeZone *zone_session(void)
{
    const char *name = setting.TimeZone;

    if (LIKELY(state.session != NULL && strcmp(state.session_name, name) == 0))
        return state.session;
    state.session = zone_find(name);
    if (state.session == NULL)
        state.session = timezone_utc();
    if (strlen(name) < ZONE_NAME_MAX)
        memcpy(state.session_name, name, strlen(name) + 1);
    return state.session;
}

void zone_forget(void)
{
    if (state.mem != NULL)
        mem_delete(state.mem);
    memset(&state, 0, sizeof state);
}

/* What clocks show, in seconds as if they showed UTC. */
static int64_t local_seconds(const DateTime *clock)
{
    int64_t days = (int64_t)date_of_civil(clock->year, clock->month, clock->day) + EPOCH_UNIX_DAYS;

    return days * SECS_PER_DAY + (clock->hour * 60 + clock->minute) * INT64_C(60) + clock->second;
}

/*
 * Only the first change after the day before can make a difference. A time that is skipped is read
 * with the offset before the change, one that comes twice with the offset after it.
 */
int32_t zone_offset_of(const TimeZone *zone, const DateTime *clock, int64_t *unix_seconds)
{
    int64_t local, change, by_before, by_after;
    int32_t before, after, offset;

    if (!date_is_civil_valid(clock->year, clock->month)) {
        if (unix_seconds != NULL)
            *unix_seconds = 0;
        return 0;
    }
    local = local_seconds(clock);
    before = timezone_offset_at(zone, local - SECS_PER_DAY).seconds;
    offset = before;
    if (timezone_next_change(zone, local - SECS_PER_DAY, &change)) {
        after = timezone_offset_at(zone, change).seconds;
        by_before = local - before;
        by_after = local - after;
        if (by_before < change && by_after < change)
            offset = before;
        else if (by_before > change && by_after >= change)
            offset = after;
        else
            offset = by_before > by_after ? before : after;
    }
    if (unix_seconds != NULL)
        *unix_seconds = local - offset;
    return offset;
}

static void take_abbrev(const AbbrevRow *row, ZoneAbbrev *out)
{
    *out = (ZoneAbbrev){.offset = row->offset, .is_daylight = row->is_daylight, .name = row->name};
    if (row->zone == NULL)
        return;
    out->zone = zone_find(row->zone);
    if (out->zone == NULL)
        err_raise(SQLSTATE_CONFIG_FILE_ERROR,
                  .message = err_fmt("time zone \"%s\" not recognized", row->zone),
                  .detail = err_fmt("This time zone name appears in the configuration file for "
                                    "time zone abbreviation \"%s\".",
                                    row->name));
}

bool zone_find_abbrev(const char *name, ZoneAbbrev *out)
{
    size_t low = 0, high = ARRAY_LEN(abbrevs);

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strncasecmp(name, abbrevs[middle].name, ABBREV_LETTERS);

        if (order == 0) {
            take_abbrev(&abbrevs[middle], out);
            return true;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

bool zone_abbrev_at(size_t number, ZoneAbbrev *out)
{
    if (number >= ARRAY_LEN(abbrevs))
        return false;
    take_abbrev(&abbrevs[number], out);
    return true;
}

int32_t zone_abbrev_offset_of(const ZoneAbbrev *abbrev, const DateTime *clock)
{
    int64_t unix_seconds;
    int32_t by_zone = zone_offset_of(abbrev->zone, clock, &unix_seconds);
    ZoneOffset offset;

    if (timezone_find_abbreviation(abbrev->zone, abbrev->name, unix_seconds, &offset))
        return offset.seconds;
    return by_zone;
}

int32_t zone_abbrev_offset_at(const ZoneAbbrev *abbrev, Timestamp t, bool *is_daylight)
{
    int64_t unix_seconds = unix_of_timestamp(t);
    ZoneOffset offset;

    if (!timezone_find_abbreviation(abbrev->zone, abbrev->name, unix_seconds, &offset))
        offset = timezone_offset_at(abbrev->zone, unix_seconds);
    *is_daylight = offset.is_daylight;
    return offset.seconds;
}

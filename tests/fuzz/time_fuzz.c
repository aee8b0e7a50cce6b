/*
 * time_fuzz.c - compiled time zones, and points in time as people write them
 *
 * With an even first byte the rest is the file of a zone, which then answers for moments over a
 * thousand years; else it is a text. A text that is understood is written and read again, and means
 * the same.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "common/text/timestamp.h"
#include "common/text/timezone.h"
#include "tests/fuzz/target.h"

#define STEP_SECONDS   (INT64_C(86400) * 97)
#define OFFSET_LIMIT   100000 /* seconds: a day, and what a rule adds to it */
#define NAME_BYTES_MAX 512

static void ask_zone(const TimeZone *zone)
{
    for (int64_t t = -STEP_SECONDS * 1900; t < STEP_SECONDS * 1900; t += STEP_SECONDS) {
        ZoneOffset offset = timezone_offset_at(zone, t);

        if (offset.seconds > OFFSET_LIMIT || offset.seconds < -OFFSET_LIMIT ||
            strnlen(offset.abbreviation, NAME_BYTES_MAX) == NAME_BYTES_MAX)
            abort();
        timezone_to_unix(zone, t);
    }
}

static void read_text(const char *text)
{
    PgTime t = time_parse(text, timezone_utc());
    char *again = time_format(t, TIME_ISO, timezone_utc());

    if (time_parse(again, timezone_utc()) != t)
        abort();
}

void fuzz_take(const uint8_t *data, size_t size)
{
    if (size == 0)
        return;
    if (data[0] % 2 == 0)
        ask_zone(timezone_parse(data + 1, size - 1, "input"));
    else
        read_text(mem_strndup((const char *)data + 1, size - 1));
}

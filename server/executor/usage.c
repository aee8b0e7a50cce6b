/* usage.c - counters of lower rooms, and differences of them; usage.h says of what. */
#include "common/base/base.h"

#include "server/executor/usage.h"

#define COUNTERS (sizeof(Usage) / sizeof(uint64_t))

STATIC_ASSERT(sizeof(Usage) % sizeof(uint64_t) == 0);

typedef union UsageCounters {
    Usage usage;
    uint64_t each[COUNTERS];
} UsageCounters;

void usage_now(Usage *out)
{
    *out =
        (Usage){.buffers = *buffer_counters(), .temp = *vfd_temp_counters(), .wal = *wal_usage()};
}

void usage_add_since(Usage *sum, const Usage *before)
{
    UsageCounters now, then = {.usage = *before}, total = {.usage = *sum};

    usage_now(&now.usage);
    for (size_t i = 0; i < COUNTERS; i++)
        total.each[i] += now.each[i] - then.each[i];
    *sum = total.usage;
}

/* usage.c - what a part of a command has cost; usage.h has the how. */
#include "common/base/base.h"

#include "server/command/usage.h"

#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/process.h"

void usage_begin(CommandUsage *usage)
{
    usage->began = clock_now();
    process_cpu_time(&usage->user_us, &usage->system_us);
}

char *usage_text(const CommandUsage *since)
{
    double elapsed = (double)(clock_now() - since->began) / 1000000;
    uint64_t user_us, system_us;

    process_cpu_time(&user_us, &system_us);
    return mem_printf("CPU: user: %.2f s, system: %.2f s, elapsed: %.2f s",
                      (double)(user_us - since->user_us) / 1000000,
                      (double)(system_us - since->system_us) / 1000000, elapsed);
}

/* clock.c - what time it is, and waiting. */
#include "common/base/base.h"

#include "common/os/clock.h"

static struct timespec now(clockid_t clock)
{
    struct timespec t;

    /* Both clocks exist and the place is good: there is nothing that could fail. */
    clock_gettime(clock, &t);
    return t;
}

PgTime clock_now(void)
{
    struct timespec t = now(CLOCK_REALTIME);

    return (t.tv_sec - PG_EPOCH_UNIX) * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_unix_seconds(void)
{
    return now(CLOCK_REALTIME).tv_sec;
}

uint64_t clock_monotonic_us(void)
{
    struct timespec t = now(CLOCK_MONOTONIC);

    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

uint64_t clock_monotonic_ns(void)
{
    struct timespec t = now(CLOCK_MONOTONIC);

    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

void clock_sleep_ms(uint32_t ms)
{
    const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

    nanosleep(&t, NULL);
}

void clock_sleep_us(uint32_t us)
{
    const struct timespec t = {.tv_sec = us / 1000000, .tv_nsec = (long)(us % 1000000) * 1000};

    nanosleep(&t, NULL);
}

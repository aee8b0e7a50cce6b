/* clock.h - what time it is, and waiting. */
#ifndef OS_CLOCK_H
#define OS_CLOCK_H

#include "common/base/base.h"

PgTime clock_now(void); /* wall clock, microseconds since 2000-01-01 UTC */
int64_t clock_unix_seconds(void);
uint64_t clock_monotonic_us(void); /* for intervals; starts anywhere */
uint64_t clock_monotonic_ns(void);

/* Sleep, for polling with a limit; returns early on a signal that has a handler. */
void clock_sleep_ms(uint32_t ms);
void clock_sleep_us(uint32_t us);

#endif

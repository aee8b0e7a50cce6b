/*
 * futex.c - sleep until a word of memory changes
 *
 * The shared form of the calls is used (no FUTEX_PRIVATE_FLAG), since the word may lie in memory
 * that processes share. Time limits are points of the monotonic clock, so that no clock that is set
 * stretches them.
 */
#include "common/base/base.h"

#include "common/os/futex.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

STATIC_ASSERT(OS_FUTEX_ANY == FUTEX_BITSET_MATCH_ANY);

void os_futex_wait(_Atomic uint32_t *word, uint32_t expected, int64_t timeout_ms)
{
    (void)os_futex_wait_as(word, expected, timeout_ms, OS_FUTEX_ANY);
}

void os_futex_wake(_Atomic uint32_t *word, unsigned count)
{
    (void)os_futex_wake_those(word, count, OS_FUTEX_ANY);
}

bool os_futex_wait_as(_Atomic uint32_t *word, uint32_t expected, int64_t timeout_ms,
                      uint32_t groups)
{
    struct timespec end;

    if (timeout_ms >= 0) {
        clock_gettime(CLOCK_MONOTONIC, &end);
        end.tv_sec += timeout_ms / 1000;
        end.tv_nsec += (timeout_ms % 1000) * 1000000;
        end.tv_sec += end.tv_nsec / 1000000000;
        end.tv_nsec %= 1000000000;
    }
    return syscall(SYS_futex, word, FUTEX_WAIT_BITSET, expected, timeout_ms < 0 ? NULL : &end, NULL,
                   groups) == 0 ||
           errno != ETIMEDOUT;
}

unsigned os_futex_wake_those(_Atomic uint32_t *word, unsigned count, uint32_t groups)
{
    int most = count > INT_MAX ? INT_MAX : (int)count;
    long woken = syscall(SYS_futex, word, FUTEX_WAKE_BITSET, most, NULL, NULL, groups);

    return woken < 0 ? 0 : (unsigned)woken;
}

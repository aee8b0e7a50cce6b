/*
 * futex.h - sleep until a word of memory changes, between threads and processes
 *
 * The word lies in memory that all who use it share. As with every futex the value is looked at
 * under the kernel's lock, so a wake between looking and sleeping is not lost.
 */
#ifndef OS_FUTEX_H
#define OS_FUTEX_H

#include "common/base/base.h"

#include <stdatomic.h>

#define OS_FUTEX_FOREVER (-1)
#define OS_FUTEX_ALL     UINT32_MAX /* as a count: all who sleep */
#define OS_FUTEX_ANY     UINT32_MAX /* as groups: whoever it is */

/*
 * Sleep while *word is expected. Returns after a wake, a signal, timeout_ms milliseconds, or at
 * once when *word is something else: the caller looks again in any case.
 */
void os_futex_wait(_Atomic uint32_t *word, uint32_t expected, int64_t timeout_ms);

/* Wake up to count who sleep on word. Cheap, but a system call: know that somebody sleeps. */
void os_futex_wake(_Atomic uint32_t *word, unsigned count);

/*
 * As above, where those who sleep on one word belong to groups (bits, at least one), and a wake is
 * for some of these, the longest sleeper first. False when the time was up.
 */
bool os_futex_wait_as(_Atomic uint32_t *word, uint32_t expected, int64_t timeout_ms,
                      uint32_t groups);
unsigned os_futex_wake_those(_Atomic uint32_t *word, unsigned count, uint32_t groups);

#endif

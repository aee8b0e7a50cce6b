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

/*
 * Sleep while *word is expected. Returns after a wake, a signal, timeout_ms milliseconds, or at
 * once when *word is something else: the caller looks again in any case.
 */
void os_futex_wait(_Atomic uint32_t *word, uint32_t expected, int64_t timeout_ms);

/* Wake up to count who sleep on word. Cheap, but a system call: know that somebody sleeps. */
void os_futex_wake(_Atomic uint32_t *word, unsigned count);

#endif

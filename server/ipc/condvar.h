/*
 * condvar.h - wait until something in shared memory is so
 *
 *     while (!is_so())
 *         condvar_wait(&thing->changed, &seen, WAIT_EVENT_...);
 *
 * where seen was filled by condvar_begin() before the first look. Whoever makes it so broadcasts
 * afterwards. Handles interrupts while it waits; with a short lock held (of a page, while another
 * process reads the next one) they are held off, so that only what ends soon may be waited for.
 */
#ifndef IPC_CONDVAR_H
#define IPC_CONDVAR_H

#include "common/base/base.h"

#include <stdatomic.h>

#include "server/ipc/wait_event.h"

typedef struct CondVar {
    _Atomic uint32_t generation; /* futex: a broadcast adds one */
    _Atomic uint32_t waiter_count;
} CondVar;

void condvar_init(CondVar *cv);
uint32_t condvar_begin(CondVar *cv); /* the generation, before looking */

/* Wait for a broadcast after *seen, which is brought up to date; look again in any case. */
void condvar_wait(CondVar *cv, uint32_t *seen, WaitEvent wait_event);
bool condvar_wait_ms(CondVar *cv, uint32_t *seen, int64_t timeout_ms,
                     WaitEvent wait_event); /* false: time is up */

void condvar_broadcast(CondVar *cv);

#endif

/*
 * barrier.h - all processes do something before one of them goes on
 *
 * For what others may still have that is about to go away: before the files of a database are
 * removed, each process closes those that it has open. A process that attaches later has none.
 */
#ifndef IPC_BARRIER_H
#define IPC_BARRIER_H

#include "common/base/base.h"

/* What this process does (NULL: nothing), set before proc_attach(). It must not raise. */
void barrier_set_handler(void (*take_part)(void));

/* Tell all that are attached, this process too if it is; the number is for barrier_wait(). */
uint64_t barrier_emit(void);

/*
 * Until all have taken part that were attached when it was emitted. Handles interrupts, which may
 * raise: nobody is called back then.
 */
void barrier_wait(uint64_t number);

#endif

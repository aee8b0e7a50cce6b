/*
 * cancel.h - how a client cancels what its server process runs
 *
 * A client is told the pid of its process and a key when it is let in. A cancel request comes over
 * a connection of its own with both, and is never answered, so that nothing can be learned from it.
 */
#ifndef POSTMASTER_CANCEL_H
#define POSTMASTER_CANCEL_H

#include "common/base/base.h"

size_t cancel_shmem_size(void);
void cancel_shmem_init(void *place);

/* A new key of this process, which is attached; it goes with its slot. */
uint32_t cancel_make_key(void);

/* Interrupt the statement of the process with that pid, if key is its key; else log why not. */
void cancel_request(int pid, uint32_t key);

#endif

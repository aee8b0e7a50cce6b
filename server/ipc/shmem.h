/*
 * shmem.h - the server's shared memory: one mapping, made before the first child, of named parts
 *
 * Each module has one part: a struct that its own functions reach. The table of parts is
 * server/main/shmem.def, a row for each module; ipc knows none of them. All sizes are fixed at
 * start-up by settings. After a crash of a child all parts are initialised anew, in their places.
 */
#ifndef IPC_SHMEM_H
#define IPC_SHMEM_H

#include "common/base/base.h"

typedef struct ShmemPart {
    const char *name; /* as pg_shmem_allocations shows it */
    size_t (*size)(void);
    void (*init)(void *place); /* place is zeroed and aligned to a page of memory */
    size_t allocated;          /* filled by shmem_create */
    void *place;
} ShmemPart;

/*
 * Map the parts and initialise them in their order; the last has a NULL name. parts stays the
 * caller's and must outlive the server. Raises 53200.
 */
void shmem_create(ShmemPart *parts);

/* Zero and initialise all parts again: no other process may be attached any more. */
void shmem_reset(void);

void shmem_destroy(void); /* for tests */

size_t shmem_total_size(void);

/* The parts, for pg_shmem_allocations; ends with a NULL name. */
const ShmemPart *shmem_parts(void);

#endif

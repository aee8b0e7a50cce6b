/* ipc_int.h - what the files of server/ipc share */
#ifndef IPC_IPC_INT_H
#define IPC_IPC_INT_H

#include "common/base/base.h"

#include <stdatomic.h>

#include "server/ipc/condvar.h"

/* Lies beside the slots. */
typedef struct ProcBarrier {
    _Atomic uint64_t number; /* of the newest barrier */
    CondVar noted;           /* a process has taken part, or detached */
} ProcBarrier;

ProcBarrier *proc_barrier(void);

/* This process has nothing of before, and takes part from now on; others can see its slot. */
void barrier_attach(void);

/* Where this process says what it waits for; NULL: nobody looks. */
void wait_event_set_place(_Atomic uint32_t *place);

/* The end of the lifeline was seen. */
void supervisor_note_gone(void);

/* In a child: the slot and the locks are its parent's. */
void proc_forget(void);
void lwlock_forget(void);

/* End the condvar_wait() that this process is in, or about to begin; for handlers. */
void condvar_disturb(void);

/* Let whatever wait this process is in end, so that it looks at its flags; for handlers. */
void interrupt_wake_self(void);

#endif

/*
 * proc.h - the table of server processes: a slot in shared memory for each that is attached
 *
 * A slot's number (0 to proc_slot_count() - 1) indexes the arrays in which other modules keep what
 * they share about each process. Backends and workers take slots from lists, each auxiliary
 * process has its own. The supervisor has none.
 */
#ifndef IPC_PROC_H
#define IPC_PROC_H

#include "common/base/base.h"

#include "server/ipc/latch.h"
#include "server/ipc/spinlock.h"

/* server/ipc/proc_kind.def: ROW(name, backend_type text, pool). */
typedef enum ProcKind {
#define ROW(kind, text, pool) PROC_##kind,
#include "server/ipc/proc_kind.def"
#undef ROW
    PROC_KIND_COUNT,
} ProcKind;

#define PROC_NONE (-1)

typedef struct Proc {
    _Alignas(64) int slot; /* fixed */
    _Atomic int pid;       /* 0: the slot is free */
    ProcKind kind;         /* written by the process itself before pid, as the next four */
    _Atomic Oid database;  /* 0: none (yet) */
    _Atomic Oid role;      /* 0: none (yet) */
    bool is_physical_walsender;
    int next_free; /* guarded by the list's spinlock */
    Latch latch;
    _Atomic uint32_t signals;      /* bits of ProcSignal that were sent and not yet handled */
    _Atomic uint32_t wait_event;   /* WaitEvent; 0: it works */
    _Atomic uint32_t sleep;        /* futex word for waits of one at a time (lock, condvar) */
    _Atomic uint64_t barrier_seen; /* generation of the newest barrier it has taken part in */
} Proc;

size_t proc_shmem_size(void);
void proc_shmem_init(void *place); /* NULL: there is no table any more, as after a test */
bool proc_has_table(void);

unsigned proc_slot_count(void);

/*
 * Take a slot for this process; from then on proc_self() is it. Raises 53300 "sorry, too many
 * clients already" (for WAL senders and workers with words of their own) when there is none. The
 * slot is given back by proc_detach(), which runs all that was registered by proc_on_detach(); at
 * exit() it is called if that was not done.
 */
void proc_attach(ProcKind kind);
void proc_detach(void);
bool proc_is_attached(void);

/* fn runs in proc_detach(), newest first, before the slot is free; it must not raise. */
void proc_on_detach(void (*fn)(void *arg), void *arg);
void proc_forget_on_detach(void (*fn)(void *arg), void *arg); /* the newest of these */

Proc *proc_self(void); /* NULL when this process has no slot */
Proc *proc_at(int slot);
Proc *proc_of_kind(ProcKind kind); /* an auxiliary process that lives, or NULL */
Proc *proc_find_pid(int pid);      /* or NULL */

const char *proc_kind_text(ProcKind kind); /* "client backend" */

/* How many backends speak for that role. */
unsigned proc_count_role(Oid role);

/* How many slots of the pool that backends take are free (for reserved connections). */
unsigned proc_free_backend_slots(void);

#endif

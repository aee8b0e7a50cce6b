/*
 * proc.c - the table of server processes
 *
 * Slots lie in the order of their pools; those of processes that have one of their own come last.
 * A free slot is on the list of its pool and has no pid; who takes it writes the pid last, so that
 * whoever sees one may read the rest.
 */
#include "common/base/base.h"

#include "server/ipc/proc.h"

#include <stdlib.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/process.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/ipc_int.h"
#include "server/ipc/lwlock.h"

#define DETACH_MAX 32

typedef enum Pool {
    POOL_BACKENDS,
    POOL_AUTOVACUUM,
    POOL_WORKERS,
    POOL_WAL_SENDERS,
    POOL_OWN, /* a slot for each kind */
    POOL_COUNT,
} Pool;

typedef struct PoolList {
    _Alignas(64) SpinLock lock;
    int first_free;              /* guarded by lock */
    _Atomic unsigned free_count; /* written with lock, read without, as a hint */
} PoolList;

typedef struct ProcShared {
    PoolList pools[POOL_COUNT];
    ProcBarrier barrier;
    Proc procs[];
} ProcShared;

typedef struct DetachCall {
    void (*fn)(void *arg);
    void *arg;
} DetachCall;

static struct {
    ProcShared *shared;
    unsigned slot_count;
    unsigned pool_start[POOL_COUNT]; /* the first slot of each */
    Proc *self;                      /* NULL: none */
    int self_pid;                    /* whose self is: a child's copy is none of its own */
    bool has_exit_call;
    unsigned call_count;
    DetachCall calls[DETACH_MAX];
} procs;

static const char *const kind_texts[] = {
#define ROW(kind, text, pool) text,
#include "server/ipc/proc_kind.def"
#undef ROW
};

static const Pool kind_pools[] = {
#define ROW(kind, text, pool) POOL_##pool,
#include "server/ipc/proc_kind.def"
#undef ROW
};

static unsigned all_slots(void);
static unsigned pool_size(Pool pool);
static void pool_init(Pool pool);
static Proc *own_slot(ProcKind kind);
static Proc *take_slot(ProcKind kind);
static Proc *take_own_slot(ProcKind kind);
static Proc *pool_pop(Pool pool);
static void pool_push(Pool pool, Proc *proc);
_Noreturn static void raise_full(ProcKind kind);
static void detach_at_exit(void);

size_t proc_shmem_size(void)
{
    return size_add(sizeof(ProcShared), size_mul(all_slots(), sizeof(Proc)));
}

void proc_shmem_init(void *place)
{
    procs.shared = place;
    procs.slot_count = 0;
    if (place == NULL)
        return;
    atomic_init(&procs.shared->barrier.number, 0);
    condvar_init(&procs.shared->barrier.noted);
    for (Pool pool = 0; pool < POOL_COUNT; pool++)
        pool_init(pool);
}

bool proc_has_table(void)
{
    return procs.shared != NULL;
}

static unsigned all_slots(void)
{
    unsigned slots = 0;

    for (Pool pool = 0; pool < POOL_COUNT; pool++)
        slots += pool_size(pool);
    return slots;
}

static unsigned pool_size(Pool pool)
{
    switch (pool) {
    case POOL_BACKENDS:
        return (unsigned)setting.max_connections;
    case POOL_AUTOVACUUM:
        return (unsigned)setting.autovacuum_max_workers;
    case POOL_WORKERS:
        return (unsigned)setting.max_worker_processes;
    case POOL_WAL_SENDERS:
        return (unsigned)setting.max_wal_senders;
    default:
        return PROC_KIND_COUNT;
    }
}

static void pool_init(Pool pool)
{
    PoolList *list = &procs.shared->pools[pool];
    unsigned start = procs.slot_count;

    procs.pool_start[pool] = start;
    procs.slot_count += pool_size(pool);
    spin_init(&list->lock);
    list->first_free = PROC_NONE;
    for (unsigned i = procs.slot_count; i > start; i--) {
        Proc *proc = &procs.shared->procs[i - 1];

        proc->slot = (int)(i - 1);
        atomic_init(&proc->pid, 0);
        latch_init(&proc->latch);
        if (pool != POOL_OWN)
            pool_push(pool, proc);
    }
}

/* Sizes of other parts are computed with it before there is shared memory. */
unsigned proc_slot_count(void)
{
    return procs.slot_count != 0 ? procs.slot_count : all_slots();
}

void proc_attach(ProcKind kind)
{
    Proc *proc;

    ASSERT(!proc_is_attached());
    proc = take_slot(kind);
    proc->kind = kind;
    atomic_store(&proc->database, 0);
    proc->role = 0;
    proc->is_physical_walsender = false;
    atomic_store(&proc->signals, 0);
    atomic_store(&proc->wait_event, WAIT_EVENT_NONE);
    atomic_store(&proc->sleep, 0);
    atomic_store(&proc->barrier_seen, 0);
    latch_reset(&proc->latch);
    latch_own(&proc->latch);
    procs.self_pid = process_id();
    procs.call_count = 0;
    if (!procs.has_exit_call)
        procs.has_exit_call = atexit(detach_at_exit) == 0;
    procs.self = proc;
    atomic_store(&proc->pid, procs.self_pid);
    barrier_attach();
    wait_event_set_place(&proc->wait_event);
    latch_use(&proc->latch);
    /* What came before was for the local latch. */
    latch_set(&proc->latch);
}

static Proc *take_slot(ProcKind kind)
{
    Proc *proc = kind_pools[kind] == POOL_OWN ? take_own_slot(kind) : pool_pop(kind_pools[kind]);

    if (proc == NULL)
        raise_full(kind);
    return proc;
}

static Proc *take_own_slot(ProcKind kind)
{
    Proc *proc = own_slot(kind);

    if (atomic_load(&proc->pid) != 0)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("there is a %s already", kind_texts[kind]));
    return proc;
}

static Proc *own_slot(ProcKind kind)
{
    return &procs.shared->procs[procs.pool_start[POOL_OWN] + kind];
}

static Proc *pool_pop(Pool pool)
{
    PoolList *list = &procs.shared->pools[pool];
    Proc *proc = NULL;

    spin_lock(&list->lock);
    if (list->first_free != PROC_NONE) {
        proc = &procs.shared->procs[list->first_free];
        list->first_free = proc->next_free;
        atomic_fetch_sub(&list->free_count, 1);
    }
    spin_unlock(&list->lock);
    return proc;
}

static void pool_push(Pool pool, Proc *proc)
{
    PoolList *list = &procs.shared->pools[pool];

    spin_lock(&list->lock);
    proc->next_free = list->first_free;
    list->first_free = proc->slot;
    atomic_fetch_add(&list->free_count, 1);
    spin_unlock(&list->lock);
}

static void raise_full(ProcKind kind)
{
    switch (kind_pools[kind]) {
    case POOL_WAL_SENDERS:
        err_raise(SQLSTATE_TOO_MANY_CONNECTIONS,
                  .message = err_fmt("number of requested standby connections exceeds "
                                     "max_wal_senders (currently %d)",
                                     setting.max_wal_senders));
    case POOL_AUTOVACUUM:
    case POOL_WORKERS:
        err_raise(SQLSTATE_TOO_MANY_CONNECTIONS,
                  .message = err_fmt("no slot is left for another %s", kind_texts[kind]));
    default:
        err_raise(SQLSTATE_TOO_MANY_CONNECTIONS, .message = "sorry, too many clients already");
    }
}

void proc_detach(void)
{
    Proc *proc = procs.self;

    ASSERT(proc_is_attached());
    /* A process that ends in the middle of things may have some. */
    lwlock_release_all();
    while (procs.call_count > 0) {
        DetachCall call = procs.calls[--procs.call_count];

        call.fn(call.arg);
    }
    latch_use(NULL);
    wait_event_set_place(NULL);
    procs.self = NULL;
    latch_disown(&proc->latch);
    atomic_store(&proc->database, 0);
    atomic_store(&proc->pid, 0);
    condvar_broadcast(&procs.shared->barrier.noted);
    if (kind_pools[proc->kind] != POOL_OWN)
        pool_push(kind_pools[proc->kind], proc);
}

static void detach_at_exit(void)
{
    if (proc_is_attached() && procs.self_pid == process_id())
        proc_detach();
}

void proc_forget(void)
{
    procs.self = NULL;
    procs.call_count = 0;
    wait_event_set_place(NULL);
    latch_use(NULL);
    latch_reset(latch_own_one());
}

ProcBarrier *proc_barrier(void)
{
    return &procs.shared->barrier;
}

bool proc_is_attached(void)
{
    return procs.self != NULL;
}

void proc_on_detach(void (*fn)(void *arg), void *arg)
{
    ASSERT(procs.self != NULL);
    if (procs.call_count == DETACH_MAX)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "too much is to be done at a process's end");
    procs.calls[procs.call_count++] = (DetachCall){.fn = fn, .arg = arg};
}

void proc_forget_on_detach(void (*fn)(void *arg), void *arg)
{
    unsigned i = procs.call_count;

    while (i > 0 && (procs.calls[i - 1].fn != fn || procs.calls[i - 1].arg != arg))
        i--;
    ASSERT(i > 0);
    procs.call_count--;
    for (; i <= procs.call_count; i++)
        procs.calls[i - 1] = procs.calls[i];
}

Proc *proc_self(void)
{
    return procs.self;
}

Proc *proc_at(int slot)
{
    ASSERT(slot >= 0 && (unsigned)slot < procs.slot_count);
    return &procs.shared->procs[slot];
}

Proc *proc_of_kind(ProcKind kind)
{
    Proc *proc;

    ASSERT(kind_pools[kind] == POOL_OWN);
    if (!proc_has_table())
        return NULL;
    proc = own_slot(kind);
    return atomic_load(&proc->pid) != 0 ? proc : NULL;
}

Proc *proc_find_pid(int pid)
{
    for (unsigned i = 0; i < procs.slot_count && pid != 0; i++)
        if (atomic_load(&procs.shared->procs[i].pid) == pid)
            return &procs.shared->procs[i];
    return NULL;
}

const char *proc_kind_text(ProcKind kind)
{
    return kind_texts[kind];
}

unsigned proc_count_role(Oid role)
{
    unsigned count = 0;

    for (unsigned i = 0; i < proc_slot_count(); i++) {
        const Proc *proc = proc_at((int)i);

        count += proc->pid != 0 && proc->kind == PROC_BACKEND && proc->role == role;
    }
    return count;
}

unsigned proc_free_backend_slots(void)
{
    return atomic_load(&procs.shared->pools[POOL_BACKENDS].free_count);
}

/* cancel.c - keys of processes in shared memory; cancel.h says what for. */
#include "common/base/base.h"

#include "server/postmaster/cancel.h"

#include <signal.h>

#include "common/crypt/random.h"
#include "common/err/err.h"
#include "common/os/child.h"
#include "server/ipc/proc.h"

/* pid in the high half, key in the low one, so that both are seen together; 0: no key. */
typedef _Atomic uint64_t CancelKey;

static CancelKey *keys; /* one a slot of the process table; written by the slot's process */

size_t cancel_shmem_size(void)
{
    return (size_t)proc_slot_count() * sizeof(CancelKey);
}

void cancel_shmem_init(void *place)
{
    keys = place;
}

static void forget_key(void *arg UNUSED)
{
    keys[proc_self()->slot] = 0;
}

uint32_t cancel_make_key(void)
{
    Proc *self = proc_self();
    uint32_t key;

    random_bytes(&key, sizeof key);
    proc_on_detach(forget_key, NULL);
    keys[self->slot] = (uint64_t)self->pid << 32 | key;
    return key;
}

void cancel_request(int pid, uint32_t key)
{
    for (unsigned i = 0; i < proc_slot_count(); i++) {
        uint64_t wanted = keys[i];

        if (pid == 0 || (int)(wanted >> 32) != pid)
            continue;
        if ((uint32_t)wanted == key)
            os_signal_send(pid, SIGINT);
        else
            err_log(ERR_LOG, .message = err_fmt("wrong key in cancel request for process %d", pid));
        return;
    }
    err_log(ERR_LOG,
            .message = err_fmt("PID %d in cancel request did not match any process", pid));
}

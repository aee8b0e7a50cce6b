/* wal_receiver.c - the receiver as others see it: asked for, looked at, ended. */
#include "common/base/base.h"

#include "server/replication/wal_receiver.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "common/os/child.h"
#include "common/os/clock.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "server/ipc/supervisor.h"
#include "server/replication/wal_receiver_int.h"
#include "server/wal/wal.h"

#define START_LIMIT_US 10000000 /* a process that was asked for and does not come is given up */

static WalReceiverShared *receiver;

size_t wal_receiver_shmem_size(void)
{
    return sizeof(WalReceiverShared);
}

void wal_receiver_shmem_init(void *place)
{
    receiver = place;
    spin_init(&receiver->lock);
    condvar_init(&receiver->changed);
}

WalReceiverShared *wal_receiver_shared(void)
{
    return receiver;
}

const char *wal_receiver_state_text(WalReceiverState state)
{
    static const char *const texts[] = {
        [WAL_RECEIVER_NONE] = "stopped",       [WAL_RECEIVER_STARTING] = "starting",
        [WAL_RECEIVER_STREAMING] = "streaming", [WAL_RECEIVER_WAITING] = "waiting",
        [WAL_RECEIVER_RESTARTING] = "restarting", [WAL_RECEIVER_STOPPING] = "stopping",
    };

    return texts[state];
}

void wal_receiver_set_state(WalReceiverState state)
{
    spin_lock(&receiver->lock);
    receiver->row.state = state;
    spin_unlock(&receiver->lock);
    condvar_broadcast(&receiver->changed);
}

/* ---- For the startup process ---- */

void wal_receiver_request(TimelineId tli, Lsn lsn, const char *conninfo, const char *slot,
                          bool makes_slot)
{
    const uint32_t size = wal_identity()->segment_size;
    WalReceiverShared *r = receiver;
    bool is_new;

    /* Segments are brought whole: what is there of one may have come by another way. */
    lsn -= lsn % size;
    spin_lock(&r->lock);
    is_new = r->row.state == WAL_RECEIVER_NONE;
    if (is_new) {
        r->row = (WalReceiverRow){.flushed = r->row.flushed, .tli = r->row.tli};
        r->asked_at_us = (int64_t)clock_monotonic_us();
    }
    r->row.state = is_new ? WAL_RECEIVER_STARTING : WAL_RECEIVER_RESTARTING;
    snprintf(r->conninfo, sizeof r->conninfo, "%s", conninfo);
    snprintf(r->row.slot, sizeof r->row.slot, "%s", slot == NULL ? "" : slot);
    r->makes_slot = makes_slot && (slot == NULL || *slot == '\0');
    if (r->row.flushed == LSN_NONE || r->row.tli != tli) {
        r->row.flushed = r->chunk_start = lsn;
        r->row.tli = tli;
    }
    r->row.start = lsn;
    r->row.start_tli = tli;
    spin_unlock(&r->lock);
    condvar_broadcast(&r->changed);
    if (is_new) {
        supervisor_request(SUPERVISOR_START_WAL_RECEIVER);
    } else {
        Proc *proc = proc_of_kind(PROC_WAL_RECEIVER);

        if (proc != NULL)
            latch_set(&proc->latch);
    }
}

/* One that never came up is none. */
static void forget_late(void)
{
    spin_lock(&receiver->lock);
    if (receiver->row.state == WAL_RECEIVER_STARTING &&
        (int64_t)clock_monotonic_us() - receiver->asked_at_us > START_LIMIT_US)
        receiver->row.state = WAL_RECEIVER_NONE;
    spin_unlock(&receiver->lock);
}

void wal_receiver_tell(RecoveryStreamState *out)
{
    WalReceiverState state;

    forget_late();
    spin_lock(&receiver->lock);
    state = receiver->row.state;
    out->flushed = receiver->row.flushed;
    out->tli = receiver->row.tli;
    out->chunk_start = receiver->chunk_start;
    out->chunk_time = receiver->chunk_time;
    spin_unlock(&receiver->lock);
    out->is_alive = state == WAL_RECEIVER_STARTING || state == WAL_RECEIVER_STREAMING ||
                    state == WAL_RECEIVER_RESTARTING;
}

void wal_receiver_shut_down(void)
{
    uint32_t seen = condvar_begin(&receiver->changed);
    int pid;

    spin_lock(&receiver->lock);
    pid = receiver->row.pid;
    if (receiver->row.state == WAL_RECEIVER_STARTING && pid == 0)
        receiver->row.state = WAL_RECEIVER_NONE;
    else if (receiver->row.state != WAL_RECEIVER_NONE)
        receiver->row.state = WAL_RECEIVER_STOPPING;
    spin_unlock(&receiver->lock);
    if (pid != 0)
        os_signal_send(pid, SIGTERM);
    for (;;) {
        WalReceiverState state;

        spin_lock(&receiver->lock);
        state = receiver->row.state;
        spin_unlock(&receiver->lock);
        if (state == WAL_RECEIVER_NONE)
            return;
        condvar_wait(&receiver->changed, &seen, WAIT_EVENT_WAL_RECEIVER_EXIT);
    }
}

void wal_receiver_wake(void)
{
    Proc *proc = proc_of_kind(PROC_WAL_RECEIVER);

    atomic_store(&receiver->wants_reply, true);
    if (proc != NULL)
        latch_set(&proc->latch);
}

void wal_receiver_look(WalReceiverRow *out, Lsn *written)
{
    spin_lock(&receiver->lock);
    *out = receiver->row;
    spin_unlock(&receiver->lock);
    *written = atomic_load(&receiver->written);
}

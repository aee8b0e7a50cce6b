/* wal_sender.c - senders in shared memory; wal_sender.h has the states. */
#include "common/base/base.h"

#include "server/replication/wal_sender.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/process.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "server/replication/wal_sender_int.h"

#define STOP_LOOK_MS 10

typedef struct WalSenderShared {
    _Atomic int used; /* how many entries are in use, as a hint */
    WalSender senders[]; /* max_wal_senders */
} WalSenderShared;

static struct {
    WalSenderShared *shared;
    WalSender *own;
    volatile bool is_stopping; /* the checkpointer has said so */
} sender;

static void end(void *arg);
static void on_stopping(void);

size_t wal_sender_shmem_size(void)
{
    return size_add(sizeof(WalSenderShared),
                    size_mul((size_t)setting.max_wal_senders, sizeof(WalSender)));
}

void wal_sender_shmem_init(void *place)
{
    sender.shared = place;
    sender.own = NULL;
    for (int i = 0; i < setting.max_wal_senders; i++)
        spin_init(&sender.shared->senders[i].lock);
}

const char *wal_sender_state_text(WalSenderState state)
{
    static const char *const texts[] = {
        [WAL_SENDER_STARTUP] = "startup",     [WAL_SENDER_BACKUP] = "backup",
        [WAL_SENDER_CATCHUP] = "catchup",     [WAL_SENDER_STREAMING] = "streaming",
        [WAL_SENDER_STOPPING] = "stopping",
    };

    return texts[state];
}

WalSender *wal_sender_own(void)
{
    return sender.own;
}

unsigned wal_sender_count(void)
{
    return (unsigned)setting.max_wal_senders;
}

WalSender *wal_sender_at(unsigned i)
{
    return &sender.shared->senders[i];
}

/* ---- Life ---- */

/* There is an entry for each slot of a process of this kind. */
void wal_sender_begin(void)
{
    for (int i = 0; i < setting.max_wal_senders && sender.own == NULL; i++) {
        WalSender *s = &sender.shared->senders[i];
        int nobody = 0;

        if (atomic_compare_exchange_strong(&s->pid, &nobody, process_id()))
            sender.own = s;
    }
    if (sender.own == NULL)
        err_raise(SQLSTATE_TOO_MANY_CONNECTIONS,
                  .message = err_fmt("number of requested standby connections exceeds "
                                     "max_wal_senders (currently %d)",
                                     setting.max_wal_senders));
    spin_lock(&sender.own->lock);
    sender.own->row = (WalSenderRow){.pid = process_id(),
                                     .proc_slot = proc_self()->slot,
                                     .write_lag_us = WAL_LAG_UNKNOWN,
                                     .flush_lag_us = WAL_LAG_UNKNOWN,
                                     .apply_lag_us = WAL_LAG_UNKNOWN};
    spin_unlock(&sender.own->lock);
    atomic_store(&sender.own->is_asleep, false);
    atomic_fetch_add(&sender.shared->used, 1);
    proc_on_detach(end, NULL);
    proc_signal_set_handler(PROC_SIGNAL_WAL_SENDER_INIT_STOPPING, on_stopping);
}

static void end(void *arg UNUSED)
{
    spin_lock(&sender.own->lock);
    sender.own->row = (WalSenderRow){.pid = 0};
    spin_unlock(&sender.own->lock);
    atomic_fetch_sub(&sender.shared->used, 1);
    atomic_store(&sender.own->pid, 0);
    sender.own = NULL;
}

void wal_sender_set_state(WalSenderState state)
{
    if (sender.own == NULL)
        return;
    spin_lock(&sender.own->lock);
    sender.own->row.state = state;
    spin_unlock(&sender.own->lock);
}

/* What streams goes on to the end; anything else would keep the checkpointer waiting. */
static void on_stopping(void)
{
    WalSenderState state = sender.own->row.state;

    sender.is_stopping = true;
    if (state == WAL_SENDER_CATCHUP || state == WAL_SENDER_STREAMING)
        wal_sender_set_state(WAL_SENDER_STOPPING);
    else if (state != WAL_SENDER_STOPPING)
        interrupt_set(INTERRUPT_DIE);
}

void wal_sender_check_stopping(void)
{
    if (sender.is_stopping)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "cannot execute new commands while WAL sender is in stopping mode");
}

/* ---- Others speak to them ---- */

void wal_sender_wake_all(void)
{
    if (LIKELY(atomic_load(&sender.shared->used) == 0))
        return;
    for (int i = 0; i < setting.max_wal_senders; i++) {
        WalSender *s = &sender.shared->senders[i];

        /* Who is woken by somebody else meanwhile looks by itself. */
        if (atomic_load(&s->pid) != 0 && atomic_exchange(&s->is_asleep, false))
            latch_set(&proc_at(s->row.proc_slot)->latch);
    }
}

static bool all_are_stopping(void)
{
    for (int i = 0; i < setting.max_wal_senders; i++) {
        WalSender *s = &sender.shared->senders[i];
        WalSenderState state;

        if (atomic_load(&s->pid) == 0)
            continue;
        spin_lock(&s->lock);
        state = s->row.state;
        spin_unlock(&s->lock);
        if (state != WAL_SENDER_STOPPING)
            return false;
    }
    return true;
}

void wal_sender_stop_all(void)
{
    while (!all_are_stopping()) {
        /* Again and again, since one may be just beginning. */
        for (int i = 0; i < setting.max_wal_senders; i++) {
            WalSender *s = &sender.shared->senders[i];
            int pid = atomic_load(&s->pid);

            if (pid != 0)
                proc_signal_send(s->row.proc_slot, pid, PROC_SIGNAL_WAL_SENDER_INIT_STOPPING);
        }
        clock_sleep_ms(STOP_LOOK_MS);
        check_interrupts();
    }
}

void wal_sender_list(Array *rows)
{
    array_init(rows, sizeof(WalSenderRow));
    for (int i = 0; i < setting.max_wal_senders; i++) {
        WalSender *s = &sender.shared->senders[i];
        WalSenderRow row;

        spin_lock(&s->lock);
        row = s->row;
        spin_unlock(&s->lock);
        if (row.pid != 0)
            *(WalSenderRow *)array_push(rows) = row;
    }
}

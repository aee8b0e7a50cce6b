/* supervisor.c - what each process knows of the supervisor: whether it lives, how to ask it */
#include "common/base/base.h"

#include "server/ipc/supervisor.h"

#include <signal.h>
#include <stdatomic.h>

#include "common/os/child.h"
#include "common/os/clock.h"
#include "common/os/process.h"
#include "server/ipc/ipc_int.h"

#define SIGNAL_GONE SIGPWR
#define EXIT_GONE   1

typedef struct SupervisorShared {
    _Atomic uint32_t requests; /* bits of SupervisorRequest that were not taken so far */
    _Atomic uint32_t quit_reason; /* QuitReason; written by the supervisor */
} SupervisorShared;

static struct {
    int pid; /* 0: there is none */
    PgTime start_time;
    OsLifeline line;
    bool is_child;
    bool has_signal;
    _Atomic uint32_t is_gone; /* set by the handler */
    SupervisorShared *shared;
} supervisor = {.line = {-1, -1}};

static void on_gone(int signal_no);

void supervisor_open_lifeline(void)
{
    supervisor.line = os_lifeline_open();
    supervisor.pid = process_id();
    supervisor.start_time = clock_now();
}

void supervisor_enter_child(void)
{
    lwlock_forget();
    proc_forget();
    if (supervisor.pid == 0)
        return;
    supervisor.is_child = true;
    os_lifeline_keep_read_end(&supervisor.line);
    os_signal_handle(SIGNAL_GONE, on_gone);
    supervisor.has_signal = os_parent_end_signal(SIGNAL_GONE);
    /* It may have ended before the signal was asked for. */
    if (process_parent_id() != supervisor.pid)
        os_exit_now(EXIT_GONE);
}

static void on_gone(int signal_no)
{
    (void)signal_no;
    /*
     * Anybody can send a signal, but a process whose parent has ended has another one. The lifeline
     * may still be whole: a child that was just forked has a copy of its other end for a moment.
     */
    if (process_parent_id() != supervisor.pid)
        supervisor_note_gone();
    interrupt_wake_self();
}

void supervisor_note_gone(void)
{
    atomic_store(&supervisor.is_gone, 1);
}

bool supervisor_is_alive(void)
{
    if (!supervisor.is_child)
        return true;
    if (!supervisor.has_signal && os_lifeline_is_cut(&supervisor.line))
        supervisor_note_gone();
    return atomic_load(&supervisor.is_gone) == 0;
}

void supervisor_leave_if_gone(void)
{
    if (!supervisor_is_alive())
        os_exit_now(EXIT_GONE);
}

int supervisor_lifeline_fd(void)
{
    return supervisor.is_child ? supervisor.line.read_fd : -1;
}

int supervisor_pid(void)
{
    return supervisor.pid;
}

PgTime supervisor_start_time(void)
{
    return supervisor.start_time;
}

/* ---- requests ---- */

void supervisor_request(SupervisorRequest what)
{
    atomic_fetch_or(&supervisor.shared->requests, UINT32_C(1) << what);
    (void)os_signal_send(supervisor.pid, SIGUSR1);
}

bool supervisor_take_request(SupervisorRequest what)
{
    uint32_t bit = UINT32_C(1) << what;

    return (atomic_fetch_and(&supervisor.shared->requests, ~bit) & bit) != 0;
}

void supervisor_set_quit_reason(QuitReason reason)
{
    atomic_store(&supervisor.shared->quit_reason, reason);
}

QuitReason supervisor_quit_reason(void)
{
    return (QuitReason)atomic_load(&supervisor.shared->quit_reason);
}

size_t supervisor_shmem_size(void)
{
    return sizeof(SupervisorShared);
}

void supervisor_shmem_init(void *place)
{
    supervisor.shared = place;
    atomic_init(&supervisor.shared->requests, 0);
    atomic_init(&supervisor.shared->quit_reason, QUIT_UNASKED);
}

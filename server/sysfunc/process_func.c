/*
 * process_func.c - server processes as SQL sees them: whose they are, ending them, waiting
 */
#include "common/base/base.h"

#include <math.h>
#include <signal.h>

#include "common/err/err.h"
#include "common/os/child.h"
#include "common/os/clock.h"
#include "common/os/process.h"
#include "server/catalog/catalog_oid.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "server/ipc/supervisor.h"
#include "server/object/role.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/value.h"

#define SLEEP_MS_MAX 600000 /* at a time */
#define POLL_MS      100

/* The words in which the two refuse. */
typedef struct SignalTexts {
    int signal_no;
    const char *superuser, *other;
} SignalTexts;

static bool send_signal(int pid, const SignalTexts *texts);
static const Proc *find_session(int pid);
static void require_right(const Proc *proc, const SignalTexts *texts);
static bool wait_for_end(int pid, int64_t timeout_ms);

Datum pg_backend_pid(FmgrCall *call UNUSED)
{
    return datum_of_i32(process_id());
}

/* ---- Signals ---- */

Datum pg_cancel_backend(FmgrCall *call)
{
    static const SignalTexts texts = {
        SIGINT, "must be a superuser to cancel superuser query",
        "must be a member of the role whose query is being canceled or member of "
        "pg_signal_backend"};

    return datum_of_bool(send_signal(fmgr_i32(call, 0), &texts));
}

Datum pg_terminate_backend(FmgrCall *call)
{
    static const SignalTexts texts = {
        SIGTERM, "must be a superuser to terminate superuser process",
        "must be a member of the role whose process is being terminated or member of "
        "pg_signal_backend"};
    int pid = fmgr_i32(call, 0);
    int64_t timeout_ms = fmgr_i64(call, 1);
    bool is_sent;

    if (timeout_ms < 0)
        err_raise(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE,
                  .message = "\"timeout\" must not be negative");
    is_sent = send_signal(pid, &texts);
    if (is_sent && timeout_ms > 0)
        return datum_of_bool(wait_for_end(pid, timeout_ms));
    return datum_of_bool(is_sent);
}

static bool send_signal(int pid, const SignalTexts *texts)
{
    const Proc *proc = find_session(pid);

    if (proc == NULL) {
        err_log(ERR_WARNING, .sqlstate = SQLSTATE_WARNING,
                .message = err_fmt("PID %d is not a PostgreSQL backend process", pid));
        return false;
    }
    require_right(proc, texts);
    if (os_signal_send(pid, texts->signal_no))
        return true;
    err_log(ERR_WARNING, .sqlstate = SQLSTATE_WARNING,
            .message = err_fmt("could not send signal to process %d: No such process", pid));
    return false;
}

/* Of those that run transactions: the processes that there is one of are none of anybody's. */
static const Proc *find_session(int pid)
{
    const Proc *proc = pid == 0 ? NULL : proc_find_pid(pid);

    if (proc == NULL)
        return NULL;
    switch (proc->kind) {
    case PROC_BACKEND:
    case PROC_STANDALONE:
    case PROC_AUTOVACUUM_LAUNCHER:
    case PROC_AUTOVACUUM_WORKER:
    case PROC_BACKGROUND_WORKER:
    case PROC_WAL_SENDER:
        return proc;
    default:
        return NULL;
    }
}

/* A process that speaks for nobody has the rights of a superuser. */
static void require_right(const Proc *proc, const SignalTexts *texts)
{
    Oid role = proc->role;

    if ((role == 0 || role_is_superuser(role)) && !role_is_superuser(role_current()))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE, .message = texts->superuser);
    if (!role_has_rights_of(role_current(), role) &&
        !role_has_rights_of(role_current(), ROLE_SIGNAL_BACKEND))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE, .message = texts->other);
}

static bool wait_for_end(int pid, int64_t timeout_ms)
{
    for (int64_t left = timeout_ms; left > 0; left -= POLL_MS) {
        if (!process_exists(pid))
            return true;
        latch_wait(LATCH_SET | LATCH_TIMEOUT, left < POLL_MS ? left : POLL_MS,
                   WAIT_EVENT_BACKEND_TERMINATION);
        latch_reset(latch_own_one());
        check_interrupts();
    }
    err_log(ERR_WARNING, .sqlstate = SQLSTATE_WARNING,
            .message = err_fmt("backend with PID %d did not terminate within %lld milliseconds",
                               pid, (long long)timeout_ms));
    return false;
}

Datum pg_reload_conf(FmgrCall *call UNUSED)
{
    if (os_signal_send(supervisor_pid(), SIGHUP))
        return datum_of_bool(true);
    err_log(ERR_WARNING, .sqlstate = SQLSTATE_WARNING,
            .message = "failed to send signal to postmaster: No such process");
    return datum_of_bool(false);
}

/* ---- Waiting ---- */

Datum pg_sleep(FmgrCall *call)
{
    double end = (double)clock_now() / 1e6 + fmgr_f8(call, 0);

    for (;;) {
        double left;

        check_interrupts();
        left = end - (double)clock_now() / 1e6;
        if (!(left > 0))
            return 0;
        latch_wait(LATCH_SET | LATCH_TIMEOUT,
                   left >= SLEEP_MS_MAX / 1000.0 ? SLEEP_MS_MAX : (int64_t)ceil(left * 1000.0),
                   WAIT_EVENT_PG_SLEEP);
        latch_reset(latch_own_one());
    }
}

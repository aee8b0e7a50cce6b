/* child.c - fork, begin, end; child.h has the promises. */
#include "common/base/base.h"

#include "server/postmaster/child.h"

#include <stdlib.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/child.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/supervisor.h"
#include "server/ipc/timer.h"
#include "server/ipc/title.h"
#include "server/stats/stats.h"

static struct {
    ProcKind kind;
    void (*cleanup)(void);
} child = {.kind = PROC_KIND_COUNT};

_Noreturn static void run(ProcKind kind, void (*main)(void *arg), void *arg);
_Noreturn static void end(ErrLevel level, int exit_code);

void child_set_cleanup(void (*cleanup)(void))
{
    child.cleanup = cleanup;
}

int child_fork(ProcKind kind, void (*main)(void *arg), void *arg)
{
    volatile int pid = -1;

    os_signals_block();
    ERR_TRY() {
        pid = os_fork();
        if (pid == 0)
            run(kind, main, arg);
    }
    ERR_FINALLY() {
        os_signals_unblock();
    }
    ERR_END();
    return pid;
}

static void run(ProcKind kind, void (*main)(void *arg), void *arg)
{
    /* What the supervisor was in the middle of is none of the child's. */
    err_drop_frames();
    mem_switch(mem_root());
    child.kind = kind;
    supervisor_enter_child();
    if (child.cleanup != NULL)
        child.cleanup();
    timer_init();
    interrupt_install();
    /* Whom a backend is for is known when it has read that. */
    if (kind != PROC_BACKEND)
        title_begin(proc_kind_text(kind));
    main(arg);
    child_exit(0);
}

void child_catch_ends(void)
{
    err_set_end(end);
}

/* A panic leaves everything as it is, for the supervisor to begin anew, and a core to look at. */
static void end(ErrLevel level, int exit_code UNUSED)
{
    stats_session_set_end(STATS_SESSION_FATAL);
    if (level == ERR_PANIC)
        abort();
    child_exit(1);
}

void child_exit(int code)
{
    if (proc_is_attached())
        proc_detach();
    os_exit_now(code);
}

ProcKind child_kind(void)
{
    return child.kind;
}

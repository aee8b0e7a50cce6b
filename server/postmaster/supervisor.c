/* supervisor.c - the loop, the children, the moves between states; the diagram: supervisor.h. */
#include "common/base/base.h"

#include "server/postmaster/supervisor.h"

#include <signal.h>
#include <stdatomic.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/child.h"
#include "common/os/clock.h"
#include "common/os/file.h"
#include "common/os/process.h"
#include "common/os/socket.h"
#include "common/os/wait_set.h"
#include "server/config/guc.h"
#include "server/config/setting.h"
#include "server/ipc/supervisor.h"
#include "server/postmaster/child.h"
#include "server/postmaster/gate.h"
#include "server/postmaster/interlock.h"
#include "server/postmaster/listener.h"
#include "server/recovery/recovery.h"
#include "server/stats/activity.h"
#include "server/wal/archive_status.h"

#define EVENTS_MAX          16
#define LOOP_WAIT_MS        60000
#define CHECK_LOCK_EVERY    60   /* seconds between two looks at our pid file */
#define TOUCH_EVERY         3480 /* seconds between two touches of the socket lock files */
#define ARCHIVER_RESTART_MS 10000
#define KILL_AFTER_MS       5000 /* from SIGQUIT to SIGKILL */

typedef enum State {
    STATE_INIT,
    STATE_STARTUP,
    STATE_RECOVERY,    /* from an archive, or as a standby */
    STATE_HOT_STANDBY, /* the same, and clients may read */
    STATE_RUN,
    STATE_STOP_BACKENDS,
    STATE_WAIT_BACKENDS,
    STATE_SHUTDOWN,
    STATE_WAIT_DEAD_END,
    STATE_NO_CHILDREN,
} State;

/* Ordered: a later one overrules an earlier. */
typedef enum Shutdown { SHUTDOWN_NONE, SHUTDOWN_SMART, SHUTDOWN_FAST, SHUTDOWN_IMMEDIATE } Shutdown;

typedef struct Child {
    int pid;
    ProcKind kind;
    bool is_dead_end; /* a backend that only says why it is refused; not attached */
} Child;

static struct {
    const SupervisorPlan *plan;
    State state;
    Shutdown shutdown;
    bool is_crashed; /* all children must go before anything else begins */
    bool has_failed; /* start-up failed: leave with 1 */
    bool connections_allowed;
    bool wants_receiver; /* the startup process has asked for one */
    Array children; /* Child */
    OsWaitSet *wait_set;
    uint64_t killed_at_ms; /* when SIGQUIT was sent to all; 0: it was not, or SIGKILL too */
    int64_t lock_checked_at, touched_at;
    uint64_t archiver_started_ms;
    bool wants_launcher; /* of autovacuum, whatever the settings say */
} super;

/* Set by signal handlers. */
static volatile _Atomic bool wants_reload, wants_smart, wants_fast, wants_immediate;

static void install_signals(void);
static void start_cluster(void);
static void loop(void);
static void accept_clients(const OsWaitEvent *events, unsigned count);
static void handle_signals(void);
static void begin_shutdown(Shutdown mode);
static void reload(void);
static void reap(void);
static void child_ended(const Child *child, const OsChildEnd *end);
static void crash(const Child *child, const OsChildEnd *end);
static void step(void);
static void start_missing(void);
static void start_aux(ProcKind kind);
static unsigned count_children(bool (*matches)(const Child *child));
static void signal_children(bool (*matches)(const Child *child), int signal_no);
static void kill_children(QuitReason reason);
static void take_care_of_locks(void);
static void take_requests(void);
static int64_t wait_time(void);

int supervisor_run(const SupervisorPlan *plan)
{
    super.plan = plan;
    MEM_SCOPE(mem_root()) {
        array_init(&super.children, sizeof(Child));
    }
    os_wait_signal_init();
    install_signals();
    err_log(ERR_LOG, .message = err_fmt("starting Holdfast pgserver, compatible with PostgreSQL %s",
                                        SERVER_VERSION));
    listener_open();
    shmem_create(plan->shmem_parts);
    supervisor_open_lifeline();
    child_set_cleanup(listener_close);
    if (plan->at_start != NULL)
        plan->at_start();
    super.lock_checked_at = super.touched_at = clock_unix_seconds();
    gate_open();
    start_cluster();
    loop();
    interlock_release();
    return super.has_failed ? 1 : 0;
}

/* ---- Signals ---- */

/* The loop sleeps in a wait set that this wakes. */
static void wake_loop(void)
{
    os_signal_send(process_id(), SIGURG);
}

static void on_signal(int signal_no)
{
    switch (signal_no) {
    case SIGHUP:
        wants_reload = true;
        break;
    case SIGTERM:
        wants_smart = true;
        break;
    case SIGINT:
        wants_fast = true;
        break;
    case SIGQUIT:
        wants_immediate = true;
        break;
    default:
        break; /* SIGCHLD, SIGUSR1: the loop looks */
    }
    wake_loop();
}

static void install_signals(void)
{
    static const int ours[] = {SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGCHLD, SIGUSR1};

    for (size_t i = 0; i < ARRAY_LEN(ours); i++)
        os_signal_handle(ours[i], on_signal);
    os_signal_handle(SIGPIPE, OS_SIGNAL_IGNORE);
    os_signal_handle(SIGALRM, OS_SIGNAL_IGNORE);
    os_signal_handle(SIGUSR2, OS_SIGNAL_IGNORE);
    os_signals_unblock();
}

static void handle_signals(void)
{
    if (wants_reload) {
        wants_reload = false;
        reload();
    }
    if (wants_immediate) {
        wants_immediate = false;
        begin_shutdown(SHUTDOWN_IMMEDIATE);
    }
    if (wants_fast) {
        wants_fast = false;
        begin_shutdown(SHUTDOWN_FAST);
    }
    if (wants_smart) {
        wants_smart = false;
        begin_shutdown(SHUTDOWN_SMART);
    }
}

static void reload(void)
{
    if (super.shutdown > SHUTDOWN_SMART)
        return;
    err_log(ERR_LOG, .message = "received SIGHUP, reloading configuration files");
    guc_load_files(GUC_LOAD_RELOAD);
    gate_reload();
    signal_children(NULL, SIGHUP);
}

static void begin_shutdown(Shutdown mode)
{
    static const char *const texts[] = {
        [SHUTDOWN_SMART] = "received smart shutdown request",
        [SHUTDOWN_FAST] = "received fast shutdown request",
        [SHUTDOWN_IMMEDIATE] = "received immediate shutdown request",
    };

    if (super.shutdown >= mode)
        return;
    super.shutdown = mode;
    err_log(ERR_LOG, .message = texts[mode]);
    interlock_set_status("stopping");
    super.connections_allowed = false;
    if (mode == SHUTDOWN_IMMEDIATE) {
        kill_children(QUIT_STOP);
    } else if (mode == SHUTDOWN_FAST && super.state <= STATE_RUN) {
        if (super.state == STATE_RUN || super.state == STATE_HOT_STANDBY)
            err_log(ERR_LOG, .message = "aborting any active transactions");
        super.state = STATE_STOP_BACKENDS;
    }
    step();
}

/* ---- The loop ---- */

static void make_wait_set(void)
{
    const Array *sockets = listener_sockets();

    MEM_SCOPE(mem_root()) {
        super.wait_set = os_wait_set_new((unsigned)sockets->count + 1, true);
    }
    array_foreach(int, fd, sockets)
        os_wait_set_add(super.wait_set, *fd, OS_WAIT_READ);
}

static void loop(void)
{
    MemContext *mem = mem_context_new(mem_root(), "supervisor's round");

    make_wait_set();
    while (super.state != STATE_NO_CHILDREN) {
        OsWaitEvent events[EVENTS_MAX];
        unsigned count = os_wait_set_wait(super.wait_set, wait_time(), events, EVENTS_MAX);

        MEM_SCOPE(mem) {
            handle_signals();
            take_requests();
            reap();
            accept_clients(events, count);
            step();
            start_missing();
            take_care_of_locks();
        }
        mem_reset(mem);
    }
}

static int64_t wait_time(void)
{
    return super.killed_at_ms != 0 ? KILL_AFTER_MS : LOOP_WAIT_MS;
}

static void take_care_of_locks(void)
{
    int64_t now = clock_unix_seconds();

    if (super.killed_at_ms != 0 &&
        clock_monotonic_us() / 1000 >= super.killed_at_ms + KILL_AFTER_MS) {
        err_log(ERR_LOG, .message = "issuing SIGKILL to recalcitrant children");
        signal_children(NULL, SIGKILL);
        super.killed_at_ms = 0;
    }
    if (now >= super.lock_checked_at + CHECK_LOCK_EVERY) {
        super.lock_checked_at = now;
        if (!interlock_is_still_ours()) {
            err_log(ERR_LOG, .message = "performing immediate shutdown because data directory lock "
                                        "file is invalid");
            begin_shutdown(SHUTDOWN_IMMEDIATE);
        }
    }
    if (now >= super.touched_at + TOUCH_EVERY) {
        super.touched_at = now;
        interlock_touch_sockets();
    }
}

/* ---- Connections ---- */

/* Why no client is served now; NULL when they are. */
static const char *refusal(SqlState *state, const char **detail)
{
    *state = SQLSTATE_CANNOT_CONNECT_NOW;
    *detail = NULL;
    if (super.shutdown != SHUTDOWN_NONE)
        return "the database system is shutting down";
    if (super.is_crashed)
        return "the database system is in recovery mode";
    if (super.state == STATE_RECOVERY && setting.hot_standby) {
        *detail = "Consistent recovery state has not been yet reached.";
        return "the database system is not yet accepting connections";
    }
    if (super.state == STATE_RECOVERY) {
        *detail = "Hot standby mode is disabled.";
        return "the database system is not accepting connections";
    }
    if (super.state != STATE_RUN && super.state != STATE_HOT_STANDBY)
        return "the database system is starting up";
    if (count_children(NULL) >= 2 * proc_slot_count()) {
        *state = SQLSTATE_TOO_MANY_CONNECTIONS;
        return "sorry, too many clients already";
    }
    return NULL;
}

static void serve(int fd, const OsPeer *peer)
{
    SqlState state;
    BackendStart start = {.fd = fd, .peer = peer};
    Child *child;

    start.refusal = refusal(&state, &start.refusal_detail);
    start.is_refused = start.refusal != NULL;
    start.refusal_state = state;
    ERR_TRY() {
        int pid = child_fork(PROC_BACKEND, super.plan->mains[PROC_BACKEND].run, &start);

        child = array_push(&super.children);
        *child = (Child){.pid = pid, .kind = PROC_BACKEND, .is_dead_end = start.is_refused};
    }
    ERR_CATCH() {
        err_log(ERR_LOG, .message = err_fmt("could not fork new process for connection: %s",
                                            err_caught()->message));
    }
    ERR_END();
    os_socket_close(fd);
}

static void accept_clients(const OsWaitEvent *events, unsigned count)
{
    const Array *sockets = listener_sockets();

    for (unsigned i = 0; i < count; i++) {
        OsPeer peer;
        int fd;

        if (events[i].position < 0 || (size_t)events[i].position >= sockets->count)
            continue;
        fd = os_accept(*(int *)array_at(sockets, (size_t)events[i].position), &peer);
        if (fd >= 0)
            serve(fd, &peer);
    }
}

/* ---- Children ---- */

/* What a client is, is known when it has said it: the process notes it in its slot. */
static ProcKind kind_of(const Child *child)
{
    const Proc *proc;

    if (child->kind != PROC_BACKEND)
        return child->kind;
    proc = proc_find_pid(child->pid);
    return proc == NULL ? PROC_BACKEND : proc->kind;
}

static bool is_kind(const Child *child, ProcKind kind)
{
    return child->kind == kind && !child->is_dead_end;
}

static bool has_kind(ProcKind kind)
{
    array_foreach(const Child, child, &super.children)
        if (is_kind(child, kind))
            return true;
    return false;
}

static bool is_backend(const Child *child)
{
    ProcKind kind = kind_of(child);

    return !child->is_dead_end && (kind == PROC_BACKEND || kind == PROC_AUTOVACUUM_WORKER ||
                                   kind == PROC_BACKGROUND_WORKER);
}

/* What has to be gone before the last checkpoint. */
static bool is_before_last_checkpoint(const Child *child)
{
    ProcKind kind = kind_of(child);

    return !child->is_dead_end && kind != PROC_CHECKPOINTER && kind != PROC_ARCHIVER &&
           kind != PROC_WAL_SENDER && kind != PROC_LOGGER;
}

static bool is_dead_end(const Child *child)
{
    return child->is_dead_end;
}

static bool is_not_dead_end(const Child *child)
{
    return !child->is_dead_end;
}

static unsigned count_children(bool (*matches)(const Child *child))
{
    unsigned count = 0;

    array_foreach(const Child, child, &super.children)
        count += matches == NULL || matches(child);
    return count;
}

static void signal_children(bool (*matches)(const Child *child), int signal_no)
{
    array_foreach(const Child, child, &super.children)
        if (matches == NULL || matches(child))
            os_signal_send(child->pid, signal_no);
}

/* Who does not go soon is killed for good. */
static void kill_children(QuitReason reason)
{
    supervisor_set_quit_reason(reason);
    signal_children(NULL, SIGQUIT);
    super.killed_at_ms = clock_monotonic_us() / 1000;
    super.state = STATE_WAIT_BACKENDS;
}

static void start_aux(ProcKind kind)
{
    Child *child;
    int pid;

    if (super.plan->mains[kind].run == NULL)
        return;
    ERR_TRY() {
        pid = child_fork(kind, super.plan->mains[kind].run, NULL);
        child = array_push(&super.children);
        *child = (Child){.pid = pid, .kind = kind};
    }
    ERR_CATCH() {
        err_log(ERR_LOG, .message = err_fmt("could not fork %s process: %s", proc_kind_text(kind),
                                            err_caught()->message));
        if (kind == PROC_STARTUP)
            super.has_failed = true;
    }
    ERR_END();
}

static void start_cluster(void)
{
    super.state = STATE_STARTUP;
    super.is_crashed = false;
    super.killed_at_ms = 0;
    os_try_unlink(PROMOTE_SIGNAL_FILE);
    start_aux(PROC_CHECKPOINTER);
    start_aux(PROC_BACKGROUND_WRITER);
    start_aux(PROC_STARTUP);
}

/* With autovacuum off for one look, when wraparound is near: then it ends by itself. */
static bool is_launcher_wanted(void)
{
    bool is_asked_for = super.wants_launcher;

    if (super.shutdown != SHUTDOWN_NONE)
        return false;
    super.wants_launcher = false;
    return is_asked_for || (setting.autovacuum && setting.track_counts);
}

/* One that has ended by itself is not begun again at once: it would, for the same reason. */
static bool is_wanted(ProcKind kind)
{
    uint64_t now = clock_monotonic_us() / 1000;

    if (kind == PROC_AUTOVACUUM_LAUNCHER)
        return is_launcher_wanted();
    if (kind != PROC_ARCHIVER)
        return true;
    if (!archive_is_on() ||
        (super.archiver_started_ms != 0 && now - super.archiver_started_ms < ARCHIVER_RESTART_MS))
        return false;
    super.archiver_started_ms = now;
    return true;
}

/* Background processes that should run and do not: each comes back after its end. */
static void start_missing(void)
{
    static const ProcKind always[] = {PROC_CHECKPOINTER, PROC_BACKGROUND_WRITER};
    static const ProcKind running[] = {PROC_WAL_WRITER, PROC_AUTOVACUUM_LAUNCHER, PROC_ARCHIVER};

    if (super.is_crashed || super.shutdown == SHUTDOWN_IMMEDIATE)
        return;
    for (size_t i = 0; i < ARRAY_LEN(always); i++)
        if (super.state >= STATE_STARTUP && super.state <= STATE_RUN && !has_kind(always[i]))
            start_aux(always[i]);
    for (size_t i = 0; i < ARRAY_LEN(running); i++)
        if (super.state == STATE_RUN && !has_kind(running[i]) && is_wanted(running[i]))
            start_aux(running[i]);
    if ((super.state == STATE_RECOVERY || super.state == STATE_HOT_STANDBY) &&
        archive_is_always_on() && !has_kind(PROC_ARCHIVER) && is_wanted(PROC_ARCHIVER))
        start_aux(PROC_ARCHIVER);
}

/* ---- What children ask for ---- */

static void signal_startup(int signal_no)
{
    array_foreach(const Child, child, &super.children)
        if (is_kind(child, PROC_STARTUP))
            os_signal_send(child->pid, signal_no);
}

static void take_requests(void)
{
    if (supervisor_take_request(SUPERVISOR_RECOVERY_STARTED) && super.state == STATE_STARTUP) {
        super.state = STATE_RECOVERY;
        if (!setting.hot_standby)
            interlock_set_status("standby");
    }
    if (supervisor_take_request(SUPERVISOR_BEGIN_HOT_STANDBY) && super.state == STATE_RECOVERY) {
        super.state = STATE_HOT_STANDBY;
        super.connections_allowed = true;
        interlock_set_status("ready");
        err_log(ERR_LOG, .message = "database system is ready to accept read-only connections");
    }
    if (supervisor_take_request(SUPERVISOR_START_WAL_RECEIVER))
        super.wants_receiver = true;
    if (super.wants_receiver && !has_kind(PROC_WAL_RECEIVER) && super.shutdown == SHUTDOWN_NONE &&
        !super.is_crashed && super.state >= STATE_STARTUP && super.state <= STATE_HOT_STANDBY) {
        super.wants_receiver = false;
        start_aux(PROC_WAL_RECEIVER);
    }
    if (supervisor_take_request(SUPERVISOR_START_AUTOVACUUM_LAUNCHER))
        super.wants_launcher = true;
    if (supervisor_take_request(SUPERVISOR_START_AUTOVACUUM_WORKER) && super.state == STATE_RUN &&
        super.shutdown == SHUTDOWN_NONE && !super.is_crashed)
        start_aux(PROC_AUTOVACUUM_WORKER);
    /* Whoever asks for a promotion writes the file first, then signals us. */
    if (super.state >= STATE_STARTUP && super.state < STATE_RUN && os_exists(PROMOTE_SIGNAL_FILE))
        signal_startup(SIGUSR2);
}

static void reap(void)
{
    OsChildEnd end;

    while (os_child_try_reap(&end)) {
        for (size_t i = 0; i < super.children.count; i++) {
            Child *place = array_at(&super.children, i);
            const Child child = *place;

            if (child.pid != end.pid)
                continue;
            *place = *(Child *)array_pop(&super.children);
            child_ended(&child, &end);
            break;
        }
        step();
    }
}

static bool is_end_in_order(const Child *child, const OsChildEnd *end)
{
    if (!end->is_exit)
        return false;
    switch (child->kind) {
    case PROC_STARTUP:
    case PROC_BACKGROUND_WRITER:
    case PROC_CHECKPOINTER:
    case PROC_WAL_WRITER:
        return end->exit_code == 0;
    default:
        return end->exit_code == 0 || end->exit_code == 1;
    }
}

/* As PostgreSQL's log calls them, which has names of its own for some. */
static const char *name_for_log(const Child *child)
{
    switch (child->kind) {
    case PROC_BACKEND:
        return "server";
    case PROC_WAL_WRITER:
        return "WAL writer";
    case PROC_WAL_RECEIVER:
        return "WAL receiver";
    default:
        return proc_kind_text(child->kind);
    }
}

static void say_end(const Child *child, const OsChildEnd *end, ErrLevel level)
{
    const char *what = err_fmt("%s process (PID %d)", name_for_log(child), child->pid);
    const char *query =
        child->kind == PROC_BACKEND ? activity_query_of_crashed(child->pid) : NULL;
    const char *detail = query == NULL ? NULL : mem_printf("Failed process was running: %s", query);

    if (end->is_exit)
        err_log(level, .message = err_fmt("%s exited with exit code %d", what, end->exit_code),
                .detail = detail);
    else
        err_log(level,
                .message = err_fmt("%s was terminated by signal %d: %s", what, end->signal_no,
                                   strsignal(end->signal_no)),
                .detail = detail);
}

static void startup_failed(const Child *child, const OsChildEnd *end)
{
    say_end(child, end, ERR_LOG);
    err_log(ERR_LOG, .message = "terminating any other active server processes");
    super.has_failed = true;
    kill_children(QUIT_CRASH);
}

static void startup_ended(const Child *child, const OsChildEnd *end)
{
    if (is_end_in_order(child, end)) {
        if (super.state < STATE_STARTUP || super.state > STATE_RUN)
            return;
        super.state = STATE_RUN;
        super.connections_allowed = true;
        interlock_set_status("ready");
        err_log(ERR_LOG, .message = "database system is ready to accept connections");
        return;
    }
    if (super.shutdown != SHUTDOWN_NONE || super.is_crashed)
        return; /* it was told to go */
    if (end->is_exit && end->exit_code == RECOVERY_EXIT_SHUTDOWN) {
        err_log(ERR_LOG, .message = "shutdown at recovery target");
        super.shutdown = SHUTDOWN_SMART;
        super.state = STATE_STOP_BACKENDS;
        return;
    }
    /* On a standby, too: what it failed at would be replayed again, and again. */
    startup_failed(child, end);
}

static void child_ended(const Child *child, const OsChildEnd *end)
{
    if (child->is_dead_end)
        return;
    if (child->kind == PROC_STARTUP) {
        startup_ended(child, end);
        return;
    }
    if (child->kind == PROC_CHECKPOINTER && is_end_in_order(child, end) &&
        super.state == STATE_SHUTDOWN) {
        super.state = STATE_WAIT_DEAD_END;
        signal_children(is_not_dead_end, SIGUSR2); /* senders and archiver: finish */
        return;
    }
    if (!is_end_in_order(child, end) ||
        (child->kind == PROC_CHECKPOINTER && super.shutdown == SHUTDOWN_NONE))
        crash(child, end);
}

/* What it left in shared memory cannot be trusted: all go, then the cluster recovers. */
static void crash(const Child *child, const OsChildEnd *end)
{
    if (super.is_crashed || super.shutdown == SHUTDOWN_IMMEDIATE || super.has_failed)
        return;
    say_end(child, end, ERR_LOG);
    err_log(ERR_LOG, .message = "terminating any other active server processes");
    super.is_crashed = true;
    kill_children(QUIT_CRASH);
}

/* ---- States ---- */

static void stop_backends(void)
{
    signal_children(is_before_last_checkpoint, SIGTERM);
    super.state = STATE_WAIT_BACKENDS;
}

/* All who could change something are gone. */
static void backends_are_gone(void)
{
    if (super.is_crashed || super.has_failed || super.shutdown == SHUTDOWN_IMMEDIATE) {
        super.state = STATE_WAIT_DEAD_END;
        return;
    }
    if (!has_kind(PROC_CHECKPOINTER))
        start_aux(PROC_CHECKPOINTER);
    array_foreach(const Child, child, &super.children)
        if (is_kind(child, PROC_CHECKPOINTER))
            os_signal_send(child->pid, SIGUSR2);
    super.state = STATE_SHUTDOWN;
}

static void all_are_gone(void)
{
    super.killed_at_ms = 0;
    if (super.is_crashed && super.shutdown == SHUTDOWN_NONE && setting.restart_after_crash) {
        err_log(ERR_LOG, .message = "all server processes terminated; reinitializing");
        shmem_reset();
        if (super.plan->at_start != NULL)
            super.plan->at_start();
        start_cluster();
        return;
    }
    if (super.is_crashed && super.shutdown == SHUTDOWN_NONE)
        err_log(ERR_LOG, .message = "shutting down because restart_after_crash is off");
    if (super.has_failed)
        err_log(ERR_LOG, .message = "shutting down due to startup process failure");
    err_log(ERR_LOG, .message = super.is_crashed ? "abnormal database system shutdown"
                                                 : "database system is shut down");
    super.has_failed |= super.is_crashed;
    super.state = STATE_NO_CHILDREN;
}

/* Go on from state to state as far as things are. */
static void step(void)
{
    bool everybody = super.is_crashed || super.has_failed || super.shutdown == SHUTDOWN_IMMEDIATE;

    if ((super.state == STATE_RUN || super.state == STATE_HOT_STANDBY ||
         super.state == STATE_RECOVERY || super.state == STATE_STARTUP) &&
        super.shutdown == SHUTDOWN_SMART && count_children(is_backend) == 0)
        super.state = STATE_STOP_BACKENDS;
    if (super.state == STATE_STARTUP && super.has_failed)
        super.state = STATE_WAIT_BACKENDS;
    if (super.state == STATE_STOP_BACKENDS)
        stop_backends();
    if (super.state == STATE_WAIT_BACKENDS &&
        count_children(everybody ? is_not_dead_end : is_before_last_checkpoint) == 0)
        backends_are_gone();
    if (super.state == STATE_WAIT_DEAD_END) {
        signal_children(is_dead_end, SIGTERM);
        if (super.children.count == 0)
            all_are_gone();
    }
}

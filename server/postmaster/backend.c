/*
 * backend.c - the process that serves one client
 *
 * Start-up packet, a slot in the table of processes, who the client is and where it wants to go,
 * then the session until it leaves. Whoever takes too long is sent away.
 */
#include "common/base/base.h"

#include <stdio.h>

#include "common/err/err.h"
#include "common/os/clock.h"
#include "common/os/socket.h"
#include "common/text/str.h"
#include "server/cache/cache.h"
#include "server/config/setting.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/proc.h"
#include "server/ipc/server_log.h"
#include "server/ipc/timer.h"
#include "server/ipc/title.h"
#include "server/net/net.h"
#include "server/postmaster/aux.h"
#include "server/postmaster/cancel.h"
#include "server/postmaster/child.h"
#include "server/postmaster/supervisor.h"
#include "server/replication/repl_slot.h"
#include "server/replication/wal_sender.h"
#include "server/session/login.h"
#include "server/session/session.h"
#include "server/stats/activity.h"
#include "server/stats/stats.h"
#include "server/txn/proc_array.h"
#include "server/txn/txn.h"

static void begin(const BackendStart *start);
static void read_startup(StartupPacket *out);
static void join(const StartupPacket *startup);
static void log_in(const StartupPacket *startup);
static void show_client(void);
static void log_authorized(void);
static void end_session(void *arg);
static void log_end(void);

static const SessionEngine *engine;

void backend_set_engine(const struct SessionEngine *e)
{
    engine = e;
}

void backend_main(void *arg)
{
    const BackendStart *start = arg;
    StartupPacket startup;

    ERR_TRY() {
        begin(start);
        read_startup(&startup);
        if (start->is_refused)
            err_fatal((SqlState)start->refusal_state, .message = start->refusal,
                      .detail = start->refusal_detail);
        join(&startup);
        log_in(&startup);
    }
    ERR_CATCH() {
        ErrReport report = *err_caught();

        /* There is no session yet that could go on. */
        report.level = ERR_FATAL;
        err_end_process(&report);
    }
    ERR_END();
    session_run(engine, cancel_make_key());
}

static void begin(const BackendStart *start)
{
    const OsPeer *peer = start->peer;
    LogSession *log = server_log_session();

    net_init(start->fd, peer);
    session_init();
    server_log_set_client(session_send_report);
    log->remote_host = peer->is_unix ? "[local]" : peer->host;
    log->remote_port = peer->port;
    log->start_time = clock_now();
    if (setting.log_connections)
        err_log(ERR_LOG, .message = peer->is_unix ? "connection received: host=[local]"
                                                  : err_fmt("connection received: host=%s port=%u",
                                                            peer->host, peer->port));
}

/* Who takes longer to say what he wants is sent away without a word. */
static void give_up(void)
{
    child_exit(1);
}

static void read_startup(StartupPacket *out)
{
    timer_set_handler(TIMER_STARTUP_PACKET, give_up);
    timer_start_ms(TIMER_STARTUP_PACKET, (int64_t)setting.authentication_timeout * 1000);
    if (!net_read_startup(out))
        child_exit(0);
    if (out->kind == STARTUP_CANCEL) {
        cancel_request(out->cancel_pid, out->cancel_key);
        child_exit(0);
    }
    timer_stop(TIMER_STARTUP_PACKET);
}

/* "alice shop 10.0.0.7(51234)" */
static void show_title(const StartupPacket *startup)
{
    const OsPeer *peer = net_peer();
    const char *place = peer->is_unix ? "[local]" : mem_printf("%s(%u)", peer->host, peer->port);

    title_begin(startup->replication == STARTUP_PHYSICAL
                    ? mem_printf("walsender %s %s", startup->user, place)
                    : mem_printf("%s%s %s %s",
                                 startup->replication != STARTUP_NO_REPLICATION ? "walsender " : "",
                                 startup->user, startup->database, place));
    title_set("authentication");
}

static void join(const StartupPacket *startup)
{
    LogSession *log = server_log_session();

    log->user = startup->user;
    array_foreach(const StartupSetting, s, &startup->settings)
        if (str_equal(s->name, "application_name"))
            log->application = startup_clean_ascii(s->value);
    log->database = startup->database;
    show_title(startup);
    proc_attach(startup->replication == STARTUP_NO_REPLICATION ? PROC_BACKEND : PROC_WAL_SENDER);
    proc_self()->is_physical_walsender = startup->replication == STARTUP_PHYSICAL;
    activity_begin();
    if (startup->replication != STARTUP_NO_REPLICATION)
        wal_sender_begin();
    proc_array_join();
    cache_begin();
    proc_on_detach(end_session, NULL);
}

static void log_in(const StartupPacket *startup)
{
    session_limit_authentication();
    if (!login_prove(startup))
        child_exit(0);
    timer_stop(TIMER_STATEMENT);
    if (setting.log_connections)
        log_authorized();
    title_set("startup");
    login_open(startup);
    show_client();
    stats_set_database(cache_database());
    stats_session_begin(server_log_session()->start_time);
}

/* All may see where a session comes from. */
static void show_client(void)
{
    const OsPeer *peer = net_peer();
    const LogSession *log = server_log_session();
    ActivityTls tls = {.is_on = net_is_tls()};

    if (tls.is_on) {
        snprintf(tls.version, sizeof tls.version, "%s", net_tls_version());
        snprintf(tls.cipher, sizeof tls.cipher, "%s", net_tls_cipher());
        tls.bits = net_tls_bits();
        if (net_tls_has_client_certificate())
            snprintf(tls.client_dn, sizeof tls.client_dn, "%s", net_tls_client_dn());
    }
    activity_set_client(peer->is_unix ? "" : peer->host, peer->port, &tls);
    activity_set_application(log->application);
}

static void log_authorized(void)
{
    const LogSession *log = server_log_session();
    const char *tls = "";

    if (net_is_tls())
        tls = err_fmt(" SSL enabled (protocol=%s, cipher=%s, bits=%d)", net_tls_version(),
                      net_tls_cipher(), net_tls_bits());
    err_log(ERR_LOG,
            .message = err_fmt("connection authorized: user=%s database=%s%s%s%s", log->user,
                               log->database, log->application != NULL ? " application_name=" : "",
                               log->application != NULL ? log->application : "", tls));
}

/* However it ends: nothing of a transaction may stay when the slot goes. */
static void end_session(void *arg UNUSED)
{
    lwlock_release_all();
    repl_slot_clean_up();
    txn_abort_all();
    stats_session_end();
    if (setting.log_disconnections)
        log_end();
    cache_end();
}

static void log_end(void)
{
    const LogSession *log = server_log_session();
    int64_t ms = (clock_now() - log->start_time) / 1000;
    const char *port = log->remote_port == 0 ? "" : err_fmt(" port=%u", log->remote_port);

    err_log(ERR_LOG,
            .message = err_fmt("disconnection: session time: %d:%02d:%02d.%03d user=%s "
                               "database=%s host=%s%s",
                               (int)(ms / 3600000), (int)(ms / 60000 % 60), (int)(ms / 1000 % 60),
                               (int)(ms % 1000), log->user, log->database, log->remote_host, port));
}

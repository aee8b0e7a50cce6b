/*
 * backend.c - the process that serves one client
 *
 * Start-up packet, who may connect, proof, catalogs, then the session. The catalogs cannot be read
 * yet, so that nobody can be told from anybody else: every client is refused, in proper form.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/os/socket.h"
#include "server/config/setting.h"
#include "server/ipc/server_log.h"
#include "server/ipc/timer.h"
#include "server/net/net.h"
#include "server/postmaster/aux.h"
#include "server/postmaster/cancel.h"
#include "server/postmaster/child.h"
#include "server/postmaster/supervisor.h"
#include "server/session/session.h"

/* Who takes longer to say what he wants is sent away without a word. */
static void give_up(void)
{
    child_exit(1);
}

void backend_main(void *arg)
{
    const BackendStart *start = arg;
    const OsPeer *peer = start->peer;
    StartupPacket startup;

    net_init(start->fd, peer);
    session_init();
    server_log_set_client(session_send_report);
    server_log_session()->remote_host = peer->is_unix ? "[local]" : peer->host;
    server_log_session()->remote_port = peer->port;
    timer_set_handler(TIMER_STARTUP_PACKET, give_up);
    timer_start_ms(TIMER_STARTUP_PACKET, (int64_t)setting.authentication_timeout * 1000);
    if (!net_read_startup(&startup))
        child_exit(0);
    if (startup.kind == STARTUP_CANCEL) {
        cancel_request(startup.cancel_pid, startup.cancel_key);
        child_exit(0);
    }
    timer_stop(TIMER_STARTUP_PACKET);
    if (start->is_refused)
        err_fatal((SqlState)start->refusal_state, .message = start->refusal);
    err_fatal(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = "this server takes no connections yet");
}

/*
 * tiny_server.c - the least server that a session can live in: listen, fork, greet, serve
 *
 *     tiny_server DIRECTORY PORT [NAME=VALUE ...]
 *
 * It listens on the Unix socket of PORT in DIRECTORY, and on 127.0.0.1 when listen_addresses says
 * so. Without a pg_hba.conf in DIRECTORY everybody is let in; with one, passwords are those of a
 * file `roles` there. Files of settings are relative to it too. It says that it is ready once
 * clients may come; ends by SIGTERM.
 */
#include "common/base/base.h"

#include <signal.h>
#include <unistd.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/child.h"
#include "common/os/process.h"
#include "common/os/socket.h"
#include "common/os/wait_set.h"
#include "common/text/hex.h"
#include "server/auth/auth.h"
#include "server/auth/hba.h"
#include "server/auth/ident.h"
#include "server/config/guc.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "server/ipc/shmem.h"
#include "server/ipc/supervisor.h"
#include "server/ipc/timer.h"
#include "server/net/net.h"
#include "server/session/session.h"
#include "server/txn/clog.h"
#include "server/txn/multixact.h"
#include "server/txn/proc_array.h"
#include "server/txn/subtrans.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"
#include "server/wal/wal.h"
#include "tests/session/tiny_engine.h"

#define CHILDREN_MAX 64

static ShmemPart parts[] = {
    {.name = "Supervisor Requests", .size = supervisor_shmem_size, .init = supervisor_shmem_init},
    {.name = "Process Table", .size = proc_shmem_size, .init = proc_shmem_init},
    {.name = "Write-Ahead Log", .size = wal_shmem_size, .init = wal_shmem_init},
    {.name = "Transaction Counters", .size = xid_shmem_size, .init = xid_shmem_init},
    {.name = "Running Transactions", .size = proc_array_shmem_size, .init = proc_array_shmem_init},
    {.name = "Commit Status", .size = clog_shmem_size, .init = clog_shmem_init},
    {.name = "Subtransactions", .size = subtrans_shmem_size, .init = subtrans_shmem_init},
    {.name = "Multixacts", .size = multixact_shmem_size, .init = multixact_shmem_init},
    {.name = NULL},
};

static const TxnHook hooks[] = {
    {.name = "session", .on_event = session_on_txn_event, .on_sub_event = session_on_sub_event},
    {.name = NULL},
};

static const GucHook guc_hooks[] = {
    {.name = "client_encoding",
     .check = session_check_client_encoding,
     .assign = session_assign_client_encoding},
};

static struct {
    int fds[8];
    unsigned fd_count;
    struct {
        int pid;
        uint32_t key;
    } children[CHILDREN_MAX];
    volatile sig_atomic_t is_over;
    bool has_rules;
    uint8_t nonce[AUTH_NONCE_SIZE];
} server;

static void sink(const ErrReport *report)
{
    if (report->level >= ERR_LOG)
        fprintf(stderr, "[%d] level %d %s: %s\n", process_id(), (int)report->level,
                err_sqlstate_text(report->sqlstate), report->message);
    session_send_report(report);
}

static void end(ErrLevel level, int exit_code)
{
    (void)exit_code;
    if (level == ERR_PANIC)
        abort();
    txn_abort_all();
    if (proc_is_attached())
        proc_detach();
    net_close();
    os_exit_now(1);
}

static void on_end(int signal_no)
{
    (void)signal_no;
    server.is_over = 1;
}

static void cancel(const StartupPacket *packet)
{
    for (unsigned i = 0; i < CHILDREN_MAX; i++)
        if (server.children[i].pid == packet->cancel_pid &&
            server.children[i].key == packet->cancel_key)
            os_signal_send(packet->cancel_pid, SIGINT);
}

static void on_startup_timeout(void)
{
    os_exit_now(1);
}

/* A file `roles` has a name and a password on each line; without it there is no such role. */
static bool find_role(const char *user, AuthRole *out)
{
    FILE *f = fopen("roles", "r");
    char line[1000];
    bool is_found = false;

    while (f != NULL && !is_found && fgets(line, sizeof line, f) != NULL) {
        char *tab = strchr(line, '\t');

        line[strcspn(line, "\n")] = '\0';
        if (tab == NULL)
            continue;
        *tab = '\0';
        is_found = strcmp(line, user) == 0;
        if (is_found && tab[1] != '\0')
            out->password = mem_strdup(tab + 1);
    }
    if (f != NULL)
        fclose(f);
    return is_found;
}

/* By the rules of hba_file, or not at all when there are none. */
static void authenticate(const StartupPacket *packet, const OsPeer *peer)
{
    HbaClient client = {.is_local = peer->is_unix,
                        .is_tls = net_is_tls(),
                        .is_physical_replication = packet->replication == STARTUP_PHYSICAL,
                        .database = packet->database,
                        .user = packet->user};
    AuthRequest request = {
        .user = packet->user, .find_role = find_role, .mock_nonce = server.nonce};

    memcpy(client.address.bytes, peer->address, sizeof peer->address);
    client.address.len = peer->address_len;
    if (!server.has_rules) {
        net_begin(MESSAGE_AUTHENTICATION);
        net_put_u32(AUTH_CODE_OK);
        net_end();
        return;
    }
    request.rule = hba_match(&client);
    if (request.rule == NULL || request.rule->method == HBA_REJECT)
        hba_refuse(&client, request.rule);
    if (!auth_run(&request))
        os_exit_now(0);
}

static void serve(int fd, const OsPeer *peer, uint32_t key)
{
    StartupPacket packet;

    supervisor_enter_child();
    timer_init();
    interrupt_install();
    net_init(fd, peer);
    session_init();
    timer_set_handler(TIMER_STARTUP_PACKET, on_startup_timeout);
    timer_start_ms(TIMER_STARTUP_PACKET, setting.authentication_timeout * INT64_C(1000));
    if (!net_read_startup(&packet))
        os_exit_now(0);
    timer_stop(TIMER_STARTUP_PACKET);
    if (packet.kind == STARTUP_CANCEL) {
        cancel(&packet);
        os_exit_now(0);
    }
    authenticate(&packet, peer);
    proc_attach(PROC_BACKEND);
    proc_array_join();
    session_set_server_encoding(ENCODING_UTF8);
    net_set_encodings(ENCODING_UTF8, ENCODING_UTF8);
    session_take_settings(&packet, true);
    session_run(&tiny_engine, key);
    proc_detach();
    os_exit_now(0);
}

static void reap(void)
{
    OsChildEnd ended;

    while (os_child_try_reap(&ended)) {
        if (!ended.is_exit)
            err_log(ERR_LOG, .message = err_fmt("child %d was ended by signal %d", ended.pid,
                                                ended.signal_no));
        for (unsigned i = 0; i < CHILDREN_MAX; i++)
            if (server.children[i].pid == ended.pid)
                server.children[i].pid = 0;
    }
}

static void accept_all(int listening)
{
    OsPeer peer;
    int fd;

    while ((fd = os_accept(listening, &peer)) >= 0) {
        unsigned slot = 0;
        uint32_t key = 0x5EED0000U + (uint32_t)process_id();
        int pid;

        while (slot + 1 < CHILDREN_MAX && server.children[slot].pid != 0)
            slot++;
        os_signals_block();
        pid = os_fork();
        if (pid == 0)
            serve(fd, &peer, key);
        os_signals_unblock();
        server.children[slot].pid = pid;
        server.children[slot].key = key;
        os_socket_close(fd);
    }
}

static void listen_everywhere(const char *dir, const char *port)
{
    Array tcp;

    server.fds[server.fd_count++] =
        os_listen_unix(mem_printf("%s/.s.PGSQL.%s", dir, port), 64, 0777, "");
    array_init(&tcp, sizeof(int));
    if (setting.listen_addresses[0] != '\0' && strcmp(setting.listen_addresses, "localhost") != 0)
        (void)os_listen_tcp(setting.listen_addresses, (uint16_t)strtol(port, NULL, 10), 64, &tcp);
    array_foreach(int, fd, &tcp)
        server.fds[server.fd_count++] = *fd;
}

static void run(int argc, char **argv)
{
    OsWaitSet *set;

    guc_set_hooks(guc_hooks, ARRAY_LEN(guc_hooks));
    guc_init();
    if (chdir(argv[1]) != 0)
        err_raise(SQLSTATE_UNDEFINED_FILE, .message = "could not enter the folder");
    for (int i = 3; i < argc; i++) {
        char *equals = strchr(argv[i], '=');

        guc_set(&(GucChange){.name = mem_strndup(argv[i], (size_t)(equals - argv[i])),
                             .value = equals + 1,
                             .as = GUC_POSTMASTER,
                             .source = GUC_FROM_COMMAND_LINE,
                             .action = GUC_SET,
                             .level = ERR_ERROR});
    }
    os_wait_signal_init();
    supervisor_open_lifeline();
    shmem_create(parts);
    net_tls_load(false);
    server.has_rules = access("pg_hba.conf", R_OK) == 0;
    if (server.has_rules && (!hba_load(mem_root()) || !ident_load(mem_root())))
        err_raise(SQLSTATE_CONFIG_FILE_ERROR, .message = "could not load pg_hba.conf");
    if (getenv("TINY_NONCE") != NULL)
        (void)hex_try_read(getenv("TINY_NONCE"), server.nonce, sizeof server.nonce);
    txn_set_hooks(hooks);
    listen_everywhere(argv[1], argv[2]);
    /* The socket's file is there before anybody listens: who waits for us waits for this line. */
    err_log(ERR_LOG, .message = "ready to accept connections");
    os_signal_handle(SIGTERM, on_end);
    os_signal_handle(SIGINT, on_end);
    os_signals_unblock();
    set = os_wait_set_new(8, false);
    for (unsigned i = 0; i < server.fd_count; i++)
        os_wait_set_add(set, server.fds[i], OS_WAIT_READ);
    while (!server.is_over) {
        OsWaitEvent events[8];

        (void)os_wait_set_wait(set, 200, events, 8);
        reap();
        for (unsigned i = 0; i < server.fd_count; i++)
            accept_all(server.fds[i]);
    }
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    err_set_program("tiny_server");
    err_set_sink(sink);
    err_set_log_level(ERR_DEBUG);
    err_set_end(end);
    run(argc, argv);
    return 0;
}

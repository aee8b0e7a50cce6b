/*
 * wal_receiver_process.c - the process that connects to another server and receives its log
 *
 *     connect > is it of this cluster? > histories of timelines > START_REPLICATION > messages
 *                                              ^                                         |
 *                                              +---- a new order <--- end of a timeline -+
 *
 * It sleeps until a message comes, the startup process has something to tell, or it is time to say
 * how far it is. Each failure ends the process: the startup process sees that, and asks for another
 * one when it wants to.
 */
#include "common/base/base.h"

#include <stdio.h>
#include <string.h>

#include "common/client/replication.h"
#include "common/err/err.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/mem/owner.h"
#include "common/os/clock.h"
#include "common/os/file.h"
#include "common/os/process.h"
#include "common/proto/repl_message.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "server/config/guc.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "server/replication/wal_receiver_int.h"
#include "server/txn/proc_array.h"
#include "server/txn/xid.h"
#include "server/wal/archive_status.h"
#include "server/wal/wal.h"

#define FIRST_TLI   1
#define LOOK_MAX_MS 10000

static struct {
    Client *client;
    MemContext *mem; /* of a message */
    Lsn start;
    TimelineId tli;
    char conninfo[WAL_RECEIVER_TEXT_SIZE];
    char slot[64];
    bool makes_slot, has_streamed;
    bool has_begun; /* some log may have been written */
    PgTime heard_at, replied_at, feedback_at;
    bool has_asked; /* whether the other side is still there */
    bool has_feedback; /* it was told of an xmin, or may have been by one before us */
    Lsn told_written, told_flushed, told_applied;
} own;

static void end(void *arg);
static void on_die(void);
static bool take_orders(void);
static void connect(void);
_Noreturn static void give_up(const char *what);
static void check_identity(TimelineId *newest);
static void fetch_histories(TimelineId first, TimelineId last);
static void make_temporary_slot(void);
static bool start(void);
static void stream(void);
static bool take_messages(void);
static void take_message(const char *bytes, size_t len);
static void take_wal(const ReplFromServer *m);
static void reply(bool is_forced, bool wants_reply);
static void feedback(bool is_forced);
static void look_at_clock(void);
static int64_t next_look_ms(void);
static void finish_timeline(void);
static bool wait_for_orders(void);

void wal_receiver_main(void *arg UNUSED)
{
    TimelineId newest;

    proc_attach(PROC_WAL_RECEIVER);
    proc_on_detach(end, NULL);
    owner_switch(owner_new(NULL, "WAL receiver"));
    interrupt_set_handler(INTERRUPT_DIE, on_die);
    process_set_check(check_interrupts);
    own.mem = mem_context_new(mem_root(), "message of a stream");
    own.has_feedback = true;
    if (!take_orders())
        return;
    connect();
    for (;;) {
        check_identity(&newest);
        fetch_histories(own.tli, newest);
        if (own.makes_slot)
            make_temporary_slot();
        if (start()) {
            stream();
            finish_timeline();
        } else {
            err_log(ERR_LOG, .message = err_fmt("primary server contains no more WAL on requested "
                                                "timeline %u",
                                                own.tli));
        }
        receive_end();
        own.has_streamed = true;
        if (!wait_for_orders())
            return;
    }
}

/* Whatever ended it: what came is flushed, and the startup process hears of the end. */
static void end(void *arg UNUSED)
{
    WalReceiverShared *shared = wal_receiver_shared();
    Proc *startup = proc_of_kind(PROC_STARTUP);

    if (own.has_begun)
        receive_flush(own.tli);
    spin_lock(&shared->lock);
    shared->row.pid = 0;
    shared->row.state = WAL_RECEIVER_NONE;
    shared->row.shown_conninfo[0] = '\0';
    spin_unlock(&shared->lock);
    condvar_broadcast(&shared->changed);
    if (startup != NULL)
        latch_set(&startup->latch);
}

static void on_die(void)
{
    err_fatal(SQLSTATE_ADMIN_SHUTDOWN,
              .message = "terminating walreceiver process due to administrator command");
}

/* What was asked for when we were; false: it was taken back. */
static bool take_orders(void)
{
    WalReceiverShared *shared = wal_receiver_shared();
    bool is_wanted;

    spin_lock(&shared->lock);
    is_wanted = shared->row.state == WAL_RECEIVER_STARTING ||
                shared->row.state == WAL_RECEIVER_RESTARTING;
    if (is_wanted) {
        shared->row.pid = process_id();
        shared->row.state = WAL_RECEIVER_STREAMING;
        own.start = shared->row.start;
        own.tli = shared->row.start_tli;
        memcpy(own.conninfo, shared->conninfo, sizeof own.conninfo);
        memcpy(own.slot, shared->row.slot, sizeof own.slot);
        own.makes_slot = shared->makes_slot;
        shared->row.sent_at = shared->row.received_at = shared->row.latest_end_time = clock_now();
        shared->row.latest_end = LSN_NONE;
    }
    spin_unlock(&shared->lock);
    return is_wanted;
}

/* ---- Connecting ---- */

/* For pg_stat_wal_receiver: what the connection is made of, but for secrets. */
static void show_connection(void)
{
    WalReceiverShared *shared = wal_receiver_shared();
    const char *host = "", *port = "0";
    Array settings;
    StrBuf text;

    strbuf_init(&text);
    client_settings(own.client, &settings);
    array_foreach(const ClientSetting, s, &settings) {
        const bool is_secret = str_equal(s->name, "password") || str_equal(s->name, "sslpassword");

        if (str_equal(s->name, "replication"))
            continue; /* said by us, not by the setting */
        if (str_equal(s->name, "host"))
            host = s->value;
        if (str_equal(s->name, "port"))
            port = s->value;
        strbuf_add_fmt(&text, "%s%s=%s", text.len == 0 ? "" : " ", s->name,
                       is_secret ? "********" : client_quote_setting(s->value));
    }
    spin_lock(&shared->lock);
    snprintf(shared->row.host, sizeof shared->row.host, "%s", host);
    shared->row.port = (int)strtol(port, NULL, 10);
    snprintf(shared->row.shown_conninfo, sizeof shared->row.shown_conninfo, "%s",
             text.text == NULL ? "" : text.text);
    spin_unlock(&shared->lock);
}

static void connect(void)
{
    ClientOptions options = {.conninfo = own.conninfo, .no_password = true};

    ERR_TRY() {
        own.client = client_connect(
            &options, &(ClientConnect){.mode = CLIENT_PHYSICAL,
                                       .name = *setting.cluster_name != '\0' ? setting.cluster_name
                                                                             : "walreceiver"});
    }
    ERR_CATCH() {
        give_up("could not connect to the primary server");
    }
    ERR_END();
    show_connection();
}

/* What was caught ends the process, in the words of the library, which may take several lines. */
_Noreturn static void give_up(const char *what)
{
    const ErrReport *report = err_caught();
    const char *rest = report->detail, *line;
    StrBuf text;

    if (report->level >= ERR_FATAL)
        err_raise_again();
    strbuf_init(&text);
    strbuf_add_fmt(&text, "%s: ", what);
    if (own.client != NULL) {
        strbuf_add_fmt(&text, "%s", client_error_text(own.client));
    } else {
        strbuf_add_fmt(&text, "%s", report->message);
        while (rest != NULL && (line = str_split(&rest, '\n')) != NULL)
            strbuf_add_fmt(&text, "\n\t%s", line);
    }
    err_fatal(SQLSTATE_CONNECTION_FAILURE, .message = text.text);
}

static SystemIdentity ask_identity(void)
{
    SystemIdentity identity = {0};

    ERR_TRY() {
        identity = client_identify_system(own.client);
    }
    ERR_CATCH() {
        give_up("could not receive database system identifier and timeline ID from the primary "
                "server");
    }
    ERR_END();
    return identity;
}

static void check_identity(TimelineId *newest)
{
    SystemIdentity identity = ask_identity();

    if (identity.system_id != wal_identity()->system_id)
        err_fatal(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "database system identifier differs between the primary and standby",
                  .detail = err_fmt("The primary's identifier is %" PRIu64
                                    ", the standby's identifier is %" PRIu64 ".",
                                    identity.system_id, wal_identity()->system_id));
    if (identity.tli < own.tli)
        err_fatal(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("highest timeline %u of the primary is behind recovery "
                                     "timeline %u",
                                     identity.tli, own.tli));
    *newest = identity.tli;
}

/* Recovery needs them to follow, those who follow us as well. */
static void fetch_histories(TimelineId first, TimelineId last)
{
    for (TimelineId tli = first; tli <= last; tli++) {
        const char *path = mem_printf("pg_wal/%08X.history", tli);
        TimelineFile file;

        if (tli == FIRST_TLI || os_exists(path))
            continue;
        err_log(ERR_LOG,
                .message = err_fmt("fetching timeline history file for timeline %u from primary "
                                   "server",
                                   tli));
        file = client_timeline_history(own.client, tli);
        os_write_durable(path, file.content, file.len);
        if (archive_is_always_on())
            archive_status_set_ready(file.name);
        else
            archive_status_set_done(file.name);
    }
}

static void make_temporary_slot(void)
{
    WalReceiverShared *shared = wal_receiver_shared();
    char name[sizeof own.slot];

    snprintf(name, sizeof name, "pg_walreceiver_%d", client_backend_pid(own.client));
    if (!str_equal(own.slot, name))
        (void)client_create_slot(own.client, &(CreateSlot){.name = name, .is_temporary = true},
                                 false);
    memcpy(own.slot, name, sizeof own.slot);
    spin_lock(&shared->lock);
    memcpy(shared->row.slot, name, sizeof name);
    spin_unlock(&shared->lock);
}

static bool send_start(void)
{
    StartReplication command = {
        .slot = *own.slot == '\0' ? NULL : own.slot, .start = own.start, .tli = own.tli};
    bool is_stream = false;
    ClientResult *r;
    StrBuf text;

    strbuf_init(&text);
    repl_command_start(&text, &command);
    client_send(own.client, text.text);
    while (!is_stream && (r = client_next_result(own.client, NULL)) != NULL) {
        is_stream = client_result_kind(r) == CLIENT_COPY_BOTH;
        client_result_free(r);
    }
    return is_stream;
}

/* False when there is no more of that timeline. */
static bool start(void)
{
    volatile bool is_stream = false;

    ERR_TRY() {
        is_stream = send_start();
    }
    ERR_CATCH() {
        give_up("could not start WAL streaming");
    }
    ERR_END();
    if (!is_stream)
        return false;
    err_log(ERR_LOG, .message = err_fmt("%s at " LSN_FMT " on timeline %u",
                                        own.has_streamed ? "restarted WAL streaming"
                                                         : "started streaming WAL from primary",
                                        LSN_ARG(own.start), own.tli));
    receive_begin(own.start);
    own.has_begun = true;
    own.heard_at = clock_now();
    own.has_asked = false;
    own.told_written = own.told_flushed = own.told_applied = LSN_NONE;
    own.replied_at = own.feedback_at = 0;
    return true;
}

/* ---- A stream ---- */

static void stream(void)
{
    bool goes_on = true;

    latch_wait_set_socket(client_socket(own.client));
    while (goes_on) {
        latch_reset(&proc_self()->latch);
        check_interrupts();
        if (interrupt_take(INTERRUPT_RELOAD)) {
            guc_load_files(GUC_LOAD_RELOAD_IN_CHILD);
            feedback(true);
        }
        goes_on = take_messages();
        if (receive_flush(own.tli))
            reply(false, false);
        if (goes_on) {
            look_at_clock();
            latch_wait(LATCH_SET | LATCH_SOCKET_READABLE | LATCH_TIMEOUT, next_look_ms(),
                       WAIT_EVENT_WAL_RECEIVER_MAIN);
        }
    }
    latch_wait_set_socket(-1);
}

static ClientCopy read_message(const char **bytes, size_t *len)
{
    volatile ClientCopy what = CLIENT_COPY_NOTHING;

    ERR_TRY() {
        what = client_copy_read(own.client, bytes, len, 0);
    }
    ERR_CATCH() {
        give_up("could not receive data from WAL stream");
    }
    ERR_END();
    return what;
}

/* All that have come; false at the end of the stream. */
static bool take_messages(void)
{
    for (;;) {
        const char *bytes;
        size_t len;

        switch (read_message(&bytes, &len)) {
        case CLIENT_COPY_DATA:
            own.heard_at = clock_now();
            own.has_asked = false;
            MEM_SCOPE(own.mem) {
                take_message(bytes, len);
            }
            mem_reset(own.mem);
            break;
        case CLIENT_COPY_NOTHING:
            return true;
        case CLIENT_COPY_END:
            return false;
        }
        check_interrupts();
    }
}

static void take_message(const char *bytes, size_t len)
{
    const ReplFromServer m = repl_parse_from_server(bytes, len);
    WalReceiverShared *shared = wal_receiver_shared();
    const PgTime now = clock_now();

    spin_lock(&shared->lock);
    if (shared->row.latest_end < m.server_end) {
        shared->row.latest_end = m.server_end;
        shared->row.latest_end_time = m.sent_at;
    }
    shared->row.sent_at = m.sent_at;
    shared->row.received_at = now;
    spin_unlock(&shared->lock);
    if (m.kind == REPL_WAL)
        take_wal(&m);
    else if (m.wants_reply)
        reply(true, false);
}

/* Each byte follows the one before: a gap would be a hole in the log. */
static void take_wal(const ReplFromServer *m)
{
    if (m->start != receive_written())
        err_fatal(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("received WAL at " LSN_FMT " where " LSN_FMT " was expected",
                                     LSN_ARG(m->start), LSN_ARG(receive_written())));
    receive_write(own.tli, m->start, m->bytes, m->len);
    reply(false, false);
}

/* ---- What is told ---- */

/* When something has changed, or it is time. */
static void reply(bool is_forced, bool wants_reply)
{
    const PgTime now = clock_now();
    const int64_t interval_us = (int64_t)setting.wal_receiver_status_interval * 1000000;
    uint8_t bytes[REPL_STATUS_SIZE];
    RecoveryProgress progress;

    if (!is_forced && interval_us <= 0)
        return;
    recovery_progress(&progress);
    if (!is_forced && own.told_written == receive_written() &&
        own.told_flushed == receive_flushed() && now < own.replied_at + interval_us)
        return;
    own.told_written = receive_written();
    own.told_flushed = receive_flushed();
    own.told_applied = progress.replayed_end;
    own.replied_at = now;
    repl_write_status(bytes, &(ReplFromClient){.kind = REPL_STATUS,
                                               .written = own.told_written,
                                               .flushed = own.told_flushed,
                                               .applied = own.told_applied,
                                               .sent_at = now,
                                               .wants_reply = wants_reply});
    client_copy_write(own.client, bytes, sizeof bytes);
}

/* The oldest xid that queries here need, with its epoch; zeros once when none is told any more. */
static void feedback(bool is_forced)
{
    const PgTime now = clock_now();
    const int64_t interval_us = (int64_t)setting.wal_receiver_status_interval * 1000000;
    const bool is_wanted = interval_us > 0 && setting.hot_standby_feedback && setting.hot_standby;
    ReplFromClient m = {.kind = REPL_FEEDBACK, .sent_at = now};
    uint8_t bytes[REPL_FEEDBACK_SIZE];

    if ((!is_wanted && !own.has_feedback) ||
        (!is_forced && is_wanted && now < own.feedback_at + interval_us))
        return;
    if (is_wanted) {
        const FullXid next = xid_next();
        Horizons horizons;

        proc_array_horizons(&horizons);
        m.xmin = horizons.shared;
        m.xmin_epoch = (uint32_t)(next >> 32) - (m.xmin > (Xid)next ? 1 : 0);
    }
    own.feedback_at = now;
    own.has_feedback = is_wanted;
    repl_write_feedback(bytes, &m);
    client_copy_write(own.client, bytes, sizeof bytes);
}

static void look_at_clock(void)
{
    const int64_t limit_us = (int64_t)setting.wal_receiver_timeout * 1000;
    const PgTime now = clock_now();

    if (atomic_exchange(&wal_receiver_shared()->wants_reply, false))
        reply(true, false);
    if (limit_us > 0 && now >= own.heard_at + limit_us)
        err_fatal(SQLSTATE_CONNECTION_FAILURE,
                  .message = "terminating walreceiver due to timeout");
    if (limit_us > 0 && now >= own.heard_at + limit_us / 2 && !own.has_asked) {
        own.has_asked = true;
        reply(true, true);
    }
    reply(false, false);
    feedback(false);
}

static int64_t next_look_ms(void)
{
    const int64_t interval_ms = (int64_t)setting.wal_receiver_status_interval * 1000;
    const int64_t half_ms = setting.wal_receiver_timeout / 2;
    const PgTime now = clock_now();
    int64_t wait_ms = LOOK_MAX_MS;

    if (interval_ms > 0) {
        const int64_t left = interval_ms - (now - own.replied_at) / 1000;

        wait_ms = left < wait_ms ? left : wait_ms;
    }
    if (half_ms > 0) {
        const int64_t left = (own.has_asked ? 2 * half_ms : half_ms) - (now - own.heard_at) / 1000;

        wait_ms = left < wait_ms ? left : wait_ms;
    }
    return wait_ms < 1 ? 1 : wait_ms;
}

/* ---- The end of a timeline, and what comes then ---- */

/* The other side has said that it is the end; or it is going down, and says nothing any more. */
static void finish_timeline(void)
{
    const char *what = "error reading result of streaming command";
    bool is_timeline = false;

    client_copy_end(own.client);
    for (ClientResult *r; (r = client_next_result(own.client, what)) != NULL;) {
        if (client_result_kind(r) == CLIENT_ROWS)
            is_timeline = true;
        client_result_free(r);
    }
    err_log(ERR_LOG, .message = "replication terminated by primary server",
            .detail = err_fmt("End of WAL reached on timeline %u at " LSN_FMT ".", own.tli,
                              LSN_ARG(receive_written())));
    if (!is_timeline)
        err_fatal(SQLSTATE_CONNECTION_FAILURE,
                  .message = "could not receive data from WAL stream: the stream has ended");
}

/* The startup process finds that there is no more of this timeline, and says what it wants next. */
static bool wait_for_orders(void)
{
    Proc *startup = proc_of_kind(PROC_STARTUP);
    WalReceiverShared *shared = wal_receiver_shared();

    spin_lock(&shared->lock);
    if (shared->row.state == WAL_RECEIVER_STREAMING) {
        shared->row.state = WAL_RECEIVER_WAITING;
        shared->row.start = LSN_NONE;
        shared->row.start_tli = 0;
    }
    spin_unlock(&shared->lock);
    condvar_broadcast(&shared->changed);
    if (startup != NULL)
        latch_set(&startup->latch);
    for (;;) {
        WalReceiverState state;

        latch_reset(&proc_self()->latch);
        check_interrupts();
        spin_lock(&shared->lock);
        state = shared->row.state;
        spin_unlock(&shared->lock);
        if (state == WAL_RECEIVER_RESTARTING)
            return take_orders();
        if (state == WAL_RECEIVER_STOPPING)
            return false;
        latch_wait(LATCH_SET, 0, WAIT_EVENT_WAL_RECEIVER_WAIT_START);
    }
}

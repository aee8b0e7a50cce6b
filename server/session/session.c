/*
 * session.c - the loop over a client's messages, and what ends statements and sessions
 *
 *                 +--------------------------------------------------+
 *                 v                                                  |
 *     ReadyForQuery --> read a message --> Query, FunctionCall ------+
 *                          ^    |
 *                          |    +--> Parse, Bind, Describe, Execute, Close, Flush --+
 *                          |    |                                                   |
 *                          |    +--> Sync: end the transaction, ReadyForQuery       |
 *                          +--------------------------------------------------------+
 *
 * An error in a message of the extended protocol makes all up to the next Sync be skipped; any
 * other error is followed by ReadyForQuery. One inside of a message that is half read ends the
 * session, since nobody knows where the next one begins.
 */
#include "common/base/base.h"

#include "server/session/session.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/process.h"
#include "server/config/guc.h"
#include "server/config/guc_enum.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/server_log.h"
#include "server/ipc/timer.h"
#include "server/ipc/title.h"
#include "server/net/net.h"
#include "server/replication/repl_slot.h"
#include "server/replication/replication.h"
#include "server/session/session_int.h"
#include "server/stats/activity.h"
#include "server/stats/stats.h"
#include "server/txn/snapshot.h"

SessionLocal session = {.query = ""};

static void greet(void);
static void serve(void);
static void recover(void);
static bool serve_message(void);
static void get_ready(void);
static void tell_what_was_done(void);
static void on_stats_due(void);
static void report_settings(void);
static void start_idle_timer(void);
static int read_message(ByteReader *body);
static void dispatch(int type, ByteReader *body);
static void refuse_in_replication(int type);
static void leave(void);
static void on_cancel(void);
static void raise_what_is_owed(void);
static void on_die(void);
static void on_client_gone(void);
static void on_statement_timeout(void);
static void on_lock_timeout(void);
static void on_idle_in_transaction(void);
static void on_idle(void);
static void on_client_check(void);
static void on_reload(void);
static bool wants_report(ErrLevel level);

void session_init(void)
{
    session.mem = mem_context_new(mem_root(), "session");
    session.message_mem = mem_context_new(session.mem, "message");
    interrupt_set_handler(INTERRUPT_CANCEL, on_cancel);
    interrupt_set_handler(INTERRUPT_DIE, on_die);
    interrupt_set_handler(INTERRUPT_CLIENT_GONE, on_client_gone);
    timer_set_handler(TIMER_STATEMENT, on_statement_timeout);
    timer_set_handler(TIMER_LOCK, on_lock_timeout);
    timer_set_handler(TIMER_IDLE_IN_TRANSACTION, on_idle_in_transaction);
    timer_set_handler(TIMER_IDLE_SESSION, on_idle);
    timer_set_handler(TIMER_CLIENT_CHECK, on_client_check);
    timer_set_handler(TIMER_STATS, on_stats_due);
    net_set_after_wait(raise_what_is_owed);
    session_init_conflicts();
    prepared_init();
    portal_init();
}

void session_limit_authentication(void)
{
    timer_start_ms(TIMER_STATEMENT, (int64_t)setting.authentication_timeout * 1000);
}

void session_run(const SessionEngine *engine, uint32_t cancel_key)
{
    session.engine = engine;
    session.cancel_key = cancel_key;
    session.is_let_in = true;
    session.owes_ready = true;
    interrupt_set_handler(INTERRUPT_RELOAD, NULL);
    greet();
    session_prepare_last_words();
    while (!session.is_over) {
        ERR_TRY() {
            serve();
        }
        ERR_CATCH() {
            recover();
        }
        ERR_END();
    }
    leave();
}

/* What a client is told once: settings that it may go by, and how to cancel. */
static void greet(void)
{
    guc_begin_reports();
    report_settings();
    net_begin(MESSAGE_BACKEND_KEY_DATA);
    net_put_u32((uint32_t)process_id());
    net_put_u32(session.cancel_key);
    net_end();
}

static void serve(void)
{
    while (serve_message())
        continue;
    session.is_over = true;
}

/* In the handler of the raise: the report first, as the transaction's end may have more to say. */
static void recover(void)
{
    interrupt_hold();
    timer_stop_all();
    session.is_reading = false;
    session.owed = NULL;
    (void)interrupt_take(INTERRUPT_CANCEL);
    err_log_report(err_caught());
    net_discard_message();
    session_set_query("");
    lwlock_release_all();
    repl_slot_clean_up();
    replication_clean_up();
    txn_abort_current();
    /* In a block that had failed before, nothing has told of its end. */
    if (session.simple_portal != NULL)
        portal_drop(session.simple_portal);
    session.is_started = false;
    mem_switch(session.mem);
    if (session.is_extended)
        session.skips_to_sync = true;
    else
        session.owes_ready = true;
    interrupt_reset_holds();
    if (net_is_mid_message())
        err_fatal(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = "terminating connection because protocol synchronization was lost");
}

/* False when the client has left. */
static bool serve_message(void)
{
    ByteReader body;
    int type;

    mem_switch(session.message_mem);
    mem_reset(session.message_mem);
    session.is_extended = false;
    snapshot_forget_catalog(); /* it must not hold back others while the client thinks */
    if (session.owes_ready)
        get_ready();
    type = read_message(&body);
    if (type == MESSAGE_TERMINATE || type == 0) {
        if (type == 0 && txn_is_block() && !txn_is_failed())
            err_log(ERR_LOG, .sqlstate = SQLSTATE_CONNECTION_FAILURE,
                    .message = "unexpected EOF on client connection with an open transaction");
        stats_session_set_end(type == 0 ? STATS_SESSION_ABANDONED : STATS_SESSION_LEFT);
        return false;
    }
    if (!session.skips_to_sync || type == MESSAGE_SYNC)
        dispatch(type, &body);
    return !replication_is_over();
}

static void get_ready(void)
{
    tell_what_was_done();
    report_settings();
    net_begin(MESSAGE_READY_FOR_QUERY);
    net_put_u8((uint8_t)txn_block_status());
    net_end();
    net_flush();
    session.owes_ready = false;
    start_idle_timer();
}

/* Counts are told between transactions; what is left of them, when the client is idle for long. */
static void tell_what_was_done(void)
{
    int64_t idle_ms;

    if (txn_is_block()) {
        activity_report(txn_is_failed() ? ACTIVITY_IDLE_IN_FAILED_TRANSACTION
                                        : ACTIVITY_IDLE_IN_TRANSACTION,
                        NULL, 0);
        title_set(txn_is_failed() ? "idle in transaction (aborted)" : "idle in transaction");
        return;
    }
    activity_report(ACTIVITY_IDLE, NULL, 0);
    title_set("idle");
    idle_ms = stats_flush(STATS_WHEN_DUE);
    if (idle_ms > 0 && !timer_is_running(TIMER_STATS))
        timer_start_ms(TIMER_STATS, idle_ms);
    else if (idle_ms == 0)
        timer_stop(TIMER_STATS);
}

/* Those that have another value than the client was told last. */
static void report_settings(void)
{
    const char *name, *value;

    while (guc_next_report(&name, &value)) {
        net_begin(MESSAGE_PARAMETER_STATUS);
        net_put_cstring(name);
        net_put_cstring(value);
        net_end();
    }
}

static void start_idle_timer(void)
{
    if (txn_is_block()) {
        if (setting.idle_in_transaction_session_timeout > 0)
            timer_start_ms(TIMER_IDLE_IN_TRANSACTION, setting.idle_in_transaction_session_timeout);
    } else if (setting.idle_session_timeout > 0) {
        timer_start_ms(TIMER_IDLE_SESSION, setting.idle_session_timeout);
    }
}

/* The settings files are read again here, where no statement runs. */
static int read_message(ByteReader *body)
{
    int type;

    session.is_reading = true;
    interrupt_set_handler(INTERRUPT_RELOAD, on_reload);
    type = net_read_message(body, 0);
    check_interrupts(); /* a cancel that came by now found nothing to cancel */
    interrupt_set_handler(INTERRUPT_RELOAD, NULL);
    session.is_reading = false;
    timer_stop(TIMER_IDLE_IN_TRANSACTION);
    timer_stop(TIMER_IDLE_SESSION);
    return type;
}

static void dispatch(int type, ByteReader *body)
{
    session.is_extended = strchr("PBEDCH", type) != NULL;
    txn_set_statement_time();
    refuse_in_replication(type);
    switch (type) {
    case MESSAGE_QUERY:
        session_simple_query(body);
        session.owes_ready = true;
        break;
    case MESSAGE_PARSE:
        session_parse(body);
        break;
    case MESSAGE_BIND:
        session_bind(body);
        break;
    case MESSAGE_DESCRIBE:
        session_describe(body);
        break;
    case MESSAGE_EXECUTE:
        session_execute(body);
        break;
    case MESSAGE_CLOSE:
        session_close(body);
        break;
    case MESSAGE_FLUSH:
        net_end_body(body);
        net_flush();
        break;
    case MESSAGE_SYNC:
        net_end_body(body);
        session.skips_to_sync = false;
        session_end_command();
        session.owes_ready = true;
        break;
    case MESSAGE_FUNCTION_CALL:
        activity_report(ACTIVITY_FASTPATH, NULL, txn_statement_time());
        session_function_call(body);
        session.owes_ready = true;
        break;
    case MESSAGE_COPY_DATA:
    case MESSAGE_COPY_DONE:
    case MESSAGE_COPY_FAIL:
        /* Of a copy that has failed: the client may not know yet. */
        break;
    default:
        err_fatal(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("invalid frontend message type %d", type));
    }
}

/* A connection for replication takes whole queries alone. */
static void refuse_in_replication(int type)
{
    if (!replication_is_session())
        return;
    if (type == MESSAGE_FUNCTION_CALL)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = "fastpath function calls not supported in a replication connection");
    if (session.is_extended && type != MESSAGE_FLUSH)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = "extended query protocol not supported in a replication connection");
}

/* What is open is rolled back. */
static void leave(void)
{
    timer_stop_all();
    txn_abort_all();
    net_close();
}

/* ---- The transaction around statements ---- */

void session_start_command(void)
{
    if (!session.is_started) {
        txn_start_command();
        session.is_started = true;
    }
    mem_switch(session.message_mem);
    if (setting.statement_timeout > 0 && !timer_is_running(TIMER_STATEMENT))
        timer_start_ms(TIMER_STATEMENT, setting.statement_timeout);
    if (setting.client_connection_check_interval > 0 && !timer_is_running(TIMER_CLIENT_CHECK))
        timer_start_ms(TIMER_CLIENT_CHECK, setting.client_connection_check_interval);
}

void session_end_command(void)
{
    timer_stop(TIMER_STATEMENT);
    if (!session.is_started)
        return;
    session.is_started = false;
    txn_end_command();
    mem_switch(session.message_mem);
}

void session_advance_command(void)
{
    txn_advance_command();
    timer_stop(TIMER_STATEMENT);
}

void session_check_block(const RawStatement *raw)
{
    if (txn_is_failed() && (raw == NULL || !raw->ends_failed_block))
        err_raise(SQLSTATE_IN_FAILED_SQL_TRANSACTION,
                  .message = "current transaction is aborted, commands ignored until end of "
                             "transaction block");
}

bool session_is_busy(void)
{
    return session.is_let_in && !session.is_reading;
}

void session_set_query(const char *text)
{
    session.query = text;
    if (*text != '\0')
        activity_report(ACTIVITY_ACTIVE, text, txn_statement_time());
    server_log_session()->statement = *text != '\0' ? text : NULL;
}

const char *session_query_text(void)
{
    return session.query;
}

/* ---- Reports ---- */

void session_send_report(const ErrReport *report)
{
    if (net_is_open() && wants_report(report->level))
        net_send_report(report);
}

/* Until it is let in, a client is told of nothing but what ends it. */
static bool wants_report(ErrLevel level)
{
    static const int as_setting[] = {
        [ERR_DEBUG] = CLIENT_MESSAGES_DEBUG1,
        [ERR_LOG] = CLIENT_MESSAGES_LOG,
        [ERR_NOTICE] = CLIENT_MESSAGES_NOTICE,
        [ERR_WARNING] = CLIENT_MESSAGES_WARNING,
    };

    if (level >= ERR_ERROR)
        return true;
    if (!session.is_let_in)
        return false;
    return level == ERR_INFO || as_setting[level] >= setting.client_min_messages;
}

/* ---- Interrupts ---- */

/*
 * While a message is read there is nothing to end; half of one (of a copy) must be read to its end
 * first.
 */
static bool must_wait_for_message(void (*handler)(void))
{
    if (!session.is_reading && net_is_mid_message())
        session.owed = handler;
    return session.is_reading || net_is_mid_message();
}

static void on_cancel(void)
{
    if (must_wait_for_message(on_cancel))
        return;
    err_raise(SQLSTATE_QUERY_CANCELED, .message = "canceling statement due to user request");
}

/* After a message whose reading was interrupted. */
static void raise_what_is_owed(void)
{
    void (*handler)(void) = session.owed;

    session.owed = NULL;
    if (handler != NULL)
        handler();
}

static void on_die(void)
{
    stats_session_set_end(STATS_SESSION_KILLED);
    err_fatal(SQLSTATE_ADMIN_SHUTDOWN,
              .message = "terminating connection due to administrator command");
}

static void on_client_gone(void)
{
    stats_session_set_end(STATS_SESSION_ABANDONED);
    err_fatal(SQLSTATE_CONNECTION_FAILURE, .message = "connection to client lost");
}

static void on_statement_timeout(void)
{
    if (!session.is_let_in)
        err_fatal(SQLSTATE_QUERY_CANCELED,
                  .message = "canceling authentication due to timeout");
    if (must_wait_for_message(on_statement_timeout))
        return;
    err_raise(SQLSTATE_QUERY_CANCELED, .message = "canceling statement due to statement timeout");
}

static void on_lock_timeout(void)
{
    if (!session.is_reading)
        err_raise(SQLSTATE_LOCK_NOT_AVAILABLE,
                  .message = "canceling statement due to lock timeout");
}

static void on_idle_in_transaction(void)
{
    err_fatal(SQLSTATE_IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
              .message = "terminating connection due to idle-in-transaction timeout");
}

static void on_idle(void)
{
    err_fatal(SQLSTATE_IDLE_SESSION_TIMEOUT,
              .message = "terminating connection due to idle-session timeout");
}

static void on_stats_due(void)
{
    if (session.is_reading && !txn_is_running())
        stats_flush(STATS_NOW);
}

/* Has the client gone while its statement runs? */
static void on_client_check(void)
{
    if (!session_is_busy())
        return;
    if ((latch_wait(LATCH_SOCKET_CLOSED | LATCH_TIMEOUT, 0, WAIT_EVENT_CLIENT_READ) &
         LATCH_SOCKET_CLOSED) != 0)
        interrupt_set(INTERRUPT_CLIENT_GONE);
    else if (setting.client_connection_check_interval > 0)
        timer_start_ms(TIMER_CLIENT_CHECK, setting.client_connection_check_interval);
}

static void on_reload(void)
{
    guc_load_files(GUC_LOAD_RELOAD_IN_CHILD);
}

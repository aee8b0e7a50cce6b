/*
 * send_log.c - START_REPLICATION: what is asked for is looked at, then the loop of a stream
 *
 * In each round: what the other side says, a piece of log if the connection took the last one, then
 * sleep until there is more log, a reply, or room in the connection. While the connection takes
 * nothing more is read, so a slow receiver costs its own sender only.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/timeline_history.h"
#include "common/os/clock.h"
#include "common/proto/repl_message.h"
#include "common/text/num.h"
#include "server/config/guc.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "server/net/copy.h"
#include "server/net/net.h"
#include "server/recovery/recovery.h"
#include "server/recovery/source/timelines.h"
#include "server/replication/answer.h"
#include "server/replication/repl_slot.h"
#include "server/replication/replication_int.h"
#include "server/replication/sync_rep.h"
#include "server/replication/wal_sender_int.h"
#include "server/txn/proc_array.h"

#define NAP_MAX_MS 10000 /* though nobody wakes us */

SendStream send_stream;

static void choose_timeline(const ReplicationCall *call, Lsn end, TimelineId now);
static void stream_from(Lsn start, Lsn end);
static void run(void);
static bool step(void);
static void note_state(void);
static void keep_alive(void);
static void nap(void);
static void tell_next_timeline(void);
static void try_finish(void);

void replication_start(ReplicationCall *call)
{
    TimelineId now;
    Lsn end;

    if (call->is_logical)
        replication_refuse_logical();
    if (call->name != NULL) {
        repl_slot_acquire(call->name, false);
        if (repl_slot_data().database != 0)
            err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                      .message =
                          "cannot use a logical replication slot for physical replication");
    }
    end = replication_log_end(&now);
    send_forget_file();
    send_stream = (SendStream){.tli = now, .sent = call->start};
    choose_timeline(call, end, now);
    if (!send_stream.is_historic || call->start < send_stream.valid_to)
        stream_from(call->start, end);
    if (repl_slot_is_acquired())
        repl_slot_release();
    if (replication_is_over())
        return;
    if (send_stream.is_historic)
        tell_next_timeline();
    answer_tag("START_STREAMING");
}

/* A timeline of the past is sent up to where it was left, if it was left behind the start. */
static void choose_timeline(const ReplicationCall *call, Lsn end UNUSED, TimelineId now)
{
    const TimelineSpan *span;
    Array spans;

    if (call->tli == 0 || call->tli == now)
        return;
    timeline_read(now, &spans);
    span = timeline_history_find(&spans, call->tli);
    if (span == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("requested timeline %u is not in this server's history",
                                     call->tli));
    if (span->end < call->start)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("requested starting point " LSN_FMT " on timeline %u is not "
                                     "in this server's history",
                                     LSN_ARG(call->start), call->tli),
                  .detail = err_fmt("This server's history forked from timeline %u at " LSN_FMT ".",
                                    call->tli, LSN_ARG(span->end)));
    send_stream.tli = call->tli;
    send_stream.is_historic = true;
    send_stream.valid_to = span->end;
    send_stream.next_tli = (span + 1)->tli;
}

static void stream_from(Lsn start, Lsn end)
{
    wal_sender_set_state(WAL_SENDER_CATCHUP);
    copy_both_begin();
    if (!send_stream.is_historic && start > end)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("requested starting point " LSN_FMT " is ahead of the WAL "
                                     "flush position of this server " LSN_FMT,
                                     LSN_ARG(start), LSN_ARG(end)));
    spin_lock(&wal_sender_own()->lock);
    wal_sender_own()->row.sent = start;
    spin_unlock(&wal_sender_own()->lock);
    send_lag_reset();
    sync_rep_note_sender();
    send_stream.last_reply = clock_now();
    run();
    send_forget_file();
    proc_array_set_own_xmin(XID_NONE);
    if (!replication_is_over())
        wal_sender_set_state(WAL_SENDER_STARTUP);
}

void send_clean_up(void)
{
    WalSender *own = wal_sender_own();

    if (own == NULL || own->row.state == WAL_SENDER_STARTUP)
        return;
    send_forget_file();
    proc_array_set_own_xmin(XID_NONE);
    /* Who is to end when its stream does has come to that. */
    if (own->row.state == WAL_SENDER_STOPPING)
        interrupt_set(INTERRUPT_DIE);
    wal_sender_set_state(WAL_SENDER_STARTUP);
}

/* Messages are read while one may be half written: no handler may think of statements. */
static void run(void)
{
    while (step())
        nap();
    net_flush();
}

/* False at the end. */
static bool step(void)
{
    SendStream *s = &send_stream;

    latch_reset(&proc_self()->latch);
    check_interrupts();
    if (interrupt_take(INTERRUPT_RELOAD)) {
        guc_load_files(GUC_LOAD_RELOAD_IN_CHILD);
        sync_rep_note_sender();
    }
    if (interrupt_take_usr2())
        s->is_last_round = true;
    send_take_replies();
    if (replication_is_over())
        return false;
    if (s->has_sent_done && s->has_got_done && net_try_flush())
        return false;
    s->is_caught_up = false;
    /* Said before the look, so that who flushes after it wakes us. */
    atomic_store(&wal_sender_own()->is_asleep, true);
    if (net_try_flush())
        send_chunk();
    (void)net_try_flush();
    if (s->is_caught_up && !net_has_output())
        note_state();
    keep_alive();
    return !replication_is_over();
}

/* All was sent that there is. */
static void note_state(void)
{
    WalSender *own = wal_sender_own();

    if (own->row.state == WAL_SENDER_CATCHUP) {
        err_log(ERR_DEBUG, .message = err_fmt("\"%s\" has now caught up with upstream server",
                                              setting.application_name));
        wal_sender_set_state(WAL_SENDER_STREAMING);
    }
    if (send_stream.is_last_round)
        try_finish();
}

/* The server ends: when the other side has all of it, the connection does. */
static void try_finish(void)
{
    const WalSenderRow *row = &wal_sender_own()->row;
    Lsn has = row->flushed != LSN_NONE ? row->flushed : row->written;

    if (has == send_stream.sent) {
        answer_tag("COPY 0");
        net_flush();
        replication_end_session();
        return;
    }
    if (!send_stream.waits_for_answer)
        send_keepalive(true);
}

void send_keepalive(bool wants_reply)
{
    uint8_t bytes[REPL_KEEPALIVE_SIZE];

    repl_write_keepalive(bytes, &(ReplFromServer){.kind = REPL_KEEPALIVE,
                                                  .server_end = send_stream.sent,
                                                  .sent_at = clock_now(),
                                                  .wants_reply = wants_reply});
    net_begin(MESSAGE_COPY_DATA);
    net_put_bytes(bytes, sizeof bytes);
    net_end_unsent();
    send_stream.waits_for_answer |= wants_reply;
    (void)net_try_flush();
}

/* After half of the time without a word the other side is asked, after all of it given up. */
static void keep_alive(void)
{
    const int64_t limit_us = (int64_t)setting.wal_sender_timeout * 1000;
    const PgTime now = clock_now();

    if (limit_us <= 0)
        return;
    if (now >= send_stream.last_reply + limit_us) {
        err_log(ERR_LOG, .message = "terminating walsender process due to replication timeout");
        replication_end_session();
    } else if (now >= send_stream.last_reply + limit_us / 2 && !send_stream.waits_for_answer) {
        send_keepalive(true);
    }
}

static void nap(void)
{
    const int64_t limit_ms = setting.wal_sender_timeout;
    unsigned events = LATCH_SET | LATCH_SOCKET_READABLE | LATCH_TIMEOUT;
    int64_t nap_ms = NAP_MAX_MS;

    if (limit_ms > 0) {
        const int64_t since_ms = (clock_now() - send_stream.last_reply) / 1000;
        const int64_t next_ms = send_stream.waits_for_answer ? limit_ms : limit_ms / 2;

        nap_ms = next_ms > since_ms ? next_ms - since_ms : 1;
    }
    if (net_has_output())
        events |= LATCH_SOCKET_WRITABLE;
    else if (!send_stream.is_caught_up)
        return; /* there is more to send */
    if (net_has_input() && !send_stream.has_got_done)
        return;
    if (send_stream.has_got_done)
        events &= ~(unsigned)LATCH_SOCKET_READABLE;
    latch_wait(events, nap_ms, WAIT_EVENT_WAL_SENDER_MAIN);
    atomic_store(&wal_sender_own()->is_asleep, false);
}

/* Where the log goes on. */
static void tell_next_timeline(void)
{
    static const AnswerColumn columns[] = {{"next_tli", ANSWER_INT8},
                                           {"next_tli_startpos", ANSWER_TEXT}};

    answer_begin(columns, ARRAY_LEN(columns));
    answer_row();
    answer_number(send_stream.next_tli);
    answer_lsn(send_stream.valid_to);
    answer_row_end();
}

/*
 * send_reply.c - what a receiver says while a stream runs: how far it is, what its queries need
 *
 * Lag is the time between our flush of a position and the other side's word that it has it. A ring
 * of samples tells when each position was flushed; a position that comes back takes all samples up
 * to it. When the ring is full new samples are passed over, which makes it coarser.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/os/clock.h"
#include "common/proto/repl_message.h"
#include "server/net/net.h"
#include "server/replication/repl_slot.h"
#include "server/replication/replication_int.h"
#include "server/replication/sync_rep.h"
#include "server/replication/wal_sender_int.h"
#include "server/txn/proc_array.h"
#include "server/txn/xid.h"

#define SAMPLES 4096

typedef enum LagHead { LAG_WRITE, LAG_FLUSH, LAG_APPLY, LAG_HEADS } LagHead;

static struct {
    struct {
        Lsn lsn;
        PgTime time;
    } ring[SAMPLES];
    uint64_t written;         /* samples ever */
    uint64_t read[LAG_HEADS]; /* of them, by each */
    Lsn last;                 /* position of the newest */
} lag;

static void take_message(int type, ByteReader *body);
static void take_data(ByteReader *body);
static void take_status(const ReplFromClient *m);
static void take_feedback(const ReplFromClient *m);
static bool is_recent(Xid xid, uint32_t epoch);
static int64_t take_lag(LagHead head, Lsn lsn, PgTime now);
static void leave(void);

void send_take_replies(void)
{
    const PgTime now = clock_now();

    while (!send_stream.has_got_done && !replication_is_over() && net_poll_input()) {
        ByteReader body;

        take_message(net_read_message(&body, MESSAGE_LARGE_MAX), &body);
        send_stream.last_reply = now;
        send_stream.waits_for_answer = false;
    }
}

static void take_message(int type, ByteReader *body)
{
    switch (type) {
    case MESSAGE_COPY_DATA:
        take_data(body);
        break;
    case MESSAGE_COPY_DONE:
        if (!send_stream.has_sent_done) {
            net_send_empty(MESSAGE_COPY_DONE);
            send_stream.has_sent_done = true;
        }
        send_stream.has_got_done = true;
        break;
    case MESSAGE_TERMINATE:
        leave();
        break;
    case 0:
        err_log(ERR_LOG, .sqlstate = SQLSTATE_PROTOCOL_VIOLATION,
                .message = "unexpected EOF on standby connection");
        leave();
        break;
    default:
        err_fatal(SQLSTATE_PROTOCOL_VIOLATION,
                  .message = err_fmt("invalid standby message type \"%c\"", type));
    }
}

/* Nobody is there to hear more. */
static void leave(void)
{
    replication_end_session();
}

static void take_data(ByteReader *body)
{
    const size_t len = byte_reader_left(body);
    const uint8_t *bytes = net_get_bytes(body, len);
    ReplFromClient m;
    size_t size;

    if (len == 0 || (bytes[0] != REPL_STATUS && bytes[0] != REPL_FEEDBACK)) {
        err_log(ERR_LOG, .sqlstate = SQLSTATE_PROTOCOL_VIOLATION,
                .message = err_fmt("unexpected message type \"%c\"", len == 0 ? 0 : bytes[0]));
        leave();
        return;
    }
    size = bytes[0] == REPL_STATUS ? REPL_STATUS_SIZE : REPL_FEEDBACK_SIZE;
    if (len < size)
        err_raise(SQLSTATE_PROTOCOL_VIOLATION, .message = "insufficient data left in message");
    m = repl_parse_from_client(bytes, size);
    if (m.kind == REPL_STATUS)
        take_status(&m);
    else
        take_feedback(&m);
}

/* ---- How far it is ---- */

static void take_status(const ReplFromClient *m)
{
    const PgTime now = clock_now();
    const int64_t write_lag = take_lag(LAG_WRITE, m->written, now);
    const int64_t flush_lag = take_lag(LAG_FLUSH, m->flushed, now);
    const int64_t apply_lag = take_lag(LAG_APPLY, m->applied, now);
    /* When all was applied and nothing new came, old times would say too much. */
    const bool is_idle = m->applied == send_stream.sent;
    WalSender *s = wal_sender_own();

    spin_lock(&s->lock);
    s->row.written = m->written;
    s->row.flushed = m->flushed;
    s->row.applied = m->applied;
    if (write_lag != WAL_LAG_UNKNOWN || is_idle)
        s->row.write_lag_us = write_lag;
    if (flush_lag != WAL_LAG_UNKNOWN || is_idle)
        s->row.flush_lag_us = flush_lag;
    if (apply_lag != WAL_LAG_UNKNOWN || is_idle)
        s->row.apply_lag_us = apply_lag;
    s->row.reply_time = m->sent_at;
    spin_unlock(&s->lock);
    sync_rep_release();
    if (repl_slot_is_acquired() && m->flushed != LSN_NONE)
        repl_slot_set_restart_lsn(m->flushed);
    if (m->wants_reply)
        send_keepalive(false);
}

/* ---- What its queries need ---- */

static void take_feedback(const ReplFromClient *m)
{
    Xid oldest = m->xmin;

    if ((m->xmin != XID_NONE && !is_recent(m->xmin, m->xmin_epoch)) ||
        (m->catalog_xmin != XID_NONE && !is_recent(m->catalog_xmin, m->catalog_xmin_epoch)))
        return;
    if (repl_slot_is_acquired()) {
        repl_slot_set_xmin(m->xmin, m->catalog_xmin);
        return;
    }
    if (oldest == XID_NONE ||
        (m->catalog_xmin != XID_NONE && xid_precedes(m->catalog_xmin, oldest)))
        oldest = m->catalog_xmin;
    /* Back it goes for a new query on the other side that is older than those of before. */
    if (oldest == XID_NONE || (proc_array_own_xmin() != XID_NONE &&
                               xid_precedes(oldest, proc_array_own_xmin())))
        proc_array_set_own_xmin(XID_NONE);
    if (oldest != XID_NONE) {
        proc_array_set_flags(PROC_AFFECTS_ALL);
        proc_array_set_own_xmin(oldest);
    }
}

/* Of this time round the numbers, and not of the future: another one would hold nothing. */
static bool is_recent(Xid xid, uint32_t epoch)
{
    const FullXid next = xid_next();
    const uint32_t next_epoch = (uint32_t)(next >> 32);

    if (xid <= (Xid)next)
        return epoch == next_epoch && !xid_precedes((Xid)next, xid);
    return epoch + 1 == next_epoch && xid_precedes(xid, (Xid)next);
}

/* ---- Lag ---- */

void send_lag_reset(void)
{
    lag.written = lag.last = 0;
    for (LagHead head = 0; head < LAG_HEADS; head++)
        lag.read[head] = 0;
}

void send_lag_note(Lsn lsn, PgTime now)
{
    uint64_t oldest = lag.read[0];

    if (lsn <= lag.last)
        return;
    for (LagHead head = 1; head < LAG_HEADS; head++)
        oldest = lag.read[head] < oldest ? lag.read[head] : oldest;
    if (lag.written - oldest >= SAMPLES)
        return;
    lag.ring[lag.written % SAMPLES].lsn = lsn;
    lag.ring[lag.written % SAMPLES].time = now;
    lag.written++;
    lag.last = lsn;
}

/* Of the newest sample that lsn covers; WAL_LAG_UNKNOWN when there is none that is new. */
static int64_t take_lag(LagHead head, Lsn lsn, PgTime now)
{
    PgTime time = 0;

    while (lag.read[head] < lag.written && lag.ring[lag.read[head] % SAMPLES].lsn <= lsn)
        time = lag.ring[lag.read[head]++ % SAMPLES].time;
    if (time == 0)
        return WAL_LAG_UNKNOWN;
    return now > time ? now - time : 0;
}

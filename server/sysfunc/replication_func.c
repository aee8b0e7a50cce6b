/*
 * replication_func.c - senders and the receiver of log as rows: pg_stat_replication and kin; what
 * recovery looks ahead at
 *
 * Everybody sees that there is a process; what it does is for those with the rights of
 * pg_read_all_stats.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/heap_form.h"
#include "server/catalog/catalog_oid.h"
#include "server/object/role.h"
#include "server/recovery/prefetch.h"
#include "server/replication/sync_rep.h"
#include "server/replication/wal_receiver.h"
#include "server/replication/wal_sender.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/value.h"
#include "server/types/datetime.h"

typedef enum SenderColumn {
    S_PID,
    S_STATE,
    S_SENT_LSN,
    S_WRITE_LSN,
    S_FLUSH_LSN,
    S_REPLAY_LSN,
    S_WRITE_LAG,
    S_FLUSH_LAG,
    S_REPLAY_LAG,
    S_SYNC_PRIORITY,
    S_SYNC_STATE,
    S_REPLY_TIME,
    S_COUNT,
} SenderColumn;

static const SetColumn sender_columns[S_COUNT] = {
    [S_PID] = {"pid", TYPE_INT4},
    [S_STATE] = {"state", TYPE_TEXT},
    [S_SENT_LSN] = {"sent_lsn", TYPE_PG_LSN},
    [S_WRITE_LSN] = {"write_lsn", TYPE_PG_LSN},
    [S_FLUSH_LSN] = {"flush_lsn", TYPE_PG_LSN},
    [S_REPLAY_LSN] = {"replay_lsn", TYPE_PG_LSN},
    [S_WRITE_LAG] = {"write_lag", TYPE_INTERVAL},
    [S_FLUSH_LAG] = {"flush_lag", TYPE_INTERVAL},
    [S_REPLAY_LAG] = {"replay_lag", TYPE_INTERVAL},
    [S_SYNC_PRIORITY] = {"sync_priority", TYPE_INT4},
    [S_SYNC_STATE] = {"sync_state", TYPE_TEXT},
    [S_REPLY_TIME] = {"reply_time", TYPE_TIMESTAMPTZ},
};

typedef enum ReceiverColumn {
    R_PID,
    R_STATUS,
    R_START_LSN,
    R_START_TLI,
    R_WRITTEN_LSN,
    R_FLUSHED_LSN,
    R_RECEIVED_TLI,
    R_SEND_TIME,
    R_RECEIPT_TIME,
    R_LATEST_END_LSN,
    R_LATEST_END_TIME,
    R_SLOT_NAME,
    R_SENDER_HOST,
    R_SENDER_PORT,
    R_CONNINFO,
    R_COUNT,
} ReceiverColumn;

static const SetColumn receiver_columns[R_COUNT] = {
    [R_PID] = {"pid", TYPE_INT4},
    [R_STATUS] = {"status", TYPE_TEXT},
    [R_START_LSN] = {"receive_start_lsn", TYPE_PG_LSN},
    [R_START_TLI] = {"receive_start_tli", TYPE_INT4},
    [R_WRITTEN_LSN] = {"written_lsn", TYPE_PG_LSN},
    [R_FLUSHED_LSN] = {"flushed_lsn", TYPE_PG_LSN},
    [R_RECEIVED_TLI] = {"received_tli", TYPE_INT4},
    [R_SEND_TIME] = {"last_msg_send_time", TYPE_TIMESTAMPTZ},
    [R_RECEIPT_TIME] = {"last_msg_receipt_time", TYPE_TIMESTAMPTZ},
    [R_LATEST_END_LSN] = {"latest_end_lsn", TYPE_PG_LSN},
    [R_LATEST_END_TIME] = {"latest_end_time", TYPE_TIMESTAMPTZ},
    [R_SLOT_NAME] = {"slot_name", TYPE_TEXT},
    [R_SENDER_HOST] = {"sender_host", TYPE_TEXT},
    [R_SENDER_PORT] = {"sender_port", TYPE_INT4},
    [R_CONNINFO] = {"conninfo", TYPE_TEXT},
};

typedef struct SenderSet {
    Array rows; /* WalSenderRow */
    const char **sync_states;
    size_t next;
    TupleDesc *desc;
} SenderSet;

/* A row that is being put together. */
typedef struct Row {
    Datum *values;
    bool *nulls;
} Row;

static bool sees_all(void);
static void fill_sender(const WalSenderRow *s, const char *sync_state, Row row);
static void fill_receiver(const WalReceiverRow *r, Lsn written, Row row);

static bool sees_all(void)
{
    return role_has_rights_of(role_current(), ROLE_READ_ALL_STATS);
}

static void put(Row row, unsigned column, Datum value)
{
    row.values[column] = value;
    row.nulls[column] = false;
}

static void put_lsn(Row row, unsigned column, Lsn lsn)
{
    if (lsn != LSN_NONE)
        put(row, column, value_of_lsn(lsn));
}

static void put_time(Row row, unsigned column, PgTime time)
{
    if (time != 0)
        put(row, column, datum_of_i64(time));
}

static void put_text(Row row, unsigned column, const char *text)
{
    if (*text != '\0')
        put(row, column, value_of_text(text));
}

static void put_lag(Row row, unsigned column, int64_t lag_us)
{
    Interval *interval;

    if (lag_us == WAL_LAG_UNKNOWN)
        return;
    interval = mem_new(Interval);
    interval->usec = lag_us;
    put(row, column, datum_of_pointer(interval));
}

static void clear(Row row, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        row.values[i] = 0;
        row.nulls[i] = true;
    }
}

/* ---- Senders ---- */

Datum pg_stat_get_wal_senders(FmgrCall *call)
{
    SenderSet *set = set_state(call);
    Datum values[S_COUNT];
    bool nulls[S_COUNT];
    size_t i;

    if (set == NULL) {
        set = set_begin(call, sizeof *set);
        MEM_SCOPE(set_mem(call)) {
            set->desc = set_desc(sender_columns, S_COUNT);
            wal_sender_list(&set->rows);
            set->sync_states = mem_new_array(const char *, size_max(set->rows.count, 1));
            sync_rep_states(&set->rows, set->sync_states);
        }
    }
    i = set->next++;
    if (i >= set->rows.count)
        return set_end(call);
    fill_sender(array_at(&set->rows, i), set->sync_states[i], (Row){values, nulls});
    return set_row(call, heap_to_record(heap_form(set->desc, values, nulls), set->desc));
}

static void fill_sender(const WalSenderRow *s, const char *sync_state, Row row)
{
    /* Who never tells what is on disk, as a base backup's stream, cannot be waited for. */
    const bool has_flushed = s->flushed != LSN_NONE;

    clear(row, S_COUNT);
    put(row, S_PID, datum_of_i32(s->pid));
    if (!sees_all())
        return;
    put(row, S_STATE, value_of_text(wal_sender_state_text(s->state)));
    put_lsn(row, S_SENT_LSN, s->sent);
    put_lsn(row, S_WRITE_LSN, s->written);
    put_lsn(row, S_FLUSH_LSN, s->flushed);
    put_lsn(row, S_REPLAY_LSN, s->applied);
    put_lag(row, S_WRITE_LAG, s->write_lag_us);
    put_lag(row, S_FLUSH_LAG, s->flush_lag_us);
    put_lag(row, S_REPLAY_LAG, s->apply_lag_us);
    put(row, S_SYNC_PRIORITY, datum_of_i32(has_flushed ? s->sync_priority : 0));
    put(row, S_SYNC_STATE, value_of_text(has_flushed ? sync_state : "async"));
    put_time(row, S_REPLY_TIME, s->reply_time);
}

/* ---- The receiver ---- */

Datum pg_stat_get_wal_receiver(FmgrCall *call)
{
    Datum values[R_COUNT];
    bool nulls[R_COUNT];
    WalReceiverRow row;
    Lsn written;

    wal_receiver_look(&row, &written);
    if (row.pid == 0 || *row.shown_conninfo == '\0')
        return fmgr_null(call);
    fill_receiver(&row, written, (Row){values, nulls});
    return value_of_row(receiver_columns, R_COUNT, values, nulls);
}

static void fill_receiver(const WalReceiverRow *r, Lsn written, Row row)
{
    clear(row, R_COUNT);
    put(row, R_PID, datum_of_i32(r->pid));
    if (!sees_all())
        return;
    put(row, R_STATUS, value_of_text(wal_receiver_state_text(r->state)));
    put_lsn(row, R_START_LSN, r->start);
    put(row, R_START_TLI, datum_of_i32((int32_t)r->start_tli));
    put_lsn(row, R_WRITTEN_LSN, written);
    put_lsn(row, R_FLUSHED_LSN, r->flushed);
    put(row, R_RECEIVED_TLI, datum_of_i32((int32_t)r->tli));
    put_time(row, R_SEND_TIME, r->sent_at);
    put_time(row, R_RECEIPT_TIME, r->received_at);
    put_lsn(row, R_LATEST_END_LSN, r->latest_end);
    put_time(row, R_LATEST_END_TIME, r->latest_end_time);
    put_text(row, R_SLOT_NAME, r->slot);
    put_text(row, R_SENDER_HOST, r->host);
    if (r->port != 0)
        put(row, R_SENDER_PORT, datum_of_i32(r->port));
    put_text(row, R_CONNINFO, r->shown_conninfo);
}

/* ---- Looking ahead in recovery ---- */

Datum pg_stat_get_recovery_prefetch(FmgrCall *call)
{
    static const SetColumn columns[] = {
        {"stats_reset", TYPE_TIMESTAMPTZ}, {"prefetch", TYPE_INT8},  {"hit", TYPE_INT8},
        {"skip_init", TYPE_INT8},          {"skip_new", TYPE_INT8},  {"skip_fpw", TYPE_INT8},
        {"skip_rep", TYPE_INT8},           {"wal_distance", TYPE_INT4},
        {"block_distance", TYPE_INT4},     {"io_depth", TYPE_INT4}};
    PrefetchStats s;

    if (set_state(call) != NULL)
        return set_end(call);
    (void)set_begin(call, 1);
    prefetch_stats(&s);
    const Datum values[ARRAY_LEN(columns)] = {
        datum_of_i64(s.reset_at),
        datum_of_i64((int64_t)s.counts[PREFETCH_ASKED]),
        datum_of_i64((int64_t)s.counts[PREFETCH_HIT]),
        datum_of_i64((int64_t)s.counts[PREFETCH_INIT]),
        datum_of_i64((int64_t)s.counts[PREFETCH_NEW]),
        datum_of_i64((int64_t)s.counts[PREFETCH_IMAGE]),
        datum_of_i64((int64_t)s.counts[PREFETCH_REPEATED]),
        datum_of_i32((int32_t)s.wal_distance),
        datum_of_i32((int32_t)s.block_distance),
        datum_of_i32((int32_t)s.in_flight)};
    return set_row(call, value_of_row(columns, ARRAY_LEN(columns), values, NULL));
}

/* ---- Subscriptions: nobody applies any, so there is no worker and nothing was counted ---- */

Datum pg_stat_get_subscription(FmgrCall *call)
{
    return set_end(call);
}

Datum pg_stat_get_subscription_stats(FmgrCall *call)
{
    static const SetColumn columns[] = {{"subid", TYPE_OID},
                                        {"apply_error_count", TYPE_INT8},
                                        {"sync_error_count", TYPE_INT8},
                                        {"stats_reset", TYPE_TIMESTAMPTZ}};

    return value_of_row(columns, ARRAY_LEN(columns),
                        (const Datum[]){call->args[0].value, datum_of_i64(0), datum_of_i64(0), 0},
                        (const bool[]){false, false, false, true});
}

Datum pg_stat_reset_subscription_stats(FmgrCall *call)
{
    if (!call->args[0].is_null && datum_u32(call->args[0].value) == 0)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("invalid subscription OID %u", 0));
    return 0;
}

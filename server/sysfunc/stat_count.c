/*
 * stat_count.c - what was counted of tables, functions, databases and of the server as a whole
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/cache.h"
#include "server/catalog/catalog_oid.h"
#include "server/ipc/proc.h"
#include "server/recovery/checkpoint/control.h"
#include "server/stats/activity.h"
#include "server/stats/stats.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/value.h"
#include "server/types/numeric.h"

static Datum time_or_null(FmgrCall *call, PgTime time)
{
    return time == 0 ? fmgr_null(call) : datum_of_i64(time);
}

/* ---- Tables and indexes ---- */

/* Of this database, or a shared one. */
static const StatsTableBody *table_of(FmgrCall *call)
{
    Oid oid = fmgr_u32(call, 0);
    const StatsTableBody *body = stats_fetch_table(cache_database(), oid);

    return body != NULL ? body : stats_fetch_table(0, oid);
}

static void own_counts(FmgrCall *call, StatsTableCounts *out)
{
    Oid oid = fmgr_u32(call, 0);
    const StatsTable *t = stats_table_find(cache_database(), oid);

    memset(out, 0, sizeof *out);
    if (t == NULL)
        t = stats_table_find(0, oid);
    if (t != NULL)
        stats_table_current(t, out);
}

#define COUNT(function, member)                              \
 Datum function(FmgrCall *call)                              \
 {                                                           \
  const StatsTableBody *body = table_of(call);               \
  return datum_of_i64(body == NULL ? 0 : body->member);      \
 }
#define TIME(function, member)                               \
 Datum function(FmgrCall *call)                              \
 {                                                           \
  const StatsTableBody *body = table_of(call);               \
  return time_or_null(call, body == NULL ? 0 : body->member); \
 }
#define XACT(function, member)                               \
 Datum function(FmgrCall *call)                              \
 {                                                           \
  StatsTableCounts counts;                                   \
  own_counts(call, &counts);                                 \
  return datum_of_i64(counts.member);                        \
 }
#include "server/sysfunc/stat_table.def"
#undef COUNT
#undef TIME
#undef XACT

/* ---- Functions: NULL, unless one was counted ---- */

Datum pg_stat_get_function_calls(FmgrCall *call)
{
    const StatsFunctionBody *body = stats_fetch_function(cache_database(), fmgr_u32(call, 0));

    return body == NULL ? fmgr_null(call) : datum_of_i64(body->calls);
}

Datum pg_stat_get_function_total_time(FmgrCall *call)
{
    const StatsFunctionBody *body = stats_fetch_function(cache_database(), fmgr_u32(call, 0));

    return body == NULL ? fmgr_null(call) : datum_of_f8((double)body->total_us / 1000);
}

Datum pg_stat_get_function_self_time(FmgrCall *call)
{
    const StatsFunctionBody *body = stats_fetch_function(cache_database(), fmgr_u32(call, 0));

    return body == NULL ? fmgr_null(call) : datum_of_f8((double)body->self_us / 1000);
}

/* Calls and times alike: NULL is said of a function that was not counted, as none is here. */
Datum pg_stat_get_xact_function(FmgrCall *call)
{
    return fmgr_null(call);
}

/* ---- Databases ---- */

static const StatsDatabaseBody *database_of(FmgrCall *call)
{
    return stats_fetch_database(fmgr_u32(call, 0));
}

#define COUNT(function, member)                              \
 Datum function(FmgrCall *call)                              \
 {                                                           \
  const StatsDatabaseBody *body = database_of(call);         \
  return datum_of_i64(body == NULL ? 0 : body->member);      \
 }
#define MS(function, member)                                            \
 Datum function(FmgrCall *call)                                         \
 {                                                                      \
  const StatsDatabaseBody *body = database_of(call);                    \
  return datum_of_f8(body == NULL ? 0 : (double)body->member / 1000);   \
 }
#define TIME(function, member)                               \
 Datum function(FmgrCall *call)                              \
 {                                                           \
  const StatsDatabaseBody *body = database_of(call);         \
  return time_or_null(call, body == NULL ? 0 : body->member); \
 }
#include "server/sysfunc/stat_database.def"
#undef COUNT
#undef MS
#undef TIME

Datum pg_stat_get_db_conflict_all(FmgrCall *call)
{
    const StatsDatabaseBody *b = database_of(call);

    return datum_of_i64(b == NULL ? 0
                                  : b->conflicts_tablespace + b->conflicts_lock +
                                        b->conflicts_snapshot + b->conflicts_pin +
                                        b->conflicts_deadlock);
}

/* NULL where pages have no checksums. */
Datum pg_stat_get_db_checksum_failures(FmgrCall *call)
{
    const StatsDatabaseBody *body = database_of(call);

    if (control_fixed()->checksum_version == 0)
        return fmgr_null(call);
    return datum_of_i64(body == NULL ? 0 : body->checksum_failures);
}

Datum pg_stat_get_db_checksum_last_failure(FmgrCall *call)
{
    const StatsDatabaseBody *body = database_of(call);

    if (control_fixed()->checksum_version == 0)
        return fmgr_null(call);
    return time_or_null(call, body == NULL ? 0 : body->last_checksum_failure);
}

Datum pg_stat_get_db_numbackends(FmgrCall *call)
{
    Oid database = fmgr_u32(call, 0);
    int32_t found = 0;
    size_t count;
    const ActivityRow *rows = activity_fetch(&count);

    for (size_t i = 0; i < count; i++)
        found += rows[i].database == database;
    return datum_of_i32(found);
}

/* ---- What there is once ---- */

#define FIXED_COUNT(function, member)                    \
 Datum function(FmgrCall *call UNUSED)                   \
 {                                                       \
  return datum_of_i64(stats_fetch_fixed()->member);      \
 }
FIXED_COUNT(pg_stat_get_bgwriter_buf_written_checkpoints, checkpointer.written)
FIXED_COUNT(pg_stat_get_bgwriter_buf_written_clean, bgwriter.written)
FIXED_COUNT(pg_stat_get_bgwriter_maxwritten_clean, bgwriter.stopped)
FIXED_COUNT(pg_stat_get_bgwriter_requested_checkpoints, checkpointer.requested)
FIXED_COUNT(pg_stat_get_bgwriter_timed_checkpoints, checkpointer.timed)
FIXED_COUNT(pg_stat_get_buf_alloc, bgwriter.taken)
FIXED_COUNT(pg_stat_get_buf_fsync_backend, checkpointer.synced_by_backends)
FIXED_COUNT(pg_stat_get_buf_written_backend, checkpointer.written_by_backends)
#undef FIXED_COUNT

Datum pg_stat_get_checkpoint_write_time(FmgrCall *call UNUSED)
{
    return datum_of_f8((double)stats_fetch_fixed()->checkpointer.write_ms);
}

Datum pg_stat_get_checkpoint_sync_time(FmgrCall *call UNUSED)
{
    return datum_of_f8((double)stats_fetch_fixed()->checkpointer.sync_ms);
}

Datum pg_stat_get_bgwriter_stat_reset_time(FmgrCall *call UNUSED)
{
    return datum_of_i64(stats_fetch_fixed()->bgwriter.reset_at);
}

Datum pg_stat_get_wal(FmgrCall *call UNUSED)
{
    static const SetColumn columns[] = {
        {"wal_records", TYPE_INT8}, {"wal_fpi", TYPE_INT8},       {"wal_bytes", TYPE_NUMERIC},
        {"wal_buffers_full", TYPE_INT8}, {"wal_write", TYPE_INT8}, {"wal_sync", TYPE_INT8},
        {"wal_write_time", TYPE_FLOAT8}, {"wal_sync_time", TYPE_FLOAT8},
        {"stats_reset", TYPE_TIMESTAMPTZ}};
    const StatsWal *w = &stats_fetch_fixed()->wal;
    const Datum values[] = {datum_of_i64(w->records),
                            datum_of_i64(w->images),
                            numeric_of_text(mem_printf("%llu", (unsigned long long)w->bytes)),
                            datum_of_i64(w->buffers_full),
                            datum_of_i64(w->writes),
                            datum_of_i64(w->syncs),
                            datum_of_f8((double)w->write_us / 1000),
                            datum_of_f8((double)w->sync_us / 1000),
                            datum_of_i64(w->reset_at)};

    return value_of_row(columns, ARRAY_LEN(columns), values, NULL);
}

static Datum name_or_null(const char *name, bool *is_null)
{
    *is_null = *name == '\0';
    return *is_null ? 0 : value_of_text(name);
}

Datum pg_stat_get_archiver(FmgrCall *call UNUSED)
{
    static const SetColumn columns[] = {
        {"archived_count", TYPE_INT8},           {"last_archived_wal", TYPE_TEXT},
        {"last_archived_time", TYPE_TIMESTAMPTZ}, {"failed_count", TYPE_INT8},
        {"last_failed_wal", TYPE_TEXT},          {"last_failed_time", TYPE_TIMESTAMPTZ},
        {"stats_reset", TYPE_TIMESTAMPTZ}};
    const StatsArchiver *a = &stats_fetch_fixed()->archiver;
    Datum values[ARRAY_LEN(columns)];
    bool nulls[ARRAY_LEN(columns)] = {false};

    values[0] = datum_of_i64(a->archived);
    values[1] = name_or_null(a->last_archived, &nulls[1]);
    values[2] = datum_of_i64(a->last_archived_at);
    nulls[2] = a->last_archived_at == 0;
    values[3] = datum_of_i64(a->failed);
    values[4] = name_or_null(a->last_failed, &nulls[4]);
    values[5] = datum_of_i64(a->last_failed_at);
    nulls[5] = a->last_failed_at == 0;
    values[6] = datum_of_i64(a->reset_at);
    nulls[6] = a->reset_at == 0;
    return value_of_row(columns, ARRAY_LEN(columns), values, nulls);
}

typedef struct SlruRows {
    StatsSlruKind next;
} SlruRows;

Datum pg_stat_get_slru(FmgrCall *call)
{
    static const SetColumn columns[] = {
        {"name", TYPE_TEXT},         {"blks_zeroed", TYPE_INT8}, {"blks_hit", TYPE_INT8},
        {"blks_read", TYPE_INT8},    {"blks_written", TYPE_INT8}, {"blks_exists", TYPE_INT8},
        {"flushes", TYPE_INT8},      {"truncates", TYPE_INT8},
        {"stats_reset", TYPE_TIMESTAMPTZ}};
    SlruRows *rows = set_state(call);
    const StatsSlru *s;

    if (rows == NULL)
        rows = set_begin(call, sizeof *rows);
    if (rows->next == STATS_SLRU_COUNT)
        return set_end(call);
    s = &stats_fetch_fixed()->slru[rows->next];
    {
        const Datum values[] = {value_of_text(stats_slru_name(rows->next)),
                                datum_of_i64(s->zeroed),
                                datum_of_i64(s->hit),
                                datum_of_i64(s->read),
                                datum_of_i64(s->written),
                                datum_of_i64(s->exists),
                                datum_of_i64(s->flushes),
                                datum_of_i64(s->truncates),
                                datum_of_i64(s->reset_at)};

        rows->next++;
        return set_row(call, value_of_row(columns, ARRAY_LEN(columns), values, NULL));
    }
}

/* Of logical slots: what nobody has counted is zeros. */
Datum pg_stat_get_replication_slot(FmgrCall *call)
{
    static const SetColumn columns[] = {
        {"slot_name", TYPE_TEXT},    {"spill_txns", TYPE_INT8},   {"spill_count", TYPE_INT8},
        {"spill_bytes", TYPE_INT8},  {"stream_txns", TYPE_INT8},  {"stream_count", TYPE_INT8},
        {"stream_bytes", TYPE_INT8}, {"total_txns", TYPE_INT8},   {"total_bytes", TYPE_INT8},
        {"stats_reset", TYPE_TIMESTAMPTZ}};
    Datum values[ARRAY_LEN(columns)] = {0};
    bool nulls[ARRAY_LEN(columns)] = {false};

    values[0] = value_of_text(value_cstring(call, 0));
    nulls[ARRAY_LEN(columns) - 1] = true;
    return value_of_row(columns, ARRAY_LEN(columns), values, nulls);
}

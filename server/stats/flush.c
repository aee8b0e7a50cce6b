/*
 * flush.c - when this process tells what it has counted, and what it counts of its database
 */
#include "common/base/base.h"

#include <string.h>

#include "common/os/clock.h"
#include "server/stats/stats_int.h"

#define MIN_INTERVAL_US INT64_C(1000000)
#define IDLE_MS         10000

/* Process state. */
static struct {
    Oid database;
    StatsDatabaseBody counts; /* of the database, since the last time */
    bool has_counts;
    PgTime told_at;
    bool is_forced;
    const StatsSources *sources;
    StatsWal wal_told; /* totals at the last time */
    int64_t written_told, read_us_told, write_us_told;
    bool is_session;
    PgTime session_at; /* until when its time was told */
    StatsSessionEnd session_end;
} here;

void stats_set_sources(const StatsSources *sources)
{
    here.sources = sources;
}

void stats_set_database(Oid database)
{
    here.database = database;
}

Oid flush_database(void)
{
    return here.database;
}

/* ---- Transactions ---- */

void stats_begin(void)
{
    stats_nest_level = 1;
}

void stats_sub_begin(void)
{
    stats_nest_level++;
}

void stats_sub_end(bool is_commit)
{
    tables_sub_end(is_commit);
    drops_sub_end(is_commit);
    stats_nest_level--;
}

/* The order: what was counted, then entries for it, then what has gone with the transaction. */
void stats_end(bool is_commit)
{
    if (stats_nest_level == 0)
        return;
    if (stats_is_counting) {
        if (is_commit)
            here.counts.commits++;
        else
            here.counts.rollbacks++;
        here.has_counts = true;
    }
    tables_end(is_commit);
    tables_make_entries();
    drops_end(is_commit);
    stats_nest_level = 0;
}

bool stats_is_in_transaction(void)
{
    return stats_nest_level > 0;
}

/* ---- Telling ---- */

void stats_force_next_flush(void)
{
    here.is_forced = true;
}

static void flush_wal(void)
{
    StatsWal now = {0}, change;

    if (here.sources == NULL || here.sources->wal == NULL)
        return;
    here.sources->wal(&now);
    if (memcmp(&now, &here.wal_told, sizeof now) == 0)
        return;
    change = (StatsWal){.records = now.records - here.wal_told.records,
                        .images = now.images - here.wal_told.images,
                        .bytes = now.bytes - here.wal_told.bytes,
                        .buffers_full = now.buffers_full - here.wal_told.buffers_full,
                        .writes = now.writes - here.wal_told.writes,
                        .syncs = now.syncs - here.wal_told.syncs,
                        .write_us = now.write_us - here.wal_told.write_us,
                        .sync_us = now.sync_us - here.wal_told.sync_us};
    fixed_flush_wal(&change);
    here.wal_told = now;
}

static void flush_buffers(void)
{
    int64_t written = 0, read_us = 0, write_us = 0;

    if (here.sources == NULL || here.sources->buffers == NULL)
        return;
    here.sources->buffers(&written, &read_us, &write_us);
    if (written != here.written_told)
        fixed_flush_backend(written - here.written_told);
    here.counts.read_time_us += read_us - here.read_us_told;
    here.counts.write_time_us += write_us - here.write_us_told;
    here.has_counts |= read_us != here.read_us_told || write_us != here.write_us_told;
    here.written_told = written;
    here.read_us_told = read_us;
    here.write_us_told = write_us;
}

/* Counts alone: the times of an entry are others'. */
static void add_database(Oid database, const StatsDatabaseBody *c)
{
    StatsKey key = {.kind = STATS_DATABASE, .database = database};
    StatsBody *body = shared_acquire(&key, true);
    StatsDatabaseBody *to;

    if (body == NULL)
        return;
    to = &body->database;
    to->commits += c->commits;
    to->rollbacks += c->rollbacks;
    to->blocks_fetched += c->blocks_fetched;
    to->blocks_hit += c->blocks_hit;
    to->rows_returned += c->rows_returned;
    to->rows_fetched += c->rows_fetched;
    to->rows_inserted += c->rows_inserted;
    to->rows_updated += c->rows_updated;
    to->rows_deleted += c->rows_deleted;
    to->temp_files += c->temp_files;
    to->temp_bytes += c->temp_bytes;
    to->deadlocks += c->deadlocks;
    to->read_time_us += c->read_time_us;
    to->write_time_us += c->write_time_us;
    to->sessions += c->sessions;
    to->session_time_us += c->session_time_us;
    to->active_time_us += c->active_time_us;
    to->idle_in_transaction_us += c->idle_in_transaction_us;
    to->sessions_abandoned += c->sessions_abandoned;
    to->sessions_fatal += c->sessions_fatal;
    to->sessions_killed += c->sessions_killed;
    shared_release();
}

static void note_session_time(PgTime now)
{
    if (!here.is_session)
        return;
    here.counts.session_time_us += now - here.session_at;
    here.session_at = now;
    here.has_counts = true;
}

static void flush(PgTime now)
{
    StatsDatabaseBody shared = {0};
    bool has_tables;

    has_tables = tables_flush(&here.counts, &shared);
    flush_wal();
    flush_buffers();
    fixed_flush_slru();
    if (has_tables || here.has_counts)
        note_session_time(now);
    if ((has_tables || here.has_counts) && here.database != 0)
        add_database(here.database, &here.counts);
    if (has_tables)
        add_database(0, &shared);
    memset(&here.counts, 0, sizeof here.counts);
    here.has_counts = false;
}

int64_t stats_flush(StatsWhen when)
{
    bool force = when == STATS_NOW || here.is_forced;
    PgTime now;

    if (stats_nest_level > 0)
        return 0;
    now = clock_now();
    if (!force && now - here.told_at < MIN_INTERVAL_US && here.told_at <= now)
        return IDLE_MS;
    here.is_forced = false;
    here.told_at = now;
    flush(now);
    return 0;
}

/* ---- Sessions ---- */

void stats_session_begin(PgTime started_at)
{
    if (!stats_is_counting)
        return;
    here.is_session = true;
    here.session_at = started_at;
    here.counts.sessions++;
    here.has_counts = true;
}

void stats_session_set_end(StatsSessionEnd end)
{
    if (here.session_end == STATS_SESSION_RUNS)
        here.session_end = end;
}

void stats_session_end(void)
{
    stats_nest_level = 0;
    if (here.is_session) {
        here.counts.sessions_abandoned += here.session_end == STATS_SESSION_ABANDONED;
        here.counts.sessions_fatal += here.session_end == STATS_SESSION_FATAL;
        here.counts.sessions_killed += here.session_end == STATS_SESSION_KILLED;
        here.has_counts = true;
    }
    stats_flush(STATS_NOW);
    here.is_session = false;
}

void stats_session_add_time(int64_t active_us, int64_t idle_in_transaction_us)
{
    here.counts.active_time_us += active_us;
    here.counts.idle_in_transaction_us += idle_in_transaction_us;
    here.has_counts = true;
}

/* ---- What happens now and then ---- */

void stats_count_deadlock(void)
{
    here.counts.deadlocks++;
    here.has_counts = true;
}

void stats_count_temp_file(uint64_t bytes)
{
    here.counts.temp_files++;
    here.counts.temp_bytes += (int64_t)bytes;
    here.has_counts = true;
}

void stats_report_checksum_failure(Oid database, int64_t count)
{
    StatsKey key = {.kind = STATS_DATABASE, .database = database};
    StatsBody *body = stats_is_counting ? shared_acquire(&key, true) : NULL;

    if (body == NULL)
        return;
    body->database.checksum_failures += count;
    body->database.last_checksum_failure = clock_now();
    shared_release();
}

void stats_report_autovacuum(Oid database)
{
    StatsKey key = {.kind = STATS_DATABASE, .database = database};
    StatsBody *body = shared_acquire(&key, true);

    if (body == NULL)
        return;
    body->database.last_autovacuum = clock_now();
    shared_release();
}

/*
 * fixed.c - counts that there are once: archiver, background writer, checkpoints, small pages, log
 */
#include "common/base/base.h"

#include <string.h>

#include "common/os/clock.h"
#include "server/ipc/lwlock.h"
#include "server/stats/stats_int.h"

/* The rank's numbers below are those of partitions of entries. */
#define LOCK_NUMBER 1000

typedef struct FixedShared {
    LwLock lock;
    StatsFixed stats; /* guarded by lock */
} FixedShared;

static FixedShared *fixed;

StatsSlru stats_slru_here[STATS_SLRU_COUNT];

static const char *const slru_names[STATS_SLRU_COUNT] = {
    [STATS_SLRU_COMMIT_TS] = "CommitTs",
    [STATS_SLRU_MULTI_MEMBERS] = "MultiXactMember",
    [STATS_SLRU_MULTI_OFFSETS] = "MultiXactOffset",
    [STATS_SLRU_NOTIFY] = "Notify",
    [STATS_SLRU_SERIAL] = "Serial",
    [STATS_SLRU_SUBTRANS] = "Subtrans",
    [STATS_SLRU_XACT] = "Xact",
    [STATS_SLRU_OTHER] = "other",
};

StatsSlruKind stats_slru_kind(const char *name)
{
    StatsSlruKind kind = 0;

    while (kind < STATS_SLRU_OTHER && strcmp(slru_names[kind], name) != 0)
        kind++;
    return kind;
}

const char *stats_slru_name(StatsSlruKind kind)
{
    return slru_names[kind];
}

size_t fixed_size(void)
{
    return sizeof(FixedShared);
}

static void set_reset_times(StatsFixed *stats, PgTime now)
{
    stats->archiver.reset_at = stats->bgwriter.reset_at = stats->wal.reset_at = now;
    for (unsigned i = 0; i < STATS_SLRU_COUNT; i++)
        stats->slru[i].reset_at = now;
}

void fixed_init(void *place)
{
    fixed = place;
    memset(fixed, 0, sizeof *fixed);
    lwlock_init(&fixed->lock, LW_STATS, LOCK_NUMBER);
    set_reset_times(&fixed->stats, clock_now());
}

void fixed_copy(StatsFixed *out)
{
    lwlock_acquire(&fixed->lock, LW_SHARED);
    *out = fixed->stats;
    lwlock_release(&fixed->lock);
}

void fixed_set(const StatsFixed *from)
{
    lwlock_acquire(&fixed->lock, LW_EXCLUSIVE);
    fixed->stats = *from;
    lwlock_release(&fixed->lock);
}

void stats_discard(void)
{
    StatsFixed none;

    memset(&none, 0, sizeof none);
    set_reset_times(&none, clock_now());
    shared_remove_all();
    fixed_set(&none);
}

/* ---- Reports ---- */

static StatsFixed *acquire(void)
{
    if (fixed == NULL)
        return NULL;
    lwlock_acquire(&fixed->lock, LW_EXCLUSIVE);
    return &fixed->stats;
}

static void release(void)
{
    lwlock_release(&fixed->lock);
}

void stats_report_archiver(const char *name, bool has_failed)
{
    StatsFixed *stats = acquire();
    StatsArchiver *a;
    char *place;

    if (stats == NULL)
        return;
    a = &stats->archiver;
    place = has_failed ? a->last_failed : a->last_archived;
    memset(place, 0, STATS_WAL_NAME_SIZE);
    memcpy(place, name, size_min(strlen(name), STATS_WAL_NAME_SIZE - 1));
    if (has_failed) {
        a->failed++;
        a->last_failed_at = clock_now();
    } else {
        a->archived++;
        a->last_archived_at = clock_now();
    }
    release();
}

void stats_report_bgwriter(int64_t written, int64_t stopped, int64_t taken)
{
    StatsFixed *stats = acquire();

    if (stats == NULL)
        return;
    stats->bgwriter.written += written;
    stats->bgwriter.stopped += stopped;
    stats->bgwriter.taken += taken;
    release();
}

void stats_report_checkpointer(const StatsCheckpointer *change)
{
    StatsFixed *stats = acquire();
    StatsCheckpointer *c;

    if (stats == NULL)
        return;
    c = &stats->checkpointer;
    c->timed += change->timed;
    c->requested += change->requested;
    c->write_ms += change->write_ms;
    c->sync_ms += change->sync_ms;
    c->written += change->written;
    c->written_by_backends += change->written_by_backends;
    c->synced_by_backends += change->synced_by_backends;
    release();
}

void fixed_flush_backend(int64_t written)
{
    stats_report_checkpointer(&(StatsCheckpointer){.written_by_backends = written});
}

void fixed_flush_wal(const StatsWal *change)
{
    StatsFixed *stats = acquire();
    StatsWal *w;

    if (stats == NULL)
        return;
    w = &stats->wal;
    w->records += change->records;
    w->images += change->images;
    w->bytes += change->bytes;
    w->buffers_full += change->buffers_full;
    w->writes += change->writes;
    w->syncs += change->syncs;
    w->write_us += change->write_us;
    w->sync_us += change->sync_us;
    release();
}

bool fixed_flush_slru(void)
{
    static const StatsSlru none[STATS_SLRU_COUNT];
    StatsFixed *stats;

    if (memcmp(stats_slru_here, none, sizeof none) == 0)
        return false;
    stats = acquire();
    if (stats == NULL)
        return false;
    for (unsigned i = 0; i < STATS_SLRU_COUNT; i++) {
        StatsSlru *to = &stats->slru[i];
        const StatsSlru *from = &stats_slru_here[i];

        to->zeroed += from->zeroed;
        to->hit += from->hit;
        to->read += from->read;
        to->written += from->written;
        to->exists += from->exists;
        to->flushes += from->flushes;
        to->truncates += from->truncates;
    }
    release();
    memset(stats_slru_here, 0, sizeof stats_slru_here);
    return true;
}

/* ---- Resetting ---- */

void stats_reset_fixed(StatsFixedKind kind)
{
    StatsFixed *stats = acquire();
    PgTime now = clock_now();

    if (stats == NULL)
        return;
    switch (kind) {
    case STATS_FIXED_ARCHIVER:
        memset(&stats->archiver, 0, sizeof stats->archiver);
        stats->archiver.reset_at = now;
        break;
    case STATS_FIXED_BGWRITER:
        stats->bgwriter = (StatsBgWriter){.reset_at = now};
        stats->checkpointer = (StatsCheckpointer){0};
        break;
    case STATS_FIXED_WAL:
        stats->wal = (StatsWal){.reset_at = now};
        break;
    }
    release();
}

void stats_reset_slru(StatsSlruKind kind)
{
    StatsFixed *stats = acquire();
    PgTime now = clock_now();

    if (stats == NULL)
        return;
    for (unsigned i = 0; i < STATS_SLRU_COUNT; i++)
        if (kind == STATS_SLRU_COUNT || i == kind)
            stats->slru[i] = (StatsSlru){.reset_at = now};
    release();
}

static void clear(const StatsKey *key, StatsBody *body, PgTime now)
{
    memset(body, 0, stats_body_size(key->kind));
    if (key->kind == STATS_DATABASE)
        body->database.reset_at = now;
    else if (key->kind == STATS_SLOT)
        body->slot.reset_at = now;
}

static void note_reset(Oid database, PgTime now)
{
    StatsKey key = {.kind = STATS_DATABASE, .database = database};
    StatsBody *body = shared_acquire(&key, true);

    if (body == NULL)
        return;
    body->database.reset_at = now;
    shared_release();
}

typedef struct ResetOf {
    Oid database;
    PgTime now;
} ResetOf;

static void clear_if_in_database(const StatsKey *key, StatsBody *body, void *arg)
{
    const ResetOf *of = arg;

    if (key->database == of->database && key->kind != STATS_SLOT)
        clear(key, body, of->now);
}

void stats_reset_database(Oid database)
{
    ResetOf of = {.database = database, .now = clock_now()};

    shared_walk(clear_if_in_database, &of);
    note_reset(database, of.now);
}

/* The database says when something in it was reset. */
void stats_reset_entry(const StatsKey *key)
{
    StatsBody *body = shared_acquire(key, false);
    PgTime now = clock_now();

    if (body != NULL) {
        clear(key, body, now);
        shared_release();
    }
    if (key->kind == STATS_RELATION || key->kind == STATS_FUNCTION)
        note_reset(key->database, now);
}

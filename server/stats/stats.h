/*
 * stats.h - what the server counts: of databases, tables, functions, and of the whole
 *
 * A process counts in memory of its own and now and then adds that to what is shared (promise 1).
 * The bodies of entries are laid out as PostgreSQL 15's, whose file they are saved in.
 */
#ifndef STATS_STATS_H
#define STATS_STATS_H

#include "common/base/base.h"

/* PostgreSQL's numbers: they are in commit records. */
typedef enum StatsKind {
    STATS_DATABASE = 1,
    STATS_RELATION = 2,
    STATS_FUNCTION = 3,
    STATS_SLOT = 4,
    STATS_SUBSCRIPTION = 5,
    STATS_KIND_COUNT,
} StatsKind;

typedef struct StatsKey {
    int32_t kind;
    Oid database; /* 0: of all databases */
    Oid object;
} StatsKey;
STATIC_ASSERT(sizeof(StatsKey) == 12);

/* ---- What is kept of each kind; times are of 2000, 0: never ---- */

typedef struct StatsDatabaseBody {
    int64_t commits, rollbacks;
    int64_t blocks_fetched, blocks_hit;
    int64_t rows_returned, rows_fetched, rows_inserted, rows_updated, rows_deleted;
    PgTime last_autovacuum;
    int64_t conflicts_tablespace, conflicts_lock, conflicts_snapshot, conflicts_pin,
        conflicts_deadlock;
    int64_t temp_files, temp_bytes;
    int64_t deadlocks;
    int64_t checksum_failures;
    PgTime last_checksum_failure;
    int64_t read_time_us, write_time_us;
    int64_t sessions, session_time_us, active_time_us, idle_in_transaction_us;
    int64_t sessions_abandoned, sessions_fatal, sessions_killed;
    PgTime reset_at;
} StatsDatabaseBody;
STATIC_ASSERT(sizeof(StatsDatabaseBody) == 240);

typedef struct StatsTableBody {
    int64_t scans, rows_returned, rows_fetched;
    int64_t inserted, updated, deleted, hot_updated;
    int64_t live, dead, changes_since_analyze, inserts_since_vacuum;
    int64_t blocks_fetched, blocks_hit;
    PgTime vacuumed_at;
    int64_t vacuum_count;
    PgTime autovacuumed_at;
    int64_t autovacuum_count;
    PgTime analyzed_at;
    int64_t analyze_count;
    PgTime autoanalyzed_at;
    int64_t autoanalyze_count;
} StatsTableBody;
STATIC_ASSERT(sizeof(StatsTableBody) == 168);

typedef struct StatsFunctionBody {
    int64_t calls, total_us, self_us;
} StatsFunctionBody;

typedef struct StatsSlotBody {
    char unused_name[64];
    int64_t spill_txns, spill_count, spill_bytes;
    int64_t stream_txns, stream_count, stream_bytes;
    int64_t total_txns, total_bytes;
    PgTime reset_at;
} StatsSlotBody;
STATIC_ASSERT(sizeof(StatsSlotBody) == 136);

typedef union StatsBody {
    StatsDatabaseBody database;
    StatsTableBody table;
    StatsFunctionBody function;
    StatsSlotBody slot;
} StatsBody;

#define STATS_WAL_NAME_SIZE 41 /* of a file of the log, with NUL */

typedef struct StatsArchiver {
    int64_t archived;
    char last_archived[STATS_WAL_NAME_SIZE];
    PgTime last_archived_at;
    int64_t failed;
    char last_failed[STATS_WAL_NAME_SIZE];
    PgTime last_failed_at;
    PgTime reset_at;
} StatsArchiver;
STATIC_ASSERT(sizeof(StatsArchiver) == 136);

typedef struct StatsBgWriter {
    int64_t written, stopped, taken;
    PgTime reset_at;
} StatsBgWriter;

typedef struct StatsCheckpointer {
    int64_t timed, requested;
    int64_t write_ms, sync_ms;
    int64_t written, written_by_backends, synced_by_backends;
} StatsCheckpointer;

/* Folders of small pages, in the order in which they are saved; the last is for all others. */
typedef enum StatsSlruKind {
    STATS_SLRU_COMMIT_TS,
    STATS_SLRU_MULTI_MEMBERS,
    STATS_SLRU_MULTI_OFFSETS,
    STATS_SLRU_NOTIFY,
    STATS_SLRU_SERIAL,
    STATS_SLRU_SUBTRANS,
    STATS_SLRU_XACT,
    STATS_SLRU_OTHER,
    STATS_SLRU_COUNT,
} StatsSlruKind;

typedef struct StatsSlru {
    int64_t zeroed, hit, read, written, exists, flushes, truncates;
    PgTime reset_at;
} StatsSlru;

typedef struct StatsWal {
    int64_t records, images;
    uint64_t bytes;
    int64_t buffers_full, writes, syncs, write_us, sync_us;
    PgTime reset_at;
} StatsWal;

/* What there is once. */
typedef struct StatsFixed {
    StatsArchiver archiver;
    StatsBgWriter bgwriter;
    StatsCheckpointer checkpointer;
    StatsSlru slru[STATS_SLRU_COUNT];
    StatsWal wal;
} StatsFixed;

/* ---- Tables and indexes: what this process has counted and not yet told (table.c) ---- */

typedef struct StatsTableCounts {
    int64_t scans, rows_returned, rows_fetched;
    int64_t inserted, updated, deleted, hot_updated; /* also by what was rolled back */
    int64_t live_change, dead_change, changes;
    int64_t blocks_fetched, blocks_hit;
    bool is_emptied; /* by TRUNCATE: what was before does not count */
} StatsTableCounts;

typedef struct StatsTableLevel StatsTableLevel;

typedef struct StatsTable {
    StatsKey key;
    StatsTableCounts counts;
    StatsTableLevel *level; /* of the innermost (sub)transaction that changed rows; NULL: none */
    bool is_listed;         /* among those to look at when counts are told */
    bool has_shared;        /* an entry was made for it */
    bool is_gone;           /* the object is dropped: this goes with the next telling */
    struct StatsTable *next_listed, *next_new;
} StatsTable;

/*
 * That of a relation, made when it is new; it stays until the relation is dropped. database is 0
 * for shared relations.
 */
StatsTable *stats_table_of(Oid database, Oid relation);
StatsTable *stats_table_find(Oid database, Oid relation); /* or NULL */

void stats_table_list(StatsTable *t);

/* Before it is counted for, in each transaction: with each pin of the relation. */
static inline void stats_table_use(StatsTable *t)
{
    if (UNLIKELY(t != NULL && !t->is_listed))
        stats_table_list(t);
}

/* The setting track_counts, whose hook calls the function: main sets it. */
extern bool stats_is_counting;
void stats_set_counting(bool is_counting);

/* table NULL: of something that nobody counts. */
#define STATS_ADD(table, counter, n)            \
 do {                                           \
  StatsTable *stats_to = (table);               \
  if (stats_to != NULL && stats_is_counting)    \
   stats_to->counts.counter += (int64_t)(n);    \
 } while (0)

/* Of the current (sub)transaction; t may be NULL. */
void stats_count_insert(StatsTable *t, size_t count);
void stats_count_update(StatsTable *t, bool is_hot);
void stats_count_delete(StatsTable *t);
void stats_count_truncate(StatsTable *t);
void stats_count_pruned(StatsTable *t, unsigned dead_gone);

/* The same of those that run, for pg_stat_get_xact_tuples_inserted() and its kin. */
void stats_table_current(const StatsTable *t, StatsTableCounts *out);

/* At once, to the shared entry. */
void stats_report_vacuum(const StatsTable *t, int64_t live, int64_t dead, bool is_auto);

/* changes_begin anew when all columns were looked at. */
void stats_report_analyze(const StatsTable *t, int64_t live, int64_t dead, bool begins_anew,
                          bool is_auto);

/* ---- Transactions: the functions that main calls for events ---- */

void stats_begin(void);
void stats_end(bool is_commit);
void stats_sub_begin(void);
void stats_sub_end(bool is_commit);
bool stats_is_in_transaction(void);

/* What a prepared transaction did; each record is given to add, PostgreSQL's 56 bytes. */
#define STATS_TWOPHASE_SIZE 56
void stats_prepare(void (*add)(const void *record, size_t len));
void stats_prepared(void);
void stats_prepared_end(const uint8_t *record, size_t len, bool is_commit);

/* Made or dropped in the current (sub)transaction: counts go if it is rolled back, or committed. */
void stats_note_created(StatsKind kind, Oid database, Oid object);
void stats_note_dropped(StatsKind kind, Oid database, Oid object);

/*
 * What goes with that end of the current (sub)transaction, in the current context; NULL: nothing.
 */
const StatsKey *stats_list_drops(bool is_commit, uint32_t *count);

/* Objects are gone: of a prepared transaction, or in redo. Of a database with all that is in it. */
void stats_drop(const StatsKey *keys, size_t count);

/* ---- Telling what was counted (flush.c) ---- */

/*
 * Between transactions, when a second has passed since the last time. Returns after how many
 * milliseconds of idleness it should be called again, with STATS_NOW; 0: nothing is left.
 */
typedef enum StatsWhen { STATS_WHEN_DUE, STATS_NOW } StatsWhen;
int64_t stats_flush(StatsWhen when);
void stats_force_next_flush(void);
void stats_forget(void); /* what this process has counted, for tests and its end */

/* Of the log and buffers, as they are counted in lower and upper rooms; set by main. */
typedef struct StatsSources {
    void (*wal)(StatsWal *totals); /* of this process, since it began */
    void (*buffers)(int64_t *written, int64_t *read_us, int64_t *write_us);
} StatsSources;
void stats_set_sources(const StatsSources *sources);

/* This process works in that database from now on. */
void stats_set_database(Oid database);

typedef enum StatsSessionEnd {
    STATS_SESSION_RUNS,
    STATS_SESSION_LEFT,      /* the client said good-bye */
    STATS_SESSION_ABANDONED, /* it was gone */
    STATS_SESSION_FATAL,     /* an error ended it */
    STATS_SESSION_KILLED,    /* an administrator */
} StatsSessionEnd;

/* Of a client's session, for pg_stat_database. */
void stats_session_begin(PgTime started_at);
void stats_session_set_end(StatsSessionEnd end); /* the first one counts */
void stats_session_end(void);                    /* tells all that is left */
void stats_session_add_time(int64_t active_us, int64_t idle_in_transaction_us);

void stats_count_deadlock(void);
void stats_count_temp_file(uint64_t bytes);
void stats_report_checksum_failure(Oid database, int64_t count);
void stats_report_autovacuum(Oid database); /* a worker has begun on it */

/* ---- Fixed kinds (fixed.c) ---- */

void stats_report_archiver(const char *name, bool has_failed);
void stats_report_bgwriter(int64_t written, int64_t stopped, int64_t taken);
void stats_report_checkpointer(const StatsCheckpointer *change);

/* Counted in this process, told with the rest. */
extern StatsSlru stats_slru_here[STATS_SLRU_COUNT];
StatsSlruKind stats_slru_kind(const char *name); /* as pg_stat_slru has it, or OTHER */
const char *stats_slru_name(StatsSlruKind kind);

/* ---- Reading (fetch.c): of the transaction's moment, as stats_fetch_consistency has it ---- */

/* Valid until the end of the transaction; NULL: nothing was counted. */
const StatsDatabaseBody *stats_fetch_database(Oid database);
const StatsTableBody *stats_fetch_table(Oid database, Oid relation);
const StatsFunctionBody *stats_fetch_function(Oid database, Oid function);
const StatsSlotBody *stats_fetch_slot(unsigned number);
const StatsFixed *stats_fetch_fixed(void);
void stats_clear_fetched(void); /* pg_stat_clear_snapshot(), and the end of a transaction */
bool stats_snapshot_time(PgTime *out);
bool stats_have_entry(const StatsKey *key); /* right now */

/* What is shared now, past what was fetched: for autovacuum. False: there is none. */
bool stats_read_now(const StatsKey *key, StatsBody *out);

/* ---- Resetting ---- */

void stats_reset_database(Oid database); /* with all that is in it */
void stats_reset_entry(const StatsKey *key);

typedef enum StatsFixedKind {
    STATS_FIXED_ARCHIVER,
    STATS_FIXED_BGWRITER, /* and the checkpointer */
    STATS_FIXED_WAL,
} StatsFixedKind;
void stats_reset_fixed(StatsFixedKind kind);
void stats_reset_slru(StatsSlruKind kind); /* STATS_SLRU_COUNT: all */

/* ---- Shared memory, and from one run to the next ---- */

size_t stats_shmem_size(void);
void stats_shmem_init(void *place);

/* By the startup process, before anybody counts: what a clean shutdown has saved. */
void stats_load(void);
void stats_discard(void); /* after a crash */
void stats_save(void);    /* by the checkpointer, when nobody counts any more */

#endif

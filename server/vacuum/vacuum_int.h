/*
 * vacuum_int.h - what the files of vacuum share: limits, dead rows, the state of one table's vacuum
 */
#ifndef VACUUM_VACUUM_INT_H
#define VACUUM_VACUUM_INT_H

#include "common/base/base.h"

#include "common/text/strbuf.h"
#include "server/access/btree/btree.h"
#include "server/access/heap/heap.h"
#include "server/stats/activity.h"
#include "server/stats/stats.h"
#include "server/storage/buffer/buffer.h"
#include "server/vacuum/vacuum.h"
#include "server/wal/wal.h"

/* ---- Progress, as pg_stat_progress_vacuum has it: parameters by place, phases ---- */

enum {
    VACUUM_PHASE,
    VACUUM_BLOCKS,
    VACUUM_SCANNED,
    VACUUM_CLEANED,
    VACUUM_INDEX_SCANS,
    VACUUM_DEAD_MAX,
    VACUUM_DEAD,
};

typedef enum VacuumPhase {
    PHASE_BEGIN,
    PHASE_SCAN,
    PHASE_INDEXES,
    PHASE_CLEAN,
    PHASE_TIDY,
    PHASE_TRUNCATE,
    PHASE_FINAL,
} VacuumPhase;

/* The same of pg_stat_progress_analyze. */
enum { ANALYZE_PHASE, ANALYZE_BLOCKS, ANALYZE_DONE };

typedef enum AnalyzePhase {
    ANALYZE_BEGINS,
    ANALYZE_SAMPLES,
    ANALYZE_SAMPLES_CHILDREN,
    ANALYZE_COMPUTES,
    ANALYZE_COMPUTES_EXTENDED,
    ANALYZE_FINISHES,
} AnalyzePhase;

/* ---- limits.c ---- */

/*
 * What is to be frozen at least, and what may stay. True: the table is so old that all pages have
 * to be looked at (but those that are frozen).
 */
bool vacuum_set_cutoffs(const Relation *rel, const VacuumParams *params, HeapCutoffs *out);

/* Is a table so old that nothing else matters any more? */
bool vacuum_is_failsafe_due(const Relation *rel);

/* How many rows a table has, of whose pages some were looked at. */
double vacuum_estimate_rows(const Relation *rel, BlockNo pages, BlockNo scanned_pages,
                            double scanned_rows);

/* ---- delay.c ---- */

void vacuum_delay_begin(bool is_auto);
void vacuum_delay_end(void);
void vacuum_delay_stop(void); /* no naps any more, until the next begin */

/* Interrupts are looked at, and a nap is taken when much was done. */
void vacuum_delay_point(void);

/* ---- dead.c ---- */

typedef struct VacuumDead {
    size_t count, max;
    Tid *tids; /* ascending */
} VacuumDead;

/* In the current context. memory_max: bytes. */
void vacuum_dead_init(VacuumDead *d, size_t memory_max, BlockNo table_pages, bool has_indexes);
void vacuum_dead_add(VacuumDead *d, BlockNo block, const OffsetNo *offnums, unsigned count);
bool vacuum_dead_has(const VacuumDead *d, const Tid *tid);

/* ---- relation_stats.c ---- */

/* What pg_class is to say of a relation; in place. */
typedef struct RelationStats {
    BlockNo pages;
    double rows; /* -1: not known */
    BlockNo all_visible;
    bool has_index;
    Xid frozen_xid;     /* 0: leave it */
    MultiXid min_multi; /* 0: leave it */
    bool is_in_outer;   /* the transaction may be rolled back: leave what only it may know */
} RelationStats;

void vacuum_set_stats(Relation *rel, const RelationStats *stats);

/* ---- lazy_report.c: what work costs, for reports ---- */

typedef struct VacuumUsage {
    PgTime began;
    BufferCounters buffers;
    WalUsage wal;
    uint64_t user_us, system_us;
} VacuumUsage;

void vacuum_usage_begin(VacuumUsage *usage);

/* Rates, buffers, log (of a vacuum alone) and times since then. */
void vacuum_usage_add(StrBuf *text, const VacuumUsage *since, bool with_wal);

const char *vacuum_schema_name(const Relation *rel);

/* "database.schema.name" */
char *vacuum_full_name(const Relation *rel);

/* ---- lazy.c ---- */

/* An index of the table that is vacuumed. */
typedef struct LazyIndex {
    Relation *rel;
    bool is_looked_at; /* stats are there */
    BtreeVacuum stats;
} LazyIndex;

/* Where an error comes from. */
typedef enum LazyWork {
    LAZY_BEGINS,
    LAZY_SCANS,
    LAZY_CLEANS_INDEX,
    LAZY_CLEANS,
    LAZY_TIDIES_INDEX,
    LAZY_TRUNCATES,
} LazyWork;

typedef struct LazyPlace {
    LazyWork work;
    BlockNo block;        /* of the table, or how many it will have; BLOCK_NONE: none */
    const OffsetNo *item; /* NULL, or 0: none */
    const char *index;
} LazyPlace;

typedef struct Lazy {
    Relation *rel;
    const VacuumParams *params;
    LazyIndex *indexes;
    unsigned index_count;
    BufferRing *ring;
    HeapCutoffs cutoffs;
    HeapOldest oldest; /* what stays */
    bool is_aggressive, skips_by_map;
    bool has_skipped_visible; /* some page was left out that is not frozen */
    bool may_bypass_indexes, cleans_indexes, tidies_indexes, truncates;
    bool is_failsafe;
    VacuumDead dead;

    BlockNo pages;   /* of the table */
    BlockNo scanned; /* looked at */
    BlockNo removed_pages, dead_pages, missed_pages;
    BlockNo nonempty_end; /* behind the last page with rows */
    uint64_t removed, live, recently_dead, dead_line_pointers, missed_dead, frozen;
    unsigned index_scans;

    /* How it is found in the end. */
    double new_live, new_rows;
    BlockNo all_visible;
    bool is_xid_advanced, is_multi_advanced;
    Xid old_frozen_xid;
    MultiXid old_min_multi;

    LazyPlace place;
    const char *schema;
    VacuumUsage usage; /* when it began */
} Lazy;

void vacuum_lazily(Relation *rel, const VacuumParams *params);

/* ---- lazy_index.c ---- */

void lazy_open_indexes(Lazy *v);
void lazy_close_indexes(Lazy *v);
void lazy_clean_indexes(Lazy *v);
void lazy_tidy_indexes(Lazy *v); /* at the end */
void lazy_set_index_stats(Lazy *v);

/* ---- lazy_truncate.c ---- */

bool lazy_is_worth_truncating(const Lazy *v);
void lazy_truncate(Lazy *v);

/* ---- lazy_report.c ---- */

void lazy_tell_begin(const Lazy *v);
void lazy_report(const Lazy *v);

/* For errors: what it is at from now on. The place before, to go back to. */
LazyPlace lazy_go(Lazy *v, LazyWork work, BlockNo block);
const char *lazy_describe(void *arg); /* of an ErrContext */

static inline bool lazy_is_verbose(const Lazy *v)
{
    return (v->params->options & VACUUM_VERBOSE) != 0;
}

/* ---- analyze.c ---- */

void analyze_relation(Relation *rel, const VacuumParams *params, const char *const *columns,
                      bool is_in_outer);

#endif

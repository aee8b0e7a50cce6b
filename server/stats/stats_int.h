/* stats_int.h - what the files of server/stats share */
#ifndef STATS_STATS_INT_H
#define STATS_STATS_INT_H

#include "common/base/base.h"

#include "server/stats/stats.h"

/* ---- shared.c ---- */

/*
 * The entry of an object, with the lock of its place held until shared_release(); NULL: there is
 * none (or, asked to make it, no memory for it). Interrupts are held off meanwhile.
 */
StatsBody *shared_acquire(const StatsKey *key, bool makes);
void shared_release(void);
bool shared_copy(const StatsKey *key, StatsBody *out);
bool shared_remove(const StatsKey *key);
void shared_remove_database(Oid database);
void shared_remove_all(void);

/* With each entry, under its lock: visit must not raise. */
void shared_walk(void (*visit)(const StatsKey *key, StatsBody *body, void *arg), void *arg);
size_t stats_body_size(int32_t kind); /* 0: no such kind */

/* ---- fixed.c ---- */

size_t fixed_size(void);
void fixed_init(void *place);
void fixed_copy(StatsFixed *out);
void fixed_set(const StatsFixed *from);
void fixed_flush_wal(const StatsWal *change);
void fixed_flush_backend(int64_t written);
bool fixed_flush_slru(void);

/* ---- table.c, drop.c, flush.c ---- */

extern int stats_nest_level; /* 0: no transaction; 1: top-level */

void tables_sub_end(bool is_commit);
void tables_end(bool is_commit);
void tables_make_entries(void); /* of those that were counted for in the transaction that ends */
void table_forget(const StatsKey *key);

/* Adds what was counted to the entries, and to the databases'; true when there was something. */
bool tables_flush(StatsDatabaseBody *own, StatsDatabaseBody *shared);

void drops_sub_end(bool is_commit);
void drops_end(bool is_commit);
void drops_forget(void);

Oid flush_database(void); /* that this process works in */

#endif

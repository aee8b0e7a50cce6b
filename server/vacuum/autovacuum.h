/*
 * autovacuum.h - vacuum without being asked: when a table is due, and who is at which one
 *
 * The launcher (postmaster/autovacuum_launcher.c) chooses a database and leaves it in shared memory
 * for a worker, which the supervisor starts; the worker (autovacuum_worker.c) goes through the
 * tables of the database that are due.
 */
#ifndef VACUUM_AUTOVACUUM_H
#define VACUUM_AUTOVACUUM_H

#include "common/base/base.h"

#include "server/access/common/relation.h"
#include "server/stats/stats.h"
#include "server/vacuum/vacuum.h"

size_t autovacuum_shmem_size(void);
void autovacuum_shmem_init(void *place);

bool autovacuum_is_on(void); /* by the settings; wraparound is prevented in any case */

/* ---- The launcher ---- */

void autovacuum_launch_begin(void); /* this process: woken when a worker starts or ends */

typedef enum AutovacuumRoom {
    AUTOVACUUM_ROOM,     /* a worker can be started */
    AUTOVACUUM_STARTING, /* one is on its way */
    AUTOVACUUM_FULL,
} AutovacuumRoom;

/* One that does not come within naptime (a minute at most) is given up, with a warning. */
AutovacuumRoom autovacuum_room(void);

/* After AUTOVACUUM_ROOM: ask the supervisor for a worker of the database. */
void autovacuum_start_worker(Oid database);

/* ---- A worker ---- */

/* The database that was left for it, from now on its own until it detaches; 0: there is none. */
Oid autovacuum_worker_begin(void);

/* False: another worker is at the table. is_shared: it is of all databases. */
bool autovacuum_take_table(Oid table, bool is_shared);
void autovacuum_leave_table(void);
bool autovacuum_has_others(void); /* in the same database */

/*
 * Naps: workers share what one would do, in proportion to their own settings; those with parameters
 * of a table's own do not take part.
 */
typedef struct AutovacuumCost {
    double delay_ms;
    int limit;
    bool is_balanced;
} AutovacuumCost;

void autovacuum_set_cost(const AutovacuumCost *cost);
bool autovacuum_cost(AutovacuumCost *out); /* as it is now; false: this is no worker */

/* ---- When a table is due ---- */

typedef struct AutovacuumNeed {
    bool vacuum, analyze, is_wraparound;
    bool is_enabled; /* by the table's parameters */
} AutovacuumNeed;

/* stats NULL: nothing was counted. Nothing but wraparound counts when autovacuum is off. */
AutovacuumNeed autovacuum_need(Xid frozen_xid, MultiXid min_multi, double rows,
                               const RelationOptions *options, const StatsTableBody *stats);

/* How it is to be done; is_template: the database is to be frozen wholly. */
VacuumParams autovacuum_params(const AutovacuumNeed *need, const RelationOptions *options,
                               bool is_template, AutovacuumCost *cost);

/* So old that a vacuum must come. */
Xid autovacuum_xid_limit(void);
MultiXid autovacuum_multi_limit(void);

#endif

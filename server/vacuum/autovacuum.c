/*
 * autovacuum.c - what launcher and workers of autovacuum share, and when a table is due
 */
#include "common/base/base.h"

#include "server/vacuum/autovacuum.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/err/err.h"
#include "common/os/clock.h"
#include "server/config/setting.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/proc.h"
#include "server/ipc/supervisor.h"
#include "server/txn/multixact.h"
#include "server/txn/xid.h"

#define START_MAX_S 60

typedef struct Worker {
    bool is_taken; /* guarded by the lock, as all */
    int slot;      /* PROC_NONE: on its way */
    Oid database, table;
    bool is_shared; /* the table is */
    PgTime asked_at;
    bool has_cost;
    AutovacuumCost cost;
    int limit; /* its share */
} Worker;

typedef struct AutovacuumShared {
    LwLock lock;
    int launcher; /* slot; PROC_NONE: it does not run; guarded by the lock */
    Worker workers[];
} AutovacuumShared;

static struct {
    AutovacuumShared *shared;
    Worker *worker; /* NULL: this is none */
} autovacuum;

static unsigned worker_count(void)
{
    return (unsigned)setting.autovacuum_max_workers;
}

size_t autovacuum_shmem_size(void)
{
    return sizeof(AutovacuumShared) + size_mul(worker_count(), sizeof(Worker));
}

void autovacuum_shmem_init(void *place)
{
    autovacuum.shared = place;
    autovacuum.worker = NULL;
    autovacuum.shared->launcher = PROC_NONE;
    lwlock_init(&autovacuum.shared->lock, LW_AUTOVACUUM, 0);
}

bool autovacuum_is_on(void)
{
    return setting.autovacuum && setting.track_counts;
}

static void lock(void)
{
    lwlock_acquire(&autovacuum.shared->lock, LW_EXCLUSIVE);
}

static void unlock(void)
{
    lwlock_release(&autovacuum.shared->lock);
}

static void wake_launcher(void)
{
    if (autovacuum.shared->launcher != PROC_NONE)
        latch_set(&proc_at(autovacuum.shared->launcher)->latch);
}

/* ---- The launcher ---- */

static void end_launcher(void *arg UNUSED)
{
    lock();
    autovacuum.shared->launcher = PROC_NONE;
    unlock();
}

void autovacuum_launch_begin(void)
{
    lock();
    autovacuum.shared->launcher = proc_self()->slot;
    unlock();
    proc_on_detach(end_launcher, NULL);
}

AutovacuumRoom autovacuum_room(void)
{
    AutovacuumRoom room = AUTOVACUUM_FULL;
    int64_t wait_s = setting.autovacuum_naptime < START_MAX_S ? setting.autovacuum_naptime
                                                              : START_MAX_S;
    bool is_given_up = false;

    lock();
    for (unsigned i = 0; i < worker_count(); i++) {
        Worker *w = &autovacuum.shared->workers[i];

        if (w->is_taken && w->slot == PROC_NONE &&
            clock_now() - w->asked_at > wait_s * 1000000) {
            w->is_taken = false;
            is_given_up = true;
        }
        if (w->is_taken && w->slot == PROC_NONE) {
            room = AUTOVACUUM_STARTING;
            break;
        }
        if (!w->is_taken)
            room = AUTOVACUUM_ROOM;
    }
    unlock();
    if (is_given_up)
        err_log(ERR_WARNING,
                .message = "autovacuum worker took too long to start; canceled");
    return room;
}

void autovacuum_start_worker(Oid database)
{
    bool is_asked = false;

    lock();
    for (unsigned i = 0; i < worker_count() && !is_asked; i++) {
        Worker *w = &autovacuum.shared->workers[i];

        if (w->is_taken)
            continue;
        *w = (Worker){
            .is_taken = true, .slot = PROC_NONE, .database = database, .asked_at = clock_now()};
        is_asked = true;
    }
    unlock();
    if (is_asked)
        supervisor_request(SUPERVISOR_START_AUTOVACUUM_WORKER);
}

/* ---- Workers ---- */

/* Each does the part of one vacuum's work that its own limit is of all of theirs. */
static void balance(void)
{
    double total = 0, available;
    double delay = setting.autovacuum_vacuum_cost_delay >= 0 ? setting.autovacuum_vacuum_cost_delay
                                                             : setting.vacuum_cost_delay;
    int limit = setting.autovacuum_vacuum_cost_limit > 0 ? setting.autovacuum_vacuum_cost_limit
                                                         : setting.vacuum_cost_limit;

    for (unsigned i = 0; i < worker_count(); i++) {
        Worker *w = &autovacuum.shared->workers[i];

        w->limit = w->cost.limit;
        if (w->is_taken && w->has_cost && w->cost.is_balanced && w->cost.delay_ms > 0)
            total += w->cost.limit / w->cost.delay_ms;
    }
    if (total <= 0 || delay <= 0 || limit <= 0)
        return;
    available = limit / delay;
    for (unsigned i = 0; i < worker_count(); i++) {
        Worker *w = &autovacuum.shared->workers[i];
        double share;

        if (!w->is_taken || !w->has_cost || !w->cost.is_balanced || w->cost.delay_ms <= 0)
            continue;
        share = available * w->cost.limit / total;
        w->limit = share < w->cost.limit ? (int)share : w->cost.limit;
        if (w->limit < 1)
            w->limit = 1;
    }
}

static void end_worker(void *arg UNUSED)
{
    lock();
    autovacuum.worker->is_taken = false;
    autovacuum.worker->has_cost = false;
    balance();
    wake_launcher();
    unlock();
    autovacuum.worker = NULL;
}

Oid autovacuum_worker_begin(void)
{
    lock();
    for (unsigned i = 0; i < worker_count() && autovacuum.worker == NULL; i++) {
        Worker *w = &autovacuum.shared->workers[i];

        if (!w->is_taken || w->slot != PROC_NONE)
            continue;
        w->slot = proc_self()->slot;
        autovacuum.worker = w;
    }
    wake_launcher();
    unlock();
    if (autovacuum.worker == NULL)
        return 0;
    proc_on_detach(end_worker, NULL);
    return autovacuum.worker->database;
}

bool autovacuum_take_table(Oid table, bool is_shared)
{
    bool is_free = true;

    lock();
    for (unsigned i = 0; i < worker_count(); i++) {
        const Worker *w = &autovacuum.shared->workers[i];

        if (w->is_taken && w != autovacuum.worker && w->table == table &&
            (w->is_shared || w->database == autovacuum.worker->database))
            is_free = false;
    }
    if (is_free) {
        autovacuum.worker->table = table;
        autovacuum.worker->is_shared = is_shared;
    }
    unlock();
    return is_free;
}

void autovacuum_leave_table(void)
{
    lock();
    autovacuum.worker->table = 0;
    autovacuum.worker->is_shared = false;
    autovacuum.worker->has_cost = false;
    balance();
    unlock();
}

bool autovacuum_has_others(void)
{
    bool is_found = false;

    lock();
    for (unsigned i = 0; i < worker_count(); i++) {
        const Worker *w = &autovacuum.shared->workers[i];

        is_found |= w->is_taken && w != autovacuum.worker &&
                    w->database == autovacuum.worker->database;
    }
    unlock();
    return is_found;
}

void autovacuum_set_cost(const AutovacuumCost *cost)
{
    lock();
    autovacuum.worker->cost = *cost;
    autovacuum.worker->has_cost = true;
    balance();
    unlock();
}

bool autovacuum_cost(AutovacuumCost *out)
{
    if (autovacuum.worker == NULL)
        return false;
    lwlock_acquire(&autovacuum.shared->lock, LW_SHARED);
    *out = autovacuum.worker->cost;
    out->limit = autovacuum.worker->limit;
    unlock();
    return true;
}

/* ---- When a table is due ---- */

/* A parameter of the table; false: it has none of that name. */
static bool find_option(const RelationOptions *options, const char *name, const char **value)
{
    size_t len = strlen(name);

    for (const char *const *o = options == NULL ? NULL : options->vacuum; o != NULL && *o != NULL;
         o++) {
        if (strncmp(*o, name, len) == 0 && (*o)[len] == '=') {
            *value = *o + len + 1;
            return true;
        }
    }
    return false;
}

/* What is negative is not said. */
static int int_option(const RelationOptions *options, const char *name, int otherwise)
{
    const char *value;
    long number;

    if (!find_option(options, name, &value))
        return otherwise;
    number = strtol(value, NULL, 10);
    return number < 0 ? otherwise : (int)number;
}

static double real_option(const RelationOptions *options, const char *name, double otherwise)
{
    const char *value;
    double number;

    if (!find_option(options, name, &value))
        return otherwise;
    number = strtod(value, NULL);
    return number < 0 ? otherwise : number;
}

static bool is_enabled(const RelationOptions *options)
{
    const char *value;

    return !find_option(options, "autovacuum_enabled", &value) ||
           strchr("tTyY1", *value) != NULL || strcasecmp(value, "on") == 0;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

static Xid xid_limit(int max_age)
{
    Xid limit = (Xid)xid_next() - (Xid)max_age;

    return limit < XID_FIRST ? limit - XID_FIRST : limit;
}

static MultiXid multi_limit(int max_age)
{
    MultiLimits limits;
    MultiXid limit;

    multixact_get_limits(&limits);
    limit = limits.next - (MultiXid)max_age;
    return limit < MULTIXACT_FIRST ? limit - MULTIXACT_FIRST : limit;
}

Xid autovacuum_xid_limit(void)
{
    return xid_limit(setting.autovacuum_freeze_max_age);
}

MultiXid autovacuum_multi_limit(void)
{
    return multi_limit(setting.autovacuum_multixact_freeze_max_age);
}

static bool is_old(Xid frozen_xid, MultiXid min_multi, const RelationOptions *options)
{
    int xid_age = smaller(int_option(options, "autovacuum_freeze_max_age",
                                     setting.autovacuum_freeze_max_age),
                          setting.autovacuum_freeze_max_age);
    int multi_age = smaller(int_option(options, "autovacuum_multixact_freeze_max_age",
                                       setting.autovacuum_multixact_freeze_max_age),
                            setting.autovacuum_multixact_freeze_max_age);

    return (xid_is_normal(frozen_xid) && xid_precedes(frozen_xid, xid_limit(xid_age))) ||
           (min_multi != 0 && multixact_precedes(min_multi, multi_limit(multi_age)));
}

/* -1 switches it off, for a table as for all. */
static int insert_threshold(const RelationOptions *options)
{
    const char *value;

    if (find_option(options, "autovacuum_vacuum_insert_threshold", &value) &&
        strtol(value, NULL, 10) >= -1)
        return (int)strtol(value, NULL, 10);
    return setting.autovacuum_vacuum_insert_threshold;
}

AutovacuumNeed autovacuum_need(Xid frozen_xid, MultiXid min_multi, double rows,
                               const RelationOptions *options, const StatsTableBody *stats)
{
    AutovacuumNeed need = {.is_wraparound = is_old(frozen_xid, min_multi, options),
                           .is_enabled = is_enabled(options)};
    double dead_max, inserted_max, changed_max;
    int insert_base = insert_threshold(options);

    need.vacuum = need.is_wraparound;
    if (!need.is_enabled || stats == NULL || !autovacuum_is_on())
        return need;
    if (rows < 0)
        rows = 0;
    dead_max = int_option(options, "autovacuum_vacuum_threshold",
                          setting.autovacuum_vacuum_threshold) +
               real_option(options, "autovacuum_vacuum_scale_factor",
                           setting.autovacuum_vacuum_scale_factor) *
                   rows;
    inserted_max = insert_base + real_option(options, "autovacuum_vacuum_insert_scale_factor",
                                             setting.autovacuum_vacuum_insert_scale_factor) *
                                     rows;
    changed_max = int_option(options, "autovacuum_analyze_threshold",
                             setting.autovacuum_analyze_threshold) +
                  real_option(options, "autovacuum_analyze_scale_factor",
                              setting.autovacuum_analyze_scale_factor) *
                      rows;
    need.vacuum |= (double)stats->dead > dead_max ||
                   (insert_base >= 0 && (double)stats->inserts_since_vacuum > inserted_max);
    need.analyze = (double)stats->changes_since_analyze > changed_max;
    return need;
}

static AutovacuumCost cost_of(const RelationOptions *options)
{
    const char *ignored;
    AutovacuumCost cost = {
        .delay_ms = real_option(options, "autovacuum_vacuum_cost_delay",
                                setting.autovacuum_vacuum_cost_delay >= 0
                                    ? setting.autovacuum_vacuum_cost_delay
                                    : setting.vacuum_cost_delay),
        .limit = int_option(options, "autovacuum_vacuum_cost_limit",
                            setting.autovacuum_vacuum_cost_limit > 0
                                ? setting.autovacuum_vacuum_cost_limit
                                : setting.vacuum_cost_limit),
        .is_balanced = true,
    };

    if (find_option(options, "autovacuum_vacuum_cost_limit", &ignored) ||
        real_option(options, "autovacuum_vacuum_cost_delay", 0) > 0)
        cost.is_balanced = false;
    return cost;
}

VacuumParams autovacuum_params(const AutovacuumNeed *need, const RelationOptions *options,
                               bool is_template, AutovacuumCost *cost)
{
    VacuumParams params = vacuum_params(VACUUM_IS_AUTO | VACUUM_WITHOUT_TOAST);
    int unsaid = is_template ? 0 : -1; /* the settings count, or all is frozen */

    params.options |= need->vacuum ? VACUUM_CLEANS : 0;
    params.options |= need->analyze ? VACUUM_ANALYZES : 0;
    params.options |= need->is_wraparound ? VACUUM_FOR_WRAPAROUND : VACUUM_SKIP_LOCKED;
    params.freeze_min_age = int_option(options, "autovacuum_freeze_min_age", unsaid);
    params.freeze_table_age = int_option(options, "autovacuum_freeze_table_age", unsaid);
    params.multi_freeze_min_age =
        int_option(options, "autovacuum_multixact_freeze_min_age", unsaid);
    params.multi_freeze_table_age =
        int_option(options, "autovacuum_multixact_freeze_table_age", unsaid);
    params.log_min_duration_ms = int_option(options, "log_autovacuum_min_duration",
                                            setting.log_autovacuum_min_duration);
    *cost = cost_of(options);
    return params;
}

/*
 * autovacuum_launcher.c - the process that chooses databases for autovacuum's workers
 *
 * Each database that anything was counted of gets a worker every autovacuum_naptime, so a choice is
 * made every naptime divided by their number. A database whose oldest xid is too old comes first,
 * and is cared for also with autovacuum off: then the launcher is started for that one choice.
 */
#include "common/base/base.h"

#include "server/postmaster/aux.h"

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "server/cache/cache.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/config/guc.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/proc.h"
#include "server/postmaster/child.h"
#include "server/stats/activity.h"
#include "server/stats/stats.h"
#include "server/txn/multixact.h"
#include "server/txn/proc_array.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"
#include "server/vacuum/autovacuum.h"

#define SLEEP_MIN_MS   100
#define AFTER_ERROR_MS 1000

/* A database of the cluster. */
typedef struct Candidate {
    Oid oid;
    Xid frozen_xid;
    MultiXid min_multi;
    PgTime begun_at; /* when a worker began on it last; 0: never */
    bool is_counted;
} Candidate;

static struct {
    MemContext *mem; /* of one round */
    PgTime chosen_at;
    unsigned count; /* of databases, in the last round */
} launcher;

static void end(void *arg);
static void round_once(void);
static void choose(void);
static int64_t interval_ms(void);
static void list_databases(Array *out);
static const Candidate *find_oldest(const Array *all);
static const Candidate *find_due(const Array *all);
static void clean_up(void);

void autovacuum_launcher_main(void *arg UNUSED)
{
    proc_attach(PROC_AUTOVACUUM_LAUNCHER);
    activity_begin();
    proc_array_join();
    cache_begin();
    proc_on_detach(end, NULL);
    autovacuum_launch_begin();
    err_log(ERR_DEBUG, .message = "autovacuum launcher started");
    launcher.mem = mem_context_new(mem_root(), "autovacuum launcher");
    launcher.count = 1;
    launcher.chosen_at = clock_now();
    /* Started because of wraparound alone. */
    if (!autovacuum_is_on()) {
        ERR_TRY() {
            choose();
        }
        ERR_CATCH() {
            clean_up();
        }
        ERR_END();
        child_exit(0);
    }
    for (;;) {
        ERR_TRY() {
            round_once();
        }
        ERR_CATCH() {
            err_log_report(err_caught());
            clean_up();
            clock_sleep_ms(AFTER_ERROR_MS);
        }
        ERR_END();
    }
}

static void end(void *arg UNUSED)
{
    lwlock_release_all();
    txn_abort_all();
    stats_flush(STATS_NOW);
    cache_end();
}

static void clean_up(void)
{
    lwlock_release_all();
    interrupt_reset_holds();
    txn_abort_all();
}

static int64_t interval_ms(void)
{
    int64_t ms = (int64_t)setting.autovacuum_naptime * 1000 / launcher.count;

    return ms < SLEEP_MIN_MS ? SLEEP_MIN_MS : ms;
}

static void round_once(void)
{
    int64_t left;

    latch_reset(&proc_self()->latch);
    if (interrupt_take(INTERRUPT_DIE)) {
        err_log(ERR_DEBUG, .message = "autovacuum launcher shutting down");
        child_exit(0);
    }
    if (interrupt_take(INTERRUPT_RELOAD)) {
        guc_load_files(GUC_LOAD_RELOAD_IN_CHILD);
        if (!autovacuum_is_on())
            child_exit(0);
    }
    (void)interrupt_take(INTERRUPT_CANCEL);
    check_interrupts();
    left = interval_ms() - (clock_now() - launcher.chosen_at) / 1000;
    if (left > interval_ms())
        left = interval_ms(); /* the clock was set back */
    if (left > 0) {
        latch_wait(LATCH_SET | LATCH_TIMEOUT, left, WAIT_EVENT_AUTOVACUUM_MAIN);
        return;
    }
    if (autovacuum_room() != AUTOVACUUM_ROOM) {
        latch_wait(LATCH_SET | LATCH_TIMEOUT, 1000, WAIT_EVENT_AUTOVACUUM_MAIN);
        return;
    }
    launcher.chosen_at = clock_now();
    choose();
    stats_flush(STATS_WHEN_DUE);
}

static void choose(void)
{
    const Candidate *chosen;
    Array all;

    MEM_SCOPE(launcher.mem) {
        list_databases(&all);
        launcher.count = 0;
        array_foreach(const Candidate, c, &all)
            launcher.count += c->is_counted;
        if (launcher.count == 0)
            launcher.count = 1;
        chosen = find_oldest(&all);
        if (chosen == NULL)
            chosen = find_due(&all);
        if (chosen != NULL)
            autovacuum_start_worker(chosen->oid);
    }
    mem_reset(launcher.mem);
}

static void list_databases(Array *out)
{
    MemContext *mem = mem_current();
    const HeapTuple *row;
    CatalogScan *scan;

    array_init(out, sizeof(Candidate));
    txn_start_command();
    scan = catalog_scan_begin(PG_DATABASE_CATALOG, 0, 0, NULL);
    while ((row = catalog_scan_next(scan)) != NULL) {
        const PgDatabase *d = CACHE_ROW(PgDatabase, row);
        const StatsKey key = {.kind = STATS_DATABASE, .database = d->oid};
        Candidate *c;
        StatsBody body;

        MEM_SCOPE(mem) {
            c = array_push(out);
        }
        *c = (Candidate){
            .oid = d->oid, .frozen_xid = d->datfrozenxid, .min_multi = d->datminmxid};
        c->is_counted = stats_read_now(&key, &body);
        if (c->is_counted)
            c->begun_at = body.database.last_autovacuum;
    }
    catalog_scan_end(scan);
    txn_end_command();
    mem_switch(mem);
}

/* Of those in danger of wraparound; NULL: none is. */
static const Candidate *find_oldest(const Array *all)
{
    Xid xid_limit = autovacuum_xid_limit();
    MultiXid multi_limit = autovacuum_multi_limit();
    const Candidate *oldest = NULL, *oldest_multi = NULL;

    array_foreach(const Candidate, c, all) {
        if (xid_is_normal(c->frozen_xid) && xid_precedes(c->frozen_xid, xid_limit) &&
            (oldest == NULL || xid_precedes(c->frozen_xid, oldest->frozen_xid)))
            oldest = c;
        if (multixact_precedes(c->min_multi, multi_limit) &&
            (oldest_multi == NULL || multixact_precedes(c->min_multi, oldest_multi->min_multi)))
            oldest_multi = c;
    }
    return oldest != NULL ? oldest : oldest_multi;
}

/* Whose last turn is longest ago, a naptime at least. */
static const Candidate *find_due(const Array *all)
{
    PgTime due = clock_now() - (int64_t)setting.autovacuum_naptime * 1000000 +
                 (int64_t)SLEEP_MIN_MS * 1000;
    const Candidate *found = NULL;

    array_foreach(const Candidate, c, all)
        if (c->is_counted && c->begun_at <= due &&
            (found == NULL || c->begun_at < found->begun_at))
            found = c;
    return found;
}

/*
 * autovacuum_worker.c - a process that vacuums and analyzes the tables of one database that are due
 *
 * Tables are listed first, toast tables after them (a toast table goes by its own counts, and by
 * the parameters of its table where it has none); each is looked at again when its turn comes, for
 * another worker may have been there. An error with one table leaves the others to be done.
 */
#include "common/base/base.h"

#include <stdlib.h>
#include <string.h>

#include "server/postmaster/aux.h"

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/cache.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/object_name.h"
#include "server/cache/reloptions.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/depend_drop.h"
#include "server/config/guc.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/proc.h"
#include "server/lock/lock_object.h"
#include "server/postmaster/child.h"
#include "server/session/login.h"
#include "server/stats/activity.h"
#include "server/stats/stats.h"
#include "server/txn/proc_array.h"
#include "server/txn/snapshot.h"
#include "server/txn/txn.h"
#include "server/vacuum/autovacuum.h"

/* A table that seems due. */
typedef struct DueTable {
    Oid oid;
    Oid main; /* of a toast table: whose it is; 0 */
    bool is_shared;
} DueTable;

static struct {
    MemContext *mem, *table_mem;
    Oid database;
    bool is_template; /* the database is, or lets nobody in */
    char *database_name;
    Array tables;  /* DueTable */
    Array orphans; /* Oid, of temporary tables that nobody has */
    const char *schema, *name; /* of the table that is worked on, in table_mem */
    bool has_vacuumed, has_skipped;
} worker;

static void end(void *arg);
static void on_cancel(void);
static void on_die(void);
static void run(void);
static void describe_database(void);
static void list_tables(void);
static void drop_orphans(void);
static void do_table(const DueTable *table);
static void clean_up(void);

void autovacuum_worker_main(void *arg UNUSED)
{
    ERR_TRY() {
        proc_attach(PROC_AUTOVACUUM_WORKER);
        activity_begin();
        proc_array_join();
        cache_begin();
        proc_on_detach(end, NULL);
        interrupt_set_handler(INTERRUPT_CANCEL, on_cancel);
        interrupt_set_handler(INTERRUPT_DIE, on_die);
        worker.database = autovacuum_worker_begin();
        if (worker.database == 0)
            child_exit(0);
        worker.mem = mem_context_new(mem_root(), "autovacuum worker");
        worker.table_mem = mem_context_new(worker.mem, "table");
        login_open_as_worker(worker.database);
        stats_set_database(worker.database);
        stats_report_autovacuum(worker.database);
        run();
    }
    ERR_CATCH() {
        ErrReport report = *err_caught();

        report.level = ERR_FATAL;
        err_end_process(&report);
    }
    ERR_END();
    child_exit(0);
}

static void end(void *arg UNUSED)
{
    lwlock_release_all();
    txn_abort_all();
    stats_session_end();
    cache_end();
}

static void on_cancel(void)
{
    err_raise(SQLSTATE_QUERY_CANCELED, .message = "canceling autovacuum task");
}

static void on_die(void)
{
    err_fatal(SQLSTATE_ADMIN_SHUTDOWN,
              .message = "terminating autovacuum process due to administrator command");
}

static void clean_up(void)
{
    lwlock_release_all();
    interrupt_reset_holds();
    (void)interrupt_take(INTERRUPT_CANCEL);
    txn_abort_all();
    mem_switch(worker.mem);
}

static void run(void)
{
    mem_switch(worker.mem);
    array_init(&worker.tables, sizeof(DueTable));
    array_init(&worker.orphans, sizeof(Oid));
    activity_report(ACTIVITY_ACTIVE, NULL, 0);
    txn_start_command();
    describe_database();
    list_tables();
    txn_end_command();
    mem_switch(worker.mem);
    drop_orphans();
    for (size_t i = 0; i < worker.tables.count; i++) {
        if (interrupt_take(INTERRUPT_RELOAD))
            guc_load_files(GUC_LOAD_RELOAD_IN_CHILD);
        do_table(array_at(&worker.tables, i));
    }
    /* Another worker, which found what this one did not do, will do this. */
    if (worker.has_vacuumed || !worker.has_skipped) {
        txn_start_command();
        vacuum_advance_database();
        txn_end_command();
    }
}

static void describe_database(void)
{
    const HeapTuple *row = syscache_pin(CACHE_DATABASEOID, datum_of_u32(worker.database));
    const PgDatabase *d;

    if (row == NULL)
        err_fatal(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for database %u", worker.database));
    d = CACHE_ROW(PgDatabase, row);
    worker.is_template = d->datistemplate || !d->datallowconn;
    worker.database_name = mem_strdup_in(worker.mem, d->datname);
    syscache_unpin(row);
}

/* ---- What is due ---- */

static bool find_stats(const PgClass *row, StatsBody *out)
{
    const StatsKey key = {.kind = STATS_RELATION,
                          .database = row->relisshared ? 0 : worker.database,
                          .object = row->oid};

    return stats_read_now(&key, out);
}

static AutovacuumNeed need_of(const PgClass *row, const RelationOptions *options)
{
    StatsBody body;
    bool is_counted = find_stats(row, &body);
    AutovacuumNeed need = autovacuum_need(row->relfrozenxid, row->relminmxid, row->reltuples,
                                          options, is_counted ? &body.table : NULL);

    /* Statistics are not of themselves, nor of toast tables. */
    if (row->oid == PG_STATISTIC_CATALOG || row->relkind == RELATION_TOAST)
        need.analyze = false;
    return need;
}

static void note(Array *array, const void *item, size_t size)
{
    MEM_SCOPE(worker.mem) {
        memcpy(array_push(array), item, size);
    }
}

static char *schema_copy(Oid schema)
{
    const char *name = schema_name(schema);

    return mem_strdup(name == NULL ? "" : name);
}

/* Of whose slot, counted from 1? -1: of no process's. */
static int temp_slot_of(Oid schema)
{
    const HeapTuple *row = syscache_peek(CACHE_NAMESPACEOID, datum_of_u32(schema));
    const char *name = row == NULL ? "" : CACHE_ROW(PgNamespace, row)->nspname;

    if (strncmp(name, "pg_temp_", 8) != 0)
        return -1;
    return (int)strtol(name + 8, NULL, 10);
}

/* It may have made the schema its own. */
static bool is_slot_of_database(int slot)
{
    const Proc *proc = (unsigned)slot < proc_slot_count() ? proc_at(slot) : NULL;

    return proc != NULL && atomic_load(&proc->pid) != 0 &&
           atomic_load(&proc->database) == worker.database;
}

/* A session of another database, or none, has the number of its schema now. */
static bool is_orphan(const PgClass *row)
{
    int number = temp_slot_of(row->relnamespace);

    return number > 0 && !is_slot_of_database(number - 1);
}

static void look_at_table(const HeapTuple *tuple)
{
    const PgClass *row = CACHE_ROW(PgClass, tuple);
    AutovacuumNeed need;
    DueTable due = {.oid = row->oid, .is_shared = row->relisshared};

    if (row->relkind != RELATION_TABLE && row->relkind != RELATION_MATERIALIZED_VIEW)
        return;
    if (row->relpersistence == RELATION_TEMPORARY) {
        if (is_orphan(row))
            note(&worker.orphans, &row->oid, sizeof row->oid);
        return;
    }
    need = need_of(row, reloptions_of(tuple));
    if (need.vacuum || need.analyze)
        note(&worker.tables, &due, sizeof due);
}

/* With the parameters of its table, where it has none itself. */
static const RelationOptions *toast_options(const HeapTuple *tuple, Oid main)
{
    const RelationOptions *own = reloptions_of(tuple), *options = own;
    const HeapTuple *row;

    if (own->vacuum != NULL || main == 0)
        return own;
    row = syscache_pin(CACHE_RELOID, datum_of_u32(main));
    if (row == NULL)
        return own;
    options = reloptions_of(row);
    syscache_unpin(row);
    return options;
}

/* Toast tables, as they are reached from their tables. */
static void look_at_toast(Oid main, Oid toast)
{
    const HeapTuple *row = syscache_pin(CACHE_RELOID, datum_of_u32(toast));

    if (row == NULL)
        return;
    if (need_of(CACHE_ROW(PgClass, row), toast_options(row, main)).vacuum) {
        DueTable due = {
            .oid = toast, .main = main, .is_shared = CACHE_ROW(PgClass, row)->relisshared};

        note(&worker.tables, &due, sizeof due);
    }
    syscache_unpin(row);
}

typedef struct ToastPair {
    Oid main, toast;
} ToastPair;

static void list_tables(void)
{
    CatalogScan *scan = catalog_scan_begin(PG_CLASS_CATALOG, 0, 0, NULL);
    const HeapTuple *tuple;
    Array toasts;

    array_init(&toasts, sizeof(ToastPair));
    while ((tuple = catalog_scan_next(scan)) != NULL) {
        const PgClass *row = CACHE_ROW(PgClass, tuple);

        check_interrupts();
        look_at_table(tuple);
        if (row->reltoastrelid != 0 && row->relpersistence != RELATION_TEMPORARY)
            *(ToastPair *)array_push(&toasts) = (ToastPair){row->oid, row->reltoastrelid};
    }
    catalog_scan_end(scan);
    array_foreach(const ToastPair, pair, &toasts) {
        check_interrupts();
        look_at_toast(pair->main, pair->toast);
    }
}

/* ---- Temporary tables that nobody has any more ---- */

static void drop_orphan(Oid oid)
{
    const HeapTuple *row;
    char *schema, *name;
    ObjectAddress object = object_address(PG_CLASS_CATALOG, oid);

    if (!lock_relation_try(oid, LOCK_ACCESS_EXCLUSIVE))
        return;
    row = syscache_pin(CACHE_RELOID, datum_of_u32(oid));
    if (row == NULL)
        return;
    if (CACHE_ROW(PgClass, row)->relpersistence != RELATION_TEMPORARY ||
        !is_orphan(CACHE_ROW(PgClass, row))) {
        syscache_unpin(row);
        return;
    }
    name = mem_strdup(CACHE_ROW(PgClass, row)->relname);
    schema = schema_copy(CACHE_ROW(PgClass, row)->relnamespace);
    syscache_unpin(row);
    err_log(ERR_LOG,
            .message = err_fmt("autovacuum: dropping orphan temp table \"%s.%s.%s\"",
                               worker.database_name, schema, name));
    object_drop(&object, DROP_CASCADE, DROP_INTERNALLY | DROP_QUIETLY);
}

/* In a transaction of its own. */
static void try_drop_orphan(Oid oid)
{
    ERR_TRY() {
        txn_start_command();
        snapshot_push(snapshot_take());
        drop_orphan(oid);
        snapshot_pop();
        txn_end_command();
        mem_switch(worker.mem);
    }
    ERR_CATCH() {
        err_log_report(err_caught());
        clean_up();
    }
    ERR_END();
}

static void drop_orphans(void)
{
    for (size_t i = 0; i < worker.orphans.count; i++)
        try_drop_orphan(*(const Oid *)array_at(&worker.orphans, i));
}

/* ---- One table ---- */

static const char *describe_work(void *arg)
{
    const VacuumParams *params = arg;

    return err_fmt("automatic %s of table \"%s.%s.%s\"",
                   (params->options & VACUUM_CLEANS) != 0 ? "vacuum" : "analyze",
                   worker.database_name, worker.schema, worker.name);
}

static void show(const VacuumParams *params)
{
    bool cleans = (params->options & VACUUM_CLEANS) != 0;
    bool analyzes = (params->options & VACUUM_ANALYZES) != 0;

    activity_report(ACTIVITY_ACTIVE,
                    mem_printf("autovacuum: %s%s %s.%s%s", cleans ? "VACUUM" : "",
                               analyzes ? (cleans ? " ANALYZE" : "ANALYZE") : "", worker.schema,
                               worker.name,
                               (params->options & VACUUM_FOR_WRAPAROUND) != 0
                                   ? " (to prevent wraparound)"
                                   : ""),
                    0);
}

/* As it is now; false: nothing is to be done. In a transaction. */
static bool look_again(const DueTable *table, VacuumParams *params, AutovacuumCost *cost)
{
    const HeapTuple *row = syscache_pin(CACHE_RELOID, datum_of_u32(table->oid));
    const RelationOptions *options;
    AutovacuumNeed need;

    if (row == NULL)
        return false;
    options = table->main != 0 ? toast_options(row, table->main) : reloptions_of(row);
    need = need_of(CACHE_ROW(PgClass, row), options);
    *params = autovacuum_params(&need, options, worker.is_template, cost);
    MEM_SCOPE(worker.table_mem) {
        worker.name = mem_strdup(CACHE_ROW(PgClass, row)->relname);
        worker.schema = schema_copy(CACHE_ROW(PgClass, row)->relnamespace);
    }
    syscache_unpin(row);
    return need.vacuum || need.analyze;
}

static void work_on(const DueTable *table, const VacuumParams *params)
{
    VacuumParams copy = *params;
    ErrContext context = {.describe = describe_work, .arg = &copy};
    VacuumTarget target = {.relation = table->oid, .name = worker.name};

    show(params);
    err_context_push(&context);
    txn_start_command();
    vacuum_run(&target, 1, params);
    txn_end_command();
    err_context_pop(&context);
}

static void try_table(const DueTable *table)
{
    AutovacuumCost cost;
    VacuumParams params;
    bool is_due;

    txn_start_command();
    is_due = look_again(table, &params, &cost);
    txn_end_command();
    mem_switch(worker.table_mem);
    if (!is_due)
        return;
    autovacuum_set_cost(&cost);
    work_on(table, &params);
    worker.has_vacuumed = true;
}

static void do_table(const DueTable *table)
{
    check_interrupts();
    if (!autovacuum_take_table(table->oid, table->is_shared)) {
        worker.has_skipped = true;
        return;
    }
    ERR_TRY() {
        try_table(table);
    }
    ERR_CATCH() {
        err_log_report(err_caught());
        clean_up();
    }
    ERR_END();
    autovacuum_leave_table();
    mem_switch(worker.mem);
    mem_reset(worker.table_mem);
    stats_flush(STATS_WHEN_DUE);
}

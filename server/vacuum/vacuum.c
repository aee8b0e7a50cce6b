/*
 * vacuum.c - VACUUM and ANALYZE: tables one after the other
 *
 * Each table is done in a transaction of its own, so that its lock and its snapshot do not stay
 * until the last one is done. A vacuum's transaction is nobody's reason to keep dead rows: it looks
 * at no row by a snapshot but at those of catalogs.
 */
#include "common/base/base.h"

#include "server/vacuum/vacuum.h"

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/ipc/interrupt.h"
#include "server/lock/lock_object.h"
#include "server/txn/proc_array.h"
#include "server/txn/txn.h"
#include "server/vacuum/vacuum_int.h"

static VacuumFunctions functions;

static void run_all(const VacuumTarget *targets, size_t count, const VacuumParams *params,
                    bool has_own);
static bool vacuum_one(const VacuumTarget *target, const VacuumParams *params);
static void analyze_one(const VacuumTarget *target, const VacuumParams *params, bool has_own);
static Relation *open_target(const VacuumTarget *target, const VacuumParams *params, LockMode mode,
                             bool is_vacuum);
static bool is_fit(const Relation *rel, bool is_vacuum);
static void take_relation_options(const Relation *rel, VacuumParams *params);

void vacuum_set_functions(const VacuumFunctions *f)
{
    functions = *f;
}

VacuumParams vacuum_params(unsigned options)
{
    return (VacuumParams){.options = options,
                          .freeze_min_age = -1,
                          .freeze_table_age = -1,
                          .multi_freeze_min_age = -1,
                          .multi_freeze_table_age = -1,
                          .log_min_duration_ms = -1};
}

/* ---- The statement ---- */

/* All that may be vacuumed or analyzed; toast tables come with theirs. */
static void list_all(Array *targets)
{
    CatalogScan *scan = catalog_scan_begin(PG_CLASS_CATALOG, 0, 0, NULL);
    const HeapTuple *tuple;

    while ((tuple = catalog_scan_next(scan)) != NULL) {
        const PgClass *row = CACHE_ROW(PgClass, tuple);

        if (row->relkind == RELATION_TABLE || row->relkind == RELATION_MATERIALIZED_VIEW ||
            row->relkind == RELATION_PARTITIONED_TABLE) {
            VacuumTarget *target = array_push(targets);

            *target = (VacuumTarget){.relation = row->oid};
        }
    }
    catalog_scan_end(scan);
}

/* It is used when the memory of the statement is gone. */
static VacuumTarget copy_target(const VacuumTarget *from)
{
    VacuumTarget to = {.relation = from->relation};
    const char **columns;
    size_t count = 0;

    if (from->name != NULL)
        to.name = mem_strdup(from->name);
    if (from->columns == NULL)
        return to;
    while (from->columns[count] != NULL)
        count++;
    columns = mem_new_array(const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        columns[i] = mem_strdup(from->columns[i]);
    to.columns = columns;
    return to;
}

void vacuum_run(const VacuumTarget *targets, size_t count, const VacuumParams *params)
{
    bool is_vacuum = (params->options & VACUUM_CLEANS) != 0;
    MemContext *mem, *before;
    bool has_own;
    Array all;

    /* It has to live longer than transactions. */
    mem = mem_context_new(mem_root(), "vacuum statement");
    before = mem_switch(mem);
    array_init(&all, sizeof(VacuumTarget));
    if (count == 0) {
        list_all(&all);
    } else {
        for (size_t i = 0; i < count; i++)
            *(VacuumTarget *)array_push(&all) = copy_target(&targets[i]);
    }
    has_own = is_vacuum || (params->options & VACUUM_IS_AUTO) != 0 ||
              (!params->is_in_block && all.count > 1);
    ERR_TRY() {
        run_all(all.items, all.count, params, has_own);
    }
    ERR_FINALLY() {
        vacuum_delay_end();
        mem_switch(before);
        mem_delete(mem);
    }
    ERR_END();
}

static void run_all(const VacuumTarget *targets, size_t count, const VacuumParams *params,
                    bool has_own)
{
    bool is_vacuum = (params->options & VACUUM_CLEANS) != 0;

    if (has_own) {
        if (snapshot_has_active())
            snapshot_pop();
        txn_end_command();
    }
    vacuum_delay_begin((params->options & VACUUM_IS_AUTO) != 0);
    for (size_t i = 0; i < count; i++) {
        if (is_vacuum && !vacuum_one(&targets[i], params))
            continue;
        if ((params->options & VACUUM_ANALYZES) != 0)
            analyze_one(&targets[i], params, has_own);
    }
    vacuum_delay_end();
    if (has_own)
        txn_start_command();
    if (is_vacuum && (params->options & VACUUM_IS_AUTO) == 0)
        vacuum_advance_database();
}

/* ---- One table ---- */

static void begin_own(const VacuumParams *params)
{
    txn_start_command();
    /* What is written anew is looked at with the snapshot. */
    if (params != NULL && (params->options & VACUUM_FULL) == 0)
        proc_array_set_flags(PROC_IN_VACUUM | ((params->options & VACUUM_FOR_WRAPAROUND) != 0
                                                   ? PROC_FOR_WRAPAROUND
                                                   : 0));
    /* What functions of indexes may ask for; and catalogs are read with it. */
    snapshot_push(snapshot_take());
}

static void end_own(void)
{
    snapshot_pop();
    txn_end_command();
}

/* False: there is nothing to analyze either. */
static bool vacuum_one(const VacuumTarget *target, const VacuumParams *given)
{
    VacuumParams params = *given;
    MemContext *mem = mem_current();
    Oid table = target->relation, toast;
    Relation *rel;
    bool is_full = (given->options & VACUUM_FULL) != 0, is_partitioned;
    LockMode mode = is_full ? LOCK_ACCESS_EXCLUSIVE : LOCK_SHARE_UPDATE_EXCLUSIVE;

    begin_own(&params);
    check_interrupts();
    rel = open_target(target, &params, mode, true);
    if (rel == NULL) {
        end_own();
        mem_switch(mem);
        return false;
    }
    is_partitioned = rel->kind == RELATION_PARTITIONED_TABLE;
    if (is_partitioned) {
        relation_close(rel, LOCK_NONE);
        end_own();
        mem_switch(mem);
        return true;
    }
    /* Between the transactions of the table and of its toast table as well. */
    lock_relation_for_session(table, mode);
    take_relation_options(rel, &params);
    toast = is_full || (params.options & VACUUM_WITHOUT_TOAST) != 0 ? 0 : rel->row->reltoastrelid;
    if (is_full) {
        relation_close(rel, LOCK_NONE);
        functions.compact(table, (params.options & VACUUM_VERBOSE) != 0);
    } else {
        relation_heap(rel);
        vacuum_lazily(rel, &params);
        relation_close(rel, LOCK_NONE);
    }
    end_own();
    mem_switch(mem);
    if (toast != 0)
        vacuum_one(&(VacuumTarget){.relation = toast}, given);
    lock_relation_unlock_for_session(table, mode);
    return true;
}

static void analyze_one(const VacuumTarget *target, const VacuumParams *params, bool has_own)
{
    MemContext *mem = mem_current();
    Relation *rel;

    if (has_own)
        begin_own(NULL);
    rel = open_target(target, params, LOCK_SHARE_UPDATE_EXCLUSIVE, false);
    if (rel != NULL) {
        analyze_relation(rel, params, target->columns, !has_own);
        relation_close(rel, LOCK_NONE);
    }
    if (has_own) {
        end_own();
        mem_switch(mem);
    } else {
        txn_advance_command();
    }
}

/* Pinned and locked; NULL: it is left out, with a word about why if it was named. */
static Relation *open_target(const VacuumTarget *target, const VacuumParams *params, LockMode mode,
                             bool is_vacuum)
{
    const char *verb = is_vacuum ? "vacuum" : "analyze";
    ErrLevel level = (params->options & VACUUM_IS_AUTO) != 0 ? ERR_LOG : ERR_WARNING;
    Relation *rel;

    if ((params->options & VACUUM_SKIP_LOCKED) == 0) {
        rel = relation_open_if_any(target->relation, mode);
    } else if (lock_relation_try(target->relation, mode)) {
        rel = relation_open_if_any(target->relation, LOCK_NONE);
    } else {
        if (target->name != NULL)
            err_log(level, .sqlstate = SQLSTATE_LOCK_NOT_AVAILABLE,
                    .message = err_fmt("skipping %s of \"%s\" --- lock not available", verb,
                                       target->name));
        return NULL;
    }
    if (rel == NULL) {
        if (target->name != NULL)
            err_log(level, .sqlstate = SQLSTATE_UNDEFINED_TABLE,
                    .message = err_fmt("skipping %s of \"%s\" --- relation no longer exists", verb,
                                       target->name));
        return NULL;
    }
    if (is_fit(rel, is_vacuum) &&
        (functions.is_allowed == NULL || functions.is_allowed(rel, params->options)))
        return rel;
    relation_close(rel, mode);
    return NULL;
}

static bool is_fit(const Relation *rel, bool is_vacuum)
{
    bool is_table = rel->kind == RELATION_TABLE || rel->kind == RELATION_MATERIALIZED_VIEW ||
                    rel->kind == RELATION_PARTITIONED_TABLE;

    if (!is_table && !(is_vacuum && rel->kind == RELATION_TOAST)) {
        err_log(ERR_WARNING,
                .message = is_vacuum
                               ? err_fmt("skipping \"%s\" --- cannot vacuum non-tables or special "
                                         "system tables",
                                         rel->name)
                               : err_fmt("skipping \"%s\" --- cannot analyze non-tables or "
                                         "special system tables",
                                         rel->name));
        return false;
    }
    /* Its pages are in the other session's own memory. And statistics are not of themselves. */
    return !rel->is_foreign_temp && (is_vacuum || rel->oid != PG_STATISTIC_CATALOG);
}

static void take_relation_options(const Relation *rel, VacuumParams *params)
{
    const RelationOptions *o = rel->options;

    if (params->index_cleanup == 0)
        params->index_cleanup =
            o == NULL || o->vacuum_index_cleanup == 0 ? 'a' : o->vacuum_index_cleanup;
    if (params->truncate == 0)
        params->truncate = o == NULL || o->vacuum_truncate ? 'o' : 'f';
}

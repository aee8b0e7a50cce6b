/* vacuum.c - VACUUM and ANALYZE as statements: options and tables; server/vacuum does them. */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/position.h"
#include "server/cache/cache.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/compact.h"
#include "server/command/option.h"
#include "server/command/relation_name.h"
#include "server/command/table_use.h"
#include "server/lock/lock_object.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/txn/txn.h"
#include "server/vacuum/vacuum.h"

#define WORKERS_MAX       1024
#define SCHEMA_PG_CATALOG 11

/* An option that is a bit, and of which statements it is one. */
typedef struct Flag {
    const char *name;
    unsigned bit;
    bool is_of_analyze;
    bool clears; /* it is on unless it is switched off */
} Flag;

static const Flag flags[] = {
    {"analyze", VACUUM_ANALYZES, false, false},
    {"disable_page_skipping", VACUUM_ALL_PAGES, false, false},
    {"full", VACUUM_FULL, false, false},
    {"process_toast", VACUUM_WITHOUT_TOAST, false, true},
    {"skip_locked", VACUUM_SKIP_LOCKED, true, false},
    {"verbose", VACUUM_VERBOSE, true, false},
};

static void take_option(const VacuumStmt *stmt, const Option *option, VacuumParams *params,
                        const char *text);
static bool take_flag(const VacuumStmt *stmt, const Option *option, VacuumParams *params);
static void check(const VacuumStmt *stmt, const VacuumParams *params);
static VacuumTarget *list_targets(const VacuumStmt *stmt, const VacuumParams *params,
                                  size_t *count);
static bool is_allowed(const Relation *rel, unsigned options);
static void compact(Oid relation, bool is_verbose);

void command_vacuum(CommandCall *call)
{
    static const VacuumFunctions functions = {.is_allowed = is_allowed, .compact = compact};
    const VacuumStmt *stmt = (const VacuumStmt *)(const void *)call->statement;
    VacuumParams params = vacuum_params(stmt->is_vacuum ? VACUUM_CLEANS : VACUUM_ANALYZES);
    VacuumTarget *targets;
    size_t count;

    vacuum_set_functions(&functions);
    list_foreach(const Option *, option, stmt->options)
        take_option(stmt, option, &params, call->text);
    check(stmt, &params);
    if (stmt->is_vacuum)
        txn_prevent_in_block(call->place == COMMAND_TOP, "VACUUM");
    params.is_in_block = !stmt->is_vacuum && (call->place != COMMAND_TOP || txn_is_block());
    targets = list_targets(stmt, &params, &count);
    /* None is left of those that were named: that is not all tables. */
    if (count > 0 || stmt->relations == NULL)
        vacuum_run(targets, count, &params);
}

/* ---- Options ---- */

static void take_option(const VacuumStmt *stmt, const Option *option, VacuumParams *params,
                        const char *text)
{
    if (take_flag(stmt, option, params))
        return;
    if (stmt->is_vacuum && strcmp(option->name, "freeze") == 0) {
        if (option_bool(option))
            params->freeze_min_age = params->freeze_table_age = params->multi_freeze_min_age =
                params->multi_freeze_table_age = 0;
    } else if (stmt->is_vacuum && strcmp(option->name, "index_cleanup") == 0) {
        if (option->arg != NULL && strcmp(option_text(option), "auto") == 0)
            params->index_cleanup = 'a';
        else
            params->index_cleanup = option_bool(option) ? 'o' : 'f';
    } else if (stmt->is_vacuum && strcmp(option->name, "truncate") == 0) {
        params->truncate = option_bool(option) ? 'o' : 'f';
    } else if (stmt->is_vacuum && strcmp(option->name, "parallel") == 0) {
        /* One process does it, whatever is said. */
        if (option->arg == NULL)
            err_raise(SQLSTATE_SYNTAX_ERROR,
                      .message =
                          err_fmt("parallel option requires a value between 0 and %d", WORKERS_MAX),
                      .position = text_position(text, option->loc));
        if (option_int(option) < 0 || option_int(option) > WORKERS_MAX)
            err_raise(SQLSTATE_SYNTAX_ERROR,
                      .message = err_fmt("parallel workers for vacuum must be between 0 and %d",
                                         WORKERS_MAX),
                      .position = text_position(text, option->loc));
        params->has_workers = option_int(option) > 0;
    } else {
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = err_fmt("unrecognized %s option \"%s\"",
                                     stmt->is_vacuum ? "VACUUM" : "ANALYZE", option->name),
                  .position = text_position(text, option->loc));
    }
}

static bool take_flag(const VacuumStmt *stmt, const Option *option, VacuumParams *params)
{
    for (size_t i = 0; i < ARRAY_LEN(flags); i++) {
        if (strcmp(flags[i].name, option->name) != 0 ||
            (!stmt->is_vacuum && !flags[i].is_of_analyze))
            continue;
        if (option_bool(option) != flags[i].clears)
            params->options |= flags[i].bit;
        else
            params->options &= ~flags[i].bit;
        return true;
    }
    return false;
}

static void check(const VacuumStmt *stmt, const VacuumParams *params)
{
    bool is_full = (params->options & VACUUM_FULL) != 0;

    if (is_full && params->has_workers)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "VACUUM FULL cannot be performed in parallel");
    if ((params->options & VACUUM_ANALYZES) == 0)
        list_foreach(const VacuumRelation *, r, stmt->relations)
            if (r->columns != NULL)
                err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                          .message = "ANALYZE option must be specified when a column list is "
                                     "provided");
    if (is_full && (params->options & VACUUM_ALL_PAGES) != 0)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "VACUUM option DISABLE_PAGE_SKIPPING cannot be used with FULL");
    if (is_full && (params->options & VACUUM_WITHOUT_TOAST) != 0)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "PROCESS_TOAST required with VACUUM FULL");
}

/* ---- Tables ---- */

static const char *const *column_names(const List *columns)
{
    const char **names;
    size_t count = 0;

    if (columns == NULL)
        return NULL;
    names = mem_new_array(const char *, (size_t)columns->count + 1);
    list_foreach(const String *, name, columns)
        names[count++] = name->value;
    return names;
}

/* Each is locked again when its turn comes; until then others may have it. */
static VacuumTarget *list_targets(const VacuumStmt *stmt, const VacuumParams *params, size_t *count)
{
    VacuumTarget *targets = mem_new_array(VacuumTarget, (size_t)list_count(stmt->relations));
    LockMode mode = (params->options & VACUUM_SKIP_LOCKED) != 0 ? LOCK_NONE : LOCK_ACCESS_SHARE;

    *count = 0;
    list_foreach(const VacuumRelation *, r, stmt->relations) {
        Oid oid = relation_of_name(r->relation, mode, 0, NULL, NULL);

        if (mode != LOCK_NONE)
            lock_relation_unlock(oid, mode);
        targets[(*count)++] = (VacuumTarget){
            .relation = oid, .name = r->relation->relation, .columns = column_names(r->columns)};
    }
    return targets;
}

static bool is_allowed(const Relation *rel, unsigned options)
{
    const char *verb = (options & VACUUM_CLEANS) != 0 ? "vacuum" : "analyze";
    const char *who = "table or database owner";

    if (rights_is_owner(PG_CLASS_CATALOG, rel->oid, role_current()) ||
        (!rel->is_shared && rights_is_owner(PG_DATABASE_CATALOG, cache_database(), role_current())))
        return true;
    if (rel->is_shared)
        who = "superuser";
    else if (rel->schema == SCHEMA_PG_CATALOG)
        who = "superuser or database owner";
    err_log(ERR_WARNING,
            .message = err_fmt("skipping \"%s\" --- only %s can %s it", rel->name, who, verb));
    return false;
}

static void compact(Oid relation, bool is_verbose)
{
    Relation *rel = relation_open(relation, LOCK_NONE);

    table_require_unused(rel, "VACUUM");
    if (is_verbose)
        err_log(ERR_INFO,
                .message = err_fmt("vacuuming \"%s.%s\"", schema_name(rel->schema), rel->name));
    relation_close(rel, LOCK_NONE);
    table_compact(relation, 0, is_verbose);
}

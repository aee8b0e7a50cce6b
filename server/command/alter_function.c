/* alter_function.c - ALTER FUNCTION, PROCEDURE, ROUTINE: properties, rights, settings */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/analyzer/position.h"
#include "server/cache/catalog_change.h"
#include "server/cache/namespace.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/function_name.h"
#include "server/command/function_option.h"
#include "server/command/option.h"
#include "server/command/stored_setting.h"
#include "server/object/rights.h"
#include "server/object/role.h"

static void set_numbers(CatalogRow *row, const FunctionOptions *o, bool returns_set)
{
    if (o->cost != NULL) {
        double cost = function_option_number(o->cost);

        if (cost <= 0)
            err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "COST must be positive");
        catalog_set(row, PG_PROC_COL_PROCOST, datum_of_f4((float)cost));
    }
    if (o->rows != NULL) {
        double rows = function_option_number(o->rows);

        if (rows <= 0)
            err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "ROWS must be positive");
        if (!returns_set)
            err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                      .message = "ROWS is not applicable when function does not return a set");
        catalog_set(row, PG_PROC_COL_PROROWS, datum_of_f4((float)rows));
    }
}

static void set_config(CatalogRow *row, const HeapTuple *old, const List *sets)
{
    bool has_none;
    Datum before = syscache_get(CACHE_PROCOID, old, PG_PROC_COL_PROCONFIG, &has_none), after;

    if (sets == NULL)
        return;
    if (stored_setting_list(has_none ? NULL : &before, sets, &after))
        catalog_set(row, PG_PROC_COL_PROCONFIG, after);
    else
        catalog_set_null(row, PG_PROC_COL_PROCONFIG);
}

static void fill(CatalogRow *row, const FunctionOptions *o, const HeapTuple *old)
{
    catalog_row_init(row);
    if (o->volatility != NULL)
        catalog_set_char(row, PG_PROC_COL_PROVOLATILE, *option_text(o->volatility));
    if (o->strict != NULL)
        catalog_set_bool(row, PG_PROC_COL_PROISSTRICT, function_option_is_on(o->strict));
    if (o->security != NULL)
        catalog_set_bool(row, PG_PROC_COL_PROSECDEF, function_option_is_on(o->security));
    if (o->leakproof != NULL) {
        function_option_check_leakproof(function_option_is_on(o->leakproof));
        catalog_set_bool(row, PG_PROC_COL_PROLEAKPROOF, function_option_is_on(o->leakproof));
    }
    set_numbers(row, o, CACHE_ROW(PgProc, old)->proretset);
    if (o->parallel != NULL)
        catalog_set_char(row, PG_PROC_COL_PROPARALLEL, function_option_parallel(o->parallel));
    set_config(row, old, o->sets);
}

void command_alter_function(CommandCall *call)
{
    const AlterFunctionStmt *stmt = (const AlterFunctionStmt *)(const void *)call->statement;
    Oid oid = function_of_name(stmt->kind, stmt->function, false);
    FunctionOptions options = {.as = NULL};
    const HeapTuple *old;
    CatalogChange *change;
    CatalogRow row;

    rights_require_owner(PG_PROC_CATALOG, oid, role_current());
    old = syscache_pin(CACHE_PROCOID, datum_of_u32(oid));
    if (CACHE_ROW(PgProc, old)->prokind == 'a')
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("\"%s\" is an aggregate function",
                                     namespace_text(stmt->function->name)));
    function_options_read(&options, stmt->options, CACHE_ROW(PgProc, old)->prokind == 'p',
                          call->text);
    change = catalog_change_begin(PG_PROC_CATALOG);
    fill(&row, &options, old);
    catalog_update(change, old, &row);
    catalog_change_end(change);
    syscache_unpin(old);
}

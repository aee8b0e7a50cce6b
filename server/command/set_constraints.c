/* set_constraints.c - SET CONSTRAINTS: which constraints are meant */
#include "common/base/base.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/namespace.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/trigger/trigger.h"

/* All of that name in the schema, if they can be deferred. False: there is none of that name. */
static bool add_of_schema(const ConstraintsSetStmt *stmt, const char *name, Oid schema, Array *out)
{
    const CatalogKey keys[] = {
        {.column = PG_CONSTRAINT_COL_CONNAME, .value = datum_of_pointer(name)},
        {.column = PG_CONSTRAINT_COL_CONNAMESPACE, .value = datum_of_u32(schema)},
    };
    CatalogScan *scan =
        catalog_scan_begin(PG_CONSTRAINT_CATALOG, PG_CONSTRAINT_CONNAME_NSP_INDEX, 2, keys);
    const HeapTuple *row;
    bool is_found = false;

    while ((row = catalog_scan_next(scan)) != NULL) {
        const PgConstraint *c = CACHE_ROW(PgConstraint, row);

        is_found = true;
        if (c->condeferrable)
            *(Oid *)array_push(out) = c->oid;
        else if (stmt->is_deferred)
            err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                      .message = err_fmt("constraint \"%s\" is not deferrable", name));
    }
    catalog_scan_end(scan);
    return is_found;
}

/* In the first schema of the search path that has one of that name. */
static void add_named(const ConstraintsSetStmt *stmt, const RangeVar *var, Array *out)
{
    const SearchPath *path;
    Oid *schemas;
    unsigned count = 1;
    bool is_found = false;

    namespace_require_this_database(var);
    if (var->schema != NULL) {
        schemas = mem_new(Oid);
        *schemas = namespace_explicit(var->schema, false);
    } else {
        path = namespace_path();
        count = path->count;
        schemas = mem_dup(path->schemas, count * sizeof(Oid));
    }
    for (unsigned i = 0; i < count && !is_found; i++)
        is_found = add_of_schema(stmt, var->relation, schemas[i], out);
    if (!is_found)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("constraint \"%s\" does not exist", var->relation));
}

void command_set_constraints(CommandCall *call)
{
    const ConstraintsSetStmt *stmt = (const ConstraintsSetStmt *)(const void *)call->statement;
    Array constraints;

    txn_warn_no_block(call->place == COMMAND_TOP, "SET CONSTRAINTS");
    if (stmt->constraints == NULL) {
        trigger_set_constraints(NULL, stmt->is_deferred);
        return;
    }
    array_init(&constraints, sizeof(Oid));
    list_foreach(const RangeVar *, var, stmt->constraints)
        add_named(stmt, var, &constraints);
    trigger_set_constraints(&constraints, stmt->is_deferred);
}

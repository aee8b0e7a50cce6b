/* grant_object.c - the objects that GRANT and REVOKE name */
#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/err/err.h"
#include "server/access/common/relation.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/namespace.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/find_object.h"
#include "server/command/grant_int.h"

#define PROCEDURE 'p' /* pg_proc.prokind */

static ObjectAddress find_object(ObjectKind kind, bool is_grant, const Node *name);
static void add_of_schema(ObjectKind kind, Oid schema, Array *out);

void grant_find_objects(const GrantStmt *stmt, Array *out)
{
    object_list_init(out);
    list_foreach(const Node *, name, stmt->objects) {
        ObjectAddress object;

        if (stmt->target == GRANT_ON_ALL_IN_SCHEMA) {
            const char *schema = ((const String *)(const void *)name)->value;

            add_of_schema(stmt->kind, namespace_explicit(schema, false), out);
            continue;
        }
        object = find_object(stmt->kind, stmt->is_grant, name);
        if (object.oid != 0)
            object_list_add(out, object.catalog, object.oid, 0);
    }
}

/* Number 0: a setting that has no rights to be revoked. */
static ObjectAddress find_object(ObjectKind kind, bool is_grant, const Node *name)
{
    ObjectAddress object;

    if (kind == OBJECT_PARAMETER_ACL) {
        const char *setting = ((const String *)(const void *)name)->value;

        return object_address(PG_PARAMETER_ACL_CATALOG, grant_find_parameter(setting, is_grant));
    }
    object = object_find(kind, name);
    if (kind == OBJECT_LARGE_OBJECT)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "rights on large objects are not supported yet");
    return object;
}

/* ---- All that a schema has ---- */

static void add_relations(Oid schema, char kind, Array *out)
{
    const CatalogKey key = {.column = PG_CLASS_COL_RELNAMESPACE, .value = datum_of_u32(schema)};
    CatalogScan *scan = catalog_scan_begin(PG_CLASS_CATALOG, 0, 1, &key);
    const HeapTuple *row;

    while ((row = catalog_scan_next(scan)) != NULL) {
        if (CACHE_ROW(PgClass, row)->relkind == kind)
            object_list_add(out, PG_CLASS_CATALOG, CACHE_ROW(PgClass, row)->oid, 0);
    }
    catalog_scan_end(scan);
}

static void add_functions(ObjectKind kind, Oid schema, Array *out)
{
    const CatalogKey key = {.column = PG_PROC_COL_PRONAMESPACE, .value = datum_of_u32(schema)};
    CatalogScan *scan = catalog_scan_begin(PG_PROC_CATALOG, 0, 1, &key);
    const HeapTuple *row;

    while ((row = catalog_scan_next(scan)) != NULL) {
        bool is_procedure = CACHE_ROW(PgProc, row)->prokind == PROCEDURE;

        if (kind == OBJECT_ROUTINE || is_procedure == (kind == OBJECT_PROCEDURE))
            object_list_add(out, PG_PROC_CATALOG, CACHE_ROW(PgProc, row)->oid, 0);
    }
    catalog_scan_end(scan);
}

static void add_of_schema(ObjectKind kind, Oid schema, Array *out)
{
    static const char tables[] = {RELATION_TABLE, RELATION_VIEW, RELATION_MATERIALIZED_VIEW,
                                  RELATION_FOREIGN_TABLE, RELATION_PARTITIONED_TABLE};

    switch (kind) {
    case OBJECT_TABLE:
        for (unsigned i = 0; i < ARRAY_LEN(tables); i++)
            add_relations(schema, tables[i], out);
        break;
    case OBJECT_SEQUENCE:
        add_relations(schema, RELATION_SEQUENCE, out);
        break;
    default:
        add_functions(kind, schema, out);
        break;
    }
}

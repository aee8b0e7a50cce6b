/* grant_object.c - the objects that GRANT and REVOKE name */
#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/relation.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/namespace.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/function_name.h"
#include "server/command/grant_int.h"
#include "server/command/object.h"
#include "server/command/option.h"
#include "server/command/shared_name.h"

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

/* ---- By name ---- */

static Oid type_of_names(const List *names)
{
    TypeName *type = node_new(TypeName);
    int32_t typmod;

    type->names = (List *)(uintptr_t)names;
    type->typmod = -1;
    type->loc = NODE_NO_LOCATION;
    return analyzer_type(type, NULL, &typmod);
}

/* One that a cache has by its name. */
static Oid find_cached(CacheId cache, const char *name, const char *words)
{
    const HeapTuple *row = syscache_peek(cache, datum_of_pointer(name));

    if (row == NULL)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("%s \"%s\" does not exist", words, name));
    return *(const Oid *)syscache_fixed(row);
}

static Oid find_schema(const char *name)
{
    Oid schema = namespace_find(name);

    if (schema == 0)
        err_raise(SQLSTATE_INVALID_SCHEMA_NAME,
                  .message = err_fmt("schema \"%s\" does not exist", name));
    return schema;
}

_Noreturn static void refuse_large_object(const Node *number)
{
    const Oid oid = (Oid)((const Integer *)(const void *)number)->value;
    const CatalogKey key = {.column = PG_LARGEOBJECT_METADATA_COL_OID, .value = datum_of_u32(oid)};
    CatalogScan *scan = catalog_scan_begin(PG_LARGEOBJECT_METADATA_CATALOG,
                                           PG_LARGEOBJECT_METADATA_OID_INDEX, 1, &key);
    bool is_there = catalog_scan_next(scan) != NULL;

    catalog_scan_end(scan);
    if (!is_there)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("large object %u does not exist", oid));
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = "rights on large objects are not supported yet");
}

/* Number 0: a setting that has no rights to be revoked. */
static ObjectAddress find_object(ObjectKind kind, bool is_grant, const Node *object)
{
    const char *name = node_is(object, String) ? ((const String *)(const void *)object)->value : "";

    switch (kind) {
    case OBJECT_TABLE:
    case OBJECT_SEQUENCE:
        return object_address(PG_CLASS_CATALOG,
                              namespace_relation((const RangeVar *)(const void *)object, false));
    case OBJECT_DATABASE:
        return object_address(PG_DATABASE_CATALOG, database_of_name(name, false));
    case OBJECT_DOMAIN:
    case OBJECT_TYPE:
        return object_address(PG_TYPE_CATALOG,
                              type_of_names((const List *)(const void *)object));
    case OBJECT_FUNCTION:
    case OBJECT_PROCEDURE:
    case OBJECT_ROUTINE:
        return object_address(
            PG_PROC_CATALOG,
            function_of_name(kind, (const ObjectWithArgs *)(const void *)object, false));
    case OBJECT_LANGUAGE:
        return object_address(PG_LANGUAGE_CATALOG, find_cached(CACHE_LANGNAME, name, "language"));
    case OBJECT_SCHEMA:
        return object_address(PG_NAMESPACE_CATALOG, find_schema(name));
    case OBJECT_TABLESPACE:
        return object_address(PG_TABLESPACE_CATALOG, tablespace_of_name(name, false));
    case OBJECT_FDW:
        return object_address(
            PG_FOREIGN_DATA_WRAPPER_CATALOG,
            find_cached(CACHE_FOREIGNDATAWRAPPERNAME, name, "foreign-data wrapper"));
    case OBJECT_FOREIGN_SERVER:
        return object_address(PG_FOREIGN_SERVER_CATALOG,
                              find_cached(CACHE_FOREIGNSERVERNAME, name, "server"));
    case OBJECT_PARAMETER_ACL:
        return object_address(PG_PARAMETER_ACL_CATALOG, grant_find_parameter(name, is_grant));
    default:
        refuse_large_object(object);
    }
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

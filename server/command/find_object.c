/* find_object.c - objects of any kind as statements name them; find_object.h has the how. */
#include "common/base/base.h"

#include "server/command/find_object.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/cache.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/extension.h"
#include "server/command/function_name.h"
#include "server/command/shared_name.h"

Oid type_of_names(const List *names)
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

/* Of this database. */
static Oid find_subscription(const char *name)
{
    const HeapTuple *row = syscache_peek2(CACHE_SUBSCRIPTIONNAME, datum_of_u32(cache_database()),
                                          datum_of_pointer(name));

    if (row == NULL)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("subscription \"%s\" does not exist", name));
    return CACHE_ROW(PgSubscription, row)->oid;
}

static Oid find_schema(const char *name)
{
    Oid schema = namespace_find(name);

    if (schema == 0)
        err_raise(SQLSTATE_INVALID_SCHEMA_NAME,
                  .message = err_fmt("schema \"%s\" does not exist", name));
    return schema;
}

static Oid type_of(const TypeName *type)
{
    int32_t typmod;

    return type == NULL ? 0 : analyzer_type((TypeName *)(uintptr_t)type, NULL, &typmod);
}

/* With exactly these operands. */
static Oid find_operator(const ObjectWithArgs *object)
{
    Oid left = type_of(list_at(object->args, 0)), right = type_of(list_at(object->args, 1));
    Oid oid = namespace_operator(object->name, left, right);
    const char *name, *of_left, *of_right;

    if (oid != 0)
        return oid;
    name = namespace_text(object->name);
    of_left = left == 0 ? "" : mem_printf("%s ", type_shown(left));
    of_right = right == 0 ? "" : mem_printf(" %s", type_shown(right));
    err_raise(SQLSTATE_UNDEFINED_FUNCTION,
              .message = err_fmt("operator does not exist: %s%s%s", of_left, name, of_right));
}

static Oid find_cast(const List *types)
{
    Oid from = type_of(list_at(types, 0)), to = type_of(list_at(types, 1));
    const HeapTuple *row =
        syscache_peek2(CACHE_CASTSOURCETARGET, datum_of_u32(from), datum_of_u32(to));
    const char *of_from, *of_to;

    if (row != NULL)
        return CACHE_ROW(PgCast, row)->oid;
    of_from = type_shown(from);
    of_to = type_shown(to);
    err_raise(SQLSTATE_UNDEFINED_OBJECT,
              .message = err_fmt("cast from type %s to type %s does not exist", of_from, of_to));
}

/* By number, as they have no names. */
static Oid find_large_object(const Node *number)
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
    return oid;
}

/* The first of the names is the access method. */
static ObjectAddress find_of_method(ObjectKind kind, const List *names)
{
    Oid method =
        find_cached(CACHE_AMNAME, ((const String *)list_at(names, 0))->value, "access method");
    List *rest = NULL;

    for (int i = 1; i < list_count(names); i++)
        rest = list_add(rest, list_at(names, i));
    if (kind == OBJECT_OPCLASS)
        return object_address(PG_OPCLASS_CATALOG, namespace_opclass(method, rest, false));
    return object_address(PG_OPFAMILY_CATALOG, namespace_opfamily(method, rest, false));
}

static ObjectAddress find_by_names(ObjectKind kind, const List *names)
{
    switch (kind) {
    case OBJECT_COLLATION:
        return object_address(PG_COLLATION_CATALOG, namespace_collation(names, false));
    case OBJECT_CONVERSION:
        return object_address(PG_CONVERSION_CATALOG, namespace_conversion(names, false));
    case OBJECT_OPCLASS:
    case OBJECT_OPFAMILY:
        return find_of_method(kind, names);
    case OBJECT_STATISTICS:
        return object_address(PG_STATISTIC_EXT_CATALOG, namespace_statistics(names, false));
    case OBJECT_TS_CONFIGURATION:
        return object_address(PG_TS_CONFIG_CATALOG, namespace_ts_config(names, false));
    case OBJECT_TS_DICTIONARY:
        return object_address(PG_TS_DICT_CATALOG, namespace_ts_dictionary(names, false));
    case OBJECT_TS_PARSER:
        return object_address(PG_TS_PARSER_CATALOG, namespace_ts_parser(names, false));
    case OBJECT_TS_TEMPLATE:
        return object_address(PG_TS_TEMPLATE_CATALOG, namespace_ts_template(names, false));
    default:
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "objects of that kind cannot be changed yet");
    }
}

ObjectAddress object_find(ObjectKind kind, const Node *object)
{
    const char *name = node_is(object, String) ? ((const String *)(const void *)object)->value : "";

    switch (kind) {
    case OBJECT_TABLE:
    case OBJECT_SEQUENCE:
        return object_address(PG_CLASS_CATALOG,
                              namespace_relation((const RangeVar *)(const void *)object, false));
    case OBJECT_AGGREGATE:
    case OBJECT_FUNCTION:
    case OBJECT_PROCEDURE:
    case OBJECT_ROUTINE:
        return object_address(
            PG_PROC_CATALOG,
            function_of_name(kind, (const ObjectWithArgs *)(const void *)object, false));
    case OBJECT_CAST:
        return object_address(PG_CAST_CATALOG, find_cast((const List *)(const void *)object));
    case OBJECT_DATABASE:
        return object_address(PG_DATABASE_CATALOG, database_of_name(name, false));
    case OBJECT_DOMAIN:
    case OBJECT_TYPE:
        return object_address(PG_TYPE_CATALOG,
                              type_of_names((const List *)(const void *)object));
    case OBJECT_EVENT_TRIGGER:
        return object_address(PG_EVENT_TRIGGER_CATALOG,
                              find_cached(CACHE_EVENTTRIGGERNAME, name, "event trigger"));
    case OBJECT_EXTENSION:
        return object_address(PG_EXTENSION_CATALOG, extension_find(name, false));
    case OBJECT_FDW:
        return object_address(
            PG_FOREIGN_DATA_WRAPPER_CATALOG,
            find_cached(CACHE_FOREIGNDATAWRAPPERNAME, name, "foreign-data wrapper"));
    case OBJECT_FOREIGN_SERVER:
        return object_address(PG_FOREIGN_SERVER_CATALOG,
                              find_cached(CACHE_FOREIGNSERVERNAME, name, "server"));
    case OBJECT_LANGUAGE:
        return object_address(PG_LANGUAGE_CATALOG, find_cached(CACHE_LANGNAME, name, "language"));
    case OBJECT_LARGE_OBJECT:
        return object_address(PG_LARGEOBJECT_METADATA_CATALOG, find_large_object(object));
    case OBJECT_OPERATOR:
        return object_address(PG_OPERATOR_CATALOG,
                              find_operator((const ObjectWithArgs *)(const void *)object));
    case OBJECT_PUBLICATION:
        return object_address(PG_PUBLICATION_CATALOG,
                              find_cached(CACHE_PUBLICATIONNAME, name, "publication"));
    case OBJECT_SCHEMA:
        return object_address(PG_NAMESPACE_CATALOG, find_schema(name));
    case OBJECT_SUBSCRIPTION:
        return object_address(PG_SUBSCRIPTION_CATALOG, find_subscription(name));
    case OBJECT_TABLESPACE:
        return object_address(PG_TABLESPACE_CATALOG, tablespace_of_name(name, false));
    default:
        return find_by_names(kind, (const List *)(const void *)object);
    }
}

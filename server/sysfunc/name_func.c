/*
 * name_func.c - functions about names: what is found by its bare name, schemas, roles
 *
 * Whether something is visible is NULL for what does not exist: queries over catalogs may come upon
 * what is being dropped.
 */
#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/array_value.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/value.h"

static const ArrayElement name_element = {.type = TYPE_NAME, .len = NAME_SIZE, .align = 'c'};

/* ---- Found by the bare name? ---- */

static Datum is_visible(FmgrCall *call, CacheId cache, bool (*sees)(Oid object))
{
    Oid object = fmgr_u32(call, 0);

    if (syscache_peek(cache, datum_of_u32(object)) == NULL)
        return fmgr_null(call);
    return datum_of_bool(sees(object));
}

Datum pg_table_is_visible(FmgrCall *call)
{
    return is_visible(call, CACHE_RELOID, namespace_sees_relation);
}

Datum pg_type_is_visible(FmgrCall *call)
{
    return is_visible(call, CACHE_TYPEOID, namespace_sees_type);
}

Datum pg_function_is_visible(FmgrCall *call)
{
    return is_visible(call, CACHE_PROCOID, namespace_sees_function);
}

Datum pg_operator_is_visible(FmgrCall *call)
{
    return is_visible(call, CACHE_OPEROID, namespace_sees_operator);
}

Datum pg_collation_is_visible(FmgrCall *call)
{
    return is_visible(call, CACHE_COLLOID, namespace_sees_collation);
}

Datum pg_opclass_is_visible(FmgrCall *call)
{
    return is_visible(call, CACHE_CLAOID, namespace_sees_opclass);
}

Datum pg_opfamily_is_visible(FmgrCall *call)
{
    return is_visible(call, CACHE_OPFAMILYOID, namespace_sees_opfamily);
}

Datum pg_conversion_is_visible(FmgrCall *call)
{
    return is_visible(call, CACHE_CONVOID, namespace_sees_conversion);
}

Datum pg_statistics_obj_is_visible(FmgrCall *call)
{
    return is_visible(call, CACHE_STATEXTOID, namespace_sees_statistics);
}

Datum pg_ts_config_is_visible(FmgrCall *call)
{
    return is_visible(call, CACHE_TSCONFIGOID, namespace_sees_ts_config);
}

Datum pg_ts_dict_is_visible(FmgrCall *call)
{
    return is_visible(call, CACHE_TSDICTOID, namespace_sees_ts_dictionary);
}

Datum pg_ts_parser_is_visible(FmgrCall *call)
{
    return is_visible(call, CACHE_TSPARSEROID, namespace_sees_ts_parser);
}

Datum pg_ts_template_is_visible(FmgrCall *call)
{
    return is_visible(call, CACHE_TSTEMPLATEOID, namespace_sees_ts_template);
}

/* ---- Schemas ---- */

/* Where new objects go: the first of the path that was written there. */
Datum current_schema(FmgrCall *call)
{
    const char *name = schema_name(namespace_path()->creation);

    return name == NULL ? fmgr_null(call) : value_of_name(name);
}

/* With or without those that are looked into unasked, which come first. */
Datum current_schemas(FmgrCall *call)
{
    const SearchPath *path = namespace_path();
    bool begun = fmgr_bool(call, 0);
    Oid *schemas = mem_new_array(Oid, path->count + 1);
    Datum *names = mem_new_array(Datum, path->count + 1);
    size_t count = 0, kept = 0;

    for (unsigned i = 0; i < path->count; i++) {
        begun = begun || path->schemas[i] == path->creation;
        if (begun)
            schemas[count++] = path->schemas[i];
    }
    for (size_t i = 0; i < count; i++) {
        const char *name = schema_name(schemas[i]);

        if (name != NULL)
            names[kept++] = value_of_name(name);
    }
    return datum_of_pointer(array_make_list(&name_element, names, NULL, kept));
}

Datum pg_my_temp_schema(FmgrCall *call)
{
    (void)call;
    return datum_of_u32(namespace_get_temporary());
}

Datum pg_is_other_temp_schema(FmgrCall *call)
{
    Oid schema = fmgr_u32(call, 0);

    return datum_of_bool(namespace_is_any_temporary(schema) && !namespace_is_temporary(schema));
}

/* ---- Roles ---- */

Datum pg_get_userbyid(FmgrCall *call)
{
    Oid role = fmgr_u32(call, 0);
    const HeapTuple *row = syscache_peek(CACHE_AUTHOID, datum_of_u32(role));

    return value_of_name(row != NULL ? CACHE_ROW(PgAuthid, row)->rolname
                                  : mem_printf("unknown (OID=%u)", role));
}

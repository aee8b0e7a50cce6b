/*
 * namespace_object.c - objects of all kinds but functions by their names, and whether they are
 * found by the bare name
 *
 * All kinds are alike: a unique index over name and schema (with the access method, or the
 * encoding, beside it). So there is one way to look, and a row of a table for each kind.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/text/encoding.h"
#include "common/text/str.h"
#include "server/cache/namespace.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"

typedef struct ObjectKindInfo {
    CacheId by_name, by_oid;
    int name_column, schema_column; /* of rows */
    bool in_temporary;              /* the temporary schema counts */
    const char *what;               /* for messages */
} ObjectKindInfo;

static const ObjectKindInfo relation_kind = {
    CACHE_RELNAMENSP,          CACHE_RELOID, PG_CLASS_COL_RELNAME,
    PG_CLASS_COL_RELNAMESPACE, true,         "relation"};
static const ObjectKindInfo type_kind = {
    CACHE_TYPENAMENSP, CACHE_TYPEOID, PG_TYPE_COL_TYPNAME, PG_TYPE_COL_TYPNAMESPACE, true, "type"};
static const ObjectKindInfo conversion_kind = {CACHE_CONNAMENSP,
                                               CACHE_CONVOID,
                                               PG_CONVERSION_COL_CONNAME,
                                               PG_CONVERSION_COL_CONNAMESPACE,
                                               false,
                                               "conversion"};
static const ObjectKindInfo statistics_kind = {CACHE_STATEXTNAMENSP,
                                               CACHE_STATEXTOID,
                                               PG_STATISTIC_EXT_COL_STXNAME,
                                               PG_STATISTIC_EXT_COL_STXNAMESPACE,
                                               false,
                                               "statistics object"};
static const ObjectKindInfo ts_config_kind = {CACHE_TSCONFIGNAMENSP,
                                              CACHE_TSCONFIGOID,
                                              PG_TS_CONFIG_COL_CFGNAME,
                                              PG_TS_CONFIG_COL_CFGNAMESPACE,
                                              false,
                                              "text search configuration"};
static const ObjectKindInfo ts_dictionary_kind = {
    CACHE_TSDICTNAMENSP,          CACHE_TSDICTOID, PG_TS_DICT_COL_DICTNAME,
    PG_TS_DICT_COL_DICTNAMESPACE, false,           "text search dictionary"};
static const ObjectKindInfo ts_parser_kind = {CACHE_TSPARSERNAMENSP,
                                              CACHE_TSPARSEROID,
                                              PG_TS_PARSER_COL_PRSNAME,
                                              PG_TS_PARSER_COL_PRSNAMESPACE,
                                              false,
                                              "text search parser"};
static const ObjectKindInfo ts_template_kind = {CACHE_TSTEMPLATENAMENSP,
                                                CACHE_TSTEMPLATEOID,
                                                PG_TS_TEMPLATE_COL_TMPLNAME,
                                                PG_TS_TEMPLATE_COL_TMPLNAMESPACE,
                                                false,
                                                "text search template"};

/* Every catalog has its OID in the first column. */
static Oid row_oid(const HeapTuple *row)
{
    return row == NULL ? 0 : *(const Oid *)syscache_fixed(row);
}

static bool fits_name(const char *name)
{
    return strlen(name) < NAME_SIZE;
}

static Oid find_in(const ObjectKindInfo *kind, const char *name, Oid schema)
{
    if (!fits_name(name))
        return 0;
    return row_oid(syscache_peek2(kind->by_name, datum_of_pointer(name), datum_of_u32(schema)));
}

static Oid find_by_path(const ObjectKindInfo *kind, const char *name)
{
    const SearchPath *path = namespace_path();

    for (unsigned i = 0; i < path->count; i++) {
        Oid found;

        if (!kind->in_temporary && namespace_is_temporary(path->schemas[i]))
            continue;
        found = find_in(kind, name, path->schemas[i]);
        if (found != 0)
            return found;
    }
    return 0;
}

static Oid find_named(const ObjectKindInfo *kind, const List *names, bool is_missing_ok)
{
    const char *schema, *name;
    Oid found = 0;

    namespace_split(names, &schema, &name);
    if (schema == NULL) {
        found = find_by_path(kind, name);
    } else {
        Oid in = namespace_explicit(schema, is_missing_ok);

        if (in != 0)
            found = find_in(kind, name, in);
    }
    if (found == 0 && !is_missing_ok)
        err_raise(SQLSTATE_UNDEFINED_OBJECT, .message = err_fmt("%s \"%s\" does not exist",
                                                                kind->what, namespace_text(names)));
    return found;
}

static bool sees(const ObjectKindInfo *kind, Oid oid)
{
    const HeapTuple *row = syscache_peek(kind->by_oid, datum_of_u32(oid));
    bool is_null;
    char name[NAME_SIZE];

    if (row == NULL)
        return false;
    memcpy(name, datum_pointer(syscache_get(kind->by_oid, row, kind->name_column, &is_null)),
           NAME_SIZE);
    return find_by_path(kind, name) == oid;
}

/* ---- Relations and types ---- */

Oid namespace_find_relation(const char *name)
{
    return find_by_path(&relation_kind, name);
}

Oid namespace_find_type(const char *name)
{
    return find_by_path(&type_kind, name);
}

static Oid relation_in_schema(const RangeVar *var, bool is_missing_ok)
{
    Oid schema;

    if (var->persistence == 't' && !str_equal(var->schema, "pg_temp")) {
        schema = namespace_explicit(var->schema, is_missing_ok);
        if (schema != namespace_get_temporary())
            err_raise(SQLSTATE_INVALID_TABLE_DEFINITION,
                      .message = "temporary tables cannot specify a schema name");
        return find_in(&relation_kind, var->relation, schema);
    }
    schema = namespace_explicit(var->schema, is_missing_ok);
    return schema == 0 ? 0 : find_in(&relation_kind, var->relation, schema);
}

static _Noreturn void raise_missing_relation(const RangeVar *var)
{
    err_raise(SQLSTATE_UNDEFINED_TABLE,
              .message =
                  var->schema == NULL
                      ? err_fmt("relation \"%s\" does not exist", var->relation)
                      : err_fmt("relation \"%s.%s\" does not exist", var->schema, var->relation));
}

Oid namespace_relation(const RangeVar *var, bool is_missing_ok)
{
    Oid found;

    namespace_require_this_database(var);
    if (var->schema != NULL)
        found = relation_in_schema(var, is_missing_ok);
    else
        found = find_by_path(&relation_kind, var->relation);
    if (found == 0 && !is_missing_ok)
        raise_missing_relation(var);
    return found;
}

/* ---- Collations: of the database's encoding, or of any ---- */

static Oid collation_in(const char *name, Oid schema)
{
    Oid found;

    if (!fits_name(name))
        return 0;
    found = row_oid(syscache_peek_keys(
        CACHE_COLLNAMEENCNSP,
        (const Datum[CATALOG_KEYS_MAX]){
            datum_of_pointer(name), datum_of_i32(namespace_get_encoding()), datum_of_u32(schema)}));
    if (found != 0)
        return found;
    return row_oid(syscache_peek_keys(
        CACHE_COLLNAMEENCNSP, (const Datum[CATALOG_KEYS_MAX]){
                                  datum_of_pointer(name), datum_of_i32(-1), datum_of_u32(schema)}));
}

static Oid collation_by_path(const char *name)
{
    const SearchPath *path = namespace_path();
    Oid found = 0;

    for (unsigned i = 0; found == 0 && i < path->count; i++) {
        if (!namespace_is_temporary(path->schemas[i]))
            found = collation_in(name, path->schemas[i]);
    }
    return found;
}

Oid namespace_collation(const List *names, bool is_missing_ok)
{
    const char *schema, *name;
    Oid found = 0;

    namespace_split(names, &schema, &name);
    if (schema == NULL) {
        found = collation_by_path(name);
    } else {
        Oid in = namespace_explicit(schema, is_missing_ok);

        if (in != 0)
            found = collation_in(name, in);
    }
    if (found == 0 && !is_missing_ok)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("collation \"%s\" for encoding \"%s\" does not exist",
                                     namespace_text(names),
                                     encoding_name((Encoding)namespace_get_encoding())));
    return found;
}

bool namespace_sees_collation(Oid collation)
{
    const HeapTuple *row = syscache_peek(CACHE_COLLOID, datum_of_u32(collation));
    char name[NAME_SIZE];

    if (row == NULL)
        return false;
    memcpy(name, CACHE_ROW(PgCollation, row)->collname, NAME_SIZE);
    return collation_by_path(name) == collation;
}

/* ---- Operator classes and families: of an access method ---- */

static Oid method_object_in(CacheId cache, Oid method, const char *name, Oid schema)
{
    if (!fits_name(name))
        return 0;
    return row_oid(syscache_peek_keys(
        cache, (const Datum[CATALOG_KEYS_MAX]){datum_of_u32(method), datum_of_pointer(name),
                                               datum_of_u32(schema)}));
}

static Oid method_object_by_path(CacheId cache, Oid method, const char *name)
{
    const SearchPath *path = namespace_path();
    Oid found = 0;

    for (unsigned i = 0; found == 0 && i < path->count; i++) {
        if (!namespace_is_temporary(path->schemas[i]))
            found = method_object_in(cache, method, name, path->schemas[i]);
    }
    return found;
}

static Oid method_object(CacheId cache, const char *what, Oid method, const List *names,
                         bool is_missing_ok)
{
    const char *schema, *name, *method_name = "?";
    const HeapTuple *row;
    Oid found = 0;

    namespace_split(names, &schema, &name);
    if (schema == NULL) {
        found = method_object_by_path(cache, method, name);
    } else {
        Oid in = namespace_explicit(schema, is_missing_ok);

        if (in != 0)
            found = method_object_in(cache, method, name, in);
    }
    if (found != 0 || is_missing_ok)
        return found;
    row = syscache_peek(CACHE_AMOID, datum_of_u32(method));
    if (row != NULL)
        method_name = CACHE_ROW(PgAm, row)->amname;
    err_raise(SQLSTATE_UNDEFINED_OBJECT,
              .message = err_fmt("%s \"%s\" does not exist for access method \"%s\"", what,
                                 namespace_text(names), method_name));
}

Oid namespace_opclass(Oid access_method, const List *names, bool is_missing_ok)
{
    return method_object(CACHE_CLAAMNAMENSP, "operator class", access_method, names, is_missing_ok);
}

Oid namespace_opfamily(Oid access_method, const List *names, bool is_missing_ok)
{
    return method_object(CACHE_OPFAMILYAMNAMENSP, "operator family", access_method, names,
                         is_missing_ok);
}

bool namespace_sees_opclass(Oid opclass)
{
    const HeapTuple *row = syscache_peek(CACHE_CLAOID, datum_of_u32(opclass));
    PgOpclass copy;

    if (row == NULL)
        return false;
    copy = *CACHE_ROW(PgOpclass, row);
    return method_object_by_path(CACHE_CLAAMNAMENSP, copy.opcmethod, copy.opcname) == opclass;
}

bool namespace_sees_opfamily(Oid family)
{
    const HeapTuple *row = syscache_peek(CACHE_OPFAMILYOID, datum_of_u32(family));
    PgOpfamily copy;

    if (row == NULL)
        return false;
    copy = *CACHE_ROW(PgOpfamily, row);
    return method_object_by_path(CACHE_OPFAMILYAMNAMENSP, copy.opfmethod, copy.opfname) == family;
}

/* ---- The other kinds ---- */

Oid namespace_conversion(const List *names, bool is_missing_ok)
{
    return find_named(&conversion_kind, names, is_missing_ok);
}

Oid namespace_statistics(const List *names, bool is_missing_ok)
{
    return find_named(&statistics_kind, names, is_missing_ok);
}

Oid namespace_ts_config(const List *names, bool is_missing_ok)
{
    return find_named(&ts_config_kind, names, is_missing_ok);
}

Oid namespace_ts_dictionary(const List *names, bool is_missing_ok)
{
    return find_named(&ts_dictionary_kind, names, is_missing_ok);
}

Oid namespace_ts_parser(const List *names, bool is_missing_ok)
{
    return find_named(&ts_parser_kind, names, is_missing_ok);
}

Oid namespace_ts_template(const List *names, bool is_missing_ok)
{
    return find_named(&ts_template_kind, names, is_missing_ok);
}

bool namespace_sees_relation(Oid relation)
{
    return sees(&relation_kind, relation);
}

bool namespace_sees_type(Oid type)
{
    return sees(&type_kind, type);
}

bool namespace_sees_conversion(Oid conversion)
{
    return sees(&conversion_kind, conversion);
}

bool namespace_sees_statistics(Oid statistics)
{
    return sees(&statistics_kind, statistics);
}

bool namespace_sees_ts_config(Oid config)
{
    return sees(&ts_config_kind, config);
}

bool namespace_sees_ts_dictionary(Oid dictionary)
{
    return sees(&ts_dictionary_kind, dictionary);
}

bool namespace_sees_ts_parser(Oid parser)
{
    return sees(&ts_parser_kind, parser);
}

bool namespace_sees_ts_template(Oid template)
{
    return sees(&ts_template_kind, template);
}

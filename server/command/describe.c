/* describe.c - what objects are called in messages; describe.h has the how. */
#include "common/base/base.h"

#include "server/command/describe.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/relation.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/varlena.h"
#include "server/object/role.h"

static char *describe(const ObjectAddress *object);

char *object_describe(const ObjectAddress *object, bool is_missing_ok)
{
    char *text = describe(object);

    if (text == NULL && !is_missing_ok) {
        const Catalog *catalog = catalog_find(object->catalog);

        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for object %u of catalog \"%s\"",
                                     object->oid, catalog != NULL ? catalog->name : "?"));
    }
    return text;
}

/* ---- Relations ---- */

static const char *relation_word(char kind)
{
    switch (kind) {
    case RELATION_TABLE:
    case RELATION_PARTITIONED_TABLE:
        return "table";
    case RELATION_INDEX:
    case RELATION_PARTITIONED_INDEX:
        return "index";
    case RELATION_SEQUENCE:
        return "sequence";
    case RELATION_TOAST:
        return "toast table";
    case RELATION_VIEW:
        return "view";
    case RELATION_MATERIALIZED_VIEW:
        return "materialized view";
    case RELATION_COMPOSITE_TYPE:
        return "composite type";
    case RELATION_FOREIGN_TABLE:
        return "foreign table";
    default:
        return "relation";
    }
}

static char *describe_relation(Oid oid)
{
    const HeapTuple *row = syscache_pin(CACHE_RELOID, datum_of_u32(oid));
    const PgClass *class;
    char *text;

    if (row == NULL)
        return NULL;
    class = CACHE_ROW(PgClass, row);
    text = mem_printf(
        "%s %s", relation_word(class->relkind),
        name_qualified(namespace_sees_relation(oid) ? NULL : schema_name(class->relnamespace),
                       class->relname));
    syscache_unpin(row);
    return text;
}

static char *describe_column(Oid oid, int number)
{
    const HeapTuple *row =
        syscache_pin2(CACHE_ATTNUM, datum_of_u32(oid), datum_of_i16((int16_t)number));
    const char *relation = describe_relation(oid);
    char *text;

    if (row == NULL)
        return NULL;
    text = relation != NULL
               ? mem_printf("column %s of %s", CACHE_ROW(PgAttribute, row)->attname, relation)
               : NULL;
    syscache_unpin(row);
    return text;
}

/* ---- What belongs to a relation ---- */

/* A row that no cache has, by its number. */
static CatalogScan *scan_one(Oid catalog, Oid index, int16_t column, Oid oid)
{
    const CatalogKey key = {.column = column, .value = datum_of_u32(oid)};

    return catalog_scan_begin(catalog, index, 1, &key);
}

static char *describe_default(Oid oid)
{
    CatalogScan *scan = scan_one(PG_ATTRDEF_CATALOG, PG_ATTRDEF_OID_INDEX, PG_ATTRDEF_COL_OID, oid);
    const HeapTuple *row = catalog_scan_next(scan);
    char *column = NULL;

    if (row != NULL)
        column =
            describe_column(CACHE_ROW(PgAttrdef, row)->adrelid, CACHE_ROW(PgAttrdef, row)->adnum);
    catalog_scan_end(scan);
    return column != NULL ? mem_printf("default value for %s", column) : NULL;
}

static char *describe_constraint(Oid oid)
{
    const HeapTuple *row = syscache_pin(CACHE_CONSTROID, datum_of_u32(oid));
    const PgConstraint *constraint;
    char *relation, *text = NULL;

    if (row == NULL)
        return NULL;
    constraint = CACHE_ROW(PgConstraint, row);
    if (constraint->conrelid == 0) {
        text = mem_printf("constraint %s", constraint->conname);
    } else {
        relation = describe_relation(constraint->conrelid);
        if (relation != NULL)
            text = mem_printf("constraint %s on %s", constraint->conname, relation);
    }
    syscache_unpin(row);
    return text;
}

static char *describe_rule(Oid oid)
{
    CatalogScan *scan = scan_one(PG_REWRITE_CATALOG, PG_REWRITE_OID_INDEX, PG_REWRITE_COL_OID, oid);
    const HeapTuple *row = catalog_scan_next(scan);
    char *text = NULL;

    if (row != NULL) {
        char *relation = describe_relation(CACHE_ROW(PgRewrite, row)->ev_class);

        if (relation != NULL)
            text = mem_printf("rule %s on %s", CACHE_ROW(PgRewrite, row)->rulename, relation);
    }
    catalog_scan_end(scan);
    return text;
}

static char *describe_trigger(Oid oid)
{
    CatalogScan *scan = scan_one(PG_TRIGGER_CATALOG, PG_TRIGGER_OID_INDEX, PG_TRIGGER_COL_OID, oid);
    const HeapTuple *row = catalog_scan_next(scan);
    char *text = NULL;

    if (row != NULL) {
        char *relation = describe_relation(CACHE_ROW(PgTrigger, row)->tgrelid);

        if (relation != NULL)
            text = mem_printf("trigger %s on %s", CACHE_ROW(PgTrigger, row)->tgname, relation);
    }
    catalog_scan_end(scan);
    return text;
}

/* ---- Others ---- */

static char *describe_default_rights(Oid oid)
{
    CatalogScan *scan =
        scan_one(PG_DEFAULT_ACL_CATALOG, PG_DEFAULT_ACL_OID_INDEX, PG_DEFAULT_ACL_COL_OID, oid);
    const HeapTuple *row = catalog_scan_next(scan);
    const char *what = "", *schema = NULL;
    char *text = NULL, *role;

    if (row != NULL) {
        const PgDefaultAcl of = *CACHE_ROW(PgDefaultAcl, row);

        switch (of.defaclobjtype) {
        case 'r':
            what = "new relations ";
            break;
        case 'S':
            what = "new sequences ";
            break;
        case 'f':
            what = "new functions ";
            break;
        case 'T':
            what = "new types ";
            break;
        case 'n':
            what = "new schemas ";
            break;
        default:
            break;
        }
        role = role_name(of.defaclrole);
        if (of.defaclnamespace != 0)
            schema = schema_name(of.defaclnamespace);
        text = mem_printf("default privileges on %sbelonging to role %s%s%s", what, role,
                          schema != NULL ? " in schema " : "", schema != NULL ? schema : "");
    }
    catalog_scan_end(scan);
    return text;
}

static char *describe_parameter(Oid oid)
{
    const HeapTuple *row = syscache_pin(CACHE_PARAMETERACLOID, datum_of_u32(oid));
    const uint8_t *name;
    char *text;

    if (row == NULL)
        return NULL;
    name = varlena_packed(
        datum_varlena(syscache_get_set(CACHE_PARAMETERACLOID, row, PG_PARAMETER_ACL_COL_PARNAME)));
    text = mem_printf("parameter %.*s", (int)varlena_len(name), (const char *)varlena_bytes(name));
    syscache_unpin(row);
    return text;
}

/* What a kind of object is called, the cache that has it, and which column is its name. */
typedef struct SimpleKind {
    Oid catalog;
    CacheId cache;
    int name_column;
    const char *word;
} SimpleKind;

static const SimpleKind simple_kinds[] = {
    {PG_AM_CATALOG, CACHE_AMOID, PG_AM_COL_AMNAME, "access method"},
    {PG_AUTHID_CATALOG, CACHE_AUTHOID, PG_AUTHID_COL_ROLNAME, "role"},
    {PG_COLLATION_CATALOG, CACHE_COLLOID, PG_COLLATION_COL_COLLNAME, "collation"},
    {PG_DATABASE_CATALOG, CACHE_DATABASEOID, PG_DATABASE_COL_DATNAME, "database"},
    {PG_EXTENSION_CATALOG, CACHE_EXTENSIONOID, PG_EXTENSION_COL_EXTNAME, "extension"},
    {PG_LANGUAGE_CATALOG, CACHE_LANGOID, PG_LANGUAGE_COL_LANNAME, "language"},
    {PG_NAMESPACE_CATALOG, CACHE_NAMESPACEOID, PG_NAMESPACE_COL_NSPNAME, "schema"},
    {PG_OPCLASS_CATALOG, CACHE_CLAOID, PG_OPCLASS_COL_OPCNAME, "operator class"},
    {PG_OPFAMILY_CATALOG, CACHE_OPFAMILYOID, PG_OPFAMILY_COL_OPFNAME, "operator family"},
    {PG_TABLESPACE_CATALOG, CACHE_TABLESPACEOID, PG_TABLESPACE_COL_SPCNAME, "tablespace"},
};

static char *describe_simple(const SimpleKind *kind, Oid oid)
{
    const HeapTuple *row = syscache_pin(kind->cache, datum_of_u32(oid));
    char *text;

    if (row == NULL)
        return NULL;
    text = mem_printf(
        "%s %s", kind->word,
        (const char *)datum_pointer(syscache_get_set(kind->cache, row, kind->name_column)));
    syscache_unpin(row);
    return text;
}

static char *with_word(const char *word, const char *name)
{
    return name != NULL ? mem_printf("%s %s", word, name) : NULL;
}

static char *describe(const ObjectAddress *object)
{
    switch (object->catalog) {
    case PG_CLASS_CATALOG:
        return object->sub == 0 ? describe_relation(object->oid)
                                : describe_column(object->oid, object->sub);
    case PG_TYPE_CATALOG:
        return syscache_peek(CACHE_TYPEOID, datum_of_u32(object->oid)) != NULL
                   ? mem_printf("type %s", type_shown(object->oid))
                   : NULL;
    case PG_PROC_CATALOG:
        return with_word("function", function_shown(object->oid));
    case PG_OPERATOR_CATALOG:
        return with_word("operator", operator_shown(object->oid));
    case PG_ATTRDEF_CATALOG:
        return describe_default(object->oid);
    case PG_CONSTRAINT_CATALOG:
        return describe_constraint(object->oid);
    case PG_DEFAULT_ACL_CATALOG:
        return describe_default_rights(object->oid);
    case PG_PARAMETER_ACL_CATALOG:
        return describe_parameter(object->oid);
    case PG_REWRITE_CATALOG:
        return describe_rule(object->oid);
    case PG_TRIGGER_CATALOG:
        return describe_trigger(object->oid);
    default:
        break;
    }
    for (unsigned i = 0; i < ARRAY_LEN(simple_kinds); i++) {
        if (simple_kinds[i].catalog == object->catalog)
            return describe_simple(&simple_kinds[i], object->oid);
    }
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = err_fmt("objects of catalog %u are not supported yet", object->catalog));
}

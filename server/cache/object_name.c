/* object_name.c - names for people: identifiers in quotes, types, functions; object_name.h */
#include "common/base/base.h"

#include "server/cache/object_name.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "server/cache/namespace.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/config/setting.h"
#include "server/fmgr/fmgr.h"

static NameIsKeyword is_keyword;

void name_set_keyword_test(NameIsKeyword test)
{
    is_keyword = test;
}

static bool is_plain(const char *name)
{
    if (!(*name >= 'a' && *name <= 'z') && *name != '_')
        return false;
    for (const char *p = name; *p != '\0'; p++) {
        if (!(*p >= 'a' && *p <= 'z') && !(*p >= '0' && *p <= '9') && *p != '_')
            return false;
    }
    return is_keyword == NULL || !is_keyword(name);
}

const char *name_quoted(const char *name)
{
    StrBuf text;

    if (!setting.quote_all_identifiers && is_plain(name))
        return name;
    strbuf_init(&text);
    strbuf_add_char(&text, '"');
    for (const char *p = name; *p != '\0'; p++) {
        if (*p == '"')
            strbuf_add_char(&text, '"');
        strbuf_add_char(&text, *p);
    }
    strbuf_add_char(&text, '"');
    return text.text;
}

char *name_qualified(const char *schema, const char *name)
{
    if (schema == NULL)
        return mem_strdup(name_quoted(name));
    return mem_printf("%s.%s", name_quoted(schema), name_quoted(name));
}

const char *relation_name(Oid relation)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));

    return row == NULL ? NULL : mem_strdup(CACHE_ROW(PgClass, row)->relname);
}

const char *schema_name(Oid schema)
{
    const HeapTuple *row = syscache_peek(CACHE_NAMESPACEOID, datum_of_u32(schema));

    return row == NULL ? NULL : mem_strdup(CACHE_ROW(PgNamespace, row)->nspname);
}

const char *collation_name(Oid collation)
{
    const HeapTuple *row = syscache_peek(CACHE_COLLOID, datum_of_u32(collation));

    return row == NULL ? NULL : mem_strdup(CACHE_ROW(PgCollation, row)->collname);
}

char *collation_shown(Oid collation)
{
    const HeapTuple *row = syscache_pin(CACHE_COLLOID, datum_of_u32(collation));
    const char *schema = NULL;
    char *text;

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for collation %u", collation));
    if (!namespace_sees_collation(collation))
        schema = schema_name(CACHE_ROW(PgCollation, row)->collnamespace);
    text = name_qualified(schema, CACHE_ROW(PgCollation, row)->collname);
    syscache_unpin(row);
    return text;
}

char *function_signature(const char *name, const Oid *types, int count)
{
    StrBuf text;

    strbuf_init(&text);
    strbuf_add(&text, name);
    strbuf_add_char(&text, '(');
    for (int i = 0; i < count; i++) {
        if (i > 0)
            strbuf_add(&text, ", ");
        strbuf_add(&text, type_shown(types[i]));
    }
    strbuf_add_char(&text, ')');
    return text.text;
}

/* ---- Types ---- */

/* Types whose SQL name is not pg_type's. behind: what follows the modifier. */
typedef struct SqlTypeName {
    Oid type;
    const char *name;
    const char *behind;
    bool takes_typmod;
} SqlTypeName;

static const SqlTypeName sql_names[] = {
    {TYPE_BOOL, "boolean", "", false},
    {TYPE_INT8, "bigint", "", false},
    {TYPE_INT2, "smallint", "", false},
    {TYPE_INT4, "integer", "", false},
    {TYPE_FLOAT4, "real", "", false},
    {TYPE_FLOAT8, "double precision", "", false},
    {TYPE_VARCHAR, "character varying", "", true},
    {TYPE_TIME, "time", " without time zone", true},
    {TYPE_TIMESTAMP, "timestamp", " without time zone", true},
    {TYPE_TIMESTAMPTZ, "timestamp", " with time zone", true},
    {TYPE_INTERVAL, "interval", "", true},
    {TYPE_TIMETZ, "time", " with time zone", true},
    {TYPE_VARBIT, "bit varying", "", true},
    {TYPE_NUMERIC, "numeric", "", true},
};

/* The modifier as the type writes it, e.g. "(10,2)". */
static const char *typmod_text(const PgType *row, int32_t typmod)
{
    FmgrSite site;
    Datum arg = datum_of_i32(typmod);

    if (typmod < 0)
        return "";
    if (row->typmodout == 0)
        return mem_printf("(%d)", (int)typmod);
    fmgr_site_init(&site, row->typmodout, mem_current());
    return datum_pointer(fmgr_call(&site, 0, 1, &arg));
}

/* Without a modifier bpchar and bit are not what is meant by these words, which is length 1. */
static char *short_name(const PgType *row, int32_t typmod, unsigned flags)
{
    bool is_bit = row->oid == TYPE_BIT;
    const char *own = is_bit ? "\"bit\"" : "bpchar";
    const char *sql = is_bit ? "bit" : "character";

    if (typmod >= 0)
        return mem_printf("%s%s", sql, typmod_text(row, typmod));
    if (flags & TYPE_NAME_TYPMOD)
        return mem_strdup(is_bit ? own : "bpchar");
    return mem_strdup(sql);
}

static char *own_name(const PgType *row, int32_t typmod, unsigned flags)
{
    const char *schema = NULL;

    if ((flags & TYPE_NAME_QUALIFIED) || !namespace_sees_type(row->oid))
        schema = schema_name(row->typnamespace);
    return mem_printf("%s%s", name_qualified(schema, row->typname), typmod_text(row, typmod));
}

static char *plain_name(const PgType *row, int32_t typmod, unsigned flags)
{
    if (!(flags & TYPE_NAME_TYPMOD))
        typmod = -1;
    if (row->oid == TYPE_BPCHAR || row->oid == TYPE_BIT) {
        if (typmod < 0 && (flags & TYPE_NAME_TYPMOD))
            return (flags & TYPE_NAME_QUALIFIED) ? own_name(row, -1, flags)
                                                 : short_name(row, typmod, flags);
        return short_name(row, typmod, flags);
    }
    for (size_t i = 0; i < sizeof sql_names / sizeof *sql_names; i++) {
        const SqlTypeName *sql = &sql_names[i];

        if (sql->type != row->oid)
            continue;
        /* A modifier that is a mask of fields stands behind the name, after a blank. */
        return mem_printf("%s%s%s", sql->name, sql->takes_typmod ? typmod_text(row, typmod) : "",
                          sql->behind);
    }
    /* "char" is not char, and must not be read so. */
    if (row->oid == TYPE_CHAR)
        return mem_strdup((flags & TYPE_NAME_QUALIFIED) ? "pg_catalog.\"char\"" : "\"char\"");
    return own_name(row, typmod, flags);
}

char *type_name_extended(Oid type, int32_t typmod, unsigned flags)
{
    PgType row, element;

    if (type == 0 && (flags & TYPE_NAME_INVALID_OK))
        return mem_strdup("-");
    if (!type_find(type, &row)) {
        if (flags & TYPE_NAME_INVALID_OK)
            return mem_strdup("???");
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for type %u", type));
    }
    /* Arrays of fixed length, as oidvector, are called by their own name. */
    if (type_element(type) != 0 && row.typstorage != 'p' && type_find(row.typelem, &element))
        return mem_printf("%s[]", plain_name(&element, typmod, flags));
    return plain_name(&row, typmod, flags);
}

char *type_shown(Oid type)
{
    return type_name_extended(type, -1, TYPE_NAME_INVALID_OK);
}

char *type_name_with_typmod(Oid type, int32_t typmod)
{
    return type_name_extended(type, typmod, TYPE_NAME_TYPMOD);
}

char *type_name_qualified(Oid type)
{
    return type_name_extended(type, -1, TYPE_NAME_QUALIFIED);
}

/* reg.c - regclass, regtype and others that have a plain name; reg.h says how */
#include "common/base/base.h"

#include "server/sysfunc/reg.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/relation_name.h"
#include "server/object/role.h"
#include "server/parser/parser.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/name_list.h"
#include "server/sysfunc/value.h"

/* ---- Any kind ---- */

static bool take_number(const char *text, const char *nothing, Oid *oid)
{
    uint64_t value = 0;

    if (strcmp(text, nothing) == 0) {
        *oid = 0;
        return true;
    }
    if (!str_is_digits(text))
        return false;
    for (const char *p = text; *p != '\0'; p++) {
        value = value * 10 + (uint64_t)(*p - '0');
        if (value > UINT32_MAX)
            err_raise(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE,
                      .message = err_fmt("value \"%s\" is out of range for type %s", text, "oid"));
    }
    *oid = (Oid)value;
    return true;
}

Datum reg_in(FmgrCall *call, RegFind *find, const char *nothing)
{
    const char *text = fmgr_cstring(call, 0);
    Oid oid;

    if (!take_number(text, nothing, &oid))
        oid = find(text, false);
    return datum_of_u32(oid);
}

Datum reg_out(FmgrCall *call, RegName *name, const char *nothing)
{
    Oid oid = fmgr_u32(call, 0);
    char *text = oid == 0 ? mem_strdup(nothing) : name(oid);

    return datum_of_pointer(text != NULL ? text : mem_printf("%u", oid));
}

Datum reg_look_up(FmgrCall *call, RegFind *find)
{
    const uint8_t *packed = fmgr_packed(call, 0);
    char *text = mem_strndup((const char *)varlena_bytes(packed), varlena_len(packed));
    Oid oid = find(text, true);

    return oid != 0 ? datum_of_u32(oid) : fmgr_null(call);
}

char *reg_named(const RegNamed *kind, Oid oid)
{
    const HeapTuple *row = syscache_pin(kind->cache, datum_of_u32(oid));
    const uint8_t *fields;
    Oid schema;
    char *text;

    if (row == NULL)
        return NULL;
    fields = CACHE_ROW(uint8_t, row);
    memcpy(&schema, fields + kind->schema_at, sizeof schema);
    text = name_qualified(kind->is_seen(oid) ? NULL : schema_name(schema),
                          (const char *)fields + kind->name_at);
    syscache_unpin(row);
    return text;
}

/* ---- Relations ---- */

static Oid find_class(const char *text, bool is_missing_ok)
{
    return namespace_relation(range_var_of_names(name_list_of_text(text)), is_missing_ok);
}

static char *name_class(Oid oid)
{
    static const RegNamed kind = {CACHE_RELOID, offsetof(PgClass, relname),
                                  offsetof(PgClass, relnamespace), namespace_sees_relation};

    return reg_named(&kind, oid);
}

REG_TYPE(regclass, find_class, name_class, "-")
REG_TYPE_LOOKUP(regclass, find_class)

/* A cast, which knows no numbers. */
Datum text_regclass(FmgrCall *call)
{
    return datum_of_u32(find_class(value_cstring(call, 0), false));
}

/* ---- Types ---- */

static Oid find_type(const char *text, bool is_missing_ok)
{
    int32_t typmod;

    return analyzer_type_of_text(text, is_missing_ok, &typmod);
}

static char *name_type(Oid oid)
{
    return syscache_peek(CACHE_TYPEOID, datum_of_u32(oid)) != NULL ? type_shown(oid) : NULL;
}

REG_TYPE(regtype, find_type, name_type, "-")
REG_TYPE_LOOKUP(regtype, find_type)

/* ---- Schemas and roles, which have a bare name ---- */

static const char *bare_name(const char *text)
{
    const List *names = name_list_of_text(text);

    if (list_count(names) != 1)
        err_raise(SQLSTATE_INVALID_NAME, .message = "invalid name syntax");
    return ((const String *)list_at(names, 0))->value;
}

static char *quoted(const char *name)
{
    return name != NULL ? mem_strdup(name_quoted(name)) : NULL;
}

static Oid find_namespace(const char *text, bool is_missing_ok)
{
    const char *name = bare_name(text);
    Oid oid = namespace_find(name);

    if (oid == 0 && !is_missing_ok)
        err_raise(SQLSTATE_INVALID_SCHEMA_NAME,
                  .message = err_fmt("schema \"%s\" does not exist", name));
    return oid;
}

static char *name_namespace(Oid oid)
{
    return quoted(schema_name(oid));
}

REG_TYPE(regnamespace, find_namespace, name_namespace, "-")
REG_TYPE_LOOKUP(regnamespace, find_namespace)

static Oid find_role(const char *text, bool is_missing_ok)
{
    const char *name = bare_name(text);

    return is_missing_ok ? role_try_find(name) : role_find(name);
}

static char *name_role(Oid oid)
{
    return quoted(role_try_name(oid));
}

REG_TYPE(regrole, find_role, name_role, "-")
REG_TYPE_LOOKUP(regrole, find_role)

/* ---- Collations, and what text search has ---- */

static Oid find_collation(const char *text, bool is_missing_ok)
{
    return namespace_collation(name_list_of_text(text), is_missing_ok);
}

static char *name_collation(Oid oid)
{
    static const RegNamed kind = {CACHE_COLLOID, offsetof(PgCollation, collname),
                                  offsetof(PgCollation, collnamespace), namespace_sees_collation};

    return reg_named(&kind, oid);
}

REG_TYPE(regcollation, find_collation, name_collation, "-")
REG_TYPE_LOOKUP(regcollation, find_collation)

static Oid find_config(const char *text, bool is_missing_ok)
{
    return namespace_ts_config(name_list_of_text(text), is_missing_ok);
}

static char *name_config(Oid oid)
{
    static const RegNamed kind = {CACHE_TSCONFIGOID, offsetof(PgTsConfig, cfgname),
                                  offsetof(PgTsConfig, cfgnamespace), namespace_sees_ts_config};

    return reg_named(&kind, oid);
}

REG_TYPE(regconfig, find_config, name_config, "-")

static Oid find_dictionary(const char *text, bool is_missing_ok)
{
    return namespace_ts_dictionary(name_list_of_text(text), is_missing_ok);
}

static char *name_dictionary(Oid oid)
{
    static const RegNamed kind = {CACHE_TSDICTOID, offsetof(PgTsDict, dictname),
                                  offsetof(PgTsDict, dictnamespace), namespace_sees_ts_dictionary};

    return reg_named(&kind, oid);
}

REG_TYPE(regdictionary, find_dictionary, name_dictionary, "-")

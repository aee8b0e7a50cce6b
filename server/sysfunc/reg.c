/*
 * reg.c - the types that name objects by number: regclass, regtype, regnamespace and their kin
 *
 * A value is an OID. As text it is what names the object from here, with its schema where that is
 * needed; the number where there is no such object, "-" for 0. Text that is a number, or "-", is
 * taken as it is.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/num.h"
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

/* The object of that name; 0: none, and is_missing_ok. */
typedef Oid Finder(const char *text, bool is_missing_ok);

/* How it is written; NULL: there is none. In the current context. */
typedef char *Namer(Oid oid);

/* ---- Any kind ---- */

static bool take_number(const char *text, Oid *oid)
{
    uint64_t value = 0;

    if (strcmp(text, "-") == 0) {
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

static Datum read_text(FmgrCall *call, Finder *find)
{
    const char *text = fmgr_cstring(call, 0);
    Oid oid;

    if (!take_number(text, &oid))
        oid = find(text, false);
    return datum_of_u32(oid);
}

static Datum write_text(FmgrCall *call, Namer *name)
{
    Oid oid = fmgr_u32(call, 0);
    char *text = oid == 0 ? mem_strdup("-") : name(oid);

    return datum_of_pointer(text != NULL ? text : mem_printf("%u", oid));
}

/* to_regclass() and its kin: NULL for what is not there. */
static Datum look_up(FmgrCall *call, Finder *find)
{
    const uint8_t *packed = fmgr_packed(call, 0);
    char *text = mem_strndup((const char *)varlena_bytes(packed), varlena_len(packed));
    Oid oid;

    if (!take_number(text, &oid))
        oid = find(text, true);
    else if (oid == 0 && strcmp(text, "-") != 0)
        return fmgr_null(call);
    return oid != 0 ? datum_of_u32(oid) : fmgr_null(call);
}

/* ---- Relations ---- */

static Oid find_class(const char *text, bool is_missing_ok)
{
    return namespace_relation(range_var_of_names(name_list_of_text(text)), is_missing_ok);
}

static char *name_class(Oid oid)
{
    const HeapTuple *row = syscache_pin(CACHE_RELOID, datum_of_u32(oid));
    char *text;

    if (row == NULL)
        return NULL;
    text = name_qualified(
        namespace_sees_relation(oid) ? NULL : schema_name(CACHE_ROW(PgClass, row)->relnamespace),
        CACHE_ROW(PgClass, row)->relname);
    syscache_unpin(row);
    return text;
}

Datum regclassin(FmgrCall *call)
{
    return read_text(call, find_class);
}

Datum regclassout(FmgrCall *call)
{
    return write_text(call, name_class);
}

Datum to_regclass(FmgrCall *call)
{
    return look_up(call, find_class);
}

/* ---- Types ---- */

static Oid find_type(const char *text, bool is_missing_ok)
{
    const List *trees = parser_parse(text, PARSE_TYPE_NAME, (Encoding)namespace_get_encoding());
    const TypeName *name = list_at(trees, 0);
    int32_t typmod;

    return is_missing_ok ? analyzer_find_type(name, NULL, &typmod)
                         : analyzer_type(name, NULL, &typmod);
}

static char *name_type(Oid oid)
{
    return syscache_peek(CACHE_TYPEOID, datum_of_u32(oid)) != NULL ? type_shown(oid) : NULL;
}

Datum regtypein(FmgrCall *call)
{
    return read_text(call, find_type);
}

Datum regtypeout(FmgrCall *call)
{
    return write_text(call, name_type);
}

Datum to_regtype(FmgrCall *call)
{
    return look_up(call, find_type);
}

/* ---- Schemas and roles, which have a bare name ---- */

static const char *bare_name(const char *text)
{
    const List *names = name_list_of_text(text);

    if (list_count(names) != 1)
        err_raise(SQLSTATE_INVALID_NAME, .message = "invalid name syntax");
    return ((const String *)list_at(names, 0))->value;
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
    const char *name = schema_name(oid);

    return name != NULL ? mem_strdup(name_quoted(name)) : NULL;
}

Datum regnamespacein(FmgrCall *call)
{
    return read_text(call, find_namespace);
}

Datum regnamespaceout(FmgrCall *call)
{
    return write_text(call, name_namespace);
}

Datum to_regnamespace(FmgrCall *call)
{
    return look_up(call, find_namespace);
}

static Oid find_role(const char *text, bool is_missing_ok)
{
    const char *name = bare_name(text);

    return is_missing_ok ? role_try_find(name) : role_find(name);
}

static char *name_role(Oid oid)
{
    const char *name = role_try_name(oid);

    return name != NULL ? mem_strdup(name_quoted(name)) : NULL;
}

Datum regrolein(FmgrCall *call)
{
    return read_text(call, find_role);
}

Datum regroleout(FmgrCall *call)
{
    return write_text(call, name_role);
}

Datum to_regrole(FmgrCall *call)
{
    return look_up(call, find_role);
}

/* ---- Collations, and what text search has ---- */

static Oid find_collation(const char *text, bool is_missing_ok)
{
    return namespace_collation(name_list_of_text(text), is_missing_ok);
}

static char *name_collation(Oid oid)
{
    const HeapTuple *row = syscache_pin(CACHE_COLLOID, datum_of_u32(oid));
    char *text;

    if (row == NULL)
        return NULL;
    text = name_qualified(namespace_sees_collation(oid)
                              ? NULL
                              : schema_name(CACHE_ROW(PgCollation, row)->collnamespace),
                          CACHE_ROW(PgCollation, row)->collname);
    syscache_unpin(row);
    return text;
}

Datum regcollationin(FmgrCall *call)
{
    return read_text(call, find_collation);
}

Datum regcollationout(FmgrCall *call)
{
    return write_text(call, name_collation);
}

Datum to_regcollation(FmgrCall *call)
{
    return look_up(call, find_collation);
}

static Oid find_config(const char *text, bool is_missing_ok)
{
    return namespace_ts_config(name_list_of_text(text), is_missing_ok);
}

static char *name_config(Oid oid)
{
    const HeapTuple *row = syscache_pin(CACHE_TSCONFIGOID, datum_of_u32(oid));
    char *text;

    if (row == NULL)
        return NULL;
    text = name_qualified(namespace_sees_ts_config(oid)
                              ? NULL
                              : schema_name(CACHE_ROW(PgTsConfig, row)->cfgnamespace),
                          CACHE_ROW(PgTsConfig, row)->cfgname);
    syscache_unpin(row);
    return text;
}

Datum regconfigin(FmgrCall *call)
{
    return read_text(call, find_config);
}

Datum regconfigout(FmgrCall *call)
{
    return write_text(call, name_config);
}

/* ---- Functions by name alone ---- */

static Oid find_function(const char *text, bool is_missing_ok)
{
    const List *names = name_list_of_text(text);
    const FuncSearch search = {.names = names, .arg_count = -1, .is_missing_ok = is_missing_ok};
    const FuncCandidate *found = namespace_functions(&search);

    if (found == NULL && is_missing_ok)
        return 0;
    if (found == NULL)
        err_raise(SQLSTATE_UNDEFINED_FUNCTION,
                  .message = err_fmt("function \"%s\" does not exist", text));
    if (found->next != NULL) {
        if (is_missing_ok)
            return 0;
        err_raise(SQLSTATE_AMBIGUOUS_FUNCTION,
                  .message = err_fmt("more than one function named \"%s\"", text));
    }
    return found->oid;
}

/* Would the bare name lead to it, and to no other one? */
static bool is_only_one(Oid oid, const char *name)
{
    const FuncSearch search = {.names = list_of(node_string(name)), .arg_count = -1};
    const FuncCandidate *found = namespace_functions(&search);

    return found != NULL && found->next == NULL && found->oid == oid;
}

static char *name_function(Oid oid)
{
    const HeapTuple *row = syscache_pin(CACHE_PROCOID, datum_of_u32(oid));
    char *text;

    if (row == NULL)
        return NULL;
    text = name_qualified(is_only_one(oid, CACHE_ROW(PgProc, row)->proname)
                              ? NULL
                              : schema_name(CACHE_ROW(PgProc, row)->pronamespace),
                          CACHE_ROW(PgProc, row)->proname);
    syscache_unpin(row);
    return text;
}

Datum regprocin(FmgrCall *call)
{
    return read_text(call, find_function);
}

Datum regprocout(FmgrCall *call)
{
    return write_text(call, name_function);
}

Datum to_regproc(FmgrCall *call)
{
    return look_up(call, find_function);
}

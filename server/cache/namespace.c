/*
 * namespace.c - the search path and qualified names; namespace.h says what is found how
 *
 * The path is worked out when it is first needed and again when the setting, the user, the
 * temporary schema or pg_namespace have changed.
 */
#include "common/base/base.h"

#include "server/cache/namespace.h"

#include <stdio.h>
#include <string.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "server/cache/inval.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/config/setting.h"

typedef struct NamespaceLocal {
    MemContext *mem; /* of the path */
    SearchPath path;
    bool is_valid;
    char *setting; /* that the path was made of */
    Oid user;
    Oid temporary;
    int encoding;
    char database[NAME_SIZE];
    NamespaceRight may_use;
    uint64_t generation;
} NamespaceLocal;

static NamespaceLocal local = {.user = ROLE_SUPERUSER, .encoding = 6};

/* ---- The parts of the setting ---- */

static char *take_quoted(const char **rest)
{
    const char *p = *rest + 1;
    StrBuf word;

    strbuf_init(&word);
    for (; *p != '\0'; p++) {
        if (*p == '"') {
            if (p[1] != '"')
                break;
            p++;
        }
        strbuf_add_char(&word, *p);
    }
    *rest = *p == '"' ? p + 1 : p;
    return word.text;
}

static char *take_plain(const char **rest)
{
    const char *p = *rest;
    char *word;

    while (*p != '\0' && *p != ',' && *p != ' ' && (*p < '\t' || *p > '\r'))
        p++;
    word = mem_strndup(*rest, (size_t)(p - *rest));
    for (char *c = word; *c != '\0'; c++)
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 'a' - 'A') : *c;
    *rest = p;
    return word;
}

/* The next name of the list, or NULL at its end; the setting was checked when it was set. */
static char *take_name(const char **rest)
{
    const char *p = *rest;
    char *name;

    while (*p == ' ' || *p == ',' || (*p >= '\t' && *p <= '\r'))
        p++;
    *rest = p;
    if (*p == '\0')
        return NULL;
    name = *p == '"' ? take_quoted(rest) : take_plain(rest);
    if (strlen(name) >= NAME_SIZE)
        name[NAME_SIZE - 1] = '\0';
    return name;
}

/* ---- The path ---- */

static bool may_use(Oid schema)
{
    return local.may_use == NULL || local.may_use(schema, local.user);
}

static Oid schema_of_user(void)
{
    const HeapTuple *row = syscache_peek(CACHE_AUTHOID, datum_of_u32(local.user));
    char name[NAME_SIZE];

    if (row == NULL)
        return 0;
    memcpy(name, CACHE_ROW(PgAuthid, row)->rolname, NAME_SIZE);
    return namespace_find(name);
}

static bool has_schema(const Array *schemas, Oid schema)
{
    array_foreach(Oid, at, schemas) {
        if (*at == schema)
            return true;
    }
    return false;
}

static void add_schema(Array *schemas, Oid schema)
{
    if (schema != 0 && !has_schema(schemas, schema))
        *(Oid *)array_push(schemas) = schema;
}

/* The schema of one name; 0 when it does not count. */
static Oid schema_of_name(const char *name)
{
    Oid schema;

    if (str_equal(name, "pg_temp"))
        return local.temporary;
    schema = str_equal(name, "$user") ? schema_of_user() : namespace_find(name);
    return schema != 0 && may_use(schema) ? schema : 0;
}

static void fill_path(Array *all)
{
    Array listed;
    const char *rest = setting.search_path;
    char *name;

    array_init(&listed, sizeof(Oid));
    local.path.creates_temporary = false;
    while ((name = take_name(&rest)) != NULL) {
        if (str_equal(name, "pg_temp") && local.temporary == 0 && listed.count == 0)
            local.path.creates_temporary = true;
        add_schema(&listed, schema_of_name(name));
    }
    local.path.creation =
        listed.count > 0 && !local.path.creates_temporary ? *(Oid *)array_at(&listed, 0) : 0;

    if (local.temporary != 0 && !has_schema(&listed, local.temporary))
        add_schema(all, local.temporary);
    if (!has_schema(&listed, SCHEMA_CATALOG))
        add_schema(all, SCHEMA_CATALOG);
    array_foreach(Oid, schema, &listed)
        add_schema(all, *schema);
}

static bool is_same_path(const Array *schemas)
{
    return schemas->count == local.path.count &&
           memcmp(schemas->items, local.path.schemas, schemas->count * sizeof(Oid)) == 0;
}

static void make_path(void)
{
    MemContext *mem = mem_context_new(NULL, "search path");
    Array schemas;
    bool was_made = local.mem != NULL;

    MEM_SCOPE(mem) {
        array_init(&schemas, sizeof(Oid));
        fill_path(&schemas);
        local.setting = mem_strdup(setting.search_path);
    }
    if (!was_made || !is_same_path(&schemas))
        local.path.generation = ++local.generation;
    local.path.schemas = schemas.items;
    local.path.count = (unsigned)schemas.count;
    if (was_made)
        mem_delete(local.mem);
    local.mem = mem;
    local.is_valid = true;
}

const SearchPath *namespace_path(void)
{
    if (LIKELY(local.is_valid && str_equal(local.setting, setting.search_path)))
        return &local.path;
    make_path();
    return &local.path;
}

void namespace_forget(void)
{
    local.is_valid = false;
}

static void forget_on_row(Datum arg, CacheId id, uint32_t hash)
{
    (void)arg;
    (void)id;
    (void)hash;
    namespace_forget();
}

void namespace_init(void)
{
    inval_on_row(CACHE_NAMESPACEOID, forget_on_row, 0);
    inval_on_row(CACHE_AUTHOID, forget_on_row, 0);
}

void namespace_set_user(Oid role)
{
    local.user = role;
    namespace_forget();
}

Oid namespace_get_user(void)
{
    return local.user;
}

void namespace_set_temporary(Oid schema)
{
    local.temporary = schema;
    namespace_forget();
}

Oid namespace_get_temporary(void)
{
    return local.temporary;
}

void namespace_set_encoding(int encoding)
{
    local.encoding = encoding;
}

int namespace_get_encoding(void)
{
    return local.encoding;
}

void namespace_set_database(const char *name)
{
    snprintf(local.database, sizeof local.database, "%s", name);
}

const char *namespace_database(void)
{
    return local.database;
}

void namespace_set_right(NamespaceRight right)
{
    local.may_use = right;
    namespace_forget();
}

/* ---- Schemas and qualified names ---- */

Oid namespace_find(const char *name)
{
    const HeapTuple *row;

    if (strlen(name) >= NAME_SIZE)
        return 0;
    row = syscache_peek(CACHE_NAMESPACENAME, datum_of_pointer(name));
    return row == NULL ? 0 : CACHE_ROW(PgNamespace, row)->oid;
}

Oid namespace_explicit(const char *name, bool is_missing_ok)
{
    Oid schema;

    if (str_equal(name, "pg_temp") && local.temporary != 0)
        return local.temporary;
    schema = namespace_find(name);
    if (schema == 0) {
        if (is_missing_ok)
            return 0;
        err_raise(SQLSTATE_INVALID_SCHEMA_NAME,
                  .message = err_fmt("schema \"%s\" does not exist", name));
    }
    if (!may_use(schema))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = err_fmt("permission denied for schema %s", name));
    return schema;
}

static const char *part(const List *names, int i)
{
    return ((const String *)list_at(names, i))->value;
}

char *namespace_text(const List *names)
{
    StrBuf text;

    strbuf_init(&text);
    for (int i = 0; i < list_count(names); i++) {
        if (i > 0)
            strbuf_add_char(&text, '.');
        strbuf_add(&text, node_is(list_at(names, i), Star) ? "*" : part(names, i));
    }
    return text.text;
}

/* The database's own name may stand before the schema. */
static bool is_this_database(const char *name)
{
    return str_equal(name, namespace_database());
}

void namespace_require_this_database(const RangeVar *var)
{
    if (var->catalog != NULL && !is_this_database(var->catalog))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cross-database references are not implemented: "
                                     "\"%s.%s.%s\"",
                                     var->catalog, var->schema, var->relation));
}

void namespace_split(const List *names, const char **schema, const char **name)
{
    int count = list_count(names);

    *schema = count > 1 ? part(names, count - 2) : NULL;
    *name = part(names, count - 1);
    if (count == 3 && !is_this_database(part(names, 0)))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cross-database references are not implemented: %s",
                                     namespace_text(names)));
    if (count > 3)
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = err_fmt("improper qualified name (too many dotted names): %s",
                                     namespace_text(names)));
}

bool namespace_is_temporary(Oid schema)
{
    return schema != 0 && schema == local.temporary;
}

bool namespace_is_any_temporary(Oid schema)
{
    const HeapTuple *row = syscache_peek(CACHE_NAMESPACEOID, datum_of_u32(schema));
    const char *name;

    if (row == NULL)
        return false;
    name = CACHE_ROW(PgNamespace, row)->nspname;
    return str_starts_with(name, "pg_temp_") || str_starts_with(name, "pg_toast_temp_");
}

static bool has_temporary_name(const char *schema)
{
    return str_equal(schema, "pg_temp");
}

/* Whoever may make something there need not be able to look into it. */
static Oid schema_to_make_in(const char *name)
{
    Oid schema = namespace_find(name);

    if (schema == 0)
        err_raise(SQLSTATE_INVALID_SCHEMA_NAME,
                  .message = err_fmt("schema \"%s\" does not exist", name));
    return schema;
}

Oid namespace_for_new_relation(const RangeVar *var)
{
    const SearchPath *path;

    namespace_require_this_database(var);
    if (var->schema != NULL) {
        if (has_temporary_name(var->schema))
            return local.temporary;
        return schema_to_make_in(var->schema);
    }
    if (var->persistence == 't')
        return local.temporary;
    path = namespace_path();
    if (path->creates_temporary)
        return local.temporary;
    if (path->creation == 0)
        err_raise(SQLSTATE_INVALID_SCHEMA_NAME,
                  .message = "no schema has been selected to create in");
    return path->creation;
}

Oid namespace_for_new_object(const List *names, const char **name)
{
    const char *schema;
    const SearchPath *path;

    namespace_split(names, &schema, name);
    if (schema != NULL)
        return has_temporary_name(schema) && local.temporary != 0
                   ? local.temporary
                   : schema_to_make_in(schema);
    path = namespace_path();
    if (path->creates_temporary)
        return local.temporary;
    if (path->creation == 0)
        err_raise(SQLSTATE_INVALID_SCHEMA_NAME,
                  .message = "no schema has been selected to create in");
    return path->creation;
}

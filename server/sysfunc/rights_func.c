/*
 * rights_func.c - has_table_privilege() and its kin, pg_has_role()
 *
 * Each function of SQL has a form for each way to say who and what: roles by name or number, or the
 * current one; objects by name or number. All forms of a kind are one function here, which reads in
 * its name which one it is: has_KIND_privilege_name_id takes a role's name and an object's number.
 *
 * Of several rights in the list ("SELECT, INSERT WITH GRANT OPTION") any one will do. What is
 * named by a number that is nobody's gives NULL.
 */
#include "common/base/base.h"

#include <string.h>
#include <strings.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/relation.h"
#include "server/cache/namespace.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/find_object.h"
#include "server/command/relation_name.h"
#include "server/command/shared_name.h"
#include "server/object/parameter_right.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/name_list.h"
#include "server/sysfunc/value.h"
#include "server/types/acl.h"

/* A kind of object. */
typedef struct Kind {
    Oid catalog;
    Oid (*find)(const char *name); /* raises when there is none */
    Rights rights;                 /* that can be asked for */
} Kind;

/* Which form of a function it is: kept with the site of the call. */
typedef struct Form {
    bool has_role, role_is_name, object_is_name, column_is_name;
} Form;

#define TABLE_RIGHTS                                                                              \
 (RIGHT_INSERT | RIGHT_SELECT | RIGHT_UPDATE | RIGHT_DELETE | RIGHT_TRUNCATE | RIGHT_REFERENCES | \
  RIGHT_TRIGGER)
#define COLUMN_RIGHTS (RIGHT_INSERT | RIGHT_SELECT | RIGHT_UPDATE | RIGHT_REFERENCES)

/* ---- Forms ---- */

static bool ends_in(const char **end, const char *start, const char *word)
{
    size_t len = strlen(word);

    if ((size_t)(*end - start) < len || memcmp(*end - len, word, len) != 0)
        return false;
    *end -= len;
    return true;
}

/* Words behind has_x_privilege, from the last: [role] object [column]. */
static void read_form(const char *source, bool has_column, Form *out)
{
    const char *end = source + strlen(source);

    if (has_column) {
        out->column_is_name = ends_in(&end, source, "_name");
        if (!out->column_is_name)
            ends_in(&end, source, "_attnum");
    }
    out->object_is_name = ends_in(&end, source, "_name");
    if (!out->object_is_name)
        ends_in(&end, source, "_id");
    out->role_is_name = ends_in(&end, source, "_name");
    out->has_role = out->role_is_name || ends_in(&end, source, "_id");
}

static const Form *form_of(FmgrCall *call, bool has_column)
{
    FmgrSite *site = call->site;
    const HeapTuple *row;
    const uint8_t *source;
    Form *form;

    if (site->extra != NULL)
        return site->extra;
    row = syscache_pin(CACHE_PROCOID, datum_of_u32(site->oid));
    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for function %u", site->oid));
    source =
        varlena_packed(datum_varlena(syscache_get_set(CACHE_PROCOID, row, PG_PROC_COL_PROSRC)));
    MEM_SCOPE(site->mem) {
        form = mem_new(Form);
    }
    read_form(mem_strndup((const char *)varlena_bytes(source), varlena_len(source)), has_column,
              form);
    syscache_unpin(row);
    site->extra = form;
    return form;
}

/* ---- Arguments ---- */

/* The first one of those that say whose rights are asked for. */
static Oid role_arg(FmgrCall *call, const Form *form, bool is_public_known)
{
    const char *name;

    if (!form->has_role)
        return role_current();
    if (!form->role_is_name)
        return fmgr_u32(call, 0);
    name = fmgr_pointer(call, 0);
    if (is_public_known && strcmp(name, "public") == 0)
        return ROLE_EVERYBODY;
    return role_find(name);
}

/* One of a list, blanks around it cut off. */
static Rights right_of_word(char *word, Rights known)
{
    static const char with_option[] = " WITH GRANT OPTION";
    size_t len;
    Rights right = 0;
    bool has_option;

    word = value_trimmed(word);
    len = strlen(word);
    has_option = len >= sizeof with_option &&
                 strcasecmp(word + len - (sizeof with_option - 1), with_option) == 0;
    if (has_option)
        len -= sizeof with_option - 1;
    for (unsigned i = 0; i < RIGHT_COUNT && right == 0; i++) {
        const char *name = acl_right_name(i);

        if (strlen(name) == len && strncasecmp(name, word, len) == 0)
            right = 1U << i;
    }
    if (len == 4 && strncasecmp(word, "TEMP", len) == 0)
        right = RIGHT_TEMPORARY;
    if (len == 4 && strncasecmp(word, "RULE", len) == 0 && known == TABLE_RIGHTS)
        return RIGHTS_NONE;
    if (right == 0 || (right & ~known) != 0)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("unrecognized privilege type: \"%s\"", word));
    return has_option ? right << RIGHTS_GRANT_BITS : right;
}

/* The last argument. */
static Rights rights_arg(const FmgrCall *call, Rights known)
{
    char *word = value_cstring(call, call->nargs - 1);
    Rights rights = RIGHTS_NONE;

    for (char *next; word != NULL; word = next) {
        next = strchr(word, ',');
        if (next != NULL)
            *next++ = '\0';
        rights |= right_of_word(word, known);
    }
    return rights;
}

/* ---- Objects that have one list ---- */

static bool is_there(Oid catalog, Oid oid)
{
    return syscache_peek(rights_class(catalog)->cache, datum_of_u32(oid)) != NULL;
}

static Datum ask(FmgrCall *call, const Kind *kind)
{
    const Form *form = form_of(call, false);
    int at = form->has_role ? 1 : 0;
    Oid role = role_arg(call, form, true);
    Oid oid = form->object_is_name ? kind->find(value_cstring(call, at)) : fmgr_u32(call, at);
    Rights wanted = rights_arg(call, kind->rights);

    if (!is_there(kind->catalog, oid))
        return fmgr_null(call);
    return datum_of_bool(rights_of(kind->catalog, oid, role, wanted, true) != RIGHTS_NONE);
}

static Oid find_relation(const char *text)
{
    return namespace_relation(range_var_of_names(name_list_of_text(text)), false);
}

Datum has_table_privilege(FmgrCall *call)
{
    static const Kind kind = {PG_CLASS_CATALOG, find_relation, TABLE_RIGHTS};

    return ask(call, &kind);
}

Datum has_sequence_privilege(FmgrCall *call)
{
    static const Kind kind = {PG_CLASS_CATALOG, find_relation,
                              RIGHT_USAGE | RIGHT_SELECT | RIGHT_UPDATE};
    const Form *form = form_of(call, false);
    int at = form->has_role ? 1 : 0;
    Oid oid = form->object_is_name ? find_relation(value_cstring(call, at)) : fmgr_u32(call, at);
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(oid));

    if (row != NULL && CACHE_ROW(PgClass, row)->relkind != RELATION_SEQUENCE)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("\"%s\" is not a sequence", CACHE_ROW(PgClass, row)->relname));
    return ask(call, &kind);
}

static Oid find_database(const char *name)
{
    return database_of_name(name, false);
}

Datum has_database_privilege(FmgrCall *call)
{
    static const Kind kind = {PG_DATABASE_CATALOG, find_database,
                              RIGHT_CREATE | RIGHT_TEMPORARY | RIGHT_CONNECT};

    return ask(call, &kind);
}

/* As a type that names objects takes it. */
static Oid read_object(Datum (*input)(FmgrCall *), const char *text)
{
    FMGR_CALL_LOCAL(call, 1);

    fmgr_call_init(call, NULL, 1, 0);
    call->args[0] = (NullableDatum){.value = datum_of_pointer(text)};
    return datum_u32(input(call));
}

static Oid find_function(const char *text)
{
    Oid oid = read_object(regprocedurein, text);

    if (oid == 0)
        err_raise(SQLSTATE_UNDEFINED_FUNCTION,
                  .message = err_fmt("function \"%s\" does not exist", text));
    return oid;
}

Datum has_function_privilege(FmgrCall *call)
{
    static const Kind kind = {PG_PROC_CATALOG, find_function, RIGHT_EXECUTE};

    return ask(call, &kind);
}

static Oid find_type(const char *text)
{
    Oid oid = read_object(regtypein, text);

    if (oid == 0)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("type \"%s\" does not exist", text));
    return oid;
}

Datum has_type_privilege(FmgrCall *call)
{
    static const Kind kind = {PG_TYPE_CATALOG, find_type, RIGHT_USAGE};

    return ask(call, &kind);
}

static Oid find_named(ObjectKind kind, const char *name)
{
    return object_find(kind, (const Node *)(const void *)node_string(name)).oid;
}

static Oid find_language(const char *name)
{
    return find_named(OBJECT_LANGUAGE, name);
}

Datum has_language_privilege(FmgrCall *call)
{
    static const Kind kind = {PG_LANGUAGE_CATALOG, find_language, RIGHT_USAGE};

    return ask(call, &kind);
}

static Oid find_schema(const char *name)
{
    return find_named(OBJECT_SCHEMA, name);
}

Datum has_schema_privilege(FmgrCall *call)
{
    static const Kind kind = {PG_NAMESPACE_CATALOG, find_schema, RIGHT_CREATE | RIGHT_USAGE};

    return ask(call, &kind);
}

static Oid find_tablespace(const char *name)
{
    return find_named(OBJECT_TABLESPACE, name);
}

Datum has_tablespace_privilege(FmgrCall *call)
{
    static const Kind kind = {PG_TABLESPACE_CATALOG, find_tablespace, RIGHT_CREATE};

    return ask(call, &kind);
}

static Oid find_wrapper(const char *name)
{
    return find_named(OBJECT_FDW, name);
}

Datum has_foreign_data_wrapper_privilege(FmgrCall *call)
{
    static const Kind kind = {PG_FOREIGN_DATA_WRAPPER_CATALOG, find_wrapper, RIGHT_USAGE};

    return ask(call, &kind);
}

static Oid find_server(const char *name)
{
    return find_named(OBJECT_FOREIGN_SERVER, name);
}

Datum has_server_privilege(FmgrCall *call)
{
    static const Kind kind = {PG_FOREIGN_SERVER_CATALOG, find_server, RIGHT_USAGE};

    return ask(call, &kind);
}

/* Settings have names alone, and need no row. */
Datum has_parameter_privilege(FmgrCall *call)
{
    const Form *form = form_of(call, false);
    Oid role = role_arg(call, form, true);
    const char *name = value_cstring(call, form->has_role ? 1 : 0);
    Rights wanted = rights_arg(call, RIGHT_SET | RIGHT_ALTER_SYSTEM);

    return datum_of_bool(parameter_has_any_right(name, role, wanted));
}

/* ---- Columns ---- */

static bool has_on_table(Oid table, Oid role, Rights wanted)
{
    return rights_of(PG_CLASS_CATALOG, table, role, wanted, true) != RIGHTS_NONE;
}

Datum has_any_column_privilege(FmgrCall *call)
{
    const Form *form = form_of(call, false);
    int at = form->has_role ? 1 : 0;
    Oid role = role_arg(call, form, true);
    Oid oid = form->object_is_name ? find_relation(value_cstring(call, at)) : fmgr_u32(call, at);
    Rights wanted = rights_arg(call, COLUMN_RIGHTS);

    if (!is_there(PG_CLASS_CATALOG, oid))
        return fmgr_null(call);
    return datum_of_bool(has_on_table(oid, role, wanted) ||
                         rights_of_any_column(oid, role, wanted));
}

/* 0: it was dropped, or the table is not there. */
static int16_t find_column(Oid table, const char *name)
{
    const HeapTuple *row =
        syscache_peek2(CACHE_ATTNAME, datum_of_u32(table), datum_of_pointer(name));
    const char *relation;

    if (row != NULL)
        return CACHE_ROW(PgAttribute, row)->attisdropped ? 0 : CACHE_ROW(PgAttribute, row)->attnum;
    row = syscache_peek(CACHE_RELOID, datum_of_u32(table));
    if (row == NULL)
        return 0;
    relation = CACHE_ROW(PgClass, row)->relname;
    err_raise(SQLSTATE_UNDEFINED_COLUMN,
              .message =
                  err_fmt("column \"%s\" of relation \"%s\" does not exist", name, relation));
}

static bool has_column(Oid table, int16_t number)
{
    const HeapTuple *row = syscache_peek2(CACHE_ATTNUM, datum_of_u32(table), datum_of_i16(number));

    return row != NULL && !CACHE_ROW(PgAttribute, row)->attisdropped;
}

Datum has_column_privilege(FmgrCall *call)
{
    const Form *form = form_of(call, true);
    int at = form->has_role ? 1 : 0;
    Oid role = role_arg(call, form, true);
    Oid oid = form->object_is_name ? find_relation(value_cstring(call, at)) : fmgr_u32(call, at);
    int16_t number = form->column_is_name ? find_column(oid, value_cstring(call, at + 1))
                                          : fmgr_i16(call, at + 1);
    Rights wanted = rights_arg(call, COLUMN_RIGHTS);

    if (!has_column(oid, number) || !is_there(PG_CLASS_CATALOG, oid))
        return fmgr_null(call);
    return datum_of_bool(has_on_table(oid, role, wanted) ||
                         rights_of_column(oid, number, role, wanted, true) != RIGHTS_NONE);
}

/* ---- Roles ---- */

/* What can be asked of a membership. */
enum { ASK_USAGE = 1, ASK_MEMBER = 2, ASK_ADMIN = 4 };

static unsigned memberships_arg(const FmgrCall *call)
{
    static const struct {
        const char *word;
        unsigned bit;
    } known[] = {
        {"USAGE", ASK_USAGE},
        {"MEMBER", ASK_MEMBER},
        {"USAGE WITH GRANT OPTION", ASK_ADMIN},
        {"USAGE WITH ADMIN OPTION", ASK_ADMIN},
        {"MEMBER WITH GRANT OPTION", ASK_ADMIN},
        {"MEMBER WITH ADMIN OPTION", ASK_ADMIN},
    };
    char *word = value_cstring(call, call->nargs - 1);
    unsigned asked = 0;

    for (char *next; word != NULL; word = next) {
        unsigned i = 0;

        next = strchr(word, ',');
        if (next != NULL)
            *next++ = '\0';
        word = value_trimmed(word);
        while (i < ARRAY_LEN(known) && strcasecmp(known[i].word, word) != 0)
            i++;
        if (i == ARRAY_LEN(known))
            err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                      .message = err_fmt("unrecognized privilege type: \"%s\"", word));
        asked |= known[i].bit;
    }
    return asked;
}

Datum pg_has_role(FmgrCall *call)
{
    const Form *form = form_of(call, false);
    int at = form->has_role ? 1 : 0;
    Oid member = role_arg(call, form, false);
    Oid role = form->object_is_name ? role_find(fmgr_pointer(call, at)) : fmgr_u32(call, at);
    unsigned asked = memberships_arg(call);

    return datum_of_bool(((asked & ASK_ADMIN) != 0 && role_is_admin_of(member, role)) ||
                         ((asked & ASK_MEMBER) != 0 && role_is_member(member, role)) ||
                         ((asked & ASK_USAGE) != 0 && role_has_rights_of(member, role)));
}

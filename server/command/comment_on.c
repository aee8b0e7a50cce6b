/* comment_on.c - COMMENT ON: which object is meant */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/comment.h"
#include "server/command/find_object.h"
#include "server/command/make.h"
#include "server/command/make_trigger.h"
#include "server/command/relation_name.h"
#include "server/command/rule.h"
#include "server/command/shared_name.h"
#include "server/lock/lock_object.h"
#include "server/object/rights.h"
#include "server/object/role.h"

/* Kinds of relations, by what the statement calls them. */
typedef struct RelationWord {
    ObjectKind kind;
    const char *kinds; /* of pg_class */
    const char *words;
} RelationWord;

static const RelationWord relation_words[] = {
    {OBJECT_TABLE, "rp", "a table"},
    {OBJECT_VIEW, "v", "a view"},
    {OBJECT_MATVIEW, "m", "a materialized view"},
    {OBJECT_INDEX, "iI", "an index"},
    {OBJECT_SEQUENCE, "S", "a sequence"},
    {OBJECT_FOREIGN_TABLE, "f", "a foreign table"},
};

static ObjectAddress find_relation(const CommentStmt *stmt, const List *names);
static ObjectAddress find_column(const List *names);
static ObjectAddress find_constraint(const List *names);
static ObjectAddress find_trigger(const List *names);
static ObjectAddress find_cast(const CommentStmt *stmt, const List *types);
static ObjectAddress find_role(const char *name);
static ObjectAddress find_type(ObjectKind kind, const TypeName *name);
static ObjectAddress find_domain_constraint(const List *names);
static ObjectAddress find_rule(const List *names);
static ObjectAddress find_access_method(const char *name);
static ObjectAddress find_other(const CommentStmt *stmt);
static bool is_missing_database(const CommentStmt *stmt);

void command_comment(CommandCall *call)
{
    const CommentStmt *stmt = (const CommentStmt *)(const void *)call->statement;
    const List *names = (const List *)(const void *)stmt->object;
    const String *name = (const String *)(const void *)stmt->object;
    ObjectAddress object;

    if (is_missing_database(stmt))
        return;
    switch (stmt->kind) {
    case OBJECT_TABLE:
    case OBJECT_VIEW:
    case OBJECT_MATVIEW:
    case OBJECT_FOREIGN_TABLE:
    case OBJECT_INDEX:
    case OBJECT_SEQUENCE:
        object = find_relation(stmt, names);
        break;
    case OBJECT_COLUMN:
        object = find_column(names);
        break;
    case OBJECT_TABLE_CONSTRAINT:
        object = find_constraint(names);
        break;
    case OBJECT_TRIGGER:
        object = find_trigger(names);
        break;
    case OBJECT_RULE:
        object = find_rule(names);
        break;
    case OBJECT_TYPE:
    case OBJECT_DOMAIN:
        object = find_type(stmt->kind, (const TypeName *)(const void *)stmt->object);
        break;
    case OBJECT_DOMAIN_CONSTRAINT:
        object = find_domain_constraint(names);
        break;
    case OBJECT_ROLE:
        object = find_role(name->value);
        break;
    case OBJECT_ACCESS_METHOD:
        object = find_access_method(name->value);
        break;
    case OBJECT_CAST:
        object = find_cast(stmt, names);
        break;
    case OBJECT_LARGE_OBJECT:
        object = object_find(stmt->kind, stmt->object);
        rights_require_owner(object.catalog, object.oid, role_current());
        /* The rows of its data are what catalogs speak of. */
        object.catalog = PG_LARGEOBJECT_CATALOG;
        break;
    case OBJECT_TS_PARSER:
    case OBJECT_TS_TEMPLATE:
        object = object_find(stmt->kind, stmt->object);
        if (!role_is_superuser(role_current()))
            err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE, .message = "must be superuser");
        break;
    default:
        object = find_other(stmt);
        break;
    }
    comment_set(&object, stmt->comment);
}

static ObjectAddress find_relation(const CommentStmt *stmt, const List *names)
{
    Oid oid =
        relation_of_name(range_var_of_names(names), LOCK_SHARE_UPDATE_EXCLUSIVE, 0, NULL, NULL);
    Relation *rel = relation_open(oid, LOCK_NONE);

    for (unsigned i = 0; i < ARRAY_LEN(relation_words); i++) {
        if (relation_words[i].kind == stmt->kind &&
            strchr(relation_words[i].kinds, rel->kind) == NULL)
            err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                      .message = err_fmt("\"%s\" is not %s", rel->name, relation_words[i].words));
    }
    rights_require_owner(PG_CLASS_CATALOG, oid, role_current());
    relation_close(rel, LOCK_NONE);
    return object_address(PG_CLASS_CATALOG, oid);
}

static List *without_last(const List *names)
{
    List *out = NULL;

    for (int i = 0; i + 1 < list_count(names); i++)
        out = list_add(out, list_at(names, i));
    return out;
}

static ObjectAddress find_column(const List *names)
{
    const char *column = ((const String *)list_last(names))->value;
    ObjectAddress object = {PG_CLASS_CATALOG, 0, 0};
    const Column *system;
    Relation *rel;

    if (list_count(names) < 2)
        err_raise(SQLSTATE_SYNTAX_ERROR, .message = "column name must be qualified");
    object.oid = relation_of_name(range_var_of_names(without_last(names)),
                                  LOCK_SHARE_UPDATE_EXCLUSIVE, 0, NULL, NULL);
    rel = relation_open(object.oid, LOCK_NONE);
    system = relation_find_system_column(column);
    if (system != NULL)
        object.sub = system->number;
    for (unsigned i = 0; i < rel->desc->count; i++) {
        if (!rel->desc->columns[i].is_dropped && strcmp(rel->desc->columns[i].name, column) == 0)
            object.sub = (int32_t)i + 1;
    }
    if (object.sub == 0)
        err_raise(SQLSTATE_UNDEFINED_COLUMN,
                  .message = err_fmt("column \"%s\" of relation \"%s\" does not exist", column,
                                     rel->name));
    relation_require_owner(object.oid);
    if (rel->kind != RELATION_TABLE && rel->kind != RELATION_VIEW &&
        rel->kind != RELATION_MATERIALIZED_VIEW && rel->kind != RELATION_COMPOSITE_TYPE &&
        rel->kind != RELATION_FOREIGN_TABLE && rel->kind != RELATION_PARTITIONED_TABLE)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("cannot set comment on relation \"%s\"", rel->name),
                  .detail = relation_kind_refusal(rel->kind));
    relation_close(rel, LOCK_NONE);
    return object;
}

static ObjectAddress find_constraint(const List *names)
{
    const char *name = ((const String *)list_last(names))->value;
    Oid table = relation_of_name(range_var_of_names(without_last(names)),
                                 LOCK_SHARE_UPDATE_EXCLUSIVE, 0, NULL, NULL);
    Oid oid = constraint_find(table, name);

    if (oid == 0) {
        const String *relation = list_at(names, list_count(names) - 2);

        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("constraint \"%s\" for table \"%s\" does not exist", name,
                                     relation->value));
    }
    relation_require_owner(table);
    return object_address(PG_CONSTRAINT_CATALOG, oid);
}

static ObjectAddress find_trigger(const List *names)
{
    const char *name = ((const String *)list_last(names))->value;
    Oid table = relation_of_name(range_var_of_names(without_last(names)),
                                 LOCK_SHARE_UPDATE_EXCLUSIVE, 0, NULL, NULL);
    Oid oid = trigger_find(table, name);

    if (oid == 0)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("trigger \"%s\" for table \"%s\" does not exist", name,
                                     ((const String *)list_at(names, list_count(names) - 2))
                                         ->value));
    relation_require_owner(table);
    return object_address(PG_TRIGGER_CATALOG, oid);
}

/* A script of another database may speak of it under its old name: that is to go on. */
static bool is_missing_database(const CommentStmt *stmt)
{
    const char *name;

    if (stmt->kind != OBJECT_DATABASE)
        return false;
    name = ((const String *)(const void *)stmt->object)->value;
    if (database_of_name(name, true) != 0)
        return false;
    err_log(ERR_WARNING, .sqlstate = SQLSTATE_INVALID_CATALOG_NAME,
            .message = err_fmt("database \"%s\" does not exist", name));
    return true;
}

static ObjectAddress find_rule(const List *names)
{
    const char *name = ((const String *)list_last(names))->value;
    Oid table = relation_of_name(range_var_of_names(without_last(names)),
                                 LOCK_SHARE_UPDATE_EXCLUSIVE, 0, NULL, NULL);
    Oid oid = rule_find(table, name);

    if (oid == 0)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message =
                      err_fmt("rule \"%s\" for relation \"%s\" does not exist", name,
                              ((const String *)list_at(names, list_count(names) - 2))->value));
    relation_require_owner(table);
    return object_address(PG_REWRITE_CATALOG, oid);
}

static ObjectAddress find_type(ObjectKind kind, const TypeName *name)
{
    int32_t typmod;
    Oid oid = 0, found = analyzer_type((TypeName *)(uintptr_t)name, NULL, &typmod);

    while (oid != found) {
        oid = found;
        if (kind == OBJECT_DOMAIN &&
            CACHE_ROW(PgType, syscache_peek(CACHE_TYPEOID, datum_of_u32(oid)))->typtype != 'd')
            err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                      .message = err_fmt("\"%s\" is not a domain",
                                         ((const String *)list_last(name->names))->value));
        lock_object(PG_TYPE_CATALOG, oid, 0, LOCK_SHARE_UPDATE_EXCLUSIVE);
        /* It may have gone while the lock was waited for. */
        found = analyzer_type((TypeName *)(uintptr_t)name, NULL, &typmod);
    }
    rights_require_owner(PG_TYPE_CATALOG, oid, role_current());
    return object_address(PG_TYPE_CATALOG, oid);
}

/* The domain, and the name. */
static ObjectAddress find_domain_constraint(const List *names)
{
    const char *name = ((const String *)list_at(names, 1))->value;
    ObjectAddress domain = find_type(OBJECT_DOMAIN, list_at(names, 0));
    Oid oid = constraint_find_of_domain(domain.oid, name);

    if (oid == 0)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("constraint \"%s\" for domain %s does not exist", name,
                                     type_shown(domain.oid)));
    return object_address(PG_CONSTRAINT_CATALOG, oid);
}

/* Of whoever owns one of its types. */
static ObjectAddress find_cast(const CommentStmt *stmt, const List *types)
{
    ObjectAddress object = object_find(stmt->kind, stmt->object);
    int32_t typmod;
    Oid from = analyzer_type((TypeName *)list_at(types, 0), NULL, &typmod);
    Oid to = analyzer_type((TypeName *)list_at(types, 1), NULL, &typmod);

    if (!rights_is_owner(PG_TYPE_CATALOG, from, role_current()) &&
        !rights_is_owner(PG_TYPE_CATALOG, to, role_current())) {
        const char *of_from = type_shown(from), *of_to = type_shown(to);

        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = err_fmt("must be owner of type %s or type %s", of_from, of_to));
    }
    lock_object(object.catalog, object.oid, 0, LOCK_SHARE_UPDATE_EXCLUSIVE);
    return object;
}

static ObjectAddress find_role(const char *name)
{
    Oid oid = role_find(name);

    if (role_is_superuser(oid) && !role_is_superuser(role_current()))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE, .message = "must be superuser");
    if (!role_has_attribute(role_current(), ROLE_MAY_CREATE_ROLE))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE, .message = "must have CREATEROLE privilege");
    lock_shared_object(PG_AUTHID_CATALOG, oid, 0, LOCK_SHARE_UPDATE_EXCLUSIVE);
    /* It may have gone while the lock was waited for. */
    (void)role_find(name);
    return object_address(PG_AUTHID_CATALOG, oid);
}

static ObjectAddress find_access_method(const char *name)
{
    const HeapTuple *row = syscache_peek(CACHE_AMNAME, datum_of_pointer(name));
    Oid oid = row != NULL ? CACHE_ROW(PgAm, row)->oid : 0;

    if (oid == 0)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("access method \"%s\" does not exist", name));
    if (!role_is_superuser(role_current()))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE, .message = "must be superuser");
    return object_address(PG_AM_CATALOG, oid);
}

/* Of those kinds that have owners like others. */
static ObjectAddress find_other(const CommentStmt *stmt)
{
    ObjectAddress object = {0, 0, 0}, found;

    switch (stmt->kind) {
    case OBJECT_AGGREGATE:
    case OBJECT_COLLATION:
    case OBJECT_CONVERSION:
    case OBJECT_DATABASE:
    case OBJECT_EVENT_TRIGGER:
    case OBJECT_EXTENSION:
    case OBJECT_FDW:
    case OBJECT_FOREIGN_SERVER:
    case OBJECT_FUNCTION:
    case OBJECT_LANGUAGE:
    case OBJECT_OPCLASS:
    case OBJECT_OPERATOR:
    case OBJECT_OPFAMILY:
    case OBJECT_PROCEDURE:
    case OBJECT_PUBLICATION:
    case OBJECT_ROUTINE:
    case OBJECT_SCHEMA:
    case OBJECT_STATISTICS:
    case OBJECT_SUBSCRIPTION:
    case OBJECT_TABLESPACE:
    case OBJECT_TS_CONFIGURATION:
    case OBJECT_TS_DICTIONARY:
        break;
    default:
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "COMMENT on this kind of object is not supported yet");
    }
    found = object_find(stmt->kind, stmt->object);
    while (!object_equal(&object, &found)) {
        object = found;
        if (catalog_is_shared(object.catalog))
            lock_shared_object(object.catalog, object.oid, 0, LOCK_SHARE_UPDATE_EXCLUSIVE);
        else
            lock_object(object.catalog, object.oid, 0, LOCK_SHARE_UPDATE_EXCLUSIVE);
        /* It may have gone while the lock was waited for. */
        found = object_find(stmt->kind, stmt->object);
    }
    rights_require_owner(object.catalog, object.oid, role_current());
    return object;
}

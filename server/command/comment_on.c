/* comment_on.c - COMMENT ON: which object is meant */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "server/cache/namespace.h"
#include "server/cache/relation_open.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/comment.h"
#include "server/command/make.h"
#include "server/command/make_trigger.h"
#include "server/command/relation_name.h"
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
};

static ObjectAddress find_relation(const CommentStmt *stmt, const List *names);
static ObjectAddress find_column(const List *names);
static ObjectAddress find_constraint(const List *names);
static ObjectAddress find_trigger(const List *names);
static ObjectAddress find_schema(const char *name);

void command_comment(CommandCall *call)
{
    const CommentStmt *stmt = (const CommentStmt *)(const void *)call->statement;
    const List *names = (const List *)(const void *)stmt->object;
    ObjectAddress object;

    switch (stmt->kind) {
    case OBJECT_TABLE:
    case OBJECT_VIEW:
    case OBJECT_MATVIEW:
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
    case OBJECT_SCHEMA:
        object = find_schema(((const String *)(const void *)stmt->object)->value);
        break;
    default:
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "COMMENT on this kind of object is not supported yet");
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
    rights_require_owner(PG_CLASS_CATALOG, object.oid, role_current());
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
    rights_require_owner(PG_CLASS_CATALOG, table, role_current());
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
    rights_require_owner(PG_CLASS_CATALOG, table, role_current());
    return object_address(PG_TRIGGER_CATALOG, oid);
}

static ObjectAddress find_schema(const char *name)
{
    Oid oid = namespace_find(name);

    if (oid == 0)
        err_raise(SQLSTATE_INVALID_SCHEMA_NAME,
                  .message = err_fmt("schema \"%s\" does not exist", name));
    rights_require_owner(PG_NAMESPACE_CATALOG, oid, role_current());
    return object_address(PG_NAMESPACE_CATALOG, oid);
}

/* drop.c - DROP of what DropStmt names: relations, schemas, functions, types */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/strbuf.h"
#include "server/access/common/relation.h"
#include "server/analyzer/analyzer.h"
#include "server/cache/inval.h"
#include "server/cache/namespace.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/concurrent.h"
#include "server/command/depend_drop.h"
#include "server/command/extension.h"
#include "server/command/function_name.h"
#include "server/command/make_trigger.h"
#include "server/command/relation_name.h"
#include "server/command/rule.h"
#include "server/command/table_use.h"
#include "server/config/setting.h"
#include "server/lock/lock_object.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/txn/txn.h"

/* Kinds of relations as DROP tells them apart. */
typedef struct DropKind {
    ObjectKind object;
    char kind, other_kind; /* of pg_class that it takes */
    SqlState missing;
    const char *name, *article, *command; /* "table", "a", "DROP TABLE" */
} DropKind;

static const DropKind drop_kinds[] = {
    {OBJECT_TABLE, 'r', 'p', SQLSTATE_UNDEFINED_TABLE, "table", "a", "DROP TABLE"},
    {OBJECT_SEQUENCE, 'S', 0, SQLSTATE_UNDEFINED_TABLE, "sequence", "a", "DROP SEQUENCE"},
    {OBJECT_VIEW, 'v', 0, SQLSTATE_UNDEFINED_TABLE, "view", "a", "DROP VIEW"},
    {OBJECT_MATVIEW, 'm', 0, SQLSTATE_UNDEFINED_TABLE, "materialized view", "a",
     "DROP MATERIALIZED VIEW"},
    {OBJECT_INDEX, 'i', 'I', SQLSTATE_UNDEFINED_OBJECT, "index", "an", "DROP INDEX"},
    {OBJECT_TYPE, 'c', 0, SQLSTATE_UNDEFINED_OBJECT, "type", "a", "DROP TYPE"},
    {OBJECT_FOREIGN_TABLE, 'f', 0, SQLSTATE_UNDEFINED_TABLE, "foreign table", "a",
     "DROP FOREIGN TABLE"},
};

static void drop_relations(const DropStmt *stmt, const DropKind *kind);
static void drop_beside(const CommandCall *call, const DropStmt *stmt);
static void drop_schemas(const DropStmt *stmt);
static void drop_extensions(const DropStmt *stmt);
static bool try_drop_part(const DropStmt *stmt);
static bool has_schema(const List *names);
static void drop_functions(const DropStmt *stmt);
static void drop_types(const DropStmt *stmt);

/* NULL: no relation is of that kind. */
static const DropKind *find_kind(ObjectKind object)
{
    for (unsigned i = 0; i < ARRAY_LEN(drop_kinds); i++) {
        if (drop_kinds[i].object == object)
            return &drop_kinds[i];
    }
    return NULL;
}

void command_drop(CommandCall *call)
{
    const DropStmt *stmt = (const DropStmt *)(const void *)call->statement;
    const DropKind *kind;

    if (stmt->is_concurrent) {
        drop_beside(call, stmt);
        return;
    }
    switch (stmt->kind) {
    case OBJECT_SCHEMA:
        drop_schemas(stmt);
        return;
    case OBJECT_AGGREGATE:
    case OBJECT_FUNCTION:
    case OBJECT_PROCEDURE:
    case OBJECT_ROUTINE:
        drop_functions(stmt);
        return;
    case OBJECT_DOMAIN:
    case OBJECT_TYPE:
        drop_types(stmt);
        return;
    case OBJECT_EXTENSION:
        drop_extensions(stmt);
        return;
    default:
        if (try_drop_part(stmt))
            return;
        kind = find_kind(stmt->kind);
        if (kind != NULL) {
            drop_relations(stmt, kind);
            return;
        }
        break;
    }
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = err_fmt("%s is not supported yet", command_tag(call->statement)));
}

/* ---- Relations ---- */

typedef struct Check {
    const DropKind *kind;
    LockMode mode;
} Check;

_Noreturn static void raise_wrong_kind(const char *name, char is, const DropKind *wanted)
{
    const char *hint = NULL;

    for (unsigned i = 0; i < ARRAY_LEN(drop_kinds) && hint == NULL; i++) {
        if (drop_kinds[i].kind == is || drop_kinds[i].other_kind == is)
            hint = mem_printf("Use %s to remove %s %s.", drop_kinds[i].command,
                              drop_kinds[i].article, drop_kinds[i].name);
    }
    err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
              .message = err_fmt("\"%s\" is not %s %s", name, wanted->article, wanted->name),
              .hint = hint);
}

/*
 * The table of an index is locked first, as by all who use both. Owners of the schema may drop what
 * is in it.
 */
static void check_drop(const RangeVar *var, Oid relation, void *arg)
{
    const Check *check = arg;
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));
    Oid schema;
    char kind;

    if (row == NULL)
        return;
    kind = CACHE_ROW(PgClass, row)->relkind;
    schema = CACHE_ROW(PgClass, row)->relnamespace;
    if (kind != check->kind->kind && (kind != check->kind->other_kind || kind == 0))
        raise_wrong_kind(var->relation, kind, check->kind);
    if (!rights_is_owner(PG_NAMESPACE_CATALOG, schema, role_current()))
        rights_require_owner(PG_CLASS_CATALOG, relation, role_current());
    if (!setting.allow_system_table_mods && relation_is_system(relation, schema))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message =
                      err_fmt("permission denied: \"%s\" is a system catalog", var->relation));
    if (kind == RELATION_INDEX) {
        row = syscache_peek(CACHE_INDEXRELID, datum_of_u32(relation));
        if (row != NULL)
            lock_relation(CACHE_ROW(PgIndex, row)->indrelid, check->mode);
    }
}

static void tell_missing(const DropStmt *stmt, const DropKind *kind, const RangeVar *var)
{
    const char *skipping = stmt->is_missing_ok ? ", skipping" : "";

    if (var->schema != NULL && namespace_find(var->schema) == 0) {
        if (!stmt->is_missing_ok)
            err_raise(SQLSTATE_INVALID_SCHEMA_NAME,
                      .message = err_fmt("schema \"%s\" does not exist", var->schema));
        err_log(ERR_NOTICE,
                .message = err_fmt("schema \"%s\" does not exist%s", var->schema, skipping));
        return;
    }
    if (!stmt->is_missing_ok)
        err_raise(kind->missing,
                  .message = err_fmt("%s \"%s\" does not exist", kind->name, var->relation));
    err_log(ERR_NOTICE,
            .message = err_fmt("%s \"%s\" does not exist%s", kind->name, var->relation, skipping));
}

static void drop_relations(const DropStmt *stmt, const DropKind *kind)
{
    Check check = {.kind = kind, .mode = LOCK_ACCESS_EXCLUSIVE};
    ObjectList objects;

    object_list_init(&objects);
    list_foreach(const List *, names, stmt->objects) {
        RangeVar *var = range_var_of_names(names);
        Oid oid =
            relation_of_name(var, LOCK_ACCESS_EXCLUSIVE, RELATION_MISSING_OK, check_drop, &check);

        if (oid == 0)
            tell_missing(stmt, kind, var);
        else
            object_list_add(&objects, PG_CLASS_CATALOG, oid, 0);
    }
    objects_drop(&objects, stmt->behavior, 0);
}

/* ---- An index, while others use its table ---- */

static bool is_temporary(Oid relation)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));

    return row != NULL && CACHE_ROW(PgClass, row)->relpersistence == RELATION_TEMPORARY;
}

static Oid table_of(Oid index)
{
    Relation *rel = index_open(index, LOCK_NONE);
    Oid table = rel->index->table;

    if (rel->kind == RELATION_PARTITIONED_INDEX)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message =
                      err_fmt("cannot drop partitioned index \"%s\" concurrently", rel->name));
    table_require_unused(rel, "DROP INDEX");
    relation_close(rel, LOCK_NONE);
    return table;
}

static void drop_beside(const CommandCall *call, const DropStmt *stmt)
{
    const DropKind *kind = find_kind(OBJECT_INDEX);
    Check check = {.kind = kind, .mode = LOCK_SHARE_UPDATE_EXCLUSIVE};
    RangeVar *var = range_var_of_names(list_at(stmt->objects, 0));
    ConcurrentIndex index = {.table = 0};
    ObjectList objects;

    txn_prevent_in_block(call->place == COMMAND_TOP, "DROP INDEX CONCURRENTLY");
    if (list_count(stmt->objects) != 1)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "DROP INDEX CONCURRENTLY does not support dropping multiple objects");
    if (stmt->behavior == DROP_CASCADE)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "DROP INDEX CONCURRENTLY does not support CASCADE");
    index.index =
        relation_of_name(var, LOCK_SHARE_UPDATE_EXCLUSIVE, RELATION_MISSING_OK, check_drop, &check);
    if (index.index == 0) {
        tell_missing(stmt, kind, var);
        return;
    }
    object_list_init(&objects);
    object_list_add(&objects, PG_CLASS_CATALOG, index.index, 0);
    if (is_temporary(index.index)) {
        lock_relation(table_of(index.index), LOCK_ACCESS_EXCLUSIVE);
        lock_relation(index.index, LOCK_ACCESS_EXCLUSIVE);
        objects_drop(&objects, stmt->behavior, 0);
        return;
    }
    objects_check_drop(&objects, stmt->behavior);
    index.table = table_of(index.index);
    concurrent_drop(&index);
}

/* ---- Schemas ---- */

static void drop_schemas(const DropStmt *stmt)
{
    ObjectList objects;

    object_list_init(&objects);
    list_foreach(const String *, name, stmt->objects) {
        Oid oid = namespace_find(name->value);

        if (oid == 0) {
            if (!stmt->is_missing_ok)
                err_raise(SQLSTATE_INVALID_SCHEMA_NAME,
                          .message = err_fmt("schema \"%s\" does not exist", name->value));
            err_log(ERR_NOTICE,
                    .message = err_fmt("schema \"%s\" does not exist, skipping", name->value));
            continue;
        }
        rights_require_owner(PG_NAMESPACE_CATALOG, oid, role_current());
        lock_object(PG_NAMESPACE_CATALOG, oid, 0, LOCK_ACCESS_EXCLUSIVE);
        object_list_add(&objects, PG_NAMESPACE_CATALOG, oid, 0);
    }
    objects_drop(&objects, stmt->behavior, 0);
}

/* ---- Extensions ---- */

/* The one that there is stays: it could not be made again. */
static void drop_extensions(const DropStmt *stmt)
{
    list_foreach(const String *, name, stmt->objects) {
        Oid oid = extension_find(name->value, stmt->is_missing_ok);

        if (oid != 0) {
            rights_require_owner(PG_EXTENSION_CATALOG, oid, role_current());
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message =
                          err_fmt("dropping extension \"%s\" is not supported", name->value));
        }
        err_log(ERR_NOTICE,
                .message = err_fmt("extension \"%s\" does not exist, skipping", name->value));
    }
}

/* ---- What belongs to a relation, and has its name there: rules and triggers ---- */

typedef struct PartKind {
    ObjectKind object;
    Oid catalog;
    const char *name, *of; /* the relation is called */
    Oid (*find)(Oid relation, const char *name);
} PartKind;

static const PartKind part_kinds[] = {
    {OBJECT_RULE, PG_REWRITE_CATALOG, "rule", "relation", rule_find},
    {OBJECT_TRIGGER, PG_TRIGGER_CATALOG, "trigger", "table", trigger_find},
};

static void say_missing(const PartKind *kind, const char *name, const Relation *rel,
                        bool is_missing_ok)
{
    if (!is_missing_ok)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("%s \"%s\" for %s \"%s\" does not exist", kind->name, name,
                                     kind->of, rel->name));
    err_log(ERR_NOTICE, .message = err_fmt("%s \"%s\" for relation \"%s\" does not exist, skipping",
                                           kind->name, name, rel->name));
}

static void drop_part(const DropStmt *stmt, const PartKind *kind)
{
    const List *names = list_at(stmt->objects, 0);
    const char *name = ((const String *)list_last(names))->value;
    ObjectAddress object = {kind->catalog, 0, 0};
    List *relation = NULL;
    Relation *rel;
    Oid oid;

    for (int i = 0; i + 1 < list_count(names); i++)
        relation = list_add(relation, list_at(names, i));
    if (stmt->is_missing_ok && !has_schema(relation))
        return;
    oid = relation_of_name(range_var_of_names(relation), LOCK_ACCESS_SHARE,
                           stmt->is_missing_ok ? RELATION_MISSING_OK : 0, NULL, NULL);
    if (oid == 0) {
        err_log(ERR_NOTICE, .message = err_fmt("relation \"%s\" does not exist, skipping",
                                               ((const String *)list_last(relation))->value));
        return;
    }
    rel = relation_open(oid, LOCK_NONE);
    object.oid = kind->find(oid, name);
    if (object.oid == 0) {
        say_missing(kind, name, rel, stmt->is_missing_ok);
        relation_close(rel, LOCK_ACCESS_SHARE);
        return;
    }
    lock_object(kind->catalog, object.oid, 0, LOCK_ACCESS_EXCLUSIVE);
    relation_require_owner(oid);
    relation_close(rel, LOCK_NONE);
    object_drop(&object, stmt->behavior, 0);
}

static bool try_drop_part(const DropStmt *stmt)
{
    for (unsigned i = 0; i < ARRAY_LEN(part_kinds); i++) {
        if (part_kinds[i].object == stmt->kind) {
            drop_part(stmt, &part_kinds[i]);
            return true;
        }
    }
    return false;
}

/* ---- Functions and types ---- */

/* The owner of the object may drop it, and that of its schema. */
static void take(ObjectList *objects, Oid catalog, Oid oid, Oid schema)
{
    if (!rights_is_owner(PG_NAMESPACE_CATALOG, schema, role_current()))
        rights_require_owner(catalog, oid, role_current());
    object_list_add(objects, catalog, oid, 0);
}

/* 0: it is not there, which is right by the statement. */
typedef Oid (*FindNamed)(const DropStmt *stmt, const void *name);

/* While we wait for the lock the name may come to mean another object, or none. */
static Oid lock_named(const DropStmt *stmt, Oid catalog, FindNamed find, const void *name)
{
    Oid oid = find(stmt, name);

    while (oid != 0) {
        uint64_t seen = inval_count();
        Oid again;

        lock_object(catalog, oid, 0, LOCK_ACCESS_EXCLUSIVE);
        if (seen == inval_count())
            break;
        again = find(stmt, name);
        if (again == oid)
            break;
        lock_object_unlock(catalog, oid, 0, LOCK_ACCESS_EXCLUSIVE);
        oid = again;
    }
    return oid;
}

/* Whether the schema in a name is there; tells when it is not. */
static bool has_schema(const List *names)
{
    const char *schema, *name;

    namespace_split(names, &schema, &name);
    if (schema == NULL || namespace_find(schema) != 0)
        return true;
    err_log(ERR_NOTICE, .message = err_fmt("schema \"%s\" does not exist, skipping", schema));
    return false;
}

static const char *shown_args(const ObjectWithArgs *object)
{
    StrBuf text;

    strbuf_init(&text);
    list_foreach(const TypeName *, type, object->args)
        strbuf_add_fmt(&text, "%s%s", type_i > 0 ? "," : "", analyzer_type_text(type));
    return text.text;
}

static void tell_missing_function(const DropStmt *stmt, const ObjectWithArgs *object)
{
    const char *word = stmt->kind == OBJECT_PROCEDURE   ? "procedure"
                       : stmt->kind == OBJECT_AGGREGATE ? "aggregate"
                       : stmt->kind == OBJECT_ROUTINE   ? "routine"
                                                        : "function";

    err_log(ERR_NOTICE, .message = err_fmt("%s %s(%s) does not exist, skipping", word,
                                           namespace_text(object->name), shown_args(object)));
}

static Oid find_function(const DropStmt *stmt, const void *name)
{
    return function_of_name(stmt->kind, name, stmt->is_missing_ok);
}

static void drop_functions(const DropStmt *stmt)
{
    ObjectList objects;

    object_list_init(&objects);
    list_foreach(const ObjectWithArgs *, object, stmt->objects) {
        const HeapTuple *row;
        Oid oid;

        if (stmt->is_missing_ok && !has_schema(object->name))
            continue;
        oid = lock_named(stmt, PG_PROC_CATALOG, find_function, object);
        if (oid == 0) {
            tell_missing_function(stmt, object);
            continue;
        }
        row = syscache_peek(CACHE_PROCOID, datum_of_u32(oid));
        if (CACHE_ROW(PgProc, row)->prokind == 'a' && stmt->kind == OBJECT_FUNCTION)
            err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                      .message =
                          err_fmt("\"%s\" is an aggregate function", namespace_text(object->name)),
                      .hint = "Use DROP AGGREGATE to drop aggregate functions.");
        take(&objects, PG_PROC_CATALOG, oid, CACHE_ROW(PgProc, row)->pronamespace);
    }
    objects_drop(&objects, stmt->behavior, 0);
}

static Oid find_type(const DropStmt *stmt, const void *name)
{
    int32_t typmod;

    return stmt->is_missing_ok ? analyzer_find_type(name, NULL, &typmod)
                               : analyzer_type(name, NULL, &typmod);
}

static void drop_types(const DropStmt *stmt)
{
    ObjectList objects;

    object_list_init(&objects);
    list_foreach(const TypeName *, name, stmt->objects) {
        const HeapTuple *row;
        Oid oid;

        if (stmt->is_missing_ok && !has_schema(name->names))
            continue;
        oid = lock_named(stmt, PG_TYPE_CATALOG, find_type, name);
        if (oid == 0) {
            err_log(ERR_NOTICE, .message = err_fmt("type \"%s\" does not exist, skipping",
                                                   analyzer_type_text(name)));
            continue;
        }
        row = syscache_peek(CACHE_TYPEOID, datum_of_u32(oid));
        if (stmt->kind == OBJECT_DOMAIN && CACHE_ROW(PgType, row)->typtype != 'd')
            err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                      .message = err_fmt("\"%s\" is not a domain", namespace_text(name->names)));
        take(&objects, PG_TYPE_CATALOG, oid, CACHE_ROW(PgType, row)->typnamespace);
    }
    objects_drop(&objects, stmt->behavior, 0);
}

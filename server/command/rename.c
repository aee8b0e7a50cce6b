/* rename.c - ALTER ... RENAME TO: relations, their columns and constraints, schemas */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/cache.h"
#include "server/cache/namespace.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/make.h"
#include "server/command/relation_name.h"
#include "server/command/rename_shared.h"
#include "server/command/rename_type.h"
#include "server/command/rule.h"
#include "server/command/trigger_command.h"
#include "server/config/setting.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/txn/txn.h"

static void rename_relation(const RenameStmt *stmt);
static void rename_column(const RenameStmt *stmt);
static void rename_constraint(const RenameStmt *stmt);
static void rename_schema(const RenameStmt *stmt);

void command_rename(CommandCall *call)
{
    const RenameStmt *stmt = (const RenameStmt *)(const void *)call->statement;

    switch (stmt->kind) {
    case OBJECT_TABLE:
    case OBJECT_SEQUENCE:
    case OBJECT_VIEW:
    case OBJECT_MATVIEW:
    case OBJECT_INDEX:
        rename_relation(stmt);
        break;
    case OBJECT_COLUMN:
    case OBJECT_ATTRIBUTE:
        rename_column(stmt);
        break;
    case OBJECT_TABLE_CONSTRAINT:
        rename_constraint(stmt);
        break;
    case OBJECT_SCHEMA:
        rename_schema(stmt);
        break;
    case OBJECT_TRIGGER:
        trigger_rename(stmt);
        break;
    case OBJECT_RULE:
        rule_rename(stmt);
        break;
    case OBJECT_TYPE:
    case OBJECT_DOMAIN:
        type_rename_by_name(stmt);
        break;
    case OBJECT_DOMAIN_CONSTRAINT:
        domain_rename_constraint(stmt);
        break;
    case OBJECT_DATABASE:
        database_rename(stmt->old_name, stmt->new_name);
        break;
    case OBJECT_ROLE:
        role_rename(stmt->old_name, stmt->new_name);
        break;
    case OBJECT_TABLESPACE:
        tablespace_rename(((const String *)(const void *)stmt->object)->value, stmt->new_name);
        break;
    default:
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "this form of RENAME is not supported yet");
    }
}

/* ---- Relations ---- */

/* Who renames also needs to be allowed to make one in its schema. */
static void check_rename(const RangeVar *var, Oid relation, void *arg)
{
    const ObjectKind kind = *(const ObjectKind *)arg;
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));
    Oid schema;
    char is;

    if (row == NULL)
        return;
    schema = CACHE_ROW(PgClass, row)->relnamespace;
    is = CACHE_ROW(PgClass, row)->relkind;
    relation_check_owner(var, relation, NULL);
    rights_require(PG_NAMESPACE_CATALOG, schema, role_current(), RIGHT_CREATE);
    /* ALTER INDEX and ALTER TABLE take any, as they have always done. */
    if ((kind == OBJECT_SEQUENCE && is != RELATION_SEQUENCE) ||
        (kind == OBJECT_VIEW && is != RELATION_VIEW) ||
        (kind == OBJECT_MATVIEW && is != RELATION_MATERIALIZED_VIEW))
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("\"%s\" is not %s", var->relation,
                                     kind == OBJECT_SEQUENCE ? "a sequence"
                                     : kind == OBJECT_VIEW   ? "a view"
                                                             : "a materialized view"));
    if (is == RELATION_COMPOSITE_TYPE)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("\"%s\" is a composite type", var->relation),
                  .hint = "Use ALTER TYPE instead.");
}

static bool tell_missing(const RenameStmt *stmt)
{
    err_log(ERR_NOTICE, .message = err_fmt("relation \"%s\" does not exist, skipping",
                                           stmt->relation->relation));
    return true;
}

/* Its row type and its constraint, if it is the index of one, have its name. */
static void rename_relation_row(Relation *rel, const char *name)
{
    CatalogRow row;
    Oid constraint;

    if (syscache_peek2(CACHE_RELNAMENSP, datum_of_pointer(name), datum_of_u32(rel->schema)) != NULL)
        err_raise(SQLSTATE_DUPLICATE_TABLE,
                  .message = err_fmt("relation \"%s\" already exists", name));
    catalog_row_init(&row);
    catalog_set_name(&row, PG_CLASS_COL_RELNAME, name);
    relation_update_class(rel->oid, &row);
    if (rel->row->reltype != 0)
        type_rename(rel->row->reltype, name, rel->schema);
    if (rel->index != NULL) {
        constraint = depend_index_constraint(rel->oid);
        if (constraint != 0)
            constraint_rename(constraint, name);
    }
}

static void rename_relation(const RenameStmt *stmt)
{
    ObjectKind kind = stmt->kind;
    LockMode mode = kind == OBJECT_INDEX ? LOCK_SHARE_UPDATE_EXCLUSIVE : LOCK_ACCESS_EXCLUSIVE;
    Oid oid = relation_of_name(stmt->relation, mode, stmt->is_missing_ok ? RELATION_MISSING_OK : 0,
                               check_rename, &kind);
    Relation *rel;

    if (oid == 0 && tell_missing(stmt))
        return;
    rel = relation_open(oid, LOCK_NONE);
    rename_relation_row(rel, stmt->new_name);
    relation_close(rel, LOCK_NONE);
}

/* ---- Columns ---- */

static int16_t find_column(const Relation *rel, const char *name)
{
    for (unsigned i = 0; i < rel->desc->count; i++) {
        if (!rel->desc->columns[i].is_dropped && strcmp(rel->desc->columns[i].name, name) == 0)
            return (int16_t)(i + 1);
    }
    return 0;
}

static int16_t column_to_rename(const Relation *rel, const RenameStmt *stmt)
{
    int16_t number = find_column(rel, stmt->old_name);

    if (rel->kind != RELATION_TABLE && rel->kind != RELATION_VIEW &&
        rel->kind != RELATION_MATERIALIZED_VIEW && rel->kind != RELATION_INDEX &&
        rel->kind != RELATION_COMPOSITE_TYPE)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("cannot rename columns of relation \"%s\"", rel->name),
                  .detail = relation_kind_refusal(rel->kind));
    if (rel->row->relhassubclass || rel->row->relispartition)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "renaming columns of tables with children is not supported yet");
    if (number == 0 && relation_find_system_column(stmt->old_name) != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cannot rename system column \"%s\"", stmt->old_name));
    if (number == 0)
        err_raise(SQLSTATE_UNDEFINED_COLUMN,
                  .message = err_fmt("column \"%s\" does not exist", stmt->old_name));
    if (relation_find_system_column(stmt->new_name) != NULL)
        err_raise(SQLSTATE_DUPLICATE_COLUMN,
                  .message = err_fmt("column name \"%s\" conflicts with a system column name",
                                     stmt->new_name));
    if (find_column(rel, stmt->new_name) != 0)
        err_raise(SQLSTATE_DUPLICATE_COLUMN,
                  .message = err_fmt("column \"%s\" of relation \"%s\" already exists",
                                     stmt->new_name, rel->name));
    return number;
}

static void rename_column(const RenameStmt *stmt)
{
    Oid oid =
        relation_of_name(stmt->relation, LOCK_ACCESS_EXCLUSIVE,
                         stmt->is_missing_ok ? RELATION_MISSING_OK : 0, relation_check_owner, NULL);
    CatalogChange *change;
    const HeapTuple *old;
    int16_t number;
    Relation *rel;
    CatalogRow row;

    if (oid == 0 && tell_missing(stmt))
        return;
    rel = relation_open(oid, LOCK_NONE);
    number = column_to_rename(rel, stmt);
    change = catalog_change_begin(PG_ATTRIBUTE_CATALOG);
    old = syscache_pin2(CACHE_ATTNUM, datum_of_u32(oid), datum_of_i16(number));
    catalog_row_init(&row);
    catalog_set_name(&row, PG_ATTRIBUTE_COL_ATTNAME, stmt->new_name);
    catalog_update(change, old, &row);
    syscache_unpin(old);
    catalog_change_end(change);
    relation_close(rel, LOCK_NONE);
}

/* ---- Constraints ---- */

static void rename_constraint(const RenameStmt *stmt)
{
    Oid oid =
        relation_of_name(stmt->relation, LOCK_ACCESS_EXCLUSIVE,
                         stmt->is_missing_ok ? RELATION_MISSING_OK : 0, relation_check_owner, NULL);
    Oid constraint, index = 0;
    const HeapTuple *old;
    Relation *rel;

    if (oid == 0 && tell_missing(stmt))
        return;
    constraint = constraint_find(oid, stmt->old_name);
    if (constraint == 0)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("constraint \"%s\" for table \"%s\" does not exist",
                                     stmt->old_name, stmt->relation->relation));
    old = syscache_peek(CACHE_CONSTROID, datum_of_u32(constraint));
    if (strchr("pux", CACHE_ROW(PgConstraint, old)->contype) != NULL)
        index = CACHE_ROW(PgConstraint, old)->conindid;
    if (index != 0) {
        rel = relation_open(index, LOCK_SHARE_UPDATE_EXCLUSIVE);
        rename_relation_row(rel, stmt->new_name);
        relation_close(rel, LOCK_NONE);
    } else {
        if (constraint_name_is_taken(oid, 0, stmt->new_name))
            err_raise(SQLSTATE_DUPLICATE_OBJECT,
                      .message = err_fmt("constraint \"%s\" for relation \"%s\" already exists",
                                         stmt->new_name, stmt->relation->relation));
        constraint_rename(constraint, stmt->new_name);
    }
}

/* ---- Schemas ---- */

static void rename_schema(const RenameStmt *stmt)
{
    const char *name = ((const String *)(const void *)stmt->object)->value;
    const HeapTuple *old = syscache_pin(CACHE_NAMESPACENAME, datum_of_pointer(name));
    CatalogChange *change;
    CatalogRow row;

    if (old == NULL)
        err_raise(SQLSTATE_INVALID_SCHEMA_NAME,
                  .message = err_fmt("schema \"%s\" does not exist", name));
    if (namespace_find(stmt->new_name) != 0)
        err_raise(SQLSTATE_DUPLICATE_SCHEMA,
                  .message = err_fmt("schema \"%s\" already exists", stmt->new_name));
    rights_require_owner(PG_NAMESPACE_CATALOG, CACHE_ROW(PgNamespace, old)->oid, role_current());
    rights_require(PG_DATABASE_CATALOG, cache_database(), role_current(), RIGHT_CREATE);
    if (!setting.allow_system_table_mods && strncmp(stmt->new_name, "pg_", 3) == 0)
        err_raise(SQLSTATE_RESERVED_NAME,
                  .message = err_fmt("unacceptable schema name \"%s\"", stmt->new_name),
                  .detail = "The prefix \"pg_\" is reserved for system schemas.");
    change = catalog_change_begin(PG_NAMESPACE_CATALOG);
    catalog_row_init(&row);
    catalog_set_name(&row, PG_NAMESPACE_COL_NSPNAME, stmt->new_name);
    catalog_update(change, old, &row);
    syscache_unpin(old);
    catalog_change_end(change);
}

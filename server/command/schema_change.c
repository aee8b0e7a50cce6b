/* schema_change.c - ALTER ... SET SCHEMA: relations, with what goes with them */
#include "common/base/base.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/depend.h"
#include "server/command/make.h"
#include "server/command/relation_name.h"
#include "server/command/temp_schema.h"
#include "server/lock/lock_object.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/txn/txn.h"

static Oid find_target(const char *name);
static void check_kind(const RangeVar *var, Oid relation, void *arg);
static void check_move(const Relation *rel, Oid schema);
static void move_relation(Oid oid, Oid from, Oid to, bool has_dependency);

void command_set_schema(CommandCall *call)
{
    const AlterObjectSchemaStmt *stmt =
        (const AlterObjectSchemaStmt *)(const void *)call->statement;
    Oid oid, from, to;
    Relation *rel;

    if (stmt->kind != OBJECT_TABLE && stmt->kind != OBJECT_SEQUENCE && stmt->kind != OBJECT_VIEW &&
        stmt->kind != OBJECT_MATVIEW)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "SET SCHEMA of this kind of object is not supported yet");
    oid = relation_of_name(stmt->relation, LOCK_ACCESS_EXCLUSIVE,
                           stmt->is_missing_ok ? RELATION_MISSING_OK : 0, check_kind,
                           (void *)(uintptr_t)stmt);
    if (oid == 0) {
        err_log(ERR_NOTICE, .message = err_fmt("relation \"%s\" does not exist, skipping",
                                               stmt->relation->relation));
        return;
    }
    rel = relation_open(oid, LOCK_NONE);
    from = rel->schema;
    if (rel->kind == RELATION_SEQUENCE) {
        Oid table;
        int column;

        if (depend_sequence_owner(oid, DEPEND_AUTO, &table, &column) ||
            depend_sequence_owner(oid, DEPEND_INTERNAL, &table, &column)) {
            const char *owner = relation_name(table);

            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = "cannot move an owned sequence into another schema",
                      .detail =
                          err_fmt("Sequence \"%s\" is linked to table \"%s\".", rel->name, owner));
        }
    }
    to = find_target(stmt->schema);
    check_move(rel, to);
    relation_close(rel, LOCK_NONE);
    if (from != to)
        move_relation(oid, from, to, true);
}

/* The session's temporary schema is made when it is named, though nothing may be moved there. */
static Oid find_target(const char *name)
{
    const RangeVar temporary = {.tag = NODE_RangeVar, .schema = "pg_temp"};
    Oid schema;

    if (strcmp(name, temporary.schema) == 0) {
        temp_schema_make_for(&temporary);
        return namespace_get_temporary();
    }
    schema = namespace_explicit(name, false);
    rights_require(PG_NAMESPACE_CATALOG, schema, role_current(), RIGHT_CREATE);
    return schema;
}

static void check_kind(const RangeVar *var, Oid relation, void *arg)
{
    const AlterObjectSchemaStmt *stmt = arg;
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));
    char kind = row != NULL ? CACHE_ROW(PgClass, row)->relkind : 0;
    const char *fault = NULL;

    if (row == NULL)
        return;
    relation_check_owner(var, relation, NULL);
    if (stmt->kind == OBJECT_SEQUENCE && kind != RELATION_SEQUENCE)
        fault = "not a sequence";
    else if (stmt->kind == OBJECT_VIEW && kind != RELATION_VIEW)
        fault = "not a view";
    else if (stmt->kind == OBJECT_MATVIEW && kind != RELATION_MATERIALIZED_VIEW)
        fault = "not a materialized view";
    if (fault != NULL)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("\"%s\" is %s", var->relation, fault));
    if (kind == RELATION_COMPOSITE_TYPE)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("\"%s\" is a composite type", var->relation),
                  .hint = "Use ALTER TYPE instead.");
    if (kind == RELATION_INDEX || kind == RELATION_PARTITIONED_INDEX || kind == RELATION_TOAST)
        err_raise(
            SQLSTATE_WRONG_OBJECT_TYPE,
            .message = err_fmt("cannot change schema of %s \"%s\"",
                               kind == RELATION_TOAST ? "TOAST table" : "index", var->relation),
            .hint = kind == RELATION_TOAST ? NULL : "Change the schema of the table instead.");
}

static void check_move(const Relation *rel, Oid schema)
{
    if (namespace_is_any_temporary(schema) || namespace_is_any_temporary(rel->schema))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot move objects into or out of temporary schemas");
    if (schema == SCHEMA_TOAST || rel->schema == SCHEMA_TOAST)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot move objects into or out of TOAST schema");
}

static void change_dependency(Oid catalog, Oid oid, Oid from, Oid to)
{
    const ObjectAddress who = object_address(catalog, oid);
    const ObjectAddress old = object_address(PG_NAMESPACE_CATALOG, from);
    const ObjectAddress new = object_address(PG_NAMESPACE_CATALOG, to);

    depend_change(&who, &old, &new);
}

static void move_class(Oid oid, Oid from, Oid to, bool has_dependency)
{
    Relation *rel = relation_open(oid, LOCK_NONE);
    CatalogRow row;

    if (syscache_peek2(CACHE_RELNAMENSP, datum_of_pointer(rel->name), datum_of_u32(to)) != NULL) {
        const char *schema = schema_name(to);

        err_raise(SQLSTATE_DUPLICATE_TABLE,
                  .message = err_fmt("relation \"%s\" already exists in schema \"%s\"", rel->name,
                                     schema));
    }
    catalog_row_init(&row);
    catalog_set_u32(&row, PG_CLASS_COL_RELNAMESPACE, to);
    relation_close(rel, LOCK_NONE);
    relation_update_class(oid, &row);
    if (has_dependency)
        change_dependency(PG_CLASS_CATALOG, oid, from, to);
}

/* A row type, and the arrays of it. */
static void move_type(Oid type, Oid to)
{
    CatalogChange *change = catalog_change_begin(PG_TYPE_CATALOG);
    const HeapTuple *old = syscache_pin(CACHE_TYPEOID, datum_of_u32(type));
    Oid array;
    CatalogRow row;

    if (old == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for type %u", type));
    if (syscache_peek2(CACHE_TYPENAMENSP, datum_of_pointer(CACHE_ROW(PgType, old)->typname),
                       datum_of_u32(to)) != NULL) {
        const char *schema = schema_name(to);

        err_raise(SQLSTATE_DUPLICATE_OBJECT,
                  .message = err_fmt("type \"%s\" already exists in schema \"%s\"",
                                     CACHE_ROW(PgType, old)->typname, schema));
    }
    array = CACHE_ROW(PgType, old)->typarray;
    catalog_row_init(&row);
    catalog_set_u32(&row, PG_TYPE_COL_TYPNAMESPACE, to);
    catalog_update(change, old, &row);
    syscache_unpin(old);
    catalog_change_end(change);
    if (array != 0)
        move_type(array, to);
}

static void move_constraints(Oid relation, Oid to)
{
    const CatalogKey key = {.column = PG_CONSTRAINT_COL_CONRELID, .value = datum_of_u32(relation)};
    CatalogChange *change = catalog_change_begin(PG_CONSTRAINT_CATALOG);
    CatalogScan *scan = catalog_scan_begin(PG_CONSTRAINT_CATALOG,
                                           PG_CONSTRAINT_CONRELID_CONTYPID_CONNAME_INDEX, 1, &key);
    const HeapTuple *old;

    while ((old = catalog_scan_next(scan)) != NULL) {
        CatalogRow row;

        catalog_row_init(&row);
        catalog_set_u32(&row, PG_CONSTRAINT_COL_CONNAMESPACE, to);
        catalog_update(change, old, &row);
    }
    catalog_scan_end(scan);
    catalog_change_end(change);
}

static void move_indexes(Oid table, Oid from, Oid to)
{
    Relation *rel = relation_open(table, LOCK_NONE);
    const RelationIndexes *all = relation_indexes(rel);
    unsigned count = all->count;
    Oid *oids = mem_dup(all->oids, count * sizeof(Oid));

    relation_close(rel, LOCK_NONE);
    for (unsigned i = 0; i < count; i++)
        move_class(oids[i], from, to, false);
    mem_free(oids);
}

/* Those that columns own, of serial and of identity alike. */
static void move_sequences(Oid table, Oid from, Oid to)
{
    Array sequences;

    array_init(&sequences, sizeof(Oid));
    depend_owned_sequences(table, 0, 0, &sequences);
    array_foreach(const Oid, sequence, &sequences) {
        lock_relation(*sequence, LOCK_ACCESS_EXCLUSIVE);
        move_class(*sequence, from, to, true);
    }
}

static void move_relation(Oid oid, Oid from, Oid to, bool has_dependency)
{
    Relation *rel = relation_open(oid, LOCK_NONE);
    bool is_table = rel->kind == RELATION_TABLE || rel->kind == RELATION_MATERIALIZED_VIEW;
    Oid type = rel->row->reltype;

    relation_close(rel, LOCK_NONE);
    move_class(oid, from, to, has_dependency);
    if (type != 0)
        move_type(type, to);
    if (is_table) {
        move_indexes(oid, from, to);
        move_sequences(oid, from, to);
        move_constraints(oid, to);
    }
}

/*
 * reindex.c - REINDEX: indexes are made anew, in files of their own
 *
 * Writers wait, readers of other indexes do not. Catalogs of the system are found by indexes
 * themselves, and are refused.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/analyzer/position.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/namespace.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/make.h"
#include "server/command/option.h"
#include "server/command/relation_name.h"
#include "server/command/table_use.h"
#include "server/lock/lock_object.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/txn/snapshot.h"
#include "server/txn/txn.h"

#define FIRST_USER_OID 16384

static void take_options(const ReindexStmt *stmt, const char *text);
static void reindex_index(const RangeVar *var);
static void reindex_table(const RangeVar *var);
static void reindex_schema(const ReindexStmt *stmt);
static unsigned rebuild_all(Oid table);

void command_reindex(CommandCall *call)
{
    const ReindexStmt *stmt = (const ReindexStmt *)(const void *)call->statement;

    take_options(stmt, call->text);
    switch (stmt->kind) {
    case REINDEX_INDEX:
        reindex_index(stmt->relation);
        return;
    case REINDEX_TABLE:
        reindex_table(stmt->relation);
        return;
    case REINDEX_SCHEMA:
        txn_prevent_in_block(call->place == COMMAND_TOP, "REINDEX SCHEMA");
        reindex_schema(stmt);
        return;
    default:
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "REINDEX of system catalogs is not supported yet");
    }
}

static void take_options(const ReindexStmt *stmt, const char *text)
{
    list_foreach(const Option *, option, stmt->options) {
        if (strcmp(option->name, "verbose") == 0) {
            if (option_bool(option))
                err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                          .message = "REINDEX (VERBOSE) is not supported yet");
        } else if (strcmp(option->name, "concurrently") == 0) {
            if (option_bool(option))
                err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                          .message = "REINDEX CONCURRENTLY is not supported yet");
        } else if (strcmp(option->name, "tablespace") == 0) {
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = "REINDEX (TABLESPACE) is not supported yet");
        } else {
            err_raise(SQLSTATE_SYNTAX_ERROR,
                      .message = err_fmt("unrecognized REINDEX option \"%s\"", option->name),
                      .position = text_position(text, option->loc));
        }
    }
}

static void refuse_catalog(Oid relation)
{
    if (relation < FIRST_USER_OID)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "REINDEX of system catalogs is not supported yet");
}

/* ---- One index ---- */

/* The table's lock is taken before the index's, as by all who use both. */
static void check_index(const RangeVar *var, Oid relation, void *arg UNUSED)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));
    char kind = row != NULL ? CACHE_ROW(PgClass, row)->relkind : 0;

    if (row == NULL)
        return;
    if (kind != RELATION_INDEX && kind != RELATION_PARTITIONED_INDEX)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("\"%s\" is not an index", var->relation));
    rights_require_owner(PG_CLASS_CATALOG, relation, role_current());
    refuse_catalog(relation);
    row = syscache_peek(CACHE_INDEXRELID, datum_of_u32(relation));
    if (row != NULL)
        lock_relation(CACHE_ROW(PgIndex, row)->indrelid, LOCK_SHARE);
}

static void require_own(const Relation *rel)
{
    if (rel->is_foreign_temp)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot reindex temporary tables of other sessions");
}

/* Whatever it was before, it is whole now. */
static void mark_whole(Oid index)
{
    const HeapTuple *old = syscache_pin(CACHE_INDEXRELID, datum_of_u32(index));
    const PgIndex *i = CACHE_ROW(PgIndex, old);

    if (!i->indisvalid || !i->indisready || !i->indislive) {
        CatalogChange *change = catalog_change_begin(PG_INDEX_CATALOG);
        CatalogRow row;

        catalog_row_init(&row);
        catalog_set_bool(&row, PG_INDEX_COL_INDISVALID, true);
        catalog_set_bool(&row, PG_INDEX_COL_INDISREADY, true);
        catalog_set_bool(&row, PG_INDEX_COL_INDISLIVE, true);
        catalog_set_bool(&row, PG_INDEX_COL_INDCHECKXMIN, false);
        catalog_update(change, old, &row);
        catalog_change_end(change);
    }
    syscache_unpin(old);
}

static void rebuild(Oid table, Oid index)
{
    Relation *rel = relation_open(table, LOCK_SHARE);

    require_own(rel);
    index_rebuild(rel, index, true);
    mark_whole(index);
    relation_close(rel, LOCK_NONE);
    txn_advance_command();
}

static void reindex_index(const RangeVar *var)
{
    Oid oid = relation_of_name(var, LOCK_ACCESS_EXCLUSIVE, 0, check_index, NULL);
    Relation *index = relation_open(oid, LOCK_NONE);
    Oid table;

    if (index->kind == RELATION_PARTITIONED_INDEX)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "REINDEX of partitioned indexes is not supported yet");
    table = index->index->table;
    relation_close(index, LOCK_NONE);
    rebuild(table, oid);
}

/* ---- All of a table ---- */

static void check_table(const RangeVar *var, Oid relation, void *arg UNUSED)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));
    char kind = row != NULL ? CACHE_ROW(PgClass, row)->relkind : 0;

    if (row == NULL)
        return;
    if (kind != RELATION_TABLE && kind != RELATION_TOAST && kind != RELATION_MATERIALIZED_VIEW &&
        kind != RELATION_PARTITIONED_TABLE)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("\"%s\" is not a table or materialized view", var->relation));
    rights_require_owner(PG_CLASS_CATALOG, relation, role_current());
    refuse_catalog(relation);
}

static unsigned rebuild_of(Oid table)
{
    Relation *rel = relation_open(table, LOCK_SHARE);
    const RelationIndexes *all = relation_indexes(rel);
    unsigned count = all->count;
    Oid *oids = mem_dup(all->oids, count * sizeof(Oid));

    relation_close(rel, LOCK_NONE);
    for (unsigned i = 0; i < count; i++)
        rebuild(table, oids[i]);
    mem_free(oids);
    return count;
}

/* With those of its toast table. */
static unsigned rebuild_all(Oid table)
{
    Relation *rel = relation_open(table, LOCK_SHARE);
    Oid toast = rel->row->reltoastrelid;
    unsigned count;

    relation_close(rel, LOCK_NONE);
    count = rebuild_of(table);
    if (toast != 0)
        count += rebuild_of(toast);
    return count;
}

static void reindex_table(const RangeVar *var)
{
    Oid table = relation_of_name(var, LOCK_SHARE, 0, check_table, NULL);
    Relation *rel = relation_open(table, LOCK_NONE);

    if (rel->kind == RELATION_PARTITIONED_TABLE)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "REINDEX of partitioned tables is not supported yet");
    relation_close(rel, LOCK_NONE);
    if (rebuild_all(table) == 0)
        err_log(ERR_NOTICE,
                .message = err_fmt("table \"%s\" has no indexes to reindex", var->relation));
}

/* ---- All of a schema, each table in a transaction of its own ---- */

static void find_tables(Oid schema, Array *out)
{
    CatalogScan *scan = catalog_scan_begin(PG_CLASS_CATALOG, 0, 0, NULL);
    const HeapTuple *row;

    while ((row = catalog_scan_next(scan)) != NULL) {
        const PgClass *c = CACHE_ROW(PgClass, row);

        if (c->relnamespace == schema &&
            (c->relkind == RELATION_TABLE || c->relkind == RELATION_MATERIALIZED_VIEW))
            *(Oid *)array_push(out) = c->oid;
    }
    catalog_scan_end(scan);
}

/* It may be gone, or of another kind, when its turn comes. */
static void reindex_in_turn(Oid table)
{
    Relation *rel;

    txn_start_command();
    snapshot_push(snapshot_take());
    rel = relation_open_if_any(table, LOCK_SHARE);
    if (rel != NULL) {
        bool is_foreign = rel->is_foreign_temp;

        relation_close(rel, LOCK_NONE);
        if (!is_foreign)
            (void)rebuild_all(table);
    }
    snapshot_pop();
    txn_end_command();
}

static void reindex_list(const Array *tables)
{
    if (snapshot_has_active())
        snapshot_pop();
    txn_end_command();
    array_foreach(const Oid, table, tables)
        reindex_in_turn(*table);
    txn_start_command();
}

static void reindex_schema(const ReindexStmt *stmt)
{
    Oid schema = namespace_find(stmt->name);
    MemContext *mem, *before;
    Array tables;

    if (schema == 0)
        err_raise(SQLSTATE_INVALID_SCHEMA_NAME,
                  .message = err_fmt("schema \"%s\" does not exist", stmt->name));
    rights_require_owner(PG_NAMESPACE_CATALOG, schema, role_current());
    if (schema < FIRST_USER_OID && schema != SCHEMA_PUBLIC)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "REINDEX of system catalogs is not supported yet");
    /* It has to live longer than transactions. */
    mem = mem_context_new(mem_root(), "reindex statement");
    before = mem_switch(mem);
    array_init(&tables, sizeof(Oid));
    ERR_TRY() {
        find_tables(schema, &tables);
        reindex_list(&tables);
    }
    ERR_FINALLY() {
        mem_switch(before);
        mem_delete(mem);
    }
    ERR_END();
}

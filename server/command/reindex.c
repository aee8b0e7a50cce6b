/*
 * reindex.c - REINDEX: indexes are made anew, in files of their own
 *
 * Writers wait, readers of other indexes do not. A catalog is found by its indexes, and nobody
 * locks these alone: so it is kept for ourselves meanwhile, and our own scans go by pages.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/format/oid_range.h"
#include "common/mem/mem.h"
#include "server/analyzer/position.h"
#include "server/cache/cache.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/concurrent.h"
#include "server/command/make.h"
#include "server/command/move_relation.h"
#include "server/command/option.h"
#include "server/command/relation_name.h"
#include "server/command/shared_name.h"
#include "server/command/table_use.h"
#include "server/command/usage.h"
#include "server/lock/lock_object.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/txn/snapshot.h"
#include "server/txn/txn.h"

#define SCHEMA_TOAST 99

typedef struct How {
    bool is_verbose, is_concurrent;
    const char *tablespace_name;
    Oid tablespace; /* where indexes go; 0: they stay */
} How;

typedef struct Reindex {
    const ReindexStmt *stmt;
    How how;
    Oid schema;   /* 0: all of them */
    Array tables; /* Oid */
    bool has_skipped_catalogs, has_kept_catalogs;
} Reindex;

static void take_options(Reindex *r, const char *text);
static void reindex_index(const Reindex *r);
static void reindex_table(const Reindex *r);
static void reindex_many(Reindex *r);
static unsigned rebuild_all(Oid table, const How *how);
static bool rebuild_beside(Oid relation, const How *how);

void command_reindex(CommandCall *call)
{
    Reindex r = {.stmt = (const ReindexStmt *)(const void *)call->statement};
    bool is_top = call->place == COMMAND_TOP;

    take_options(&r, call->text);
    if (r.how.is_concurrent)
        txn_prevent_in_block(is_top, "REINDEX CONCURRENTLY");
    if (r.how.tablespace_name != NULL)
        r.how.tablespace = relation_move_target(r.how.tablespace_name);
    switch (r.stmt->kind) {
    case REINDEX_INDEX:
        reindex_index(&r);
        return;
    case REINDEX_TABLE:
        reindex_table(&r);
        return;
    case REINDEX_SCHEMA:
        txn_prevent_in_block(is_top, "REINDEX SCHEMA");
        break;
    case REINDEX_SYSTEM:
        txn_prevent_in_block(is_top, "REINDEX SYSTEM");
        break;
    default:
        txn_prevent_in_block(is_top, "REINDEX DATABASE");
        break;
    }
    reindex_many(&r);
}

static void take_options(Reindex *r, const char *text)
{
    list_foreach(const Option *, option, r->stmt->options) {
        if (strcmp(option->name, "verbose") == 0)
            r->how.is_verbose = option_bool(option);
        else if (strcmp(option->name, "concurrently") == 0)
            r->how.is_concurrent = option_bool(option);
        else if (strcmp(option->name, "tablespace") == 0)
            r->how.tablespace_name = option_text(option);
        else
            err_raise(SQLSTATE_SYNTAX_ERROR,
                      .message = err_fmt("unrecognized REINDEX option \"%s\"", option->name),
                      .position = text_position(text, option->loc));
    }
}

static bool is_catalog(Oid relation)
{
    return relation < OID_FIRST_UNPINNED;
}

/* ---- One index ---- */

static void require_own(const Relation *rel)
{
    if (rel->is_foreign_temp)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot reindex temporary tables of other sessions");
}

static void require_movable(const Relation *rel)
{
    if (is_catalog(rel->oid) || rel->schema == SCHEMA_TOAST)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cannot move system relation \"%s\"", rel->name));
}

/* False: it is there, or stays. */
static bool take_new_place(Oid index, Oid tablespace)
{
    Relation *rel = index_open(index, LOCK_ACCESS_EXCLUSIVE);
    bool moves;

    if (tablespace != 0)
        require_movable(rel);
    moves = tablespace != 0 && relation_may_move(rel, tablespace);
    if (moves)
        relation_set_new_file_in(rel, rel->persistence,
                                 tablespace == cache_database_tablespace() ? 0 : tablespace);
    relation_close(rel, LOCK_NONE);
    return moves;
}

static void rebuild(Oid table, Oid index, const How *how)
{
    bool is_system = is_catalog(table), has_broken_chain;
    Relation *rel = relation_open(table, is_system ? LOCK_ACCESS_EXCLUSIVE : LOCK_SHARE);
    CommandUsage usage;

    usage_begin(&usage);
    require_own(rel);
    if (is_system)
        catalog_suspend_indexes(&index, 1);
    has_broken_chain =
        index_rebuild(rel, index, !take_new_place(index, how->tablespace), INDEX_CHECKED);
    if (is_system)
        catalog_resume_index(index);
    index_mark_whole(index, has_broken_chain);
    relation_close(rel, LOCK_NONE);
    txn_advance_command();
    if (!how->is_verbose)
        return;
    rel = index_open(index, LOCK_NONE);
    err_log(ERR_INFO, .message = err_fmt("index \"%s\" was reindexed", rel->name),
            .detail = usage_text(&usage));
    relation_close(rel, LOCK_NONE);
}

/*
 * A toast table has one index that counts. Of another, which a REINDEX CONCURRENTLY left when it
 * failed, nobody is to make a second one.
 */
static bool is_invalid_toast(const Relation *index)
{
    return index->schema == SCHEMA_TOAST && !index->index->row->indisvalid;
}

/* The table's lock is taken before the index's, as by all who use both. */
static void check_index(const RangeVar *var, Oid relation, void *arg)
{
    const How *how = arg;
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));
    char kind = row != NULL ? CACHE_ROW(PgClass, row)->relkind : 0;

    if (row == NULL)
        return;
    if (kind != RELATION_INDEX && kind != RELATION_PARTITIONED_INDEX)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("\"%s\" is not an index", var->relation));
    rights_require_owner(PG_CLASS_CATALOG, relation, role_current());
    row = syscache_peek(CACHE_INDEXRELID, datum_of_u32(relation));
    if (row != NULL)
        lock_relation(CACHE_ROW(PgIndex, row)->indrelid,
                      how->is_concurrent ? LOCK_SHARE_UPDATE_EXCLUSIVE : LOCK_SHARE);
}

static void reindex_index(const Reindex *r)
{
    LockMode mode = r->how.is_concurrent ? LOCK_SHARE_UPDATE_EXCLUSIVE : LOCK_ACCESS_EXCLUSIVE;
    Oid oid = relation_of_name(r->stmt->relation, mode, 0, check_index, (void *)(uintptr_t)&r->how);
    Relation *index = relation_open(oid, LOCK_NONE);
    bool is_temp = index->persistence == RELATION_TEMPORARY;
    Oid table;

    if (index->kind == RELATION_PARTITIONED_INDEX)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "REINDEX of partitioned indexes is not supported yet");
    if (is_invalid_toast(index))
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot reindex invalid index on TOAST table");
    table = index->index->table;
    relation_close(index, LOCK_NONE);
    if (r->how.is_concurrent && !is_temp)
        rebuild_beside(oid, &r->how);
    else
        rebuild(table, oid, &r->how);
}

/* ---- All of a table ---- */

/* With a warning. */
static bool is_skipped(Oid oid)
{
    Relation *index = relation_pin_existing(oid);
    bool result = is_invalid_toast(index);

    if (result)
        err_log(ERR_WARNING, .sqlstate = SQLSTATE_FEATURE_NOT_SUPPORTED,
                .message =
                    err_fmt("cannot reindex invalid index \"%s.%s\" on TOAST table, skipping",
                            schema_name(index->schema), index->name));
    relation_unpin(index);
    return result;
}

static unsigned rebuild_of(Oid table, const How *how)
{
    Relation *rel = relation_open(table, LOCK_SHARE);
    const RelationIndexes *all = relation_indexes(rel);
    unsigned count = all->count;
    Oid *oids = mem_dup(all->oids, count * sizeof(Oid));

    relation_close(rel, LOCK_NONE);
    for (unsigned i = 0; i < count; i++) {
        if (!is_skipped(oids[i]))
            rebuild(table, oids[i], how);
    }
    mem_free(oids);
    return count;
}

/* With those of its toast table, which stay where they are. */
static unsigned rebuild_all(Oid table, const How *how)
{
    const How in_place = {.is_verbose = how->is_verbose};
    Relation *rel = relation_open(table, LOCK_SHARE);
    Oid toast = rel->row->reltoastrelid;
    unsigned count;

    relation_close(rel, LOCK_NONE);
    count = rebuild_of(table, how);
    if (toast != 0)
        count += rebuild_of(toast, &in_place);
    return count;
}

static void reindex_table(const Reindex *r)
{
    LockMode mode = r->how.is_concurrent ? LOCK_SHARE_UPDATE_EXCLUSIVE : LOCK_SHARE;
    const char *name = r->stmt->relation->relation;
    Oid table = relation_of_name(r->stmt->relation, mode, 0, relation_check_own_table, NULL);
    Relation *rel = relation_open(table, LOCK_NONE);
    bool is_temp = rel->persistence == RELATION_TEMPORARY;

    if (rel->kind == RELATION_PARTITIONED_TABLE)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "REINDEX of partitioned tables is not supported yet");
    relation_close(rel, LOCK_NONE);
    if (r->how.is_concurrent && !is_temp) {
        name = mem_strdup(name);
        if (!rebuild_beside(table, &r->how))
            err_log(ERR_NOTICE, .message = err_fmt("table \"%s\" has no indexes that can be "
                                                   "reindexed concurrently",
                                                   name));
    } else if (rebuild_all(table, &r->how) == 0) {
        err_log(ERR_NOTICE, .message = err_fmt("table \"%s\" has no indexes to reindex", name));
    }
}

/* ---- Beside others ---- */

typedef struct Beside {
    Array indexes; /* ConcurrentIndex */
    const How *how;
} Beside;

_Noreturn static void refuse_catalog(void)
{
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
              .message = "cannot reindex system catalogs concurrently");
}

static void add_index(Beside *b, Oid table, Oid index)
{
    Relation *rel = index_open(index, LOCK_SHARE_UPDATE_EXCLUSIVE);
    SqlState state = SQLSTATE_FEATURE_NOT_SUPPORTED;
    const char *fault = NULL;

    if (!rel->index->row->indisvalid) {
        fault = "invalid index";
        if (is_invalid_toast(rel))
            state = SQLSTATE_INDEX_CORRUPTED;
    } else if (rel->index->row->indisexclusion) {
        fault = "exclusion constraint index";
    }
    if (fault != NULL)
        err_log(ERR_WARNING, .sqlstate = state,
                .message = err_fmt("cannot reindex %s \"%s.%s\" concurrently, skipping", fault,
                                   schema_name(rel->schema), rel->name));
    else
        *(ConcurrentIndex *)array_push(&b->indexes) =
            (ConcurrentIndex){.table = table,
                              .index = index,
                              .tablespace = rel->schema == SCHEMA_TOAST ? 0 : b->how->tablespace};
    relation_close(rel, LOCK_NONE);
}

static void add_table(Beside *b, Oid table)
{
    Relation *rel = relation_open(table, LOCK_SHARE_UPDATE_EXCLUSIVE);
    const RelationIndexes *all = relation_indexes(rel);
    Oid *oids = mem_dup(all->oids, all->count * sizeof(Oid)), toast = rel->row->reltoastrelid;
    unsigned count = all->count;

    require_own(rel);
    relation_close(rel, LOCK_NONE);
    for (unsigned i = 0; i < count; i++)
        add_index(b, table, oids[i]);
    mem_free(oids);
    if (toast != 0)
        add_table(b, toast);
}

/* One that is asked for alone has to be as it should. */
static void add_one(Beside *b, Oid index)
{
    Relation *rel = index_open(index, LOCK_SHARE_UPDATE_EXCLUSIVE);
    Oid table = rel->index->table;

    relation_close(rel, LOCK_NONE);
    if (is_catalog(table))
        refuse_catalog();
    rel = relation_open(table, LOCK_SHARE_UPDATE_EXCLUSIVE);
    require_own(rel);
    relation_close(rel, LOCK_NONE);
    *(ConcurrentIndex *)array_push(&b->indexes) =
        (ConcurrentIndex){.table = table, .index = index, .tablespace = b->how->tablespace};
}

static void collect(Beside *b, Oid relation)
{
    Relation *rel = relation_open(relation, LOCK_SHARE_UPDATE_EXCLUSIVE);
    bool is_index = rel->index != NULL;

    if (is_catalog(relation))
        refuse_catalog();
    if (b->how->tablespace != 0)
        require_movable(rel);
    relation_close(rel, LOCK_NONE);
    if (b->how->tablespace == TABLESPACE_GLOBAL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cannot move non-shared relation to tablespace \"%s\"",
                                     b->how->tablespace_name));
    if (is_index)
        add_one(b, relation);
    else
        add_table(b, relation);
}

/* False: there is none that could be. What is noted has to live longer than transactions. */
static bool rebuild_beside(Oid relation, const How *how)
{
    MemContext *mem = mem_context_new(mem_root(), "reindex concurrently"), *before;
    Beside b = {.how = how};
    volatile bool has_any = false;

    before = mem_switch(mem);
    array_init(&b.indexes, sizeof(ConcurrentIndex));
    ERR_TRY() {
        collect(&b, relation);
        has_any = b.indexes.count > 0;
        if (has_any)
            concurrent_reindex(&b.indexes, relation, how->is_verbose);
    }
    ERR_FINALLY() {
        mem_switch(before);
        mem_delete(mem);
    }
    ERR_END();
    return has_any;
}

/* ---- All of a schema or a database, each table in a transaction of its own ---- */

static bool is_system(const PgClass *c)
{
    return is_catalog(c->oid) && c->relnamespace != SCHEMA_PUBLIC;
}

static bool is_wanted(Reindex *r, const PgClass *c)
{
    if (c->relkind != RELATION_TABLE && c->relkind != RELATION_MATERIALIZED_VIEW)
        return false;
    if (r->schema != 0 && c->relnamespace != r->schema)
        return false;
    if (c->relpersistence == RELATION_TEMPORARY && !namespace_is_temporary(c->relnamespace))
        return false;
    if (r->stmt->kind == REINDEX_SYSTEM && !is_system(c))
        return false;
    if (c->relisshared && !rights_is_owner(PG_CLASS_CATALOG, c->oid, role_current()))
        return false;
    if (r->how.is_concurrent && is_system(c)) {
        r->has_skipped_catalogs = true;
        return false;
    }
    if (r->how.tablespace != 0 && is_system(c)) {
        r->has_kept_catalogs = true;
        return false;
    }
    return true;
}

static void find_tables(Reindex *r)
{
    CatalogScan *scan = catalog_scan_begin(PG_CLASS_CATALOG, 0, 0, NULL);
    const HeapTuple *row;

    /* pg_class first: the others change it. */
    while ((row = catalog_scan_next(scan)) != NULL) {
        const PgClass *c = CACHE_ROW(PgClass, row);
        bool is_first = c->oid == PG_CLASS_CATALOG && r->tables.count > 0;

        if (!is_wanted(r, c))
            continue;
        *(Oid *)array_push(&r->tables) = c->oid;
        if (is_first) {
            Oid *oids = r->tables.items;

            memmove(oids + 1, oids, (r->tables.count - 1) * sizeof(Oid));
            oids[0] = PG_CLASS_CATALOG;
        }
    }
    catalog_scan_end(scan);
    if (r->has_skipped_catalogs)
        err_log(ERR_WARNING, .sqlstate = SQLSTATE_FEATURE_NOT_SUPPORTED,
                .message = "cannot reindex system catalogs concurrently, skipping all");
    if (r->has_kept_catalogs)
        err_log(ERR_WARNING, .sqlstate = SQLSTATE_FEATURE_NOT_SUPPORTED,
                .message = "cannot move system relations, skipping all");
}

static void tell_table(Oid table)
{
    Relation *rel = relation_open_if_any(table, LOCK_NONE);

    if (rel == NULL)
        return;
    err_log(ERR_INFO, .message = err_fmt("table \"%s.%s\" was reindexed", schema_name(rel->schema),
                                         rel->name));
    relation_close(rel, LOCK_NONE);
}

/* It may be gone, or of another kind, when its turn comes. */
static void reindex_in_turn(const How *how, Oid table)
{
    LockMode mode = how->is_concurrent ? LOCK_SHARE_UPDATE_EXCLUSIVE : LOCK_SHARE;
    Relation *rel;

    txn_start_command();
    snapshot_push(snapshot_take());
    rel = relation_open_if_any(table, mode);
    if (rel != NULL) {
        bool is_foreign = rel->is_foreign_temp;
        bool is_beside = how->is_concurrent && rel->persistence != RELATION_TEMPORARY;

        relation_close(rel, LOCK_NONE);
        if (!is_foreign && is_beside)
            rebuild_beside(table, how);
        else if (!is_foreign && rebuild_all(table, how) > 0 && how->is_verbose)
            tell_table(table);
    }
    if (snapshot_has_active())
        snapshot_pop();
    txn_end_command();
}

static void reindex_list(Reindex *r)
{
    find_tables(r);
    if (snapshot_has_active())
        snapshot_pop();
    txn_end_command();
    array_foreach(const Oid, table, &r->tables)
        reindex_in_turn(&r->how, *table);
    txn_start_command();
}

/* What is there, and the user may. */
static void require_many(Reindex *r)
{
    if (r->stmt->kind == REINDEX_SYSTEM && r->how.is_concurrent)
        refuse_catalog();
    if (r->stmt->kind == REINDEX_SCHEMA) {
        r->schema = namespace_find(r->stmt->name);
        if (r->schema == 0)
            err_raise(SQLSTATE_INVALID_SCHEMA_NAME,
                      .message = err_fmt("schema \"%s\" does not exist", r->stmt->name));
        rights_require_owner(PG_NAMESPACE_CATALOG, r->schema, role_current());
        return;
    }
    if (r->stmt->name != NULL && strcmp(r->stmt->name, namespace_database()) != 0)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "can only reindex the currently open database");
    rights_require_owner(PG_DATABASE_CATALOG, cache_database(), role_current());
}

static void reindex_many(Reindex *r)
{
    MemContext *mem, *before;

    require_many(r);
    /* It has to live longer than transactions. */
    mem = mem_context_new(mem_root(), "reindex statement");
    before = mem_switch(mem);
    array_init(&r->tables, sizeof(Oid));
    ERR_TRY() {
        reindex_list(r);
    }
    ERR_FINALLY() {
        mem_switch(before);
        mem_delete(mem);
    }
    ERR_END();
}

/* truncate.c - TRUNCATE: tables are empty at once, in new files unless those are new anyway */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/rel_file.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/make.h"
#include "server/command/relation_name.h"
#include "server/command/table_use.h"
#include "server/config/setting.h"
#include "server/lock/lock_object.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/txn/txn.h"

static void check_truncate(const RangeVar *var, Oid relation, void *arg);
static void cut(Oid oid);
static void truncate_table(Oid oid);

void command_truncate(CommandCall *call)
{
    const TruncateStmt *stmt = (const TruncateStmt *)(const void *)call->statement;
    Array tables;

    array_init(&tables, sizeof(Oid));
    if (stmt->is_restart)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "TRUNCATE ... RESTART IDENTITY is not supported yet");
    list_foreach(const RangeVar *, var, stmt->relations) {
        Oid oid = relation_of_name(var, LOCK_ACCESS_EXCLUSIVE, 0, check_truncate, NULL);
        bool is_new = true;

        array_foreach(Oid, other, &tables)
            is_new = is_new && *other != oid;
        if (is_new) {
            Oid *place = array_push(&tables);
            Relation *rel = table_open(oid, LOCK_NONE);

            *place = oid;
            table_require_unused(rel, "TRUNCATE");
            if (rel->row->relhassubclass || rel->row->relhastriggers)
                err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                          .message = "TRUNCATE of tables with children, triggers or foreign keys "
                                     "is not supported yet");
            relation_close(rel, LOCK_NONE);
        }
    }
    array_foreach(Oid, oid, &tables)
        truncate_table(*oid);
}

static void check_truncate(const RangeVar *var, Oid relation, void *arg UNUSED)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));
    char kind;
    Oid schema;

    if (row == NULL)
        return;
    kind = CACHE_ROW(PgClass, row)->relkind;
    schema = CACHE_ROW(PgClass, row)->relnamespace;
    if (kind != RELATION_TABLE && kind != RELATION_PARTITIONED_TABLE)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("\"%s\" is not a table", var->relation));
    if (!setting.allow_system_table_mods && relation_is_system(relation, schema))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message =
                      err_fmt("permission denied: \"%s\" is a system catalog", var->relation));
    rights_require(PG_CLASS_CATALOG, relation, role_current(), RIGHT_TRUNCATE);
}

/* Its file is of this subtransaction: nobody can want its rows back, not even ourselves. */
static bool is_file_new(const Relation *rel)
{
    return rel->created_in == txn_sub_id() || rel->new_file_in == txn_sub_id();
}

static void cut_indexes(Relation *table)
{
    const RelationIndexes *indexes = relation_indexes(table);
    Oid *oids = mem_dup(indexes->oids, indexes->count * sizeof(Oid));
    unsigned count = indexes->count;

    for (unsigned i = 0; i < count; i++) {
        Relation *index = index_open(oids[i], LOCK_ACCESS_EXCLUSIVE);

        relation_btree(index);
        rel_file_truncate(index->smgr, 0, index->persistence == RELATION_PERMANENT);
        relation_close(index, LOCK_NONE);
        index_rebuild(table, oids[i], false);
    }
    mem_free(oids);
}

void table_cut(Oid oid)
{
    Relation *rel = relation_open(oid, LOCK_ACCESS_EXCLUSIVE);
    Oid toast = rel->row->reltoastrelid;

    relation_close(rel, LOCK_NONE);
    cut(oid);
    if (toast != 0)
        cut(toast);
}

static void cut(Oid oid)
{
    Relation *rel = relation_open(oid, LOCK_ACCESS_EXCLUSIVE);

    if (relation_has_storage(rel)) {
        relation_heap(rel);
        rel_file_truncate(rel->smgr, 0, rel->persistence == RELATION_PERMANENT);
        rel->heap.target = BLOCK_NONE;
        cut_indexes(rel);
    }
    relation_close(rel, LOCK_NONE);
}

static void replace(Oid oid)
{
    Relation *rel = relation_open(oid, LOCK_ACCESS_EXCLUSIVE);

    relation_set_new_file(rel, rel->persistence);
    relation_close(rel, LOCK_NONE);
}

static void rebuild_indexes(Oid oid)
{
    Relation *rel = relation_open(oid, LOCK_NONE);
    const RelationIndexes *indexes = relation_indexes(rel);
    Oid *oids = mem_dup(indexes->oids, indexes->count * sizeof(Oid));
    unsigned count = indexes->count;

    for (unsigned i = 0; i < count; i++)
        index_rebuild(rel, oids[i], true);
    mem_free(oids);
    relation_close(rel, LOCK_NONE);
}

static void truncate_table(Oid oid)
{
    Relation *rel = relation_open(oid, LOCK_NONE);
    Oid toast = rel->row->reltoastrelid;
    bool is_new = is_file_new(rel);

    stats_count_truncate(rel->stats);
    relation_close(rel, LOCK_NONE);
    if (is_new) {
        table_cut(oid);
        return;
    }
    replace(oid);
    if (toast != 0)
        replace(toast);
    rebuild_indexes(oid);
    if (toast != 0)
        rebuild_indexes(toast);
}

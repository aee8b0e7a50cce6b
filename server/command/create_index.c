/* create_index.c - CREATE INDEX, also CONCURRENTLY */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/namespace.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/concurrent.h"
#include "server/command/index_define.h"
#include "server/command/relation_name.h"
#include "server/command/table_use.h"
#include "server/txn/txn.h"

static IndexDefine define_of(const CommandCall *call)
{
    const IndexStmt *stmt = (const IndexStmt *)(const void *)call->statement;

    return (IndexDefine){
        .name = stmt->name,
        .access_method = stmt->access_method != NULL ? stmt->access_method : "btree",
        .tablespace = stmt->tablespace,
        .columns = stmt->columns,
        .including = stmt->including,
        .options = stmt->options,
        .predicate = stmt->where,
        .is_unique = stmt->is_unique,
        .nulls_are_equal = stmt->is_nulls_not_distinct,
        .text = call->text,
    };
}

/* 0: there is one of that name, which is told. */
static Oid make(const IndexStmt *stmt, Relation *table, const IndexDefine *define)
{
    if (stmt->if_not_exists && stmt->name != NULL &&
        syscache_peek2(CACHE_RELNAMENSP, datum_of_pointer(stmt->name),
                       datum_of_u32(table->schema)) != NULL) {
        err_log(ERR_NOTICE, .sqlstate = SQLSTATE_DUPLICATE_TABLE,
                .message = err_fmt("relation \"%s\" already exists, skipping", stmt->name));
        return 0;
    }
    table_require_unused(table, "CREATE INDEX");
    return index_define(table, define);
}

/* Nobody else has a temporary table, so there is nobody to be beside of. */
static bool is_concurrent(const IndexStmt *stmt)
{
    Oid oid = stmt->is_concurrent ? namespace_relation(stmt->relation, true) : 0;
    const HeapTuple *row = oid != 0 ? syscache_peek(CACHE_RELOID, datum_of_u32(oid)) : NULL;

    return stmt->is_concurrent &&
           (row == NULL || CACHE_ROW(PgClass, row)->relpersistence != RELATION_TEMPORARY);
}

void command_create_index(CommandCall *call)
{
    const IndexStmt *stmt = (const IndexStmt *)(const void *)call->statement;
    IndexDefine define = define_of(call);
    ConcurrentIndex index = {.table = 0};
    Relation *table;

    if (stmt->is_concurrent)
        txn_prevent_in_block(call->place == COMMAND_TOP, "CREATE INDEX CONCURRENTLY");
    define.is_left = is_concurrent(stmt);
    index.table =
        relation_of_name(stmt->relation, define.is_left ? LOCK_SHARE_UPDATE_EXCLUSIVE : LOCK_SHARE,
                         0, relation_check_owner, NULL);
    table = relation_open(index.table, LOCK_NONE);
    index.index = make(stmt, table, &define);
    relation_close(table, LOCK_NONE);
    if (define.is_left && index.index != 0)
        concurrent_finish_new(&index);
}

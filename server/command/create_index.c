/* create_index.c - CREATE INDEX */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/index_define.h"
#include "server/command/relation_name.h"
#include "server/command/table_use.h"

void command_create_index(CommandCall *call)
{
    const IndexStmt *stmt = (const IndexStmt *)(const void *)call->statement;
    const IndexDefine define = {
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
    Relation *table;
    Oid oid;

    if (stmt->is_concurrent)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "CREATE INDEX CONCURRENTLY is not supported yet");
    oid = relation_of_name(stmt->relation, LOCK_SHARE, 0, relation_check_owner, NULL);
    table = relation_open(oid, LOCK_NONE);
    if (stmt->if_not_exists && stmt->name != NULL &&
        syscache_peek2(CACHE_RELNAMENSP, datum_of_pointer(stmt->name),
                       datum_of_u32(table->schema)) != NULL)
        err_log(ERR_NOTICE, .sqlstate = SQLSTATE_DUPLICATE_TABLE,
                .message = err_fmt("relation \"%s\" already exists, skipping", stmt->name));
    else {
        table_require_unused(table, "CREATE INDEX");
        index_define(table, &define);
    }
    relation_close(table, LOCK_NONE);
}

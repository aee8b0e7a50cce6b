/* lock_table.c - LOCK TABLE */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/access/common/relation.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/relation_name.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/txn/txn.h"

static void check_lock(const RangeVar *var, Oid relation, void *arg);

void command_lock(CommandCall *call)
{
    const LockStmt *stmt = (const LockStmt *)(const void *)call->statement;
    LockMode mode = (LockMode)stmt->mode;

    txn_require_block(call->place == COMMAND_TOP, "LOCK TABLE");
    list_foreach(const RangeVar *, var, stmt->relations) {
        Oid oid =
            relation_of_name(var, mode, stmt->is_nowait ? RELATION_NOWAIT : 0, check_lock, &mode);
        Relation *rel = relation_open(oid, LOCK_NONE);

        if (rel->kind == RELATION_VIEW || rel->row->relhassubclass)
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = "LOCK TABLE of views and tables with children is not supported "
                                 "yet");
        relation_close(rel, LOCK_NONE);
    }
}

/* Weak locks may be had by who may read or write, strong ones by who may change. */
static Rights rights_for(LockMode mode)
{
    Rights rights = RIGHT_UPDATE | RIGHT_DELETE | RIGHT_TRUNCATE;

    if (mode == LOCK_ACCESS_SHARE)
        rights |= RIGHT_SELECT;
    if (mode <= LOCK_ROW_EXCLUSIVE)
        rights |= RIGHT_INSERT;
    return rights;
}

static void check_lock(const RangeVar *var, Oid relation, void *arg)
{
    const LockMode mode = *(const LockMode *)arg;
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));
    Rights wanted = rights_for(mode);
    char kind;

    if (row == NULL)
        return;
    kind = CACHE_ROW(PgClass, row)->relkind;
    if (kind != RELATION_TABLE && kind != RELATION_PARTITIONED_TABLE && kind != RELATION_VIEW)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("cannot lock relation \"%s\"", var->relation),
                  .detail = relation_kind_refusal(kind));
    if (rights_of(PG_CLASS_CATALOG, relation, role_current(), wanted, true) == RIGHTS_NONE)
        rights_require(PG_CLASS_CATALOG, relation, role_current(), wanted);
}

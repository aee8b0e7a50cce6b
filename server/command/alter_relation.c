/*
 * alter_relation.c - ALTER TABLE and its kin where a relation of any kind is changed as a whole
 *
 * OWNER TO is for relations of all kinds, SET TABLESPACE for those with files; what is in columns,
 * constraints and rows is alter_table.c's, and so is what is said beside that.
 */
#include "common/base/base.h"

#include "server/command/alter_relation.h"

#include "common/err/err.h"
#include "server/access/common/relation.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/move_relation.h"
#include "server/command/owner.h"
#include "server/command/relation_name.h"
#include "server/command/table_use.h"
#include "server/txn/txn.h"

static bool is_of_whole(const AlterTableStmt *stmt);
static void set_tablespace(Oid relation, const char *name);

bool alter_relation_try(const AlterTableStmt *stmt)
{
    Oid relation;

    if (!is_of_whole(stmt))
        return false;
    relation = relation_of_name(stmt->relation, LOCK_ACCESS_EXCLUSIVE,
                                stmt->is_missing_ok ? RELATION_MISSING_OK : 0, alter_relation_check,
                                (void *)(uintptr_t)stmt);
    if (relation == 0) {
        err_log(ERR_NOTICE, .message = err_fmt("relation \"%s\" does not exist, skipping",
                                               stmt->relation->relation));
        return true;
    }
    list_foreach(const AlterTableCmd *, action, stmt->actions) {
        if (action->action == AT_CHANGE_OWNER)
            owner_change_relation(relation, action->owner);
        else
            set_tablespace(relation, action->name);
        txn_advance_command();
    }
    return true;
}

static bool is_of_whole(const AlterTableStmt *stmt)
{
    list_foreach(const AlterTableCmd *, action, stmt->actions) {
        if (action->action != AT_CHANGE_OWNER && action->action != AT_SET_TABLESPACE)
            return false;
    }
    return list_count(stmt->actions) == 1;
}

static void set_tablespace(Oid relation, const char *name)
{
    Relation *rel = relation_open(relation, LOCK_NONE);
    Oid tablespace;

    table_require_unused(rel, "ALTER TABLE");
    if (rel->kind != RELATION_TABLE && rel->kind != RELATION_MATERIALIZED_VIEW &&
        rel->kind != RELATION_INDEX && rel->kind != RELATION_PARTITIONED_TABLE &&
        rel->kind != RELATION_PARTITIONED_INDEX)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
                  .message = err_fmt("ALTER action %s cannot be performed on relation \"%s\"",
                                     "SET TABLESPACE", rel->name),
                  .detail = relation_kind_refusal(rel->kind));
    tablespace = relation_move_target(name);
    relation_close(rel, LOCK_NONE);
    relation_move(relation, tablespace);
}

/* ALTER TABLE takes any kind; the others say which one they want. */
static const char *refusal(ObjectKind wanted, char kind)
{
    switch (wanted) {
    case OBJECT_VIEW:
        return kind != RELATION_VIEW ? "not a view" : NULL;
    case OBJECT_MATVIEW:
        return kind != RELATION_MATERIALIZED_VIEW ? "not a materialized view" : NULL;
    case OBJECT_SEQUENCE:
        return kind != RELATION_SEQUENCE ? "not a sequence" : NULL;
    case OBJECT_FOREIGN_TABLE:
        return kind != RELATION_FOREIGN_TABLE ? "not a foreign table" : NULL;
    case OBJECT_TYPE:
        return kind != RELATION_COMPOSITE_TYPE ? "not a composite type" : NULL;
    case OBJECT_INDEX:
        return kind != RELATION_INDEX && kind != RELATION_PARTITIONED_INDEX ? "not an index" : NULL;
    default:
        return kind == RELATION_COMPOSITE_TYPE ? "a composite type" : NULL;
    }
}

void alter_relation_check(const RangeVar *var, Oid relation, void *arg)
{
    const AlterTableStmt *stmt = arg;
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));
    char kind = row != NULL ? CACHE_ROW(PgClass, row)->relkind : 0;
    const char *why;

    relation_check_owner(var, relation, NULL);
    why = kind != 0 ? refusal(stmt->kind, kind) : NULL;
    if (why == NULL)
        return;
    err_raise(SQLSTATE_WRONG_OBJECT_TYPE,
              .message = err_fmt("\"%s\" is %s", var->relation, why),
              .hint = kind == RELATION_COMPOSITE_TYPE && stmt->kind == OBJECT_TABLE
                          ? "Use ALTER TYPE instead."
                          : NULL);
}

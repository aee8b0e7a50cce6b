/*
 * move_relation.c - relations go to other tablespaces: ALTER ... SET TABLESPACE, and ALTER ... ALL
 * IN TABLESPACE
 */
#include "common/base/base.h"

#include "server/command/move_relation.h"

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/access/common/rel_file.h"
#include "server/cache/cache.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/namespace.h"
#include "server/cache/object_name.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/file_copy.h"
#include "server/command/make.h"
#include "server/command/role_spec.h"
#include "server/command/shared_name.h"
#include "server/command/table_use.h"
#include "server/lock/lock_object.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/txn/txn.h"

#define SCHEMA_CATALOG 11
#define SCHEMA_TOAST   99

static void require_room(Oid tablespace)
{
    if (tablespace != cache_database_tablespace())
        rights_require(PG_TABLESPACE_CATALOG, tablespace, role_current(), RIGHT_CREATE);
}

Oid relation_move_target(const char *name)
{
    Oid tablespace = tablespace_of_name(name, false);

    require_room(tablespace);
    return tablespace;
}

bool relation_may_move(const Relation *rel, Oid tablespace)
{
    Oid old = rel->row->reltablespace;

    if (tablespace == old || (old == 0 && tablespace == cache_database_tablespace()))
        return false;
    if (rel->kind == RELATION_PARTITIONED_TABLE || rel->kind == RELATION_PARTITIONED_INDEX)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "SET TABLESPACE of what is partitioned is not supported yet");
    if (rel->is_mapped)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cannot move system relation \"%s\"", rel->name));
    if (tablespace == TABLESPACE_GLOBAL)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "only shared relations can be placed in pg_global tablespace");
    if (rel->is_foreign_temp)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "cannot move temporary tables of other sessions");
    return true;
}

/* ---- One relation ---- */

static void move_files(Relation *rel, Oid tablespace)
{
    Oid stored = tablespace == cache_database_tablespace() ? 0 : tablespace;
    const RelTag old = rel->tag;
    RelTag new = {.tablespace = tablespace, .database = old.database};
    CatalogRow row;

    new.rel = relation_new_file_no(stored, false, rel->temp_backend);
    relation_open_files(rel);
    relation_copy_files(rel->smgr, &new, rel->persistence);
    rel_file_drop(&old, rel->temp_backend);
    catalog_row_init(&row);
    catalog_set_u32(&row, PG_CLASS_COL_RELTABLESPACE, stored);
    catalog_set_u32(&row, PG_CLASS_COL_RELFILENODE, new.rel);
    relation_update_class(rel->oid, &row);
    txn_advance_command();
    relation_note_new_file(rel);
}

void relation_move(Oid relation, Oid tablespace)
{
    Relation *rel = relation_open(relation, LOCK_ACCESS_EXCLUSIVE);
    Oid toast = rel->row->reltoastrelid, *oids = NULL;
    unsigned count = 0;

    if (!relation_may_move(rel, tablespace)) {
        relation_close(rel, LOCK_NONE);
        return;
    }
    if (rel->kind == RELATION_TOAST) {
        const RelationIndexes *all = relation_indexes(rel);

        count = all->count;
        oids = mem_dup(all->oids, count * sizeof(Oid));
    }
    move_files(rel, tablespace);
    relation_close(rel, LOCK_NONE);
    if (toast != 0)
        relation_move(toast, tablespace);
    for (unsigned i = 0; i < count; i++)
        relation_move(oids[i], tablespace);
}

/* ---- All that a tablespace has ---- */

/* What is looked for; tablespaces as pg_class has them. */
typedef struct MoveAll {
    const AlterTableMoveAllStmt *stmt;
    Oid from, to;
    Array roles; /* Oid; none: whosoever's */
} MoveAll;

static bool is_of_kind(ObjectKind wanted, char kind)
{
    switch (wanted) {
    case OBJECT_TABLE:
        return kind == RELATION_TABLE || kind == RELATION_PARTITIONED_TABLE;
    case OBJECT_INDEX:
        return kind == RELATION_INDEX || kind == RELATION_PARTITIONED_INDEX;
    default:
        return kind == RELATION_MATERIALIZED_VIEW;
    }
}

static bool has_role(const Array *roles, Oid role)
{
    array_foreach(const Oid, one, roles) {
        if (*one == role)
            return true;
    }
    return roles->count == 0;
}

/* Catalogs, and what goes with a table or a session, stay. */
static bool is_wanted(const MoveAll *all, const PgClass *c)
{
    return c->relnamespace != SCHEMA_CATALOG && c->relnamespace != SCHEMA_TOAST &&
           !c->relisshared && !namespace_is_any_temporary(c->relnamespace) &&
           is_of_kind(all->stmt->kind, c->relkind) && has_role(&all->roles, c->relowner);
}

static void take(const MoveAll *all, Oid relation, const char *name, Oid schema)
{
    rights_require_owner(PG_CLASS_CATALOG, relation, role_current());
    if (!all->stmt->is_nowait)
        lock_relation(relation, LOCK_ACCESS_EXCLUSIVE);
    else if (!lock_relation_try(relation, LOCK_ACCESS_EXCLUSIVE))
        err_raise(SQLSTATE_OBJECT_IN_USE,
                  .message = err_fmt("aborting because lock on relation \"%s.%s\" is not available",
                                     schema_name(schema), name));
}

static void find_relations(const MoveAll *all, Array *out)
{
    const CatalogKey key = {.column = PG_CLASS_COL_RELTABLESPACE, .value = datum_of_u32(all->from)};
    CatalogScan *scan = catalog_scan_begin(PG_CLASS_CATALOG, 0, 1, &key);
    const HeapTuple *row;

    while ((row = catalog_scan_next(scan)) != NULL) {
        const PgClass *c = CACHE_ROW(PgClass, row);

        if (!is_wanted(all, c))
            continue;
        take(all, c->oid, c->relname, c->relnamespace);
        *(Oid *)array_push(out) = c->oid;
    }
    catalog_scan_end(scan);
}

static void move_one(Oid relation, Oid tablespace)
{
    Relation *rel = relation_open_if_any(relation, LOCK_NONE);

    if (rel == NULL)
        return;
    table_require_unused(rel, "ALTER TABLE");
    relation_close(rel, LOCK_NONE);
    relation_move(relation, tablespace);
}

void command_move_all(CommandCall *call)
{
    MoveAll all = {.stmt = (const AlterTableMoveAllStmt *)(const void *)call->statement};
    Array found;
    Oid to;

    array_init(&all.roles, sizeof(Oid));
    array_init(&found, sizeof(Oid));
    all.from = tablespace_of_name(all.stmt->tablespace, false);
    to = tablespace_of_name(all.stmt->new_tablespace, false);
    list_foreach(const RoleSpec *, role, all.stmt->roles)
        *(Oid *)array_push(&all.roles) = role_of_spec(role, false);
    if (all.from == TABLESPACE_GLOBAL || to == TABLESPACE_GLOBAL)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "cannot move relations in to or out of pg_global tablespace");
    require_room(to);
    if (all.from == to)
        return;
    if (all.from == cache_database_tablespace())
        all.from = 0;
    find_relations(&all, &found);
    if (found.count == 0)
        err_log(ERR_NOTICE, .sqlstate = SQLSTATE_NO_DATA_FOUND,
                .message = err_fmt("no matching relations in tablespace \"%s\" found",
                                   all.from == 0 ? "(database default)" : all.stmt->tablespace));
    array_foreach(const Oid, relation, &found)
        move_one(*relation, to);
}

/*
 * drop_database.c - DROP DATABASE
 *
 * Its row is marked first, at once and for good: should the server die while the files go, what is
 * left cannot be connected to, and can be dropped again.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "server/analyzer/position.h"
#include "server/cache/cache.h"
#include "server/cache/catalog_change.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/syscache.h"
#include "server/command/command_int.h"
#include "server/command/comment.h"
#include "server/command/database.h"
#include "server/command/database_files.h"
#include "server/command/depend.h"
#include "server/command/object.h"
#include "server/ipc/barrier.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/recovery/checkpoint/checkpoint.h"
#include "server/stats/stats.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/smgr/smgr.h"
#include "server/storage/sync/sync.h"
#include "server/txn/txn.h"
#include "server/wal/wal.h"

#define INVALID_LIMIT (-2) /* datconnlimit of what is half dropped */

static bool wants_force(const DropDatabaseStmt *stmt, const char *text);
static void require_droppable(const DatabaseRow *d, bool is_forced);
static void forget_rows(const DatabaseRow *d);
static void mark_invalid(Oid database);
static void remove_files(Oid database);

void command_drop_database(CommandCall *call)
{
    const DropDatabaseStmt *stmt = (const DropDatabaseStmt *)(const void *)call->statement;
    bool is_forced = wants_force(stmt, call->text);
    DatabaseRow d;

    if (!database_find(stmt->name, LOCK_ACCESS_EXCLUSIVE, &d)) {
        if (!stmt->is_missing_ok)
            database_raise_missing(stmt->name);
        err_log(ERR_NOTICE,
                .message = err_fmt("database \"%s\" does not exist, skipping", stmt->name));
        return;
    }
    require_droppable(&d, is_forced);
    forget_rows(&d);
    mark_invalid(d.row.oid);
    object_delete_row(PG_DATABASE_CATALOG, CACHE_DATABASEOID, d.row.oid);
    stats_note_dropped(STATS_DATABASE, d.row.oid, 0);
    remove_files(d.row.oid);
    txn_force_sync();
}

static bool wants_force(const DropDatabaseStmt *stmt, const char *text)
{
    bool is_forced = false;

    list_foreach(const Option *, option, stmt->options) {
        if (strcmp(option->name, "force") != 0)
            err_raise(SQLSTATE_SYNTAX_ERROR,
                      .message = err_fmt("unrecognized DROP DATABASE option \"%s\"", option->name),
                      .position = text_position(text, option->loc));
        is_forced = true;
    }
    return is_forced;
}

static void require_droppable(const DatabaseRow *d, bool is_forced)
{
    const char *busy;

    rights_require_owner(PG_DATABASE_CATALOG, d->row.oid, role_current());
    if (d->row.datistemplate)
        err_raise(SQLSTATE_WRONG_OBJECT_TYPE, .message = "cannot drop a template database");
    if (d->row.oid == cache_database())
        err_raise(SQLSTATE_OBJECT_IN_USE, .message = "cannot drop the currently open database");
    if (is_forced)
        database_end_sessions(d->row.oid, d->row.datname);
    if (database_is_busy(d->row.oid, &busy))
        err_raise(SQLSTATE_OBJECT_IN_USE,
                  .message = err_fmt("database \"%s\" is being accessed by other users",
                                     d->row.datname),
                  .detail = busy);
}

/* ---- Rows ---- */

static void forget_settings(Oid database)
{
    const CatalogKey key = {.column = PG_DB_ROLE_SETTING_COL_SETDATABASE,
                            .value = datum_of_u32(database)};
    CatalogChange *change = catalog_change_begin(PG_DB_ROLE_SETTING_CATALOG);
    CatalogScan *scan = catalog_scan_begin(
        PG_DB_ROLE_SETTING_CATALOG, PG_DB_ROLE_SETTING_DATABASEID_ROL_INDEX, 1, &key);
    const HeapTuple *row;

    while ((row = catalog_scan_next(scan)) != NULL)
        catalog_delete(change, row);
    catalog_scan_end(scan);
    catalog_change_end(change);
}

static void forget_rows(const DatabaseRow *d)
{
    const ObjectAddress object = object_address(PG_DATABASE_CATALOG, d->row.oid);

    comment_forget(&object);
    forget_settings(d->row.oid);
    depend_forget_of_database(d->row.oid);
}

static void mark_invalid(Oid database)
{
    CatalogChange *change = catalog_change_begin(PG_DATABASE_CATALOG);
    const HeapTuple *row = syscache_pin(CACHE_DATABASEOID, datum_of_u32(database));
    CatalogRow fresh;

    catalog_row_init(&fresh);
    catalog_set_i32(&fresh, PG_DATABASE_COL_DATCONNLIMIT, INVALID_LIMIT);
    catalog_overwrite(change, row, &fresh);
    syscache_unpin(row);
    catalog_change_end(change);
    wal_flush(wal_insert_lsn());
}

/* ---- Files ---- */

/*
 * The checkpoint writes no page of it any more, and forgets what it was asked to sync; others close
 * the files that they have open.
 */
static void remove_files(Oid database)
{
    buffer_drop_database(database);
    sync_forget_database(database);
    checkpoint_request(CHECKPOINT_IMMEDIATE | CHECKPOINT_FORCE | CHECKPOINT_WAIT);
    barrier_wait(barrier_emit());
    smgr_release_all();
    database_remove_folders(database);
}

/*
 * move_database.c - ALTER DATABASE ... SET TABLESPACE
 *
 * The folder is copied, the row says so, and when that is committed the old folder goes, in a
 * transaction of its own: should the server die in between, a folder is left that no row leads to.
 * A lock of the session stands from one to the next; when one of them fails it goes with it.
 */
#include "common/base/base.h"

#include "server/command/move_database.h"

#include "common/err/err.h"
#include "common/os/dir.h"
#include "common/os/path.h"
#include "server/cache/cache.h"
#include "server/cache/catalog_change.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/database.h"
#include "server/command/database_files.h"
#include "server/command/object.h"
#include "server/command/shared_name.h"
#include "server/ipc/barrier.h"
#include "server/ipc/proc.h"
#include "server/lock/lock_object.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/recovery/checkpoint/checkpoint.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/file/database_folder.h"
#include "server/storage/smgr/smgr.h"
#include "server/txn/snapshot.h"
#include "server/txn/txn.h"

typedef struct Move {
    Oid database, from, to;
    const char *name, *tablespace;
} Move;

static Oid checked_target(const Move *move);
static void require_empty(const Move *move);
static void copy(Move *move);

static void move_files(Move *move)
{
    const char *busy;

    if (database_is_busy(move->database, &busy))
        err_raise(SQLSTATE_OBJECT_IN_USE,
                  .message =
                      err_fmt("database \"%s\" is being accessed by other users", move->name),
                  .detail = busy);
    /* Its pages are all in its files, and nobody has any of these open. */
    checkpoint_request(CHECKPOINT_IMMEDIATE | CHECKPOINT_FORCE | CHECKPOINT_WAIT |
                       CHECKPOINT_FLUSH_ALL);
    barrier_wait(barrier_emit());
    smgr_release_all();
    buffer_drop_database(move->database);
    require_empty(move);
    copy(move);
    if (snapshot_has_active())
        snapshot_pop();
    txn_end_command();
    txn_start_command();
    database_remove_folder(move->database, move->from);
}

void database_move(const char *name, const char *tablespace)
{
    Move move = {.name = name, .tablespace = tablespace};
    DatabaseRow d;

    if (!database_find(name, LOCK_ACCESS_EXCLUSIVE, &d))
        database_raise_missing(name);
    move.database = d.row.oid;
    move.from = d.row.dattablespace;
    rights_require_owner(PG_DATABASE_CATALOG, move.database, role_current());
    if (move.database == cache_database())
        err_raise(SQLSTATE_OBJECT_IN_USE,
                  .message = "cannot change the tablespace of the currently open database");
    move.to = checked_target(&move);
    if (move.to == move.from)
        return;
    lock_shared_object_for_session(PG_DATABASE_CATALOG, move.database, 0, LOCK_ACCESS_EXCLUSIVE);
    move_files(&move);
    lock_shared_object_unlock_for_session(PG_DATABASE_CATALOG, move.database, 0,
                                          LOCK_ACCESS_EXCLUSIVE);
}

static Oid checked_target(const Move *move)
{
    Oid to = tablespace_of_name(move->tablespace, false);

    rights_require(PG_TABLESPACE_CATALOG, to, role_current(), RIGHT_CREATE);
    if (to == TABLESPACE_GLOBAL)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "pg_global cannot be used as default tablespace");
    return to;
}

/* Relations that were put there by themselves would be mixed up with the others. */
static void require_empty(const Move *move)
{
    const char *path = database_folder_path(move->database, move->to);

    switch (os_dir_state(path)) {
    case OS_DIR_MISSING:
        return;
    case OS_DIR_EMPTY:
        os_dir_remove(path);
        os_dir_sync(path_dir(path));
        return;
    default:
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("some relations of database \"%s\" are already in tablespace "
                                     "\"%s\"",
                                     move->name, move->tablespace),
                  .hint = "You must move them back to the database's default tablespace before "
                          "using this command.");
    }
}

static void write_row(const Move *move)
{
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set_u32(&row, PG_DATABASE_COL_DATTABLESPACE, move->to);
    object_update_row(PG_DATABASE_CATALOG, CACHE_DATABASEOID, move->database, &row);
}

static void fill_and_note(const Move *move)
{
    database_copy_folder(move->database, move->from, move->to);
    write_row(move);
    /* Redo must not copy again what may have changed since. */
    checkpoint_request(CHECKPOINT_IMMEDIATE | CHECKPOINT_FORCE | CHECKPOINT_WAIT);
}

static void remove_copy(const Move *move)
{
    os_dir_remove_tree(database_folder_path(move->database, move->to), true);
}

/* The session is ended in the middle of it. */
static void remove_at_end(void *arg)
{
    ERR_TRY() {
        remove_copy(arg);
    }
    ERR_CATCH() {
        err_log(ERR_LOG, .message = "could not remove the files of a database that was being moved",
                .detail = err_caught()->message);
    }
    ERR_END();
}

static void copy(Move *move)
{
    proc_on_detach(remove_at_end, move);
    ERR_TRY() {
        fill_and_note(move);
    }
    ERR_CATCH() {
        proc_forget_on_detach(remove_at_end, move);
        remove_copy(move);
        err_raise_again();
    }
    ERR_END();
    proc_forget_on_detach(remove_at_end, move);
    /* The old folder goes next, whatever synchronous_commit says. */
    txn_force_sync();
}

/*
 * tablespace.c - CREATE TABLESPACE, DROP TABLESPACE, ALTER TABLESPACE ... RENAME TO
 *
 * A tablespace is a folder outside of the data directory with a link to it in pg_tblspc, or, for
 * tests, a folder in pg_tblspc itself. Databases have their folders in one of this version's in it.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/format/pg_version.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/walrec/rmgr.h"
#include "server/cache/catalog_change.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/command_int.h"
#include "server/command/comment.h"
#include "server/command/depend.h"
#include "server/command/needed_by.h"
#include "server/command/object.h"
#include "server/command/rename_shared.h"
#include "server/command/role_spec.h"
#include "server/command/shared_name.h"
#include "server/config/server_version.h"
#include "server/config/setting.h"
#include "server/ipc/barrier.h"
#include "server/lock/lock_object.h"
#include "server/object/rights.h"
#include "server/object/role.h"
#include "server/recovery/checkpoint/checkpoint.h"
#include "server/storage/smgr/smgr.h"
#include "server/txn/txn.h"
#include "server/wal/wal.h"

#define SPECIAL_RELATION 0x01 /* info bit: files change that no block reference names */
#define LINK_MAX         1024 /* bytes of a link that others may read */
#define LONGEST_BELOW    34   /* of a path in it: /version folder/database/relation.fork */

static char *link_of(Oid tablespace)
{
    return mem_printf("pg_tblspc/%u", tablespace);
}

static const char *version_folder(void)
{
    return pg_version_tablespace_folder(pg_version_find(SERVER_MAJOR));
}

/* ---- CREATE ---- */

/* Without slashes at its end. "" is for a folder in pg_tblspc. */
static char *checked_location(const char *given)
{
    char *path = mem_strdup(given);
    size_t len = strlen(path);

    while (len > 1 && path[len - 1] == '/')
        path[--len] = '\0';
    if (strchr(path, '\'') != NULL)
        err_raise(SQLSTATE_INVALID_NAME,
                  .message = "tablespace location cannot contain single quotes");
    if (*path == '\0' && setting.allow_in_place_tablespaces)
        return path;
    if (*path != '/')
        err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                  .message = "tablespace location must be an absolute path");
    if (len + strlen(version_folder()) + LONGEST_BELOW > LINK_MAX)
        err_raise(SQLSTATE_INVALID_OBJECT_DEFINITION,
                  .message = err_fmt("tablespace location \"%s\" is too long", path));
    return path;
}

static bool is_below(const char *path, const char *folder)
{
    size_t len = strlen(folder);

    return strncmp(path, folder, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

static void make_folders(Oid oid, const char *location)
{
    const bool is_in_place = *location == '\0';
    char *link = link_of(oid);
    const char *base = is_in_place ? link : location;
    char *folder = path_join(base, version_folder());
    OsStat stat;

    if (is_in_place)
        os_dir_make(link);
    if (!os_try_stat(base, &stat))
        err_raise(SQLSTATE_UNDEFINED_FILE,
                  .message = err_fmt("directory \"%s\" does not exist", base));
    os_set_mode(base, os_dir_mode());
    if (os_try_stat(folder, &stat))
        err_raise(SQLSTATE_OBJECT_IN_USE,
                  .message = err_fmt("directory \"%s\" already in use as a tablespace", folder));
    os_dir_make(folder);
    os_dir_sync(base);
    if (!is_in_place)
        os_symlink(location, link);
    os_dir_sync("pg_tblspc");
}

static void log_make(Oid oid, const char *location)
{
    wal_begin_insert();
    wal_register_data(&oid, sizeof oid);
    wal_register_data(location, strlen(location) + 1);
    crit_begin();
    wal_insert(RMGR_TBLSPC, WAL_TBLSPC_CREATE | SPECIAL_RELATION);
    crit_end();
}

static Oid insert_row(const char *name, Oid owner)
{
    CatalogChange *change = catalog_change_begin(PG_TABLESPACE_CATALOG);
    Oid oid =
        catalog_new_oid(PG_TABLESPACE_CATALOG, PG_TABLESPACE_OID_INDEX, PG_TABLESPACE_COL_OID);
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set_u32(&row, PG_TABLESPACE_COL_OID, oid);
    catalog_set_name(&row, PG_TABLESPACE_COL_SPCNAME, name);
    catalog_set_u32(&row, PG_TABLESPACE_COL_SPCOWNER, owner);
    catalog_insert(change, &row);
    catalog_change_end(change);
    depend_note_owner(PG_TABLESPACE_CATALOG, oid, owner);
    return oid;
}

static void require_free_name(const char *name)
{
    if (!setting.allow_system_table_mods && strncmp(name, "pg_", 3) == 0)
        err_raise(SQLSTATE_RESERVED_NAME,
                  .message = err_fmt("unacceptable tablespace name \"%s\"", name),
                  .detail = "The prefix \"pg_\" is reserved for system tablespaces.");
    if (tablespace_of_name(name, true) != 0)
        err_raise(SQLSTATE_DUPLICATE_OBJECT,
                  .message = err_fmt("tablespace \"%s\" already exists", name));
}

void command_create_tablespace(CommandCall *call)
{
    const CreateTablespaceStmt *stmt = (const CreateTablespaceStmt *)(const void *)call->statement;
    char *location;
    Oid owner, oid;

    if (!role_is_superuser(role_current()))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = err_fmt("permission denied to create tablespace \"%s\"", stmt->name),
                  .hint = "Must be superuser to create a tablespace.");
    owner = stmt->owner != NULL ? role_of_spec(stmt->owner, false) : role_current();
    location = checked_location(stmt->location);
    if (*location != '\0' && is_below(location, setting.data_directory))
        err_log(ERR_WARNING, .sqlstate = SQLSTATE_INVALID_OBJECT_DEFINITION,
                .message = "tablespace location should not be inside the data directory");
    require_free_name(stmt->name);
    if (stmt->options != NULL)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "options of tablespaces are not supported yet");
    oid = insert_row(stmt->name, owner);
    make_folders(oid, location);
    log_make(oid, location);
    txn_force_sync();
}

/* ---- RENAME ---- */

void tablespace_rename(const char *name, const char *new_name)
{
    Oid oid = tablespace_of_name(name, false);
    CatalogRow fresh;

    rights_require_owner(PG_TABLESPACE_CATALOG, oid, role_current());
    require_free_name(new_name);
    catalog_row_init(&fresh);
    catalog_set_name(&fresh, PG_TABLESPACE_COL_SPCNAME, new_name);
    object_update_row(PG_TABLESPACE_CATALOG, CACHE_TABLESPACEOID, oid, &fresh);
}

/* ---- DROP ---- */

/* Folders of databases that have nothing there any more go; false: one has. */
static bool remove_empty_folders(const char *folder)
{
    Array names;

    if (!os_dir_try_list(folder, &names))
        return true;
    array_foreach(char *, name, &names) {
        if (os_dir_state(path_join(folder, *name)) == OS_DIR_NOT_EMPTY)
            return false;
    }
    array_foreach(char *, name, &names)
        os_dir_remove(path_join(folder, *name));
    os_dir_remove(folder);
    return true;
}

static bool remove_folders(Oid oid)
{
    char *link = link_of(oid);
    OsStat stat;

    if (!remove_empty_folders(path_join(link, version_folder())))
        return false;
    if (os_try_lstat(link, &stat)) {
        if (stat.kind == OS_KIND_DIR)
            os_dir_remove(link);
        else
            os_unlink(link);
    }
    os_dir_sync("pg_tblspc");
    return true;
}

static void log_drop(Oid oid)
{
    wal_begin_insert();
    wal_register_data(&oid, sizeof oid);
    crit_begin();
    wal_insert(RMGR_TBLSPC, WAL_TBLSPC_DROP | SPECIAL_RELATION);
    crit_end();
}

/* Files that were dropped wait for a checkpoint, and others may have them open: a second try. */
static void remove_for_good(Oid oid, const char *name)
{
    if (remove_folders(oid))
        return;
    checkpoint_request(CHECKPOINT_IMMEDIATE | CHECKPOINT_FORCE | CHECKPOINT_WAIT);
    barrier_wait(barrier_emit());
    if (!remove_folders(oid))
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("tablespace \"%s\" is not empty", name));
}

static void require_droppable(Oid oid, const char *name)
{
    char *needed, *log;

    rights_require_owner(PG_TABLESPACE_CATALOG, oid, role_current());
    if (object_is_pinned(PG_TABLESPACE_CATALOG, oid))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = err_fmt("permission denied for tablespace %s", name));
    lock_shared_object(PG_TABLESPACE_CATALOG, oid, 0, LOCK_ACCESS_EXCLUSIVE);
    needed = needed_by(PG_TABLESPACE_CATALOG, oid, &log);
    if (needed != NULL)
        err_raise(SQLSTATE_DEPENDENT_OBJECTS_STILL_EXIST,
                  .message = err_fmt("tablespace \"%s\" cannot be dropped because some objects "
                                     "depend on it",
                                     name),
                  .detail = needed, .detail_log = log);
}

void command_drop_tablespace(CommandCall *call)
{
    const DropTablespaceStmt *stmt = (const DropTablespaceStmt *)(const void *)call->statement;
    Oid oid = tablespace_of_name(stmt->name, true);
    const ObjectAddress object = object_address(PG_TABLESPACE_CATALOG, oid);

    if (oid == 0) {
        if (!stmt->is_missing_ok)
            err_raise(SQLSTATE_UNDEFINED_OBJECT,
                      .message = err_fmt("tablespace \"%s\" does not exist", stmt->name));
        err_log(ERR_NOTICE,
                .message = err_fmt("tablespace \"%s\" does not exist, skipping", stmt->name));
        return;
    }
    require_droppable(oid, stmt->name);
    object_delete_row(PG_TABLESPACE_CATALOG, CACHE_TABLESPACEOID, oid);
    comment_forget(&object);
    depend_forget_shared(PG_TABLESPACE_CATALOG, oid, 0);
    remove_for_good(oid, stmt->name);
    log_drop(oid);
    txn_force_sync();
}

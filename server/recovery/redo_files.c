/*
 * redo_files.c - redo of what changes folders: databases, tablespaces, relation maps
 *
 * Replay may come by here a second time, or find the work of a command that a crash cut short: what
 * is there already is removed, and made anew.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/pg_version.h"
#include "common/format/relmap.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "server/config/server_version.h"
#include "server/recovery/recovery_int.h"
#include "server/recovery/standby/standby.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/file/database_folder.h"
#include "server/storage/smgr/smgr.h"
#include "server/storage/sync/sync.h"

static void drop_folder(Oid tablespace, Oid database);
static char *link_path(Oid tablespace);

static const PgVersion *server_version(void)
{
    return pg_version_find(SERVER_MAJOR);
}

/* The record has the whole file. */
void redo_relation_map(const WalEffect *effect)
{
    char *folder = database_folder_path(effect->relmap.database, effect->relmap.tablespace);
    RelMap map;

    relmap_parse(effect->relmap.bytes, effect->relmap.size, path_join(folder, RELMAP_FILE_NAME),
                 &map);
    database_folder_write(folder, RELMAP_FILE_NAME, effect->relmap.bytes, effect->relmap.size);
    standby_send_relmap(effect->relmap.database);
}

/* ---- Databases ---- */

/*
 * All that was redone before must be in the files that are copied. The folder may lie in a
 * tablespace that was dropped later, and then is not there to be copied from or to: a later record
 * drops the database then.
 */
void redo_database_copy(const WalEffect *effect)
{
    char *from = database_folder_path(effect->db.from_database, effect->db.from_tablespace);
    char *to = database_folder_path(effect->db.database, effect->db.tablespace);

    drop_folder(effect->db.tablespace, effect->db.database);
    buffer_flush_database(effect->db.from_database);
    if (!os_exists(from)) {
        err_log(ERR_WARNING,
                .message = err_fmt("some useless files may be left behind in old database "
                                   "directory \"%s\"",
                                   to),
                .detail = err_fmt("\"%s\", which it is to be a copy of, does not exist.", from));
        return;
    }
    database_folder_copy(from, to);
}

void redo_database_make(const WalEffect *effect)
{
    char *folder = database_folder_path(effect->db.database, effect->db.tablespace);

    os_dir_make_all_durable(folder);
    database_folder_write_version(folder);
}

void redo_database_drop(const WalEffect *effect)
{
    Oid database = effect->db_drop.database;

    buffer_drop_database(database);
    sync_forget_database(database);
    missing_pages_forget_database(database);
    smgr_close_all();
    for (uint32_t i = 0; i < effect->db_drop.tablespaces.count; i++)
        drop_folder(walrec_list_xid(&effect->db_drop.tablespaces, i), database);
}

/* Missing is fine. */
static void drop_folder(Oid tablespace, Oid database)
{
    char *dir = database_folder_path(database, tablespace);

    smgr_release_all();
    os_dir_remove_tree(dir, false);
    if (os_exists(path_dir(dir)))
        os_dir_sync(path_dir(dir));
}

/* ---- Tablespaces ---- */

static char *link_path(Oid tablespace)
{
    return mem_printf("pg_tblspc/%u", tablespace);
}

/* The folder that the link leads to must be there, as it was on the primary. */
void redo_tablespace_make(const WalEffect *effect)
{
    char *link = link_path(effect->tablespace.oid);
    const char *path = effect->tablespace.path;
    OsStat stat;

    if (*path == '\0') { /* in place, for tests */
        os_dir_make_all_durable(path_join(link, pg_version_tablespace_folder(server_version())));
        return;
    }
    if (!os_try_stat(path, &stat) || stat.kind != OS_KIND_DIR)
        err_raise(SQLSTATE_UNDEFINED_FILE,
                  .message = err_fmt("directory \"%s\" does not exist", path),
                  .hint = "Create this directory for the tablespace before restarting the server.");
    os_dir_make_all(path_join(path, pg_version_tablespace_folder(server_version())));
    if (os_try_lstat(link, &stat))
        os_unlink(link);
    os_symlink(path, link);
    os_dir_sync("pg_tblspc");
}

/* Its databases are gone by now; a folder that is not empty stays, and is told. */
void redo_tablespace_drop(const WalEffect *effect)
{
    char *link = link_path(effect->tablespace.oid);
    char *folder = path_join(link, pg_version_tablespace_folder(server_version()));
    OsStat stat;

    smgr_close_all();
    if (!os_try_lstat(link, &stat))
        return;
    if (os_exists(folder)) {
        Array names;

        os_dir_list(folder, &names);
        array_foreach(char *, name, &names) {
            char *database = path_join(folder, *name);

            if (os_dir_state(database) == OS_DIR_EMPTY)
                os_dir_remove(database);
        }
        if (os_dir_state(folder) != OS_DIR_EMPTY) {
            err_log(ERR_LOG,
                    .message = err_fmt("directories for tablespace %u could not be removed",
                                       effect->tablespace.oid),
                    .hint = "You can remove the directories manually if necessary.");
            return;
        }
        os_dir_remove(folder);
    }
    if (stat.kind == OS_KIND_LINK)
        os_unlink(link);
    else
        os_dir_remove(link);
    os_dir_sync("pg_tblspc");
}

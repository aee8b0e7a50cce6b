/*
 * redo_files.c - redo of what changes folders: databases, tablespaces, relation maps
 *
 * Replay may come by here a second time, or find the work of a command that a crash cut short: what
 * is there already is removed, and made anew.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/pg_version.h"
#include "common/format/rel_path.h"
#include "common/format/relmap.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "server/ipc/interrupt.h"
#include "server/recovery/recovery_int.h"
#include "server/recovery/standby.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/smgr/smgr.h"
#include "server/storage/sync/sync.h"

#define SERVER_MAJOR 15

static void drop_folder(Oid tablespace, Oid database);
static void copy_folder(const char *from, const char *to);
static char *link_path(Oid tablespace);

static const PgVersion *server_version(void)
{
    return pg_version_find(SERVER_MAJOR);
}

/* In place, as the server does: the record has the whole file, and replay comes by again. */
void redo_relation_map(const WalEffect *effect)
{
    char *dir = rel_dir_path(effect->relmap.tablespace, effect->relmap.database, server_version());
    char *path = path_join(dir, RELMAP_FILE_NAME);
    RelMap map;

    relmap_parse(effect->relmap.bytes, effect->relmap.size, path, &map);
    os_write_durable(path, effect->relmap.bytes, effect->relmap.size);
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
    const PgVersion *version = server_version();
    char *from = rel_dir_path(effect->db.from_tablespace, effect->db.from_database, version);
    char *to = rel_dir_path(effect->db.tablespace, effect->db.database, version);

    os_dir_make_all(path_dir(to));
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
    copy_folder(from, to);
}

void redo_database_make(const WalEffect *effect)
{
    char *dir = rel_dir_path(effect->db.tablespace, effect->db.database, server_version());
    char *text = mem_printf("%d\n", SERVER_MAJOR);

    os_dir_make_all_durable(dir);
    os_write_durable(path_join(dir, "PG_VERSION"), text, strlen(text));
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
    char *dir = rel_dir_path(tablespace, database, server_version());

    smgr_release_all();
    os_dir_remove_tree(dir, false);
    if (os_exists(path_dir(dir)))
        os_dir_sync(path_dir(dir));
}

/* Files only: a database's folder has no others. */
static void copy_folder(const char *from, const char *to)
{
    Array names;

    os_dir_make(to);
    os_dir_list(from, &names);
    array_foreach(char *, name, &names) {
        OsStat stat;

        check_interrupts();
        if (os_try_lstat(path_join(from, *name), &stat) && stat.kind == OS_KIND_FILE)
            os_copy_file(path_join(from, *name), path_join(to, *name));
    }
    os_dir_sync_tree(to, false);
    os_dir_sync(path_dir(to));
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
        os_dir_make_all_durable(
            path_join(link, pg_version_tablespace_folder(server_version())));
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

/*
 * database_files.c - folders of databases
 *
 * A folder is made before the record that tells of it, and removed before the record, too: what a
 * crash leaves behind is a folder that no row of pg_database leads to.
 */
#include "common/base/base.h"

#include "server/command/database_files.h"

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/walrec/rmgr.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/recovery/checkpoint/checkpoint.h"
#include "server/storage/file/database_folder.h"
#include "server/wal/wal.h"

#define SPECIAL_RELATION 0x01 /* info bit: files change that no block reference names */

static void list_tablespaces(Array *out);
static bool is_folder_with_files(const char *path);

/* All but that of shared relations, where no database has a folder. */
static void list_tablespaces(Array *out)
{
    CatalogScan *scan = catalog_scan_begin(PG_TABLESPACE_CATALOG, 0, 0, NULL);
    const HeapTuple *row;

    array_init(out, sizeof(Oid));
    while ((row = catalog_scan_next(scan)) != NULL) {
        Oid oid = CACHE_ROW(PgTablespace, row)->oid;

        if (oid != TABLESPACE_GLOBAL)
            *(Oid *)array_push(out) = oid;
    }
    catalog_scan_end(scan);
}

static bool is_folder_with_files(const char *path)
{
    OsStat stat;

    return os_try_stat(path, &stat) && stat.kind == OS_KIND_DIR &&
           os_dir_state(path) != OS_DIR_EMPTY;
}

bool database_has_folder(Oid database)
{
    Array tablespaces;

    list_tablespaces(&tablespaces);
    array_foreach(const Oid, tablespace, &tablespaces) {
        OsStat stat;

        if (os_try_lstat(database_folder_path(database, *tablespace), &stat))
            return true;
    }
    return false;
}

/* ---- Copying ---- */

static void log_copy(const DatabaseCopy *copy, Oid from_tablespace, Oid to_tablespace)
{
    const Oid head[4] = {copy->to.database, to_tablespace, copy->from.database, from_tablespace};

    wal_begin_insert();
    wal_register_data(head, sizeof head);
    crit_begin();
    wal_insert(RMGR_DBASE, WAL_DBASE_CREATE_FILE_COPY | SPECIAL_RELATION);
    crit_end();
}

/*
 * The checkpoint before brings all pages, unlogged ones too, to the files that are copied. The one
 * behind keeps redo from copying again what may have changed since.
 */
void database_copy_folders(const DatabaseCopy *copy)
{
    const unsigned now = CHECKPOINT_IMMEDIATE | CHECKPOINT_FORCE | CHECKPOINT_WAIT;
    Array tablespaces;

    checkpoint_request(now | CHECKPOINT_FLUSH_ALL);
    list_tablespaces(&tablespaces);
    array_foreach(const Oid, tablespace, &tablespaces) {
        const char *from = database_folder_path(copy->from.database, *tablespace);
        Oid to_tablespace =
            *tablespace == copy->from.tablespace ? copy->to.tablespace : *tablespace;

        if (!is_folder_with_files(from))
            continue;
        database_folder_copy(from, database_folder_path(copy->to.database, to_tablespace));
        log_copy(copy, *tablespace, to_tablespace);
    }
    checkpoint_request(now);
}

void database_copy_folder(Oid database, Oid from, Oid to)
{
    const DatabaseCopy copy = {{database, from}, {database, to}};

    database_folder_copy(database_folder_path(database, from), database_folder_path(database, to));
    log_copy(&copy, from, to);
}

/* ---- Removing ---- */

static void log_drop(Oid database, const Array *tablespaces)
{
    const uint32_t head[2] = {database, (uint32_t)tablespaces->count};

    wal_begin_insert();
    wal_register_data(head, sizeof head);
    wal_register_data(tablespaces->items, tablespaces->count * sizeof(Oid));
    crit_begin();
    wal_insert(RMGR_DBASE, WAL_DBASE_DROP | SPECIAL_RELATION);
    crit_end();
}

void database_remove_folders(Oid database)
{
    Array tablespaces, removed;

    array_init(&removed, sizeof(Oid));
    list_tablespaces(&tablespaces);
    array_foreach(const Oid, tablespace, &tablespaces) {
        char *path = database_folder_path(database, *tablespace);
        OsStat stat;

        if (!os_try_lstat(path, &stat) || stat.kind != OS_KIND_DIR)
            continue;
        os_dir_remove_tree(path, false);
        os_dir_sync(path_dir(path));
        *(Oid *)array_push(&removed) = *tablespace;
    }
    if (removed.count > 0)
        log_drop(database, &removed);
}

void database_remove_folder(Oid database, Oid tablespace)
{
    char *path = database_folder_path(database, tablespace);
    Array removed;

    array_init(&removed, sizeof(Oid));
    *(Oid *)array_push(&removed) = tablespace;
    os_dir_remove_tree(path, false);
    os_dir_sync(path_dir(path));
    log_drop(database, &removed);
}

/* walk.c - what a base backup takes; walk.h says what it leaves out. */
#include "common/base/base.h"

#include "server/replication/base_backup/walk.h"

#include <stdio.h>
#include <string.h>

#include "common/err/err.h"
#include "common/format/backup_scope.h"
#include "common/format/pg_version.h"
#include "common/format/rel_path.h"
#include "common/format/tablespace_map.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/path.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "server/ipc/interrupt.h"
#include "server/recovery/recovery.h"

#define CONTROL_PATH    "global/pg_control"
#define WAL_PATH        "pg_wal"
#define ARCHIVE_STATUS  "./pg_wal/archive_status" /* with the dot, as PostgreSQL has it */
#define TABLESPACE_PATH "pg_tblspc"

static void walk_folder(BackupWalk *w, const char *folder);
static void walk_name(BackupWalk *w, const char *folder, const char *name);
static bool is_database_folder(const char *folder);
static bool is_left_out(const char *name, const Array *names);
static int compare_name(const void *key, const void *item);
static void give(BackupWalk *w, const char *path, OsFileKind kind, const OsStat *stat);
static void give_emptied(BackupWalk *w, const char *path, const OsStat *stat);
static bool is_tablespace_inside(const BackupWalk *w, const char *path);
static void check_standby(const BackupWalk *w);

void walk_cluster(BackupWalk *w)
{
    w->skipped = 0;
    walk_folder(w, "");
}

void walk_tablespace(BackupWalk *w, Oid tablespace)
{
    const char *folder = mem_printf(TABLESPACE_PATH "/%u", tablespace);
    const char *path = path_join(folder, pg_version_tablespace_folder(pg_version_find(15)));
    OsStat stat;

    w->skipped = strlen(folder) + 1;
    if (!os_try_stat(path, &stat) || stat.kind != OS_KIND_DIR)
        return;
    give(w, path, OS_KIND_DIR, &stat);
    walk_folder(w, path);
}

static void walk_folder(BackupWalk *w, const char *folder)
{
    MemContext *scratch = mem_context_new(mem_current(), "backup walk");

    MEM_SCOPE(scratch) {
        bool has_relations = is_database_folder(folder);
        Array names;

        if (!os_dir_try_list(*folder == '\0' ? "." : folder, &names))
            array_init(&names, sizeof(char *));
        array_foreach(char *, name, &names) {
            check_interrupts();
            check_standby(w);
            if (!has_relations || !is_left_out(*name, &names))
                walk_name(w, folder, *name);
        }
    }
    mem_delete(scratch);
}

static void walk_name(BackupWalk *w, const char *folder, const char *name)
{
    char *path = path_join(folder, name);
    bool is_link, is_dir;
    OsStat stat;

    if (str_equal(path, CONTROL_PATH) || !os_try_lstat(path, &stat))
        return;
    is_link = stat.kind == OS_KIND_LINK;
    is_dir = stat.kind == OS_KIND_DIR;
    switch (backup_scope_of(path, is_dir || is_link)) {
    case BACKUP_SCOPE_OMIT:
        return;
    case BACKUP_SCOPE_EMPTY:
        give_emptied(w, path, &stat);
        return;
    case BACKUP_SCOPE_TAKE:
        break;
    }
    if (is_link && str_equal(folder, TABLESPACE_PATH)) {
        if (w->has_links)
            give(w, path, OS_KIND_LINK, &stat);
    } else if (is_dir) {
        give(w, path, OS_KIND_DIR, &stat);
        if (!is_tablespace_inside(w, path))
            walk_folder(w, path);
    } else if (stat.kind == OS_KIND_FILE) {
        give(w, path, OS_KIND_FILE, &stat);
    } else {
        err_log(ERR_WARNING, .sqlstate = SQLSTATE_WARNING,
                .message = err_fmt("skipping special file \"./%s\"", path));
    }
}

/* Those that hold a database's relations: base/5, pg_tblspc/16400/PG_15_202209061/5. */
static bool is_database_folder(const char *folder)
{
    const char *parent;
    Oid oid;

    if (!num_try_parse_u32(path_base(folder), &oid))
        return false;
    parent = path_dir(folder);
    return str_equal(parent, "base") ||
           str_equal(path_base(parent), pg_version_tablespace_folder(pg_version_find(15)));
}

/* Temporary relations, and the forks of unlogged ones but their first state. */
static bool is_left_out(const char *name, const Array *names)
{
    RelFileName rel;
    char init[32];

    if (!rel_file_name_try_parse(name, &rel))
        return false;
    if (rel.is_temp)
        return true;
    if (rel.fork == FORK_INIT)
        return false;
    snprintf(init, sizeof init, "%u_init", rel.rel);
    return array_search(names, init, compare_name) != NULL;
}

static int compare_name(const void *key, const void *item)
{
    return strcmp(key, *(char *const *)item);
}

static void give(BackupWalk *w, const char *path, OsFileKind kind, const OsStat *stat)
{
    WalkEntry entry = {.path = path, .name = path + w->skipped, .kind = kind, .stat = *stat};

    if (kind == OS_KIND_LINK)
        entry.link = os_readlink(path);
    w->visit(w->arg, &entry);
}

/* A link counts as the folder that it leads to. */
static void give_emptied(BackupWalk *w, const char *path, const OsStat *stat)
{
    OsStat folder = *stat;

    if (stat->kind == OS_KIND_LINK)
        folder.mode = os_dir_mode();
    give(w, path, OS_KIND_DIR, &folder);
    if (str_equal(path, WAL_PATH))
        w->visit(w->arg,
                 &(WalkEntry){
                     .path = path, .name = ARCHIVE_STATUS, .kind = OS_KIND_DIR, .stat = folder});
}

static bool is_tablespace_inside(const BackupWalk *w, const char *path)
{
    const char *whole = NULL;

    if (w->tablespaces->count == 0)
        return false;
    whole = path_absolute(path);
    array_foreach(const TablespaceMapEntry, space, w->tablespaces)
        if (str_equal(path_normalise(space->path), whole))
            return true;
    return false;
}

/* What was read before its end of recovery and after it does not fit together. */
static void check_standby(const BackupWalk *w)
{
    if (w->was_standby != recovery_is_running())
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "the standby was promoted during online backup",
                  .hint = "This means that the backup being taken is corrupt and should not be "
                          "used. Try taking another online backup.");
}

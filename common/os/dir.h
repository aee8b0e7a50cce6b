/*
 * dir.h - folders: make, list, walk, sync, remove
 *
 * Errors as in file.h. Names are bytes: anything but '/' and NUL.
 *
 * Fault points: "os.dir.make", "os.dir.sync", "os.dir.remove".
 */
#ifndef OS_DIR_H
#define OS_DIR_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "common/os/file.h"

void os_dir_make(const char *path);     /* raises 58P02 when it exists */
bool os_dir_try_make(const char *path); /* false when it exists */
void os_dir_make_all(const char *path); /* with missing parents; fine when it is there */

/*
 * As above; each new entry is synced. The entry of a folder that is there already is synced too:
 * another process may have made it and not come that far.
 */
void os_dir_make_all_durable(const char *path);

/* fsync of a folder's entries; like os_file_sync(), not to be retried. */
void os_dir_sync(const char *path);
void os_dir_remove(const char *path); /* raises when it is not empty, or missing */

typedef enum OsDirState { OS_DIR_MISSING, OS_DIR_EMPTY, OS_DIR_NOT_EMPTY } OsDirState;

/* PostgreSQL's question before a new cluster; a path that is no folder raises. */
OsDirState os_dir_state(const char *path);

/* Make it the folder that relative paths begin in. */
void os_dir_enter(const char *path);

/*
 * Lock a folder against other processes that do so, until *lock is closed, at the latest by the end
 * of this process: flock(2) of the folder itself. *lock is set when it is TAKEN, and belongs to the
 * current memory context.
 */
typedef enum OsLock {
    OS_LOCK_TAKEN,
    OS_LOCK_BUSY,        /* another process has it */
    OS_LOCK_MISSING,     /* there is no such folder (any more) */
    OS_LOCK_UNSUPPORTED, /* the file system has no locks of folders, as NFS */
} OsLock;
OsLock os_dir_try_lock(const char *path, OsFile **lock);

/* Bytes that this user can still write to the file system that path lies on. */
uint64_t os_dir_free_bytes(const char *path);

/* Fill names, made by this call, with the base names (char *) in path, sorted by bytes. */
void os_dir_list(const char *path, Array *names);
bool os_dir_try_list(const char *path, Array *names); /* false when it does not exist */

typedef enum OsWalk { OS_WALK_GO_ON, OS_WALK_SKIP } OsWalk;

/*
 * Visit everything below root, each folder's names sorted by bytes, folders before their content;
 * path is root-relative ("base/5/1259"). A folder for which visit returns OS_WALK_SKIP is not
 * entered. Links are not followed, but root itself may be one. What vanishes during the walk is
 * left out. visit runs in the memory context of the caller; path lives until it returns.
 */
typedef OsWalk (*OsWalkVisit)(void *arg, const char *path, const OsStat *stat);
void os_dir_walk(const char *root, OsWalkVisit visit, void *arg);

/*
 * Sync every file and folder below and at root. With follow_links also what lies behind the links
 * to folders in root/pg_tblspc and behind the link root/pg_wal. What vanishes meanwhile is left
 * out.
 */
void os_dir_sync_tree(const char *root, bool follow_links);

/*
 * Remove everything below path, and path itself unless keep_root. Missing is fine. A path that is a
 * link is removed, not followed, unless keep_root. Not durable until the folder around is synced.
 */
void os_dir_remove_tree(const char *path, bool keep_root);

#endif

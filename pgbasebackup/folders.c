/* folders.c - make, check and undo the folders of a backup; see folders.h. */
#include "common/base/base.h"

#include "pgbasebackup/folders.h"

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/format/control_file.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/fault.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/text/str.h"

#define MARK          "backup_incomplete"
#define MANIFEST_TEMP "backup_manifest.tmp"

typedef struct Folder {
    FolderKind kind;
    const char *path;
    bool is_made; /* by us; else it was there and empty */
} Folder;

struct Folders {
    bool no_clean, no_sync;
    Array list; /* of Folder, in the order of their making */
};

static const char *const kind_names[] = {"data directory", "WAL directory", "tablespace directory"};

static void check_empty(const Folders *f, const char *path);
static bool has_rest(const char *path);
static void mark(const char *path);
static void undo_caught(const Folder *folder, bool no_clean);
static void undo_one(const Folder *folder, bool no_clean);
static void mark_again(const char *path);
static void remove_content(const char *path);

Folders *folders_new(bool no_clean, bool no_sync)
{
    Folders *f = mem_new(Folders);

    f->no_clean = no_clean;
    f->no_sync = no_sync;
    array_init(&f->list, sizeof(Folder));
    return f;
}

void folders_claim(Folders *f, FolderKind kind, const char *path)
{
    bool is_there = os_dir_state(path) != OS_DIR_MISSING;
    Folder *folder;

    if (is_there)
        check_empty(f, path);
    /* Noted first: an error while it is made may leave it there. */
    folder = array_push(&f->list);
    folder->kind = kind;
    folder->path = path;
    folder->is_made = !is_there;
    if (folder->is_made && f->no_sync)
        os_dir_make_all(path);
    else if (folder->is_made)
        os_dir_make_all_durable(path_absolute(path));
    FAULT_POINT("pgbasebackup.folder_made");
    mark(path);
}

void folders_unmark(const Folders *f)
{
    /* The data directory, which is the first, is the last. */
    for (size_t i = f->list.count; i > 0; i--) {
        const Folder *folder = array_at(&f->list, i - 1);

        os_unlink(path_join(folder->path, MARK));
    }
}

void folders_undo(Folders *f)
{
    array_foreach(const Folder, folder, &f->list) {
        undo_caught(folder, f->no_clean);
    }
    array_clear(&f->list);
}

void folders_sync(const Folders *f)
{
    array_foreach(Folder, folder, &f->list) {
        os_dir_sync_tree(folder->path, false);
    }
}

static void undo_caught(const Folder *folder, bool no_clean)
{
    ERR_TRY() {
        undo_one(folder, no_clean);
    }
    ERR_CATCH() {
        err_log(ERR_ERROR, .message = err_fmt("failed to remove %s: %s", kind_names[folder->kind],
                                              err_caught()->message));
    }
    ERR_END();
}

/* Whoever finds something there should learn what it is. */
static void check_empty(const Folders *f, const char *path)
{
    bool is_incomplete;
    OsStat stat, claimed;

    array_foreach(const Folder, other, &f->list) {
        if (os_try_stat(path, &stat) && os_try_stat(other->path, &claimed) &&
            claimed.device == stat.device && claimed.inode == stat.inode)
            err_raise(SQLSTATE_DUPLICATE_FILE,
                      .message = err_fmt("directory \"%s\" is wanted twice", path),
                      .hint = "Give the data, the WAL and each tablespace a directory of its own.");
    }
    if (os_dir_state(path) != OS_DIR_NOT_EMPTY)
        return;
    is_incomplete = has_rest(path);
    err_raise(
        SQLSTATE_DUPLICATE_FILE,
        .message = err_fmt("directory \"%s\" exists but is not empty", path),
        .detail =
            is_incomplete ? "It is what is left of a base backup that was not completed." : NULL,
        .hint = is_incomplete ? "Remove it, unless another pgbasebackup is writing there." : NULL);
}

/* True for what a backup leaves that was killed: the mark, or names of its last steps. */
static bool has_rest(const char *path)
{
    static const char *const suffixes[] = {"", ".gz", ".lz4", ".zst"};
    OsStat stat;
    bool is_rest = os_try_lstat(path_join(path, MARK), &stat) ||
                   os_try_lstat(path_join(path, CONTROL_FILE_NAME ".tmp"), &stat) ||
                   os_try_lstat(path_join(path, MANIFEST_TEMP), &stat);

    for (size_t i = 0; i < ARRAY_LEN(suffixes) && !is_rest; i++)
        is_rest = os_try_lstat(mem_printf("%s/base.tar%s.tmp", path, suffixes[i]), &stat);
    return is_rest;
}

/* Not synced: after a power cut the names of the last steps are missing just as well. */
static void mark(const char *path)
{
    static const char text[] = "A base backup into this folder was begun, and is not complete.\n";
    OsFile *file = os_file_open(path_join(path, MARK), OS_WRITE | OS_CREATE | OS_EXCLUSIVE);

    os_file_write(file, text, strlen(text));
    os_file_close(file);
}

static void undo_one(const Folder *folder, bool no_clean)
{
    const char *name = kind_names[folder->kind];
    OsStat stat;

    if (!os_try_lstat(folder->path, &stat))
        return;
    if (no_clean) {
        err_log(ERR_NOTICE,
                .message = err_fmt("%s \"%s\" not removed at user's request", name, folder->path));
        return;
    }
    err_log(ERR_NOTICE, .message = err_fmt(folder->is_made ? "removing %s \"%s\""
                                                           : "removing contents of %s \"%s\"",
                                           name, folder->path));
    if (folder->kind == FOLDER_DATA)
        mark_again(folder->path);
    remove_content(folder->path);
    if (folder->is_made)
        os_dir_remove(folder->path);
}

/*
 * Nobody may start what is half removed. If all was done but the last name, the mark is gone: the
 * manifest takes its place, since on a full disk there may be no room for a new file.
 */
static void mark_again(const char *path)
{
    const char *manifest = path_join(path, MANIFEST_TEMP);
    OsStat stat;

    os_try_unlink(path_join(path, CONTROL_FILE_NAME));
    if (!os_try_lstat(path_join(path, MARK), &stat) && os_try_lstat(manifest, &stat))
        os_rename(manifest, path_join(path, MARK));
}

/* The mark goes last: until then the rest can be told from anything else. */
static void remove_content(const char *path)
{
    Array names;

    os_dir_list(path, &names);
    array_foreach(char *, name, &names) {
        if (!str_equal(*name, MARK))
            os_dir_remove_tree(path_join(path, *name), false);
    }
    os_try_unlink(path_join(path, MARK));
}

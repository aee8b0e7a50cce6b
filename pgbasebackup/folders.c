/* folders.c - make, check and undo the folders of a backup; see folders.h. */
#include "common/base/base.h"

#include "pgbasebackup/folders.h"

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/format/control_file.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/text/str.h"

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

static void undo_caught(const Folder *folder, bool no_clean);
static void undo_one(const Folder *folder, bool no_clean);

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
    OsDirState state;
    OsStat stat;
    Folder *folder;

    if (os_try_stat(path, &stat) && stat.kind != OS_KIND_DIR)
        err_raise(SQLSTATE_DUPLICATE_FILE,
                  .message = err_fmt("could not access directory \"%s\": Not a directory", path));
    state = os_dir_state(path);

    array_foreach(const Folder, other, &f->list) {
        if (str_equal(other->path, path))
            err_raise(SQLSTATE_DUPLICATE_FILE,
                      .message = err_fmt("directory \"%s\" is wanted twice", path),
                      .hint = "Give each tablespace a directory of its own.");
    }
    if (state == OS_DIR_NOT_EMPTY)
        err_raise(SQLSTATE_DUPLICATE_FILE,
                  .message = err_fmt("directory \"%s\" exists but is not empty", path));
    /* Noted first: an error while it is made may leave it there. */
    folder = array_push(&f->list);
    folder->kind = kind;
    folder->path = path;
    folder->is_made = state == OS_DIR_MISSING;
    if (folder->is_made && f->no_sync)
        os_dir_make_all(path);
    else if (folder->is_made)
        os_dir_make_all_durable(path_absolute(path));
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
    /* Nobody may start what is half removed. */
    if (folder->kind == FOLDER_DATA)
        os_try_unlink(path_join(folder->path, CONTROL_FILE_NAME));
    os_dir_remove_tree(folder->path, !folder->is_made);
}

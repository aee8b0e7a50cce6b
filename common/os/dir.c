/*
 * dir.c - folders; dir.h has the promises
 *
 * A folder is read as a whole before anything is done with its names, so that no handle is open
 * while callers' code runs, and changes below do not disturb the reading.
 */
#include "common/base/base.h"

#include "common/os/dir.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/fault.h"
#include "common/os/os_int.h"
#include "common/os/path.h"
#include "common/text/str.h"

typedef struct Walk {
    const char *root;
    OsWalkVisit visit;
    void *arg;
    MemContext *visit_mem;
} Walk;

/* What os_dir_sync_tree() does with each file and folder. */
typedef struct SyncTree {
    const char *root;
    void (*each)(const char *path, const OsStat *stat);
} SyncTree;

static void make_all(const char *path, bool is_durable);
static void sync_entry(const char *parent, bool is_made);
static int try_sync(const char *path, const char **failed);
static bool is_folder(const char *path);
static bool try_list(const char *path, const char *to, Array *names);
static int compare_names(const void *a, const void *b);
static void walk_folder(const Walk *walk, const char *relative);
static void walk_name(const Walk *walk, const char *folder, char *below, const char *name);
static void sync_tree_once(const char *root, bool follow_links,
                           void (*each)(const char *path, const OsStat *stat));
static OsWalk sync_tree_visit(void *arg, const char *path, const OsStat *stat);
static void start_writeback(const char *path, const OsStat *stat);
static void sync_one(const char *path, const OsStat *stat);
static void remove_content(const char *path);

void os_dir_make(const char *path)
{
    if (!os_dir_try_make(path))
        os_raise(EEXIST, "could not create directory \"%s\"", path);
}

bool os_dir_try_make(const char *path)
{
    FAULT_POINT("os.dir.make");
    if (os_ops->mkdir(path, (mode_t)os_dir_mode()) == 0)
        return true;
    if (errno != EEXIST)
        os_raise(errno, "could not create directory \"%s\"", path);
    return false;
}

void os_dir_make_all(const char *path)
{
    make_all(path, false);
}

void os_dir_make_all_durable(const char *path)
{
    make_all(path, true);
}

void os_dir_sync(const char *path)
{
    const char *failed = NULL;
    int error = try_sync(path, &failed);

    if (error != 0)
        os_raise(error, "could not %s directory \"%s\"", failed, path);
}

void os_dir_remove(const char *path)
{
    FAULT_POINT("os.dir.remove");
    if (os_ops->rmdir(path) != 0)
        os_raise(errno, "could not remove directory \"%s\"", path);
}

void os_dir_enter(const char *path)
{
    if (chdir(path) != 0)
        os_raise(errno, "could not change directory to \"%s\"", path);
}

OsDirState os_dir_state(const char *path)
{
    MemContext *scratch = mem_context_new(mem_current(), "folder state");
    OsDirState state = OS_DIR_MISSING;

    MEM_SCOPE(scratch) {
        Array names;

        if (try_list(path, "access", &names))
            state = names.count == 0 ? OS_DIR_EMPTY : OS_DIR_NOT_EMPTY;
    }
    mem_delete(scratch);
    return state;
}

OsLock os_dir_try_lock(const char *path, OsFile **lock)
{
    OsFile *f = os_file_try_open(path, OS_READ);
    OsStat locked, named;
    int error;

    if (f == NULL)
        return OS_LOCK_MISSING;
    if (flock(os_file_fd(f), LOCK_EX | LOCK_NB) != 0) {
        error = errno;
        os_file_close(f);
        if (error == EWOULDBLOCK)
            return OS_LOCK_BUSY;
        if (error == EBADF || error == EINVAL || error == ENOLCK || error == ENOSYS ||
            error == EOPNOTSUPP)
            return OS_LOCK_UNSUPPORTED;
        os_raise(error, "could not lock directory \"%s\"", path);
    }
    /* Whoever had the lock may have removed the folder before giving it up. */
    os_file_stat(f, &locked);
    if (!os_try_stat(path, &named) || named.inode != locked.inode ||
        named.device != locked.device) {
        os_file_close(f);
        return OS_LOCK_MISSING;
    }
    *lock = f;
    return OS_LOCK_TAKEN;
}

uint64_t os_dir_free_bytes(const char *path)
{
    struct statvfs st;

    if (statvfs(path, &st) != 0)
        os_raise(errno, "could not get the free space of \"%s\"", path);
    return (uint64_t)st.f_bavail * st.f_frsize;
}

void os_dir_list(const char *path, Array *names)
{
    if (!try_list(path, "open", names))
        os_raise(ENOENT, "could not open directory \"%s\"", path);
}

bool os_dir_try_list(const char *path, Array *names)
{
    return try_list(path, "open", names);
}

void os_dir_walk(const char *root, OsWalkVisit visit, void *arg)
{
    Walk walk = {.root = root, .visit = visit, .arg = arg, .visit_mem = mem_current()};
    OsStat st;

    if (!os_try_stat(root, &st))
        os_raise(ENOENT, "could not open directory \"%s\"", root);
    walk_folder(&walk, "");
}

void os_dir_sync_tree(const char *root, bool follow_links)
{
    /* Once all of it is under way, the waits are short. */
    sync_tree_once(root, follow_links, start_writeback);
    sync_tree_once(root, follow_links, sync_one);
}

void os_dir_remove_tree(const char *path, bool keep_root)
{
    OsStat st;

    if (!(keep_root ? os_try_stat(path, &st) : os_try_lstat(path, &st)))
        return;
    if (st.kind != OS_KIND_DIR && !keep_root) {
        os_try_unlink(path);
        return;
    }
    remove_content(path);
    if (!keep_root)
        os_dir_remove(path);
}

static void make_all(const char *path, bool is_durable)
{
    char *parent = path_dir(path);
    bool is_made = false;

    if (!is_folder(path)) {
        if (!str_equal(parent, path))
            make_all(parent, is_durable);
        is_made = os_dir_try_make(path);

        /* Somebody was faster, or it is no folder; the latter is for the system to say. */
        if (!is_made && !is_folder(path))
            os_raise(EEXIST, "could not create directory \"%s\"", path);
    }
    if (is_durable && !str_equal(parent, path))
        sync_entry(parent, is_made);
    mem_free(parent);
}

/* Sync the folder around an entry that was made just now, or was found. */
static void sync_entry(const char *parent, bool is_made)
{
    const char *failed = NULL;
    int error = try_sync(parent, &failed);

    /* Who may not read the folder has not made what was found there. */
    if (error != 0 && (is_made || (error != EACCES && error != EPERM)))
        os_raise(error, "could not %s directory \"%s\"", failed, parent);
}

/* Sync a folder: 0, or an errno with *failed the word for what could not be done. */
static int try_sync(const char *path, const char **failed)
{
    int fd, result;
    int error = 0;

    FAULT_POINT("os.dir.sync");
    *failed = "open";
    do
        fd = os_ops->open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return errno;
    *failed = "fsync";
    do
        result = os_ops->fsync(fd);
    while (result != 0 && errno == EINTR);

    /* EINVAL: a file system without syncs of folders, where there is nothing that we could do. */
    if (result != 0 && errno != EINVAL)
        error = errno;
    os_ops->close(fd);
    return error;
}

static bool is_folder(const char *path)
{
    OsStat st;

    return os_try_stat(path, &st) && st.kind == OS_KIND_DIR;
}

static void close_on_reset(void *dir)
{
    os_ops->closedir(dir);
}

/* As os_dir_list(); false when path does not exist. */
/* False when it is missing; to says what could not be done otherwise. */
static bool try_list(const char *path, const char *to, Array *names)
{
    MemContext *handle_mem = mem_context_new(mem_current(), "open folder");
    void *dir = os_ops->opendir(path);
    const char *name;

    if (dir == NULL) {
        int error = errno;

        mem_delete(handle_mem);
        if (error == ENOENT)
            return false;
        os_raise(error, "could not %s directory \"%s\"", to, path);
    }
    mem_on_reset(handle_mem, close_on_reset, dir);
    array_init(names, sizeof(char *));
    while ((name = os_ops->readdir(dir)) != NULL)
        if (!str_equal(name, ".") && !str_equal(name, ".."))
            *(char **)array_push(names) = mem_strdup(name);
    if (errno != 0)
        os_raise(errno, "could not read directory \"%s\"", path);
    mem_delete(handle_mem);
    array_sort(names, compare_names);
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Visit what is in root/relative; relative is "" for root itself. */
static void walk_folder(const Walk *walk, const char *relative)
{
    MemContext *scratch = mem_context_new(mem_current(), "walk");

    MEM_SCOPE(scratch) {
        const char *folder = *relative == '\0' ? walk->root : path_join(walk->root, relative);
        Array names;

        if (!try_list(folder, "open", &names))
            array_init(&names, sizeof(char *));
        array_foreach(char *, name, &names)
            walk_name(walk, folder, path_join(relative, *name), *name);
    }
    mem_delete(scratch);
}

/* Visit one name in folder, and what is in it when it is a folder; below is its path from root. */
static void walk_name(const Walk *walk, const char *folder, char *below, const char *name)
{
    char *path = path_join(folder, name);
    OsWalk go_on = OS_WALK_SKIP;
    OsStat st;

    if (os_try_lstat(path, &st)) {
        MEM_SCOPE(walk->visit_mem) {
            go_on = walk->visit(walk->arg, below, &st);
        }
        if (st.kind == OS_KIND_DIR && go_on == OS_WALK_GO_ON)
            walk_folder(walk, below);
    }
    mem_free(path);
    mem_free(below);
}

/* Call each for everything below and at root, and behind the links that are followed. */
static void sync_tree_once(const char *root, bool follow_links,
                           void (*each)(const char *path, const OsStat *stat))
{
    SyncTree tree = {.root = root, .each = each};
    char *wal = path_join(root, "pg_wal");
    char *spaces = path_join(root, "pg_tblspc");
    OsStat st;

    os_stat(root, &st);
    if (follow_links && os_try_lstat(wal, &st) && st.kind == OS_KIND_LINK)
        sync_tree_once(wal, false, each);
    if (follow_links && is_folder(spaces)) {
        Array names;

        os_dir_list(spaces, &names);
        array_foreach(char *, name, &names) {
            char *space = path_join(spaces, *name);

            if (os_try_lstat(space, &st) && st.kind == OS_KIND_LINK && is_folder(space))
                sync_tree_once(space, false, each);
        }
    }
    os_dir_walk(root, sync_tree_visit, &tree);
    os_stat(root, &st);
    each(root, &st);
}

static OsWalk sync_tree_visit(void *arg, const char *path, const OsStat *stat)
{
    const SyncTree *tree = arg;

    if (stat->kind == OS_KIND_FILE || stat->kind == OS_KIND_DIR) {
        char *whole = path_join(tree->root, path);

        tree->each(whole, stat);
        mem_free(whole);
    }
    return OS_WALK_GO_ON;
}

static void start_writeback(const char *path, const OsStat *stat)
{
    OsFile *f;

    if (stat->kind != OS_KIND_FILE)
        return;
    f = os_file_try_open(path, OS_READ);
    if (f == NULL)
        return;
    os_file_flush_hint(f, 0, 0);
    os_file_close(f);
}

static void sync_one(const char *path, const OsStat *stat)
{
    OsFile *f;

    if (stat->kind == OS_KIND_DIR) {
        os_dir_sync(path);
        return;
    }
    f = os_file_try_open(path, OS_READ);
    if (f == NULL)
        return;
    os_file_sync(f);
    os_file_close(f);
}

static void remove_content(const char *path)
{
    MemContext *scratch = mem_context_new(mem_current(), "remove");

    MEM_SCOPE(scratch) {
        Array names;

        if (!try_list(path, "open", &names))
            array_init(&names, sizeof(char *));
        array_foreach(char *, name, &names) {
            char *below = path_join(path, *name);

            os_dir_remove_tree(below, false);
            mem_free(below);
        }
    }
    mem_delete(scratch);
}

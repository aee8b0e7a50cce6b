/*
 * file.c - a folder as an object store
 *
 * Promises
 *   1. An object is written under a temporary name in the folder of its key, synced, then linked
 *      to its key only if that is free, and the folder is synced: whoever sees the key sees the
 *      whole object, and so after a power cut.
 *   2. Folders are made as needed, each durable before something is put in it.
 *   3. What a killed writer leaves has a name that starts with TEMP_PREFIX; lists pass it over, and
 *      a put into the same folder removes those that are old and whose process is gone.
 */
#include "common/base/base.h"

#include "common/crypt/random.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/dir.h"
#include "common/os/fault.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "common/store/store_int.h"
#include "common/text/num.h"
#include "common/text/str.h"

/* Then the process id, a dash, random digits that make it unique between hosts, and the name. */
#define TEMP_PREFIX ".tmp-"

/* Another host may share the folder, where process ids mean nothing: give its writers this long. */
#define ORPHAN_AGE_SECONDS 3600

typedef struct FileStore {
    char *root;
} FileStore;

typedef struct FileWriter {
    char *temp;
    char *path;
    OsFile *file; /* NULL once it was closed */
    bool is_done; /* committed or aborted: there is nothing under the temporary name */
} FileWriter;

static void *file_open(const char *rest, const char *url);
static char *path_of(const FileStore *s, const char *key);
static void remove_orphans(const char *dir);
static void close_file(FileWriter *w);
static FileWriter *writer_new(void *self, const char *key);

static void *file_open(const char *rest, const char *url)
{
    FileStore *s = mem_new(FileStore);

    if (!path_is_absolute(rest))
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("invalid repository \"%s\"", url),
                  .hint = "The path of a file repository is absolute: file:///srv/backup.");
    s->root = path_normalise(rest);
    return s;
}

static void writer_write(void *writer, const void *bytes, size_t len)
{
    FileWriter *w = writer;

    os_file_write(w->file, bytes, len);
}

static StorePut writer_commit(void *writer)
{
    FileWriter *w = writer;
    bool is_new;

    os_file_sync(w->file);
    close_file(w);
    FAULT_POINT("store.file.before_publish");
    is_new = os_publish_durable(w->temp, w->path);
    FAULT_POINT("store.file.after_publish");
    if (!is_new) {
        os_unlink(w->temp);
        os_dir_sync(path_dir(w->path)); /* whoever was first may not be as far yet */
    }
    w->is_done = true;
    return is_new ? STORE_PUT_NEW : STORE_PUT_EXISTS;
}

/* As commit, but over what has the key. */
static void writer_replace(FileWriter *w)
{
    os_file_sync(w->file);
    close_file(w);
    FAULT_POINT("store.file.before_replace");
    os_rename_durable(w->temp, w->path);
    w->is_done = true;
}

/* A file that could not be closed is closed all the same. */
static void close_file(FileWriter *w)
{
    OsFile *file = w->file;

    w->file = NULL;
    os_file_close(file);
}

/* Runs while memory goes, so it must not raise: what cannot be removed stays as an orphan. */
static void writer_abort(void *writer)
{
    FileWriter *w = writer;

    if (w->is_done)
        return;
    w->is_done = true;
    ERR_TRY() {
        os_try_unlink(w->temp);
        if (w->file != NULL)
            close_file(w);
    }
    ERR_CATCH() {
        err_log(ERR_WARNING, .message = err_caught()->message);
    }
    ERR_END();
}

static void *writer_open(void *self, const char *key)
{
    return writer_new(self, key);
}

static StorePut file_put(void *self, const char *key, const void *bytes, size_t len)
{
    FileWriter *w = writer_new(self, key);
    volatile StorePut result = STORE_PUT_EXISTS;

    ERR_TRY() {
        writer_write(w, bytes, len);
        result = writer_commit(w);
    }
    ERR_FINALLY() {
        writer_abort(w);
    }
    ERR_END();
    return result;
}

/* Its temporary name is a writer's, so that a later put clears away what a kill leaves. */
static void file_replace(void *self, const char *key, const void *bytes, size_t len)
{
    FileWriter *w = writer_new(self, key);

    ERR_TRY() {
        writer_write(w, bytes, len);
        writer_replace(w);
    }
    ERR_FINALLY() {
        writer_abort(w);
    }
    ERR_END();
}

static void fill_object(StoreObject *out, char *key, const OsStat *stat)
{
    *out = (StoreObject){.key = key, .size = stat->size, .mtime = stat->mtime};
}

static bool file_try_stat(void *self, const char *key, StoreObject *out)
{
    OsStat stat;

    if (!os_try_stat(path_of(self, key), &stat) || stat.kind != OS_KIND_FILE)
        return false;
    fill_object(out, mem_strdup(key), &stat);
    return true;
}

static char *file_try_get(void *self, const char *key, size_t max, size_t *len)
{
    return os_file_try_read_all(path_of(self, key), max, len);
}

static void file_get_range(void *self, const char *key, uint64_t offset, void *bytes, size_t len)
{
    OsFile *f = os_file_open(path_of(self, key), OS_READ);

    os_file_read_exact_at(f, bytes, len, offset);
    os_file_close(f);
}

static void file_list(void *self, const char *folder, const char *prefix, Array *objects)
{
    char *dir = path_of(self, folder);
    Array names;

    if (!os_exists(dir))
        return;
    os_dir_list(dir, &names);
    array_foreach(char *, name, &names) {
        OsStat stat;

        if (str_starts_with(*name, prefix) && !str_starts_with(*name, TEMP_PREFIX) &&
            os_try_stat(path_join(dir, *name), &stat) && stat.kind == OS_KIND_FILE)
            fill_object(array_push(objects), path_join(folder, *name), &stat);
    }
}

static void file_list_folders(void *self, const char *folder, Array *out)
{
    const FileStore *s = self;
    char *dir = *folder == '\0' ? s->root : path_of(s, folder);
    Array names;

    if (!os_exists(dir))
        return;
    os_dir_list(dir, &names);
    array_foreach(char *, name, &names) {
        OsStat stat;

        if (os_try_stat(path_join(dir, *name), &stat) && stat.kind == OS_KIND_DIR)
            *(char **)array_push(out) = *name;
    }
}

static void file_settle(void *self, const char *key)
{
    char *dir = path_dir(path_of(self, key));

    os_dir_make_all_durable(dir);
    os_dir_sync(dir);
}

static bool file_delete(void *self, const char *key)
{
    char *path = path_of(self, key);

    if (!os_exists(path))
        return false;
    os_unlink_durable(path);
    return true;
}

static const char *file_local_dir(void *self)
{
    return ((FileStore *)self)->root;
}

const StoreKind store_file_kind = {
    .scheme = "file",
    .open = file_open,
    .put = file_put,
    .replace = file_replace,
    .writer_new = writer_open,
    .writer_write = writer_write,
    .writer_commit = writer_commit,
    .writer_abort = writer_abort,
    .try_stat = file_try_stat,
    .try_get = file_try_get,
    .get_range = file_get_range,
    .settle = file_settle,
    .list = file_list,
    .list_folders = file_list_folders,
    .delete = file_delete,
    .local_dir = file_local_dir,
};

static char *path_of(const FileStore *s, const char *key)
{
    return path_join(s->root, key);
}

static FileWriter *writer_new(void *self, const char *key)
{
    FileWriter *w = mem_new(FileWriter);
    char *dir;

    w->path = path_of(self, key);
    dir = path_dir(w->path);
    os_dir_make_all_durable(dir);
    remove_orphans(dir);
    w->temp = path_join(dir, mem_printf(TEMP_PREFIX "%d-%016" PRIx64 "-%s", process_id(),
                                        random_u64(), path_base(w->path)));
    FAULT_POINT("store.file.before_create");
    w->file = os_file_open(w->temp, OS_WRITE | OS_CREATE | OS_EXCLUSIVE);
    return w;
}

/* Temporary names carry the id of their process; old ones without a process are garbage. */
static void remove_orphans(const char *dir)
{
    Array names;

    os_dir_list(dir, &names);
    array_foreach(char *, name, &names) {
        const char *pid_text = *name + strlen(TEMP_PREFIX);
        const char *rest = pid_text;
        char *path = path_join(dir, *name);
        uint32_t pid;
        OsStat stat;

        if (!str_starts_with(*name, TEMP_PREFIX) || !os_try_stat(path, &stat) ||
            stat.mtime > clock_unix_seconds() - ORPHAN_AGE_SECONDS)
            continue;
        if (num_try_parse_u32(str_split(&rest, '-'), &pid) && !process_exists((int)pid))
            os_try_unlink(path);
    }
}

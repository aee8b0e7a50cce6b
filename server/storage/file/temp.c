/*
 * temp.c - temporary files: names, limit, owners, and what a crash left of them
 *
 * They lie in base/pgsql_tmp, or pg_tblspc/OID/PG_15_.../pgsql_tmp, as pgsql_tmpPID.NUMBER. Files
 * of temporary relations (tBACKEND_FILENO) are those of their relations, but a crash leaves them
 * too, and what a database's folder was written to by (database_folder.h).
 */
#include "common/base/base.h"

#include "server/storage/file/vfd.h"

#include "common/ds/array.h"
#include "common/err/err.h"
#include "common/format/pg_version.h"
#include "common/format/rel_path.h"
#include "common/os/clock.h"
#include "common/os/dir.h"
#include "common/os/fd.h"
#include "common/os/file.h"
#include "common/os/process.h"
#include "common/text/str.h"
#include "server/config/setting.h"
#include "server/ipc/proc.h"
#include "server/stats/stats.h"
#include "server/storage/file/vfd_int.h"

#define TEMP_FOLDER VFD_TEMP_PREFIX

static struct {
    uint64_t total_bytes; /* of all temporary files of this process */
    uint64_t counter;     /* for names */
    Oid *tablespaces;     /* in the files' memory */
    unsigned tablespace_count, next_tablespace;
    bool is_registered; /* to be called when the process leaves the server */
    VfdTempCounters counters;
} temp;

static void go_with_the_process(void);
static void release(uintptr_t item);
static char *folder_of_next(void);
static void remove_in_folder(const char *folder);
static bool is_half_written(const char *name);
static bool is_left_of_database(const char *name);
static void remove_matching(const char *folder, bool (*matches)(const char *name));
static void remove_in_tree(const char *root);
static void remove_logged(const char *path);
static bool is_folder(const char *path);

static const OwnerKind temp_kind = {
    .name = "temporary file", .phase = OWNER_AFTER_LOCKS, .order = 10, .release = release};

Vfd *vfd_open_temp(bool outlives_transaction)
{
    char *folder = folder_of_next();
    char *path =
        mem_printf("%s/" VFD_TEMP_PREFIX "%d.%" PRIu64, folder, process_id(), temp.counter++);
    const unsigned flags = OS_READ | OS_WRITE | OS_CREATE | OS_TRUNCATE;
    int error;
    Vfd *f;

    if (!outlives_transaction)
        owner_room(&temp_kind);
    go_with_the_process();
    f = vfd_make(path, flags, &error);
    if (f == NULL && os_error_is_missing(error)) {
        os_dir_try_make(folder);
        f = vfd_make(path, flags, &error);
    }
    if (f == NULL)
        err_raise(os_error_sqlstate(error),
                  .message = err_fmt("could not create temporary file \"%s\": %s", path,
                                     os_error_text(error)));
    f->is_temp = true;
    if (!outlives_transaction) {
        f->has_owner = true;
        f->owner = owner_current();
        owner_note(&temp_kind, (uintptr_t)f);
    }
    mem_free(path);
    mem_free(folder);
    return f;
}

void vfd_set_temp_tablespaces(const Oid *tablespaces, unsigned count)
{
    mem_free(temp.tablespaces);
    temp.tablespaces = NULL;
    temp.tablespace_count = count;
    temp.next_tablespace = 0;
    if (count > 0) {
        temp.tablespaces = mem_alloc_in(vfd_mem(), size_mul(count, sizeof *tablespaces));
        memcpy(temp.tablespaces, tablespaces, count * sizeof *tablespaces);
    }
}

void vfd_remove_temp_files(void)
{
    char *version = pg_version_tablespace_folder(pg_version_find(15));
    Array names;

    remove_in_folder("base/" TEMP_FOLDER);
    remove_in_tree("base");
    if (is_folder("global"))
        remove_matching("global", is_half_written);
    if (!is_folder("pg_tblspc"))
        return;
    os_dir_list("pg_tblspc", &names);
    array_foreach(char *, name, &names) {
        char *root = mem_printf("pg_tblspc/%s/%s", *name, version);
        char *folder = mem_printf("%s/" TEMP_FOLDER, root);

        remove_in_folder(folder);
        remove_in_tree(root);
    }
}

void temp_check_growth(const Vfd *f, uint64_t size)
{
    uint64_t limit = (uint64_t)setting.temp_file_limit * KIB(1);

    if (setting.temp_file_limit < 0 || size <= f->size_bytes)
        return;
    if (temp.total_bytes - f->size_bytes + size > limit)
        err_raise(SQLSTATE_CONFIGURATION_LIMIT_EXCEEDED,
                  .message = err_fmt("temporary file size exceeds temp_file_limit (%dkB)",
                                     setting.temp_file_limit));
}

void temp_note_size(Vfd *f, uint64_t size)
{
    temp.total_bytes += size - f->size_bytes;
    f->size_bytes = size;
}

uint64_t temp_clock(void)
{
    return setting.track_io_timing ? clock_monotonic_ns() : 0;
}

void temp_count_read(size_t size, uint64_t start)
{
    temp.counters.read += (size + BLOCK_SIZE - 1) / BLOCK_SIZE;
    temp.counters.read_ns += temp_clock() - start;
}

void temp_count_write(size_t size, uint64_t start)
{
    temp.counters.written += (size + BLOCK_SIZE - 1) / BLOCK_SIZE;
    temp.counters.write_ns += temp_clock() - start;
}

const VfdTempCounters *vfd_temp_counters(void)
{
    return &temp.counters;
}

void temp_remove(Vfd *f)
{
    int limit_kb = setting.log_temp_files;
    uint64_t size = f->size_bytes;
    int result;

    if (f->has_owner)
        owner_forget_in(f->owner, &temp_kind, (uintptr_t)f);
    f->has_owner = false;
    temp_note_size(f, 0);
    result = os_fd_unlink(f->path);
    if (result < 0)
        err_log(ERR_LOG, .sqlstate = os_error_sqlstate(-result),
                .message = err_fmt("could not remove temporary file \"%s\": %s", f->path,
                                   os_error_text(-result)));
    stats_count_temp_file(size);
    if (limit_kb >= 0 && size >= (uint64_t)limit_kb * KIB(1))
        err_log(ERR_LOG,
                .message = err_fmt("temporary file: path \"%s\", size %" PRIu64, f->path, size));
}

void temp_begin(void)
{
    temp.is_registered = false;
}

void temp_end(void)
{
    mem_free(temp.tablespaces);
    temp.tablespaces = NULL;
    temp.tablespace_count = 0;
    temp.total_bytes = 0;
}

static void close_all_temp(void *arg)
{
    (void)arg;
    temp.is_registered = false;
    vfd_close_temp_files();
}

/* Promise 2: those that no owner has given back go when the process leaves the server. */
static void go_with_the_process(void)
{
    if (temp.is_registered || !proc_is_attached())
        return;
    proc_on_detach(close_all_temp, NULL);
    temp.is_registered = true;
}

/* The owner ends: it has crossed the file out already. */
static void release(uintptr_t item)
{
    Vfd *f = (Vfd *)item;

    f->has_owner = false;
    vfd_close(f);
}

static char *folder_of_next(void)
{
    Oid tablespace = TABLESPACE_DEFAULT;
    char *version, *folder;

    if (temp.tablespace_count > 0)
        tablespace = temp.tablespaces[temp.next_tablespace++ % temp.tablespace_count];
    if (tablespace == 0 || tablespace == TABLESPACE_DEFAULT || tablespace == TABLESPACE_GLOBAL)
        return mem_strdup("base/" TEMP_FOLDER);
    version = pg_version_tablespace_folder(pg_version_find(15));
    folder = mem_printf("pg_tblspc/%u/%s/" TEMP_FOLDER, tablespace, version);
    mem_free(version);
    return folder;
}

/* All that has a temporary file's name; shared sets of files are folders of that name. */
static void remove_in_folder(const char *folder)
{
    Array names;

    if (!is_folder(folder))
        return;
    os_dir_list(folder, &names);
    array_foreach(char *, name, &names) {
        char *path = mem_printf("%s/%s", folder, *name);

        if (!str_starts_with(*name, VFD_TEMP_PREFIX))
            err_log(ERR_LOG,
                    .message = err_fmt("unexpected file found in temporary-files directory: \"%s\"",
                                       path));
        else if (is_folder(path))
            os_dir_remove_tree(path, false);
        else
            remove_logged(path);
    }
}

/* In each database's folder below root. */
static void remove_in_tree(const char *root)
{
    Array names;

    if (!is_folder(root))
        return;
    os_dir_list(root, &names);
    array_foreach(char *, name, &names) {
        char *folder = mem_printf("%s/%s", root, *name);

        if (strspn(*name, "0123456789") == strlen(*name) && is_folder(folder))
            remove_matching(folder, is_left_of_database);
        mem_free(folder);
    }
}

static bool is_half_written(const char *name)
{
    return str_starts_with(name, VFD_TEMP_PREFIX) || os_is_temp_name(name);
}

static bool is_left_of_database(const char *name)
{
    RelFileName file;

    return is_half_written(name) || (rel_file_name_try_parse(name, &file) && file.is_temp);
}

static void remove_matching(const char *folder, bool (*matches)(const char *name))
{
    Array names;

    os_dir_list(folder, &names);
    array_foreach(char *, name, &names) {
        if (matches(*name))
            remove_logged(mem_printf("%s/%s", folder, *name));
    }
}

/* Nobody reads them any more: a start does not fail for what cannot be removed. */
static void remove_logged(const char *path)
{
    int result = os_fd_unlink(path);

    if (result < 0)
        err_log(ERR_LOG, .sqlstate = os_error_sqlstate(-result),
                .message =
                    err_fmt("could not remove file \"%s\": %s", path, os_error_text(-result)));
}

static bool is_folder(const char *path)
{
    OsStat st;

    return os_try_stat(path, &st) && st.kind == OS_KIND_DIR;
}

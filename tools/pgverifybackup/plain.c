/*
 * plain.c - the files of a plain backup against the manifest, by name and size
 *
 * Links are followed, since tablespaces are links. What cannot be looked into is reported, and what
 * would be in it is not reported as missing.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/control_file.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "tools/pgverifybackup/verify.h"

typedef struct PlainWalk {
    Verify *v;
    Array unreadable; /* of const char *: folders that could not be opened */
} PlainWalk;

static void walk_folder(PlainWalk *w, const char *path);
static bool try_list(PlainWalk *w, const char *path, Array *names);
static void verify_entry(PlainWalk *w, const char *path);
static void verify_size(Verify *v, const char *path, uint64_t size);
static void forgive_unreadable(PlainWalk *w);
static const char *full_path(const Verify *v, const char *path);

void plain_verify_files(Verify *v)
{
    PlainWalk walk = {.v = v};

    array_init(&walk.unreadable, sizeof(const char *));
    walk_folder(&walk, "");
    forgive_unreadable(&walk);
    verify_report_missing(v);
}

void plain_verify_system(Verify *v)
{
    ControlFile control;

    if (v->manifest_version < 2 || verify_is_ignored(v, CONTROL_FILE_NAME) ||
        !os_exists(full_path(v, CONTROL_FILE_NAME)))
        return;
    control_file_read_unchecked(v->config->dir, &control);
    if (!control.is_crc_right)
        verify_report(v, err_fmt("\"%s\": CRC is incorrect", CONTROL_FILE_NAME));
    else if (control.system_id != v->system_id)
        verify_report(v, err_fmt("\"%s\": manifest system identifier is %" PRIu64
                                 ", but control file has %" PRIu64,
                                 CONTROL_FILE_NAME, v->system_id, control.system_id));
}

/* path is relative, "" the backup itself. */
static void walk_folder(PlainWalk *w, const char *path)
{
    Array names;

    if (!try_list(w, path, &names))
        return;
    array_foreach(char *, name, &names) {
        const char *entry = *path == '\0' ? *name : mem_printf("%s/%s", path, *name);

        if (!verify_is_ignored(w->v, entry))
            verify_entry(w, entry);
    }
}

/* False, and reported, when the folder cannot be read; for the backup itself that is the end. */
static bool try_list(PlainWalk *w, const char *path, Array *names)
{
    const char *volatile message = NULL;

    ERR_TRY() {
        os_dir_list(full_path(w->v, path), names);
    }
    ERR_CATCH() {
        if (*path == '\0')
            err_raise_again();
        message = mem_strdup(err_caught()->message);
    }
    ERR_END();
    if (message == NULL)
        return true;
    *(const char **)array_push(&w->unreadable) = path;
    verify_report(w->v, message);
    return false;
}

static void verify_entry(PlainWalk *w, const char *path)
{
    OsStat stat;

    if (!os_try_stat(full_path(w->v, path), &stat))
        verify_report(w->v, err_fmt("could not stat file or directory \"%s\": "
                                    "No such file or directory",
                                    path));
    else if (stat.kind == OS_KIND_DIR)
        walk_folder(w, path);
    else if (stat.kind != OS_KIND_FILE)
        verify_report(w->v, err_fmt("\"%s\" is not a file or directory", path));
    else
        verify_size(w->v, path, stat.size);
}

static void verify_size(Verify *v, const char *path, uint64_t size)
{
    VerifyFile *file = verify_find(v, path);

    if (file == NULL) {
        verify_report(v, err_fmt("\"%s\" is present on disk but not in the manifest", path));
        return;
    }
    file->is_found = true;
    if (size == file->size)
        return;
    file->is_bad = true;
    verify_report(v, err_fmt("\"%s\" has size %" PRIu64 " on disk but size %" PRIu64
                             " in the manifest",
                             path, size, file->size));
}

/* What lies in a folder that was reported is neither missing nor to be read. */
static void forgive_unreadable(PlainWalk *w)
{
    array_foreach(const char *, folder, &w->unreadable) {
        size_t len = strlen(*folder);

        array_foreach(VerifyFile *, file, &w->v->ordered) {
            if (strncmp((*file)->path, *folder, len) == 0 && (*file)->path[len] == '/')
                (*file)->is_found = (*file)->is_bad = true;
        }
    }
}

static const char *full_path(const Verify *v, const char *path)
{
    return *path == '\0' ? v->config->dir : mem_printf("%s/%s", v->config->dir, path);
}

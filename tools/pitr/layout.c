/*
 * layout.c - copy or unpack a base backup into a new data directory
 *
 * Promises
 *   1. Nothing is written outside the target folder and those of its tablespaces, and no folder
 *      that had content before is touched.
 *   2. Every file that the manifest knows is compared with it while it passes; one that is missing
 *      raises, and so does one that the manifest does not know, or which comes twice.
 *   3. The target has either the marker file or pg_control: one rename, after all else was synced,
 *      turns the first into the second. What a kill leaves before cannot start, and the next
 *      restore into the same folder takes it over; what it leaves after is whole.
 *   4. Each folder is locked as long as it is worked on, so two restores never meet in one. The
 *      lock ends with the process: a marker without it was left by a kill.
 *   5. Of a folder that is removed or emptied the marker goes last, so that a kill on the way
 *      leaves what can be taken over again.
 *
 * The markers of tablespaces name the target. They outlive it when a kill comes right behind the
 * rename, so a marker alone says nothing: a tablespace is a leftover only for a restore into the
 * target that it names, and while that is one itself.
 */
#include "common/base/base.h"

#include "tools/pitr/layout.h"

#include <stdatomic.h>

#include "common/err/err.h"
#include "common/format/control_file.h"
#include "common/format/tablespace_map.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/fault.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/os/thread_pool.h"
#include "common/text/str.h"
#include "common/tool/progress.h"
#include "tools/pitr/page_check.h"

#define MARKER_NAME     "holdfast-restore.incomplete" /* has the path of the data directory */
#define MARKER_SIZE_MAX KIB(64)                       /* of a path, or of what becomes pg_control */
#define PIECE_SIZE      MIB(1)
#define DAMAGED_HINT    "The backup is damaged: restore from another one."

/* Files of the backup that have no place in the new cluster, or come to it in another way. */
static const char *const left_out[] = {
    "backup_manifest", CONTROL_FILE_NAME, "postmaster.opts",        "postmaster.pid",
    "recovery.signal", "standby.signal",  TABLESPACE_MAP_FILE_NAME,
};

/* What pg_verifybackup leaves alone: tools change it after the manifest was made. With pg_wal. */
static const char *const not_compared[] = {"backup_manifest", "postgresql.auto.conf",
                                           "recovery.signal", "standby.signal"};

#define EXTRA_SHOWN    3      /* names of extra files in a message */
#define SIZE_LOOKED_AT MIB(1) /* smaller files of a tar may try to find room */

typedef struct LayoutFolder {
    char *path;
    const char *prefix; /* of the files in it: "", "pg_tblspc/16400/" */
    bool is_ours;       /* made by us; else it was there, empty */
    uint64_t need;      /* bytes that will be written to it, as far as they are known */
    uint64_t device;
} LayoutFolder;

struct Layout {
    MemContext *mem; /* that it lives in */
    Backup *backup;
    char *dir;
    const LayoutOptions *options;
    Array folders; /* of LayoutFolder: the target, then tablespaces */
    Array extra;   /* of char *: files that the manifest does not know */
    bool is_again; /* the target is what an earlier restore left */
    Progress *progress;
    _Atomic uint64_t done; /* bytes */
    PageCheck pages;
    uint8_t control[CONTROL_FILE_SIZE];
    bool has_control;
    bool is_finished;
};

/* One file of a plain backup on its way. */
typedef struct CopyJob {
    Layout *layout;
    char *from;
    char *path; /* in the data directory */
    uint64_t size;
} CopyJob;

/* A file that is being written and compared. */
typedef struct LaidFile {
    OsFile *file;
    const char *path;
    BackupFile *known; /* NULL: not in the manifest, or not compared */
    Digest digest;
    PageCheckFile pages;
    uint64_t size;
    bool is_control;
} LaidFile;

static bool has_checksums(const Layout *l);
static void take_folder(Layout *l, const char *path, const char *prefix);
static void check_place(const Layout *l, const char *path);
static OsLock lock_folder(const char *path);
_Noreturn static void raise_busy(const char *path);
static void claim_by_marker(const Layout *l, const char *path);
static void empty_folder(const char *path);
static void remove_stale_marker(const char *folder);
static char *tablespace_target(const Layout *l, const BackupTablespace *tablespace);
static void clean_up(void *arg);
static void copy_plain(Layout *l, unsigned jobs);
static void unpack_tars(Layout *l);
static char *extra_names(const Layout *l, size_t from);
_Noreturn static void raise_extra(const Layout *l, const char *archive);
static bool is_listed(const char *path, const char *const *list, size_t count);
static void laid_begin(Layout *l, LaidFile *f, const char *path);
static void laid_write(Layout *l, LaidFile *f, const void *bytes, size_t len);
static void laid_end(LaidFile *f);
static void check_all_seen(const Layout *l);

Layout *layout_begin(Backup *backup, const char *dir, const LayoutOptions *options)
{
    Layout *l = mem_new(Layout);

    l->mem = mem_current();
    l->backup = backup;
    l->dir = path_absolute(dir);
    l->options = options;
    l->pages.start = backup->label.start_lsn;
    l->progress = progress_new(options->wants_progress, "restoring", backup->total_size);
    array_init(&l->folders, sizeof(LayoutFolder));
    array_init(&l->extra, sizeof(char *));
    /* Before the locks go, which belong to the same memory. */
    mem_before_reset(mem_current(), clean_up, l);
    take_folder(l, l->dir, "");
    array_foreach(BackupTablespace, tablespace, &backup->tablespaces)
        take_folder(l, tablespace_target(l, tablespace),
                    mem_printf("pg_tblspc/%u/", tablespace->oid));

    os_dir_try_make(path_join(l->dir, "pg_tblspc"));
    array_foreach(BackupTablespace, tablespace, &backup->tablespaces)
        os_symlink(tablespace_target(l, tablespace),
                   mem_printf("%s/pg_tblspc/%u", l->dir, tablespace->oid));
    return l;
}

void layout_files(Layout *l, unsigned jobs)
{
    if (l->backup->is_tar)
        unpack_tars(l);
    else
        copy_plain(l, jobs);
    progress_end(l->progress);
    check_all_seen(l);
    if (!l->has_control)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("the base backup in \"%s\" lacks \"%s\"", l->backup->path,
                                     CONTROL_FILE_NAME),
                  .hint = "It is not complete: take another backup.");
    if (has_checksums(l))
        page_check_report(&l->pages);
    if (l->extra.count > 0)
        err_log(ERR_WARNING,
                .message = err_fmt("left out %zu %s not in the manifest", l->extra.count,
                                   l->extra.count == 1 ? "file that is" : "files that are"),
                .detail = extra_names(l, 0));
}

static bool has_checksums(const Layout *l)
{
    ControlFile control;

    control_file_decode(l->control, sizeof l->control, CONTROL_FILE_NAME, &control);
    return control.checksum_version != 0;
}

void layout_finish(Layout *l)
{
    char *marker = path_join(l->dir, MARKER_NAME);

    FAULT_POINT("pitr.layout.before_sync");
    os_dir_sync_tree(l->dir, true);
    FAULT_POINT("pitr.layout.before_control");
    os_write_durable(marker, l->control, sizeof l->control);
    FAULT_POINT("pitr.layout.before_unmark");
    os_rename_durable(marker, path_join(l->dir, CONTROL_FILE_NAME));
    l->is_finished = true;
    for (size_t i = 1; i < l->folders.count; i++)
        remove_stale_marker(((LayoutFolder *)array_at(&l->folders, i))->path);
}

/* ---- Folders ---- */

/* Is all that path holds a marker that was not born yet? */
static bool holds_half_a_marker(const char *path)
{
    Array names;

    os_dir_list(path, &names);
    array_foreach(char *, name, &names)
        if (!str_starts_with(*name, MARKER_NAME ".") || !os_is_temp_name(*name))
            return false;
    return true;
}

/* An earlier restore into the same target was cut off: is this what it left? */
static bool is_leftover(const Layout *l, const char *path)
{
    size_t len;
    char *owner = os_file_try_read_all(path_join(path, MARKER_NAME), MARKER_SIZE_MAX, &len);

    if (owner == NULL)
        return holds_half_a_marker(path);
    if (str_equal(path, l->dir))
        return !os_exists(path_join(path, CONTROL_FILE_NAME));
    return l->is_again && str_equal(owner, l->dir);
}

static void take_folder(Layout *l, const char *path, const char *prefix)
{
    bool is_missing = !os_exists(path);
    OsLock lock;
    OsStat stat;

    array_foreach(const LayoutFolder, other, &l->folders)
        if (str_equal(other->path, path))
            err_raise(SQLSTATE_DUPLICATE_FILE,
                      .message = err_fmt("directory \"%s\" is wanted twice", path),
                      .hint = "Give each tablespace a directory of its own.");
    if (os_dir_state(path) != OS_DIR_NOT_EMPTY) /* that would be refused anyway */
        check_place(l, path);
    lock = lock_folder(path);
    if (os_dir_state(path) == OS_DIR_NOT_EMPTY) {
        if (!is_leftover(l, path))
            err_raise(SQLSTATE_DUPLICATE_FILE,
                      .message = err_fmt("directory \"%s\" exists but is not empty", path),
                      .hint = str_equal(path, l->dir)
                                  ? "Restore into a new folder, or empty this one first."
                                  : "Lay the tablespace elsewhere with --tablespace-mapping.");
        if (lock == OS_LOCK_UNSUPPORTED)
            err_raise(SQLSTATE_DUPLICATE_FILE,
                      .message =
                          err_fmt("directory \"%s\" has a restore that was not finished", path),
                      .detail = "Its file system has no locks that tell whether it still runs.",
                      .hint = "Make sure that it does not, and empty the directory.");
        err_log(ERR_NOTICE,
                .message = err_fmt("removing what an earlier restore left in \"%s\"", path));
        l->is_again = l->is_again || str_equal(path, l->dir);
        empty_folder(path);
    }
    if (lock == OS_LOCK_UNSUPPORTED)
        claim_by_marker(l, path);
    os_stat(path, &stat);
    *(LayoutFolder *)array_push(&l->folders) = (LayoutFolder){
        .path = mem_strdup(path), .prefix = prefix, .is_ours = is_missing, .device = stat.device};
    os_set_mode(path, os_dir_mode());
    os_write_durable(path_join(path, MARKER_NAME), l->dir, strlen(l->dir));
}

static bool is_same(const OsStat *a, const OsStat *b)
{
    return a->device == b->device && a->inode == b->inode;
}

/* Does path lie in the folder, or would it? By the way up that the disk has, not the text. */
static bool lies_in(const char *path, const char *folder)
{
    OsStat wanted, here, above;
    char *up = mem_strdup(path);

    if (!os_try_stat(folder, &wanted))
        return false;
    while (!os_try_stat(up, &here))
        up = path_dir(up);
    for (;;) {
        if (is_same(&here, &wanted))
            return true;
        up = mem_printf("%s/..", up);
        os_stat(up, &above);
        if (is_same(&here, &above))
            return false;
        here = above;
    }
}

/* In its own backup or in the archive a cluster would be copied into itself, or be lost with it. */
static void check_place(const Layout *l, const char *path)
{
    const char *source = NULL;

    if (lies_in(path, l->backup->path))
        source = l->backup->path;
    if (l->options->repo_dir != NULL && lies_in(path, l->options->repo_dir))
        source = l->options->repo_dir;
    array_foreach(const BackupTablespace, tablespace, &l->backup->tablespaces)
        if (!l->backup->is_tar && lies_in(path, tablespace->source))
            source = tablespace->source;
    if (source != NULL)
        err_raise(SQLSTATE_DUPLICATE_FILE,
                  .message = err_fmt("directory \"%s\" lies inside what it is restored from", path),
                  .detail = err_fmt("That is \"%s\".", source),
                  .hint = "Choose a place outside of backup and archive.");
}

/* Make the folder where it is missing, and have it alone. */
static OsLock lock_folder(const char *path)
{
    OsLock lock;
    OsFile *file;

    do {
        os_dir_make_all_durable(path);
        lock = os_dir_try_lock(path, &file);
    } while (lock == OS_LOCK_MISSING);
    if (lock == OS_LOCK_BUSY)
        raise_busy(path);
    return lock;
}

static void raise_busy(const char *path)
{
    err_raise(SQLSTATE_OBJECT_IN_USE,
              .message = err_fmt("another process restores into directory \"%s\"", path),
              .hint = "Wait for its end, or restore into another directory.");
}

/* Without locks, the marker says who was first. */
static void claim_by_marker(const Layout *l, const char *path)
{
    char *marker = path_join(path, MARKER_NAME);
    char *temp = os_temp_name(marker);

    os_write_durable(temp, l->dir, strlen(l->dir));
    if (!os_publish_durable(temp, marker)) {
        os_unlink(temp);
        raise_busy(path);
    }
}

/* Remove all but the marker. */
static void empty_folder(const char *path)
{
    Array names;

    os_dir_list(path, &names);
    array_foreach(char *, name, &names)
        if (!str_equal(*name, MARKER_NAME))
            os_dir_remove_tree(path_join(path, *name), false);
}

/* The cluster is whole, and no restore takes the folder for a leftover: a marker can stay. */
static void remove_stale_marker(const char *folder)
{
    ERR_TRY() {
        os_unlink_durable(path_join(folder, MARKER_NAME));
    }
    ERR_CATCH() {
        err_log(ERR_WARNING, .message = err_caught()->message, .hint = "Remove it by hand.");
    }
    ERR_END();
}

/* Where a tablespace goes: by its OID, by its old location, or to the same place. */
static char *tablespace_target(const Layout *l, const BackupTablespace *tablespace)
{
    const char *mapped =
        space_mapping_find(l->options->mappings, tablespace->oid, tablespace->location);

    return mem_strdup(mapped == NULL ? tablespace->location : mapped);
}

static void remove_folder(const LayoutFolder *folder)
{
    char *marker = path_join(folder->path, MARKER_NAME);
    char *control = path_join(folder->path, CONTROL_FILE_NAME);

    if (!os_exists(folder->path))
        return;
    err_log(ERR_NOTICE, .message = err_fmt(folder->is_ours ? "removing directory \"%s\""
                                                           : "removing contents of \"%s\"",
                                           folder->path));
    /* Nobody may start what is half removed. */
    if (os_exists(control))
        os_rename(control, marker);
    empty_folder(folder->path);
    os_try_unlink(marker);
    if (folder->is_ours)
        os_dir_remove(folder->path);
}

static void try_remove_folder(const LayoutFolder *folder)
{
    ERR_TRY() {
        remove_folder(folder);
    }
    ERR_CATCH() {
        err_log(ERR_WARNING, .message = err_caught()->message,
                .hint = "An incomplete restore was left: it has the file \"" MARKER_NAME "\".");
    }
    ERR_END();
}

/*
 * Runs when the memory of the layout goes: removes all of it unless it was finished. The target is
 * the last, since without it nobody takes over what is left of the tablespaces.
 */
static void clean_up(void *arg)
{
    Layout *l = arg;

    if (l->is_finished)
        return;
    progress_end(l->progress);
    while (l->folders.count > 0)
        try_remove_folder(array_pop(&l->folders));
}

/* ---- What the manifest does not know ---- */

/* pg_wal is not in the manifest: of its files each page and record tells whether it is right. */
static bool is_extra(const Layout *l, const char *path)
{
    return l->backup->has_manifest && !str_equal(path, "pg_wal") &&
           !str_starts_with(path, "pg_wal/") &&
           !is_listed(path, not_compared, ARRAY_LEN(not_compared)) &&
           backup_find_file(l->backup, path) == NULL;
}

static void note_extra(Layout *l, const char *path)
{
    *(char **)array_push(&l->extra) = mem_strdup_in(l->mem, path);
}

/* The first names from that number on, for people. */
static char *extra_names(const Layout *l, size_t from)
{
    StrBuf text;
    size_t i;

    strbuf_init(&text);
    for (i = from; i < l->extra.count && i < from + EXTRA_SHOWN; i++)
        strbuf_add_fmt(&text, "%s\"%s\"", i == from ? "" : ", ", *(char **)array_at(&l->extra, i));
    if (i < l->extra.count)
        strbuf_add_fmt(&text, " and %zu more", l->extra.count - i);
    strbuf_add_char(&text, '.');
    return text.text;
}

/* archive: the tar that has them, NULL in a plain backup. */
static void raise_extra(const Layout *l, const char *archive)
{
    err_raise(SQLSTATE_DATA_CORRUPTED,
              .message = err_fmt(
                  "\"%s\" is present %s but not in the manifest", *(char **)array_at(&l->extra, 0),
                  archive == NULL ? "on disk" : err_fmt("in archive \"%s\"", archive)),
              .detail = l->extra.count == 1 ? NULL : err_fmt("So are %s", extra_names(l, 1)),
              .hint = "It was not part of the backup when that was taken. Remove it, or restore "
                      "without it by --skip-extra-files.");
}

/* ---- Is there room? ---- */

static void need_room(Layout *l, const char *path, uint64_t size)
{
    LayoutFolder *folder = array_at(&l->folders, 0);

    array_foreach(LayoutFolder, other, &l->folders)
        if (str_starts_with(path, other->prefix))
            folder = other;
    folder->need += size;
}

/* Known beforehand with a manifest alone; but what it lists is nearly all. */
static void warn_of_little_room(Layout *l)
{
    size_t position = 0;
    const BackupFile *file;

    if (!l->backup->has_manifest)
        return;
    while ((file = hash_next(&l->backup->files, &position)) != NULL)
        need_room(l, file->path, file->size);
    array_foreach(const LayoutFolder, folder, &l->folders) {
        uint64_t free_bytes = os_dir_free_bytes(folder->path);
        uint64_t need = 0;

        array_foreach(const LayoutFolder, other, &l->folders)
            if (other->device == folder->device)
                need += other->need;
        if (need <= free_bytes)
            continue;
        /* No error: a file system may compress what it is given. */
        err_log(ERR_WARNING,
                .message =
                    err_fmt("the restore may not fit on the file system of \"%s\"", folder->path),
                .detail =
                    err_fmt("It needs %" PRIu64 " bytes, %" PRIu64 " are free.", need, free_bytes));
        return;
    }
}

/* ---- Plain backups: a job for each file ---- */

typedef struct PlainWalk {
    Layout *layout;
    const char *prefix; /* of the paths below the folder that is walked */
    Array jobs;         /* of CopyJob */
} PlainWalk;

static void add_copy_job(PlainWalk *walk, char *path, uint64_t size)
{
    Layout *l = walk->layout;

    if (is_listed(path, left_out, ARRAY_LEN(left_out)) && !str_equal(path, CONTROL_FILE_NAME))
        return;
    *(CopyJob *)array_push(&walk->jobs) =
        (CopyJob){.layout = l,
                  .from = mem_printf("%s/%s", l->backup->path, path),
                  .path = path,
                  .size = size};
}

static OsWalk plain_visit(void *arg, const char *path, const OsStat *stat)
{
    PlainWalk *walk = arg;
    Layout *l = walk->layout;
    char *whole = mem_printf("%s%s", walk->prefix, path);
    char *to = path_join(l->dir, whole);

    /* A pg_wal that lay elsewhere becomes an ordinary folder; tablespaces are walked later. */
    if (stat->kind == OS_KIND_DIR || (stat->kind == OS_KIND_LINK && str_equal(whole, "pg_wal"))) {
        os_dir_try_make(to);
        return OS_WALK_GO_ON;
    }
    if (stat->kind == OS_KIND_LINK && str_starts_with(whole, "pg_tblspc/"))
        return OS_WALK_GO_ON;
    if (is_extra(l, whole))
        note_extra(l, whole);
    else if (stat->kind == OS_KIND_FILE)
        add_copy_job(walk, whole, stat->size);
    else
        err_log(ERR_WARNING,
                .message = err_fmt(stat->kind == OS_KIND_LINK ? "skipping symbolic link \"%s\""
                                                              : "skipping special file \"%s\"",
                                   whole));
    return OS_WALK_GO_ON;
}

static void walk_plain(PlainWalk *walk, const char *prefix)
{
    walk->prefix = prefix;
    os_dir_walk(path_join(walk->layout->backup->path, prefix), plain_visit, walk);
}

static int larger_first(const void *a, const void *b)
{
    uint64_t left = ((const CopyJob *)a)->size;
    uint64_t right = ((const CopyJob *)b)->size;

    return left < right ? 1 : left > right ? -1 : 0;
}

static void copy_job(void *arg)
{
    CopyJob *job = arg;
    LaidFile laid;
    OsFile *from = os_file_open(job->from, OS_READ);
    uint8_t *piece = mem_alloc_aligned(PIECE_SIZE, BLOCK_SIZE);
    size_t len;

    os_file_advise_sequential(from);
    laid_begin(job->layout, &laid, job->path);
    while ((len = os_file_read(from, piece, PIECE_SIZE)) > 0) {
        thread_pool_check_cancel();
        laid_write(job->layout, &laid, piece, len);
    }
    laid_end(&laid);
    os_file_close(from);
}

static void copy_plain(Layout *l, unsigned jobs)
{
    PlainWalk walk = {.layout = l};
    OsStat wal;
    uint64_t total = 0;
    ThreadPool *pool;

    array_init(&walk.jobs, sizeof(CopyJob));
    walk_plain(&walk, "");
    array_foreach(BackupTablespace, tablespace, &l->backup->tablespaces)
        walk_plain(&walk, mem_printf("pg_tblspc/%u/", tablespace->oid));
    if (os_try_lstat(l->backup->wal_dir, &wal) && wal.kind == OS_KIND_LINK)
        walk_plain(&walk, "pg_wal/");

    if (l->extra.count > 0 && !l->options->skips_extra)
        raise_extra(l, NULL);
    warn_of_little_room(l);
    array_foreach(CopyJob, job, &walk.jobs)
        total += job->size;
    progress_set_total(l->progress, total);
    array_sort(&walk.jobs, larger_first);
    pool = thread_pool_new(jobs);
    array_foreach(CopyJob, job, &walk.jobs) {
        FAULT_POINT("pitr.layout.copy");
        thread_pool_add(pool, copy_job, job);
        progress_set(l->progress, atomic_load(&l->done));
    }
    thread_pool_wait(pool);
    thread_pool_free(pool);
    progress_set(l->progress, atomic_load(&l->done));
}

/* ---- Tar backups: one archive after the other ---- */

typedef struct Unpack {
    Layout *layout;
    const char *archive; /* base name of the tar */
    const char *prefix;
    LaidFile laid;
    bool is_open;
    MemContext *mem; /* of one entry */
} Unpack;

/*
 * What a header says of a file is judged before anything is written: that it is as large as the
 * manifest has it, comes once, and finds room. So a small tar that unpacks to more than the disk
 * holds is refused while there is still room for others.
 */
static void check_entry(const Unpack *u, const char *path, uint64_t size)
{
    const Layout *l = u->layout;
    const BackupFile *known = backup_find_file(l->backup, path);
    char *to = path_join(l->dir, path);

    if ((known != NULL && known->is_seen) || os_exists(to) ||
        (l->has_control && str_equal(path, CONTROL_FILE_NAME)))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("\"%s\" is present in archive \"%s\" for the second time",
                                     path, u->archive),
                  .hint = DAMAGED_HINT);
    if (known != NULL && size != known->size &&
        !is_listed(path, not_compared, ARRAY_LEN(not_compared)))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("\"%s\" has size %" PRIu64
                                     " in archive \"%s\" but size %" PRIu64 " in the manifest",
                                     path, size, u->archive, known->size),
                  .hint = DAMAGED_HINT);
    if (size >= SIZE_LOOKED_AT && size > os_dir_free_bytes(path_dir(to)))
        err_raise(SQLSTATE_DISK_FULL,
                  .message =
                      err_fmt("there is no room for \"%s\" of archive \"%s\"", path, u->archive),
                  .detail = err_fmt("It has %" PRIu64 " bytes, %" PRIu64 " are free in \"%s\".",
                                    size, os_dir_free_bytes(path_dir(to)), path_dir(to)));
}

static void begin_file(Unpack *u, const char *path, uint64_t size)
{
    Layout *l = u->layout;

    if (is_extra(l, path)) {
        note_extra(l, path);
        if (!l->options->skips_extra)
            raise_extra(l, u->archive);
        return;
    }
    if (is_listed(path, left_out, ARRAY_LEN(left_out)) && !str_equal(path, CONTROL_FILE_NAME))
        return;
    FAULT_POINT("pitr.layout.unpack");
    os_dir_make_all(path_dir(path_join(l->dir, path)));
    check_entry(u, path, size);
    laid_begin(l, &u->laid, path);
    u->is_open = true;
}

/* Those of tablespaces are there; others lead who knows where, and are not made. */
static void begin_link(const Unpack *u, const char *path)
{
    if (str_equal(path, "pg_wal"))
        os_dir_try_make(path_join(u->layout->dir, path));
    else if (!str_starts_with(path, "pg_tblspc/"))
        err_log(ERR_WARNING, .message = err_fmt("skipping symbolic link \"%s\"", path));
}

static void unpack_begin(void *arg, const TarEntry *entry)
{
    Unpack *u = arg;

    mem_reset(u->mem);
    u->is_open = false;
    MEM_SCOPE(u->mem) {
        char *path = mem_printf("%s%s", u->prefix, entry->name);

        switch (entry->kind) {
        case TAR_DIR:
            os_dir_make_all(path_join(u->layout->dir, path));
            break;
        case TAR_LINK:
            begin_link(u, path);
            break;
        case TAR_FILE:
            begin_file(u, path, entry->size);
            break;
        }
    }
}

static void unpack_data(void *arg, const void *bytes, size_t len)
{
    Unpack *u = arg;

    if (u->is_open)
        laid_write(u->layout, &u->laid, bytes, len);
    progress_set(u->layout->progress, atomic_load(&u->layout->done));
}

static void unpack_end(void *arg)
{
    Unpack *u = arg;

    if (u->is_open)
        laid_end(&u->laid);
    u->is_open = false;
}

static void unpack_tars(Layout *l)
{
    Unpack unpack = {.layout = l, .mem = mem_context_new(mem_current(), "tar entry")};
    TarVisitor visitor = {
        .begin = unpack_begin, .data = unpack_data, .end = unpack_end, .arg = &unpack};

    warn_of_little_room(l);
    /* What comes out of the tars is more than they are by themselves, nobody knows how much. */
    progress_set_total(l->progress, 0);
    array_foreach(BackupTar, tar, &l->backup->tars) {
        unpack.prefix = tar->prefix;
        unpack.archive = path_base(tar->path);
        backup_read_tar(tar->path, &visitor, NULL);
    }
    mem_delete(unpack.mem);
    if (l->has_control)
        backup_take_control(l->backup, CONTROL_FILE_NAME " in base.tar", l->control,
                            sizeof l->control);
}

/* ---- One file ---- */

static bool is_listed(const char *path, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(path, list[i]))
            return true;
    return false;
}

static void laid_begin(Layout *l, LaidFile *f, const char *path)
{
    f->file = NULL;
    f->path = path;
    f->known = NULL;
    f->size = 0;
    f->is_control = str_equal(path, CONTROL_FILE_NAME);
    page_check_begin(&f->pages, &l->pages, path);
    if (!is_listed(path, not_compared, ARRAY_LEN(not_compared)))
        f->known = backup_find_file(l->backup, path);
    if (f->known != NULL && f->known->has_digest)
        digest_init(&f->digest, f->known->digest_kind);
    if (!f->is_control)
        f->file = os_file_open(path_join(l->dir, path), OS_WRITE | OS_CREATE | OS_EXCLUSIVE);
}

static void laid_write(Layout *l, LaidFile *f, const void *bytes, size_t len)
{
    if (f->known != NULL && len > f->known->size - f->size)
        err_raise(SQLSTATE_DATA_CORRUPTED, /* now, as what is packed may go on without end */
                  .message = err_fmt("\"%s\" is larger in the base backup than the %" PRIu64
                                     " bytes in the manifest",
                                     f->path, f->known->size),
                  .hint = DAMAGED_HINT);
    if (f->known != NULL && f->known->has_digest)
        digest_update(&f->digest, bytes, len);
    page_check_feed(&f->pages, bytes, len);
    if (f->is_control) {
        if (f->size + len > sizeof l->control)
            err_raise(SQLSTATE_DATA_CORRUPTED,
                      .message = err_fmt("\"%s\" of the base backup is larger than %zu bytes",
                                         f->path, sizeof l->control));
        memcpy(l->control + f->size, bytes, len);
        l->has_control = f->size + len == sizeof l->control;
    } else {
        os_file_write(f->file, bytes, len);
        os_file_flush_hint(f->file, f->size, len);
    }
    f->size += len;
    atomic_fetch_add(&l->done, len);
}

static void laid_end(LaidFile *f)
{
    uint8_t digest[DIGEST_SIZE_MAX];

    if (f->file != NULL)
        os_file_close(f->file);
    if (f->known == NULL)
        return;
    f->known->is_seen = true;
    if (f->size != f->known->size)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("\"%s\" has size %" PRIu64 " in the base backup but size "
                                     "%" PRIu64 " in the manifest",
                                     f->path, f->size, f->known->size),
                  .hint = DAMAGED_HINT);
    if (!f->known->has_digest)
        return;
    digest_final(&f->digest, digest);
    if (memcmp(digest, f->known->digest, digest_size(f->known->digest_kind)) != 0)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message =
                      err_fmt("checksum mismatch for file \"%s\" of the base backup", f->path),
                  .hint = DAMAGED_HINT);
}

static void check_all_seen(const Layout *l)
{
    size_t position = 0;
    const BackupFile *file;

    if (!l->backup->has_manifest)
        return;
    while ((file = hash_next(&l->backup->files, &position)) != NULL)
        if (!file->is_seen && !is_listed(file->path, left_out, ARRAY_LEN(left_out)) &&
            !is_listed(file->path, not_compared, ARRAY_LEN(not_compared)))
            err_raise(SQLSTATE_DATA_CORRUPTED,
                      .message = err_fmt("\"%s\" is in the manifest but not in the base backup",
                                         file->path),
                      .hint = DAMAGED_HINT);
}

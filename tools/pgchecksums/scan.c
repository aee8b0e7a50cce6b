/* scan.c - walk over the folders of relations; scan.h says what counts. */
#include "common/base/base.h"

#include "tools/pgchecksums/scan.h"

#include <limits.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/text/str.h"

#define PIECE_SIZE MIB(16) /* bytes; a multiple of the block size */

/* Files without checksums, by the beginning of their name or the whole of it. */
static const struct {
    const char *name;
    bool is_prefix;
} names[] = {
    {".DS_Store", false},       {"PG_VERSION", false},      {"pg_control", false},
    {"pg_filenode.map", false}, {"pg_internal.init", true}, {"pgsql_tmp", true},
};

typedef struct ScanWalk {
    const ScanConfig *config;
    const char *version_folder;
    Scan *scan;
} ScanWalk;

static void scan_folder(ScanWalk *w, const char *path, bool is_tablespaces);
static void scan_entry(ScanWalk *w, const char *path, const char *name, bool is_tablespaces);
static bool is_left_out(const char *name);
static void add_file(ScanWalk *w, const char *path, const char *name, uint64_t size);
static uint32_t segment_of(const char *path, const char *name);
static bool has_filenode(const char *name, const char *filenode);

void scan_data_dir(const ScanConfig *config, Scan *out)
{
    ScanWalk walk = {.config = config,
                     .version_folder = pg_version_tablespace_folder(config->version),
                     .scan = out};

    *out = (Scan){.total = 0};
    array_init(&out->pieces, sizeof(ScanPiece));
    scan_folder(&walk, mem_printf("%s/global", config->data_dir), false);
    scan_folder(&walk, mem_printf("%s/base", config->data_dir), false);
    scan_folder(&walk, mem_printf("%s/pg_tblspc", config->data_dir), true);
}

static void scan_folder(ScanWalk *w, const char *path, bool is_tablespaces)
{
    Array entries;

    os_dir_list(path, &entries);
    array_foreach(char *, entry, &entries) {
        if (!is_left_out(*entry))
            scan_entry(w, mem_printf("%s/%s", path, *entry), *entry, is_tablespaces);
    }
}

/* A link counts as a folder: nothing else than a tablespace has any business to be one. */
static void scan_entry(ScanWalk *w, const char *path, const char *name, bool is_tablespaces)
{
    OsStat stat;

    if (!os_try_lstat(path, &stat) || stat.kind == OS_KIND_OTHER)
        return;
    if (stat.kind == OS_KIND_FILE) {
        add_file(w, path, name, stat.size);
    } else if (is_tablespaces) {
        const char *folder = mem_printf("%s/%s", path, w->version_folder);

        os_stat(folder, &stat);
        scan_folder(w, folder, false);
    } else {
        scan_folder(w, path, false);
    }
}

static bool is_left_out(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (names[i].is_prefix ? str_starts_with(name, names[i].name)
                               : str_equal(name, names[i].name))
            return true;
    }
    return false;
}

static void add_file(ScanWalk *w, const char *path, const char *name, uint64_t size)
{
    uint32_t segment = segment_of(path, name);
    uint64_t piece_size = w->config->cuts_files ? PIECE_SIZE : size_max(size, 1);
    ScanFile *file;

    if (w->config->filenode != NULL && !has_filenode(name, w->config->filenode))
        return;
    file = mem_new(ScanFile);
    *file = (ScanFile){.path = mem_strdup(path), .size = size, .first = segment * SEGMENT_BLOCKS};
    w->scan->file_count++;
    w->scan->total += size;
    for (uint64_t offset = 0; offset == 0 || offset < size; offset += piece_size) {
        ScanPiece *piece = array_push(&w->scan->pieces);

        *piece =
            (ScanPiece){.file = file, .offset = offset, .len = size_min(piece_size, size - offset)};
        file->left++;
    }
}

/* The number behind the first dot; 0 when there is none. */
static uint32_t segment_of(const char *path, const char *name)
{
    const char *dot = strchr(name, '.');
    long segment;

    if (dot == NULL)
        return 0;
    segment = strtol(dot + 1, NULL, 10);
    if (segment <= 0 || segment > (long)(UINT32_MAX / SEGMENT_BLOCKS))
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("invalid segment number %ld in file name \"%s\"",
                                     segment < INT_MIN || segment > INT_MAX ? 0 : segment, path));
    return (uint32_t)segment;
}

/* The name up to its fork and segment. */
static bool has_filenode(const char *name, const char *filenode)
{
    size_t len = strcspn(name, "._");

    return strlen(filenode) == len && strncmp(name, filenode, len) == 0;
}

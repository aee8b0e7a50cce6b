/*
 * file_func.c - files of the server's machine: reading, times and sizes, what is in a folder
 *
 * Who is not in pg_read_server_files may not leave the data directory and the folder of the log,
 * even when the right to call these functions was given to him.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/file_times.h"
#include "common/os/path.h"
#include "common/text/encoding.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/config/setting.h"
#include "server/object/role.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/rows.h"
#include "server/types/database_text.h"

#define READ_MAX (INT64_C(0x3FFFFFFF) - 4) /* of one value */

static PgTime time_of_unix(int64_t seconds)
{
    return (seconds - PG_EPOCH_UNIX) * 1000000;
}

/* Below a folder, or it itself; both normalised. */
static bool is_below(const char *path, const char *folder)
{
    size_t len = strlen(folder);

    return strncmp(path, folder, len) == 0 && (path[len] == '\0' || path[len] == '/');
}

/* A path that the user may name, normalised. */
static char *path_argument(const FmgrCall *call, int n)
{
    char *path = path_normalise(value_cstring(call, n));

    if (role_is_member(role_current(), ROLE_READ_SERVER_FILES))
        return path;
    if (path_is_absolute(path)) {
        const char *log = setting.log_directory;

        if (!is_below(path, path_normalise(setting.data_directory)) &&
            !(path_is_absolute(log) && is_below(path, path_normalise(log))))
            err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE, .message = "absolute path not allowed");
    } else if (strcmp(path, "..") == 0 || strncmp(path, "../", 3) == 0) {
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = "path must be in or below the current directory");
    }
    return path;
}

/* ---- Reading ---- */

typedef struct ReadWish {
    int64_t offset; /* negative: from the end */
    int64_t len;    /* -1: all */
    bool may_be_missing;
} ReadWish;

/* Into a varlena; NULL: it is not there. */
static uint8_t *read_file(const char *path, const ReadWish *wish)
{
    OsFile *file = os_file_try_open(path, OS_READ);
    uint64_t size, begin, len;
    uint8_t *value;

    if (file == NULL) {
        if (wish->may_be_missing)
            return NULL;
        err_raise(SQLSTATE_UNDEFINED_FILE,
                  .message = err_fmt("could not open file \"%s\" for reading: No such file or "
                                     "directory",
                                     path));
    }
    size = os_file_size(file);
    begin = (uint64_t)wish->offset;
    if (wish->offset < 0)
        begin = wish->offset < -(int64_t)size ? 0 : size - (uint64_t)-wish->offset;
    len = begin >= size ? 0 : size - begin;
    if (wish->len >= 0 && len > (uint64_t)wish->len)
        len = (uint64_t)wish->len;
    if (len > READ_MAX)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "file length too large");
    value = mem_alloc(VARLENA_HEADER + (size_t)len);
    len = os_file_read_at(file, value + VARLENA_HEADER, (size_t)len, begin);
    varlena_set_size(value, VARLENA_HEADER + (size_t)len);
    os_file_close(file);
    return value;
}

static void check_length(int64_t len)
{
    if (len < 0)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "requested length cannot be negative");
    if (len > READ_MAX)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "requested length too large");
}

static Datum read_value(FmgrCall *call, const ReadWish *wish, bool is_text)
{
    uint8_t *value = read_file(path_argument(call, 0), wish);

    if (value == NULL)
        return fmgr_null(call);
    if (is_text)
        encoding_check(text_encoding(), (const char *)varlena_bytes(value),
                               varlena_len(value));
    return datum_of_pointer(value);
}

static Datum read_part(FmgrCall *call, bool may_be_missing, bool is_text)
{
    ReadWish wish = {.offset = fmgr_i64(call, 1),
                     .len = fmgr_i64(call, 2),
                     .may_be_missing = may_be_missing};

    check_length(wish.len);
    return read_value(call, &wish, is_text);
}

Datum pg_read_file_v2(FmgrCall *call)
{
    return read_part(call, fmgr_bool(call, 3), true);
}

Datum pg_read_file_off_len(FmgrCall *call)
{
    return read_part(call, false, true);
}

Datum pg_read_file_all(FmgrCall *call)
{
    return read_value(call, &(ReadWish){.len = -1}, true);
}

Datum pg_read_binary_file(FmgrCall *call)
{
    return read_part(call, fmgr_bool(call, 3), false);
}

Datum pg_read_binary_file_off_len(FmgrCall *call)
{
    return read_part(call, false, false);
}

Datum pg_read_binary_file_all(FmgrCall *call)
{
    return read_value(call, &(ReadWish){.len = -1}, false);
}

/* ---- One file ---- */

static Datum stat_value(FmgrCall *call, bool may_be_missing)
{
    static const SetColumn columns[] = {{"size", TYPE_INT8},
                                        {"access", TYPE_TIMESTAMPTZ},
                                        {"modification", TYPE_TIMESTAMPTZ},
                                        {"change", TYPE_TIMESTAMPTZ},
                                        {"creation", TYPE_TIMESTAMPTZ},
                                        {"isdir", TYPE_BOOL}};
    const char *path = path_argument(call, 0);
    Datum values[ARRAY_LEN(columns)] = {0};
    bool nulls[ARRAY_LEN(columns)] = {false};
    OsFileTimes times;
    OsStat stat;

    if (!os_try_stat(path, &stat) || !os_try_file_times(path, &times)) {
        if (may_be_missing)
            return fmgr_null(call);
        err_raise(SQLSTATE_UNDEFINED_FILE,
                  .message =
                      err_fmt("could not stat file \"%s\": No such file or directory", path));
    }
    values[0] = datum_of_i64((int64_t)stat.size);
    values[1] = datum_of_i64(time_of_unix(times.accessed));
    values[2] = datum_of_i64(time_of_unix(times.modified));
    values[3] = datum_of_i64(time_of_unix(times.changed));
    nulls[4] = true; /* when it was made is not known here */
    values[5] = datum_of_bool(stat.kind == OS_KIND_DIR);
    return value_of_row(columns, ARRAY_LEN(columns), values, nulls);
}

Datum pg_stat_file(FmgrCall *call)
{
    return stat_value(call, fmgr_bool(call, 1));
}

Datum pg_stat_file_1arg(FmgrCall *call)
{
    return stat_value(call, false);
}

/* ---- Folders ---- */

static void list_folder(const char *path, bool may_be_missing, Array *names)
{
    if (os_dir_try_list(path, names))
        return;
    array_init(names, sizeof(char *));
    if (!may_be_missing)
        err_raise(SQLSTATE_UNDEFINED_FILE,
                  .message = err_fmt("could not open directory \"%s\": No such file or directory",
                                     path));
}

typedef struct NameWalk {
    Array names;
    size_t next;
} NameWalk;

static Datum name_value(FmgrCall *call, bool may_be_missing, bool with_dots)
{
    NameWalk *walk = set_state(call);

    if (walk == NULL) {
        const char *path = path_argument(call, 0);

        walk = set_begin(call, sizeof *walk);
        MEM_SCOPE(set_mem(call)) {
            list_folder(path, may_be_missing, &walk->names);
            if (with_dots && os_exists(path)) {
                *(const char **)array_push(&walk->names) = ".";
                *(const char **)array_push(&walk->names) = "..";
            }
        }
    }
    if (walk->next == walk->names.count)
        return set_end(call);
    return set_row(call, value_of_text(*(char **)array_at(&walk->names, walk->next++)));
}

Datum pg_ls_dir(FmgrCall *call)
{
    return name_value(call, !fmgr_arg_is_null(call, 1) && fmgr_bool(call, 1),
                      !fmgr_arg_is_null(call, 2) && fmgr_bool(call, 2));
}

Datum pg_ls_dir_1arg(FmgrCall *call)
{
    return name_value(call, false, false);
}

static const SetColumn file_columns[] = {
    {"name", TYPE_TEXT}, {"size", TYPE_INT8}, {"modification", TYPE_TIMESTAMPTZ}};

/* Files that are not hidden. */
static void add_files(RowList *rows, const char *path, bool may_be_missing)
{
    Array names;

    list_folder(path, may_be_missing, &names);
    array_foreach(char *, name, &names) {
        OsStat stat;
        Datum values[3];
        bool nulls[3] = {false};

        if (**name == '.' || !os_try_stat(mem_printf("%s/%s", path, *name), &stat) ||
            stat.kind != OS_KIND_FILE)
            continue;
        values[0] = value_of_text(*name);
        values[1] = datum_of_i64((int64_t)stat.size);
        values[2] = datum_of_i64(time_of_unix(stat.mtime));
        row_list_add(rows, values, nulls);
    }
}

#define FOLDER(function, path, may_be_missing)                                \
 static void fill_##function(RowList *rows, FmgrCall *call UNUSED)            \
 {                                                                            \
  add_files(rows, path, may_be_missing);                                      \
 }                                                                            \
 Datum function(FmgrCall *call)                                               \
 {                                                                            \
  return row_list_give(call, file_columns, ARRAY_LEN(file_columns),           \
                       fill_##function);                                      \
 }
FOLDER(pg_ls_logdir, setting.log_directory, false)
FOLDER(pg_ls_waldir, "pg_wal", false)
FOLDER(pg_ls_archive_statusdir, "pg_wal/archive_status", true)
FOLDER(pg_ls_tmpdir_noargs, "base/pgsql_tmp", true)
FOLDER(pg_ls_logicalsnapdir, "pg_logical/snapshots", false)
FOLDER(pg_ls_logicalmapdir, "pg_logical/mappings", false)
#undef FOLDER

static void fill_tmpdir(RowList *rows, FmgrCall *call)
{
    Oid tablespace = fmgr_u32(call, 0);

    if (syscache_peek(CACHE_TABLESPACEOID, datum_of_u32(tablespace)) == NULL)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("tablespace with OID %u does not exist", tablespace));
    add_files(rows,
              tablespace == TABLESPACE_DEFAULT || tablespace == TABLESPACE_GLOBAL
                  ? "base/pgsql_tmp"
                  : mem_printf("pg_tblspc/%u/PG_15_202209061/pgsql_tmp", tablespace),
              true);
}

Datum pg_ls_tmpdir_1arg(FmgrCall *call)
{
    return row_list_give(call, file_columns, ARRAY_LEN(file_columns), fill_tmpdir);
}

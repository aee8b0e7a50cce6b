/*
 * get.c - walarchive get: what restore_command calls for each WAL file that recovery needs
 *
 * Promises
 *   1. The file appears under its name whole and checked against its digest, or not at all.
 *   2. Exit code 1 means that this cluster's archive was looked at and has no such file. Whatever
 *      else goes wrong, a repository that is not mounted included, ends with GET_EXIT_FAILED, so
 *      that recovery stops instead of ending too early.
 *   3. An error leaves nothing beside the file; what a kill leaves there the next get removes.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/fault.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "common/repo/wal_object.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "walarchive/walarchive.h"

typedef struct GetOptions {
    ArchiveOptions common;
} GetOptions;

static int get_file(const GetOptions *options, const char *name, const char *path);
static bool find(Repo *repo, const char *name, WalObject *out);
static void remove_orphans(const char *path);
static void write_target(const char *path, const char *bytes, size_t len);
static void write_and_rename(OsFile *f, const char *bytes, size_t len, const char *path);

const OptionSet get_options = {
    .size = sizeof(GetOptions),
    .groups =
        (const OptionGroup[]){
            {"Repository", repo_options, offsetof(GetOptions, common.repo)},
            {"Messages", tool_log_options, offsetof(GetOptions, common.log)},
            {.defs = NULL},
        },
    .usage = "[OPTION]... NAME TARGET",
    .summary = "fetches a WAL segment, or a history file, from the archive.",
    .notes =
        "Exit codes: 0 TARGET was written; 1 the archive has no such file; 200 anything else,\n"
        "which stops recovery instead of ending it too early.\n",
    .operand_max = 2,
};

int get_run(const Options *o)
{
    const GetOptions *options = o->values;

    if (o->operand_count < 2)
        option_raise_usage(o, o->operand_count == 0 ? "no WAL file specified"
                                                    : "no target file specified");
    return get_file(options, o->operands[0], o->operands[1]);
}

static int get_file(const GetOptions *options, const char *name, const char *path)
{
    Repo *repo = repo_open_options(&options->common.repo);
    WalObject object;
    char *bytes;
    size_t len;

    if (!find(repo, name, &object)) {
        repo_identity(repo); /* raises when there is no archive at all */
        err_log(ERR_INFO, .message = err_fmt("\"%s\" is not in the archive", name));
        return GET_EXIT_MISSING;
    }
    bytes = wal_object_get(repo, &object, &len);
    FAULT_POINT("walarchive.get.fetched");
    remove_orphans(path);
    write_target(path, bytes, len);
    err_log(ERR_INFO, .message = err_fmt("restored \"%s\" from the archive", name));
    return 0;
}

/*
 * A timeline that ended in a segment left it as NAME.partial, which PostgreSQL never asks for: it
 * serves when nothing else does.
 */
static bool find(Repo *repo, const char *name, WalObject *out)
{
    if (wal_name_kind(name) == WAL_NAME_OTHER)
        return false;
    return wal_object_try_find(repo, name, out) ||
           (wal_name_kind(name) == WAL_NAME_SEGMENT &&
            wal_object_try_find(repo, mem_printf("%s.partial", name), out));
}

/*
 * PostgreSQL knows nothing of our temporary names, and each is as large as a segment. They end in
 * the id of a process: one that is gone will not finish its file.
 */
static void remove_orphans(const char *path)
{
    char *dir = path_dir(path);
    char *prefix = mem_printf("%s.tmp-", path_base(path));
    Array names;

    if (!os_exists(dir))
        return;
    os_dir_list(dir, &names);
    array_foreach(char *, name, &names) {
        uint32_t pid;

        if (str_starts_with(*name, prefix) && num_try_parse_u32(*name + strlen(prefix), &pid) &&
            !process_exists((int)pid))
            os_try_unlink(path_join(dir, *name));
    }
}

/* Whole or not at all. */
static void write_target(const char *path, const char *bytes, size_t len)
{
    char *temp = mem_printf("%s.tmp-%d", path, process_id());
    OsFile *f = os_file_open(temp, OS_WRITE | OS_CREATE | OS_TRUNCATE);

    ERR_TRY() {
        write_and_rename(f, bytes, len, path);
    }
    ERR_CATCH() {
        os_try_unlink(temp);
        err_raise_again();
    }
    ERR_END();
}

/* PostgreSQL syncs the file when it takes it over. */
static void write_and_rename(OsFile *f, const char *bytes, size_t len, const char *path)
{
    char *temp = mem_strdup(os_file_path(f));

    os_file_write(f, bytes, len);
    os_file_close(f);
    FAULT_POINT("walarchive.get.before_rename");
    os_rename(temp, path);
}

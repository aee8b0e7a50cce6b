/*
 * get.c - walarchive get: what restore_command calls for each WAL file that recovery needs
 *
 * Promises
 *   1. The file appears under its name whole and checked against its digest, or not at all.
 *   2. Exit code 1 means that this cluster's archive was looked at and has no such file. Whatever
 *      else goes wrong, a repository that is not mounted included, ends with GET_EXIT_FAILED, so
 *      that recovery stops instead of ending too early.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/fault.h"
#include "common/os/file.h"
#include "common/os/process.h"
#include "common/repo/wal_object.h"
#include "walarchive/walarchive.h"

typedef struct GetOptions {
    ArchiveOptions common;
} GetOptions;

static int get_file(const GetOptions *options, const char *name, const char *path);
static bool find(Repo *repo, const char *name, WalObject *out);
static void write_target(const char *path, const char *bytes, size_t len);

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

/* Whole or not at all; PostgreSQL syncs the file when it takes it over. */
static void write_target(const char *path, const char *bytes, size_t len)
{
    char *temp = mem_printf("%s.tmp-%d", path, process_id());
    OsFile *f = os_file_open(temp, OS_WRITE | OS_CREATE | OS_TRUNCATE);

    os_file_write(f, bytes, len);
    os_file_close(f);
    FAULT_POINT("walarchive.get.before_rename");
    os_rename(temp, path);
}

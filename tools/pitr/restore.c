/*
 * restore.c - pitr restore: a base backup and the archived log become a new data directory
 *
 * The steps: look at the backup, choose the line of timelines, read the log ahead to learn whether
 * the target can be reached, lay the backup out, write the recovery settings, make it durable. The
 * server of the cluster's own version then recovers and promotes itself when it is started.
 *
 * Promises
 *   1. A target that recovery would not reach is refused before anything is written (for tars whose
 *      WAL is inside them: before anything is left), with the range of times that can be reached.
 *   2. A restore that fails leaves nothing; one that is killed leaves what cannot start.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/option/space_mapping.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "common/os/thread_pool.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "tools/pitr/backup.h"
#include "tools/pitr/layout.h"
#include "tools/pitr/pitr.h"
#include "tools/pitr/reach.h"
#include "tools/pitr/settings.h"
#include "tools/pitr/target.h"

#define WALARCHIVE "walarchive"

typedef struct RestoreOptions {
    PitrOptions common;
    TargetOptions target;
    const char *backup;
    const char *dir;
    Array mappings; /* of SpaceMapping */
    int64_t jobs;
    bool wants_progress;
    bool skips_extra;
    bool is_dry_run;
} RestoreOptions;

typedef struct Restore {
    const RestoreOptions *options;
    Reach reach; /* what has been found out so far */
} Restore;

static char *walarchive_path(void);
static void check_walarchive(void);
static void check_identity(const Reach *r);
static bool may_hold_its_wal(const Restore *r);
static void lay_out(Restore *r);
static void try_report(const Restore *r);
static void report(const Restore *r);
static void tell_start(const char *dir);

static const OptionDef verb_options[] = {
    {'D', "pgdata", OPTION_STRING, offsetof(RestoreOptions, dir), .arg = "DIRECTORY",
     .help = "the new data directory: missing or empty"},
    {0, "backup", OPTION_STRING, offsetof(RestoreOptions, backup), .arg = "DIRECTORY",
     .help = "base backup, plain or tar"},
    {'T', "tablespace-mapping", OPTION_CUSTOM, offsetof(RestoreOptions, mappings),
     .arg = "OLDDIR=NEWDIR", .read = space_mapping_read_or_oid,
     .help = "lay a tablespace elsewhere; OLDDIR may be its OID"},
    {'j', "jobs", OPTION_INT, offsetof(RestoreOptions, jobs), .arg = "N", .min = 0, .max = 256,
     .initial = "0", .help = "copy with so many threads (0: one for each processor)"},
    {'P', "progress", OPTION_FLAG, offsetof(RestoreOptions, wants_progress),
     .help = "show progress"},
    {0, "skip-extra-files", OPTION_FLAG, offsetof(RestoreOptions, skips_extra),
     .help = "leave out files that the backup has, but its\nmanifest does not"},
    {0, "dry-run", OPTION_FLAG, offsetof(RestoreOptions, is_dry_run),
     .help = "only say whether the target can be reached"},
    {.kind = OPTION_END},
};

const OptionSet restore_options = {
    .size = sizeof(RestoreOptions),
    .groups =
        (const OptionGroup[]){
            {"Options", verb_options, 0},
            {"Recovery target (none: the end of the archived log)", target_options,
             offsetof(RestoreOptions, target)},
            {"Repository", repo_options, offsetof(RestoreOptions, common.repo)},
            {"Messages", tool_log_options, offsetof(RestoreOptions, common.log)},
            {.defs = NULL},
        },
    .rules = target_rules,
    .usage = "[OPTION]... --backup DIRECTORY -D DIRECTORY",
    .summary = "makes a data directory from a base backup, which recovers up to a target.",
    .notes = "Exit codes: 0 the data directory is ready to be started; 1 nothing was left, unless\n"
             "the error says that the data directory is whole.\n",
};

int restore_run(const Options *o)
{
    Restore r = {.options = o->values};
    const RestoreOptions *options = r.options;
    Reach *reach = &r.reach;

    option_check(o);
    if (options->backup == NULL || *options->backup == '\0')
        option_raise_usage(o, "no base backup specified");
    if ((options->dir == NULL || *options->dir == '\0') && !options->is_dry_run)
        option_raise_usage(o, "no data directory specified");
    check_walarchive();
    reach->target = target_read(&options->target);
    reach->repo = repo_open_options(&options->common.repo);
    reach->backup = backup_open(options->backup);
    reach->identity = repo_identity(reach->repo);
    reach->local_wal_dir = reach->backup->wal_dir;
    check_identity(reach);
    reach_choose_timeline(reach, options->target.timeline);
    reach_scan(reach);
    if (!may_hold_its_wal(&r))
        reach_check(reach);
    if (!options->is_dry_run)
        lay_out(&r);
    try_report(&r);
    return 0;
}

/* A restore is not undone because nobody could be told of it. */
static void try_report(const Restore *r)
{
    ERR_TRY() {
        report(r);
        tool_flush();
    }
    ERR_CATCH() {
        if (r->options->is_dry_run)
            err_raise_again();
        err_raise(err_caught()->sqlstate, .message = err_caught()->message,
                  .detail =
                      err_fmt("The data directory \"%s\" is whole and stays.", r->options->dir));
    }
    ERR_END();
}

static char *walarchive_path(void)
{
    return path_join(process_executable_dir(), WALARCHIVE);
}

/*
 * The restored cluster fetches its WAL with walarchive, as the user who restores it: that this will
 * work is better known now than by a server that stops in recovery, hours later.
 */
static void check_walarchive(void)
{
    const char *path = walarchive_path();

    if (!os_exists(path))
        err_raise(SQLSTATE_UNDEFINED_FILE,
                  .message = err_fmt("program \"%s\" is needed by %s but was not found in the same "
                                     "directory as \"%s\"",
                                     WALARCHIVE, "the restored cluster",
                                     path_join(process_executable_dir(), "pitr")),
                  .detail = "It is what restore_command fetches WAL with.",
                  .hint = "Install Holdfast as a whole.");
    if (!process_may_run(path))
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = err_fmt("program \"%s\" cannot be executed", path),
                  .detail = "It is what restore_command of the restored cluster fetches WAL with.",
                  .hint = "Restore as the user who is to run the cluster, and give that user the "
                          "right to read and execute it.");
}

/*
 * A tar tells its version only at its end, and its system too where the manifest does not (before
 * 17), so this runs again when it was unpacked.
 */
static void check_identity(const Reach *r)
{
    const Backup *b = r->backup;

    if (b->system_id == 0)
        return;
    if (b->system_id != r->identity.system_id)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "base backup and archive belong to different database systems",
                  .detail = err_fmt("The system identifier of the backup is %" PRIu64
                                    ", the archive's is %" PRIu64 ".",
                                    b->system_id, r->identity.system_id),
                  .hint = "Check --backup, --repo and --cluster.");
    if (b->version != 0 && b->version != r->identity.version)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("the base backup is of PostgreSQL %u, the archive of "
                                     "PostgreSQL %u",
                                     b->version, r->identity.version),
                  .hint = "Check --backup, --repo and --cluster: an upgraded cluster archives into "
                          "a folder of its own.");
    if (b->version != 0 && b->segment_size != r->identity.segment_size)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("the base backup has WAL segments of %u bytes, the archive of "
                                     "%u bytes",
                                     b->segment_size, r->identity.segment_size),
                  .hint = "Check --backup, --repo and --cluster: a cluster whose segment size was "
                          "changed archives into a folder of its own.");
}

/* A tar can hold WAL that the archive lacks; that is known only once it is unpacked. */
static bool may_hold_its_wal(const Restore *r)
{
    const LogScan *scan = &r->reach.scan;

    return r->reach.backup->is_tar && !scan->is_consistent && !scan->is_reached &&
           !r->options->is_dry_run;
}

static void lay_out(Restore *r)
{
    const RestoreOptions *options = r->options;
    unsigned jobs = options->jobs == 0 ? thread_cpu_count() : (unsigned)options->jobs;
    MemContext *mem = mem_context_new(mem_current(), "layout");
    char *dir = path_absolute(options->dir);

    os_set_group_access(r->reach.backup->has_group_access);
    MEM_SCOPE(mem) {
        Layout *layout;

        layout =
            layout_begin(r->reach.backup, dir,
                         &(LayoutOptions){.mappings = &options->mappings,
                                          .repo_dir = store_local_dir(repo_store(r->reach.repo)),
                                          .skips_extra = options->skips_extra,
                                          .wants_progress = options->wants_progress});
        layout_files(layout, jobs);
        check_identity(&r->reach);
        if (may_hold_its_wal(r)) {
            r->reach.local_wal_dir = path_join(dir, "pg_wal");
            reach_scan(&r->reach);
            reach_check(&r->reach);
        }
        settings_write(dir, &(RecoverySettings){
                                .repo_url = repo_options_url(&options->common.repo),
                                .cluster = repo_cluster(r->reach.repo),
                                .walarchive = walarchive_path(),
                                .target = &r->reach.target,
                                .tli = r->reach.tli,
                            });
        layout_finish(layout);
    }
    mem_delete(mem);
}

static void report(const Restore *r)
{
    const LogScan *scan = &r->reach.scan;
    const char *what = r->options->is_dry_run ? "can be restored" : "restored";

    tool_print("%s %s", what, target_text(&r->reach.target));
    if (scan->is_reached)
        tool_print("recovery will stop %s, at " LSN_FMT " on timeline %u", scan->stop_text,
                   LSN_ARG(scan->stop), r->reach.tli);
    else
        tool_print("recovery will go to the end of the archive, " LSN_FMT " on timeline %u",
                   LSN_ARG(scan->end), r->reach.tli);
    if (r->options->is_dry_run)
        return;
    tell_start(path_absolute(r->options->dir));
    if (process_is_root())
        err_log(ERR_WARNING, .message = "the restored cluster belongs to root",
                .hint = "The server does not run as root: give the files to the user who runs it, "
                        "or restore as that user.");
}

/*
 * Debian keeps the configuration files elsewhere, so no backup has them. They name the old data
 * directory: whoever only points the server to them would start it there.
 */
static void tell_start(const char *dir)
{
    const char *settings;

    if (os_exists(path_join(dir, "postgresql.conf"))) {
        tool_print("start it with:  pg_ctl -D %s start", str_shell_word(dir));
        return;
    }
    err_log(ERR_NOTICE, .message = "the base backup has no postgresql.conf",
            .detail = "The configuration of its cluster lies outside of the data directory.",
            .hint = "Keep data_directory as it is below, or the old cluster would be started.");
    /* pg_ctl gives them to a shell of its own. */
    settings = mem_printf("-c config_file=FILE -c data_directory=%s", str_shell_word(dir));
    tool_print("start it with:  pg_ctl -D %s -o %s start", str_shell_word(dir),
               str_shell_word(settings));
}

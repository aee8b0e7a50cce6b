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
#include "common/format/timeline_history.h"
#include "common/mem/mem.h"
#include "common/option/space_mapping.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "common/os/thread_pool.h"
#include "common/repo/wal_path.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/text/timestamp.h"
#include "common/text/timezone.h"
#include "tools/pitr/backup.h"
#include "tools/pitr/layout.h"
#include "tools/pitr/log_scan.h"
#include "tools/pitr/pitr.h"
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

/* What a restore has found out so far. */
typedef struct Restore {
    const RestoreOptions *options;
    Backup *backup;
    Repo *repo;
    RepoIdentity identity;
    Target target;
    Array spans; /* of TimelineSpan */
    TimelineId tli;
    LogScan scan;
} Restore;

static char *walarchive_path(void);
static void check_walarchive(void);
static void check_identity(const Restore *r);
static void choose_timeline(Restore *r);
static LogScan scan_to(Restore *r, const Target *target, const char *local_wal_dir);
static bool may_hold_its_wal(const Restore *r);
static void check_reachable(Restore *r, const char *local_wal_dir);
static void lay_out(Restore *r);
static void report(const Restore *r);

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
    .notes = "Exit codes: 0 the data directory is ready to be started; 1 nothing was left.\n",
};

int restore_run(const Options *o)
{
    Restore r = {.options = o->values};
    const RestoreOptions *options = r.options;

    option_check(o);
    if (options->backup == NULL)
        option_raise_usage(o, "no base backup specified");
    if (options->dir == NULL && !options->is_dry_run)
        option_raise_usage(o, "no data directory specified");
    check_walarchive();
    r.target = target_read(&options->target);
    r.repo = repo_open_options(&options->common.repo);
    r.backup = backup_open(options->backup);
    r.identity = repo_identity(r.repo);
    check_identity(&r);
    choose_timeline(&r);
    r.scan = scan_to(&r, &r.target, r.backup->wal_dir);
    if (!may_hold_its_wal(&r))
        check_reachable(&r, r.backup->wal_dir);
    if (!options->is_dry_run)
        lay_out(&r);
    report(&r);
    return 0;
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
static void check_identity(const Restore *r)
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
    if (b->version != 0 &&
        (b->version != r->identity.version || b->segment_size != r->identity.segment_size))
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("the base backup is of PostgreSQL %u, the archive of "
                                     "PostgreSQL %u",
                                     b->version, r->identity.version),
                  .detail = err_fmt("WAL segments have %u and %u bytes.", b->segment_size,
                                    r->identity.segment_size));
}

/* The wanted timeline must be the backup's own, or descend from it behind the backup's start. */
static void choose_timeline(Restore *r)
{
    const WalHistorySource of_backup = {.read = backup_read_history, .arg = r->backup};
    const char *wanted = r->options->target.timeline;
    const TimelineSpan *own;

    if (str_equal(wanted, "latest"))
        r->tli = wal_path_latest(r->repo, &of_backup, r->backup->tli);
    else if (str_equal(wanted, "current"))
        r->tli = r->backup->tli;
    else if (!num_try_parse_u32(wanted, &r->tli) || r->tli == 0)
        err_raise(SQLSTATE_INVALID_TEXT_REPRESENTATION,
                  .message = err_fmt("invalid timeline \"%s\"", wanted),
                  .hint = "It is latest, current, or a number.");
    wal_path_history(r->repo, &of_backup, r->tli, &r->spans);
    own = timeline_history_find(&r->spans, r->backup->tli);
    if (own == NULL)
        err_raise(SQLSTATE_TARGET_UNREACHABLE,
                  .message = err_fmt("timeline %u does not descend from timeline %u, on which the "
                                     "base backup was taken",
                                     r->tli, r->backup->tli));
    if (own->end != LSN_NONE && own->end < r->backup->label.start_lsn)
        err_raise(SQLSTATE_TARGET_UNREACHABLE,
                  .message = err_fmt("timeline %u branched off before the base backup", r->tli),
                  .detail =
                      err_fmt("The branch is at " LSN_FMT ", the backup starts at " LSN_FMT ".",
                              LSN_ARG(own->end), LSN_ARG(r->backup->label.start_lsn)),
                  .hint = "Use an older base backup, or --target-timeline current.");
}

static LogScan scan_to(Restore *r, const Target *target, const char *local_wal_dir)
{
    WalPath *path = wal_path_new(r->repo, &r->spans, r->identity.segment_size, local_wal_dir);
    LogScanInput input = {
        .source = wal_path_source(path),
        .segment_size = r->identity.segment_size,
        .version = r->identity.version,
        .start = r->backup->label.start_lsn,
        .backup_end = r->backup->end,
        .target = target,
    };

    return log_scan(&input);
}

/* A tar can hold WAL that the archive lacks; that is known only once it is unpacked. */
static bool may_hold_its_wal(const Restore *r)
{
    return r->backup->is_tar && !r->scan.is_consistent && !r->scan.is_reached &&
           !r->options->is_dry_run;
}

/* What there is, for people: the range of times, found by reading the log to its end. */
static const char *reachable_times(Restore *r, const char *local_wal_dir)
{
    static const Target to_the_end = {.kind = TARGET_LATEST};
    LogScan all = scan_to(r, &to_the_end, local_wal_dir);

    if (!all.is_consistent)
        return err_fmt("The archive ends at " LSN_FMT " (%s), before the base backup does.",
                       LSN_ARG(all.end), all.end_reason);
    if (all.last_time == INT64_MIN || all.last_time <= all.first_time)
        return "The archive has no transaction after the base backup.";
    return err_fmt("Times from %s to just before %s can be reached.",
                   all.first_time == INT64_MIN
                       ? "the end of the base backup"
                       : time_format(all.first_time, TIME_FULL, timezone_local()),
                   time_format(all.last_time, TIME_FULL, timezone_local()));
}

/*
 * Where the timeline to recover along branched off. A server that finds no segment of it goes on
 * with its parent's, past the branch, and would end with what this line never had.
 */
static Lsn own_begin(const Restore *r)
{
    return ((const TimelineSpan *)array_at(&r->spans, r->spans.count - 1))->begin;
}

/* Did something end in the backup itself that the target leaves out? */
static bool is_inside_backup(const Restore *r)
{
    const Target *target = &r->target;

    return target->kind == TARGET_TIME &&
           (target->is_exclusive ? target->time <= r->scan.first_time
                                 : target->time < r->scan.first_time);
}

static void check_reachable(Restore *r, const char *local_wal_dir)
{
    const LogScan *scan = &r->scan;
    const char *why, *hint;

    if (scan->is_before_consistency || is_inside_backup(r)) {
        why = "the target lies before the end of the base backup";
        hint = "Use a later target, or an older base backup.";
    } else if (!scan->is_consistent) {
        why = "the archive does not reach the end of the base backup";
        hint = "Archive the missing WAL, or use another base backup.";
    } else if (!scan->is_reached && scan->end <= own_begin(r)) {
        why = err_fmt("the archive lacks the beginning of timeline %u", r->tli);
        hint = "Archive the missing WAL, or choose another timeline with --target-timeline.";
    } else if (!scan->is_reached && r->target.kind != TARGET_LATEST) {
        why = r->target.kind == TARGET_TIME ? "the archive has no later commit or abort"
                                            : "it is not in the archive";
        hint = err_fmt("Without a target, restore goes to the end of the archive, " LSN_FMT ".",
                       LSN_ARG(scan->end));
    } else {
        return;
    }
    err_raise(SQLSTATE_TARGET_UNREACHABLE,
              .message = err_fmt("cannot restore %s: %s", target_text(&r->target), why),
              .detail = reachable_times(r, local_wal_dir), .hint = hint);
}

static void lay_out(Restore *r)
{
    const RestoreOptions *options = r->options;
    unsigned jobs = options->jobs == 0 ? thread_cpu_count() : (unsigned)options->jobs;
    MemContext *mem = mem_context_new(mem_current(), "layout");
    char *dir = path_absolute(options->dir);

    os_set_group_access(r->backup->has_group_access);
    MEM_SCOPE(mem) {
        Layout *layout;

        layout = layout_begin(r->backup, dir,
                              &(LayoutOptions){.mappings = &options->mappings,
                                               .skips_extra = options->skips_extra,
                                               .wants_progress = options->wants_progress});
        layout_files(layout, jobs);
        check_identity(r);
        if (may_hold_its_wal(r)) {
            const char *wal_dir = path_join(dir, "pg_wal");

            r->scan = scan_to(r, &r->target, wal_dir);
            check_reachable(r, wal_dir);
        }
        settings_write(dir, &(RecoverySettings){
                                .repo_url = repo_options_url(&options->common.repo),
                                .cluster = repo_cluster(r->repo),
                                .walarchive = walarchive_path(),
                                .target = &r->target,
                                .tli = r->tli,
                            });
        layout_finish(layout);
    }
    mem_delete(mem);
}

static void report(const Restore *r)
{
    const LogScan *scan = &r->scan;
    const char *what = r->options->is_dry_run ? "can be restored" : "restored";

    tool_print("%s %s", what, target_text(&r->target));
    if (scan->is_reached)
        tool_print("recovery will stop %s, at " LSN_FMT " on timeline %u", scan->stop_text,
                   LSN_ARG(scan->stop), r->tli);
    else
        tool_print("recovery will go to the end of the archive, " LSN_FMT " on timeline %u",
                   LSN_ARG(scan->end), r->tli);
    if (!r->options->is_dry_run)
        tool_print("start it with:  pg_ctl -D '%s' start", r->options->dir);
    if (!r->options->is_dry_run && process_is_root())
        err_log(ERR_WARNING, .message = "the restored cluster belongs to root",
                .hint = "The server does not run as root: give the files to the user who runs it, "
                        "or restore as that user.");
}

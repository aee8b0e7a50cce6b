/*
 * main.c - pgchecksums: check, switch on and switch off the data checksums of a cluster
 *
 * The cluster must be shut down. Switching on writes the checksum of each block, syncs all of it
 * and changes pg_control last, so that a cluster whose pg_control says so has them; a run that was
 * interrupted left them off, and the next one goes on. Switching off changes pg_control alone.
 *
 * Output, messages and exit codes are those of pg_checksums 15; clusters of 13 to 18 are taken.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/control_file.h"
#include "common/format/postmaster_pid.h"
#include "common/mem/mem.h"
#include "common/option/option.h"
#include "common/os/dir.h"
#include "common/os/fault.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "common/os/thread_pool.h"
#include "common/tool/tool.h"
#include "tools/pgchecksums/scan.h"
#include "tools/pgchecksums/work.h"

#define DATA_CHECKSUM_VERSION 1
#define THREADS_MAX           1024

typedef struct ChecksumOptions {
    const char *data_dir;
    bool is_check, is_disable, is_enable;
    int64_t filenode;
    int64_t thread_count; /* 0: by the number of processors */
    bool is_no_sync, is_verbose, shows_progress;
} ChecksumOptions;

#define FIELD(name) offsetof(ChecksumOptions, name)
static const OptionDef options[] = {
    {'D', "pgdata", OPTION_STRING, FIELD(data_dir), .arg = "DATADIR", .help = "data directory"},
    {'c', "check", OPTION_FLAG, FIELD(is_check), .help = "check data checksums (default)"},
    {'d', "disable", OPTION_FLAG, FIELD(is_disable), .help = "disable data checksums"},
    {'e', "enable", OPTION_FLAG, FIELD(is_enable), .help = "enable data checksums"},
    {'f', "filenode", OPTION_INT, FIELD(filenode), .arg = "FILENODE",
     .help = "check only relation with specified filenode", .min = 0, .max = INT32_MAX},
    {'j', "jobs", OPTION_INT, FIELD(thread_count), .arg = "NUM",
     .help = "use this many threads (default: one for each processor)", .min = 1,
     .max = THREADS_MAX},
    {'N', "no-sync", OPTION_FLAG, FIELD(is_no_sync),
     .help = "do not wait for changes to be written safely to disk"},
    {'P', "progress", OPTION_FLAG, FIELD(shows_progress), .help = "show progress information"},
    {'v', "verbose", OPTION_FLAG, FIELD(is_verbose), .help = "output verbose messages"},
    {.kind = OPTION_END},
};
#undef FIELD
static const OptionGroup groups[] = {{NULL, options, 0}, {.defs = NULL}};
static const OptionRule rules[] = {
    {OPTION_EXCLUDES, "check", "disable", NULL},
    {OPTION_EXCLUDES, "check", "enable", NULL},
    {OPTION_EXCLUDES, "disable", "enable", NULL},
    {.option = NULL},
};
static const OptionSet set = {
    .size = sizeof(ChecksumOptions),
    .groups = groups,
    .rules = rules,
    .usage = "[OPTION]... [DATADIR]",
    .summary = "enables, disables, or verifies data checksums in a PostgreSQL database cluster.",
    .notes = "If no data directory (DATADIR) is specified, the environment variable PGDATA\n"
             "is used.",
    .operand_max = 1,
};

static int run(const Options *o);
static const char *choose_data_dir(const Options *o);
static void check_cluster(const char *data_dir, const ControlFile *control,
                          const ChecksumOptions *values);
static WorkResult look_at_all(const Options *o, const char *data_dir, const ControlFile *control);
static void print_result(const ChecksumOptions *values, const ControlFile *control,
                         const WorkResult *result);
static void change_control_file(const char *data_dir, ControlFile *control,
                                const ChecksumOptions *values);

int main(int argc, char **argv)
{
    static const ToolDef def = {
        .pg_name = "pg_checksums", .set = &set, .run = run, .log = TOOL_NO_LOG};

    return tool_main(argc, argv, &def);
}

static int run(const Options *o)
{
    const ChecksumOptions *values = o->values;
    const char *data_dir = choose_data_dir(o);
    ControlFile control;

    option_check(o);
    if (option_is_given(o, "filenode") && (values->is_disable || values->is_enable))
        option_raise_usage(o, "option -f/--filenode can only be used with --check");
    err_set_log_level(ERR_INFO);
    control_file_read_unchecked(data_dir, &control);
    check_cluster(data_dir, &control, values);
    if (!values->is_disable) {
        WorkResult result = look_at_all(o, data_dir, &control);

        print_result(values, &control, &result);
        if (result.bad_blocks > 0)
            return 1;
    }
    if (values->is_disable || values->is_enable)
        change_control_file(data_dir, &control, values);
    return 0;
}

/* -D, else the operand, else PGDATA: an operand beside -D is one too many. */
static const char *choose_data_dir(const Options *o)
{
    const ChecksumOptions *values = o->values;
    const char *data_dir = values->data_dir;
    size_t used = 0;

    if (data_dir == NULL && o->operand_count > 0)
        data_dir = o->operands[used++];
    if (data_dir == NULL)
        data_dir = process_env("PGDATA");
    if (data_dir == NULL)
        option_raise_usage(o, "no data directory specified");
    if (o->operand_count > used)
        option_raise_usage(o, "too many command-line arguments (first is \"%s\")",
                           o->operands[used]);
    return path_normalise(data_dir);
}

/* What pg_checksums asks, in its order and words; and that no server is just starting up. */
static void check_cluster(const char *data_dir, const ControlFile *control,
                          const ChecksumOptions *values)
{
    if (!control->is_crc_right)
        err_raise(SQLSTATE_DATA_CORRUPTED, .message = "pg_control CRC value is incorrect");
    if (control->version == 0)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("cluster is not compatible with this version of %s",
                                     err_get_program()));
    if (control->block_size != BLOCK_SIZE)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = "database cluster is not compatible",
                  .detail = err_fmt("The database cluster was initialized with block size %u, but "
                                    "%s was compiled with block size %u.",
                                    control->block_size, err_get_program(), BLOCK_SIZE));
    if (!control_state_is_clean(control->state))
        err_raise(SQLSTATE_OBJECT_IN_USE, .message = "cluster must be shut down");
    if (postmaster_is_running(data_dir))
        err_raise(SQLSTATE_OBJECT_IN_USE, .message = "cluster must be shut down",
                  .detail = err_fmt("The process that \"%s/%s\" names is alive.", data_dir,
                                    POSTMASTER_PID_FILE_NAME));
    if (control->checksum_version == 0 && !values->is_enable)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = values->is_disable ? "data checksums are already disabled in cluster"
                                                : "data checksums are not enabled in cluster");
    if (control->checksum_version > 0 && values->is_enable)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "data checksums are already enabled in cluster");
}

static WorkResult look_at_all(const Options *o, const char *data_dir, const ControlFile *control)
{
    const ChecksumOptions *values = o->values;
    /* Two threads that write to one file wait for each other more than they work. */
    ScanConfig scan_config = {.data_dir = data_dir,
                              .version = pg_version_find(control->version),
                              .filenode = option_is_given(o, "filenode")
                                              ? mem_printf("%" PRId64, values->filenode)
                                              : NULL,
                              .cuts_files = !values->is_enable};
    WorkConfig config = {.is_writing = values->is_enable,
                         .is_synced = !values->is_no_sync,
                         .is_verbose = values->is_verbose,
                         .shows_progress = values->shows_progress,
                         .thread_count = values->thread_count == 0
                                             ? thread_cpu_count()
                                             : (unsigned)values->thread_count};
    Scan scan;

    scan_data_dir(&scan_config, &scan);
    return work_run(&config, &scan);
}

static void print_result(const ChecksumOptions *values, const ControlFile *control,
                         const WorkResult *result)
{
    tool_print("Checksum operation completed");
    tool_print("Files scanned:   %" PRIu64, result->files_scanned);
    tool_print("Blocks scanned:  %" PRIu64, result->blocks_scanned);
    if (values->is_enable) {
        tool_print("Files written:  %" PRIu64, result->files_written);
        tool_print("Blocks written: %" PRIu64, result->blocks_written);
    } else {
        tool_print("Bad checksums:  %" PRIu64, result->bad_blocks);
        tool_print("Data checksum version: %u", control->checksum_version);
    }
}

/* The last step: what it promises must be on disk before. */
static void change_control_file(const char *data_dir, ControlFile *control,
                                const ChecksumOptions *values)
{
    if (!values->is_no_sync) {
        err_log(ERR_INFO, .message = "syncing data directory");
        os_dir_sync_tree(data_dir, true);
    }
    FAULT_POINT("pgchecksums.control.before");
    err_log(ERR_INFO, .message = "updating control file");
    control->checksum_version = values->is_enable ? DATA_CHECKSUM_VERSION : 0;
    control_file_write(data_dir, control);
    if (values->is_verbose)
        tool_print("Data checksum version: %u", control->checksum_version);
    tool_print("Checksums %s in cluster", values->is_enable ? "enabled" : "disabled");
}

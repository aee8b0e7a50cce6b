/*
 * main.c - pgverifybackup: is a base backup what its manifest says?
 *
 * Files that are missing, extra, of another size or with another checksum are reported one by one,
 * then the WAL that the backup needs is read. Options, messages and exit codes are those of
 * pg_verifybackup 15; later ones: progress (16), manifests of version 2 (17), backups in tar form
 * (18), whose WAL is checked here too.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/format/manifest.h"
#include "common/mem/mem.h"
#include "common/option/option.h"
#include "common/os/path.h"
#include "common/os/thread_pool.h"
#include "common/tool/tool.h"
#include "tools/pgverifybackup/verify.h"

#define THREADS_MAX 1024

typedef enum BackupForm { FORM_UNKNOWN, FORM_PLAIN, FORM_TAR } BackupForm;

typedef struct VerifyOptions {
    bool exits_on_error, skips_wal, is_quiet, skips_checksums, shows_progress;
    int form; /* a BackupForm */
    Array ignored;
    const char *manifest_path, *wal_path;
    int64_t thread_count; /* 0: by the number of processors */
} VerifyOptions;

static const OptionChoice forms[] = {
    {"p", FORM_PLAIN}, {"plain", FORM_PLAIN}, {"t", FORM_TAR}, {"tar", FORM_TAR}, {.name = NULL},
};

#define FIELD(name) offsetof(VerifyOptions, name)
static const OptionDef options[] = {
    {'e', "exit-on-error", OPTION_FLAG, FIELD(exits_on_error), .help = "exit immediately on error"},
    {'F', "format", OPTION_ENUM, FIELD(form), .arg = "p|t", .help = "backup format (plain, tar)",
     .choices = forms, .what = "backup format"},
    {'i', "ignore", OPTION_LIST, FIELD(ignored), .arg = "RELATIVE_PATH",
     .help = "ignore indicated path"},
    {'j', "jobs", OPTION_INT, FIELD(thread_count), .arg = "NUM",
     .help = "use this many threads (default: one for each processor)", .min = 1,
     .max = THREADS_MAX},
    {'m', "manifest-path", OPTION_STRING, FIELD(manifest_path), .arg = "PATH",
     .help = "use specified path for manifest"},
    {'n', "no-parse-wal", OPTION_FLAG, FIELD(skips_wal), .help = "do not try to parse WAL files"},
    {'P', "progress", OPTION_FLAG, FIELD(shows_progress), .help = "show progress information"},
    {'q', "quiet", OPTION_FLAG, FIELD(is_quiet),
     .help = "do not print any output, except for errors"},
    {'s', "skip-checksums", OPTION_FLAG, FIELD(skips_checksums),
     .help = "skip checksum verification"},
    {'w', "wal-directory", OPTION_STRING, FIELD(wal_path), .arg = "PATH",
     .help = "use specified path for WAL files"},
    {.kind = OPTION_END},
};
#undef FIELD
static const OptionGroup groups[] = {{NULL, options, 0}, {.defs = NULL}};
static const OptionRule rules[] = {
    {OPTION_EXCLUDES, "progress", "quiet", "cannot specify both -P/--progress and -q/--quiet"},
    {.option = NULL},
};
static const OptionSet set = {
    .size = sizeof(VerifyOptions),
    .groups = groups,
    .rules = rules,
    .usage = "[OPTION]... BACKUPDIR",
    .summary = "verifies a backup against the backup manifest.",
    .operand_max = 1,
};

static int run(const Options *o);
static void verify_files(Verify *v, bool is_tar);
static bool is_tar_form(const VerifyOptions *values, const char *dir);

int main(int argc, char **argv)
{
    static const ToolDef def = {
        .pg_name = "pg_verifybackup", .set = &set, .run = run, .log = TOOL_NO_LOG};

    return tool_main(argc, argv, &def);
}

static int run(const Options *o)
{
    const VerifyOptions *values = o->values;
    VerifyConfig config = {
        .exits_on_error = values->exits_on_error,
        .skips_checksums = values->skips_checksums,
        .shows_progress = values->shows_progress,
        .thread_count =
            values->thread_count == 0 ? thread_cpu_count() : (unsigned)values->thread_count,
    };
    bool is_tar;
    Verify *v;

    if (o->operand_count == 0)
        option_raise_usage(o, "no backup directory specified");
    option_check(o);
    config.dir = path_normalise(o->operands[0]);
    config.manifest_path = values->manifest_path == NULL
                               ? mem_printf("%s/%s", config.dir, MANIFEST_FILE_NAME)
                               : path_normalise(values->manifest_path);
    array_init(&config.ignored, sizeof(const char *));
    array_foreach(const char *, ignored, &values->ignored) {
        *(const char **)array_push(&config.ignored) = path_normalise(*ignored);
    }

    v = verify_new(&config);
    is_tar = is_tar_form(values, config.dir);
    verify_files(v, is_tar);
    if (!values->skips_wal)
        wal_verify_ranges(v, values->wal_path, is_tar);
    if (v->has_error)
        return 1;
    if (!values->is_quiet)
        tool_print("backup successfully verified");
    return 0;
}

static void verify_files(Verify *v, bool is_tar)
{
    if (is_tar) {
        tar_verify_archives(v);
        return;
    }
    plain_verify_files(v);
    plain_verify_system(v);
    if (!v->config->skips_checksums)
        hash_verify_files(v);
}

static bool is_tar_form(const VerifyOptions *values, const char *dir)
{
    if (values->form == FORM_UNKNOWN)
        return tar_is_backup(dir);
    return values->form == FORM_TAR;
}

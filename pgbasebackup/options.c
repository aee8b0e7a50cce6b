/* options.c - the table of options, and what goes together; options.h has the struct. */
#include "common/base/base.h"

#include "pgbasebackup/options.h"

#include <string.h>

#include "common/err/err.h"
#include "common/os/path.h"
#include "common/text/str.h"

#define MAX_RATE_MIN 32 /* kB/s, as the server has it */
#define MAX_RATE_MAX 1048576

static bool read_max_rate(const char *text, void *field);
static void check_target(const Options *o, BackupOptions *b);
static void check_compression(const Options *o, BackupOptions *b);
static void check_wal(const Options *o, const BackupOptions *b);
static void check_slot(const Options *o, const BackupOptions *b);
static void check_wal_dir(const Options *o, const BackupOptions *b);
static void check_rest(const Options *o, const BackupOptions *b);

static const OptionChoice formats[] = {{"p", FORMAT_PLAIN},
                                       {"plain", FORMAT_PLAIN},
                                       {"t", FORMAT_TAR},
                                       {"tar", FORMAT_TAR},
                                       {NULL, 0}};
static const OptionChoice wal_methods[] = {
    {"f", WAL_FETCH}, {"fetch", WAL_FETCH}, {"s", WAL_STREAM}, {"stream", WAL_STREAM},
    {"n", WAL_NONE},  {"none", WAL_NONE},   {NULL, 0}};
static const OptionChoice checkpoints[] = {{"fast", true}, {"spread", false}, {NULL, 0}};

#define AT(field) offsetof(BackupOptions, field)

static const OptionDef output_options[] = {
    {'D', "pgdata", OPTION_STRING, AT(dir), .arg = "DIRECTORY",
     .help = "where the backup goes; - with tar format is\nstandard output"},
    {'F', "format", OPTION_ENUM, AT(format), .arg = "p|t", .choices = formats, .initial = "plain",
     .what = "output format", .help = "a directory (plain) or tar files (tar)"},
    {'r', "max-rate", OPTION_CUSTOM, AT(max_rate), .arg = "RATE", .read = read_max_rate,
     .help = "at most so many kB of the data directory a\nsecond (k or M behind it: kB or MB)"},
    {'R', "write-recovery-conf", OPTION_FLAG, AT(writes_recovery_conf),
     .help = "make the copy a standby of this server"},
    {'t', "target", OPTION_STRING, AT(target), .arg = "TARGET[:DETAIL]",
     .help = "let the server write the backup: server:DIR,\nor blackhole to see how long it takes"},
    {'T', "tablespace-mapping", OPTION_CUSTOM, AT(mappings), .arg = "OLDDIR=NEWDIR",
     .read = space_mapping_read, .help = "put the tablespace in OLDDIR to NEWDIR"},
    {0, "waldir", OPTION_STRING, AT(wal_dir), .arg = "WALDIR",
     .help = "put the write-ahead log directory here"},
    {'X', "wal-method", OPTION_ENUM, AT(wal_method), .arg = "none|fetch|stream",
     .choices = wal_methods, .initial = "stream", .what = "wal-method option",
     .help = "how the WAL that belongs to the backup comes"},
    {'z', "gzip", OPTION_STRING, AT(compress), .optional = "gzip",
     .help = "compress tar output with gzip"},
    {'Z', "compress", OPTION_STRING, AT(compress), .arg = "[{client|server}-]METHOD[:DETAIL]",
     .help = "compress here or on the server: none, gzip,\nlz4, zstd; DETAIL is a level or a list"},
    {.kind = OPTION_END},
};

static const OptionDef general_options[] = {
    {'c', "checkpoint", OPTION_ENUM, AT(is_fast), .arg = "fast|spread", .choices = checkpoints,
     .initial = "spread", .what = "checkpoint argument",
     .help = "begin with a checkpoint at once, or spread"},
    {'C', "create-slot", OPTION_FLAG, AT(creates_slot), .help = "create the replication slot"},
    {'l', "label", OPTION_STRING, AT(label), .arg = "LABEL", .initial = "pg_basebackup base backup",
     .help = "label of the backup"},
    {'n', "no-clean", OPTION_FLAG, AT(no_clean), .help = "keep what is there after errors"},
    {'N', "no-sync", OPTION_FLAG, AT(no_sync), .help = "do not wait until all is safe on disk"},
    {'P', "progress", OPTION_FLAG, AT(wants_progress), .help = "show how far the backup is"},
    {'S', "slot", OPTION_STRING, AT(slot), .arg = "SLOTNAME",
     .help = "stream WAL over this replication slot"},
    {'q', "quiet", OPTION_FLAG, AT(log.is_quiet), .help = "show warnings and errors only"},
    {'v', "verbose", OPTION_COUNT, AT(log.verbose), .help = "say what is done"},
    {0, "json", OPTION_FLAG, AT(log.is_json), .help = "write messages as JSON, one a line"},
    {0, "manifest-checksums", OPTION_STRING, AT(manifest_checksums),
     .arg = "SHA{224,256,384,512}|CRC32C|NONE", .help = "checksums of files in the manifest"},
    {0, "manifest-force-encode", OPTION_FLAG, AT(forces_encode),
     .help = "write file names in the manifest in hexadecimal"},
    {0, "no-estimate-size", OPTION_FLAG, AT(no_estimate),
     .help = "do not ask the server for the size"},
    {0, "no-manifest", OPTION_FLAG, AT(no_manifest), .help = "take no backup manifest"},
    {0, "no-slot", OPTION_FLAG, AT(no_slot), .help = "make no temporary replication slot for WAL"},
    {0, "no-verify-checksums", OPTION_FLAG, AT(no_verify_checksums),
     .help = "do not let the server verify page checksums"},
    {.kind = OPTION_END},
};

static const OptionDef connection_options[] = {
    {'s', "status-interval", OPTION_INT, AT(status_interval), .arg = "INTERVAL", .min = 0,
     .max = INT32_MAX / 1000, .initial = "10", .help = "seconds between reports to the server"},
    {.kind = OPTION_END},
};

static const OptionGroup groups[] = {
    {"Options controlling the output", output_options, 0},
    {"General options", general_options, 0},
    {"Connection options", client_options, AT(connect)},
    {"Streaming options", connection_options, 0},
    {.defs = NULL},
};

const OptionSet backup_option_set = {
    .size = sizeof(BackupOptions),
    .groups = groups,
    .summary = "takes a base backup of a running PostgreSQL server.",
};

void backup_options_check(const Options *o)
{
    BackupOptions *b = o->values;

    check_target(o, b);
    check_compression(o, b);
    check_wal(o, b);
    check_slot(o, b);
    check_wal_dir(o, b);
    check_rest(o, b);
}

const char *backup_options_map(const BackupOptions *b, const char *dir)
{
    const char *mapped = space_mapping_find(&b->mappings, 0, dir);

    return mapped == NULL ? dir : mapped;
}

/* A number, perhaps with a fraction, then perhaps k or M. */
static bool read_max_rate(const char *text, void *field)
{
    char *end;
    const char *unit;
    double rate = strtod(text, &end);

    if (end == text)
        err_raise(SQLSTATE_USAGE,
                  .message = err_fmt("transfer rate \"%s\" is not a valid value", text));
    if (!(rate > 0))
        err_raise(SQLSTATE_USAGE, .message = "transfer rate must be greater than zero");
    while (*end == ' ')
        end++;
    unit = end;
    if (*unit == 'M')
        rate *= 1024;
    if (*unit == 'M' || *unit == 'k')
        end++;
    while (*end == ' ')
        end++;
    if (*end != '\0')
        err_raise(SQLSTATE_USAGE, .message = err_fmt("invalid --max-rate unit: \"%s\"", unit));
    if (rate < MAX_RATE_MIN || rate > MAX_RATE_MAX)
        err_raise(SQLSTATE_USAGE, .message = err_fmt("transfer rate \"%s\" is out of range", text));
    *(uint32_t *)field = (uint32_t)rate;
    return true;
}

/* Where the backup goes. */
static void check_target(const Options *o, BackupOptions *b)
{
    if (b->target == NULL && b->dir == NULL)
        option_raise_usage(o, "must specify output directory or backup target");
    if (b->target != NULL && str_equal(b->target, "client"))
        b->target = NULL;
    if (b->target != NULL && option_is_given(o, "format"))
        option_raise_usage(o, "cannot specify both format and backup target");
    if (b->target != NULL && b->dir != NULL)
        option_raise_usage(o, "cannot specify both output directory and backup target");
    if (b->target != NULL) {
        const char *rest = b->target;

        b->target_name = str_split(&rest, ':');
        b->target_detail = rest;
    } else if (b->dir == NULL) {
        option_raise_usage(o, "must specify output directory or backup target");
    }
    b->is_stdout = b->dir != NULL && b->format == FORMAT_TAR && str_equal(b->dir, "-");
}

static void check_compression(const Options *o, BackupOptions *b)
{
    const char *text = b->compress;
    bool is_server = b->target_name != NULL;
    bool is_prefixed = false;

    b->client_compress = compress_spec(COMPRESS_NONE);
    if (text == NULL)
        return;
    if (str_starts_with(text, "server-")) {
        text += strlen("server-");
        is_server = is_prefixed = true;
    } else if (str_starts_with(text, "client-")) {
        text += strlen("client-");
        is_prefixed = true;
        is_server = false;
    }
    if (is_server) {
        const char *rest = text;

        /* What the methods are is for the server to say, which may know more of them. */
        b->server_compress = str_split(&rest, ':');
        b->server_compress_detail = rest;
        if (str_equal(b->server_compress, "none") && rest == NULL)
            b->server_compress = NULL;
        return;
    }
    /* A bare level is for -Z alone, and nothing at all is an empty one. */
    if (is_prefixed)
        b->client_compress = compress_spec_parse(text);
    else if (text[0] == '\0')
        b->client_compress = compress_spec_make(compress_method_name(COMPRESS_GZIP), text);
    else
        b->client_compress = compress_spec_parse_option(text);
    /* Also when the method is none. */
    if (b->target_name != NULL)
        option_raise_usage(
            o, "client-side compression is not possible when a backup target is specified");
    if (b->client_compress.method != COMPRESS_NONE && b->format == FORMAT_PLAIN)
        option_raise_usage(o, "only tar mode backups can be compressed");
}

static void check_wal(const Options *o, const BackupOptions *b)
{
    if (b->target_name != NULL && b->wal_method == WAL_STREAM)
        option_raise_usage(o, "WAL cannot be streamed when a backup target is specified");
    if (b->is_stdout && b->wal_method == WAL_STREAM)
        option_raise_usage(o, "cannot stream write-ahead logs in tar mode to stdout");
}

static void check_slot(const Options *o, const BackupOptions *b)
{
    if (b->slot != NULL && b->wal_method != WAL_STREAM)
        option_raise_usage(o, "replication slots can only be used with WAL streaming");
    if (b->no_slot && b->slot != NULL)
        option_raise_usage(o, "--no-slot cannot be used with slot name");
    if (b->creates_slot && b->slot == NULL)
        option_raise_usage(o, "--create-slot needs a slot to be specified using --slot");
}

static void check_wal_dir(const Options *o, const BackupOptions *b)
{
    if (b->wal_dir == NULL)
        return;
    if (b->target_name != NULL)
        option_raise_usage(o,
                           "WAL directory location cannot be specified along with a backup target");
    if (b->format != FORMAT_PLAIN)
        option_raise_usage(o, "WAL directory location can only be specified in plain mode");
    if (!path_is_absolute(b->wal_dir))
        option_raise_usage(o, "WAL directory location must be an absolute path");
}

static void check_rest(const Options *o, const BackupOptions *b)
{
    if (b->wants_progress && b->no_estimate)
        option_raise_usage(o, "--progress and --no-estimate-size are incompatible options");
    if (b->no_manifest && b->manifest_checksums != NULL)
        option_raise_usage(o, "--no-manifest and --manifest-checksums are incompatible options");
    if (b->no_manifest && b->forces_encode)
        option_raise_usage(o, "--no-manifest and --manifest-force-encode are incompatible options");
    if (b->writes_recovery_conf && b->target_name != NULL)
        err_raise(SQLSTATE_USAGE, .message = "recovery configuration cannot be written when a "
                                             "backup target is used");
    if (strpbrk(b->label, "\r\n") != NULL) /* what follows would be read as lines of backup_label */
        err_raise(SQLSTATE_USAGE, .message = "the backup's label must be one line");
    if (b->server_compress == NULL || b->format != FORMAT_TAR)
        return;

    /* What the server compressed is stored as it comes, so nothing can be put in between. */
    if (b->is_stdout && !b->no_manifest)
        err_raise(SQLSTATE_USAGE, .message = "cannot inject manifest into a compressed tar file",
                  .hint = "Use client-side compression, send the output to a directory rather "
                          "than standard output, or use --no-manifest.");
    if (b->writes_recovery_conf)
        err_raise(SQLSTATE_USAGE,
                  .message = "cannot write recovery configuration into a compressed tar file",
                  .hint = "Use client-side compression, or the plain format.");
}

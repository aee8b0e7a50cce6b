/* options.c - what BASE_BACKUP is asked for, from names and values */
#include "common/base/base.h"

#include <inttypes.h>
#include <strings.h>

#include "common/err/err.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "server/replication/base_backup/base_backup.h"
#include "server/replication/replication.h"

#define DEFAULT_LABEL   "base backup"
#define MAX_RATE_KB_MIN 32
#define MAX_RATE_KB_MAX 1048576

/* What was given, before it is held together. */
typedef struct Given {
    BackupOptions *out;
    const char *target, *target_detail;
    const char *compression, *compression_detail;
    bool has_checksum_name;
} Given;

typedef struct OptionRow {
    const char *name;
    void (*read)(Given *given, const ReplicationOption *option); /* NULL: a switch */
    size_t member;                                               /* of BackupOptions */
} OptionRow;

static const OptionRow *find_row(const char *name);
static void settle_checksums(const Given *given);
static void settle_target(const Given *given);
static void settle_compression(const Given *given);

static void read_label(Given *given, const ReplicationOption *option)
{
    given->out->label = replication_option_text(option);
}

static void read_checkpoint(Given *given, const ReplicationOption *option)
{
    const char *kind = replication_option_text(option);

    given->out->is_fast = strcasecmp(kind, "fast") == 0;
    if (!given->out->is_fast && strcasecmp(kind, "spread") != 0)
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = err_fmt("unrecognized checkpoint type: \"%s\"", kind));
}

static void read_max_rate(Given *given, const ReplicationOption *option)
{
    int64_t rate = replication_option_number(option);

    if (rate < MAX_RATE_KB_MIN || rate > MAX_RATE_KB_MAX)
        err_raise(SQLSTATE_NUMERIC_VALUE_OUT_OF_RANGE,
                  .message = err_fmt("%" PRId64 " is outside the valid range for parameter \"%s\" "
                                     "(%d .. %d)",
                                     rate, "MAX_RATE", MAX_RATE_KB_MIN, MAX_RATE_KB_MAX));
    given->out->max_rate_kb = (uint32_t)rate;
}

static void read_manifest(Given *given, const ReplicationOption *option)
{
    const char *text = replication_option_text(option);
    BackupOptions *out = given->out;

    out->encodes_paths = strcasecmp(text, "force-encode") == 0;
    if (out->encodes_paths)
        out->has_manifest = true;
    else if (!num_try_parse_bool(text, &out->has_manifest))
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = err_fmt("unrecognized manifest option: \"%s\"", text));
}

static void read_manifest_checksums(Given *given, const ReplicationOption *option)
{
    const char *text = replication_option_text(option);

    given->has_checksum_name = true;
    given->out->has_checksums = strcasecmp(text, "none") != 0;
    if (given->out->has_checksums && !digest_try_parse(text, &given->out->checksum))
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = err_fmt("unrecognized checksum algorithm: \"%s\"", text));
}

static void read_target(Given *given, const ReplicationOption *option)
{
    given->target = replication_option_text(option);
}

static void read_target_detail(Given *given, const ReplicationOption *option)
{
    given->target_detail = replication_option_text(option);
}

/* An unknown method is told of before what comes behind it. */
static void read_compression(Given *given, const ReplicationOption *option)
{
    given->compression = replication_option_text(option);
    given->out->compression = compress_spec_make(given->compression, NULL);
}

static void read_compression_detail(Given *given, const ReplicationOption *option)
{
    given->compression_detail = replication_option_text(option);
}

/* Sorted by name. */
static const OptionRow rows[] = {
    {"checkpoint", read_checkpoint, 0},
    {"compression", read_compression, 0},
    {"compression_detail", read_compression_detail, 0},
    {"label", read_label, 0},
    {"manifest", read_manifest, 0},
    {"manifest_checksums", read_manifest_checksums, 0},
    {"max_rate", read_max_rate, 0},
    {"progress", NULL, offsetof(BackupOptions, wants_sizes)},
    {"tablespace_map", NULL, offsetof(BackupOptions, has_map)},
    {"target", read_target, 0},
    {"target_detail", read_target_detail, 0},
    {"verify_checksums", NULL, offsetof(BackupOptions, verifies_pages)},
    {"wait", NULL, offsetof(BackupOptions, waits)},
    {"wal", NULL, offsetof(BackupOptions, includes_wal)},
};

void backup_options_read(const Array *options, BackupOptions *out)
{
    Given given = {.out = out};
    bool is_given[ARRAY_LEN(rows)] = {false};

    *out = (BackupOptions){.label = DEFAULT_LABEL,
                           .compression = compress_spec(COMPRESS_NONE),
                           .waits = true,
                           .verifies_pages = true,
                           .has_checksums = true,
                           .checksum = DIGEST_CRC32C};
    array_foreach(const ReplicationOption, option, options) {
        const OptionRow *row = find_row(option->name);

        if (row == NULL)
            err_raise(SQLSTATE_SYNTAX_ERROR,
                      .message = err_fmt("unrecognized base backup option: \"%s\"", option->name));
        if (is_given[row - rows])
            err_raise(SQLSTATE_SYNTAX_ERROR,
                      .message = err_fmt("duplicate option \"%s\"", option->name));
        is_given[row - rows] = true;
        if (row->read != NULL)
            row->read(&given, option);
        else
            *(bool *)((char *)out + row->member) = replication_option_bool(option);
    }
    settle_checksums(&given);
    settle_target(&given);
    settle_compression(&given);
}

static const OptionRow *find_row(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (str_equal(rows[i].name, name))
            return &rows[i];
    return NULL;
}

static void settle_checksums(const Given *given)
{
    if (given->has_checksum_name && !given->out->has_manifest)
        err_raise(SQLSTATE_SYNTAX_ERROR, .message = "manifest checksums require a backup manifest");
}

static void settle_target(const Given *given)
{
    const char *target = given->target == NULL ? "client" : given->target;
    const char *detail = given->target_detail;

    if (given->target == NULL && detail != NULL)
        err_raise(SQLSTATE_SYNTAX_ERROR, .message = "target detail cannot be used without target");
    if (str_equal(target, "client"))
        given->out->destination = BACKUP_TO_CLIENT;
    else if (str_equal(target, "server"))
        given->out->destination = BACKUP_TO_SERVER;
    else if (str_equal(target, "blackhole"))
        given->out->destination = BACKUP_TO_NOWHERE;
    else
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = err_fmt("unrecognized target: \"%s\"", target));
    if (given->out->destination == BACKUP_TO_SERVER && detail == NULL)
        err_raise(SQLSTATE_SYNTAX_ERROR, .message = "target \"server\" requires a target detail");
    if (given->out->destination != BACKUP_TO_SERVER && detail != NULL)
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = err_fmt("target \"%s\" does not accept a target detail", target));
    given->out->folder = detail;
}

static void settle_compression(const Given *given)
{
    if (given->compression_detail == NULL)
        return;
    if (given->compression == NULL)
        err_raise(SQLSTATE_SYNTAX_ERROR, .message = "compression detail cannot be specified unless "
                                                    "compression is enabled");
    given->out->compression = compress_spec_make(given->compression, given->compression_detail);

    /* A word of PostgreSQL 16. */
    if (given->out->compression.is_long)
        err_raise(SQLSTATE_SYNTAX_ERROR,
                  .message = "invalid compression specification: unrecognized compression option: "
                             "\"long\"");
}

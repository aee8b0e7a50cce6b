/* options.c - the table of options, and what goes together; options.h has the struct. */
#include "common/base/base.h"

#include "pgdump/options.h"

#include <string.h>
#include <strings.h>

#include "common/crypt/random.h"
#include "common/dump/archive.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/text/str.h"

#define RESTRICT_KEY_LEN 63

/* What a key may be made of: none of them means anything to psql. */
static const char key_letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

static bool read_section(const char *text, void *field);
static bool read_format(const char *text, void *field);
static void check_pairs(const DumpOptions *d);
static void check_rest(const Options *o, DumpOptions *d);
_Noreturn static void refuse(const char *name);
static const char *make_restrict_key(void);

#define AT(field) offsetof(DumpOptions, field)

static const OptionDef general_options[] = {
    {'f', "file", OPTION_STRING, AT(file), .arg = "FILENAME", .help = "output file"},
    {'F', "format", OPTION_CUSTOM, AT(format), .arg = "p", .read = read_format,
     .help = "form of the output: plain text (default)"},
    {'j', "jobs", OPTION_INT, AT(jobs), .arg = "NUM", .min = 1, .max = INT32_MAX, .initial = "1",
     .help = "dump by so many connections at once"},
    {'v', "verbose", OPTION_COUNT, AT(log.verbose), .help = "say what is done"},
    {'Z', "compress", OPTION_INT, AT(compress), .arg = "0-9", .min = 0, .max = 9, .initial = "0",
     .help = "compression of forms that are compressed"},
    {0, "json", OPTION_FLAG, AT(log.is_json), .help = "write messages as JSON, one a line"},
    {0, "lock-wait-timeout", OPTION_STRING, AT(lock_timeout), .arg = "TIMEOUT",
     .help = "give up when a table lock takes longer"},
    {0, "no-sync", OPTION_FLAG, AT(no_sync), .help = "do not wait until all is safe on disk"},
    {.kind = OPTION_END},
};

static const OptionDef content_options[] = {
    {'a', "data-only", OPTION_FLAG, AT(is_data_only),
     .help = "data, and nothing that makes tables"},
    {'b', "blobs", OPTION_FLAG, AT(with_blobs), .help = "with large objects"},
    {'B', "no-blobs", OPTION_FLAG, AT(without_blobs), .help = "without large objects"},
    {'c', "clean", OPTION_FLAG, AT(drops), .help = "drop what will be made"},
    {'C', "create", OPTION_FLAG, AT(creates_database), .help = "make the database too"},
    {'e', "extension", OPTION_LIST, AT(extensions), .arg = "PATTERN",
     .help = "these extensions only"},
    {'E', "encoding", OPTION_STRING, AT(encoding), .arg = "ENCODING",
     .help = "write in this encoding"},
    {'n', "schema", OPTION_LIST, AT(schemas), .arg = "PATTERN", .help = "these schemas only"},
    {'N', "exclude-schema", OPTION_LIST, AT(not_schemas), .arg = "PATTERN",
     .help = "all but these schemas"},
    {'O', "no-owner", OPTION_FLAG, AT(no_owner), .help = "whoever loads it owns it"},
    {'s', "schema-only", OPTION_FLAG, AT(is_schema_only), .help = "no data"},
    {'S', "superuser", OPTION_STRING, AT(superuser), .arg = "NAME",
     .help = "who may disable triggers"},
    {'t', "table", OPTION_LIST, AT(tables), .arg = "PATTERN", .help = "these tables only"},
    {'T', "exclude-table", OPTION_LIST, AT(not_tables), .arg = "PATTERN",
     .help = "all but these tables"},
    {'x', "no-privileges", OPTION_FLAG, AT(no_rights), .help = "no grants"},
    {0, "no-acl", OPTION_FLAG, AT(no_rights), .help = NULL},
    {0, "binary-upgrade", OPTION_FLAG, AT(is_binary_upgrade), .help = NULL},
    {0, "attribute-inserts", OPTION_FLAG, AT(with_column_names), .help = NULL},
    {0, "column-inserts", OPTION_FLAG, AT(with_column_names),
     .help = "data as INSERT that names columns"},
    {0, "disable-dollar-quoting", OPTION_FLAG, AT(no_dollar_quoting),
     .help = "strings in SQL's own quotes only"},
    {0, "disable-triggers", OPTION_FLAG, AT(disables_triggers),
     .help = "no triggers while data alone is loaded"},
    {0, "enable-row-security", OPTION_FLAG, AT(has_row_security),
     .help = "only the rows that this user may see"},
    {0, "exclude-table-data", OPTION_LIST, AT(not_data), .arg = "PATTERN",
     .help = "these tables without data"},
    {0, "extra-float-digits", OPTION_INT, AT(extra_float_digits), .arg = "NUM", .min = -15,
     .max = 3, .help = "set extra_float_digits to this"},
    {0, "if-exists", OPTION_FLAG, AT(if_exists), .help = "drop only what is there"},
    {0, "include-foreign-data", OPTION_LIST, AT(foreign_data), .arg = "PATTERN",
     .help = "with data of foreign tables on these servers"},
    {0, "inserts", OPTION_FLAG, AT(inserts), .help = "data as INSERT, not as COPY"},
    {0, "load-via-partition-root", OPTION_FLAG, AT(via_partition_root),
     .help = "load partitions through their root"},
    {0, "no-comments", OPTION_FLAG, AT(no_comments), .help = "no comments"},
    {0, "no-publications", OPTION_FLAG, AT(no_publications), .help = "no publications"},
    {0, "no-security-labels", OPTION_FLAG, AT(no_labels), .help = "no security labels"},
    {0, "no-subscriptions", OPTION_FLAG, AT(no_subscriptions), .help = "no subscriptions"},
    {0, "no-table-access-method", OPTION_FLAG, AT(no_access_methods),
     .help = "no access methods of tables"},
    {0, "no-tablespaces", OPTION_FLAG, AT(no_tablespaces), .help = "no tablespaces"},
    {0, "no-toast-compression", OPTION_FLAG, AT(no_toast_compression),
     .help = "no compression of columns"},
    {0, "no-unlogged-table-data", OPTION_FLAG, AT(no_unlogged_data),
     .help = "no data of unlogged tables"},
    {0, "on-conflict-do-nothing", OPTION_FLAG, AT(do_nothing_on_conflict),
     .help = "INSERT leaves what is there"},
    {0, "quote-all-identifiers", OPTION_FLAG, AT(quotes_all), .help = "all names in quotes"},
    {0, "restrict-key", OPTION_STRING, AT(restrict_key), .arg = "RESTRICT_KEY",
     .help = "the key of psql's \\restrict"},
    {0, "rows-per-insert", OPTION_INT, AT(rows_per_insert), .arg = "NROWS", .min = 1,
     .max = INT32_MAX, .help = "rows of one INSERT; implies --inserts"},
    {0, "section", OPTION_CUSTOM, AT(sections), .arg = "SECTION", .read = read_section,
     .help = "pre-data, data or post-data only"},
    {0, "serializable-deferrable", OPTION_FLAG, AT(is_deferrable),
     .help = "wait for a snapshot that no anomaly can touch"},
    {0, "snapshot", OPTION_STRING, AT(snapshot), .arg = "SNAPSHOT", .help = "use this snapshot"},
    {0, "strict-names", OPTION_FLAG, AT(is_strict), .help = "each pattern must find something"},
    {0, "use-set-session-authorization", OPTION_FLAG, AT(sets_session),
     .help = "owners by SET SESSION AUTHORIZATION"},
    {.kind = OPTION_END},
};

static const OptionDef role_options[] = {
    {0, "role", OPTION_STRING, AT(role), .arg = "ROLENAME", .help = "do SET ROLE before all"},
    {.kind = OPTION_END},
};

static const OptionGroup groups[] = {
    {"General options", general_options, 0},
    {"Options controlling the output content", content_options, 0},
    {"Connection options", client_options, AT(connect)},
    {"Rights", role_options, 0},
    {.defs = NULL},
};

const OptionSet dump_option_set = {
    .size = sizeof(DumpOptions),
    .groups = groups,
    .usage = "[OPTION]... [DBNAME]",
    .summary = "dumps a database as a script of SQL.",
    .notes = "Without a database name, that in PGDATABASE is taken.",
    .operand_max = 1,
};

void dump_options_check(const Options *o)
{
    DumpOptions *d = o->values;

    if (o->operand_count == 1 && d->connect.conninfo == NULL)
        d->connect.conninfo = o->operands[0];
    else if (o->operand_count == 1)
        option_raise_usage(o, "too many command-line arguments (first is \"%s\")", o->operands[0]);
    check_pairs(d);
    if (d->with_column_names || d->rows_per_insert > 0)
        d->inserts = true;
    if (d->inserts && d->rows_per_insert == 0)
        d->rows_per_insert = 1;
    check_rest(o, d);
}

/* What cannot go together, in the order in which pg_dump looks at it. */
static void check_pairs(const DumpOptions *d)
{
    const struct {
        bool is_wrong;
        const char *message;
    } pairs[] = {
        {d->is_schema_only && d->is_data_only,
         "options -s/--schema-only and -a/--data-only cannot be used together"},
        {d->is_schema_only && d->foreign_data.count > 0,
         "options -s/--schema-only and --include-foreign-data cannot be used together"},
        {d->jobs > 1 && d->foreign_data.count > 0,
         "option --include-foreign-data is not supported with parallel backup"},
        {d->drops && d->is_data_only,
         "options -c/--clean and -a/--data-only cannot be used together"},
        {d->if_exists && !d->drops, "option --if-exists requires option -c/--clean"},
    };

    for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
        if (pairs[i].is_wrong)
            err_raise(SQLSTATE_USAGE, .message = pairs[i].message);
}

static void check_rest(const Options *o, DumpOptions *d)
{
    if (d->do_nothing_on_conflict && !d->inserts)
        err_raise(SQLSTATE_USAGE, .message =
                                      "option --on-conflict-do-nothing requires option --inserts, "
                                      "--rows-per-insert, or --column-inserts");
    if (d->format != DUMP_PLAIN)
        refuse("an archive format other than plain");
    if (d->restrict_key == NULL)
        d->restrict_key = make_restrict_key();
    else if (d->restrict_key[0] == '\0' ||
             strspn(d->restrict_key, key_letters) != strlen(d->restrict_key))
        err_raise(SQLSTATE_USAGE, .message = "invalid restrict key");
    if (d->jobs > 1)
        err_raise(SQLSTATE_USAGE,
                  .message = "parallel backup only supported by the directory format");
    if (d->is_binary_upgrade)
        refuse("--binary-upgrade");
    if (d->foreign_data.count > 0)
        refuse("--include-foreign-data");
    if (d->compress > 0)
        refuse("compressed plain output");
    d->has_extra_float_digits = option_is_given(o, "extra-float-digits");
    d->has_everything = d->tables.count + d->schemas.count + d->extensions.count == 0;
    d->has_large_objects =
        !d->is_schema_only && (d->with_blobs || (d->has_everything && !d->without_blobs));
    if (d->sections == 0)
        d->sections = ARCHIVE_ALL_SECTIONS;
}

static void refuse(const char *name)
{
    err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = err_fmt("%s is not supported yet", name));
}

static bool read_section(const char *text, void *field)
{
    unsigned *sections = field;

    if (str_equal(text, "pre-data"))
        *sections |= ARCHIVE_PRE_DATA;
    else if (str_equal(text, "data"))
        *sections |= ARCHIVE_DATA;
    else if (str_equal(text, "post-data"))
        *sections |= ARCHIVE_POST_DATA;
    else
        err_raise(SQLSTATE_USAGE, .message = err_fmt("unrecognized section name: \"%s\"", text),
                  .hint = err_fmt("Try \"%s --help\" for more information.", err_get_program()));
    return true;
}

static bool read_format(const char *text, void *field)
{
    static const OptionChoice formats[] = {
        {"c", DUMP_CUSTOM},    {"custom", DUMP_CUSTOM},
        {"d", DUMP_DIRECTORY}, {"directory", DUMP_DIRECTORY},
        {"p", DUMP_PLAIN},     {"plain", DUMP_PLAIN},
        {"t", DUMP_TAR},       {"tar", DUMP_TAR},
    };

    for (size_t i = 0; i < ARRAY_LEN(formats); i++)
        if (strcasecmp(text, formats[i].name) == 0) {
            *(int *)field = formats[i].value;
            return true;
        }
    err_raise(SQLSTATE_USAGE, .message = err_fmt("invalid output format \"%s\" specified", text));
}

static const char *make_restrict_key(void)
{
    uint8_t bytes[RESTRICT_KEY_LEN];
    char *key = mem_alloc(RESTRICT_KEY_LEN + 1);

    random_bytes(bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        key[i] = key_letters[bytes[i] % (sizeof key_letters - 1)];
    return key;
}

/*
 * main.c - pginit: make a new cluster
 *
 * This program decides (locales, encoding, password, folders) and makes the data directory; what is
 * in it makes `pgserver --boot`, which has the catalogs. Options, messages and exit codes are those
 * of initdb 15. Data checksums are on unless --no-data-checksums is given.
 *
 * Promises
 *   1. A data directory that is not empty is not touched.
 *   2. A run that fails removes what it made (unless --no-clean), and nothing else.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/option/option.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "common/text/timezone.h"
#include "common/tool/tool.h"
#include "tools/pginit/pginit.h"

#define PASSWORD_MAX   KIB(4)
#define SEGMENT_MB_MAX 1024

#define FIELD(name)    offsetof(InitOptions, name)
static const OptionDef common_options[] = {
    {'A', "auth", OPTION_STRING, FIELD(auth), .arg = "METHOD",
     .help = "authentication method for local connections"},
    {0, "auth-host", OPTION_STRING, FIELD(auth_host), .arg = "METHOD",
     .help = "the same for local TCP/IP connections"},
    {0, "auth-local", OPTION_STRING, FIELD(auth_local), .arg = "METHOD",
     .help = "the same for Unix sockets"},
    {'D', "pgdata", OPTION_STRING, FIELD(data_dir), .arg = "DATADIR", .env = "PGDATA",
     .help = "the cluster's data directory"},
    {'E', "encoding", OPTION_STRING, FIELD(encoding), .arg = "ENCODING",
     .help = "encoding of new databases"},
    {'g', "allow-group-access", OPTION_FLAG, FIELD(allows_group),
     .help = "let the group read the data directory"},
    {0, "icu-locale", OPTION_STRING, FIELD(icu_locale), .arg = "LOCALE",
     .help = "ICU locale of new databases"},
    {'k', "data-checksums", OPTION_FLAG, FIELD(wants_checksums),
     .help = "use checksums of data pages (default)"},
    {0, "no-data-checksums", OPTION_FLAG, FIELD(no_checksums), .help = "do not use them"},
    {0, "locale", OPTION_STRING, FIELD(locale), .arg = "LOCALE",
     .help = "locale of new databases (default: the\nenvironment's)"},
    {0, "lc-collate", OPTION_STRING, FIELD(lc_collate), .arg = "LOCALE", .help = "order of text"},
    {0, "lc-ctype", OPTION_STRING, FIELD(lc_ctype), .arg = "LOCALE", .help = "kinds of letters"},
    {0, "lc-messages", OPTION_STRING, FIELD(lc_messages), .arg = "LOCALE",
     .help = "language of messages"},
    {0, "lc-monetary", OPTION_STRING, FIELD(lc_monetary), .arg = "LOCALE",
     .help = "form of amounts of money"},
    {0, "lc-numeric", OPTION_STRING, FIELD(lc_numeric), .arg = "LOCALE", .help = "form of numbers"},
    {0, "lc-time", OPTION_STRING, FIELD(lc_time), .arg = "LOCALE", .help = "form of dates"},
    {0, "no-locale", OPTION_FLAG, FIELD(no_locale), .help = "the same as --locale=C"},
    {0, "locale-provider", OPTION_STRING, FIELD(locale_provider), .arg = "{libc|icu}",
     .help = "who knows the locales"},
    {0, "pwfile", OPTION_STRING, FIELD(pwfile), .arg = "FILE",
     .help = "file with the superuser's password"},
    {'T', "text-search-config", OPTION_STRING, FIELD(text_search_config), .arg = "CFG",
     .help = "default text search configuration"},
    {'U', "username", OPTION_STRING, FIELD(superuser), .arg = "NAME",
     .help = "name of the superuser (default: that of the\nuser who runs this)"},
    {'W', "pwprompt", OPTION_FLAG, FIELD(wants_password),
     .help = "ask for the superuser's password"},
    {'X', "waldir", OPTION_STRING, FIELD(wal_dir), .arg = "WALDIR",
     .help = "folder of the write-ahead log"},
    {0, "wal-segsize", OPTION_INT, FIELD(wal_segment_mb), .arg = "SIZE", .min = 1,
     .max = SEGMENT_MB_MAX, .initial = "16", .help = "size of WAL segments, in megabytes"},
    {.kind = OPTION_END},
};
static const OptionDef rare_options[] = {
    {'d', "debug", OPTION_FLAG, FIELD(debug), .help = "say more"},
    {0, "discard-caches", OPTION_FLAG, FIELD(discards_caches), .help = NULL},
    {'L', NULL, OPTION_STRING, FIELD(share_dir), .arg = "DIRECTORY", .help = NULL},
    {'n', "no-clean", OPTION_FLAG, FIELD(no_clean), .help = "leave what is there after errors"},
    {'N', "no-sync", OPTION_FLAG, FIELD(no_sync), .help = "do not wait until all is safe on disk"},
    {0, "no-instructions", OPTION_FLAG, FIELD(no_instructions),
     .help = "do not say how to start the server"},
    {'S', "sync-only", OPTION_FLAG, FIELD(only_syncs),
     .help = "only sync an existing data directory"},
    {.kind = OPTION_END},
};
#undef FIELD
static const OptionGroup groups[] = {
    {NULL, common_options, 0}, {"Less commonly used options", rare_options, 0}, {.defs = NULL}};
static const OptionSet set = {
    .size = sizeof(InitOptions),
    .groups = groups,
    .usage = "[OPTION]... [DATADIR]",
    .summary = "makes a new PostgreSQL database cluster.",
    .notes = "If no data directory (DATADIR) is specified, the environment variable PGDATA\n"
             "is used.",
    .operand_max = 1,
};

/* What there is to remove when something fails. */
typedef struct Made {
    const char *data_dir, *wal_dir;
    bool is_data_dir_taken, is_wal_dir_taken; /* found good: what is in it is ours */
    bool is_data_dir_ours, is_wal_dir_ours;   /* made by us; else they were there and empty */
} Made;

static int run(const Options *o);
static const char *choose_data_dir(const Options *o);
static void check_auth(const InitOptions *o);
static char *find_server(void);
static void choose_text_search(InitOptions *o, const char *ctype);
static void say_choices(const InitOptions *o, const InitLocale *locale);
static void make_cluster(const InitOptions *o, const InitLocale *locale, Made *made);
static bool take_dir(const char *dir, bool is_for_wal);
static void boot(const InitOptions *o, const InitLocale *locale, const char *dir);
static const char *password_of(const InitOptions *o);
static void clean_up(const Made *made, bool keeps);
static void say_how_to_start(const char *dir);

int main(int argc, char **argv)
{
    static const ToolDef def = {.pg_name = "initdb", .set = &set, .run = run, .log = TOOL_NO_LOG};

    return tool_main(argc, argv, &def);
}

static int run(const Options *o)
{
    InitOptions *options = o->values;
    InitLocale locale;
    Made made = {.data_dir = NULL};

    options->data_dir = choose_data_dir(o);
    made.data_dir = options->data_dir;
    if (process_is_root())
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE, .message = "cannot be run as root",
                  .hint =
                      "Please log in (using, e.g., \"su\") as the (unprivileged) user that will "
                      "own the server process.");
    if (options->only_syncs) {
        tool_print_text("syncing data to disk ... ");
        os_dir_sync_tree(options->data_dir, true);
        tool_print("ok");
        return 0;
    }
    check_auth(options);
    if (!u32_is_power_of_two((uint32_t)options->wal_segment_mb))
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = "argument of --wal-segsize must be a power of 2 between 1 and 1024");
    if (options->wants_password && options->pwfile != NULL)
        err_raise(SQLSTATE_USAGE,
                  .message = "password prompt and password file cannot be specified together");
    if (options->superuser == NULL)
        options->superuser = process_user_name();
    if (str_starts_with(options->superuser, "pg_"))
        err_raise(SQLSTATE_RESERVED_NAME,
                  .message = err_fmt("superuser name \"%s\" is disallowed; role names cannot begin "
                                     "with \"pg_\"",
                                     options->superuser));
    init_locale_choose(options, &locale);
    choose_text_search(options, locale.ctype);
    say_choices(options, &locale);
    ERR_TRY() {
        make_cluster(options, &locale, &made);
    }
    ERR_CATCH() {
        clean_up(&made, options->no_clean);
        err_raise_again();
    }
    ERR_END();
    if (!options->no_instructions)
        say_how_to_start(options->data_dir);
    return 0;
}

static const char *choose_data_dir(const Options *o)
{
    const InitOptions *options = o->values;

    if (o->operand_count > 0 && !option_is_given(o, "pgdata"))
        return o->operands[0];
    if (options->data_dir == NULL)
        err_raise(SQLSTATE_USAGE, .message = "no data directory specified",
                  .hint = "You must identify the directory where the data for this database "
                          "system will reside.  Do this with either the invocation option -D or "
                          "the environment variable PGDATA.");
    return options->data_dir;
}

static void check_auth_method(const char *method, const char *kind)
{
    static const char *const known[] = {"trust",         "reject", "md5", "password",
                                        "scram-sha-256", "peer",   "cert"};

    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (str_equal(method, known[i]))
            return;
    err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
              .message = err_fmt("invalid authentication method \"%s\" for \"%s\" connections",
                                 method, kind));
}

static const char *auth_of(const InitOptions *o, const char *own)
{
    return own != NULL ? own : o->auth != NULL ? o->auth : "trust";
}

/* A method that asks for passwords is of no use to a superuser who has none. */
static void check_auth(const InitOptions *o)
{
    const char *host = auth_of(o, o->auth_host), *local = auth_of(o, o->auth_local);

    check_auth_method(local, "local");
    check_auth_method(host, "host");
    if (o->pwfile == NULL && !o->wants_password &&
        (str_equal(host, "md5") || str_equal(host, "password") ||
         str_equal(host, "scram-sha-256")) &&
        (str_equal(local, "md5") || str_equal(local, "password") ||
         str_equal(local, "scram-sha-256")))
        err_raise(SQLSTATE_USAGE,
                  .message = err_fmt("must specify a password for the superuser to enable "
                                     "password authentication"));
}

/* That of the locale's language; one that was asked for need not fit. */
static void choose_text_search(InitOptions *o, const char *ctype)
{
    const char *fitting = init_locale_text_search(ctype);

    if (o->text_search_config != NULL && fitting == NULL)
        err_log(ERR_WARNING,
                .message = err_fmt(
                    "suitable text search configuration for locale \"%s\" is unknown", ctype));
    else if (o->text_search_config != NULL && !str_equal(fitting, o->text_search_config))
        err_log(ERR_WARNING,
                .message = err_fmt("specified text search configuration \"%s\" might not match "
                                   "locale \"%s\"",
                                   o->text_search_config, ctype));
    else if (o->text_search_config == NULL && fitting == NULL)
        err_log(ERR_NOTICE,
                .message = err_fmt(
                    "could not find suitable text search configuration for locale \"%s\"", ctype));
    if (o->text_search_config == NULL)
        o->text_search_config = fitting != NULL ? fitting : "simple";
}

static void say_choices(const InitOptions *o, const InitLocale *l)
{
    const char *all = l->ctype;
    bool is_one = str_equal(l->collate, all) && str_equal(l->messages, all) &&
                  str_equal(l->monetary, all) && str_equal(l->numeric, all) &&
                  str_equal(l->time, all);

    tool_print("The files belonging to this database system will be owned by user \"%s\".\n"
               "This user must also own the server process.\n",
               process_user_name());
    if (is_one)
        tool_print("The database cluster will be initialized with locale \"%s\".", all);
    else
        tool_print("The database cluster will be initialized with this locale configuration:\n"
                   "  provider:    libc\n"
                   "  LC_COLLATE:  %s\n  LC_CTYPE:    %s\n  LC_MESSAGES: %s\n"
                   "  LC_MONETARY: %s\n  LC_NUMERIC:  %s\n  LC_TIME:     %s",
                   l->collate, l->ctype, l->messages, l->monetary, l->numeric, l->time);
    if (o->encoding == NULL)
        tool_print("The default database encoding has accordingly been set to \"%s\".",
                   l->encoding);
    tool_print("The default text search configuration will be set to \"%s\".\n",
               o->text_search_config);
    tool_print(o->no_checksums ? "Data page checksums are disabled.\n"
                               : "Data page checksums are enabled.\n");
}

/* ---- Making it ---- */

static void make_cluster(const InitOptions *o, const InitLocale *locale, Made *made)
{
    os_set_group_access(o->allows_group);
    made->is_data_dir_ours = take_dir(o->data_dir, false);
    made->is_data_dir_taken = true;
    if (o->wal_dir != NULL) {
        if (!path_is_absolute(o->wal_dir))
            err_raise(SQLSTATE_USAGE, .message = "WAL directory location must be an absolute path");
        made->wal_dir = o->wal_dir;
        made->is_wal_dir_ours = take_dir(o->wal_dir, true);
        made->is_wal_dir_taken = true;
        os_symlink(o->wal_dir, path_join(o->data_dir, "pg_wal"));
    }
    tool_print("selecting default time zone ... %s", timezone_system_name());
    tool_print_text("running bootstrap script ... ");
    tool_flush();
    boot(o, locale, o->data_dir);
    tool_print("ok");
}

/* Missing or empty it must be; true when it was made. */
static bool take_dir(const char *dir, bool is_for_wal)
{
    switch (os_dir_state(dir)) {
    case OS_DIR_MISSING:
        tool_print_text(mem_printf("creating directory %s ... ", dir));
        os_dir_make_all(dir);
        tool_print("ok");
        return true;
    case OS_DIR_EMPTY:
        tool_print_text(mem_printf("fixing permissions on existing directory %s ... ", dir));
        os_set_mode(dir, os_dir_mode());
        tool_print("ok");
        return false;
    case OS_DIR_NOT_EMPTY:
        break;
    }
    err_raise(SQLSTATE_DUPLICATE_FILE,
              .message = err_fmt("directory \"%s\" exists but is not empty", dir),
              .hint = is_for_wal
                          ? err_fmt("If you want to store the WAL there, either remove or empty "
                                    "the directory \"%s\".",
                                    dir)
                          : err_fmt("If you want to create a new database system, either remove or "
                                    "empty the directory \"%s\" or run %s with an argument other "
                                    "than \"%s\".",
                                    dir, err_get_program(), dir));
}

static void add(Array *words, const char *word)
{
    *(const char **)array_push(words) = word;
}

static void add_wish(Array *words, const char *name, const char *value)
{
    if (value == NULL)
        return;
    add(words, "-X");
    add(words, mem_printf("%s=%s", name, value));
}

/* The server does the rest; the password goes by its standard input, where nobody sees it. */
static void boot(const InitOptions *o, const InitLocale *l, const char *dir)
{
    const char *password = password_of(o), *zone = timezone_system_name();
    ProcessResult result;
    StrBuf errors;
    Array words;

    array_init(&words, sizeof(const char *));
    add(&words, find_server());
    add(&words, "--boot");
    add(&words, "-D");
    add(&words, dir);
    if (o->no_sync)
        add(&words, "-F");
    add_wish(&words, "superuser", o->superuser);
    add_wish(&words, "password", password == NULL ? NULL : "stdin");
    add_wish(&words, "encoding", mem_printf("%d", l->encoding_no));
    add_wish(&words, "provider", "libc");
    add_wish(&words, "collate", l->collate);
    add_wish(&words, "ctype", l->ctype);
    add_wish(&words, "checksums", o->no_checksums ? "off" : "on");
    add_wish(&words, "wal-segment-size", mem_printf("%u", (uint32_t)o->wal_segment_mb * MIB(1)));
    add_wish(&words, "auth-local", auth_of(o, o->auth_local));
    add_wish(&words, "auth-host", auth_of(o, o->auth_host));
    add_wish(&words, "set:timezone", zone);
    add_wish(&words, "set:log_timezone", zone);
    add_wish(&words, "set:lc_messages", l->messages);
    add_wish(&words, "set:lc_monetary", l->monetary);
    add_wish(&words, "set:lc_numeric", l->numeric);
    add_wish(&words, "set:lc_time", l->time);
    add_wish(&words, "set:default_text_search_config",
             mem_printf("pg_catalog.%s", o->text_search_config));
    add(&words, NULL);
    strbuf_init(&errors);
    result = process_run(words.items, password, NULL, &errors);
    if (result.exit_code != 0)
        err_raise(SQLSTATE_SYSTEM_ERROR,
                  .message = result.exit_code >= 0
                                 ? err_fmt("the server that fills the new cluster exited with exit "
                                           "code %d",
                                           result.exit_code)
                                 : err_fmt("the server that fills the new cluster was terminated "
                                           "by signal %d",
                                           result.signal_no),
                  .detail = err_fmt("%s", str_trim(errors.text)));
}

static char *find_server(void)
{
    char *dir = process_executable_dir();
    char *path = path_join(dir, "pgserver");

    if (!os_exists(path))
        err_raise(SQLSTATE_UNDEFINED_FILE,
                  .message =
                      err_fmt("program \"%s\" is needed by %s but was not found in the same "
                              "directory as \"%s\"",
                              "pgserver", err_get_program(), path_join(dir, err_get_program())));
    return path;
}

static const char *password_of(const InitOptions *o)
{
    const char *rest;
    char *first, *second;

    if (o->wants_password) {
        first = terminal_read_password("Enter new superuser password: ");
        second = terminal_read_password("Enter it again: ");
        if (!str_equal(first, second))
            err_raise(SQLSTATE_INVALID_PASSWORD, .message = "Passwords didn't match.");
        return first;
    }
    if (o->pwfile == NULL)
        return NULL;
    rest = os_file_read_all(o->pwfile, PASSWORD_MAX, NULL);
    first = str_split(&rest, '\n');
    if (*first == '\0')
        err_raise(SQLSTATE_INVALID_PASSWORD,
                  .message = err_fmt("password file \"%s\" is empty", o->pwfile));
    return first;
}

/* ---- After ---- */

static void remove_dir(const char *dir, bool is_ours, const char *what)
{
    if (!os_exists(dir))
        return;
    err_log(ERR_NOTICE,
            .message = err_fmt(is_ours ? "removing %s \"%s\"" : "removing contents of %s \"%s\"",
                               what, dir));
    os_dir_remove_tree(dir, !is_ours);
}

/* What was not empty was refused, so all that is there now is ours. */
static void clean_up(const Made *made, bool keeps)
{
    if (keeps && made->is_data_dir_taken)
        err_log(ERR_NOTICE,
                .message =
                    err_fmt("data directory \"%s\" not removed at user's request", made->data_dir));
    if (keeps)
        return;
    if (made->is_data_dir_taken)
        remove_dir(made->data_dir, made->is_data_dir_ours, "data directory");
    if (made->is_wal_dir_taken)
        remove_dir(made->wal_dir, made->is_wal_dir_ours, "WAL directory");
}

static void say_how_to_start(const char *dir)
{
    tool_print("\nSuccess. You can now start the database server using:\n\n"
               "    %s -D %s -l logfile start\n",
               path_join(process_executable_dir(), "pgctl"), str_shell_word(dir));
}

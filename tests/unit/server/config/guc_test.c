/* guc_test.c - who may set what, which source has the say, and what is told of it */
#include "common/base/base.h"

#include <string.h>
#include <strings.h>

#include "common/ds/array.h"
#include "common/mem/mem.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/text/str.h"
#include "server/config/guc.h"
#include "server/config/setting.h"
#include "tests/unit/unit.h"

static bool set_as(const char *name, const char *value, GucContext as, GucSource source)
{
    return guc_set(&(GucChange){
        .name = name, .value = value, .as = as, .source = source, .level = ERR_ERROR});
}

static bool set(const char *name, const char *value)
{
    return set_as(name, value, GUC_USERSET, GUC_FROM_SESSION);
}

static void start(void)
{
    guc_set_hooks(NULL, 0);
    guc_init();
}

static void all_begins_at_its_default(void)
{
    start();
    set("work_mem", "1MB");
    start();
    CU_ASSERT_EQUAL(setting.work_mem, 4096);
    CU_ASSERT_EQUAL(setting.shared_buffers, 16384);
    CU_ASSERT_EQUAL(setting.wal_level, WAL_LEVEL_REPLICA);
    CU_ASSERT_EQUAL(setting.synchronous_commit, SYNCHRONOUS_COMMIT_ON);
    CU_ASSERT_STRING_EQUAL(setting.search_path, "\"$user\", public");
    CU_ASSERT_PTR_NULL(setting.config_file);
    CU_ASSERT_STRING_EQUAL(guc_show("shared_buffers"), "128MB");
    CU_ASSERT_STRING_EQUAL(guc_show("Wal_Level"), "replica");
    CU_ASSERT_PTR_NULL(guc_show("no_such"));
}

/* What code says is to come of a change: y taken, p no permission, else a refusal. */
static void check_right(const char *name, const char *value, GucContext as, char code)
{
    const char *text = code == 'c'   ? "cannot be changed"
                       : code == 'r' ? "cannot be changed without restarting the server"
                       : code == 'n' ? "cannot be changed now"
                                     : "cannot be set after connection start";

    start();
    if (code == 'y') {
        CU_ASSERT_TRUE(set_as(name, value, as, GUC_FROM_SESSION));
        return;
    }
    if (code == 'p')
        UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                                   mem_printf("permission denied to set parameter \"%s\"", name),
                                   set_as(name, value, as, GUC_FROM_SESSION));
    else
        UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_CANT_CHANGE_RUNTIME_PARAM,
                                   mem_printf("parameter \"%s\" %s", name, text),
                                   set_as(name, value, as, GUC_FROM_SESSION));
}

static void rights_are_those_of_the_context(void)
{
    static const GucContext rights[] = {GUC_INTERNAL, GUC_POSTMASTER, GUC_SIGHUP, GUC_SU_BACKEND,
                                        GUC_BACKEND,  GUC_SUSET,      GUC_USERSET};
    static const struct {
        const char *name, *value;
        const char *codes; /* one for each right */
    } rows[] = {
        {"block_size", "8192", "ycccccc"},   {"fsync", "off", "yyynnnn"},
        {"log_connections", "on", "yyyypss"}, {"post_auth_delay", "1", "yyyyyss"},
        {"log_duration", "on", "yyyypyp"},   {"enable_sort", "off", "yyyyyyy"},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        for (size_t k = 0; k < ARRAY_LEN(rights); k++)
            check_right(rows[i].name, rows[i].value, rights[k], rows[i].codes[k]);
    check_right("port", "6000", GUC_POSTMASTER, 'y');
    check_right("port", "6000", GUC_SUSET, 'r');
    start();
    /* A client's start-up packet comes after the connection was made. */
    CU_ASSERT_TRUE(set_as("post_auth_delay", "1", GUC_USERSET, GUC_FROM_CLIENT));
}

/* ---- Sources ---- */

static void the_higher_source_has_the_say(void)
{
    start();
    CU_ASSERT_TRUE(set_as("work_mem", "2MB", GUC_POSTMASTER, GUC_FROM_COMMAND_LINE));
    CU_ASSERT_FALSE(set_as("work_mem", "3MB", GUC_POSTMASTER, GUC_FROM_FILE));
    CU_ASSERT_EQUAL(setting.work_mem, 2048);
    CU_ASSERT_TRUE(set("work_mem", "5MB"));
    CU_ASSERT_FALSE(set_as("work_mem", "6MB", GUC_SUSET, GUC_FROM_ROLE));
    CU_ASSERT_EQUAL(setting.work_mem, 5120);
    set("work_mem", NULL);
    CU_ASSERT_EQUAL(setting.work_mem, 6144); /* the role's is what RESET gives */
}

static void refusals_below_an_error_return_false(void)
{
    start();
    err_set_log_level(ERR_ERROR);
    CU_ASSERT_FALSE(guc_set(&(GucChange){.name = "work_mem",
                                         .value = "x",
                                         .as = GUC_SUSET,
                                         .source = GUC_FROM_ROLE,
                                         .level = ERR_WARNING}));
    CU_ASSERT_FALSE(guc_set(&(GucChange){
        .name = "nope", .value = "x", .source = GUC_FROM_ROLE, .level = ERR_WARNING}));
    err_set_log_level(ERR_NOTICE);
    CU_ASSERT_EQUAL(setting.work_mem, 4096);
}

static void a_test_changes_nothing(void)
{
    start();
    CU_ASSERT_TRUE(guc_set(&(GucChange){.name = "work_mem",
                                        .value = "1MB",
                                        .as = GUC_USERSET,
                                        .source = GUC_FROM_SESSION,
                                        .level = ERR_ERROR,
                                        .is_test = true}));
    CU_ASSERT_EQUAL(setting.work_mem, 4096);
}

static void names_with_a_dot_are_taken_until_a_module_claims_them(void)
{
    start();
    set("mod.a", "1");
    set("other.b", "2");
    CU_ASSERT_STRING_EQUAL(guc_show("MOD.A"), "1");
    CU_ASSERT_TRUE((guc_flags("mod.a") & GUC_CUSTOM_PLACEHOLDER) != 0);
    err_set_log_level(ERR_ERROR);
    guc_nest_begin();
    set("mod.a", "3");
    guc_reserve_prefix("mod");
    guc_nest_end(1, false);
    err_set_log_level(ERR_NOTICE);
    CU_ASSERT_PTR_NULL(guc_show("mod.a"));
    CU_ASSERT_STRING_EQUAL(guc_show("other.b"), "2");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INVALID_NAME,
                               "invalid configuration parameter name \"mod.a\"",
                               set("mod.a", "1"));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_NAME, set("a.", "1"));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_NAME, set("a.1b", "1"));
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_OBJECT, set("nodot", "1"));
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_OBJECT, guc_flags("nodot"));
}

/* ---- Hooks ---- */

static int assigned;

static bool check_even(GucValue *value, UNUSED GucSource source, GucRefusal *why)
{
    if (value->i == 100)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED, .message = "not from here");
    if (value->i % 2 == 0)
        return true;
    if (value->i == 7)
        value->i = 8;
    why->detail = "It is odd.";
    return value->i == 8;
}

static void note_assigned(GucValue value)
{
    assigned = value.i;
}

static const char *show_twice(void)
{
    return mem_printf("%d", setting.geqo_threshold * 2);
}

static bool check_upper(GucValue *value, UNUSED GucSource source, UNUSED GucRefusal *why)
{
    value->s = mem_printf("<%s>", value->s);
    return true;
}

static void hooks_check_follow_and_show(void)
{
    static const GucHook hooks[] = {
        {"event_source", check_upper, NULL, NULL},
        {"geqo_threshold", check_even, note_assigned, show_twice},
    };

    guc_set_hooks(hooks, ARRAY_LEN(hooks));
    guc_init();
    CU_ASSERT_EQUAL(assigned, 12); /* hooks hear of the default too */
    set("geqo_threshold", "20");
    CU_ASSERT_EQUAL(assigned, 20);
    CU_ASSERT_STRING_EQUAL(guc_show("geqo_threshold"), "40");
    set("geqo_threshold", "7");
    CU_ASSERT_EQUAL(setting.geqo_threshold, 8);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INVALID_PARAMETER_VALUE,
                               "invalid value for parameter \"geqo_threshold\": 9",
                               set("geqo_threshold", "9"));
    guc_nest_begin();
    set("geqo_threshold", "30");
    guc_nest_end(1, false);
    CU_ASSERT_EQUAL(assigned, 8);
    UNIT_ASSERT_RAISES(SQLSTATE_FEATURE_NOT_SUPPORTED,
                       set("geqo_threshold", "100"));
    err_set_log_level(ERR_ERROR);
    CU_ASSERT_FALSE(guc_set(&(GucChange){.name = "geqo_threshold",
                                         .value = "100",
                                         .as = GUC_USERSET,
                                         .source = GUC_FROM_SESSION,
                                         .level = ERR_WARNING}));
    err_set_log_level(ERR_NOTICE);
    set_as("event_source", "x", GUC_POSTMASTER, GUC_FROM_COMMAND_LINE);
    CU_ASSERT_STRING_EQUAL(setting.event_source, "<x>");
    start();
}

/* ---- Reports and hand-over ---- */

static size_t drain_reports(const char *name, char *last)
{
    const char *reported, *value;
    size_t count = 0;

    *last = '\0';
    while (guc_next_report(&reported, &value)) {
        count++;
        if (str_equal(reported, name))
            snprintf(last, 32, "%s", value);
    }
    return count;
}

static void clients_are_told_of_changes_once(void)
{
    char last[32];

    start();
    guc_begin_reports();
    CU_ASSERT_EQUAL(drain_reports("TimeZone", last), 13);
    CU_ASSERT_STRING_EQUAL(last, "GMT");
    CU_ASSERT_EQUAL(drain_reports("TimeZone", last), 0);
    set("timezone", "utc");
    set("work_mem", "1MB");
    CU_ASSERT_EQUAL(drain_reports("TimeZone", last), 1);
    CU_ASSERT_STRING_EQUAL(last, "UTC");
    set("timezone", "gmt");
    set("timezone", "UTC");
    CU_ASSERT_EQUAL(drain_reports("TimeZone", last), 0);
    guc_nest_begin();
    set("application_name", "x");
    CU_ASSERT_EQUAL(drain_reports("application_name", last), 1);
    guc_nest_end(1, false);
    CU_ASSERT_EQUAL(drain_reports("application_name", last), 1);
    CU_ASSERT_STRING_EQUAL(last, "");
}

static void cut_bytes_are_refused(const char *bytes, size_t len)
{
    start();
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, guc_restore(bytes, len));
}

static void settings_are_handed_over(void)
{
    size_t len;
    char *bytes;

    start();
    set("work_mem", "3MB");
    set("seq_page_cost", "0.1");
    set("search_path", "a, \"B\"");
    set("mod.a", "x");
    set("synchronous_commit", "off");
    bytes = guc_serialize(&len);
    start();
    guc_restore(bytes, len);
    CU_ASSERT_EQUAL(setting.work_mem, 3072);
    CU_ASSERT_TRUE(setting.seq_page_cost > 0.0999999 && setting.seq_page_cost < 0.1000001);
    CU_ASSERT_STRING_EQUAL(setting.search_path, "a, \"B\"");
    CU_ASSERT_STRING_EQUAL(guc_show("mod.a"), "x");
    CU_ASSERT_EQUAL(setting.synchronous_commit, SYNCHRONOUS_COMMIT_OFF);
    for (size_t cut = 0; cut < len; cut++)
        cut_bytes_are_refused(bytes, cut);
    start();
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, guc_restore("work_mem\0x\0\0\0\0\0\0\0\0", 18));
}

/* ---- Lists and options ---- */

static void values_are_joined_with_the_quotes_they_need(void)
{
    static const char *const values[] = {"a", "B c", "x\"y"};

    start();
    CU_ASSERT_STRING_EQUAL(guc_join_values("search_path", values, 3), "a, \"B c\", \"x\"\"y\"");
    CU_ASSERT_STRING_EQUAL(guc_join_values("DateStyle", values, 2), "a, B c");
    CU_ASSERT_STRING_EQUAL(guc_join_values("work_mem", values, 1), "a");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_INVALID_PARAMETER_VALUE,
                               "SET work_mem takes only one argument",
                               guc_join_values("work_mem", values, 2));
}

static void lists_are_split_into_names(void)
{
    Array names;

    CU_ASSERT_TRUE(guc_split_names(" Ab ,\"C \"\" d\", e", &names));
    CU_ASSERT_EQUAL(names.count, 3);
    CU_ASSERT_STRING_EQUAL(*(char **)array_at(&names, 0), "ab");
    CU_ASSERT_STRING_EQUAL(*(char **)array_at(&names, 1), "C \" d");
    CU_ASSERT_TRUE(guc_split_names("", &names));
    CU_ASSERT_EQUAL(names.count, 0);
    CU_ASSERT_FALSE(guc_split_names("a,", &names));
    CU_ASSERT_FALSE(guc_split_names("a b", &names));
    CU_ASSERT_FALSE(guc_split_names("\"a", &names));
}

static void options_of_a_command_line_are_split(void)
{
    char *name, *value;

    guc_split_option("--work-mem=1=2", &name, &value);
    CU_ASSERT_STRING_EQUAL(name, "work_mem");
    CU_ASSERT_STRING_EQUAL(value, "1=2");
    guc_split_option("fsync", &name, &value);
    CU_ASSERT_STRING_EQUAL(name, "fsync");
    CU_ASSERT_PTR_NULL(value);
}

/* ---- Files ---- */

static void write_conf(const char *name, const char *text)
{
    os_write_durable(path_join(unit_temp_dir(), name), text, strlen(text));
}

static void files_are_found_and_the_auto_file_has_the_last_word(void)
{
    start();
    write_conf("postgresql.conf", "work_mem = 2MB\nport = 6000\nhba_file = 'x/../hba'\n");
    write_conf("postgresql.auto.conf", "port = '6001'\n");
    guc_find_files(unit_temp_dir());
    CU_ASSERT_EQUAL(setting.work_mem, 2048);
    CU_ASSERT_EQUAL(setting.port, 6001);
    CU_ASSERT_STRING_EQUAL(setting.data_directory, unit_temp_dir());
    CU_ASSERT_STRING_EQUAL(guc_config_file(), path_join(unit_temp_dir(), "postgresql.conf"));
    CU_ASSERT_STRING_EQUAL(setting.ident_file, path_join(unit_temp_dir(), "pg_ident.conf"));
    CU_ASSERT_TRUE(str_ends_with(setting.hba_file, "/hba"));

    start();
    UNIT_ASSERT_RAISES(SQLSTATE_CONFIG_FILE_ERROR,
                       guc_find_files(path_join(unit_temp_dir(), "none")));
}

static void check_mistake(const char *text)
{
    start();
    write_conf("postgresql.conf", text);
    err_set_log_level(ERR_ERROR);
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_CONFIG_FILE_ERROR,
        mem_printf("configuration file \"%s/postgresql.conf\" contains errors", unit_temp_dir()),
        guc_find_files(unit_temp_dir()));
    err_set_log_level(ERR_NOTICE);
}

static void mistakes_at_the_start_are_errors(void)
{
    check_mistake("work_mem = x\n");
    check_mistake("nope = 1\n");
    check_mistake("work_mem\n");
}

static void a_session_keeps_what_it_began_with(void)
{
    start();
    write_conf("postgresql.conf", "");
    guc_find_files(unit_temp_dir());
    set("work_mem", "5MB");
    write_conf("postgresql.conf", "post_auth_delay = 3\nwork_mem = 3MB\nfsync = off\n");
    guc_load_files(GUC_LOAD_RELOAD_IN_CHILD);
    CU_ASSERT_EQUAL(setting.post_auth_delay, 0);
    CU_ASSERT_FALSE(setting.fsync);
    CU_ASSERT_EQUAL(setting.work_mem, 5120);
    set("work_mem", NULL);
    CU_ASSERT_EQUAL(setting.work_mem, 3072);
    guc_load_files(GUC_LOAD_RELOAD);
    CU_ASSERT_EQUAL(setting.post_auth_delay, 3);
}

static void alter_system_replaces_resets_and_refuses(void)
{
    const char *file = path_join(unit_temp_dir(), "postgresql.auto.conf");
    static const char head[] = "# Do not edit this file manually!\n"
                               "# It will be overwritten by the ALTER SYSTEM command.\n";

    start();
    write_conf("postgresql.conf", "");
    guc_find_files(unit_temp_dir());
    guc_alter_system("work_mem", "1MB");
    guc_alter_system("archive_command", "cp '%p' \\x");
    guc_alter_system("work_mem", "2MB");
    CU_ASSERT_STRING_EQUAL(os_file_read_all(file, MIB(1), NULL),
                           mem_printf("%sarchive_command = 'cp ''%%p'' \\\\x'\n"
                                      "work_mem = '2MB'\n",
                                      head));
    guc_alter_system("archive_command", NULL);
    CU_ASSERT_STRING_EQUAL(os_file_read_all(file, MIB(1), NULL),
                           mem_printf("%swork_mem = '2MB'\n", head));
    UNIT_ASSERT_RAISES(SQLSTATE_CANT_CHANGE_RUNTIME_PARAM,
                       guc_alter_system("data_directory", "/x"));
    UNIT_ASSERT_RAISES(SQLSTATE_CANT_CHANGE_RUNTIME_PARAM, guc_alter_system("config_file", NULL));
    UNIT_ASSERT_RAISES(SQLSTATE_UNDEFINED_OBJECT, guc_alter_system("nope", "x"));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_PARAMETER_VALUE, guc_alter_system("work_mem", "x"));
    UNIT_ASSERT_RAISES(SQLSTATE_INVALID_PARAMETER_VALUE,
                       guc_alter_system("archive_command", "a\nb"));
    write_conf("postgresql.auto.conf", "a b c\n");
    err_set_log_level(ERR_ERROR);
    UNIT_ASSERT_RAISES(SQLSTATE_CONFIG_FILE_ERROR, guc_alter_system("work_mem", "1MB"));
    err_set_log_level(ERR_NOTICE);
    guc_alter_system(NULL, NULL);
    CU_ASSERT_STRING_EQUAL(os_file_read_all(file, MIB(1), NULL), head);
}

/* ---- The table ---- */

static void every_row_has_a_text_and_fits_its_range(void)
{
    Array rows;

    start();
    guc_list(&rows);
    CU_ASSERT_TRUE(rows.count >= 362);
    array_foreach(GucRow, row, &rows) {
        CU_ASSERT_TRUE(strlen(row->text) > 0 && str_ends_with(row->text, "."));
        if (row != (GucRow *)rows.items)
            CU_ASSERT_TRUE(strcasecmp((row - 1)->name, row->name) < 0);
        /* What is shown of the default is taken again, but for those that say what is. */
        if (row->context != GUC_INTERNAL && row->boot_value != NULL && *row->boot_value != '\0' &&
            !str_equal(row->name, "session_authorization"))
            CU_ASSERT_TRUE(set_as(row->name, row->boot_value, GUC_INTERNAL, GUC_FROM_SESSION));
    }
}

UNIT_SUITE(guc)
{
    UNIT_TEST(all_begins_at_its_default);
    UNIT_TEST(rights_are_those_of_the_context);
    UNIT_TEST(the_higher_source_has_the_say);
    UNIT_TEST(refusals_below_an_error_return_false);
    UNIT_TEST(a_test_changes_nothing);
    UNIT_TEST(names_with_a_dot_are_taken_until_a_module_claims_them);
    UNIT_TEST(hooks_check_follow_and_show);
    UNIT_TEST(clients_are_told_of_changes_once);
    UNIT_TEST(settings_are_handed_over);
    UNIT_TEST(values_are_joined_with_the_quotes_they_need);
    UNIT_TEST(lists_are_split_into_names);
    UNIT_TEST(options_of_a_command_line_are_split);
    UNIT_TEST(files_are_found_and_the_auto_file_has_the_last_word);
    UNIT_TEST(mistakes_at_the_start_are_errors);
    UNIT_TEST(a_session_keeps_what_it_began_with);
    UNIT_TEST(alter_system_replaces_resets_and_refuses);
    UNIT_TEST(every_row_has_a_text_and_fits_its_range);
}

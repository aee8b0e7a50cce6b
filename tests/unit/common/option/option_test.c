/* option_test.c - command lines, sections and environment by tables. */
#include "common/base/base.h"

#include <stdlib.h>

#include "common/mem/mem.h"
#include "common/option/option.h"
#include "common/text/str.h"
#include "tests/unit/unit.h"

typedef struct Connect {
    const char *host;
} Connect;

typedef struct Values {
    const char *dir;
    int format;
    int mode;
    int color;
    int64_t level;
    int64_t free_number;
    uint64_t size;
    bool no_clean, no_sync, sync;
    unsigned verbose;
    Array names;
    char custom[16];
    const char *secret;
    Connect connect;
} Values;

static bool read_custom(const char *text, void *field)
{
    if (strlen(text) > 3)
        return false;
    snprintf(field, 16, "<%s>", text);
    return true;
}

static const OptionChoice formats[] = {
    {"p", 'p'}, {"plain", 'p'}, {"t", 't'}, {"tar", 't'}, {NULL, 0}};
static const OptionChoice modes[] = {{"none", 0}, {"fetch", 1}, {"stream", 2}, {NULL, 0}};
static const OptionChoice colors[] = {{"r", 1}, {"g", 2}, {NULL, 0}};

static const OptionDef main_defs[] = {
    {'D', "pgdata", OPTION_STRING, offsetof(Values, dir), .arg = "DIRECTORY",
     .help = "receive base backup into directory", .env = "HFT_PGDATA"},
    {'F', "format", OPTION_ENUM, offsetof(Values, format), .arg = "p|t", .help = "output format",
     .choices = formats, .what = "output format", .initial = "plain"},
    {'X', "wal-method", OPTION_ENUM, offsetof(Values, mode), .arg = "none|fetch|stream",
     .help = "include required WAL files\nwith specified method", .choices = modes,
     .what = "wal-method option"},
    {0, "color", OPTION_ENUM, offsetof(Values, color), .choices = colors, .help = "color"},
    {'Z', "compress", OPTION_INT, offsetof(Values, level), .min = 0, .max = 9, .initial = "6",
     .help = "compression level", .env = "HFT_COMPRESS"},
    {0, "free-number", OPTION_INT, offsetof(Values, free_number), .help = NULL},
    {0, "size", OPTION_SIZE, offsetof(Values, size), .unit = 1024, .min = 1024, .max = 1048576,
     .help = "size"},
    {.kind = OPTION_END},
};
static const OptionDef general_defs[] = {
    {'n', "no-clean", OPTION_FLAG, offsetof(Values, no_clean), .help = "do not clean up"},
    {'N', "no-sync", OPTION_FLAG, offsetof(Values, no_sync), .help = "do not wait",
     .env = "HFT_NO_SYNC"},
    {'v', "verbose", OPTION_COUNT, offsetof(Values, verbose), .help = "say more"},
    {0, "sync", OPTION_BOOL, offsetof(Values, sync), .arg = "BOOL", .help = "or not"},
    {'T', "name", OPTION_LIST, offsetof(Values, names), .help = "a name", .initial = "first"},
    {'x', NULL, OPTION_CUSTOM, offsetof(Values, custom), .arg = "ABC", .read = read_custom,
     .help = "up to three letters"},
    {'s', "secret-word", OPTION_STRING, offsetof(Values, secret), .optional = "word",
     .help = "short for a secret"},
    {0, "secret", OPTION_STRING, offsetof(Values, secret), .is_secret = true, .help = "secret"},
    {.kind = OPTION_END},
};
static const OptionDef connect_defs[] = {
    {'h', "host", OPTION_STRING, offsetof(Connect, host), .arg = "HOSTNAME",
     .help = "database server host or socket directory"},
    {.kind = OPTION_END},
};
static const OptionGroup groups[] = {
    {"Options controlling the output", main_defs, 0},
    {"General options", general_defs, 0},
    {NULL, connect_defs, offsetof(Values, connect)},
    {.defs = NULL},
};
static const OptionRule rules[] = {
    {OPTION_EXCLUDES, "no-clean", "no-sync", NULL},
    {OPTION_EXCLUDES, "format", "host", "no format from hosts"},
    {OPTION_NEEDS, "secret", "compress", NULL},
    {OPTION_NEEDS, "size", "pgdata", "no size without a directory"},
    {.kind = 0},
};
static const OptionSet set = {.size = sizeof(Values),
                              .groups = groups,
                              .rules = rules,
                              .summary = "is tested.",
                              .notes = "A note.",
                              .operand_max = 1};

/* Parse words up to a NULL. */
#define PARSE(...) parse((char *const[]){(char[]){"/bin/prog"}, __VA_ARGS__, NULL})
#define W(word)    ((char[]){word})

static Options *parse(char *const *argv)
{
    int argc = 0;

    while (argv[argc] != NULL)
        argc++;
    return option_parse(&set, "prog", argc, argv);
}

static const Values *values(const Options *o)
{
    return o->values;
}

static const ConfigSection *section(const char *text)
{
    Config *config = config_parse(mem_printf("[repo.a]\n%s", text), "f.conf", true);

    return config_get(config, "repo", "a", NULL);
}

static void arguments_stand_in_the_same_word_or_the_next(void)
{
    CU_ASSERT_STRING_EQUAL(values(PARSE(W("-Dx")))->dir, "x");
    CU_ASSERT_STRING_EQUAL(values(PARSE(W("-D"), W("x")))->dir, "x");
    CU_ASSERT_STRING_EQUAL(values(PARSE(W("--pgdata=x=y")))->dir, "x=y");
    CU_ASSERT_STRING_EQUAL(values(PARSE(W("--pgdata"), W("x")))->dir, "x");
    CU_ASSERT_STRING_EQUAL(values(PARSE(W("--pgdata=")))->dir, "");
    CU_ASSERT_STRING_EQUAL(values(PARSE(W("-D"), W("--")))->dir, "--");
}

static void short_options_are_grouped(void)
{
    const Values *v = values(PARSE(W("-nvvDx"), W("-v")));

    CU_ASSERT_TRUE(v->no_clean);
    CU_ASSERT_EQUAL(v->verbose, 3);
    CU_ASSERT_STRING_EQUAL(v->dir, "x");
    CU_ASSERT_STRING_EQUAL(values(PARSE(W("-vx"), W("abc")))->custom, "<abc>");
}

static void long_options_may_be_abbreviated(void)
{
    CU_ASSERT_STRING_EQUAL(values(PARSE(W("--pg=x")))->dir, "x");
    CU_ASSERT_TRUE(values(PARSE(W("--no-s")))->no_sync);
    CU_ASSERT_TRUE(values(PARSE(W("--sync=on")))->sync);
    CU_ASSERT_TRUE(PARSE(W("--hel"))->wants_help);
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_USAGE, "option '--no' is ambiguous; possibilities: '--no-clean' '--no-sync'",
        PARSE(W("--no")));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE,
                               "option '--h' is ambiguous; possibilities: '--host' '--help'",
                               PARSE(W("--h=1")));
}

static void operands_stand_anywhere(void)
{
    Options *o = PARSE(W("one"), W("-v"));

    CU_ASSERT_EQUAL(o->operand_count, 1);
    CU_ASSERT_STRING_EQUAL(o->operands[0], "one");
    CU_ASSERT_EQUAL(values(o)->verbose, 1);
    CU_ASSERT_STRING_EQUAL(PARSE(W("-"))->operands[0], "-");
    CU_ASSERT_STRING_EQUAL(PARSE(W("--"), W("-v"))->operands[0], "-v");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE, "too many command-line arguments (first is \"two\")",
                               PARSE(W("one"), W("--"), W("two"), W("three")));
}

static void no_words_at_all_are_fine(void)
{
    CU_ASSERT_PTR_NULL(values(option_parse(&set, "prog", 0, (char *[]){NULL}))->dir);
}

static void unknown_options_are_refused_in_the_words_of_getopt(void)
{
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE, "unrecognized option '--bogus'",
                               PARSE(W("--bogus")));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE, "unrecognized option '--bogus=1'",
                               PARSE(W("--bogus=1")));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE, "invalid option -- 'y'", PARSE(W("-vy")));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE, "option '--verbose' doesn't allow an argument",
                               PARSE(W("--verb=1")));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE, "option '--pgdata' requires an argument",
                               PARSE(W("--pgdata")));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE, "option requires an argument -- 'D'",
                               PARSE(W("-vD")));
}

static void usage_errors_hint_at_help(void)
{
    ERR_TRY() {
        PARSE(W("--bogus"));
    }
    ERR_CATCH() {
        CU_ASSERT_STRING_EQUAL(err_caught()->hint, "Try \"prog --help\" for more information.");
    }
    ERR_END();
}

static void help_and_version_end_the_command_line(void)
{
    CU_ASSERT_TRUE(PARSE(W("--help"), W("--bogus"))->wants_help);
    CU_ASSERT_TRUE(PARSE(W("-v?"))->wants_help);
    CU_ASSERT_TRUE(PARSE(W("-V"), W("a"), W("b"))->wants_version);
    CU_ASSERT_TRUE(PARSE(W("--version"))->wants_version);
    CU_ASSERT_FALSE(PARSE(W("-v"))->wants_version);
    CU_ASSERT_FALSE(PARSE(W("-v"))->wants_help);
}

static void numbers_keep_their_range(void)
{
    CU_ASSERT_EQUAL(values(PARSE(W("-Z9")))->level, 9);
    CU_ASSERT_EQUAL(values(PARSE(W("-v")))->level, 6);
    CU_ASSERT_EQUAL(values(PARSE(W("--free-number=-5")))->free_number, -5);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE, "-Z/--compress must be in range 0..9",
                               PARSE(W("-Z10")));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE, "-Z/--compress must be in range 0..9",
                               PARSE(W("-Z-1")));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE, "invalid value \"gzip\" for option -Z/--compress",
                               PARSE(W("-Zgzip")));
}

static void sizes_take_units_and_keep_their_range(void)
{
    CU_ASSERT_EQUAL(values(PARSE(W("--size=3")))->size, 3072);
    CU_ASSERT_EQUAL(values(PARSE(W("--size=1MB")))->size, 1048576);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE, "invalid value \"1XB\" for option --size",
                               PARSE(W("--size=1XB")));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE, "--size must be in range 1.0 kB..1.0 MB",
                               PARSE(W("--size=1GB")));
    UNIT_ASSERT_RAISES(SQLSTATE_USAGE, PARSE(W("--size=0")));
}

static void choices_are_named_when_none_fits(void)
{
    CU_ASSERT_EQUAL(values(PARSE(W("-Ft")))->format, 't');
    CU_ASSERT_EQUAL(values(PARSE(W("-v")))->format, 'p');
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE,
                               "invalid output format \"x\", must be \"plain\" or \"tar\"",
                               PARSE(W("-Fx")));
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_USAGE,
        "invalid wal-method option \"x\", must be \"none\", \"fetch\", or \"stream\"",
        PARSE(W("-Xx")));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE,
                               "invalid value \"x\" for option --color, must be \"r\" or \"g\"",
                               PARSE(W("--color=x")));
}

static void booleans_take_the_usual_words(void)
{
    CU_ASSERT_TRUE(values(PARSE(W("--sync=yes")))->sync);
    CU_ASSERT_FALSE(values(PARSE(W("--sync=off")))->sync);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE, "invalid value \"x\" for option --sync",
                               PARSE(W("--sync=x")));
}

static void lists_collect_and_replace_what_the_table_gives(void)
{
    const Values *v = values(PARSE(W("-v")));

    CU_ASSERT_EQUAL_FATAL(v->names.count, 1);
    v = values(PARSE(W("-Ta"), W("--name"), W("b")));
    CU_ASSERT_EQUAL_FATAL(v->names.count, 2);
    CU_ASSERT_STRING_EQUAL(*(const char **)array_at(&v->names, 0), "a");
    CU_ASSERT_STRING_EQUAL(*(const char **)array_at(&v->names, 1), "b");
}

static void a_custom_reader_may_refuse(void)
{
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE, "invalid value \"abcd\" for option -x",
                               PARSE(W("-x"), W("abcd")));
}

static void one_field_may_have_a_short_word_for_a_value(void)
{
    CU_ASSERT_STRING_EQUAL(values(PARSE(W("-s")))->secret, "word");
    CU_ASSERT_STRING_EQUAL(values(PARSE(W("-sv"), W("--secret=x")))->secret, "x");
    CU_ASSERT_STRING_EQUAL(values(PARSE(W("--secret=x"), W("--secret-word")))->secret, "word");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE, "option '--secret-word' doesn't allow an argument",
                               PARSE(W("--secret-word=x")));
}

static void a_group_fills_its_own_struct(void)
{
    CU_ASSERT_STRING_EQUAL(values(PARSE(W("-hlocal")))->connect.host, "local");
}

static void the_command_line_beats_environment_beats_file_beats_table(void)
{
    Options *o;

    setenv("HFT_COMPRESS", "3", 1);
    o = PARSE(W("-v"));
    CU_ASSERT_EQUAL(values(o)->level, 3);
    CU_ASSERT_EQUAL(option_origin(o, "compress"), OPTION_FROM_ENV);
    option_apply_section(o, section("compress = 4\nformat = tar\n"));
    CU_ASSERT_EQUAL(values(o)->level, 3);
    CU_ASSERT_EQUAL(values(o)->format, 't');
    CU_ASSERT_EQUAL(option_origin(o, "format"), OPTION_FROM_FILE);

    o = PARSE(W("-Z5"));
    option_apply_section(o, section("compress = 4\nverbose = 2\nno-clean = yes"));
    CU_ASSERT_EQUAL(values(o)->level, 5);
    CU_ASSERT_EQUAL(values(o)->verbose, 2);
    CU_ASSERT_TRUE(values(o)->no_clean);
    unsetenv("HFT_COMPRESS");

    o = PARSE(W("-v"));
    CU_ASSERT_EQUAL(option_origin(o, "compress"), OPTION_FROM_TABLE);
    CU_ASSERT_EQUAL(option_origin(o, "pgdata"), OPTION_FROM_NOWHERE);
    CU_ASSERT_FALSE(option_is_given(o, "compress"));
    CU_ASSERT_TRUE(option_is_given(o, "verbose"));
}

static void a_file_replaces_a_list_of_the_table_only(void)
{
    Options *o = PARSE(W("-v"));
    const Values *v = values(o);

    option_apply_section(o, section("name = a\nname = b"));
    CU_ASSERT_EQUAL_FATAL(v->names.count, 2);
    CU_ASSERT_STRING_EQUAL(*(const char **)array_at(&v->names, 0), "a");
}

static void a_bad_value_of_the_environment_names_the_variable(void)
{
    setenv("HFT_NO_SYNC", "maybe", 1);
    ERR_TRY() {
        PARSE(W("-v"));
        CU_FAIL("no raise");
    }
    ERR_CATCH() {
        CU_ASSERT_STRING_EQUAL(err_caught()->message,
                               "invalid value \"maybe\" for option -N/--no-sync");
        CU_ASSERT_STRING_EQUAL(err_caught()->detail,
                               "The value comes from the environment variable HFT_NO_SYNC.");
    }
    ERR_END();
    setenv("HFT_NO_SYNC", "on", 1);
    CU_ASSERT_TRUE(values(PARSE(W("-v")))->no_sync);
    setenv("HFT_NO_SYNC", "", 1);
    CU_ASSERT_FALSE(values(PARSE(W("-v")))->no_sync);
    unsetenv("HFT_NO_SYNC");
}

static void bad_settings_of_a_file_name_the_line(void)
{
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_CONFIG_FILE_ERROR,
                               "unrecognized setting \"compres\" in file \"f.conf\" line 3",
                               option_apply_section(PARSE(W("-v")), section("\ncompres = 1")));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_CONFIG_FILE_ERROR,
                               "unrecognized setting \"help\" in file \"f.conf\" line 2",
                               option_apply_section(PARSE(W("-v")), section("help = 1")));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_CONFIG_FILE_ERROR,
                               "-Z/--compress must be in range 0..9 in file \"f.conf\" line 2",
                               option_apply_section(PARSE(W("-v")), section("compress = 10")));
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_CONFIG_FILE_ERROR,
        "invalid value \"many\" for option -v/--verbose in file \"f.conf\" line 2",
        option_apply_section(PARSE(W("-n")), section("verbose = many")));
}

static void a_secret_in_a_file_for_everybody_is_refused(void)
{
    Config *config = config_parse("[repo.a]\nsecret = x\n", "f.conf", false);

    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_CONFIG_FILE_ERROR,
        "secret setting \"secret\" in file \"f.conf\" line 2, which others than its owner can read",
        option_apply_section(PARSE(W("-v")), config_get(config, "repo", "a", NULL)));
    UNIT_ASSERT_RAISES(
        SQLSTATE_CONFIG_FILE_ERROR,
        option_apply_section(PARSE(W("--secret=y")), config_get(config, "repo", "a", NULL)));
    option_apply_section(PARSE(W("-v")), section("secret = x"));
}

static void a_section_alone_fills_a_struct(void)
{
    Values v = {.dir = NULL};

    option_read_section(section("pgdata = /d\nsize = 2\n"), main_defs, &v);
    CU_ASSERT_STRING_EQUAL(v.dir, "/d");
    CU_ASSERT_EQUAL(v.size, 2048);
    CU_ASSERT_EQUAL(v.level, 6);
    option_read_section(section("name = a\n"), general_defs, &v);
    CU_ASSERT_EQUAL(v.names.count, 1);
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_CONFIG_FILE_ERROR,
        "invalid value \"x\" for option -Z/--compress in file \"f.conf\" line 2",
        option_read_section(section("compress = x"), main_defs, &v));
}

static void rules_are_checked(void)
{
    option_check(PARSE(W("-n")));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE,
                               "options -n/--no-clean and -N/--no-sync cannot be used together",
                               option_check(PARSE(W("-n"), W("-N"))));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE, "no format from hosts",
                               option_check(PARSE(W("-hx"), W("-Fp"))));
    option_check(PARSE(W("-hx")));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE, "option --secret requires option -Z/--compress",
                               option_check(PARSE(W("--secret=a"))));
    option_check(PARSE(W("--secret=a"), W("-Z1")));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_USAGE, "no size without a directory",
                               option_check(PARSE(W("--size=1"))));
    setenv("HFT_PGDATA", "/d", 1);
    option_check(PARSE(W("--size=1")));
    unsetenv("HFT_PGDATA");
}

static void help_shows_the_tables(void)
{
    StrBuf help;

    strbuf_init(&help);
    option_help(&set, "prog", &help);
    CU_ASSERT_STRING_EQUAL(
        help.text, "prog is tested.\n"
                   "\n"
                   "Usage:\n"
                   "  prog [OPTION]...\n"
                   "\n"
                   "Options controlling the output:\n"
                   "  -D, --pgdata=DIRECTORY receive base backup into directory [HFT_PGDATA]\n"
                   "  -F, --format=p|t       output format (default: plain)\n"
                   "  -X, --wal-method=none|fetch|stream\n"
                   "                         include required WAL files\n"
                   "                         with specified method\n"
                   "      --color=VALUE      color\n"
                   "  -Z, --compress=VALUE   compression level (default: 6) [HFT_COMPRESS]\n"
                   "      --size=VALUE       size\n"
                   "\n"
                   "General options:\n"
                   "  -n, --no-clean         do not clean up\n"
                   "  -N, --no-sync          do not wait [HFT_NO_SYNC]\n"
                   "  -v, --verbose          say more\n"
                   "      --sync=BOOL        or not\n"
                   "  -T, --name=VALUE       a name (default: first)\n"
                   "  -x ABC                 up to three letters\n"
                   "  -s, --secret-word      short for a secret\n"
                   "      --secret=VALUE     secret\n"
                   "  -V, --version          output version information, then exit\n"
                   "  -?, --help             show this help, then exit\n"
                   "\n"
                   "Options:\n"
                   "  -h, --host=HOSTNAME    database server host or socket directory\n"
                   "\n"
                   "A note.\n");
}

static void help_without_general_options_ends_with_help(void)
{
    const OptionGroup short_groups[] = {{NULL, connect_defs, 0}, {.defs = NULL}};
    const OptionSet short_set = {.groups = short_groups, .summary = "is short.", .usage = "DIR"};
    StrBuf help;

    strbuf_init(&help);
    option_help(&short_set, "p", &help);
    CU_ASSERT_STRING_EQUAL(help.text,
                           "p is short.\n\nUsage:\n  p DIR\n\nOptions:\n"
                           "  -h, --host=HOSTNAME database server host or socket directory\n"
                           "  -V, --version       output version information, then exit\n"
                           "  -?, --help          show this help, then exit\n");
}

static int run_nothing(const Options *o)
{
    (void)o;
    return 0;
}

static void verbs_are_found_and_shown(void)
{
    static const OptionSet push = {.summary = "archives a file"};
    static const OptionSet list = {.summary = "shows what is there"};
    static const OptionVerb verbs[] = {{.name = "push", .set = &push, .run = run_nothing},
                                       {.name = "list-all", .set = &list, .run = run_nothing},
                                       {.name = NULL}};
    StrBuf help;

    CU_ASSERT_PTR_EQUAL(option_find_verb(verbs, "list-all"), &verbs[1]);
    CU_ASSERT_PTR_NULL(option_find_verb(verbs, "list"));
    CU_ASSERT_EQUAL(verbs[0].run(NULL), 0);
    strbuf_init(&help);
    option_help_verbs(verbs, "prog", "does things.", "A note.", &help);
    CU_ASSERT_STRING_EQUAL(help.text, "prog does things.\n\nUsage:\n  prog VERB [OPTION]...\n\n"
                                      "Verbs:\n"
                                      "  push     archives a file\n"
                                      "  list-all shows what is there\n"
                                      "\nOptions:\n"
                                      "  -V, --version  output version information, then exit\n"
                                      "  -?, --help     show this help, then exit\n"
                                      "\n\"prog VERB --help\" shows the options of a verb.\n"
                                      "\nA note.\n");
}

UNIT_SUITE(option)
{
    UNIT_TEST(arguments_stand_in_the_same_word_or_the_next);
    UNIT_TEST(short_options_are_grouped);
    UNIT_TEST(long_options_may_be_abbreviated);
    UNIT_TEST(operands_stand_anywhere);
    UNIT_TEST(no_words_at_all_are_fine);
    UNIT_TEST(unknown_options_are_refused_in_the_words_of_getopt);
    UNIT_TEST(usage_errors_hint_at_help);
    UNIT_TEST(help_and_version_end_the_command_line);
    UNIT_TEST(numbers_keep_their_range);
    UNIT_TEST(sizes_take_units_and_keep_their_range);
    UNIT_TEST(choices_are_named_when_none_fits);
    UNIT_TEST(booleans_take_the_usual_words);
    UNIT_TEST(lists_collect_and_replace_what_the_table_gives);
    UNIT_TEST(a_custom_reader_may_refuse);
    UNIT_TEST(one_field_may_have_a_short_word_for_a_value);
    UNIT_TEST(a_group_fills_its_own_struct);
    UNIT_TEST(the_command_line_beats_environment_beats_file_beats_table);
    UNIT_TEST(a_file_replaces_a_list_of_the_table_only);
    UNIT_TEST(a_bad_value_of_the_environment_names_the_variable);
    UNIT_TEST(bad_settings_of_a_file_name_the_line);
    UNIT_TEST(a_secret_in_a_file_for_everybody_is_refused);
    UNIT_TEST(a_section_alone_fills_a_struct);
    UNIT_TEST(rules_are_checked);
    UNIT_TEST(help_shows_the_tables);
    UNIT_TEST(help_without_general_options_ends_with_help);
    UNIT_TEST(verbs_are_found_and_shown);
}

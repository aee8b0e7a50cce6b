/* tool_test.c - main() as users see it: what is printed, and the exit code. */
#include "common/base/base.h"

#include <stdlib.h>
#include <unistd.h>

#include "common/client/notice.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/process.h"
#include "common/text/str.h"
#include "common/tool/tool.h"
#include "tests/unit/unit.h"

typedef struct Values {
    ToolLog log;
    const char *act;
} Values;

static const OptionDef act_defs[] = {
    {'a', "act", OPTION_STRING, offsetof(Values, act), .help = "what to do"},
    {.kind = OPTION_END},
};
static const OptionGroup groups[] = {{"General options", act_defs, 0},
                                     {NULL, tool_log_options, offsetof(Values, log)},
                                     {.defs = NULL}};
static const OptionSet set = {.size = sizeof(Values), .groups = groups, .summary = "acts."};

static int reset_count;

static void count_reset(void *arg)
{
    (void)arg;
    reset_count++;
}

static const char *describe(void *arg)
{
    (void)arg;
    return "while testing";
}

static int run_act(const Options *o)
{
    const Values *v = o->values;
    ErrContext context = {.describe = describe};

    mem_on_reset(mem_current(), count_reset, NULL);
    if (v->act == NULL) {
        tool_print("%d result", 1);
        return 0;
    }
    if (str_equal(v->act, "log")) {
        err_log(ERR_DEBUG, .message = "a debug line");
        err_log(ERR_INFO, .message = "an info line");
        err_log(ERR_NOTICE, .message = "a notice line");
        err_log(ERR_WARNING, .message = "a warning line");
        return 3;
    }
    if (str_equal(v->act, "json")) {
        err_log(ERR_WARNING, .message = "\"a\\\n\u00e4");
        err_log(ERR_WARNING, .message = "\xff"
                                        "x");
        return 0;
    }
    if (str_equal(v->act, "server")) {
        err_log_report(&(const ErrReport){.level = ERR_WARNING,
                                          .message = "beware",
                                          .detail = "Of this.",
                                          .hint = "Go.",
                                          .file = client_notice_place});
        err_log_report(&(const ErrReport){
            .level = ERR_NOTICE, .message = "by the way", .file = client_notice_place});
        return 0;
    }
    err_context_push(&context);
    err_raise(SQLSTATE_DISK_FULL, .message = "could not act", .detail = "No room.",
              .hint = "Make room.");
}

static const ToolDef def = {
    .pg_name = "pg_act", .set = &set, .run = run_act, .log = offsetof(Values, log)};

static const OptionVerb verbs[] = {{.name = "act", .set = &set, .run = run_act}, {.name = NULL}};
static const ToolDef verb_def = {
    .verbs = verbs, .summary = "has verbs.", .log = offsetof(Values, log)};

/* What the last run printed. */
static struct {
    const char *out, *err;
    int exit_code;
} last;

static int redirect(FILE *file, const char *path)
{
    int saved = dup(fileno(file));

    fflush(file);
    CU_ASSERT_PTR_NOT_NULL_FATAL(freopen(path, "w", file));
    return saved;
}

static const char *restore(FILE *file, const char *path, int saved)
{
    char *text = mem_alloc(65536);
    FILE *read;
    size_t len;

    fflush(file);
    dup2(saved, fileno(file));
    close(saved);
    clearerr(file);
    read = fopen(path, "r");
    len = fread(text, 1, 65535, read);
    text[len] = '\0';
    fclose(read);
    return text;
}

#define W(word)        ((char[]){word})
#define RUN(tool, ...) run(tool, (char *[]){__VA_ARGS__, NULL})

static void run(const ToolDef *tool, char **argv)
{
    const char *out_path = mem_printf("%s/out", unit_temp_dir());
    const char *err_path = mem_printf("%s/err", unit_temp_dir());
    int out, err, argc = 0;

    while (argv[argc] != NULL)
        argc++;
    out = redirect(stdout, out_path);
    err = redirect(stderr, err_path);
    last.exit_code = tool_main(argc, argv, tool);
    last.out = restore(stdout, out_path, out);
    last.err = restore(stderr, err_path, err);
    err_set_sink(NULL);
    err_set_program("holdfast");
    err_set_log_level(ERR_NOTICE);
}

static void results_go_to_standard_output(void)
{
    reset_count = 0;
    RUN(&def, W("/bin/act"));
    CU_ASSERT_EQUAL(last.exit_code, 0);
    CU_ASSERT_STRING_EQUAL(last.out, "1 result\n");
    CU_ASSERT_STRING_EQUAL(last.err, "");
    CU_ASSERT_EQUAL(reset_count, 1);
}

static void a_raise_becomes_lines_and_the_exit_code(void)
{
    reset_count = 0;
    RUN(&def, W("/bin/act"), W("-afail"));
    CU_ASSERT_EQUAL(last.exit_code, err_exit_code(SQLSTATE_DISK_FULL));
    CU_ASSERT_STRING_EQUAL(last.out, "");
    CU_ASSERT_STRING_EQUAL(last.err, "act: error: could not act\n"
                                     "act: detail: No room.\n"
                                     "act: hint: Make room.\n"
                                     "act: context: while testing\n");
    CU_ASSERT_EQUAL(reset_count, 1);
}

static void bad_options_are_errors(void)
{
    RUN(&def, W("act"), W("--bogus"));
    CU_ASSERT_EQUAL(last.exit_code, 1);
    CU_ASSERT_STRING_EQUAL(last.err, "act: error: unrecognized option '--bogus'\n"
                                     "act: hint: Try \"act --help\" for more information.\n");
}

static void verbosity_decides_which_messages_are_shown(void)
{
    RUN(&def, W("act"), W("-alog"));
    CU_ASSERT_EQUAL(last.exit_code, 3);
    CU_ASSERT_STRING_EQUAL(last.err, "act: a notice line\nact: warning: a warning line\n");
    RUN(&def, W("act"), W("-alog"), W("-v"));
    CU_ASSERT_STRING_EQUAL(last.err,
                           "act: an info line\nact: a notice line\nact: warning: a warning line\n");
    RUN(&def, W("act"), W("-alog"), W("-vv"));
    CU_ASSERT_STRING_EQUAL(last.err, "act: debug: a debug line\nact: an info line\n"
                                     "act: a notice line\nact: warning: a warning line\n");
    RUN(&def, W("act"), W("-alog"), W("-vq"));
    CU_ASSERT_STRING_EQUAL(last.err, "act: warning: a warning line\n");
}

static void a_server_speaks_in_its_own_name(void)
{
    RUN(&def, W("act"), W("-aserver"));
    CU_ASSERT_STRING_EQUAL(last.err, "WARNING:  beware\nDETAIL:  Of this.\nHINT:  Go.\n"
                                     "NOTICE:  by the way\n");
}

static void messages_are_json_when_asked_for(void)
{
    RUN(&def, W("act"), W("--json"), W("-afail"));
    CU_ASSERT_STRING_EQUAL(last.err, "{\"level\":\"error\",\"sqlstate\":\"53100\",\"message\":"
                                     "\"could not act\",\"detail\":\"No room.\",\"hint\":"
                                     "\"Make room.\",\"context\":\"while testing\"}\n");
    RUN(&def, W("act"), W("--json"), W("-ajson"));
    CU_ASSERT_STRING_EQUAL(
        last.err,
        "{\"level\":\"warning\",\"sqlstate\":\"01000\",\"message\":\"\\\"a\\\\\\u000a\u00e4\"}\n"
        "{\"level\":\"warning\",\"sqlstate\":\"01000\",\"message\":\"\\ufffdx\"}\n");
}

static void the_version_under_postgresqls_name_is_postgresqls(void)
{
    RUN(&def, W("/usr/bin/pg_act"), W("-V"));
    CU_ASSERT_STRING_EQUAL(last.out, "pg_act (PostgreSQL) " SERVER_VERSION "\n");
    CU_ASSERT_EQUAL(last.exit_code, 0);
    RUN(&def, W("/usr/bin/act"), W("--version"));
    CU_ASSERT_STRING_EQUAL(last.out, "act (Holdfast) " PACKAGE_VERSION
                                     ", compatible with pg_act (PostgreSQL) " SERVER_VERSION "\n");
    RUN(&verb_def, W("act"), W("--version"));
    CU_ASSERT_STRING_EQUAL(last.out, "act (Holdfast) " PACKAGE_VERSION "\n");
}

static void help_is_printed(void)
{
    RUN(&def, W("act"), W("--help"));
    CU_ASSERT_EQUAL(last.exit_code, 0);
    CU_ASSERT_TRUE(str_starts_with(last.out, "act acts.\n\nUsage:\n  act [OPTION]...\n"));
    RUN(&verb_def, W("prog"), W("act"), W("-?"));
    CU_ASSERT_TRUE(str_starts_with(last.out, "prog act acts.\n\nUsage:\n  prog act [OPTION]...\n"));
    RUN(&verb_def, W("prog"), W("-?"));
    CU_ASSERT_TRUE(
        str_starts_with(last.out, "prog has verbs.\n\nUsage:\n  prog VERB [OPTION]...\n"));
}

static void verbs_run(void)
{
    RUN(&verb_def, W("prog"), W("act"), W("-alog"));
    CU_ASSERT_EQUAL(last.exit_code, 3);
    RUN(&verb_def, W("prog"), W("other"));
    CU_ASSERT_EQUAL(last.exit_code, 1);
    CU_ASSERT_STRING_EQUAL(last.err, "prog: error: unrecognized verb \"other\"\n"
                                     "prog: hint: Try \"prog --help\" for more information.\n");
    RUN(&verb_def, W("prog"));
    CU_ASSERT_STRING_EQUAL(last.err, "prog: error: no verb specified\n"
                                     "prog: hint: Try \"prog --help\" for more information.\n");
    RUN(&verb_def, W("prog"), W("act"), W("--bogus"));
    CU_ASSERT_STRING_EQUAL(last.err, "prog: error: unrecognized option '--bogus'\n"
                                     "prog: hint: Try \"prog act --help\" for more information.\n");
}

static void colours_come_when_asked_for(void)
{
    setenv("PG_COLOR", "always", 1);
    RUN(&def, W("act"), W("-alog"));
    CU_ASSERT_STRING_EQUAL(last.err, "\033[01mact: \033[0ma notice line\n"
                                     "\033[01mact: \033[0m\033[01;35mwarning: \033[0ma warning "
                                     "line\n");
    setenv("PG_COLOR", "auto", 1);
    RUN(&def, W("act"), W("-alog"), W("-q"));
    CU_ASSERT_STRING_EQUAL(last.err, "act: warning: a warning line\n");
    unsetenv("PG_COLOR");
}

static void output_that_is_lost_is_an_error(void)
{
    const char *err_path = mem_printf("%s/err", unit_temp_dir());
    int out = redirect(stdout, "/dev/full");
    int err = redirect(stderr, err_path);

    last.exit_code = tool_main(1, (char *[]){W("act"), NULL}, &def);
    last.err = restore(stderr, err_path, err);
    restore(stdout, "/dev/null", out);
    err_set_sink(NULL);
    err_set_program("holdfast");
    CU_ASSERT_EQUAL(last.exit_code, err_exit_code(SQLSTATE_IO_ERROR));
    CU_ASSERT_STRING_EQUAL(last.err, "act: error: could not write to standard output\n");
}

UNIT_SUITE(tool)
{
    UNIT_TEST(results_go_to_standard_output);
    UNIT_TEST(a_raise_becomes_lines_and_the_exit_code);
    UNIT_TEST(bad_options_are_errors);
    UNIT_TEST(verbosity_decides_which_messages_are_shown);
    UNIT_TEST(a_server_speaks_in_its_own_name);
    UNIT_TEST(messages_are_json_when_asked_for);
    UNIT_TEST(the_version_under_postgresqls_name_is_postgresqls);
    UNIT_TEST(help_is_printed);
    UNIT_TEST(verbs_run);
    UNIT_TEST(colours_come_when_asked_for);
    UNIT_TEST(output_that_is_lost_is_an_error);
}

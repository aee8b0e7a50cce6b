/* tool.c - from main() to the exit code; tool.h has the promises. */
#include "common/base/base.h"

#include "common/tool/tool.h"

#include <stdarg.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "common/text/str.h"
#include "common/tool/log.h"
#include "common/tool/progress.h"

static struct {
    bool is_stdout_broken; /* something that was printed did not get through */
    int error_exit;        /* of the verb that runs; 0: by SQLSTATE */
} tool;

const OptionDef tool_log_options[] = {
    {'v', "verbose", OPTION_COUNT, offsetof(ToolLog, verbose),
     .help = "output verbose messages; twice for more"},
    {'q', "quiet", OPTION_FLAG, offsetof(ToolLog, is_quiet),
     .help = "show warnings and errors only"},
    {0, "json", OPTION_FLAG, offsetof(ToolLog, is_json), .help = "output JSON, messages too"},
    {.kind = OPTION_END},
};

static int run_caught(int argc, char **argv, const ToolDef *def);
static int run(int argc, char **argv, const ToolDef *def);
static int run_verb(int argc, char **argv, const ToolDef *def);
static int run_set(const OptionSet *set, int (*run_it)(const Options *), const char *program,
                   int argc, char **argv, const ToolDef *def);
static void print_version(const ToolDef *def);

int tool_main(int argc, char **argv, const ToolDef *def)
{
    MemContext *tool_mem = mem_context_new(NULL, "tool");
    MemContext *before = mem_switch(tool_mem);
    int exit_code;

    err_set_program(path_base(argv[0]));
    log_begin(LOG_TEXT);
    exit_code = run_caught(argc, argv, def);
    progress_hide();
    mem_switch(before);
    mem_delete(tool_mem);
    return exit_code;
}

void tool_set_log(const ToolLog *log)
{
    if (log->is_quiet)
        err_set_log_level(ERR_WARNING);
    else if (log->verbose > 0)
        err_set_log_level(log->verbose == 1 ? ERR_INFO : ERR_DEBUG);
    else
        err_set_log_level(ERR_NOTICE);
    log_begin(log->is_json ? LOG_JSON : LOG_TEXT);
}

int tool_report(const ErrReport *report)
{
    int signal_no = process_interrupt_signal();

    err_log_report(report);
    if (report->sqlstate == SQLSTATE_QUERY_CANCELED && signal_no != 0)
        return 128 + signal_no;
    return err_exit_code(report->sqlstate);
}

void tool_print(const char *format, ...)
{
    va_list args;

    progress_hide();
    va_start(args, format);
    if (vfprintf(stdout, format, args) < 0)
        tool.is_stdout_broken = true;
    va_end(args);
    if (fputc('\n', stdout) == EOF)
        tool.is_stdout_broken = true;
}

void tool_print_text(const char *text)
{
    progress_hide();
    if (fputs(text, stdout) == EOF)
        tool.is_stdout_broken = true;
}

void tool_flush(void)
{
    if (fflush(stdout) == 0 && !tool.is_stdout_broken)
        return;
    tool.is_stdout_broken = false;
    err_raise(SQLSTATE_IO_ERROR, .message = "could not write to standard output");
}

/* The outermost frame of the process. */
static int run_caught(int argc, char **argv, const ToolDef *def)
{
    volatile int exit_code = 1;

    ERR_TRY() {
        exit_code = run(argc, argv, def);
    }
    ERR_CATCH() {
        exit_code = tool_report(err_caught());
        if (tool.error_exit != 0 && exit_code < 128)
            exit_code = tool.error_exit;
    }
    ERR_END();
    return exit_code;
}

static int run(int argc, char **argv, const ToolDef *def)
{
    int exit_code;

    process_fill_standard_files();
    process_catch_signals();
    if (def->verbs != NULL)
        exit_code = run_verb(argc, argv, def);
    else
        exit_code = run_set(def->set, def->run, err_get_program(), argc, argv, def);
    tool_flush();
    return exit_code;
}

/* The verb is the first word, unless that asks for help or the version. */
static int run_verb(int argc, char **argv, const ToolDef *def)
{
    static const OptionDef no_options[] = {{.kind = OPTION_END}};
    static const OptionGroup no_groups[] = {{NULL, no_options, 0}, {.defs = NULL}};
    static const OptionSet no_verb = {.groups = no_groups, .operand_max = 1};
    const char *program = err_get_program();
    bool has_verb = argc >= 2 && argv[1][0] != '-';
    Options *o;
    const OptionVerb *verb;

    if (has_verb) {
        verb = option_find_verb(def->verbs, argv[1]);
        if (verb != NULL) {
            tool.error_exit = verb->error_exit;
            return run_set(verb->set, verb->run, mem_printf("%s %s", program, argv[1]), argc - 1,
                           argv + 1, def);
        }
    }
    o = option_parse(&no_verb, program, argc, argv);
    if (o->wants_version) {
        print_version(def);
    } else if (o->wants_help) {
        StrBuf help;

        strbuf_init(&help);
        option_help_verbs(def->verbs, program, def->summary, def->notes, &help);
        tool_print_text(help.text);
    } else if (has_verb) {
        option_raise_usage(o, "unrecognized verb \"%s\"", argv[1]);
    } else {
        option_raise_usage(o, "no verb specified");
    }
    return 0;
}

static int run_set(const OptionSet *set, int (*run_it)(const Options *), const char *program,
                   int argc, char **argv, const ToolDef *def)
{
    Options *o = option_parse(set, program, argc, argv);

    if (o->wants_version) {
        print_version(def);
        return 0;
    }
    if (o->wants_help) {
        StrBuf help;

        strbuf_init(&help);
        option_help(set, program, &help);
        tool_print_text(help.text);
        return 0;
    }
    if (def->log != TOOL_NO_LOG)
        tool_set_log((const ToolLog *)((const char *)o->values + def->log));
    return run_it(o);
}

/* Under PostgreSQL's name to the letter what PostgreSQL prints, since programs compare it. */
static void print_version(const ToolDef *def)
{
    const char *program = err_get_program();

    if (def->pg_name != NULL && str_equal(program, def->pg_name))
        tool_print("%s (PostgreSQL) %s", program, SERVER_VERSION);
    else if (def->pg_name != NULL)
        tool_print("%s (Holdfast) %s, compatible with %s (PostgreSQL) %s", program, PACKAGE_VERSION,
                   def->pg_name, SERVER_VERSION);
    else
        tool_print("%s (Holdfast) %s", program, PACKAGE_VERSION);
}

/*
 * command_line.c - the options of postgres 15, as pg_ctl, scripts and other tests give them
 */
#include "common/base/base.h"

#include <unistd.h>

#include "common/err/err.h"
#include "common/os/process.h"
#include "common/text/str.h"
#include "server/config/guc.h"
#include "server/main/main_int.h"

static void set(const char *name, const char *value);
static void set_pair(const char *pair, const char *option);
_Noreturn static void misuse(const char *program);

void command_line_read(int argc, char **argv, CommandLine *out)
{
    const char *program = err_get_program();
    int c, first = 1;

    *out = (CommandLine){.data_dir = process_env("PGDATA"), .argc = argc, .argv = argv};
    if (argc > 1 && (str_equal(argv[1], "--help") || str_equal(argv[1], "-?")))
        out->mode = MODE_HELP;
    else if (argc > 1 && (str_equal(argv[1], "--version") || str_equal(argv[1], "-V")))
        out->mode = MODE_VERSION;
    else if (argc > 1 && str_equal(argv[1], "--describe-config"))
        out->mode = MODE_DESCRIBE;
    else if (argc > 1 && str_equal(argv[1], "--single"))
        out->mode = MODE_SINGLE;
    else if (argc > 1 && str_equal(argv[1], "--boot"))
        out->mode = MODE_BOOTSTRAP;
    else if (argc > 1 && str_equal(argv[1], "--check"))
        out->mode = MODE_CHECK;
    if (out->mode == MODE_HELP || out->mode == MODE_VERSION || out->mode == MODE_DESCRIBE)
        return;
    if (out->mode != MODE_SUPERVISOR)
        first = 2;

    array_init(&out->wishes, sizeof(char *));
    optind = first;
    opterr = 0;
    while ((c = getopt(argc, argv, "B:bC:c:D:d:EeFf:h:ijk:lN:nOPp:r:S:sTt:W:X:-:")) != -1) {
        const GucSwitch *row = guc_find_switch((char)c);

        if (row != NULL)
            set(row->name, row->value != NULL ? row->value : optarg);
        else if (c == 'D')
            out->data_dir = optarg;
        else if (c == 'X' && out->mode == MODE_BOOTSTRAP)
            *(char **)array_push(&out->wishes) = optarg;
        else if (c == 'c' || c == '-')
            set_pair(optarg, c == 'c' ? "-c" : "--");
        else if (c == 'C') {
            out->mode = MODE_SHOW_SETTING;
            out->shown = optarg;
        } else if (c == '?') {
            misuse(program);
        } else if (c == 'E' || c == 'j' || c == 'n' || c == 'T' || c == 'r') {
            /* Of no effect here, as most are in PostgreSQL. */
        } else {
            err_fatal(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = err_fmt("option -%c is not available yet", c));
        }
    }
    if (optind < argc && out->mode == MODE_SINGLE)
        out->database = argv[optind++];
    if (optind < argc) {
        err_log(ERR_ERROR, .message = err_fmt("invalid argument: \"%s\"", argv[optind]));
        misuse(program);
    }
}

static void set(const char *name, const char *value)
{
    guc_set(&(GucChange){.name = name,
                         .value = value,
                         .as = GUC_POSTMASTER,
                         .source = GUC_FROM_COMMAND_LINE,
                         .action = GUC_SET,
                         .level = ERR_ERROR});
}

static void set_pair(const char *pair, const char *option)
{
    char *name, *value;

    guc_split_option(pair, &name, &value);
    if (value == NULL)
        err_fatal(SQLSTATE_SYNTAX_ERROR, .message = option[1] == '-'
                                                        ? err_fmt("--%s requires a value", pair)
                                                        : err_fmt("-c %s requires a value", pair));
    set(name, value);
}

static void misuse(const char *program)
{
    err_fatal(SQLSTATE_SYNTAX_ERROR, .message = "the command line was not understood",
              .hint = err_fmt("Try \"%s --help\" for more information.", program));
}

void command_line_help(const char *program)
{
    printf("%s is the server of Holdfast, which speaks PostgreSQL 15.\n\n"
           "Usage:\n  %s [OPTION]...\n\n"
           "Options:\n"
           "  -B NBUFFERS        number of shared buffers\n"
           "  -c NAME=VALUE      set a setting\n"
           "  -C NAME            print a setting, then exit\n"
           "  -D DATADIR         data directory (else PGDATA)\n"
           "  -F                 turn fsync off\n"
           "  -h HOSTNAME        addresses to listen on\n"
           "  -i                 listen on all addresses\n"
           "  -k DIRECTORY       folders of Unix sockets\n"
           "  -l                 turn TLS on\n"
           "  -N MAX-CONNECT     most connections\n"
           "  -p PORT            port to listen on\n"
           "  -S WORK-MEM        memory for sorts, in kB\n"
           "  -V, --version      print the version, then exit\n"
           "  --NAME=VALUE       set a setting\n"
           "  --describe-config  print all settings, then exit\n"
           "  -?, --help         print this, then exit\n",
           program, program);
}

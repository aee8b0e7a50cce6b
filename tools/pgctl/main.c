/*
 * main.c - pgctl: start, stop, restart, reload, promote and watch a server
 *
 * It knows a server by the files in its data directory alone: postmaster.pid, whose last line tells
 * what it is doing, postmaster.opts, pg_control. So it works on pgserver and on PostgreSQL alike.
 * Commands, options, texts and exit codes are those of pg_ctl 15.
 */
#include "common/base/base.h"

#include <signal.h>
#include <strings.h>

#include "common/err/err.h"
#include "common/format/control_file.h"
#include "common/format/postmaster_pid.h"
#include "common/mem/mem.h"
#include "common/option/option.h"
#include "common/os/child.h"
#include "common/os/clock.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "common/text/num.h"
#include "common/text/str.h"
#include "common/tool/tool.h"
#include "tools/pgctl/pgctl.h"

#define POLL_MS          100
#define POLLS_A_SECOND   (1000 / POLL_MS)
#define START_SLACK      2 /* seconds that the clock of the pid file may be behind ours */
#define OPTS_MAX         KIB(64)
#define OPTS_FILE        "postmaster.opts"

#define EXIT_NOT_RUNNING 3
#define EXIT_NO_DATA_DIR 4

typedef struct CtlOptions {
    const char *data_dir, *log_file, *server_options, *server_path;
    int mode; /* signal */
    int64_t timeout_s;
    bool is_silent, waits, no_wait, wants_core;
} CtlOptions;

static const OptionChoice modes[] = {{"s", SIGTERM},   {"smart", SIGTERM}, {"f", SIGINT},
                                     {"fast", SIGINT}, {"i", SIGQUIT},     {"immediate", SIGQUIT},
                                     {NULL, 0}};

#define FIELD(name) offsetof(CtlOptions, name)
static const OptionDef options[] = {
    {'D', "pgdata", OPTION_STRING, FIELD(data_dir), .arg = "DATADIR", .env = "PGDATA",
     .help = "the data directory"},
    {'s', "silent", OPTION_FLAG, FIELD(is_silent), .help = "only print errors"},
    {'t', "timeout", OPTION_INT, FIELD(timeout_s), .arg = "SECS", .min = 0, .max = INT32_MAX,
     .initial = "60", .env = "PGCTLTIMEOUT", .help = "seconds to wait"},
    {'w', "wait", OPTION_FLAG, FIELD(waits), .help = "wait until it is done (default)"},
    {'W', "no-wait", OPTION_FLAG, FIELD(no_wait), .help = "do not wait until it is done"},
    {'c', "core-files", OPTION_FLAG, FIELD(wants_core), .help = "allow the server to dump core"},
    {'l', "log", OPTION_STRING, FIELD(log_file), .arg = "FILENAME",
     .help = "append the server's log to FILENAME"},
    {'o', "options", OPTION_STRING, FIELD(server_options), .arg = "OPTIONS",
     .help = "options for the server (start, restart) or\npginit (init)"},
    {'p', NULL, OPTION_STRING, FIELD(server_path), .arg = "PATH", .help = "the server's program"},
    {'m', "mode", OPTION_ENUM, FIELD(mode), .arg = "MODE", .choices = modes, .initial = "fast",
     .what = "shutdown mode", .help = "smart, fast or immediate (stop, restart)"},
    {.kind = OPTION_END},
};
#undef FIELD

static const OptionGroup groups[] = {{NULL, options, 0}, {.defs = NULL}};
static const OptionSet set = {
    .size = sizeof(CtlOptions),
    .groups = groups,
    .usage = "init|start|stop|restart|reload|status|promote|logrotate|kill [OPTION]...",
    .summary = "starts, stops and controls a PostgreSQL server.",
    .notes = "kill SIGNALNAME PID sends a signal; allowed are ABRT HUP INT KILL QUIT TERM USR1\n"
             "USR2. Exit codes of status: 0 a server runs, 3 none does, 4 no data directory.",
    .operand_max = 3,
};

typedef struct Ctl {
    const CtlOptions *o;
    const Options *options;
} Ctl;

typedef struct Command {
    const char *name;
    int (*run)(const Ctl *c);
    bool needs_dir;
} Command;

static int run(const Options *o);
static int do_init(const Ctl *c);
static int do_start(const Ctl *c);
static int do_stop(const Ctl *c);
static int do_restart(const Ctl *c);
static int do_reload(const Ctl *c);
static int do_status(const Ctl *c);
static int do_promote(const Ctl *c);
static int do_logrotate(const Ctl *c);
static int do_kill(const Ctl *c);
static int start_server(const Ctl *c, const char *server_options, const char *program);
_Noreturn static void misuse(const char *what);

static const Command commands[] = {
    {"init", do_init, false},    {"initdb", do_init, false},    {"start", do_start, true},
    {"stop", do_stop, true},     {"restart", do_restart, true}, {"reload", do_reload, true},
    {"status", do_status, true}, {"promote", do_promote, true}, {"logrotate", do_logrotate, true},
    {"kill", do_kill, false},
};

int main(int argc, char **argv)
{
    static const ToolDef def = {.pg_name = "pg_ctl", .set = &set, .run = run, .log = TOOL_NO_LOG};

    return tool_main(argc, argv, &def);
}

static int run(const Options *o)
{
    Ctl c = {.o = o->values, .options = o};

    if (process_is_root())
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE, .message = "cannot be run as root",
                  .hint =
                      "Please log in (using, e.g., \"su\") as the (unprivileged) user that will "
                      "own the server process.");
    if (o->operand_count == 0)
        misuse("no operation specified");
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        if (!str_equal(commands[i].name, o->operands[0]))
            continue;
        if (commands[i].needs_dir && c.o->data_dir == NULL)
            misuse("no database directory specified and environment variable PGDATA unset");
        return commands[i].run(&c);
    }
    misuse(mem_printf("unrecognized operation mode \"%s\"", o->operands[0]));
}

/* In the form that pg_ctl has it. */
static void misuse(const char *what)
{
    pgctl_end(1,
              mem_printf("%s\nTry \"%s --help\" for more information.", what, err_get_program()));
}

/* ---- What is known of the server ---- */

static void say(const Ctl *c, const char *text)
{
    if (c->o->is_silent)
        return;
    tool_print_text(text);
    tool_flush();
}

static bool waits(const Ctl *c)
{
    return !c->o->no_wait;
}

/* False when there is no pid file. Ends the program where the folder is no cluster. */
static bool find_server(const Ctl *c, PostmasterPid *out)
{
    OsStat stat;

    if (!os_try_stat(c->o->data_dir, &stat))
        pgctl_end(EXIT_NO_DATA_DIR, mem_printf("directory \"%s\" does not exist", c->o->data_dir));
    if (!os_exists(path_join(c->o->data_dir, "PG_VERSION")))
        pgctl_end(
            EXIT_NO_DATA_DIR,
            mem_printf("directory \"%s\" is not a database cluster directory", c->o->data_dir));
    return postmaster_pid_try_read(c->o->data_dir, out);
}

static char *pid_file(const Ctl *c)
{
    return path_join(c->o->data_dir, POSTMASTER_PID_FILE_NAME);
}

static void require_server(const Ctl *c, const char *cannot, PostmasterPid *out)
{
    if (!find_server(c, out))
        pgctl_end(1, mem_printf("PID file \"%s\" does not exist\nIs server running?", pid_file(c)));
    if (out->is_single_user)
        pgctl_end(1, mem_printf("cannot %s server; single-user server is running (PID: %d)", cannot,
                                out->pid));
}

static void send(int pid, int signal_no, const char *what)
{
    if (!os_signal_send(pid, signal_no))
        pgctl_end(1,
                  mem_printf("could not send %s (PID: %d): %s", what, pid,
                             process_exists(pid) ? "Operation not permitted" : "No such process"));
}

/* ---- init ---- */

static int do_init(const Ctl *c)
{
    char *program = path_join(process_executable_dir(), "pginit");
    char *command =
        mem_printf("%s%s%s %s%s", str_shell_word(program), c->o->data_dir == NULL ? "" : " -D ",
                   c->o->data_dir == NULL ? "" : str_shell_word(c->o->data_dir),
                   c->o->server_options == NULL ? "" : c->o->server_options,
                   c->o->is_silent ? " >/dev/null" : "");
    const char *argv[] = {"/bin/sh", "-c", command, NULL};

    if (process_run(argv, NULL, NULL, NULL).exit_code != 0)
        pgctl_end(1, "database system initialization failed");
    return 0;
}

/* ---- start ---- */

/* "ready", "standby": 1; the server is gone: -1; neither yet: 0. */
static int has_started(const Ctl *c, int pid, int64_t started_at)
{
    PostmasterPid now;

    if (postmaster_pid_try_read(c->o->data_dir, &now) && now.pid == pid &&
        now.start_time >= started_at - START_SLACK && now.state != NULL &&
        (str_equal(now.state, "ready") || str_equal(now.state, "standby")))
        return 1;
    return pgctl_child_is_alive(pid) ? 0 : -1;
}

static int start_server(const Ctl *c, const char *server_options, const char *program)
{
    const CtlOptions *o = c->o;
    int64_t started_at = clock_unix_seconds();
    char *command;
    int pid;

    command =
        mem_printf("exec %s -D %s %s < /dev/null %s%s 2>&1", str_shell_word(program),
                   str_shell_word(o->data_dir), server_options, o->log_file == NULL ? "" : ">> ",
                   o->log_file == NULL ? "" : str_shell_word(o->log_file));
    pid = pgctl_spawn(command, o->wants_core);
    if (!waits(c)) {
        say(c, "server starting\n");
        return 0;
    }
    say(c, "waiting for server to start...");
    for (int64_t i = 0; i < o->timeout_s * POLLS_A_SECOND; i++) {
        switch (has_started(c, pid, started_at)) {
        case 1:
            say(c, " done\nserver started\n");
            return 0;
        case -1:
            say(c, " stopped waiting\n");
            pgctl_end(1, "could not start server\nExamine the log output.");
        default:
            break;
        }
        if (i % POLLS_A_SECOND == 0)
            say(c, ".");
        clock_sleep_ms(POLL_MS);
    }
    say(c, " stopped waiting\n");
    pgctl_end(1, "server did not start in time");
}

static const char *server_program(const Ctl *c)
{
    return c->o->server_path != NULL ? c->o->server_path
                                     : path_join(process_executable_dir(), "pgserver");
}

static int do_start(const Ctl *c)
{
    PostmasterPid other;

    if (find_server(c, &other))
        say(c, mem_printf("%s: another server might be running; trying to start server anyway\n",
                          err_get_program()));
    return start_server(c, c->o->server_options == NULL ? "" : c->o->server_options,
                        server_program(c));
}

/* ---- stop ---- */

static bool wait_until_gone(const Ctl *c, int pid)
{
    PostmasterPid now;

    for (int64_t i = 0; i < c->o->timeout_s * POLLS_A_SECOND; i++) {
        if (!postmaster_pid_try_read(c->o->data_dir, &now) || now.pid != pid)
            return true;
        if (!process_exists(pid))
            return true; /* killed: its pid file stays */
        if (i % POLLS_A_SECOND == 0)
            say(c, ".");
        clock_sleep_ms(POLL_MS);
    }
    return false;
}

static void stop_server(const Ctl *c, const PostmasterPid *server)
{
    send(server->pid, c->o->mode, "stop signal");
    if (!waits(c)) {
        say(c, "server shutting down\n");
        return;
    }
    say(c, "waiting for server to shut down...");
    if (!wait_until_gone(c, server->pid)) {
        say(c, " failed\n");
        pgctl_end(1, c->o->mode == SIGTERM
                         ? "server does not shut down\nThe \"-m fast\" option immediately "
                           "disconnects sessions rather than\nwaiting for session-initiated "
                           "disconnection."
                         : "server does not shut down");
    }
    say(c, " done\nserver stopped\n");
}

static int do_stop(const Ctl *c)
{
    PostmasterPid server;

    require_server(c, "stop", &server);
    stop_server(c, &server);
    return 0;
}

/* ---- restart ---- */

/* What it was started with: postmaster.opts without the program and its -D. */
static const char *saved_options(const Ctl *c, const char **program)
{
    char *text = os_file_try_read_all(path_join(c->o->data_dir, OPTS_FILE), OPTS_MAX, NULL);
    char *words, *dir;

    if (text == NULL)
        return "";
    text[strcspn(text, "\n")] = '\0';
    words = strstr(text, " \"");
    if (words == NULL)
        return "";
    if (c->o->server_path == NULL)
        *program = mem_strndup(text, (size_t)(words - text));
    dir = strstr(words, " \"-D\" \"");
    if (dir == NULL)
        return words;
    return mem_printf("%.*s%s", (int)(dir - words), words,
                      strchr(dir + strlen(" \"-D\" \""), '"') + 1);
}

static int do_restart(const Ctl *c)
{
    const char *program = server_program(c);
    const char *old_options;
    PostmasterPid server;

    if (!find_server(c, &server) || !process_exists(server.pid)) {
        say(c, mem_printf("%s: PID file \"%s\" does not exist\nIs server running?\ntrying to start "
                          "server anyway\n",
                          err_get_program(), pid_file(c)));
        return do_start(c);
    }
    old_options = saved_options(c, &program);
    stop_server(c, &server);
    return start_server(c, c->o->server_options == NULL ? old_options : c->o->server_options,
                        program);
}

/* ---- The rest ---- */

static int do_reload(const Ctl *c)
{
    PostmasterPid server;

    require_server(c, "reload", &server);
    send(server.pid, SIGHUP, "reload signal");
    say(c, "server signaled\n");
    return 0;
}

static int do_status(const Ctl *c)
{
    PostmasterPid server;
    char *text;

    if (!find_server(c, &server) || !process_exists(server.pid)) {
        tool_print("%s: no server running", err_get_program());
        return EXIT_NOT_RUNNING;
    }
    if (server.is_single_user) {
        tool_print("%s: single-user server is running (PID: %d)", err_get_program(), server.pid);
        return 0;
    }
    tool_print("%s: server is running (PID: %d)", err_get_program(), server.pid);
    text = os_file_try_read_all(path_join(c->o->data_dir, OPTS_FILE), OPTS_MAX, NULL);
    if (text != NULL)
        tool_print_text(text);
    return 0;
}

static ControlState state_of(const Ctl *c)
{
    ControlFile control;

    control_file_read(c->o->data_dir, &control);
    return (ControlState)control.state;
}

static int do_promote(const Ctl *c)
{
    PostmasterPid server;

    require_server(c, "promote", &server);
    if (state_of(c) != CONTROL_IN_ARCHIVE_RECOVERY)
        pgctl_end(1, "cannot promote server; server is not in standby mode");
    os_write_durable(path_join(c->o->data_dir, "promote"), "", 0);
    send(server.pid, SIGUSR1, "promote signal");
    if (!waits(c)) {
        say(c, "server promoting\n");
        return 0;
    }
    say(c, "waiting for server to promote...");
    for (int64_t i = 0; i < c->o->timeout_s * POLLS_A_SECOND; i++) {
        if (state_of(c) == CONTROL_IN_PRODUCTION) {
            say(c, " done\nserver promoted\n");
            return 0;
        }
        if (i % POLLS_A_SECOND == 0)
            say(c, ".");
        clock_sleep_ms(POLL_MS);
    }
    say(c, " stopped waiting\n");
    pgctl_end(1, "server did not promote in time");
}

static int do_logrotate(const Ctl *c)
{
    PostmasterPid server;

    require_server(c, "rotate log file of", &server);
    os_write_durable(path_join(c->o->data_dir, "logrotate"), "", 0);
    send(server.pid, SIGUSR1, "log rotation signal");
    say(c, "server signaled to rotate log file\n");
    return 0;
}

static int do_kill(const Ctl *c)
{
    static const struct {
        const char *name;
        int signal_no;
    } signals[] = {
        {"ABRT", SIGABRT}, {"HUP", SIGHUP},   {"INT", SIGINT},   {"KILL", SIGKILL},
        {"QUIT", SIGQUIT}, {"TERM", SIGTERM}, {"USR1", SIGUSR1}, {"USR2", SIGUSR2},
    };
    uint32_t pid;

    if (c->options->operand_count < 3)
        misuse("missing arguments for kill mode");
    if (!num_try_parse_u32(c->options->operands[2], &pid) || pid == 0 || pid > INT32_MAX)
        misuse(mem_printf("invalid process ID \"%s\"", c->options->operands[2]));
    for (size_t i = 0; i < ARRAY_LEN(signals); i++)
        if (str_equal(signals[i].name, c->options->operands[1])) {
            send((int)pid, signals[i].signal_no, mem_printf("signal %d", signals[i].signal_no));
            return 0;
        }
    misuse(mem_printf("unrecognized signal name \"%s\"", c->options->operands[1]));
}

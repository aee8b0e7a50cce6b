/*
 * main.c - pgserver: what to do is on the command line
 *
 * As a supervisor: settings, data directory, lock, shared memory, children. It never runs as root:
 * whoever breaks into a server process would own the machine.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/os/file.h"
#include "common/os/path.h"
#include "common/os/process.h"
#include "common/os/process_title.h"
#include "common/text/str.h"
#include "common/text/strbuf.h"
#include "server/config/guc.h"
#include "server/config/setting.h"
#include "server/fmgr/varlena.h"
#include "server/ipc/server_log.h"
#include "server/main/boot.h"
#include "server/main/main_int.h"
#include "server/postmaster/child.h"
#include "server/postmaster/interlock.h"
#include "server/recovery/checkpoint/control.h"
#include "server/recovery/target.h"

#define GROUP_OR_OTHERS_WRITE 0027
#define GROUP_READ            0040
#define EXIT_NO_DATA_DIR      2

static void refuse_root(void);
static void require_data_dir(const char *dir);
static void take_group_access(const char *dir);
static void enter_data_dir(const char *dir);
static void enter_new_dir(const char *dir);
static void write_options_file(int argc, char **argv);
static int run(int argc, char **argv);

int main(int argc, char **argv)
{
    char **const own_argv = process_title_init(argc, argv);
    volatile int code = 1;

    process_fill_standard_files();
    err_set_program(path_base(own_argv[0]));
    server_log_init();
    strbuf_set_max(VARLENA_SIZE_MAX);
    ERR_TRY() {
        code = run(argc, own_argv);
    }
    ERR_CATCH() {
        ErrReport report = *err_caught();

        /* Nothing can go on from here. */
        report.level = ERR_FATAL;
        err_log_report(&report);
        interlock_release();
    }
    ERR_END();
    return code;
}

static int run(int argc, char **argv)
{
    CommandLine line;

    tables_install();
    guc_init();
    command_line_read(argc, argv, &line);
    switch (line.mode) {
    case MODE_HELP:
        command_line_help(err_get_program());
        return 0;
    case MODE_VERSION:
        printf("%s (PostgreSQL) %s\n",
               str_equal(err_get_program(), "postgres") ? "postgres" : "pgserver", SERVER_VERSION);
        return 0;
    default:
        break;
    }
    refuse_root();
    switch (line.mode) {
    case MODE_SUPERVISOR:
        require_data_dir(line.data_dir);
        guc_find_files(line.data_dir);
        enter_data_dir(setting.data_directory);
        target_check_all();
        control_load();
        settings_require_agreement();
        interlock_take(false);
        write_options_file(argc, argv);
        child_catch_ends();
        return supervisor_run(tables_plan());
    case MODE_BOOTSTRAP:
        enter_new_dir(line.data_dir);
        child_catch_ends();
        boot_run(line.wishes.items, line.wishes.count);
        return 0;
    case MODE_SHOW_SETTING: {
        const char *value;

        require_data_dir(line.data_dir);
        guc_find_files(line.data_dir);
        enter_data_dir(setting.data_directory);
        control_load();
        value = guc_show(line.shown);
        if (value == NULL)
            err_raise(SQLSTATE_UNDEFINED_OBJECT,
                      .message =
                          err_fmt("unrecognized configuration parameter \"%s\"", line.shown));
        printf("%s\n", value);
        return 0;
    }
    default:
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "this way of starting the server is not available yet");
    }
}

static void refuse_root(void)
{
    if (process_is_root())
        err_raise(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                  .message = "\"root\" execution of the PostgreSQL server is not permitted.",
                  .hint = "The server must be started under an unprivileged user ID to prevent "
                          "possible system security compromise.");
}

/* Exit code 2 tells scripts apart what is missing from what does not work. */
static void require_data_dir(const char *dir)
{
    OsStat stat;

    if (dir == NULL || os_try_stat(dir, &stat))
        return;
    err_log(ERR_FATAL,
            .message = err_fmt("could not access directory \"%s\": No such file or directory", dir),
            .hint = "Run pginit to make a data directory.");
    child_exit(EXIT_NO_DATA_DIR);
}

/* Files are for the group to read when the folder is. */
static void take_group_access(const char *dir)
{
    OsStat stat;

    os_stat(dir, &stat);
    os_set_group_access((stat.mode & GROUP_READ) != 0);
}

/* It becomes the working folder: all paths are below it. */
static void enter_data_dir(const char *dir)
{
    OsStat stat;

    os_stat(dir, &stat);
    if (stat.kind != OS_KIND_DIR)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("specified data directory \"%s\" is not a directory", dir));
    if (stat.uid != process_user_id())
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("data directory \"%s\" has wrong ownership", dir),
                  .hint = "The server must be started by the user that owns the data directory.");
    if ((stat.mode & GROUP_OR_OTHERS_WRITE) != 0)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = err_fmt("data directory \"%s\" has invalid permissions", dir),
                  .detail = "Permissions should be u=rwx (0700) or u=rwx,g=rx (0750).");
    take_group_access(dir);
    control_check_version(dir);
    os_dir_enter(dir);
}

/* One that pginit has made, and in which nothing is yet but its configuration files. */
static void enter_new_dir(const char *dir)
{
    if (dir == NULL)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE, .message = "no data directory specified");
    if (os_exists(path_join(dir, "PG_VERSION")))
        err_raise(SQLSTATE_DUPLICATE_FILE,
                  .message = err_fmt("there is a cluster in \"%s\" already", dir));
    take_group_access(dir);
    os_dir_enter(dir);
}

/* How we were started, for pgctl restart. */
static void write_options_file(int argc, char **argv)
{
    StrBuf text;
    OsFile *file;

    strbuf_init(&text);
    strbuf_add(&text, path_join(process_executable_dir(), path_base(argv[0])));
    for (int i = 1; i < argc; i++)
        strbuf_add_fmt(&text, " \"%s\"", argv[i]);
    strbuf_add_char(&text, '\n');
    file = os_file_open("postmaster.opts", OS_WRITE | OS_CREATE | OS_TRUNCATE);
    os_file_write(file, text.text, text.len);
    os_file_close(file);
}

/* restore.c - run restore_command and its like; restore.h says what for. */
#include "common/base/base.h"

#include "server/recovery/source/restore.h"

#include <string.h>

#include "common/err/err.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/child.h"
#include "common/os/file.h"
#include "common/text/num.h"
#include "common/text/strbuf.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/proc.h"
#include "server/ipc/supervisor.h"
#include "server/recovery/checkpoint/control.h"
#include "server/recovery/progress.h"
#include "server/wal/archive_command.h"
#include "server/wal/archive_status.h"
#include "server/wal/wal.h"

#define EXIT_OF_SHELL 125 /* beyond: the command was not found, or not run */
#define FOLDER        "pg_wal/"

static struct {
    RestoreConfig config;
    bool is_restart_known;
    bool must_leave; /* SIGTERM came while a command ran */
} restore;

static char *restart_name(void);
static OsChildEnd run(const char *command, WaitEvent wait_event);
static bool goes_on(void);
static bool is_signal(const OsChildEnd *end);
static bool is_size_right(const char *name, const char *path, uint64_t size);

void restore_configure(const RestoreConfig *config)
{
    restore.config = *config;
}

void restore_know_restart(void)
{
    restore.is_restart_known = true;
}

void recovery_leave(int code)
{
    if (proc_is_attached())
        proc_detach();
    os_exit_now(code);
}

bool restore_try_file(const char *name, const char *temp_name, uint64_t size)
{
    char *path = mem_printf(FOLDER "%s", temp_name);
    char *command;
    OsChildEnd end;

    if (!restore.config.is_wanted || *setting.restore_command == '\0')
        return false;
    /* What an earlier run left must not be taken for what comes now. */
    os_try_unlink(path);
    command =
        archive_command_fill(setting.restore_command,
                             &(ArchiveWords){.path = path, .name = name, .restart = restart_name});
    err_log(ERR_DEBUG, .message = err_fmt("executing restore command \"%s\"", command));
    end = run(command, WAIT_EVENT_RESTORE_COMMAND);
    if (end.is_exit && end.exit_code == 0) {
        OsStat stat;

        if (os_try_stat(path, &stat)) {
            if (size != 0 && !is_size_right(name, path, size))
                return false;
            err_log(ERR_LOG, .message = err_fmt("restored log file \"%s\" from archive", name));
            return true;
        }
        err_log(ERR_LOG,
                .message = err_fmt("could not stat file \"%s\": No such file or directory", path),
                .detail = "restore_command returned a zero exit status, but stat() failed.");
        return false;
    }
    if (restore.must_leave)
        recovery_leave(1);
    if (is_signal(&end))
        err_fatal(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("could not restore file \"%s\" from archive: %s", name,
                                     os_child_end_text(&end)));
    err_log(ERR_DEBUG, .message = err_fmt("could not restore file \"%s\" from archive: %s", name,
                                          os_child_end_text(&end)));
    return false;
}

/* One that is being copied into the archive is too short; a standby will ask for it again. */
static bool is_size_right(const char *name, const char *path, uint64_t size)
{
    OsStat stat;
    bool may_grow;

    os_stat(path, &stat);
    if (stat.size == size)
        return true;
    may_grow = restore.config.is_standby && stat.size < size;
    if (!may_grow)
        err_fatal(SQLSTATE_INTERNAL_ERROR,
                  .message =
                      err_fmt("archive file \"%s\" has wrong size: %" PRIu64 " instead of %" PRIu64,
                              name, stat.size, size));
    err_log(ERR_DEBUG, .message = err_fmt("archive file \"%s\" has wrong size: %" PRIu64
                                          " instead of %" PRIu64,
                                          name, stat.size, size));
    return false;
}

void restore_keep_file(const char *temp_name, const char *name)
{
    char *from = mem_printf(FOLDER "%s", temp_name);
    char *to = mem_printf(FOLDER "%s", name);

    os_rename_durable(from, to);
    recovery_note_replaced_file();
    /* It came from the archive; only who archives always, into another one, has to do so again. */
    if (archive_is_always_on())
        archive_status_set_ready(name);
    else
        archive_status_set_done(name);
}

void restore_run_command(const char *command, const char *setting_name, bool fails_on_signal,
                         unsigned wait_event)
{
    char *text = archive_command_fill(command, &(ArchiveWords){.restart = restart_name});
    OsChildEnd end = run(text, (WaitEvent)wait_event);
    bool is_fatal = fails_on_signal && is_signal(&end);

    if (end.is_exit && end.exit_code == 0)
        return;
    if (restore.must_leave)
        recovery_leave(1);
    err_log(is_fatal ? ERR_FATAL : ERR_WARNING,
            .message = err_fmt("%s \"%s\": %s", setting_name, command, os_child_end_text(&end)));
    if (is_fatal)
        recovery_leave(1);
}

/* Before it is known nothing may be removed: a name that sorts before all others. */
static char *restart_name(void)
{
    ControlFile file;

    if (!restore.is_restart_known)
        return mem_strdup("000000000000000000000000");
    control_get(&file);
    return wal_seg_name_at(file.checkpoint.tli, file.checkpoint.redo, wal_identity()->segment_size);
}

static OsChildEnd run(const char *command, WaitEvent wait_event)
{
    OsChildEnd end;

    restore.must_leave = false;
    wait_event_begin(wait_event);
    end = os_shell_run(command, goes_on);
    wait_event_end();
    return end;
}

/* A stop does not wait for the archive. */
static bool goes_on(void)
{
    if (interrupt_take(INTERRUPT_DIE)) {
        restore.must_leave = true;
        interrupt_set(INTERRUPT_DIE);
    }
    return !restore.must_leave && supervisor_is_alive();
}

/* Was it a signal, also one that a shell tells of, or could the command not be run? */
static bool is_signal(const OsChildEnd *end)
{
    if (!end->is_exit)
        return true;
    return end->exit_code > EXIT_OF_SHELL;
}

/*
 * archiver.c - gives finished files of the log to archive_command, one after the other
 *
 * Which files wait is told by pg_wal/archive_status. A file counts as archived when the command has
 * ended with 0, and is then named .done. A command that fails is tried again, a few times at once,
 * then after a while; one that a signal ended, or that no shell could run, ends the archiver: the
 * supervisor starts another one after a pause.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/err/err.h"
#include "common/format/wal_seg_name.h"
#include "common/mem/mem.h"
#include "common/os/child.h"
#include "common/os/clock.h"
#include "common/os/file.h"
#include "common/text/strbuf.h"
#include "server/config/guc.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/proc.h"
#include "server/ipc/supervisor.h"
#include "server/ipc/title.h"
#include "server/postmaster/aux.h"
#include "server/postmaster/child.h"
#include "server/stats/activity.h"
#include "server/stats/stats.h"
#include "server/wal/archive_command.h"
#include "server/wal/archive_status.h"

#define LOOK_EVERY_MS 60000 /* though nobody has woken us */
#define TRIES         3
#define RETRY_MS      1000
#define LEAVE_AFTER_S 60  /* of SIGTERM alone, without the last call to finish */
#define EXIT_OF_SHELL 125 /* beyond: the command was not found, or not run */
#define FOLDER        "pg_wal"

static struct {
    bool is_last_round; /* the supervisor wants what is left done, and us to leave */
    PgTime told_at;     /* SIGTERM came; 0: it did not */
} archiver;

static bool round_once(void);
static void take_signals(void);
static bool must_leave(void);
static void archive_all(void);
static bool archive(const char *name);
static bool try_file(const char *name);
static bool drop_orphan(const char *name);
static void judge(const OsChildEnd *end, const char *command, const char *name);
static bool goes_on(void);

void archiver_main(void *arg UNUSED)
{
    proc_attach(PROC_ARCHIVER);
    activity_begin();
    aux_loop(round_once);
}

static bool round_once(void)
{
    latch_reset(&proc_self()->latch);
    take_signals();
    if (must_leave())
        return false;
    archive_all();
    if (archiver.is_last_round)
        return false;
    latch_wait(LATCH_SET | LATCH_TIMEOUT, LOOK_EVERY_MS, WAIT_EVENT_ARCHIVER_MAIN);
    return true;
}

static void take_signals(void)
{
    if (interrupt_take(INTERRUPT_RELOAD))
        guc_load_files(GUC_LOAD_RELOAD_IN_CHILD);
    if (interrupt_take_usr2())
        archiver.is_last_round = true;
    if (interrupt_take(INTERRUPT_DIE) && archiver.told_at == 0)
        archiver.told_at = clock_now();
}

/* SIGTERM comes before the last checkpoint is made; what that finishes is to be archived, too. */
static bool must_leave(void)
{
    return archiver.told_at != 0 && !archiver.is_last_round &&
           clock_now() - archiver.told_at >= (int64_t)LEAVE_AFTER_S * 1000000;
}

static void archive_all(void)
{
    char name[WAL_FILE_NAME_MAX + 1];

    while (archive_status_next(name, sizeof name))
        if (!archive(name))
            return;
}

/* False: not now. */
static bool archive(const char *name)
{
    for (int tries = 1;; tries++) {
        supervisor_leave_if_gone();
        take_signals();
        /* A new command may be what makes the next try succeed. */
        if (archiver.told_at != 0 && !archiver.is_last_round)
            return false;
        if (*setting.archive_library != '\0')
            err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                      .message = "archive modules are not supported yet");
        if (*setting.archive_command == '\0') {
            err_log(ERR_WARNING,
                    .message = "archive_mode enabled, yet archiving is not configured");
            return false;
        }
        if (drop_orphan(name))
            return true;
        if (try_file(name)) {
            archive_status_set_done(name);
            stats_report_archiver(name, false);
            return true;
        }
        stats_report_archiver(name, true);
        if (tries >= TRIES) {
            err_log(ERR_WARNING,
                    .message = err_fmt("archiving write-ahead log file \"%s\" failed too many "
                                       "times, will try again later",
                                       name));
            return false;
        }
        latch_reset(&proc_self()->latch);
        latch_wait(LATCH_SET | LATCH_TIMEOUT, RETRY_MS, WAIT_EVENT_ARCHIVER_MAIN);
    }
}

/* After a crash there can be a status of a file that was removed. */
static bool drop_orphan(const char *name)
{
    if (os_exists(mem_printf(FOLDER "/%s", name)))
        return false;
    archive_status_remove(name);
    err_log(ERR_WARNING, .message = err_fmt("removed orphan archive status file "
                                            "\"pg_wal/archive_status/%s.ready\"",
                                            name));
    return true;
}

static bool try_file(const char *name)
{
    const ArchiveWords words = {.path = mem_printf(FOLDER "/%s", name), .name = name};
    char *command = archive_command_fill(setting.archive_command, &words);
    OsChildEnd end;

    err_log(ERR_DEBUG, .message = err_fmt("executing archive command \"%s\"", command));
    title_set(mem_printf("archiving %s", name));
    wait_event_begin(WAIT_EVENT_ARCHIVE_COMMAND);
    end = os_shell_run(command, goes_on);
    wait_event_end();
    if (end.is_exit && end.exit_code == 0) {
        err_log(ERR_DEBUG, .message = err_fmt("archived write-ahead log file \"%s\"", name));
        title_set(mem_printf("last was %s", name));
        return true;
    }
    title_set(mem_printf("failed on %s", name));
    judge(&end, command, name);
    return false;
}

/* Ends the process for what another try at once would not better. */
static void judge(const OsChildEnd *end, const char *command, const char *name)
{
    bool is_fatal = !end->is_exit || end->exit_code > EXIT_OF_SHELL;
    const char *detail = err_fmt("The failed archive command was: %s", command);
    const char *message = end->is_exit
                        ? err_fmt("archive command failed with exit code %d", end->exit_code)
                        : err_fmt("archive command was terminated by signal %d: %s", end->signal_no,
                                  strsignal(end->signal_no));

    err_log(is_fatal ? ERR_FATAL : ERR_LOG, .message = message, .detail = detail);
    if (is_fatal) {
        stats_report_archiver(name, true);
        child_exit(1);
    }
}

/* While the command runs: it is let run to its end, unless nobody is there any more. */
static bool goes_on(void)
{
    return supervisor_is_alive();
}

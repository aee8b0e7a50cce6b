/*
 * restore.h - files out of the archive, by restore_command; the other commands of recovery
 *
 * What the command brings lies in pg_wal/RECOVERYXLOG or RECOVERYHISTORY first, and gets its own
 * name only when it was found good. A command that a signal ended, or that no shell could run, ends
 * recovery: to go on as if the archive had no more would lose what it has.
 */
#ifndef SOURCE_RESTORE_H
#define SOURCE_RESTORE_H

#include "common/base/base.h"

#define RESTORED_SEGMENT "RECOVERYXLOG"
#define RESTORED_HISTORY "RECOVERYHISTORY"

/* How this recovery reads the archive; set before the first use. */
typedef struct RestoreConfig {
    bool is_wanted;  /* archive recovery: else there is no archive */
    bool is_standby; /* a file that is too short may still grow */
} RestoreConfig;
void restore_configure(const RestoreConfig *config);

/*
 * From now on %r is the oldest file that a restart would need, as pg_control says; before, a name
 * before which there is none.
 */
void restore_know_restart(void);

/*
 * Ask for a file of the archive under its temporary name; size 0: any size will do. False when
 * there is none. FATAL for a wrong size, and for commands that could not run.
 */
bool restore_try_file(const char *name, const char *temp_name, uint64_t size);

/* It is good: give it its name in pg_wal, in place of what has it, and let nobody archive it. */
void restore_keep_file(const char *temp_name, const char *name);

/* recovery_end_command and archive_cleanup_command: %r, and %% for a percent sign. */
void restore_run_command(const char *command, const char *setting_name, bool fails_on_signal,
                         unsigned wait_event);

/* Leave the process, as SIGTERM asks for. */
_Noreturn void recovery_leave(int code);

#endif

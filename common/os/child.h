/*
 * child.h - children of a server process: fork, wait, signals, the pipe that tells of its end
 *
 * For programs that fork and run on, unlike process_run(). No thread may exist when one forks.
 */
#ifndef OS_CHILD_H
#define OS_CHILD_H

#include "common/base/base.h"

/* In the parent the child's id, in the child 0. Raises 53000 (53200) when there can be no more. */
int os_fork(void);

typedef struct OsChildEnd {
    int pid;
    bool is_exit;  /* else a signal ended it */
    int exit_code; /* 0 to 255 */
    int signal_no;
} OsChildEnd;

/* Exit codes of a shell that could not run a command. */
#define OS_SHELL_CANNOT_EXECUTE 126
#define OS_SHELL_NOT_FOUND      127

/* "child process exited with exit code 1" and the like, in PostgreSQL's words. */
char *os_child_end_text(const OsChildEnd *end);

/* A child that has ended; false when none has. */
bool os_child_try_reap(OsChildEnd *out);

/* False when there is no such process, or it is not ours to signal. */
bool os_signal_send(int pid, int signal_no);
bool os_signal_send_group(int pgid, int signal_no); /* to all of a process group */
void os_session_new(void);                          /* a session and group of our own */

/*
 * handler runs with all signals blocked and sets flags and latches, nothing else. NULL is the
 * system's default action, OS_SIGNAL_IGNORE ignores. Calls that wait are not restarted.
 */
typedef void (*OsSignalHandler)(int signal_no);
extern const OsSignalHandler OS_SIGNAL_IGNORE;
void os_signal_handle(int signal_no, OsSignalHandler handler);
void os_signals_block(void);   /* all but those that tell of bugs */
void os_signals_unblock(void); /* but the latch's own, see wait_set.h */

/* The one-shot alarm of the process (SIGALRM) in delay_us microseconds; 0 takes it back. */
void os_alarm_set(uint64_t delay_us);

/* Become a shell that runs command. */
_Noreturn void os_exec_shell(const char *command);

/*
 * Run command by a shell and wait for its end: signals have their default actions in it, standard
 * files are ours. goes_on (may be NULL) is called whenever a signal has come meanwhile; when it
 * returns false the shell and what it runs are told to end (SIGTERM), and are waited for.
 */
OsChildEnd os_shell_run(const char *command, bool (*goes_on)(void));

/*
 * A shell that runs command, with a pipe from its standard output or to its standard input. In the
 * current memory context: what is still running when that goes is told to end (SIGTERM), and waited
 * for. Our end of the pipe does not block: fd is for a wait set.
 */
typedef struct OsShellPipe OsShellPipe;
OsShellPipe *os_shell_pipe_open(const char *command, bool is_for_reading);
int os_shell_pipe_fd(const OsShellPipe *pipe);

/*
 * How many bytes were read (0: there will be no more) or taken; OS_PIPE_WAITS: none for now,
 * OS_PIPE_CLOSED: nobody reads them any more.
 */
#define OS_PIPE_WAITS  (-1)
#define OS_PIPE_CLOSED (-2)
ptrdiff_t os_shell_pipe_read(OsShellPipe *pipe, void *room, size_t size);
ptrdiff_t os_shell_pipe_write(OsShellPipe *pipe, const void *bytes, size_t len);

/* Close the pipe, wait as os_shell_run() does, and free it. */
OsChildEnd os_shell_pipe_end(OsShellPipe *pipe, bool (*goes_on)(void));

/* Let this process and those it starts leave core files, as far as the system allows. */
void os_allow_core_files(void);

/* Leave at once, without anything that runs at exit: for children after a fork, and SIGQUIT. */
_Noreturn void os_exit_now(int code);

/* ---- A pipe whose writing end is held by the parent alone: it closes when the parent ends ---- */

typedef struct OsLifeline {
    int read_fd, write_fd;
} OsLifeline;

OsLifeline os_lifeline_open(void);
void os_lifeline_keep_read_end(OsLifeline *line); /* in each child, first of all */
bool os_lifeline_is_cut(const OsLifeline *line);  /* has the parent ended? */

/*
 * From now on this process gets a signal when its parent ends; false where the system cannot. Look
 * at the lifeline afterwards: the parent may have ended before.
 */
bool os_parent_end_signal(int signal_no);

#endif

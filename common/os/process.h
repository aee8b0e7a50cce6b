/*
 * process.h - this process and others: user, signals that end it, running a program, the terminal
 */
#ifndef OS_PROCESS_H
#define OS_PROCESS_H

#include "common/base/base.h"

#include "common/text/strbuf.h"

bool process_is_root(void);
uint32_t process_user_id(void);
char *process_user_name(void); /* its number where it has no name */
int process_id(void);
int process_parent_id(void); /* another one's as soon as the parent has ended */
bool process_exists(int pid);
const char *process_env(const char *name); /* NULL when unset or empty */
void process_cpu_time(uint64_t *user_us, uint64_t *system_us); /* microseconds, so far */
uint64_t process_stack_limit(void);        /* bytes (ulimit -s); UINT64_MAX: none is set */
char *process_executable_dir(void);        /* the folder of the running program */

/* Is path a file that the user of this process may execute? Missing is false. */
bool process_may_run(const char *path);

/*
 * A program can be started with its standard files closed, and then the first file that it opens
 * becomes its standard error: messages would go into a relation. This fills the gaps with what can
 * be neither read nor written, so that use of them still fails. To be called before any file is
 * opened.
 */
void process_fill_standard_files(void);

/*
 * From now on SIGINT, SIGTERM and SIGHUP only set a flag, that process_check_interrupts() turns
 * into a raise of 57014 "terminated by signal N: TEXT", each time that it is called. SIGPIPE is
 * ignored. A SIGHUP that was ignored when the process began (nohup) stays so.
 */
void process_catch_signals(void);
void process_check_interrupts(void);

/* What process_check_interrupts() calls as well: for a server, which has signals of its own. */
void process_set_check(void (*check)(void));
bool process_is_interrupted(void);
int process_interrupt_signal(void); /* the first that came; 0 when none did */

typedef struct ProcessResult {
    int exit_code; /* 0 to 255; -1 when a signal ended it */
    int signal_no; /* 0 when none did */
} ProcessResult;

/*
 * Run argv[0] (searched in PATH) and wait. out and err take its output when not NULL (else it goes
 * where ours goes); its standard input is input, or empty when that is NULL. No shell is involved.
 * Raises when the program cannot be started; how it ends is the caller's business. When this
 * process or the job is to end, so is the program (SIGTERM, after five seconds SIGKILL), and the
 * call raises 57014. A grandchild that keeps the output open is not waited for.
 */
ProcessResult process_run(const char *const *argv, const char *input, StrBuf *out, StrBuf *err);

bool terminal_is_tty(int fd);
int terminal_columns(int fd); /* 80 when unknown */

/*
 * Ask on the terminal of the process, else on standard error with the answer on standard input, and
 * read a line that is not shown. The line end is not part of it.
 */
char *terminal_read_password(const char *prompt);

#endif

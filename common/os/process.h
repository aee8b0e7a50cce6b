/*
 * process.h - this process and others: user, signals that end it, running a program
 */
#ifndef OS_PROCESS_H
#define OS_PROCESS_H

#include "common/base/base.h"

#include "common/text/strbuf.h"

bool process_is_root(void);
int process_id(void);
bool process_exists(int pid);
const char *process_env(const char *name); /* NULL when unset or empty */
char *process_executable_dir(void);        /* the folder of the running program */

/*
 * From now on SIGINT and SIGTERM (and SIGHUP, SIGPIPE ignored) only set a flag, that
 * process_check_interrupts() turns into a raise of 57014 "terminated by signal N".
 */
void process_catch_signals(void);
void process_check_interrupts(void);
bool process_is_interrupted(void);
int process_interrupt_signal(void); /* 0 when none came */

typedef struct ProcessResult {
    int exit_code; /* 0 to 255; -1 when a signal ended it */
    int signal_no;
} ProcessResult;

/*
 * Run argv[0] (searched in PATH) and wait. out and err take its output when not NULL (else it is
 * inherited); input may be NULL. No shell is involved.
 */
ProcessResult process_run(const char *const *argv, const char *input, StrBuf *out, StrBuf *err);

bool terminal_is_tty(int fd);
int terminal_columns(int fd); /* 80 when unknown */
char *terminal_read_password(const char *prompt);

#endif

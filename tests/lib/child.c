/* child.c - run a function in a child process, to see how that ends. */
#include "common/base/base.h"

#include "tests/lib/child.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/err/err.h"

#ifdef HOLDFAST_COVERAGE
/* Write down which lines were reached; exit() does it by itself, abort() does not. */
void __gcov_dump(void);
static void on_abort(int signal_no);
#endif

_Noreturn static void child_main(int err_fd, void (*fn)(void *arg), void *arg);

ChildEnd child_run(void (*fn)(void *arg), void *arg)
{
    ChildEnd end = {.exit_code = -1};
    size_t len = 0;
    ssize_t n;
    int ends[2];
    int status;
    pid_t pid;

    fflush(NULL);
    if (pipe(ends) != 0)
        err_raise(SQLSTATE_SYSTEM_ERROR, .message = "could not make a pipe");
    pid = fork();
    if (pid < 0)
        err_raise(SQLSTATE_SYSTEM_ERROR, .message = "could not start a child process");
    if (pid == 0) {
        close(ends[0]);
        child_main(ends[1], fn, arg);
    }
    close(ends[1]);
    do {
        char rest[512]; /* what has no room is read all the same, or the child could not go on */
        bool is_full = len == sizeof end.err - 1;

        n = is_full ? read(ends[0], rest, sizeof rest)
                    : read(ends[0], end.err + len, sizeof end.err - 1 - len);
        if (n > 0 && !is_full)
            len += (size_t)n;
    } while (n > 0);
    close(ends[0]);
    if (waitpid(pid, &status, 0) != pid)
        err_raise(SQLSTATE_SYSTEM_ERROR, .message = "could not wait for a child process");
    if (WIFEXITED(status))
        end.exit_code = WEXITSTATUS(status);
    else
        end.signal_no = WTERMSIG(status);
    return end;
}

static void child_main(int err_fd, void (*fn)(void *arg), void *arg)
{
    static const int signals[] = {SIGABRT, SIGBUS, SIGFPE, SIGSEGV};
    const struct rlimit no_core = {0, 0};

    setrlimit(RLIMIT_CORE, &no_core);
    for (size_t i = 0; i < ARRAY_LEN(signals); i++)
        signal(signals[i], SIG_DFL);
#ifdef HOLDFAST_COVERAGE
    signal(SIGABRT, on_abort);
#endif
    dup2(err_fd, STDERR_FILENO);
    close(err_fd);
    ERR_TRY() {
        fn(arg);
    }
    ERR_CATCH() {
        /* Not further up: there the parent's test runner would go on, in two processes. */
        err_log_report(err_caught());
        exit(CHILD_RAISED);
    }
    ERR_END();
    exit(0);
}

#ifdef HOLDFAST_COVERAGE
static void on_abort(int signal_no)
{
    __gcov_dump();
    signal(signal_no, SIG_DFL);
    raise(signal_no);
}
#endif

/* child.c - run a function in a child process, to see how that ends. */
#include "common/base/base.h"

#include "tests/lib/child.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/err/err.h"

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
    while (len < sizeof end.err - 1 &&
           (n = read(ends[0], end.err + len, sizeof end.err - 1 - len)) > 0)
        len += (size_t)n;
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

/*
 * child.c - children of a server process: fork, wait, signals, the pipe that tells of its end
 *
 * Handlers are called through on_signal(), which keeps errno as it was for the call that the signal
 * interrupted.
 */
#include "common/base/base.h"

#include "common/os/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/mem/mem.h"
#include "common/os/os_int.h"

static OsSignalHandler handlers[NSIG];

struct OsShellPipe {
    pid_t pid;
    int fd;
    MemContext *ctx;
    MemCallback *on_reset;
};

static OsChildEnd wait_for(pid_t pid, bool (*goes_on)(void));
static void give_up(void *arg);
static OsChildEnd end_of(pid_t pid, int status);
static void ignored(int signal_no);
static void on_signal(int signal_no);

const OsSignalHandler OS_SIGNAL_IGNORE = ignored;

static pid_t try_fork(void)
{
    /* What stands in the buffers of the standard files would be written twice. */
    fflush(NULL);
    return fork();
}

int os_fork(void)
{
    pid_t pid = try_fork();

    if (pid < 0)
        os_raise(errno, "could not fork process");
    return pid;
}

void os_exec_shell(const char *command)
{
    execl("/bin/sh", "/bin/sh", "-c", command, (char *)NULL);
    os_raise(errno, "could not execute \"/bin/sh\"");
}

/* What the process that forked handled, ignored or blocked is none of the shell's. */
static void forget_signals(void)
{
    sigset_t none;

    for (int signal_no = 1; signal_no < NSIG; signal_no++)
        signal(signal_no, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* In the child: a process group of its own, so that all that it runs can be told to end. */
_Noreturn static void become_shell(const char *command)
{
    setpgid(0, 0);
    forget_signals();
    execl("/bin/sh", "/bin/sh", "-c", command, (char *)NULL);
    _exit(OS_SHELL_NOT_FOUND);
}

OsChildEnd os_shell_run(const char *command, bool (*goes_on)(void))
{
    pid_t pid = os_fork();

    if (pid == 0)
        become_shell(command);
    setpgid(pid, pid);
    return wait_for(pid, goes_on);
}

static OsChildEnd wait_for(pid_t pid, bool (*goes_on)(void))
{
    bool is_told = false;
    int status;

    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            os_raise(errno, "could not wait for the end of a command");
        if (goes_on != NULL && !is_told && !goes_on()) {
            kill(-pid, SIGTERM);
            is_told = true;
        }
    }
    return end_of(pid, status);
}

static OsChildEnd end_of(pid_t pid, int status)
{
    OsChildEnd end = {.pid = pid, .is_exit = WIFEXITED(status)};

    if (end.is_exit)
        end.exit_code = WEXITSTATUS(status);
    else
        end.signal_no = WTERMSIG(status);
    return end;
}

/* ---- A shell at the other end of a pipe ---- */

OsShellPipe *os_shell_pipe_open(const char *command, bool is_for_reading)
{
    OsShellPipe *made = mem_new(OsShellPipe);
    int ends[2], ours = is_for_reading ? 0 : 1;

    if (pipe2(ends, O_CLOEXEC) != 0)
        os_raise(errno, "could not create pipe");
    made->pid = try_fork();
    if (made->pid < 0) {
        int error = errno;

        close(ends[0]);
        close(ends[1]);
        os_raise(error, "could not fork process");
    }
    if (made->pid == 0) {
        /* Standard input and output are 0 and 1, as the ends of a pipe for and from it. */
        if (dup2(ends[1 - ours], 1 - ours == 0 ? STDIN_FILENO : STDOUT_FILENO) < 0)
            _exit(OS_SHELL_NOT_FOUND);
        become_shell(command);
    }
    setpgid(made->pid, made->pid);
    close(ends[1 - ours]);
    made->fd = ends[ours];
    fcntl(made->fd, F_SETFL, O_NONBLOCK);
    made->ctx = mem_current();
    made->on_reset = mem_on_reset(made->ctx, give_up, made);
    return made;
}

static void give_up(void *arg)
{
    OsShellPipe *pipe = arg;

    close(pipe->fd);
    kill(-pipe->pid, SIGTERM);
    while (waitpid(pipe->pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

int os_shell_pipe_fd(const OsShellPipe *pipe)
{
    return pipe->fd;
}

ptrdiff_t os_shell_pipe_read(OsShellPipe *pipe, void *room, size_t size)
{
    ptrdiff_t count = read(pipe->fd, room, size);

    if (count >= 0)
        return count;
    if (errno != EAGAIN && errno != EINTR)
        os_raise(errno, "could not read from a program");
    return OS_PIPE_WAITS;
}

ptrdiff_t os_shell_pipe_write(OsShellPipe *pipe, const void *bytes, size_t len)
{
    ptrdiff_t count = write(pipe->fd, bytes, len);

    if (count >= 0)
        return count;
    if (errno == EPIPE)
        return OS_PIPE_CLOSED;
    if (errno != EAGAIN && errno != EINTR)
        os_raise(errno, "could not write to a program");
    return OS_PIPE_WAITS;
}

OsChildEnd os_shell_pipe_end(OsShellPipe *pipe, bool (*goes_on)(void))
{
    pid_t pid = pipe->pid;

    close(pipe->fd);
    mem_off_reset(pipe->ctx, pipe->on_reset);
    mem_free(pipe);
    return wait_for(pid, goes_on);
}

char *os_child_end_text(const OsChildEnd *end)
{
    if (!end->is_exit)
        return mem_printf("child process was terminated by signal %d: %s", end->signal_no,
                          strsignal(end->signal_no));
    if (end->exit_code == OS_SHELL_CANNOT_EXECUTE)
        return mem_printf("command not executable");
    if (end->exit_code == OS_SHELL_NOT_FOUND)
        return mem_printf("command not found");
    return mem_printf("child process exited with exit code %d", end->exit_code);
}

void os_allow_core_files(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_CORE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_CORE, &limit);
}

bool os_child_try_reap(OsChildEnd *out)
{
    int status;
    pid_t pid;

    do
        pid = waitpid(-1, &status, WNOHANG);
    while (pid < 0 && errno == EINTR);
    if (pid <= 0)
        return false;
    *out = end_of(pid, status);
    return true;
}

bool os_signal_send(int pid, int signal_no)
{
    int before = errno;
    bool is_sent = pid > 0 && kill(pid, signal_no) == 0;

    /* Handlers and those who set latches between a call and its errno come here, too. */
    errno = before;
    return is_sent;
}

bool os_signal_send_group(int pgid, int signal_no)
{
    return pgid > 1 && kill(-pgid, signal_no) == 0;
}

void os_session_new(void)
{
    /* Fails only for the leader of a group, which has what it asks for. */
    setsid();
}

/* ---- handlers ---- */

void os_signal_handle(int signal_no, OsSignalHandler handler)
{
    struct sigaction action = {.sa_handler = on_signal};

    ASSERT(signal_no > 0 && signal_no < NSIG);
    sigfillset(&action.sa_mask);
    if (handler == NULL)
        action.sa_handler = SIG_DFL;
    if (handler == OS_SIGNAL_IGNORE)
        action.sa_handler = SIG_IGN;
    /* A stopped child has not ended. */
    if (signal_no == SIGCHLD)
        action.sa_flags = SA_NOCLDSTOP;
    handlers[signal_no] = handler;
    if (sigaction(signal_no, &action, NULL) != 0)
        os_raise(errno, "could not set the handler of signal %d", signal_no);
}

static void ignored(int signal_no)
{
    (void)signal_no;
}

static void on_signal(int signal_no)
{
    int before = errno;
    OsSignalHandler handler = handlers[signal_no];

    if (handler != NULL)
        handler(signal_no);
    errno = before;
}

void os_signals_block(void)
{
    static const int never[] = {SIGABRT, SIGBUS, SIGFPE,  SIGILL,
                                SIGSEGV, SIGSYS, SIGTRAP, SIGCONT};
    sigset_t set;

    sigfillset(&set);
    for (size_t i = 0; i < ARRAY_LEN(never); i++)
        sigdelset(&set, never[i]);
    sigprocmask(SIG_SETMASK, &set, NULL);
}

void os_signals_unblock(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGURG);
    sigprocmask(SIG_SETMASK, &set, NULL);
}

void os_alarm_set(uint64_t delay_us)
{
    const struct itimerval value = {.it_value = {.tv_sec = (time_t)(delay_us / 1000000),
                                                 .tv_usec = (suseconds_t)(delay_us % 1000000)}};

    if (setitimer(ITIMER_REAL, &value, NULL) != 0)
        os_raise(errno, "could not set the alarm");
}

void os_exit_now(int code)
{
    _exit(code);
}

/* ---- the lifeline ---- */

OsLifeline os_lifeline_open(void)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        os_raise(errno, "could not create pipe");
    return (OsLifeline){.read_fd = ends[0], .write_fd = ends[1]};
}

void os_lifeline_keep_read_end(OsLifeline *line)
{
    if (line->write_fd >= 0 && close(line->write_fd) != 0 && errno != EINTR)
        os_raise(errno, "could not close pipe");
    line->write_fd = -1;
}

bool os_lifeline_is_cut(const OsLifeline *line)
{
    struct pollfd look = {.fd = line->read_fd, .events = POLLIN};

    /* Nobody writes into it: it is readable, or hung up, at its end alone. */
    return poll(&look, 1, 0) > 0;
}

bool os_parent_end_signal(int signal_no)
{
    return prctl(PR_SET_PDEATHSIG, signal_no) == 0;
}

/*
 * process.c - this process, its signals and its terminal, and running others
 *
 * A program is run by posix_spawn(3), which is safe beside threads. Its pipes and its end are
 * waited for in one poll(2), the end through a pidfd where the system has one, else by asking again
 * and again.
 */
#include "common/base/base.h"

#include "common/os/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/os_int.h"
#include "common/os/path.h"
#include "common/os/thread_pool.h"

#define STREAM_COUNT  3 /* input, output, errors, numbered as the child sees them */
#define READ_PIECE    KIB(16)
#define POLL_MS       100  /* how long an interrupt may wait to be seen */
#define POLL_CHILD_MS 10   /* the same for a child's end when there is no pidfd */
#define TERM_WAIT_MS  5000 /* from SIGTERM to SIGKILL */

typedef struct Child {
    pid_t pid;                 /* 0 when there is none, or its end was collected */
    int pid_fd;                /* readable when it ended; -1 when the system has none */
    int fds[STREAM_COUNT];     /* our ends of the pipes, -1 when closed */
    int its_fds[STREAM_COUNT]; /* its ends, until it has them */
    const char *input;         /* what was not written yet */
    StrBuf *out[STREAM_COUNT]; /* NULL for a stream that is not ours */
    int status;
} Child;

static volatile sig_atomic_t interrupt_signal;
static void (*more_check)(void); /* NULL: none */

static void on_signal(int signal_no);
static void child_start(Child *child, const char *const *argv);
static void child_pipe(Child *child, int stream);
static int spawn(Child *child, const char *const *argv);
static void child_wait(Child *child);
static void child_feed(Child *child);
static void child_drain(Child *child, int stream);
static void child_try_collect(Child *child);
static void child_end(Child *child);
static void close_fd(int *fd);
static void ask(int in, int out, const char *prompt, StrBuf *line);
static void read_line(int fd, StrBuf *line);

bool process_is_root(void)
{
    return geteuid() == 0;
}

uint32_t process_user_id(void)
{
    return (uint32_t)geteuid();
}

char *process_user_name(void)
{
    char bytes[KIB(4)];
    struct passwd entry, *found;

    if (getpwuid_r(geteuid(), &entry, bytes, sizeof bytes, &found) == 0 && found != NULL)
        return mem_strdup(found->pw_name);
    return mem_printf("%u", (unsigned)geteuid());
}

int process_id(void)
{
    return getpid();
}

int process_parent_id(void)
{
    return getppid();
}

bool process_exists(int pid)
{
    /* Zero and below would mean groups of processes. */
    return pid > 0 && (kill(pid, 0) == 0 || errno == EPERM);
}

const char *process_env(const char *name)
{
    const char *value = getenv(name);

    return value == NULL || *value == '\0' ? NULL : value;
}

void process_cpu_time(uint64_t *user_us, uint64_t *system_us)
{
    struct rusage usage;

    *user_us = *system_us = 0;
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return;
    *user_us = (uint64_t)usage.ru_utime.tv_sec * 1000000 + (uint64_t)usage.ru_utime.tv_usec;
    *system_us = (uint64_t)usage.ru_stime.tv_sec * 1000000 + (uint64_t)usage.ru_stime.tv_usec;
}

uint64_t process_stack_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return UINT64_MAX;
    return limit.rlim_cur;
}

char *process_executable_dir(void)
{
    char path[4096];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);

    if (len < 0)
        os_raise(errno, "could not find own program executable");
    path[len] = '\0';
    return path_dir(path);
}

bool process_may_run(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
           faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0;
}

void process_fill_standard_files(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        /* The lowest free number is given out, which is fd, as those below are taken. */
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            os_raise(errno, "could not open file \"%s\"", "/dev/null");
    }
}

/* ---- signals ---- */

void process_catch_signals(void)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    /* No SA_RESTART: who waits shall wake up and look at the flag. */
    const struct sigaction catch = {.sa_handler = on_signal};
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction before;

    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        sigaction(ends[i], NULL, &before);
        if (ends[i] != SIGHUP || before.sa_handler != SIG_IGN)
            sigaction(ends[i], &catch, NULL);
    }
    sigaction(SIGPIPE, &ignore, NULL);
}

static void on_signal(int signal_no)
{
    if (interrupt_signal == 0)
        interrupt_signal = signal_no;
}

void process_set_check(void (*check)(void))
{
    more_check = check;
}

void process_check_interrupts(void)
{
    int signal_no = interrupt_signal;

    if (more_check != NULL)
        more_check();
    if (UNLIKELY(signal_no != 0))
        err_raise(SQLSTATE_QUERY_CANCELED, .message = err_fmt("terminated by signal %d: %s",
                                                              signal_no, sigdescr_np(signal_no)));
}

bool process_is_interrupted(void)
{
    return interrupt_signal != 0;
}

int process_interrupt_signal(void)
{
    return interrupt_signal;
}

/* ---- running a program ---- */

ProcessResult process_run(const char *const *argv, const char *input, StrBuf *out, StrBuf *err)
{
    Child *child = mem_new(Child);
    ProcessResult result = {.exit_code = -1};
    sigset_t sigpipe, before;

    *child = (Child){.pid_fd = -1,
                     .fds = {-1, -1, -1},
                     .its_fds = {-1, -1, -1},
                     .input = input,
                     .out = {NULL, out, err}};

    /* A program that does not read all of its input is no reason to die. */
    sigemptyset(&sigpipe);
    sigaddset(&sigpipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &sigpipe, &before);
    ERR_TRY() {
        child_start(child, argv);
        child_wait(child);
    }
    ERR_FINALLY() {
        const struct timespec at_once = {0, 0};

        child_end(child);
        if (!sigismember(&before, SIGPIPE))
            sigtimedwait(&sigpipe, NULL, &at_once);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    ERR_END();
    if (WIFEXITED(child->status))
        result.exit_code = WEXITSTATUS(child->status);
    else
        result.signal_no = WTERMSIG(child->status);
    mem_free(child);
    return result;
}

static void child_start(Child *child, const char *const *argv)
{
    int error;

    if (child->input != NULL)
        child_pipe(child, STDIN_FILENO);
    for (int stream = STDOUT_FILENO; stream <= STDERR_FILENO; stream++)
        if (child->out[stream] != NULL)
            child_pipe(child, stream);
    error = spawn(child, argv);
    if (error != 0)
        os_raise(error, "could not execute command \"%s\"", argv[0]);
    for (int stream = 0; stream < STREAM_COUNT; stream++)
        close_fd(&child->its_fds[stream]);
    child->pid_fd = (int)syscall(SYS_pidfd_open, child->pid, 0);
}

/* Make the pipe of a stream. Our end does not block. */
static void child_pipe(Child *child, int stream)
{
    int ends[2];
    bool is_input = stream == STDIN_FILENO;

    if (pipe2(ends, O_CLOEXEC) != 0)
        os_raise(errno, "could not create pipe");
    child->fds[stream] = ends[is_input ? 1 : 0];
    child->its_fds[stream] = ends[is_input ? 0 : 1];
    fcntl(child->fds[stream], F_SETFL, O_NONBLOCK);

    /* Out of the way of its own three streams, should ours be closed. */
    if (child->its_fds[stream] <= STDERR_FILENO) {
        int high = fcntl(child->its_fds[stream], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);

        if (high < 0)
            os_raise(errno, "could not create pipe");
        close_fd(&child->its_fds[stream]);
        child->its_fds[stream] = high;
    }
}

/* Start the program with its ends of the pipes as its streams; 0, or an errno. */
static int spawn(Child *child, const char *const *argv)
{
    /* The system's signature lacks a const; nobody changes the words. */
    const union {
        const char *const *given;
        char *const *wanted;
    } words = {.given = argv};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t set;
    pid_t pid;
    int error;

    posix_spawn_file_actions_init(&actions);
    if (child->input == NULL)
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    for (int stream = 0; stream < STREAM_COUNT; stream++)
        if (child->its_fds[stream] >= 0)
            posix_spawn_file_actions_adddup2(&actions, child->its_fds[stream], stream);

    /* What we ignore or block is our own affair. */
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    sigemptyset(&set);
    posix_spawnattr_setsigmask(&attributes, &set);
    sigaddset(&set, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &set);
    error = posix_spawnp(&pid, argv[0], &actions, &attributes, words.wanted, environ);
    if (error == 0)
        child->pid = pid;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* Until it has ended: write its input, read its output. */
static void child_wait(Child *child)
{
    while (child->pid != 0) {
        struct pollfd polls[STREAM_COUNT + 1] = {{.fd = child->pid_fd, .events = POLLIN}};

        for (int stream = 0; stream < STREAM_COUNT; stream++) {
            polls[1 + stream].fd = child->fds[stream];
            polls[1 + stream].events = stream == STDIN_FILENO ? POLLOUT : POLLIN;
        }
        /* Without poll this is a busy loop, but it ends. */
        poll(polls, ARRAY_LEN(polls), child->pid_fd < 0 ? POLL_CHILD_MS : POLL_MS);
        thread_pool_check_cancel();
        child_try_collect(child);
        child_feed(child);
        child_drain(child, STDOUT_FILENO);
        child_drain(child, STDERR_FILENO);
    }
}

/* Write as much input as the pipe takes; all is done when all is written, or nobody reads it. */
static void child_feed(Child *child)
{
    int *fd = &child->fds[STDIN_FILENO];

    while (*fd >= 0) {
        size_t len = strlen(child->input);
        ssize_t n = len == 0 ? 0 : write(*fd, child->input, len);

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (n <= 0)
            close_fd(fd);
        else
            child->input += n;
    }
}

/* Read what there is; a pipe has no errors but its end. */
static void child_drain(Child *child, int stream)
{
    int *fd = &child->fds[stream];
    StrBuf *out = child->out[stream];

    while (*fd >= 0) {
        ssize_t n = read(*fd, strbuf_reserve(out, READ_PIECE), READ_PIECE);

        if (n > 0)
            out->len += (size_t)n;
        out->text[out->len] = '\0';
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (n <= 0)
            close_fd(fd);
    }
}

static void child_try_collect(Child *child)
{
    pid_t pid = waitpid(child->pid, &child->status, WNOHANG);

    if (pid != 0)
        child->pid = 0;
    if (pid < 0)
        os_raise(errno, "could not wait for command");
}

/* Close all, and end the child if it is still there: then a raise is under way. */
static void child_end(Child *child)
{
    close_fd(&child->pid_fd);
    for (int stream = 0; stream < STREAM_COUNT; stream++) {
        close_fd(&child->fds[stream]);
        close_fd(&child->its_fds[stream]);
    }
    if (child->pid == 0)
        return;
    kill(child->pid, SIGTERM);
    for (uint64_t end_us = clock_monotonic_us() + TERM_WAIT_MS * 1000;
         clock_monotonic_us() < end_us; clock_sleep_ms(POLL_CHILD_MS))
        if (waitpid(child->pid, NULL, WNOHANG) != 0)
            return;
    kill(child->pid, SIGKILL);
    while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* ---- the terminal ---- */

bool terminal_is_tty(int fd)
{
    return isatty(fd) == 1;
}

int terminal_columns(int fd)
{
    struct winsize size;

    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

char *terminal_read_password(const char *prompt)
{
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    StrBuf line;

    strbuf_init(&line);
    ERR_TRY() {
        ask(fd >= 0 ? fd : STDIN_FILENO, fd >= 0 ? fd : STDERR_FILENO, prompt, &line);
    }
    ERR_FINALLY() {
        if (fd >= 0)
            close(fd);
    }
    ERR_END();
    return line.text;
}

/* Print prompt to one and read a line from the other, not shown if that is a terminal. */
static void ask(int in, int out, const char *prompt, StrBuf *line)
{
    struct termios as_before, hidden;
    bool is_terminal = tcgetattr(in, &as_before) == 0;

    if (is_terminal) {
        hidden = as_before;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(in, TCSAFLUSH, &hidden);
    }
    ERR_TRY() {
        if (write(out, prompt, strlen(prompt)) < 0)
            os_raise(errno, "could not write to the terminal");
        read_line(in, line);
    }
    ERR_FINALLY() {
        if (is_terminal)
            tcsetattr(in, TCSADRAIN, &as_before);
        /* The line end that was typed was not shown either. */
        (void)!write(out, "\n", 1);
    }
    ERR_END();
}

/* A line without its end; nothing more than that is read. */
static void read_line(int fd, StrBuf *line)
{
    for (;;) {
        char c;
        ssize_t n = read(fd, &c, 1);

        if (n < 0 && errno == EINTR) {
            process_check_interrupts();
            continue;
        }
        if (n < 0)
            os_raise(errno, "could not read from the terminal");
        if (n == 0 || c == '\n')
            break;
        strbuf_add_char(line, c);
    }
    if (line->len > 0 && line->text[line->len - 1] == '\r')
        strbuf_cut(line, line->len - 1);
}

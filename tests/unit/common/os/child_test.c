/* child_test.c - children of a server process: ends, signals, alarm, lifeline. */
#include "common/base/base.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/mem/mem.h"
#include "common/os/child.h"
#include "common/os/clock.h"
#include "common/os/process.h"
#include "common/os/shared_memory.h"
#include "tests/lib/child.h"
#include "tests/lib/handlers.h"
#include "tests/unit/unit.h"

static volatile sig_atomic_t seen_signal;

static void on_signal(int signal_no)
{
    seen_signal = signal_no;
    errno = EBADF;
}

static OsChildEnd reap(void)
{
    OsChildEnd end = {0};

    while (!os_child_try_reap(&end))
        clock_sleep_ms(1);
    return end;
}

static void ends_of_children_are_told_apart(void)
{
    OsChildEnd end;
    int pid = os_fork();

    if (pid == 0)
        os_exit_now(7);
    end = reap();
    CU_ASSERT_EQUAL(end.pid, pid);
    CU_ASSERT_TRUE(end.is_exit);
    CU_ASSERT_EQUAL(end.exit_code, 7);
    pid = os_fork();
    if (pid == 0)
        for (;;)
            clock_sleep_ms(1000);
    CU_ASSERT_FALSE(os_child_try_reap(&end));
    CU_ASSERT_TRUE(os_signal_send(pid, SIGKILL));
    end = reap();
    CU_ASSERT_EQUAL(end.pid, pid);
    CU_ASSERT_FALSE(end.is_exit);
    CU_ASSERT_EQUAL(end.signal_no, SIGKILL);
    CU_ASSERT_FALSE(os_child_try_reap(&end));
    CU_ASSERT_FALSE(os_signal_send(pid, 0));
}

static void a_shell_takes_the_childs_place(void)
{
    int pid = os_fork();

    if (pid == 0)
        os_exec_shell("exit 7");
    CU_ASSERT_EQUAL(reap().exit_code, 7);
}

/* Wait as long as it takes. */
static ptrdiff_t read_some(OsShellPipe *pipe, char *room, size_t size)
{
    ptrdiff_t count;

    while ((count = os_shell_pipe_read(pipe, room, size)) == OS_PIPE_WAITS)
        clock_sleep_ms(1);
    return count;
}

static void a_shell_writes_into_a_pipe(void)
{
    OsShellPipe *pipe = os_shell_pipe_open("sleep 0.02; printf ab; exit 3", true);
    char room[8];
    OsChildEnd end;

    CU_ASSERT_EQUAL(os_shell_pipe_read(pipe, room, sizeof room), OS_PIPE_WAITS);
    CU_ASSERT_EQUAL(read_some(pipe, room, sizeof room), 2);
    CU_ASSERT_EQUAL(room[1], 'b');
    CU_ASSERT_EQUAL(read_some(pipe, room, sizeof room), 0);
    end = os_shell_pipe_end(pipe, NULL);
    CU_ASSERT_STRING_EQUAL(os_child_end_text(&end), "child process exited with exit code 3");
}

static void a_shell_reads_from_a_pipe(void)
{
    OsShellPipe *pipe =
        os_shell_pipe_open("read x; test \"$x\" = yes || exit 4; kill -9 $$", false);
    OsChildEnd end;

    CU_ASSERT_EQUAL(os_shell_pipe_write(pipe, "yes\n", 4), 4);
    end = os_shell_pipe_end(pipe, NULL);
    CU_ASSERT_STRING_EQUAL(os_child_end_text(&end),
                           "child process was terminated by signal 9: Killed");
}

static void a_pipe_that_nobody_reads_is_closed(void)
{
    static char bytes[65536];
    OsShellPipe *pipe;
    ptrdiff_t count;
    OsChildEnd end;

    os_signal_handle(SIGPIPE, OS_SIGNAL_IGNORE);
    pipe = os_shell_pipe_open("exec <&-; /nonsense 2>/dev/null", false);
    while ((count = os_shell_pipe_write(pipe, bytes, sizeof bytes)) != OS_PIPE_CLOSED)
        clock_sleep_ms(1);
    end = os_shell_pipe_end(pipe, NULL);
    CU_ASSERT_STRING_EQUAL(os_child_end_text(&end), "command not found");
    handlers_reset();
}

static void a_shell_is_ended_with_its_context(void)
{
    uint64_t before = clock_monotonic_us();
    MemContext *ctx = mem_context_new(mem_current(), "pipe");
    OsChildEnd end;

    MEM_SCOPE(ctx) {
        os_shell_pipe_open("sleep 100; sleep 100", true);
    }
    mem_delete(ctx);
    CU_ASSERT_TRUE(clock_monotonic_us() - before < 50000000);
    CU_ASSERT_FALSE(os_child_try_reap(&end));
}

static void core_files_are_as_large_as_allowed(void)
{
    struct rlimit limit;
    int pid;

    getrlimit(RLIMIT_CORE, &limit);
    if (limit.rlim_max == 0) {
        unit_skip("no core files are allowed here");
        return;
    }
    pid = os_fork();
    if (pid == 0) {
        limit.rlim_cur = 0;
        setrlimit(RLIMIT_CORE, &limit);
        os_allow_core_files();
        getrlimit(RLIMIT_CORE, &limit);
        os_exit_now(limit.rlim_cur == limit.rlim_max ? 0 : 1);
    }
    CU_ASSERT_EQUAL(reap().exit_code, 0);
}

static void groups_and_nobody_are_not_signaled_by_mistake(void)
{
    CU_ASSERT_FALSE(os_signal_send(0, 0));
    CU_ASSERT_FALSE(os_signal_send(-1, 0));
    CU_ASSERT_FALSE(os_signal_send_group(0, 0));
    CU_ASSERT_FALSE(os_signal_send_group(1, 0));
}

static void a_group_is_signaled_as_a_whole(void)
{
    int ends[2];
    int leader;
    char byte;

    /* Whoever of the group lives holds the writing end. */
    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    leader = os_fork();
    if (leader == 0) {
        os_session_new();
        if (os_fork() == 0 && write(ends[1], "x", 1) != 1)
            os_exit_now(1);
        for (;;)
            clock_sleep_ms(1000);
    }
    close(ends[1]);
    CU_ASSERT_EQUAL(read(ends[0], &byte, 1), 1);
    CU_ASSERT_TRUE(os_signal_send_group(leader, SIGKILL));
    CU_ASSERT_EQUAL(reap().pid, leader);
    CU_ASSERT_EQUAL(read(ends[0], &byte, 1), 0);
    close(ends[0]);
}

static void handlers_run_and_leave_errno_alone(void)
{
    seen_signal = 0;
    os_signal_handle(SIGUSR1, on_signal);
    errno = ENOENT;
    os_signal_send(process_id(), SIGUSR1);
    CU_ASSERT_EQUAL(errno, ENOENT);
    CU_ASSERT_EQUAL(seen_signal, SIGUSR1);
    os_signal_handle(SIGUSR1, OS_SIGNAL_IGNORE);
    seen_signal = 0;
    os_signal_send(process_id(), SIGUSR1);
    CU_ASSERT_EQUAL(seen_signal, 0);
    handlers_reset();
}

static void a_handled_signal_ends_a_sleep(void)
{
    uint64_t start_us = clock_monotonic_us();

    os_signal_handle(SIGALRM, on_signal);
    os_alarm_set(20000);
    clock_sleep_ms(10000);
    CU_ASSERT_TRUE(clock_monotonic_us() - start_us < 5000000);
    CU_ASSERT_TRUE(clock_monotonic_us() - start_us >= 19000);
    seen_signal = 0;
    os_alarm_set(10000);
    os_alarm_set(0);
    clock_sleep_ms(20);
    CU_ASSERT_EQUAL(seen_signal, 0);
    handlers_reset();
}

static void blocked_signals_wait(void)
{
    seen_signal = 0;
    os_signal_handle(SIGTERM, on_signal);
    os_signals_block();
    os_signal_send(process_id(), SIGTERM);
    CU_ASSERT_EQUAL(seen_signal, 0);
    os_signals_unblock();
    CU_ASSERT_EQUAL(seen_signal, SIGTERM);
    handlers_reset();
}

/* A child would else run the handler of its parent, which has none of its own yet. */
static void quit_waits_too(void)
{
    seen_signal = 0;
    os_signal_handle(SIGQUIT, on_signal);
    os_signals_block();
    os_signal_send(process_id(), SIGQUIT);
    CU_ASSERT_EQUAL(seen_signal, 0);
    os_signals_unblock();
    CU_ASSERT_EQUAL(seen_signal, SIGQUIT);
    handlers_reset();
}

static void a_lifeline_is_cut_when_the_parent_ends(void)
{
    OsLifeline line = os_lifeline_open();
    uint32_t *state = os_shared_map(sizeof *state, OS_HUGE_OFF);
    int middle;

    CU_ASSERT_FALSE(os_lifeline_is_cut(&line));
    middle = os_fork();
    if (middle == 0) {
        if (os_fork() == 0) {
            os_lifeline_keep_read_end(&line);
            __atomic_store_n(state, os_lifeline_is_cut(&line) ? 9 : 1, __ATOMIC_SEQ_CST);
            while (!os_lifeline_is_cut(&line))
                clock_sleep_ms(1);
            __atomic_store_n(state, 2, __ATOMIC_SEQ_CST);
            os_exit_now(0);
        }
        for (;;)
            clock_sleep_ms(1000);
    }
    /* The test, too, holds the line; now the one in the middle holds it alone. */
    os_lifeline_keep_read_end(&line);
    while (__atomic_load_n(state, __ATOMIC_SEQ_CST) == 0)
        clock_sleep_ms(1);
    CU_ASSERT_EQUAL(__atomic_load_n(state, __ATOMIC_SEQ_CST), 1);
    os_signal_send(middle, SIGKILL);
    CU_ASSERT_EQUAL(reap().pid, middle);
    for (int i = 0; i < 5000 && __atomic_load_n(state, __ATOMIC_SEQ_CST) != 2; i++)
        clock_sleep_ms(1);
    CU_ASSERT_EQUAL(__atomic_load_n(state, __ATOMIC_SEQ_CST), 2);
    CU_ASSERT_TRUE(os_lifeline_is_cut(&line));
    close(line.read_fd);
    os_shared_unmap(state, sizeof *state);
}

static void a_signal_tells_of_the_parents_end(void)
{
    uint32_t *state = os_shared_map(sizeof *state, OS_HUGE_OFF);
    int middle = os_fork();

    if (middle == 0) {
        if (os_fork() == 0) {
            int parent = process_parent_id();

            seen_signal = 0;
            os_signal_handle(SIGUSR2, on_signal);
            if (!os_parent_end_signal(SIGUSR2))
                os_exit_now(1);
            __atomic_store_n(state, 1, __ATOMIC_SEQ_CST);
            while (seen_signal == 0)
                clock_sleep_ms(1);
            __atomic_store_n(state, process_parent_id() != parent ? 2 : 9, __ATOMIC_SEQ_CST);
            os_exit_now(0);
        }
        for (;;)
            clock_sleep_ms(1000);
    }
    while (__atomic_load_n(state, __ATOMIC_SEQ_CST) == 0)
        clock_sleep_ms(1);
    os_signal_send(middle, SIGKILL);
    CU_ASSERT_EQUAL(reap().pid, middle);
    for (int i = 0; i < 5000 && __atomic_load_n(state, __ATOMIC_SEQ_CST) == 1; i++)
        clock_sleep_ms(1);
    CU_ASSERT_EQUAL(__atomic_load_n(state, __ATOMIC_SEQ_CST), 2);
    os_shared_unmap(state, sizeof *state);
}

UNIT_SUITE(child)
{
    UNIT_TEST(ends_of_children_are_told_apart);
    UNIT_TEST(a_shell_takes_the_childs_place);
    UNIT_TEST(a_shell_writes_into_a_pipe);
    UNIT_TEST(a_shell_reads_from_a_pipe);
    UNIT_TEST(a_pipe_that_nobody_reads_is_closed);
    UNIT_TEST(a_shell_is_ended_with_its_context);
    UNIT_TEST(core_files_are_as_large_as_allowed);
    UNIT_TEST(groups_and_nobody_are_not_signaled_by_mistake);
    UNIT_TEST(a_group_is_signaled_as_a_whole);
    UNIT_TEST(handlers_run_and_leave_errno_alone);
    UNIT_TEST(a_handled_signal_ends_a_sleep);
    UNIT_TEST(blocked_signals_wait);
    UNIT_TEST(quit_waits_too);
    UNIT_TEST(a_lifeline_is_cut_when_the_parent_ends);
    UNIT_TEST(a_signal_tells_of_the_parents_end);
}

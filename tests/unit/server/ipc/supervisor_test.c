/* supervisor_test.c - what children ask of the supervisor, and that they know whether it lives. */
#include "common/base/base.h"

#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "common/os/child.h"
#include "common/os/clock.h"
#include "common/os/shared_memory.h"
#include "server/ipc/supervisor.h"
#include "tests/lib/child.h"
#include "tests/unit/unit.h"

static volatile sig_atomic_t told_count;

static void on_told(int signal_no)
{
    (void)signal_no;
    told_count++;
}

static void without_one_it_lives_forever(void)
{
    CU_ASSERT_TRUE(supervisor_is_alive());
    CU_ASSERT_EQUAL(supervisor_pid(), 0);
    CU_ASSERT_EQUAL(supervisor_lifeline_fd(), -1);
    supervisor_leave_if_gone();
}

/* Exit code 0: a child's request arrived, once, with a signal. */
static void supervise(void *place)
{
    OsChildEnd end;

    supervisor_shmem_init(place);
    os_signal_handle(SIGUSR1, on_told);
    supervisor_open_lifeline();
    if (supervisor_pid() != getpid() || supervisor_lifeline_fd() != -1)
        exit(1);
    if (os_fork() == 0) {
        supervisor_enter_child();
        if (!supervisor_is_alive() || supervisor_pid() != getppid() || supervisor_lifeline_fd() < 0)
            os_exit_now(2);
        /* A stray signal says nothing of the supervisor. */
        kill(getpid(), SIGPWR);
        supervisor_leave_if_gone();
        supervisor_request(SUPERVISOR_ROTATE_LOG);
        supervisor_request(SUPERVISOR_START_AUTOVACUUM_WORKER);
        os_exit_now(0);
    }
    while (!os_child_try_reap(&end))
        clock_sleep_ms(1);
    if (end.exit_code != 0)
        exit(end.exit_code);
    if (told_count == 0 || !supervisor_take_request(SUPERVISOR_ROTATE_LOG) ||
        supervisor_take_request(SUPERVISOR_ROTATE_LOG) ||
        !supervisor_take_request(SUPERVISOR_START_AUTOVACUUM_WORKER) ||
        supervisor_take_request(SUPERVISOR_WAKE_ARCHIVER))
        exit(3);
}

static void children_ask_it(void)
{
    void *place = os_shared_map(supervisor_shmem_size(), OS_HUGE_OFF);

    CU_ASSERT_EQUAL(child_run(supervise, place).exit_code, 0);
    os_shared_unmap(place, supervisor_shmem_size());
}

/* A child that begins after the supervisor has ended leaves at once. */
static void begin_too_late(void *arg)
{
    _Atomic uint32_t *state = arg;

    supervisor_open_lifeline();
    if (os_fork() == 0) {
        while (getppid() == supervisor_pid())
            clock_sleep_ms(1);
        atomic_store(state, 1);
        supervisor_enter_child();
        atomic_store(state, 2);
        os_exit_now(0);
    }
    os_exit_now(0);
}

static void a_child_that_comes_too_late_leaves(void)
{
    _Atomic uint32_t *state = os_shared_map(sizeof *state, OS_HUGE_OFF);

    /* Ends when both have let go of its standard error. */
    CU_ASSERT_EQUAL(child_run(begin_too_late, state).exit_code, 0);
    CU_ASSERT_EQUAL(atomic_load(state), 1);
    os_shared_unmap(state, sizeof *state);
}

UNIT_SUITE(supervisor)
{
    UNIT_TEST(without_one_it_lives_forever);
    UNIT_TEST(children_ask_it);
    UNIT_TEST(a_child_that_comes_too_late_leaves);
}

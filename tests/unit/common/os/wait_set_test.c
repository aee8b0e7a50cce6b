/* wait_set_test.c - wait for sockets and the signal that wakes. */
#include "common/base/base.h"

#include <signal.h>
#include <unistd.h>

#include "common/mem/mem.h"
#include "common/os/child.h"
#include "common/os/clock.h"
#include "common/os/process.h"
#include "common/os/socket.h"
#include "common/os/wait_set.h"
#include "tests/lib/handlers.h"
#include "tests/unit/unit.h"

static void send_byte(int fd)
{
    const char *why;
    size_t len;

    CU_ASSERT_EQUAL(os_socket_send(fd, "x", 1, &len, &why), OS_IO_DONE);
}

static void files_are_told_by_their_position(void)
{
    OsWaitSet *set = os_wait_set_new(4, false);
    OsWaitEvent came[4];
    int a[2], b[2], at_a, at_b;

    os_socket_pair(a);
    os_socket_pair(b);
    at_a = os_wait_set_add(set, a[0], OS_WAIT_READ);
    at_b = os_wait_set_add(set, b[0], OS_WAIT_READ);
    CU_ASSERT_EQUAL(os_wait_set_wait(set, 0, came, 4), 0);
    send_byte(b[1]);
    CU_ASSERT_EQUAL(os_wait_set_wait(set, -1, came, 4), 1);
    CU_ASSERT_EQUAL(came[0].position, at_b);
    send_byte(a[1]);
    CU_ASSERT_EQUAL(os_wait_set_wait(set, -1, came, 4), 2);
    CU_ASSERT_EQUAL(came[0].position + came[1].position, at_a + at_b);
    /* No more than there is room for; the other comes next time. */
    CU_ASSERT_EQUAL(os_wait_set_wait(set, -1, came, 1), 1);
    os_wait_set_change(set, at_a, 0);
    os_wait_set_change(set, at_b, OS_WAIT_WRITE);
    CU_ASSERT_EQUAL(os_wait_set_wait(set, -1, came, 4), 1);
    CU_ASSERT_EQUAL(came[0].position, at_b);
    CU_ASSERT_EQUAL(came[0].events, OS_WAIT_WRITE);
    os_wait_set_remove(set, at_b);
    CU_ASSERT_EQUAL(os_wait_set_wait(set, 1, came, 4), 0);
    CU_ASSERT_EQUAL(os_wait_set_add(set, b[0], OS_WAIT_READ), at_b);
    CU_ASSERT_EQUAL(os_wait_set_wait(set, -1, came, 4), 1);
    os_wait_set_free(set);
    for (int i = 0; i < 2; i++) {
        os_socket_close(a[i]);
        os_socket_close(b[i]);
    }
}

static void the_other_sides_end_is_seen(void)
{
    OsWaitSet *set = os_wait_set_new(1, false);
    OsWaitEvent came;
    int fds[2];

    os_socket_pair(fds);
    os_wait_set_add(set, fds[0], OS_WAIT_CLOSED);
    send_byte(fds[1]);
    CU_ASSERT_EQUAL(os_wait_set_wait(set, 0, &came, 1), 0);
    os_socket_close(fds[1]);
    CU_ASSERT_EQUAL(os_wait_set_wait(set, -1, &came, 1), 1);
    CU_ASSERT_TRUE(came.events & OS_WAIT_CLOSED);
    os_wait_set_free(set);
    os_socket_close(fds[0]);
}

static void a_file_that_was_closed_can_be_taken_out(void)
{
    OsWaitSet *set = os_wait_set_new(1, false);
    OsWaitEvent came;
    int fds[2], position;

    os_socket_pair(fds);
    position = os_wait_set_add(set, fds[0], OS_WAIT_READ);
    os_socket_close(fds[0]);
    os_socket_close(fds[1]);
    os_wait_set_remove(set, position);
    CU_ASSERT_EQUAL(os_wait_set_wait(set, 1, &came, 1), 0);
    os_wait_set_free(set);
}

static void what_cannot_be_waited_for_is_refused(void)
{
    OsWaitSet *set = os_wait_set_new(1, false);

    UNIT_ASSERT_RAISES(SQLSTATE_IO_ERROR, os_wait_set_add(set, 99999, OS_WAIT_READ));
}

/* Sent before the wait, as after a last look at a flag: it is there, and once. */
static void the_signal_wakes_whenever_it_came(void)
{
    OsWaitSet *set;
    OsWaitEvent came[2];

    os_wait_signal_init();
    set = os_wait_set_new(1, true);
    CU_ASSERT_EQUAL(os_wait_set_wait(set, 1, came, 2), 0);
    os_signal_send(process_id(), SIGURG);
    os_signal_send(process_id(), SIGURG);
    CU_ASSERT_EQUAL(os_wait_set_wait(set, -1, came, 2), 1);
    CU_ASSERT_EQUAL(came[0].position, OS_WAIT_WOKEN);
    CU_ASSERT_EQUAL(os_wait_set_wait(set, 1, came, 2), 0);
    os_wait_set_free(set);
    handlers_reset();
}

static void on_alarm(int signal_no)
{
    (void)signal_no;
}

static void another_signal_ends_a_wait_too(void)
{
    OsWaitSet *set = os_wait_set_new(1, false);
    OsWaitEvent came;
    uint64_t start_us = clock_monotonic_us();

    os_signal_handle(SIGALRM, on_alarm);
    os_alarm_set(10000);
    CU_ASSERT_EQUAL(os_wait_set_wait(set, 60000, &came, 1), 0);
    CU_ASSERT_TRUE(clock_monotonic_us() - start_us < 30000000);
    handlers_reset();
    /* Goes with the context. */
}

UNIT_SUITE(wait_set)
{
    UNIT_TEST(files_are_told_by_their_position);
    UNIT_TEST(the_other_sides_end_is_seen);
    UNIT_TEST(a_file_that_was_closed_can_be_taken_out);
    UNIT_TEST(what_cannot_be_waited_for_is_refused);
    UNIT_TEST(the_signal_wakes_whenever_it_came);
    UNIT_TEST(another_signal_ends_a_wait_too);
}

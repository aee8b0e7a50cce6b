/* latch_test.c - latches: no wake is lost, sockets, and the end of the supervisor. */
#include "common/base/base.h"

#include <signal.h>
#include <unistd.h>

#include "common/mem/mem.h"
#include "common/os/child.h"
#include "common/os/clock.h"
#include "common/os/shared_memory.h"
#include "common/os/socket.h"
#include "server/ipc/condvar.h"
#include "server/ipc/latch.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/supervisor.h"
#include "tests/lib/crowd.h"
#include "tests/lib/seed.h"
#include "tests/unit/unit.h"

#define PLAYERS 2

typedef struct Shared {
    Latch latches[PLAYERS];
    _Atomic uint32_t ball; /* who has it is the lowest bit; the rest counts */
    uint32_t rounds;
    bool with_socket;
    Seed seed;
    _Atomic uint32_t reached;
    _Atomic int watcher_pid;
    LwLock lock;
    CondVar changed;
} Shared;

static Shared *shared_new(void)
{
    Shared *s = os_shared_map(sizeof *s, OS_HUGE_OFF);

    for (int i = 0; i < PLAYERS; i++)
        latch_init(&s->latches[i]);
    lwlock_init(&s->lock, LW_STATS, 0);
    condvar_init(&s->changed);
    return s;
}

static void a_latch_stays_set_until_it_is_reset(void)
{
    latch_use(NULL);
    latch_reset(latch_own_one());
    CU_ASSERT_EQUAL(latch_wait(LATCH_SET | LATCH_TIMEOUT, 1, WAIT_EVENT_PG_SLEEP), LATCH_TIMEOUT);
    latch_set(latch_own_one());
    CU_ASSERT_EQUAL(latch_wait(LATCH_SET, -1, WAIT_EVENT_PG_SLEEP), LATCH_SET);
    CU_ASSERT_EQUAL(latch_wait(LATCH_SET, -1, WAIT_EVENT_PG_SLEEP), LATCH_SET);
    CU_ASSERT_TRUE(latch_is_set(latch_own_one()));
    /* Who does not ask for it is not disturbed by it. */
    CU_ASSERT_EQUAL(latch_wait(LATCH_TIMEOUT, 10, WAIT_EVENT_PG_SLEEP), LATCH_TIMEOUT);
    latch_reset(latch_own_one());
    CU_ASSERT_FALSE(latch_is_set(latch_own_one()));
}

static void a_wait_takes_its_time(void)
{
    uint64_t start_us = clock_monotonic_us();
    int fds[2];

    latch_use(NULL);
    latch_reset(latch_own_one());
    CU_ASSERT_EQUAL(latch_wait(LATCH_SET | LATCH_TIMEOUT, 20, WAIT_EVENT_PG_SLEEP), LATCH_TIMEOUT);
    CU_ASSERT_TRUE(clock_monotonic_us() - start_us >= 19000);
    os_socket_pair(fds);
    latch_wait_set_socket(fds[0]);
    start_us = clock_monotonic_us();
    CU_ASSERT_EQUAL(
        latch_wait(LATCH_SET | LATCH_SOCKET_READABLE | LATCH_TIMEOUT, 20, WAIT_EVENT_CLIENT_READ),
        LATCH_TIMEOUT);
    CU_ASSERT_TRUE(clock_monotonic_us() - start_us >= 19000);
    latch_wait_set_socket(-1);
    os_socket_close(fds[0]);
    os_socket_close(fds[1]);
}

static void a_socket_wakes_too(void)
{
    const char *why;
    size_t len;
    int fds[2];

    os_socket_pair(fds);
    latch_use(NULL);
    latch_reset(latch_own_one());
    latch_wait_set_socket(fds[0]);
    CU_ASSERT_EQUAL(latch_wait(LATCH_SET | LATCH_SOCKET_WRITABLE, -1, WAIT_EVENT_CLIENT_WRITE),
                    LATCH_SOCKET_WRITABLE);
    CU_ASSERT_EQUAL(os_socket_send(fds[1], "x", 1, &len, &why), OS_IO_DONE);
    CU_ASSERT_EQUAL(latch_wait(LATCH_SET | LATCH_SOCKET_READABLE, -1, WAIT_EVENT_CLIENT_READ),
                    LATCH_SOCKET_READABLE);
    latch_set(latch_own_one());
    CU_ASSERT_EQUAL(latch_wait(LATCH_SET | LATCH_SOCKET_READABLE, -1, WAIT_EVENT_CLIENT_READ),
                    LATCH_SET);
    latch_reset(latch_own_one());
    os_socket_close(fds[1]);
    CU_ASSERT_TRUE(latch_wait(LATCH_SET | LATCH_SOCKET_CLOSED, -1, WAIT_EVENT_CLIENT_READ) &
                   LATCH_SOCKET_CLOSED);
    latch_wait_set_socket(-1);
    os_socket_close(fds[0]);
}

static void a_set_of_files_can_be_waited_for(void)
{
    OsWaitSet *set = os_wait_set_new(4, true);
    OsWaitEvent came[4];
    const char *why;
    size_t len;
    int fds[2], position;

    os_socket_pair(fds);
    latch_use(NULL);
    latch_reset(latch_own_one());
    position = os_wait_set_add(set, fds[0], OS_WAIT_READ);
    CU_ASSERT_EQUAL(latch_wait_set(set, 1, came, 4, WAIT_EVENT_PG_SLEEP), 0);
    os_socket_send(fds[1], "x", 1, &len, &why);
    CU_ASSERT_EQUAL(latch_wait_set(set, -1, came, 4, WAIT_EVENT_PG_SLEEP), 1);
    CU_ASSERT_EQUAL(came[0].position, position);
    CU_ASSERT_EQUAL(came[0].events, OS_WAIT_READ);
    latch_set(latch_own_one());
    CU_ASSERT_EQUAL(latch_wait_set(set, -1, came, 4, WAIT_EVENT_PG_SLEEP), 0);
    os_wait_set_free(set);
    os_socket_close(fds[0]);
    os_socket_close(fds[1]);
}

/* ---- several processes ---- */

/* The ball goes to and fro; one wake that is lost, and both wait for ever. */
static void play(void *arg, unsigned number)
{
    Shared *s = arg;
    Seed seed = {.state = s->seed.state + number};
    unsigned events = LATCH_SET;
    int fds[2];

    latch_own(&s->latches[number]);
    latch_use(&s->latches[number]);
    if (s->with_socket) {
        os_socket_pair(fds);
        latch_wait_set_socket(fds[0]);
        events |= LATCH_SOCKET_READABLE;
    }
    while (atomic_load(&s->ball) < s->rounds) {
        latch_reset(&s->latches[number]);
        if (atomic_load(&s->ball) % PLAYERS == number) {
            if (seed_below(&seed, 20) == 0)
                usleep((useconds_t)seed_below(&seed, 200));
            atomic_fetch_add(&s->ball, 1);
            latch_set(&s->latches[1 - number]);
            continue;
        }
        latch_wait(events, -1, WAIT_EVENT_PG_SLEEP);
    }
    latch_set(&s->latches[1 - number]);
}

static void play_with(bool with_socket)
{
    Shared *s = shared_new();

    s->seed = seed_new("latch");
    s->rounds = 20000;
    s->with_socket = with_socket;
    CU_ASSERT_EQUAL(crowd_run(PLAYERS, play, s), PLAYERS);
    CU_ASSERT_TRUE(atomic_load(&s->ball) >= s->rounds);
    os_shared_unmap(s, sizeof *s);
}

static void no_wake_is_lost(void)
{
    play_with(false);
}

static void no_wake_is_lost_beside_a_socket(void)
{
    play_with(true);
}

/* ---- the end of the supervisor ---- */

static void wait_as(Shared *s, unsigned number)
{
    uint32_t seen = condvar_begin(&s->changed);
    int fds[2];

    atomic_fetch_add(&s->reached, 1);
    switch (number) {
    case 0:
        latch_wait(LATCH_SET, -1, WAIT_EVENT_PG_SLEEP);
        break;
    case 1:
        os_socket_pair(fds);
        latch_wait_set_socket(fds[0]);
        latch_wait(LATCH_SET | LATCH_SOCKET_READABLE, -1, WAIT_EVENT_PG_SLEEP);
        break;
    case 2:
        condvar_wait(&s->changed, &seen, WAIT_EVENT_PG_SLEEP);
        break;
    case 3:
        lwlock_acquire(&s->lock, LW_EXCLUSIVE);
        break;
    default:
        if (latch_wait(LATCH_SET | LATCH_SUPERVISOR_DEATH, -1, WAIT_EVENT_PG_SLEEP) ==
            LATCH_SUPERVISOR_DEATH) {
            if (supervisor_is_alive())
                _exit(1);
            /* The one that sees it for itself tells the test. */
            atomic_store(&s->watcher_pid, getpid());
        }
        break;
    }
    /* Nobody else comes here. */
    if (number < 4)
        atomic_store(&s->ball, number + 1);
    _exit(0);
}

/* A supervisor with children that wait each in its way; it is killed, they end by themselves. */
static void supervise(void *arg, unsigned number)
{
    Shared *s = arg;

    (void)number;
    supervisor_open_lifeline();
    lwlock_acquire(&s->lock, LW_EXCLUSIVE);
    for (unsigned i = 0; i < 5; i++) {
        if (os_fork() != 0)
            continue;
        supervisor_enter_child();
        wait_as(s, i);
    }
    for (;;)
        clock_sleep_ms(1000);
}

static void no_wait_outlasts_the_supervisor(void)
{
    Shared *s = shared_new();
    Crowd crowd;
    int pipe_ends[2];
    char byte;

    /* Whoever lives holds the writing end. */
    CU_ASSERT_EQUAL_FATAL(pipe(pipe_ends), 0);
    crowd_begin(&crowd, 1, supervise, s);
    close(pipe_ends[1]);
    while (atomic_load(&s->reached) < 5)
        clock_sleep_ms(1);
    clock_sleep_ms(30);
    crowd_kill(&crowd, 0);
    CU_ASSERT_EQUAL(read(pipe_ends[0], &byte, 1), 0);
    CU_ASSERT_EQUAL(atomic_load(&s->ball), 0);
    CU_ASSERT_TRUE(atomic_load(&s->watcher_pid) > 0);
    close(pipe_ends[0]);
    os_shared_unmap(s, sizeof *s);
}

UNIT_SUITE(latch)
{
    UNIT_TEST(a_latch_stays_set_until_it_is_reset);
    UNIT_TEST(a_wait_takes_its_time);
    UNIT_TEST(a_socket_wakes_too);
    UNIT_TEST(a_set_of_files_can_be_waited_for);
    UNIT_TEST(no_wake_is_lost);
    UNIT_TEST(no_wake_is_lost_beside_a_socket);
    UNIT_TEST(no_wait_outlasts_the_supervisor);
}

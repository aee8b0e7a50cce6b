/* interrupt_test.c - what a process is told, and when it acts on it. */
#include "common/base/base.h"

#include <signal.h>
#include <unistd.h>

#include "common/os/clock.h"
#include "common/os/shared_memory.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/proc.h"
#include "tests/lib/child.h"
#include "tests/lib/crowd.h"
#include "tests/lib/handlers.h"
#include "tests/unit/unit.h"

static struct {
    char order[20]; /* a letter for each handler that ran */
    size_t count;
} ran;

static void note(char letter)
{
    if (ran.count < sizeof ran.order - 1)
        ran.order[ran.count++] = letter;
}

static void on_die(void)
{
    note('D');
    err_raise(SQLSTATE_ADMIN_SHUTDOWN, .message = "terminating connection");
}

static void on_cancel(void)
{
    note('C');
}

static void on_gone(void)
{
    note('G');
}

static void on_catch_up(void)
{
    note('c');
}

static void on_notify(void)
{
    note('n');
}

static void begin(void)
{
    ran.count = 0;
    memset(ran.order, 0, sizeof ran.order);
    interrupt_install();
    interrupt_set_handler(INTERRUPT_DIE, on_die);
    interrupt_set_handler(INTERRUPT_CANCEL, on_cancel);
    interrupt_set_handler(INTERRUPT_CLIENT_GONE, on_gone);
    check_interrupts();
}

static void end(void)
{
    interrupt_set_handler(INTERRUPT_DIE, NULL);
    interrupt_set_handler(INTERRUPT_CANCEL, NULL);
    interrupt_set_handler(INTERRUPT_CLIENT_GONE, NULL);
    handlers_reset();
}

static void a_signal_is_acted_on_at_the_next_check(void)
{
    begin();
    latch_use(NULL);
    latch_reset(latch_own_one());
    kill(getpid(), SIGINT);
    CU_ASSERT_EQUAL(ran.count, 0);
    CU_ASSERT_TRUE(latch_is_set(latch_own_one()));
    check_interrupts();
    check_interrupts();
    CU_ASSERT_STRING_EQUAL(ran.order, "C");
    end();
}

static void what_raises_leaves_the_rest_for_later(void)
{
    begin();
    interrupt_set(INTERRUPT_CANCEL);
    interrupt_set(INTERRUPT_CLIENT_GONE);
    kill(getpid(), SIGTERM);
    UNIT_ASSERT_RAISES(SQLSTATE_ADMIN_SHUTDOWN, check_interrupts());
    CU_ASSERT_STRING_EQUAL(ran.order, "D");
    check_interrupts();
    CU_ASSERT_STRING_EQUAL(ran.order, "DGC");
    end();
}

static void nothing_happens_while_they_are_held_off(void)
{
    begin();
    interrupt_hold();
    interrupt_hold();
    interrupt_set(INTERRUPT_CANCEL);
    interrupt_resume();
    CU_ASSERT_TRUE(interrupt_is_held());
    check_interrupts();
    CU_ASSERT_EQUAL(ran.count, 0);
    interrupt_resume();
    CU_ASSERT_FALSE(interrupt_is_held());
    crit_begin();
    check_interrupts();
    CU_ASSERT_EQUAL(ran.count, 0);
    crit_end();
    check_interrupts();
    CU_ASSERT_STRING_EQUAL(ran.order, "C");
    interrupt_hold();
    interrupt_reset_holds();
    CU_ASSERT_FALSE(interrupt_is_held());
    end();
}

static void without_a_handler_it_stays_to_be_taken(void)
{
    begin();
    kill(getpid(), SIGHUP);
    check_interrupts();
    CU_ASSERT_EQUAL(atomic_load(&interrupt_is_pending), 0);
    CU_ASSERT_TRUE(interrupt_take(INTERRUPT_RELOAD));
    CU_ASSERT_FALSE(interrupt_take(INTERRUPT_RELOAD));
    interrupt_set_handler(INTERRUPT_CANCEL, NULL);
    interrupt_set(INTERRUPT_CANCEL);
    check_interrupts();
    /* Whoever comes to handle it later gets what came before. */
    interrupt_set_handler(INTERRUPT_CANCEL, on_cancel);
    check_interrupts();
    CU_ASSERT_STRING_EQUAL(ran.order, "C");
    end();
}

static void usr2_is_asked_for(void)
{
    begin();
    CU_ASSERT_FALSE(interrupt_take_usr2());
    kill(getpid(), SIGUSR2);
    CU_ASSERT_TRUE(interrupt_take_usr2());
    CU_ASSERT_FALSE(interrupt_take_usr2());
    end();
}

static void say_farewell(void)
{
    if (write(STDERR_FILENO, "farewell", 8) < 0)
        _exit(1);
}

static void wait_for_quit(void *arg)
{
    interrupt_install();
    if (arg != NULL)
        interrupt_set_last_words(say_farewell);
    kill(getpid(), SIGPIPE);
    kill(getpid(), SIGQUIT);
}

static void quit_ends_the_process_at_once(void)
{
    ChildEnd end = child_run(wait_for_quit, NULL);

    CU_ASSERT_EQUAL(end.exit_code, 2);
    CU_ASSERT_STRING_EQUAL(end.err, "");
    end = child_run(wait_for_quit, &end);
    CU_ASSERT_EQUAL(end.exit_code, 2);
    CU_ASSERT_STRING_EQUAL(end.err, "farewell");
}

/* ---- from one process to another ---- */

typedef struct Shared {
    _Atomic int slot, pid;
    _Atomic uint32_t is_over;
    char order[20];
} Shared;

static void be_signaled(void *arg, unsigned number)
{
    Shared *s = arg;

    (void)number;
    interrupt_install();
    proc_signal_set_handler(PROC_SIGNAL_CATCH_UP, on_catch_up);
    proc_attach(PROC_BACKEND);
    atomic_store(&s->slot, proc_self()->slot);
    atomic_store(&s->pid, getpid());
    while (atomic_load(&s->is_over) == 0 || ran.count < 1) {
        latch_wait(LATCH_SET, -1, WAIT_EVENT_PG_SLEEP);
        latch_reset(&proc_self()->latch);
        check_interrupts();
    }
    /* The other reason has waited for its handler. */
    proc_signal_set_handler(PROC_SIGNAL_NOTIFY, on_notify);
    check_interrupts();
    memcpy(s->order, ran.order, sizeof s->order);
}

static void a_reason_reaches_the_other_process(void)
{
    Shared *s = os_shared_map(sizeof *s, OS_HUGE_OFF);
    size_t size = proc_shmem_size();
    void *place = os_shared_map(size, OS_HUGE_OFF);
    Crowd crowd;

    ran.count = 0;
    memset(ran.order, 0, sizeof ran.order);
    proc_shmem_init(place);
    crowd_begin(&crowd, 1, be_signaled, s);
    while (atomic_load(&s->pid) == 0)
        clock_sleep_ms(1);
    CU_ASSERT_TRUE(proc_signal_send(s->slot, s->pid, PROC_SIGNAL_NOTIFY));
    CU_ASSERT_TRUE(proc_signal_send(s->slot, s->pid, PROC_SIGNAL_CATCH_UP));
    CU_ASSERT_FALSE(proc_signal_send(s->slot, s->pid + 1, PROC_SIGNAL_CATCH_UP));
    CU_ASSERT_FALSE(proc_signal_send(s->slot + 1, 0, PROC_SIGNAL_CATCH_UP));
    atomic_store(&s->is_over, 1);
    latch_set(&proc_at(s->slot)->latch);
    CU_ASSERT_EQUAL(crowd_end(&crowd), 1);
    CU_ASSERT_STRING_EQUAL(s->order, "cn");
    CU_ASSERT_FALSE(proc_signal_send(s->slot, s->pid, PROC_SIGNAL_CATCH_UP));
    proc_shmem_init(NULL);
    os_shared_unmap(place, size);
    os_shared_unmap(s, sizeof *s);
}

static void a_process_may_tell_itself(void)
{
    size_t size = proc_shmem_size();
    void *place = os_shared_map(size, OS_HUGE_OFF);

    begin();
    proc_shmem_init(place);
    proc_signal_set_handler(PROC_SIGNAL_CATCH_UP, on_catch_up);
    proc_attach(PROC_BACKEND);
    CU_ASSERT_TRUE(proc_signal_send(proc_self()->slot, getpid(), PROC_SIGNAL_CATCH_UP));
    check_interrupts();
    CU_ASSERT_STRING_EQUAL(ran.order, "c");
    proc_detach();
    proc_signal_set_handler(PROC_SIGNAL_CATCH_UP, NULL);
    end();
    proc_shmem_init(NULL);
    os_shared_unmap(place, size);
}

UNIT_SUITE(interrupt)
{
    UNIT_TEST(a_signal_is_acted_on_at_the_next_check);
    UNIT_TEST(what_raises_leaves_the_rest_for_later);
    UNIT_TEST(nothing_happens_while_they_are_held_off);
    UNIT_TEST(without_a_handler_it_stays_to_be_taken);
    UNIT_TEST(usr2_is_asked_for);
    UNIT_TEST(quit_ends_the_process_at_once);
    UNIT_TEST(a_reason_reaches_the_other_process);
    UNIT_TEST(a_process_may_tell_itself);
}

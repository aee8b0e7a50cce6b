/* timer_test.c - several time limits on the one alarm. */
#include "common/base/base.h"

#include "common/os/clock.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/latch.h"
#include "server/ipc/timer.h"
#include "tests/lib/handlers.h"
#include "tests/unit/unit.h"

static struct {
    unsigned lock_count, statement_count;
} fired;

static void on_lock(void)
{
    fired.lock_count++;
}

static void on_statement(void)
{
    fired.statement_count++;
    err_raise(SQLSTATE_QUERY_CANCELED, .message = "canceling statement due to statement timeout");
}

static void begin(void)
{
    fired.lock_count = fired.statement_count = 0;
    interrupt_install();
    timer_init();
    timer_set_handler(TIMER_LOCK, on_lock);
    timer_set_handler(TIMER_STATEMENT, on_statement);
}

static void end(void)
{
    timer_init();
    handlers_reset();
}

/* As a process does that waits for something else. */
static void wait_ms(int64_t ms)
{
    uint64_t end_us = clock_monotonic_us() + (uint64_t)ms * 1000;

    while (clock_monotonic_us() < end_us) {
        latch_reset(latch_own_one());
        check_interrupts();
        latch_wait(LATCH_SET | LATCH_TIMEOUT, 2, WAIT_EVENT_PG_SLEEP);
    }
    check_interrupts();
}

/* Until one has gone off, however busy the machine is. */
static void wait_for_lock_timer(unsigned count)
{
    for (int i = 0; i < 1000 && fired.lock_count < count; i++)
        wait_ms(5);
}

static void a_timer_goes_off_once(void)
{
    begin();
    timer_start_ms(TIMER_LOCK, 300);
    CU_ASSERT_TRUE(timer_is_running(TIMER_LOCK));
    check_interrupts();
    CU_ASSERT_EQUAL(fired.lock_count, 0);
    wait_for_lock_timer(1);
    wait_ms(10);
    CU_ASSERT_EQUAL(fired.lock_count, 1);
    CU_ASSERT_FALSE(timer_is_running(TIMER_LOCK));
    CU_ASSERT_TRUE(timer_take_fired(TIMER_LOCK));
    CU_ASSERT_FALSE(timer_take_fired(TIMER_LOCK));
    end();
}

static void a_handler_may_raise_and_others_come_later(void)
{
    begin();
    timer_start_ms(TIMER_STATEMENT, 10);
    timer_start_ms(TIMER_LOCK, 10);
    UNIT_ASSERT_RAISES(SQLSTATE_QUERY_CANCELED, wait_ms(5000));
    wait_for_lock_timer(1);
    CU_ASSERT_EQUAL(fired.statement_count, 1);
    CU_ASSERT_EQUAL(fired.lock_count, 1);
    end();
}

static void a_stopped_timer_does_not_go_off(void)
{
    begin();
    timer_start_ms(TIMER_STATEMENT, 10);
    timer_stop(TIMER_STATEMENT);
    /* The alarm of the first comes before the second is due. */
    timer_start_ms(TIMER_LOCK, 300);
    wait_ms(25);
    CU_ASSERT_EQUAL(fired.lock_count, 0);
    wait_for_lock_timer(1);
    CU_ASSERT_EQUAL(fired.lock_count, 1);
    CU_ASSERT_EQUAL(fired.statement_count, 0);
    timer_start_ms(TIMER_LOCK, 5);
    timer_start_ms(TIMER_STATEMENT, 5);
    timer_stop_all();
    wait_ms(20);
    CU_ASSERT_EQUAL(fired.lock_count, 1);
    end();
}

static void an_earlier_limit_brings_the_alarm_forward(void)
{
    begin();
    timer_start_ms(TIMER_STATEMENT, 60000);
    timer_start_at(TIMER_LOCK, clock_now() + 10000);
    wait_for_lock_timer(1);
    CU_ASSERT_EQUAL(fired.lock_count, 1);
    CU_ASSERT_TRUE(timer_is_running(TIMER_STATEMENT));
    CU_ASSERT_FALSE(timer_take_fired(TIMER_STATEMENT));
    timer_stop_all();
    end();
}

static void what_lies_in_the_past_goes_off_at_once(void)
{
    begin();
    timer_start_at(TIMER_LOCK, clock_now() - 1000000);
    wait_for_lock_timer(1);
    CU_ASSERT_EQUAL(fired.lock_count, 1);
    timer_start_ms(TIMER_LOCK, -5);
    wait_for_lock_timer(2);
    CU_ASSERT_EQUAL(fired.lock_count, 2);
    end();
}

static void the_start_of_a_timer_is_known(void)
{
    PgTime before = clock_now(), started;

    begin();
    timer_start_ms(TIMER_LOCK, 60000);
    clock_sleep_ms(5);
    started = timer_started_at(TIMER_LOCK);
    CU_ASSERT_TRUE(started >= before - 1000 && started <= clock_now() - 4000);
    timer_stop_all();
    end();
}

static void time_that_is_held_off_comes_afterwards(void)
{
    begin();
    interrupt_hold();
    timer_start_ms(TIMER_LOCK, 5);
    wait_ms(20);
    CU_ASSERT_EQUAL(fired.lock_count, 0);
    interrupt_resume();
    check_interrupts();
    CU_ASSERT_EQUAL(fired.lock_count, 1);
    end();
}

UNIT_SUITE(timer)
{
    UNIT_TEST(a_timer_goes_off_once);
    UNIT_TEST(a_handler_may_raise_and_others_come_later);
    UNIT_TEST(a_stopped_timer_does_not_go_off);
    UNIT_TEST(an_earlier_limit_brings_the_alarm_forward);
    UNIT_TEST(what_lies_in_the_past_goes_off_at_once);
    UNIT_TEST(the_start_of_a_timer_is_known);
    UNIT_TEST(time_that_is_held_off_comes_afterwards);
}

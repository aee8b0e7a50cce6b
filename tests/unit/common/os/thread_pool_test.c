/* thread_pool_test.c - jobs on threads: how they fail, are cancelled, and end. */
#include "common/base/base.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/file.h"
#include "common/os/process.h"
#include "common/os/thread_pool.h"
#include "tests/lib/child.h"
#include "tests/unit/unit.h"

/* What jobs and tests share; set to zero by each test. */
static struct {
    atomic_int runs;
    atomic_int started;
    atomic_int finished;
    atomic_bool may_go_on;
} shared;

static void shared_reset(void)
{
    shared.runs = shared.started = shared.finished = 0;
    shared.may_go_on = false;
}

static void count_run(void *arg)
{
    int *own = arg;

    if (own != NULL)
        (*own)++;
    shared.runs++;
}

static void fail_job(void *arg)
{
    err_raise(SQLSTATE_CHECK_FAILED, .message = err_fmt("job %d failed", *(int *)arg),
              .detail = "D.");
}

static void wait_for_cancel(void *arg)
{
    shared.started++;
    while (arg == NULL || *(volatile char *)arg == 'x') {
        clock_sleep_ms(1);
        thread_pool_check_cancel();
    }
}

static void wait_for_go(void *arg)
{
    (void)arg;
    shared.started++;
    while (!shared.may_go_on)
        clock_sleep_ms(1);
    shared.finished++;
}

static void wait_until_started(int count)
{
    while (shared.started < count)
        clock_sleep_ms(1);
}

/* ---- jobs ---- */

static void every_job_runs_once(void)
{
    ThreadPool *pool = thread_pool_new(4);
    int runs[500] = {0};

    shared_reset();
    for (size_t i = 0; i < ARRAY_LEN(runs); i++)
        thread_pool_add(pool, count_run, &runs[i]);
    thread_pool_wait(pool);
    CU_ASSERT_EQUAL(shared.runs, 500);
    for (size_t i = 0; i < ARRAY_LEN(runs); i++)
        CU_ASSERT_EQUAL(runs[i], 1);
    thread_pool_wait(pool);
    thread_pool_add(pool, count_run, NULL);
    thread_pool_wait(pool);
    CU_ASSERT_EQUAL(shared.runs, 501);
    thread_pool_free(pool);
}

static void adding_blocks_while_many_wait(void)
{
    ThreadPool *pool = thread_pool_new(1);

    shared_reset();
    for (int i = 0; i < 5; i++) /* one runs, four wait */
        thread_pool_add(pool, wait_for_go, NULL);
    wait_until_started(1);
    CU_ASSERT_EQUAL(shared.started, 1);
    shared.may_go_on = true;
    thread_pool_add(pool, wait_for_go, NULL);
    CU_ASSERT_TRUE(shared.finished >= 1);
    thread_pool_wait(pool);
    CU_ASSERT_EQUAL(shared.finished, 6);
    thread_pool_free(pool);
}

static void the_first_failure_is_raised_and_the_rest_is_dropped(void)
{
    ThreadPool *pool = thread_pool_new(1);
    int number = 7;

    shared_reset();
    CU_ASSERT_FALSE(thread_pool_has_failed(pool));
    thread_pool_add(pool, fail_job, &number);
    for (int i = 0; i < 50; i++)
        thread_pool_add(pool, count_run, NULL);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_CHECK_FAILED, "job 7 failed", thread_pool_wait(pool));
    CU_ASSERT_EQUAL(shared.runs, 0);

    /* The pool is as good as new. */
    CU_ASSERT_FALSE(thread_pool_has_failed(pool));
    thread_pool_add(pool, count_run, NULL);
    thread_pool_wait(pool);
    CU_ASSERT_EQUAL(shared.runs, 1);
    thread_pool_free(pool);
}

static void a_failure_is_seen_before_the_wait(void)
{
    ThreadPool *pool = thread_pool_new(2);
    int number = 1;

    thread_pool_add(pool, fail_job, &number);
    while (!thread_pool_has_failed(pool))
        clock_sleep_ms(1);
    thread_pool_free(pool); /* what was raised is forgotten */
}

static void a_failure_cancels_the_jobs_that_run(void)
{
    ThreadPool *pool = thread_pool_new(3);
    int number = 5;

    shared_reset();
    thread_pool_add(pool, wait_for_cancel, NULL);
    thread_pool_add(pool, wait_for_cancel, NULL);
    wait_until_started(2);
    thread_pool_add(pool, fail_job, &number);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_CHECK_FAILED, "job 5 failed", thread_pool_wait(pool));
    thread_pool_free(pool);
}

static void note_end(void *arg)
{
    *(bool *)arg = true;
}

static void use_job_memory(void *arg)
{
    CU_ASSERT_PTR_NOT_EQUAL(mem_current(), mem_root());
    mem_on_reset(mem_current(), note_end, arg);
    mem_switch(mem_context_new(mem_current(), "deeper"));
    mem_alloc(100000);
    err_raise(SQLSTATE_CHECK_FAILED, .message = "left early");
}

static void the_memory_of_a_job_goes_when_it_ends(void)
{
    ThreadPool *pool = thread_pool_new(1);
    bool is_ended = false;

    thread_pool_add(pool, use_job_memory, &is_ended);
    UNIT_ASSERT_RAISES(SQLSTATE_CHECK_FAILED, thread_pool_wait(pool));
    CU_ASSERT_TRUE(is_ended);
    thread_pool_free(pool);
}

static void look_at_signal_mask(void *arg)
{
    pthread_sigmask(SIG_SETMASK, NULL, arg);
}

static void jobs_block_all_signals(void)
{
    ThreadPool *pool = thread_pool_new(1);
    sigset_t mask, own;

    sigemptyset(&mask);
    thread_pool_add(pool, look_at_signal_mask, &mask);
    thread_pool_wait(pool);
    thread_pool_free(pool);
    CU_ASSERT_TRUE(sigismember(&mask, SIGTERM));
    CU_ASSERT_TRUE(sigismember(&mask, SIGINT));
    pthread_sigmask(SIG_SETMASK, NULL, &own);
    CU_ASSERT_FALSE(sigismember(&own, SIGTERM));
}

/* ---- ends ---- */

static void freeing_a_pool_cancels_and_waits(void)
{
    ThreadPool *pool = thread_pool_new(2);

    shared_reset();
    for (int i = 0; i < 8; i++)
        thread_pool_add(pool, wait_for_cancel, NULL);
    wait_until_started(2);
    thread_pool_free(pool);
    CU_ASSERT_EQUAL(shared.started, 2);
}

static void a_reset_ends_the_jobs_before_their_memory_goes(void)
{
    MemContext *ctx = mem_context_new(mem_current(), "work");
    MemContext *newer;
    ThreadPool *pool = NULL;
    char *arg;

    shared_reset();
    MEM_SCOPE(ctx) {
        pool = thread_pool_new(2);
    }
    newer = mem_context_new(ctx, "deleted before its parent's callbacks");
    arg = mem_alloc_in(newer, 100);
    arg[0] = 'x';
    thread_pool_add(pool, wait_for_cancel, arg);
    thread_pool_add(pool, wait_for_cancel, arg);
    wait_until_started(2);
    mem_delete(ctx);
}

/* ---- signals ---- */

static void add_after_signal(void *arg)
{
    ThreadPool *pool = thread_pool_new(1);

    (void)arg;
    process_catch_signals();
    raise(SIGTERM);
    thread_pool_add(pool, count_run, NULL);
}

static void signal_self(void *arg)
{
    (void)arg;
    kill(getpid(), SIGTERM);
    wait_for_cancel(NULL);
}

static void wait_for_signal(void *arg)
{
    ThreadPool *pool = thread_pool_new(2);

    (void)arg;
    process_catch_signals();
    thread_pool_add(pool, signal_self, NULL);
    thread_pool_wait(pool);
}

static void add_to_full_queue_during_signal(void *arg)
{
    ThreadPool *pool = thread_pool_new(1);

    (void)arg;
    process_catch_signals();
    for (int i = 0; i < 100; i++)
        thread_pool_add(pool, signal_self, NULL);
}

static void signals_end_adding_and_waiting(void)
{
    static void (*const ways[])(void *) = {add_after_signal, wait_for_signal,
                                           add_to_full_queue_during_signal};

    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        ChildEnd end = child_run(ways[i], NULL);

        CU_ASSERT_EQUAL(end.exit_code, CHILD_RAISED);
        CU_ASSERT_PTR_NOT_NULL(strstr(end.err, "terminated by signal 15"));
    }
}

#ifndef HOLDFAST_SANITIZE
/* What the process has in use now may still grow a little, or the raise itself would fail. */
static void start_without_memory(void *arg UNUSED)
{
    char *pages = os_file_read_all("/proc/self/statm", KIB(4), NULL);
    rlim_t size = strtoul(pages, NULL, 10) * (rlim_t)sysconf(_SC_PAGESIZE) + MIB(1);
    struct rlimit limit = {.rlim_cur = size, .rlim_max = size};

    setrlimit(RLIMIT_AS, &limit);
    thread_pool_new(100);
}
#endif

static void threads_that_cannot_start_raise(void)
{
#ifdef HOLDFAST_SANITIZE
    unit_skip("the address sanitizer ends the process when memory runs out");
#else
    ChildEnd end = child_run(start_without_memory, NULL);

    CU_ASSERT_EQUAL(end.exit_code, CHILD_RAISED);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(end.err, "could not create thread: Resource temporarily unavailable"));
#endif
}

/* ---- locks, single threads ---- */

typedef struct Counter {
    ThreadLock *lock;
    int value;
} Counter;

static void count_slowly(void *arg)
{
    Counter *counter = arg;

    for (int i = 0; i < 1000; i++) {
        int value;

        thread_lock(counter->lock);
        value = counter->value;
        if (i % 100 == 0)
            clock_sleep_ms(0);
        counter->value = value + 1;
        thread_unlock(counter->lock);
    }
}

static void a_lock_keeps_others_out(void)
{
    ThreadPool *pool = thread_pool_new(4);
    Counter counter = {.lock = thread_lock_new()};

    for (int i = 0; i < 8; i++)
        thread_pool_add(pool, count_slowly, &counter);
    thread_pool_wait(pool);
    CU_ASSERT_EQUAL(counter.value, 8000);
    thread_pool_free(pool);
}

static void a_single_thread_is_joined(void)
{
    Thread *t;
    int number = 3;

    shared_reset();
    t = thread_start(wait_for_go, NULL);
    wait_until_started(1);
    CU_ASSERT_FALSE(thread_is_done(t));
    shared.may_go_on = true;
    while (!thread_is_done(t))
        clock_sleep_ms(1);
    thread_join(t);
    CU_ASSERT_EQUAL(shared.finished, 1);
    t = thread_start(fail_job, &number);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_CHECK_FAILED, "job 3 failed", thread_join(t));
}

static void a_cancelled_thread_ends_without_complaint(void)
{
    Thread *t;

    shared_reset();
    t = thread_start(wait_for_cancel, NULL);
    wait_until_started(1);
    thread_cancel(t);
    thread_join(t);
}

static void fail_when_cancelled(void *arg)
{
    (void)arg;
    shared.started++;
    while (!shared.may_go_on)
        clock_sleep_ms(1);
    err_raise(SQLSTATE_DISK_FULL, .message = "something else");
}

static void a_cancelled_thread_that_fails_otherwise_is_heard(void)
{
    Thread *t;

    shared_reset();
    t = thread_start(fail_when_cancelled, NULL);
    wait_until_started(1);
    thread_cancel(t);
    shared.may_go_on = true;
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DISK_FULL, "something else", thread_join(t));
}

static void outside_of_jobs_nothing_is_cancelled(void)
{
    thread_pool_check_cancel();
    CU_ASSERT_TRUE(thread_cpu_count() >= 1);
    CU_ASSERT_TRUE(thread_cpu_count() < 10000);
}

UNIT_SUITE(thread_pool)
{
    UNIT_TEST(every_job_runs_once);
    UNIT_TEST(adding_blocks_while_many_wait);
    UNIT_TEST(the_first_failure_is_raised_and_the_rest_is_dropped);
    UNIT_TEST(a_failure_is_seen_before_the_wait);
    UNIT_TEST(a_failure_cancels_the_jobs_that_run);
    UNIT_TEST(the_memory_of_a_job_goes_when_it_ends);
    UNIT_TEST(jobs_block_all_signals);
    UNIT_TEST(freeing_a_pool_cancels_and_waits);
    UNIT_TEST(a_reset_ends_the_jobs_before_their_memory_goes);
    UNIT_TEST(signals_end_adding_and_waiting);
    UNIT_TEST(threads_that_cannot_start_raise);
    UNIT_TEST(a_lock_keeps_others_out);
    UNIT_TEST(a_single_thread_is_joined);
    UNIT_TEST(a_cancelled_thread_ends_without_complaint);
    UNIT_TEST(a_cancelled_thread_that_fails_otherwise_is_heard);
    UNIT_TEST(outside_of_jobs_nothing_is_cancelled);
}

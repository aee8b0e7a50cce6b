/*
 * thread_pool.c - a queue of jobs and the threads that take them
 *
 *                 thread_pool_add        a worker takes it        it returns or raises
 *     (caller)  ------------------>  queued  ------------->  running  ------------->  done
 *                                       |  the pool was cancelled                       ^
 *                                       +-----------------------------------------------+
 *
 * All of ThreadPool is guarded by its lock, but for what says otherwise. Workers touch no memory of
 * the coordinator's but this struct and what their jobs were given.
 *
 * Promises
 *   1. A job runs in a frame of its own, in a memory context that goes when it ends.
 *   2. The first report of a job is kept in the pool, so that carrying it over cannot fail.
 *   3. No thread outlives the memory context of its pool.
 */
#include "common/base/base.h"

#include "common/os/thread_pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/os_int.h"
#include "common/os/process.h"

#define QUEUE_PER_THREAD 4
#define POLL_NS          100000000 /* how long a signal may wait to be seen by the coordinator */

typedef struct Job {
    void (*fn)(void *arg);
    void *arg;
} Job;

struct ThreadPool {
    pthread_mutex_t lock;
    pthread_cond_t work; /* for workers: there is a job, or the end */
    pthread_cond_t done; /* for the coordinator: a job was taken, or has ended */
    Job *queue;          /* a ring */
    size_t queue_max;
    size_t queue_first;
    size_t queue_count;
    unsigned running_count;
    bool is_ending;
    atomic_bool is_cancelled; /* also read by jobs, without the lock */
    bool has_failed;          /* first_report is filled */
    ErrCopy first_report;
    pthread_t *threads; /* written by the coordinator alone, as the next */
    unsigned thread_count;
    MemContext *ctx;
    MemCallback *before_reset;
};

struct Thread {
    ThreadPool *pool; /* with one thread and one job */
    bool is_cancelled;
};

struct ThreadLock {
    pthread_mutex_t mutex;
};

/* In a worker: what cancels its job. */
static _Thread_local const atomic_bool *job_is_cancelled;

static void pool_start_thread(ThreadPool *pool);
static void *worker_main(void *arg);
static bool worker_take(ThreadPool *pool, Job *job);
static void worker_run(ThreadPool *pool, const Job *job, MemContext *job_mem);
static void pool_fail(ThreadPool *pool, const ErrReport *report);
static void pool_wait_done(ThreadPool *pool);
static void pool_wait_idle(ThreadPool *pool);
static void pool_end(void *arg);

ThreadPool *thread_pool_new(unsigned thread_count)
{
    ThreadPool *pool = mem_new(ThreadPool);

    ASSERT(thread_count > 0);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->done, NULL);
    pool->ctx = mem_current();
    pool->queue_max = size_mul(thread_count, QUEUE_PER_THREAD);
    pool->queue = mem_new_array(Job, pool->queue_max);
    pool->threads = mem_new_array(pthread_t, thread_count);
    pool->before_reset = mem_before_reset(pool->ctx, pool_end, pool);
    while (pool->thread_count < thread_count)
        pool_start_thread(pool);
    return pool;
}

void thread_pool_add(ThreadPool *pool, void (*fn)(void *arg), void *arg)
{
    process_check_interrupts();
    pthread_mutex_lock(&pool->lock);
    while (pool->queue_count == pool->queue_max && !pool->is_cancelled)
        pool_wait_done(pool);
    if (!pool->is_cancelled) {
        size_t last = (pool->queue_first + pool->queue_count) % pool->queue_max;

        pool->queue[last] = (Job){.fn = fn, .arg = arg};
        pool->queue_count++;
        pthread_cond_signal(&pool->work);
    }
    pthread_mutex_unlock(&pool->lock);
}

bool thread_pool_has_failed(ThreadPool *pool)
{
    return pool->is_cancelled;
}

void thread_pool_wait(ThreadPool *pool)
{
    bool has_failed;

    pool_wait_idle(pool);
    pool->is_cancelled = false;
    has_failed = pool->has_failed;
    pool->has_failed = false;
    process_check_interrupts();
    if (has_failed)
        err_raise_copy(&pool->first_report.report);
}

void thread_pool_free(ThreadPool *pool)
{
    mem_off_reset(pool->ctx, pool->before_reset);
    pool_end(pool);
    mem_free(pool->threads);
    mem_free(pool->queue);
    mem_free(pool);
}

void thread_pool_check_cancel(void)
{
    process_check_interrupts();
    if (job_is_cancelled != NULL && *job_is_cancelled)
        err_raise(SQLSTATE_QUERY_CANCELED, .message = "canceled because of another failure");
}

unsigned thread_cpu_count(void)
{
    cpu_set_t set;
    long count;

    /* A machine may have more processors than the set has room for; then it is not restricted. */
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        count = CPU_COUNT(&set);
    else
        count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (unsigned)count : 1;
}

static void lock_destroy(void *arg)
{
    ThreadLock *lock = arg;

    pthread_mutex_destroy(&lock->mutex);
}

ThreadLock *thread_lock_new(void)
{
    ThreadLock *lock = mem_new(ThreadLock);

    pthread_mutex_init(&lock->mutex, NULL);
    mem_on_reset(mem_current(), lock_destroy, lock);
    return lock;
}

void thread_lock(ThreadLock *lock)
{
    pthread_mutex_lock(&lock->mutex);
}

void thread_unlock(ThreadLock *lock)
{
    pthread_mutex_unlock(&lock->mutex);
}

Thread *thread_start(void (*fn)(void *arg), void *arg)
{
    Thread *t = mem_new(Thread);

    t->pool = thread_pool_new(1);
    thread_pool_add(t->pool, fn, arg);
    return t;
}

bool thread_is_done(Thread *t)
{
    bool is_done;

    pthread_mutex_lock(&t->pool->lock);
    is_done = t->pool->queue_count == 0 && t->pool->running_count == 0;
    pthread_mutex_unlock(&t->pool->lock);
    return is_done;
}

void thread_cancel(Thread *t)
{
    t->is_cancelled = true;
    t->pool->is_cancelled = true;
}

void thread_join(Thread *t)
{
    ThreadPool *pool = t->pool;
    bool is_expected;

    pool_wait_idle(pool);
    mem_off_reset(pool->ctx, pool->before_reset);
    pool_end(pool);
    is_expected = t->is_cancelled && pool->first_report.report.sqlstate == SQLSTATE_QUERY_CANCELED;
    mem_free(pool->threads);
    mem_free(pool->queue);
    mem_free(t);
    process_check_interrupts();

    /* The pool's memory holds the report until it is raised; what is left of it goes with ctx. */
    if (pool->has_failed && !is_expected)
        err_raise_copy(&pool->first_report.report);
    mem_free(pool);
}

/* The thread blocks all signals, so that they wake the main thread and no other. */
static void pool_start_thread(ThreadPool *pool)
{
    sigset_t all, before;
    int error;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(&pool->threads[pool->thread_count], NULL, worker_main, pool);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0)
        os_raise(error, "could not create thread");
    pool->thread_count++;
}

static void *worker_main(void *arg)
{
    ThreadPool *pool = arg;
    MemContext *job_mem = mem_context_new(NULL, "job");
    Job job;

    job_is_cancelled = &pool->is_cancelled;
    while (worker_take(pool, &job)) {
        worker_run(pool, &job, job_mem);
        mem_reset(job_mem);
        pthread_mutex_lock(&pool->lock);
        pool->running_count--;
        pthread_cond_broadcast(&pool->done);
        pthread_mutex_unlock(&pool->lock);
    }
    mem_thread_end();
    return NULL;
}

/* Wait for a job and take it; false at the end. */
static bool worker_take(ThreadPool *pool, Job *job)
{
    bool is_taken = false;

    pthread_mutex_lock(&pool->lock);
    while (pool->queue_count == 0 && !pool->is_ending)
        pthread_cond_wait(&pool->work, &pool->lock);
    if (!pool->is_ending) {
        *job = pool->queue[pool->queue_first];
        pool->queue_first = (pool->queue_first + 1) % pool->queue_max;
        pool->queue_count--;
        pool->running_count++;
        is_taken = true;
        pthread_cond_broadcast(&pool->done);
    }
    pthread_mutex_unlock(&pool->lock);
    return is_taken;
}

static void worker_run(ThreadPool *pool, const Job *job, MemContext *job_mem)
{
    if (pool->is_cancelled)
        return;
    ERR_TRY() {
        mem_switch(job_mem);
        job->fn(job->arg);
    }
    ERR_CATCH() {
        pool_fail(pool, err_caught());
    }
    ERR_END();
    mem_switch(mem_root());
}

/* Keep the report if it is the first, and cancel the rest. */
static void pool_fail(ThreadPool *pool, const ErrReport *report)
{
    pthread_mutex_lock(&pool->lock);
    if (!pool->has_failed)
        err_copy(&pool->first_report, report);
    pool->has_failed = true;
    pool->is_cancelled = true;
    pthread_mutex_unlock(&pool->lock);
}

/* With the lock held: wait until something is done, or some time has passed. */
static void pool_wait_done(ThreadPool *pool)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += POLL_NS;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_cond_clockwait(&pool->done, &pool->lock, CLOCK_MONOTONIC, &until);
    if (process_is_interrupted())
        pool->is_cancelled = true;
}

static void pool_wait_idle(ThreadPool *pool)
{
    pthread_mutex_lock(&pool->lock);
    while (pool->queue_count > 0 || pool->running_count > 0)
        pool_wait_done(pool);
    pthread_mutex_unlock(&pool->lock);
}

/* Drop what waits, cancel what runs, and end the threads. */
static void pool_end(void *arg)
{
    ThreadPool *pool = arg;

    pthread_mutex_lock(&pool->lock);
    pool->is_ending = true;
    pool->is_cancelled = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->thread_count; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->done);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
}

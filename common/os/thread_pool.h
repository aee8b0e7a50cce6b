/*
 * thread_pool.h - the one thread pool, behind every -j
 *
 * A pool runs jobs on N threads. Each job has its own error frame, memory root and contexts; the
 * first report that leaves a job cancels the rest and is raised by thread_pool_wait() in the
 * coordinator, after all jobs ended. Long jobs call thread_pool_check_cancel() in their loops.
 *
 * Pools and threads belong to the memory context that was current when they were made. When that is
 * reset, also by a raise that nobody below catches, their jobs are cancelled and waited for before
 * anything goes: what a job uses may lie in that context, above it and below it.
 *
 * No fork after the first thread. Signals stay with the main thread; waiting for jobs sees them.
 */
#ifndef OS_THREAD_POOL_H
#define OS_THREAD_POOL_H

#include "common/base/base.h"

typedef struct ThreadPool ThreadPool;

ThreadPool *thread_pool_new(unsigned thread_count);

/*
 * Queue fn(arg). Blocks while queue_max (4 * threads) jobs wait. arg must live until the job ended.
 * After a failure jobs are dropped, not run. Raises 57014 when this process is to end. Jobs do not
 * add jobs: they could wait for each other.
 */
void thread_pool_add(ThreadPool *pool, void (*fn)(void *arg), void *arg);

/* True when a job failed, so that adding more is in vain. */
bool thread_pool_has_failed(ThreadPool *pool);

/* Wait for all jobs; raise the first report of a job that failed. The pool can be used again. */
void thread_pool_wait(ThreadPool *pool);

/* Cancel what still runs, wait for it and end the threads; what jobs raised is forgotten. */
void thread_pool_free(ThreadPool *pool);

/*
 * In a job: raises 57014 when it was cancelled. Everywhere: process_check_interrupts().
 */
void thread_pool_check_cancel(void);

unsigned thread_cpu_count(void); /* processors this process may use, at least 1 */

/*
 * A lock for what jobs share (results, progress counters), in the current memory context. Nothing
 * between thread_lock() and thread_unlock() may raise.
 */
typedef struct ThreadLock ThreadLock;
ThreadLock *thread_lock_new(void);
void thread_lock(ThreadLock *lock);
void thread_unlock(ThreadLock *lock);

/* A single background thread with the same rules: join raises what it raised. */
typedef struct Thread Thread;
Thread *thread_start(void (*fn)(void *arg), void *arg);
bool thread_is_done(Thread *t);

/* Its next thread_pool_check_cancel() raises; that raise is none for thread_join(). */
void thread_cancel(Thread *t);
void thread_join(Thread *t); /* t is gone then */

#endif

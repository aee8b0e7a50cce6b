/*
 * lock_wait.c - the queue of a heavyweight lock: its order, sleeping in it, waking up
 *
 *     NONE --join--> ON --granted by who gives way--> GRANTED
 *                     |--deadlock_check of itself---> DEADLOCK (it has left the queue)
 *                     '--cancelled------------------> it leaves the queue, or gives back what came
 *                                                     in the same moment
 *
 * Promises
 *   1. Nobody overtakes in the queue one that it conflicts with, but those who hold something on
 *      the same thing that the other one waits for: they could not be waited for otherwise.
 *   2. Who leaves the queue, or gives back a lock, wakes all that may go on from there.
 *   3. A grant is made by the one who wakes: who finds its state GRANTED has the lock.
 */
#include "common/base/base.h"

#include <signal.h>

#include "common/err/err.h"
#include "common/os/child.h"
#include "common/os/clock.h"
#include "common/os/process.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/title.h"
#include "server/ipc/wait_event.h"
#include "server/lock/lock_int.h"

#define NEVER INT64_MAX

/* What this process waits for, as the loop of lock_wait() needs it. */
typedef struct Wait {
    const LocalLock *lock;
    uint64_t start_us;
    DeadlockState deadlock;
    bool is_told, is_told_end; /* that it waits for long, and how that ended: log_lock_waits */
} Wait;

typedef enum JoinResult { JOINED, JOIN_GRANTED, JOIN_DEADLOCK } JoinResult;

static JoinResult join_queue(LockEntry *entry, Hold *hold, LockMode mode);
static uint32_t held_by_group(const LockEntry *entry, const Hold *hold);
static void stand_before(LockLink *at, LockEntry *entry, Hold *hold, LockMode mode, uint32_t held);
static void sleep_until_done(Wait *w);
static void look_for_deadlock(Wait *w);
static void cancel_autovacuum(const Wait *w);
static void report(Wait *w);
static int64_t ms_left(const Wait *w, int limit_ms);
static void forget_request(const LocalLock *l);

void lock_wait(const LocalLock *l, LockEntry *entry, Hold *hold)
{
    Wait w = {.lock = l};
    LwLock *partition = lock_partition(l->hash);
    JoinResult joined = join_queue(entry, hold, l->mode);
    WaitState state;

    lwlock_release(partition);
    if (joined == JOIN_GRANTED)
        return;
    if (joined == JOIN_DEADLOCK) {
        forget_request(l);
        lock_deadlock_raise();
    }
    ERR_TRY() {
        sleep_until_done(&w);
    }
    ERR_CATCH() {
        lock_wait_cancel();
        forget_request(l);
        err_raise_again();
    }
    ERR_END();
    state = atomic_load(&lock_local.me->wait_state);
    atomic_store(&lock_local.me->wait_state, WAIT_NONE);
    if (state == WAIT_DEADLOCK) {
        forget_request(l);
        lock_deadlock_raise();
    }
}

/* The local side of a request that came to nothing. */
static void forget_request(const LocalLock *l)
{
    if (l->is_strong)
        lock_strong_end(&l->tag);
    lock_local_drop(lock_local_find(&l->tag, l->mode, l->hash));
}

/* ---- The queue ---- */

/*
 * Ahead of the first one who waits for what this process, or its group, holds on the same thing:
 * behind it the two would wait for each other. When then nothing is in the way, it need not wait at
 * all; when it has to wait for that one, too, there is no way out.
 */
static JoinResult join_queue(LockEntry *entry, Hold *hold, LockMode mode)
{
    uint32_t held = held_by_group(entry, hold);
    uint32_t ahead = 0;
    LockLink *at = &entry->queue;

    for (LockLink *link = entry->queue.next; held != 0 && link != &entry->queue;
         link = link->next) {
        const LockProc *other = LINK_OWNER(LockProc, in_queue, link);

        if (other->wait_hold->leader == hold->leader)
            continue;
        if ((lock_conflict_masks[other->wait_mode] & held) == 0) {
            ahead |= LOCK_BIT(other->wait_mode);
            continue;
        }
        if ((lock_conflict_masks[mode] & other->wait_held) != 0) {
            lock_deadlock_note_pair(&entry->tag, mode, other);
            lock_unrequest(entry, mode);
            lock_table_clean(entry, hold, lock_tag_hash(&entry->tag), true);
            return JOIN_DEADLOCK;
        }
        if ((lock_conflict_masks[mode] & ahead) == 0 && !lock_has_conflict(entry, hold, mode)) {
            lock_grant(entry, hold, mode);
            return JOIN_GRANTED;
        }
        at = link;
        break;
    }
    stand_before(at, entry, hold, mode, held);
    return JOINED;
}

static uint32_t held_by_group(const LockEntry *entry, const Hold *hold)
{
    uint32_t held = hold->held;

    if (lock_local.me->leader == NOBODY)
        return held;
    for (LockLink *link = entry->holds.next; link != &entry->holds; link = link->next) {
        const Hold *other = LINK_OWNER(Hold, of_entry, link);

        if (other->leader == hold->leader)
            held |= other->held;
    }
    return held;
}

static void stand_before(LockLink *at, LockEntry *entry, Hold *hold, LockMode mode, uint32_t held)
{
    LockProc *me = lock_local.me;

    link_add_before(at, &me->in_queue);
    entry->waited_any |= LOCK_BIT(mode);
    me->waits_for = entry;
    me->wait_hold = hold;
    me->wait_mode = mode;
    me->wait_held = held;
    lock_local.wait_hold = hold;
    lock_local.wait_hash = lock_tag_hash(&entry->tag);
    atomic_store(&me->wait_state, WAIT_ON);
}

/* With the partition locked. */
void lock_queue_leave(LockProc *p)
{
    LockEntry *entry = p->waits_for;
    Hold *hold = p->wait_hold;

    link_remove(&p->in_queue);
    p->waits_for = NULL;
    p->wait_hold = NULL;
    atomic_store(&p->waits_since, 0);
    lock_unrequest(entry, p->wait_mode);
    lock_table_clean(entry, hold, lock_tag_hash(&entry->tag), true);
}

/* What was granted at the last moment is given back. */
void lock_wait_cancel(void)
{
    LockProc *me = lock_local.me;
    LockEntry *entry;
    LwLock *partition;

    if (me == NULL || atomic_load(&me->wait_state) == WAIT_NONE)
        return;
    lwlock_release_all();
    partition = lock_partition(lock_local.wait_hash);
    lwlock_acquire(partition, LW_EXCLUSIVE);
    entry = me->waits_for;
    if (entry != NULL) {
        lock_queue_leave(me);
    } else if (atomic_load(&me->wait_state) == WAIT_GRANTED) {
        Hold *hold = lock_local.wait_hold;

        entry = hold->entry;
        lock_table_clean(entry, hold, lock_local.wait_hash,
                         lock_ungrant(entry, hold, me->wait_mode));
    }
    atomic_store(&me->wait_state, WAIT_NONE);
    lwlock_release(partition);
}

void lock_wake(LockEntry *entry)
{
    uint32_t ahead = 0;

    link_foreach(link, &entry->queue) {
        LockProc *p = LINK_OWNER(LockProc, in_queue, link);
        LockMode mode = p->wait_mode;

        if ((lock_conflict_masks[mode] & ahead) != 0 ||
            lock_has_conflict(entry, p->wait_hold, mode)) {
            ahead |= LOCK_BIT(mode);
            continue;
        }
        lock_grant(entry, p->wait_hold, mode);
        link_remove(link);
        p->waits_for = NULL;
        p->wait_hold = NULL;
        atomic_store(&p->waits_since, 0);
        atomic_store(&p->wait_state, WAIT_GRANTED);
        latch_set(&proc_at((int)lock_proc_number(p))->latch);
    }
}

/* ---- Sleeping ---- */

static void sleep_until_done(Wait *w)
{
    LockProc *me = lock_local.me;
    WaitEvent event = (WaitEvent)(WAIT_EVENT_LOCK + w->lock->tag.kind);

    atomic_store(&me->waits_since, clock_now());
    w->start_us = clock_monotonic_us();
    if (proc_self()->kind == PROC_STARTUP && lock_hooks.resolve_conflict != NULL)
        lock_hooks.resolve_conflict(&w->lock->tag);
    for (;;) {
        int64_t deadlock_ms, timeout_ms, ms;

        latch_reset(&proc_self()->latch);
        check_interrupts();
        if (atomic_load(&me->wait_state) != WAIT_ON)
            break;
        deadlock_ms =
            w->deadlock == DEADLOCK_UNKNOWN ? ms_left(w, setting.deadlock_timeout) : NEVER;
        timeout_ms = setting.lock_timeout > 0 && !interrupt_is_held()
                         ? ms_left(w, setting.lock_timeout)
                         : NEVER;
        ms = deadlock_ms < timeout_ms ? deadlock_ms : timeout_ms;
        if (ms > 0) {
            title_set_waiting(true);
            (void)latch_wait(LATCH_SET | (ms != NEVER ? LATCH_TIMEOUT : 0), ms, event);
        } else if (deadlock_ms <= 0) {
            look_for_deadlock(w);
        } else {
            err_raise(SQLSTATE_LOCK_NOT_AVAILABLE,
                      .message = "canceling statement due to lock timeout");
        }
    }
    title_set_waiting(false);
    if (w->is_told)
        report(w);
    atomic_store(&me->waits_since, 0);
}

/* Rounded up, so that nobody wakes too early to find that nothing is due yet. */
static int64_t ms_left(const Wait *w, int limit_ms)
{
    int64_t waited_us = (int64_t)(clock_monotonic_us() - w->start_us);

    return (limit_ms * INT64_C(1000) - waited_us + 999) / 1000;
}

static void look_for_deadlock(Wait *w)
{
    LockProc *me = lock_local.me;

    lock_deadlock_room();
    lock_acquire_all_partitions(LW_EXCLUSIVE);
    w->deadlock = DEADLOCK_NONE;
    if (me->waits_for != NULL)
        w->deadlock = lock_deadlock_check(lock_local.number);
    if (w->deadlock == DEADLOCK_HARD) {
        lock_queue_leave(me);
        atomic_store(&me->wait_state, WAIT_DEADLOCK);
    }
    lock_release_all_partitions();
    if (w->deadlock == DEADLOCK_BY_AUTOVACUUM)
        cancel_autovacuum(w);
    if (setting.log_lock_waits)
        report(w);
}

/* It will try again later; but one that keeps xids from running out must not be disturbed. */
static void cancel_autovacuum(const Wait *w)
{
    uint32_t worker = lock_deadlock_autovacuum();
    int pid = lock_pid_of(worker);
    char text[LOCK_TAG_TEXT_SIZE];

    if (pid == 0 || (proc_array_flags_of((int)worker) & PROC_FOR_WRAPAROUND) != 0)
        return;
    err_log(ERR_DEBUG, .message = err_fmt("sending cancel to blocking autovacuum PID %d", pid),
            .detail_log =
                err_fmt("Process %d waits for %s on %s.", process_id(),
                        lock_mode_name(w->lock->mode), lock_tag_describe(&w->lock->tag, text)));
    (void)os_signal_send(pid, SIGINT);
}

/* After the look for a deadlock, and once more when the lock is there. */
static void report(Wait *w)
{
    WaitState state = atomic_load(&lock_local.me->wait_state);
    DeadlockState deadlock = w->is_told ? DEADLOCK_NONE : w->deadlock;

    if (w->is_told && (w->is_told_end || state == WAIT_ON))
        return;
    lock_report_wait(w->lock, deadlock, state, clock_monotonic_us() - w->start_us);
    w->is_told = true;
    w->is_told_end = state != WAIT_ON;
}

bool lock_is_waiting(void)
{
    return lock_local.me != NULL && atomic_load(&lock_local.me->wait_state) == WAIT_ON;
}

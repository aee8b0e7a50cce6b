/*
 * lock_model_test.c - many processes lock and give back at random: what must hold, whatever happens
 *
 * A model beside the locks counts who has what: each process enters what it was granted, and
 * strikes it out before it gives it back. Two that conflict must never stand in it at once. A
 * deadlock must be found, and whoever waits must come through: the crowd has to end. What is left
 * is nothing.
 */
#include "common/base/base.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/child.h"
#include "common/os/clock.h"
#include "common/os/process.h"
#include "common/os/shared_memory.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/proc.h"
#include "server/ipc/spinlock.h"
#include "server/ipc/timer.h"
#include "server/lock/lock_object.h"
#include "server/lock/lock_wait_for.h"
#include "server/txn/txn.h"
#include "tests/lib/crowd.h"
#include "tests/lib/seed.h"
#include "tests/lib/txn_rig.h"
#include "tests/unit/unit.h"

#define TABLE    16400
#define THINGS   6
#define HELD_MAX 24
#define ROUNDS   150
#define RACE_MS  250

/* Modes of each thing that are held; a bit set for two at once is a failure of the test. */
typedef struct Model {
    _Atomic int held[THINGS][LOCK_MODE_COUNT];
    _Atomic unsigned conflicts, deadlocks, cancels, grants, refusals, oddities;
    _Atomic int pids[CROWD_MAX];
    uint64_t seed;
    unsigned things;
    bool is_weak_mostly, has_cancels, has_subs;
} Model;

/* What this process has entered. */
typedef struct Mine {
    unsigned level; /* of subtransactions, in which it was taken */
    unsigned thing;
    LockMode mode;
} Mine;

static struct {
    Model *model;
    Seed seed;
    Mine held[HELD_MAX];
    unsigned count;
} own;

static LockTag tag_of(unsigned thing)
{
    /* Some are not for the fast path. */
    return thing == 0 ? lock_tag_advisory(TXN_RIG_DATABASE, 7)
                      : lock_tag_relation(thing == 1 ? 0 : TXN_RIG_DATABASE, TABLE + thing);
}

static void enter(unsigned thing, LockMode mode)
{
    Model *m = own.model;
    int others[LOCK_MODE_COUNT] = {0};

    for (unsigned i = 0; i < own.count; i++)
        others[own.held[i].mode] -= own.held[i].thing == thing;
    atomic_fetch_add(&m->held[thing][mode], 1);
    for (LockMode other = 1; other < LOCK_MODE_COUNT; other++) {
        int count = atomic_load(&m->held[thing][other]) + others[other] - (other == mode);

        if (count > 0 && lock_modes_conflict(mode, other))
            atomic_fetch_add(&m->conflicts, 1);
    }
    own.held[own.count++] = (Mine){.level = txn_nest_level(), .thing = thing, .mode = mode};
    atomic_fetch_add(&m->grants, 1);
}

/* All that was taken in that level or deeper. */
static void strike_from(unsigned level)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < own.count; i++)
        if (own.held[i].level >= level)
            atomic_fetch_sub(&own.model->held[own.held[i].thing][own.held[i].mode], 1);
        else
            own.held[kept++] = own.held[i];
    own.count = kept;
}

static void strike_last(void)
{
    Mine last = own.held[--own.count];
    LockTag tag = tag_of(last.thing);

    /* By the owner that took it. */
    if (last.level != txn_nest_level()) {
        own.count++;
        return;
    }
    atomic_fetch_sub(&own.model->held[last.thing][last.mode], 1);
    if (!lock_release(&tag, last.mode, 0))
        atomic_fetch_add(&own.model->oddities, 1);
}

static LockMode some_mode(void)
{
    if (own.model->is_weak_mostly && seed_below(&own.seed, 8) != 0)
        return (LockMode)(1 + seed_below(&own.seed, 3));
    return (LockMode)(1 + seed_below(&own.seed, LOCK_MODE_COUNT - 1));
}

static void take_some(void)
{
    unsigned thing = (unsigned)seed_below(&own.seed, own.model->things);
    LockMode mode = some_mode();
    bool may_wait = seed_below(&own.seed, 4) != 0;
    LockTag tag = tag_of(thing);

    if (lock_acquire(&tag, mode, may_wait ? 0 : LOCK_DONT_WAIT) == LOCK_NOT_AVAILABLE)
        atomic_fetch_add(&own.model->refusals, 1);
    else
        enter(thing, mode);
}

static void step(void)
{
    switch (seed_below(&own.seed, own.model->has_subs ? 8 : 5)) {
    case 0:
        if (own.count > 0)
            strike_last();
        break;
    case 5:
        if (txn_nest_level() < 4)
            txn_begin_internal_sub(NULL);
        break;
    case 6:
        if (txn_nest_level() > 1) {
            for (unsigned i = 0; i < own.count; i++)
                if (own.held[i].level == txn_nest_level())
                    own.held[i].level--;
            txn_release_current_sub();
        }
        break;
    case 7:
        if (txn_nest_level() > 1) {
            strike_from(txn_nest_level());
            txn_rollback_current_sub();
        }
        break;
    default:
        if (own.count < HELD_MAX)
            take_some();
    }
}

static void transaction(void)
{
    unsigned steps = (unsigned)seed_below(&own.seed, 12);

    txn_start_command();
    if (seed_below(&own.seed, 3) == 0)
        (void)txn_xid();
    while (steps-- > 0)
        step();
    while (txn_nest_level() > 1) {
        strike_from(txn_nest_level());
        txn_rollback_current_sub();
    }
    strike_from(0);
    txn_end_command();
}

static void after_raise(void)
{
    uint32_t state = err_caught()->sqlstate;

    if (state == SQLSTATE_DEADLOCK_DETECTED)
        atomic_fetch_add(&own.model->deadlocks, 1);
    else if (state == SQLSTATE_QUERY_CANCELED)
        atomic_fetch_add(&own.model->cancels, 1);
    else {
        fprintf(stderr, "unexpected: %s\n", err_caught()->message);
        atomic_fetch_add(&own.model->oddities, 1);
    }
    interrupt_reset_holds();
    strike_from(0);
    txn_abort_all();
}

static void be_cancelled(void)
{
    err_raise(SQLSTATE_QUERY_CANCELED, .message = "cancelled");
}

/* Now and then somebody cancels somebody. */
static void cancel_one(unsigned count)
{
    int pid = atomic_load(&own.model->pids[seed_below(&own.seed, count)]);

    if (pid != 0)
        (void)os_signal_send(pid, SIGINT);
}

static unsigned crowd_count;

static void member(void *arg, unsigned number)
{
    own.model = arg;
    own.seed = (Seed){own.model->seed + number * 7919};
    own.count = 0;
    interrupt_install();
    timer_init();
    interrupt_set_handler(INTERRUPT_CANCEL, be_cancelled);
    txn_rig_enter_child();
    atomic_store(&own.model->pids[number], process_id());
    for (unsigned round = 0; round < ROUNDS; round++) {
        ERR_TRY() {
            transaction();
        }
        ERR_CATCH() {
            after_raise();
        }
        ERR_END();
        if (own.model->has_cancels && seed_below(&own.seed, 10) == 0)
            cancel_one(crowd_count);
    }
    atomic_store(&own.model->pids[number], 0);
    clock_sleep_ms(20); /* a cancel may be on its way */
    (void)interrupt_take(INTERRUPT_CANCEL);
    txn_abort_all();
    proc_detach();
}

static void storm(const char *name, unsigned count, const Model *wishes)
{
    Seed seed = seed_new(name);
    TxnRig rig;
    Model *m = os_shared_map(sizeof *m, OS_HUGE_OFF);
    Array rows;

    *m = *wishes;
    m->seed = seed_u64(&seed);
    setting.deadlock_timeout = 3;
    crowd_count = count;
    txn_rig_open(&rig, &(TxnRigConfig){.dir = unit_temp_dir(), .has_locks = true});
    CU_ASSERT_EQUAL(crowd_run(count, member, m), count);
    CU_ASSERT_EQUAL(atomic_load(&m->conflicts), 0);
    CU_ASSERT_EQUAL(atomic_load(&m->oddities), 0);
    CU_ASSERT_TRUE(atomic_load(&m->grants) > count * ROUNDS);
    if (!m->has_cancels)
        CU_ASSERT_EQUAL(atomic_load(&m->cancels), 0);
    lock_list(&rows);
    CU_ASSERT_EQUAL(rows.count, 0);
    txn_rig_close(&rig);
    setting.deadlock_timeout = 1000;
    os_shared_unmap(m, sizeof *m);
}

static void no_two_hold_what_conflicts(void)
{
    storm("locks", 8, &(Model){.things = THINGS});
}

static void weak_locks_and_strong_ones_meet(void)
{
    storm("weak and strong locks", 6, &(Model){.things = 3, .is_weak_mostly = true});
}

static void subtransactions_give_back_what_is_theirs(void)
{
    storm("locks of subtransactions", 6, &(Model){.things = THINGS, .has_subs = true});
}

static void cancels_come_at_any_time(void)
{
    storm("locks and cancels", 6,
          &(Model){.things = 4, .has_subs = true, .has_cancels = true, .is_weak_mostly = true});
}

static void pause_for(uint64_t limit)
{
    for (uint64_t i = seed_below(&own.seed, limit); i > 0; i--)
        spin_pause();
}

/*
 * Nothing but one weak lock and one strong one, as fast as it goes.
 */
static void race(void *arg, unsigned number)
{
    LockTag tag = lock_tag_relation(TXN_RIG_DATABASE, TABLE);
    bool is_strong = number % 2 == 1;
    LockMode mode = is_strong ? LOCK_SHARE : LOCK_ROW_EXCLUSIVE;
    uint64_t end_us = clock_monotonic_us() + RACE_MS * 1000;

    own.model = arg;
    own.seed = (Seed){own.model->seed + number};
    own.count = 0;
    txn_rig_enter_child();
    while (clock_monotonic_us() < end_us)
        for (unsigned i = 0; i < 100; i++) {
            unsigned flags = LOCK_SESSION | (is_strong && i % 2 == 0 ? LOCK_DONT_WAIT : 0);

            if (is_strong)
                pause_for(200);
            if (lock_acquire(&tag, mode, flags) == LOCK_NOT_AVAILABLE)
                continue;
            enter(0, mode);
            pause_for(20);
            strike_from(0);
            lock_release(&tag, mode, LOCK_SESSION);
        }
    proc_detach();
}

static void the_fast_path_does_not_miss_a_strong_lock(void)
{
    Seed seed = seed_new("race of locks");
    TxnRig rig;
    Model *m = os_shared_map(sizeof *m, OS_HUGE_OFF);
    Array rows;

    m->seed = seed_u64(&seed);
    txn_rig_open(&rig, &(TxnRigConfig){.dir = unit_temp_dir(), .has_locks = true});
    CU_ASSERT_EQUAL(crowd_run(2, race, m), 2);
    CU_ASSERT_EQUAL(crowd_run(4, race, m), 4);
    CU_ASSERT_EQUAL(atomic_load(&m->conflicts), 0);
    lock_list(&rows);
    CU_ASSERT_EQUAL(rows.count, 0);
    txn_rig_close(&rig);
    os_shared_unmap(m, sizeof *m);
}

UNIT_SUITE(lock_model)
{
    UNIT_TEST(no_two_hold_what_conflicts);
    UNIT_TEST(weak_locks_and_strong_ones_meet);
    UNIT_TEST(subtransactions_give_back_what_is_theirs);
    UNIT_TEST(cancels_come_at_any_time);
    UNIT_TEST(the_fast_path_does_not_miss_a_strong_lock);
}

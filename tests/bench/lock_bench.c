/*
 * lock_bench.c - what taking and giving back a heavyweight lock costs
 *
 * Pairs of both, by 1 to 8 processes at once: locks that are held already, weak locks of tables on
 * the fast path, locks of each process's own things in the shared table, shared locks of one thing
 * that all take, and whole transactions with an xid or with locks of ten tables.
 */
#include "common/base/base.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/err/err.h"
#include "common/os/clock.h"
#include "common/os/dir.h"
#include "common/os/shared_memory.h"
#include "server/config/setting.h"
#include "server/lock/lock_object.h"
#include "server/txn/txn.h"
#include "tests/lib/crowd.h"
#include "tests/lib/txn_rig.h"

#define RUN_MS     500
#define WARM_UP_MS 50
#define BATCH      100
#define TABLE      16400

typedef void (*Load)(unsigned number);

typedef struct Run {
    Load load;
    unsigned count;
    _Atomic bool is_over;
    _Atomic unsigned ready;
    _Atomic uint64_t done;
} Run;

static void measure(const char *name, Load load);
static double run_once(Load load, unsigned count);
static void member(void *arg, unsigned number);

static void again(unsigned number UNUSED)
{
    lock_relation(TABLE, LOCK_ACCESS_SHARE);
    lock_relation_unlock(TABLE, LOCK_ACCESS_SHARE);
}

static void fast(unsigned number)
{
    lock_relation(TABLE + 1 + number, LOCK_ACCESS_SHARE);
    lock_relation_unlock(TABLE + 1 + number, LOCK_ACCESS_SHARE);
}

static void fast_same(unsigned number UNUSED)
{
    lock_relation(TABLE + 1, LOCK_ROW_EXCLUSIVE);
    lock_relation_unlock(TABLE + 1, LOCK_ROW_EXCLUSIVE);
}

static void in_table(unsigned number)
{
    LockTag tag = lock_tag_advisory(TXN_RIG_DATABASE, number);

    (void)lock_acquire(&tag, LOCK_EXCLUSIVE, LOCK_SESSION);
    lock_release(&tag, LOCK_EXCLUSIVE, LOCK_SESSION);
}

static void in_table_same(unsigned number UNUSED)
{
    LockTag tag = lock_tag_advisory(TXN_RIG_DATABASE, 7);

    (void)lock_acquire(&tag, LOCK_SHARE, LOCK_SESSION);
    lock_release(&tag, LOCK_SHARE, LOCK_SESSION);
}

static void strong(unsigned number)
{
    lock_relation(TABLE + 100 + number, LOCK_SHARE);
    lock_relation_unlock(TABLE + 100 + number, LOCK_SHARE);
}

static void transaction(unsigned number UNUSED)
{
    txn_start_command();
    txn_end_command();
}

static void transaction_ten(unsigned number UNUSED)
{
    txn_start_command();
    for (Oid i = 0; i < 10; i++)
        lock_relation(TABLE + i, LOCK_ACCESS_SHARE);
    txn_end_command();
}

int main(void)
{
    char dir[] = "/tmp/lock_bench.XXXXXX";
    TxnRig rig;

    if (mkdtemp(dir) == NULL)
        return 1;
    printf("processors: %ld\n", sysconf(_SC_NPROCESSORS_ONLN));
    txn_rig_open(&rig, &(TxnRigConfig){.dir = dir, .has_locks = true});
    setting.fsync = false;
    measure("held already", again);
    measure("fast path", fast);
    measure("fast path, one table", fast_same);
    measure("table", in_table);
    measure("table, shared by all", in_table_same);
    measure("strong lock of a table", strong);
    measure("transaction", transaction);
    measure("transaction, ten tables", transaction_ten);
    txn_rig_close(&rig);
    os_dir_remove_tree(dir, false);
    return 0;
}

static void measure(const char *name, Load load)
{
    static const unsigned counts[] = {1, 2, 4, 8};

    for (unsigned i = 0; i < ARRAY_LEN(counts); i++) {
        double per_ms = run_once(load, counts[i]);

        printf("%-26s %u processes: %8.0f in a ms, %6.0f ns each\n", name, counts[i], per_ms,
               1e6 / per_ms * (counts[i] < 2 ? 1 : 2));
    }
}

/* Pairs in a millisecond, of all together. */
static double run_once(Load load, unsigned count)
{
    Run *run = os_shared_map(sizeof *run, OS_HUGE_OFF);
    Crowd crowd;
    uint64_t start_us;
    double result;

    run->load = load;
    run->count = count;
    crowd_begin(&crowd, count, member, run);
    while (atomic_load(&run->ready) < count)
        clock_sleep_ms(1);
    clock_sleep_ms(WARM_UP_MS);
    atomic_store(&run->done, 0);
    start_us = clock_monotonic_us();
    clock_sleep_ms(RUN_MS);
    result = (double)atomic_load(&run->done) * 1000 / (double)(clock_monotonic_us() - start_us);
    atomic_store(&run->is_over, true);
    if (crowd_end(&crowd) != count)
        err_fatal(SQLSTATE_INTERNAL_ERROR, .message = "a process has failed");
    os_shared_unmap(run, sizeof *run);
    return result;
}

static void member(void *arg, unsigned number)
{
    Run *run = arg;
    bool is_outside = run->load == transaction || run->load == transaction_ten;

    txn_rig_enter_child();
    atomic_fetch_add(&run->ready, 1);
    if (!is_outside) {
        txn_start_command();
        txn_begin_block();
        txn_end_command();
        txn_start_command();
        lock_relation(TABLE, LOCK_ACCESS_SHARE);
    }
    while (!atomic_load(&run->is_over)) {
        for (unsigned i = 0; i < BATCH; i++)
            run->load(number);
        atomic_fetch_add(&run->done, BATCH);
    }
    txn_abort_all();
}

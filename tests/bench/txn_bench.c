/*
 * txn_bench.c - how many transactions processes get through: those that read, those that write
 *
 * Processes begin, take a snapshot and commit, with and without an xid, for a second each. The log
 * is not synced, since it is not the disk that is measured. What 32 processes do on few processors
 * should be what 1 does on each.
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
#include "server/txn/snapshot.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"
#include "tests/lib/crowd.h"
#include "tests/lib/txn_rig.h"

#define RUN_MS       1000
#define WARM_UP_MS   100
#define WRITER_EVERY 8 /* in the mixture */

typedef enum Load {
    LOAD_READ,       /* a snapshot for each */
    LOAD_WRITE,      /* an xid, a record, a commit */
    LOAD_MIXED,      /* most read, some write */
    LOAD_STATEMENTS, /* one transaction, a snapshot for each statement, beside a writer */
} Load;

typedef struct Run {
    Load load;
    unsigned count;
    _Atomic bool is_over;
    _Atomic unsigned ready;
    _Atomic uint64_t reads, writes;
} Run;

static void measure(const char *name, Load load);
static double run_once(Load load, unsigned count);
static void member(void *arg, unsigned number);
static bool writes(const Run *run, unsigned number);
static void read_one(void);
static void write_one(void);

int main(void)
{
    char dir[] = "/tmp/txn_bench.XXXXXX";
    TxnRig rig;

    if (mkdtemp(dir) == NULL)
        return 1;
    printf("processors: %ld\n", sysconf(_SC_NPROCESSORS_ONLN));
    txn_rig_open(&rig, &(TxnRigConfig){.dir = dir, .wal_segment_size = MIB(16)});
    setting.fsync = false;
    measure("read only", LOAD_READ);
    measure("statements of one transaction", LOAD_STATEMENTS);
    measure("with an xid", LOAD_WRITE);
    measure("one of 8 with an xid", LOAD_MIXED);
    txn_rig_close(&rig);
    os_dir_remove_tree(dir, false);
    return 0;
}

static void measure(const char *name, Load load)
{
    static const unsigned counts[] = {1, 2, 8, 32};

    for (unsigned i = 0; i < ARRAY_LEN(counts); i++)
        printf("%-30s %2u processes: %8.0f in a ms\n", name, counts[i], run_once(load, counts[i]));
}

/* Transactions (or statements) in a millisecond. */
static double run_once(Load load, unsigned count)
{
    Run *run = os_shared_map(sizeof *run, OS_HUGE_OFF);
    Crowd crowd;
    uint64_t start, done;
    double result;

    run->load = load;
    run->count = count;
    crowd_begin(&crowd, count, member, run);
    while (atomic_load(&run->ready) < count)
        clock_sleep_ms(1);
    clock_sleep_ms(WARM_UP_MS);
    atomic_store(&run->reads, 0);
    atomic_store(&run->writes, 0);
    start = clock_monotonic_us();
    clock_sleep_ms(RUN_MS);
    done = atomic_load(&run->reads) + atomic_load(&run->writes);
    result = (double)done * 1000 / (double)(clock_monotonic_us() - start);
    atomic_store(&run->is_over, true);
    if (crowd_end(&crowd) != count)
        err_fatal(SQLSTATE_INTERNAL_ERROR, .message = "a process has failed");
    os_shared_unmap(run, sizeof *run);
    return result;
}

static void member(void *arg, unsigned number)
{
    Run *run = arg;
    bool is_writer = writes(run, number);

    txn_rig_enter_child();
    atomic_fetch_add(&run->ready, 1);
    if (run->load == LOAD_STATEMENTS && !is_writer) {
        txn_start_command();
        txn_begin_block();
        txn_end_command();
    }
    while (!atomic_load(&run->is_over)) {
        for (unsigned i = 0; i < 20; i++)
            if (is_writer)
                write_one();
            else
                read_one();
        atomic_fetch_add(is_writer ? &run->writes : &run->reads, 20);
    }
    txn_abort_all();
}

static bool writes(const Run *run, unsigned number)
{
    switch (run->load) {
    case LOAD_READ:
        return false;
    case LOAD_WRITE:
        return true;
    case LOAD_MIXED:
        return number % WRITER_EVERY == WRITER_EVERY - 1;
    case LOAD_STATEMENTS:
        return number == 1;
    }
    return false;
}

static void read_one(void)
{
    txn_start_command();
    snapshot_push(snapshot_take());
    snapshot_pop();
    txn_end_command();
}

static void write_one(void)
{
    txn_start_command();
    snapshot_push(snapshot_take());
    (void)txn_xid();
    snapshot_pop();
    txn_end_command();
}

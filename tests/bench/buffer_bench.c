/*
 * buffer_bench.c - what a page costs whoever reads it, alone and beside others
 *
 *     one       the same page, which is in memory: pin, unpin
 *     recent    the same, by the number of its buffer
 *     many      any of those in memory
 *     locked    as many, with a shared lock of the content
 *     miss      any of four times as many pages as there are buffers, all in the system's cache
 *     sync      each of those in memory made dirty, then written by a checkpoint, without its fsync
 *     extend    a page more, made dirty, the relation emptied again now and then
 *
 * Time is that of the processors, and of the clock from the first to the last. An argument names
 * the one that is measured.
 */
#include "common/base/base.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/err/err.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/dir.h"
#include "common/os/shared_memory.h"
#include "common/text/str.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/sync/sync.h"
#include "tests/lib/crowd.h"
#include "tests/lib/seed.h"
#include "tests/lib/storage_rig.h"

#define BUFFERS   16384
#define CACHED    10000
#define LARGE     (4 * BUFFERS)
#define REL_SMALL 16384
#define REL_LARGE 16385
#define REL_OWN   16400 /* and up: one for each process */
#define EXTENDED  4000
#define TAG_SEED  UINT64_C(0x5EED)

typedef enum BenchKind {
    BENCH_ONE,
    BENCH_RECENT,
    BENCH_MANY,
    BENCH_LOCKED,
    BENCH_MISS,
    BENCH_EXTEND
} BenchKind;

typedef struct Bench {
    BenchKind kind;
    unsigned rounds;
    unsigned workers;
    _Atomic uint32_t ready;
    _Atomic uint64_t last_us; /* when the last was done */
    _Atomic uint64_t first_us;
    _Atomic uint64_t cpu_us; /* of all together */
} Bench;

static StorageRig rig;
static Bench *bench;
static const char *only; /* NULL: all */

static void make_relation(RelFileNo number, BlockNo count);
static void measure(const char *name, BenchKind kind, unsigned rounds);
static void measure_sync(void);
static void work(void *arg, unsigned number);
static void read_pages(SmgrRel *rel, BlockNo count, bool locks, unsigned number);
static void pin_recent(SmgrRel *rel);
static void extend(unsigned number);

int main(int argc, char **argv)
{
    char dir[] = "/tmp/buffer_bench.XXXXXX";

    if (mkdtemp(dir) == NULL)
        return 1;
    bench = os_shared_map(sizeof *bench, OS_HUGE_OFF);
    only = argc > 1 ? argv[1] : NULL;
    storage_rig_open(&rig, &(StorageRigConfig){.dir = dir,
                                               .buffers = BUFFERS,
                                               .segment_blocks = SEGMENT_BLOCKS,
                                               .has_checksums = true});
    make_relation(REL_LARGE, LARGE);
    make_relation(REL_SMALL, CACHED);
    buffer_sync(BUFFER_SYNC_ALL, NULL);
    measure("one", BENCH_ONE, 4000000);
    measure("recent", BENCH_RECENT, 4000000);
    measure("many", BENCH_MANY, 4000000);
    measure("locked", BENCH_LOCKED, 4000000);
    measure("miss", BENCH_MISS, 400000);
    measure_sync();
    measure("extend", BENCH_EXTEND, 40000);
    storage_rig_close(&rig);
    os_dir_remove_tree(dir, false);
    return 0;
}

static void make_relation(RelFileNo number, BlockNo count)
{
    SmgrRel *rel = storage_rig_rel(number);

    for (BlockNo block = 0; block < count; block++) {
        Buffer b = buffer_read(rel, FORK_MAIN, BLOCK_NONE, BUFFER_ZERO_AND_LOCK, NULL, true);

        page_init(buffer_page(b), 0);
        buffer_mark_dirty(b);
        buffer_unlock_unpin(b);
    }
}

static void measure(const char *name, BenchKind kind, unsigned rounds)
{
    static const unsigned crowds[] = {1, 2, 4, 8};

    if (only != NULL && !str_equal(only, name))
        return;
    for (size_t i = 0; i < ARRAY_LEN(crowds); i++) {
        unsigned workers = crowds[i];
        double each;

        *bench = (Bench){.kind = kind, .rounds = rounds / workers, .workers = workers};
        if (crowd_run(workers, work, NULL) != workers)
            exit(1);
        each =
            (double)(bench->last_us - bench->first_us) * 1000 / ((double)bench->rounds * workers);
        printf("%-8s %u processes  %9.1f ns of processor  %9.1f ns of time  %11.0f pages/s\n", name,
               workers, (double)bench->cpu_us * 1000 / ((double)bench->rounds * workers), each,
               1e9 / each);
        fflush(stdout);
    }
}

static void measure_sync(void)
{
    SmgrRel *rel = storage_rig_rel(REL_SMALL);
    uint64_t begin;

    if (only != NULL && !str_equal(only, "sync"))
        return;
    for (BlockNo block = 0; block < CACHED; block++) {
        Buffer b = buffer_read(rel, FORK_MAIN, block, BUFFER_NORMAL, NULL, true);

        buffer_lock(b, BUFFER_EXCLUSIVE);
        buffer_mark_dirty(b);
        buffer_unlock_unpin(b);
    }
    begin = clock_monotonic_us();
    if (buffer_sync(BUFFER_SYNC_ALL, NULL).written != CACHED)
        exit(1);
    printf("%-8s %u process    %9.1f ns of time\n", "sync", 1,
           (double)(clock_monotonic_us() - begin) * 1000 / CACHED);
}

static void work(void *arg, unsigned number)
{
    uint64_t cpu_us;

    (void)arg;
    storage_rig_enter_child();
    /* All begin together, and the slowest counts. */
    if (atomic_fetch_add(&bench->ready, 1) + 1 == bench->workers)
        bench->first_us = clock_monotonic_us();
    while (bench->first_us == 0)
        ;
    cpu_us = (uint64_t)clock() * 1000000 / CLOCKS_PER_SEC;
    switch (bench->kind) {
    case BENCH_ONE:
        read_pages(storage_rig_rel(REL_SMALL), 1, false, number);
        break;
    case BENCH_RECENT:
        pin_recent(storage_rig_rel(REL_SMALL));
        break;
    case BENCH_MANY:
        read_pages(storage_rig_rel(REL_SMALL), CACHED, false, number);
        break;
    case BENCH_LOCKED:
        read_pages(storage_rig_rel(REL_SMALL), CACHED, true, number);
        break;
    case BENCH_MISS:
        read_pages(storage_rig_rel(REL_LARGE), LARGE, true, number);
        break;
    case BENCH_EXTEND:
        extend(number);
        break;
    }
    bench->last_us = clock_monotonic_us();
    bench->cpu_us += (uint64_t)clock() * 1000000 / CLOCKS_PER_SEC - cpu_us;
}

static void read_pages(SmgrRel *rel, BlockNo count, bool locks, unsigned number)
{
    Seed seed = {.state = TAG_SEED + number};

    for (unsigned i = 0; i < bench->rounds; i++) {
        Buffer b = buffer_read(rel, FORK_MAIN, (BlockNo)seed_below(&seed, count), BUFFER_NORMAL,
                               NULL, true);

        if (locks) {
            buffer_lock(b, BUFFER_SHARED);
            buffer_unlock(b);
        }
        buffer_unpin(b);
    }
}

static void pin_recent(SmgrRel *rel)
{
    Buffer b = buffer_read(rel, FORK_MAIN, 0, BUFFER_NORMAL, NULL, true);

    buffer_unpin(b);
    for (unsigned i = 0; i < bench->rounds; i++) {
        if (!buffer_try_pin_recent(b, rel, FORK_MAIN, 0))
            exit(1);
        buffer_unpin(b);
    }
}

static void extend(unsigned number)
{
    const ForkNo fork = FORK_MAIN;
    const BlockNo none = 0;
    SmgrRel *rel = storage_rig_rel(REL_OWN + number);

    for (unsigned i = 0; i < bench->rounds; i++) {
        Buffer b = buffer_read(rel, FORK_MAIN, BLOCK_NONE, BUFFER_ZERO_AND_LOCK, NULL, true);

        page_init(buffer_page(b), 0);
        buffer_mark_dirty(b);
        buffer_unlock_unpin(b);
        if (i % EXTENDED == EXTENDED - 1) {
            buffer_drop_fork_from(rel, &fork, &none, 1);
            smgr_truncate(rel, &fork, &none, 1);
        }
    }
}

/*
 * wal_insert_bench.c - what a record costs whoever inserts it, alone and beside others
 *
 *     memory     records of 100 bytes into buffers that hold them all: the cost of inserting itself
 *     sustained  the same over many segments, which are written out (but not synced) on the way
 *     commit     each record is flushed, as by transactions of one row
 *
 * With a word or its beginning only that is measured.
 */
#include "common/base/base.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/mem/mem.h"
#include "common/os/clock.h"
#include "common/os/dir.h"
#include "common/os/shared_memory.h"
#include "common/text/str.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/wal/segment.h"
#include "server/wal/wal.h"
#include "tests/lib/wal_rig.h"

#define SEGMENT_SIZE  MIB(16)
#define MEMORY_PAGES  8192 /* 64 MiB */
#define MEMORY_COUNT  500000
#define ENDLESS_COUNT 1000000
#define COMMIT_COUNT  2000
#define PASSES        3

typedef struct Start {
    _Atomic uint32_t is_given;
    _Atomic uint32_t ready;
    _Atomic uint64_t cpu_us; /* that workers have used since then */
} Start;

static Start *start;

static void measure(const char *what, unsigned workers, size_t count, int buffers, bool is_commit);
static uint64_t run(unsigned workers, size_t count, int buffers, bool is_commit);
static uint64_t cpu_us(void);
static void work(const WalRig *rig, size_t count, bool is_commit);
static void touch(const WalRig *rig);

int main(int argc, char **argv)
{
    static const unsigned workers[] = {1, 2, 4, 8, 16};
    const char *only = argc > 1 ? argv[1] : "";

    start = os_shared_map(sizeof *start, OS_HUGE_OFF);
    for (size_t i = 0; i < ARRAY_LEN(workers) && str_starts_with("memory", only); i++)
        measure("memory", workers[i], MEMORY_COUNT / workers[i], MEMORY_PAGES, false);
    for (size_t i = 0; i < ARRAY_LEN(workers) && str_starts_with("sustained", only); i++)
        measure("sustained", workers[i], ENDLESS_COUNT / workers[i], 512, false);
    for (size_t i = 0; i < ARRAY_LEN(workers) && str_starts_with("commit", only); i++)
        measure("commit", workers[i], COMMIT_COUNT, 512, true);
    return 0;
}

static void measure(const char *what, unsigned workers, size_t count, int buffers, bool is_commit)
{
    uint64_t best = UINT64_MAX, best_cpu = UINT64_MAX;
    double each, cpu;

    for (int pass = 0; pass < PASSES; pass++) {
        uint64_t used = run(workers, count, buffers, is_commit);

        best = used < best ? used : best;
        best_cpu = start->cpu_us < best_cpu ? start->cpu_us : best_cpu;
    }
    each = (double)best * 1000 / (double)(count * workers);
    cpu = (double)best_cpu * 1000 / (double)(count * workers);
    printf("%-10s %2u processes  %9.1f ns a record  %10.0f records/s  (%.1f ns of processors)\n",
           what, workers, each, 1e9 / each, cpu);
}

/* What this process has used of the processors. */
static uint64_t cpu_us(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
           (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* Microseconds from the start of all to the end of the last. */
static uint64_t run(unsigned workers, size_t count, int buffers, bool is_commit)
{
    char dir[] = "/tmp/wal_bench.XXXXXX";
    MemContext *scratch = mem_context_new(NULL, "run");
    uint64_t began, used;

    if (mkdtemp(dir) == NULL)
        exit(1);
    MEM_SCOPE(scratch) {
        WalRig rig;

        setting.fsync = is_commit;
        wal_rig_open(&rig,
                     &(WalRigConfig){.dir = dir, .segment_size = SEGMENT_SIZE, .buffers = buffers});
        atomic_store(&start->is_given, 0);
        atomic_store(&start->ready, 0);
        atomic_store(&start->cpu_us, 0);
        for (unsigned i = 0; i < workers; i++) {
            if (fork() == 0) {
                work(&rig, count, is_commit);
                _exit(0);
            }
        }
        while (atomic_load(&start->ready) < workers)
            continue;
        began = clock_monotonic_us();
        atomic_store(&start->is_given, 1);
        for (unsigned i = 0; i < workers; i++)
            wait(NULL);
        used = clock_monotonic_us() - began;
        wal_rig_close(&rig);
        os_dir_remove_tree(dir, false);
    }
    mem_delete(scratch);
    return used;
}

static void work(const WalRig *rig, size_t count, bool is_commit)
{
    uint64_t cpu_before;
    uint8_t data[74];

    memset(data, 1, sizeof data);
    wal_ensure_room(4, 20);
    touch(rig);
    atomic_fetch_add(&start->ready, 1);
    while (atomic_load(&start->is_given) == 0)
        continue;
    cpu_before = cpu_us();
    for (size_t i = 0; i < count; i++) {
        Lsn end;

        wal_begin_insert();
        wal_register_data(data, 4);
        wal_register_data(data + 4, sizeof data - 4);
        end = wal_insert(RMGR_XLOG, WAL_XLOG_NOOP);
        if (is_commit)
            wal_flush(end);
    }
    atomic_fetch_add(&start->cpu_us, cpu_us() - cpu_before);
}

/* Memory that is mapped, as in a server that has run for a while. */
static void touch(const WalRig *rig)
{
    const volatile uint8_t *bytes = rig->place;

    for (size_t i = 0; i < rig->size; i += KIB(4))
        (void)bytes[i];
}

/*
 * btree_bench.c - how fast entries go into a B-tree, are found in it, and are built into one
 *
 *     btree_bench [ROWS]
 *
 * One process, the whole index in memory, int4 keys; inserts are logged. Figures are thousands a
 * second of processor time.
 */
#include "common/base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "server/access/btree/btree.h"
#include "tests/lib/btree_rig.h"
#include "tests/lib/seed.h"
#include "tests/lib/storage_rig.h"

#define INT4_CMP 351

static StorageRig rig;
static Seed seed;
static uint32_t row_count = 500000;

static double now_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void report(const char *what, double start)
{
    printf("%-40s %8.0f\n", what, row_count / (now_seconds() - start) / 1000);
}

static BtreeIndex *index_new(RelFileNo number)
{
    BtreeIndex *index = mem_new(BtreeIndex);
    TupleDesc *desc = tuple_desc_new(1);

    tuple_desc_set(desc, 1, "a", 23, 4, true, 'i');
    btree_keys_init(&index->keys, desc, 1);
    btree_keys_set_order(&index->keys, 1, INT4_CMP, 0, 0);
    index->keys.all_equal_image = index->keys.may_deduplicate = true;
    btree_rig_create(index, number);
    return index;
}

static int32_t key_of(uint32_t i, bool is_random)
{
    return is_random ? (int32_t)seed_below(&seed, 1U << 30) : (int32_t)i;
}

static BtreeIndex *bench_insert(const char *what, RelFileNo number, bool is_random)
{
    BtreeIndex *index = index_new(number);
    MemContext *row_mem = mem_context_new(mem_current(), "row");
    double start = now_seconds();

    for (uint32_t i = 0; i < row_count; i++) {
        MEM_SCOPE(row_mem) {
            const Datum value = datum_of_i32(key_of(i, is_random));
            const bool null = false;

            btree_insert(index, &value, &null, tid_make(i / 100, (OffsetNo)(i % 100 + 1)),
                         BTREE_UNIQUE_NO, NULL);
        }
        if (i % 100 == 0)
            mem_reset(row_mem);
    }
    report(what, start);
    return index;
}

static void bench_find(BtreeIndex *index)
{
    double start = now_seconds();
    ScanKey key;
    BtreeScan *s;
    uint32_t found = 0;
    Tid tid;

    scan_key_init(&key, 1, SCAN_EQUAL, INT4_CMP, 0, 0);
    s = btree_scan_begin(index, &key, 1, false);
    for (uint32_t i = 0; i < row_count; i++) {
        key.argument = datum_of_i32((int32_t)seed_below(&seed, row_count));
        btree_scan_restart(s, &key);
        found += btree_scan_next(s, SCAN_FORWARD, &tid);
    }
    report("find a key", start);
    if (found != row_count)
        printf("only %u were found\n", found);
    btree_scan_end(s);
}

static void bench_scan(BtreeIndex *index)
{
    double start = now_seconds();
    BtreeScan *s = btree_scan_begin(index, NULL, 0, false);
    Tid tid;

    while (btree_scan_next(s, SCAN_FORWARD, &tid))
        ;
    report("scan all", start);
    btree_scan_end(s);
}

static void forget_page(void *arg, BlockNo block, uint8_t *page)
{
    (void)arg;
    (void)block;
    (void)page;
}

static void bench_build(const char *what, const BtreeIndex *index, bool is_random)
{
    const BtreeBuildSpec spec = {
        .keys = &index->keys, .memory_max = SIZE_MAX / 2, .write = forget_page};
    double start = now_seconds();
    BtreeBuild *b = btree_build_begin(&spec);

    for (uint32_t i = 0; i < row_count; i++) {
        const Datum value = datum_of_i32(key_of(i, is_random));
        const bool null = false;

        btree_build_add(b, &value, &null, tid_make(i / 100, (OffsetNo)(i % 100 + 1)), true);
    }
    btree_build_finish(b);
    report(what, start);
}

int main(int argc, char **argv)
{
    char dir[] = "/tmp/btree_bench.XXXXXX";
    BtreeIndex *ascending;

    if (argc == 2)
        row_count = (uint32_t)strtoul(argv[1], NULL, 10);
    seed = seed_new("btree_bench");
    if (mkdtemp(dir) == NULL)
        return 1;
    storage_rig_open(
        &rig, &(StorageRigConfig){.dir = dir, .buffers = 20000, .segment_blocks = SEGMENT_BLOCKS});
    printf("%-40s %8s\n", "", "1000/s");
    ascending = bench_insert("insert ascending keys", 16384, false);
    bench_insert("insert random keys", 16385, true);
    bench_find(ascending);
    bench_scan(ascending);
    bench_build("build of ascending keys", ascending, false);
    bench_build("build of random keys", ascending, true);
    storage_rig_close(&rig);
    os_dir_remove_tree(dir, false);
    return 0;
}

/*
 * heap_update_test.c - rows that are updated, deleted, pruned and vacuumed at random, held against
 * a list of what there should be, and against what their log makes
 */
#include "common/base/base.h"

#include <string.h>

#include "common/format/heap_tuple.h"
#include "common/format/page.h"
#include "common/format/vm_page.h"
#include "common/mem/mem.h"
#include "server/access/heap/heap.h"
#include "server/fmgr/varlena.h"
#include "server/storage/fsm/fsm.h"
#include "server/storage/vm/vm.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"
#include "server/wal/wal.h"
#include "tests/lib/heap_rig.h"
#include "tests/lib/seed.h"
#include "tests/lib/wal_dump.h"
#include "tests/unit/unit.h"

#define TYPE_INT4  23
#define TYPE_BYTEA 17

#define ROWS       120
#define LEVELS     4

/* The model of one row; a copy for each level of transactions. */
typedef struct Row {
    bool exists;
    Tid root; /* what an index would have */
    Tid tid;  /* the newest version */
    int32_t indexed, value;
} Row;

static HeapRig rig;
static TupleDesc *desc;
static Row rows[LEVELS + 1][ROWS];
static unsigned level, hot_count, moved_count;

static const uint64_t key_columns[] = {0x1}, indexed_columns[] = {0x3};

static void open_rig(void)
{
    heap_rig_open(&rig);
    desc = tuple_desc_new(4);
    tuple_desc_set(desc, 1, "id", TYPE_INT4, 4, true, 'i');
    tuple_desc_set(desc, 2, "indexed", TYPE_INT4, 4, true, 'i');
    tuple_desc_set(desc, 3, "value", TYPE_INT4, 4, true, 'i');
    tuple_desc_set(desc, 4, "filler", TYPE_BYTEA, -1, false, 'i');
}

static HeapTuple *form(int32_t id, int32_t indexed, int32_t value, size_t filler_len)
{
    uint8_t filler[2000] = {0};
    bool nulls[4] = {false, false, false, filler_len == 0};
    Datum values[4] = {datum_of_i32(id), datum_of_i32(indexed), datum_of_i32(value), 0};

    memset(filler, (int)(id % 256), filler_len);
    values[3] = datum_of_pointer(varlena_new(filler, filler_len));
    return heap_form(desc, values, nulls);
}

static int32_t column(const HeapTuple *tuple, int number)
{
    bool is_null;

    return datum_i32(heap_get(tuple, number, desc, &is_null));
}

static HeapResult update(Tid tid, HeapTuple *row, bool *is_hot, HeapObstacle *why)
{
    HeapUpdate u = {.desc = desc, .key_columns = key_columns, .indexed_columns = indexed_columns};
    HeapResult result = heap_update(&rig.rel, tid, row, txn_command(true), &u, why);

    *is_hot = u.is_hot;
    return result;
}

/* ---- Changes ---- */

static void insert_row(Seed *seed, int32_t id)
{
    Row *r = &rows[level][id];
    HeapTuple *row;

    *r = (Row){.exists = true,
               .indexed = (int32_t)seed_below(seed, 1000),
               .value = (int32_t)seed_below(seed, 1000000)};
    row = form(id, r->indexed, r->value, seed_below(seed, 4) == 0 ? 0 : seed_below(seed, 700));
    heap_insert(&rig.rel, row, txn_command(true), 0, NULL);
    r->root = r->tid = row->self;
    txn_advance_command();
}

static void update_row(Seed *seed, int32_t id)
{
    Row *r = &rows[level][id];
    HeapObstacle why;
    HeapTuple *row;
    bool is_hot;

    r->value = (int32_t)seed_below(seed, 1000000);
    if (seed_below(seed, 4) == 0)
        r->indexed++;
    row = form(id, r->indexed, r->value, seed_below(seed, 4) == 0 ? 0 : seed_below(seed, 700));
    CU_ASSERT_EQUAL(update(r->tid, row, &is_hot, &why), HEAP_CHANGE_OK);
    if (is_hot)
        hot_count++;
    else
        r->root = row->self;
    moved_count += tid_block(row->self) != tid_block(r->tid);
    r->tid = row->self;
    txn_advance_command();
}

static void delete_row(int32_t id)
{
    HeapObstacle why;

    CU_ASSERT_EQUAL(heap_delete(&rig.rel, rows[level][id].tid, txn_command(true), 0, &why),
                    HEAP_CHANGE_OK);
    rows[level][id].exists = false;
    txn_advance_command();
}

static void lock_row(Seed *seed, int32_t id)
{
    HeapTuple tuple = {.self = rows[level][id].tid};
    HeapObstacle why;
    Buffer b;

    CU_ASSERT_EQUAL(heap_lock(&rig.rel, &tuple, txn_command(true),
                              (HeapLockMode)seed_below(seed, 4), true, &b, &why),
                    HEAP_CHANGE_OK);
    CU_ASSERT_EQUAL(column(&tuple, 1), id);
    buffer_unpin(b);
}

static void change_something(Seed *seed)
{
    int32_t id = (int32_t)seed_below(seed, ROWS);

    if (!rows[level][id].exists)
        insert_row(seed, id);
    else if (seed_below(seed, 8) == 0)
        delete_row(id);
    else if (seed_below(seed, 5) == 0)
        lock_row(seed, id);
    else
        update_row(seed, id);
}

static void enter_level(void)
{
    txn_begin_internal_sub(NULL);
    memcpy(rows[level + 1], rows[level], sizeof rows[0]);
    level++;
}

static void leave_level(bool keeps)
{
    if (keeps)
        txn_release_current_sub();
    else
        txn_rollback_current_sub();
    if (keeps)
        memcpy(rows[level - 1], rows[level], sizeof rows[0]);
    level--;
}

static void run_transaction(Seed *seed)
{
    bool is_commit = seed_below(seed, 4) != 0;

    txn_start_command();
    txn_begin_block();
    txn_end_command();
    txn_start_command();
    memcpy(rows[1], rows[0], sizeof rows[0]);
    level = 1;
    for (unsigned i = 0, n = 1 + (unsigned)seed_below(seed, 30); i < n; i++) {
        uint64_t what = seed_below(seed, 10);

        if (what == 0 && level < LEVELS)
            enter_level();
        else if (what == 1 && level > 1)
            leave_level(seed_below(seed, 2) == 0);
        else
            change_something(seed);
    }
    while (level > 1)
        leave_level(seed_below(seed, 2) == 0);
    if (is_commit) {
        txn_commit_block(false);
        txn_end_command();
        memcpy(rows[0], rows[1], sizeof rows[0]);
    } else {
        txn_abort_all();
    }
    level = 0;
}

/* ---- Looking ---- */

/* A scan, and each row by what an index would have. */
static void check_rows(void)
{
    bool seen[ROWS] = {false};
    const Snapshot *s;
    HeapScan *scan;
    const HeapTuple *tuple;
    unsigned count = 0, expected = 0;
    HeapFetch fetch = heap_fetch_begin(&rig.rel);

    txn_start_command();
    s = snapshot_register(snapshot_latest());
    scan = heap_scan_begin(&rig.rel, s);
    while ((tuple = heap_scan_next(scan, false)) != NULL) {
        int32_t id = column(tuple, 1);
        const Row *r = &rows[0][id];

        CU_ASSERT_TRUE(r->exists && !seen[id]);
        CU_ASSERT_EQUAL(column(tuple, 2), r->indexed);
        CU_ASSERT_EQUAL(column(tuple, 3), r->value);
        seen[id] = true;
        count++;
    }
    heap_scan_end(scan);
    for (int32_t id = 0; id < ROWS; id++) {
        const Row *r = &rows[0][id];
        HeapTuple found;

        if (!r->exists)
            continue;
        expected++;
        CU_ASSERT_TRUE_FATAL(heap_fetch_row(&fetch, s, r->root, &found, NULL));
        CU_ASSERT_EQUAL(column(&found, 1), id);
        CU_ASSERT_EQUAL(column(&found, 3), r->value);
    }
    heap_fetch_end(&fetch);
    CU_ASSERT_EQUAL(count, expected);
    snapshot_unregister(s);
    txn_end_command();
}

/* As vacuum would, with an index that forgets what is dead at once. */
static void vacuum(bool freezes_all)
{
    HeapPageReport report;
    HeapCutoffs cutoffs = {.relfrozenxid = XID_FIRST, .relminmxid = MULTIXACT_FIRST};
    HeapOldest oldest;
    Horizons horizons;
    BlockNo count;

    txn_start_command();
    proc_array_horizons(&horizons);
    cutoffs.oldest_xmin = horizons.data;
    cutoffs.freeze_limit = freezes_all ? horizons.data : XID_FIRST;
    cutoffs.multi_cutoff = freezes_all ? multixact_oldest_needed() : MULTIXACT_FIRST;
    oldest = (HeapOldest){.xid = cutoffs.oldest_xmin, .multi = multixact_oldest_needed()};
    count = smgr_block_count(rig.rel.smgr, FORK_MAIN);
    for (BlockNo block = 0; block < count; block++) {
        Buffer map = BUFFER_NONE;
        Buffer b = buffer_read(rig.rel.smgr, FORK_MAIN, block, BUFFER_NORMAL, NULL, true);

        vm_pin(rig.rel.smgr, block, &map);
        buffer_lock_cleanup(b);
        heap_clean_page(&rig.rel, b, &cutoffs, &oldest, &report);
        if (report.dead_count > 0)
            heap_vacuum_page(&rig.rel, b, report.dead, report.dead_count, &cutoffs, map);
        else if (report.is_all_visible)
            heap_set_all_visible(&rig.rel, b, map, report.visible_after,
                                 VM_ALL_VISIBLE | (report.is_all_frozen ? VM_ALL_FROZEN : 0));
        if (freezes_all)
            CU_ASSERT_TRUE(report.is_all_frozen);
        fsm_note(rig.rel.smgr, block, page_hole_size(buffer_page(b)));
        buffer_unlock_unpin(b);
        buffer_unpin(map);
    }
    txn_end_command();
}

static void random_changes_leave_what_they_should(void)
{
    Seed seed = seed_new("heap updates");
    unsigned pages_before = 0;

    open_rig();
    memset(rows, 0, sizeof rows);
    hot_count = moved_count = 0;
    rig.rel.fillfactor = seed_below(&seed, 2) == 0 ? 0 : 70;
    for (unsigned i = 0; i < 300; i++) {
        run_transaction(&seed);
        if (i % 10 == 0)
            check_rows();
        if (i % 60 == 59) {
            vacuum(i % 120 == 119);
            check_rows();
        }
        if (i == 150)
            pages_before = smgr_block_count(rig.rel.smgr, FORK_MAIN);
    }
    check_rows();
    CU_ASSERT_TRUE(hot_count > 200);
    CU_ASSERT_TRUE(moved_count > 10);
    CU_ASSERT_TRUE(smgr_block_count(rig.rel.smgr, FORK_MAIN) <= pages_before + 20);
    txn_start_command();
    CU_ASSERT_EQUAL(heap_rig_count_different(&rig, NULL), 0);
    txn_end_command();
    CU_ASSERT_STRING_EQUAL(wal_dump_complaints(&rig.txn.wal, wal_insert_lsn()), "");
    heap_rig_close(&rig);
}

UNIT_SUITE(heap_update)
{
    UNIT_TEST(random_changes_leave_what_they_should);
}

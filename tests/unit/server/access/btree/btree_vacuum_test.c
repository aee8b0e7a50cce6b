/* btree_vacuum_test.c - dead rows go, empty leaves go, the rest stays where it is found. */
#include "common/base/base.h"

#include <string.h>

#include "common/ds/array.h"
#include "common/mem/mem.h"
#include "common/walrec/rmgr.h"
#include "server/access/btree/btree.h"
#include "server/storage/buffer/buffer.h"
#include "tests/lib/btree_rig.h"
#include "tests/lib/crowd.h"
#include "tests/lib/seed.h"
#include "tests/lib/storage_rig.h"
#include "tests/unit/unit.h"

#define REL      16384
#define INT4_CMP 351

static StorageRig rig;

/* Rows are dead by their number, which is their TID's. */
typedef struct Dead {
    uint32_t from, to; /* all of these */
    uint32_t every;    /* and each so many; 0: none */
} Dead;

static BtreeIndex *index_new(void)
{
    BtreeIndex *index = mem_new(BtreeIndex);
    TupleDesc *desc = tuple_desc_new(1);

    storage_rig_open(
        &rig, &(StorageRigConfig){.dir = unit_temp_dir(), .buffers = 2000, .segment_blocks = 4000});
    tuple_desc_set(desc, 1, "i", 23, 4, true, 'i');
    btree_keys_init(&index->keys, desc, 1);
    btree_keys_set_order(&index->keys, 1, INT4_CMP, 0, 0);
    index->keys.all_equal_image = index->keys.may_deduplicate = true;
    index->keys.index_name = "t_key";
    btree_rig_create(index, REL);
    return index;
}

static Tid tid_of(uint32_t row)
{
    return tid_make(row / 100, (OffsetNo)(row % 100 + 1));
}

static uint32_t row_of(const Tid *tid)
{
    return tid_block(*tid) * 100 + tid->offset - 1U;
}

static void insert(BtreeIndex *index, int32_t key, uint32_t row)
{
    const Datum value = datum_of_i32(key);
    const bool null = false;

    btree_insert(index, &value, &null, tid_of(row), BTREE_UNIQUE_NO, NULL);
}

static bool is_dead(void *arg, const Tid *tid)
{
    const Dead *dead = arg;
    uint32_t row = row_of(tid);

    return (row >= dead->from && row < dead->to) || (dead->every != 0 && row % dead->every == 0);
}

static FullXid next_xid(void)
{
    return 1234;
}

static BtreeVacuum vacuum(BtreeIndex *index, Dead dead)
{
    BtreeVacuum v = {.is_dead = is_dead, .next_xid = next_xid, .arg = &dead};

    btree_vacuum(index, &v);
    return v;
}

static unsigned count_rows(BtreeIndex *index, ScanDirection direction)
{
    BtreeScan *s = btree_scan_begin(index, NULL, 0, false);
    unsigned count = 0;
    Tid tid;

    while (btree_scan_next(s, direction, &tid))
        count++;
    btree_scan_end(s);
    return count;
}

/* The tree is in order, holds the rows of those that are not dead, and redo makes it. */
static BtreeRigReplay *check(BtreeIndex *index, uint32_t count, Dead dead)
{
    BtreeRigReplay *r;
    Array rows;
    uint32_t expected = 0, wrong = 0;

    array_init(&rows, sizeof(BtreeRigRow));
    btree_rig_check(index, &rows);
    for (uint32_t row = 0; row < count; row++) {
        Tid tid = tid_of(row);
        expected += !is_dead(&dead, &tid);
    }
    array_foreach(BtreeRigRow, row, &rows) {
        wrong += is_dead(&dead, &row->tid);
    }
    CU_ASSERT_EQUAL(rows.count, expected);
    CU_ASSERT_EQUAL(wrong, 0);
    r = btree_rig_replay(&rig.wal, 0, 0);
    CU_ASSERT_EQUAL(btree_rig_count_different(index, r), 0);
    return r;
}

static void single_rows_go_from_anywhere(void)
{
    const Dead dead = {.every = 3};
    BtreeIndex *index = index_new();
    BtreeVacuum v;
    BtreeRigReplay *r;

    for (uint32_t i = 0; i < 20000; i++)
        insert(index, (int32_t)(i * 7919 % 20000), i);
    v = vacuum(index, dead);
    CU_ASSERT_EQUAL(v.rows_removed, 6667);
    CU_ASSERT_EQUAL(v.rows_left, 13333);
    CU_ASSERT_EQUAL(v.pages_deleted, 0);
    r = check(index, 20000, dead);
    CU_ASSERT_TRUE(r->kinds[WAL_BTREE_VACUUM] > 0);
    storage_rig_close(&rig);
}

static void posting_tuples_lose_some_of_their_rows(void)
{
    const Dead dead = {.every = 2}, more = {.from = 100, .to = 19990, .every = 2};
    BtreeIndex *index = index_new();

    for (uint32_t i = 0; i < 20000; i++)
        insert(index, (int32_t)(i % 17), i);
    CU_ASSERT_EQUAL(vacuum(index, dead).rows_removed, 10000);
    check(index, 20000, dead);
    CU_ASSERT_TRUE(btree_rig_shape(index).posting_count > 10);
    vacuum(index, more);
    check(index, 20000, more);
    CU_ASSERT_TRUE(btree_rig_shape(index).tuple_count <= 55);
    storage_rig_close(&rig);
}

static void empty_leaves_are_taken_out(void)
{
    const Dead dead = {.from = 5000, .to = 15000};
    BtreeIndex *index = index_new();
    BtreeVacuum v;
    BtreeRigReplay *r;
    unsigned leaves;

    for (uint32_t i = 0; i < 20000; i++)
        insert(index, (int32_t)i, i);
    leaves = btree_rig_shape(index).leaf_count;
    v = vacuum(index, dead);
    CU_ASSERT_TRUE(v.pages_deleted > 20);
    CU_ASSERT_EQUAL(btree_rig_shape(index).leaf_count, leaves - v.pages_deleted);
    r = check(index, 20000, dead);
    CU_ASSERT_EQUAL(r->kinds[WAL_BTREE_MARK_PAGE_HALFDEAD], v.pages_deleted);
    CU_ASSERT_EQUAL(r->kinds[WAL_BTREE_UNLINK_PAGE], v.pages_deleted);

    /* Keys of the range have their place again. */
    for (uint32_t i = 5000; i < 15000; i++)
        insert(index, (int32_t)i, i);
    check(index, 20000, (Dead){.every = 0});
    CU_ASSERT_EQUAL(vacuum(index, (Dead){.every = 0}).rows_left, 20000);
    storage_rig_close(&rig);
}

static bool may_reuse(FullXid safe_xid)
{
    CU_ASSERT_EQUAL(safe_xid, 1234);
    return true;
}

static bool may_not_reuse(FullXid safe_xid)
{
    (void)safe_xid;
    return false;
}

static void deleted_pages_serve_anew_when_all_may_forget_them(void)
{
    const Dead dead = {.from = 5000, .to = 15000};
    BtreeIndex *index = index_new();
    BtreeVacuum v;
    BlockNo deleted;

    for (uint32_t i = 0; i < 20000; i++)
        insert(index, (int32_t)i, i);
    index->may_reuse = may_not_reuse;
    v = vacuum(index, dead);
    deleted = v.pages_deleted;
    CU_ASSERT_TRUE(deleted > 20);
    CU_ASSERT_EQUAL(v.pages_free, 0);
    index->may_reuse = may_reuse;
    CU_ASSERT_EQUAL(vacuum(index, dead).pages_free, deleted);
    for (uint32_t i = 5000; i < 8000; i++)
        insert(index, (int32_t)i, i);
    CU_ASSERT_EQUAL(smgr_block_count(index->rel, FORK_MAIN), v.page_count);
    CU_ASSERT_TRUE(
        check(index, 20000, (Dead){.from = 8000, .to = 15000})->kinds[WAL_BTREE_REUSE_PAGE] > 5);
    storage_rig_close(&rig);
}

static void all_rows_may_go_and_come_again(void)
{
    const Dead dead = {.from = 0, .to = 20000};
    BtreeIndex *index = index_new();
    BtreeScan *s;
    Tid tid;

    CU_ASSERT_EQUAL(vacuum(index, dead).page_count, 1);
    for (uint32_t i = 0; i < 20000; i++)
        insert(index, (int32_t)i, i);
    vacuum(index, dead);
    check(index, 20000, dead);
    s = btree_scan_begin(index, NULL, 0, false);
    CU_ASSERT_FALSE(btree_scan_next(s, SCAN_BACKWARD, &tid));
    CU_ASSERT_FALSE(btree_scan_next(s, SCAN_FORWARD, &tid));
    btree_scan_end(s);
    for (uint32_t i = 0; i < 20000; i++)
        insert(index, (int32_t)(20000 - i), i);
    check(index, 20000, (Dead){.every = 0});
    storage_rig_close(&rig);
}

/* The log ends between the two steps of taking a page out. */
static void a_page_that_is_left_half_dead_goes_with_the_next_vacuum(void)
{
    const Dead dead = {.from = 5000, .to = 6000};
    BtreeIndex *index = index_new();
    BtreeRigReplay *r;

    for (uint32_t i = 0; i < 10000; i++)
        insert(index, (int32_t)i, i);
    CU_ASSERT_TRUE(vacuum(index, dead).pages_deleted > 0);
    r = btree_rig_replay(&rig.wal, 1U << (WAL_BTREE_MARK_PAGE_HALFDEAD >> 4), 1);
    index->rel = storage_rig_rel(REL + 1);
    index->root = 0;
    for (BlockNo block = 0; load_u64(r->pages + (size_t)block * BLOCK_SIZE) != 0; block++) {
        Buffer b;

        buffer_lock_extension(index->rel);
        b = buffer_read(index->rel, FORK_MAIN, BLOCK_NONE, BUFFER_ZERO_AND_LOCK, NULL, true);
        buffer_unlock_extension(index->rel);
        memcpy(buffer_page(b), r->pages + (size_t)block * BLOCK_SIZE, BLOCK_SIZE);
        buffer_mark_dirty(b);
        buffer_unlock_unpin(b);
    }
    CU_ASSERT_TRUE(count_rows(index, SCAN_BACKWARD) > 9000);
    CU_ASSERT_EQUAL(count_rows(index, SCAN_BACKWARD), count_rows(index, SCAN_FORWARD));
    for (uint32_t i = 10000; i < 12000; i++)
        insert(index, (int32_t)(5000 + i % 1000), i);
    UNIT_ASSERT_RAISES(SQLSTATE_INDEX_CORRUPTED, btree_rig_check(index, NULL));
    storage_rig_abort();
    vacuum(index, dead);
    btree_rig_check(index, NULL);
    storage_rig_close(&rig);
}

/* ---- Beside others ---- */

#define CROWD       4
#define CROWD_COUNT 12000
#define FIRST_ROWS  20000

static BtreeIndex *crowd_index;

static void work_in_crowd(void *arg, unsigned number)
{
    uint64_t seed_value = *(uint64_t *)arg + number;
    Seed seed = {.state = seed_value};

    storage_rig_enter_child();
    crowd_index->rel = storage_rig_rel(REL);
    if (number == 0) {
        for (int round = 0; round < 6; round++)
            vacuum(crowd_index, (Dead){.from = 0, .to = FIRST_ROWS});
        return;
    }
    for (uint32_t i = 0; i < CROWD_COUNT; i++) {
        insert(crowd_index, (int32_t)seed_below(&seed, FIRST_ROWS),
               FIRST_ROWS + i * CROWD + number);
        if (i % 1000 == 0) {
            BtreeScan *s = btree_scan_begin(crowd_index, NULL, 0, i % 2000 == 0);
            Tid tid;

            while (btree_scan_next(s, number % 2 == 0 ? SCAN_FORWARD : SCAN_BACKWARD, &tid))
                ;
            btree_scan_end(s);
        }
    }
}

static void vacuum_runs_beside_inserts_and_scans(void)
{
    Seed seed = seed_new("vacuum crowd");
    uint64_t start = seed_u64(&seed);
    Array rows;

    crowd_index = index_new();
    for (uint32_t i = 0; i < FIRST_ROWS; i++)
        insert(crowd_index, (int32_t)i, i);
    CU_ASSERT_EQUAL(crowd_run(CROWD, work_in_crowd, &start), CROWD);
    array_init(&rows, sizeof(BtreeRigRow));
    btree_rig_check(crowd_index, &rows);
    CU_ASSERT_EQUAL(rows.count, (CROWD - 1) * CROWD_COUNT);
    CU_ASSERT_EQUAL(btree_rig_count_different(crowd_index, btree_rig_replay(&rig.wal, 0, 0)), 0);
    storage_rig_close(&rig);
}

UNIT_SUITE(btree_vacuum)
{
    UNIT_TEST(single_rows_go_from_anywhere);
    UNIT_TEST(posting_tuples_lose_some_of_their_rows);
    UNIT_TEST(empty_leaves_are_taken_out);
    UNIT_TEST(deleted_pages_serve_anew_when_all_may_forget_them);
    UNIT_TEST(all_rows_may_go_and_come_again);
    UNIT_TEST(a_page_that_is_left_half_dead_goes_with_the_next_vacuum);
    UNIT_TEST(vacuum_runs_beside_inserts_and_scans);
}

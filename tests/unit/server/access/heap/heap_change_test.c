/* heap_change_test.c - rows that are inserted, deleted, fetched and scanned, and their log */
#include "common/base/base.h"

#include "common/format/heap_tuple.h"
#include "common/format/page.h"
#include "common/format/vm_page.h"
#include "common/mem/mem.h"
#include "server/access/heap/heap.h"
#include "server/config/setting.h"
#include "server/storage/vm/vm.h"
#include "server/txn/txn.h"
#include "server/wal/wal.h"
#include "tests/lib/heap_rig.h"
#include "tests/lib/seed.h"
#include "tests/lib/wal_dump.h"
#include "tests/unit/unit.h"

static HeapRig rig;

static void set_all_visible(BlockNo block);
static bool is_all_visible(BlockNo block);

static Tid insert(int32_t value, uint32_t len)
{
    HeapTuple *tuple = heap_rig_tuple(value, len);

    heap_insert(&rig.rel, tuple, txn_command(true), 0, NULL);
    return tuple->self;
}

static HeapResult delete (Tid tid)
{
    HeapObstacle why;

    return heap_delete(&rig.rel, tid, txn_command(true), 0, &why);
}

/* How many rows the snapshot shows, and what their values add up to. */
static unsigned scan(bool is_backward, int64_t *sum)
{
    const Snapshot *s = snapshot_register(snapshot_latest());
    HeapScan *scan = heap_scan_begin(&rig.rel, s);
    const HeapTuple *tuple;
    unsigned count = 0;

    *sum = 0;
    while ((tuple = heap_scan_next(scan, is_backward)) != NULL) {
        *sum += heap_rig_value(tuple);
        count++;
    }
    heap_scan_end(scan);
    snapshot_unregister(s);
    return count;
}

static void what_is_inserted_is_scanned_both_ways(void)
{
    int64_t forward, backward;

    heap_rig_open(&rig);
    txn_start_command();
    CU_ASSERT_EQUAL(scan(false, &forward), 0);
    CU_ASSERT_EQUAL(scan(true, &forward), 0);
    for (int i = 1; i <= 1000; i++)
        insert(i, 100);
    CU_ASSERT_EQUAL(scan(false, &forward), 0); /* not by the command that does it */
    txn_advance_command();
    CU_ASSERT_EQUAL(scan(false, &forward), 1000);
    CU_ASSERT_EQUAL(scan(true, &backward), 1000);
    CU_ASSERT_EQUAL(forward, 500500);
    CU_ASSERT_EQUAL(backward, 500500);
    txn_end_command();
    CU_ASSERT_EQUAL(smgr_block_count(rig.rel.smgr, FORK_MAIN), 14); /* 75 of 104 + 4 bytes each */
    heap_rig_close(&rig);
}

static void a_scan_turns_round_anywhere(void)
{
    HeapScan *s;

    heap_rig_open(&rig);
    txn_start_command();
    for (int i = 0; i < 200; i++)
        insert(i, 1000);
    txn_advance_command();
    snapshot_push_latest();
    s = heap_scan_begin(&rig.rel, snapshot_active());
    for (int turn = 1; turn <= 200; turn++) {
        for (int i = 0; i < turn; i++)
            CU_ASSERT_EQUAL(heap_rig_value(heap_scan_next(s, false)), i);
        if (turn == 200)
            CU_ASSERT_PTR_NULL(heap_scan_next(s, false));
        for (int i = turn == 200 ? 199 : turn - 2; i >= 0; i--)
            CU_ASSERT_EQUAL(heap_rig_value(heap_scan_next(s, true)), i);
        CU_ASSERT_PTR_NULL(heap_scan_next(s, true));
    }
    heap_scan_end(s);
    snapshot_pop();
    txn_end_command();
    heap_rig_close(&rig);
}

/* Random inserts and deletes in transactions that commit or abort, against a list. */
static void replay_of_the_log_makes_the_same_pages(void)
{
    Seed seed = seed_new("heap changes");
    enum { ROWS = 3000 };
    Tid *tids = mem_new_array(Tid, ROWS);
    bool *lives = mem_new_array(bool, ROWS);
    unsigned count = 0, alive = 0, inits = 0;
    int64_t sum;

    heap_rig_open(&rig);
    while (count < ROWS - 20) {
        bool is_commit = seed_below(&seed, 4) != 0;
        unsigned before = count, deletes = (unsigned)seed_below(&seed, 10);

        txn_start_command();
        for (unsigned i = 0; i < 5 + seed_below(&seed, 15); i++) {
            tids[count] = insert((int32_t)count, 28 + (uint32_t)seed_below(&seed, 300));
            lives[count++] = is_commit;
        }
        txn_advance_command();
        for (unsigned i = 0; i < deletes; i++) {
            uint64_t at = seed_below(&seed, count);

            if (at < before && !lives[at])
                continue;
            if (delete (tids[at]) == HEAP_CHANGE_OK && is_commit)
                lives[at] = false;
        }
        if (is_commit)
            txn_end_command();
        else
            txn_abort_current();
    }
    for (unsigned i = 0; i < count; i++)
        alive += lives[i];
    txn_start_command();
    CU_ASSERT_EQUAL(scan(false, &sum), alive);
    CU_ASSERT_EQUAL(heap_rig_count_different(&rig, &inits), 0);
    CU_ASSERT_EQUAL(inits, smgr_block_count(rig.rel.smgr, FORK_MAIN));
    CU_ASSERT_STRING_EQUAL(wal_dump_complaints(&rig.txn.wal, wal_insert_lsn()), "");
    txn_end_command();
    heap_rig_close(&rig);
}

static void many_rows_take_one_record_a_page(void)
{
    Seed seed = seed_new("heap many");
    HeapTuple *tuples[500];
    int64_t sum, expected = 0;
    unsigned inits;

    heap_rig_open(&rig);
    txn_start_command();
    insert(1000000, 100);
    for (unsigned i = 0; i < ARRAY_LEN(tuples); i++) {
        tuples[i] = heap_rig_tuple((int32_t)i, 28 + (uint32_t)seed_below(&seed, 300));
        expected += i;
    }
    heap_insert_many(&rig.rel, tuples, ARRAY_LEN(tuples), txn_command(true), 0, NULL);
    txn_advance_command();
    CU_ASSERT_EQUAL(scan(false, &sum), ARRAY_LEN(tuples) + 1);
    CU_ASSERT_EQUAL(sum, expected + 1000000);
    CU_ASSERT_EQUAL(heap_rig_count_different(&rig, &inits), 0);
    CU_ASSERT_EQUAL(inits, smgr_block_count(rig.rel.smgr, FORK_MAIN));
    CU_ASSERT_STRING_EQUAL(wal_dump_complaints(&rig.txn.wal, wal_insert_lsn()), "");
    set_all_visible(0);
    heap_insert_many(&rig.rel, tuples, 0, txn_command(true), 0, NULL);
    CU_ASSERT_TRUE(is_all_visible(0));
    txn_end_command();
    heap_rig_close(&rig);
}

/* The smallest tuples, of which the number of line pointers is the limit. */
static void many_short_rows_fill_a_page(void)
{
    HeapTuple *tuples[600];

    heap_rig_open(&rig);
    txn_start_command();
    for (unsigned i = 0; i < ARRAY_LEN(tuples); i++) {
        tuples[i] = heap_rig_tuple(0, 28);
        tuples[i]->len = 24;
    }
    heap_insert_many(&rig.rel, tuples, ARRAY_LEN(tuples), txn_command(true), 0, NULL);
    CU_ASSERT_EQUAL(smgr_block_count(rig.rel.smgr, FORK_MAIN), 3); /* 291, 291, 18 */
    CU_ASSERT_EQUAL(heap_rig_count_different(&rig, NULL), 0);
    txn_end_command();
    heap_rig_close(&rig);
}

static void set_all_visible(BlockNo block)
{
    Buffer map = BUFFER_NONE;
    Buffer b = buffer_read(rig.rel.smgr, FORK_MAIN, block, BUFFER_NORMAL, NULL, true);

    vm_pin(rig.rel.smgr, block, &map);
    buffer_lock(b, BUFFER_EXCLUSIVE);
    crit_begin();
    page_set_flag(buffer_page(b), PAGE_ALL_VISIBLE);
    buffer_mark_dirty(b);
    crit_end();
    vm_set(rig.rel.smgr, block, b, LSN_NONE, map, XID_NONE, VM_ALL_VISIBLE);
    buffer_unlock_unpin(b);
    buffer_unpin(map);
}

static bool is_all_visible(BlockNo block)
{
    Buffer map = BUFFER_NONE;
    Buffer b = buffer_read(rig.rel.smgr, FORK_MAIN, block, BUFFER_NORMAL, NULL, true);
    bool says_page = page_has_flag(buffer_page(b), PAGE_ALL_VISIBLE);
    bool says_map = vm_get(rig.rel.smgr, block, &map) != 0;

    CU_ASSERT_EQUAL(says_page, says_map);
    buffer_unpin(b);
    if (map != BUFFER_NONE)
        buffer_unpin(map);
    return says_page;
}

static void a_change_clears_all_visible(void)
{
    Tid tid;

    heap_rig_open(&rig);
    txn_start_command();
    tid = insert(1, 100);
    txn_end_command();
    txn_start_command();
    set_all_visible(0);
    CU_ASSERT_TRUE(is_all_visible(0));
    insert(2, 100);
    CU_ASSERT_FALSE(is_all_visible(0));
    set_all_visible(0);
    CU_ASSERT_EQUAL(delete (tid), HEAP_CHANGE_OK);
    CU_ASSERT_FALSE(is_all_visible(0));
    CU_ASSERT_EQUAL(heap_rig_count_different(&rig, NULL), 0);
    txn_end_command();
    heap_rig_close(&rig);
}

static void delete_tells_what_is_in_the_way(void)
{
    HeapObstacle why;
    Tid tid;
    Xid holder, deleter;

    heap_rig_open(&rig);
    txn_start_command();
    tid = insert(1, 100);
    UNIT_ASSERT_RAISES(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE, delete (tid));
    txn_advance_command();
    CU_ASSERT_EQUAL(delete (tid), HEAP_CHANGE_OK);
    CU_ASSERT_EQUAL(heap_delete(&rig.rel, tid, txn_command(true), 0, &why),
                    HEAP_CHANGE_SELF_MODIFIED);
    CU_ASSERT_EQUAL(why.cmax, 1);
    txn_abort_current();

    txn_start_command();
    tid = insert(2, 100);
    txn_end_command();
    txn_start_command();
    txn_begin_block();
    txn_end_command();
    txn_start_command();
    CU_ASSERT_EQUAL(delete (tid), HEAP_CHANGE_OK);
    holder = txn_xid();
    txn_end_command();
    txn_start_command();
    txn_prepare_block("holder");
    txn_end_command();
    txn_start_command();
    CU_ASSERT_EQUAL(heap_delete(&rig.rel, tid, txn_command(true), 0, &why), HEAP_CHANGE_MUST_WAIT);
    CU_ASSERT_EQUAL(why.waits_for, holder);
    txn_end_command();

    txn_start_command();
    tid = insert(3, 100);
    txn_end_command();
    txn_start_command();
    CU_ASSERT_EQUAL(delete (tid), HEAP_CHANGE_OK);
    deleter = txn_xid();
    txn_end_command();
    txn_start_command();
    CU_ASSERT_EQUAL(heap_delete(&rig.rel, tid, txn_command(true), 0, &why), HEAP_CHANGE_DELETED);
    CU_ASSERT_EQUAL(why.xmax, deleter);
    txn_end_command();
    heap_rig_close(&rig);
}

static void rows_are_fetched_by_place(void)
{
    HeapTuple tuple;
    bool is_all_dead;
    Buffer b;
    Tid tid, at;

    heap_rig_open(&rig);
    txn_start_command();
    tid = insert(77, 100);
    txn_advance_command();
    snapshot_push_latest();
    tuple.self = tid;
    CU_ASSERT_TRUE_FATAL(heap_fetch(&rig.rel, snapshot_active(), &tuple, &b));
    CU_ASSERT_EQUAL(heap_rig_value(&tuple), 77);
    at = tid;
    buffer_lock(b, BUFFER_SHARED);
    CU_ASSERT_TRUE(heap_search_chain(&rig.rel, snapshot_active(), b, &at, &tuple, &is_all_dead));
    CU_ASSERT_FALSE(is_all_dead);
    at.offset = 9;
    CU_ASSERT_FALSE(heap_search_chain(&rig.rel, snapshot_active(), b, &at, &tuple, &is_all_dead));
    CU_ASSERT_TRUE(is_all_dead);
    buffer_unlock_unpin(b);
    tuple.self = tid_make(0, 2);
    CU_ASSERT_FALSE(heap_fetch(&rig.rel, snapshot_active(), &tuple, &b));
    snapshot_pop();
    txn_end_command();
    heap_rig_close(&rig);
}

static void fillfactor_keeps_room_and_long_rows_raise(void)
{
    int64_t sum;

    heap_rig_open(&rig);
    rig.rel.fillfactor = 50;
    txn_start_command();
    for (int i = 0; i < 74; i++) /* 37 on each half of a page */
        insert(i, 100);
    CU_ASSERT_EQUAL(smgr_block_count(rig.rel.smgr, FORK_MAIN), 2);
    insert(1, HEAP_TUPLE_SIZE_MAX);
    CU_ASSERT_EQUAL(smgr_block_count(rig.rel.smgr, FORK_MAIN), 3);
    txn_advance_command();
    CU_ASSERT_EQUAL(scan(false, &sum), 75);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
                               "row is too big: size 8168, maximum size 8160", insert(1, 8161));
    rig.rel.is_decoded = true;
    UNIT_ASSERT_RAISES(SQLSTATE_FEATURE_NOT_SUPPORTED, insert(1, 100));
    txn_abort_current();
    heap_rig_close(&rig);
}

UNIT_SUITE(heap_change)
{
    UNIT_TEST(what_is_inserted_is_scanned_both_ways);
    UNIT_TEST(a_scan_turns_round_anywhere);
    UNIT_TEST(replay_of_the_log_makes_the_same_pages);
    UNIT_TEST(many_rows_take_one_record_a_page);
    UNIT_TEST(many_short_rows_fill_a_page);
    UNIT_TEST(a_change_clears_all_visible);
    UNIT_TEST(delete_tells_what_is_in_the_way);
    UNIT_TEST(rows_are_fetched_by_place);
    UNIT_TEST(fillfactor_keeps_room_and_long_rows_raise);
}

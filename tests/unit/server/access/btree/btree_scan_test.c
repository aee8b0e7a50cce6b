/*
 * btree_scan_test.c - scans find what matches, in order, either way
 *
 * Rows are (a, b), two int4 with NULLs. Whatever the keys, a scan must give the rows that a look at
 * all of them gives, sorted as the index is.
 */
#include "common/base/base.h"

#include <stdlib.h>
#include <string.h>

#include "common/format/btree_page.h"
#include "common/format/page.h"
#include "common/mem/mem.h"
#include "server/access/btree/btree.h"
#include "server/storage/buffer/buffer.h"
#include "tests/lib/btree_rig.h"
#include "tests/lib/seed.h"
#include "tests/lib/storage_rig.h"
#include "tests/unit/unit.h"

#define REL      16384
#define INT4_CMP 351
#define ROWS     6000
#define KEYS     3

typedef struct Row {
    Datum values[2];
    bool nulls[2];
    Tid tid;
} Row;

static StorageRig rig;
static Row rows[ROWS];

static BtreeIndex *index_new(int16_t options_a, int16_t options_b)
{
    BtreeIndex *index = mem_new(BtreeIndex);
    TupleDesc *desc = tuple_desc_new(2);

    storage_rig_open(
        &rig, &(StorageRigConfig){.dir = unit_temp_dir(), .buffers = 500, .segment_blocks = 4000});
    tuple_desc_set(desc, 1, "a", 23, 4, true, 'i');
    tuple_desc_set(desc, 2, "b", 23, 4, true, 'i');
    btree_keys_init(&index->keys, desc, 2);
    btree_keys_set_order(&index->keys, 1, INT4_CMP, 0, options_a);
    btree_keys_set_order(&index->keys, 2, INT4_CMP, 0, options_b);
    index->keys.all_equal_image = index->keys.may_deduplicate = true;
    btree_rig_create(index, REL);
    return index;
}

static void fill(BtreeIndex *index, Seed *seed, uint32_t limit)
{
    for (uint32_t i = 0; i < ROWS; i++) {
        Row *row = &rows[i];

        for (int c = 0; c < 2; c++) {
            row->nulls[c] = seed_below(seed, 8) == 0;
            row->values[c] =
                row->nulls[c] ? 0 : datum_of_i32((int32_t)seed_below(seed, limit) - 20);
        }
        row->tid = tid_make(i / 50, (OffsetNo)(i % 50 + 1));
        btree_insert(index, row->values, row->nulls, row->tid, BTREE_UNIQUE_NO, NULL);
    }
}

static const BtreeIndex *sorted_by;

static int compare_rows(const void *x, const void *y)
{
    const Row *a = x, *b = y;

    for (int c = 0; c < 2; c++) {
        int order = sort_apply(a->values[c], a->nulls[c], b->values[c], b->nulls[c],
                               &sorted_by->keys.orders[c]);
        if (order != 0)
            return order;
    }
    if (tid_block(a->tid) != tid_block(b->tid))
        return tid_block(a->tid) < tid_block(b->tid) ? -1 : 1;
    return (int)a->tid.offset - (int)b->tid.offset;
}

static bool row_matches(const Row *row, ScanKey *keys, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        int c = keys[i].column - 1;

        if (!scan_key_test(&keys[i], row->values[c], row->nulls[c]))
            return false;
    }
    return true;
}

/* Rows that match, in the index's order; sorted rows are taken. */
static unsigned expect(ScanKey *keys, unsigned count, Tid *out)
{
    unsigned found = 0;

    for (unsigned i = 0; i < ROWS; i++) {
        if (row_matches(&rows[i], keys, count))
            out[found++] = rows[i].tid;
    }
    return found;
}

static void check_scan(BtreeIndex *index, ScanKey *keys, unsigned count)
{
    static Tid expected[ROWS];
    unsigned expected_count = expect(keys, count, expected), at;
    BtreeScan *s = btree_scan_begin(index, keys, count, false);
    Tid tid;

    for (at = 0; btree_scan_next(s, SCAN_FORWARD, &tid); at++) {
        if (at >= expected_count || memcmp(&tid, &expected[at], sizeof(tid)) != 0)
            break;
    }
    CU_ASSERT_EQUAL(at, expected_count);

    /* At the end it turns round. */
    for (at = expected_count; btree_scan_next(s, SCAN_BACKWARD, &tid); at--) {
        if (at == 0 || memcmp(&tid, &expected[at - 1], sizeof(tid)) != 0)
            break;
    }
    CU_ASSERT_EQUAL(at, 0);

    btree_scan_restart(s, NULL);
    for (at = expected_count; btree_scan_next(s, SCAN_BACKWARD, &tid); at--) {
        if (at == 0 || memcmp(&tid, &expected[at - 1], sizeof(tid)) != 0)
            break;
    }
    CU_ASSERT_EQUAL(at, 0);
    btree_scan_end(s);
}

static unsigned random_keys(Seed *seed, ScanKey *keys, uint32_t limit)
{
    unsigned count = (unsigned)seed_below(seed, KEYS + 1);

    for (unsigned i = 0; i < count; i++) {
        int16_t column = (int16_t)(1 + seed_below(seed, 2));
        ScanStrategy strategy = (ScanStrategy)(1 + seed_below(seed, 7));

        if (strategy >= SCAN_IS_NULL)
            scan_key_init_null_test(&keys[i], column, strategy == SCAN_IS_NULL);
        else
            scan_key_init(&keys[i], column, strategy, INT4_CMP, 0,
                          datum_of_i32((int32_t)seed_below(seed, limit + 4) - 22));
        keys[i].is_null = seed_below(seed, 60) == 0;
    }
    return count;
}

static void check_options(int16_t options_a, int16_t options_b, uint32_t limit)
{
    Seed seed = seed_new("scan keys");
    BtreeIndex *index = index_new(options_a, options_b);
    MemContext *scan_mem = mem_context_new(mem_current(), "scan");

    fill(index, &seed, limit);
    btree_rig_check(index, NULL);
    sorted_by = index;
    qsort(rows, ROWS, sizeof(Row), compare_rows);
    for (int i = 0; i < 250; i++) {
        MEM_SCOPE(scan_mem) {
            ScanKey keys[KEYS];
            unsigned count = random_keys(&seed, keys, limit);

            check_scan(index, keys, count);
        }
        mem_reset(scan_mem);
    }
    storage_rig_close(&rig);
}

static void any_keys_find_their_rows(void)
{
    check_options(0, 0, 60);
}

static void any_keys_find_their_rows_in_descending_order(void)
{
    check_options(BTREE_OPTION_DESC | BTREE_OPTION_NULLS_FIRST, BTREE_OPTION_DESC, 2000);
}

static void any_keys_find_their_rows_with_nulls_first(void)
{
    check_options(BTREE_OPTION_NULLS_FIRST, BTREE_OPTION_NULLS_FIRST | BTREE_OPTION_DESC, 7);
}

static void an_empty_index_has_nothing_either_way(void)
{
    BtreeIndex *index = index_new(0, 0);
    BtreeScan *s;
    ScanKey key;
    Tid tid;

    s = btree_scan_begin(index, NULL, 0, false);
    CU_ASSERT_FALSE(btree_scan_next(s, SCAN_FORWARD, &tid));
    CU_ASSERT_FALSE(btree_scan_next(s, SCAN_BACKWARD, &tid));
    btree_scan_end(s);
    scan_key_init(&key, 1, SCAN_EQUAL, INT4_CMP, 0, datum_of_i32(1));
    s = btree_scan_begin(index, &key, 1, false);
    CU_ASSERT_FALSE(btree_scan_next(s, SCAN_BACKWARD, &tid));
    CU_ASSERT_FALSE(btree_scan_next(s, SCAN_FORWARD, &tid));
    btree_scan_end(s);
    storage_rig_close(&rig);
}

static void a_scan_turns_round_anywhere(void)
{
    Seed seed = seed_new("turns");
    BtreeIndex *index = index_new(0, 0);
    BtreeScan *s;
    int at = -1;

    fill(index, &seed, 300);
    sorted_by = index;
    qsort(rows, ROWS, sizeof(Row), compare_rows);
    s = btree_scan_begin(index, NULL, 0, false);
    for (int i = 0; i < 400; i++) {
        ScanDirection direction = seed_below(&seed, 5) < 3 || at < 0 ? SCAN_FORWARD : SCAN_BACKWARD;
        Tid tid;

        for (uint64_t steps = seed_below(&seed, 150); steps > 0; steps--) {
            bool found = btree_scan_next(s, direction, &tid);

            at += direction;
            CU_ASSERT_EQUAL_FATAL(found, at >= 0 && at < ROWS);
            if (!found)
                break;
            CU_ASSERT_EQUAL_FATAL(memcmp(&tid, &rows[at].tid, sizeof(tid)), 0);
        }
        if (at >= ROWS)
            at = ROWS;
    }
    btree_scan_end(s);
    storage_rig_close(&rig);
}

static void tuples_come_with_the_rows_when_wanted(void)
{
    Seed seed = seed_new("tuples");
    BtreeIndex *index = index_new(0, 0);
    BtreeScan *s;
    Tid tid;
    unsigned at = 0, wrong = 0;

    fill(index, &seed, 30);
    sorted_by = index;
    qsort(rows, ROWS, sizeof(Row), compare_rows);
    s = btree_scan_begin(index, NULL, 0, true);
    for (; btree_scan_next(s, SCAN_FORWARD, &tid); at++) {
        Datum values[2];
        bool nulls[2];

        index_deform(btree_scan_tuple(s), index->keys.desc, values, nulls);
        for (int c = 0; c < 2; c++)
            wrong +=
                nulls[c] != rows[at].nulls[c] || (!nulls[c] && values[c] != rows[at].values[c]);
    }
    CU_ASSERT_EQUAL(at, ROWS);
    CU_ASSERT_EQUAL(wrong, 0);
    btree_scan_end(s);
    storage_rig_close(&rig);
}

static void dead_rows_are_marked_and_no_longer_come(void)
{
    Seed seed = seed_new("dead");
    BtreeIndex *index = index_new(0, 0);
    BtreeScan *s;
    Tid tid;
    unsigned count = 0;
    ScanKey key;

    fill(index, &seed, 5000);
    scan_key_init(&key, 1, SCAN_LESS, INT4_CMP, 0, datum_of_i32(100));
    s = btree_scan_begin(index, &key, 1, false);
    while (btree_scan_next(s, SCAN_FORWARD, &tid)) {
        btree_scan_mark_dead(s);
        count++;
    }
    CU_ASSERT_TRUE(count > 50);
    btree_scan_restart(s, NULL);
    CU_ASSERT_FALSE(btree_scan_next(s, SCAN_FORWARD, &tid));
    btree_scan_end(s);
    s = btree_scan_begin(index, NULL, 0, false);
    while (btree_scan_next(s, SCAN_FORWARD, &tid))
        count++;
    CU_ASSERT_EQUAL(count, ROWS);
    /* A standby's query may see them yet. */
    btree_scan_end(s);
    count = 0;
    s = btree_scan_begin(index, NULL, 0, false);
    btree_scan_as_standby(s);
    while (btree_scan_next(s, SCAN_FORWARD, &tid)) {
        btree_scan_mark_dead(s);
        count++;
    }
    CU_ASSERT_EQUAL(count, ROWS);
    btree_scan_end(s);
    count = 0;
    s = btree_scan_begin(index, NULL, 0, false);
    while (btree_scan_next(s, SCAN_FORWARD, &tid))
        count++;
    CU_ASSERT_TRUE(count > 0);
    btree_scan_end(s);
    storage_rig_close(&rig);
}

/* All but the links between pages: those that lead in a circle are not found by walking on. */
static void damaged_pages_raise(void)
{
    Seed seed = seed_new("damage");
    BtreeIndex *index = index_new(0, 0);
    volatile BlockNo count;
    volatile unsigned raised = 0;

    fill(index, &seed, 5000);
    count = smgr_block_count(index->rel, FORK_MAIN);
    for (int i = 0; i < 300; i++) {
        Buffer b = buffer_read(index->rel, FORK_MAIN, (BlockNo)seed_below(&seed, count),
                               BUFFER_NORMAL, NULL, true);
        uint8_t *page = buffer_page(b), whole[BLOCK_SIZE];
        BtreeScan *s = btree_scan_begin(index, NULL, 0, false);
        volatile unsigned rows_read = 0;

        memcpy(whole, page, BLOCK_SIZE);
        for (int bits = 0; bits < 20; bits++)
            page[seed_below(&seed, BLOCK_SIZE - sizeof(BtreeSpecial))] ^=
                (uint8_t)(1 << seed_below(&seed, 8));
        index->root = 0;
        ERR_TRY() {
            Tid tid;
            const Datum values[2] = {datum_of_i32((int32_t)seed_below(&seed, 5000)), 0};
            const bool nulls[2] = {false, true};

            btree_insert(index, values, nulls, tid_make(9999, (OffsetNo)(i + 1)), BTREE_UNIQUE_NO,
                         NULL);
            while (rows_read < 3 * ROWS && btree_scan_next(s, SCAN_FORWARD, &tid))
                rows_read++;
        }
        ERR_CATCH() {
            SqlState state = err_caught()->sqlstate;

            if (state != SQLSTATE_DATA_CORRUPTED && state != SQLSTATE_INDEX_CORRUPTED &&
                state != SQLSTATE_FEATURE_NOT_SUPPORTED && state != SQLSTATE_INTERNAL_ERROR &&
                state != SQLSTATE_UNDEFINED_FILE) /* a block far behind the end */
                unit_check_raise(err_caught(), SQLSTATE_INDEX_CORRUPTED, NULL, "a damaged index",
                                 __FILE__, __LINE__);
            raised++;
        }
        ERR_END();
        storage_rig_abort();
        b = buffer_read(index->rel, FORK_MAIN, 1, BUFFER_NORMAL, NULL, true);
        buffer_unpin(b);
        memcpy(page, whole, BLOCK_SIZE);
    }
    CU_ASSERT_TRUE(raised > 30);
    storage_rig_close(&rig);
}

UNIT_SUITE(btree_scan)
{
    UNIT_TEST(any_keys_find_their_rows);
    UNIT_TEST(any_keys_find_their_rows_in_descending_order);
    UNIT_TEST(any_keys_find_their_rows_with_nulls_first);
    UNIT_TEST(an_empty_index_has_nothing_either_way);
    UNIT_TEST(a_scan_turns_round_anywhere);
    UNIT_TEST(tuples_come_with_the_rows_when_wanted);
    UNIT_TEST(dead_rows_are_marked_and_no_longer_come);
    UNIT_TEST(damaged_pages_raise);
}

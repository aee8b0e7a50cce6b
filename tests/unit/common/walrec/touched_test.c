/* touched_test.c - the blocks that replay may change, named and implied */
#include "common/base/base.h"

#include "common/walrec/record.h"

#include "common/base/bytes.h"
#include "common/mem/mem.h"
#include "common/walrec/rmgr.h"
#include "tests/lib/wal_forge.h"
#include "tests/unit/unit.h"

#define REL                                       \
 {                                                \
  .tablespace = 1663, .database = 5, .rel = 16384 \
 }

static const RelTag rel = REL;

static BlockTag block_of(ForkNo fork, BlockNo block)
{
    return (BlockTag){.rel = REL, .fork = fork, .block = block};
}

/* A record with a reference to each of two blocks (the second only when there is one). */
static size_t touched(uint8_t rmgr, uint8_t opcode, BlockNo first, BlockNo second,
                      const uint8_t *main, size_t main_len, WalTouch *touches)
{
    WalRecord *record = mem_new(WalRecord);
    StrBuf bytes;
    WalForge f;

    strbuf_init(&bytes);
    wal_forge_init(&f, 15, MIB(16), 0);
    wal_forge_begin(&f, rmgr, opcode, 735);
    wal_forge_ref(&f, 0, 0, block_of(FORK_MAIN, first), NULL, 0);
    if (second != BLOCK_NONE)
        wal_forge_ref(&f, 1, WAL_FORGE_SAME_REL, block_of(FORK_MAIN, second), NULL, 0);
    wal_forge_main(&f, main, main_len);
    wal_forge_end_alone(&f, &bytes);
    wal_record_decode(record, (const uint8_t *)bytes.text, 15, 0x1000028, 0x1000060);
    return walrec_touched(record, touches);
}

static void check_implied(const WalTouch *touch, ForkNo fork, BlockNo block)
{
    BlockTag tag = block_of(fork, block);

    CU_ASSERT_TRUE(block_tag_equal(&touch->tag, &tag));
    CU_ASSERT_EQUAL(touch->ref_id, -1);
}

static void references_come_by_id(void)
{
    WalTouch touches[WAL_TOUCH_MAX];
    BlockTag first = block_of(FORK_MAIN, 7), second = block_of(FORK_MAIN, 3);

    CU_ASSERT_EQUAL(touched(RMGR_BTREE, WAL_BTREE_SPLIT_L, 7, 3, NULL, 0, touches), 2);
    CU_ASSERT_TRUE(block_tag_equal(&touches[0].tag, &first));
    CU_ASSERT_EQUAL(touches[0].ref_id, 0);
    CU_ASSERT_TRUE(block_tag_equal(&touches[1].tag, &second));
    CU_ASSERT_EQUAL(touches[1].ref_id, 1);
}

/* The flags byte of each kind, and what it says when the bit is off. */
static void heap_records_that_clear_map_bits_touch_the_map(void)
{
    static const struct {
        uint8_t rmgr, opcode;
        size_t flags_at;
    } rows[] = {
        {RMGR_HEAP, WAL_HEAP_INSERT, 2},         {RMGR_HEAP, WAL_HEAP_INSERT_INIT, 2},
        {RMGR_HEAP, WAL_HEAP_DELETE, 7},         {RMGR_HEAP, WAL_HEAP_LOCK, 7},
        {RMGR_HEAP, WAL_HEAP_UPDATE, 7},         {RMGR_HEAP, WAL_HEAP_HOT_UPDATE, 7},
        {RMGR_HEAP2, WAL_HEAP2_MULTI_INSERT, 0}, {RMGR_HEAP2, WAL_HEAP2_MULTI_INSERT_INIT, 0},
        {RMGR_HEAP2, WAL_HEAP2_LOCK_UPDATED, 7},
    };

    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        WalTouch touches[WAL_TOUCH_MAX];
        uint8_t main[14] = {0};
        size_t count = touched(rows[i].rmgr, rows[i].opcode, 32672, BLOCK_NONE, main, 14, touches);

        CU_ASSERT_EQUAL(count, 1);
        main[rows[i].flags_at] = 0x01;
        count = touched(rows[i].rmgr, rows[i].opcode, 32672, BLOCK_NONE, main, 14, touches);
        CU_ASSERT_EQUAL_FATAL(count, 2);
        check_implied(&touches[1], FORK_VM, 1);
    }
}

static void other_heap_records_touch_no_map(void)
{
    static const uint8_t heap[] = {WAL_HEAP_CONFIRM, WAL_HEAP_INPLACE, WAL_HEAP_TRUNCATE};
    static const uint8_t heap2[] = {WAL_HEAP2_PRUNE, WAL_HEAP2_VACUUM, WAL_HEAP2_NEW_CID};
    WalTouch touches[WAL_TOUCH_MAX];
    uint8_t main[14];

    memset(main, 0xFF, sizeof(main));
    for (size_t i = 0; i < ARRAY_LEN(heap); i++) {
        CU_ASSERT_EQUAL(touched(RMGR_HEAP, heap[i], 1, BLOCK_NONE, main, 14, touches), 1);
        CU_ASSERT_EQUAL(touched(RMGR_HEAP2, heap2[i], 1, BLOCK_NONE, main, 14, touches), 1);
    }
}

static void an_update_touches_the_maps_of_old_and_new(void)
{
    WalTouch touches[WAL_TOUCH_MAX];
    uint8_t main[14] = {0};

    main[7] = 0x03;
    /* New version on block 32672, old one on block 5. */
    CU_ASSERT_EQUAL_FATAL(touched(RMGR_HEAP, WAL_HEAP_UPDATE, 32672, 5, main, 14, touches), 4);
    check_implied(&touches[2], FORK_VM, 0);
    check_implied(&touches[3], FORK_VM, 1);
    main[7] = 0x02;
    CU_ASSERT_EQUAL_FATAL(touched(RMGR_HEAP, WAL_HEAP_UPDATE, 32672, 5, main, 14, touches), 3);
    check_implied(&touches[2], FORK_VM, 1);
}

static void a_map_page_of_both_is_touched_once(void)
{
    WalTouch touches[WAL_TOUCH_MAX];
    uint8_t main[14] = {0};

    main[7] = 0x03;
    CU_ASSERT_EQUAL_FATAL(touched(RMGR_HEAP, WAL_HEAP_UPDATE, 9, 5, main, 14, touches), 3);
    check_implied(&touches[2], FORK_VM, 0);
}

static size_t touched_by_truncate(BlockNo kept, uint32_t forks, size_t main_len, WalTouch *touches)
{
    WalRecord *record = mem_new(WalRecord);
    uint8_t main[20];
    StrBuf bytes;
    WalForge f;

    store_u32(main, kept);
    memcpy(main + 4, &rel, sizeof(rel));
    store_u32(main + 16, forks);
    strbuf_init(&bytes);
    wal_forge_init(&f, 15, MIB(16), 0);
    wal_forge_begin(&f, RMGR_SMGR, WAL_SMGR_TRUNCATE | 1, 0);
    wal_forge_main(&f, main, main_len);
    wal_forge_end_alone(&f, &bytes);
    wal_record_decode(record, (const uint8_t *)bytes.text, 15, 0x1000028, 0x1000060);
    return walrec_touched(record, touches);
}

static void a_truncation_touches_the_last_page_of_each_map(void)
{
    WalTouch touches[WAL_TOUCH_MAX];

    CU_ASSERT_EQUAL_FATAL(touched_by_truncate(10, 7, 20, touches), 2);
    check_implied(&touches[0], FORK_VM, 0);
    check_implied(&touches[1], FORK_FSM, 2);
    CU_ASSERT_EQUAL_FATAL(touched_by_truncate(4069 * 4069 + 1, 7, 20, touches), 2);
    check_implied(&touches[0], FORK_VM, 506);
    check_implied(&touches[1], FORK_FSM, 4069 + 3);
    CU_ASSERT_EQUAL_FATAL(touched_by_truncate(10, 3, 20, touches), 1);
    check_implied(&touches[0], FORK_VM, 0);
    CU_ASSERT_EQUAL_FATAL(touched_by_truncate(10, 4, 20, touches), 1);
    check_implied(&touches[0], FORK_FSM, 2);
    CU_ASSERT_EQUAL(touched_by_truncate(10, 1, 20, touches), 0);
}

static void a_length_of_whole_map_pages_leaves_no_page_to_wipe(void)
{
    WalTouch touches[WAL_TOUCH_MAX];

    CU_ASSERT_EQUAL(touched_by_truncate(0, 7, 20, touches), 0);
    CU_ASSERT_EQUAL_FATAL(touched_by_truncate(32672, 7, 20, touches), 1);
    check_implied(&touches[0], FORK_FSM, 8 + 2);
    CU_ASSERT_EQUAL_FATAL(touched_by_truncate(4069, 7, 20, touches), 1);
    check_implied(&touches[0], FORK_VM, 0);
}

/* Nothing is read beyond the main data; who replays the record raises. */
static void records_cut_short_imply_nothing(void)
{
    static const uint8_t main[7] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    WalTouch touches[WAL_TOUCH_MAX];

    CU_ASSERT_EQUAL(touched(RMGR_HEAP, WAL_HEAP_DELETE, 1, BLOCK_NONE, main, 7, touches), 1);
    CU_ASSERT_EQUAL(touched(RMGR_HEAP, WAL_HEAP_INSERT, 1, BLOCK_NONE, main, 2, touches), 1);
    CU_ASSERT_EQUAL(touched_by_truncate(10, 7, 19, touches), 0);
}

static void a_record_without_references_touches_nothing(void)
{
    WalRecord record = {
        .ref_id_max = -1, .rmgr = RMGR_HEAP, .main = (const uint8_t *)"\1\0\1", .main_len = 3};
    WalTouch touches[WAL_TOUCH_MAX];

    CU_ASSERT_EQUAL(walrec_touched(&record, touches), 0);
}

UNIT_SUITE(touched)
{
    UNIT_TEST(references_come_by_id);
    UNIT_TEST(heap_records_that_clear_map_bits_touch_the_map);
    UNIT_TEST(other_heap_records_touch_no_map);
    UNIT_TEST(an_update_touches_the_maps_of_old_and_new);
    UNIT_TEST(a_map_page_of_both_is_touched_once);
    UNIT_TEST(a_truncation_touches_the_last_page_of_each_map);
    UNIT_TEST(a_length_of_whole_map_pages_leaves_no_page_to_wipe);
    UNIT_TEST(records_cut_short_imply_nothing);
    UNIT_TEST(a_record_without_references_touches_nothing);
}

/* heap2_test.c - pruning, freezing, marking and filling heap pages, at their edges. */
#include "common/base/base.h"

#include <string.h>

#include "common/format/heap_tuple.h"
#include "common/format/page.h"
#include "common/format/vm_page.h"
#include "common/redo/redo.h"
#include "tests/unit/common/redo/redo_forge.h"
#include "tests/unit/unit.h"

/* A page with count tuples of 32 bytes. */
static uint8_t *page_with(OffsetNo count)
{
    uint8_t *page = forge_page(0);

    for (OffsetNo i = 1; i <= count; i++)
        forge_page_tuple(page, 32, (uint8_t)i);
    return page;
}

static Forge *prune_record(uint16_t redirected, uint16_t dead)
{
    Forge *f = forge_new(RMGR_HEAP2, WAL_HEAP2_PRUNE);

    forge_ref(f, 0, 7);
    forge_u32(f, FORGE_MAIN, 800);
    forge_u16(f, FORGE_MAIN, redirected);
    forge_u16(f, FORGE_MAIN, dead);
    return f;
}

static void pruning_redirects_kills_and_frees(void)
{
    Forge *f = prune_record(1, 1);
    uint8_t *page = page_with(5);

    forge_u16(f, 0, 1); /* 1 leads to 2 */
    forge_u16(f, 0, 2);
    forge_u16(f, 0, 3); /* dead */
    forge_u16(f, 0, 4); /* free */
    forge_u16(f, 0, 5); /* free, and gone from the end */
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(page_item_id(page, 1).state, ITEM_REDIRECT);
    CU_ASSERT_EQUAL(page_item_id(page, 1).offset, 2);
    CU_ASSERT_EQUAL(page_item_id(page, 2).offset, BLOCK_SIZE - 32);
    CU_ASSERT_EQUAL(page_item_id(page, 3).state, ITEM_DEAD);
    CU_ASSERT_EQUAL(page_item_count(page), 3);
    CU_ASSERT_EQUAL(page_upper(page), BLOCK_SIZE - 32);
    CU_ASSERT_EQUAL(forge_mark(page, 2), 2);
}

static void a_redirection_leads_to_a_tuple(void)
{
    Forge *f = prune_record(1, 0);
    uint8_t *page = page_with(2);

    forge_u16(f, 0, 1);
    forge_u16(f, 0, 2);
    page_set_item_dead(page, 2);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "line pointer 1 is to lead to 2, which is not a tuple's",
                               forge_redo(f, 0, page));
}

static void pruning_stays_among_the_line_pointers(void)
{
    Forge *f = prune_record(0, 1);

    forge_u16(f, 0, 3);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, page_with(2)));
    f = prune_record(0, 2);
    forge_u16(f, 0, 1);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, page_with(2)));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "the record does not say which line pointers change",
                               forge_redo(prune_record(0, 0), 0, page_with(2)));
}

static void vacuum_frees_and_cuts_the_end(void)
{
    Forge *f = forge_new(RMGR_HEAP2, WAL_HEAP2_VACUUM);
    uint8_t *page = page_with(3);

    page_set_item_dead(page, 2);
    page_set_item_dead(page, 3);
    forge_ref(f, 0, 7);
    forge_u16(f, FORGE_MAIN, 2);
    forge_u16(f, 0, 2);
    forge_u16(f, 0, 3);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(page_item_count(page), 1);

    page_set_lsn(page, 0);
    f->record.refs[0].data_len = 2;
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "the record holds 1 offset numbers, not as many as it says",
                               forge_redo(f, 0, page));
}

static void freezing_sets_masks_and_xmax(void)
{
    Forge *f = forge_new(RMGR_HEAP2, WAL_HEAP2_FREEZE_PAGE);
    uint8_t *page = page_with(3);

    forge_ref(f, 0, 7);
    forge_u32(f, FORGE_MAIN, 900);
    forge_u16(f, FORGE_MAIN, 3);
    for (uint16_t i = 1; i <= 3; i++) {
        forge_u32(f, 0, 40u + i);
        forge_u16(f, 0, i);
        forge_u16(f, 0, 0x1001);
        forge_u16(f, 0, 0x0B00);
        forge_u8(f, 0, i == 2 ? 0x02 : i == 3 ? 0x04 : 0);
        forge_u8(f, 0, 0xEE);
    }
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    for (OffsetNo i = 1; i <= 3; i++) {
        const HeapTupleHeader *tuple = (const HeapTupleHeader *)page_get_item(page, i, NULL);

        CU_ASSERT_EQUAL(tuple->xmax, 40u + i);
        CU_ASSERT_EQUAL(tuple->infomask2, 0x1001);
        CU_ASSERT_EQUAL(tuple->infomask, 0x0B00);
        if (i > 1)
            CU_ASSERT_EQUAL(tuple->cid, i == 2 ? 2 : 0);
    }
    page_set_lsn(page, 0);
    f->record.refs[0].data_len--;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, page));
}

static Forge *visible_record(BlockNo map_block, BlockNo heap_block, uint8_t flags)
{
    Forge *f = forge_new(RMGR_HEAP2, WAL_HEAP2_VISIBLE);

    forge_ref(f, 0, map_block)->tag.fork = FORK_VM;
    forge_ref(f, 1, heap_block);
    forge_u32(f, FORGE_MAIN, 900);
    forge_u8(f, FORGE_MAIN, flags);
    return f;
}

static void an_absent_map_page_is_made(void)
{
    Forge *f = visible_record(1, VM_BLOCKS_PER_PAGE + 3, VM_BITS);
    uint8_t *map = forge_page(0);

    memset(map, 0, BLOCK_SIZE);
    CU_ASSERT_EQUAL(forge_redo(f, 0, map), REDO_APPLIED);
    CU_ASSERT_EQUAL(page_lsn(map), FORGE_END);
    CU_ASSERT_EQUAL(page_lower(map), PAGE_HEADER_SIZE);
    CU_ASSERT_EQUAL(page_upper(map), BLOCK_SIZE);
    CU_ASSERT_EQUAL(map[PAGE_HEADER_SIZE], 0xC0);
}

static void map_bits_are_added_to_others(void)
{
    Forge *f = visible_record(0, 1, VM_ALL_VISIBLE);
    uint8_t *map = forge_page(0);

    map[PAGE_HEADER_SIZE] = 0x03;
    CU_ASSERT_EQUAL(forge_redo(f, 0, map), REDO_APPLIED);
    CU_ASSERT_EQUAL(map[PAGE_HEADER_SIZE], 0x07);
    CU_ASSERT_EQUAL(forge_redo(f, 0, map), REDO_SKIPPED);
}

static void the_map_page_must_be_that_of_the_heap_block(void)
{
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "map block 1 does not hold the bits of heap block 3",
                               forge_redo(visible_record(1, 3, 1), 0, forge_page(0)));
}

static void a_page_becomes_all_visible_with_an_lsn_only_when_hints_are_logged(void)
{
    Forge *f = visible_record(0, 3, 1);
    uint8_t *page = page_with(1);

    f->env.hint_bits_logged = false;
    CU_ASSERT_EQUAL(forge_redo(f, 1, page), REDO_APPLIED);
    CU_ASSERT_TRUE(page_has_flag(page, PAGE_ALL_VISIBLE));
    CU_ASSERT_NOT_EQUAL(page_lsn(page), FORGE_END);
    f->env.hint_bits_logged = true;
    CU_ASSERT_EQUAL(forge_redo(f, 1, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(page_lsn(page), FORGE_END);
}

static Forge *multi_insert_record(uint8_t info, uint16_t count)
{
    Forge *f = forge_new(RMGR_HEAP2, info);

    forge_ref(f, 0, 7);
    f->record.refs[0].will_init = (info & WAL_INIT_PAGE) != 0;
    forge_u8(f, FORGE_MAIN, 0x01);
    forge_u8(f, FORGE_MAIN, 0xEE);
    forge_u16(f, FORGE_MAIN, count);
    return f;
}

/* A row whose data are len bytes, as multi-inserts hold it; odd lengths are padded. */
static void forge_row(Forge *f, uint16_t len)
{
    if (f->record.refs[0].data_len % 2 != 0)
        forge_u8(f, 0, 0xEE);
    forge_u16(f, 0, (uint16_t)(len + 1));
    forge_u16(f, 0, 1);
    forge_u16(f, 0, HEAP_XMAX_INVALID);
    forge_u8(f, 0, 24);
    for (uint16_t i = 0; i <= len; i++)
        forge_u8(f, 0, i == 0 ? 0 : (uint8_t)len);
}

static void rows_are_found_at_even_places(void)
{
    Forge *f = multi_insert_record(WAL_HEAP2_MULTI_INSERT, 3);
    uint8_t *page = page_with(1);

    forge_u16(f, FORGE_MAIN, 2);
    forge_u16(f, FORGE_MAIN, 3);
    forge_u16(f, FORGE_MAIN, 4);
    forge_row(f, 5);
    forge_row(f, 8);
    forge_row(f, 1);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(page_item_count(page), 4);
    for (OffsetNo i = 2; i <= 4; i++) {
        static const size_t lens[] = {5, 8, 1};
        size_t len;
        const uint8_t *item = page_get_item(page, i, &len);

        CU_ASSERT_EQUAL(len, 24 + lens[i - 2]);
        CU_ASSERT_EQUAL(item[24], lens[i - 2]);
        CU_ASSERT_EQUAL(((const HeapTupleHeader *)item)->ctid.offset, i);
    }
}

static void rows_of_a_new_page_are_numbered_from_one(void)
{
    Forge *f = multi_insert_record(WAL_HEAP2_MULTI_INSERT_INIT, 2);
    uint8_t *page = page_with(5);

    forge_row(f, 5);
    forge_row(f, 8);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(page_item_count(page), 2);
}

static void bytes_behind_the_last_row_are_refused(void)
{
    Forge *f = multi_insert_record(WAL_HEAP2_MULTI_INSERT_INIT, 1);

    forge_row(f, 5);
    forge_row(f, 8);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, page_with(0)));
}

static Forge *lock_updated_record(void)
{
    Forge *f = forge_new(RMGR_HEAP2, WAL_HEAP2_LOCK_UPDATED);

    forge_ref(f, 0, 7);
    forge_u32(f, FORGE_MAIN, 12);
    forge_u16(f, FORGE_MAIN, 1);
    forge_u8(f, FORGE_MAIN, 0x03);
    forge_u8(f, FORGE_MAIN, 0x01);
    return f;
}

static void a_lock_on_a_later_version_sets_its_xmax(void)
{
    uint8_t *page = page_with(1);
    HeapTupleHeader *tuple = (HeapTupleHeader *)page_get_item_rw(page, 1, NULL);

    tuple->infomask = HEAP_XMAX_INVALID;
    CU_ASSERT_EQUAL(forge_redo(lock_updated_record(), 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(tuple->xmax, 12);
    CU_ASSERT_EQUAL(tuple->infomask, HEAP_XMAX_IS_MULTI | HEAP_XMAX_LOCK_ONLY);
}

static void map_bits_are_cleared_as_the_flags_say(void)
{
    Forge *f = multi_insert_record(WAL_HEAP2_MULTI_INSERT, 0);
    uint8_t *map = forge_page(0);

    memset(map + PAGE_HEADER_SIZE, 0xFF, 8);
    CU_ASSERT_EQUAL(forge_redo_implied(f, FORK_VM, 0, map), REDO_APPLIED);
    CU_ASSERT_EQUAL(vm_bits(map, 7), 0);
    map[PAGE_HEADER_SIZE + 1] = 0xFF;
    CU_ASSERT_EQUAL(forge_redo_implied(lock_updated_record(), FORK_VM, 0, map), REDO_APPLIED);
    CU_ASSERT_EQUAL(vm_bits(map, 7), VM_ALL_VISIBLE);

    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo_implied(f, FORK_VM, 1, map));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo_implied(f, FORK_FSM, 0, map));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED,
                       forge_redo_implied(prune_record(0, 0), FORK_VM, 0, map));
    f->bytes[WAL_BLOCK_REF_MAX][0] = 0;
    CU_ASSERT_EQUAL(forge_redo_implied(f, FORK_VM, 0, map), REDO_UNCHANGED);
}

UNIT_SUITE(heap2)
{
    UNIT_TEST(pruning_redirects_kills_and_frees);
    UNIT_TEST(a_redirection_leads_to_a_tuple);
    UNIT_TEST(pruning_stays_among_the_line_pointers);
    UNIT_TEST(vacuum_frees_and_cuts_the_end);
    UNIT_TEST(freezing_sets_masks_and_xmax);
    UNIT_TEST(an_absent_map_page_is_made);
    UNIT_TEST(map_bits_are_added_to_others);
    UNIT_TEST(the_map_page_must_be_that_of_the_heap_block);
    UNIT_TEST(a_page_becomes_all_visible_with_an_lsn_only_when_hints_are_logged);
    UNIT_TEST(rows_are_found_at_even_places);
    UNIT_TEST(rows_of_a_new_page_are_numbered_from_one);
    UNIT_TEST(bytes_behind_the_last_row_are_refused);
    UNIT_TEST(a_lock_on_a_later_version_sets_its_xmax);
    UNIT_TEST(map_bits_are_cleared_as_the_flags_say);
}

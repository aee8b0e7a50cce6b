/* heap_test.c - heap records at their edges: what is set, what is kept, what does not fit. */
#include "common/base/base.h"

#include <string.h>

#include "common/format/heap_tuple.h"
#include "common/format/page.h"
#include "common/format/vm_page.h"
#include "common/redo/redo.h"
#include "tests/unit/common/redo/redo_forge.h"
#include "tests/unit/unit.h"

#define HOFF 24

/* A tuple of xmin 500 whose data are len bytes, counted up from first. */
static void add_heap_tuple(uint8_t *page, uint16_t infomask, uint16_t infomask2, size_t len,
                           uint8_t first)
{
    uint8_t bytes[BLOCK_SIZE] __attribute__((aligned(8))) = {0};
    HeapTupleHeader *tuple = (HeapTupleHeader *)bytes;

    tuple->xmin = 500;
    tuple->xmax = 600;
    tuple->cid = 5;
    tuple->ctid = tid_make(1234, 9);
    tuple->infomask = infomask;
    tuple->infomask2 = infomask2;
    tuple->hoff = HOFF;
    for (size_t i = 0; i < len; i++)
        bytes[HOFF + i] = (uint8_t)(first + i);
    page_add_item(page, bytes, HOFF + len, (OffsetNo)(page_item_count(page) + 1), PAGE_ADD_AT);
}

static HeapTupleHeader *tuple_at(uint8_t *page, OffsetNo offnum)
{
    return (HeapTupleHeader *)page_get_item_rw(page, offnum, NULL);
}

/* What a record says of a new tuple: masks, hoff, the padding byte before data, and data. */
static void forge_new_tuple(Forge *f, int id, uint8_t hoff, const char *data)
{
    forge_u16(f, id, 2);
    forge_u16(f, id, HEAP_XMAX_INVALID);
    forge_u8(f, id, hoff);
    forge_bytes(f, id, "\0", 1);
    forge_bytes(f, id, data, strlen(data));
}

static void forge_update(Forge *f, OffsetNo old_offnum, uint8_t infobits, uint8_t flags,
                         OffsetNo new_offnum)
{
    forge_u32(f, FORGE_MAIN, 801);
    forge_u16(f, FORGE_MAIN, old_offnum);
    forge_u8(f, FORGE_MAIN, infobits);
    forge_u8(f, FORGE_MAIN, flags);
    forge_u32(f, FORGE_MAIN, 802);
    forge_u16(f, FORGE_MAIN, new_offnum);
}

static void forge_target(Forge *f, Xid xid, OffsetNo offnum, uint8_t infobits, uint8_t flags)
{
    forge_u32(f, FORGE_MAIN, xid);
    forge_u16(f, FORGE_MAIN, offnum);
    forge_u8(f, FORGE_MAIN, infobits);
    forge_u8(f, FORGE_MAIN, flags);
}

static Forge *insert_record(OffsetNo offnum, uint8_t flags)
{
    Forge *f = forge_new(RMGR_HEAP, WAL_HEAP_INSERT);

    forge_ref(f, 0, 70000);
    forge_u16(f, FORGE_MAIN, offnum);
    forge_u8(f, FORGE_MAIN, flags);
    forge_new_tuple(f, 0, HOFF, "data");
    return f;
}

static void an_insert_fills_in_what_the_record_leaves_out(void)
{
    uint8_t *page = forge_page(0);
    HeapTupleHeader *tuple;
    size_t len;

    page_set_flag(page, PAGE_ALL_VISIBLE);
    CU_ASSERT_EQUAL(forge_redo(insert_record(1, 0x01), 0, page), REDO_APPLIED);
    page_get_item(page, 1, &len);
    tuple = tuple_at(page, 1);
    CU_ASSERT_EQUAL(len, HOFF + 4);
    CU_ASSERT_EQUAL(tuple->xmin, FORGE_XID);
    CU_ASSERT_EQUAL(tuple->xmax, 0);
    CU_ASSERT_EQUAL(tuple->cid, 0);
    CU_ASSERT_EQUAL(tid_block(tuple->ctid), 70000);
    CU_ASSERT_EQUAL(tuple->ctid.offset, 1);
    CU_ASSERT_EQUAL(tuple->infomask2, 2);
    CU_ASSERT_EQUAL(tuple->infomask, HEAP_XMAX_INVALID);
    CU_ASSERT_EQUAL(memcmp((uint8_t *)tuple + HOFF, "data", 4), 0);
    CU_ASSERT_FALSE(page_has_flag(page, PAGE_ALL_VISIBLE));
}

static void an_insert_takes_a_free_line_pointer_but_no_other(void)
{
    uint8_t *page = forge_page(0);

    add_heap_tuple(page, 0, 0, 8, 1);
    add_heap_tuple(page, 0, 0, 8, 1);
    page_set_item_unused(page, 1);
    CU_ASSERT_EQUAL(forge_redo(insert_record(1, 0), 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(page_item_count(page), 2);
    page_set_lsn(page, 0);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(insert_record(2, 0), 0, page));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(insert_record(4, 0), 0, page));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(insert_record(0, 0), 0, page));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "no heap page has a line pointer 292",
                               forge_redo(insert_record(292, 0), 0, page));
}

static void frozen_rows_make_the_page_all_visible(void)
{
    uint8_t *page = forge_page(0);

    forge_redo(insert_record(1, 0x20), 0, page);
    CU_ASSERT_TRUE(page_has_flag(page, PAGE_ALL_VISIBLE));
}

static void the_header_of_a_new_tuple_must_fit_it(void)
{
    Forge *f = forge_new(RMGR_HEAP, WAL_HEAP_INSERT);

    forge_ref(f, 0, 7);
    forge_u16(f, FORGE_MAIN, 1);
    forge_u8(f, FORGE_MAIN, 0);
    forge_new_tuple(f, 0, 40, "data");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "the header of a tuple of 28 bytes cannot have 40",
                               forge_redo(f, 0, forge_page(0)));
    f->bytes[0][4] = 22;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, forge_page(0)));
}

static void an_insert_cut_short_is_refused(void)
{
    Forge *f = insert_record(1, 0);

    f->record.refs[0].data_len = 4;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, forge_page(0)));
    f = insert_record(1, 0);
    f->record.main_len = 2;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, forge_page(0)));
    f = insert_record(1, 0);
    f->record.refs[0].has_data = false; /* as when an image was to be restored */
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, forge_page(0)));
}

static void a_first_row_begins_with_an_empty_page(void)
{
    Forge *f = insert_record(1, 0);
    uint8_t *page = forge_page(16);

    f->record.info |= WAL_INIT_PAGE;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, page));
    f->record.refs[0].will_init = true;
    add_heap_tuple(page, 0, 0, 8, 1);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(page_item_count(page), 1);
    CU_ASSERT_EQUAL(page_special(page), BLOCK_SIZE);
}

static void a_delete_ends_the_tuple(void)
{
    Forge *f = forge_new(RMGR_HEAP, WAL_HEAP_DELETE);
    uint8_t *page = forge_page(0);
    HeapTupleHeader *tuple;

    add_heap_tuple(page,
                   HEAP_XMAX_INVALID | HEAP_XMAX_COMMITTED | HEAP_XMAX_LOCK_ONLY | HEAP_COMBO_CID |
                       HEAP_XMIN_COMMITTED,
                   HEAP_HOT_UPDATED | 3, 8, 1);
    page_set_prune_xid(page, 900);
    page_set_flag(page, PAGE_ALL_VISIBLE);
    forge_ref(f, 0, 7);
    forge_target(f, 800, 1, 0x10, 0x01);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    tuple = tuple_at(page, 1);
    CU_ASSERT_EQUAL(tuple->xmin, 500);
    CU_ASSERT_EQUAL(tuple->xmax, 800);
    CU_ASSERT_EQUAL(tuple->cid, 0);
    CU_ASSERT_EQUAL(tuple->infomask, HEAP_XMIN_COMMITTED);
    CU_ASSERT_EQUAL(tuple->infomask2, HEAP_KEYS_UPDATED | 3);
    CU_ASSERT_EQUAL(tid_block(tuple->ctid), 7);
    CU_ASSERT_EQUAL(tuple->ctid.offset, 1);
    CU_ASSERT_EQUAL(page_prune_xid(page), FORGE_XID);
    CU_ASSERT_FALSE(page_has_flag(page, PAGE_ALL_VISIBLE));
}

static void an_earlier_prune_xid_stays(void)
{
    Forge *f = forge_new(RMGR_HEAP, WAL_HEAP_DELETE);
    uint8_t *page = forge_page(0);

    add_heap_tuple(page, 0, 0, 8, 1);
    page_set_prune_xid(page, 700);
    forge_ref(f, 0, 7);
    forge_target(f, 800, 1, 0, 0);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(page_prune_xid(page), 700);
}

static void a_speculative_tuple_taken_back_loses_its_xmin(void)
{
    Forge *f = forge_new(RMGR_HEAP, WAL_HEAP_DELETE);
    uint8_t *page = forge_page(0);

    add_heap_tuple(page, 0, 0, 8, 1);
    forge_ref(f, 0, 7);
    forge_target(f, 800, 1, 0, 0x08);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(tuple_at(page, 1)->xmin, 0);
    CU_ASSERT_EQUAL(tuple_at(page, 1)->xmax, 600);
}

static void a_row_that_moved_to_another_partition_says_so(void)
{
    Forge *f = forge_new(RMGR_HEAP, WAL_HEAP_DELETE);
    uint8_t *page = forge_page(0);

    add_heap_tuple(page, 0, 0, 8, 1);
    forge_ref(f, 0, 7);
    forge_target(f, 800, 1, 0, 0x10);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(tid_block(tuple_at(page, 1)->ctid), BLOCK_NONE);
    CU_ASSERT_EQUAL(tuple_at(page, 1)->ctid.offset, HEAP_CTID_MOVED);
}

static void records_want_a_tuple_at_their_line_pointer(void)
{
    Forge *f = forge_new(RMGR_HEAP, WAL_HEAP_DELETE);
    uint8_t *page = forge_page(0);

    add_heap_tuple(page, 0, 0, 8, 1);
    forge_ref(f, 0, 7);
    forge_target(f, 800, 1, 0, 0);
    page_set_item_dead(page, 1);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "line pointer 1 does not point to a tuple",
                               forge_redo(f, 0, page));
    page = forge_page(0);
    page_add_item(page, "12345678901234567890", 20, 1, PAGE_ADD_AT);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "tuple 1 of 20 bytes is shorter than its header",
                               forge_redo(f, 0, page));
}

static void an_update_to_another_page_links_the_versions(void)
{
    Forge *f = forge_new(RMGR_HEAP, WAL_HEAP_UPDATE);
    uint8_t *old_page = forge_page(0), *new_page = forge_page(0);
    HeapTupleHeader *tuple;

    add_heap_tuple(old_page, HEAP_XMAX_INVALID, HEAP_HOT_UPDATED, 8, 1);
    page_set_flag(old_page, PAGE_ALL_VISIBLE);
    page_set_flag(new_page, PAGE_ALL_VISIBLE);
    forge_ref(f, 0, 8);
    forge_ref(f, 1, 7);
    forge_update(f, 1, 0x08, 0x03, 1);
    forge_new_tuple(f, 0, HOFF, "new!");
    CU_ASSERT_EQUAL(forge_redo(f, 1, old_page), REDO_APPLIED);
    CU_ASSERT_EQUAL(forge_redo(f, 0, new_page), REDO_APPLIED);
    tuple = tuple_at(old_page, 1);
    CU_ASSERT_EQUAL(tuple->xmax, 801);
    CU_ASSERT_EQUAL(tid_block(tuple->ctid), 8);
    CU_ASSERT_EQUAL(tuple->ctid.offset, 1);
    CU_ASSERT_EQUAL(tuple->infomask, HEAP_XMAX_KEYSHR_LOCK);
    CU_ASSERT_EQUAL(tuple->infomask2, 0);
    tuple = tuple_at(new_page, 1);
    CU_ASSERT_EQUAL(tuple->xmin, FORGE_XID);
    CU_ASSERT_EQUAL(tuple->xmax, 802);
    CU_ASSERT_EQUAL(tid_block(tuple->ctid), 8);
    CU_ASSERT_FALSE(page_has_flag(old_page, PAGE_ALL_VISIBLE));
    CU_ASSERT_FALSE(page_has_flag(new_page, PAGE_ALL_VISIBLE));
}

static void an_update_takes_both_ends_of_the_data_from_the_old_version(void)
{
    Forge *f = forge_new(RMGR_HEAP, WAL_HEAP_HOT_UPDATE);
    uint8_t *page = forge_page(0);
    const uint8_t expected[] = {10, 11, 12, 'x', 'y', 18, 19};
    size_t len;

    add_heap_tuple(page, 0, 0, 10, 10);
    forge_ref(f, 0, 7);
    forge_update(f, 1, 0, 0x60, 2);
    forge_u16(f, 0, 3); /* prefix */
    forge_u16(f, 0, 2); /* suffix */
    forge_new_tuple(f, 0, HOFF, "xy");
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    page_get_item(page, 2, &len);
    CU_ASSERT_EQUAL(len, HOFF + sizeof(expected));
    CU_ASSERT_EQUAL(memcmp((uint8_t *)tuple_at(page, 2) + HOFF, expected, sizeof(expected)), 0);
    CU_ASSERT_EQUAL(tuple_at(page, 1)->infomask2 & HEAP_HOT_UPDATED, HEAP_HOT_UPDATED);
    CU_ASSERT_EQUAL(tuple_at(page, 1)->ctid.offset, 2);
}

static void a_suffix_alone_is_taken_too(void)
{
    Forge *f = forge_new(RMGR_HEAP, WAL_HEAP_UPDATE);
    uint8_t *page = forge_page(0);
    const uint8_t expected[] = {'x', 19};

    add_heap_tuple(page, 0, 0, 10, 10);
    forge_ref(f, 0, 7);
    forge_update(f, 1, 0, 0x40, 2);
    forge_u16(f, 0, 1);
    forge_new_tuple(f, 0, HOFF, "x");
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(memcmp((uint8_t *)tuple_at(page, 2) + HOFF, expected, sizeof(expected)), 0);
}

static void ends_that_the_old_version_does_not_have_are_refused(void)
{
    uint8_t *page = forge_page(0);
    Forge *f = forge_new(RMGR_HEAP, WAL_HEAP_UPDATE);

    add_heap_tuple(page, 0, 0, 10, 10);
    forge_ref(f, 0, 7);
    forge_update(f, 1, 0, 0x20, 2);
    forge_u16(f, 0, 11);
    forge_new_tuple(f, 0, HOFF, "x");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "the old tuple does not have 11 and 0 bytes for the new one",
                               forge_redo(f, 0, page));

    /* Nor can another page be asked for them. */
    f->bytes[0][0] = 3;
    forge_ref(f, 1, 8);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, page));
}

static void a_null_bitmap_cut_short_is_refused(void)
{
    uint8_t *page = forge_page(0);
    Forge *f = forge_new(RMGR_HEAP, WAL_HEAP_UPDATE);

    add_heap_tuple(page, 0, 0, 60, 10);
    forge_ref(f, 0, 7);
    forge_update(f, 1, 0, 0x20, 2);
    forge_u16(f, 0, 60);
    forge_new_tuple(f, 0, 32, "x");
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "the new tuple's null bitmap is not in the record",
                               forge_redo(f, 0, page));
}

static void a_lock_keeps_the_tuple_the_newest(void)
{
    Forge *f = forge_new(RMGR_HEAP, WAL_HEAP_LOCK);
    uint8_t *page = forge_page(0);
    HeapTupleHeader *tuple;

    add_heap_tuple(page, HEAP_XMAX_INVALID | HEAP_COMBO_CID, HEAP_HOT_UPDATED, 8, 1);
    forge_ref(f, 0, 7);
    forge_target(f, 800, 1, 0x02 | 0x04, 0);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    tuple = tuple_at(page, 1);
    CU_ASSERT_EQUAL(tuple->xmax, 800);
    CU_ASSERT_EQUAL(tuple->cid, 0);
    CU_ASSERT_EQUAL(tuple->infomask, HEAP_XMAX_LOCK_ONLY | HEAP_XMAX_EXCL_LOCK);
    CU_ASSERT_EQUAL(tuple->infomask2, 0);
    CU_ASSERT_EQUAL(tid_block(tuple->ctid), 7);
}

static void a_lock_by_a_multixact_with_an_update_keeps_the_link(void)
{
    Forge *f = forge_new(RMGR_HEAP, WAL_HEAP_LOCK);
    uint8_t *page = forge_page(0);

    add_heap_tuple(page, 0, HEAP_HOT_UPDATED, 8, 1);
    forge_ref(f, 0, 7);
    forge_target(f, 3, 1, 0x01, 0);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(tuple_at(page, 1)->infomask, HEAP_XMAX_IS_MULTI);
    CU_ASSERT_EQUAL(tuple_at(page, 1)->infomask2, HEAP_HOT_UPDATED);
    CU_ASSERT_EQUAL(tid_block(tuple_at(page, 1)->ctid), 1234);
}

static void a_confirmed_tuple_points_to_itself(void)
{
    Forge *f = forge_new(RMGR_HEAP, WAL_HEAP_CONFIRM);
    uint8_t *page = forge_page(0);

    add_heap_tuple(page, 0, 0, 8, 1);
    forge_ref(f, 0, 7);
    forge_u16(f, FORGE_MAIN, 1);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(tid_block(tuple_at(page, 1)->ctid), 7);
    CU_ASSERT_EQUAL(tuple_at(page, 1)->ctid.offset, 1);
}

static void data_are_overwritten_in_place_by_as_many(void)
{
    Forge *f = forge_new(RMGR_HEAP, WAL_HEAP_INPLACE);
    uint8_t *page = forge_page(0);

    add_heap_tuple(page, 0, 0, 4, 1);
    forge_ref(f, 0, 7);
    forge_u16(f, FORGE_MAIN, 1);
    forge_bytes(f, 0, "abcd", 4);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(memcmp((uint8_t *)tuple_at(page, 1) + HOFF, "abcd", 4), 0);
    page_set_lsn(page, 0);
    forge_u8(f, 0, 'e');
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "tuple 1 has not room for just 5 bytes",
                               forge_redo(f, 0, page));
}

/* ---- The visibility map ---- */

static uint8_t *full_map(void)
{
    uint8_t *page = forge_page(0);

    memset(page + PAGE_HEADER_SIZE, 0xFF, BLOCK_SIZE - PAGE_HEADER_SIZE);
    return page;
}

static void rows_that_come_and_go_clear_both_bits(void)
{
    Forge *f = insert_record(1, 0x01);
    uint8_t *map = full_map();

    CU_ASSERT_EQUAL(forge_redo_implied(f, FORK_VM, 2, map), REDO_APPLIED);
    CU_ASSERT_EQUAL(vm_bits(map, 70000), 0);
    CU_ASSERT_EQUAL(vm_bits(map, 69999), VM_BITS);
    CU_ASSERT_EQUAL(vm_bits(map, 70001), VM_BITS);
    CU_ASSERT_NOT_EQUAL(page_lsn(map), FORGE_END);
    CU_ASSERT_EQUAL(forge_redo_implied(f, FORK_VM, 2, map), REDO_UNCHANGED);

    f = forge_new(RMGR_HEAP, WAL_HEAP_DELETE);
    forge_ref(f, 0, 5);
    forge_target(f, 800, 1, 0, 0x01);
    map = full_map();
    CU_ASSERT_EQUAL(forge_redo_implied(f, FORK_VM, 0, map), REDO_APPLIED);
    CU_ASSERT_EQUAL(vm_bits(map, 5), 0);
}

static void a_lock_clears_the_frozen_bit_alone(void)
{
    Forge *f = forge_new(RMGR_HEAP, WAL_HEAP_LOCK);
    uint8_t *map = full_map();

    forge_ref(f, 0, 5);
    forge_target(f, 800, 1, 0, 0x01);
    CU_ASSERT_EQUAL(forge_redo_implied(f, FORK_VM, 0, map), REDO_APPLIED);
    CU_ASSERT_EQUAL(vm_bits(map, 5), VM_ALL_VISIBLE);
}

static void an_update_clears_the_bits_of_the_pages_it_names(void)
{
    Forge *f = forge_new(RMGR_HEAP, WAL_HEAP_UPDATE);
    uint8_t *map = full_map();

    forge_ref(f, 0, 8);
    forge_ref(f, 1, 7);
    forge_update(f, 1, 0, 0x01, 1);
    CU_ASSERT_EQUAL(forge_redo_implied(f, FORK_VM, 0, map), REDO_APPLIED);
    CU_ASSERT_EQUAL(vm_bits(map, 7), 0);
    CU_ASSERT_EQUAL(vm_bits(map, 8), VM_BITS);

    f = forge_new(RMGR_HEAP, WAL_HEAP_HOT_UPDATE);
    map = full_map();
    forge_ref(f, 0, 8);
    forge_ref(f, 1, 7);
    forge_update(f, 1, 0, 0x03, 1);
    CU_ASSERT_EQUAL(forge_redo_implied(f, FORK_VM, 0, map), REDO_APPLIED);
    CU_ASSERT_EQUAL(vm_bits(map, 7), 0);
    CU_ASSERT_EQUAL(vm_bits(map, 8), 0);

    f = forge_new(RMGR_HEAP, WAL_HEAP_UPDATE);
    map = full_map();
    forge_ref(f, 0, 8); /* old and new on one page */
    forge_update(f, 1, 0, 0x01, 1);
    CU_ASSERT_EQUAL(forge_redo_implied(f, FORK_VM, 0, map), REDO_APPLIED);
    CU_ASSERT_EQUAL(vm_bits(map, 8), 0);
}

static void other_records_imply_no_map_page(void)
{
    Forge *f = forge_new(RMGR_HEAP, WAL_HEAP_CONFIRM);

    forge_ref(f, 0, 5);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "the record implies no map page",
                               forge_redo_implied(f, FORK_VM, 0, full_map()));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "the record implies no block of fork 1",
                               forge_redo_implied(insert_record(1, 1), FORK_FSM, 2, full_map()));
}

UNIT_SUITE(heap)
{
    UNIT_TEST(an_insert_fills_in_what_the_record_leaves_out);
    UNIT_TEST(an_insert_takes_a_free_line_pointer_but_no_other);
    UNIT_TEST(frozen_rows_make_the_page_all_visible);
    UNIT_TEST(the_header_of_a_new_tuple_must_fit_it);
    UNIT_TEST(an_insert_cut_short_is_refused);
    UNIT_TEST(a_first_row_begins_with_an_empty_page);
    UNIT_TEST(a_delete_ends_the_tuple);
    UNIT_TEST(an_earlier_prune_xid_stays);
    UNIT_TEST(a_speculative_tuple_taken_back_loses_its_xmin);
    UNIT_TEST(a_row_that_moved_to_another_partition_says_so);
    UNIT_TEST(records_want_a_tuple_at_their_line_pointer);
    UNIT_TEST(an_update_to_another_page_links_the_versions);
    UNIT_TEST(an_update_takes_both_ends_of_the_data_from_the_old_version);
    UNIT_TEST(a_suffix_alone_is_taken_too);
    UNIT_TEST(ends_that_the_old_version_does_not_have_are_refused);
    UNIT_TEST(a_null_bitmap_cut_short_is_refused);
    UNIT_TEST(a_lock_keeps_the_tuple_the_newest);
    UNIT_TEST(a_lock_by_a_multixact_with_an_update_keeps_the_link);
    UNIT_TEST(a_confirmed_tuple_points_to_itself);
    UNIT_TEST(data_are_overwritten_in_place_by_as_many);
    UNIT_TEST(rows_that_come_and_go_clear_both_bits);
    UNIT_TEST(a_lock_clears_the_frozen_bit_alone);
    UNIT_TEST(an_update_clears_the_bits_of_the_pages_it_names);
    UNIT_TEST(other_records_imply_no_map_page);
}

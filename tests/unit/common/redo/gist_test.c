/* gist_test.c - GiST records at their edges: splits, the mark to go right, page deletion. */
#include "common/base/base.h"

#include "common/format/gist_page.h"
#include "common/format/page.h"
#include "common/redo/redo.h"
#include "tests/unit/common/redo/redo_forge.h"
#include "tests/unit/unit.h"

static GistSpecial *special_of(uint8_t *page)
{
    return (GistSpecial *)page_special_area_rw(page, sizeof(GistSpecial));
}

static uint8_t *gist_page(uint16_t flags, OffsetNo count)
{
    uint8_t *page = forge_page(sizeof(GistSpecial));

    *special_of(page) = (GistSpecial){.right_link = 55, .flags = flags, .page_id = GIST_PAGE_ID};
    for (OffsetNo i = 1; i <= count; i++)
        forge_page_tuple(page, 16, (uint8_t)i);
    return page;
}

static Forge *update_record(uint16_t deleted, uint16_t added)
{
    Forge *f = forge_new(RMGR_GIST, WAL_GIST_PAGE_UPDATE);

    forge_ref(f, 0, 7);
    forge_ref(f, 1, 8);
    forge_u16(f, FORGE_MAIN, deleted);
    forge_u16(f, FORGE_MAIN, added);
    return f;
}

static void tuples_go_and_others_come_at_the_end(void)
{
    Forge *f = update_record(1, 2);
    uint8_t *page = gist_page(GIST_LEAF, 3);

    forge_u16(f, 0, 2);
    forge_tuple(f, 0, 16, 8);
    forge_tuple(f, 0, 24, 9);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(page_item_count(page), 4);
    CU_ASSERT_EQUAL(forge_mark(page, 2), 3);
    CU_ASSERT_EQUAL(forge_mark(page, 4), 9);
    CU_ASSERT_EQUAL(special_of(page)->flags, GIST_LEAF);
}

static void one_for_one_is_done_in_place(void)
{
    Forge *f = update_record(1, 1);
    uint8_t *page = gist_page(0, 3);

    forge_u16(f, 0, 2);
    forge_tuple(f, 0, 24, 9);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(page_item_count(page), 3);
    CU_ASSERT_EQUAL(forge_mark(page, 2), 9);

    forge_u8(f, 0, 0);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, gist_page(0, 3)));
    page = gist_page(0, 0);
    forge_page_tuple(page, 16, 1);
    forge_page_tuple(page, 8000, 2);
    f = update_record(1, 1);
    forge_u16(f, 0, 1);
    forge_tuple(f, 0, 800, 9);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "index tuple 1 has no room for 800 bytes",
                               forge_redo(f, 0, page));
}

static void tuples_must_be_as_many_as_announced(void)
{
    Forge *f = update_record(0, 2);

    forge_tuple(f, 0, 16, 8);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "the record does not hold the 2 index tuples it announces",
                               forge_redo(f, 0, gist_page(0, 3)));
}

static void a_downlink_lets_the_left_page_stop_going_right(void)
{
    Forge *f = update_record(0, 1);
    uint8_t *page = gist_page(GIST_LEAF | GIST_FOLLOW_RIGHT, 1);

    CU_ASSERT_EQUAL(forge_redo(f, 1, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(special_of(page)->flags, GIST_LEAF);
    CU_ASSERT_EQUAL(special_of(page)->nsn_high, 0);
    CU_ASSERT_EQUAL(special_of(page)->nsn_low, FORGE_END);
}

static void that_happens_after_an_image_too(void)
{
    Forge *f = update_record(0, 1);
    uint8_t *image = gist_page(GIST_LEAF | GIST_FOLLOW_RIGHT, 2), *page = gist_page(0, 0);
    WalBlockRef *ref = &f->record.refs[1];

    ref->has_image = true;
    ref->apply_image = true;
    ref->image = image;
    ref->image_len = BLOCK_SIZE;
    CU_ASSERT_EQUAL(forge_redo(f, 1, page), REDO_RESTORED);
    CU_ASSERT_EQUAL(special_of(page)->flags, GIST_LEAF);
    CU_ASSERT_EQUAL(special_of(page)->nsn_low, FORGE_END);
    CU_ASSERT_EQUAL(page_item_count(page), 2);
    CU_ASSERT_EQUAL(page_lsn(page), FORGE_END);
}

/* A split into three pages, from block first on. */
static Forge *split_record(BlockNo first, bool is_leaf, bool is_follow_right)
{
    Forge *f = forge_new(RMGR_GIST, WAL_GIST_PAGE_SPLIT);

    for (int id = 1; id <= 3; id++) {
        forge_init_ref(f, id, id == 1 ? first : 40 + (BlockNo)id);
        forge_u32(f, id, 1);
        forge_tuple(f, id, 16, (uint8_t)id);
    }
    forge_u32(f, FORGE_MAIN, 66);
    forge_u32(f, FORGE_MAIN, 0);
    forge_u64(f, FORGE_MAIN, UINT64_C(0x500001234));
    forge_u8(f, FORGE_MAIN, is_leaf);
    forge_u8(f, FORGE_MAIN, 0);
    forge_u16(f, FORGE_MAIN, 3);
    forge_u8(f, FORGE_MAIN, is_follow_right);
    return f;
}

static void pages_of_a_split_are_chained_up_to_the_old_neighbour(void)
{
    Forge *f = split_record(40, true, true);
    uint8_t *page = gist_page(0, 5);

    for (int id = 1; id <= 3; id++) {
        CU_ASSERT_EQUAL(forge_redo(f, id, page), REDO_APPLIED);
        CU_ASSERT_EQUAL(special_of(page)->right_link, id == 3 ? 66 : 41 + (BlockNo)id);
        CU_ASSERT_EQUAL(special_of(page)->flags,
                        id == 3 ? GIST_LEAF : GIST_LEAF | GIST_FOLLOW_RIGHT);
        CU_ASSERT_EQUAL(special_of(page)->nsn_high, 5);
        CU_ASSERT_EQUAL(special_of(page)->nsn_low, 0x1234);
        CU_ASSERT_EQUAL(page_item_count(page), 1);
        CU_ASSERT_EQUAL(forge_mark(page, 1), id);
    }
    forge_redo(split_record(40, true, false), 1, page);
    CU_ASSERT_EQUAL(special_of(page)->flags, GIST_LEAF);
}

static void a_root_that_splits_is_no_leaf_and_has_no_neighbour(void)
{
    Forge *f = split_record(GIST_ROOT_BLOCK, true, true);
    uint8_t *page = gist_page(0, 5);

    forge_redo(f, 1, page);
    CU_ASSERT_EQUAL(special_of(page)->right_link, BLOCK_NONE);
    CU_ASSERT_EQUAL(special_of(page)->flags, 0);
    forge_redo(f, 2, page);
    CU_ASSERT_EQUAL(special_of(page)->right_link, 43);
    CU_ASSERT_EQUAL(special_of(page)->flags, GIST_LEAF);
}

static void a_split_page_must_have_its_tuples(void)
{
    Forge *f = split_record(40, true, true);

    store_u32(f->bytes[2], 2);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 2, gist_page(0, 0)));
    store_u32(f->bytes[2], UINT32_MAX);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 2, gist_page(0, 0)));
}

static void deletes_list_their_tuples_in_the_main_data(void)
{
    Forge *f = forge_new(RMGR_GIST, WAL_GIST_DELETE);
    uint8_t *page = gist_page(GIST_LEAF | GIST_HAS_GARBAGE, 3);

    forge_ref(f, 0, 7);
    forge_u32(f, FORGE_MAIN, 900);
    forge_u16(f, FORGE_MAIN, 2);
    forge_u16(f, FORGE_MAIN, 1);
    forge_u16(f, FORGE_MAIN, 3);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(page_item_count(page), 1);
    CU_ASSERT_EQUAL(forge_mark(page, 1), 2);
    CU_ASSERT_EQUAL(special_of(page)->flags, GIST_LEAF);
}

static void a_deleted_page_says_when(void)
{
    Forge *f = forge_new(RMGR_GIST, WAL_GIST_PAGE_DELETE);
    uint8_t *page = gist_page(GIST_LEAF, 0), *parent = gist_page(0, 3);

    forge_ref(f, 0, 7);
    forge_ref(f, 1, 8);
    forge_u64(f, FORGE_MAIN, UINT64_C(0x100000309));
    forge_u16(f, FORGE_MAIN, 2);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(special_of(page)->flags, GIST_LEAF | GIST_DELETED);
    CU_ASSERT_EQUAL(page_lower(page), 32);
    CU_ASSERT_EQUAL(load_u64(page + PAGE_HEADER_SIZE), UINT64_C(0x100000309));
    forge_redo(f, 1, parent);
    CU_ASSERT_EQUAL(page_item_count(parent), 2);
    CU_ASSERT_EQUAL(forge_mark(parent, 2), 3);

    page = gist_page(GIST_LEAF, 0);
    page_set_upper(page, 24);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "the page to delete is full",
                               forge_redo(f, 0, page));
}

UNIT_SUITE(gist)
{
    UNIT_TEST(tuples_go_and_others_come_at_the_end);
    UNIT_TEST(one_for_one_is_done_in_place);
    UNIT_TEST(tuples_must_be_as_many_as_announced);
    UNIT_TEST(a_downlink_lets_the_left_page_stop_going_right);
    UNIT_TEST(that_happens_after_an_image_too);
    UNIT_TEST(pages_of_a_split_are_chained_up_to_the_old_neighbour);
    UNIT_TEST(a_root_that_splits_is_no_leaf_and_has_no_neighbour);
    UNIT_TEST(a_split_page_must_have_its_tuples);
    UNIT_TEST(deletes_list_their_tuples_in_the_main_data);
    UNIT_TEST(a_deleted_page_says_when);
}

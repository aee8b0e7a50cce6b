/* brin_test.c - BRIN records at their edges. */
#include "common/base/base.h"

#include <string.h>

#include "common/format/brin_page.h"
#include "common/format/page.h"
#include "common/redo/redo.h"
#include "tests/unit/common/redo/redo_forge.h"
#include "tests/unit/unit.h"

static uint8_t *brin_page(uint16_t type)
{
    uint8_t *page = forge_page(sizeof(BrinSpecial));

    ((BrinSpecial *)page_special_area_rw(page, sizeof(BrinSpecial)))->type = type;
    return page;
}

static uint16_t type_of(const uint8_t *page)
{
    return ((const BrinSpecial *)page_special_area(page, sizeof(BrinSpecial)))->type;
}

static Tid summary_of(const uint8_t *page, size_t entry)
{
    Tid tid;

    memcpy(&tid, page + PAGE_HEADER_SIZE + entry * sizeof(tid), sizeof(tid));
    return tid;
}

static Forge *insert_record(uint8_t info, OffsetNo offnum)
{
    Forge *f = forge_new(RMGR_BRIN, info);

    forge_ref(f, 0, 9);
    forge_ref(f, 1, 1);
    if ((info & 0x70) == WAL_BRIN_UPDATE) {
        forge_ref(f, 2, 8);
        forge_u16(f, FORGE_MAIN, 2); /* the old summary */
        forge_u16(f, FORGE_MAIN, 0xEEEE);
    }
    forge_u32(f, FORGE_MAIN, 1360 * 128 + 3 * 128);
    forge_u32(f, FORGE_MAIN, 128);
    forge_u16(f, FORGE_MAIN, offnum);
    forge_tuple(f, 0, 20, 7);
    return f;
}

static void a_new_index_is_a_metapage(void)
{
    Forge *f = forge_new(RMGR_BRIN, WAL_BRIN_CREATE_INDEX);
    uint8_t *page = forge_page(0);

    forge_init_ref(f, 0, 0);
    forge_u32(f, FORGE_MAIN, 128);
    forge_u16(f, FORGE_MAIN, 1);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(load_u32(page + 24), BRIN_MAGIC);
    CU_ASSERT_EQUAL(load_u32(page + 28), 1);
    CU_ASSERT_EQUAL(load_u32(page + 32), 128);
    CU_ASSERT_EQUAL(load_u32(page + 36), 0);
    CU_ASSERT_EQUAL(page_lower(page), 40);
    CU_ASSERT_EQUAL(type_of(page), BRIN_META);
}

static void a_summary_goes_to_its_number_and_the_map_leads_there(void)
{
    Forge *f = insert_record(WAL_BRIN_INSERT, 2);
    uint8_t *page = brin_page(BRIN_REGULAR), *map = brin_page(BRIN_REVMAP);

    for (OffsetNo i = 1; i <= 3; i++)
        forge_page_tuple(page, 16, (uint8_t)i);
    page_index_tuple_delete_no_compact(page, 2);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(page_item_count(page), 3);
    CU_ASSERT_EQUAL(forge_mark(page, 2), 7);
    CU_ASSERT_EQUAL(forge_redo(f, 1, map), REDO_APPLIED);
    CU_ASSERT_EQUAL(tid_block(summary_of(map, 3)), 9);
    CU_ASSERT_EQUAL(summary_of(map, 3).offset, 2);
    page_set_lsn(page, 0);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, page)); /* taken now */
}

static void an_update_takes_the_old_summary_away(void)
{
    Forge *f = insert_record(WAL_BRIN_UPDATE_INIT, 1);
    uint8_t *page = brin_page(BRIN_REGULAR), *map = brin_page(BRIN_REVMAP);

    for (OffsetNo i = 1; i <= 3; i++)
        forge_page_tuple(page, 16, (uint8_t)i);
    forge_redo(f, 2, page);
    CU_ASSERT_EQUAL(page_item_count(page), 3);
    CU_ASSERT_EQUAL(page_item_id(page, 2).state, ITEM_UNUSED);
    forge_redo(f, 1, map);
    CU_ASSERT_EQUAL(summary_of(map, 3).offset, 1);
    page_set_lsn(page, 0);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, page));
    f->record.refs[0].will_init = true;
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(page_item_count(page), 1);
    CU_ASSERT_EQUAL(type_of(page), BRIN_REGULAR);
}

static void a_summary_is_overwritten_on_its_page(void)
{
    Forge *f = forge_new(RMGR_BRIN, WAL_BRIN_SAMEPAGE_UPDATE);
    uint8_t *page = brin_page(BRIN_REGULAR);

    forge_page_tuple(page, 16, 1);
    forge_page_tuple(page, 16, 2);
    forge_ref(f, 0, 9);
    forge_u16(f, FORGE_MAIN, 1);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "a summary of 0 bytes is shorter than its header",
                               forge_redo(f, 0, page));
    forge_tuple(f, 0, 30, 7);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(forge_mark(page, 1), 7);
    CU_ASSERT_EQUAL(forge_mark(page, 2), 2);
    CU_ASSERT_EQUAL(page_item_id(page, 1).len, 30);
    page_set_lsn(page, 0);
    forge_bytes(f, 0, page, BLOCK_SIZE);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "summary 1 has no room for 8222 bytes",
                               forge_redo(f, 0, page));
}

static void an_insert_without_its_summary_is_refused(void)
{
    Forge *f = insert_record(WAL_BRIN_INSERT, 1);

    f->record.refs[0].has_data = false;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, brin_page(BRIN_REGULAR)));
}

static void the_map_grows_by_a_page(void)
{
    Forge *f = forge_new(RMGR_BRIN, WAL_BRIN_REVMAP_EXTEND);
    uint8_t *page = brin_page(BRIN_META);

    forge_ref(f, 0, 0);
    forge_init_ref(f, 1, 2);
    forge_u32(f, FORGE_MAIN, 2);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(load_u32(page + 36), 2);
    CU_ASSERT_EQUAL(page_lower(page), 40);
    forge_redo(f, 1, page);
    CU_ASSERT_EQUAL(type_of(page), BRIN_REVMAP);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "the page is no metapage of a BRIN index",
                               forge_redo(f, 0, brin_page(BRIN_REGULAR)));
}

static void a_range_loses_its_summary(void)
{
    Forge *f = forge_new(RMGR_BRIN, WAL_BRIN_DESUMMARIZE);
    uint8_t *page = brin_page(BRIN_REGULAR), *map = brin_page(BRIN_REVMAP);

    forge_page_tuple(page, 16, 1);
    forge_ref(f, 0, 1);
    forge_ref(f, 1, 9);
    forge_u32(f, FORGE_MAIN, 128);
    forge_u32(f, FORGE_MAIN, 256);
    forge_u16(f, FORGE_MAIN, 1);
    forge_redo(f, 0, map);
    CU_ASSERT_EQUAL(tid_block(summary_of(map, 2)), BLOCK_NONE);
    CU_ASSERT_EQUAL(summary_of(map, 2).offset, 0);
    forge_redo(f, 1, page);
    CU_ASSERT_EQUAL(page_item_count(page), 0);
}

static void only_pages_of_the_map_have_entries(void)
{
    Forge *f = insert_record(WAL_BRIN_INSERT, 1);

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "the page is not one of the map of ranges of 128 blocks",
                               forge_redo(f, 1, brin_page(BRIN_REGULAR)));
    store_u32(f->bytes[WAL_BLOCK_REF_MAX] + 4, 0);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 1, brin_page(BRIN_REVMAP)));
}

UNIT_SUITE(brin)
{
    UNIT_TEST(a_new_index_is_a_metapage);
    UNIT_TEST(a_summary_goes_to_its_number_and_the_map_leads_there);
    UNIT_TEST(an_update_takes_the_old_summary_away);
    UNIT_TEST(a_summary_is_overwritten_on_its_page);
    UNIT_TEST(an_insert_without_its_summary_is_refused);
    UNIT_TEST(the_map_grows_by_a_page);
    UNIT_TEST(a_range_loses_its_summary);
    UNIT_TEST(only_pages_of_the_map_have_entries);
}

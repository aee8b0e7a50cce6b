/* hash_redo_test.c - hash index records at their edges. */
#include "common/base/base.h"

#include <string.h>

#include "common/format/hash_page.h"
#include "common/format/page.h"
#include "common/redo/redo.h"
#include "tests/unit/common/redo/redo_forge.h"
#include "tests/unit/unit.h"

static HashSpecial *special_of(uint8_t *page)
{
    return (HashSpecial *)page_special_area_rw(page, sizeof(HashSpecial));
}

static HashMeta *meta_of(uint8_t *page)
{
    return (HashMeta *)(page + PAGE_HEADER_SIZE);
}

/* A bucket page with count tuples of 16 bytes, marked 1, 2, 3... */
static uint8_t *bucket(OffsetNo count)
{
    uint8_t *page = forge_page(sizeof(HashSpecial));

    *special_of(page) =
        (HashSpecial){.prev = 90,
                      .next = 91,
                      .bucket = 3,
                      .flags = HASH_BUCKET | HASH_HAS_DEAD_TUPLES | HASH_NEEDS_SPLIT_CLEANUP,
                      .page_id = HASH_PAGE_ID};
    for (OffsetNo i = 1; i <= count; i++)
        forge_page_tuple(page, 16, (uint8_t)i);
    return page;
}

/* The metapage that a new index with so many rows gets. */
static uint8_t *new_meta(double tuple_count, uint16_t fill_factor)
{
    Forge *f = forge_new(RMGR_HASH, WAL_HASH_INIT_META_PAGE);
    uint8_t *page = forge_page(0);

    forge_init_ref(f, 0, 0);
    forge_bytes(f, FORGE_MAIN, &tuple_count, sizeof(tuple_count));
    forge_u32(f, FORGE_MAIN, 400);
    forge_u16(f, FORGE_MAIN, fill_factor);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    page_set_lsn(page, 0);
    return page;
}

static uint8_t *bitmap(void)
{
    uint8_t *page = forge_page(sizeof(HashSpecial));

    page_set_lower(page, PAGE_HEADER_SIZE + HASH_BITMAP_BYTES);
    memset(page + PAGE_HEADER_SIZE, 0x0F, HASH_BITMAP_BYTES);
    return page;
}

static void a_new_metapage_has_buckets_for_its_rows(void)
{
    /* Rows at 100 to a bucket; highest bucket, mask, splitpoint as a real server has them. */
    static const struct {
        double rows;
        uint32_t max_bucket, high_mask, splitpoint;
    } cases[] = {
        {0, 1, 3, 1},
        {200, 1, 3, 1},
        {300, 3, 7, 2},
        {51200, 511, 1023, 9},
        {51300, 639, 1023, 10},
        {64100, 767, 1023, 11},
        {1e9, 10485759, 16777215, 66},
    };

    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const HashMeta *meta = meta_of(new_meta(cases[i].rows, 100));

        CU_ASSERT_EQUAL(meta->max_bucket, cases[i].max_bucket);
        CU_ASSERT_EQUAL(meta->high_mask, cases[i].high_mask);
        CU_ASSERT_EQUAL(meta->low_mask, cases[i].high_mask >> 1);
        CU_ASSERT_EQUAL(meta->splitpoint, cases[i].splitpoint);
        CU_ASSERT_EQUAL(meta->spares[cases[i].splitpoint], 1);
    }
    CU_ASSERT_EQUAL(meta_of(new_meta(1e300, 10))->max_bucket, 0x3FFFFFFF);
    CU_ASSERT_EQUAL(meta_of(new_meta(1e9, 0))->max_bucket, 1);
}

static void a_new_metapage_says_what_its_pages_are_like(void)
{
    uint8_t *page = new_meta(0, 307);
    const HashMeta *meta = meta_of(page);

    CU_ASSERT_EQUAL(meta->magic, HASH_MAGIC);
    CU_ASSERT_EQUAL(meta->version, 4);
    CU_ASSERT_EQUAL(meta->fill_factor, 307);
    CU_ASSERT_EQUAL(meta->hash_function, 400);
    CU_ASSERT_EQUAL(meta->page_bytes, 8152);
    CU_ASSERT_EQUAL(meta->bitmap_bytes, 4096);
    CU_ASSERT_EQUAL(meta->bitmap_shift, 15);
    CU_ASSERT_EQUAL(page_lower(page), 24 + 4544);
    CU_ASSERT_EQUAL(special_of(page)->flags, HASH_META);
    CU_ASSERT_EQUAL(special_of(page)->bucket, HASH_NO_BUCKET);
}

static void a_bitmap_begins_with_all_pages_taken(void)
{
    Forge *f = forge_new(RMGR_HASH, WAL_HASH_INIT_BITMAP_PAGE);
    uint8_t *page = bucket(2), *meta = new_meta(0, 100);

    forge_init_ref(f, 0, 5);
    forge_ref(f, 1, 0);
    forge_u16(f, FORGE_MAIN, 4096);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(page[PAGE_HEADER_SIZE], 0xFF);
    CU_ASSERT_EQUAL(page[PAGE_HEADER_SIZE + 4095], 0xFF);
    CU_ASSERT_EQUAL(page[PAGE_HEADER_SIZE + 4096], 0);
    CU_ASSERT_EQUAL(page_lower(page), PAGE_HEADER_SIZE + 4096);
    CU_ASSERT_EQUAL(special_of(page)->flags, HASH_BITMAP);
    forge_redo(f, 1, meta);
    CU_ASSERT_EQUAL(meta_of(meta)->bitmap_page_count, 1);
    CU_ASSERT_EQUAL(meta_of(meta)->bitmap_pages[0], 3);

    store_u16(f->bytes[WAL_BLOCK_REF_MAX], 8153);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "a bitmap of 8153 bytes does not fit a page",
                               forge_redo(f, 0, page));
    meta_of(meta)->bitmap_page_count = 1024;
    page_set_lsn(meta, 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "the hash index has 1024 bitmap pages already",
                               forge_redo(f, 1, meta));
}

static void an_insert_is_counted_on_the_metapage(void)
{
    Forge *f = forge_new(RMGR_HASH, WAL_HASH_INSERT);
    uint8_t *page = bucket(2), *meta = new_meta(0, 100);

    forge_ref(f, 0, 5);
    forge_ref(f, 1, 0);
    forge_u16(f, FORGE_MAIN, 2);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, page));
    forge_tuple(f, 0, 16, 9);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(forge_mark(page, 2), 9);
    CU_ASSERT_EQUAL(forge_mark(page, 3), 2);
    forge_redo(f, 1, meta);
    CU_ASSERT_EQUAL(meta_of(meta)->tuple_count, 1);
}

static void a_page_that_is_no_metapage_is_refused(void)
{
    Forge *f = forge_new(RMGR_HASH, WAL_HASH_INSERT);

    forge_ref(f, 1, 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "the page is no metapage of a hash index",
                               forge_redo(f, 1, bucket(2)));
}

static void an_overflow_page_is_linked_and_marked_as_taken(void)
{
    Forge *f = forge_new(RMGR_HASH, WAL_HASH_ADD_OVFL_PAGE);
    uint8_t *page = bucket(2), *map = bitmap(), *meta = new_meta(0, 100);

    forge_init_ref(f, 0, 12);
    forge_u32(f, 0, 3);
    forge_ref(f, 1, 11);
    forge_ref(f, 2, 4);
    forge_u32(f, 2, 13);
    forge_init_ref(f, 3, 13);
    forge_ref(f, 4, 0);
    forge_u32(f, 4, 14);
    forge_u16(f, FORGE_MAIN, 4096);
    forge_u8(f, FORGE_MAIN, 0);
    forge_redo(f, 1, page);
    CU_ASSERT_EQUAL(special_of(page)->next, 12);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(special_of(page)->prev, 11);
    CU_ASSERT_EQUAL(special_of(page)->next, BLOCK_NONE);
    CU_ASSERT_EQUAL(special_of(page)->bucket, 3);
    CU_ASSERT_EQUAL(special_of(page)->flags, HASH_OVERFLOW);
    forge_redo(f, 2, map);
    CU_ASSERT_EQUAL(map[PAGE_HEADER_SIZE + 1], 0x2F);
    forge_redo(f, 3, page);
    CU_ASSERT_EQUAL(special_of(page)->flags, HASH_BITMAP);
    forge_redo(f, 4, meta);
    CU_ASSERT_EQUAL(meta_of(meta)->first_free, 14);
    CU_ASSERT_EQUAL(meta_of(meta)->spares[1], 3);
    CU_ASSERT_EQUAL(meta_of(meta)->bitmap_pages[0], 13);

    f->bytes[WAL_BLOCK_REF_MAX][2] = 1; /* a free page was found */
    page_set_lsn(meta, 0);
    forge_redo(f, 4, meta);
    CU_ASSERT_EQUAL(meta_of(meta)->spares[1], 3);
    f->bytes[WAL_BLOCK_REF_MAX][2] = 0;
    meta_of(meta)->splitpoint = 98;
    page_set_lsn(meta, 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "no hash index has a splitpoint 98",
                               forge_redo(f, 4, meta));
    store_u32(f->bytes[2], 4096 * 8);
    page_set_lsn(map, 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "the bitmap page has no bit 32768",
                               forge_redo(f, 2, map));
}

static void a_split_makes_a_bucket_and_tells_the_metapage(void)
{
    Forge *f = forge_new(RMGR_HASH, WAL_HASH_SPLIT_ALLOCATE_PAGE);
    uint8_t *page = bucket(2), *meta = new_meta(0, 100);

    forge_ref(f, 0, 3);
    forge_init_ref(f, 1, 9);
    forge_ref(f, 2, 0);
    forge_u32(f, FORGE_MAIN, 6);
    forge_u16(f, FORGE_MAIN, HASH_BUCKET | HASH_BEING_SPLIT);
    forge_u16(f, FORGE_MAIN, HASH_BUCKET | HASH_BEING_POPULATED);
    forge_u8(f, FORGE_MAIN, 3);
    forge_u32(f, 2, 7);
    forge_u32(f, 2, 15);
    forge_u32(f, 2, 3);
    forge_u32(f, 2, 44);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(special_of(page)->flags, HASH_BUCKET | HASH_BEING_SPLIT);
    CU_ASSERT_EQUAL(special_of(page)->prev, 6);
    forge_redo(f, 1, page);
    CU_ASSERT_EQUAL(special_of(page)->flags, HASH_BUCKET | HASH_BEING_POPULATED);
    CU_ASSERT_EQUAL(special_of(page)->prev, 6);
    CU_ASSERT_EQUAL(special_of(page)->bucket, 6);
    CU_ASSERT_EQUAL(page_item_count(page), 0);
    forge_redo(f, 2, meta);
    CU_ASSERT_EQUAL(meta_of(meta)->max_bucket, 6);
    CU_ASSERT_EQUAL(meta_of(meta)->low_mask, 7);
    CU_ASSERT_EQUAL(meta_of(meta)->high_mask, 15);
    CU_ASSERT_EQUAL(meta_of(meta)->splitpoint, 3);
    CU_ASSERT_EQUAL(meta_of(meta)->spares[3], 44);
}

static void the_end_of_a_split_sets_the_flags_of_both(void)
{
    Forge *f = forge_new(RMGR_HASH, WAL_HASH_SPLIT_COMPLETE);
    uint8_t *page = bucket(2);

    forge_ref(f, 0, 3);
    forge_ref(f, 1, 9);
    forge_u16(f, FORGE_MAIN, 0x42);
    forge_u16(f, FORGE_MAIN, 0x02);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(special_of(page)->flags, 0x42);
    page_set_lsn(page, 0);
    forge_redo(f, 1, page);
    CU_ASSERT_EQUAL(special_of(page)->flags, 0x02);

    f = forge_new(RMGR_HASH, WAL_HASH_SPLIT_PAGE);
    forge_ref(f, 0, 3);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, page));
    f = forge_new(RMGR_HASH, WAL_HASH_SPLIT_CLEANUP);
    forge_ref(f, 0, 3);
    page = bucket(2);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(special_of(page)->flags, HASH_BUCKET | HASH_HAS_DEAD_TUPLES);
}

static void tuples_move_to_their_numbers(void)
{
    Forge *f = forge_new(RMGR_HASH, WAL_HASH_MOVE_PAGE_CONTENTS);
    uint8_t *page = bucket(2);

    forge_ref(f, 0, 2);
    forge_ref(f, 1, 3);
    forge_ref(f, 2, 9);
    forge_u16(f, FORGE_MAIN, 2);
    forge_u8(f, FORGE_MAIN, 0);
    forge_u16(f, 1, 1);
    forge_u16(f, 1, 4);
    forge_tuple(f, 1, 16, 8);
    forge_tuple(f, 1, 24, 9);
    forge_u16(f, 2, 1);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_UNCHANGED);
    CU_ASSERT_EQUAL(forge_redo(f, 1, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(forge_mark(page, 1), 8);
    CU_ASSERT_EQUAL(forge_mark(page, 4), 9);
    page_set_lsn(page, 0);
    CU_ASSERT_EQUAL(forge_redo(f, 2, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(forge_mark(page, 1), 1);

    forge_u8(f, 1, 0);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 1, bucket(2)));
    f->record.refs[2].has_data = false;
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "the record does not say which tuples go",
                               forge_redo(f, 2, bucket(2)));
}

static Forge *squeeze_record(uint16_t count, bool is_prev)
{
    Forge *f = forge_new(RMGR_HASH, WAL_HASH_SQUEEZE_PAGE);

    for (int id = 0; id <= 6; id++)
        forge_ref(f, id, 10 + (BlockNo)id);
    forge_u32(f, FORGE_MAIN, 31);
    forge_u32(f, FORGE_MAIN, 32);
    forge_u16(f, FORGE_MAIN, count);
    forge_u8(f, FORGE_MAIN, 0);
    forge_u8(f, FORGE_MAIN, is_prev);
    return f;
}

static void a_freed_page_is_taken_out_of_its_chain(void)
{
    Forge *f = squeeze_record(1, false);
    uint8_t *page = bucket(2), *map = bitmap(), *meta = new_meta(0, 100);

    forge_u16(f, 1, 3);
    forge_tuple(f, 1, 16, 9);
    forge_u32(f, 5, 1);
    forge_u32(f, 6, 21);
    forge_redo(f, 1, page);
    CU_ASSERT_EQUAL(forge_mark(page, 3), 9);
    CU_ASSERT_EQUAL(special_of(page)->next, 91);
    page = bucket(2);
    forge_redo(f, 2, page);
    CU_ASSERT_EQUAL(special_of(page)->flags, HASH_UNUSED);
    CU_ASSERT_EQUAL(page_item_count(page), 0);
    page = bucket(2);
    forge_redo(f, 3, page);
    CU_ASSERT_EQUAL(special_of(page)->next, 32);
    page = bucket(2);
    forge_redo(f, 4, page);
    CU_ASSERT_EQUAL(special_of(page)->prev, 31);
    forge_redo(f, 5, map);
    CU_ASSERT_EQUAL(map[PAGE_HEADER_SIZE], 0x0D);
    forge_redo(f, 6, meta);
    CU_ASSERT_EQUAL(meta_of(meta)->first_free, 21);
}

static void the_page_written_to_may_be_the_one_before(void)
{
    uint8_t *page = bucket(2);

    CU_ASSERT_EQUAL(forge_redo(squeeze_record(0, false), 1, page), REDO_UNCHANGED);
    CU_ASSERT_EQUAL(forge_redo(squeeze_record(0, true), 1, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(special_of(page)->next, 32);
}

static void deletes_clear_the_hint_when_they_say_so(void)
{
    Forge *f = forge_new(RMGR_HASH, WAL_HASH_DELETE);
    uint8_t *page = bucket(3);

    forge_ref(f, 1, 9);
    forge_u16(f, 1, 1);
    forge_u16(f, 1, 3);
    forge_u8(f, FORGE_MAIN, 0);
    forge_u8(f, FORGE_MAIN, 0);
    forge_redo(f, 1, page);
    CU_ASSERT_EQUAL(page_item_count(page), 1);
    CU_ASSERT_TRUE((special_of(page)->flags & HASH_HAS_DEAD_TUPLES) != 0);
    f->bytes[WAL_BLOCK_REF_MAX][0] = 1;
    page = bucket(3);
    forge_redo(f, 1, page);
    CU_ASSERT_TRUE((special_of(page)->flags & HASH_HAS_DEAD_TUPLES) == 0);
}

static void tuples_vacuumed_from_a_page_are_counted_down(void)
{
    Forge *f = forge_new(RMGR_HASH, WAL_HASH_VACUUM_ONE_PAGE);
    uint8_t *page = bucket(3), *meta = new_meta(0, 100);

    forge_ref(f, 0, 9);
    forge_ref(f, 1, 0);
    forge_u32(f, FORGE_MAIN, 800);
    forge_u32(f, FORGE_MAIN, 2);
    forge_u16(f, FORGE_MAIN, 1);
    forge_u16(f, FORGE_MAIN, 2);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(page_item_count(page), 1);
    CU_ASSERT_EQUAL(forge_mark(page, 1), 3);
    meta_of(meta)->tuple_count = 5;
    forge_redo(f, 1, meta);
    CU_ASSERT_EQUAL(meta_of(meta)->tuple_count, 3);

    f = forge_new(RMGR_HASH, WAL_HASH_UPDATE_META_PAGE);
    forge_ref(f, 0, 0);
    forge_bytes(f, FORGE_MAIN, &(const double){77}, sizeof(double));
    page_set_lsn(meta, 0);
    forge_redo(f, 0, meta);
    CU_ASSERT_EQUAL(meta_of(meta)->tuple_count, 77);
}

UNIT_SUITE(hash_redo)
{
    UNIT_TEST(a_new_metapage_has_buckets_for_its_rows);
    UNIT_TEST(a_new_metapage_says_what_its_pages_are_like);
    UNIT_TEST(a_bitmap_begins_with_all_pages_taken);
    UNIT_TEST(an_insert_is_counted_on_the_metapage);
    UNIT_TEST(a_page_that_is_no_metapage_is_refused);
    UNIT_TEST(an_overflow_page_is_linked_and_marked_as_taken);
    UNIT_TEST(a_split_makes_a_bucket_and_tells_the_metapage);
    UNIT_TEST(the_end_of_a_split_sets_the_flags_of_both);
    UNIT_TEST(tuples_move_to_their_numbers);
    UNIT_TEST(a_freed_page_is_taken_out_of_its_chain);
    UNIT_TEST(the_page_written_to_may_be_the_one_before);
    UNIT_TEST(deletes_clear_the_hint_when_they_say_so);
    UNIT_TEST(tuples_vacuumed_from_a_page_are_counted_down);
}

/* page_test.c - line pointers and items come and go as on a real server's pages. */
#include "common/base/base.h"

#include "common/format/page.h"
#include "common/mem/mem.h"
#include "tests/unit/unit.h"

/* Items of one byte value each, so that a mix-up shows. */
static void add(uint8_t *page, OffsetNo offnum, PageAdd how, char fill, size_t len)
{
    uint8_t item[BLOCK_SIZE];

    memset(item, fill, sizeof(item));
    page_add_item(page, item, len, offnum, how);
}

static void check_item(const uint8_t *page, OffsetNo offnum, char fill, size_t len, size_t offset)
{
    size_t found_len;
    const uint8_t *item = page_get_item(page, offnum, &found_len);

    CU_ASSERT_EQUAL(found_len, len);
    CU_ASSERT_EQUAL((size_t)(item - page), offset);
    CU_ASSERT_EQUAL(item[0], (uint8_t)fill);
    CU_ASSERT_EQUAL(item[len - 1], (uint8_t)fill);
    CU_ASSERT_EQUAL(page_item_id(page, offnum).state, ITEM_NORMAL);
}

/* Items A, B, C, D... of 16, 24, 32, 40... bytes. */
static void fill_page(uint8_t *page, OffsetNo count)
{
    page_init(page, 16);
    for (OffsetNo i = 1; i <= count; i++)
        add(page, i, PAGE_ADD_AT, (char)('A' + i - 1), (size_t)(8 + 8 * i));
}

/* Make the header say that items begin at upper, which no item respects. */
static void spoil(uint8_t *page, uint16_t lower, uint16_t upper, uint16_t special)
{
    page_set_lower(page, lower);
    page_set_upper(page, upper);
    store_u16(page + PAGE_AT_SPECIAL, special);
}

static void check_raises_header(const uint8_t *page)
{
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, page_check_header(page));
}

static void check_raises_item(const uint8_t *page, OffsetNo offnum)
{
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, page_get_item(page, offnum, NULL));
}

static void an_empty_page_has_a_header_and_a_rounded_special_area(void)
{
    uint8_t page[BLOCK_SIZE];

    page_init(page, 13);
    CU_ASSERT_EQUAL(page_lower(page), 24);
    CU_ASSERT_EQUAL(page_upper(page), 8176);
    CU_ASSERT_EQUAL(page_special(page), 8176);
    CU_ASSERT_EQUAL(page_size_version(page), 0x2004);
    CU_ASSERT_EQUAL(page_item_count(page), 0);
    CU_ASSERT_EQUAL(page_hole_size(page), 8152);
    CU_ASSERT_FALSE(page_is_new(page));
    CU_ASSERT_TRUE(page_header_is_sane(page));
    CU_ASSERT_EQUAL(page_special_area_rw(page, 16) - page, 8176);
}

static void header_fields_are_where_the_server_puts_them(void)
{
    uint8_t page[BLOCK_SIZE];

    page_init(page, 0);
    page_set_lsn(page, UINT64_C(0x0102030405060708));
    page_set_checksum(page, 0xABCD);
    page_set_flag(page, PAGE_ALL_VISIBLE);
    page_set_flag(page, PAGE_FULL);
    page_clear_flag(page, PAGE_FULL);
    page_set_prune_xid(page, 77);
    CU_ASSERT_EQUAL(load_u32(page), 0x01020304);
    CU_ASSERT_EQUAL(load_u32(page + 4), 0x05060708);
    CU_ASSERT_EQUAL(page_lsn(page), UINT64_C(0x0102030405060708));
    CU_ASSERT_EQUAL(load_u16(page + 8), 0xABCD);
    CU_ASSERT_EQUAL(page_checksum(page), 0xABCD);
    CU_ASSERT_EQUAL(page_flags(page), 4);
    CU_ASSERT_TRUE(page_has_flag(page, PAGE_ALL_VISIBLE));
    CU_ASSERT_FALSE(page_has_flag(page, PAGE_FULL));
    CU_ASSERT_EQUAL(page_prune_xid(page), 77);
    CU_ASSERT_EQUAL(load_u32(page + 20), 77);
}

static void a_page_of_zeros_is_new_and_sane(void)
{
    uint8_t page[BLOCK_SIZE] = {0};

    CU_ASSERT_TRUE(page_is_new(page));
    CU_ASSERT_TRUE(page_is_all_zero(page));
    CU_ASSERT_TRUE(page_header_is_sane(page));
    CU_ASSERT_EQUAL(page_item_count(page), 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "corrupted page pointers: lower = 0, upper = 0, special = 0",
                               page_check_header(page));
}

static void a_new_page_with_other_bytes_is_not_sane(void)
{
    uint8_t page[BLOCK_SIZE] = {0};

    page[BLOCK_SIZE - 1] = 1;
    CU_ASSERT_FALSE(page_is_all_zero(page));
    CU_ASSERT_FALSE(page_header_is_sane(page));
}

static void each_wrong_header_field_is_insane(void)
{
    uint8_t page[BLOCK_SIZE];
    static const struct {
        uint16_t lower, upper, special;
    } bad[] = {
        {20, 8192, 8192}, {8180, 8176, 8192}, {24, 8184, 8176}, {24, 8192, 8200}, {24, 8180, 8180},
    };

    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        page_init(page, 0);
        spoil(page, bad[i].lower, bad[i].upper, bad[i].special);
        CU_ASSERT_FALSE(page_header_is_sane(page));
        check_raises_header(page);
    }
    page_init(page, 0);
    store_u16(page + PAGE_AT_FLAGS, 8);
    CU_ASSERT_FALSE(page_header_is_sane(page));
    page_init(page, 0);
    store_u16(page + PAGE_AT_SIZE_VERSION, 0x2003);
    CU_ASSERT_FALSE(page_header_is_sane(page));
}

static void a_special_area_that_is_too_small_raises(void)
{
    uint8_t page[BLOCK_SIZE];

    page_init(page, 8);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "corrupted page: the special area begins at 8184, "
                               "but needs 16 bytes",
                               page_special_area(page, 16));
    spoil(page, 24, 24, 8);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, page_special_area(page, 0));
}

static void line_pointers_pack_offset_state_and_length(void)
{
    ItemId id = item_id_unpack(item_id_pack((ItemId){.offset = 8160, .len = 28, .state = 1}));

    CU_ASSERT_EQUAL(item_id_pack((ItemId){.offset = 0x1FC8, .len = 41, .state = 1}), 0x00529FC8);
    CU_ASSERT_EQUAL(id.offset, 8160);
    CU_ASSERT_EQUAL(id.len, 28);
    CU_ASSERT_EQUAL(id.state, ITEM_NORMAL);
}

static void items_grow_down_from_the_special_area(void)
{
    uint8_t page[BLOCK_SIZE];

    page_init(page, 0);
    add(page, 1, PAGE_ADD_AT, 'a', 61);
    add(page, 2, PAGE_ADD_AT, 'b', 8);
    CU_ASSERT_EQUAL(page_item_count(page), 2);
    check_item(page, 1, 'a', 61, 8128);
    check_item(page, 2, 'b', 8, 8120);
    CU_ASSERT_EQUAL(page_lower(page), 32);
    CU_ASSERT_EQUAL(page_upper(page), 8120);
}

static void a_freed_line_pointer_is_used_again(void)
{
    uint8_t page[BLOCK_SIZE];

    fill_page(page, 3);
    page_set_item_unused(page, 2);
    add(page, 2, PAGE_ADD_AT, 'x', 10);
    CU_ASSERT_EQUAL(page_item_count(page), 3);
    check_item(page, 2, 'x', 10, page_upper(page));
}

static void an_insert_moves_line_pointers_but_no_items(void)
{
    uint8_t page[BLOCK_SIZE];

    fill_page(page, 3);
    add(page, 2, PAGE_ADD_INSERT, 'x', 8);
    add(page, 5, PAGE_ADD_INSERT, 'y', 8);
    CU_ASSERT_EQUAL(page_item_count(page), 5);
    check_item(page, 1, 'A', 16, 8160);
    check_item(page, 2, 'x', 8, 8096);
    check_item(page, 3, 'B', 24, 8136);
    check_item(page, 4, 'C', 32, 8104);
    check_item(page, 5, 'y', 8, 8088);
}

static void an_item_at_a_wrong_number_is_refused(void)
{
    uint8_t page[BLOCK_SIZE], before[BLOCK_SIZE];

    fill_page(page, 3);
    memcpy(before, page, BLOCK_SIZE);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "could not add an item to the page: line pointer 2 is in use",
                               add(page, 2, PAGE_ADD_AT, 'x', 8));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "invalid line pointer number 5: the page has 3",
                               add(page, 5, PAGE_ADD_AT, 'x', 8));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, add(page, 0, PAGE_ADD_INSERT, 'x', 8));
    CU_ASSERT_EQUAL(memcmp(page, before, BLOCK_SIZE), 0);
}

/* The next item would lie where a reader refuses it. */
static void free_space_that_ends_at_an_odd_place_takes_no_item(void)
{
    uint8_t page[BLOCK_SIZE], before[BLOCK_SIZE];

    fill_page(page, 3);
    page_set_upper(page, (uint16_t)(page_upper(page) - 2));
    memcpy(before, page, BLOCK_SIZE);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               mem_printf("corrupted page pointers: upper = %u", page_upper(page)),
                               add(page, 4, PAGE_ADD_AT, 'x', 8));
    CU_ASSERT_EQUAL(memcmp(page, before, BLOCK_SIZE), 0);
}

static void an_item_that_just_fits_is_taken_and_a_larger_one_refused(void)
{
    uint8_t page[BLOCK_SIZE];

    page_init(page, 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "could not add an item to the page: it needs 8172 bytes, "
                               "but 8168 are free",
                               add(page, 1, PAGE_ADD_AT, 'x', 8161));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED,
                       page_add_item(page, page, SIZE_MAX, 1, PAGE_ADD_AT));
    add(page, 1, PAGE_ADD_AT, 'x', 8160);
    CU_ASSERT_EQUAL(page_hole_size(page), 4);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, add(page, 2, PAGE_ADD_AT, 'y', 1));
}

static void items_outside_their_area_raise(void)
{
    uint8_t page[BLOCK_SIZE];
    static const ItemId bad[] = {
        {.offset = 8096, .len = 8, .state = ITEM_NORMAL},  /* before upper */
        {.offset = 8160, .len = 17, .state = ITEM_NORMAL}, /* into the special area */
        {.offset = 8104, .len = 0, .state = ITEM_NORMAL},
        {.offset = 8108, .len = 8, .state = ITEM_NORMAL}, /* not aligned */
        {.offset = 2, .len = 0, .state = ITEM_REDIRECT},
        {.offset = 0, .len = 0, .state = ITEM_DEAD},
    };

    fill_page(page, 3);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        page_set_item_id(page, 2, bad[i]);
        check_raises_item(page, 2);
    }
    page_set_item_id(page, 2, bad[0]);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "corrupted line pointer 2: offset = 8096, size = 8",
                               page_get_item_rw(page, 2, NULL));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, page_item_id(page, 4));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, page_item_id(page, 0));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, page_set_item_dead(page, 4));
}

static void line_pointer_states_are_set_whole(void)
{
    uint8_t page[BLOCK_SIZE];

    fill_page(page, 4);
    page_set_item_dead(page, 1);
    page_set_item_redirect(page, 2, 4);
    page_mark_item_dead(page, 3);
    page_set_item_unused(page, 4);
    CU_ASSERT_EQUAL(load_u32(page + 24), 3u << 15);
    CU_ASSERT_EQUAL(load_u32(page + 28), (2u << 15 | 4));
    CU_ASSERT_EQUAL(page_item_id(page, 3).state, ITEM_DEAD);
    CU_ASSERT_EQUAL(page_item_id(page, 3).len, 32);
    CU_ASSERT_EQUAL(page_get_item(page, 3, NULL)[0], 'C');
    CU_ASSERT_EQUAL(load_u32(page + 36), 0);
    CU_ASSERT_FALSE(item_id_has_storage(page_item_id(page, 4)));
}

static void a_deleted_index_item_leaves_no_gap(void)
{
    uint8_t page[BLOCK_SIZE];

    fill_page(page, 4); /* at 8160, 8136, 8104, 8064 */
    page_index_tuple_delete(page, 2);
    CU_ASSERT_EQUAL(page_item_count(page), 3);
    CU_ASSERT_EQUAL(page_upper(page), 8088);
    check_item(page, 1, 'A', 16, 8160);
    check_item(page, 2, 'C', 32, 8128);
    check_item(page, 3, 'D', 40, 8088);
    page_index_tuple_delete(page, 3);
    page_index_tuple_delete(page, 1);
    page_index_tuple_delete(page, 1);
    CU_ASSERT_EQUAL(page_lower(page), 24);
    CU_ASSERT_EQUAL(page_upper(page), page_special(page));
}

static void two_deleted_items_keep_the_order_of_position(void)
{
    uint8_t page[BLOCK_SIZE];

    fill_page(page, 4);
    add(page, 1, PAGE_ADD_INSERT, 'x', 8); /* lowest on the page, but first by number */
    page_index_multi_delete(page, (const OffsetNo[]){2, 3}, 2);
    CU_ASSERT_EQUAL(page_item_count(page), 3);
    check_item(page, 1, 'x', 8, 8096);
    check_item(page, 2, 'C', 32, 8144);
    check_item(page, 3, 'D', 40, 8104);
}

static void three_deleted_items_lay_out_the_rest_by_number(void)
{
    uint8_t page[BLOCK_SIZE];

    fill_page(page, 5);
    add(page, 1, PAGE_ADD_INSERT, 'x', 8);
    page_index_multi_delete(page, (const OffsetNo[]){2, 3, 5}, 3);
    CU_ASSERT_EQUAL(page_item_count(page), 3);
    check_item(page, 1, 'x', 8, 8168);
    check_item(page, 2, 'C', 32, 8136);
    check_item(page, 3, 'E', 48, 8088);
    CU_ASSERT_EQUAL(page_upper(page), 8088);
    page_index_multi_delete(page, (const OffsetNo[]){1, 2, 3}, 3);
    CU_ASSERT_EQUAL(page_item_count(page), 0);
    CU_ASSERT_EQUAL(page_upper(page), 8176);
}

static void deletions_out_of_order_or_range_raise_before_any_change(void)
{
    uint8_t page[BLOCK_SIZE], before[BLOCK_SIZE];

    fill_page(page, 5);
    memcpy(before, page, BLOCK_SIZE);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "incorrect index offsets supplied: 2",
                               page_index_multi_delete(page, (const OffsetNo[]){3, 2}, 2));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED,
                       page_index_multi_delete(page, (const OffsetNo[]){1, 2, 6}, 3));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED,
                       page_index_multi_delete(page, (const OffsetNo[]){0}, 1));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, page_index_tuple_delete(page, 6));
    CU_ASSERT_EQUAL(memcmp(page, before, BLOCK_SIZE), 0);
    page_set_item_dead(page, 4); /* no storage: no index page has such */
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED,
                       page_index_multi_delete(page, (const OffsetNo[]){1, 2, 3}, 3));
}

static void items_longer_than_the_page_together_raise(void)
{
    uint8_t page[BLOCK_SIZE];

    fill_page(page, 1);
    add(page, 2, PAGE_ADD_AT, 'b', 5000);
    add(page, 3, PAGE_ADD_AT, 'c', 16);
    page_set_item_id(page, 3, page_item_id(page, 2)); /* both claim the same bytes */
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "corrupted item lengths: total 10016, available space 8140",
                               page_repair_fragmentation(page));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, page_index_tuple_delete(page, 1));
}

static void without_compaction_numbers_stay(void)
{
    uint8_t page[BLOCK_SIZE];

    fill_page(page, 3);
    page_index_tuple_delete_no_compact(page, 2);
    CU_ASSERT_EQUAL(page_item_count(page), 3);
    CU_ASSERT_EQUAL(load_u32(page + 28), 0);
    check_item(page, 1, 'A', 16, 8160);
    check_item(page, 3, 'C', 32, 8128);
    page_index_tuple_delete_no_compact(page, 3);
    CU_ASSERT_EQUAL(page_item_count(page), 2);
    CU_ASSERT_EQUAL(page_upper(page), 8160);
}

static void an_item_is_overwritten_by_a_shorter_and_a_longer_one(void)
{
    uint8_t page[BLOCK_SIZE], item[BLOCK_SIZE];

    memset(item, 'n', sizeof(item));
    fill_page(page, 3);
    CU_ASSERT_TRUE(page_index_tuple_overwrite(page, 2, item, 8));
    check_item(page, 1, 'A', 16, 8160);
    check_item(page, 2, 'n', 8, 8152);
    check_item(page, 3, 'C', 32, 8120);
    CU_ASSERT_TRUE(page_index_tuple_overwrite(page, 2, item, 100));
    check_item(page, 2, 'n', 100, 8056);
    check_item(page, 3, 'C', 32, 8024);
    CU_ASSERT_EQUAL(page_upper(page), 8024);
    CU_ASSERT_TRUE(page_index_tuple_overwrite(page, 2, item, 104));
    check_item(page, 2, 'n', 104, 8056);
}

static void an_overwrite_without_room_changes_nothing(void)
{
    uint8_t page[BLOCK_SIZE], before[BLOCK_SIZE], item[BLOCK_SIZE] = {0};
    size_t room;

    fill_page(page, 3);
    room = page_hole_size(page) / 8 * 8;
    memcpy(before, page, BLOCK_SIZE);
    CU_ASSERT_FALSE(page_index_tuple_overwrite(page, 2, item, 24 + room + 1));
    CU_ASSERT_FALSE(page_index_tuple_overwrite(page, 2, item, SIZE_MAX));
    CU_ASSERT_EQUAL(memcmp(page, before, BLOCK_SIZE), 0);
    CU_ASSERT_TRUE(page_index_tuple_overwrite(page, 2, item, 24 + room));
}

/*
 * Seen on PostgreSQL 15.20: lengths 79 432 332 532 232 lay at the offsets below, line pointer 1
 * lowest of all since it had been used again; then row 3 went and VACUUM pruned the page.
 */
static void repair_lays_items_out_as_a_real_server_does(void)
{
    uint8_t page[BLOCK_SIZE];
    static const size_t lengths[] = {131, 232, 332, 432, 532};

    page_init(page, 0);
    for (OffsetNo i = 1; i <= 5; i++)
        add(page, i, PAGE_ADD_AT, (char)('A' + i - 1), lengths[i - 1]);
    page_set_item_unused(page, 1);
    page_repair_fragmentation(page);
    CU_ASSERT_EQUAL(page_upper(page), 6656);
    add(page, 1, PAGE_ADD_AT, 'F', 79);
    check_item(page, 1, 'F', 79, 6576);
    check_item(page, 2, 'B', 232, 7960);
    check_item(page, 5, 'E', 532, 6656);

    page_set_item_dead(page, 3);
    page_repair_fragmentation(page);
    check_item(page, 1, 'F', 79, 8112);
    check_item(page, 2, 'B', 232, 7880);
    check_item(page, 4, 'D', 432, 7448);
    check_item(page, 5, 'E', 532, 6912);
    CU_ASSERT_EQUAL(page_upper(page), 6912);
}

static void repair_drops_unused_line_pointers_at_the_end_alone(void)
{
    uint8_t page[BLOCK_SIZE];

    fill_page(page, 6);
    page_set_item_unused(page, 2);
    page_set_item_unused(page, 5);
    page_set_item_unused(page, 6);
    page_repair_fragmentation(page);
    CU_ASSERT_EQUAL(page_item_count(page), 4);
    CU_ASSERT_TRUE(page_has_flag(page, PAGE_HAS_FREE_LINES));
    page_set_item_redirect(page, 2, 3);
    page_repair_fragmentation(page);
    CU_ASSERT_EQUAL(page_item_count(page), 4);
    CU_ASSERT_EQUAL(page_item_id(page, 2).offset, 3);
    CU_ASSERT_FALSE(page_has_flag(page, PAGE_HAS_FREE_LINES));
}

static void truncation_keeps_the_first_line_pointer(void)
{
    uint8_t page[BLOCK_SIZE];

    fill_page(page, 4);
    for (OffsetNo i = 2; i <= 4; i++)
        page_set_item_unused(page, i);
    page_truncate_line_pointers(page);
    CU_ASSERT_EQUAL(page_item_count(page), 1);
    CU_ASSERT_FALSE(page_has_flag(page, PAGE_HAS_FREE_LINES));
    page_set_item_unused(page, 1);
    page_truncate_line_pointers(page);
    CU_ASSERT_EQUAL(page_item_count(page), 1);
    CU_ASSERT_TRUE(page_has_flag(page, PAGE_HAS_FREE_LINES));
    page_init(page, 0);
    page_truncate_line_pointers(page);
    CU_ASSERT_EQUAL(page_item_count(page), 0);
}

static void a_crossed_header_is_refused_by_all_who_change_pages(void)
{
    uint8_t page[BLOCK_SIZE], item[8] = {0};

    fill_page(page, 3);
    spoil(page, 8100, 8000, 8176);
    CU_ASSERT_EQUAL(page_hole_size(page), 0);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, page_add_item(page, item, 8, 1, PAGE_ADD_INSERT));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, page_repair_fragmentation(page));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, page_truncate_line_pointers(page));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, page_index_tuple_delete(page, 1));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, page_index_tuple_delete_no_compact(page, 1));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED,
                       (void)!page_index_tuple_overwrite(page, 1, item, 8));
    spoil(page, 60000, 60000, 60000);
    CU_ASSERT_EQUAL(page_item_count(page), PAGE_ITEM_MAX);
}

UNIT_SUITE(page)
{
    UNIT_TEST(an_empty_page_has_a_header_and_a_rounded_special_area);
    UNIT_TEST(header_fields_are_where_the_server_puts_them);
    UNIT_TEST(a_page_of_zeros_is_new_and_sane);
    UNIT_TEST(a_new_page_with_other_bytes_is_not_sane);
    UNIT_TEST(each_wrong_header_field_is_insane);
    UNIT_TEST(a_special_area_that_is_too_small_raises);
    UNIT_TEST(line_pointers_pack_offset_state_and_length);
    UNIT_TEST(items_grow_down_from_the_special_area);
    UNIT_TEST(a_freed_line_pointer_is_used_again);
    UNIT_TEST(an_insert_moves_line_pointers_but_no_items);
    UNIT_TEST(an_item_at_a_wrong_number_is_refused);
    UNIT_TEST(free_space_that_ends_at_an_odd_place_takes_no_item);
    UNIT_TEST(an_item_that_just_fits_is_taken_and_a_larger_one_refused);
    UNIT_TEST(items_outside_their_area_raise);
    UNIT_TEST(line_pointer_states_are_set_whole);
    UNIT_TEST(a_deleted_index_item_leaves_no_gap);
    UNIT_TEST(two_deleted_items_keep_the_order_of_position);
    UNIT_TEST(three_deleted_items_lay_out_the_rest_by_number);
    UNIT_TEST(deletions_out_of_order_or_range_raise_before_any_change);
    UNIT_TEST(items_longer_than_the_page_together_raise);
    UNIT_TEST(without_compaction_numbers_stay);
    UNIT_TEST(an_item_is_overwritten_by_a_shorter_and_a_longer_one);
    UNIT_TEST(an_overwrite_without_room_changes_nothing);
    UNIT_TEST(repair_lays_items_out_as_a_real_server_does);
    UNIT_TEST(repair_drops_unused_line_pointers_at_the_end_alone);
    UNIT_TEST(truncation_keeps_the_first_line_pointer);
    UNIT_TEST(a_crossed_header_is_refused_by_all_who_change_pages);
}

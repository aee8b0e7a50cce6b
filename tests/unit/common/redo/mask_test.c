/* mask_test.c - what masks hide, and what they leave. */
#include "common/base/base.h"

#include <string.h>

#include "common/format/brin_page.h"
#include "common/format/btree_page.h"
#include "common/format/gin_page.h"
#include "common/format/gist_page.h"
#include "common/format/hash_page.h"
#include "common/format/heap_tuple.h"
#include "common/format/page.h"
#include "common/format/spgist_page.h"
#include "common/redo/mask.h"
#include "tests/unit/common/redo/redo_forge.h"
#include "tests/unit/unit.h"

static const BlockTag tag = {{1663, 5, 16384}, FORK_MAIN, 7};

/* True when two pages are equal once both are masked; they are changed. */
static bool is_equal(uint8_t rmgr, uint8_t *a, uint8_t *b)
{
    redo_mask_page(rmgr, &tag, a);
    redo_mask_page(rmgr, &tag, b);
    return memcmp(a, b, BLOCK_SIZE) == 0;
}

static uint8_t *heap_page(uint16_t infomask)
{
    uint8_t *page = forge_page(0), bytes[29] __attribute__((aligned(8))) = {0};
    HeapTupleHeader *tuple = (HeapTupleHeader *)bytes;

    tuple->infomask = infomask;
    tuple->hoff = 24;
    page_add_item(page, bytes, sizeof(bytes), 1, PAGE_ADD_AT);
    return page;
}

static HeapTupleHeader *heap_tuple(uint8_t *page)
{
    return (HeapTupleHeader *)page_get_item_rw(page, 1, NULL);
}

/* An index page with one item, whose special area ends in mark. */
static uint8_t *index_page(size_t special_size, uint16_t mark)
{
    uint8_t *page = forge_page(special_size);

    forge_page_tuple(page, 16, 1);
    store_u16(page + BLOCK_SIZE - 2, mark);
    return page;
}

static void lsn_checksum_and_hole_are_hidden(void)
{
    uint8_t *a = heap_page(0), *b = heap_page(0);

    page_set_lsn(a, 5);
    page_set_checksum(a, 9);
    memset(a + page_lower(a), 0xEE, 100);
    CU_ASSERT_TRUE(is_equal(RMGR_HEAP, a, b));
}

static void what_is_used_is_left(void)
{
    uint8_t *a = heap_page(0), *b = heap_page(0);

    a[page_upper(a) + 26] ^= 1;
    CU_ASSERT_FALSE(is_equal(RMGR_HEAP, a, b));
    a = heap_page(0);
    page_set_flag(a, PAGE_ALL_VISIBLE);
    CU_ASSERT_FALSE(is_equal(RMGR_HEAP, a, heap_page(0)));
    a = heap_page(0);
    heap_tuple(a)->xmax = 3;
    CU_ASSERT_FALSE(is_equal(RMGR_HEAP, a, heap_page(0)));
}

static void hints_of_heap_pages_are_hidden(void)
{
    uint8_t *a = heap_page(0);

    page_set_prune_xid(a, 900);
    page_set_flag(a, PAGE_HAS_FREE_LINES);
    page_set_flag(a, PAGE_FULL);
    a[page_upper(a) + 30] = 0xEE; /* behind the tuple's 29 bytes */
    heap_tuple(a)->cid = 7;
    heap_tuple(a)->infomask = 0x0F20;
    CU_ASSERT_FALSE(is_equal(RMGR_HEAP2, a, heap_page(0))); /* that is a frozen one */
    a = heap_page(0);
    page_set_prune_xid(a, 900);
    page_set_flag(a, PAGE_HAS_FREE_LINES);
    page_set_flag(a, PAGE_FULL);
    a[page_upper(a) + 30] = 0xEE;
    heap_tuple(a)->cid = 7;
    heap_tuple(a)->infomask = HEAP_XMIN_COMMITTED | HEAP_XMAX_COMMITTED | HEAP_COMBO_CID;
    CU_ASSERT_TRUE(is_equal(RMGR_HEAP2, a, heap_page(0)));
}

static void frozen_is_no_hint(void)
{
    CU_ASSERT_FALSE(is_equal(RMGR_HEAP, heap_page(HEAP_XMIN_FROZEN), heap_page(0)));
    CU_ASSERT_TRUE(is_equal(RMGR_HEAP, heap_page(HEAP_XMIN_FROZEN | HEAP_XMAX_INVALID),
                            heap_page(HEAP_XMIN_FROZEN)));
}

static void the_token_of_a_speculative_tuple_is_hidden(void)
{
    uint8_t *a = heap_page(0), *b = heap_page(0);

    heap_tuple(a)->ctid = tid_make(0x1234567, HEAP_CTID_SPECULATIVE);
    heap_tuple(b)->ctid = tid_make(7, 1);
    CU_ASSERT_TRUE(is_equal(RMGR_HEAP, a, b));
}

static void dead_marks_of_index_leaves_are_hidden(void)
{
    static const struct {
        uint8_t rmgr;
        uint16_t mark, flags; /* flags of a leaf stand four bytes before the end */
    } kinds[] = {{RMGR_BTREE, 0, BTREE_LEAF},
                 {RMGR_HASH, HASH_PAGE_ID, HASH_BUCKET},
                 {RMGR_GIST, GIST_PAGE_ID, GIST_LEAF}};

    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        uint8_t *a = index_page(16, kinds[i].mark), *b = index_page(16, kinds[i].mark);

        page_mark_item_dead(a, 1);
        CU_ASSERT_FALSE(is_equal(kinds[i].rmgr, a, b));
        a = index_page(16, kinds[i].mark);
        b = index_page(16, kinds[i].mark);
        store_u16(a + BLOCK_SIZE - 4, kinds[i].flags);
        store_u16(b + BLOCK_SIZE - 4, kinds[i].flags);
        page_mark_item_dead(a, 1);
        CU_ASSERT_TRUE(is_equal(RMGR_XLOG, a, b)); /* the page says whose it is */
    }
}

static void marks_for_vacuum_are_hidden(void)
{
    uint8_t *a = index_page(16, 55), *b = index_page(16, 0);

    store_u16(a + BLOCK_SIZE - 4, BTREE_HAS_GARBAGE | BTREE_SPLIT_END);
    CU_ASSERT_TRUE(is_equal(RMGR_BTREE, a, b));
    a = index_page(16, HASH_PAGE_ID);
    store_u16(a + BLOCK_SIZE - 4, HASH_HAS_DEAD_TUPLES);
    CU_ASSERT_TRUE(is_equal(RMGR_XLOG, a, index_page(16, HASH_PAGE_ID)));
    a = index_page(8, BRIN_REGULAR);
    store_u16(a + BLOCK_SIZE - 4, BRIN_EVACUATE);
    CU_ASSERT_TRUE(is_equal(RMGR_XLOG, a, index_page(8, BRIN_REGULAR)));
}

static void links_of_gist_pages_that_change_later_are_hidden(void)
{
    uint8_t *a = index_page(16, GIST_PAGE_ID);

    memset(a + BLOCK_SIZE - 16, 0x11, 8);
    store_u16(a + BLOCK_SIZE - 4, GIST_FOLLOW_RIGHT | GIST_HAS_GARBAGE);
    CU_ASSERT_TRUE(is_equal(RMGR_XLOG, a, index_page(16, GIST_PAGE_ID)));
}

static void pages_that_left_a_pending_list_are_alike(void)
{
    uint8_t *a = index_page(8, GIN_DELETED), *b = forge_page(8);

    store_u16(b + BLOCK_SIZE - 2, GIN_DELETED);
    CU_ASSERT_TRUE(is_equal(RMGR_XLOG, a, b));
    CU_ASSERT_FALSE(is_equal(RMGR_GIN, index_page(8, GIN_DELETED | GIN_DATA), b));
}

/* Magic, then eight pages with the room they had. */
static void room_that_spgist_remembers_is_hidden(void)
{
    uint8_t *a = forge_page(sizeof(SpgistSpecial)), *b = forge_page(sizeof(SpgistSpecial));

    for (int i = 0; i < 2; i++) {
        SpgistSpecial *special =
            (SpgistSpecial *)((i == 0 ? a : b) + BLOCK_SIZE - sizeof(*special));

        page_set_lower(i == 0 ? a : b, PAGE_HEADER_SIZE + 68);
        special->flags = SPGIST_META;
        special->page_id = SPGIST_PAGE_ID;
    }
    a[PAGE_HEADER_SIZE + 4] = a[PAGE_HEADER_SIZE + 67] = 1;
    CU_ASSERT_TRUE(is_equal(RMGR_XLOG, a, b));
    a[PAGE_HEADER_SIZE + 3] = 1;
    CU_ASSERT_FALSE(is_equal(RMGR_XLOG, a, b));
}

static void pages_without_hints_are_left(void)
{
    static const uint16_t marks[] = {SPGIST_PAGE_ID, BRIN_REVMAP, GIN_LEAF};

    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        uint8_t *a = index_page(8, marks[i]);

        page_mark_item_dead(a, 1);
        CU_ASSERT_FALSE(is_equal(RMGR_XLOG, a, index_page(8, marks[i])));
    }
}

static void a_sequence_is_left_whole(void)
{
    uint8_t *a = forge_page(8), *b = forge_page(8);

    store_u32(a + BLOCK_SIZE - 8, 0x1717);
    store_u32(b + BLOCK_SIZE - 8, 0x1717);
    forge_page_tuple(a, 41, 1);
    forge_page_tuple(b, 41, 2);
    CU_ASSERT_FALSE(is_equal(RMGR_XLOG, a, b));
}

static void a_foreign_special_area_hides_nothing_more(void)
{
    uint8_t *a = index_page(32, 0), *b = index_page(32, 0);

    CU_ASSERT_TRUE(is_equal(RMGR_XLOG, a, b));
    a = index_page(32, 1);
    CU_ASSERT_FALSE(is_equal(RMGR_XLOG, a, b));
}

static void the_free_space_map_is_hidden_the_visibility_map_not(void)
{
    BlockTag map = tag;
    uint8_t *page = forge_page(0);

    page[100] = 1;
    map.fork = FORK_FSM;
    redo_mask_page(RMGR_XLOG, &map, page);
    CU_ASSERT_TRUE(page_is_all_zero(page));
    page = forge_page(0);
    map.fork = FORK_VM;
    page[100] = 1; /* lies where items of other pages have their hole */
    redo_mask_page(RMGR_HEAP2, &map, page);
    CU_ASSERT_EQUAL(page[100], 1);
}

static void damaged_pages_are_masked_without_harm(void)
{
    uint8_t *page = forge_page(16);

    memset(page, 0xFF, BLOCK_SIZE);
    redo_mask_page(RMGR_BTREE, &tag, page);
    CU_ASSERT_EQUAL(page_lsn(page), 0);
    page = heap_page(0);
    page_set_item_id(page, 1, (ItemId){.offset = 8190, .len = 500, .state = ITEM_NORMAL});
    redo_mask_page(RMGR_HEAP, &tag, page);
    page = forge_page(0);
    redo_mask_page(RMGR_BTREE, &tag, page); /* no special area */
    redo_mask_page(RMGR_HASH, &tag, page);
    redo_mask_page(RMGR_GIN, &tag, page);
    redo_mask_page(RMGR_GIST, &tag, page);
    redo_mask_page(RMGR_BRIN, &tag, page);
    memset(page, 0, BLOCK_SIZE);
    redo_mask_page(RMGR_HEAP, &tag, page);
    CU_ASSERT_TRUE(page_is_all_zero(page));
}

UNIT_SUITE(mask)
{
    UNIT_TEST(lsn_checksum_and_hole_are_hidden);
    UNIT_TEST(what_is_used_is_left);
    UNIT_TEST(hints_of_heap_pages_are_hidden);
    UNIT_TEST(frozen_is_no_hint);
    UNIT_TEST(the_token_of_a_speculative_tuple_is_hidden);
    UNIT_TEST(dead_marks_of_index_leaves_are_hidden);
    UNIT_TEST(marks_for_vacuum_are_hidden);
    UNIT_TEST(links_of_gist_pages_that_change_later_are_hidden);
    UNIT_TEST(pages_that_left_a_pending_list_are_alike);
    UNIT_TEST(room_that_spgist_remembers_is_hidden);
    UNIT_TEST(pages_without_hints_are_left);
    UNIT_TEST(a_sequence_is_left_whole);
    UNIT_TEST(a_foreign_special_area_hides_nothing_more);
    UNIT_TEST(the_free_space_map_is_hidden_the_visibility_map_not);
    UNIT_TEST(damaged_pages_are_masked_without_harm);
}

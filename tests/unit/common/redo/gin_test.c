/* gin_test.c - GIN records at their edges: downlinks, posting lists, the pending list. */
#include "common/base/base.h"

#include <string.h>

#include "common/format/gin_page.h"
#include "common/format/index_tuple.h"
#include "common/format/page.h"
#include "common/redo/gin_list.h"
#include "common/redo/redo.h"
#include "tests/unit/common/redo/redo_forge.h"
#include "tests/unit/unit.h"

#define DATA 1
#define LEAF 2

enum { DELETE = 1, INSERT, REPLACE, ADD_ITEMS };

static GinSpecial *special_of(uint8_t *page)
{
    return (GinSpecial *)page_special_area_rw(page, sizeof(GinSpecial));
}

static uint8_t *gin_page(uint16_t flags)
{
    uint8_t *page = forge_page(sizeof(GinSpecial));

    *special_of(page) = (GinSpecial){.right_link = 55, .flags = flags};
    return page;
}

/* A list with TIDs (first, 1), (first + 1, 1)..., count of them; returns its length. */
static size_t make_list(uint8_t *out, BlockNo first, size_t count)
{
    Tid tids[100];

    for (size_t i = 0; i < count; i++)
        tids[i] = tid_make(first + (BlockNo)i, 1);
    return gin_list_merge(NULL, (const uint8_t *)tids, count, out, BLOCK_SIZE);
}

/* A leaf of a posting tree with three lists: blocks 100.., 200.., 300.., two rows each. */
static uint8_t *posting_leaf(void)
{
    uint8_t *page = gin_page(GIN_DATA | GIN_LEAF | GIN_COMPRESSED);
    size_t at = GIN_DATA_AT;

    for (BlockNo i = 1; i <= 3; i++)
        at += make_list(page + at, i * 100, 2);
    page_set_lower(page, (uint16_t)at);
    return page;
}

/* The first block of each list on a leaf, as text. */
static const char *first_blocks(const uint8_t *page)
{
    static char text[200];
    ByteReader r = byte_reader(page + GIN_DATA_AT, (size_t)page_lower(page) - GIN_DATA_AT, "lists");
    size_t at = 0;

    text[0] = '\0';
    while (byte_reader_left(&r) > 0) {
        size_t len;
        Tid tid;

        memcpy(&tid, gin_list_take(&r, &len), sizeof(tid));
        at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%u", at == 0 ? "" : " ",
                               tid_block(tid));
    }
    return text;
}

static Forge *recompress_record(uint16_t action_count)
{
    Forge *f = forge_new(RMGR_GIN, WAL_GIN_VACUUM_DATA_LEAF_PAGE);

    forge_ref(f, 0, 7);
    forge_u16(f, 0, action_count);
    return f;
}

static void forge_action(Forge *f, uint8_t number, uint8_t action)
{
    forge_u8(f, 0, number);
    forge_u8(f, 0, action);
}

static void forge_list(Forge *f, BlockNo first, size_t count)
{
    uint8_t list[BLOCK_SIZE];

    forge_bytes(f, 0, list, make_list(list, first, count));
}

/* ---- Lists ---- */

static void distances_of_all_sizes_come_back(void)
{
    static const uint64_t steps[] = {
        1, 127, 128, 16383, 16384, UINT64_C(1) << 35, (UINT64_C(1) << 42) - 1};
    uint8_t list[BLOCK_SIZE], again[BLOCK_SIZE];

    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        Tid tids[2] = {gin_tid_from_u64(1), gin_tid_from_u64(1 + steps[i])};
        size_t len = gin_list_merge(NULL, (const uint8_t *)tids, 2, list, sizeof(list));

        CU_ASSERT_EQUAL(len % 2, 0);
        CU_ASSERT_EQUAL(gin_list_merge(list, NULL, 0, again, sizeof(again)), len);
        CU_ASSERT_EQUAL(memcmp(list, again, len), 0);
    }
}

static void rows_in_both_come_once_and_in_order(void)
{
    const Tid added[] = {tid_make(99, 1), tid_make(100, 1), tid_make(100, 2), tid_make(500, 1)};
    const Tid expected[] = {tid_make(99, 1), tid_make(100, 1), tid_make(100, 2), tid_make(101, 1),
                            tid_make(500, 1)};
    uint8_t old[100], merged[100], whole[100];
    size_t len;

    make_list(old, 100, 2);
    len = gin_list_merge(old, (const uint8_t *)added, 4, merged, sizeof(merged));
    CU_ASSERT_EQUAL(gin_list_merge(NULL, (const uint8_t *)expected, 5, whole, sizeof(whole)), len);
    CU_ASSERT_EQUAL(memcmp(merged, whole, len), 0);
}

static void lists_that_cannot_be_are_refused(void)
{
    const Tid twice[] = {tid_make(100, 1), tid_make(100, 1)};
    uint8_t list[20] = {0, 0, 100, 0, 1, 0, 8, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1};
    uint8_t out[BLOCK_SIZE];

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "TIDs of a list do not ascend",
                               gin_list_merge(NULL, (const uint8_t *)twice, 2, out, sizeof(out)));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "a list of TIDs has a number that is too long",
                               gin_list_merge(list, NULL, 0, out, sizeof(out)));
    list[6] = 1; /* cut inside a number */
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, gin_list_merge(list, NULL, 0, out, sizeof(out)));
    list[8] = 0; /* no distance */
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, gin_list_merge(list, NULL, 0, out, sizeof(out)));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "a list of TIDs is empty",
                               gin_list_merge(NULL, NULL, 0, out, sizeof(out)));
}

static void a_list_stays_in_its_room(void)
{
    uint8_t list[100];

    make_list(list, 100, 2); /* 8 bytes, two for the distance */
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, gin_list_merge(list, NULL, 0, list + 50, 7));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, gin_list_merge(list, NULL, 0, list + 50, 9));
    CU_ASSERT_EQUAL(gin_list_merge(list, NULL, 0, list + 50, 10), 10);
    store_u16(list + 6, 1); /* an odd length, and no room for the padding */
    list[8] = 5;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, gin_list_merge(list, NULL, 0, list + 50, 9));
}

/* ---- Leaves of posting trees ---- */

static void lists_go_come_and_are_replaced_by_their_old_numbers(void)
{
    Forge *f = recompress_record(4);
    uint8_t *page = posting_leaf();

    forge_action(f, 0, DELETE);
    forge_action(f, 1, INSERT);
    forge_list(f, 150, 1);
    forge_action(f, 1, INSERT);
    forge_list(f, 160, 3);
    forge_action(f, 2, REPLACE);
    forge_list(f, 310, 1);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_STRING_EQUAL(first_blocks(page), "150 160 200 310");
}

static void rows_are_added_to_a_list(void)
{
    Forge *f = recompress_record(1);
    uint8_t *page = posting_leaf(), list[100];
    const Tid added[] = {tid_make(199, 7), tid_make(202, 1)};
    const Tid expected[] = {tid_make(199, 7), tid_make(200, 1), tid_make(201, 1), tid_make(202, 1)};
    ByteReader r;
    size_t len, expected_len;

    forge_action(f, 1, ADD_ITEMS);
    forge_u16(f, 0, 2);
    forge_bytes(f, 0, added, sizeof(added));
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_STRING_EQUAL(first_blocks(page), "100 199 300");
    expected_len = gin_list_merge(NULL, (const uint8_t *)expected, 4, list, sizeof(list));
    r = byte_reader(page + GIN_DATA_AT, (size_t)page_lower(page) - GIN_DATA_AT, "lists");
    gin_list_take(&r, &len);
    CU_ASSERT_EQUAL(memcmp(gin_list_take(&r, &len), list, expected_len), 0);
    CU_ASSERT_EQUAL(len, expected_len);
}

static void an_insert_into_a_leaf_is_such_a_change_too(void)
{
    Forge *f = forge_new(RMGR_GIN, WAL_GIN_INSERT);
    uint8_t *page = posting_leaf();

    forge_ref(f, 0, 7);
    forge_u16(f, FORGE_MAIN, DATA | LEAF);
    forge_u16(f, 0, 1);
    forge_action(f, 1, DELETE);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_STRING_EQUAL(first_blocks(page), "100 300");
}

static void actions_that_cannot_be_are_refused(void)
{
    Forge *f = recompress_record(1);

    forge_action(f, 3, DELETE);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, posting_leaf()));
    f = recompress_record(1);
    forge_action(f, 0, 5);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "no action 5 on a posting list is known",
                               forge_redo(f, 0, posting_leaf()));
    f = recompress_record(2);
    forge_action(f, 1, DELETE);
    forge_action(f, 0, DELETE);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "actions on posting lists are not in order",
                               forge_redo(f, 0, posting_leaf()));
}

static void lists_stay_on_the_page(void)
{
    Forge *f = recompress_record(100);
    uint8_t *page = posting_leaf();

    for (int i = 0; i < 80; i++) {
        forge_action(f, 0, INSERT);
        forge_list(f, 1000, 100);
    }
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "posting lists do not fit the page",
                               forge_redo(f, 0, page));
    page_set_lower(page, 28);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "the page is no leaf of a posting tree",
                               forge_redo(f, 0, page));
    /* A page that is full before its first list has less than no room. */
    page = gin_page(GIN_DATA | GIN_LEAF);
    page_set_upper(page, PAGE_HEADER_SIZE);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "the page is none of a posting tree",
                               forge_redo(f, 0, page));
}

static void a_leaf_from_before_compression_is_compressed_first(void)
{
    Forge *f = recompress_record(1);
    uint8_t *page = gin_page(GIN_DATA | GIN_LEAF);
    const Tid tids[] = {tid_make(5, 1), tid_make(6, 1)};

    memcpy(page + GIN_DATA_AT, tids, sizeof(tids));
    special_of(page)->item_count = 2;
    forge_action(f, 1, INSERT);
    forge_list(f, 40, 1);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_STRING_EQUAL(first_blocks(page), "5 40");
    CU_ASSERT_EQUAL(special_of(page)->flags, GIN_DATA | GIN_LEAF | GIN_COMPRESSED);
    CU_ASSERT_EQUAL(special_of(page)->item_count, 0);

    page = gin_page(GIN_DATA | GIN_LEAF);
    f->bytes[0][2] = 0;
    forge_redo(f, 0, page);
    CU_ASSERT_STRING_EQUAL(first_blocks(page), "40");
    page = gin_page(GIN_DATA | GIN_LEAF);
    special_of(page)->item_count = 1400;
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "a page cannot have 1400 TIDs",
                               forge_redo(f, 0, page));
}

static void a_new_tree_is_a_leaf(void)
{
    Forge *f = forge_new(RMGR_GIN, WAL_GIN_CREATE_PTREE);
    uint8_t *page = gin_page(0), list[100];
    size_t len = make_list(list, 100, 5);

    forge_init_ref(f, 0, 9);
    forge_u32(f, FORGE_MAIN, (uint32_t)len);
    forge_bytes(f, FORGE_MAIN, list, len);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_STRING_EQUAL(first_blocks(page), "100");
    CU_ASSERT_EQUAL(special_of(page)->flags, GIN_DATA | GIN_LEAF | GIN_COMPRESSED);
    CU_ASSERT_EQUAL(special_of(page)->right_link, BLOCK_NONE);
    store_u32(f->bytes[WAL_BLOCK_REF_MAX], 8153);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "8153 bytes do not fit a page of a posting tree",
                               forge_redo(f, 0, page));
}

/* ---- Inner pages ---- */

/* An inner page of a posting tree whose downlinks lead to 10, 11, 12... */
static uint8_t *inner_page(uint16_t count)
{
    uint8_t *page = gin_page(GIN_DATA);
    GinDownlink *links = (GinDownlink *)(page + GIN_DATA_AT);

    for (uint16_t i = 0; i < count; i++)
        links[i] = (GinDownlink){.block_low = (uint16_t)(10 + i), .key = tid_make(i, 1)};
    special_of(page)->item_count = count;
    page_set_lower(page, (uint16_t)(GIN_DATA_AT + count * sizeof(GinDownlink)));
    return page;
}

static Forge *downlink_record(uint16_t number)
{
    Forge *f = forge_new(RMGR_GIN, WAL_GIN_INSERT);
    const GinDownlink link = {.block_low = 99, .key = tid_make(7, 1)};

    forge_ref(f, 0, 7);
    forge_ref(f, 1, 8);
    forge_u16(f, FORGE_MAIN, DATA);
    forge_u32(f, FORGE_MAIN, 0);
    forge_u16(f, FORGE_MAIN, 1); /* right child 65546, high half first */
    forge_u16(f, FORGE_MAIN, 10);
    forge_u16(f, 0, number);
    forge_bytes(f, 0, &link, sizeof(link));
    return f;
}

static void a_downlink_is_inserted_before_that_of_its_right_sibling(void)
{
    uint8_t *page = inner_page(3);
    const GinDownlink *links = (const GinDownlink *)(page + GIN_DATA_AT);

    CU_ASSERT_EQUAL(forge_redo(downlink_record(2), 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(special_of(page)->item_count, 4);
    CU_ASSERT_EQUAL(page_lower(page), GIN_DATA_AT + 40);
    CU_ASSERT_EQUAL(links[0].block_low, 10);
    CU_ASSERT_EQUAL(links[1].block_low, 99);
    CU_ASSERT_EQUAL(links[2].block_high, 1);
    CU_ASSERT_EQUAL(links[2].block_low, 10);
    CU_ASSERT_EQUAL(links[2].key.block_low, 1);
    CU_ASSERT_EQUAL(links[3].block_low, 12);
}

static void downlinks_stay_among_the_others(void)
{
    uint8_t *page = inner_page(3);

    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "the page has 3 downlinks, not 5",
                               forge_redo(downlink_record(5), 0, page));
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(downlink_record(0), 0, page));
    special_of(page)->item_count = 816;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(downlink_record(2), 0, page));
    special_of(page)->item_count = 815;
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(downlink_record(2), 0, page));
}

static void an_entry_is_inserted_replaced_or_given_a_right_child(void)
{
    Forge *f = forge_new(RMGR_GIN, WAL_GIN_INSERT);
    uint8_t *page = gin_page(GIN_LEAF);

    forge_page_tuple(page, 16, 1);
    forge_page_tuple(page, 16, 2);
    forge_ref(f, 0, 7);
    forge_u16(f, FORGE_MAIN, LEAF);
    forge_u16(f, 0, 2);
    forge_u8(f, 0, 0);
    forge_u8(f, 0, 0xEE);
    forge_tuple(f, 0, 24, 9);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(page_item_count(page), 3);
    CU_ASSERT_EQUAL(forge_mark(page, 2), 9);
    page_set_lsn(page, 0);
    f->bytes[0][2] = 1; /* in place of item 2 */
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(page_item_count(page), 3);
    CU_ASSERT_EQUAL(forge_mark(page, 3), 2);

    store_u16(f->bytes[WAL_BLOCK_REF_MAX], 0); /* an inner page */
    forge_u32(f, FORGE_MAIN, 0);
    forge_u16(f, FORGE_MAIN, 0);
    forge_u16(f, FORGE_MAIN, 77);
    f->bytes[0][2] = 0;
    page_set_lsn(page, 0);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(forge_mark(page, 2), 9);
    CU_ASSERT_EQUAL(tid_block(((const IndexTuple *)page_get_item(page, 3, NULL))->tid), 77);

    page = gin_page(GIN_LEAF);
    page_add_item(page, "1234", 4, 1, PAGE_ADD_INSERT);
    page_add_item(page, "1234", 4, 2, PAGE_ADD_INSERT);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "index tuple 2 is shorter than its header",
                               forge_redo(f, 0, page));
}

static void a_finished_split_is_noted_on_the_left_half(void)
{
    uint8_t *page = gin_page(GIN_LEAF | GIN_INCOMPLETE_SPLIT);

    CU_ASSERT_EQUAL(forge_redo(downlink_record(1), 1, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(special_of(page)->flags, GIN_LEAF);
}

static void splits_come_as_images_alone(void)
{
    Forge *f = forge_new(RMGR_GIN, WAL_GIN_SPLIT);

    forge_ref(f, 0, 7);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, gin_page(GIN_LEAF)));
    f = forge_new(RMGR_GIN, WAL_GIN_VACUUM_PAGE);
    forge_ref(f, 0, 7);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, gin_page(GIN_LEAF)));
}

static void a_deleted_page_leaves_parent_and_left_neighbour(void)
{
    Forge *f = forge_new(RMGR_GIN, WAL_GIN_DELETE_PAGE);
    uint8_t *page = gin_page(GIN_DATA | GIN_LEAF), *parent = inner_page(3);
    const GinDownlink *links = (const GinDownlink *)(parent + GIN_DATA_AT);

    forge_ref(f, 0, 7);
    forge_ref(f, 1, 8);
    forge_ref(f, 2, 9);
    forge_u16(f, FORGE_MAIN, 2);
    forge_u16(f, FORGE_MAIN, 0xEEEE);
    forge_u32(f, FORGE_MAIN, 71);
    forge_u32(f, FORGE_MAIN, 900);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(special_of(page)->flags, GIN_DATA | GIN_LEAF | GIN_DELETED);
    CU_ASSERT_EQUAL(page_prune_xid(page), 900);
    forge_redo(f, 1, parent);
    CU_ASSERT_EQUAL(special_of(parent)->item_count, 2);
    CU_ASSERT_EQUAL(links[1].block_low, 12);
    CU_ASSERT_EQUAL(page_lower(parent), GIN_DATA_AT + 20);
    page = gin_page(GIN_DATA | GIN_LEAF);
    forge_redo(f, 2, page);
    CU_ASSERT_EQUAL(special_of(page)->right_link, 71);

    store_u16(f->bytes[WAL_BLOCK_REF_MAX], 4);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "there is no downlink 4 to remove",
                               forge_redo(f, 1, inner_page(3)));
}

/* ---- The pending list ---- */

static Forge *meta_record(int32_t tuple_count)
{
    Forge *f = forge_new(RMGR_GIN, WAL_GIN_UPDATE_META_PAGE);

    forge_init_ref(f, 0, 0);
    forge_ref(f, 1, 9);
    for (uint32_t i = 0; i < 18; i++) /* relation, padding, 56 bytes of metapage */
        forge_u32(f, FORGE_MAIN, i);
    forge_u32(f, FORGE_MAIN, 30);
    forge_u32(f, FORGE_MAIN, 31);
    forge_u32(f, FORGE_MAIN, (uint32_t)tuple_count);
    return f;
}

static void the_metapage_is_that_of_the_record(void)
{
    uint8_t *page = gin_page(0);

    CU_ASSERT_EQUAL(forge_redo(meta_record(0), 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(load_u32(page + PAGE_HEADER_SIZE), 4);
    CU_ASSERT_EQUAL(load_u32(page + PAGE_HEADER_SIZE + 52), 17);
    CU_ASSERT_EQUAL(page_lower(page), 80);
    CU_ASSERT_EQUAL(special_of(page)->flags, GIN_META);
}

static void the_tail_gets_entries_or_a_neighbour(void)
{
    Forge *f = meta_record(0);
    uint8_t *page = gin_page(GIN_LIST);

    forge_redo(f, 1, page);
    CU_ASSERT_EQUAL(special_of(page)->right_link, 31);
    f = meta_record(2);
    page = gin_page(GIN_LIST);
    forge_tuple(f, 1, 16, 1);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "the record does not hold the 2 entries it announces",
                               forge_redo(f, 1, gin_page(GIN_LIST)));
    forge_tuple(f, 1, 24, 2);
    forge_redo(f, 1, page);
    CU_ASSERT_EQUAL(page_item_count(page), 2);
    CU_ASSERT_EQUAL(special_of(page)->item_count, 1);
    CU_ASSERT_EQUAL(special_of(page)->right_link, 55);
}

static void the_last_page_of_a_list_holds_a_whole_row(void)
{
    Forge *f = forge_new(RMGR_GIN, WAL_GIN_INSERT_LISTPAGE);
    uint8_t *page = gin_page(0);

    forge_init_ref(f, 0, 9);
    forge_u32(f, FORGE_MAIN, BLOCK_NONE);
    forge_u32(f, FORGE_MAIN, 1);
    forge_tuple(f, 0, 16, 3);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(special_of(page)->flags, GIN_LIST | GIN_LIST_FULL_ROW);
    CU_ASSERT_EQUAL(special_of(page)->item_count, 1);
    CU_ASSERT_EQUAL(forge_mark(page, 1), 3);
    store_u32(f->bytes[WAL_BLOCK_REF_MAX], 12);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(special_of(page)->flags, GIN_LIST);
    CU_ASSERT_EQUAL(special_of(page)->item_count, 0);
    CU_ASSERT_EQUAL(special_of(page)->right_link, 12);
    store_u32(f->bytes[WAL_BLOCK_REF_MAX] + 4, 2);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, page));
    store_u32(f->bytes[WAL_BLOCK_REF_MAX] + 4, UINT32_MAX);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, page));
}

static void pages_that_leave_the_list_are_deleted(void)
{
    Forge *f = forge_new(RMGR_GIN, WAL_GIN_DELETE_LISTPAGE);
    uint8_t *page = gin_page(GIN_LIST);

    forge_init_ref(f, 0, 0);
    forge_init_ref(f, 16, 25);
    for (uint32_t i = 0; i < 16; i++)
        forge_u32(f, FORGE_MAIN, i);
    forge_redo(f, 16, page);
    CU_ASSERT_EQUAL(special_of(page)->flags, GIN_DELETED);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(load_u32(page + PAGE_HEADER_SIZE + 52), 13);
    CU_ASSERT_EQUAL(special_of(page)->flags, GIN_META);
}

UNIT_SUITE(gin)
{
    UNIT_TEST(distances_of_all_sizes_come_back);
    UNIT_TEST(rows_in_both_come_once_and_in_order);
    UNIT_TEST(lists_that_cannot_be_are_refused);
    UNIT_TEST(a_list_stays_in_its_room);
    UNIT_TEST(lists_go_come_and_are_replaced_by_their_old_numbers);
    UNIT_TEST(rows_are_added_to_a_list);
    UNIT_TEST(an_insert_into_a_leaf_is_such_a_change_too);
    UNIT_TEST(actions_that_cannot_be_are_refused);
    UNIT_TEST(lists_stay_on_the_page);
    UNIT_TEST(a_leaf_from_before_compression_is_compressed_first);
    UNIT_TEST(a_new_tree_is_a_leaf);
    UNIT_TEST(a_downlink_is_inserted_before_that_of_its_right_sibling);
    UNIT_TEST(downlinks_stay_among_the_others);
    UNIT_TEST(an_entry_is_inserted_replaced_or_given_a_right_child);
    UNIT_TEST(a_finished_split_is_noted_on_the_left_half);
    UNIT_TEST(splits_come_as_images_alone);
    UNIT_TEST(a_deleted_page_leaves_parent_and_left_neighbour);
    UNIT_TEST(the_metapage_is_that_of_the_record);
    UNIT_TEST(the_tail_gets_entries_or_a_neighbour);
    UNIT_TEST(the_last_page_of_a_list_holds_a_whole_row);
    UNIT_TEST(pages_that_leave_the_list_are_deleted);
}

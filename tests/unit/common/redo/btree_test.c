/* btree_test.c - B-tree records at their edges: splits, posting tuples, page deletion. */
#include "common/base/base.h"

#include <string.h>

#include "common/format/btree_page.h"
#include "common/format/page.h"
#include "common/redo/redo.h"
#include "tests/unit/common/redo/redo_forge.h"
#include "tests/unit/unit.h"

static BtreeSpecial *special_of(uint8_t *page)
{
    return (BtreeSpecial *)page_special_area_rw(page, sizeof(BtreeSpecial));
}

/* A leaf with count tuples of 16 bytes, marked 1, 2, 3...; next 0 makes it the rightmost. */
static uint8_t *leaf(BlockNo next, OffsetNo count)
{
    uint8_t *page = forge_page(sizeof(BtreeSpecial));

    *special_of(page) = (BtreeSpecial){
        .prev = 20, .next = next, .flags = BTREE_LEAF | BTREE_HAS_GARBAGE, .cycle_id = 4};
    for (OffsetNo i = 1; i <= count; i++)
        forge_page_tuple(page, 16, (uint8_t)i);
    return page;
}

/* Append a posting tuple with count rows: blocks 100, 101..., to a page or a record. */
static size_t make_posting(uint8_t *out, size_t key_len, uint16_t count)
{
    size_t len = size_align_up(key_len + count * sizeof(Tid), 8);
    IndexTuple head = {.tid = tid_make((BlockNo)key_len, (OffsetNo)(count | BTREE_IS_POSTING)),
                       .info = (uint16_t)(len | BTREE_ALT_TID)};

    memset(out, 0, len);
    memset(out, 0x77, key_len);
    memcpy(out, &head, sizeof(head));
    for (uint16_t i = 0; i < count; i++) {
        Tid tid = tid_make(100u + i, 1);

        memcpy(out + key_len + i * sizeof(Tid), &tid, sizeof(tid));
    }
    return len;
}

static void add_posting(uint8_t *page, size_t key_len, uint16_t count)
{
    uint8_t tuple[BLOCK_SIZE];
    size_t len = make_posting(tuple, key_len, count);

    page_add_item(page, tuple, len, (OffsetNo)(page_item_count(page) + 1), PAGE_ADD_INSERT);
}

/* The block of a posting tuple's row, by its index. */
static BlockNo row_block(const uint8_t *page, OffsetNo offnum, size_t index)
{
    const uint8_t *item = page_get_item(page, offnum, NULL);
    Tid tid;

    memcpy(&tid, item, sizeof(tid));
    memcpy(&tid, item + tid_block(tid) + index * sizeof(Tid), sizeof(tid));
    return tid_block(tid);
}

static Forge *record_on_leaf(uint8_t info)
{
    Forge *f = forge_new(RMGR_BTREE, info);

    forge_ref(f, 0, 7);
    return f;
}

/* ---- Inserts ---- */

static void an_insert_moves_later_items_up(void)
{
    Forge *f = record_on_leaf(WAL_BTREE_INSERT_LEAF);
    uint8_t *page = leaf(0, 3);

    forge_u16(f, FORGE_MAIN, 2);
    forge_tuple(f, 0, 24, 9);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(page_item_count(page), 4);
    CU_ASSERT_EQUAL(forge_mark(page, 1), 1);
    CU_ASSERT_EQUAL(forge_mark(page, 2), 9);
    CU_ASSERT_EQUAL(forge_mark(page, 3), 2);
}

static void an_insert_without_its_tuple_is_refused(void)
{
    Forge *f = record_on_leaf(WAL_BTREE_INSERT_LEAF);

    forge_u16(f, FORGE_MAIN, 2);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, leaf(0, 3)));
    forge_tuple(f, 0, 24, 9);
    forge_u8(f, 0, 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "1 bytes are left over in the block data",
                               forge_redo(f, 0, leaf(0, 3)));
    f = record_on_leaf(WAL_BTREE_INSERT_LEAF);
    forge_u16(f, FORGE_MAIN, 2);
    forge_bytes(f, 0, "\0\0\0\0\0\0\7\0", 8);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "an index tuple of 7 bytes is shorter than its header",
                               forge_redo(f, 0, leaf(0, 3)));
}

static void the_left_half_is_told_that_its_split_is_done(void)
{
    Forge *f = record_on_leaf(WAL_BTREE_INSERT_UPPER);
    uint8_t *page = leaf(8, 2);

    forge_ref(f, 1, 9);
    special_of(page)->flags |= BTREE_INCOMPLETE_SPLIT;
    CU_ASSERT_EQUAL(forge_redo(f, 1, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(special_of(page)->flags, BTREE_LEAF | BTREE_HAS_GARBAGE);
}

static void the_metapage_is_made_whole(void)
{
    Forge *f = record_on_leaf(WAL_BTREE_META_CLEANUP);
    uint8_t *page = leaf(0, 3);
    BtreeMeta meta;

    f->record.refs[0].will_init = true;
    for (uint32_t i = 4; i < 10; i++)
        forge_u32(f, 0, i);
    forge_u32(f, 0, 1);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    memcpy(&meta, page + PAGE_HEADER_SIZE, sizeof(meta));
    CU_ASSERT_EQUAL(meta.magic, BTREE_MAGIC);
    CU_ASSERT_EQUAL(meta.version, 4);
    CU_ASSERT_EQUAL(meta.root, 5);
    CU_ASSERT_EQUAL(meta.fast_level, 8);
    CU_ASSERT_EQUAL(meta.deleted_page_count, 9);
    CU_ASSERT_EQUAL(meta.heap_tuple_count, -1);
    CU_ASSERT_EQUAL(meta.all_equal_image, 1);
    CU_ASSERT_EQUAL(page_lower(page), 72);
    CU_ASSERT_EQUAL(special_of(page)->flags, BTREE_META);
}

static void a_row_inside_a_posting_list_changes_places_with_the_last(void)
{
    Forge *f = record_on_leaf(WAL_BTREE_INSERT_POST);
    uint8_t *page = leaf(0, 1);
    Tid tid;

    add_posting(page, 16, 4);
    forge_u16(f, FORGE_MAIN, 3);
    forge_u16(f, 0, 2);
    forge_tuple(f, 0, 16, 9);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(row_block(page, 2, 0), 100);
    CU_ASSERT_EQUAL(row_block(page, 2, 1), 101);
    CU_ASSERT_EQUAL(row_block(page, 2, 2), 1000); /* of the new tuple */
    CU_ASSERT_EQUAL(row_block(page, 2, 3), 102);
    memcpy(&tid, page_get_item(page, 3, NULL), sizeof(tid));
    CU_ASSERT_EQUAL(tid_block(tid), 103);
}

static void a_posting_list_is_split_inside(void)
{
    Forge *f = record_on_leaf(WAL_BTREE_INSERT_POST);
    uint8_t *page = leaf(0, 1);

    add_posting(page, 16, 4);
    forge_u16(f, FORGE_MAIN, 3);
    forge_u16(f, 0, 4);
    forge_tuple(f, 0, 16, 9);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "a posting tuple with 4 rows cannot be split at 4",
                               forge_redo(f, 0, page));
    store_u16(f->bytes[0], 0);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, page));
    store_u16(f->bytes[0], 2);
    store_u16(f->bytes[WAL_BLOCK_REF_MAX], 2);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "an index tuple of 16 bytes is not a posting tuple",
                               forge_redo(f, 0, page));
}

static void a_posting_list_outside_its_tuple_is_refused(void)
{
    Forge *f = record_on_leaf(WAL_BTREE_INSERT_POST);
    uint8_t *page = leaf(0, 1);
    IndexTuple *tuple;

    add_posting(page, 16, 4);
    forge_u16(f, FORGE_MAIN, 3);
    forge_u16(f, 0, 2);
    forge_tuple(f, 0, 16, 9);
    tuple = (IndexTuple *)page_get_item_rw(page, 2, NULL);
    tuple->tid.offset++;
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "a posting tuple of 40 bytes cannot have 5 rows at 16",
                               forge_redo(f, 0, page));
    tuple->tid = tid_make(4, BTREE_IS_POSTING | 2);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, page));
    tuple->tid = tid_make(48, BTREE_IS_POSTING | 2);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, page));
    tuple->tid = tid_make(16, BTREE_IS_POSTING);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, page));
}

/* ---- Splits ---- */

static Forge *split_record(uint8_t info, uint32_t level, OffsetNo first_right, OffsetNo new_offnum,
                           uint16_t posting)
{
    Forge *f = record_on_leaf(info);

    forge_init_ref(f, 1, 8);
    forge_u32(f, FORGE_MAIN, level);
    forge_u16(f, FORGE_MAIN, first_right);
    forge_u16(f, FORGE_MAIN, new_offnum);
    forge_u16(f, FORGE_MAIN, posting);
    return f;
}

/* The marks of all items of a page, as a string of digits. */
static const char *marks(const uint8_t *page)
{
    static char text[64];
    OffsetNo count = page_item_count(page);

    for (OffsetNo i = 1; i <= count; i++)
        text[i - 1] = (char)('0' + forge_mark(page, i));
    text[count] = '\0';
    return text;
}

static void the_left_half_keeps_items_before_the_split_point(void)
{
    Forge *f = split_record(WAL_BTREE_SPLIT_R, 0, 4, 5, 0);
    uint8_t *page = leaf(30, 6); /* item 1 is the high key */

    forge_tuple(f, 0, 16, 9);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_STRING_EQUAL(marks(page), "923");
    CU_ASSERT_EQUAL(special_of(page)->prev, 20);
    CU_ASSERT_EQUAL(special_of(page)->next, 8);
    CU_ASSERT_EQUAL(special_of(page)->flags, BTREE_LEAF | BTREE_INCOMPLETE_SPLIT);
    CU_ASSERT_EQUAL(special_of(page)->cycle_id, 0);
}

static void the_new_item_comes_at_its_place_or_at_the_end(void)
{
    Forge *f = split_record(WAL_BTREE_SPLIT_L, 1, 4, 2, 0);
    uint8_t *page = leaf(0, 6); /* rightmost: no high key */

    forge_tuple(f, 0, 16, 8);
    forge_tuple(f, 0, 16, 9);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_STRING_EQUAL(marks(page), "91823");
    CU_ASSERT_EQUAL(special_of(page)->flags, BTREE_INCOMPLETE_SPLIT);

    f = split_record(WAL_BTREE_SPLIT_L, 0, 4, 4, 0);
    page = leaf(0, 6);
    forge_tuple(f, 0, 16, 8);
    forge_tuple(f, 0, 16, 9);
    forge_redo(f, 0, page);
    CU_ASSERT_STRING_EQUAL(marks(page), "91238");
}

static void a_split_may_split_a_posting_list_too(void)
{
    Forge *f = split_record(WAL_BTREE_SPLIT_R, 0, 3, 3, 1);
    uint8_t *page = leaf(0, 1);

    add_posting(page, 16, 3);
    forge_page_tuple(page, 16, 5);
    forge_tuple(f, 0, 16, 8); /* only for the posting tuple, the new item goes right */
    forge_tuple(f, 0, 16, 9);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(page_item_count(page), 3);
    CU_ASSERT_EQUAL(row_block(page, 3, 0), 100);
    CU_ASSERT_EQUAL(row_block(page, 3, 1), 1000);
    CU_ASSERT_EQUAL(row_block(page, 3, 2), 101);
}

static void the_right_half_is_made_of_items_listed_last_first(void)
{
    Forge *f = split_record(WAL_BTREE_SPLIT_R, 0, 4, 5, 0);
    uint8_t *page = leaf(0, 6);

    forge_tuple(f, 1, 24, 3);
    forge_tuple(f, 1, 16, 2);
    forge_tuple(f, 1, 16, 1);
    CU_ASSERT_EQUAL(forge_redo(f, 1, page), REDO_APPLIED);
    CU_ASSERT_STRING_EQUAL(marks(page), "123");
    CU_ASSERT_EQUAL(page_item_id(page, 1).offset, BLOCK_SIZE - 16 - 16);
    CU_ASSERT_EQUAL(special_of(page)->prev, 7);
    CU_ASSERT_EQUAL(special_of(page)->next, 0);
    CU_ASSERT_EQUAL(special_of(page)->flags, BTREE_LEAF);

    forge_ref(f, 2, 30);
    forge_redo(f, 1, page);
    CU_ASSERT_EQUAL(special_of(page)->next, 30);
    page = leaf(0, 1);
    forge_redo(f, 2, page);
    CU_ASSERT_EQUAL(special_of(page)->prev, 8);
}

static void more_items_than_a_page_can_have_are_refused(void)
{
    Forge *f = split_record(WAL_BTREE_SPLIT_R, 0, 4, 5, 0);

    /* The forge has room for as many as just do not fit a page. */
    for (size_t i = 0; i < FORGE_ROOM / 8; i++)
        forge_tuple(f, 1, 8, 1);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 1, leaf(0, 1)));
}

static void a_split_point_beyond_the_items_is_refused(void)
{
    Forge *f = split_record(WAL_BTREE_SPLIT_R, 0, 9, 5, 0);

    forge_tuple(f, 0, 16, 9);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, leaf(0, 6)));
    f = record_on_leaf(WAL_BTREE_SPLIT_R);
    forge_u32(f, FORGE_MAIN, 0);
    forge_u16(f, FORGE_MAIN, 2);
    forge_u32(f, FORGE_MAIN, 5);
    forge_tuple(f, 0, 16, 9);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "the record has no block reference 1",
                               forge_redo(f, 0, leaf(0, 6)));
}

/* ---- Posting lists grow and shrink ---- */

static void runs_of_equal_keys_are_merged(void)
{
    Forge *f = record_on_leaf(WAL_BTREE_DEDUP);
    uint8_t *page = leaf(30, 5);

    add_posting(page, 16, 2);
    forge_page_tuple(page, 16, 7);
    forge_u16(f, FORGE_MAIN, 2);
    forge_u16(f, 0, 3); /* 3 and 4 */
    forge_u16(f, 0, 2);
    forge_u16(f, 0, 6); /* the posting tuple and 7 */
    forge_u16(f, 0, 2);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(page_item_count(page), 5);
    CU_ASSERT_EQUAL(forge_mark(page, 2), 2);
    CU_ASSERT_EQUAL(row_block(page, 3, 1), 1000);
    CU_ASSERT_EQUAL(forge_mark(page, 4), 5);
    CU_ASSERT_EQUAL(row_block(page, 5, 0), 100);
    CU_ASSERT_EQUAL(row_block(page, 5, 2), 1000);
    CU_ASSERT_EQUAL(page_item_id(page, 5).len, size_align_up(16 + 3 * 6, 8));
    CU_ASSERT_EQUAL(special_of(page)->flags, BTREE_LEAF);
    CU_ASSERT_EQUAL(special_of(page)->cycle_id, 4);
    CU_ASSERT_EQUAL(special_of(page)->next, 30);
}

static void runs_that_are_not_on_the_page_are_refused(void)
{
    Forge *f = record_on_leaf(WAL_BTREE_DEDUP);

    forge_u16(f, FORGE_MAIN, 1);
    forge_u16(f, 0, 3);
    forge_u16(f, 0, 2);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "2 index tuples from 3 on cannot be merged",
                               forge_redo(f, 0, leaf(0, 3)));
    store_u16(f->bytes[0], 1);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, leaf(30, 3))); /* the high key */
    store_u16(f->bytes[0], 2);
    store_u16(f->bytes[0] + 2, 0);
    UNIT_ASSERT_RAISES(SQLSTATE_DATA_CORRUPTED, forge_redo(f, 0, leaf(0, 3)));
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "1 runs of index tuples to merge are not on the page",
                               forge_redo(f, 0, leaf(0, 0)));
}

static void a_merge_of_too_many_rows_is_refused(void)
{
    Forge *f = record_on_leaf(WAL_BTREE_DEDUP);
    uint8_t *page = leaf(0, 0);

    add_posting(page, 16, 700);
    add_posting(page, 16, 600);
    for (OffsetNo i = 2; i <= 3; i++) {
        /* The same storage again and again, as no server would have it. */
        page_add_item(page, "", 0, i, PAGE_ADD_INSERT);
        page_set_item_id(page, i, page_item_id(page, 1));
    }
    forge_u16(f, FORGE_MAIN, 1);
    forge_u16(f, 0, 1);
    forge_u16(f, 0, 4);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "a posting tuple cannot have the rows of 4 index tuples",
                               forge_redo(f, 0, page));
}

static void items_too_short_for_a_header_are_refused(void)
{
    Forge *f = record_on_leaf(WAL_BTREE_DEDUP);
    uint8_t *page = leaf(0, 0);

    page_add_item(page, "1234", 4, 1, PAGE_ADD_INSERT);
    forge_page_tuple(page, 16, 2);
    forge_u16(f, FORGE_MAIN, 1);
    forge_u16(f, 0, 1);
    forge_u16(f, 0, 2);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED, "index tuple 1 has 4 bytes",
                               forge_redo(f, 0, page));

    page = leaf(0, 0);
    page_add_item(page, "1234", 4, 1, PAGE_ADD_INSERT);
    forge_page_tuple(page, 16, 2);
    f = record_on_leaf(WAL_BTREE_MARK_PAGE_HALFDEAD);
    forge_ref(f, 1, 8);
    forge_u16(f, FORGE_MAIN, 1);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "index tuple 1 or the one after it is shorter than its header",
                               forge_redo(f, 1, page));
}

/* A vacuum that deletes tuple 2 and takes rows away from the posting tuple 3. */
static Forge *vacuum_record(const uint16_t *indexes, uint16_t count)
{
    Forge *f = record_on_leaf(WAL_BTREE_VACUUM);

    forge_u16(f, FORGE_MAIN, 1);
    forge_u16(f, FORGE_MAIN, 1);
    forge_u16(f, 0, 2);
    forge_u16(f, 0, 3);
    forge_u16(f, 0, count);
    for (uint16_t i = 0; i < count; i++)
        forge_u16(f, 0, indexes[i]);
    return f;
}

static uint8_t *leaf_with_posting(void)
{
    uint8_t *page = leaf(0, 2);

    add_posting(page, 16, 4);
    return page;
}

static void vacuum_takes_rows_out_of_posting_tuples(void)
{
    uint8_t *page = leaf_with_posting();

    CU_ASSERT_EQUAL(forge_redo(vacuum_record((const uint16_t[]){0, 2}, 2), 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(page_item_count(page), 2);
    CU_ASSERT_EQUAL(row_block(page, 2, 0), 101);
    CU_ASSERT_EQUAL(row_block(page, 2, 1), 103);
    CU_ASSERT_EQUAL(page_item_id(page, 2).len, 32);
    CU_ASSERT_EQUAL(special_of(page)->flags, BTREE_LEAF);
    CU_ASSERT_EQUAL(special_of(page)->cycle_id, 0);
}

static void a_posting_tuple_with_one_row_left_is_a_plain_one(void)
{
    uint8_t *page = leaf_with_posting();
    const IndexTuple *tuple;

    forge_redo(vacuum_record((const uint16_t[]){0, 1, 3}, 3), 0, page);
    tuple = (const IndexTuple *)page_get_item(page, 2, NULL);
    CU_ASSERT_EQUAL(tuple->info, 16);
    CU_ASSERT_EQUAL(tid_block(tuple->tid), 102);
    CU_ASSERT_EQUAL(page_item_id(page, 2).len, 16);
}

static void rows_that_a_posting_tuple_does_not_have_are_refused(void)
{
    static const uint16_t wrong[][4] = {{4}, {1, 0}, {0, 1, 2, 3}};

    for (uint16_t i = 0; i < ARRAY_LEN(wrong); i++)
        UNIT_ASSERT_RAISES(
            SQLSTATE_DATA_CORRUPTED,
            forge_redo(vacuum_record(wrong[i], (uint16_t[]){1, 2, 4}[i]), 0, leaf_with_posting()));
}

static void a_delete_has_the_same_lists_behind_an_xid(void)
{
    Forge *f = record_on_leaf(WAL_BTREE_DELETE);
    uint8_t *page = leaf(0, 3);

    forge_u32(f, FORGE_MAIN, 800);
    forge_u16(f, FORGE_MAIN, 2);
    forge_u16(f, FORGE_MAIN, 0);
    forge_u16(f, 0, 1);
    forge_u16(f, 0, 3);
    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_STRING_EQUAL(marks(page), "2");
    CU_ASSERT_EQUAL(special_of(page)->cycle_id, 4);

    f->record.main_len = 0;
    forge_u32(f, FORGE_MAIN, 800);
    forge_u16(f, FORGE_MAIN, 5000);
    forge_u16(f, FORGE_MAIN, 0);
    page_set_lsn(page, 0);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_DATA_CORRUPTED,
                               "5000 offset numbers are more than a page can have",
                               forge_redo(f, 0, page));
}

/* ---- Page deletion and roots ---- */

static void a_page_to_delete_leaves_its_parent_first(void)
{
    Forge *f = forge_new(RMGR_BTREE, WAL_BTREE_MARK_PAGE_HALFDEAD);
    uint8_t *page = leaf(0, 4);
    const IndexTuple *item;

    forge_init_ref(f, 0, 7);
    forge_ref(f, 1, 3);
    forge_u16(f, FORGE_MAIN, 2);
    forge_u16(f, FORGE_MAIN, 0xEEEE);
    forge_u32(f, FORGE_MAIN, 7);
    forge_u32(f, FORGE_MAIN, 6);
    forge_u32(f, FORGE_MAIN, 8);
    forge_u32(f, FORGE_MAIN, 5);
    ((IndexTuple *)page_get_item_rw(page, 3, NULL))->tid = tid_make(70000, 33);
    CU_ASSERT_EQUAL(forge_redo(f, 1, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(page_item_count(page), 3);
    item = (const IndexTuple *)page_get_item(page, 2, NULL);
    CU_ASSERT_EQUAL(tid_block(item->tid), 70000);
    CU_ASSERT_EQUAL(item->tid.offset, 2); /* its own */

    CU_ASSERT_EQUAL(forge_redo(f, 0, page), REDO_APPLIED);
    CU_ASSERT_EQUAL(special_of(page)->prev, 6);
    CU_ASSERT_EQUAL(special_of(page)->next, 8);
    CU_ASSERT_EQUAL(special_of(page)->flags, BTREE_HALF_DEAD | BTREE_LEAF);
    item = (const IndexTuple *)page_get_item(page, 1, NULL);
    CU_ASSERT_EQUAL(tid_block(item->tid), 5);
    CU_ASSERT_EQUAL(item->info, 8 | BTREE_ALT_TID);
}

static void a_deleted_page_is_unlinked_from_both_sides(void)
{
    Forge *f = forge_new(RMGR_BTREE, WAL_BTREE_UNLINK_PAGE);
    uint8_t *page = leaf(7, 2);

    forge_init_ref(f, 0, 7);
    forge_ref(f, 1, 6);
    forge_ref(f, 2, 8);
    forge_init_ref(f, 3, 9);
    forge_u32(f, FORGE_MAIN, 6);
    forge_u32(f, FORGE_MAIN, 8);
    forge_u32(f, FORGE_MAIN, 0);
    forge_u32(f, FORGE_MAIN, 0);
    forge_u64(f, FORGE_MAIN, UINT64_C(0x100000309));
    forge_u32(f, FORGE_MAIN, 16);
    forge_u32(f, FORGE_MAIN, 18);
    forge_u32(f, FORGE_MAIN, 3);
    forge_redo(f, 1, page);
    CU_ASSERT_EQUAL(special_of(page)->next, 8);
    page = leaf(7, 2);
    forge_redo(f, 2, page);
    CU_ASSERT_EQUAL(special_of(page)->prev, 6);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(special_of(page)->flags, BTREE_DELETED | BTREE_HAS_FULL_XID | BTREE_LEAF);
    CU_ASSERT_EQUAL(page_lower(page), 32);
    CU_ASSERT_EQUAL(load_u64(page + PAGE_HEADER_SIZE), UINT64_C(0x100000309));
    forge_redo(f, 3, page);
    CU_ASSERT_EQUAL(special_of(page)->prev, 16);
    CU_ASSERT_EQUAL(special_of(page)->next, 18);
    CU_ASSERT_EQUAL(page_item_count(page), 1);
    store_u32(f->bytes[WAL_BLOCK_REF_MAX] + 8, 1);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(special_of(page)->flags, BTREE_DELETED | BTREE_HAS_FULL_XID);
    CU_ASSERT_EQUAL(special_of(page)->level, 1);
}

static void a_root_is_a_leaf_only_on_level_zero(void)
{
    Forge *f = forge_new(RMGR_BTREE, WAL_BTREE_NEWROOT);
    uint8_t *page = leaf(7, 2);

    forge_init_ref(f, 0, 7);
    forge_u32(f, FORGE_MAIN, 7);
    forge_u32(f, FORGE_MAIN, 0);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(special_of(page)->flags, BTREE_ROOT | BTREE_LEAF);
    CU_ASSERT_EQUAL(page_item_count(page), 0);
    store_u32(f->bytes[WAL_BLOCK_REF_MAX] + 4, 2);
    forge_tuple(f, 0, 16, 2);
    forge_tuple(f, 0, 8, 1);
    forge_redo(f, 0, page);
    CU_ASSERT_EQUAL(special_of(page)->flags, BTREE_ROOT);
    CU_ASSERT_EQUAL(special_of(page)->level, 2);
    CU_ASSERT_STRING_EQUAL(marks(page), "12");
}

UNIT_SUITE(btree)
{
    UNIT_TEST(an_insert_moves_later_items_up);
    UNIT_TEST(an_insert_without_its_tuple_is_refused);
    UNIT_TEST(the_left_half_is_told_that_its_split_is_done);
    UNIT_TEST(the_metapage_is_made_whole);
    UNIT_TEST(a_row_inside_a_posting_list_changes_places_with_the_last);
    UNIT_TEST(a_posting_list_is_split_inside);
    UNIT_TEST(a_posting_list_outside_its_tuple_is_refused);
    UNIT_TEST(the_left_half_keeps_items_before_the_split_point);
    UNIT_TEST(the_new_item_comes_at_its_place_or_at_the_end);
    UNIT_TEST(a_split_may_split_a_posting_list_too);
    UNIT_TEST(the_right_half_is_made_of_items_listed_last_first);
    UNIT_TEST(more_items_than_a_page_can_have_are_refused);
    UNIT_TEST(a_split_point_beyond_the_items_is_refused);
    UNIT_TEST(runs_of_equal_keys_are_merged);
    UNIT_TEST(runs_that_are_not_on_the_page_are_refused);
    UNIT_TEST(a_merge_of_too_many_rows_is_refused);
    UNIT_TEST(items_too_short_for_a_header_are_refused);
    UNIT_TEST(vacuum_takes_rows_out_of_posting_tuples);
    UNIT_TEST(a_posting_tuple_with_one_row_left_is_a_plain_one);
    UNIT_TEST(rows_that_a_posting_tuple_does_not_have_are_refused);
    UNIT_TEST(a_delete_has_the_same_lists_behind_an_xid);
    UNIT_TEST(a_page_to_delete_leaves_its_parent_first);
    UNIT_TEST(a_deleted_page_is_unlinked_from_both_sides);
    UNIT_TEST(a_root_is_a_leaf_only_on_level_zero);
}

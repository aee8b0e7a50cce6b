/* btree_build_test.c - small indexes, and what a build refuses; tests/access compares others. */
#include "common/base/base.h"

#include <string.h>

#include "common/mem/mem.h"
#include "server/access/btree/btree_int.h"
#include "server/fmgr/varlena.h"
#include "tests/unit/unit.h"

#define INT4_CMP 351
#define TEXT_CMP 360

typedef struct Written {
    BlockNo count, last;
    uint8_t pages[8][BLOCK_SIZE];
} Written;

static Written written;

static void take_page(void *arg, BlockNo block, uint8_t *page)
{
    Written *w = arg;

    CU_ASSERT_TRUE_FATAL(block < ARRAY_LEN(w->pages));
    memcpy(w->pages[block], page, BLOCK_SIZE);
    w->count++;
    w->last = block;
}

static BtreeKeys *int_keys(bool is_unique)
{
    BtreeKeys *keys = mem_new(BtreeKeys);
    TupleDesc *desc = tuple_desc_new(1);

    tuple_desc_set(desc, 1, "a", 23, 4, true, 'i');
    btree_keys_init(keys, desc, 1);
    btree_keys_set_order(keys, 1, INT4_CMP, 0, 0);
    keys->is_unique = is_unique;
    keys->all_equal_image = keys->may_deduplicate = true;
    keys->index_name = "t_a_key";
    return keys;
}

static void describe(void *arg, const IndexTuple *tuple, BtreeConflict *out)
{
    (void)arg;
    out->detail = err_fmt("Key (a)=(%d) is duplicated.", (int)load_u32(tuple + 1));
}

static BtreeBuild *begin(const BtreeKeys *keys)
{
    const BtreeBuildSpec spec = {.keys = keys,
                                 .memory_max = MIB(1),
                                 .write = take_page,
                                 .describe_duplicate = describe,
                                 .arg = &written};

    written = (Written){.count = 0};
    return btree_build_begin(&spec);
}

static void add_int(BtreeBuild *b, int32_t n, OffsetNo offset, bool is_alive)
{
    const Datum value = datum_of_i32(n);
    const bool null = false;

    btree_build_add(b, &value, &null, tid_make(0, offset), is_alive);
}

static void add_null(BtreeBuild *b, OffsetNo offset)
{
    const Datum value = 0;
    const bool null = true;

    btree_build_add(b, &value, &null, tid_make(0, offset), true);
}

static void an_empty_index_is_a_metapage_without_root(void)
{
    const BtreeMeta *meta = (const BtreeMeta *)(written.pages[0] + PAGE_HEADER_SIZE);

    CU_ASSERT_EQUAL(btree_build_finish(begin(int_keys(false))), 1);
    CU_ASSERT_EQUAL(written.count, 1);
    CU_ASSERT_EQUAL(meta->magic, BTREE_MAGIC);
    CU_ASSERT_EQUAL(meta->root, BTREE_NO_BLOCK);
    CU_ASSERT_EQUAL(meta->all_equal_image, 1);
}

static void rows_come_out_in_order_and_the_metapage_last(void)
{
    BtreeBuild *b = begin(int_keys(true));
    uint8_t *page = written.pages[1];

    add_int(b, 3, 1, true);
    add_int(b, -1, 2, true);
    add_int(b, 2, 3, true);
    CU_ASSERT_EQUAL(btree_build_finish(b), 2);
    CU_ASSERT_EQUAL(written.last, BTREE_META_BLOCK);
    CU_ASSERT_EQUAL(btree_special(page)->flags, BTREE_LEAF | BTREE_ROOT);
    CU_ASSERT_EQUAL(page_item_count(page), 3);
    CU_ASSERT_EQUAL(((const IndexTuple *)page_get_item(page, 1, NULL))->tid.offset, 2);
    CU_ASSERT_EQUAL(((const IndexTuple *)page_get_item(page, 2, NULL))->tid.offset, 3);
    CU_ASSERT_EQUAL(((const IndexTuple *)page_get_item(page, 3, NULL))->tid.offset, 1);
}

static void duplicates_are_merged_in_the_order_of_rows(void)
{
    BtreeBuild *b = begin(int_keys(false));
    const IndexTuple *tuple;

    add_int(b, 3, 9, true);
    add_int(b, 3, 4, true);
    add_int(b, 3, 6, true);
    btree_build_finish(b);
    CU_ASSERT_EQUAL_FATAL(page_item_count(written.pages[1]), 1);
    tuple = (const IndexTuple *)page_get_item(written.pages[1], 1, NULL);
    CU_ASSERT_TRUE_FATAL(btree_tuple_is_posting(tuple));
    CU_ASSERT_EQUAL(btree_posting_count(tuple), 3);
    CU_ASSERT_EQUAL(btree_tuple_tid(tuple)->offset, 4);
    CU_ASSERT_EQUAL(btree_tuple_max_tid(tuple)->offset, 9);
}

static void a_unique_index_refuses_duplicates(void)
{
    BtreeBuild *b = begin(int_keys(true));

    add_int(b, 7, 1, true);
    add_int(b, 5, 2, true);
    add_int(b, 7, 3, true);
    UNIT_ASSERT_RAISES_MESSAGE(SQLSTATE_UNIQUE_VIOLATION,
                               "could not create unique index \"t_a_key\"", btree_build_finish(b));
}

static void dead_rows_and_nulls_are_no_duplicates(void)
{
    BtreeKeys *keys = int_keys(true);
    BtreeBuild *b = begin(keys);

    add_int(b, 7, 3, false);
    add_int(b, 7, 2, true);
    add_int(b, 7, 1, false);
    add_null(b, 4);
    add_null(b, 5);
    btree_build_finish(b);
    CU_ASSERT_EQUAL(page_item_count(written.pages[1]), 5);
    for (OffsetNo i = 1; i <= 5; i++)
        CU_ASSERT_EQUAL(((const IndexTuple *)page_get_item(written.pages[1], i, NULL))->tid.offset,
                        i);

    keys->nulls_are_equal = true;
    b = begin(keys);
    add_null(b, 4);
    add_null(b, 5);
    UNIT_ASSERT_RAISES(SQLSTATE_UNIQUE_VIOLATION, btree_build_finish(b));
}

static void rows_longer_than_a_third_of_a_page_are_refused(void)
{
    BtreeKeys *keys = int_keys(false);
    TupleDesc *desc = tuple_desc_new(1);
    char text[2700];
    const bool null = false;
    Datum value;
    BtreeBuild *b;

    tuple_desc_set(desc, 1, "a", 25, -1, false, 'i');
    desc->columns[0].storage = 'e';
    keys->desc = desc;
    btree_keys_set_order(keys, 1, TEXT_CMP, COLLATION_C, 0);
    memset(text, 'x', sizeof(text));
    value = datum_of_pointer(varlena_new(text, 2692));
    b = begin(keys);
    btree_build_add(b, &value, &null, tid_make(3, 4), true);
    btree_build_finish(b);

    value = datum_of_pointer(varlena_new(text, 2693));
    b = begin(keys);
    btree_build_add(b, &value, &null, tid_make(3, 4), true);
    UNIT_ASSERT_RAISES_MESSAGE(
        SQLSTATE_PROGRAM_LIMIT_EXCEEDED,
        "index row size 2712 exceeds btree version 4 maximum 2704 for index \"t_a_key\"",
        btree_build_finish(b));
}

UNIT_SUITE(btree_build)
{
    UNIT_TEST(an_empty_index_is_a_metapage_without_root);
    UNIT_TEST(rows_come_out_in_order_and_the_metapage_last);
    UNIT_TEST(duplicates_are_merged_in_the_order_of_rows);
    UNIT_TEST(a_unique_index_refuses_duplicates);
    UNIT_TEST(dead_rows_and_nulls_are_no_duplicates);
    UNIT_TEST(rows_longer_than_a_third_of_a_page_are_refused);
}

/* fsm_page_test.c - where the free space map keeps a block's byte. */
#include "common/base/base.h"

#include "common/format/fsm_page.h"
#include "tests/unit/unit.h"

static void sizes_are_those_of_the_server(void)
{
    CU_ASSERT_EQUAL(FSM_INNER_NODES, 4095);
    CU_ASSERT_EQUAL(FSM_LEAVES, 4069);
    CU_ASSERT_EQUAL(fsm_leaf_of(0), 28 + 4095);
    CU_ASSERT_EQUAL(fsm_leaf_of(4068), 8191);
    CU_ASSERT_EQUAL(fsm_leaf_of(4069), 28 + 4095);
}

static void upper_pages_come_before_what_they_cover(void)
{
    CU_ASSERT_EQUAL(fsm_block_of_page(2, 0), 0);
    CU_ASSERT_EQUAL(fsm_block_of_page(1, 0), 1);
    CU_ASSERT_EQUAL(fsm_block_of_page(0, 0), 2);
    CU_ASSERT_EQUAL(fsm_block_of_page(0, 1), 3);
    CU_ASSERT_EQUAL(fsm_block_of_page(0, 4068), 4070);
    CU_ASSERT_EQUAL(fsm_block_of_page(1, 1), 4071);
    CU_ASSERT_EQUAL(fsm_block_of_page(0, 4069), 4072);
    CU_ASSERT_EQUAL(fsm_block_of(0), 2);
    CU_ASSERT_EQUAL(fsm_block_of(4069), 3);
    CU_ASSERT_EQUAL(fsm_block_count(0), 0);
    CU_ASSERT_EQUAL(fsm_block_count(1), 3);
    CU_ASSERT_EQUAL(fsm_block_count(4069), 3);
    CU_ASSERT_EQUAL(fsm_block_count(4070), 4);
}

static void space_goes_in_steps_of_32(void)
{
    CU_ASSERT_EQUAL(fsm_category_of_bytes(0), 0);
    CU_ASSERT_EQUAL(fsm_category_of_bytes(31), 0);
    CU_ASSERT_EQUAL(fsm_category_of_bytes(32), 1);
    CU_ASSERT_EQUAL(fsm_category_of_bytes(8159), 254);
    CU_ASSERT_EQUAL(fsm_category_of_bytes(8160), 255);
    CU_ASSERT_EQUAL(fsm_category_of_bytes(8191), 255);
    CU_ASSERT_EQUAL(fsm_category_to_bytes(0), 0);
    CU_ASSERT_EQUAL(fsm_category_to_bytes(254), 8128);
    CU_ASSERT_EQUAL(fsm_category_to_bytes(255), 8160);
}

static void truncation_clears_leaves_and_repairs_the_tree(void)
{
    uint8_t page[BLOCK_SIZE];
    uint8_t *nodes = page + FSM_NODES_AT;

    page_init(page, 0);
    nodes[FSM_INNER_NODES + 0] = 10;
    nodes[FSM_INNER_NODES + 1] = 20;
    nodes[FSM_INNER_NODES + 7] = 99;
    nodes[FSM_INNER_NODES + 4068] = 200;
    nodes[0] = 200;
    fsm_page_truncate(page, 4069 + 7);
    CU_ASSERT_EQUAL(nodes[0], 20);
    CU_ASSERT_EQUAL(nodes[2047], 20);
    CU_ASSERT_EQUAL(nodes[FSM_INNER_NODES + 7], 0);
    CU_ASSERT_EQUAL(nodes[FSM_INNER_NODES + 4068], 0);
    CU_ASSERT_EQUAL(nodes[FSM_INNER_NODES + 1], 20);
    fsm_page_truncate(page, 0);
    CU_ASSERT_EQUAL(nodes[0], 0);
}

UNIT_SUITE(fsm_page)
{
    UNIT_TEST(sizes_are_those_of_the_server);
    UNIT_TEST(upper_pages_come_before_what_they_cover);
    UNIT_TEST(space_goes_in_steps_of_32);
    UNIT_TEST(truncation_clears_leaves_and_repairs_the_tree);
}

/* fsm_page.c - find and change bytes of the free space map; fsm_page.h has the layout. */
#include "common/base/base.h"

#include "common/format/fsm_page.h"

#define CATEGORY_MAX  255
#define LARGEST_TUPLE 8160 /* of the heap: the least that is called CATEGORY_MAX */

BlockNo fsm_block_of_page(unsigned level, uint32_t page)
{
    uint64_t leaf_page = page, blocks = 0;

    ASSERT(level < FSM_LEVELS);
    /* The first page of the lowest level that is below this one. */
    for (unsigned i = 0; i < level; i++)
        leaf_page *= FSM_LEAVES;

    /* Pages of every level up to and with that one, which are written top-down. */
    for (unsigned i = 0; i < FSM_LEVELS; i++) {
        blocks += leaf_page + 1;
        leaf_page /= FSM_LEAVES;
    }
    return (BlockNo)(blocks - level - 1);
}

BlockNo fsm_block_of(BlockNo heap_block)
{
    return fsm_block_of_page(0, heap_block / FSM_LEAVES);
}

BlockNo fsm_block_count(BlockNo heap_blocks)
{
    return heap_blocks == 0 ? 0 : fsm_block_of(heap_blocks - 1) + 1;
}

size_t fsm_category_to_bytes(uint8_t category)
{
    return category == CATEGORY_MAX ? LARGEST_TUPLE : (size_t)category * FSM_STEP;
}

uint8_t fsm_category_of_bytes(size_t bytes)
{
    if (bytes >= LARGEST_TUPLE)
        return CATEGORY_MAX;
    return (uint8_t)size_min(bytes / FSM_STEP, CATEGORY_MAX - 1);
}

void fsm_page_truncate(uint8_t *page, BlockNo first)
{
    uint8_t *nodes = page + FSM_NODES_AT;
    size_t leaf = FSM_INNER_NODES + first % FSM_LEAVES;

    memset(nodes + leaf, 0, FSM_NODES_PER_PAGE - leaf);
    for (size_t i = FSM_INNER_NODES; i-- > 0;) {
        size_t left = 2 * i + 1, right = left + 1;
        uint8_t value = left < FSM_NODES_PER_PAGE ? nodes[left] : 0;

        if (right < FSM_NODES_PER_PAGE && nodes[right] > value)
            value = nodes[right];
        nodes[i] = value;
    }
}

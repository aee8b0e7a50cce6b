/*
 * fsm_tree.c - the tree on a page of the free space map
 *
 * Each inner node has the larger value of its two children; leaves are the last nodes. The page's
 * hint, a slot, is where the next search begins, so that those who search at the same time are sent
 * to different places, and the same place is not asked again at once.
 */
#include "common/base/base.h"

#include <stdatomic.h>

#include "common/format/fsm_page.h"
#include "server/storage/fsm/fsm_int.h"

static uint8_t *nodes_of(uint8_t *page);
static uint8_t node_value(const uint8_t *nodes, size_t node);
static uint8_t value_below(const uint8_t *nodes, size_t node);
static size_t right_of(size_t node);
static _Atomic uint32_t *hint_of(uint8_t *page);

bool fsm_tree_set(uint8_t *page, unsigned slot, uint8_t value)
{
    uint8_t *nodes = nodes_of(page);
    size_t node = FSM_INNER_NODES + slot;

    ASSERT(slot < FSM_LEAVES);
    if (nodes[node] == value && value <= nodes[0])
        return false;
    nodes[node] = value;
    while (node > 0) {
        uint8_t above;

        node = (node - 1) / 2;
        above = value_below(nodes, node);
        if (nodes[node] == above)
            break;
        nodes[node] = above;
    }
    /* A node on the way was wrong before, which stopped us too early. */
    if (value > nodes[0])
        fsm_tree_mend(page);
    return true;
}

uint8_t fsm_tree_get(const uint8_t *page, unsigned slot)
{
    ASSERT(slot < FSM_LEAVES);
    return page[FSM_NODES_AT + FSM_INNER_NODES + slot];
}

uint8_t fsm_tree_best(const uint8_t *page)
{
    return page[FSM_NODES_AT];
}

int fsm_tree_search(uint8_t *page, uint8_t value, bool goes_behind)
{
    const uint8_t *nodes = nodes_of(page);
    uint32_t hint = atomic_load_explicit(hint_of(page), memory_order_relaxed);
    size_t node = FSM_INNER_NODES + (hint < FSM_LEAVES ? hint : 0);

    if (nodes[0] < value)
        return FSM_SLOT_NONE;
    /* Up and to the right, until a subtree has it: on each level that doubles what is looked at. */
    while (node > 0 && node_value(nodes, node) < value)
        node = (right_of(node) - 1) / 2;
    /* Down, to the left where that has it. */
    while (node < FSM_INNER_NODES) {
        size_t left = 2 * node + 1;

        if (node_value(nodes, left) >= value)
            node = left;
        else if (node_value(nodes, left + 1) >= value)
            node = left + 1;
        else
            return FSM_SLOT_BAD;
    }
    node -= FSM_INNER_NODES;
    atomic_store_explicit(hint_of(page), (uint32_t)node + goes_behind, memory_order_relaxed);
    return (int)node;
}

void fsm_tree_reset_hint(uint8_t *page)
{
    atomic_store_explicit(hint_of(page), 0, memory_order_relaxed);
}

void fsm_tree_mend(uint8_t *page)
{
    uint8_t *nodes = nodes_of(page);

    for (size_t node = FSM_INNER_NODES; node-- > 0;)
        nodes[node] = value_below(nodes, node);
}

static uint8_t *nodes_of(uint8_t *page)
{
    return page + FSM_NODES_AT;
}

/* The tree is cut off at the page's end: what lies behind it has nothing. */
static uint8_t node_value(const uint8_t *nodes, size_t node)
{
    return node < FSM_NODES_PER_PAGE ? nodes[node] : 0;
}

static uint8_t value_below(const uint8_t *nodes, size_t node)
{
    uint8_t left = node_value(nodes, 2 * node + 1), right = node_value(nodes, 2 * node + 2);

    return left > right ? left : right;
}

/* The next node of the same level; behind the last comes the first. */
static size_t right_of(size_t node)
{
    node++;
    return (node & (node + 1)) == 0 ? node / 2 : node;
}

/* In an aligned word, so no reader sees half of it. */
static _Atomic uint32_t *hint_of(uint8_t *page)
{
    return (_Atomic uint32_t *)(void *)(page + PAGE_HEADER_SIZE);
}

/*
 * fsm_page.h - the free space map: where the byte of a heap block is
 *
 * Each page is a tree of bytes: 4095 inner nodes, then 4069 leaves; a node holds the largest of its
 * two children. Pages form three levels; the leaves of the lowest stand for heap blocks, those of
 * the upper ones for the roots of the pages below. A byte is free space in steps of 32 bytes. The
 * map is advice: it is not logged, may be wrong, and is repaired by who meets it.
 *
 * Source: storage/fsm_internals.h of PostgreSQL 15; a real server's maps.
 */
#ifndef FORMAT_FSM_PAGE_H
#define FORMAT_FSM_PAGE_H

#include "common/base/base.h"

#include "common/format/page.h"

#define FSM_LEVELS         3
#define FSM_NODES_AT       (PAGE_HEADER_SIZE + 4) /* behind the hint where to look next */
#define FSM_NODES_PER_PAGE (BLOCK_SIZE - FSM_NODES_AT)
#define FSM_INNER_NODES    (BLOCK_SIZE / 2 - 1)
#define FSM_LEAVES         (FSM_NODES_PER_PAGE - FSM_INNER_NODES)
#define FSM_STEP           32 /* bytes of free space */

/* The map block of a page of a level (0 holds heap blocks), and of a heap block's leaf. */
BlockNo fsm_block_of_page(unsigned level, uint32_t page);
BlockNo fsm_block_of(BlockNo heap_block);

/* The leaf of a heap block on its page, as offset in bytes. */
static inline size_t fsm_leaf_of(BlockNo heap_block)
{
    return FSM_NODES_AT + FSM_INNER_NODES + heap_block % FSM_LEAVES;
}

/* How many map blocks a relation of that many heap blocks has when its map is complete. */
BlockNo fsm_block_count(BlockNo heap_blocks);

/* What a byte promises, in bytes, and the byte for an amount of free space. */
size_t fsm_category_to_bytes(uint8_t category);
uint8_t fsm_category_of_bytes(size_t bytes);

/* Forget the heap blocks from first on, on the page that holds its leaf, and repair the tree. */
void fsm_page_truncate(uint8_t *page, BlockNo first);

#endif

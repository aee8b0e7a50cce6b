/*
 * vm_page.h - the visibility map: two bits for each heap block
 *
 * All visible (1), and all frozen (2) only together with it. A map page has no items: bits fill it
 * from the header to the end, low bits first.
 *
 * Source: access/visibilitymapdefs.h of PostgreSQL 15, checked on pages of a real server.
 */
#ifndef FORMAT_VM_PAGE_H
#define FORMAT_VM_PAGE_H

#include "common/base/base.h"

#include "common/format/page.h"

#define VM_ALL_VISIBLE     1u
#define VM_ALL_FROZEN      2u
#define VM_BITS            (VM_ALL_VISIBLE | VM_ALL_FROZEN)

#define VM_BLOCKS_PER_BYTE 4
#define VM_BLOCKS_PER_PAGE ((BLOCK_SIZE - PAGE_HEADER_SIZE) * VM_BLOCKS_PER_BYTE)

/* The map block that holds the bits of a heap block. */
static inline BlockNo vm_block_of(BlockNo heap_block)
{
    return heap_block / VM_BLOCKS_PER_PAGE;
}

/* Where on that page they are: a byte of the page, and the shift of the lower bit in it. */
static inline size_t vm_byte_of(BlockNo heap_block)
{
    return PAGE_HEADER_SIZE + heap_block % VM_BLOCKS_PER_PAGE / VM_BLOCKS_PER_BYTE;
}

static inline unsigned vm_shift_of(BlockNo heap_block)
{
    return heap_block % VM_BLOCKS_PER_BYTE * 2;
}

/* Both bits of a heap block; page is the map page that vm_block_of() names. */
static inline unsigned vm_bits(const uint8_t *page, BlockNo heap_block)
{
    unsigned bits = page[vm_byte_of(heap_block)];

    return bits >> vm_shift_of(heap_block) & VM_BITS;
}

#endif

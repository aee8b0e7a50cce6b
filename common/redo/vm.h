/*
 * vm.h - changes to a page of the visibility map, for the managers that imply them
 *
 * heap_block is the number of a heap block whose bits are on page.
 */
#ifndef REDO_VM_H
#define REDO_VM_H

#include "common/base/base.h"

#include "common/redo/redo_int.h"

/* Clear these bits; UNCHANGED when none of them was set. No LSN is set by that. */
RedoStep vm_redo_clear(uint8_t *page, BlockNo heap_block, unsigned bits);

/* Set these bits; a page that is new is made first. */
RedoStep vm_redo_set(uint8_t *page, BlockNo heap_block, unsigned bits);

/* Clear the bits of heap_block and of all after it on this page. */
RedoStep vm_redo_truncate(uint8_t *page, BlockNo heap_block);

#endif

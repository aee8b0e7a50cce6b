/*
 * vm.h - the visibility map: which heap blocks hold nothing but what all can see, or is frozen
 *
 * Cleared with the heap page's lock held, before it is changed; set only while the heap page says
 * PAGE_ALL_VISIBLE. Clearing is part of the heap's records, setting has one of its own.
 */
#ifndef VM_VM_H
#define VM_VM_H

#include "common/base/base.h"

#include "server/storage/buffer/buffer.h"

/* Pin the map page of a heap block, in *map (kept when it is the right one already). */
void vm_pin(SmgrRel *rel, BlockNo heap_block, Buffer *map);
bool vm_is_pinned_for(BlockNo heap_block, Buffer map);

/* Bits of vm_page.h. Clear: true when any was set. */
bool vm_clear(BlockNo heap_block, Buffer map, uint8_t bits);
void vm_set(SmgrRel *rel, BlockNo heap_block, Buffer heap, Lsn lsn, Buffer map, Xid horizon,
            uint8_t bits);
uint8_t vm_get(SmgrRel *rel, BlockNo heap_block, Buffer *map);
void vm_count(SmgrRel *rel, BlockNo *all_visible, BlockNo *all_frozen);
BlockNo vm_prepare_truncate(SmgrRel *rel, BlockNo block_count);

#endif

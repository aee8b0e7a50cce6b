/*
 * fsm.h - the free space map: where a tuple of some size may fit
 *
 * A hint: never logged, repaired as it is used. common/format/fsm_page.h has the bytes.
 */
#ifndef FSM_FSM_H
#define FSM_FSM_H

#include "common/base/base.h"

#include "server/storage/smgr/smgr.h"

/* A block with at least size bytes free, or BLOCK_NONE. */
BlockNo fsm_find(SmgrRel *rel, size_t size);

/* Note what block has, then find another: cheaper than both. */
BlockNo fsm_note_and_find(SmgrRel *rel, BlockNo block, size_t free_size, size_t wanted);

void fsm_note(SmgrRel *rel, BlockNo block, size_t free_size);
size_t fsm_free_of(SmgrRel *rel, BlockNo block);
void fsm_note_in_recovery(const RelTag *tag, BlockNo block, size_t free_size);

/* Cut to block_count heap blocks: the new number of map blocks, BLOCK_NONE: nothing to cut. */
BlockNo fsm_prepare_truncate(SmgrRel *rel, BlockNo block_count);
void fsm_vacuum(SmgrRel *rel); /* bring upper levels in order */
void fsm_vacuum_range(SmgrRel *rel, BlockNo start, BlockNo end);

#endif

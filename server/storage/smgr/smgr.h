/*
 * smgr.h - relations as forks of blocks in files
 *
 * One SmgrRel for each relation and process, reached by its tag; forks are cut into files of 1 GiB.
 * Writes go to the system; the checkpointer syncs them (sync.h) unless skip_sync says that the
 * caller does. Pages get their checksum in the buffer manager, not here.
 */
#ifndef SMGR_SMGR_H
#define SMGR_SMGR_H

#include "common/base/base.h"

#include "common/format/block_tag.h"
#include "common/format/rel_path.h"

typedef struct SmgrRel SmgrRel;

#define SMGR_PERMANENT (-1) /* temp_backend of what is not temporary */

/* The same pointer for the same relation, until smgr_close(). Opens no file. */
SmgrRel *smgr_open(const RelTag *tag, int temp_backend);
const RelTag *smgr_tag(const SmgrRel *rel);
int smgr_temp_backend(const SmgrRel *rel);
bool smgr_is_temp(const SmgrRel *rel);

/* Close its files, forget what is cached of it. The pointer is gone. */
void smgr_close(SmgrRel *rel);
void smgr_close_tag(const RelTag *tag, int temp_backend); /* if it is open: after an invalidation */
void smgr_close_all(void);
void smgr_release_all(void); /* files and what is known of sizes; pointers stay */
void smgr_release_tag(const RelTag *tag, int temp_backend); /* the same, if it is open */

/* A pointer that others keep: set to NULL when the SmgrRel goes. */
void smgr_set_owner(SmgrRel **place, SmgrRel *rel);
void smgr_clear_owner(SmgrRel **place, SmgrRel *rel);

bool smgr_exists(SmgrRel *rel, ForkNo fork);
void smgr_create(SmgrRel *rel, ForkNo fork, bool is_redo); /* is_redo: fine when it is there */

/* Write the block behind the last (or further on: what is between is zeros). */
void smgr_extend(SmgrRel *rel, ForkNo fork, BlockNo block, const uint8_t *page, bool skip_sync);
void smgr_zero_extend(SmgrRel *rel, ForkNo fork, BlockNo block, BlockNo count, bool skip_sync);

/*
 * Raises XX001 "could not read block"; in redo and with zero_damaged_pages missing ones are zeros.
 */
void smgr_read(SmgrRel *rel, ForkNo fork, BlockNo block, uint8_t *page);
void smgr_write(SmgrRel *rel, ForkNo fork, BlockNo block, const uint8_t *page, bool skip_sync);
void smgr_prefetch(SmgrRel *rel, ForkNo fork, BlockNo block);
void smgr_writeback(SmgrRel *rel, ForkNo fork, BlockNo block, BlockNo count);

/* How many there are. In redo, where nobody else changes files, they are asked only once. */
BlockNo smgr_block_count(SmgrRel *rel, ForkNo fork);
#define SMGR_COUNT_UNKNOWN BLOCK_NONE
BlockNo smgr_cached_block_count(SmgrRel *rel, ForkNo fork); /* in redo, where nobody else extends */

/*
 * The count that was seen last, asking if none was: 0 when the fork does not exist. Others may have
 * extended it meanwhile; that it was cut comes as an invalidation.
 */
BlockNo smgr_seen_block_count(SmgrRel *rel, ForkNo fork);

/*
 * The block of the main fork where this process found room last; BLOCK_NONE: nowhere. It is
 * forgotten when anybody cuts the relation.
 */
BlockNo smgr_target(const SmgrRel *rel);
void smgr_set_target(SmgrRel *rel, BlockNo block);

/* Cut forks; their buffers must be gone. Others are told to forget their files' sizes. */
void smgr_truncate(SmgrRel *rel, const ForkNo *forks, const BlockNo *counts, unsigned fork_count);
void smgr_sync_now(SmgrRel *rel, ForkNo fork);

/* Remove all forks of relations. The first segment of the main fork stays, empty, until the next
 * checkpoint (except in redo and for temporary ones), so that its number is not taken anew. */
void smgr_unlink(const RelTag *tags, size_t count, int temp_backend, bool is_redo);

/* smgr.c tells upper layers of what goes; set by main. */
void smgr_set_invalidation_hook(void (*hook)(const RelTag *tag, int temp_backend));
void smgr_tell_others(SmgrRel *rel); /* to look at the sizes again */

/*
 * Are its pages logged? True until somebody says otherwise (unlogged relations); for the maps,
 * whose pages are what those of their relation are. Temporary relations never are.
 */
void smgr_set_logged(SmgrRel *rel, bool is_logged);
bool smgr_is_logged(const SmgrRel *rel);

/* Where its blocks are counted; NULL: nowhere. Goes when the owner does. */
struct StatsTable;
void smgr_set_stats(SmgrRel *rel, struct StatsTable *stats);
struct StatsTable *smgr_stats(const SmgrRel *rel);

/* Close those that nobody owns. */
void smgr_at_end_of_transaction(void);

/*
 * This process replays the log (and alone extends relations): blocks and segments that are missing
 * are taken as zeros, files that are missing are made, sizes are cached.
 */
void smgr_set_redo(bool is_redo);
bool smgr_is_in_redo(void);

/* The path of a fork's segment; of the first one, that is the name that messages give a fork. */
char *smgr_path(const RelTag *tag, int temp_backend, ForkNo fork, uint32_t segment);

/* For the checkpointer: minus an error, or 0. *path (of path_size bytes) is for messages. */
int smgr_sync_segment(const RelTag *tag, ForkNo fork, uint32_t segment, char *path,
                      size_t path_size);

/* Tests need not fill 1 GiB: how many blocks a file has, SEGMENT_BLOCKS by default. */
void smgr_set_segment_blocks(BlockNo count);

#endif

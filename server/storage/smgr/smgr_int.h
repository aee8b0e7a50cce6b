/* smgr_int.h - what an SmgrRel is, for smgr.c and fork.c. */
#ifndef SMGR_SMGR_INT_H
#define SMGR_SMGR_INT_H

#include "common/base/base.h"

#include "server/storage/file/vfd.h"
#include "server/storage/smgr/smgr.h"

typedef struct SmgrKey {
    RelTag tag;
    int temp_backend;
} SmgrKey;

/* The segments that are open: always the first few of the fork, without a gap. */
typedef struct SmgrSegment {
    Vfd *file;
    uint32_t asked_round; /* in which its sync was asked for: sync_is_asked() */
} SmgrSegment;

typedef struct SmgrFork {
    SmgrSegment *segments;
    uint32_t open_count;
    uint32_t room;
    BlockNo cached_count; /* SMGR_COUNT_UNKNOWN; see smgr_cached_block_count() */
} SmgrFork;

struct SmgrRel {
    SmgrKey key; /* first: the hash table's key */
    SmgrFork forks[FORK_COUNT];
    bool is_unlogged;
    BlockNo target;
    struct StatsTable *stats; /* NULL: nobody counts */
    SmgrRel **owner;          /* the pointer that is cleared when this goes */
    SmgrRel *next, *previous; /* in the list of those without one */
};

BlockNo smgr_segment_blocks(void);
struct MemContext *smgr_mem(void);

/* Files of a fork that are open are closed; segments from first on. */
void fork_close(SmgrRel *rel, ForkNo fork, uint32_t first);

void fork_truncate(SmgrRel *rel, ForkNo fork, BlockNo count);

/* Remove or empty the files of a fork, as smgr_unlink() says. Complains as warnings. */
void fork_unlink(const SmgrKey *key, ForkNo fork, bool is_redo);

/* The segment if it is open, else NULL. */
Vfd *fork_open_segment(const SmgrRel *rel, ForkNo fork, uint32_t segment);

SmgrRel *smgr_find(const RelTag *tag, int temp_backend); /* if it is open */

#endif

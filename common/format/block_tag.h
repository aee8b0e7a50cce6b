/*
 * block_tag.h - how a block of a relation is named: tablespace, database, file number, fork, block
 *
 * Source: PostgreSQL 15 manual, "Database File Layout".
 */
#ifndef FORMAT_BLOCK_TAG_H
#define FORMAT_BLOCK_TAG_H

#include "common/base/base.h"

typedef enum ForkNo { FORK_MAIN, FORK_FSM, FORK_VM, FORK_INIT, FORK_COUNT } ForkNo;

#define TABLESPACE_DEFAULT 1663 /* base/ */
#define TABLESPACE_GLOBAL  1664 /* global/, database 0 */

/* No padding, so tags may be compared and hashed as bytes. */
typedef struct RelTag {
    Oid tablespace;
    Oid database; /* 0 for shared relations */
    RelFileNo rel;
} RelTag;

typedef struct BlockTag {
    RelTag rel;
    uint32_t fork; /* a ForkNo */
    BlockNo block;
} BlockTag;

STATIC_ASSERT(sizeof(RelTag) == 12);
STATIC_ASSERT(sizeof(BlockTag) == 20);

static inline bool rel_tag_equal(const RelTag *a, const RelTag *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static inline bool block_tag_equal(const BlockTag *a, const BlockTag *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

#endif

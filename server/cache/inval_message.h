/*
 * inval_message.h - what one process tells the others about catalogs that it changed
 *
 * 16 bytes, PostgreSQL 15's: they stand in commit records, prepared transactions and records for
 * standbys too. What is named may be in somebody's cache and is not up to date there any more.
 *
 * Source: storage/sinval.h.
 */
#ifndef CACHE_INVAL_MESSAGE_H
#define CACHE_INVAL_MESSAGE_H

#include "common/base/base.h"

#include "common/format/block_tag.h"

/* 0 and up: a row of the catalog cache with that CacheId. */
typedef enum InvalKind {
    INVAL_CATALOG = -1,  /* all rows of a catalog */
    INVAL_RELATION = -2, /* a relation; 0: all */
    INVAL_SMGR = -3,     /* the files of a relation */
    INVAL_RELMAP = -4,   /* the relation map of a database */
    INVAL_SNAPSHOT = -5, /* snapshots that may be used to look into a catalog without cache */
} InvalKind;

typedef struct InvalMessage {
    int8_t kind;
    int8_t temp_backend_high; /* SMGR: of temporary relations, else -1 */
    uint16_t temp_backend_low;
    union {
        struct {
            Oid database;  /* 0: shared */
            uint32_t what; /* hash of a cache's keys; OID of a catalog or relation */
            uint32_t unused;
        };
        RelTag tag; /* SMGR */
    };
} InvalMessage;
STATIC_ASSERT(sizeof(InvalMessage) == 16);

static inline int inval_message_temp_backend(const InvalMessage *m)
{
    return m->temp_backend_high * 65536 + m->temp_backend_low;
}

#endif

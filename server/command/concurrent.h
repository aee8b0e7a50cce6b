/*
 * concurrent.h - indexes come and go while others read and write their tables: the CONCURRENTLY of
 * CREATE INDEX, DROP INDEX and REINDEX
 *
 * Each works in several transactions, and waits in between until nobody goes on as things were. All
 * end the transaction that they are called in, and begin another one that is to be ended.
 */
#ifndef COMMAND_CONCURRENT_H
#define COMMAND_CONCURRENT_H

#include "common/base/base.h"

#include "common/ds/array.h"

typedef struct ConcurrentIndex {
    Oid table, index;
    Oid copy;       /* of REINDEX: what takes the index's place; */
    Oid tablespace; /* and where that goes; 0: where the index is */
    bool is_safe;   /* computes nothing that could look at other tables */
} ConcurrentIndex;

/*
 * An index that was made, neither built nor valid; its table is locked SHARE UPDATE EXCLUSIVE. When
 * it fails, it stays, and is not valid.
 */
void concurrent_finish_new(const ConcurrentIndex *index);

/* Both are locked SHARE UPDATE EXCLUSIVE; that it may go alone is known. */
void concurrent_drop(const ConcurrentIndex *index);

/*
 * ConcurrentIndex, without copies; tables and indexes are locked SHARE UPDATE EXCLUSIVE. of: the
 * index or table that was asked for, to tell of.
 */
void concurrent_reindex(Array *indexes, Oid of, bool is_verbose);

#endif

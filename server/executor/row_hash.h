/*
 * row_hash.h - a hash table of rows that differ in some columns, with room beside each
 *
 * What is kept are the values of the key columns; NULL is equal to NULL. The table grows as it is
 * filled; who has to stay within memory asks how much it has taken and stops adding.
 */
#ifndef EXECUTOR_ROW_HASH_H
#define EXECUTOR_ROW_HASH_H

#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/executor/value_hash.h"
#include "server/expr/slot.h"
#include "server/node/node.h"

typedef struct RowHash RowHash;

typedef struct RowHashEntry {
    uint32_t hash;
    uint32_t mark; /* the caller's, 0 at first */
} RowHashEntry;

/* How values that are looked up stand to the keys: hash functions of them, = of both. */
typedef struct RowHashProbe RowHashProbe;
RowHashProbe *row_hash_probe_new(unsigned count);
void row_hash_probe_set(RowHashProbe *p, unsigned i, Oid hash, Oid equal, Oid collation);

/*
 * keys: of GroupKey, over rows of desc. extra_size: bytes beside each row. In the current context.
 */
RowHash *row_hash_new(const List *keys, const TupleDesc *desc, size_t extra_size);

/* Empty, its memory below mem; row_hash_end() gives it back. estimate: rows that may come. */
void row_hash_begin(RowHash *h, MemContext *mem, double estimate);
void row_hash_end(RowHash *h);
bool row_hash_is_begun(const RowHash *h);

uint32_t row_hash_of(RowHash *h, Slot *row);
RowHashEntry *row_hash_find(RowHash *h, Slot *row, uint32_t hash);                /* or NULL */
RowHashEntry *row_hash_enter(RowHash *h, Slot *row, uint32_t hash, bool *is_new); /* extra zeroed */

uint32_t row_hash_of_values(const RowHashProbe *p, const NullableDatum *values);
RowHashEntry *row_hash_find_values(RowHash *h, const RowHashProbe *p, const NullableDatum *values,
                                   uint32_t hash);

static inline void *row_hash_extra(RowHashEntry *e)
{
    return e + 1;
}

/* The values of the keys in their order. */
const Datum *row_hash_values(const RowHash *h, const RowHashEntry *e);
const bool *row_hash_nulls(const RowHash *h, const RowHashEntry *e);

/* Put the keys into the columns of a row of desc; the others stay as they are. */
void row_hash_fill(const RowHash *h, const RowHashEntry *e, Slot *row);

size_t row_hash_count(const RowHash *h);
size_t row_hash_memory(const RowHash *h); /* bytes, without what values beside the rows take */

/* All rows, in the order that they came in: start with *place 0; NULL ends. */
RowHashEntry *row_hash_next(const RowHash *h, size_t *place);

#endif

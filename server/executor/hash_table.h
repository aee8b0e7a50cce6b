/*
 * hash_table.h - the inner rows of a hash join, in batches when they are more than memory holds
 *
 * A row's hash says its batch. Rows of the first batch lie in the table; those of later ones, inner
 * and outer, are kept in stores until their batch has its turn. When a batch is too big for memory
 * there are twice as many batches, and what belongs to a later one now goes there.
 */
#ifndef EXECUTOR_HASH_TABLE_H
#define EXECUTOR_HASH_TABLE_H

#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/expr/slot.h"

typedef struct HashTable HashTable;

typedef struct HashRow {
    struct HashRow *next; /* of the bucket */
    MinimalTuple tuple;   /* its hash, and HASH_ROW_MATCHED in its flags */
} HashRow;

#define HASH_ROW_MATCHED 1

/* In a context below mem. estimated: rows that are to come. */
HashTable *hash_table_new(MemContext *mem, double estimated_rows, int estimated_width,
                          size_t memory_max);
void hash_table_free(HashTable *t);

void hash_table_add(HashTable *t, Slot *row, uint32_t hash);
void hash_table_finish(HashTable *t); /* all inner rows have been added */
uint64_t hash_table_count(const HashTable *t);

/* The first row of the batch with that hash, or after row; NULL: none. */
HashRow *hash_table_find(const HashTable *t, uint32_t hash);
HashRow *hash_table_find_next(const HashRow *row, uint32_t hash);

/* Is an outer row with that hash for the batch in the table? Else it is to be put away. */
bool hash_table_is_now(const HashTable *t, uint32_t hash);
void hash_table_put_outer(HashTable *t, Slot *row, uint32_t hash);

/*
 * Load the next batch that has rows that matter: outer ones, or (keeps_inner) inner ones, or
 * (keeps_outer) outer ones without inner ones. False: there is none.
 */
bool hash_table_next_batch(HashTable *t, bool keeps_inner, bool keeps_outer);

/* Outer rows of the batch, from the second batch on. */
const MinimalTuple *hash_table_next_outer(HashTable *t);

/* All rows of the batch: start with *place {0}. */
typedef struct HashPlace {
    size_t bucket;
    HashRow *row;
} HashPlace;
HashRow *hash_table_walk(const HashTable *t, HashPlace *place);

bool hash_table_is_single(const HashTable *t); /* there was but one batch */
void hash_table_clear_matches(HashTable *t);

typedef struct HashTableSize {
    size_t memory_max;
    unsigned batches, batches_planned;
    size_t buckets, buckets_planned;
} HashTableSize;
void hash_table_size(const HashTable *t, HashTableSize *out);

#endif

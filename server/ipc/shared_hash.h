/*
 * shared_hash.h - a hash table of fixed room in shared memory
 *
 * As ds/hash.h an entry is the caller's struct whose first bytes are the key, compared as they are.
 * The table is divided into partitions by hash; the caller holds a lock of its own for the
 * partition (shared to find, exclusive to enter and remove). Entries come from free lists of the
 * partitions, which borrow from each other under spinlocks, and never move.
 */
#ifndef IPC_SHARED_HASH_H
#define IPC_SHARED_HASH_H

#include "common/base/base.h"

typedef struct SharedHash SharedHash;

typedef struct SharedHashConfig {
    size_t key_size;
    size_t entry_size;
    size_t capacity;          /* entries at most */
    unsigned partition_count; /* a power of two */
} SharedHashConfig;

size_t shared_hash_size(const SharedHashConfig *config);
SharedHash *shared_hash_init(void *place, const SharedHashConfig *config);

uint32_t shared_hash_code(const SharedHash *h, const void *key);
unsigned shared_hash_partition(const SharedHash *h, uint32_t code);

/* code is that of key. */
void *shared_hash_find(const SharedHash *h, const void *key, uint32_t code);

/* The entry, made (zeroed but for its key) when missing; NULL when there is no room for it. */
void *shared_hash_try_enter(SharedHash *h, const void *key, uint32_t code, bool *is_new);
bool shared_hash_remove(SharedHash *h, const void *key, uint32_t code);

/* Walk all entries; the caller holds all partitions' locks, or accepts what moves meanwhile. */
void *shared_hash_next(const SharedHash *h, size_t *position);
size_t shared_hash_count(const SharedHash *h);

#endif

/*
 * hash.h - hash table from keys of bytes to entries of one size
 *
 * An entry is the caller's struct whose first bytes are the key: key_size bytes compared as they
 * are (zero the padding), or, with key_size HASH_KEY_STRING, a pointer to a NUL-terminated string
 * that must live as long as the entry. Entries are allocated singly and never move. Memory belongs
 * to the context that was current at init.
 */
#ifndef DS_HASH_H
#define DS_HASH_H

#include "common/base/base.h"

#define HASH_KEY_STRING 0

typedef struct HashSlot {
    uint64_t hash;
    void *entry; /* NULL when empty */
} HashSlot;

typedef struct Hash {
    HashSlot *slots;
    size_t slot_count; /* a power of two */
    size_t count;
    size_t key_size;
    size_t entry_size;
    struct MemContext *mem;
} Hash;

void hash_init(Hash *h, size_t key_size, size_t entry_size);

/* The entry with that key, or NULL. key points to the key bytes, or is the string itself. */
void *hash_find(const Hash *h, const void *key);

/*
 * The entry with that key, made when it is not there: zeroed but for its key. *is_new (may be
 * NULL) says which.
 */
void *hash_enter(Hash *h, const void *key, bool *is_new);

/* Remove and free the entry; false when there is none. */
bool hash_remove(Hash *h, const void *key);

/* Walk all entries, in no order: start with *position 0; NULL ends. Do not change the table. */
void *hash_next(const Hash *h, size_t *position);

/* A 64-bit hash of bytes, the same in all runs; not for hostile keys. */
uint64_t hash_bytes(const void *bytes, size_t len);

#endif

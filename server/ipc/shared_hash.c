/*
 * shared_hash.c - a hash table of fixed room in shared memory
 *
 * Chains of entries hang on buckets. The number of buckets is a power of two, not less than that of
 * partitions, and both take the lowest bits of the hash, so that a bucket lies in one partition and
 * its lock guards the whole chain. Entries are known by their number, which also tells where they
 * lie.
 *
 *     SharedHash | partitions | buckets | entries
 *
 * Promises
 *   1. Nothing that belongs to a partition is looked at or changed without its lock, but for free
 *      lists, which have spinlocks of their own, and counts.
 *   2. An entry that exists stays where it is.
 */
#include "common/base/base.h"

#include "server/ipc/shared_hash.h"

#include <stdatomic.h>
#include <string.h>

#include "common/ds/hash.h"
#include "common/mem/mem.h"
#include "server/ipc/spinlock.h"

#define LINE_SIZE 64
#define NO_ENTRY  UINT32_C(0x7FFFFFFF)
#define IS_FREE   UINT32_C(0x80000000) /* in next: the entry is on a free list */

/* In front of each of the caller's entries. */
typedef struct EntryHead {
    uint32_t next; /* in its chain, or on the free list */
    uint32_t code;
} EntryHead;

typedef struct Partition {
    _Alignas(LINE_SIZE) SpinLock free_lock;
    uint32_t first_free;    /* guarded by free_lock */
    _Atomic uint32_t count; /* of entries that are in use; written with the partition's lock */
} Partition;

struct SharedHash {
    size_t key_size;
    size_t entry_size;
    size_t stride; /* from one entry to the next */
    size_t capacity;
    uint32_t partition_mask;
    uint32_t bucket_mask;
    Partition *partitions;
    uint32_t *buckets; /* the first of each chain */
    char *entries;
};

typedef struct Layout {
    size_t stride;
    uint32_t bucket_count;
    size_t partitions_at, buckets_at, entries_at, size;
} Layout;

static Layout layout_of(const SharedHashConfig *config);
static void fill_free_lists(SharedHash *h);
static EntryHead *entry_at(const SharedHash *h, uint32_t number);
static void *content(EntryHead *entry);
static uint32_t take_free(SharedHash *h, unsigned partition);
static uint32_t take_free_of(SharedHash *h, unsigned partition);
static void give_free(SharedHash *h, unsigned partition, uint32_t number);
static bool is_key_of(const SharedHash *h, EntryHead *entry, const void *key, uint32_t code);

static Layout layout_of(const SharedHashConfig *config)
{
    Layout l = {.stride = size_align_up(sizeof(EntryHead) + config->entry_size, 8)};

    ASSERT(config->key_size > 0 && config->key_size <= config->entry_size);
    ASSERT(u32_is_power_of_two(config->partition_count));
    ASSERT(config->capacity < NO_ENTRY);
    l.bucket_count = config->partition_count;
    while (l.bucket_count < config->capacity)
        l.bucket_count *= 2;
    l.partitions_at = size_align_up(sizeof(SharedHash), LINE_SIZE);
    l.buckets_at = size_add(l.partitions_at, size_mul(config->partition_count, sizeof(Partition)));
    l.entries_at = size_align_up(size_add(l.buckets_at, size_mul(l.bucket_count, sizeof(uint32_t))),
                                 LINE_SIZE);
    l.size = size_add(l.entries_at, size_mul(l.stride, config->capacity));
    return l;
}

size_t shared_hash_size(const SharedHashConfig *config)
{
    return layout_of(config).size;
}

SharedHash *shared_hash_init(void *place, const SharedHashConfig *config)
{
    Layout l = layout_of(config);
    SharedHash *h = place;

    ASSERT((uintptr_t)place % LINE_SIZE == 0);
    *h = (SharedHash){.key_size = config->key_size,
                      .entry_size = config->entry_size,
                      .stride = l.stride,
                      .capacity = config->capacity,
                      .partition_mask = config->partition_count - 1,
                      .bucket_mask = l.bucket_count - 1};
    h->partitions = (Partition *)((char *)place + l.partitions_at);
    h->buckets = (uint32_t *)((char *)place + l.buckets_at);
    h->entries = (char *)place + l.entries_at;
    for (uint32_t i = 0; i <= h->bucket_mask; i++)
        h->buckets[i] = NO_ENTRY;
    fill_free_lists(h);
    return h;
}

/* Deal the entries out to all partitions, neighbours to the same. */
static void fill_free_lists(SharedHash *h)
{
    uint32_t partition_count = h->partition_mask + 1;
    size_t share = (h->capacity + partition_count - 1) / partition_count;

    for (uint32_t p = 0; p < partition_count; p++) {
        spin_init(&h->partitions[p].free_lock);
        h->partitions[p].first_free = NO_ENTRY;
        atomic_init(&h->partitions[p].count, 0);
    }
    for (size_t i = h->capacity; i > 0; i--)
        give_free(h, (unsigned)((i - 1) / share), (uint32_t)(i - 1));
}

uint32_t shared_hash_code(const SharedHash *h, const void *key)
{
    uint64_t hash = hash_bytes(key, h->key_size);

    return (uint32_t)(hash ^ hash >> 32);
}

unsigned shared_hash_partition(const SharedHash *h, uint32_t code)
{
    return code & h->partition_mask;
}

static ALWAYS_INLINE EntryHead *entry_at(const SharedHash *h, uint32_t number)
{
    return (EntryHead *)(h->entries + h->stride * number);
}

static ALWAYS_INLINE void *content(EntryHead *entry)
{
    return entry + 1;
}

static ALWAYS_INLINE bool is_key_of(const SharedHash *h, EntryHead *entry, const void *key,
                                    uint32_t code)
{
    return entry->code == code && memcmp(content(entry), key, h->key_size) == 0;
}

void *shared_hash_find(const SharedHash *h, const void *key, uint32_t code)
{
    uint32_t number = h->buckets[code & h->bucket_mask];

    while (number != NO_ENTRY) {
        EntryHead *entry = entry_at(h, number);

        if (is_key_of(h, entry, key, code))
            return content(entry);
        number = entry->next;
    }
    return NULL;
}

void *shared_hash_try_enter(SharedHash *h, const void *key, uint32_t code, bool *is_new)
{
    uint32_t *bucket = &h->buckets[code & h->bucket_mask];
    unsigned partition = shared_hash_partition(h, code);
    void *found = shared_hash_find(h, key, code);
    uint32_t number;
    EntryHead *entry;

    if (is_new != NULL)
        *is_new = found == NULL;
    if (found != NULL)
        return found;
    number = take_free(h, partition);
    if (number == NO_ENTRY)
        return NULL;
    entry = entry_at(h, number);
    memset(content(entry), 0, h->entry_size);
    memcpy(content(entry), key, h->key_size);
    entry->code = code;
    entry->next = *bucket;
    *bucket = number;
    atomic_fetch_add_explicit(&h->partitions[partition].count, 1, memory_order_relaxed);
    return content(entry);
}

bool shared_hash_remove(SharedHash *h, const void *key, uint32_t code)
{
    uint32_t *link = &h->buckets[code & h->bucket_mask];
    unsigned partition = shared_hash_partition(h, code);

    while (*link != NO_ENTRY) {
        uint32_t number = *link;
        EntryHead *entry = entry_at(h, number);

        if (!is_key_of(h, entry, key, code)) {
            link = &entry->next;
            continue;
        }
        *link = entry->next;
        atomic_fetch_sub_explicit(&h->partitions[partition].count, 1, memory_order_relaxed);
        give_free(h, partition, number);
        return true;
    }
    return false;
}

/* ---- free lists ---- */

/* Of the partition itself, else of the next that has any. */
static uint32_t take_free(SharedHash *h, unsigned partition)
{
    for (uint32_t i = 0; i <= h->partition_mask; i++) {
        uint32_t number = take_free_of(h, (partition + i) & h->partition_mask);

        if (number != NO_ENTRY)
            return number;
    }
    return NO_ENTRY;
}

static uint32_t take_free_of(SharedHash *h, unsigned partition)
{
    Partition *p = &h->partitions[partition];
    uint32_t number;

    spin_lock(&p->free_lock);
    number = p->first_free;
    if (number != NO_ENTRY)
        p->first_free = entry_at(h, number)->next & ~IS_FREE;
    spin_unlock(&p->free_lock);
    return number;
}

static void give_free(SharedHash *h, unsigned partition, uint32_t number)
{
    Partition *p = &h->partitions[partition];

    spin_lock(&p->free_lock);
    entry_at(h, number)->next = p->first_free | IS_FREE;
    p->first_free = number;
    spin_unlock(&p->free_lock);
}

/* ---- all of it ---- */

void *shared_hash_next(const SharedHash *h, size_t *position)
{
    while (*position < h->capacity) {
        EntryHead *entry = entry_at(h, (uint32_t)(*position)++);

        if ((entry->next & IS_FREE) == 0)
            return content(entry);
    }
    return NULL;
}

size_t shared_hash_count(const SharedHash *h)
{
    size_t count = 0;

    for (uint32_t i = 0; i <= h->partition_mask; i++)
        count += atomic_load_explicit(&h->partitions[i].count, memory_order_relaxed);
    return count;
}

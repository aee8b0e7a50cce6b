/*
 * shared.c - the counts of all processes: entries by object, in shared memory that grows
 *
 * Keys are divided into partitions by hash, each with a lock and an array of chains, which is made
 * twice as long when it has as many entries. A lock is held for a few additions only, and whoever
 * adds to entries of several partitions holds one at a time.
 *
 * Memory comes from the end of the mapping, and from lists of what was given back, by size. All
 * processes have the mapping at the same place, so that there can be pointers in it.
 */
#include "common/base/base.h"

#include <string.h>

#include "common/ds/hash.h"
#include "common/os/shared_memory.h"
#include "server/ipc/lwlock.h"
#include "server/stats/stats_int.h"

#define PARTITIONS    64
#define ROOM_MAX      GIB(64) /* of addresses */
#define GROW_BY       KIB(256)
#define CHAINS_FIRST  16
#define SIZES         32 /* of memory: powers of two from 1 << 0 */

typedef struct Entry {
    StatsKey key;
    uint32_t hash;
    struct Entry *next;
    StatsBody body; /* as long as its kind's */
} Entry;

typedef struct Partition {
    _Alignas(64) LwLock lock;
    Entry **chains; /* guarded by lock, as the next two */
    size_t chain_count;
    size_t entry_count;
} Partition;

typedef struct FreePiece {
    struct FreePiece *next;
} FreePiece;

typedef struct SharedStats {
    LwLock memory;
    size_t used, usable; /* bytes of the mapping; guarded by memory, as the next */
    FreePiece *free[SIZES];
    Partition partitions[PARTITIONS];
} SharedStats;

static struct {
    SharedStats *shared;
    OsGrowing mapping;
    Partition *held; /* by shared_acquire() */
} here = {.mapping = {.fd = -1}};

static Entry *find(const Partition *p, const StatsKey *key, uint32_t hash);
static Entry *make(Partition *p, const StatsKey *key, uint32_t hash);
static bool lengthen(Partition *p);
static void remove_chained(Partition *p, Entry **place);
static void *take_memory(size_t size);
static void give_memory(void *piece, size_t size);

size_t stats_shmem_size(void)
{
    return sizeof(SharedStats) + fixed_size();
}

/* Once for the server's life there is a mapping; after a crash it begins anew, empty. */
void stats_shmem_init(void *place)
{
    here.shared = place;
    here.held = NULL;
    if (here.mapping.place == NULL)
        os_growing_map(ROOM_MAX, &here.mapping);
    else
        os_growing_clear(&here.mapping);
    lwlock_init(&here.shared->memory, LW_STATS_MEMORY, 0);
    for (unsigned i = 0; i < PARTITIONS; i++)
        lwlock_init(&here.shared->partitions[i].lock, LW_STATS, i);
    fixed_init((char *)place + sizeof(SharedStats));
}

size_t stats_body_size(int32_t kind)
{
    switch (kind) {
    case STATS_DATABASE:
        return sizeof(StatsDatabaseBody);
    case STATS_RELATION:
        return sizeof(StatsTableBody);
    case STATS_FUNCTION:
        return sizeof(StatsFunctionBody);
    case STATS_SLOT:
        return sizeof(StatsSlotBody);
    default:
        return 0;
    }
}

static size_t entry_size(int32_t kind)
{
    return offsetof(Entry, body) + stats_body_size(kind);
}

static Partition *partition_of(const StatsKey *key, uint32_t *hash)
{
    *hash = (uint32_t)hash_bytes(key, sizeof *key);
    return &here.shared->partitions[*hash % PARTITIONS];
}

/* ---- Entries ---- */

StatsBody *shared_acquire(const StatsKey *key, bool makes)
{
    uint32_t hash;
    Partition *p;
    Entry *entry;

    ASSERT(here.held == NULL);
    if (here.shared == NULL || stats_body_size(key->kind) == 0)
        return NULL;
    p = partition_of(key, &hash);
    lwlock_acquire(&p->lock, LW_EXCLUSIVE);
    entry = find(p, key, hash);
    if (entry == NULL && makes)
        entry = make(p, key, hash);
    if (entry == NULL) {
        lwlock_release(&p->lock);
        return NULL;
    }
    here.held = p;
    return &entry->body;
}

void shared_release(void)
{
    lwlock_release(&here.held->lock);
    here.held = NULL;
}

bool shared_copy(const StatsKey *key, StatsBody *out)
{
    uint32_t hash;
    Partition *p;
    const Entry *entry;

    if (here.shared == NULL)
        return false;
    p = partition_of(key, &hash);
    lwlock_acquire(&p->lock, LW_SHARED);
    entry = find(p, key, hash);
    if (entry != NULL)
        memcpy(out, &entry->body, stats_body_size(key->kind));
    lwlock_release(&p->lock);
    return entry != NULL;
}

bool shared_remove(const StatsKey *key)
{
    uint32_t hash;
    Partition *p;
    bool is_found = false;

    if (here.shared == NULL)
        return false;
    p = partition_of(key, &hash);
    lwlock_acquire(&p->lock, LW_EXCLUSIVE);
    if (p->chain_count > 0) {
        Entry **place = &p->chains[hash / PARTITIONS % p->chain_count];

        while (*place != NULL && memcmp(&(*place)->key, key, sizeof *key) != 0)
            place = &(*place)->next;
        is_found = *place != NULL;
        if (is_found)
            remove_chained(p, place);
    }
    lwlock_release(&p->lock);
    return is_found;
}

static void remove_chained(Partition *p, Entry **place)
{
    Entry *entry = *place;

    *place = entry->next;
    p->entry_count--;
    give_memory(entry, entry_size(entry->key.kind));
}

/* Those that are to go, by database; NULL: all. */
static void remove_matching(const Oid *database)
{
    for (unsigned i = 0; here.shared != NULL && i < PARTITIONS; i++) {
        Partition *p = &here.shared->partitions[i];

        lwlock_acquire(&p->lock, LW_EXCLUSIVE);
        for (size_t c = 0; c < p->chain_count; c++) {
            Entry **place = &p->chains[c];

            while (*place != NULL) {
                if (database == NULL || (*place)->key.database == *database)
                    remove_chained(p, place);
                else
                    place = &(*place)->next;
            }
        }
        lwlock_release(&p->lock);
    }
}

void shared_remove_database(Oid database)
{
    remove_matching(&database);
}

void shared_remove_all(void)
{
    remove_matching(NULL);
}

void shared_walk(void (*visit)(const StatsKey *key, StatsBody *body, void *arg), void *arg)
{
    for (unsigned i = 0; here.shared != NULL && i < PARTITIONS; i++) {
        Partition *p = &here.shared->partitions[i];

        lwlock_acquire(&p->lock, LW_EXCLUSIVE);
        for (size_t c = 0; c < p->chain_count; c++)
            for (Entry *entry = p->chains[c]; entry != NULL; entry = entry->next)
                visit(&entry->key, &entry->body, arg);
        lwlock_release(&p->lock);
    }
}

/* ---- A partition, whose lock is held ---- */

static Entry *find(const Partition *p, const StatsKey *key, uint32_t hash)
{
    Entry *entry;

    if (p->chain_count == 0)
        return NULL;
    entry = p->chains[hash / PARTITIONS % p->chain_count];
    while (entry != NULL &&
           (entry->hash != hash || memcmp(&entry->key, key, sizeof *key) != 0))
        entry = entry->next;
    return entry;
}

static Entry *make(Partition *p, const StatsKey *key, uint32_t hash)
{
    size_t size = entry_size(key->kind);
    Entry *entry, **chain;

    if (p->entry_count >= p->chain_count && !lengthen(p) && p->chain_count == 0)
        return NULL;
    entry = take_memory(size);
    if (entry == NULL)
        return NULL;
    memset(entry, 0, size);
    chain = &p->chains[hash / PARTITIONS % p->chain_count];
    entry->key = *key;
    entry->hash = hash;
    entry->next = *chain;
    *chain = entry;
    p->entry_count++;
    return entry;
}

/* Twice as many chains; when there is no memory, they get longer. */
static bool lengthen(Partition *p)
{
    size_t count = p->chain_count == 0 ? CHAINS_FIRST : 2 * p->chain_count;
    Entry **chains = take_memory(count * sizeof(Entry *));

    if (chains == NULL)
        return false;
    memset(chains, 0, count * sizeof(Entry *));
    for (size_t c = 0; c < p->chain_count; c++) {
        for (Entry *entry = p->chains[c], *next; entry != NULL; entry = next) {
            Entry **chain = &chains[entry->hash / PARTITIONS % count];

            next = entry->next;
            entry->next = *chain;
            *chain = entry;
        }
    }
    if (p->chains != NULL)
        give_memory(p->chains, p->chain_count * sizeof(Entry *));
    p->chains = chains;
    p->chain_count = count;
    return true;
}

/* ---- Memory ---- */

/* The power of two that holds it. */
static unsigned size_class(size_t size)
{
    unsigned class = 4;

    while ((size_t)1 << class < size)
        class ++;
    return class;
}

/* Entries are of few sizes: pieces of powers of two waste less than keeping them apart costs. */
static void *take_memory(size_t size)
{
    unsigned class = size_class(size);
    SharedStats *shared = here.shared;
    size_t rounded = (size_t)1 << class;
    FreePiece *piece;

    if (class >= SIZES)
        return NULL;
    lwlock_acquire(&shared->memory, LW_EXCLUSIVE);
    piece = shared->free[class];
    if (piece != NULL) {
        shared->free[class] = piece->next;
    } else {
        size_t wanted = shared->used + rounded;

        if (wanted > shared->usable &&
            os_growing_try_extend(&here.mapping, size_align_up(wanted, GROW_BY)))
            shared->usable = size_align_up(wanted, GROW_BY);
        if (wanted <= shared->usable) {
            piece = (FreePiece *)(void *)((char *)here.mapping.place + shared->used);
            shared->used = wanted;
        }
    }
    lwlock_release(&shared->memory);
    return piece;
}

static void give_memory(void *memory, size_t size)
{
    unsigned class = size_class(size);
    FreePiece *piece = memory;

    lwlock_acquire(&here.shared->memory, LW_EXCLUSIVE);
    piece->next = here.shared->free[class];
    here.shared->free[class] = piece;
    lwlock_release(&here.shared->memory);
}

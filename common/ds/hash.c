/* hash.c - open addressing with linear probing; a removal moves the entries behind it up. */
#include "common/base/base.h"

#include "common/ds/hash.h"

#include "common/base/bytes.h"
#include "common/mem/mem.h"

#define SLOTS_FIRST 16

static uint64_t key_hash(const Hash *h, const void *key);
static HashSlot *find_slot(const Hash *h, const void *key, uint64_t hash);
static void grow(Hash *h);

/*
 * The only slot of every table that never had an entry: it is looked at, and stays empty. So no
 * memory is taken when a table is made, and who keeps one in a static struct has no half made one
 * when memory is out.
 */
static HashSlot no_slots[1];

void hash_init(Hash *h, size_t key_size, size_t entry_size)
{
    *h = (Hash){.slots = no_slots,
                .slot_count = 1,
                .key_size = key_size,
                .entry_size = entry_size,
                .mem = mem_current()};
}

void *hash_find(const Hash *h, const void *key)
{
    return find_slot(h, key, key_hash(h, key))->entry;
}

void *hash_enter(Hash *h, const void *key, bool *is_new)
{
    uint64_t hash = key_hash(h, key);
    HashSlot *slot = find_slot(h, key, hash);

    if (is_new != NULL)
        *is_new = slot->entry == NULL;
    if (slot->entry != NULL)
        return slot->entry;
    if ((h->count + 1) * 4 > h->slot_count * 3) {
        grow(h);
        slot = find_slot(h, key, hash);
    }
    slot->hash = hash;
    slot->entry = mem_alloc_in(h->mem, h->entry_size);
    if (h->key_size == HASH_KEY_STRING)
        memcpy(slot->entry, &key, sizeof key);
    else
        memcpy(slot->entry, key, h->key_size);
    h->count++;
    return slot->entry;
}

bool hash_remove(Hash *h, const void *key)
{
    HashSlot *slot = find_slot(h, key, key_hash(h, key));
    size_t mask = h->slot_count - 1;
    size_t hole, i;

    if (slot->entry == NULL)
        return false;
    mem_free(slot->entry);
    h->count--;

    /* Each entry behind the hole whose own place is not between the hole and it moves up. */
    hole = (size_t)(slot - h->slots);
    for (i = (hole + 1) & mask; h->slots[i].entry != NULL; i = (i + 1) & mask) {
        size_t home = (size_t)h->slots[i].hash & mask;

        if (((i - home) & mask) >= ((i - hole) & mask)) {
            h->slots[hole] = h->slots[i];
            hole = i;
        }
    }
    h->slots[hole].entry = NULL;
    return true;
}

void *hash_next(const Hash *h, size_t *position)
{
    while (*position < h->slot_count) {
        void *entry = h->slots[(*position)++].entry;

        if (entry != NULL)
            return entry;
    }
    return NULL;
}

uint64_t hash_bytes(const void *bytes, size_t len)
{
    const uint8_t *p = bytes;
    uint64_t hash = UINT64_C(0x9E3779B97F4A7C15) ^ len;

    for (; len >= 8; p += 8, len -= 8) {
        hash = (hash ^ load_u64(p)) * UINT64_C(0xFF51AFD7ED558CCD);
        hash ^= hash >> 32;
    }
    for (; len > 0; p++, len--)
        hash = (hash ^ *p) * UINT64_C(0x100000001B3);
    hash = (hash ^ hash >> 33) * UINT64_C(0xC4CEB9FE1A85EC53);
    return hash ^ hash >> 33;
}

static const void *entry_key(const Hash *h, const void *entry)
{
    return h->key_size == HASH_KEY_STRING ? *(const void *const *)entry : entry;
}

static uint64_t key_hash(const Hash *h, const void *key)
{
    return hash_bytes(key, h->key_size == HASH_KEY_STRING ? strlen(key) : h->key_size);
}

static bool key_equal(const Hash *h, const void *a, const void *b)
{
    return h->key_size == HASH_KEY_STRING ? strcmp(a, b) == 0 : memcmp(a, b, h->key_size) == 0;
}

/* The slot that holds key, or the empty one where it belongs. */
static HashSlot *find_slot(const Hash *h, const void *key, uint64_t hash)
{
    size_t mask = h->slot_count - 1;
    size_t i = (size_t)hash & mask;

    while (h->slots[i].entry != NULL &&
           (h->slots[i].hash != hash || !key_equal(h, entry_key(h, h->slots[i].entry), key)))
        i = (i + 1) & mask;
    return &h->slots[i];
}

static void grow(Hash *h)
{
    HashSlot *before = h->slots;
    size_t before_count = h->slot_count;
    size_t count = before == no_slots ? SLOTS_FIRST : size_mul(before_count, 2);
    size_t mask = count - 1;

    h->slots = mem_alloc_in(h->mem, size_mul(count, sizeof *h->slots));
    h->slot_count = count;
    for (size_t b = 0; b < before_count; b++) {
        size_t i = (size_t)before[b].hash & mask;

        if (before[b].entry == NULL)
            continue;
        while (h->slots[i].entry != NULL)
            i = (i + 1) & mask;
        h->slots[i] = before[b];
    }
    if (before != no_slots)
        mem_free(before);
}

/*
 * syscache.c - rows of catalogs by their keys; syscache.h has the how
 *
 * A hash table for each cache, made when it is first used. An entry is one piece of memory: itself,
 * then the row, or the keys when there is no row with them. Entries that messages name leave the
 * table at once; one that is pinned, or in a list, is freed when nobody has it any more.
 *
 * Whoever reads a row while a message comes that names it must not keep what it read: loads that
 * are under way stand in a list, where messages mark them, and are repeated.
 */
#include "common/base/base.h"

#include "server/cache/syscache.h"

#include <stdio.h>
#include <string.h>

#include "common/err/err.h"
#include "common/format/heap_tuple.h"
#include "common/mem/mem.h"
#include "common/mem/owner.h"
#include "server/access/common/relation.h"
#include "server/cache/cache_hash.h"
#include "server/cache/cache_int.h"
#include "server/cache/catalog_scan.h"
#include "server/fmgr/datum_image.h"
#include "server/fmgr/varlena.h"

#define BUCKETS_FIRST 16 /* a power of two */
#define LIST_BUCKETS  16

typedef struct Entry {
    struct Entry *next; /* in its bucket */
    HeapTuple tuple;    /* bytes NULL: there is no such row */
    uint32_t hash;
    uint32_t pins; /* of owners and of lists */
    uint8_t id;    /* CacheId */
    bool is_dead;  /* in no bucket any more */
    Datum keys[CATALOG_KEYS_MAX];
} Entry;

typedef struct List {
    CacheList list; /* first: what others have a pointer to */
    struct List *next;
    uint32_t hash;
    uint32_t pins;
    uint8_t id;
    uint8_t key_count;
    bool is_dead;
    Datum keys[CATALOG_KEYS_MAX];
    Entry **entries;
} List;

typedef struct Cache {
    Entry **buckets; /* NULL: not used yet */
    uint32_t bucket_count, count;
    List **lists; /* LIST_BUCKETS; NULL: none yet */
} Cache;

/* A load under way; on the stack of who loads. */
typedef struct Load {
    struct Load *outer;
    CacheId id;
    uint32_t hash;
    bool is_list;
    bool is_stale;
} Load;

static struct {
    MemContext *mem;
    Cache caches[CACHE_COUNT];
    Load *loads;
    SyscacheCounters counters;
} syscache;

static Entry *lookup(CacheId id, const Datum *keys);
static Entry *find(CacheId id, const Datum *keys, uint32_t hash);
static Entry *load(CacheId id, const Datum *keys, uint32_t hash);
static HeapTuple *read_row(CacheId id, const Datum *keys, Load *under_way);
static Entry *make_entry(CacheId id, const HeapTuple *tuple, const Datum *keys, uint32_t hash);
static void add_entry(Entry *entry);
static void grow(Cache *cache);
static void kill_entry(Entry **place);
static void unpin_entry(Entry *entry);
static void kill_lists(CacheId id);
static void unpin_list(List *list);
static void release_entry(uintptr_t item);
static void describe_entry(uintptr_t item, char *text, size_t size);
static void release_list(uintptr_t item);
static void describe_list(uintptr_t item, char *text, size_t size);

static const OwnerKind entry_kind = {.name = "cache reference",
                                     .phase = OWNER_AFTER_LOCKS,
                                     .order = 20,
                                     .release = release_entry,
                                     .describe = describe_entry};
static const OwnerKind list_kind = {.name = "cache list reference",
                                    .phase = OWNER_AFTER_LOCKS,
                                    .order = 21,
                                    .release = release_list,
                                    .describe = describe_list};

static Entry *entry_of(const HeapTuple *row)
{
    return (Entry *)((uintptr_t)row - offsetof(Entry, tuple));
}

/* ---- Looking up ---- */

const HeapTuple *syscache_pin_keys(CacheId id, const Datum keys[CATALOG_KEYS_MAX])
{
    Entry *entry;

    owner_room(&entry_kind);
    entry = lookup(id, keys);
    if (entry->tuple.bytes == NULL)
        return NULL;
    entry->pins++;
    owner_note(&entry_kind, (uintptr_t)entry);
    return &entry->tuple;
}

void syscache_pin_again(const HeapTuple *row)
{
    Entry *entry = entry_of(row);

    ASSERT(entry->pins > 0);
    owner_room(&entry_kind);
    entry->pins++;
    owner_note(&entry_kind, (uintptr_t)entry);
}

void syscache_unpin(const HeapTuple *row)
{
    Entry *entry = entry_of(row);

    owner_forget(&entry_kind, (uintptr_t)entry);
    unpin_entry(entry);
}

const HeapTuple *syscache_peek_keys(CacheId id, const Datum keys[CATALOG_KEYS_MAX])
{
    const Entry *entry = lookup(id, keys);

    return entry->tuple.bytes != NULL ? &entry->tuple : NULL;
}

HeapTuple *syscache_copy(CacheId id, const Datum keys[CATALOG_KEYS_MAX])
{
    const HeapTuple *row = syscache_peek_keys(id, keys);

    return row != NULL ? heap_copy(row) : NULL;
}

static Entry *lookup(CacheId id, const Datum *keys)
{
    uint32_t hash = cache_hash(id, keys);
    Entry *entry = find(id, keys, hash);

    if (UNLIKELY(entry == NULL))
        return load(id, keys, hash);
    if (entry->tuple.bytes != NULL)
        syscache.counters.hits++;
    else
        syscache.counters.negative_hits++;
    return entry;
}

static Entry *find(CacheId id, const Datum *keys, uint32_t hash)
{
    const Cache *cache = &syscache.caches[id];
    Entry *entry;

    if (UNLIKELY(cache->buckets == NULL))
        return NULL;
    for (entry = cache->buckets[hash & (cache->bucket_count - 1)]; entry != NULL;
         entry = entry->next) {
        if (entry->hash == hash &&
            cache_keys_equal(id, entry->keys, keys, cache_shape(id)->key_count))
            return entry;
    }
    return NULL;
}

Datum syscache_get(CacheId id, const HeapTuple *row, int column, bool *is_null)
{
    return heap_get(row, column, syscache_desc(id), is_null);
}

Datum syscache_get_set(CacheId id, const HeapTuple *row, int column)
{
    bool is_null;
    Datum value = syscache_get(id, row, column, &is_null);

    if (is_null)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message =
                      err_fmt("unexpected null value in cached tuple for catalog %s column %s",
                              cache_shape(id)->catalog->name,
                              cache_shape(id)->catalog->columns[column - 1].name));
    return value;
}

const TupleDesc *syscache_desc(CacheId id)
{
    return cache_catalog_desc(cache_shape(id)->catalog);
}

uint32_t syscache_hash(CacheId id, const Datum keys[CATALOG_KEYS_MAX])
{
    return cache_hash(id, keys);
}

/* ---- Loading ---- */

/* Names that the caller gave may lie in a row that goes meanwhile. */
typedef struct KeyCopy {
    Datum keys[CATALOG_KEYS_MAX];
    char names[CATALOG_KEYS_MAX][NAME_SIZE];
    bool is_too_long; /* a name: no row has it */
} KeyCopy;

static void copy_keys(CacheId id, const Datum *keys, unsigned count, KeyCopy *out)
{
    const CacheShape *shape = cache_shape(id);

    out->is_too_long = false;
    for (unsigned i = 0; i < count; i++) {
        size_t len;

        out->keys[i] = keys[i];
        if (shape->keys[i].kind != CACHE_KEY_NAME)
            continue;
        len = strlen(datum_pointer(keys[i]));
        if (len >= NAME_SIZE) {
            out->is_too_long = true;
            continue;
        }
        memset(out->names[i], 0, NAME_SIZE);
        memcpy(out->names[i], datum_pointer(keys[i]), len);
        out->keys[i] = datum_of_pointer(out->names[i]);
    }
}

static Entry *load(CacheId id, const Datum *keys, uint32_t hash)
{
    Load under_way = {.outer = syscache.loads, .id = id, .hash = hash};
    MemContext *scratch = mem_context_new(mem_current(), "catalog cache load");
    HeapTuple *volatile tuple = NULL;
    KeyCopy copy;
    Entry *entry;

    syscache.counters.misses++;
    copy_keys(id, keys, cache_shape(id)->key_count, &copy);
    syscache.loads = &under_way;
    ERR_TRY() {
        MEM_SCOPE(scratch) {
            if (!copy.is_too_long)
                tuple = read_row(id, copy.keys, &under_way);
        }
    }
    ERR_FINALLY() {
        syscache.loads = under_way.outer;
    }
    ERR_END();

    /* Looking may have brought it by another way. */
    entry = find(id, copy.is_too_long ? keys : copy.keys, hash);
    if (entry == NULL) {
        entry = make_entry(id, tuple, copy.is_too_long ? keys : copy.keys, hash);
        add_entry(entry);
    }
    mem_delete(scratch);
    return entry;
}

static void fill_scan_keys(CacheId id, const Datum *keys, unsigned count, CatalogKey *out)
{
    const CacheShape *shape = cache_shape(id);

    for (unsigned i = 0; i < count; i++)
        out[i] = (CatalogKey){.column = shape->keys[i].column, .value = keys[i]};
}

/* Values that are out of line are brought in: later they may be gone. */
static HeapTuple *with_values_inside(CacheId id, const HeapTuple *tuple)
{
    const TupleDesc *desc = syscache_desc(id);
    const HeapTupleHeader *header = (const HeapTupleHeader *)tuple->bytes;
    HeapTuple *result;
    Datum *values;
    bool *nulls;

    if ((header->infomask & HEAP_HAS_EXTERNAL) == 0)
        return heap_copy(tuple);
    values = mem_new_array(Datum, desc->count);
    nulls = mem_new_array(bool, desc->count);
    heap_deform(tuple, desc, values, nulls);
    for (unsigned i = 0; i < desc->count; i++) {
        if (!nulls[i] && desc->columns[i].len == -1 &&
            varlena_is_external(datum_varlena(values[i])))
            values[i] = datum_of_pointer(varlena_fetched(datum_varlena(values[i])));
    }
    result = heap_form(desc, values, nulls);
    memcpy(result->bytes, tuple->bytes, offsetof(HeapTupleHeader, infomask2));
    result->self = tuple->self;
    result->table = tuple->table;
    return result;
}

static HeapTuple *read_row(CacheId id, const Datum *keys, Load *under_way)
{
    const CacheShape *shape = cache_shape(id);
    CatalogKey scan_keys[CATALOG_KEYS_MAX];
    HeapTuple *result;

    fill_scan_keys(id, keys, shape->key_count, scan_keys);
    do {
        CatalogScan *scan;
        const HeapTuple *tuple;

        under_way->is_stale = false;
        scan =
            catalog_scan_begin(shape->catalog->oid, shape->index->oid, shape->key_count, scan_keys);
        tuple = catalog_scan_next(scan);
        result = tuple != NULL ? with_values_inside(id, tuple) : NULL;
        catalog_scan_end(scan);
    } while (under_way->is_stale);
    return result;
}

/* ---- Entries ---- */

/* Bytes of keys that an entry without a row keeps itself. */
static size_t key_bytes(CacheKeyKind kind, Datum value)
{
    switch (kind) {
    case CACHE_KEY_NAME:
        return strlen(datum_pointer(value)) + 1;
    case CACHE_KEY_TEXT:
    case CACHE_KEY_VECTOR:
        return varlena_size(datum_varlena(value));
    default:
        return 0;
    }
}

static size_t keys_size(CacheId id, const Datum *keys, unsigned count)
{
    const CacheShape *shape = cache_shape(id);
    size_t size = 0;

    for (unsigned i = 0; i < count; i++)
        size += (key_bytes((CacheKeyKind)shape->keys[i].kind, keys[i]) + 7) & ~(size_t)7;
    return size;
}

static void store_keys(CacheId id, const Datum *keys, unsigned count, uint8_t *room, Datum *out)
{
    const CacheShape *shape = cache_shape(id);

    for (unsigned i = 0; i < count; i++) {
        size_t size = key_bytes((CacheKeyKind)shape->keys[i].kind, keys[i]);

        out[i] = keys[i];
        if (size == 0)
            continue;
        memcpy(room, datum_pointer(keys[i]), size);
        out[i] = datum_of_pointer(room);
        room += (size + 7) & ~(size_t)7;
    }
}

/* Keys as they are in the row; text may be compressed there, then a copy is kept for good. */
static void keys_of_row(CacheId id, const HeapTuple *tuple, Datum *out)
{
    const CacheShape *shape = cache_shape(id);

    for (unsigned i = 0; i < shape->key_count; i++) {
        bool is_null;

        out[i] = heap_get(tuple, shape->keys[i].column, syscache_desc(id), &is_null);
        if (shape->keys[i].kind == CACHE_KEY_TEXT)
            out[i] = datum_of_pointer(varlena_packed(datum_varlena(out[i])));
    }
}

static MemContext *cache_mem(void)
{
    if (syscache.mem == NULL)
        syscache.mem = mem_context_new(mem_root(), "catalog caches");
    return syscache.mem;
}

static Entry *make_entry(CacheId id, const HeapTuple *tuple, const Datum *keys, uint32_t hash)
{
    unsigned key_count = cache_shape(id)->key_count;
    size_t room = tuple != NULL ? tuple->len : keys_size(id, keys, key_count);
    Entry *entry = mem_alloc_in(cache_mem(), sizeof *entry + room);

    entry->hash = hash;
    entry->id = (uint8_t)id;
    if (tuple == NULL) {
        store_keys(id, keys, key_count, (uint8_t *)(entry + 1), entry->keys);
        return entry;
    }
    entry->tuple = *tuple;
    entry->tuple.bytes = (uint8_t *)(entry + 1);
    memcpy(entry->tuple.bytes, tuple->bytes, tuple->len);
    MEM_SCOPE(cache_mem()) {
        keys_of_row(id, &entry->tuple, entry->keys);
    }
    return entry;
}

static void add_entry(Entry *entry)
{
    Cache *cache = &syscache.caches[entry->id];
    Entry **bucket;

    if (cache->buckets == NULL || cache->count >= 2 * cache->bucket_count)
        grow(cache);
    bucket = &cache->buckets[entry->hash & (cache->bucket_count - 1)];
    entry->next = *bucket;
    *bucket = entry;
    cache->count++;
    syscache.counters.entries++;
}

static void grow(Cache *cache)
{
    uint32_t count = cache->buckets == NULL ? BUCKETS_FIRST : cache->bucket_count * 2;
    Entry **buckets = mem_alloc_in(cache_mem(), count * sizeof *buckets);

    for (uint32_t i = 0; i < cache->bucket_count; i++) {
        Entry *entry = cache->buckets[i];

        while (entry != NULL) {
            Entry *next = entry->next, **bucket = &buckets[entry->hash & (count - 1)];

            entry->next = *bucket;
            *bucket = entry;
            entry = next;
        }
    }
    mem_free(cache->buckets);
    cache->buckets = buckets;
    cache->bucket_count = count;
}

/* Out of its bucket, which place is a link of. */
static void kill_entry(Entry **place)
{
    Entry *entry = *place;

    *place = entry->next;
    entry->is_dead = true;
    syscache.caches[entry->id].count--;
    syscache.counters.entries--;
    if (entry->pins == 0)
        mem_free(entry);
}

static void unpin_entry(Entry *entry)
{
    ASSERT(entry->pins > 0);
    if (--entry->pins == 0 && entry->is_dead)
        mem_free(entry);
}

static void release_entry(uintptr_t item)
{
    unpin_entry((Entry *)item);
}

static void describe_entry(uintptr_t item, char *text, size_t size)
{
    const Entry *entry = (const Entry *)item;

    snprintf(text, size, "cache %s (%d), tuple %u/%u",
             cache_shape((CacheId)entry->id)->catalog->name, entry->id,
             tid_block(entry->tuple.self), entry->tuple.self.offset);
}

/* ---- Lists ---- */

static List *find_list(CacheId id, unsigned key_count, const Datum *keys, uint32_t hash)
{
    const Cache *cache = &syscache.caches[id];

    if (cache->lists == NULL)
        return NULL;
    for (List *list = cache->lists[hash % LIST_BUCKETS]; list != NULL; list = list->next) {
        if (list->hash == hash && list->key_count == key_count &&
            cache_keys_equal(id, list->keys, keys, key_count))
            return list;
    }
    return NULL;
}

static void give_entries_back(Entry **entries, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        unpin_entry(entries[i]);
}

static bool is_same_place(Tid a, Tid b)
{
    return tid_block(a) == tid_block(b) && a.offset == b.offset;
}

/* The entry of a row: the one there is, when it is of the same version. */
static Entry *entry_of_row(CacheId id, const HeapTuple *tuple)
{
    Datum keys[CATALOG_KEYS_MAX];
    uint32_t hash;
    Entry *entry;

    keys_of_row(id, tuple, keys);
    hash = cache_hash(id, keys);
    entry = find(id, keys, hash);
    if (entry != NULL && entry->tuple.bytes != NULL &&
        is_same_place(entry->tuple.self, tuple->self))
        return entry;
    if (entry != NULL) {
        Cache *cache = &syscache.caches[id];
        Entry **place = &cache->buckets[hash & (cache->bucket_count - 1)];

        while (*place != entry)
            place = &(*place)->next;
        kill_entry(place);
    }
    entry = make_entry(id, with_values_inside(id, tuple), keys, hash);
    add_entry(entry);
    return entry;
}

/* Rows of a list that is being made, each pinned once. */
typedef struct Members {
    Entry **entries;
    unsigned count, room;
} Members;

static void read_members(CacheId id, unsigned key_count, const Datum *keys, Members *m)
{
    const CacheShape *shape = cache_shape(id);
    CatalogKey scan_keys[CATALOG_KEYS_MAX];
    CatalogScan *scan;
    const HeapTuple *tuple;

    fill_scan_keys(id, keys, key_count, scan_keys);
    scan = catalog_scan_begin(shape->catalog->oid, shape->index->oid, key_count, scan_keys);
    while ((tuple = catalog_scan_next(scan)) != NULL) {
        Entry *entry = entry_of_row(id, tuple);

        if (m->count == m->room) {
            m->room = m->room == 0 ? 16 : m->room * 2;
            m->entries = mem_realloc(m->entries, m->room * sizeof(Entry *));
        }
        entry->pins++;
        m->entries[m->count++] = entry;
    }
    catalog_scan_end(scan);
}

static List *make_list(CacheId id, unsigned key_count, const Datum *keys, uint32_t hash,
                       const Members *m)
{
    Cache *cache = &syscache.caches[id];
    size_t rows = m->count * sizeof(HeapTuple *), entries = m->count * sizeof(Entry *);
    List *list =
        mem_alloc_in(cache_mem(), sizeof *list + rows + entries + keys_size(id, keys, key_count));
    const HeapTuple **row = (const HeapTuple **)(uintptr_t)(list + 1);

    list->entries = (Entry **)(uintptr_t)(row + m->count);
    store_keys(id, keys, key_count, (uint8_t *)(list->entries + m->count), list->keys);
    for (unsigned i = 0; i < m->count; i++) {
        row[i] = &m->entries[i]->tuple;
        list->entries[i] = m->entries[i];
    }
    list->list = (CacheList){.count = m->count, .rows = row};
    list->hash = hash;
    list->id = (uint8_t)id;
    list->key_count = (uint8_t)key_count;
    if (cache->lists == NULL)
        cache->lists = mem_alloc_in(cache_mem(), LIST_BUCKETS * sizeof(List *));
    list->next = cache->lists[hash % LIST_BUCKETS];
    cache->lists[hash % LIST_BUCKETS] = list;
    syscache.counters.lists++;
    return list;
}

static void load_members(CacheId id, unsigned key_count, const Datum *keys, Load *under_way,
                         Members *m)
{
    do {
        give_entries_back(m->entries, m->count);
        m->count = 0;
        under_way->is_stale = false;
        read_members(id, key_count, keys, m);
    } while (under_way->is_stale);
}

static List *load_list(CacheId id, unsigned key_count, const Datum *keys, uint32_t hash)
{
    Load under_way = {.outer = syscache.loads, .id = id, .is_list = true};
    MemContext *scratch = mem_context_new(mem_current(), "catalog list load");
    volatile bool is_complete = false;
    Members *m = mem_alloc_in(scratch, sizeof *m);
    KeyCopy copy;
    List *list;

    syscache.counters.list_misses++;
    copy_keys(id, keys, key_count, &copy);
    syscache.loads = &under_way;
    ERR_TRY() {
        MEM_SCOPE(scratch) {
            if (!copy.is_too_long)
                load_members(id, key_count, copy.keys, &under_way, m);
        }
        is_complete = true;
    }
    ERR_FINALLY() {
        syscache.loads = under_way.outer;
        if (!is_complete)
            give_entries_back(m->entries, m->count);
    }
    ERR_END();
    list = make_list(id, key_count, copy.is_too_long ? keys : copy.keys, hash, m);
    mem_delete(scratch);
    return list;
}

const CacheList *syscache_pin_list(CacheId id, unsigned key_count,
                                   const Datum keys[CATALOG_KEYS_MAX])
{
    uint32_t hash = cache_hash_prefix(id, keys, key_count);
    List *list;

    ASSERT(key_count >= 1 && key_count < cache_shape(id)->key_count);
    owner_room(&list_kind);
    list = find_list(id, key_count, keys, hash);
    if (list == NULL)
        list = load_list(id, key_count, keys, hash);
    else
        syscache.counters.list_hits++;
    list->pins++;
    owner_note(&list_kind, (uintptr_t)list);
    return &list->list;
}

void syscache_unpin_list(const CacheList *pinned)
{
    List *list = (List *)(uintptr_t)pinned;

    owner_forget(&list_kind, (uintptr_t)list);
    unpin_list(list);
}

static void free_list(List *list)
{
    give_entries_back(list->entries, list->list.count);
    mem_free(list);
}

static void unpin_list(List *list)
{
    ASSERT(list->pins > 0);
    if (--list->pins == 0 && list->is_dead)
        free_list(list);
}

static void release_list(uintptr_t item)
{
    unpin_list((List *)item);
}

static void describe_list(uintptr_t item, char *text, size_t size)
{
    const List *list = (const List *)item;

    snprintf(text, size, "cache %s (%d), list of %u rows",
             cache_shape((CacheId)list->id)->catalog->name, list->id, list->list.count);
}

/* ---- Invalidation ---- */

/* What is being loaded now may have been read before the change. */
static void mark_loads(CacheId id, uint32_t hash, bool is_any)
{
    for (Load *load = syscache.loads; load != NULL; load = load->outer) {
        if (load->id == id && (is_any || load->is_list || load->hash == hash))
            load->is_stale = true;
    }
}

/* Which lists a row is in does not follow from its hash: all of them go. */
static void kill_lists(CacheId id)
{
    Cache *cache = &syscache.caches[id];

    for (unsigned i = 0; cache->lists != NULL && i < LIST_BUCKETS; i++) {
        while (cache->lists[i] != NULL) {
            List *list = cache->lists[i];

            cache->lists[i] = list->next;
            list->is_dead = true;
            syscache.counters.lists--;
            if (list->pins == 0)
                free_list(list);
        }
    }
}

void syscache_forget(CacheId id, uint32_t hash)
{
    Cache *cache = &syscache.caches[id];
    Entry **place;

    mark_loads(id, hash, false);
    kill_lists(id);
    if (cache->buckets == NULL)
        return;
    place = &cache->buckets[hash & (cache->bucket_count - 1)];
    while (*place != NULL) {
        if ((*place)->hash == hash)
            kill_entry(place);
        else
            place = &(*place)->next;
    }
}

static void forget_cache(CacheId id)
{
    Cache *cache = &syscache.caches[id];

    mark_loads(id, 0, true);
    kill_lists(id);
    for (uint32_t i = 0; i < cache->bucket_count; i++) {
        while (cache->buckets[i] != NULL)
            kill_entry(&cache->buckets[i]);
    }
}

void syscache_forget_catalog(Oid catalog)
{
    unsigned position = 0;
    CacheId id;

    while (cache_next_of_catalog(catalog, &position, &id))
        forget_cache(id);
}

void syscache_forget_all(void)
{
    for (CacheId id = 0; id < CACHE_COUNT; id++)
        forget_cache(id);
}

void syscache_counters(SyscacheCounters *out)
{
    *out = syscache.counters;
}

void syscache_end(void)
{
    if (syscache.mem != NULL)
        mem_delete(syscache.mem);
    memset(&syscache, 0, sizeof syscache);
}

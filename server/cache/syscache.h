/*
 * syscache.h - rows of catalogs by their keys, kept in this process
 *
 *     const HeapTuple *row = syscache_pin(CACHE_RELOID, datum_of_u32(oid));
 *     if (row != NULL) {
 *         ... CACHE_ROW(PgClass, row)->relnatts ...
 *         syscache_unpin(row);
 *     }
 *
 * A row that is pinned stays readable, also when it is not up to date any more; the current owner
 * notes the pin. That there is no such row is kept, too. Values that are stored out of line in the
 * catalog are in the row itself; they may be compressed.
 *
 * Keys are those of the cache's index (cache.def), given in its order; a name may be any C string
 * of less than 64 bytes, a text must be packed.
 */
#ifndef CACHE_SYSCACHE_H
#define CACHE_SYSCACHE_H

#include "common/base/base.h"

#include "server/access/common/heap_form.h"
#include "server/catalog/catalog.h"

/* The fixed columns of a row, as a struct of catalog_struct.h. */
#define CACHE_ROW(type, tuple) ((const type *)syscache_fixed(tuple))

static inline const void *syscache_fixed(const HeapTuple *tuple)
{
    return tuple->bytes + tuple->bytes[22]; /* hoff */
}

/* The row, or NULL. Looks into the catalog when it is not here: in a transaction. */
const HeapTuple *syscache_pin_keys(CacheId id, const Datum keys[CATALOG_KEYS_MAX]);
void syscache_unpin(const HeapTuple *row);

static inline const HeapTuple *syscache_pin(CacheId id, Datum key)
{
    return syscache_pin_keys(id, (const Datum[CATALOG_KEYS_MAX]){key, 0, 0, 0});
}

static inline const HeapTuple *syscache_pin2(CacheId id, Datum a, Datum b)
{
    return syscache_pin_keys(id, (const Datum[CATALOG_KEYS_MAX]){a, b, 0, 0});
}

static inline const HeapTuple *syscache_pin3(CacheId id, Datum a, Datum b, Datum c)
{
    return syscache_pin_keys(id, (const Datum[CATALOG_KEYS_MAX]){a, b, c, 0});
}

static inline const HeapTuple *syscache_pin4(CacheId id, Datum a, Datum b, Datum c, Datum d)
{
    return syscache_pin_keys(id, (const Datum[CATALOG_KEYS_MAX]){a, b, c, d});
}

/*
 * The same without a pin: the row is good until something else is looked up or opened. For who
 * takes a few values out of it at once.
 */
const HeapTuple *syscache_peek_keys(CacheId id, const Datum keys[CATALOG_KEYS_MAX]);

static inline const HeapTuple *syscache_peek(CacheId id, Datum key)
{
    return syscache_peek_keys(id, (const Datum[CATALOG_KEYS_MAX]){key, 0, 0, 0});
}

static inline const HeapTuple *syscache_peek2(CacheId id, Datum a, Datum b)
{
    return syscache_peek_keys(id, (const Datum[CATALOG_KEYS_MAX]){a, b, 0, 0});
}

/* One more pin on a row that is pinned already. */
void syscache_pin_again(const HeapTuple *row);

/* A copy of the row in the current context, or NULL. */
HeapTuple *syscache_copy(CacheId id, const Datum keys[CATALOG_KEYS_MAX]);

/* A column of a row of that cache's catalog; what is a pointer points into the row. */
Datum syscache_get(CacheId id, const HeapTuple *row, int column, bool *is_null);

/* A column that cannot be NULL: raises XX000 when it is. */
Datum syscache_get_set(CacheId id, const HeapTuple *row, int column);

/* The columns of the cache's catalog. */
const TupleDesc *syscache_desc(CacheId id);

/* The hash by which messages name the row with those keys. */
uint32_t syscache_hash(CacheId id, const Datum keys[CATALOG_KEYS_MAX]);

/* ---- Lists: all rows whose leading keys are those ---- */

typedef struct CacheList {
    unsigned count;
    const HeapTuple *const *rows; /* in the order of the index */
} CacheList;

/* key_count of the leading keys, fewer than all. A pin of the current owner, never NULL. */
const CacheList *syscache_pin_list(CacheId id, unsigned key_count,
                                   const Datum keys[CATALOG_KEYS_MAX]);
void syscache_unpin_list(const CacheList *list);

/* ---- Invalidation: inval.c alone ---- */

void syscache_forget(CacheId id, uint32_t hash);
void syscache_forget_catalog(Oid catalog);
void syscache_forget_all(void);

/* ---- What it costs ---- */

typedef struct SyscacheCounters {
    uint64_t hits, negative_hits, misses, list_hits, list_misses;
    size_t entries, lists;
} SyscacheCounters;
void syscache_counters(SyscacheCounters *out);

#endif

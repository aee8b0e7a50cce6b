/*
 * cache_hash.h - the hash of a catalog row's keys, by which messages name it
 *
 * The same as PostgreSQL's for the same keys, since messages reach standbys of either kind.
 */
#ifndef CACHE_CACHE_HASH_H
#define CACHE_CACHE_HASH_H

#include "common/base/base.h"

#include "server/catalog/catalog.h"
#include "server/fmgr/datum.h"

typedef enum CacheKeyKind {
    CACHE_KEY_CHAR, /* bool, "char" */
    CACHE_KEY_INT2,
    CACHE_KEY_INT4,   /* oid and its kin, too */
    CACHE_KEY_NAME,   /* a C string of less than 64 bytes will do */
    CACHE_KEY_TEXT,   /* packed */
    CACHE_KEY_VECTOR, /* oidvector */
} CacheKeyKind;

typedef struct CacheKey {
    uint8_t kind;   /* CacheKeyKind */
    uint8_t column; /* of the catalog, from 1 */
} CacheKey;

/* What is known of a cache when the process starts. */
typedef struct CacheShape {
    const Catalog *catalog;
    const CatalogIndex *index;
    uint8_t key_count;
    CacheKey keys[CATALOG_KEYS_MAX];
} CacheShape;

const CacheShape *cache_shape(CacheId id);

uint32_t cache_hash(CacheId id, const Datum *keys);

/* The hash of count leading keys, which only this process uses. */
uint32_t cache_hash_prefix(CacheId id, const Datum *keys, unsigned count);

/* Are they equal? */
bool cache_keys_equal(CacheId id, const Datum *a, const Datum *b, unsigned count);

/* Is there a cache of that catalog? And one by that index? *first walks: 0 to begin with. */
bool cache_next_of_catalog(Oid catalog, unsigned *position, CacheId *out);

#endif

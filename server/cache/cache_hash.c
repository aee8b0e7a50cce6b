/*
 * cache_hash.c - hashes and equality of keys of catalog caches
 *
 * The hash of several keys is the exclusive or of theirs, those of the second and later ones
 * turned by 8, 16 and 24 bits to the left.
 */
#include "common/base/base.h"

#include "server/cache/cache_hash.h"

#include <string.h>

#include "common/err/err.h"
#include "server/catalog/catalog_oid.h"
#include "server/fmgr/hash_any.h"
#include "server/fmgr/varlena.h"

#define VECTOR_HEADER 24 /* bytes of an oidvector before its elements */

static struct {
    bool is_ready;
    CacheShape shapes[CACHE_COUNT];
} hashes;

static void prepare(void);
static CacheKeyKind kind_of(Oid type);
static uint32_t hash_key(CacheKeyKind kind, Datum value);
static bool keys_equal(CacheKeyKind kind, Datum a, Datum b);

const CacheShape *cache_shape(CacheId id)
{
    if (UNLIKELY(!hashes.is_ready))
        prepare();
    return &hashes.shapes[id];
}

static void prepare(void)
{
    for (CacheId id = 0; id < CACHE_COUNT; id++) {
        CacheShape *shape = &hashes.shapes[id];

        shape->index = catalog_find_index(catalog_cache_index(id), &shape->catalog);
        shape->key_count = shape->index->key_count;
        for (unsigned i = 0; i < shape->key_count; i++) {
            shape->keys[i].column = shape->index->keys[i];
            shape->keys[i].kind =
                (uint8_t)kind_of(shape->catalog->columns[shape->index->keys[i] - 1].type);
        }
    }
    hashes.is_ready = true;
}

static CacheKeyKind kind_of(Oid type)
{
    switch (type) {
    case TYPE_BOOL:
    case TYPE_CHAR:
        return CACHE_KEY_CHAR;
    case TYPE_INT2:
        return CACHE_KEY_INT2;
    case TYPE_INT4:
    case TYPE_OID:
    case TYPE_REGPROC:
        return CACHE_KEY_INT4;
    case TYPE_NAME:
        return CACHE_KEY_NAME;
    case TYPE_TEXT:
        return CACHE_KEY_TEXT;
    case TYPE_OIDVECTOR:
        return CACHE_KEY_VECTOR;
    default:
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("type %u cannot be the key of a cache", type));
    }
}

uint32_t cache_hash(CacheId id, const Datum *keys)
{
    return cache_hash_prefix(id, keys, cache_shape(id)->key_count);
}

uint32_t cache_hash_prefix(CacheId id, const Datum *keys, unsigned count)
{
    const CacheShape *shape = cache_shape(id);
    uint32_t result = hash_key((CacheKeyKind)shape->keys[0].kind, keys[0]);

    for (unsigned i = 1; i < count; i++) {
        uint32_t one = hash_key((CacheKeyKind)shape->keys[i].kind, keys[i]);

        result ^= one << (8 * i) | one >> (32 - 8 * i);
    }
    return result;
}

static uint32_t hash_key(CacheKeyKind kind, Datum value)
{
    const uint8_t *v;

    switch (kind) {
    case CACHE_KEY_CHAR:
        return hash_murmur_u32((uint32_t)(int32_t)datum_char(value));
    case CACHE_KEY_INT2:
        return hash_murmur_u32((uint32_t)(int32_t)datum_i16(value));
    case CACHE_KEY_INT4:
        return hash_murmur_u32(datum_u32(value));
    case CACHE_KEY_NAME:
        return hash_any(datum_pointer(value), strlen(datum_pointer(value)));
    case CACHE_KEY_TEXT:
        v = datum_varlena(value);
        return hash_any(varlena_bytes(v), varlena_len(v));
    case CACHE_KEY_VECTOR:
        v = datum_varlena(value);
        return hash_any(v + VECTOR_HEADER, varlena_size(v) - VECTOR_HEADER);
    }
    return 0;
}

bool cache_keys_equal(CacheId id, const Datum *a, const Datum *b, unsigned count)
{
    const CacheShape *shape = cache_shape(id);

    for (unsigned i = 0; i < count; i++) {
        if (!keys_equal((CacheKeyKind)shape->keys[i].kind, a[i], b[i]))
            return false;
    }
    return true;
}

static bool keys_equal(CacheKeyKind kind, Datum a, Datum b)
{
    const uint8_t *x, *y;
    size_t len;

    switch (kind) {
    case CACHE_KEY_CHAR:
        return datum_char(a) == datum_char(b);
    case CACHE_KEY_INT2:
        return datum_i16(a) == datum_i16(b);
    case CACHE_KEY_INT4:
        return datum_u32(a) == datum_u32(b);
    case CACHE_KEY_NAME:
        return strcmp(datum_pointer(a), datum_pointer(b)) == 0;
    case CACHE_KEY_TEXT:
        x = datum_varlena(a);
        y = datum_varlena(b);
        len = varlena_len(x);
        return len == varlena_len(y) && memcmp(varlena_bytes(x), varlena_bytes(y), len) == 0;
    case CACHE_KEY_VECTOR:
        x = datum_varlena(a);
        y = datum_varlena(b);
        len = varlena_size(x);
        return len == varlena_size(y) &&
               memcmp(x + VECTOR_HEADER, y + VECTOR_HEADER, len - VECTOR_HEADER) == 0;
    }
    return false;
}

/* From the highest number to the lowest, as PostgreSQL's messages come. */
bool cache_next_of_catalog(Oid catalog, unsigned *position, CacheId *out)
{
    cache_shape(0);
    for (unsigned i = *position; i < CACHE_COUNT; i++) {
        CacheId id = (CacheId)(CACHE_COUNT - 1 - i);

        if (hashes.shapes[id].catalog->oid == catalog) {
            *position = i + 1;
            *out = id;
            return true;
        }
    }
    return false;
}

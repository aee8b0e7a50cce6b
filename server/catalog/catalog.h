/*
 * catalog.h - the system catalogs as PostgreSQL 15 has them: columns, indexes, caches
 *
 * The tables behind it are made by the build from pg_*.def. catalog_struct.h has the numbers of
 * catalogs, indexes and columns as constants, and rows as structs; catalog_oid.h the numbers of
 * types, roles and the like.
 */
#ifndef CATALOG_CATALOG_H
#define CATALOG_CATALOG_H

#include "common/base/base.h"

#include "server/access/common/tuple_desc.h"

#define CATALOG_KEYS_MAX 4 /* columns of an index of a catalog */

typedef struct CatalogColumn {
    const char *name;
    Oid type;
    Oid collation; /* 950 for what has one: catalogs are compared by bytes */
    int16_t len;   /* -1: varlena */
    bool by_value;
    char align, storage;
    bool is_not_null;
    uint8_t dimensions;
} CatalogColumn;

#define CATALOG_SUPPORT_COUNT 5 /* of a B-tree's operator class */

typedef struct CatalogIndex {
    const char *name;
    Oid oid;
    Oid constraint; /* 0: none */
    bool is_unique, is_primary;
    uint8_t key_count;
    uint8_t keys[CATALOG_KEYS_MAX];   /* numbers of columns, from 1 */
    Oid op_classes[CATALOG_KEYS_MAX]; /* of B-tree, as all of them are */
    Oid op_families[CATALOG_KEYS_MAX], input_types[CATALOG_KEYS_MAX]; /* of those */
    Oid compare[CATALOG_KEYS_MAX];                           /* their support functions 1 */
    Oid others[CATALOG_KEYS_MAX][CATALOG_SUPPORT_COUNT - 1]; /* and from 2 on; 0: none */
    bool all_equal_image;                                    /* equal keys are equal bytes */
} CatalogIndex;

typedef struct Catalog {
    const char *name;
    Oid oid;
    Oid row_type, array_type;
    Oid toast, toast_index; /* 0: none */
    bool is_shared;
    bool is_mapped; /* its file is in the relation map, also those of its indexes and toast table */
    uint16_t column_count, index_count;
    const CatalogColumn *columns;
    const CatalogIndex *indexes;
} Catalog;

/* All of them, by name. */
size_t catalog_count(void);
const Catalog *catalog_at(size_t i);

const Catalog *catalog_find(Oid oid); /* NULL when oid is no catalog */

/* NULL when oid is no index of a catalog; *of is the catalog, and may be NULL. */
const CatalogIndex *catalog_find_index(Oid oid, const Catalog **of);

/* True for what is in every database: shared catalogs, their indexes, toast tables and so on. */
bool catalog_is_shared(Oid relation);

/* What describes its tuples; in the current memory context. */
TupleDesc *catalog_tuple_desc(const Catalog *catalog);
TupleDesc *catalog_index_desc(const Catalog *catalog, const CatalogIndex *index);

/* Columns and index of any toast table; its numbers are 0. */
const Catalog *catalog_toast_shape(void);

/* The ways into the catalogs that are cached, named as PostgreSQL's. */
typedef enum CacheId {
#define ROW(id, index) CACHE_##id,
#include "server/catalog/cache.def"
#undef ROW
    CACHE_COUNT
} CacheId;

/* The unique index whose columns are the keys of a cache. */
Oid catalog_cache_index(CacheId id);

#endif

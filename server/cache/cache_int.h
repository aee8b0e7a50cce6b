/*
 * cache_int.h - what the files of this room share
 */
#ifndef CACHE_CACHE_INT_H
#define CACHE_CACHE_INT_H

#include "common/base/base.h"

#include "common/mem/mem.h"
#include "server/access/common/relation.h"
#include "server/catalog/catalog.h"

/* The columns of a catalog, made once and kept as long as the process. */
TupleDesc *cache_catalog_desc(const Catalog *catalog);

/* ---- Ends, for cache_end() ---- */

void syscache_end(void);
void relcache_end(void);

/* ---- relcache_build.c: what catalogs say of a relation ---- */

/* What a Relation points to, in memory of its own; replaced as a whole. */
typedef struct RelationContent {
    MemContext *mem;
    HeapTuple *tuple; /* of pg_class */
    bool is_row_real;
    TupleDesc *desc;
    const RelationOptions *options;
    RelationIndex *index;
} RelationContent;

/*
 * Read it; false when there is no such relation. Its memory is below the current context. A mapped
 * catalog has a row that was made up unless the real one is wanted and can be read.
 */
bool relation_read(Oid oid, bool wants_real_row, RelationContent *out);

/* The text of a tree in that column, in the current context; NULL when it is NULL. */
char *relation_tree_text(const HeapTuple *tuple, int column, const TupleDesc *desc);

/* ---- relcache_index.c: indexes ---- */

/* Of the relation whose row and columns are in content; in its memory. */
RelationIndex *relation_read_index(Oid oid, const RelationContent *content);

/* Lists and sets of columns, in the current context. */
RelationIndexes *relation_read_indexes(const Relation *rel);
RelationColumns *relation_read_index_columns(Relation *rel);
RelationIndexes *relation_keep_indexes(MemContext *mem, const RelationIndexes *read);
RelationColumns *relation_keep_columns(MemContext *mem, const RelationColumns *read);

/* ---- relcache_trigger.c ---- */

/* In the current context, in one piece with what it points to. */
RelationTriggers *relation_read_triggers(const Relation *rel);
RelationTriggers *relation_keep_triggers(MemContext *mem, const RelationTriggers *read);

/* ---- relcache.c ---- */

/* As relation_pin_existing(), for looking into a catalog: its row may be made up. */
Relation *relation_pin_catalog(Oid oid);

/* ---- cache.c ---- */

bool cache_is_temp_schema(Oid schema); /* that of our own temporary relations */

/* ---- relcache_catalog.c: catalogs as they are compiled in ---- */

/* A catalog, an index of one, or a TOAST table of one with its index. */
typedef struct CatalogRelation {
    const Catalog *catalog;    /* that it is, or that it belongs to */
    const CatalogIndex *index; /* NULL: the catalog itself, or its TOAST table */
    bool is_toast;             /* the TOAST table, or its index */
} CatalogRelation;
bool catalog_relation_find(Oid oid, CatalogRelation *out);
const Catalog *catalog_relation_shape(const CatalogRelation *what); /* whose columns it has */
unsigned catalog_relation_column_count(const CatalogRelation *what);

/* A row of pg_class as far as it follows, and what an index is; in the current context. */
HeapTuple *catalog_relation_row(Oid oid, const CatalogRelation *what);
RelationIndex *catalog_relation_index(Oid oid, const CatalogRelation *what);
TupleDesc *catalog_index_columns(const RelationIndex *index);

#endif

/*
 * bootstrap_int.h - relations of a new cluster while they are made in memory
 */
#ifndef CATALOG_BOOTSTRAP_INT_H
#define CATALOG_BOOTSTRAP_INT_H

#include "common/base/base.h"

#include "server/access/common/heap_form.h"
#include "server/access/common/tuple_desc.h"
#include "server/catalog/catalog.h"

/* One relation's pages. */
typedef struct NewRelation {
    Oid oid;
    uint8_t *pages;
    BlockNo page_count, page_room;
    uint32_t tuple_count;
} NewRelation;

/* A new page at the end, empty but for its header; valid until the next call. */
uint8_t *new_relation_add_page(NewRelation *relation, size_t special_size);

/*
 * Put a row at the end of a heap. A row that is too long is compressed, and what is still too long
 * goes to toast (NULL: there is none, and that raises) under *value_id, which moves on; values then
 * has what the row holds.
 */
void new_heap_add(NewRelation *heap, const TupleDesc *desc, Datum *values, const bool *nulls,
                  NewRelation *toast, Oid *value_id);

/* The tuples of a heap, all of them, in the order of their places; in the current context. */
HeapTuple *new_heap_tuples(const NewRelation *heap);

/* A B-tree over all rows of a heap, in an empty relation. */
void new_index_build(NewRelation *relation, const Catalog *catalog, const CatalogIndex *index,
                     const NewRelation *heap, const TupleDesc *heap_desc);

#endif

/*
 * catalog_change.h - rows of catalogs inserted, updated, deleted: with index entries and messages
 *
 * The catalog is pinned by the caller, who has the locks that keep others from changing the same
 * row: one that was changed meanwhile raises XX000 "tuple concurrently updated" (or deleted).
 */
#ifndef CACHE_CATALOG_CHANGE_H
#define CACHE_CATALOG_CHANGE_H

#include "common/base/base.h"

#include "server/access/common/heap_form.h"
#include "server/access/common/relation.h"

/* tuple->self becomes its place. 23505 when a unique index has its key already. */
void catalog_insert(Relation *catalog, HeapTuple *tuple);
void catalog_delete(Relation *catalog, const HeapTuple *tuple);

/* tuple->self is the old version's place, and becomes the new one's. */
void catalog_update(Relation *catalog, const HeapTuple *old, HeapTuple *tuple);

#endif

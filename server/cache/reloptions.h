/*
 * reloptions.h - storage parameters of relations, as pg_class.reloptions has them
 */
#ifndef CACHE_RELOPTIONS_H
#define CACHE_RELOPTIONS_H

#include "common/base/base.h"

#include "server/access/common/relation.h"

/*
 * Of a row of pg_class; NULL: nothing is set. Never NULL; in the current context, unless it is the
 * one that stands for all defaults. What the catalog has was checked when it was set: names that
 * are not known, and values that cannot be, are passed over.
 */
const RelationOptions *reloptions_of(const HeapTuple *pg_class);

/* What ANALYZE is to find for a column (ALTER COLUMN ... SET (n_distinct)); 0: what there is. */
double reloptions_n_distinct(Oid relation, int16_t column);

#endif

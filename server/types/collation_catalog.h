/*
 * collation_catalog.h - let collations be looked up in pg_collation
 */
#ifndef TYPES_COLLATION_CATALOG_H
#define TYPES_COLLATION_CATALOG_H

/* Once in each process that has caches, after cache_begin(). */
void collation_use_catalog(void);

#endif

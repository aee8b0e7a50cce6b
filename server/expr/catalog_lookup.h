/*
 * catalog_lookup.h - answers for catalog_info.h, from the caches of this process
 */
#ifndef EXPR_CATALOG_LOOKUP_H
#define EXPR_CATALOG_LOOKUP_H

#include "server/expr/catalog_info.h"

extern const CatalogInfo catalog_lookup;

/* For fmgr: what a call's expression says of it, and functions that are not built in. */
void catalog_lookup_install(void);

#endif

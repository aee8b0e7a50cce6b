/* catalog_cache.h - the answers of the caches to what catalog_info.h asks. */
#ifndef EXPR_CATALOG_CACHE_H
#define EXPR_CATALOG_CACHE_H

#include "common/base/base.h"

#include "server/expr/catalog_info.h"

extern const CatalogInfo catalog_cache_info;

#endif

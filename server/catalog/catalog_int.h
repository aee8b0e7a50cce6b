/*
 * catalog_int.h - the tables that the build makes from pg_*.def
 */
#ifndef CATALOG_CATALOG_INT_H
#define CATALOG_CATALOG_INT_H

#include "common/base/base.h"

#include "server/catalog/catalog.h"
#include "server/fmgr/fmgr.h"

extern const Catalog catalog_table[]; /* sorted by name */
extern const size_t catalog_table_count;

/* What a new cluster has in a catalog: count rows of column_count texts, each with its NUL. */
typedef struct CatalogRows {
    uint32_t count;
    const char *text;
} CatalogRows;

#define CATALOG_TEXT_NULL "\1" /* the text of NULL */

extern const CatalogRows catalog_rows[]; /* beside catalog_table */

/* Sorted by number. Process state: builtin_bind() alone sets the functions. */
extern FmgrBuiltin builtin_table[];
extern const size_t builtin_table_count;

#endif

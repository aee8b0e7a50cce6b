/*
 * catalog_change.h - rows of catalogs are inserted, changed, deleted: with their index entries, and
 * with messages to all caches
 *
 *     CatalogChange *change = catalog_change_begin(PG_NAMESPACE_CATALOG);
 *     CatalogRow row;
 *
 *     catalog_row_init(&row);
 *     catalog_set_u32(&row, PG_NAMESPACE_COL_OID, oid);
 *     catalog_set_name(&row, PG_NAMESPACE_COL_NSPNAME, "s");
 *     catalog_insert(change, &row);
 *     catalog_change_end(change);
 *
 * The catalog is locked ROW EXCLUSIVE from begin to end. What was done is seen by commands that
 * follow: txn_advance_command() makes it so. Who else changes the same row meanwhile is waited for,
 * and if he does not roll back, XX000 "tuple concurrently updated" is raised.
 *
 * A Relation that is open may be read anew by any of these functions.
 */
#ifndef CACHE_CATALOG_CHANGE_H
#define CACHE_CATALOG_CHANGE_H

#include "common/base/base.h"

#include "server/access/common/heap_form.h"
#include "server/access/common/relation.h"
#include "server/catalog/catalog.h"

#define CATALOG_COLUMNS_MAX 40

/* Columns by their number less 1. At first all are NULL, and none is to be replaced. */
typedef struct CatalogRow {
    Datum values[CATALOG_COLUMNS_MAX];
    bool nulls[CATALOG_COLUMNS_MAX];
    bool replaces[CATALOG_COLUMNS_MAX]; /* that were set, for catalog_update() */
} CatalogRow;

void catalog_row_init(CatalogRow *row);

static inline void catalog_set(CatalogRow *row, int column, Datum value)
{
    row->values[column - 1] = value;
    row->nulls[column - 1] = false;
    row->replaces[column - 1] = true;
}

static inline void catalog_set_null(CatalogRow *row, int column)
{
    row->nulls[column - 1] = true;
    row->replaces[column - 1] = true;
}

static inline void catalog_set_u32(CatalogRow *row, int column, uint32_t value)
{
    catalog_set(row, column, datum_of_u32(value));
}

static inline void catalog_set_i16(CatalogRow *row, int column, int16_t value)
{
    catalog_set(row, column, datum_of_i16(value));
}

static inline void catalog_set_i32(CatalogRow *row, int column, int32_t value)
{
    catalog_set(row, column, datum_of_i32(value));
}

static inline void catalog_set_char(CatalogRow *row, int column, char value)
{
    catalog_set(row, column, datum_of_char(value));
}

static inline void catalog_set_bool(CatalogRow *row, int column, bool value)
{
    catalog_set(row, column, datum_of_bool(value));
}

/* Copied, cut to 63 bytes; and a text, which is copied too. NULL: SQL's. */
void catalog_set_name(CatalogRow *row, int column, const char *name);
void catalog_set_text(CatalogRow *row, int column, const char *text);

/* ---- Changing ---- */

typedef struct CatalogChange CatalogChange;

CatalogChange *catalog_change_begin(Oid catalog);
Relation *catalog_change_catalog(const CatalogChange *change);
void catalog_change_end(CatalogChange *change);

/* Returns where the row is. */
Tid catalog_insert(CatalogChange *change, const CatalogRow *row);
void catalog_insert_tuple(CatalogChange *change, HeapTuple *tuple);

/* The same for many, with one record for each page. */
void catalog_insert_many(CatalogChange *change, const CatalogRow *rows, size_t count);

/* old: as it was read; columns that were set in row are replaced. */
void catalog_update(CatalogChange *change, const HeapTuple *old, const CatalogRow *row);
void catalog_update_tuple(CatalogChange *change, const HeapTuple *old, HeapTuple *fresh);
void catalog_delete(CatalogChange *change, const HeapTuple *old);

/*
 * In place: for everybody at once, and not undone when the transaction is rolled back. For columns
 * of fixed length alone.
 */
void catalog_overwrite(CatalogChange *change, const HeapTuple *old, const CatalogRow *row);

/* ---- Numbers ---- */

/*
 * One that no row has in that column, of which index is (its first column), though it may be in use
 * once this returns when others do not ask so.
 */
Oid catalog_new_oid(Oid catalog, Oid index, int16_t column);

#endif

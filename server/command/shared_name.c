/* shared_name.c - databases and tablespaces by their names: no cache has them so */
#include "common/base/base.h"

#include "server/command/shared_name.h"

#include "common/err/err.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"

/* The first column of the row, which is its number; 0: there is none. */
static Oid find(Oid catalog, Oid index, int16_t column, const char *name)
{
    const CatalogKey key = {.column = column, .value = datum_of_pointer(name)};
    CatalogScan *scan = catalog_scan_begin(catalog, index, 1, &key);
    const HeapTuple *row = catalog_scan_next(scan);
    Oid oid = row != NULL ? *(const Oid *)syscache_fixed(row) : 0;

    catalog_scan_end(scan);
    return oid;
}

Oid database_of_name(const char *name, bool is_missing_ok)
{
    Oid oid =
        find(PG_DATABASE_CATALOG, PG_DATABASE_DATNAME_INDEX, PG_DATABASE_COL_DATNAME, name);

    if (oid == 0 && !is_missing_ok)
        err_raise(SQLSTATE_INVALID_CATALOG_NAME,
                  .message = err_fmt("database \"%s\" does not exist", name));
    return oid;
}

Oid tablespace_of_name(const char *name, bool is_missing_ok)
{
    Oid oid =
        find(PG_TABLESPACE_CATALOG, PG_TABLESPACE_SPCNAME_INDEX, PG_TABLESPACE_COL_SPCNAME, name);

    if (oid == 0 && !is_missing_ok)
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("tablespace \"%s\" does not exist", name));
    return oid;
}

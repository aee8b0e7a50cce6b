/* comment.c - comments on objects */
#include "common/base/base.h"

#include "server/command/comment.h"

#include "common/mem/mem.h"
#include "server/cache/catalog_change.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/varlena.h"

/* pg_shdescription has no column for parts, the others have the same numbers. */
static CatalogScan *scan_comments(const ObjectAddress *object, bool wants_parts)
{
    bool is_shared = catalog_is_shared(object->catalog);
    const CatalogKey keys[] = {
        {.column = PG_DESCRIPTION_COL_OBJOID, .value = datum_of_u32(object->oid)},
        {.column = PG_DESCRIPTION_COL_CLASSOID, .value = datum_of_u32(object->catalog)},
        {.column = PG_DESCRIPTION_COL_OBJSUBID, .value = datum_of_i32(object->sub)},
    };

    STATIC_ASSERT((int)PG_DESCRIPTION_COL_OBJOID == (int)PG_SHDESCRIPTION_COL_OBJOID);
    STATIC_ASSERT((int)PG_DESCRIPTION_COL_CLASSOID == (int)PG_SHDESCRIPTION_COL_CLASSOID);
    if (is_shared)
        return catalog_scan_begin(PG_SHDESCRIPTION_CATALOG, PG_SHDESCRIPTION_O_C_INDEX, 2, keys);
    return catalog_scan_begin(PG_DESCRIPTION_CATALOG, PG_DESCRIPTION_O_C_O_INDEX,
                              wants_parts ? 2 : 3, keys);
}

static Oid catalog_of(const ObjectAddress *object)
{
    return catalog_is_shared(object->catalog) ? PG_SHDESCRIPTION_CATALOG : PG_DESCRIPTION_CATALOG;
}

static void insert(CatalogChange *change, const ObjectAddress *object, const char *text)
{
    CatalogRow row;

    catalog_row_init(&row);
    catalog_set_u32(&row, PG_DESCRIPTION_COL_OBJOID, object->oid);
    catalog_set_u32(&row, PG_DESCRIPTION_COL_CLASSOID, object->catalog);
    if (catalog_is_shared(object->catalog)) {
        catalog_set_text(&row, PG_SHDESCRIPTION_COL_DESCRIPTION, text);
    } else {
        catalog_set_i32(&row, PG_DESCRIPTION_COL_OBJSUBID, object->sub);
        catalog_set_text(&row, PG_DESCRIPTION_COL_DESCRIPTION, text);
    }
    catalog_insert(change, &row);
}

void comment_set(const ObjectAddress *object, const char *text)
{
    CatalogChange *change = catalog_change_begin(catalog_of(object));
    CatalogScan *scan = scan_comments(object, false);
    const HeapTuple *old = catalog_scan_next(scan);
    bool has_text = text != NULL && *text != '\0';

    if (old != NULL && has_text) {
        CatalogRow row;

        catalog_row_init(&row);
        catalog_set_text(&row,
                         catalog_is_shared(object->catalog) ? PG_SHDESCRIPTION_COL_DESCRIPTION
                                                            : PG_DESCRIPTION_COL_DESCRIPTION,
                         text);
        catalog_update(change, old, &row);
    } else if (old != NULL) {
        catalog_delete(change, old);
    } else if (has_text) {
        insert(change, object, text);
    }
    catalog_scan_end(scan);
    catalog_change_end(change);
}

char *comment_get(const ObjectAddress *object)
{
    bool is_shared = catalog_is_shared(object->catalog);
    CatalogScan *scan = scan_comments(object, false);
    const HeapTuple *row = catalog_scan_next(scan);
    char *text = NULL;

    if (row != NULL) {
        bool is_null;
        Datum value = heap_get(
            row, is_shared ? PG_SHDESCRIPTION_COL_DESCRIPTION : PG_DESCRIPTION_COL_DESCRIPTION,
            catalog_scan_desc(scan), &is_null);
        const uint8_t *bytes = varlena_plain(datum_varlena(value));

        text = mem_strndup((const char *)varlena_bytes(bytes), varlena_len(bytes));
    }
    catalog_scan_end(scan);
    return text;
}

void comment_forget(const ObjectAddress *object)
{
    CatalogChange *change = catalog_change_begin(catalog_of(object));
    CatalogScan *scan = scan_comments(object, object->sub == 0);
    const HeapTuple *row;

    while ((row = catalog_scan_next(scan)) != NULL)
        catalog_delete(change, row);
    catalog_scan_end(scan);
    catalog_change_end(change);
}

/* object.c - addresses of objects, and lists of them */
#include "common/base/base.h"

#include "server/command/object.h"

#include "common/err/err.h"
#include "common/format/oid_range.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"

void object_list_init(ObjectList *list)
{
    array_init(list, sizeof(ObjectAddress));
}

void object_list_add(ObjectList *list, Oid catalog, Oid oid, int32_t sub)
{
    ObjectAddress *item = array_push(list);

    *item = (ObjectAddress){catalog, oid, sub};
}

/* Whole objects before their columns. */
static int compare(const void *left, const void *right)
{
    const ObjectAddress *a = left, *b = right;

    if (a->oid != b->oid)
        return a->oid < b->oid ? -1 : 1;
    if (a->catalog != b->catalog)
        return a->catalog < b->catalog ? -1 : 1;
    return (uint32_t)a->sub < (uint32_t)b->sub ? -1 : (uint32_t)a->sub > (uint32_t)b->sub;
}

void object_list_unify(ObjectList *list)
{
    ObjectAddress *items = list->items;
    size_t kept = 0;

    array_sort(list, compare);
    for (size_t i = 0; i < list->count; i++) {
        ObjectAddress *last = kept > 0 ? &items[kept - 1] : NULL;
        bool is_same_object =
            last != NULL && last->catalog == items[i].catalog && last->oid == items[i].oid;

        if (is_same_object && (last->sub == items[i].sub || last->sub == 0))
            *last = items[i];
        else
            items[kept++] = items[i];
    }
    list->count = kept;
}

/* The lock that was waited for may have been that of who dropped it. */
static const HeapTuple *pin_row(CacheId cache, Oid oid)
{
    const HeapTuple *row = syscache_pin(cache, datum_of_u32(oid));

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "tuple concurrently deleted");
    return row;
}

void object_update_row(Oid catalog, CacheId cache, Oid oid, const CatalogRow *row)
{
    CatalogChange *change = catalog_change_begin(catalog);
    const HeapTuple *old = pin_row(cache, oid);

    catalog_update(change, old, row);
    syscache_unpin(old);
    catalog_change_end(change);
}

void object_delete_row(Oid catalog, CacheId cache, Oid oid)
{
    CatalogChange *change = catalog_change_begin(catalog);
    const HeapTuple *old = pin_row(cache, oid);

    catalog_delete(change, old);
    syscache_unpin(old);
    catalog_change_end(change);
}

/*
 * The schema public and databases are numbered below, but may be dropped; large objects have
 * whatever number their maker wishes.
 */
bool object_is_pinned(Oid catalog, Oid oid)
{
    return oid < OID_FIRST_UNPINNED && catalog != PG_LARGEOBJECT_CATALOG &&
           catalog != PG_DATABASE_CATALOG &&
           !(catalog == PG_NAMESPACE_CATALOG && oid == SCHEMA_PUBLIC);
}

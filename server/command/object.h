/*
 * object.h - what a command works on: any object of the catalogs, by its catalog and number
 */
#ifndef COMMAND_OBJECT_H
#define COMMAND_OBJECT_H

#include "common/base/base.h"

#include "common/ds/array.h"
#include "server/cache/catalog_change.h"
#include "server/cache/syscache.h"

typedef struct ObjectAddress {
    Oid catalog;
    Oid oid;
    int32_t sub; /* number of a column; 0: the whole */
} ObjectAddress;

static inline ObjectAddress object_address(Oid catalog, Oid oid)
{
    return (ObjectAddress){catalog, oid, 0};
}

static inline bool object_equal(const ObjectAddress *a, const ObjectAddress *b)
{
    return a->catalog == b->catalog && a->oid == b->oid && a->sub == b->sub;
}

/* Several, in an Array of ObjectAddress. */
typedef Array ObjectList;

void object_list_init(ObjectList *list);
void object_list_add(ObjectList *list, Oid catalog, Oid oid, int32_t sub);

/* Sort, and keep one of each; a whole relation goes where a column of it is there too. */
void object_list_unify(ObjectList *list);

/* Change or delete its row, which cache has by its number; raise XX000 when it is gone. */
void object_update_row(Oid catalog, CacheId cache, Oid oid, const CatalogRow *row);
void object_delete_row(Oid catalog, CacheId cache, Oid oid);

/* Objects of every cluster that nothing can be done to, and that nobody notes dependencies on. */
bool object_is_pinned(Oid catalog, Oid oid);

#endif

/*
 * depend_lock.c - objects stay while others come to need them; depend_lock.h has the rule
 *
 * The caches do not show what this very command has made: what they do not have is looked for in
 * the catalog itself.
 */
#include "common/base/base.h"

#include "server/command/depend_lock.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/lock/lock_object.h"
#include "server/txn/snapshot.h"

#define OID_COLUMN 1 /* of each catalog whose objects others may need */

typedef struct Kind {
    Oid catalog;
    CacheId cache;
    const char *word;
} Kind;

static const Kind kinds[] = {
    {PG_AM_CATALOG, CACHE_AMOID, "access method"},
    {PG_CLASS_CATALOG, CACHE_RELOID, "relation"},
    {PG_COLLATION_CATALOG, CACHE_COLLOID, "collation"},
    {PG_CONSTRAINT_CATALOG, CACHE_CONSTROID, "constraint"},
    {PG_CONVERSION_CATALOG, CACHE_CONVOID, "conversion"},
    {PG_FOREIGN_DATA_WRAPPER_CATALOG, CACHE_FOREIGNDATAWRAPPEROID, "foreign-data wrapper"},
    {PG_FOREIGN_SERVER_CATALOG, CACHE_FOREIGNSERVEROID, "foreign server"},
    {PG_LANGUAGE_CATALOG, CACHE_LANGOID, "language"},
    {PG_NAMESPACE_CATALOG, CACHE_NAMESPACEOID, "schema"},
    {PG_OPCLASS_CATALOG, CACHE_CLAOID, "operator class"},
    {PG_OPERATOR_CATALOG, CACHE_OPEROID, "operator"},
    {PG_OPFAMILY_CATALOG, CACHE_OPFAMILYOID, "operator family"},
    {PG_PROC_CATALOG, CACHE_PROCOID, "function"},
    {PG_TS_CONFIG_CATALOG, CACHE_TSCONFIGOID, "text search configuration"},
    {PG_TS_DICT_CATALOG, CACHE_TSDICTOID, "text search dictionary"},
    {PG_TYPE_CATALOG, CACHE_TYPEOID, "type"},
};

static bool lock(const ObjectAddress *object);
static bool is_in_catalog(Oid catalog, Oid oid);

void depend_lock(const ObjectAddress *object)
{
    const Kind *kind = NULL;

    if (!lock(object))
        return;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (kinds[i].catalog == object->catalog)
            kind = &kinds[i];
    if (kind != NULL && syscache_peek(kind->cache, datum_of_u32(object->oid)) != NULL)
        return;
    if (!is_in_catalog(object->catalog, object->oid))
        err_raise(SQLSTATE_UNDEFINED_OBJECT,
                  .message = err_fmt("referenced %s was concurrently dropped",
                                     kind != NULL ? kind->word : "object"));
}

/* False: it was locked already, so that it cannot have gone. */
static bool lock(const ObjectAddress *object)
{
    if (catalog_is_shared(object->catalog)) {
        lock_shared_object(object->catalog, object->oid, 0, LOCK_ACCESS_SHARE);
    } else if (object->catalog != PG_CLASS_CATALOG) {
        lock_object(object->catalog, object->oid, 0, LOCK_ACCESS_SHARE);
    } else {
        if (lock_relation_is_held(object->oid, LOCK_ACCESS_SHARE, true))
            return false;
        lock_relation(object->oid, LOCK_ACCESS_SHARE);
    }
    return true;
}

static Oid index_of_oids(const Catalog *catalog)
{
    for (unsigned i = 0; i < catalog->index_count; i++) {
        const CatalogIndex *index = &catalog->indexes[i];

        if (index->is_unique && index->key_count == 1 && index->keys[0] == OID_COLUMN)
            return index->oid;
    }
    return 0;
}

static bool is_in_catalog(Oid catalog, Oid oid)
{
    const CatalogKey key = {.column = OID_COLUMN, .value = datum_of_u32(oid)};
    Relation *rel = relation_open(catalog, LOCK_ACCESS_SHARE);
    CatalogScan *scan =
        catalog_scan_begin_rel(rel, index_of_oids(catalog_find(catalog)), &snapshot_self, 1, &key);
    bool is_found = catalog_scan_next(scan) != NULL;

    catalog_scan_end(scan);
    relation_close(rel, LOCK_ACCESS_SHARE);
    return is_found;
}

/* inherit.c - is a composite type that of a child table of another's? */
#include "common/base/base.h"

#include "server/analyzer/analyzer_int.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/syscache.h"
#include "server/cache/type_facts.h"
#include "server/catalog/catalog_struct.h"

static bool has_children(Oid relation)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));

    return row != NULL && CACHE_ROW(PgClass, row)->relhassubclass;
}

static List *parents_of(Oid relation)
{
    CatalogKey key = {.column = PG_INHERITS_COL_INHRELID, .value = datum_of_u32(relation)};
    CatalogScan *scan =
        catalog_scan_begin(PG_INHERITS_CATALOG, PG_INHERITS_RELID_SEQNO_INDEX, 1, &key);
    const HeapTuple *row;
    List *parents = NULL;

    while ((row = catalog_scan_next(scan)) != NULL)
        parents = list_add_oid(parents, CACHE_ROW(PgInherits, row)->inhparent);
    catalog_scan_end(scan);
    return parents;
}

static bool descends(Oid child, Oid parent)
{
    List *open = list_add_oid(NULL, child);

    for (int i = 0; i < list_count(open); i++) {
        const List *parents = parents_of(list_oid_at(open, i));

        for (int j = 0; j < list_count(parents); j++) {
            Oid found = list_oid_at(parents, j);
            bool is_new = true;

            if (found == parent)
                return true;
            for (int k = 0; k < list_count(open); k++)
                is_new = is_new && list_oid_at(open, k) != found;
            if (is_new)
                open = list_add_oid(open, found);
        }
    }
    return false;
}

static bool is_of_type(Oid relation, Oid type)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));

    return row != NULL && CACHE_ROW(PgClass, row)->reloftype == type;
}

bool type_inherits(Oid child, Oid parent)
{
    Oid child_relation = type_or_domain_relation(child);
    Oid parent_relation;

    if (child_relation == 0)
        return false;
    parent_relation = type_relation(parent);
    if (parent_relation == 0)
        return false;
    if (is_of_type(child_relation, parent))
        return true;
    return has_children(parent_relation) && descends(child_relation, parent_relation);
}

/* type_use.c - where values of a type are stored; type_use.h has the how. */
#include "common/base/base.h"

#include "server/command/type_use.h"

#include "common/err/err.h"
#include "server/access/common/relation.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/object.h"
#include "server/ipc/interrupt.h"

void type_list_dependents(Oid type, Array *out)
{
    const CatalogKey keys[] = {
        {.column = PG_DEPEND_COL_REFCLASSID, .value = datum_of_u32(PG_TYPE_CATALOG)},
        {.column = PG_DEPEND_COL_REFOBJID, .value = datum_of_u32(type)},
    };
    CatalogScan *scan = catalog_scan_begin(PG_DEPEND_CATALOG, PG_DEPEND_REFERENCE_INDEX, 2, keys);
    const HeapTuple *row;

    array_init(out, sizeof(ObjectAddress));
    while ((row = catalog_scan_next(scan)) != NULL) {
        const PgDepend *d = CACHE_ROW(PgDepend, row);

        *(ObjectAddress *)array_push(out) = (ObjectAddress){d->classid, d->objid, d->objsubid};
    }
    catalog_scan_end(scan);
}

bool type_has_rows(Oid relation)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));
    char kind = row != NULL ? CACHE_ROW(PgClass, row)->relkind : 0;

    return kind == RELATION_TABLE || kind == RELATION_MATERIALIZED_VIEW;
}

Oid type_of_relation(Oid relation)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(relation));

    return row != NULL ? CACHE_ROW(PgClass, row)->reltype : 0;
}

_Noreturn static void refuse(const TypeUse *of, Oid relation, int column)
{
    Relation *rel = relation_open(relation, LOCK_ACCESS_SHARE);
    const char *name = rel->desc->columns[column - 1].name;

    err_raise(
        SQLSTATE_FEATURE_NOT_SUPPORTED,
        .message =
            of->is_table
                ? err_fmt("cannot alter table \"%s\" because column \"%s.%s\" uses its row type",
                          of->name, rel->name, name)
                : err_fmt("cannot alter type \"%s\" because column \"%s.%s\" uses it", of->name,
                          rel->name, name));
}

void type_refuse_uses(Oid type, const TypeUse *of)
{
    Array dependents;

    check_interrupts();
    type_list_dependents(type, &dependents);
    array_foreach(const ObjectAddress, d, &dependents) {
        if (d->catalog == PG_TYPE_CATALOG)
            type_refuse_uses(d->oid, of);
        if (d->catalog != PG_CLASS_CATALOG || d->sub <= 0)
            continue;
        if (type_has_rows(d->oid))
            refuse(of, d->oid, d->sub);
        if (type_of_relation(d->oid) != 0)
            type_refuse_uses(type_of_relation(d->oid), of);
    }
}

/*
 * column_type.c - the order of a type's values: that of its default operator class for btree, or at
 * least what is equal, by the one for hash indexes
 *
 * A type without one of its own may be one that another's values are the same bytes as (varchar and
 * text), or of a family of types that share one (arrays, enums, ranges).
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/cache/catalog_scan.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/vacuum/analyze_int.h"

#define TYPE_ANYARRAY      2277
#define TYPE_ANYENUM       3500
#define TYPE_ANYRANGE      3831
#define TYPE_ANYMULTIRANGE 4537
#define STRATEGY_LESS      1
#define STRATEGY_EQUAL     3

#define ACCESS_METHOD_HASH  405
#define STRATEGY_HASH_EQUAL 1

#define SUPPORT_COMPARE    1
#define CAST_BY_BYTES      'b'
#define CAST_IMPLICIT      'i'

static bool is_same_bytes(Oid from, Oid to)
{
    const HeapTuple *row =
        syscache_peek2(CACHE_CASTSOURCETARGET, datum_of_u32(from), datum_of_u32(to));

    return row != NULL && CACHE_ROW(PgCast, row)->castmethod == CAST_BY_BYTES &&
           CACHE_ROW(PgCast, row)->castcontext == CAST_IMPLICIT;
}

/* The type that stands for all of its kind in operator classes; 0: none. */
static Oid type_of_family(const TypeFacts *t)
{
    switch (t->kind) {
    case 'e':
        return TYPE_ANYENUM;
    case 'r':
        return TYPE_ANYRANGE;
    case 'm':
        return TYPE_ANYMULTIRANGE;
    default:
        return type_is_array(t) ? TYPE_ANYARRAY : 0;
    }
}

/* The family of an access method, and the type that it knows; false: there is none. */
static bool find_class(const TypeFacts *t, Oid method, Oid *family, Oid *type)
{
    const CatalogKey key = {.column = PG_OPCLASS_COL_OPCMETHOD, .value = datum_of_u32(method)};
    CatalogScan *scan =
        catalog_scan_begin(PG_OPCLASS_CATALOG, PG_OPCLASS_AM_NAME_NSP_INDEX, 1, &key);
    Oid of_family = type_of_family(t);
    const HeapTuple *row;
    bool is_exact = false, is_found = false;

    while (!is_exact && (row = catalog_scan_next(scan)) != NULL) {
        const PgOpclass *c = CACHE_ROW(PgOpclass, row);
        Oid family_here = c->opcfamily, type_here = c->opcintype;

        if (!c->opcdefault)
            continue;
        is_exact = type_here == t->oid;
        if (is_exact || type_here == of_family || is_same_bytes(t->oid, type_here)) {
            *family = family_here;
            *type = type_here;
            is_found = true;
        }
    }
    catalog_scan_end(scan);
    return is_found;
}

static Oid operator_of(Oid family, Oid type, int16_t strategy)
{
    const Datum keys[CATALOG_KEYS_MAX] = {datum_of_u32(family), datum_of_u32(type),
                                          datum_of_u32(type), datum_of_i16(strategy)};
    const HeapTuple *row = syscache_peek_keys(CACHE_AMOPSTRATEGY, keys);

    return row == NULL ? 0 : CACHE_ROW(PgAmop, row)->amopopr;
}

static Oid function_of(Oid operator)
{
    const HeapTuple *row = syscache_peek(CACHE_OPEROID, datum_of_u32(operator));

    return row == NULL ? 0 : CACHE_ROW(PgOperator, row)->oprcode;
}

static Oid support_of(Oid family, Oid type, int16_t number)
{
    const Datum keys[CATALOG_KEYS_MAX] = {datum_of_u32(family), datum_of_u32(type),
                                          datum_of_u32(type), datum_of_i16(number)};
    const HeapTuple *row = syscache_peek_keys(CACHE_AMPROCNUM, keys);

    return row == NULL ? 0 : CACHE_ROW(PgAmproc, row)->amproc;
}

void column_order_find(Oid type, ColumnOrder *out)
{
    const TypeFacts *t = type_facts(type);
    Oid family, known;

    *out = (ColumnOrder){.equal = 0};
    while (t->kind == 'd')
        t = type_facts(t->base);
    if (type_is_array(t) && type_facts(t->element)->compare == 0)
        return;
    if (find_class(t, ACCESS_METHOD_BTREE, &family, &known)) {
        out->equal = operator_of(family, known, STRATEGY_EQUAL);
        out->less = operator_of(family, known, STRATEGY_LESS);
        out->compare = support_of(family, known, SUPPORT_COMPARE);
    } else if (find_class(t, ACCESS_METHOD_HASH, &family, &known)) {
        out->equal = operator_of(family, known, STRATEGY_HASH_EQUAL);
    }
    if (out->equal != 0)
        out->equal_function = function_of(out->equal);
}

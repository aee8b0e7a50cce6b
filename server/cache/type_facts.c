/* type_facts.c - questions about types, answered by the cache; type_facts.h */
#include "common/base/base.h"

#include "server/cache/type_facts.h"

#include "common/err/err.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"

#define ARRAY_SUBSCRIPT_HANDLER 6179 /* typsubscript of true arrays */

static inline const PgType *row_of(Oid type)
{
    const HeapTuple *row = syscache_peek(CACHE_TYPEOID, datum_of_u32(type));

    return row == NULL ? NULL : CACHE_ROW(PgType, row);
}

bool type_find(Oid type, PgType *out)
{
    const PgType *row = row_of(type);

    if (row == NULL)
        return false;
    *out = *row;
    return true;
}

void type_get(Oid type, PgType *out)
{
    if (!type_find(type, out))
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for type %u", type));
}

char type_kind(Oid type)
{
    const PgType *row = row_of(type);

    return row == NULL ? '\0' : row->typtype;
}

char type_category(Oid type, bool *is_preferred)
{
    const PgType *row = row_of(type);

    if (row == NULL)
        err_raise(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cache lookup failed for type %u", type));
    if (is_preferred != NULL)
        *is_preferred = row->typispreferred;
    return row->typcategory;
}

bool type_is_preferred(char category, Oid type)
{
    bool is_preferred;
    char own = type_category(type, &is_preferred);

    if (category == own || category == '\0')
        return is_preferred;
    return false;
}

Oid type_collation(Oid type)
{
    const PgType *row = row_of(type);

    return row == NULL ? 0 : row->typcollation;
}

int16_t type_len(Oid type, bool *by_value)
{
    PgType row;

    type_get(type, &row);
    *by_value = row.typbyval;
    return row.typlen;
}

Oid type_base_typmod(Oid type, int32_t *typmod)
{
    for (;;) {
        const PgType *row = row_of(type);

        if (row == NULL || row->typtype != TYPE_KIND_DOMAIN)
            return type;
        type = row->typbasetype;
        *typmod = row->typtypmod;
    }
}

Oid type_base(Oid type)
{
    int32_t typmod = -1;

    return type_base_typmod(type, &typmod);
}

static inline Oid element_of(const PgType *row)
{
    return row != NULL && row->typsubscript == ARRAY_SUBSCRIPT_HANDLER ? row->typelem : 0;
}

Oid type_element(Oid type)
{
    return element_of(row_of(type));
}

Oid type_base_element(Oid type)
{
    return element_of(row_of(type_base(type)));
}

Oid type_array(Oid element)
{
    const PgType *row = row_of(element);

    return row == NULL ? 0 : row->typarray;
}

Oid type_relation(Oid type)
{
    const PgType *row = row_of(type);

    return row == NULL ? 0 : row->typrelid;
}

Oid type_or_domain_relation(Oid type)
{
    return type_relation(type_base(type));
}

bool type_is_composite(Oid type)
{
    return type_kind(type) == TYPE_KIND_COMPOSITE;
}

bool type_is_rowtype(Oid type)
{
    return type == TYPE_RECORD || type_is_composite(type) ||
           (type_is_domain(type) && type_is_composite(type_base(type)));
}

bool type_is_range(Oid type)
{
    return type_kind(type) == TYPE_KIND_RANGE;
}

bool type_is_multirange(Oid type)
{
    return type_kind(type) == TYPE_KIND_MULTIRANGE;
}

bool type_is_enum(Oid type)
{
    return type_kind(type) == TYPE_KIND_ENUM;
}

bool type_is_domain(Oid type)
{
    return type_kind(type) == TYPE_KIND_DOMAIN;
}

/* ---- Ranges ---- */

static const PgRange *range_row(CacheId cache, Oid type)
{
    const HeapTuple *row = syscache_peek(cache, datum_of_u32(type));

    return row == NULL ? NULL : CACHE_ROW(PgRange, row);
}

Oid range_subtype(Oid range)
{
    const PgRange *row = range_row(CACHE_RANGETYPE, range);

    return row == NULL ? 0 : row->rngsubtype;
}

Oid range_collation(Oid range)
{
    const PgRange *row = range_row(CACHE_RANGETYPE, range);

    return row == NULL ? 0 : row->rngcollation;
}

Oid range_multirange(Oid range)
{
    const PgRange *row = range_row(CACHE_RANGETYPE, range);

    return row == NULL ? 0 : row->rngmultitypid;
}

Oid multirange_range(Oid multirange)
{
    const PgRange *row = range_row(CACHE_RANGEMULTIRANGE, multirange);

    return row == NULL ? 0 : row->rngtypid;
}

bool type_is_binary(Oid from, Oid to)
{
    const HeapTuple *row;

    if (from == to || to == TYPE_ANY || to == TYPE_ANYELEMENT || to == TYPE_ANYCOMPATIBLE)
        return true;
    from = type_base(from);
    if (from == to)
        return true;
    if (to == TYPE_ANYARRAY || to == TYPE_ANYCOMPATIBLEARRAY)
        return type_element(from) != 0;
    if (to == TYPE_ANYNONARRAY || to == TYPE_ANYCOMPATIBLENONARRAY)
        return type_element(from) == 0;
    if (to == TYPE_ANYENUM)
        return type_is_enum(from);
    if (to == TYPE_ANYRANGE || to == TYPE_ANYCOMPATIBLERANGE)
        return type_is_range(from);
    if (to == TYPE_ANYMULTIRANGE || to == TYPE_ANYCOMPATIBLEMULTIRANGE)
        return type_is_multirange(from);
    if (to == TYPE_RECORD && type_is_composite(from))
        return true;
    if (to == TYPE_RECORD_ARRAY && type_is_composite(type_element(from)))
        return true;
    row = syscache_peek2(CACHE_CASTSOURCETARGET, datum_of_u32(from), datum_of_u32(to));
    return row != NULL && CACHE_ROW(PgCast, row)->castmethod == 'b' &&
           CACHE_ROW(PgCast, row)->castcontext == 'i';
}

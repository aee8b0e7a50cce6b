/*
 * index_func.c - what indexes and their access methods can do; the index that tells rows apart in
 * replication
 *
 * A name of a property that does not fit, or of what is no index, gives NULL.
 */
#include "common/base/base.h"

#include <strings.h>

#include "server/cache/relation_open.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_oid.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/array_value.h"
#include "server/sysfunc/builtin.h"
#include "server/sysfunc/value.h"

#define AM_BTREE_OID 403

enum { OPTION_DESC = 1, OPTION_NULLS_FIRST = 2 };

/* What PostgreSQL's access methods can do; of indexes there are B-trees alone. */
typedef struct Method {
    Oid oid;
    bool can_order, can_unique, can_multi_col, can_exclude, can_include;
} Method;

static const Method methods[] = {
    {AM_BTREE_OID, true, true, true, true, true}, {405, false, false, false, true, false},
    {783, false, false, true, true, true},        {2742, false, false, true, false, false},
    {4000, false, false, false, true, true},      {3580, false, false, true, false, false},
};

static bool is_named(const char *name, const char *property)
{
    return strcasecmp(name, property) == 0;
}

/* ---- Access methods ---- */

Datum pg_indexam_has_property(FmgrCall *call)
{
    const char *name = value_cstring(call, 1);

    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        const Method *m = &methods[i];

        if (m->oid != fmgr_u32(call, 0))
            continue;
        if (is_named(name, "can_order"))
            return datum_of_bool(m->can_order);
        if (is_named(name, "can_unique"))
            return datum_of_bool(m->can_unique);
        if (is_named(name, "can_multi_col"))
            return datum_of_bool(m->can_multi_col);
        if (is_named(name, "can_exclude"))
            return datum_of_bool(m->can_exclude);
        if (is_named(name, "can_include"))
            return datum_of_bool(m->can_include);
    }
    return fmgr_null(call);
}

/* ---- B-trees ---- */

Datum pg_index_has_property(FmgrCall *call)
{
    static const char *const all[] = {"clusterable", "index_scan", "bitmap_scan", "backward_scan"};
    const char *name = value_cstring(call, 1);

    if (syscache_peek(CACHE_INDEXRELID, datum_of_u32(fmgr_u32(call, 0))) == NULL)
        return fmgr_null(call);
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        if (is_named(name, all[i]))
            return datum_of_bool(true);
    }
    return fmgr_null(call);
}

/* pg_index.indoption of a key column. */
static int option_of(const HeapTuple *row, int column)
{
    static const ArrayElement form = {.type = TYPE_INT2, .len = 2, .by_value = true, .align = 's'};
    bool is_null;
    Datum value = syscache_get(CACHE_INDEXRELID, row, PG_INDEX_COL_INDOPTION, &is_null), option;
    ArrayView array;
    int32_t subscript = column - 1; /* int2vector counts from 0 */

    if (is_null)
        return 0;
    array_open(varlena_plain(datum_varlena(value)), &array);
    if (!array_find(&array, &form, &subscript, &option, &is_null) || is_null)
        return 0;
    return datum_i16(option);
}

/* 1, 0, or -1: it is NULL. */
static int column_property(const HeapTuple *row, int column, const char *name)
{
    bool is_key = column <= CACHE_ROW(PgIndex, row)->indnkeyatts;
    int option = is_key ? option_of(row, column) : 0;

    if (is_named(name, "asc"))
        return is_key ? (option & OPTION_DESC) == 0 : -1;
    if (is_named(name, "desc"))
        return is_key ? (option & OPTION_DESC) != 0 : -1;
    if (is_named(name, "nulls_first"))
        return is_key ? (option & OPTION_NULLS_FIRST) != 0 : -1;
    if (is_named(name, "nulls_last"))
        return is_key ? (option & OPTION_NULLS_FIRST) == 0 : -1;
    if (is_named(name, "orderable"))
        return is_key;
    if (is_named(name, "distance_orderable"))
        return 0;
    if (is_named(name, "returnable"))
        return 1;
    if (is_named(name, "search_array") || is_named(name, "search_nulls"))
        return is_key ? 1 : -1;
    return -1;
}

Datum pg_index_column_has_property(FmgrCall *call)
{
    const HeapTuple *row = syscache_pin(CACHE_INDEXRELID, datum_of_u32(fmgr_u32(call, 0)));
    int32_t column = fmgr_i32(call, 1);
    int has = -1;

    if (row == NULL)
        return fmgr_null(call);
    if (column >= 1 && column <= CACHE_ROW(PgIndex, row)->indnatts)
        has = column_property(row, column, value_cstring(call, 2));
    syscache_unpin(row);
    return has < 0 ? fmgr_null(call) : datum_of_bool(has == 1);
}

/* ---- Replication ---- */

Datum pg_get_replica_identity_index(FmgrCall *call)
{
    Relation *table = table_open(fmgr_u32(call, 0), LOCK_ACCESS_SHARE);
    Oid index = relation_indexes(table)->replica_identity;

    relation_close(table, LOCK_ACCESS_SHARE);
    return index == 0 ? fmgr_null(call) : datum_of_u32(index);
}

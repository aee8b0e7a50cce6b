/* enum_catalog.c - what pg_enum says of values. */
#include "common/base/base.h"

#include <stdlib.h>

#include "common/mem/mem.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/types/enum.h"

static EnumValue of_row(const HeapTuple *row)
{
    const PgEnum *fixed = CACHE_ROW(PgEnum, row);

    return (EnumValue){.oid = fixed->oid,
                       .type = fixed->enumtypid,
                       .order = fixed->enumsortorder,
                       .label = mem_strdup(fixed->enumlabel)};
}

static bool find(Oid type, const char *label, EnumValue *out)
{
    const HeapTuple *row =
        syscache_peek2(CACHE_ENUMTYPOIDNAME, datum_of_u32(type), datum_of_pointer(label));

    if (row != NULL)
        *out = of_row(row);
    return row != NULL;
}

static bool get(Oid value, EnumValue *out)
{
    const HeapTuple *row = syscache_peek(CACHE_ENUMOID, datum_of_u32(value));

    if (row != NULL)
        *out = of_row(row);
    return row != NULL;
}

static int by_order(const void *a, const void *b)
{
    float x = ((const EnumValue *)a)->order, y = ((const EnumValue *)b)->order;

    return (x > y) - (x < y);
}

static EnumValue *list(Oid type, size_t *count)
{
    const Datum keys[CATALOG_KEYS_MAX] = {datum_of_u32(type)};
    const CacheList *rows = syscache_pin_list(CACHE_ENUMTYPOIDNAME, 1, keys);
    EnumValue *values = mem_new_array(EnumValue, rows->count + (size_t)1);

    *count = rows->count;
    for (unsigned i = 0; i < rows->count; i++)
        values[i] = of_row(rows->rows[i]);
    syscache_unpin_list(rows);
    qsort(values, *count, sizeof *values, by_order);
    return values;
}

void enum_use_catalog(void)
{
    static const EnumCatalog catalog = {find, get, list};

    enum_set_catalog(&catalog);
}

/* collation_catalog.c - what pg_collation says of a collation. */
#include "common/base/base.h"

#include "server/types/collation_catalog.h"

#include "common/mem/mem.h"
#include "server/cache/inval.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/fmgr/varlena.h"
#include "server/types/collation.h"

static bool look_up(Oid oid, CollationRow *out);
static const char *text(const HeapTuple *row, int column);
static void forget(Datum arg, CacheId id, uint32_t hash);

void collation_use_catalog(void)
{
    collation_set_lookup(look_up);
    inval_on_row(CACHE_COLLOID, forget, 0);
}

static bool look_up(Oid oid, CollationRow *out)
{
    const HeapTuple *row = syscache_pin(CACHE_COLLOID, datum_of_u32(oid));
    const PgCollation *fixed;

    if (row == NULL)
        return false;
    fixed = CACHE_ROW(PgCollation, row);
    *out = (CollationRow){
        .name = mem_strdup(fixed->collname),
        .provider = fixed->collprovider,
        .is_deterministic = fixed->collisdeterministic,
        .collate = text(row, PG_COLLATION_COL_COLLCOLLATE),
        .ctype = text(row, PG_COLLATION_COL_COLLCTYPE),
        .icu_locale = text(row, PG_COLLATION_COL_COLLICULOCALE),
    };
    syscache_unpin(row);
    return true;
}

/* A copy; NULL for NULL. */
static const char *text(const HeapTuple *row, int column)
{
    bool is_null;
    Datum value = syscache_get(CACHE_COLLOID, row, column, &is_null);
    const uint8_t *packed;

    if (is_null)
        return NULL;
    packed = varlena_packed(datum_varlena(value));
    return mem_strndup((const char *)varlena_bytes(packed), varlena_len(packed));
}

static void forget(Datum arg UNUSED, CacheId id UNUSED, uint32_t hash UNUSED)
{
    collation_forget();
}

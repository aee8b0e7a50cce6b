/* partition_func.c - what functions tell of partitions: of tables that are none, nothing */
#include "common/base/base.h"

#include "common/err/err.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog_struct.h"
#include "server/sysfunc/builtin.h"
#include "server/types/set.h"

/* A partition itself is the first of its ancestors; what has no part in it has none. */
Datum pg_partition_ancestors(FmgrCall *call)
{
    const HeapTuple *row = syscache_peek(CACHE_RELOID, datum_of_u32(fmgr_u32(call, 0)));

    if (row != NULL && CACHE_ROW(PgClass, row)->relispartition)
        err_raise(SQLSTATE_FEATURE_NOT_SUPPORTED,
                  .message = "the ancestors of partitions are not supported yet");
    if (row != NULL &&
        (CACHE_ROW(PgClass, row)->relkind == 'p' || CACHE_ROW(PgClass, row)->relkind == 'I')) {
        if (set_state(call) == NULL) {
            (void)set_begin(call, sizeof(bool));
            return set_row(call, datum_of_u32(fmgr_u32(call, 0)));
        }
    }
    return set_end(call);
}

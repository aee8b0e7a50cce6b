/* catalog_info.c - where the answers of catalogs come from; catalog_info.h has the questions. */
#include "common/base/base.h"

#include "server/expr/catalog_info.h"

#include "common/err/err.h"
#include "server/expr/catalog_cache.h"
#include "server/types/record.h"

static struct CatalogInfoLocal {
    const CatalogInfo *info;
    const SessionValues *session;
} local;

const CatalogInfo *catalog_info(void)
{
    return LIKELY(local.info == NULL) ? &catalog_cache_info : local.info;
}

void catalog_info_set(const CatalogInfo *info)
{
    local.info = info;
    record_set_lookup(info == NULL ? NULL : info->row_desc);
}

void catalog_require_execute(Oid function)
{
    void (*require)(Oid) = catalog_info()->require_execute;

    if (require != NULL)
        require(function);
}

const SessionValues *session_values(void)
{
    if (UNLIKELY(local.session == NULL))
        err_raise(SQLSTATE_INTERNAL_ERROR, .message = "there is no session to ask for values");
    return local.session;
}

void session_values_set(const SessionValues *values)
{
    local.session = values;
}

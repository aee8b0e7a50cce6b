/* value_hash.c - which hash function is which; value_hash.h has the rest. */
#include "common/base/base.h"

#include "server/executor/value_hash.h"

#include "common/mem/mem.h"

void value_hash_init(ValueHash *h, Oid function, Oid collation)
{
    *h = (ValueHash){.kind = VALUE_HASH_SIGNED};
    switch (function) {
    case 449: /* hashint2 */
        h->bits = 16;
        return;
    case 450: /* hashint4, of dates too */
        h->bits = 32;
        return;
    case 949:  /* hashint8 */
    case 1688: /* time_hash */
    case 2039: /* timestamp_hash */
        h->bits = 64;
        return;
    case 453: /* hashoid */
        h->kind = VALUE_HASH_OID;
        return;
    default:
        h->kind = VALUE_HASH_CALL;
    }
    {
        FmgrSite *site = mem_new(FmgrSite);

        h->call = mem_alloc(FMGR_CALL_SIZE(1));
        fmgr_site_init(site, function, mem_current());
        fmgr_call_init(h->call, site, 1, collation);
    }
}

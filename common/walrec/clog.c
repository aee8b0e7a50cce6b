/* clog.c - pages of transaction status (pg_xact) begun and dropped. */
#include "common/base/base.h"

#include "common/walrec/put.h"
#include "common/walrec/walrec_int.h"

void clog_describe(StrBuf *out, const WalRecord *record)
{
    WalEffect effect;

    walrec_effect(record, &effect);
    if (effect.kind == WAL_EFFECT_CLOG_ZERO_PAGE)
        strbuf_add_fmt(out, "page %" PRId64, effect.page);
    else if (effect.kind == WAL_EFFECT_CLOG_TRUNCATE)
        strbuf_add_fmt(out, "page %" PRId64 "; oldestXact %u", effect.truncate.page,
                       effect.truncate.oldest_xid);
}

/* commit_ts.c - pages of commit times (pg_commit_ts) begun and dropped. */
#include "common/base/base.h"

#include "common/walrec/put.h"
#include "common/walrec/walrec_int.h"

void commit_ts_describe(StrBuf *out, const WalRecord *record)
{
    WalEffect effect;

    walrec_effect(record, &effect);
    if (effect.kind == WAL_EFFECT_COMMIT_TS_ZERO_PAGE)
        strbuf_add_fmt(out, "%" PRId64, effect.page);
    else if (effect.kind == WAL_EFFECT_COMMIT_TS_TRUNCATE)
        strbuf_add_fmt(out, "pageno %" PRId64 ", oldestXid %u", effect.truncate.page,
                       effect.truncate.oldest_xid);
}

/* replorigin.c - how far each replication origin has come. */
#include "common/base/base.h"

#include "common/text/num.h"
#include "common/walrec/walrec_int.h"

void replorigin_describe(StrBuf *out, const WalRecord *record)
{
    WalEffect effect;

    walrec_effect(record, &effect);
    if (effect.kind == WAL_EFFECT_ORIGIN_SET)
        strbuf_add_fmt(out, "set %u; lsn " LSN_FMT "; force: %d", effect.origin.id,
                       LSN_ARG(effect.origin.lsn), effect.origin.is_forced);
    else if (effect.kind == WAL_EFFECT_ORIGIN_DROP)
        strbuf_add_fmt(out, "drop %u", effect.origin.id);
}

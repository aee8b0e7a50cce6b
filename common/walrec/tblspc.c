/* tblspc.c - tablespaces made and dropped. */
#include "common/base/base.h"

#include "common/walrec/put.h"
#include "common/walrec/walrec_int.h"

void tblspc_describe(StrBuf *out, const WalRecord *record)
{
    WalEffect effect;

    walrec_effect(record, &effect);
    if (effect.kind == WAL_EFFECT_TABLESPACE_CREATE)
        strbuf_add_fmt(out, "%u \"%s\"", effect.tablespace.oid, effect.tablespace.path);
    else if (effect.kind == WAL_EFFECT_TABLESPACE_DROP)
        put_u32(out, effect.tablespace.oid);
}

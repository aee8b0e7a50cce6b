/* relmap.c - which files hold the catalogs that every other look-up needs. */
#include "common/base/base.h"

#include "common/walrec/put.h"
#include "common/walrec/walrec_int.h"

void relmap_describe(StrBuf *out, const WalRecord *record)
{
    WalEffect effect;

    walrec_effect(record, &effect);
    if (effect.kind == WAL_EFFECT_RELMAP_UPDATE)
        strbuf_add_fmt(out, "database %u tablespace %u size %u", effect.relmap.database,
                       effect.relmap.tablespace, effect.relmap.size);
}

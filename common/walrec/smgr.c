/* smgr.c - files of relations made and cut. */
#include "common/base/base.h"

#include "common/walrec/put.h"
#include "common/walrec/walrec_int.h"

void smgr_describe(StrBuf *out, const WalRecord *record)
{
    WalEffect effect;

    walrec_effect(record, &effect);
    if (effect.kind == WAL_EFFECT_REL_CREATE) {
        put_rel_path(out, record->version, &effect.rel.tag, effect.rel.fork);
    } else if (effect.kind == WAL_EFFECT_REL_TRUNCATE) {
        put_rel_path(out, record->version, &effect.rel.tag, FORK_MAIN);
        strbuf_add_fmt(out, " to %u blocks flags %u", effect.rel.block_count,
                       load_u32(wal_main(record, 20) + 16));
    }
}

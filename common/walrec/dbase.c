/* dbase.c - databases made and dropped. */
#include "common/base/base.h"

#include "common/walrec/put.h"
#include "common/walrec/walrec_int.h"

void dbase_describe(StrBuf *out, const WalRecord *record)
{
    WalEffect effect;

    walrec_effect(record, &effect);
    switch (effect.kind) {
    case WAL_EFFECT_DB_COPY:
        strbuf_add_fmt(out, "copy dir %u/%u to %u/%u", effect.db.from_tablespace,
                       effect.db.from_database, effect.db.tablespace, effect.db.database);
        break;
    case WAL_EFFECT_DB_CREATE:
        strbuf_add_fmt(out, "create dir %u/%u", effect.db.tablespace, effect.db.database);
        break;
    case WAL_EFFECT_DB_DROP:
        put_text(out, "dir");
        for (uint32_t i = 0; i < effect.db_drop.tablespaces.count; i++)
            strbuf_add_fmt(out, " %u/%u", walrec_list_xid(&effect.db_drop.tablespaces, i),
                           effect.db_drop.database);
        break;
    default:
        break;
    }
}

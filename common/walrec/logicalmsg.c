/* logicalmsg.c - messages to logical decoding. */
#include "common/base/base.h"

#include "common/walrec/put.h"
#include "common/walrec/walrec_int.h"

void logicalmsg_describe(StrBuf *out, const WalRecord *record)
{
    WalEffect effect;

    walrec_effect(record, &effect);
    if (effect.kind != WAL_EFFECT_MESSAGE)
        return;
    strbuf_add_fmt(out, "%s, prefix \"%s\"; payload (%" PRIu64 " bytes): ",
                   effect.message.is_transactional ? "transactional" : "non-transactional",
                   effect.message.prefix, effect.message.body_len);
    for (uint64_t i = 0; i < effect.message.body_len; i++) {
        if (i > 0)
            put_char(out, ' ');
        put_hex_u8(out, effect.message.body[i]);
    }
}

/* multixact.c - multixacts made and dropped, and pages of pg_multixact begun. */
#include "common/base/base.h"

#include "common/walrec/put.h"
#include "common/walrec/walrec_int.h"

static void describe_create(StrBuf *out, const WalEffect *effect);

void multixact_describe(StrBuf *out, const WalRecord *record)
{
    WalEffect effect;

    walrec_effect(record, &effect);
    switch (effect.kind) {
    case WAL_EFFECT_MULTI_ZERO_OFFSETS_PAGE:
    case WAL_EFFECT_MULTI_ZERO_MEMBERS_PAGE:
        strbuf_add_fmt(out, "%" PRId64, effect.page);
        break;
    case WAL_EFFECT_MULTI_CREATE:
        describe_create(out, &effect);
        break;
    case WAL_EFFECT_MULTI_TRUNCATE:
        strbuf_add_fmt(out, "offsets [%u, %u), members [%u, %u)", effect.multi_truncate.begin,
                       effect.multi_truncate.end, effect.multi_truncate.member_begin,
                       effect.multi_truncate.member_end);
        break;
    default:
        break;
    }
}

static void describe_create(StrBuf *out, const WalEffect *effect)
{
    static const char *const statuses[] = {" (keysh) ",  " (sh) ",       " (fornokeyupd) ",
                                           " (forupd) ", " (nokeyupd) ", " (upd) "};
    const WalList *members = &effect->multi.members;

    strbuf_add_fmt(out, "%u offset %u nmembers %u: ", effect->multi.id, effect->multi.offset,
                   members->count);
    for (uint32_t i = 0; i < members->count; i++) {
        uint32_t status;

        put_u32(out, walrec_list_member(members, i, &status));
        strbuf_add(out, status < ARRAY_LEN(statuses) ? statuses[status] : " (unk) ");
    }
}

/* standby.c - what a standby must know to answer queries: transactions, locks, caches. */
#include "common/base/base.h"

#include "common/walrec/put.h"
#include "common/walrec/walrec_int.h"

static void describe_locks(StrBuf *out, const WalList *locks);
static void describe_running(StrBuf *out, const WalEffect *effect);

void standby_describe(StrBuf *out, const WalRecord *record)
{
    WalEffect effect;

    walrec_effect(record, &effect);
    if (effect.kind == WAL_EFFECT_LOCK)
        describe_locks(out, &effect.locks);
    else if (effect.kind == WAL_EFFECT_RUNNING_XACTS)
        describe_running(out, &effect);
    else if (effect.kind == WAL_EFFECT_INVALIDATE)
        describe_invalidate(out, &effect.invalidate);
}

static void describe_locks(StrBuf *out, const WalList *locks)
{
    for (uint32_t i = 0; i < locks->count; i++) {
        WalLock lock = walrec_list_lock(locks, i);

        strbuf_add_fmt(out, "xid %u db %u rel %u ", lock.xid, lock.database, lock.rel);
    }
}

/* The subtransactions behind the top-level ones are not shown. */
static void describe_running(StrBuf *out, const WalEffect *effect)
{
    WalList tops = effect->running.xids;

    tops.count = effect->running.top_count;
    strbuf_add_fmt(out, "nextXid %u latestCompletedXid %u oldestRunningXid %u",
                   effect->running.next_xid, effect->running.latest_completed_xid,
                   effect->running.oldest_running_xid);
    if (tops.count > 0) {
        strbuf_add_fmt(out, "; %u xacts:", tops.count);
        describe_xids(out, &tops);
    }
    if (effect->running.subxids_overflowed)
        put_text(out, "; subxid ovf");
}

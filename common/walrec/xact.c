/* xact.c - how transactions end, and what is known of them while they run. */
#include "common/base/base.h"

#include "common/text/num.h"
#include "common/walrec/put.h"
#include "common/walrec/rmgr.h"
#include "common/walrec/walrec_int.h"

#define WANTS_FEEDBACK (UINT32_C(1) << 29)
#define FORCES_SYNC    (UINT32_C(1) << 31)
#define HAS_TWO_PHASE  0x10
#define HAS_ORIGIN     0x20

static void describe_end(StrBuf *out, const WalRecord *record, const WalXactEffect *x,
                         bool is_commit);
static void describe_prepare(StrBuf *out, const WalRecord *record, const WalXactEffect *x);
static void describe_rels(StrBuf *out, const char *label, unsigned version, const WalList *rels);
static void describe_stats(StrBuf *out, const char *label, const WalList *stats);
static void describe_subxacts(StrBuf *out, const WalList *subxacts);
static void describe_messages(StrBuf *out, const WalXactEffect *x);
static void describe_origin(StrBuf *out, const WalRecord *record, const WalXactEffect *x);

void xact_describe(StrBuf *out, const WalRecord *record)
{
    WalEffect effect;

    walrec_effect(record, &effect);
    switch (effect.kind) {
    case WAL_EFFECT_COMMIT:
    case WAL_EFFECT_ABORT:
        describe_end(out, record, &effect.xact, effect.kind == WAL_EFFECT_COMMIT);
        break;
    case WAL_EFFECT_PREPARE:
        describe_prepare(out, record, &effect.xact);
        break;
    case WAL_EFFECT_XID_ASSIGN:
        put_text(out, "xtop ");
        put_u32(out, effect.assign.top_xid);
        put_text(out, ": subxacts:");
        describe_xids(out, &effect.assign.subxacts);
        break;
    case WAL_EFFECT_INVALIDATE:
        describe_invalidate(out, &effect.invalidate);
        break;
    default:
        break;
    }
}

/* The parts of the two kinds come in different orders. */
static void describe_end(StrBuf *out, const WalRecord *record, const WalXactEffect *x,
                         bool is_commit)
{
    if ((x->xinfo & HAS_TWO_PHASE) != 0) {
        put_u32(out, x->xid);
        put_text(out, ": ");
    }
    put_time(out, x->time);
    if (LIKELY(x->xinfo == 0))
        return;
    describe_rels(out, "; rels:", record->version, &x->rels);
    describe_subxacts(out, &x->subxacts);
    if (is_commit) {
        describe_stats(out, "; dropped stats:", &x->stats);
        describe_messages(out, x);
        if ((x->xinfo & WANTS_FEEDBACK) != 0)
            put_text(out, "; apply_feedback");
        if ((x->xinfo & FORCES_SYNC) != 0)
            put_text(out, "; sync");
    }
    if ((x->xinfo & HAS_ORIGIN) != 0)
        describe_origin(out, record, x);
    if (!is_commit)
        describe_stats(out, "; dropped stats:", &x->stats);
}

static void describe_prepare(StrBuf *out, const WalRecord *record, const WalXactEffect *x)
{
    put_text(out, "gid ");
    strbuf_add(out, x->gid);
    put_text(out, ": ");
    put_time(out, x->time);
    describe_rels(out, "; rels(commit):", record->version, &x->rels);
    describe_rels(out, "; rels(abort):", record->version, &x->abort_rels);
    describe_stats(out, "; commit dropped stats:", &x->stats);
    describe_stats(out, "; abort dropped stats:", &x->abort_stats);
    describe_subxacts(out, &x->subxacts);
    describe_messages(out, x);
    if (record->origin != 0)
        describe_origin(out, record, x);
}

static void describe_rels(StrBuf *out, const char *label, unsigned version, const WalList *rels)
{
    if (rels->count == 0)
        return;
    strbuf_add(out, label);
    for (uint32_t i = 0; i < rels->count; i++) {
        RelTag rel = walrec_list_rel(rels, i);

        put_char(out, ' ');
        put_rel_path(out, version, &rel, FORK_MAIN);
    }
}

static void describe_stats(StrBuf *out, const char *label, const WalList *stats)
{
    if (stats->count == 0)
        return;
    strbuf_add(out, label);
    for (uint32_t i = 0; i < stats->count; i++) {
        WalStatsItem item = walrec_list_stats(stats, i);

        strbuf_add_fmt(out, " %d/%u/%" PRIu64, (int32_t)item.kind, item.database, item.object);
    }
}

static void describe_subxacts(StrBuf *out, const WalList *subxacts)
{
    if (subxacts->count == 0)
        return;
    put_text(out, "; subxacts:");
    describe_xids(out, subxacts);
}

static void describe_messages(StrBuf *out, const WalXactEffect *x)
{
    describe_invalidate(out, &(WalInvalidate){.messages = x->messages,
                                              .drops_init_files = x->drops_init_files,
                                              .database = x->database,
                                              .tablespace = x->tablespace});
}

static void describe_origin(StrBuf *out, const WalRecord *record, const WalXactEffect *x)
{
    strbuf_add_fmt(out, "; origin: node %u, lsn " LSN_FMT ", at ", record->origin,
                   LSN_ARG(x->origin_lsn));
    put_time(out, x->origin_time);
}

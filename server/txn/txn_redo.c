/*
 * txn_redo.c - redo of the ends of transactions; txn_redo.h says what for
 *
 * Nobody reads while this runs, so children need not be marked before their parent, but they are:
 * the functions are those that a running server uses.
 */
#include "common/base/base.h"

#include "server/txn/txn_redo.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/walrec/effects.h"
#include "common/walrec/rmgr.h"
#include "server/stats/stats.h"
#include "server/txn/clog.h"
#include "server/txn/commit_ts.h"
#include "server/txn/multixact.h"
#include "server/txn/twophase.h"
#include "server/txn/txn_int.h"
#include "server/txn/xid.h"
#include "server/wal/wal.h"

#define HAS_ORIGIN 0x20 /* of xinfo */

static void redo_xact(const WalRecord *record, const WalEffect *effect);
static void redo_end(const WalRecord *record, const WalXactEffect *x, bool is_commit);
static void redo_assignment(const WalList *subxacts);
static void drop_stats(const WalList *list);
static Xid *copy_xids(const WalList *list);
static RelTag *copy_rels(const WalList *list);

void txn_redo_before(const WalRecord *record)
{
    xid_advance_next_past(record->xid);
}

bool txn_redo(const WalRecord *record)
{
    WalEffect effect;

    switch (record->rmgr) {
    case RMGR_XACT:
    case RMGR_CLOG:
    case RMGR_COMMIT_TS:
        walrec_effect(record, &effect);
        redo_xact(record, &effect);
        return true;
    case RMGR_MULTIXACT:
        multixact_redo(wal_record_opcode(record), record->main, record->main_len);
        return true;
    default:
        return false;
    }
}

static void redo_xact(const WalRecord *record, const WalEffect *effect)
{
    switch (effect->kind) {
    case WAL_EFFECT_COMMIT:
    case WAL_EFFECT_ABORT:
        redo_end(record, &effect->xact, effect->kind == WAL_EFFECT_COMMIT);
        break;
    case WAL_EFFECT_PREPARE:
        twophase_redo_prepare(record);
        break;
    case WAL_EFFECT_XID_ASSIGN:
        redo_assignment(&effect->assign.subxacts);
        break;
    case WAL_EFFECT_CLOG_ZERO_PAGE:
        clog_redo_zero_page(effect->page);
        break;
    case WAL_EFFECT_CLOG_TRUNCATE:
        clog_redo_truncate(effect->truncate.page, effect->truncate.oldest_xid);
        break;
    case WAL_EFFECT_COMMIT_TS_ZERO_PAGE:
        commit_ts_redo_zero_page(effect->page);
        break;
    case WAL_EFFECT_COMMIT_TS_TRUNCATE:
        commit_ts_redo_truncate(effect->truncate.page, effect->truncate.oldest_xid);
        break;
    default:
        break;
    }
}

/*
 * Files go last, and not before recovery, should it be cut short, must come at least as far again.
 */
static void redo_end(const WalRecord *record, const WalXactEffect *x, bool is_commit)
{
    MemContext *scratch = mem_context_new(mem_current(), "end of a transaction");

    MEM_SCOPE(scratch) {
        Xid *children = copy_xids(&x->subxacts);
        uint32_t count = x->subxacts.count;
        PgTime time = (x->xinfo & HAS_ORIGIN) != 0 ? x->origin_time : x->time;

        xid_advance_next_past(count > 0 ? children[count - 1] : x->xid);
        if (is_commit)
            commit_ts_set_tree(x->xid, children, count, time, record->origin);
        clog_set_tree(x->xid, children, count, is_commit ? XACT_COMMITTED : XACT_ABORTED, LSN_NONE);
        if (x->is_prepared)
            twophase_redo_end(x->xid);
        drop_stats(&x->stats);
        if (x->rels.count > 0) {
            wal_flush(record->end);
            drop_files(copy_rels(&x->rels), x->rels.count, TXN_PERMANENT);
        }
    }
    mem_delete(scratch);
}

/* Nobody asks for parents during recovery, as long as nobody may read. */
static void redo_assignment(const WalList *subxacts)
{
    for (uint32_t i = 0; i < subxacts->count; i++)
        xid_advance_next_past(walrec_list_xid(subxacts, i));
}

static void drop_stats(const WalList *list)
{
    for (uint32_t i = 0; i < list->count; i++) {
        WalStatsItem item = walrec_list_stats(list, i);
        const StatsKey key = {
            .kind = (int32_t)item.kind, .database = item.database, .object = item.object};

        stats_drop(&key, 1);
    }
}

static Xid *copy_xids(const WalList *list)
{
    Xid *xids = mem_new_array(Xid, list->count);

    for (uint32_t i = 0; i < list->count; i++)
        xids[i] = walrec_list_xid(list, i);
    return xids;
}

static RelTag *copy_rels(const WalList *list)
{
    RelTag *rels = mem_new_array(RelTag, list->count);

    for (uint32_t i = 0; i < list->count; i++)
        rels[i] = walrec_list_rel(list, i);
    return rels;
}

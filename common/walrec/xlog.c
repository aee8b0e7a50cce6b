/* xlog.c - records about the log itself: checkpoints, parameters, restore points, page images. */
#include "common/base/base.h"

#include "common/walrec/put.h"
#include "common/walrec/rmgr.h"
#include "common/walrec/walrec_int.h"

static void describe_checkpoint(StrBuf *out, unsigned version, const uint8_t *bytes,
                                bool is_shutdown);
static void describe_parameters(StrBuf *out, const WalParameters *p);
static const char *wal_level_name(uint32_t wal_level);

void xlog_describe(StrBuf *out, const WalRecord *record)
{
    WalEffect effect;
    WalParameters parameters;

    walrec_effect(record, &effect);
    switch (effect.kind) {
    case WAL_EFFECT_CHECKPOINT:
        describe_checkpoint(out, record->version, effect.checkpoint.bytes,
                            effect.checkpoint.is_shutdown);
        break;
    case WAL_EFFECT_CHECKPOINT_REDO:
        strbuf_add_fmt(out, "wal_level %s", wal_level_name(effect.wal_level));
        break;
    case WAL_EFFECT_NEXT_OID:
        put_u32(out, effect.oid);
        break;
    case WAL_EFFECT_BACKUP_END:
        put_lsn(out, effect.lsn);
        break;
    case WAL_EFFECT_PARAMETER_CHANGE:
        parameters = walrec_parameters(&effect);
        describe_parameters(out, &parameters);
        break;
    case WAL_EFFECT_RESTORE_POINT:
        strbuf_add(out, effect.restore_point.name);
        break;
    case WAL_EFFECT_FULL_PAGE_WRITES:
        strbuf_add(out, effect.is_on ? "true" : "false");
        break;
    case WAL_EFFECT_END_OF_RECOVERY:
        strbuf_add_fmt(out, "tli %u; prev tli %u; time ", effect.end_of_recovery.tli,
                       effect.end_of_recovery.prev_tli);
        put_time(out, effect.end_of_recovery.time);
        if (record->version >= 17)
            strbuf_add_fmt(out, "; wal_level %s", wal_level_name(effect.end_of_recovery.wal_level));
        break;
    case WAL_EFFECT_OVERWRITE:
        put_text(out, "lsn ");
        put_lsn(out, effect.lsn);
        put_text(out, "; time ");
        put_time(out, (PgTime)load_u64(wal_main(record, 16) + 8));
        break;
    default:
        break;
    }
}

static void describe_checkpoint(StrBuf *out, unsigned version, const uint8_t *bytes,
                                bool is_shutdown)
{
    Checkpoint c;

    checkpoint_decode(bytes, &c);
    put_text(out, "redo ");
    put_lsn(out, c.redo);
    strbuf_add_fmt(out, "; tli %u; prev tli %u; fpw %s", c.tli, c.prev_tli,
                   c.full_page_writes ? "true" : "false");
    if (version >= 17)
        strbuf_add_fmt(out, "; wal_level %s", wal_level_name(c.wal_level));
    put_text(out, "; xid ");
    put_full_xid(out, c.next_xid);
    strbuf_add_fmt(out,
                   "; oid %u; multi %u; offset %u; oldest xid %u in DB %u; oldest multi %u in DB "
                   "%u; oldest/newest commit timestamp xid: %u/%u; oldest running xid %u; %s",
                   c.next_oid, c.next_multi, c.next_multi_offset, c.oldest_xid, c.oldest_xid_db,
                   c.oldest_multi, c.oldest_multi_db, c.oldest_commit_ts_xid,
                   c.newest_commit_ts_xid, c.oldest_active_xid,
                   is_shutdown ? "shutdown" : "online");
}

static void describe_parameters(StrBuf *out, const WalParameters *p)
{
    strbuf_add_fmt(out,
                   "max_connections=%d max_worker_processes=%d max_wal_senders=%d "
                   "max_prepared_xacts=%d max_locks_per_xact=%d wal_level=%s wal_log_hints=%s "
                   "track_commit_timestamp=%s",
                   (int32_t)p->max_connections, (int32_t)p->max_worker_processes,
                   (int32_t)p->max_wal_senders, (int32_t)p->max_prepared_xacts,
                   (int32_t)p->max_locks_per_xact, wal_level_name(p->wal_level),
                   p->wal_log_hints ? "on" : "off", p->track_commit_timestamp ? "on" : "off");
}

static const char *wal_level_name(uint32_t wal_level)
{
    static const char *const names[] = {"minimal", "replica", "logical"};

    return wal_level < ARRAY_LEN(names) ? names[wal_level] : "?";
}

/*
 * json.c - a record as a line of JSON: its place, its blocks, what it does beyond them, its words
 *
 * Transaction ids, OIDs and lengths are numbers; LSNs are texts as PostgreSQL writes them, times
 * texts in UTC that it reads. "effect" is there for records that do something beyond blocks.
 */
#include "common/base/base.h"

#include "common/format/rel_path.h"
#include "common/json/writer.h"
#include "common/text/timestamp.h"
#include "common/walrec/describe.h"
#include "common/walrec/effects.h"
#include "common/walrec/put.h"
#include "tools/pgwaldump/pgwaldump_int.h"

typedef void (*EffectWriter)(JsonWriter *w, const WalEffect *effect);

static void write_xact(JsonWriter *w, const WalEffect *effect);
static void write_assign(JsonWriter *w, const WalEffect *effect);
static void write_invalidate(JsonWriter *w, const WalEffect *effect);
static void write_locks(JsonWriter *w, const WalEffect *effect);
static void write_page(JsonWriter *w, const WalEffect *effect);
static void write_clog_truncate(JsonWriter *w, const WalEffect *effect);
static void write_commit_ts_truncate(JsonWriter *w, const WalEffect *effect);
static void write_multi(JsonWriter *w, const WalEffect *effect);
static void write_multi_truncate(JsonWriter *w, const WalEffect *effect);
static void write_rel_create(JsonWriter *w, const WalEffect *effect);
static void write_rel_truncate(JsonWriter *w, const WalEffect *effect);
static void write_relmap(JsonWriter *w, const WalEffect *effect);
static void write_db_copy(JsonWriter *w, const WalEffect *effect);
static void write_db_create(JsonWriter *w, const WalEffect *effect);
static void write_db_drop(JsonWriter *w, const WalEffect *effect);
static void write_tablespace(JsonWriter *w, const WalEffect *effect);
static void write_checkpoint(JsonWriter *w, const WalEffect *effect);
static void write_next_oid(JsonWriter *w, const WalEffect *effect);
static void write_nothing(JsonWriter *w, const WalEffect *effect);
static void write_backup_end(JsonWriter *w, const WalEffect *effect);
static void write_parameters(JsonWriter *w, const WalEffect *effect);
static void write_restore_point(JsonWriter *w, const WalEffect *effect);
static void write_full_page_writes(JsonWriter *w, const WalEffect *effect);
static void write_end_of_recovery(JsonWriter *w, const WalEffect *effect);
static void write_overwrite(JsonWriter *w, const WalEffect *effect);
static void write_running(JsonWriter *w, const WalEffect *effect);
static void write_checkpoint_redo(JsonWriter *w, const WalEffect *effect);
static void write_rewrite_map(JsonWriter *w, const WalEffect *effect);
static void write_origin_set(JsonWriter *w, const WalEffect *effect);
static void write_origin_drop(JsonWriter *w, const WalEffect *effect);
static void write_message(JsonWriter *w, const WalEffect *effect);

/* By WalEffectKind. */
static const struct {
    const char *name;
    EffectWriter write;
} effects[] = {
    [WAL_EFFECT_COMMIT] = {"commit", write_xact},
    [WAL_EFFECT_ABORT] = {"abort", write_xact},
    [WAL_EFFECT_PREPARE] = {"prepare", write_xact},
    [WAL_EFFECT_XID_ASSIGN] = {"assign_xids", write_assign},
    [WAL_EFFECT_INVALIDATE] = {"invalidate", write_invalidate},
    [WAL_EFFECT_LOCK] = {"lock", write_locks},
    [WAL_EFFECT_CLOG_ZERO_PAGE] = {"zero_clog_page", write_page},
    [WAL_EFFECT_CLOG_TRUNCATE] = {"truncate_clog", write_clog_truncate},
    [WAL_EFFECT_COMMIT_TS_ZERO_PAGE] = {"zero_commit_ts_page", write_page},
    [WAL_EFFECT_COMMIT_TS_TRUNCATE] = {"truncate_commit_ts", write_commit_ts_truncate},
    [WAL_EFFECT_MULTI_ZERO_OFFSETS_PAGE] = {"zero_multixact_offsets_page", write_page},
    [WAL_EFFECT_MULTI_ZERO_MEMBERS_PAGE] = {"zero_multixact_members_page", write_page},
    [WAL_EFFECT_MULTI_CREATE] = {"create_multixact", write_multi},
    [WAL_EFFECT_MULTI_TRUNCATE] = {"truncate_multixact", write_multi_truncate},
    [WAL_EFFECT_REL_CREATE] = {"create_relation", write_rel_create},
    [WAL_EFFECT_REL_TRUNCATE] = {"truncate_relation", write_rel_truncate},
    [WAL_EFFECT_RELMAP_UPDATE] = {"update_relation_map", write_relmap},
    [WAL_EFFECT_DB_COPY] = {"copy_database", write_db_copy},
    [WAL_EFFECT_DB_CREATE] = {"create_database", write_db_create},
    [WAL_EFFECT_DB_DROP] = {"drop_database", write_db_drop},
    [WAL_EFFECT_TABLESPACE_CREATE] = {"create_tablespace", write_tablespace},
    [WAL_EFFECT_TABLESPACE_DROP] = {"drop_tablespace", write_tablespace},
    [WAL_EFFECT_CHECKPOINT] = {"checkpoint", write_checkpoint},
    [WAL_EFFECT_NEXT_OID] = {"next_oid", write_next_oid},
    [WAL_EFFECT_SWITCH] = {"switch", write_nothing},
    [WAL_EFFECT_BACKUP_END] = {"end_backup", write_backup_end},
    [WAL_EFFECT_PARAMETER_CHANGE] = {"change_parameters", write_parameters},
    [WAL_EFFECT_RESTORE_POINT] = {"restore_point", write_restore_point},
    [WAL_EFFECT_FULL_PAGE_WRITES] = {"full_page_writes", write_full_page_writes},
    [WAL_EFFECT_END_OF_RECOVERY] = {"end_of_recovery", write_end_of_recovery},
    [WAL_EFFECT_OVERWRITE] = {"overwrite_record", write_overwrite},
    [WAL_EFFECT_RUNNING_XACTS] = {"running_xacts", write_running},
    [WAL_EFFECT_CHECKPOINT_REDO] = {"checkpoint_redo", write_checkpoint_redo},
    [WAL_EFFECT_REWRITE_MAP] = {"map_rewrite", write_rewrite_map},
    [WAL_EFFECT_ORIGIN_SET] = {"set_origin", write_origin_set},
    [WAL_EFFECT_ORIGIN_DROP] = {"drop_origin", write_origin_drop},
    [WAL_EFFECT_MESSAGE] = {"message", write_message},
};

static void write_block(JsonWriter *w, int id, const WalBlockRef *ref);
static void write_stats(JsonWriter *w, const char *key, const WalList *stats);
static void write_rel(JsonWriter *w, const RelTag *tag);
static void write_rels(JsonWriter *w, const char *key, const WalList *rels);
static void write_xids(JsonWriter *w, const char *key, const WalList *xids);
static void write_number(JsonWriter *w, const char *key, uint64_t value);
static void write_truth(JsonWriter *w, const char *key, bool value);
static void write_text(JsonWriter *w, const char *key, const char *text);
static void write_lsn(JsonWriter *w, const char *key, Lsn lsn);
static void write_time(JsonWriter *w, const char *key, PgTime time);

void print_record_json(StrBuf *out, const WalRecord *record)
{
    const char *kind = walrec_kind_name(record->version, record->rmgr, record->info);
    char room[16];
    StrBuf text;
    JsonWriter w;
    WalEffect effect;

    strbuf_init(&text);
    walrec_describe(&text, record);
    walrec_effect(record, &effect);
    json_writer_init(&w, out, JSON_COMPACT);
    json_write_begin_object(&w);
    write_lsn(&w, "lsn", record->start);
    write_lsn(&w, "end", record->end);
    write_lsn(&w, "prev", record->prev);
    write_text(&w, "rmgr", rmgr_text(record->rmgr, room));
    write_number(&w, "info", record->info);
    json_write_key(&w, "kind");
    if (kind != NULL)
        json_write_string(&w, kind);
    else
        json_write_null(&w);
    write_number(&w, "xid", record->xid);
    if (record->has_top_xid)
        write_number(&w, "top_xid", record->top_xid);
    if (record->origin != 0)
        write_number(&w, "origin", record->origin);
    write_number(&w, "record_length", record->total_len - record->images_len);
    write_number(&w, "total_length", record->total_len);
    write_number(&w, "main_data_length", record->main_len);
    write_text(&w, "description", text.text);
    json_write_key(&w, "blocks");
    json_write_begin_array(&w);
    for (int id = 0; id <= record->ref_id_max; id++) {
        if (record->refs[id].is_used)
            write_block(&w, id, &record->refs[id]);
    }
    json_write_end_array(&w);
    if (effect.kind != WAL_EFFECT_NONE) {
        json_write_key(&w, "effect");
        json_write_begin_object(&w);
        write_text(&w, "kind", effects[effect.kind].name);
        effects[effect.kind].write(&w, &effect);
        json_write_end_object(&w);
    }
    json_write_end_object(&w);
    json_writer_finish(&w);
    put_char(out, '\n');
}

static void write_block(JsonWriter *w, int id, const WalBlockRef *ref)
{
    json_write_begin_object(w);
    write_number(w, "id", (uint64_t)id);
    write_rel(w, &ref->tag.rel);
    write_text(w, "fork", fork_text(ref->tag.fork));
    write_number(w, "block", ref->tag.block);
    write_truth(w, "will_init", ref->will_init);
    write_number(w, "data_length", ref->data_len);
    if (ref->has_image) {
        json_write_key(w, "image");
        json_write_begin_object(w);
        write_truth(w, "apply", ref->apply_image);
        write_number(w, "length", ref->image_len);
        write_number(w, "hole_offset", ref->hole_offset);
        write_number(w, "hole_length", ref->hole_len);
        write_text(w, "compression", image_method_name(ref->image_method));
        json_write_end_object(w);
    }
    json_write_end_object(w);
}

/* ---- Transactions ---- */

/* What there is nothing of is left out, but for the list of subtransactions and files. */
static void write_xact(JsonWriter *w, const WalEffect *effect)
{
    const WalXactEffect *x = &effect->xact;

    write_number(w, "xid", x->xid);
    write_time(w, "time", x->time);
    write_truth(w, "prepared", x->is_prepared);
    if (x->gid != NULL)
        write_text(w, "gid", x->gid);
    if (x->database != 0)
        write_number(w, "database", x->database);
    write_xids(w, "subxacts", &x->subxacts);
    write_rels(w, "drops", &x->rels);
    if (x->abort_rels.count > 0)
        write_rels(w, "drops_on_abort", &x->abort_rels);
    if (x->stats.count > 0)
        write_stats(w, "drops_stats", &x->stats);
    if (x->abort_stats.count > 0)
        write_stats(w, "drops_stats_on_abort", &x->abort_stats);
    if (x->messages.count > 0)
        write_number(w, "messages", x->messages.count);
    if (x->drops_init_files)
        write_truth(w, "drops_init_files", true);
    if (x->origin_lsn != LSN_NONE) {
        write_lsn(w, "remote_lsn", x->origin_lsn);
        write_time(w, "remote_time", x->origin_time);
    }
}

static void write_stats(JsonWriter *w, const char *key, const WalList *stats)
{
    json_write_key(w, key);
    json_write_begin_array(w);
    for (uint32_t i = 0; i < stats->count; i++) {
        WalStatsItem item = walrec_list_stats(stats, i);

        json_write_begin_object(w);
        write_number(w, "kind", item.kind);
        write_number(w, "database", item.database);
        write_number(w, "object", item.object);
        json_write_end_object(w);
    }
    json_write_end_array(w);
}

static void write_assign(JsonWriter *w, const WalEffect *effect)
{
    write_number(w, "xid", effect->assign.top_xid);
    write_xids(w, "subxacts", &effect->assign.subxacts);
}

static void write_invalidate(JsonWriter *w, const WalEffect *effect)
{
    write_number(w, "messages", effect->invalidate.messages.count);
}

static void write_locks(JsonWriter *w, const WalEffect *effect)
{
    json_write_key(w, "locks");
    json_write_begin_array(w);
    for (uint32_t i = 0; i < effect->locks.count; i++) {
        WalLock lock = walrec_list_lock(&effect->locks, i);

        json_write_begin_object(w);
        write_number(w, "xid", lock.xid);
        write_number(w, "database", lock.database);
        write_number(w, "relation", lock.rel);
        json_write_end_object(w);
    }
    json_write_end_array(w);
}

/* ---- Pages of the logs by transaction number, and multixacts ---- */

/* Forged numbers may be below 0. */
static void write_page(JsonWriter *w, const WalEffect *effect)
{
    json_write_key(w, "page");
    json_write_i64(w, effect->page);
}

static void write_clog_truncate(JsonWriter *w, const WalEffect *effect)
{
    write_commit_ts_truncate(w, effect);
    write_number(w, "oldest_database", effect->truncate.oldest_database);
}

static void write_commit_ts_truncate(JsonWriter *w, const WalEffect *effect)
{
    json_write_key(w, "page");
    json_write_i64(w, effect->truncate.page);
    write_number(w, "oldest_xid", effect->truncate.oldest_xid);
}

static void write_multi(JsonWriter *w, const WalEffect *effect)
{
    const WalList *members = &effect->multi.members;

    write_number(w, "multixact", effect->multi.id);
    write_number(w, "offset", effect->multi.offset);
    json_write_key(w, "members");
    json_write_begin_array(w);
    for (uint32_t i = 0; i < members->count; i++) {
        uint32_t status;

        json_write_begin_object(w);
        write_number(w, "xid", walrec_list_member(members, i, &status));
        write_number(w, "status", status);
        json_write_end_object(w);
    }
    json_write_end_array(w);
}

static void write_multi_truncate(JsonWriter *w, const WalEffect *effect)
{
    write_number(w, "oldest_database", effect->multi_truncate.oldest_database);
    write_number(w, "begin", effect->multi_truncate.begin);
    write_number(w, "end", effect->multi_truncate.end);
    write_number(w, "member_begin", effect->multi_truncate.member_begin);
    write_number(w, "member_end", effect->multi_truncate.member_end);
}

/* ---- Files ---- */

static void write_rel_create(JsonWriter *w, const WalEffect *effect)
{
    write_rel(w, &effect->rel.tag);
    write_text(w, "fork", fork_name(effect->rel.fork));
}

static void write_rel_truncate(JsonWriter *w, const WalEffect *effect)
{
    write_rel(w, &effect->rel.tag);
    write_number(w, "blocks", effect->rel.block_count);
    json_write_key(w, "forks");
    json_write_begin_array(w);
    if (effect->rel.cuts_main)
        json_write_string(w, fork_name(FORK_MAIN));
    if (effect->rel.cuts_fsm)
        json_write_string(w, fork_name(FORK_FSM));
    if (effect->rel.cuts_vm)
        json_write_string(w, fork_name(FORK_VM));
    json_write_end_array(w);
}

static void write_relmap(JsonWriter *w, const WalEffect *effect)
{
    write_number(w, "tablespace", effect->relmap.tablespace);
    write_number(w, "database", effect->relmap.database);
    write_number(w, "size", effect->relmap.size);
}

static void write_db_copy(JsonWriter *w, const WalEffect *effect)
{
    write_number(w, "from_tablespace", effect->db.from_tablespace);
    write_number(w, "from_database", effect->db.from_database);
    write_db_create(w, effect);
}

static void write_db_create(JsonWriter *w, const WalEffect *effect)
{
    write_number(w, "tablespace", effect->db.tablespace);
    write_number(w, "database", effect->db.database);
}

static void write_db_drop(JsonWriter *w, const WalEffect *effect)
{
    write_number(w, "database", effect->db_drop.database);
    write_xids(w, "tablespaces", &effect->db_drop.tablespaces);
}

static void write_tablespace(JsonWriter *w, const WalEffect *effect)
{
    write_number(w, "tablespace", effect->tablespace.oid);
    if (effect->tablespace.path != NULL)
        write_text(w, "path", effect->tablespace.path);
}

/* ---- The log itself ---- */

static void write_checkpoint(JsonWriter *w, const WalEffect *effect)
{
    Checkpoint c;

    checkpoint_decode(effect->checkpoint.bytes, &c);
    write_truth(w, "shutdown", effect->checkpoint.is_shutdown);
    write_lsn(w, "redo", c.redo);
    write_number(w, "timeline", c.tli);
    write_number(w, "previous_timeline", c.prev_tli);
    write_truth(w, "full_page_writes", c.full_page_writes);
    write_number(w, "next_xid", c.next_xid);
    write_number(w, "next_oid", c.next_oid);
    write_number(w, "next_multixact", c.next_multi);
    write_number(w, "next_multixact_offset", c.next_multi_offset);
    write_number(w, "oldest_xid", c.oldest_xid);
    write_number(w, "oldest_multixact", c.oldest_multi);
    write_number(w, "oldest_active_xid", c.oldest_active_xid);
    json_write_key(w, "time");
    if (c.time >= time_to_unix(PG_TIME_MIN) && c.time < time_to_unix(PG_TIME_END))
        json_write_string(w, time_format(time_from_unix(c.time), TIME_ISO, timezone_utc()));
    else
        json_write_null(w); /* no server's */
}

static void write_parameters(JsonWriter *w, const WalEffect *effect)
{
    WalParameters p = walrec_parameters(effect);

    write_number(w, "max_connections", p.max_connections);
    write_number(w, "max_worker_processes", p.max_worker_processes);
    write_number(w, "max_wal_senders", p.max_wal_senders);
    write_number(w, "max_prepared_transactions", p.max_prepared_xacts);
    write_number(w, "max_locks_per_transaction", p.max_locks_per_xact);
    write_number(w, "wal_level", p.wal_level);
    write_truth(w, "wal_log_hints", p.wal_log_hints);
    write_truth(w, "track_commit_timestamp", p.track_commit_timestamp);
}

static void write_next_oid(JsonWriter *w, const WalEffect *effect)
{
    write_number(w, "oid", effect->oid);
}

static void write_backup_end(JsonWriter *w, const WalEffect *effect)
{
    write_lsn(w, "start", effect->lsn);
}

static void write_restore_point(JsonWriter *w, const WalEffect *effect)
{
    write_text(w, "name", effect->restore_point.name);
    write_time(w, "time", effect->restore_point.time);
}

static void write_full_page_writes(JsonWriter *w, const WalEffect *effect)
{
    write_truth(w, "on", effect->is_on);
}

static void write_end_of_recovery(JsonWriter *w, const WalEffect *effect)
{
    write_number(w, "timeline", effect->end_of_recovery.tli);
    write_number(w, "previous_timeline", effect->end_of_recovery.prev_tli);
    write_time(w, "time", effect->end_of_recovery.time);
}

static void write_overwrite(JsonWriter *w, const WalEffect *effect)
{
    write_lsn(w, "overwritten", effect->lsn);
}

static void write_checkpoint_redo(JsonWriter *w, const WalEffect *effect)
{
    write_number(w, "wal_level", effect->wal_level);
}

/* A switch says nothing more. */
static void write_nothing(JsonWriter *w, const WalEffect *effect)
{
    (void)w;
    (void)effect;
}

/* ---- Standbys and replication ---- */

static void write_running(JsonWriter *w, const WalEffect *effect)
{
    write_number(w, "next_xid", effect->running.next_xid);
    write_number(w, "oldest_running_xid", effect->running.oldest_running_xid);
    write_number(w, "latest_completed_xid", effect->running.latest_completed_xid);
    write_truth(w, "subxacts_overflowed", effect->running.subxids_overflowed);
    write_number(w, "top_level", effect->running.top_count);
    write_xids(w, "xids", &effect->running.xids);
}

static void write_rewrite_map(JsonWriter *w, const WalEffect *effect)
{
    write_number(w, "xid", effect->rewrite_map.xid);
    write_number(w, "database", effect->rewrite_map.database);
    write_number(w, "relation", effect->rewrite_map.rel);
    write_number(w, "file_offset", effect->rewrite_map.file_offset);
    write_lsn(w, "start", effect->rewrite_map.start_lsn);
    write_number(w, "mappings", effect->rewrite_map.mappings.count);
}

static void write_origin_set(JsonWriter *w, const WalEffect *effect)
{
    write_number(w, "origin", effect->origin.id);
    write_lsn(w, "remote_lsn", effect->origin.lsn);
    write_truth(w, "forced", effect->origin.is_forced);
}

static void write_origin_drop(JsonWriter *w, const WalEffect *effect)
{
    write_number(w, "origin", effect->origin.id);
}

/* The body is any bytes, which the description has. */
static void write_message(JsonWriter *w, const WalEffect *effect)
{
    write_number(w, "database", effect->message.database);
    write_truth(w, "transactional", effect->message.is_transactional);
    write_text(w, "prefix", effect->message.prefix);
    write_number(w, "body_length", effect->message.body_len);
}

/* ---- Values ---- */

/* The three numbers that name a relation's files, among other keys. */
static void write_rel(JsonWriter *w, const RelTag *tag)
{
    write_number(w, "tablespace", tag->tablespace);
    write_number(w, "database", tag->database);
    write_number(w, "relation", tag->rel);
}

static void write_rels(JsonWriter *w, const char *key, const WalList *rels)
{
    json_write_key(w, key);
    json_write_begin_array(w);
    for (uint32_t i = 0; i < rels->count; i++) {
        RelTag tag = walrec_list_rel(rels, i);

        json_write_begin_object(w);
        write_rel(w, &tag);
        json_write_end_object(w);
    }
    json_write_end_array(w);
}

static void write_xids(JsonWriter *w, const char *key, const WalList *xids)
{
    json_write_key(w, key);
    json_write_begin_array(w);
    for (uint32_t i = 0; i < xids->count; i++)
        json_write_u64(w, walrec_list_xid(xids, i));
    json_write_end_array(w);
}

static void write_number(JsonWriter *w, const char *key, uint64_t value)
{
    json_write_key(w, key);
    json_write_u64(w, value);
}

static void write_truth(JsonWriter *w, const char *key, bool value)
{
    json_write_key(w, key);
    json_write_bool(w, value);
}

static void write_text(JsonWriter *w, const char *key, const char *text)
{
    json_write_key(w, key);
    json_write_string_lossy(w, text);
}

static void write_lsn(JsonWriter *w, const char *key, Lsn lsn)
{
    char text[18];
    char *p = put_hex_digits(text, (uint32_t)(lsn >> 32), 1);

    *p++ = '/';
    p = put_hex_digits(p, (uint32_t)lsn, 1);
    json_write_key(w, key);
    json_write_string_len(w, text, (size_t)(p - text));
}

static void write_time(JsonWriter *w, const char *key, PgTime time)
{
    write_text(w, key, time_format(time, TIME_ISO, timezone_utc()));
}

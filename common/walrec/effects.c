/*
 * effects.c - main data of a record to one typed effect
 *
 * One function for each resource manager that has effects; all reading goes through a ByteReader,
 * so a record that is too short raises. Where versions differ, the function says from which on.
 */
#include "common/base/base.h"

#include "common/walrec/effects.h"

#include "common/err/err.h"
#include "common/text/num.h"
#include "common/walrec/rmgr.h"
#include "common/walrec/walrec_int.h"

/* Parts of a commit or abort record, by xinfo bit, in the order in which they stand. */
enum {
    XINFO_DATABASE = 0x01,
    XINFO_SUBXACTS = 0x02,
    XINFO_RELS = 0x04,
    XINFO_STATS = 0x100, /* 15 and up */
    XINFO_MESSAGES = 0x08,
    XINFO_TWOPHASE = 0x10,
    XINFO_ORIGIN = 0x20,
    XINFO_GID = 0x80,
    XINFO_DROPS_INIT_FILES = 1 << 30,
};

#define XACT_OPCODE_MASK 0x70
#define TWOPHASE_MAGIC   0x57F94534
#define TWOPHASE_ALIGN   8

#define PARAMETERS_SIZE  26 /* and two of padding */

enum { TRUNCATE_MAIN = 1, TRUNCATE_VM = 2, TRUNCATE_FSM = 4 };

typedef void (*EffectReader)(const WalRecord *record, ByteReader *r, WalEffect *effect);

static void xlog_effect(const WalRecord *record, ByteReader *r, WalEffect *effect);
static void xact_effect(const WalRecord *record, ByteReader *r, WalEffect *effect);
static void smgr_effect(const WalRecord *record, ByteReader *r, WalEffect *effect);
static void clog_effect(const WalRecord *record, ByteReader *r, WalEffect *effect);
static void dbase_effect(const WalRecord *record, ByteReader *r, WalEffect *effect);
static void tblspc_effect(const WalRecord *record, ByteReader *r, WalEffect *effect);
static void multixact_effect(const WalRecord *record, ByteReader *r, WalEffect *effect);
static void relmap_effect(const WalRecord *record, ByteReader *r, WalEffect *effect);
static void standby_effect(const WalRecord *record, ByteReader *r, WalEffect *effect);
static void commit_ts_effect(const WalRecord *record, ByteReader *r, WalEffect *effect);
static void heap_effect(const WalRecord *record, ByteReader *r, WalEffect *effect);
static void heap2_effect(const WalRecord *record, ByteReader *r, WalEffect *effect);
static void replorigin_effect(const WalRecord *record, ByteReader *r, WalEffect *effect);
static void logicalmsg_effect(const WalRecord *record, ByteReader *r, WalEffect *effect);
static void read_running(ByteReader *r, WalEffect *effect);
static void read_invalidate(ByteReader *r, WalInvalidate *invalidate);

static const EffectReader readers[RMGR_COUNT] = {
    [RMGR_XLOG] = xlog_effect,
    [RMGR_XACT] = xact_effect,
    [RMGR_SMGR] = smgr_effect,
    [RMGR_CLOG] = clog_effect,
    [RMGR_DBASE] = dbase_effect,
    [RMGR_TBLSPC] = tblspc_effect,
    [RMGR_MULTIXACT] = multixact_effect,
    [RMGR_RELMAP] = relmap_effect,
    [RMGR_STANDBY] = standby_effect,
    [RMGR_COMMIT_TS] = commit_ts_effect,
    [RMGR_HEAP] = heap_effect,
    [RMGR_HEAP2] = heap2_effect,
    [RMGR_REPLORIGIN] = replorigin_effect,
    [RMGR_LOGICALMSG] = logicalmsg_effect,
};

void walrec_effect(const WalRecord *record, WalEffect *effect)
{
    ByteReader r = wal_main_reader(record);

    effect->kind = WAL_EFFECT_NONE;
    if (record->rmgr < RMGR_COUNT && readers[record->rmgr] != NULL)
        readers[record->rmgr](record, &r, effect);
    effect->unread_len = byte_reader_left(&r);
}

/* count items of size bytes each. */
static WalList take_list(ByteReader *r, uint32_t count, size_t size)
{
    /* A count that the record has no room for raises before it could overflow. */
    if (count > byte_reader_left(r) / size)
        bytes_raise_short(r->what, count * size, byte_reader_left(r));
    return (WalList){
        .items = byte_reader_take(r, count * size), .count = count, .item_size = (uint32_t)size};
}

static PgTime take_time(ByteReader *r)
{
    return (PgTime)byte_reader_u64(r);
}

static RelTag take_rel(ByteReader *r)
{
    RelTag tag;

    tag.tablespace = byte_reader_u32(r);
    tag.database = byte_reader_u32(r);
    tag.rel = byte_reader_u32(r);
    return tag;
}

/* ---- XLOG ---- */

static void xlog_effect(const WalRecord *record, ByteReader *r, WalEffect *effect)
{
    switch (wal_record_opcode(record)) {
    case WAL_XLOG_CHECKPOINT_SHUTDOWN:
    case WAL_XLOG_CHECKPOINT_ONLINE:
        effect->kind = WAL_EFFECT_CHECKPOINT;
        effect->checkpoint.size = record->main_len;
        effect->checkpoint.bytes = byte_reader_take(r, CHECKPOINT_SIZE);
        effect->checkpoint.is_shutdown = wal_record_opcode(record) == WAL_XLOG_CHECKPOINT_SHUTDOWN;
        break;
    case WAL_XLOG_NEXTOID:
        effect->kind = WAL_EFFECT_NEXT_OID;
        effect->oid = byte_reader_u32(r);
        break;
    case WAL_XLOG_SWITCH:
        effect->kind = WAL_EFFECT_SWITCH;
        break;
    case WAL_XLOG_BACKUP_END:
        effect->kind = WAL_EFFECT_BACKUP_END;
        effect->lsn = byte_reader_u64(r);
        break;
    case WAL_XLOG_PARAMETER_CHANGE:
        effect->kind = WAL_EFFECT_PARAMETER_CHANGE;
        effect->raw.size = record->main_len;
        effect->raw.bytes = byte_reader_take(r, PARAMETERS_SIZE);
        break;
    case WAL_XLOG_RESTORE_POINT:
        effect->kind = WAL_EFFECT_RESTORE_POINT;
        effect->restore_point.time = take_time(r);
        effect->restore_point.name = byte_reader_cstring(r);
        break;
    case WAL_XLOG_FPW_CHANGE:
        effect->kind = WAL_EFFECT_FULL_PAGE_WRITES;
        effect->is_on = byte_reader_u8(r) != 0;
        break;
    case WAL_XLOG_END_OF_RECOVERY:
        effect->kind = WAL_EFFECT_END_OF_RECOVERY;
        effect->end_of_recovery.time = take_time(r);
        effect->end_of_recovery.tli = byte_reader_u32(r);
        effect->end_of_recovery.prev_tli = byte_reader_u32(r);
        effect->end_of_recovery.wal_level = record->version >= 17 ? byte_reader_u32(r) : 0;
        break;
    case WAL_XLOG_OVERWRITE_CONTRECORD:
        effect->kind = WAL_EFFECT_OVERWRITE;
        effect->lsn = byte_reader_u64(r);
        break;
    case WAL_XLOG_CHECKPOINT_REDO:
        if (record->version < 17)
            break;
        effect->kind = WAL_EFFECT_CHECKPOINT_REDO;
        effect->wal_level = byte_reader_u32(r);
        break;
    default:
        break;
    }
}

WalParameters walrec_parameters(const WalEffect *effect)
{
    ByteReader r = byte_reader(effect->raw.bytes, effect->raw.size, "WAL record");
    WalParameters p;

    p.max_connections = byte_reader_u32(&r);
    p.max_worker_processes = byte_reader_u32(&r);
    p.max_wal_senders = byte_reader_u32(&r);
    p.max_prepared_xacts = byte_reader_u32(&r);
    p.max_locks_per_xact = byte_reader_u32(&r);
    p.wal_level = byte_reader_u32(&r);
    p.wal_log_hints = byte_reader_u8(&r) != 0;
    p.track_commit_timestamp = byte_reader_u8(&r) != 0;
    return p;
}

/* ---- Transactions ---- */

/* Objects of statistics have 64-bit numbers from 18 on. */
static size_t stats_item_size(const WalRecord *record)
{
    return record->version >= 18 ? 16 : 12;
}

/* COMMIT, ABORT and their PREPARED forms: time, then the parts that xinfo announces. */
static void read_end(const WalRecord *record, ByteReader *r, WalXactEffect *x)
{
    x->xid = record->xid;
    x->time = take_time(r);
    x->xinfo = (record->info & WAL_XACT_HAS_XINFO) != 0 ? byte_reader_u32(r) : 0;
    x->drops_init_files = (x->xinfo & XINFO_DROPS_INIT_FILES) != 0;
    if (x->xinfo & XINFO_DATABASE) {
        x->database = byte_reader_u32(r);
        x->tablespace = byte_reader_u32(r);
    }
    if (x->xinfo & XINFO_SUBXACTS)
        x->subxacts = take_list(r, byte_reader_u32(r), 4);
    if (x->xinfo & XINFO_RELS)
        x->rels = take_list(r, byte_reader_u32(r), sizeof(RelTag));
    if ((x->xinfo & XINFO_STATS) && record->version >= 15)
        x->stats = take_list(r, byte_reader_u32(r), stats_item_size(record));
    if (x->xinfo & XINFO_MESSAGES)
        x->messages = take_list(r, byte_reader_u32(r), 16);
    if (x->xinfo & XINFO_TWOPHASE)
        x->xid = byte_reader_u32(r);
    if (x->xinfo & XINFO_GID)
        x->gid = byte_reader_cstring(r);
    if (x->xinfo & XINFO_ORIGIN) {
        x->origin_lsn = byte_reader_u64(r);
        x->origin_time = take_time(r);
    }
}

/* Each piece of a two-phase state is padded to 8 bytes, counted from the state's start. */
static void skip_padding(const WalRecord *record, ByteReader *r)
{
    size_t done = (size_t)(r->pos - record->main);

    byte_reader_take(r, size_min(size_align_up(done, TWOPHASE_ALIGN) - done, byte_reader_left(r)));
}

/* The main data is the two-phase state file without its CRC. */
static void read_prepare(const WalRecord *record, ByteReader *r, WalXactEffect *x)
{
    bool has_stats = record->version >= 15;
    uint32_t subxact_count, rel_count, abort_rel_count, stats_count = 0, abort_stats_count = 0;
    uint32_t message_count, magic;
    uint16_t gid_len;

    magic = byte_reader_u32(r);
    if (magic != TWOPHASE_MAGIC)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message =
                      err_fmt("invalid magic number %08X in the prepared transaction at " LSN_FMT,
                              magic, LSN_ARG(record->start)));
    byte_reader_take(r, 4); /* total length */
    x->xid = byte_reader_u32(r);
    x->database = byte_reader_u32(r);
    x->time = take_time(r);
    byte_reader_take(r, 4); /* owner */
    subxact_count = byte_reader_u32(r);
    rel_count = byte_reader_u32(r);
    abort_rel_count = byte_reader_u32(r);
    if (has_stats) {
        stats_count = byte_reader_u32(r);
        abort_stats_count = byte_reader_u32(r);
    }
    message_count = byte_reader_u32(r);
    x->drops_init_files = byte_reader_u8(r) != 0;
    byte_reader_take(r, 1);
    gid_len = byte_reader_u16(r);
    x->origin_lsn = byte_reader_u64(r);
    x->origin_time = take_time(r);

    skip_padding(record, r);
    {
        ByteReader gid = byte_reader(byte_reader_take(r, gid_len), gid_len, r->what);

        x->gid = byte_reader_cstring(&gid);
    }
    skip_padding(record, r);
    x->subxacts = take_list(r, subxact_count, 4);
    skip_padding(record, r);
    x->rels = take_list(r, rel_count, sizeof(RelTag));
    skip_padding(record, r);
    x->abort_rels = take_list(r, abort_rel_count, sizeof(RelTag));
    skip_padding(record, r);
    x->stats = take_list(r, stats_count, stats_item_size(record));
    skip_padding(record, r);
    x->abort_stats = take_list(r, abort_stats_count, stats_item_size(record));
    skip_padding(record, r);
    x->messages = take_list(r, message_count, 16);
}

static void xact_effect(const WalRecord *record, ByteReader *r, WalEffect *effect)
{
    uint8_t opcode = record->info & XACT_OPCODE_MASK;

    effect->xact = (WalXactEffect){.xid = XID_NONE};
    switch (opcode) {
    case WAL_XACT_COMMIT:
    case WAL_XACT_COMMIT_PREPARED:
        effect->kind = WAL_EFFECT_COMMIT;
        effect->xact.is_prepared = opcode == WAL_XACT_COMMIT_PREPARED;
        read_end(record, r, &effect->xact);
        break;
    case WAL_XACT_ABORT:
    case WAL_XACT_ABORT_PREPARED:
        effect->kind = WAL_EFFECT_ABORT;
        effect->xact.is_prepared = opcode == WAL_XACT_ABORT_PREPARED;
        read_end(record, r, &effect->xact);
        break;
    case WAL_XACT_PREPARE:
        effect->kind = WAL_EFFECT_PREPARE;
        read_prepare(record, r, &effect->xact);
        break;
    case WAL_XACT_ASSIGNMENT:
        effect->kind = WAL_EFFECT_XID_ASSIGN;
        effect->assign.top_xid = byte_reader_u32(r);
        effect->assign.subxacts = take_list(r, byte_reader_u32(r), 4);
        break;
    case WAL_XACT_INVALIDATIONS:
        if (record->version < 14)
            break;
        effect->kind = WAL_EFFECT_INVALIDATE;
        effect->invalidate = (WalInvalidate){.database = 0};
        effect->invalidate.messages = take_list(r, byte_reader_u32(r), 16);
        break;
    default:
        break;
    }
}

/* ---- Files ---- */

static void smgr_effect(const WalRecord *record, ByteReader *r, WalEffect *effect)
{
    uint32_t fork, flags;

    switch (wal_record_opcode(record)) {
    case WAL_SMGR_CREATE:
        effect->kind = WAL_EFFECT_REL_CREATE;
        effect->rel.tag = take_rel(r);
        fork = byte_reader_u32(r);
        if (fork >= FORK_COUNT)
            err_raise(SQLSTATE_DATA_CORRUPTED,
                      .message = err_fmt("invalid fork number %u in the record at " LSN_FMT, fork,
                                         LSN_ARG(record->start)));
        effect->rel.fork = (ForkNo)fork;
        break;
    case WAL_SMGR_TRUNCATE:
        effect->kind = WAL_EFFECT_REL_TRUNCATE;
        effect->rel.block_count = byte_reader_u32(r);
        effect->rel.tag = take_rel(r);
        flags = byte_reader_u32(r);
        effect->rel.fork = FORK_MAIN;
        effect->rel.cuts_main = (flags & TRUNCATE_MAIN) != 0;
        effect->rel.cuts_vm = (flags & TRUNCATE_VM) != 0;
        effect->rel.cuts_fsm = (flags & TRUNCATE_FSM) != 0;
        break;
    default:
        break;
    }
}

static void relmap_effect(const WalRecord *record, ByteReader *r, WalEffect *effect)
{
    if (wal_record_opcode(record) != WAL_RELMAP_UPDATE)
        return;
    effect->kind = WAL_EFFECT_RELMAP_UPDATE;
    effect->relmap.database = byte_reader_u32(r);
    effect->relmap.tablespace = byte_reader_u32(r);
    effect->relmap.size = byte_reader_u32(r);
    effect->relmap.bytes = byte_reader_take(r, effect->relmap.size);
}

static void dbase_effect(const WalRecord *record, ByteReader *r, WalEffect *effect)
{
    uint8_t opcode = wal_record_opcode(record);
    bool has_wal_log = record->version >= 15;

    if (opcode == WAL_DBASE_CREATE_FILE_COPY) {
        effect->kind = WAL_EFFECT_DB_COPY;
        effect->db.database = byte_reader_u32(r);
        effect->db.tablespace = byte_reader_u32(r);
        effect->db.from_database = byte_reader_u32(r);
        effect->db.from_tablespace = byte_reader_u32(r);
    } else if (has_wal_log && opcode == WAL_DBASE_CREATE_WAL_LOG) {
        effect->kind = WAL_EFFECT_DB_CREATE;
        effect->db.database = byte_reader_u32(r);
        effect->db.tablespace = byte_reader_u32(r);
        effect->db.from_database = 0;
        effect->db.from_tablespace = 0;
    } else if (opcode == (has_wal_log ? WAL_DBASE_DROP : WAL_DBASE_DROP_14)) {
        effect->kind = WAL_EFFECT_DB_DROP;
        effect->db_drop.database = byte_reader_u32(r);
        effect->db_drop.tablespaces = take_list(r, byte_reader_u32(r), 4);
    }
}

static void tblspc_effect(const WalRecord *record, ByteReader *r, WalEffect *effect)
{
    bool is_create = wal_record_opcode(record) == WAL_TBLSPC_CREATE;

    if (!is_create && wal_record_opcode(record) != WAL_TBLSPC_DROP)
        return;
    effect->kind = is_create ? WAL_EFFECT_TABLESPACE_CREATE : WAL_EFFECT_TABLESPACE_DROP;
    effect->tablespace.oid = byte_reader_u32(r);
    effect->tablespace.path = is_create ? byte_reader_cstring(r) : NULL;
}

/* ---- Status pages ---- */

/* Numbers of SLRU pages have 64 bits from 17 on. */
static int64_t take_page(const WalRecord *record, ByteReader *r)
{
    return record->version >= 17 ? (int64_t)byte_reader_u64(r) : (int32_t)byte_reader_u32(r);
}

static void clog_effect(const WalRecord *record, ByteReader *r, WalEffect *effect)
{
    if (wal_record_opcode(record) == WAL_CLOG_ZEROPAGE) {
        effect->kind = WAL_EFFECT_CLOG_ZERO_PAGE;
        effect->page = take_page(record, r);
        return;
    }
    if (wal_record_opcode(record) != WAL_CLOG_TRUNCATE)
        return;
    effect->kind = WAL_EFFECT_CLOG_TRUNCATE;
    effect->truncate.page = take_page(record, r);
    effect->truncate.oldest_xid = byte_reader_u32(r);
    effect->truncate.oldest_database = byte_reader_u32(r);
}

static void commit_ts_effect(const WalRecord *record, ByteReader *r, WalEffect *effect)
{
    if (wal_record_opcode(record) == WAL_COMMIT_TS_ZEROPAGE) {
        effect->kind = WAL_EFFECT_COMMIT_TS_ZERO_PAGE;
        effect->page = take_page(record, r);
        return;
    }
    if (wal_record_opcode(record) != WAL_COMMIT_TS_TRUNCATE)
        return;
    effect->kind = WAL_EFFECT_COMMIT_TS_TRUNCATE;
    effect->truncate.page = take_page(record, r);
    effect->truncate.oldest_xid = byte_reader_u32(r);
    effect->truncate.oldest_database = 0;
}

static void multixact_effect(const WalRecord *record, ByteReader *r, WalEffect *effect)
{
    switch (wal_record_opcode(record)) {
    case WAL_MULTIXACT_ZERO_OFF_PAGE:
        effect->kind = WAL_EFFECT_MULTI_ZERO_OFFSETS_PAGE;
        effect->page = take_page(record, r);
        break;
    case WAL_MULTIXACT_ZERO_MEM_PAGE:
        effect->kind = WAL_EFFECT_MULTI_ZERO_MEMBERS_PAGE;
        effect->page = take_page(record, r);
        break;
    case WAL_MULTIXACT_CREATE_ID:
        effect->kind = WAL_EFFECT_MULTI_CREATE;
        effect->multi.id = byte_reader_u32(r);
        effect->multi.offset = byte_reader_u32(r);
        effect->multi.members = take_list(r, byte_reader_u32(r), 8);
        break;
    case WAL_MULTIXACT_TRUNCATE_ID:
        effect->kind = WAL_EFFECT_MULTI_TRUNCATE;
        effect->multi_truncate.oldest_database = byte_reader_u32(r);
        effect->multi_truncate.begin = byte_reader_u32(r);
        effect->multi_truncate.end = byte_reader_u32(r);
        effect->multi_truncate.member_begin = byte_reader_u32(r);
        effect->multi_truncate.member_end = byte_reader_u32(r);
        break;
    default:
        break;
    }
}

/* ---- Standby ---- */

static void standby_effect(const WalRecord *record, ByteReader *r, WalEffect *effect)
{
    switch (wal_record_opcode(record)) {
    case WAL_STANDBY_LOCK:
        effect->kind = WAL_EFFECT_LOCK;
        effect->locks = take_list(r, byte_reader_u32(r), 12);
        break;
    case WAL_STANDBY_RUNNING_XACTS:
        effect->kind = WAL_EFFECT_RUNNING_XACTS;
        read_running(r, effect);
        break;
    case WAL_STANDBY_INVALIDATIONS:
        effect->kind = WAL_EFFECT_INVALIDATE;
        read_invalidate(r, &effect->invalidate);
        break;
    default:
        break;
    }
}

static void read_running(ByteReader *r, WalEffect *effect)
{
    uint32_t sub_count;

    effect->running.top_count = byte_reader_u32(r);
    sub_count = byte_reader_u32(r);
    effect->running.subxids_overflowed = byte_reader_u8(r) != 0;
    byte_reader_take(r, 3); /* padding */
    effect->running.next_xid = byte_reader_u32(r);
    effect->running.oldest_running_xid = byte_reader_u32(r);
    effect->running.latest_completed_xid = byte_reader_u32(r);
    if (sub_count > UINT32_MAX - effect->running.top_count)
        bytes_raise_short(r->what, UINT32_MAX, byte_reader_left(r));
    effect->running.xids = take_list(r, effect->running.top_count + sub_count, 4);
}

/* Database, tablespace, whether their init files go, then the messages. */
static void read_invalidate(ByteReader *r, WalInvalidate *invalidate)
{
    invalidate->database = byte_reader_u32(r);
    invalidate->tablespace = byte_reader_u32(r);
    invalidate->drops_init_files = byte_reader_u8(r) != 0;
    byte_reader_take(r, 3); /* padding */
    invalidate->messages = take_list(r, byte_reader_u32(r), 16);
}

/* ---- Rows ---- */

/* From 18 on a change in place carries its invalidations, behind the row's number. */
static void heap_effect(const WalRecord *record, ByteReader *r, WalEffect *effect)
{
    if (record->version < 18 || wal_record_opcode(record) != WAL_HEAP_INPLACE)
        return;
    effect->kind = WAL_EFFECT_INVALIDATE;
    byte_reader_take(r, 4);
    read_invalidate(r, &effect->invalidate);
}

static void heap2_effect(const WalRecord *record, ByteReader *r, WalEffect *effect)
{
    uint32_t count;

    if (wal_record_opcode(record) != WAL_HEAP2_REWRITE)
        return;
    effect->kind = WAL_EFFECT_REWRITE_MAP;
    effect->rewrite_map.xid = byte_reader_u32(r);
    effect->rewrite_map.database = byte_reader_u32(r);
    effect->rewrite_map.rel = byte_reader_u32(r);
    byte_reader_take(r, 4); /* padding, also below */
    effect->rewrite_map.file_offset = byte_reader_u64(r);
    count = byte_reader_u32(r);
    byte_reader_take(r, 4);
    effect->rewrite_map.start_lsn = byte_reader_u64(r);
    effect->rewrite_map.mappings = take_list(r, count, 36);
}

/* ---- Replication ---- */

static void replorigin_effect(const WalRecord *record, ByteReader *r, WalEffect *effect)
{
    switch (wal_record_opcode(record)) {
    case WAL_REPLORIGIN_SET:
        effect->kind = WAL_EFFECT_ORIGIN_SET;
        effect->origin.lsn = byte_reader_u64(r);
        effect->origin.id = byte_reader_u16(r);
        effect->origin.is_forced = byte_reader_u8(r) != 0;
        break;
    case WAL_REPLORIGIN_DROP:
        effect->kind = WAL_EFFECT_ORIGIN_DROP;
        effect->origin.lsn = LSN_NONE;
        effect->origin.id = byte_reader_u16(r);
        effect->origin.is_forced = false;
        break;
    default:
        break;
    }
}

/* The length of the prefix counts its NUL. */
static void logicalmsg_effect(const WalRecord *record, ByteReader *r, WalEffect *effect)
{
    uint64_t prefix_size;

    if (wal_record_opcode(record) != WAL_LOGICALMSG_MESSAGE)
        return;
    effect->kind = WAL_EFFECT_MESSAGE;
    effect->message.database = byte_reader_u32(r);
    effect->message.is_transactional = byte_reader_u8(r) != 0;
    byte_reader_take(r, 3); /* padding */
    prefix_size = byte_reader_u64(r);
    effect->message.body_len = byte_reader_u64(r);
    effect->message.prefix = (const char *)byte_reader_take(r, prefix_size);
    if (prefix_size == 0 || effect->message.prefix[prefix_size - 1] != '\0')
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("the prefix of the message at " LSN_FMT " has no end",
                                     LSN_ARG(record->start)));
    effect->message.body = byte_reader_take(r, effect->message.body_len);
}

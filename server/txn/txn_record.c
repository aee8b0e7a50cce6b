/*
 * txn_record.c - what the log and the commit status say of the end of a transaction
 *
 * The main data of a commit or abort record are the time, a word of bits, and the parts that the
 * bits announce in an order of their own (FORMATS: they are not aligned). A transaction without an
 * xid leaves no record.
 */
#include "common/base/base.h"

#include "server/txn/txn_record.h"

#include <string.h>

#include "common/err/err.h"
#include "common/os/clock.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/txn/clog.h"
#include "server/txn/commit_ts.h"
#include "server/txn/txn_int.h"
#include "server/txn/xid.h"
#include "server/wal/wal.h"

/* The word of bits; which part follows, and what replay has to know. Source: access/xact.h. */
enum {
    HAS_DATABASE = 1 << 0,
    HAS_SUBXACTS = 1 << 1,
    HAS_RELS = 1 << 2,
    HAS_MESSAGES = 1 << 3,
    HAS_TWO_PHASE = 1 << 4,
    HAS_ORIGIN = 1 << 5,
    HAS_EXCLUSIVE_LOCKS = 1 << 6,
    HAS_GID = 1 << 7,
    HAS_STATS = 1 << 8,
    WANTS_FEEDBACK = 1 << 29,
    DROPS_INIT_FILES = 1 << 30,
};
#define FORCES_SYNC      (UINT32_C(1) << 31)

#define SPECIAL_RELATION 0x01 /* of a record's info: files go */
#define PARTS_MAX        WAL_PARTS_MIN

/* What is registered must stay until the record is made. */
typedef struct EndRecord {
    PgTime time;
    uint32_t bits;
    Oid database[2];
    uint32_t child_count, rel_count, stats_count, message_count;
    Xid prepared_xid;
    struct {
        Lsn lsn;
        PgTime time;
    } origin;
} EndRecord;

static void (*parts_source)(bool is_commit, bool is_sub, TxnParts *out);
static void (*commit_wait)(Lsn lsn);

static void make_durable(const CommitInfo *info, Xid xid, Lsn end);
static void log_messages(const TxnParts *parts);
static Lsn log_end(uint8_t opcode, uint32_t bits, const CommitInfo *info);
static uint32_t bits_of(const CommitInfo *info);
static void add_list(const uint32_t *count, const void *items, size_t item_size);
static Xid latest_of(const Level *level);

void txn_set_parts_source(void (*source)(bool is_commit, bool is_sub, TxnParts *out))
{
    parts_source = source;
}

void txn_set_commit_wait(void (*wait)(Lsn lsn))
{
    commit_wait = wait;
}

void txn_set_origin(uint16_t id, Lsn lsn, PgTime time)
{
    txn.origin_id = id;
    txn.origin_lsn = lsn;
    txn.origin_time = time;
    wal_set_origin(id);
}

void txn_set_database(Oid database, Oid tablespace)
{
    txn.database = database;
    txn.tablespace = tablespace;
}

/* ---- The end of a level ---- */

/*
 * From the record to the commit status no checkpoint may begin: replay from behind the record would
 * not set a status that did not get to disk before.
 */
Xid txn_record_commit(void)
{
    Xid xid = (Xid)txn.top->xid;
    bool is_logged = wal_proc_last_record_end() != LSN_NONE;
    CommitInfo info;

    txn_collect(true, &info);
    if (xid == XID_NONE) {
        if (info.rel_count > 0)
            err_raise(SQLSTATE_INTERNAL_ERROR,
                      .message = "cannot commit a transaction that deleted files but has no xid");
        if (info.parts.message_count > 0)
            log_messages(&info.parts);
        else if (!is_logged)
            return XID_NONE;
        make_durable(&info, XID_NONE, wal_proc_last_record_end());
    } else {
        Lsn end;

        txn_begin_record();
        crit_begin();
        proc_array_delay_checkpoint(PROC_DELAY_START, true);
        end = txn_log_commit(&info);
        commit_ts_set_tree(xid, info.children, info.child_count,
                           txn.origin_id != 0 ? txn.origin_time : info.time, txn.origin_id);
        make_durable(&info, xid, end);
        proc_array_delay_checkpoint(PROC_DELAY_START, false);
        crit_end();
        if (commit_wait != NULL)
            commit_wait(end);
    }
    wal_proc_forget_last_record();
    return latest_of(txn.top);
}

void txn_collect(bool is_commit, CommitInfo *info)
{
    memset(info, 0, sizeof *info);
    info->time = txn_end_time();
    info->children = txn.current->children;
    info->child_count = txn.current->child_count;
    info->rel_count = drop_list(is_commit, &info->rels);
    if (parts_source != NULL)
        parts_source(is_commit, txn.current->parent != NULL, &info->parts);
    info->parts.forces_sync |= is_commit && txn.forces_sync;
}

void txn_force_sync(void)
{
    txn.forces_sync = true;
}

/*
 * Wait for the disk, or leave it to the WAL writer. Files that go must not be gone while the record
 * that drops them is not there.
 */
static void make_durable(const CommitInfo *info, Xid xid, Lsn end)
{
    bool waits = (xid != XID_NONE && setting.synchronous_commit > SYNCHRONOUS_COMMIT_OFF) ||
                 info->parts.forces_sync || info->rel_count > 0;

    if (waits)
        wal_flush(end);
    else
        wal_set_async_lsn(end);
    if (xid != XID_NONE)
        clog_set_tree(xid, info->children, info->child_count, XACT_COMMITTED,
                      waits ? LSN_NONE : end);
}

/* Catalogs were changed without an xid (in place): standbys have to know. */
static void log_messages(const TxnParts *parts)
{
    struct {
        Oid database, tablespace;
        uint32_t drops_init_files; /* one byte, then padding */
        uint32_t count;
    } head = {txn.database, txn.tablespace, parts->drops_init_files ? 1 : 0, parts->message_count};

    STATIC_ASSERT(sizeof head == 16);
    wal_begin_insert();
    wal_register_data(&head, sizeof head);
    wal_register_data(parts->messages, (size_t)parts->message_count * 16);
    wal_insert(RMGR_STANDBY, WAL_STANDBY_INVALIDATIONS);
}

/*
 * An abort need not be on disk: without its record the transaction has aborted as well. What is
 * damaged beyond that is a transaction that is committed already.
 */
Xid txn_record_abort(void)
{
    Level *level = txn.current;
    Xid xid = (Xid)level->xid, latest;
    bool is_sub = level->parent != NULL;
    CommitInfo info;
    Lsn end;

    if (xid == XID_NONE) {
        if (!is_sub)
            wal_proc_forget_last_record();
        return XID_NONE;
    }
    if (xact_did_commit(xid))
        err_panic(SQLSTATE_INTERNAL_ERROR,
                  .message = err_fmt("cannot abort transaction %u, it was already committed", xid));
    txn_collect(false, &info);
    if (is_sub)
        info.time = clock_now();
    txn_begin_record();
    crit_begin();
    end = txn_log_abort(&info);
    if (!is_sub)
        wal_set_async_lsn(end);
    clog_set_tree(xid, info.children, info.child_count, XACT_ABORTED, LSN_NONE);
    crit_end();

    latest = latest_of(level);
    if (is_sub)
        proc_array_remove_subxids(xid, info.children, info.child_count, latest);
    else
        wal_proc_forget_last_record();
    return latest;
}

static Xid latest_of(const Level *level)
{
    return level->child_count > 0 ? level->children[level->child_count - 1] : (Xid)level->xid;
}

/* ---- Records ---- */

void txn_begin_record(void)
{
    wal_begin_insert();
    wal_ensure_room(0, PARTS_MAX);
}

Lsn txn_log_commit(const CommitInfo *info)
{
    uint8_t opcode = info->prepared_xid != XID_NONE ? WAL_XACT_COMMIT_PREPARED : WAL_XACT_COMMIT;
    bool is_logical = setting.wal_level >= WAL_LEVEL_LOGICAL;
    uint32_t bits = bits_of(info);

    if (info->parts.message_count > 0)
        bits |= HAS_MESSAGES;
    if (info->parts.message_count > 0 || is_logical)
        bits |= HAS_DATABASE;
    if (info->parts.drops_init_files)
        bits |= DROPS_INIT_FILES;
    if (info->parts.forces_sync)
        bits |= FORCES_SYNC;
    if (setting.synchronous_commit >= SYNCHRONOUS_COMMIT_REMOTE_APPLY)
        bits |= WANTS_FEEDBACK;
    if (txn.origin_id != 0)
        bits |= HAS_ORIGIN;
    return log_end(opcode, bits, info);
}

Lsn txn_log_abort(const CommitInfo *info)
{
    uint8_t opcode = info->prepared_xid != XID_NONE ? WAL_XACT_ABORT_PREPARED : WAL_XACT_ABORT;
    uint32_t bits = bits_of(info);

    if (info->prepared_xid != XID_NONE && setting.wal_level >= WAL_LEVEL_LOGICAL)
        bits |= HAS_DATABASE;
    if (info->prepared_xid != XID_NONE && txn.origin_id != 0)
        bits |= HAS_ORIGIN;
    return log_end(opcode, bits, info);
}

static uint32_t bits_of(const CommitInfo *info)
{
    uint32_t bits = 0;

    if (info->parts.has_exclusive_locks)
        bits |= HAS_EXCLUSIVE_LOCKS;
    if (info->child_count > 0)
        bits |= HAS_SUBXACTS;
    if (info->rel_count > 0)
        bits |= HAS_RELS;
    if (info->parts.stats_count > 0)
        bits |= HAS_STATS;
    if (info->prepared_xid != XID_NONE) {
        bits |= HAS_TWO_PHASE;
        if (setting.wal_level >= WAL_LEVEL_LOGICAL)
            bits |= HAS_GID;
    }
    return bits;
}

static Lsn log_end(uint8_t opcode, uint32_t bits, const CommitInfo *info)
{
    EndRecord r = {
        .time = info->time,
        .bits = bits,
        .database = {txn.database, txn.tablespace},
        .child_count = (uint32_t)info->child_count,
        .rel_count = (uint32_t)info->rel_count,
        .stats_count = info->parts.stats_count,
        .message_count = info->parts.message_count,
        .prepared_xid = info->prepared_xid,
        .origin = {txn.origin_lsn, txn.origin_time},
    };
    uint8_t record_info = opcode;

    wal_register_data(&r.time, sizeof r.time);
    if (bits != 0) {
        record_info |= WAL_XACT_HAS_XINFO;
        wal_register_data(&r.bits, sizeof r.bits);
    }
    if (bits & HAS_DATABASE)
        wal_register_data(r.database, sizeof r.database);
    if (bits & HAS_SUBXACTS)
        add_list(&r.child_count, info->children, sizeof(Xid));
    if (bits & HAS_RELS) {
        record_info |= SPECIAL_RELATION;
        add_list(&r.rel_count, info->rels, sizeof(RelTag));
    }
    if (bits & HAS_STATS)
        add_list(&r.stats_count, info->parts.stats, 12);
    if (bits & HAS_MESSAGES)
        add_list(&r.message_count, info->parts.messages, 16);
    if (bits & HAS_TWO_PHASE)
        wal_register_data(&r.prepared_xid, sizeof r.prepared_xid);
    if (bits & HAS_GID)
        wal_register_data(info->gid, strlen(info->gid) + 1);
    if (bits & HAS_ORIGIN)
        wal_register_data(&r.origin, sizeof r.origin);
    wal_set_insert_flags(WAL_INSERT_ORIGIN);
    return wal_insert(RMGR_XACT, record_info);
}

static void add_list(const uint32_t *count, const void *items, size_t item_size)
{
    wal_register_data(count, sizeof *count);
    wal_register_data(items, *count * item_size);
}

/*
 * Standbys keep parents of so many subtransactions as a snapshot can list. A record for each
 * subtransaction would cost too much; the rest is told when its transaction ends.
 */
void txn_log_assignment(Xid top, const Xid *children, uint32_t count)
{
    uint32_t head[2] = {top, count};

    wal_begin_insert();
    wal_register_data(head, sizeof head);
    wal_register_data(children, count * sizeof(Xid));
    wal_insert(RMGR_XACT, WAL_XACT_ASSIGNMENT);
}

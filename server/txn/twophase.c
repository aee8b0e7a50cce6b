/*
 * twophase.c - the table of prepared transactions
 *
 * The life of a place in the table:
 *
 *     free -> taken (a GID, by the process that prepares) -> valid (its record is flushed) -> free
 *
 * One process at a time is at a transaction: it has locked it. In recovery places are valid, but do
 * not run (no entry in proc_array) until twophase_recover().
 *
 * Promises
 *   1. A transaction that was reported as prepared is there after any crash, until it is ended.
 *   2. From its record on, which is flushed, a checkpoint either comes after the place is valid or
 *      has its redo point before the record.
 *   3. While it is prepared its xid runs for every snapshot, without a gap.
 */
#include "common/base/base.h"

#include "server/txn/twophase.h"

#include <string.h>

#include "common/base/bytes.h"
#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "common/walrec/rmgr.h"
#include "server/config/setting.h"
#include "server/ipc/interrupt.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/proc.h"
#include "server/stats/stats.h"
#include "server/txn/clog.h"
#include "server/txn/commit_ts.h"
#include "server/txn/multixact.h"
#include "server/txn/subtrans.h"
#include "server/txn/twophase_int.h"
#include "server/txn/txn_int.h"
#include "server/txn/xid.h"
#include "server/wal/wal.h"

typedef struct Place {
    bool is_taken; /* guarded by the lock, as the rest */
    bool is_valid;
    bool is_on_disk;
    int locked_by; /* slot; PROC_NONE */
    Xid xid;
    Oid owner, database;
    PgTime prepared_at;
    Lsn search_from; /* its record is the first of its xid from here on */
    Lsn end;         /* of the record */
    char gid[TWOPHASE_GID_MAX];
} Place;

typedef struct TwophaseShared {
    LwLock lock;
    unsigned place_count;
    Place places[];
} TwophaseShared;

static TwophaseShared *shared;
static Place *locked; /* by this process */
static TwophaseHandler handlers[TWOPHASE_KIND_COUNT];
static void (*invalidator)(const TwophaseHeader *state);

static void check_gid(const char *gid);
static Place *take_place(const char *gid, Xid xid);
static Place *find_gid(const char *gid);
static Place *find_xid(Xid xid);
static unsigned number_of(const Place *p);
static void drop_stats(const TwophaseHeader *h, bool is_commit);
static Place *lock_place(const char *gid, Oid role, bool is_superuser);
static void raise_unlocked(SqlState state, const char *message, const char *hint);
static TwophaseState state_of(const Place *p);
static void log_finish(const TwophaseHeader *h, bool is_commit);
static Xid latest_of(const TwophaseHeader *h);
typedef enum Moment { AT_COMMIT, AT_ABORT, AT_RECOVERY } Moment;
static void run_handlers(const TwophaseHeader *h, unsigned number, Moment moment);
static void write_file(Place *p);
static void restore_one(Xid xid);
static void add_recovered(const TwophaseHeader *h, Lsn start, Lsn end);
static void recover_one(Place *p);

size_t twophase_shmem_size(void)
{
    return sizeof(TwophaseShared) + (size_t)setting.max_prepared_transactions * sizeof(Place);
}

void twophase_shmem_init(void *place)
{
    shared = place;
    locked = NULL;
    lwlock_init(&shared->lock, LW_TWO_PHASE, 0);
    shared->place_count = (unsigned)setting.max_prepared_transactions;
}

void twophase_set_handler(TwophaseKind kind, const TwophaseHandler *handler)
{
    handlers[kind] = *handler;
}

void twophase_set_invalidator(void (*send)(const TwophaseHeader *state))
{
    invalidator = send;
}

static unsigned number_of(const Place *p)
{
    return (unsigned)(p - shared->places);
}

/* ---- Preparing ---- */

void twophase_begin(const char *gid, Xid xid)
{
    PgTime now = txn_end_time();

    check_gid(gid);
    lwlock_acquire(&shared->lock, LW_EXCLUSIVE);
    locked = take_place(gid, xid);
    locked->prepared_at = now;
    locked->owner = proc_self()->role;
    locked->database = txn.database;
    locked->locked_by = proc_self()->slot;
    lwlock_release(&shared->lock);

    twophase_state_begin(gid, xid, now, proc_self()->role);
    if (multixact_own_oldest_member() != 0) {
        MultiXid oldest = multixact_own_oldest_member();

        twophase_add(TWOPHASE_MULTIXACT, 0, &oldest, sizeof oldest);
    }
}

static void check_gid(const char *gid)
{
    if (strlen(gid) >= TWOPHASE_GID_MAX)
        err_raise(SQLSTATE_INVALID_PARAMETER_VALUE,
                  .message = err_fmt("transaction identifier \"%s\" is too long", gid));
    if (setting.max_prepared_transactions == 0)
        err_raise(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                  .message = "prepared transactions are disabled",
                  .hint = "Set max_prepared_transactions to a nonzero value.");
}

/* With the lock held, which a raise gives up. */
static Place *take_place(const char *gid, Xid xid)
{
    Place *p = NULL;

    if (find_gid(gid) != NULL)
        raise_unlocked(SQLSTATE_DUPLICATE_OBJECT,
                       mem_printf("transaction identifier \"%s\" is already in use", gid), NULL);
    for (unsigned i = 0; i < shared->place_count && p == NULL; i++)
        if (!shared->places[i].is_taken)
            p = &shared->places[i];
    if (p == NULL)
        raise_unlocked(SQLSTATE_OUT_OF_MEMORY, "maximum number of prepared transactions reached",
                       mem_printf("Increase max_prepared_transactions (currently %d).",
                                  setting.max_prepared_transactions));
    memset(p, 0, sizeof *p);
    p->is_taken = true;
    p->xid = xid;
    p->locked_by = PROC_NONE;
    memcpy(p->gid, gid, strlen(gid) + 1);
    return p;
}

static void raise_unlocked(SqlState state, const char *message, const char *hint)
{
    lwlock_release(&shared->lock);
    err_raise(state, .message = message, .hint = hint);
}

static Place *find_gid(const char *gid)
{
    for (unsigned i = 0; i < shared->place_count; i++)
        if (shared->places[i].is_taken && strcmp(shared->places[i].gid, gid) == 0)
            return &shared->places[i];
    return NULL;
}

static Place *find_xid(Xid xid)
{
    for (unsigned i = 0; i < shared->place_count; i++)
        if (shared->places[i].is_taken && shared->places[i].xid == xid)
            return &shared->places[i];
    return NULL;
}

/* Its entry runs before our own xid is cleared: for a moment both have it. */
void twophase_prepare(void)
{
    TwophaseState state = twophase_state_end();
    Place *p = locked;
    Lsn start = wal_insert_lsn(), end;

    txn_begin_record();
    crit_begin();
    proc_array_delay_checkpoint(PROC_DELAY_START, true);
    wal_register_data(state.bytes, state.len - sizeof(uint32_t));
    wal_set_insert_flags(WAL_INSERT_ORIGIN);
    end = wal_insert(RMGR_XACT, WAL_XACT_PREPARE);
    wal_flush(end);

    lwlock_acquire(&shared->lock, LW_EXCLUSIVE);
    p->search_from = start;
    p->end = end;
    p->is_valid = true;
    lwlock_release(&shared->lock);
    proc_array_enter_prepared(number_of(p), p->xid, p->database, txn.top->children,
                              txn.top->child_count);
    multixact_set_prepared_oldest(number_of(p), multixact_own_oldest_member());
    proc_array_delay_checkpoint(PROC_DELAY_START, false);
    crit_end();
    wal_proc_forget_last_record();
}

unsigned twophase_own_number(void)
{
    return number_of(locked);
}

void twophase_unlock(void)
{
    lwlock_acquire(&shared->lock, LW_EXCLUSIVE);
    locked->locked_by = PROC_NONE;
    lwlock_release(&shared->lock);
    locked = NULL;
}

void twophase_at_abort(void)
{
    if (locked == NULL)
        return;
    lwlock_acquire(&shared->lock, LW_EXCLUSIVE);
    locked->locked_by = PROC_NONE;
    if (!locked->is_valid)
        locked->is_taken = false;
    lwlock_release(&shared->lock);
    locked = NULL;
}

/* ---- Ending ---- */

void twophase_finish(const char *gid, bool is_commit, Oid role, bool is_superuser)
{
    MemContext *scratch = mem_context_new(mem_current(), "prepared transaction");
    Place *p = lock_place(gid, role, is_superuser);
    unsigned number = number_of(p);

    MEM_SCOPE(scratch) {
        TwophaseState state = state_of(p);
        const uint8_t *rels;
        uint32_t rel_count;
        TwophaseHeader h;

        twophase_state_read(&state, p->xid, &h);
        rels = is_commit ? h.commit_rels : h.abort_rels;
        rel_count = is_commit ? h.commit_rel_count : h.abort_rel_count;
        interrupt_hold();
        log_finish(&h, is_commit);
        proc_array_leave_prepared(number, latest_of(&h));
        lwlock_acquire(&shared->lock, LW_EXCLUSIVE);
        p->is_valid = false;
        lwlock_release(&shared->lock);

        if (rel_count > 0)
            drop_files(mem_dup(rels, rel_count * sizeof(RelTag)), rel_count, TXN_PERMANENT);
        if (is_commit && invalidator != NULL)
            invalidator(&h);
        run_handlers(&h, number, is_commit ? AT_COMMIT : AT_ABORT);
        drop_stats(&h, is_commit);
        multixact_set_prepared_oldest(number, 0);
        if (p->is_on_disk)
            twophase_state_remove_file(p->xid);
        twophase_at_abort(); /* not valid any more: the place is free */
        interrupt_resume();
    }
    mem_delete(scratch);
}

/* What is counted of objects that are gone now. */
static void drop_stats(const TwophaseHeader *h, bool is_commit)
{
    uint32_t count = is_commit ? h->commit_stats_count : h->abort_stats_count;

    if (count > 0)
        stats_drop(mem_dup(is_commit ? h->commit_stats : h->abort_stats, count * sizeof(StatsKey)),
                   count);
}

static Place *lock_place(const char *gid, Oid role, bool is_superuser)
{
    Place *p;

    lwlock_acquire(&shared->lock, LW_EXCLUSIVE);
    p = find_gid(gid);
    if (p == NULL || !p->is_valid)
        raise_unlocked(
            SQLSTATE_UNDEFINED_OBJECT,
            mem_printf("prepared transaction with identifier \"%s\" does not exist", gid), NULL);
    if (p->locked_by != PROC_NONE)
        raise_unlocked(SQLSTATE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                       mem_printf("prepared transaction with identifier \"%s\" is busy", gid),
                       NULL);
    if (role != p->owner && !is_superuser)
        raise_unlocked(SQLSTATE_INSUFFICIENT_PRIVILEGE,
                       "permission denied to finish prepared transaction",
                       "Must be superuser or the user that prepared the transaction.");
    if (txn.database != p->database)
        raise_unlocked(SQLSTATE_FEATURE_NOT_SUPPORTED,
                       "prepared transaction belongs to another database",
                       "Connect to the database where the transaction was prepared to finish it.");
    p->locked_by = proc_self()->slot;
    locked = p;
    lwlock_release(&shared->lock);
    return p;
}

static TwophaseState state_of(const Place *p)
{
    return p->is_on_disk ? twophase_state_from_file(p->xid)
                         : twophase_state_from_log(p->xid, p->search_from);
}

/* Flushed in any case: the state goes, and with it the chance to do this again. */
static void log_finish(const TwophaseHeader *h, bool is_commit)
{
    Xid *children = mem_dup(h->subxacts, h->subxact_count * sizeof(Xid));
    CommitInfo info = {
        .time = txn_end_time(),
        .children = children,
        .child_count = h->subxact_count,
        .rels = mem_dup(is_commit ? h->commit_rels : h->abort_rels,
                        (is_commit ? h->commit_rel_count : h->abort_rel_count) * sizeof(RelTag)),
        .rel_count = is_commit ? h->commit_rel_count : h->abort_rel_count,
        .prepared_xid = h->xid,
        .gid = h->gid,
    };

    info.parts.stats = is_commit ? h->commit_stats : h->abort_stats;
    info.parts.stats_count = is_commit ? h->commit_stats_count : h->abort_stats_count;
    info.parts.has_exclusive_locks = true; /* it may have; nobody counted */
    if (is_commit) {
        info.parts.messages = h->invalidations;
        info.parts.message_count = h->invalidation_count;
        info.parts.drops_init_files = h->drops_init_file;
    }
    txn_begin_record();
    crit_begin();
    proc_array_delay_checkpoint(PROC_DELAY_START, true);
    wal_flush(is_commit ? txn_log_commit(&info) : txn_log_abort(&info));
    if (is_commit)
        commit_ts_set_tree(h->xid, children, h->subxact_count,
                           txn.origin_id != 0 ? txn.origin_time : info.time, txn.origin_id);
    clog_set_tree(h->xid, children, h->subxact_count, is_commit ? XACT_COMMITTED : XACT_ABORTED,
                  LSN_NONE);
    proc_array_delay_checkpoint(PROC_DELAY_START, false);
    crit_end();
    wal_proc_forget_last_record();
}

static Xid latest_of(const TwophaseHeader *h)
{
    return h->subxact_count > 0 ? load_u32(h->subxacts + (h->subxact_count - 1) * sizeof(Xid))
                                : h->xid;
}

static void run_handlers(const TwophaseHeader *h, unsigned number, Moment moment)
{
    ByteReader in = byte_reader(h->records, h->records_len, "two-phase state");

    for (;;) {
        uint32_t len = byte_reader_u32(&in);
        uint8_t kind = byte_reader_u8(&in);
        uint16_t info;
        const uint8_t *bytes;
        const TwophaseHandler *handler;

        byte_reader_take(&in, 1);
        info = byte_reader_u16(&in);
        if (kind == TWOPHASE_END)
            return;
        bytes = byte_reader_take(&in, size_align_up(len, 8));
        if (kind >= TWOPHASE_KIND_COUNT)
            continue;
        if (kind == TWOPHASE_MULTIXACT && moment == AT_RECOVERY && len >= sizeof(MultiXid))
            multixact_set_prepared_oldest(number, load_u32(bytes));
        handler = &handlers[kind];
        if (moment == AT_COMMIT && handler->at_commit != NULL)
            handler->at_commit(number, h->xid, info, bytes, len);
        if (moment == AT_ABORT && handler->at_abort != NULL)
            handler->at_abort(number, h->xid, info, bytes, len);
        if (moment == AT_RECOVERY && handler->at_recovery != NULL)
            handler->at_recovery(number, h->xid, info, bytes, len);
    }
}

void twophase_list(Array *rows)
{
    array_init(rows, sizeof(TwophaseRow));
    lwlock_acquire(&shared->lock, LW_SHARED);
    for (unsigned i = 0; i < shared->place_count; i++) {
        const Place *p = &shared->places[i];
        TwophaseRow *row;

        if (!p->is_valid)
            continue;
        row = array_push(rows);
        row->xid = p->xid;
        memcpy(row->gid, p->gid, sizeof row->gid);
        row->prepared_at = p->prepared_at;
        row->owner = p->owner;
        row->database = p->database;
        row->number = i;
    }
    lwlock_release(&shared->lock);
}

/* ---- Checkpoints ---- */

/* Few live that long, so the lock is held: none of them ends meanwhile. */
void twophase_checkpoint(Lsn redo)
{
    lwlock_acquire(&shared->lock, LW_EXCLUSIVE);
    for (unsigned i = 0; i < shared->place_count; i++) {
        Place *p = &shared->places[i];

        if (p->is_valid && !p->is_on_disk && p->end <= redo)
            write_file(p);
    }
    lwlock_release(&shared->lock);
}

static void write_file(Place *p)
{
    MemContext *scratch = mem_context_new(mem_current(), "prepared transaction");

    MEM_SCOPE(scratch) {
        TwophaseState state = twophase_state_from_log(p->xid, p->search_from);

        twophase_state_write_file(p->xid, &state);
        p->is_on_disk = true;
    }
    mem_delete(scratch);
}

/* ---- Recovery ---- */

void twophase_restore(void)
{
    MemContext *scratch = mem_context_new(mem_current(), "prepared transactions");

    MEM_SCOPE(scratch) {
        Array names;
        Xid xid;

        os_dir_list("pg_twophase", &names);
        array_foreach(char *, name, &names)
            if (twophase_file_name_try_parse(*name, &xid))
                restore_one(xid);
    }
    mem_delete(scratch);
}

/* A file may outlive the end of its transaction: it was removed, but not durably yet. */
static void restore_one(Xid xid)
{
    TwophaseState state;
    TwophaseHeader h;

    if (!xid_precedes(xid, (Xid)xid_next())) {
        err_log(ERR_WARNING,
                .message = err_fmt("removing future two-phase state file for transaction %u", xid));
        twophase_state_remove_file(xid);
        return;
    }
    if (xact_did_commit(xid) || xact_did_abort(xid)) {
        err_log(ERR_WARNING,
                .message = err_fmt("removing stale two-phase state file for transaction %u", xid));
        twophase_state_remove_file(xid);
        return;
    }
    state = twophase_state_from_file(xid);
    twophase_state_read(&state, xid, &h);
    add_recovered(&h, LSN_NONE, LSN_NONE);
}

void twophase_redo_prepare(const WalRecord *record)
{
    TwophaseHeader h;

    twophase_file_read(record->main, record->main_len, false, 15, "WAL record", &h);
    xid_advance_next_past(latest_of(&h));
    /*
     * What has a file was prepared before the checkpoint that recovery starts from, or a later one.
     */
    if (find_xid(h.xid) == NULL)
        add_recovered(&h, record->start, record->end);
}

static void add_recovered(const TwophaseHeader *h, Lsn start, Lsn end)
{
    Place *p;

    lwlock_acquire(&shared->lock, LW_EXCLUSIVE);
    p = take_place(h->gid, h->xid);
    p->prepared_at = h->prepared_at;
    p->owner = h->owner;
    p->database = h->database;
    p->search_from = start;
    p->end = end;
    p->is_on_disk = start == LSN_NONE;
    p->is_valid = true;
    lwlock_release(&shared->lock);
}

void twophase_redo_end(Xid xid)
{
    Place *p = find_xid(xid);

    if (p == NULL)
        return;
    if (p->is_on_disk)
        twophase_state_remove_file(xid);
    lwlock_acquire(&shared->lock, LW_EXCLUSIVE);
    p->is_valid = p->is_taken = false;
    lwlock_release(&shared->lock);
}

Xid twophase_oldest(void)
{
    Xid oldest = (Xid)xid_next();

    for (unsigned i = 0; i < shared->place_count; i++)
        if (shared->places[i].is_valid && xid_precedes(shared->places[i].xid, oldest))
            oldest = shared->places[i].xid;
    return oldest;
}

void twophase_recover(void)
{
    for (unsigned i = 0; i < shared->place_count; i++)
        if (shared->places[i].is_valid)
            recover_one(&shared->places[i]);
}

/* Parents are not in the log: all children are given the top-level one. */
static void recover_one(Place *p)
{
    MemContext *scratch = mem_context_new(mem_current(), "prepared transaction");

    MEM_SCOPE(scratch) {
        TwophaseState state = state_of(p);
        TwophaseHeader h;
        Xid *children;

        twophase_state_read(&state, p->xid, &h);
        err_log(ERR_LOG, .message = err_fmt("recovering prepared transaction %u from shared memory",
                                            p->xid));
        children = mem_dup(h.subxacts, h.subxact_count * sizeof(Xid));
        for (uint32_t i = 0; i < h.subxact_count; i++)
            subtrans_set_parent(children[i], p->xid);
        proc_array_enter_prepared(number_of(p), p->xid, p->database, children, h.subxact_count);
        run_handlers(&h, number_of(p), AT_RECOVERY);
    }
    mem_delete(scratch);
}

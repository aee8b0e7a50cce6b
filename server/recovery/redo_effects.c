/*
 * redo_effects.c - what a record does beyond its blocks: commit status, files, counters
 *
 * Files are removed last of all that a commit does, and after minRecoveryPoint has moved past the
 * record: a recovery that begins anew must not stop before it.
 */
#include "common/base/base.h"

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/redo/file_list.h"
#include "common/text/num.h"
#include "common/walrec/rmgr.h"
#include "server/recovery/checkpoint/control.h"
#include "server/recovery/progress.h"
#include "server/recovery/recovery_int.h"
#include "server/recovery/source/log_source.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/smgr/smgr.h"
#include "server/txn/commit_ts.h"
#include "server/txn/multixact.h"
#include "server/txn/txn_redo.h"
#include "server/txn/xid.h"
#include "server/wal/wal.h"

#define WANTS_APPLY_FEEDBACK (UINT32_C(1) << 29) /* xinfo: synchronous_commit = remote_apply */

typedef void (*EffectRedo)(const WalRecord *record, const WalEffect *effect);

static void redo_txn(const WalRecord *record, const WalEffect *effect);
static void redo_xact_end(const WalRecord *record, const WalEffect *effect);
static void redo_rel_create(const WalRecord *record, const WalEffect *effect);
static void redo_rel_truncate(const WalRecord *record, const WalEffect *effect);
static void redo_map(const WalRecord *record, const WalEffect *effect);
static void redo_db_copy(const WalRecord *record, const WalEffect *effect);
static void redo_db_create(const WalRecord *record, const WalEffect *effect);
static void redo_db_drop(const WalRecord *record, const WalEffect *effect);
static void redo_space_create(const WalRecord *record, const WalEffect *effect);
static void redo_space_drop(const WalRecord *record, const WalEffect *effect);
static void redo_checkpoint(const WalRecord *record, const WalEffect *effect);
static void redo_next_oid(const WalRecord *record, const WalEffect *effect);
static void redo_parameters(const WalRecord *record, const WalEffect *effect);
static void redo_backup_end(const WalRecord *record, const WalEffect *effect);
static void redo_full_page_writes(const WalRecord *record, const WalEffect *effect);
static void redo_end_of_recovery(const WalRecord *record, const WalEffect *effect);
static void redo_overwrite(const WalRecord *record, const WalEffect *effect);

/* Kinds without a row change nothing while nobody can read. */
static const EffectRedo effects[] = {
    [WAL_EFFECT_COMMIT] = redo_xact_end,
    [WAL_EFFECT_ABORT] = redo_xact_end,
    [WAL_EFFECT_PREPARE] = redo_txn,
    [WAL_EFFECT_CLOG_ZERO_PAGE] = redo_txn,
    [WAL_EFFECT_CLOG_TRUNCATE] = redo_txn,
    [WAL_EFFECT_COMMIT_TS_ZERO_PAGE] = redo_txn,
    [WAL_EFFECT_COMMIT_TS_TRUNCATE] = redo_txn,
    [WAL_EFFECT_MULTI_ZERO_OFFSETS_PAGE] = redo_txn,
    [WAL_EFFECT_MULTI_ZERO_MEMBERS_PAGE] = redo_txn,
    [WAL_EFFECT_MULTI_CREATE] = redo_txn,
    [WAL_EFFECT_MULTI_TRUNCATE] = redo_txn,
    [WAL_EFFECT_REL_CREATE] = redo_rel_create,
    [WAL_EFFECT_REL_TRUNCATE] = redo_rel_truncate,
    [WAL_EFFECT_RELMAP_UPDATE] = redo_map,
    [WAL_EFFECT_DB_COPY] = redo_db_copy,
    [WAL_EFFECT_DB_CREATE] = redo_db_create,
    [WAL_EFFECT_DB_DROP] = redo_db_drop,
    [WAL_EFFECT_TABLESPACE_CREATE] = redo_space_create,
    [WAL_EFFECT_TABLESPACE_DROP] = redo_space_drop,
    [WAL_EFFECT_CHECKPOINT] = redo_checkpoint,
    [WAL_EFFECT_NEXT_OID] = redo_next_oid,
    [WAL_EFFECT_BACKUP_END] = redo_backup_end,
    [WAL_EFFECT_FULL_PAGE_WRITES] = redo_full_page_writes,
    [WAL_EFFECT_PARAMETER_CHANGE] = redo_parameters,
    [WAL_EFFECT_END_OF_RECOVERY] = redo_end_of_recovery,
    [WAL_EFFECT_OVERWRITE] = redo_overwrite,
};

void redo_effect(const WalRecord *record, const WalEffect *effect)
{
    if (effect->kind < ARRAY_LEN(effects) && effects[effect->kind] != NULL)
        effects[effect->kind](record, effect);
}

/* ---- Transactions ---- */

/* Status, times, members: txn does that itself, and removes files of relations that went. */
static void redo_txn(const WalRecord *record, const WalEffect *effect UNUSED)
{
    txn_redo(record);
}

static void redo_xact_end(const WalRecord *record, const WalEffect *effect)
{
    const WalXactEffect *x = &effect->xact;

    for (uint32_t i = 0; i < x->rels.count; i++) {
        RelTag tag = walrec_list_rel(&x->rels, i);

        for (ForkNo fork = 0; fork < FORK_COUNT; fork++)
            missing_pages_forget(&tag, fork, 0);
    }
    txn_redo(record);
    recovery_note_xact_time(x->time);
    if ((x->xinfo & WANTS_APPLY_FEEDBACK) != 0)
        log_source_reply();
}

/* ---- Files of relations ---- */

static void redo_rel_create(const WalRecord *record UNUSED, const WalEffect *effect)
{
    smgr_create(smgr_open(&effect->rel.tag, SMGR_PERMANENT), effect->rel.fork, true);
}

/* The last kept page of each map was brought up to date with the record's blocks. */
static void redo_rel_truncate(const WalRecord *record, const WalEffect *effect)
{
    const RelTag *tag = &effect->rel.tag;
    SmgrRel *rel = smgr_open(tag, SMGR_PERMANENT);
    BlockNo count = effect->rel.block_count;
    ForkNo forks[FORK_COUNT];
    BlockNo counts[FORK_COUNT];
    unsigned n = 0;

    smgr_create(rel, FORK_MAIN, true);
    wal_flush(record->end);
    if (effect->rel.cuts_main) {
        forks[n] = FORK_MAIN;
        counts[n++] = count;
    }
    if (effect->rel.cuts_fsm && smgr_exists(rel, FORK_FSM)) {
        forks[n] = FORK_FSM;
        counts[n++] = file_list_kept_fsm_blocks(count);
    }
    if (effect->rel.cuts_vm && smgr_exists(rel, FORK_VM)) {
        forks[n] = FORK_VM;
        counts[n++] = file_list_kept_vm_blocks(count);
    }
    for (unsigned i = 0; i < n; i++)
        missing_pages_forget(tag, forks[i], counts[i]);
    if (n > 0) {
        buffer_drop_fork_from(rel, forks, counts, n);
        smgr_truncate(rel, forks, counts, n);
    }
}

static void redo_map(const WalRecord *record UNUSED, const WalEffect *effect)
{
    redo_relation_map(effect);
}

static void redo_db_copy(const WalRecord *record UNUSED, const WalEffect *effect)
{
    redo_database_copy(effect);
}

static void redo_db_create(const WalRecord *record UNUSED, const WalEffect *effect)
{
    redo_database_make(effect);
}

static void redo_db_drop(const WalRecord *record UNUSED, const WalEffect *effect)
{
    redo_database_drop(effect);
}

static void redo_space_create(const WalRecord *record UNUSED, const WalEffect *effect)
{
    redo_tablespace_make(effect);
}

static void redo_space_drop(const WalRecord *record UNUSED, const WalEffect *effect)
{
    redo_tablespace_drop(effect);
}

/* ---- The log itself ---- */

/*
 * A shutdown's counters are exact. Those of an online checkpoint were read while others drew from
 * them, and records before it may have gone further: they only move forward.
 */
static void redo_checkpoint(const WalRecord *record, const WalEffect *effect)
{
    MultiLimits limits;
    Checkpoint c;

    checkpoint_decode(effect->checkpoint.bytes, &c);
    multixact_get_limits(&limits);
    if (effect->checkpoint.is_shutdown) {
        xid_set_next(c.next_xid);
        oid_set_next(c.next_oid, 0);
        multixact_set_next(c.next_multi, c.next_multi_offset);
    } else {
        if (xid_next() < c.next_xid)
            xid_set_next(c.next_xid);
        multixact_advance_next(c.next_multi, c.next_multi_offset);
    }
    if ((int32_t)(limits.oldest - c.oldest_multi) < 0)
        multixact_set_oldest(c.oldest_multi, c.oldest_multi_db);
    if (xid_precedes(xid_oldest(NULL), c.oldest_xid))
        xid_set_limits(c.oldest_xid, c.oldest_xid_db);
    recovery_note_full_page_writes(c.full_page_writes);
    recovery_note_checkpoint(record, &c);
}

static void redo_next_oid(const WalRecord *record UNUSED, const WalEffect *effect)
{
    oid_set_next(effect->oid, 0);
}

static void copy_parameters(ControlFile *file, void *arg)
{
    const WalParameters *p = arg;

    file->max_connections = p->max_connections;
    file->max_worker_processes = p->max_worker_processes;
    file->max_wal_senders = p->max_wal_senders;
    file->max_prepared_xacts = p->max_prepared_xacts;
    file->max_locks_per_xact = p->max_locks_per_xact;
    file->wal_level = p->wal_level;
    file->wal_log_hints = p->wal_log_hints;
    file->track_commit_timestamp = p->track_commit_timestamp;
}

static void redo_parameters(const WalRecord *record UNUSED, const WalEffect *effect)
{
    WalParameters p = walrec_parameters(effect);

    control_update(copy_parameters, &p);
    consistency_check_parameters();
    commit_ts_redo_parameter(p.track_commit_timestamp);
}

static void redo_backup_end(const WalRecord *record, const WalEffect *effect)
{
    consistency_note_backup_end(effect->lsn, record->end);
}

static void redo_full_page_writes(const WalRecord *record, const WalEffect *effect)
{
    if (!effect->is_on)
        recovery_note_images_off(record->start);
    recovery_note_full_page_writes(effect->is_on);
}

/* The reader has seen to it that the log goes on from there on that timeline. */
static void redo_end_of_recovery(const WalRecord *record, const WalEffect *effect)
{
    if (effect->end_of_recovery.tli == 0)
        err_raise(SQLSTATE_DATA_CORRUPTED,
                  .message = err_fmt("the record at " LSN_FMT " ends a recovery on timeline 0",
                                     LSN_ARG(record->start)));
}

static void redo_overwrite(const WalRecord *record, const WalEffect *effect)
{
    err_log(ERR_LOG, .message = err_fmt("successfully skipped missing contrecord at " LSN_FMT
                                        ", overwritten at " LSN_FMT,
                                        LSN_ARG(effect->lsn), LSN_ARG(record->start)));
}

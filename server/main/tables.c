/* tables.c - the tables through which lower modules call upper ones: main knows them all. */
#include "common/base/base.h"

#include "server/analyzer/analyzer.h"
#include "server/cache/cache.h"
#include "server/cache/inval.h"
#include "server/cache/inval_ring.h"
#include "server/cache/namespace.h"
#include "server/cache/relmap.h"
#include "server/cache/syscache.h"
#include "server/catalog/catalog.h"
#include "server/catalog/catalog_struct.h"
#include "server/command/setting.h"
#include "server/command/tablespace_setting.h"
#include "server/command/temp_schema.h"
#include "server/config/guc.h"
#include "server/executor/exec_install.h"
#include "server/expr/call_facts.h"
#include "server/ipc/barrier.h"
#include "server/ipc/proc.h"
#include "server/ipc/supervisor.h"
#include "server/lock/lock.h"
#include "server/lock/lock_prepared.h"
#include "server/lock/lock_standby.h"
#include "server/main/main_int.h"
#include "server/object/rights.h"
#include "server/object/role_setting.h"
#include "server/parser/parser.h"
#include "server/postmaster/aux.h"
#include "server/postmaster/cancel.h"
#include "server/recovery/backup/backup.h"
#include "server/recovery/checkpoint/checkpoint.h"
#include "server/recovery/checkpoint/control.h"
#include "server/recovery/prefetch.h"
#include "server/recovery/recovery.h"
#include "server/recovery/standby/conflict.h"
#include "server/recovery/standby/standby.h"
#include "server/recovery/target.h"
#include "server/replication/repl_slot.h"
#include "server/replication/sync_rep.h"
#include "server/replication/wal_receiver.h"
#include "server/replication/wal_sender.h"
#include "server/session/session.h"
#include "server/sql/sql.h"
#include "server/stats/activity.h"
#include "server/stats/stats.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/slru/slru.h"
#include "server/storage/smgr/smgr.h"
#include "server/storage/sync/sync.h"
#include "server/trigger/trigger.h"
#include "server/txn/clog.h"
#include "server/txn/commit_ts.h"
#include "server/txn/multixact.h"
#include "server/txn/proc_array.h"
#include "server/txn/subtrans.h"
#include "server/txn/twophase.h"
#include "server/txn/txn.h"
#include "server/txn/xid.h"
#include "server/types/quote.h"
#include "server/vacuum/autovacuum.h"
#include "server/wal/wal.h"

static ShmemPart parts[] = {
#define ROW(prefix, text) \
 {.name = (text), .size = prefix##_shmem_size, .init = prefix##_shmem_init},
#include "server/main/shmem.def"
#undef ROW
    {.name = NULL},
};

ShmemPart *tables_shmem(void)
{
    return parts;
}

/* Ask, do not wait: the callers hold locks. */
static void wake_checkpointer(void)
{
    checkpoint_wake();
}

static void request_checkpoint(void)
{
    if (!recovery_is_running())
        checkpoint_request(CHECKPOINT_CAUSE_WAL);
}

static void wake_archiver(void)
{
    Proc *archiver = proc_of_kind(PROC_ARCHIVER);

    if (archiver != NULL)
        latch_set(&archiver->latch);
}

static bool has_busy_siblings(int count)
{
    return proc_array_has_active_others((unsigned)count);
}

/* Buffers first: none of them may be written once the file is gone. */
static void drop_relations(const RelTag *rels, size_t count, int temp_backend)
{
    buffer_drop_relations(rels, count, temp_backend);
    smgr_unlink(rels, count, temp_backend, recovery_is_running());
}

static void collect_parts(bool is_commit, bool is_sub, TxnParts *out)
{
    inval_collect(is_commit, is_sub, out);
    out->stats = stats_list_drops(is_commit, &out->stats_count);
    out->has_exclusive_locks = lock_has_logged_exclusive();
}

static void add_prepared_stats(const void *record, size_t len)
{
    twophase_add(TWOPHASE_STATS, 0, record, len);
}

static void stats_on_txn_event(TxnEvent event)
{
    switch (event) {
    case TXN_START:
        stats_begin();
        activity_set_transaction(txn_start_time());
        break;
    case TXN_COMMIT:
    case TXN_ABORT:
        stats_end(event == TXN_COMMIT);
        command_progress_end();
        activity_set_transaction(0);
        break;
    case TXN_PREPARE:
        stats_prepare(add_prepared_stats);
        break;
    case TXN_PREPARED:
        stats_prepared();
        activity_set_transaction(0);
        break;
    case TXN_PRE_PREPARE:
    case TXN_PRE_COMMIT:
        break;
    case TXN_CLEANUP:
        stats_clear_fetched();
        activity_clear_fetched();
        break;
    }
}

static void stats_on_sub_event(TxnEvent event, uint32_t sub_id UNUSED,
                               uint32_t parent_sub_id UNUSED)
{
    if (event == TXN_START)
        stats_sub_begin();
    else if (event == TXN_COMMIT || event == TXN_ABORT)
        stats_sub_end(event == TXN_COMMIT);
    if (event == TXN_ABORT)
        command_progress_end();
}

static void commit_prepared_stats(unsigned number UNUSED, Xid xid UNUSED, uint16_t info UNUSED,
                                  const uint8_t *bytes, size_t len)
{
    stats_prepared_end(bytes, len, true);
}

static void abort_prepared_stats(unsigned number UNUSED, Xid xid UNUSED, uint16_t info UNUSED,
                                 const uint8_t *bytes, size_t len)
{
    stats_prepared_end(bytes, len, false);
}

static void wal_totals(StatsWal *out)
{
    const WalUsage *u = wal_usage();

    out->records = (int64_t)u->records;
    out->images = (int64_t)u->images;
    out->bytes = u->bytes;
    out->buffers_full = (int64_t)u->buffers_full;
    out->writes = (int64_t)u->writes;
    out->syncs = (int64_t)u->syncs;
    out->write_us = (int64_t)u->write_time_us;
    out->sync_us = (int64_t)u->sync_time_us;
}

static void buffer_totals(int64_t *written, int64_t *read_us, int64_t *write_us)
{
    /* Checkpointer and background writer tell of their own. */
    *written = proc_self() != NULL && proc_self()->kind == PROC_BACKEND
                   ? (int64_t)buffer_counters()->written
                   : 0;
    *read_us = (int64_t)(buffer_counters()->read_ns / 1000);
    *write_us = (int64_t)(buffer_counters()->write_ns / 1000);
}

static void show_application(GucValue value)
{
    activity_set_application(value.s);
}

/* NULL: one that cannot look has to do with the number. */
static const char *name_database(Oid database)
{
    const HeapTuple *row;

    if (cache_database() == 0 || !txn_is_running())
        return NULL;
    row = syscache_peek(CACHE_DATABASEOID, datum_of_u32(database));
    return row == NULL ? NULL : mem_strdup(CACHE_ROW(PgDatabase, row)->datname);
}

static void set_counting(GucValue value)
{
    stats_set_counting(value.b);
}

static void install_stats(void)
{
    static const StatsSources sources = {.wal = wal_totals, .buffers = buffer_totals};
    static const TwophaseHandler prepared = {.at_commit = commit_prepared_stats,
                                             .at_abort = abort_prepared_stats};

    stats_set_sources(&sources);
    twophase_set_handler(TWOPHASE_STATS, &prepared);
}

/* In the order in which they are called; ends with a NULL name. */
static void install_txn_hooks(void)
{
    static TxnHook hooks[] = {
        {.name = "triggers"},
        {.name = "session", .on_event = session_on_txn_event, .on_sub_event = session_on_sub_event},
        {.name = "triggers, last"},
        {.name = "temporary schema"},
        {.name = "caches"},
        {.name = "statistics",
         .on_event = stats_on_txn_event,
         .on_sub_event = stats_on_sub_event},
        {.name = "lock", .on_event = lock_on_txn_event},
        {.name = NULL},
    };

    hooks[0] = trigger_txn_hook;
    hooks[2] = trigger_txn_last_hook;
    hooks[3] = temp_schema_txn_hook;
    hooks[4] = cache_txn_hook;
    txn_set_hooks(hooks);
    cache_install();
}

/* Of any category but free ones: such a word cannot be a name without quotes. */
static bool is_key_word(const char *name)
{
    char category = parser_keyword_category(name);

    return category != 0 && category != 'U';
}

static bool may_use_schema(Oid schema, Oid role)
{
    return rights_has(PG_NAMESPACE_CATALOG, schema, role, RIGHT_USAGE);
}

static const char *show_in_hot_standby(void)
{
    return recovery_has_memory() && recovery_is_running() ? "on" : "off";
}

void tables_install(void)
{
    static const GucHook guc_hooks[] = {
        {"application_name", .assign = show_application},
        {"client_encoding", session_check_client_encoding, session_assign_client_encoding, NULL},
        {"default_tablespace", .check = tablespace_check_default},
        {"in_hot_standby", .show = show_in_hot_standby},
        {"is_superuser", .show = role_show_is_superuser},
        {"recovery_target", target_check_immediate, NULL, NULL},
        {"recovery_target_lsn", target_check_lsn, NULL, NULL},
        {"recovery_target_name", target_check_name, NULL, NULL},
        {"recovery_target_time", target_check_time, NULL, NULL},
        {"recovery_target_timeline", target_check_timeline, NULL, NULL},
        {"recovery_target_xid", target_check_xid, NULL, NULL},
        {"role", role_check_setting, role_assign_setting, role_show_setting},
        {"session_authorization", role_check_session_authorization,
         role_assign_session_authorization, NULL},
        {"synchronous_standby_names", .check = sync_rep_check_names},
        {"temp_tablespaces", .check = tablespace_check_temp},
        {"track_counts", .assign = set_counting},
        {"transaction_deferrable", txn_check_deferrable, txn_assign_deferrable,
         txn_show_deferrable},
        {"transaction_isolation", txn_check_isolation, txn_assign_isolation, txn_show_isolation},
        {"transaction_read_only", txn_check_read_only, txn_assign_read_only, txn_show_read_only},
        {"wal_consistency_checking", .assign = wal_assign_consistency_checking},
    };
    static const WalHooks wal_hooks = {
        .wake_archiver = wake_archiver,
        .request_checkpoint = request_checkpoint,
        .has_busy_siblings = has_busy_siblings,
        .wake_senders = wal_sender_wake_all,
        .advance_min_recovery_end = recovery_advance_min,
        .is_past_min_recovery_end = recovery_is_past_min,
        .is_in_archive_recovery = recovery_is_archive,
    };

    static const LockHooks lock_hooks = {.is_shared = catalog_is_shared,
                                         .accept_invalidations = inval_accept,
                                         .resolve_conflict = conflict_with_lock};
    static const StandbyHooks standby_hooks = {.send_invalidations = inval_redo,
                                               .send_relmap = inval_send_relmap};

    static const CheckpointHooks checkpoint_hooks = {.save = repl_slot_checkpoint,
                                                     .first_segment = repl_slot_first_segment};

    static const RecoveryStream recovery_stream = {.begin = wal_receiver_request,
                                                   .state = wal_receiver_tell,
                                                   .end = wal_receiver_shut_down,
                                                   .wants_reply = wal_receiver_wake,
                                                   .sends_on = wal_sender_wake_all};

    builtins_install();
    exec_install();
    trigger_install();
    call_facts_install();
    analyzer_install();
    namespace_set_right(may_use_schema);
    sql_install();
    backend_set_engine(sql_engine());
    guc_set_key_words(is_key_word);
    quote_set_keyword(parser_keyword_category);
    guc_set_hooks(guc_hooks, ARRAY_LEN(guc_hooks));
    guc_set_guard(role_setting_guard);
    wal_set_hooks(&wal_hooks);
    checkpoint_set_hooks(&checkpoint_hooks);
    recovery_set_stream(&recovery_stream);
    barrier_set_handler(smgr_release_all);
    sync_set_wake(wake_checkpointer);
    txn_set_dropper(drop_relations);
    install_txn_hooks();
    txn_set_commit_wait(sync_rep_wait);
    txn_set_parts_source(collect_parts);
    txn_set_xid_lock(lock_take_xid, lock_give_xid);
    log_standby_set_locks(lock_log_standby);
    lock_set_hooks(&lock_hooks);
    standby_set_hooks(&standby_hooks);
    lock_prepared_install();
    install_stats();
    xid_set_database_namer(name_database);
    for (SyncHandler handler = SYNC_CLOG; handler < SYNC_HANDLER_COUNT; handler++)
        sync_set_handler(handler, slru_sync_path);
}

const SupervisorPlan *tables_plan(void)
{
    static SupervisorPlan plan = {
        .shmem_parts = parts,
        .mains =
            {
                [PROC_BACKEND] = {backend_main},
                [PROC_STARTUP] = {startup_main},
                [PROC_CHECKPOINTER] = {checkpointer_main},
                [PROC_BACKGROUND_WRITER] = {background_writer_main},
                [PROC_WAL_WRITER] = {wal_writer_main},
                [PROC_ARCHIVER] = {archiver_main},
                [PROC_WAL_RECEIVER] = {wal_receiver_main},
                [PROC_AUTOVACUUM_LAUNCHER] = {autovacuum_launcher_main},
                [PROC_AUTOVACUUM_WORKER] = {autovacuum_worker_main},
            },
    };

    return &plan;
}

/* txn_rig.c - what transactions need around them, for tests; txn_rig.h has the how. */
#include "common/base/base.h"

#include "tests/lib/txn_rig.h"

#include <limits.h>
#include <unistd.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/os/dir.h"
#include "server/cache/inval_ring.h"
#include "server/cache/relmap.h"
#include "server/config/setting.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/proc.h"
#include "server/ipc/shmem.h"
#include "server/lock/lock.h"
#include "server/lock/lock_prepared.h"
#include "server/lock/lock_standby.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/file/vfd.h"
#include "server/storage/slru/slru.h"
#include "server/storage/smgr/smgr.h"
#include "server/storage/sync/sync.h"
#include "server/txn/clog.h"
#include "server/txn/commit_ts.h"
#include "server/txn/multixact.h"
#include "server/txn/proc_array.h"
#include "server/txn/snapshot.h"
#include "server/txn/subtrans.h"
#include "server/txn/twophase.h"
#include "server/txn/txn.h"
#include "server/txn/txn_redo.h"
#include "server/txn/xid.h"

#define OLDEST_DATABASE 1

static ShmemPart parts[] = {
    {.name = "processes", .size = proc_shmem_size, .init = proc_shmem_init},
    {.name = "sync requests", .size = sync_shmem_size, .init = sync_shmem_init},
    {.name = "xids", .size = xid_shmem_size, .init = xid_shmem_init},
    {.name = "who runs", .size = proc_array_shmem_size, .init = proc_array_shmem_init},
    {.name = "commit status", .size = clog_shmem_size, .init = clog_shmem_init},
    {.name = "subtransactions", .size = subtrans_shmem_size, .init = subtrans_shmem_init},
    {.name = "multixacts", .size = multixact_shmem_size, .init = multixact_shmem_init},
    {.name = "prepared transactions", .size = twophase_shmem_size, .init = twophase_shmem_init},
    {.name = "commit times", .size = commit_ts_shmem_size, .init = commit_ts_shmem_init},
    {.name = "locks", .size = lock_shmem_size, .init = lock_shmem_init},
    {.name = "invalidation", .size = inval_shmem_size, .init = inval_shmem_init},
    {.name = "relation maps", .size = relmap_shmem_size, .init = relmap_shmem_init},
    {.name = "buffers", .size = buffer_shmem_size, .init = buffer_shmem_init},
    {.name = NULL},
};

#define BUFFERS (ARRAY_LEN(parts) - 2) /* the last part, which not all want */

static bool has_buffers; /* pages of relations, and what they need in each process */

static const char *folders[] = {"pg_xact",      "pg_subtrans",          "pg_commit_ts",
                                "pg_multixact", "pg_multixact/offsets", "pg_multixact/members",
                                "pg_twophase"};

typedef struct Replay {
    void (*visit)(void *arg, const WalRecord *record);
    void *arg;
} Replay;

static void begin_buffers(const TxnRigConfig *config);
static void begin_locks(bool has_locks);
static void attach(void);
static void detach(void);
static void make_files(const TxnRigConfig *config);
static void set_counters(const TxnRigConfig *config);
static void end_start(void);
static void replay(void *arg, const WalRecord *record);

void txn_rig_open(TxnRig *rig, const TxnRigConfig *config)
{
    *rig = (TxnRig){.config = *config};
    rig->dir_before = mem_alloc(PATH_MAX);
    if (getcwd(rig->dir_before, PATH_MAX) == NULL || chdir(config->dir) != 0)
        err_raise(SQLSTATE_SYSTEM_ERROR, .message = "could not enter the test's folder");
    for (unsigned i = 0; i < ARRAY_LEN(folders); i++)
        os_dir_make_all(folders[i]);
    wal_rig_open(&rig->wal, &(WalRigConfig){.dir = config->dir,
                                            .buffers = 256,
                                            .segment_size = config->wal_segment_size});
    begin_buffers(config);
    begin_locks(config->has_locks);
    shmem_create(parts);
    attach();
    set_counters(config);
    make_files(config);
    end_start();
    proc_array_join();
    atomic_store(&proc_self()->database, TXN_RIG_DATABASE);
}

static void begin_buffers(const TxnRigConfig *config)
{
    has_buffers = config->buffers > 0;
    parts[BUFFERS].name = has_buffers ? "buffers" : NULL;
    if (!has_buffers)
        return;
    setting.shared_buffers = config->buffers;
    os_dir_make_all(mem_printf("base/%d", TXN_RIG_DATABASE));
}

static void begin_locks(bool has_locks)
{
    static const TxnHook hooks[] = {{.name = "lock", .on_event = lock_on_txn_event},
                                    {.name = NULL}};

    txn_set_hooks(has_locks ? hooks : NULL);
    txn_set_xid_lock(has_locks ? lock_take_xid : NULL, has_locks ? lock_give_xid : NULL);
    log_standby_set_locks(has_locks ? lock_log_standby : NULL);
    lock_prepared_install();
}

static void attach(void)
{
    proc_attach(PROC_BACKEND);
    if (has_buffers) {
        vfd_init();
        buffer_init();
    }
    sync_keep_requests();
    for (SyncHandler handler = SYNC_CLOG; handler < SYNC_HANDLER_COUNT; handler++)
        sync_set_handler(handler, slru_sync_path);
}

static void detach(void)
{
    lwlock_release_all();
    txn_abort_all();
    snapshot_end();
    sync_end();
    if (has_buffers) {
        smgr_close_all();
        vfd_end();
        buffer_init();
    }
    proc_detach();
}

/* As a checkpoint tells them. */
static void set_counters(const TxnRigConfig *config)
{
    FullXid next = config->next_xid != 0 ? config->next_xid : 1000;
    Xid oldest = (Xid)next < 3000 ? XID_FIRST : (Xid)next - 2000;
    MultiXid multi = config->next_multi != 0 ? config->next_multi : MULTIXACT_FIRST;
    MultiOffset offset =
        config->next_multi != 0 || config->next_offset != 0 ? config->next_offset : 1;

    xid_set_next(next);
    xid_set_limits(oldest, OLDEST_DATABASE);
    xid_advance_oldest_clog(oldest);
    multixact_set_next(multi, offset);
    multixact_set_oldest(multi, OLDEST_DATABASE);
    oid_set_next(16384, 0);
    clog_start();
    multixact_start();
}

/* In a cluster that has got that far the pages of the next numbers are there. */
static void make_files(const TxnRigConfig *config)
{
    FullXid next = config->next_xid != 0 ? config->next_xid : 1000;

    clog_bootstrap();
    subtrans_bootstrap();
    multixact_bootstrap();
    clog_redo_zero_page(slru_page_of(&slru_xact, (Xid)next < 3000 ? 3 : (Xid)next - 2000));
    clog_redo_zero_page(slru_page_of(&slru_xact, (Xid)next));
}

/* As at the end of recovery. */
static void end_start(void)
{
    xid_set_latest_completed(full_xid_before(xid_next()));
    subtrans_start(twophase_oldest());
    clog_trim();
    multixact_trim();
    commit_ts_start(false);
    commit_ts_finish_start();
}

void txn_rig_recover(TxnRig *rig, void (*visit)(void *arg, const WalRecord *record), void *arg)
{
    Replay r = {.visit = visit, .arg = arg};

    detach();
    shmem_reset();
    wal_rig_reset(&rig->wal);
    attach();
    set_counters(&rig->config);
    twophase_restore();
    wal_rig_read(&rig->wal, replay, &r);
    wal_rig_restart(&rig->wal);
    end_start();
    twophase_recover();
    proc_array_join();
}

static void replay(void *arg, const WalRecord *record)
{
    const Replay *r = arg;

    if (r->visit != NULL)
        r->visit(r->arg, record);
    txn_redo_before(record);
    txn_redo(record);
}

void txn_rig_close(TxnRig *rig)
{
    detach();
    begin_locks(false);
    shmem_destroy();
    proc_shmem_init(NULL);
    wal_rig_close(&rig->wal);
    if (chdir(rig->dir_before) != 0)
        err_raise(SQLSTATE_SYSTEM_ERROR, .message = "could not leave the test's folder");
}

void txn_rig_enter_child(void)
{
    sync_end();
    proc_attach(PROC_BACKEND);
    if (has_buffers) {
        vfd_init();
        smgr_close_all();
        buffer_init();
    }
    proc_array_join();
    lock_join();
    atomic_store(&proc_self()->database, TXN_RIG_DATABASE);
}

void txn_rig_checkpoint(void)
{
    sync_before_checkpoint();
    clog_checkpoint();
    commit_ts_checkpoint();
    subtrans_checkpoint();
    multixact_checkpoint();
    twophase_checkpoint(wal_insert_lsn());
    sync_process();
    sync_after_checkpoint();
}

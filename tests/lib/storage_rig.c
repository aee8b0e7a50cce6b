/*
 * storage_rig.c - what the server's storage needs around it, for tests; storage_rig.h has the how.
 */
#include "common/base/base.h"

#include "tests/lib/storage_rig.h"

#include <limits.h>
#include <unistd.h>

#include "common/err/err.h"
#include "common/mem/mem.h"
#include "common/mem/owner.h"
#include "common/os/dir.h"
#include "server/config/setting.h"
#include "server/ipc/lwlock.h"
#include "server/ipc/proc.h"
#include "server/ipc/shmem.h"
#include "server/storage/buffer/buffer.h"
#include "server/storage/file/vfd.h"
#include "server/storage/sync/sync.h"

#define OWNER_PHASES 3

static ShmemPart parts[] = {
    {.name = "processes", .size = proc_shmem_size, .init = proc_shmem_init},
    {.name = "sync requests", .size = sync_shmem_size, .init = sync_shmem_init},
    {.name = "buffers", .size = buffer_shmem_size, .init = buffer_shmem_init},
    {.name = NULL},
};

static void set_identity(const StorageRig *rig);
static void begin_process(const StorageRig *rig);
static void end_process(void);

void storage_rig_open(StorageRig *rig, const StorageRigConfig *config)
{
    *rig = (StorageRig){.config = *config};
    if (rig->config.buffers == 0)
        rig->config.buffers = 64;
    if (rig->config.segment_blocks == 0)
        rig->config.segment_blocks = 8;
    rig->dir_before = mem_alloc(PATH_MAX);
    if (getcwd(rig->dir_before, PATH_MAX) == NULL || chdir(config->dir) != 0)
        err_raise(SQLSTATE_SYSTEM_ERROR, .message = "could not enter the test's folder");
    os_dir_make_all(mem_printf("base/%d", STORAGE_RIG_DATABASE));
    os_dir_make_all("global");
    os_dir_make_all("pg_tblspc");
    setting.shared_buffers = rig->config.buffers;
    smgr_set_segment_blocks(rig->config.segment_blocks);
    wal_rig_open(&rig->wal, &(WalRigConfig){.dir = config->dir, .buffers = 64});
    if (config->is_recovering)
        wal_rig_reset(&rig->wal);
    set_identity(rig);
    shmem_create(parts);
    begin_process(rig);
}

void storage_rig_close(StorageRig *rig)
{
    storage_rig_abort();
    end_process();
    shmem_destroy();
    proc_shmem_init(NULL);
    wal_rig_close(&rig->wal);
    smgr_set_segment_blocks(SEGMENT_BLOCKS);
    smgr_set_redo(false);
    if (chdir(rig->dir_before) != 0)
        err_raise(SQLSTATE_SYSTEM_ERROR, .message = "could not leave the test's folder");
}

void storage_rig_crash(StorageRig *rig)
{
    storage_rig_abort();
    end_process();
    if (rig->config.is_recovering)
        wal_rig_reset(&rig->wal);
    else
        wal_rig_restart(&rig->wal);
    set_identity(rig);
    shmem_reset();
    begin_process(rig);
}

void storage_rig_enter_child(void)
{
    sync_end();
    proc_attach(PROC_BACKEND);
    vfd_init();
    smgr_close_all();
    buffer_init();
    owner_switch(owner_new(NULL, "child"));
}

void storage_rig_abort(void)
{
    Owner *owner = owner_current();

    lwlock_release_all();
    for (unsigned phase = 0; phase < OWNER_PHASES; phase++)
        owner_release(owner, (OwnerPhase)phase, false);
    owner_switch(NULL);
    owner_free(owner);
    owner_switch(owner_new(NULL, "test"));
}

SmgrRel *storage_rig_rel(RelFileNo number)
{
    RelTag tag = storage_rig_tag(number);
    SmgrRel *rel = smgr_open(&tag, SMGR_PERMANENT);

    if (!smgr_exists(rel, FORK_MAIN))
        smgr_create(rel, FORK_MAIN, false);
    return rel;
}

RelTag storage_rig_tag(RelFileNo number)
{
    return (RelTag){
        .tablespace = TABLESPACE_DEFAULT, .database = STORAGE_RIG_DATABASE, .rel = number};
}

void storage_rig_checkpoint(void)
{
    sync_before_checkpoint();
    wal_begin_checkpoint();
    buffer_sync(BUFFER_SYNC_ALL, NULL);
    sync_process();
    sync_after_checkpoint();
}

/* The log's rig knows nothing of checksums. */
static void set_identity(const StorageRig *rig)
{
    wal_set_identity(&(WalIdentity){.system_id = WAL_RIG_SYSTEM_ID,
                                    .segment_size = rig->wal.config.segment_size,
                                    .has_checksums = rig->config.has_checksums,
                                    .directory = rig->wal.wal_dir});
}

static void begin_process(const StorageRig *rig)
{
    proc_attach(PROC_CHECKPOINTER);
    vfd_init();
    buffer_init();
    owner_switch(owner_new(NULL, "test"));
    if (!rig->config.no_keeper)
        sync_keep_requests();
}

static void end_process(void)
{
    Owner *owner = owner_current();

    owner_switch(NULL);
    owner_free(owner);
    sync_end();
    smgr_close_all();
    vfd_end();
    buffer_init();
    proc_detach();
}

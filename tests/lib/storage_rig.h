/*
 * storage_rig.h - a data directory, shared memory and a log for tests of the server's storage
 *
 *     StorageRig rig;
 *     storage_rig_open(&rig, &(StorageRigConfig){.dir = unit_temp_dir(), .buffers = 16});
 *     ... buffer_read(storage_rig_rel(16384), ...) ...
 *     storage_rig_close(&rig);
 *
 * The process works in the directory meanwhile. It keeps the sync requests itself unless told
 * otherwise. A child calls storage_rig_enter_child() first.
 */
#ifndef LIB_STORAGE_RIG_H
#define LIB_STORAGE_RIG_H

#include "common/base/base.h"

#include "server/storage/smgr/smgr.h"
#include "tests/lib/wal_rig.h"

#define STORAGE_RIG_DATABASE 5

typedef struct StorageRigConfig {
    const char *dir;        /* an absolute path */
    int buffers;            /* 0: 64 */
    BlockNo segment_blocks; /* of a file; 0: 8 */
    bool has_checksums;
    bool is_recovering; /* the log is not started */
    bool no_keeper;     /* nobody keeps the sync requests, until a child does */
} StorageRigConfig;

typedef struct StorageRig {
    StorageRigConfig config;
    WalRig wal;
    char *dir_before;
} StorageRig;

void storage_rig_open(StorageRig *rig, const StorageRigConfig *config);
void storage_rig_close(StorageRig *rig);

/* Shared memory anew, as after a crash of a child; the log goes on where its files end. */
void storage_rig_crash(StorageRig *rig);

/* A slot, and an owner of its own. */
void storage_rig_enter_child(void);

/* A raise was caught: give back locks, pins and marks of I/O. */
void storage_rig_abort(void);

SmgrRel *storage_rig_rel(RelFileNo rel); /* open; its main fork is made if it is not there */
RelTag storage_rig_tag(RelFileNo rel);

/* A checkpoint's part of the work; only where requests are kept. */
void storage_rig_checkpoint(void);

#endif

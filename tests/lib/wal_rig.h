/*
 * wal_rig.h - a write-ahead log for tests: shared memory, folders, records that say who wrote them
 *
 *     WalRig rig;
 *     wal_rig_open(&rig, &(WalRigConfig){.dir = unit_temp_dir(), .segment_size = MIB(1)});
 *     ... wal_rig_insert(), in this process or its children ...
 *     wal_rig_close(&rig);
 *
 * A record that wal_rig_insert() makes follows from its writer and number alone, so that a reader
 * knows what it must be.
 */
#ifndef LIB_WAL_RIG_H
#define LIB_WAL_RIG_H

#include "common/base/base.h"

#include "common/walrec/record.h"
#include "server/wal/wal.h"

#define WAL_RIG_SYSTEM_ID UINT64_C(0x6123456789ABCDEF)

typedef struct WalRigConfig {
    const char *dir;       /* pg_wal is made in it */
    uint32_t segment_size; /* 0: 1 MiB */
    int buffers;           /* pages; 0: 16 */
    Lsn end;               /* where the log begins; 0: at the second segment */
} WalRigConfig;

typedef struct WalRig {
    WalRigConfig config;
    char *wal_dir;
    void *place;
    size_t size;
    Lsn start; /* of the first record */
} WalRig;

/* Folders, shared memory, and wal_start() of an empty log. */
void wal_rig_open(WalRig *rig, const WalRigConfig *config);
void wal_rig_close(WalRig *rig);

/* Shared memory anew, as after a crash; nothing is started. */
void wal_rig_reset(WalRig *rig);

/* Start where the files end, as recovery does: reads them. Returns the end. */
Lsn wal_rig_restart(WalRig *rig);

/* Insert the record of that writer and number; returns its end. */
Lsn wal_rig_insert(uint32_t writer, uint32_t number);

/* How large a record wal_rig_insert() may make; 0: as usual, mostly small. */
void wal_rig_set_size(uint32_t bytes);

/*
 * Take apart a record: false when it is none of wal_rig_insert()'s. *is_right tells whether it is
 * what its writer and number must give.
 */
bool wal_rig_check(const WalRecord *record, uint32_t *writer, uint32_t *number, bool *is_right);

/* Read the whole log from rig->start; each record goes to visit. Returns where it ends. */
Lsn wal_rig_read(const WalRig *rig, void (*visit)(void *arg, const WalRecord *record), void *arg);

#endif

/*
 * recovery.h - from what is on disk to a cluster that can be written: the startup process
 *
 *     control file > where to begin > redo loop > end of the log > wal_start() > in production
 *
 * Promises
 *   1. Redo begins at the redo point of the checkpoint that pg_control (or backup_label) names, and
 *      goes to the end of what is valid. Where the log ends and why is logged.
 *   2. Nothing is inserted into the log before recovery_run() has come to wal_start().
 *   3. A record that cannot be redone ends the start: no server runs on half a cluster.
 */
#ifndef RECOVERY_RECOVERY_H
#define RECOVERY_RECOVERY_H

#include "common/base/base.h"

size_t recovery_shmem_size(void);
void recovery_shmem_init(void *place);

/* All of it, in the startup process or a standalone server. Raises when the server cannot start. */
void recovery_run(void);

typedef enum RecoveryState {
    RECOVERY_CRASH,   /* after a crash: all of the log that is in pg_wal */
    RECOVERY_ARCHIVE, /* from an archive or a primary */
    RECOVERY_DONE,
} RecoveryState;

RecoveryState recovery_state(void);
bool recovery_is_running(void); /* cheap: once it was false it stays so */

/* How far it is: the record that was applied last. */
typedef struct RecoveryProgress {
    Lsn replayed_start, replayed_end; /* of the newest record that was applied */
    TimelineId replayed_tli;
    Lsn applying_end;      /* of the one that is being applied */
    PgTime last_xact_time; /* of the newest commit or abort; 0: none yet */
    bool is_consistent;
} RecoveryProgress;
void recovery_progress(RecoveryProgress *out);

/* The newest checkpoint that was replayed: what a restartpoint may stand on. */
bool recovery_last_checkpoint(Lsn *start, Lsn *end, void *checkpoint);

#endif
